#include "forms.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const char *const columns[] = {
    "n",     "instances", "d1",           "d2",         "classes", "variables",
    "alpha", "kernel",    "r_kind",       "estimator",  "batch",   "batches",
    "seed",  "route",     "tolerance",    "half_width", "degrees", "se_by",
    "base",  "zero_rows", "rows_dropped", "zeroed_mass"};

/* clang-format off */
const opt_row forms_limit_rows[] = {
    {.name = "extrapolate", .type = OPT_FLAG, .at = offsetof(forms_opts, extrapolate),
     .help = "add X_limit, what each value tends to as the instances grow in number, by nested "
             "batches of all, a half and a quarter of them; X_limit_se, its standard error, and "
             "X_limit_fit, the part of it that the fit leaves open"},
    {0},
};
/* clang-format on */

static const char *const null_columns[] = {"permutations", "I_null", "I_null_sd", "I_p"};

/* Whether a reading has a column: the ratios with --normalize, what is above chance with
 * --permutations. */
static int has_column(const forms_opts *o, mi_reading i)
{
    return i == MI_PLAIN || (i == MI_ABOVE_CHANCE ? o->permutations > 0 : o->normalize);
}

static mi_status write_null(mi_table_writer *w, size_t permutations, const mi_measured *r)
{
    MI_TRY(mi_table_int(w, "permutations", (long long)permutations));
    MI_TRY(mi_table_real(w, "I_null", r->null.mean));
    MI_TRY(mi_table_real(w, "I_null_sd", r->null.sd));
    return mi_table_real(w, "I_p", r->null.p);
}

/* A value, its standard error, its interval: those that have a column. */
static mi_status write_reading(mi_table_writer *w, const forms_opts *o, mi_reading i,
                               const mi_measured *r)
{
    const char *column = mi_reading_name(i, o->kind);
    MI_TRY(mi_table_real(w, column, r->value[i]));
    return estimate_error_cells(w, column, r->value[i], r->se[i], r->degrees, &o->errors);
}

/* Columns of limits have their errors always. */
static estimate_errors limit_errors(const forms_opts *o)
{
    return (estimate_errors){.se = 1, .level = o->errors.level};
}

static const char *limit_name(const forms_opts *o)
{
    return o->kind == MI_FORM_IS_ENTROPY ? "S_limit" : "I_limit";
}

static const char *limit_fit_name(const forms_opts *o)
{
    return o->kind == MI_FORM_IS_ENTROPY ? "S_limit_fit" : "I_limit_fit";
}

static mi_status write_limit(mi_table_writer *w, const forms_opts *o, const mi_limit *l)
{
    const estimate_errors errors = limit_errors(o);
    MI_TRY(mi_table_real(w, limit_name(o), l->value));
    MI_TRY(mi_table_real(w, limit_fit_name(o), l->fit));
    return estimate_error_cells(w, limit_name(o), l->value, l->se, l->degrees, &errors);
}

static mi_status write_row(const estimate_part *p, const forms_opts *o, const mi_measured_form *f,
                           double alpha, const mi_measured *r, const mi_limit *l)
{
    mi_table_writer *w = p->table;
    MI_TRY(estimate_cells(p, alpha));
    MI_TRY(mi_table_text(w, "estimator", mi_estimator_name(MI_ESTIMATOR_V)));
    MI_TRY(mi_table_text(w, "variables", f->text));
    if (r->batches)
        MI_TRY(mi_table_int(w, "batches", (long long)r->batches));
    MI_TRY(mi_table_text(w, "route", mi_route_name(r->route)));
    MI_TRY(mi_table_real(w, "half_width", r->half_width[MI_PLAIN]));
    MI_TRY(mi_table_real(w, "zeroed_mass", r->zeroed_mass));
    if (estimate_has_errors(&o->errors)) {
        MI_TRY(mi_table_real(w, "degrees", r->degrees));
        MI_TRY(mi_table_text(w, "se_by", mi_se_by_name(r->se_by)));
    }
    if (o->permutations)
        MI_TRY(write_null(w, o->permutations, r));
    for (mi_reading i = 0; i < MI_READINGS; i++)
        if (has_column(o, i))
            MI_TRY(write_reading(w, o, i, r));
    if (o->extrapolate)
        MI_TRY(write_limit(w, o, l));
    return mi_table_end_row(w);
}

