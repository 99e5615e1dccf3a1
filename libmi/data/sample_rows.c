/* Rows of a sample: some of them, without those that are all zero, each with its next view. */
#include <math.h>
#include <string.h>

#include "libmi/base/want.h"
#include "libmi/data/gram_rows.h"
#include "libmi/data/groups_internal.h"
#include "libmi/data/kernel_internal.h"
#include "libmi/data/mat_internal.h"
#include "libmi/data/rows.h"
#include "libmi/data/sample_build.h"

/* ---- some rows ---- */

size_t mi_sample_share(size_t memory_bytes)
{
    return memory_bytes / 4 * 3;
}

/* Bytes of the real features, for each row. */
static size_t row_bytes(const mi_sample *s)
{
    size_t bytes = 0;
    for (int m = 0; m < MI_MEMBERS; m++)
        if (s->column[m].is_real)
            bytes += s->column[m].d * s->column[m].x.type;
    return bytes;
}

static mi_status keep_origin(mi_column *out, const mi_column *c, const size_t *row)
{
    MI_TRY(MI_NEW_RAW(out->origin, out->groups.g));
    for (size_t g = 0; g < out->groups.g; g++) {
        int32_t old = c->groups.code[row[out->groups.first[g]]];
        out->origin[g] = c->origin ? c->origin[old] : old;
    }
    return MI_OK;
}

/* stays: rows that are in the file may be left there. */
static mi_status gather_column(mi_column *out, const mi_column *c, const size_t *row, size_t n,
                               int stays)
{
    *out = *c;
    out->x = (mi_mat){0};
    out->groups = (mi_groups){0};
    out->origin = NULL;
    out->borrows = 0;
    if (!c->present)
        return MI_OK;
    if (c->is_real)
        return stays ? mi_mat_pick(&out->x, &c->x, row, n) : mi_mat_gather(&out->x, &c->x, row, n);
    if (!c->groups.n)
        return MI_OK;
    MI_TRY(mi_groups_gather(&out->groups, &c->groups, row, n));
    return keep_origin(out, c, row);
}

mi_status mi_sample_no_weights(const mi_sample *s, const char *what)
{
    return s->weight ? mi_fail(MI_EUSAGE, "%s does not take weights of rows", what) : MI_OK;
}

mi_status mi_sample_weigh(mi_sample *s, const double *w)
{
    double sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (!(w[i] > 0 && w[i] < INFINITY))
            return mi_fail(MI_EDATA, "w: row %zu is %g, wanted a weight above 0", i, w[i]);
        sum += w[i] / (double)s->n;
    }
    if (!(sum > 0 && sum < INFINITY))
        return mi_fail(MI_EDATA,
                       "w: the weights have the mean %g, wanted a number of double "
                       "precision",
                       sum);
    MI_TRY(MI_NEW_RAW(s->weight, s->n));
    for (size_t i = 0; i < s->n; i++)
        s->weight[i] = w[i] / sum;
    return MI_OK;
}

static mi_status gather_weights(mi_sample *out, const mi_sample *s, const size_t *row)
{
    double *w;
    MI_TRY(MI_NEW_RAW(w, out->n));
    for (size_t i = 0; i < out->n; i++)
        w[i] = s->weight[row[i]];
    mi_status status = mi_sample_weigh(out, w);
    mi_free(w);
    return status;
}

mi_status mi_sample_gather(mi_sample *out, const mi_sample *s, const size_t *row, size_t n)
{
    mi_status status = MI_OK;
    int stays = s->memory_bytes && n * row_bytes(s) > mi_sample_share(s->memory_bytes);
    *out = (mi_sample){.n = n, .r_kind = s->r_kind, .has_instances = s->has_instances};
    out->memory_bytes = stays ? s->memory_bytes : 0;
    for (int m = 0; status == MI_OK && m < MI_MEMBERS; m++)
        status = gather_column(&out->column[m], &s->column[m], row, n, stays);
    if (status == MI_OK && s->instance.groups.n)
        status = mi_groups_gather(&out->instance.groups, &s->instance.groups, row, n);
    if (status == MI_OK && s->weight)
        status = gather_weights(out, s, row);
    if (status != MI_OK)
        mi_sample_free(out);
    return status;
}

size_t mi_sample_class_as_read(const mi_sample *s, size_t c)
{
    const mi_column *y = s ? &s->column[MI_Y] : NULL;
    return y && y->origin && c < y->groups.g ? (size_t)y->origin[c] : c;
}

