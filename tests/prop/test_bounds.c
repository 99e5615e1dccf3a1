/* The two identities of the bounds, the theorems on exact chains, the chance level, batches. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"

#include "libmi/data/groups_internal.h"
#include "libmi/data/sample_build.h"
#include "libmi/spectrum/gram.h"

static const mi_run run = {.threads = 2};

static const double orders[] = {0.5, 1, 1.01, 2, 3, INFINITY};
#define N_ORDERS (sizeof orders / sizeof *orders)

static void bounds_of(mi_bounds_result *r, const mi_sample *s, const double *alpha, size_t n)
{
    mi_bounds_opts o;
    mi_bounds_opts_default(&o);
    o.alpha = alpha;
    o.n_alpha = n;
    o.decompose = 1;
    CHECK(mi_bounds(r, s, &o, &run));
}

static void check_identities(const double *v, double tolerance)
{
    CHECK_NEAR(v[MI_UPPER] - v[MI_I_Y_Z1], v[MI_H_Z1_GIVEN_Y_Z2] + v[MI_I_Y_Z2_GIVEN_Z1],
               tolerance);
    CHECK_NEAR(v[MI_I_Y_Z1] - v[MI_LOWER],
               v[MI_I_Y_Z1_GIVEN_R] - v[MI_I_Y_R_GIVEN_Z1] + v[MI_I_Z1_Z2_GIVEN_R] -
                   v[MI_I_Z1_R_GIVEN_Z2],
               tolerance);
    CHECK_NEAR(v[MI_SLACK_UPPER] + v[MI_SLACK_LOWER], v[MI_GAP], tolerance);
}

static void identities_hold_for_any_data(void **state)
{
    static const mi_kernel kernel[] = {{.kind = MI_KERNEL_LINEAR},
                                       {.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 3}};
    (void)state;
    draw_seed(1);
    for (int draw = 0; draw < 8; draw++) {
        mi_sample s;
        mi_bounds_result r[N_ORDERS];
        draw_sample(&s, 64, 11, 6, kernel[draw & 1]);
        if (draw & 2)
            draw_positive(&s);
        bounds_of(r, &s, orders, N_ORDERS);
        for (size_t a = 0; a < N_ORDERS; a++)
            check_identities(r[a].value, 1e-9);
        double two = 2;
        bounds_of(r, &s, &two, 1);
        check_identities(r[0].value, 1e-9);
        assert_int_equal(r[0].route, MI_ROUTE_TILES);
        mi_sample_free(&s);
    }
}

static void upper_holds_at_order_1(void **state)
{
    double one = 1;
    (void)state;
    draw_seed(2);
    for (int draw = 0; draw < 10; draw++) {
        mi_sample s;
        mi_bounds_result r;
        draw_sample(&s, 50, 1 + draw_below(9), 1 + draw_below(9),
                    (mi_kernel){.kind = MI_KERNEL_LINEAR});
        bounds_of(&r, &s, &one, 1);
        CHECK_AT_MOST(r.value[MI_I_Y_Z1], r.value[MI_UPPER], 1e-9);
        mi_sample_free(&s);
    }
}

/* A column of labels as a discrete variable. */
static void put_labels(mi_sample *s, mi_member_id m, const int64_t *label, size_t n)
{
    mi_column *c = &s->column[m];
    CHECK(mi_groups_of_bytes(&c->groups, label, n, sizeof *label));
    c->present = 1;
    c->d = 1;
    c->kernel.kind = MI_KERNEL_DELTA;
}

/* Y -> Z1 -> Z2 -> R as counts a(y,z1) b(z1,z2) c(z2,r), where the rows of b, and of c, all have
 * one sum: the empirical distribution is then exactly the chain. */
static void draw_chain(mi_sample *s)
{
    static const int b[3][3] = {{4, 1, 1}, {0, 5, 1}, {1, 1, 4}},
                     c[3][2] = {{3, 0}, {1, 2}, {0, 3}};
    int64_t label[4][4096];
    size_t n = 0;
    for (int y = 0; y < 3; y++)
        for (int z1 = 0; z1 < 3; z1++)
            for (int copy = (int)draw_below(5) + (y == z1); copy > 0; copy--)
                for (int z2 = 0; z2 < 3; z2++)
                    for (int r = 0; r < 2; r++)
                        for (int k = 0; k < b[z1][z2] * c[z2][r]; k++, n++) {
                            label[0][n] = z1;
                            label[1][n] = z2;
                            label[2][n] = r;
                            label[3][n] = y;
                        }
    *s = (mi_sample){.n = n, .r_kind = MI_R_ID, .has_instances = 1};
    for (mi_member_id m = MI_Z1; m <= MI_Y; m++)
        put_labels(s, m, label[m], n);
    CHECK(mi_groups_gather(&s->instance.groups, &s->column[MI_R].groups, NULL, n));
}

