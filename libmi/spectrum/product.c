/* K times a block of vectors, K = K_1 o K_2 o ... (n,n), in one of three forms.
 *
 *     stored      K in memory as floats; y = K x is one pass over it, bound by memory, so that 8
 *                 vectors cost little more than one
 *     recomputed  the same tiles, made anew in every product: O(n^2 sum d)
 *     Khatri-Rao  two linear kernels: O(n d1 d2) time a vector, O(n d) memory
 *
 * With the row-wise Khatri-Rao product Y = Z1 * Z2, whose rows are the Kronecker products z1_i x
 * z2_i, K = (Z1 Z1') o (Z2 Z2') = Y Y' (Kolda and Bader, SIAM Rev. 51 (2009) 455, sec. 2.6), and K
 * x = Y (Y' x) needs no Y:
 *
 *     Y' x = vec(M),  M = Z1' diag(x) Z2 = sum_i x_i z1_i z2_i'      (d1,d2)
 *     (K x)_i = z1_i' M z2_i,  all i: rowsum((Z1 M) o Z2)
 *
 * Layouts: x, y (count,n); the copy of x in single precision (MI_PRODUCT_VECTORS, ld), zero beyond
 * n; K (rows of this rank, ld), ld a multiple of the leaf's lanes, so that no loop has a remainder.
 * Sums of up to CHUNK products are in single precision, these in double. */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/base/comm_internal.h"
#include "libmi/base/leaf.h"
#include "libmi/base/pool.h"
#include "libmi/spectrum/leaf_product.h"
#include "libmi/spectrum/private.h"
#include "libmi/tiles/tiles.h"

#define TILE  MI_PRODUCT_TILE
#define PANEL MI_PRODUCT_PANEL
#define ROWS  72   /* rows of a task of the stored product, a multiple of MI_LEAF_ROWS */
#define CHUNK 1024 /* columns taken at once: their part of the vectors stays in the cache */
#define STRIP 256  /* columns of Z1 of a task that makes a part of M */

static size_t round_up(size_t n, size_t unit)
{
    return (n + unit - 1) / unit * unit;
}

/* ---- K in memory ---- */

static size_t tile_end(const mi_product *p, size_t from)
{
    return p->n - from < TILE ? p->n - from : TILE;
}

static float *stored_row(const mi_product *p, size_t i)
{
    return p->k + (i - p->first) * p->ld;
}

/* K_ji = K_ij: the tile at (i0,j0) transposed to (j0,i0), in squares of 16 x 16, of which source
 * and target stay in the first cache. */
static void mirror_tile(const mi_product *p, size_t i0, size_t ni, size_t j0, size_t nj)
{
    enum { SQUARE = 16 };
    for (size_t a = 0; a < ni; a += SQUARE)
        for (size_t b = 0; b < nj; b += SQUARE)
            for (size_t i = i0 + a; i < i0 + ni && i < i0 + a + SQUARE; i++)
                for (size_t j = j0 + b; j < j0 + nj && j < j0 + b + SQUARE; j++)
                    stored_row(p, j)[i] = stored_row(p, i)[j];
}

/* A tile below the diagonal whose mirror image is another rank's: made as it is made there, with
 * its rows as columns, and transposed, so that K is symmetric to the bit (SGEMM rounds X Y' and Y
 * X' differently). */
static void make_mirrored_tile(const mi_product *p, int worker, float *t, size_t i0, size_t ni,
                               size_t j0, size_t nj)
{
    mi_product_tile(p, worker, t, TILE, t + TILE * TILE, j0, nj, i0, ni);
    for (size_t i = 0; i < ni; i++)
        for (size_t j = 0; j < nj; j++)
            stored_row(p, i0 + i)[j0 + j] = t[j * TILE + i];
}

/* A row of tiles of this rank. Rows first .. end of K are this rank's; of them are
 *
 *     columns before `first`       made as their mirror images are on the rank that has those
 *     columns of first .. end      made right of the diagonal, mirrored below it
 *     columns from `end` on        made
 *     n .. ld                      zero
 */
static mi_status store_tiles(void *arg, size_t task, int worker)
{
    const mi_product *p = arg;
    size_t i0 = p->first + task * TILE, ni = tile_end(p, i0);
    float *work = p->work + (size_t)worker * p->work_size;
    for (size_t i = i0; i < i0 + ni; i++)
        memset(stored_row(p, i) + p->n, 0, (p->ld - p->n) * sizeof *p->k);
    for (size_t j0 = 0; j0 < p->first; j0 += TILE)
        make_mirrored_tile(p, worker, work, i0, ni, j0, TILE);
    for (size_t j0 = i0; j0 < p->n; j0 += TILE) {
        size_t nj = tile_end(p, j0);
        mi_product_tile(p, worker, stored_row(p, i0) + j0, p->ld, work, i0, ni, j0, nj);
        if (j0 > i0 && j0 < p->end)
            mirror_tile(p, i0, ni, j0, nj);
    }
    return MI_OK;
}

