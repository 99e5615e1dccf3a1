/* Pearson, Spearman and Kendall correlations, partial correlations, and Fisher's interval.
 *
 *     r_xy|z = (r_xy - r_xz r_yz) / sqrt((1 - r_xz^2)(1 - r_yz^2))
 *     interval tanh(atanh r -+ q se), se of each kind with its source in correlate.h
 */
#include "libmi/correlate/correlate.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

#include "libmi/base/mem.h"
#include "libmi/base/name.h"
#include "libmi/base/want.h"
#include "libmi/correlate/private.h"

/* Below this 1 - r^2 is round-off: one column determines the other. */
#define DETERMINED 1e-12

static const char *const kinds[MI_CORRELATIONS] = {"pearson", "spearman", "kendall"};

const char *mi_correlation_name(mi_correlation kind)
{
    return (unsigned)kind < MI_CORRELATIONS ? kinds[kind] : "?";
}

mi_status mi_correlation_parse(mi_correlation *out, const char *text)
{
    unsigned k = 0;
    MI_TRY(mi_name_find(&k, kinds, MI_CORRELATIONS, text));
    *out = (mi_correlation)k;
    return MI_OK;
}

void mi_correlate_opts_default(mi_correlate_opts *o)
{
    if (o)
        *o = (mi_correlate_opts){.level = 0.95, .resamples = 2000, .permutations = 999, .seed = 1};
}

size_t mi_points_wanted(int has_given)
{
    return has_given ? 4 : 3;
}

mi_status mi_correlate_work_alloc(mi_correlate_work *w, size_t n)
{
    *w = (mi_correlate_work){{NULL, NULL}};
    MI_TRY(MI_NEW_RAW(w->half[0], 2 * n));
    mi_status status = MI_NEW_RAW(w->half[1], 2 * n);
    if (status != MI_OK)
        mi_correlate_work_free(w);
    return status;
}

void mi_correlate_work_free(mi_correlate_work *w)
{
    mi_free(w->half[0]);
    mi_free(w->half[1]);
    *w = (mi_correlate_work){{NULL, NULL}};
}

static int is_constant(const double *v, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (v[i] != v[0])
            return 0;
    return 1;
}

/* x by a power of two, so that its squares are doubles, less its first, since numbers that are nearly one differ
 * exactly: both leave a correlation as it is. */
const double *mi_correlate_scaled(double *to, const double *x, size_t n)
{
    double largest = 0;
    int exponent;
    for (size_t i = 0; i < n; i++)
        if (fabs(x[i]) > largest)
            largest = fabs(x[i]);
    frexp(largest, &exponent);
    /* In two factors: one alone is no double where the largest is near the ends of their range. */
    double half = ldexp(1, -exponent / 2), rest = ldexp(1, -exponent - -exponent / 2);
    for (size_t i = 0; i < n; i++)
        to[i] = x[i] * half * rest - x[0] * half * rest;
    return to;
}

double mi_correlate_in_range(double r)
{
    return r > 1 ? 1 : r < -1 ? -1 : r;
}

double mi_correlate_plain(mi_correlate_work *w, mi_correlation kind, const double *x,
                          const double *y, size_t n)
{
    double r;
    if (is_constant(x, n) || is_constant(y, n))
        return NAN;
    if (kind == MI_PEARSON)
        r = gsl_stats_correlation(mi_correlate_scaled(w->half[0], x, n), 1,
                                  mi_correlate_scaled(w->half[1], y, n), 1, n);
    else if (kind == MI_SPEARMAN)
        r = gsl_stats_spearman(x, 1, y, 1, n, w->half[0]);
    else
        r = mi_kendall(w, x, y, n);
    return mi_correlate_in_range(r);
}

double mi_correlate_partial(double xy, double xz, double yz)
{
    double rest_x = 1 - xz * xz, rest_y = 1 - yz * yz;
    if (!(rest_x > DETERMINED && rest_y > DETERMINED))
        return NAN;
    return mi_correlate_in_range((xy - xz * yz) / sqrt(rest_x * rest_y));
}

double mi_correlate_with(mi_correlate_work *w, mi_correlation kind, const mi_points *p)
{
    if (p->n < mi_points_wanted(p->given != NULL))
        return NAN;
    double xy = mi_correlate_plain(w, kind, p->x, p->y, p->n);
    if (!p->given)
        return xy;
    return mi_correlate_partial(xy, mi_correlate_plain(w, kind, p->x, p->given, p->n),
                                mi_correlate_plain(w, kind, p->y, p->given, p->n));
}

mi_status mi_correlate_check(mi_correlation kind, const mi_points *p)
{
    MI_WANT((unsigned)kind < MI_CORRELATIONS, "correlation %d, wanted one of mi_correlation",
            (int)kind);
    MI_WANT(p && p->x && p->y, "a correlation without points, wanted x and y");
    for (size_t i = 0; i < p->n; i++)
        MI_WANT(isfinite(p->x[i]) && isfinite(p->y[i]) && (!p->given || isfinite(p->given[i])),
                "point %zu of a correlation has NaN or infinity, wanted finite numbers", i);
    return MI_OK;
}

mi_status mi_correlate(double *r, mi_correlation kind, const mi_points *p)
{
    mi_correlate_work w;
    MI_WANT(r, "a correlation without a result");
    MI_TRY(mi_correlate_check(kind, p));
    MI_TRY(mi_correlate_work_alloc(&w, p->n));
    *r = mi_correlate_with(&w, kind, p);
    mi_correlate_work_free(&w);
    return MI_OK;
}

/* se^2 = numerator / (n - n_given - 3), 4 in place of 3 for tau-b. */
mi_interval mi_correlate_fisher(mi_correlation kind, double r, size_t n, size_t n_given,
                                double level)
{
    double free_points = (double)n - (double)n_given - (kind == MI_KENDALL ? 4 : 3);
    double numerator = kind == MI_PEARSON ? 1 : kind == MI_SPEARMAN ? 1 + r * r / 2 : 0.437;
    int is_one = (unsigned)kind < MI_CORRELATIONS && fabs(r) <= 1 && level > 0 && level < 1;
    if (!is_one || !(free_points > 0) || 1 - r * r < DETERMINED)
        return (mi_interval){NAN, NAN};
    double half = gsl_cdf_ugaussian_Pinv(0.5 + level / 2) * sqrt(numerator / free_points);
    return (mi_interval){tanh(atanh(r) - half), tanh(atanh(r) + half)};
}
