/* Eigenvalues of a joint and effective ranks of features, whole or as means over batches.
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

/* ---- effective ranks ---- */

/* The numbers of ranks, those of the decay last, as an array. */
enum { NUMBERS = MI_EFFRANKS + 2 };

static void to_numbers(double *number, const mi_effranks *r)
{
    memcpy(number, r, MI_EFFRANKS * sizeof *number);
    number[MI_EFFRANKS] = r->decay.alpha;
    number[MI_EFFRANKS + 1] = r->decay.r2;
}

static void from_numbers(mi_effranks *r, const double *number, double over)
{
    double mean[MI_EFFRANKS];
    for (size_t k = 0; k < MI_EFFRANKS; k++)
        mean[k] = number[k] / over;
    memcpy(r, mean, sizeof mean);
    r->decay.alpha = number[MI_EFFRANKS] / over;
    r->decay.r2 = number[MI_EFFRANKS + 1] / over;
}

typedef struct {
    mi_member_id member;
    const mi_effrank_opts *opts;
    double number[NUMBERS];
    size_t low, high; /* of the range fitted that all batches have; high 0: none yet */
} rank_sum;

static mi_status add_ranks(void *arg, size_t k, mi_sample *part, const size_t *row,
                           const mi_run *run)
{
    (void)k, (void)row;
    rank_sum *sum = arg;
    mi_effranks ranks;
    double number[NUMBERS];
    const mi_groups *instance = part->has_instances ? &part->instance.groups : NULL;
    MI_TRY(mi_effranks_of(&ranks, &part->column[sum->member].x, instance, sum->opts, run));
    to_numbers(number, &ranks);
    for (size_t i = 0; i < NUMBERS; i++)
        sum->number[i] += number[i];
    sum->low = ranks.decay.low;
    if (sum->high == 0 || ranks.decay.high < sum->high)
        sum->high = ranks.decay.high;
    return MI_OK;
}

mi_status mi_measure_effranks(mi_effranks *out, mi_member_id m, const mi_sample *s,
                              const mi_effrank_opts *ranks, const mi_measure_opts *o,
                              const mi_run *run)
{
    MI_WANT(out, "mi_measure_effranks without a result");
    MI_TRY(mi_measure_check(s, o, run));
    MI_TRY(mi_effrank_opts_check(ranks));
    rank_sum sum = {.member = m, .opts = ranks};
    size_t batches;
    mi_comm *comm;
    *out = (mi_effranks){.rankme = 0};
    if ((unsigned)m >= MI_MEMBERS || !s->column[m].is_real) {
        for (size_t k = 0; k < NUMBERS; k++)
            sum.number[k] = NAN;
        from_numbers(out, sum.number, 1);
        return MI_OK;
    }
    MI_TRY(for_each_part(s, o, run, add_ranks, &sum, &batches, &comm));
    MI_TRY(mi_comm_least(comm, &sum.high));
    MI_TRY(mi_comm_sum(comm, sum.number, NUMBERS));
    from_numbers(out, sum.number, batches ? (double)batches : 1);
    out->decay.low = sum.low;
    out->decay.high = sum.high;
    return MI_OK;
}
