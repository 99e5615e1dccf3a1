/* Tasks over threads, and over ranks: one atomic counter hands them out, the first failure stops
 * the rest.
 *
 * Tasks are taken in order but end in any, so a caller that needs the same digits for any number of
 * threads keeps results by task and adds them up afterwards. Ranks deal tasks out in turn: rank r
 * of R has r, r + R, ... */
#include "libmi/base/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "libmi/base/blas.h"
#include "libmi/base/mem.h"

/* The threads of an outermost call: how many more may be started, by it or by calls inside its tasks. */
typedef struct {
    atomic_int idle;
} crew;

/* That this thread works for; NULL: it is in no task. */
static _Thread_local crew *my_crew;

typedef struct pool pool;

typedef struct {
    pool *p;
    int worker;
    pthread_t thread;
} pool_worker;

struct pool {
    const mi_run *run;
    mi_task_fn *fn;
    void *arg;
    size_t tasks;
    crew *crew;
    pool_worker *worker;
    int workers, started; /* at most, and so far, the caller being number 0 */
    atomic_size_t next;
    atomic_int failed;
    mi_status status;
    char detail[2048];
    pthread_mutex_t lock;
};

static void note_failure(pool *p, mi_status status)
{
    pthread_mutex_lock(&p->lock);
    if (!atomic_exchange(&p->failed, 1)) {
        p->status = status;
        snprintf(p->detail, sizeof p->detail, "%s", mi_detail());
    }
    pthread_mutex_unlock(&p->lock);
}

static int take_idle(crew *c)
{
    int idle = atomic_load(&c->idle);
    while (idle > 0)
        if (atomic_compare_exchange_weak(&c->idle, &idle, idle - 1))
            return 1;
    return 0;
}

static void *help(void *arg);

/* Start threads for the tasks that are left beyond the caller's next, as far as there are any idle. One
 * that cannot be started is work for the others, not an error. */
static void hire(pool *p)
{
    while (p->started < p->workers && atomic_load(&p->next) + 1 < p->tasks && take_idle(p->crew)) {
        pool_worker *w = &p->worker[p->started];
        *w = (pool_worker){.p = p, .worker = p->started};
        if (pthread_create(&w->thread, NULL, help, w) != 0) {
            atomic_fetch_add(&p->crew->idle, 1);
            return;
        }
        p->started++;
    }
}

static void work(pool_worker *w)
{
    pool *p = w->p;
    mi_blas_set_threads(1);
    while (!atomic_load(&p->failed)) {
        if (w->worker == 0)
            hire(p);
        size_t task = atomic_fetch_add(&p->next, 1);
        if (task >= p->tasks)
            break;
        mi_status status = p->fn(p->arg, task, w->worker);
        if (status != MI_OK)
            note_failure(p, status);
        else if (w->worker == 0 && p->run->progress)
            p->run->progress(p->run->progress_arg, (double)(task + 1) / (double)p->tasks);
    }
}

static void *help(void *arg)
{
    pool_worker *w = arg;
    crew *c = my_crew = w->p->crew;
    work(w);
    atomic_fetch_add(&c->idle, 1);
    return NULL;
}

static int threads_of(const mi_run *run)
{
    return mi_blas_is_reentrant() ? mi_run_threads(run) : 1;
}

int mi_parallel_workers(const mi_run *run, size_t tasks)
{
    int workers = threads_of(run);
    return tasks < (size_t)workers ? (tasks ? (int)tasks : 1) : workers;
}

int mi_pool_threads(const mi_run *run)
{
    return my_crew ? 1 : mi_run_threads(run);
}

/* While the caller waits for its helpers another may work in its place. */
static void wait_for_helpers(pool *p)
{
    atomic_fetch_add(&p->crew->idle, 1);
    for (int k = 1; k < p->started; k++)
        pthread_join(p->worker[k].thread, NULL);
    atomic_fetch_sub(&p->crew->idle, 1);
}

