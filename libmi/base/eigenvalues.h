/* eigenvalues.h - all eigenvalues of a symmetric matrix, with eigenvectors or, of a large one, without.
 *
 * uses: base/blas base/mem base/status; lapacke
 */
#ifndef MI_EIGENVALUES_H
#define MI_EIGENVALUES_H

#include <stddef.h>

#include "libmi/base/status.h"

/* l (s), ascending: the eigenvalues of a (s,s), of which the lower triangle is given; with_vectors: a
 * becomes orthonormal eigenvectors, as rows in the same order, else it is overwritten. LAPACK's dsyevd:
 * 4/3 s^3 multiply-adds, half of them in products of the matrix with a vector; with vectors some three
 * times that. Beside a, 2 s^2 doubles with vectors. Errors: MI_ELIBRARY when LAPACK fails. */
MI_CHECKED mi_status mi_eigenvalues_one_stage(double *l, double *a, size_t s, int with_vectors);

/* From this size on two stages are faster than one. */
#define MI_TWO_STAGES_FROM 2000

/* l (s), ascending: the eigenvalues of a (s,s), of which the lower triangle is given; a is overwritten.
 * 4/3 s^3 multiply-adds in matrix products, on as many threads as the BLAS has, and some 100 s^2 on
 * one; beside a, 100 s doubles. As exact as one stage: some eps times the largest. Errors: MI_ENOMEM;
 * MI_ELIBRARY when LAPACK fails. */
MI_CHECKED mi_status mi_eigenvalues_two_stages(double *l, double *a, size_t s);

#endif
