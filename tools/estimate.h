/* estimate.h - what mi-entropy, mi-mutual and mi-bounds share: their options, the columns that say
 * how a number came about, and the walk over all sets.
 *
 * uses: tool, libmi        used by: mi-entropy mi-mutual mi-bounds mi-spectrum
 */
#ifndef ESTIMATE_H
#define ESTIMATE_H

#include "tool.h"

typedef struct {
    tool_input input;
    tool_table table;
    struct {
        double *value;
        size_t count;
    } alpha;
    mi_sample_opts sample; /* but for its kernels */
    struct {
        mi_sample_opts *value; /* one for each --kernel, or the default */
        size_t count;
    } kernels;
    struct {
        long *value; /* instances in a batch, 0: the whole set */
        size_t count;
    } batches;
    int zero_rows; /* 0 error, 1 drop */
    int r_kind;    /* 0 not given, 1 id, 2 positive, 3 target */
    long batch;    /* of the rows under way: one of the batches, or what a tool sets; 0: none */
    long seed, threads;
    double base;
    mi_run run;
    int route, progress;
} estimate_opts;

#define ESTIMATE_DEFAULTS            \
    {                                \
        .table = TOOL_TABLE_DEFAULTS \
    }

void estimate_defaults(estimate_opts *o);
void estimate_free(estimate_opts *o);

#define ESTIMATE_ROWS(o)                                                                           \
    {.name = "alpha",                                                                              \
     .key = 'a',                                                                                   \
     .arg = "A,B,...",                                                                             \
     .type = OPT_PARSE,                                                                            \
     .to = &(o)->alpha,                                                                            \
     .parse = estimate_parse_alpha,                                                                \
     .help = "orders of the entropy, each above 0, or inf (default 2)"},                           \
        {.name = "kernel",                                                                         \
         .key = 'k',                                                                               \
         .arg = "K",                                                                               \
         .type = OPT_PARSE,                                                                        \
         .to = &(o)->kernels,                                                                      \
         .parse = estimate_parse_kernel,                                                           \
         .help =                                                                                   \
             "linear, gaussian[:S] with S a number, median or scott, or delta; z1=K,z2=K chooses " \
             "each (default: linear for floats, delta for integers); given again: rows for "       \
             "that kernel too, from one reading of the data"},                                     \
        {.name = "r",                                                                              \
         .arg = "KIND",                                                                            \
         .type = OPT_CHOICE,                                                                       \
         .to = &(o)->r_kind,                                                                       \
         .choice = "auto|id|positive|target",                                                      \
         .help =                                                                                   \
             "what R is: id, positive (Z2 of the next view) or target (real values); default: "    \
             "positive for ids with 2 to 16 rows each beside a real z2 (views), id for other "     \
             "integers, target for floats"},                                                       \
        {.name = "batch",                                                                          \
         .key = 'b',                                                                               \
         .arg = "B,...",                                                                           \
         .type = OPT_PARSE,                                                                        \
         .to = &(o)->batches,                                                                      \
         .parse = estimate_parse_batches,                                                          \
         .help = "mean over batches of B instances; several make rows for each, all is the whole " \
                 "set at once (default)"},                                                         \
        {.name = "seed",                                                                           \
         .arg = "N",                                                                               \
         .type = OPT_LONG,                                                                         \
         .to = &(o)->seed,                                                                         \
         .low = 0,                                                                                 \
         .high = 4294967295,                                                                       \
         .help = "shuffle instances into batches by seed N (default: in order of appearance)"},    \
        {.name = "zero-rows",                                                                      \
         .arg = "error|drop",                                                                      \
         .type = OPT_CHOICE,                                                                       \
         .to = &(o)->zero_rows,                                                                    \
         .choice = "error|drop",                                                                   \
         .help =                                                                                   \
             "rows that are all zero under the linear kernel: an error (default), or dropped"},    \
    {                                                                                              \
        .name = "base", .arg = "B", .type = OPT_PARSE, .to = &(o)->base,                           \
        .parse = estimate_parse_base,                                                              \
        .help = "base of the logarithm: e (default), 2, 10 or another"                             \
    }

