/* mi-shannon - Shannon entropy and information by other estimators, to check matrix values against. */
#include <math.h>
#include <string.h>

#include "estimate.h"
#include "libmi/base/words.h"

enum { MOST_ESTIMATORS = 64 };

typedef struct {
    estimate_opts estimate;
    estimate_errors errors;
    const char *of;
    size_t permutations;
    mi_shannon_estimator estimator[MOST_ESTIMATORS];
    size_t n_estimators; /* 0: those that a form's variables have */
} options;

static const char *const settings[] = {"n",        "instances", "units",     "variables",
                                       "quantity", "estimator", "claim",     "permutations",
                                       "seed",     "base",      "zero_rows", "rows_dropped"};
static const char *const numbers[] = {"most", "null", "null_sd", "p", "degrees", "value"};

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* ---- what is computed ---- */

/* A row: an expression by an estimator. */
typedef struct {
    const mi_measured_form *form;
    mi_member_id a, b; /* b MI_MEMBERS: of one variable */
    mi_shannon_estimator estimator;
    mi_shannon value;
} shannon_row;

typedef struct {
    size_t count;
    shannon_row row[];
} shannon_rows;

typedef struct {
    const options *o;
    const mi_forms *forms;
} shannon_tool;

/* The variable of a set of one, MI_MEMBERS for more. */
static mi_member_id only_member(unsigned vars)
{
    for (mi_member_id m = MI_Z1; m <= MI_Y; m++)
        if (vars == 1u << m)
            return m;
    return MI_MEMBERS;
}

/* Parts of one name each, two at most, no condition. */
static mi_status check_forms(const mi_forms *f)
{
    for (size_t k = 0; k < f->count; k++) {
        const mi_expression *e = &f->form[k].expression;
        int is_plain = e->n_parts <= 2 && !e->given;
        for (size_t p = 0; is_plain && p < e->n_parts; p++)
            is_plain = only_member(e->part[p]) < MI_MEMBERS;
        if (!is_plain)
            return mi_fail(MI_EUSAGE, "--of '%s': wanted one of z1, z2, r, y, or two with ':'",
                           f->form[k].text);
    }
    return MI_OK;
}

/* What is asked for where no estimator is: all that there are for such variables. */
static const char *const by_default[][6] = {
    {"plugin", "miller-madow", "grassberger", "shrinkage"},
    {"ksg"},
    {"infonce:0.1", "infonce:0.2", "infonce:0.5", "nwj:0.2", "nwj:0.5", "smile:0.2"},
};

static int suits(const mi_sample *s, const shannon_row *r, mi_shannon_kind kind)
{
    int a = s->column[r->a].is_real, b = r->b < MI_MEMBERS && s->column[r->b].is_real;
    if (r->b == MI_MEMBERS && a)
        return kind >= MI_SHANNON_INFONCE;
    return a || b ? kind == MI_SHANNON_KSG : kind < MI_SHANNON_KSG;
}

static mi_status list_default(shannon_rows *out, const mi_sample *s, const shannon_row *form)
{
    for (size_t k = 0; k < COUNT(by_default); k++)
        for (size_t i = 0; i < COUNT(by_default[k]) && by_default[k][i]; i++) {
            shannon_row *r = &out->row[out->count];
            *r = *form;
            MI_TRY(mi_shannon_parse(&r->estimator, by_default[k][i]));
            out->count += (size_t)suits(s, r, r->estimator.kind);
        }
    return MI_OK;
}

static mi_status list_rows(shannon_rows *out, const shannon_tool *t, const mi_sample *s)
{
    for (size_t k = 0; k < t->forms->count; k++) {
        const mi_measured_form *f = &t->forms->form[k];
        const mi_expression *e = &f->expression;
        shannon_row form = {.form = f, .a = only_member(e->part[0]), .b = MI_MEMBERS};
        if (e->n_parts == 2)
            form.b = only_member(e->part[1]);
        if (!t->o->n_estimators)
            MI_TRY(list_default(out, s, &form));
        for (size_t i = 0; i < t->o->n_estimators; i++) {
            form.estimator = t->o->estimator[i];
            out->row[out->count++] = form;
        }
    }
    return MI_OK;
}

