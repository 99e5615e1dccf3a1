/* private.h - a pass over tiles, and its grids. */
#ifndef MI_TILES_PRIVATE_H
#define MI_TILES_PRIVATE_H

#include <pthread.h>

#include "libmi/tiles/tile.h"

#define MI_TILE_LOCKS 64

typedef struct {
    mi_tile_plan plan;
    mi_tile_sum *sum;
    mi_tile_work *work; /* (workers) */
    const mi_run *run;
    double done, pairs; /* of row pairs of this rank, for the progress */
    mi_tile_rows i, j;  /* the grid being worked on */
    size_t across;      /* tiles in a row of it */
    double *partial;    /* (tasks, n_sums) */
    pthread_mutex_t lock[MI_TILE_LOCKS];
} mi_tile_pass;

/* Add up the pairs of rows i and columns j, twice where they are other rows. Ranks share the tiles
 * of rows against themselves; other grids this rank has for itself. */
mi_status mi_tile_grid(mi_tile_pass *p, const mi_tile_rows *i, const mi_tile_rows *j);

/* All pairs of n rows of which some factors have theirs filled in, panel by panel. */
mi_status mi_tile_panels(mi_tile_pass *p, size_t n);

#endif
