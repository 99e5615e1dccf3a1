/* Rows with weights on the routes that estimate, lanczos and sample: against the exact ones, intervals, and
 * standard errors. Weights differ by a factor of 4, or as exp(1.5 x), x normal, by some thousand. */
#include <math.h>
#include <string.h>

#include "leave_out.h"
#include "libmi/spectrum/product.h"
#include "spectra.h"

enum { Z1 = SPECTRUM_Z1, Z2 = SPECTRUM_Z2, Y = SPECTRUM_Y };

static const double orders[] = {0.5, 1, 1.01, 1.5, 2, 3, INFINITY};
enum { ORDERS = sizeof orders / sizeof *orders };

static const mi_run plain = {.threads = 2};

/* (n), adding up to n. The caller's to free. */
static double *draw_weights(size_t n, int are_heavy)
{
    double *w, sum = 0;
    CHECK(MI_NEW(w, n));
    for (size_t i = 0; i < n; i++)
        sum += w[i] = are_heavy ? exp(1.5 * draw_normal()) : 0.5 + 1.5 * draw_uniform();
    for (size_t i = 0; i < n; i++)
        w[i] *= (double)n / sum;
    return w;
}

static void joint_of(mi_joint *j, const spectrum_draw *d, unsigned vars, mi_route route,
                     const double *alpha, size_t n_alpha, const mi_run *run)
{
    j->vars = vars;
    j->route = route;
    CHECK(mi_joint_entropies(j, 1, d->var, 3, alpha, n_alpha, run));
}

/* ---- products ---- */

/* y = K x and the sums of squares of the rows, from the plain Gram matrix. */
static void plain_product(double *y, double *square, const double *x, const mi_block *b)
{
    double *k;
    CHECK(MI_NEW(k, b->m * b->m));
    CHECK(mi_gram(k, b));
    for (size_t i = 0; i < b->m; i++) {
        y[i] = square[i] = 0;
        for (size_t j = 0; j < b->m; j++) {
            double entry = k[i > j ? i * b->m + j : j * b->m + i];
            y[i] += entry * x[j];
            square[i] += entry * entry;
        }
    }
    mi_free(k);
}

static void check_product(mi_product_kind kind, const mi_block *b)
{
    double x[b->m], y[b->m], square[b->m], wanted[b->m], squares[b->m], norm = 0, off = 0;
    mi_product p;
    for (size_t i = 0; i < b->m; i++)
        x[i] = draw_normal();
    plain_product(wanted, squares, x, b);
    CHECK(mi_product_make(&p, kind, b, &plain));
    CHECK(mi_product_apply(&p, y, x, 1));
    CHECK(mi_product_squares(&p, b, square));
    for (size_t i = 0; i < b->m; i++) {
        norm += wanted[i] * wanted[i];
        off += pow(y[i] - wanted[i], 2);
        CHECK_NEAR(square[i], squares[i], 5e-6 * squares[i]);
    }
    CHECK_AT_MOST(sqrt(off), 1e-6 * sqrt(norm), 0);
    mi_product_free(&p);
}

/* The variable of weights as the library makes it, first, last and alone beside one. */
static void products_are_scaled(void **state)
{
    enum { N = 300 };
    static const spectrum_kind kinds[] = {SPECTRUM_NORMAL, SPECTRUM_GAUSSIAN, SPECTRUM_LAPLACIAN};
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        spectrum_draw d;
        double root[N], one[N], *w;
        size_t row[N / 2];
        spectrum_make(&d, kinds[k], N, 3);
        w = draw_weights(N, 1);
        for (size_t i = 0; i < N; i++) {
            root[i] = sqrt(w[i]);
            one[i] = 1;
            row[i / 2] = i * 7 % N;
        }
        mi_mat x = {.x = root, .n = N, .d = 1, .ld = 1, .type = MI_F64};
        mi_var weights = {
            .kernel = {.kind = MI_KERNEL_LINEAR}, .n = N, .x = &x, .inverse_norm = one, .self = w};
        const mi_var *var[] = {&weights, &d.var[0], &d.var[1], &weights};
        for (mi_product_kind f = 0; f < MI_PRODUCT_KINDS; f++) {
            if (f == MI_PRODUCT_KHATRI_RAO && d.var[0].kernel.kind != MI_KERNEL_LINEAR)
                continue;
            check_product(f, &(mi_block){var + 1, 3, NULL, N});
            check_product(f, &(mi_block){var, 3, row, N / 2});
        }
        check_product(MI_PRODUCT_STORED, &(mi_block){var, 2, row, N / 2});
        mi_free(w);
        spectrum_free(&d);
    }
}

/* ---- lanczos ---- */

