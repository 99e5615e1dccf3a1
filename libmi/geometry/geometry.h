/* geometry.h - how rows lie: their norms and columns, how they spread over the unit sphere, their
 * intrinsic dimension, hubs among them.
 *
 * uses: base/interval_internal base/mem base/run base/run_internal base/want data/groups
 *       data/mat data/mat_internal data/rows
 *
 * Letters: n rows x_i of d columns; u_i = x_i / |x_i| for rows that are not all zero; g instances, whose
 * rows are views. A positive is a pair of rows of one instance; the other pairs are of rows of two
 * instances. Means over pairs of rows are of those, since views are not drawn independently: where
 * every row is an instance of its own they are the means over all pairs that other programs take.
 *
 *     geometry.c   what is asked, checked and put together; leave-one-out errors
 *     columns.c    norms; columns that are dead or constant
 *     sphere.c     sums over pairs of directions
 *     squares.c    sums of squared cosines, by whichever Gram matrix is the smaller one
 *     points.c     points of the dimension, their neighbours
 *     dimension.c  estimates from ratios of distances
 */
#ifndef MI_GEOMETRY_H
#define MI_GEOMETRY_H

#include "libmi/base/run.h"
#include "libmi/data/groups.h"
#include "libmi/data/mat.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Numbers with a standard error.
 *
 * MI_ALIGNMENT            mean of |u_i - u_j|^2 over positives
 * MI_UNIFORMITY           log of the mean of exp(-t |u_i - u_j|^2) over the other pairs
 *     Wang and Isola, "Understanding contrastive representation learning through alignment and
 *     uniformity on the hypersphere", ICML 2020 (arXiv 2005.10242), sec. 4.1, alpha = 2.
 * MI_POSITIVE_COSINE, _SD mean and standard deviation of <u_i,u_j> over positives
 * MI_OTHER_COSINE, _SD    the same over the other pairs (the mean: Ethayarajh, EMNLP 2019)
 * MI_SELF_CLUSTERING      (m - 1/d) / (1 - 1/d), m the mean of <u_i,u_j>^2 over the other pairs: 0 for
 *     directions drawn evenly, 1 for one direction. Tsitsulin, Munkhoeva and Perozzi, "Unsupervised
 *     embedding quality evaluation", TAG-ML 2023 (arXiv 2305.16562), def. 3.5, whose sum over all
 *     pairs, self pairs included, less its expectation and over the largest is this ratio.
 * MI_UNIT_SD              sqrt(d) times the mean over columns of the standard deviation (n - 1) of u: 1
 *     for an isotropic Gaussian, 0 after collapse. Chen and He, "SimSiam", CVPR 2021, sec. 4.1.
 * MI_NORM, _SD            mean and standard deviation (n - 1) of |x_i|
 *
 * Of the points, which are drawn independently: the first row of each instance, of equal ones the
 * first. r_k is the Euclidean distance to the k-th nearest, of rows as stored.
 *
 * MI_HUBNESS    skewness of N_k, how often a point is among the k nearest of another (biased
 *     moments): Radovanovic, Nanopoulos and Ivanovic, "Hubs in space", JMLR 11 (2010) 2487. nan where
 *     only a sample of the points asks.
 * MI_TWO_NN     slope through the origin of -log(1 - i/p) on log(r_2/r_1), the i-th smallest of p, over
 *     i up to 0.9 p. Facco, d'Errico, Rodriguez and Laio, Scientific Reports 7 (2017) 12140.
 * MI_MLE        (k - 1) / mean of sum_(j<k) log(r_k/r_j). Levina and Bickel, NIPS 2004, their estimates
 *     put together as maximum likelihood has it, by inverses: MacKay and Ghahramani (2005).
 * MI_GRIDE      from MI_GRIDE on, at the scales s = 2, 4, 8, 16, 32: the d that is most likely where
 *     q = r_s / r_(s/2) has the density  d (q^d - 1)^(s/2-1) / (B(s/2,s/2) q^((s-1)d+1)),  with p - 1 for
 *     p in front of log d, which takes the bias out at s = 2. Denti, Doimo, Laio and Mira, Scientific
 *     Reports 12 (2022) 20005. At 2 it is Facco's by maximum likelihood.
 *
 * Ratios of distances are not defined at distance 0: equal points are dropped and counted, not given a
 * small distance, which would make a dimension of it. */
