/* product.h - the Gram matrix of a joint, times blocks of vectors, in single precision. Private.
 *
 * uses: base/blas base/comm_internal base/leaf base/pool base/run data/kernel spectrum/gram
 *       spectrum/leaf_product tiles/tiles; cblas
 *
 * K = K1 o K2 o ... (element-wise) over n rows. Three kinds of the same product:
 *
 *     stored       K in memory, n (n + 16) floats; a pass over it a block of vectors
 *     Khatri-Rao   two linear kernels: K v = rowsum((Z1 M) o Z2), M = Z1' diag(v) Z2
 *     recomputed   tiles of K made anew in every product
 *
 * Rows with weights w have D K D, D = diag(w)^1/2, in the place of K: the vectors are scaled before and after.
 *
 * Ranks have a range of the rows of K each, of which they store, or make, the part; and of the
 * Khatri-Rao kind a share of M.
 */
#ifndef MI_PRODUCT_H
#define MI_PRODUCT_H

#include "libmi/base/run.h"
#include "libmi/data/kernel.h"
#include "libmi/spectrum/gram.h"

/* Vectors of a block at most, and real variables of a joint. */
#define MI_PRODUCT_VECTORS 8
#define MI_PRODUCT_VARS    9

typedef enum {
    MI_PRODUCT_STORED,
    MI_PRODUCT_KHATRI_RAO,
    MI_PRODUCT_RECOMPUTED,
    MI_PRODUCT_KINDS
} mi_product_kind;

/* One variable: K_ij = <z_i,z_j>, a polynomial of it, or exp(<z_i,z_j> + half_i + half_j). */
typedef struct {
    size_t d;
    float *z; /* (n,d); wide rows (tiles/wide.h) where they are far from their mean */
    const mi_kernel *kernel; /* borrowed from the variable */
    float *half; /* (n) -|z_i|^2/2 under a kernel of distances, 0 where it is wide, else NULL */
    int is_wide;
    double wide_scale; /* of wide rows */
} mi_product_factor;

typedef struct {
    mi_product_kind kind;
    size_t n, n_factors;
    size_t first, end; /* rows of K that are this rank's */
    mi_product_factor factor[MI_PRODUCT_VARS];
    size_t ld;   /* n rounded up to whole lanes */
    float *k;    /* stored: (end - first rounded up to whole leaves, ld), zero outside K */
    float *x;    /* (MI_PRODUCT_VECTORS, ld) the block in single precision, zero outside n */
    float *m;    /* Khatri-Rao: (MI_PRODUCT_VECTORS, d1, d2) */
    float *work; /* (workers, work_size) */
    size_t work_size;
    double *wide; /* (workers, tile, tile) where a factor is wide */
    float *ones;  /* (tile) */
    double *root; /* (n) the diagonal of D; NULL: rows have no weights */
    const mi_run *run;
} mi_product;

/* The cheapest kind for about `passes` blocks of vectors that fits in `bytes`, of a block; MI_PRODUCT_KINDS
 * where none does. */
mi_product_kind mi_product_choose(const mi_block *b, double passes, size_t bytes,
                                  const mi_run *run);

/* Bytes that a kind takes of each rank, and what it costs all of them in multiply-adds of a
 * single-precision matrix product. */
double mi_product_bytes(mi_product_kind kind, const mi_block *b, const mi_run *run);
double mi_product_cost(mi_product_kind kind, const mi_block *b, double passes, const mi_run *run);

/* Prepare the rows of a block of real variables. The run is borrowed. O(m^2 sum d / 2)
 * where K is stored, else O(m d). Errors: MI_ENOMEM. Free with mi_product_free, also after a
 * failure. */
mi_status mi_product_make(mi_product *p, mi_product_kind kind, const mi_block *b,
                          const mi_run *run);
void mi_product_free(mi_product *p);

/* y (count,n) = K x, x (count,n), count <= MI_PRODUCT_VECTORS. Vectors are rounded to single
 * precision; so are sums of up to 1024 products, which are added up in double. The same for any
 * number of threads and ranks, which all take x from rank 0. Errors: MI_ENOMEM. */
mi_status mi_product_apply(const mi_product *p, double *y, const double *x, size_t count);

/* sum (n): the sum over j of K_ij^2 for every row i of the block it was made of. A pass over
 * the stored matrix, else over tiles, O(n^2 sum d / 2). Errors: MI_ENOMEM. */
mi_status mi_product_squares(const mi_product *p, const mi_block *b, double *sum);

#endif
