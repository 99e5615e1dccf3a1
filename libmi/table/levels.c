/* Columns of a table by a list of names, and rows told apart by their text in them. */
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/table/levels.h"

mi_status mi_table_find_list(const mi_table *t, const char *list, size_t *column, size_t room,
                             size_t *n)
{
    mi_status status = MI_OK;
    char *copy, *rest, *name;
    *n = 0;
    MI_TRY(mi_strdup(&copy, list));
    for (rest = copy; (name = strsep(&rest, ",")) != NULL; ++*n) {
        if (*n < room)
            status = mi_table_find(t, name, &column[*n]);
        if (*n == room || status != MI_OK)
            break;
    }
    if (status == MI_OK && name)
        *n = room + 1;
    mi_free(copy);
    return status;
}

int mi_table_same(const mi_table *t, size_t a, size_t b, const size_t *column, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (strcmp(mi_table_cell(t, a, column[k]), mi_table_cell(t, b, column[k])) != 0)
            return 0;
    return 1;
}

int mi_table_varies(const mi_table *t, size_t column)
{
    for (size_t row = 1; row < t->rows; row++)
        if (!mi_table_same(t, 0, row, &column, 1))
            return 1;
    return 0;
}

size_t mi_table_kept(const mi_table *t, size_t x, size_t column)
{
    size_t kept = 0;
    for (size_t a = 0; a < t->rows; a++) {
        size_t b = 0;
        while (b < t->rows &&
               (!mi_table_same(t, a, b, &column, 1) || mi_table_same(t, a, b, &x, 1)))
            b++;
        kept += b < t->rows;
    }
    return kept;
}

mi_status mi_table_levels_of(mi_table_levels *out, const mi_table *t, const size_t *column,
                             size_t n, size_t most)
{
    mi_status status;
    *out = (mi_table_levels){0};
    MI_TRY_GOTO(status, MI_NEW(out->of, t->rows), fail);
    MI_TRY_GOTO(status, MI_NEW(out->first, t->rows), fail);
    for (size_t row = 0; row < t->rows && out->n <= most; row++) {
        size_t level = 0;
        while (level < out->n && !mi_table_same(t, row, out->first[level], column, n))
            level++;
        if (level == out->n)
            out->first[out->n++] = row;
        out->of[row] = level;
    }
    return MI_OK;
fail:
    mi_table_levels_free(out);
    return status;
}

void mi_table_levels_free(mi_table_levels *l)
{
    mi_free(l->of);
    mi_free(l->first);
    *l = (mi_table_levels){0};
}
