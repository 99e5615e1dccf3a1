#include "estimate.h"

#include <string.h>

#include "estimate_ahead.h"
#include "ranks.h"
#include "room.h"

/* ---- before the first set ---- */

void estimate_need(estimate_job *job, estimate_opts *o, unsigned members, int instances)
{
    int has_r = (int)(members >> MI_R & 1);
    job->needed = members;
    job->wanted = instances ? 1u << MI_R : 0;
    if (has_r && o->sample.r_kind == MI_R_POSITIVE)
        job->needed |= 1u << MI_Z2;
    if (has_r && o->sample.r_kind == MI_R_AUTO)
        job->wanted |= 1u << MI_Z2;
    o->sample.instances_only = !has_r;
}

/* One struct of options for each kernel, which agree in all else. */
static mi_status resolve_kernels(estimate_opts *o)
{
    if (o->kernels.count == 0) {
        MI_TRY(MI_NEW(o->kernels.value, 1));
        mi_sample_opts_default(&o->kernels.value[o->kernels.count++]);
    }
    for (size_t k = 0; k < o->kernels.count; k++) {
        mi_sample_opts *each = &o->kernels.value[k], asked = *each;
        *each = o->sample;
        memcpy(each->kernel, asked.kernel, sizeof each->kernel);
        memcpy(each->chosen, asked.chosen, sizeof each->chosen);
    }
    return MI_OK;
}

/* The ranks, and options with their defaults, some of which hold for all of them. */
static mi_status start_run(estimate_opts *o, const estimate_job *job)
{
    MI_TRY(ranks_join(&o->run.comm));
    MI_TRY(room_leave(&o->run.memory_bytes, mi_run_threads(&o->run)));
    MI_TRY(mi_run_share_memory(&o->run));
    o->input.features.comm = o->run.comm;
    o->input.features.memory_bytes = o->run.memory_bytes;
    o->sample.memory_bytes = job->may_stream ? mi_run_memory_bytes(&o->run) : 0;
    o->sample.seed = o->run.seed;
    o->shuffled |= opt_given("seed");
    if (o->batches.count == 0)
        MI_TRY(estimate_add_batch(o, 0));
    return resolve_kernels(o);
}

static mi_status check_sets(mi_features *f, const estimate_opts *o, const estimate_job *job)
{
    unsigned needed = job->needed | o->input.required | (o->sample.weights ? 1u << MI_W : 0);
    for (size_t i = 0; i < mi_features_count(f); i++) {
        MI_TRY(mi_features_check(f, i, needed, job->wanted));
        for (size_t k = 0; k < o->kernels.count; k++)
            MI_TRY(mi_sample_shapes(f, i, needed | job->wanted, &o->kernels.value[k]));
    }
    return MI_OK;
}

static mi_status open_sets(mi_features **f, const estimate_opts *o, const estimate_job *job,
                           int n_args, char **args)
{
    MI_TRY(mi_features_open(f, (const char *const *)args, (size_t)n_args, &o->input.features));
    return check_sets(*f, o, job);
}

mi_status estimate_features(mi_features **f, estimate_opts *o, const estimate_job *job, int n_args,
                            char **args)
{
    MI_TRY(start_run(o, job));
    return open_sets(f, o, job, n_args, args);
}

static mi_status begin_table(estimate_walk *w, const estimate_job *job, int n_args, char **args)
{
    estimate_opts *o = w->o;
    mi_status opened = open_sets(&w->f, o, job, n_args, args);
    MI_TRY(ranks_check_files(w->comm, w->f, opened));
    MI_TRY(mi_comm_rank(w->comm) == 0 ? tool_table_open(&w->out, &w->part.table, &o->table)
                                      : ranks_table_open(&w->part.table, &o->table));
    MI_TRY(estimate_columns(w->part.table, w->f, job));
    return tool_table_choose(w->part.table, &o->table);
}

