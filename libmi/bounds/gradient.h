/* gradient.h - how I_a(Z1;Z2) changes with the features, to train with it.
 *
 * uses: base/blas base/pool base/run data/mat data/mat_internal entropy/check; cblas
 */
#ifndef MI_GRADIENT_H
#define MI_GRADIENT_H

#include "libmi/base/run.h"
#include "libmi/data/mat.h"

#ifdef __cplusplus
extern "C" {
#endif

/* I_a(Z1;Z2) = S_a(A1) + S_a(A2) - S_a(A12) under linear kernels, and its gradient with respect to
 * every element of z1 (n,d1) and z2 (n,d2):
 *
 *     A1 = K1 / n,  A2 = K2 / n,  A12 = K1 o K2 / n,    K_ij = <z^_i, z^_j>,  z^_i = z_i / |z_i|
 *     dS_a/dA = a/(1-a) A^(a-1) / tr A^a  on the range of A;  a = 1: -(log A + I);  a = inf: -u u' / l_max
 *     M = dI/dK1 = (F(A1) - F(A12) o K2) / n,  F = dS_a/dA
 *     g_i = 2 sum_j M_ij z^_j,   dI/dz_i = (g_i - z^_i <z^_i, g_i>) / |z_i|
 *
 * and likewise for Z2 with the two exchanged (the derivative of an entropy: Sanchez Giraldo, Rao and
 * Principe, IEEE Trans. Inf. Theory 61 (2015) 535, section V). At order 2 no eigenvalues are needed:
 * with S1, S12 the sums over all pairs of K1^2 and of K1^2 o K2^2, M = -2 K1/S1 + 2 K1 o K2^2 / S12.
 *
 * i_nats: the value, or NULL. g1 (n,d1), g2 (n,d2): allocated by the caller, of either type; NULL:
 * not wanted. z1, z2: in memory, of either type. In double precision. alpha in (0, inf]. run NULL:
 * defaults. Below order 1 the gradient is unbounded where eigenvalues approach 0; those below n eps
 * l_max count as 0.
 *
 * Order 2: O(n^2 (d1 + d2)) time, panels of rows, O(n (d1 + d2 + 1024)) memory. Others: O(n^3) and
 * O(n^2). Errors: MI_EUSAGE for shapes that do not agree, matrices that are not in memory, an order
 * that is not above 0; MI_EDATA for rows that are not finite or all zero, with z1 or z2 in front;
 * MI_EMEMORY, MI_ENOMEM, MI_ELIBRARY. What g1 and g2 hold after a failure is of no use. */
MI_API MI_CHECKED mi_status mi_information_gradient(double *i_nats, mi_mat *g1, mi_mat *g2,
                                                    const mi_mat *z1, const mi_mat *z2,
                                                    double alpha, const mi_run *run);

#ifdef __cplusplus
}
#endif
#endif
