/* kernel_internal.h - rows of a variable as its kernel sees them.
 *
 * uses: base/leaf data/kernel
 */
#ifndef MI_KERNEL_INTERNAL_H
#define MI_KERNEL_INTERNAL_H

#include "libmi/base/leaf.h"
#include "libmi/data/kernel.h"

/* What a function is given as a kernel: of a kind and by a rule that there are, a bandwidth that is a
 * number above 0 where no rule finds one. Errors: MI_EUSAGE. */
MI_CHECKED mi_status mi_kernel_check(const mi_kernel *k);

int mi_var_is_real(const mi_var *v);

/* Kernels of distances |x-y|: gaussian and laplacian. Those of cosines: linear ones, which are the cosine,
 * and polynomial. Linear are linear and precomputed. */
int mi_kernel_is_of_distance(mi_kernel_kind kind);
int mi_kernel_is_of_cosine(mi_kernel_kind kind);
int mi_kernel_is_linear(mi_kernel_kind kind);

/* Squares of bandwidths and of distances, and their quotients, must be numbers of double precision. */
#define MI_BANDWIDTH_LEAST 1e-140
#define MI_BANDWIDTH_MOST  1e140
#define MI_DEGREE_MAX      64 /* of a polynomial */

int mi_is_bandwidth(double s);

/* Of kernels of distances: how many bandwidths, each of them, and the first that is none, or the last. */
unsigned mi_kernel_bandwidths(const mi_kernel *k);
double mi_kernel_bandwidth(const mi_kernel *k, unsigned at);
double mi_kernel_odd_bandwidth(const mi_kernel *k);

/* *mean (d) of the rows, the caller's to free, and the largest |x_ik|, nan where one is. O(n d). Errors:
 * MI_ENOMEM and those of reading. */
MI_CHECKED mi_status mi_column_means(double **mean, double *largest, const mi_mat *x);

/* K of a pair of rows of a real variable: from the cosine; from the squared distance. */
double mi_kernel_of_cosine(const mi_kernel *k, double cosine);
double mi_kernel_of_square(const mi_kernel *k, double distance2);

/* |a-b|^2 of rows a and b (d) with these squares and this inner product: by them, or, where that cancels, rows
 * being near each other beside their size, by differences. */
double mi_square_apart(const double *a, const double *b, size_t d, double a2, double b2,
                       double product);

/* Of kernels of distances: the smallest bandwidth, in which fast ways measure rows; and the exponents of all
 * bandwidths over that of the smallest, for `power` times it. K^power = (mean of exp(rate_k x))^power, x the
 * exponent of the smallest bandwidth's kernel to `power`. */
double mi_kernel_narrowest(const mi_kernel *k);
mi_leaf_rates mi_kernel_rates(const mi_kernel *k, int power);

/* Rows row[0..m) of a real variable, (m,d) in double precision: x_i / |x_i| under a kernel of
 * cosines, x_i less the column means under one of distances. row NULL: rows 0..m. Errors: MI_ENOMEM
 * and those of reading, for rows that are not in memory. */
MI_CHECKED mi_status mi_var_rows_f64(const mi_var *v, const size_t *row, size_t m, double *out);

#endif
