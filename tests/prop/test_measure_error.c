/* Standard errors of expressions, their ratios and levels above chance: the delta method against the
 * delete-one jackknife written out, other orders and batches against their definitions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"

#include "libmi/data/groups_internal.h"
#include "libmi/data/sample_build.h"

static const mi_run run = {.threads = 2};
static const mi_kernel linear = {.kind = MI_KERNEL_LINEAR};
static const char *const expressions = "z1:z2,z1:y,z1:z2|y,z1:z2:y,z1:z1,r:z2";
enum { COUNT = 6 };

static mi_measure_opts opts_of(const double *alpha, size_t n_alpha)
{
    mi_measure_opts o;
    mi_measure_opts_default(&o);
    o.alpha = alpha;
    o.n_alpha = n_alpha;
    return o;
}

static void measure(mi_measured *out, const char *of, const mi_sample *s, const mi_measure_opts *o)
{
    mi_forms f;
    CHECK(mi_forms_parse(&f, of, MI_FORM_IS_INFORMATION));
    CHECK(mi_measure(out, &f, s, o, &run));
    mi_forms_free(&f);
}

/* value (g, COUNT, MI_READINGS) without each instance; above chance by the exact level, which comes
 * with the errors of order 2. */
static void leave_each_out(double *value, const mi_sample *s, mi_measure_opts o)
{
    o.se = o.alpha[0] == 2;
    for (size_t c = 0; c < s->instance.groups.g; c++) {
        mi_sample rest;
        mi_measured out[COUNT];
        size_t row[s->n], n = 0;
        for (size_t i = 0; i < s->n; i++)
            if ((size_t)s->instance.groups.code[i] != c)
                row[n++] = i;
        CHECK(mi_sample_gather(&rest, s, row, n));
        measure(out, expressions, &rest, &o);
        for (size_t k = 0; k < COUNT; k++)
            memcpy(value + (c * COUNT + k) * MI_READINGS, out[k].value, sizeof out[k].value);
        mi_sample_free(&rest);
    }
}

static double plain_jackknife(const double *value, size_t g, size_t stride)
{
    double mean = 0, sum = 0;
    for (size_t c = 0; c < g; c++)
        mean += value[c * stride] / (double)g;
    for (size_t c = 0; c < g; c++)
        sum += pow(value[c * stride] - mean, 2);
    return sqrt(((double)g - 1) / (double)g * sum);
}

/* Every reading of every expression within `share` of the jackknife. */
static void compare_with_jackknife(const mi_sample *s, double alpha, double share)
{
    size_t g = s->instance.groups.g, compared = 0;
    double value[g * COUNT * MI_READINGS];
    mi_measure_opts o = opts_of(&alpha, 1);
    mi_measured out[COUNT];
    o.se = 1;
    o.jackknife_groups = g;
    measure(out, expressions, s, &o);
    leave_each_out(value, s, o);
    for (size_t k = 0; k < COUNT; k++)
        for (mi_reading i = 0; i < MI_READINGS; i++) {
            double se = plain_jackknife(value + k * MI_READINGS + i, g, COUNT * MI_READINGS);
            if (isnan(out[k].value[i]) || se < 1e-6)
                continue;
            CHECK_NEAR(out[k].se[i] / se, 1, share);
            compared++;
        }
    assert_true(compared >= 25);
    CHECK_NEAR(out[0].degrees, (double)g - 1, 0);
}

static void ratios_have_the_errors_of_a_jackknife(void **state)
{
    static const mi_kernel gaussian = {.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 3};
    (void)state;
    draw_seed(31);
    for (int k = 0; k < 2; k++) {
        mi_sample s;
        draw_sample(&s, 240, 9, 6, k ? gaussian : linear);
        draw_positive(&s);
        compare_with_jackknife(&s, 2, 0.05);
        mi_sample_free(&s);
    }
}

static void other_orders_are_a_jackknife(void **state)
{
    mi_sample s;
    (void)state;
    draw_seed(32);
    draw_sample(&s, 60, 6, 4, linear);
    draw_positive(&s);
    compare_with_jackknife(&s, 1, 0.05);
    mi_sample_free(&s);
}