/* ---- preparation ---- */

/* Tasks of so many rows that this rank's rows make. */
static size_t tasks_of(const mi_product *p, size_t rows)
{
    return (p->end - p->first + rows - 1) / rows;
}

static mi_status store_matrix(mi_product *p)
{
    size_t rows = p->end - p->first, padded = round_up(rows, MI_LEAF_ROWS);
    MI_TRY(MI_NEW_RAW(p->k, padded * p->ld));
    memset(p->k + rows * p->ld, 0, (padded - rows) * p->ld * sizeof *p->k);
    return mi_parallel(p->run, tasks_of(p, TILE), store_tiles, p);
}

/* Rank r of R has the tiles t r / R .. t (r+1) / R of t: whole ones, so that tiles are the same for
 * any R. */
static void find_range(mi_product *p)
{
    size_t rank = (size_t)mi_comm_rank(p->run->comm), ranks = (size_t)mi_comm_size(p->run->comm);
    size_t tiles = (p->n + TILE - 1) / TILE;
    p->first = tiles * rank / ranks * TILE;
    p->end = tiles * (rank + 1) / ranks * TILE;
    p->first = p->first < p->n ? p->first : p->n;
    p->end = p->end < p->n ? p->end : p->n;
}

/* The diagonal of D, where a variable of the block is the weights. */
static mi_status take_weights(mi_product *p, const mi_block *b)
{
    if (p->n_factors == b->n_var)
        return MI_OK;
    MI_TRY(MI_NEW_RAW(p->root, b->m));
    for (size_t i = 0; i < b->m; i++)
        p->root[i] = sqrt(mi_gram_self(b, i));
    return MI_OK;
}

mi_status mi_product_make(mi_product *p, mi_product_kind kind, const mi_block *b, const mi_run *run)
{
    const mi_var *var[MI_PRODUCT_VARS];
    *p = (mi_product){.kind = kind, .n = b->m, .run = run};
    p->n_factors = mi_product_factors(var, b);
    MI_TRY(mi_blas_check(MI_SGEMM_NT | MI_SGEMM_NN | MI_SGEMM_TN | MI_DGEMM_NT));
    p->ld = round_up(b->m, MI_LEAF_LANES);
    p->work_size = mi_product_work_size(kind, var);
    find_range(p);
    MI_TRY(take_weights(p, b));
    MI_TRY(mi_product_fill(p, var, b));
    MI_TRY(MI_NEW(p->x, MI_PRODUCT_VECTORS * p->ld));
    MI_TRY(MI_NEW_RAW(p->ones, TILE));
    for (size_t j = 0; j < TILE; j++)
        p->ones[j] = 1;
    MI_TRY(MI_NEW(p->work, (size_t)mi_run_threads(run) * p->work_size));
    if (kind == MI_PRODUCT_KHATRI_RAO)
        MI_TRY(MI_NEW_RAW(p->m, MI_PRODUCT_VECTORS * p->factor[0].d * p->factor[1].d));
    return kind == MI_PRODUCT_STORED ? store_matrix(p) : MI_OK;
}

void mi_product_free(mi_product *p)
{
    for (size_t v = 0; v < MI_PRODUCT_VARS; v++) {
        mi_free(p->factor[v].z);
        mi_free(p->factor[v].half);
    }
    mi_free(p->k);
    mi_free(p->x);
    mi_free(p->m);
    mi_free(p->work);
    mi_free(p->wide);
    mi_free(p->ones);
    mi_free(p->root);
    *p = (mi_product){0};
}

/* ---- products ---- */

/* One product: the prepared matrix, where its result goes, how many vectors. */
typedef struct {
    const mi_product *p;
    double *y; /* (count,n) */
    size_t count;
} product_job;

/* sum (rows, MI_PRODUCT_VECTORS) += k (rows, columns) times the vectors from column j0 on; rows is
 * a multiple of MI_LEAF_ROWS. */
static void add_rows(const product_job *j, double *sum, const float *k, size_t ldk, size_t rows,
                     size_t j0, size_t columns)
{
    const mi_product *p = j->p;
    for (size_t r = 0; r < rows; r += MI_LEAF_ROWS)
        for (size_t v = 0; v < j->count; v += MI_LEAF_VECTORS)
            mi_leaf_rows(columns, k + r * ldk, ldk, p->x + v * p->ld + j0, p->ld,
                         sum + r * MI_PRODUCT_VECTORS + v, MI_PRODUCT_VECTORS);
}

