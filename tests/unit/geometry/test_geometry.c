/* How rows lie: plain twins, cases worked by hand, errors by leaving out, what holds for any data. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "leave_out.h"
#include "source.h"

#include "libmi/data/groups_internal.h"
#include "libmi/data/mat_internal.h"

static mi_run run;
static mi_geometry_opts opts;

static int start(void **state)
{
    (void)state;
    mi_run_default(&run);
    mi_geometry_opts_default(&opts);
    opts.se = 1;
    draw_seed(11);
    return 0;
}

/* ---- the plain twin: a matrix of all cosines, all distances sorted ---- */

static double dot(const mi_mat *x, size_t i, size_t j)
{
    double sum = 0;
    for (size_t k = 0; k < x->d; k++)
        sum += mi_mat_get(x, i, k) * mi_mat_get(x, j, k);
    return sum;
}

typedef struct {
    double n, sum, square;
} sums;

static void add(sums *s, double x)
{
    s->n++;
    s->sum += x;
    s->square += x * x;
}

static double mean(const sums *s)
{
    return s->sum / s->n;
}

static double deviation(const sums *s, double freedom)
{
    return sqrt((s->square - s->sum * s->sum / s->n) / (s->n - freedom));
}

static double column_deviation(const mi_mat *x, const double *norm, size_t k)
{
    sums s = {0};
    for (size_t i = 0; i < x->n; i++)
        if (norm[i] > 0)
            add(&s, mi_mat_get(x, i, k) / norm[i]);
    return deviation(&s, 1);
}

