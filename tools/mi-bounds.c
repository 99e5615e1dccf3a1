/* mi-bounds - every quantity of the paper and both bounds, for each feature set. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "estimate.h"

static const char *const columns[] = {
    "n",      "instances", "d1",     "d2",        "classes",      "alpha",      "kernel",
    "r_kind", "i_z1_r_by", "preset", "estimator", "batch",        "batches",    "seed",
    "route",  "tolerance", "base",   "zero_rows", "rows_dropped", "zeroed_mass"};
#define N_COLUMNS (sizeof columns / sizeof *columns)

typedef struct {
    estimate_opts estimate;
    mi_bounds_opts bounds;
    int preset;
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
    o->bounds.batch = (size_t)e->batch;
    o->bounds.base = e->base;
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
    MI_TRY(mi_table_real(w, "zeroed_mass", r->zeroed_mass));
    for (mi_term t = 0; t < (o->bounds.decompose ? MI_TERMS : MI_FIRST_DECOMPOSED); t++)
        MI_TRY(mi_table_real(w, mi_term_name(t), r->value[t]));
    return mi_table_end_row(w);
}

static mi_status rows(mi_table_writer *w, const estimate_set *e, void *arg)
{
    options *o = arg;
    mi_bounds_result *r;
    mi_status status;
    warn_missing(e->set);
    o->bounds.seed = estimate_seed(&o->estimate);
    MI_TRY(MI_NEW(r, o->bounds.n_alpha));
    MI_TRY_GOTO(status, mi_bounds(r, e->sample, &o->bounds, &o->estimate.run), done);
    for (size_t a = 0; a < o->bounds.n_alpha; a++)
        MI_TRY_GOTO(status, write_row(w, e, o, a, &r[a]), done);
done:
    mi_free(r);
    return status;
}

static size_t list_columns(const char **name, const options *o)
{
    size_t n = N_COLUMNS;
    memcpy(name, columns, sizeof columns);
    for (mi_term t = 0; t < (o->bounds.decompose ? MI_TERMS : MI_FIRST_DECOMPOSED); t++)
        name[n++] = mi_term_name(t);
    return n;
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
                 "  mi-bounds --r positive --kernel gaussian:median < run.h5",
        .needs_args = 1,
        .row = row,
        .n_rows = OPT_COUNT(row),
    };
    opt_parse(&program, argc, argv, &first);
    mi_status status = apply_preset(&o);
    if (status != MI_OK)
        return tool_fail(status);

    const char *name[N_COLUMNS + MI_TERMS];
    estimate_job job = {
        .needed = 1u << MI_Z1 | 1u << MI_Z2,
        .wanted = 1u << MI_R | 1u << MI_Y,
        .columns = name,
        .n_columns = list_columns(name, &o),
        .rows = rows,
        .arg = &o,
    };
    return estimate_all(&o.estimate, &job, argc - first, argv + first);
}
