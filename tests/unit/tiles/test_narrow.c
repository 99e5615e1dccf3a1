/* Rows in bfloat16: rounding, what stands beside them, and products against plain sums in double. */
#include <math.h>
#include <string.h>

#include "draw.h"

#include "libmi/base/mem.h"
#include "libmi/tiles/narrow.h"

enum { ROWS = 70, PAD = 5 };

static float feature(const float *row, size_t k)
{
    uint32_t bits = 0;
    float x;
    uint16_t half;
    memcpy(&half, (const char *)row + k * sizeof half, sizeof half);
    bits = (uint32_t)half << 16;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* A number of 8 digits of mantissa is itself, one between two goes to the nearer, a tie to the even. */
static void rounds_to_nearest(void **state)
{
    static const struct {
        double x, wanted;
    } row[] = {
        {1, 1},
        {-1.9921875, -1.9921875},
        {1 + 0x1p-8, 1},
        {1 + 0x1p-8 + 0x1p-20, 1 + 0x1p-7},
        {1 + 3 * 0x1p-8, 1 + 0x1p-6},
        {-0x1p-60, -0x1p-60},
        {0, 0},
    };
    (void)state;
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        float to[MI_NARROW_FLOATS(1)];
        double m = 0;
        mi_narrow_put(to, &row[k].x, &m, 1);
        assert_true(feature(to, 0) == row[k].wanted);
        assert_true(feature(to, 1) == 0);
        assert_true(to[1] == 0);
    }
}

/* <x_i, x_j>, m the mean, or -|x_i - x_j|^2 / 2, m NULL, as far as bfloat16 goes. */
static double exact(const double *x, const double *y, const double *m, size_t d)
{
    double sum = 0;
    for (size_t k = 0; k < d; k++)
        sum += m ? x[k] * y[k] : -0.5 * (x[k] - y[k]) * (x[k] - y[k]);
    return sum;
}

/* The same of the rounded rows, in double precision: what the products must be. */
static double rounded(const float *x, const float *y, size_t d)
{
    size_t floats = MI_NARROW_FLOATS(d);
    double sum = (double)x[floats - 1] + y[floats - 1];
    for (size_t k = 0; k < d; k++)
        sum += (double)feature(x, k) * feature(y, k);
    return sum;
}

static void is_row_times_row(const double *x, const float *narrow, const double *m, size_t ni,
                             size_t nj, size_t d, const float *g, size_t ldg)
{
    size_t floats = MI_NARROW_FLOATS(d);
    for (size_t i = 0; i < ni; i++)
        for (size_t j = 0; j < ldg; j++) {
            double is = g[i * ldg + j];
            if (j >= nj) {
                assert_true(isnan(is)); /* nothing is written there */
                continue;
            }
            const float *p = narrow + i * floats, *q = narrow + (ROWS - 1 - j) * floats;
            CHECK_NEAR(is, rounded(p, q, d), 1e-6 * (double)(d + 10));
            CHECK_NEAR(is, exact(x + i * d, x + (ROWS - 1 - j) * d, m, d),
                       0x1p-7 * sqrt((double)d) + 0x1p-8);
        }
}

/* Rows i against rows from the last one backwards; far from 0 where there is a mean to take away. */
static void check_products(size_t ni, size_t nj, size_t d, int is_distance)
{
    size_t floats = MI_NARROW_FLOATS(d), ldg = nj + PAD;
    double *x, *m;
    float *narrow, *g, *scratch, *back;
    CHECK(MI_NEW(x, ROWS * d));
    CHECK(MI_NEW(m, d));
    CHECK(MI_NEW(narrow, ROWS * floats));
    CHECK(MI_NEW(back, ROWS * floats));
    CHECK(MI_NEW(g, ni * ldg));
    CHECK(MI_NEW(scratch, mi_narrow_scratch(ROWS, floats)));
    for (size_t k = 0; k < d; k++)
        m[k] = is_distance ? 0 : 3 * draw_normal();
    for (size_t k = 0; k < ROWS * d; k++)
        x[k] = m[k % d] + 0.5 * draw_normal();
    for (size_t i = 0; i < ROWS; i++) {
        mi_narrow_put(narrow + i * floats, x + i * d, is_distance ? NULL : m, d);
        memcpy(back + (ROWS - 1 - i) * floats, narrow + i * floats, floats * sizeof *back);
    }
    for (int plain = 0; plain < 2; plain++) {
        for (size_t k = 0; k < ni * ldg; k++)
            g[k] = NAN;
        (plain ? mi_narrow_products_plain : mi_narrow_products)(g, ldg, narrow, ni, back, nj,
                                                                floats, scratch);
        is_row_times_row(x, narrow, is_distance ? NULL : m, ni, nj, d, g, ldg);
    }
    mi_free(x);
    mi_free(m);
    mi_free(narrow);
    mi_free(back);
    mi_free(g);
    mi_free(scratch);
}

static void products_of_any_shape(void **state)
{
    static const struct {
        size_t ni, nj, d;
    } shape[] = {{1, 1, 1}, {8, 32, 2}, {9, 33, 3}, {7, 31, 64}, {70, 70, 129}, {16, 48, 1}};
    (void)state;
    draw_seed(1);
    for (size_t s = 0; s < sizeof shape / sizeof *shape; s++)
        for (int is_distance = 0; is_distance < 2; is_distance++)
            check_products(shape[s].ni, shape[s].nj, shape[s].d, is_distance);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds_to_nearest),
        cmocka_unit_test(products_of_any_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
