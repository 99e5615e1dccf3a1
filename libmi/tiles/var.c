/* A real variable as a factor of the tile pass: single-precision rows and what goes with each.
 *
 * Squared kernels from one inner product g_ij = <x_i, x_j>:
 *
 *     linear    K_ij^2 = (g_ij / (|z_i| |z_j|))^2           rows as they are: x = z, w = 1/|z|
 *                                                           copied rows: x = z/|z|, w = 1
 *      polynomial  K_ij^2 = ((g_ij w_i w_j + C) / (1 + C))^(2 P)     the same rows
 *     gaussian  K_ij^2 = exp(-|z_i - z_j|^2 / S^2)
 *                      = exp(2 g_ij - |x_i|^2 - |x_j|^2)     x = z/S, b = -|x|^2, scale 2
 *               far from the mean (wide.h): g_ij the exponent, x = z over a power of two, wide
 *     laplacian K_ij^2 = exp(-2 |z_i - z_j| / S)            g_ij the exponent, x = z/S, wide, root 2
 *
 * With several bandwidths S is the smallest, and K_ij^2 the square of a mean of powers of exp(x_ij / 2), x_ij this
 * exponent.
 *
 * The square of a gaussian of bandwidth S is one of bandwidth S / sqrt 2: its exponent has no
 * 1/2. */
#include <math.h>
#include <string.h>

#include "libmi/data/kernel_internal.h"
#include "libmi/data/mat_internal.h"
#include "libmi/tiles/narrow.h"
#include "libmi/tiles/tiles.h"
#include "libmi/tiles/wide.h"

/* Rows read at a time for their squares. */
#define SQUARES_BYTES ((size_t)4 << 20)

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

/* ---- rows as the factor has them ---- */

typedef struct {
    const mi_tile_var *t;
    double *z; /* (d) */
    float *to; /* the next row */
} conversion;

/* z (d), a row of the variable: centred or normalised already; divided by S, in place, under a
 * kernel of distances. */
static void put_row(float *to, const mi_tile_var *t, double *z)
{
    const mi_kernel *kernel = &t->var->kernel;
    double s = mi_kernel_is_of_distance(kernel->kind) ? mi_kernel_narrowest(kernel) : 1;
    size_t d = t->var->x->d;
    for (size_t k = 0; k < d; k++)
        z[k] *= 1 / (t->factor.is_wide ? mi_wide_unit(s) : s);
    if (t->factor.is_wide)
        mi_wide_put(to, z, d);
    if (t->factor.is_narrow)
        mi_narrow_put(to, z, t->mean, d);
    for (size_t k = 0; !t->factor.is_wide && !t->factor.is_narrow && k < d; k++)
        to[k] = (float)z[k];
}

static mi_status convert_block(void *arg, const mi_mat *block, size_t first)
{
    conversion *c = arg;
    const mi_var *v = c->t->var;
    for (size_t i = 0; i < block->n; i++, c->to += c->t->factor.d) {
        /* Raw rows are divided by their norms in the sweep, by w; here they stay as they are. */
        double *scale = v->inverse_norm && !c->t->is_raw ? &v->inverse_norm[first + i] : NULL;
        mi_mat row = *block;
        row.x = (char *)block->x + i * block->ld * block->type;
        mi_mat_rows_f64(c->z, &row, NULL, 1, scale, v->mean);
        put_row(c->to, c->t, c->z);
    }
    return MI_OK;
}

static mi_status convert(const mi_tile_var *t, size_t first, size_t count, float *to)
{
    conversion c = {.t = t, .to = to};
    MI_TRY(MI_NEW_RAW(c.z, t->var->x->d));
    mi_status status = mi_mat_each_block(t->var->x, first, count, convert_block, &c);
    mi_free(c.z);
    return status;
}

static mi_status fill(const mi_tile_factor *f, size_t first, size_t count, float *to)
{
    return convert(f->fill_from, first, count, to);
}

