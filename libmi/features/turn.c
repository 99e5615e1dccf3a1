/* Columns as rows, in squares that fit into the cache: one loop for each width of an element. */
#include "libmi/features/turn.h"

#include <stdint.h>
#include <string.h>

#define SQUARE 32

/* `type` is as wide as an element. */
#define TURN_OF(name, type)                                                            \
    static void name(type *restrict to, const type *restrict from, size_t n, size_t d, \
                     size_t stride, const size_t *place)                               \
    {                                                                                  \
        for (size_t r0 = 0; r0 < n; r0 += SQUARE)                                      \
            for (size_t c0 = 0; c0 < d; c0 += SQUARE)                                  \
                for (size_t c = c0; c < d && c < c0 + SQUARE; c++) {                   \
                    size_t at = place ? place[c] : c;                                  \
                    for (size_t r = r0; r < n && r < r0 + SQUARE; r++)                 \
                        to[r * d + at] = from[c * stride + r];                         \
                }                                                                      \
    }

TURN_OF(turn_1, uint8_t)
TURN_OF(turn_2, uint16_t)
TURN_OF(turn_4, uint32_t)
TURN_OF(turn_8, uint64_t)

static void turn_cells(char *to, const char *from, size_t n, size_t d, size_t stride, size_t width,
                       const size_t *place)
{
    for (size_t c = 0; c < d; c++)
        for (size_t r = 0; r < n; r++)
            memcpy(to + (r * d + (place ? place[c] : c)) * width, from + (c * stride + r) * width,
                   width);
}

void mi_turn(void *to, const void *from, size_t n, size_t d, size_t stride, size_t width,
             const size_t *place)
{
    if (width == 1)
        turn_1(to, from, n, d, stride, place);
    else if (width == 2)
        turn_2(to, from, n, d, stride, place);
    else if (width == 4)
        turn_4(to, from, n, d, stride, place);
    else if (width == 8)
        turn_8(to, from, n, d, stride, place);
    else
        turn_cells(to, from, n, d, stride, width, place);
}
