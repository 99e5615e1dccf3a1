/* joint.h - entropies of many joints of a set of variables, each by its cheapest route.
 *
 * uses: base/pool base/run base/run_internal base/words data/groups_internal data/kernel
 *       entropy/check entropy/entropy_internal entropy/joint_spectrum spectrum/lanczos
 *
 * This is where routes are chosen. All quantities are sums and differences of these entropies.
 */
#ifndef MI_JOINT_H
#define MI_JOINT_H

#include "libmi/base/run.h"
#include "libmi/data/kernel.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Most variables at once; a joint is a set of them, one bit each. Two of each name of an expression,
 * and the instance. */
#define MI_MAX_VARS 9

typedef struct {
    unsigned vars;      /* in: bit v: var[v] takes part; not 0 */
    mi_route route;     /* in: wanted, or MI_ROUTE_AUTO; out: taken */
    double *s;          /* out (n_alpha): S_a in nats; memory of the caller */
    double *half_width; /* out (n_alpha), memory of the caller: of the 95 % interval of s that the
                           route leaves, 0 where it is exact; NULL: not wanted */
    double zeroed_mass; /* out: see mi_spectrum; nan where no eigenvalues were needed */
    double rank;        /* out: eigenvalues kept; groups for discrete joints; nan where not known */
    double *row; /* out (n), zeroed memory of the caller, for order 2 alone: the sum over j of
                    K_ij^2 for every row i, what standard errors are made of; NULL: not wanted */
    double
        *without; /* out (n_alpha, g), memory of the caller: S_a without the rows of each group of
                        `leave`, from one spectrum (spectrum/left_out.h): exactly, or by lanczos with the
                        noise of its probes; nan where one of the orders is above 10 or, by lanczos, below
                        1, memory is too small for eigenvectors, or groups have more than 16 rows; NULL:
                        not wanted */
    const mi_groups *leave; /* in: what `without` is of; borrowed */
} mi_joint;

/* S_a of every joint at every order.
 *
 * Discrete joints: counts, O(n). One real variable: its dual, O(n d^2), or class by class. More, or
 * gaussian: at order 2 all such joints share one tile pass, O(n^2 sum d) with O(n d) memory; at
 * orders 2, 3, 4 the moments of the dual or dense matrix; at any other order one spectrum serves
 * every order. Where that costs more than some seconds or does not fit in memory, but at order 2
 * alone, an estimate by lanczos takes its place, O(n^2 d / 2) or O(n d1 d2) with half_width to say
 * how good it is; its draws are those of run->seed under the variables' keys. With run->tolerance, or for
 * a joint whose route is MI_ROUTE_SAMPLE, order 2 comes from a sample of the tiles
 * (tiles/sampled.h): rows of a discrete variable with at most 16 rows a group stay together, linear
 * variables that are known exactly are regressed on, and classes are masks on the same tiles. A
 * joint's `route`, when set, is taken or refused. Duals, classes and dense matrices are in double
 * precision (1e-9 of each other), tiles in single (2e-5 nats).
 *
 * Errors: MI_EUSAGE (an order that is not above 0; no run, or one whose threads,
 * tolerance or route cannot be; variables of different numbers of rows, or not
 * made by mi_var_real or mi_var_discrete; a joint of none or of others than those given; a route
 * that cannot do it), MI_EMEMORY (the matrix would not fit in
 * run->memory_bytes, with what would), MI_ENOMEM, MI_ELIBRARY. */
MI_API MI_CHECKED mi_status mi_joint_entropies(mi_joint *joint, size_t n_joints, const mi_var *var,
                                               size_t n_var, const double *alpha, size_t n_alpha,
                                               const mi_run *run);

/* The joint of these variables among some, NULL: there is none. */
MI_API const mi_joint *mi_joint_find(const mi_joint *joint, size_t n_joints, unsigned vars);

#ifdef __cplusplus
}
#endif
#endif
