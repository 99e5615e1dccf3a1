#include "tiles.h"

#include <pthread.h>
#include <unistd.h>

#include "pool.h"
#include "tile.h"

/* Sides of tiles. GEMM is faster the larger they are (one thread, d = 512: 0.89 of its best rate at
 * 256, 0.93 at 512, 0.97 at 1024), the sweep over them slower once they leave the inner caches; the
 * whole pass was fastest at 768. */
#define SIDE_MAX     768
#define SIDE_UNKNOWN 512 /* where the size of the cache is not known */
#define SIDE_MIN     64

/* Threads of all ranks that any set is cut for: up to so many the tiles are the same, and with them
 * the last digits of single-precision products. Small tiles cost small sets nothing (n = 512 to
 * 2,048: 0 to 5 %). */
#define WORKERS_MIN 8

/* A tile on the diagonal is done in strips of so many rows, which leave out most of its lower
 * half. */
#define STRIP     256
#define ROW_LOCKS 64

typedef struct {
    size_t n, blocks;
    mi_tile_plan plan;
    mi_tile_sum *sum;
    mi_tile_work *work; /* (workers) */
    double *partial;    /* (tiles, n_sums) */
    pthread_mutex_t lock[ROW_LOCKS];
} tile_pass;

/* The task number of tile (I,J), I <= J: first the rows of the upper triangle, then the diagonal,
 * whose tiles are half the work, so that they even out the end. */
static void tile_of_task(size_t task, size_t blocks, size_t *bi, size_t *bj)
{
    size_t off_diagonal = blocks * (blocks - 1) / 2, i = 0;
    if (task >= off_diagonal) {
        *bi = *bj = task - off_diagonal;
        return;
    }
    while (task >= blocks - 1 - i) {
        task -= blocks - 1 - i;
        i++;
    }
    *bi = i;
    *bj = i + 1 + task;
}

static void add_to_rows(tile_pass *p, size_t s, const mi_tile_rows *to, const double *from)
{
    double *row = p->sum[s].row + to->first;
    pthread_mutex_t *lock = &p->lock[to->first / p->plan.side % ROW_LOCKS];
    pthread_mutex_lock(lock);
    for (size_t k = 0; k < to->count; k++)
        row[k] += from[k];
    pthread_mutex_unlock(lock);
}

