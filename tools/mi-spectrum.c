/* mi-spectrum - eigenvalues of variables and joints, and effective ranks of features. */
#include <math.h>
#include <string.h>

#include "estimate.h"

typedef struct {
    estimate_opts estimate;
    const char *of;
    int eigenvalues, has_alpha; /* as given */
    size_t truncate;            /* eigenvalues kept; 0: no truncated score */
    mi_effrank_opts ranks;
} options;

typedef struct {
    options *o;
    mi_forms forms;
    int has_warned; /* of LiDAR without views: once is enough for a run of checkpoints */
} spectra;

static const char *const settings[] = {
    "n",         "instances",  "d1",        "d2",        "classes",      "variables",  "alpha",
    "kernel",    "r_kind",     "estimator", "batch",     "batches",      "seed",       "route",
    "tolerance", "half_width", "base",      "zero_rows", "rows_dropped", "zeroed_mass"};
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

static mi_measure_opts measure_opts(const estimate_part *p)
{
    const estimate_opts *o = p->opts;
    return (mi_measure_opts){.alpha = o->alpha.value,
                             .n_alpha = o->alpha.count,
                             .batch = p->batch,
                             .shuffled = o->shuffled,
                             .base = o->base};
}

/* The cells of a row that say what it is of and how it came about. */
static mi_status put_origin(const estimate_part *p, const mi_measured_form *f, double alpha,
                            const mi_measured *r)
{
    mi_table_writer *w = p->table;
    MI_TRY(estimate_cells(p, alpha));
    MI_TRY(mi_table_text(w, "variables", f->text));
    if (r->batches)
        MI_TRY(mi_table_int(w, "batches", (long long)r->batches));
    MI_TRY(mi_table_text(w, "route", mi_route_name(r->route)));
    MI_TRY(mi_table_real(w, "half_width", r->half_width[MI_PLAIN]));
    return mi_table_real(w, "zeroed_mass", r->zeroed_mass);
}

/* ---- eigenvalues ---- */

static mi_status put_spectrum(const estimate_part *p, const mi_measured_form *f,
                              const mi_measured_spectrum *s)
{
    mi_table_writer *w = p->table;
    const mi_measured how = {
        .route = s->route, .zeroed_mass = s->zeroed_mass, .batches = s->batches};
    double cumulative = 0;
    for (size_t k = 0; k < s->count; k++) {
        cumulative += s->l[k];
        MI_TRY(put_origin(p, f, NAN, &how));
        MI_TRY(mi_table_int(w, "index", (long long)k + 1));
        MI_TRY(mi_table_real(w, "eigenvalue", s->l[k]));
        MI_TRY(mi_table_real(w, "cumulative", cumulative));
        MI_TRY(mi_table_end_row(w));
    }
    return MI_OK;
}

static mi_status write_eigenvalues(const estimate_part *p, const spectra *k)
{
    const mi_measure_opts measure = measure_opts(p);
    for (size_t i = 0; i < k->forms.count; i++) {
        const mi_measured_form *f = &k->forms.form[i];
        mi_measured_spectrum s;
        MI_TRY(mi_measure_spectrum(&s, f, p->sample, &measure, &p->opts->run));
        mi_status status = put_spectrum(p, f, &s);
        mi_measured_spectrum_free(&s);
        MI_TRY(status);
    }
    return MI_OK;
}

/* ---- effective ranks ---- */

