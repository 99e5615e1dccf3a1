/* wide.h - exponents of gaussian kernels in double precision, for rows far from their mean.
 *
 * uses: nothing; cblas
 *
 * The exponent -|x_i - x_j|^2 / 2 = <x_i, x_j> - |x_i|^2 / 2 - |x_j|^2 / 2 of rows x over the bandwidth
 * is a small difference of large numbers: in single precision it is off by about 6e-8 R^2, R the
 * largest |x_i|. Where that passes 1e-6 rows are wide: doubles, with the square behind the features,
 *
 *     [ x (d) | -|x|^2 / 2 ]
 *
 * in the place of MI_WIDE_FLOATS(d) floats, so that they travel through panels and samples as other
 * rows do.
 */
#ifndef MI_WIDE_H
#define MI_WIDE_H

#include <stddef.h>

#define MI_WIDE_FROM      16.0 /* |x|^2 above which rows are wide: 6e-8 R^2 = 1e-6 */
#define MI_WIDE_FLOATS(d) (2 * ((d) + 1))

/* Row x (d) into to (MI_WIDE_FLOATS(d)), which starts where a double may. */
void mi_wide_put(float *to, const double *x, size_t d);

/* e (ni,nj), lde elements from row to row: the exponents of wide rows x (ni) and y (nj) of d features;
 * with is_triangle, x and y being the same rows, those right of the diagonal alone. g (ni,nj) is
 * scratch. O(ni nj d) in double precision. The caller has checked the BLAS (dgemm NT). */
void mi_wide_exponents(float *e, size_t lde, const float *x, size_t ni, const float *y, size_t nj,
                       size_t d, int is_triangle, double *g);

#endif
