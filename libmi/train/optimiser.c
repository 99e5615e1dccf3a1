/* Optimisers, parameter by parameter: SGD with momentum, AdamW (Loshchilov and Hutter, "Decoupled
 * Weight Decay Regularization", ICLR 2019), LARS (You, Gitman and Ginsburg, "Large Batch Training of
 * Convolutional Networks", arXiv 1708.03888); and the rate over time.
 *
 *     SGD      m = momentum m + (g + decay w),                   w -= rate m
 *     LARS     the same with g + decay w scaled by min(trust |w| / (|g| + decay |w|) / rate, 1),
 *              weights alone; scales, shifts and biases as SGD without decay
 *     AdamW    m, v the moving means of g and g^2 (0.9, 0.999), unbiased,
 *              w -= rate (m / (sqrt(v) + 1e-8) + decay w) */
#include <math.h>

#include "libmi/train/head.h"

double mi_rate_at(const mi_train_opts *o, size_t step, size_t warmup, size_t total)
{
    if (step < warmup)
        return o->rate * (double)(step + 1) / (double)warmup;
    return 0.5 * o->rate * (1 + cos(M_PI * (double)(step - warmup) / (double)(total - warmup)));
}

static double norm(const float *x, size_t n)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t k = 0; k < n; k++)
        sum += (double)x[k] * x[k];
    return sqrt(sum);
}

static void with_momentum(mi_param *p, const mi_train_opts *o, double rate, double decay)
{
    float scale = 1, momentum = (float)o->momentum, r = (float)rate, d = (float)decay;
    if (o->optimiser == MI_OPTIMISER_LARS && p->decays) {
        double w = norm(p->w, p->count), g = norm(p->g, p->count);
        double local = o->trust * w / (g + decay * w + 1e-12);
        scale = w > 0 && g > 0 && rate > 0 ? (float)fmin(local / rate, 1) : 1;
    }
#pragma omp simd
    for (size_t k = 0; k < p->count; k++) {
        p->m[k] = momentum * p->m[k] + scale * (p->g[k] + d * p->w[k]);
        p->w[k] -= r * p->m[k];
    }
}

static mi_status adamw(mi_param *p, double rate, double decay, size_t step)
{
    float unbias1 = (float)(1 / (1 - pow(0.9, (double)step)));
    float unbias2 = (float)(1 / (1 - pow(0.999, (double)step)));
    float r = (float)rate, d = (float)decay;
    if (!p->v)
        MI_TRY(MI_NEW(p->v, p->count));
#pragma omp simd
    for (size_t k = 0; k < p->count; k++) {
        p->m[k] += 0.1f * (p->g[k] - p->m[k]);
        p->v[k] += 0.001f * (p->g[k] * p->g[k] - p->v[k]);
        p->w[k] -= r * (p->m[k] * unbias1 / (sqrtf(p->v[k] * unbias2) + 1e-8f) + d * p->w[k]);
    }
    return MI_OK;
}

mi_status mi_optimiser_step(mi_params *params, const mi_train_opts *o, double rate, size_t step)
{
    for (size_t k = 0; k < params->n; k++) {
        mi_param *p = params->p[k];
        double decay = p->decays ? o->decay : 0;
        if (!p->g || p->is_frozen)
            continue;
        if (o->optimiser == MI_OPTIMISER_ADAMW)
            MI_TRY(adamw(p, rate, decay, step));
        else
            with_momentum(p, o, rate, decay);
    }
    return MI_OK;
}
