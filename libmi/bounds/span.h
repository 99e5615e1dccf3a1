/* span.h - few rows of many columns in coordinates of their own span. Private.
 *
 * uses: base/blas base/run data/mat data/mat_internal; lapacke
 */
#ifndef MI_SPAN_H
#define MI_SPAN_H

#include "libmi/base/run.h"
#include "libmi/data/mat.h"

/* out (n,n): rows with the inner products of the rows of x (n,d), which are in memory, n < d. O(n^2 d)
 * time, O(n d) memory. Errors: MI_EMEMORY, MI_ENOMEM, MI_ELIBRARY. Free with mi_mat_free. */
MI_CHECKED mi_status mi_span_rows(mi_mat *out, const mi_mat *x, const mi_run *run);

#endif