static void twin_of_sphere(double *value, const mi_mat *x, const mi_groups *instance, double t)
{
    sums in = {0}, off = {0}, out = {0}, square = {0}, potential = {0}, norms = {0};
    double *norm = malloc(x->n * sizeof *norm), d = (double)x->d, sd = 0;
    for (size_t i = 0; i < x->n; i++) {
        norm[i] = sqrt(dot(x, i, i));
        add(&norms, norm[i]);
    }
    for (size_t i = 0; i < x->n; i++)
        for (size_t j = 0; j < x->n; j++) {
            double c = dot(x, i, j) / (norm[i] * norm[j]);
            if (i == j || norm[i] == 0 || norm[j] == 0)
                continue;
            if (instance && instance->code[i] == instance->code[j]) {
                add(&in, c);
                add(&off, 2 - 2 * c);
                continue;
            }
            add(&out, c);
            add(&square, c * c);
            add(&potential, exp(-t * (2 - 2 * c)));
        }
    for (size_t k = 0; k < x->d; k++)
        sd += column_deviation(x, norm, k) / sqrt(d);
    value[MI_ALIGNMENT] = mean(&off);
    value[MI_UNIFORMITY] = log(mean(&potential));
    value[MI_POSITIVE_COSINE] = mean(&in);
    value[MI_POSITIVE_COSINE_SD] = deviation(&in, 0);
    value[MI_OTHER_COSINE] = mean(&out);
    value[MI_OTHER_COSINE_SD] = deviation(&out, 0);
    value[MI_SELF_CLUSTERING] = (mean(&square) - 1 / d) / (1 - 1 / d);
    value[MI_UNIT_SD] = sd;
    value[MI_NORM] = mean(&norms);
    value[MI_NORM_SD] = deviation(&norms, 1);
    free(norm);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The likelihood of GRIDE in the paper's own words, but for log d, which stands n - 1 times. */
static double log_likelihood(const double *q, size_t n, double s, double d)
{
    double sum = -log(d);
    for (size_t i = 0; i < n; i++)
        sum += log(d) + (s / 2 - 1) * log(pow(q[i], d) - 1) - ((s - 1) * d + 1) * log(q[i]);
    return sum;
}

/* Its largest value by golden section. */
static double most_likely(const double *q, size_t n, double s)
{
    double low = 0.01, high = 100, golden = (sqrt(5) - 1) / 2;
    while (high - low > 1e-9) {
        double a = high - golden * (high - low), b = low + golden * (high - low);
        if (log_likelihood(q, n, s, a) > log_likelihood(q, n, s, b))
            high = b;
        else
            low = a;
    }
    return (low + high) / 2;
}

/* r (n, n-1): distances to all others, the nearest first. */
static double *sorted_distances(const mi_mat *x)
{
    double *r = malloc(x->n * x->n * sizeof *r);
    for (size_t i = 0; i < x->n; i++) {
        double *row = r + i * (x->n - 1);
        size_t n = 0;
        for (size_t j = 0; j < x->n; j++)
            if (i != j)
                row[n++] = sqrt(dot(x, i, i) + dot(x, j, j) - 2 * dot(x, i, j));
        qsort(row, n, sizeof *row, ascending);
    }
    return r;
}

static double twin_of_two_nn(double *q, size_t n)
{
    double xy = 0, xx = 0;
    qsort(q, n, sizeof *q, ascending);
    for (size_t i = 1; i <= n * 9 / 10; i++) {
        xy -= log(q[i - 1]) * log(1 - (double)i / (double)n);
        xx += log(q[i - 1]) * log(q[i - 1]);
    }
    return xy / xx;
}

static double twin_of_hubs(const mi_mat *x, const double *r, size_t k)
{
    sums first = {0};
    double cube = 0, *occurs = calloc(x->n, sizeof *occurs);
    for (size_t i = 0; i < x->n; i++)
        for (size_t j = 0; j < x->n; j++)
            if (i != j &&
                sqrt(dot(x, i, i) + dot(x, j, j) - 2 * dot(x, i, j)) <= r[i * (x->n - 1) + k - 1])
                occurs[j]++;
    for (size_t j = 0; j < x->n; j++)
        add(&first, occurs[j]);
    for (size_t j = 0; j < x->n; j++)
        cube += pow((occurs[j] - mean(&first)) / deviation(&first, 0), 3) / first.n;
    free(occurs);
    return cube;
}

/* Of points that are all different. */
static void twin_of_points(double *value, const mi_mat *x, size_t k)
{
    size_t n = x->n;
    double *r = sorted_distances(x), *q = malloc(n * sizeof *q), sum = 0;
    for (size_t s = 0; s < MI_GRIDE_SCALES; s++) {
        size_t outer = (size_t)2 << s;
        for (size_t i = 0; i < n; i++)
            q[i] = r[i * (n - 1) + outer - 1] / r[i * (n - 1) + outer / 2 - 1];
        value[MI_GRIDE + s] = most_likely(q, n, (double)outer);
        if (s == 0)
            value[MI_TWO_NN] = twin_of_two_nn(q, n);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j + 1 < k; j++)
            sum += log(r[i * (n - 1) + k - 1] / r[i * (n - 1) + j]) / (double)n;
    value[MI_MLE] = (double)(k - 1) / sum;
    value[MI_HUBNESS] = twin_of_hubs(x, r, k);
    free(r);
    free(q);
}

static void expect_values(const double *found, const double *wanted, int first, int last)
{
    for (int v = first; v < last; v++)
        if (fabs(found[v] - wanted[v]) > 3e-7 * (1 + fabs(wanted[v])) ||
            isnan(found[v]) != isnan(wanted[v]))
            fail_msg("%s is %.12g, wanted %.12g", mi_geometry_name(v), found[v], wanted[v]);
}

/* ---- values ---- */

static void numbers_are_those_of_the_twin(void **state)
{
    static const struct {
        size_t n, d, views;
        mi_float type;
    } shapes[] = {{120, 6, 1, MI_F64}, {120, 6, 2, MI_F32}, {150, 200, 3, MI_F32}};
    (void)state;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        mi_mat x, points;
        mi_groups instance;
        mi_geometry g;
        double wanted[MI_GEOMETRY_NUMBERS];
        draw_matrix(&x, shapes[s].n, shapes[s].d, shapes[s].type, NULL, 0);
        draw_instances(&instance, shapes[s].n, shapes[s].views);
        CHECK(mi_geometry_of(&g, &x, &instance, &opts, &run));
        CHECK(mi_mat_gather(&points, &x, instance.first, instance.g));
        twin_of_sphere(wanted, &x, &instance, 2);
        twin_of_points(wanted, &points, 10);
        expect_values(g.value, wanted, 0, MI_GEOMETRY_NUMBERS);
        assert_int_equal(g.points, instance.g);
        mi_mat_free(&x);
        mi_mat_free(&points);
        mi_groups_free(&instance);
    }
}

