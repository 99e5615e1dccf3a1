/* Rows with weights: whole numbers are rows that stand there as often, and errors are those of leaving
 * instances out. */
#include <math.h>
#include <string.h>

#include "draw.h"

#include "libmi/data/mat_internal.h"
#include "libmi/data/sample_build.h"

enum { N = 60, D1 = 9, D2 = 4, MOST = 3 * N };

static const double orders[] = {0.5, 1, 1.5, 2, 3, INFINITY};
#define N_ORDERS (sizeof orders / sizeof *orders)

static const mi_run run = {.threads = 2, .seed = 1};

/* N rows with weights of 1 to 3, and the rows repeated. */
typedef struct {
    mi_mat z1, z2, z1_often, z2_often;
    int64_t r[N], y[N], r_often[MOST], y_often[MOST];
    double w[N];
    size_t n_often;
} pair_of_sets;

static void draw(pair_of_sets *p, mi_float type)
{
    size_t row[MOST];
    p->n_often = 0;
    draw_matrix(&p->z1, N, D1, type, NULL, 0);
    draw_matrix(&p->z2, N, D2, type, &p->z1, 1);
    for (size_t i = 0; i < N; i++) {
        p->r[i] = (int64_t)(i / 2);
        p->y[i] = (int64_t)(i / 2 % 4);
        p->w[i] = (double)(1 + draw_below(3));
        for (size_t k = 0; k < (size_t)p->w[i]; k++) {
            p->r_often[p->n_often] = p->r[i];
            p->y_often[p->n_often] = p->y[i];
            row[p->n_often++] = i;
        }
        p->w[i] *= 17;
    }
    CHECK(mi_mat_gather(&p->z1_often, &p->z1, row, p->n_often));
    CHECK(mi_mat_gather(&p->z2_often, &p->z2, row, p->n_often));
}

static void drop(pair_of_sets *p)
{
    mi_mat_free(&p->z1);
    mi_mat_free(&p->z2);
    mi_mat_free(&p->z1_often);
    mi_mat_free(&p->z2_often);
}

static mi_array array_of(const mi_mat *m)
{
    return (mi_array){.x = m->x, .type = m->type, .d = m->d, .ld = m->ld};
}

static void make(mi_sample *weighted, mi_sample *often, const pair_of_sets *p, const char *kernel)
{
    mi_sample_opts o;
    mi_sample_opts_default(&o);
    o.r_kind = MI_R_ID;
    CHECK(mi_sample_parse_kernel(&o, kernel));
    const mi_arrays a = {
        .n = N, .z1 = array_of(&p->z1), .z2 = array_of(&p->z2), .r = p->r, .y = p->y, .w = p->w};
    const mi_arrays b = {.n = p->n_often,
                         .z1 = array_of(&p->z1_often),
                         .z2 = array_of(&p->z2_often),
                         .r = p->r_often,
                         .y = p->y_often};
    CHECK(mi_sample_of(weighted, &a, &o));
    CHECK(mi_sample_of(often, &b, &o));
}

static void entropies(double (*s)[N_ORDERS], const mi_sample *sample, const double *alpha,
                      size_t n_alpha, mi_route route)
{
    mi_var var[4];
    mi_joint joint[15];
    for (mi_member_id m = MI_Z1; m <= MI_Y; m++)
        CHECK(mi_sample_var(&var[m], sample, m));
    for (unsigned v = 1; v < 16; v++)
        joint[v - 1] = (mi_joint){.vars = v, .s = s[v], .route = v & 3 ? route : MI_ROUTE_AUTO};
    CHECK(mi_joint_entropies(joint, 15, var, 4, alpha, n_alpha, &run));
    for (unsigned v = 1; v < 16; v++)
        assert_int_equal(joint[v - 1].vars, v);
    for (mi_member_id m = MI_Z1; m <= MI_Y; m++)
        mi_var_free(&var[m]);
}

static void weights_are_rows_that_stand_there_as_often(void **state)
{
    static const struct {
        const char *kernel;
        mi_float type;
        mi_route route;
        size_t from, n_alpha; /* of the orders */
        double tolerance;
    } row[] = {
        {"linear", MI_F32, MI_ROUTE_AUTO, 0, N_ORDERS, 1e-9},
        {"linear", MI_F64, MI_ROUTE_DENSE, 0, N_ORDERS, 1e-9},
        {"linear", MI_F64, MI_ROUTE_DUAL, 0, N_ORDERS, 1e-9},
        {"gaussian:3", MI_F32, MI_ROUTE_AUTO, 0, N_ORDERS, 1e-9},
        {"laplacian:1:5", MI_F64, MI_ROUTE_AUTO, 0, N_ORDERS, 1e-9},
        {"polynomial:3", MI_F64, MI_ROUTE_AUTO, 3, 2, 1e-9},
        {"linear", MI_F32, MI_ROUTE_AUTO, 3, 1, 2e-6},
        {"linear", MI_F32, MI_ROUTE_TILES, 3, 1, 2e-6},
        {"gaussian:3", MI_F64, MI_ROUTE_TILES, 3, 1, 2e-6},
        {"gaussian:3", MI_F32, MI_ROUTE_AUTO, 3, 1, 2e-6},
        {"delta", MI_F32, MI_ROUTE_AUTO, 0, N_ORDERS, 1e-9},
    };
    (void)state;
    draw_seed(30);
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        pair_of_sets p;
        mi_sample weighted, often;
        double s[16][N_ORDERS], wanted[16][N_ORDERS];
        draw(&p, row[k].type);
        make(&weighted, &often, &p, row[k].kernel);
        entropies(s, &weighted, orders + row[k].from, row[k].n_alpha, row[k].route);
        entropies(wanted, &often, orders + row[k].from, row[k].n_alpha, row[k].route);
        for (unsigned v = 1; v < 16; v++)
            for (size_t a = 0; a < row[k].n_alpha; a++)
                CHECK_NEAR(s[v][a], wanted[v][a], row[k].tolerance);
        mi_sample_free(&weighted);
        mi_sample_free(&often);
        drop(&p);
    }
}

