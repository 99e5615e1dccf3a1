/* Arrays that lie column by column, as rows: the elements of a block of rows are brought into
 * memory as columns and turned there (features/turn.c). */
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/exchange/private.h"
#include "libmi/features/turn.h"

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
    mi_turn(f->rows, f->columns, f->have, f->d, f->have, f->width, f->place);
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
