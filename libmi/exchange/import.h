/* import.h - a feature set from arrays of other programs.
 *
 * uses: base/mem base/words data/labels exchange/foreign features/half features/raw
 *       features/write
 */
#ifndef MI_IMPORT_H
#define MI_IMPORT_H

#include "libmi/data/labels.h"
#include "libmi/exchange/foreign.h"
#include "libmi/features/write.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where the views of m instances stand among v m rows. */
typedef enum {
    MI_VIEWS_UNTOLD,     /* by the arrays' axes, else by the labels, else an error */
    MI_VIEWS_STACKED,    /* row k m + i is view k of instance i */
    MI_VIEWS_INTERLEAVED /* row i v + k is */
} mi_views;

typedef struct {
    const char *address[MI_MEMBERS]; /* of mi_foreign_open; NULL: none */
    const char *group;               /* "/", or "/epoch_010" */
    size_t views;                    /* rows of an instance; 1: no views, no ids are made */
    mi_views layout;
    mi_store store;     /* of z1 and z2: MI_STORE_SAME, F16, F32 or F64 */
    unsigned bf16;      /* members whose integers are the bits of bfloat16, as bits */
    int keep_nonfinite; /* rows with NaN or infinity are no error */
    int replace;        /* members that are there already */
    /* Where each row is a dataset of its own: the column of the files of y, r and split that has
     * the names of the rows; their other rows are passed over. NULL: they stand in the order of
     * names. */
    const char *key;
    mi_foreign_opts array;
} mi_import_opts;

MI_API void mi_import_opts_default(mi_import_opts *o);

/* Write the members that have an address as a set. Memory: some blocks of z1 and z2, and r, y and
 * split whole. O(n d).
 *
 *     z1, z2   (n,d...): as they are; bfloat16 as single precision, and so with --type
 *              (m,v,d...) with v views: m v rows, interleaved; (v,m,d...) when stacked
 *     y, split one value a row, or one an instance, which its views share; whole floats are
 *     integers r        the same, or (n,d) floats; MATLAB's whole floats are integers. Not given,
 *     but views
 *              are: made, 0 to m-1
 *
 * Errors: MI_EUSAGE (no member, views without a layout); MI_EDATA with the member and its address
 * (rows that do not agree, NaN, types), and those of reading and writing. */
MI_API MI_CHECKED mi_status mi_import(mi_writer *w, const mi_import_opts *o);

#ifdef __cplusplus
}
#endif
#endif
