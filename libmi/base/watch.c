/* The file that another library is at work on. One thread writes this at a time; handlers of signals
 * look from any, at the name only where its writer stands still. */
#include "libmi/base/watch_internal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static char file[512] = "?";
static atomic_int depth, in_data;
static atomic_ulong steps;
static _Atomic pthread_t reader;  /* the thread at work */
static _Atomic clockid_t readers; /* counts its processor time */

mi_watched mi_watch_look(void)
{
    struct timespec time = {0};
    if (depth <= 0)
        return (mi_watched){.steps = steps};
    clock_gettime(readers, &time);
    return (mi_watched){.file = file,
                        .is_here = pthread_equal(reader, pthread_self()) != 0,
                        .in_data = in_data,
                        .steps = steps,
                        .seconds = (double)time.tv_sec + 1e-9 * (double)time.tv_nsec};
}

void mi_watch_file(const char *name)
{
    snprintf(file, sizeof file, "%s", name);
}

void mi_watch_begin(void)
{
    clockid_t clock = CLOCK_PROCESS_CPUTIME_ID;
    if (depth == 0) {
        pthread_getcpuclockid(pthread_self(), &clock);
        readers = clock;
        reader = pthread_self();
    }
    depth++;
    steps++;
}

void mi_watch_end(void)
{
    depth--;
    steps++;
}

void mi_watch_step(void)
{
    steps++;
}

void mi_watch_data(int is_moving)
{
    in_data = is_moving;
    steps++;
}
