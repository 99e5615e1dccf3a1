#include "estimate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ranks.h"

void estimate_defaults(estimate_opts *o)
{
    *o = (estimate_opts)ESTIMATE_DEFAULTS;
    mi_features_opts_default(&o->input.features);
    mi_sample_opts_default(&o->sample);
    mi_run_default(&o->run);
    o->base = exp(1);
    o->seed = -1;
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
    estimate_opts *o = (estimate_opts *)((char *)to - offsetof(estimate_opts, alpha));
    mi_free(o->alpha.value);
    return mi_alpha_parse(&o->alpha.value, &o->alpha.count, text);
}

static mi_status add_kernels(estimate_opts *o, const mi_sample_opts *kernels)
{
    MI_TRY(mi_realloc(&o->kernels.value, o->kernels.count + 1, sizeof *kernels));
    o->kernels.value[o->kernels.count++] = *kernels;
    return MI_OK;
}

mi_status estimate_parse_kernel(const char *text, void *to)
{
    estimate_opts *o = (estimate_opts *)((char *)to - offsetof(estimate_opts, kernels));
    mi_sample_opts kernels;
    mi_sample_opts_default(&kernels);
    MI_TRY(mi_sample_parse_kernel(&kernels, text));
    return add_kernels(o, &kernels);
}

static mi_status parse_batch(long *batch, const char *text, size_t length)
{
    char *end;
    if (length == 3 && strncmp(text, "all", 3) == 0) {
        *batch = 0;
        return MI_OK;
    }
    *batch = strtol(text, &end, 10);
    if (end != text + length || *batch < 1)
        return mi_fail(MI_EUSAGE,
                       "'%.*s' is no batch, wanted a number of instances, 1 or more, or all",
                       (int)length, text);
    return MI_OK;
}

