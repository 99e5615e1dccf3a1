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
    int code; /* exit code */
} process_use;

static inline void process_die(const char *what)
{
    perror(what);
    exit(1);
}

/* Run a program to its end, its output thrown away; or, where argv is NULL, the function in a
 * process of its own. What this process holds counts as the peak of those it starts: it should be
 * small. */
static inline process_use process_start(char *const *argv, void (*function)(void *), void *arg)
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
    return (process_use){.seconds = clock_seconds() - start,
                         .peak_bytes = 1024.0 * (double)used.ru_maxrss,
                         .code = WIFEXITED(status) ? WEXITSTATUS(status) : -1};
}

/* The same of what must not fail. */
static inline process_use process_run(char *const *argv, void (*function)(void *), void *arg)
{
    process_use used = process_start(argv, function, arg);
    if (used.code != 0) {
        fprintf(stderr, "%s failed\n", argv ? argv[0] : "a function");
        exit(1);
    }
    return used;
}

/* A program that may fail, whose messages are thrown away too. */
static inline process_use process_try(char *const *argv)
{
    int messages = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDERR_FILENO);
    process_use used = process_start(argv, NULL, NULL);
    dup2(messages, STDERR_FILENO);
    close(messages);
    close(nowhere);
    return used;
}

#endif
