/* Random pairings: what they give by chance, against the exact mean and for independent variables.
 */
#include <math.h>
#include <stdlib.h>

#include "draw.h"

#include "libmi/data/groups_internal.h"
#include "libmi/data/mat_internal.h"
#include "libmi/data/sample_build.h"

static const mi_run run = {.threads = 2, .seed = 1};
static const mi_kernel linear = {.kind = MI_KERNEL_LINEAR};
static const mi_expression pair = {.part = {1, 2}, .n_parts = 2};

static void null_of(mi_null *out, const mi_sample *s, const double *alpha, size_t n_alpha,
                    size_t count, unsigned long seed, size_t memory_bytes)
{
    mi_run how = run;
    mi_var var[2];
    const mi_permute_opts o = {.count = count};
    how.seed = seed;
    how.memory_bytes = memory_bytes;
    CHECK(mi_sample_var(&var[0], s, MI_Z1));
    CHECK(mi_sample_var(&var[1], s, MI_Z2));
    CHECK(mi_permutation_null(out, &pair, var, 2, &s->instance.groups, alpha, n_alpha, &o, &how));
    mi_var_free(&var[0]);
    mi_var_free(&var[1]);
}

static void stored_matrices_and_joint_entropies_agree(void **state)
{
    double two = 2;
    mi_sample s;
    mi_null stored, joint;
    (void)state;
    draw_seed(1);
    draw_sample(&s, 80, 7, 5, linear);
    null_of(&stored, &s, &two, 1, 20, 3, 0);
    null_of(&joint, &s, &two, 1, 20, 3, 50000);
    CHECK_NEAR(stored.observed, joint.observed, 1e-5);
    CHECK_NEAR(stored.mean, joint.mean, 1e-5);
    CHECK_NEAR(stored.sd, joint.sd, 1e-5);
    CHECK_NEAR(stored.p, joint.p, 0);
    mi_sample_free(&s);
}

/* The mean trace over 2,000 pairings is the exact chance level within its error. */
static void the_mean_trace_is_the_exact_one(void **state)
{
    enum { COUNT = 2000 };
    double two = 2;
    mi_sample s;
    mi_null null;
    mi_bounds_result r;
    mi_bounds_opts o;
    (void)state;
    draw_seed(2);
    draw_sample(&s, 120, 6, 5, linear);
    mi_bounds_opts_default(&o);
    o.alpha = &two;
    o.n_alpha = 1;
    CHECK(mi_bounds(&r, &s, &o, &run));
    null_of(&null, &s, &two, 1, COUNT, 1, 0);
    /* I = S1 + S2 + log(trace): the log of the mean is the mean of the log plus half its variance,
     * nearly. */
    double of_mean = null.mean + 0.5 * null.sd * null.sd;
    CHECK_NEAR(of_mean, r.value[MI_I_Z1_Z2_NULL],
               4 * null.sd / sqrt(COUNT) + null.sd * null.sd * null.sd);
    assert_true(null.p == 1.0 / (COUNT + 1));
    mi_sample_free(&s);
}

/* Under independence p is uniform: its empirical distribution over draws passes Kolmogorov and
 * Smirnov at 1 %. */
static void p_is_uniform_under_independence(void **state)
{
    enum { DRAWS = 200, COUNT = 99 };
    double two = 2, p[DRAWS], distance = 0;
    (void)state;
    for (int k = 0; k < DRAWS; k++) {
        mi_sample s, t;
        mi_null null;
        draw_seed(1000 + (unsigned long)k);
        draw_sample(&s, 40, 5, 4, linear);
        draw_sample(&t, 40, 5, 4, linear);
        mi_mat other = s.column[MI_Z2].x;
        s.column[MI_Z2].x = t.column[MI_Z2].x;
        t.column[MI_Z2].x = other;
        null_of(&null, &s, &two, 1, COUNT, (unsigned long)k, 0);
        p[k] = null.p;
        mi_sample_free(&s);
        mi_sample_free(&t);
    }
    for (int level = 1; level <= COUNT + 1; level++) {
        double x = (double)level / (COUNT + 1), below = 0;
        for (int k = 0; k < DRAWS; k++)
            below += p[k] <= x + 1e-12;
        distance = fmax(distance, fabs(below / DRAWS - x));
    }
    CHECK_AT_MOST(distance, 1.628 / sqrt(DRAWS), 1.0 / (COUNT + 1));
}

