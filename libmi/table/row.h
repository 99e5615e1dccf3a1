/* row.h - rows of a table as cells, and their five forms on paper. Private to the table
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

/* Text of a tab-separated cell: tab, newline, return and backslash as \t \n \r \\. */
void mi_put_escaped(FILE *stream, const char *text);

/* Write a cell; its text, if it has one, through put_text. */
void mi_cell_put(FILE *stream, const mi_cell *cell, int digits, mi_put_text *put_text);

/* name and cell have n elements. The stream is not checked here: see mi_table_end_row. */
void mi_row_tsv(FILE *stream, const mi_cell *cell, size_t n, int digits);
void mi_row_tsv_header(FILE *stream, char *const *name, size_t n);
/* The same with commas, after RFC 4180. */
void mi_row_csv(FILE *stream, const mi_cell *cell, size_t n, int digits);
void mi_row_csv_header(FILE *stream, char *const *name, size_t n);
mi_status mi_row_json(FILE *stream, char *const *name, const mi_cell *cell, size_t n, int digits);
/* What a column is to a reader of aligned rows. */
typedef enum { MI_MEASURED, MI_SETTING, MI_ATTRIBUTE } mi_column_role;

/* Rows of one table, all at once. */
typedef struct {
    size_t rows, n;             /* columns */
    char *const *name;          /* (n) */
    const mi_column_role *role; /* (n) NULL: all are measured */
    const mi_cell *cell;        /* (rows, n) row-major */
    const size_t *chosen; /* (n_chosen) columns that are written; n_chosen = 0: as the roles say */
    size_t n_chosen;
    int digits, width; /* of a real; of the page, in characters */
} mi_aligned;

/* Nothing for a table without rows. Errors: MI_ENOMEM. */
mi_status mi_rows_aligned(FILE *stream, const mi_aligned *a);
mi_status mi_row_block(FILE *stream, char *const *name, const mi_cell *cell, size_t n, int digits);

#endif