static mi_status compute(const void *tool, const estimate_part *p, void **result)
{
    const shannon_tool *t = tool;
    size_t most = t->forms->count * (size_t)MOST_ESTIMATORS;
    shannon_rows *rows;
    MI_TRY(mi_malloc(&rows, 1, sizeof *rows + most * sizeof(shannon_row)));
    *result = rows;
    rows->count = 0;
    MI_TRY(list_rows(rows, t, p->sample));
    for (size_t k = 0; k < rows->count; k++) {
        shannon_row *r = &rows->row[k];
        mi_status status = mi_shannon_of(&r->value, p->sample, r->a, r->b, &r->estimator,
                                         t->o->permutations, p->run);
        if (status != MI_OK)
            return mi_fail_in(status, "%s", r->form->text);
    }
    return MI_OK;
}

/* ---- what is written ---- */

static mi_status put_settings(const estimate_part *p, const options *o, const shannon_row *r)
{
    mi_table_writer *w = p->table;
    char name[64];
    MI_TRY(mi_table_text(w, "file", p->set->file));
    MI_TRY(mi_table_text(w, "group", p->set->group));
    MI_TRY(mi_table_attrs(w, p->set));
    MI_TRY(mi_table_int(w, "n", (long long)p->sample->n));
    if (p->sample->has_instances)
        MI_TRY(mi_table_int(w, "instances", (long long)p->sample->instance.groups.g));
    MI_TRY(mi_table_int(w, "units", (long long)r->value.units));
    MI_TRY(mi_table_text(w, "variables", r->form->text));
    MI_TRY(mi_table_text(w, "quantity",
                         r->b < MI_MEMBERS                         ? "I"
                         : r->estimator.kind >= MI_SHANNON_INFONCE ? "I(views)"
                                                                   : "H"));
    MI_TRY(mi_table_text(w, "estimator", mi_shannon_name(&r->estimator, name, sizeof name)));
    MI_TRY(mi_table_text(w, "claim", mi_shannon_claim(r->estimator.kind)));
    if (o->permutations) {
        MI_TRY(mi_table_int(w, "permutations", (long long)o->permutations));
        MI_TRY(mi_table_int(w, "seed", (long long)o->estimate.run.seed));
    }
    MI_TRY(mi_table_text(w, "zero_rows", o->estimate.sample.drop_zero_rows ? "drop" : "error"));
    MI_TRY(mi_table_int(w, "rows_dropped", (long long)p->sample->dropped));
    return estimate_base_cell(w, o->estimate.base);
}

static mi_status write_row(const estimate_part *p, const options *o, const shannon_row *r)
{
    mi_table_writer *w = p->table;
    const mi_shannon *v = &r->value;
    double unit = 1 / log(o->estimate.base);
    MI_TRY(put_settings(p, o, r));
    MI_TRY(mi_table_real(w, "most", unit * v->most));
    MI_TRY(mi_table_real(w, "null", unit * v->null_mean));
    MI_TRY(mi_table_real(w, "null_sd", unit * v->null_sd));
    MI_TRY(mi_table_real(w, "p", v->p));
    MI_TRY(mi_table_real(w, "degrees", v->degrees));
    MI_TRY(mi_table_real(w, "value", unit * v->value));
    MI_TRY(estimate_error_cells(w, "value", unit * v->value, unit * v->se, v->degrees, &o->errors));
    return mi_table_end_row(w);
}

/* Nearest neighbours in many columns are hardly nearer than others. */
static void mention_columns(const estimate_part *p, const shannon_row *r)
{
    enum { FEW = 10 };
    const mi_column *c = p->sample->column;
    size_t d = c[r->a].is_real ? c[r->a].d : 0;
    if (r->b < MI_MEMBERS && c[r->b].is_real && c[r->b].d > d)
        d = c[r->b].d;
    if (r->estimator.kind == MI_SHANNON_KSG && d > FEW)
        mi_warn(
            "%s:%s: %s: ksg of %zu columns is far too small, its neighbours being hardly nearer "
            "than others; mi-transform --pca leaves few",
            p->set->file, p->set->group, r->form->text, d);
}

