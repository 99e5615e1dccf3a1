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
    long batch; /* of the rows under way: one of the batches, or what a tool sets; 0: none */
    long seed, threads;
    double base;
    mi_run run;
    int progress;
} estimate_opts;

#define ESTIMATE_DEFAULTS            \
    {                                \
        .table = TOOL_TABLE_DEFAULTS \
    }

void estimate_defaults(estimate_opts *o);
void estimate_free(estimate_opts *o);

/* Tables of what is estimated, and of how it is computed. */
extern const opt_row estimate_rows[], estimate_run_rows[];

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
