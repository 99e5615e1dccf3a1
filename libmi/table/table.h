/* table.h - tables: tab- or comma-separated text, JSON lines, or aligned blocks for a person;
 * written and read.
 *
 * uses: base/status
 *
 * A table has one header row and no comment lines. Numbers are written with %.*g in the C locale,
 * `nan` (null in JSON) for what does not apply.
 */
#ifndef MI_TABLE_H
#define MI_TABLE_H

#include <stdio.h>

#include "libmi/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    MI_TABLE_TSV,    /* header, then a line a row */
    MI_TABLE_CSV,    /* the same with commas, cells quoted as by RFC 4180; lines end with \n */
    MI_TABLE_JSON,   /* one object a line */
    MI_TABLE_BLOCK,  /* each row an aligned block of "name value" lines, for a terminal */
    MI_TABLE_ALIGNED /* aligned columns of what differs between rows and of what was measured, for a
                        terminal: rows are kept until mi_table_show or mi_table_end */
} mi_table_format;

/* ---- writing: declare the columns, then fill and end row after row; each row goes out when it
 * ends --- */

typedef struct mi_table_writer mi_table_writer;

/* digits: significant digits of a real, 1..17. The stream stays the caller's. Errors: MI_EUSAGE
 * for no stream, a format there is not, digits outside their range; MI_ENOMEM. Nothing is left to
 * free after a failure. */
MI_API MI_CHECKED mi_status mi_table_writer_new(mi_table_writer **out, FILE *stream,
                                                mi_table_format format, int digits);
MI_API void mi_table_writer_free(mi_table_writer *w);

/* Declare a column. Before the first row; in the order of the table. Errors: MI_EUSAGE for no
 * name, a column declared twice or after the first row; MI_ENOMEM. */
MI_API MI_CHECKED mi_status mi_table_column(mi_table_writer *w, const char *name);

/* Declare a column that says how a row came about. In an aligned table it is shown where rows differ in
 * it, and so are attributes where there is such a column. Errors: as mi_table_column. */
MI_API MI_CHECKED mi_status mi_table_setting_column(mi_table_writer *w, const char *name);

/* Declare a column for an attribute, whose name comes from outside, where it is not there yet.
 * Such columns are named when the first row starts: one that equals another column in any case
 * gets the prefix "attr_". Errors: MI_EUSAGE for no name, a first row that has begun; MI_ENOMEM. */
MI_API MI_CHECKED mi_status mi_table_attr_column(mi_table_writer *w, const char *name);

/* Write only the columns named in "A,B,...", in that order; after all are declared, before the first row.
 * Cells of the others may be set as before. Errors: MI_EUSAGE for no table or list, a row that was
 * written, a second choice, a name that stands twice; as mi_table_find; MI_ENOMEM. */
MI_API MI_CHECKED mi_status mi_table_choose(mi_table_writer *w, const char *list);

/* Set a cell of the row under way. Cells that are not set are nan, and left out of a block. A name
 * that is no column is MI_EUSAGE. Text (NULL: as if not set) has tabs, line ends and backslashes
 * written as \t \n \r \\ in TSV, and is quoted where it must be in CSV; a block shows every control character
 * as an escape. */
MI_API MI_CHECKED mi_status mi_table_text(mi_table_writer *w, const char *name, const char *value);
MI_API MI_CHECKED mi_status mi_table_int(mi_table_writer *w, const char *name, long long value);
MI_API MI_CHECKED mi_status mi_table_real(mi_table_writer *w, const char *name, double value);
/* The same by the name of an attribute; a decimal is a number that is written as its text. Errors:
 * MI_EUSAGE for a name that is no column, or none; MI_ENOMEM. */
MI_API MI_CHECKED mi_status mi_table_attr_text(mi_table_writer *w, const char *name,
                                               const char *value);
MI_API MI_CHECKED mi_status mi_table_attr_int(mi_table_writer *w, const char *name,
                                              long long value);
MI_API MI_CHECKED mi_status mi_table_attr_real(mi_table_writer *w, const char *name, double value);
MI_API MI_CHECKED mi_status mi_table_attr_decimal(mi_table_writer *w, const char *name,
                                                  const char *text);

/* Write the row (before the first: the header). Errors: MI_EUSAGE for no table; MI_EWRITE with
 * errno's text. */
MI_API MI_CHECKED mi_status mi_table_end_row(mi_table_writer *w);

/* The width that an aligned table fits, in characters; 80 unless it is set. What is wider goes into
 * panels below, which begin with the first settings. */