static void few_rows_are_exact(void **state)
{
    enum { N = 70 };
    (void)state;
    for (spectrum_kind kind = 0; kind < SPECTRA; kind += 3) {
        spectrum_draw d;
        double s[ORDERS], exact[ORDERS], width[ORDERS], row[2][N] = {{0}};
        spectrum_make(&d, kind, N, 5);
        double *w = draw_weights(N, 0);
        d.var[0].weight = w;
        for (unsigned vars = Z1; vars <= (Z1 | Z2 | Y); vars++) {
            mi_joint j = {.s = s, .half_width = width}, dense = {.s = exact};
            if (vars == Y)
                continue;
            joint_of(&j, &d, vars, MI_ROUTE_LANCZOS, orders, ORDERS, &plain);
            joint_of(&dense, &d, vars, MI_ROUTE_DENSE, orders, ORDERS, &plain);
            for (size_t a = 0; a < ORDERS; a++)
                CHECK_NEAR(s[a], exact[a], 1e-5);
        }
        for (int k = 0; k < 2; k++) {
            mi_joint j = {.s = s, .half_width = width, .row = row[k]};
            joint_of(&j, &d, Z1 | Z2, k ? MI_ROUTE_LANCZOS : MI_ROUTE_TILES, &(double){2}, 1,
                     &plain);
        }
        for (size_t i = 0; i < N; i++)
            CHECK_NEAR(row[0][i], row[1][i], 1e-5 * row[0][i]);
        mi_free(w);
        spectrum_free(&d);
    }
}

/* As without weights in prop/test_lanczos. */
static void intervals_of_lanczos_cover(void **state)
{
    enum { SEEDS = 40 };
    static const spectrum_kind kinds[] = {SPECTRUM_NORMAL, SPECTRUM_CLASSES, SPECTRUM_HEAVY,
                                          SPECTRUM_TWICE, SPECTRUM_GAUSSIAN};
    (void)state;
    LEAVE_OUT_UNDER_VALGRIND();
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        spectrum_accuracy a[ORDERS];
        spectrum_draw d;
        spectrum_make(&d, kinds[k], 400, 9);
        double *w = draw_weights(400, k % 2);
        d.var[1].weight = w;
        spectrum_measure(a, d.var, 3, Z1 | Z2, orders, ORDERS, SEEDS, 2);
        for (size_t i = 0; i < ORDERS; i++) {
            CHECK_AT_MOST(35.0 / SEEDS, a[i].covered, 1e-9);
            CHECK_AT_MOST(a[i].rms, (orders[i] < 1 ? 5e-3 : 1e-3) * a[i].value, 1e-4);
        }
        mi_free(w);
        spectrum_free(&d);
    }
}

/* What single precision does to one row that weighs as much as a third of the others is seen. */
static void one_row_may_weigh_much(void **state)
{
    enum { N = 900 };
    spectrum_draw d;
    double s[ORDERS], exact[ORDERS], width[ORDERS], w[N];
    mi_joint j = {.s = s, .half_width = width}, dense = {.s = exact};
    (void)state;
    for (spectrum_kind kind = 0; kind < SPECTRA; kind++) {
        spectrum_make(&d, kind, N, 5);
        for (size_t i = 0; i < N; i++)
            w[i] = (i == 17 ? N / 3 : 1) / (1 + (N / 3 - 1.0) / N);
        d.var[0].weight = w;
        joint_of(&dense, &d, Z1 | Z2, MI_ROUTE_DENSE, orders, ORDERS, &plain);
        joint_of(&j, &d, Z1 | Z2, MI_ROUTE_LANCZOS, orders, ORDERS, &plain);
        for (size_t a = 0; a < ORDERS; a++)
            CHECK_NEAR(s[a], exact[a], width[a]);
        spectrum_free(&d);
    }
}

/* ---- sample ---- */

/* One joint of N rows, SEEDS times: intervals have the value, errors are without bias, and intervals are
 * not much wider than without weights unless these are heavy: they are in the controls. */
static void check_samples(spectrum_kind kind, unsigned vars, int are_heavy)
{
    enum { N = 2600, SEEDS = 60 };
    const double two = 2;
    spectrum_draw d;
    double s, width, exact, without = 0, with = 0, bias = 0, square = 0;
    size_t covered = 0;
    mi_joint j = {.s = &s, .half_width = &width}, whole = {.s = &exact};
    spectrum_make(&d, kind, N, 3);
    double *w = draw_weights(N, are_heavy);
    for (unsigned long seed = 1; seed <= SEEDS / 4; seed++) {
        mi_run run = {.threads = 2, .seed = seed};
        joint_of(&j, &d, vars, MI_ROUTE_SAMPLE, &two, 1, &run);
        without += 4 * width / SEEDS;
    }
    d.var[0].weight = w;
    joint_of(&whole, &d, vars, MI_ROUTE_TILES, &two, 1, &plain);
    for (unsigned long seed = 1; seed <= SEEDS; seed++) {
        mi_run run = {.threads = 2, .seed = seed};
        joint_of(&j, &d, vars, MI_ROUTE_SAMPLE, &two, 1, &run);
        covered += fabs(s - exact) <= width + 1e-6;
        bias += (s - exact) / SEEDS;
        square += pow(s - exact, 2) / SEEDS;
        with += width / SEEDS;
    }
    assert_true(are_heavy || with <= 1.3 * without);
    assert_true(covered >= 52);
    CHECK_AT_MOST(fabs(bias), 3.5 * sqrt(square / SEEDS), 0);
    mi_free(w);
    spectrum_free(&d);
}

