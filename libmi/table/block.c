/* A row for a person at a terminal: the set as a heading, below it names and values in columns. */
#include "libmi/table/row.h"

#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/utf8.h"

enum { BLOCK_COLUMNS = 80, BLOCK_INDENT = 2, BLOCK_GAP = 3, BLOCK_LONG = 24 };

typedef struct {
    const char *name, *value;
    int name_width, value_width;
} item;

typedef struct {
    item *item;
    size_t n;
} items;

static const char *item_set(item *it, const char *text)
{
    it->name = text;
    it->name_width = (int)mi_utf8_count(text);
    text += strlen(text) + 1;
    it->value = text;
    it->value_width = (int)mi_utf8_count(text);
    return text + strlen(text) + 1;
}

/* Items of one column of the layout stand below each other: how wide that column is. */
static void column_widths(const items *s, size_t lines, size_t column, int *name, int *value)
{
    *name = *value = 0;
    for (size_t k = column * lines; k < s->n && k < (column + 1) * lines; k++) {
        const item *it = &s->item[k];
        *name = it->name_width > *name ? it->name_width : *name;
        *value = it->value_width > *value ? it->value_width : *value;
    }
}

static int layout_fits(const items *s, size_t lines)
{
    int total = BLOCK_INDENT - BLOCK_GAP, name, value;
    for (size_t column = 0; column * lines < s->n; column++) {
        column_widths(s, lines, column, &name, &value);
        total += name + 1 + value + BLOCK_GAP;
    }
    return total <= BLOCK_COLUMNS;
}

static void put_item(FILE *stream, const item *it, int name, int value)
{
    fprintf(stream, "%s%*s%s%*s", it->name, name - it->name_width + 1, "", it->value,
            value - it->value_width, "");
}

/* Columns filled from top to bottom, as many as fit, like those of ls. */
static void put_layout(FILE *stream, const items *s)
{
    size_t lines = 1;
    int name, value;
    while (lines < s->n && !layout_fits(s, lines))
        lines++;
    for (size_t line = 0; line < lines && line < s->n; line++) {
        for (size_t column = 0; column * lines + line < s->n; column++) {
            const item *it = &s->item[column * lines + line];
            int last = (column + 1) * lines + line >= s->n;
            column_widths(s, lines, column, &name, &value);
            fprintf(stream, "%*s", column ? BLOCK_GAP : BLOCK_INDENT, "");
            put_item(stream, it, name, last ? it->value_width : value);
        }
        putc('\n', stream);
    }
}

/* Long values get a line each, so that one of them does not widen a whole column. */
static void put_long(FILE *stream, items *s)
{
    size_t kept = 0;
    for (size_t k = 0; k < s->n; k++) {
        if (s->item[k].value_width <= BLOCK_LONG) {
            s->item[kept++] = s->item[k];
            continue;
        }
        fprintf(stream, "%*s", BLOCK_INDENT, "");
        put_item(stream, &s->item[k], s->item[k].name_width, s->item[k].value_width);
        putc('\n', stream);
    }
    s->n = kept;
}

static int is_heading(const char *name)
{
    return strcmp(name, "file") == 0 || strcmp(name, "group") == 0;
}

static void put_heading(FILE *stream, char *const *name, const mi_cell *cell, size_t n)
{
    const char *before = "";
    for (size_t k = 0; k < n; k++) {
        if (cell[k].kind == CELL_UNSET || !is_heading(name[k]))
            continue;
        fputs(before, stream);
        mi_cell_put(stream, &cell[k], 17, mi_utf8_put_visible);
        before = ":";
    }
    if (*before)
        putc('\n', stream);
}

mi_status mi_row_block(FILE *stream, char *const *name, const mi_cell *cell, size_t n, int digits)
{
    char *text = NULL;
    size_t bytes;
    items s = {0};
    MI_TRY(MI_NEW(s.item, n));
    FILE *memory = open_memstream(&text, &bytes);
    for (size_t k = 0; memory && k < n; k++) {
        if (cell[k].kind == CELL_UNSET || is_heading(name[k]))
            continue;
        mi_utf8_put_visible(memory, name[k]);
        putc(0, memory);
        mi_cell_put(memory, &cell[k], digits, mi_utf8_put_visible);
        putc(0, memory);
        s.n++;
    }
    int failed = !memory || ferror(memory) | fclose(memory);
    const char *next = text;
    for (size_t k = 0; !failed && k < s.n; k++)
        next = item_set(&s.item[k], next);
    if (!failed) {
        put_heading(stream, name, cell, n);
        put_long(stream, &s);
        put_layout(stream, &s);
    }
    free(text);
    mi_free(s.item);
    return failed ? mi_fail(MI_ENOMEM, "out of memory for a row") : MI_OK;
}
