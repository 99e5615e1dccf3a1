/* Sets into a file.
 *
 * A set's own members are written, and its maps dropped, before the next set is fitted. What sets
 * inherit waits until all rows are chosen: only then is it known whether it can stay at the
 * ancestor. */
#include <string.h>

#include "libmi/base/want.h"
#include "libmi/transform/private.h"

typedef struct {
    const mi_transform *t;
    mi_features *f;
    mi_writer *w;
    mi_flow *flow;     /* (n) */
    unsigned *written; /* (n) members, as bits */
    size_t n;
} job;

/* ---- a member ---- */

static mi_layout layout_of(const job *j, const mi_flow *flow, mi_member_id m)
{
    const mi_flow_member *now = &flow->member[m];
    int is_feature = m <= MI_Z2 && flow->set->member[m].cls == MI_CLASS_FLOAT;
    mi_layout l = {.n = flow->n, .axes = now->axes};
    l.store = is_feature ? j->t->store : MI_STORE_SAME;
    memcpy(l.axis, now->axis, sizeof l.axis);
    return l;
}

static mi_status put_block(void *arg, double *x, size_t n, size_t d)
{
    (void)d;
    return mi_sink_reals(arg, x, n);
}

static mi_status write_member(const job *j, mi_flow *flow, mi_member_id m, const char *group)
{
    mi_layout layout = layout_of(j, flow, m);
    mi_sink *sink;
    int as_stored = flow->member[m].n_maps == 0 && layout.store == MI_STORE_SAME;
    layout.holds_values = !as_stored;
    MI_TRY(mi_writer_member_like(&sink, j->w, group, flow->f, flow->i, m, &layout));
    mi_status status = as_stored ? mi_sink_copy(sink, flow->f, flow->i, m, flow->row, flow->n)
                                 : mi_flow_each(flow, m, put_block, sink);
    mi_sink_free(sink);
    return status;
}

/* ---- a set ---- */

/* Does a member wait because it might stay at the ancestor it is inherited from? One that was
 * mapped by what was fitted on this set's rows may not. */
static int waits(const mi_flow *flow, mi_member_id m)
{
    const mi_member *member = &flow->set->member[m];
    if (!member->present || strcmp(member->group, flow->set->group) == 0)
        return 0;
    for (size_t k = 0; k < flow->member[m].n_maps; k++)
        if (flow->member[m].map[k].fitted && !flow->member[m].map[k].borrowed)
            return 0;
    return 1;
}

static mi_status write_attributes(const job *j, const mi_flow *flow)
{
    MI_TRY(mi_writer_attributes(j->w, j->f, flow->i));
    for (size_t k = 0; k < j->t->n; k++)
        if (j->t->op[k].kind == MI_OP_FSQ)
            MI_TRY(
                mi_writer_integer(j->w, flow->set->group, "fsq_levels", (long long)j->t->op[k].k));
    return MI_OK;
}

static int is_written(const job *j, size_t i, mi_member_id m)
{
    return (j->written[i] & 1u << m) != 0;
}

static mi_status write_set(const job *j, size_t i)
{
    mi_flow *flow = &j->flow[i];
    MI_TRY(write_attributes(j, flow));
    for (int m = 0; m < MI_MEMBERS; m++) {
        if (!flow->set->member[m].present || waits(flow, (mi_member_id)m))
            continue;
        MI_TRY(write_member(j, flow, (mi_member_id)m, flow->set->group));
        mi_flow_drop_maps(flow, (mi_member_id)m);
        j->written[i] |= 1u << m;
    }
    return MI_OK;
}

/* ---- what is inherited ---- */

static int same_source(const mi_flow *a, const mi_flow *b, mi_member_id m)
{
    const mi_member *x = &a->set->member[m], *y = &b->set->member[m];
    return x->present && y->present && strcmp(x->path, y->path) == 0;
}

static int same_rows(const mi_flow *a, const mi_flow *b)
{
    if (a->n != b->n || !a->row != !b->row)
        return 0;
    return !a->row || memcmp(a->row, b->row, a->n * sizeof *a->row) == 0;
}

static int is_first(const job *j, size_t i, mi_member_id m)
{
    for (size_t k = 0; k < i; k++)
        if (same_source(&j->flow[k], &j->flow[i], m))
            return 0;
    return 1;
}

/* One dataset at the ancestor, unless the set that it belongs to has written it. */
static mi_status write_shared(const job *j, size_t i, mi_member_id m)
{
    for (size_t k = i; k < j->n; k++)
        if (same_source(&j->flow[k], &j->flow[i], m) && is_written(j, k, m))
            return MI_OK;
    return write_member(j, &j->flow[i], m, j->flow[i].set->member[m].group);
}

/* All sets that have member m from where set i, the first of them, has it. */
static mi_status write_family(const job *j, size_t i, mi_member_id m)
{
    int shared = 1;
    for (size_t k = i; k < j->n; k++)
        if (same_source(&j->flow[k], &j->flow[i], m))
            shared &= same_rows(&j->flow[k], &j->flow[i]);
    if (shared)
        return write_shared(j, i, m);
    for (size_t k = i; k < j->n; k++)
        if (same_source(&j->flow[k], &j->flow[i], m) && !is_written(j, k, m))
            MI_TRY(write_member(j, &j->flow[k], m, j->flow[k].set->group));
    return MI_OK;
}

static mi_status write_inherited(const job *j)
{
    for (int m = 0; m < MI_MEMBERS; m++)
        for (size_t i = 0; i < j->n; i++)
            if (j->flow[i].set->member[m].present && is_first(j, i, (mi_member_id)m))
                MI_TRY(write_family(j, i, (mi_member_id)m));
    return MI_OK;
}

/* ---- a file ---- */

static mi_status write_all(job *j)
{
    for (; j->n < mi_features_count(j->f); j->n++) {
        mi_flow *flow = &j->flow[j->n];
        MI_TRY(mi_flow_open(flow, j->f, j->n));
        MI_TRY(mi_transform_apply(j->t, flow));
        MI_TRY(write_set(j, j->n));
    }
    return write_inherited(j);
}

mi_status mi_transform_write(const mi_transform *t, mi_features *f, mi_writer *w)
{
    MI_WANT(t && f && w, "mi_transform_write without operations, features or a writer");
    MI_WANT((unsigned)t->store <= MI_STORE_I64, "features stored as %d, wanted one of mi_store",
            (int)t->store);
    job j = {.t = t, .f = f, .w = w};
    size_t n = mi_features_count(f);
    mi_status status;
    MI_TRY_GOTO(status, MI_NEW(j.flow, n), done);
    MI_TRY_GOTO(status, MI_NEW(j.written, n), done);
    status = write_all(&j);
    for (size_t i = 0; i < n; i++)
        mi_flow_free(&j.flow[i]);
done:
    mi_free(j.written);
    mi_free(j.flow);
    return status;
}
