/* Rows as far from a row as its k-th neighbour is. Which of them are its neighbours is a matter of row order. Two
 * sides of repeated rows, which both take the first ones, share neighbours for that alone, and so must a re-pairing:
 * rows that are moved have another order, in which each pairing chooses anew. Two neighbours of a row, the others at
 * the distances 1 2 2 2 3:
 *
 *     candidates   0 | 1 2 3      0 is nearer than the rest, one of which is taken
 *     beside[]     4   3 0 1 2    their rows under a pairing are 4 | 3 0 1: neighbours 4 and 0 */
#include "libmi/align/private.h"
#include "libmi/base/run_internal.h"
#include "libmi/base/words.h"
#include "libmi/data/mat_internal.h"
#include "libmi/neighbours/neighbours.h"

typedef struct {
    mi_align_side *s;
    mi_align_ties *t;
    size_t *ask, m, wide; /* (m) rows whose `wide` nearest are looked at */
    int32_t *index;       /* (m,wide) these */
    double *distance;     /* (m,wide) */
    double *rows;         /* (2,d) scratch */
    size_t most;          /* candidates that memory is allowed for */
} search;

static mi_status too_many(const search *w)
{
    return mi_fail(
        MI_EMEMORY,
        "%zu rows have so many others as far from them as a neighbour that re-pairings need "
        "more than the %.3g MB allowed; leave out the terms of neighbours, or " MI_OPTION
        "permutations",
        w->s->n, 12e-6 * (double)w->most);
}

/* Where the neighbours of the rows asked for are the same in any order, or all the candidates are seen. */
static int is_settled(const search *w, const double *distance)
{
    return w->wide == w->s->n - 1 || distance[w->wide - 1] > distance[w->s->k - 1];
}

/* All rows up to the distance of the k-th neighbour, the nearer ones first. */
static mi_status take_candidates(search *w, size_t i, const int32_t *index, const double *distance)
{
    mi_align_ties *t = w->t;
    size_t k = w->s->k, count = 0;
    while (count < w->wide && distance[count] <= distance[k - 1]) {
        t->nearer[i] += distance[count] < distance[k - 1];
        count++;
    }
    if (count == k)
        return MI_OK;
    if (count > w->most - t->used)
        return too_many(w);
    t->start[i] = t->used;
    t->count[i] = count;
    MI_TRY(mi_realloc(&t->row, t->used + count, sizeof *t->row));
    MI_TRY(mi_realloc(&t->k, t->used + count, sizeof *t->k));
    mi_mat_rows_f64(w->rows, w->s->var.x, &i, 1, w->s->unit, NULL);
    for (size_t c = 0; c < count; c++) {
        t->row[t->used] = index[c];
        t->k[t->used++] = mi_align_kernel_at(w->s, w->rows, (size_t)index[c], distance[c]);
    }
    return MI_OK;
}

/* Rows that are not settled are asked for once more, of which `ask` is left with. */
static mi_status look(search *w, const mi_run *run)
{
    mi_neighbours_opts o;
    size_t left = 0;
    mi_neighbours_opts_default(&o);
    o.k = w->wide;
    o.metric = mi_align_metric(w->s);
    o.ask = w->ask;
    o.m = w->m;
    MI_TRY(mi_neighbours(w->index, w->distance, w->s->var.x, &o, run));
    for (size_t a = 0; a < w->m; a++) {
        const double *distance = w->distance + a * w->wide;
        if (is_settled(w, distance))
            MI_TRY(take_candidates(w, w->ask[a], w->index + a * w->wide, distance));
        else
            w->ask[left++] = w->ask[a];
    }
    w->m = left;
    return MI_OK;
}

static mi_status look_wider(search *w, const mi_run *run)
{
    size_t others = w->s->n - 1;
    for (w->wide = w->s->k + 1; w->m > 0; w->wide = 4 * w->wide < others ? 4 * w->wide : others) {
        if (w->wide > w->most / w->m)
            return too_many(w);
        MI_TRY(MI_NEW_RAW(w->index, w->m * w->wide));
        mi_status status = MI_NEW_RAW(w->distance, w->m * w->wide);
        if (status == MI_OK)
            status = look(w, run);
        mi_free(w->index);
        mi_free(w->distance);
        MI_TRY(status);
    }
    return MI_OK;
}

mi_status mi_align_ties_find(mi_align_side *s, const mi_align_job *j)
{
    search w = {.s = s, .t = &s->ties, .m = s->n, .most = mi_run_memory_bytes(j->run) / 24};
    mi_status status;
    if (s->ties.start || s->k == s->n - 1)
        return MI_OK;
    MI_TRY_GOTO(status, MI_NEW_RAW(w.ask, s->n), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(w.rows, 2 * s->var.x->d), done);
    MI_TRY_GOTO(status, MI_NEW(w.t->nearer, s->n), done);
    MI_TRY_GOTO(status, MI_NEW(w.t->count, s->n), done);
    MI_TRY_GOTO(status, MI_NEW(w.t->start, s->n), done);
    for (size_t i = 0; i < s->n; i++)
        w.ask[i] = i;
    status = look_wider(&w, j->run);
done:
    mi_free(w.ask);
    mi_free(w.rows);
    if (status != MI_OK)
        mi_align_ties_clear(w.t);
    return status;
}

void mi_align_ties_clear(mi_align_ties *t)
{
    mi_free(t->start);
    mi_free(t->count);
    mi_free(t->nearer);
    mi_free(t->row);
    mi_free(t->k);
    *t = (mi_align_ties){0};
}

/* The nearer ones, and of the rest those whose rows come first: a list in row order from `nearer` on. */
void mi_align_ties_choose(mi_align_near_row *list, const mi_align_side *y, size_t i,
                          const int32_t *beside)
{
    const mi_align_ties *t = &y->ties;
    size_t nearer = t->nearer[i], filled = 0;
    for (size_t c = t->start[i]; c < t->start[i] + t->count[i]; c++) {
        mi_align_near_row one = {beside[t->row[c]], t->k[c]};
        size_t at = filled;
        if (filled == y->k && one.row >= list[y->k - 1].row)
            continue;
        if (filled < y->k)
            filled++;
        else
            at--;
        for (; at > nearer && list[at - 1].row > one.row; at--)
            list[at] = list[at - 1];
        list[at] = one;
    }
}
