/* Bootstrap intervals and permutation p-values of correlations.
 *
 * BCa interval (Efron, J. Am. Stat. Assoc. 82 (1987) 171): of B correlations of resampled points,
 * the quantiles
 *
 *     P( z0 + (z0 + z_q) / (1 - a (z0 + z_q)) ),   q = (1 -+ level) / 2,
 *
 * P the normal distribution function, z0 = P^-1(share below the observed value) the bias
 * correction, a the acceleration from the delete-one jackknife. Permutations: Freedman and Lane
 * (1983) with a third column. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_fit.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/rng.h"
#include "libmi/base/want.h"
#include "libmi/correlate/private.h"

/* Two correlations that differ by less are the same one, computed in another order. */
#define ROUND_OFF 1e-12

/* Points that stand in for the given ones, and what it takes to draw them. */
typedef struct {
    const mi_points *from;
    mi_correlation kind;
    mi_correlate_work work;
    gsl_rng *rng;
    double *x, *y, *given; /* (n) */
    mi_points to;
} redraw;

static mi_status redraw_init(redraw *d, mi_correlation kind, const mi_points *p, unsigned long seed,
                             unsigned long stream)
{
    *d = (redraw){.from = p, .kind = kind};
    MI_TRY(mi_correlate_work_alloc(&d->work, p->n));
    MI_TRY(MI_NEW_RAW(d->x, p->n));
    MI_TRY(MI_NEW_RAW(d->y, p->n));
    MI_TRY(MI_NEW_RAW(d->given, p->n));
    d->to = (mi_points){.x = d->x, .y = d->y, .given = p->given ? d->given : NULL, .n = p->n};
    return mi_rng_new(&d->rng, seed, stream);
}

static void redraw_free(redraw *d)
{
    mi_correlate_work_free(&d->work);
    mi_free(d->x);
    mi_free(d->y);
    mi_free(d->given);
    if (d->rng)
        gsl_rng_free(d->rng);
}

static void take(redraw *d, size_t to, size_t from)
{
    d->x[to] = d->from->x[from];
    d->y[to] = d->from->y[from];
    if (d->from->given)
        d->given[to] = d->from->given[from];
}

/* ---- bootstrap ---- */

/* Sorted correlations of `resamples` draws with replacement, those that exist: *count of them. */
static void draw_bootstrap(redraw *d, double *r, size_t resamples, size_t *count)
{
    size_t n = d->from->n;
    *count = 0;
    for (size_t b = 0; b < resamples; b++) {
        for (size_t i = 0; i < n; i++)
            take(d, i, gsl_rng_uniform_int(d->rng, n));
        double value = mi_correlate_with(&d->work, d->kind, &d->to);
        if (!isnan(value))
            r[(*count)++] = value;
    }
    gsl_sort(r, 1, *count);
}

/* sum (mean - r_i)^3 / (6 (sum (mean - r_i)^2)^(3/2)) over the correlations r_i without point i. */
static double acceleration(const double *r, size_t n)
{
    double squares = 0, cubes = 0, mean = gsl_stats_mean(r, 1, n);
    for (size_t i = 0; i < n; i++) {
        double off = mean - r[i];
        squares += off * off;
        cubes += off * off * off;
    }
    return squares == 0 ? 0 : cubes / (6 * pow(squares, 1.5));
}

/* Normal quantile of the share of draws below the observed value, those equal to it by half. */
static double bias(const double *r, size_t count, double observed)
{
    double below = 0;
    for (size_t b = 0; b < count; b++)
        below += r[b] < observed - ROUND_OFF ? 1 : r[b] <= observed + ROUND_OFF ? 0.5 : 0;
    return gsl_cdf_ugaussian_Pinv(below / (double)count);
}

/* One end of the interval, by the formula above. */
static double bca_end(const double *r, size_t count, double z0, double a, double quantile)
{
    double z = z0 + gsl_cdf_ugaussian_Pinv(quantile);
    return gsl_stats_quantile_from_sorted_data(r, 1, count,
                                               gsl_cdf_ugaussian_P(z0 + z / (1 - a * z)));
}

mi_status mi_correlate_bootstrap(mi_interval *out, mi_correlation kind, const mi_points *p,
                                 const mi_correlate_opts *o)
{
    redraw d;
    double *r = NULL;
    size_t count;
    mi_status status;
    MI_WANT(out && o, "a bootstrap without a result or options");
    MI_TRY(mi_correlate_check(kind, p));
    MI_WANT(o->level > 0 && o->level < 1, "level %g of an interval, wanted between 0 and 1",
            o->level);
    MI_WANT(o->resamples > 1, "%zu resamples, wanted 2 or more", o->resamples);
    *out = (mi_interval){NAN, NAN};
    MI_TRY_GOTO(status, redraw_init(&d, kind, p, o->seed, MI_STREAM_BOOTSTRAP), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(r, o->resamples > p->n ? o->resamples : p->n), done);
    double observed = mi_correlate_with(&d.work, kind, p);
    if (isnan(observed))
        goto done;
    MI_TRY_GOTO(status, mi_correlate_without_each(r, &d.work, kind, p), done);
    double a = acceleration(r, p->n);
    draw_bootstrap(&d, r, o->resamples, &count);
    if (2 * count <= o->resamples)
        goto done;
    double z0 = bias(r, count, observed);
    int is_one_value = r[count - 1] - r[0] <= ROUND_OFF;
    if (isfinite(z0) && isfinite(a) && !is_one_value) {
        out->low = bca_end(r, count, z0, a, 0.5 - o->level / 2);
        out->high = bca_end(r, count, z0, a, 0.5 + o->level / 2);
    }
done:
    mi_free(r);
    redraw_free(&d);
    return status;
}

