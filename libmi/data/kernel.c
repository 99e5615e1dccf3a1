/* Kernels by name, bandwidths by rule, and variables: rows or groups under a kernel.
 *
 *     linear    K_ij = <x_i,x_j> / (|x_i| |x_j|)
 *     gaussian  K_ij = exp(-|x_i - x_j|^2 / (2 S^2)),  S a number, or by rule
 *               median   the median of |x_i - x_j|, i < j (Garreau, Jitkrittum and Kanagawa, arXiv
 *                        1707.07269), of 2,048 rows at most
 *               scott    s n^(-1/(d+4)), s^2 the mean variance of the columns (Scott, Multivariate
 *                        Density Estimation (1992))
 *     delta     K_ij = 1 where x_i = x_j, else 0
 *
 * All have a diagonal of 1, so that A = K / n has trace 1. What a variable prepares is O(n):
 * 1/|x_i|, or column means, since distances do not change and g_ij = <x_i,x_j> of centred rows is
 * smaller, with its rounding. */
#include "libmi/data/kernel.h"

#include <cblas.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/base/leaf.h"
#include "libmi/base/rng.h"
#include "libmi/base/want.h"
#include "libmi/data/kernel_internal.h"
#include "libmi/data/mat_internal.h"
#include "libmi/data/rows.h"

#define MEDIAN_ROWS 2048

/* Squares of bandwidths and of distances, and their quotients, must be numbers of double precision. */
#define LEAST_BANDWIDTH 1e-140
#define MOST_BANDWIDTH  1e140

static int is_bandwidth(double s)
{
    return s >= LEAST_BANDWIDTH && s <= MOST_BANDWIDTH;
}

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
    if (!is_bandwidth(out->bandwidth))
        return mi_fail(MI_EUSAGE, "'%s' is no gaussian bandwidth, wanted %g to %g", number,
                       LEAST_BANDWIDTH, MOST_BANDWIDTH);
    return MI_OK;
}

mi_status mi_kernel_parse(mi_kernel *out, const char *text, size_t length)
{
    MI_WANT(out && text, "a kernel to parse without %s", out ? "a text" : "an mi_kernel");
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
    if (!k || !buffer || bytes == 0 || (unsigned)k->kind > MI_KERNEL_DELTA)
        return "?";
    if (k->kind != MI_KERNEL_GAUSSIAN)
        snprintf(buffer, bytes, "%s", k->kind == MI_KERNEL_LINEAR ? "linear" : "delta");
    else if (k->bandwidth > 0)
        snprintf(buffer, bytes, "gaussian:%.9g", k->bandwidth);
    else
        snprintf(buffer, bytes, "gaussian:%s", k->rule == MI_BANDWIDTH_MEDIAN ? "median" : "scott");
    return buffer;
}

/* ---- bandwidth rules ---- */

typedef struct {
    double *mean, *row, share; /* share: 1 / n */
    double largest;            /* of all |x_ik|; nan where one is */
} mean_sum;

static mi_status add_to_mean(void *arg, const mi_mat *block, size_t first)
{
    mean_sum *s = arg;
    (void)first;
    for (size_t i = 0; i < block->n; i++) {
        mi_mat_rows_f64(s->row, block, &i, 1, NULL, NULL);
        cblas_daxpy((int)block->d, s->share, s->row, 1, s->mean, 1);
        s->largest = fmax(s->largest, fabs(s->row[cblas_idamax((int)block->d, s->row, 1)]));
    }
    return MI_OK;
}

/* mean = sum over blocks of rows of x_i / n; *mean is the caller's to free. */
static mi_status column_means(double **mean, double *largest, const mi_mat *x)
{
    mean_sum s = {.share = 1.0 / (double)x->n};
    MI_TRY(MI_NEW(s.mean, x->d));
    mi_status status = MI_NEW_RAW(s.row, x->d);
    if (status == MI_OK)
        status = mi_mat_each_block(x, 0, x->n, add_to_mean, &s);
    mi_free(s.row);
    if (status != MI_OK) {
        mi_free(s.mean);
        s.mean = NULL;
    }
    *mean = s.mean;
    *largest = s.largest;
    return status;
}

/* out: |r_i - r_j| of all pairs i < j of the m rows r (m,d), m <= 2048, by one SYRK: |r_i - r_j|^2
 * = g_ii + g_jj - 2 g_ij. */
