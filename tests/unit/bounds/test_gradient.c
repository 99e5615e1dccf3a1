/* The gradient of I_a(Z1;Z2) against central differences, its value against mi_information; what is
 * refused. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "draw.h"

#include "libmi/data/mat_internal.h"

enum { D1 = 6, D2 = 4 };

static const mi_run run = {.threads = 2, .memory_bytes = (size_t)1 << 30};

typedef struct {
    mi_mat z[2], g[2];
} features;

/* z2 shares columns with z1, so that there is information in it. */
static void features_make(features *f, size_t n, mi_float type)
{
    draw_seed(5);
    draw_matrix(&f->z[0], n, D1, type, NULL, 0);
    draw_matrix(&f->z[1], n, D2, type, &f->z[0], 1.5);
    CHECK(mi_mat_alloc(&f->g[0], n, D1, type));
    CHECK(mi_mat_alloc(&f->g[1], n, D2, type));
}

static void features_free(features *f)
{
    for (int v = 0; v < 2; v++) {
        mi_mat_free(&f->z[v]);
        mi_mat_free(&f->g[v]);
    }
}

static double value_at(const features *f, double alpha)
{
    double value;
    CHECK(mi_information_gradient(&value, NULL, NULL, &f->z[0], &f->z[1], alpha, &run));
    return value;
}

/* (I(z + h e) - I(z - h e)) / 2h for element k of z1 or z2. */
static double central_difference(features *f, int v, size_t k, double alpha)
{
    const double h = 1e-5;
    double *x = (double *)f->z[v].x + k, old = *x;
    *x = old + h;
    double above = value_at(f, alpha);
    *x = old - h;
    double below = value_at(f, alpha);
    *x = old;
    return (above - below) / (2 * h);
}

/* Every element, relative to the largest of them. */
static void check_differences(double alpha, size_t n)
{
    features f;
    features_make(&f, n, MI_F64);
    CHECK(mi_information_gradient(NULL, &f.g[0], &f.g[1], &f.z[0], &f.z[1], alpha, &run));
    for (int v = 0; v < 2; v++) {
        const double *g = f.g[v].x;
        double largest = 0;
        for (size_t k = 0; k < n * f.g[v].d; k++)
            largest = fmax(largest, fabs(g[k]));
        assert_true(largest > 1e-3);
        for (size_t k = 0; k < n * f.g[v].d; k++)
            CHECK_NEAR(g[k], central_difference(&f, v, k, alpha), 1e-6 * largest);
    }
    features_free(&f);
}

static void central_differences(void **state)
{
    static const double alpha[] = {0.7, 1, 1 + 1e-7, 1.5, 2, 3, 8};
    (void)state;
    for (size_t k = 0; k < sizeof alpha / sizeof *alpha; k++)
        check_differences(alpha[k], 20);
}

/* More rows than features in both, and in the joint (24): singular Gram matrices. */
static void central_differences_on_the_range(void **state)
{
    (void)state;
    check_differences(1.5, 40);
    check_differences(2, 40);
    check_differences(INFINITY, 40);
}

static void value_is_that_of_mi_information(void **state)
{
    static const double alpha[] = {0.5, 1, 1.5, 2, 3, INFINITY};
    features f;
    mi_sample s;
    (void)state;
    features_make(&f, 50, MI_F64);
    const mi_arrays in = {.n = 50,
                          .z1 = {.x = f.z[0].x, .type = MI_F64, .d = D1},
                          .z2 = {.x = f.z[1].x, .type = MI_F64, .d = D2}};
    CHECK(mi_sample_of(&s, &in, NULL));
    for (size_t k = 0; k < sizeof alpha / sizeof *alpha; k++) {
        double wanted;
        CHECK(mi_information(&wanted, &s, "z1:z2", alpha[k], NULL));
        CHECK_NEAR(value_at(&f, alpha[k]), wanted, alpha[k] == 2 ? 2e-5 : 1e-9);
    }
    mi_sample_free(&s);
    features_free(&f);
}

/* The closed form in panels (two of them) against eigenvectors at an order next to it. */
static void panels_agree_with_eigenvectors(void **state)
{
    enum { N = 1100 };
    features f, near;
    double value, other;
    (void)state;
    features_make(&f, N, MI_F64);
    features_make(&near, N, MI_F64);
    CHECK(mi_information_gradient(&value, &f.g[0], &f.g[1], &f.z[0], &f.z[1], 2, &run));
    CHECK(mi_information_gradient(&other, &near.g[0], &near.g[1], &near.z[0], &near.z[1], 2 + 1e-9,
                                  &run));
    CHECK_NEAR(value, other, 1e-8);
    for (int v = 0; v < 2; v++)
        for (size_t k = 0; k < N * f.g[v].d; k++)
            CHECK_NEAR(((double *)f.g[v].x)[k], ((double *)near.g[v].x)[k], 1e-9);
    features_free(&f);
    features_free(&near);
}

