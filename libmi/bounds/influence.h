/* influence.h - standard errors at order 2 from row sums: instances are the independent units.
 *
 * uses: base/run data/kernel; gsl
 *
 * At order 2 an entropy is S = -log(T / M), T the sum of squared kernel values over the row pairs
 * that an estimator keeps, M their number. Its influence for instance c, the derivative by that
 * instance's weight, is
 *
 *     psi_c = -[(2 row_c - inside_c) / T - (2 m_c - e_c) / M]
 *
 * row_c the sum over kept pairs with their first row in c, inside_c over kept pairs inside c; m_c,
 * e_c the same with ones for values. Influences add as their entropies do, so one array an entropy
 * serves every term, bound and difference.
 */
#ifndef MI_INFLUENCE_H
#define MI_INFLUENCE_H

#include "libmi/base/run.h"
#include "libmi/data/kernel.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Which ordered row pairs count. */
typedef enum {
    MI_ESTIMATOR_V, /* all: the paper's */
    MI_ESTIMATOR_U, /* all but self pairs */
    MI_ESTIMATOR_C  /* pairs of different instances: unbiased potentials for correlated views */
} mi_estimator;

/* "v", "u", "c" */
MI_API const char *mi_estimator_name(mi_estimator e);

/* Entropy of a joint under an estimator, and its influences, centred over instances, into psi (g).
 * row (n): sums of squared kernel values over all j for each row; inside (g): over the ordered
 * pairs of rows of each instance, self pairs included. nan where the estimator keeps no pair that
 * counts. O(n). */
MI_API double mi_influence(double *psi, const double *row, const double *inside,
                           const mi_groups *instance, mi_estimator e);

/* sqrt(g / (g-1) sum psi_c^2) of centred influences. */
MI_API double mi_standard_error(const double *psi, size_t g);

/* Half the width of a two-sided interval at `level` (0.95) over its standard error: the quantile of
 * Student's t. nan below one degree of freedom. */
MI_API double mi_t_factor(double level, double degrees);

#ifdef __cplusplus
}
#endif
#endif
