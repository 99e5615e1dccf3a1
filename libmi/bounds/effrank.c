/* Effective ranks from singular values: RankMe, participation ratio, alpha-ReQ; definitions in
 * effrank.h.
 *
 *     RankMe                exp(-sum p log p),  p_k = sigma_k / sum sigma + epsilon
 *     participation ratio   (sum l)^2 / sum l^2,  l_k = sigma_k^2 of centred features
 *     alpha-ReQ             -slope of log l_k on log k, weights 1/k
 *
 * The others of covariance eigenvalues are in effrank_shares.c. */
#include "libmi/bounds/effrank.h"

#include <float.h>
#include <limits.h>
#include <math.h>

#include "libmi/base/run_internal.h"
#include "libmi/base/want.h"
#include "libmi/bounds/private.h"
#include "libmi/data/mat_internal.h"

void mi_effrank_opts_default(mi_effrank_opts *o)
{
    if (o)
        *o = (mi_effrank_opts){.epsilon = 1e-7, .fit_low = 4, .fit_high = 100, .delta = 1e-4};
}

double mi_rankme(const double *sigma, size_t n, double epsilon)
{
    double sum = 0, entropy = 0;
    if (!sigma || !(epsilon >= 0))
        return NAN;
    for (size_t k = 0; k < n; k++)
        sum += sigma[k];
    if (!(sum > 0))
        return NAN;
    for (size_t k = 0; k < n; k++) {
        double p = sigma[k] / sum + epsilon;
        entropy -= p > 0 ? p * log(p) : 0;
    }
    return exp(entropy);
}

/* l over its largest, so that squares neither overflow nor vanish. */
double mi_participation_ratio(const double *l, size_t n)
{
    double largest = 0, sum = 0, squares = 0;
    for (size_t k = 0; l && k < n; k++)
        largest = fmax(largest, l[k]);
    if (!l || !(largest > 0))
        return NAN;
    for (size_t k = 0; k < n; k++) {
        sum += l[k] / largest;
        squares += l[k] / largest * (l[k] / largest);
    }
    return sum * sum / squares;
}

/* Means of log k and log l_k over ranks low .. high with weights 1/k; l[k-1] is rank k. */
static void weighted_means(double *log_k, double *log_l, const double *l, const mi_decay *d)
{
    double weights = 0;
    *log_k = *log_l = 0;
    for (size_t k = d->low; k <= d->high; k++) {
        weights += 1 / (double)k;
        *log_k += log((double)k) / (double)k;
        *log_l += log(l[k - 1]) / (double)k;
    }
    *log_k /= weights;
    *log_l /= weights;
}

/* Weighted least squares: alpha = -S_kl / S_kk, r2 = S_kl^2 / (S_kk S_ll). Singular values are known to n eps of
 * the first; S_ll of no more than that leaves is of a flat spectrum, in which a line explains nothing. */
static void fit_line(mi_decay *d, const double *l, size_t n)
{
    double mean_k, mean_l, kk = 0, kl = 0, ll = 0, rounding = 0;
    weighted_means(&mean_k, &mean_l, l, d);
    for (size_t k = d->low; k <= d->high; k++) {
        double off_k = log((double)k) - mean_k, off_l = log(l[k - 1]) - mean_l;
        kk += off_k * off_k / (double)k;
        kl += off_k * off_l / (double)k;
        ll += off_l * off_l / (double)k;
        rounding += pow(2 * (double)n * DBL_EPSILON, 2) * l[0] / l[k - 1] / (double)k;
    }
    d->alpha = -kl / kk + 0.0;
    d->r2 = ll > rounding ? kl * kl / (kk * ll) : NAN;
}

/* Ranks low .. high, high cut to the eigenvalues above n eps l_1; a line wants three points or
 * more. */
mi_decay mi_alpha_req(const double *l, size_t n, size_t low, size_t high)
{
    mi_decay d = {.alpha = NAN, .r2 = NAN, .low = low, .high = high < n ? high : n};
    if (!l || low < 1)
        return (mi_decay){.alpha = NAN, .r2 = NAN};
    while (d.high > 0 && !(l[d.high - 1] > (double)n * DBL_EPSILON * l[0]))
        d.high--;
    if (d.high >= low + 2)
        fit_line(&d, l, n);
    return d;
}

