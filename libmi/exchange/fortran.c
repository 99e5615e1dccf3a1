/* Arrays that lie column by column, as rows: the elements of a block of rows are brought into
 * memory as columns and transposed there, in squares that fit into the cache. */
#include <string.h>

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