/* A row whose class is that of its instance alone has no neighbour in it. */
static void mention_classes(const estimate_part *p, const shannon_row *r)
{
    if (r->estimator.kind == MI_SHANNON_KSG && isnan(r->value.value))
        mi_warn("%s:%s: %s: ksg is nan: no class has rows of two instances", p->set->file,
                p->set->group, r->form->text);
}

static mi_status write_rows(const estimate_part *p, const options *o)
{
    const shannon_rows *rows = p->result;
    estimate_mention_independence(p);
    for (size_t k = 0; k < rows->count; k++) {
        mention_columns(p, &rows->row[k]);
        mention_classes(p, &rows->row[k]);
        MI_TRY(write_row(p, o, &rows->row[k]));
    }
    return MI_OK;
}

/* ---- */

static int run(options *o, const mi_forms *forms, int n_args, char **args)
{
    const char *name[COUNT(settings) + COUNT(numbers) + ESTIMATE_ERROR_COLUMNS];
    const char *value = "value";
    char made[ESTIMATE_ERROR_COLUMNS][ESTIMATE_COLUMN_BYTES];
    size_t n = COUNT(settings) + COUNT(numbers);
    const shannon_tool tool = {.o = o, .forms = forms};
    estimate_walk walk;
    memcpy(name, settings, sizeof settings);
    memcpy(name + COUNT(settings), numbers, sizeof numbers);
    estimate_job job = {.columns = name,
                        .n_settings = COUNT(settings),
                        .n_columns =
                            n + estimate_error_columns(name + n, made, &value, 1, &o->errors),
                        .compute = compute,
                        .tool = &tool};
    estimate_need(&job, &o->estimate, mi_forms_members(forms), 1);
    mi_status status = estimate_open(&walk, &o->estimate, &job, n_args, args);
    while (estimate_next(&walk, &status))
        status = write_rows(&walk.part, o);
    return estimate_close(&walk, status);
}

static mi_status parse_estimators(const char *text, void *to)
{
    options *o = to;
    char one[64];
    for (const char *end; *text; text = *end ? end + 1 : end) {
        size_t length = strcspn(text, ",");
        end = text + length;
        snprintf(one, sizeof one, "%.*s", (int)length, text);
        if (o->n_estimators == MOST_ESTIMATORS)
            return mi_fail(MI_EUSAGE, "more than %d estimators", MOST_ESTIMATORS);
        MI_TRY(mi_shannon_parse(&o->estimator[o->n_estimators++], one));
    }
    return o->n_estimators ? MI_OK : mi_fail(MI_EUSAGE, "no estimator");
}

/* z1, z2 or both, whose rows are symbols. */
static mi_status parse_discrete(const char *text, void *to)
{
    options *o = to;
    estimate_opts *e = &o->estimate;
    unsigned members = 0;
    MI_TRY(tool_parse_members(text, &members));
    if (members & ~(1u << MI_Z1 | 1u << MI_Z2))
        return mi_fail(MI_EUSAGE, "wanted z1, z2 or both");
    mi_free(e->kernels.value);
    MI_TRY(MI_NEW(e->kernels.value, 1));
    e->kernels.count = 1;
    mi_sample_opts_default(e->kernels.value);
    for (mi_member_id m = MI_Z1; m <= MI_Z2; m++)
        if (members >> m & 1) {
            e->kernels.value->kernel[m] = (mi_kernel){.kind = MI_KERNEL_DELTA};
            e->kernels.value->chosen[m] = 1;
        }
    return MI_OK;
}