mi_status estimate_parse_batches(const char *text, void *to)
{
    estimate_opts *o = (estimate_opts *)((char *)to - offsetof(estimate_opts, batches));
    mi_free(o->batches.value);
    o->batches.count = 0;
    MI_TRY(MI_NEW(o->batches.value, strlen(text) + 1));
    for (;;) {
        size_t length = strcspn(text, ",");
        MI_TRY(parse_batch(&o->batches.value[o->batches.count++], text, length));
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
    return o->batch > 0;
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

const unsigned long *estimate_seed(const estimate_opts *o)
{
    return o->seed < 0 ? NULL : &o->sample.seed;
}

/* ---- columns and cells ---- */

mi_status estimate_columns(mi_table_writer *w, const mi_features *f, const char *const *names,
                           size_t n_names)
{
    MI_TRY(mi_table_column(w, "file"));
    MI_TRY(mi_table_column(w, "group"));
    MI_TRY(mi_table_attr_columns(w, f));
    for (size_t k = 0; k < n_names; k++) {
        MI_TRY(mi_table_column(w, names[k]));
        if (opt_given("kernel") && strcmp(names[k], "kernel") == 0)
            MI_TRY(mi_table_column(w, "kernel_asked"));
    }
    return MI_OK;
}

static mi_status base_cell(mi_table_writer *w, double base)
{
    return base == exp(1) ? mi_table_text(w, "base", "e") : mi_table_real(w, "base", base);
}

mi_status estimate_cells(mi_table_writer *w, const estimate_set *e, double alpha)
{
    const mi_sample *s = e->sample;
    const estimate_opts *o = e->opts;
    const mi_column *z1 = &s->column[MI_Z1], *z2 = &s->column[MI_Z2], *y = &s->column[MI_Y];
    char kernels[256];
    MI_TRY(mi_table_text(w, "file", e->set->file));
    MI_TRY(mi_table_text(w, "group", e->set->group));
    MI_TRY(mi_table_attrs(w, e->set));
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
    if (s->column[MI_R].present)
        MI_TRY(mi_table_text(w, "r_kind", mi_r_kind_name(s->r_kind)));
    if (o->batch)
        MI_TRY(mi_table_int(w, "batch", o->batch));
    if (o->seed >= 0)
        MI_TRY(mi_table_int(w, "seed", o->seed));
    if (o->run.tolerance > 0)
        MI_TRY(mi_table_real(w, "tolerance", o->run.tolerance));
    MI_TRY(base_cell(w, o->base));
    MI_TRY(mi_table_text(w, "zero_rows", o->zero_rows ? "drop" : "error"));
    return mi_table_int(w, "rows_dropped", (long long)s->dropped);
}

/* ---- progress: a line on a terminal for work that takes over two seconds, or as asked for ---- */

#define QUIET_SECONDS 2
#define LINE_SECONDS  1 /* between lines that stay */

typedef struct {
    struct timespec start, step, line; /* of the tool, of what the share is of, of the last line */
    double share;
    double value, half_width; /* of the estimate so far; half_width 0: there is none */
    size_t set, sets;
    int shown, is_terminal, is_wanted;
} progress_line;

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + 1e-9 * (double)(now.tv_nsec - start->tv_nsec);
}

static int is_due(const progress_line *p)
{
    if (p->is_terminal)
        return p->is_wanted || seconds_since(&p->start) >= QUIET_SECONDS;
    return p->is_wanted && (!p->shown || seconds_since(&p->line) >= LINE_SECONDS);
}

static void show_progress(void *arg, double share)
{
    progress_line *p = arg;
    char rate[64] = "", estimate[96] = "";
    if (share < p->share || p->share == 0)
        clock_gettime(CLOCK_MONOTONIC, &p->step);
    p->share = share;
    if (!is_due(p))
        return;
    double seconds = seconds_since(&p->step);
    if (seconds > 0.1 && share > 0)
        snprintf(rate, sizeof rate, ", %.3g %%/s, %.0f s left", 100 * share / seconds,
                 seconds * (1 - share) / share);
    if (p->half_width > 0)
        snprintf(estimate, sizeof estimate, ", estimate %.6g +- %.2g so far", p->value,
                 p->half_width);
    fprintf(stderr, "%sset %zu of %zu: %3.0f %%%s%s%s", p->is_terminal ? "\r" : "", p->set + 1,
            p->sets, 100 * share, rate, estimate, p->is_terminal ? "  " : "\n");
    fflush(stderr);
    clock_gettime(CLOCK_MONOTONIC, &p->line);
    p->shown = 1;
}

static void take_estimate(void *arg, double value, double half_width)
{
    progress_line *p = arg;
    p->value = value;
    p->half_width = half_width;
}

static void clear_progress(progress_line *p)
{
    if (p->shown && p->is_terminal)
        fprintf(stderr, "\r%79s\r", "");
    p->shown = 0;
    p->share = p->half_width = 0;
}

/* ---- the walk ---- */

static mi_status check_sets(mi_features *f, const estimate_opts *o, const estimate_job *job)
{
    for (size_t i = 0; i < mi_features_count(f); i++)
        MI_TRY(mi_features_check(f, i, job->needed | o->input.required, job->wanted));
    return MI_OK;
}

/* The rows of each batch; without a list of them what the tool has set. */
static mi_status all_batches(mi_table_writer *w, estimate_set *e, estimate_opts *o,
                             const estimate_job *job)
{
    mi_status status = MI_OK;
    for (size_t k = 0; status == MI_OK && (k == 0 || k < o->batches.count); k++) {
        if (o->batches.count)
            o->batch = o->batches.value[k];
        status = job->rows(w, e, job->arg);
        e->is_first = 0;
    }
    if (status != MI_OK && status != MI_EWRITE)
        status = mi_fail_in(status, "%s:%s", e->set->file, e->set->group);
    return status;
}

/* Every kernel, of one reading. */
static mi_status one_set(mi_table_writer *w, mi_features *f, size_t i, estimate_opts *o,
                         const estimate_job *job)
{
    mi_sample read;
    estimate_set e = {.set = mi_features_set(f, i), .opts = o, .is_first = 1};
    mi_status status =
        mi_sample_read(&read, f, i, job->needed | job->wanted, o->kernels.value, o->kernels.count);
    for (size_t k = 0; status == MI_OK && k < o->kernels.count; k++) {
        mi_sample sample;
        e.sample = &sample;
        status = mi_sample_make(&sample, &read, f, i, &o->kernels.value[k]);
        if (status != MI_OK)
            break;
        status = all_batches(w, &e, o, job);
        mi_sample_free(&sample);
    }
    mi_sample_free(&read);
    return status;
}

typedef struct {
    mi_table_writer *w;
    mi_features *f;
    estimate_opts *o;
    const estimate_job *job;
    progress_line *progress;
    int code, stop; /* of the process; no more rows */
} set_walk;

/* All ranks on one set. */
static void set_together(set_walk *k, size_t i)
{
    mi_status status = one_set(k->w, k->f, i, k->o, k->job);
    status = mi_comm_settle(k->o->run.comm, status);
    clear_progress(k->progress);
    if (status == MI_OK)
        return;
    int failed = tool_fail(status);
    k->code = k->code ? k->code : failed;
    k->stop = !k->o->input.keep_going || status == MI_EWRITE;
}

/* Each rank on a set of its own: first, first + 1, ... */
static mi_status sets_apart(set_walk *k, size_t first)
{
    mi_run *run = &k->o->run;
    mi_comm *comm = run->comm;
    ranks_part();
    run->comm = NULL;
    mi_status status = one_set(k->w, k->f, first + (size_t)mi_comm_rank(comm), k->o, k->job);
    run->comm = comm;
    clear_progress(k->progress);
    if (status != MI_OK)
        tool_fail(status);
    return ranks_meet(comm, k->w, status, k->o->input.keep_going, &k->code, &k->stop);
}

static int all_sets(mi_table_writer *w, mi_features *f, estimate_opts *o, const estimate_job *job)
{
    progress_line progress = {.sets = mi_features_count(f),
                              .is_terminal = isatty(STDERR_FILENO),
                              .is_wanted = o->progress};
    set_walk walk = {.w = w, .f = f, .o = o, .job = job, .progress = &progress};
    size_t ranks = (size_t)mi_comm_size(o->run.comm);
    mi_status status = MI_OK;
    clock_gettime(CLOCK_MONOTONIC, &progress.start);
    o->run.progress = mi_comm_rank(o->run.comm) > 0 ? NULL : show_progress;
    o->run.estimate = take_estimate;
    o->run.progress_arg = &progress;
    while (status == MI_OK && !walk.stop && progress.set < progress.sets) {
        int apart = ranks > 1 && progress.sets - progress.set >= ranks;
        if (apart)
            status = sets_apart(&walk, progress.set);
        else
            set_together(&walk, progress.set);
        progress.set += apart ? ranks : 1;
    }
    o->run.progress_arg = NULL;
    /* After a failure there is no header without rows: nothing half-written. */
    if (status == MI_OK && !walk.code)
        status = mi_table_end(w);
    return status == MI_OK ? walk.code : tool_fail(status);
}

void estimate_need(estimate_job *job, estimate_opts *o, unsigned members, int instances)
{
    int has_r = members >> MI_R & 1;
    job->needed = members;
    job->wanted = instances ? 1u << MI_R : 0;
    if (has_r && o->r_kind == MI_R_POSITIVE)
        job->needed |= 1u << MI_Z2;
    if (has_r && o->r_kind == MI_R_AUTO)
        job->wanted |= 1u << MI_Z2;
    o->sample.instances_only = !has_r;
}

static mi_status resolve_options(estimate_opts *o, const estimate_job *job)
{
    o->sample.drop_zero_rows = o->zero_rows;
    o->sample.r_kind = (mi_r_kind)o->r_kind;
    o->run.route = (mi_route)o->route;
    o->run.threads = (int)o->threads;
    o->sample.memory_bytes = job->may_stream ? mi_run_memory_bytes(&o->run) : 0;
    if (o->seed >= 0)
        o->sample.seed = o->run.draws = (unsigned long)o->seed;
    if (o->kernels.count == 0)
        return add_kernels(o, &o->sample);
    for (size_t k = 0; k < o->kernels.count; k++) {
        mi_sample_opts *each = &o->kernels.value[k];
        each->drop_zero_rows = o->sample.drop_zero_rows;
        each->r_kind = o->sample.r_kind;
        each->instances_only = o->sample.instances_only;
        each->seed = o->sample.seed;
        each->memory_bytes = o->sample.memory_bytes;
    }
    return MI_OK;
}

/* The options with their defaults, and the ranks they hold for. */
static mi_status start_run(estimate_opts *o, const estimate_job *job)
{
    MI_TRY(ranks_join(&o->run.comm));
    MI_TRY(mi_run_share_memory(&o->run));
    return resolve_options(o, job);
}

int estimate_all(estimate_opts *o, const estimate_job *job, int n_args, char **args)
{
    mi_features *f = NULL;
    mi_table_writer *w = NULL;
    tool_output out = {0};
    int code = 0;
    mi_status status = start_run(o, job);
    mi_comm *comm = o->input.features.comm = o->run.comm;
    if (status == MI_OK)
        status =
            mi_features_open(&f, (const char *const *)args, (size_t)n_args, &o->input.features);
    if (status == MI_OK)
        status = check_sets(f, o, job);
    if (status == MI_OK)
        status = mi_comm_rank(comm) == 0 ? tool_table_open(&out, &w, &o->table)
                                         : ranks_table_open(&w, &o->table);
    if (status == MI_OK)
        status = estimate_columns(w, f, job->columns, job->n_columns);
    status = mi_comm_settle(comm, status);
    if (status == MI_OK)
        code = all_sets(w, f, o, job);
    mi_table_writer_free(w);
    if (status == MI_OK && (!code || o->table.path == NULL || o->input.keep_going))
        status = tool_output_close(&out);
    else
        tool_output_discard(&out);
    mi_features_close(f);
    code = status == MI_OK ? code : tool_fail(status);
    ranks_leave(comm);
    return code;
}
