/* Effective ranks: cases worked by hand, plain twins, and where there is none. */
#include <math.h>
#include <string.h>

#include "draw.h"

#include "libmi/data/groups_internal.h"
#include "libmi/data/mat_internal.h"

static const mi_run one_thread = {.threads = 1};

static mi_mat mat_of(const double *x, size_t n, size_t d)
{
    return (mi_mat){.n = n, .d = d, .ld = d, .type = MI_F64, .x = (void *)(size_t)x};
}

static void rankme_by_hand(void **state)
{
    static const double even[] = {2, 2, 2, 2}, uneven[] = {3, 1}, none[] = {0, 0};
    (void)state;
    CHECK_NEAR(mi_rankme(even, 4, 0), 4, 1e-14);
    /* 4 / 3^(3/4) = exp(0.75 log(4/3) + 0.25 log 4) */
    CHECK_NEAR(mi_rankme(uneven, 2, 0), 4 / pow(3, 0.75), 1e-14);
    /* epsilon is added after the shares, which then do not sum to 1 */
    CHECK_NEAR(mi_rankme(uneven, 2, 0.1), pow(0.85, -0.85) * pow(0.35, -0.35), 1e-14);
    assert_true(isnan(mi_rankme(none, 2, 1e-7)));
}

static void participation_by_hand(void **state)
{
    static const double l[] = {2, 1, 1, 0}, huge[] = {1e200, 1e200}, none[] = {0};
    (void)state;
    CHECK_NEAR(mi_participation_ratio(l, 4), 16.0 / 6, 1e-15);
    CHECK_NEAR(mi_participation_ratio(huge, 2), 2, 1e-15);
    assert_true(isnan(mi_participation_ratio(none, 1)));
}

static void shares_by_hand(void **state)
{
    static const double l[] = {8, 4, 3, 1, 0}, even[] = {2, 2, 2, 2}, none[] = {0, 0};
    (void)state;
    /* shares 1/2, 1/4, 3/16, 1/16 */
    CHECK_NEAR(mi_effective_rank(l, 5),
               exp(log(2) / 2 + log(4) / 4 + 3 * log(16 / 3.0) / 16 + log(16) / 16), 1e-14);
    CHECK_NEAR(mi_nesum(l, 5), 2, 1e-15);
    CHECK_NEAR(mi_condition(l, 5), sqrt(8), 1e-15);
    assert_true(mi_components(l, 5, 0.5) == 1 && mi_components(l, 5, 0.51) == 2);
    assert_true(mi_components(l, 5, 0.9) == 3 && mi_components(l, 5, 1) == 4);
    assert_true(mi_components(even, 4, 0.75) == 3 && isnan(mi_components(even, 4, 0)));
    CHECK_NEAR(mi_effective_rank(even, 4), 4, 1e-14);
    CHECK_NEAR(mi_nesum(even, 4), 4, 1e-15);
    CHECK_NEAR(mi_condition(even, 4), 1, 1e-15);
    assert_true(isnan(mi_effective_rank(none, 2)) && isnan(mi_nesum(none, 2)));
    assert_true(isnan(mi_condition(none, 2)) && isnan(mi_components(none, 2, 0.9)));
    assert_true(isnan(mi_nesum(NULL, 1)) && isnan(mi_condition(l, 0)));
}

static void truncated_vendi_by_hand(void **state)
{
    static const double l[] = {0.5, 0.25, 0.15, 0.1};
    (void)state;
    /* two kept: 0.5 + 0.125, 0.25 + 0.125 */
    CHECK_NEAR(mi_truncated_vendi(l, 4, 2, 2), 1 / (0.625 * 0.625 + 0.375 * 0.375), 1e-14);
    CHECK_NEAR(mi_truncated_vendi(l, 4, 1, 1), 1, 1e-14);
    CHECK_NEAR(mi_truncated_vendi(l, 4, 4, 2), 1 / (0.25 + 0.0625 + 0.0225 + 0.01), 1e-14);
    CHECK_NEAR(mi_truncated_vendi(l, 4, 9, 2), mi_truncated_vendi(l, 4, 4, 2), 0);
    assert_true(isnan(mi_truncated_vendi(l, 4, 0, 2)) && isnan(mi_truncated_vendi(l, 4, 2, 0)));
    mi_fail_allocation(1);
    assert_true(isnan(mi_truncated_vendi(l, 4, 2, 2)));
    mi_fail_allocation(0);
}

