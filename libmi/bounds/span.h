/* span.h - few rows of many columns in coordinates of their own span. Private.
 *
 * uses: base/blas base/run data/mat data/mat_internal; cblas lapacke
 */
#ifndef MI_SPAN_H
#define MI_SPAN_H

#include "libmi/base/run.h"
#include "libmi/data/mat.h"

/* out (n+1,n+1): rows with the inner products of the rows of x (n,d), each times its scale (NULL: 1), less
 * their mean, and of that mean, which is the last. x is in memory, n < d. O(n^2 d) time, O(n d) memory.
 * Errors: MI_EMEMORY, MI_ENOMEM, MI_ELIBRARY. Free with mi_mat_free. */
MI_CHECKED mi_status mi_span_rows(mi_mat *out, const mi_mat *x, const double *scale,
                                  const mi_run *run);

#endif