static void zero_rows_and_equal_rows(void **state)
{
    mi_mat x, points;
    mi_geometry g;
    double wanted[MI_GEOMETRY_NUMBERS];
    size_t row[70], n = 0;
    (void)state;
    draw_matrix(&x, 90, 5, MI_F64, NULL, 0);
    double *at = x.x;
    for (size_t i = 0; i < 90; i += 30)
        memset(at + i * 5, 0, 5 * sizeof *at);
    for (size_t i = 1; i < 90;
         i += 5) /* 18 rows equal to the one before; of the first a zero row */
        memcpy(at + i * 5, at + (i - 1) * 5, 5 * sizeof *at);
    for (size_t i = 0; i < 90; i++)
        if (i % 5 != 1 && i != 30 && i != 60)
            row[n++] = i;
    CHECK(mi_mat_gather(&points, &x, row, n));
    CHECK(mi_geometry_of(&g, &x, NULL, &opts, &run));
    twin_of_sphere(wanted, &x, NULL, 2);
    twin_of_points(wanted, &points, 10);
    expect_values(g.value, wanted, 0, MI_GEOMETRY_NUMBERS);
    assert_int_equal(g.zero_rows, 6);
    assert_int_equal(g.equal_rows, 20);
    assert_int_equal(g.points, 70);
    assert_int_equal(g.equal_points, 20);
    assert_true(g.norm_min == 0);
    mi_mat_free(&x);
    mi_mat_free(&points);
}

static void worked_by_hand(void **state)
{
    double x[] = {3, 0, 0, 7, 0, 4, 0, 7, 5, 0, 0, 7};
    int64_t id[] = {1, 2, 1};
    mi_mat m = mi_mat_view_f64(x, 3, 3, 4);
    mi_groups instance;
    mi_geometry g;
    (void)state;
    CHECK(mi_groups_of_bytes(&instance, id, 3, sizeof *id));
    CHECK(mi_geometry_of(&g, &m, &instance, &opts, &run));
    assert_true(g.n == 3 && g.instances == 2 && g.zero_rows == 0 && g.equal_rows == 0);
    assert_true(g.dead_columns == 1 && g.constant_columns == 1);
    assert_true(g.norm_min == 3 && g.norm_max == 5 && g.points == 2);
    CHECK_NEAR(g.value[MI_NORM], 4, 1e-15);
    CHECK_NEAR(g.value[MI_NORM_SD], 1, 1e-15);
    CHECK_NEAR(g.value[MI_ALIGNMENT], 0, 1e-15);
    CHECK_NEAR(g.value[MI_POSITIVE_COSINE], 1, 1e-15);
    CHECK_NEAR(g.value[MI_OTHER_COSINE], 0, 1e-15);
    CHECK_NEAR(g.value[MI_UNIFORMITY], -4, 1e-6);
    CHECK_NEAR(g.value[MI_SELF_CLUSTERING], -0.5, 1e-15);
    CHECK_NEAR(g.value[MI_UNIT_SD], 2 / 3.0, 1e-15); /* (sqrt(1/3) + sqrt(1/3) + 0) / sqrt(3) */
    for (int v = MI_HUBNESS; v < MI_GEOMETRY_NUMBERS; v++)
        assert_true(isnan(g.value[v]));
    mi_groups_free(&instance);
}

