/* missing.h - what to say of a column that is not there. Private to the table room.
 *
 * uses: base/words table/table
 */
#ifndef MI_TABLE_MISSING_H
#define MI_TABLE_MISSING_H

#include "libmi/table/table.h"

/* MI_EDATA: no such column, which computation writes it where that is known, and the columns there
 * are, or of many those whose names are nearest. */
mi_status mi_table_missing(const mi_table *t, const char *name);

#endif
