/* Spectra of joints: what must hold of eigenvalues whatever the data, and that they are those the
 * entropies are made of. */
#include <math.h>

#include "draw.h"

#include "libmi/data/groups_internal.h"
#include "libmi/data/mat_internal.h"
#include "libmi/data/sample_build.h"

static const mi_run one_thread = {.threads = 1};

static const double orders[] = {0.5, 1, 3.5, INFINITY};
#define N_ORDERS (sizeof orders / sizeof *orders)

enum { N = 60 };

static void draw(mi_sample *s)
{
    draw_seed(21);
    draw_sample(s, N, 9, 4, (mi_kernel){.kind = MI_KERNEL_LINEAR});
}

static mi_forms parse(const char *text)
{
    mi_forms f;
    CHECK(mi_forms_parse(&f, text, MI_FORM_IS_ENTROPY));
    return f;
}

static void eigenvalues_give_the_entropies(void **state)
{
    mi_forms f = parse("z1,z2,z1+z2,z1+y,y,r,z1+z1,z1+z2+y,y+r");
    mi_measure_opts o = {.alpha = orders, .n_alpha = N_ORDERS, .base = exp(1)};
    mi_measured wanted[9 * N_ORDERS];
    mi_sample s;
    (void)state;
    draw(&s);
    CHECK(mi_measure(wanted, &f, &s, &o, &one_thread));
    for (size_t k = 0; k < f.count; k++) {
        mi_measured_spectrum found;
        double sum = 0;
        CHECK(mi_measure_spectrum(&found, &f.form[k], &s, &o, &one_thread));
        for (size_t i = 0; i < found.count; i++) {
            assert_true(found.l[i] > 0 && (i == 0 || found.l[i] <= found.l[i - 1]));
            sum += found.l[i];
        }
        CHECK_NEAR(sum, 1, 1e-12);
        for (size_t a = 0; a < N_ORDERS; a++)
            CHECK_NEAR(mi_entropy_of_eigenvalues(found.l, found.count, orders[a]),
                       wanted[k * N_ORDERS + a].value[MI_PLAIN], 1e-12);
        mi_measured_spectrum_free(&found);
    }
    mi_forms_free(&f);
    mi_sample_free(&s);
}

static void routes_agree(void **state)
{
    mi_forms f = parse("z1,z1+z2,z1+y");
    static const mi_route other[] = {MI_ROUTE_DUAL, MI_ROUTE_DUAL, MI_ROUTE_CLASSES};
    mi_measure_opts o = {.base = exp(1)};
    mi_sample s;
    (void)state;
    draw(&s);
    for (size_t k = 0; k < f.count; k++) {
        mi_run dense = one_thread, fast = one_thread;
        mi_measured_spectrum a, b;
        dense.route = MI_ROUTE_DENSE;
        fast.route = other[k];
        CHECK(mi_measure_spectrum(&a, &f.form[k], &s, &o, &dense));
        CHECK(mi_measure_spectrum(&b, &f.form[k], &s, &o, &fast));
        assert_int_equal(a.route, MI_ROUTE_DENSE);
        assert_int_equal(b.route, other[k]);
        assert_int_equal(a.count, b.count);
        for (size_t i = 0; i < a.count; i++)
            CHECK_NEAR(a.l[i], b.l[i], 1e-13);
        mi_measured_spectrum_free(&a);
        mi_measured_spectrum_free(&b);
    }
    mi_forms_free(&f);
    mi_sample_free(&s);
}