static void unequal_views_and_other_orders(void **state)
{
    double alpha[] = {1, 2, 3};
    mi_sample s;
    mi_null null[3];
    (void)state;
    draw_seed(4);
    draw_sample(&s, 61, 6, 5, linear);
    null_of(null, &s, alpha, 3, 30, 1, 0);
    for (int a = 0; a < 3; a++) {
        assert_true(null[a].mean < null[a].observed && null[a].sd > 0);
        CHECK_NEAR(null[a].p, 1.0 / 31, 1e-12);
    }
    mi_sample_free(&s);
}

static void seeds_and_threads(void **state)
{
    double two = 2;
    mi_sample s;
    mi_null one, same, other;
    (void)state;
    draw_seed(5);
    draw_sample(&s, 60, 6, 5, linear);
    null_of(&one, &s, &two, 1, 25, 1, 0);
    null_of(&same, &s, &two, 1, 25, 1, 0);
    null_of(&other, &s, &two, 1, 25, 2, 0);
    assert_true(one.mean == same.mean && one.mean != other.mean);
    mi_sample_free(&s);
}

/* Order 2 among others is the same as alone: its matrices are stored in either case. */
static void order_2_is_the_same_beside_others(void **state)
{
    double two = 2, alpha[] = {1, 2, 3};
    mi_sample s;
    mi_null alone, beside[3];
    (void)state;
    draw_seed(7);
    draw_sample(&s, 60, 6, 5, linear);
    null_of(&alone, &s, &two, 1, 25, 1, 0);
    null_of(beside, &s, alpha, 3, 25, 1, 0);
    assert_true(alone.mean == beside[1].mean && alone.sd == beside[1].sd &&
                alone.observed == beside[1].observed);
    mi_sample_free(&s);
}

/* ---- mi_bounds against pairings that are drawn here ---- */

enum { INSTANCES = 40, VIEWS = 2, ROWS = INSTANCES * VIEWS };

static void shuffle(size_t *item, size_t n)
{
    for (size_t k = n; k > 1; k--) {
        size_t other = draw_below(k), kept = item[k - 1];
        item[k - 1] = item[other];
        item[other] = kept;
    }
}

/* to (ROWS): instances move at random with their views, which are in random order within them. */
static void draw_pairing(size_t *to, const mi_groups *instance)
{
    size_t order[INSTANCES], view[VIEWS];
    mi_group_rows rows;
    CHECK(mi_groups_list(&rows, instance));
    for (size_t c = 0; c < INSTANCES; c++)
        order[c] = c;
    shuffle(order, INSTANCES);
    for (size_t c = 0; c < INSTANCES; c++) {
        for (size_t v = 0; v < VIEWS; v++)
            view[v] = v;
        shuffle(view, VIEWS);
        for (size_t v = 0; v < VIEWS; v++)
            to[rows.member[rows.start[c] + v]] = rows.member[rows.start[order[c]] + view[v]];
    }
    mi_group_rows_free(&rows);
}

/* I(Z1;Z2) of the sample when Z2 is re-paired, by mi_bounds as on any sample. */
static void simulate(double *value, const mi_sample *s, const mi_bounds_opts *o)
{
    size_t to[ROWS];
    mi_sample moved = *s;
    mi_bounds_result r[2];
    draw_pairing(to, &s->instance.groups);
    CHECK(mi_mat_gather(&moved.column[MI_Z2].x, &s->column[MI_Z2].x, to, ROWS));
    CHECK(mi_bounds(r, &moved, o, &run));
    for (size_t a = 0; a < o->n_alpha; a++)
        value[a] = r[a].value[MI_I_Z1_Z2];
    mi_mat_free(&moved.column[MI_Z2].x);
}

