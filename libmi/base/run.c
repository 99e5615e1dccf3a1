/* Options of how to compute: their defaults, and threads and memory from the machine where none are
 * given. */
#include "libmi/base/run.h"

#include <sched.h>

#include "libmi/base/comm_internal.h"
#include "libmi/base/mem.h"
#include "libmi/base/name.h"
#include "libmi/base/run_internal.h"
#include "libmi/base/want.h"
#include "libmi/base/words.h"

void mi_run_default(mi_run *run)
{
    if (run)
        *run = (mi_run){.seed = 1};
}

static const char *const routes[MI_ROUTES] = {"auto",  "counts",  "dual",   "classes", "tiles",
                                              "dense", "lanczos", "sample", "bf16"};

const char *mi_route_name(mi_route route)
{
    return (unsigned)route < MI_ROUTES ? routes[route] : "?";
}

mi_status mi_route_parse(mi_route *out, const char *text)
{
    unsigned k = 0;
    MI_TRY(mi_name_find(&k, routes, MI_ROUTES, text));
    *out = (mi_route)k;
    return MI_OK;
}

double mi_route_round_off(mi_route route)
{
    /* Classes may be done by tiles too, in single precision. */
    return route == MI_ROUTE_TILES || route == MI_ROUTE_CLASSES || route == MI_ROUTE_BF16 ? 2e-5
                                                                                          : 1e-9;
}

int mi_run_threads(const mi_run *run)
{
    cpu_set_t cpus;
    if (run && run->threads > 0)
        return run->threads;
    return sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? CPU_COUNT(&cpus) : 1;
}

size_t mi_run_memory_bytes(const mi_run *run)
{
    return run && run->memory_bytes ? run->memory_bytes : mi_memory_free_bytes() / 4 * 3;
}

mi_status mi_run_share_memory(mi_run *run)
{
    MI_WANT(run, "memory shared without a run");
    size_t bytes = mi_run_memory_bytes(run);
    if (!run->comm)
        return MI_OK;
    if (!run->memory_bytes)
        bytes /= (size_t)mi_comm_local(run->comm);
    MI_TRY(mi_comm_least(run->comm, &bytes));
    run->memory_bytes = bytes;
    return MI_OK;
}

mi_status mi_run_take(mi_run *left, const mi_run *run, double bytes, const char *what)
{
    double allowed = (double)mi_run_memory_bytes(run);
    *left = *run;
    if (bytes > allowed)
        return mi_fail(MI_EMEMORY,
                       "%s need %.3g MB, allowed are %.3g MB; try a larger " MI_OPTION "memory",
                       what, bytes / 1e6, allowed / 1e6);
    if (run->memory_bytes)
        left->memory_bytes -= bytes < allowed ? (size_t)bytes : run->memory_bytes - 1;
    return MI_OK;
}

mi_status mi_run_check(const mi_run *run)
{
    MI_WANT(run, "a computation without a run: mi_run_default makes one");
    MI_WANT(run->threads >= 0, "%d threads, wanted 0 or more", run->threads);
    MI_WANT(run->tolerance >= 0, "a tolerance of %g nats, wanted 0 or more", run->tolerance);
    MI_WANT((unsigned)run->route < MI_ROUTES, "route %d, wanted one of mi_route", (int)run->route);
    return MI_OK;
}