static void add_rect(tile_pass *p, mi_tile_work *w, double *partial, const mi_tile_rows *i,
                     const mi_tile_rows *j)
{
    int twice = i->first != j->first;
    mi_tile_rect(&p->plan, w, i, j);
    for (size_t s = 0; s < p->plan.n_sums; s++) {
        partial[s] += twice ? 2 * w->total[s] : w->total[s];
        if (!p->sum[s].row)
            continue;
        add_to_rows(p, s, i, w->row + s * p->plan.side);
        if (twice)
            add_to_rows(p, s, j, w->column + s * p->plan.side);
    }
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static mi_status do_tile(void *arg, size_t task, int worker)
{
    tile_pass *p = arg;
    const mi_tile_plan *plan = &p->plan;
    size_t bi, bj, side = plan->side;
    double *partial = p->partial + task * plan->n_sums;
    tile_of_task(task, p->blocks, &bi, &bj);
    size_t i_end = least(p->n, (bi + 1) * side), j_end = least(p->n, (bj + 1) * side);
    if (bi != bj) {
        mi_tile_rows i = mi_tile_rows_of(plan, bi * side, i_end - bi * side);
        mi_tile_rows j = mi_tile_rows_of(plan, bj * side, j_end - bj * side);
        add_rect(p, &p->work[worker], partial, &i, &j);
        return MI_OK;
    }
    for (size_t first = bi * side; first < i_end; first += STRIP) {
        mi_tile_rows i = mi_tile_rows_of(plan, first, least(STRIP, i_end - first));
        mi_tile_rows right = mi_tile_rows_of(plan, first + i.count, i_end - first - i.count);
        add_rect(p, &p->work[worker], partial, &i, &i);
        if (right.count)
            add_rect(p, &p->work[worker], partial, &i, &right);
    }
    return MI_OK;
}

/* As large as the cache has room for, which every worker shares with the others, while there are
 * several tiles for every thread of every rank. */
static size_t tile_side(size_t n, size_t n_factors, const mi_run *run)
{
    size_t side = SIDE_MAX, threads = (size_t)mi_run_threads(run);
    size_t here = threads * (size_t)mi_comm_local(run->comm);
    size_t workers = threads * (size_t)mi_comm_size(run->comm);
    long cache = sysconf(_SC_LEVEL3_CACHE_SIZE);
    if (cache <= 0)
        side = SIDE_UNKNOWN;
    while (cache > 0 && side > STRIP &&
           side * side * n_factors * sizeof(float) * here > (size_t)cache)
        side /= 2;
    if (workers < WORKERS_MIN)
        workers = WORKERS_MIN;
    while (side > SIDE_MIN && (n / side) * (n / side + 1) / 2 < 4 * workers)
        side /= 2;
    return side;
}

/* The smallest that any rank would take, so that all have the same tiles. */
static mi_status common_side(size_t *side, size_t n, size_t n_factors, const mi_run *run)
{
    double least = -(double)tile_side(n, n_factors, run);
    MI_TRY(mi_comm_most(run->comm, &least, 1));
    *side = (size_t)-least;
    return MI_OK;
}

static mi_status pass_alloc(tile_pass *p, size_t workers, size_t tasks)
{
    MI_TRY(MI_NEW(p->work, workers));
    MI_TRY(MI_NEW(p->partial, tasks * p->plan.n_sums));
    for (size_t k = 0; k < workers; k++)
        MI_TRY(mi_tile_work_alloc(&p->work[k], &p->plan));
    return MI_OK;
}

static void pass_free(tile_pass *p, size_t workers)
{
    for (size_t k = 0; p->work && k < workers; k++)
        mi_tile_work_free(&p->work[k]);
    mi_free(p->work);
    mi_free(p->partial);
}

/* Totals of the tiles, and row sums, of all ranks. */
static mi_status add_up(tile_pass *p, size_t tasks, mi_comm *comm)
{
    size_t n_sums = p->plan.n_sums;
    for (size_t s = 0; s < n_sums; s++) {
        p->sum[s].total = 0;
        for (size_t t = 0; t < tasks; t++)
            p->sum[s].total += p->partial[t * n_sums + s];
        MI_TRY(mi_comm_sum(comm, &p->sum[s].total, 1));
        if (p->sum[s].row)
            MI_TRY(mi_comm_sum(comm, p->sum[s].row, p->n));
    }
    return MI_OK;
}

mi_status mi_tiles(size_t n, const mi_tile_factor *factor, size_t n_factors, mi_tile_sum *sum,
                   size_t n_sums, const mi_run *run)
{
    tile_pass p = {.n = n, .sum = sum};
    size_t side;
    MI_TRY(common_side(&side, n, n_factors, run));
    MI_TRY(mi_tile_plan_init(&p.plan, factor, n_factors, sum, n_sums, side));
    p.blocks = (n + p.plan.side - 1) / p.plan.side;
    size_t tasks = p.blocks * (p.blocks + 1) / 2;
    size_t workers = (size_t)mi_parallel_workers(run, tasks);
    for (int k = 0; k < ROW_LOCKS; k++)
        pthread_mutex_init(&p.lock[k], NULL);
    mi_status status = pass_alloc(&p, workers, tasks);
    if (status == MI_OK)
        status = mi_spread(run, tasks, do_tile, &p);
    if (status == MI_OK)
        status = add_up(&p, tasks, run->comm);
    for (int k = 0; k < ROW_LOCKS; k++)
        pthread_mutex_destroy(&p.lock[k]);
    pass_free(&p, workers);
    return status;
}
