/* Projectors, losses, regulariser and optimisers against their formulas in double precision: values, and
 * gradients against central differences. */
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "libmi/bounds/contrast.h"
#include "libmi/train/head.h"
#include "libmi/train/private.h"

enum { N = 12, D = 10 };

/* ---- a twin of the projector: element (p,k) of the parameters, or (x,k) of the input, moved by h ---- */

typedef struct {
    const mi_param *p; /* NULL: the input */
    size_t k;
    double h;
} shift;

static double value_of(const mi_param *p, size_t k, const shift *s)
{
    return p->w[k] + (s->p == p && s->k == k ? s->h : 0);
}

static void twin_dense(const mi_stage *t, const double *x, double *y, const shift *s)
{
    for (size_t i = 0; i < t->n; i++)
        for (size_t o = 0; o < t->out; o++) {
            double sum = t->bias ? value_of(t->bias, o, s) : 0;
            for (size_t k = 0; k < t->in; k++)
                sum += x[i * t->in + k] * value_of(t->weight, o * t->in + k, s);
            y[i * t->out + o] = sum;
        }
}

static void twin_norm(const mi_stage *t, const double *x, double *y, const shift *s)
{
    for (size_t k = 0; k < t->out; k++) {
        double mean = 0, variance = 0;
        for (size_t i = 0; i < t->n; i++)
            mean += x[i * t->out + k] / (double)t->n;
        for (size_t i = 0; i < t->n; i++)
            variance += pow(x[i * t->out + k] - mean, 2) / (double)t->n;
        for (size_t i = 0; i < t->n; i++)
            y[i * t->out + k] = fmax(0, value_of(t->weight, k, s) * (x[i * t->out + k] - mean) /
                                                sqrt(variance + 1e-5) +
                                            value_of(t->weight, t->out + k, s));
    }
}

/* Without rounding: what a straight-through gradient is of. */
static void twin_fsq(const mi_stage *t, const double *x, double *y)
{
    double h = (t->levels - 1) * (1 - 1e-3) / 2, o = t->levels % 2 ? 0 : 0.5;
    for (size_t k = 0; k < t->n * t->in; k++)
        y[k] = (tanh(x[k] + tan(o / h)) * h - o) / (t->levels / 2);
}

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

static void twin_sae(const mi_stage *t, const double *x, double *y, const shift *s)
{
    double *u = calloc(2 * t->width, sizeof *u), *sorted = u + t->width;
    for (size_t i = 0; i < t->n; i++) {
        for (size_t j = 0; j < t->width; j++) {
            double sum = value_of(t->unit, j, s);
            for (size_t k = 0; k < t->in; k++)
                sum += (x[i * t->in + k] - value_of(t->bias, k, s)) *
                       value_of(t->encoder, j * t->in + k, s);
            u[j] = sorted[j] = fmax(0, sum);
        }
        qsort(sorted, t->width, sizeof *sorted, descending);
        for (size_t k = 0; k < t->in; k++) {
            double sum = value_of(t->bias, k, s);
            for (size_t j = 0; j < t->width; j++)
                if (u[j] >= sorted[t->kept - 1])
                    sum += u[j] * value_of(t->weight, k * t->width + j, s);
            y[i * t->in + k] = sum;
        }
    }
    free(u);
}

/* sum of wanted o z after the whole chain; z (n,out) too, unless NULL. */
static double twin_chain(const mi_projector *p, const float *x, const double *wanted,
                         const shift *s, double *z)
{
    double *in = calloc(4096, sizeof *in), *out = calloc(4096, sizeof *out), sum = 0;
    for (size_t k = 0; k < p->n * p->in; k++)
        in[k] = x[k] + (!s->p && s->k == k ? s->h : 0);
    for (size_t j = 0; j < p->n_stages; j++) {
        const mi_stage *t = &p->stage[j];
        if (t->running)
            twin_norm(t, in, out, s);
        else if (t->levels)
            twin_fsq(t, in, out);
        else if (t->encoder)
            twin_sae(t, in, out, s);
        else
            twin_dense(t, in, out, s);
        double *swap = in;
        in = out;
        out = swap;
    }
    for (size_t k = 0; k < p->n * p->out; k++) {
        sum += wanted[k] * in[k];
        if (z)
            z[k] = in[k];
    }
    free(in);
    free(out);
    return sum;
}

