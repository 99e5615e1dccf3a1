/* levels.h - what rows have in common, for the rooms that tell runs apart.
 *
 * uses: base/mem table/table
 */
#ifndef MI_TABLE_LEVELS_H
#define MI_TABLE_LEVELS_H

#include "libmi/table/table.h"

/* Rows whose text in the column is kept at another x. O(rows log rows). Errors: MI_ENOMEM. */
MI_CHECKED mi_status mi_table_kept(size_t *kept, const mi_table *t, size_t x, size_t column);

#endif
