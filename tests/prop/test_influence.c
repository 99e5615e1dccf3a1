/* Standard errors: influences against the delete-one jackknife, estimators against their
 * definitions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "coverage.h"

#include "libmi/data/groups_internal.h"
#include "libmi/data/sample_build.h"
#include "libmi/spectrum/gram.h"

static const mi_run run = {.threads = 2};
static const mi_kernel linear = {.kind = MI_KERNEL_LINEAR};
static const double two = 2;

static mi_bounds_result bounds_of(const mi_sample *s, mi_estimator e, int se, mi_route route)
{
    mi_run how = run;
    mi_bounds_opts o;
    mi_bounds_result r;
    how.route = route;
    mi_bounds_opts_default(&o);
    o.alpha = &two;
    o.n_alpha = 1;
    o.decompose = 1;
    o.estimator = e;
    o.se = se;
    CHECK(mi_bounds(&r, s, &o, &how));
    return r;
}

/* Delete-one-instance jackknife of every term, written out. */
static void plain_jackknife(double *se, const mi_sample *s, mi_estimator e)
{
    size_t g = s->instance.groups.g, row[s->n];
    double value[g][MI_TERMS];
    for (size_t c = 0; c < g; c++) {
        mi_sample rest;
        size_t n = 0;
        for (size_t i = 0; i < s->n; i++)
            if ((size_t)s->instance.groups.code[i] != c)
                row[n++] = i;
        CHECK(mi_sample_gather(&rest, s, row, n));
        memcpy(value[c], bounds_of(&rest, e, 0, MI_ROUTE_AUTO).value, sizeof value[c]);
        mi_sample_free(&rest);
    }
    for (mi_term t = 0; t < MI_TERMS; t++) {
        double mean = 0, sum = 0, k = (double)g;
        for (size_t c = 0; c < g; c++)
            mean += value[c][t] / k;
        for (size_t c = 0; c < g; c++)
            sum += (value[c][t] - mean) * (value[c][t] - mean);
        se[t] = sqrt((k - 1) / k * sum);
    }
}

static int has_influence(mi_term t)
{
    return t != MI_RANK_Z2 && t != MI_DISTINCT_Z2;
}

static void compare_with_jackknife(const mi_sample *s, mi_estimator e)
{
    double se[MI_TERMS];
    mi_bounds_result r = bounds_of(s, e, 1, MI_ROUTE_AUTO);
    int compared = 0;
    plain_jackknife(se, s, e);
    for (mi_term t = 0; t < MI_TERMS; t++) {
        if (!has_influence(t) || isnan(se[t]) || se[t] < 1e-5)
            continue;
        CHECK_NEAR(r.se[t] / se[t], 1, 0.05);
        compared++;
    }
    assert_true(compared >= 8);
}

static void influences_are_within_a_jackknife(void **state)
{
    static const mi_kernel kernel[] = {{.kind = MI_KERNEL_LINEAR},
                                       {.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 3}};
    (void)state;
    draw_seed(1);
    for (int k = 0; k < 4; k++) {
        mi_sample s;
        draw_sample(&s, 240, 9, 6, kernel[k & 1]);
        if (k & 2)
            draw_positive(&s);
        compare_with_jackknife(&s, MI_ESTIMATOR_V);
        mi_sample_free(&s);
    }
}

static void other_estimators_too(void **state)
{
    mi_sample s;
    (void)state;
    draw_seed(2);
    draw_sample(&s, 240, 9, 6, linear);
    compare_with_jackknife(&s, MI_ESTIMATOR_U);
    compare_with_jackknife(&s, MI_ESTIMATOR_C);
    mi_sample_free(&s);
}

/* Re-paired rows move freely where instances differ in size, and where there are none. Two instances
 * have one row, so that none is left out that would make the others equal. */
static void chance_level_of_unequal_instances(void **state)
{
    mi_sample s, some;
    size_t row[238];
    (void)state;
    draw_seed(8);
    draw_sample(&s, 240, 9, 6, linear);
    for (size_t i = 0; i < 238; i++)
        row[i] = i + (i > 2);
    CHECK(mi_sample_gather(&some, &s, row, 238));
    compare_with_jackknife(&some, MI_ESTIMATOR_V);
    some.has_instances = 0;
    mi_groups_free(&some.instance.groups);
    CHECK(mi_groups_singletons(&some.instance.groups, some.n));
    compare_with_jackknife(&some, MI_ESTIMATOR_V);
    mi_sample_free(&some);
    mi_sample_free(&s);
}

