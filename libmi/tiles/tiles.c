/* The fused tile pass over all row pairs: T = sum over i, j of products of squared kernels, tiled.
 *
 * Of the ceil(n / side)^2 tiles only those with I <= J are computed; a tile off the diagonal counts
 * twice, K being symmetric. Tiles are tasks for the threads, and are dealt out to ranks. Each task
 * has its own partial sums, added up in the order of tasks at the end, so that totals do not depend
 * on who did which tile. A grid is rows of one panel against those of another (tiles/panels.c), or
 * of all rows against themselves. */
#include "libmi/tiles/tiles.h"

#include <unistd.h>

#include "libmi/base/comm_internal.h"
#include "libmi/base/pool.h"
#include "libmi/tiles/private.h"

/* Sides of tiles. GEMM is faster the larger they are (one thread, d = 512: 0.89 of its best rate at
 * 256, 0.93 at 512, 0.97 at 1024), the sweep over them slower once they leave the inner caches; the
 * whole pass was fastest at 768. */
#define SIDE_UNKNOWN 512 /* where the size of the cache is not known */
#define SIDE_CACHE   256 /* no smaller than this for the cache's sake */
#define SIDE_MIN     64

/* Threads of all ranks that any set is cut for: up to so many the tiles are the same, and with them
 * the last digits of single-precision products. Small tiles cost small sets nothing (n = 512 to
 * 2,048: 0 to 5 %). */
#define WORKERS_MIN 8

/* ---- one grid of tiles ---- */

static int is_triangle(const mi_tile_pass *p)
{
    return p->i.first == p->j.first;
}

/* The tile (I,J), I <= J, of a task number: first the tiles above the diagonal, row by row, then
 * the diagonal, whose tiles are half the work and so even out the end of the pass. 3 blocks:
 *
 *     task    0      1      2      3      4      5
 *     tile  (0,1)  (0,2)  (1,2)  (0,0)  (1,1)  (2,2)
 */
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

/* from (to->count) to the sums of rows. All additions to rows of one block of tiles take the same
 * lock. */
static void add_to_rows(mi_tile_pass *p, size_t s, const mi_tile_rows *panel,
                        const mi_tile_rows *to, const double *from)
{
    double *row = p->sum[s].row + to->first;
    size_t tile = (to->first - panel->first) / p->plan.side;
    pthread_mutex_t *lock = &p->lock[tile % MI_TILE_LOCKS];
    pthread_mutex_lock(lock);
    for (size_t k = 0; k < to->count; k++)
        row[k] += from[k];
    pthread_mutex_unlock(lock);
}