static double difference(const mi_projector *p, const float *x, const double *wanted,
                         const mi_param *param, size_t k)
{
    const double h = 1e-5;
    const shift up = {param, k, h}, down = {param, k, -h};
    return (twin_chain(p, x, wanted, &up, NULL) - twin_chain(p, x, wanted, &down, NULL)) / (2 * h);
}

static void check_close(const float *found, size_t count, const mi_projector *p, const float *x,
                        const double *wanted, const mi_param *param)
{
    double largest = 0;
    for (size_t k = 0; k < count; k++)
        largest = fmax(largest, fabs((double)found[k]));
    largest = fmax(largest, 0.1); /* a bias before a normalisation has no gradient */
    for (size_t k = 0; k < count; k++)
        CHECK_NEAR(found[k], difference(p, x, wanted, param, k), 1e-4 * largest);
}

/* Values, and the gradient of every parameter and of the input. */
static void check_chain(const char *text, size_t out)
{
    mi_params params = {0};
    mi_projector p;
    float x[N * D], dz[4096];
    double wanted[4096], z[4096];
    const float *dx;
    const shift none = {NULL, 0, 0};
    draw_seed(4);
    CHECK(mi_projector_make(&p, &params, text, N, D, out));
    mi_projector_draw(&p, 2);
    for (size_t j = 0; j < params.n; j++)
        for (size_t k = 0; k < params.p[j]->count; k++)
            params.p[j]->w[k] += (float)(0.2 * draw_normal());
    for (size_t k = 0; k < N * D; k++)
        x[k] = (float)draw_normal();
    for (size_t k = 0; k < N * p.out; k++)
        wanted[k] = dz[k] = (float)draw_normal();
    CHECK(mi_projector_forward(&p, x, 1));
    twin_chain(&p, x, wanted, &none, z);
    for (size_t k = 0; k < N * p.out; k++)
        CHECK_NEAR(p.z[k], z[k], p.stage[p.n_stages - 1].levels ? 0.5001 : 1e-5 * (1 + fabs(z[k])));
    CHECK(mi_projector_back(&p, dz, &dx));
    check_close(dx, N * D, &p, x, wanted, NULL);
    for (size_t j = 0; j < params.n; j++)
        if (params.p[j]->g)
            check_close(params.p[j]->g, params.p[j]->count, &p, x, wanted, params.p[j]);
    mi_projector_free(&p);
    mi_params_free(&params);
}

static void chains(void **state)
{
    (void)state;
    check_chain("linear", 7);
    check_chain("mlp", 5);
    check_chain("mlp:16:4", 6);
    check_chain("fsq:5", 7);
    check_chain("linear,fsq:4", 7);
    check_chain("sae:3:24", 7);
    check_chain("sae:6:32,linear:9,mlp:12", 5);
    check_chain("mlp:16,identity,fsq:9", 8);
}

static void widths(void **state)
{
    static const struct {
        const char *text;
        size_t out, stages;
    } row[] = {{"identity", D, 0}, {"linear", 7, 1}, {"linear:4,fsq:3", 4, 2}, {"mlp:16:3", 7, 5},
               {"mlp,mlp", 7, 6},  {"sae:2", D, 1},  {"sae:2:30,mlp", 7, 4},   {"fsq:8", D, 1}};
    (void)state;
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        mi_params params = {0};
        mi_projector p;
        CHECK(mi_projector_make(&p, &params, row[k].text, 4, D, 7));
        assert_int_equal(p.out, row[k].out);
        assert_int_equal(p.n_stages, row[k].stages);
        mi_projector_free(&p);
        mi_params_free(&params);
    }
}

