/* Half to single precision, every bit pattern. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "libmi/features/half.h"

#define ALL 65536

/* The definition, by way of ldexp: sign, exponent, mantissa. */
static uint32_t defined_bits(unsigned half)
{
    unsigned exponent = half >> 10 & 31, mantissa = half & 1023;
    uint32_t sign = (uint32_t)(half >> 15) << 31, bits;
    if (exponent == 31)
        return sign | 0x7f800000u | (uint32_t)mantissa << 13;
    float value = exponent ? ldexpf(1024 + (float)mantissa, (int)exponent - 25)
                           : ldexpf((float)mantissa, -24);
    memcpy(&bits, &value, sizeof bits);
    return sign | bits;
}

static void expect_all(const float *x)
{
    for (unsigned k = 0; k < ALL; k++) {
        uint32_t bits;
        memcpy(&bits, &x[k], sizeof bits);
        assert_int_equal(bits, defined_bits(k));
    }
}

static void every_pattern(void **state)
{
    static uint16_t half[ALL];
    static float x[ALL];
    (void)state;
    for (unsigned k = 0; k < ALL; k++)
        half[k] = (uint16_t)k;
    mi_half_widen(x, half, ALL);
    expect_all(x);
}

static void in_place(void **state)
{
    static float x[ALL];
    (void)state;
    for (int swapped = 0; swapped < 2; swapped++) {
        for (unsigned k = 0; k < ALL; k++) {
            uint16_t half = (uint16_t)(swapped ? k << 8 | k >> 8 : k);
            memcpy((char *)x + 2 * ALL + 2 * k, &half, 2);
        }
        mi_half_widen_in_place(x, ALL, swapped);
        expect_all(x);
    }
}

/* The end of the halves meets the end of the floats: small and odd lengths are where it would go
 * wrong. */
static void in_place_any_length(void **state)
{
    (void)state;
    for (size_t n = 0; n < 5000; n += n < 70 ? 1 : 337) {
        static float x[5000];
        for (size_t k = 0; k < n; k++) {
            uint16_t half = (uint16_t)(0x3c00 + k % 1024);
            memcpy((char *)x + 2 * n + 2 * k, &half, 2);
        }
        mi_half_widen_in_place(x, n, 0);
        for (size_t k = 0; k < n; k++)
            assert_true(x[k] == 1 + (float)(k % 1024) / 1024);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pattern),
        cmocka_unit_test(in_place),
        cmocka_unit_test(in_place_any_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