/* float in, float out; rows with a gap behind each; one of the two alone. */
static void types_and_strides(void **state)
{
    features f32, f64;
    float wide[20 * (D1 + 3)], out[20 * (D1 + 1)];
    (void)state;
    features_make(&f32, 20, MI_F32);
    features_make(&f64, 20, MI_F64);
    for (size_t i = 0; i < 20; i++) {
        memcpy(wide + i * (D1 + 3), (float *)f32.z[0].x + i * D1, D1 * sizeof *wide);
        for (size_t k = 0; k < D1; k++)
            ((double *)f64.z[0].x)[i * D1 + k] = ((float *)f32.z[0].x)[i * D1 + k];
        for (size_t k = 0; k < D2; k++)
            ((double *)f64.z[1].x)[i * D2 + k] = ((float *)f32.z[1].x)[i * D2 + k];
    }
    const mi_mat z1 = mi_mat_view(wide, 20, D1, D1 + 3);
    mi_mat g1 = mi_mat_view(out, 20, D1, D1 + 1);
    for (double alpha = 1.5; alpha <= 2; alpha += 0.5) {
        CHECK(mi_information_gradient(NULL, &f64.g[0], NULL, &f64.z[0], &f64.z[1], alpha, &run));
        CHECK(mi_information_gradient(NULL, &g1, &f32.g[1], &z1, &f32.z[1], alpha, NULL));
        for (size_t i = 0; i < 20; i++)
            for (size_t k = 0; k < D1; k++)
                CHECK_NEAR(out[i * (D1 + 1) + k], mi_mat_get(&f64.g[0], i, k), 1e-7);
    }
    features_free(&f32);
    features_free(&f64);
}

/* Cosines do not change with the length of a row: no gradient along it, and 1/c of it at c z. */
static void lengths_do_not_matter(void **state)
{
    features f, g;
    (void)state;
    features_make(&f, 20, MI_F64);
    features_make(&g, 20, MI_F64);
    for (size_t k = 0; k < D1; k++)
        ((double *)g.z[0].x)[7 * D1 + k] *= 4;
    CHECK(mi_information_gradient(NULL, &f.g[0], NULL, &f.z[0], &f.z[1], 2, &run));
    CHECK(mi_information_gradient(NULL, &g.g[0], NULL, &g.z[0], &g.z[1], 2, &run));
    double along = 0;
    for (size_t k = 0; k < D1; k++) {
        along += mi_mat_get(&f.g[0], 7, k) * mi_mat_get(&f.z[0], 7, k);
        CHECK_NEAR(mi_mat_get(&g.g[0], 7, k) * 4, mi_mat_get(&f.g[0], 7, k), 1e-15);
    }
    CHECK_NEAR(along, 0, 1e-15);
    features_free(&f);
    features_free(&g);
}

/* ---- what is refused ---- */

static void expect(mi_status found, mi_status status, const char *text)
{
    assert_string_equal(found == MI_OK ? "done" : mi_detail(), text);
    assert_int_equal(found, status);
}

static mi_status gradient_at(features *f, double alpha)
{
    return mi_information_gradient(NULL, &f->g[0], &f->g[1], &f->z[0], &f->z[1], alpha, &run);
}

static void orders_and_shapes(void **state)
{
    features f;
    mi_run little = {.threads = 1, .memory_bytes = 1000};
    (void)state;
    features_make(&f, 20, MI_F64);
    expect(gradient_at(&f, 0), MI_EUSAGE,
           "order 0 of the entropy, wanted a number above 0, or infinity");
    expect(mi_information_gradient(NULL, NULL, NULL, NULL, &f.z[1], 2, &run), MI_EUSAGE,
           "z1: no rows in memory");
    expect(mi_information_gradient(NULL, NULL, &f.g[0], &f.z[0], &f.z[1], 2, &run), MI_EUSAGE,
           "the gradient of z2 is (20,6), wanted (20,4) in memory");
    expect(mi_information_gradient(NULL, NULL, NULL, &f.z[0], &f.z[1], 1, &little), MI_EMEMORY,
           "the gradient of 20 rows at this order needs 2.24e-05 GB, allowed are 1e-06 GB; order 2 "
           "needs none of it");
    f.z[1].n = 19;
    expect(mi_information_gradient(NULL, NULL, NULL, &f.z[0], &f.z[1], 2, &run), MI_EUSAGE,
           "z2 has 19 rows, z1 has 20: wanted as many");
    f.z[1].n = 1;
    expect(mi_information_gradient(NULL, NULL, NULL, &f.z[0], &f.z[1], 2, &run), MI_EUSAGE,
           "z2: 1 row, wanted 2 or more");
    features_free(&f);
}

static void rows_that_cannot_be(void **state)
{
    features f;
    (void)state;
    features_make(&f, 20, MI_F64);
    memset((double *)f.z[1].x + 3 * D2, 0, D2 * sizeof(double));
    expect(gradient_at(&f, 2), MI_EDATA,
           "z2: row 3 is all zero (1 of 20 rows are), which has no cosine; try zero-rows drop, or "
           "a gaussian, laplacian or delta kernel");
    ((double *)f.z[0].x)[5] = NAN;
    expect(gradient_at(&f, 1.5), MI_EDATA,
           "z1: row 0 has NaN or infinity (1 of 20 rows do), wanted finite numbers; transform "
           "drop-nonfinite removes them");
    features_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(central_differences),
        cmocka_unit_test(central_differences_on_the_range),
        cmocka_unit_test(value_is_that_of_mi_information),
        cmocka_unit_test(panels_agree_with_eigenvectors),
        cmocka_unit_test(types_and_strides),
        cmocka_unit_test(lengths_do_not_matter),
        cmocka_unit_test(orders_and_shapes),
        cmocka_unit_test(rows_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