typedef enum {
    MI_ALIGNMENT,
    MI_UNIFORMITY,
    MI_POSITIVE_COSINE,
    MI_POSITIVE_COSINE_SD,
    MI_OTHER_COSINE,
    MI_OTHER_COSINE_SD,
    MI_SELF_CLUSTERING,
    MI_UNIT_SD,
    MI_NORM,
    MI_NORM_SD,
    MI_HUBNESS,
    MI_TWO_NN,
    MI_MLE,
    MI_GRIDE
} mi_geometry_number;
enum { MI_GRIDE_SCALES = 5, MI_GEOMETRY_NUMBERS = MI_GRIDE + MI_GRIDE_SCALES };

/* "alignment", "uniformity", "positive_cosine", ... "gride_32"; "?" for none. */
MI_API const char *mi_geometry_name(int number);

typedef struct {
    double t; /* of the uniformity, > 0; default 2 */
    size_t k; /* neighbours of hubness and MLE, 2 to 500; default 10 */
    int se;   /* standard errors; default 0 */
} mi_geometry_opts;

MI_API void mi_geometry_opts_default(mi_geometry_opts *o);

typedef struct {
    size_t n, instances;
    size_t zero_rows;    /* all zero: without a direction, left out of all but norms and columns */
    size_t equal_rows;   /* equal to a row before them */
    size_t dead_columns; /* zero in every row */
    size_t constant_columns; /* with one value in every row, dead ones too */
    double norm_min, norm_max;
    size_t points, asked; /* points there are, and those whose neighbours were found */
    size_t equal_points;  /* dropped */
    double half_width; /* of the 95 % interval of the uniformity that the sample leaves; 0: exact */
    double value[MI_GEOMETRY_NUMBERS];   /* nan for what does not apply or cannot be told */
    double se[MI_GEOMETRY_NUMBERS];      /* nan where there is none */
    double degrees[MI_GEOMETRY_NUMBERS]; /* of freedom of se */
} mi_geometry;

/* All of them of x (n,d). instance NULL: every row is its own, and positives are nan.
 *
 * Standard errors: the delete-one jackknife over instances; for numbers of points from influences that
 * go together where neighbourhoods share points (dimension.c). Taking the ratios as independent, as the
 * papers' own intervals do, made errors 0.62 to 0.96 of what 200 sets of 400 points showed (uniform in 3,
 * normal in 2 and 8 dimensions), these 0.89 to 1.39. Where few hubs carry the skewness its error is too
 * small, 0.6 of it for 400 normal points in 30 dimensions. That of uniformity is nan where one instance has all
 * potentials but a part of 1e-8.
 *
 * With run->tolerance, of more than 50,000 rows uniformity is estimated by a sample of the pairs to
 * that half-width (tiles/sampled.h), and 10,000 points, drawn by run->seed, ask for their neighbours
 * among all; else everything is exact.
 *
 * Uniformity is within 2e-6 nats (1e-6 t), all else as double precision has it: a deviation below 1e-7 of
 * cosines of other pairs is rounding. Distances that are a part in 1e140 of the largest number have no
 * squares, and such rows are refused, unless they are equal. Cost: pairs of rows in tiles of single-precision
 * products, O(n^2 d) for uniformity and as much for neighbours; squared cosines in double precision O(n d
 * min(n,d)). O(n + d min(n,d)) memory besides panels. Errors: MI_EUSAGE for no result, a matrix that is none,
 * instances of other rows, options outside their range; MI_EDATA for rows that are not finite, or numbers
 * without squares; MI_EMEMORY, MI_ENOMEM, MI_ELIBRARY, those of reading. */
MI_API MI_CHECKED mi_status mi_geometry_of(mi_geometry *out, const mi_mat *x,
                                           const mi_groups *instance, const mi_geometry_opts *o,
                                           const mi_run *run);

/* out (y->g): the same of the rows of each class. Errors: also MI_EUSAGE for no classes, or of other
 * rows. */
MI_API MI_CHECKED mi_status mi_geometry_of_classes(mi_geometry *out, const mi_mat *x,
                                                   const mi_groups *instance, const mi_groups *y,
                                                   const mi_geometry_opts *o, const mi_run *run);

#ifdef __cplusplus
}
#endif
#endif
