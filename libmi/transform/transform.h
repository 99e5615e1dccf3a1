/* transform.h - operations on feature sets: a list of them, applied in order and written out.
 *
 * uses: base/want base/words features/write
 */
#ifndef MI_TRANSFORM_H
#define MI_TRANSFORM_H

#include "libmi/features/write.h"

#ifdef __cplusplus
extern "C" {
#endif

/* VARS is z1, z2 or z1,z2. Those above MI_OP_POOL choose rows, the others map rows. */
typedef enum {
    MI_OP_ROWS,           /* A:B:STEP   rows of a range */
    MI_OP_IDS,            /* R,...      rows with these values of r */
    MI_OP_CLASS,          /* Y,...      rows with these values of y */
    MI_OP_DROP_CLASS,     /* Y,...      rows without them */
    MI_OP_PER_CLASS,      /* K          K instances of each class, at random */
    MI_OP_SUBSAMPLE,      /* K          K instances, at random */
    MI_OP_DROP_NONFINITE, /*            rows without NaN or infinity in z1, z2 and a real r */
    MI_OP_POOL,           /* VARS       mean over the trailing axes but the first */
    MI_OP_CENTER,         /* VARS       less the mean of each column */
    MI_OP_L2,             /* VARS       each row of length 1 */
    MI_OP_STANDARDIZE,    /* VARS       each column of mean 0 and variance 1 */
    MI_OP_PCA,            /* VARS:K     first K principal components */
    MI_OP_WHITEN,         /* VARS[:K]   the same with variance 1 each; default: all */
    MI_OP_FSQ,            /* VARS:L     quantised to L levels a column */
    MI_OP_TOPK,           /* VARS:K     the K largest of a row, 0 elsewhere */
    MI_OPS
} mi_op_kind;

/* "rows", "ids", ...: the option of mi-transform. */
MI_API const char *mi_op_name(mi_op_kind kind);
/* The same back. Errors: MI_EUSAGE. */
MI_API MI_CHECKED mi_status mi_op_parse(mi_op_kind *out, const char *name);

/* The operations in the order they are applied. {0} is not enough: mi_transform_default. */
typedef struct {
    struct mi_op *op; /* (n) */
    size_t n;
    unsigned long seed;  /* of random choices; default 1 */
    mi_store store;      /* type of z1 and z2 that hold floats; default: as they were */
    struct mi_flow *fit; /* what mi_transform_fit fitted; NULL (default): each set on itself */
} mi_transform;

MI_API void mi_transform_default(mi_transform *t);
MI_API void mi_transform_free(mi_transform *t);

/* Add an operation with its argument (NULL: none). Errors: MI_EUSAGE: not of the form above, an
 * unknown variable, a number below its least (FSQ: 2 levels, others 1). */
MI_API MI_CHECKED mi_status mi_transform_add(mi_transform *t, mi_op_kind kind, const char *text);

/* Fit the operations that depend on the data on set i of f, which stays open as long as t: every set
 * is then mapped by what was fitted there. Its rows are mapped, and those that are not finite
 * dropped, but it is not selected from. O(n d) for each that is fitted, O(n d^2 + d^3) for
 * components. Errors: MI_EUSAGE for a set there is not; MI_EDATA with file, group, operation,
 * dataset, what was found and wanted; those of reading. Nothing is left to free after a failure. */
MI_API MI_CHECKED mi_status mi_transform_fit(mi_transform *t, mi_features *f, size_t i);

/* Bytes that mi_transform_write takes for f at its peak, the program apart: packed chunks, labels and rows
 * that are chosen by, covariances and components, a band of chunks that is filled, and where the file is
 * an image, the image. O(sets). 0 without operations or features. */
MI_API double mi_transform_bytes(const mi_transform *t, mi_features *f, int to_image);

/* Apply the operations to every set of f, in order, and write them, groups and attributes as they
 * were. Those that depend on the data are fitted on the rows and values as they are at that point,
 * unless mi_transform_fit came before. What sets inherit stays at the ancestor when all of them
 * keep the same rows, else each group gets its own. After FSQ a set has the attribute fsq_levels.
 * Cost and errors: as mi_transform_fit, and those of writing. Errors: MI_EUSAGE for no features or
 * writer, a type there is not; as mi_transform_fit. */
MI_API MI_CHECKED mi_status mi_transform_write(const mi_transform *t, mi_features *f, mi_writer *w);

#ifdef __cplusplus
}
#endif
#endif
