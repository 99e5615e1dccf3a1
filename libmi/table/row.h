/* row.h - one row of a table as cells, and its three forms on paper. Private to the table
 * room.
 *
 * uses: base/mem base/number base/status base/utf8; jansson
 */
#ifndef MI_TABLE_ROW_H
#define MI_TABLE_ROW_H

#include <stdio.h>

#include "libmi/base/status.h"

typedef enum {
    CELL_UNSET, /* does not apply: nan, null, or left out of a block */
    CELL_INTEGER,
    CELL_REAL,
    CELL_DECIMAL, /* a real whose text is known: the shortest one that reads back in single
                     precision */
    CELL_TEXT
} mi_cell_kind;

typedef struct {
    mi_cell_kind kind;
    long long integer;
    double real;
    char *text;
} mi_cell;

typedef void mi_put_text(FILE *stream, const char *text);

/* Write a cell; its text, if it has one, through put_text. */
void mi_cell_put(FILE *stream, const mi_cell *cell, int digits, mi_put_text *put_text);

/* name and cell have n elements. The stream is not checked here: see mi_table_end_row. */
void mi_row_tsv(FILE *stream, const mi_cell *cell, size_t n, int digits);
void mi_row_tsv_header(FILE *stream, char *const *name, size_t n);
mi_status mi_row_json(FILE *stream, char *const *name, const mi_cell *cell, size_t n, int digits);
mi_status mi_row_block(FILE *stream, char *const *name, const mi_cell *cell, size_t n, int digits);

#endif
