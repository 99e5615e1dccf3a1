/* Intrinsic dimension from ratios of distances, and hubs, from lists of nearest points.
 *
 * Each number has an influence psi_i of each point, how much the number moves with its list. Points that
 * are near to each other share neighbours, so their influences go together. N(i) being point i with
 * its s nearest, s as many as the number looks at,
 *
 *     se^2 = 1/(s+1) sum_p (sum over i with p in N(i) of psi_i)^2
 *          = sum_ij psi_i psi_j |N(i) and N(j) have in common| / (s+1),
 *
 * a spatial covariance estimator (Conley, J. Econometrics 92 (1999) 1) whose weights are the overlap, so
 * that it is never negative. */
#include <gsl/gsl_sort.h>
#include <math.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/geometry/private.h"

enum { TWO_NN_PERCENT = 90 }; /* of the ratios are fitted: the largest are the least reliable */

/* Ratios of one number, and their influences. */
typedef struct {
    const mi_near_points *p;
    size_t count;      /* lists with a ratio */
    size_t *asker;     /* (m) whose lists these are */
    double *log_ratio; /* (m) */
    double *psi;       /* (m), or (points) of hubs */
    double *moved;     /* (points) */
    size_t *order;     /* (m) */
} ratios;

static mi_status ratios_init(ratios *q, const mi_near_points *p)
{
    *q = (ratios){.p = p};
    MI_TRY(MI_NEW_RAW(q->asker, p->m));
    MI_TRY(MI_NEW_RAW(q->log_ratio, p->m));
    MI_TRY(MI_NEW_RAW(q->psi, p->m));
    MI_TRY(MI_NEW_RAW(q->moved, p->points));
    return MI_NEW_RAW(q->order, p->m);
}

static void ratios_free(ratios *q)
{
    mi_free(q->asker);
    mi_free(q->log_ratio);
    mi_free(q->psi);
    mi_free(q->moved);
    mi_free(q->order);
}

/* Standard error from the influences of `count` askers, whose lists have s points. */
static double error_of(const ratios *q, size_t s)
{
    const mi_near_points *p = q->p;
    double sum = 0;
    memset(q->moved, 0, p->points * sizeof *q->moved);
    for (size_t c = 0; c < q->count; c++) {
        size_t i = q->asker[c];
        q->moved[p->ask ? p->ask[i] : i] += q->psi[c];
        for (size_t j = 0; j < s; j++)
            q->moved[p->index[i * p->k + j]] += q->psi[c];
    }
    for (size_t i = 0; i < p->points; i++)
        sum += q->moved[i] * q->moved[i];
    return sqrt(sum / (double)(s + 1));
}

/* ---- hubs ---- */

/* Skewness of N_k by biased moments; with z = (N - mean) / sd its influence is
 * (z^3 - g - 3 z - 3/2 g (z^2 - 1)) / n. */
static void hubness(double *value, double *se, ratios *q, size_t k)
{
    const mi_near_points *p = q->p;
    double mean = (double)k, square = 0, cube = 0, n = (double)p->points;
    double *occurs = q->log_ratio;
    memset(occurs, 0, p->points * sizeof *occurs);
    for (size_t i = 0; i < p->points; i++)
        for (size_t j = 0; j < k; j++)
            occurs[p->index[i * p->k + j]]++;
    for (size_t i = 0; i < p->points; i++) {
        double off = occurs[i] - mean;
        square += off * off / n;
        cube += off * off * off / n;
    }
    if (!(square > 0))
        return;
    double g = cube / pow(square, 1.5);
    q->count = p->points;
    for (size_t i = 0; i < p->points; i++) {
        double z = (occurs[i] - mean) / sqrt(square);
        q->asker[i] = i;
        q->psi[i] = (z * z * z - g - 3 * z - 1.5 * g * (z * z - 1)) / n;
    }
    *value = g;
    *se = error_of(q, k);
}

/* ---- ratios ---- */

/* sum of log(r_outer / r_j), j = inner .. last, of each list; one that has a distance of 0, the
 * difference being below the smallest number, has no ratio. */
static void take_ratios(ratios *q, size_t inner, size_t last, size_t outer)
{
    q->count = 0;
    for (size_t i = 0; i < q->p->m; i++) {
        const double *r = q->p->distance + i * q->p->k - 1;
        double sum = 0;
        if (!(r[inner] > 0))
            continue;
        for (size_t j = inner; j <= last; j++)
            sum += log(r[outer] / r[j]);
        q->asker[q->count] = i;
        q->log_ratio[q->count++] = sum;
    }
}

/* (k - 1) / mean: the influence of a list is its part of the mean. */
static void mle(double *value, double *se, ratios *q, size_t k)
{
    double mean = 0;
    take_ratios(q, 1, k - 1, k);
    for (size_t c = 0; c < q->count; c++)
        mean += q->log_ratio[c] / (double)q->count;
    if (!(mean > 0))
        return;
    *value = (double)(k - 1) / mean;
    for (size_t c = 0; c < q->count; c++)
        q->psi[c] = *value * (1 - q->log_ratio[c] / mean) / (double)q->count;
    *se = error_of(q, k);
}

/* What i points of n leave above them: the fit's ordinate. */
static double ordinate(size_t i, size_t n)
{
    return -log1p(-(double)i / (double)n);
}

