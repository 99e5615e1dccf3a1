/* correlate.h - Pearson, Spearman and Kendall correlations, plain or given a third column, and how
 * sure they are.
 *
 * uses: base/mem base/name base/status base/want; gsl
 *
 * Points stand for independent things: checkpoints of different runs, say. The checkpoints of one
 * run are not independent, and intervals and p-values are then too optimistic.
 */
#ifndef MI_CORRELATE_H
#define MI_CORRELATE_H

#include "libmi/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    MI_PEARSON,  /* of the values */
    MI_SPEARMAN, /* Pearson's of the ranks; tied values share their mean rank */
    MI_KENDALL,  /* tau-b: (concordant - discordant) / sqrt((pairs - ties in x)(pairs - ties in y))
                  */
    MI_CORRELATIONS
} mi_correlation;

/* "pearson", "spearman", "kendall"; and back. Errors: MI_EUSAGE. */
MI_API const char *mi_correlation_name(mi_correlation kind);
MI_API MI_CHECKED mi_status mi_correlation_parse(mi_correlation *out, const char *text);

/* x, y (n), finite, borrowed; given (n), or NULL for plain correlations. */
typedef struct {
    const double *x, *y, *given;
    size_t n;
} mi_points;

typedef struct {
    double low, high; /* nan where there is none */
} mi_interval;

typedef struct {
    double level;        /* of intervals, 0..1; default 0.95 */
    size_t resamples;    /* of the bootstrap; default 2000 */
    size_t permutations; /* default 999 */
    unsigned long seed;  /* default 1 */
} mi_correlate_opts;

MI_API void mi_correlate_opts_default(mi_correlate_opts *o);

/* Points without which nothing is computed: 3, or 4 given a third column. */
MI_API size_t mi_points_wanted(int has_given);

/* *r: the correlation, in [-1,1]. With `given` the partial one,
 *
 *     r_xy|z = (r_xy - r_xz r_yz) / sqrt((1 - r_xz^2)(1 - r_yz^2)),
 *
 * for tau-b as for the others (Kendall, Biometrika 32 (1942) 277). nan for fewer points than
 * wanted, for constant columns, and where x or y is determined by the third (1 - r^2 < 1e-12).
 * O(n log n): Knight's algorithm for tau-b (J. Am. Stat. Assoc. 61 (1966) 436). Errors: MI_EUSAGE
 * for no points, a kind there is not, numbers that are not finite; MI_ENOMEM. */
MI_API MI_CHECKED mi_status mi_correlate(double *r, mi_correlation kind, const mi_points *p);

/* Interval tanh(atanh r -+ q se) of a correlation of n points, `n_given` columns held fixed,
 * m = n - n_given:
 *
 *     pearson  se^2 = 1/(m-3)              Fisher, Metron 1 (1921) 3
 *     spearman se^2 = (1 + r^2/2)/(m-3)    Bonett and Wright, Psychometrika 65 (2000) 23
 *     kendall  se^2 = 0.437/(m-4)          Fieller, Hartley and Pearson, Biometrika 44 (1957) 470
 *
 * q the normal quantile of `level`. nan for m too small, and for what cannot be. Its premise is a normal
 * population (for the ranks: one that a monotone map makes normal). nan for a correlation of 1 or -1 too, whose
 * z is infinite: [1,1] would be certainty, of four points as of a thousand. */
MI_API mi_interval mi_correlate_fisher(mi_correlation kind, double r, size_t n, size_t n_given,
                                       double level);

/* Bias-corrected and accelerated bootstrap interval (Efron, J. Am. Stat. Assoc. 82 (1987) 171):
 * points drawn with replacement, acceleration from the delete-one jackknife. Draws without a
 * correlation (a constant column) are left out; nan when they are half or more, when a jackknife
 * value is nan, or when every draw lies on one side of the correlation or equals it (points on one line).
 * O((resamples + 1) n log n). Errors: MI_EUSAGE for what mi_correlate refuses, a level outside (0,1), fewer than two
 * resamples; MI_ENOMEM.
 *
 * Coverage at level 0.95 of 1,000 normal samples each of n = 8 to 100 and r = 0 and 0.7: Fisher's
 * intervals 0.93 to 0.96, these 0.92 to 0.95 (pearson), 0.95 to 0.98 (spearman, kendall). */
MI_API MI_CHECKED mi_status mi_correlate_bootstrap(mi_interval *out, mi_correlation kind,
                                                   const mi_points *p, const mi_correlate_opts *o);

/* Two-sided p = (1 + #{|null| >= |observed|}) / (permutations + 1), null: y permuted against x.
 * With `given` the residuals of y on it are permuted and added to the fit again (Freedman and Lane,
 * J. Bus. Econ. Stat. 1 (1983) 292), of the ranks for the rank correlations. That p is approximate,
 * and too small for tau-b: a partial tau-b need not be 0 where nothing but the third column
 * connects x and y (at r = 0.89 with it and n = 15, p <= 0.1 came in 0.105, 0.12 and 0.17 of 4,000
 * draws). nan where the correlation is. O(permutations n log n). Errors: MI_EUSAGE for what
 * mi_correlate refuses, no permutations; MI_ENOMEM. */
MI_API MI_CHECKED mi_status mi_correlate_permutation(double *p_value, mi_correlation kind,
                                                     const mi_points *p,
                                                     const mi_correlate_opts *o);

#ifdef __cplusplus
}
#endif
#endif
