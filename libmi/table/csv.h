/* csv.h - a table from comma-separated text. Private.
 *
 * uses: base/mem table/lines table/table
 */
#ifndef MI_TABLE_CSV_H
#define MI_TABLE_CSV_H

#include "libmi/table/table.h"

/* Whether names in the first line have commas between them and no tabs, or the only one is quoted. */
int mi_table_is_csv(const char *text);

/* Names, cells and lines of t, which has its source, from text, which is cut in place and outlives t: RFC 4180, cells
 * may be quoted. Rows that repeat the header are passed over. Errors: MI_EDATA naming the line: another number of
 * cells than in the header, a quote that is not closed; MI_ENOMEM. Free with mi_table_free, after a failure too. */
mi_status mi_table_read_csv(mi_table *t, char *text);

#endif
