/* MD5 (R. Rivest, RFC 1321), by which data sets are published: it tells a damaged download, no more. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "libmi/images/private.h"

static uint32_t rotate(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

/* One block of 64 bytes: four rounds of sixteen steps; constant k is floor(2^32 |sin(k+1)|). */
static void add_block(uint32_t state[4], const uint8_t *block, const uint32_t sine[64])
{
    static const unsigned turn[4][4] = {
        {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], word[16];
    for (int k = 0; k < 16; k++)
        word[k] = (uint32_t)block[4 * k] | (uint32_t)block[4 * k + 1] << 8 |
                  (uint32_t)block[4 * k + 2] << 16 | (uint32_t)block[4 * k + 3] << 24;
    for (int k = 0; k < 64; k++) {
        int round = k / 16;
        uint32_t f = round == 0   ? (b & c) | (~b & d)
                     : round == 1 ? (d & b) | (~d & c)
                     : round == 2 ? b ^ c ^ d
                                  : c ^ (b | ~d);
        int at = round == 0 ? k : round == 1 ? 5 * k + 1 : round == 2 ? 3 * k + 5 : 7 * k;
        uint32_t sum = a + f + sine[k] + word[at % 16];
        a = d;
        d = c;
        c = b;
        b += rotate(sum, turn[round][k % 4]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

void mi_md5(char text[33], const uint8_t *data, size_t n)
{
    uint32_t state[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}, sine[64];
    uint8_t last[128] = {0};
    size_t whole = n / 64 * 64, rest = n - whole, end = rest < 56 ? 64 : 128;
    for (int k = 0; k < 64; k++)
        sine[k] = (uint32_t)floor(4294967296.0 * fabs(sin(k + 1)));
    for (size_t k = 0; k < whole; k += 64)
        add_block(state, data + k, sine);
    if (rest > 0)
        memcpy(last, data + whole, rest);
    last[rest] = 0x80;
    for (int k = 0; k < 8; k++)
        last[end - 8 + (size_t)k] = (uint8_t)((uint64_t)n * 8 >> 8 * k);
    for (size_t k = 0; k < end; k += 64)
        add_block(state, last + k, sine);
    for (int k = 0; k < 16; k++)
        snprintf(text + 2 * k, 3, "%02x", state[k / 4] >> 8 * (k % 4) & 255);
}