/* Averages over all rows i, j, k, m that are different, and no closed form. */
static double ratio_over_fours(const mi_mat *x)
{
    double g[8][8] = {{0}}, a = 0, b = 0;
    for (size_t i = 0; i < x->n; i++)
        for (size_t j = 0; j < x->n; j++)
            for (size_t k = 0; k < x->d; k++)
                g[i][j] += mi_mat_get(x, i, k) * mi_mat_get(x, j, k);
    for (size_t i = 0; i < x->n; i++)
        for (size_t j = 0; j < x->n; j++)
            for (size_t k = 0; k < x->n; k++)
                for (size_t m = 0; m < x->n; m++) {
                    if (i == j || i == k || i == m || j == k || j == m || k == m)
                        continue;
                    a += g[i][i] * g[j][j] - 2 * g[i][i] * g[j][k] + g[i][j] * g[k][m];
                    b += g[i][j] * g[i][j] - 2 * g[i][j] * g[j][k] + g[i][j] * g[k][m];
                }
    return a / b;
}

static void the_corrected_ratio_is_that_over_fours(void **state)
{
    mi_effrank_opts o;
    mi_effranks r;
    (void)state;
    draw_seed(4);
    mi_effrank_opts_default(&o);
    for (size_t n = 4; n <= 8; n++) {
        mi_mat x;
        draw_matrix(&x, n, 5, MI_F64, NULL, 0);
        for (size_t k = 0; k < n * 5; k++)
            ((double *)x.x)[k] = ((double *)x.x)[k] * pow(3, (double)(k % 5)) + 10;
        CHECK(mi_effranks_of(&r, &x, NULL, &o, &one_thread));
        double wanted = ratio_over_fours(&x);
        if (isnan(r.participation_ratio_corrected))
            assert_true(n < 6); /* tr C^2 came out below 0 */
        else
            CHECK_NEAR(r.participation_ratio_corrected / wanted, 1, 1e-8);
        for (size_t k = 0; k < n * 5; k++)
            ((double *)x.x)[k] *= 1e120;
        double before = r.participation_ratio_corrected;
        CHECK(mi_effranks_of(&r, &x, NULL, &o, &one_thread));
        if (!isnan(before))
            CHECK_NEAR(r.participation_ratio_corrected / before, 1, 1e-8);
        mi_mat_free(&x);
    }
    assert_true(isnan(mi_participation_ratio_of_rows(1, 1, 1, 3)));
}

/* What it is for: of 30 rows of 20 independent columns the plain ratio says 12. */
static void the_corrected_ratio_has_little_bias(void **state)
{
    enum { SETS = 300, N = 30, COLUMNS = 20 };
    double plain = 0, corrected = 0;
    mi_effrank_opts o;
    mi_effranks r;
    (void)state;
    draw_seed(6);
    mi_effrank_opts_default(&o);
    for (int s = 0; s < SETS; s++) {
        mi_mat x;
        draw_matrix(&x, N, COLUMNS, MI_F64, NULL, 0);
        CHECK(mi_effranks_of(&r, &x, NULL, &o, &one_thread));
        plain += r.participation_ratio / SETS;
        corrected += r.participation_ratio_corrected / SETS;
        mi_mat_free(&x);
    }
    assert_true(plain < 13 && corrected > 19 && corrected < 22);
}

static void alpha_req_finds_a_power_law(void **state)
{
    double l[200];
    (void)state;
    for (int k = 0; k < 200; k++)
        l[k] = 5 * pow(k + 1, -1.7);
    mi_decay d = mi_alpha_req(l, 200, 4, 100);
    CHECK_NEAR(d.alpha, 1.7, 1e-12);
    CHECK_NEAR(d.r2, 1, 1e-12);
    assert_true(d.low == 4 && d.high == 100);
    d = mi_alpha_req(l, 30, 4, 100);
    assert_int_equal(d.high, 30);
    CHECK_NEAR(d.alpha, 1.7, 1e-12);
    l[0] = 1e9; /* outside the ranks fitted */
    CHECK_NEAR(mi_alpha_req(l, 200, 4, 100).alpha, 1.7, 1e-12);
    l[0] = 5;
    for (int k = 6; k < 200; k++)
        l[k] = k % 2 ? 0 : 1e-15; /* what is round-off ends the range */
    assert_int_equal(mi_alpha_req(l, 200, 4, 100).high, 6);
    assert_true(isnan(mi_alpha_req(l, 200, 5, 100).alpha));
}