/* The rows that were asked for, one by one. */
static mi_status convert_list(const mi_tile_var *t, const size_t *row, size_t m, float *to)
{
    double *z;
    mi_status status = MI_OK;
    MI_TRY(MI_NEW_RAW(z, t->var->x->d));
    for (size_t i = 0; status == MI_OK && i < m; i++) {
        status = mi_var_rows_f64(t->var, &row[i], 1, z);
        if (status == MI_OK)
            put_row(to + i * t->factor.d, t, z);
    }
    mi_free(z);
    return status;
}

/* ---- what goes with each row ---- */

/* b_i = -|x_i|^2 of the rounded rows, in double precision: the exponent of a pair of equal rows is
 * then 0 but for the rounding of g, and the sweep cuts it at 0. */
static void put_squares(mi_tile_var *t, const float *x, size_t first, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double norm2 = 0;
        for (size_t k = 0; k < t->factor.d; k++)
            norm2 += (double)x[i * t->factor.d + k] * x[i * t->factor.d + k];
        t->b[first + i] = (float)-norm2;
        t->largest_square = fmax(t->largest_square, norm2);
    }
}

/* b of rows that are not in memory: they are read once through for it, in whole granules where they
 * fit. */
static mi_status put_squares_of_source(mi_tile_var *t, size_t m)
{
    size_t most = SQUARES_BYTES / sizeof(float) / t->factor.d + 1, granule = t->factor.granule;
    size_t rows = granule < most ? most / granule * granule : most;
    float *x;
    mi_status status = MI_OK;
    MI_TRY(MI_NEW_RAW(x, rows * t->factor.d));
    for (size_t first = 0; status == MI_OK && first < m; first += rows) {
        size_t count = m - first < rows ? m - first : rows;
        status = convert(t, first, count, x);
        if (status == MI_OK)
            put_squares(t, x, first, count);
    }
    mi_free(x);
    return status;
}

/* From here on rows are wide. What was converted is dropped. */
static void turn_wide(mi_tile_var *t, size_t m)
{
    double s = mi_kernel_narrowest(&t->var->kernel), stretch = mi_wide_unit(s) / s;
    mi_mat_free(&t->copy);
    memset(t->b, 0, m * sizeof *t->b);
    t->factor.is_wide = 1;
    t->factor.wide_scale = stretch * stretch * (t->var->kernel.kind == MI_KERNEL_GAUSSIAN ? 2 : 1);
    t->factor.d = t->factor.ld = MI_WIDE_FLOATS(t->var->x->d);
    t->factor.scale = 1;
}

static mi_status put_rows(mi_tile_var *t, const size_t *row, size_t m)
{
    MI_TRY(mi_mat_alloc(&t->copy, m, t->factor.d, MI_F32));
    t->factor.x = t->copy.x;
    return row ? convert_list(t, row, m, t->copy.x) : convert(t, 0, m, t->copy.x);
}

/* The cases: raw rows borrowed; rows converted once into a copy; rows converted as panels are
 * filled. */
static mi_status init(mi_tile_var *t, const size_t *row, size_t m)
{
    const mi_mat *x = t->var->x;
    int is_gaussian = t->var->kernel.kind == MI_KERNEL_GAUSSIAN;
    MI_TRY(MI_NEW_RAW(t->w, m));
    MI_TRY(MI_NEW(t->b, m));
    t->factor.w = t->w;
    t->factor.b = mi_kernel_is_of_distance(t->var->kernel.kind) ? t->b : NULL;
    t->is_raw = !row && mi_kernel_is_of_cosine(t->var->kernel.kind) && x->type == MI_F32 &&
                norms_are_tame(t->var);
    if (t->var->kernel.kind == MI_KERNEL_LAPLACIAN)
        turn_wide(t, m);
    for (size_t i = 0; i < m; i++)
        t->w[i] = t->is_raw ? (float)t->var->inverse_norm[i] : 1;
    if (x->source) {
        t->factor.fill = fill;
        t->factor.fill_from = t;
        t->factor.granule = x->source->granule;
        if (is_gaussian)
            MI_TRY(put_squares_of_source(t, m));
        if (t->largest_square > MI_WIDE_FROM)
            turn_wide(t, m);
        return MI_OK;
    }
    if (t->is_raw) {
        t->factor.x = x->x;
        t->factor.ld = x->ld;
        return MI_OK;
    }
    MI_TRY(put_rows(t, row, m));
    if (is_gaussian)
        put_squares(t, t->factor.x, 0, m);
    if (t->largest_square <= MI_WIDE_FROM)
        return MI_OK;
    turn_wide(t, m);
    return put_rows(t, row, m);
}