mi_status mi_sample_class(mi_sample *out, const mi_sample *s, size_t c)
{
    return mi_sample_class_of(out, s, s, c);
}

mi_status mi_sample_class_of(mi_sample *out, const mi_sample *other, const mi_sample *s, size_t c)
{
    mi_group_rows list;
    MI_WANT(out && s && other, "the sample of a class without a sample or a place to put it");
    *out = (mi_sample){0};
    MI_WANT(other->n == s->n, "the class of %zu rows in a sample of %zu", s->n, other->n);
    const mi_groups *y = &s->column[MI_Y].groups;
    MI_WANT(s->column[MI_Y].present, "the sample of a class of a sample without y");
    MI_WANT(c < y->g, "class %zu of %zu", c, y->g);
    MI_TRY(mi_groups_list(&list, y));
    mi_status status = mi_sample_gather(out, other, list.member + list.start[c], y->count[c]);
    mi_group_rows_free(&list);
    return status;
}

/* ---- without zero rows ---- */

/* The names of instances that are left, in their new order. */
static mi_status keep_names(mi_sample *kept, const mi_sample *s, const size_t *row)
{
    const mi_groups *g = &kept->instance.groups;
    mi_labels *to = &kept->instance;
    const mi_labels *from = &s->instance;
    to->d = from->d;
    to->is_text = from->is_text;
    to->is_unsigned = from->is_unsigned;
    if (from->value)
        MI_TRY(MI_NEW(to->value, g->g));
    if (from->text)
        MI_TRY(MI_NEW(to->text, g->g));
    for (size_t c = 0; c < g->g; c++) {
        int32_t old = from->groups.code[row[g->first[c]]];
        if (from->value)
            to->value[c] = from->value[old];
        if (from->text)
            MI_TRY(mi_strdup(&to->text[c], from->text[old]));
    }
    return MI_OK;
}

static mi_status keep_rows(mi_sample *s, const size_t *row, size_t n)
{
    mi_sample kept;
    size_t dropped = s->n - n;
    MI_TRY(mi_sample_gather(&kept, s, row, n));
    mi_status status = keep_names(&kept, s, row);
    if (status != MI_OK) {
        mi_sample_free(&kept);
        return status;
    }
    mi_sample_free(s);
    *s = kept;
    s->dropped = dropped;
    return MI_OK;
}

/* Zero rows matter where a cosine is taken; most features were seen to have none as they were read. */
static int may_have_zero_rows(const mi_column *c)
{
    return c->is_real && mi_kernel_is_of_cosine(c->kernel.kind) && !c->no_zero_rows;
}

/* bad (n): 1 for rows that are all zero in a variable with a linear kernel. */
static mi_status mark_zero_rows(unsigned char *bad, const mi_sample *s)
{
    unsigned char *zero;
    size_t first, found;
    mi_status status = MI_OK;
    MI_TRY(MI_NEW(zero, s->n));
    for (int m = 0; status == MI_OK && m < MI_MEMBERS; m++) {
        const mi_column *c = &s->column[m];
        if (!may_have_zero_rows(c))
            continue;
        status = mi_rows_mark(&found, &c->x, MI_ROWS_ALL_ZERO, &first, zero);
        for (size_t i = 0; status == MI_OK && i < s->n; i++)
            bad[i] |= zero[i];
    }
    mi_free(zero);
    return status;
}

/* Rows whose other views are all bad have no positive. An instance that had one row from the start
 * is left, to be refused. */
static mi_status mark_lone_views(unsigned char *bad, const mi_groups *instance)
{
    size_t *left;
    MI_TRY(MI_NEW(left, instance->g));
    for (size_t i = 0; i < instance->n; i++)
        left[instance->code[i]] += !bad[i];
    for (size_t i = 0; i < instance->n; i++)
        bad[i] |= left[instance->code[i]] == 1 && instance->count[instance->code[i]] > 1;
    mi_free(left);
    return MI_OK;
}

static mi_status drop_zero_rows(mi_sample *s)
{
    unsigned char *bad = NULL;
    size_t *row = NULL, kept = 0;
    mi_status status;
    MI_TRY_GOTO(status, MI_NEW(bad, s->n), done);
    MI_TRY_GOTO(status, MI_NEW(row, s->n), done);
    MI_TRY_GOTO(status, mark_zero_rows(bad, s), done);
    if (s->r_kind == MI_R_POSITIVE && s->has_instances)
        MI_TRY_GOTO(status, mark_lone_views(bad, &s->instance.groups), done);
    for (size_t i = 0; i < s->n; i++)
        if (!bad[i])
            row[kept++] = i;
    if (kept < 2)
        status = mi_fail(MI_EDATA,
                         "%zu of %zu rows are left after zero rows are dropped, wanted 2 or more",
                         kept, s->n);
    else if (kept < s->n)
        status = keep_rows(s, row, kept);
done:
    mi_free(bad);
    mi_free(row);
    return status;
}

