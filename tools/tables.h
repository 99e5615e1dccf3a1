/* tables.h - what tools that read tables share: input, columns by name, groups of rows.
 *
 * uses: libmi              used by: mi-corr mi-plot mi-validate
 */
#ifndef TABLES_H
#define TABLES_H

#include "libmi/mi.h"

/* Read the files ("-", or none at all: standard input) as one table. Errors: MI_EOPEN, and those of
 * mi_table_read. Free with mi_table_free. */
mi_status tables_read(mi_table *out, char **file, size_t n);

typedef struct {
    size_t *index; /* (count) columns of the table */
    size_t count;
} tables_columns;

/* Columns named in "A,B,...". Errors: MI_EDATA for one that is not there. Free with
 * tables_columns_free. */
mi_status tables_columns_find(tables_columns *out, const mi_table *t, const char *list);
void tables_columns_free(tables_columns *c);

/* value (rows): a column as numbers. Errors: MI_EDATA with line and column. Free with mi_free. */
mi_status tables_numbers(double **value, const mi_table *t, size_t column);

/* Rows that have the same text in each of some columns, in order of first appearance. */
typedef struct {
    char **name; /* (count) "dataset=cifar10,method=simclr"; NULL without columns: all rows are one
                    group */
    size_t *of;  /* (rows) group of each row */
    size_t count;
} tables_groups;

mi_status tables_group(tables_groups *out, const mi_table *t, const tables_columns *by);
void tables_groups_free(tables_groups *g);

#endif
