/* A table from JSON lines (an object a row), by jansson; cells become text as in a table of
 * tabs. */
#include "libmi/table/json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/number.h"

/* rows: an array of objects; column: name -> index, in order of first appearance. */
typedef struct {
    json_t *rows, *column;
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
        if (json_object_get(r->column, key))
            continue;
        size_t n = json_object_size(r->column);
        if (json_object_set_new(r->column, key, json_integer((json_int_t)n)) != 0)
            return no_memory();
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
    switch (value ? json_typeof(value) : JSON_NULL) {
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

static mi_status put_all(FILE *out, const mi_table *t, const records *r)
{
    const char *key;
    json_t *index;
    json_object_foreach(r->column, key, index)
    {
        fputs(key, out);
        putc(0, out);
    }
    for (size_t row = 0; row < t->rows; row++)
        json_object_foreach(r->column, key, index)
            MI_TRY(put_value(out, t, row, key, json_object_get(json_array_get(r->rows, row), key)));
    return MI_OK;
}

/* Names and cells stand in t->text one after the other, each with its zero byte. */
static mi_status point_into_text(mi_table *t)
{
    char *next = t->text;
    MI_TRY(MI_NEW(t->name, t->columns));
    MI_TRY(mi_calloc(&t->cell, t->rows, t->columns * sizeof *t->cell));
    for (size_t k = 0; k < t->columns * (t->rows + 1); k++) {
        *(k < t->columns ? &t->name[k] : &t->cell[k - t->columns]) = next;
        next += strlen(next) + 1;
    }
    return MI_OK;
}

static mi_status fill_table(mi_table *t, const records *r)
{
    char *text = NULL;
    size_t bytes;
    FILE *memory = open_memstream(&text, &bytes);
    if (!memory)
        return no_memory();
    t->columns = json_object_size(r->column);
    mi_status status = put_all(memory, t, r);
    if ((ferror(memory) | fclose(memory)) && status == MI_OK)
        status = no_memory();
    mi_free(t->text);
    t->text = text;
    return status == MI_OK ? point_into_text(t) : status;
}

mi_status mi_table_read_json(mi_table *t, const char *text)
{
    records r = {.rows = json_array(), .column = json_object()};
    mi_status status = r.rows && r.column ? parse_lines(&r, t, text) : no_memory();
    if (status == MI_OK)
        status = fill_table(t, &r);
    json_decref(r.rows);
    json_decref(r.column);
    return status;
}