#define ESTIMATE_RUN_ROWS(o)                                                                   \
    {.name = "route",                                                                          \
     .arg = "ROUTE",                                                                           \
     .type = OPT_CHOICE,                                                                       \
     .to = &(o)->route,                                                                        \
     .choice = "auto|counts|dual|classes|tiles|dense|lanczos|sample",                          \
     .help = "how the joint entropy is computed (default auto, by cost); lanczos and sample "  \
             "are estimates, whose 95 % interval is half_width wide on each side; sample "     \
             "without --tolerance takes 64 units of its design"},                              \
        {.name = "tolerance",                                                                  \
         .arg = "E",                                                                           \
         .type = OPT_REAL,                                                                     \
         .to = &(o)->run.tolerance,                                                            \
         .low = 1e-9,                                                                          \
         .high = 10,                                                                           \
         .help = "let large sets be estimated until the 95 % interval of each costly joint "   \
                 "entropy is E nats wide on each side; what was reached is half_width"},       \
        {.name = "threads",                                                                    \
         .key = 't',                                                                           \
         .arg = "N",                                                                           \
         .type = OPT_LONG,                                                                     \
         .to = &(o)->threads,                                                                  \
         .low = 1,                                                                             \
         .high = 4096,                                                                         \
         .help = "worker threads (default: the CPUs this process may use)"},                   \
        {.name = "progress",                                                                   \
         .type = OPT_FLAG,                                                                     \
         .to = &(o)->progress,                                                                 \
         .help = "say on standard error how far it is, at once and also when that is no "      \
                 "terminal; with --tolerance also the estimate so far"},                       \
    {                                                                                          \
        .name = "memory", .arg = "SIZE", .type = OPT_BYTES, .to = &(o)->run.memory_bytes,      \
        .help = "most memory to take, as 500M or 8G (default: three quarters of what is free)" \
    }

mi_status estimate_parse_alpha(const char *text, void *to);
mi_status estimate_parse_kernel(const char *text, void *to);
mi_status estimate_parse_batches(const char *text, void *to);
mi_status estimate_parse_base(const char *text, void *to);

/* Some rows are of batches. */
int estimate_has_batches(const estimate_opts *o);

/* The seed of the batches, or NULL when none was given. */
const unsigned long *estimate_seed(const estimate_opts *o);

/* Columns file, group, attributes; and those that every row has after them, up to `alpha kernel`.
 */
mi_status estimate_columns(mi_table_writer *w, const mi_features *f, const char *const *names,
                           size_t n_names);

/* The set that a row is of, under one of the kernels. */
typedef struct {
    const mi_set *set;
    const mi_sample *sample;
    const estimate_opts *opts;
    int is_first; /* of the kernels and batches: for what is said once a set */
} estimate_set;

/* Cells that do not depend on the quantity: attributes, shapes, options. Columns that are not there
 * are left. */
mi_status estimate_cells(mi_table_writer *w, const estimate_set *s, double alpha);

/* What a tool adds: its columns, and the rows of one set, one kernel and one batch. */
typedef struct {
    unsigned needed, wanted; /* members, bits */
    int may_stream;          /* features larger than the memory allowed may stay in the file */
    const char *const *columns;
    size_t n_columns;
    mi_status (*rows)(mi_table_writer *w, const estimate_set *s, void *arg);
    void *arg;
} estimate_job;

/* What expressions of these members need: of R = positive z2 too; with `instances` the ids, if there
 * are any. */
void estimate_need(estimate_job *job, estimate_opts *o, unsigned members, int instances);

/* Open the arguments, check all sets, then compute and write set after set. Returns the exit code;
 * failures are said on standard error. */
int estimate_all(estimate_opts *o, const estimate_job *job, int n_args, char **args);

#endif
