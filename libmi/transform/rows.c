/* Operations that choose rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/words.h"
#include "libmi/data/groups_internal.h"
#include "libmi/data/rows.h"
#include "libmi/transform/private.h"

/* ---- values that are listed ---- */

typedef struct {
    char *text;  /* the list, cut at its commas */
    char **item; /* (n) sorted */
    size_t n;
    unsigned char *found; /* (n) */
} listed;

static int compare_items(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_free(listed *l)
{
    mi_free(l->text);
    mi_free(l->item);
    mi_free(l->found);
}

static mi_status list_parse(listed *l, const char *text)
{
    *l = (listed){.n = 1};
    for (const char *c = text; *c; c++)
        l->n += *c == ',';
    MI_TRY(mi_strdup(&l->text, text));
    MI_TRY(MI_NEW(l->item, l->n));
    MI_TRY(MI_NEW(l->found, l->n));
    char *rest = l->text;
    for (size_t k = 0; k < l->n; k++)
        l->item[k] = strsep(&rest, ",");
    qsort(l->item, l->n, sizeof *l->item, compare_items);
    return MI_OK;
}

static int list_holds(listed *l, const char *name)
{
    char **item = bsearch(&name, l->item, l->n, sizeof *l->item, compare_items);
    if (!item)
        return 0;
    /* What is listed twice is found twice. */
    for (size_t k = 0; k < l->n; k++)
        l->found[k] |= strcmp(l->item[k], name) == 0;
    return 1;
}

/* ---- labels of the rows that are left ---- */

typedef struct {
    const mi_flow *flow;
    mi_labels all;
    mi_groups left; /* of the rows that are left */
} labelling;

static void labelling_free(labelling *l)
{
    mi_labels_free(&l->all);
    mi_groups_free(&l->left);
}

static mi_status labelling_read(labelling *l, const mi_flow *flow, mi_member_id m)
{
    *l = (labelling){.flow = flow};
    MI_TRY(mi_op_need(flow, m));
    MI_TRY(mi_features_read_labels(flow->f, flow->i, m, &l->all));
    mi_status status = mi_flow_groups(&l->left, flow, &l->all.groups);
    if (status != MI_OK)
        labelling_free(l);
    return status;
}

static const char *label_of(const labelling *l, size_t group, char *buffer, size_t bytes)
{
    size_t row = mi_flow_row(l->flow, l->left.first[group]);
    return mi_label_name(&l->all, (size_t)l->all.groups.code[row], buffer, bytes);
}

/* "no 7; there are 0, 1, 2, ... (10)" */
static mi_status no_such_label(const labelling *l, mi_member_id m, const char *item)
{
    enum { SHOWN = 12 };
    char text[1024] = "", name[64];
    size_t used = 0;
    for (size_t c = 0; c < l->left.g && c < SHOWN; c++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", c ? ", " : "",
                                 label_of(l, c, name, sizeof name));
    if (l->left.g > SHOWN)
        snprintf(text + used, sizeof text - used, ", ... (%zu in all)", l->left.g);
    return mi_fail(MI_EDATA, "no row has %s %s; there are %s", mi_member_name(m), item, text);
}

static mi_status mark_listed(const mi_op *op, mi_member_id m, const labelling *l, listed *list,
                             unsigned char *keep)
{
    unsigned char *wanted;
    char name[256];
    MI_TRY(MI_NEW(wanted, l->left.g));
    for (size_t c = 0; c < l->left.g; c++)
        wanted[c] = (unsigned char)(list_holds(list, label_of(l, c, name, sizeof name)) ^
                                    (op->kind == MI_OP_DROP_CLASS));
    mi_select_groups(keep, &l->left, wanted);
    mi_free(wanted);
    for (size_t k = 0; k < list->n; k++)
        if (!list->found[k])
            return mi_op_fail(no_such_label(l, m, list->item[k]), op, l->flow);
    return MI_OK;
}

static mi_status select_listed(const mi_op *op, mi_flow *flow, unsigned char *keep)
{
    mi_member_id m = op->kind == MI_OP_IDS ? MI_R : MI_Y;
    listed list = {0};
    labelling l;
    MI_TRY(labelling_read(&l, flow, m));
    mi_status status = list_parse(&list, op->text);
    if (status == MI_OK)
        status = mark_listed(op, m, &l, &list, keep);
    list_free(&list);
    labelling_free(&l);
    return status;
}

/* ---- random instances ---- */

/* The instances among the rows that are left: the ids in r, else every row is its own. */
static mi_status instances_of(mi_groups *out, const mi_flow *flow)
{
    const mi_member *r = &flow->set->member[MI_R];
    labelling l;
    if (!r->present || r->cls == MI_CLASS_FLOAT)
        return mi_groups_singletons(out, flow->n);
    MI_TRY(labelling_read(&l, flow, MI_R));
    *out = l.left;
    l.left = (mi_groups){0};
    labelling_free(&l);
    return MI_OK;
}

static mi_status select_sample(const mi_op *op, mi_flow *flow, unsigned long seed,
                               unsigned char *keep)
{
    mi_groups instance;
    MI_TRY(instances_of(&instance, flow));
    mi_status status = mi_select_instances(keep, &instance, op->k, seed);
    mi_groups_free(&instance);
    return status == MI_EDATA ? mi_op_fail(status, op, flow) : status;
}

static mi_status select_per_class(const mi_op *op, mi_flow *flow, unsigned long seed,
                                  unsigned char *keep)
{
    mi_groups instance;
    labelling y;
    size_t class = 0, has = 0;
    char name[256];
    MI_TRY(labelling_read(&y, flow, MI_Y));
    mi_status status = instances_of(&instance, flow);
    if (status == MI_OK) {
        status = mi_select_per_class(keep, &instance, &y.left, op->k, seed, &class, &has);
        mi_groups_free(&instance);
        if (status == MI_EDATA)
            status = mi_op_fail(
                mi_fail(status, "class %s has %zu instance%s; try " MI_OPTION "per-class %zu",
                        label_of(&y, class, name, sizeof name), has, has == 1 ? "" : "s", has),
                op, flow);
    }
    labelling_free(&y);
    return status;
}

/* ---- finite rows ---- */

typedef struct {
    unsigned char *keep;
    unsigned char *bad; /* (room) */
    size_t room, row;
} finite;

static mi_status mark_finite(void *arg, double *x, size_t n, size_t d)
{
    finite *f = arg;
    mi_mat block = {.n = n, .d = d, .ld = d, .type = MI_F64, .x = x};
    size_t first;
    if (n > f->room) {
        MI_TRY(mi_realloc(&f->bad, n, 1));
        f->room = n;
    }
    mi_rows_find(&block, MI_ROWS_NOT_FINITE, &first, f->bad);
    for (size_t k = 0; k < n; k++)
        f->keep[f->row + k] &= !f->bad[k];
    f->row += n;
    return MI_OK;
}

/* Features and targets; labels and ids where some elements stand for no value. */
static int may_be_nonfinite(const mi_member *member, mi_member_id m)
{
    int is_float = member->cls == MI_CLASS_FLOAT;
    return member->present && m != MI_SPLIT &&
           ((is_float && m <= MI_R) ||
            (member->n_missing && (is_float || member->cls == MI_CLASS_INTEGER)));
}

static mi_status select_finite(mi_flow *flow, unsigned char *keep)
{
    finite f = {.keep = keep};
    mi_status status = MI_OK;
    memset(keep, 1, flow->n);
    for (mi_member_id m = MI_Z1; m < MI_MEMBERS && status == MI_OK; m++) {
        f.row = 0;
        if (may_be_nonfinite(&flow->set->member[m], m))
            status = mi_flow_each(flow, m, mark_finite, &f);
    }
    mi_free(f.bad);
    return status;
}

/* ---- any of them ---- */

static mi_status mark(const mi_op *op, mi_flow *flow, unsigned long seed, unsigned char *keep)
{
    switch (op->kind) {
    case MI_OP_ROWS:
        mi_select_range(keep, flow->n, &op->range);
        return MI_OK;
    case MI_OP_PER_CLASS:
        return select_per_class(op, flow, seed, keep);
    case MI_OP_SUBSAMPLE:
        return select_sample(op, flow, seed, keep);
    case MI_OP_DROP_NONFINITE:
        return select_finite(flow, keep);
    default:
        return select_listed(op, flow, keep);
    }
}

mi_status mi_op_select(const mi_op *op, mi_flow *flow, unsigned long seed)
{
    unsigned char *keep;
    MI_TRY(MI_NEW(keep, flow->n));
    mi_status status = mark(op, flow, seed, keep);
    if (status == MI_OK && !memchr(keep, 1, flow->n))
        status = mi_op_fail(mi_fail(MI_EDATA, "leaves none of %zu rows", flow->n), op, flow);
    if (status == MI_OK)
        status = mi_flow_keep(flow, keep);
    mi_free(keep);
    return status;
}
