/* A sample of arrays that the caller has in memory. */
#include <string.h>

#include "libmi/data/rows.h"
#include "libmi/data/sample_build.h"

static mi_status check_array(const mi_array *a, mi_member_id m)
{
    const char *name = mi_member_name(m);
    if (a->type && a->type != MI_F32 && a->type != MI_F64)
        return mi_fail(MI_EUSAGE, "%s: type %d, wanted MI_F32 or MI_F64", name, (int)a->type);
    if (a->d < 1)
        return mi_fail(MI_EUSAGE, "%s: rows of 0 features, wanted 1 or more", name);
    if (a->ld && a->ld < a->d)
        return mi_fail(MI_EUSAGE, "%s: %zu elements from row to row, fewer than its %zu features",
                       name, a->ld, a->d);
    return MI_OK;
}

static mi_status check(const mi_arrays *in, const mi_sample_opts *o)
{
    const mi_array *real[] = {&in->z1, &in->z2, &in->target};
    if (in->n < 2)
        return mi_fail(MI_EUSAGE, "%zu rows, wanted 2 or more", in->n);
    for (mi_member_id m = MI_Z1; m <= MI_R; m++)
        if (real[m]->x)
            MI_TRY(check_array(real[m], m));
    if (in->r && in->target.x)
        return mi_fail(MI_EUSAGE, "both r and a real-valued target, wanted one of them");
    if ((o->r_kind == MI_R_ID || o->r_kind == MI_R_POSITIVE) && !in->r)
        return mi_fail(MI_EUSAGE, "R is to be '%s', which needs r", mi_r_kind_name(o->r_kind));
    if (o->r_kind == MI_R_TARGET && !in->target.x)
        return mi_fail(MI_EUSAGE, "R is to be 'target', which needs a real-valued target");
    if (o->r_kind == MI_R_POSITIVE && !in->z2.x)
        return mi_fail(MI_EUSAGE, "R is to be 'positive', which needs z2");
    return MI_OK;
}

static mi_status take_real(mi_sample *s, mi_member_id m, const mi_array *a, const mi_sample_opts *o)
{
    mi_column *c = &s->column[m];
    if (!a->x)
        return MI_OK;
    mi_mat x = a->type == MI_F64 ? mi_mat_view_f64(a->x, s->n, a->d, a->ld)
                                 : mi_mat_view(a->x, s->n, a->d, a->ld);
    size_t zero;
    MI_TRY(mi_name_member(mi_rows_look(&zero, &x), m));
    c->no_zero_rows = zero == 0;
    c->present = 1;
    c->d = a->d;
    c->kernel = mi_sample_real_kernel(o, m, a->d);
    if (c->kernel.kind == MI_KERNEL_DELTA)
        return mi_groups_of_rows(&c->groups, &x);
    c->is_real = c->borrows = 1;
    c->x = x;
    return MI_OK;
}

static mi_status take_symbols(mi_sample *s, mi_member_id m, const int64_t *symbol)
{
    s->column[m] = (mi_column){.present = 1, .d = 1, .kernel = {.kind = MI_KERNEL_DELTA}};
    return mi_groups_of_bytes(&s->column[m].groups, symbol, s->n, sizeof *symbol);
}

/* The instances, with their ids for messages; R itself where R is the id. */
static mi_status take_instances(mi_sample *s, const int64_t *id, const mi_sample_opts *o)
{
    mi_labels *l = &s->instance;
    MI_TRY(mi_groups_of_bytes(&l->groups, id, s->n, sizeof *id));
    s->has_instances = 1;
    l->d = 1;
    MI_TRY(MI_NEW(l->value, l->groups.g));
    for (size_t c = 0; c < l->groups.g; c++)
        l->value[c] = id[l->groups.first[c]];
    if (s->r_kind == MI_R_AUTO)
        s->r_kind = !o->instances_only && s->column[MI_Z2].present && mi_ids_mark_views(&l->groups)
                        ? MI_R_POSITIVE
                        : MI_R_ID;
    if (s->r_kind == MI_R_ID)
        return take_symbols(s, MI_R, id);
    s->column[MI_R] = (mi_column){.present = 1, .d = 1, .kernel = {.kind = MI_KERNEL_DELTA}};
    return MI_OK;
}

static mi_status take(mi_sample *s, const mi_arrays *in, const mi_sample_opts *o)
{
    s->n = in->n;
    s->r_kind = o->r_kind;
    if (s->r_kind == MI_R_AUTO && in->target.x)
        s->r_kind = MI_R_TARGET;
    MI_TRY(take_real(s, MI_Z1, &in->z1, o));
    MI_TRY(take_real(s, MI_Z2, &in->z2, o));
    MI_TRY(take_real(s, MI_R, &in->target, o));
    if (in->r)
        MI_TRY(take_instances(s, in->r, o));
    if (in->y)
        MI_TRY(take_symbols(s, MI_Y, in->y));
    if (in->w)
        MI_TRY(mi_sample_weigh(s, in->w));
    return mi_sample_finish(s, o);
}

mi_status mi_sample_of(mi_sample *out, const mi_arrays *in, const mi_sample_opts *o)
{
    mi_sample_opts defaults;
    mi_sample_opts_default(&defaults);
    if (!out || !in)
        return mi_fail(MI_EUSAGE, "mi_sample_of without %s", out ? "arrays" : "a sample");
    *out = (mi_sample){0};
    MI_TRY(mi_sample_opts_check(o ? o : &defaults));
    MI_TRY(check(in, o ? o : &defaults));
    mi_status status = take(out, in, o ? o : &defaults);
    if (status != MI_OK)
        mi_sample_free(out);
    return status;
}
