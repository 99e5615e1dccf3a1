/* Columns of a table by a list of names, and rows told apart by their text in them. */
#include <stdlib.h>
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

/* ---- levels ---- */

typedef struct {
    const mi_table *t;
    const size_t *column;
    size_t n;
} key;

/* By text, column after column; rows of equal texts as they stand in the table. */
static int compare_rows(const void *one, const void *other, void *arg)
{
    const key *k = arg;
    size_t a = *(const size_t *)one, b = *(const size_t *)other;
    int order = 0;
    for (size_t c = 0; c < k->n && order == 0; c++)
        order = strcmp(mi_table_cell(k->t, a, k->column[c]), mi_table_cell(k->t, b, k->column[c]));
    return order ? order : (a > b) - (a < b);
}

/* head[row] is the first row of the same texts: rows of one level stand together once they are
 * sorted, the first of them first. */
static mi_status find_heads(size_t *head, key *k)
{
    size_t *row, rows = k->t->rows;
    MI_TRY(MI_NEW_RAW(row, rows));
    for (size_t i = 0; i < rows; i++)
        row[i] = i;
    if (rows)
        qsort_r(row, rows, sizeof *row, compare_rows, k);
    for (size_t i = 0; i < rows; i++) {
        int is_same = i && mi_table_same(k->t, row[i - 1], row[i], k->column, k->n);
        head[row[i]] = is_same ? head[row[i - 1]] : row[i];
    }
    mi_free(row);
    return MI_OK;
}

mi_status mi_table_levels_of(mi_table_levels *out, const mi_table *t, const size_t *column,
                             size_t n, size_t most)
{
    mi_status status;
    *out = (mi_table_levels){0};
    MI_TRY_GOTO(status, MI_NEW(out->of, t->rows), fail);
    MI_TRY_GOTO(status, MI_NEW(out->first, t->rows), fail);
    MI_TRY_GOTO(status, find_heads(out->of, &(key){.t = t, .column = column, .n = n}), fail);
    /* A head stands before the other rows of its level and has its number when they ask. */
    for (size_t row = 0; row < t->rows && out->n <= most; row++) {
        int is_head = out->of[row] == row;
        if (is_head)
            out->first[out->n] = row;
        out->of[row] = is_head ? out->n++ : out->of[out->of[row]];
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

mi_status mi_table_kept(size_t *kept, const mi_table *t, size_t x, size_t column)
{
    mi_table_levels l;
    int *is_mixed;
    *kept = 0;
    MI_TRY(mi_table_levels_of(&l, t, &column, 1, t->rows));
    mi_status status = MI_NEW(is_mixed, l.n);
    for (size_t row = 0; status == MI_OK && row < t->rows; row++)
        is_mixed[l.of[row]] |= !mi_table_same(t, l.first[l.of[row]], row, &x, 1);
    for (size_t row = 0; status == MI_OK && row < t->rows; row++)
        *kept += (size_t)is_mixed[l.of[row]];
    mi_free(is_mixed);
    mi_table_levels_free(&l);
    return status;
}
