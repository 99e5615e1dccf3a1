/* How alike two sets of features are by chance: errors against a jackknife, re-pairings, their p. */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>

#include "aligned.h"

#include "libmi/data/sample_build.h"

/* z1 and z2 of samples that have nothing to do with each other. */
static void draw_apart(mi_sample *s, size_t n, size_t d1, size_t d2, mi_kernel kernel)
{
    mi_sample t;
    draw_sample(s, n, d1, d2, kernel);
    draw_sample(&t, n, d1, d2, kernel);
    mi_column other = s->column[MI_Z2];
    s->column[MI_Z2] = t.column[MI_Z2];
    t.column[MI_Z2] = other;
    mi_sample_free(&t);
}

/* ---- errors ---- */

static void without_instance(mi_sample *out, const mi_sample *s, size_t left_out)
{
    size_t row[200], n = 0;
    for (size_t i = 0; i < s->n; i++)
        if ((size_t)s->instance.groups.code[i] != left_out)
            row[n++] = i;
    CHECK(mi_sample_gather(out, s, row, n));
}

/* The delete-one-instance jackknife written out. */
static void jackknife(double *se, const mi_sample *s, const mi_align_opts *o)
{
    size_t g = s->instance.groups.g;
    double value[2][100], mean[2] = {0};
    for (size_t c = 0; c < g; c++) {
        mi_sample part;
        mi_alignment r[MI_ALIGN_TERMS];
        without_instance(&part, s, c);
        align(r, &part, o);
        for (int form = 0; form < 2; form++) {
            value[form][c] = r[MI_ALIGN_CKA + form].value;
            mean[form] += value[form][c] / (double)g;
        }
        mi_sample_free(&part);
    }
    for (int form = 0; form < 2; form++) {
        double square = 0;
        for (size_t c = 0; c < g; c++)
            square += pow(value[form][c] - mean[form], 2);
        se[form] = sqrt(square * ((double)g - 1) / (double)g);
    }
}

static void errors_are_those_of_a_jackknife(void **state)
{
    const mi_kernel kernel[] = {linear, gaussian};
    (void)state;
    for (int k = 0; k < 2; k++) {
        mi_sample s;
        mi_alignment r[MI_ALIGN_TERMS];
        mi_align_opts o = opts_of(MI_ALIGN_IS_CKA);
        double se[2];
        draw_seed(8);
        draw_sample(&s, 200, 6, 4, kernel[k]);
        jackknife(se, &s, &o);
        o.se = 1;
        align(r, &s, &o);
        for (int form = 0; form < 2; form++)
            CHECK_NEAR(r[MI_ALIGN_CKA + form].se / se[form], 1, 0.08);
        mi_sample_free(&s);
    }
}

/* ---- chance ---- */

/* The same re-pairings whether a gaussian kernel is kept or made anew, and for any number of threads. */
static void re_pairings_do_not_depend_on_the_way(void **state)
{
    mi_sample s;
    mi_alignment kept[MI_ALIGN_TERMS], anew[MI_ALIGN_TERMS], one[MI_ALIGN_TERMS];
    mi_align_opts o = opts_of(MI_ALIGN_ALL);
    mi_run small = run, alone = run;
    (void)state;
    draw_seed(9);
    draw_sample(&s, 60, 6, 4, gaussian);
    o.permutations = 20;
    small.memory_bytes = 50000;
    alone.threads = 1;
    align(kept, &s, &o);
    CHECK(mi_align(anew, NULL, &s, MI_Z1, &s, MI_Z2, &o, &small));
    CHECK(mi_align(one, NULL, &s, MI_Z1, &s, MI_Z2, &o, &alone));
    for (mi_align_term t = 0; t < MI_ALIGN_TERMS; t++) {
        assert_memory_equal(&kept[t].value, &one[t].value, sizeof(double));
        if (!mi_align_is_tested(t))
            continue;
        CHECK_NEAR(anew[t].null, kept[t].null, 1e-5);
        CHECK_NEAR(anew[t].null_sd, kept[t].null_sd, 1e-5);
        CHECK_NEAR(anew[t].p, kept[t].p, 0);
        assert_memory_equal(&kept[t].null, &one[t].null, sizeof(double));
    }
    mi_sample_free(&s);
}

/* What is said of two re-pairings is the mean of what moved rows say. */
static void check_two_re_pairings(const mi_sample *s, mi_align_opts o)
{
    mi_sample moved;
    mi_alignment r[MI_ALIGN_TERMS], of[2][MI_ALIGN_TERMS];
    mi_pairings pairings;
    size_t to[60];
    assert_int_equal(s->n, 60);
    o.permutations = 2;
    align(r, s, &o);
    o.permutations = 0;
    CHECK(mi_pairings_init(&pairings, &s->instance.groups, 0));
    for (size_t k = 0; k < 2; k++) {
        CHECK(mi_pairing_draw(to, &pairings, k + 1, run.seed));
        CHECK(mi_sample_gather(&moved, s, to, 60));
        CHECK(mi_align(of[k], NULL, s, MI_Z1, &moved, MI_Z2, &o, &run));
        mi_sample_free(&moved);
    }
    for (mi_align_term t = 0; t < MI_ALIGN_TERMS; t++)
        if (o.terms >> t & 1)
            CHECK_NEAR(r[t].null, (of[0][t].value + of[1][t].value) / 2, 2e-6);
    mi_pairings_free(&pairings);
}