static void constant_columns_and_one_direction(void **state)
{
    mi_mat x;
    mi_geometry g;
    (void)state;
    CHECK(mi_mat_alloc(&x, 40, 4, MI_F32));
    for (size_t i = 0; i < 40; i++)
        memcpy((float *)x.x + i * 4, (float[]){0, 2, -1, 5}, 16);
    CHECK(mi_geometry_of(&g, &x, NULL, &opts, &run));
    assert_true(g.constant_columns == 4 && g.dead_columns == 1);
    assert_true(g.equal_rows == 39 && g.points == 1 && g.equal_points == 39 && g.asked == 0);
    CHECK_NEAR(g.value[MI_UNIT_SD], 0, 0);
    CHECK_NEAR(g.value[MI_SELF_CLUSTERING], 1, 1e-14);
    CHECK_NEAR(g.value[MI_UNIFORMITY], 0, 1e-6);
    assert_true(isnan(g.value[MI_TWO_NN]) && isnan(g.value[MI_HUBNESS]));
    mi_mat_free(&x);
}

/* Nearly collapsed: differences of views and deviations keep their digits. */
static void close_views_keep_their_digits(void **state)
{
    mi_mat x;
    mi_groups instance;
    mi_geometry g;
    (void)state;
    CHECK(mi_mat_alloc(&x, 400, 2, MI_F64));
    for (size_t i = 0; i < 400;
         i++) { /* on the circle, at 1e-6 i and, for the second view, 1e-9 on */
        double angle = 1e-6 * (double)(i / 2) + 1e-9 * (double)(i % 2);
        ((double *)x.x)[2 * i] = 7 * sin(angle);
        ((double *)x.x)[2 * i + 1] = 7 * cos(angle);
    }
    draw_instances(&instance, 400, 2);
    CHECK(mi_geometry_of(&g, &x, &instance, &opts, &run));
    CHECK_NEAR(g.value[MI_ALIGNMENT] / 1e-18, 1, 1e-5);
    /* n^2 - 1 over 12 for 200 angles a step apart, twice each: sd of angle over sqrt(2) */
    CHECK_NEAR(g.value[MI_UNIT_SD], sqrt(39999.0 / 12 * 400 / 399) * 1e-6 / sqrt(2), 1e-8);
    mi_groups_free(&instance);
    mi_mat_free(&x);
}

/* ---- errors ---- */

/* The delete-one jackknife by doing it. */
static void errors_are_those_of_leaving_out(void **state)
{
    enum { G = 20 };
    mi_mat x;
    mi_groups instance;
    mi_geometry g;
    double left[G][MI_GEOMETRY_NUMBERS];
    (void)state;
    draw_matrix(&x, 3 * G, 7, MI_F64, NULL, 0);
    draw_instances(&instance, 3 * G, 3);
    CHECK(mi_geometry_of(&g, &x, &instance, &opts, &run));
    for (size_t c = 0; c < G; c++) {
        size_t row[3 * G], n = 0;
        mi_mat rest;
        mi_groups rest_instances;
        for (size_t i = 0; i < x.n; i++)
            if ((size_t)instance.code[i] != c)
                row[n++] = i;
        CHECK(mi_mat_gather(&rest, &x, row, n));
        CHECK(mi_groups_gather(&rest_instances, &instance, row, n));
        twin_of_sphere(left[c], &rest, &rest_instances, 2);
        mi_mat_free(&rest);
        mi_groups_free(&rest_instances);
    }
    for (int v = 0; v <= MI_NORM_SD; v++) {
        sums s = {0};
        for (size_t c = 0; c < G; c++)
            add(&s, left[c][v]);
        CHECK_NEAR(g.se[v] / (sqrt(G - 1.0) * deviation(&s, 0)), 1, 1e-4);
        assert_true(g.degrees[v] == G - 1);
    }
    mi_groups_free(&instance);
    mi_mat_free(&x);
}

