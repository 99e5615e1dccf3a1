/* Convolutional networks on oneDNN against a plain twin in double precision: features, and the gradient
 * of every layer against central differences of the twin. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "leave_out.h"
#include "libmi/train/net.h"
#include "libmi/train/private.h"

/* ---- the twin: one image plane after the other, loops as the formulas have them ---- */

typedef struct {
    int n, c, h, w;
    double *x;
} planes;

static planes planes_new(int n, int c, int h, int w)
{
    planes p = {n, c, h, w, calloc((size_t)n * c * h * w, sizeof(double))};
    assert_non_null(p.x);
    return p;
}

static double *at(const planes *p, int n, int c, int y, int x)
{
    return p->x + (((size_t)n * p->c + c) * p->h + y) * p->w + x;
}

static planes twin_convolution(const planes *in, const double *w, int channels, int k, int stride)
{
    int pad = k / 2;
    planes out = planes_new(in->n, channels, (in->h + 2 * pad - k) / stride + 1,
                            (in->w + 2 * pad - k) / stride + 1);
    for (int n = 0; n < in->n; n++)
        for (int o = 0; o < channels; o++)
            for (int y = 0; y < out.h; y++)
                for (int x = 0; x < out.w; x++)
                    for (int i = 0; i < in->c; i++)
                        for (int t = 0; t < k * k; t++) {
                            int iy = y * stride + t / k - pad, ix = x * stride + t % k - pad;
                            if (iy >= 0 && iy < in->h && ix >= 0 && ix < in->w)
                                *at(&out, n, o, y, x) +=
                                    *at(in, n, i, iy, ix) *
                                    w[((size_t)o * in->c + i) * (size_t)(k * k) + (size_t)t];
                        }
    return out;
}

/* running NULL: by the batch's own mean and biased variance. */
static planes twin_norm(const planes *in, const double *scale_shift, const double *running,
                        int relu)
{
    planes out = planes_new(in->n, in->c, in->h, in->w);
    double count = (double)in->n * in->h * in->w;
    for (int c = 0; c < in->c; c++) {
        double mean = 0, variance = 0;
        for (int n = 0; n < in->n; n++)
            for (int k = 0; k < in->h * in->w; k++)
                mean += at(in, n, c, 0, 0)[k] / count;
        for (int n = 0; n < in->n; n++)
            for (int k = 0; k < in->h * in->w; k++)
                variance += pow(at(in, n, c, 0, 0)[k] - mean, 2) / count;
        if (running) {
            mean = running[c];
            variance = running[in->c + c];
        }
        for (int n = 0; n < in->n; n++)
            for (int k = 0; k < in->h * in->w; k++) {
                double v = scale_shift[c] * (at(in, n, c, 0, 0)[k] - mean) / sqrt(variance + 1e-5) +
                           scale_shift[in->c + c];
                at(&out, n, c, 0, 0)[k] = relu && v < 0 ? 0 : v;
            }
    }
    return out;
}

static planes twin_join(const planes *a, const planes *b)
{
    planes out = planes_new(a->n, a->c, a->h, a->w);
    for (size_t k = 0; k < (size_t)a->n * a->c * a->h * a->w; k++)
        out.x[k] = fmax(0, a->x[k] + b->x[k]);
    return out;
}

/* The whole net by its list of layers; parameters in double, in their plain layout. */
static planes twin_features(const mi_net *net, double *const *value, double *const *running)
{
    planes *act = calloc(net->n_acts, sizeof *act);
    act[0] = planes_new(net->n, net->act[0].c, net->act[0].h, net->act[0].w);
    for (size_t k = 0; k < (size_t)net->n * act[0].c * act[0].h * act[0].w; k++)
        act[0].x[k] = net->images[k];
    for (size_t k = 0; k < net->n_layers; k++) {
        const mi_layer *l = &net->layer[k];
        const planes *from = &act[l->from];
        if (l->kind == MI_LAYER_CONVOLUTION)
            act[l->to] = twin_convolution(from, value[k], (int)l->weight->axis[0],
                                          (int)l->weight->axis[2], (int)l->form.stride);
        else if (l->kind == MI_LAYER_NORM)
            act[l->to] = twin_norm(from, value[k], running ? running[k] : NULL, l->relu);
        else if (l->kind == MI_LAYER_JOIN)
            act[l->to] = twin_join(from, &act[l->other]);
    }
    const planes last = act[net->n_acts - 2];
    planes out = planes_new(net->n, net->width, 1, 1);
    for (int n = 0; n < net->n; n++)
        for (int c = 0; c < net->width; c++)
            for (int k = 0; k < last.h * last.w; k++)
                *at(&out, n, c, 0, 0) += at(&last, n, c, 0, 0)[k] / (last.h * last.w);
    for (size_t k = 0; k < net->n_acts - 1; k++)
        free(act[k].x);
    free(act);
    return out;
}