/* The information is re-paired as the others are. */
static void all_terms_see_one_re_pairing(void **state)
{
    mi_sample s;
    (void)state;
    draw_seed(12);
    draw_sample(&s, 60, 6, 4, linear);
    check_two_re_pairings(&s,
                          opts_of(1u << MI_ALIGN_I | 1u << MI_ALIGN_CKA | 1u << MI_ALIGN_SVCCA));
    mi_sample_free(&s);
}

/* Every number becomes one of three, none 0. */
static void make_coarse(mi_mat *x)
{
    float *number = x->x;
    assert_int_equal(x->type, MI_F32);
    for (size_t k = 0; k < x->n * x->ld; k++)
        number[k] = number[k] < -0.5F ? -1.5F : number[k] < 0.5F ? 0.5F : 2;
}

/* Rows that are as far as the last neighbour: which of them are neighbours is a matter of the order that a
 * re-pairing gives them. */
static void repeated_rows_are_chosen_anew_by_re_pairings(void **state)
{
    const mi_kernel kernel[] = {linear, linear, gaussian};
    (void)state;
    for (int k = 0; k < 3; k++)
        for (size_t d = 1; d <= 4; d += 3) {
            mi_sample s;
            mi_align_opts o = opts_of(MI_ALIGN_IS_NEAR);
            o.raw_rows = k == 1;
            o.k = 7;
            draw_seed(40 + d);
            draw_sample(&s, 60, 2, d, kernel[k]);
            make_coarse(&s.column[MI_Z1].x);
            make_coarse(&s.column[MI_Z2].x);
            check_two_re_pairings(&s, o);
            mi_sample_free(&s);
        }
}

/* Rows of three values and of two, which have nothing to do with each other, are no more alike than chance. */
static void repeated_rows_are_not_alike_by_their_order(void **state)
{
    mi_sample s;
    mi_alignment r[MI_ALIGN_TERMS];
    mi_align_opts o = opts_of(MI_ALIGN_IS_NEAR);
    (void)state;
    draw_seed(8);
    draw_apart(&s, 120, 1, 1, gaussian);
    make_coarse(&s.column[MI_Z1].x);
    make_coarse(&s.column[MI_Z2].x);
    o.permutations = 99;
    align(r, &s, &o);
    assert_true(r[MI_ALIGN_MUTUAL_KNN].value > 2 * (double)o.k / 119);
    for (mi_align_term t = MI_ALIGN_CKNNA; t <= MI_ALIGN_JACCARD_KNN; t++)
        assert_true(r[t].p > 0.05);
    mi_sample_free(&s);
}

typedef struct {
    pthread_t caller;
    atomic_int calls, elsewhere;
} progress_calls;

static void count_call(void *arg, double share)
{
    progress_calls *p = arg;
    (void)share;
    p->calls++;
    p->elsewhere += !pthread_equal(p->caller, pthread_self());
}

static void progress_comes_from_the_calling_thread(void **state)
{
    mi_sample s;
    mi_alignment r[MI_ALIGN_TERMS];
    mi_align_opts o = opts_of(MI_ALIGN_ALL);
    progress_calls calls = {.caller = pthread_self()};
    mi_run told = run;
    (void)state;
    draw_seed(31);
    draw_sample(&s, 600, 12, 8, gaussian);
    o.permutations = 40;
    told.threads = 3;
    told.progress = count_call;
    told.progress_arg = &calls;
    CHECK(mi_align(r, NULL, &s, MI_Z1, &s, MI_Z2, &o, &told));
    assert_true(calls.calls > 0);
    assert_int_equal(calls.elsewhere, 0);
    mi_sample_free(&s);
}

/* Kolmogorov and Smirnov at 1 %, over draws of independent features. */
static void p_is_uniform_under_independence(void **state)
{
    enum { DRAWS = 200, COUNT = 39 };
    static const mi_align_term term[] = {MI_ALIGN_CKA, MI_ALIGN_CKA_DEBIASED, MI_ALIGN_SVCCA,
                                         MI_ALIGN_PROCRUSTES};
    double p[4][DRAWS];
    mi_align_opts o = opts_of(MI_ALIGN_IS_CKA | MI_ALIGN_IS_SHAPE);
    (void)state;
    o.permutations = COUNT;
    for (int k = 0; k < DRAWS; k++) {
        mi_sample s;
        mi_alignment r[MI_ALIGN_TERMS];
        draw_seed(3000 + (unsigned long)k);
        draw_apart(&s, 40, 5, 4, linear);
        align(r, &s, &o);
        for (int t = 0; t < 4; t++)
            p[t][k] = r[term[t]].p;
        mi_sample_free(&s);
    }
    for (int t = 0; t < 4; t++) {
        double distance = 0;
        for (int level = 1; level <= COUNT + 1; level++) {
            double x = (double)level / (COUNT + 1), below = 0;
            for (int k = 0; k < DRAWS; k++)
                below += p[t][k] <= x + 1e-12;
            distance = fmax(distance, fabs(below / DRAWS - x));
        }
        CHECK_AT_MOST(distance, 1.628 / sqrt(DRAWS), 1.0 / (COUNT + 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_those_of_a_jackknife),
        cmocka_unit_test(re_pairings_do_not_depend_on_the_way),
        cmocka_unit_test(all_terms_see_one_re_pairing),
        cmocka_unit_test(repeated_rows_are_chosen_anew_by_re_pairings),
        cmocka_unit_test(repeated_rows_are_not_alike_by_their_order),
        cmocka_unit_test(progress_comes_from_the_calling_thread),
        cmocka_unit_test(p_is_uniform_under_independence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
