/* mi-geometry - how rows lie: norms and columns, alignment and uniformity, intrinsic dimension, hubs. */
#include <math.h>
#include <string.h>

#include "estimate.h"

typedef struct {
    estimate_opts estimate;
    estimate_errors errors;
    unsigned of; /* members, bits */
    int by_class;
    mi_geometry_opts geometry;
} options;

static const char *const settings[] = {"variable",  "class", "n",     "instances", "d", "t", "k",
                                       "tolerance", "seed",  "asked", "half_width"};
static const char *const counts[] = {"zero_rows", "equal_rows", "dead_columns", "constant_columns",
                                     "norm_min",  "norm_max",   "points",       "equal_points"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* ---- what is computed ---- */

static size_t classes_of(const estimate_part *p, const options *o)
{
    return o->by_class ? p->sample->column[MI_Y].groups.g : 0;
}

/* Of one variable: all rows, then each class. */
static mi_status compute_variable(mi_geometry *out, const mi_sample *s, mi_member_id m,
                                  const options *o, const mi_run *run)
{
    const mi_mat *x = &s->column[m].x;
    const mi_groups *instance = s->has_instances ? &s->instance.groups : NULL;
    MI_TRY(mi_geometry_of(out, x, instance, &o->geometry, run));
    return o->by_class ? mi_geometry_of_classes(out + 1, x, instance, &s->column[MI_Y].groups,
                                                &o->geometry, run)
                       : MI_OK;
}

/* Of z1 and z2, those that are asked for, one after the other. */
static mi_status compute(const void *tool, const estimate_part *p, void **result)
{
    const options *o = tool;
    size_t rows = 1 + classes_of(p, o);
    mi_geometry *g;
    MI_TRY(MI_NEW(g, 2 * rows));
    *result = g;
    for (mi_member_id m = MI_Z1; m <= MI_Z2; m++)
        if (o->of >> m & 1) {
            mi_status status = compute_variable(g, p->sample, m, o, p->run);
            if (status != MI_OK)
                return mi_fail_in(status, "%s", mi_member_name(m));
            g += rows;
        }
    return MI_OK;
}

/* ---- what is written ---- */

static mi_status put_count(mi_table_writer *w, const char *column, size_t count)
{
    return mi_table_int(w, column, (long long)count);
}

static mi_status put_settings(const estimate_part *p, const options *o, mi_member_id m,
                              const char *class, const mi_geometry *g)
{
    mi_table_writer *w = p->table;
    MI_TRY(mi_table_text(w, "file", p->set->file));
    MI_TRY(mi_table_text(w, "group", p->set->group));
    MI_TRY(mi_table_attrs(w, p->set));
    MI_TRY(mi_table_text(w, "variable", mi_member_name(m)));
    if (class)
        MI_TRY(mi_table_text(w, "class", class));
    MI_TRY(put_count(w, "n", g->n));
    if (p->sample->has_instances)
        MI_TRY(put_count(w, "instances", g->instances));
    MI_TRY(put_count(w, "d", p->sample->column[m].d));
    MI_TRY(mi_table_real(w, "t", o->geometry.t));
    MI_TRY(put_count(w, "k", o->geometry.k));
    if (o->estimate.run.tolerance > 0) {
        MI_TRY(mi_table_real(w, "tolerance", o->estimate.run.tolerance));
        MI_TRY(mi_table_int(w, "seed", (long long)o->estimate.run.seed));
    }
    MI_TRY(put_count(w, "asked", g->asked));
    return mi_table_real(w, "half_width", g->half_width);
}

static mi_status put_counts(mi_table_writer *w, const mi_geometry *g)
{
    MI_TRY(put_count(w, "zero_rows", g->zero_rows));
    MI_TRY(put_count(w, "equal_rows", g->equal_rows));
    MI_TRY(put_count(w, "dead_columns", g->dead_columns));
    MI_TRY(put_count(w, "constant_columns", g->constant_columns));
    MI_TRY(mi_table_real(w, "norm_min", g->norm_min));
    MI_TRY(mi_table_real(w, "norm_max", g->norm_max));
    MI_TRY(put_count(w, "points", g->points));
    return put_count(w, "equal_points", g->equal_points);
}

static mi_status write_row(const estimate_part *p, const options *o, mi_member_id m,
                           const char *class, const mi_geometry *g)
{
    mi_table_writer *w = p->table;
    MI_TRY(put_settings(p, o, m, class, g));
    MI_TRY(put_counts(w, g));
    if (o->geometry.se)
        MI_TRY(mi_table_real(w, "degrees", g->degrees[MI_NORM]));
    for (int v = 0; v < MI_GEOMETRY_NUMBERS; v++) {
        const char *name = mi_geometry_name(v);
        MI_TRY(mi_table_real(w, name, g->value[v]));
        MI_TRY(estimate_error_cells(w, name, g->value[v], g->se[v], g->degrees[v], &o->errors));
    }
    return mi_table_end_row(w);
}

static mi_status write_classes(const estimate_walk *walk, const options *o, mi_member_id m,
                               const mi_geometry *g)
{
    mi_labels y;
    char name[256];
    MI_TRY(mi_features_read_labels(walk->f, walk->set, MI_Y, &y));
    mi_status status = MI_OK;
    const mi_sample *s = walk->part.sample;
    for (size_t c = 0; status == MI_OK && c < s->column[MI_Y].groups.g; c++) {
        mi_label_name(&y, mi_sample_class_as_read(s, c), name, sizeof name);
        status = write_row(&walk->part, o, m, name, &g[c]);
    }
    mi_labels_free(&y);
    return status;
}

static mi_status write_rows(const estimate_walk *walk, const options *o)
{
    const estimate_part *p = &walk->part;
    const mi_geometry *g = p->result;
    if (o->geometry.se)
        estimate_mention_independence(p);
    for (mi_member_id m = MI_Z1; m <= MI_Z2; m++)
        if (o->of >> m & 1) {
            MI_TRY(write_row(p, o, m, NULL, g));
            if (o->by_class)
                MI_TRY(write_classes(walk, o, m, g + 1));
            g += 1 + classes_of(p, o);
        }
    return MI_OK;
}

/* ---- */

enum { MOST_COLUMNS = COUNT(settings) + COUNT(counts) + 1 + 4 * MI_GEOMETRY_NUMBERS };

static size_t list_columns(const char **name, char (*made)[ESTIMATE_COLUMN_BYTES], const options *o)
{
    const char *number[MI_GEOMETRY_NUMBERS];
    size_t n = COUNT(settings);
    memcpy(name, settings, sizeof settings);
    memcpy(name + n, counts, sizeof counts);
    n += COUNT(counts);
    for (int v = 0; v < MI_GEOMETRY_NUMBERS; v++)
        name[n++] = number[v] = mi_geometry_name(v);
    if (!estimate_has_errors(&o->errors))
        return n;
    name[n++] = "degrees"; /* of the jackknife over instances; points are as many, or fewer */
    return n + estimate_error_columns(name + n, made, number, MI_GEOMETRY_NUMBERS, &o->errors);
}

/* Rows that are all zero are counted, not refused: no kernel is wanted, and gaussian takes them. */
static mi_status take_all_rows(estimate_opts *o)
{
    MI_TRY(MI_NEW(o->kernels.value, 1));
    mi_sample_opts_default(&o->kernels.value[o->kernels.count++]);
    return mi_sample_parse_kernel(&o->kernels.value[0], "gaussian:1");
}

static int run(options *o, int n_args, char **args)
{
    const char *name[MOST_COLUMNS];
    char made[ESTIMATE_ERROR_COLUMNS * MI_GEOMETRY_NUMBERS][ESTIMATE_COLUMN_BYTES];
    estimate_job job = {.columns = name,
                        .n_settings = COUNT(settings),
                        .may_stream = 1,
                        .compute = compute,
                        .tool = o};
    estimate_walk walk;
    o->geometry.se = estimate_has_errors(&o->errors);
    job.n_columns = list_columns(name, made, o);
    estimate_need(&job, &o->estimate, o->of | (o->by_class ? 1u << MI_Y : 0), 1);
    mi_status status = take_all_rows(&o->estimate);
    if (status != MI_OK)
        return tool_fail(status);
    status = estimate_open(&walk, &o->estimate, &job, n_args, args);
    while (estimate_next(&walk, &status))
        status = write_rows(&walk, o);
    return estimate_close(&walk, status);
}

static mi_status parse_of(const char *text, void *to)
{
    unsigned members;
    MI_TRY(tool_parse_members(text, &members));
    if (members & ~(1u << MI_Z1 | 1u << MI_Z2))
        return mi_fail(MI_EUSAGE, "wanted z1, z2 or both");
    *(unsigned *)to = members;
    return MI_OK;
}

static const char after[] =
    "Rows over their norms, u. Positives are pairs of rows of one instance (one id of r); means over "
    "the other pairs leave them out, since views are not drawn independently.\n\n"
    "alignment: mean |u - v|^2 over positives; uniformity: log mean exp(-t |u - v|^2) over the "
    "other pairs (Wang and Isola, ICML 2020).\n"
    "self_clustering: mean squared cosine over the other pairs, 0 for directions drawn evenly, 1 for "
    "one direction (Tsitsulin et al. 2023).\n"
    "unit_sd: sqrt(d) times the mean standard deviation of the columns of u, 1 for an isotropic "
    "Gaussian, 0 after collapse (Chen and He, CVPR 2021).\n"
    "hubness: skewness of how often a point is among the k nearest of others (Radovanovic et al., "
    "JMLR 2010).\n"
    "twonn (Facco et al. 2017), mle (Levina and Bickel 2004, put together as MacKay and Ghahramani "
    "have it), gride_2 to gride_32 (Denti et al. 2022): intrinsic dimension at growing scales.\n\n"
    "Dimension and hubness are of points: the first row of each instance, of equal rows the first; "
    "equal_points were dropped.\n\n"
    "Examples:\n"
    "  mi-geometry --se run.h5\n"
    "  mi-geometry --of z1 --by-class run.h5:/epoch_010\n"
    "  mi-geometry run.h5 | mi-plot trend --y alignment,uniformity -o geometry.svg";

/* clang-format off */
static const opt_row rows[] = {
    {.name = "of", .arg = "LIST", .type = OPT_PARSE, .at = offsetof(options, of), .parse = parse_of,
     .choice = "z1|z2", .help = "variables, z1, z2 or both (default z1,z2)"},
    {.name = "by-class", .type = OPT_FLAG, .at = offsetof(options, by_class),
     .help = "add a row for each class of y, of its rows alone"},
    {.name = "t", .arg = "T", .type = OPT_REAL, .at = offsetof(options, geometry.t),
     .low = 1e-6, .high = 20, .help = "scale of the uniformity, to 20 (default 2)"},
    {.name = "k", .arg = "K", .type = OPT_COUNT, .at = offsetof(options, geometry.k),
     .low = 2, .high = 500, .help = "neighbours of hubness and mle, 2 to 500 (default 10)"},
    {0},
};

static const opt_row run_rows[] = {
    {.name = "tolerance", .arg = "E", .type = OPT_REAL,
     .at = offsetof(estimate_opts, run.tolerance), .low = 1e-9, .high = 10,
     .help = "let sets of more than 50,000 rows be estimated from samples: uniformity until its 95 % "
             "interval is E nats wide on each side, dimension from 10,000 points"},
    {.name = "seed", .arg = "N", .type = OPT_SEED, .at = offsetof(estimate_opts, run.seed),
     .help = "of what is drawn for that (default 1)"},
    {0},
};

static const opt_row error_rows[] = {
    {.name = "se", .type = OPT_FLAG, .at = offsetof(estimate_errors, se),
     .help = "add X_se, the standard error of each number, by the jackknife: without one instance, "
             "for dimension and hubness without a hundredth of the points"},
    {.name = "ci", .arg = "LEVEL", .type = OPT_REAL, .at = offsetof(estimate_errors, level),
     .low = 0.5, .high = 0.9999,
     .help = "add X_lo and X_hi, the two-sided interval at LEVEL, for example 0.95 (Student's t)"},
    {0},
};

static const opt_group groups[] = {
    {"Quantities:", rows, 0},
    {NULL, error_rows, offsetof(options, errors)},
    {"Input:", tool_features_rows, offsetof(options, estimate.input.features)},
    {NULL, tool_input_rows, offsetof(options, estimate.input)},
    {"Output:", tool_table_rows, offsetof(options, estimate.table)},
    {"Computation:", run_rows, offsetof(options, estimate)},
    {NULL, estimate_machine_rows, offsetof(options, estimate)},
    {0},
};
/* clang-format on */

static const opt_program program = {
    .name = "mi-geometry",
    .args = "[FILE[:GROUP] ...]",
    .summary = "How the rows of z1 and z2 lie, a row for each feature set and variable: norms and "
               "columns, alignment and uniformity, cosines, intrinsic dimension, hubs.",
    .after = after,
    .needs_args = 1,
    .shares_work = 1,
    .group = groups,
};

int main(int argc, char **argv)
{
    options o = {.of = 1u << MI_Z1 | 1u << MI_Z2};
    int first;
    estimate_defaults(&o.estimate);
    mi_geometry_opts_default(&o.geometry);
    opt_parse(&program, &o, argc, argv, &first);
    int code = run(&o, argc - first, argv + first);
    estimate_free(&o.estimate);
    return code;
}
