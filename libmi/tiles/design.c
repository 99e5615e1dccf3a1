/* The sampling design of the tiles: blocks in random order, offsets of blocks as sampling units.
 *
 * A balanced design for sums over pairs (circulant, as a cyclic design of experiments): with B
 * blocks, B odd, the unordered pairs {I,J} of different blocks fall into (B-1)/2 offsets
 *
 *     offset k = { (I, I+k mod B) : I = 0 .. B-1 },   k = 1 .. (B-1)/2,
 *
 * in each of which every block stands exactly twice. A large or small row therefore adds as much to
 * one offset as to the next, and the variance between offsets, which is all that simple random
 * sampling without replacement pays for, is that of the pairs and not that of the rows (2 to 6
 * times fewer tiles than independent ones at the same error).
 *
 * Example, were blocks of two rows allowed: n = 6, B = 3, one offset.
 *
 *     place     0  1 | 2  3 | 4  5         order[] = 4 0 5 2 1 3: rows in random order
 *     row       4  0 | 5  2 | 1  3         start[] = 0 2 4 6
 *     block       0  |   1  |   2
 *     diagonal  (0,0) (1,1) (2,2)           3 tiles of 4 ordered pairs: 12, always done
 *     offset 1  (0,1) (1,2) (2,0)           3 tiles of 4 pairs, each twice (i,j and j,i): 24
 *     pairs     24 = 36 - 12
 *
 * With phases = 3 each of the three tiles of the offset is a unit of its own. */
#include "libmi/tiles/design.h"

#include <pthread.h>
#include <string.h>

#include "libmi/base/comm_internal.h"
#include "libmi/base/pool.h"
#include "libmi/base/rng.h"
#include "libmi/data/groups_internal.h"

/* Rows of a block. At the same number of pairs, sums over few pairs of many rows vary less than
 * sums over many pairs of few rows, which asks for small blocks; GEMM asks for larger ones. */
#define BLOCK      64
#define BLOCK_MIN  16
#define UNIT_TILES 256 /* at most so many tiles in a unit, unless each must have every row */
#define LEAST_PART 6   /* MI_UNITS_MIN units are at most 1/6 of all pairs */
#define RUN        64  /* diagonal tiles of one task */
#define ROW_LOCKS  64

/* A unit that must have every row is a whole offset, and MI_UNITS_MIN of the (B-1)/2 ~ n / (2
 * block) offsets are to be at most 1 / LEAST_PART of them: block <= n / (2 LEAST_PART
 * MI_UNITS_MIN). */
size_t mi_tiles_design_block(size_t n, int wants_rows)
{
    size_t block = wants_rows ? n / (2 * LEAST_PART * MI_UNITS_MIN) : BLOCK;
    return block < BLOCK_MIN ? BLOCK_MIN : block > BLOCK ? BLOCK : block;
}

/* B is odd: an even B would have each pair of the offset B/2 twice. 1: too few rows for a
 * sample. */
static size_t odd_blocks(size_t n, int wants_rows)
{
    size_t blocks = n / mi_tiles_design_block(n, wants_rows);
    return blocks < 3 ? 1 : blocks - 1 + blocks % 2;
}

/* Units of an offset. MI_UNITS_MIN units are to have at most 1 / LEAST_PART of the B (B-1) / 2
 * tiles, so a unit has
 *
 *     tiles = B (B-1) / 2 / (LEAST_PART MI_UNITS_MIN),   1 <= tiles <= UNIT_TILES,
 *
 * and an offset of B tiles ceil(B / tiles) units. */
static size_t phases_of(size_t blocks, int wants_rows)
{
    size_t tiles = blocks * (blocks - 1) / 2 / (LEAST_PART * MI_UNITS_MIN);
    if (wants_rows || blocks == 1)
        return 1;
    tiles = tiles > UNIT_TILES ? UNIT_TILES : tiles ? tiles : 1;
    return (blocks + tiles - 1) / tiles;
}

