/* What rows, ids and labels show when they were probably not meant so. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libmi/data/doubt.h"

enum { N = 64, D = 5 };

static mi_groups groups(const int64_t *x, size_t n)
{
    mi_groups g;
    assert_int_equal(mi_groups_of_bytes(&g, x, n, sizeof *x), MI_OK);
    return g;
}

static const struct {
    size_t n, v;
    int64_t x[6];
    unsigned fits;
} layouts[] = {
    {6, 2, {1, 1, 2, 2, 3, 3}, MI_ROWS_INTERLEAVED},
    {6, 2, {1, 2, 3, 1, 2, 3}, MI_ROWS_STACKED},
    {6, 3, {1, 2, 1, 2, 1, 2}, MI_ROWS_STACKED},
    {6, 3, {1, 1, 1, 2, 2, 2}, MI_ROWS_INTERLEAVED},
    {6, 2, {1, 1, 1, 1, 1, 1}, MI_ROWS_INTERLEAVED | MI_ROWS_STACKED},
    {6, 2, {1, 1, 2, 2, 3, 1}, 0},
    {5, 2, {1, 1, 1, 1, 1}, 0}, /* 2 does not divide 5 */
    {6, 1, {1, 2, 3, 4, 5, 6}, 0},
};

static void layouts_are_told(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof layouts / sizeof *layouts; k++) {
        mi_groups g = groups(layouts[k].x, layouts[k].n);
        assert_int_equal(mi_groups_layouts(&g, layouts[k].v), layouts[k].fits);
        mi_groups_free(&g);
    }
}

static void mixed_instances_are_counted(void **state)
{
    const int64_t id[] = {7, 8, 9, 7, 8, 9}, label[] = {1, 1, 2, 1, 2, 3};
    mi_groups r = groups(id, 6), y = groups(label, 6), shorter = groups(label, 5);
    (void)state;
    assert_int_equal(mi_groups_mixed(&r, &y), 2);
    assert_int_equal(mi_groups_mixed(&r, &r), 0);
    assert_int_equal(mi_groups_mixed(&r, &shorter), 0);
    mi_groups_free(&r);
    mi_groups_free(&y);
    mi_groups_free(&shorter);
}

/* Column 0 is constant, and column 3 but for the last row; so is the one outside d, which does not count. */
static void constant_columns_are_counted(void **state)
{
    float x[N][D + 1];
    double wide[N][D + 1];
    (void)state;
    for (int i = 0; i < N; i++)
        for (int k = 0; k <= D; k++)
            wide[i][k] = x[i][k] = k == 0 ? 3 : k == 3 ? i == N - 1 : k == D ? 1 : (float)(i * k);
    mi_mat m = mi_mat_view(x[0], N, D, D + 1), same = mi_mat_view(x[0], N - 1, D, D + 1);
    mi_mat w = mi_mat_view_f64(wide[0], N, D, D + 1);
    assert_int_equal(mi_columns_constant(&m), 1);
    assert_int_equal(mi_columns_constant(&w), 1);
    assert_int_equal(mi_columns_constant(&same), 2);
    x[N - 1][0] = NAN;
    assert_int_equal(mi_columns_constant(&m), 0);
}

/* Rows 2c and 2c+1 are alike: ids that say so are right, those of stacked views are wrong. */
static void strangers_are_told_from_views(void **state)
{
    float x[N][D];
    int64_t side[N], stacked[N];
    (void)state;
    for (int i = 0; i < N; i++) {
        side[i] = i / 2;
        stacked[i] = i % (N / 2);
        for (int k = 0; k < D; k++)
            x[i][k] = (float)(sin(1.7 * (i / 2) * (k + 1.3)) + 0.2 * cos(2.3 * i + k));
    }
    mi_mat m = mi_mat_view(x[0], N, D, D), few = mi_mat_view(x[0], N - 2, D, D);
    mi_groups right = groups(side, N), wrong = groups(stacked, N), less = groups(side, N - 2);
    mi_likeness l = mi_views_likeness(&m, &right);
    assert_int_equal(l.instances, N / 2);
    assert_true(l.differ && l.same > l.other + 0.5);
    l = mi_views_likeness(&m, &wrong);
    assert_int_equal(l.instances, N / 2);
    assert_true(!l.differ && fabs(l.same - l.other) < 0.3);
    assert_int_equal(mi_views_layouts(&m, 2), MI_ROWS_INTERLEAVED);
    assert_int_equal(mi_views_layouts(&few, 2), 0);
    double large[N][D];
    for (int i = 0; i < N; i++)
        for (int k = 0; k < D; k++)
            large[i][k] = (i % 2 ? 1e200 : 1e-200) * x[i][k];
    mi_mat far = mi_mat_view_f64(large[0], N, D, D);
    mi_likeness same = mi_views_likeness(&far, &right);
    assert_true(same.differ && same.same > same.other + 0.5);
    assert_int_equal(mi_views_layouts(&m, 1), 0);
    assert_int_equal(mi_views_likeness(&few, &less).instances, 0);
    assert_int_equal(mi_views_likeness(&m, &less).instances, 0);
    mi_groups_free(&right);
    mi_groups_free(&wrong);
    mi_groups_free(&less);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layouts_are_told),
        cmocka_unit_test(mixed_instances_are_counted),
        cmocka_unit_test(constant_columns_are_counted),
        cmocka_unit_test(strangers_are_told_from_views),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
