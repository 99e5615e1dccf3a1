/* Every fast route against its plain twin, the whole Gram matrix in double precision. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "source.h"

#include "libmi/spectrum/gram.h"
#include "libmi/tiles/tiles.h"

enum { Z1 = 1, Z2 = 2, R = 4, Y = 8 };

typedef struct {
    mi_mat z1, z2;
    mi_groups r, y;
    mi_var var[4];
    size_t n;
} quartet;

/* Under `scales` bandwidths, S, S / 4, 4 S, or S alone. */
static void draw_quartet_of(quartet *q, size_t n, size_t d1, size_t d2, mi_float type,
                            mi_kernel_kind kind, unsigned scales)
{
    mi_kernel k = {.kind = kind,
                   .bandwidth = sqrt((double)d1),
                   .degree = 3,
                   .offset = 0.5,
                   .n_scales = scales,
                   .scale = {1, 0.25, 4}};
    q->n = n;
    draw_matrix(&q->z1, n, d1, type, NULL, 0);
    draw_matrix(&q->z2, n, d2, type, &q->z1, 1);
    draw_instances(&q->r, n, 2);
    draw_groups(&q->y, n, 3);
    CHECK(mi_var_real(&q->var[0], k, &q->z1));
    CHECK(mi_var_real(&q->var[1], k, &q->z2));
    mi_var_discrete(&q->var[2], &q->r);
    mi_var_discrete(&q->var[3], &q->y);
}

static void draw_quartet(quartet *q, size_t n, size_t d1, size_t d2, mi_float type,
                         mi_kernel_kind kind)
{
    draw_quartet_of(q, n, d1, d2, type, kind, 0);
}

static void free_quartet(quartet *q)
{
    mi_var_free(&q->var[0]);
    mi_var_free(&q->var[1]);
    mi_mat_free(&q->z1);
    mi_mat_free(&q->z2);
    mi_groups_free(&q->r);
    mi_groups_free(&q->y);
}

static double entropy(const quartet *q, unsigned vars, double alpha, mi_route route, int threads)
{
    double s;
    mi_run run = {.threads = threads};
    mi_joint j = {.vars = vars, .s = &s, .route = route};
    CHECK(mi_joint_entropies(&j, 1, q->var, 4, &alpha, 1, &run));
    return s;
}

static void check_all_joints(const quartet *q, const double *alpha, size_t n_alpha,
                             double tolerance)
{
    double s[16][8], twin[16][8];
    mi_joint j[15], k[15];
    mi_run run = {.threads = 2};
    for (unsigned v = 1; v < 16; v++) {
        j[v - 1] = (mi_joint){.vars = v, .s = s[v]};
        k[v - 1] = (mi_joint){.vars = v, .s = twin[v], .route = MI_ROUTE_DENSE};
    }
    CHECK(mi_joint_entropies(j, 15, q->var, 4, alpha, n_alpha, &run));
    CHECK(mi_joint_entropies(k, 15, q->var, 4, alpha, n_alpha, &run));
    for (unsigned v = 1; v < 16; v++)
        for (size_t a = 0; a < n_alpha; a++)
            CHECK_NEAR(s[v][a], twin[v][a], tolerance);
}

static const struct {
    size_t n, d1, d2;
    mi_float type;
    mi_kernel_kind kind;
    unsigned scales;
} shapes[] = {
    {150, 12, 5, MI_F32, MI_KERNEL_LINEAR, 0},     {150, 12, 5, MI_F64, MI_KERNEL_LINEAR, 0},
    {60, 90, 70, MI_F32, MI_KERNEL_LINEAR, 0},     {150, 12, 5, MI_F32, MI_KERNEL_GAUSSIAN, 0},
    {700, 33, 17, MI_F32, MI_KERNEL_GAUSSIAN, 0},  {2, 3, 1, MI_F32, MI_KERNEL_LINEAR, 0},
    {514, 40, 30, MI_F32, MI_KERNEL_LINEAR, 0},    {400, 3, 2, MI_F32, MI_KERNEL_LINEAR, 0},
    {300, 12, 5, MI_F32, MI_KERNEL_LAPLACIAN, 0},  {150, 12, 5, MI_F64, MI_KERNEL_LAPLACIAN, 0},
    {300, 12, 5, MI_F32, MI_KERNEL_POLYNOMIAL, 0}, {150, 12, 5, MI_F64, MI_KERNEL_POLYNOMIAL, 0},
    {300, 12, 5, MI_F32, MI_KERNEL_GAUSSIAN, 3},   {150, 12, 5, MI_F64, MI_KERNEL_LAPLACIAN, 3},
    {150, 12, 5, MI_F64, MI_KERNEL_GAUSSIAN, 1},
};
#define N_SHAPES (sizeof shapes / sizeof *shapes)

