/* checked.h - the tile pass over narrow rows, corrected by a part of it in single precision. Private.
 *
 * uses: base/comm_internal base/rng tiles/regression tiles/sampled
 *
 * Narrow rows (tiles/narrow.h) are rounded to bfloat16, which moves a sum by some 1e-5 of itself.
 * How far is measured in the pass: the tiles of the diagonal are done in single precision alone, and of
 * every other tile a square, drawn at random, in both. The mean difference of the squares, regressed on
 * those of sums whose totals are known, is added to the sum; its interval is the error that is left.
 */
#ifndef MI_TILES_CHECKED_H
#define MI_TILES_CHECKED_H

#include "libmi/tiles/sampled.h"

/* As mi_tiles_sample, from all tiles: narrow and exact are the same factors, one by one, in bfloat16 and
 * in single precision, all in memory. Squares are drawn by run->seed. Row shares are those of narrow
 * rows, and add up to the total. Where the total of a sum is known, that is it. O(n^2 sum d / 2), of
 * which some 5 % are in single precision. Errors: as mi_tiles. */
mi_status mi_tiles_checked(size_t n, const mi_tile_factor *narrow, const mi_tile_factor *exact,
                           size_t n_factors, mi_sampled_sum *sum, size_t n_sums, const mi_run *run);

#endif
