/* entropy_internal.h - entropies of counts and of moments.
 *
 * uses: data/groups entropy/entropy spectrum/spectrum
 */
#ifndef MI_ENTROPY_INTERNAL_H
#define MI_ENTROPY_INTERNAL_H

#include "libmi/data/groups.h"
#include "libmi/entropy/entropy.h"
#include "libmi/spectrum/spectrum.h"

/* s (n_alpha): entropies of a discrete variable from its counts, the plain Renyi entropy of the
 * empirical distribution. O(g n_alpha). Errors: MI_ENOMEM. */
MI_CHECKED mi_status mi_entropy_of_counts(double *s, const mi_groups *g, const double *alpha,
                                          size_t n_alpha);

/* S_a, a = 2, 3 or 4, from tr A^a. */
double mi_entropy_of_moments(const mi_moments *m, double alpha);

#endif
