/* Expressions such as z1:z2|y over orders, batches and jackknife samples, with their standard errors;
 * one sample is bounds/measure_once.c. Standard errors are those of bounds/bounds.c:
 *
 *     in batches      from their spread; every value is the mean of the batches' values
 *     whole, order 2  from influences, ratios by the delta method
 *     whole, else     delete-one jackknife from eigenvectors, ratios by the delta method; where there
 *                     are none, or re-pairings, a delete-a-group jackknife */
#include "libmi/bounds/measure.h"

#include <math.h>
#include <string.h>

#include "libmi/base/pool.h"
#include "libmi/base/run_internal.h"
#include "libmi/base/want.h"
#include "libmi/bounds/influence.h"
#include "libmi/bounds/private.h"
#include "libmi/data/batch.h"
#include "libmi/entropy/check.h"

void mi_measure_opts_default(mi_measure_opts *o)
{
    mi_bounds_opts b;
    mi_bounds_opts_default(&b);
    if (o)
        *o = (mi_measure_opts){.alpha = b.alpha,
                               .n_alpha = b.n_alpha,
                               .base = b.base,
                               .jackknife_groups = b.jackknife_groups};
}

const char *mi_reading_name(mi_reading r, mi_form_kind kind)
{
    static const char *const name[] = {"I", "I_min", "I_mean", "I_geo", "I_joint", "I_calibrated"};
    if ((unsigned)r >= MI_READINGS)
        return "?";
    return r == MI_PLAIN && kind == MI_FORM_IS_ENTROPY ? "S" : name[r];
}

/* ---- batches ---- */

/* Values of every batch, (batches, cells); a cell is one expression at one order. */
typedef struct {
    mi_measured *value;
    size_t cells;
    const mi_forms *forms;
    const mi_measure_opts *opts;
} batch_values;

static mi_status measure_batch(void *arg, size_t k, mi_sample *part, const size_t *row,
                               const mi_run *run)
{
    const batch_values *b = arg;
    (void)row;
    return mi_measure_once(b->value + k * b->cells, NULL, b->forms, part, b->opts, run);
}

/* Mean of cell c over n batches. Half-widths are averaged, not divided by sqrt n: batches may be
 * estimated from the same draws. */
static void take_mean(mi_measured *out, const batch_values *b, size_t c, size_t n)
{
    mi_running m[MI_READINGS] = {{0}};
    *out = (mi_measured){
        .zeroed_mass = NAN, .batches = n, .degrees = (double)n - 1, .se_by = MI_SE_BATCHES};
    for (size_t k = 0; k < n; k++) {
        const mi_measured *part = &b->value[k * b->cells + c];
        for (mi_reading i = 0; i < MI_READINGS; i++) {
            mi_running_add(&m[i], part->value[i]);
            out->half_width[i] += part->half_width[i] / (double)n;
        }
        out->zeroed_mass = fmax(out->zeroed_mass, part->zeroed_mass);
        out->route = part->route;
    }
    for (mi_reading i = 0; i < MI_READINGS; i++) {
        out->value[i] = mi_running_mean(&m[i]);
        out->se[i] = mi_running_error_of_mean(&m[i]);
    }
}

static mi_status measure_in_batches(mi_measured *out, const mi_forms *f, const mi_sample *s,
                                    const mi_measure_opts *o, const mi_run *run)
{
    batch_values b = {.cells = f->count * o->n_alpha, .forms = f, .opts = o};
    mi_batches batches;
    mi_comm *comm;
    MI_TRY(
        mi_batches_make(&batches, &s->instance.groups, o->batch, o->shuffled ? &run->seed : NULL));
    mi_status status = MI_NEW(b.value, batches.count * b.cells);
    if (status == MI_OK)
        status = mi_each_part(s, &batches, 1, run, measure_batch, &b, &comm);
    if (status == MI_OK)
        status = mi_comm_merge(comm, b.value, batches.count * b.cells * sizeof *b.value);
    for (size_t c = 0; status == MI_OK && c < b.cells; c++)
        take_mean(&out[c], &b, c, batches.count);
    mi_free(b.value);
    mi_batches_free(&batches);
    return status;
}

/* ---- as numbers ---- */

static mi_status readings_of(const mi_numbers *q, double *value, double *half_width,
                             mi_influences *influence, const mi_sample *s, const mi_run *run)
{
    mi_measure_opts o = *(const mi_measure_opts *)q->opts;
    mi_measured *out;
    o.alpha = q->alpha;
    o.n_alpha = q->n_alpha;
    MI_TRY(MI_NEW(out, q->forms->count * o.n_alpha));
    mi_status status = mi_measure_once(out, influence, q->forms, s, &o, run);
    for (size_t a = 0; status == MI_OK && a < o.n_alpha; a++)
        for (size_t k = 0; k < q->forms->count; k++) {
            size_t at = a * q->count + k * MI_READINGS;
            const mi_measured *one = &out[k * o.n_alpha + a];
            memcpy(value + at, one->value, sizeof one->value);
            memcpy(half_width + at, one->half_width, sizeof one->half_width);
        }
    mi_free(out);
    return status;
}

