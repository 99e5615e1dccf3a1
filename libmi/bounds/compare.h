/* compare.h - two samples of the same instances: the difference of every number, with its paired error.
 *
 * uses: base/number base/run_internal bounds/bounds bounds/estimator bounds/influence
 *       bounds/measure data/batch data/sample data/sample_build; gsl
 *
 *     mi_matched pair;
 *     mi_difference d[MI_BOUNDS_NUMBERS];
 *     mi_match(&pair, &a, &b);                       the instances that both have, matched by id
 *     mi_compare_bounds(d, &pair, &o, 0.95, &run);   d[MI_LOWER]: difference, its error, interval, p
 *     mi_matched_free(&pair);
 *
 * Two checkpoints are measured on the same images, and what an image does to the one it mostly does
 * to the other: their errors are correlated, and the error of the difference is not that of two
 * independent numbers. With psi the influences of instances (at other orders than 2 those of the
 * jackknife, bounds/pairs.c), v_k the values without group k of m where there are none, and a - b the
 * difference,
 *
 *     influences   se^2 = g/(g-1) sum_c (psi_a,c - psi_b,c)^2            g - 1 degrees
 *     groups       se^2 = (m-1)/m sum_k (d_k - mean d)^2, d_k = a_k - b_k      m - 1
 *     batches      se^2 = sum_k (d_k - mean d)^2 / (m (m-1))                   m - 1
 *
 * the paired t interval and test; the same instances are left out of both, with the same draws. Both
 * sides are estimated on the shared instances, so that the difference is not one of their number.
 */
#ifndef MI_COMPARE_H
#define MI_COMPARE_H

#include "libmi/bounds/bounds.h"
#include "libmi/bounds/measure.h"
#include "libmi/data/sample.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The rows of two samples that are of instances which both have, in the order of the first: instance
 * c of one is instance c of the other. */
typedef struct {
    mi_sample a, b;
    size_t instances_a, instances_b; /* that each had; a.instance.groups.g are shared */
} mi_matched;

/* Match by id (integers or strings), the rows of an instance in row order; without ids, row by row.
 * Kernels, bandwidths and R stay as they are. Rows are copied, but where all of a sample's are shared
 * in its order they are borrowed: the samples outlive the match. O(n d + g log g). Errors: MI_EDATA
 * when only one has ids, ids cannot be matched (of several columns; numbers against strings),
 * fewer than three are shared, an instance has more rows on one side, without ids one has more
 * rows, or R is not of one kind; MI_ENOMEM. Free with mi_matched_free. */
MI_API MI_CHECKED mi_status mi_match(mi_matched *out, const mi_sample *a, const mi_sample *b);
MI_API void mi_matched_free(mi_matched *m);

typedef struct {
    double a, b;        /* the values */
    double difference;  /* a - b */
    double se;          /* its paired standard error, that of estimating routes included; nan where
                           the number has none */
    double unpaired_se; /* sqrt(se_a^2 + se_b^2): as if the instances were not the same */
    double degrees;     /* of freedom */
    mi_se_by se_by;     /* how se was found */
    double lo, hi;      /* of the difference, Student's t */
    double p;           /* two-sided, of no difference; 1 where nothing differs but rounding */
} mi_difference;

/* The terms of the bounds, and I(Z1;Z2) minus its chance level. */
#define MI_I_Z1_Z2_CALIBRATED MI_TERMS
#define MI_BOUNDS_NUMBERS     (MI_TERMS + 1)

/* mi_term_name, or "I_Z1_Z2_calibrated". */
MI_API const char *mi_bounds_number_name(size_t number);

/* out (n_alpha, MI_BOUNDS_NUMBERS). `level` of the intervals, 0.95. o->se does not matter. Chance
 * levels have an error at order 2, where they are exact; at others with o->permutations, which are
 * drawn anew without each group. Cost: twice that of mi_bounds with standard errors. Errors: those
 * of mi_bounds; MI_EUSAGE for a level outside (0, 1). */
MI_API MI_CHECKED mi_status mi_compare_bounds(mi_difference *out, const mi_matched *m,
                                              const mi_bounds_opts *o, double level,
                                              const mi_run *run);

/* out (n_alpha, count, MI_READINGS): expressions, their ratios, and what is above chance. Errors:
 * those of mi_measure; MI_EUSAGE also for a member that a sample lacks. */
MI_API MI_CHECKED mi_status mi_compare_forms(mi_difference *out, const mi_matched *m,
                                             const mi_forms *f, const mi_measure_opts *o,
                                             double level, const mi_run *run);

#ifdef __cplusplus
}
#endif
#endif