static mi_status with_workers(const mi_run *run, int workers, size_t tasks, mi_task_fn *fn,
                              void *arg)
{
    crew own = {.idle = threads_of(run) - 1}, *outer = my_crew;
    pool p = {.run = run,
              .fn = fn,
              .arg = arg,
              .tasks = tasks,
              .crew = outer ? outer : &own,
              .workers = workers,
              .started = 1};
    MI_TRY(MI_NEW(p.worker, (size_t)workers));
    pthread_mutex_init(&p.lock, NULL);
    p.worker[0] = (pool_worker){.p = &p};
    my_crew = p.crew;
    work(&p.worker[0]);
    wait_for_helpers(&p);
    my_crew = outer;
    pthread_mutex_destroy(&p.lock);
    mi_free(p.worker);
    return p.failed ? mi_fail(p.status, "%s", p.detail) : MI_OK;
}

mi_status mi_parallel(const mi_run *run, size_t tasks, mi_task_fn *fn, void *arg)
{
    return with_workers(run, mi_parallel_workers(run, tasks), tasks, fn, arg);
}

mi_status mi_parallel_large(const mi_run *run, double bytes, size_t tasks, mi_task_fn *fn,
                            void *arg, mi_run *inside)
{
    int workers = mi_parallel_workers(run, tasks);
    double fit = workers > 1 ? (double)mi_run_memory_bytes(run) / bytes : 1;
    *inside = *run;
    workers = fit < workers ? (int)fit : workers;
    if (workers < 2) {
        for (size_t k = 0; k < tasks; k++)
            MI_TRY(fn(arg, k, 0));
        return MI_OK;
    }
    inside->progress = NULL;
    inside->estimate = NULL;
    return with_workers(run, workers, tasks, fn, arg);
}

/* ---- one task beside ---- */

struct mi_beside {
    mi_status (*fn)(void *arg);
    void *arg;
    mi_status status;
    char detail[2048];
    int has_thread;
    pthread_t thread;
};

static void *run_beside(void *arg)
{
    mi_beside *b = arg;
    if (mi_blas_threads_are_own())
        mi_blas_set_threads(1);
    b->status = b->fn(b->arg);
    if (b->status != MI_OK)
        snprintf(b->detail, sizeof b->detail, "%s", mi_detail());
    return NULL;
}

mi_status mi_beside_start(mi_beside **out, mi_status (*fn)(void *arg), void *arg)
{
    MI_TRY(MI_NEW(*out, 1));
    (*out)->fn = fn;
    (*out)->arg = arg;
    (*out)->has_thread = pthread_create(&(*out)->thread, NULL, run_beside, *out) == 0;
    if (!(*out)->has_thread)
        run_beside(*out);
    return MI_OK;
}

mi_status mi_beside_finish(mi_beside *b)
{
    mi_status status = MI_OK;
    if (!b)
        return MI_OK;
    if (b->has_thread)
        pthread_join(b->thread, NULL);
    if (b->status != MI_OK)
        status = mi_fail(b->status, "%s", b->detail);
    mi_free(b);
    return status;
}

/* ---- ranks ---- */

typedef struct {
    mi_task_fn *fn;
    void *arg;
    size_t first, step;
} rank_tasks;

static mi_status task_of_rank(void *arg, size_t task, int worker)
{
    const rank_tasks *t = arg;
    return t->fn(t->arg, t->first + task * t->step, worker);
}

mi_status mi_spread(const mi_run *run, size_t tasks, mi_task_fn *fn, void *arg)
{
    rank_tasks t = {.fn = fn, .arg = arg};
    t.first = (size_t)mi_comm_rank(run->comm);
    t.step = (size_t)mi_comm_size(run->comm);
    size_t mine = tasks > t.first ? (tasks - t.first - 1) / t.step + 1 : 0;
    return mi_parallel(run, mine, task_of_rank, &t);
}

mi_share mi_share_out(const mi_run *run, size_t count)
{
    mi_share s = {.step = 1, .run = *run};
    if (count < (size_t)mi_comm_size(run->comm))
        return s;
    s.first = (size_t)mi_comm_rank(run->comm);
    s.step = (size_t)mi_comm_size(run->comm);
    s.comm = run->comm;
    s.run.comm = NULL;
    return s;
}
