/* mi-spectrum - eigenvalues of variables and joints, and effective ranks of features. */
#include <math.h>
#include <string.h>

#include "estimate.h"

typedef struct {
    estimate_opts estimate;
    const char *of;
    int eigenvalues, has_alpha; /* as given */
    mi_effrank_opts ranks;
} options;

typedef struct {
    options *o;
    mi_forms forms;
    int has_warned; /* of LiDAR without views: once is enough for a run of checkpoints */
} walk;

static const char *const settings[] = {
    "n",         "instances",  "d1",        "d2",        "classes",      "variables",  "alpha",
    "kernel",    "r_kind",     "estimator", "batch",     "batches",      "seed",       "route",
    "tolerance", "half_width", "base",      "zero_rows", "rows_dropped", "zeroed_mass"};
static const char *const eigenvalue_columns[] = {"index", "eigenvalue", "cumulative"};
static const char *const rank_columns[] = {
    "epsilon", "delta",     "fit_low",      "fit_high", "S", "exp_S", "participation_ratio",
    "rankme",  "alpha_req", "alpha_req_r2", "lidar"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static mi_measure_opts measure_opts(const estimate_opts *o)
{
    return (mi_measure_opts){.alpha = o->alpha.value,
                             .n_alpha = o->alpha.count,
                             .batch = (size_t)o->batch,
                             .seed = estimate_seed(o),
                             .base = o->base};
}

/* The cells of a row that say what it is of and how it came about. */
static mi_status put_origin(mi_table_writer *w, const estimate_set *e, const mi_measured_form *f,
                            double alpha, const mi_measured *r)
{
    MI_TRY(estimate_cells(w, e, alpha));
    MI_TRY(mi_table_text(w, "variables", f->text));
    if (r->batches)
        MI_TRY(mi_table_int(w, "batches", (long long)r->batches));
    MI_TRY(mi_table_text(w, "route", mi_route_name(r->route)));
    MI_TRY(mi_table_real(w, "half_width", r->half_width));
    return mi_table_real(w, "zeroed_mass", r->zeroed_mass);
}

/* ---- eigenvalues ---- */

static mi_status put_spectrum(mi_table_writer *w, const estimate_set *e, const mi_measured_form *f,
                              const mi_measured_spectrum *s)
{
    const mi_measured how = {
        .route = s->route, .zeroed_mass = s->zeroed_mass, .batches = s->batches};
    double cumulative = 0;
    for (size_t k = 0; k < s->count; k++) {
        cumulative += s->l[k];
        MI_TRY(put_origin(w, e, f, NAN, &how));
        MI_TRY(mi_table_int(w, "index", (long long)k + 1));
        MI_TRY(mi_table_real(w, "eigenvalue", s->l[k]));
        MI_TRY(mi_table_real(w, "cumulative", cumulative));
        MI_TRY(mi_table_end_row(w));
    }
    return MI_OK;
}

static mi_status eigenvalue_rows(mi_table_writer *w, const estimate_set *e, void *arg)
{
    const walk *k = arg;
    const mi_measure_opts measure = measure_opts(e->opts);
    for (size_t i = 0; i < k->forms.count; i++) {
        const mi_measured_form *f = &k->forms.form[i];
        mi_measured_spectrum s;
        MI_TRY(mi_measure_spectrum(&s, f, e->sample, &measure, &e->opts->run));
        mi_status status = put_spectrum(w, e, f, &s);
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
    MI_TRY(mi_table_real(w, "rankme", r->rankme));
    MI_TRY(mi_table_real(w, "alpha_req", r->decay.alpha));
    MI_TRY(mi_table_real(w, "alpha_req_r2", r->decay.r2));
    return mi_table_real(w, "lidar", r->lidar);
}

static void warn_of_lidar(walk *k, const estimate_set *e, const mi_effranks *r)
{
    if (k->has_warned || r->decay.low == 0 || !isnan(r->lidar))
        return;
    k->has_warned = 1;
    tool_warn("%s:%s: lidar is nan: %s", e->set->file, e->set->group,
              !e->sample->has_instances ? "it needs instance ids, there is no integer r"
              : e->sample->instance.groups.g == e->sample->n
                  ? "it needs two views or more of an instance"
                  : "the covariances between or within instances are singular; a larger --delta "
                    "may help");
}

static mi_status rank_rows_of(mi_table_writer *w, const estimate_set *e, walk *k, size_t i,
                              const mi_measured *r)
{
    const estimate_opts *o = e->opts;
    const mi_measured_form *f = &k->forms.form[i];
    const mi_measure_opts measure = measure_opts(o);
    mi_effranks ranks;
    MI_TRY(
        mi_measure_effranks(&ranks, mi_form_member(f), e->sample, &k->o->ranks, &measure, &o->run));
    warn_of_lidar(k, e, &ranks);
    for (size_t a = 0; a < o->alpha.count; a++) {
        MI_TRY(put_origin(w, e, f, o->alpha.value[a], &r[a]));
        MI_TRY(mi_table_real(w, "S", r[a].value));
        MI_TRY(mi_table_real(w, "exp_S", pow(o->base, r[a].value)));
        MI_TRY(put_ranks(w, &ranks, &k->o->ranks));
        MI_TRY(mi_table_end_row(w));
    }
    return MI_OK;
}

static mi_status rank_rows(mi_table_writer *w, const estimate_set *e, void *arg)
{
    walk *k = arg;
    const mi_measure_opts measure = measure_opts(e->opts);
    mi_measured *r;
    MI_TRY(MI_NEW(r, k->forms.count * measure.n_alpha));
    mi_status status = mi_measure(r, &k->forms, e->sample, &measure, &e->opts->run);
    for (size_t i = 0; status == MI_OK && i < k->forms.count; i++)
        status = rank_rows_of(w, e, k, i, r + i * measure.n_alpha);
    mi_free(r);
    return status;
}

/* ---- */

static mi_status check_options(walk *k)
{
    options *o = k->o;
    mi_status status = mi_forms_parse(&k->forms, o->of, MI_FORM_IS_ENTROPY);
    if (status != MI_OK)
        return mi_fail_in(status, "--of");
    for (size_t i = 0; o->eigenvalues && i < k->forms.count; i++)
        if (k->forms.form[i].expression.given)
            return mi_fail(MI_EUSAGE,
                           "--of: '%s' has a condition, a conditional entropy has no eigenvalues",
                           k->forms.form[i].text);
    if (o->eigenvalues && o->has_alpha)
        return mi_fail(MI_EUSAGE, "--alpha goes with effective ranks, --eigenvalues has no orders");
    if (!o->estimate.alpha.value)
        return mi_alpha_parse(&o->estimate.alpha.value, &o->estimate.alpha.count, "2");
    return MI_OK;
}

static int run(walk *k, int n_args, char **args)
{
    const char *name[COUNT(settings) + COUNT(rank_columns)];
    estimate_job job = {.columns = name, .arg = k};
    const char *const *own = k->o->eigenvalues ? eigenvalue_columns : rank_columns;
    size_t n_own = k->o->eigenvalues ? COUNT(eigenvalue_columns) : COUNT(rank_columns);
    job.rows = k->o->eigenvalues ? eigenvalue_rows : rank_rows;
    memcpy(name, settings, sizeof settings);
    memcpy(name + COUNT(settings), own, n_own * sizeof *own);
    job.n_columns = COUNT(settings) + n_own;
    /* Batches are of instances, and so is LiDAR, where there are ids. */
    estimate_need(&job, &k->o->estimate, mi_forms_members(&k->forms),
                  estimate_has_batches(&k->o->estimate) || !k->o->eigenvalues);
    return estimate_all(&k->o->estimate, &job, n_args, args);
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

static void parse(int argc, char **argv, options *o, int *first)
{
    const opt_row row[] = {
        {.type = OPT_HEADING, .help = "Quantities:"},
        {.name = "of",
         .arg = "LIST",
         .type = OPT_TEXT,
         .to = &o->of,
         .help = "variables z1, z2, r, y, joined by '+', ',' between entries (default z1,z2)"},
        {.name = "eigenvalues",
         .type = OPT_FLAG,
         .to = &o->eigenvalues,
         .help = "a row an eigenvalue, the largest first (default: a row of effective ranks)"},
        {.name = "fit",
         .arg = "LOW:HIGH",
         .type = OPT_PARSE,
         .to = &o->ranks,
         .parse = parse_fit,
         .help =
             "ranks that alpha_req is fitted over, HIGH cut to those there are (default 4:100)"},
        {.name = "epsilon",
         .arg = "E",
         .type = OPT_REAL,
         .to = &o->ranks.epsilon,
         .low = 0,
         .high = 0.1,
         .help = "added to each share of rankme and lidar, 0 to 0.1 (default 1e-7)"},
        {.name = "delta",
         .arg = "D",
         .type = OPT_REAL,
         .to = &o->ranks.delta,
         .low = 1e-300,
         .high = 1e300,
         .help = "added to the variances within instances of lidar, above 0 (default 1e-4)"},
        ESTIMATE_ROWS(&o->estimate),
        {.type = OPT_HEADING, .help = "Input:"},
        TOOL_INPUT_ROWS(&o->estimate.input),
        {.type = OPT_HEADING, .help = "Output:"},
        TOOL_TABLE_ROWS(&o->estimate.table),
        {.type = OPT_HEADING, .help = "Computation:"},
        ESTIMATE_RUN_ROWS(&o->estimate),
    };
    const opt_program program = {
        .name = "mi-spectrum",
        .args = "[FILE[:GROUP] ...]",
        .summary = "Effective ranks of features, a row for each feature set, entry and order, or "
                   "eigenvalues of any variable or joint.",
        .after = after,
        .needs_args = 1,
        .shares_work = 1,
        .row = row,
        .n_rows = OPT_COUNT(row),
    };
    opt_parse(&program, argc, argv, first);
    o->has_alpha = opt_given("alpha");
}

int main(int argc, char **argv)
{
    options o = {.of = "z1,z2"};
    walk k = {.o = &o};
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