/* What malloc gave to a pointer, which is what was asked for and a page and a bit more at most. */
static double taken_by(const void *memory)
{
    return memory ? (double)malloc_usable_size((void *)memory) : 0;
}

/* What is counted is what is taken, but for a number or two a column and what malloc adds. */
static void memory_is_counted(void **state)
{
    static const char *const chain[] = {"linear",        "mlp:64:3",        "fsq:5",   "sae:4",
                                        "sae:8:100,mlp", "linear:50,fsq:3", "identity"};
    enum { ROWS = 1000, MORE = 4096 + 64 };
    (void)state;
    for (size_t k = 0; k < sizeof chain / sizeof *chain; k++) {
        mi_budget budget = {.allowed = 1e9}, less;
        mi_params params = {.budget = &budget};
        mi_projector p;
        double taken = 0, besides = 0;
        CHECK(mi_projector_make(&p, &params, chain[k], ROWS, D, 7));
        for (size_t j = 0; j < params.n; j++, besides += 3 * MORE)
            taken += taken_by(params.p[j]->w) + taken_by(params.p[j]->g) + taken_by(params.p[j]->m);
        for (size_t j = 0; j < p.n_stages; j++, besides += 4 * MORE) {
            const mi_stage *s = &p.stage[j];
            taken += taken_by(s->y) + taken_by(s->dx) + taken_by(s->work) + taken_by(s->shifted);
        }
        assert_true(budget.taken <= taken && taken <= budget.taken + besides);
        mi_projector_free(&p);
        mi_params_free(&params);
        less = (mi_budget){.allowed = budget.taken - 1, .is_given = 1};
        params.budget = &less;
        if (budget.taken > 0)
            assert_int_equal(mi_projector_make(&p, &params, chain[k], ROWS, D, 7), MI_EMEMORY);
        mi_projector_free(&p);
        mi_params_free(&params);
    }
}

/* Quantised values are those of mi-transform --fsq. */
static void levels_are_those_of_the_transform(void **state)
{
    (void)state;
    for (int levels = 2; levels < 9; levels++) {
        mi_params params = {0};
        mi_projector p;
        char text[16];
        float x[N * D];
        snprintf(text, sizeof text, "fsq:%d", levels);
        CHECK(mi_projector_make(&p, &params, text, N, D, 1));
        for (size_t k = 0; k < N * D; k++)
            x[k] = (float)(2 * draw_normal());
        CHECK(mi_projector_forward(&p, x, 1));
        double h = (levels - 1) * (1 - 1e-3) / 2, o = levels % 2 ? 0 : 0.5;
        for (size_t k = 0; k < N * D; k++)
            CHECK_NEAR(p.z[k], rint(tanh(x[k] + tan(o / h)) * h - o) / (levels / 2), 1e-6);
        mi_projector_free(&p);
    }
}

static void chains_that_are_none(void **state)
{
    static const char *const row[][2] = {
        {"vae", "'vae' is no projector, wanted a chain of identity, linear[:D], "
                "mlp[:WIDTH[:DEPTH]], fsq:L, sae:K[:WIDTH]"},
        {"fsq", "'fsq' is no projector, wanted fsq:L"},
        {"fsq:1", "'fsq:1' is no projector, wanted fsq:L"},
        {"mlp:8:1", "'mlp:8:1' is no projector, wanted mlp[:WIDTH[:DEPTH]]"},
        {"mlp:8x", "'mlp:8x' is no projector, wanted mlp[:WIDTH[:DEPTH]]"},
        {"mlp:8:2:3", "'mlp:8:2:3' is no projector, wanted mlp[:WIDTH[:DEPTH]]"},
        {"identity:2", "'identity:2' is no projector, wanted identity"},
        {"linear,", "'' is no projector, wanted a chain of identity, linear[:D], "
                    "mlp[:WIDTH[:DEPTH]], fsq:L, sae:K[:WIDTH]"},
        {"sae:9:4", "sae:9: the largest 9 of 4 units"},
        {"mlp:8:64", "a projector of more than 64 stages"},
    };
    (void)state;
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        mi_params params = {0};
        mi_projector p;
        assert_int_equal(mi_projector_make(&p, &params, row[k][0], N, D, 4), MI_EUSAGE);
        assert_string_equal(mi_detail(), row[k][1]);
        mi_projector_free(&p);
        mi_params_free(&params);
    }
}

