/* The bounds with their standard errors, over orders, batches and jackknife samples.
 *
 *     lower = I(Z1;R) - I(Z1;Z2) + I(R;Y) <= I(Y;Z1) <= I(Y;Z2) - I(Z1;Z2) + H(Z1) = upper
 *
 * one sample at one order is bounds/once.c; here samples are made and put together. Instances are
 * the independent units, and a standard error is
 *
 *     in batches, k of them       sqrt(sum (v_b - mean)^2 / (k (k-1)))       k - 1 degrees
 *     whole, order 2 alone        from influences (bounds/influence.h)       g - 1, instances
 *     whole, else                 delete-a-group jackknife                   groups - 1
 *
 * and what estimating routes add is put in by add_route_errors. */
#include "libmi/bounds/bounds.h"

#include <math.h>

#include "libmi/base/pool.h"
#include "libmi/base/words.h"
#include "libmi/bounds/estimator.h"
#include "libmi/bounds/private.h"
#include "libmi/data/batch.h"
#include "libmi/data/sample_build.h"
#include "libmi/entropy/check.h"

/* The jackknife leaves out one instance at a time where there are at most so many, else one of so
 * many groups of instances. */
#define JACKKNIFE_GROUPS 100

void mi_bounds_opts_default(mi_bounds_opts *o)
{
    static const double two = 2;
    *o = (mi_bounds_opts){.alpha = &two,
                          .n_alpha = 1,
                          .base = exp(1),
                          .jackknife_groups = JACKKNIFE_GROUPS,
                          .draws = 1,
                          .i_z1_r = MI_I_Z1_R_DEFAULT};
}

/* ---- means of samples: batches, and what the jackknife leaves in ---- */

/* Sums over samples of each term at each order. */
typedef struct {
    double sum[MI_TERMS], square[MI_TERMS], null_variance;
} moments;

/* sum (v - o) and sum (v - o)^2, o the values of the first sample. */
static void add_to_moments(moments *m, const double *value, const double *origin)
{
    /* Squares are of differences from the first sample, so that they keep their digits. */
    for (mi_term t = 0; t < MI_TERMS; t++) {
        m->sum[t] += value[t] - origin[t];
        m->square[t] += (value[t] - origin[t]) * (value[t] - origin[t]);
    }
}

/* Sum of squared deviations from the mean of k samples, sum d^2 - (sum d)^2 / k; fmax(0, nan) is 0,
 * so the last term brings a nan through. */
static double spread(const moments *m, mi_term t, double k)
{
    return fmax(0, m->square[t] - m->sum[t] * m->sum[t] / k) + 0 * m->sum[t];
}

/* What one sample adds besides its values: its share of the mean half-width, the largest mass that
 * was zeroed, and the route. `samples`: how many are averaged, 1 for the whole set. */
static void take_once(mi_bounds_result *to, const mi_bounds_once_result *from, double samples)
{
    for (mi_term t = 0; t < MI_TERMS; t++)
        to->half_width[t] += from->half_width[t] / samples;
    to->route = from->route;
    to->zeroed_mass = fmax(to->zeroed_mass, from->zeroed_mass);
}

/* Results of every sample, (count, n_alpha). */
typedef struct {
    mi_bounds_once_result *once;
    const mi_bounds_opts *opts;
} sample_results;

/* Common random numbers: a row that is in several samples has the same draws in each, so that the
 * noise of estimating routes mostly cancels in the differences that the jackknife is made of. */
static mi_status one_sample(void *arg, size_t k, mi_sample *part, const size_t *row,
                            const mi_run *run)
{
    const sample_results *r = arg;
    part->key = row;
    return mi_bounds_once(r->once + k * r->opts->n_alpha, part, r->opts, 0, run);
}

/* m (n_alpha): values of every sample of `batches`, added up in their order, so that sums do not
 * depend on who computed which. origin (n_alpha, MI_TERMS): the values of the first. */
static mi_status sum_over(const mi_batches *batches, mi_bounds_result *result, moments *m,
                          double (*origin)[MI_TERMS], const mi_sample *s, const mi_bounds_opts *o,
                          const mi_run *run)
{
    size_t cells = batches->count * o->n_alpha;
    sample_results r = {.opts = o};
    mi_comm *comm;
    MI_TRY(MI_NEW(r.once, cells));
    mi_status status = mi_each_part(s, batches, run, one_sample, &r, &comm);
    if (status == MI_OK)
        status = mi_comm_merge(comm, r.once, cells * sizeof *r.once);
    for (size_t k = 0; status == MI_OK && k < batches->count; k++) {
        for (size_t a = 0; a < o->n_alpha; a++) {
            const mi_bounds_once_result *one = &r.once[k * o->n_alpha + a];
            for (mi_term t = 0; k == 0 && t < MI_TERMS; t++)
                origin[a][t] = one->value[t];
            add_to_moments(&m[a], one->value, origin[a]);
            m[a].null_variance += one->null_sd * one->null_sd;
            take_once(&result[a], one, (double)batches->count);
        }
    }
    mi_free(r.once);
    return status;
}

