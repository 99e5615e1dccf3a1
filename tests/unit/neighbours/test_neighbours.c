/* Nearest rows against all distances, sorted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"

#include "libmi/data/mat_internal.h"
#include "libmi/neighbours/neighbours.h"

static mi_run run;

/* ---- the plain twin ---- */

typedef struct {
    double distance;
    int32_t index;
} near;

static int by_distance(const void *a, const void *b)
{
    const near *x = a, *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

static double norm(const mi_mat *x, size_t i)
{
    double sum = 0;
    for (size_t k = 0; k < x->d; k++)
        sum += mi_mat_get(x, i, k) * mi_mat_get(x, i, k);
    return sqrt(sum);
}

static double distance_of(const mi_mat *x, size_t i, const mi_mat *y, size_t j, mi_metric metric)
{
    double sum = 0, a = 1, b = 1;
    if (metric == MI_COSINE) {
        a = norm(x, i);
        b = norm(y, j);
        if (a == 0 || b == 0)
            return 1;
        a = 1 / a;
        b = 1 / b;
    }
    for (size_t k = 0; k < x->d; k++) {
        double off = mi_mat_get(x, i, k) * a - mi_mat_get(y, j, k) * b;
        sum += off * off;
    }
    return metric == MI_COSINE ? sum / 2 : sqrt(sum);
}

/* All rows of y that row i of x may have, the nearest first; how many. */
static size_t twin(near *out, const mi_mat *x, size_t i, const mi_mat *y, mi_metric metric,
                   const mi_groups *apart)
{
    size_t count = 0;
    for (size_t j = 0; j < y->n; j++) {
        if (x == y && (apart ? apart->code[i] == apart->code[j] : i == j))
            continue;
        out[count++] = (near){distance_of(x, i, y, j, metric), (int32_t)j};
    }
    qsort(out, count, sizeof *out, by_distance);
    return count;
}

static void expect_row(const int32_t *index, const double *distance, size_t k, const near *wanted)
{
    for (size_t j = 0; j < k; j++) {
        CHECK_NEAR(distance[j], wanted[j].distance, 1e-14 + 1e-13 * wanted[j].distance);
        assert_int_equal(index[j], wanted[j].index);
    }
}

static void expect_twin(const mi_mat *x, const mi_neighbours_opts *o)
{
    size_t m = o->ask ? o->m : x->n;
    int32_t *index = malloc(m * o->k * sizeof *index);
    double *distance = malloc(m * o->k * sizeof *distance);
    int32_t *again = malloc(m * o->k * sizeof *index);
    near *wanted = malloc(x->n * sizeof *wanted);
    run.threads = 1;
    CHECK(mi_neighbours(index, distance, x, o, &run));
    for (size_t i = 0; i < m; i++) {
        size_t row = o->ask ? o->ask[i] : i;
        assert_true(twin(wanted, x, row, x, o->metric, o->apart) >= o->k);
        expect_row(index + i * o->k, distance + i * o->k, o->k, wanted);
    }
    run.threads = 3;
    CHECK(mi_neighbours(again, distance, x, o, &run));
    assert_memory_equal(again, index, m * o->k * sizeof *index);
    free(index);
    free(distance);
    free(again);
    free(wanted);
}

static void expect_both(const mi_mat *x, size_t k)
{
    mi_neighbours_opts o;
    mi_neighbours_opts_default(&o);
    o.k = k;
    expect_twin(x, &o);
    o.metric = MI_COSINE;
    expect_twin(x, &o);
}

/* ---- */

static int start(void **state)
{
    (void)state;
    mi_run_default(&run);
    draw_seed(3);
    return 0;
}

/* Shapes with less than a panel, more than one, more columns than rows, all others. */
static void rows_of_any_shape(void **state)
{
    static const struct {
        size_t n, d, k;
        mi_float type;
    } shapes[] = {{2, 1, 1, MI_F32},     {40, 7, 39, MI_F64},  {12, 500, 11, MI_F32},
                  {700, 5, 10, MI_F32},  {1100, 3, 1, MI_F64}, {40, 66000, 5, MI_F32},
                  {530, 16, 529, MI_F32}};
    (void)state;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        mi_mat x;
        draw_matrix(&x, shapes[s].n, shapes[s].d, shapes[s].type, NULL, 0);
        expect_both(&x, shapes[s].k);
        mi_mat_free(&x);
    }
}

