/* Paired differences: the numbers of two samples that are matched instance by instance, with the error
 * of what is different about them. Influences where there are any, else the delete-a-group jackknife,
 * or batches; formulas in compare.h. */
#include "libmi/bounds/compare.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "libmi/base/number.h"
#include "libmi/base/run_internal.h"
#include "libmi/bounds/estimator.h"
#include "libmi/bounds/influence.h"
#include "libmi/bounds/private.h"
#include "libmi/data/batch.h"
#include "libmi/data/sample_build.h"

const char *mi_bounds_number_name(size_t number)
{
    if (number == MI_I_Z1_Z2_CALIBRATED)
        return "I_Z1_Z2_calibrated";
    return number < MI_TERMS ? mi_term_name((mi_term)number) : "?";
}

/* ---- both sides ---- */

enum { A, B, SIDES };

/* Some orders of both samples; arrays are of cells = orders x numbers. */
typedef struct {
    const mi_matched *matched;
    mi_numbers numbers;
    size_t cells, g;
    double *value[SIDES], *half_width[SIDES];
    mi_influences influence[SIDES]; /* psi NULL: not asked for */
} both;

static const mi_sample *side_of(const both *p, int side)
{
    return side == A ? &p->matched->a : &p->matched->b;
}

static mi_status both_make(both *p, const mi_matched *m, const mi_numbers *q)
{
    *p = (both){.matched = m, .numbers = *q};
    p->cells = q->n_alpha * q->count;
    p->g = m->a.instance.groups.g;
    for (int k = 0; k < SIDES; k++) {
        MI_TRY(MI_NEW(p->value[k], p->cells));
        MI_TRY(MI_NEW(p->half_width[k], p->cells));
        p->influence[k].count = q->count;
    }
    return MI_OK;
}

/* Room for the influences of both; *left: of the run, beside them. */
static mi_status want_influences(both *p, mi_run *left, const mi_run *run)
{
    MI_TRY(mi_errors_take(left, run, (double)(SIDES * p->cells * p->g), p->g));
    for (int k = 0; k < SIDES; k++)
        MI_TRY(MI_NEW(p->influence[k].psi, p->cells * p->g));
    return MI_OK;
}

static void both_free(both *p)
{
    for (int k = 0; k < SIDES; k++) {
        mi_free(p->value[k]);
        mi_free(p->half_width[k]);
        mi_free(p->influence[k].psi);
    }
}

static mi_status both_values(both *p, const mi_run *run)
{
    for (int k = 0; k < SIDES; k++)
        MI_TRY(p->numbers.of(&p->numbers, p->value[k], p->half_width[k],
                             p->influence[k].psi ? &p->influence[k] : NULL, side_of(p, k), run));
    return MI_OK;
}

/* ---- errors ---- */

/* se of a, of b and of a - b; the half-widths of estimating routes add, since both may be estimated
 * from the same draws. */
static void set_errors(mi_difference *d, const double *se, double half_a, double half_b)
{
    d->se = mi_error_with_route(se[SIDES], half_a + half_b);
    d->unpaired_se = hypot(mi_error_with_route(se[A], half_a), mi_error_with_route(se[B], half_b));
}

static void errors_by_influence(mi_difference *out, const both *p)
{
    for (size_t t = 0; t < p->cells; t++) {
        double *a = p->influence[A].psi + t * p->g, *b = p->influence[B].psi + t * p->g;
        double se[SIDES + 1];
        se[A] = mi_standard_error(a, p->g);
        se[B] = mi_standard_error(b, p->g);
        for (size_t c = 0; c < p->g; c++)
            a[c] -= b[c];
        se[SIDES] = mi_standard_error(a, p->g);
        out[t].degrees = (double)p->g - 1;
        out[t].se_by = mi_influences_by(p->numbers.alpha[t / p->numbers.count]);
        set_errors(&out[t], se, p->half_width[A][t], p->half_width[B][t]);
    }
}