static mi_measure_opts measure_opts(const estimate_part *p, const forms_opts *o)
{
    mi_measure_opts measure;
    mi_measure_opts_default(&measure);
    measure.alpha = o->estimate.alpha.value;
    measure.n_alpha = o->estimate.alpha.count;
    measure.batch = p->batch;
    measure.shuffled = o->estimate.shuffled;
    measure.base = o->estimate.base;
    measure.se = estimate_has_errors(&o->errors);
    measure.permutations = o->permutations;
    return measure;
}

typedef struct {
    const forms_opts *o;
    const mi_forms *forms;
} forms_tool;

/* Results (forms, n_alpha) of a part, then their limits. */
static mi_status compute(const void *tool, const estimate_part *p, void **result)
{
    const forms_tool *t = tool;
    mi_measure_opts measure = measure_opts(p, t->o);
    size_t cells = t->forms->count * measure.n_alpha;
    mi_measured *r;
    MI_TRY(mi_malloc(&r, cells, sizeof *r + sizeof(mi_limit)));
    *result = r;
    MI_TRY(mi_measure(r, t->forms, p->sample, &measure, p->run));
    if (!t->o->extrapolate)
        return MI_OK;
    measure.permutations = 0;
    return mi_measure_limit((mi_limit *)(r + cells), t->forms, p->sample, &measure, p->run);
}

/* Why there is no limit; said once a set, and for each order that has none for reasons of its own. */
static void mention_limit(const estimate_part *p, const mi_measured_form *f, double alpha,
                          const mi_limit *l, int is_first)
{
    if (l->kind == MI_LIMIT_GROWS && is_first)
        mi_warn("%s:%s: %s has no limit: one of its variables has a value of its own for more than "
                "half of the instances, and its entropy grows as log n",
                p->set->file, p->set->group, f->text);
    if (l->kind == MI_LIMIT_UNRESOLVED)
        mi_warn("%s:%s: %s at order %g has no limit that %zu rows would show: exp S of one of its "
                "joints is above a third of the instances; try more of them, or order 2",
                p->set->file, p->set->group, f->text, alpha, p->sample->n);
}

static mi_status write_rows(const estimate_part *p, const forms_opts *o, const mi_forms *forms)
{
    const mi_measure_opts measure = measure_opts(p, o);
    const mi_measured *r = p->result;
    const mi_limit *l = (const mi_limit *)(r + forms->count * measure.n_alpha);
    if (measure.se)
        estimate_mention_independence(p);
    for (size_t k = 0; k < forms->count; k++) {
        for (size_t a = 0; a < measure.n_alpha; a++, r++, l++) {
            if (o->extrapolate && p->is_first)
                mention_limit(p, &forms->form[k], measure.alpha[a], l, a == 0);
            MI_TRY(write_row(p, o, &forms->form[k], measure.alpha[a], r, l));
        }
    }
    return MI_OK;
}

#define COUNT(array)    (sizeof(array) / sizeof *(array))
#define NULL_COLUMNS    COUNT(null_columns)
#define READING_COLUMNS ((size_t)(ESTIMATE_ERROR_COLUMNS * (MI_READINGS + 1)))
#define MOST_COLUMNS    (COUNT(columns) + NULL_COLUMNS + MI_READINGS + 2 + READING_COLUMNS)

static size_t append(const char **name, size_t n, const char *const *more, size_t count)
{
    memcpy(name + n, more, count * sizeof *more);
    return n + count;
}

