#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#define QUIET_SECONDS 2
#define LINE_SECONDS  1 /* between lines that stay */

void progress_start(progress_line *p, size_t sets, int is_wanted)
{
    *p =
        (progress_line){.sets = sets, .is_terminal = isatty(STDERR_FILENO), .is_wanted = is_wanted};
    clock_gettime(CLOCK_MONOTONIC, &p->start);
}

double progress_seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + 1e-9 * (double)(now.tv_nsec - start->tv_nsec);
}

static int is_due(const progress_line *p)
{
    if (p->is_terminal)
        return p->is_wanted || progress_seconds_since(&p->start) >= QUIET_SECONDS;
    return p->is_wanted && (!p->shown || progress_seconds_since(&p->line) >= LINE_SECONDS);
}

void progress_share(void *line, double share)
{
    progress_line *p = line;
    char rate[64] = "", estimate[96] = "";
    if (share < p->share || p->share == 0)
        clock_gettime(CLOCK_MONOTONIC, &p->step);
    p->share = share;
    if (!is_due(p))
        return;
    double seconds = progress_seconds_since(&p->step);
    if (seconds > 0.1 && share > 0)
        snprintf(rate, sizeof rate, ", %.3g %%/s, %.0f s left", 100 * share / seconds,
                 seconds * (1 - share) / share);
    if (p->half_width > 0)
        snprintf(estimate, sizeof estimate, ", estimate %.6g +- %.2g so far", p->value,
                 p->half_width);
    fprintf(stderr, "%sset %zu of %zu: %3.0f %%%s%s%s", p->is_terminal ? "\r" : "", p->set + 1,
            p->sets, 100 * share, rate, estimate, p->is_terminal ? "  " : "\n");
    fflush(stderr);
    clock_gettime(CLOCK_MONOTONIC, &p->line);
    p->shown = 1;
}

void progress_estimate(void *line, double value, double half_width)
{
    progress_line *p = line;
    p->value = value;
    p->half_width = half_width;
}

void progress_clear(progress_line *p)
{
    if (p->shown && p->is_terminal)
        fprintf(stderr, "\r%79s\r", "");
    p->shown = 0;
    p->share = p->half_width = 0;
}
