/* Losses of two views with their gradients: InfoNCE and Barlow Twins (formulas: head.h).
 *
 * InfoNCE: with q_ij = e^{s_ij/T} / sum_{k != i} e^{s_ik/T} and G = (q - [j = p(i)]) / (n T),
 *
 *     dL/dz^ = (G + G') z^,     dL/dz_i = (g_i - z^_i <z^_i, g_i>) / |z_i|
 *
 * Barlow Twins: with A, B (m,d) the standardised views, C = A'B / m, D = dL/dC,
 *
 *     dL/dA = B D' / m,   dL/dB = A D / m,   then through the standardisation of each view. */
#include <math.h>
#include <string.h>

#include "libmi/train/head.h"
#include "libmi/train/private.h"

mi_status mi_loss_make(mi_loss *l, const mi_train_opts *o, size_t n, size_t d)
{
    size_t side = o->loss == MI_LOSS_INFONCE ? n : d;
    *l = (mi_loss){.kind = o->loss,
                   .temperature = o->temperature,
                   .lambda = o->barlow_lambda,
                   .scale = o->barlow_scale,
                   .n = n,
                   .d = d};
    MI_TRY(MI_NEW(l->a, n * d));
    MI_TRY(MI_NEW(l->da, n * d));
    MI_TRY(MI_NEW(l->inverse, n + 2 * d));
    MI_TRY(MI_NEW(l->moment, 2 * d));
    return MI_NEW(l->s, side * side);
}

void mi_loss_free(mi_loss *l)
{
    mi_free(l->a);
    mi_free(l->da);
    mi_free(l->inverse);
    mi_free(l->moment);
    mi_free(l->s);
    *l = (mi_loss){0};
}

/* ---- InfoNCE ---- */

/* A row that is all zero stays zero, and gets no gradient. */
static void normalise_rows(mi_loss *l, const float *z)
{
    for (size_t i = 0; i < l->n; i++) {
        double norm2 = 0;
        for (size_t k = 0; k < l->d; k++)
            norm2 += (double)z[i * l->d + k] * z[i * l->d + k];
        l->inverse[i] = norm2 > 0 ? (float)(1 / sqrt(norm2)) : 0;
        for (size_t k = 0; k < l->d; k++)
            l->a[i * l->d + k] = z[i * l->d + k] * l->inverse[i];
    }
}

/* Row i of s/T becomes (q - [j = p]) / n; its loss. */
static double row_loss(float *s, size_t n, size_t i)
{
    size_t positive = i < n / 2 ? i + n / 2 : i - n / 2;
    float largest = -INFINITY, at_positive = s[positive];
    double sum = 0;
    s[i] = -INFINITY;
    for (size_t j = 0; j < n; j++)
        largest = s[j] > largest ? s[j] : largest;
    for (size_t j = 0; j < n; j++) {
        s[j] = expf(s[j] - largest);
        sum += s[j];
    }
    float share = (float)(1 / (sum * (double)n));
    for (size_t j = 0; j < n; j++)
        s[j] *= share;
    s[positive] -= 1 / (float)n;
    return largest + log(sum) - at_positive;
}

static mi_status infonce(mi_loss *l, double *value, const float *z, float *dz)
{
    float inverse_t = (float)(1 / l->temperature);
    normalise_rows(l, z);
    MI_TRY(mi_product('N', 'T', l->n, l->n, l->d, inverse_t, l->a, l->a, 0, l->s));
    *value = 0;
    for (size_t i = 0; i < l->n; i++)
        *value += row_loss(l->s + i * l->n, l->n, i) / (double)l->n;
    MI_TRY(mi_product('N', 'N', l->n, l->d, l->n, inverse_t, l->s, l->a, 0, l->da));
    MI_TRY(mi_product('T', 'N', l->n, l->d, l->n, inverse_t, l->s, l->a, 1, l->da));
    for (size_t i = 0; i < l->n; i++) {
        const float *a = l->a + i * l->d, *g = l->da + i * l->d;
        float along = 0;
        for (size_t k = 0; k < l->d; k++)
            along += a[k] * g[k];
        for (size_t k = 0; k < l->d; k++)
            dz[i * l->d + k] = (g[k] - a[k] * along) * l->inverse[i];
    }
    return MI_OK;
}

/* ---- Barlow Twins ---- */

/* a (m,d): columns of z less their mean, over sqrt(biased variance + epsilon). */
static void standardise(const mi_loss *l, float *a, float *inverse, const float *z, size_t m)
{
    size_t d = l->d;
    const double *mean = l->moment, *variance = mean + d;
    mi_column_moments(l->moment, l->moment + d, z, m, d);
    for (size_t k = 0; k < d; k++)
        inverse[k] = (float)(1 / sqrt(variance[k] + mi_norm_epsilon));
    for (size_t i = 0; i < m; i++)
        for (size_t k = 0; k < d; k++)
            a[i * d + k] = (float)((z[i * d + k] - mean[k]) * inverse[k]);
}

/* dz = (g - mean(g) - a mean(g a)) / sqrt(variance + epsilon), column by column. */
static void through_standardisation(const mi_loss *l, float *dz, const float *g, const float *a,
                                    const float *inverse, size_t m)
{
    size_t d = l->d;
    double *sum = l->moment, *product = sum + d, share = 1 / (double)m;
    memset(sum, 0, 2 * d * sizeof *sum);
    for (size_t i = 0; i < m; i++)
        for (size_t k = 0; k < d; k++) {
            sum[k] += share * g[i * d + k];
            product[k] += share * g[i * d + k] * a[i * d + k];
        }
    for (size_t i = 0; i < m; i++)
        for (size_t k = 0; k < d; k++)
            dz[i * d + k] =
                (float)((g[i * d + k] - sum[k] - product[k] * a[i * d + k]) * inverse[k]);
}

/* c (d,d) becomes dL/dC; the loss. */
static double correlation_loss(const mi_loss *l, float *c)
{
    double on = 0, off = 0;
    for (size_t i = 0; i < l->d; i++)
        for (size_t j = 0; j < l->d; j++) {
            float *x = &c[i * l->d + j];
            on += i == j ? (1 - *x) * (1 - *x) : 0;
            off += i == j ? 0 : *x * *x;
            *x = (float)(2 * l->scale * (i == j ? *x - 1 : l->lambda * *x));
        }
    return l->scale * (on + l->lambda * off);
}

static mi_status barlow(mi_loss *l, double *value, const float *z, float *dz)
{
    size_t m = l->n / 2, half = m * l->d;
    float *a = l->a, *b = l->a + half, *ia = l->inverse, *ib = l->inverse + l->d;
    standardise(l, a, ia, z, m);
    standardise(l, b, ib, z + half, m);
    MI_TRY(mi_product('T', 'N', l->d, l->d, m, 1 / (float)m, a, b, 0, l->s));
    *value = correlation_loss(l, l->s);
    MI_TRY(mi_product('N', 'T', m, l->d, l->d, 1 / (float)m, b, l->s, 0, l->da));
    MI_TRY(mi_product('N', 'N', m, l->d, l->d, 1 / (float)m, a, l->s, 0, l->da + half));
    through_standardisation(l, dz, l->da, a, ia, m);
    through_standardisation(l, dz + half, l->da + half, b, ib, m);
    return MI_OK;
}

mi_status mi_loss_of(mi_loss *l, double *value, const float *z, float *dz)
{
    return l->kind == MI_LOSS_INFONCE ? infonce(l, value, z, dz) : barlow(l, value, z, dz);
}
