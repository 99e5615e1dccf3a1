/* Route bf16: order-2 entropies from bfloat16 products, against single and double precision. */
#include <math.h>
#include <stdlib.h>

#include "draw.h"

#include "libmi/tiles/narrow.h"

enum { Z1 = 1, Z2 = 2, R = 4, Y = 8, JOINTS = 5 };

static const unsigned joints[JOINTS] = {Z1 | Z2, Z1 | Z2 | Y, Z1, Z1 | Y, Z2 | R};

static const mi_kernel linear = {.kind = MI_KERNEL_LINEAR};
static const mi_kernel gaussian = {.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 5};

static void draw_set(drawn_set *t, size_t n, size_t d1, size_t d2, mi_kernel kernel)
{
    draw_sample(&t->s, n, d1, d2, kernel);
    draw_vars(t);
}

/* All joints in one call; row (JOINTS, n), zeroed, or NULL. */
typedef struct {
    double s[JOINTS], half_width[JOINTS];
    mi_route route[JOINTS];
} answers;

static answers ask(const drawn_set *t, mi_route route, const mi_run *run, double *row)
{
    static const double two = 2;
    answers a;
    mi_joint j[JOINTS];
    for (size_t k = 0; k < JOINTS; k++)
        j[k] = (mi_joint){.vars = joints[k],
                          .s = &a.s[k],
                          .half_width = &a.half_width[k],
                          .route = joints[k] & Z1 && joints[k] & Z2 ? route : MI_ROUTE_AUTO,
                          .row = row ? row + k * t->s.n : NULL};
    CHECK(mi_joint_entropies(j, JOINTS, t->var, 4, &two, 1, run));
    for (size_t k = 0; k < JOINTS; k++)
        a.route[k] = j[k].route;
    return a;
}

static double *new_rows(size_t n)
{
    double *row = calloc(JOINTS * n, sizeof *row);
    assert_non_null(row);
    return row;
}

static void within_their_intervals(void **state)
{
    static const size_t n[] = {2, 3, 70, 500, 1501};
    const mi_run run = {.threads = 2, .seed = 1};
    (void)state;
    draw_seed(1);
    for (size_t k = 0; k < 2 * sizeof n / sizeof *n; k++) {
        drawn_set t;
        draw_set(&t, n[k / 2], 21, 12, k % 2 ? gaussian : linear);
        answers dense = ask(&t, MI_ROUTE_DENSE, &run, NULL);
        answers bf16 = ask(&t, MI_ROUTE_BF16, &run, NULL);
        for (size_t j = 0; j < JOINTS; j++) {
            CHECK_NEAR(bf16.s[j], dense.s[j], 2 * bf16.half_width[j] + 2e-6);
            CHECK_AT_MOST(bf16.half_width[j], n[k / 2] < 1501 ? 0 : 2e-4, 0);
        }
        assert_int_equal(bf16.route[0], MI_ROUTE_BF16);
        if (n[k / 2] == 1501)
            CHECK_AT_MOST(1e-7, bf16.half_width[0], 0);
        drawn_set_free(&t);
    }
}

/* Where row sums are wanted, linear variables alone and with classes are in the pass as well, and their
 * totals those of duals. */
static void rows_and_known_totals(void **state)
{
    enum { N = 1600 };
    const mi_run run = {.threads = 2, .seed = 1};
    drawn_set t;
    (void)state;
    draw_seed(2);
    draw_set(&t, N, 40, 30, linear);
    double *row = new_rows(N), *wanted = new_rows(N);
    answers bf16 = ask(&t, MI_ROUTE_BF16, &run, row);
    answers dense = ask(&t, MI_ROUTE_DENSE, &run, wanted);
    for (size_t j = 0; j < JOINTS; j++)
        CHECK_NEAR(bf16.s[j], dense.s[j], 2 * bf16.half_width[j] + 1e-9);
    for (size_t j = 2; j < JOINTS; j++) {
        CHECK_NEAR(bf16.s[j], dense.s[j], 1e-9);
        assert_true(bf16.half_width[j] == 0);
    }
    for (size_t j = 0; j < JOINTS; j++) {
        double all = 0;
        for (size_t i = 0; i < N; i++) {
            CHECK_NEAR(row[j * N + i] / wanted[j * N + i], 1, 2e-2);
            all += row[j * N + i];
        }
        CHECK_NEAR(2 * log(N) - log(all), bf16.s[j], 1e-7);
    }
    free(row);
    free(wanted);
    drawn_set_free(&t);
}

