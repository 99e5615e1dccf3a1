/* Limits of entropies and informations against populations whose values are known. */
#include <math.h>

#include "draw.h"
#include "leave_out.h"

#include "libmi/base/interval_internal.h"

static const double two = 2, one = 1;

/* Limits of the forms in `text` on a sample, (forms, n_alpha). */
static void limits(mi_limit *out, const char *text, const mi_sample *s, const double *alpha,
                   size_t n_alpha, int threads)
{
    mi_measure_opts o;
    mi_run run;
    mi_forms f;
    mi_measure_opts_default(&o);
    mi_run_default(&run);
    o.alpha = alpha;
    o.n_alpha = n_alpha;
    run.threads = threads;
    CHECK(mi_forms_parse(&f, text, MI_FORM_IS_EITHER));
    CHECK(mi_measure_limit(out, &f, s, &o, &run));
    mi_forms_free(&f);
}

typedef struct {
    mi_mat z1, z2;
    int64_t *y;
    mi_sample sample;
} drawn;

/* n rows; column k has the standard deviation (k+1)^-decay; y: classes at random with probabilities 1/2,
 * 1/4, 1/4. */
static void draw_rows(drawn *x, size_t n, size_t d1, size_t d2, double decay, const char *kernel)
{
    mi_sample_opts o;
    draw_matrix(&x->z1, n, d1, MI_F32, NULL, 0);
    draw_matrix(&x->z2, n, d2, MI_F32, NULL, 0);
    CHECK(MI_NEW(x->y, n));
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < d1; k++)
            ((float *)x->z1.x)[i * x->z1.ld + k] *= (float)pow((double)k + 1, -decay);
        x->y[i] = draw_below(2) ? 0 : 1 + (int64_t)draw_below(2);
    }
    mi_sample_opts_default(&o);
    if (kernel)
        CHECK(mi_sample_parse_kernel(&o, kernel));
    mi_arrays in = {.n = n,
                    .z1 = {x->z1.x, MI_F32, d1, x->z1.ld},
                    .z2 = {x->z2.x, MI_F32, d2, x->z2.ld},
                    .y = x->y};
    CHECK(mi_sample_of(&x->sample, &in, &o));
}

static void free_rows(drawn *x)
{
    mi_sample_free(&x->sample);
    mi_mat_free(&x->z1);
    mi_mat_free(&x->z2);
    mi_free(x->y);
}

/* Mean error over draws within its own error, and intervals that cover. */
typedef struct {
    double sum, square;
    size_t covered, count;
} tally;

static void add(tally *t, const mi_limit *l, double truth)
{
    double e = l->value - truth;
    t->sum += e;
    t->square += e * e;
    t->covered += fabs(e) < mi_student(l->degrees, 0.95) * l->se;
    t->count++;
}

static void expect_unbiased(const tally *t, double allowed)
{
    double n = (double)t->count, mean = t->sum / n;
    double sd = sqrt(t->square / n - mean * mean);
    CHECK_AT_MOST(fabs(mean), allowed + 4 * sd / sqrt(n), 0);
    CHECK_AT_MOST(0.88, (double)t->covered / n, 0);
}

/* The covariance of directions of independent normal columns is 1/d: S is log d at every order. Of two
 * independent variables I is 0. */
static void independent_columns(void **state)
{
    static const double alpha[] = {0.5, 1, 2, 3};
    tally s[4] = {{0}}, i[4] = {{0}};
    (void)state;
    LEAVE_OUT_UNDER_VALGRIND();
    draw_seed(1);
    for (int r = 0; r < 24; r++) {
        drawn x;
        mi_limit out[8];
        draw_rows(&x, 200, 8, 4, 0, NULL);
        limits(out, "z1,z1:z2", &x.sample, alpha, 4, 1);
        for (int a = 0; a < 4; a++) {
            add(&s[a], &out[a], log(8));
            add(&i[a], &out[4 + a], 0);
        }
        free_rows(&x);
    }
    for (int a = 0; a < 4; a++) {
        expect_unbiased(&s[a], 1e-3);
        expect_unbiased(&i[a], 1e-3);
    }
}

