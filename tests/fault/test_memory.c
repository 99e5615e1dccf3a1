/* Every allocation of the estimators fails once: the call says so, and nothing is lost or left
 * locked. */
#include <math.h>

#include "paired.h"
#include "source.h"

#include "libmi/data/mat_internal.h"

static const mi_run run = {.threads = 2};

/* Let the n-th allocation fail for n = 1, 2, ... until the call is through; every failure must be
 * MI_ENOMEM. */
static void fail_each_allocation(mi_status (*call)(const mi_sample *), const mi_sample *s)
{
    int failures = 0;
    for (long n = 1;; n++) {
        mi_fail_allocation(n);
        mi_status status = call(s);
        mi_fail_allocation(0);
        if (status == MI_OK)
            break;
        assert_int_equal(status, MI_ENOMEM);
        failures++;
    }
    assert_true(failures > 5);
}

static mi_status bounds_at(const mi_sample *s, const double *alpha, size_t n_alpha, size_t batch,
                           mi_i_z1_r_kind kind)
{
    mi_bounds_result r[3];
    mi_bounds_opts o;
    mi_bounds_opts_default(&o);
    o.alpha = alpha;
    o.n_alpha = n_alpha;
    o.decompose = o.se = 1;
    o.batch = batch;
    o.jackknife_groups = 3;
    o.permutations = 2;
    o.i_z1_r.kind = kind;
    return mi_bounds(r, s, &o, &run);
}

static mi_status bounds_at_order_2(const mi_sample *s)
{
    static const double two = 2;
    return bounds_at(s, &two, 1, 0, MI_BY_MATRIX);
}

static mi_status bounds_at_other_orders(const mi_sample *s)
{
    static const double alpha[] = {1, 2, 3};
    return bounds_at(s, alpha, 3, 0, MI_BY_MATRIX);
}

static mi_status bounds_in_batches(const mi_sample *s)
{
    static const double two = 2;
    return bounds_at(s, &two, 1, 5, MI_BY_INFONCE);
}

static mi_status bounds_by_barlow(const mi_sample *s)
{
    static const double two = 2;
    return bounds_at(s, &two, 1, 10, MI_BY_BARLOW);
}

static mi_status bounds_by_route(const mi_sample *s, mi_route route, mi_i_z1_r_kind kind)
{
    static const double two = 2;
    const mi_run routed = {.threads = 2, .route = route};
    mi_bounds_result r;
    mi_bounds_opts o;
    mi_bounds_opts_default(&o);
    o.alpha = &two;
    o.n_alpha = 1;
    o.i_z1_r.kind = kind;
    o.se = kind == MI_BY_MATRIX;
    return mi_bounds(&r, s, &o, &routed);
}

static mi_status matrix_from_sample(const mi_sample *s)
{
    return bounds_by_route(s, MI_ROUTE_SAMPLE, MI_BY_MATRIX);
}

static mi_status bounds_in_bf16(const mi_sample *s)
{
    return bounds_by_route(s, MI_ROUTE_BF16, MI_BY_MATRIX);
}

static mi_status infonce_from_sample(const mi_sample *s)
{
    return bounds_by_route(s, MI_ROUTE_SAMPLE, MI_BY_INFONCE);
}

/* From a file, panel by panel. */
static mi_status bounds_from_file(const mi_sample *s)
{
    static const double two = 2;
    mi_bounds_result r;
    mi_bounds_opts o;
    mi_run small = run;
    mi_bounds_opts_default(&o);
    o.alpha = &two;
    o.n_alpha = 1;
    o.se = 1;
    small.memory_bytes = 100000;
    return mi_bounds(&r, s, &o, &small);
}

static mi_status median_bandwidth(const mi_sample *s)
{
    mi_kernel k = {.kind = MI_KERNEL_GAUSSIAN, .rule = MI_BANDWIDTH_MEDIAN};
    mi_groups g = {0};
    mi_mat copy = {0};
    mi_status status = mi_kernel_resolve(&k, &s->column[MI_Z1].x, 1);
    if (status == MI_OK)
        status = mi_groups_of_rows(&g, &s->column[MI_Z1].x);
    if (status == MI_OK)
        status = mi_mat_gather(&copy, &s->column[MI_Z1].x, (size_t[]){3, 1}, 2);
    mi_groups_free(&g);
    mi_mat_free(&copy);
    return status;
}

