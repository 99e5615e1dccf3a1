/* Options of how to compute: their defaults, and threads and memory from the machine where none are
 * given. */
#include "libmi/base/run.h"

#include <sched.h>

#include "libmi/base/comm_internal.h"
#include "libmi/base/mem.h"

void mi_run_default(mi_run *run)
{
    *run = (mi_run){.draws = 1};
}

const char *mi_route_name(mi_route route)
{
    static const char *const name[MI_ROUTES] = {"auto",  "counts", "dual",    "classes",
                                                "tiles", "dense",  "lanczos", "sample"};
    return (unsigned)route < MI_ROUTES ? name[route] : "unknown";
}

int mi_run_threads(const mi_run *run)
{
    cpu_set_t cpus;
    if (run->threads > 0)
        return run->threads;
    return sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? CPU_COUNT(&cpus) : 1;
}

size_t mi_run_memory_bytes(const mi_run *run)
{
    return run->memory_bytes ? run->memory_bytes : mi_memory_free_bytes() / 4 * 3;
}

mi_status mi_run_share_memory(mi_run *run)
{
    size_t bytes = mi_run_memory_bytes(run);
    if (!run->comm)
        return MI_OK;
    if (!run->memory_bytes)
        bytes /= (size_t)mi_comm_local(run->comm);
    MI_TRY(mi_comm_least(run->comm, &bytes));
    run->memory_bytes = bytes;
    return MI_OK;
}