static void for_each_shape(unsigned long seed, const double *alpha, size_t n_alpha,
                           double tolerance)
{
    draw_seed(seed);
    for (size_t k = 0; k < N_SHAPES; k++) {
        quartet q;
        draw_quartet_of(&q, shapes[k].n, shapes[k].d1, shapes[k].d2, shapes[k].type, shapes[k].kind,
                        shapes[k].scales);
        check_all_joints(&q, alpha, n_alpha, tolerance);
        free_quartet(&q);
    }
}

static void spectra_agree_with_dense(void **state)
{
    static const double alpha[] = {0.5, 1, 1.01, 2, 3, INFINITY};
    (void)state;
    for_each_shape(1, alpha, 6, 1e-9);
}

static void moments_agree_with_dense(void **state)
{
    static const double alpha[] = {2, 3, 4};
    (void)state;
    for_each_shape(2, alpha, 3, 1e-9);
}

static void moments_agree_with_eigenvalues(void **state)
{
    static const double moments[] = {2, 3, 4}, spectrum[] = {2, 3, 4, 1};
    double s[3], t[4];
    mi_run run = {.threads = 1};
    quartet q;
    (void)state;
    draw_seed(3);
    draw_quartet(&q, 200, 10, 6, MI_F32, MI_KERNEL_GAUSSIAN);
    for (unsigned v = 1; v < 16; v++) {
        mi_joint j = {.vars = v, .s = s}, k = {.vars = v, .s = t};
        CHECK(mi_joint_entropies(&j, 1, q.var, 4, moments, 3, &run));
        CHECK(mi_joint_entropies(&k, 1, q.var, 4, spectrum, 4, &run));
        for (int a = 0; a < 3; a++)
            CHECK_NEAR(s[a], t[a], 1e-9);
    }
    free_quartet(&q);
}

static void squares_agree_with_dense(void **state)
{
    static const double alpha[] = {2};
    (void)state;
    for_each_shape(4, alpha, 1, 2e-5);
}

/* Rounding that is to the same side in every pair does not average out: values of one sign, norms that
 * are all alike, kernels near 1, powers. */
static float one_sided(int shape, size_t number)
{
    switch (shape) {
    case 0:
        return (float)fabs(draw_normal());
    case 1:
        return (float)(3 + draw_uniform());
    case 2:
        return number % 2 ? 1 : 3;
    default:
        return (float)(1 + 1e-3 * draw_normal());
    }
}

static void rounding_has_no_side(void **state)
{
    static const mi_kernel kernels[] = {
        {.kind = MI_KERNEL_LINEAR},
        {.kind = MI_KERNEL_POLYNOMIAL, .degree = 7, .offset = 2},
        {.kind = MI_KERNEL_POLYNOMIAL, .degree = 2, .offset = 0.1},
        {.kind = MI_KERNEL_LAPLACIAN, .bandwidth = 2},
        {.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 3},
        {.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 3, .n_scales = 3, .scale = {0.5, 1, 20}},
    };
    (void)state;
    draw_seed(21);
    for (int shape = 0; shape < 4; shape++) {
        quartet q = {.n = 600};
        CHECK(mi_mat_alloc(&q.z1, q.n, 300, MI_F32));
        CHECK(mi_mat_alloc(&q.z2, q.n, 100, MI_F32));
        for (size_t i = 0; i < q.n; i++) {
            for (size_t k = 0; k < 300; k++)
                ((float *)q.z1.x)[i * 300 + k] = one_sided(shape, i + draw_below(300));
            for (size_t k = 0; k < 100; k++)
                ((float *)q.z2.x)[i * 100 + k] = one_sided(shape, draw_below(100));
        }
        draw_instances(&q.r, q.n, 2);
        draw_groups(&q.y, q.n, 3);
        mi_var_discrete(&q.var[2], &q.r);
        mi_var_discrete(&q.var[3], &q.y);
        for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
            CHECK(mi_var_real(&q.var[0], kernels[k], &q.z1));
            CHECK(mi_var_real(&q.var[1], kernels[k], &q.z2));
            for (unsigned vars = 1; vars < 4; vars++)
                CHECK_NEAR(entropy(&q, vars, 2, MI_ROUTE_TILES, 2),
                           entropy(&q, vars, 2, MI_ROUTE_DENSE, 2), 5e-7);
            mi_var_free(&q.var[0]);
            mi_var_free(&q.var[1]);
        }
        free_quartet(&q);
    }
}

