/* bounds.h - the quantities and both bounds of "Projection Head is Secretly an Information
 * Bottleneck".
 *
 * uses: base/name base/pool base/run_internal base/want base/words bounds/compare
 *       bounds/estimator bounds/influence bounds/permute data/batch data/sample entropy/check
 *       entropy/mutual
 *
 *     lower  = I(Z1;R) - I(Z1;Z2) + I(R;Y)  <= I(Y;Z1)   (Theorem 3.1)
 *     upper  = I(Y;Z2) - I(Z1;Z2) + H(Z1)   >= I(Y;Z1)   (Theorem 3.2)
 *
 * (ICLR 2025, arXiv 2503.00507), under the Markov chain Y -> X -> Z1 -> Z2 -> R. For matrix
 * entropies at orders other than 1, and on saved features, these are statements to be examined, not
 * theorems.
 */
#ifndef MI_BOUNDS_H
#define MI_BOUNDS_H

#include "libmi/bounds/estimator.h"
#include "libmi/bounds/permute.h"
#include "libmi/data/sample.h"
#include "libmi/entropy/mutual.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The quantities, in the order of the table; mi_term_name gives the column names. */
typedef enum {
    MI_H_Z1,
    MI_H_Z2,
    MI_H_R,
    MI_H_Y,
    MI_I_Z1_R,
    MI_I_Z1_Z2,
    MI_I_Z1_Z2_NULL,
    MI_I_R_Y,
    MI_I_Y_Z1,
    MI_I_Y_Z2,
    MI_LOWER,
    MI_UPPER,
    /* from here on: with `decompose` only */
    MI_H_Z1_GIVEN_Y_Z2,
    MI_I_Y_Z2_GIVEN_Z1,
    MI_I_Y_Z1_GIVEN_R,
    MI_I_Y_R_GIVEN_Z1,
    MI_I_Z1_Z2_GIVEN_R,
    MI_I_Z1_R_GIVEN_Z2,
    MI_SLACK_LOWER,
    MI_SLACK_UPPER,
    MI_GAP,
    MI_DPI_Z1_R,
    MI_DPI_Y,
    MI_DPI_R,
    MI_RANK_Z2,
    MI_DISTINCT_Z2,
    MI_TERMS
} mi_term;

#define MI_FIRST_DECOMPOSED MI_H_Z1_GIVEN_Y_Z2

MI_API const char *mi_term_name(mi_term t);

/* I(Z1;R), I(Z1;Z2), I(R;Y), I(Y;Z1), I(Y;Z2): what has a chance level. */
MI_API int mi_term_is_information(mi_term t);

typedef enum {
    MI_PRESET_THEOREM,
    MI_PRESET_RELEASED, /* what the paper's released code logs */
    MI_PRESETS
} mi_preset;

/* "theorem", "released"; and back. Errors: MI_EUSAGE. */
MI_API const char *mi_preset_name(mi_preset preset);
MI_API MI_CHECKED mi_status mi_preset_parse(mi_preset *out, const char *text);

typedef enum {
    MI_BY_MATRIX,  /* matrix entropies of Z1 and R */
    MI_BY_INFONCE, /* log N - L at `temperature` */
    MI_BY_NCE,     /* -L, as the paper's released code logs it */
    MI_BY_BARLOW   /* Barlow Twins score with `lambda`, `scale`; not in nats */
} mi_i_z1_r_kind;

typedef struct {
    mi_i_z1_r_kind kind;
    double temperature;   /* > 0; default 0.2 */
    double lambda, scale; /* defaults 0.0051, 0.1 */
} mi_i_z1_r;

/* Parse "matrix", "infonce[:T]", "nce[:T]", "barlow[:lambda[:scale]]". Errors: MI_EUSAGE. */
MI_API MI_CHECKED mi_status mi_i_z1_r_parse(mi_i_z1_r *out, const char *text);
/* The same back, with its numbers, into buffer; returns buffer. */
MI_API const char *mi_i_z1_r_name(const mi_i_z1_r *e, char *buffer, size_t bytes);

typedef struct {
    const double *alpha; /* orders, each above 0; borrowed; default 2 alone */
    size_t n_alpha;
    mi_preset preset;
    mi_i_z1_r i_z1_r;
    size_t batch;           /* instances a batch; 0 (default): the whole set */
    int shuffled;           /* instances into batches by run->seed; 0 (default): in order */
    double base;            /* of the logarithm; default e. Barlow scores are not scaled */
    int decompose;          /* every term from MI_FIRST_DECOMPOSED on */
    mi_estimator estimator; /* which row pairs count, at order 2; default all of them */
    int se;                 /* standard errors */
    size_t
        jackknife_groups; /* most samples of the jackknife where it is not from eigenvectors, 2 or
                                more; default 100 */
    size_t permutations;  /* re-pairings for the chance levels, and for I_Z1_Z2_null at other orders
                            than 2; default 0: nan there */
} mi_bounds_opts;

MI_API void mi_bounds_opts_default(mi_bounds_opts *o);

/* The result at one order. Values that need what the set lacks are nan. */
typedef struct {
    double value[MI_TERMS]; /* mean over batches */
    double se[MI_TERMS]; /* standard errors, instances being the independent units: from the spread
                            of batches; else at order 2 from influences; else by the jackknife, from
                            eigenvectors without one instance at a time, or, where there are none
                            (route lanczos below order 1, orders above 10, instances of more than 16
                            rows, I(Z1;R) by a loss), without one group of them. nan where there is none (ranks,
                            the chance level at other orders than 2) or none was asked for */
    double half_width[MI_TERMS]; /* of the 95 % interval that the routes of the joints leave; 0
                                    where they are exact. It is part of se */
    mi_null
        chance[MI_TERMS]; /* of the informations over the re-pairings, in units of `base`; that of
                                 I(Z1;Z2) at order 2 has the exact mean. In batches, each re-paired by
                                 itself, of the mean over them, without p. nan where there is none */
    /* of freedom of se: batches - 1, instances - 1, or groups of the jackknife - 1 */
    double degrees;
    mi_se_by se_by;     /* how se was found */
    size_t batches;     /* 0: the whole set at once */
    mi_route route;     /* of the joint S(Z1,Z2) */
    double zeroed_mass; /* largest over the spectra that were taken; nan without any */
} mi_bounds_result;

/* result (n_alpha). One sample is read for all orders. Cost: that of the joints (joint.h).
 * Standard errors cost little at order 2, some four times the estimate at others (eigenvectors), and
 * jackknife_groups times where there are none. Where joints are estimated (run.h, lanczos), the samples
 * of the jackknife share their draws: noise that does not cancel in their differences makes se larger,
 * never smaller.
 * Errors: MI_EDATA (estimators that need views; batch larger than the instances; fewer than three
 * instances for a jackknife), MI_EUSAGE (an order that is not above 0, estimator u or c at other
 * orders than 2, a sample without z1 or z2, options left at zero or outside their range, one
 * permutation), and those of
 * mi_joint_entropies. */
MI_API MI_CHECKED mi_status mi_bounds(mi_bounds_result *result, const mi_sample *s,
                                      const mi_bounds_opts *o, const mi_run *run);

#ifdef __cplusplus
}
#endif
#endif
