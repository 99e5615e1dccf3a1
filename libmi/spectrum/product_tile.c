/* The variables of a joint as factors of K, and tiles of K from them, K = K_1 o K_2 o ...
 *
 *     K_v = Z Z'                                linear, and of it a polynomial
 *     K_v = exp(<z_i,z_j> + half_i + half_j)    of distances, half = -|z|^2/2, rows over the bandwidth
 *
 * in single precision; of distances that would lose too much in it, from wide rows (tiles/wide.h). */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "libmi/base/leaf.h"
#include "libmi/data/kernel_internal.h"
#include "libmi/spectrum/private.h"
#include "libmi/tiles/wide.h"

#define TILE MI_PRODUCT_TILE

/* ---- rows ---- */

/* Row number i: normalised, or centred and over S, from one (d). half is of the rounded rows, so
 * that equal rows have exponent 0 but for the rounding of their inner product. Returns |z|^2. */
static double put_row(mi_product_factor *f, size_t i, const double *one)
{
    float *z = f->z + i * f->d;
    double norm2 = 0;
    if (f->is_wide) {
        mi_wide_put(f->z + i * MI_WIDE_FLOATS(f->d), one, f->d);
        return 0;
    }
    for (size_t k = 0; k < f->d; k++) {
        z[k] = (float)one[k];
        norm2 += (double)z[k] * z[k];
    }
    if (f->half)
        f->half[i] = (float)(-0.5 * norm2);
    return norm2;
}

/* z of all rows, in the form that f says. *largest: of |z|^2. */
static mi_status put_rows(mi_product_factor *f, const mi_var *v, const size_t *row, size_t m,
                          double *largest)
{
    double *one, s = f->half ? mi_kernel_narrowest(&v->kernel) : 1;
    double scale = 1 / (f->is_wide ? mi_wide_unit(s) : s);
    mi_status status = MI_OK;
    *largest = 0;
    f->wide_scale = pow(mi_wide_unit(s) / s, 2);
    MI_TRY(MI_NEW_RAW(f->z, m * (f->is_wide ? MI_WIDE_FLOATS(f->d) : f->d)));
    MI_TRY(MI_NEW_RAW(one, f->d));
    for (size_t i = 0; status == MI_OK && i < m; i++) {
        size_t from = row ? row[i] : i;
        status = mi_var_rows_f64(v, &from, 1, one);
        for (size_t k = 0; status == MI_OK && k < f->d; k++)
            one[k] *= scale;
        if (status == MI_OK)
            *largest = fmax(*largest, put_row(f, i, one));
    }
    mi_free(one);
    return status;
}

static mi_status fill_factor(mi_product_factor *f, const mi_var *v, const size_t *row, size_t m)
{
    double largest;
    f->d = v->x->d;
    f->kernel = &v->kernel;
    f->is_wide = v->kernel.kind == MI_KERNEL_LAPLACIAN;
    if (mi_kernel_is_of_distance(v->kernel.kind))
        MI_TRY(MI_NEW(f->half, m));
    MI_TRY(put_rows(f, v, row, m, &largest));
    if (!f->half || f->is_wide || largest <= MI_WIDE_FROM)
        return MI_OK;
    mi_free(f->z);
    f->z = NULL;
    f->is_wide = 1;
    memset(f->half, 0, m * sizeof *f->half);
    return put_rows(f, v, row, m, &largest);
}

mi_status mi_product_fill(mi_product *p, const mi_var *const *var, const mi_block *b)
{
    for (size_t v = 0; v < p->n_factors; v++)
        MI_TRY(fill_factor(&p->factor[v], var[v], b->row, b->m));
    for (size_t v = 0; v < p->n_factors && !p->wide; v++)
        if (p->factor[v].is_wide)
            MI_TRY(MI_NEW_RAW(p->wide, (size_t)mi_run_threads(p->run) * TILE * TILE));
    return MI_OK;
}

/* ---- tiles ---- */

/* k (ni,nj) = or *= the kernel of g (ni, TILE): under one of distances exp(g_ij + half_i + half_j),
 * half = -|z|^2/2, rows already over S; a polynomial of the cosine g_ij. */
static void kernel_tile(const mi_product *p, const mi_product_factor *f, float *k, size_t ldk,
                        const float *g, size_t i0, size_t ni, size_t j0, size_t nj, int is_first)
{
    double slope = 1 / (1 + f->kernel->offset); /* of a polynomial, as in tiles/var.c */
    const mi_leaf_rates rates = mi_kernel_rates(f->kernel, 1);
    float q[TILE];
    for (size_t i = 0; i < ni; i++) {
        if (f->half && f->kernel->n_scales > 1)
            mi_leaf_mean_exp(nj, q, g + i * TILE, p->ones, f->half + j0, 1, f->half[i0 + i],
                             &rates);
        else if (f->half)
            mi_leaf_exp(nj, q, g + i * TILE, p->ones, f->half + j0, 1, f->half[i0 + i]);
        else
            mi_leaf_power(nj, q, g + i * TILE, p->ones, 1, slope, slope * f->kernel->offset,
                          f->kernel->degree);
        for (size_t j = 0; j < nj; j++)
            k[i * ldk + j] = is_first ? q[j] : k[i * ldk + j] * q[j];
    }
}

void mi_product_tile(const mi_product *p, int worker, float *k, size_t ldk, float *g, size_t i0,
                     size_t ni, size_t j0, size_t nj)
{
    for (size_t v = 0; v < p->n_factors; v++) {
        const mi_product_factor *f = &p->factor[v];
        int is_linear = mi_kernel_is_linear(f->kernel->kind), is_plain = v == 0 && is_linear;
        if (f->is_wide)
            mi_wide_exponents(g, TILE, f->z + i0 * MI_WIDE_FLOATS(f->d), ni,
                              f->z + j0 * MI_WIDE_FLOATS(f->d), nj, f->d, 0, f->wide_scale,
                              f->kernel->kind == MI_KERNEL_LAPLACIAN ? 1 : 0,
                              p->wide + (size_t)worker * TILE * TILE);
        else
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)ni, (int)nj, (int)f->d, 1,
                        f->z + i0 * f->d, (int)f->d, f->z + j0 * f->d, (int)f->d, 0,
                        is_plain ? k : g, is_plain ? (int)ldk : TILE);
        if (!is_linear)
            kernel_tile(p, f, k, ldk, g, i0, ni, j0, nj, v == 0);
        else if (v > 0)
            for (size_t i = 0; i < ni; i++)
                for (size_t j = 0; j < nj; j++)
                    k[i * ldk + j] *= g[i * TILE + j];
    }
    if (i0 == j0)
        for (size_t i = 0; i < ni; i++)
            k[i * ldk + i] = 1;
}