/* Numbers whose distances are exact: ties are broken by row. */
static void equal_distances(void **state)
{
    mi_mat x;
    (void)state;
    CHECK(mi_mat_alloc(&x, 600, 4, MI_F32));
    for (size_t k = 0; k < x.n * x.d; k++)
        ((float *)x.x)[k] = (float)draw_below(3);
    mi_neighbours_opts o = {.k = 30};
    expect_twin(&x, &o);
    mi_mat_free(&x);
}

/* Far from the origin, and apart by less than single-precision products can tell; some equal. */
static void near_duplicates(void **state)
{
    mi_mat x;
    (void)state;
    CHECK(mi_mat_alloc(&x, 300, 20, MI_F64));
    for (size_t i = 0; i < x.n; i++)
        for (size_t k = 0; k < x.d; k++)
            ((double *)x.x)[i * x.d + k] =
                1000 + (double)(i % 50 * 37 % 11) + (i % 3 ? 1e-7 * draw_normal() : 0);
    expect_both(&x, 60);
    mi_mat_free(&x);
}

static void the_largest_and_the_smallest(void **state)
{
    static const double scales[] = {1e37, 1e-40, 1e140, 1e-140};
    (void)state;
    for (int s = 0; s < 4; s++) {
        mi_mat x;
        draw_matrix(&x, 100, 6, MI_F64, NULL, 0);
        for (size_t k = 0; k < x.n * x.d; k++)
            ((double *)x.x)[k] *= scales[s];
        mi_neighbours_opts o = {.k = 5, .metric = MI_COSINE};
        expect_twin(&x, &o);
        mi_mat_free(&x);
    }
}

/* All-zero rows have a cosine of 0 with every row, so a distance of 1. */
static void zero_rows(void **state)
{
    mi_mat x;
    (void)state;
    draw_matrix(&x, 80, 5, MI_F32, NULL, 0);
    for (size_t i = 0; i < x.n; i += 7)
        memset((float *)x.x + i * x.d, 0, x.d * sizeof(float));
    expect_both(&x, 79);
    expect_both(&x, 6);
    memset(x.x, 0, x.n * x.d * sizeof(float));
    expect_both(&x, 79);
    mi_mat_free(&x);
}

static void views_are_no_neighbours(void **state)
{
    mi_mat x;
    mi_groups instance;
    size_t ask[] = {5, 300, 5, 0, 17};
    (void)state;
    draw_matrix(&x, 400, 9, MI_F32, NULL, 0);
    draw_instances(&instance, 400, 4);
    for (size_t i = 0; i < 100; i++) /* some with more */
        instance.code[i] = 0;
    mi_groups merged;
    CHECK(mi_groups_of_bytes(&merged, instance.code, 400, sizeof *instance.code));
    mi_neighbours_opts o = {.k = 300, .apart = &merged};
    expect_twin(&x, &o);
    o.k = 8;
    o.metric = MI_COSINE;
    o.ask = ask;
    o.m = 5;
    expect_twin(&x, &o);
    mi_groups_free(&instance);
    mi_groups_free(&merged);
    mi_mat_free(&x);
}

static void among_other_rows(void **state)
{
    enum { K = 12 };
    mi_mat ask, among;
    int32_t index[50 * K];
    double distance[50 * K];
    near wanted[900];
    (void)state;
    draw_matrix(&ask, 50, 8, MI_F64, NULL, 0);
    draw_matrix(&among, 900, 8, MI_F32, NULL, 0);
    memset((float *)among.x + 8, 0, 8 * sizeof(float));
    for (int metric = MI_EUCLIDEAN; metric <= MI_COSINE; metric++) {
        CHECK(mi_neighbours_among(index, distance, &ask, &among, K, metric, &run));
        for (size_t i = 0; i < 50; i++) {
            twin(wanted, &ask, i, &among, metric, NULL);
            expect_row(index + i * K, distance + i * K, K, wanted);
        }
    }
    mi_mat_free(&ask);
    mi_mat_free(&among);
}

