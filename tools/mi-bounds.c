/* mi-bounds - every quantity of the paper and both bounds, for each feature set. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bounds_options.h"
#include "notes.h"

static const char *const columns[] = {
    "n",       "instances", "d1",        "d2",           "classes",    "alpha",
    "kernel",  "r_kind",    "i_z1_r_by", "preset",       "estimator",  "batch",
    "batches", "seed",      "route",     "tolerance",    "half_width", "degrees",
    "se_by",   "base",      "zero_rows", "rows_dropped", "zeroed_mass"};
#define N_COLUMNS (sizeof columns / sizeof *columns)

/* With --permutations; the mean of I(Z1;Z2) is a column of every table. */
static const struct {
    mi_term term;
    const char *mean, *sd, *p;
} chance[] = {{MI_I_Z1_R, "I_Z1_R_null", "I_Z1_R_null_sd", "I_Z1_R_p"},
              {MI_I_Z1_Z2, NULL, "I_Z1_Z2_null_sd", "I_Z1_Z2_p"},
              {MI_I_R_Y, "I_R_Y_null", "I_R_Y_null_sd", "I_R_Y_p"},
              {MI_I_Y_Z1, "I_Y_Z1_null", "I_Y_Z1_null_sd", "I_Y_Z1_p"},
              {MI_I_Y_Z2, "I_Y_Z2_null", "I_Y_Z2_null_sd", "I_Y_Z2_p"}};
#define N_CHANCE (sizeof chance / sizeof *chance)

/* Rows of a part that differ in their batches: those of a learning curve. */
enum { MOST_BATCHES = 4 };

typedef struct {
    estimate_opts estimate;
    mi_bounds_opts bounds;
    estimate_errors errors;
    int learning_curve;
    int annotate, no_history;
    notes kept;     /* to be written into the files */
    size_t crossed; /* rows where lower > upper */
} options;

