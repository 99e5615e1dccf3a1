/* mi-bounds - every quantity of the paper and both bounds, for each feature set. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "estimate.h"

static const char *const columns[] = {
    "n",       "instances", "d1",           "d2",         "classes",    "alpha",
    "kernel",  "r_kind",    "i_z1_r_by",    "preset",     "estimator",  "batch",
    "batches", "seed",      "route",        "tolerance",  "half_width", "degrees",
    "base",    "zero_rows", "rows_dropped", "zeroed_mass"};
#define N_COLUMNS (sizeof columns / sizeof *columns)

typedef struct {
    estimate_opts estimate;
    mi_bounds_opts bounds;
    int preset, estimator, learning_curve;
    long permutations;
    double level;   /* of intervals; 0: none */
    size_t crossed; /* rows where lower > upper */
} options;

static mi_status parse_i_z1_r(const char *text, void *to)
{
    return mi_i_z1_r_parse(to, text);
}

/* The released code's settings are defaults: options that were given stay. */
static mi_status apply_preset(options *o)
{
    estimate_opts *e = &o->estimate;
    o->bounds.preset = (mi_preset)o->preset;
    o->bounds.estimator = (mi_estimator)o->estimator;
    if (o->bounds.preset == MI_PRESET_RELEASED) {
        if (!opt_given("i-z1-r"))
            MI_TRY(mi_i_z1_r_parse(&o->bounds.i_z1_r, "nce:0.2"));
        if (!opt_given("batch"))
            e->batch = 256;
    }
    if (!e->alpha.value)
        MI_TRY(mi_alpha_parse(&e->alpha.value, &e->alpha.count, "2"));
    o->bounds.alpha = e->alpha.value;
    o->bounds.n_alpha = e->alpha.count;
    if (o->learning_curve && estimate_has_batches(e))
        return mi_fail(MI_EUSAGE, "--learning-curve chooses its own batches; leave out --batch");
    if (o->learning_curve && e->seed < 0)
        e->seed = 1;
    o->bounds.base = e->base;
    o->bounds.permutations = (size_t)o->permutations;
    if (e->seed >= 0)
        o->bounds.draws = (unsigned long)e->seed;
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
    double factor = mi_t_factor(o->level, r->degrees);
    char name[64];
    for (mi_term t = 0; t < n_terms(o); t++) {
        if (!has_error(t))
            continue;
        snprintf(name, sizeof name, "%s_se", mi_term_name(t));
        if (opt_given("se"))
            MI_TRY(mi_table_real(w, name, r->se[t]));
        if (!o->level)
            continue;
        snprintf(name, sizeof name, "%s_lo", mi_term_name(t));
        MI_TRY(mi_table_real(w, name, r->value[t] - factor * r->se[t]));
        snprintf(name, sizeof name, "%s_hi", mi_term_name(t));
        MI_TRY(mi_table_real(w, name, r->value[t] + factor * r->se[t]));
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

static mi_status write_row(mi_table_writer *w, const estimate_set *e, const options *o, size_t a,
                           const mi_bounds_result *r)
{
    char name[64];
    MI_TRY(estimate_cells(w, e, o->bounds.alpha[a]));
    MI_TRY(mi_table_text(w, "i_z1_r_by", mi_i_z1_r_name(&o->bounds.i_z1_r, name, sizeof name)));
    MI_TRY(mi_table_text(w, "preset",
                         o->bounds.preset == MI_PRESET_RELEASED ? "released" : "theorem"));
    if (r->batches)
        MI_TRY(mi_table_int(w, "batches", (long long)r->batches));
    MI_TRY(mi_table_text(w, "route", mi_route_name(r->route)));
    MI_TRY(mi_table_real(w, "half_width", widest(o, r)));
    MI_TRY(mi_table_real(w, "zeroed_mass", r->zeroed_mass));
    MI_TRY(mi_table_text(w, "estimator", mi_estimator_name(o->bounds.estimator)));
    for (mi_term t = 0; t < n_terms(o); t++)
        MI_TRY(mi_table_real(w, mi_term_name(t), r->value[t]));
    if (o->permutations) {
        MI_TRY(mi_table_int(w, "permutations", o->permutations));
        MI_TRY(mi_table_real(w, "I_Z1_Z2_null_sd", r->null_sd));
    }
    if (o->bounds.se) {
        MI_TRY(mi_table_real(w, "degrees", r->degrees));
        MI_TRY(write_errors(w, o, r));
    }
    return mi_table_end_row(w);
}

/* The rows of one set with batches of so many instances, 0: of the whole set. */
static mi_status rows_of_batch(mi_table_writer *w, const estimate_set *e, options *o, size_t batch)
{
    mi_bounds_result *r;
    mi_status status;
    o->bounds.batch = batch;
    o->estimate.batch = (long)batch;
    MI_TRY(MI_NEW(r, o->bounds.n_alpha));
    MI_TRY_GOTO(status, mi_bounds(r, e->sample, &o->bounds, &o->estimate.run), done);
    for (size_t a = 0; a < o->bounds.n_alpha; a++) {
        MI_TRY_GOTO(status, write_row(w, e, o, a, &r[a]), done);
        o->crossed += r[a].value[MI_LOWER] > r[a].value[MI_UPPER];
    }
done:
    mi_free(r);
    return status;
}

/* An eighth, a quarter and half of the instances, in as many batches as there are, then all of
 * them. */
static mi_status learning_curve(mi_table_writer *w, const estimate_set *e, options *o)
{
    size_t instances = e->sample->instance.groups.g;
    if (instances < 16)
        return mi_fail(MI_EDATA, "a learning curve needs 16 or more instances, found %zu",
                       instances);
    for (size_t part = 8; part > 1; part /= 2)
        MI_TRY(rows_of_batch(w, e, o, instances / part));
    return rows_of_batch(w, e, o, 0);
}

static mi_status rows(mi_table_writer *w, const estimate_set *e, void *arg)
{
    options *o = arg;
    if (e->is_first)
        warn_missing(e->set);
    o->bounds.seed = estimate_seed(&o->estimate);
    return o->learning_curve ? learning_curve(w, e, o)
                             : rows_of_batch(w, e, o, (size_t)o->estimate.batch);
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
static size_t list_columns(const char **name, char (*made)[64], const options *o)
{
    static const char *const suffix[] = {"se", "lo", "hi"};
    const int wanted[] = {opt_given("se"), o->level > 0, o->level > 0};
    size_t n = N_COLUMNS, m = 0;
    memcpy(name, columns, sizeof columns);
    for (mi_term t = 0; t < n_terms(o); t++)
        name[n++] = mi_term_name(t);
    if (o->permutations) {
        name[n++] = "permutations";
        name[n++] = "I_Z1_Z2_null_sd";
    }
    for (int k = 0; k < 3; k++) {
        for (mi_term t = 0; wanted[k] && t < n_terms(o); t++) {
            if (!has_error(t))
                continue;
            snprintf(made[m], sizeof made[m], "%s_%s", mi_term_name(t), suffix[k]);
            name[n++] = made[m++];
        }
    }
    return n;
}

static int bounds_of_all(options *o, int n_args, char **args)
{
    o->bounds.se = o->bounds.se || o->level > 0;
    const char *name[N_COLUMNS + 4 * MI_TERMS + 2];
    char made[3 * MI_TERMS][64];
    estimate_job job = {
        .needed = 1u << MI_Z1 | 1u << MI_Z2,
        .wanted = 1u << MI_R | 1u << MI_Y,
        .may_stream = 1,
        .columns = name,
        .n_columns = list_columns(name, made, o),
        .rows = rows,
        .arg = o,
    };
    return estimate_all(&o->estimate, &job, n_args, args);
}

int main(int argc, char **argv)
{
    options o = {.preset = MI_PRESET_THEOREM};
    int first;
    estimate_defaults(&o.estimate);
    mi_bounds_opts_default(&o.bounds);
    const opt_row row[] = {
        {.type = OPT_HEADING, .help = "Quantities:"},
        ESTIMATE_ROWS(&o.estimate),
        {.name = "i-z1-r",
         .arg = "HOW",
         .type = OPT_PARSE,
         .to = &o.bounds.i_z1_r,
         .parse = parse_i_z1_r,
         .help = "estimator of I(Z1;R): matrix (default), infonce[:T], nce[:T] or "
                 "barlow[:lambda[:scale]]"},
        {.name = "preset",
         .arg = "NAME",
         .type = OPT_CHOICE,
         .to = &o.preset,
         .choice = "theorem|released",
         .help = "theorem (default), or released: what the paper's code logs, with --batch 256 "
                 "--i-z1-r nce:0.2 unless given"},
        {.name = "decompose",
         .type = OPT_FLAG,
         .to = &o.bounds.decompose,
         .help = "add every term of the two bound identities"},
        {.type = OPT_HEADING, .help = "Uncertainty:"},
        {.name = "se",
         .type = OPT_FLAG,
         .to = &o.bounds.se,
         .help = "add X_se, the standard error of each value, instances being the independent "
                 "units: by "
                 "influences at order 2, from the batches with --batch, else by the jackknife"},
        {.name = "ci",
         .arg = "LEVEL",
         .type = OPT_REAL,
         .to = &o.level,
         .low = 0.5,
         .high = 0.9999,
         .help = "add X_lo and X_hi, the two-sided interval at LEVEL, for example 0.95"},
        {.name = "permutations",
         .arg = "P",
         .type = OPT_LONG,
         .to = &o.permutations,
         .low = 2,
         .high = 1e9,
         .help =
             "add I_Z1_Z2_null_sd, the standard deviation of I(Z1;Z2) over P random pairings of "
             "the instances (with --batch that of the mean over batches, each paired by "
             "itself); I_Z1_Z2_null is their mean at other orders than 2, where it is exact"},
        {.name = "estimator",
         .arg = "v|u|c",
         .type = OPT_CHOICE,
         .to = &o.estimator,
         .choice = "v|u|c",
         .help =
             "row pairs that count at order 2: v all (default, the paper's), u without self pairs, "
             "c pairs of different instances"},
        {.name = "learning-curve",
         .type = OPT_FLAG,
         .to = &o.learning_curve,
         .help = "rows for an eighth, a quarter and half of the instances (means over 8, 4 and 2 "
                 "batches, shuffled by --seed, default 1) and for all: has it converged? mi-plot "
                 "learning draws them"},
        {.type = OPT_HEADING, .help = "Input:"},
        TOOL_INPUT_ROWS(&o.estimate.input),
        {.type = OPT_HEADING, .help = "Output:"},
        TOOL_TABLE_ROWS(&o.estimate.table),
        {.type = OPT_HEADING, .help = "Computation:"},
        ESTIMATE_RUN_ROWS(&o.estimate),
    };
    const opt_program program = {
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
        .row = row,
        .n_rows = OPT_COUNT(row),
    };
    opt_parse(&program, argc, argv, &first);
    mi_status status = apply_preset(&o);
    int code = status == MI_OK ? bounds_of_all(&o, argc - first, argv + first) : tool_fail(status);
    hint_at_validation(&o);
    estimate_free(&o.estimate);
    return code;
}
