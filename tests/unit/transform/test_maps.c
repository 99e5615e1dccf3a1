/* Maps of rows and choices of rows: golden values that NumPy made, and properties. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "libmi/features/half.h"
#include "libmi/transform/maps.h"
#include "libmi/transform/scatter.h"
#include "libmi/transform/select.h"

/* ---- golden values ----
 *
 * numpy 1.24.2:
 *
 *     n, d = 7, 4; i = np.arange(n)[:, None]; k = np.arange(d)[None, :]
 *     x = np.sin(1.3 * i * (k + 1) + k) + k; c = x - x.mean(0)
 *     u, s, vt = np.linalg.svd(c, full_matrices=False)
 *     standard = c / x.std(0)
 *     y = c @ vt[:2].T;                           pca_gram = y @ y.T     (free of signs)
 *     w = c @ vt[:3].T / (s[:3] / np.sqrt(n));    white_gram = w @ w.T
 *     top2 = np.where(x >= np.sort(x, axis=1)[:, [d - 2]], x, 0)
 *     unit = x[3] / np.linalg.norm(x[3])
 *     def fsq(z, L):
 *         h = (L - 1) * (1 - 1e-3) / 2; o = 0 if L % 2 else .5
 *         return np.rint(np.tanh(z + np.tan(o / h)) * h - o) / (L // 2) + 0.0
 *     fsqL = fsq(np.linspace(-3, 3, 13), L)
 */
enum { N = 7, D = 4 };

static const double mean[] = {0.160214582256707, 1.02767215472617, 2.1231113430875,
                              3.04139597599361};

static const double standard[] = {
    -0.232941157975764, 1.12240574974994,   1.19930835560455,   0.152095055695838,
    1.16800722216902,   -0.648497953057591, -0.758143501722809, 1.37162868673199,
    0.51656294332872,   -0.152764300516121, -0.746858735414352, 1.06605586177273,
    -1.232906599824,    0.768562219232819,  1.19420916909569,   -0.439809694842962,
    -1.51742442799919,  -1.30612009921549,  -1.63524339027259,  -1.54528310590664,
    0.0798287436341782, 1.32809727201911,   0.531670737311767,  -1.07528299481621,
    1.21887327666704,   -1.11168288821266,  0.21505736539775,   0.47059619136526};

static const double pca_gram[] = {
    1.2854537313832,   -0.823837575144847, -0.492518993404689, 1.10261866205813,
    -1.54576888608167, 1.08820555233902,   -0.614152491149136, -0.823837575144847,
    1.88089795416945,  1.11828063669797,   -1.58278897744439,  -0.774302845753902,
    -1.2121336310702,  1.39388443854592,   -0.492518993404689, 1.11828063669797,
    0.664877387056068, -0.942240686223612, -0.454835107756393, -0.722302494020327,
    0.828739257650989, 1.10261866205813,   -1.58278897744439,  -0.942240686223612,
    1.51316143746656,  -0.18292815760964,  1.26674756988658,   -1.17456984813362,
    -1.54576888608167, -0.774302845753902, -0.454835107756393, -0.18292815760964,
    4.16134965259204,  -0.637094937651055, -0.566419717739382, 1.08820555233902,
    -1.2121336310702,  -0.722302494020327, 1.26674756988658,   -0.637094937651055,
    1.11704523345678,  -0.900467292940805, -0.614152491149136, 1.39388443854592,
    0.828739257650989, -1.17456984813362,  -0.566419717739382, -0.900467292940805,
    1.03298565376604};

static const double pca_variance[] = {0.936200081275972, 0.728910068708336};