/* An attribute holds one number of a set. */
static mi_status check_annotation(const options *o)
{
    const estimate_opts *e = &o->estimate;
    const struct {
        size_t found;
        const char *what;
    } rows[] = {{e->alpha.count, "orders"},
                {e->kernels.count, "kernels"},
                {e->batches.count, "batch sizes"},
                {o->learning_curve ? 4 : 1, "sizes of a learning curve"}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        if (rows[k].found > 1)
            return mi_fail(MI_EUSAGE, "--annotate records one row of a set, found %zu %s",
                           rows[k].found, rows[k].what);
    int rank;
    if (mi_comm_launched(&rank) > 1)
        return mi_fail(MI_EUSAGE, "--annotate works in one process; leave out mpirun");
    return MI_OK;
}

static mi_status resolve(options *o)
{
    estimate_opts *e = &o->estimate;
    MI_TRY(bounds_resolve(&o->bounds, e));
    if (o->learning_curve && estimate_has_batches(e))
        return mi_fail(MI_EUSAGE, "--learning-curve chooses its own batches; leave out --batch");
    e->shuffled |= o->learning_curve;
    if (o->annotate)
        MI_TRY(check_annotation(o));
    o->bounds.se = estimate_has_errors(&o->errors);
    return MI_OK;
}

static void warn_missing(const mi_set *set)
{
    int no_r = !set->member[MI_R].present, no_y = !set->member[MI_Y].present;
    if (no_r || no_y)
        tool_warn("%s:%s: no %s: the columns that need %s are nan", set->file, set->group,
                  no_r && no_y ? "r and no y"
                  : no_r       ? "r"
                               : "y",
                  no_r && no_y ? "them" : "it");
}

/* Terms of the table; those that have a standard error. */
static mi_term n_terms(const options *o)
{
    return o->bounds.decompose ? MI_TERMS : MI_FIRST_DECOMPOSED;
}

static int has_error(mi_term t)
{
    return t != MI_RANK_Z2 && t != MI_DISTINCT_Z2;
}

static mi_status write_errors(mi_table_writer *w, const options *o, const mi_bounds_result *r)
{
    for (mi_term t = 0; t < n_terms(o); t++)
        if (has_error(t))
            MI_TRY(estimate_error_cells(w, mi_term_name(t), r->value[t], r->se[t], r->degrees,
                                        &o->errors));
    return MI_OK;
}

static mi_status write_chance(mi_table_writer *w, const options *o, const mi_bounds_result *r)
{
    MI_TRY(mi_table_int(w, "permutations", (long long)o->bounds.permutations));
    for (size_t k = 0; k < N_CHANCE; k++) {
        const mi_null *null = &r->chance[chance[k].term];
        if (chance[k].mean)
            MI_TRY(mi_table_real(w, chance[k].mean, null->mean));
        MI_TRY(mi_table_real(w, chance[k].sd, null->sd));
        MI_TRY(mi_table_real(w, chance[k].p, null->p));
    }
    return MI_OK;
}

/* The widest of the intervals that the routes leave to the terms of the table. */
static double widest(const options *o, const mi_bounds_result *r)
{
    double width = 0;
    for (mi_term t = 0; t < n_terms(o); t++)
        width = fmax(width, r->half_width[t]);
    return width;
}

static mi_status write_row(const estimate_part *p, const options *o, size_t a,
                           const mi_bounds_result *r)
{
    mi_table_writer *w = p->table;
    char name[64];
    MI_TRY(estimate_cells(p, o->bounds.alpha[a]));
    MI_TRY(mi_table_text(w, "i_z1_r_by", mi_i_z1_r_name(&o->bounds.i_z1_r, name, sizeof name)));
    MI_TRY(mi_table_text(w, "preset", mi_preset_name(o->bounds.preset)));
    if (r->batches)
        MI_TRY(mi_table_int(w, "batches", (long long)r->batches));
    MI_TRY(mi_table_text(w, "route", mi_route_name(r->route)));
    MI_TRY(mi_table_real(w, "half_width", widest(o, r)));
    MI_TRY(mi_table_real(w, "zeroed_mass", r->zeroed_mass));
    MI_TRY(mi_table_text(w, "estimator", mi_estimator_name(o->bounds.estimator)));
    for (mi_term t = 0; t < n_terms(o); t++)
        MI_TRY(mi_table_real(w, mi_term_name(t), r->value[t]));
    if (o->bounds.permutations)
        MI_TRY(write_chance(w, o, r));
    if (o->bounds.se) {
        MI_TRY(mi_table_real(w, "degrees", r->degrees));
        MI_TRY(mi_table_text(w, "se_by", mi_se_by_name(r->se_by)));
        MI_TRY(write_errors(w, o, r));
    }
    return mi_table_end_row(w);
}

/* What applies to the set, to be attributes bounds_lower, bounds_lower_se and so on. */
static mi_status keep_row(notes *kept, const mi_set *set, const options *o,
                          const mi_bounds_result *r)
{
    MI_TRY(notes_add(kept, set, o->bounds.alpha[0], "bounds_alpha"));
    for (mi_term t = 0; t < n_terms(o); t++) {
        if (isfinite(r->value[t]))
            MI_TRY(notes_add(kept, set, r->value[t], "bounds_%s", mi_term_name(t)));
        if (o->bounds.se && has_error(t) && isfinite(r->se[t]))
            MI_TRY(notes_add(kept, set, r->se[t], "bounds_%s_se", mi_term_name(t)));
    }
    return MI_OK;
}

/* Batches of each row of a part: of a learning curve an eighth, a quarter and half of the instances, in as
 * many batches as there are, then all of them. Returns how many. */
static size_t list_batches(size_t *batch, const options *o, const estimate_part *p)
{
    size_t n = 0, instances = p->sample->instance.groups.g;
    for (size_t part = 8; o->learning_curve && part > 1; part /= 2)
        batch[n++] = instances / part;
    batch[n++] = p->batch;
    return n;
}

/* Results (batches, n_alpha) of a part. */
static mi_status compute(const void *tool, const estimate_part *p, void **result)
{
    const options *o = tool;
    mi_bounds_opts bounds = o->bounds;
    mi_bounds_result *r;
    size_t batch[MOST_BATCHES], n = list_batches(batch, o, p);
    if (o->learning_curve && p->sample->instance.groups.g < 16)
        return mi_fail(MI_EDATA, "a learning curve needs 16 or more instances, found %zu",
                       p->sample->instance.groups.g);
    MI_TRY(MI_NEW(r, n * bounds.n_alpha));
    *result = r;
    bounds.shuffled = o->estimate.shuffled;
    for (size_t b = 0; b < n; b++) {
        bounds.batch = batch[b];
        MI_TRY(mi_bounds(r + b * bounds.n_alpha, p->sample, &bounds, p->run));
    }
    return MI_OK;
}

static mi_status write_rows(const estimate_part *whole, options *o)
{
    const mi_bounds_result *r = whole->result;
    size_t batch[MOST_BATCHES], n = list_batches(batch, o, whole);
    estimate_part p = *whole;
    for (size_t b = 0; b < n; b++) {
        p.batch = batch[b];
        for (size_t a = 0; a < o->bounds.n_alpha; a++, r++) {
            MI_TRY(write_row(&p, o, a, r));
            o->crossed += r->value[MI_LOWER] > r->value[MI_UPPER];
        }
    }
    return o->annotate ? keep_row(&o->kept, whole->set, o, whole->result) : MI_OK;
}

/* A lower bound above the upper one is no bug: say where the reasons are. Not into a pipe, whose
 * reader may be the tool that the hint names. */
static void hint_at_validation(const options *o)
{
    if (!o->crossed || !tool_is_terminal())
        return;
    tool_hint("lower is above upper in %zu row%s; what holds and why: %s%s%s | mi-validate",
              o->crossed, o->crossed == 1 ? "" : "s", opt_command_line(),
              o->bounds.se ? "" : " --se", o->bounds.decompose ? "" : " --decompose");
}

/* name[0..] and, where the name is made here, its text in made[]. Returns how many. */
static size_t list_columns(const char **name, char (*made)[ESTIMATE_COLUMN_BYTES], const options *o)
{
    const char *value[MI_TERMS];
    size_t n = N_COLUMNS, values = 0;
    memcpy(name, columns, sizeof columns);
    for (mi_term t = 0; t < n_terms(o); t++) {
        name[n++] = mi_term_name(t);
        if (has_error(t))
            value[values++] = mi_term_name(t);
    }
    if (o->bounds.permutations) {
        name[n++] = "permutations";
        for (size_t k = 0; k < N_CHANCE; k++) {
            if (chance[k].mean)
                name[n++] = chance[k].mean;
            name[n++] = chance[k].sd;
            name[n++] = chance[k].p;
        }
    }
    return n + estimate_error_columns(name + n, made, value, values, &o->errors);
}

static int bounds_of_all(options *o, int n_args, char **args)
{
    const char *name[N_COLUMNS + (1 + ESTIMATE_ERROR_COLUMNS) * MI_TERMS + 1 + 3 * N_CHANCE];
    char made[ESTIMATE_ERROR_COLUMNS * MI_TERMS][ESTIMATE_COLUMN_BYTES];
    const estimate_job job = {
        .needed = 1u << MI_Z1 | 1u << MI_Z2,
        .wanted = 1u << MI_R | 1u << MI_Y,
        .may_stream = 1,
        .columns = name,
        .n_settings = N_COLUMNS,
        .n_columns = list_columns(name, made, o),
        .compute = compute,
        .tool = o,
    };
    estimate_walk walk;
    mi_status status = estimate_open(&walk, &o->estimate, &job, n_args, args);
    if (status == MI_OK && o->annotate)
        status = notes_look(&o->kept, walk.f, &o->estimate.input.features, job.needed | job.wanted);
    while (estimate_next(&walk, &status)) {
        if (walk.part.is_first)
            warn_missing(walk.part.set);
        if (o->bounds.se)
            estimate_mention_independence(&walk.part);
        status = write_rows(&walk.part, o);
    }
    int code = estimate_close(&walk, status);
    if (code && (code == TOOL_EXIT_WRITE || !o->estimate.input.keep_going))
        return code;
    status = notes_write(&o->kept, o->no_history);
    return status == MI_OK ? code : tool_fail(status);
}

/* clang-format off */
static const opt_row quantity_rows[] = {
    {.name = "decompose", .type = OPT_FLAG, .at = offsetof(options, bounds.decompose),
     .help = "add every term of the two bound identities"},
    {0},
};

static const opt_row uncertainty_rows[] = {
    {.name = "permutations", .arg = "P", .type = OPT_COUNT,
     .at = offsetof(options, bounds.permutations),
     .low = 2, .high = 1e9,
     .help = "add the chance level of each information, I_Y_Z1_null and so on: its mean over P "
             "random pairings of the instances (that of I(Z1;Z2) at order 2 is exact), its standard "
             "deviation (I_Y_Z1_null_sd), and p, one-sided, small when the information is larger "
             "than chance (I_Y_Z1_p; not with --batch, where each batch is paired by itself)"},
    {.name = "learning-curve", .type = OPT_FLAG, .at = offsetof(options, learning_curve),
     .help = "rows for an eighth, a quarter and half of the instances (means over 8, 4 and 2 "
             "batches, shuffled by --seed, default 1) and for all: has it converged? mi-plot "
             "learning draws them"},
    {0},
};

static const opt_row output_rows[] = {
    {.name = "annotate", .type = OPT_FLAG, .at = offsetof(options, annotate),
     .help = "also record the row in the file, as attributes bounds_lower, bounds_lower_se and so "
             "on of each set; a file changes as a whole or not at all"},
    {0},
};

static const opt_group groups[] = {
    {"Quantities:", estimate_rows, offsetof(options, estimate)},
    {NULL, estimate_weight_rows, offsetof(options, estimate)},
    {NULL, estimate_unit_rows, offsetof(options, estimate)},
    {NULL, bounds_rows, offsetof(options, bounds)},
    {NULL, quantity_rows, 0},
    {"Uncertainty:", estimate_error_rows, offsetof(options, errors)},
    {NULL, uncertainty_rows, 0},
    {"Input:", tool_features_rows, offsetof(options, estimate.input.features)},
    {NULL, tool_input_rows, offsetof(options, estimate.input)},
    {"Output:", output_rows, 0},
    {NULL, notes_rows, offsetof(options, no_history)},
    {NULL, tool_table_rows, offsetof(options, estimate.table)},
    {"Computation:", estimate_run_rows, offsetof(options, estimate)},
    {NULL, estimate_machine_rows, offsetof(options, estimate)},
    {0},
};
/* clang-format on */

static const opt_program program = {
    .name = "mi-bounds",
    .args = "[FILE[:GROUP] ...]",
    .summary = "Entropies and mutual information of Z1, Z2, R and Y, and the paper's lower and "
               "upper bound of I(Y;Z1), a row for each feature set and order.",
    .after = "lower = I(Z1;R) - I(Z1;Z2) + I(R;Y), upper = I(Y;Z2) - I(Z1;Z2) + H(Z1). "
             "I_Z1_Z2_null is the level of I(Z1;Z2) when instances are paired at random.\n\n"
             "Examples:\n  mi-bounds run.h5 | mi-plot trend -o figure2.svg\n"
             "  mi-bounds --alpha 0.5,1,2,inf --decompose run.h5:/epoch_010\n"
             "  mi-bounds --r id --kernel gaussian:median < run.h5",
    .needs_args = 1,
    .shares_work = 1,
    .group = groups,
};

int main(int argc, char **argv)
{
    options o = {0};
    int first;
    estimate_defaults(&o.estimate);
    mi_bounds_opts_default(&o.bounds);
    opt_parse(&program, &o, argc, argv, &first);
    mi_status status = resolve(&o);
    if (status == MI_OK && o.annotate)
        status = notes_check("annotate", argc - first, argv + first);
    int code = status == MI_OK ? bounds_of_all(&o, argc - first, argv + first) : tool_fail(status);
    hint_at_validation(&o);
    notes_free(&o.kept);
    estimate_free(&o.estimate);
    return code;
}
