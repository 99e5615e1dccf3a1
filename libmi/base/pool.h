/* pool.h - a number of tasks over a number of threads, and over ranks. Private; mi_beside is exported
 * for libmi-train, mi_parallel for the tools.
 *
 * uses: base/blas base/mem base/run
 */
#ifndef MI_POOL_H
#define MI_POOL_H

#include "libmi/base/run.h"

/* One task. `worker` is 0 .. workers-1, for workspaces that are made before the tasks start. */
typedef mi_status mi_task_fn(void *arg, size_t task, int worker);

/* Most threads that mi_parallel will use for so many tasks: 1 where BLAS is not reentrant. */
int mi_parallel_workers(const mi_run *run, size_t tasks);

/* Run task 0 .. tasks-1, each once, handed out in order, BLAS single-threaded inside. After a
 * failure no new task starts; the status and detail of the first failure are returned in the
 * caller's thread.
 *
 * A task may call it again. All calls inside an outermost one share that one's threads: a thread that
 * finds no task left in one of them helps in another. Three sets on two threads:
 *
 *     thread 1    set 0 . . . . . set 2, joints 0 2 4
 *     thread 2    set 1 . . . . . . . .  joints   1 3      of set 2 */
MI_API mi_status mi_parallel(const mi_run *run, size_t tasks, mi_task_fn *fn, void *arg);

/* Threads for BLAS itself, between tasks: all of run's, 1 inside a task. */
int mi_pool_threads(const mi_run *run);

/* mi_parallel for tasks that each need so many bytes, as many at once as the memory allowed has room
 * for. Where that is one, they run in the caller's thread, outside of any task, so that each has all
 * threads. Tasks have no progress to call: *inside is the run for them. */
mi_status mi_parallel_large(const mi_run *run, double bytes, size_t tasks, mi_task_fn *fn,
                            void *arg, mi_run *inside);

/* The same of this rank's share: the tasks with task mod size == rank. What they leave is put
 * together by mi_comm_sum or mi_comm_merge afterwards. */
mi_status mi_spread(const mi_run *run, size_t tasks, mi_task_fn *fn, void *arg);

/* How ranks share `count` large pieces of work, each of which they could also do together: a whole
 * piece at a time each while there are enough of them, else all on every piece. */
typedef struct {
    size_t first, step; /* this rank's pieces: first, first + step, ... below count */
    mi_run run;         /* how to work on one */
    mi_comm *comm;      /* by which what came out is put together; NULL: everyone has it all */
} mi_share;

mi_share mi_share_out(const mi_run *run, size_t count);

/* One task on a thread of its own, beside what the caller does meanwhile. */
typedef struct mi_beside mi_beside;

/* Start fn(arg). Where no thread can be had it runs at once. Errors: MI_ENOMEM. */
MI_API mi_status mi_beside_start(mi_beside **out, mi_status (*fn)(void *arg), void *arg);

/* Wait for it and free it; its status, with its detail in the caller's thread. NULL: MI_OK. */
MI_API mi_status mi_beside_finish(mi_beside *b);

#endif