/* block^2 (B + 2 MI_UNITS_MIN B / phases), the second term at most all B (B-1) ordered pairs of
 * blocks. */
double mi_tiles_design_pairs(size_t n, int wants_rows)
{
    size_t blocks = odd_blocks(n, wants_rows);
    double block = (double)n / (double)blocks;
    double tiles = (double)blocks / (double)phases_of(blocks, wants_rows) * 2 * MI_UNITS_MIN;
    double all = (double)blocks * (double)(blocks - 1);
    return block * block * ((double)blocks + (tiles < all ? tiles : all));
}

/* ---- where rows stand ---- */

/* Groups in random order, their rows next to each other. A block ends with the first group that
 * reaches its share of the places: the smallest `place` with place / n >= block / B. */
static mi_status order_groups(mi_tiles_design *d, const mi_groups *together, gsl_rng *rng)
{
    mi_group_rows list = {0};
    size_t *group = NULL, place = 0, block = 1;
    mi_status status;
    MI_TRY_GOTO(status, mi_groups_list(&list, together), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(group, list.g), done);
    mi_rng_permutation(rng, group, list.g);
    for (size_t k = 0; k < list.g; k++) {
        for (size_t i = list.start[group[k]]; i < list.start[group[k] + 1]; i++)
            d->order[place++] = list.member[i];
        if (block < d->blocks && place * d->blocks >= block * d->n)
            d->start[block++] = place;
    }
done:
    mi_group_rows_free(&list);
    mi_free(group);
    return status;
}

static mi_status order_rows(mi_tiles_design *d, const mi_groups *together, const mi_run *run)
{
    gsl_rng *rng;
    mi_status status = MI_OK;
    MI_TRY(mi_rng_new(&rng, run->seed, MI_STREAM_TILES));
    if (together)
        status = order_groups(d, together, rng);
    else
        mi_rng_permutation(rng, d->order, d->n);
    for (size_t k = 1; !together && k < d->blocks; k++)
        d->start[k] = k * d->n / d->blocks;
    d->start[d->blocks] = d->n;
    if (d->offsets)
        mi_rng_permutation(rng, d->offset, d->offsets);
    gsl_rng_free(rng);
    return status;
}

/* ---- what belongs to a row, in the order of places ---- */

/* *to, a pointer (n) of the caller's type: `from` (n), elements of so many bytes; NULL stays. */
static mi_status place(void *to, const void *from, size_t bytes, const mi_tiles_design *d)
{
    char *placed = NULL;
    if (from)
        MI_TRY(mi_malloc(&placed, d->n, bytes));
    for (size_t i = 0; from && i < d->n; i++)
        memcpy(placed + i * bytes, (const char *)from + d->order[i] * bytes, bytes);
    memcpy(to, &placed, sizeof placed);
    return MI_OK;
}

/* Weights are small and are moved into the order of places once; rows (n,d) are large and are
 * gathered tile by tile. ld = d is what gather() leaves. */
static mi_status place_factor(mi_tiles_design *d, size_t k)
{
    const mi_tile_factor *from = &d->from[k];
    mi_tile_factor *to = &d->factor[k];
    *to = *from;
    to->ld = from->d;
    MI_TRY(place(&d->weight[2 * k], from->w, sizeof *from->w, d));
    MI_TRY(place(&d->weight[2 * k + 1], from->b, sizeof *from->b, d));
    MI_TRY(place(&d->self[k], from->self, sizeof *from->self, d));
    to->self = d->self[k];
    to->w = d->weight[2 * k];
    to->b = d->weight[2 * k + 1];
    return MI_OK;
}

