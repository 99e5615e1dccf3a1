/* Eigenvectors belong to their eigenvalues; eigenvalues in two stages are those of one: random, of low rank, of equal values, at sizes on either side
 * of the band; and the BLAS has its threads back. */
#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "draw.h"

#include "libmi/base/blas.h"
#include "libmi/base/eigenvalues.h"
#include "libmi/base/mem.h"

enum { MOST = 300 };

/* lower (s,s): X X' / d of d columns; nan above the diagonal, which nobody may read. */
static void draw_gram(double *lower, size_t s, size_t d, int are_equal)
{
    double x[MOST][MOST];
    for (size_t i = 0; i < s; i++)
        for (size_t k = 0; k < d; k++)
            x[i][k] = are_equal ? i == k : draw_normal();
    for (size_t i = 0; i < s; i++)
        for (size_t j = 0; j < s; j++) {
            lower[i * s + j] = j <= i ? 0 : NAN;
            for (size_t k = 0; k < d && j <= i; k++)
                lower[i * s + j] += x[i][k] * x[j][k] / (double)d;
        }
}

static void check_size(size_t s, size_t d, int are_equal)
{
    double *a, *b, two[MOST], one[MOST];
    CHECK(MI_NEW(a, s * s));
    CHECK(MI_NEW(b, s * s));
    draw_gram(a, s, d, are_equal);
    for (size_t i = 0; i < s * s; i++)
        b[i] = a[i];
    int n = (int)s, threads = mi_blas_threads();
    assert_int_equal(LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'N', 'U', n, b, n, one), 0);
    CHECK(mi_eigenvalues_two_stages(two, a, s));
    assert_int_equal(mi_blas_threads(), threads);
    for (size_t k = 0; k < s; k++)
        CHECK_NEAR(two[k], one[k], 1e-14 * one[s - 1]);
    mi_free(a);
    mi_free(b);
}

static void two_stages_find_what_one_does(void **state)
{
    static const size_t size[] = {1, 2, 31, 32, 33, 34, 35, 64, 65, 100, 299, 300};
    (void)state;
    draw_seed(17);
    mi_blas_set_threads(2);
    for (size_t k = 0; k < sizeof size / sizeof *size; k++) {
        check_size(size[k], size[k], 0);
        check_size(size[k], (size[k] + 3) / 4, 0);
        check_size(size[k], size[k], 1);
    }
}

static void vectors_belong_to_their_values(void **state)
{
    enum { S = 40 };
    double a[S * S], u[S * S], l[S], alone[S];
    (void)state;
    draw_seed(19);
    draw_gram(a, S, S, 0);
    memcpy(u, a, sizeof u);
    CHECK(mi_eigenvalues_one_stage(l, u, S, 1));
    for (size_t k = 0; k < S; k++)
        for (size_t i = 0; i < S; i++) {
            double image = 0;
            for (size_t j = 0; j < S; j++)
                image += a[i > j ? i * S + j : j * S + i] * u[k * S + j];
            CHECK_NEAR(image, l[k] * u[k * S + i], 1e-13 * l[S - 1]);
        }
    CHECK(mi_eigenvalues_one_stage(alone, a, S, 0));
    for (size_t k = 0; k < S; k++)
        CHECK_NEAR(alone[k], l[k], 1e-14 * l[S - 1]);
}

static void what_lapack_refuses_is_named(void **state)
{
    double a[4] = {1, 0, NAN, 1}, l[2];
    (void)state;
    assert_int_equal(mi_eigenvalues_one_stage(l, a, 2, 0), MI_ELIBRARY);
    assert_string_equal(mi_detail(), "LAPACK's dsyevd failed on a 2 x 2 matrix (info -5)");
}

static void each_allocation_may_fail(void **state)
{
    enum { S = 40 };
    double a[S * S], l[S];
    mi_status status = MI_ENOMEM;
    long n = 0;
    (void)state;
    draw_seed(18);
    for (; status != MI_OK && n < 20; n++) {
        draw_gram(a, S, S, 0);
        mi_fail_allocation(n + 1);
        status = mi_eigenvalues_two_stages(l, a, S);
        assert_true(status == MI_OK || status == MI_ENOMEM);
    }
    mi_fail_allocation(0);
    assert_int_equal(n, 6); /* five allocations */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_may_fail),
        cmocka_unit_test(vectors_belong_to_their_values),
        cmocka_unit_test(what_lapack_refuses_is_named),
        cmocka_unit_test(two_stages_find_what_one_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
