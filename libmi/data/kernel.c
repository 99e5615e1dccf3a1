/* Kernels by name, bandwidths by rule, and variables: rows or groups under a kernel.
 *
 *     linear      K_ij = c_ij = <x_i,x_j> / (|x_i| |x_j|)
 *     polynomial  K_ij = ((c_ij + C) / (1 + C))^P: the polynomial kernel of rows of length 1, over its
 *                 diagonal (Schoelkopf and Smola, Learning with Kernels (2002), sec. 2.3)
 *     gaussian    K_ij = exp(-|x_i - x_j|^2 / (2 S^2))
 *     laplacian   K_ij = exp(-|x_i - x_j| / S), the exponential kernel of Euclidean distances (Genton,
 *                 J. Mach. Learn. Res. 2 (2001) 299)
 *     precomputed K_ij = x_ij / sqrt(x_ii x_jj), x a Gram matrix: the cosines of rows that have its
 *                 entries as inner products (gram_rows.h)
 *     delta       K_ij = 1 where x_i = x_j, else 0
 *
 *     S a list    K is the mean of the kernels of each bandwidth: a sum of infinitely divisible kernels of one
 *                 diagonal is a kernel again (multi-bandwidth kernels as in Li, Swersky and Zemel, ICML 2015)
 *
 *     S by rule   median     the median of |x_i - x_j|, i < j (Garreau, Jitkrittum and Kanagawa,
 *                            arXiv 1707.07269), of 2,048 rows at most; quantile: another of them
 *                 scott      s n^(-1/(d+4)), s^2 the mean variance of the columns (Scott,
 *                            Multivariate Density Estimation (1992))
 *                 silverman  (4 / (d+2))^(1/(d+4)) times that (Silverman, Density Estimation (1986),
 *                            eq. 4.14)
 *                 half-d     sqrt(d/2): |x_i - x_j| of d independent columns of variance 1 is about
 *                            sqrt(2 d), so that K is about exp(-2) (Skean et al., arXiv 2301.08164)
 *
 * All have a diagonal of 1, so that A = K / n has trace 1. What a variable prepares is O(n):
 * 1/|x_i|, or column means, since distances do not change and g_ij = <x_i,x_j> of centred rows is
 * smaller, with its rounding. */
#include "libmi/data/kernel.h"

#include <cblas.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/base/leaf.h"
#include "libmi/base/number.h"
#include "libmi/base/rng.h"
#include "libmi/base/want.h"
#include "libmi/base/words.h"
#include "libmi/data/kernel_internal.h"
#include "libmi/data/mat_internal.h"
#include "libmi/data/rows.h"

#define MEDIAN_ROWS 2048
#define DEGREE_MAX  64

/* Squares of bandwidths and of distances, and their quotients, must be numbers of double precision. */
#define LEAST_BANDWIDTH 1e-140
#define MOST_BANDWIDTH  1e140

static int is_bandwidth(double s)
{
    return s >= LEAST_BANDWIDTH && s <= MOST_BANDWIDTH;
}

static unsigned count_bandwidths(const mi_kernel *k)
{
    return k->n_scales ? k->n_scales : 1;
}

static double bandwidth_at(const mi_kernel *k, unsigned at)
{
    return k->n_scales ? k->bandwidth * k->scale[at] : k->bandwidth;
}

/* The first bandwidth that is none, or the last. */
static double odd_bandwidth(const mi_kernel *k)
{
    unsigned at = 0;
    while (at + 1 < count_bandwidths(k) && is_bandwidth(bandwidth_at(k, at)))
        at++;
    return bandwidth_at(k, at);
}

static int is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && strncmp(text, word, length) == 0;
}

/* Words of rules, by mi_bandwidth_rule; a quantile is "q" and a number. */
static const char *const rule_word[] = {[MI_BANDWIDTH_MEDIAN] = "median",
                                        [MI_BANDWIDTH_QUANTILE] = "q",
                                        [MI_BANDWIDTH_SCOTT] = "scott",
                                        [MI_BANDWIDTH_SILVERMAN] = "silverman",
                                        [MI_BANDWIDTH_HALF_D] = "half-d"};
#define N_RULES (sizeof rule_word / sizeof *rule_word)

/* The number that is text[0..length), nan for none. */
static double parse_number(const char *text, size_t length)
{
    char number[64], *end;
    snprintf(number, sizeof number, "%.*s", (int)(length < 63 ? length : 63), text);
    double value = mi_number_read(number, &end);
    return end == number || *end ? NAN : value;
}

static mi_status fail_bandwidth(const char *text, size_t length)
{
    return mi_fail(MI_EUSAGE,
                   "'%.*s' is no bandwidth, wanted a number above 0, median, scott, silverman, "
                   "half-d, a quantile as q0.25, or a list as 1:2:4 or 0.5m:m:2m",
                   (int)length, text);
}

