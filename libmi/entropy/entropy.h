/* entropy.h - matrix-based Renyi entropy from eigenvalues, moments or counts.
 *
 * uses: base/number base/status base/want entropy/entropy_internal
 *
 *     S_a = log(sum l_i^a) / (1 - a),  a in (0, inf];  S_1 = -sum l log l;  S_inf = -log l_max
 *
 * over the eigenvalues of A = K / n, tr A = 1. Sanchez Giraldo, Rao and Principe, "Measures of
 * Entropy From Data Using Infinitely Divisible Kernels", IEEE Trans. Inf. Theory 61 (2015) 535. In
 * nats.
 */
#ifndef MI_ENTROPY_H
#define MI_ENTROPY_H

#include "libmi/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Orders above this are taken as inf: S_a = a / (a - 1) S_inf there, up to log(n) / a, is S_inf to its last
 * digit. */
#define MI_ALPHA_INFINITE 1e15

/* Parse a list of orders "0.5,1,2,inf" into a new array; those above MI_ALPHA_INFINITE are
 * inf. Errors: MI_EUSAGE for text, NaN or a <= 0, naming it. Nothing is left to free after a
 * failure. Free with mi_free. */
MI_API MI_CHECKED mi_status mi_alpha_parse(double **alpha, size_t *count, const char *text);

/* S_a of eigenvalues l[0..count) > 0 that sum to 1. Within 0.5 of order 1 as -log1p(sum l
 * expm1((a-1) log l)) / (a-1), which keeps its digits; elsewhere scaled by the largest, which
 * cannot overflow. nan for none, and for an order that is not above 0. O(count). */
MI_API double mi_entropy_of_eigenvalues(const double *l, size_t count, double alpha);

#ifdef __cplusplus
}
#endif
#endif