/* Batches of unequal rank: the mean of the k-th largest, zero where a batch has none. */
static void batches_are_means(void **state)
{
    enum { ROWS = 6 };
    static const int64_t y[] = {0, 0, 0, 0, 1, 2}; /* one eigenvalue, then three */
    mi_forms f = parse("y");
    mi_measure_opts o = {.batch = 3, .base = exp(1)};
    mi_sample s;
    mi_measured_spectrum found;
    (void)state;
    CHECK(mi_sample_of(&s, &(mi_arrays){.n = ROWS, .y = y}, NULL));
    CHECK(mi_measure_spectrum(&found, &f.form[0], &s, &o, &one_thread));
    assert_int_equal(found.count, 3);
    assert_int_equal(found.batches, 2);
    CHECK_NEAR(found.l[0], (1.0 / 3 + 1) / 2, 1e-15);
    CHECK_NEAR(found.l[1], 1.0 / 6, 1e-15);
    CHECK_NEAR(found.l[2], 1.0 / 6, 1e-15);
    mi_measured_spectrum_free(&found);
    mi_sample_free(&s);
    mi_forms_free(&f);
}

static void effective_ranks_of_batches_are_means(void **state)
{
    mi_effrank_opts ranks = {.epsilon = 1e-7, .fit_low = 1, .fit_high = 4, .delta = 1e-4};
    mi_measure_opts whole = {.base = exp(1)}, halves = {.batch = N / 4, .base = exp(1)};
    mi_effranks found, part, se, sum = {.rankme = 0};
    double degrees;
    mi_sample s;
    (void)state;
    draw(&s);
    CHECK(mi_measure_effranks(&found, &se, &degrees, MI_Z1, &s, &ranks, &halves, &one_thread));
    for (size_t half = 0; half < 2; half++) {
        size_t row[N / 2];
        mi_sample rows;
        for (size_t i = 0; i < N / 2; i++)
            row[i] = half * N / 2 + i;
        CHECK(mi_sample_gather(&rows, &s, row, N / 2));
        CHECK(mi_measure_effranks(&part, &se, &degrees, MI_Z1, &rows, &ranks, &whole, &one_thread));
        sum.rankme += part.rankme / 2;
        sum.lidar += part.lidar / 2;
        sum.decay.alpha += part.decay.alpha / 2;
        sum.participation_ratio += part.participation_ratio / 2;
        mi_sample_free(&rows);
    }
    CHECK_NEAR(found.rankme, sum.rankme, 1e-12);
    CHECK_NEAR(found.lidar, sum.lidar, 1e-12);
    CHECK_NEAR(found.decay.alpha, sum.decay.alpha, 1e-12);
    CHECK_NEAR(found.participation_ratio, sum.participation_ratio, 1e-12);
    CHECK(mi_measure_effranks(&found, &se, &degrees, MI_Y, &s, &ranks, &whole, &one_thread));
    assert_true(isnan(found.rankme) && isnan(found.lidar) && found.decay.low == 0);
    mi_sample_free(&s);
}

/* Of 100 instances or fewer each is left out once. */
static void errors_of_effective_ranks_are_those_of_leaving_out(void **state)
{
    mi_effrank_opts ranks = {.epsilon = 1e-7, .fit_low = 1, .fit_high = 4, .delta = 1e-4};
    mi_measure_opts o;
    mi_effranks found, se, part;
    mi_sample s;
    double degrees, sum[3] = {0}, square[3] = {0};
    (void)state;
    draw(&s);
    size_t g = s.instance.groups.g;
    assert_true(g > 3 && g <= 100);
    mi_measure_opts_default(&o);
    o.se = 1;
    CHECK(mi_measure_effranks(&found, &se, &degrees, MI_Z1, &s, &ranks, &o, &one_thread));
    o.se = 0;
    for (size_t c = 0; c < g; c++) {
        size_t row[N], n = 0;
        mi_sample rest;
        double none;
        mi_effranks no_errors;
        for (size_t i = 0; i < N; i++)
            if ((size_t)s.instance.groups.code[i] != c)
                row[n++] = i;
        CHECK(mi_sample_gather(&rest, &s, row, n));
        CHECK(mi_measure_effranks(&part, &no_errors, &none, MI_Z1, &rest, &ranks, &o, &one_thread));
        assert_true(isnan(no_errors.rankme) && isnan(none));
        const double value[] = {part.rankme, part.condition, part.decay.alpha};
        for (int k = 0; k < 3; k++) {
            sum[k] += value[k];
            square[k] += value[k] * value[k];
        }
        mi_sample_free(&rest);
    }
    const double error[] = {se.rankme, se.condition, se.decay.alpha};
    for (int k = 0; k < 3; k++)
        CHECK_NEAR(error[k] / sqrt(((double)g - 1) / (double)g *
                                   (square[k] - sum[k] * sum[k] / (double)g)),
                   1, 1e-6);
    assert_true(degrees == (double)g - 1);
    mi_sample_free(&s);
}

