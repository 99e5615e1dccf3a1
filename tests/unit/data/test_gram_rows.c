/* Rows of a Gram matrix: their inner products are its entries, and what is none is refused. */
#include <math.h>
#include <string.h>

#include "draw.h"

#include "libmi/data/gram_rows.h"
#include "libmi/data/mat_internal.h"

static double inner(const mi_mat *m, size_t i, size_t j)
{
    double sum = 0;
    for (size_t k = 0; k < m->d; k++)
        sum += mi_mat_get(m, i, k) * mi_mat_get(m, j, k);
    return sum;
}

/* gram (n,n) of n rows, and the largest difference to the inner products of what comes out. */
static double difference(const mi_mat *rows, mi_float type, size_t *rank)
{
    mi_mat gram, found;
    double largest = 0;
    CHECK(mi_mat_alloc(&gram, rows->n, rows->n, type));
    for (size_t i = 0; i < rows->n; i++)
        for (size_t j = 0; j < rows->n; j++) {
            double value = inner(rows, i, j);
            if (type == MI_F64)
                ((double *)gram.x)[i * rows->n + j] = value;
            else
                ((float *)gram.x)[i * rows->n + j] = (float)value;
        }
    CHECK(mi_rows_of_gram(&found, &gram));
    for (size_t i = 0; i < rows->n; i++)
        for (size_t j = 0; j < rows->n; j++)
            largest = fmax(largest, fabs(inner(&found, i, j) - mi_mat_get(&gram, i, j)));
    *rank = found.d;
    mi_mat_free(&gram);
    mi_mat_free(&found);
    return largest;
}

static void inner_products_are_the_entries(void **state)
{
    static const struct {
        size_t n, d;
        mi_float type;
        double tolerance;
    } row[] = {
        {30, 30, MI_F64, 1e-12}, {60, 5, MI_F64, 1e-12},   {300, 290, MI_F64, 1e-10},
        {60, 5, MI_F32, 3e-5},   {300, 290, MI_F32, 3e-4}, {2, 1, MI_F64, 1e-13},
    };
    (void)state;
    draw_seed(5);
    for (size_t r = 0; r < sizeof row / sizeof *row; r++) {
        mi_mat x;
        size_t rank;
        draw_matrix(&x, row[r].n, row[r].d, MI_F64, NULL, 0);
        CHECK_AT_MOST(difference(&x, row[r].type, &rank), row[r].tolerance, 0);
        if (row[r].type == MI_F64)
            assert_int_equal(rank, row[r].d < row[r].n ? row[r].d : row[r].n);
        mi_mat_free(&x);
    }
}

/* Rows of very different lengths, equal ones and one that is zero. */
static void lengths_may_differ(void **state)
{
    double x[6][3] = {{1e6, 0, 0}, {1e6, 0, 0}, {0, 1e-6, 0}, {0, 0, 0}, {1, 1, 1}, {2, 2, 2}};
    mi_mat view = mi_mat_view_f64(x[0], 6, 3, 3);
    size_t rank;
    (void)state;
    CHECK_AT_MOST(difference(&view, MI_F64, &rank), 1e-3, 0);
    assert_int_equal(rank, 3);
}

