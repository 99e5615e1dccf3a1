/* NumPy's arrays as rows, in C order one after the other, in Fortran order by a block of rows at a
 * time: a piece of every column. */
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/utf8.h"
#include "libmi/exchange/private.h"

/* Twice so much is taken: pieces of columns that are short cost a call of the system each. */
#define COLUMNS_BYTES ((size_t)48 << 20)

typedef struct {
    mi_bytes bytes;
    mi_npy_header h;
    size_t n, d;
    void *raw; /* text of four bytes a character on its way, a block of rows */
    mi_fortran fortran;
} npy;

static void npy_close(void *state)
{
    npy *s = state;
    mi_bytes_close(&s->bytes);
    mi_free(s->raw);
    mi_fortran_free(&s->fortran);
    mi_free(s);
}

/* ---- text ---- */

/* Cells of `width` bytes in both: no character needs more than four. */
static void cells_of_ucs4(char *to, const uint32_t *from, size_t n, size_t width)
{
    for (size_t k = 0; k < n; k++, from += width / 4, to += width) {
        size_t used = 0;
        for (size_t c = 0; c < width / 4 && from[c]; c++)
            used += mi_utf8_put(to + used, from[c]);
        memset(to + used, 0, width - used);
    }
}

/* ---- elements as they are in the file ---- */

static mi_status read_columns(void *arg, size_t first, size_t n, void *columns)
{
    npy *s = arg;
    size_t width = s->h.width;
    for (size_t c = 0; c < s->d; c++) {
        uint64_t at = s->h.data + ((uint64_t)c * s->n + first) * width;
        MI_TRY(s->bytes.seek(&s->bytes, at));
        MI_TRY(s->bytes.read(&s->bytes, (char *)columns + c * n * width, n * width));
    }
    return MI_OK;
}

static mi_status read_raw(npy *s, size_t row, size_t n, size_t bytes, void *to)
{
    return s->fortran.block ? mi_fortran_read(&s->fortran, row, n, to, read_columns, s)
                            : s->bytes.read(&s->bytes, to, n * bytes);
}

/* ---- rows ---- */

/* Rows of `bytes` each in `most` bytes, but one at least. */
static size_t rows_that_fit(size_t bytes, size_t most)
{
    return most / bytes > 1 ? most / bytes : 1;
}

static mi_status read_text(npy *s, mi_foreign *a, size_t n, char *to)
{
    size_t bytes = a->d * s->h.width, most = rows_that_fit(bytes, MI_BLOCK_BYTES);
    most = most < a->n ? most : a->n;
    if (!s->raw)
        MI_TRY(mi_malloc(&s->raw, most, bytes));
    for (size_t done = 0; done < n;) {
        size_t count = n - done < most ? n - done : most;
        MI_TRY(read_raw(s, a->row + done, count, bytes, s->raw));
        if (s->h.is_swapped)
            mi_elem_swap(s->raw, count * a->d * s->h.width / 4, 4);
        cells_of_ucs4(to + done * bytes, s->raw, count * a->d, s->h.width);
        done += count;
    }
    return MI_OK;
}

static mi_status npy_read(mi_foreign *a, size_t n, void *to)
{
    npy *s = a->state;
    if (s->h.width == 0) { /* text without a character */
        memset(to, 0, n * a->d * a->width);
        return MI_OK;
    }
    if (s->h.is_ucs4) {
        MI_TRY(read_text(s, a, n, to));
    } else {
        MI_TRY(read_raw(s, a->row, n, a->d * a->width, to));
        if (s->h.is_swapped)
            mi_elem_swap(to, n * a->d, a->width);
    }
    return a->row + n == a->n && s->bytes.end ? s->bytes.end(&s->bytes) : MI_OK;
}

/* ---- open ---- */

static mi_status check_size(const npy *s, const char *name)
{
    uint64_t wanted;
    if (__builtin_mul_overflow((uint64_t)s->n * s->d, s->h.width, &wanted) ||
        __builtin_add_overflow(wanted, s->h.data, &wanted))
        return mi_fail(MI_EDATA, "damaged: more elements than a file can hold");
    if (s->bytes.size < wanted)
        return mi_fail(MI_EDATA, "truncated: has %llu bytes, its header says %llu",
                       (unsigned long long)s->bytes.size, (unsigned long long)wanted);
    if (s->bytes.size > wanted)
        mi_warn("%s: %llu bytes come after the array and are passed over", name,
                (unsigned long long)(s->bytes.size - wanted));
    return MI_OK;
}

/* One column lies as one row would. */
static mi_status prepare_fortran(npy *s, const mi_foreign *a)
{
    size_t bytes = s->d * s->h.width;
    if (!s->h.is_fortran || s->d <= 1 || s->n <= 1 || s->h.width == 0)
        return MI_OK;
    if (!s->bytes.seek)
        MI_TRY(mi_bytes_spool(&s->bytes));
    s->bytes.end = NULL; /* read in another order than it was summed up in */
    return mi_fortran_open(&s->fortran, a, rows_that_fit(bytes, COLUMNS_BYTES));
}

/* One row alone lies as its trailing axes do: these, too, are the other way round. */
static mi_status check_single_row(const npy *s)
{
    if (s->h.is_fortran && s->n == 1 && s->h.axes > 2)
        return mi_fail(MI_EDATA, "one row in Fortran order; save np.ascontiguousarray(a)");
    return MI_OK;
}

mi_status mi_foreign_of_npy(mi_foreign *a, mi_bytes *b)
{
    static const mi_foreign_kind in_order = {npy_read, npy_close, 1};
    static const mi_foreign_kind by_columns = {npy_read, npy_close, 0};
    npy *s;
    mi_status status = MI_NEW(s, 1);
    if (status != MI_OK) {
        mi_bytes_close(b);
        return status;
    }
    s->bytes = *b;
    a->state = s;
    a->kind = &in_order;
    MI_TRY(mi_npy_header_read(&s->h, &s->bytes));
    MI_TRY(mi_foreign_set_axes(a, s->h.axes, s->h.axis));
    s->n = a->n;
    s->d = a->d;
    a->elem = s->h.elem;
    a->width = s->h.width ? s->h.width : 1;
    MI_TRY(check_size(s, a->name));
    MI_TRY(check_single_row(s));
    MI_TRY(prepare_fortran(s, a));
    a->kind = s->fortran.block ? &by_columns : &in_order;
    return MI_OK;
}

mi_status mi_foreign_open_npy(mi_foreign *a, const char *path, const char *part)
{
    mi_bytes bytes;
    if (part)
        return mi_fail(MI_EDATA, "one array without a name, '%s' is none of it", part);
    MI_TRY(mi_bytes_file(&bytes, path));
    return mi_foreign_of_npy(a, &bytes);
}