/* Ranks 1, 2, 3 with log l = 0, -1, -1: weights 1, 1/2, 1/3 give the line by hand. */
static void alpha_req_weighs_by_rank(void **state)
{
    const double l[] = {1, exp(-1), exp(-1)}, a = log(2), b = log(3);
    double mean = (a / 2 + b / 3) * 6 / 11, mean_l = -(1.0 / 2 + 1.0 / 3) * 6 / 11;
    double kk = mean * mean + pow(a - mean, 2) / 2 + pow(b - mean, 2) / 3;
    double kl = mean * mean_l + (a - mean) * (-1 - mean_l) / 2 + (b - mean) * (-1 - mean_l) / 3;
    (void)state;
    CHECK_NEAR(mi_alpha_req(l, 3, 1, 3).alpha, -kl / kk, 1e-14);
}

static void singular_values_by_hand(void **state)
{
    static const double x[] = {3, 0, 0, 4, 0, 0};
    mi_mat tall = mat_of(x, 3, 2), wide = mat_of(x, 2, 3);
    double raw[2], centred[2];
    (void)state;
    CHECK(mi_singular_values(raw, centred, &tall, &one_thread));
    CHECK_NEAR(raw[0], 4, 1e-14);
    CHECK_NEAR(raw[1], 3, 1e-14);
    /* Centred: x'x less 3 mean mean' = diag(6, 32/3) with -4 off it. */
    CHECK_NEAR(pow(centred[0], 2) + pow(centred[1], 2), 50.0 / 3, 1e-13);
    CHECK_NEAR(pow(centred[0] * centred[1], 2), 48, 1e-12);
    /* Two rows (3,0,0) and (4,0,0): one direction, and one distance between them. */
    CHECK(mi_singular_values(raw, centred, &wide, &one_thread));
    CHECK_NEAR(raw[0], 5, 1e-14);
    CHECK_NEAR(raw[1], 0, 1e-14);
    CHECK_NEAR(centred[0], sqrt(0.5), 1e-14);
    CHECK_NEAR(centred[1], 0, 1e-14);
}

/* sum s^2 = |x|^2 and sum s^4 = |x x'|^2, from the definition, over rows less `mean`. */
static void check_powers(const double *s, size_t count, const mi_mat *m, const double *mean)
{
    double squares = 0, fourths = 0, wanted = 0, wanted_fourths = 0;
    for (size_t k = 0; k < count; k++) {
        squares += s[k] * s[k];
        fourths += pow(s[k], 4);
        assert_true(k == 0 || s[k] <= s[k - 1]);
    }
    for (size_t i = 0; i < m->n; i++) {
        for (size_t j = 0; j < m->n; j++) {
            double dot = 0;
            for (size_t k = 0; k < m->d; k++)
                dot += (mi_mat_get(m, i, k) - mean[k]) * (mi_mat_get(m, j, k) - mean[k]);
            wanted += i == j ? dot : 0;
            wanted_fourths += dot * dot;
        }
    }
    CHECK_NEAR(squares / wanted, 1, 1e-12);
    CHECK_NEAR(fourths / wanted_fourths, 1, 1e-12);
}

static void singular_values_over_many_panels(void **state)
{
    static const size_t shape[][2] = {{700, 9}, {257, 5}, {40, 300}, {300, 300}, {2, 3}};
    (void)state;
    draw_seed(3);
    for (size_t t = 0; t < sizeof shape / sizeof *shape; t++) {
        size_t n = shape[t][0], d = shape[t][1], count = n < d ? n : d;
        double raw[300], centred[300], mean[300] = {0}, zero[300] = {0};
        mi_mat m;
        draw_matrix(&m, n, d, t % 2 ? MI_F64 : MI_F32, NULL, 0);
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < d; k++)
                mean[k] += mi_mat_get(&m, i, k) / (double)n;
        CHECK(mi_singular_values(raw, centred, &m, &one_thread));
        check_powers(raw, count, &m, zero);
        check_powers(centred, count, &m, mean);
        mi_mat_free(&m);
    }
}

