/* leaf.h - the inner loops over one row of a tile. Private.
 *
 * uses: base/leaf_clones
 *
 * Each is plain C that the compiler vectorises, built for several instruction sets and chosen when
 * the library is loaded. Arrays do not overlap. n is at most a tile's width, so that float sums of
 * values in [0,1] lose at most about 1e-6 of their value; callers add them up in double.
 */
#ifndef MI_LEAF_H
#define MI_LEAF_H

#include <stddef.h>
#include <stdint.h>

/* q[j] = (g[j] s w[j])^2: squared cosines from inner products and inverse norms. */
void mi_leaf_square(size_t n, float *restrict q, const float *restrict g, const float *restrict w,
                    float s);

/* q[j] = exp(min(0, g[j] s w[j] + b[j] + c)), relative error below 3e-7; 0 below exp(-87). */
void mi_leaf_exp(size_t n, float *restrict q, const float *restrict g, const float *restrict w,
                 const float *restrict b, float s, float c);

/* Several exponentials of one exponent, in place of one. */
typedef struct {
    unsigned count;
    int power; /* 1 or 2 */
    float rate[8];
} mi_leaf_rates;

/* q[j] = (mean over k of exp(rate_k min(0, g[j] s w[j] + b[j] + c)))^power. */
void mi_leaf_mean_exp(size_t n, float *restrict q, const float *restrict g, const float *restrict w,
                      const float *restrict b, float s, float c, const mi_leaf_rates *r);

/* q[j] = (f g[j] s w[j] + c)^power, power 1 or more. f and c are doubles, since their rounding would be
 * the same for every pair. */
void mi_leaf_power(size_t n, float *restrict q, const float *restrict g, const float *restrict w,
                   float s, double f, double c, unsigned power);

/* q[j] = p[j] r[j] */
void mi_leaf_product(size_t n, float *restrict q, const float *restrict p, const float *restrict r);

/* sum of q[j]; of those with code[j] == c */
float mi_leaf_sum(size_t n, const float *restrict q);
float mi_leaf_sum_same(size_t n, const float *restrict q, const int32_t *restrict code, int32_t c);

/* The same sums, and column[j] += q[j] of what they are of. */
float mi_leaf_sum_add(size_t n, float *restrict column, const float *restrict q);
float mi_leaf_sum_add_same(size_t n, float *restrict column, const float *restrict q,
                           const int32_t *restrict code, int32_t c);

/* sum of x[j]^2 in double precision, for any n */
double mi_leaf_norm2(size_t n, const float *restrict x);

/* sum of (x[j] - y[j])^2, for any n; x and y may be the same */
double mi_leaf_distance2(size_t n, const double *restrict x, const double *restrict y);

#endif
