/* progress.h - how far a tool is, on standard error: for work that takes over two seconds on a
 * terminal, or as asked for.
 *
 * uses: nothing            used by: estimate mi-train
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stddef.h>
#include <time.h>

typedef struct {
    struct timespec start, step, line; /* of the tool, of what the share is of, of the last line */
    double share;
    double value, half_width; /* of the estimate so far; half_width 0: there is none */
    size_t set, sets;
    int shown, is_terminal, is_wanted;
} progress_line;

/* is_wanted: at once, and a line a second that stays where standard error is no terminal. */
void progress_start(progress_line *p, size_t sets, int is_wanted);
/* Take the line from a terminal, before anything else is said and between sets. */
void progress_clear(progress_line *p);

/* mi_run.progress and mi_run.estimate, with a progress_line as their argument. */
void progress_share(void *line, double share);
void progress_estimate(void *line, double value, double half_width);

/* Seconds on the monotonic clock. */
double progress_seconds_since(const struct timespec *start);

#endif
