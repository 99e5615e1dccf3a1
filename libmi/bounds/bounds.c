/* The bounds with their standard errors, over orders, batches and jackknife samples.
 *
 *     lower = I(Z1;R) - I(Z1;Z2) + I(R;Y) <= I(Y;Z1) <= I(Y;Z2) - I(Z1;Z2) + H(Z1) = upper
 *
 * one sample at one order is bounds/once.c; here samples are made and put together. Instances are
 * the independent units, and a standard error is
 *
 *     in batches, k of them       sqrt(sum (v_b - mean)^2 / (k (k-1)))       k - 1 degrees
 *     whole, order 2 alone        from influences (bounds/influence.h)       g - 1, instances
 *     whole, else                 delete-one jackknife from eigenvectors     g - 1
 *     where there are none        delete-a-group jackknife                   groups - 1
 *
 * and what estimating routes add is put in by mi_error_with_route. */
#include "libmi/bounds/bounds.h"

#include <math.h>
#include <string.h>

#include "libmi/base/name.h"
#include "libmi/base/pool.h"
#include "libmi/base/run_internal.h"
#include "libmi/base/want.h"
#include "libmi/base/words.h"
#include "libmi/bounds/compare.h"
#include "libmi/bounds/estimator.h"
#include "libmi/bounds/influence.h"
#include "libmi/bounds/private.h"
#include "libmi/data/batch.h"
#include "libmi/entropy/check.h"

/* The jackknife leaves out one instance at a time where there are at most so many, else one of so
 * many groups of instances. */
#define JACKKNIFE_GROUPS 100

static const char *const presets[MI_PRESETS] = {"theorem", "released"};

const char *mi_preset_name(mi_preset preset)
{
    return presets[preset];
}

mi_status mi_preset_parse(mi_preset *out, const char *text)
{
    unsigned k = 0;
    MI_TRY(mi_name_find(&k, presets, MI_PRESETS, text));
    *out = (mi_preset)k;
    return MI_OK;
}

void mi_bounds_opts_default(mi_bounds_opts *o)
{
    static const double two = 2;
    if (o)
        *o = (mi_bounds_opts){.alpha = &two,
                              .n_alpha = 1,
                              .base = exp(1),
                              .jackknife_groups = JACKKNIFE_GROUPS,
                              .i_z1_r = MI_I_Z1_R_DEFAULT};
}

/* ---- means over batches ---- */

/* What one sample adds besides its values: its share of the mean half-width, the largest mass that
 * was zeroed, and the route. `samples`: how many are averaged, 1 for the whole set. */
static void take_once(mi_bounds_result *to, const mi_bounds_once_result *from, double samples)
{
    for (mi_term t = 0; t < MI_TERMS; t++)
        to->half_width[t] += from->half_width[t] / samples;
    to->route = from->route;
    to->zeroed_mass = fmax(to->zeroed_mass, from->zeroed_mass);
}

/* Results of every batch, (count, n_alpha). */
typedef struct {
    mi_bounds_once_result *once;
    const mi_bounds_opts *opts;
} batch_results;

static mi_status one_batch(void *arg, size_t k, mi_sample *part, const size_t *row,
                           const mi_run *run)
{
    const batch_results *r = arg;
    mi_bounds_once_result *once = r->once + k * r->opts->n_alpha;
    part->key = row;
    MI_TRY(mi_bounds_once(once, NULL, part, r->opts, run));
    return mi_chances_of_others(once, part, r->opts, run);
}

/* Batches are re-paired independently: the variance of their mean is sum sd^2 / k^2. Which of their
 * pairings go together is nothing, so there is no p. */
static void take_mean_chance(mi_null *out, const batch_results *r, size_t a, mi_term t,
                             size_t count)
{
    double k = (double)count, variance = 0;
    *out = (mi_null){.p = NAN};
    for (size_t b = 0; b < count; b++) {
        const mi_null *one = &r->once[b * r->opts->n_alpha + a].chance[t];
        out->observed += one->observed / k;
        out->mean += one->mean / k;
        variance += one->sd * one->sd;
    }
    out->sd = sqrt(variance) / k;
}