static void each_route_that_can_do_it(void **state)
{
    quartet q;
    (void)state;
    draw_seed(5);
    draw_quartet(&q, 300, 14, 9, MI_F32, MI_KERNEL_LINEAR);
    double dense = entropy(&q, Z1 | Z2, 2, MI_ROUTE_DENSE, 1);
    CHECK_NEAR(entropy(&q, Z1 | Z2, 2, MI_ROUTE_DUAL, 1), dense, 1e-11);
    CHECK_NEAR(entropy(&q, Z1 | Z2, 2, MI_ROUTE_TILES, 1), dense, 2e-6);
    dense = entropy(&q, Z1 | Z2 | Y, 2, MI_ROUTE_DENSE, 1);
    CHECK_NEAR(entropy(&q, Z1 | Z2 | Y, 2, MI_ROUTE_CLASSES, 1), dense, 1e-11);
    CHECK_NEAR(entropy(&q, Z1 | Z2 | Y, 2, MI_ROUTE_DUAL, 1), dense, 1e-11);
    CHECK_NEAR(entropy(&q, Z1 | Z2 | Y, 2, MI_ROUTE_TILES, 1), dense, 2e-6);
    dense = entropy(&q, R | Y, 2, MI_ROUTE_DENSE, 1);
    CHECK_NEAR(entropy(&q, R | Y, 2, MI_ROUTE_COUNTS, 1), dense, 1e-12);
    free_quartet(&q);
}

static void routes_that_cannot_are_refused(void **state)
{
    static const struct {
        unsigned vars;
        double alpha;
        mi_route route;
        const char *message;
    } row[] = {
        {Z1 | Z2, 2, MI_ROUTE_COUNTS, "route 'counts' is for discrete variables"},
        {Z1 | Z2, 2, MI_ROUTE_CLASSES, "route 'classes' is for a real variable together with"},
        {Z1 | Z2, 1, MI_ROUTE_TILES, "route 'tiles' computes order 2 of real variables only"},
        {R | Y, 2, MI_ROUTE_TILES, "route 'tiles' computes order 2 of real variables only"},
        {R | Y, 2, MI_ROUTE_DUAL, "route 'dual' is for linear kernels"},
        {Z1 | Z2, 1, MI_ROUTE_BF16, "route 'bf16' computes order 2 of real variables only"},
        {R | Y, 2, MI_ROUTE_BF16, "route 'bf16' computes order 2 of real variables only"},
    };
    quartet q;
    double s;
    mi_run run = {.threads = 1};
    (void)state;
    draw_seed(6);
    draw_quartet(&q, 40, 5, 4, MI_F32, MI_KERNEL_LINEAR);
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        mi_joint j = {.vars = row[k].vars, .s = &s, .route = row[k].route};
        assert_int_equal(mi_joint_entropies(&j, 1, q.var, 4, &row[k].alpha, 1, &run), MI_EUSAGE);
        assert_non_null(strstr(mi_detail(), row[k].message));
    }
    free_quartet(&q);
}

/* Row sums of K_ij^2 of all joints with the views of an image, by the route for classes of few rows
 * and, above 16 rows, by others: those of the plain matrix. */