static mi_status put_ranks(mi_table_writer *w, const mi_effranks *r, const mi_effrank_opts *o)
{
    if (r->decay.low == 0) /* not of real features: nothing below applies */
        return MI_OK;
    MI_TRY(mi_table_real(w, "epsilon", o->epsilon));
    MI_TRY(mi_table_real(w, "delta", o->delta));
    MI_TRY(mi_table_int(w, "fit_low", (long long)r->decay.low));
    MI_TRY(mi_table_int(w, "fit_high", (long long)r->decay.high));
    MI_TRY(mi_table_real(w, "participation_ratio", r->participation_ratio));
    MI_TRY(mi_table_real(w, "participation_ratio_corrected", r->participation_ratio_corrected));
    MI_TRY(mi_table_real(w, "rankme", r->rankme));
    MI_TRY(mi_table_real(w, "effective_rank", r->effective_rank));
    MI_TRY(mi_table_real(w, "stable_rank", r->stable_rank));
    MI_TRY(mi_table_real(w, "nesum", r->nesum));
    MI_TRY(mi_table_real(w, "components_90", r->components[0]));
    MI_TRY(mi_table_real(w, "components_95", r->components[1]));
    MI_TRY(mi_table_real(w, "components_99", r->components[2]));
    MI_TRY(mi_table_real(w, "condition", r->condition));
    MI_TRY(mi_table_real(w, "alpha_req", r->decay.alpha));
    MI_TRY(mi_table_real(w, "alpha_req_r2", r->decay.r2));
    return mi_table_real(w, "lidar", r->lidar);
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

/* S over its largest values: the entropy of n rows, and of d columns, is at most that of equal shares. */
static mi_status put_entropy(const estimate_part *p, const mi_measured_form *f, double s)
{
    mi_table_writer *w = p->table;
    mi_member_id m = mi_form_member(f);
    int is_real = m < MI_MEMBERS && p->sample->column[m].is_real;
    double base = log(p->opts->base), n = rows_of(p),
           d = is_real ? (double)p->sample->column[m].d : NAN;
    MI_TRY(mi_table_real(w, "S", s));
    MI_TRY(mi_table_real(w, "exp_S", pow(p->opts->base, s)));
    MI_TRY(mi_table_real(w, "S_over_log_n", n > 1 ? s * base / log(n) : NAN));
    MI_TRY(mi_table_real(w, "S_over_log_d", d > 1 ? s * base / log(d) : NAN));
    return mi_table_real(w, "S_over_log_min", n > 1 && d > 1 ? s * base / log(n < d ? n : d) : NAN);
}

static mi_status put_truncated(const estimate_part *p, const spectra *k,
                               const mi_measured_spectrum *s, double alpha)
{
    size_t t = k->o->truncate;
    if (!t)
        return MI_OK;
    MI_TRY(mi_table_int(p->table, "truncate", (long long)t));
    return mi_table_real(p->table, "exp_S_truncated", mi_truncated_vendi(s->l, s->count, t, alpha));
}

static mi_status write_orders(const estimate_part *p, const spectra *k, const mi_measured_form *f,
                              const mi_measured *r, const mi_effranks *ranks,
                              const mi_measured_spectrum *s)
{
    for (size_t a = 0; a < p->opts->alpha.count; a++) {
        double alpha = p->opts->alpha.value[a];
        MI_TRY(put_origin(p, f, alpha, &r[a]));
        MI_TRY(put_entropy(p, f, r[a].value[MI_PLAIN]));
        MI_TRY(put_truncated(p, k, s, alpha));
        MI_TRY(put_ranks(p->table, ranks, &k->o->ranks));
        MI_TRY(mi_table_end_row(p->table));
    }
    return MI_OK;
}

static mi_status write_ranks_of(const estimate_part *p, spectra *k, size_t i, const mi_measured *r)
{
    const estimate_opts *o = p->opts;
    const mi_measured_form *f = &k->forms.form[i];
    const mi_measure_opts measure = measure_opts(p);
    mi_effranks ranks;
    mi_measured_spectrum s = {.l = NULL};
    MI_TRY(
        mi_measure_effranks(&ranks, mi_form_member(f), p->sample, &k->o->ranks, &measure, &o->run));
    warn_of_lidar(k, p, &ranks);
    if (k->o->truncate)
        MI_TRY(mi_measure_spectrum(&s, f, p->sample, &measure, &o->run));
    mi_status status = write_orders(p, k, f, r, &ranks, &s);
    mi_measured_spectrum_free(&s);
    return status;
}

static mi_status write_ranks(const estimate_part *p, spectra *k)
{
    const mi_measure_opts measure = measure_opts(p);
    mi_measured *r;
    MI_TRY(MI_NEW(r, k->forms.count * measure.n_alpha));
    mi_status status = mi_measure(r, &k->forms, p->sample, &measure, &p->opts->run);
    for (size_t i = 0; status == MI_OK && i < k->forms.count; i++)
        status = write_ranks_of(p, k, i, r + i * measure.n_alpha);
    mi_free(r);
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
    if (o->eigenvalues && o->has_alpha)
        return mi_fail(MI_EUSAGE, "--alpha goes with effective ranks, --eigenvalues has no orders");
    return estimate_default_alpha(&o->estimate);
}

static size_t list_columns(const char **name, const options *o)
{
    const char *const *own = o->eigenvalues ? eigenvalue_columns : rank_columns;
    size_t n_own = o->eigenvalues ? COUNT(eigenvalue_columns) : COUNT(rank_columns);
    memcpy(name, settings, sizeof settings);
    memcpy(name + COUNT(settings), own, n_own * sizeof *own);
    return COUNT(settings) + n_own;
}

static int run(spectra *k, int n_args, char **args)
{
    options *o = k->o;
    const char *name[COUNT(settings) + COUNT(rank_columns)];
    estimate_job job = {
        .columns = name, .n_columns = list_columns(name, o), .n_settings = COUNT(settings)};
    estimate_walk walk;
    /* Batches are of instances, and so is LiDAR, where there are ids. */
    estimate_need(&job, &o->estimate, mi_forms_members(&k->forms),
                  estimate_has_batches(&o->estimate) || !o->eigenvalues);
    mi_status status = estimate_open(&walk, &o->estimate, &job, n_args, args);
    while (estimate_next(&walk, &status))
        status = o->eigenvalues ? write_eigenvalues(&walk.part, k) : write_ranks(&walk.part, k);
    return estimate_close(&walk, status);
}

static mi_status parse_fit(const char *text, void *to)
{
    mi_effrank_opts *o = to;
    unsigned long low, high;
    char rest;
    if (text[strspn(text, "0123456789:")] || sscanf(text, "%lu:%lu%c", &low, &high, &rest) != 2 ||
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
    {NULL, estimate_rows, offsetof(options, estimate)},
    {"Input:", tool_features_rows, offsetof(options, estimate.input.features)},
    {NULL, tool_input_rows, offsetof(options, estimate.input)},
    {"Output:", tool_table_rows, offsetof(options, estimate.table)},
    {"Computation:", estimate_run_rows, offsetof(options, estimate)},
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
