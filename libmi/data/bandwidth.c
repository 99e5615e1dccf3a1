/* Bandwidths by rule.
 *
 *     median     the median of |x_i - x_j|, i < j (Garreau, Jitkrittum and Kanagawa,
 *                arXiv 1707.07269), of 2,048 rows at most; quantile: another of them
 *     scott      s n^(-1/(d+4)), s^2 the mean variance of the columns (Scott,
 *                Multivariate Density Estimation (1992))
 *     silverman  (4 / (d+2))^(1/(d+4)) times that (Silverman, Density Estimation (1986),
 *                eq. 4.14)
 *     half-d     sqrt(d/2): |x_i - x_j| of d independent columns of variance 1 is about
 *                sqrt(2 d), so that K is about exp(-2) (Skean et al., arXiv 2301.08164) */
#include <cblas.h>
#include <gsl/gsl_sort_double.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/base/rng.h"
#include "libmi/base/want.h"
#include "libmi/data/kernel_internal.h"
#include "libmi/data/mat_internal.h"

#define MEDIAN_ROWS 2048

/* out: |r_i - r_j| of all pairs i < j of the m rows r (m,d), m <= 2048, inner products g by one SYRK. */
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
            out[k++] = sqrt(
                mi_square_apart(r + i * d, r + j * d, d, g[i * m + i], g[j * m + j], g[i * m + j]));
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

/* Of rows row[0..m) less `centre`. */
static mi_status quantile_of_rows(double *out, const mi_mat *x, const size_t *row, size_t m,
                                  const double *centre, double quantile)
{
    size_t pairs = m * (m - 1) / 2;
    double *r = NULL, *distance = NULL;
    mi_status status;
    MI_TRY_GOTO(status, MI_NEW_RAW(r, m * x->d), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(distance, pairs), done);
    MI_TRY_GOTO(status, mi_mat_read_f64(r, x, row, m, NULL, centre), done);
    MI_TRY_GOTO(status, pair_distances(distance, r, m, x->d), done);
    if (quantile != 0.5)
        gsl_sort(distance, 1, pairs);
    /* The median by selection: O(pairs). */
    *out = quantile == 0.5 ? gsl_stats_median(distance, 1, pairs)
                           : gsl_stats_quantile_from_sorted_data(distance, 1, pairs, quantile);
done:
    mi_free(r);
    mi_free(distance);
    return status;
}

/* A quantile of the distances between rows, interpolated between order statistics. Where it is small beside the
 * rows, one far away may have moved their mean: then as they are. */
static mi_status quantile_distance(double *out, const mi_mat *x, double quantile,
                                   unsigned long seed)
{
    size_t m = x->n < MEDIAN_ROWS ? x->n : MEDIAN_ROWS, *row = NULL;
    double *mean = NULL, largest;
    mi_status status;
    MI_TRY_GOTO(status, mi_column_means(&mean, &largest, x), done);
    if (m < x->n) {
        MI_TRY_GOTO(status, MI_NEW_RAW(row, m), done);
        MI_TRY_GOTO(status, draw_rows(row, m, x->n, seed), done);
    }
    MI_TRY_GOTO(status, quantile_of_rows(out, x, row, m, mean, quantile), done);
    if (*out < 1e-8 * largest)
        status = quantile_of_rows(out, x, row, m, NULL, quantile);
done:
    mi_free(mean);
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
    MI_TRY(mi_column_means(&s.mean, &largest, x));
    mi_status status = MI_NEW_RAW(s.row, x->d);
    if (status == MI_OK)
        status = mi_mat_each_block(x, 0, x->n, add_squares, &s);
    *out = sqrt(s.sum / n / d) * pow(n, -1.0 / (d + 4));
    mi_free(s.mean);
    mi_free(s.row);
    return status;
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
    if (!mi_is_bandwidth(mi_kernel_odd_bandwidth(k))) {
        const char *word = k->kind == MI_KERNEL_GAUSSIAN ? "gaussian" : "laplacian";
        double found = mi_kernel_odd_bandwidth(k);
        k->bandwidth = 0;
        return mi_fail(MI_EDATA, "%s is %g, which is no %s bandwidth; give a number, %s:S",
                       words_of_rule(k), found, word, word);
    }
    return MI_OK;
}
