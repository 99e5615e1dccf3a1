/* narrow.h - rows in bfloat16 and their inner products, at twice the rate of single precision where the
 * processor multiplies pairs of bfloat16 (AVX512_BF16).
 *
 * uses: nothing; cblas
 *
 * bfloat16 is the upper half of a float: its exponent, and 8 digits of mantissa in the place of 24. Only
 * what the rows have beyond their mean m is rounded, r_i = x_i - m; the rest of <x_i, x_j> is a number
 * a row:
 *
 *     <x_i, x_j> = <r_i, r_j> + a_i + a_j,        a_i = <r_i, m> + |m|^2 / 2
 *     -|x_i - x_j|^2 / 2 = <r_i, r_j> + a_i + a_j,      a_i = -|r_i|^2 / 2 of the rounded r_i
 *
 * A narrow row is both, in the place of MI_NARROW_FLOATS(d) floats, so that it travels as other rows do:
 *
 *     [ r in bfloat16 (d, and a 0 where d is odd) | a (float) ]
 */
#ifndef MI_NARROW_H
#define MI_NARROW_H

#include <stddef.h>

#define MI_NARROW_FLOATS(d) (((d) + 1) / 2 + 1)

/* Row x (d) into to (MI_NARROW_FLOATS(d)): for inner products, m its mean (d), or, with m NULL, for
 * distances of rows that are centred already. */
void mi_narrow_put(float *to, const double *x, const double *m, size_t d);

/* Whether products of narrow rows are faster here than those of single precision: on processors of AMD
 * with AVX512_BF16. Others that have it were not measured. */
int mi_narrow_is_fast(void);

/* Floats of scratch for the products of at most `side` rows with as many. */
size_t mi_narrow_scratch(size_t side, size_t floats);

/* g (ni,nj), ldg elements from row to row: the inner products, or exponents, of narrow rows x (ni) and
 * y (nj) of so many floats each. Products of bfloat16 are exact in single precision, in which they are
 * added; without the instruction the widened rows go to SGEMM, the same but for the order of additions.
 * O(ni nj d). The caller has checked
 * the BLAS (sgemm NT). */
void mi_narrow_products(float *g, size_t ldg, const float *x, size_t ni, const float *y, size_t nj,
                        size_t floats, float *scratch);

/* The same without the instructions, on any machine: its twin. */
void mi_narrow_products_plain(float *g, size_t ldg, const float *x, size_t ni, const float *y,
                              size_t nj, size_t floats, float *scratch);

#endif