/* ---- the two beside each other ---- */

typedef struct {
    mi_net net;
    double **value, **running; /* (layers) of the twin */
    double *wanted;            /* (n,d) gradient with respect to the features */
} pair;

static double *as_doubles(mi_net *net, mi_param *p, const float *from)
{
    float *plain = calloc(p->plain, sizeof *plain);
    double *out = calloc(p->plain, sizeof *out);
    CHECK(mi_net_get(net, p, from, plain));
    for (size_t k = 0; k < p->plain; k++)
        out[k] = plain[k];
    free(plain);
    return out;
}

/* Random images, parameters and gradient; the net is built. */
static void pair_make(pair *p)
{
    mi_net *net = &p->net;
    size_t pixels = (size_t)net->n * net->act[0].c * net->act[0].h * net->act[0].w;
    CHECK(mi_net_draw(net, 3));
    draw_seed(9);
    for (size_t k = 0; k < pixels; k++)
        net->images[k] = (float)draw_normal();
    p->value = calloc(net->n_layers, sizeof *p->value);
    p->running = calloc(net->n_layers, sizeof *p->running);
    for (size_t k = 0; k < net->n_layers; k++) {
        mi_layer *l = &net->layer[k];
        for (size_t j = 0; l->kind == MI_LAYER_NORM && j < l->weight->plain; j++) {
            l->weight->w[j] += (float)(0.3 * draw_normal());
            l->running->w[j] += (float)(0.2 * draw_uniform());
        }
        if (l->weight)
            p->value[k] = as_doubles(net, l->weight, l->weight->w);
        if (l->running)
            p->running[k] = as_doubles(net, l->running, l->running->w);
    }
    p->wanted = calloc((size_t)net->n * net->width, sizeof *p->wanted);
    for (int k = 0; k < net->n * net->width; k++)
        p->wanted[k] = net->features_wanted[k] = (float)draw_normal();
}

static void pair_free(pair *p)
{
    for (size_t k = 0; k < p->net.n_layers; k++) {
        free(p->value[k]);
        free(p->running[k]);
    }
    free(p->value);
    free(p->running);
    free(p->wanted);
    mi_net_free(&p->net);
}

static double twin_loss(const pair *p)
{
    planes f = twin_features(&p->net, p->value, NULL);
    double loss = 0;
    for (int k = 0; k < p->net.n * p->net.width; k++)
        loss += f.x[k] * p->wanted[k];
    free(f.x);
    return loss;
}

static void check_features(pair *p, double *const *running)
{
    planes f = twin_features(&p->net, p->value, running);
    CHECK(running ? mi_net_infer(&p->net) : mi_net_forward(&p->net));
    for (int k = 0; k < p->net.n * p->net.width; k++)
        CHECK_NEAR(p->net.features[k], f.x[k], 2e-5 * (1 + fabs(f.x[k])));
    free(f.x);
}

/* A few elements of every parameter, relative to the largest of them. */
static void check_gradients(pair *p)
{
    const double h = 1e-6;
    enum { TRIES = 12 };
    CHECK(mi_net_forward(&p->net));
    CHECK(mi_net_backward(&p->net));
    for (size_t k = 0; k < p->net.n_layers; k++) {
        mi_param *w = p->net.layer[k].weight;
        double *g, largest = 0;
        if (!w)
            continue;
        g = as_doubles(&p->net, w, w->g);
        for (size_t j = 0; j < w->plain; j++)
            largest = fmax(largest, fabs(g[j]));
        assert_true(largest > 1e-3);
        for (int t = 0; t < TRIES; t++) {
            size_t j = draw_below(w->plain);
            double *x = &p->value[k][j], old = *x;
            *x = old + h;
            double above = twin_loss(p);
            *x = old - h;
            double below = twin_loss(p);
            *x = old;
            CHECK_NEAR(g[j], (above - below) / (2 * h), 1e-4 * largest);
        }
        free(g);
    }
}

static void check_net(pair *p)
{
    pair_make(p);
    check_features(p, p->running);
    check_features(p, NULL);
    check_gradients(p);
    pair_free(p);
}

