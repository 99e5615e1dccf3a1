/* Eigenvalues in two stages are those of one: random, of low rank, of equal values, at sizes on either side
 * of the band; and the BLAS has its threads back. */
#include <lapacke.h>
#include <math.h>

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
        cmocka_unit_test(two_stages_find_what_one_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
