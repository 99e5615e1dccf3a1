/* Operations that map rows. */
#include "libmi/base/words.h"
#include "libmi/data/rows.h"
#include "libmi/transform/private.h"

/* ---- means and covariances of a member as it is now ---- */

typedef struct {
    const mi_op *op;
    const mi_flow *flow;
    mi_scatter *scatter;
} fitting;

static mi_status fit_block(void *arg, double *x, size_t n, size_t d)
{
    fitting *f = arg;
    mi_mat block = {.n = n, .d = d, .ld = d, .type = MI_F64, .x = x};
    size_t first;
    if (mi_rows_find(&block, MI_ROWS_NOT_FINITE, &first, NULL))
        return mi_fail(MI_EDATA,
                       "row %zu has NaN or infinity, wanted finite numbers; put " MI_OPTION
                       "drop-nonfinite before " MI_OPTION "%s",
                       mi_flow_row(f->flow, f->scatter->n + first), mi_op_name(f->op->kind));
    mi_scatter_add(f->scatter, x, n);
    return MI_OK;
}

static mi_status make_fitted(mi_map *out, const mi_op *op, mi_scatter *s)
{
    switch (op->kind) {
    case MI_OP_CENTER:
        return mi_map_center(out, s);
    case MI_OP_STANDARDIZE:
        return mi_map_standardize(out, s);
    case MI_OP_PCA:
        return mi_map_pca(out, s, op->k);
    default:
        return mi_map_whiten(out, s, op->k);
    }
}

static mi_status place(mi_status status, const mi_op *op, const mi_flow *flow, mi_member_id m)
{
    if (status != MI_OK)
        mi_op_fail(mi_fail_in(status, "%s", mi_member_name(m)), op, flow);
    return status;
}

static mi_status fit_map(mi_map *out, const mi_op *op, mi_flow *flow, mi_member_id m)
{
    mi_scatter s;
    fitting f = {.op = op, .flow = flow, .scatter = &s};
    int products = op->kind == MI_OP_PCA || op->kind == MI_OP_WHITEN;
    if (op->k > flow->member[m].d) /* before the work of finding that out */
        return place(mi_fail(MI_EDATA, "%zu components of %zu columns, wanted 1 to %zu", op->k,
                             flow->member[m].d, flow->member[m].d),
                     op, flow, m);
    mi_status status = mi_scatter_alloc(&s, flow->member[m].d, products);
    if (status != MI_OK)
        return place(status, op, flow, m);
    status = mi_flow_each(flow, m, fit_block, &f);
    if (status == MI_OK)
        status = place(make_fitted(out, op, &s), op, flow, m);
    mi_scatter_free(&s);
    return status;
}

/* ---- maps that need no data ---- */

static mi_status make_pool(mi_map *out, const mi_flow_member *now)
{
    if (now->axes < 2)
        return mi_fail(MI_EDATA, "%zu columns on one axis, wanted two trailing axes or more",
                       now->d);
    mi_map_pool(out, now->d, now->d / (size_t)now->axis[0]);
    return MI_OK;
}

static mi_status make_plain(mi_map *out, const mi_op *op, const mi_flow_member *now)
{
    switch (op->kind) {
    case MI_OP_POOL:
        return make_pool(out, now);
    case MI_OP_FSQ:
        return mi_map_fsq(out, now->d, op->k);
    case MI_OP_TOPK:
        return mi_map_topk(out, now->d, op->k);
    default:
        mi_map_unit(out, now->d);
        return MI_OK;
    }
}

/* ---- any of them ---- */

static int is_fitted(const mi_op *op)
{
    return op->kind == MI_OP_CENTER || op->kind == MI_OP_STANDARDIZE || op->kind == MI_OP_PCA ||
           op->kind == MI_OP_WHITEN;
}

/* The map that the set to fit on has at this point. */
static mi_status borrow(mi_flow_map *out, const mi_flow *flow, const mi_flow *fit, mi_member_id m)
{
    out->map = fit->member[m].map[flow->member[m].n_maps].map;
    out->borrowed = 1;
    if (out->map.d_in != flow->member[m].d)
        return mi_fail(MI_EDATA, "%zu columns, wanted %zu as in %s:%s", flow->member[m].d,
                       out->map.d_in, fit->set->file, fit->set->group);
    return MI_OK;
}

static mi_status map_member(const mi_op *op, mi_flow *flow, const mi_flow *fit, mi_member_id m)
{
    const mi_member *stored = &flow->set->member[m];
    mi_flow_map map = {.fitted = is_fitted(op)};
    MI_TRY(mi_op_need(flow, m));
    if (stored->cls != MI_CLASS_FLOAT)
        return place(mi_fail(MI_EDATA, "%s: whole rows are symbols, wanted floats", stored->type),
                     op, flow, m);
    if (fit)
        MI_TRY(place(borrow(&map, flow, fit, m), op, flow, m));
    else if (map.fitted)
        MI_TRY(fit_map(&map.map, op, flow, m));
    else
        MI_TRY(place(make_plain(&map.map, op, &flow->member[m]), op, flow, m));
    return mi_flow_push(flow, m, map);
}

mi_status mi_op_map(const mi_op *op, mi_flow *flow, const mi_flow *fit)
{
    for (mi_member_id m = MI_Z1; m <= MI_Z2; m++)
        if (op->members & 1u << m)
            MI_TRY(map_member(op, flow, fit, m));
    return MI_OK;
}