/* clang-format off */
static const opt_row rows[] = {
    {.name = "of", .arg = "LIST", .type = OPT_TEXT, .at = offsetof(options, of),
     .help = "variables z1, z2, r, y, two of them joined by ':', ',' between entries (default z1,z2)"},
    {.name = "estimator", .arg = "LIST", .type = OPT_PARSE, .parse = parse_estimators,
     .choice = "plugin|miller-madow|grassberger|shrinkage|ksg:3|infonce:0.2|nwj:0.2|smile:0.2:5",
     .help = "see below (default: those that there are for such variables)"},
    {.name = "discrete", .arg = "LIST", .type = OPT_PARSE, .parse = parse_discrete,
     .choice = "z1|z2", .help = "take rows of z1, z2 or both as symbols (default: of integers)"},
    {.name = "permutations", .arg = "P", .type = OPT_COUNT, .at = offsetof(options, permutations),
     .low = 2, .high = 1e6,
     .help = "of an information of two variables also what P random pairings of the instances give: "
             "null and null_sd, mean and spread; p = (1 + #{value of a pairing >= value}) / (P + 1)"},
    {0},
};

static const opt_row run_rows[] = {
    {.name = "seed", .arg = "N", .type = OPT_SEED, .at = offsetof(estimate_opts, run.seed),
     .help = "of the pairings (default 1)"},
    {0},
};

static const opt_group groups[] = {
    {"Quantities:", rows, 0},
    {NULL, estimate_unit_rows, offsetof(options, estimate)},
    {"Uncertainty:", estimate_error_rows, offsetof(options, errors)},
    {"Input:", tool_features_rows, offsetof(options, estimate.input.features)},
    {NULL, tool_input_rows, offsetof(options, estimate.input)},
    {"Output:", tool_table_rows, offsetof(options, estimate.table)},
    {"Computation:", run_rows, offsetof(options, estimate)},
    {NULL, estimate_machine_rows, offsetof(options, estimate)},
    {0},
};
/* clang-format on */

static const char after[] =
    "Of discrete variables (H and I): plugin, the entropy of the counts; miller-madow, grassberger and "
    "shrinkage correct it for classes that few rows left out.\n"
    "Of a real variable and another, for a few columns: ksg:K, nearest neighbours (two real ones: "
    "Kraskov et al. 2004; a real and a discrete one: Ross 2014).\n"
    "Of one real variable, I(view; another view of the instance) by the critic cosine / T: infonce:T, a "
    "lower bound of at most log(negatives + 1), the column most; nwj:T, a lower bound; smile:T:C, "
    "none.\n\n"
    "Matrix values are another quantity: that both rise and fall together is what to look for.\n\n"
    "Examples:\n"
    "  mi-shannon --se run.h5\n"
    "  mi-transform --fsq z2:5 run.h5 | mi-shannon --of y,y:z2 --discrete z2 --permutations 99\n"
    "  mi-transform --pca z1:5 run.h5 | mi-shannon --of z1:y --se";

static const opt_program program = {
    .name = "mi-shannon",
    .args = "[FILE[:GROUP] ...]",
    .summary = "Shannon entropy and information by other estimators than matrices, to check these "
               "against: counts with corrections, nearest neighbours, variational bounds.",
    .after = after,
    .needs_args = 1,
    .group = groups,
};

/* Critics, of one variable, are of cosines; neighbours, of two, are not. */
static int are_pairs(const mi_forms *forms)
{
    int all = 1;
    for (size_t k = 0; k < forms->count; k++)
        all &= mi_form_member(&forms->form[k]) == MI_MEMBERS;
    return all;
}

static const mi_phrase phrases[] = {
    {MI_OPTION "zero-rows drop, or a gaussian, laplacian or delta kernel", "--zero-rows drop"},
};

int main(int argc, char **argv)
{
    options o = {.of = "z1,z2"};
    mi_forms forms;
    int first, code;
    mi_set_phrases(phrases, COUNT(phrases));
    estimate_defaults(&o.estimate);
    opt_parse(&program, &o, argc, argv, &first);
    mi_status status = mi_forms_parse(&forms, o.of, MI_FORM_IS_EITHER);
    if (status != MI_OK)
        return tool_fail(mi_fail_in(status, "--of"));
    status = check_forms(&forms);
    o.estimate.sample.asked = are_pairs(&forms) ? MI_ASKED_DISTANCES : MI_ASKED_DIRECTIONS;
    code = status == MI_OK ? run(&o, &forms, argc - first, argv + first) : tool_fail(status);
    mi_forms_free(&forms);
    estimate_free(&o.estimate);
    return code;
}