static void rows_in_a_file(void **state)
{
    mi_mat x;
    int32_t index[2][600 * 3];
    double distance[2][600 * 3];
    mi_neighbours_opts o = {.k = 3, .metric = MI_COSINE};
    (void)state;
    draw_matrix(&x, 600, 10, MI_F32, NULL, 0);
    CHECK(mi_neighbours(index[0], distance[0], &x, &o, &run));
    source_take(&x, 7);
    CHECK(mi_neighbours(index[1], distance[1], &x, &o, &run));
    assert_memory_equal(index[0], index[1], sizeof index[0]);
    assert_memory_equal(distance[0], distance[1], sizeof distance[0]);
    source_readings = 0;
    source_fails_at = 20;
    assert_int_equal(mi_neighbours(index[1], distance[1], &x, &o, &run), MI_EDATA);
    source_fails_at = 0;
    mi_mat_free(&x);
}

static void out_of_memory(void **state)
{
    mi_mat x;
    int32_t index[200];
    double distance[200];
    mi_neighbours_opts o = {.k = 1};
    long k = 0;
    mi_status status;
    (void)state;
    draw_matrix(&x, 200, 4, MI_F32, NULL, 0);
    run.threads = 2;
    do {
        mi_fail_allocation(++k);
        status = mi_neighbours(index, distance, &x, &o, &run);
        mi_fail_allocation(0);
        assert_true(status == MI_OK || status == MI_ENOMEM);
    } while (status != MI_OK);
    assert_true(k > 15);
    mi_mat_free(&x);
}

/* ---- what cannot be asked ---- */

static void says(mi_status found, mi_status wanted, const char *text)
{
    assert_string_equal(found == MI_OK ? "done" : mi_detail(), text);
    assert_int_equal(found, wanted);
}

static void what_cannot_be_asked(void **state)
{
    float x[12] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    int32_t i[12];
    double w[12];
    mi_mat m = mi_mat_view(x, 6, 2, 0), other = mi_mat_view(x, 4, 3, 0);
    mi_groups pairs, few;
    size_t ask[] = {6};
    (void)state;
    draw_instances(&pairs, 6, 3);
    draw_instances(&few, 4, 2);
#define ASK(...) mi_neighbours(i, w, &m, &(mi_neighbours_opts){__VA_ARGS__}, &run)
    says(mi_neighbours(i, w, &m, NULL, &run), MI_EUSAGE, "nearest rows without options");
    says(mi_neighbours(NULL, w, &m, &(mi_neighbours_opts){.k = 1}, &run), MI_EUSAGE,
         "nearest rows without a place to put them");
    says(ASK(.k = 0), MI_EUSAGE, "0 nearest rows, wanted 1 or more");
    says(ASK(.k = 1, .metric = 2), MI_EUSAGE, "metric 2, wanted MI_EUCLIDEAN or MI_COSINE");
    says(ASK(.k = 1, .apart = &few), MI_EUSAGE, "groups of 4 rows for a matrix of 6");
    says(ASK(.k = 1, .ask = ask), MI_EUSAGE,
         "no rows that ask for their nearest, wanted 1 or more");
    says(ASK(.k = 1, .ask = ask, .m = 1), MI_EUSAGE, "row 6 asks for its nearest, there are 6");
    says(ASK(.k = 6), MI_EDATA, "row 0 has 5 other rows to be near to, wanted 6 or more");
    says(ASK(.k = 4, .apart = &pairs), MI_EDATA,
         "row 0 has 3 other rows to be near to, wanted 4 or more");
    says(mi_neighbours_among(i, w, &m, &other, 1, 0, &run), MI_EUSAGE,
         "rows of 2 columns among rows of 3");
    says(mi_neighbours_among(i, w, &m, &m, 7, 0, &run), MI_EDATA,
         "6 rows to choose among, wanted 7 or more");
    run.memory_bytes = 100;
    assert_int_equal(ASK(.k = 1), MI_EMEMORY);
    run.memory_bytes = 0;
    x[5] = NAN;
    assert_int_equal(ASK(.k = 1), MI_EDATA);
    mi_groups_free(&pairs);
    mi_groups_free(&few);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(rows_of_any_shape, start),
        cmocka_unit_test_setup(equal_distances, start),
        cmocka_unit_test_setup(near_duplicates, start),
        cmocka_unit_test_setup(the_largest_and_the_smallest, start),
        cmocka_unit_test_setup(zero_rows, start),
        cmocka_unit_test_setup(views_are_no_neighbours, start),
        cmocka_unit_test_setup(among_other_rows, start),
        cmocka_unit_test_setup(rows_in_a_file, start),
        cmocka_unit_test_setup(out_of_memory, start),
        cmocka_unit_test_setup(what_cannot_be_asked, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
