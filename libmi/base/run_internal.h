/* run_internal.h - how to compute, checked; what the library knows of its routes.
 *
 * uses: base/run
 */
#ifndef MI_RUN_INTERNAL_H
#define MI_RUN_INTERNAL_H

#include "libmi/base/run.h"

/* What round-off may leave in an entropy by this route, in nats; of an estimate, apart from its
 * interval. */
double mi_route_round_off(mi_route route);

/* What a computation is given to run by: there is one, its threads and tolerance are not below 0,
 * its route is one of mi_route. Errors: MI_EUSAGE. */
MI_CHECKED mi_status mi_run_check(const mi_run *run);

/* *left: the same run, if one was given memory with so many bytes less, which `what` ("numbers of 5 instances") need.
 * Errors: MI_EMEMORY where they are more than is allowed. */
MI_CHECKED mi_status mi_run_take(mi_run *left, const mi_run *run, double bytes, const char *what);

#endif
