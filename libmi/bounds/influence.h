/* influence.h - standard errors at order 2 from row sums: instances are the independent units.
 *
 * uses: base/interval_internal base/name base/run bounds/estimator data/kernel
 *
 * At order 2 an entropy is S = -log(T / M), T the sum of squared kernel values over the row pairs
 * that an estimator keeps, M their number. Its influence for instance c, the derivative by that
 * instance's weight, is
 *
 *     psi_c = -[(2 row_c - inside_c) / T - (2 m_c - e_c) / M]
 *
 * row_c the sum over kept pairs with their first row in c, inside_c over kept pairs inside c; m_c,
 * e_c the same with ones for values; of weighted rows, with w_i w_j, which is in the kernel too. Influences add
 * as their entropies do, so one array an entropy serves every term, bound and difference.
 */
#ifndef MI_INFLUENCE_H
#define MI_INFLUENCE_H

#include "libmi/base/run.h"
#include "libmi/bounds/estimator.h"
#include "libmi/data/kernel.h"

/* Entropy of a joint under an estimator, and its influences, centred over instances, into psi (g).
 * row (n): sums of squared kernel values over all j for each row; inside (g): over the ordered
 * pairs of rows of each instance, self pairs included; rows (g): how many rows it has, or, under estimator
 * v alone, the sum of their weights, which add up to n. nan where the estimator keeps no pair that
 * counts. O(n). */
double mi_influence(double *psi, const double *row, const double *inside, const double *rows,
                    const mi_groups *instance, mi_estimator e);

/* sqrt(g / (g-1) sum psi_c^2) of centred influences. */
double mi_standard_error(const double *psi, size_t g);

#endif
