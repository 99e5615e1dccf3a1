/* What holds of S_a for any data: the theorems of the definition. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"

#include "libmi/data/mat_internal.h"

static const double orders[] = {0.05, 0.5, 0.99, 1, 1.01, 1.5, 2, 3, 4, 7.5, 50, INFINITY};
#define N_ORDERS (sizeof orders / sizeof *orders)

static const mi_run one_thread = {.threads = 1};

static void entropies(double *s, const mi_var *var, size_t n_var, unsigned vars, mi_route route)
{
    mi_joint j = {.vars = vars, .s = s, .route = route};
    CHECK(mi_joint_entropies(&j, 1, var, n_var, orders, N_ORDERS, &one_thread));
}

/* The same, order 2 by itself, so that the route without eigenvalues is taken. */
static double entropy_2(const mi_var *var, size_t n_var, unsigned vars, mi_route route)
{
    double s, alpha = 2;
    mi_joint j = {.vars = vars, .s = &s, .route = route};
    CHECK(mi_joint_entropies(&j, 1, var, n_var, &alpha, 1, &one_thread));
    return s;
}

static void orthogonal_rows_have_log_n(void **state)
{
    enum { N = 37 };
    mi_mat m;
    mi_var v;
    double s[N_ORDERS];
    (void)state;
    draw_seed(1);
    CHECK(mi_mat_alloc(&m, N, N, MI_F32));
    memset(m.x, 0, N * N * sizeof(float));
    for (size_t i = 0; i < N; i++)
        ((float *)m.x)[i * N + i] = (float)(1 + draw_uniform());
    CHECK(mi_var_real(&v, (mi_kernel){.kind = MI_KERNEL_LINEAR}, &m));
    entropies(s, &v, 1, 1, MI_ROUTE_AUTO);
    for (size_t a = 0; a < N_ORDERS; a++)
        CHECK_NEAR(s[a], log(N), 1e-12);
    CHECK_NEAR(entropy_2(&v, 1, 1, MI_ROUTE_TILES), log(N), 1e-6);
    mi_var_free(&v);
    mi_mat_free(&m);
}

static void equal_rows_have_none(void **state)
{
    enum { N = 40, D = 7 };
    static const mi_kernel kernel[] = {{.kind = MI_KERNEL_LINEAR},
                                       {.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 0.7}};
    double s[N_ORDERS];
    (void)state;
    draw_seed(2);
    for (int k = 0; k < 2; k++) {
        mi_mat m;
        mi_var v;
        draw_matrix(&m, N, D, MI_F32, NULL, 0);
        for (size_t i = 1; i < N; i++)
            memcpy((float *)m.x + i * D, m.x, D * sizeof(float));
        CHECK(mi_var_real(&v, kernel[k], &m));
        entropies(s, &v, 1, 1, MI_ROUTE_AUTO);
        for (size_t a = 0; a < N_ORDERS; a++)
            CHECK_NEAR(s[a], 0, 1e-11);
        CHECK_NEAR(entropy_2(&v, 1, 1, MI_ROUTE_TILES), 0, 1e-6);
        mi_var_free(&v);
        mi_mat_free(&m);
    }
}

/* Reflections x - 2 u <u,x> make a rotation without another library. */
static void rotate(mi_mat *m)
{
    double u[m->d];
    for (int times = 0; times < 3; times++) {
        double norm = 0;
        for (size_t k = 0; k < m->d; k++) {
            u[k] = draw_normal();
            norm += u[k] * u[k];
        }
        for (size_t i = 0; i < m->n; i++) {
            double *x = (double *)m->x + i * m->ld, dot = 0;
            for (size_t k = 0; k < m->d; k++)
                dot += u[k] * x[k];
            for (size_t k = 0; k < m->d; k++)
                x[k] -= 2 * dot / norm * u[k];
        }
    }
}

static void rotation_and_row_order_do_not_matter(void **state)
{
    enum { N = 60, D = 9 };
    static const mi_kernel kernel[] = {{.kind = MI_KERNEL_LINEAR},
                                       {.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 2}};
    (void)state;
    draw_seed(3);
    for (int k = 0; k < 2; k++) {
        mi_mat m, moved;
        mi_var v, w;
        double s[N_ORDERS], t[N_ORDERS];
        size_t order[N];
        draw_matrix(&m, N, D, MI_F64, NULL, 0);
        for (size_t i = 0; i < N; i++)
            order[i] = (i * 23 + 5) % N;
        CHECK(mi_mat_gather(&moved, &m, order, N));
        rotate(&moved);
        CHECK(mi_var_real(&v, kernel[k], &m));
        CHECK(mi_var_real(&w, kernel[k], &moved));
        entropies(s, &v, 1, 1, MI_ROUTE_AUTO);
        entropies(t, &w, 1, 1, MI_ROUTE_AUTO);
        for (size_t a = 0; a < N_ORDERS; a++)
            CHECK_NEAR(s[a], t[a], 1e-10);
        CHECK_NEAR(entropy_2(&v, 1, 1, MI_ROUTE_TILES), entropy_2(&w, 1, 1, MI_ROUTE_TILES), 1e-6);
        mi_var_free(&v);
        mi_var_free(&w);
        mi_mat_free(&m);
        mi_mat_free(&moved);
    }
}

