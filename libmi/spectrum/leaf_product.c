/* The inner kernel of the stored product: 3 rows of K times 4 vectors, register blocking.
 *
 * y (3,4) += K (3,n) X (n,4) with 12 accumulators of 8 lanes: each element of K that is loaded is
 * used four times, each of X three times, so 7 loads feed 12 multiply-adds. Lanes are added up at
 * the end, in pairs. */
#include "libmi/spectrum/leaf_product.h"

#include <string.h>

#include "libmi/base/leaf_clones.h"

/* "fma" brings 256-bit vectors with it. 512-bit ones with 16 sums were not faster where they were
 * tried. */
#define LEAF_CLONES MI_CLONES("fma")

/* 12 sums, 3 rows and a vector: the 16 registers of AVX, or twice as many half as long. More sums
 * do not stay in registers: ten times slower. */
typedef float lanes __attribute__((vector_size(4 * MI_LEAF_LANES), aligned(4)));

/* Pairwise, the same order for every instruction set. */
static float sum_of_lanes(const lanes *s)
{
    float part[MI_LEAF_LANES];
    memcpy(part, s, sizeof part);
    for (size_t half = MI_LEAF_LANES / 2; half; half /= 2)
        for (size_t k = 0; k < half; k++)
            part[k] += part[k + half];
    return part[0];
}

LEAF_CLONES
static void leaf_rows(size_t n, const float *restrict k, size_t ldk, const float *restrict x,
                      size_t ldx, float *restrict y)
{
    lanes sum[MI_LEAF_ROWS][MI_LEAF_VECTORS] = {{{0}}};
    for (size_t j = 0; j < n; j += MI_LEAF_LANES) {
        lanes row[MI_LEAF_ROWS];
#pragma GCC unroll 3
        for (size_t r = 0; r < MI_LEAF_ROWS; r++) {
            row[r] = *(const lanes *)(k + r * ldk + j);
            __builtin_prefetch(k + (MI_LEAF_ROWS + r) * ldk + j, 0, 2);
        }
#pragma GCC unroll 4
        for (size_t v = 0; v < MI_LEAF_VECTORS; v++) {
            lanes vector = *(const lanes *)(x + v * ldx + j);
#pragma GCC unroll 3
            for (size_t r = 0; r < MI_LEAF_ROWS; r++)
                sum[r][v] += row[r] * vector;
        }
    }
    for (size_t r = 0; r < MI_LEAF_ROWS; r++)
        for (size_t v = 0; v < MI_LEAF_VECTORS; v++)
            y[r * MI_LEAF_VECTORS + v] = sum_of_lanes(&sum[r][v]);
}

LEAF_CLONES
static float leaf_dot(size_t n, const float *restrict a, const float *restrict b)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < n; j++)
        sum += a[j] * b[j];
    return sum;
}

void mi_leaf_rows(size_t n, const float *restrict k, size_t ldk, const float *restrict x,
                  size_t ldx, double *restrict y, size_t ldy)
{
    float sum[MI_LEAF_ROWS * MI_LEAF_VECTORS];
    leaf_rows(n, k, ldk, x, ldx, sum);
    for (size_t r = 0; r < MI_LEAF_ROWS; r++)
        for (size_t v = 0; v < MI_LEAF_VECTORS; v++)
            y[r * ldy + v] += sum[r * MI_LEAF_VECTORS + v];
}

float mi_leaf_dot(size_t n, const float *restrict a, const float *restrict b)
{
    return leaf_dot(n, a, b);
}
