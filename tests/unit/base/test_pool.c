/* Tasks in tasks: each once, never more at a time than there are threads, and idle threads help inside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>

#include "leave_out.h"
#include "libmi/base/blas.h"
#include "libmi/base/pool.h"
#include "libmi/base/run_internal.h"

enum { OUTER = 7, INNER = 5, THREADS = 3 };

static atomic_int done[OUTER][INNER], at_once, most;

static mi_status inner_task(void *arg, size_t task, int worker)
{
    atomic_int *row = arg;
    int now = atomic_fetch_add(&at_once, 1) + 1, before = atomic_load(&most);
    while (now > before && !atomic_compare_exchange_weak(&most, &before, now))
        ;
    if (worker < 0 || worker >= THREADS)
        return mi_fail(MI_ELIBRARY, "worker %d", worker);
    nanosleep(&(struct timespec){.tv_nsec = 300000}, NULL);
    atomic_fetch_add(&row[task], 1);
    atomic_fetch_sub(&at_once, 1);
    return MI_OK;
}

static mi_status outer_task(void *arg, size_t task, int worker)
{
    const mi_run *run = arg;
    (void)worker;
    if (mi_pool_threads(run) != 1)
        return mi_fail(MI_ELIBRARY, "BLAS has threads of its own inside a task");
    return mi_parallel(run, INNER, inner_task, done[task]);
}

static void each_once_and_not_too_many_at_a_time(void **state)
{
    mi_run run;
    (void)state;
    mi_run_default(&run);
    run.threads = THREADS;
    assert_int_equal(mi_parallel(&run, OUTER, outer_task, &run), MI_OK);
    for (int i = 0; i < OUTER; i++)
        for (int k = 0; k < INNER; k++)
            assert_int_equal(done[i][k], 1);
    /* Another works in the place of a thread that waits for its helpers, and is not stopped when that
     * one goes on. */
    assert_true(most < 2 * THREADS);
    assert_int_equal(mi_pool_threads(&run), THREADS);
}

static atomic_int met;

/* Waits for the other, for at most some seconds. */
static mi_status meet(void *arg, size_t task, int worker)
{
    time_t start = time(NULL);
    (void)arg;
    (void)task;
    (void)worker;
    atomic_fetch_add(&met, 1);
    while (atomic_load(&met) < 2 && time(NULL) - start < 20)
        sched_yield();
    return atomic_load(&met) < 2 ? mi_fail(MI_ELIBRARY, "alone") : MI_OK;
}

static mi_status one_with_two_inside(void *arg, size_t task, int worker)
{
    (void)task;
    (void)worker;
    return mi_parallel(arg, 2, meet, NULL);
}

static void idle_threads_help_inside(void **state)
{
    mi_run run;
    (void)state;
    LEAVE_OUT_IF(!mi_blas_is_reentrant(), "this BLAS computes one product after the other");
    mi_run_default(&run);
    run.threads = 2;
    assert_int_equal(mi_parallel(&run, 1, one_with_two_inside, &run), MI_OK);
}

static mi_status fails(void *arg, size_t task, int worker)
{
    (void)arg;
    (void)worker;
    return task == 3 ? mi_fail(MI_EDATA, "task 3") : MI_OK;
}

static mi_status fails_inside(void *arg, size_t task, int worker)
{
    (void)task;
    (void)worker;
    return mi_parallel(arg, INNER, fails, NULL);
}

static void failures_come_out(void **state)
{
    mi_run run;
    (void)state;
    mi_run_default(&run);
    run.threads = THREADS;
    assert_int_equal(mi_parallel(&run, OUTER, fails_inside, &run), MI_EDATA);
    assert_string_equal(mi_detail(), "task 3");
}

typedef struct {
    mi_run inside;
    int threads; /* that BLAS may use in a task */
} large;

static mi_status note_threads(void *arg, size_t task, int worker)
{
    large *l = arg;
    (void)worker;
    if (task == 0)
        l->threads = mi_pool_threads(&l->inside);
    return MI_OK;
}

/* As many at once as the memory has room for; one at a time each has all threads. */
static void large_tasks_share_the_memory(void **state)
{
    mi_run run;
    large l;
    (void)state;
    mi_run_default(&run);
    run.threads = 2;
    run.memory_bytes = 1000;
    assert_int_equal(mi_parallel_large(&run, 501, 4, note_threads, &l, &l.inside), MI_OK);
    assert_int_equal(l.threads, 2);
    assert_int_equal(mi_parallel_large(&run, 500, 4, note_threads, &l, &l.inside), MI_OK);
    assert_int_equal(l.threads, mi_blas_is_reentrant() ? 1 : 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_once_and_not_too_many_at_a_time),
        cmocka_unit_test(idle_threads_help_inside),
        cmocka_unit_test(failures_come_out),
        cmocka_unit_test(large_tasks_share_the_memory),
    };
    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
