/* Columns of a table by a list of names, and rows told apart by their text in them. */
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/table/levels.h"
#include "libmi/table/names.h"

/* The columns of a comma-separated list, which is cut up; of columns with one name the first. */
static mi_status find_each(const mi_table *t, char *list, const mi_names *known, size_t *column,
                           size_t room, size_t *n)
{
    const char *name;
    for (*n = 0; (name = strsep(&list, ",")) != NULL; ++*n) {
        if (*n == room) {
            *n = room + 1;
            return MI_OK;
        }
        long found = mi_names_at(known, name);
        if (found < 0)
            return mi_table_find(t, name, &column[*n]);
        column[*n] = (size_t)found;
    }
    return MI_OK;
}

mi_status mi_table_find_list(const mi_table *t, const char *list, size_t *column, size_t room,
                             size_t *n)
{
    mi_names known = {0};
    char *copy;
    size_t number;
    *n = 0;
    MI_TRY(mi_strdup(&copy, list));
    mi_status status = MI_OK;
    for (size_t k = 0; status == MI_OK && k < t->columns; k++)
        status = mi_names_put(&known, t->name[k], k, &number);
    if (status == MI_OK)
        status = find_each(t, copy, &known, column, room, n);
    mi_names_free(&known);
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

mi_status mi_table_levels_rows(size_t **start, size_t **row, const mi_table_levels *l, size_t rows)
{
    MI_TRY(MI_NEW(*start, l->n + 2));
    MI_TRY(MI_NEW_RAW(*row, rows));
    /* (*start)[k + 1] walks from the start of level k to its end while the rows are laid out. */
    for (size_t k = 0; k < rows; k++)
        (*start)[l->of[k] + 2]++;
    for (size_t k = 2; k <= l->n; k++)
        (*start)[k] += (*start)[k - 1];
    for (size_t k = 0; k < rows; k++)
        (*row)[(*start)[l->of[k] + 1]++] = k;
    return MI_OK;
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
