/* Entries of resolvents from probes, batch by batch, against whole eigenvectors and the same signs; the
 * same for any number of threads; and memory that does not grow with the probes. */
#include <complex.h>
#include <math.h>
#include <string.h>

#include "libmi/base/eigenvalues.h"
#include "libmi/spectrum/lanczos.h"
#include "libmi/spectrum/private.h"
#include "spectra.h"

enum { M = 160, PROBES = 3 * MI_LANCZOS_PROBES, FIRST = 4096, PAIRS = 3 * M / 2 };

static const double orders[] = {1, 3};

typedef double _Complex cplx;

typedef struct {
    spectrum_draw draw;
    mi_groups group;
    mi_left_out left;
    const mi_var *var[2];
    mi_block block;
    size_t key[M];
    double square[M];
    mi_run run;
    mi_operator a;
    mi_ritz ritz;
    uint32_t i[PAIRS], j[PAIRS];
    mi_row_pairs pair;
    mi_probed probed;
} set;

/* Rows in pairs: (0,0), (1,0), (1,1), (2,2), ... */
static void set_make(set *s, spectrum_kind kind)
{
    spectrum_make(&s->draw, kind, M, 3);
    draw_instances(&s->group, M, 2);
    CHECK(mi_left_out_make(&s->left, &s->group, orders, 2));
    s->var[0] = &s->draw.var[0];
    s->var[1] = &s->draw.var[1];
    s->block = (mi_block){s->var, 2, NULL, M};
    s->run = (mi_run){.threads = 1};
    s->a = (mi_operator){
        .n = M, .m = M, .key = s->key, .seed = 7, .of = &s->block, .square = s->square};
    CHECK(mi_product_make(&s->a.product, MI_PRODUCT_STORED, &s->block, &s->run));
    CHECK(mi_product_squares(&s->a.product, &s->block, s->square));
    for (size_t i = 0; i < M; i++)
        s->key[i] = i;
    CHECK(mi_ritz_find(&s->ritz, &s->a));
    for (size_t i = 0, p = 0; i < M; i++)
        for (size_t j = i & ~(size_t)1; j <= i; j++, p++) {
            s->i[p] = (uint32_t)i;
            s->j[p] = (uint32_t)j;
        }
    s->pair = (mi_row_pairs){.count = PAIRS, .i = s->i, .j = s->j};
    s->probed =
        (mi_probed){.a = &s->a, .ritz = &s->ritz, .probes = PROBES, .steps = M - s->ritz.count};
}

static void set_free(set *s)
{
    mi_product_free(&s->a.product);
    mi_ritz_free(&s->ritz);
    mi_left_out_free(&s->left);
    mi_groups_free(&s->group);
    spectrum_free(&s->draw);
}

/* v (M) -= U'U v, rows of u orthonormal. */
static void project(double *v, const mi_ritz *r)
{
    for (size_t k = 0; k < r->count; k++) {
        double dot = 0;
        for (size_t i = 0; i < M; i++)
            dot += r->u[k * M + i] * v[i];
        for (size_t i = 0; i < M; i++)
            v[i] -= dot * r->u[k * M + i];
    }
}

/* e (M,M), l (M): eigenvectors, as rows, and eigenvalues of P B P, B = K / (n largest). */
static void decompose(double *e, double *l, const set *s)
{
    CHECK(mi_gram(e, &s->block));
    for (size_t i = 0; i < M; i++)
        for (size_t j = 0; j <= i; j++)
            e[j * M + i] = e[i * M + j] /= M * s->ritz.largest;
    for (size_t i = 0; i < M; i++)
        project(e + i * M, &s->ritz);
    for (size_t i = 0; i < M; i++)
        for (size_t j = 0; j < i; j++) {
            double other = e[i * M + j];
            e[i * M + j] = e[j * M + i];
            e[j * M + i] = other;
        }
    for (size_t i = 0; i < M; i++)
        project(e + i * M, &s->ritz);
    CHECK(mi_eigenvalues_one_stage(l, e, M, 1));
}

/* Real and imaginary parts of 1/(1 - zeta x) are functions 0 and 1; then x^0, x^1, x^2. */
static double value_of(int function, cplx zeta, double x)
{
    cplx f = 1 / (1 - zeta * x);
    return function == 0 ? creal(f) : function == 1 ? cimag(f) : pow(x, function - 2);
}