/* ---- permutations ---- */

/* rank (n): ranks of v, tied values share their mean rank. */
static void mean_ranks(double *rank, const double *v, size_t n, size_t *order)
{
    gsl_sort_index(order, v, 1, n);
    for (size_t start = 0, end; start < n; start = end) {
        for (end = start; end < n && v[order[end]] == v[order[start]];)
            end++;
        for (size_t k = start; k < end; k++)
            rank[order[k]] = 0.5 * (double)(start + end + 1);
    }
}

/* y = fit + rest: what a permutation leaves in place and what it moves. Without a third column fit
 * is 0 and rest y; with one, fit is the least-squares line of y on it and rest the residuals
 * (Freedman and Lane). */
typedef struct {
    double *fit, *rest, *given, *sum;
    size_t *order;
} parts;

static mi_status parts_init(parts *s, const mi_points *p, mi_correlation kind)
{
    double slope, constant, c00, c01, c11, sum;
    size_t n = p->n;
    MI_TRY(MI_NEW(s->fit, n));
    MI_TRY(MI_NEW_RAW(s->rest, n));
    MI_TRY(MI_NEW_RAW(s->order, n));
    if (kind == MI_SPEARMAN || (kind == MI_KENDALL && p->given))
        mean_ranks(s->rest, p->y, n, s->order);
    else
        memcpy(s->rest, p->y, n * sizeof *s->rest);
    if (!p->given)
        return MI_OK;
    MI_TRY(MI_NEW_RAW(s->given, n));
    MI_TRY(MI_NEW_RAW(s->sum, n));
    if (kind == MI_PEARSON)
        memcpy(s->given, p->given, n * sizeof *s->given);
    else
        mean_ranks(s->given, p->given, n, s->order);
    gsl_fit_linear(s->given, 1, s->rest, 1, n, &constant, &slope, &c00, &c01, &c11, &sum);
    for (size_t i = 0; i < n; i++) {
        s->fit[i] = constant + slope * s->given[i];
        s->rest[i] -= s->fit[i];
    }
    return MI_OK;
}

static void parts_free(parts *s)
{
    mi_free(s->fit);
    mi_free(s->rest);
    mi_free(s->given);
    mi_free(s->sum);
    mi_free(s->order);
}

/* Where x stays it is ranked once: Spearman's correlation is Pearson's of ranks, and permuted ranks are the ranks
 * of what was permuted. */
static void rank_fixed(redraw *d, const parts *s)
{
    if (d->kind != MI_SPEARMAN)
        return;
    d->kind = MI_PEARSON;
    mean_ranks(d->x, d->from->x, d->from->n, s->order);
    if (d->from->given)
        memcpy(d->given, s->given, d->from->n * sizeof *d->given);
}

static double permuted(redraw *d, const parts *s, int has_ranks)
{
    double *y = has_ranks && s->sum ? s->sum : d->y;
    size_t n = d->from->n;
    mi_rng_permutation(d->rng, s->order, n);
    for (size_t i = 0; i < n; i++)
        y[i] = s->fit[i] + s->rest[s->order[i]];
    if (y == s->sum)
        mean_ranks(d->y, y, n, s->order);
    return mi_correlate_with(&d->work, d->kind, &d->to);
}

mi_status mi_correlate_permutation(double *p_value, mi_correlation kind, const mi_points *p,
                                   const mi_correlate_opts *o)
{
    redraw d;
    parts s = {.fit = NULL};
    size_t as_large = 0;
    mi_status status;
    MI_WANT(p_value && o, "permutations without a result or options");
    MI_TRY(mi_correlate_check(kind, p));
    MI_WANT(o->permutations > 0, "no permutations, wanted 1 or more");
    *p_value = NAN;
    MI_TRY_GOTO(status, redraw_init(&d, kind, p, o->seed, MI_STREAM_PERMUTATION), done);
    MI_TRY_GOTO(status, parts_init(&s, p, kind), done);
    double observed = mi_correlate_with(&d.work, kind, p);
    if (isnan(observed))
        goto done;
    for (size_t i = 0; i < p->n; i++)
        take(&d, i, i);
    rank_fixed(&d, &s);
    for (size_t k = 0; k < o->permutations; k++)
        as_large += fabs(permuted(&d, &s, kind == MI_SPEARMAN)) >= fabs(observed) - ROUND_OFF;
    *p_value = (1 + (double)as_large) / (1 + (double)o->permutations);
done:
    parts_free(&s);
    redraw_free(&d);
    return status;
}