/* Values of all parts on both sides, (parts, cells), into the errors of each cell; of batches also
 * their means. */
static void errors_of_parts(mi_difference *out, both *p, double *const *value, size_t parts,
                            int are_batches)
{
    double (*error)(const mi_running *) =
        are_batches ? mi_running_error_of_mean : mi_running_error_by_jackknife;
    for (size_t c = 0; c < p->cells; c++) {
        mi_running m[SIDES + 1] = {{0}};
        double se[SIDES + 1];
        for (size_t k = 0; k < parts; k++) {
            double a = value[A][k * p->cells + c], b = value[B][k * p->cells + c];
            mi_running_add(&m[A], a);
            mi_running_add(&m[B], b);
            mi_running_add(&m[SIDES], a - b);
        }
        for (int k = 0; k <= SIDES; k++)
            se[k] = error(&m[k]);
        for (int k = 0; k < SIDES && are_batches; k++)
            p->value[k][c] = mi_running_mean(&m[k]);
        out[c].degrees = (double)parts - 1;
        out[c].se_by = are_batches ? MI_SE_BATCHES : MI_SE_JACKKNIFE;
        set_errors(&out[c], se, p->half_width[A][c], p->half_width[B][c]);
    }
}

/* The same parts of both samples: they have the same instances, in the same order. */
static mi_status by_parts(mi_difference *out, both *p, const mi_batches *parts, int are_batches,
                          const mi_run *run)
{
    double *value[SIDES] = {NULL};
    mi_status status = MI_OK;
    for (int k = 0; status == MI_OK && k < SIDES; k++) {
        status = MI_NEW(value[k], parts->count * p->cells);
        if (status == MI_OK)
            status = mi_numbers_of_parts(value[k], &p->numbers, side_of(p, k), parts, run);
    }
    if (status == MI_OK)
        errors_of_parts(out, p, value, parts->count, are_batches);
    mi_free(value[A]);
    mi_free(value[B]);
    return status;
}

static mi_status by_jackknife(mi_difference *out, both *p, size_t groups, const mi_run *run)
{
    mi_batches left;
    MI_TRY(mi_parts_left_out(&left, &p->matched->a.instance.groups, groups, 0));
    mi_status status = by_parts(out, p, &left, 0, run);
    mi_batches_free(&left);
    return status;
}

/* ---- differences ---- */

/* How errors are found, of the options of bounds or of expressions. */
typedef struct {
    size_t batch, groups;
    int shuffled;
    double level, unit; /* of the interval; of the numbers, in nats */
} how;

/* What the numbers of two samples differ by where those are the same: order 2 may be by tiles, in single
 * precision, and the rounding of rows that are all alike is as alike in every row. */
static double round_off(const how *h, double alpha)
{
    return mi_route_round_off(alpha == 2 ? MI_ROUTE_TILES : MI_ROUTE_DENSE) * h->unit;
}

/* Two-sided t test. */
static double p_value(const mi_difference *d)
{
    if (isnan(d->se) || isnan(d->difference) || !(d->degrees >= 1))
        return NAN;
    return 2 * gsl_cdf_tdist_Q(fabs(d->difference) / d->se, d->degrees);
}

/* Where no more than rounding differs, and no instance tells otherwise, p = 1 and the interval reaches 0. */
static void finish(mi_difference *d, double a, double b, double alpha, const how *h)
{
    double half = mi_t_factor(h->level, d->degrees) * d->se;
    d->a = a;
    d->b = b;
    d->difference = a - b;
    d->p = p_value(d);
    if (fabs(d->difference) <= round_off(h, alpha) && d->se <= round_off(h, alpha)) {
        half = fmax(half, fabs(d->difference));
        d->p = 1;
    }
    d->lo = d->difference - half;
    d->hi = d->difference + half;
}

static void finish_all(mi_difference *out, const both *p, const how *h)
{
    for (size_t c = 0; c < p->cells; c++)
        finish(&out[c], p->value[A][c], p->value[B][c], p->numbers.alpha[c / p->numbers.count], h);
}

