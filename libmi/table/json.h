/* json.h - JSON lines into a table. Private to the table room.
 *
 * uses: base/mem base/number table/lines table/names table/table; jansson
 */
#ifndef MI_TABLE_JSON_H
#define MI_TABLE_JSON_H

#include "libmi/table/table.h"

/* Fill t, whose source is set, from JSON lines (an object each; blank lines are skipped). Columns
 * are the union of the keys, in order of first appearance. Replaces t->text. Errors: MI_EDATA with
 * the line. */
mi_status mi_table_read_json(mi_table *t, const char *text);

#endif
