/* Paired differences of two samples of the same instances: against a delete-one jackknife written out,
 * against themselves, in any order of rows, and how often their intervals cover. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "paired.h"

#include "libmi/data/groups_internal.h"
#include "libmi/data/sample_build.h"

static const mi_run run = {.threads = 2};
static const double two = 2, one = 1;

static mi_bounds_opts opts_of(const double *alpha)
{
    mi_bounds_opts o;
    mi_bounds_opts_default(&o);
    o.alpha = alpha;
    o.decompose = 1;
    return o;
}

/* value (g, MI_BOUNDS_NUMBERS): differences without each instance, by mi_bounds of what is left. */
static void leave_each_out(double *value, const mi_matched *m, const mi_bounds_opts *o)
{
    const mi_sample *side[] = {&m->a, &m->b};
    size_t g = m->a.instance.groups.g;
    memset(value, 0, g * MI_BOUNDS_NUMBERS * sizeof *value);
    for (size_t c = 0; c < g; c++) {
        for (int k = 0; k < 2; k++) {
            double *to = value + c * MI_BOUNDS_NUMBERS, sign = k ? -1 : 1;
            mi_sample rest;
            mi_bounds_result r;
            size_t row[m->a.n], n = 0;
            for (size_t i = 0; i < m->a.n; i++)
                if ((size_t)m->a.instance.groups.code[i] != c)
                    row[n++] = i;
            CHECK(mi_sample_gather(&rest, side[k], row, n));
            CHECK(mi_bounds(&r, &rest, o, &run));
            for (mi_term t = 0; t < MI_TERMS; t++)
                to[t] += sign * r.value[t];
            to[MI_I_Z1_Z2_CALIBRATED] += sign * (r.value[MI_I_Z1_Z2] - r.value[MI_I_Z1_Z2_NULL]);
            mi_sample_free(&rest);
        }
    }
}

static double plain_jackknife(const double *value, size_t g)
{
    double mean = 0, sum = 0;
    for (size_t c = 0; c < g; c++)
        mean += value[c * MI_BOUNDS_NUMBERS] / (double)g;
    for (size_t c = 0; c < g; c++)
        sum += pow(value[c * MI_BOUNDS_NUMBERS] - mean, 2);
    return sqrt(((double)g - 1) / (double)g * sum);
}

/* Every number that has an error, within `share` of the jackknife. */
static void compare_with_jackknife(const double *alpha, size_t instances, double share)
{
    double value[instances * MI_BOUNDS_NUMBERS];
    mi_difference d[MI_BOUNDS_NUMBERS];
    mi_bounds_opts o = opts_of(alpha);
    mi_sample a, b;
    mi_matched m;
    int compared = 0;
    draw_pair(&a, &b, instances);
    CHECK(mi_match(&m, &a, &b));
    o.jackknife_groups = instances;
    CHECK(mi_compare_bounds(d, &m, &o, 0.95, &run));
    leave_each_out(value, &m, &o);
    for (size_t t = 0; t < MI_BOUNDS_NUMBERS; t++) {
        double se = plain_jackknife(value + t, instances);
        if (t == MI_RANK_Z2 || t == MI_DISTINCT_Z2 || isnan(se) || se < 1e-5)
            continue;
        CHECK_NEAR(d[t].se / se, 1, share);
        compared++;
    }
    assert_true(compared >= 15);
    CHECK_NEAR(d[MI_LOWER].degrees, (double)instances - 1, 0);
    mi_matched_free(&m);
    mi_sample_free(&a);
    mi_sample_free(&b);
}

static void paired_errors_are_those_of_a_jackknife(void **state)
{
    (void)state;
    draw_seed(41);
    compare_with_jackknife(&two, 150, 0.03);
    compare_with_jackknife(&one, 24, 1e-5);
}

/* What is different about the two, not what is common: below the unpaired error. */
static void paired_is_below_unpaired(void **state)
{
    mi_difference d[MI_BOUNDS_NUMBERS];
    mi_bounds_opts o = opts_of(&two);
    mi_bounds_result r[2];
    mi_sample a, b;
    mi_matched m;
    (void)state;
    draw_seed(42);
    draw_pair(&a, &b, 150);
    CHECK(mi_match(&m, &a, &b));
    CHECK(mi_compare_bounds(d, &m, &o, 0.95, &run));
    o.se = 1;
    CHECK(mi_bounds(&r[0], &a, &o, &run));
    CHECK(mi_bounds(&r[1], &b, &o, &run));
    for (mi_term t = 0; t < MI_TERMS; t++) {
        if (isnan(d[t].se))
            continue;
        CHECK_NEAR(d[t].a, r[0].value[t], 1e-6);
        CHECK_NEAR(d[t].difference, r[0].value[t] - r[1].value[t], 2e-6);
        CHECK_NEAR(d[t].unpaired_se, hypot(r[0].se[t], r[1].se[t]), 1e-6);
    }
    assert_true(d[MI_I_Z1_Z2].se < 0.8 * d[MI_I_Z1_Z2].unpaired_se);
    double half = mi_t_factor(0.95, 149) * d[MI_LOWER].se;
    CHECK_NEAR(d[MI_LOWER].hi - d[MI_LOWER].lo, 2 * half, 1e-12);
    assert_true((d[MI_LOWER].p < 0.05) == (d[MI_LOWER].lo > 0 || d[MI_LOWER].hi < 0));
    mi_matched_free(&m);
    mi_sample_free(&a);
    mi_sample_free(&b);
}