static size_t list_limit_columns(const char **name, char (*made)[ESTIMATE_COLUMN_BYTES],
                                 const forms_opts *o)
{
    const estimate_errors errors = limit_errors(o);
    const char *value = name[0] = limit_name(o);
    name[1] = limit_fit_name(o);
    return o->extrapolate ? 2 + estimate_error_columns(name + 2, made, &value, 1, &errors) : 0;
}

/* name[0..] and, where the name is made here, its text in made[]. Returns how many. */
static size_t list_columns(const char **name, char (*made)[ESTIMATE_COLUMN_BYTES],
                           const forms_opts *o)
{
    const char *value[MI_READINGS];
    size_t n = append(name, 0, columns, COUNT(columns)), values = 0;
    for (mi_reading i = 0; i < MI_READINGS; i++) {
        if (i == MI_ABOVE_CHANCE && o->permutations)
            n = append(name, n, null_columns, NULL_COLUMNS);
        if (has_column(o, i))
            name[n++] = value[values++] = mi_reading_name(i, o->kind);
    }
    size_t errors = estimate_error_columns(name + n, made, value, values, &o->errors);
    return n + errors + list_limit_columns(name + n + errors, made + errors, o);
}

static int measure_all(forms_opts *o, const mi_forms *forms, int n_args, char **args)
{
    const char *name[MOST_COLUMNS];
    char made[READING_COLUMNS][ESTIMATE_COLUMN_BYTES];
    const forms_tool tool = {.o = o, .forms = forms};
    estimate_job job = {.columns = name,
                        .n_columns = list_columns(name, made, o),
                        .n_settings = COUNT(columns),
                        .may_stream = 1,
                        .compute = compute,
                        .tool = &tool};
    estimate_walk walk;
    /* Batches, re-pairings and errors are of instances where there are ids. */
    estimate_need(&job, &o->estimate, mi_forms_members(forms),
                  estimate_has_batches(&o->estimate) || o->permutations || o->extrapolate ||
                      estimate_has_errors(&o->errors));
    mi_status status = estimate_open(&walk, &o->estimate, &job, n_args, args);
    while (estimate_next(&walk, &status))
        status = write_rows(&walk.part, o, forms);
    return estimate_close(&walk, status);
}

/* A name that stands twice is a second variable with the values of the first: labels, whose kernel
 * is delta, aside, I(A;A) = 2 S(K) - S(K o K) is less than S(K). */
static int is_with_itself(const mi_measured_form *f)
{
    const unsigned second = ~0u << MI_MEASURE_NAMES, labels = 1u << (MI_Y - MI_Z1);
    unsigned twice = mi_expression_vars(&f->expression) & second;
    return (twice & ~(labels << MI_MEASURE_NAMES)) != 0;
}

void forms_hint(const mi_forms *forms)
{
    for (size_t k = 0; tool_is_terminal() && k < forms->count; k++) {
        if (forms->form[k].expression.n_parts < 2 || !is_with_itself(&forms->form[k]))
            continue;
        tool_hint(
            "%s: a matrix information of a variable with itself is not its entropy (equal for "
            "delta kernels alone): man mi-guide",
            forms->form[k].text);
        return;
    }
}

int forms_run(forms_opts *o, int n_args, char **args)
{
    mi_forms forms;
    mi_status status = mi_forms_parse(&forms, o->of, o->kind);
    if (status != MI_OK)
        return tool_fail(mi_fail_in(status, "--of"));
    status = estimate_default_alpha(&o->estimate);
    o->estimate.shuffled |= o->extrapolate;
    if (status == MI_OK && o->extrapolate && estimate_has_batches(&o->estimate))
        status = mi_fail(MI_EUSAGE, "--extrapolate has batches of its own; leave out --batch");
    int code = status == MI_OK ? measure_all(o, &forms, n_args, args) : tool_fail(status);
    forms_hint(&forms);
    mi_forms_free(&forms);
    return code;
}
