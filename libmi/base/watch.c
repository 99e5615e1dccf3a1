/* The file that another library is at work on. */
#include "libmi/base/watch_internal.h"

#include <stdio.h>
#include <string.h>

static char file[512] = "?";
static volatile int depth, in_data;
static volatile unsigned long steps;

mi_watched mi_watch_look(void)
{
    return (mi_watched){depth > 0 ? file : NULL, in_data, steps};
}

void mi_watch_file(const char *name)
{
    snprintf(file, sizeof file, "%s", name);
}

void mi_watch_begin(void)
{
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
