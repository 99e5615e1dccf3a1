/* Correlations against SciPy and against plain twins; intervals, p-values, and where there is none.
 */
#include <math.h>
#include <stdlib.h>

#include "draw.h"
#include "libmi/correlate/private.h"

/* /usr/bin/python3 -c "import numpy as np, scipy.stats as st; x = np.array([...]); y = ...; z = ...
 * st.pearsonr(x, y); st.spearmanr(x, y); st.kendalltau(x, y)", SciPy 1.10.1, NumPy 1.24.2 */
enum { N = 12 };
static const double x[N] = {1.5, 2, 2, 3.25, 4, 4, 4, 5.5, 6, 7.75, 8, 9.5};
static const double y[N] = {2, 1, 3, 3, 2.5, 5, 5, 4, 7, 6.5, 7, 6};
static const double z[N] = {0.5, 1, 0.5, 2, 2, 3, 1, 3.5, 2.5, 5, 4, 4};
static const double scipy[MI_CORRELATIONS] = {0.8384455507857022, 0.8563883632051673,
                                              0.672021505032247};
/* The formula of the partial correlation over SciPy's three. */
static const double scipy_partial[MI_CORRELATIONS] = {0.6021132463991389, 0.6682665583039546,
                                                      0.45474004854350275};

static const mi_points points = {.x = x, .y = y, .n = N};
static const mi_points points_given = {.x = x, .y = y, .given = z, .n = N};

static double correlation(mi_correlation kind, const mi_points *p)
{
    double r;
    CHECK(mi_correlate(&r, kind, p));
    return r;
}

static void scipy_with_ties(void **state)
{
    (void)state;
    for (mi_correlation k = 0; k < MI_CORRELATIONS; k++) {
        CHECK_NEAR(correlation(k, &points), scipy[k], 1e-14);
        CHECK_NEAR(correlation(k, &points_given), scipy_partial[k], 1e-14);
    }
}

/* tau-b from its definition, over all pairs. */
static double plain_tau(const mi_points *p)
{
    double sum = 0, untied_x = 0, untied_y = 0;
    for (size_t i = 0; i < p->n; i++) {
        for (size_t j = 0; j < i; j++) {
            double dx = (p->x[i] > p->x[j]) - (p->x[i] < p->x[j]);
            double dy = (p->y[i] > p->y[j]) - (p->y[i] < p->y[j]);
            sum += dx * dy;
            untied_x += dx != 0;
            untied_y += dy != 0;
        }
    }
    return sum / sqrt(untied_x * untied_y);
}

static void knight_agrees_with_all_pairs(void **state)
{
    double u[200], v[200];
    (void)state;
    draw_seed(7);
    for (int times = 0; times < 300; times++) {
        size_t n = 3 + draw_below(198), levels = 2 + draw_below(40);
        mi_points p = {.x = u, .y = v, .n = n};
        for (size_t i = 0; i < n; i++) {
            u[i] = (double)draw_below(levels);
            v[i] = times % 3 ? (double)draw_below(levels) + u[i] : draw_normal();
        }
        u[0] = -1;
        v[1] = -1;
        CHECK_NEAR(correlation(MI_KENDALL, &p), plain_tau(&p), 1e-13);
    }
}

static void ranks_do_not_see_monotone_maps(void **state)
{
    double u[N];
    mi_points p = {.x = u, .y = y, .n = N}, swapped = {.x = y, .y = x, .n = N};
    (void)state;
    for (int i = 0; i < N; i++)
        u[i] = -exp(x[i]);
    CHECK_NEAR(correlation(MI_SPEARMAN, &p), -scipy[MI_SPEARMAN], 1e-14);
    CHECK_NEAR(correlation(MI_KENDALL, &p), -scipy[MI_KENDALL], 1e-14);
    for (mi_correlation k = 0; k < MI_CORRELATIONS; k++)
        CHECK_NEAR(correlation(k, &swapped), scipy[k], 1e-14);
}

/* Numbers whose squares are no doubles. */
static void pearson_does_not_see_a_factor(void **state)
{
    static const double factor[] = {1e-320, 1e-170, 1e170, 1e307};
    double u[N];
    mi_points p = {.x = u, .y = y, .n = N};
    (void)state;
    for (size_t k = 0; k < sizeof factor / sizeof *factor; k++) {
        for (int i = 0; i < N; i++)
            u[i] = factor[k] * x[i];
        CHECK_NEAR(correlation(MI_PEARSON, &p), scipy[MI_PEARSON], k ? 1e-14 : 1e-3);
    }
}