/* The transpose of sum (rows, MI_PRODUCT_VECTORS) into y (count,n). */
static void put_products(const product_job *j, const double *sum, size_t i0, size_t rows)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t v = 0; v < j->count; v++)
            j->y[v * j->p->n + i0 + r] = sum[r * MI_PRODUCT_VECTORS + v];
}

/* ROWS rows of y = K x, in chunks of columns whose part of x stays in the cache. */
static mi_status stored_rows(void *arg, size_t task, int worker)
{
    const product_job *j = arg;
    const mi_product *p = j->p;
    double sum[ROWS * MI_PRODUCT_VECTORS] = {0};
    size_t i0 = p->first + task * ROWS, rows = p->end - i0 < ROWS ? p->end - i0 : ROWS;
    (void)worker;
    for (size_t c = 0; c < p->ld; c += CHUNK)
        add_rows(j, sum, stored_row(p, i0) + c, p->ld, round_up(rows, MI_LEAF_ROWS), c,
                 p->ld - c < CHUNK ? p->ld - c : CHUNK);
    put_products(j, sum, i0, rows);
    return MI_OK;
}

/* Tiles are zero outside what was made last, or hold finite values that meet zeros of x or rows
 * that are not put. */
static mi_status recomputed_rows(void *arg, size_t task, int worker)
{
    const product_job *j = arg;
    const mi_product *p = j->p;
    double sum[TILE * MI_PRODUCT_VECTORS] = {0};
    float *k = p->work + (size_t)worker * p->work_size, *g = k + TILE * TILE;
    size_t i0 = p->first + task * TILE, ni = tile_end(p, i0);
    for (size_t j0 = 0; j0 < p->n; j0 += TILE) {
        size_t nj = tile_end(p, j0);
        mi_product_tile(p, worker, k, TILE, g, i0, ni, j0, nj);
        add_rows(j, sum, k, TILE, round_up(ni, MI_LEAF_ROWS), j0, round_up(nj, MI_LEAF_LANES));
    }
    put_products(j, sum, i0, ni);
    return MI_OK;
}

/* Rows c .. c+width of M (d1,d2) of one vector: M += Z1_panel' (x_panel o Z2_panel), panel by
 * panel; a task is a strip of one vector's M. */
static mi_status khatri_rao_inner(void *arg, size_t task, int worker)
{
    const product_job *j = arg;
    const mi_product *p = j->p;
    size_t d1 = p->factor[0].d, d2 = p->factor[1].d, strips = (d1 + STRIP - 1) / STRIP;
    size_t v = task / strips, c = task % strips * STRIP, width = d1 - c < STRIP ? d1 - c : STRIP;
    const float *x = p->x + v * p->ld;
    float *scaled = p->work + (size_t)worker * p->work_size;
    for (size_t i0 = 0; i0 < p->n; i0 += PANEL) {
        size_t rows = p->n - i0 < PANEL ? p->n - i0 : PANEL;
        for (size_t i = 0; i < rows; i++)
            for (size_t k = 0; k < d2; k++)
                scaled[i * d2 + k] = x[i0 + i] * p->factor[1].z[(i0 + i) * d2 + k];
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)width, (int)d2, (int)rows, 1,
                    p->factor[0].z + i0 * d1 + c, (int)d1, scaled, (int)d2, i0 ? 1 : 0,
                    p->m + (v * d1 + c) * d2, (int)d2);
    }
    return MI_OK;
}

/* y_i = z1_i' M z2_i of a panel of rows: T = Z1 M by SGEMM, then row by row the dot product with
 * Z2. */
static mi_status khatri_rao_outer(void *arg, size_t task, int worker)
{
    const product_job *j = arg;
    const mi_product *p = j->p;
    size_t d1 = p->factor[0].d, d2 = p->factor[1].d, i0 = p->first + task * PANEL;
    size_t rows = p->end - i0 < PANEL ? p->end - i0 : PANEL;
    float *t = p->work + (size_t)worker * p->work_size;
    for (size_t v = 0; v < j->count; v++) {
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)d2, (int)d1, 1,
                    p->factor[0].z + i0 * d1, (int)d1, p->m + v * d1 * d2, (int)d2, 0, t, (int)d2);
        for (size_t i = 0; i < rows; i++)
            j->y[v * p->n + i0 + i] = mi_leaf_dot(d2, t + i * d2, p->factor[1].z + (i0 + i) * d2);
    }
    return MI_OK;
}