MI_API void mi_table_width(mi_table_writer *w, int characters);
/* Write the rows that an aligned table has kept; no other table keeps any. Errors: MI_EUSAGE for no
 * table; MI_ENOMEM; MI_EWRITE. */
MI_API MI_CHECKED mi_status mi_table_show(mi_table_writer *w);

/* A table without rows still has its header: write it if no row was. Errors: MI_EUSAGE for no
 * table; as mi_table_end_row. */
MI_API MI_CHECKED mi_status mi_table_end(mi_table_writer *w);

/* For tables whose rows several processes make, each with a writer of the same columns, format and
 * digits. Part: the rows of this writer come without the header. Append: write rows that such a
 * writer made; before the first row, the header. Not for blocks. Errors: MI_EUSAGE for a table of
 * blocks, no rows; as mi_table_end_row. */
MI_API void mi_table_part(mi_table_writer *w);
MI_API MI_CHECKED mi_status mi_table_append(mi_table_writer *w, const char *rows, size_t bytes);

/* ---- reading: the whole table in memory ---- */

typedef struct {
    size_t rows, columns;
    char **name;  /* (columns) */
    char **cell;  /* (rows, columns) row-major text as read, escapes undone */
    size_t *line; /* (rows) line of the input each row came from, for messages */
    char **from;  /* (rows) what messages call the input a row came from */
    char *source; /* what messages call the input */
    char *text;   /* storage that name and cell point into */
} mi_table;

/* Read TSV, CSV (a first line with commas or quotes and no tabs; RFC 4180) or JSON lines (told by a leading
 * '{'). Byte-order marks and CR LF are accepted; lines whose number of cells differs from the header's are
 * MI_EDATA with line, found, wanted; an empty input is MI_EDATA. Tables put one after the other (a header line
 * that repeats the first) read as one. Errors: MI_EUSAGE for no stream or name; MI_EDATA, MI_ENOMEM. Nothing is
 * left to free after a failure. Free with mi_table_free. */
MI_API MI_CHECKED mi_status mi_table_read(mi_table *out, FILE *stream, const char *source);
MI_API void mi_table_free(mi_table *t);

/* The rows of n tables one after the other: columns are the union, in order of first appearance;
 * what a part lacks is nan. The parts stay the caller's. Errors: MI_EUSAGE for no tables;
 * MI_ENOMEM. Nothing is left to free after a failure. Free with mi_table_free. */
MI_API MI_CHECKED mi_status mi_table_join(mi_table *out, const mi_table *part, size_t n);

/* Index of a column. Errors: MI_EUSAGE for no table or name; MI_EDATA naming the column wanted, the computation
 * that writes it where that is known, and those there are, or of many the nearest names. */
MI_API MI_CHECKED mi_status mi_table_find(const mi_table *t, const char *name, size_t *column);
/* Index of a column, or -1. */
MI_API long mi_table_has(const mi_table *t, const char *name);

/* Cell as a number; `nan`, `null` and empty are nan. Errors: MI_EUSAGE for a cell there is not;
 * MI_EDATA with line and column and the text. */
MI_API MI_CHECKED mi_status mi_table_number(const mi_table *t, size_t row, size_t column,
                                            double *value);
/* Cell as it was read; "nan" for one there is not. */
MI_API const char *mi_table_cell(const mi_table *t, size_t row, size_t column);

/* Indices of the columns named in "A,B,...", column[0 .. *n-1]; *n is room + 1 when more are named.
 * Errors: as mi_table_find, and *n is the number of names before the one that is not there. */
MI_API MI_CHECKED mi_status mi_table_find_list(const mi_table *t, const char *list, size_t *column,
                                               size_t room, size_t *n);

/* Whether two rows have the same text in each of n columns. */
MI_API int mi_table_same(const mi_table *t, size_t a, size_t b, const size_t *column, size_t n);

/* Rows told apart by their text in some columns, as the levels of a factor: numbered in order of
 * first appearance. */
typedef struct {
    size_t n;
    size_t *of;    /* (rows) level of each row */
    size_t *first; /* (n) first row of each level */
} mi_table_levels;

/* The levels of n columns (0: all rows are of one). Stops where there are more than `most`: out->n is
 * then most + 1, and `of` is not whole. O(rows log rows). Errors: MI_ENOMEM. Free with
 * mi_table_levels_free. */
MI_API MI_CHECKED mi_status mi_table_levels_of(mi_table_levels *out, const mi_table *t,
                                               const size_t *column, size_t n, size_t most);
MI_API void mi_table_levels_free(mi_table_levels *l);

#ifdef __cplusplus
}
#endif
#endif