/* Mean over k batches, and its standard error sqrt(sum (v_b - mean)^2 / (k (k-1))): batches have no
 * instance in common. They are of one size, and the mean is of the estimate at that size, bias
 * included. */
static mi_status in_batches(mi_bounds_result *result, const mi_sample *s, const mi_bounds_opts *o,
                            const mi_run *run)
{
    mi_batches batches = {0};
    moments *m = NULL;
    double(*origin)[MI_TERMS] = NULL;
    mi_status status;
    MI_TRY_GOTO(status, mi_batches_make(&batches, &s->instance.groups, o->batch, o->seed), done);
    MI_TRY_GOTO(status, MI_NEW(m, o->n_alpha), done);
    MI_TRY_GOTO(status, MI_NEW(origin, o->n_alpha), done);
    MI_TRY_GOTO(status, sum_over(&batches, result, m, origin, s, o, run), done);
    double k = (double)batches.count;
    for (size_t a = 0; a < o->n_alpha; a++) {
        result[a].batches = batches.count;
        result[a].degrees = k - 1;
        /* Batches are re-paired independently: the variance of their mean is sum sd^2 / k^2. */
        result[a].null_sd = sqrt(m[a].null_variance) / k;
        for (mi_term t = 0; t < MI_TERMS; t++) {
            result[a].value[t] = origin[a][t] + m[a].sum[t] / k;
            result[a].se[t] = k > 1 ? sqrt(spread(&m[a], t, k) / (k * (k - 1))) : NAN;
        }
    }
done:
    mi_batches_free(&batches);
    mi_free(m);
    mi_free(origin);
    return status;
}

/* ---- the whole set ---- */

/* The samples of a delete-a-group jackknife: sample k has every row but those of the instances c
 * with c mod count == k. 7 instances, 3 groups:
 *
 *     sample       0        1        2
 *     left out   0 3 6     1 4      2 5
 */
static mi_status leave_out(mi_batches *out, const mi_groups *instance, size_t count)
{
    size_t used = 0;
    *out = (mi_batches){.count = count};
    mi_status status = MI_NEW(out->start, count + 1);
    if (status == MI_OK)
        status = MI_NEW_RAW(out->row, count * instance->n);
    if (status != MI_OK) {
        mi_batches_free(out);
        return status;
    }
    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; i < instance->n; i++)
            if ((size_t)instance->code[i] % count != k)
                out->row[used++] = i;
        out->start[k + 1] = used;
    }
    return MI_OK;
}

/* Delete-a-group jackknife (Efron; Shao and Tu, The Jackknife and Bootstrap (1995)): with v_k the
 * value without group k of m,
 *
 *     se^2 = (m-1)/m sum_k (v_k - mean v)^2,
 *
 * on m - 1 degrees of freedom. m = g is the delete-one jackknife over instances. */
static mi_status jackknife(mi_bounds_result *result, const mi_sample *s, const mi_bounds_opts *opts,
                           const mi_run *run)
{
    /* The chance level has no standard error: it is not re-paired anew for each that is left out.
     */
    mi_bounds_opts without = *opts, *o = &without;
    without.permutations = 0;
    size_t g = s->instance.groups.g, groups = g < o->jackknife_groups ? g : o->jackknife_groups;
    double k = (double)groups;
    mi_batches left = {0};
    moments *m = NULL;
    double(*origin)[MI_TERMS] = NULL;
    mi_bounds_result *unused = NULL;
    mi_status status = MI_OK;
    if (g < 3)
        return mi_fail(MI_EDATA, "a standard error needs 3 or more instances, found %zu", g);
    MI_TRY_GOTO(status, leave_out(&left, &s->instance.groups, groups), done);
    MI_TRY_GOTO(status, MI_NEW(m, o->n_alpha), done);
    MI_TRY_GOTO(status, MI_NEW(origin, o->n_alpha), done);
    MI_TRY_GOTO(status, MI_NEW(unused, o->n_alpha), done);
    MI_TRY_GOTO(status, sum_over(&left, unused, m, origin, s, o, run), done);
    for (size_t a = 0; a < o->n_alpha; a++) {
        result[a].degrees = k - 1;
        for (mi_term t = 0; t < MI_TERMS; t++)
            result[a].se[t] = sqrt((k - 1) / k * spread(&m[a], t, k));
    }
done:
    mi_batches_free(&left);
    mi_free(m);
    mi_free(origin);
    mi_free(unused);
    return status;
}

