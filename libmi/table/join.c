/* Several tables as one: the union of their columns in order of first appearance, rows one after
 * the other. */
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/want.h"
#include "libmi/table/lines.h"
#include "libmi/table/names.h"
#include "libmi/table/table.h"

/* The names of the columns of all parts, in order of first appearance, into out->name (borrowed);
 * place: the column of `out` for each column of the parts, which follow one another. */
static mi_status join_names(mi_table *out, mi_names *known, size_t *place, const mi_table *part,
                            size_t n)
{
    for (size_t k = 0; k < n; k++)
        for (size_t c = 0; c < part[k].columns; c++, place++) {
            MI_TRY(mi_names_put(known, part[k].name[c], out->columns, place));
            if (*place == out->columns)
                out->name[out->columns++] = part[k].name[c];
        }
    return MI_OK;
}

static char *put(char **next, const char *text)
{
    char *start = *next;
    size_t bytes = strlen(text) + 1;
    memcpy(start, text, bytes);
    *next += bytes;
    return start;
}

/* Bytes for a copy of every name and cell of the parts, their sources, and one "nan". */
static size_t text_bytes(const mi_table *out, const mi_table *part, size_t n)
{
    size_t bytes = sizeof "nan";
    for (size_t c = 0; c < out->columns; c++)
        bytes += strlen(out->name[c]) + 1;
    for (size_t k = 0; k < n; k++) {
        bytes += strlen(part[k].source) + 1;
        for (size_t i = 0; i < part[k].rows * part[k].columns; i++)
            bytes += strlen(part[k].cell[i]) + 1;
    }
    return bytes;
}

/* Of columns with one name the first is taken. */
static void join_rows(mi_table *out, const mi_table *part, const size_t *place, char **next,
                      char *missing)
{
    char *source = put(next, part->source);
    for (size_t row = 0; row < part->rows; row++) {
        char **cell = out->cell + out->rows * out->columns;
        for (size_t c = 0; c < out->columns; c++)
            cell[c] = missing;
        for (size_t c = 0; c < part->columns; c++)
            if (cell[place[c]] == missing)
                cell[place[c]] = put(next, mi_table_cell(part, row, c));
        out->line[out->rows] = part->line[row];
        out->from[out->rows++] = source;
    }
}

static mi_status join_cells(mi_table *out, const size_t *place, const mi_table *part, size_t n)
{
    MI_TRY(mi_malloc(&out->text, text_bytes(out, part, n), 1));
    char *next = out->text, *missing = put(&next, "nan");
    for (size_t c = 0; c < out->columns; c++)
        out->name[c] = put(&next, out->name[c]);
    for (size_t k = 0; k < n; k++) {
        join_rows(out, &part[k], place, &next, missing);
        place += part[k].columns;
    }
    return MI_OK;
}

static mi_status join(mi_table *out, const mi_table *part, size_t n)
{
    size_t rows = 0, columns = 0, given = 0, *place = NULL;
    mi_names known = {0};
    mi_status status;
    for (size_t k = 0; k < n; k++) {
        rows += part[k].rows;
        columns += part[k].columns;
        given += part[k].rows * part[k].columns;
    }
    MI_TRY_GOTO(status, mi_strdup(&out->source, n == 1 ? part[0].source : "the tables"), done);
    MI_TRY_GOTO(status, MI_NEW(out->name, columns), done);
    MI_TRY_GOTO(status, MI_NEW(place, columns), done);
    MI_TRY_GOTO(status, join_names(out, &known, place, part, n), done);
    MI_TRY_GOTO(status, mi_table_check_cells(out, rows, given), done);
    MI_TRY_GOTO(status, mi_calloc(&out->cell, rows, out->columns * sizeof *out->cell), done);
    MI_TRY_GOTO(status, MI_NEW(out->line, rows), done);
    MI_TRY_GOTO(status, MI_NEW(out->from, rows), done);
    status = join_cells(out, place, part, n);
done:
    mi_names_free(&known);
    mi_free(place);
    return status;
}

mi_status mi_table_join(mi_table *out, const mi_table *part, size_t n)
{
    MI_WANT(out && part && n > 0, "tables to join without %s", out ? "any" : "a result");
    *out = (mi_table){0};
    mi_status status = join(out, part, n);
    if (status != MI_OK)
        mi_table_free(out);
    return status;
}
