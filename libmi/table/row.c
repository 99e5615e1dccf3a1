/* One row of a table on paper: tab-separated with escapes, comma-separated with quotes, or a JSON
 * line (aligned blocks: block.c). */
#include "libmi/table/row.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/number.h"
#include "libmi/base/utf8.h"

void mi_put_escaped(FILE *stream, const char *text)
{
    for (const char *c = text; *c; c++) {
        switch (*c) {
        case '\t':
            fputs("\\t", stream);
            break;
        case '\n':
            fputs("\\n", stream);
            break;
        case '\r':
            fputs("\\r", stream);
            break;
        case '\\':
            fputs("\\\\", stream);
            break;
        default:
            putc(*c, stream);
        }
    }
}

void mi_cell_put(FILE *stream, const mi_cell *cell, int digits, mi_put_text *put_text)
{
    char number[MI_NUMBER_BYTES];
    switch (cell->kind) {
    case CELL_UNSET:
        fputs("nan", stream);
        break;
    case CELL_INTEGER:
        fprintf(stream, "%lld", cell->integer);
        break;
    case CELL_REAL:
        fputs(mi_number_print(number, digits, cell->real), stream);
        break;
    case CELL_DECIMAL:
    case CELL_TEXT:
        put_text(stream, cell->text);
        break;
    }
}

/* ---- tab-separated ---- */

void mi_row_tsv_header(FILE *stream, char *const *name, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        mi_put_escaped(stream, name[k]);
        putc(k + 1 < n ? '\t' : '\n', stream);
    }
}

void mi_row_tsv(FILE *stream, const mi_cell *cell, size_t n, int digits)
{
    for (size_t k = 0; k < n; k++) {
        mi_cell_put(stream, &cell[k], digits, mi_put_escaped);
        putc(k + 1 < n ? '\t' : '\n', stream);
    }
}

/* ---- comma-separated: RFC 4180 ---- */

static void put_quoted(FILE *stream, const char *text)
{
    putc('"', stream);
    for (const char *c = text; *c; c++) {
        if (*c == '"')
            putc('"', stream);
        putc(*c, stream);
    }
    putc('"', stream);
}

/* Empty text is quoted too: a line without any is no row. */
static void put_csv(FILE *stream, const char *text)
{
    if (!*text || strpbrk(text, ",\"\r\n"))
        put_quoted(stream, text);
    else
        fputs(text, stream);
}

/* A name that stands alone is quoted, which says what the table is where no comma does. */
void mi_row_csv_header(FILE *stream, char *const *name, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        (n == 1 ? put_quoted : put_csv)(stream, name[k]);
        putc(k + 1 < n ? ',' : '\n', stream);
    }
}

void mi_row_csv(FILE *stream, const mi_cell *cell, size_t n, int digits)
{
    for (size_t k = 0; k < n; k++) {
        mi_cell_put(stream, &cell[k], digits, put_csv);
        putc(k + 1 < n ? ',' : '\n', stream);
    }
}

/* ---- JSON ---- */

/* A copy with U+FFFD in place of every byte that is no UTF-8: JSON has no other strings. */
static mi_status utf8_copy(char **out, const char *text)
{
    MI_TRY(mi_malloc(out, 3 * strlen(text) + 1, 1));
    char *to = *out;
    while (*text) {
        size_t n = mi_utf8_length(text);
        memcpy(to, n ? text : MI_UTF8_REPLACEMENT, n ? n : 3);
        to += n ? n : 3;
        text += n ? n : 1;
    }
    *to = 0;
    return MI_OK;
}

static json_t *json_of_real(double value)
{
    if (isnan(value))
        return json_null();
    return isinf(value) ? json_string(value > 0 ? "inf" : "-inf") : json_real(value);
}

static mi_status json_of_cell(json_t **out, const mi_cell *cell)
{
    char *text;
    double value = cell->real;
    switch (cell->kind) {
    case CELL_UNSET:
        *out = json_null();
        break;
    case CELL_INTEGER:
        *out = json_integer(cell->integer);
        break;
    case CELL_DECIMAL:
        mi_number_parse(cell->text, &value);
        *out = json_of_real(value);
        break;
    case CELL_REAL:
        *out = json_of_real(value);
        break;
    case CELL_TEXT:
        MI_TRY(utf8_copy(&text, cell->text));
        *out = json_string(text);
        mi_free(text);
        break;
    }
    return *out ? MI_OK : mi_fail(MI_ENOMEM, "out of memory for a JSON value");
}

static mi_status json_add(json_t *object, const char *name, const mi_cell *cell)
{
    char *key;
    json_t *value = NULL;
    MI_TRY(utf8_copy(&key, name));
    mi_status status = json_of_cell(&value, cell);
    if (status == MI_OK && json_object_set_new(object, key, value) != 0)
        status = mi_fail(MI_ENOMEM, "out of memory for a JSON object");
    mi_free(key);
    return status;
}

/* jansson escapes the control characters that JSON forbids; those that it allows (U+007F to U+009F) drive
 * terminals too. */
static int put_json(const char *text, size_t bytes, void *arg)
{
    for (size_t k = 0; k < bytes; k++) {
        unsigned char c = (unsigned char)text[k],
                      next = k + 1 < bytes ? (unsigned char)text[k + 1] : 0;
        int of_two = c == 0xc2 && next >= 0x80 && next < 0xa0;
        if (c == 0x7f || of_two)
            fprintf(arg, "\\u%04x", of_two ? next : c);
        else
            putc(c, arg);
        k += (size_t)of_two;
    }
    return 0;
}

mi_status mi_row_json(FILE *stream, char *const *name, const mi_cell *cell, size_t n, int digits)
{
    mi_status status = MI_OK;
    json_t *object = json_object();
    if (!object)
        return mi_fail(MI_ENOMEM, "out of memory for a JSON object");
    for (size_t k = 0; k < n; k++)
        MI_TRY_GOTO(status, json_add(object, name[k], &cell[k]), done);
    json_dump_callback(object, put_json, stream,
                       JSON_COMPACT | JSON_REAL_PRECISION((size_t)digits));
    putc('\n', stream);
done:
    json_decref(object);
    return status;
}