/* Mean over `count` batches at one order, added up in their order, so that it does not depend on who
 * computed which. Batches are of one size, and the mean is of the estimate at that size, bias
 * included. */
static void take_mean(mi_bounds_result *result, const batch_results *r, size_t a, size_t count)
{
    double k = (double)count;
    mi_running m[MI_TERMS] = {{0}};
    for (size_t b = 0; b < count; b++) {
        const mi_bounds_once_result *once = &r->once[b * r->opts->n_alpha + a];
        for (mi_term t = 0; t < MI_TERMS; t++)
            mi_running_add(&m[t], once->value[t]);
        take_once(result, once, k);
    }
    for (mi_term t = 0; t < MI_TERMS; t++) {
        result->value[t] = mi_running_mean(&m[t]);
        result->se[t] = mi_running_error_of_mean(&m[t]);
        take_mean_chance(&result->chance[t], r, a, t, count);
    }
    result->batches = count;
    result->degrees = k - 1;
    result->se_by = MI_SE_BATCHES;
}

static mi_status in_batches(mi_bounds_result *result, const mi_sample *s, const mi_bounds_opts *o,
                            const mi_run *run)
{
    batch_results r = {.opts = o};
    mi_batches batches;
    mi_comm *comm;
    MI_TRY(
        mi_batches_make(&batches, &s->instance.groups, o->batch, o->shuffled ? &run->seed : NULL));
    size_t cells = batches.count * o->n_alpha;
    mi_status status = MI_NEW(r.once, cells);
    if (status == MI_OK)
        status = mi_each_part(s, &batches, 1, run, one_batch, &r, &comm);
    if (status == MI_OK)
        status = mi_comm_merge(comm, r.once, cells * sizeof *r.once);
    for (size_t a = 0; status == MI_OK && a < o->n_alpha; a++)
        take_mean(&result[a], &r, a, batches.count);
    mi_batches_free(&batches);
    mi_free(r.once);
    return status;
}

/* ---- as numbers ---- */

/* psi (MI_BOUNDS_NUMBERS, g). */
static void calibrated_influence(double *psi, size_t g)
{
    for (size_t c = 0; c < g; c++)
        psi[MI_I_Z1_Z2_CALIBRATED * g + c] = psi[MI_I_Z1_Z2 * g + c] - psi[MI_I_Z1_Z2_NULL * g + c];
}

/* The terms, and I(Z1;Z2) minus its chance level. The orders are those of the numbers: a run of them
 * may be under way. */
static mi_status terms_of(const mi_numbers *q, double *value, double *half_width,
                          mi_influences *influence, const mi_sample *s, const mi_run *run)
{
    mi_bounds_opts o = *(const mi_bounds_opts *)q->opts;
    mi_bounds_once_result *once;
    o.alpha = q->alpha;
    o.n_alpha = q->n_alpha;
    MI_TRY(MI_NEW(once, o.n_alpha));
    mi_status status = mi_bounds_once(once, influence, s, &o, run);
    for (size_t a = 0; status == MI_OK && a < o.n_alpha; a++) {
        double *to = value + a * q->count, *half = half_width + a * q->count;
        memcpy(to, once[a].value, sizeof once[a].value);
        memcpy(half, once[a].half_width, sizeof once[a].half_width);
        to[MI_I_Z1_Z2_CALIBRATED] = to[MI_I_Z1_Z2] - to[MI_I_Z1_Z2_NULL];
        half[MI_I_Z1_Z2_CALIBRATED] = half[MI_I_Z1_Z2] + half[MI_I_Z1_Z2_NULL];
        if (influence)
            calibrated_influence(influence->psi + a * q->count * s->instance.groups.g,
                                 s->instance.groups.g);
    }
    mi_free(once);
    return status;
}

