/* How alike two sets of features are: each quantity against its definition written out on whole matrices,
 * under a re-pairing too; invariances; what is refused. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "aligned.h"

#include "libmi/data/mat_internal.h"
#include "libmi/data/sample_build.h"

static const mi_kernel laplacian = {.kind = MI_KERNEL_LAPLACIAN, .bandwidth = 3.5};
static const mi_kernel polynomial = {.kind = MI_KERNEL_POLYNOMIAL, .degree = 3, .offset = 1};

/* ---- plain twins ---- */

/* k (n,n) of a column, rows in the order `to`. */
static double *plain_kernel(const mi_column *c, const size_t *to, int is_raw)
{
    size_t n = c->x.n, d = c->x.d;
    double *x = malloc(n * d * sizeof *x), *k = malloc(n * n * sizeof *k);
    mi_mat_rows_f64(x, &c->x, to, n, NULL, NULL);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double xy = 0, xx = 0, yy = 0, square = 0, s = c->kernel.bandwidth;
            for (size_t m = 0; m < d; m++) {
                double a = x[i * d + m], b = x[j * d + m];
                xy += a * b;
                xx += a * a;
                yy += b * b;
                square += (a - b) * (a - b);
            }
            double value[] = {[MI_KERNEL_LINEAR] = is_raw ? xy : xy / sqrt(xx * yy),
                              [MI_KERNEL_GAUSSIAN] = exp(-square / (2 * s * s)),
                              [MI_KERNEL_LAPLACIAN] = exp(-sqrt(square) / s),
                              [MI_KERNEL_POLYNOMIAL] = pow((xy / sqrt(xx * yy) + 1) / 2, 3)};
            k[i * n + j] = value[c->kernel.kind];
        }
    free(x);
    return k;
}

/* tr(KHLH), with H K H written out. */
static double plain_biased(const double *k, const double *l, size_t n)
{
    double *h = malloc(n * n * sizeof *h), total = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double row = 0, column = 0, all = 0;
            for (size_t m = 0; m < n; m++) {
                row += k[i * n + m] / (double)n;
                column += k[m * n + j] / (double)n;
            }
            for (size_t m = 0; m < n * n; m++)
                all += k[m] / (double)(n * n);
            h[i * n + j] = k[i * n + j] - row - column + all;
        }
    for (size_t m = 0; m < n * n; m++)
        total += h[m] * l[m];
    free(h);
    return total;
}

/* Song et al., eq. 5, times n (n-3), of matrices that need not be symmetric. */
static double plain_unbiased(const double *k, const double *l, size_t n)
{
    double trace = 0, sum_k = 0, sum_l = 0, both = 0, m = (double)n;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            if (i == j)
                continue;
            trace += k[i * n + j] * l[j * n + i];
            sum_k += k[i * n + j];
            sum_l += l[i * n + j];
            for (size_t c = 0; c < n; c++)
                both += c != j ? k[i * n + j] * l[j * n + c] : 0;
        }
    return trace + sum_k * sum_l / ((m - 1) * (m - 2)) - 2 * both / (m - 2);
}

typedef double hsic_fn(const double *k, const double *l, size_t n);

static double plain_ratio(hsic_fn *hsic, const double *k, const double *l, size_t n)
{
    return hsic(k, l, n) / sqrt(hsic(k, k, n) * hsic(l, l, n));
}

static int is_near(const double *k, size_t n, size_t i, size_t j, size_t count)
{
    size_t nearer = 0;
    for (size_t m = 0; m < n; m++)
        nearer += m != i && m != j &&
                  (k[i * n + m] > k[i * n + j] || (k[i * n + m] == k[i * n + j] && m < j));
    return i != j && nearer < count;
}

static double *masked(const double *k, const double *by, const double *and_by, size_t n,
                      size_t count)
{
    double *m = malloc(n * n * sizeof *m);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            m[i * n + j] =
                is_near(by, n, i, j, count) && is_near(and_by, n, i, j, count) ? k[i * n + j] : 0;
    return m;
}

static double plain_cknna(const double *k, const double *l, size_t n, size_t count)
{
    double *kl = masked(k, k, l, n, count), *lk = masked(l, k, l, n, count);
    double *kk = masked(k, k, k, n, count), *ll = masked(l, l, l, n, count);
    double value =
        plain_unbiased(kl, lk, n) / sqrt(plain_unbiased(kk, kk, n) * plain_unbiased(ll, ll, n));
    free(kl);
    free(lk);
    free(kk);
    free(ll);
    return value;
}