/* Class codes in the order of places; sums with the same classes share one copy. */
static mi_status place_group(mi_tiles_design *d, size_t s, const mi_tile_sum *from)
{
    d->sum[s].factors = from[s].factors;
    for (size_t k = 0; k < s; k++)
        if (from[k].group == from[s].group)
            d->sum[s].group = d->sum[k].group;
    if (!from[s].group || d->sum[s].group)
        return MI_OK;
    MI_TRY(MI_NEW_RAW(d->code[s], d->n));
    for (size_t i = 0; i < d->n; i++)
        d->code[s][i] = from[s].group[d->order[i]];
    d->sum[s].group = d->code[s];
    return MI_OK;
}

/* Also d->pairs = n^2 - sum over blocks of rows^2: blocks may differ by a row, or by a group. */
static mi_status place_all(mi_tiles_design *d, size_t n_factors, const mi_tile_sum *sum,
                           size_t n_sums)
{
    size_t side = 0;
    d->pairs = (double)d->n * (double)d->n;
    for (size_t k = 0; k < d->blocks; k++) {
        size_t count = d->start[k + 1] - d->start[k];
        side = count > side ? count : side;
        d->pairs -= (double)count * (double)count;
    }
    MI_TRY(mi_tile_plan_init(&d->plan, d->from, n_factors, sum, n_sums, side));
    MI_TRY(MI_NEW(d->sum, n_sums));
    MI_TRY(MI_NEW(d->code, n_sums));
    d->plan.sum = d->sum;
    d->plan.factor = d->factor;
    for (size_t k = 0; k < n_factors; k++)
        MI_TRY(place_factor(d, k));
    for (size_t s = 0; s < n_sums; s++)
        MI_TRY(place_group(d, s, sum));
    return MI_OK;
}

mi_status mi_tiles_design_init(mi_tiles_design *d, size_t n, const mi_tile_factor *factor,
                               size_t n_factors, const mi_tile_sum *sum, size_t n_sums,
                               const mi_groups *together, int wants_rows, const mi_run *run)
{
    mi_status status;
    *d = (mi_tiles_design){.n = n, .blocks = odd_blocks(n, wants_rows), .from = factor};
    d->offsets = (d->blocks - 1) / 2;
    d->phases = phases_of(d->blocks, wants_rows);
    d->units = d->offsets * d->phases;
    MI_TRY_GOTO(status, MI_NEW_RAW(d->order, n), fail);
    MI_TRY_GOTO(status, MI_NEW(d->start, d->blocks + 1), fail);
    MI_TRY_GOTO(status, MI_NEW_RAW(d->offset, d->offsets), fail);
    MI_TRY_GOTO(status, order_rows(d, together, run), fail);
    MI_TRY_GOTO(status, place_all(d, n_factors, sum, n_sums), fail);
    return MI_OK;
fail:
    mi_tiles_design_free(d);
    return status;
}

void mi_tiles_design_free(mi_tiles_design *d)
{
    for (size_t k = 0; k < 2 * MI_TILE_FACTORS; k++)
        mi_free(d->weight[k]);
    for (size_t k = 0; k < MI_TILE_FACTORS; k++)
        mi_free(d->self[k]);
    for (size_t s = 0; d->code && s < d->plan.n_sums; s++)
        mi_free(d->code[s]);
    mi_free(d->code);
    mi_free(d->sum);
    mi_free(d->order);
    mi_free(d->start);
    mi_free(d->offset);
    *d = (mi_tiles_design){0};
}

/* ---- over the tiles ---- */

/* Rows of two blocks side by side in memory, and the rectangle's workspace. */
typedef struct {
    float *x[2][MI_TILE_FACTORS];
    mi_tile_work tile;
} walk_work;

typedef struct {
    const mi_tiles_design *d;
    size_t first; /* unit of task 0; of the diagonal: not used */
    int is_diagonal;
    double *total, *pairs; /* (tasks, n_sums), (tasks) */
    walk_work *work;       /* (workers) */
    size_t workers;
    pthread_mutex_t lock[ROW_LOCKS];
} walk;

