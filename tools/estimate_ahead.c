/* Sets ahead of the walk. HDF5 reads from one thread; then parts, which are a set under one kernel in
 * batches of one size, are computed on all threads, the first ones first. */
#include "estimate_ahead.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "libmi/base/pool.h"

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
    const estimate_walk *walk;
    mi_run run;
    size_t first, sets, kernels, batches;
    set_ahead *set;       /* (sets) */
    kernel_ahead *kernel; /* (sets,kernels) */
    part_ahead *part;     /* (sets,kernels,batches) */
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

/* Sets from w->set on that are worth computing at the same time and fit in memory together. */
static size_t count_sets(const estimate_walk *w)
{
    double threads = mi_run_threads(&w->o->run), features = 0, matrix = 0;
    double allowed = (double)mi_run_memory_bytes(&w->o->run);
    size_t left = w->progress.sets - w->set, n = 0;
    for (; n < left && (double)n < SETS_A_THREAD * threads; n++) {
        set_size size = size_of(w, w->set + n);
        features += size.features;
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
    tool_talk_into(talk);
    read_set(a, set);
    tool_talk_into(NULL);
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

static mi_status room_for(estimate_ahead *a, const estimate_walk *w, size_t sets)
{
    *a = (estimate_ahead){.walk = w,
                          .run = w->o->run,
                          .first = w->set,
                          .sets = sets,
                          .kernels = w->o->kernels.count,
                          .batches = w->o->batches.count};
    a->run.progress = NULL;
    a->run.estimate = NULL;
    MI_TRY(MI_NEW(a->set, sets));
    MI_TRY(MI_NEW(a->kernel, sets * a->kernels));
    return MI_NEW(a->part, sets * a->kernels * a->batches);
}

mi_status ahead_make(estimate_ahead **out, estimate_walk *w)
{
    size_t sets = w->comm || !w->job->compute ? 0 : count_sets(w);
    *out = NULL;
    if (sets * w->o->kernels.count * w->o->batches.count < 2 || mi_run_threads(&w->o->run) < 2)
        return MI_OK;
    MI_TRY(MI_NEW(*out, 1));
    estimate_ahead *a = *out;
    mi_status status = room_for(a, w, sets);
    for (size_t i = 0; status == MI_OK && i < sets; i++)
        status = read_quietly(a, a->first + i);
    if (status == MI_OK)
        status = mi_parallel(&a->run, sets * a->kernels * a->batches, compute, a);
    if (status != MI_OK) {
        ahead_free(a);
        *out = NULL;
    }
    return status;
}

void ahead_free(estimate_ahead *a)
{
    if (!a)
        return;
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
