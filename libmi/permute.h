/* permute.h - what chance would give: mutual information when instances are paired at random.
 *
 * uses: mutual sample joint        used by: bounds, mi-mutual
 *
 * A re-pairing moves the second variable's instances at random, each with all its rows, and its
 * rows within it; with instances of different sizes rows move freely. Without ids every row is an
 * instance.
 */
#ifndef MI_PERMUTE_H
#define MI_PERMUTE_H

#include "mutual.h"
#include "sample.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What came out at one order. */
typedef struct {
    double observed; /* I of the pairing as it is, by the same computation as the others */
    double mean, sd; /* of I over the re-pairings; sd with one less in its denominator */
    double p;        /* (1 + #{re-paired I >= observed}) / (P + 1): one-sided, for a large I */
} mi_null;

/* out (n_alpha): I(A;B) of an expression with two parts and no condition under `count` >= 2
 * re-pairings of B, seeded. var are the variables of mi_expression's bits, n_var of them. In nats.
 *
 * At order 2, while two n x n matrices of floats fit in the memory allowed, O(n^2) a re-pairing;
 * else the cost of the joint entropy each. Errors: MI_EUSAGE (not two parts, a condition, fewer
 * than 2 re-pairings), MI_ENOMEM and those of mi_joint_entropies. */
MI_API mi_status mi_permutation_null(mi_null *out, const mi_expression *e, const mi_var *var,
                                     size_t n_var, const mi_groups *instance, const double *alpha,
                                     size_t n_alpha, size_t count, unsigned long seed,
                                     const mi_run *run);

#ifdef __cplusplus
}
#endif
#endif
