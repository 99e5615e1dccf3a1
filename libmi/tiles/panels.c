/* Rows that are not in memory: an out-of-core pass over panels of them, with double buffering.
 *
 * The rows are cut into panels that stay, of 2r rows, and for each of these the rows after it pass
 * in panels of r rows. 6 panels of r rows, S stays, p passes one by one:
 *
 *     turn 0    S S p p p p        S against itself, then S against each p
 *     turn 1        S S p p
 *     turn 2            S S
 *
 * so each pair of panels meets once, and a row is read about n / (4r) times. Two buffers hold
 * passing panels: one is computed with while the next is read. */
#include "libmi/base/comm_internal.h"
#include "libmi/base/pool.h"
#include "libmi/base/words.h"
#include "libmi/tiles/private.h"

/* Rows of the factors that are filled in; those in memory stay where they are. */
typedef struct {
    const mi_tile_plan *plan;
    size_t room; /* rows */
    float *x[MI_TILE_FACTORS];
    mi_tile_rows rows;
} panel;

static void panel_free(panel *a)
{
    for (size_t f = 0; f < MI_TILE_FACTORS; f++)
        mi_free(a->x[f]);
}

/* x[f] (room, d) for the factors that are filled in. */
static mi_status panel_alloc(panel *a, const mi_tile_plan *plan, size_t room)
{
    *a = (panel){.plan = plan, .room = room};
    for (size_t f = 0; f < plan->n_factors; f++)
        if (!plan->factor[f].x)
            MI_TRY(MI_NEW_RAW(a->x[f], room * plan->factor[f].d));
    return MI_OK;
}

/* Fill the panel with the rows that rows.first and rows.count say. */
static mi_status load(void *arg)
{
    panel *a = arg;
    for (size_t f = 0; f < a->plan->n_factors; f++) {
        const mi_tile_factor *factor = &a->plan->factor[f];
        a->rows.x[f] = factor->x ? factor->x + a->rows.first * factor->ld : a->x[f];
        if (!factor->x)
            MI_TRY(factor->fill(factor, a->rows.first, a->rows.count, a->x[f]));
    }
    return MI_OK;
}

/* Let the panel stand for the rows from `first` on; load() reads them. */
static void aim(panel *a, size_t first, size_t n)
{
    a->rows.first = first;
    a->rows.count = n - first < a->room ? n - first : a->room;
}

/* The panel that stays, number `turn`, against all rows after it, each panel read while the one
 * before computes. Ranks take turns at those that pass: each reads its own. */
static mi_status against_the_rest(mi_tile_pass *p, const panel *stays, size_t turn,
                                  panel passing[2], size_t n)
{
    size_t rank = (size_t)mi_comm_rank(p->run->comm), ranks = (size_t)mi_comm_size(p->run->comm);
    size_t room = passing[0].room, first = stays->rows.first + stays->rows.count;
    mi_beside *reading = NULL;
    mi_status status = MI_OK;
    first += (rank + turn) % ranks * room;
    if (first < n) {
        aim(&passing[0], first, n);
        MI_TRY(mi_beside_start(&reading, load, &passing[0]));
    }
    if (status == MI_OK)
        status = mi_tile_grid(p, &stays->rows, &stays->rows);
    for (int k = 0; status == MI_OK && reading; k = !k) {
        status = mi_beside_finish(reading);
        reading = NULL;
        size_t next = passing[k].rows.first + ranks * room;
        if (status == MI_OK && next < n) {
            aim(&passing[!k], next, n);
            status = mi_beside_start(&reading, load, &passing[!k]);
        }
        if (status == MI_OK)
            status = mi_tile_grid(p, &stays->rows, &passing[k].rows);
    }
    mi_status left = mi_beside_finish(reading);
    return status != MI_OK ? status : left;
}

/* Whole granules, so that no chunk is read for two panels, unless a granule is more than there is
 * room for. */
static size_t whole_granules(const mi_tile_plan *plan, size_t rows)
{
    size_t granule = 1;
    for (size_t f = 0; f < plan->n_factors; f++)
        if (!plan->factor[f].x && plan->factor[f].granule > granule)
            granule = plan->factor[f].granule;
    return rows < granule ? rows : rows / granule * granule;
}

/* Bytes that the workers and the sums of every row take. */
static size_t other_bytes(const mi_tile_pass *p, size_t n)
{
    size_t each = 2 * p->plan.n_factors * sizeof(float);
    for (size_t s = 0; s < p->plan.n_sums; s++)
        each += p->sum[s].row ? sizeof(double) : 0;
    return (size_t)mi_run_threads(p->run) * mi_tile_work_bytes(&p->plan) + n * each;
}

/* Rows r of a passing panel, from the memory allowed less that of workers and sums: 4 r rows are
 * held, two panels that pass and one of 2 r that stays. All ranks take the least, so that their
 * panels are the same. */
static mi_status panel_rows(size_t *rows, const mi_tile_pass *p, size_t n)
{
    const mi_tile_plan *plan = &p->plan;
    size_t allowed = mi_run_memory_bytes(p->run), work = other_bytes(p, n), row_bytes = 0;
    for (size_t f = 0; f < plan->n_factors; f++)
        if (!plan->factor[f].x)
            row_bytes += plan->factor[f].d * sizeof(float);
    size_t least = work + 4 * plan->side * row_bytes;
    if (allowed < least)
        return mi_fail(MI_EMEMORY,
                       "a pass over %zu rows from the file needs %.3g MB, allowed are %.3g MB; try "
                       "a larger " MI_OPTION "memory",
                       n, (double)least / 1e6, (double)allowed / 1e6);
    *rows = whole_granules(plan, (allowed - work) / (4 * row_bytes));
    if (*rows > (n + 1) / 2) /* one that stays holds all */
        *rows = (n + 1) / 2;
    return mi_comm_least(p->run->comm, rows);
}

mi_status mi_tile_panels(mi_tile_pass *p, size_t n)
{
    panel stays = {.room = 0}, passing[2] = {{.room = 0}, {.room = 0}};
    size_t rows = 0;
    mi_status status;
    MI_TRY(panel_rows(&rows, p, n));
    MI_TRY_GOTO(status, panel_alloc(&stays, &p->plan, 2 * rows), done);
    MI_TRY_GOTO(status, panel_alloc(&passing[0], &p->plan, rows), done);
    MI_TRY_GOTO(status, panel_alloc(&passing[1], &p->plan, rows), done);
    p->pairs = 0;
    for (size_t first = 0; first < n; first += 2 * rows) {
        double count = (double)(n - first < 2 * rows ? n - first : 2 * rows);
        p->pairs += count * (double)(n - first) / mi_comm_size(p->run->comm);
    }
    for (size_t turn = 0; turn * 2 * rows < n; turn++) {
        aim(&stays, turn * 2 * rows, n);
        MI_TRY_GOTO(status, load(&stays), done);
        MI_TRY_GOTO(status, against_the_rest(p, &stays, turn, passing, n), done);
    }
done:
    panel_free(&stays);
    panel_free(&passing[0]);
    panel_free(&passing[1]);
    return status;
}
