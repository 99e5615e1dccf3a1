/* InfoNCE and Barlow Twins against their definitions written out; kernels and bandwidths. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"

#include "libmi/bounds/contrast.h"
#include "libmi/data/mat_internal.h"

static const mi_run run = {.threads = 2};
static const mi_kernel linear = {.kind = MI_KERNEL_LINEAR};

static double cosine(const mi_mat *m, size_t i, size_t j)
{
    double dot = 0, a = 0, b = 0;
    for (size_t k = 0; k < m->d; k++) {
        double x = mi_mat_get(m, i, k), y = mi_mat_get(m, j, k);
        dot += x * y;
        a += x * x;
        b += y * y;
    }
    return dot / sqrt(a * b);
}

static double plain_infonce(const mi_sample *s, double t)
{
    const mi_mat *z = &s->column[MI_Z1].x;
    const int32_t *id = s->instance.groups.code;
    double loss = 0;
    for (size_t i = 0; i < s->n; i++) {
        double positive = 0, all = 0;
        for (size_t j = 0; j < s->n; j++) {
            double e = j == i ? 0 : exp((cosine(z, i, j) - 1) / t);
            all += e;
            positive += id[i] == id[j] ? e : 0;
        }
        loss -= log(positive / all) / (double)s->n;
    }
    return loss;
}

static void infonce_is_its_definition(void **state)
{
    static const double temperature[] = {0.05, 0.2, 1, 10};
    (void)state;
    draw_seed(1);
    for (int k = 0; k < 4; k++) {
        mi_sample s;
        double loss, half_width;
        draw_sample(&s, 150, 9, 4, linear);
        CHECK(mi_infonce_loss(&loss, &half_width, &s, temperature[k], &run));
        CHECK_NEAR(loss, plain_infonce(&s, temperature[k]), 2e-5);
        assert_true(half_width == 0);
        mi_sample_free(&s);
    }
}

/* At T = 0.005 most terms are below what single precision holds. */
static void infonce_at_a_temperature_that_underflows(void **state)
{
    mi_sample s;
    double loss, half_width;
    (void)state;
    draw_seed(2);
    draw_sample(&s, 60, 9, 4, linear);
    CHECK(mi_infonce_loss(&loss, &half_width, &s, 0.005, &run));
    CHECK_NEAR(loss / plain_infonce(&s, 0.005), 1, 1e-5);
    CHECK(mi_infonce_loss(&loss, &half_width, &s, 1e-4, &run));
    assert_true(isfinite(loss) && loss > 0);
    mi_sample_free(&s);
}

static void column_of(double *x, const mi_sample *s, size_t k, size_t view)
{
    size_t n = s->n / 2;
    double mean = 0, variance = 0;
    for (size_t i = 0; i < n; i++)
        mean += x[i] = mi_mat_get(&s->column[MI_Z1].x, 2 * i + view, k);
    mean /= (double)n;
    for (size_t i = 0; i < n; i++)
        variance += (x[i] - mean) * (x[i] - mean) / (double)n;
    for (size_t i = 0; i < n; i++)
        x[i] = (x[i] - mean) / sqrt(variance + 1e-5);
}

static void barlow_is_its_definition(void **state)
{
    enum { N = 80, D = 6 };
    mi_sample s;
    double score, plain = 0, a[N / 2], b[N / 2];
    (void)state;
    draw_seed(3);
    draw_sample(&s, N, D, 4, linear);
    for (size_t i = 0; i < D; i++)
        for (size_t j = 0; j < D; j++) {
            double c = 0;
            column_of(a, &s, i, 0);
            column_of(b, &s, j, 1);
            for (size_t k = 0; k < N / 2; k++)
                c += a[k] * b[k] / (N / 2);
            plain -= 0.3 * (i == j ? (1 - c) * (1 - c) : 0.01 * c * c);
        }
    CHECK(mi_barlow_score(&score, &s, 0.01, 0.3));
    CHECK_NEAR(score, plain, 1e-10);
    mi_sample_free(&s);
}

