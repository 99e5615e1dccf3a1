#include "kernel.h"

#include <cblas.h>
#include <gsl/gsl_sort_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rng.h"
#include "rows.h"

#define MEDIAN_ROWS 2048

static int is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && strncmp(text, word, length) == 0;
}

static mi_status parse_bandwidth(mi_kernel *out, const char *text, size_t length)
{
    char number[64], *end;
    if (is_word(text, length, "median") || is_word(text, length, "scott")) {
        out->rule = *text == 'm' ? MI_BANDWIDTH_MEDIAN : MI_BANDWIDTH_SCOTT;
        return MI_OK;
    }
    snprintf(number, sizeof number, "%.*s", (int)(length < 63 ? length : 63), text);
    out->rule = MI_BANDWIDTH_NUMBER;
    out->bandwidth = strtod(number, &end);
    if (end == number || *end || !(out->bandwidth > 0) || !isfinite(out->bandwidth))
        return mi_fail(MI_EUSAGE,
                       "'%s' is no gaussian bandwidth, wanted a number above 0, median or scott",
                       number);
    return MI_OK;
}

mi_status mi_kernel_parse(mi_kernel *out, const char *text, size_t length)
{
    const char *colon = memchr(text, ':', length);
    size_t word = colon ? (size_t)(colon - text) : length;
    *out = (mi_kernel){.kind = MI_KERNEL_LINEAR};
    if (is_word(text, length, "linear"))
        return MI_OK;
    if (is_word(text, length, "delta")) {
        out->kind = MI_KERNEL_DELTA;
        return MI_OK;
    }
    if (is_word(text, word, "gaussian")) {
        out->kind = MI_KERNEL_GAUSSIAN;
        out->rule = MI_BANDWIDTH_MEDIAN;
        return colon ? parse_bandwidth(out, colon + 1, length - word - 1) : MI_OK;
    }
    return mi_fail(MI_EUSAGE, "'%.*s' is no kernel, wanted linear, gaussian[:S] or delta",
                   (int)length, text);
}

const char *mi_kernel_name(const mi_kernel *k, char *buffer, size_t bytes)
{
    if (k->kind != MI_KERNEL_GAUSSIAN)
        snprintf(buffer, bytes, "%s", k->kind == MI_KERNEL_LINEAR ? "linear" : "delta");
    else if (k->bandwidth > 0)
        snprintf(buffer, bytes, "gaussian:%.9g", k->bandwidth);
    else
        snprintf(buffer, bytes, "gaussian:%s", k->rule == MI_BANDWIDTH_MEDIAN ? "median" : "scott");
    return buffer;
}

/* ---- bandwidth rules ---- */

static mi_status column_means(double **mean, const mi_mat *x)
{
    double *row;
    MI_TRY(MI_NEW(*mean, x->d));
    mi_status status = MI_NEW_RAW(row, x->d);
    if (status != MI_OK) {
        mi_free(*mean);
        *mean = NULL;
        return status;
    }
    for (size_t i = 0; i < x->n; i++) {
        mi_mat_rows_f64(row, x, &i, 1, NULL, NULL);
        cblas_daxpy((int)x->d, 1.0 / (double)x->n, row, 1, *mean, 1);
    }
    mi_free(row);
    return MI_OK;
}

/* Distances of all pairs i < j of the m rows r (m,d) into out; <= 2048^2/2 of them. */
static mi_status pair_distances(double *out, const double *r, size_t m, size_t d)
{
    double *g;
    size_t k = 0;
    MI_TRY(MI_NEW(g, m * m));
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, (int)m, (int)d, 1, r, (int)d, 0, g,
                (int)m);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < i; j++)
            out[k++] = sqrt(fmax(0, g[i * m + i] + g[j * m + j] - 2 * g[i * m + j]));
    /* The identity above leaves sqrt(round-off) where rows are equal: take the small ones plainly.
     */
    k = 0;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < i; j++, k++) {
            double scale = g[i * m + i] + g[j * m + j], sum = 0;
            if (out[k] * out[k] > 1e-6 * scale)
                continue;
            for (size_t c = 0; c < d; c++)
                sum += (r[i * d + c] - r[j * d + c]) * (r[i * d + c] - r[j * d + c]);
            out[k] = sqrt(sum);
        }
    mi_free(g);
    return MI_OK;
}

static mi_status draw_rows(size_t *row, size_t m, size_t n, unsigned long seed)
{
    gsl_rng *rng;
    size_t *order;
    MI_TRY(MI_NEW_RAW(order, n));
    mi_status status = mi_rng_new(&rng, seed, MI_STREAM_BANDWIDTH);
    if (status == MI_OK) {
        mi_rng_permutation(rng, order, n);
        memcpy(row, order, m * sizeof *row);
        gsl_rng_free(rng);
    }
    mi_free(order);
    return status;
}

