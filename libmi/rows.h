/* rows.h - rows of a matrix: find those that are zero or not finite.
 *
 * uses: status mem mat     used by: tools
 */
#ifndef MI_ROWS_H
#define MI_ROWS_H

#include "mat.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Rows whose elements are all 0 (-0.0 too), and rows with a NaN or an infinity. O(n d). */
MI_API void mi_rows_count(const mi_mat *m, size_t *zero, size_t *nonfinite);

#ifdef __cplusplus
}
#endif
#endif