static void plain_near(double *value, const double *k, const double *l, size_t n, size_t count)
{
    memset(value, 0, MI_ALIGN_TERMS * sizeof *value);
    for (size_t i = 0; i < n; i++) {
        double both = 0;
        int back = 0;
        for (size_t j = 0; j < n; j++) {
            both += is_near(k, n, i, j, count) && is_near(l, n, i, j, count);
            back |= is_near(l, n, i, j, count) && is_near(k, n, j, i, count);
        }
        value[MI_ALIGN_MUTUAL_KNN] += both / (double)(count * n);
        value[MI_ALIGN_JACCARD_KNN] += both / ((2 * (double)count - both) * (double)n);
        value[MI_ALIGN_CYCLE_KNN] += back / (double)n;
    }
    value[MI_ALIGN_CKNNA] = plain_cknna(k, l, n, count);
}

/* All terms of one pairing, by the room's own parts. */
static void terms_of_pairing(double *value, mi_align_job *j, const mi_sample *s, size_t *to)
{
    double total, *seen = NULL;
    mi_align_side x = {0}, y = {0};
    CHECK(mi_align_side_init(&x, j, &s->column[MI_Z1]));
    CHECK(mi_align_side_init(&y, j, &s->column[MI_Z2]));
    if (x.is_linear && y.is_linear) {
        seen = malloc(x.seen.x->d * y.seen.x->d * sizeof *seen);
        CHECK(mi_align_cross(seen, &x.seen, j->order, &y.seen, to));
    }
    CHECK(mi_align_inner(&total, NULL, j, &x, &y, to, seen));
    value[MI_ALIGN_CKA] = mi_align_cka(&x, &y, to, total, 0);
    value[MI_ALIGN_CKA_DEBIASED] = mi_align_cka(&x, &y, to, total, 1);
    CHECK(mi_align_near(value, &x, &y, to));
    free(seen);
    mi_align_side_clear(&x);
    mi_align_side_clear(&y);
}

/* Rows of a block of tiles and more; fewer rows than columns; mixed kernels; a pairing that moves rows. */
static void terms_are_their_definitions(void **state)
{
    const struct {
        size_t n, d1, d2;
        mi_kernel x, y;
        int raw;
    } shape[] = {{40, 7, 5, linear, linear, 0},     {40, 7, 5, linear, linear, 1},
                 {20, 30, 24, linear, linear, 0},   {40, 7, 5, gaussian, gaussian, 0},
                 {40, 7, 5, gaussian, linear, 0},   {20, 26, 5, linear, gaussian, 1},
                 {40, 7, 5, laplacian, linear, 0},  {40, 7, 5, polynomial, polynomial, 0},
                 {20, 26, 5, polynomial, linear, 1}};
    (void)state;
    for (size_t c = 0; c < sizeof shape / sizeof *shape; c++) {
        size_t n = shape[c].n, to[40], order[40];
        double value[MI_ALIGN_TERMS], plain[MI_ALIGN_TERMS];
        mi_sample s;
        mi_align_opts o = opts_of(MI_ALIGN_IS_CKA | MI_ALIGN_IS_NEAR);
        mi_align_job j = {.o = &o, .run = &run, .n = n, .order = order};
        draw_seed(10 + c);
        draw_sample(&s, n, shape[c].d1, shape[c].d2, linear);
        s.column[MI_Z1].kernel = shape[c].x;
        s.column[MI_Z2].kernel = shape[c].y;
        o.k = 5;
        o.raw_rows = shape[c].raw;
        for (size_t i = 0; i < n; i++) {
            order[i] = i;
            to[i] = (i * 7 + 3) % n;
        }
        terms_of_pairing(value, &j, &s, to);
        double *k = plain_kernel(&s.column[MI_Z1], NULL, shape[c].raw);
        double *l = plain_kernel(&s.column[MI_Z2], to, shape[c].raw);
        plain_near(plain, k, l, n, 5);
        CHECK_NEAR(value[MI_ALIGN_CKA], plain_ratio(plain_biased, k, l, n), 1e-12);
        CHECK_NEAR(value[MI_ALIGN_CKA_DEBIASED], plain_ratio(plain_unbiased, k, l, n), 1e-12);
        /* Of raw rows neighbours are by distance, of which inner products know nothing. */
        for (mi_align_term t = MI_ALIGN_CKNNA; !shape[c].raw && t <= MI_ALIGN_JACCARD_KNN; t++)
            CHECK_NEAR(value[t], plain[t], 1e-12);
        free(k);
        free(l);
        mi_sample_free(&s);
    }
}

