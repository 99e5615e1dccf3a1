/* Features that stay in their file: the same values as from memory, and failures that come
 * through. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "source.h"

#include "libmi/data/mat_internal.h"

enum { N = 1500, ENOUGH = 1800000 };

static const double two = 2;
static const mi_kernel linear = {.kind = MI_KERNEL_LINEAR};
static const mi_kernel gaussian = {.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 4};

/* ---- rows ---- */

static void expect_rows(const mi_mat *found, const mi_mat *m, const size_t *row, size_t n)
{
    assert_int_equal(found->n, n);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < m->d; k++)
            assert_true(mi_mat_get(found, i, k) == mi_mat_get(m, row[i], k));
}

static void rows_in_any_order(void **state)
{
    static const mi_float types[] = {MI_F32, MI_F64};
    (void)state;
    draw_seed(1);
    for (int t = 0; t < 2; t++) {
        mi_mat m, there, found, picked, again;
        size_t row[2 * N];
        draw_matrix(&m, N, 3, types[t], NULL, 0);
        CHECK(mi_mat_gather(&there, &m, (size_t[]){0}, 0));
        mi_mat_free(&there);
        for (size_t i = 0; i < 2 * N; i++)
            row[i] = i < N ? i : draw_below(N);
        CHECK(mi_mat_gather(&there, &m, row, N));
        source_take(&there, 7);
        CHECK(mi_mat_gather(&found, &there, row + N, N));
        expect_rows(&found, &m, row + N, N);
        /* Rows of rows, which outlive the matrix they were picked from. */
        CHECK(mi_mat_pick(&picked, &there, row + N, N));
        mi_mat_free(&there);
        mi_mat_free(&found);
        CHECK(mi_mat_gather(&found, &picked, (size_t[]){5, 3, 3}, 3));
        expect_rows(&found, &m, (size_t[]){row[N + 5], row[N + 3], row[N + 3]}, 3);
        CHECK(mi_mat_pick(&again, &picked, (size_t[]){9, 1}, 2));
        mi_mat_free(&picked);
        mi_mat_free(&found);
        CHECK(mi_mat_gather(&found, &again, (size_t[]){0, 1}, 2));
        expect_rows(&found, &m, (size_t[]){row[N + 9], row[N + 1]}, 2);
        mi_mat_free(&again);
        mi_mat_free(&found);
        mi_mat_free(&m);
    }
}

/* Neighbours that change places, as views do, cost one reading of a window. */
static void swapped_neighbours_are_read_once(void **state)
{
    mi_mat m, found;
    size_t row[N];
    (void)state;
    draw_matrix(&m, N, 3, MI_F32, NULL, 0);
    for (size_t i = 0; i < N; i++)
        row[i] = i ^ 1;
    source_take(&m, 7);
    source_readings = source_rows = 0;
    CHECK(mi_mat_gather(&found, &m, row, N));
    assert_int_equal(source_readings, 1);
    assert_int_equal(source_rows, N);
    mi_mat_free(&found);
    mi_mat_free(&m);
}

static void equal_rows_are_found(void **state)
{
    mi_mat m;
    mi_groups plain, hashed;
    (void)state;
    CHECK(mi_mat_alloc(&m, N, 2, MI_F32));
    for (size_t i = 0; i < N; i++) {
        ((float *)m.x)[2 * i] = (float)draw_below(5);
        ((float *)m.x)[2 * i + 1] = draw_below(2) ? 0.0f : -0.0f;
    }
    CHECK(mi_groups_of_rows(&plain, &m));
    source_take(&m, 7);
    CHECK(mi_groups_of_rows(&hashed, &m));
    assert_int_equal(plain.g, 5);
    assert_int_equal(hashed.g, plain.g);
    assert_memory_equal(hashed.code, plain.code, N * sizeof *plain.code);
    mi_groups_free(&plain);
    mi_groups_free(&hashed);
    mi_mat_free(&m);
}

/* ---- bounds ---- */

static mi_bounds_opts order_2(void)
{
    mi_bounds_opts o;
    mi_bounds_opts_default(&o);
    o.alpha = &two;
    o.n_alpha = 1;
    o.decompose = o.se = 1;
    return o;
}

static mi_status bounds_from_file(mi_bounds_result *r, const mi_sample *s, const mi_bounds_opts *o,
                                  size_t memory)
{
    mi_sample in_file;
    mi_run run;
    mi_run_default(&run);
    run.threads = 2;
    run.memory_bytes = memory;
    source_sample(&in_file, s, memory);
    mi_status status = mi_bounds(r, &in_file, o, &run);
    mi_sample_free(&in_file);
    return status;
}

