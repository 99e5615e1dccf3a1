/* Rows with weights p_i that add up to 1: entropies of the weighted density
 *
 *     A = diag(p)^1/2 K diag(p)^1/2,   K = K_1 o K_2 o ...,   tr A = sum p_i K_ii = 1,
 *
 * the mixture sum_i p_i phi_i phi_i' of the rows' feature maps in place of their mean (Bach, IEEE Trans. Inf.
 * Theory 69 (2023) 752). With one more variable of the rank 1,
 *
 *     W_ij = sqrt(w_i w_j),  w = n p,   n A = K o W,
 *
 * the weights take part once in every joint, on every route, as any linear kernel: counts of classes
 * become sums of w, sums over pairs have the weights w_i w_j. Its diagonal is w, not 1. */
#include <math.h>

#include "libmi/base/words.h"
#include "libmi/entropy/private.h"

static const double *weights_of(const mi_engine *e)
{
    for (size_t v = 0; v < e->n_var; v++)
        if (e->var[v].weight)
            return e->var[v].weight;
    return NULL;
}

/* Its interval is of what kernels of a diagonal of 1 lose by 8 bits; weights would lose as much themselves. */
static mi_status refuse_rounded(const mi_engine *e)
{
    int rounded = e->run->route == MI_ROUTE_BF16;
    for (size_t k = 0; k < e->n_joints; k++)
        rounded |= e->joint[k].route == MI_ROUTE_BF16;
    return rounded ? mi_fail(MI_EUSAGE,
                             "route 'bf16' has too few digits for weights of rows; try " MI_OPTION
                             "route tiles")
                   : MI_OK;
}

mi_status mi_engine_weigh(mi_engine *e)
{
    e->weight = weights_of(e);
    if (!e->weight)
        return MI_OK;
    MI_TRY(refuse_rounded(e));
    MI_TRY(MI_NEW_RAW(e->root, e->n));
    MI_TRY(MI_NEW_RAW(e->one, e->n));
    for (size_t i = 0; i < e->n; i++) {
        e->root[i] = sqrt(e->weight[i]);
        e->one[i] = 1;
    }
    for (size_t v = 0; v < e->n_var; v++)
        e->own[v] = e->var[v];
    e->rows = mi_mat_view_f64(e->root, e->n, 1, 1);
    e->own[e->n_var] = (mi_var){.kernel = {.kind = MI_KERNEL_LINEAR},
                                .n = e->n,
                                .x = &e->rows,
                                .inverse_norm = e->one,
                                .self = e->weight};
    for (size_t k = 0; k < e->n_joints; k++)
        e->joint[k].vars |= 1u << e->n_var;
    e->var = e->own;
    e->weight_bit = 1u << e->n_var++;
    return MI_OK;
}

void mi_engine_unweigh(mi_engine *e)
{
    for (size_t k = 0; e->var == e->own && k < e->n_joints; k++)
        e->joint[k].vars &= ~(1u << (e->n_var - 1));
    mi_free(e->root);
    mi_free(e->one);
}
