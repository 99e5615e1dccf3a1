/* IEEE 754 half precision (binary16) to single and from double precision, by bits, so that it
 * vectorises.
 *
 * Half has 5 exponent bits with bias 15 and 10 of mantissa; single 8 with bias 127 and 23.
 * Narrowing rounds once, to nearest, ties to even. */
#include "libmi/features/half.h"

#include <math.h>
#include <string.h>

#define BLOCK 2048

static float float_of_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t bits_of_float(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

void mi_half_widen(float *restrict to, const uint16_t *restrict from, size_t n)
{
    const uint32_t bias = (127 - 15) << 23, top = 31 << 23, tiny = 113 << 23; /* tiny is 2^-14 */
    for (size_t k = 0; k < n; k++) {
        uint32_t sign = (uint32_t)(from[k] & 0x8000) << 16;
        uint32_t rest = (uint32_t)(from[k] & 0x7fff) << 13;
        uint32_t normal = rest + bias + (rest >= top ? bias : 0); /* exponent 31 becomes 255 */
        /* A subnormal m 2^-24 is the mantissa m on top of 2^-14, less 2^-14: no subnormal floats
         * enter. */
        uint32_t subnormal = bits_of_float(float_of_bits(rest + tiny) - float_of_bits(tiny));
        to[k] = float_of_bits(sign | (rest < 1 << 23 ? subnormal : normal));
    }
}

static void swap_bytes(uint16_t *x, size_t n)
{
    for (size_t k = 0; k < n; k++)
        x[k] = (uint16_t)(x[k] << 8 | x[k] >> 8);
}

void mi_half_widen_in_place(float *x, size_t n, int swapped)
{
    const char *halves = (const char *)x + n * sizeof(uint16_t);
    uint16_t block[BLOCK];
    /* The floats of a block end where the halves of the next begin, at the latest: 4 k <= 2 n + 2
     * k. */
    for (size_t k = 0; k < n; k += BLOCK) {
        size_t count = n - k < BLOCK ? n - k : BLOCK;
        memcpy(block, halves + k * sizeof *block, count * sizeof *block);
        if (swapped)
            swap_bytes(block, count);
        mi_half_widen(x + k, block, count);
    }
}

static uint64_t bits_of_double(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* A size >= 0 to half: 65520 and more round to infinity; below 2^-14 the adder rounds to multiples
 * of 2^-24; else ties to even by adding half a unit less one, and the last bit that stays. */
static uint16_t narrow_size(double size)
{
    if (!(size < 65520))
        return size > 0 ? 0x7c00 : 0x7e00; /* infinity; NaN compares with nothing */
    if (size < 0x1p-14)                    /* beside 2^28 the last bit of a double is worth 2^-24 */
        return (uint16_t)(bits_of_double(size + 0x1p28) & 0x7ff);
    uint64_t bits = bits_of_double(size);
    bits += ((uint64_t)1 << 41) - 1 + (bits >> 42 & 1);
    return (uint16_t)((bits >> 42) - ((1023 - 15) << 10));
}

void mi_half_narrow(uint16_t *restrict to, const double *restrict from, size_t n)
{
    for (size_t k = 0; k < n; k++)
        to[k] = (uint16_t)(narrow_size(fabs(from[k])) | (bits_of_double(from[k]) >> 48 & 0x8000));
}
