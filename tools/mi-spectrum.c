/* mi-spectrum - eigenvalues of variables and joints, and effective ranks of features. */
#include <math.h>
#include <string.h>

#include "estimate.h"

typedef struct {
    estimate_opts estimate;
    const char *of;
    int eigenvalues, has_alpha; /* as given */
    size_t truncate;            /* eigenvalues kept; 0: no truncated score */
    int by_class;
    estimate_errors errors;
    mi_effrank_opts ranks;
} options;

typedef struct {
    options *o;
    mi_forms forms;
    int has_warned;    /* of LiDAR without views: once is enough for a run of checkpoints */
    const char *class; /* whose rows are in hand; NULL: all */
} spectra;

static const char *const settings[] = {
    "n",     "instances", "d1",         "d2",        "classes",   "variables",    "class",
    "alpha", "kernel",    "r_kind",     "estimator", "batch",     "batches",      "seed",
    "route", "tolerance", "half_width", "base",      "zero_rows", "rows_dropped", "zeroed_mass"};
static const char *const eigenvalue_columns[] = {"index", "eigenvalue", "cumulative"};
static const char *const rank_columns[] = {"epsilon",
                                           "delta",
                                           "fit_low",
                                           "fit_high",
                                           "truncate",
                                           "S",
                                           "exp_S",
                                           "S_over_log_n",
                                           "S_over_log_d",
                                           "S_over_log_min",
                                           "exp_S_truncated",
                                           "participation_ratio",
                                           "participation_ratio_corrected",
                                           "rankme",
                                           "effective_rank",
                                           "stable_rank",
                                           "nesum",
                                           "components_90",
                                           "components_95",
                                           "components_99",
                                           "condition",
                                           "alpha_req",
                                           "alpha_req_r2",
                                           "lidar"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static mi_measure_opts measure_opts(const estimate_part *p, const spectra *k)
{
    const estimate_opts *o = p->opts;
    mi_measure_opts m;
    mi_measure_opts_default(&m);
    m.alpha = o->alpha.value;
    m.n_alpha = o->alpha.count;
    m.batch = p->batch;
    m.shuffled = o->shuffled;
    m.base = o->base;
    /* A class may have fewer instances than errors need. */
    m.se = estimate_has_errors(&k->o->errors) && (!k->class || p->sample->instance.groups.g >= 3);
    return m;
}

/* The cells of a row that say what it is of and how it came about. */
static mi_status put_origin(const estimate_part *p, const spectra *k, const mi_measured_form *f,
                            double alpha, const mi_measured *r)
{
    mi_table_writer *w = p->table;
    MI_TRY(estimate_cells(p, alpha));
    MI_TRY(mi_table_text(w, "variables", f->text));
    if (k->class)
        MI_TRY(mi_table_text(w, "class", k->class));
    if (r->batches)
        MI_TRY(mi_table_int(w, "batches", (long long)r->batches));
    MI_TRY(mi_table_text(w, "route", mi_route_name(r->route)));
    MI_TRY(mi_table_real(w, "half_width", r->half_width[MI_PLAIN]));
    return mi_table_real(w, "zeroed_mass", r->zeroed_mass);
}

/* ---- eigenvalues ---- */

static mi_status put_spectrum(const estimate_part *p, const spectra *of, const mi_measured_form *f,
                              const mi_measured_spectrum *s)
{
    mi_table_writer *w = p->table;
    const mi_measured how = {
        .route = s->route, .zeroed_mass = s->zeroed_mass, .batches = s->batches};
    double cumulative = 0;
    for (size_t k = 0; k < s->count; k++) {
        cumulative += s->l[k];
        MI_TRY(put_origin(p, of, f, NAN, &how));
        MI_TRY(mi_table_int(w, "index", (long long)k + 1));
        MI_TRY(mi_table_real(w, "eigenvalue", s->l[k]));
        MI_TRY(mi_table_real(w, "cumulative", cumulative));
        MI_TRY(mi_table_end_row(w));
    }
    return MI_OK;
}

static mi_status write_eigenvalues(const estimate_part *p, const spectra *k)
{
    const mi_measure_opts measure = measure_opts(p, k);
    for (size_t i = 0; i < k->forms.count; i++) {
        const mi_measured_form *f = &k->forms.form[i];
        mi_measured_spectrum s;
        MI_TRY(mi_measure_spectrum(&s, f, p->sample, &measure, &p->opts->run));
        mi_status status = put_spectrum(p, k, f, &s);
        mi_measured_spectrum_free(&s);
        MI_TRY(status);
    }
    return MI_OK;
}

/* ---- effective ranks ---- */

/* Their columns, which with S have errors. */
static const struct {
    const char *column;
    size_t at;
} rank_numbers[] = {
    {"participation_ratio", offsetof(mi_effranks, participation_ratio)},
    {"participation_ratio_corrected", offsetof(mi_effranks, participation_ratio_corrected)},
    {"rankme", offsetof(mi_effranks, rankme)},
    {"effective_rank", offsetof(mi_effranks, effective_rank)},
    {"stable_rank", offsetof(mi_effranks, stable_rank)},
    {"nesum", offsetof(mi_effranks, nesum)},
    {"components_90", offsetof(mi_effranks, components[0])},
    {"components_95", offsetof(mi_effranks, components[1])},
    {"components_99", offsetof(mi_effranks, components[2])},
    {"condition", offsetof(mi_effranks, condition)},
    {"alpha_req", offsetof(mi_effranks, decay.alpha)},
    {"alpha_req_r2", offsetof(mi_effranks, decay.r2)},
    {"lidar", offsetof(mi_effranks, lidar)},
};

static double number_of(const mi_effranks *r, size_t k)
{
    return *(const double *)(const void *)((const char *)r + rank_numbers[k].at);
}

static mi_status put(const estimate_part *p, const spectra *k, const char *column, double value,
                     double se, double degrees)
{
    MI_TRY(mi_table_real(p->table, column, value));
    return estimate_error_cells(p->table, column, value, se, degrees, &k->o->errors);
}

/* All numbers of one variable, and its orders. */
typedef struct {
    const mi_measured_form *form;
    const mi_measured *order; /* (orders) */
    mi_effranks ranks, se;
    double degrees;
    mi_measured_spectrum spectrum; /* where a truncated score is wanted */
} measured;

static mi_status put_ranks(const estimate_part *p, const spectra *k, const measured *v)
{
    mi_table_writer *w = p->table;
    if (v->ranks.decay.low == 0) /* not of real features: nothing below applies */
        return MI_OK;
    MI_TRY(mi_table_real(w, "epsilon", k->o->ranks.epsilon));
    MI_TRY(mi_table_real(w, "delta", k->o->ranks.delta));
    MI_TRY(mi_table_int(w, "fit_low", (long long)v->ranks.decay.low));
    MI_TRY(mi_table_int(w, "fit_high", (long long)v->ranks.decay.high));
    if (estimate_has_errors(&k->o->errors))
        MI_TRY(mi_table_real(w, "degrees", v->degrees));
    for (size_t i = 0; i < COUNT(rank_numbers); i++)
        MI_TRY(put(p, k, rank_numbers[i].column, number_of(&v->ranks, i), number_of(&v->se, i),
                   v->degrees));
    return MI_OK;
}

static void warn_of_lidar(spectra *k, const estimate_part *p, const mi_effranks *r)
{
    if (k->has_warned || r->decay.low == 0 || !isnan(r->lidar))
        return;
    k->has_warned = 1;
    tool_warn("%s:%s: lidar is nan: %s", p->set->file, p->set->group,
              !p->sample->has_instances ? "it needs instance ids, there is no integer r"
              : p->sample->instance.groups.g == p->sample->n
                  ? "it needs two views or more of an instance"
                  : "the covariances between or within instances are singular; a larger --delta "
                    "may help");
}

/* Rows that an entropy is of: those of a batch, where instances have as many rows each. nan: they differ. */
static double rows_of(const estimate_part *p)
{
    const mi_groups *g = &p->sample->instance.groups;
    if (!p->batch)
        return (double)p->sample->n;
    for (size_t c = 1; c < g->g; c++)
        if (g->count[c] != g->count[0])
            return NAN;
    return (double)(p->batch * g->count[0]);
}

/* S over its largest values: the entropy of n rows, and of d columns, is at most that of equal shares.
 * Errors of exp_S by the delta method. */
static mi_status put_entropy(const estimate_part *p, const spectra *k, const measured *v,
                             const mi_measured *r)
{
    mi_member_id m = mi_form_member(v->form);
    int is_real = m < MI_MEMBERS && p->sample->column[m].is_real;
    double base = log(p->opts->base), n = rows_of(p), s = r->value[MI_PLAIN], se = r->se[MI_PLAIN],
           rows = n > 1 ? base / log(n) : NAN,
           columns = is_real && p->sample->column[m].d > 1
                         ? base / log((double)p->sample->column[m].d)
                         : NAN,
           least = isnan(rows + columns) ? NAN : fmax(rows, columns), e = pow(p->opts->base, s);
    MI_TRY(put(p, k, "S", s, se, r->degrees));
    MI_TRY(put(p, k, "exp_S", e, e * base * se, r->degrees));
    MI_TRY(put(p, k, "S_over_log_n", s * rows, se * rows, r->degrees));
    MI_TRY(put(p, k, "S_over_log_d", s * columns, se * columns, r->degrees));
    return put(p, k, "S_over_log_min", s * least, se * least, r->degrees);
}

static mi_status put_truncated(const estimate_part *p, const spectra *k, const measured *v,
                               double alpha)
{
    size_t t = k->o->truncate;
    if (!t)
        return MI_OK;
    MI_TRY(mi_table_int(p->table, "truncate", (long long)t));
    return mi_table_real(p->table, "exp_S_truncated",
                         mi_truncated_vendi(v->spectrum.l, v->spectrum.count, t, alpha));
}

static mi_status write_orders(const estimate_part *p, const spectra *k, const measured *v)
{
    for (size_t a = 0; a < p->opts->alpha.count; a++) {
        double alpha = p->opts->alpha.value[a];
        MI_TRY(put_origin(p, k, v->form, alpha, &v->order[a]));
        MI_TRY(put_entropy(p, k, v, &v->order[a]));
        MI_TRY(put_truncated(p, k, v, alpha));
        MI_TRY(put_ranks(p, k, v));
        MI_TRY(mi_table_end_row(p->table));
    }
    return MI_OK;
}

static mi_status write_ranks_of(const estimate_part *p, spectra *k, size_t i, const mi_measured *r)
{
    const mi_run *run = &p->opts->run;
    const mi_measure_opts measure = measure_opts(p, k);
    measured v = {.form = &k->forms.form[i], .order = r};
    MI_TRY(mi_measure_effranks(&v.ranks, &v.se, &v.degrees, mi_form_member(v.form), p->sample,
                               &k->o->ranks, &measure, run));
    warn_of_lidar(k, p, &v.ranks);
    if (k->o->truncate)
        MI_TRY(mi_measure_spectrum(&v.spectrum, v.form, p->sample, &measure, run));
    mi_status status = write_orders(p, k, &v);
    mi_measured_spectrum_free(&v.spectrum);
    return status;
}

static mi_status write_ranks(const estimate_part *p, spectra *k)
{
    const mi_measure_opts measure = measure_opts(p, k);
    mi_measured *r;
    MI_TRY(MI_NEW(r, k->forms.count * measure.n_alpha));
    mi_status status = mi_measure(r, &k->forms, p->sample, &measure, &p->opts->run);
    for (size_t i = 0; status == MI_OK && i < k->forms.count; i++)
        status = write_ranks_of(p, k, i, r + i * measure.n_alpha);
    mi_free(r);
    return status;
}

/* ---- class by class ---- */

static mi_status write_part(const estimate_part *p, spectra *k)
{
    return k->o->eigenvalues ? write_eigenvalues(p, k) : write_ranks(p, k);
}

static mi_status write_class(const estimate_part *p, spectra *k, const mi_labels *y, size_t c)
{
    char name[256];
    mi_sample rows;
    estimate_part part = *p;
    MI_TRY(mi_sample_class(&rows, p->sample, c));
    part.sample = &rows;
    k->class = mi_label_name(y, mi_sample_class_as_read(p->sample, c), name, sizeof name);
    mi_status status = write_part(&part, k);
    if (status != MI_OK)
        status = mi_fail_in(status, "class %s", k->class);
    k->class = NULL;
    mi_sample_free(&rows);
    return status;
}

static void warn_of_class(const estimate_part *p, const mi_labels *y, size_t c)
{
    char name[256];
    tool_warn("%s:%s: class %s has one row, which has no spectrum: left out", p->set->file,
              p->set->group,
              mi_label_name(y, mi_sample_class_as_read(p->sample, c), name, sizeof name));
}

static mi_status write_all(const estimate_walk *walk, spectra *k)
{
    const estimate_part *p = &walk->part;
    mi_labels y;
    if (estimate_has_errors(&k->o->errors))
        estimate_mention_independence(p);
    MI_TRY(write_part(p, k));
    if (!k->o->by_class)
        return MI_OK;
    MI_TRY(mi_features_read_labels(walk->f, walk->set, MI_Y, &y));
    mi_status status = MI_OK;
    const mi_groups *there =
        &p->sample->column[MI_Y].groups; /* of the rows that were not dropped */
    for (size_t c = 0; status == MI_OK && c < there->g; c++)
        if (there->count[c] > 1)
            status = write_class(p, k, &y, c);
        else
            warn_of_class(p, &y, c);
    mi_labels_free(&y);
    return status;
}

/* ---- */

static mi_status check_options(spectra *k)
{
    options *o = k->o;
    mi_status status = mi_forms_parse(&k->forms, o->of, MI_FORM_IS_ENTROPY);
    if (status != MI_OK)
        return mi_fail_in(status, "--of");
    for (size_t i = 0; (o->eigenvalues || o->truncate) && i < k->forms.count; i++)
        if (k->forms.form[i].expression.given)
            return mi_fail(MI_EUSAGE,
                           "--of: '%s' has a condition, a conditional entropy has no eigenvalues",
                           k->forms.form[i].text);
    if (o->truncate && o->eigenvalues)
        return mi_fail(MI_EUSAGE,
                       "--truncate goes with effective ranks, --eigenvalues prints them all");
    if (o->truncate && estimate_has_batches(&o->estimate))
        return mi_fail(MI_EUSAGE, "--truncate is of whole sets, not of means over batches");
    if (o->eigenvalues && estimate_has_errors(&o->errors))
        return mi_fail(MI_EUSAGE, "--se and --ci go with effective ranks, not with --eigenvalues");
    if (o->eigenvalues && o->has_alpha)
        return mi_fail(MI_EUSAGE, "--alpha goes with effective ranks, --eigenvalues has no orders");
    return estimate_default_alpha(&o->estimate);
}

/* Numbers that have errors. */
enum { NUMBERS = 5 + COUNT(rank_numbers) };

static size_t list_columns(const char **name, char (*made)[ESTIMATE_COLUMN_BYTES], const options *o)
{
    const char *of[NUMBERS] = {"S", "exp_S", "S_over_log_n", "S_over_log_d", "S_over_log_min"};
    const char *const *own = o->eigenvalues ? eigenvalue_columns : rank_columns;
    size_t n_own = o->eigenvalues ? COUNT(eigenvalue_columns) : COUNT(rank_columns);
    size_t n = COUNT(settings);
    for (size_t k = 0; k < COUNT(rank_numbers); k++)
        of[NUMBERS - COUNT(rank_numbers) + k] = rank_numbers[k].column;
    memcpy(name, settings, sizeof settings);
    memcpy(name + n, own, n_own * sizeof *own);
    n += n_own;
    if (o->eigenvalues || !estimate_has_errors(&o->errors))
        return n;
    name[n++] = "degrees";
    return n + estimate_error_columns(name + n, made, of, NUMBERS, &o->errors);
}

static int run(spectra *k, int n_args, char **args)
{
    options *o = k->o;
    const char *name[COUNT(settings) + COUNT(rank_columns) + 1 + ESTIMATE_ERROR_COLUMNS * NUMBERS];
    char made[ESTIMATE_ERROR_COLUMNS * NUMBERS][ESTIMATE_COLUMN_BYTES];
    estimate_job job = {
        .columns = name, .n_columns = list_columns(name, made, o), .n_settings = COUNT(settings)};
    estimate_walk walk;
    /* Batches are of instances, and so is LiDAR, where there are ids. */
    estimate_need(&job, &o->estimate, mi_forms_members(&k->forms) | (o->by_class ? 1u << MI_Y : 0),
                  estimate_has_batches(&o->estimate) || !o->eigenvalues);
    mi_status status = estimate_open(&walk, &o->estimate, &job, n_args, args);
    while (estimate_next(&walk, &status))
        status = write_all(&walk, k);
    return estimate_close(&walk, status);
}

static mi_status parse_fit(const char *text, void *to)
{
    mi_effrank_opts *o = to;
    unsigned long low, high;
    char rest;
    if (text[strspn(text, "0123456789:")] || sscanf(text, "%9lu:%9lu%c", &low, &high, &rest) != 2 ||
        low < 1 || high < low + 2)
        return mi_fail(MI_EUSAGE, "not a range of ranks, wanted LOW:HIGH with LOW from 1 and three "
                                  "ranks or more");
    o->fit_low = low;
    o->fit_high = high;
    return MI_OK;
}

static const char after[] =
    "Eigenvalues are those of the Gram matrix with trace 1. S and exp_S are of that matrix too, "
    "so of the kernel (exp_S at order 2 is its participation ratio). All others are of the "
    "features as stored, without kernel, centring or scaling but what their definition says, and "
    "nan for joints, discrete variables and --kernel delta:\n\n"
    "participation_ratio: (sum l)^2 / sum l^2, l the eigenvalues of the covariance (Gao et al. "
    "2017).\n"
    "participation_ratio_corrected: the same of what the rows are drawn from, without the bias of n "
    "rows (Chun et al., ICLR 2026).\n"
    "effective_rank: exp(-sum p log p), p = l / sum l; nesum: sum l / l_1 (He and Ozay, ICML 2022); "
    "components_90, 95, 99: the fewest l with this share of the variance; condition: of the centred "
    "features, rounding left out.\n"
    "stable_rank: sum s^2 / s_1^2, s the singular values, not centred (Tsitsulin et al. 2023).\n"
    "rankme: exp(-sum p log p), p = s / sum s + epsilon, s the singular values, not centred "
    "(Garrido et al., ICML 2023).\n"
    "alpha_req: decay exponent of the covariance's eigenvalues over the ranks fit_low to "
    "fit_high: least squares in log-log scale, weights 1/rank (Agrawal et al., NeurIPS 2022, "
    "name no range; 4 to 100 and the weights are of their code); alpha_req_r2 is the weighted "
    "R^2 of the line.\n"
    "lidar: as rankme, of the eigenvalues of W^-1/2 B W^-1/2, B the covariance of the means of "
    "instances, W that of the views about them plus delta I (Thilak et al., ICLR 2024; the "
    "defaults of delta and epsilon are ours). Rows less instances should be well above the "
    "number of features, else delta rules it: more views or more instances.\n\n"
    "Codes that print numbers of these names differ in centring, in squares of s, in ranges and "
    "constants: compare only equal definitions.\n\n"
    "Examples:\n"
    "  mi-spectrum --of z1,z2 --alpha 1,2 run.h5\n"
    "  mi-spectrum --eigenvalues run.h5:/epoch_010 | mi-plot spectrum -o s.svg";

/* clang-format off */
static const opt_row rows[] = {
    {.name = "of", .arg = "LIST", .type = OPT_TEXT, .at = offsetof(options, of),
     .help = "variables z1, z2, r, y, joined by '+', ',' between entries (default z1,z2)"},
    {.name = "eigenvalues", .type = OPT_FLAG, .at = offsetof(options, eigenvalues),
     .help = "a row an eigenvalue, the largest first (default: a row of effective ranks)"},
    {.name = "by-class", .type = OPT_FLAG, .at = offsetof(options, by_class),
     .help = "add rows for each class of y, of its rows alone"},
    {.name = "fit", .arg = "LOW:HIGH", .type = OPT_PARSE, .at = offsetof(options, ranks),
     .parse = parse_fit,
     .help = "ranks that alpha_req is fitted over, HIGH cut to those there are (default 4:100)"},
    {.name = "truncate", .arg = "T", .type = OPT_COUNT, .at = offsetof(options, truncate),
     .low = 1, .high = 1e9,
     .help = "add exp_S_truncated, exp(S_a) of the T largest eigenvalues of the Gram matrix with the "
             "others spread over them (truncated Vendi score)"},
    {.name = "epsilon", .arg = "E", .type = OPT_REAL, .at = offsetof(options, ranks.epsilon),
     .low = 0, .high = 0.1,
     .help = "added to each share of rankme and lidar, 0 to 0.1 (default 1e-7)"},
    {.name = "delta", .arg = "D", .type = OPT_REAL, .at = offsetof(options, ranks.delta),
     .low = 1e-300, .high = 1e300,
     .help = "added to the variances within instances of lidar, above 0 (default 1e-4)"},
    {0},
};

static const opt_group groups[] = {
    {"Quantities:", rows, 0},
    {NULL, estimate_error_rows, offsetof(options, errors)},
    {NULL, estimate_rows, offsetof(options, estimate)},
    {NULL, estimate_unit_rows, offsetof(options, estimate)},
    {"Input:", tool_features_rows, offsetof(options, estimate.input.features)},
    {NULL, tool_input_rows, offsetof(options, estimate.input)},
    {"Output:", tool_table_rows, offsetof(options, estimate.table)},
    {"Computation:", estimate_run_rows, offsetof(options, estimate)},
    {NULL, estimate_machine_rows, offsetof(options, estimate)},
    {0},
};
/* clang-format on */

static const opt_program program = {
    .name = "mi-spectrum",
    .args = "[FILE[:GROUP] ...]",
    .summary = "Effective ranks of features, a row for each feature set, entry and order, or "
               "eigenvalues of any variable or joint.",
    .after = after,
    .needs_args = 1,
    .shares_work = 1,
    .group = groups,
};

static void parse(int argc, char **argv, options *o, int *first)
{
    opt_parse(&program, o, argc, argv, first);
    o->has_alpha = opt_given("alpha");
}

int main(int argc, char **argv)
{
    options o = {.of = "z1,z2"};
    spectra k = {.o = &o};
    int first;
    estimate_defaults(&o.estimate);
    mi_effrank_opts_default(&o.ranks);
    parse(argc, argv, &o, &first);
    mi_status status = check_options(&k);
    int code = status == MI_OK ? run(&k, argc - first, argv + first) : tool_fail(status);
    estimate_free(&o.estimate);
    mi_forms_free(&k.forms);
    return code;
}
