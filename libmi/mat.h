/* mat.h - matrices of floating-point rows.
 *
 * uses: status mem         used by: features rows kernel gram tiles contrast
 */
#ifndef MI_MAT_H
#define MI_MAT_H

#include "mem.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of an element. Half precision is widened to single when it is read; nothing else is lost.
 */
typedef enum { MI_F32 = 4, MI_F64 = 8 } mi_float;

/* x is (n,d) row-major, ld >= d elements from one row to the next. */
typedef struct {
    size_t n, d, ld;
    mi_float type;
    void *x;
} mi_mat;

/* Allocate (n,d), not zeroed, ld = d. Free with mi_mat_free. */
MI_API mi_status mi_mat_alloc(mi_mat *m, size_t n, size_t d, mi_float type);
MI_API void mi_mat_free(mi_mat *m);

/* One element, whatever the type: for tests and messages, not for loops. */
MI_API double mi_mat_get(const mi_mat *m, size_t row, size_t column);

/* Copy rows row[0..n) of m into a new matrix of the same type. O(n d). Free with mi_mat_free. */
MI_API mi_status mi_mat_gather(mi_mat *out, const mi_mat *m, const size_t *row, size_t n);

/* out (n,d), ld = d: rows row[0..n) of m (NULL: rows 0..n) in double precision, each times its
 * scale[row] (NULL: 1), less offset[column] (NULL: 0). O(n d). */
MI_API void mi_mat_rows_f64(double *out, const mi_mat *m, const size_t *row, size_t n,
                            const double *scale, const double *offset);

#ifdef __cplusplus
}
#endif
#endif