/* More rows than a block has: sums by tiles are those of whole matrices. */
static void tiles_have_edges(void **state)
{
    enum { ROWS = 2 * MI_ALIGN_BLOCK + 9 };
    mi_sample s;
    mi_alignment r[MI_ALIGN_TERMS];
    const mi_align_opts o = opts_of(MI_ALIGN_IS_CKA);
    double k_l = 0, k_k = 0, l_l = 0;
    (void)state;
    draw_seed(3);
    draw_sample(&s, ROWS, 4, 3, gaussian);
    align(r, &s, &o);
    double *k = plain_kernel(&s.column[MI_Z1], NULL, 0);
    double *l = plain_kernel(&s.column[MI_Z2], NULL, 0);
    double *mean[2] = {calloc(ROWS + 1, sizeof **mean), calloc(ROWS + 1, sizeof **mean)};
    for (size_t m = 0; m < (size_t)ROWS * ROWS; m++) {
        mean[0][m / ROWS] += k[m] / ROWS;
        mean[1][m / ROWS] += l[m] / ROWS;
        mean[0][ROWS] += k[m] / ROWS / ROWS;
        mean[1][ROWS] += l[m] / ROWS / ROWS;
    }
    for (size_t m = 0; m < (size_t)ROWS * ROWS; m++) {
        double a = k[m] - mean[0][m / ROWS] - mean[0][m % ROWS] + mean[0][ROWS];
        double b = l[m] - mean[1][m / ROWS] - mean[1][m % ROWS] + mean[1][ROWS];
        k_l += a * b;
        k_k += a * a;
        l_l += b * b;
    }
    CHECK_NEAR(r[MI_ALIGN_CKA].value, k_l / sqrt(k_k * l_l), 1e-12);
    for (int side = 0; side < 2; side++)
        free(mean[side]);
    free(k);
    free(l);
    mi_sample_free(&s);
}

/* Of one column both are the size of the correlation. */
static void shapes_of_one_column_are_a_correlation(void **state)
{
    mi_sample s;
    mi_alignment r[MI_ALIGN_TERMS];
    const mi_align_opts o = opts_of(MI_ALIGN_IS_SHAPE);
    double x, y, n = 50, sx = 0, sy = 0, xx = 0, yy = 0, xy = 0;
    (void)state;
    draw_seed(4);
    draw_sample(&s, 50, 1, 1, gaussian);
    align(r, &s, &o);
    for (size_t i = 0; i < 50; i++) {
        x = mi_mat_get(&s.column[MI_Z1].x, i, 0);
        y = mi_mat_get(&s.column[MI_Z2].x, i, 0);
        sx += x;
        sy += y;
        xx += x * x;
        yy += y * y;
        xy += x * y;
    }
    double wanted = fabs(n * xy - sx * sy) / sqrt((n * xx - sx * sx) * (n * yy - sy * sy));
    CHECK_NEAR(r[MI_ALIGN_SVCCA].value, wanted, 1e-12);
    CHECK_NEAR(r[MI_ALIGN_PROCRUSTES].value, wanted, 1e-12);
    mi_sample_free(&s);
}

/* Components: as many as hold the share, all with 1. */
static void components_hold_the_share(void **state)
{
    mi_sample s;
    mi_alignment r[MI_ALIGN_TERMS];
    mi_align_found found;
    mi_align_opts o = opts_of(1u << MI_ALIGN_SVCCA);
    (void)state;
    draw_seed(5);
    draw_sample(&s, 60, 6, 4, linear);
    o.variance = 1;
    CHECK(mi_align(r, &found, &s, MI_Z1, &s, MI_Z2, &o, &run));
    assert_int_equal(found.kept_x, 6);
    assert_int_equal(found.kept_y, 4);
    o.variance = 1e-6;
    CHECK(mi_align(r, &found, &s, MI_Z1, &s, MI_Z2, &o, &run));
    assert_int_equal(found.kept_x, 1);
    assert_true(isnan(r[MI_ALIGN_PROCRUSTES].value));
    mi_sample_free(&s);
}

/* ---- theorems ---- */

static void the_same_features_are_alike(void **state)
{
    mi_sample s;
    mi_alignment r[MI_ALIGN_TERMS];
    const mi_align_opts o = opts_of(MI_ALIGN_ALL);
    (void)state;
    draw_seed(6);
    draw_sample(&s, 60, 6, 4, linear);
    CHECK(mi_align(r, NULL, &s, MI_Z1, &s, MI_Z1, &o, &run));
    for (mi_align_term t = MI_ALIGN_I_ADJUSTED; t < MI_ALIGN_TERMS; t++)
        if (t != MI_ALIGN_CYCLE_KNN)
            CHECK_NEAR(r[t].value, 1, t == MI_ALIGN_I_ADJUSTED ? 1e-5 : 1e-10);
    CHECK_NEAR(r[MI_ALIGN_I_CALIBRATED].value, r[MI_ALIGN_I].value - r[MI_ALIGN_I].null, 0);
    mi_sample_free(&s);
}

