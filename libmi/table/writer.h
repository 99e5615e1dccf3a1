/* writer.h - what a table is written from: its columns (columns.c), its cells and rows (write.c). Private.
 *
 * uses: table/names table/row table/table
 */
#ifndef MI_TABLE_WRITER_H
#define MI_TABLE_WRITER_H

#include "libmi/table/names.h"
#include "libmi/table/row.h"
#include "libmi/table/table.h"

/* Columns 0..n of the table; attr is the attribute that fills the column, NULL for one declared by
 * name. */
struct mi_table_writer {
    FILE *stream;
    mi_table_format format;
    int digits;
    int named; /* the first row has begun: columns and their names are final */
    size_t rows;
    size_t n, room;
    char **name;
    char **attr;
    mi_column_role *role;
    mi_cell *cell;
    mi_names declared, attributes; /* columns declared by name, and those for attributes */
    /* The columns that were chosen, in their order: what is written. 0: all. */
    size_t n_chosen;
    size_t *chosen;
    char **chosen_name; /* borrowed from name */
    mi_cell *chosen_cell;
    /* Of an aligned table. */
    int width, has_settings; /* a column was declared as a setting */
    mi_cell *kept;           /* (n_kept, n), room for room_kept rows */
    size_t n_kept, room_kept;
};

/* The names are final from here on: an attribute whose name a declared column has, in any case, gets the
 * prefix "attr_". Errors: MI_ENOMEM. */
MI_CHECKED mi_status mi_table_name_columns(mi_table_writer *w);

#endif
