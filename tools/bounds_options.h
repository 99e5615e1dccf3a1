/* bounds_options.h - what is asked of the bounds, on the command lines of the tools that compute them.
 *
 * uses: estimate, libmi    used by: mi-bounds mi-compare
 */
#ifndef BOUNDS_OPTIONS_H
#define BOUNDS_OPTIONS_H

#include "estimate.h"

/* --i-z1-r, --preset and --estimator, of mi_bounds_opts. */
extern const opt_row bounds_rows[];

/* What follows from other options: orders and base are those of `e`; the released code's settings are
 * defaults, so that options that were given stay. Errors: MI_ENOMEM. */
mi_status bounds_resolve(mi_bounds_opts *o, estimate_opts *e);

#endif
