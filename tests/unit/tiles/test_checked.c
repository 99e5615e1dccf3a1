/* The pass over narrow rows with its check, against the pass in single precision. */
#include <math.h>
#include <string.h>

#include "draw.h"
#include "leave_out.h"

#include "libmi/base/mem.h"
#include "libmi/tiles/checked.h"

enum { Z1, Z2, JOINT, MASKED, SUMS };

/* Both variables of a sample as factors, in single precision and in bfloat16. */
typedef struct {
    mi_sample s;
    mi_var var[2];
    mi_tile_var exact[2], narrow[2];
    mi_tile_factor exact_factor[2], narrow_factor[2];
    mi_tile_sum sum[SUMS];
} set;

static void set_init(set *t, size_t n, mi_kernel kernel)
{
    const mi_groups *y;
    draw_sample(&t->s, n, 23, 12, kernel);
    y = &t->s.column[MI_Y].groups;
    for (int k = 0; k < 2; k++) {
        CHECK(mi_sample_var(&t->var[k], &t->s, k ? MI_Z2 : MI_Z1));
        CHECK(mi_tile_var_init(&t->exact[k], &t->var[k], NULL, n));
        CHECK(mi_tile_var_init_narrow(&t->narrow[k], &t->var[k]));
        t->exact_factor[k] = t->exact[k].factor;
        t->narrow_factor[k] = t->narrow[k].factor;
    }
    for (unsigned k = 0; k < SUMS; k++)
        t->sum[k] = (mi_tile_sum){.factors = k < JOINT ? 1u << k : 3};
    t->sum[MASKED].group = y->code;
}

static void set_free(set *t)
{
    for (int k = 0; k < 2; k++) {
        mi_tile_var_free(&t->exact[k]);
        mi_tile_var_free(&t->narrow[k]);
        mi_var_free(&t->var[k]);
    }
    mi_sample_free(&t->s);
}

static void checked(const set *t, mi_sampled_sum *sum, const mi_tile_sum *known, const mi_run *run)
{
    for (size_t k = 0; k < SUMS; k++) {
        double *row = sum[k].of.row;
        sum[k] = (mi_sampled_sum){.of = t->sum[k], .known = NAN};
        sum[k].of.row = row;
        if (known && k < JOINT)
            sum[k].known = known[k].total;
        if (known && k == JOINT) {
            sum[k].n_controls = 2;
            sum[k].control[1] = Z2;
        }
    }
    CHECK(mi_tiles_checked(t->s.n, t->narrow_factor, t->exact_factor, 2, sum, SUMS, run));
}

static const mi_kernel kernels[] = {
    {.kind = MI_KERNEL_LINEAR},
    {.kind = MI_KERNEL_POLYNOMIAL, .degree = 2, .offset = 1},
    {.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 4},
};

/* With three tiles all of their rows are checked: the pass in single precision. */
static void few_rows_are_checked_whole(void **state)
{
    const mi_run run = {.threads = 2, .seed = 1};
    (void)state;
    draw_seed(1);
    for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
        mi_sampled_sum sum[SUMS] = {0};
        set t;
        set_init(&t, 130, kernels[k]);
        CHECK(mi_tiles(130, t.exact_factor, 2, t.sum, SUMS, &run));
        checked(&t, sum, NULL, &run);
        for (size_t s = 0; s < SUMS; s++) {
            CHECK_NEAR(sum[s].of.total / t.sum[s].total, 1, 1e-6);
            assert_true(sum[s].half_width == 0);
        }
        set_free(&t);
    }
}

/* Intervals of 60 seeds: single precision is within 57 of them in the mean (55 to 60 were seen). */
static void intervals_cover(void **state)
{
    enum { SEEDS = 60, N = 1500 };
    const mi_run plain = {.threads = 2};
    (void)state;
    LEAVE_OUT_UNDER_VALGRIND();
    draw_seed(2);
    for (size_t k = 0; k < 2 * sizeof kernels / sizeof *kernels; k++) {
        mi_sampled_sum sum[SUMS] = {0};
        int covered[SUMS] = {0}, with_known = k % 2;
        double width = 0;
        set t;
        set_init(&t, N, kernels[k / 2]);
        CHECK(mi_tiles(N, t.exact_factor, 2, t.sum, SUMS, &plain));
        for (unsigned long seed = 1; seed <= SEEDS; seed++) {
            mi_run run = {.threads = 2, .seed = seed};
            checked(&t, sum, with_known ? t.sum : NULL, &run);
            for (size_t s = 0; s < SUMS; s++) {
                double off = fabs(log(sum[s].of.total / t.sum[s].total));
                covered[s] += off <= sum[s].half_width + 2e-7;
                CHECK_AT_MOST(off, 5e-4, 0);
            }
            width += sum[JOINT].half_width / SEEDS;
        }
        for (size_t s = 0; s < SUMS; s++)
            if (covered[s] < SEEDS * 9 / 10)
                fail_msg("kernel %zu, known %d, sum %zu: %d of %d", k / 2, with_known, s,
                         covered[s], SEEDS);
        CHECK_AT_MOST(width, 2e-4, 0);
        CHECK_AT_MOST(1e-8, width, 0);
        set_free(&t);
    }
}

/* Row shares are those of single precision but for the rounding, and add up. */
static void rows_add_up(void **state)
{
    enum { N = 1500 };
    const mi_run run = {.threads = 2, .seed = 1};
    mi_sampled_sum sum[SUMS] = {0};
    set t;
    (void)state;
    draw_seed(3);
    set_init(&t, N, kernels[0]);
    for (size_t s = 0; s < SUMS; s++) {
        CHECK(MI_NEW(t.sum[s].row, N));
        CHECK(MI_NEW(sum[s].of.row, N));
    }
    CHECK(mi_tiles(N, t.exact_factor, 2, t.sum, SUMS, &run));
    checked(&t, sum, t.sum, &run);
    for (size_t s = 0; s < SUMS; s++) {
        double all = 0;
        for (size_t i = 0; i < N; i++) {
            all += sum[s].of.row[i];
            CHECK_NEAR(sum[s].of.row[i] / t.sum[s].row[i], 1, 2e-2);
        }
        CHECK_NEAR(all / sum[s].of.total, 1, 1e-7);
        mi_free(t.sum[s].row);
        mi_free(sum[s].of.row);
    }
    assert_true(sum[Z1].of.total == t.sum[Z1].total); /* known */
    set_free(&t);
}

static void threads_change_nothing(void **state)
{
    mi_sampled_sum one[SUMS] = {0}, four[SUMS] = {0};
    set t;
    (void)state;
    draw_seed(4);
    set_init(&t, 1500, kernels[0]);
    checked(&t, one, NULL, &(mi_run){.threads = 1, .seed = 5});
    checked(&t, four, NULL, &(mi_run){.threads = 4, .seed = 5});
    for (size_t s = 0; s < SUMS; s++) {
        assert_true(one[s].of.total == four[s].of.total);
        assert_true(one[s].half_width == four[s].half_width);
    }
    set_free(&t);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_rows_are_checked_whole),
        cmocka_unit_test(intervals_cover),
        cmocka_unit_test(rows_add_up),
        cmocka_unit_test(threads_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
