/* Which kind of the product is the cheapest: memory and cost of each, in single-precision
 * multiply-adds.
 *
 *     kind         floats beside the rows                   cost of p passes of 8 vectors, m rows
 *     stored       m^2 / ranks                              m^2 d / 2 once, 20 p m^2
 *     Khatri-Rao   8 d1 d2                                  16 p m d1 d2: 8 vectors, M and then y
 *     recomputed   tiles of the workers                     p m^2 (d + 8)
 */
#include <math.h>

#include "libmi/data/kernel_internal.h"

#include "libmi/spectrum/leaf_product.h"
#include "libmi/spectrum/private.h"

/* A pass over one element of the stored matrix, in multiply-adds of a matrix product: it is bound
 * by memory, 4 bytes an element for up to 8 vectors. Measured. */
#define COST_PASS 20.0

size_t mi_product_factors(const mi_var **var, const mi_block *b)
{
    size_t count = 0;
    for (size_t v = 0; v < b->n_var; v++)
        if (!b->var[v]->self)
            var[count++] = b->var[v];
    return count;
}

/* Khatri-Rao: a panel of Z2, scaled, or of Z1 M; else a tile of K and one of inner products. */
size_t mi_product_work_size(mi_product_kind kind, const mi_var *const *var)
{
    if (kind == MI_PRODUCT_KHATRI_RAO)
        return MI_PRODUCT_PANEL * var[1]->x->d;
    return 2 * MI_PRODUCT_TILE * MI_PRODUCT_TILE;
}

static double sum_d(const mi_block *b)
{
    double d = 0;
    for (size_t v = 0; v < b->n_var; v++)
        d += (double)b->var[v]->x->d;
    return d;
}

static int is_possible(mi_product_kind kind, const mi_block *b)
{
    const mi_var *var[MI_PRODUCT_VARS];
    return kind != MI_PRODUCT_KHATRI_RAO ||
           (mi_product_factors(var, b) == 2 && mi_kernel_is_linear(var[0]->kernel.kind) &&
            mi_kernel_is_linear(var[1]->kernel.kind));
}

/* Elements of Khatri-Rao's M; weights have one feature. */
static double khatri_rao_size(const mi_block *b)
{
    double size = 1;
    for (size_t v = 0; v < b->n_var; v++)
        size *= (double)b->var[v]->x->d;
    return size;
}

/* Floats: rows z, their norms, a block of vectors; the matrix or M; the workers. */
double mi_product_bytes(mi_product_kind kind, const mi_block *b, const mi_run *run)
{
    const mi_var *var[MI_PRODUCT_VARS];
    double rows = (double)b->m, floats = rows * (sum_d(b) + 4 + MI_PRODUCT_VECTORS);
    mi_product_factors(var, b);
    if (kind == MI_PRODUCT_STORED)
        floats += (rows / mi_comm_size(run->comm) + MI_PRODUCT_TILE) * (rows + MI_LEAF_LANES);
    if (kind == MI_PRODUCT_KHATRI_RAO)
        floats += MI_PRODUCT_VECTORS * khatri_rao_size(b);
    floats += (double)mi_run_threads(run) * (double)mi_product_work_size(kind, var);
    return 4 * floats;
}

double mi_product_cost(mi_product_kind kind, const mi_block *b, double passes, const mi_run *run)
{
    double rows = (double)b->m, d = sum_d(b);
    /* What is below the diagonal is mirrored where both rows are of one rank. */
    if (kind == MI_PRODUCT_STORED)
        return rows * rows * ((1 - 0.5 / mi_comm_size(run->comm)) * d + COST_PASS * passes);
    if (kind == MI_PRODUCT_KHATRI_RAO)
        return 2 * MI_PRODUCT_VECTORS * passes * rows * khatri_rao_size(b);
    return passes * rows * rows * (d + MI_PRODUCT_VECTORS);
}

/* The cheapest of those that fit. */
mi_product_kind mi_product_choose(const mi_block *b, double passes, size_t bytes, const mi_run *run)
{
    mi_product_kind best = MI_PRODUCT_KINDS;
    double least = INFINITY;
    for (mi_product_kind k = 0; k < MI_PRODUCT_KINDS; k++) {
        if (!is_possible(k, b) || mi_product_bytes(k, b, run) > (double)bytes)
            continue;
        double cost = mi_product_cost(k, b, passes, run);
        if (cost < least) {
            least = cost;
            best = k;
        }
    }
    return best;
}