/* A number, or one of medians: "2m", "m". nan for neither. */
static double parse_multiple(const char *text, size_t length, int *of_median)
{
    *of_median = length > 0 && text[length - 1] == 'm';
    if (*of_median && length == 1)
        return 1;
    return parse_number(text, length - (size_t)*of_median);
}

/* "0.5:1:2", or "0.5m:m:2m", the medians' numbers or all without. A number alone is the bandwidth. */
static mi_status parse_list(mi_kernel *out, const char *text, size_t length)
{
    const char *at = text, *end = text + length;
    int medians = 0, of_median;
    *out = (mi_kernel){.kind = out->kind, .bandwidth = 1};
    for (;;) {
        const char *colon = memchr(at, ':', (size_t)(end - at));
        size_t size = (size_t)((colon ? colon : end) - at);
        double value = parse_multiple(at, size, &of_median);
        if (!(value > 0 && value < INFINITY))
            return fail_bandwidth(at, size);
        if (out->n_scales == MI_BANDWIDTHS)
            return mi_fail(MI_EUSAGE, "more than %d bandwidths in '%.*s'", MI_BANDWIDTHS,
                           (int)length, text);
        if (!is_bandwidth(value))
            return mi_fail(MI_EUSAGE, "'%.*s' is no bandwidth, wanted %g to %g", (int)size, at,
                           LEAST_BANDWIDTH, MOST_BANDWIDTH);
        out->scale[out->n_scales++] = value;
        medians += of_median;
        if (!colon)
            break;
        at = colon + 1;
    }
    if (medians && medians < (int)out->n_scales)
        return mi_fail(MI_EUSAGE, "'%.*s' has medians and numbers, wanted either", (int)length,
                       text);
    out->rule = medians ? MI_BANDWIDTH_MEDIAN : MI_BANDWIDTH_NUMBER;
    out->bandwidth = medians ? 0 : 1;
    if (out->n_scales > 1 || (medians && out->scale[0] != 1))
        return MI_OK;
    out->bandwidth = medians ? 0 : out->scale[0];
    out->n_scales = 0;
    return MI_OK;
}

static mi_status parse_bandwidth(mi_kernel *out, const char *text, size_t length)
{
    for (size_t k = 1; k < N_RULES; k++) {
        if (k == MI_BANDWIDTH_QUANTILE || !is_word(text, length, rule_word[k]))
            continue;
        out->rule = (mi_bandwidth_rule)k;
        return MI_OK;
    }
    if (length > 1 && *text == 'q') {
        out->rule = MI_BANDWIDTH_QUANTILE;
        out->quantile = parse_number(text + 1, length - 1);
        if (out->quantile > 0 && out->quantile < 1)
            return MI_OK;
    }
    return parse_list(out, text, length);
}

/* ":P" or ":P:C". */
static mi_status parse_polynomial(mi_kernel *out, const char *text, size_t length)
{
    const char *colon = memchr(text, ':', length);
    size_t digits = colon ? (size_t)(colon - text) : length;
    double degree = parse_number(text, digits);
    out->offset = colon ? parse_number(colon + 1, length - digits - 1) : out->offset;
    if (!(degree >= 1 && degree <= DEGREE_MAX && degree == floor(degree)) ||
        !(out->offset >= 0 && out->offset < INFINITY))
        return mi_fail(
            MI_EUSAGE,
            "'%.*s' is no polynomial, wanted P or P:C, P a whole number from 1 to %d and "
            "C a number from 0",
            (int)length, text, DEGREE_MAX);
    out->degree = (unsigned)degree;
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
    if (is_word(text, length, "delta") || is_word(text, length, "precomputed")) {
        out->kind = *text == 'd' ? MI_KERNEL_DELTA : MI_KERNEL_PRECOMPUTED;
        return MI_OK;
    }
    if (is_word(text, word, "gaussian") || is_word(text, word, "laplacian")) {
        out->kind = *text == 'g' ? MI_KERNEL_GAUSSIAN : MI_KERNEL_LAPLACIAN;
        out->rule = MI_BANDWIDTH_MEDIAN;
        return colon ? parse_bandwidth(out, colon + 1, length - word - 1) : MI_OK;
    }
    if (is_word(text, word, "polynomial")) {
        *out = (mi_kernel){.kind = MI_KERNEL_POLYNOMIAL, .degree = 2, .offset = 1};
        return colon ? parse_polynomial(out, colon + 1, length - word - 1) : MI_OK;
    }
    return mi_fail(MI_EUSAGE,
                   "'%.*s' is no kernel, wanted linear, gaussian[:S], laplacian[:S], "
                   "polynomial[:P[:C]], precomputed or delta",
                   (int)length, text);
}