/* The error of an estimating route is part of the standard error: se^2 + (half_width / 1.96)^2,
 * 1.96 the normal quantile of its 95 % interval. */
static void add_route_errors(mi_bounds_result *r)
{
    for (mi_term t = 0; t < MI_TERMS; t++)
        r->se[t] = hypot(r->se[t], r->half_width[t] / 1.96);
}

/* The whole set at the orders of `o`. With order 2 alone, and I(Z1;R) from matrices, standard
 * errors come from influences, at little cost; else from the jackknife, `groups` times the cost of
 * the estimate. */
static mi_status at_once(mi_bounds_result *result, const mi_sample *s, const mi_bounds_opts *o,
                         const mi_run *run)
{
    /* Influences are those of order 2; a loss in place of I(Z1;R) has none. */
    int by_influence =
        o->se && o->n_alpha == 1 && o->alpha[0] == 2 && o->i_z1_r.kind == MI_BY_MATRIX;
    mi_bounds_once_result *once;
    MI_TRY(MI_NEW(once, o->n_alpha));
    mi_status status = mi_bounds_once(once, s, o, by_influence, run);
    for (size_t a = 0; status == MI_OK && a < o->n_alpha; a++) {
        take_once(&result[a], &once[a], 1);
        result[a].degrees = (double)s->instance.groups.g - 1;
        result[a].null_sd = once[a].null_sd;
        for (mi_term t = 0; t < MI_TERMS; t++) {
            result[a].value[t] = once[a].value[t];
            result[a].se[t] = once[a].se[t];
        }
    }
    mi_free(once);
    if (status == MI_OK && o->se && !by_influence)
        status = jackknife(result, s, o, run);
    for (size_t a = 0; status == MI_OK && a < o->n_alpha; a++)
        add_route_errors(&result[a]);
    return status;
}

/* Order 2 by itself, where its standard errors are cheaper so, runs of other orders together, so
 * that one spectrum serves all of them: 0.5, 1, 2, 3 becomes (0.5, 1), (2), (3). */
static mi_status order_by_order(mi_bounds_result *result, const mi_sample *s,
                                const mi_bounds_opts *o, const mi_run *run)
{
    for (size_t a = 0; a < o->n_alpha;) {
        mi_bounds_opts part = *o;
        size_t n = 1;
        while (o->alpha[a] != 2 && a + n < o->n_alpha && o->alpha[a + n] != 2)
            n++;
        part.alpha = o->alpha + a;
        part.n_alpha = n;
        MI_TRY(at_once(result + a, s, &part, run));
        a += n;
    }
    return MI_OK;
}

static mi_status check(const mi_bounds_result *result, const mi_sample *s, const mi_bounds_opts *o,
                       const mi_run *run)
{
    if (!result || !s || !o || !run)
        return mi_fail(MI_EUSAGE, "mi_bounds without a result, sample, options or run");
    MI_TRY(mi_orders_check(o->alpha, o->n_alpha));
    if (!(o->base > 0) || o->base == 1)
        return mi_fail(MI_EUSAGE, "base %g of the logarithm, wanted above 0 and not 1", o->base);
    if (o->se && o->jackknife_groups < 2)
        return mi_fail(MI_EUSAGE, "%zu groups of the jackknife, wanted 2 or more",
                       o->jackknife_groups);
    for (mi_member_id m = MI_Z1; m <= MI_Z2; m++)
        if (!s->column[m].present)
            return mi_fail(MI_EUSAGE, "the sample has no %s, which the bounds are of",
                           mi_member_name(m));
    return MI_OK;
}

mi_status mi_bounds(mi_bounds_result *result, const mi_sample *s, const mi_bounds_opts *o,
                    const mi_run *run)
{
    MI_TRY(check(result, s, o, run));
    for (size_t a = 0; a < o->n_alpha; a++) {
        result[a] = (mi_bounds_result){.zeroed_mass = NAN};
        if (o->estimator != MI_ESTIMATOR_V && o->alpha[a] != 2)
            return mi_fail(MI_EUSAGE,
                           "estimator %s is for order 2, found order %g; try " MI_OPTION "alpha 2",
                           mi_estimator_name(o->estimator), o->alpha[a]);
    }
    if (o->batch)
        return in_batches(result, s, o, run);
    return o->se ? order_by_order(result, s, o, run) : at_once(result, s, o, run);
}