static const double white_gram[] = {
    1.63517945431095,  -0.566931302077519, 0.0115358849303904, 1.29760690572993,
    -2.0661997520349,  0.95109204765655,   -1.26228323851541,  -0.566931302077519,
    2.45769828766838,  2.08751113843604,   -1.47494151236396,  -1.11118841145957,
    -1.72205237223504, 0.32990417203166,   0.0115358849303904, 2.08751113843604,
    2.65532664942664,  -0.516987978443492, -0.626785159858258, -1.79232365776215,
    -1.81827687672916, 1.29760690572993,   -1.47494151236396,  -0.516987978443492,
    1.74154486115534,  -0.179722933842105, 1.08657018351549,   -1.95406952575121,
    -2.0661997520349,  -1.11118841145957,  -0.626785159858258, -0.179722933842105,
    5.70127649664568,  -0.84132245942359,  -0.876057780027256, 0.95109204765655,
    -1.72205237223504, -1.79232365776215,  1.08657018351549,   -0.84132245942359,
    1.77311363002519,  0.544922628223546,  -1.26228323851541,  0.32990417203166,
    -1.81827687672916, -1.95406952575121,  -0.876057780027256, 0.544922628223546,
    5.03586062076782};

static const double top2[] = {
    0, 0, 2.90929742682568, 3.14112000805987, 0, 0, 1.62612333516976, 3.94073055667977,
    0, 0, 1.63352087074807, 3.74037588995245, 0, 0, 2.90595474230846, 2.75302633826338,
    0, 0, 1.05115550208188, 2.02820155425614, 0, 0, 2.4716390030942,  2.33636611578703,
    0, 0, 2.26408852138447, 3.34995136895666};

static const double unit[] = {-0.157748217337466, 0.363521610459607, 0.666518952904593,
                              0.631442811404699};

