#include "forms.h"

#include <string.h>

static const char *const columns[] = {
    "n",         "instances",  "d1",        "d2",        "classes",      "variables",  "alpha",
    "kernel",    "r_kind",     "estimator", "batch",     "batches",      "seed",       "route",
    "tolerance", "half_width", "base",      "zero_rows", "rows_dropped", "zeroed_mass"};

static const char *const normalized_columns[] = {"I_min", "I_mean", "I_geo", "I_joint"};
static const char *const null_columns[] = {"permutations", "I_null", "I_null_sd", "I_p",
                                           "I_calibrated"};

typedef struct {
    const forms_opts *opts;
    mi_forms forms;
} form_walk;

static mi_status write_normalized(mi_table_writer *w, const mi_measured *r)
{
    MI_TRY(mi_table_real(w, "I_min", r->min));
    MI_TRY(mi_table_real(w, "I_mean", r->mean));
    MI_TRY(mi_table_real(w, "I_geo", r->geo));
    return mi_table_real(w, "I_joint", r->joint);
}

static mi_status write_null(mi_table_writer *w, long permutations, const mi_measured *r)
{
    MI_TRY(mi_table_int(w, "permutations", permutations));
    MI_TRY(mi_table_real(w, "I_null", r->null.mean));
    MI_TRY(mi_table_real(w, "I_null_sd", r->null.sd));
    MI_TRY(mi_table_real(w, "I_p", r->null.p));
    return mi_table_real(w, "I_calibrated", r->value - r->null.mean);
}

static mi_status write_row(mi_table_writer *w, const estimate_set *e, const form_walk *walk,
                           size_t k, size_t a, const mi_measured *r)
{
    const forms_opts *o = walk->opts;
    MI_TRY(estimate_cells(w, e, o->estimate.alpha.value[a]));
    MI_TRY(mi_table_text(w, "estimator", mi_estimator_name(MI_ESTIMATOR_V)));
    MI_TRY(mi_table_text(w, "variables", walk->forms.form[k].text));
    if (r->batches)
        MI_TRY(mi_table_int(w, "batches", (long long)r->batches));
    MI_TRY(mi_table_text(w, "route", mi_route_name(r->route)));
    MI_TRY(mi_table_real(w, "half_width", r->half_width));
    MI_TRY(mi_table_real(w, "zeroed_mass", r->zeroed_mass));
    MI_TRY(mi_table_real(w, o->kind == MI_FORM_IS_ENTROPY ? "S" : "I", r->value));
    if (o->normalize)
        MI_TRY(write_normalized(w, r));
    if (o->permutations)
        MI_TRY(write_null(w, o->permutations, r));
    return mi_table_end_row(w);
}

static mi_status rows(mi_table_writer *w, const estimate_set *e, void *arg)
{
    const form_walk *walk = arg;
    const estimate_opts *o = &walk->opts->estimate;
    mi_measure_opts measure = {.alpha = o->alpha.value,
                               .n_alpha = o->alpha.count,
                               .batch = (size_t)o->batch,
                               .seed = estimate_seed(o),
                               .base = o->base,
                               .permutations = (size_t)walk->opts->permutations,
                               .draws = o->sample.seed};
    mi_measured *r;
    mi_status status;
    MI_TRY(MI_NEW(r, walk->forms.count * measure.n_alpha));
    MI_TRY_GOTO(status, mi_measure(r, &walk->forms, e->sample, &measure, &o->run), done);
    for (size_t k = 0; k < walk->forms.count; k++)
        for (size_t a = 0; a < measure.n_alpha; a++)
            MI_TRY_GOTO(status, write_row(w, e, walk, k, a, &r[k * measure.n_alpha + a]), done);
done:
    mi_free(r);
    return status;
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

static size_t append(const char **name, size_t n, const char *const *more, size_t count)
{
    memcpy(name + n, more, count * sizeof *more);
    return n + count;
}

static size_t list_columns(const char **name, const forms_opts *o)
{
    size_t n = append(name, 0, columns, COUNT(columns));
    name[n++] = o->kind == MI_FORM_IS_ENTROPY ? "S" : "I";
    if (o->normalize)
        n = append(name, n, normalized_columns, COUNT(normalized_columns));
    if (o->permutations)
        n = append(name, n, null_columns, COUNT(null_columns));
    return n;
}

int forms_run(forms_opts *o, int n_args, char **args)
{
    form_walk walk = {.opts = o};
    const char *name[40];
    estimate_job job = {.columns = name, .rows = rows, .arg = &walk, .may_stream = 1};
    mi_status status = mi_forms_parse(&walk.forms, o->of, o->kind);
    if (status != MI_OK)
        return tool_fail(mi_fail_in(status, "--of"));
    if (!o->estimate.alpha.value)
        status = mi_alpha_parse(&o->estimate.alpha.value, &o->estimate.alpha.count, "2");
    if (status != MI_OK)
        return tool_fail(status);
    /* Batches and re-pairings are of instances where there are ids. */
    estimate_need(&job, &o->estimate, mi_forms_members(&walk.forms),
                  estimate_has_batches(&o->estimate) || o->permutations);
    job.n_columns = list_columns(name, o);
    int code = estimate_all(&o->estimate, &job, n_args, args);
    mi_forms_free(&walk.forms);
    return code;
}