/* The sums of one tile; its mirror image below the diagonal by its column sums. */
static void add_rect(mi_tile_pass *p, const mi_tile_work *w, double *partial, const mi_tile_rows *i,
                     const mi_tile_rows *j)
{
    int twice = i->first != j->first;
    for (size_t s = 0; s < p->plan.n_sums; s++) {
        partial[s] += twice ? 2 * w->total[s] : w->total[s];
        if (!p->sum[s].row)
            continue;
        add_to_rows(p, s, &p->i, i, w->row + s * p->plan.side);
        if (twice)
            add_to_rows(p, s, &p->j, j, w->column + s * p->plan.side);
    }
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static mi_tile_rows tile_rows(const mi_tile_pass *p, const mi_tile_rows *panel, size_t tile)
{
    size_t from = tile * p->plan.side;
    return mi_tile_rows_part(&p->plan, panel, from, smaller(p->plan.side, panel->count - from));
}

static mi_status do_tile(void *arg, size_t task, int worker)
{
    mi_tile_pass *p = arg;
    double *partial = p->partial + task * p->plan.n_sums;
    size_t bi = task / p->across, bj = task % p->across;
    if (is_triangle(p))
        tile_of_task(task, p->across, &bi, &bj);
    mi_tile_rows i = tile_rows(p, &p->i, bi), j = tile_rows(p, &p->j, bj);
    mi_tile_work *w = &p->work[worker];
    if (p->check)
        w = mi_tile_check_rect(p, task, worker, &i, &j);
    else
        mi_tile_rect(&p->plan, w, &i, &j);
    add_rect(p, w, partial, &i, &j);
    return MI_OK;
}

/* Row pairs of the grid that are this rank's. */
/* For the progress: a triangle is shared by the ranks, a rectangle is not. */
static double pairs_of_rank(const mi_tile_pass *p)
{
    double pairs = (double)p->i.count * (double)p->j.count;
    return is_triangle(p) ? pairs / mi_comm_size(p->run->comm) : pairs;
}

static void grid_progress(void *arg, double share)
{
    const mi_tile_pass *p = arg;
    p->run->progress(p->run->progress_arg, (p->done + share * pairs_of_rank(p)) / p->pairs);
}

/* A triangle of tiles (panel against itself) is shared by the ranks; a rectangle, whose columns
 * this rank has read for itself, is all this rank's. */
mi_status mi_tile_grid(mi_tile_pass *p, const mi_tile_rows *i, const mi_tile_rows *j)
{
    size_t side = p->plan.side, down = (i->count + side - 1) / side;
    mi_run run = *p->run;
    p->i = *i;
    p->j = *j;
    p->across = (j->count + side - 1) / side;
    size_t tasks = is_triangle(p) ? down * (down + 1) / 2 : down * p->across;
    run.progress = run.progress ? grid_progress : NULL;
    run.progress_arg = p;
    MI_TRY(MI_NEW(p->partial, tasks * p->plan.n_sums));
    mi_status status =
        is_triangle(p) ? mi_spread(&run, tasks, do_tile, p) : mi_parallel(&run, tasks, do_tile, p);
    for (size_t t = 0; status == MI_OK && t < tasks; t++)
        for (size_t s = 0; s < p->plan.n_sums; s++)
            p->sum[s].total += p->partial[t * p->plan.n_sums + s];
    p->done += pairs_of_rank(p);
    mi_free(p->partial);
    return status;
}

/* ---- all of them ---- */

static int are_in_memory(const mi_tile_factor *factor, size_t n_factors)
{
    for (size_t f = 0; f < n_factors; f++)
        if (!factor[f].x)
            return 0;
    return 1;
}

/* b (b+1) / 2 tiles of b = ceil(n / side) blocks, the diagonal among them. */
static size_t tiles_of(size_t n, size_t side)
{
    size_t blocks = (n + side - 1) / side;
    return blocks * (blocks + 1) / 2;
}

/* Bytes of the least panels of rows that are not in memory: panels.c holds four tiles of rows. */
static size_t panels_bytes(const mi_tile_factor *factor, size_t n_factors, size_t side)
{
    size_t row = 0;
    for (size_t f = 0; f < n_factors; f++)
        row += factor[f].x ? 0 : factor[f].d * sizeof(float);
    return 4 * side * row;
}

/* The side of a tile, halved from MI_TILE_SIDE_MAX until
 *
 *     side^2 floats of g a factor, for all threads of this machine, fit in the last-level cache
 *     (and, where rows are read in panels, in a quarter of the memory allowed, the panels in half);
 *     every thread of every rank has two tiles or more, so that the last ones do not wait.
 */
static size_t tile_side(size_t n, const mi_tile_factor *factor, size_t n_factors, const mi_run *run)
{
    size_t side = MI_TILE_SIDE_MAX, threads = (size_t)mi_run_threads(run), room = SIZE_MAX,
           least = SIDE_CACHE;
    size_t here = threads * (size_t)mi_comm_local(run->comm);
    size_t workers = threads * (size_t)mi_comm_size(run->comm);
    long cache = sysconf(_SC_LEVEL3_CACHE_SIZE);
    if (cache <= 0)
        side = SIDE_UNKNOWN;
    else
        room = (size_t)cache;
    if (!are_in_memory(factor, n_factors)) {
        least = SIDE_MIN;
        room = smaller(room, mi_run_memory_bytes(run) / 4);
    }
    while (side > least && side * side * n_factors * sizeof(float) * here > room)
        side /= 2;
    while (side > SIDE_MIN && panels_bytes(factor, n_factors, side) > mi_run_memory_bytes(run) / 2)
        side /= 2;
    if (workers < WORKERS_MIN)
        workers = WORKERS_MIN;
    while (side > SIDE_MIN && tiles_of(n, side) < 2 * workers)
        side /= 2;
    return side;
}

static mi_status pass_alloc(mi_tile_pass *p, size_t workers)
{
    MI_TRY(MI_NEW(p->work, workers));
    for (size_t k = 0; k < workers; k++)
        MI_TRY(mi_tile_work_alloc(&p->work[k], &p->plan));
    return MI_OK;
}

static void pass_free(mi_tile_pass *p, size_t workers)
{
    for (size_t k = 0; p->work && k < workers; k++)
        mi_tile_work_free(&p->work[k]);
    mi_free(p->work);
}

static mi_status all_pairs(mi_tile_pass *p, size_t n)
{
    mi_tile_rows all = mi_tile_rows_all(&p->plan, n);
    p->pairs = (double)n * (double)n / mi_comm_size(p->run->comm);
    return are_in_memory(p->plan.factor, p->plan.n_factors) ? mi_tile_grid(p, &all, &all)
                                                            : mi_tile_panels(p, n);
}

/* Totals and row sums of what each rank did. */
static mi_status add_ranks_up(mi_tile_pass *p, size_t n)
{
    for (size_t s = 0; s < p->plan.n_sums; s++) {
        MI_TRY(mi_comm_sum(p->run->comm, &p->sum[s].total, 1));
        if (p->sum[s].row)
            MI_TRY(mi_comm_sum(p->run->comm, p->sum[s].row, n));
    }
    return MI_OK;
}

/* Plan, workers, all pairs, then the sums of all ranks. The side is the least that any rank chose,
 * so that all have the same tiles; sums of tiles differ in their last digits with the side. */
mi_status mi_tile_pass_all(size_t n, const mi_tile_factor *factor, size_t n_factors,
                           mi_tile_sum *sum, size_t n_sums, mi_tile_check *check, const mi_run *run)
{
    mi_tile_pass p = {.sum = sum, .run = run, .check = check};
    size_t side = tile_side(n, factor, n_factors, run);
    MI_TRY(mi_comm_least(run->comm, &side)); /* all have the same tiles */
    /* Panels may cut rows into more tiles than there are without them. */
    size_t most = are_in_memory(factor, n_factors) ? tiles_of(n, side) : SIZE_MAX;
    size_t workers = (size_t)mi_parallel_workers(run, most);
    MI_TRY(mi_tile_plan_init(&p.plan, factor, n_factors, sum, n_sums, side));
    for (size_t s = 0; s < n_sums; s++)
        sum[s].total = 0;
    for (int k = 0; k < MI_TILE_LOCKS; k++)
        pthread_mutex_init(&p.lock[k], NULL);
    mi_status status = pass_alloc(&p, workers);
    if (status == MI_OK && check)
        status = mi_tile_check_start(check, &p, n, workers);
    if (status == MI_OK)
        status = all_pairs(&p, n);
    if (status == MI_OK)
        status = add_ranks_up(&p, n);
    for (int k = 0; k < MI_TILE_LOCKS; k++)
        pthread_mutex_destroy(&p.lock[k]);
    pass_free(&p, workers);
    return status;
}

mi_status mi_tiles(size_t n, const mi_tile_factor *factor, size_t n_factors, mi_tile_sum *sum,
                   size_t n_sums, const mi_run *run)
{
    return mi_tile_pass_all(n, factor, n_factors, sum, n_sums, NULL, run);
}
