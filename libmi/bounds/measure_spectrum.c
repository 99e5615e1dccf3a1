/* Eigenvalues of a joint, whole or as means over batches.
 *
 * Eigenvalues of batches are sorted and averaged rank by rank: l_k is the mean of the k-th largest,
 * batches with fewer eigenvalues having zeros there: the mean sums to 1 as each batch does. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/comm_internal.h"
#include "libmi/base/pool.h"
#include "libmi/base/want.h"
#include "libmi/bounds/private.h"
#include "libmi/data/batch.h"
#include "libmi/data/sample_build.h"
#include "libmi/entropy/joint_spectrum.h"

/* mi_each_part over the batches that the options ask for, or fn for the whole. *batches: how many
 * there are, 0 for the whole. */
static mi_status for_each_part(const mi_sample *s, const mi_measure_opts *o, const mi_run *run,
                               mi_part_fn *fn, void *arg, size_t *batches, mi_comm **comm)
{
    mi_batches b;
    *batches = 0;
    *comm = NULL;
    if (!o->batch) {
        mi_sample whole = *s;
        return fn(arg, 0, &whole, NULL, run);
    }
    MI_TRY(mi_batches_make(&b, &s->instance.groups, o->batch, o->shuffled ? &run->seed : NULL));
    mi_status status = mi_each_part(s, &b, 0, run, fn, arg, comm);
    *batches = b.count;
    mi_batches_free(&b);
    return status;
}

/* ---- eigenvalues ---- */

typedef struct {
    mi_measured_spectrum *out;
    unsigned vars, members;
} spectrum_sum;

static int descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* Room for so many eigenvalues, those that were not there zero. */
static mi_status grow(mi_measured_spectrum *out, size_t count)
{
    if (count <= out->count)
        return MI_OK;
    MI_TRY(mi_realloc(&out->l, count, sizeof *out->l));
    memset(out->l + out->count, 0, (count - out->count) * sizeof *out->l);
    out->count = count;
    return MI_OK;
}

/* One batch: its k-th largest eigenvalue to the k-th sum. */
static mi_status add_eigenvalues(mi_measured_spectrum *out, mi_spectrum *s)
{
    qsort(s->l, s->count, sizeof *s->l, descending);
    MI_TRY(grow(out, s->count));
    for (size_t k = 0; k < s->count; k++)
        out->l[k] += s->l[k];
    out->zeroed_mass = fmax(out->zeroed_mass, s->zeroed_mass);
    return MI_OK;
}

/* The sums of all ranks' batches. */
static mi_status add_ranks_up(mi_measured_spectrum *out, mi_comm *comm)
{
    double most[2] = {(double)out->count, out->zeroed_mass};
    MI_TRY(mi_comm_most(comm, most, 2));
    MI_TRY(grow(out, (size_t)most[0]));
    out->zeroed_mass = most[1];
    return mi_comm_sum(comm, out->l, out->count);
}

/* One sample, or batch: the spectrum of the joint, by the routes that take eigenvalues. */
static mi_status add_spectrum(void *arg, size_t k, mi_sample *part, const size_t *row,
                              const mi_run *run)
{
    (void)k, (void)row;
    spectrum_sum *sum = arg;
    mi_joint joint = {.vars = sum->vars, .route = run->route};
    mi_var var[MI_MEASURE_VARS] = {0};
    mi_spectrum s = {0};
    mi_status status = mi_measure_vars(var, part, sum->members);
    if (status == MI_OK)
        status = mi_joint_spectrum(&s, &joint, var, MI_MEASURE_VARS, run);
    if (status == MI_OK)
        status = add_eigenvalues(sum->out, &s);
    sum->out->route = joint.route;
    mi_spectrum_free(&s);
    for (int v = 0; v < MI_MEASURE_VARS; v++)
        mi_var_free(&var[v]);
    return status;
}

mi_status mi_measure_spectrum(mi_measured_spectrum *out, const mi_measured_form *f,
                              const mi_sample *s, const mi_measure_opts *o, const mi_run *run)
{
    MI_WANT(out && f, "mi_measure_spectrum without a result or expression");
    MI_TRY(mi_measure_check(s, o, run));
    mi_forms one = {.form = (mi_measured_form *)f, .count = 1};
    spectrum_sum sum = {.out = out, .vars = mi_expression_vars(&f->expression)};
    mi_comm *comm;
    *out = (mi_measured_spectrum){0};
    if (f->expression.given)
        return mi_fail(MI_EUSAGE, "'%s' has a condition, a conditional entropy has no eigenvalues",
                       f->text);
    sum.members = mi_forms_members(&one);
    MI_TRY(mi_measure_members_check(s, &one));
    mi_status status = for_each_part(s, o, run, add_spectrum, &sum, &out->batches, &comm);
    if (status == MI_OK)
        status = add_ranks_up(out, comm);
    for (size_t k = 0; out->batches && k < out->count; k++)
        out->l[k] /= (double)out->batches;
    if (status != MI_OK)
        mi_measured_spectrum_free(out);
    return status;
}

void mi_measured_spectrum_free(mi_measured_spectrum *s)
{
    if (!s)
        return;
    mi_free(s->l);
    *s = (mi_measured_spectrum){0};
}
