/* Intrinsic dimension from ratios of distances, and hubs, from lists of nearest points. */
#include <gsl/gsl_sort.h>
#include <math.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/geometry/private.h"

enum { TWO_NN_PERCENT = 90 }; /* of the ratios are fitted: the largest are the least reliable */

/* What is taken from the lists of those that ask. */
typedef struct {
    size_t k;
    double *log_ratio[MI_GRIDE_SCALES]; /* (m) log of r_s / r_(s/2), s = 2, 4, ... */
    size_t count[MI_GRIDE_SCALES];
    double sum_mle;
    size_t count_mle;
    int *occurs; /* (points) N_k; NULL: not all points ask */
    double *r;   /* (list) distances of one list that are left */
} ratios;

static mi_status ratios_init(ratios *q, const mi_near_points *p, size_t k)
{
    *q = (ratios){.k = k};
    for (size_t s = 0; s < MI_GRIDE_SCALES; s++)
        MI_TRY(MI_NEW_RAW(q->log_ratio[s], p->m));
    if (!p->ask)
        MI_TRY(MI_NEW(q->occurs, p->points));
    return MI_NEW_RAW(q->r, p->k);
}

static void ratios_free(ratios *q)
{
    for (size_t s = 0; s < MI_GRIDE_SCALES; s++)
        mi_free(q->log_ratio[s]);
    mi_free(q->occurs);
    mi_free(q->r);
}

/* Distances below the smallest number are 0: what is divided by them is left out. */
static void take_list(ratios *q, size_t length)
{
    const double *r = q->r;
    double sum = 0;
    for (size_t s = 0, outer = 2; s < MI_GRIDE_SCALES && outer <= length; s++, outer *= 2)
        if (r[outer / 2 - 1] > 0)
            q->log_ratio[s][q->count[s]++] = log(r[outer - 1] / r[outer / 2 - 1]);
    if (length < q->k || !(r[0] > 0))
        return;
    for (size_t j = 0; j + 1 < q->k; j++)
        sum += log(r[q->k - 1] / r[j]);
    q->sum_mle += sum;
    q->count_mle++;
}

static void take_lists(ratios *q, const mi_near_points *p, size_t left, size_t groups)
{
    for (size_t i = 0; i < p->m; i++) {
        const int32_t *index = p->index + i * p->k;
        size_t length = 0;
        if ((p->ask ? p->ask[i] : i) % groups == left)
            continue;
        for (size_t j = 0; j < p->k; j++) {
            if ((size_t)index[j] % groups == left)
                continue;
            if (q->occurs && length < q->k)
                q->occurs[index[j]]++;
            q->r[length++] = p->distance[i * p->k + j];
        }
        take_list(q, length);
    }
}

/* Biased moments of N_k over the points that are in. */
static double skewness(const ratios *q, const mi_near_points *p, size_t left, size_t groups)
{
    double mean = 0, square = 0, cube = 0, n = 0;
    for (size_t i = 0; i < p->points; i++) {
        n += i % groups != left;
        mean += q->occurs[i];
    }
    mean /= n;
    for (size_t i = 0; i < p->points; i++) {
        double off = i % groups == left ? 0 : q->occurs[i] - mean;
        square += off * off;
        cube += off * off * off;
    }
    return square > 0 ? cube / n / pow(square / n, 1.5) : NAN;
}

/* Slope through the origin of -log(1 - i/n) on the i-th smallest log ratio. */
static double two_nn(double *log_ratio, size_t n)
{
    double xy = 0, xx = 0;
    gsl_sort(log_ratio, 1, n);
    for (size_t i = 1; i <= n * TWO_NN_PERCENT / 100; i++) {
        double x = log_ratio[i - 1];
        xy -= x * log1p(-(double)i / (double)n);
        xx += x * x;
    }
    return xx > 0 ? xy / xx : NAN;
}

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

/* The root of d times the derivative of the log-likelihood,
 *
 *     G(d) = n - 1 + (s/2 - 1) sum f(d L_i) - (s - 1) d sum L_i,
 *
 * L_i the log ratios. G is convex and falls, so Newton's steps from the left of the root stay there;
 * the first is from d = 0, where f = 1 and f' = 1/2. */
static double gride(const double *log_ratio, size_t n, double s)
{
    double sum = 0, d, step;
    for (size_t i = 0; i < n; i++)
        sum += log_ratio[i];
    if (n < 2 || !(sum > 0))
        return NAN;
    d = ((double)n * s / 2 - 1) / (sum * (s - 1 - (s / 2 - 1) / 2));
    do {
        double g = (double)n - 1 - (s - 1) * d * sum, slope = -(s - 1) * sum;
        for (size_t i = 0; s > 2 && i < n; i++) {
            double of_f;
            g += (s / 2 - 1) * f_of(&of_f, d * log_ratio[i]);
            slope += (s / 2 - 1) * log_ratio[i] * of_f;
        }
        step = -g / slope;
        d += step;
    } while (step > 1e-12 * d);
    return d;
}

mi_status mi_dimensions(double *value, const mi_near_points *p, size_t k, size_t left,
                        size_t groups)
{
    ratios q;
    mi_status status = ratios_init(&q, p, k);
    if (status != MI_OK)
        goto done;
    take_lists(&q, p, left, groups);
    value[MI_HUBNESS - MI_HUBNESS] = q.occurs && p->k >= k ? skewness(&q, p, left, groups) : NAN;
    value[MI_MLE - MI_HUBNESS] =
        q.sum_mle > 0 ? (double)(k - 1) * (double)q.count_mle / q.sum_mle : NAN;
    for (size_t s = 0; s < MI_GRIDE_SCALES; s++)
        value[MI_GRIDE + s - MI_HUBNESS] =
            gride(q.log_ratio[s], q.count[s], (double)((size_t)2 << s));
    value[MI_TWO_NN - MI_HUBNESS] = two_nn(q.log_ratio[0], q.count[0]);
done:
    ratios_free(&q);
    return status;
}