static void check_row_sums_in_classes(const quartet *q, size_t views, double tolerance)
{
    static double s[16], row[16][300];
    double two = 2;
    mi_joint j[3];
    mi_run run = {.threads = 2};
    memset(row, 0, sizeof row);
    for (unsigned v = 1; v < 4; v++)
        j[v - 1] = (mi_joint){.vars = v | R, .s = &s[v], .row = row[v]};
    CHECK(mi_joint_entropies(j, 3, q->var, 4, &two, 1, &run));
    for (unsigned v = 1; v < 4; v++) {
        double *k, total = 0;
        const mi_var *var[3] = {&q->var[0], &q->var[1], &q->var[2]};
        CHECK(MI_NEW(k, q->n * q->n));
        CHECK(mi_gram(k, &(mi_block){var + (v == 2), v == 3 ? 3 : 1, NULL, q->n}));
        for (size_t i = 0; i < q->n; i++) {
            double sum = 0;
            for (size_t c = 0; c < q->n; c++) {
                double value = i > c ? k[i * q->n + c] : k[c * q->n + i];
                sum += q->r.code[i] == q->r.code[c] ? value * value : 0;
            }
            CHECK_NEAR(row[v][i], sum, tolerance * (double)views);
            total += sum;
        }
        CHECK_NEAR(s[v], 2 * log((double)q->n) - log(total), tolerance);
        mi_free(k);
    }
}

static void classes_of_few_rows(void **state)
{
    static const size_t views[] = {1, 2, 3, 16, 17};
    (void)state;
    draw_seed(12);
    for (size_t k = 0; k < 10; k++) {
        quartet q;
        draw_quartet(&q, 297, 14, 9, MI_F32, k & 1 ? MI_KERNEL_GAUSSIAN : MI_KERNEL_LINEAR);
        mi_groups_free(&q.r);
        draw_instances(&q.r, 297, views[k / 2]);
        mi_var_discrete(&q.var[2], &q.r);
        check_row_sums_in_classes(&q, views[k / 2], views[k / 2] <= 16 ? 1e-11 : 2e-5);
        free_quartet(&q);
    }
}

/* Large classes have a tile pass each when nothing else needs the pass over all rows. */
static void tiles_class_by_class(void **state)
{
    quartet q;
    (void)state;
    draw_seed(7);
    draw_quartet(&q, 2400, 300, 200, MI_F32, MI_KERNEL_LINEAR);
    double dense = entropy(&q, Z1 | Z2 | Y, 2, MI_ROUTE_DENSE, 2);
    double classes = entropy(&q, Z1 | Z2 | Y, 2, MI_ROUTE_AUTO, 2);
    CHECK_NEAR(classes, dense, 2e-6);
    assert_true(classes != dense);
    free_quartet(&q);
}

static void threads_change_rounding_only(void **state)
{
    quartet q;
    (void)state;
    draw_seed(8);
    draw_quartet(&q, 1500, 40, 24, MI_F32, MI_KERNEL_LINEAR);
    for (unsigned v = 1; v < 16; v++) {
        double one = entropy(&q, v, 2, MI_ROUTE_AUTO, 1),
               one_1 = entropy(&q, v, 1, MI_ROUTE_AUTO, 1);
        for (int threads = 2; threads < 5; threads++) {
            CHECK_NEAR(entropy(&q, v, 2, MI_ROUTE_AUTO, threads), one, 1e-6 * fabs(one));
            CHECK_NEAR(entropy(&q, v, 1, MI_ROUTE_AUTO, threads), one_1, 1e-9);
        }
    }
    free_quartet(&q);
}

/* Norms that single precision cannot multiply are scaled first; cosines do not change. */
static void extreme_norms(void **state)
{
    enum { N = 130, D = 11 };
    mi_mat plain, extreme;
    mi_var v, w;
    double s, t, alpha = 2;
    mi_run run = {.threads = 1};
    (void)state;
    draw_seed(9);
    draw_matrix(&plain, N, D, MI_F32, NULL, 0);
    CHECK(mi_mat_alloc(&extreme, N, D, MI_F32));
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < D; k++)
            ((float *)extreme.x)[i * D + k] =
                ldexpf(((float *)plain.x)[i * D + k], i % 2 ? 100 : -100);
    CHECK(mi_var_real(&v, (mi_kernel){.kind = MI_KERNEL_LINEAR}, &plain));
    CHECK(mi_var_real(&w, (mi_kernel){.kind = MI_KERNEL_LINEAR}, &extreme));
    mi_joint j = {.vars = 1, .s = &s, .route = MI_ROUTE_TILES};
    mi_joint k = {.vars = 1, .s = &t, .route = MI_ROUTE_TILES};
    CHECK(mi_joint_entropies(&j, 1, &v, 1, &alpha, 1, &run));
    CHECK(mi_joint_entropies(&k, 1, &w, 1, &alpha, 1, &run));
    CHECK_NEAR(s, t, 1e-6);
    mi_var_free(&v);
    mi_var_free(&w);
    mi_mat_free(&plain);
    mi_mat_free(&extreme);
}