mi_status estimate_open(estimate_walk *w, estimate_opts *o, const estimate_job *job, int n_args,
                        char **args)
{
    *w = (estimate_walk){.part = {.opts = o, .run = &o->run},
                         .o = o,
                         .job = job,
                         .members =
                             job->needed | job->wanted | (o->sample.weights ? 1u << MI_W : 0)};
    mi_status status = start_run(o, job);
    w->comm = o->run.comm;
    w->memory_bytes = o->run.memory_bytes;
    w->may_stream = job->may_stream;
    if (status == MI_OK)
        status = begin_table(w, job, n_args, args);
    status = mi_comm_settle(w->comm, status);
    w->is_open = status == MI_OK;
    progress_start(&w->progress, w->is_open ? mi_features_count(w->f) : 0, o->progress);
    o->run.progress = mi_comm_rank(w->comm) > 0 ? NULL : progress_share;
    o->run.estimate = progress_estimate;
    o->run.progress_arg = &w->progress;
    return status;
}

/* ---- set after set ---- */

/* Of the memory for the computation: what the members of the set take besides their values, and the
 * values where they may not stay in the file. */
static mi_status reserve(estimate_walk *w)
{
    const mi_set *s = w->part.set;
    double besides = mi_features_besides(w->f, w->set, w->members);
    double values = mi_features_values_bytes(w->f, w->set, w->members);
    double needed = besides + (w->may_stream ? 0 : values);
    if (!w->memory_bytes)
        return MI_OK;
    MI_TRY(room_for(s, w->may_stream ? "reading it needs" : "its features need", needed,
                    w->memory_bytes));
    w->o->run.memory_bytes = w->memory_bytes - (size_t)besides;
    for (size_t k = 0; k < w->o->kernels.count; k++)
        w->o->kernels.value[k].memory_bytes = w->may_stream ? w->o->run.memory_bytes : 0;
    return MI_OK;
}

/* The rest, once it is known what is in memory; R = positive is a copy of Z2. */
static void reserve_values(estimate_walk *w)
{
    size_t *left = &w->o->run.memory_bytes;
    double values = mi_features_values_bytes(w->f, w->set, w->members);
    if (w->reading.r_kind == MI_R_POSITIVE)
        values += mi_features_values_bytes(w->f, w->set, 1u << MI_Z2);
    if (w->memory_bytes && w->reading.memory_bytes == 0)
        *left = values < (double)*left ? *left - (size_t)values : 1;
}

/* All ranks on the next set, or, while there are enough, each on one of its own: the next, and
 * those after it. */
static mi_status begin_set(estimate_walk *w)
{
    size_t ranks = (size_t)mi_comm_size(w->comm);
    w->set = w->progress.set;
    w->has_set = 1;
    w->is_apart = ranks > 1 && w->progress.sets - w->progress.set >= ranks;
    if (w->is_apart) {
        ranks_part();
        w->o->run.comm = NULL;
        w->set += (size_t)mi_comm_rank(w->comm);
    }
    w->part.set = mi_features_set(w->f, w->set);
    w->part.is_first = 1;
    w->kernels = 0;
    MI_TRY(reserve(w));
    if (!ahead_has(w->ahead, w->set))
        MI_TRY(ahead_make(&w->ahead, w));
    if (ahead_has(w->ahead, w->set)) {
        ahead_say(w->ahead, w->set);
        return MI_OK;
    }
    MI_TRY(mi_sample_read(&w->reading, w->f, w->set, w->members, w->o->kernels.value,
                          w->o->kernels.count));
    reserve_values(w);
    return MI_OK;
}

static void drop_sample(estimate_walk *w)
{
    if (w->has_sample)
        mi_sample_free(&w->sample);
    w->sample = (mi_sample){0};
    w->has_sample = 0;
}

static void drop_result(estimate_walk *w)
{
    if (!ahead_has(w->ahead, w->set))
        mi_free(w->part.result);
    w->part.result = NULL;
}