/* A loss in place of I(Z1;R) has no influence. */
mi_numbers mi_bounds_numbers(const mi_bounds_opts *o)
{
    return (mi_numbers){.count = MI_BOUNDS_NUMBERS,
                        .alpha = o->alpha,
                        .n_alpha = o->n_alpha,
                        .has_influence = o->i_z1_r.kind == MI_BY_MATRIX,
                        .permutations = o->permutations,
                        .of = terms_of,
                        .opts = o};
}

/* ---- the whole set ---- */

static mi_status by_jackknife(mi_bounds_result *result, const mi_sample *s, const mi_numbers *q,
                              size_t groups, const mi_run *run)
{
    double *se, degrees = 0;
    MI_TRY(MI_NEW(se, q->n_alpha * q->count));
    mi_status status = mi_numbers_jackknife(se, &degrees, q, s, groups, 0, run);
    for (size_t a = 0; status == MI_OK && a < q->n_alpha; a++) {
        result[a].degrees = degrees;
        result[a].se_by = MI_SE_JACKKNIFE;
        for (mi_term t = 0; t < MI_TERMS; t++)
            result[a].se[t] = se[a * q->count + t];
    }
    mi_free(se);
    return status;
}

/* se from psi (n_alpha, MI_TERMS, g). */
static void take_influences(mi_bounds_result *result, const mi_numbers *q, const double *psi,
                            size_t g)
{
    for (size_t a = 0; a < q->n_alpha; a++) {
        result[a].se_by = mi_influences_by(q->alpha[a]);
        for (mi_term t = 0; t < MI_TERMS; t++)
            result[a].se[t] = mi_standard_error(psi + (a * MI_TERMS + t) * g, g);
    }
}

/* From influences, which came with the values at little cost; else from the jackknife, `groups` times
 * the cost of the estimate. */
static mi_status errors_of(mi_bounds_result *result, const mi_sample *s, const mi_numbers *q,
                           const mi_influences *v, size_t groups, const mi_run *run)
{
    if (v->is_known)
        take_influences(result, q, v->psi, s->instance.groups.g);
    else
        MI_TRY(by_jackknife(result, s, q, groups, run));
    for (size_t a = 0; a < q->n_alpha; a++)
        for (mi_term t = 0; t < MI_TERMS; t++)
            result[a].se[t] = mi_error_with_route(result[a].se[t], result[a].half_width[t]);
    return MI_OK;
}

/* The whole set at the orders of `o`, whose errors are found together. */
static mi_status at_once(mi_bounds_result *result, const mi_sample *s, const mi_bounds_opts *o,
                         const mi_run *run)
{
    /* The chance level has no error at other orders than 2: it is not re-paired anew for each that is
     * left out. */
    mi_bounds_opts without = *o;
    without.permutations = 0;
    const mi_numbers q = mi_bounds_numbers(&without);
    size_t g = s->instance.groups.g;
    mi_influences v = {.count = MI_TERMS};
    mi_bounds_once_result *once = NULL;
    mi_run left;
    size_t numbers = o->se && mi_numbers_have_influence(&q, s) ? o->n_alpha * MI_TERMS * g : 0;
    mi_status status;
    MI_TRY_GOTO(status, mi_errors_take(&left, run, (double)numbers, g), done);
    MI_TRY_GOTO(status, MI_NEW(once, o->n_alpha), done);
    if (numbers)
        MI_TRY_GOTO(status, MI_NEW(v.psi, numbers), done);
    MI_TRY_GOTO(status, mi_bounds_once(once, v.psi ? &v : NULL, s, o, &left), done);
    MI_TRY_GOTO(status, mi_chances_of_others(once, s, o, &left), done);
    for (size_t a = 0; a < o->n_alpha; a++) {
        take_once(&result[a], &once[a], 1);
        result[a].degrees = (double)g - 1;
        memcpy(result[a].chance, once[a].chance, sizeof once[a].chance);
        for (mi_term t = 0; t < MI_TERMS; t++) {
            result[a].value[t] = once[a].value[t];
            result[a].se[t] = NAN;
        }
    }
    if (o->se)
        status = errors_of(result, s, &q, &v, o->jackknife_groups, &left);
done:
    mi_free(once);
    mi_free(v.psi);
    return status;
}