static const double fsq2[] = {-1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
static const double fsq3[] = {-1, -1, -1, -1, -1, 0, 0, 0, 1, 1, 1, 1, 1};
static const double fsq4[] = {-1, -1, -1, -1, -0.5, -0.5, 0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
static const double fsq5[] = {-1, -1, -1, -1, -1, -0.5, 0, 0.5, 1, 1, 1, 1, 1};
static const double fsq8[] = {-1, -1, -1, -1, -0.75, -0.5, 0, 0.25, 0.5, 0.75, 0.75, 0.75, 0.75};

static void fill(double *x)
{
    for (int i = 0; i < N; i++)
        for (int k = 0; k < D; k++)
            x[i * D + k] = sin(1.3 * i * (k + 1) + k) + k;
}

static void check_all(const double *found, const double *wanted, size_t n, double tolerance)
{
    for (size_t k = 0; k < n; k++)
        CHECK_NEAR(found[k], wanted[k], tolerance);
}

/* The scatter of the golden rows, taken in as two blocks. */
static void scatter_of_rows(mi_scatter *s, int with_products)
{
    double x[N * D];
    fill(x);
    CHECK(mi_scatter_alloc(s, D, with_products));
    mi_scatter_add(s, x, 3);
    mi_scatter_add(s, x + 3 * D, N - 3);
}

/* Rows under a map; the map is freed. */
static void apply(mi_map *m, double *y)
{
    double x[N * D], work[D];
    fill(x);
    mi_map_apply(m, x, N, y, work);
    mi_map_free(m);
}

static void check_gram(const double *y, size_t d, const double *wanted)
{
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) {
            double sum = 0;
            for (size_t k = 0; k < d; k++)
                sum += y[i * d + k] * y[j * d + k];
            CHECK_NEAR(sum, wanted[i * N + j], 1e-12);
        }
}

static void test_center_standardize(void **state)
{
    mi_scatter s;
    mi_map m;
    double x[N * D], y[N * D];
    (void)state;
    fill(x);
    scatter_of_rows(&s, 0);
    check_all(s.mean, mean, D, 1e-14);
    CHECK(mi_map_center(&m, &s));
    apply(&m, y);
    for (int k = 0; k < N * D; k++)
        CHECK_NEAR(y[k], x[k] - mean[k % D], 1e-14);
    CHECK(mi_map_standardize(&m, &s));
    apply(&m, y);
    check_all(y, standard, N * D, 1e-13);
    mi_scatter_free(&s);
}

static void test_pca(void **state)
{
    mi_scatter s;
    mi_map m;
    double y[N * 2], square[2] = {0};
    (void)state;
    scatter_of_rows(&s, 1);
    CHECK(mi_map_pca(&m, &s, 2));
    apply(&m, y);
    check_gram(y, 2, pca_gram);
    for (int k = 0; k < N * 2; k++)
        square[k % 2] += y[k] * y[k] / N;
    check_all(square, pca_variance, 2, 1e-13);
    assert_int_equal(mi_map_pca(&m, &s, 5), MI_EDATA);
    assert_string_equal(mi_detail(), "5 components of 4 columns, wanted 1 to 4");
    mi_scatter_free(&s);
}

static void test_whiten(void **state)
{
    mi_scatter s;
    mi_map m;
    double y[N * D], x[N * D];
    (void)state;
    scatter_of_rows(&s, 1);
    CHECK(mi_map_whiten(&m, &s, 3));
    apply(&m, y);
    check_gram(y, 3, white_gram);
    mi_scatter_free(&s);

    scatter_of_rows(&s, 1);
    CHECK(mi_map_whiten(&m, &s, 0));
    assert_int_equal(m.d_out, D);
    apply(&m, y);
    mi_scatter_free(&s);
    CHECK(mi_scatter_alloc(&s, D, 1));
    mi_scatter_add(&s, y, N);
    for (int i = 0; i < D; i++)
        for (int j = 0; j <= i; j++)
            CHECK_NEAR(s.product[i * D + j] / N, i == j, 1e-12);
    mi_scatter_free(&s);

    fill(x);
    CHECK(mi_scatter_alloc(&s, D, 1));
    mi_scatter_add(&s, x, 3); /* three rows span two directions */
    assert_int_equal(mi_map_whiten(&m, &s, 0), MI_EDATA);
    assert_string_equal(mi_detail(),
                        "3 rows have variance in 2 directions only, wanted 4; try 2 components");
    mi_scatter_free(&s);
}

static void test_topk_unit(void **state)
{
    mi_map m;
    double y[N * D];
    (void)state;
    CHECK(mi_map_topk(&m, D, 2));
    apply(&m, y);
    check_all(y, top2, N * D, 1e-14);
    mi_map_unit(&m, D);
    apply(&m, y);
    check_all(y + 3 * D, unit, D, 1e-14);
}

static void check_fsq(size_t levels, const double *wanted)
{
    double x[13];
    mi_map m;
    for (int k = 0; k < 13; k++)
        x[k] = -3 + 0.5 * k;
    CHECK(mi_map_fsq(&m, 13, levels));
    mi_map_apply(&m, x, 1, x, NULL);
    for (int k = 0; k < 13; k++) {
        CHECK_NEAR(x[k], wanted[k], 0);
        assert_false(signbit(x[k]) && x[k] == 0);
    }
}

static void test_fsq(void **state)
{
    (void)state;
    check_fsq(2, fsq2);
    check_fsq(3, fsq3);
    check_fsq(4, fsq4);
    check_fsq(5, fsq5);
    check_fsq(8, fsq8);
}

/* ---- properties ---- */

static void test_fsq_has_exactly_its_levels(void **state)
{
    enum { POINTS = 4001 };
    (void)state;
    for (size_t levels = 2; levels <= 20; levels++) {
        static double x[POINTS];
        mi_map m;
        size_t different = 1;
        for (int k = 0; k < POINTS; k++)
            x[k] = (k - POINTS / 2) * 0.01;
        CHECK(mi_map_fsq(&m, POINTS, levels));
        mi_map_apply(&m, x, 1, x, NULL);
        for (int k = 1; k < POINTS; k++) {
            assert_true(x[k] >= x[k - 1]);
            different += x[k] != x[k - 1];
        }
        assert_int_equal(different, levels);
    }
    mi_map m;
    assert_int_equal(mi_map_fsq(&m, 4, 1), MI_EUSAGE);
}

static int falling(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

static void test_topk_is_the_head_of_the_sorted_row(void **state)
{
    enum { WIDE = 37 };
    double x[WIDE], sorted[WIDE], work[WIDE];
    (void)state;
    draw_seed(5);
    for (int trial = 0; trial < 400; trial++) {
        size_t k = 1 + draw_below(WIDE);
        double sum = 0, wanted = 0;
        mi_map m;
        for (int i = 0; i < WIDE; i++) /* few values: many ties */
            sorted[i] = x[i] = 1 + (double)draw_below(1 + (size_t)trial);
        qsort(sorted, WIDE, sizeof *sorted, falling);
        CHECK(mi_map_topk(&m, WIDE, k));
        mi_map_apply(&m, x, 1, x, work);
        size_t kept = 0;
        for (int i = 0; i < WIDE; i++) {
            kept += x[i] != 0;
            sum += x[i];
        }
        for (size_t i = 0; i < k; i++)
            wanted += sorted[i];
        assert_int_equal(kept, k);
        CHECK_NEAR(sum, wanted, 0);
    }
}

static void test_topk_corners(void **state)
{
    double tie[4] = {2, 1, 2, 2}, nan_row[3] = {1, NAN, 5}, work[4];
    mi_map m;
    (void)state;
    CHECK(mi_map_topk(&m, 4, 2));
    mi_map_apply(&m, tie, 1, tie, work);
    check_all(tie, (double[]){2, 0, 2, 0}, 4, 0);
    CHECK(mi_map_topk(&m, 3, 1));
    mi_map_apply(&m, nan_row, 1, nan_row, work);
    assert_true(isnan(nan_row[1]) && nan_row[0] == 0 && nan_row[2] == 0);
    assert_int_equal(mi_map_topk(&m, 4, 5), MI_EDATA);
    assert_string_equal(mi_detail(), "the largest 5 of 4 columns, wanted 1 to 4");
}

static void test_rows_of_zeros_and_constant_columns(void **state)
{
    double zero[3] = {0}, x[6] = {1e8, 1, 2, 1e8, 1, 3}, work[3];
    mi_scatter s;
    mi_map m;
    (void)state;
    mi_map_unit(&m, 3);
    mi_map_apply(&m, zero, 1, zero, work);
    check_all(zero, (double[]){0, 0, 0}, 3, 0);
    double copy[6];
    memcpy(copy, x, sizeof x);
    CHECK(mi_scatter_alloc(&s, 3, 0));
    mi_scatter_add(&s, copy, 2);
    CHECK(mi_map_standardize(&m, &s));
    mi_map_apply(&m, x, 2, x, work);
    check_all(x, (double[]){0, 0, -1, 0, 0, 1}, 6, 1e-15);
    mi_map_free(&m);
    mi_scatter_free(&s);
}

static void test_pool(void **state)
{
    double x[12] = {1, 2, 3, 10, 20, 30, -1, -2, -3, 0, 0, 6}, y[4];
    mi_map m;
    (void)state;
    mi_map_pool(&m, 6, 3);
    mi_map_apply(&m, x, 2, y, NULL);
    check_all(y, (double[]){2, 20, -2, 2}, 4, 0);
}

static void test_scatter_far_from_zero(void **state)
{
    double x[1000];
    mi_scatter s;
    (void)state;
    draw_seed(9);
    CHECK(mi_scatter_alloc(&s, 1, 1));
    for (int block = 0; block < 10; block++) {
        for (int k = 0; k < 1000; k++)
            x[k] = 1e9 + (k % 2 ? 1 : -1);
        mi_scatter_add(&s, x, 1000);
    }
    CHECK_NEAR(s.mean[0], 1e9, 1e-6);
    CHECK_NEAR(s.square[0], 1e4, 1e-6);
    CHECK_NEAR(s.product[0], 1e4, 1e-6);
    mi_scatter_free(&s);
}

static void test_half(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits < 65536; bits++) {
        uint16_t half = (uint16_t)bits, back;
        float wide;
        mi_half_widen(&wide, &half, 1);
        double value = wide;
        mi_half_narrow(&back, &value, 1);
        if (isnan(value))
            assert_true((back & 0x7fff) > 0x7c00);
        else
            assert_int_equal(back, half);
    }
    const struct {
        double value;
        uint16_t half;
    } row[] = {
        {1 + 0x1p-11, 0x3c00},           /* a tie goes to the even one */
        {1 + 3 * 0x1p-11, 0x3c02},       /* and here up */
        {1 + 0x1p-11 + 0x1p-40, 0x3c01}, /* lost on the way through single precision */
        {65519.99, 0x7bff},
        {65520, 0x7c00},
        {-1e300, 0xfc00},
        {0x1p-25, 0},
        {-0x1p-25, 0x8000},
        {0x1.8p-25, 1},
        {0x1p-14 - 0x1p-26, 0x0400},
        {INFINITY, 0x7c00},
    };
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        uint16_t half;
        mi_half_narrow(&half, &row[k].value, 1);
        assert_int_equal(half, row[k].half);
    }
}