/* The next kernel of the set in hand. */
static mi_status begin_kernel(estimate_walk *w)
{
    size_t k = w->kernels++;
    drop_sample(w);
    w->part.sample = &w->sample;
    MI_TRY(ahead_has(w->ahead, w->set)
               ? ahead_sample(w->ahead, w->set, k, &w->part.sample)
               : mi_sample_make(&w->sample, &w->reading, w->f, w->set, &w->o->kernels.value[k]));
    w->has_sample = 1;
    w->batches = 0;
    return MI_OK;
}

/* The next batches of the kernel in hand, and what its rows are made of. */
static mi_status begin_part(estimate_walk *w)
{
    size_t b = w->batches++;
    drop_result(w);
    w->part.batch = w->o->batches.value[b];
    if (ahead_has(w->ahead, w->set))
        return ahead_result(w->ahead, w->set, w->kernels - 1, b, &w->part.result);
    return w->job->compute ? w->job->compute(w->job->tool, &w->part, &w->part.result) : MI_OK;
}

/* A failure of a part in front of its set's name. */
static void name_set(const estimate_walk *w, mi_status *status)
{
    if (w->has_sample && *status != MI_OK && *status != MI_EWRITE)
        *status = mi_fail_in(*status, "%s:%s", w->part.set->file, w->part.set->group);
}

/* The next part of the set in hand; 0: it has none, or *status, its failure. */
static int next_of_set(estimate_walk *w, mi_status *status)
{
    if (w->has_sample)
        w->part.is_first = 0;
    if (*status == MI_OK && (!w->has_sample || w->batches == w->o->batches.count)) {
        if (w->kernels == w->o->kernels.count)
            return 0;
        *status = begin_kernel(w);
    }
    if (*status == MI_OK) {
        *status = begin_part(w);
        name_set(w, status);
    }
    return *status == MI_OK;
}

/* Say what became of the set in hand, on all ranks. Errors: those that end the walk. */
static mi_status end_set(estimate_walk *w, mi_status status)
{
    int keep_going = w->o->input.keep_going;
    drop_result(w);
    drop_sample(w);
    mi_sample_free(&w->reading);
    w->has_set = 0;
    w->o->run.comm = w->comm;
    if (!w->is_apart)
        status = mi_comm_settle(w->comm, status);
    progress_clear(&w->progress);
    w->progress.set += w->is_apart ? (size_t)mi_comm_size(w->comm) : 1;
    int failed = status == MI_OK ? 0 : tool_fail(status);
    if (w->is_apart)
        return ranks_meet(w->comm, w->part.table, status, keep_going, &w->code, &w->stop);
    w->code = w->code ? w->code : failed;
    w->stop = failed && (!keep_going || status == MI_EWRITE);
    return MI_OK;
}

int estimate_next(estimate_walk *w, mi_status *status)
{
    name_set(w, status);
    while (!w->has_set || !next_of_set(w, status)) {
        if (w->has_set)
            *status = end_set(w, *status);
        if (*status != MI_OK || w->stop || w->progress.set >= w->progress.sets)
            return 0;
        *status = begin_set(w);
    }
    return 1;
}

/* ---- after the last ---- */

/* After a failure there is no header without rows: nothing half-written. */
static int end_table(estimate_walk *w, mi_status status)
{
    if (status == MI_OK)
        status = w->code ? mi_table_show(w->part.table) : mi_table_end(w->part.table);
    return status == MI_OK ? w->code : tool_fail(status);
}

int estimate_close(estimate_walk *w, mi_status status)
{
    const estimate_opts *o = w->o;
    w->o->run.progress_arg = NULL;
    if (w->is_open) {
        w->code = end_table(w, status);
        status = MI_OK;
    }
    ahead_free(w->ahead);
    mi_table_writer_free(w->part.table);
    if (w->is_open && (!w->code || !o->table.path || o->input.keep_going))
        status = tool_output_close(&w->out);
    else
        tool_output_discard(&w->out);
    mi_features_close(w->f);
    int code = status == MI_OK ? w->code : tool_fail(status);
    ranks_leave(w->comm);
    return code;
}
