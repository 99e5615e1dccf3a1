/* The file that another library is at work on. */
#include "libmi/base/watch_internal.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static char file[512] = "?";
static volatile int depth, in_data;
static volatile unsigned long steps;
static clockid_t readers; /* counts the processor time of the thread at work */

mi_watched mi_watch_look(void)
{
    struct timespec time = {0};
    if (depth <= 0)
        return (mi_watched){.steps = steps};
    clock_gettime(readers, &time);
    return (mi_watched){file, in_data, steps, (double)time.tv_sec + 1e-9 * (double)time.tv_nsec};
}

void mi_watch_file(const char *name)
{
    snprintf(file, sizeof file, "%s", name);
}

void mi_watch_begin(void)
{
    if (depth == 0 && pthread_getcpuclockid(pthread_self(), &readers) != 0)
        readers = CLOCK_PROCESS_CPUTIME_ID;
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
