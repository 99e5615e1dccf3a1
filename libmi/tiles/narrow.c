/* Products of bfloat16 rows by vdpbf16ps, which multiplies 32 pairs and adds them to 16 floats.
 *
 * y is packed, 16 rows beside each other, so that one vector holds two features of 16 rows; two features
 * of a row of x are broadcast against it:
 *
 *     packed   y_0k y_0k+1 | y_1k y_1k+1 | ... | y_15k y_15k+1      k = 0, 2, 4, ...
 *     x_i      x_ik x_ik+1 | x_ik x_ik+1 | ... | x_ik  x_ik+1
 *     g_i     += x_ik y_0k + x_ik+1 y_0k+1,  ...                   16 columns
 *
 * 8 rows of x meet 2 such vectors at a time: 16 registers of sums, which hide the latency of the
 * instruction (Goto and van de Geijn, ACM Trans. Math. Softw. 34 (2008) 12, the inner kernel). x is
 * read as it lies. */
#include "libmi/tiles/narrow.h"

#include <cblas.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/* ---- rows ---- */

/* To nearest, ties to even; x is finite and no more than 2^127. */
static uint16_t round_to_bf16(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static float widen(uint16_t half)
{
    uint32_t bits = (uint32_t)half << 16;
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

void mi_narrow_put(float *to, const double *x, const double *m, size_t d)
{
    double beside = 0;
    float a;
    memset(to, 0, MI_NARROW_FLOATS(d) * sizeof *to);
    for (size_t k = 0; k < d; k++) {
        uint16_t half = round_to_bf16((float)(m ? x[k] - m[k] : x[k]));
        beside += m ? (x[k] - m[k] / 2) * m[k] : -0.5 * widen(half) * widen(half);
        memcpy((char *)to + k * sizeof half, &half, sizeof half);
    }
    a = (float)beside;
    memcpy(to + MI_NARROW_FLOATS(d) - 1, &a, sizeof a);
}

size_t mi_narrow_scratch(size_t side, size_t floats)
{
    return 4 * (side + 32) * floats;
}

/* ---- on any machine ---- */

/* (n, 2 (floats - 1)) from narrow rows. */
static void widen_rows(float *to, const float *x, size_t n, size_t floats)
{
    size_t d = 2 * (floats - 1);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d; k++) {
            uint16_t half;
            memcpy(&half, (const char *)(x + i * floats) + k * sizeof half, sizeof half);
            to[i * d + k] = widen(half);
        }
}

void mi_narrow_products_plain(float *g, size_t ldg, const float *x, size_t ni, const float *y,
                              size_t nj, size_t floats, float *scratch)
{
    int d = (int)(2 * (floats - 1));
    float *wide_x = scratch, *wide_y = scratch + ni * (size_t)d;
    widen_rows(wide_x, x, ni, floats);
    widen_rows(wide_y, y, nj, floats);
    for (size_t i = 0; i < ni; i++)
        for (size_t j = 0; j < nj; j++)
            g[i * ldg + j] = x[i * floats + floats - 1] + y[j * floats + floats - 1];
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)ni, (int)nj, d, 1, wide_x, d, wide_y,
                d, 1, g, (int)ldg);
}

/* ---- with the instruction ---- */

#if defined(__x86_64__) && (defined(__clang__) ? __clang_major__ >= 10 : __GNUC__ >= 11)

#include <immintrin.h>

#define BF16  __attribute__((target("avx512f,avx512bw,avx512bf16")))
#define LANES 16
#define DOWN  8 /* rows of x at a time */
#define AHEAD 2 /* vectors of columns */

static int has_instruction(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512bf16");
}

int mi_narrow_is_fast(void)
{
    return has_instruction() && __builtin_cpu_is("amd");
}

/* to (nj / 16 rounded up to AHEAD, floats, 16): pairs of features of 16 rows beside each other, then their
 * a; 0 beyond the last row. A pair moves as one float would, by its bits. */
static void pack(uint32_t *to, const float *y, size_t nj, size_t floats)
{
    size_t all = (nj + AHEAD * LANES - 1) / (AHEAD * LANES) * AHEAD * LANES;
    for (size_t j = 0; j < all; j += LANES)
        for (size_t k = 0; k < floats; k++, to += LANES)
            for (size_t c = 0; c < LANES; c++)
                if (j + c < nj)
                    memcpy(&to[c], y + (j + c) * floats + k, sizeof *to);
                else
                    to[c] = 0;
}

/* g of DOWN rows of x, of which `rows` are there, with AHEAD * LANES columns, of which `columns` are. */
BF16 static void multiply(float *g, size_t ldg, const float *x, size_t rows, const uint32_t *y,
                          size_t columns, size_t floats)
{
    const float *row[DOWN];
    __m512 sum[DOWN][AHEAD];
    size_t last = floats - 1;
    for (size_t i = 0; i < DOWN; i++) {
        row[i] = x + (i < rows ? i : 0) * floats;
        for (size_t v = 0; v < AHEAD; v++)
            sum[i][v] = _mm512_setzero_ps();
    }
    for (size_t k = 0; k < last; k++) {
        __m512i first = _mm512_loadu_si512(y + k * LANES);
        __m512i second = _mm512_loadu_si512(y + (floats + k) * LANES);
#pragma GCC unroll 8
        for (size_t i = 0; i < DOWN; i++) {
            __m512i pair = _mm512_castps_si512(_mm512_set1_ps(row[i][k]));
            sum[i][0] = _mm512_dpbf16_ps(sum[i][0], (__m512bh)pair, (__m512bh)first);
            sum[i][1] = _mm512_dpbf16_ps(sum[i][1], (__m512bh)pair, (__m512bh)second);
        }
    }
    for (size_t v = 0; v < AHEAD && v * LANES < columns; v++) {
        size_t there = columns - v * LANES < LANES ? columns - v * LANES : LANES;
        __mmask16 mask = (__mmask16)((1u << there) - 1);
        __m512 beside = _mm512_loadu_ps(y + (v * floats + last) * LANES);
        for (size_t i = 0; i < rows; i++)
            _mm512_mask_storeu_ps(
                g + i * ldg + v * LANES, mask,
                _mm512_add_ps(sum[i][v], _mm512_add_ps(beside, _mm512_set1_ps(row[i][last]))));
    }
}

static void products(float *g, size_t ldg, const float *x, size_t ni, const float *y, size_t nj,
                     size_t floats, float *scratch)
{
    uint32_t *packed = (uint32_t *)scratch;
    pack(packed, y, nj, floats);
    for (size_t i = 0; i < ni; i += DOWN)
        for (size_t j = 0; j < nj; j += AHEAD * LANES)
            multiply(g + i * ldg + j, ldg, x + i * floats, ni - i < DOWN ? ni - i : DOWN,
                     packed + j * floats, nj - j, floats);
}

#else

static int has_instruction(void)
{
    return 0;
}

int mi_narrow_is_fast(void)
{
    return 0;
}

#define products mi_narrow_products_plain

#endif

void mi_narrow_products(float *g, size_t ldg, const float *x, size_t ni, const float *y, size_t nj,
                        size_t floats, float *scratch)
{
    if (has_instruction())
        products(g, ldg, x, ni, y, nj, floats, scratch);
    else
        mi_narrow_products_plain(g, ldg, x, ni, y, nj, floats, scratch);
}
