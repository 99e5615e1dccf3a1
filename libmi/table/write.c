/* A table row by row: columns are fixed by the first row, numbers get a number of digits, and every
 * write is checked. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/number.h"
#include "libmi/base/want.h"
#include "libmi/base/words.h"
#include "libmi/table/missing.h"
#include "libmi/table/names.h"
#include "libmi/table/row.h"
#include "libmi/table/table.h"

/* Columns 0..n of the table; attr is the attribute that fills the column, NULL for one declared by
 * name. */
struct mi_table_writer {
    FILE *stream;
    mi_table_format format;
    int digits;
    int named; /* the first row has begun: columns and their names are final */
    size_t rows;
    size_t n, room;
    char **name;
    char **attr;
    mi_column_role *role;
    mi_cell *cell;
    mi_names declared, attributes; /* columns declared by name, and those for attributes */
    /* The columns that were chosen, in their order: what is written. 0: all. */
    size_t n_chosen;
    size_t *chosen;
    char **chosen_name; /* borrowed from name */
    mi_cell *chosen_cell;
    /* Of an aligned table. */
    int width, has_settings; /* a column was declared as a setting */
    mi_cell *kept;           /* (n_kept, n) */
    size_t n_kept;
};

mi_status mi_table_writer_new(mi_table_writer **out, FILE *stream, mi_table_format format,
                              int digits)
{
    MI_WANT(out && stream, "a table to write without %s", out ? "a stream" : "a writer");
    *out = NULL;
    MI_WANT((unsigned)format <= MI_TABLE_ALIGNED,
            "format %d of a table, wanted one of mi_table_format", (int)format);
    if (digits < 1 || digits > 17)
        return mi_fail(MI_EUSAGE, "%d digits asked for, wanted 1 to 17", digits);
    MI_TRY(MI_NEW(*out, 1));
    (*out)->stream = stream;
    (*out)->format = format;
    (*out)->digits = digits;
    (*out)->width = 80;
    return MI_OK;
}

static void clear_cells(mi_cell *cell, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        mi_free(cell[k].text);
        cell[k] = (mi_cell){.kind = CELL_UNSET};
    }
}

static void drop_kept(mi_table_writer *w)
{
    clear_cells(w->kept, w->n_kept * w->n);
    mi_free(w->kept);
    w->kept = NULL;
    w->n_kept = 0;
}

void mi_table_writer_free(mi_table_writer *w)
{
    if (!w)
        return;
    clear_cells(w->cell, w->n);
    drop_kept(w);
    for (size_t k = 0; k < w->n; k++) {
        mi_free(w->name[k]);
        mi_free(w->attr[k]);
    }
    mi_free(w->name);
    mi_free(w->attr);
    mi_free(w->role);
    mi_free(w->cell);
    mi_names_free(&w->declared);
    mi_names_free(&w->attributes);
    mi_free(w->chosen);
    mi_free(w->chosen_name);
    mi_free(w->chosen_cell);
    mi_free(w);
}

/* ---- columns ---- */

static mi_status grow(mi_table_writer *w)
{
    size_t room = w->room ? 2 * w->room : 64;
    char **name = NULL, **attr = NULL;
    mi_column_role *role = NULL;
    mi_cell *cell = NULL;
    mi_status status;
    MI_TRY_GOTO(status, MI_NEW(name, room), fail);
    MI_TRY_GOTO(status, MI_NEW(attr, room), fail);
    MI_TRY_GOTO(status, MI_NEW(role, room), fail);
    MI_TRY_GOTO(status, MI_NEW(cell, room), fail);
    if (w->n) {
        memcpy(name, w->name, w->n * sizeof *name);
        memcpy(attr, w->attr, w->n * sizeof *attr);
        memcpy(role, w->role, w->n * sizeof *role);
        memcpy(cell, w->cell, w->n * sizeof *cell);
    }
    mi_free(w->name);
    mi_free(w->attr);
    mi_free(w->role);
    mi_free(w->cell);
    w->name = name;
    w->attr = attr;
    w->role = role;
    w->cell = cell;
    w->room = room;
    return MI_OK;
fail:
    mi_free(name);
    mi_free(attr);
    mi_free(role);
    mi_free(cell);
    return status;
}