/* Sides that are made once are as good as those made on the way, for a side with itself too. */
static void sides_serve_many_pairs(void **state)
{
    const mi_kernel kernel[] = {linear, gaussian};
    (void)state;
    for (int k = 0; k < 2; k++) {
        mi_sample s;
        mi_align_side *x, *y;
        mi_alignment once[MI_ALIGN_TERMS], again[MI_ALIGN_TERMS];
        mi_align_opts o = opts_of(MI_ALIGN_ALL);
        draw_seed(16);
        draw_sample(&s, 60, 6, 4, kernel[k]);
        o.permutations = 3;
        CHECK(mi_align_side_make(&x, &s, MI_Z1, &o, &run));
        CHECK(mi_align_side_make(&y, &s, MI_Z2, &o, &run));
        for (int pass = 0; pass < 2; pass++) {
            CHECK(mi_align_sides(again, NULL, &s, MI_Z1, x, &s, MI_Z1, x, &o, &run));
            CHECK_NEAR(again[MI_ALIGN_CKA].value, 1, 1e-12);
            CHECK(mi_align_sides(again, NULL, &s, MI_Z1, x, &s, MI_Z2, y, &o, &run));
            align(once, &s, &o);
            for (mi_align_term t = 0; t < MI_ALIGN_TERMS; t++) {
                CHECK_NEAR(again[t].value, once[t].value, 0);
                if (mi_align_is_tested(t))
                    CHECK_NEAR(again[t].null, once[t].null, 0);
            }
        }
        mi_align_side_free(x);
        mi_align_side_free(y);
        mi_sample_free(&s);
    }
}

/* Rows of two columns turned by an angle and stretched. */
static void turn(mi_mat *x, double angle, double scale)
{
    float *row = x->x;
    for (size_t i = 0; i < x->n; i++, row += x->ld) {
        double a = row[0], b = row[1];
        row[0] = (float)(scale * (cos(angle) * a - sin(angle) * b));
        row[1] = (float)(scale * (sin(angle) * a + cos(angle) * b));
        for (size_t k = 2; k < x->d; k++)
            row[k] = (float)(scale * row[k]);
    }
}

static void rotation_and_scale_change_nothing(void **state)
{
    mi_sample s;
    mi_alignment before[MI_ALIGN_TERMS], after[MI_ALIGN_TERMS];
    mi_align_opts o = opts_of(MI_ALIGN_ALL);
    (void)state;
    for (o.raw_rows = 0; o.raw_rows < 2; o.raw_rows++) {
        draw_seed(7);
        draw_sample(&s, 60, 6, 4, linear);
        align(before, &s, &o);
        turn(&s.column[MI_Z1].x, 0.7, 3);
        align(after, &s, &o);
        for (mi_align_term t = 0; t < MI_ALIGN_TERMS; t++)
            CHECK_NEAR(after[t].value, before[t].value, t == MI_ALIGN_I_ADJUSTED ? 1e-5 : 2e-6);
        mi_sample_free(&s);
    }
}

/* Independent features: the debiased form is centred at 0 within 3 standard errors, the biased one far from
 * it. */
static void debiased_cka_is_centred(void **state)
{
    enum { DRAWS = 200 };
    const mi_align_opts o = opts_of(MI_ALIGN_IS_CKA);
    double sum[2] = {0}, square[2] = {0};
    (void)state;
    for (int k = 0; k < DRAWS; k++) {
        mi_sample s;
        mi_alignment r[MI_ALIGN_TERMS];
        mi_mat z[2];
        draw_seed(2000 + (unsigned long)k);
        for (int side = 0; side < 2; side++)
            draw_matrix(&z[side], 30, 8, MI_F32, NULL, 0);
        const mi_arrays in = {.n = 30, .z1 = {.x = z[0].x, .d = 8}, .z2 = {.x = z[1].x, .d = 8}};
        CHECK(mi_sample_of(&s, &in, NULL));
        align(r, &s, &o);
        for (int form = 0; form < 2; form++) {
            double value = r[MI_ALIGN_CKA + form].value;
            sum[form] += value / DRAWS;
            square[form] += value * value / DRAWS;
        }
        mi_sample_free(&s);
        for (int side = 0; side < 2; side++)
            mi_mat_free(&z[side]);
    }
    double se = sqrt((square[1] - sum[1] * sum[1]) / DRAWS);
    CHECK_AT_MOST(fabs(sum[1]), 3 * se, 0);
    assert_true(sum[0] > 0.15 && se < 0.01);
}