/* Sets of points whose dimension is known: the errors of their estimates are what they vary by. */
static void errors_of_dimensions_are_right(void **state)
{
    enum { SETS = 120, N = 300, D = 3 };
    sums value[MI_GEOMETRY_NUMBERS] = {{0}}, square[MI_GEOMETRY_NUMBERS] = {{0}};
    (void)state;
    for (int s = 0; s < SETS; s++) {
        mi_mat x;
        mi_geometry g;
        CHECK(mi_mat_alloc(&x, N, D, MI_F64));
        for (size_t k = 0; k < N * D; k++)
            ((double *)x.x)[k] = draw_uniform();
        CHECK(mi_geometry_of(&g, &x, NULL, &opts, &run));
        for (int v = MI_HUBNESS; v < MI_GEOMETRY_NUMBERS; v++) {
            add(&value[v], g.value[v]);
            add(&square[v], g.se[v] * g.se[v]);
        }
        mi_mat_free(&x);
    }
    for (int v = MI_TWO_NN; v < MI_GEOMETRY_NUMBERS; v++)
        CHECK_NEAR(mean(&value[v]), D, 0.5);
    for (int v = MI_HUBNESS; v < MI_GEOMETRY_NUMBERS; v++) {
        double ratio = sqrt(mean(&square[v])) / deviation(&value[v], 1);
        if (ratio < 0.78 || ratio > 1.28)
            fail_msg("%s: error over what it varies by is %.3f", mi_geometry_name(v), ratio);
    }
}

static void no_errors_when_not_asked(void **state)
{
    mi_mat x;
    mi_geometry g;
    (void)state;
    draw_matrix(&x, 60, 4, MI_F32, NULL, 0);
    opts.se = 0;
    CHECK(mi_geometry_of(&g, &x, NULL, &opts, &run));
    for (int v = 0; v < MI_GEOMETRY_NUMBERS; v++)
        assert_true(isnan(g.se[v]));
    mi_mat_free(&x);
}

/* ---- what holds for any data ---- */

static void expect_same(const mi_geometry *a, const mi_geometry *b, double tolerance)
{
    for (int v = 0; v < MI_GEOMETRY_NUMBERS; v++) {
        assert_int_equal(isnan(a->value[v]), isnan(b->value[v]));
        if (!isnan(a->value[v]))
            CHECK_NEAR(a->value[v], b->value[v], tolerance * (1 + fabs(b->value[v])));
        if (!isnan(a->se[v]))
            CHECK_NEAR(a->se[v], b->se[v], tolerance * (1 + fabs(b->se[v])));
    }
}

static void threads_files_and_scale_change_nothing(void **state)
{
    mi_mat x, scaled;
    mi_groups instance;
    mi_geometry one, other;
    (void)state;
    draw_matrix(&x, 700, 12, MI_F32, NULL, 0);
    draw_instances(&instance, 700, 2);
    run.threads = 1;
    CHECK(mi_geometry_of(&one, &x, &instance, &opts, &run));
    run.threads = 3;
    CHECK(mi_geometry_of(&other, &x, &instance, &opts, &run));
    expect_same(&one, &other, 1e-13);
    CHECK(mi_mat_alloc(&scaled, 700, 12, MI_F64));
    for (size_t k = 0; k < 700 * 12; k++)
        ((double *)scaled.x)[k] = 1e100 * ((float *)x.x)[k];
    CHECK(mi_geometry_of(&other, &scaled, &instance, &opts, &run));
    for (int v = MI_NORM; v <= MI_NORM_SD; v++) {
        other.value[v] /= 1e100;
        other.se[v] /= 1e100;
    }
    expect_same(&one, &other, 1e-6);
    source_take(&x, 50);
    run.memory_bytes = 64 << 20;
    CHECK(mi_geometry_of(&other, &x, &instance, &opts, &run));
    expect_same(&one, &other, 1e-12);
    mi_mat_free(&x);
    mi_mat_free(&scaled);
    mi_groups_free(&instance);
}