/* The delete-one jackknife: sqrt((g-1)/g sum (T_c - mean T_c)^2), by samples without an instance. */
static void plain_jackknife(double *se, const mi_sample *s, const mi_bounds_opts *o)
{
    enum { G = N / 2 };
    double value[G][MI_TERMS], mean[MI_TERMS] = {0};
    mi_bounds_opts plain = *o;
    plain.se = 0;
    for (size_t c = 0; c < G; c++) {
        size_t row[N], n = 0;
        mi_sample part;
        mi_bounds_result r;
        for (size_t i = 0; i < N; i++)
            if (i / 2 != c)
                row[n++] = i;
        CHECK(mi_sample_gather(&part, s, row, n));
        CHECK(mi_bounds(&r, &part, &plain, &run));
        memcpy(value[c], r.value, sizeof r.value);
        for (mi_term t = 0; t < MI_TERMS; t++)
            mean[t] += value[c][t] / G;
        mi_sample_free(&part);
    }
    for (mi_term t = 0; t < MI_TERMS; t++) {
        se[t] = 0;
        for (size_t c = 0; c < G; c++)
            se[t] += (value[c][t] - mean[t]) * (value[c][t] - mean[t]) * (G - 1) / G;
        se[t] = sqrt(se[t]);
    }
}

/* From eigenvectors they are that; at order 2 influences come near. */
static void errors_are_those_of_leaving_instances_out(void **state)
{
    pair_of_sets p;
    mi_sample weighted, often;
    (void)state;
    draw_seed(31);
    draw(&p, MI_F64);
    make(&weighted, &often, &p, "linear");
    for (size_t a = 1; a < 4; a++) {
        mi_bounds_result r;
        mi_bounds_opts o;
        double wanted[MI_TERMS];
        mi_bounds_opts_default(&o);
        o.alpha = &orders[a];
        o.se = 1;
        CHECK(mi_bounds(&r, &weighted, &o, &run));
        assert_int_equal(r.se_by, orders[a] == 2 ? MI_SE_INFLUENCE : MI_SE_JACKKNIFE);
        assert_true(isnan(r.value[MI_I_Z1_Z2_NULL]) && isnan(r.se[MI_I_Z1_Z2_NULL]));
        plain_jackknife(wanted, &weighted, &o);
        for (mi_term t = 0; t < MI_FIRST_DECOMPOSED; t++)
            if (t != MI_I_Z1_Z2_NULL)
                CHECK_NEAR(r.se[t] / wanted[t], 1, orders[a] == 2 ? 0.1 : 1e-4);
    }
    mi_sample_free(&weighted);
    mi_sample_free(&often);
    drop(&p);
}

#define SAYS(expr, text)                        \
    do {                                        \
        assert_int_equal((expr), MI_EUSAGE);    \
        assert_string_equal(mi_detail(), text); \
    } while (0)

static void what_takes_no_weights(void **state)
{
    pair_of_sets p;
    mi_sample s, often;
    mi_bounds_result r;
    mi_bounds_opts o;
    mi_run rounded = run;
    (void)state;
    draw_seed(32);
    draw(&p, MI_F32);
    make(&s, &often, &p, "linear");
    mi_bounds_opts_default(&o);
    o.batch = 10;
    SAYS(mi_bounds(&r, &s, &o, &run),
         "weights of rows are of the whole set as it is paired; leave out batches");
    o.batch = 0;
    o.permutations = 5;
    SAYS(mi_bounds(&r, &s, &o, &run),
         "weights of rows are of the whole set as it is paired; leave out permutations");
    o.permutations = 0;
    o.estimator = MI_ESTIMATOR_U;
    SAYS(mi_bounds(&r, &s, &o, &run),
         "weights of rows are for estimator v and for I(Z1;R) by matrix");
    o.estimator = MI_ESTIMATOR_V;
    rounded.route = MI_ROUTE_BF16;
    SAYS(mi_bounds(&r, &s, &o, &rounded),
         "route 'bf16' has too few digits for weights of rows; try route tiles");
    SAYS(mi_sample_no_weights(&s, "a limit"), "a limit does not take weights of rows");
    p.w[3] = 0;
    mi_sample_free(&s);
    const mi_arrays in = {.n = N, .z1 = array_of(&p.z1), .w = p.w};
    assert_int_equal(mi_sample_of(&s, &in, NULL), MI_EDATA);
    assert_string_equal(mi_detail(), "w: row 3 is 0, wanted a weight above 0");
    p.w[3] = NAN;
    assert_int_equal(mi_sample_of(&s, &in, NULL), MI_EDATA);
    assert_string_equal(mi_detail(), "w: row 3 is nan, wanted a weight above 0");
    mi_sample_free(&often);
    drop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_rows_that_stand_there_as_often),
        cmocka_unit_test(errors_are_those_of_leaving_instances_out),
        cmocka_unit_test(what_takes_no_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
