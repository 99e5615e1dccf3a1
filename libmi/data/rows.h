/* rows.h - what is wrong with rows: not finite, all zero.
 *
 * uses: base/want base/words data/mat data/mat_internal
 */
#ifndef MI_ROWS_H
#define MI_ROWS_H

#include "libmi/data/mat.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { MI_ROWS_ALL_ZERO, MI_ROWS_NOT_FINITE } mi_row_fault;

/* Count the rows of a matrix in memory that have a fault; *first is the first of them (undefined
 * when there is none); bad (n) gets 1 for each. Both may be NULL. 0 for a matrix that is not in
 * memory. O(n d). */
MI_API size_t mi_rows_find(const mi_mat *m, mi_row_fault fault, size_t *first, unsigned char *bad);

/* The same of rows that may not be in memory. Errors: MI_EUSAGE for a matrix without rows or
 * columns, a fault there is not; MI_ENOMEM and those of reading. */
MI_API MI_CHECKED mi_status mi_rows_mark(size_t *found, const mi_mat *m, mi_row_fault fault,
                                         size_t *first, unsigned char *bad);

/* Refuse a matrix that has the fault. Errors: MI_EUSAGE as mi_rows_mark; MI_EDATA with the first
 * such row, how many there are, and what would help. */
MI_API MI_CHECKED mi_status mi_rows_check(const mi_mat *m, mi_row_fault fault);

/* Refuse a matrix whose largest number is too large or too small for sums of squares in double
 * precision: above 1e150, or below 1e-150 and not 0. Single precision has no such numbers. O(n d).
 * Errors: MI_EUSAGE for a matrix without rows or columns; MI_EDATA with that number; those of
 * reading. */
MI_API MI_CHECKED mi_status mi_rows_check_squares(const mi_mat *m);

/* Refuse rows that are not finite, as mi_rows_check, and count those that are all zero, in one pass
 * over a matrix that may be in a file. */
MI_API MI_CHECKED mi_status mi_rows_look(size_t *zero, const mi_mat *m);

#ifdef __cplusplus
}
#endif
#endif
