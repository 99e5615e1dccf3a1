/* Variables as factors of the tile pass. */
#include <math.h>

#include "tiles.h"

/* Inner products of rows with norms in this range neither overflow nor vanish in single precision.
 */
static int norms_are_tame(const mi_var *v)
{
    double low = INFINITY, high = 0;
    for (size_t i = 0; i < v->n; i++) {
        low = fmin(low, v->inverse_norm[i]);
        high = fmax(high, v->inverse_norm[i]);
    }
    return low > 1e-15 && high < 1e15;
}

static mi_status linear_factor(mi_tile_var *t, const mi_var *v, const size_t *row, size_t m)
{
    mi_tile_factor *f = &t->factor;
    f->map = MI_TILE_SQUARE;
    if (!row && v->x->type == MI_F32 && norms_are_tame(v)) {
        f->x = v->x->x;
        f->ld = v->x->ld;
        for (size_t i = 0; i < m; i++)
            t->w[i] = (float)v->inverse_norm[i];
        return MI_OK;
    }
    double *z;
    MI_TRY(mi_mat_alloc(&t->copy, m, f->d, MI_F32));
    MI_TRY(MI_NEW_RAW(z, f->d));
    for (size_t i = 0; i < m; i++) {
        size_t from = row ? row[i] : i;
        mi_var_rows_f64(v, &from, 1, z);
        for (size_t k = 0; k < f->d; k++)
            ((float *)t->copy.x)[i * f->d + k] = (float)z[k];
        t->w[i] = 1;
    }
    mi_free(z);
    return MI_OK;
}

/* Rows over S, so that the squared kernel is exp(2 <x_i,x_j> - |x_i|^2 - |x_j|^2). */
static mi_status gaussian_factor(mi_tile_var *t, const mi_var *v, const size_t *row, size_t m)
{
    mi_tile_factor *f = &t->factor;
    double *z;
    f->map = MI_TILE_EXP;
    f->scale = 2;
    f->b = t->b;
    MI_TRY(mi_mat_alloc(&t->copy, m, f->d, MI_F32));
    MI_TRY(MI_NEW_RAW(z, f->d));
    for (size_t i = 0; i < m; i++) {
        size_t from = row ? row[i] : i;
        float *to = (float *)t->copy.x + i * f->d;
        double norm2 = 0;
        mi_var_rows_f64(v, &from, 1, z);
        for (size_t k = 0; k < f->d; k++) {
            to[k] = (float)(z[k] / v->kernel.bandwidth);
            norm2 += (double)to[k] * to[k];
        }
        t->b[i] = (float)-norm2;
        t->w[i] = 1;
    }
    mi_free(z);
    return MI_OK;
}

mi_status mi_tile_var_init(mi_tile_var *t, const mi_var *v, const size_t *row, size_t m)
{
    mi_status status;
    *t = (mi_tile_var){.factor = {.d = v->x->d, .ld = v->x->d, .diagonal = 1}};
    MI_TRY_GOTO(status, MI_NEW_RAW(t->w, m), fail);
    MI_TRY_GOTO(status, MI_NEW(t->b, m), fail);
    t->factor.w = t->w;
    if (v->kernel.kind == MI_KERNEL_GAUSSIAN)
        MI_TRY_GOTO(status, gaussian_factor(t, v, row, m), fail);
    else
        MI_TRY_GOTO(status, linear_factor(t, v, row, m), fail);
    if (t->copy.x)
        t->factor.x = t->copy.x;
    return MI_OK;
fail:
    mi_tile_var_free(t);
    return status;
}

void mi_tile_var_free(mi_tile_var *t)
{
    mi_mat_free(&t->copy);
    mi_free(t->w);
    mi_free(t->b);
    *t = (mi_tile_var){0};
}
