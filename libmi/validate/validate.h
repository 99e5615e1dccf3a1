/* validate.h - what a row of mi-bounds says of the theory: each statement with its verdict.
 *
 * uses: base/want base/words bounds/bounds bounds/estimator table/table
 *
 * The two bounds of bounds.h, and what they rest on, are theorems at some orders and for some
 * kernels, and observations on one checkpoint elsewhere:
 *
 *     H(A|B) >= 0, I(A;B) <= H(B) <= log rank         theorems at every order, any kernels
 *     I(A;B|C) >= 0, hence I(Y;Z1) <= upper           theorems at order 1, any kernels
 *     lower <= I(Y;Z1), lower <= upper                theorems at order 1 with delta kernels and an
 *                                                     exact chain: I(Y;R|Z1) = I(Z1;R|Z2) = 0
 *     I(Z1;R) <= I(Z1;Z2)                             the same with I(Z1;R|Z2) = 0
 *     I(Y;Z2) <= I(Y;Z1)                              the same with I(Y;Z2|Z1) = 0
 *     I(R;Y) <= I(Y;Z2)                               the same with all three 0
 *     the premise terms themselves are 0              observations
 *     each slack is the sum of its terms              identities of matrix entropies
 *     an information is above its chance level        observations, decided by p of the re-pairings
 *                                                     where the row has it
 *
 * A theorem is true of any sample, so its value alone decides; an observation is decided by the
 * interval value +/- t se, or by the value where the row has no standard error.
 */
#ifndef MI_VALIDATE_H
#define MI_VALIDATE_H

#include <stdio.h>

#include "libmi/bounds/bounds.h"
#include "libmi/table/table.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    MI_VERDICT_HOLDS,
    MI_VERDICT_FAILS,
    MI_VERDICT_UNDECIDED, /* the interval has both sides of 0 in it */
    MI_VERDICT_NOT_APPLICABLE
} mi_verdict;

/* "holds", "fails", "undecided", "not applicable" */
MI_API const char *mi_verdict_name(mi_verdict v);

typedef enum { MI_STANDING_THEOREM, MI_STANDING_OBSERVATION, MI_STANDING_IDENTITY } mi_standing;

/* "theorem", "observation", "identity" */
MI_API const char *mi_standing_name(mi_standing s);

/* In the order of the report. */
typedef enum {
    MI_CHECK_LOWER,
    MI_CHECK_UPPER,
    MI_CHECK_GAP,
    MI_CHECK_DPI_Z1_R,
    MI_CHECK_DPI_Y,
    MI_CHECK_DPI_R,
    MI_CHECK_Y_R_GIVEN_Z1,
    MI_CHECK_Z1_R_GIVEN_Z2,
    MI_CHECK_Y_Z2_GIVEN_Z1,
    MI_CHECK_H_Z1_GIVEN_Y_Z2,
    MI_CHECK_Y_Z1_GIVEN_R,
    MI_CHECK_Z1_Z2_GIVEN_R,
    MI_CHECK_LOWER_TERMS,
    MI_CHECK_UPPER_TERMS,
    /* from here on: for a quantised Z2 only */
    MI_CHECK_CEILING_H,
    MI_CHECK_CEILING_RANK,
    MI_CHECK_CEILING_DISTINCT,
    MI_CHECK_CEILING_LEVELS,
    MI_CHECKS
} mi_check_id;

#define MI_FIRST_CEILING MI_CHECK_CEILING_H

/* I(Z1;R), I(Z1;Z2), I(R;Y), I(Y;Z1), I(Y;Z2): each has a check against its chance level where the row
 * knows it. */
enum { MI_INFORMATIONS = 5 };

/* One statement. Values are in units of the row's logarithm. */
typedef struct {
    const char *name;      /* "slack_lower", a column's name where it is one */
    const char *statement; /* "lower <= I(Y;Z1)" */
    const char *family;    /* "bounds", "data processing", ... */
    double value;          /* B - A of a statement A <= B; else what is compared with 0 */
    double lo, hi;         /* nan without a standard error */
    double tolerance;      /* what is nearer to 0 counts as 0 */
    mi_verdict verdict;
    mi_standing standing;
    int no_error;   /* an observation of a row that has no standard error for it: by its value */
    char note[120]; /* why it has that standing, or is not applicable */
} mi_check;

/* A row of mi-bounds as the checks see it. Texts are borrowed from the table. */
typedef struct {
    const char *file, *group, *kernel, *r_kind, *i_z1_r_by, *preset, *estimator, *route, *base;
    double alpha, n, instances, batch, batches, d2;
    double levels;                        /* of a quantised Z2 (fsq_levels); nan: not known */
    double half_width;                    /* that estimating routes leave; nan: not known */
    double permutations;                  /* that p is from; nan: none */
    double unit;                          /* 1 / log base */
    double value[MI_TERMS], se[MI_TERMS]; /* se is nan where the row has none */
    double null[MI_TERMS], p[MI_TERMS]; /* chance levels of informations, p of re-pairings; as se */
    double degrees;                     /* of freedom of the standard errors */
    double rounding;                    /* of the values as the table writes them, relative */
    int has_se;
} mi_bounds_row;

typedef struct {
    mi_bounds_row row;
    double level;
    mi_check check[MI_CHECKS + MI_INFORMATIONS];
    size_t count;
    mi_verdict verdict; /* of the bounds: the worst of lower, upper and their order */
    /* which bound fails, by which premise, what it means and what to try; what is not told from chance */
    char conclusion[1280];
} mi_validation;

/* Check row number `row` of a table of mi-bounds --decompose. level: of the two-sided intervals,
 * Student's t with the degrees of freedom that the table gives, instances - 1 where it gives none.
 * `out` borrows from the table. O(columns). Errors: MI_EUSAGE for a row there is not, a level
 * outside (0,1); MI_EDATA for a column that is missing, naming the option that adds it, and for a
 * cell that is no number. */
MI_API MI_CHECKED mi_status mi_validate(mi_validation *out, const mi_table *t, size_t row,
                                        double level);

/* The check of an information against its chance level; NULL: its level is not known. */
MI_API const mi_check *mi_validation_chance(const mi_validation *v, mi_term t);

/* What to do next about a bound that fails or is undecided. */
typedef enum {
    MI_ADVICE_MORE,            /* instances */
    MI_ADVICE_NEXT_VIEW,       /* R: the next view in place of the id */
    MI_ADVICE_R_OF_Z2,         /* the same, where there are no views */
    MI_ADVICE_CENTRE,          /* the features */
    MI_ADVICE_CENTRE_OR_ORDER, /* the features, then order 1 */
    MI_ADVICE_ORDER,           /* order 1 */
    MI_ADVICES                 /* none is needed */
} mi_advice;

/* The advice for the bounds of a row, the lower one first; MI_ADVICES: both hold, or cannot be
 * checked. */
MI_API mi_advice mi_advice_of(const mi_validation *v);
/* Its words, cut where `bytes` end: a clause without capital and full stop. */
MI_API void mi_advise(char *to, size_t bytes, mi_advice a);

/* The report for a person: heading, a line a check, the conclusion last. */
MI_API void mi_validation_put(FILE *stream, const mi_validation *v);

#ifdef __cplusplus
}
#endif
#endif
