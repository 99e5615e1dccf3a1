/* Numbers of the covariance's eigenvalues, and the participation ratio without the bias of a sample. */
#include <float.h>
#include <math.h>

#include "libmi/base/mem.h"
#include "libmi/bounds/effrank.h"
#include "libmi/bounds/private.h"
#include "libmi/data/mat_internal.h"
#include "libmi/entropy/entropy.h"

static int has_none(const double *l, size_t n)
{
    return !l || n == 0 || !(l[0] > 0);
}

static double sum_of(const double *l, size_t n)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += l[k];
    return sum;
}

double mi_effective_rank(const double *l, size_t n)
{
    return has_none(l, n) ? NAN : mi_rankme(l, n, 0);
}

double mi_nesum(const double *l, size_t n)
{
    return has_none(l, n) ? NAN : sum_of(l, n) / l[0];
}

/* A sum that falls short of the share by its own rounding reaches it. */
double mi_components(const double *l, size_t n, double share)
{
    double wanted, sum = 0;
    size_t k = 0;
    if (has_none(l, n) || !(share > 0 && share <= 1))
        return NAN;
    wanted = share * sum_of(l, n) * (1 - (double)n * DBL_EPSILON);
    while (k < n && sum < wanted)
        sum += l[k++];
    return (double)k;
}

/* l are squares of singular values, which are known to n eps of the first. */
double mi_condition(const double *l, size_t n)
{
    size_t rank = n;
    if (has_none(l, n))
        return NAN;
    while (!(l[rank - 1] > pow((double)n * DBL_EPSILON, 2) * l[0]))
        rank--;
    return sqrt(l[0] / l[rank - 1]);
}

double mi_truncated_vendi(const double *l, size_t n, size_t t, double alpha)
{
    double *top, value;
    t = t < n ? t : n;
    if (has_none(l, n) || t == 0 || MI_NEW_RAW(top, t) != MI_OK)
        return NAN;
    double others = (1 - sum_of(l, t)) / (double)t;
    for (size_t k = 0; k < t; k++)
        top[k] = l[k] + (t < n ? fmax(0, others) : 0);
    value = exp(mi_entropy_of_eigenvalues(top, t, alpha));
    mi_free(top);
    return value;
}

/* ---- the participation ratio of what rows are drawn from ---- */

/* Averages over rows i, j, k, l that are all different, of features x less their mean. As sum x = 0, the
 * sums over them come from T, F and Q alone:
 *
 *     over i, j         <x_i,x_j>^2             Q - F
 *     over i, j, k      <x_i,x_j><x_j,x_k>      2 F - Q
 *     over i, j, k, l   <x_i,x_j><x_k,x_l>      T^2 - 6 F + 2 Q
 *     over i, j         |x_i|^2 |x_j|^2         T^2 - F
 *     over i, j, k      |x_i|^2 <x_j,x_k>       2 F - T^2
 *
 * tr C^2 is the first less twice the second and the third, (tr C)^2 the fourth less twice the fifth and
 * the third; the mean of the rows falls out of both. Where these cancel, as of rows that are all as far from each
 * other, nothing is left of tr C^2 but their rounding. */
#define CANCELS_TO 1e-10

double mi_participation_ratio_of_rows(double t, double f, double q, double n)
{
    double pairs = n * (n - 1), triples = pairs * (n - 2), fours = triples * (n - 3);
    double all = (t * t - 6 * f + 2 * q) / fours;
    double of_trace = (t * t - f) / pairs - 2 * (2 * f - t * t) / triples + all;
    double of_squares = (q - f) / pairs - 2 * (2 * f - q) / triples + all;
    double terms = (q + f) / pairs + 2 * (2 * f + q) / triples + (t * t + 6 * f + 2 * q) / fours;
    return n >= 4 && of_squares > CANCELS_TO * terms ? of_trace / of_squares : NAN;
}

typedef struct {
    size_t d;
    double scale;
    double *row, *mean, *rest; /* (d) mean of the rows, and what that is off */
    double fourth;
} moments;

static mi_status add_fourths(void *arg, const mi_mat *block, size_t first)
{
    moments *m = arg;
    (void)first;
    for (size_t i = 0; i < block->n; i++) {
        double square = 0;
        mi_mat_rows_f64(m->row, block, &i, 1, NULL, NULL);
        for (size_t k = 0; k < m->d; k++)
            square += pow(m->scale * (m->row[k] - m->mean[k] - m->rest[k]), 2);
        m->fourth += square * square;
    }
    return MI_OK;
}

mi_status mi_participation_ratio_corrected(double *ratio, const double *l, size_t count,
                                           const mi_mat *x, double scale)
{
    moments m = {.d = x->d, .scale = scale};
    double square = 0;
    mi_status status;
    MI_TRY_GOTO(status, MI_NEW_RAW(m.row, x->d), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(m.mean, x->d), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(m.rest, x->d), done);
    mi_mat_mean_f64(m.mean, m.rest, m.row, x, NULL);
    MI_TRY_GOTO(status, mi_mat_each_block(x, 0, x->n, add_fourths, &m), done);
    for (size_t k = 0; k < count; k++)
        square += l[k] * l[k];
    *ratio = mi_participation_ratio_of_rows(sum_of(l, count), m.fourth, square, (double)x->n);
done:
    mi_free(m.row);
    mi_free(m.mean);
    mi_free(m.rest);
    return status;
}
