#include "tables.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- input ---- */

static mi_status read_one(mi_table *out, const char *path)
{
    if (strcmp(path, "-") == 0)
        return mi_table_read(out, stdin, "standard input");
    FILE *f = fopen(path, "r");
    if (!f)
        return mi_fail(MI_EOPEN, "cannot open '%s': %s", path, strerror(errno));
    mi_status status = mi_table_read(out, f, path);
    fclose(f);
    return status;
}

mi_status tables_read(mi_table *out, char **file, size_t n)
{
    mi_table *part;
    mi_status status = MI_OK;
    if (n == 0)
        return read_one(out, "-");
    MI_TRY(MI_NEW(part, n));
    for (size_t k = 0; status == MI_OK && k < n; k++)
        status = read_one(&part[k], file[k]);
    if (status == MI_OK)
        status = mi_table_join(out, part, n);
    for (size_t k = 0; k < n; k++)
        mi_table_free(&part[k]);
    mi_free(part);
    return status;
}

/* ---- columns ---- */

mi_status tables_columns_find(tables_columns *out, const mi_table *t, const char *list)
{
    char *copy, *rest, *name;
    size_t commas = 0;
    for (const char *c = list; *c; c++)
        commas += *c == ',';
    *out = (tables_columns){0};
    MI_TRY(mi_strdup(&copy, list));
    mi_status status = MI_NEW(out->index, commas + 1);
    rest = copy;
    while (status == MI_OK && (name = strsep(&rest, ",")) != NULL)
        status = mi_table_find(t, name, &out->index[out->count++]);
    mi_free(copy);
    if (status != MI_OK)
        tables_columns_free(out);
    return status;
}

void tables_columns_free(tables_columns *c)
{
    mi_free(c->index);
    *c = (tables_columns){0};
}

mi_status tables_numbers(double **value, const mi_table *t, size_t column)
{
    mi_status status = MI_OK;
    MI_TRY(MI_NEW(*value, t->rows));
    for (size_t row = 0; status == MI_OK && row < t->rows; row++)
        status = mi_table_number(t, row, column, &(*value)[row]);
    if (status != MI_OK) {
        mi_free(*value);
        *value = NULL;
    }
    return status;
}

/* ---- groups ---- */

static mi_status group_name(char **out, const mi_table *t, const tables_columns *by, size_t row)
{
    size_t bytes = 1, used = 0;
    for (size_t k = 0; k < by->count; k++)
        bytes += strlen(t->name[by->index[k]]) + strlen(mi_table_cell(t, row, by->index[k])) + 2;
    MI_TRY(mi_malloc(out, bytes, 1));
    (*out)[0] = 0;
    for (size_t k = 0; k < by->count; k++)
        used += (size_t)snprintf(*out + used, bytes - used, "%s%s=%s", k ? "," : "",
                                 t->name[by->index[k]], mi_table_cell(t, row, by->index[k]));
    return MI_OK;
}

/* Put a row into the group of its name, which is kept when it is new. */
static mi_status place_row(tables_groups *g, const mi_table *t, const tables_columns *by,
                           size_t row)
{
    char *name;
    size_t k = 0;
    MI_TRY(group_name(&name, t, by, row));
    while (k < g->count && strcmp(g->name[k], name) != 0)
        k++;
    g->of[row] = k;
    if (k == g->count)
        g->name[g->count++] = name;
    else
        mi_free(name);
    return MI_OK;
}

mi_status tables_group(tables_groups *out, const mi_table *t, const tables_columns *by)
{
    mi_status status;
    *out = (tables_groups){0};
    MI_TRY_GOTO(status, MI_NEW(out->of, t->rows), fail);
    if (by->count == 0) {
        out->count = 1;
        return MI_OK;
    }
    MI_TRY_GOTO(status, MI_NEW(out->name, t->rows), fail);
    for (size_t row = 0; row < t->rows; row++)
        MI_TRY_GOTO(status, place_row(out, t, by, row), fail);
    return MI_OK;
fail:
    tables_groups_free(out);
    return status;
}

void tables_groups_free(tables_groups *g)
{
    for (size_t k = 0; g->name && k < g->count; k++)
        mi_free(g->name[k]);
    mi_free(g->name);
    mi_free(g->of);
    *g = (tables_groups){0};
}
