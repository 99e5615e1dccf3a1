/* Rows that are zero or not finite. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rows.h"

static void expect(const mi_mat *m, size_t zeros, size_t nonfinites)
{
    size_t first;
    assert_int_equal(mi_rows_find(m, MI_ROWS_ALL_ZERO, &first, NULL), zeros);
    assert_int_equal(mi_rows_find(m, MI_ROWS_NOT_FINITE, &first, NULL), nonfinites);
}

static void counted_in_both_types(void **state)
{
    /* The fourth column is outside: ld is 4, d is 3. */
    double x[8][4] = {{0, 0, 0, 1},      {0, -0.0, 0, NAN},   {0, NAN, 0, 0},
                      {0, 1e-300, 0, 0}, {INFINITY, 0, 0, 0}, {1, -INFINITY, 2, 0},
                      {1, 2, 1e300, 0},  {NAN, NAN, NAN, 0}};
    float y[8][4];
    for (int i = 0; i < 8; i++)
        for (int k = 0; k < 4; k++)
            y[i][k] = (float)x[i][k];
    (void)state;
    expect(&(mi_mat){.n = 8, .d = 3, .ld = 4, .type = MI_F64, .x = x}, 2, 4);
    expect(&(mi_mat){.n = 8, .d = 3, .ld = 4, .type = MI_F32, .x = y}, 3, 5); /* 1e-300 and 1e300 */
    expect(&(mi_mat){.n = 0, .d = 3, .ld = 4, .type = MI_F32, .x = y}, 0, 0);
}

static void largest_and_smallest_finite(void **state)
{
    float x[2][2] = {{3.4028235e38f, -3.4028235e38f}, {1e-45f, 0}};
    (void)state;
    expect(&(mi_mat){.n = 2, .d = 2, .ld = 2, .type = MI_F32, .x = x}, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counted_in_both_types),
        cmocka_unit_test(largest_and_smallest_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