static void nothing_differs_from_itself(void **state)
{
    static const double alpha[] = {2, 1};
    mi_difference d[2 * MI_BOUNDS_NUMBERS];
    mi_bounds_opts o = opts_of(alpha);
    mi_sample a, b;
    mi_matched m;
    (void)state;
    draw_seed(43);
    draw_pair(&a, &b, 40);
    o.n_alpha = 2;
    o.jackknife_groups = 5;
    CHECK(mi_match(&m, &a, &a));
    CHECK(mi_compare_bounds(d, &m, &o, 0.95, &run));
    for (size_t t = 0; t < 2 * MI_BOUNDS_NUMBERS; t++) {
        if (isnan(d[t].se))
            continue;
        CHECK_NEAR(d[t].difference, 0, 0);
        CHECK_NEAR(d[t].se, 0, 0);
        CHECK_NEAR(d[t].p, 1, 0);
    }
    mi_matched_free(&m);
    mi_sample_free(&a);
    mi_sample_free(&b);
}

/* Every number of x is that of column k. */
static void make_equal(mi_mat *x, float size)
{
    float *number = x->x;
    assert_int_equal(x->type, MI_F32);
    for (size_t i = 0; i < x->n; i++)
        for (size_t k = 0; k < x->d; k++)
            number[i * x->ld + k] = size * (float)(k + 1);
}

/* Cosines of rows that are all the same are 1 but for a rounding which is the same in every row, so that its error
 * is as small as it. */
static void rounding_is_no_difference(void **state)
{
    static const double alpha[] = {2};
    mi_difference d[MI_BOUNDS_NUMBERS];
    mi_bounds_opts o = opts_of(alpha);
    mi_sample a, b;
    mi_matched m;
    (void)state;
    for (int size = 3; size < 9; size++) {
        draw_seed(44);
        draw_pair(&a, &b, 40);
        make_equal(&a.column[MI_Z2].x, 0.1F);
        make_equal(&b.column[MI_Z2].x, (float)size);
        b.column[MI_Z2].x.d = 2;
        CHECK(mi_match(&m, &a, &b));
        CHECK(mi_compare_bounds(d, &m, &o, 0.95, &run));
        CHECK_NEAR(d[MI_H_Z2].difference, 0, 1e-6);
        CHECK_NEAR(d[MI_H_Z2].p, 1, 0);
        assert_true(d[MI_H_Z2].lo <= 0 && d[MI_H_Z2].hi >= 0);
        mi_matched_free(&m);
        mi_sample_free(&a);
        mi_sample_free(&b);
    }
}

/* ---- matching ---- */

enum { INSTANCES = 40, ROWS = 2 * INSTANCES, D1 = 5, D2 = 3 };

/* The same set from memory with its instances in another order and some of them missing. */
static void arrays_of(mi_sample *out, const mi_sample *s, const size_t *instance, size_t n)
{
    static float z1[2][ROWS * D1], z2[2][ROWS * D2];
    static int64_t r[2][ROWS], y[2][ROWS];
    static int turn;
    mi_arrays in = {.n = 2 * n};
    turn = !turn;
    for (size_t k = 0; k < 2 * n; k++) {
        size_t i = 2 * instance[k / 2] + k % 2;
        r[turn][k] = (int64_t)instance[k / 2] * 7 - 100;
        y[turn][k] = s->column[MI_Y].groups.code[i];
        memcpy(z1[turn] + k * D1, (const float *)s->column[MI_Z1].x.x + i * D1, D1 * sizeof **z1);
        memcpy(z2[turn] + k * D2, (const float *)s->column[MI_Z2].x.x + i * D2, D2 * sizeof **z2);
    }
    in.z1 = (mi_array){.x = z1[turn], .d = D1};
    in.z2 = (mi_array){.x = z2[turn], .d = D2};
    in.r = r[turn];
    in.y = y[turn];
    CHECK(mi_sample_of(out, &in, NULL));
}

