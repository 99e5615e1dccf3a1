/* tensor.h - arrays of any name in HDF5 files, beside feature sets: images, weights.
 *
 * uses: features/write
 *
 * Like features.h, from one thread. Names are paths from the root of the file.
 */
#ifndef MI_FEATURES_TENSOR_H
#define MI_FEATURES_TENSOR_H

#include "libmi/features/write.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mi_tensors mi_tensors;

/* Open a file. Errors: MI_EOPEN, MI_EDATA when it is no HDF5 file. Close with mi_tensors_close. */
MI_API MI_CHECKED mi_status mi_tensors_open(mi_tensors **out, const char *path);
MI_API void mi_tensors_close(mi_tensors *t);

/* What is stored under a name. */
typedef struct {
    int axes;         /* as stored; 0: a scalar, or nothing of that name */
    uint64_t axis[8]; /* the first min(axes,8) of them */
    mi_elem_class cls;
    size_t bytes; /* of an element */
} mi_tensor_shape;

/* 1 when there is a dataset of that name. */
MI_API int mi_tensors_has(const mi_tensors *t, const char *name);
/* Errors: MI_EDATA when there is none, naming it. */
MI_API MI_CHECKED mi_status mi_tensors_shape(const mi_tensors *t, const char *name,
                                             mi_tensor_shape *out);

/* Rows first .. first+n of it (along the first axis) into `to`, as floats, bytes, 64-bit integers or
 * doubles (MI_STORE_F32, _U8, _I64, _F64), which HDF5 converts to. Errors: MI_EDATA for rows that are
 * not there, text where numbers are wanted, damage. */
MI_API MI_CHECKED mi_status mi_tensors_read(const mi_tensors *t, const char *name, size_t first,
                                            size_t n, mi_store as, void *to);

/* The strings of a one-dimensional dataset of fixed strings, as `n` copies. Free each, and the array,
 * with mi_free. */
MI_API MI_CHECKED mi_status mi_tensors_texts(const mi_tensors *t, const char *name, char ***out,
                                             size_t *n);

/* An attribute of the root; *out is left as it is where there is none. */
MI_API MI_CHECKED mi_status mi_tensors_real(const mi_tensors *t, const char *attribute,
                                            double *out);
/* A copy of a text attribute of the root, NULL where there is none. Free with mi_free. */
MI_API MI_CHECKED mi_status mi_tensors_text(const mi_tensors *t, const char *attribute, char **out);

#ifdef __cplusplus
}
#endif
#endif