static void both_theorems_on_exact_chains_at_order_1(void **state)
{
    double one = 1;
    (void)state;
    draw_seed(3);
    for (int draw = 0; draw < 30; draw++) {
        mi_sample s;
        mi_bounds_result r;
        draw_chain(&s);
        bounds_of(&r, &s, &one, 1);
        const double *v = r.value;
        CHECK_AT_MOST(v[MI_LOWER], v[MI_I_Y_Z1], 1e-9);
        CHECK_AT_MOST(v[MI_I_Y_Z1], v[MI_UPPER], 1e-9);
        /* The premise: R, and Z2, know nothing of Y that Z1 does not; Z2 screens R from Z1. */
        CHECK_NEAR(v[MI_I_Y_R_GIVEN_Z1], 0, 1e-9);
        CHECK_NEAR(v[MI_I_Y_Z2_GIVEN_Z1], 0, 1e-9);
        CHECK_NEAR(v[MI_I_Z1_R_GIVEN_Z2], 0, 1e-9);
        CHECK_AT_MOST(0, v[MI_DPI_Z1_R], 1e-9);
        CHECK_AT_MOST(0, v[MI_DPI_Y], 1e-9);
        CHECK_AT_MOST(0, v[MI_DPI_R], 1e-9);
        check_identities(v, 1e-9);
        assert_int_equal(r.route, MI_ROUTE_COUNTS);
        mi_sample_free(&s);
    }
}

/* tr(A12^2) n^2 of the sample when row i's Z2 is that of row to[i]. */
static double paired_trace(const double *k1, const double *k2, const size_t *to, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            size_t p = to[i], q = to[j];
            double a = i > j ? k1[i * n + j] : k1[j * n + i];
            double b = p > q ? k2[p * n + q] : k2[q * n + p];
            sum += a * a * b * b;
        }
    return sum;
}

