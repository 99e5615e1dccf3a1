#include "align_sets.h"

#include <math.h>

mi_status align_sets_init(align_sets *s, mi_features *f, unsigned members, align_room *room,
                          const estimate_opts *e)
{
    *s = (align_sets){.members = members, .room = room};
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

/* A side of k neighbours with their kernel values: three numbers a row, directions, and where there are
 * more columns than rows, as many as there are rows. */
static double side_bytes(const mi_member *m, size_t k)
{
    double n = (double)m->n, d = (double)m->d, e = fmin(n, d);
    return n * (12 * (double)k + 24) + 8 * e * e + (d > n ? 8 * n * n : 0);
}

static double sides_bytes(const align_sets *s, const align_set *one, size_t k)
{
    double bytes = 0;
    for (mi_member_id m = 0; m < MI_MEMBERS; m++)
        if ((s->members >> m & 1) && one->set->member[m].present)
            bytes += (double)one->kernels * side_bytes(&one->set->member[m], k);
    return bytes;
}

double align_sets_bytes(const align_sets *s, size_t neighbours)
{
    double bytes = 0;
    for (size_t i = 0; i < s->count; i++)
        bytes += mi_features_values_bytes(s->set[i].f, s->set[i].index, s->members) +
                 sides_bytes(s, &s->set[i], neighbours);
    return bytes;
}

/* What a side takes while it is made: rows as doubles whose span is wanted; eigenvectors, and LAPACK's
 * workspace of twice as much. */
static double making_bytes(const align_sets *s, const align_set *one)
{
    double most = 0;
    for (mi_member_id m = MI_Z1; m <= MI_Z2; m++) {
        const mi_member *of = &one->set->member[m];
        double n = (double)of->n, d = (double)of->d, e = fmin(n, d);
        if ((s->members >> m & 1) && of->present)
            most = fmax(most, fmax(24 * e * e, d > n ? 8 * n * d : 0));
    }
    return most;
}

/* Nothing is taken where not all of it fits; where no limit was given, reading sees to that. */
static mi_status reserve(const align_sets *s, align_set *one, size_t neighbours)
{
    align_room *room = s->room;
    double besides = mi_features_besides(one->f, one->index, s->members);
    double values = mi_features_values_bytes(one->f, one->index, s->members);
    double sides = sides_bytes(s, one, neighbours);
    double needed =
        room->values + room->sides + values + sides + fmax(besides, making_bytes(s, one));
    if (room->allowed && needed > (double)room->allowed)
        return mi_fail(MI_EMEMORY,
                       "%s:%s: aligning it needs %.3g MB, allowed are %.3g MB; try a larger "
                       "--memory, or columns by mi-transform --pca",
                       one->set->file, one->set->group, needed / 1e6, (double)room->allowed / 1e6);
    room->values += one->values = values;
    room->sides += one->sides = sides;
    return MI_OK;
}

size_t align_room_left(const align_room *room)
{
    double left = (double)room->allowed - room->values;
    return !room->allowed ? 0 : left > 1 ? (size_t)left : 1;
}

mi_status align_sets_take(align_set **out, align_sets *s, size_t i, size_t neighbours,
                          const estimate_opts *e)
{
    align_set *one = *out = &s->set[i];
    if (one->is_read)
        return MI_OK;
    MI_TRY(reserve(s, one, neighbours));
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
    if (s->stay)
        return;
    forget(&s->set[i]);
    s->room->values -= s->set[i].values;
    s->room->sides -= s->set[i].sides;
    s->set[i].values = s->set[i].sides = 0;
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
