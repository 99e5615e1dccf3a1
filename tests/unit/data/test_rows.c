/* Rows that are zero or not finite. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "libmi/base/pool.h"
#include "libmi/data/kernel.h"
#include "libmi/data/mat_internal.h"
#include "libmi/data/rows.h"
#include "source.h"

enum { N = 8 };

/* `bad` has a character a row, 'x' for the bad ones. */
static void expect(const mi_mat *m, mi_row_fault fault, const char *bad)
{
    unsigned char found[N];
    size_t first = 99, count = 0, wanted_first = 99;
    for (size_t i = 0; i < m->n; i++)
        if (bad[i] == 'x' && count++ == 0)
            wanted_first = i;
    assert_int_equal(mi_rows_find(m, fault, &first, found), count);
    assert_int_equal(first, wanted_first);
    for (size_t i = 0; i < m->n; i++)
        assert_int_equal(found[i], bad[i] == 'x');
    assert_int_equal(mi_rows_find(m, fault, &first, NULL), count);
    assert_int_equal(mi_rows_check(m, fault), count ? MI_EDATA : MI_OK);
}

static void found_in_both_types(void **state)
{
    /* The fourth column is outside: ld is 4, d is 3. */
    double x[N][4] = {{1, -INFINITY, 2, 0}, {0, -0.0, 0, NAN},   {0, NAN, 0, 0},
                      {0, 1e-300, 0, 0},    {INFINITY, 0, 0, 0}, {0, 0, 0, 1},
                      {1, 2, 1e300, 0},     {NAN, NAN, NAN, 0}};
    float y[N][4];
    mi_mat wide = {.n = N, .d = 3, .ld = 4, .type = MI_F64, .x = x};
    mi_mat narrow = {.n = N, .d = 3, .ld = 4, .type = MI_F32, .x = y};
    (void)state;
    for (int i = 0; i < N; i++)
        for (int k = 0; k < 4; k++)
            y[i][k] = (float)x[i][k];
    expect(&wide, MI_ROWS_ALL_ZERO, " x   x  ");
    expect(&wide, MI_ROWS_NOT_FINITE, "x x x  x");
    expect(&narrow, MI_ROWS_ALL_ZERO, " x x x  "); /* 1e-300 is 0 and 1e300 infinite */
    expect(&narrow, MI_ROWS_NOT_FINITE, "x x x xx");
    narrow.n = 0;
    assert_int_equal(mi_rows_find(&narrow, MI_ROWS_ALL_ZERO, NULL, NULL), 0);
    assert_int_equal(mi_rows_check(&narrow, MI_ROWS_ALL_ZERO), MI_EUSAGE);
}

static void the_finite_extremes_are_fine(void **state)
{
    float x[2][2] = {{3.4028235e38f, -3.4028235e38f}, {1e-45f, 0}};
    double y[2][2] = {{1.7976931348623157e308, -1.7976931348623157e308}, {5e-324, 0}};
    mi_mat narrow = {.n = 2, .d = 2, .ld = 2, .type = MI_F32, .x = x};
    mi_mat wide = {.n = 2, .d = 2, .ld = 2, .type = MI_F64, .x = y};
    (void)state;
    for (int fault = 0; fault < 2; fault++) {
        expect(&narrow, (mi_row_fault)fault, "  ");
        expect(&wide, (mi_row_fault)fault, "  ");
    }
}

/* One pass says what two would. */
static void looked_at_once(void **state)
{
    float x[4][2] = {{1, 2}, {0, -0.0f}, {1e-45f, 0}, {0, 0}};
    const mi_mat m = mi_mat_view(&x[0][0], 4, 2, 0);
    size_t zero = 99;
    (void)state;
    assert_int_equal(mi_rows_look(&zero, &m), MI_OK);
    assert_int_equal(zero, 2);
    x[2][1] = -INFINITY;
    assert_int_equal(mi_rows_look(&zero, &m), MI_EDATA);
    assert_string_equal(mi_detail(),
                        "row 2 has NaN or infinity (1 of 4 rows do), wanted finite numbers; "
                        "transform drop-nonfinite removes them");
    assert_int_equal(mi_rows_look(NULL, &m), MI_EUSAGE);
}