/* Row sums of the pass are those of the plain matrix, and add up to its total. */
static void row_sums_of_the_pass(void **state)
{
    quartet q;
    mi_tile_var t[2];
    double *k, *l;
    mi_run run = {.threads = 3};
    (void)state;
    draw_seed(10);
    draw_quartet(&q, 421, 13, 8, MI_F32, MI_KERNEL_GAUSSIAN);
    CHECK(mi_tile_var_init(&t[0], &q.var[0], NULL, q.n));
    CHECK(mi_tile_var_init(&t[1], &q.var[1], NULL, q.n));
    mi_tile_factor factor[2] = {t[0].factor, t[1].factor};
    mi_tile_sum sum[2] = {{.factors = 3}, {.factors = 3, .group = q.y.code}};
    CHECK(MI_NEW(sum[0].row, q.n));
    CHECK(MI_NEW(sum[1].row, q.n));
    CHECK(mi_tiles(q.n, factor, 2, sum, 2, &run));
    CHECK(MI_NEW(k, q.n * q.n));
    CHECK(MI_NEW(l, q.n * q.n));
    const mi_var *both[] = {&q.var[0], &q.var[1]};
    const mi_var *with_y[] = {&q.var[0], &q.var[1], &q.var[3]};
    CHECK(mi_gram(k, &(mi_block){both, 2, NULL, q.n}));
    CHECK(mi_gram(l, &(mi_block){with_y, 3, NULL, q.n}));
    double total[2] = {0, 0};
    for (size_t i = 0; i < q.n; i++) {
        double row[2] = {0, 0};
        for (size_t j = 0; j < q.n; j++) {
            size_t at = i > j ? i * q.n + j : j * q.n + i;
            row[0] += k[at] * k[at];
            row[1] += l[at] * l[at];
        }
        for (int s = 0; s < 2; s++) {
            CHECK_NEAR(sum[s].row[i], row[s], 1e-5 * row[s]);
            total[s] += sum[s].row[i];
        }
    }
    for (int s = 0; s < 2; s++) {
        CHECK_NEAR(sum[s].total, total[s], 1e-7 * total[s]);
        mi_free(sum[s].row);
        mi_tile_var_free(&t[s]);
    }
    mi_free(k);
    mi_free(l);
    free_quartet(&q);
}

/* Two clusters R bandwidths from their mean, which float exponents cannot tell from one (from R = 1000
 * on): every route, also from behind a source and row by row, is right to the twin. */
static void gaussian_rows_far_from_their_mean(void **state)
{
    static const double far[] = {3, 30, 1000, 1e5};
    static const mi_route route[] = {MI_ROUTE_TILES, MI_ROUTE_SAMPLE, MI_ROUTE_LANCZOS};
    enum { N = 256, D = 12 };
    double dense[2], s[2], width[2], alpha[] = {2, 1};
    mi_run run = {.threads = 2, .seed = 1};
    (void)state;
    draw_seed(31);
    for (size_t k = 0; k < sizeof far / sizeof *far; k++) {
        mi_mat z;
        mi_var var;
        mi_kernel kernel = {.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 4};
        draw_matrix(&z, N, D, MI_F64, NULL, 0);
        for (size_t i = 0; i < N; i++)
            ((double *)z.x)[i * D + i % 3] += (i < N / 2 ? 1 : -1) * far[k] * kernel.bandwidth;
        CHECK(mi_var_real(&var, kernel, &z));
        mi_joint j = {.vars = 1, .s = dense, .route = MI_ROUTE_DENSE};
        CHECK(mi_joint_entropies(&j, 1, &var, 1, alpha, 2, &run));
        j.s = s;
        j.half_width = width;
        for (size_t r = 0; r < sizeof route / sizeof *route; r++) {
            size_t orders = route[r] == MI_ROUTE_LANCZOS ? 2 : 1;
            j.route = route[r];
            CHECK(mi_joint_entropies(&j, 1, &var, 1, alpha, orders, &run));
            for (size_t a = 0; a < orders; a++)
                CHECK_NEAR(s[a], dense[a], 2e-6 + width[a]);
        }
        mi_var_free(&var);
        source_take(&z, 50);
        CHECK(mi_var_real(&var, kernel, &z));
        j.route = MI_ROUTE_AUTO;
        CHECK(mi_joint_entropies(&j, 1, &var, 1, alpha, 1, &run));
        assert_int_equal(j.route, MI_ROUTE_TILES);
        CHECK_NEAR(s[0], dense[0], 2e-6);
        mi_var_free(&var);
        mi_mat_free(&z);
    }
}

