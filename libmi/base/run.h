/* run.h - how to compute, as opposed to what: threads, ranks, memory, route, progress.
 *
 * uses: base/comm base/comm_internal base/mem base/name base/run_internal base/status
 *       base/want base/words
 */
#ifndef MI_RUN_H
#define MI_RUN_H

#include "libmi/base/comm.h"
#include "libmi/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How the entropy of a joint is computed. n rows, d features, classes of the discrete variables in
 * it. */
typedef enum {
    MI_ROUTE_AUTO,    /* the cheapest that is exact; lanczos where that takes too long */
    MI_ROUTE_COUNTS,  /* discrete variables only: O(n) */
    MI_ROUTE_DUAL,    /* linear kernels: d x d (or d1 d2 x d1 d2), double precision */
    MI_ROUTE_CLASSES, /* with discrete variables: class by class, each by dual, dense or tiles */
    MI_ROUTE_TILES,   /* order 2: fused pass over tiles, single-precision products, O(n d) memory */
    MI_ROUTE_DENSE, /* the whole n x n Gram matrix in double precision: the plain twin of the others
                     */
    MI_ROUTE_LANCZOS, /* any order, an estimate: deflated stochastic Lanczos quadrature; order 2 is
                         known */
    MI_ROUTE_SAMPLE,  /* order 2, an estimate: the tile pass over a sample of the tiles */
    MI_ROUTE_BF16,    /* order 2, an estimate: the tile pass in bfloat16, its rounding measured and
                         taken out */
    MI_ROUTES
} mi_route;

/* "auto", "counts", ... */
MI_API const char *mi_route_name(mi_route route);
/* The same back. Errors: MI_EUSAGE with those there are. */
MI_API MI_CHECKED mi_status mi_route_parse(mi_route *out, const char *text);

typedef struct {
    int threads;         /* worker threads; 0 (default): the CPUs this process may use */
    mi_comm *comm;       /* the ranks that share the work, each calling the same functions with the
                            same arguments; NULL (default): this process alone */
    size_t memory_bytes; /* most that may be taken, by each rank, the same on all; 0 (default):
                            three quarters of what is free, for one process alone */
    mi_route route;      /* for joints of two or more real variables, and under gaussian kernels for
                            one; default MI_ROUTE_AUTO */
    double tolerance;    /* half-width in nats of the 95 % interval that routes lanczos and sample
                            may leave; 0 (default): sample is taken where it is forced alone, then
                            the smallest, lanczos at default effort */
    unsigned long seed;  /* of all that is drawn: what those routes estimate from, re-pairings of
                            instances, batches that are shuffled; default 1 */
    /* Called now and then from the calling thread with the share done, 0..1. NULL: nobody asks. */
    void (*progress)(void *arg, double share);
    /* Called by what a sample estimates, from the calling thread: the entropy or loss in nats that
     * is known worst so far, and the half-width of its 95 % interval. NULL: nobody asks. */
    void (*estimate)(void *arg, double value, double half_width);
    void *progress_arg; /* of both */
} mi_run;

MI_API void mi_run_default(mi_run *run);

/* run->threads with the default resolved, at least 1; run NULL: the default. */
MI_API int mi_run_threads(const mi_run *run);

/* run->memory_bytes with the default resolved; run NULL: the default. */
MI_API size_t mi_run_memory_bytes(const mi_run *run);

/* Resolve the default of run->memory_bytes so that the ranks of run->comm on one machine share
 * what is free, and all take the least. Nothing for one process alone, which asks when it matters.
 * Collective. Errors: MI_EUSAGE for no run. */
MI_API MI_CHECKED mi_status mi_run_share_memory(mi_run *run);

#ifdef __cplusplus
}
#endif
#endif
