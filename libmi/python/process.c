/* What is one per process or thread: messages, the version, and the threads of the BLAS. */
#include <pthread.h>

#include "libmi/base/blas.h"
#include "libmi/bounds/estimator.h"
#include "libmi/mi.h"
#include "libmi/python/private.h"

const char *door_detail(void)
{
    return mi_detail();
}

void door_version(char *buffer, size_t bytes)
{
    mi_version_text(buffer, bytes);
}

void door_messages(mi_warning_fn *warning, const char *option, const char *tool)
{
    mi_set_warning_handler(warning, NULL);
    mi_set_spelling(option, tool);
}

double door_t_factor(double level, double degrees)
{
    return mi_t_factor(level, degrees);
}

/* The library sets how many threads the BLAS may use, which other users of it in the process (NumPy) would keep. The first
 * estimate under way notes what was set, the last one restores it. */
static struct {
    pthread_mutex_t lock;
    int under_way, threads;
} blas = {.lock = PTHREAD_MUTEX_INITIALIZER};

void door_blas_begin(void)
{
    pthread_mutex_lock(&blas.lock);
    if (blas.under_way++ == 0)
        blas.threads = mi_blas_threads();
    pthread_mutex_unlock(&blas.lock);
}

void door_blas_end(void)
{
    pthread_mutex_lock(&blas.lock);
    if (--blas.under_way == 0)
        mi_blas_set_threads(blas.threads);
    pthread_mutex_unlock(&blas.lock);
}

void door_forked(void)
{
    pthread_mutex_init(&blas.lock, NULL);
    blas.under_way = 0;
}