static void instances_are_matched_by_id(void **state)
{
    size_t first[INSTANCES], second[INSTANCES], n = 0;
    mi_difference d[MI_BOUNDS_NUMBERS];
    mi_bounds_opts o = opts_of(&two);
    mi_sample s, a, b;
    mi_matched m;
    (void)state;
    draw_seed(44);
    draw_sample(&s, ROWS, D1, D2, (mi_kernel){.kind = MI_KERNEL_LINEAR});
    for (size_t c = 0; c < INSTANCES; c++)
        first[c] = c;
    for (size_t c = 0; c < INSTANCES; c++)
        if (c % 5)
            second[n++] = (c * 11) % INSTANCES;
    arrays_of(&a, &s, first, INSTANCES);
    arrays_of(&b, &s, second, n);
    CHECK(mi_match(&m, &a, &b));
    assert_int_equal(m.instances_a, INSTANCES);
    assert_int_equal(m.instances_b, n);
    assert_int_equal(m.a.instance.groups.g, n);
    CHECK(mi_compare_bounds(d, &m, &o, 0.95, &run));
    for (mi_term t = 0; t < MI_TERMS; t++)
        if (isfinite(d[t].se))
            CHECK_NEAR(d[t].difference, 0, 1e-12);
    mi_matched_free(&m);
    mi_sample_free(&a);
    mi_sample_free(&b);
    mi_sample_free(&s);
}

/* ---- expressions ---- */

static void expressions_have_differences(void **state)
{
    static const double alpha[] = {1, 2};
    mi_difference d[2 * MI_BOUNDS_NUMBERS], e[2 * 3 * MI_READINGS];
    mi_bounds_opts o = opts_of(alpha);
    mi_measure_opts how;
    mi_forms f;
    mi_sample a, b;
    mi_matched m;
    (void)state;
    draw_seed(45);
    draw_pair(&a, &b, 40);
    CHECK(mi_match(&m, &a, &b));
    o.n_alpha = 2;
    mi_measure_opts_default(&how);
    how.alpha = alpha;
    how.n_alpha = 2;
    o.jackknife_groups = how.jackknife_groups = 10;
    CHECK(mi_forms_parse(&f, "z1:z2,z1,y:z1", MI_FORM_IS_EITHER));
    CHECK(mi_compare_bounds(d, &m, &o, 0.95, &run));
    CHECK(mi_compare_forms(e, &m, &f, &how, 0.95, &run));
    static const mi_term term[] = {MI_I_Z1_Z2, MI_H_Z1, MI_I_Y_Z1};
    for (size_t i = 0; i < 2 * 3; i++) {
        const mi_difference *x = &e[i * MI_READINGS + MI_PLAIN];
        const mi_difference *y = &d[i / 3 * MI_BOUNDS_NUMBERS + term[i % 3]];
        CHECK_NEAR(x->difference, y->difference, 1e-6);
        CHECK_NEAR(x->se, y->se, 1e-6);
        CHECK_NEAR(x->degrees, y->degrees, 0);
    }
    const mi_difference *x = &e[3 * MI_READINGS], *y = &d[MI_BOUNDS_NUMBERS];
    CHECK_NEAR(x[MI_ABOVE_CHANCE].difference, y[MI_I_Z1_Z2_CALIBRATED].difference, 1e-6);
    CHECK_NEAR(x[MI_ABOVE_CHANCE].se, y[MI_I_Z1_Z2_CALIBRATED].se, 1e-6);
    assert_true(isfinite(x[MI_OVER_GEO].se) && isnan(e[MI_ABOVE_CHANCE].se));
    mi_forms_free(&f);
    mi_matched_free(&m);
    mi_sample_free(&a);
    mi_sample_free(&b);
}

static void batches_are_paired(void **state)
{
    mi_difference d[MI_BOUNDS_NUMBERS];
    mi_bounds_opts o = opts_of(&two);
    mi_bounds_result r[2];
    mi_sample a, b;
    mi_matched m;
    (void)state;
    draw_seed(46);
    draw_pair(&a, &b, 60);
    CHECK(mi_match(&m, &a, &b));
    o.batch = 10;
    CHECK(mi_compare_bounds(d, &m, &o, 0.95, &run));
    CHECK(mi_bounds(&r[0], &a, &o, &run));
    CHECK(mi_bounds(&r[1], &b, &o, &run));
    CHECK_NEAR(d[MI_LOWER].difference, r[0].value[MI_LOWER] - r[1].value[MI_LOWER], 1e-6);
    CHECK_NEAR(d[MI_LOWER].unpaired_se, hypot(r[0].se[MI_LOWER], r[1].se[MI_LOWER]), 1e-6);
    CHECK_NEAR(d[MI_LOWER].degrees, 5, 0);
    mi_matched_free(&m);
    mi_sample_free(&a);
    mi_sample_free(&b);
}

/* The full simulation is in ./run bench; this is a small one, with the limits of its own noise. */
static void intervals_cover(void **state)
{
    (void)state;
    paired_coverage v = cover_pairs(2, 150, 60);
    CHECK_NEAR(v.paired, 0.95, 0.06);
    assert_true(v.unpaired > v.paired);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paired_errors_are_those_of_a_jackknife),
        cmocka_unit_test(paired_is_below_unpaired),
        cmocka_unit_test(nothing_differs_from_itself),
        cmocka_unit_test(rounding_is_no_difference),
        cmocka_unit_test(instances_are_matched_by_id),
        cmocka_unit_test(expressions_have_differences),
        cmocka_unit_test(batches_are_paired),
        cmocka_unit_test(intervals_cover),
    };
    return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
