/* opt.h - one table a tool: parsing, --help, man page and error messages come from it.
 *
 * uses: status, glibc argp         used by: every tool
 */
#ifndef OPT_H
#define OPT_H

#include "libmi/base/status.h"

typedef enum {
    OPT_HEADING, /* a title in --help: .help is the title */
    OPT_FLAG,    /* int *: set to 1 */
    OPT_TEXT,    /* const char **: the argument */
    OPT_LONG,    /* long *: a whole number within [low, high] */
    OPT_REAL,    /* double *: a finite number within [low, high] */
    OPT_BYTES,   /* size_t *: a number with an optional K, M, G or T (powers of 1024) */
    OPT_CHOICE,  /* int *: the index of the argument in .choice, "v|u|c" */
    OPT_PARSE /* anything else: .parse(argument, to) sets it; its detail text becomes the message */
} opt_type;

typedef struct {
    const char *name; /* long name without dashes */
    int key;          /* short letter, or 0 */
    const char *arg;  /* what the argument is called in --help; NULL for OPT_FLAG */
    opt_type type;
    void *to;
    const char *help; /* one sentence with range and default */
    const char *choice;
    double low, high; /* for OPT_LONG and OPT_REAL; both 0: any */
    mi_status (*parse)(const char *text, void *to);
} opt_row;

typedef struct {
    const char *name;    /* "mi-bounds" */
    const char *args;    /* "[FILE[:GROUP] ...]" */
    const char *summary; /* what it does, in a sentence or two */
    const char *after;   /* printed below the options: formulas, examples; or NULL */
    int needs_args;      /* 1: no FILE and a terminal on standard input is a usage error */
    int shares_work;     /* 1: may be started as several ranks; else that is a usage error */
    const opt_row *row;
    int n_rows;
} opt_program;

/* Parse the command line. On return argv has been permuted and the arguments that are not options
 * are argv[*first .. argc). Ends the process for --help, --usage and --version (0) and for a
 * command line that is wrong (2), with one line on standard error that names option, value and what
 * it should be. */
void opt_parse(const opt_program *program, int argc, char **argv, int *first);

/* The long option `name` was given on the command line just parsed. */
int opt_given(const char *name);

/* The command line just parsed, quoted so that a shell would read it back. Static storage. */
const char *opt_command_line(void);

#define OPT_COUNT(rows) (int)(sizeof(rows) / sizeof *(rows))

#endif