static void there_is_none(void **state)
{
    static const double same[N] = {0};
    const mi_points none[] = {
        {.x = x, .y = y, .n = 2},
        {.x = same, .y = y, .n = N},
        {.x = x, .y = same, .n = N},
        {.x = x, .y = y, .given = z, .n = 3},
        {.x = x, .y = y, .given = same, .n = N},
        {.x = x, .y = y, .given = x, .n = N},
    };
    mi_correlate_opts o;
    (void)state;
    mi_correlate_opts_default(&o);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        for (mi_correlation k = 0; k < MI_CORRELATIONS; k++) {
            mi_interval interval;
            double p;
            assert_true(isnan(correlation(k, &none[i])));
            CHECK(mi_correlate_bootstrap(&interval, k, &none[i], &o));
            assert_true(isnan(interval.low) && isnan(interval.high));
            CHECK(mi_correlate_permutation(&p, k, &none[i], &o));
            assert_true(isnan(p));
        }
    }
    assert_true(isnan(mi_correlate_fisher(MI_PEARSON, 0.5, 3, 0, 0.95).low));
    assert_true(isnan(mi_correlate_fisher(MI_KENDALL, 0.5, 5, 1, 0.95).high));
}

static void fisher_intervals(void **state)
{
    /* st.pearsonr(x, y).confidence_interval(0.95) */
    mi_interval i = mi_correlate_fisher(MI_PEARSON, scipy[MI_PEARSON], N, 0, 0.95);
    (void)state;
    CHECK_NEAR(i.low, 0.5099005715109707, 1e-12);
    CHECK_NEAR(i.high, 0.9535249968008797, 1e-12);
    /* By hand: atanh 0.5 = 0.549306, q = 1.959964, se = sqrt(1.125 / 16), sqrt(0.437 / 15). */
    i = mi_correlate_fisher(MI_SPEARMAN, 0.5, 20, 1, 0.95);
    CHECK_NEAR(atanh(i.high) - atanh(i.low), 2 * 1.959964 * 0.2651650, 1e-6);
    i = mi_correlate_fisher(MI_KENDALL, 0.5, 20, 1, 0.95);
    CHECK_NEAR(atanh(i.high) + atanh(i.low), 2 * 0.549306, 1e-6);
    CHECK_NEAR(atanh(i.high) - atanh(i.low), 2 * 1.959964 * 0.1706849, 1e-6);
}

/* st.bootstrap((x, y), f, paired=True, vectorized=False, n_resamples=40000, method='BCa'): both
 * sides are draws, so they agree to the spread of the quantiles. */
static void bca_intervals_are_scipys(void **state)
{
    static const mi_interval wanted[MI_CORRELATIONS] = {
        {0.6328, 0.9246}, {0.6927, 0.9786}, {0.3390, 0.8450}};
    mi_correlate_opts o;
    mi_interval found;
    (void)state;
    mi_correlate_opts_default(&o);
    o.resamples = 40000;
    for (mi_correlation k = 0; k < MI_CORRELATIONS; k++) {
        CHECK(mi_correlate_bootstrap(&found, k, &points, &o));
        CHECK_NEAR(found.low, wanted[k].low, 0.012);
        CHECK_NEAR(found.high, wanted[k].high, 0.006);
    }
}

/* Fisher's z of it is infinite, and every draw has the same correlation: neither says how sure it is. */
/* Ties, constants without a point, a point that makes up nearly all of a sum of squares. */
static void without_each_point_it_is_that_of_the_others(void **state)
{
    enum { MOST = 40 };
    double all[3][MOST], rest[3][MOST], found[MOST];
    mi_correlate_work w;
    (void)state;
    draw_seed(11);
    CHECK(mi_correlate_work_alloc(&w, MOST));
    for (int times = 0; times < 600; times++) {
        size_t n = 3 + draw_below(MOST - 2), levels = 1 + draw_below(8);
        int has_given = times % 2;
        for (size_t i = 0; i < n; i++)
            for (int c = 0; c < 3; c++)
                all[c][i] = times % 5 ? (double)draw_below(levels) : draw_normal();
        all[draw_below(3)][draw_below(n)] = times % 3 ? 1e9 : 3;
        mi_points p = {.x = all[0], .y = all[1], .given = has_given ? all[2] : NULL, .n = n};
        mi_points others = {
            .x = rest[0], .y = rest[1], .given = has_given ? rest[2] : NULL, .n = n - 1};
        for (mi_correlation k = 0; k < MI_CORRELATIONS; k++) {
            CHECK(mi_correlate_without_each(found, &w, k, &p));
            for (size_t out = 0; out < n; out++) {
                for (size_t i = 0; i < n; i++)
                    for (int c = 0; c < 3 && i != out; c++)
                        rest[c][i - (i > out)] = all[c][i];
                double r = mi_correlate_with(&w, k, &others);
                if (isnan(r))
                    assert_true(isnan(found[out]));
                else
                    CHECK_NEAR(found[out], r, 1e-11);
            }
        }
    }
    mi_correlate_work_free(&w);
}

static void a_perfect_line_has_no_interval(void **state)
{
    const mi_points line = {.x = x, .y = x, .n = N}, four = {.x = x, .y = x, .n = 4};
    mi_correlate_opts o;
    mi_interval found;
    (void)state;
    mi_correlate_opts_default(&o);
    for (mi_correlation k = 0; k < MI_CORRELATIONS; k++) {
        CHECK(mi_correlate_bootstrap(&found, k, &line, &o));
        assert_true(isnan(found.low) && isnan(found.high));
        CHECK(mi_correlate_bootstrap(&found, k, &four, &o));
        assert_true(isnan(found.low) && isnan(found.high));
        for (int sign = -1; sign <= 1; sign += 2) {
            found = mi_correlate_fisher(k, sign, N, 0, 0.95);
            assert_true(isnan(found.low) && isnan(found.high));
        }
    }
    found = mi_correlate_fisher(MI_PEARSON, 0.999, N, 0, 0.95);
    assert_true(found.low < 0.999 && found.high > 0.999 && found.high < 1);
}

