/* One tile: a block of inner products by GEMM, then a sweep over its rows that fuses everything
 * else.
 *
 * For rows i of block I and j of block J, and every factor f with rows x (n,d),
 *
 *     g_ij = <x_i, x_j>                          SGEMM, or SSYRK where I = J
 *     q_ij = (g_ij w_i w_j)^2                     MI_TILE_SQUARE: squared cosine
 *          = (f g_ij w_i w_j + c)^(2 P)        MI_TILE_POWER: squared polynomial
 *          = exp(min(0, s g_ij w_i w_j + b_i + b_j + c))    MI_TILE_EXP: squared gaussian or
 *                                                           laplacian, InfoNCE
 *          = (mean over k of exp(rate_k times that))^2      MI_TILE_MEAN_EXP: several bandwidths
 *
 * and for each sum s, over the subset F of factors and perhaps inside classes only,
 *
 *     total_s += sum_ij [class_i = class_j] prod_(f in F) q_ij^f.
 *
 * The sweep keeps one row of q a product, so g (side, side) is read once and never written back:
 * the Hadamard products of Gram matrices are never stored. Products of subsets are shared: F is
 * made from its prefix F less its highest factor, e.g. {0,1,2} from {0,1} and {2}. */
#include "libmi/tiles/tile.h"

#include <cblas.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/base/leaf.h"
#include "libmi/tiles/narrow.h"
#include "libmi/tiles/wide.h"

/* Rows whose column sums are added up in single precision before they go to double: 256 values in
 * [0,1] lose at most about 256 eps / 2 = 1.5e-5 of their sum in the worst case, far less on
 * average. */
#define PART_ROWS 256

/* Floats between the rows of a tile that hold no value: with a power of two from row to row, a
 * column would fall into one set of the cache. */
#define PAD 16

/* List the products: single factors first, at their own numbers, then for each wanted subset its
 * prefixes by lowest factor. Sums of {0,1} and {0,1,2} over three factors give
 *
 *     number    0    1    2     3       4
 *     subset   {0}  {1}  {2}  {0,1}  {0,1,2}     each the product of two before it
 */
static void plan_products(mi_tile_plan *p)
{
    memset(p->slot, -1, sizeof p->slot);
    for (unsigned f = 0; f < p->n_factors; f++) {
        p->slot[1u << f] = (short)p->n_products;
        p->product[p->n_products++] = 1u << f;
    }
    for (size_t s = 0; s < p->n_sums; s++) {
        unsigned built = 0;
        for (unsigned f = 0; f < p->n_factors; f++) {
            if (!(p->sum[s].factors >> f & 1))
                continue;
            built |= 1u << f;
            if (p->slot[built] < 0) {
                p->slot[built] = (short)p->n_products;
                p->product[p->n_products++] = built;
            }
        }
    }
}

static size_t widest(const mi_tile_factor *factor, size_t n_factors)
{
    size_t d = 1;
    for (size_t f = 0; f < n_factors; f++)
        d = factor[f].d > d ? factor[f].d : d;
    return d;
}

static int is_wide(const mi_tile_plan *p)
{
    int wide = 0;
    for (size_t f = 0; f < p->n_factors; f++)
        wide |= p->factor[f].is_wide;
    return wide;
}

/* Floats of scratch that its narrow factors take. */
static size_t narrow_scratch(const mi_tile_plan *p)
{
    size_t floats = 0;
    for (size_t f = 0; f < p->n_factors; f++)
        if (p->factor[f].is_narrow && p->factor[f].d > floats)
            floats = p->factor[f].d;
    return floats ? mi_narrow_scratch(p->side, floats) : 0;
}

mi_status mi_tile_plan_init(mi_tile_plan *p, const mi_tile_factor *factor, size_t n_factors,
                            const mi_tile_sum *sum, size_t n_sums, size_t side)
{
    if (n_factors > MI_TILE_FACTORS)
        return mi_fail(MI_EUSAGE, "%zu real variables in one pass, wanted at most %d", n_factors,
                       MI_TILE_FACTORS);
    *p = (mi_tile_plan){
        .factor = factor, .n_factors = n_factors, .sum = sum, .n_sums = n_sums, .side = side};
    plan_products(p);
    if (is_wide(p))
        MI_TRY(mi_blas_check(MI_DGEMM_NT));
    return mi_blas_check_tile(side, widest(factor, n_factors));
}

size_t mi_tile_stride(const mi_tile_factor *f)
{
    return f->x ? f->ld : f->d;
}

mi_tile_rows mi_tile_rows_all(const mi_tile_plan *p, size_t n)
{
    mi_tile_rows r = {.count = n};
    for (size_t f = 0; f < p->n_factors; f++)
        r.x[f] = p->factor[f].x;
    return r;
}

