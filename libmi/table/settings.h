/* settings.h - columns that say how a row was computed: rows that differ in one are not one series.
 *
 * uses: table/table
 */
#ifndef MI_TABLE_SETTINGS_H
#define MI_TABLE_SETTINGS_H

#include "libmi/table/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Settings, 0 .. : names of columns; NULL past the last. */
MI_API const char *mi_table_setting(size_t k);

/* 1 when the rows have more than one text in a column. O(rows). */
MI_API int mi_table_varies(const mi_table *t, size_t column);

/* 1 when two rows of one level have different texts in the column. O(rows). */
MI_API int mi_table_varies_within(const mi_table *t, size_t column, const mi_table_levels *l);

#ifdef __cplusplus
}
#endif
#endif
