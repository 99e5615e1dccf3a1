/* child.h - another program as a child process: what it reads, writes and says.
 *
 * uses: libmi              used by: gnuplot, mi-report
 *
 * No shell is between: an argument is an argument, whatever stands in it.
 */
#ifndef CHILD_H
#define CHILD_H

#include <stdio.h>

#include "libmi/mi.h"

typedef struct {
    char *const *argv; /* argv[0]: a path, or a name that is looked for on PATH */
    FILE *input;       /* its standard input, from the start of the file; NULL: nothing */
    FILE *data;        /* its descriptor 3; NULL: none */
    FILE *said;        /* what it writes to standard error; read it after a rewind */
    const char *help;  /* behind the message when it cannot be run, or "" */
} child;

/* A file without a name that holds text, at its start. Errors: MI_EWRITE. Close with fclose. */
mi_status child_file_of(FILE **out, const char *text);

/* Run it to its end and write its standard output to `out`. *code: its exit code. Errors:
 * MI_ELIBRARY when it cannot be run, or was ended by a signal; MI_ENOMEM when `out` takes no more,
 * which is meant to be memory. */
mi_status child_run(const child *c, FILE *out, int *code);

#endif