/* "0.5:1:2" once they are numbers, else "0.5m:m:2m". */
static void write_list(const mi_kernel *k, char *buffer, size_t bytes)
{
    size_t used = 0;
    for (unsigned at = 0; at < k->n_scales && used < bytes; at++) {
        int is_one = !k->bandwidth && k->scale[at] == 1;
        used += (size_t)mi_format(buffer + used, bytes - used, is_one ? ":m" : ":%.9g%s",
                                  k->bandwidth ? bandwidth_at(k, at) : k->scale[at],
                                  k->bandwidth ? "" : "m");
    }
}

const char *mi_kernel_name(const mi_kernel *k, char *buffer, size_t bytes)
{
    static const char *const word[] = {"linear",     "gaussian",    "laplacian",
                                       "polynomial", "precomputed", "delta"};
    if (!k || !buffer || bytes == 0 || (unsigned)k->kind > MI_KERNEL_DELTA ||
        (unsigned)k->rule >= N_RULES)
        return "?";
    if (k->kind == MI_KERNEL_POLYNOMIAL)
        mi_format(buffer, bytes, "polynomial:%u:%.9g", k->degree, k->offset);
    else if (!mi_kernel_is_of_distance(k->kind))
        snprintf(buffer, bytes, "%s", word[k->kind]);
    else if (k->n_scales && k->n_scales <= MI_BANDWIDTHS) {
        snprintf(buffer, bytes, "%s", word[k->kind]);
        write_list(k, buffer + strlen(buffer), bytes - strlen(buffer));
    } else if (k->bandwidth > 0)
        mi_format(buffer, bytes, "%s:%.9g", word[k->kind], k->bandwidth);
    else if (k->rule == MI_BANDWIDTH_QUANTILE)
        mi_format(buffer, bytes, "%s:q%.9g", word[k->kind], k->quantile);
    else
        snprintf(buffer, bytes, "%s:%s", word[k->kind], k->rule ? rule_word[k->rule] : "?");
    return buffer;
}

/* ---- values ---- */

int mi_kernel_is_of_distance(mi_kernel_kind kind)
{
    return kind == MI_KERNEL_GAUSSIAN || kind == MI_KERNEL_LAPLACIAN;
}

int mi_kernel_is_linear(mi_kernel_kind kind)
{
    return kind == MI_KERNEL_LINEAR || kind == MI_KERNEL_PRECOMPUTED;
}

int mi_kernel_is_of_cosine(mi_kernel_kind kind)
{
    return mi_kernel_is_linear(kind) || kind == MI_KERNEL_POLYNOMIAL;
}

double mi_kernel_of_cosine(const mi_kernel *k, double cosine)
{
    if (mi_kernel_is_linear(k->kind))
        return cosine;
    return gsl_pow_uint((cosine + k->offset) / (1 + k->offset), k->degree);
}

double mi_kernel_of_square(const mi_kernel *k, double distance2)
{
    double sum = 0;
    for (unsigned at = 0; at < count_bandwidths(k); at++) {
        double s = bandwidth_at(k, at);
        sum += k->kind == MI_KERNEL_GAUSSIAN ? exp(-0.5 * distance2 / (s * s))
                                             : exp(-sqrt(distance2) / s);
    }
    return sum / count_bandwidths(k);
}

double mi_kernel_narrowest(const mi_kernel *k)
{
    double least = INFINITY;
    for (unsigned at = 0; at < count_bandwidths(k); at++)
        least = fmin(least, bandwidth_at(k, at));
    return least;
}