mi_status mi_effrank_check(const mi_mat *x, const mi_run *run)
{
    MI_TRY(mi_mat_check(x));
    MI_WANT(x->x, "effective ranks of rows that are not in memory, wanted them read");
    MI_WANT(x->n <= INT_MAX && x->d <= INT_MAX, "a matrix of %zu x %zu, wanted at most %d a side",
            x->n, x->d, INT_MAX);
    return mi_run_check(run);
}

mi_status mi_effrank_opts_check(const mi_effrank_opts *o)
{
    MI_WANT(o, "effective ranks without options");
    MI_WANT(o->epsilon >= 0 && o->epsilon < 1,
            "epsilon %g of effective ranks, wanted 0 or more, below 1", o->epsilon);
    MI_WANT(o->delta > 0 && o->delta < INFINITY, "delta %g of LiDAR, wanted above 0", o->delta);
    return MI_OK;
}

/* Numbers of squares of singular values over a power of two near the first: all are the same at any
 * scale, and no square overflows. */
static void squares(double *s, size_t count)
{
    int exponent = 0;
    frexp(s[0], &exponent);
    for (size_t k = 0; k < count; k++)
        s[k] = pow(ldexp(s[k], -exponent), 2);
}

/* Both arrays become squares. */
static mi_status of_covariance(mi_effranks *out, double *raw, double *centred, size_t count,
                               const mi_mat *x, const mi_effrank_opts *o)
{
    static const double share[] = {0.90, 0.95, 0.99};
    int exponent = 0;
    frexp(centred[0], &exponent);
    squares(raw, count);
    squares(centred, count);
    out->effective_rank = mi_effective_rank(centred, count);
    out->participation_ratio = mi_participation_ratio(centred, count);
    out->stable_rank = mi_nesum(raw, count);
    out->nesum = mi_nesum(centred, count);
    out->condition = mi_condition(centred, count);
    for (size_t k = 0; k < 3; k++)
        out->components[k] = mi_components(centred, count, share[k]);
    out->decay = mi_alpha_req(centred, count, o->fit_low, o->fit_high);
    return mi_participation_ratio_corrected(&out->participation_ratio_corrected, centred, count, x,
                                            ldexp(1, -exponent));
}

static mi_status of_singular_values(mi_effranks *out, const mi_mat *x, const mi_effrank_opts *o,
                                    const mi_run *run)
{
    size_t count = x->n < x->d ? x->n : x->d;
    double *raw = NULL, *centred = NULL;
    mi_status status;
    MI_TRY_GOTO(status, MI_NEW(raw, count), done);
    MI_TRY_GOTO(status, MI_NEW(centred, count), done);
    MI_TRY_GOTO(status, mi_singular_values(raw, centred, x, run), done);
    out->rankme = mi_rankme(raw, count, o->epsilon);
    status = of_covariance(out, raw, centred, count, x, o);
done:
    mi_free(raw);
    mi_free(centred);
    return status;
}

mi_status mi_effranks_of(mi_effranks *out, const mi_mat *x, const mi_groups *instance,
                         const mi_effrank_opts *o, const mi_run *run)
{
    MI_WANT(out, "effective ranks without a result");
    MI_TRY(mi_effrank_check(x, run));
    MI_TRY(mi_effrank_opts_check(o));
    MI_WANT(o->fit_low > 0 && o->fit_low < o->fit_high,
            "ranks %zu to %zu of alpha-ReQ, wanted 1 or more, the lower first", o->fit_low,
            o->fit_high);
    mi_mat copy;
    const mi_mat *tame = x;
    double scale;
    *out = (mi_effranks){.lidar = NAN};
    MI_TRY(mi_tame_rows(&copy, &scale, &tame));
    mi_status status = of_singular_values(out, tame, o, run);
    mi_mat_free(&copy);
    return status == MI_OK && instance ? mi_lidar(&out->lidar, x, instance, o, run) : status;
}
