/* Kernels by name, their bandwidths by rule, and their values. */
#include <math.h>
#include <string.h>

#include "draw.h"

#include "libmi/data/kernel_internal.h"
#include "libmi/data/mat_internal.h"

static mi_status parse(mi_kernel *k, const char *text)
{
    return mi_kernel_parse(k, text, strlen(text));
}

static void names_are_read_as_they_are_written(void **state)
{
    static const struct {
        const char *text, *name;
    } row[] = {
        {"linear", "linear"},
        {"delta", "delta"},
        {"gaussian", "gaussian:median"},
        {"gaussian:1.5", "gaussian:1.5"},
        {"gaussian:q0.25", "gaussian:q0.25"},
        {"gaussian:scott", "gaussian:scott"},
        {"gaussian:silverman", "gaussian:silverman"},
        {"laplacian", "laplacian:median"},
        {"laplacian:half-d", "laplacian:half-d"},
        {"laplacian:3e2", "laplacian:300"},
        {"polynomial", "polynomial:2:1"},
        {"gaussian:1:2:4", "gaussian:1:2:4"},
        {"gaussian:0.5m:m:2m", "gaussian:0.5m:m:2m"},
        {"laplacian:0.1:30", "laplacian:0.1:30"},
        {"gaussian:m", "gaussian:median"},
        {"gaussian:1m", "gaussian:median"},
        {"gaussian:0.5m", "gaussian:0.5m"},
        {"precomputed", "precomputed"},
        {"polynomial:3", "polynomial:3:1"},
        {"polynomial:64:0", "polynomial:64:0"},
    };
    (void)state;
    for (size_t r = 0; r < sizeof row / sizeof *row; r++) {
        mi_kernel k, again;
        char name[MI_KERNEL_NAME], second[MI_KERNEL_NAME];
        CHECK(parse(&k, row[r].text));
        assert_string_equal(mi_kernel_name(&k, name, sizeof name), row[r].name);
        CHECK(parse(&again, name));
        assert_string_equal(mi_kernel_name(&again, second, sizeof second), name);
    }
}

static void names_that_are_none(void **state)
{
    static const char bandwidth[] = "is no bandwidth, wanted a number above 0, median, scott, "
                                    "silverman, half-d, a quantile as q0.25, or a list as "
                                    "1:2:4 or 0.5m:m:2m";
    static const char polynomial[] =
        "is no polynomial, wanted P or P:C, P a whole number from 1 to "
        "64 and C a number from 0";
    static const struct {
        const char *text, *says;
    } row[] = {
        {"gaussian:1:", bandwidth},
        {"gaussian:1::2", bandwidth},
        {"gaussian:0m:m", bandwidth},
        {"gaussian:1:2:3:4:5:6:7:8:9", "more than 8 bandwidths in '1:2:3:4:5:6:7:8:9'"},
        {"gaussian:1:2m", "'1:2m' has medians and numbers, wanted either"},
        {"gaussian:1:1e200", "'1e200' is no bandwidth, wanted 1e-140 to 1e+140"},
        {"gaussian:", bandwidth},
        {"gaussian:-1", bandwidth},
        {"gaussian:q", bandwidth},
        {"gaussian:q0", bandwidth},
        {"gaussian:q1", bandwidth},
        {"gaussian:nan", bandwidth},
        {"laplacian:inf", bandwidth},
        {"laplacian:2x", bandwidth},
        {"laplacian:medians", bandwidth},
        {"polynomial:0", polynomial},
        {"polynomial:65", polynomial},
        {"polynomial:1.5", polynomial},
        {"polynomial:2:-1", polynomial},
        {"polynomial:2:", polynomial},
        {"polynomial::1", polynomial},
        {"linear:2", "is no kernel"},
        {"gauss", "is no kernel"},
        {"", "is no kernel"},
    };
    (void)state;
    for (size_t r = 0; r < sizeof row / sizeof *row; r++) {
        mi_kernel k;
        assert_int_equal(parse(&k, row[r].text), MI_EUSAGE);
        assert_non_null(strstr(mi_detail(), row[r].says));
    }
}

static double distance(const mi_mat *m, size_t i, size_t j)
{
    double sum = 0;
    for (size_t k = 0; k < m->d; k++)
        sum += pow(mi_mat_get(m, i, k) - mi_mat_get(m, j, k), 2);
    return sqrt(sum);
}

static double resolved(const char *text, const mi_mat *m)
{
    mi_kernel k;
    CHECK(parse(&k, text));
    CHECK(mi_kernel_resolve(&k, m, 1));
    return k.bandwidth;
}

/* How many of the pairs are closer than s. */
static double share_below(const mi_mat *m, double s)
{
    size_t below = 0;
    for (size_t i = 0; i < m->n; i++)
        for (size_t j = 0; j < i; j++)
            below += distance(m, i, j) < s;
    return (double)below / (double)(m->n * (m->n - 1) / 2);
}