/* In small letters, in place. */
static char *fold(char *text)
{
    for (char *c = text; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return text;
}

static mi_status add_column(mi_table_writer *w, const char *name, const char *attr)
{
    if (w->named)
        return mi_fail(MI_EUSAGE, "column '%s' declared after the first row", name);
    if (w->n == w->room)
        MI_TRY(grow(w));
    MI_TRY(mi_strdup(&w->name[w->n], name));
    mi_status status = attr ? mi_strdup(&w->attr[w->n], attr) : MI_OK;
    if (status != MI_OK) {
        mi_free(w->name[w->n]);
        return status;
    }
    w->role[w->n++] = attr ? MI_ATTRIBUTE : MI_MEASURED;
    return MI_OK;
}

mi_status mi_table_column(mi_table_writer *w, const char *name)
{
    size_t column;
    MI_WANT(w && name, "a column without %s", w ? "a name" : "a table");
    if (mi_names_at(&w->declared, name) >= 0)
        return mi_fail(MI_EUSAGE, "column '%s' declared twice", name);
    MI_TRY(add_column(w, name, NULL));
    return mi_names_put(&w->declared, name, w->n - 1, &column);
}

mi_status mi_table_setting_column(mi_table_writer *w, const char *name)
{
    MI_TRY(mi_table_column(w, name));
    w->role[w->n - 1] = MI_SETTING;
    w->has_settings = 1;
    return MI_OK;
}

mi_status mi_table_attr_column(mi_table_writer *w, const char *name)
{
    size_t column;
    MI_WANT(w && name, "a column without %s", w ? "a name" : "a table");
    if (mi_names_at(&w->attributes, name) >= 0)
        return MI_OK;
    MI_TRY(add_column(w, name, name));
    return mi_names_put(&w->attributes, name, w->n - 1, &column);
}

static mi_status prefix_name(char **name)
{
    char *prefixed;
    size_t bytes = strlen(*name) + sizeof "attr_";
    MI_TRY(mi_malloc(&prefixed, bytes, 1));
    snprintf(prefixed, bytes, "attr_%s", *name);
    mi_free(*name);
    *name = prefixed;
    return MI_OK;
}

/* The names of columns that were declared, in small letters. */
static mi_status list_taken(mi_names *taken, const mi_table_writer *w)
{
    mi_status status = MI_OK;
    size_t number;
    char *small;
    for (size_t k = 0; status == MI_OK && k < w->n; k++) {
        if (w->attr[k])
            continue;
        MI_TRY(mi_strdup(&small, w->name[k]));
        status = mi_names_put(taken, fold(small), k, &number);
        mi_free(small);
    }
    return status;
}

/* *taken: a declared column has the name of column k in any case, or another attribute has it. */
static mi_status is_taken(int *taken, const mi_names *declared, mi_names *attributes,
                          const mi_table_writer *w, size_t k)
{
    char *small;
    size_t number;
    MI_TRY(mi_strdup(&small, w->name[k]));
    *taken = mi_names_at(declared, fold(small)) >= 0;
    mi_free(small);
    if (*taken)
        return MI_OK;
    MI_TRY(mi_names_put(attributes, w->name[k], k, &number));
    *taken = number != k;
    return MI_OK;
}

static mi_status name_attributes(mi_table_writer *w, mi_names *declared, mi_names *attributes)
{
    size_t number;
    MI_TRY(list_taken(declared, w));
    for (size_t k = 0; k < w->n; k++)
        if (w->attr[k])
            MI_TRY(mi_names_put(attributes, w->attr[k], k, &number));
    for (size_t k = 0; k < w->n; k++) {
        int taken = w->attr[k] != NULL;
        while (taken) {
            MI_TRY(is_taken(&taken, declared, attributes, w, k));
            if (taken)
                MI_TRY(prefix_name(&w->name[k]));
        }
    }
    return MI_OK;
}

static mi_status name_columns(mi_table_writer *w)
{
    mi_names declared = {0}, attributes = {0};
    mi_status status = MI_OK;
    if (!w->named && w->attributes.n)
        status = name_attributes(w, &declared, &attributes);
    mi_names_free(&declared);
    mi_names_free(&attributes);
    w->named |= status == MI_OK;
    return status;
}

/* ---- columns that are chosen ---- */

static mi_status choose(mi_table_writer *w, const char *name)
{
    char source[32];
    size_t k = 0;
    while (k < w->n && strcmp(w->name[k], name) != 0)
        k++;
    if (k == w->n) {
        mi_format(source, sizeof source, MI_OPTION "columns");
        return mi_table_missing(&(mi_table){.columns = w->n, .name = w->name, .source = source},
                                name);
    }
    for (size_t i = 0; i < w->n_chosen; i++)
        if (w->chosen[i] == k)
            return mi_fail(MI_EUSAGE, MI_OPTION "columns: '%s' stands twice", name);
    w->chosen_name[w->n_chosen] = w->name[k];
    w->chosen[w->n_chosen++] = k;
    return MI_OK;
}

mi_status mi_table_choose(mi_table_writer *w, const char *list)
{
    MI_WANT(w && list, "columns to choose without %s", w ? "a list" : "a table");
    MI_WANT(!w->chosen && !w->named, "columns chosen %s",
            w->chosen ? "twice" : "after a row has begun");
    char *copy;
    size_t room = 1;
    for (const char *c = list; *c; c++)
        room += *c == ',';
    MI_TRY(name_columns(w));
    MI_TRY(MI_NEW(w->chosen, room));
    MI_TRY(MI_NEW(w->chosen_name, room));
    MI_TRY(MI_NEW(w->chosen_cell, room));
    MI_TRY(mi_strdup(&copy, list));
    mi_status status = MI_OK;
    for (char *name = copy, *next; status == MI_OK && name; name = next) {
        char *comma = strchr(name, ',');
        next = comma ? comma + 1 : NULL;
        if (comma)
            *comma = 0;
        status = choose(w, name);
    }
    mi_free(copy);
    return status;
}

/* What is written of the row under way, and how many cells it has. */
static size_t written(mi_table_writer *w, char *const **name, const mi_cell **cell)
{
    for (size_t k = 0; k < w->n_chosen; k++)
        w->chosen_cell[k] = w->cell[w->chosen[k]];
    *name = w->n_chosen ? w->chosen_name : w->name;
    *cell = w->n_chosen ? w->chosen_cell : w->cell;
    return w->n_chosen ? w->n_chosen : w->n;
}

/* ---- cells ---- */

/* Put `value`, with a copy of its text, into the column of a name, or of an attribute. */
static mi_status set_cell(mi_table_writer *w, const char *name, int is_attribute, mi_cell value)
{
    MI_WANT(w && name, "a cell without %s", w ? "the name of its column" : "a table");
    long column = mi_names_at(is_attribute ? &w->attributes : &w->declared, name);
    MI_TRY(name_columns(w));
    if (column < 0)
        return mi_fail(MI_EUSAGE, "'%s' is no column of this table", name);
    if (value.text)
        MI_TRY(mi_strdup(&value.text, value.text));
    mi_free(w->cell[column].text);
    w->cell[column] = value;
    return MI_OK;
}

static mi_cell text_cell(mi_cell_kind kind, const char *text)
{
    return (mi_cell){.kind = text ? kind : CELL_UNSET, .text = (char *)text};
}

static mi_cell int_cell(long long value)
{
    return (mi_cell){.kind = CELL_INTEGER, .integer = value};
}

static mi_cell real_cell(double value)
{
    return (mi_cell){.kind = CELL_REAL, .real = value};
}

mi_status mi_table_text(mi_table_writer *w, const char *name, const char *value)
{
    return set_cell(w, name, 0, text_cell(CELL_TEXT, value));
}

mi_status mi_table_int(mi_table_writer *w, const char *name, long long value)
{
    return set_cell(w, name, 0, int_cell(value));
}

mi_status mi_table_real(mi_table_writer *w, const char *name, double value)
{
    return set_cell(w, name, 0, real_cell(value));
}

mi_status mi_table_attr_text(mi_table_writer *w, const char *name, const char *value)
{
    return set_cell(w, name, 1, text_cell(CELL_TEXT, value));
}

mi_status mi_table_attr_int(mi_table_writer *w, const char *name, long long value)
{
    return set_cell(w, name, 1, int_cell(value));
}

mi_status mi_table_attr_real(mi_table_writer *w, const char *name, double value)
{
    return set_cell(w, name, 1, real_cell(value));
}

mi_status mi_table_attr_decimal(mi_table_writer *w, const char *name, const char *text)
{
    return set_cell(w, name, 1, text_cell(CELL_DECIMAL, text));
}

/* ---- rows ---- */

static mi_status check_stream(const mi_table_writer *w)
{
    if (!ferror(w->stream))
        return MI_OK;
    return mi_fail(MI_EWRITE, "cannot write the table: %s",
                   errno ? strerror(errno) : "write error");
}

/* The row under way becomes one of those that are kept. */
static mi_status keep_row(mi_table_writer *w)
{
    if (w->n == 0)
        return MI_OK;
    MI_TRY(mi_realloc(&w->kept, (w->n_kept + 1) * w->n, sizeof *w->kept));
    memcpy(w->kept + w->n_kept * w->n, w->cell, w->n * sizeof *w->cell);
    w->n_kept++;
    for (size_t k = 0; k < w->n; k++)
        w->cell[k] = (mi_cell){.kind = CELL_UNSET};
    return MI_OK;
}

static void put_header(mi_table_writer *w, char *const *name, size_t n)
{
    if (w->format == MI_TABLE_TSV)
        mi_row_tsv_header(w->stream, name, n);
    if (w->format == MI_TABLE_CSV)
        mi_row_csv_header(w->stream, name, n);
}

static mi_status put_row(mi_table_writer *w)
{
    char *const *name;
    const mi_cell *cell;
    size_t n = written(w, &name, &cell);
    if (w->rows == 0)
        put_header(w, name, n);
    switch (w->format) {
    case MI_TABLE_TSV:
        mi_row_tsv(w->stream, cell, n, w->digits);
        break;
    case MI_TABLE_CSV:
        mi_row_csv(w->stream, cell, n, w->digits);
        break;
    case MI_TABLE_JSON:
        return mi_row_json(w->stream, name, cell, n, w->digits);
    case MI_TABLE_BLOCK:
        if (w->rows)
            putc('\n', w->stream);
        return mi_row_block(w->stream, name, cell, n, w->digits);
    case MI_TABLE_ALIGNED:
        return keep_row(w);
    }
    return MI_OK;
}

mi_status mi_table_end_row(mi_table_writer *w)
{
    MI_WANT(w, "a row without a table");
    MI_TRY(name_columns(w));
    errno = 0;
    MI_TRY(put_row(w));
    w->rows++;
    clear_cells(w->cell, w->n);
    return check_stream(w);
}

void mi_table_width(mi_table_writer *w, int characters)
{
    if (w)
        w->width = characters;
}

mi_status mi_table_show(mi_table_writer *w)
{
    MI_WANT(w, "rows to show of no table");
    if (w->n_kept == 0)
        return MI_OK;
    errno = 0;
    mi_status status =
        mi_rows_aligned(w->stream, &(mi_aligned){.rows = w->n_kept,
                                                 .n = w->n,
                                                 .name = w->name,
                                                 .role = w->has_settings ? w->role : NULL,
                                                 .cell = w->kept,
                                                 .chosen = w->chosen,
                                                 .n_chosen = w->n_chosen,
                                                 .digits = w->digits,
                                                 .width = w->width});
    drop_kept(w);
    return status == MI_OK ? check_stream(w) : status;
}

mi_status mi_table_end(mi_table_writer *w)
{
    char *const *name;
    const mi_cell *cell;
    MI_WANT(w, "the end of no table");
    MI_TRY(name_columns(w));
    errno = 0;
    size_t n = written(w, &name, &cell);
    if (w->rows == 0)
        put_header(w, name, n);
    MI_TRY(mi_table_show(w));
    return check_stream(w);
}

void mi_table_part(mi_table_writer *w)
{
    if (w)
        w->rows = 1; /* as if the first row, with the header, had gone elsewhere */
}

mi_status mi_table_append(mi_table_writer *w, const char *rows, size_t bytes)
{
    MI_WANT(w && (rows || bytes == 0), "rows to append without %s", w ? "their text" : "a table");
    MI_WANT(w->format < MI_TABLE_BLOCK,
            "rows to append to blocks, wanted tab- or comma-separated text or JSON");
    if (bytes == 0)
        return MI_OK;
    MI_TRY(mi_table_end(w));
    fwrite(rows, 1, bytes, w->stream);
    w->rows++;
    return check_stream(w);
}