/* Mean and sd of the null of mi_bounds against those of `DRAWS` pairings. The relative error of an
 * sd over N draws is about sqrt(1 / 2N). */
static void check_null(const mi_sample *s, mi_bounds_opts *o)
{
    enum { DRAWS = 400, COUNT = 800 };
    double sum[2] = {0}, square[2] = {0};
    mi_bounds_result r[2];
    o->permutations = COUNT;
    CHECK(mi_bounds(r, s, o, &run));
    o->permutations = 0;
    for (int k = 0; k < DRAWS; k++) {
        double value[2];
        simulate(value, s, o);
        for (size_t a = 0; a < o->n_alpha; a++) {
            sum[a] += value[a] / DRAWS;
            square[a] += value[a] * value[a] / DRAWS;
        }
    }
    for (size_t a = 0; a < o->n_alpha; a++) {
        double sd = sqrt((square[a] - sum[a] * sum[a]) * DRAWS / (DRAWS - 1));
        double simulated_error = sd / sqrt(DRAWS), own_error = sd / sqrt(COUNT);
        /* The exact mean of order 2 is the logarithm of a mean: half a variance above. */
        double mean = sum[a] + (o->alpha[a] == 2 ? 0.5 * sd * sd : 0);
        CHECK_NEAR(r[a].chance[MI_I_Z1_Z2].sd / sd, 1, 4 * sqrt(0.5 / DRAWS + 0.5 / COUNT));
        CHECK_NEAR(r[a].value[MI_I_Z1_Z2_NULL], mean, 4 * (simulated_error + own_error));
    }
}

static void sd_and_mean_of_the_null_are_those_of_drawn_pairings(void **state)
{
    static const double two = 2, both[] = {1, 2};
    mi_sample s;
    mi_bounds_opts o;
    (void)state;
    draw_seed(8);
    draw_sample(&s, ROWS, 6, 5, linear);
    mi_bounds_opts_default(&o);
    o.alpha = both;
    o.n_alpha = 2;
    check_null(&s, &o);
    o.alpha = &two;
    o.n_alpha = 1;
    for (o.estimator = MI_ESTIMATOR_U; o.estimator <= MI_ESTIMATOR_C; o.estimator++)
        check_null(&s, &o);
    o.estimator = MI_ESTIMATOR_V;
    o.base = 2;
    check_null(&s, &o);
    mi_sample_free(&s);
}

/* Batches are re-paired each by itself: the variance of their mean is that of each over their
 * number. */
static void sd_in_batches_is_that_of_the_mean(void **state)
{
    enum { BATCH = 10, BATCHES = INSTANCES / BATCH };
    static const double two = 2;
    double variance = 0;
    mi_sample s, part;
    mi_bounds_opts o;
    mi_bounds_result whole, one;
    size_t row[BATCH * VIEWS];
    (void)state;
    draw_seed(9);
    draw_sample(&s, ROWS, 6, 5, linear);
    mi_bounds_opts_default(&o);
    o.alpha = &two;
    o.n_alpha = 1;
    o.permutations = 50;
    o.batch = BATCH;
    CHECK(mi_bounds(&whole, &s, &o, &run));
    o.batch = 0;
    for (size_t k = 0; k < BATCHES; k++) {
        size_t n = 0;
        for (size_t i = 0; i < ROWS; i++)
            if ((size_t)s.instance.groups.code[i] / BATCH == k)
                row[n++] = i;
        assert_int_equal(n, BATCH * VIEWS);
        CHECK(mi_sample_gather(&part, &s, row, n));
        CHECK(mi_bounds(&one, &part, &o, &run));
        variance += one.chance[MI_I_Z1_Z2].sd * one.chance[MI_I_Z1_Z2].sd;
        mi_sample_free(&part);
    }
    CHECK_NEAR(whole.chance[MI_I_Z1_Z2].sd, sqrt(variance) / BATCHES, 1e-12);
    mi_sample_free(&s);
}

