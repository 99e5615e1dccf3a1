/* notebook.h - what the notebooks share: statuses that are checked, cells, values, charts.
 *
 * A notebook is a program that prints. Run by hand it prints text and draws charts as text; where it is
 * woven, NOTEBOOK is how the names of its charts begin, which are then SVG files, and lines that begin with '@' mark
 * what belongs where. The rules of weaving stand in README.md.
 */
#ifndef NOTEBOOK_H
#define NOTEBOOK_H

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "libmi/mi.h"

/* A notebook takes of these what it needs. */
#define NOTEBOOK_MAY __attribute__((unused))

/* A failure ends the notebook with what the library says of it. */
#define TRY(call)                                           \
    do {                                                    \
        if ((call) != MI_OK)                                \
            notebook_stop(__FILE__, __LINE__, mi_detail()); \
    } while (0)

/* What the prose claims. */
#define EXPECT(claim)                                             \
    do {                                                          \
        if (!(claim))                                             \
            notebook_stop(__FILE__, __LINE__, "not so: " #claim); \
    } while (0)

/* Run a cell; its output follows the code that defines it. */
#define CELL(f)                       \
    do {                              \
        if (getenv("NOTEBOOK"))       \
            printf("@cell %s\n", #f); \
        f();                          \
    } while (0)

static NOTEBOOK_MAY _Noreturn void notebook_stop(const char *file, int line,
                                                 const char *why)
{
    fprintf(stderr, "%s:%d: %s\n", file, line, why);
    exit(1);
}

/* Give {name} in the prose its text. */
static NOTEBOOK_MAY MI_PRINTF(2, 3) void value(const char *name,
                                               const char *format, ...)
{
    va_list list;
    if (!getenv("NOTEBOOK"))
        return;
    printf("@value %s ", name);
    va_start(list, format);
    vprintf(format, list);
    va_end(list);
    printf("\n");
}

/* Run a command as in a shell, shown with what it prints; exit code 1, a check that said no, is an
 * answer too. */
static NOTEBOOK_MAY void shell(const char *command)
{
    printf("$ %s\n", command);
    fflush(stdout);
    int code = system(command);
    if (code < 0 || !WIFEXITED(code) || WEXITSTATUS(code) > 1)
        notebook_stop("shell", code, command);
}

/* A chart of the table that is written to the stream: `how` is the command line of mi-plot. Close
 * it with chart_end. */
static NOTEBOOK_MAY FILE *chart(const char *name, const char *caption,
                                const char *how)
{
    const char *begin = getenv("NOTEBOOK");
    char command[1024];
    if (begin)
        printf("@chart %s %s\n", name, caption);
    fflush(stdout);
    snprintf(command, sizeof command,
             begin ? "mi-plot %s -o '%s-%s.svg'" : "mi-plot %s", how, begin,
             name);
    FILE *table = popen(command, "w");
    if (!table)
        notebook_stop("chart", 0, command);
    return table;
}

static NOTEBOOK_MAY void chart_end(FILE *table)
{
    if (pclose(table) != 0)
        notebook_stop("chart", 0, "mi-plot failed");
}

/* A chart of a table that is a file: `how` names it. */
static NOTEBOOK_MAY void draw_table(const char *name, const char *caption,
                                    const char *how)
{
    chart_end(chart(name, caption, how));
}

/* The table in a file. Free with mi_table_free. */
static NOTEBOOK_MAY mi_table open_table(const char *path)
{
    mi_table table;
    FILE *file = fopen(path, "r");
    if (!file)
        notebook_stop("open_table", 0, path);
    TRY(mi_table_read(&table, file, path));
    fclose(file);
    return table;
}

/* The number in a row and column. */
static NOTEBOOK_MAY double table_number(const mi_table *t, size_t row,
                                        const char *column)
{
    size_t at;
    double number;
    TRY(mi_table_find(t, column, &at));
    TRY(mi_table_number(t, row, at, &number));
    return number;
}

/* A standard normal number, the same on every machine. */
static NOTEBOOK_MAY double normal(void)
{
    static unsigned short state[3] = {1, 2, 3};
    double radius = sqrt(-2 * log(1 - erand48(state)));
    return radius * cos(2 * M_PI * erand48(state));
}

/* The ten runs in datasets/samples that differ in their projector or loss. */
enum { RUNS = 10 };
static NOTEBOOK_MAY const char *const run_files[RUNS] = {
    "datasets/samples/final-proj-none.h5",
    "datasets/samples/final-proj-linear.h5",
    "datasets/samples/final-proj-fsq3.h5",
    "datasets/samples/final-proj-fsq17.h5",
    "datasets/samples/final-proj-sae8.h5",
    "datasets/samples/final-proj-sae256.h5",
    "datasets/samples/final-lam-0.03.h5",
    "datasets/samples/final-lam-0.3.h5",
    "datasets/samples/final-lam-3.h5",
    "datasets/samples/final-barlow.h5",
};
static NOTEBOOK_MAY const char *const run_names[RUNS] = {
    "none",    "linear",   "fsq:3",   "fsq:17", "sae:8",
    "sae:256", "lam 0.03", "lam 0.3", "lam 3",  "barlow",
};

/* The feature sets of a file, or of several. */
static NOTEBOOK_MAY mi_features *open_sets(const char *const *address, size_t n)
{
    mi_features *sets;
    TRY(mi_features_open(&sets, address, n, NULL));
    return sets;
}

/* The members of a set: z1, z2, r and y. */
enum { ALL = 1u << MI_Z1 | 1u << MI_Z2 | 1u << MI_R | 1u << MI_Y };

/* Set i with all it has, R chosen. Free with mi_sample_free. */
static NOTEBOOK_MAY mi_sample load(mi_features *sets, size_t i, mi_r_kind r)
{
    mi_sample sample;
    mi_sample_opts o;
    mi_sample_opts_default(&o);
    o.r_kind = r;
    TRY(mi_sample_load(&sample, sets, i,
                       1u << MI_Z1 | 1u << MI_Z2 | 1u << MI_R | 1u << MI_Y,
                       &o));
    return sample;
}

/* Every term and both bounds at one order; with standard errors at order 2, where they are cheap. */
static NOTEBOOK_MAY mi_bounds_result bounds_of(const mi_sample *sample,
                                               double order)
{
    mi_bounds_result result;
    mi_bounds_opts o;
    mi_run run;
    mi_run_default(&run);
    mi_bounds_opts_default(&o);
    o.alpha = &order;
    o.decompose = 1;
    o.se = order == 2;
    TRY(mi_bounds(&result, sample, &o, &run));
    return result;
}

/* A number that the set carries, such as its accuracy; nan: it has none of that name. */
static NOTEBOOK_MAY double attribute(const mi_features *sets, size_t i,
                                     const char *name)
{
    const mi_attr *a = mi_set_attr(mi_features_set(sets, i), name);
    return a ? a->real : NAN;
}

#endif