/* Rows of a block, which lie anywhere in x (n, ld), side by side into x[f] (count, d). */
static mi_tile_rows gather(const mi_tiles_design *d, float *const *x, size_t block)
{
    size_t first = d->start[block];
    mi_tile_rows r = {.first = first, .count = d->start[block + 1] - first};
    for (size_t f = 0; f < d->plan.n_factors; f++) {
        const mi_tile_factor *from = &d->from[f];
        for (size_t i = 0; i < r.count; i++)
            memcpy(x[f] + i * from->d, from->x + d->order[first + i] * from->ld,
                   from->d * sizeof *from->x);
        r.x[f] = x[f];
    }
    return r;
}

/* from (n_sums, side): row sums of a tile to the rows at its places. Blocks of one lock wait for
 * each other, so that two tiles that share a block do not add to the same row at once. */
static void add_to_rows(walk *w, const mi_tile_rows *to, const double *from)
{
    const mi_tiles_design *d = w->d;
    pthread_mutex_t *lock = &w->lock[to->first / d->plan.side % ROW_LOCKS];
    pthread_mutex_lock(lock);
    for (size_t s = 0; s < d->plan.n_sums; s++)
        for (size_t i = 0; d->sum[s].row && i < to->count; i++)
            d->sum[s].row[d->order[to->first + i]] += from[s * d->plan.side + i];
    pthread_mutex_unlock(lock);
}

/* The tiles (I, I+k mod B), I = begin .. end-1; k = 0: the diagonal. The matrix is symmetric: a
 * tile off the diagonal stands for (I,J) and (J,I), so its total counts twice, its row sums go to
 * the rows of I and its column sums to the rows of J. */
static void walk_tiles(walk *w, size_t begin, size_t end, size_t k, size_t task, int worker)
{
    const mi_tiles_design *d = w->d;
    walk_work *work = &w->work[worker];
    mi_tile_work *tile = &work->tile;
    double *total = w->total + task * d->plan.n_sums, twice = k ? 2 : 1;
    for (size_t block = begin; block < end; block++) {
        mi_tile_rows i = gather(d, work->x[0], block), j = i;
        if (k)
            j = gather(d, work->x[1], (block + k) % d->blocks);
        mi_tile_rect(&d->plan, tile, &i, &j);
        for (size_t s = 0; s < d->plan.n_sums; s++)
            total[s] += twice * tile->total[s];
        w->pairs[task] += twice * (double)i.count * (double)j.count;
        add_to_rows(w, &i, tile->row);
        if (k)
            add_to_rows(w, &j, tile->column);
    }
}

static mi_status walk_task(void *arg, size_t task, int worker)
{
    walk *w = arg;
    const mi_tiles_design *d = w->d;
    if (w->is_diagonal) {
        size_t end = (task + 1) * RUN;
        walk_tiles(w, task * RUN, end < d->blocks ? end : d->blocks, 0, task, worker);
        return MI_OK;
    }
    /* Unit number u is phase u mod P of the offset at place
     *
     *     at = (u / P + phase (offsets / P)) mod offsets
     *
     * of the random order offset[]. Phases take turns, so that any run of P units has every block
     * as a first block once; and each phase begins its round at another place (where there are P
     * offsets or more), so that the first units are of many offsets, not P pieces of the same one.
     * B = 9, P = 3, 4 offsets, 12 units:
     *
     *     u           0  1  2   3  4  5   6  7  8   9 10 11
     *     phase       0  1  2   0  1  2   0  1  2   0  1  2       blocks 0-2, 3-5, 6-8 are I
     *     u / P       0  0  0   1  1  1   2  2  2   3  3  3
     *     at          0  1  2   1  2  3   2  3  0   3  0  1       each (phase, at) once
     */
    size_t unit = w->first + task, phase = unit % d->phases;
    size_t at = (unit / d->phases + phase * (d->offsets / d->phases)) % d->offsets;
    walk_tiles(w, phase * d->blocks / d->phases, (phase + 1) * d->blocks / d->phases,
               1 + d->offset[at], task, worker);
    return MI_OK;
}

