/* MATLAB's files before 7.3, by libmatio. Their variables are 2 GB at most and lie column by
 * column, packed as one stream: one is read whole, and handed out as rows. */
#include <matio.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/utf8.h"
#include "libmi/base/watch_internal.h"
#include "libmi/exchange/private.h"
#include "libmi/features/turn.h"

typedef struct {
    mat_t *file;
    matvar_t *variable;
    size_t *place;
} matlab;

static void matlab_close(void *state)
{
    matlab *s = state;
    if (s->variable)
        Mat_VarFree(s->variable);
    if (s->file)
        Mat_Close(s->file);
    mi_free(s->place);
    mi_free(s);
}

/* ---- types ---- */

static mi_elem elem_of(const matvar_t *v)
{
    if (v->isComplex)
        return MI_ELEMS;
    switch (v->class_type) {
    case MAT_C_DOUBLE:
        return MI_ELEM_F64;
    case MAT_C_SINGLE:
        return MI_ELEM_F32;
    case MAT_C_INT8:
        return MI_ELEM_I8;
    case MAT_C_UINT8:
        return v->isLogical ? MI_ELEM_BOOL : MI_ELEM_U8;
    case MAT_C_INT16:
        return MI_ELEM_I16;
    case MAT_C_UINT16:
        return MI_ELEM_U16;
    case MAT_C_INT32:
        return MI_ELEM_I32;
    case MAT_C_UINT32:
        return MI_ELEM_U32;
    case MAT_C_INT64:
        return MI_ELEM_I64;
    case MAT_C_UINT64:
        return MI_ELEM_U64;
    case MAT_C_CELL:
        return MI_ELEM_TEXT;
    default:
        return MI_ELEMS;
    }
}

static int is_of_16_bits(const matvar_t *cell)
{
    return cell->data_type == MAT_T_UINT16 || cell->data_type == MAT_T_UTF16;
}

/* A cell of text: one row of characters, which libmatio gives as bytes of UTF-8 or as 16 bits each.
 * NULL: it is none, or has fewer than it says, which libmatio does not compare. */
static const matvar_t *text_cell(const matvar_t *v, size_t k)
{
    const matvar_t *cell = ((matvar_t *const *)v->data)[k];
    int is_text = cell && cell->class_type == MAT_C_CHAR && cell->rank == 2 &&
                  (cell->nbytes == 0 || (cell->data && cell->dims[0] == 1)) &&
                  (!cell->data || !is_of_16_bits(cell) || cell->dims[1] <= cell->nbytes / 2);
    return is_text ? cell : NULL;
}

/* UTF-8 of the character in 16-bit numbers from k on; a pair of them is one beyond 16 bits. *used: how many. */
static size_t put_wide(char *to, const uint16_t *text, size_t k, size_t n, size_t *used)
{
    uint32_t c = text[k];
    int is_pair = c >= 0xd800 && c < 0xdc00 && k + 1 < n && (text[k + 1] & 0xfc00) == 0xdc00;
    *used = is_pair ? 2 : 1;
    return mi_utf8_put(to, is_pair ? 0x10000 + ((c & 0x3ff) << 10 | (text[k + 1] & 0x3ff)) : c);
}

/* That of bytes that are UTF-8, or should be. */
static size_t put_narrow(char *to, const char *text, size_t k, size_t n, size_t *used)
{
    char one[5] = {0}; /* the cell may end within a character */
    memcpy(one, text + k, n - k < 4 ? n - k : 4);
    size_t length = mi_utf8_length(one);
    *used = length ? length : 1;
    if (!length)
        return mi_utf8_put(to, 0xfffd);
    memcpy(to, one, length);
    return length;
}

/* Bytes of a cell as UTF-8, into to[] unless that is NULL. What is no character becomes U+FFFD. */
static size_t put_text(const matvar_t *cell, char *to)
{
    int is_wide = is_of_16_bits(cell);
    size_t bytes = 0, used, n = !cell->data ? 0 : is_wide ? cell->dims[1] : cell->nbytes;
    for (size_t k = 0; k < n; k += used) {
        char one[4];
        size_t length = is_wide ? put_wide(one, cell->data, k, n, &used)
                                : put_narrow(one, cell->data, k, n, &used);
        if (to)
            memcpy(to + bytes, one, length);
        bytes += length;
    }
    return bytes;
}

/* ---- rows ---- */

