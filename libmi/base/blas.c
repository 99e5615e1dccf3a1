/* Which BLAS library is loaded, and how many threads it may use: OpenBLAS, its OpenMP and BLIS by
 * weak symbols. */
#include "libmi/base/blas.h"

#include <cblas.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* Weak, so that any CBLAS library will do: these are NULL unless OpenBLAS or BLIS is there. Both
 * may be: LAPACK can stand on one while the products come from the other. */
extern int openblas_get_parallel(void) __attribute__((weak));
extern char *openblas_get_config(void) __attribute__((weak));
extern int openblas_get_num_threads(void) __attribute__((weak));
extern void openblas_set_num_threads(int) __attribute__((weak));
extern const char *bli_info_get_version_str(void) __attribute__((weak));
extern long bli_thread_get_num_threads(void) __attribute__((weak));
extern void bli_thread_set_num_threads(long) __attribute__((weak));
extern int omp_get_max_threads(void) __attribute__((weak));
extern void omp_set_num_threads(int) __attribute__((weak));

enum { SERIAL = 0, PTHREAD = 1, OPENMP = 2 }; /* of OpenBLAS */

const char *mi_blas_file(void)
{
    Dl_info info;
    void *sgemm = (void *)(size_t)cblas_sgemm;
    return dladdr(sgemm, &info) && info.dli_fname ? info.dli_fname : "unknown";
}

const char *mi_blas_description(void)
{
    static _Thread_local char text[512];
    static const char *const kind[] = {
        [SERIAL] = "serial", [PTHREAD] = "pthread", [OPENMP] = "OpenMP"};
    if (strstr(mi_blas_file(), "libblis") && bli_info_get_version_str) {
        snprintf(text, sizeof text, "BLIS %s", bli_info_get_version_str());
    } else if (openblas_get_config && openblas_get_parallel) {
        int parallel = openblas_get_parallel();
        snprintf(text, sizeof text, "%s (%s)", openblas_get_config(),
                 parallel >= SERIAL && parallel <= OPENMP ? kind[parallel] : "unknown threading");
    } else {
        snprintf(text, sizeof text, "a CBLAS library of unknown kind");
    }
    return text;
}

int mi_blas_is_reentrant(void)
{
    return !openblas_get_parallel || openblas_get_parallel() != SERIAL;
}

int mi_blas_threads_are_own(void)
{
    return openblas_get_parallel && openblas_get_parallel() == OPENMP && omp_set_num_threads &&
           omp_get_max_threads;
}

int mi_blas_threads(void)
{
    return mi_blas_threads_are_own()    ? omp_get_max_threads()
           : openblas_get_num_threads   ? openblas_get_num_threads()
           : bli_thread_get_num_threads ? (int)bli_thread_get_num_threads()
                                        : 1;
}

/* ---- threads that can be had ---- */

static void *pass_gate(void *gate)
{
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}

/* As many threads at once, this one among them, as can be started, up to `wanted`. */
static int startable(int wanted)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t thread;
    int is_started, started = 1;
    if (wanted < 2)
        return 1;
    pthread_mutex_lock(&gate);
    is_started = pthread_create(&thread, NULL, pass_gate, &gate) == 0;
    if (is_started)
        started += startable(wanted - 1);
    pthread_mutex_unlock(&gate);
    if (is_started)
        pthread_join(thread, NULL);
    return started;
}

/* OpenBLAS waits for ever for a thread that it could not start: it gets no more than there are. */
static int at_most_startable(int threads)
{
    static atomic_int tried = 1;
    if (threads <= atomic_load(&tried) || threads <= mi_blas_threads())
        return threads;
    int got = startable(threads);
    if (got == threads)
        atomic_store(&tried, threads);
    return got;
}

void mi_blas_set_threads(int threads)
{
    threads = at_most_startable(threads);
    /* OpenBLAS asks OpenMP in every call, and from 0.3.22 on does not tell it of its own setting. */
    if (mi_blas_threads_are_own())
        omp_set_num_threads(threads);
    if (openblas_set_num_threads)
        openblas_set_num_threads(threads);
    if (bli_thread_set_num_threads)
        bli_thread_set_num_threads(threads);
}
