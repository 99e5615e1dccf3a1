/* A table row by row: cells are set by the name of their column, and every write is checked. */
#include <errno.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/want.h"
#include "libmi/table/writer.h"

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
    w->n_kept = w->room_kept = 0;
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

/* ---- cells ---- */

/* Put `value`, with a copy of its text, into the column of a name, or of an attribute. */
static mi_status set_cell(mi_table_writer *w, const char *name, int is_attribute, mi_cell value)
{
    MI_WANT(w && name, "a cell without %s", w ? "the name of its column" : "a table");
    long column = mi_names_at(is_attribute ? &w->attributes : &w->declared, name);
    MI_TRY(mi_table_name_columns(w));
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

/* What is written of the row under way, and how many cells it has. */
static size_t written(mi_table_writer *w, char *const **name, const mi_cell **cell)
{
    for (size_t k = 0; k < w->n_chosen; k++)
        w->chosen_cell[k] = w->cell[w->chosen[k]];
    *name = w->n_chosen ? w->chosen_name : w->name;
    *cell = w->n_chosen ? w->chosen_cell : w->cell;
    return w->n_chosen ? w->n_chosen : w->n;
}

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
    MI_TRY(mi_grow(&w->kept, w->n_kept, &w->room_kept, w->n * sizeof *w->kept));
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
    MI_TRY(mi_table_name_columns(w));
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
    MI_TRY(mi_table_name_columns(w));
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