/* y of this rank's rows. */
static mi_status apply_rows(const mi_product *p, product_job *j)
{
    if (p->kind == MI_PRODUCT_STORED)
        return mi_parallel(p->run, tasks_of(p, ROWS), stored_rows, j);
    if (p->kind == MI_PRODUCT_RECOMPUTED)
        return mi_parallel(p->run, tasks_of(p, TILE), recomputed_rows, j);
    size_t d1 = p->factor[0].d, d2 = p->factor[1].d, bytes = j->count * d1 * d2 * sizeof *p->m;
    if (p->run->comm)
        memset(p->m, 0, bytes);
    MI_TRY(mi_spread(p->run, j->count * ((d1 + STRIP - 1) / STRIP), khatri_rao_inner, j));
    MI_TRY(mi_comm_merge(p->run->comm, p->m, bytes));
    return mi_parallel(p->run, tasks_of(p, PANEL), khatri_rao_outer, j);
}

/* x to single precision, the same on every rank (that of rank 0); each rank then has its rows of y,
 * zeros elsewhere, and the merge puts them together. */
mi_status mi_product_apply(const mi_product *p, double *y, const double *x, size_t count)
{
    product_job j = {.p = p, .y = y, .count = count};
    for (size_t v = 0; v < count; v++)
        for (size_t i = 0; i < p->n; i++)
            p->x[v * p->ld + i] = (float)(p->root ? p->root[i] * x[v * p->n + i] : x[v * p->n + i]);
    MI_TRY(mi_comm_follow(p->run->comm, p->x, count * p->ld * sizeof *p->x));
    if (p->run->comm)
        memset(y, 0, count * p->n * sizeof *y);
    MI_TRY(apply_rows(p, &j));
    for (size_t v = 0; p->root && v < count; v++)
        for (size_t i = p->first; i < p->end; i++)
            y[v * p->n + i] *= p->root[i];
    return mi_comm_merge(p->run->comm, y, count * p->n * sizeof *y);
}

/* ---- squares ---- */

typedef struct {
    const mi_product *p;
    double *sum;
} squares_job;

/* sum_j w_j k_j^2 */
static double weighted_square(const float *k, const double *root, size_t count)
{
    double sum = 0;
    for (size_t j = 0; j < count; j++)
        sum += pow(root[j] * (double)k[j], 2);
    return sum;
}

/* sum_i = sum_j K_ij^2: row norms of the stored matrix. */
static mi_status stored_squares(void *arg, size_t task, int worker)
{
    const squares_job *j = arg;
    const mi_product *p = j->p;
    (void)worker;
    size_t i0 = p->first + task * ROWS;
    for (size_t i = i0; i < p->end && i < i0 + ROWS; i++) {
        for (size_t c = 0; c < p->n; c += CHUNK) {
            const float *k = stored_row(p, i) + c;
            size_t count = p->n - c < CHUNK ? p->n - c : CHUNK;
            j->sum[i] +=
                p->root ? weighted_square(k, p->root + c, count) : (double)mi_leaf_dot(count, k, k);
        }
        j->sum[i] *= p->root ? p->root[i] * p->root[i] : 1;
    }
    return MI_OK;
}

/* The same by a tile pass with row sums, where K is not in memory; weights are a factor like any. */
static mi_status tile_squares(const mi_product *p, const mi_block *b, double *sum)
{
    mi_tile_var tile[MI_PRODUCT_VARS + 1] = {{.w = NULL}};
    mi_tile_factor factor[MI_PRODUCT_VARS + 1];
    mi_tile_sum total = {.factors = (1u << b->n_var) - 1, .row = sum};
    mi_status status = MI_OK;
    for (size_t v = 0; status == MI_OK && v < b->n_var; v++) {
        status = mi_tile_var_init(&tile[v], b->var[v], b->row, p->n);
        factor[v] = tile[v].factor;
    }
    if (status == MI_OK)
        status = mi_tiles(p->n, factor, b->n_var, &total, 1, p->run);
    for (size_t v = 0; v < b->n_var; v++)
        mi_tile_var_free(&tile[v]);
    return status;
}

mi_status mi_product_squares(const mi_product *p, const mi_block *b, double *sum)
{
    squares_job j = {.p = p, .sum = sum};
    memset(sum, 0, p->n * sizeof *sum);
    if (p->kind != MI_PRODUCT_STORED)
        return tile_squares(p, b, sum);
    MI_TRY(mi_parallel(p->run, tasks_of(p, ROWS), stored_squares, &j));
    return mi_comm_merge(p->run->comm, sum, p->n * sizeof *sum);
}