/* Shares of all 8! orders of y with |r| >= |observed|, counted with NumPy 1.24.2. */
static void p_values_are_those_of_all_permutations(void **state)
{
    static const double wanted[MI_CORRELATIONS] = {0.072619, 0.068750, 0.101190};
    const mi_points eight = {.x = x, .y = y, .n = 8};
    mi_correlate_opts o;
    (void)state;
    mi_correlate_opts_default(&o);
    o.permutations = 40000;
    for (mi_correlation k = 0; k < MI_CORRELATIONS; k++) {
        double p;
        CHECK(mi_correlate_permutation(&p, k, &eight, &o));
        CHECK_NEAR(p, wanted[k], 0.005);
    }
}

/* Under independence a share 0.1 of p-values is at most 0.1. Given a strong third column that is so
 * for Pearson's alone: the partial tau-b of normal columns is not 0 where their partial correlation
 * is (measured shares at 4,000 times: 0.105, 0.123, 0.167). */
static void p_values_are_uniform(void **state)
{
    enum { TIMES = 400, POINTS = 15 };
    static const double share[2][MI_CORRELATIONS] = {{0.1, 0.1, 0.1}, {0.105, 0.123, 0.167}};
    double u[POINTS], v[POINTS], w[POINTS];
    mi_correlate_opts o;
    (void)state;
    draw_seed(11);
    mi_correlate_opts_default(&o);
    o.permutations = 99;
    for (int given = 0; given < 2; given++) {
        const mi_points p = {.x = u, .y = v, .given = given ? w : NULL, .n = POINTS};
        size_t below[MI_CORRELATIONS] = {0};
        for (int times = 0; times < TIMES; times++) {
            for (int i = 0; i < POINTS; i++) {
                w[i] = draw_normal();
                u[i] = draw_normal() + (given ? 2 * w[i] : 0);
                v[i] = draw_normal() + (given ? 2 * w[i] : 0);
            }
            for (mi_correlation k = 0; k < MI_CORRELATIONS; k++) {
                double value;
                CHECK(mi_correlate_permutation(&value, k, &p, &o));
                below[k] += value <= 0.1;
            }
        }
        for (mi_correlation k = 0; k < MI_CORRELATIONS; k++)
            CHECK_NEAR((double)below[k] / TIMES, share[given][k], 0.045); /* three deviations */
    }
}

static void a_seed_is_a_result(void **state)
{
    mi_correlate_opts o;
    mi_interval a, b;
    double p, q;
    (void)state;
    mi_correlate_opts_default(&o);
    CHECK(mi_correlate_bootstrap(&a, MI_SPEARMAN, &points_given, &o));
    CHECK(mi_correlate_bootstrap(&b, MI_SPEARMAN, &points_given, &o));
    assert_true(a.low == b.low && a.high == b.high);
    CHECK(mi_correlate_permutation(&p, MI_PEARSON, &points_given, &o));
    o.seed = 2;
    CHECK(mi_correlate_bootstrap(&b, MI_SPEARMAN, &points_given, &o));
    assert_true(a.low != b.low);
    CHECK(mi_correlate_permutation(&q, MI_PEARSON, &points_given, &o));
    CHECK_NEAR(p, q, 0.05);
}

static void every_failed_allocation_is_reported(void **state)
{
    mi_correlate_opts o;
    mi_interval interval;
    double r;
    int failed = 0;
    (void)state;
    mi_correlate_opts_default(&o);
    o.resamples = 100;
    for (long k = 1; k < 12; k++) {
        mi_fail_allocation(k);
        failed += mi_correlate(&r, MI_KENDALL, &points) == MI_ENOMEM;
        mi_fail_allocation(k);
        failed += mi_correlate_bootstrap(&interval, MI_KENDALL, &points, &o) == MI_ENOMEM;
        mi_fail_allocation(k);
        failed += mi_correlate_permutation(&r, MI_SPEARMAN, &points_given, &o) == MI_ENOMEM;
    }
    mi_fail_allocation(0);
    assert_int_equal(failed, 2 + 10 + 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scipy_with_ties),
        cmocka_unit_test(knight_agrees_with_all_pairs),
        cmocka_unit_test(ranks_do_not_see_monotone_maps),
        cmocka_unit_test(pearson_does_not_see_a_factor),
        cmocka_unit_test(there_is_none),
        cmocka_unit_test(fisher_intervals),
        cmocka_unit_test(bca_intervals_are_scipys),
        cmocka_unit_test(without_each_point_it_is_that_of_the_others),
        cmocka_unit_test(a_perfect_line_has_no_interval),
        cmocka_unit_test(p_values_are_those_of_all_permutations),
        cmocka_unit_test(p_values_are_uniform),
        cmocka_unit_test(a_seed_is_a_result),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