/* ---- views ---- */

int mi_ids_mark_views(const mi_groups *instance)
{
    enum { MOST_VIEWS = 16 };
    for (size_t c = 0; c < instance->g; c++)
        if (instance->count[c] < 2 || instance->count[c] > MOST_VIEWS)
            return 0;
    return instance->g > 0;
}

mi_status mi_sample_check_views(const mi_sample *s, const char *what)
{
    const mi_groups *g = &s->instance.groups;
    char name[64];
    if (!s->has_instances)
        return mi_fail(MI_EDATA,
                       "%s needs instance ids, there is no integer r; write one number an "
                       "instance, shared by its views, as r",
                       what);
    for (size_t c = 0; c < g->g; c++)
        if (g->count[c] < 2)
            return mi_fail(MI_EDATA,
                           "%s needs two or more views of every instance, id %s (row %zu) has one",
                           what, mi_label_name(&s->instance, c, name, sizeof name), g->first[c]);
    return MI_OK;
}

mi_status mi_next_views(size_t *next, const mi_groups *instance)
{
    mi_group_rows list;
    MI_TRY(mi_groups_list(&list, instance));
    for (size_t c = 0; c < list.g; c++) {
        size_t start = list.start[c], end = list.start[c + 1];
        for (size_t k = start; k < end; k++)
            next[list.member[k]] = list.member[k + 1 < end ? k + 1 : start];
    }
    mi_group_rows_free(&list);
    return MI_OK;
}

static mi_status build_positive(mi_sample *s)
{
    size_t *next;
    if (!s->column[MI_Z2].present)
        return mi_fail(MI_EDATA, "R = positive needs z2, there is none");
    MI_TRY(mi_sample_check_views(s, "R = positive"));
    MI_TRY(MI_NEW(next, s->n));
    mi_status status = mi_next_views(next, &s->instance.groups);
    if (status == MI_OK)
        status =
            gather_column(&s->column[MI_R], &s->column[MI_Z2], next, s->n, s->memory_bytes > 0);
    mi_free(next);
    return status;
}

/* ---- the last steps ---- */

/* Columns that hold a precomputed kernel get rows that have these inner products. */
static mi_status find_rows_of_grams(mi_sample *s)
{
    for (mi_member_id m = MI_Z1; m <= MI_R; m++) {
        mi_column *c = &s->column[m];
        mi_mat rows;
        if (!c->is_real || c->kernel.kind != MI_KERNEL_PRECOMPUTED)
            continue;
        MI_TRY(mi_name_member(mi_rows_of_gram(&rows, &c->x), m));
        if (!c->borrows)
            mi_mat_free(&c->x);
        c->x = rows;
        c->borrows = c->no_zero_rows = 0;
    }
    return MI_OK;
}

static mi_status resolve_bandwidths(mi_sample *s, unsigned long seed)
{
    for (mi_member_id m = MI_Z1; m <= MI_R; m++) {
        mi_column *c = &s->column[m];
        if (c->is_real)
            MI_TRY(mi_name_member(mi_kernel_resolve(&c->kernel, &c->x, seed), m));
    }
    return MI_OK;
}

/* Values that are not finite were refused as they were taken in. */
static mi_status check_zero_rows(const mi_sample *s)
{
    for (mi_member_id m = MI_Z1; m <= MI_R; m++) {
        const mi_column *c = &s->column[m];
        if (may_have_zero_rows(c))
            MI_TRY(mi_name_member(mi_rows_check(&c->x, MI_ROWS_ALL_ZERO), m));
    }
    return MI_OK;
}

mi_status mi_sample_finish(mi_sample *s, const mi_sample_opts *o)
{
    MI_TRY(find_rows_of_grams(s));
    MI_TRY(o->drop_zero_rows ? drop_zero_rows(s) : check_zero_rows(s));
    MI_TRY(resolve_bandwidths(s, o->seed));
    if (s->r_kind == MI_R_POSITIVE && !o->instances_only)
        MI_TRY(build_positive(s));
    return s->has_instances ? MI_OK : mi_groups_singletons(&s->instance.groups, s->n);
}
