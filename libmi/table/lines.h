/* lines.h - what tab- and comma-separated text have in common as tables. Private to the table room.
 *
 * uses: base/mem table/table
 */
#ifndef MI_TABLE_LINES_H
#define MI_TABLE_LINES_H

#include "libmi/table/table.h"

/* Room for every cell and line of the text: each ends with a byte of its own, a cell with the
 * delimiter. Errors: MI_ENOMEM. */
mi_status mi_lines_room(mi_table *t, const char *text, char delimiter);

/* The `found` cells of line number `line`, which stand behind those of the last row, become the next
 * row; a line without text, or one that repeats the header, is passed over. Errors: MI_EDATA: another
 * number of cells than in the header. */
mi_status mi_lines_take(mi_table *t, size_t found, size_t line);

/* Whether `rows` rows of t->columns columns are a table when `given` of its cells are there: lines that
 * each have keys of their own would fill memory with cells that are not. Errors: MI_EDATA. */
MI_CHECKED mi_status mi_table_check_cells(const mi_table *t, size_t rows, size_t given);

#endif