/* ---- rows ---- */

static void check_range(const char *text, const char *wanted)
{
    mi_range range;
    unsigned char keep[10];
    char found[11] = "";
    CHECK(mi_range_parse(&range, text));
    mi_select_range(keep, 10, &range);
    for (int k = 0; k < 10; k++)
        if (keep[k])
            sprintf(found + strlen(found), "%d", k);
    assert_string_equal(found, wanted);
}

static void test_ranges(void **state)
{
    static const char *const wrong[] = {"5",      "",        "a:b",  "1:2:0",
                                        "1:2:-1", "1:2:3:4", "1:2x", "1::"};
    mi_range range;
    (void)state;
    check_range("2:5", "234");
    check_range(":", "0123456789");
    check_range("::3", "0369");
    check_range("1:8:3", "147");
    check_range("-3:", "789");
    check_range(":-8", "01");
    check_range("-99:99", "0123456789");
    check_range("7:3", "");
    for (size_t k = 0; k + 1 < sizeof wrong / sizeof *wrong; k++)
        assert_int_equal(mi_range_parse(&range, wrong[k]), MI_EUSAGE);
    CHECK(mi_range_parse(&range, "1::"));
}

static void test_instances_stay_whole(void **state)
{
    mi_groups instance, class_of;
    unsigned char keep[60], again[60];
    size_t short_of, has;
    int32_t id[60], y[60];
    (void)state;
    for (int k = 0; k < 60; k++) {
        id[k] = k % 20; /* views stacked */
        y[k] = id[k] % 4;
    }
    CHECK(mi_groups_of_bytes(&instance, id, 60, sizeof *id));
    CHECK(mi_groups_of_bytes(&class_of, y, 60, sizeof *y));
    CHECK(mi_select_instances(keep, &instance, 7, 3));
    CHECK(mi_select_instances(again, &instance, 7, 3));
    assert_memory_equal(keep, again, 60);
    CHECK(mi_select_instances(again, &instance, 7, 4));
    assert_memory_not_equal(keep, again, 60);
    int kept = 0;
    for (int k = 0; k < 20; k++) {
        assert_true(keep[k] == keep[k + 20] && keep[k] == keep[k + 40]);
        kept += keep[k];
    }
    assert_int_equal(kept, 7);

    CHECK(mi_select_per_class(keep, &instance, &class_of, 3, 1, &short_of, &has));
    int per_class[4] = {0};
    for (int k = 0; k < 60; k++)
        per_class[y[k]] += keep[k];
    for (int c = 0; c < 4; c++)
        assert_int_equal(per_class[c], 9);
    assert_int_equal(mi_select_per_class(keep, &instance, &class_of, 6, 1, &short_of, &has),
                     MI_EDATA);
    assert_int_equal(has, 5);
    assert_int_equal(mi_select_instances(keep, &instance, 21, 1), MI_EDATA);
    mi_groups_free(&instance);
    mi_groups_free(&class_of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_center_standardize),
        cmocka_unit_test(test_pca),
        cmocka_unit_test(test_whiten),
        cmocka_unit_test(test_topk_unit),
        cmocka_unit_test(test_fsq),
        cmocka_unit_test(test_fsq_has_exactly_its_levels),
        cmocka_unit_test(test_topk_is_the_head_of_the_sorted_row),
        cmocka_unit_test(test_topk_corners),
        cmocka_unit_test(test_rows_of_zeros_and_constant_columns),
        cmocka_unit_test(test_pool),
        cmocka_unit_test(test_scatter_far_from_zero),
        cmocka_unit_test(test_half),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_instances_stay_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
