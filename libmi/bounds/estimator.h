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
    MI_ESTIMATOR_C  /* pairs of different instances: unbiased potentials for correlated views */
} mi_estimator;

/* "v", "u", "c" */
MI_API const char *mi_estimator_name(mi_estimator e);

/* Half the width of a two-sided interval at `level` (0.95) over its standard error: the quantile of
 * Student's t. nan below one degree of freedom. */
MI_API double mi_t_factor(double level, double degrees);

#ifdef __cplusplus
}
#endif
#endif