/* ---- losses ---- */

static double twin_infonce(const double *z, size_t n, size_t d, double t)
{
    double loss = 0;
    for (size_t i = 0; i < n; i++) {
        double all = 0, positive = 0;
        for (size_t j = 0; j < n; j++) {
            double dot = 0, a = 0, b = 0;
            for (size_t k = 0; k < d; k++) {
                dot += z[i * d + k] * z[j * d + k];
                a += z[i * d + k] * z[i * d + k];
                b += z[j * d + k] * z[j * d + k];
            }
            double e = exp(dot / sqrt(a * b) / t);
            all += j == i ? 0 : e;
            positive += j == (i + n / 2) % n ? e : 0;
        }
        loss -= log(positive / all) / (double)n;
    }
    return loss;
}

static double twin_barlow(const double *z, size_t n, size_t d, double lambda, double scale)
{
    size_t m = n / 2;
    double loss = 0, *a = calloc(n * d, sizeof *a);
    for (size_t v = 0; v < 2; v++)
        for (size_t k = 0; k < d; k++) {
            double mean = 0, variance = 0;
            for (size_t i = 0; i < m; i++)
                mean += z[(v * m + i) * d + k] / (double)m;
            for (size_t i = 0; i < m; i++)
                variance += pow(z[(v * m + i) * d + k] - mean, 2) / (double)m;
            for (size_t i = 0; i < m; i++)
                a[(v * m + i) * d + k] = (z[(v * m + i) * d + k] - mean) / sqrt(variance + 1e-5);
        }
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++) {
            double c = 0;
            for (size_t r = 0; r < m; r++)
                c += a[r * d + i] * a[(m + r) * d + j] / (double)m;
            loss += scale * (i == j ? (1 - c) * (1 - c) : lambda * c * c);
        }
    free(a);
    return loss;
}

static double twin_loss(const mi_train_opts *o, const double *z)
{
    return o->loss == MI_LOSS_INFONCE ? twin_infonce(z, N, D, o->temperature)
                                      : twin_barlow(z, N, D, o->barlow_lambda, o->barlow_scale);
}

static void check_loss(mi_loss_kind kind, double temperature)
{
    const double h = 1e-5;
    mi_train_opts o;
    mi_loss l;
    float z[N * D], dz[N * D];
    double twin[N * D], value, largest = 0;
    mi_train_opts_default(&o);
    o.loss = kind;
    o.temperature = temperature;
    o.barlow_lambda = 0.1; /* so that both terms count */
    draw_seed(6);
    for (size_t k = 0; k < N * D; k++)
        twin[k] = z[k] = (float)(draw_normal() + (k >= N * D / 2 ? z[k - N * D / 2] : 0));
    CHECK(mi_loss_make(&l, &o, N, D));
    CHECK(mi_loss_of(&l, &value, z, dz));
    CHECK_NEAR(value, twin_loss(&o, twin), 1e-5 * (1 + fabs(value)));
    for (size_t k = 0; k < N * D; k++)
        largest = fmax(largest, fabs((double)dz[k]));
    for (size_t k = 0; k < N * D; k++) {
        double old = twin[k];
        twin[k] = old + h;
        double above = twin_loss(&o, twin);
        twin[k] = old - h;
        double below = twin_loss(&o, twin);
        twin[k] = old;
        CHECK_NEAR(dz[k], (above - below) / (2 * h), 1e-4 * largest);
    }
    mi_loss_free(&l);
}