static mi_status walk_init(walk *w, size_t tasks, const mi_run *run)
{
    const mi_tile_plan *plan = &w->d->plan;
    for (int k = 0; k < ROW_LOCKS; k++)
        pthread_mutex_init(&w->lock[k], NULL);
    w->workers = (size_t)mi_parallel_workers(run, tasks);
    MI_TRY(MI_NEW(w->work, w->workers));
    for (size_t k = 0; k < w->workers; k++) {
        MI_TRY(mi_tile_work_alloc(&w->work[k].tile, plan));
        for (size_t f = 0; f < 2 * plan->n_factors; f++)
            MI_TRY(MI_NEW_RAW(w->work[k].x[f % 2][f / 2], plan->side * plan->factor[f / 2].d));
    }
    return MI_OK;
}

static void walk_free(walk *w)
{
    for (size_t k = 0; w->work && k < w->workers; k++) {
        mi_tile_work_free(&w->work[k].tile);
        for (size_t f = 0; f < 2 * MI_TILE_FACTORS; f++)
            mi_free(w->work[k].x[f % 2][f / 2]);
    }
    mi_free(w->work);
    for (int k = 0; k < ROW_LOCKS; k++)
        pthread_mutex_destroy(&w->lock[k]);
}

/* Each rank did its share of the tasks and left zeros elsewhere; on rank 0 alone rows already held
 * what units before these had added. */
static mi_status add_ranks_up(walk *w, size_t tasks, double *const *row, mi_comm *comm)
{
    const mi_tiles_design *d = w->d;
    MI_TRY(mi_comm_merge(comm, w->total, tasks * d->plan.n_sums * sizeof *w->total));
    MI_TRY(mi_comm_merge(comm, w->pairs, tasks * sizeof *w->pairs));
    for (size_t s = 0; row && s < d->plan.n_sums; s++)
        if (row[s])
            MI_TRY(mi_comm_sum(comm, row[s], d->n));
    return MI_OK;
}

static mi_status walk_all(mi_tiles_design *d, walk *w, size_t tasks, double *const *row,
                          const mi_run *run)
{
    w->d = d;
    for (size_t s = 0; s < d->plan.n_sums; s++) {
        d->sum[s].row = row ? row[s] : NULL;
        if (d->sum[s].row && mi_comm_rank(run->comm) > 0)
            memset(d->sum[s].row, 0, d->n * sizeof(double));
    }
    memset(w->total, 0, tasks * d->plan.n_sums * sizeof *w->total);
    memset(w->pairs, 0, tasks * sizeof *w->pairs);
    mi_status status = walk_init(w, tasks, run);
    if (status == MI_OK)
        status = mi_spread(run, tasks, walk_task, w);
    walk_free(w);
    return status == MI_OK ? add_ranks_up(w, tasks, row, run->comm) : status;
}

mi_status mi_tiles_design_units(mi_tiles_design *d, size_t first, size_t count, double *total,
                                double *pairs, double *const *row, const mi_run *run)
{
    walk w = {.first = first, .total = total, .pairs = pairs};
    return walk_all(d, &w, count, row, run);
}

mi_status mi_tiles_design_diagonal(mi_tiles_design *d, double *total, double *const *row,
                                   const mi_run *run)
{
    size_t tasks = (d->blocks + RUN - 1) / RUN, n_sums = d->plan.n_sums;
    walk w = {.is_diagonal = 1};
    mi_status status;
    MI_TRY_GOTO(status, MI_NEW(w.total, tasks * n_sums), done);
    MI_TRY_GOTO(status, MI_NEW(w.pairs, tasks), done);
    MI_TRY_GOTO(status, walk_all(d, &w, tasks, row, run), done);
    memset(total, 0, n_sums * sizeof *total);
    for (size_t t = 0; t < tasks * n_sums; t++)
        total[t % n_sums] += w.total[t];
done:
    mi_free(w.total);
    mi_free(w.pairs);
    return status;
}
