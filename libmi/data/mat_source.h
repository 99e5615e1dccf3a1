/* mat_source.h - matrices whose rows are read when they are wanted. Private.
 *
 * uses: data/mat data/mat_internal
 */
#ifndef MI_MAT_SOURCE_H
#define MI_MAT_SOURCE_H

#include "libmi/data/mat.h"

/* to (n,d): rows row[0..n) of a matrix that has a source, read in their order there, each window of
 * rows once. Errors: MI_ENOMEM and those of reading. */
mi_status mi_source_rows(void *to, const mi_mat *m, const size_t *row, size_t n);

#endif
