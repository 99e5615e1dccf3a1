/* A table from tab-separated text (comma-separated: csv.c; JSON lines: json.c): one pass over the whole text in
 * memory, cells cut and unescaped in place. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/number.h"
#include "libmi/base/want.h"
#include "libmi/base/words.h"
#include "libmi/table/csv.h"
#include "libmi/table/json.h"
#include "libmi/table/lines.h"
#include "libmi/table/missing.h"
#include "libmi/table/table.h"

/* ---- the whole input as text ---- */

static mi_status grow(char **text, size_t *room)
{
    char *bigger;
    MI_TRY(mi_malloc(&bigger, *room, 2));
    if (*text)
        memcpy(bigger, *text, *room);
    mi_free(*text);
    *text = bigger;
    *room *= 2;
    return MI_OK;
}

static mi_status read_all(char **text, size_t *length, FILE *stream, const char *source)
{
    size_t room = 1 << 15, got = 1;
    *text = NULL;
    *length = 0;
    errno = 0;
    while (got > 0) {
        if (!*text || *length + 1 == room)
            MI_TRY(grow(text, &room));
        got = fread(*text + *length, 1, room - 1 - *length, stream);
        *length += got;
    }
    (*text)[*length] = 0;
    if (ferror(stream))
        return mi_fail(MI_EOPEN, "cannot read '%s': %s", source,
                       errno ? strerror(errno) : "read error");
    return MI_OK;
}

static mi_status check_text(const char *text, size_t length, const char *source)
{
    static const char hdf5[] = "\x89HDF\r\n\x1a\n";
    if (length == 0)
        return mi_fail(MI_EDATA, "%s: empty input, wanted a table with a header line", source);
    if (strncmp(text, hdf5, sizeof hdf5 - 1) == 0)
        return mi_fail(MI_EDATA,
                       "%s: an HDF5 file, wanted a table such as " MI_TOOL "bounds writes", source);
    if (strlen(text) != length)
        return mi_fail(MI_EDATA, "%s: byte %zu is zero, wanted text", source, strlen(text) + 1);
    return MI_OK;
}

/* ---- tab-separated ---- */

static void unescape(char *text)
{
    char *to = text;
    for (const char *c = text; *c; c++) {
        static const char letter[] = "tnr\\", meaning[] = "\t\n\r\\";
        const char *known = *c == '\\' && c[1] ? strchr(letter, c[1]) : NULL;
        *to++ = *(known ? &meaning[known - letter] : c);
        c += known != NULL;
    }
    *to = 0;
}

/* Cut the line that begins at `text` off and return the one after it, or NULL. */
static char *cut_line(char *text)
{
    char *end = text + strcspn(text, "\n");
    char *next = *end && end[1] ? end + 1 : NULL;
    *end = 0;
    if (end > text && end[-1] == '\r')
        end[-1] = 0;
    return next;
}

static size_t count_cells(const char *line)
{
    size_t n = 1;
    for (const char *c = line; *c; c++)
        n += *c == '\t';
    return n;
}

/* Cut a line into its cells, in place. */
static void cut_cells(char **cell, size_t n, char *line)
{
    for (size_t k = 0; k < n; k++) {
        char *end = line + strcspn(line, "\t");
        char *next = end + (*end != 0);
        *end = 0;
        unescape(line);
        cell[k] = line;
        line = next;
    }
}

static mi_status tsv_row(mi_table *t, char *text, size_t line)
{
    size_t found = count_cells(text);
    cut_cells(t->cell + t->rows * t->columns, found, text);
    return mi_lines_take(t, found, line);
}

static mi_status read_tsv(mi_table *t, char *text)
{
    MI_TRY(mi_lines_room(t, text, '\t'));
    char *next = cut_line(text);
    t->columns = count_cells(text);
    MI_TRY(MI_NEW(t->name, t->columns));
    cut_cells(t->name, t->columns, text);
    for (size_t line = 2; next; line++) {
        text = next;
        next = cut_line(text);
        MI_TRY(tsv_row(t, text, line));
    }
    return MI_OK;
}

/* ---- either ---- */

static mi_status read_table(mi_table *t, FILE *stream, const char *source)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t length;
    MI_TRY(mi_strdup(&t->source, source));
    MI_TRY(read_all(&t->text, &length, stream, source));
    MI_TRY(check_text(t->text, length, source));
    char *text = t->text + (strncmp(t->text, mark, 3) == 0 ? 3 : 0);
    if (text[strspn(text, " \r\n")] == '{')
        MI_TRY(mi_table_read_json(t, text));
    else
        MI_TRY(mi_table_is_csv(text) ? mi_table_read_csv(t, text) : read_tsv(t, text));
    MI_TRY(MI_NEW(t->from, t->rows));
    for (size_t row = 0; row < t->rows; row++)
        t->from[row] = t->source;
    return MI_OK;
}

mi_status mi_table_read(mi_table *out, FILE *stream, const char *source)
{
    MI_WANT(out && stream && source, "a table to read without a result, stream or name");
    *out = (mi_table){0};
    mi_status status = read_table(out, stream, source);
    if (status != MI_OK)
        mi_table_free(out);
    return status;
}

void mi_table_free(mi_table *t)
{
    if (!t)
        return;
    mi_free(t->name);
    mi_free(t->cell);
    mi_free(t->line);
    mi_free(t->from);
    mi_free(t->source);
    mi_free(t->text);
    *t = (mi_table){0};
}

/* ---- looking things up ---- */

long mi_table_has(const mi_table *t, const char *name)
{
    for (size_t k = 0; t && name && k < t->columns; k++)
        if (strcmp(t->name[k], name) == 0)
            return (long)k;
    return -1;
}

mi_status mi_table_find(const mi_table *t, const char *name, size_t *column)
{
    MI_WANT(t && name && column, "a column to find without %s",
            t ? "a name or a result" : "a table");
    long k = mi_table_has(t, name);
    if (k < 0)
        return mi_table_missing(t, name);
    *column = (size_t)k;
    return MI_OK;
}

const char *mi_table_cell(const mi_table *t, size_t row, size_t column)
{
    return t && row < t->rows && column < t->columns ? t->cell[row * t->columns + column] : "nan";
}

mi_status mi_table_number(const mi_table *t, size_t row, size_t column, double *value)
{
    MI_WANT(t && value, "a cell as a number without %s", t ? "a result" : "a table");
    MI_WANT(row < t->rows && column < t->columns, "cell %zu, %zu of a table of %zu x %zu", row,
            column, t->rows, t->columns);
    const char *text = mi_table_cell(t, row, column);
    if (*text == 0 || strcmp(text, "null") == 0) {
        *value = NAN;
        return MI_OK;
    }
    if (mi_number_parse(text, value))
        return MI_OK;
    return mi_fail(MI_EDATA, "%s: line %zu, column '%s': '%s' is not a number", t->from[row],
                   t->line[row], t->name[column], text);
}