/* Order 2 where the batches are far too small for the spectrum: a joint of 512 columns on 512 rows. */
static void order_2_of_a_wide_joint(void **state)
{
    tally t = {0};
    (void)state;
    draw_seed(2);
    for (int r = 0; r < 5; r++) {
        drawn x;
        mi_limit out[2];
        draw_rows(&x, 512, 32, 16, 0, NULL);
        limits(out, "z1:z2", &x.sample, (double[]){2, 1}, 2, 1);
        add(&t, &out[0], 0);
        assert_int_equal(out[1].kind, MI_LIMIT_UNRESOLVED);
        assert_true(isnan(out[1].value) && isnan(out[1].se) && isnan(out[1].fit));
        free_rows(&x);
    }
    expect_unbiased(&t, 2e-3);
}

/* Probabilities 1/2, 1/4, 1/4; Z1 has nothing to do with them. */
static void labels_and_features(void **state)
{
    tally h = {0}, i = {0};
    (void)state;
    draw_seed(3);
    for (int r = 0; r < 24; r++) {
        drawn x;
        mi_limit out[2];
        draw_rows(&x, 160, 6, 2, 0, NULL);
        limits(out, "y,y:z1", &x.sample, &one, 1, 1);
        add(&h, &out[0], 1.5 * log(2));
        add(&i, &out[1], 0);
        free_rows(&x);
    }
    expect_unbiased(&h, 1e-3);
    expect_unbiased(&i, 2e-3);
}

/* One normal column of variance 1 under a gaussian kernel: the eigenvalues of its operator are (1-q) q^k,
 * q = b / (a + b + c), a = 1/4, b = 1 / (2 S^2), c = sqrt(a^2 + 2 a b) (Williams and Seeger, ICML 2000). */
static void a_gaussian_operator(void **state)
{
    double a = 0.25, b = 0.5 / (0.7 * 0.7), c = sqrt(a * a + 2 * a * b), q = b / (a + b + c);
    double truth[2] = {-log(1 - q) - q * log(q) / (1 - q), -2 * log(1 - q) + log(1 - q * q)};
    tally t[2] = {{0}};
    (void)state;
    LEAVE_OUT_UNDER_VALGRIND();
    draw_seed(4);
    for (int r = 0; r < 80; r++) {
        drawn x;
        mi_limit out[2];
        draw_rows(&x, 200, 1, 2, 0, "z1=gaussian:0.7");
        limits(out, "z1", &x.sample, (double[]){1, 2}, 2, 1);
        add(&t[0], &out[0], truth[0]);
        add(&t[1], &out[1], truth[1]);
        free_rows(&x);
    }
    expect_unbiased(&t[0], 2e-3);
    expect_unbiased(&t[1], 1e-3);
}

/* A decaying spectrum, against that of 100 times as many rows, whose own limit it has nearly reached. */
static void a_decaying_spectrum(void **state)
{
    drawn all;
    mi_run run;
    tally t = {0};
    double truth;
    (void)state;
    draw_seed(5);
    mi_run_default(&run);
    draw_rows(&all, 20000, 24, 2, 0.7, NULL);
    CHECK(mi_entropy(&truth, &all.sample, "z1", 1, &run));
    free_rows(&all);
    for (int r = 0; r < 20; r++) {
        drawn x;
        mi_limit out;
        draw_rows(&x, 200, 24, 2, 0.7, NULL);
        limits(&out, "z1", &x.sample, &one, 1, 1);
        add(&t, &out, truth);
        free_rows(&x);
    }
    expect_unbiased(&t, 3e-3);
}