mi_numbers mi_measure_numbers(const mi_forms *f, const mi_measure_opts *o)
{
    return (mi_numbers){.count = f->count * MI_READINGS,
                        .alpha = o->alpha,
                        .n_alpha = o->n_alpha,
                        .has_influence = 1,
                        .permutations = o->permutations,
                        .of = readings_of,
                        .opts = o,
                        .forms = f};
}

/* ---- the whole set ---- */

/* se of a form at one order from psi (MI_READINGS, g). The mean of a level over P re-pairings is off by
 * sd / sqrt P. */
static void take_influences(mi_measured *out, const double *psi, size_t g, double alpha,
                            size_t permutations)
{
    for (mi_reading i = 0; i < MI_READINGS; i++)
        out->se[i] = mi_standard_error(psi + i * g, g);
    if (permutations)
        out->se[MI_ABOVE_CHANCE] =
            hypot(out->se[MI_ABOVE_CHANCE], out->null.sd / sqrt((double)permutations));
    out->degrees = (double)g - 1;
    out->se_by = mi_influences_by(alpha);
}

static mi_status by_influence(mi_measured *out, int *is_known, const mi_forms *f,
                              const mi_sample *s, const mi_measure_opts *o, const mi_run *run)
{
    size_t g = s->instance.groups.g;
    mi_influences v = {.count = f->count * MI_READINGS};
    mi_run left;
    MI_TRY(mi_errors_take(&left, run, (double)(o->n_alpha * v.count * g), g));
    MI_TRY(MI_NEW(v.psi, o->n_alpha * v.count * g));
    mi_status status = mi_measure_once(out, &v, f, s, o, &left);
    *is_known = v.is_known;
    for (size_t k = 0; status == MI_OK && k < f->count; k++)
        for (size_t a = 0; a < o->n_alpha; a++)
            take_influences(&out[k * o->n_alpha + a], v.psi + (a * v.count + k * MI_READINGS) * g,
                            g, o->alpha[a], o->permutations);
    mi_free(v.psi);
    return status;
}

static mi_status by_jackknife(mi_measured *out, const mi_forms *f, const mi_sample *s,
                              const mi_measure_opts *o, const mi_run *run)
{
    const mi_numbers q = mi_measure_numbers(f, o);
    double *se, degrees = 0;
    MI_TRY(MI_NEW(se, o->n_alpha * q.count));
    mi_status status = mi_numbers_jackknife(se, &degrees, &q, s, o->jackknife_groups, 0, run);
    for (size_t k = 0; status == MI_OK && k < f->count; k++)
        for (size_t a = 0; a < o->n_alpha; a++) {
            mi_measured *one = &out[k * o->n_alpha + a];
            memcpy(one->se, se + a * q.count + k * MI_READINGS, sizeof one->se);
            one->degrees = degrees;
            one->se_by = MI_SE_JACKKNIFE;
        }
    mi_free(se);
    return status;
}

/* Values and errors. Where influences are wanted the values come with them, and what some entropy lacks
 * of them is left to the jackknife. */
static mi_status values_and_errors(mi_measured *out, const mi_forms *f, const mi_sample *s,
                                   const mi_measure_opts *o, const mi_run *run)
{
    const mi_numbers q = mi_measure_numbers(f, o);
    int is_known = 0;
    if (mi_numbers_have_influence(&q, s))
        MI_TRY(by_influence(out, &is_known, f, s, o, run));
    else
        MI_TRY(mi_measure_once(out, NULL, f, s, o, run));
    return is_known ? MI_OK : by_jackknife(out, f, s, o, run);
}

/* Orders whose errors are found together, into their places in out (count, all orders). */
static mi_status some_orders(mi_measured *out, size_t first, const mi_forms *f, const mi_sample *s,
                             const mi_measure_opts *o, size_t all, const mi_run *run)
{
    mi_measured *some;
    MI_TRY(MI_NEW(some, f->count * o->n_alpha));
    mi_status status = values_and_errors(some, f, s, o, run);
    for (size_t k = 0; status == MI_OK && k < f->count; k++)
        for (size_t a = 0; a < o->n_alpha; a++) {
            mi_measured *one = &out[k * all + first + a];
            *one = some[k * o->n_alpha + a];
            for (mi_reading i = 0; i < MI_READINGS; i++)
                one->se[i] = mi_error_with_route(one->se[i], one->half_width[i]);
        }
    mi_free(some);
    return status;
}

