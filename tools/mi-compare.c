/* mi-compare - two or more checkpoints on the same instances: what differs, with its paired error. */
#include <math.h>
#include <string.h>

#include "compare_rows.h"
#include "forms.h"
#include "matched.h"
#include "room.h"

/* ---- which numbers ---- */

static mi_status want_term(compare_opts *o, const char *name, size_t length)
{
    int all = length == 3 && strncmp(name, "all", 3) == 0, found = all;
    for (size_t k = 0; k < MI_BOUNDS_NUMBERS; k++) {
        const char *term = mi_bounds_number_name(k);
        if (!all && (strlen(term) != length || strncmp(term, name, length) != 0))
            continue;
        o->wanted[k] = found = 1;
        o->bounds.decompose |= k >= MI_FIRST_DECOMPOSED && k < MI_TERMS;
    }
    if (!found)
        return mi_fail(MI_EUSAGE,
                       "--terms: '%.*s' is no term, wanted columns of mi-bounds such as I_Z1_Z2 or "
                       "lower, I_Z1_Z2_calibrated, or all",
                       (int)length, name);
    o->has_terms = 1;
    return MI_OK;
}

/* Without --terms and --of those that mi-bounds has without --decompose. */
static mi_status choose_numbers(compare_opts *o)
{
    if (o->of) {
        mi_status status = mi_forms_parse(&o->forms, o->of, MI_FORM_IS_EITHER);
        if (status != MI_OK)
            return mi_fail_in(status, "--of");
    }
    for (const char *text = o->terms; text;) {
        size_t length = strcspn(text, ",");
        MI_TRY(want_term(o, text, length));
        text = text[length] ? text + length + 1 : NULL;
    }
    o->has_terms |= !o->terms && !o->of;
    for (size_t k = 0; k < MI_BOUNDS_NUMBERS && !o->terms && !o->of; k++)
        o->wanted[k] = k < MI_FIRST_DECOMPOSED || k == MI_I_Z1_Z2_CALIBRATED;
    return MI_OK;
}

static mi_status resolve(compare_opts *o)
{
    MI_TRY(bounds_resolve(&o->bounds, &o->estimate));
    return choose_numbers(o);
}

/* What the numbers need of a set. */
static estimate_job job_of(compare_opts *o)
{
    estimate_job job = {.may_stream = 1};
    estimate_need(&job, &o->estimate, mi_forms_members(&o->forms), 1);
    if (!o->has_terms)
        return job;
    job.needed |= 1u << MI_Z1 | 1u << MI_Z2;
    job.wanted |= 1u << MI_R | 1u << MI_Y;
    o->estimate.sample.instances_only = 0;
    return job;
}

/* ---- pairs ---- */

enum { A, B };

typedef struct {
    compare_opts *o;
    mi_features *f;
    mi_table_writer *table;
    unsigned members;
    size_t memory_bytes; /* for the features of a pair and for computing with them */
    progress_line progress;
    int code, stop; /* exit code so far; no more pairs */
} comparison;

/* ---- their memory ---- */

/* A pair is held up to four times: both sets as they were read, and their shared rows in one order. */
enum { TIMES_HELD = 4 };

static mi_status share_memory(comparison *c)
{
    estimate_opts *e = &c->o->estimate;
    double besides = 0, allowed = (double)mi_run_memory_bytes(&e->run);
    size_t most = 0;
    for (size_t i = 0; i < mi_features_count(c->f); i++) {
        double bytes = 2 * mi_features_besides(c->f, i, c->members);
        most = bytes > besides ? i : most;
        besides = fmax(besides, bytes);
    }
    MI_TRY(room_for(mi_features_set(c->f, most), "reading two such sets needs", besides,
                    e->run.memory_bytes));
    c->memory_bytes = (size_t)fmax(allowed - besides, 1);
    for (size_t k = 0; k < e->kernels.count; k++)
        e->kernels.value[k].memory_bytes = c->memory_bytes / TIMES_HELD;
    return MI_OK;
}

/* Features in memory that are the sample's own. */
static double held_bytes(const mi_sample *s)
{
    double bytes = 0;
    for (int m = 0; m < MI_MEMBERS; m++) {
        const mi_column *c = &s->column[m];
        if (c->x.x && !c->borrows)
            bytes += (double)c->x.n * (double)c->x.d * c->x.type;
    }
    return bytes;
}

static size_t memory_left(const comparison *c, const mi_sample *const *held)
{
    double left = (double)c->memory_bytes;
    for (; *held; held++)
        left -= held_bytes(*held);
    return (size_t)fmax(left, 1);
}

/* ---- what is to be said of them ---- */

/* The shared rows that have one label in the one have one in the other. */
static int labels_agree(const mi_matched *m)
{
    const mi_column *a = &m->a.column[MI_Y], *b = &m->b.column[MI_Y];
    return !a->present || !b->present ||
           (mi_groups_mixed(&a->groups, &b->groups) == 0 &&
            mi_groups_mixed(&b->groups, &a->groups) == 0);
}

