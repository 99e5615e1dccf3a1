/* tile.h - one rectangle of row pairs: inner products by GEMM, then a sweep that adds them up.
 * Private.
 *
 * uses: base/blas base/leaf tiles/narrow tiles/tiles tiles/wide; cblas
 *
 * Which rectangles are gone over is decided elsewhere: all (tiles.c), or a sample (design.c).
 */
#ifndef MI_TILE_H
#define MI_TILE_H

#include "libmi/tiles/tiles.h"

#define MI_TILE_SUBSETS (1u << MI_TILE_FACTORS)

/* What is computed of every pair of rows. */
typedef struct {
    const mi_tile_factor *factor;
    size_t n_factors;
    const mi_tile_sum *sum;
    size_t n_sums;
    size_t side; /* most rows and columns of a rectangle */
    unsigned
        product[MI_TILE_SUBSETS]; /* subsets of factors that are needed, each after its parts */
    short slot[MI_TILE_SUBSETS];  /* where the row of a subset stands in mi_tile_work.q */
    size_t n_products;
} mi_tile_plan;

/* Errors: MI_EUSAGE above MI_TILE_FACTORS. */
mi_status mi_tile_plan_init(mi_tile_plan *p, const mi_tile_factor *factor, size_t n_factors,
                            const mi_tile_sum *sum, size_t n_sums, size_t side);

/* Rows first .. first+count of every factor. */
typedef struct {
    size_t first, count;
    const float *x[MI_TILE_FACTORS]; /* row `first` of each factor */
} mi_tile_rows;

/* All n rows of factors that are in memory. */
mi_tile_rows mi_tile_rows_all(const mi_tile_plan *p, size_t n);

/* Rows from .. from+count of `r`, counted from its first. */
mi_tile_rows mi_tile_rows_part(const mi_tile_plan *p, const mi_tile_rows *r, size_t from,
                               size_t count);

/* Elements from one row of a factor to the next: ld, or d where the rows were filled in. */
size_t mi_tile_stride(const mi_tile_factor *f);

/* Bytes of one worker's memory. */
size_t mi_tile_work_bytes(const mi_tile_plan *p);

/* One worker's memory, and the sums of its last rectangle. */
typedef struct {
    float *g;       /* (n_factors, side, side) inner products */
    double *wide;   /* what exponents in double precision need; NULL: no factor is wide */
    float *narrow;  /* scratch of narrow rows; NULL: no factor is narrow */
    float *q;       /* (n_products, side) one row of q for every product */
    float *part;    /* (n_sums, side) sums down the columns of a few rows */
    double *total;  /* (n_sums) out: over the pairs (i,j) of the rectangle */
    double *row;    /* (n_sums, side) out: of each of its rows */
    double *column; /* (n_sums, side) out: of each of its columns, where they are other rows */
} mi_tile_work;

mi_status mi_tile_work_alloc(mi_tile_work *w, const mi_tile_plan *p);
void mi_tile_work_free(mi_tile_work *w);

/* Pairs of rows i and columns j, which are the same rows (self pairs included, at their known
 * values) or have none in common. Column sums only for sums that want rows. */
void mi_tile_rect(const mi_tile_plan *p, mi_tile_work *w, const mi_tile_rows *i,
                  const mi_tile_rows *j);

#endif
