/* comm.h - ranks: processes that share one piece of work, perhaps on several machines, and what
 * they tell each other.
 *
 * uses: base/comm_internal base/mem base/status base/want
 *
 * Ranks are started together (mpirun, srun), run the same program with the same arguments and go
 * the same way through it: every rank calls the collective functions below in the same order, from
 * its main thread. In between each does its share of the tasks, usually those with
 * task mod size == rank (mi_spread in pool.h), into memory that is zero elsewhere, and mi_comm_sum
 * or mi_comm_merge gives everyone the whole. What the way depends on (tile sides, memory allowed,
 * when to stop) must come out the same on all: from values that were summed, or by mi_comm_least,
 * mi_comm_follow.
 *
 * One rank's failure is everyone's. A rank that fails just returns, up to where the piece of work
 * began: there all ranks call mi_comm_settle. Every collective starts with the question whether
 * someone failed; the settling rank answers it, and the others return that rank's status and detail
 * from whichever collective they were in, and from all that follow, until they settle too. So
 * nobody waits for a rank that has gone another way.
 *
 * NULL is one process alone: every function below takes it, and does nothing then. Without the
 * module libmi-mpi.so (meson -Dmpi=enabled) there is nothing else.
 */
#ifndef MI_COMM_H
#define MI_COMM_H

#include "libmi/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mi_comm mi_comm;

/* Ranks that were started together with this process, told from the environment that mpirun and
 * srun leave: 1 when there was no launcher. *rank (NULL: not wanted): which of them this one is.
 * Costs nothing, so that MPI (0.4 s) is started only where there is somebody to talk to. */
MI_API int mi_comm_launched(int *rank);

/* mi_comm_open will do: there is one process, or the module libmi-mpi.so is there and finds MPI.
 * Error: MI_EUSAGE. */
MI_API mi_status mi_comm_check(void);

/* Join the ranks that were launched with this process, once in a process: *out is NULL when it is
 * alone. MPI ends the process when the others cannot be reached. Errors: MI_EUSAGE in a build
 * without MPI, MI_ENOMEM. Nothing is left to free after a failure. Close with mi_comm_close on
 * every rank, also after failures. */
MI_API MI_CHECKED mi_status mi_comm_open(mi_comm **out);
MI_API void mi_comm_close(mi_comm *c);

MI_API int mi_comm_rank(const mi_comm *c); /* 0 .. size-1 */
MI_API int mi_comm_size(const mi_comm *c); /* 1 for NULL */

/* ---- collective; errors: the failure of any rank; MI_ELIBRARY when ranks are in different calls
 */

/* End of a piece of work that this rank leaves with `status`: MI_OK where all do; else the status
 * and detail of the lowest rank that failed, on every rank. */
MI_API MI_CHECKED mi_status mi_comm_settle(mi_comm *c, mi_status status);

/* Records without pointers, each filled by one rank and all zero bytes on the others, become those
 * of everyone, to the last bit. Errors: MI_EUSAGE for no records. */
MI_API MI_CHECKED mi_status mi_comm_merge(mi_comm *c, void *records, size_t bytes);

/* Rank 0's memory *to of *bytes bytes (NULL and 0: none) goes to the others, who pass the address
 * of a pointer too and free with mi_free. Errors: also MI_EUSAGE for no memory or size, MI_ENOMEM.
 * Nothing is left to free after a failure. */
MI_API MI_CHECKED mi_status mi_comm_share(mi_comm *c, void *to, size_t *bytes);

/* What each rank has, one after the other: *all has those of rank k at start[k] .. start[k+1], on
 * every rank. start (size+1). For tables, not for data: everyone gets everything. Errors: also
 * MI_EUSAGE for no memory, all or start, MI_ENOMEM. Nothing is left to free after a failure. Free
 * *all with mi_free. */
MI_API MI_CHECKED mi_status mi_comm_collect(mi_comm *c, const char *mine, size_t bytes, char **all,
                                            size_t *start);

#ifdef __cplusplus
}
#endif
#endif
