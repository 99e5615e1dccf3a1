#include "tiles.h"

#include <cblas.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "leaf.h"
#include "pool.h"

#define TILE_MAX   256
#define TILE_MIN   64
#define ROW_LOCKS  64
#define MAX_SUBSET (1u << MI_TILE_FACTORS)

/* What one worker needs: a tile of inner products a factor, a row of q for every product, column
 * sums. */
typedef struct {
    float *g;      /* (n_factors, tile, tile) */
    float *q;      /* (n_products, tile) */
    float *column; /* (n_sums, tile) */
    double *row;   /* (n_sums, tile) */
} tile_work;

typedef struct {
    size_t n, tile, blocks;
    const mi_tile_factor *factor;
    size_t n_factors;
    mi_tile_sum *sum;
    size_t n_sums;
    unsigned product[MAX_SUBSET]; /* subsets of factors that are needed, each after its parts */
    short slot[MAX_SUBSET];       /* where the row of a subset stands in q */
    size_t n_products;
    tile_work *work;
    double *partial; /* (tiles, n_sums) */
    pthread_mutex_t lock[ROW_LOCKS];
} tile_pass;

/* List the products: single factors first, then for each wanted subset its prefixes by lowest
 * factor. */
static void plan_products(tile_pass *p)
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

static void tile_products(const tile_pass *p, const tile_work *w, size_t i0, size_t ni, size_t j0,
                          size_t nj)
{
    for (size_t f = 0; f < p->n_factors; f++) {
        const mi_tile_factor *a = &p->factor[f];
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)ni, (int)nj, (int)a->d, 1,
                    a->x + i0 * a->ld, (int)a->ld, a->x + j0 * a->ld, (int)a->ld, 0,
                    w->g + f * p->tile * p->tile, (int)p->tile);
    }
}

/* q of row i against rows j0 .. j0+nj, for every product. */
static void row_products(const tile_pass *p, const tile_work *w, size_t i, size_t i0, size_t j0,
                         size_t nj)
{
    for (size_t k = 0; k < p->n_products; k++) {
        unsigned subset = p->product[k];
        float *q = w->q + k * p->tile;
        if (k >= p->n_factors) {
            unsigned last = 1u << (31 - __builtin_clz(subset));
            mi_leaf_product(nj, q, w->q + (size_t)p->slot[subset & ~last] * p->tile,
                            w->q + (size_t)p->slot[last] * p->tile);
            continue;
        }
        const mi_tile_factor *a = &p->factor[k];
        const float *g = w->g + (k * p->tile + (i - i0)) * p->tile;
        if (a->map == MI_TILE_SQUARE)
            mi_leaf_square(nj, q, g, a->w + j0, a->w[i]);
        else
            mi_leaf_exp(nj, q, g, a->w + j0, a->b + j0, a->scale * a->w[i], a->b[i] + a->bias);
        if (i0 == j0)
            q[i - i0] = a->diagonal;
    }
}

static void add_row(const tile_pass *p, const tile_work *w, size_t i, size_t i0, size_t j0,
                    size_t nj)
{
    for (size_t s = 0; s < p->n_sums; s++) {
        const mi_tile_sum *t = &p->sum[s];
        const float *q = w->q + (size_t)p->slot[t->factors] * p->tile;
        float *column = w->column + s * p->tile;
        int wants_column = t->row && i0 != j0;
        float sum;
        if (t->group) {
            sum = mi_leaf_sum_same(nj, q, t->group + j0, t->group[i]);
            if (wants_column)
                mi_leaf_add_same(nj, column, q, t->group + j0, t->group[i]);
        } else {
            sum = mi_leaf_sum(nj, q);
            if (wants_column)
                mi_leaf_add(nj, column, q);
        }
        w->row[s * p->tile + (i - i0)] = sum;
    }
}

static void add_to_rows(tile_pass *p, mi_tile_sum *t, size_t first, size_t count, const double *row,
                        const float *column)
{
    pthread_mutex_t *lock = &p->lock[first / p->tile % ROW_LOCKS];
    pthread_mutex_lock(lock);
    for (size_t k = 0; k < count; k++)
        t->row[first + k] += row ? row[k] : column[k];
    pthread_mutex_unlock(lock);
}

/* The task number of tile (I,J), I <= J, runs along the rows of the upper triangle. */
static void tile_of_task(size_t task, size_t blocks, size_t *bi, size_t *bj)
{
    size_t i = 0;
    while (task >= blocks - i) {
        task -= blocks - i;
        i++;
    }
    *bi = i;
    *bj = i + task;
}