static mi_status order_by_order(mi_bounds_result *result, const mi_sample *s,
                                const mi_bounds_opts *o, const mi_run *run)
{
    size_t n;
    for (size_t a = 0; a < o->n_alpha; a += n) {
        mi_bounds_opts part = *o;
        part.alpha = o->alpha + a;
        part.n_alpha = n = mi_orders_together(part.alpha, o->n_alpha - a);
        MI_TRY(at_once(result + a, s, &part, run));
    }
    return MI_OK;
}

static mi_status check_i_z1_r(const mi_i_z1_r *e)
{
    MI_WANT((unsigned)e->kind <= MI_BY_BARLOW, "I(Z1;R) by %d, wanted one of mi_i_z1_r_kind",
            (int)e->kind);
    if (e->kind == MI_BY_INFONCE || e->kind == MI_BY_NCE)
        MI_WANT(e->temperature > 0 && e->temperature < INFINITY,
                "temperature %g of InfoNCE, wanted above 0", e->temperature);
    if (e->kind == MI_BY_BARLOW)
        MI_WANT(e->lambda >= 0 && e->scale > 0,
                "lambda %g and scale %g of Barlow Twins, wanted 0 or more and above 0", e->lambda,
                e->scale);
    return MI_OK;
}

mi_status mi_bounds_check(const mi_sample *s, const mi_bounds_opts *o, const mi_run *run)
{
    MI_TRY(mi_run_check(run));
    MI_TRY(mi_orders_check(o->alpha, o->n_alpha));
    MI_WANT((unsigned)o->preset <= MI_PRESET_RELEASED, "preset %d, wanted one of mi_preset",
            (int)o->preset);
    MI_WANT((unsigned)o->estimator <= MI_ESTIMATOR_C, "estimator %d, wanted one of mi_estimator",
            (int)o->estimator);
    MI_TRY(check_i_z1_r(&o->i_z1_r));
    MI_WANT(o->permutations != 1, "1 permutation, wanted 2 or more, or 0 for none");
    if (!(o->base > 0) || o->base == 1)
        return mi_fail(MI_EUSAGE, "base %g of the logarithm, wanted above 0 and not 1", o->base);
    for (size_t a = 0; a < o->n_alpha; a++)
        if (o->estimator != MI_ESTIMATOR_V && o->alpha[a] != 2)
            return mi_fail(MI_EUSAGE,
                           "estimator %s is for order 2, found order %g; try " MI_OPTION "alpha 2",
                           mi_estimator_name(o->estimator), o->alpha[a]);
    MI_TRY(mi_weights_check(s, o->batch, o->permutations));
    if (s->weight && (o->estimator != MI_ESTIMATOR_V || o->i_z1_r.kind != MI_BY_MATRIX))
        return mi_fail(MI_EUSAGE, "weights of rows are for estimator v and for I(Z1;R) by matrix");
    for (mi_member_id m = MI_Z1; m <= MI_Z2; m++)
        if (!s->column[m].present)
            return mi_fail(MI_EUSAGE, "the sample has no %s, which the bounds are of",
                           mi_member_name(m));
    return MI_OK;
}

mi_status mi_bounds(mi_bounds_result *result, const mi_sample *s, const mi_bounds_opts *o,
                    const mi_run *run)
{
    if (!result || !s || !o || !run)
        return mi_fail(MI_EUSAGE, "mi_bounds without a result, sample, options or run");
    MI_TRY(mi_bounds_check(s, o, run));
    if (o->se)
        MI_TRY(mi_groups_of_jackknife_check(o->jackknife_groups));
    for (size_t a = 0; a < o->n_alpha; a++)
        result[a] = (mi_bounds_result){.zeroed_mass = NAN};
    if (o->batch)
        return in_batches(result, s, o, run);
    return o->se ? order_by_order(result, s, o, run) : at_once(result, s, o, run);
}
