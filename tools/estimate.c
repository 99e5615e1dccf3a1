#include "estimate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "room.h"

void estimate_defaults(estimate_opts *o)
{
    *o = (estimate_opts){.table = TOOL_TABLE_DEFAULTS, .base = exp(1)};
    mi_features_opts_default(&o->input.features);
    o->input.features.asks_for_r = 1;
    mi_sample_opts_default(&o->sample);
    mi_run_default(&o->run);
}

void estimate_free(estimate_opts *o)
{
    mi_features_opts_free(&o->input.features);
    mi_free(o->alpha.value);
    mi_free(o->kernels.value);
    mi_free(o->batches.value);
    o->alpha.value = NULL;
    o->kernels.value = NULL;
    o->batches.value = NULL;
}

mi_status estimate_parse_alpha(const char *text, void *to)
{
    estimate_opts *o = to;
    mi_free(o->alpha.value);
    return mi_alpha_parse(&o->alpha.value, &o->alpha.count, text);
}

mi_status estimate_default_alpha(estimate_opts *o)
{
    return o->alpha.value ? MI_OK : mi_alpha_parse(&o->alpha.value, &o->alpha.count, "2");
}

mi_status estimate_parse_kernel(const char *text, void *to)
{
    estimate_opts *o = to;
    mi_sample_opts kernels;
    mi_sample_opts_default(&kernels);
    MI_TRY(mi_sample_parse_kernel(&kernels, text));
    MI_TRY(mi_realloc(&o->kernels.value, o->kernels.count + 1, sizeof kernels));
    o->kernels.value[o->kernels.count++] = kernels;
    return MI_OK;
}

mi_status estimate_add_batch(estimate_opts *o, size_t size)
{
    MI_TRY(mi_realloc(&o->batches.value, o->batches.count + 1, sizeof size));
    o->batches.value[o->batches.count++] = size;
    return MI_OK;
}

static mi_status parse_batch(estimate_opts *o, const char *text, size_t length)
{
    char *end;
    if (length == 3 && strncmp(text, "all", 3) == 0)
        return estimate_add_batch(o, 0);
    long size = strtol(text, &end, 10);
    if (end != text + length || size < 1)
        return mi_fail(MI_EUSAGE,
                       "'%.*s' is no batch, wanted a number of instances, 1 or more, or all",
                       (int)length, text);
    return estimate_add_batch(o, (size_t)size);
}

static mi_status parse_batches(const char *text, void *to)
{
    estimate_opts *o = to;
    o->batches.count = 0;
    for (;;) {
        size_t length = strcspn(text, ",");
        MI_TRY(parse_batch(o, text, length));
        if (!text[length])
            return MI_OK;
        text += length + 1;
    }
}

int estimate_has_batches(const estimate_opts *o)
{
    for (size_t k = 0; k < o->batches.count; k++)
        if (o->batches.value[k])
            return 1;
    return 0;
}

mi_status estimate_parse_base(const char *text, void *to)
{
    char *end;
    double base = strtod(text, &end);
    if (strcmp(text, "e") == 0)
        base = exp(1);
    else if (end == text || *end || !(base > 1) || !isfinite(base))
        return mi_fail(MI_EUSAGE, "not a base, wanted e or a number above 1");
    *(double *)to = base;
    return MI_OK;
}

static mi_status parse_r_kind(const char *text, void *to)
{
    return mi_r_kind_parse(to, text);
}

static mi_status parse_route(const char *text, void *to)
{
    return mi_route_parse(to, text);
}

/* clang-format off */
const opt_row estimate_rows[] = {
    {.name = "alpha", .key = 'a', .arg = "A,B,...", .type = OPT_PARSE, .parse = estimate_parse_alpha,
     .help = "orders of the entropy, each above 0, or inf (default 2)"},
    {.name = "kernel", .key = 'k', .arg = "K", .type = OPT_PARSE, .parse = estimate_parse_kernel,
     .choice = "linear|gaussian:median|gaussian:scott|gaussian:silverman|gaussian:half-d|gaussian:0.5m:m:2m|"
               "laplacian:median|polynomial:2:1|precomputed|delta",
     .help = "linear, gaussian[:S] or laplacian[:S] with S a number, median (default), qQ (a "
             "quantile, 0 < Q < 1), scott, silverman, half-d, or a list as 1:2:4 or 0.5m:m:2m (m the median) "
             "for the mean of these kernels, polynomial[:P[:C]] (default 2:1), "
             "precomputed (the dataset is the n x n matrix of inner products), or delta; z1=K,z2=K chooses each (default: linear for floats, delta for integers); "
             "given again: rows for that kernel too, from one reading of the data"},
    {.name = "r", .arg = "KIND", .type = OPT_PARSE, .at = offsetof(estimate_opts, sample.r_kind),
     .parse = parse_r_kind, .choice = "auto|id|positive|target",
     .help = "what R is: id, positive (Z2 of the next view) or target (real values); default: "
             "positive for ids with 2 to 16 rows each beside a real z2 (views), id for other "
             "integers, target for floats"},
    {.name = "batch", .key = 'b', .arg = "B,...", .type = OPT_PARSE, .parse = parse_batches,
     .choice = "all",
     .help = "mean over batches of B instances; several make rows for each, all is the whole set "
             "at once (default)"},
    {.name = "seed", .arg = "N", .type = OPT_SEED, .at = offsetof(estimate_opts, run.seed),
     .help = "shuffle instances into batches by seed N (default: in order of appearance)"},
    {0},
};