static void one_view_is_refused(void **state)
{
    mi_sample s;
    double value, half_width;
    (void)state;
    draw_seed(4);
    draw_sample(&s, 41, 6, 4, linear);
    assert_int_equal(mi_infonce_loss(&value, &half_width, &s, 0.2, &run), MI_EDATA);
    assert_non_null(strstr(mi_detail(), "InfoNCE needs two or more views of every instance"));
    assert_non_null(strstr(mi_detail(), "(row 40) has one"));
    assert_int_equal(mi_barlow_score(&value, &s, 0.01, 0.1), MI_EDATA);
    s.has_instances = 0;
    assert_int_equal(mi_barlow_score(&value, &s, 0.01, 0.1), MI_EDATA);
    assert_non_null(strstr(mi_detail(), "Barlow needs instance ids"));
    mi_sample_free(&s);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double plain_median(const mi_mat *m)
{
    size_t pairs = m->n * (m->n - 1) / 2, k = 0;
    double *distance = malloc(pairs * sizeof *distance);
    for (size_t i = 0; i < m->n; i++)
        for (size_t j = 0; j < i; j++) {
            double sum = 0;
            for (size_t c = 0; c < m->d; c++)
                sum += pow(mi_mat_get(m, i, c) - mi_mat_get(m, j, c), 2);
            distance[k++] = sqrt(sum);
        }
    qsort(distance, pairs, sizeof *distance, compare);
    double median = 0.5 * (distance[(pairs - 1) / 2] + distance[pairs / 2]);
    free(distance);
    return median;
}

static void bandwidths_by_rule(void **state)
{
    static const size_t n[] = {2, 3, 50, 61};
    (void)state;
    draw_seed(5);
    for (int k = 0; k < 4; k++) {
        mi_mat m;
        mi_kernel median, scott;
        double variance = 0;
        draw_matrix(&m, n[k], 5, k & 1 ? MI_F32 : MI_F64, NULL, 0);
        CHECK(mi_kernel_parse(&median, "gaussian", 8));
        CHECK(mi_kernel_parse(&scott, "gaussian:scott", 14));
        CHECK(mi_kernel_resolve(&median, &m, 1));
        CHECK(mi_kernel_resolve(&scott, &m, 1));
        for (size_t c = 0; c < 5; c++) {
            double mean = 0;
            for (size_t i = 0; i < m.n; i++)
                mean += mi_mat_get(&m, i, c) / (double)m.n;
            for (size_t i = 0; i < m.n; i++)
                variance += pow(mi_mat_get(&m, i, c) - mean, 2) / (double)m.n / 5;
        }
        CHECK_NEAR(median.bandwidth, plain_median(&m), 1e-9);
        CHECK_NEAR(scott.bandwidth, sqrt(variance) * pow((double)m.n, -1.0 / 9), 1e-12);
        mi_mat_free(&m);
    }
}

static void the_median_of_many_rows_is_drawn_by_seed(void **state)
{
    mi_mat m;
    mi_kernel a = {.kind = MI_KERNEL_GAUSSIAN, .rule = MI_BANDWIDTH_MEDIAN}, b = a, c = a;
    (void)state;
    draw_seed(6);
    draw_matrix(&m, 5000, 3, MI_F32, NULL, 0);
    CHECK(mi_kernel_resolve(&a, &m, 1));
    CHECK(mi_kernel_resolve(&b, &m, 1));
    CHECK(mi_kernel_resolve(&c, &m, 2));
    assert_true(a.bandwidth == b.bandwidth && a.bandwidth != c.bandwidth);
    CHECK_NEAR(c.bandwidth / a.bandwidth, 1, 0.03);
    mi_mat_free(&m);
}

static void a_median_of_zero_is_refused(void **state)
{
    mi_mat m;
    mi_kernel k = {.kind = MI_KERNEL_GAUSSIAN, .rule = MI_BANDWIDTH_MEDIAN};
    (void)state;
    draw_seed(7);
    draw_matrix(&m, 20, 3, MI_F32, NULL, 0);
    for (size_t i = 2; i < 20; i++)
        memcpy((float *)m.x + i * 3, (float *)m.x + 3, 3 * sizeof(float));
    assert_int_equal(mi_kernel_resolve(&k, &m, 1), MI_EDATA);
    assert_string_equal(mi_detail(), "the median distance between rows is 0, which is no gaussian "
                                     "bandwidth; give a number, gaussian:S");
    mi_mat_free(&m);
}

static void kernels_are_parsed_and_named(void **state)
{
    static const char *const good[] = {"linear", "delta", "gaussian:1.25", "gaussian:median",
                                       "gaussian:scott"};
    static const char *const bad[] = {
        "",           "lin",     "gauss", "gaussian:", "gaussian:0", "gaussian:-1", "gaussian:inf",
        "gaussian:x", "linear:2"};
    mi_kernel k;
    char name[64];
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        CHECK(mi_kernel_parse(&k, good[i], strlen(good[i])));
        assert_string_equal(mi_kernel_name(&k, name, sizeof name), good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(mi_kernel_parse(&k, bad[i], strlen(bad[i])), MI_EUSAGE);
}

static void faults_of_rows_are_named(void **state)
{
    mi_mat m;
    mi_var v;
    (void)state;
    draw_seed(8);
    draw_matrix(&m, 20, 3, MI_F32, NULL, 0);
    ((float *)m.x)[7 * 3 + 1] = INFINITY;
    ((float *)m.x)[9 * 3] = NAN;
    assert_int_equal(mi_var_real(&v, linear, &m), MI_EDATA);
    assert_string_equal(mi_detail(),
                        "row 7 has NaN or infinity (2 of 20 rows do), wanted finite numbers; "
                        "transform drop-nonfinite removes them");
    mi_var_free(&v);
    memset((float *)m.x + 3 * 3, 0, 7 * 3 * sizeof(float));
    assert_int_equal(mi_var_real(&v, linear, &m), MI_EDATA);
    assert_string_equal(mi_detail(),
                        "row 3 is all zero (7 of 20 rows are), which has no cosine; try zero-rows "
                        "drop, or a gaussian, laplacian or delta kernel");
    mi_var_free(&v);
    CHECK(mi_var_real(&v, (mi_kernel){.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 1}, &m));
    mi_var_free(&v);
    mi_mat_free(&m);
}

static void expressions_are_parsed(void **state)
{
    static const struct {
        const char *text;
        mi_form_kind kind;
        const char *message;
    } bad[] = {
        {"z3", MI_FORM_IS_ENTROPY, "'z3' is no variable, wanted z1, z2, r or y, joined by '+'"},
        {"", MI_FORM_IS_ENTROPY, "'' is no variable, wanted z1, z2, r or y, joined by '+'"},
        {"z1+", MI_FORM_IS_ENTROPY, "'' is no variable, wanted z1, z2, r or y, joined by '+'"},
        {"z1:z2", MI_FORM_IS_ENTROPY,
         "'z1:z2' is a mutual information, wanted an entropy: z1, z1+z2 or z1|y"},
        {"z1", MI_FORM_IS_INFORMATION,
         "'z1' is an entropy, wanted a mutual information: z1:z2 or z1:z2|y"},
        {"z1:y|r|z2", MI_FORM_IS_INFORMATION,
         "'z1:y|r|z2' goes on after its condition, wanted one '|' part at the end"},
        {"z1:z1:z1", MI_FORM_IS_INFORMATION, "'z1' stands more than twice in one expression"},
    };
    mi_forms f;
    (void)state;
    CHECK(mi_forms_parse(&f, "z1:z2,z1+z2:y|r,z1:z1", MI_FORM_IS_INFORMATION));
    assert_int_equal(f.count, 3);
    assert_int_equal(f.form[1].expression.part[0], 3);
    assert_int_equal(f.form[1].expression.part[1], 8);
    assert_int_equal(f.form[1].expression.given, 4);
    assert_int_equal(f.form[2].expression.part[1], 16);
    assert_int_equal(mi_forms_members(&f), 1 << MI_Z1 | 1 << MI_Z2 | 1 << MI_R | 1 << MI_Y);
    mi_forms_free(&f);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        assert_int_equal(mi_forms_parse(&f, bad[k].text, bad[k].kind), MI_EUSAGE);
        assert_string_equal(mi_detail(), bad[k].message);
    }
}

/* Forms against joints put together by hand; I(Z1;Z1) = 2 S(K) - S(K o K) under the linear kernel.
 */
static void forms_are_sums_of_joints(void **state)
{
    mi_sample s;
    mi_forms f;
    double alpha[] = {2, 1}, h[8][2];
    mi_measured r[10];
    mi_measure_opts o = {.alpha = alpha, .n_alpha = 2, .base = exp(1)};
    mi_var var[5];
    mi_joint j[8];
    static const unsigned sets[8] = {1, 2, 8, 1 | 2, 1 | 8, 2 | 8, 1 | 2 | 8, 1 | 16};
    (void)state;
    draw_seed(9);
    draw_sample(&s, 70, 8, 5, linear);
    for (int k = 0; k < 4; k++)
        CHECK(mi_sample_var(&var[k], &s, (mi_member_id)k));
    CHECK(mi_sample_var(&var[4], &s, MI_Z1));
    for (int k = 0; k < 8; k++)
        j[k] = (mi_joint){.vars = sets[k], .s = h[k], .route = MI_ROUTE_DENSE};
    CHECK(mi_joint_entropies(j, 8, var, 5, alpha, 2, &run));
    CHECK(mi_forms_parse(&f, "z1:z2,z1:y,z1:z2|y,z1:z2:y,z1:z1", MI_FORM_IS_INFORMATION));
    CHECK(mi_measure(r, &f, &s, &o, &run));
    for (int a = 0; a < 2; a++) {
        CHECK_NEAR(r[0 + a].value[MI_PLAIN], h[0][a] + h[1][a] - h[3][a], 1e-6);
        CHECK_NEAR(r[2 + a].value[MI_PLAIN], h[0][a] + h[2][a] - h[4][a], 1e-6);
        CHECK_NEAR(r[4 + a].value[MI_PLAIN], h[4][a] + h[5][a] - h[6][a] - h[2][a], 1e-6);
        CHECK_NEAR(r[6 + a].value[MI_PLAIN], h[0][a] + h[1][a] + h[2][a] - h[6][a], 1e-6);
        CHECK_NEAR(r[8 + a].value[MI_PLAIN], 2 * h[0][a] - h[7][a], 1e-6);
        CHECK_NEAR(r[0 + a].value[MI_OVER_MIN], r[a].value[MI_PLAIN] / fmin(h[0][a], h[1][a]),
                   1e-6);
        CHECK_NEAR(r[0 + a].value[MI_OVER_MEAN], r[a].value[MI_PLAIN] / (h[0][a] + h[1][a]) * 2,
                   1e-6);
        CHECK_NEAR(r[0 + a].value[MI_OVER_GEO], r[a].value[MI_PLAIN] / sqrt(h[0][a] * h[1][a]),
                   1e-6);
        CHECK_NEAR(r[0 + a].value[MI_OVER_JOINT], r[a].value[MI_PLAIN] / h[3][a], 1e-6);
    }
    mi_forms_free(&f);
    for (int k = 0; k < 5; k++)
        mi_var_free(&var[k]);
    mi_sample_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(infonce_is_its_definition),
        cmocka_unit_test(infonce_at_a_temperature_that_underflows),
        cmocka_unit_test(barlow_is_its_definition),
        cmocka_unit_test(one_view_is_refused),
        cmocka_unit_test(bandwidths_by_rule),
        cmocka_unit_test(the_median_of_many_rows_is_drawn_by_seed),
        cmocka_unit_test(a_median_of_zero_is_refused),
        cmocka_unit_test(kernels_are_parsed_and_named),
        cmocka_unit_test(faults_of_rows_are_named),
        cmocka_unit_test(expressions_are_parsed),
        cmocka_unit_test(forms_are_sums_of_joints),
    };
    return cmocka_run_group_tests_name("contrast", tests, NULL, NULL);
}