/* The slope without the ratio of rank r, for every r, in one pass. Those above it move down a rank: with
 * m ratios fitted and y the ordinates of n - 1,
 *
 *     sum_(j<r) x_j y_j + sum_(r<j<=m+1) x_j y_(j-1)   over the same with x_j for y.
 *
 * The influence is (n-1)/n times what the slope loses. */
static void two_nn_influences(ratios *q)
{
    size_t n = q->count, m = (n - 1) * TWO_NN_PERCENT / 100;
    double below_xy = 0, below_xx = 0, above_xy = 0, above_xx = 0, mean = 0;
    for (size_t j = 2; j <= m + 1; j++) {
        double x = q->log_ratio[q->order[j - 1]];
        above_xy += x * ordinate(j - 1, n - 1);
        above_xx += x * x;
    }
    for (size_t r = 1; r <= n; r++) {
        double x = q->log_ratio[q->order[r - 1]];
        double left = (below_xy + above_xy) / (below_xx + above_xx);
        q->psi[q->order[r - 1]] = -left * (double)(n - 1) / (double)n;
        mean += q->psi[q->order[r - 1]] / (double)n;
        if (r > m)
            continue;
        double next = q->log_ratio[q->order[r]];
        below_xy += x * ordinate(r, n - 1);
        below_xx += x * x;
        above_xy -= next * ordinate(r, n - 1);
        above_xx -= next * next;
    }
    for (size_t c = 0; c < n; c++)
        q->psi[c] -= mean;
}

static void two_nn(double *value, double *se, ratios *q)
{
    double xy = 0, xx = 0;
    take_ratios(q, 1, 1, 2);
    gsl_sort_index(q->order, q->log_ratio, 1, q->count);
    for (size_t i = 1; i <= q->count * TWO_NN_PERCENT / 100; i++) {
        double x = q->log_ratio[q->order[i - 1]];
        xy += x * ordinate(i, q->count);
        xx += x * x;
    }
    if (!(xx > 0))
        return;
    *value = xy / xx;
    two_nn_influences(q);
    *se = error_of(q, 2);
}

/* ---- likelihood of generalised ratios ---- */

/* f(y) = y / (1 - e^-y) and its derivative. */
static double f_of(double *slope, double y)
{
    double one_less = -expm1(-y);
    if (y < 1e-3) {
        *slope = 0.5 + y / 6;
        return 1 + y / 2 + y * y / 12;
    }
    *slope = (one_less - y * (1 - one_less)) / (one_less * one_less);
    return y / one_less;
}

/* G and its slope; with `psi` also each ratio's own part of G. */
static double score(double *slope, const ratios *q, double s, double d, double sum, double *psi)
{
    double g = (double)q->count - 1 - (s - 1) * d * sum, of_f = 0;
    *slope = -(s - 1) * sum;
    for (size_t c = 0; c < q->count; c++) {
        double f = s > 2 ? f_of(&of_f, d * q->log_ratio[c]) : 0;
        g += (s / 2 - 1) * f;
        if (s > 2)
            *slope += (s / 2 - 1) * q->log_ratio[c] * of_f;
        if (psi)
            psi[c] = 1 + (s / 2 - 1) * f - (s - 1) * d * q->log_ratio[c];
    }
    return g;
}

/* The root of d times the derivative of the log-likelihood,
 *
 *     G(d) = n - 1 + (s/2 - 1) sum f(d L_i) - (s - 1) d sum L_i,
 *
 * L_i the log ratios. G is convex and falls, so Newton's steps from the left of the root stay there;
 * the first is from d = 0, where f = 1 and f' = 1/2. */
static void gride(double *value, double *se, ratios *q, size_t scale)
{
    double sum = 0, s = (double)scale, d, step, slope;
    take_ratios(q, scale / 2, scale / 2, scale);
    for (size_t c = 0; c < q->count; c++)
        sum += q->log_ratio[c];
    if (q->count < 2 || !(sum > 0))
        return;
    d = ((double)q->count * s / 2 - 1) / (sum * (s - 1 - (s / 2 - 1) / 2));
    do {
        step = -score(&slope, q, s, d, sum, NULL) / slope;
        d += step;
    } while (step > 1e-12 * d);
    *value = d;
    score(&slope, q, s, d, sum, q->psi);
    for (size_t c = 0; c < q->count; c++)
        q->psi[c] = (q->psi[c] - 1 / (double)q->count) / -slope;
    *se = error_of(q, scale);
}

/* ---- all ---- */

mi_status mi_dimensions(double *value, double *se, const mi_near_points *p, size_t k)
{
    ratios q;
    mi_status status = ratios_init(&q, p);
    for (size_t s = 0; status == MI_OK && s < MI_GRIDE_SCALES; s++)
        if (p->k >= (size_t)2 << s)
            gride(&value[MI_GRIDE + s], &se[MI_GRIDE + s], &q, (size_t)2 << s);
    if (status == MI_OK && p->k >= 2)
        two_nn(&value[MI_TWO_NN], &se[MI_TWO_NN], &q);
    if (status == MI_OK && p->k >= k) {
        mle(&value[MI_MLE], &se[MI_MLE], &q, k);
        if (!p->ask)
            hubness(&value[MI_HUBNESS], &se[MI_HUBNESS], &q, k);
    }
    ratios_free(&q);
    return status;
}
