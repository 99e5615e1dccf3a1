/* maps.h - what mi-transform does to a row of features.
 *
 * uses: transform/scatter; cblas
 *
 * A map takes a row of d_in numbers to one of d_out <= d_in, the same for every row; those that
 * depend on the data are fitted first, on a scatter. All in double precision.
 */
#ifndef MI_MAPS_H
#define MI_MAPS_H

#include "libmi/transform/scatter.h"

typedef enum {
    MI_MAP_POOL,   /* means of runs of `run` columns */
    MI_MAP_AFFINE, /* (x - offset) scale, column by column */
    MI_MAP_UNIT,   /* x / |x| */
    MI_MAP_LINEAR, /* (x - offset)' matrix */
    MI_MAP_FSQ,    /* quantised to `levels` codes a column */
    MI_MAP_TOPK    /* the `kept` largest, 0 elsewhere */
} mi_map_kind;

typedef struct {
    mi_map_kind kind;
    size_t d_in, d_out;
    size_t run, levels, kept;
    double *offset; /* (d_in) */
    double *scale;  /* (d_in) */
    double *matrix; /* (d_in,d_out) */
} mi_map;

void mi_map_free(mi_map *m);

/* y (n,d_out) from x (n,d_in), row by row; y may be x, and x is overwritten in any case. work:
 * d_in doubles. O(n d_in), linear O(n d_in d_out). NaN and infinity go where the formulas lead
 * them, NaN counts as the largest of a row in MI_MAP_TOPK. */
void mi_map_apply(const mi_map *m, double *x, size_t n, double *y, double *work);

/* Mean over the innermost `run` of d columns: of images (channels, height, width), the mean of each
 * channel. d is a multiple of run. */
void mi_map_pool(mi_map *out, size_t d, size_t run);

/* x / |x|, |x| the Euclidean norm; a row of zeros stays. */
void mi_map_unit(mi_map *out, size_t d);

/* Finite scalar quantisation to L levels (Mentzer et al. 2023, arXiv 2309.15505): with
 * h = (L-1)(1-1e-3)/2 and o = 0 for odd L, 0.5 for even,
 *     q = rint(tanh(x + tan(o/h)) h - o) / floor(L/2)
 * takes exactly L values. Errors: MI_EUSAGE for L < 2. */
MI_CHECKED mi_status mi_map_fsq(mi_map *out, size_t d, size_t levels);

/* Keep the k largest values of a row (not magnitudes), the leftmost of equal ones, and set the
 * others to 0: the activation of a k-sparse autoencoder (Makhzani & Frey 2013, arXiv 1312.5663).
 * O(d) a row. Errors: MI_EDATA for k > d. */
MI_CHECKED mi_status mi_map_topk(mi_map *out, size_t d, size_t k);

/* x - mean. O(d). Free with mi_map_free; so are those below. */
MI_CHECKED mi_status mi_map_center(mi_map *out, const mi_scatter *s);

/* (x - mean) / s, s the root of the biased variance (over n); columns that are constant, to within
 * round-off, become 0. O(d). */
MI_CHECKED mi_status mi_map_standardize(mi_map *out, const mi_scatter *s);

/* Scores of the first k principal components: (x - mean)' v_j, v_j the unit eigenvectors of the
 * covariance by falling eigenvalue l_j, signed so that their largest entry is positive. Of s with
 * products, which are overwritten. O(d^3). Errors: MI_EDATA for k > d; MI_ELIBRARY when LAPACK does
 * not converge. */
MI_CHECKED mi_status mi_map_pca(mi_map *out, mi_scatter *s, size_t k);

/* The same divided by sqrt(l_j), l of the biased covariance (over n), so that the result has the
 * covariance I; k = 0: all d. Errors: as mi_map_pca; MI_EDATA when l_k is round-off, with the
 * number of components that are not. */
MI_CHECKED mi_status mi_map_whiten(mi_map *out, mi_scatter *s, size_t k);

#endif