/* ---- what cannot be ---- */

static void constant_features_have_no_numbers(void **state)
{
    float z[2][20 * 3];
    mi_sample s;
    mi_alignment r[MI_ALIGN_TERMS];
    const mi_align_opts o = opts_of(MI_ALIGN_ALL);
    const mi_arrays in = {.n = 20, .z1 = {.x = z[0], .d = 3}, .z2 = {.x = z[1], .d = 3}};
    (void)state;
    draw_seed(13);
    for (size_t i = 0; i < 60; i++) {
        z[0][i] = 1;
        z[1][i] = (float)draw_normal();
    }
    CHECK(mi_sample_of(&s, &in, NULL));
    align(r, &s, &o);
    static const mi_align_term nan_of[] = {MI_ALIGN_CKA, MI_ALIGN_CKA_DEBIASED, MI_ALIGN_SVCCA,
                                           MI_ALIGN_PROCRUSTES};
    for (size_t t = 0; t < 4; t++)
        assert_true(isnan(r[nan_of[t]].value));
    CHECK_NEAR(r[MI_ALIGN_I].value, 0, 1e-6);
    mi_sample_free(&s);
}

static void refusals(void **state)
{
    mi_sample s;
    mi_alignment r[MI_ALIGN_TERMS];
    mi_align_opts o = opts_of(MI_ALIGN_ALL);
    (void)state;
    draw_seed(14);
    draw_sample(&s, 10, 3, 3, linear);
    assert_int_equal(mi_align(r, NULL, &s, MI_Z1, &s, MI_Z2, &o, &run), MI_EDATA);
    assert_string_equal(mi_detail(), "10 neighbours of 10 rows, wanted fewer than there are rows; "
                                     "try neighbours");
    o.k = 9;
    CHECK(mi_align(r, NULL, &s, MI_Z1, &s, MI_Z2, &o, &run));
    assert_int_equal(mi_align(r, NULL, &s, MI_Z1, &s, MI_Y, &o, &run), MI_EDATA);
    assert_string_equal(mi_detail(), "y is discrete: rows are aligned that are features; the "
                                     "information of labels is for mutual");
    mi_sample_free(&s);
    draw_sample(&s, 3, 3, 3, linear);
    assert_int_equal(mi_align(r, NULL, &s, MI_Z1, &s, MI_Z2, &o, &run), MI_EDATA);
    assert_string_equal(mi_detail(), "3 rows, wanted 4 or more to be aligned");
    mi_sample_free(&s);
}

/* Each allocation fails once: the call says so, and leaves nothing. */
static void allocations_fail(void **state)
{
    const mi_kernel kernel[] = {linear, gaussian};
    mi_run alone = {.threads = 1, .seed = 1};
    (void)state;
    for (int c = 0; c < 2; c++) {
        mi_sample s;
        mi_alignment r[MI_ALIGN_TERMS];
        mi_align_opts o = opts_of(MI_ALIGN_ALL & ~MI_ALIGN_IS_I);
        mi_status status = MI_ENOMEM;
        draw_seed(15);
        draw_sample(&s, 14, 16, 3, kernel[c]);
        o.se = 1;
        o.permutations = 2;
        long n = 1;
        for (; status != MI_OK; n++) {
            mi_fail_allocation(n);
            status = mi_align(r, NULL, &s, MI_Z1, &s, MI_Z2, &o, &alone);
            mi_fail_allocation(0);
            assert_true(status == MI_OK || status == MI_ENOMEM);
        }
        assert_true(n > 40);
        mi_sample_free(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_are_their_definitions),
        cmocka_unit_test(tiles_have_edges),
        cmocka_unit_test(shapes_of_one_column_are_a_correlation),
        cmocka_unit_test(components_hold_the_share),
        cmocka_unit_test(the_same_features_are_alike),
        cmocka_unit_test(sides_serve_many_pairs),
        cmocka_unit_test(rotation_and_scale_change_nothing),
        cmocka_unit_test(debiased_cka_is_centred),
        cmocka_unit_test(constant_features_have_no_numbers),
        cmocka_unit_test(refusals),
        cmocka_unit_test(allocations_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