enum { FUNCTIONS = 2 + MI_CONTROLS };

/* mean (FUNCTIONS, PAIRS) over probes of (z_i y_j + z_j y_i) / 2, y = f(P B P) z; and the fits of the two. */
static void plain_means(double (*mean)[PAIRS], mi_control_fit fit[2], const set *s, const double *e,
                        const double *l, cplx zeta)
{
    for (size_t k = 0; k < PROBES; k++) {
        double z[M], v[M], y[FUNCTIONS][M] = {{0}}, norm = 0;
        mi_operator_draw(&s->a, z, FIRST + k);
        memcpy(v, z, sizeof v);
        project(v, &s->ritz);
        for (size_t i = 0; i < M; i++)
            norm += v[i] * v[i];
        for (size_t q = 0; q < M; q++) {
            double dot = 0;
            for (size_t i = 0; i < M; i++)
                dot += e[q * M + i] * v[i];
            for (int f = 0; f < FUNCTIONS; f++)
                for (size_t i = 0; i < M; i++)
                    y[f][i] += value_of(f, zeta, l[q]) * dot * e[q * M + i];
            for (int f = 0; f < 2; f++)
                mi_control_add(&fit[f], l[q], dot * dot / sqrt(norm), value_of(f, zeta, l[q]));
        }
        for (int f = 0; f < FUNCTIONS; f++)
            for (size_t p = 0; p < PAIRS; p++)
                mean[f][p] +=
                    (z[s->i[p]] * y[f][s->j[p]] + z[s->j[p]] * y[f][s->i[p]]) / (2 * PROBES);
    }
}

/* known (MI_CONTROLS, PAIRS) as the block has them: P B^c P, B^2 on the diagonal alone. */
static void plain_known(double (*known)[PAIRS], const set *s, const double *e, const double *l)
{
    for (size_t p = 0; p < PAIRS; p++) {
        known[0][p] = s->i[p] == s->j[p];
        for (size_t k = 0; k < s->ritz.count; k++)
            known[0][p] -= s->ritz.u[k * M + s->i[p]] * s->ritz.u[k * M + s->j[p]];
        for (int c = 1; c < MI_CONTROLS; c++) {
            known[c][p] = 0;
            for (size_t q = 0; q < M && (c < 2 || s->i[p] == s->j[p]); q++)
                known[c][p] += pow(l[q], c) * e[q * M + s->i[p]] * e[q * M + s->j[p]];
        }
    }
}

/* The entries of node t: the means, and what is known takes the place of what the probes say of the fit. */
static void check_node(const set *s, const mi_probed_entries *got, size_t t, const double *e,
                       const double *l, double (*known)[PAIRS])
{
    static double mean[FUNCTIONS][PAIRS];
    mi_control_fit fit[2] = {{.right = {0}}};
    memset(mean, 0, sizeof mean);
    plain_means(mean, fit, s, e, l, s->left.nodes->zeta[t]);
    for (int f = 0; f < 2; f++) {
        mi_control_fit again = fit[f];
        double on[MI_CONTROLS], off[MI_CONTROLS] = {0};
        mi_control_solve(on, &fit[f], MI_CONTROLS);
        mi_control_solve(off, &again, MI_CONTROLS - 1);
        for (size_t p = 0; p < PAIRS; p++) {
            const double *g = s->i[p] == s->j[p] ? on : off;
            double wanted = mean[f][p];
            for (int c = 0; c < MI_CONTROLS; c++)
                wanted += g[c] * (known[c][p] - mean[2 + c][p]);
            CHECK_NEAR(got->entry[(t + (size_t)f * got->nodes) * PAIRS + p], wanted, 2e-5);
        }
    }
}