static void losses(void **state)
{
    (void)state;
    check_loss(MI_LOSS_INFONCE, 0.2);
    check_loss(MI_LOSS_INFONCE, 0.05);
    check_loss(MI_LOSS_INFONCE, 1);
    check_loss(MI_LOSS_BARLOW, 1);
}

/* What mi-bounds calls InfoNCE and Barlow Twins is what is trained by. */
static void losses_are_those_that_are_measured(void **state)
{
    float z[N * D], dz[N * D];
    int64_t r[N];
    mi_train_opts o;
    mi_loss l;
    mi_sample s;
    double value, measured, half;
    mi_run run;
    (void)state;
    mi_run_default(&run);
    draw_seed(8);
    for (size_t k = 0; k < N * D; k++)
        z[k] = (float)draw_normal();
    for (int i = 0; i < N; i++)
        r[i] = i % (N / 2);
    const mi_arrays in = {.n = N, .z1 = {.x = z, .d = D}, .r = r};
    CHECK(mi_sample_of(&s, &in, NULL));
    mi_train_opts_default(&o);
    CHECK(mi_loss_make(&l, &o, N, D));
    CHECK(mi_loss_of(&l, &value, z, dz));
    CHECK(mi_infonce_loss(&measured, &half, &s, o.temperature, &run));
    CHECK_NEAR(value, measured, 1e-5);
    mi_loss_free(&l);
    o.loss = MI_LOSS_BARLOW;
    CHECK(mi_loss_make(&l, &o, N, D));
    CHECK(mi_loss_of(&l, &value, z, dz));
    CHECK(mi_barlow_score(&measured, &s, o.barlow_lambda, o.barlow_scale));
    CHECK_NEAR(value, -measured, 1e-5 * value);
    mi_loss_free(&l);
    mi_sample_free(&s);
}

/* ---- the bottleneck ---- */

/* lambda times the gradient is added; rows without a direction are left out and get nothing. */
static void bottleneck(void **state)
{
    enum { D2 = 4 };
    float z1[N * D], z2[N * D2], dz1[N * D], dz2[N * D2], g1[N * D], g2[N * D2];
    mi_bottleneck b;
    double value, wanted;
    (void)state;
    draw_seed(3);
    for (size_t k = 0; k < N * D; k++) {
        z1[k] = (float)draw_normal();
        dz1[k] = 1;
    }
    for (size_t k = 0; k < N * D2; k++) {
        z2[k] = k < (N - 1) * D2 ? (float)draw_normal() : 0; /* the last row is zero */
        dz2[k] = 2;
    }
    for (double alpha = 1; alpha <= 2; alpha += 0.5) {
        mi_mat x1 = mi_mat_view(z1, N - 1, D, 0), x2 = mi_mat_view(z2, N - 1, D2, 0);
        mi_mat m1 = mi_mat_view(g1, N - 1, D, 0), m2 = mi_mat_view(g2, N - 1, D2, 0);
        CHECK(mi_information_gradient(&wanted, &m1, &m2, &x1, &x2, alpha, NULL));
        CHECK(mi_bottleneck_make(&b, 0.7, alpha, N, D, D2));
        CHECK(mi_bottleneck_of(&b, &value, z1, z2, dz1, dz2));
        CHECK_NEAR(value, wanted, 1e-12);
        for (size_t k = 0; k < N * D; k++) {
            CHECK_NEAR(dz1[k], 1 + (k < (N - 1) * D ? 0.7 * g1[k] : 0), 1e-6);
            dz1[k] = 1;
        }
        for (size_t k = 0; k < N * D2; k++) {
            CHECK_NEAR(dz2[k], 2 + (k < (N - 1) * D2 ? 0.7 * g2[k] : 0), 1e-6);
            dz2[k] = 2;
        }
        mi_bottleneck_free(&b);
    }
}

/* ---- optimisers ---- */