/* Joints that are there for the sums inside instances are not taken for those of terms. */
static void terms_not_asked_for_have_no_error(void **state)
{
    mi_sample s;
    mi_bounds_opts o;
    mi_bounds_result r;
    (void)state;
    draw_seed(3);
    mi_bounds_opts_default(&o);
    o.alpha = &two;
    o.n_alpha = 1;
    o.se = 1;
    draw_sample(&s, 120, 9, 6, linear);
    CHECK(mi_bounds(&r, &s, &o, &run));
    for (mi_term t = MI_FIRST_DECOMPOSED; t < MI_TERMS; t++)
        assert_true(isnan(r.value[t]) && isnan(r.se[t]));
    mi_sample_free(&s);
}

/* -log of the mean squared kernel over the pairs that an estimator keeps. */
static double plain_entropy(const mi_sample *s, const double *k, mi_estimator e)
{
    const int32_t *id = s->instance.groups.code;
    double sum = 0, pairs = 0;
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < s->n; j++) {
            double value = i > j ? k[i * s->n + j] : k[j * s->n + i];
            if ((e == MI_ESTIMATOR_U && i == j) || (e == MI_ESTIMATOR_C && id[i] == id[j]))
                continue;
            sum += value * value;
            pairs++;
        }
    return -log(sum / pairs);
}

static void estimators_are_their_definitions(void **state)
{
    enum { N = 60 };
    static double k[N * N];
    mi_sample s;
    mi_var z1, z2;
    (void)state;
    draw_seed(3);
    draw_sample(&s, N, 7, 5, linear);
    CHECK(mi_sample_var(&z1, &s, MI_Z1));
    CHECK(mi_sample_var(&z2, &s, MI_Z2));
    for (mi_estimator e = MI_ESTIMATOR_V; e <= MI_ESTIMATOR_C; e++) {
        mi_bounds_result r = bounds_of(&s, e, 0, MI_ROUTE_AUTO);
        CHECK(mi_gram(k, &(mi_block){(const mi_var *[]){&z1}, 1, NULL, N}));
        double h1 = plain_entropy(&s, k, e);
        CHECK(mi_gram(k, &(mi_block){(const mi_var *[]){&z2}, 1, NULL, N}));
        double h2 = plain_entropy(&s, k, e);
        CHECK(mi_gram(k, &(mi_block){(const mi_var *[]){&z1, &z2}, 2, NULL, N}));
        CHECK_NEAR(r.value[MI_H_Z1], h1, 2e-6);
        CHECK_NEAR(r.value[MI_I_Z1_Z2], h1 + h2 - plain_entropy(&s, k, e), 4e-6);
        assert_int_equal(isnan(r.value[MI_H_R]), e == MI_ESTIMATOR_C);
    }
    mi_var_free(&z1);
    mi_var_free(&z2);
    mi_sample_free(&s);
}

static void every_route_has_the_same_errors(void **state)
{
    static const mi_route route[] = {MI_ROUTE_TILES, MI_ROUTE_DUAL, MI_ROUTE_DENSE};
    mi_sample s;
    (void)state;
    draw_seed(4);
    draw_sample(&s, 400, 8, 5, linear);
    mi_bounds_result first = bounds_of(&s, MI_ESTIMATOR_V, 1, route[0]);
    for (int k = 1; k < 3; k++) {
        mi_bounds_result r = bounds_of(&s, MI_ESTIMATOR_V, 1, route[k]);
        for (mi_term t = 0; t < MI_TERMS; t++)
            if (has_influence(t))
                CHECK_NEAR(r.se[t], first.se[t], 1e-5 * first.se[t] + 1e-7);
    }
    mi_sample_free(&s);
}

/* Rows taken as independent would halve the variance that two equal views of an instance have. */
static void instances_are_the_units(void **state)
{
    mi_sample s, alone;
    (void)state;
    draw_seed(5);
    draw_sample(&s, 300, 8, 5, linear);
    for (size_t i = 0; i < s.n; i += 2)
        for (mi_member_id m = MI_Z1; m <= MI_Z2; m++) {
            float *x = (float *)s.column[m].x.x + i * s.column[m].d;
            memcpy(x + s.column[m].d, x, s.column[m].d * sizeof *x);
        }
    mi_bounds_result r = bounds_of(&s, MI_ESTIMATOR_V, 1, MI_ROUTE_AUTO);
    size_t row[s.n];
    for (size_t i = 0; i < s.n; i++)
        row[i] = i;
    CHECK(mi_sample_gather(&alone, &s, row, s.n));
    mi_groups_free(&alone.instance.groups);
    CHECK(mi_groups_singletons(&alone.instance.groups, s.n));
    mi_bounds_result naive = bounds_of(&alone, MI_ESTIMATOR_V, 1, MI_ROUTE_AUTO);
    CHECK_NEAR(naive.se[MI_I_Z1_Z2] / r.se[MI_I_Z1_Z2], sqrt(0.5), 0.02);
    mi_sample_free(&s);
    mi_sample_free(&alone);
}