static void a_class_is_its_rows(void **state)
{
    mi_sample s, rows;
    (void)state;
    draw(&s);
    CHECK(mi_sample_class(&rows, &s, 1));
    assert_int_equal(rows.n, s.column[MI_Y].groups.count[1]);
    size_t first = s.column[MI_Y].groups.first[1];
    for (size_t k = 0; k < rows.column[MI_Z1].x.d; k++)
        assert_true(mi_mat_get(&rows.column[MI_Z1].x, 0, k) ==
                    mi_mat_get(&s.column[MI_Z1].x, first, k));
    assert_int_equal(rows.column[MI_Y].groups.g, 1);
    mi_sample_free(&rows);
    assert_int_equal(mi_sample_class(&rows, &s, s.column[MI_Y].groups.g), MI_EUSAGE);
    assert_int_equal(mi_sample_class(NULL, &s, 0), MI_EUSAGE);
    assert_int_equal(mi_sample_class(&rows, NULL, 0), MI_EUSAGE);
    s.column[MI_Y].present = 0;
    assert_int_equal(mi_sample_class(&rows, &s, 0), MI_EUSAGE);
    assert_string_equal(mi_detail(), "the sample of a class of a sample without y");
    s.column[MI_Y].present = 1;
    mi_sample_free(&s);
}

static void what_has_no_spectrum(void **state)
{
    mi_forms f = parse("z1|y,z1");
    mi_measure_opts o = {.base = exp(1)};
    mi_run tiles = {.threads = 1, .route = MI_ROUTE_TILES};
    mi_measured_spectrum found;
    mi_sample s;
    (void)state;
    draw(&s);
    assert_int_equal(mi_measure_spectrum(&found, &f.form[0], &s, &o, &one_thread), MI_EUSAGE);
    assert_string_equal(mi_detail(),
                        "'z1|y' has a condition, a conditional entropy has no eigenvalues");
    assert_int_equal(mi_measure_spectrum(&found, &f.form[1], &s, &o, &tiles), MI_EUSAGE);
    mi_forms_free(&f);
    mi_sample_free(&s);
}

static void every_failed_allocation_is_reported(void **state)
{
    mi_forms f = parse("z1+y");
    mi_measure_opts o = {.batch = N / 4, .base = exp(1)};
    mi_sample s;
    int failed = 0;
    (void)state;
    draw(&s);
    for (long k = 1; k < 200; k++) {
        mi_measured_spectrum found;
        mi_fail_allocation(k);
        mi_status status = mi_measure_spectrum(&found, &f.form[0], &s, &o, &one_thread);
        assert_true(status == MI_OK || status == MI_ENOMEM);
        failed += status == MI_ENOMEM;
        mi_measured_spectrum_free(&found);
    }
    mi_fail_allocation(0);
    assert_in_range(failed, 20, 190); /* some fail, and in the end none does */
    mi_forms_free(&f);
    mi_sample_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eigenvalues_give_the_entropies),
        cmocka_unit_test(routes_agree),
        cmocka_unit_test(batches_are_means),
        cmocka_unit_test(effective_ranks_of_batches_are_means),
        cmocka_unit_test(errors_of_effective_ranks_are_those_of_leaving_out),
        cmocka_unit_test(a_class_is_its_rows),
        cmocka_unit_test(what_has_no_spectrum),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
