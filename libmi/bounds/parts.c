/* Parts of a sample one after the other, a share of them on each rank, and what their numbers say: a
 * mean over batches with its error, a standard error by the delete-a-group jackknife.
 *
 * With v_k the values of m parts and d_k = v_k - mean v,
 *
 *     batches      se^2 = sum d_k^2 / (m (m-1))       they have no instance in common
 *     jackknife    se^2 = (m-1)/m sum d_k^2           part k lacks the instances of group k
 *
 * on m - 1 degrees of freedom (Shao and Tu, "The Jackknife and Bootstrap", 1995). */
#include <math.h>

#include "libmi/base/pool.h"
#include "libmi/bounds/private.h"
#include "libmi/data/sample_build.h"
#include "libmi/spectrum/left_out.h"

typedef struct {
    const mi_sample *s;
    const mi_batches *parts;
    mi_share share;
    mi_run run; /* for one part */
    mi_part_fn *fn;
    void *arg;
} part_tasks;

/* This rank's part number `task`. */
static mi_status one_part(void *arg, size_t task, int worker)
{
    const part_tasks *t = arg;
    size_t k = t->share.first + task * t->share.step;
    const size_t *row = t->parts->row + t->parts->start[k];
    mi_sample part;
    (void)worker;
    MI_TRY(mi_sample_gather(&part, t->s, row, t->parts->start[k + 1] - t->parts->start[k]));
    mi_status status = t->fn(t->arg, k, &part, row, &t->run);
    mi_sample_free(&part);
    return status;
}

/* At most: its rows, in double precision while they are worked with, and a dense matrix with its
 * eigenvectors. Infinite for features that are read from the file, by one thread. */
static double bytes_of_part(const mi_sample *s, const mi_batches *parts)
{
    double rows = 0, d = 0;
    for (mi_member_id m = 0; m < MI_MEMBERS; m++)
        if (s->column[m].x.source)
            return INFINITY;
    for (size_t k = 0; k < parts->count; k++)
        rows = fmax(rows, (double)(parts->start[k + 1] - parts->start[k]));
    for (mi_member_id m = 0; m < MI_MEMBERS; m++)
        d += s->column[m].is_real ? (double)s->column[m].d : 0;
    return rows * (16 * d + 32 * rows);
}

/* Parts that are large come one after the other, with all threads on each; so do all on several ranks
 * that are on each together. */
mi_status mi_each_part(const mi_sample *s, const mi_batches *parts, int are_apart,
                       const mi_run *run, mi_part_fn *fn, void *arg, mi_comm **comm)
{
    part_tasks t = {.s = s, .parts = parts, .fn = fn, .arg = arg};
    t.share = mi_share_out(run, parts->count);
    *comm = t.share.comm;
    size_t mine =
        parts->count > t.share.first ? (parts->count - t.share.first - 1) / t.share.step + 1 : 0;
    double bytes = are_apart && !t.share.run.comm ? bytes_of_part(s, parts) : INFINITY;
    return mi_parallel_large(&t.share.run, bytes, mine, one_part, &t, &t.run);
}

mi_status mi_groups_of_jackknife_check(size_t groups)
{
    if (groups < 2)
        return mi_fail(MI_EUSAGE, "%zu groups of the jackknife, wanted 2 or more", groups);
    return MI_OK;
}

mi_status mi_parts_left_out(mi_batches *out, const mi_groups *instance, size_t most, size_t period)
{
    size_t used = 0, cycle = period ? period : instance->g, count = cycle < most ? cycle : most;
    *out = (mi_batches){.count = count};
    if (instance->g < 3)
        return mi_fail(MI_EDATA, "a standard error needs 3 or more instances, found %zu",
                       instance->g);
    mi_status status = MI_NEW(out->start, count + 1);
    if (status == MI_OK)
        status = MI_NEW_RAW(out->row, count * instance->n);
    if (status != MI_OK) {
        mi_batches_free(out);
        return status;
    }
    for (size_t k = 0; k < count; k++) {
        for (size_t i = 0; i < instance->n; i++)
            if ((size_t)instance->code[i] % cycle % count != k)
                out->row[used++] = i;
        out->start[k + 1] = used;
    }
    return MI_OK;
}

/* ---- numbers ---- */

static int kind_of(double alpha)
{
    return alpha == 2 ? 0 : alpha <= MI_LEFT_OUT_ORDER ? 1 : 2;
}

size_t mi_orders_together(const double *alpha, size_t n_alpha)
{
    size_t n = 1;
    while (alpha[0] != 2 && n < n_alpha && kind_of(alpha[n]) == kind_of(alpha[0]))
        n++;
    return n;
}

int mi_numbers_have_influence(const mi_numbers *q, const mi_sample *s)
{
    if (!q->has_influence || q->alpha[0] == 2)
        return q->has_influence;
    return !q->permutations && s->instance.groups.g >= 3 &&
           mi_left_out_can(&s->instance.groups, q->alpha, q->n_alpha);
}

mi_se_by mi_influences_by(double alpha)
{
    return alpha == 2 ? MI_SE_INFLUENCE : MI_SE_JACKKNIFE;
}

double mi_error_with_route(double se, double half_width)
{
    return hypot(se, half_width / 1.96);
}

/* Of all parts, (parts, cells). */
typedef struct {
    double *value;
    const mi_numbers *numbers;
    size_t cells;
} part_numbers;

static mi_status numbers_of_part(void *arg, size_t k, mi_sample *part, const size_t *row,
                                 const mi_run *run)
{
    const part_numbers *p = arg;
    double *half_width;
    part->key = row;
    MI_TRY(MI_NEW(half_width, p->cells));
    mi_status status =
        p->numbers->of(p->numbers, p->value + k * p->cells, half_width, NULL, part, run);
    mi_free(half_width);
    return status;
}

mi_status mi_numbers_of_parts(double *value, const mi_numbers *q, const mi_sample *s,
                              const mi_batches *parts, const mi_run *run)
{
    part_numbers p = {.value = value, .numbers = q, .cells = q->n_alpha * q->count};
    mi_comm *comm;
    mi_status status = mi_each_part(s, parts, 1, run, numbers_of_part, &p, &comm);
    if (status == MI_OK)
        status = mi_comm_merge(comm, value, parts->count * p.cells * sizeof *value);
    return status;
}

mi_status mi_numbers_jackknife(double *se, double *degrees, const mi_numbers *q, const mi_sample *s,
                               size_t most_groups, size_t period, const mi_run *run)
{
    size_t cells = q->n_alpha * q->count;
    mi_batches left;
    double *value = NULL;
    MI_TRY(mi_parts_left_out(&left, &s->instance.groups, most_groups, period));
    mi_status status = MI_NEW(value, left.count * cells);
    if (status == MI_OK)
        status = mi_numbers_of_parts(value, q, s, &left, run);
    for (size_t c = 0; status == MI_OK && c < cells; c++) {
        mi_running m = {0};
        for (size_t k = 0; k < left.count; k++)
            mi_running_add(&m, value[k * cells + c]);
        se[c] = mi_running_error_by_jackknife(&m);
    }
    *degrees = (double)left.count - 1;
    mi_batches_free(&left);
    mi_free(value);
    return status;
}
