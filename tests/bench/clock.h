/* clock.h - time of benchmarks, and their table: case, ours, reference, ratio, target, met. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double clock_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline int clock_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline double clock_median(double *x, size_t n)
{
    qsort(x, n, sizeof *x, clock_compare);
    return n % 2 ? x[n / 2] : 0.5 * (x[n / 2 - 1] + x[n / 2]);
}

static inline void clock_header(void)
{
    printf("%-44s %12s %12s %8s %8s  %s\n", "case", "ours", "reference", "ratio", "target", "met");
}

/* One line; at_least: the ratio should be `target` or more, else or less. */
static inline void clock_line(const char *name, double ours, double reference, double ratio,
                              double target, int at_least)
{
    printf("%-44s %12.4g %12.4g %8.3f %s%7.3g  %s\n", name, ours, reference, ratio,
           at_least ? ">" : "<", target,
           (at_least ? ratio >= target : ratio <= target) ? "yes" : "NO");
    fflush(stdout);
}

#endif
