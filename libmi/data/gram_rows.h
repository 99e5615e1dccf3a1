/* gram_rows.h - rows whose inner products are a given Gram matrix.
 *
 * uses: base/blas base/eigenvalues data/mat data/mat_internal; cblas lapacke
 */
#ifndef MI_GRAM_ROWS_H
#define MI_GRAM_ROWS_H

#include "libmi/data/mat.h"

/* out (n,r) in double precision, <out_i,out_j> = gram_ij, by a pivoted Cholesky factorisation; r is the
 * rank. What a kernel needs of rows are their inner products, so these stand for the features that the
 * matrix is of, in every route, in batches, re-paired or with rows left out.
 *
 * gram (n,n) is symmetric and positive semidefinite to 1e-5 of the root of gram_ii gram_jj: it may have
 * been made in single precision. O(n^2 r) time, 8 n (n + r) bytes. Errors: MI_EUSAGE for a matrix that is
 * not there; MI_EDATA for one that is not square, not in memory, or no Gram matrix, with the entries or
 * the eigenvalue that say so; MI_ENOMEM, MI_ELIBRARY. Nothing is left to free after a failure. Free with
 * mi_mat_free. */
MI_CHECKED mi_status mi_rows_of_gram(mi_mat *out, const mi_mat *gram);

#endif