/* All 3! orders of three instances times all 2^3 orders of their two views. */
static void chance_level_is_the_mean_over_all_pairings(void **state)
{
    enum { N = 6 };
    static const int order[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                    {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    double k1[N * N], k2[N * N], mean = 0, two = 2;
    mi_sample s;
    mi_var z1, z2;
    mi_bounds_result r;
    (void)state;
    draw_seed(4);
    draw_sample(&s, N, 5, 4, (mi_kernel){.kind = MI_KERNEL_LINEAR});
    CHECK(mi_sample_var(&z1, &s, MI_Z1));
    CHECK(mi_sample_var(&z2, &s, MI_Z2));
    CHECK(mi_gram(k1, &(mi_block){(const mi_var *[]){&z1}, 1, NULL, N}));
    CHECK(mi_gram(k2, &(mi_block){(const mi_var *[]){&z2}, 1, NULL, N}));
    for (int p = 0; p < 6; p++)
        for (unsigned flips = 0; flips < 8; flips++) {
            size_t to[N];
            for (size_t i = 0; i < N; i++)
                to[i] = 2 * (size_t)order[p][i / 2] + ((i & 1) ^ (flips >> (i / 2) & 1));
            mean += paired_trace(k1, k2, to, N) / 48;
        }
    bounds_of(&r, &s, &two, 1);
    CHECK_NEAR(r.value[MI_I_Z1_Z2_NULL], r.value[MI_H_Z1] + r.value[MI_H_Z2] + log(mean / (N * N)),
               1e-6);
    mi_var_free(&z1);
    mi_var_free(&z2);
    mi_sample_free(&s);
}

static void batches_are_means_of_parts(void **state)
{
    enum { N = 60, B = 8 };
    double two = 2, mean[MI_TERMS] = {0};
    mi_sample s;
    mi_bounds_result r, part_result;
    mi_bounds_opts o;
    (void)state;
    draw_seed(5);
    draw_sample(&s, N, 7, 5, (mi_kernel){.kind = MI_KERNEL_LINEAR});
    for (size_t b = 0; b < 3; b++) {
        mi_sample part;
        size_t row[2 * B];
        for (size_t i = 0; i < 2 * B; i++)
            row[i] = b * 2 * B + i;
        CHECK(mi_sample_gather(&part, &s, row, 2 * B));
        bounds_of(&part_result, &part, &two, 1);
        for (mi_term t = 0; t < MI_TERMS; t++)
            mean[t] += part_result.value[t] / 3;
        mi_sample_free(&part);
    }
    mi_bounds_opts_default(&o);
    o.alpha = &two;
    o.n_alpha = 1;
    o.decompose = 1;
    o.batch = B;
    CHECK(mi_bounds(&r, &s, &o, &run));
    assert_int_equal(r.batches, 3);
    for (mi_term t = 0; t < MI_TERMS; t++)
        CHECK_NEAR(r.value[t], mean[t], 1e-6);
    unsigned long seed = 4;
    mi_bounds_result shuffled;
    o.seed = &seed;
    CHECK(mi_bounds(&shuffled, &s, &o, &run));
    assert_true(shuffled.value[MI_I_Z1_Z2] != r.value[MI_I_Z1_Z2]);
    o.batch = N;
    assert_int_equal(mi_bounds(&r, &s, &o, &run), MI_EDATA);
    assert_string_equal(mi_detail(), "a batch of 60 is larger than the 30 instances there are; try "
                                     "batch 30 or less");
    mi_sample_free(&s);
}

static void what_is_missing_is_nan(void **state)
{
    double two = 2;
    mi_sample s;
    mi_bounds_result r;
    (void)state;
    draw_seed(6);
    draw_sample(&s, 40, 6, 5, (mi_kernel){.kind = MI_KERNEL_LINEAR});
    s.column[MI_Y].present = 0;
    bounds_of(&r, &s, &two, 1);
    assert_true(isnan(r.value[MI_H_Y]) && isnan(r.value[MI_I_R_Y]) && isnan(r.value[MI_LOWER]) &&
                isnan(r.value[MI_UPPER]) && isnan(r.value[MI_SLACK_LOWER]));
    assert_false(isnan(r.value[MI_H_R]) || isnan(r.value[MI_I_Z1_R]) ||
                 isnan(r.value[MI_I_Z1_Z2]) || isnan(r.value[MI_I_Z1_Z2_NULL]));
    mi_sample_free(&s);
}

static void the_base_scales_everything(void **state)
{
    double two = 2;
    mi_sample s;
    mi_bounds_result nats, bits;
    mi_bounds_opts o;
    (void)state;
    draw_seed(7);
    draw_sample(&s, 40, 6, 5, (mi_kernel){.kind = MI_KERNEL_LINEAR});
    bounds_of(&nats, &s, &two, 1);
    mi_bounds_opts_default(&o);
    o.alpha = &two;
    o.n_alpha = 1;
    o.base = 2;
    CHECK(mi_bounds(&bits, &s, &o, &run));
    for (mi_term t = 0; t < MI_FIRST_DECOMPOSED; t++)
        CHECK_NEAR(bits.value[t], nats.value[t] / log(2), 1e-12);
    mi_sample_free(&s);
}

static void ranks_of_quantised_z2(void **state)
{
    double two = 2;
    mi_sample s;
    mi_bounds_result r;
    float *z;
    (void)state;
    draw_seed(8);
    draw_sample(&s, 80, 6, 4, (mi_kernel){.kind = MI_KERNEL_LINEAR});
    z = s.column[MI_Z2].x.x;
    for (size_t i = 0; i < 80; i++)
        for (size_t k = 0; k < 4; k++)
            z[i * 4 + k] = k == 3 ? z[i * 4] : (i >> k & 1) ? 1.0f : -1.0f;
    bounds_of(&r, &s, &two, 1);
    CHECK_NEAR(r.value[MI_RANK_Z2], 3, 0);
    CHECK_NEAR(r.value[MI_DISTINCT_Z2], 8, 0);
    mi_sample_free(&s);
}

/* ---- corner cases: finite, and what they must be ---- */

static void all_finite(const mi_bounds_result *r)
{
    for (mi_term t = 0; t < MI_TERMS; t++)
        if (t != MI_I_Z1_Z2_NULL && !isfinite(r->value[t]))
            fail_msg("%s is %g", mi_term_name(t), r->value[t]);
}

/* Rows of Z1 are one-hot labels: the same Gram matrix as the labels'. */
static void z1_that_is_y(void **state)
{
    (void)state;
    draw_seed(9);
    for (int k = 0; k < 2; k++) {
        double alpha = k + 1;
        mi_sample s;
        mi_bounds_result r;
        draw_sample(&s, 60, 4, 5, (mi_kernel){.kind = MI_KERNEL_LINEAR});
        float *z = s.column[MI_Z1].x.x;
        for (size_t i = 0; i < 60; i++)
            for (int c = 0; c < 4; c++)
                z[i * 4 + (size_t)c] = s.column[MI_Y].groups.code[i] == c;
        bounds_of(&r, &s, &alpha, 1);
        all_finite(&r);
        CHECK_NEAR(r.value[MI_H_Z1], r.value[MI_H_Y], 1e-7);
        CHECK_NEAR(r.value[MI_I_Y_Z1], r.value[MI_H_Y], 1e-7);
        mi_sample_free(&s);
    }
}

/* I(Z1;Z1) = 2 S(K) - S(K o K), which is not H(Z1) under the linear kernel. */
static void z2_that_is_z1(void **state)
{
    (void)state;
    draw_seed(10);
    for (int k = 0; k < 2; k++) {
        double alpha = k + 1;
        mi_sample s;
        mi_bounds_result r;
        draw_sample(&s, 60, 5, 5, (mi_kernel){.kind = MI_KERNEL_LINEAR});
        memcpy(s.column[MI_Z2].x.x, s.column[MI_Z1].x.x, 60 * 5 * sizeof(float));
        bounds_of(&r, &s, &alpha, 1);
        all_finite(&r);
        CHECK_NEAR(r.value[MI_H_Z2], r.value[MI_H_Z1], 1e-12);
        assert_true(r.value[MI_I_Z1_Z2] < 0.9 * r.value[MI_H_Z1]);
        CHECK_NEAR(r.value[MI_DPI_Y], 0, 1e-12);
        mi_sample_free(&s);
    }
}

static void z2_that_is_constant(void **state)
{
    (void)state;
    draw_seed(11);
    for (int k = 0; k < 2; k++) {
        double alpha = k + 1;
        mi_sample s;
        mi_bounds_result r;
        draw_sample(&s, 60, 5, 3, (mi_kernel){.kind = MI_KERNEL_LINEAR});
        for (size_t i = 0; i < 180; i++)
            ((float *)s.column[MI_Z2].x.x)[i] = 0.3f;
        bounds_of(&r, &s, &alpha, 1);
        all_finite(&r);
        CHECK_NEAR(r.value[MI_H_Z2], 0, 1e-6);
        CHECK_NEAR(r.value[MI_I_Z1_Z2], 0, 1e-6);
        CHECK_NEAR(r.value[MI_UPPER], r.value[MI_H_Z1], 1e-6);
        CHECK_NEAR(r.value[MI_RANK_Z2], 1, 0);
        mi_sample_free(&s);
    }
}

/* One class: Y knows nothing. An instance a class: Y is R. */
static void classes_at_their_extremes(void **state)
{
    (void)state;
    draw_seed(12);
    for (int k = 0; k < 2; k++) {
        double alpha = k + 1;
        int64_t same[60] = {0};
        mi_sample s;
        mi_bounds_result r;
        draw_sample(&s, 60, 5, 3, (mi_kernel){.kind = MI_KERNEL_LINEAR});
        mi_groups_free(&s.column[MI_Y].groups);
        put_labels(&s, MI_Y, same, 60);
        bounds_of(&r, &s, &alpha, 1);
        all_finite(&r);
        CHECK_NEAR(r.value[MI_H_Y], 0, 1e-12);
        CHECK_NEAR(r.value[MI_I_Y_Z1], 0, 1e-7);
        mi_groups_free(&s.column[MI_Y].groups);
        CHECK(mi_groups_gather(&s.column[MI_Y].groups, &s.instance.groups, NULL, 60));
        bounds_of(&r, &s, &alpha, 1);
        all_finite(&r);
        CHECK_NEAR(r.value[MI_H_Y], log(30), 1e-12);
        CHECK_NEAR(r.value[MI_I_Y_Z1], r.value[MI_I_Z1_R], 1e-12);
        CHECK_NEAR(r.value[MI_I_R_Y], log(30), 1e-12);
        mi_sample_free(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identities_hold_for_any_data),
        cmocka_unit_test(upper_holds_at_order_1),
        cmocka_unit_test(both_theorems_on_exact_chains_at_order_1),
        cmocka_unit_test(chance_level_is_the_mean_over_all_pairings),
        cmocka_unit_test(batches_are_means_of_parts),
        cmocka_unit_test(what_is_missing_is_nan),
        cmocka_unit_test(the_base_scales_everything),
        cmocka_unit_test(ranks_of_quantised_z2),
        cmocka_unit_test(z1_that_is_y),
        cmocka_unit_test(z2_that_is_z1),
        cmocka_unit_test(z2_that_is_constant),
        cmocka_unit_test(classes_at_their_extremes),
    };
    return cmocka_run_group_tests_name("bounds", tests, NULL, NULL);
}
