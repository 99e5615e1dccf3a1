/* Stages of a projector: dense layers, batch normalisation with ReLU, and finite scalar quantisation
 * (Mentzer et al., "Finite Scalar Quantization: VQ-VAE Made Simple", ICLR 2024), forward and back. */
#include <math.h>
#include <string.h>

#include "libmi/train/head.h"
#include "libmi/train/private.h"

mi_status mi_product(char ta, char tb, size_t m, size_t n, size_t k, float alpha, const float *a,
                     const float *b, float beta, float *c)
{
    dnnl_dim_t lda = (dnnl_dim_t)(ta == 'N' ? k : m), ldb = (dnnl_dim_t)(tb == 'N' ? n : k);
    return mi_dnn_status(dnnl_sgemm(ta, tb, (dnnl_dim_t)m, (dnnl_dim_t)n, (dnnl_dim_t)k, alpha, a,
                                    lda, b, ldb, beta, c, (dnnl_dim_t)n),
                         "sgemm");
}

void mi_stage_free(mi_stage *s)
{
    mi_free(s->y);
    mi_free(s->dx);
    mi_free(s->work);
    mi_free(s->inverse);
    mi_free(s->moment);
    mi_free(s->shifted);
    *s = (mi_stage){0};
}

mi_status mi_stage_rows(mi_stage *s)
{
    MI_TRY(MI_NEW(s->y, s->n * s->out));
    return MI_NEW(s->dx, s->n * s->in);
}

mi_status mi_stage_param(mi_params *params, mi_param **out, const char *stage, const char *what,
                         size_t rows, size_t columns, int is_trained)
{
    const size_t axis[] = {rows, columns};
    char name[40];
    snprintf(name, sizeof name, "%.20s.%s", stage, what);
    return mi_params_add(params, out, name, columns ? 2 : 1, axis, 0, is_trained);
}

/* ---- dense: y = x W' + b ---- */

static mi_status dense_forward(mi_stage *s, int is_training)
{
    (void)is_training;
    for (size_t i = 0; s->bias && i < s->n; i++)
        memcpy(s->y + i * s->out, s->bias->w, s->out * sizeof *s->y);
    return mi_product('N', 'T', s->n, s->out, s->in, 1, s->x, s->weight->w, s->bias ? 1 : 0, s->y);
}

void mi_column_sums(float *sum, const float *x, size_t n, size_t d)
{
    memset(sum, 0, d * sizeof *sum);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d; k++)
            sum[k] += x[i * d + k];
}

static mi_status dense_back(mi_stage *s, const float *dy)
{
    if (s->bias)
        mi_column_sums(s->bias->g, dy, s->n, s->out);
    MI_TRY(mi_product('T', 'N', s->out, s->in, s->n, 1, dy, s->x, 0, s->weight->g));
    return mi_product('N', 'N', s->n, s->in, s->out, 1, dy, s->weight->w, 0, s->dx);
}

mi_status mi_stage_dense(mi_stage *s, mi_params *params, const char *name, int has_bias)
{
    s->forward = dense_forward;
    s->back = dense_back;
    MI_TRY(mi_stage_rows(s));
    MI_TRY(mi_stage_param(params, &s->weight, name, "weight", s->out, s->in, 1));
    s->weight->decays = 1;
    return has_bias ? mi_stage_param(params, &s->bias, name, "bias", s->out, 0, 1) : MI_OK;
}

/* ---- batch normalisation and ReLU ----
 *
 * u = (x - mean) / sqrt(variance + epsilon),  v = scale u + shift,  y = max(0, v);  with g = dy where
 * v > 0:   dx = scale / sqrt(variance + epsilon) (g - mean(g) - u mean(g u)). */

void mi_column_moments(double *mean, double *variance, const float *x, size_t n, size_t d)
{
    double share = 1 / (double)n;
    for (size_t k = 0; k < d; k++)
        mean[k] = variance[k] = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d; k++)
            mean[k] += share * x[i * d + k];
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d; k++)
            variance[k] += share * (x[i * d + k] - mean[k]) * (x[i * d + k] - mean[k]);
}