static mi_status forms(const mi_sample *s)
{
    double alpha[] = {2, 1};
    mi_measure_opts o = {.alpha = alpha, .n_alpha = 2, .base = exp(1), .batch = 6};
    mi_measured out[6];
    mi_forms f;
    mi_status status = mi_forms_parse(&f, "z1:z2,z1:y|r,z1:z1", MI_FORM_IS_INFORMATION);
    if (status == MI_OK)
        status = mi_measure(out, &f, s, &o, &run);
    o.batch = 0;
    o.se = 1;
    o.jackknife_groups = 3;
    if (status == MI_OK)
        status = mi_measure(out, &f, s, &o, &run);
    mi_forms_free(&f);
    return status;
}

static mi_status differences(const mi_sample *s)
{
    static const double alpha[] = {2, 1};
    mi_difference out[2 * MI_BOUNDS_NUMBERS];
    mi_bounds_opts o;
    mi_matched m;
    mi_bounds_opts_default(&o);
    o.alpha = alpha;
    o.n_alpha = 2;
    o.jackknife_groups = 3;
    mi_status status = mi_match(&m, s, s);
    if (status != MI_OK)
        return status;
    status = mi_compare_bounds(out, &m, &o, 0.95, &run);
    o.batch = 5;
    if (status == MI_OK)
        status = mi_compare_bounds(out, &m, &o, 0.95, &run);
    mi_matched_free(&m);
    return status;
}

/* Enough rows for a rest beside the Ritz values, with classes, at a tolerance that asks for more.
 */
static mi_status lanczos(const mi_sample *s)
{
    static const double one = 1;
    double entropy, half_width, row[160], without[160];
    mi_var var[2];
    mi_run tight = {.threads = 2, .route = MI_ROUTE_LANCZOS, .seed = 1, .tolerance = 5e-3};
    mi_joint j = {.vars = 3, .s = &entropy, .half_width = &half_width, .row = row};
    mi_status status = mi_sample_var(&var[0], s, MI_Z1);
    j.route = MI_ROUTE_LANCZOS;
    j.without = without;
    j.leave = &s->instance.groups;
    if (status != MI_OK)
        return status;
    status = mi_sample_var(&var[1], s, MI_Z2);
    if (status == MI_OK)
        status = mi_joint_entropies(&j, 1, var, 2, &one, 1, &tight);
    mi_var_free(&var[0]);
    mi_var_free(&var[1]);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    mi_sample s, gaussian, in_file, wide, other;
    (void)state;
    draw_seed(1);
    draw_sample(&s, 40, 6, 4, (mi_kernel){.kind = MI_KERNEL_LINEAR});
    draw_sample(&gaussian, 40, 6, 4, (mi_kernel){.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 2});
    source_sample(&in_file, &gaussian, 100000);
    fail_each_allocation(bounds_from_file, &in_file);
    fail_each_allocation(bounds_at_order_2, &s);
    fail_each_allocation(bounds_at_order_2, &gaussian);
    fail_each_allocation(bounds_at_other_orders, &s);
    fail_each_allocation(bounds_in_batches, &s);
    fail_each_allocation(bounds_by_barlow, &s);
    fail_each_allocation(median_bandwidth, &s);
    fail_each_allocation(forms, &s);
    draw_pair(&wide, &other, 20);
    fail_each_allocation(differences, &wide);
    mi_sample_free(&wide);
    mi_sample_free(&other);
    draw_sample(&wide, 160, 24, 16, (mi_kernel){.kind = MI_KERNEL_LINEAR});
    mi_groups_free(&wide.instance.groups);
    draw_instances(&wide.instance.groups, 160, 16); /* few, so that there are few allocations */
    CHECK(MI_NEW(wide.weight, wide.n));
    for (size_t i = 0; i < wide.n; i++)
        wide.weight[i] = i % 2 ? 0.5 : 1.5;
    fail_each_allocation(lanczos, &wide);
    mi_sample_free(&wide);
    mi_sample_free(&s);
    draw_sample(&s, 300, 6, 4, (mi_kernel){.kind = MI_KERNEL_LINEAR});
    fail_each_allocation(matrix_from_sample, &s);
    fail_each_allocation(bounds_in_bf16, &s);
    fail_each_allocation(infonce_from_sample, &s);
    mi_sample_free(&s);
    mi_sample_free(&gaussian);
    mi_sample_free(&in_file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_may_fail)};
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