mi_leaf_rates mi_kernel_rates(const mi_kernel *k, int power)
{
    double narrowest = mi_kernel_narrowest(k);
    mi_leaf_rates r = {.count = count_bandwidths(k), .power = power};
    for (unsigned at = 0; at < r.count; at++) {
        double ratio = narrowest / bandwidth_at(k, at);
        r.rate[at] = (float)((k->kind == MI_KERNEL_GAUSSIAN ? ratio * ratio : ratio) / power);
    }
    return r;
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

/* A quantile of the distances between rows, interpolated between order statistics. */
static mi_status quantile_distance(double *out, const mi_mat *x, double quantile,
                                   unsigned long seed)
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
    if (quantile != 0.5)
        gsl_sort(distance, 1, pairs);
    /* The median by selection: O(pairs). */
    *out = quantile == 0.5 ? gsl_stats_median(distance, 1, pairs)
                           : gsl_stats_quantile_from_sorted_data(distance, 1, pairs, quantile);
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
    MI_WANT(k->kind != MI_KERNEL_POLYNOMIAL || (k->degree >= 1 && k->degree <= DEGREE_MAX &&
                                                k->offset >= 0 && k->offset < INFINITY),
            "a polynomial kernel of degree %u and offset %g, wanted 1 to %d, and a number from 0",
            k->degree, k->offset, DEGREE_MAX);
    if (!mi_kernel_is_of_distance(k->kind))
        return MI_OK;
    MI_WANT((unsigned)k->rule < N_RULES,
            "a kernel of distances by rule %d, wanted one of mi_bandwidth_rule", (int)k->rule);
    MI_WANT(k->n_scales <= MI_BANDWIDTHS, "a kernel of %u bandwidths, wanted at most %d",
            k->n_scales, MI_BANDWIDTHS);
    MI_WANT(k->rule != MI_BANDWIDTH_NUMBER || is_bandwidth(odd_bandwidth(k)),
            "a kernel of distances of bandwidth %g, wanted %g to %g or a rule", odd_bandwidth(k),
            LEAST_BANDWIDTH, MOST_BANDWIDTH);
    MI_WANT(k->rule != MI_BANDWIDTH_QUANTILE || (k->quantile > 0 && k->quantile < 1),
            "a bandwidth by quantile %g, wanted above 0 and below 1", k->quantile);
    return MI_OK;
}

/* The bandwidth of k->rule over the rows of x. */
static mi_status find_bandwidth(double *out, const mi_kernel *k, const mi_mat *x,
                                unsigned long seed)
{
    double d = (double)x->d;
    switch (k->rule) {
    case MI_BANDWIDTH_MEDIAN:
        return quantile_distance(out, x, 0.5, seed);
    case MI_BANDWIDTH_QUANTILE:
        return quantile_distance(out, x, k->quantile, seed);
    case MI_BANDWIDTH_HALF_D:
        *out = sqrt(d / 2);
        return MI_OK;
    default:
        MI_TRY(scott_bandwidth(out, x));
        *out *= k->rule == MI_BANDWIDTH_SILVERMAN ? pow(4 / (d + 2), 1 / (d + 4)) : 1;
        return MI_OK;
    }
}

/* How a bandwidth that cannot be used was found. */
static const char *words_of_rule(const mi_kernel *k)
{
    return k->rule == MI_BANDWIDTH_MEDIAN     ? "the median distance between rows"
           : k->rule == MI_BANDWIDTH_QUANTILE ? "that quantile of the distances between rows"
           : k->rule == MI_BANDWIDTH_SCOTT    ? "scott's bandwidth"
                                              : "silverman's bandwidth";
}

mi_status mi_kernel_resolve(mi_kernel *k, const mi_mat *x, unsigned long seed)
{
    MI_TRY(mi_kernel_check(k));
    if (!mi_kernel_is_of_distance(k->kind) || k->rule == MI_BANDWIDTH_NUMBER)
        return MI_OK;
    MI_TRY(mi_mat_check(x));
    MI_WANT(x->n > 1, "a bandwidth over 1 row, wanted 2 or more");
    MI_TRY(find_bandwidth(&k->bandwidth, k, x, seed));
    if (!is_bandwidth(odd_bandwidth(k))) {
        const char *word = k->kind == MI_KERNEL_GAUSSIAN ? "gaussian" : "laplacian";
        double found = odd_bandwidth(k);
        k->bandwidth = 0;
        return mi_fail(MI_EDATA, "%s is %g, which is no %s bandwidth; give a number, %s:S",
                       words_of_rule(k), found, word, word);
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
    if (kernel.kind == MI_KERNEL_DELTA)
        return mi_fail(MI_EUSAGE, "a real variable under the delta kernel: mi_groups_of_rows makes "
                                  "groups of rows");
    if (mi_kernel_is_of_distance(kernel.kind) && kernel.n_scales <= MI_BANDWIDTHS &&
        !is_bandwidth(odd_bandwidth(&kernel)))
        return mi_fail(MI_EUSAGE,
                       "a kernel of distances of bandwidth %g, wanted %g to %g: "
                       "mi_kernel_resolve finds one by a rule",
                       odd_bandwidth(&kernel), LEAST_BANDWIDTH, MOST_BANDWIDTH);
    MI_TRY(mi_kernel_check(&kernel));
    *out = (mi_var){.kernel = kernel, .n = x->n, .x = x};
    double largest = 0;
    mi_status status = mi_kernel_is_of_distance(kernel.kind) ? column_means(&out->mean, &largest, x)
                                                             : row_norms(&out->inverse_norm, x);
    if (status == MI_OK)
        status = find_fault(out);
    if (status == MI_OK && largest > MOST_BANDWIDTH)
        status =
            mi_fail(MI_EDATA,
                    "the largest number is %.3g, whose distances cannot be squared; multiply all "
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