/* Views of an instance stay together: pairs of near copies do not pass for instances. */
static void instances_are_the_units(void **state)
{
    mi_sample s;
    mi_limit out[2];
    mi_measure_opts o;
    mi_run run;
    mi_measured whole;
    mi_forms f;
    (void)state;
    draw_seed(6);
    draw_sample(&s, 256, 6, 4, (mi_kernel){.kind = MI_KERNEL_LINEAR});
    limits(out, "z1,r", &s, &two, 1, 1);
    assert_int_equal(out[0].kind, MI_LIMIT_FOUND);
    assert_int_equal(out[1].kind, MI_LIMIT_GROWS);
    assert_true(isnan(out[1].value));
    CHECK_NEAR(out[0].degrees, 15, 0); /* 128 instances, 16 an eighth */
    /* More than the whole set says, by some of what its views of one instance take away. */
    mi_measure_opts_default(&o);
    mi_run_default(&run);
    CHECK(mi_forms_parse(&f, "z1", MI_FORM_IS_ENTROPY));
    CHECK(mi_measure(&whole, &f, &s, &o, &run));
    assert_true(out[0].value > whole.value[MI_PLAIN]);
    mi_forms_free(&f);
    mi_sample_free(&s);
}

static void threads_and_units(void **state)
{
    drawn x;
    mi_limit a[2], b[2];
    mi_measure_opts o;
    mi_run run;
    mi_forms f;
    (void)state;
    draw_seed(7);
    draw_rows(&x, 100, 5, 3, 0.5, NULL);
    limits(a, "z1,z1:z2", &x.sample, &two, 1, 1);
    limits(b, "z1,z1:z2", &x.sample, &two, 1, 2);
    for (int k = 0; k < 2; k++) {
        CHECK_NEAR(a[k].value, b[k].value, 0);
        CHECK_NEAR(a[k].se, b[k].se, 0);
    }
    mi_measure_opts_default(&o);
    mi_run_default(&run);
    o.base = 2;
    CHECK(mi_forms_parse(&f, "z1,z1:z2", MI_FORM_IS_EITHER));
    CHECK(mi_measure_limit(b, &f, &x.sample, &o, &run));
    for (int k = 0; k < 2; k++) {
        CHECK_NEAR(b[k].value, a[k].value / log(2), 1e-9);
        CHECK_NEAR(b[k].se, a[k].se / log(2), 1e-9);
        CHECK_NEAR(b[k].fit, a[k].fit / log(2), 1e-9);
    }
    mi_forms_free(&f);
    free_rows(&x);
}

static void what_it_refuses(void **state)
{
    drawn x;
    mi_limit out;
    mi_measure_opts o;
    mi_run run;
    mi_forms f;
    (void)state;
    draw_seed(8);
    draw_rows(&x, 63, 3, 3, 0, NULL);
    mi_measure_opts_default(&o);
    mi_run_default(&run);
    CHECK(mi_forms_parse(&f, "z1", MI_FORM_IS_ENTROPY));
    assert_int_equal(mi_measure_limit(&out, &f, &x.sample, &o, &run), MI_EDATA);
    assert_string_equal(mi_detail(), "a limit needs 64 or more instances, found 63");
    o.batch = 8;
    assert_int_equal(mi_measure_limit(&out, &f, &x.sample, &o, &run), MI_EUSAGE);
    assert_string_equal(mi_detail(), "a limit is of the whole set without re-pairings; leave out "
                                     "batches and permutations");
    assert_int_equal(mi_measure_limit(NULL, &f, &x.sample, &o, &run), MI_EUSAGE);
    mi_forms_free(&f);
    free_rows(&x);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(independent_columns), cmocka_unit_test(order_2_of_a_wide_joint),
        cmocka_unit_test(labels_and_features), cmocka_unit_test(a_gaussian_operator),
        cmocka_unit_test(a_decaying_spectrum), cmocka_unit_test(instances_are_the_units),
        cmocka_unit_test(threads_and_units),   cmocka_unit_test(what_it_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
