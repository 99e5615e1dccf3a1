/* private.h - a pass over tiles, and its grids. */
#ifndef MI_TILES_PRIVATE_H
#define MI_TILES_PRIVATE_H

#include <pthread.h>

#include "libmi/tiles/tile.h"

#define MI_TILE_LOCKS 64

/* What a pass over narrow rows does in single precision as well (tiles/checked.c). */
typedef struct mi_tile_check mi_tile_check;

typedef struct {
    mi_tile_plan plan;
    mi_tile_sum *sum;
    mi_tile_work *work; /* (workers) */
    const mi_run *run;
    double done, pairs;   /* of row pairs of this rank, for the progress */
    mi_tile_rows i, j;    /* the grid being worked on */
    size_t across;        /* tiles in a row of it */
    double *partial;      /* (tasks, n_sums) */
    mi_tile_check *check; /* NULL: nothing */
    pthread_mutex_t lock[MI_TILE_LOCKS];
} mi_tile_pass;

/* Add up the pairs of rows i and columns j, twice where they are other rows. Ranks share the tiles
 * of rows against themselves; other grids this rank has for itself. */
mi_status mi_tile_grid(mi_tile_pass *p, const mi_tile_rows *i, const mi_tile_rows *j);

/* All pairs of n rows of which some factors have theirs filled in, panel by panel. */
mi_status mi_tile_panels(mi_tile_pass *p, size_t n);

/* mi_tiles, checked. */
mi_status mi_tile_pass_all(size_t n, const mi_tile_factor *factor, size_t n_factors,
                           mi_tile_sum *sum, size_t n_sums, mi_tile_check *check,
                           const mi_run *run);

/* Memory for the tiles of a planned pass over n rows in memory. */
mi_status mi_tile_check_start(mi_tile_check *c, const mi_tile_pass *p, size_t n, size_t workers);

/* One tile of it; returns what has its sums. */
mi_tile_work *mi_tile_check_rect(mi_tile_pass *p, size_t task, int worker, const mi_tile_rows *i,
                                 const mi_tile_rows *j);

#endif
