/* Route sample: order-2 sums and InfoNCE from a sample of the tiles, against the whole pass. */
#include <math.h>
#include <string.h>

#include "draw.h"
#include "leave_out.h"

#include "libmi/bounds/contrast.h"

enum { Z1 = 1, Z2 = 2, R = 4, Y = 8 };

static const mi_kernel linear = {.kind = MI_KERNEL_LINEAR};
static const mi_kernel gaussian = {.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 4};

/* Two views an instance, `classes` labels that move the means of z1. */
static void draw_set(drawn_set *t, size_t n, size_t classes, mi_kernel kernel)
{
    mi_groups *y = &t->s.column[MI_Y].groups;
    draw_sample(&t->s, n, 12, 7, kernel);
    mi_groups_free(y);
    draw_groups(y, n, classes);
    for (size_t i = 0; i < n; i++)
        ((float *)t->s.column[MI_Z1].x.x)[i * 12 + (size_t)y->code[i] % 12] += 2;
    draw_vars(t);
}

typedef struct {
    double s, half_width;
    mi_route route;
} estimate;

static estimate entropy(const drawn_set *t, unsigned vars, mi_route route, const mi_run *run,
                        double *row)
{
    static const double two = 2;
    estimate e;
    mi_joint j = {.vars = vars, .s = &e.s, .half_width = &e.half_width, .route = route, .row = row};
    CHECK(mi_joint_entropies(&j, 1, t->var, 4, &two, 1, run));
    e.route = j.route;
    return e;
}

static const mi_run plain = {.threads = 2};

static void all_units_give_the_whole_pass(void **state)
{
    static const unsigned joint[] = {Z1 | Z2, Z1 | Z2 | Y, Z1 | Z2 | R, Z1, Z1 | Y};
    const mi_run run = {.threads = 2, .tolerance = 1e-12, .seed = 3};
    (void)state;
    draw_seed(1);
    for (int k = 0; k < 2; k++) {
        drawn_set t;
        draw_set(&t, k ? 700 : 1500, 5, k ? gaussian : linear);
        for (size_t j = 0; j < sizeof joint / sizeof *joint; j++) {
            estimate whole = entropy(&t, joint[j], MI_ROUTE_TILES, &plain, NULL);
            estimate all = entropy(&t, joint[j], MI_ROUTE_SAMPLE, &run, NULL);
            CHECK_NEAR(all.s, whole.s, 2e-6);
            assert_true(all.half_width == 0);
            assert_int_equal(all.route, MI_ROUTE_SAMPLE);
        }
        drawn_set_free(&t);
    }
}

static void few_rows_are_one_block(void **state)
{
    const mi_run run = {.threads = 1};
    (void)state;
    draw_seed(2);
    for (size_t n = 2; n < 300; n += 96) {
        drawn_set t;
        draw_set(&t, n, 2, linear);
        CHECK_NEAR(entropy(&t, Z1 | Z2, MI_ROUTE_SAMPLE, &run, NULL).s,
                   entropy(&t, Z1 | Z2, MI_ROUTE_DENSE, &run, NULL).s, 2e-6);
        drawn_set_free(&t);
    }
}

/* How often the interval of seeds 1 .. DRAWS has the value, and the mean error over its standard
 * error. */
typedef struct {
    int covered;
    double bias;
} record;

#define DRAWS 60

static void note(record *r, double *square, double error, double half_width)
{
    r->covered += fabs(error) <= half_width + 1e-6; /* single precision */
    r->bias += error / DRAWS;
    *square += error * error / DRAWS;
}

static record try_seeds(const drawn_set *t, unsigned vars)
{
    record r = {0};
    double square = 0, whole = entropy(t, vars, MI_ROUTE_TILES, &plain, NULL).s;
    for (unsigned long seed = 1; seed <= DRAWS; seed++) {
        mi_run run = {.threads = 2, .seed = seed};
        estimate e = entropy(t, vars, MI_ROUTE_SAMPLE, &run, NULL);
        note(&r, &square, e.s - whole, e.half_width);
    }
    r.bias = square > 1e-12 ? r.bias / sqrt(square / DRAWS) : 0;
    return r;
}

static void intervals_cover(void **state)
{
    static const struct {
        unsigned vars;
        size_t classes;
        int is_gaussian;
    } row[] = {
        {Z1 | Z2, 2, 0},        {Z1 | Z2 | Y, 2, 0}, {Z1 | Z2 | Y, 10, 0}, {Z1 | Z2 | Y, 100, 0},
        {Z1 | Z2 | Y, 1000, 0}, {Z1 | Z2, 10, 1},    {Z1, 10, 1},          {Z1 | Y, 10, 1},
    };
    (void)state;
    LEAVE_OUT_UNDER_VALGRIND();
    draw_seed(3);
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        drawn_set t;
        draw_set(&t, 2600, row[k].classes, row[k].is_gaussian ? gaussian : linear);
        record r = try_seeds(&t, row[k].vars);
        if (r.covered < 52 || fabs(r.bias) > 3.5)
            fail_msg("case %zu: %d of %d intervals have the value, bias %.2f standard errors", k,
                     r.covered, DRAWS, r.bias);
        drawn_set_free(&t);
    }
}

