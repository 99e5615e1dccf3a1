/* wide.h - exponents of kernels of distances in double precision: gaussian ones of rows far from their
 * mean, and all laplacian ones.
 *
 * uses: nothing; cblas
 *
 * The exponent -|x_i - x_j|^2 / 2 = <x_i, x_j> - |x_i|^2 / 2 - |x_j|^2 / 2 of rows x over the bandwidth
 * is a small difference of large numbers: in single precision it is off by about 6e-8 R^2, R the
 * largest |x_i|. Where that passes 1e-6 rows are wide. The exponent -|x_i - x_j| of a laplacian kernel
 * is the root of such a difference, off by 2e-4 R where rows are alike: its rows are always wide. That
 * is doubles, with the square behind the features,
 *
 *     [ x (d) | -|x|^2 / 2 ]
 *
 * in the place of MI_WIDE_FLOATS(d) floats, so that they travel through panels and samples as other
 * rows do. Rows are over a power of two beside the bandwidth, not over the bandwidth itself: that would
 * round off how rows far from 0 differ.
 */
#ifndef MI_WIDE_H
#define MI_WIDE_H

#include <stddef.h>

#define MI_WIDE_FROM      16.0 /* |x|^2 above which rows are wide: 6e-8 R^2 = 1e-6 */
#define MI_WIDE_FLOATS(d) (2 * ((d) + 1))

/* The power of two that is the bandwidth or the next below it. */
double mi_wide_unit(double bandwidth);

/* Row x (d) into to (MI_WIDE_FLOATS(d)), which starts where a double may. */
void mi_wide_put(float *to, const double *x, size_t d);

/* e (ni,nj), lde elements from row to row: the exponents of wide rows x (ni) and y (nj) of d features,
 * -scale |x-y|^2 / 2; with root above 0, -root |x-y| sqrt(scale); with is_triangle, x and y being the same
 * rows, those right of the diagonal alone. g (ni,nj) is scratch. Of rows nearer than 1e-3 of their size by
 * differences, since one row far from all moves their mean. O(ni nj d) in double precision. The caller has
 * checked the BLAS (dgemm NT). */
void mi_wide_exponents(float *e, size_t lde, const float *x, size_t ni, const float *y, size_t nj,
                       size_t d, int is_triangle, double scale, double root, double *g);

#endif
