/* interval.h - intervals of shares.
 *
 * uses: base/interval_internal base/status; gsl
 */
#ifndef MI_INTERVAL_H
#define MI_INTERVAL_H

#include "libmi/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Wilson's score interval (1927) of a share p of n trials at `level`, within [0,1]. n > 0 need not
 * be whole; nan for what is no share, no trials or no level. */
MI_API void mi_wilson(double *low, double *high, double p, double n, double level);

#ifdef __cplusplus
}
#endif
#endif
