/* rows.h - what is wrong with rows: not finite, all zero.
 *
 * uses: base/words data/mat data/mat_internal
 */
#ifndef MI_ROWS_H
#define MI_ROWS_H

#include "libmi/data/mat.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { MI_ROWS_ALL_ZERO, MI_ROWS_NOT_FINITE } mi_row_fault;

/* Count the rows of a matrix in memory that have a fault; *first is the first of them (undefined
 * when there is none); bad (n), or NULL, gets 1 for each. O(n d). */
MI_API size_t mi_rows_find(const mi_mat *m, mi_row_fault fault, size_t *first, unsigned char *bad);

/* The same of rows that may not be in memory. Errors: MI_ENOMEM and those of reading. */
MI_API MI_CHECKED mi_status mi_rows_mark(size_t *found, const mi_mat *m, mi_row_fault fault,
                                         size_t *first, unsigned char *bad);

/* Refuse a matrix that has the fault. Errors: MI_EDATA with the first such row, how many there are,
 * and what would help. */
MI_API MI_CHECKED mi_status mi_rows_check(const mi_mat *m, mi_row_fault fault);

#ifdef __cplusplus
}
#endif
#endif
