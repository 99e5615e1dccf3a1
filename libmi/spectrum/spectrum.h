/* spectrum.h - eigenvalues and moments of the trace-one Gram matrix A = K / n of a joint.
 *
 * uses: base/blas base/comm_internal base/pool base/run data/groups_internal
 *       data/kernel_internal spectrum/gram; cblas lapacke
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

typedef enum { MI_FORM_CHEAPER, MI_FORM_DENSE, MI_FORM_DUAL } mi_form;

/* Bytes that the largest blocks of mi_spectrum_of or mi_moments_of will take at once. */
size_t mi_spectrum_bytes(const mi_var *const *var, size_t n_var, const mi_group_rows *classes,
                         size_t n, mi_form form, const mi_run *run);

/* Eigenvalues of the joint of var[0..n_var) over n rows. `classes` are the rows of each class of
 * its discrete variables (NULL: one block of all rows), and var then holds the real ones only. In
 * double precision. O(sum over blocks of min(m,w)^3). Errors: MI_ENOMEM; MI_ELIBRARY when LAPACK
 * does not converge. Free with mi_spectrum_free. */
MI_CHECKED mi_status mi_spectrum_of(mi_spectrum *out, const mi_var *const *var, size_t n_var,
                                    const mi_group_rows *classes, size_t n, mi_form form,
                                    const mi_run *run);
void mi_spectrum_free(mi_spectrum *s);

/* Moments of the same. B = A A once for the third and fourth (`up_to` 2: only the second, which is
 * cheaper). row (n), zeroed by the caller, or NULL: the sum over j of K_ij^2 for every row i; they
 * add up to n^2 tr A^2. */
MI_CHECKED mi_status mi_moments_of(mi_moments *out, double *row, const mi_var *const *var,
                                   size_t n_var, const mi_group_rows *classes, size_t n,
                                   mi_form form, int up_to, const mi_run *run);

#endif