static void convolutions(void **state)
{
    pair p;
    int to;
    (void)state;
    CHECK(mi_net_begin(&p.net, dnnl_f32, 4, 3, 7, 9));
    CHECK(mi_net_convolution(&p.net, 0, 16, 3, 1, -1, &to));
    CHECK(mi_net_convolution(&p.net, to, 32, 3, 2, -1, &to));
    CHECK(mi_net_convolution(&p.net, to, 24, 1, 1, -1, &to));
    CHECK(mi_net_pool(&p.net, to));
    check_net(&p);
}

/* Widths that are no multiple of a block of channels; one input channel. */
static void odd_channels(void **state)
{
    pair p;
    int to;
    (void)state;
    CHECK(mi_net_begin(&p.net, dnnl_f32, 3, 1, 6, 6));
    CHECK(mi_net_convolution(&p.net, 0, 5, 3, 1, -1, &to));
    CHECK(mi_net_norm(&p.net, to, 1, &to));
    CHECK(mi_net_convolution(&p.net, to, 11, 3, 2, -1, &to));
    CHECK(mi_net_norm(&p.net, to, 0, &to));
    CHECK(mi_net_pool(&p.net, to));
    check_net(&p);
}

static void encoder(const char *name, int width)
{
    pair p;
    CHECK(mi_net_begin(&p.net, dnnl_f32, 4, 3, 8, 8));
    CHECK(mi_encoder_build(&p.net, name, width));
    check_net(&p);
}

static void small_net(void **state)
{
    (void)state;
    encoder("small", 16);
}

static void residual_blocks(void **state)
{
    (void)state;
    encoder("resnet8", 16);
}

/* ---- memory ---- */

/* The most that is wanted at one step. */
static size_t wanted_at_once(const mi_arena *a)
{
    size_t most = 0;
    for (size_t k = 0; k < a->n; k++) {
        size_t now = 0;
        for (size_t j = 0; j < a->n; j++)
            now += a->piece[j].first <= a->piece[k].first && a->piece[k].first <= a->piece[j].last
                       ? a->piece[j].bytes
                       : 0;
        most = now > most ? now : most;
    }
    return most;
}

/* What is wanted at one time lies apart, and takes little more memory than it must. */
static void pieces_lie_apart(void **state)
{
    static const char *const name[] = {"small", "resnet20", "resnet18"};
    (void)state;
    for (size_t e = 0; e < 3; e++) {
        mi_net net;
        CHECK(mi_net_begin(&net, dnnl_f32, 4, 3, 32, 32));
        CHECK(mi_encoder_build(&net, name[e], 0));
        const mi_arena *a = &net.arena;
        for (size_t j = 0; j < a->n; j++)
            for (size_t k = 0; k < j; k++) {
                const mi_piece *p = &a->piece[j], *q = &a->piece[k];
                if (p->first <= q->last && q->first <= p->last)
                    assert_true(p->offset + p->bytes <= q->offset ||
                                q->offset + q->bytes <= p->offset);
            }
        printf("# %s: %zu bytes, %zu at once\n", name[e], a->bytes, wanted_at_once(a));
        CHECK_AT_MOST((double)a->bytes, 1.05 * (double)wanted_at_once(a), 0);
        mi_net_free(&net);
    }
}

/* ---- bf16 against floats ---- */

/* |a - b| / |b| */
static double distance(const float *a, const float *b, size_t n)
{
    double difference = 0, all = 0;
    for (size_t k = 0; k < n; k++) {
        difference += ((double)a[k] - b[k]) * ((double)a[k] - b[k]);
        all += (double)b[k] * b[k];
    }
    return sqrt(difference / all);
}

/* An encoder, or without a name convolutions and normalisations alone, which have no kinks. */
static void build_either(mi_net *net, const char *name)
{
    int at = 0;
    if (name) {
        CHECK(mi_encoder_build(net, name, 16));
        return;
    }
    for (int k = 0; k < 3; k++) {
        CHECK(mi_net_convolution(net, at, 32, 3, 1 + k % 2, -1, &at));
        CHECK(mi_net_norm(net, at, 0, &at));
    }
    CHECK(mi_net_pool(net, at));
}

