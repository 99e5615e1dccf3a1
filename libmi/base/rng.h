/* rng.h - seeded draws, the same on every machine: GSL's mt19937. Private.
 *
 * uses: base/status; gsl
 */
#ifndef MI_RNG_H
#define MI_RNG_H

#include <gsl/gsl_rng.h>

#include "libmi/base/status.h"

/* A generator for draw number `stream` of a seed, so that different uses of one seed do not share
 * numbers. Errors: MI_ENOMEM. Free with gsl_rng_free. */
mi_status mi_rng_new(gsl_rng **out, unsigned long seed, unsigned long stream);

/* A random permutation of 0 .. n-1 into row (n). */
void mi_rng_permutation(gsl_rng *rng, size_t *row, size_t n);

/* A standard normal number. (GSL's own header for it does not go with OpenBLAS's cblas.h.) */
double mi_rng_normal(gsl_rng *rng);

/* +1 or -1 for one row of one random vector, by hashing its numbers: rows can be drawn in any
 * order, and a row that two samples share has the same sign in both. SplitMix64, Steele, Lea and
 * Flood, OOPSLA 2014. */
double mi_rng_sign(unsigned long seed, unsigned long stream, size_t vector, size_t row);

enum {
    MI_STREAM_BATCH = 1,
    MI_STREAM_BANDWIDTH = 2,
    MI_STREAM_BOOTSTRAP = 3,
    MI_STREAM_PERMUTATION = 4,
    MI_STREAM_SELECT = 5,
    MI_STREAM_SYNTH = 6,
    MI_STREAM_PROBE = 7,
    MI_STREAM_LANCZOS = 8,
    MI_STREAM_TILES = 9,
    MI_STREAM_SQUARES = 10,
    MI_STREAM_PAIRING = 1000 /* and all above: a stream a re-pairing */
};

#endif
