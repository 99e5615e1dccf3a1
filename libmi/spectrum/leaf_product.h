/* leaf_product.h - the inner loop of a stored matrix times a block of vectors. Private.
 *
 * uses: base/leaf_clones
 *
 * As those of leaf.h: plain C on short vectors, built for several instruction sets and chosen when
 * the library is loaded.
 */
#ifndef MI_LEAF_PRODUCT_H
#define MI_LEAF_PRODUCT_H

#include <stddef.h>

/* Rows and vectors taken at once, so that what is loaded is used several times; lengths are
 * multiples of MI_LEAF_LANES. */
#define MI_LEAF_ROWS    3
#define MI_LEAF_VECTORS 4
#define MI_LEAF_LANES   8

/* y[r ldy + v] += sum over j < n of k[r ldk + j] x[v ldx + j], r < MI_LEAF_ROWS, v <
 * MI_LEAF_VECTORS. Sums of one call are in single precision: n is at most a few thousand. The rows
 * after these are fetched into the cache. */
void mi_leaf_rows(size_t n, const float *restrict k, size_t ldk, const float *restrict x,
                  size_t ldx, double *restrict y, size_t ldy);

/* sum of a[j] b[j]: single precision, n at most a few thousand. */
float mi_leaf_dot(size_t n, const float *restrict a, const float *restrict b);

#endif