/* One run over a list gives what each order gives by itself; so do those of mi_bounds. */
static void errors_are_those_of_the_bounds(void **state)
{
    double alpha[] = {0.5, 1, 2, 3};
    mi_bounds_opts b;
    mi_bounds_result bounds[4];
    mi_measure_opts o = opts_of(alpha, 4);
    mi_measured out[4];
    mi_sample s;
    (void)state;
    draw_seed(33);
    draw_sample(&s, 80, 6, 4, linear);
    o.se = 1;
    mi_bounds_opts_default(&b);
    b.alpha = alpha;
    b.n_alpha = 4;
    b.se = 1;
    measure(out, "z1:z2", &s, &o);
    CHECK(mi_bounds(bounds, &s, &b, &run));
    for (int a = 0; a < 4; a++) {
        CHECK_NEAR(out[a].value[MI_PLAIN], bounds[a].value[MI_I_Z1_Z2], 1e-6);
        CHECK_NEAR(out[a].se[MI_PLAIN], bounds[a].se[MI_I_Z1_Z2], 1e-6);
        CHECK_NEAR(out[a].degrees, bounds[a].degrees, 0);
    }
    CHECK_NEAR(out[2].value[MI_ABOVE_CHANCE],
               bounds[2].value[MI_I_Z1_Z2] - bounds[2].value[MI_I_Z1_Z2_NULL], 1e-6);
    mi_sample_free(&s);
}

static void batches_give_their_spread(void **state)
{
    const double two = 2;
    mi_measure_opts o = opts_of(&two, 1);
    mi_measured whole, one;
    mi_sample s;
    double value[5];
    (void)state;
    draw_seed(34);
    draw_sample(&s, 100, 8, 5, linear);
    for (size_t b = 0; b < 5; b++) {
        mi_sample part;
        size_t row[20];
        for (size_t i = 0; i < 20; i++)
            row[i] = 20 * b + i;
        CHECK(mi_sample_gather(&part, &s, row, 20));
        measure(&one, "z1:z2", &part, &o);
        value[b] = one.value[MI_OVER_GEO];
        mi_sample_free(&part);
    }
    o.batch = 10;
    measure(&whole, "z1:z2", &s, &o);
    /* se^2 = sum d^2 / (k (k-1)); the jackknife has (k-1)/k sum d^2 */
    CHECK_NEAR(whole.se[MI_OVER_GEO], plain_jackknife(value, 5, 1) / 4, 1e-6);
    CHECK_NEAR(whole.degrees, 4, 0);
    mi_sample_free(&s);
}

/* The mean over P re-pairings estimates the exact level, which the interval allows for. */
static void calibrated_by_permutations(void **state)
{
    const double two = 2;
    mi_measure_opts o = opts_of(&two, 1);
    mi_measured exact, drawn;
    mi_sample s;
    (void)state;
    draw_seed(35);
    draw_sample(&s, 200, 8, 5, linear);
    o.se = 1;
    for (int k = 0; k < 2; k++) {
        const char *of = k ? "z1:r" : "z1:z2"; /* an id: rows move freely */
        o.permutations = 0;
        measure(&exact, of, &s, &o);
        o.permutations = 50;
        measure(&drawn, of, &s, &o);
        double off = drawn.null.sd / sqrt(50);
        CHECK_NEAR(drawn.value[MI_ABOVE_CHANCE], exact.value[MI_ABOVE_CHANCE], 4 * off);
        CHECK_NEAR(drawn.se[MI_ABOVE_CHANCE], hypot(exact.se[MI_ABOVE_CHANCE], off), 1e-6);
    }
    mi_sample_free(&s);
}

/* Few re-pairings make the error larger at other orders, many bring it near that of order 2. */
static void calibrated_at_other_orders(void **state)
{
    const double alpha[] = {1, 2};
    mi_measure_opts o = opts_of(alpha, 2);
    mi_measured out[2];
    mi_sample s;
    (void)state;
    draw_seed(36);
    draw_sample(&s, 48, 6, 4, linear);
    o.se = 1;
    o.jackknife_groups = 12;
    o.permutations = 100;
    measure(out, "z1:z2", &s, &o);
    CHECK_NEAR(out[0].se[MI_ABOVE_CHANCE] / out[1].se[MI_ABOVE_CHANCE], 1.2, 0.9);
    mi_sample_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ratios_have_the_errors_of_a_jackknife),
        cmocka_unit_test(other_orders_are_a_jackknife),
        cmocka_unit_test(errors_are_those_of_the_bounds),
        cmocka_unit_test(batches_give_their_spread),
        cmocka_unit_test(calibrated_by_permutations),
        cmocka_unit_test(calibrated_at_other_orders),
    };
    return cmocka_run_group_tests_name("measure_error", tests, NULL, NULL);
}