/* ---- narrow rows ---- */

static mi_status add_block(void *arg, const mi_mat *block, size_t first)
{
    mi_tile_var *t = arg;
    double *z;
    MI_TRY(MI_NEW_RAW(z, block->d));
    for (size_t i = 0; i < block->n; i++) {
        mi_mat_rows_f64(z, block, &i, 1, t->var->inverse_norm + first, NULL);
        for (size_t k = 0; k < block->d; k++)
            t->mean[k] += z[k] / (double)t->var->n;
    }
    mi_free(z);
    return MI_OK;
}

/* Of the normalised rows. */
static mi_status find_mean(mi_tile_var *t)
{
    MI_TRY(MI_NEW(t->mean, t->var->x->d));
    return mi_mat_each_block(t->var->x, 0, t->var->x->n, add_block, t);
}

/* How q comes from g under a kernel. */
static mi_tile_factor factor_of(const mi_kernel *k, size_t d)
{
    mi_tile_factor f = {.map = MI_TILE_SQUARE, .d = d, .ld = d, .diagonal = 1};
    if (k->kind == MI_KERNEL_POLYNOMIAL) {
        f.map = MI_TILE_POWER;
        f.slope = 1 / (1 + k->offset);
        f.offset = k->offset * f.slope;
        f.power = 2 * k->degree;
    } else if (mi_kernel_is_of_distance(k->kind)) {
        f.map = k->n_scales > 1 ? MI_TILE_MEAN_EXP : MI_TILE_EXP;
        f.rates = mi_kernel_rates(k, 2);
        f.scale = 2;
        f.root = k->kind == MI_KERNEL_LAPLACIAN ? 2 : 0;
    }
    return f;
}

static mi_status square_self(mi_tile_var *t, const size_t *row, size_t m)
{
    MI_TRY(MI_NEW_RAW(t->self, m));
    for (size_t i = 0; i < m; i++) {
        double self = t->var->self[row ? row[i] : i];
        t->self[i] = self * self;
    }
    t->factor.self = t->self;
    return MI_OK;
}

mi_status mi_tile_var_init(mi_tile_var *t, const mi_var *v, const size_t *row, size_t m)
{
    *t = (mi_tile_var){.var = v, .factor = factor_of(&v->kernel, v->x->d)};
    mi_status status = init(t, row, m);
    if (status == MI_OK && v->self)
        status = square_self(t, row, m);
    if (status != MI_OK)
        mi_tile_var_free(t);
    return status;
}

static mi_status init_narrow(mi_tile_var *t)
{
    size_t n = t->var->x->n;
    t->factor.is_narrow = 1;
    t->factor.d = t->factor.ld = MI_NARROW_FLOATS(t->var->x->d);
    MI_TRY(MI_NEW_RAW(t->w, n));
    MI_TRY(MI_NEW(t->b, n));
    for (size_t i = 0; i < n; i++)
        t->w[i] = 1;
    t->factor.w = t->w;
    t->factor.b = t->b;
    if (mi_kernel_is_of_cosine(t->var->kernel.kind))
        MI_TRY(find_mean(t));
    return put_rows(t, NULL, n);
}

mi_status mi_tile_var_init_narrow(mi_tile_var *t, const mi_var *v)
{
    *t = (mi_tile_var){.var = v, .factor = factor_of(&v->kernel, v->x->d)};
    mi_status status = init_narrow(t);
    if (status != MI_OK)
        mi_tile_var_free(t);
    return status;
}

void mi_tile_var_free(mi_tile_var *t)
{
    mi_free(t->mean);
    mi_mat_free(&t->copy);
    mi_free(t->w);
    mi_free(t->b);
    mi_free(t->self);
    *t = (mi_tile_var){0};
}