/* Four instances at (+-a, 0) and (0, +-c), two views each at +-(s, t) or +-(s, -t) from their mean:
 * S_b = diag(2 a^2/3, 2 c^2/3), S_w = diag(2 s^2, 2 t^2), by hand. */
static void lidar_by_hand(void **state)
{
    const double a = 3, c = 2, s = 0.5, t = 0.25, delta = 0.125;
    const double x[] = {a + s, t,     a - s, -t,    -a + s, -t,     -a - s, t,
                        s,     c + t, -s,    c - t, s,      -c - t, -s,     -c + t};
    const int32_t code[] = {0, 0, 1, 1, 2, 2, 3, 3};
    double l[] = {2 * a * a / 3 / (2 * s * s + delta), 2 * c * c / 3 / (2 * t * t + delta)}, lidar;
    mi_effrank_opts o = {.epsilon = 1e-3, .delta = delta};
    mi_mat m = mat_of(x, 8, 2);
    mi_groups g;
    (void)state;
    CHECK(mi_groups_of_bytes(&g, code, 8, sizeof *code));
    CHECK(mi_lidar(&lidar, &m, &g, &o, &one_thread));
    CHECK_NEAR(lidar, mi_rankme(l, 2, 1e-3), 1e-13);
    mi_groups_free(&g);
}

/* Views in any order, an instance with one view, more rows than wait in a panel: against S_b and
 * S_w of diagonal form, which a shift of the features must not change. */
static void lidar_ignores_order_and_origin(void **state)
{
    enum { N = 900, D = 7 };
    mi_mat m, moved;
    mi_groups g, h;
    size_t row[N];
    double lidar, again;
    mi_effrank_opts o;
    (void)state;
    draw_seed(5);
    mi_effrank_opts_default(&o);
    draw_matrix(&m, N, D, MI_F64, NULL, 0);
    draw_instances(&g, N, 3);
    for (size_t i = 0; i < N; i++)
        row[i] = (i * 7 + 3) % N;
    CHECK(mi_mat_gather(&moved, &m, row, N));
    CHECK(mi_groups_gather(&h, &g, row, N));
    for (size_t i = 0; i < N * D; i++)
        ((double *)moved.x)[i] += 10;
    CHECK(mi_lidar(&lidar, &m, &g, &o, &one_thread));
    CHECK(mi_lidar(&again, &moved, &h, &o, &one_thread));
    CHECK_NEAR(lidar, again, 1e-9);
    assert_true(lidar > 6.5 && lidar <= D + 1e-3); /* noise alone: all directions alike */
    mi_groups_free(&g);
    mi_groups_free(&h);
    mi_mat_free(&m);
    mi_mat_free(&moved);
}

static void lidar_of_what_has_none(void **state)
{
    static const double x[] = {1, 2, 3, 4, 5, 6, 7, 9}, same[] = {1, 2, -1, -2, 2, 1, -2, -1};
    static const double huge[] = {1e9, 2e9, 3e9, 4e9, 5e9, 6e9, 7e9, 8e9};
    static const int32_t own[] = {0, 1, 2, 3}, one[] = {0, 0, 0, 0}, pairs[] = {0, 0, 1, 1};
    const struct {
        const double *x;
        const int32_t *code;
    } none[] = {{x, own}, {x, one}, {same, pairs}, {huge, pairs}};
    mi_effrank_opts o;
    (void)state;
    mi_effrank_opts_default(&o);
    for (size_t k = 0; k < sizeof none / sizeof *none; k++) {
        mi_mat m = mat_of(none[k].x, 4, 2);
        mi_groups g;
        double lidar;
        CHECK(mi_groups_of_bytes(&g, none[k].code, 4, sizeof *none[k].code));
        CHECK(mi_lidar(&lidar, &m, &g, &o, &one_thread));
        if (!isnan(lidar))
            fail_msg("case %zu has %g", k, lidar);
        mi_groups_free(&g);
    }
}