static void tolerance_is_kept(void **state)
{
    const mi_run run = {.threads = 2, .tolerance = 0.004, .seed = 1};
    drawn_set t;
    (void)state;
    draw_seed(4);
    draw_set(&t, 6000, 10, linear);
    double whole = entropy(&t, Z1 | Z2, MI_ROUTE_TILES, &plain, NULL).s;
    estimate e = entropy(&t, Z1 | Z2, MI_ROUTE_SAMPLE, &run, NULL);
    assert_true(e.half_width > 0 && e.half_width <= 0.004);
    CHECK_NEAR(e.s, whole, 2 * e.half_width);
    drawn_set_free(&t);
}

static void draws_are_seeded_and_threads_agree(void **state)
{
    drawn_set t;
    estimate e[3];
    (void)state;
    draw_seed(5);
    draw_set(&t, 2600, 10, linear);
    for (int k = 0; k < 3; k++) {
        mi_run run = {.threads = k == 1 ? 3 : 1, .seed = k == 2 ? 8 : 7};
        e[k] = entropy(&t, Z1 | Z2, MI_ROUTE_SAMPLE, &run, NULL);
    }
    assert_true(e[0].s == e[1].s && e[0].half_width == e[1].half_width);
    assert_true(e[0].s != e[2].s);
    drawn_set_free(&t);
}

/* auto samples with a tolerance alone, and where the whole pass is dearer. */
static void auto_samples_large_sets(void **state)
{
    const mi_run wanted = {.threads = 2, .tolerance = 0.01, .seed = 1};
    drawn_set small, large;
    (void)state;
    draw_seed(6);
    draw_set(&small, 600, 4, gaussian);
    draw_set(&large, 6000, 4, gaussian);
    assert_int_equal(entropy(&small, Z1 | Z2, MI_ROUTE_AUTO, &wanted, NULL).route, MI_ROUTE_TILES);
    assert_int_equal(entropy(&large, Z1 | Z2, MI_ROUTE_AUTO, &wanted, NULL).route, MI_ROUTE_SAMPLE);
    assert_int_equal(entropy(&large, Z1 | Z2, MI_ROUTE_AUTO, &plain, NULL).route, MI_ROUTE_TILES);
    drawn_set_free(&small);
    drawn_set_free(&large);
}

static void row_shares_add_up(void **state)
{
    const mi_run run = {.threads = 2, .seed = 1};
    const size_t n = 6000;
    double *row, *whole, sum = 0, square = 0, spread = 0;
    drawn_set t;
    (void)state;
    draw_seed(7);
    draw_set(&t, n, 4, linear);
    CHECK(MI_NEW(row, n));
    CHECK(MI_NEW(whole, n));
    estimate e = entropy(&t, Z1 | Z2, MI_ROUTE_SAMPLE, &run, row);
    entropy(&t, Z1 | Z2, MI_ROUTE_TILES, &plain, whole);
    assert_true(e.half_width > 0);
    for (size_t i = 0; i < n; i++)
        sum += row[i];
    CHECK_NEAR(-log(sum / (double)n / (double)n), e.s, 1e-9);
    for (size_t i = 0; i < n; i++) {
        square += pow(row[i] / whole[i] - 1, 2) / (double)n;
        spread += pow(whole[i] * (double)n / sum - 1, 2) / (double)n;
    }
    assert_true(square < 0.1 * spread);
    mi_free(row);
    mi_free(whole);
    drawn_set_free(&t);
}

static mi_bounds_result bounds(const mi_sample *s, mi_estimator e, mi_i_z1_r_kind by,
                               const mi_run *run)
{
    static const double two = 2;
    mi_bounds_opts o;
    mi_bounds_result r;
    mi_bounds_opts_default(&o);
    o.alpha = &two;
    o.n_alpha = 1;
    o.se = o.decompose = 1;
    o.estimator = e;
    o.i_z1_r.kind = by;
    CHECK(mi_bounds(&r, s, &o, run));
    return r;
}

