/* head.h - what stands behind an encoder in training: projector, loss, regulariser, optimiser. Private.
 *
 * uses: data/mat train/net train/train
 *
 * Letters: n rows (two views of each image: rows i and i + n/2), d features of a row. Matrices are
 * row-major floats; products are oneDNN's sgemm, so that one pool of threads does all the work.
 *
 *     projector.c    chains of stages: linear, mlp, fsq, sae
 *     stage*.c       one stage forward and back
 *     loss.c         InfoNCE and Barlow Twins with their gradients
 *     bottleneck.c   lambda I_a(Z1;Z2) with its gradient
 *     optimiser.c    SGD with momentum, AdamW, LARS; the rate over time
 */
#ifndef MI_TRAIN_HEAD_H
#define MI_TRAIN_HEAD_H

#include "libmi/data/mat.h"
#include "libmi/train/net.h"
#include "libmi/train/train.h"

/* ---- projector ---- */

typedef struct mi_stage mi_stage;
struct mi_stage {
    size_t n, in, out;
    const float *x; /* (n,in) what came in last; borrowed */
    float *y;       /* (n,out) */
    float *dx;      /* (n,in) */
    mi_status (*forward)(mi_stage *s, int is_training);
    /* dy (n,out) -> s->dx and the gradients of the parameters, after a forward in training. */
    mi_status (*back)(mi_stage *s, const float *dy);
    mi_param *weight, *bias;  /* dense (out,in), (out); norm: weight (2,out): scale, shift */
    mi_param *running;        /* norm (2,out) */
    mi_param *encoder, *unit; /* sae: (width,in), (width); weight: its decoder (out,width) */
    float *work;              /* norm (n,out): normalised; sae (n,width): units; then theirs */
    float *inverse;           /* norm (out): 1 / sqrt(variance + epsilon) */
    double *moment;           /* norm (2,out): mean and variance of the batch */
    float *shifted;           /* sae (n,in): x less the bias of the decoder */
    int levels;               /* fsq */
    size_t width, kept;       /* sae */
};

typedef struct {
    mi_stage *stage;
    size_t n_stages, n, in, out;
    const float *z; /* (n,out) after mi_projector_forward */
} mi_projector;

/* Parse a chain of "identity", "linear[:D]", "mlp[:WIDTH[:DEPTH]]", "fsq:L" and "sae:K[:WIDTH]",
 * separated by commas, and make it over n rows of `in` features. The last linear or mlp has `out`
 * columns, those before it as many as come in. Errors: MI_EUSAGE. Free with mi_projector_free. */
mi_status mi_projector_make(mi_projector *p, mi_params *params, const char *text, size_t n,
                            size_t in, size_t out);
void mi_projector_free(mi_projector *p);

/* Uniform weights within +-1/sqrt(in); biases 0, scales and variances 1. */
void mi_projector_draw(mi_projector *p, unsigned long seed);

mi_status mi_projector_forward(mi_projector *p, const float *x, int is_training);
/* dz (n,out) -> *dx (n,in), which lies in the projector or is dz itself. */
mi_status mi_projector_back(mi_projector *p, const float *dz, const float **dx);

/* The stages, over s->n rows of s->in features. Free with mi_stage_free. */
mi_status mi_stage_dense(mi_stage *s, mi_params *params, const char *name, int has_bias);
mi_status mi_stage_norm(mi_stage *s, mi_params *params, const char *name);
mi_status mi_stage_fsq(mi_stage *s, int levels);
mi_status mi_stage_sae(mi_stage *s, mi_params *params, const char *name, size_t kept, size_t width);
void mi_stage_free(mi_stage *s);

/* What stages are made with: y and dx; the parameter "STAGE.WHAT", (rows,columns), or (rows) where
 * columns is 0. */
mi_status mi_stage_rows(mi_stage *s);
mi_status mi_stage_param(mi_params *params, mi_param **out, const char *stage, const char *what,
                         size_t rows, size_t columns, int is_trained);

/* Sum (d) of the rows of x (n,d). */
void mi_column_sums(float *sum, const float *x, size_t n, size_t d);

/* Mean and biased variance (d) of the columns of x (n,d). */
void mi_column_moments(double *mean, double *variance, const float *x, size_t n, size_t d);

/* C = alpha op(A) op(B) + beta C, row-major; ta, tb 'N' or 'T'; C is (m,n). */
mi_status mi_product(char ta, char tb, size_t m, size_t n, size_t k, float alpha, const float *a,
                     const float *b, float beta, float *c);

/* ---- losses ---- */

typedef struct {
    mi_loss_kind kind;
    double temperature;   /* InfoNCE */
    double lambda, scale; /* Barlow Twins */
    size_t n, d;
    float *a;       /* (n,d) rows normalised, or columns standardised by view */
    float *inverse; /* (n) 1/|z_i|; or (2,d) 1/sqrt(variance + epsilon) */
    float *s;       /* (n,n) similarities; or (d,d) cross-correlation */
    float *da;      /* (n,d) */
    double *moment; /* (2,d) */
} mi_loss;

mi_status mi_loss_make(mi_loss *l, const mi_train_opts *o, size_t n, size_t d);
void mi_loss_free(mi_loss *l);

/* InfoNCE (NT-Xent: Chen et al., "A Simple Framework for Contrastive Learning of Visual
 * Representations", ICML 2020), s_ij the cosine of z_i and z_j, p(i) the other view of i:
 *     L = -mean_i ( s_ip(i)/T - log sum_{j != i} e^{s_ij/T} )
 * Barlow Twins (Zbontar et al., ICML 2021), c the cross-correlation of the standardised columns of
 * both views (biased variance + 1e-5):
 *     L = scale ( sum_i (1 - c_ii)^2 + lambda sum_{i != j} c_ij^2 )
 * z, dz (n,d): dz is set to dL/dz. */
mi_status mi_loss_of(mi_loss *l, double *value, const float *z, float *dz);

/* ---- the bottleneck ---- */

typedef struct {
    double lambda, alpha;
    size_t n, d1, d2;
    float *z1, *z2, *g1, *g2; /* rows that have a direction, and their gradients */
    size_t *row;              /* (n) which they are */
} mi_bottleneck;

mi_status mi_bottleneck_make(mi_bottleneck *b, double lambda, double alpha, size_t n, size_t d1,
                             size_t d2);
void mi_bottleneck_free(mi_bottleneck *b);

/* *value = I_a(Z1;Z2) of the rows that are not all zero in either (a quantised projector has such);
 * lambda times its gradient is added to dz1 (n,d1) and dz2 (n,d2). */
mi_status mi_bottleneck_of(mi_bottleneck *b, double *value, const float *z1, const float *z2,
                           float *dz1, float *dz2);

/* ---- optimisers ---- */

/* One step of every trained parameter; `step` counts from 1. */
mi_status mi_optimiser_step(mi_params *params, const mi_train_opts *o, double rate, size_t step);

/* Linear warm-up from 0 over the first steps, then half a cosine down to 0 (Loshchilov and Hutter,
 * "SGDR", ICLR 2017); `step` counts from 0. */
double mi_rate_at(const mi_train_opts *o, size_t step, size_t warmup, size_t total);

#endif