/* Three steps of one weight matrix and one bias, as the formulas have them. */
static void check_optimiser(mi_optimiser kind)
{
    const size_t axis[] = {2, 3};
    mi_params params = {0};
    mi_param *p[2];
    mi_train_opts o;
    double w[2][6], m[2][6] = {{0}}, v[2][6] = {{0}};
    mi_train_opts_default(&o);
    o.optimiser = kind;
    o.decay = 0.1;
    o.trust = 0.5;
    CHECK(mi_params_add(&params, &p[0], "weight", 2, axis, 0, 1));
    CHECK(mi_params_add(&params, &p[1], "bias", 1, axis + 1, 0, 1));
    p[0]->decays = 1;
    draw_seed(12);
    for (int j = 0; j < 2; j++)
        for (size_t k = 0; k < p[j]->count; k++)
            w[j][k] = p[j]->w[k] = (float)draw_normal();
    for (size_t step = 1; step <= 3; step++) {
        double rate = 0.1 * (double)step;
        for (int j = 0; j < 2; j++) {
            double decay = j == 0 ? o.decay : 0, ww = 0, gg = 0, scale = 1;
            for (size_t k = 0; k < p[j]->count; k++) {
                p[j]->g[k] = (float)draw_normal();
                ww += w[j][k] * w[j][k];
                gg += (double)p[j]->g[k] * p[j]->g[k];
            }
            if (kind == MI_OPTIMISER_LARS && j == 0)
                scale = fmin(o.trust * sqrt(ww) / (sqrt(gg) + decay * sqrt(ww)) / rate, 1);
            for (size_t k = 0; k < p[j]->count; k++) {
                double g = p[j]->g[k], *mk = &m[j][k], *vk = &v[j][k];
                if (kind == MI_OPTIMISER_ADAMW) {
                    *mk = 0.9 * *mk + 0.1 * g;
                    *vk = 0.999 * *vk + 0.001 * g * g;
                    w[j][k] -= rate * (*mk / (1 - pow(0.9, (double)step)) /
                                           (sqrt(*vk / (1 - pow(0.999, (double)step))) + 1e-8) +
                                       decay * w[j][k]);
                } else {
                    *mk = o.momentum * *mk + scale * (g + decay * w[j][k]);
                    w[j][k] -= rate * *mk;
                }
            }
        }
        CHECK(mi_optimiser_step(&params, &o, rate, step));
        for (int j = 0; j < 2; j++)
            for (size_t k = 0; k < p[j]->count; k++)
                CHECK_NEAR(p[j]->w[k], w[j][k], 1e-5);
    }
    mi_params_free(&params);
}

static void optimisers(void **state)
{
    (void)state;
    for (mi_optimiser kind = 0; kind < MI_OPTIMISERS; kind++)
        check_optimiser(kind);
}

static void rate_over_time(void **state)
{
    mi_train_opts o;
    (void)state;
    mi_train_opts_default(&o);
    o.rate = 2;
    CHECK_NEAR(mi_rate_at(&o, 0, 10, 110), 0.2, 1e-12);
    CHECK_NEAR(mi_rate_at(&o, 9, 10, 110), 2, 1e-12);
    CHECK_NEAR(mi_rate_at(&o, 10, 10, 110), 2, 1e-12);
    CHECK_NEAR(mi_rate_at(&o, 60, 10, 110), 1, 1e-12);
    CHECK_NEAR(mi_rate_at(&o, 110, 10, 110), 0, 1e-12);
    CHECK_NEAR(mi_rate_at(&o, 0, 0, 100), 2, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chains),
        cmocka_unit_test(widths),
        cmocka_unit_test(memory_is_counted),
        cmocka_unit_test(levels_are_those_of_the_transform),
        cmocka_unit_test(chains_that_are_none),
        cmocka_unit_test(losses),
        cmocka_unit_test(losses_are_those_that_are_measured),
        cmocka_unit_test(bottleneck),
        cmocka_unit_test(optimisers),
        cmocka_unit_test(rate_over_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