mi_tile_rows mi_tile_rows_part(const mi_tile_plan *p, const mi_tile_rows *r, size_t from,
                               size_t count)
{
    mi_tile_rows part = {.first = r->first + from, .count = count};
    for (size_t f = 0; f < p->n_factors; f++)
        part.x[f] = r->x[f] + from * mi_tile_stride(&p->factor[f]);
    return part;
}

/* As mi_tile_work_alloc: g, q, part in single, row and column sums in double precision. */
size_t mi_tile_work_bytes(const mi_tile_plan *p)
{
    size_t row = p->n_factors * (p->side + PAD) + p->n_products + p->n_sums;
    size_t wide = is_wide(p) ? p->side * p->side : 0;
    return p->side * (row * sizeof(float) + 2 * p->n_sums * sizeof(double)) +
           wide * sizeof(double) + narrow_scratch(p) * sizeof(float);
}

mi_status mi_tile_work_alloc(mi_tile_work *w, const mi_tile_plan *p)
{
    MI_TRY(MI_NEW_RAW(w->g, p->n_factors * p->side * (p->side + PAD)));
    if (is_wide(p))
        MI_TRY(MI_NEW_RAW(w->wide, p->side * p->side));
    if (narrow_scratch(p))
        MI_TRY(MI_NEW_RAW(w->narrow, narrow_scratch(p)));
    MI_TRY(MI_NEW_RAW(w->q, p->n_products * p->side));
    MI_TRY(MI_NEW_RAW(w->part, p->n_sums * p->side));
    MI_TRY(MI_NEW_RAW(w->total, p->n_sums));
    MI_TRY(MI_NEW_RAW(w->row, p->n_sums * p->side));
    return MI_NEW_RAW(w->column, p->n_sums * p->side);
}

void mi_tile_work_free(mi_tile_work *w)
{
    mi_free(w->g);
    mi_free(w->wide);
    mi_free(w->narrow);
    mi_free(w->q);
    mi_free(w->part);
    mi_free(w->total);
    mi_free(w->row);
    mi_free(w->column);
}

static int is_triangle(const mi_tile_rows *i, const mi_tile_rows *j)
{
    return i->first == j->first;
}

/* g (side, side + PAD) of every factor; of a wide one, or a narrow one of distances, the exponents. A
 * tile of the diagonal is
 * symmetric: SSYRK fills the upper triangle, half the work. */
static void inner_products(const mi_tile_plan *p, const mi_tile_work *w, const mi_tile_rows *i,
                           const mi_tile_rows *j)
{
    for (size_t f = 0; f < p->n_factors; f++) {
        const mi_tile_factor *a = &p->factor[f];
        int d = (int)a->d, ld = (int)mi_tile_stride(a), ldg = (int)(p->side + PAD);
        float *g = w->g + f * p->side * (p->side + PAD);
        if (a->is_wide)
            mi_wide_exponents(g, (size_t)ldg, i->x[f], i->count, j->x[f], j->count, a->d / 2 - 1,
                              is_triangle(i, j), a->wide_scale, a->root, w->wide);
        else if (a->is_narrow)
            mi_narrow_products(g, (size_t)ldg, i->x[f], i->count, j->x[f], j->count, a->d,
                               w->narrow);
        else if (is_triangle(i, j))
            cblas_ssyrk(CblasRowMajor, CblasUpper, CblasNoTrans, (int)i->count, d, 1, i->x[f], ld,
                        0, g, ldg);
        else
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)i->count, (int)j->count, d, 1,
                        i->x[f], ld, j->x[f], ld, 0, g, ldg);
    }
}

/* q (columns) of row number r against columns from..from+columns of j, for every product. The
 * highest bit of a subset is its last factor, the other bits the prefix that was made before. */
static void row_products(const mi_tile_plan *p, const mi_tile_work *w, size_t r,
                         const mi_tile_rows *i, size_t from, size_t columns, const mi_tile_rows *j)
{
    size_t row = i->first + r, column = j->first + from;
    for (size_t k = 0; k < p->n_products; k++) {
        unsigned subset = p->product[k];
        float *q = w->q + k * p->side;
        if (k >= p->n_factors) {
            unsigned last = 1u << (31 - __builtin_clz(subset));
            mi_leaf_product(columns, q, w->q + (size_t)p->slot[subset & ~last] * p->side,
                            w->q + (size_t)p->slot[last] * p->side);
            continue;
        }
        const mi_tile_factor *a = &p->factor[k];
        const float *g = w->g + (k * p->side + r) * (p->side + PAD) + from;
        if (a->map == MI_TILE_SQUARE)
            mi_leaf_square(columns, q, g, a->w + column, a->w[row]);
        else if (a->map == MI_TILE_POWER)
            mi_leaf_power(columns, q, g, a->w + column, a->w[row], a->slope, a->offset, a->power);
        else if (a->map == MI_TILE_MEAN_EXP)
            mi_leaf_mean_exp(columns, q, g, a->w + column, a->b + column, a->scale * a->w[row],
                             a->b[row] + a->bias, &a->rates);
        else
            mi_leaf_exp(columns, q, g, a->w + column, a->b + column, a->scale * a->w[row],
                        a->b[row] + a->bias);
    }
}

