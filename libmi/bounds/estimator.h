/* estimator.h - which row pairs an estimator counts, and the width of its intervals.
 *
 * uses: base/status
 */
#ifndef MI_ESTIMATOR_H
#define MI_ESTIMATOR_H

#include "libmi/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Which ordered row pairs count. */
typedef enum {
    MI_ESTIMATOR_V, /* all: the paper's */
    MI_ESTIMATOR_U, /* all but self pairs */
    MI_ESTIMATOR_C, /* pairs of different instances: unbiased potentials for correlated views */
    MI_ESTIMATORS
} mi_estimator;

/* "v", "u", "c"; and back. Errors: MI_EUSAGE. */
MI_API const char *mi_estimator_name(mi_estimator e);
MI_API MI_CHECKED mi_status mi_estimator_parse(mi_estimator *out, const char *text);

/* How standard errors were found. */
typedef enum {
    MI_SE_NONE,
    MI_SE_INFLUENCE, /* from the influence function: order 2 */
    MI_SE_JACKKNIFE, /* instances left out, one by one or in groups */
    MI_SE_BATCHES,   /* from the spread of batches */
    MI_SE_WAYS
} mi_se_by;

/* "none", "influence", "jackknife", "batches". */
MI_API const char *mi_se_by_name(mi_se_by by);

/* Half the width of a two-sided interval at `level` (0.95) over its standard error: the quantile of
 * Student's t. nan below one degree of freedom, and for a level outside (0,1). */
MI_API double mi_t_factor(double level, double degrees);

#ifdef __cplusplus
}
#endif
#endif
