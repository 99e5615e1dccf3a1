/* What is one per process or thread: messages, the version, and the threads of the BLAS. */
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <stdlib.h>

#include "libmi/base/blas.h"
#include "libmi/base/words.h"
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

/* Settings are arguments in Python, and what a tool does to features NumPy does to arrays. A format's
 * own percent signs are none of a phrase's. */
#define FINITE "x[numpy.isfinite(x).all(axis=1)] leaves them out"
static const mi_phrase phrases[] = {
    {MI_TOOL "transform " MI_OPTION "drop-nonfinite removes them", FINITE},
    {MI_OPTION "keep-nonfinite keeps them, for " MI_TOOL "transform " MI_OPTION "drop-nonfinite",
     FINITE},
    {MI_TOOL "transform " MI_OPTION "center z1,z2", "z - z.mean(axis=0)"},
    {MI_TOOL "bounds " MI_OPTION "permutations 999", "bounds(..., permutations=999)"},
    {MI_TOOL "bounds " MI_OPTION "permutations", "permutations=999"},
    {MI_TOOL "bounds " MI_OPTION "se", "bounds(..., se=True)"},
    {MI_TOOL "bounds " MI_OPTION "decompose", "bounds(..., decompose=True)"},
    {MI_OPTION "zero-rows drop", "drop_zero_rows=True"},
    {MI_OPTION "alpha 1", "alpha=1"},
    {MI_OPTION "alpha 2", "alpha=2"},
    {MI_OPTION "r positive", "r_kind=\"positive\""},
    {MI_OPTION "route auto", "route=\"auto\""},
    {MI_OPTION "route dense", "route=\"dense\""},
    {MI_OPTION "i-z1-r matrix", "i_z1_r=\"matrix\""},
    {MI_OPTION "preset theorem", "preset=\"theorem\""},
};

void door_messages(mi_warning_fn *warning, const char *option, const char *tool)
{
    mi_set_warning_handler(warning, NULL);
    mi_set_spelling(option, tool);
    mi_set_phrases(phrases, sizeof phrases / sizeof *phrases);
}

double door_t_factor(double level, double degrees)
{
    return mi_t_factor(level, degrees);
}

double door_number(const char *text, char **end)
{
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    double value = strtod_l(text, end, c);
    freelocale(c);
    return value;
}

/* What is under way in the process. The library sets how many threads the BLAS may use, which other users of it
 * (NumPy) would keep: the first to enter notes what was set, the last to leave restores it; where each thread
 * has a setting of its own, each does. The BLAS and HDF5 have locks, which a child would inherit as they are at
 * that moment: a fork waits until nobody is inside, and nobody enters meanwhile. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int inside, forking, is_child, blas_threads;
} process = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* The caller's floating-point environment: where it takes subnormal numbers for zeros
 * (torch.set_flush_denormal, libraries built with -ffast-math), rows that are there would not be. */
static _Thread_local fenv_t callers;
static _Thread_local int own_threads;

void door_enter(void)
{
    pthread_mutex_lock(&process.lock);
    while (process.forking)
        pthread_cond_wait(&process.changed, &process.lock);
    own_threads = mi_blas_threads();
    if (process.inside++ == 0)
        process.blas_threads = own_threads;
    pthread_mutex_unlock(&process.lock);
    fegetenv(&callers);
    fesetenv(FE_DFL_ENV);
}

void door_leave(void)
{
    fesetenv(&callers);
    pthread_mutex_lock(&process.lock);
    int is_last = --process.inside == 0;
    if (mi_blas_threads_are_own())
        mi_blas_set_threads(own_threads);
    else if (is_last)
        mi_blas_set_threads(process.blas_threads);
    pthread_cond_broadcast(&process.changed);
    pthread_mutex_unlock(&process.lock);
}

void door_fork_begin(void)
{
    pthread_mutex_lock(&process.lock);
    process.forking++;
    while (process.inside)
        pthread_cond_wait(&process.changed, &process.lock);
    pthread_mutex_unlock(&process.lock);
}

void door_fork_end(void)
{
    pthread_mutex_lock(&process.lock);
    process.forking--;
    pthread_cond_broadcast(&process.changed);
    pthread_mutex_unlock(&process.lock);
}

void door_forked(void)
{
    pthread_mutex_init(&process.lock, NULL);
    pthread_cond_init(&process.changed, NULL);
    process.forking = 0;
    process.is_child = 1;
}

/* The threads of an OpenMP BLAS do not survive a fork: the child would wait for them for ever. */
int door_default_threads(void)
{
    return process.is_child ? 1 : 0;
}