/* Squares of 1e200 overflow and those of 1e-200 vanish; only LiDAR, by its delta, knows of scale. */
static void any_scale_is_as_good(void **state)
{
    enum { N = 40, D = 5 };
    static const double scale[] = {0x1p-700, 0x1p700, 0x1p1000};
    const mi_effrank_opts o = {.epsilon = 1e-7, .fit_low = 1, .fit_high = 5, .delta = 1e-300};
    mi_effranks plain, other;
    mi_groups instance;
    mi_mat x;
    (void)state;
    draw_seed(12);
    draw_matrix(&x, N, D, MI_F64, NULL, 0);
    draw_instances(&instance, N, 2);
    CHECK(mi_effranks_of(&plain, &x, &instance, &o, &one_thread));
    for (size_t k = 0; k < sizeof scale / sizeof *scale; k++) {
        for (size_t i = 0; i < N * D; i++)
            ((double *)x.x)[i] *= scale[k];
        CHECK(mi_effranks_of(&other, &x, &instance, &o, &one_thread));
        CHECK_NEAR(other.rankme, plain.rankme, 1e-12);
        CHECK_NEAR(other.participation_ratio, plain.participation_ratio, 1e-12);
        CHECK_NEAR(other.decay.alpha, plain.decay.alpha, 1e-12);
        if (scale[k] > 1)
            CHECK_NEAR(other.lidar, plain.lidar, 1e-9);
        for (size_t i = 0; i < N * D; i++)
            ((double *)x.x)[i] /= scale[k];
    }
    mi_groups_free(&instance);
    mi_mat_free(&x);
}

/* The mean of 0.1s is not 0.1: what is left of constant rows is no variance. */
static void constant_rows_have_no_ranks(void **state)
{
    static const double constant[] = {1, 0.1, 7.3, 1e-3, 1e200};
    const mi_effrank_opts o = {.epsilon = 1e-7, .fit_low = 1, .fit_high = 5, .delta = 1e-4};
    double x[60 * 4];
    mi_groups instance;
    (void)state;
    draw_instances(&instance, 60, 2);
    for (size_t c = 0; c < sizeof constant / sizeof *constant; c++) {
        mi_effranks r;
        for (int i = 0; i < 60 * 4; i++)
            x[i] = constant[c];
        mi_mat m = mat_of(x, 60, 4);
        CHECK(mi_effranks_of(&r, &m, &instance, &o, &one_thread));
        assert_true(isnan(r.participation_ratio) && isnan(r.decay.alpha) && isnan(r.lidar));
        CHECK_NEAR(r.rankme, 1, 1e-4); /* of the rows themselves, which are of rank one */
    }
    mi_groups_free(&instance);
}

static void too_much_memory_is_refused(void **state)
{
    const mi_run little = {.threads = 1, .memory_bytes = 1000};
    static const double x[32] = {1, 2, 3, 4, 5, 6};
    static const int32_t code[] = {0, 0, 1, 1, 2, 2, 2, 2};
    mi_mat m = mat_of(x, 8, 4), wide = mat_of(x, 4, 8);
    mi_effrank_opts o;
    mi_groups g;
    double raw[4], centred[4];
    (void)state;
    mi_effrank_opts_default(&o);
    CHECK(mi_groups_of_bytes(&g, code, 8, sizeof *code));
    assert_int_equal(mi_singular_values(raw, centred, &m, &little), MI_EMEMORY);
    assert_string_equal(mi_detail(),
                        "the singular values of 4 columns need 8.45e-06 GB, allowed are 1e-06 GB");
    assert_int_equal(mi_lidar(raw, &m, &g, &o, &little), MI_EMEMORY);
    assert_string_equal(mi_detail(), "LiDAR of 4 columns needs 1.68e-05 GB, allowed are 1e-06 GB");
    assert_int_equal(mi_singular_values(raw, centred, &wide, &(mi_run){.memory_bytes = 300}),
                     MI_EMEMORY);
    assert_string_equal(mi_detail(),
                        "4 rows of 8 columns in coordinates of their span need 5.2e-07 "
                        "GB, allowed are 3e-07 GB");
    mi_groups_free(&g);
}

/* The twins of few rows have more rows than columns: rows of zeros leave singular values as they are;
 * with every row three times, means stay, and scatter is three times as much over more rows. */
