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

typedef struct {
    const mi_run *run;
    mi_task_fn *fn;
    void *arg;
    size_t tasks;
    atomic_size_t next;
    atomic_int failed;
    mi_status status;
    char detail[2048];
    pthread_mutex_t lock;
} pool;

typedef struct {
    pool *p;
    int worker;
    pthread_t thread;
} pool_worker;

static void note_failure(pool *p, mi_status status)
{
    pthread_mutex_lock(&p->lock);
    if (!atomic_exchange(&p->failed, 1)) {
        p->status = status;
        snprintf(p->detail, sizeof p->detail, "%s", mi_detail());
    }
    pthread_mutex_unlock(&p->lock);
}

static void *work(void *arg)
{
    pool_worker *w = arg;
    pool *p = w->p;
    mi_blas_set_threads(1);
    while (!atomic_load(&p->failed)) {
        size_t task = atomic_fetch_add(&p->next, 1);
        if (task >= p->tasks)
            break;
        mi_status status = p->fn(p->arg, task, w->worker);
        if (status != MI_OK)
            note_failure(p, status);
        else if (w->worker == 0 && p->run->progress)
            p->run->progress(p->run->progress_arg, (double)(task + 1) / (double)p->tasks);
    }
    return NULL;
}

int mi_parallel_workers(const mi_run *run, size_t tasks)
{
    int workers = mi_blas_is_reentrant() ? mi_run_threads(run) : 1;
    return tasks < (size_t)workers ? (tasks ? (int)tasks : 1) : workers;
}

mi_status mi_parallel(const mi_run *run, size_t tasks, mi_task_fn *fn, void *arg)
{
    pool p = {.run = run, .fn = fn, .arg = arg, .tasks = tasks};
    int workers = mi_parallel_workers(run, tasks), started = 1;
    pool_worker *w;
    MI_TRY(MI_NEW(w, (size_t)workers));
    pthread_mutex_init(&p.lock, NULL);
    w[0] = (pool_worker){.p = &p, .worker = 0};
    /* A thread that cannot be started is work for the others, not an error. */
    for (int k = 1; k < workers; k++) {
        w[started] = (pool_worker){.p = &p, .worker = started};
        if (pthread_create(&w[started].thread, NULL, work, &w[started]) == 0)
            started++;
    }
    work(&w[0]);
    for (int k = 1; k < started; k++)
        pthread_join(w[k].thread, NULL);
    pthread_mutex_destroy(&p.lock);
    mi_free(w);
    return p.failed ? mi_fail(p.status, "%s", p.detail) : MI_OK;
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