static void batches_give_their_spread(void **state)
{
    mi_sample s;
    mi_bounds_opts o;
    mi_bounds_result r, one;
    double value[5], mean = 0, sum = 0;
    (void)state;
    draw_seed(6);
    draw_sample(&s, 100, 8, 5, linear);
    mi_bounds_opts_default(&o);
    o.alpha = &two;
    o.n_alpha = 1;
    o.se = 1;
    for (size_t b = 0; b < 5; b++) {
        mi_sample part;
        size_t row[20];
        for (size_t i = 0; i < 20; i++)
            row[i] = 20 * b + i;
        CHECK(mi_sample_gather(&part, &s, row, 20));
        CHECK(mi_bounds(&one, &part, &o, &run));
        mean += value[b] = one.value[MI_LOWER];
        mi_sample_free(&part);
    }
    for (size_t b = 0; b < 5; b++)
        sum += pow(value[b] - mean / 5, 2);
    o.batch = 10;
    CHECK(mi_bounds(&r, &s, &o, &run));
    CHECK_NEAR(r.value[MI_LOWER], mean / 5, 1e-6);
    CHECK_NEAR(r.se[MI_LOWER], sqrt(sum / 4 / 5), 1e-6);
    CHECK_NEAR(r.degrees, 4, 0);
    mi_sample_free(&s);
}

static void other_orders_have_a_jackknife(void **state)
{
    double alpha[] = {1, 2};
    mi_sample s;
    mi_bounds_opts o;
    mi_bounds_result r[2], by_influence;
    (void)state;
    draw_seed(7);
    draw_sample(&s, 120, 6, 4, linear);
    mi_bounds_opts_default(&o);
    o.alpha = alpha;
    o.n_alpha = 2;
    o.se = 1;
    CHECK(mi_bounds(r, &s, &o, &run));
    by_influence = bounds_of(&s, MI_ESTIMATOR_V, 1, MI_ROUTE_AUTO);
    CHECK_NEAR(r[1].se[MI_I_Z1_Z2], by_influence.se[MI_I_Z1_Z2], 1e-7);
    CHECK_NEAR(r[0].se[MI_I_Z1_Z2] / r[1].se[MI_I_Z1_Z2], 1, 0.6);
    CHECK_NEAR(r[0].degrees, 59, 0);
    /* With a loss in it there are no influences. */
    o.jackknife_groups = 20;
    o.i_z1_r.kind = MI_BY_NCE;
    mi_bounds_result grouped[2];
    CHECK(mi_bounds(grouped, &s, &o, &run));
    CHECK_NEAR(grouped[0].degrees, 19, 0);
    CHECK_NEAR(grouped[0].se[MI_I_Z1_Z2] / r[0].se[MI_I_Z1_Z2], 1, 0.5);
    o.estimator = MI_ESTIMATOR_U;
    assert_int_equal(mi_bounds(r, &s, &o, &run), MI_EUSAGE);
    assert_string_equal(mi_detail(), "estimator u is for order 2, found order 1; try alpha 2");
    mi_sample_free(&s);
}

/* The full simulation is in ./run bench; this is a small one, with the limits of its own noise. */
static void intervals_cover(void **state)
{
    (void)state;
    coverage v = cover(2, MI_ESTIMATOR_V, 150, 100), c = cover(2, MI_ESTIMATOR_C, 150, 100);
    CHECK_NEAR(v.by_instance, 0.95, 0.06);
    CHECK_NEAR(c.by_instance, 0.95, 0.06);
    assert_true(v.by_row < v.by_instance - 0.05);
}

static void quantiles_of_students_t(void **state)
{
    (void)state;
    CHECK_NEAR(mi_t_factor(0.95, 1), 12.7062047364, 1e-9);
    CHECK_NEAR(mi_t_factor(0.95, 30), 2.0422724563, 1e-9);
    CHECK_NEAR(mi_t_factor(0.99, 1e9), 2.5758293, 1e-6);
    assert_true(isnan(mi_t_factor(0.95, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(influences_are_within_a_jackknife),
        cmocka_unit_test(other_estimators_too),
        cmocka_unit_test(chance_level_of_unequal_instances),
        cmocka_unit_test(terms_not_asked_for_have_no_error),
        cmocka_unit_test(estimators_are_their_definitions),
        cmocka_unit_test(every_route_has_the_same_errors),
        cmocka_unit_test(instances_are_the_units),
        cmocka_unit_test(batches_give_their_spread),
        cmocka_unit_test(other_orders_have_a_jackknife),
        cmocka_unit_test(intervals_cover),
        cmocka_unit_test(quantiles_of_students_t),
    };
    return cmocka_run_group_tests_name("influence", tests, NULL, NULL);
}
