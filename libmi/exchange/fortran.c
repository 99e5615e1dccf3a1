/* Arrays that lie column by column, as rows: the elements of a block of rows are brought into
 * memory as columns and transposed there, in squares that fit into the cache. */
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/exchange/private.h"

void mi_fortran_places(size_t *place, int axes, const uint64_t *axis)
{
    size_t d = 1, index[MI_FOREIGN_AXES] = {0};
    for (int k = 1; k < axes; k++)
        d *= (size_t)axis[k];
    for (size_t c = 0; c < d; c++) {
        size_t at = 0;
        for (int k = 1; k < axes; k++)
            at = at * (size_t)axis[k] + index[k];
        place[c] = at;
        for (int k = 1; k < axes && ++index[k] == axis[k]; k++)
            index[k] = 0;
    }
}

#define SQUARE 32

/* One loop for each width of an element; `type` is as wide. */
#define ROWS_OF(name, type)                                                            \
    static void name(type *restrict to, const type *restrict from, size_t n, size_t d, \
                     const size_t *place)                                              \
    {                                                                                  \
        for (size_t r0 = 0; r0 < n; r0 += SQUARE)                                      \
            for (size_t c0 = 0; c0 < d; c0 += SQUARE)                                  \
                for (size_t c = c0; c < d && c < c0 + SQUARE; c++)                     \
                    for (size_t r = r0; r < n && r < r0 + SQUARE; r++)                 \
                        to[r * d + place[c]] = from[c * n + r];                        \
    }

ROWS_OF(rows_of_1, uint8_t)
ROWS_OF(rows_of_2, uint16_t)
ROWS_OF(rows_of_4, uint32_t)
ROWS_OF(rows_of_8, uint64_t)

static void rows_of_cells(char *to, const char *from, size_t n, size_t d, size_t width,
                          const size_t *place)
{
    for (size_t c = 0; c < d; c++)
        for (size_t r = 0; r < n; r++)
            memcpy(to + (r * d + place[c]) * width, from + (c * n + r) * width, width);
}

void mi_fortran_rows(void *to, const void *from, size_t n, size_t d, size_t width,
                     const size_t *place)
{
    if (width == 1)
        rows_of_1(to, from, n, d, place);
    else if (width == 2)
        rows_of_2(to, from, n, d, place);
    else if (width == 4)
        rows_of_4(to, from, n, d, place);
    else if (width == 8)
        rows_of_8(to, from, n, d, place);
    else
        rows_of_cells(to, from, n, d, width, place);
}

/* ---- a block of rows at a time ---- */

mi_status mi_fortran_open(mi_fortran *f, const mi_foreign *a, size_t block)
{
    size_t bytes = a->d * a->width;
    *f = (mi_fortran){.n = a->n, .d = a->d, .width = a->width};
    f->block = block < a->n ? block : a->n;
    MI_TRY(MI_NEW_RAW(f->place, a->d));
    mi_fortran_places(f->place, a->axes, a->axis);
    MI_TRY(mi_malloc(&f->columns, f->block, bytes));
    return mi_malloc(&f->rows, f->block, bytes);
}

static mi_status next_block(mi_fortran *f, mi_columns_fn *read, void *arg)
{
    f->first += f->have;
    f->have = f->n - f->first < f->block ? f->n - f->first : f->block;
    MI_TRY(read(arg, f->first, f->have, f->columns));
    mi_fortran_rows(f->rows, f->columns, f->have, f->d, f->width, f->place);
    return MI_OK;
}

mi_status mi_fortran_read(mi_fortran *f, size_t row, size_t n, char *to, mi_columns_fn *read,
                          void *arg)
{
    size_t bytes = f->d * f->width;
    while (n > 0) {
        if (row >= f->first + f->have)
            MI_TRY(next_block(f, read, arg));
        size_t left = f->first + f->have - row, count = left < n ? left : n;
        memcpy(to, (char *)f->rows + (row - f->first) * bytes, count * bytes);
        row += count;
        to += count * bytes;
        n -= count;
    }
    return MI_OK;
}

void mi_fortran_free(mi_fortran *f)
{
    mi_free(f->place);
    mi_free(f->columns);
    mi_free(f->rows);
}