/* Features, and the gradient of a product with them, which is the same for all. */
static void run_both_ways(mi_net *net, const char *name, dnnl_data_type_t type, int c)
{
    CHECK(mi_net_begin(net, type, 32, c, 16, 16));
    build_either(net, name);
    CHECK(mi_net_draw(net, 3));
    draw_seed(5);
    for (size_t k = 0; k < (size_t)net->n * (size_t)c * 16 * 16; k++)
        net->images[k] = (float)draw_normal();
    for (int k = 0; k < net->n * net->width; k++)
        net->features_wanted[k] = (float)draw_normal();
    CHECK(mi_net_forward(net));
    CHECK(mi_net_backward(net));
}

static double gradient_distance(mi_net *a, mi_net *b, size_t param)
{
    mi_param *p = a->params.p[param], *q = b->params.p[param];
    float *of_a = calloc(p->plain, sizeof *of_a), *of_b = calloc(p->plain, sizeof *of_b);
    CHECK(mi_net_get(a, p, p->g, of_a));
    CHECK(mi_net_get(b, q, q->g, of_b));
    double d = distance(of_a, of_b, p->plain);
    free(of_a);
    free(of_b);
    return d;
}

/* Of rounding to 8 bits, layer upon layer; that it is seen at all shows that bf16 was computed in. */
static void check_rounded(const char *name, int c, double features, double gradients)
{
    mi_net net, rounded;
    double farthest = 0;
    run_both_ways(&net, name, dnnl_f32, c);
    run_both_ways(&rounded, name, dnnl_bf16, c);
    double f = distance(rounded.features, net.features, (size_t)net.n * (size_t)net.width);
    for (size_t k = 0; k < net.params.n; k++)
        if (net.params.p[k]->g)
            farthest = fmax(farthest, gradient_distance(&rounded, &net, k));
    printf(
        "# %s in bf16, images of %d channels: features differ by %.4f, gradients by at most %.4f\n",
        name ? name : "no ReLU", c, f, farthest);
    CHECK_AT_MOST(f, features, 0);
    CHECK_AT_MOST(farthest, gradients, 0);
    CHECK_AT_MOST(1e-4, f, 0);
    mi_net_free(&net);
    mi_net_free(&rounded);
}

/* With ReLUs gradients are farther apart: what is near 0 changes its sign, and then counts whole. */
static void bf16_is_near_floats(void **state)
{
    (void)state;
    LEAVE_OUT_IF(!mi_onednn_has_bf16(), "this CPU has no bf16");
    for (int c = 1; c <= 4; c++) /* oneDNN has layouts of its own for up to 3 channels */
        check_rounded(NULL, c, 0.01, 0.02);
    check_rounded("small", 3, 0.01, 0.2);
    check_rounded("resnet8", 3, 0.01, 0.35);
}

/* ---- what is no encoder ---- */

static void names(void **state)
{
    static const char *const wrong[] = {"resnet", "resnet19", "resnet2", "vgg", "resnet20x"};
    (void)state;
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        mi_net net;
        char text[200];
        snprintf(text, sizeof text,
                 "'%s' is no encoder, wanted small, resnet18, or resnetN with N = 6k+2 (8, 14, 20, "
                 "32, 44, 56, 110)",
                 wrong[k]);
        CHECK(mi_net_begin(&net, dnnl_f32, 2, 3, 8, 8));
        assert_int_equal(mi_encoder_build(&net, wrong[k], 0), MI_EUSAGE);
        assert_string_equal(mi_detail(), text);
        mi_net_free(&net);
    }
}

/* The widths and depths that the names promise. */
static void shapes(void **state)
{
    static const struct {
        const char *name;
        int width, d;
        size_t weights;
    } row[] = {{"small", 0, 256, 4},
               {"resnet20", 0, 64, 21},
               {"resnet8", 32, 128, 9},
               {"resnet18", 16, 128, 20}};
    (void)state;
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        mi_net net;
        size_t convolutions = 0;
        CHECK(mi_net_begin(&net, dnnl_f32, 2, 3, 32, 32));
        CHECK(mi_encoder_build(&net, row[k].name, row[k].width));
        for (size_t j = 0; j < net.n_layers; j++)
            convolutions += net.layer[j].kind == MI_LAYER_CONVOLUTION;
        assert_int_equal(net.width, row[k].d);
        assert_int_equal(convolutions, row[k].weights);
        mi_net_free(&net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convolutions),
        cmocka_unit_test(odd_channels),
        cmocka_unit_test(small_net),
        cmocka_unit_test(residual_blocks),
        cmocka_unit_test(pieces_lie_apart),
        cmocka_unit_test(bf16_is_near_floats),
        cmocka_unit_test(names),
        cmocka_unit_test(shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
