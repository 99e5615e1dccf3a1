/* align.h - how alike two sets of features of the same rows are: information, CKA, neighbours, SVCCA,
 * Procrustes; with standard errors, and what pairing at random gives.
 *
 * uses: base/blas base/pool base/run base/run_internal base/want base/words bounds/estimator
 *       data/sample data/sample_build entropy/check
 *
 *     mi_alignment r[MI_ALIGN_TERMS];
 *     mi_align(r, NULL, &a, MI_Z1, &b, MI_Z1, &o, &run);    row i of a is row i of b (mi_match)
 *     r[MI_ALIGN_CKA].value
 *
 * Letters: x (n,dx) and y (n,dy) the rows, K and L their kernel matrices, H = I - 11'/n, K~ a matrix with
 * its diagonal zeroed, N_X(i) the k nearest other rows of row i.
 *
 *     alias            is
 *     I                S_a(X) + S_a(Y) - S_a(X,Y) of unit-diagonal kernels, as mi-mutual has it
 *     I_calibrated     I minus its level by chance: the mean over re-pairings, or, at order 2 without
 *                      any, the exact one (permute.h, bounds.h)
 *     I_adjusted       (I - chance) / ((I(X;X) + I(Y;Y)) / 2 - chance): 0 by chance, 1 where the kernels
 *                      are one; nan where the divisor is not above its rounding: every pairing is as alike. The adjustment of Vinh, Epps and Bailey, JMLR 11 (2010) 2837, with
 *                      their arithmetic mean of self-informations I(X;X) = 2 S(K) - S(K o K)
 *     cka              tr(KHLH) / sqrt(tr(KHKH) tr(LHLH)): Kornblith et al., ICML 2019, eq. 3; the
 *                      biased estimator
 *     cka_debiased     the same ratio of unbiased HSIC, Song et al., JMLR 13 (2012) 1393, eq. 5:
 *                      tr(K~L~) + 1'K~1 1'L~1 / ((n-1)(n-2)) - 2/(n-2) 1'K~L~1. Its mean is about 0
 *                      where X and Y are independent; below 0 by chance
 *     cknna            cka_debiased of K o M and L o M, M_ij = 1 where j is in N_X(i) and in N_Y(i); in
 *                      the denominator in N_X(i) alone, and N_Y(i): Huh et al., ICML 2024, app. A. M is
 *                      not symmetric, and tr(K~L~) has the pairs that are neighbours both ways, as in
 *                      their code; their + 1e-6 in denominators is left out; nan where squares of K of
 *                      neighbours are no numbers
 *     mutual_knn       mean over rows of |N_X(i) n N_Y(i)| / k: Huh et al., sec. 2
 *     cycle_knn        share of rows i that are in N_X(m) of some m in N_Y(i): not symmetric in X, Y
 *     jaccard_knn      mean over rows of |N_X(i) n N_Y(i)| / |N_X(i) u N_Y(i)|
 *     svcca            mean canonical correlation of the leading principal components that hold a share
 *                      of 0.99 (`variance`) of the variance on each side, over the smaller number of
 *                      them: Raghu et al., NeurIPS 2017
 *     procrustes       |X'Y|_* / (|X|_F |Y|_F), columns centred: the cosine of Williams et al., NeurIPS
 *                      2021, whose distance is arccos of it; Ding, Denain and Steinhardt, NeurIPS 2021,
 *                      have 2 - 2 s of it, scipy.spatial.procrustes 1 - s^2
 *
 * All are 1 for rows that are the same up to rotation and scale, but I and I_calibrated, which have no
 * such scale. The kernel of each side is that of its column. Under the linear kernel K_ij is the cosine of two rows;
 * with raw_rows, in all but the information, their inner product, which is what Kornblith et al. call
 * linear CKA. Neighbours are by the largest cosine, or, under kernels of distances and of raw rows, the
 * least distance; equal ones in row order, under a re-pairing in the order that it gives them. SVCCA and
 * Procrustes are of the rows as stored.
 *
 * Files, in the order of flow:
 *
 *     align.c          what is asked, checked; the table of terms
 *     information.c    I and what is made of it (bounds/measure.h)
 *     side.c           what one side gives whatever it is paired with
 *     kernel.c         sums of K_ij L_ij and products K v: of centred rows, or by tiles
 *     cka.c            both forms of CKA from these sums, and influences
 *     near.c           shared neighbours
 *     ties.c           rows as far as the k-th neighbour, of which each re-pairing chooses
 *     shape.c          SVCCA and Procrustes from X'Y
 *     pairs.c          all terms of a pairing; re-pairings over the threads
 */
#ifndef MI_ALIGN_H
#define MI_ALIGN_H

