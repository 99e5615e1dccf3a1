/* scatter.h - means, variances and covariances of columns, taken in block by block.
 *
 * uses: base/blas base/mem data/mat_internal; cblas
 */
#ifndef MI_SCATTER_H
#define MI_SCATTER_H

#include "libmi/base/mem.h"

typedef struct {
    size_t n, d;
    double *mean;    /* (d) */
    double *square;  /* (d) sums of (x - mean)^2 */
    double *product; /* (d,d) sums of (x - mean)(x - mean)', lower triangle; NULL: not asked for */
    double *shift;   /* (d) workspace */
    double largest;  /* size of a number so far */
} mi_scatter;

/* Start with no rows. With products: d^2 doubles. Errors: MI_ENOMEM; MI_EMEMORY when the products
 * would not fit. Free with mi_scatter_free. */
MI_CHECKED mi_status mi_scatter_alloc(mi_scatter *s, size_t d, int with_products);
void mi_scatter_free(mi_scatter *s);

/* Take in n rows, x (n,d), which is overwritten. Blocks are centred by their own means and merged,
 * so that no digits are lost to a mean far from 0 (Chan, Golub & LeVeque 1983). O(n d), with
 * products O(n d^2). */
void mi_scatter_add(mi_scatter *s, double *x, size_t n);

/* Whether the squares are right: MI_EDATA as mi_rows_check_squares. */
MI_CHECKED mi_status mi_scatter_check(const mi_scatter *s);

#endif