const opt_row estimate_weight_rows[] = {
    {.name = "weights", .type = OPT_FLAG, .at = offsetof(estimate_opts, sample.weights),
     .help = "rows have the weights that the dataset w of each set holds, one above 0 a row, of any sum: the "
             "entropy of the weighted density; of whole sets"},
    {0},
};

const opt_row estimate_unit_rows[] = {
    {.name = "zero-rows", .arg = "error|drop", .type = OPT_CHOICE,
     .at = offsetof(estimate_opts, sample.drop_zero_rows), .choice = "error|drop",
     .help = "rows that are all zero under a kernel of cosines: an error (default), or dropped"},
    {.name = "base", .arg = "B", .type = OPT_PARSE, .at = offsetof(estimate_opts, base),
     .parse = estimate_parse_base, .choice = "e|2|10",
     .help = "base of the logarithm: e (default), 2, 10 or another"},
    {0},
};

const opt_row estimate_run_rows[] = {
    {.name = "route", .arg = "ROUTE", .type = OPT_PARSE, .at = offsetof(estimate_opts, run.route),
     .parse = parse_route,
     .choice = "auto|counts|dual|classes|tiles|dense|lanczos|sample|bf16",
     .help = "how the joint entropy is computed (default auto, by cost); lanczos, sample and bf16 are "
             "estimates, whose 95 % interval is half_width wide on each side; sample without "
             "--tolerance takes 64 units of its design; tiles forbids bf16"},
    {.name = "tolerance", .arg = "E", .type = OPT_REAL,
     .at = offsetof(estimate_opts, run.tolerance), .low = 1e-9, .high = 10,
     .help = "let large sets be estimated until the 95 % interval of each costly joint entropy "
             "is E nats wide on each side; what was reached is half_width, and --progress also says "
             "the estimate so far"},
    {0},
};

const opt_row estimate_machine_rows[] = {
    {.name = "threads", .key = 't', .arg = "N", .type = OPT_INT,
     .at = offsetof(estimate_opts, run.threads), .low = 1, .high = 4096,
     .help = "worker threads (default: the CPUs this process may use)"},
    {.name = "progress", .type = OPT_FLAG, .at = offsetof(estimate_opts, progress),
     .help = "say on standard error how far it is, at once and also when that is no terminal"},
    {.name = "memory", .arg = "SIZE", .type = OPT_BYTES,
     .at = offsetof(estimate_opts, run.memory_bytes),
     .help = ROOM_HELP},
    {0},
};

const opt_row estimate_error_rows[] = {
    {.name = "se", .type = OPT_FLAG, .at = offsetof(estimate_errors, se),
     .help = "add X_se, the standard error of each value, instances being the independent units: "
             "by influences at order 2, from the batches with --batch, else by the jackknife; se_by "
             "says which"},
    {.name = "ci", .arg = "LEVEL", .type = OPT_REAL, .at = offsetof(estimate_errors, level),
     .low = 0.5, .high = 0.9999,
     .help = "add X_lo and X_hi, the two-sided interval at LEVEL, for example 0.95 (Student's t on "
             "`degrees`)"},
    {0},
};
/* clang-format on */

/* ---- columns and cells ---- */

mi_status estimate_columns(mi_table_writer *w, const mi_features *f, const estimate_job *job)
{
    MI_TRY(mi_table_setting_column(w, "file"));
    MI_TRY(mi_table_setting_column(w, "group"));
    MI_TRY(mi_table_attr_columns(w, f));
    for (size_t k = 0; k < job->n_columns; k++) {
        const char *name = job->columns[k];
        MI_TRY(k < job->n_settings ? mi_table_setting_column(w, name) : mi_table_column(w, name));
        if (opt_given("kernel") && strcmp(name, "kernel") == 0)
            MI_TRY(mi_table_setting_column(w, "kernel_asked"));
        if (opt_given("weights") && strcmp(name, "kernel") == 0)
            MI_TRY(mi_table_setting_column(w, "weights"));
    }
    return MI_OK;
}