/* ---- */

/* I(Z1;R), R the instance: moving whole instances would only rename R, and every pairing were the one
 * that is; rows are moved. */
static void the_instance_itself_is_paired_row_by_row(void **state)
{
    enum { N = 60 };
    static const mi_expression turned = {.part = {2, 1}, .n_parts = 2};
    const double alpha[] = {1, 2};
    mi_permute_opts o = {.count = 49};
    mi_null null[2], again[2];
    mi_sample s;
    mi_var var[2];
    (void)state;
    draw_seed(8);
    draw_sample(&s, N, 12, 3, linear);
    CHECK(mi_sample_var(&var[0], &s, MI_Z1));
    mi_var_discrete(&var[1], &s.instance.groups);
    CHECK(mi_permutation_null(null, &pair, var, 2, &s.instance.groups, alpha, 2, &o, &run));
    CHECK(mi_permutation_null(again, &turned, var, 2, &s.instance.groups, alpha, 2, &o, &run));
    for (int a = 0; a < 2; a++) {
        assert_true(null[a].sd > 1e-6 && null[a].p < 1);
        CHECK_NEAR(again[a].observed, null[a].observed, 1e-9);
        assert_true(again[a].sd > 1e-6);
    }
    mi_var_free(&var[0]);
    mi_sample_free(&s);
}

static void questions_that_are_refused(void **state)
{
    double two = 2, three = 3;
    mi_sample s;
    mi_null null;
    mi_var var[2];
    mi_permute_opts o = {.count = 9};
    mi_run narrow = {.threads = 1, .memory_bytes = 6000};
    static const mi_expression given = {.part = {1, 2}, .n_parts = 2, .given = 4};
    (void)state;
    draw_seed(6);
    draw_sample(&s, 20, 4, 3, linear);
    CHECK(mi_sample_var(&var[0], &s, MI_Z1));
    CHECK(mi_sample_var(&var[1], &s, MI_Z2));
    const mi_groups *g = &s.instance.groups;
    assert_int_equal(mi_permutation_null(&null, &given, var, 2, g, &two, 1, &o, &run), MI_EUSAGE);
    assert_string_equal(mi_detail(),
                        "permutations are for two parts without a condition, as z1:z2");
    o.count = 1;
    assert_int_equal(mi_permutation_null(&null, &pair, var, 2, g, &two, 1, &o, &run), MI_EUSAGE);
    assert_string_equal(mi_detail(), "1 permutations, wanted 2 or more");
    o.count = 9;
    o.estimator = MI_ESTIMATOR_C;
    assert_int_equal(mi_permutation_null(&null, &pair, var, 2, g, &three, 1, &o, &run), MI_EUSAGE);
    assert_string_equal(mi_detail(), "estimator c is for order 2, found order 3");
    assert_int_equal(mi_permutation_null(&null, &pair, var, 2, g, &two, 1, &o, &narrow),
                     MI_EMEMORY);
    assert_string_equal(mi_detail(), "re-pairings under estimator c need 0.0064 MB for 20 rows, "
                                     "allowed are 0.006 MB; try batch, or leave out "
                                     "permutations");
    mi_var_free(&var[0]);
    mi_var_free(&var[1]);
    mi_sample_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stored_matrices_and_joint_entropies_agree),
        cmocka_unit_test(the_mean_trace_is_the_exact_one),
        cmocka_unit_test(p_is_uniform_under_independence),
        cmocka_unit_test(unequal_views_and_other_orders),
        cmocka_unit_test(seeds_and_threads),
        cmocka_unit_test(order_2_is_the_same_beside_others),
        cmocka_unit_test(sd_and_mean_of_the_null_are_those_of_drawn_pairings),
        cmocka_unit_test(sd_in_batches_is_that_of_the_mean),
        cmocka_unit_test(the_instance_itself_is_paired_row_by_row),
        cmocka_unit_test(questions_that_are_refused),
    };
    return cmocka_run_group_tests_name("permute", tests, NULL, NULL);
}