#include "libmi/base/run.h"
#include "libmi/bounds/estimator.h"
#include "libmi/data/sample.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    MI_ALIGN_I,
    MI_ALIGN_I_CALIBRATED,
    MI_ALIGN_I_ADJUSTED,
    MI_ALIGN_CKA,
    MI_ALIGN_CKA_DEBIASED,
    MI_ALIGN_CKNNA,
    MI_ALIGN_MUTUAL_KNN,
    MI_ALIGN_CYCLE_KNN,
    MI_ALIGN_JACCARD_KNN,
    MI_ALIGN_SVCCA,
    MI_ALIGN_PROCRUSTES,
    MI_ALIGN_TERMS
} mi_align_term;

/* "I", "cka", ...; "?" for none. */
MI_API const char *mi_align_name(mi_align_term t);
/* 1 for the terms that are tested by re-pairings; the others, made of I, have none of their own. */
MI_API int mi_align_is_tested(mi_align_term t);

/* Terms as bits 1u << MI_ALIGN_I ... */
#define MI_ALIGN_ALL ((1u << MI_ALIGN_TERMS) - 1)

typedef struct {
    unsigned terms;      /* wanted, bits; default all */
    const double *alpha; /* orders of the information; borrowed; default 2 alone */
    size_t n_alpha;
    double base;         /* of its logarithm; default e */
    size_t k;            /* neighbours; default 10 */
    double variance;     /* share that SVCCA keeps, above 0 and at most 1; default 0.99 */
    int raw_rows;        /* inner products in place of cosines; default cosines */
    int se;              /* standard errors; default none */
    size_t permutations; /* re-pairings, 2 or more; 0 (default): none */
} mi_align_opts;

MI_API void mi_align_opts_default(mi_align_opts *o);

typedef struct {
    double value;
    /* By influences, summed within instances: of both forms of CKA; of the information as mi_measure
     * has it. nan of the others and where none was asked for. At independence the influence of CKA
     * vanishes, and the error is too small: ask p. */
    double se;
    double null,
        null_sd; /* mean and standard deviation over re-pairings; of I at order 2 without any
                             the exact mean; else nan */
    double p;    /* (1 + #{re-paired >= value}) / (P + 1): one-sided, for more alike */
} mi_alignment;

/* How the terms of one order came about. */
typedef struct {
    mi_route route;        /* of S(X,Y) */
    double half_width;     /* of I, of the 95 % interval that the route leaves */
    double degrees;        /* of freedom of standard errors */
    mi_se_by se_by;        /* how that of I was found */
    size_t kept_x, kept_y; /* components of SVCCA */
} mi_align_found;

/* out (n_alpha, MI_ALIGN_TERMS), terms that are not wanted nan; found (n_alpha), NULL: not wanted. Member x
 * of a beside member y of b, real rows in memory, row i of the one beside row i of the other; instances
 * are those of a. All terms are seen under the same re-pairings.
 *
 * Cost: CKA of linear kernels, SVCCA and Procrustes O(n dx dy + n (dx^2 + dy^2) + dx^3 + dy^3), d at most n;
 * CKA of another kernel O(n^2 (dx + dy)) by tiles of double precision; neighbours O(n^2 (dx + dy)); the
 * information as mi_measure. A re-pairing: n dx dy, n^2, n k of them. Memory O(n + d^2) besides the rows, where
 * such kernels are re-paired 4 n^2 bytes a side, if they fit in the memory allowed.
 * Errors: MI_EUSAGE for no result, samples, options or run, a member that a sample lacks, samples of
 * different rows, options outside their ranges; MI_EDATA for a member that is discrete, fewer than 4 rows, no
 * more rows than neighbours; MI_EMEMORY, MI_ENOMEM, MI_ELIBRARY; those of mi_measure. */
MI_API MI_CHECKED mi_status mi_align(mi_alignment *out, mi_align_found *found, const mi_sample *a,
                                     mi_member_id x, const mi_sample *b, mi_member_id y,
                                     const mi_align_opts *o, const mi_run *run);

/* What one side of many pairs says alone: sums over its rows, neighbours, components. Most of the work, but
 * for re-pairings. */
typedef struct mi_align_side mi_align_side;

/* Of member m of a sample, which is borrowed and outlives it; for options that do not change. Errors: those of
 * mi_align. *out NULL after a failure. Free with mi_align_side_free. */
MI_API MI_CHECKED mi_status mi_align_side_make(mi_align_side **out, const mi_sample *s,
                                               mi_member_id m, const mi_align_opts *o,
                                               const mi_run *run);
MI_API void mi_align_side_free(mi_align_side *s);

/* mi_align of sides that are there, perhaps one and the same; NULL: it is made on the way. Errors: also MI_EUSAGE
 * for a side of other rows. */
MI_API MI_CHECKED mi_status mi_align_sides(mi_alignment *out, mi_align_found *found,
                                           const mi_sample *a, mi_member_id x,
                                           mi_align_side *side_x, const mi_sample *b,
                                           mi_member_id y, mi_align_side *side_y,
                                           const mi_align_opts *o, const mi_run *run);

#ifdef __cplusplus
}
#endif
#endif
