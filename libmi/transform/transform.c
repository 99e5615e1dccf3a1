/* The list of operations: names, arguments, the order they stand in; the table is the language. */
#include "libmi/transform/transform.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/words.h"
#include "libmi/transform/private.h"

typedef mi_status parse_fn(mi_op *op, const char *text);

static parse_fn parse_nothing, parse_rows, parse_list, parse_count, parse_members, parse_sized,
    parse_sized_or_all;

static const struct {
    const char *name;
    parse_fn *parse;
    size_t least; /* of k */
} ops[MI_OPS] = {
    [MI_OP_ROWS] = {"rows", parse_rows, 0},
    [MI_OP_IDS] = {"ids", parse_list, 0},
    [MI_OP_CLASS] = {"class", parse_list, 0},
    [MI_OP_DROP_CLASS] = {"drop-class", parse_list, 0},
    [MI_OP_PER_CLASS] = {"per-class", parse_count, 1},
    [MI_OP_SUBSAMPLE] = {"subsample", parse_count, 1},
    [MI_OP_DROP_NONFINITE] = {"drop-nonfinite", parse_nothing, 0},
    [MI_OP_POOL] = {"pool", parse_members, 0},
    [MI_OP_CENTER] = {"center", parse_members, 0},
    [MI_OP_L2] = {"l2", parse_members, 0},
    [MI_OP_STANDARDIZE] = {"standardize", parse_members, 0},
    [MI_OP_PCA] = {"pca", parse_sized, 1},
    [MI_OP_WHITEN] = {"whiten", parse_sized_or_all, 1},
    [MI_OP_FSQ] = {"fsq", parse_sized, 2},
    [MI_OP_TOPK] = {"topk", parse_sized, 1},
};

const char *mi_op_name(mi_op_kind kind)
{
    return (unsigned)kind < MI_OPS ? ops[kind].name : "?";
}

/* ---- arguments ---- */

static mi_status parse_nothing(mi_op *op, const char *text)
{
    (void)op, (void)text;
    return MI_OK;
}

static mi_status parse_rows(mi_op *op, const char *text)
{
    return mi_range_parse(&op->range, text);
}

static mi_status parse_list(mi_op *op, const char *text)
{
    (void)op; /* what the values are is known with the labels */
    if (!*text || *text == ',' || strstr(text, ",,") || text[strlen(text) - 1] == ',')
        return mi_fail(MI_EUSAGE, "an empty value, wanted a list such as 3,5");
    return MI_OK;
}

static mi_status parse_count(mi_op *op, const char *text)
{
    char *end;
    size_t least = ops[op->kind].least;
    errno = 0;
    unsigned long long k = strtoull(text, &end, 10);
    if (end == text || *end || errno || text[0] == '-' || k > SIZE_MAX / 2)
        return mi_fail(MI_EUSAGE, "'%s' is no number, wanted a whole one of %zu or more", text,
                       least);
    if (k < least)
        return mi_fail(MI_EUSAGE, "the number is %llu, wanted %zu or more", k, least);
    op->k = (size_t)k;
    return MI_OK;
}

/* The variables in the first `length` characters. */
static mi_status parse_names(mi_op *op, const char *text, size_t length)
{
    for (size_t at = 0; at <= length;) {
        size_t n = strcspn(text + at, ",:");
        if (n == 2 && strncmp(text + at, "z1", 2) == 0)
            op->members |= 1u << MI_Z1;
        else if (n == 2 && strncmp(text + at, "z2", 2) == 0)
            op->members |= 1u << MI_Z2;
        else
            return mi_fail(MI_EUSAGE, "'%.*s' is no variable, wanted z1, z2 or z1,z2", (int)n,
                           text + at);
        at += n + 1;
    }
    return MI_OK;
}

static mi_status parse_members(mi_op *op, const char *text)
{
    MI_TRY(parse_names(op, text, strcspn(text, ":")));
    if (strchr(text, ':'))
        return mi_fail(MI_EUSAGE, "takes no number, wanted variables alone, such as z1");
    return MI_OK;
}

static mi_status parse_sized_or_all(mi_op *op, const char *text)
{
    size_t length = strcspn(text, ":");
    MI_TRY(parse_names(op, text, length));
    return text[length] ? parse_count(op, text + length + 1) : MI_OK;
}

static mi_status parse_sized(mi_op *op, const char *text)
{
    if (!strchr(text, ':'))
        return mi_fail(MI_EUSAGE,
                       "no number, wanted one of %zu or more after a colon, such as z1:8",
                       ops[op->kind].least);
    return parse_sized_or_all(op, text);
}

/* ---- the list ---- */

void mi_transform_default(mi_transform *t)
{
    *t = (mi_transform){.seed = 1, .store = MI_STORE_SAME};
}

mi_status mi_transform_add(mi_transform *t, mi_op_kind kind, const char *text)
{
    mi_op op = {.kind = kind};
    MI_TRY(ops[kind].parse(&op, text ? text : ""));
    MI_TRY(mi_realloc(&t->op, t->n + 1, sizeof *t->op));
    MI_TRY(mi_strdup(&op.text, text ? text : ""));
    t->op[t->n++] = op;
    return MI_OK;
}

/* ---- in order ---- */

mi_status mi_op_fail(mi_status status, const mi_op *op, const mi_flow *flow)
{
    return mi_fail_in(status, "%s:%s: " MI_OPTION "%s%s%s", flow->set->file, flow->set->group,
                      mi_op_name(op->kind), *op->text ? " " : "", op->text);
}

mi_status mi_op_need(const mi_flow *flow, mi_member_id m)
{
    if (flow->set->member[m].present)
        return MI_OK;
    return mi_features_check(flow->f, flow->i, 1u << m, 0);
}

mi_status mi_transform_apply(const mi_transform *t, mi_flow *flow)
{
    for (size_t k = 0; k < t->n; k++) {
        if (t->op[k].kind < MI_OP_POOL)
            MI_TRY(mi_op_select(&t->op[k], flow, t->seed));
        else
            MI_TRY(mi_op_map(&t->op[k], flow, t->fit));
    }
    return MI_OK;
}

static void free_fit(mi_transform *t)
{
    if (t->fit)
        mi_flow_free(t->fit);
    mi_free(t->fit);
    t->fit = NULL;
}

static mi_status fit_on(const mi_transform *t, mi_flow *fit)
{
    for (size_t k = 0; k < t->n; k++) {
        if (t->op[k].kind == MI_OP_DROP_NONFINITE)
            MI_TRY(mi_op_select(&t->op[k], fit, t->seed));
        else if (t->op[k].kind >= MI_OP_POOL)
            MI_TRY(mi_op_map(&t->op[k], fit, NULL));
    }
    return MI_OK;
}

mi_status mi_transform_fit(mi_transform *t, mi_features *f, size_t i)
{
    free_fit(t);
    MI_TRY(MI_NEW(t->fit, 1));
    mi_status status = mi_flow_open(t->fit, f, i);
    if (status == MI_OK)
        status = fit_on(t, t->fit);
    if (status != MI_OK)
        free_fit(t);
    return status;
}

void mi_transform_free(mi_transform *t)
{
    free_fit(t);
    for (size_t k = 0; k < t->n; k++)
        mi_free(t->op[k].text);
    mi_free(t->op);
    t->op = NULL;
    t->n = 0;
}