/* auto takes bfloat16 where it is faster and something says how exact it must be, else a sample of the tiles; what is
 * not exact enough is done again. */
static void auto_takes_it_where_it_may(void **state)
{
    enum { N = 6000 };
    int is_fast = mi_narrow_is_fast();
    const mi_run plain = {.threads = 2}, loose = {.threads = 2, .tolerance = 1e-3},
                 strict = {.threads = 2, .tolerance = 1e-12},
                 forbidden = {.threads = 2, .tolerance = 1e-3, .route = MI_ROUTE_TILES};
    drawn_set t, few;
    (void)state;
    draw_seed(3);
    draw_set(&t, N, 32, 16, linear);
    draw_set(&few, 1000, 32, 16, linear);
    double *row = new_rows(N);
    answers tiles = ask(&t, MI_ROUTE_AUTO, &plain, NULL);
    assert_int_equal(tiles.route[0], MI_ROUTE_TILES);
    answers a = ask(&t, MI_ROUTE_AUTO, &loose, NULL);
    assert_int_equal(a.route[0], is_fast ? MI_ROUTE_BF16 : MI_ROUTE_SAMPLE);
    CHECK_NEAR(a.s[0], tiles.s[0], 2 * a.half_width[0] + 2e-6);
    a = ask(&t, MI_ROUTE_AUTO, &strict, NULL);
    assert_int_equal(a.route[0], is_fast ? MI_ROUTE_TILES : MI_ROUTE_SAMPLE); /* of all tiles */
    assert_true(a.half_width[0] == 0);
    CHECK_NEAR(a.s[0], tiles.s[0], 1e-6);
    assert_int_not_equal(ask(&t, MI_ROUTE_AUTO, &forbidden, NULL).route[0], MI_ROUTE_BF16);
    assert_int_not_equal(ask(&few, MI_ROUTE_AUTO, &loose, NULL).route[0], MI_ROUTE_BF16);
    a = ask(&t, MI_ROUTE_AUTO, &plain, row);
    assert_int_equal(a.route[0], is_fast ? MI_ROUTE_BF16 : MI_ROUTE_TILES);
    CHECK_AT_MOST(a.half_width[0], 1e-4, 0);
    free(row);
    drawn_set_free(&t);
    drawn_set_free(&few);
}

/* A single-precision pass in the place of one in bfloat16 has its own row sums. */
static void what_is_not_exact_enough_is_done_again(void **state)
{
    enum { N = 6000 };
    const mi_run strict = {.threads = 2, .tolerance = 1e-12}, plain = {.threads = 2};
    drawn_set t;
    (void)state;
    draw_seed(4);
    draw_set(&t, N, 32, 16, linear);
    double *row = new_rows(N), *wanted = new_rows(N);
    answers again = ask(&t, MI_ROUTE_AUTO, &strict, row);
    answers tiles = ask(&t, MI_ROUTE_TILES, &plain, wanted);
    for (size_t j = 0; j < JOINTS; j++) {
        CHECK_NEAR(again.s[j], tiles.s[j], 1e-6);
        for (size_t i = 0; i < N; i++)
            CHECK_NEAR(row[j * N + i] / wanted[j * N + i], 1, 1e-5);
    }
    free(row);
    free(wanted);
    drawn_set_free(&t);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(within_their_intervals),
        cmocka_unit_test(rows_and_known_totals),
        cmocka_unit_test(auto_takes_it_where_it_may),
        cmocka_unit_test(what_is_not_exact_enough_is_done_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