static void order_1_is_a_limit(void **state)
{
    double l[50], sum = 0;
    (void)state;
    draw_seed(4);
    for (int i = 0; i < 50; i++)
        sum += l[i] = pow(draw_uniform(), 6) + 1e-9;
    for (int i = 0; i < 50; i++)
        l[i] /= sum;
    double s1 = mi_entropy_of_eigenvalues(l, 50, 1);
    /* The slope at 1 is -Var(log l)/2; the curvature leaves 1e-9 at a distance of 1e-6. */
    double mean = 0, square = 0;
    for (int i = 0; i < 50; i++) {
        mean += l[i] * log(l[i]);
        square += l[i] * log(l[i]) * log(l[i]);
    }
    double slope = -0.5 * (square - mean * mean);
    for (double e = 1e-12; e < 1e-5; e *= 10) {
        CHECK_NEAR(mi_entropy_of_eigenvalues(l, 50, 1 + e), s1 + slope * e, 1e-9);
        CHECK_NEAR(mi_entropy_of_eigenvalues(l, 50, 1 - e), s1 - slope * e, 1e-9);
    }
    /* The two forms meet where one takes over from the other. */
    for (double a = 0.5; a <= 1.5; a += 1)
        CHECK_NEAR(mi_entropy_of_eigenvalues(l, 50, a - 1e-12),
                   mi_entropy_of_eigenvalues(l, 50, a + 1e-12), 1e-9);
}

static void high_orders_do_not_overflow(void **state)
{
    double l[3] = {0.5, 0.25, 0.25};
    (void)state;
    CHECK_NEAR(mi_entropy_of_eigenvalues(l, 3, 5000), 5000 * log(2) / 4999, 1e-12);
    CHECK_NEAR(mi_entropy_of_eigenvalues(l, 3, INFINITY), log(2), 1e-15);
    CHECK_NEAR(mi_entropy_of_eigenvalues(l, 3, 1e-9), log(3), 1e-8);
}

static void delta_kernel_is_counting(void **state)
{
    enum { N = 90 };
    mi_groups g;
    mi_var v;
    double s[N_ORDERS], t[N_ORDERS];
    (void)state;
    draw_seed(5);
    draw_groups(&g, N, 6);
    mi_var_discrete(&v, &g);
    entropies(s, &v, 1, 1, MI_ROUTE_AUTO);
    entropies(t, &v, 1, 1, MI_ROUTE_DENSE);
    for (size_t a = 0; a < N_ORDERS; a++) {
        double sum = 0, most = 0;
        for (size_t c = 0; c < g.g; c++) {
            double p = (double)g.count[c] / N;
            sum += orders[a] == 1 ? -p * log(p) : pow(p, orders[a]);
            most = fmax(most, p);
        }
        double plain = orders[a] == 1     ? sum
                       : isinf(orders[a]) ? -log(most)
                                          : log(sum) / (1 - orders[a]);
        CHECK_NEAR(s[a], plain, 1e-12);
        CHECK_NEAR(t[a], plain, 1e-9);
    }
    mi_groups_free(&g);
}

/* One draw of mixed variables: two real ones and two discrete. */
typedef struct {
    mi_mat a, b;
    mi_groups g, h;
    mi_var var[4];
} mixture;

static void draw_mixture(mixture *m, size_t n, int gaussian)
{
    mi_kernel linear = {.kind = MI_KERNEL_LINEAR};
    mi_kernel wide = {.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 1 + 3 * draw_uniform()};
    draw_matrix(&m->a, n, 1 + draw_below(12), MI_F32, NULL, 0);
    draw_matrix(&m->b, n, 1 + draw_below(9), MI_F64, &m->a, 2 * draw_uniform());
    draw_groups(&m->g, n, 2 + draw_below(5));
    draw_instances(&m->h, n, 2);
    CHECK(mi_var_real(&m->var[0], gaussian & 1 ? wide : linear, &m->a));
    CHECK(mi_var_real(&m->var[1], gaussian & 2 ? wide : linear, &m->b));
    mi_var_discrete(&m->var[2], &m->g);
    mi_var_discrete(&m->var[3], &m->h);
}

static void free_mixture(mixture *m)
{
    for (int k = 0; k < 4; k++)
        mi_var_free(&m->var[k]);
    mi_mat_free(&m->a);
    mi_mat_free(&m->b);
    mi_groups_free(&m->g);
    mi_groups_free(&m->h);
}

