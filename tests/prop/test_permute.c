/* Random pairings: what they give by chance, against the exact mean and for independent variables.
 */
#include <math.h>
#include <stdlib.h>

#include "draw.h"

static const mi_run run = {.threads = 2};
static const mi_kernel linear = {.kind = MI_KERNEL_LINEAR};
static const mi_expression pair = {.part = {1, 2}, .n_parts = 2};

static void null_of(mi_null *out, const mi_sample *s, const double *alpha, size_t n_alpha,
                    size_t count, unsigned long seed, size_t memory_bytes)
{
    mi_run how = run;
    mi_var var[2];
    how.memory_bytes = memory_bytes;
    CHECK(mi_sample_var(&var[0], s, MI_Z1));
    CHECK(mi_sample_var(&var[1], s, MI_Z2));
    CHECK(mi_permutation_null(out, &pair, var, 2, &s->instance.groups, alpha, n_alpha, count, seed,
                              &how));
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

static void questions_that_are_refused(void **state)
{
    double two = 2;
    mi_sample s;
    mi_null null;
    mi_var var[2];
    static const mi_expression given = {.part = {1, 2}, .n_parts = 2, .given = 4};
    (void)state;
    draw_seed(6);
    draw_sample(&s, 20, 4, 3, linear);
    CHECK(mi_sample_var(&var[0], &s, MI_Z1));
    CHECK(mi_sample_var(&var[1], &s, MI_Z2));
    assert_int_equal(
        mi_permutation_null(&null, &given, var, 2, &s.instance.groups, &two, 1, 9, 1, &run),
        MI_EUSAGE);
    assert_string_equal(mi_detail(),
                        "permutations are for two parts without a condition, as z1:z2");
    assert_int_equal(
        mi_permutation_null(&null, &pair, var, 2, &s.instance.groups, &two, 1, 1, 1, &run),
        MI_EUSAGE);
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
        cmocka_unit_test(questions_that_are_refused),
    };
    return cmocka_run_group_tests_name("permute", tests, NULL, NULL);
}