static void intervals_of_samples_cover(void **state)
{
    (void)state;
    LEAVE_OUT_UNDER_VALGRIND();
    for (int are_heavy = 0; are_heavy < 2; are_heavy++) {
        check_samples(SPECTRUM_CLASSES, Z1 | Z2, are_heavy);
        check_samples(SPECTRUM_CLASSES, Z1 | Z2 | Y, are_heavy);
        check_samples(SPECTRUM_GAUSSIAN, Z1 | Z2, are_heavy);
        check_samples(SPECTRUM_GAUSSIAN, Z1, are_heavy);
    }
}

static void all_units_give_the_whole_pass(void **state)
{
    enum { N = 1500 };
    const mi_run run = {.threads = 2, .tolerance = 1e-12, .seed = 3};
    spectrum_draw d;
    const double two = 2;
    double s[2], width[2], row[2][N];
    (void)state;
    spectrum_make(&d, SPECTRUM_CLASSES, N, 3);
    double *w = draw_weights(N, 1);
    d.var[0].weight = w;
    for (unsigned vars = Z1 | Z2; vars <= (Z1 | Z2 | Y); vars += Y) {
        memset(row, 0, sizeof row);
        for (int k = 0; k < 2; k++) {
            mi_joint j = {.s = &s[k], .half_width = &width[k], .row = row[k]};
            joint_of(&j, &d, vars, k ? MI_ROUTE_SAMPLE : MI_ROUTE_TILES, &two, 1,
                     k ? &run : &plain);
        }
        CHECK_NEAR(s[1], s[0], 2e-6);
        assert_true(width[1] == 0);
        for (size_t i = 0; i < N; i++)
            CHECK_NEAR(row[1][i], row[0][i], 1e-5 * row[0][i]);
    }
    mi_free(w);
    spectrum_free(&d);
}

/* ---- errors ---- */

/* se (MI_TERMS) at an order, without what the half-width adds. */
static void errors_of(double *se, const mi_sample *s, double alpha, mi_route route)
{
    mi_run run = {.threads = 2, .seed = 1, .route = route};
    mi_bounds_opts o;
    mi_bounds_result r;
    mi_bounds_opts_default(&o);
    o.alpha = &alpha;
    o.se = 1;
    CHECK(mi_bounds(&r, s, &o, &run));
    CHECK_NEAR(r.degrees, (double)s->instance.groups.g - 1, 0);
    for (mi_term t = 0; t < MI_TERMS; t++)
        se[t] = sqrt(pow(r.se[t], 2) - pow(r.half_width[t] / 1.96, 2));
}

static void errors_are_those_of_exact_routes(void **state)
{
    static const struct {
        double alpha, allowed;
        mi_route exact, estimate;
        size_t n;
    } row[] = {{1, 0.15, MI_ROUTE_DENSE, MI_ROUTE_LANCZOS, 240},
               {1.5, 0.02, MI_ROUTE_DENSE, MI_ROUTE_LANCZOS, 240},
               {2, 1e-4, MI_ROUTE_TILES, MI_ROUTE_LANCZOS, 240},
               {2, 0.2, MI_ROUTE_TILES, MI_ROUTE_SAMPLE, 6000}};
    (void)state;
    draw_seed(57);
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        double exact[MI_TERMS], estimate[MI_TERMS];
        mi_sample s;
        draw_sample(&s, row[k].n, 48, 32, (mi_kernel){.kind = MI_KERNEL_LINEAR});
        s.weight = draw_weights(s.n, 0);
        errors_of(exact, &s, row[k].alpha, row[k].exact);
        errors_of(estimate, &s, row[k].alpha, row[k].estimate);
        for (mi_term t = 0; t < MI_TERMS; t++)
            if (!isnan(exact[t]))
                CHECK_NEAR(estimate[t], exact[t], row[k].allowed * exact[t] + 1e-9);
        mi_sample_free(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_are_scaled),
        cmocka_unit_test(few_rows_are_exact),
        cmocka_unit_test(intervals_of_lanczos_cover),
        cmocka_unit_test(one_row_may_weigh_much),
        cmocka_unit_test(all_units_give_the_whole_pass),
        cmocka_unit_test(intervals_of_samples_cover),
        cmocka_unit_test(errors_are_those_of_exact_routes),
    };
    return cmocka_run_group_tests_name("weights, estimated", tests, NULL, NULL);
}