void estimate_mention_independence(const estimate_part *p)
{
    static int is_said;
    if (!is_said && !p->set->member[MI_R].present)
        tool_warn("%s:%s: no r: the standard errors take the %zu rows as independent", p->set->file,
                  p->set->group, p->sample->n);
    is_said |= !p->set->member[MI_R].present;
}

mi_status estimate_base_cell(mi_table_writer *w, double base)
{
    return base == exp(1) ? mi_table_text(w, "base", "e") : mi_table_real(w, "base", base);
}

mi_status estimate_cells(const estimate_part *p, double alpha)
{
    mi_table_writer *w = p->table;
    const mi_sample *s = p->sample;
    const estimate_opts *o = p->opts;
    const mi_column *z1 = &s->column[MI_Z1], *z2 = &s->column[MI_Z2], *y = &s->column[MI_Y];
    char kernels[MI_KERNELS_NAME];
    MI_TRY(mi_table_text(w, "file", p->set->file));
    MI_TRY(mi_table_text(w, "group", p->set->group));
    MI_TRY(mi_table_attrs(w, p->set));
    MI_TRY(mi_table_int(w, "n", (long long)s->n));
    if (s->has_instances)
        MI_TRY(mi_table_int(w, "instances", (long long)s->instance.groups.g));
    if (z1->present)
        MI_TRY(mi_table_int(w, "d1", (long long)z1->d));
    if (z2->present)
        MI_TRY(mi_table_int(w, "d2", (long long)z2->d));
    if (y->present)
        MI_TRY(mi_table_int(w, "classes", (long long)y->groups.g));
    MI_TRY(mi_table_real(w, "alpha", alpha));
    MI_TRY(mi_table_text(w, "kernel", mi_sample_kernels(s, kernels, sizeof kernels)));
    if (opt_given("kernel"))
        MI_TRY(
            mi_table_text(w, "kernel_asked", mi_sample_kernels_asked(s, kernels, sizeof kernels)));
    if (opt_given("weights"))
        MI_TRY(mi_table_text(w, "weights", p->set->member[MI_W].path));
    if (s->column[MI_R].present && !o->sample.instances_only)
        MI_TRY(mi_table_text(w, "r_kind", mi_r_kind_name(s->r_kind)));
    if (p->batch)
        MI_TRY(mi_table_int(w, "batch", (long long)p->batch));
    if (o->shuffled)
        MI_TRY(mi_table_int(w, "seed", (long long)o->run.seed));
    if (o->run.tolerance > 0)
        MI_TRY(mi_table_real(w, "tolerance", o->run.tolerance));
    MI_TRY(estimate_base_cell(w, o->base));
    MI_TRY(mi_table_text(w, "zero_rows", o->sample.drop_zero_rows ? "drop" : "error"));
    return mi_table_int(w, "rows_dropped", (long long)s->dropped);
}

/* ---- standard errors and intervals ---- */

int estimate_has_errors(const estimate_errors *e)
{
    return e->se || e->level > 0;
}

size_t estimate_error_columns(const char **name, char (*made)[ESTIMATE_COLUMN_BYTES],
                              const char *const *of, size_t count, const estimate_errors *e)
{
    static const char *const suffix[ESTIMATE_ERROR_COLUMNS] = {"se", "lo", "hi"};
    const int wanted[ESTIMATE_ERROR_COLUMNS] = {e->se, e->level > 0, e->level > 0};
    size_t n = 0;
    for (size_t k = 0; k < ESTIMATE_ERROR_COLUMNS; k++) {
        for (size_t i = 0; wanted[k] && i < count; i++) {
            snprintf(made[n], sizeof made[n], "%s_%s", of[i], suffix[k]);
            name[n] = made[n];
            n++;
        }
    }
    return n;
}

mi_status estimate_error_cells(mi_table_writer *w, const char *column, double value, double se,
                               double degrees, const estimate_errors *e)
{
    char name[ESTIMATE_COLUMN_BYTES];
    snprintf(name, sizeof name, "%s_se", column);
    if (e->se)
        MI_TRY(mi_table_real(w, name, se));
    if (!e->level)
        return MI_OK;
    double half = mi_t_factor(e->level, degrees) * se;
    snprintf(name, sizeof name, "%s_lo", column);
    MI_TRY(mi_table_real(w, name, value - half));
    snprintf(name, sizeof name, "%s_hi", column);
    return mi_table_real(w, name, value + half);
}
