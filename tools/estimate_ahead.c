/* Sets ahead of the walk. HDF5 reads from one thread; then parts, which are a set under one kernel in
 * batches of one size, are computed on all threads, the first ones first, while the sets after them
 * are read:
 *
 *     one thread beside   read 0-7   read 8-15      read 16-23
 *     the pool                       compute 0-7    compute 8-15   ...
 *
 * Sets whose rows stay in their file are computed before the next ones are read. */
#include "estimate_ahead.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "libmi/base/pool.h"
#include "signals.h"

/* Sets of fewer rows leave threads without work: below it, eigenvalue problems have one thread each. */
#define SMALL_SET     1200
/* Sets in hand for each thread, so that one that takes long does not keep the others waiting. */
#define SETS_A_THREAD 4

/* What became of something that is kept. */
typedef struct {
    mi_status status;
    char *detail;
} outcome;

/* A set as it was read, and what was said of it meanwhile. */
typedef struct {
    mi_sample reading;
    outcome read;
    char *said;
    size_t bytes;
} set_ahead;

typedef struct {
    mi_sample sample;
    outcome made;
} kernel_ahead;

typedef struct {
    estimate_part part;
    void *result;
    outcome computed;
} part_ahead;

struct estimate_ahead {
    estimate_walk *walk;
    mi_run run;
    size_t first, sets, kernels, batches;
    set_ahead *set;       /* (sets) */
    kernel_ahead *kernel; /* (sets,kernels) */
    part_ahead *part;     /* (sets,kernels,batches) */
    estimate_ahead *next; /* the sets after them, read and not computed; or NULL */
};

static void note(outcome *o, mi_status status)
{
    o->status = status;
    if (status != MI_OK && mi_strdup(&o->detail, mi_detail()) != MI_OK)
        o->detail = NULL;
}

static mi_status again(const outcome *o)
{
    return o->status == MI_OK ? MI_OK : mi_fail(o->status, "%s", o->detail ? o->detail : "");
}

/* ---- how many ---- */

/* Features of a set as read and under each kernel; what computing takes at most: a dense matrix in double
 * precision with its eigenvectors. */
typedef struct {
    double rows, features, matrix;
} set_size;

static set_size size_of(const estimate_walk *w, size_t i)
{
    const mi_set *set = mi_features_set(w->f, i);
    set_size size = {0};
    for (mi_member_id m = 0; m < MI_MEMBERS; m++) {
        if (!(w->members >> m & 1) || !set->member[m].present)
            continue;
        size.rows = fmax(size.rows, (double)set->member[m].n);
        size.features += 8.0 * (double)set->member[m].n * (double)set->member[m].d;
    }
    size.features *= (double)(1 + w->o->kernels.count);
    size.matrix = 32 * size.rows * size.rows;
    return size;
}

/* Sets from `first` on that are worth computing at the same time and fit in memory together with as
 * many that are read meanwhile. */
static size_t count_sets(const estimate_walk *w, size_t first)
{
    double threads = mi_run_threads(&w->o->run), features = 0, matrix = 0;
    double allowed = (double)mi_run_memory_bytes(&w->o->run);
    size_t left = w->progress.sets - first, n = 0;
    for (; n < left && (double)n < SETS_A_THREAD * threads; n++) {
        set_size size = size_of(w, first + n);
        features += 2 * size.features;
        matrix = fmax(matrix, size.matrix);
        if (features + threads * matrix > allowed ||
            (size.rows >= SMALL_SET && (double)left < threads))
            break;
    }
    return n;
}

/* ---- reading and computing ---- */

static part_ahead *part_at(const estimate_ahead *a, size_t set, size_t kernel, size_t batch)
{
    return &a->part[((set - a->first) * a->kernels + kernel) * a->batches + batch];
}

static kernel_ahead *kernel_at(const estimate_ahead *a, size_t set, size_t kernel)
{
    return &a->kernel[(set - a->first) * a->kernels + kernel];
}

static void read_set(estimate_ahead *a, size_t set)
{
    const estimate_walk *w = a->walk;
    const estimate_opts *o = w->o;
    set_ahead *s = &a->set[set - a->first];
    note(&s->read,
         mi_sample_read(&s->reading, w->f, set, w->members, o->kernels.value, o->kernels.count));
    for (size_t k = 0; k < a->kernels && s->read.status == MI_OK; k++) {
        kernel_ahead *to = kernel_at(a, set, k);
        note(&to->made, mi_sample_make(&to->sample, &s->reading, w->f, set, &o->kernels.value[k]));
        for (size_t b = 0; b < a->batches && to->made.status == MI_OK; b++)
            part_at(a, set, k, b)->part = (estimate_part){.set = mi_features_set(w->f, set),
                                                          .sample = &to->sample,
                                                          .opts = o,
                                                          .run = &a->run,
                                                          .batch = o->batches.value[b]};
    }
}

static mi_status read_quietly(estimate_ahead *a, size_t set)
{
    set_ahead *s = &a->set[set - a->first];
    FILE *talk = open_memstream(&s->said, &s->bytes);
    if (!talk)
        return mi_fail(MI_ENOMEM, "no memory for messages");
    tool_talk_of_thread(talk);
    read_set(a, set);
    tool_talk_of_thread(NULL);
    fclose(talk);
    return MI_OK;
}

