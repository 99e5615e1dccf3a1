/* process.h - programs as a whole: seconds from start to exit, and the most memory they held. */
#ifndef PROCESS_H
#define PROCESS_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

typedef struct {
    double seconds, peak_bytes;
} process_use;

static inline void process_die(const char *what)
{
    perror(what);
    exit(1);
}

/* Run a program to its end, its output thrown away; or, where argv is NULL, the function in a
 * process of its own. What this process holds counts as the peak of those it starts: it should be
 * small. */
static inline process_use process_run(char *const *argv, void (*function)(void *), void *arg)
{
    int status = 0;
    struct rusage used;
    double start = clock_seconds();
    pid_t child = fork();
    if (child == 0) {
        if (!argv) {
            function(arg);
            _exit(0);
        }
        if (dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO) < 0)
            process_die("/dev/null");
        execvp(argv[0], argv);
        process_die(argv[0]);
    }
    if (child < 0 || wait4(child, &status, 0, &used) < 0)
        process_die("fork");
    if (status != 0) {
        fprintf(stderr, "%s failed\n", argv ? argv[0] : "a function");
        exit(1);
    }
    return (process_use){clock_seconds() - start, 1024.0 * (double)used.ru_maxrss};
}

#endif
