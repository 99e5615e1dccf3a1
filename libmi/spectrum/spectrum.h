/* spectrum.h - eigenvalues and moments of the trace-one Gram matrix A = K / n of a joint.
 *
 * uses: base/blas base/comm_internal base/eigenvalues base/pool base/run data/groups_internal
 *       data/kernel_internal spectrum/gram spectrum/left_out; cblas
 *
 * A joint that has discrete variables is block-diagonal: one block a class. Blocks are worked on
 * apart, each in the cheaper of its two forms: m x m (Gram) or w x w (dual, linear kernels). Ranks
 * share the blocks; of a few they share the rows of a dual and the products of moments.
 */
#ifndef MI_SPECTRUM_H
#define MI_SPECTRUM_H

#include "libmi/base/run.h"
#include "libmi/data/groups_internal.h"
#include "libmi/spectrum/gram.h"
#include "libmi/spectrum/left_out.h"

/* Eigenvalues of A that are kept, in no order, and what was done to round-off. */
typedef struct {
    double *l; /* (count), all > 0; those not kept are zero */
    size_t count;
    double largest;
    double zeroed_mass; /* sum of |l_i| of the eigenvalues below n eps l_max, which were zeroed */
} mi_spectrum;

/* tr A^2, tr A^3, tr A^4; no eigenvalues are needed for them. */
typedef struct {
    double p2, p3, p4;
} mi_moments;

/* A block as its Gram matrix (m,m) or as its dual (w,w), which has the same non-zero eigenvalues. */
typedef enum { MI_MATRIX_CHEAPER, MI_MATRIX_DENSE, MI_MATRIX_DUAL } mi_matrix;

/* A of a joint over n rows: block-diagonal where it has discrete variables. */
typedef struct {
    const mi_var *const *var; /* (n_var); with classes the real ones alone */
    size_t n_var, n;
    const mi_group_rows
        *classes; /* rows of each class of the discrete ones, a block each; NULL: one
                                     block of all rows */
    mi_matrix as;
} mi_joint_matrix;

size_t mi_joint_blocks(const mi_joint_matrix *a);
mi_block mi_joint_block(const mi_joint_matrix *a, size_t b);

/* Whether some block is so large that it has all threads to itself. */
int mi_spectrum_has_large(const mi_joint_matrix *a);

/* Bytes that the largest blocks of mi_spectrum_of or mi_moments_of will take at once; with_vectors: of
 * mi_spectrum_of with something left out. */
size_t mi_spectrum_bytes(const mi_joint_matrix *a, int with_vectors, const mi_run *run);

/* Eigenvalues of A, in double precision; and what their sums lose without some rows (left_out.h), from
 * the eigenvectors; NULL: not wanted. O(sum over blocks of min(m,w)^3), with vectors some three times
 * that. Errors: MI_ENOMEM; MI_ELIBRARY when LAPACK does not converge. Free with mi_spectrum_free. */
MI_CHECKED mi_status mi_spectrum_of(mi_spectrum *out, const mi_left_out *left,
                                    const mi_joint_matrix *a, const mi_run *run);
void mi_spectrum_free(mi_spectrum *s);

/* Moments of A. B = A A once for the third and fourth (`up_to` 2: only the second, which is
 * cheaper). row (n), zeroed by the caller, or NULL: the sum over j of K_ij^2 for every row i; they
 * add up to n^2 tr A^2. */
MI_CHECKED mi_status mi_moments_of(mi_moments *out, double *row, const mi_joint_matrix *a,
                                   int up_to, const mi_run *run);

#endif
