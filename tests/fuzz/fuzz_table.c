/* A table: read, each cell taken as a number, written in every form; what was written with tabs, commas or as
 * JSON reads as the same cells. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/utf8.h"
#include "libmi/mi.h"
#include "target.h"

static mi_status write_table(FILE *to, const mi_table *t, mi_table_format format)
{
    mi_table_writer *w;
    MI_TRY(mi_table_writer_new(&w, to, format, 9));
    mi_status status = MI_OK;
    for (size_t k = 0; k < t->columns && status == MI_OK; k++)
        status = mi_table_column(w, t->name[k]);
    for (size_t row = 0; row < t->rows && status == MI_OK; row++) {
        for (size_t k = 0; k < t->columns && status == MI_OK; k++)
            status = mi_table_text(w, t->name[k], mi_table_cell(t, row, k));
        if (status == MI_OK)
            status = mi_table_end_row(w);
    }
    if (status == MI_OK)
        status = mi_table_end(w);
    mi_table_writer_free(w);
    return status;
}

static int is_utf8(const char *text)
{
    for (size_t n; *text; text += n)
        if (!(n = mi_utf8_length(text)))
            return 0;
    return 1;
}

/* Forms tell themselves by their first line: a first name that looks like another form's is not for them. A row
 * that repeats the header, and in text a row that is empty, are passed over by the reader. */
static int is_plain(const mi_table *t, mi_table_format format)
{
    if (strchr("{ \r\n\xef", t->name[0][0]) || t->rows == 0)
        return 0;
    for (size_t k = 0; k < t->columns; k++) {
        if (format == MI_TABLE_TSV && strpbrk(t->name[k], ",\""))
            return 0;
        if (format == MI_TABLE_JSON && !is_utf8(t->name[k]))
            return 0;
    }
    for (size_t row = 0; row < t->rows; row++) {
        size_t same = 0;
        for (size_t k = 0; k < t->columns; k++) {
            const char *cell = mi_table_cell(t, row, k);
            same += strcmp(cell, t->name[k]) == 0;
            if (format == MI_TABLE_JSON && !is_utf8(cell))
                return 0;
        }
        if (same == t->columns)
            return 0;
    }
    return 1;
}

static void compare(const mi_table *t, FILE *from)
{
    mi_table again;
    rewind(from);
    target_want(mi_table_read(&again, from, "again") == MI_OK, "a table that was written is read");
    target_want(again.rows == t->rows && again.columns == t->columns, "rows and columns stay");
    for (size_t row = 0; row < t->rows; row++)
        for (size_t k = 0; k < t->columns; k++)
            target_want(strcmp(mi_table_cell(&again, row, k), mi_table_cell(t, row, k)) == 0,
                        "cells stay");
    mi_table_free(&again);
}

static void try_table(const mi_table *t)
{
    double value;
    for (size_t row = 0; row < t->rows; row++)
        for (size_t k = 0; k < t->columns; k++)
            (void)!mi_table_number(t, row, k, &value);
    for (mi_table_format format = MI_TABLE_TSV; format <= MI_TABLE_ALIGNED; format++) {
        char *text = NULL;
        size_t bytes;
        FILE *to = open_memstream(&text, &bytes);
        mi_status status = to ? write_table(to, t, format) : MI_ENOMEM;
        if (to)
            fclose(to);
        if (status == MI_OK && format <= MI_TABLE_JSON && bytes && is_plain(t, format)) {
            FILE *from = fmemopen(text, bytes, "r");
            compare(t, from);
            fclose(from);
        }
        free(text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mi_table t;
    if (size == 0)
        return 0;
    target_quiet();
    FILE *from = fmemopen((void *)(uintptr_t)data, size, "r");
    if (from && mi_table_read(&t, from, "in") == MI_OK) {
        if (t.columns && t.rows * t.columns < 512)
            try_table(&t);
        mi_table_free(&t);
    }
    if (from)
        fclose(from);
    return 0;
}