static void bandwidths_by_rule(void **state)
{
    mi_mat m;
    double n = 150, d = 6, variance = 0;
    (void)state;
    draw_seed(1);
    draw_matrix(&m, 150, 6, MI_F32, NULL, 0);
    for (size_t k = 0; k < m.d; k++) {
        double mean = 0;
        for (size_t i = 0; i < m.n; i++)
            mean += mi_mat_get(&m, i, k) / n;
        for (size_t i = 0; i < m.n; i++)
            variance += pow(mi_mat_get(&m, i, k) - mean, 2) / n / d;
    }
    CHECK_NEAR(resolved("gaussian:scott", &m), sqrt(variance) * pow(n, -1 / (d + 4)), 1e-9);
    CHECK_NEAR(resolved("gaussian:silverman", &m),
               sqrt(variance) * pow(4 / ((d + 2) * n), 1 / (d + 4)), 1e-9);
    CHECK_NEAR(resolved("gaussian:half-d", &m), sqrt(3), 1e-15);
    CHECK_NEAR(share_below(&m, resolved("gaussian:median", &m)), 0.5, 1e-3);
    CHECK_NEAR(share_below(&m, resolved("laplacian:q0.1", &m)), 0.1, 1e-3);
    CHECK_NEAR(share_below(&m, resolved("laplacian:q0.995", &m)), 0.995, 1e-3);
    CHECK_NEAR(resolved("gaussian:q0.5", &m), resolved("gaussian", &m), 0);
    mi_mat_free(&m);
}

static void values_are_their_formulas(void **state)
{
    mi_kernel gaussian, laplacian, polynomial, linear;
    (void)state;
    CHECK(parse(&linear, "linear"));
    CHECK(parse(&gaussian, "gaussian:3"));
    CHECK(parse(&laplacian, "laplacian:3"));
    CHECK(parse(&polynomial, "polynomial:3:0.5"));
    CHECK_NEAR(mi_kernel_of_cosine(&linear, -0.2), -0.2, 0);
    CHECK_NEAR(mi_kernel_of_cosine(&polynomial, -0.2), 0.008, 1e-15);
    CHECK_NEAR(mi_kernel_of_cosine(&polynomial, 1), 1, 1e-15);
    CHECK_NEAR(mi_kernel_of_square(&gaussian, 36), exp(-2), 1e-15);
    CHECK_NEAR(mi_kernel_of_square(&laplacian, 36), exp(-2), 1e-15);
}

static void kernels_that_cannot_be(void **state)
{
    static const struct {
        mi_kernel kernel;
        const char *says;
    } row[] = {
        {{.kind = MI_KERNEL_POLYNOMIAL},
         "a polynomial kernel of degree 0 and offset 0, wanted 1 to 64, and a number from 0"},
        {{.kind = MI_KERNEL_POLYNOMIAL, .degree = 2, .offset = -1},
         "a polynomial kernel of degree 2 and offset -1, wanted 1 to 64, and a number from 0"},
        {{.kind = MI_KERNEL_LAPLACIAN},
         "a kernel of distances of bandwidth 0, wanted 1e-140 to 1e+140 or a rule"},
        {{.kind = MI_KERNEL_GAUSSIAN, .rule = MI_BANDWIDTH_QUANTILE, .quantile = 1},
         "a bandwidth by quantile 1, wanted above 0 and below 1"},
        {{.kind = MI_KERNEL_GAUSSIAN, .rule = (mi_bandwidth_rule)9},
         "a kernel of distances by rule 9, wanted one of mi_bandwidth_rule"},
    };
    mi_mat m;
    (void)state;
    draw_matrix(&m, 5, 2, MI_F32, NULL, 0);
    for (size_t r = 0; r < sizeof row / sizeof *row; r++) {
        mi_kernel k = row[r].kernel;
        assert_int_equal(mi_kernel_resolve(&k, &m, 1), MI_EUSAGE);
        assert_string_equal(mi_detail(), row[r].says);
    }
    mi_mat_free(&m);
}

/* Rows that are nearly all the same: the quantile is 0, and no bandwidth. */
static void a_bandwidth_of_equal_rows(void **state)
{
    mi_mat m;
    mi_kernel k;
    (void)state;
    draw_matrix(&m, 20, 2, MI_F32, NULL, 0);
    for (size_t i = 1; i < 19; i++)
        memcpy((float *)m.x + i * m.ld, m.x, 2 * sizeof(float));
    CHECK(parse(&k, "laplacian:q0.3"));
    assert_int_equal(mi_kernel_resolve(&k, &m, 1), MI_EDATA);
    assert_string_equal(mi_detail(),
                        "that quantile of the distances between rows is 0, which is no "
                        "laplacian bandwidth; give a number, laplacian:S");
    mi_mat_free(&m);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_read_as_they_are_written),
        cmocka_unit_test(names_that_are_none),
        cmocka_unit_test(bandwidths_by_rule),
        cmocka_unit_test(values_are_their_formulas),
        cmocka_unit_test(kernels_that_cannot_be),
        cmocka_unit_test(a_bandwidth_of_equal_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
