/* Which form of the product is the cheapest: memory and cost of each, in single-precision
 * multiply-adds.
 *
 *     form         floats beside the rows                   cost of p passes of 8 vectors, m rows
 *     stored       m^2 / ranks                              m^2 d / 2 once, 20 p m^2
 *     Khatri-Rao   8 d1 d2                                  16 p m d1 d2: 8 vectors, M and then y
 *     recomputed   tiles of the workers                     p m^2 (d + 8)
 */
#include <math.h>

#include "libmi/spectrum/leaf_product.h"
#include "libmi/spectrum/private.h"

/* A pass over one element of the stored matrix, in multiply-adds of a matrix product: it is bound
 * by memory, 4 bytes an element for up to 8 vectors. Measured. */
#define COST_PASS 20.0

/* Khatri-Rao: a panel of Z2, scaled, or of Z1 M; else a tile of K and one of inner products. */
size_t mi_product_work_size(mi_product_form form, const mi_var *const *var)
{
    if (form == MI_PRODUCT_KHATRI_RAO)
        return MI_PRODUCT_PANEL * var[1]->x->d;
    return 2 * MI_PRODUCT_TILE * MI_PRODUCT_TILE;
}

static double sum_d(const mi_var *const *var, size_t n_var)
{
    double d = 0;
    for (size_t v = 0; v < n_var; v++)
        d += (double)var[v]->x->d;
    return d;
}

static int is_possible(mi_product_form form, const mi_var *const *var, size_t n_var)
{
    return form != MI_PRODUCT_KHATRI_RAO ||
           (n_var == 2 && var[0]->kernel.kind == MI_KERNEL_LINEAR &&
            var[1]->kernel.kind == MI_KERNEL_LINEAR);
}

/* Floats: rows z, their norms, a block of vectors; the matrix or M; the workers. */
double mi_product_bytes(mi_product_form form, const mi_var *const *var, size_t n_var, size_t m,
                        const mi_run *run)
{
    double rows = (double)m, floats = rows * (sum_d(var, n_var) + 2 + MI_PRODUCT_VECTORS);
    if (form == MI_PRODUCT_STORED)
        floats += (rows / mi_comm_size(run->comm) + MI_PRODUCT_TILE) * (rows + MI_LEAF_LANES);
    if (form == MI_PRODUCT_KHATRI_RAO)
        floats += MI_PRODUCT_VECTORS * (double)var[0]->x->d * (double)var[1]->x->d;
    floats += (double)mi_run_threads(run) * (double)mi_product_work_size(form, var);
    return 4 * floats;
}

double mi_product_cost(mi_product_form form, const mi_var *const *var, size_t n_var, size_t m,
                       double passes, const mi_run *run)
{
    double rows = (double)m, d = sum_d(var, n_var);
    /* What is below the diagonal is mirrored where both rows are of one rank. */
    if (form == MI_PRODUCT_STORED)
        return rows * rows * ((1 - 0.5 / mi_comm_size(run->comm)) * d + COST_PASS * passes);
    if (form == MI_PRODUCT_KHATRI_RAO)
        return 2 * MI_PRODUCT_VECTORS * passes * rows * (double)var[0]->x->d * (double)var[1]->x->d;
    return passes * rows * rows * (d + MI_PRODUCT_VECTORS);
}

/* The cheapest of those that fit. */
mi_product_form mi_product_choose(const mi_var *const *var, size_t n_var, size_t m, double passes,
                                  size_t bytes, const mi_run *run)
{
    mi_product_form best = MI_PRODUCT_FORMS;
    double least = INFINITY;
    for (mi_product_form f = 0; f < MI_PRODUCT_FORMS; f++) {
        if (!is_possible(f, var, n_var) || mi_product_bytes(f, var, n_var, m, run) > (double)bytes)
            continue;
        double cost = mi_product_cost(f, var, n_var, m, passes, run);
        if (cost < least) {
            least = cost;
            best = f;
        }
    }
    return best;
}
