/* Lines of text as rows of a table, whatever stands between the cells. */
#include "libmi/table/lines.h"

#include <string.h>

#include "libmi/base/mem.h"

/* A table holds a cell for every row and column. Up to so many it may be as sparse as it likes; above,
 * one of so many is there. */
#define SPARSE_CELLS ((size_t)1 << 22)
#define SPARSE_SHARE 64

mi_status mi_table_check_cells(const mi_table *t, size_t rows, size_t given)
{
    size_t cells;
    int is_over = __builtin_mul_overflow(rows, t->columns, &cells);
    if (!is_over && (cells <= SPARSE_CELLS || cells / SPARSE_SHARE <= given))
        return MI_OK;
    return mi_fail(
        MI_EDATA,
        "%s: %zu rows of %zu different columns, of which %.2g in a row are there; wanted "
        "the same columns in most rows",
        t->source, rows, t->columns, (double)given / (double)rows);
}

mi_status mi_lines_room(mi_table *t, const char *text, char delimiter)
{
    size_t lines = 1, cells = 1;
    for (const char *c = text; *c; c++) {
        lines += *c == '\n';
        cells += *c == '\n' || *c == delimiter;
    }
    MI_TRY(MI_NEW(t->line, lines));
    return MI_NEW(t->cell, cells);
}

static int is_header(const mi_table *t, char *const *cell)
{
    for (size_t k = 0; k < t->columns; k++)
        if (strcmp(cell[k], t->name[k]) != 0)
            return 0;
    return 1;
}

mi_status mi_lines_take(mi_table *t, size_t found, size_t line)
{
    char **cell = t->cell + t->rows * t->columns;
    if (found == 1 && !*cell[0] && t->columns > 1)
        return MI_OK;
    if (found != t->columns)
        return mi_fail(MI_EDATA, "%s: line %zu: %zu cells, wanted %zu as in the header", t->source,
                       line, found, t->columns);
    if (!is_header(t, cell))
        t->line[t->rows++] = line;
    return MI_OK;
}
