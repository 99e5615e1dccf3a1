/* sampled.h - order-2 sums over row pairs estimated from a sample of the tiles. Private.
 *
 * uses: data/groups tiles/design tiles/regression tiles/tiles
 *
 * Diagonal tiles are exact, and with them all pairs of rows that stay together. The others are
 * estimated from units of a balanced design (tiles/design.h): a unit's mean over its pairs is
 * regressed on its means of sums whose totals are known, which takes out what row norms and the
 * like do to all of them, and the totals give the mean over all pairs (the regression estimator of
 * survey sampling: Cochran, "Sampling Techniques", 1977, ch. 7). The interval is Student's t of the
 * residuals with the finite population correction, 1 - share of the pairs that were taken. It is
 * looked at after 64 units, and then after 1.3 times as many each time, until every interval is
 * narrow enough: a sequential stopping rule of fixed width (Chow and Robbins, Ann. Math. Statist.
 * 36 (1965) 457: right in the limit of narrow intervals; looking after every unit would stop too
 * early). With all units the sums are those of the whole pass.
 */
#ifndef MI_TILES_SAMPLE_H
#define MI_TILES_SAMPLE_H

#include "libmi/data/groups.h"
#include "libmi/tiles/tiles.h"

typedef struct {
    mi_tile_sum of; /* of.total: out. of.row (n): in zeroed, out the share of each row, which add up
                       to the total; NULL: not wanted */
    double known;   /* total of a sum that is known exactly; nan where it is to be estimated */
    size_t control[MI_TILE_FACTORS]; /* numbers of known sums that it is regressed on */
    size_t n_controls;
    double half_width; /* out: of the 95 % interval of -log total, in nats; infinite where that
                          reaches 0 */
} mi_sampled_sum;

/* Estimate the sums until every half_width is at most run->tolerance (0: from the smallest sample).
 * Rows of one group of `together` (NULL: none) are kept together; its groups have at most
 * MI_TOGETHER_MAX rows. Row shares are unbiased but noisy: a row is paired with as many rows as
 * the sample has of each. Drawn by run->seed; does not depend on the number of threads. O(pairs
 * taken x sum d). Errors: as mi_tiles; MI_ELIBRARY from LAPACK. */
mi_status mi_tiles_sample(size_t n, const mi_tile_factor *factor, size_t n_factors,
                          mi_sampled_sum *sum, size_t n_sums, const mi_groups *together,
                          const mi_run *run);

/* Units of the next look after `units` of them, at most `all`. */
size_t mi_tiles_next_look(size_t units, size_t all);

#endif
