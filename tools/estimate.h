/* estimate.h - what the tools that estimate something share: their options, the columns that say
 * how a number came about, and the walk over sets, kernels and batches.
 *
 *     mi_status status = estimate_open(&walk, &opts, &job, n_args, args);
 *     while (estimate_next(&walk, &status))
 *         status = write_rows(&walk.part);
 *     return estimate_close(&walk, status);
 *
 * uses: tool, progress, ranks, libmi      used by: mi-align mi-bounds mi-compare mi-entropy mi-geometry mi-mutual mi-shannon
 *                                             mi-spectrum
 */
#ifndef ESTIMATE_H
#define ESTIMATE_H

#include "progress.h"
#include "tool.h"

typedef struct {
    tool_input input;
    tool_table table;
    struct {
        double *value;
        size_t count;
    } alpha;
    mi_sample_opts sample; /* but for its kernels and seed */
    struct {
        mi_sample_opts *value; /* one for each --kernel, or the default */
        size_t count;
    } kernels;
    struct {
        size_t *value; /* instances in a batch, 0: the whole set */
        size_t count;
    } batches;
    double base;
    mi_run run;
    int shuffled; /* instances into batches, by run.seed: it was given, or the tool wants it */
    int progress;
} estimate_opts;

void estimate_defaults(estimate_opts *o);
void estimate_free(estimate_opts *o);

/* Tables of what is estimated, and of how it is computed; for tools that have the others of their own,
 * --zero-rows and --base, and --threads, --progress and --memory stand apart. */
extern const opt_row estimate_rows[], estimate_weight_rows[], estimate_unit_rows[],
    estimate_run_rows[], estimate_machine_rows[];

/* Of --alpha and --kernel into *(estimate_opts *)to, of --base into *(double *)to: for a tool that has these
 * options without the others. Errors: MI_EUSAGE, MI_ENOMEM. */
mi_status estimate_parse_alpha(const char *text, void *to);
mi_status estimate_parse_kernel(const char *text, void *to);
mi_status estimate_parse_base(const char *text, void *to);

/* Some rows are of batches. */
int estimate_has_batches(const estimate_opts *o);
/* Rows of batches of `size` instances too; 0: of the whole set. */
mi_status estimate_add_batch(estimate_opts *o, size_t size);
/* Order 2 where none was given. */
mi_status estimate_default_alpha(estimate_opts *o);

/* ---- what is written ---- */

/* What rows are of: a set, under one of the kernels, in batches of one size. */
typedef struct {
    mi_table_writer *table; /* that they are written into */
    const mi_set *set;
    const mi_sample *sample;
    const estimate_opts *opts;
    const mi_run *run; /* how to compute */
    size_t batch;      /* instances in a batch, 0: the whole set */
    void *result;      /* of job->compute, of the walk; freed by mi_free */
    int is_first;      /* of its set: for what is said once a set */
} estimate_part;

/* What a tool wants of the sets, and its columns. */
typedef struct {
    unsigned needed, wanted; /* members, bits */
    int may_stream;          /* features larger than the memory allowed may stay in the file */
    const char *const *columns;
    size_t n_columns, n_settings; /* of the columns, the first ones say how a row came about */
    /* What the rows of a part are made of, an allocation into *result. It may run for several parts at
     * the same time, and before rows of earlier ones are written: it says nothing, and changes nothing
     * else. NULL: the tool computes as it writes. */
    mi_status (*compute)(const void *tool, const estimate_part *p, void **result);
    const void *tool;
} estimate_job;

/* Columns file, group, attributes; and those that every row has after them, up to `alpha kernel`.
 */
mi_status estimate_columns(mi_table_writer *w, const mi_features *f, const estimate_job *job);

/* Cells that do not depend on the quantity: attributes, shapes, options. Columns that are not there
 * are left. */
mi_status estimate_cells(const estimate_part *p, double alpha);

/* Say, once a run, that standard errors take the rows of a set without r as independent. */
void estimate_mention_independence(const estimate_part *p);

/* The base of the logarithm, "e" or a number. */
mi_status estimate_base_cell(mi_table_writer *w, double base);

/* ---- standard errors and intervals ---- */

/* Which of the columns X_se, X_lo and X_hi a value X has. */
typedef struct {
    int se;
    double level; /* of the intervals lo to hi; 0: none */
} estimate_errors;

/* --se and --ci. */
extern const opt_row estimate_error_rows[];

/* Some of the columns, so that errors must be estimated. */
int estimate_has_errors(const estimate_errors *e);

/* Bytes of a column's name, and the most columns of errors that a value has. */
enum { ESTIMATE_COLUMN_BYTES = 64, ESTIMATE_ERROR_COLUMNS = 3 };

/* The columns of of[0..count): all X_se, then all X_lo, then all X_hi. name[0..] point into made[].
 * Both have room for ESTIMATE_ERROR_COLUMNS * count. Returns how many there are. */
size_t estimate_error_columns(const char **name, char (*made)[ESTIMATE_COLUMN_BYTES],
                              const char *const *of, size_t count, const estimate_errors *e);

/* Their cells in a row: se, and value -+ t se, where t is Student's on `degrees`. */
mi_status estimate_error_cells(mi_table_writer *w, const char *column, double value, double se,
                               double degrees, const estimate_errors *e);

/* ---- the walk ---- */

/* What expressions of these members need: of R = positive z2 too; with `instances` the ids, if
 * there are any. */
void estimate_need(estimate_job *job, estimate_opts *o, unsigned members, int instances);

/* For a tool that has a walk of its own: resolve the options, open the arguments, check all sets. *f:
 * close it also after an error. */
mi_status estimate_features(mi_features **f, estimate_opts *o, const estimate_job *job, int n_args,
                            char **args);

typedef struct estimate_ahead estimate_ahead;

/* A cursor. The part in hand is the caller's to read, all else its own. */
typedef struct {
    estimate_part part;
    estimate_opts *o;
    unsigned members; /* to be read, bits */
    mi_comm *comm;
    mi_features *f;
    tool_output out;
    progress_line progress;  /* with the number of the set */
    size_t memory_bytes;     /* for every set; 0: none was given */
    int may_stream;          /* as in the job */
    int is_open;             /* the table has been begun */
    int has_set, has_sample; /* something is in hand */
    int is_apart;            /* each rank has a set of its own in hand */
    size_t set;              /* in hand */
    size_t kernels, batches; /* of the set and of the kernel in hand: begun so far */
    mi_sample reading;       /* what all kernels of the set are made of */
    mi_sample sample;        /* under the kernel in hand */
    estimate_ahead
        *ahead; /* sets that have been read and computed; the one in hand may be of them */
    const estimate_job *job;
    int code, stop; /* exit code so far; no more sets */
} estimate_walk;

/* Open the arguments, join the ranks, check all sets, and begin the table. estimate_close also
 * after an error. */
mi_status estimate_open(estimate_walk *w, estimate_opts *o, const estimate_job *job, int n_args,
                        char **args);

/* Take the next part in hand: batches of a kernel, kernels of a set (which is read once), then the
 * next set. Returns 0 after the last; call it until then. *status: in, what became of the part in
 * hand; a failure is said, and ends its set, and with it all unless --keep-going; out, MI_OK or
 * what ended the walk. Several ranks share the work on a set, or take a set each where there are
 * enough. */
int estimate_next(estimate_walk *w, mi_status *status);

/* End the table and close everything. Returns the exit code; `status` and failures are said on
 * standard error. */
int estimate_close(estimate_walk *w, mi_status status);

#endif