static void check_bounds(const mi_sample *s, mi_estimator e, const mi_run *run)
{
    const mi_run tiles = {.threads = 2, .route = MI_ROUTE_TILES};
    mi_bounds_result whole = bounds(s, e, MI_BY_MATRIX, &tiles);
    mi_bounds_result some = bounds(s, e, MI_BY_MATRIX, run);
    assert_int_equal(some.route, MI_ROUTE_SAMPLE);
    assert_true(some.half_width[MI_I_Z1_Z2] > 0);
    for (mi_term m = 0; m < MI_TERMS; m++) {
        assert_int_equal(isnan(whole.value[m]), isnan(some.value[m]));
        if (isnan(whole.value[m]))
            continue;
        CHECK_NEAR(some.value[m], whole.value[m], 2.5 * some.half_width[m] + 1e-5);
        if (whole.se[m] > 1e-9)
            CHECK_NEAR(some.se[m] / whole.se[m], 1.15, 0.25 + some.half_width[m] / whole.se[m]);
    }
}

static void bounds_with_errors_agree(void **state)
{
    const mi_run run = {.threads = 2, .route = MI_ROUTE_SAMPLE, .seed = 1};
    mi_sample s;
    (void)state;
    draw_seed(8);
    for (int k = 0; k < 3; k++) {
        draw_sample(&s, 6000, 12, 7, k == 2 ? gaussian : linear);
        if (k == 1)
            draw_positive(&s);
        check_bounds(&s, MI_ESTIMATOR_V, &run);
        if (k == 0)
            check_bounds(&s, MI_ESTIMATOR_U, &run);
        if (k == 1)
            check_bounds(&s, MI_ESTIMATOR_C, &run);
        mi_sample_free(&s);
    }
}

static void infonce_covers(void **state)
{
    mi_sample s;
    double loss, width;
    record r = {0};
    (void)state;
    LEAVE_OUT_UNDER_VALGRIND();
    draw_seed(9);
    draw_sample(&s, 4000, 12, 7, linear);
    CHECK(mi_infonce_loss(&loss, &width, &s, 0.2, &plain));
    double whole = loss, square = 0;
    const mi_run all = {.threads = 2, .route = MI_ROUTE_SAMPLE, .tolerance = 1e-12, .seed = 1};
    CHECK(mi_infonce_loss(&loss, &width, &s, 0.2, &all));
    CHECK_NEAR(loss, whole, 2e-6);
    assert_true(width == 0);
    for (unsigned long seed = 1; seed <= DRAWS; seed++) {
        const mi_run run = {.threads = 2, .route = MI_ROUTE_SAMPLE, .seed = seed};
        CHECK(mi_infonce_loss(&loss, &width, &s, 0.2, &run));
        note(&r, &square, loss - whole, width);
    }
    if (r.covered < 52 || fabs(r.bias) > 3.5 * sqrt(square / DRAWS))
        fail_msg("%d of %d intervals have the loss, bias %.2g, error %.2g", r.covered, DRAWS,
                 r.bias, sqrt(square));
    mi_bounds_result b = bounds(&s, MI_ESTIMATOR_V, MI_BY_INFONCE,
                                &(mi_run){.threads = 2, .route = MI_ROUTE_SAMPLE, .seed = 1});
    assert_true(b.half_width[MI_I_Z1_R] > 0);
    CHECK_NEAR(b.value[MI_I_Z1_R], log(2000) - whole, 2 * b.half_width[MI_I_Z1_R]);
    assert_true(b.half_width[MI_LOWER] >=
                b.half_width[MI_I_Z1_R] + b.half_width[MI_I_Z1_Z2] - 1e-15);
    mi_sample_free(&s);
}

static void other_orders_are_refused(void **state)
{
    double s, one = 1;
    mi_joint j = {.vars = Z1 | Z2, .s = &s, .route = MI_ROUTE_SAMPLE};
    drawn_set t;
    (void)state;
    draw_seed(10);
    draw_set(&t, 20, 2, linear);
    assert_int_equal(mi_joint_entropies(&j, 1, t.var, 4, &one, 1, &plain), MI_EUSAGE);
    assert_non_null(strstr(mi_detail(), "route 'sample' estimates order 2 of real variables only"));
    drawn_set_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_units_give_the_whole_pass),
        cmocka_unit_test(few_rows_are_one_block),
        cmocka_unit_test(intervals_cover),
        cmocka_unit_test(tolerance_is_kept),
        cmocka_unit_test(draws_are_seeded_and_threads_agree),
        cmocka_unit_test(auto_samples_large_sets),
        cmocka_unit_test(row_shares_add_up),
        cmocka_unit_test(bounds_with_errors_agree),
        cmocka_unit_test(infonce_covers),
        cmocka_unit_test(other_orders_are_refused),
    };
    return cmocka_run_group_tests_name("sample", tests, NULL, NULL);
}