/* A route that is forced is taken by every joint of gaussian variables; linear marginals, whose dual is
 * exact and cheap, keep theirs. */
static void a_forced_route_reaches_gaussian_marginals(void **state)
{
    quartet q;
    double s[2], twin[2], alpha = 2;
    (void)state;
    draw_quartet(&q, 150, 12, 5, MI_F32, MI_KERNEL_GAUSSIAN);
    mi_run run = {.threads = 1, .route = MI_ROUTE_DENSE};
    mi_joint j[] = {{.vars = Z1, .s = s}, {.vars = Z1 | R, .s = s + 1}};
    CHECK(mi_joint_entropies(j, 2, q.var, 4, &alpha, 1, &run));
    assert_int_equal(j[0].route, MI_ROUTE_DENSE);
    assert_int_equal(j[1].route, MI_ROUTE_DENSE);
    twin[0] = entropy(&q, Z1, 2, MI_ROUTE_DENSE, 1);
    twin[1] = entropy(&q, Z1 | R, 2, MI_ROUTE_DENSE, 1);
    for (int k = 0; k < 2; k++)
        CHECK_NEAR(s[k], twin[k], 1e-14);
    free_quartet(&q);
    draw_quartet(&q, 150, 12, 5, MI_F32, MI_KERNEL_LINEAR);
    j[0].route = MI_ROUTE_AUTO;
    CHECK(mi_joint_entropies(j, 1, q.var, 4, &alpha, 1, &run));
    assert_int_equal(j[0].route, MI_ROUTE_DUAL);
    free_quartet(&q);
}

static void memory_is_checked_before_it_is_taken(void **state)
{
    quartet q;
    double s, alpha = 1;
    mi_run run = {.threads = 1, .memory_bytes = 1 << 20};
    (void)state;
    draw_seed(11);
    draw_quartet(&q, 600, 50, 40, MI_F32, MI_KERNEL_LINEAR);
    mi_joint j = {.vars = Z1 | Z2, .s = &s};
    assert_int_equal(mi_joint_entropies(&j, 1, q.var, 4, &alpha, 1, &run), MI_EMEMORY);
    assert_non_null(strstr(mi_detail(), "a joint entropy of 600 rows needs"));
    assert_non_null(strstr(mi_detail(), " rows a batch, or order 2"));
    alpha = 2;
    j.route = MI_ROUTE_AUTO;
    CHECK(mi_joint_entropies(&j, 1, q.var, 4, &alpha, 1, &run));
    free_quartet(&q);
}

static void more_variables_than_fit_are_refused(void **state)
{
    mi_var var[MI_MAX_VARS + 1] = {0};
    double s, alpha = 2;
    mi_run run = {.threads = 1};
    mi_joint j = {.vars = 1, .s = &s};
    (void)state;
    assert_int_equal(mi_joint_entropies(&j, 1, var, MI_MAX_VARS + 1, &alpha, 1, &run), MI_EUSAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spectra_agree_with_dense),
        cmocka_unit_test(moments_agree_with_dense),
        cmocka_unit_test(moments_agree_with_eigenvalues),
        cmocka_unit_test(squares_agree_with_dense),
        cmocka_unit_test(rounding_has_no_side),
        cmocka_unit_test(each_route_that_can_do_it),
        cmocka_unit_test(routes_that_cannot_are_refused),
        cmocka_unit_test(tiles_class_by_class),
        cmocka_unit_test(threads_change_rounding_only),
        cmocka_unit_test(extreme_norms),
        cmocka_unit_test(classes_of_few_rows),
        cmocka_unit_test(row_sums_of_the_pass),
        cmocka_unit_test(gaussian_rows_far_from_their_mean),
        cmocka_unit_test(a_forced_route_reaches_gaussian_marginals),
        cmocka_unit_test(memory_is_checked_before_it_is_taken),
        cmocka_unit_test(more_variables_than_fit_are_refused),
    };
    return cmocka_run_group_tests_name("routes", tests, NULL, NULL);
}
