/* run_internal.h - what the library knows of its routes.
 *
 * uses: base/run
 */
#ifndef MI_RUN_INTERNAL_H
#define MI_RUN_INTERNAL_H

#include "libmi/base/run.h"

/* What round-off may leave in an entropy by this route, in nats; of an estimate, apart from its
 * interval. */
double mi_route_round_off(mi_route route);

#endif
