/* gram.h - whole Gram matrices and their duals, in double precision: the plain twins of the fast
 * routes.
 *
 * uses: base/blas data/kernel data/kernel_internal; cblas
 *
 * A joint of several variables has the Hadamard (element-wise) product of their Gram matrices. All
 * matrices here are symmetric and only the lower triangle (row-major; LAPACK's 'U' in column-major)
 * is written.
 */
#ifndef MI_GRAM_H
#define MI_GRAM_H

#include "libmi/data/kernel.h"

/* The largest number of features that mi_joint_width returns as such. */
#define MI_WIDTH_MAX ((size_t)1 << 20)

/* Variables whose kernels are multiplied, and the rows of one block of their Gram matrix. */
typedef struct {
    const mi_var *const *var; /* (n_var) */
    size_t n_var;
    const size_t *row; /* (m); NULL: rows 0 .. m-1 */
    size_t m;
} mi_block;

/* k (m,m): Gram matrix of a block. The diagonal is exactly 1. O(m^2 sum d) time, O(m sum d) memory besides. Errors:
 * MI_ENOMEM. */
MI_CHECKED mi_status mi_gram(double *k, const mi_block *b);

/* k (rows->m, columns->m): the entries of the Gram matrix of some rows with some others, of real variables,
 * which are the same in both. Where both are one row, K_ii, exactly. O(rows->m columns->m sum d). Errors:
 * MI_ENOMEM. */
MI_CHECKED mi_status mi_gram_across(double *k, const mi_block *rows, const mi_block *columns);

/* K_ii of row i of a block, which is known: 1, or the weight of the row. */
double mi_gram_self(const mi_block *b, size_t i);

/* Features of the joint as one linear kernel: the product of the d of its variables (the rows of
 * the joint are the Kronecker products of theirs), or SIZE_MAX when a kernel is not linear or above
 * MI_WIDTH_MAX. */
size_t mi_joint_width(const mi_var *const *var, size_t n_var);

/* p (w,w), w = mi_joint_width: sum over rows of the outer product of the joint's row with itself.
 * It has the non-zero eigenvalues of the Gram matrix. O(m w^2). Errors: MI_ENOMEM. */
MI_CHECKED mi_status mi_gram_dual(double *p, const mi_block *b);

/* q (m): z_i' P z_i of every joint row z_i, P (w,w) a dual as mi_gram_dual leaves it: the sum over
 * the rows j of P of K_ij^2. O(m w^2). Errors: MI_ENOMEM. */
MI_CHECKED mi_status mi_gram_dual_rows(double *q, const double *p, const mi_block *b);

/* u (count,m): u_k = Phi v_k, Phi (m,w) the joint's rows. Of unit eigenvectors v_k of the dual, to the
 * eigenvalues p_k, they are eigenvectors of the Gram matrix, of norm sqrt(p_k). O(count m w). Errors:
 * MI_ENOMEM. */
MI_CHECKED mi_status mi_gram_dual_vectors(double *u, const double *v, size_t count,
                                          const mi_block *b);

#endif
