#include "align_sets.h"

mi_status align_sets_init(align_sets *s, mi_features *f, unsigned members, const estimate_opts *e)
{
    *s = (align_sets){.members = members};
    MI_TRY(MI_NEW(s->set, mi_features_count(f)));
    for (s->count = 0; s->count < mi_features_count(f); s->count++)
        s->set[s->count] = (align_set){.f = f,
                                       .index = s->count,
                                       .kernels = e->kernels.count,
                                       .set = mi_features_set(f, s->count)};
    return MI_OK;
}

static void forget(align_set *s)
{
    for (size_t k = 0; s->under && k < s->kernels; k++) {
        for (mi_member_id m = 0; m < MI_MEMBERS; m++)
            mi_align_side_free(s->under[k].side[m]);
        mi_sample_free(&s->under[k].sample);
    }
    mi_free(s->under);
    s->under = NULL;
    mi_sample_free(&s->read);
    s->read = (mi_sample){0};
    s->is_read = 0;
}

void align_sets_free(align_sets *s)
{
    for (size_t i = 0; i < s->count; i++)
        forget(&s->set[i]);
    mi_free(s->set);
    *s = (align_sets){0};
}

double align_sets_bytes(const align_sets *s, size_t neighbours)
{
    double bytes = 0;
    for (size_t i = 0; i < s->count; i++) {
        const align_set *one = &s->set[i];
        bytes += mi_features_values_bytes(one->f, one->index, s->members);
        for (mi_member_id m = 0; m < MI_MEMBERS; m++) {
            const mi_member *of = &one->set->member[m];
            /* neighbours with their kernel values, three numbers a row, and directions */
            double rows = (double)of->n * (12 * (double)neighbours + 24);
            if (s->members >> m & 1 && of->present)
                bytes += (double)one->kernels * (rows + 8 * (double)of->d * (double)of->d);
        }
    }
    return bytes;
}

mi_status align_sets_take(align_set **out, align_sets *s, size_t i, const estimate_opts *e)
{
    align_set *one = *out = &s->set[i];
    if (one->is_read)
        return MI_OK;
    MI_TRY(MI_NEW(one->under, one->kernels));
    mi_status status = mi_sample_read(&one->read, one->f, one->index, s->members, e->kernels.value,
                                      e->kernels.count);
    if (status == MI_OK)
        one->is_read = 1;
    else
        forget(one);
    return status;
}

void align_sets_leave(align_sets *s, size_t i)
{
    if (!s->stay)
        forget(&s->set[i]);
}

mi_status align_set_sample(const mi_sample **out, align_set *s, size_t kernel,
                           const estimate_opts *e)
{
    align_sample *under = &s->under[kernel];
    *out = &under->sample;
    if (under->is_made)
        return MI_OK;
    MI_TRY(mi_sample_make(&under->sample, &s->read, s->f, s->index, &e->kernels.value[kernel]));
    under->is_made = 1;
    return MI_OK;
}

mi_status align_set_side(mi_align_side **out, align_set *s, size_t kernel, mi_member_id m,
                         const mi_align_opts *o, const mi_run *run)
{
    mi_align_side **side = &s->under[kernel].side[m];
    if (!*side)
        MI_TRY(mi_align_side_make(side, &s->under[kernel].sample, m, o, run));
    *out = *side;
    return MI_OK;
}