/* Orders whose errors are found together; out (orders, numbers). */
static mi_status some_orders(mi_difference *out, const mi_matched *m, const mi_numbers *q,
                             const how *h, const mi_run *run)
{
    both p;
    mi_run left = *run;
    mi_status status;
    MI_TRY_GOTO(status, both_make(&p, m, q), done);
    if (mi_numbers_have_influence(q, &m->a))
        MI_TRY_GOTO(status, want_influences(&p, &left, run), done);
    MI_TRY_GOTO(status, both_values(&p, &left), done);
    if (p.influence[A].is_known && p.influence[B].is_known)
        errors_by_influence(out, &p);
    else
        MI_TRY_GOTO(status, by_jackknife(out, &p, h->groups, &left), done);
    finish_all(out, &p, h);
done:
    both_free(&p);
    return status;
}

/* All orders at once, in batches of the shared instances. */
static mi_status in_batches(mi_difference *out, const mi_matched *m, const mi_numbers *q,
                            const how *h, const mi_run *run)
{
    mi_batches batches;
    both p = {0};
    mi_status status;
    MI_TRY(mi_batches_make(&batches, &m->a.instance.groups, h->batch,
                           h->shuffled ? &run->seed : NULL));
    MI_TRY_GOTO(status, both_make(&p, m, q), done);
    MI_TRY_GOTO(status, by_parts(out, &p, &batches, 1, run), done);
    finish_all(out, &p, h);
done:
    both_free(&p);
    mi_batches_free(&batches);
    return status;
}

static mi_status compare(mi_difference *out, const mi_matched *m, const mi_numbers *q, const how *h,
                         const mi_run *run)
{
    size_t n;
    if (!(h->level > 0 && h->level < 1))
        return mi_fail(MI_EUSAGE, "level %g of the intervals, wanted between 0 and 1", h->level);
    MI_TRY(mi_groups_of_jackknife_check(h->groups));
    if (h->batch)
        return in_batches(out, m, q, h, run);
    for (size_t a = 0; a < q->n_alpha; a += n) {
        mi_numbers some = *q;
        some.alpha = q->alpha + a;
        some.n_alpha = n = mi_orders_together(some.alpha, q->n_alpha - a);
        MI_TRY(some_orders(out + a * q->count, m, &some, h, run));
    }
    return MI_OK;
}

mi_status mi_compare_bounds(mi_difference *out, const mi_matched *m, const mi_bounds_opts *o,
                            double level, const mi_run *run)
{
    if (!out || !m || !o || !run)
        return mi_fail(MI_EUSAGE, "mi_compare_bounds without a result, samples, options or run");
    MI_TRY(mi_bounds_check(&m->a, o, run));
    MI_TRY(mi_bounds_check(&m->b, o, run));
    const mi_numbers q = mi_bounds_numbers(o);
    const how h = {.batch = o->batch,
                   .groups = o->jackknife_groups,
                   .shuffled = o->shuffled,
                   .level = level,
                   .unit = mi_entropy_unit(o->base)};
    return compare(out, m, &q, &h, run);
}

mi_status mi_compare_forms(mi_difference *out, const mi_matched *m, const mi_forms *f,
                           const mi_measure_opts *o, double level, const mi_run *run)
{
    if (!out || !m || !f || !f->form || !f->count || !o || !run)
        return mi_fail(MI_EUSAGE,
                       "mi_compare_forms without a result, samples, expressions, options or run");
    MI_TRY(mi_forms_check(&m->a, f, o, run));
    MI_TRY(mi_forms_check(&m->b, f, o, run));
    const mi_numbers q = mi_measure_numbers(f, o);
    const how h = {.batch = o->batch,
                   .groups = o->jackknife_groups,
                   .shuffled = o->shuffled,
                   .level = level,
                   .unit = mi_entropy_unit(o->base)};
    return compare(out, m, &q, &h, run);
}