/* Moments of the batch move the running ones (the variance unbiased), or the running ones are taken. */
static void norm_moments(mi_stage *s, float *mean, int is_training)
{
    double *moment = s->moment;
    size_t d = s->out;
    float *running = s->running->w;
    double unbias = (double)s->n / ((double)s->n - 1);
    if (!is_training) {
        for (size_t k = 0; k < d; k++) {
            mean[k] = running[k];
            s->inverse[k] = 1 / sqrtf(running[d + k] + mi_norm_epsilon);
        }
        return;
    }
    mi_column_moments(moment, moment + d, s->x, s->n, d);
    for (size_t k = 0; k < d; k++) {
        mean[k] = (float)moment[k];
        s->inverse[k] = (float)(1 / sqrt(moment[d + k] + mi_norm_epsilon));
        running[k] += 0.1f * ((float)moment[k] - running[k]);
        running[d + k] += 0.1f * ((float)(moment[d + k] * unbias) - running[d + k]);
    }
}

static mi_status norm_forward(mi_stage *s, int is_training)
{
    size_t d = s->out;
    const float *scale = s->weight->w, *shift = scale + d;
    float *mean = s->inverse + d;
    norm_moments(s, mean, is_training);
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < d; k++) {
            float u = (s->x[i * d + k] - mean[k]) * s->inverse[k], v = scale[k] * u + shift[k];
            s->work[i * d + k] = u;
            s->y[i * d + k] = v > 0 ? v : 0;
        }
    return MI_OK;
}

static mi_status norm_back(mi_stage *s, const float *dy)
{
    size_t d = s->out;
    float *scale_sum = s->weight->g, *shift_sum = scale_sum + d;
    const float *scale = s->weight->w, rows = (float)s->n;
    memset(s->weight->g, 0, 2 * d * sizeof *s->weight->g);
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < d; k++) {
            float g = s->y[i * d + k] > 0 ? dy[i * d + k] : 0;
            scale_sum[k] += g * s->work[i * d + k];
            shift_sum[k] += g;
        }
    for (size_t i = 0; i < s->n; i++)
        for (size_t k = 0; k < d; k++) {
            float g = s->y[i * d + k] > 0 ? dy[i * d + k] : 0;
            s->dx[i * d + k] = scale[k] * s->inverse[k] *
                               (g - (shift_sum[k] + s->work[i * d + k] * scale_sum[k]) / rows);
        }
    return MI_OK;
}

mi_status mi_stage_norm(mi_stage *s, mi_params *params, const char *name)
{
    s->out = s->in;
    s->forward = norm_forward;
    s->back = norm_back;
    MI_TRY(mi_stage_rows(s));
    MI_TRY(MI_NEW(s->work, s->n * s->out));
    MI_TRY(MI_NEW(s->inverse, 2 * s->out));
    MI_TRY(MI_NEW(s->moment, 2 * s->out));
    MI_TRY(mi_stage_param(params, &s->weight, name, "scale_shift", 2, s->out, 1));
    return mi_stage_param(params, &s->running, name, "running", 2, s->out, 0);
}

/* ---- finite scalar quantisation ----
 *
 * q = rint(tanh(z + tan(o/h)) h - o) / floor(L/2),  h = (L-1)(1-1e-3)/2,  o = 0 for odd L, else 0.5;
 * back as if rint were not there (straight-through: Bengio, Leonard and Courville, arXiv
 * 1308.3432):  dq/dz = h (1 - tanh^2) / floor(L/2). */

static mi_status fsq_forward(mi_stage *s, int is_training)
{
    float h = (float)((s->levels - 1) * (1 - 1e-3) / 2), o = s->levels % 2 ? 0 : 0.5f;
    int whole_half = s->levels / 2;
    float shift = tanf(o / h), half = (float)whole_half;
    (void)is_training;
    for (size_t k = 0; k < s->n * s->in; k++) {
        float t = tanhf(s->x[k] + shift);
        s->y[k] = rintf(t * h - o) / half;
        s->work[k] = h * (1 - t * t) / half;
    }
    return MI_OK;
}

static mi_status fsq_back(mi_stage *s, const float *dy)
{
    for (size_t k = 0; k < s->n * s->in; k++)
        s->dx[k] = dy[k] * s->work[k];
    return MI_OK;
}

mi_status mi_stage_fsq(mi_stage *s, int levels)
{
    s->out = s->in;
    s->levels = levels;
    s->forward = fsq_forward;
    s->back = fsq_back;
    MI_TRY(mi_stage_rows(s));
    return MI_NEW(s->work, s->n * s->in);
}
