/* mat.h - matrices of floating-point rows.
 *
 * uses: base/mem data/mat_internal data/mat_source
 */
#ifndef MI_MAT_H
#define MI_MAT_H

#include "libmi/base/mem.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of an element. Half precision is widened to single when it is read; nothing else is lost.
 */
typedef enum { MI_F32 = 4, MI_F64 = 8 } mi_float;

/* Where rows are that do not fit in memory: they are read when they are wanted. */
typedef struct mi_row_source mi_row_source;

/* x is (n,d) row-major, ld >= d elements from one row to the next. */
typedef struct {
    size_t n, d, ld;
    mi_float type;
    void *x;
    mi_row_source *source; /* where the rows are when x is NULL */
} mi_mat;

/* Allocate (n,d), not zeroed, ld = d. Free with mi_mat_free. */
MI_API MI_CHECKED mi_status mi_mat_alloc(mi_mat *m, size_t n, size_t d, mi_float type);
MI_API void mi_mat_free(mi_mat *m);

/* A borrowed view of n rows of d elements, `ld` elements from one row to the next (0: d). It owns
 * nothing: what it views is not written and outlives it, and the view is never freed. */
MI_API mi_mat mi_mat_view(const float *x, size_t n, size_t d, size_t ld);
MI_API mi_mat mi_mat_view_f64(const double *x, size_t n, size_t d, size_t ld);

#ifdef __cplusplus
}
#endif
#endif