static void few_rows_of_many_columns(void **state)
{
    enum { N = 12, D = 31 };
    static const int32_t code[] = {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3};
    mi_effrank_opts o;
    mi_groups g;
    mi_mat x, tall;
    double raw[N], centred[N], twin[D], none[D];
    (void)state;
    draw_seed(31);
    mi_effrank_opts_default(&o);
    draw_matrix(&x, N, D, MI_F64, NULL, 0);
    CHECK(mi_mat_alloc(&tall, D, D, MI_F64));
    memset(tall.x, 0, D * D * sizeof(double));
    memcpy(tall.x, x.x, N * D * sizeof(double));
    CHECK(mi_singular_values(raw, centred, &x, &one_thread));
    CHECK(mi_singular_values(twin, none, &tall, &one_thread));
    for (int k = 0; k < N; k++)
        CHECK_NEAR(raw[k], twin[k], 1e-12);
    double mean[D] = {0};
    for (int i = 0; i < N * D; i++)
        mean[i % D] += ((double *)x.x)[i] / N;
    for (int i = 0; i < N * D; i++)
        ((double *)tall.x)[i] -= mean[i % D];
    CHECK(mi_singular_values(twin, none, &tall, &one_thread));
    for (int k = 0; k < N - 1; k++)
        CHECK_NEAR(centred[k], twin[k], 1e-12);
    assert_true(centred[N - 1] < 1e-12);
    mi_mat_free(&tall);
    CHECK(mi_groups_of_bytes(&g, code, N, sizeof *code));
    double few, many;
    CHECK(mi_lidar(&few, &x, &g, &o, &one_thread));
    mi_groups_free(&g);
    CHECK(mi_mat_alloc(&tall, 3 * N, D, MI_F64));
    int32_t often[3 * N];
    for (int i = 0; i < 3 * N; i++) {
        often[i] = code[i % N];
        memcpy((double *)tall.x + i * D, (double *)x.x + i % N * D, D * sizeof(double));
    }
    CHECK(mi_groups_of_bytes(&g, often, 3 * N, sizeof *often));
    o.delta *= (double)(3 * (N - 4)) / (3 * N - 4);
    CHECK(mi_lidar(&many, &tall, &g, &o, &one_thread));
    CHECK_NEAR(few, many, 1e-9);
    mi_groups_free(&g);
    mi_mat_free(&tall);
    mi_mat_free(&x);
}

static void every_failed_allocation_is_reported(void **state)
{
    static const int32_t code[] = {0, 0, 1, 1, 2, 2};
    mi_effrank_opts o;
    mi_effranks ranks;
    mi_groups g;
    mi_mat m;
    int failed = 0;
    (void)state;
    draw_seed(9);
    mi_effrank_opts_default(&o);
    draw_matrix(&m, 6, 3, MI_F32, NULL, 0);
    CHECK(mi_groups_of_bytes(&g, code, 6, sizeof *code));
    for (long k = 1; k < 40; k++) {
        mi_fail_allocation(k);
        mi_status status = mi_effranks_of(&ranks, &m, &g, &o, &one_thread);
        assert_true(status == MI_OK || status == MI_ENOMEM);
        failed += status == MI_ENOMEM;
    }
    mi_fail_allocation(0);
    assert_int_equal(failed, 24);
    mi_groups_free(&g);
    mi_mat_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rankme_by_hand),
        cmocka_unit_test(participation_by_hand),
        cmocka_unit_test(shares_by_hand),
        cmocka_unit_test(truncated_vendi_by_hand),
        cmocka_unit_test(the_corrected_ratio_is_that_over_fours),
        cmocka_unit_test(the_corrected_ratio_has_little_bias),
        cmocka_unit_test(alpha_req_finds_a_power_law),
        cmocka_unit_test(alpha_req_weighs_by_rank),
        cmocka_unit_test(singular_values_by_hand),
        cmocka_unit_test(singular_values_over_many_panels),
        cmocka_unit_test(lidar_by_hand),
        cmocka_unit_test(lidar_ignores_order_and_origin),
        cmocka_unit_test(lidar_of_what_has_none),
        cmocka_unit_test(any_scale_is_as_good),
        cmocka_unit_test(constant_rows_have_no_ranks),
        cmocka_unit_test(too_much_memory_is_refused),
        cmocka_unit_test(few_rows_of_many_columns),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
