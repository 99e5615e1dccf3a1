/* regression.h - a mean over row pairs from a sample of units of them: the regression estimator of
 * survey sampling, with its interval. Private.
 *
 * uses: base/interval_internal tiles/tiles
 */
#ifndef MI_TILES_REGRESSION_H
#define MI_TILES_REGRESSION_H

#include <stddef.h>

/* Units that were drawn, and several sums over the pairs of each. */
typedef struct {
    size_t units, n_sums;
    const double *total, *pairs; /* (units, n_sums), (units) */
    double all_pairs;            /* of all units, drawn or not */
    const double *known;         /* (n_sums) totals over these, of the sums that are controls */
} mi_tile_units;

/* The mean of sum s over all pairs, regressed on the sums control[0..n_controls), at most
 * MI_TILE_FACTORS; *half_width: of its 95 % interval, infinite for too few units, 0 where all pairs
 * were drawn: the plain mean is exact then. O(units n_controls^2). */
double mi_tiles_regress(const mi_tile_units *u, size_t s, const size_t *control, size_t n_controls,
                        double *half_width);

/* The half-width of the entropy -log T from h, that of the total T: its wider side, where T is lower,
 * -log(T - h) + log T = -log(1 - h/T); infinite where T - h <= 0. */
double mi_tiles_log_width(double h, double total);

/* Student's t with which an interval of `degrees` of freedom is made; infinite below 1. */
double mi_tiles_t95(double degrees);

#endif