static void entries_are_those_of_whole_vectors(void **state)
{
    static const spectrum_kind kinds[] = {SPECTRUM_NORMAL, SPECTRUM_HEAVY, SPECTRUM_GAUSSIAN};
    static double e[M * M], l[M], known[MI_CONTROLS][PAIRS];
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        set s = {.run = {0}};
        mi_probed_entries got;
        set_make(&s, kinds[k]);
        assert_true(s.ritz.count > 0 && s.ritz.count < M);
        CHECK(mi_probed_entries_make(&got, &s.probed, s.left.nodes, s.ritz.largest, &s.pair));
        decompose(e, l, &s);
        plain_known(known, &s, e, l);
        mi_probed_entries_complete(&got, known[0], PAIRS, 0, 100);
        mi_probed_entries_complete(&got, known[0] + 100, PAIRS, 100, PAIRS - 100);
        for (size_t t = 0; t < got.nodes; t += 9)
            check_node(&s, &got, t, e, l, known);
        mi_probed_entries_free(&got);
        set_free(&s);
    }
}

static void threads_change_nothing(void **state)
{
    mi_probed_entries one, three;
    set s = {.run = {0}};
    (void)state;
    set_make(&s, SPECTRUM_NORMAL);
    CHECK(mi_probed_entries_make(&one, &s.probed, s.left.nodes, s.ritz.largest, &s.pair));
    s.run.threads = 3;
    mi_product_free(&s.a.product);
    CHECK(mi_product_make(&s.a.product, MI_PRODUCT_STORED, &s.block, &s.run));
    CHECK(mi_probed_entries_make(&three, &s.probed, s.left.nodes, s.ritz.largest, &s.pair));
    assert_memory_equal(one.entry, three.entry, 2 * one.nodes * PAIRS * sizeof *one.entry);
    mi_probed_entries_free(&one);
    mi_probed_entries_free(&three);
    set_free(&s);
}

/* What the two orders lose, all groups together. */
static void losses_of(double sum[2], const set *s, const mi_eigenpairs *e)
{
    memset(s->left.loss, 0, 2 * M * sizeof *s->left.loss);
    CHECK(mi_left_out_add(&s->left, e));
    for (size_t a = 0; a < 2; a++) {
        sum[a] = 0;
        for (size_t i = 0; i < M; i++)
            sum[a] += s->left.loss[a * M + i];
    }
}

/* Where none converged, all of the losses are of probes. */
static void no_pair_is_deflated(void **state)
{
    static double e[M * M], l[M];
    double exact[2], estimate[2];
    set s = {.run = {0}};
    (void)state;
    set_make(&s, SPECTRUM_HEAVY);
    mi_ritz none = {.largest = s.ritz.largest};
    CHECK(mi_gram(e, &s.block));
    CHECK(mi_eigenvalues_one_stage(l, e, M, 1));
    for (size_t k = 0; k < M; k++)
        l[k] /= M;
    losses_of(exact, &s, &(mi_eigenpairs){.m = M, .count = M, .l = l, .u = e});
    s.probed = (mi_probed){.a = &s.a, .ritz = &none, .probes = 320, .steps = 40};
    losses_of(estimate, &s, &(mi_eigenpairs){.m = M, .probed = &s.probed});
    for (size_t a = 0; a < 2; a++)
        CHECK_NEAR(estimate[a], exact[a], 0.05 * exact[a]);
    set_free(&s);
}

/* 320 probes of 20 steps and 10,000 rows are 0.5 GB. */
static void memory_does_not_grow_with_the_probes(void **state)
{
    enum { N = 10000 };
    mi_run run = {.threads = 2, .memory_bytes = 60000000};
    mi_groups two;
    spectrum_draw d;
    (void)state;
    spectrum_make(&d, SPECTRUM_NORMAL, N, 1);
    draw_instances(&two, N, 2);
    const mi_var *var[2] = {&d.var[0], &d.var[1]};
    const mi_joint_matrix a = {.var = var, .n_var = 2, .n = N};
    const mi_left_out left = {.group = &two, .alpha = orders, .n_alpha = 2};
    assert_true(mi_lanczos_fits(&a, NULL, &run));
    assert_true(mi_lanczos_fits(&a, &left, &run));
    assert_true(mi_probed_bytes(&left, N, 20, 2) > 30e6);
    run.memory_bytes = 40000000;
    assert_true(mi_lanczos_fits(&a, NULL, &run));
    assert_false(mi_lanczos_fits(&a, &left, &run));
    mi_groups_free(&two);
    spectrum_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_those_of_whole_vectors),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(no_pair_is_deflated),
        cmocka_unit_test(memory_does_not_grow_with_the_probes),
    };
    return cmocka_run_group_tests_name("probed", tests, NULL, NULL);
}
