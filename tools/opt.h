/* opt.h - option tables: parsing, --help, man page and error messages come from them.
 *
 * A table of rows says where in a struct of options each option goes; it is constant, and serves
 * every tool that has such a struct. A program is a list of groups: a heading, a table, and where
 * its struct stands in the options of the tool:
 *
 *     static const opt_row rows[] = {
 *         {.name = "k", .arg = "K", .type = OPT_COUNT, .at = offsetof(options, k), .low = 1,
 *          .high = 200, .help = "neighbours, 1 to 200 (default 5)"},
 *         {0},
 *     };
 *     static const opt_group groups[] = {
 *         {"Choice:", rows, 0},
 *         {"Output:", tool_table_rows, offsetof(options, table)},
 *         {0},
 *     };
 *
 * uses: status, glibc argp         used by: every tool
 */
#ifndef OPT_H
#define OPT_H

#include <stdio.h>

#include "libmi/base/status.h"

typedef enum {
    OPT_FLAG,   /* int: set to 1 */
    OPT_TEXT,   /* const char *: the argument */
    OPT_INT,    /* int: a whole number within [low, high] */
    OPT_COUNT,  /* size_t: the same, from 0 on */
    OPT_SEED,   /* unsigned long: a whole number of 32 bits */
    OPT_REAL,   /* double: a finite number within [low, high] */
    OPT_BYTES,  /* size_t: a number with an optional K, M, G or T (powers of 1024) */
    OPT_CHOICE, /* int: the index of the argument in .choice, "error|drop" */
    OPT_PARSE, /* anything else: .parse(argument, to) sets it; its detail text becomes the message */
    OPT_NAMED  /* one of several that .named(name, argument, to) tells apart by their names */
} opt_type;

typedef struct {
    const char *name; /* long name without dashes; NULL ends a table */
    int key;          /* short letter, or 0 */
    const char *arg;  /* what the argument is called in --help; NULL for OPT_FLAG */
    opt_type type;
    size_t at;        /* where what it sets is in the options of its group: offsetof(opts, field) */
    const char *help; /* one sentence with range and default */
    /* "error|drop": what OPT_CHOICE takes; for others, words that completion offers. NULL: those of
     * .arg where it lists them */
    const char *choice;
    double low, high; /* for OPT_INT, OPT_COUNT and OPT_REAL */
    mi_status (*parse)(const char *text, void *to);
    mi_status (*named)(const char *name, const char *text, void *to);
} opt_row;

typedef struct {
    const char *heading; /* its title in --help; NULL: it goes on with the group before */
    const opt_row *row;  /* NULL ends the list of groups */
    size_t at;           /* where the options of these rows are in those of the tool */
} opt_group;

typedef struct {
    const char *name;    /* "mi-bounds" */
    const char *args;    /* "[FILE[:GROUP] ...]" */
    const char *summary; /* what it does, in a sentence or two */
    const char *after;   /* printed below the options: formulas, examples; or NULL */
    const char *words;   /* "trend|scatter": what the first argument may be; NULL: those of .args */
    int needs_args;      /* 1: no FILE and a terminal on standard input is a usage error */
    int shares_work;     /* 1: may be started as several ranks; else that is a usage error */
    const opt_group *group;
} opt_program;

/* Parse the command line into the options of the tool, which have their defaults. On return argv
 * has been permuted and the arguments that are not options are argv[*first .. argc). Ends the
 * process for --help, --usage, --version and --describe alone (0; see describe.h) and for a command line that
 * is wrong (2), with one line on standard error that names option, value and what it should be. */
void opt_parse(const opt_program *program, void *options, int argc, char **argv, int *first);

/* The long option `name` was given on the command line just parsed. */
int opt_given(const char *name);

/* Write an argument so that a shell would read it back. */
void opt_quote(FILE *stream, const char *argument);

/* The command line just parsed, quoted so that a shell would read it back. Static storage. */
const char *opt_command_line(void);

#endif