/* What is left out is said, how rows without ids were matched, labels that are missing, and kernels
 * that differ. */
static void warn_of(const compare_pair *p, const mi_sample *a, const mi_sample *b)
{
    const mi_matched *m = &p->matched;
    char name[600], left[MI_KERNELS_NAME], right[MI_KERNELS_NAME];
    matched_name(p->set[A], p->set[B], name, sizeof name);
    mi_sample_kernels_asked(a, left, sizeof left);
    mi_sample_kernels_asked(b, right, sizeof right);
    matched_warn(name, m, a->has_instances);
    if (p->o->has_terms && (!a->column[MI_Y].present || !b->column[MI_Y].present))
        tool_warn("%s: no y in %s: the terms that need it are nan", name,
                  a->column[MI_Y].present   ? "the second"
                  : b->column[MI_Y].present ? "the first"
                                            : "both");
    if (!labels_agree(m))
        tool_warn("%s: the labels of the shared rows differ, and the terms of Y for that too",
                  name);
    if (strcmp(left, right) != 0)
        tool_warn("%s: kernels differ, %s and %s, and the numbers for that too", name, left, right);
}

/* ---- all pairs ---- */

/* One kernel of two sets that have been read. */
static mi_status under_kernel(const comparison *c, size_t i, const mi_sample *read_a, size_t j,
                              const mi_sample *read_b, size_t kernel)
{
    const mi_sample_opts *opts = &c->o->estimate.kernels.value[kernel];
    mi_run run = c->o->estimate.run;
    compare_pair p = {.table = c->table,
                      .o = c->o,
                      .set = {mi_features_set(c->f, i), mi_features_set(c->f, j)},
                      .run = &run};
    mi_sample a = {0}, b = {0};
    mi_status status;
    MI_TRY_GOTO(status, mi_sample_make(&a, read_a, c->f, i, opts), done);
    MI_TRY_GOTO(status, mi_sample_make(&b, read_b, c->f, j, opts), done);
    MI_TRY_GOTO(status, mi_match(&p.matched, &a, &b), done);
    if (kernel == 0)
        warn_of(&p, &a, &b);
    run.memory_bytes = memory_left(
        c, (const mi_sample *[]){read_a, read_b, &a, &b, &p.matched.a, &p.matched.b, NULL});
    status = compare_rows(&p);
done:
    mi_matched_free(&p.matched);
    mi_sample_free(&a);
    mi_sample_free(&b);
    char name[600];
    if (status != MI_OK && status != MI_EWRITE)
        status = mi_fail_in(status, "%s", matched_name(p.set[A], p.set[B], name, sizeof name));
    return status;
}

static mi_status compare_with(const comparison *c, size_t i, const mi_sample *read_a, size_t j)
{
    const estimate_opts *e = &c->o->estimate;
    mi_sample read_b;
    MI_TRY(mi_sample_read(&read_b, c->f, j, c->members, e->kernels.value, e->kernels.count));
    mi_status status = MI_OK;
    for (size_t k = 0; status == MI_OK && k < e->kernels.count; k++)
        status = under_kernel(c, i, read_a, j, &read_b, k);
    mi_sample_free(&read_b);
    return status;
}

/* A failure is said, and ends it all unless --keep-going. */
static void settle(comparison *c, mi_status status)
{
    progress_clear(&c->progress);
    c->progress.set++;
    if (status == MI_OK)
        return;
    int code = tool_fail(status);
    c->code = c->code ? c->code : code;
    c->stop = !c->o->estimate.input.keep_going || status == MI_EWRITE;
}

/* Set i with each after it. */
static void compare_from(comparison *c, size_t i)
{
    const estimate_opts *e = &c->o->estimate;
    mi_sample read;
    mi_status status =
        mi_sample_read(&read, c->f, i, c->members, e->kernels.value, e->kernels.count);
    if (status != MI_OK) {
        settle(c, status);
        return;
    }
    for (size_t j = i + 1; !c->stop && j < mi_features_count(c->f); j++)
        settle(c, compare_with(c, i, &read, j));
    mi_sample_free(&read);
}

static mi_status compare_sets(comparison *c)
{
    compare_opts *o = c->o;
    size_t sets = mi_features_count(c->f), first = o->all_pairs ? sets - 1 : 1;
    MI_TRY(compare_columns(c->table));
    MI_TRY(tool_table_choose(c->table, &o->estimate.table));
    progress_start(&c->progress, o->all_pairs ? sets * (sets - 1) / 2 : sets - 1,
                   o->estimate.progress);
    o->estimate.run.progress = progress_share;
    o->estimate.run.estimate = progress_estimate;
    o->estimate.run.progress_arg = &c->progress;
    for (size_t i = 0; !c->stop && i < first; i++)
        compare_from(c, i);
    return c->code ? mi_table_show(c->table) : mi_table_end(c->table);
}