static mi_status do_tile(void *arg, size_t task, int worker)
{
    tile_pass *p = arg;
    const tile_work *w = &p->work[worker];
    size_t bi, bj;
    tile_of_task(task, p->blocks, &bi, &bj);
    size_t i0 = bi * p->tile, j0 = bj * p->tile;
    size_t ni = p->n - i0 < p->tile ? p->n - i0 : p->tile;
    size_t nj = p->n - j0 < p->tile ? p->n - j0 : p->tile;
    tile_products(p, w, i0, ni, j0, nj);
    memset(w->column, 0, p->n_sums * p->tile * sizeof *w->column);
    for (size_t i = i0; i < i0 + ni; i++) {
        row_products(p, w, i, i0, j0, nj);
        add_row(p, w, i, i0, j0, nj);
    }
    for (size_t s = 0; s < p->n_sums; s++) {
        double total = 0;
        for (size_t k = 0; k < ni; k++)
            total += w->row[s * p->tile + k];
        p->partial[task * p->n_sums + s] = bi == bj ? total : 2 * total;
        if (p->sum[s].row) {
            add_to_rows(p, &p->sum[s], i0, ni, w->row + s * p->tile, NULL);
            if (bi != bj)
                add_to_rows(p, &p->sum[s], j0, nj, NULL, w->column + s * p->tile);
        }
    }
    return MI_OK;
}

static void work_free(tile_pass *p, int workers)
{
    for (int k = 0; p->work && k < workers; k++) {
        mi_free(p->work[k].g);
        mi_free(p->work[k].q);
        mi_free(p->work[k].column);
        mi_free(p->work[k].row);
    }
    mi_free(p->work);
    mi_free(p->partial);
}

static mi_status work_alloc(tile_pass *p, int workers, size_t tasks)
{
    MI_TRY(MI_NEW(p->work, (size_t)workers));
    MI_TRY(MI_NEW(p->partial, tasks * p->n_sums));
    for (int k = 0; k < workers; k++) {
        MI_TRY(MI_NEW_RAW(p->work[k].g, p->n_factors * p->tile * p->tile));
        MI_TRY(MI_NEW_RAW(p->work[k].q, p->n_products * p->tile));
        MI_TRY(MI_NEW_RAW(p->work[k].column, p->n_sums * p->tile));
        MI_TRY(MI_NEW_RAW(p->work[k].row, p->n_sums * p->tile));
    }
    return MI_OK;
}

/* Tiles as large as they can be while there are several for every thread. */
static size_t tile_size(size_t n, const mi_run *run)
{
    size_t tile = TILE_MAX, threads = (size_t)mi_run_threads(run);
    while (tile > TILE_MIN && (n / tile) * (n / tile + 1) / 2 < 4 * threads)
        tile /= 2;
    return tile;
}

mi_status mi_tiles(size_t n, const mi_tile_factor *factor, size_t n_factors, mi_tile_sum *sum,
                   size_t n_sums, const mi_run *run)
{
    tile_pass p = {.n = n, .factor = factor, .n_factors = n_factors, .sum = sum, .n_sums = n_sums};
    if (n_factors > MI_TILE_FACTORS)
        return mi_fail(MI_EUSAGE, "%zu real variables in one pass, wanted at most %d", n_factors,
                       MI_TILE_FACTORS);
    p.tile = tile_size(n, run);
    p.blocks = (n + p.tile - 1) / p.tile;
    plan_products(&p);
    size_t tasks = p.blocks * (p.blocks + 1) / 2;
    int workers = mi_parallel_workers(run, tasks);
    for (int k = 0; k < ROW_LOCKS; k++)
        pthread_mutex_init(&p.lock[k], NULL);
    mi_status status = work_alloc(&p, workers, tasks);
    if (status == MI_OK)
        status = mi_parallel(run, tasks, do_tile, &p);
    for (size_t s = 0; status == MI_OK && s < n_sums; s++) {
        sum[s].total = 0;
        for (size_t t = 0; t < tasks; t++)
            sum[s].total += p.partial[t * n_sums + s];
    }
    for (int k = 0; k < ROW_LOCKS; k++)
        pthread_mutex_destroy(&p.lock[k]);
    work_free(&p, workers);
    return status;
}

/* ---- variables as factors ---- */

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