static void put_row_cells(const matlab *s, const mi_foreign *a, size_t row, char *to)
{
    for (size_t c = 0; c < a->d; c++) {
        char *cell = to + s->place[c] * a->width;
        memset(cell, 0, a->width);
        put_text(text_cell(s->variable, c * a->n + row), cell);
    }
}

static mi_status matlab_read(mi_foreign *a, size_t n, void *to)
{
    const matlab *s = a->state;
    if (a->elem != MI_ELEM_TEXT)
        mi_turn(to, (const char *)s->variable->data + a->row * a->width, n, a->d, a->n, a->width,
                s->place);
    for (size_t i = 0; a->elem == MI_ELEM_TEXT && i < n; i++)
        put_row_cells(s, a, a->row + i, (char *)to + i * a->d * a->width);
    return MI_OK;
}

/* ---- open ---- */

static mi_status no_variable(matlab *s, const char *part, char **only)
{
    char problem[256];
    size_t n = 0;
    char *const *name = Mat_GetDir(s->file, &n);
    *only = NULL;
    if (!part && n == 1)
        return mi_strdup(only, name[0]);
    if (part)
        snprintf(problem, sizeof problem, "no variable '%.100s'", part);
    else
        snprintf(problem, sizeof problem, "%zu variables, wanted one: name it behind a colon", n);
    return mi_foreign_no_part(problem, name, n);
}

static mi_status measure_text(const matlab *s, mi_foreign *a)
{
    a->width = 1;
    for (size_t k = 0; k < a->n * a->d; k++) {
        const matvar_t *cell = text_cell(s->variable, k);
        if (!cell)
            return mi_fail(MI_EDATA, "a cell array whose cell %zu is no line of text", k + 1);
        size_t bytes = put_text(cell, NULL);
        a->width = bytes > a->width ? bytes : a->width;
    }
    return MI_OK;
}

static mi_status describe(matlab *s, mi_foreign *a)
{
    uint64_t axis[MI_FOREIGN_AXES];
    const matvar_t *v = s->variable;
    size_t bytes;
    a->elem = elem_of(v);
    a->is_matlab = 1;
    if (a->elem == MI_ELEMS)
        return mi_fail(MI_EDATA, "no array of real numbers and no cell array of text; full(x) and "
                                 "cellstr(x) make such");
    for (int k = 0; k < v->rank && k < MI_FOREIGN_AXES; k++)
        axis[k] = v->dims[k];
    MI_TRY(mi_foreign_set_axes(a, v->rank, axis));
    a->width = mi_elem_size(a->elem);
    if (a->elem != MI_ELEM_TEXT && a->n * a->d > 0 &&
        (!v->data || (size_t)v->data_size != a->width ||
         __builtin_mul_overflow(a->n * a->d, a->width, &bytes) || v->nbytes < bytes))
        return mi_fail(MI_EDATA, "damaged: its values are not as many as its size says");
    if (a->elem == MI_ELEM_TEXT && a->n * a->d > 0 &&
        (!v->data || v->nbytes / sizeof(matvar_t *) < a->n * a->d))
        return mi_fail(MI_EDATA, "damaged: its cells are not as many as its size says");
    MI_TRY(MI_NEW_RAW(s->place, a->d));
    mi_fortran_places(s->place, a->axes, a->axis);
    return a->elem == MI_ELEM_TEXT ? measure_text(s, a) : MI_OK;
}

static mi_status open_variable(matlab *s, mi_foreign *a, const char *path, const char *part)
{
    char *only = NULL, *none;
    s->file = Mat_Open(path, MAT_ACC_RDONLY);
    if (!s->file)
        return mi_fail(MI_EDATA, "damaged: no MATLAB file behind its first bytes");
    if (!part)
        MI_TRY(no_variable(s, NULL, &only));
    s->variable = Mat_VarRead(s->file, part ? part : only);
    mi_status status = s->variable ? describe(s, a) : no_variable(s, part ? part : only, &none);
    mi_free(only);
    return status;
}

mi_status mi_foreign_open_matlab(mi_foreign *a, const char *path, const char *part)
{
    static const mi_foreign_kind kind = {matlab_read, matlab_close, 0};
    matlab *s;
    MI_TRY(MI_NEW(s, 1));
    a->state = s;
    a->kind = &kind;
    mi_watch_file(path);
    mi_watch_begin();
    mi_status status = open_variable(s, a, path, part);
    mi_watch_end();
    return status;
}