static mi_status pair_distances(double *out, const double *r, size_t m, size_t d)
{
    double *g;
    size_t k = 0;
    MI_TRY(mi_blas_check(MI_DSYRK_N));
    MI_TRY(MI_NEW(g, m * m));
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasNoTrans, (int)m, (int)d, 1, r, (int)d, 0, g,
                (int)m);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < i; j++)
            out[k++] = sqrt(fmax(0, g[i * m + i] + g[j * m + j] - 2 * g[i * m + j]));
    /* The identity cancels where rows are close and leaves sqrt(round-off) where they are equal:
     * distances below 1e-3 of the rows' size are computed plainly. */
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
    double *mean = NULL, *r = NULL, *distance = NULL, largest;
    size_t *row = NULL;
    mi_status status;
    MI_TRY_GOTO(status, column_means(&mean, &largest, x), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(r, m * x->d), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(distance, pairs), done);
    if (m < x->n) {
        MI_TRY_GOTO(status, MI_NEW_RAW(row, m), done);
        MI_TRY_GOTO(status, draw_rows(row, m, x->n, seed), done);
    }
    MI_TRY_GOTO(status, mi_mat_read_f64(r, x, row, m, NULL, mean), done);
    MI_TRY_GOTO(status, pair_distances(distance, r, m, x->d), done);
    /* The middle one, or the mean of the middle two, by selection: O(pairs). */
    *out = gsl_stats_median(distance, 1, pairs);
done:
    mi_free(mean);
    mi_free(r);
    mi_free(distance);
    mi_free(row);
    return status;
}

typedef struct {
    double *mean, *row, sum;
} square_sum;

static mi_status add_squares(void *arg, const mi_mat *block, size_t first)
{
    square_sum *s = arg;
    (void)first;
    for (size_t i = 0; i < block->n; i++) {
        mi_mat_rows_f64(s->row, block, &i, 1, NULL, s->mean);
        s->sum += cblas_ddot((int)block->d, s->row, 1, s->row, 1);
    }
    return MI_OK;
}

/* S = sqrt(sum_ik (x_ik - mean_k)^2 / (n d)) n^(-1/(d+4)). */
static mi_status scott_bandwidth(double *out, const mi_mat *x)
{
    square_sum s = {.sum = 0};
    double n = (double)x->n, d = (double)x->d, largest;
    MI_TRY(column_means(&s.mean, &largest, x));
    mi_status status = MI_NEW_RAW(s.row, x->d);
    if (status == MI_OK)
        status = mi_mat_each_block(x, 0, x->n, add_squares, &s);
    *out = sqrt(s.sum / n / d) * pow(n, -1.0 / (d + 4));
    mi_free(s.mean);
    mi_free(s.row);
    return status;
}

mi_status mi_kernel_check(const mi_kernel *k)
{
    MI_WANT(k, "no kernel");
    MI_WANT((unsigned)k->kind <= MI_KERNEL_DELTA, "kernel %d, wanted one of mi_kernel_kind",
            (int)k->kind);
    if (k->kind != MI_KERNEL_GAUSSIAN)
        return MI_OK;
    MI_WANT((unsigned)k->rule <= MI_BANDWIDTH_SCOTT,
            "a gaussian kernel by rule %d, wanted one of mi_bandwidth_rule", (int)k->rule);
    MI_WANT(k->rule != MI_BANDWIDTH_NUMBER || is_bandwidth(k->bandwidth),
            "a gaussian kernel of bandwidth %g, wanted %g to %g or a rule", k->bandwidth,
            LEAST_BANDWIDTH, MOST_BANDWIDTH);
    return MI_OK;
}

