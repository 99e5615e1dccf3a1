/* permute.h - what chance would give: mutual information when instances are paired at random.
 *
 * uses: base/pool base/run_internal base/want base/words bounds/estimator bounds/pairing
 *       data/groups_internal data/kernel_internal data/mat_internal entropy/check entropy/mutual
 *       spectrum/gram
 *
 * A re-pairing moves the second variable's instances at random, each with all its rows, and its
 * rows within it; with instances of different sizes, or when a part is the instance itself, whose
 * values would only be renamed, rows move freely. Without ids every row is an instance.
 */
#ifndef MI_PERMUTE_H
#define MI_PERMUTE_H

#include "libmi/bounds/estimator.h"
#include "libmi/entropy/mutual.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    size_t count;           /* re-pairings, 2 or more, drawn by run->seed */
    mi_estimator estimator; /* row pairs that count, default all; others at order 2 alone. Where
                               rows move freely c leaves out the self pairs only, as u */
} mi_permute_opts;

/* The result at one order. */
typedef struct {
    double observed; /* I of the pairing as it is, by the same computation as the others */
    double mean, sd; /* of I over the re-pairings; sd with one less in its denominator */
    double p;        /* (1 + #{re-paired I >= observed}) / (P + 1): one-sided, for a large I */
} mi_null;

/* out (n_alpha): I(A;B) of an expression with two parts and no condition under random re-pairings
 * of B. var are the variables of mi_expression's bits, n_var of them. In nats.
 *
 * Order 2: two n x n matrices of floats, where they fit in the memory allowed, and O(n^2) a
 * re-pairing. Else, and at the other orders: the cost of the joint entropies each time. Errors:
 * MI_EUSAGE (not two parts, a condition, instances of other rows than the variables, fewer than 2 re-pairings,
 * an estimator other than v at another order than 2), MI_EMEMORY (such an estimator when the matrices do not
 * fit), MI_ENOMEM and those of mi_joint_entropies. */
MI_API MI_CHECKED mi_status mi_permutation_null(mi_null *out, const mi_expression *e,
                                                const mi_var *var, size_t n_var,
                                                const mi_groups *instance, const double *alpha,
                                                size_t n_alpha, const mi_permute_opts *o,
                                                const mi_run *run);

#ifdef __cplusplus
}
#endif
#endif
