/* tiles.h - the fused tile pass: every order-2 sum over row pairs in one sweep, O(n d) memory.
 *
 * uses: base/comm_internal base/leaf base/pool base/run data/kernel
 *
 * For row blocks I <= J the inner products of each factor's rows are one single-precision GEMM; a
 * sweep then turns them into q_ij (a squared kernel value, or an exponential), multiplies factors
 * and adds up whatever sums are asked for, in double from tile to tile. Only I <= J is computed:
 * pairs are symmetric.
 */
#ifndef MI_TILES_H
#define MI_TILES_H

#include <stdint.h>

#include "libmi/base/leaf.h"
#include "libmi/base/run.h"
#include "libmi/data/kernel.h"

#define MI_TILE_FACTORS 8

/* Most rows of a tile. */
#define MI_TILE_SIDE_MAX 768

/* How q_ij comes from g_ij = <x_i, x_j>. */
typedef enum {
    MI_TILE_SQUARE,  /* (g_ij w_i w_j)^2 */
    MI_TILE_POWER,   /* (slope g_ij w_i w_j + offset)^power */
    MI_TILE_EXP,     /* exp(x_ij), x_ij = min(0, scale g_ij w_i w_j + b_i + b_j + bias) */
    MI_TILE_MEAN_EXP /* (mean over k of exp(rate_k x_ij))^2 */
} mi_tile_map;

typedef struct mi_tile_factor mi_tile_factor;
struct mi_tile_factor {
    mi_tile_map map;
    const float *x; /* (n,d), ld elements from row to row; NULL: not in memory, `fill` has them */
    size_t d, ld;
    int is_wide; /* x are wide rows (tiles/wide.h), d floats each; g_ij is the exponent, w 1, b 0 */
    double wide_scale, root; /* of wide rows (tiles/wide.h) */
    int is_narrow; /* x are narrow rows (tiles/narrow.h), d floats each; g_ij as of x, w 1, b 0 */
    /* Rows first .. first+count into to (count,d), ld = d. */
    mi_status (*fill)(const mi_tile_factor *f, size_t first, size_t count, float *to);
    const void *fill_from; /* what `fill` needs */
    size_t granule;        /* rows that are best filled together */
    const float *w;        /* (n) */
    const float *b;        /* (n), of exponents only */
    float scale, bias;
    double slope, offset; /* MI_TILE_POWER only, with the power */
    unsigned power;
    mi_leaf_rates rates; /* MI_TILE_MEAN_EXP only */
    float diagonal;      /* q_ii, which is known: 1 for a kernel, 0 to leave self pairs out */
    const double *self;  /* (n) it in place of `diagonal`; NULL: that */
};

/* T = sum over ordered row pairs (i,j), self pairs included, of the product of the q of some
 * factors. */
typedef struct {
    unsigned factors;     /* bit f: factor f takes part */
    const int32_t *group; /* only pairs whose group[i] == group[j]; NULL: all pairs */
    double total;         /* out */
    double *row; /* (n) out, zeroed by the caller: the share of each row i; NULL: not wanted */
} mi_tile_sum;

/* O(n^2 sum d / 2) multiply-adds, the tiles shared by the ranks of run->comm. Totals do not depend
 * on the number of threads; row sums, and totals on that of ranks, only in rounding.
 *
 * Where a factor's rows are not in memory, all are read in panels: one that stays, of half the
 * memory allowed, and the panels after it one by one, the next read while this one computes. Each
 * row is read (memory for all of them / memory allowed) times, about, and
 * by each rank the part that it is first against; the values are the same.
 *
 * Errors: MI_ENOMEM, MI_EMEMORY (no room for panels of one tile), MI_EUSAGE above MI_TILE_FACTORS,
 * those of reading. */
MI_CHECKED mi_status mi_tiles(size_t n, const mi_tile_factor *factor, size_t n_factors,
                              mi_tile_sum *sum, size_t n_sums, const mi_run *run);

/* A variable prepared as a factor of squared kernel values. It is not moved while in use. */
typedef struct {
    mi_tile_factor factor;
    const mi_var *var;
    mi_mat copy; /* rows of its own, when those of the variable cannot be used as they are */
    int is_raw;  /* rows as they are, with 1/|x_i| in w; else normalised, or over S */
    float *w, *b;
    double *mean; /* (d) of the rows that narrow ones are less */
    double *self;
    double largest_square; /* gaussian: of the distance from the mean over S */
} mi_tile_var;

/* Make a factor of rows row[0..m) (NULL: all n) of a real variable. O(m d); single-precision rows
 * under the linear kernel are borrowed, rows that are not in memory stay where they are (row is
 * NULL then), all others are copied. Errors: MI_ENOMEM and those of reading. Free with
 * mi_tile_var_free. */
MI_CHECKED mi_status mi_tile_var_init(mi_tile_var *out, const mi_var *v, const size_t *row,
                                      size_t m);

/* The same with rows in bfloat16, all n, in memory of their own: O(n d), half of what the features take in
 * single precision. Not under a laplacian kernel. */
MI_CHECKED mi_status mi_tile_var_init_narrow(mi_tile_var *out, const mi_var *v);
void mi_tile_var_free(mi_tile_var *t);

#endif
