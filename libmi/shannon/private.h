/* private.h - what the files of the room shannon share. */
#ifndef MI_SHANNON_PRIVATE_H
#define MI_SHANNON_PRIVATE_H

#include "libmi/shannon/shannon.h"

/* sqrt(g / (g-1) sum over instances of (sum over their rows of (local - mean) / n)^2): the error of a mean
 * of local (n), instances being independent; *mean too. Errors: MI_ENOMEM. */
mi_status mi_shannon_mean(double *mean, double *se, const double *local, const mi_groups *instance);

/* In the next two row i of A goes with row pair[i] of B; pair NULL: with its own. */

/* b NULL: H(A). se NULL: not wanted; `unit` are independent. Errors: MI_ENOMEM. */
mi_status mi_shannon_counts(double *value, double *se, mi_shannon_kind kind, const mi_groups *a,
                             const mi_groups *b, const size_t *pair,
                            const mi_groups *unit);

/* One side of KSG. */
typedef struct {
    const double *x; /* (n,d), NULL for a discrete side */
    size_t d;
    const mi_groups *groups;
} mi_shannon_side;

/* side[0] is real. Errors: MI_EDATA for fewer than k neighbours; MI_ENOMEM. */
mi_status mi_shannon_ksg(double *value, const mi_shannon_side side[2], const size_t *pair, size_t k,
                         const mi_groups *instance, const mi_run *run);

/* Its standard error, by parts of the instances drawn by run->seed; nan where there are too few. */
mi_status mi_shannon_ksg_error(double *se, double *degrees, const mi_shannon_side side[2], size_t k,
                               const mi_groups *instance, const mi_run *run);

/* x (n,d) rows of norm 1. *most: nan where there is none. */
mi_status mi_shannon_critic(double *value, double *se, double *most, const mi_shannon_estimator *e,
                            const double *x, size_t d, const mi_groups *instance, const mi_run *run);

#endif