/* A part without a sample has failed already. */
static mi_status compute(void *arg, size_t task, int worker)
{
    const estimate_ahead *a = arg;
    const estimate_job *job = a->walk->job;
    part_ahead *p = &a->part[task];
    (void)worker;
    if (p->part.sample)
        note(&p->computed, job->compute(job->tool, &p->part, &p->result));
    return MI_OK;
}

static mi_status make_room(estimate_ahead *a, estimate_walk *w, size_t first, size_t sets)
{
    *a = (estimate_ahead){.walk = w,
                          .run = w->o->run,
                          .first = first,
                          .sets = sets,
                          .kernels = w->o->kernels.count,
                          .batches = w->o->batches.count};
    a->run.progress = NULL;
    a->run.estimate = NULL;
    MI_TRY(MI_NEW(a->set, sets));
    MI_TRY(MI_NEW(a->kernel, sets * a->kernels));
    return MI_NEW(a->part, sets * a->kernels * a->batches);
}

/* *out: the sets from `first` on as they were read; NULL where ahead of the walk is no gain. */
static mi_status read_sets(estimate_ahead **out, estimate_walk *w, size_t first)
{
    size_t sets = count_sets(w, first);
    *out = NULL;
    if (sets * w->o->kernels.count * w->o->batches.count < 2)
        return MI_OK;
    MI_TRY(MI_NEW(*out, 1));
    mi_status status = make_room(*out, w, first, sets);
    for (size_t i = 0; status == MI_OK && i < sets; i++)
        status = read_quietly(*out, first + i);
    if (status != MI_OK) {
        ahead_free(*out);
        *out = NULL;
    }
    return status;
}

static mi_status read_following(void *arg)
{
    estimate_ahead *a = arg;
    return read_sets(&a->next, a->walk, a->first + a->sets);
}

static mi_status read_beside(void *arg)
{
    return signals_in_thread(read_following, arg);
}

/* HDF5 may be entered by one thread at a time: rows that stay in their file are read in the computation. */
static int has_rows_in_files(const estimate_ahead *a)
{
    for (size_t i = 0; i < a->sets; i++)
        if (a->set[i].reading.memory_bytes)
            return 1;
    return 0;
}

static mi_status compute_sets(estimate_ahead *a)
{
    mi_beside *reading = NULL;
    if (!has_rows_in_files(a))
        MI_TRY(mi_beside_start(&reading, read_beside, a));
    mi_status computed = mi_parallel(&a->run, a->sets * a->kernels * a->batches, compute, a);
    mi_status read = mi_beside_finish(reading);
    return computed == MI_OK ? read : computed;
}

/* What a has read beyond its own sets, where w has come to it. */
static estimate_ahead *take_next(estimate_ahead *a, const estimate_walk *w)
{
    if (!a || !ahead_has(a->next, w->set))
        return NULL;
    estimate_ahead *next = a->next;
    a->next = NULL;
    return next;
}

mi_status ahead_make(estimate_ahead **a, estimate_walk *w)
{
    estimate_ahead *now = take_next(*a, w);
    mi_status status = MI_OK;
    ahead_free(*a);
    if (!now && !w->comm && w->job->compute && mi_run_threads(&w->o->run) > 1)
        status = read_sets(&now, w, w->set);
    if (now)
        status = compute_sets(now);
    if (status != MI_OK) {
        ahead_free(now);
        now = NULL;
    }
    *a = now;
    return status;
}

void ahead_free(estimate_ahead *a)
{
    if (!a)
        return;
    ahead_free(a->next);
    for (size_t k = 0; a->part && k < a->sets * a->kernels * a->batches; k++) {
        mi_free(a->part[k].result);
        mi_free(a->part[k].computed.detail);
    }
    for (size_t k = 0; a->kernel && k < a->sets * a->kernels; k++) {
        mi_sample_free(&a->kernel[k].sample);
        mi_free(a->kernel[k].made.detail);
    }
    for (size_t i = 0; a->set && i < a->sets; i++) {
        mi_sample_free(&a->set[i].reading);
        mi_free(a->set[i].read.detail);
        free(a->set[i].said);
    }
    mi_free(a->part);
    mi_free(a->kernel);
    mi_free(a->set);
    mi_free(a);
}

/* ---- handed out ---- */

void ahead_say(const estimate_ahead *a, size_t set)
{
    const set_ahead *s = &a->set[set - a->first];
    fwrite(s->said, 1, s->bytes, stderr);
}

int ahead_has(const estimate_ahead *a, size_t set)
{
    return a && set >= a->first && set < a->first + a->sets;
}

mi_status ahead_sample(const estimate_ahead *a, size_t set, size_t kernel, const mi_sample **out)
{
    MI_TRY(again(&a->set[set - a->first].read));
    *out = &kernel_at(a, set, kernel)->sample;
    return again(&kernel_at(a, set, kernel)->made);
}

mi_status ahead_result(const estimate_ahead *a, size_t set, size_t kernel, size_t batch, void **out)
{
    const part_ahead *p = part_at(a, set, kernel, batch);
    *out = p->result;
    return again(&p->computed);
}