static void what_is_no_gram_matrix(void **state)
{
    static const struct {
        double x[3][3];
        const char *says;
    } row[] = {
        {{{1, 0.5, 0}, {0.25, 1, 0}, {0, 0, 1}},
         "entry (0,1) of the precomputed kernel is 0.5, entry (1,0) is 0.25, wanted a symmetric matrix"},
        {{{1, 0, 0}, {0, -1, 0}, {0, 0, 1}},
         "entry (1,1) of the precomputed kernel is -1, wanted 0 or more on the diagonal"},
        {{{1, 1.5, 0}, {1.5, 1, 0}, {0, 0, 1}},
         "the precomputed kernel has the eigenvalue -0.5 once its diagonal is 1, wanted a positive "
         "semidefinite matrix"},
        {{{4, -3, -3}, {-3, 4, -3}, {-3, -3, 4}},
         "the precomputed kernel has the eigenvalue -0.5 once its diagonal is 1, wanted a positive "
         "semidefinite matrix"},
        {{{1, 0, 0.5}, {0, 1, 0}, {0.5, 0, 0}},
         "entry (0,2) of the precomputed kernel is 0.5 beside a 0 on the diagonal, wanted a positive "
         "semidefinite matrix"},
    };
    mi_mat out;
    (void)state;
    for (size_t r = 0; r < sizeof row / sizeof *row; r++) {
        mi_mat x = mi_mat_view_f64(row[r].x[0], 3, 3, 3);
        assert_int_equal(mi_rows_of_gram(&out, &x), MI_EDATA);
        assert_string_equal(mi_detail(), row[r].says);
        assert_null(out.x);
    }
    mi_mat oblong = mi_mat_view_f64(row[0].x[0], 3, 2, 3);
    assert_int_equal(mi_rows_of_gram(&out, &oblong), MI_EDATA);
    assert_string_equal(mi_detail(),
                        "3 rows of 2 numbers are no precomputed kernel, wanted as many "
                        "numbers as rows: the inner products of rows");
}

/* A sample of the Gram matrix of features is the sample of the features: at each order, in batches, with
 * standard errors, re-paired, with R the next view. */
static void a_sample_of_it_is_one_of_the_features(void **state)
{
    enum { N = 60, D = 7 };
    static const double alpha[] = {0.7, 2};
    double gram[N][N];
    int64_t r[N], y[N];
    mi_mat z1, z2;
    mi_run run = {.threads = 1, .seed = 3};
    (void)state;
    draw_seed(6);
    draw_matrix(&z1, N, D, MI_F64, NULL, 0);
    draw_matrix(&z2, N, D, MI_F64, &z1, 1);
    for (size_t i = 0; i < N; i++) {
        r[i] = (int64_t)(i / 2);
        y[i] = (int64_t)(i / 2 % 3);
        for (size_t j = 0; j < N; j++)
            gram[i][j] = inner(&z2, i, j);
    }
    for (int k = 0; k < 6; k++) {
        mi_bounds_result plain[2], given[2];
        mi_bounds_opts o;
        mi_bounds_opts_default(&o);
        o.alpha = alpha + k % 2;
        o.n_alpha = 1;
        o.se = 1;
        o.batch = k == 2 || k == 3 ? 10 : 0;
        o.permutations = k >= 4 ? 5 : 0;
        mi_arrays in = {
            .n = N, .z1 = {z1.x, MI_F64, D, D}, .z2 = {z2.x, MI_F64, D, D}, .r = r, .y = y};
        mi_sample_opts s;
        mi_sample_opts_default(&s);
        for (int g = 0; g < 2; g++) {
            mi_sample sample;
            if (g) {
                in.z2 = (mi_array){gram, MI_F64, N, N};
                CHECK(mi_sample_parse_kernel(&s, "z2=precomputed"));
            }
            CHECK(mi_sample_of(&sample, &in, &s));
            CHECK(mi_bounds(g ? given : plain, &sample, &o, &run));
            mi_sample_free(&sample);
        }
        for (mi_term t = 0; t < MI_FIRST_DECOMPOSED; t++) {
            assert_int_equal(isnan(given[0].value[t]), isnan(plain[0].value[t]));
            if (!isnan(plain[0].value[t]))
                CHECK_NEAR(given[0].value[t], plain[0].value[t], 2e-6);
            assert_int_equal(isnan(given[0].se[t]), isnan(plain[0].se[t]));
            if (!isnan(plain[0].se[t]))
                CHECK_NEAR(given[0].se[t], plain[0].se[t], 2e-6);
        }
        if (o.permutations)
            CHECK_NEAR(given[0].chance[MI_I_Z1_Z2].mean, plain[0].chance[MI_I_Z1_Z2].mean, 2e-6);
    }
    mi_mat_free(&z1);
    mi_mat_free(&z2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inner_products_are_the_entries),
        cmocka_unit_test(lengths_may_differ),
        cmocka_unit_test(what_is_no_gram_matrix),
        cmocka_unit_test(a_sample_of_it_is_one_of_the_features),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