mi_status mi_kernel_resolve(mi_kernel *k, const mi_mat *x, unsigned long seed)
{
    MI_TRY(mi_kernel_check(k));
    if (k->kind != MI_KERNEL_GAUSSIAN || k->rule == MI_BANDWIDTH_NUMBER)
        return MI_OK;
    MI_TRY(mi_mat_check(x));
    MI_WANT(x->n > 1, "a bandwidth over 1 row, wanted 2 or more");
    if (k->rule == MI_BANDWIDTH_MEDIAN)
        MI_TRY(median_distance(&k->bandwidth, x, seed));
    else
        MI_TRY(scott_bandwidth(&k->bandwidth, x));
    if (!is_bandwidth(k->bandwidth)) {
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
    return sqrt(mi_leaf_norm2(x->d, (const float *)x->x + i * x->ld));
}

static mi_status invert_norms(void *arg, const mi_mat *block, size_t first)
{
    double *inverse_norm = arg;
    for (size_t i = 0; i < block->n; i++)
        inverse_norm[first + i] = 1.0 / norm_of_row(block, i);
    return MI_OK;
}

/* A row that is not finite, or all zero where that matters, shows in what was made of it (1/|x| or
 * a mean that is not finite): only then the rows are read again, to say which. */
static mi_status find_fault(const mi_var *v)
{
    int sound = 1;
    for (size_t i = 0; v->inverse_norm && i < v->n; i++)
        sound &= v->inverse_norm[i] > 0 && v->inverse_norm[i] < INFINITY;
    for (size_t k = 0; v->mean && k < v->x->d; k++)
        sound &= isfinite(v->mean[k]) != 0;
    if (sound)
        return MI_OK;
    MI_TRY(mi_rows_check(v->x, MI_ROWS_NOT_FINITE));
    if (!v->inverse_norm)
        return MI_OK;
    MI_TRY(mi_rows_check(v->x, MI_ROWS_ALL_ZERO));
    size_t i = 0;
    while (i + 1 < v->n && v->inverse_norm[i] > 0 && v->inverse_norm[i] < INFINITY)
        i++;
    return mi_fail(MI_EDATA,
                   "row %zu is so %s that its norm is no number of double precision; multiply all "
                   "rows by one number",
                   i, v->inverse_norm[i] > 0 ? "small" : "large");
}

static mi_status row_norms(double **inverse_norm, const mi_mat *x)
{
    MI_TRY(MI_NEW_RAW(*inverse_norm, x->n));
    return mi_mat_each_block(x, 0, x->n, invert_norms, *inverse_norm);
}

mi_status mi_var_real(mi_var *out, mi_kernel kernel, const mi_mat *x)
{
    MI_WANT(out, "mi_var_real without a variable");
    *out = (mi_var){0};
    MI_WANT(x && x->n > 0 && x->d > 0, "a real variable without rows or columns");
    MI_TRY(mi_mat_check(x));
    MI_WANT((unsigned)kernel.kind <= MI_KERNEL_DELTA, "kernel %d, wanted one of mi_kernel_kind",
            (int)kernel.kind);
    if (kernel.kind != MI_KERNEL_LINEAR && kernel.kind != MI_KERNEL_GAUSSIAN)
        return mi_fail(MI_EUSAGE, "a real variable under the delta kernel: mi_groups_of_rows makes "
                                  "groups of rows");
    if (kernel.kind == MI_KERNEL_GAUSSIAN && !is_bandwidth(kernel.bandwidth))
        return mi_fail(MI_EUSAGE,
                       "a gaussian kernel of bandwidth %g, wanted %g to %g: "
                       "mi_kernel_resolve finds one by a rule",
                       kernel.bandwidth, LEAST_BANDWIDTH, MOST_BANDWIDTH);
    *out = (mi_var){.kernel = kernel, .n = x->n, .x = x};
    double largest = 0;
    mi_status status = kernel.kind == MI_KERNEL_GAUSSIAN ? column_means(&out->mean, &largest, x)
                                                         : row_norms(&out->inverse_norm, x);
    if (status == MI_OK)
        status = find_fault(out);
    if (status == MI_OK && largest > MOST_BANDWIDTH)
        status = mi_fail(
            MI_EDATA,
            "the largest number is %.3g, whose distances a gaussian kernel cannot square; multiply all "
            "rows by one number",
            largest);
    if (status != MI_OK)
        mi_var_free(out);
    return status;
}

void mi_var_discrete(mi_var *out, const mi_groups *groups)
{
    if (out)
        *out = (mi_var){
            .kernel = {.kind = MI_KERNEL_DELTA}, .n = groups ? groups->n : 0, .groups = groups};
}

void mi_var_free(mi_var *v)
{
    if (!v)
        return;
    mi_free(v->inverse_norm);
    mi_free(v->mean);
    *v = (mi_var){0};
}

int mi_var_is_real(const mi_var *v)
{
    return v->kernel.kind != MI_KERNEL_DELTA;
}

mi_status mi_var_rows_f64(const mi_var *v, const size_t *row, size_t m, double *out)
{
    return mi_mat_read_f64(out, v->x, row, m, v->inverse_norm, v->mean);
}