static mi_status median_distance(double *out, const mi_mat *x, unsigned long seed)
{
    size_t m = x->n < MEDIAN_ROWS ? x->n : MEDIAN_ROWS, pairs = m * (m - 1) / 2;
    double *mean = NULL, *r = NULL, *distance = NULL;
    size_t *row = NULL;
    mi_status status;
    MI_TRY_GOTO(status, column_means(&mean, x), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(r, m * x->d), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(distance, pairs), done);
    if (m < x->n) {
        MI_TRY_GOTO(status, MI_NEW_RAW(row, m), done);
        MI_TRY_GOTO(status, draw_rows(row, m, x->n, seed), done);
    }
    mi_mat_rows_f64(r, x, row, m, NULL, mean);
    MI_TRY_GOTO(status, pair_distances(distance, r, m, x->d), done);
    gsl_sort(distance, 1, pairs);
    *out = 0.5 * (distance[(pairs - 1) / 2] + distance[pairs / 2]);
done:
    mi_free(mean);
    mi_free(r);
    mi_free(distance);
    mi_free(row);
    return status;
}

static mi_status scott_bandwidth(double *out, const mi_mat *x)
{
    double *mean, *row, sum = 0;
    MI_TRY(column_means(&mean, x));
    mi_status status = MI_NEW_RAW(row, x->d);
    if (status == MI_OK) {
        for (size_t i = 0; i < x->n; i++) {
            mi_mat_rows_f64(row, x, &i, 1, NULL, mean);
            sum += cblas_ddot((int)x->d, row, 1, row, 1);
        }
        *out =
            sqrt(sum / (double)x->n / (double)x->d) * pow((double)x->n, -1.0 / ((double)x->d + 4));
    }
    mi_free(mean);
    mi_free(row);
    return status;
}

mi_status mi_kernel_resolve(mi_kernel *k, const mi_mat *x, unsigned long seed)
{
    if (k->kind != MI_KERNEL_GAUSSIAN || k->rule == MI_BANDWIDTH_NUMBER)
        return MI_OK;
    if (k->rule == MI_BANDWIDTH_MEDIAN)
        MI_TRY(median_distance(&k->bandwidth, x, seed));
    else
        MI_TRY(scott_bandwidth(&k->bandwidth, x));
    if (!(k->bandwidth > 0) || !isfinite(k->bandwidth)) {
        double found = k->bandwidth;
        k->bandwidth = 0;
        return mi_fail(MI_EDATA,
                       "%s is %g, which is no gaussian bandwidth; give a number, gaussian:S",
                       k->rule == MI_BANDWIDTH_MEDIAN ? "the median distance between rows"
                                                      : "scott's bandwidth",
                       found);
    }
    return MI_OK;
}

/* ---- variables ---- */

static double norm_of_row(const mi_mat *x, size_t i)
{
    if (x->type == MI_F64)
        return cblas_dnrm2((int)x->d, (const double *)x->x + i * x->ld, 1);
    const float *row = (const float *)x->x + i * x->ld;
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t k = 0; k < x->d; k++)
        sum += (double)row[k] * row[k];
    return sqrt(sum);
}

mi_status mi_var_real(mi_var *out, mi_kernel kernel, const mi_mat *x)
{
    *out = (mi_var){.kernel = kernel, .n = x->n, .x = x};
    if (kernel.kind == MI_KERNEL_GAUSSIAN) {
        MI_TRY(mi_rows_check(x, MI_ROWS_NOT_FINITE));
        return column_means(&out->mean, x);
    }
    int suspect = 0;
    MI_TRY(MI_NEW_RAW(out->inverse_norm, x->n));
    for (size_t i = 0; i < x->n; i++) {
        out->inverse_norm[i] = 1.0 / norm_of_row(x, i);
        suspect |= !(out->inverse_norm[i] > 0 && isfinite(out->inverse_norm[i]));
    }
    if (!suspect)
        return MI_OK;
    mi_status status = mi_rows_check(x, MI_ROWS_NOT_FINITE);
    if (status == MI_OK)
        status = mi_rows_check(x, MI_ROWS_ALL_ZERO);
    if (status != MI_OK)
        mi_var_free(out);
    return status;
}

void mi_var_discrete(mi_var *out, const mi_groups *groups)
{
    *out = (mi_var){.kernel = {.kind = MI_KERNEL_DELTA}, .n = groups->n, .groups = groups};
}

void mi_var_free(mi_var *v)
{
    mi_free(v->inverse_norm);
    mi_free(v->mean);
    *v = (mi_var){0};
}

int mi_var_is_real(const mi_var *v)
{
    return v->kernel.kind != MI_KERNEL_DELTA;
}

void mi_var_rows_f64(const mi_var *v, const size_t *row, size_t m, double *out)
{
    mi_mat_rows_f64(out, v->x, row, m, v->inverse_norm, v->mean);
}