static void expect_same_bounds(const mi_sample *s, const mi_bounds_opts *o)
{
    mi_bounds_result memory, file;
    mi_run run;
    mi_run_default(&run);
    run.route = MI_ROUTE_TILES;
    CHECK(mi_bounds(&memory, s, o, &run));
    source_readings = 0;
    CHECK(bounds_from_file(&file, s, o, o->se ? ENOUGH : ENOUGH / 2));
    assert_true(source_readings > 14); /* several panels */
    assert_int_equal(file.route, MI_ROUTE_TILES);
    for (mi_term t = 0; t < MI_TERMS; t++) {
        if (isnan(memory.value[t])) {
            assert_true(isnan(file.value[t]));
            continue;
        }
        CHECK_NEAR(file.value[t], memory.value[t], 4e-6);
        if (!isnan(memory.se[t]))
            CHECK_NEAR(file.se[t], memory.se[t], 1e-6 + 1e-4 * memory.se[t]);
    }
}

static void bounds_equal_those_from_memory(void **state)
{
    static const mi_kernel kernels[] = {{.kind = MI_KERNEL_LINEAR},
                                        {.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 12},
                                        {.kind = MI_KERNEL_LAPLACIAN, .bandwidth = 12},
                                        {.kind = MI_KERNEL_POLYNOMIAL, .degree = 3, .offset = 1}};
    (void)state;
    draw_seed(2);
    for (int k = 0; k < 4; k++) {
        mi_bounds_opts o = order_2();
        mi_sample s;
        draw_sample(&s, N, 100, 60, kernels[k]);
        for (o.estimator = MI_ESTIMATOR_V; o.estimator <= MI_ESTIMATOR_C; o.estimator++)
            expect_same_bounds(&s, &o);
        o.estimator = MI_ESTIMATOR_V;
        draw_positive(&s);
        expect_same_bounds(&s, &o);
        mi_sample_free(&s);
    }
}

static void other_estimators_of_r(void **state)
{
    static const char *const how[] = {"infonce", "infonce:0.001", "barlow"};
    (void)state;
    draw_seed(3);
    mi_sample s;
    draw_sample(&s, N, 100, 60, linear);
    for (int k = 0; k < 3; k++) {
        mi_bounds_opts o = order_2();
        o.se = 0;
        CHECK(mi_i_z1_r_parse(&o.i_z1_r, how[k]));
        expect_same_bounds(&s, &o);
    }
    mi_sample_free(&s);
}

static void batches_are_read_into_memory(void **state)
{
    mi_bounds_opts o = order_2();
    mi_bounds_result memory, file;
    mi_run run;
    mi_sample s;
    (void)state;
    mi_run_default(&run);
    draw_seed(4);
    draw_sample(&s, N, 100, 60, linear);
    o.batch = 50;
    CHECK(mi_bounds(&memory, &s, &o, &run));
    CHECK(bounds_from_file(&file, &s, &o, ENOUGH));
    for (mi_term t = MI_H_Z1; t < MI_FIRST_DECOMPOSED; t++)
        assert_true(file.value[t] == memory.value[t]);
    mi_sample_free(&s);
}

/* ---- what cannot be done ---- */

static void a_reading_that_fails_is_the_failure(void **state)
{
    mi_bounds_opts o = order_2();
    mi_bounds_result r;
    mi_sample s;
    char wanted[64];
    (void)state;
    draw_seed(5);
    draw_sample(&s, N, 100, 60, gaussian);
    source_readings = source_fails_at = 0;
    CHECK(bounds_from_file(&r, &s, &o, ENOUGH));
    size_t readings = source_readings;
    for (size_t k = 1; k <= readings; k++) {
        source_readings = 0;
        source_fails_at = k;
        assert_int_equal(bounds_from_file(&r, &s, &o, ENOUGH), MI_EDATA);
        snprintf(wanted, sizeof wanted, "reading number %zu fails", k);
        assert_non_null(strstr(mi_detail(), wanted));
    }
    source_fails_at = 0;
    mi_sample_free(&s);
}

static void what_needs_memory_says_so(void **state)
{
    static const double one = 1;
    mi_bounds_opts o = order_2();
    mi_bounds_result r;
    mi_sample s;
    (void)state;
    draw_seed(6);
    draw_sample(&s, N, 100, 60, linear);
    assert_int_equal(bounds_from_file(&r, &s, &o, 20000), MI_EMEMORY);
    assert_non_null(strstr(mi_detail(), "numbers of "));
    o.se = 0;
    assert_int_equal(bounds_from_file(&r, &s, &o, 20000), MI_EMEMORY);
    assert_non_null(strstr(mi_detail(), "a pass over 1500 rows from the file needs"));
    o.alpha = &one;
    assert_int_equal(bounds_from_file(&r, &s, &o, ENOUGH), MI_EMEMORY);
    assert_non_null(strstr(mi_detail(), "orders other than 2 need the features in memory"));
    mi_sample_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_in_any_order),
        cmocka_unit_test(swapped_neighbours_are_read_once),
        cmocka_unit_test(equal_rows_are_found),
        cmocka_unit_test(bounds_equal_those_from_memory),
        cmocka_unit_test(other_estimators_of_r),
        cmocka_unit_test(batches_are_read_into_memory),
        cmocka_unit_test(a_reading_that_fails_is_the_failure),
        cmocka_unit_test(what_needs_memory_says_so),
    };
    return cmocka_run_group_tests_name("panels", tests, NULL, NULL);
}
