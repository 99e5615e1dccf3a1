/* design.h - which tiles a sample is made of, and the way over them. Private.
 *
 * uses: base/comm_internal base/pool base/rng data/groups data/groups_internal tiles/tile
 *
 * Rows are put in a random order and cut into an odd number B of small blocks. The diagonal tiles
 * (I,I) are all done. The others fall into offsets k = 1 .. (B-1)/2, the tiles (I, I+k mod B) of
 * every I: each block stands twice in each offset, so offsets differ little. An offset is cut into
 * `phases` runs of I where it would be more than is wanted at a time. Such a run is a unit, and
 * units are drawn without replacement.
 */
#ifndef MI_TILES_DESIGN_H
#define MI_TILES_DESIGN_H

#include "libmi/data/groups.h"
#include "libmi/tiles/tile.h"

/* Most rows of a group that can be kept in one block. */
#define MI_TOGETHER_MAX 16

typedef struct {
    size_t n, blocks, phases;
    size_t offsets;             /* (B-1)/2 */
    size_t units;               /* offsets x phases */
    double pairs;               /* ordered row pairs that are not in a diagonal tile */
    size_t *order;              /* (n) the row at each place */
    size_t *start;              /* (blocks+1) places where blocks begin */
    size_t *offset;             /* (offsets) 1 .. offsets in random order */
    const mi_tile_factor *from; /* (n_factors) as they were given, rows in their own order */
    mi_tile_factor factor[MI_TILE_FACTORS]; /* weights in the order of places */
    mi_tile_sum *sum;                       /* (n_sums) groups in the order of places */
    float *weight[2 * MI_TILE_FACTORS];     /* the memory behind factor[] */
    double *self[MI_TILE_FACTORS];          /* the same */
    int32_t **code;                         /* (n_sums) behind sum[].group, NULL: another's */
    mi_tile_plan plan;
} mi_tiles_design;

/* Rows of a block, and units of the smallest sample. */
size_t mi_tiles_design_block(size_t n, int wants_rows);
#define MI_UNITS_MIN 64

/* Ordered pairs that the diagonal and MI_UNITS_MIN units have. */
double mi_tiles_design_pairs(size_t n, int wants_rows);

/* Rows of one group of `together` (NULL: none; none larger than MI_TOGETHER_MAX) stay in one block.
 * wants_rows: every unit has as many pairs of every row. The factors are borrowed. Drawn by
 * run->seed. O(n). Errors: MI_ENOMEM,
 * MI_EUSAGE as mi_tiles. Free with mi_tiles_design_free. */
mi_status mi_tiles_design_init(mi_tiles_design *d, size_t n, const mi_tile_factor *factor,
                               size_t n_factors, const mi_tile_sum *sum, size_t n_sums,
                               const mi_groups *together, int wants_rows, const mi_run *run);
void mi_tiles_design_free(mi_tiles_design *d);

/* Unit first .. first+count-1 in the order in which they are drawn: total (count, n_sums) of each
 * sum over the unit's ordered pairs, pairs (count) how many these are. row[s] (n), where not NULL,
 * has the share of each row added. O(pairs sum d), the units shared by the ranks of run->comm.
 * Totals do not depend on the number of threads or ranks. */
mi_status mi_tiles_design_units(mi_tiles_design *d, size_t first, size_t count, double *total,
                                double *pairs, double *const *row, const mi_run *run);

/* The same for all diagonal tiles together: total (n_sums). */
mi_status mi_tiles_design_diagonal(mi_tiles_design *d, double *total, double *const *row,
                                   const mi_run *run);

#endif