/* Where there is no room for d x d moments, and where there are fewer rows than columns. */
static void squares_without_room(void **state)
{
    mi_mat x;
    mi_geometry one, other;
    (void)state;
    draw_matrix(&x, 1000, 900, MI_F32, NULL, 0);
    opts.se = 0;
    CHECK(mi_geometry_of(&one, &x, NULL, &opts, &run));
    run.threads = 1;
    run.memory_bytes =
        11500000; /* more than panels need, less than 900 x 900 doubles and a panel */
    CHECK(mi_geometry_of(&other, &x, NULL, &opts, &run));
    expect_same(&one, &other, 1e-12);
    mi_mat_free(&x);
}

static void classes_are_sets_of_their_own(void **state)
{
    mi_mat x, rows;
    mi_groups y, instance, some;
    mi_geometry found[3], wanted;
    size_t row[200], n = 0;
    (void)state;
    draw_matrix(&x, 200, 5, MI_F32, NULL, 0);
    draw_instances(&instance, 200, 2);
    draw_groups(&y, 200, 3);
    CHECK(mi_geometry_of_classes(found, &x, &instance, &y, &opts, &run));
    for (size_t i = 0; i < 200; i++)
        if (y.code[i] == 1)
            row[n++] = i;
    CHECK(mi_mat_gather(&rows, &x, row, n));
    CHECK(mi_groups_gather(&some, &instance, row, n));
    CHECK(mi_geometry_of(&wanted, &rows, &some, &opts, &run));
    assert_int_equal(found[1].n, n);
    expect_same(&found[1], &wanted, 0);
    mi_mat_free(&x);
    mi_mat_free(&rows);
    mi_groups_free(&y);
    mi_groups_free(&instance);
    mi_groups_free(&some);
}

/* ---- samples ---- */

static void large_sets_by_samples(void **state)
{
    enum { N = 50100 };
    mi_mat x;
    mi_geometry exact, sampled;
    (void)state;
    LEAVE_OUT_UNDER_VALGRIND();
    draw_matrix(&x, N, 4, MI_F32, NULL, 0);
    CHECK(mi_geometry_of(&exact, &x, NULL, &opts, &run));
    assert_true(exact.asked == N && exact.half_width == 0 && !isnan(exact.value[MI_HUBNESS]));
    run.tolerance = 0.01;
    CHECK(mi_geometry_of(&sampled, &x, NULL, &opts, &run));
    assert_true(sampled.asked == 10000 && sampled.points == N);
    assert_true(sampled.half_width > 0 && sampled.half_width < 0.01);
    assert_true(isnan(sampled.value[MI_HUBNESS]));
    CHECK_NEAR(sampled.value[MI_UNIFORMITY], exact.value[MI_UNIFORMITY], 2 * sampled.half_width);
    for (int v = MI_TWO_NN; v < MI_GEOMETRY_NUMBERS; v++) {
        CHECK_NEAR(sampled.value[v], exact.value[v], 4 * sampled.se[v]);
        assert_true(sampled.se[v] > 1.3 * exact.se[v] && sampled.se[v] < 3 * exact.se[v]);
    }
    mi_mat_free(&x);
}

/* ---- failures ---- */