static mi_status with_errors(mi_measured *out, const mi_forms *f, const mi_sample *s,
                             const mi_measure_opts *o, const mi_run *run)
{
    size_t n;
    for (size_t a = 0; a < o->n_alpha; a += n) {
        mi_measure_opts part = *o;
        part.alpha = o->alpha + a;
        part.n_alpha = n = mi_orders_together(part.alpha, o->n_alpha - a);
        MI_TRY(some_orders(out, a, f, s, &part, o->n_alpha, run));
    }
    return MI_OK;
}

static mi_status check_members(const mi_sample *s, const mi_measured_form *f)
{
    unsigned vars = mi_expression_vars(&f->expression);
    for (int v = 0; v < 2 * MI_MEASURE_NAMES; v++)
        if ((vars >> v & 1) && !s->column[mi_measure_member(v)].present)
            return mi_fail(MI_EUSAGE, "'%s' is of %s, which the sample does not have", f->text,
                           mi_member_name(mi_measure_member(v)));
    return MI_OK;
}

mi_status mi_measure_members_check(const mi_sample *s, const mi_forms *f)
{
    for (size_t k = 0; k < f->count; k++)
        MI_TRY(check_members(s, &f->form[k]));
    return MI_OK;
}

mi_status mi_measure_check(const mi_sample *s, const mi_measure_opts *o, const mi_run *run)
{
    MI_WANT(s && o, "something to measure without a sample or options");
    return mi_run_check(run);
}

mi_status mi_weights_check(const mi_sample *s, size_t batch, size_t permutations)
{
    if (!s->weight || (!batch && !permutations))
        return MI_OK;
    return mi_fail(MI_EUSAGE, "weights of rows are of the whole set as it is paired; leave out %s",
                   batch ? "batches" : "permutations");
}

mi_status mi_forms_check(const mi_sample *s, const mi_forms *f, const mi_measure_opts *o,
                         const mi_run *run)
{
    MI_TRY(mi_measure_check(s, o, run));
    MI_TRY(mi_orders_check(o->alpha, o->n_alpha));
    MI_WANT(o->base > 0 && o->base != 1, "base %g of the logarithm, wanted above 0 and not 1",
            o->base);
    MI_WANT(o->permutations != 1, "1 permutation, wanted 2 or more, or 0 for none");
    MI_TRY(mi_weights_check(s, o->batch, o->permutations));
    if (o->batch && o->permutations)
        return mi_fail(MI_EUSAGE,
                       "permutations are of the whole set, found batches; leave out one of them");
    return mi_measure_members_check(s, f);
}

mi_status mi_measure(mi_measured *out, const mi_forms *f, const mi_sample *s,
                     const mi_measure_opts *o, const mi_run *run)
{
    MI_WANT(out && f && f->form && f->count, "mi_measure without a result or expressions");
    MI_TRY(mi_forms_check(s, f, o, run));
    if (o->se)
        MI_TRY(mi_groups_of_jackknife_check(o->jackknife_groups));
    if (o->batch)
        return measure_in_batches(out, f, s, o, run);
    return o->se ? with_errors(out, f, s, o, run) : mi_measure_once(out, NULL, f, s, o, run);
}

/* ---- one number ---- */

/* One expression, one order: the door of mi_entropy and mi_information. */
static mi_status one_value(double *value, const mi_sample *s, const char *of, mi_form_kind kind,
                           double alpha, const mi_run *run)
{
    const mi_measure_opts o = {.alpha = &alpha, .n_alpha = 1, .base = exp(1)};
    mi_run defaults;
    mi_forms f;
    mi_measured out = {.value = {NAN}};
    mi_run_default(&defaults);
    if (!value || !s || !of)
        return mi_fail(MI_EUSAGE,
                       "an entropy or information without a value, sample or expression");
    MI_TRY(mi_orders_check(&alpha, 1));
    MI_TRY(mi_forms_parse(&f, of, kind));
    mi_status status =
        f.count == 1 ? MI_OK : mi_fail(MI_EUSAGE, "'%s' is several, wanted one expression", of);
    if (status == MI_OK)
        status = mi_measure(&out, &f, s, &o, run ? run : &defaults);
    if (status == MI_OK)
        *value = out.value[MI_PLAIN];
    mi_forms_free(&f);
    return status;
}

mi_status mi_entropy(double *h_nats, const mi_sample *s, const char *of, double alpha,
                     const mi_run *run)
{
    return one_value(h_nats, s, of, MI_FORM_IS_ENTROPY, alpha, run);
}

mi_status mi_information(double *i_nats, const mi_sample *s, const char *of, double alpha,
                         const mi_run *run)
{
    return one_value(i_nats, s, of, MI_FORM_IS_INFORMATION, alpha, run);
}