static mi_status compare_all(comparison *c, int n_args, char **args)
{
    compare_opts *o = c->o;
    const estimate_job job = job_of(o);
    tool_output out = {0};
    c->members = job.needed | job.wanted;
    MI_TRY(estimate_features(&c->f, &o->estimate, &job, n_args, args));
    if (mi_features_count(c->f) < 2)
        return mi_fail(MI_EUSAGE,
                       "one feature set, wanted two or more of the same instances to compare");
    MI_TRY(share_memory(c));
    MI_TRY(tool_table_open(&out, &c->table, &o->estimate.table));
    mi_status status = compare_sets(c);
    if (status == MI_OK && (!c->code || !o->estimate.table.path || o->estimate.input.keep_going))
        return tool_output_close(&out);
    tool_output_discard(&out);
    return status;
}

/* clang-format off */
static const opt_row quantity_rows[] = {
    {.name = "terms", .arg = "LIST", .type = OPT_TEXT, .at = offsetof(compare_opts, terms),
     .help = "columns of mi-bounds, those of --decompose too, I_Z1_Z2_calibrated (I_Z1_Z2 minus "
             "its chance level), or all (default: those without --decompose)"},
    {.name = "of", .arg = "LIST", .type = OPT_TEXT, .at = offsetof(compare_opts, of),
     .help = "expressions of mi-mutual and mi-entropy, in place of terms or beside --terms: "
             "z1:z2, y:z1, z1:z2|y, z1+z2; two parts also minus their chance level"},
    {.name = "normalize", .type = OPT_FLAG, .at = offsetof(compare_opts, normalize),
     .help = "with --of: informations also over the least, mean, geometric mean and joint of "
             "their parts' entropies"},
    {.name = "all-pairs", .type = OPT_FLAG, .at = offsetof(compare_opts, all_pairs),
     .help = "each set against each after it (default: the first against each other)"},
    {0},
};

static const opt_row uncertainty_rows[] = {
    {.name = "level", .arg = "LEVEL", .type = OPT_REAL, .at = offsetof(compare_opts, level),
     .low = 0.5, .high = 0.9999,
     .help = "level of the intervals lo to hi, 0.5 to 0.9999 (default 0.95)"},
    {.name = "permutations", .arg = "P", .type = OPT_COUNT,
     .at = offsetof(compare_opts, bounds.permutations), .low = 2, .high = 1e9,
     .help = "chance levels at other orders than 2, where they are exact: means over P random "
             "pairings, drawn for every sample of the jackknife"},
    {0},
};

static const opt_group groups[] = {
    {"Quantities:", quantity_rows, 0},
    {NULL, bounds_rows, offsetof(compare_opts, bounds)},
    {NULL, estimate_rows, offsetof(compare_opts, estimate)},
    {NULL, estimate_unit_rows, offsetof(compare_opts, estimate)},
    {"Uncertainty:", uncertainty_rows, 0},
    {"Input:", tool_features_rows, offsetof(compare_opts, estimate.input.features)},
    {NULL, tool_input_rows, offsetof(compare_opts, estimate.input)},
    {"Output:", tool_table_rows, offsetof(compare_opts, estimate.table)},
    {"Computation:", estimate_run_rows, offsetof(compare_opts, estimate)},
    {NULL, estimate_machine_rows, offsetof(compare_opts, estimate)},
    {0},
};
/* clang-format on */

static const opt_program program = {
    .name = "mi-compare",
    .args = "FILE[:GROUP] FILE[:GROUP] ...",
    .summary = "Differences of two or more feature sets on the same instances, matched by id: a "
               "row for each pair, order and term, with the paired standard error, interval and "
               "p-value of a - b.",
    .after = "Both sides are estimated on the instances that they share, whose numbers are "
             "instances_a, instances_b and shared. difference_se is the paired error, which "
             "leaves out what the instances do to both; unpaired_se is sqrt(se_a^2 + se_b^2). lo "
             "to hi is Student's t on `degrees`, p two-sided, of one term at a time.\n\n"
             "Examples:\n  mi-compare linear.h5 fsq.h5\n"
             "  mi-compare --alpha 0.5,1,2,4 --terms lower,upper,I_Z1_Z2 run.h5:/epoch_010 "
             "run.h5:/epoch_100\n"
             "  mi-compare --all-pairs --of z1:z2,y:z1 --normalize projectors/*.h5",
    .needs_args = 1,
    .group = groups,
};

int main(int argc, char **argv)
{
    compare_opts o = {.level = 0.95};
    comparison c = {.o = &o};
    int first;
    estimate_defaults(&o.estimate);
    mi_bounds_opts_default(&o.bounds);
    opt_parse(&program, &o, argc, argv, &first);
    mi_status status = resolve(&o);
    if (status == MI_OK)
        status = compare_all(&c, argc - first, argv + first);
    mi_table_writer_free(c.table);
    mi_features_close(c.f);
    forms_hint(&o.forms);
    mi_forms_free(&o.forms);
    estimate_free(&o.estimate);
    return status == MI_OK ? c.code : tool_fail(status);
}
