/* tool.h - what every tool shares: exit codes, messages, output files that appear whole or not at
 * all.
 *
 * uses: libmi, opt         used by: every tool
 */
#ifndef TOOL_H
#define TOOL_H

#include <stdio.h>

#include "libmi/mi.h"
#include "opt.h"
#include "signals.h"

enum {
    TOOL_EXIT_NO = 1, /* a check said no */
    TOOL_EXIT_USAGE = 2,
    TOOL_EXIT_DATA = 65,
    TOOL_EXIT_OPEN = 66,
    TOOL_EXIT_INTERNAL = 70,
    TOOL_EXIT_MEMORY = 71,
    TOOL_EXIT_CREATE = 73,
    TOOL_EXIT_WRITE = 74
};

/* Names the tool in messages; C locale for numbers; warnings of libmi go to tool_warn; signals are
 * caught; HDF5 has no part in how the process ends. opt_parse calls it. */
void tool_start(const char *name);
/* For a program under --memory: all threads share one heap, and memory that is freed goes back to the
 * system. Before the first thread. */
void tool_keep_little(void);
void tool_print_version(FILE *stream, const char *name);

/* "name: warning: text" on standard error. */
void tool_warn(const char *format, ...) MI_PRINTF(1, 2);
/* "name: hint: text", only when standard error is a terminal. */
void tool_hint(const char *format, ...) MI_PRINTF(1, 2);
/* "name: detail" on standard error; returns the exit code of the status. */
int tool_fail(mi_status status);
int tool_exit_code(mi_status status);
/* Where all that is said goes from now on; NULL: standard error, as at the start. */
void tool_talk_into(FILE *stream);
/* Where what this thread says goes; NULL: where all goes. */
void tool_talk_of_thread(FILE *stream);
/* Directory of the running program, "" where it cannot be told. */
void tool_directory(char *out, size_t bytes);
/* Standard output is a terminal, and not the one that mpirun puts there wherever it goes to. */
int tool_is_terminal(void);

/* ---- output: standard output, or a file that appears under its name only when it is whole ---- */

typedef struct {
    FILE *stream;
    char *path;       /* NULL: standard output */
    mi_replace whole; /* {0}: a device or a pipe is written into */
} tool_output;

/* path NULL or "-": standard output. Errors: MI_ECREATE naming the path and the reason. */
mi_status tool_output_open(tool_output *o, const char *path);
/* Flush, check, rename. Errors: MI_EWRITE. */
mi_status tool_output_close(tool_output *o);
/* Remove the temporary file, if any; after a failure. Does nothing on a closed output. */
void tool_output_discard(tool_output *o);

/* ---- options that several tools share ---- */

typedef struct {
    mi_features_opts features;
    unsigned required; /* members that must be there although the computation could do without */
    int keep_going;
} tool_input;

/* Tables of the fields of mi_features_opts, and of the others. */
extern const opt_row tool_features_rows[], tool_input_rows[];

/* "z1,y" as bits into *(unsigned *)to. */
#define TOOL_MEMBERS "z1|z2|r|y|split|w"
mi_status tool_parse_members(const char *text, void *to);

typedef struct {
    const char *path;
    const char *columns; /* "A,B,..."; NULL: all */
    int tsv, csv, json, is_long;
    int digits;
} tool_table;

#define TOOL_TABLE_DEFAULTS \
    {                       \
        .digits = 9         \
    }
extern const opt_row tool_table_rows[];

/* The format that options, output and terminal ask for. */
mi_table_format tool_table_format(const tool_table *t);
/* Open the output of a table tool and a writer on it, in that format. */
mi_status tool_table_open(tool_output *o, mi_table_writer **w, const tool_table *t);
/* After all columns are declared: those that are asked for. Errors: those of mi_table_choose. */
mi_status tool_table_choose(mi_table_writer *w, const tool_table *t);

#endif