/* s (16, N_ORDERS): every joint of the four. */
static void all_joints(double (*s)[N_ORDERS], double *rank, const mixture *m)
{
    mi_joint j[15];
    for (unsigned k = 1; k < 16; k++)
        j[k - 1] = (mi_joint){.vars = k, .s = s[k]};
    CHECK(mi_joint_entropies(j, 15, m->var, 4, orders, N_ORDERS, &one_thread));
    for (unsigned k = 1; k < 16; k++)
        rank[k] = j[k - 1].rank;
    memset(s[0], 0, sizeof s[0]);
}

static void inequalities_of_every_order(void **state)
{
    (void)state;
    draw_seed(6);
    for (int draw = 0; draw < 24; draw++) {
        mixture m;
        double s[16][N_ORDERS], rank[16];
        size_t n = 20 + 2 * draw_below(20);
        draw_mixture(&m, n, draw & 3);
        all_joints(s, rank, &m);
        for (unsigned k = 1; k < 16; k++) {
            for (size_t a = 0; a < N_ORDERS; a++) {
                CHECK_AT_MOST(s[k][a], log((double)n), 1e-10);
                CHECK_AT_MOST(s[k][a], log(rank[k]), 1e-7);
                CHECK_AT_MOST(-1e-10, s[k][a], 0);
                if (a)
                    CHECK_AT_MOST(s[k][a], s[k][a - 1], 1e-10);
                for (unsigned part = 1; part < 16; part++)
                    if ((part & ~k) == 0)
                        CHECK_AT_MOST(s[part][a], s[k][a], 1e-8);
            }
        }
        free_mixture(&m);
    }
}

/* I(A;B|C) >= 0 for all disjoint A, B, C: von Neumann entropy's strong subadditivity carries over.
 */
static void strong_subadditivity_at_order_1(void **state)
{
    const size_t one = 3;
    (void)state;
    assert_true(orders[one] == 1);
    draw_seed(7);
    for (int draw = 0; draw < 24; draw++) {
        mixture m;
        double s[16][N_ORDERS], rank[16];
        draw_mixture(&m, 20 + 2 * draw_below(20), draw & 3);
        all_joints(s, rank, &m);
        for (unsigned a = 1; a < 16; a++)
            for (unsigned b = 1; b < 16; b++)
                for (unsigned c = 0; c < 16; c++)
                    if (!(a & b) && !(a & c) && !(b & c))
                        CHECK_AT_MOST(s[a | b | c][one] + s[c][one], s[a | c][one] + s[b | c][one],
                                      1e-9);
        free_mixture(&m);
    }
}

static void a_bandwidth_that_vanishes_tells_rows_apart(void **state)
{
    enum { N = 50 };
    mi_mat m;
    mi_var narrow, wide;
    double s[N_ORDERS];
    (void)state;
    draw_seed(8);
    draw_matrix(&m, N, 5, MI_F32, NULL, 0);
    CHECK(mi_var_real(&narrow, (mi_kernel){.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 1e-3}, &m));
    CHECK(mi_var_real(&wide, (mi_kernel){.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 1e6}, &m));
    entropies(s, &narrow, 1, 1, MI_ROUTE_AUTO);
    CHECK_NEAR(s[6], log(N), 1e-9);
    CHECK_NEAR(entropy_2(&narrow, 1, 1, MI_ROUTE_TILES), log(N), 1e-6);
    entropies(s, &wide, 1, 1, MI_ROUTE_AUTO);
    CHECK_NEAR(s[6], 0, 1e-9);
    CHECK_NEAR(entropy_2(&wide, 1, 1, MI_ROUTE_TILES), 0, 1e-6);
    mi_var_free(&narrow);
    mi_var_free(&wide);
    mi_mat_free(&m);
}

static void orders_are_parsed(void **state)
{
    static const char *const bad[] = {"0", "-1", "nan", "two", "1,,2", "", "1,0", "2x"};
    double *alpha;
    size_t count;
    (void)state;
    CHECK(mi_alpha_parse(&alpha, &count, "0.5,1,2,inf"));
    assert_int_equal(count, 4);
    assert_true(alpha[0] == 0.5 && alpha[1] == 1 && alpha[2] == 2 && isinf(alpha[3]));
    mi_free(alpha);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        assert_int_equal(mi_alpha_parse(&alpha, &count, bad[k]), MI_EUSAGE);
        assert_non_null(strstr(mi_detail(), "is no order, wanted a number above 0, or inf"));
        assert_null(alpha);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orthogonal_rows_have_log_n),
        cmocka_unit_test(equal_rows_have_none),
        cmocka_unit_test(rotation_and_row_order_do_not_matter),
        cmocka_unit_test(order_1_is_a_limit),
        cmocka_unit_test(high_orders_do_not_overflow),
        cmocka_unit_test(delta_kernel_is_counting),
        cmocka_unit_test(inequalities_of_every_order),
        cmocka_unit_test(strong_subadditivity_at_order_1),
        cmocka_unit_test(a_bandwidth_that_vanishes_tells_rows_apart),
        cmocka_unit_test(orders_are_parsed),
    };
    return cmocka_run_group_tests_name("entropy", tests, NULL, NULL);
}