static void out_of_memory(void **state)
{
    mi_mat x;
    mi_groups instance;
    mi_geometry g;
    int32_t code[60] = {0};
    size_t count = 60, first = 0;
    const mi_groups one_class = {60, 1, code, &count, &first};
    long k = 0;
    mi_status status;
    (void)state;
    draw_matrix(&x, 60, 4, MI_F32, NULL, 0);
    memset(x.x, 0, 4 * sizeof(float)); /* a zero row, so that rows are picked */
    draw_instances(&instance, 60, 2);
    run.threads = 2;
    do {
        mi_fail_allocation(++k);
        status = mi_geometry_of_classes(&g, &x, &instance, &one_class, &opts, &run);
        mi_fail_allocation(0);
        assert_true(status == MI_OK || status == MI_ENOMEM);
    } while (status != MI_OK);
    assert_true(k > 40);
    mi_groups_free(&instance);
    mi_mat_free(&x);
}

static void says(mi_status found, mi_status wanted, const char *text)
{
    assert_string_equal(found == MI_OK ? "done" : mi_detail(), text);
    assert_int_equal(found, wanted);
}

static void what_cannot_be_asked(void **state)
{
    float x[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    mi_mat m = mi_mat_view(x, 6, 2, 0);
    mi_groups few;
    mi_geometry g;
    const mi_geometry_opts *o = &opts;
    (void)state;
    draw_instances(&few, 4, 2);
    says(mi_geometry_of(NULL, &m, NULL, o, &run), MI_EUSAGE,
         "mi_geometry_of without a result or options");
    says(mi_geometry_of(&g, &m, NULL, NULL, &run), MI_EUSAGE,
         "mi_geometry_of without a result or options");
    says(mi_geometry_of(&g, NULL, NULL, o, &run), MI_EUSAGE, "no matrix, wanted one with rows");
    says(mi_geometry_of(&g, &m, &few, o, &run), MI_EUSAGE,
         "instances of 4 rows for a matrix of 6, wanted as many");
    says(mi_geometry_of(&g, &m, NULL, &(mi_geometry_opts){.t = 0, .k = 2}, &run), MI_EUSAGE,
         "t 0 of the uniformity, wanted above 0, 20 at most");
    says(mi_geometry_of(&g, &m, NULL, &(mi_geometry_opts){.t = 2, .k = 1}, &run), MI_EUSAGE,
         "1 neighbours, wanted 2 to 500");
    says(mi_geometry_of(&g, &m, NULL, o, NULL), MI_EUSAGE,
         "a computation without a run: mi_run_default makes one");
    says(mi_geometry_of_classes(&g, &m, NULL, &few, o, &run), MI_EUSAGE,
         "classes of 4 rows for a matrix of 6, wanted as many");
    says(mi_geometry_of_classes(&g, &m, NULL, NULL, o, &run), MI_EUSAGE,
         "classes without rows, wanted groups of one or more");
    x[7] = INFINITY;
    assert_int_equal(mi_geometry_of(&g, &m, NULL, o, &run), MI_EDATA);
    assert_string_equal(mi_geometry_name(-1), "?");
    assert_string_equal(mi_geometry_name(MI_GEOMETRY_NUMBERS), "?");
    mi_geometry_opts_default(NULL);
    mi_groups_free(&few);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(numbers_are_those_of_the_twin, start),
        cmocka_unit_test_setup(zero_rows_and_equal_rows, start),
        cmocka_unit_test_setup(worked_by_hand, start),
        cmocka_unit_test_setup(constant_columns_and_one_direction, start),
        cmocka_unit_test_setup(close_views_keep_their_digits, start),
        cmocka_unit_test_setup(errors_are_those_of_leaving_out, start),
        cmocka_unit_test_setup(errors_of_dimensions_are_right, start),
        cmocka_unit_test_setup(no_errors_when_not_asked, start),
        cmocka_unit_test_setup(threads_files_and_scale_change_nothing, start),
        cmocka_unit_test_setup(squares_without_room, start),
        cmocka_unit_test_setup(classes_are_sets_of_their_own, start),
        cmocka_unit_test_setup(large_sets_by_samples, start),
        cmocka_unit_test_setup(out_of_memory, start),
        cmocka_unit_test_setup(what_cannot_be_asked, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
