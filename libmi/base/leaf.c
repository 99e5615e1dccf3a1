/* The inner loops over a row of a tile: plain C, vectorised by the compiler, built for several
 * instruction sets.
 *
 * Sums are in single precision over at most one tile's width, in as many partial sums as a vector
 * has lanes, which keeps their rounding small (leaf.h); the callers add in double. exp is Cody and
 * Waite's argument reduction (Software Manual for the Elementary Functions, 1980, ch. 6) and a
 * Taylor polynomial. */
#include "libmi/base/leaf.h"

#include "libmi/base/leaf_clones.h"

#define LEAF_CLONES MI_CLONES("avx2", "avx512f")

LEAF_CLONES
static void leaf_square(size_t n, float *restrict q, const float *restrict g,
                        const float *restrict w, float s)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        float k = g[j] * s * w[j];
        q[j] = k * k;
    }
}

/* exp(x) = 2^m exp(r), m = round(x / log 2), |r| <= log(2)/2, exp(r) by its Taylor polynomial of
 * degree 7 in Horner's form (error 2e-8 relative). m log 2 is subtracted in two parts, the first
 * exact in float, so that r keeps its digits. Rounding is by adding 1.5 * 2^23, since roundps is
 * not in the x86-64 baseline; 2^m is put together from its exponent bits. Below exp(-87) floats
 * become subnormal: 0. */
static inline __attribute__((always_inline)) float exp_of(float x)
{
    const float log2e = 1.44269504f, ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
    const float round_magic = 12582912.0f;
    float clamped = x > -87.0f ? x : -87.0f;
    float m = (clamped * log2e + round_magic) - round_magic;
    float r = (clamped - m * ln2_high) - m * ln2_low;
    float p = 1.98412698e-4f;
    p = p * r + 1.38888889e-3f;
    p = p * r + 8.33333333e-3f;
    p = p * r + 4.16666667e-2f;
    p = p * r + 1.66666667e-1f;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    union {
        int32_t i;
        float f;
    } power = {.i = ((int32_t)m + 127) << 23};
    return x >= -87.0f ? p * power.f : 0.0f;
}

LEAF_CLONES
static void leaf_exp(size_t n, float *restrict q, const float *restrict g, const float *restrict w,
                     const float *restrict b, float s, float c)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        float x = g[j] * s * w[j] + (b[j] + c);
        q[j] = exp_of(x < 0.0f ? x : 0.0f);
    }
}

/* A pass over the row for each rate. */
LEAF_CLONES
static void leaf_mean_exp(size_t n, float *restrict q, const float *restrict g,
                          const float *restrict w, const float *restrict b, float s, float c,
                          const mi_leaf_rates *r)
{
    const float share = 1.0f / (float)r->count;
    for (size_t k = 0; k < r->count; k++) {
        const float rate = r->rate[k];
        const int is_first = k == 0;
#pragma omp simd
        for (size_t j = 0; j < n; j++) {
            float x = g[j] * s * w[j] + (b[j] + c);
            float e = exp_of(rate * (x < 0.0f ? x : 0.0f));
            q[j] = is_first ? e : q[j] + e;
        }
    }
#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        float k = q[j] * share;
        q[j] = r->power == 2 ? k * k : k;
    }
}

/* By repeated squaring, a pass over the row for each bit of the power but the highest. The low parts of f
 * and c go to the small term: added to the sum, which has no digits for them, they would be lost, and
 * every pair be off to the same side. */
LEAF_CLONES
static void leaf_power(size_t n, float *restrict q, const float *restrict g,
                       const float *restrict w, float s, double f, double c, unsigned power)
{
    const float f_high = (float)f, c_high = (float)c;
    const float f_low = (float)(f - f_high), c_low = (float)(c - c_high);
    unsigned bit = 1;
    while (bit <= power / 2)
        bit <<= 1;
#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        float x = g[j] * s * w[j];
        q[j] = (x * f_high + (x * f_low + c_low)) + c_high;
    }
    while (bit >>= 1) {
        int is_odd = (power & bit) != 0;
#pragma omp simd
        for (size_t j = 0; j < n; j++) {
            float x = g[j] * s * w[j];
            float base = (x * f_high + (x * f_low + c_low)) + c_high;
            q[j] = q[j] * q[j] * (is_odd ? base : 1);
        }
    }
}

LEAF_CLONES
static void leaf_product(size_t n, float *restrict q, const float *restrict p,
                         const float *restrict r)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++)
        q[j] = p[j] * r[j];
}

LEAF_CLONES
static float leaf_sum(size_t n, const float *restrict q)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < n; j++)
        sum += q[j];
    return sum;
}

LEAF_CLONES
static float leaf_sum_same(size_t n, const float *restrict q, const int32_t *restrict code,
                           int32_t c)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < n; j++)
        sum += q[j] * (float)(code[j] == c);
    return sum;
}

LEAF_CLONES
static float leaf_sum_add(size_t n, float *restrict column, const float *restrict q)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < n; j++) {
        sum += q[j];
        column[j] += q[j];
    }
    return sum;
}

LEAF_CLONES
static float leaf_sum_add_same(size_t n, float *restrict column, const float *restrict q,
                               const int32_t *restrict code, int32_t c)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < n; j++) {
        float value = q[j] * (float)(code[j] == c);
        sum += value;
        column[j] += value;
    }
    return sum;
}

LEAF_CLONES
static double leaf_norm2(size_t n, const float *restrict x)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < n; j++)
        sum += (double)x[j] * x[j];
    return sum;
}

LEAF_CLONES
static double leaf_distance2(size_t n, const double *restrict x, const double *restrict y)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < n; j++)
        sum += (x[j] - y[j]) * (x[j] - y[j]);
    return sum;
}

void mi_leaf_square(size_t n, float *restrict q, const float *restrict g, const float *restrict w,
                    float s)
{
    leaf_square(n, q, g, w, s);
}

void mi_leaf_exp(size_t n, float *restrict q, const float *restrict g, const float *restrict w,
                 const float *restrict b, float s, float c)
{
    leaf_exp(n, q, g, w, b, s, c);
}

void mi_leaf_mean_exp(size_t n, float *restrict q, const float *restrict g, const float *restrict w,
                      const float *restrict b, float s, float c, const mi_leaf_rates *r)
{
    leaf_mean_exp(n, q, g, w, b, s, c, r);
}

void mi_leaf_power(size_t n, float *restrict q, const float *restrict g, const float *restrict w,
                   float s, double f, double c, unsigned power)
{
    leaf_power(n, q, g, w, s, f, c, power);
}

void mi_leaf_product(size_t n, float *restrict q, const float *restrict p, const float *restrict r)
{
    leaf_product(n, q, p, r);
}

float mi_leaf_sum(size_t n, const float *restrict q)
{
    return leaf_sum(n, q);
}

float mi_leaf_sum_same(size_t n, const float *restrict q, const int32_t *restrict code, int32_t c)
{
    return leaf_sum_same(n, q, code, c);
}

float mi_leaf_sum_add(size_t n, float *restrict column, const float *restrict q)
{
    return leaf_sum_add(n, column, q);
}

float mi_leaf_sum_add_same(size_t n, float *restrict column, const float *restrict q,
                           const int32_t *restrict code, int32_t c)
{
    return leaf_sum_add_same(n, column, q, code, c);
}

double mi_leaf_norm2(size_t n, const float *restrict x)
{
    return leaf_norm2(n, x);
}

double mi_leaf_distance2(size_t n, const double *restrict x, const double *restrict y)
{
    return leaf_distance2(n, x, y);
}
