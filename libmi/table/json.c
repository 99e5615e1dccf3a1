/* A table from JSON lines (an object a row), by jansson; cells become text as in a table of
 * tabs. */
#include "libmi/table/json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/number.h"
#include "libmi/table/lines.h"
#include "libmi/table/names.h"

/* rows: an array of objects; column: their keys, in order of first appearance. */
typedef struct {
    json_t *rows;
    mi_names column;
    const char **name; /* (column.n) of the columns, borrowed from the rows */
    size_t room;
    size_t given; /* cells */
} records;

static mi_status no_memory(void)
{
    return mi_fail(MI_ENOMEM, "out of memory for a JSON table");
}

static mi_status add_keys(records *r, json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        size_t n = r->column.n, number;
        MI_TRY(mi_grow(&r->name, n, &r->room, sizeof *r->name));
        MI_TRY(mi_names_put(&r->column, key, n, &number));
        if (number == n)
            r->name[n] = key;
        r->given++;
    }
    return MI_OK;
}

static mi_status add_record(records *r, mi_table *t, const char *text, size_t bytes, size_t line)
{
    json_error_t error;
    json_t *object = json_loadb(text, bytes, 0, &error);
    if (!object)
        return mi_fail(MI_EDATA, "%s: line %zu: not JSON: %s", t->source, line, error.text);
    if (!json_is_object(object)) {
        json_decref(object);
        return mi_fail(MI_EDATA, "%s: line %zu: JSON, but no object", t->source, line);
    }
    if (json_array_append_new(r->rows, object) != 0)
        return no_memory();
    t->line[t->rows++] = line;
    return add_keys(r, object);
}

static mi_status parse_lines(records *r, mi_table *t, const char *text)
{
    size_t lines = 1;
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    MI_TRY(MI_NEW(t->line, lines));
    for (size_t line = 1; line <= lines; line++) {
        size_t bytes = strcspn(text, "\n");
        if (strspn(text, " \t\r") < bytes)
            MI_TRY(add_record(r, t, text, bytes, line));
        text += bytes + 1;
    }
    return MI_OK;
}

/* Write a value as the text of its cell, and the zero byte that ends it. */
static mi_status put_value(FILE *out, const mi_table *t, size_t row, const char *key,
                           const json_t *value)
{
    char number[MI_NUMBER_BYTES];
    switch (json_typeof(value)) {
    case JSON_NULL:
        fputs("nan", out);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        putc(json_is_true(value) ? '1' : '0', out);
        break;
    case JSON_INTEGER:
        fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        fputs(mi_number_print_shortest(number, json_real_value(value)), out);
        break;
    case JSON_STRING:
        fputs(json_string_value(value), out);
        break;
    default:
        return mi_fail(MI_EDATA,
                       "%s: line %zu, column '%s': a nested value, wanted a number or text",
                       t->source, t->line[row], key);
    }
    putc(0, out);
    return MI_OK;
}

/* What a row lacks, the names, then the values that are there, each with its zero byte. */
static mi_status put_all(FILE *out, const mi_table *t, const records *r)
{
    const char *key;
    json_t *value;
    fputs("nan", out);
    putc(0, out);
    for (size_t c = 0; c < t->columns; c++) {
        fputs(r->name[c], out);
        putc(0, out);
    }
    for (size_t row = 0; row < t->rows; row++)
        json_object_foreach(json_array_get(r->rows, row), key, value)
            MI_TRY(put_value(out, t, row, key, value));
    return MI_OK;
}

/* The text at *next, which moves past its zero byte. */
static char *take(char **next)
{
    char *text = *next;
    *next += strlen(text) + 1;
    return text;
}

/* Names and cells are where put_all has put them, one after the other. */
static mi_status point_into_text(mi_table *t, const records *r)
{
    char *next = t->text, *missing = take(&next);
    const char *key;
    json_t *value;
    MI_TRY(MI_NEW(t->name, t->columns));
    MI_TRY(mi_calloc(&t->cell, t->rows, t->columns * sizeof *t->cell));
    for (size_t c = 0; c < t->columns; c++)
        t->name[c] = take(&next);
    for (size_t k = 0; k < t->rows * t->columns; k++)
        t->cell[k] = missing;
    for (size_t row = 0; row < t->rows; row++)
        json_object_foreach(json_array_get(r->rows, row), key, value)
            t->cell[row * t->columns + (size_t)mi_names_at(&r->column, key)] = take(&next);
    return MI_OK;
}

static mi_status fill_table(mi_table *t, const records *r)
{
    char *text = NULL;
    size_t bytes;
    t->columns = r->column.n;
    MI_TRY(mi_table_check_cells(t, t->rows, r->given));
    FILE *memory = open_memstream(&text, &bytes);
    if (!memory)
        return no_memory();
    mi_status status = put_all(memory, t, r);
    if ((ferror(memory) | fclose(memory)) && status == MI_OK)
        status = no_memory();
    mi_free(t->text);
    t->text = text;
    return status == MI_OK ? point_into_text(t, r) : status;
}

mi_status mi_table_read_json(mi_table *t, const char *text)
{
    records r = {.rows = json_array()};
    mi_status status = r.rows ? parse_lines(&r, t, text) : no_memory();
    if (status == MI_OK)
        status = fill_table(t, &r);
    json_decref(r.rows);
    mi_names_free(&r.column);
    mi_free(r.name);
    return status;
}