/* The tile is larger than the inner caches. While row r is added up, the inner products of row r+1
 * are prefetched, an equal share of the lines beside each of its sums: requested all at once, or
 * left to the hardware's own prefetcher, they were waited for. */
static void fetch_share(const mi_tile_plan *p, const mi_tile_work *w, size_t r, size_t from,
                        size_t columns, size_t sum)
{
    enum { LINE = 64 / sizeof(float) };
    size_t lines = (columns + LINE - 1) / LINE;
    for (size_t f = 0; f < p->n_factors; f++) {
        const float *g = w->g + (f * p->side + r) * (p->side + PAD) + from;
        for (size_t k = lines * sum / p->n_sums; k < lines * (sum + 1) / p->n_sums; k++)
            __builtin_prefetch(g + k * LINE);
    }
}

/* Sums of row number r over these columns; where rows are wanted, also down the columns. */
static void add_row(const mi_tile_plan *p, const mi_tile_work *w, size_t r, const mi_tile_rows *i,
                    size_t from, size_t columns, const mi_tile_rows *j)
{
    for (size_t s = 0; s < p->n_sums; s++) {
        const mi_tile_sum *t = &p->sum[s];
        const float *q = w->q + (size_t)p->slot[t->factors] * p->side;
        const int32_t *group = t->group ? t->group + j->first + from : NULL;
        int32_t own = t->group ? t->group[i->first + r] : 0;
        float *part = w->part + s * p->side + from;
        double sum;
        if (r + 1 < i->count)
            fetch_share(p, w, r + 1, from, columns, s);
        if (t->row)
            sum = group ? mi_leaf_sum_add_same(columns, part, q, group, own)
                        : mi_leaf_sum_add(columns, part, q);
        else
            sum = group ? mi_leaf_sum_same(columns, q, group, own) : mi_leaf_sum(columns, q);
        w->row[s * p->side + r] = sum;
        w->total[s] += sum;
    }
}

/* Column sums of the last rows from single to double precision. */
static void flush_columns(const mi_tile_plan *p, mi_tile_work *w, size_t columns)
{
    for (size_t s = 0; s < p->n_sums; s++) {
        float *part = w->part + s * p->side;
        double *column = w->column + s * p->side;
        for (size_t k = 0; p->sum[s].row && k < columns; k++)
            column[k] += part[k];
        memset(part, 0, columns * sizeof *part);
    }
}

/* q_ii, known beforehand: 1 for kernels with unit diagonal, 0 where self pairs are left out. It is
 * added in double precision: in a float sum, small values beside a one would be lost. */
static double self_pair(const mi_tile_plan *p, const mi_tile_sum *t, size_t row)
{
    double product = 1;
    for (size_t f = 0; f < p->n_factors; f++)
        if (t->factors >> f & 1)
            product *= p->factor[f].self ? p->factor[f].self[row] : p->factor[f].diagonal;
    return product;
}

/* From the pairs i < j of a diagonal tile to all ordered pairs:
 *
 *     row_i = q_ii + sum_(j>i) q_ij + sum_(j<i) q_ji,   total = 2 sum_(i<j) q_ij + sum_i q_ii
 */
static void complete_triangle(const mi_tile_plan *p, mi_tile_work *w, const mi_tile_rows *i)
{
    for (size_t s = 0; s < p->n_sums; s++) {
        double *row = w->row + s * p->side, *column = w->column + s * p->side;
        w->total[s] *= 2;
        for (size_t k = 0; k < i->count; k++) {
            double self = self_pair(p, &p->sum[s], i->first + k);
            row[k] += self + column[k];
            w->total[s] += self;
        }
    }
}

void mi_tile_rect(const mi_tile_plan *p, mi_tile_work *w, const mi_tile_rows *i,
                  const mi_tile_rows *j)
{
    memset(w->total, 0, p->n_sums * sizeof *w->total);
    memset(w->part, 0, p->n_sums * p->side * sizeof *w->part);
    memset(w->column, 0, p->n_sums * p->side * sizeof *w->column);
    inner_products(p, w, i, j);
    for (size_t r = 0; r < i->count; r++) {
        size_t from = is_triangle(i, j) ? r + 1 : 0;
        row_products(p, w, r, i, from, j->count - from, j);
        add_row(p, w, r, i, from, j->count - from, j);
        if ((r + 1) % PART_ROWS == 0 || r + 1 == i->count)
            flush_columns(p, w, j->count);
    }
    if (is_triangle(i, j))
        complete_triangle(p, w, i);
}
