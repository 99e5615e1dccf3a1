/* levels.h - what rows have in common, for the rooms that tell runs apart.
 *
 * uses: base/mem table/names table/table
 */
#ifndef MI_TABLE_LEVELS_H
#define MI_TABLE_LEVELS_H

#include "libmi/table/table.h"

/* Rows whose text in the column is kept at another x. O(rows log rows). Errors: MI_ENOMEM. */
MI_CHECKED mi_status mi_table_kept(size_t *kept, const mi_table *t, size_t x, size_t column);

/* The rows of each level, in their order: those of level k are (*row)[i], i from (*start)[k] to before
 * (*start)[k + 1]. Errors: MI_ENOMEM. Free both with mi_free, after an error too. */
MI_CHECKED mi_status mi_table_levels_rows(size_t **start, size_t **row, const mi_table_levels *l,
                                          size_t rows);

#endif