static void what_the_refusals_say(void **state)
{
    float x[3] = {1, 0, 0}, y[3] = {1, 2, NAN};
    (void)state;
    const mi_mat zeros = mi_mat_view(x, 3, 1, 0), holes = mi_mat_view(y, 3, 1, 0);
    assert_int_equal(mi_rows_check(&zeros, MI_ROWS_ALL_ZERO), MI_EDATA);
    assert_string_equal(mi_detail(),
                        "row 1 is all zero (2 of 3 rows are), which has no cosine; try "
                        "zero-rows drop, or a gaussian, laplacian or delta kernel");
    assert_int_equal(mi_rows_check(&holes, MI_ROWS_NOT_FINITE), MI_EDATA);
    assert_string_equal(mi_detail(),
                        "row 2 has NaN or infinity (1 of 3 rows do), wanted finite numbers; "
                        "transform drop-nonfinite removes them");
}

static void squares_and_norms_that_are_no_doubles(void **state)
{
    double x[3][2] = {{1, 2}, {1e-310, -1e-310}, {3, 1}};
    float single[2] = {1e-45f, 3e38f};
    const mi_mat small = mi_mat_view_f64(x[1], 1, 2, 0), all = mi_mat_view_f64(x[0], 3, 2, 0);
    const mi_mat narrow = mi_mat_view(single, 1, 2, 0);
    mi_var v;
    (void)state;
    assert_int_equal(mi_rows_check_squares(&all), MI_OK);
    assert_int_equal(mi_rows_check_squares(&narrow), MI_OK);
    assert_int_equal(mi_rows_check_squares(&small), MI_EDATA);
    assert_string_equal(mi_detail(),
                        "the largest number is 1e-310, whose square is below what double "
                        "precision holds; multiply all rows by one number");
    assert_int_equal(mi_var_real(&v, (mi_kernel){.kind = MI_KERNEL_LINEAR}, &all), MI_EDATA);
    assert_string_equal(mi_detail(), "row 1 is so small that its norm is no number of double "
                                     "precision; multiply all rows by one number");
    x[1][0] = x[1][1] = 1.7e308;
    assert_int_equal(mi_rows_check_squares(&all), MI_EDATA);
    assert_int_equal(mi_var_real(&v, (mi_kernel){.kind = MI_KERNEL_LINEAR}, &all), MI_EDATA);
    assert_string_equal(mi_detail(), "row 1 is so large that its norm is no number of double "
                                     "precision; multiply all rows by one number");
}

static mi_status pick_often(void *arg, size_t task, int worker)
{
    const mi_mat *m = arg;
    const size_t row[] = {task % N, 0};
    (void)worker;
    for (int k = 0; k < 100000; k++) {
        mi_mat picked = {0};
        MI_TRY(mi_mat_pick(&picked, m, row, 2));
        mi_mat_free(&picked);
    }
    return MI_OK;
}

/* What is picked borrows the source: its users are counted from all threads. */
static void threads_pick_rows_of_one_file(void **state)
{
    mi_mat m;
    mi_run run;
    (void)state;
    draw_seed(7);
    draw_matrix(&m, N, 2, MI_F64, NULL, 0);
    source_take(&m, 1);
    mi_run_default(&run);
    run.threads = 8;
    CHECK(mi_parallel(&run, 8, pick_often, &m));
    assert_int_equal(m.source->users, 1);
    mi_mat_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_in_both_types),
        cmocka_unit_test(the_finite_extremes_are_fine),
        cmocka_unit_test(looked_at_once),
        cmocka_unit_test(what_the_refusals_say),
        cmocka_unit_test(squares_and_norms_that_are_no_doubles),
        cmocka_unit_test(threads_pick_rows_of_one_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
