/* Tables as text and as arrays: what a column holds decides its type. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/number.h"
#include "libmi/base/utf8.h"
#include "libmi/exchange/export.h"
#include "libmi/exchange/private.h"

typedef struct {
    mi_elem elem;      /* MI_ELEM_I64, MI_ELEM_F64 or MI_ELEM_TEXT */
    size_t characters; /* of the longest cell, 1 or more */
    size_t width;      /* bytes of an element in the file */
} column;

static int is_integer(const char *cell)
{
    char *end;
    errno = 0;
    strtoll(cell, &end, 10);
    return end != cell && *end == 0 && !errno;
}

/* What does not apply is no number and no text. */
static int is_missing(const char *cell)
{
    return *cell == 0 || strcmp(cell, "null") == 0;
}

static column look_at(const mi_table *t, size_t k)
{
    column c = {.elem = MI_ELEM_I64, .characters = 1, .width = 8};
    double value;
    for (size_t row = 0; row < t->rows; row++) {
        const char *cell = mi_table_cell(t, row, k);
        size_t characters = mi_utf8_count(cell);
        c.characters = characters > c.characters ? characters : c.characters;
        if (c.elem == MI_ELEM_TEXT || is_integer(cell))
            continue;
        c.elem = is_missing(cell) || mi_number_parse(cell, &value) ? MI_ELEM_F64 : MI_ELEM_TEXT;
    }
    c.width = c.elem == MI_ELEM_TEXT ? 4 * c.characters : 8;
    return c;
}

static mi_status put_cell(const mi_table *t, size_t row, size_t k, const column *c, mi_out *o)
{
    const char *cell = mi_table_cell(t, row, k);
    int64_t whole;
    double real;
    uint32_t *wide;
    if (c->elem == MI_ELEM_I64) {
        whole = strtoll(cell, NULL, 10);
        mi_out_put(o, &whole, sizeof whole);
    } else if (c->elem == MI_ELEM_F64) {
        MI_TRY(mi_table_number(t, row, k, &real));
        mi_out_put(o, &real, sizeof real);
    } else {
        MI_TRY(MI_NEW_RAW(wide, c->characters));
        mi_ucs4_of_utf8(wide, c->characters, cell, strlen(cell));
        mi_out_put(o, wide, c->width);
        mi_free(wide);
    }
    return MI_OK;
}

/* ---- an archive: an entry a column ---- */

static mi_status put_column(const mi_table *t, size_t k, mi_out *o, mi_zip *zip)
{
    column c = look_at(t, k);
    char descr[32], *header, *name;
    size_t bytes, length = strlen(t->name[k]) + sizeof ".npy";
    MI_TRY(mi_npy_header_make(&header, &bytes,
                              mi_npy_descr(descr, sizeof descr, c.elem, c.characters), 1,
                              (uint64_t[]){t->rows}));
    mi_status status = mi_malloc(&name, length, 1);
    if (status == MI_OK) {
        snprintf(name, length, "%s.npy", t->name[k]);
        status = mi_zip_begin(zip, o, name, bytes + (uint64_t)c.width * t->rows);
        mi_free(name);
    }
    if (status == MI_OK)
        mi_out_put(o, header, bytes);
    mi_free(header);
    for (size_t row = 0; status == MI_OK && row < t->rows; row++)
        status = put_cell(t, row, k, &c, o);
    if (status == MI_OK)
        mi_zip_end_entry(zip, o);
    return status;
}

static mi_status put_archive(const mi_table *t, mi_out *o)
{
    mi_zip zip = {0};
    mi_status status = MI_OK;
    for (size_t k = 0; k < t->columns && status == MI_OK; k++)
        status = put_column(t, k, o, &zip);
    if (status == MI_OK)
        mi_zip_end(&zip, o);
    mi_zip_free(&zip);
    return status;
}

/* ---- an array of records ---- */

/* A name as a literal of Python. */
static char *put_name(char *to, const char *name)
{
    *to++ = '\'';
    for (; *name; name++) {
        if (*name == '\'' || *name == '\\')
            *to++ = '\\';
        *to++ = *name;
    }
    *to++ = '\'';
    return to;
}

/* "[('file', '<U8'), ('n', '<i8'), ]" */
static mi_status record_type(char **text, const mi_table *t, const column *c)
{
    size_t room = 8;
    char descr[32];
    for (size_t k = 0; k < t->columns; k++)
        room += 2 * strlen(t->name[k]) + 40;
    MI_TRY(mi_calloc(text, room, 1));
    char *at = *text;
    *at++ = '[';
    for (size_t k = 0; k < t->columns; k++) {
        *at++ = '(';
        at = put_name(at, t->name[k]);
        at += sprintf(at, ", %s), ", mi_npy_descr(descr, sizeof descr, c[k].elem, c[k].characters));
    }
    *at = ']';
    return MI_OK;
}

static mi_status put_records(const mi_table *t, mi_out *o)
{
    column *c;
    char *type = NULL, *header = NULL;
    size_t bytes;
    mi_status status;
    MI_TRY(MI_NEW(c, t->columns));
    for (size_t k = 0; k < t->columns; k++)
        c[k] = look_at(t, k);
    MI_TRY_GOTO(status, record_type(&type, t, c), done);
    MI_TRY_GOTO(status, mi_npy_header_make(&header, &bytes, type, 1, (uint64_t[]){t->rows}), done);
    mi_out_put(o, header, bytes);
    for (size_t row = 0; row < t->rows; row++)
        for (size_t k = 0; k < t->columns; k++)
            MI_TRY_GOTO(status, put_cell(t, row, k, &c[k], o), done);
done:
    mi_free(header);
    mi_free(type);
    mi_free(c);
    return status;
}

/* ---- text ---- */

static void put_line(char *const *cell, size_t n, FILE *to, char delimiter)
{
    for (size_t k = 0; k < n; k++) {
        if (k)
            putc(delimiter, to);
        mi_put_cell(to, cell[k], strlen(cell[k]), delimiter);
    }
    putc('\n', to);
}

static mi_status put_text(const mi_table *t, FILE *to, char delimiter)
{
    errno = 0;
    put_line(t->name, t->columns, to, delimiter);
    for (size_t row = 0; row < t->rows; row++)
        put_line(t->cell + row * t->columns, t->columns, to, delimiter);
    return ferror(to) ? mi_fail(MI_EWRITE, "cannot write the table: %s",
                                errno ? strerror(errno) : "write error")
                      : MI_OK;
}

mi_status mi_export_table(FILE *stream, const mi_table *t, mi_export_format format)
{
    mi_out o = {.stream = stream};
    errno = 0;
    if (format == MI_EXPORT_CSV || format == MI_EXPORT_TSV)
        return put_text(t, stream, format == MI_EXPORT_CSV ? ',' : '\t');
    MI_TRY(format == MI_EXPORT_NPZ ? put_archive(t, &o) : put_records(t, &o));
    return mi_out_status(&o);
}
