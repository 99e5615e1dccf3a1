/* Maps of a row of features: mean over axes, centring, scaling, unit norm, quantisation, largest k,
 * linear.
 *
 * x (n,d_in) becomes y (n,d_out), row by row, in double precision. The formulas with their sources
 * are in maps.h. */
#include "libmi/transform/maps.h"

#include <cblas.h>
#include <float.h>
#include <math.h>
#include <string.h>

void mi_map_free(mi_map *m)
{
    mi_free(m->offset);
    mi_free(m->scale);
    mi_free(m->matrix);
    *m = (mi_map){0};
}

/* ---- rows ---- */

static void pool(const mi_map *m, const double *x, size_t n, double *y)
{
    for (size_t k = 0; k < n * m->d_out; k++) {
        double sum = 0;
        for (size_t j = 0; j < m->run; j++)
            sum += x[k * m->run + j];
        y[k] = sum / (double)m->run;
    }
}

static void shift(const mi_map *m, double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < m->d_in; k++)
            x[i * m->d_in + k] -= m->offset[k];
}

static void rescale(const mi_map *m, double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < m->d_in; k++)
            x[i * m->d_in + k] *= m->scale[k];
}

static void unit(const mi_map *m, double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double norm = cblas_dnrm2((int)m->d_in, x + i * m->d_in, 1); /* does not overflow */
        for (size_t k = 0; norm > 0 && k < m->d_in; k++)
            x[i * m->d_in + k] /= norm;
    }
}

static void quantise(const mi_map *m, double *x, size_t n)
{
    double levels = (double)m->levels, h = (levels - 1) * (1 - 1e-3) / 2;
    double o = m->levels % 2 ? 0 : 0.5, start = tan(o / h), half = floor(levels / 2);
    for (size_t k = 0; k < n * m->d_in; k++)
        x[k] = rint(tanh(x[k] + start) * h - o) / half + 0.0; /* -0 becomes 0 */
}

static double sort_key(double x)
{
    return isnan(x) ? INFINITY : x;
}

/* The k-th largest of x (n), which is reordered: Hoare's selection in Wirth's form. */
static double kth_largest(double *x, size_t n, size_t k)
{
    ptrdiff_t low = 0, high = (ptrdiff_t)n - 1, wanted = (ptrdiff_t)k - 1;
    while (low < high) {
        double pivot = x[wanted];
        ptrdiff_t i = low, j = high;
        do {
            while (x[i] > pivot)
                i++;
            while (pivot > x[j])
                j--;
            if (i <= j) {
                double kept = x[i];
                x[i++] = x[j];
                x[j--] = kept;
            }
        } while (i <= j);
        if (j < wanted)
            low = i;
        if (wanted < i)
            high = j;
    }
    return x[wanted];
}

static void keep_largest(const mi_map *m, double *x, double *work)
{
    size_t d = m->d_in, equal = m->kept;
    for (size_t k = 0; k < d; k++)
        work[k] = sort_key(x[k]);
    double least = kth_largest(work, d, m->kept);
    for (size_t k = 0; k < d; k++)
        equal -= sort_key(x[k]) > least;
    for (size_t k = 0; k < d; k++) {
        double key = sort_key(x[k]);
        if (key < least || (key == least && equal == 0))
            x[k] = 0;
        else if (key == least)
            equal--;
    }
}

/* The maps that leave a row as wide as it is, in place. */
static void apply_in_place(const mi_map *m, double *x, size_t n, double *work)
{
    switch (m->kind) {
    case MI_MAP_AFFINE:
        shift(m, x, n);
        if (m->scale)
            rescale(m, x, n);
        break;
    case MI_MAP_UNIT:
        unit(m, x, n);
        break;
    case MI_MAP_FSQ:
        quantise(m, x, n);
        break;
    default:
        for (size_t i = 0; i < n; i++)
            keep_largest(m, x + i * m->d_in, work);
    }
}

void mi_map_apply(const mi_map *m, double *x, size_t n, double *y, double *work)
{
    if (m->kind == MI_MAP_POOL) {
        pool(m, x, n, y);
    } else if (m->kind == MI_MAP_LINEAR) {
        shift(m, x, n);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)n, (int)m->d_out, (int)m->d_in,
                    1.0, x, (int)m->d_in, m->matrix, (int)m->d_out, 0.0, y, (int)m->d_out);
    } else {
        apply_in_place(m, x, n, work);
        if (y != x)
            memcpy(y, x, n * m->d_in * sizeof *y);
    }
}

/* ---- maps that need no data ---- */

void mi_map_pool(mi_map *out, size_t d, size_t run)
{
    *out = (mi_map){.kind = MI_MAP_POOL, .d_in = d, .d_out = d / run, .run = run};
}

void mi_map_unit(mi_map *out, size_t d)
{
    *out = (mi_map){.kind = MI_MAP_UNIT, .d_in = d, .d_out = d};
}

mi_status mi_map_fsq(mi_map *out, size_t d, size_t levels)
{
    *out = (mi_map){.kind = MI_MAP_FSQ, .d_in = d, .d_out = d, .levels = levels};
    if (levels < 2)
        return mi_fail(MI_EUSAGE, "%zu levels, wanted 2 or more", levels);
    return MI_OK;
}

mi_status mi_map_topk(mi_map *out, size_t d, size_t k)
{
    *out = (mi_map){.kind = MI_MAP_TOPK, .d_in = d, .d_out = d, .kept = k};
    if (k < 1 || k > d)
        return mi_fail(MI_EDATA, "the largest %zu of %zu columns, wanted 1 to %zu", k, d, d);
    return MI_OK;
}

/* ---- maps of means and variances ---- */

static mi_status affine(mi_map *out, const mi_scatter *s)
{
    *out = (mi_map){.kind = MI_MAP_AFFINE, .d_in = s->d, .d_out = s->d};
    MI_TRY(MI_NEW_RAW(out->offset, s->d));
    memcpy(out->offset, s->mean, s->d * sizeof *s->mean);
    return MI_OK;
}

mi_status mi_map_center(mi_map *out, const mi_scatter *s)
{
    return affine(out, s);
}

mi_status mi_map_standardize(mi_map *out, const mi_scatter *s)
{
    MI_TRY(mi_scatter_check(s));
    MI_TRY(affine(out, s));
    mi_status status = MI_NEW_RAW(out->scale, s->d);
    if (status != MI_OK) {
        mi_map_free(out);
        return status;
    }
    for (size_t k = 0; k < s->d; k++) {
        double deviation = sqrt(s->square[k] / (double)s->n);
        int is_constant = !(deviation > 16 * DBL_EPSILON * fabs(s->mean[k]));
        out->scale[k] = is_constant ? 0 : 1 / deviation;
    }
    return MI_OK;
}
