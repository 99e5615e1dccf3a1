/* export.h - feature sets and tables as files of other programs.
 *
 * uses: base/mem base/number base/utf8 base/words features/features features/raw table/table
 */
#ifndef MI_EXPORT_H
#define MI_EXPORT_H

#include <stdio.h>

#include "libmi/features/features.h"
#include "libmi/table/table.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    MI_EXPORT_NPY, /* one array of NumPy */
    MI_EXPORT_NPZ, /* an archive of them, not packed */
    MI_EXPORT_CSV, /* text after RFC 4180, names first */
    MI_EXPORT_TSV  /* the same with tabs */
} mi_export_format;

/* Write the members in `members` (bits 1u << MI_Z1 ...; those that a set has) of every set to a
 * stream, which need not be able to seek. Types and values stay as they are, bit by bit,
 * little-endian; text becomes 'U' in NumPy's formats, and numbers in text have as many digits as
 * reading them back takes.
 *
 *     npy        one member of one set
 *     npz        entries z1, z2, ... of one set; GROUP/z1 and so on of several
 *     csv, tsv   one set: columns z1_0, z1_1, ..., r, y; trailing axes are flattened
 *
 * Memory: some blocks of rows. O(n d). Errors: MI_EUSAGE (members, sets that the format cannot
 * hold), MI_EDATA, MI_EWRITE, and those of reading. */
MI_API MI_CHECKED mi_status mi_export(FILE *stream, mi_features *f, unsigned members,
                                      mi_export_format format);

/* Write a table. In NumPy's formats a column is of integers (i8), numbers (f8, what does not apply
 * being nan) or text; npy is one array of records, npz has an entry a column. */
MI_API MI_CHECKED mi_status mi_export_table(FILE *stream, const mi_table *t,
                                            mi_export_format format);

#ifdef __cplusplus
}
#endif
#endif
