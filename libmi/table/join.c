/* Several tables as one: the union of their columns in order of first appearance, rows one after
 * the other. */
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/want.h"
#include "libmi/table/table.h"

/* The names of the columns of all parts, in order of first appearance, into out->name (borrowed).
 */
static mi_status join_names(mi_table *out, const mi_table *part, size_t n)
{
    size_t room = 0;
    for (size_t k = 0; k < n; k++)
        room += part[k].columns;
    MI_TRY(MI_NEW(out->name, room));
    for (size_t k = 0; k < n; k++)
        for (size_t c = 0; c < part[k].columns; c++)
            if (mi_table_has(out, part[k].name[c]) < 0)
                out->name[out->columns++] = part[k].name[c];
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

static void join_rows(mi_table *out, const mi_table *part, char **next, char *missing)
{
    char *source = put(next, part->source);
    for (size_t row = 0; row < part->rows; row++) {
        char **cell = out->cell + out->rows * out->columns;
        for (size_t c = 0; c < out->columns; c++) {
            long k = mi_table_has(part, out->name[c]);
            cell[c] = k < 0 ? missing : put(next, mi_table_cell(part, row, (size_t)k));
        }
        out->line[out->rows] = part->line[row];
        out->from[out->rows++] = source;
    }
}

static mi_status join(mi_table *out, const mi_table *part, size_t n)
{
    size_t rows = 0;
    for (size_t k = 0; k < n; k++)
        rows += part[k].rows;
    MI_TRY(mi_strdup(&out->source, n == 1 ? part[0].source : "the tables"));
    MI_TRY(join_names(out, part, n));
    MI_TRY(mi_malloc(&out->text, text_bytes(out, part, n), 1));
    MI_TRY(mi_calloc(&out->cell, rows, out->columns * sizeof *out->cell));
    MI_TRY(MI_NEW(out->line, rows));
    MI_TRY(MI_NEW(out->from, rows));
    char *next = out->text, *missing = put(&next, "nan");
    for (size_t c = 0; c < out->columns; c++)
        out->name[c] = put(&next, out->name[c]);
    for (size_t k = 0; k < n; k++)
        join_rows(out, &part[k], &next, missing);
    return MI_OK;
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
