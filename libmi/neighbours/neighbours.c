/* The k nearest rows: single-precision products of tiles rule pairs out, double precision decides.
 *
 * With u = 2^-24 and points a, b less their mean, rounded to single precision, a product g of d terms
 * in any order of summation is off by less than (d + 2) u |a||b| (Higham 2002, (3.5)), and
 * 2 |a||b| <= |a|^2 + |b|^2, so that
 *
 *     |a - b|^2  >=  (1 - c)(|a|^2 + |b|^2) - 2 g - t,   c = (d + 10) u,
 *
 * where what c has beyond d is for the rounding of this sum itself, and t = (d + 10) 2^-125 for
 * numbers so small that their products vanish. */
#include <cblas.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/base/comm_internal.h"
#include "libmi/base/pool.h"
#include "libmi/base/run_internal.h"
#include "libmi/base/want.h"
#include "libmi/base/words.h"
#include "libmi/data/groups_internal.h"
#include "libmi/data/mat_internal.h"
#include "libmi/data/rows.h"
#include "libmi/neighbours/private.h"

enum {
    SIDE_MOST = 512,
    SIDE_LEAST = 32,
    SIDE_FLOATS = 1 << 21, /* of one panel, where SIDE_LEAST rows have no more */
    BLOCKS = 16            /* of rows that ask, or more, so that threads have work */
};

typedef struct {
    mi_panel ask, among;
    float *g;         /* (side of ask, side of among) */
    float *low;       /* (side of among) (1 - c) |b|^2 - t */
    mi_nearest *near; /* (side of ask) */
    mi_status status; /* of pairs whose squares have lost their digits */
} work;

typedef struct {
    mi_metric_room room;
    mi_points ask, among;
    const size_t *row;   /* (m) of `ask`; NULL: 0 .. m-1 */
    const int32_t *code; /* (n) rows of one code are no neighbours; NULL: none is left out */
    size_t m, n, k;
    size_t block, side; /* rows of a panel of those that ask, of those to choose among */
    double c, t;
    int32_t *index;   /* (m,k) */
    double *distance; /* (m,k) */
    work *work;       /* (workers) */
} search;

void mi_neighbours_opts_default(mi_neighbours_opts *o)
{
    if (o)
        *o = (mi_neighbours_opts){.k = 10};
}

/* ---- one block of rows that ask ---- */

/* Rows whose squared distance has lost its digits are equal. */
static mi_status check_equal(const search *s, size_t i, size_t j)
{
    size_t d = s->room.d;
    double *x;
    int are_equal = 1;
    MI_TRY(MI_NEW_RAW(x, 2 * d));
    mi_status status = mi_mat_read_f64(x, s->ask.x, &i, 1, NULL, NULL);
    if (status == MI_OK)
        status = mi_mat_read_f64(x + d, s->among.x, &j, 1, NULL, NULL);
    for (size_t k = 0; status == MI_OK && k < d; k++)
        are_equal &= x[k] == x[d + k];
    mi_free(x);
    if (status != MI_OK || are_equal)
        return status;
    return mi_fail(MI_EDATA,
                   "rows %zu and %zu differ by less than a part in 1e140 of the largest number, "
                   "which leaves no distance; drop the rows or columns that are so large",
                   i, j);
}

static void take_pair(const search *s, work *w, size_t i, size_t j)
{
    size_t row = w->among.row[j];
    if (s->code && s->code[w->ask.row[i]] == s->code[row])
        return;
    double square = mi_panel_square(&s->room, &w->ask, i, &s->ask, &w->among, j, &s->among);
    if (s->room.may_vanish && square < MI_LEAST_APART * MI_LEAST_APART && w->status == MI_OK)
        w->status = check_equal(s, w->ask.row[i], row);
    if (square < mi_nearest_bar(&w->near[i]))
        mi_nearest_take(&w->near[i], (int32_t)row, square);
}

/* What low_j - 2 g_ij must be below for a pair to be looked at, rounded up. Nothing is nearer than k
 * equal rows. */
static float bar_of(const search *s, const work *w, size_t i)
{
    double bar = mi_nearest_bar(&w->near[i]);
    if (bar <= 0)
        return -INFINITY;
    return nextafterf((float)(bar - (1 - s->c) * w->ask.square[i]), INFINITY);
}

static void sweep(const search *s, work *w)
{
    const mi_panel *b = &w->among;
    for (size_t j = 0; j < b->count; j++)
        w->low[j] = nextafterf((float)((1 - s->c) * b->square[j] - s->t), -INFINITY);
    for (size_t i = 0; i < w->ask.count; i++) {
        const float *g = w->g + i * s->side;
        float bar = bar_of(s, w, i);
        for (size_t j = 0; j < b->count; j++) {
            if (!(w->low[j] - 2 * g[j] < bar))
                continue;
            take_pair(s, w, i, j);
            bar = bar_of(s, w, i);
        }
    }
}

static void begin_block(const search *s, work *w, size_t first)
{
    for (size_t i = 0; i < w->ask.count; i++)
        w->near[i] = (mi_nearest){.index = s->index + (first + i) * s->k,
                                  .distance = s->distance + (first + i) * s->k,
                                  .k = s->k};
}

/* Sorted, and from squares to distances. */
static void finish_block(const search *s, work *w)
{
    for (size_t i = 0; i < w->ask.count; i++) {
        mi_nearest *h = &w->near[i];
        mi_nearest_sort(h);
        for (size_t j = 0; j < h->count; j++)
            h->distance[j] = s->room.metric == MI_COSINE ? h->distance[j] / 2
                                                         : sqrt(h->distance[j]) / s->room.unit;
    }
}

static mi_status answer_block(void *arg, size_t task, int worker)
{
    const search *s = arg;
    work *w = &s->work[worker];
    size_t first = task * s->block, d = s->room.d;
    size_t count = s->m - first < s->block ? s->m - first : s->block;
    MI_TRY(mi_panel_load(&w->ask, &s->ask, &s->room, s->row ? s->row + first : NULL, first, count));
    begin_block(s, w, first);
    for (size_t from = 0; from < s->n; from += s->side) {
        size_t rows = s->n - from < s->side ? s->n - from : s->side;
        MI_TRY(mi_panel_load(&w->among, &s->among, &s->room, NULL, from, rows));
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)count, (int)rows, (int)d, 1,
                    w->ask.centred, (int)d, w->among.centred, (int)d, 0, w->g, (int)s->side);
        sweep(s, w);
        MI_TRY(w->status);
    }
    finish_block(s, w);
    return MI_OK;
}

/* ---- the search ---- */

static size_t within(size_t x, size_t low, size_t high)
{
    return x < low ? low : x > high ? high : x;
}

/* Sides depend on the shapes alone, so that ranks cut alike. */
static void choose_sides(search *s)
{
    size_t side = within(SIDE_FLOATS / s->room.d, SIDE_LEAST, SIDE_MOST);
    s->side = within(s->n, 1, side);
    s->block = within(s->m / BLOCKS + 1, within(s->m, 1, SIDE_LEAST), side);
}

static size_t work_bytes(const search *s)
{
    size_t point = s->room.d * (sizeof(double) + sizeof(float)) + sizeof(double) + sizeof(size_t);
    return (s->block + s->side) * point + (s->block + 1) * s->side * sizeof(float) +
           s->block * sizeof(mi_nearest);
}

static mi_status work_alloc(work *w, const search *s)
{
    MI_TRY(mi_panel_alloc(&w->ask, s->block, s->room.d));
    MI_TRY(mi_panel_alloc(&w->among, s->side, s->room.d));
    MI_TRY(MI_NEW_RAW(w->g, s->block * s->side));
    MI_TRY(MI_NEW_RAW(w->low, s->side));
    return MI_NEW_RAW(w->near, s->block);
}

static void work_free(work *w)
{
    mi_panel_free(&w->ask);
    mi_panel_free(&w->among);
    mi_free(w->g);
    mi_free(w->low);
    mi_free(w->near);
}

static mi_status over_blocks(search *s, const mi_run *run)
{
    size_t blocks = (s->m + s->block - 1) / s->block;
    int workers = mi_parallel_workers(run, blocks);
    double bytes = (double)workers * (double)work_bytes(s);
    if (bytes > (double)mi_run_memory_bytes(run))
        return mi_fail(MI_EMEMORY,
                       "nearest rows of %zu columns need %.3g MB, allowed are %.3g MB; try "
                       "fewer " MI_OPTION "threads",
                       s->room.d, bytes / 1e6, (double)mi_run_memory_bytes(run) / 1e6);
    MI_TRY(MI_NEW(s->work, (size_t)workers));
    mi_status status = MI_OK;
    for (int k = 0; status == MI_OK && k < workers; k++)
        status = work_alloc(&s->work[k], s);
    if (status == MI_OK)
        status = mi_spread(run, blocks, answer_block, s);
    for (int k = 0; k < workers; k++)
        work_free(&s->work[k]);
    mi_free(s->work);
    return status;
}

/* Ranks have zeros where others have rows. */
static mi_status find_all(search *s, const mi_run *run)
{
    size_t count = s->m * s->k;
    s->c = (double)(s->room.d + 10) * ldexp(1, -24);
    s->t = (double)(s->room.d + 10) * ldexp(1, -125);
    choose_sides(s);
    MI_TRY(mi_blas_check_tile(s->side, s->room.d));
    memset(s->index, 0, count * sizeof *s->index);
    memset(s->distance, 0, count * sizeof *s->distance);
    MI_TRY(over_blocks(s, run));
    MI_TRY(mi_comm_merge(run->comm, s->index, count * sizeof *s->index));
    return mi_comm_merge(run->comm, s->distance, count * sizeof *s->distance);
}

static mi_status points_and_all(search *s, const mi_mat *ask, const mi_mat *among, mi_metric metric,
                                const mi_run *run)
{
    mi_status status;
    MI_TRY_GOTO(status, mi_metric_room_of(&s->room, among, metric), done);
    MI_TRY_GOTO(status, mi_points_of(&s->among, among, &s->room), done);
    MI_TRY_GOTO(status, mi_points_of(&s->ask, ask, &s->room), done);
    status = find_all(s, run);
done:
    mi_points_free(&s->ask);
    mi_points_free(&s->among);
    mi_metric_room_free(&s->room);
    return status;
}

/* ---- what is asked ---- */

static mi_status check_rows(const mi_mat *x)
{
    MI_TRY(mi_mat_check(x));
    MI_WANT(x->n <= INT32_MAX && x->d <= INT_MAX, "a matrix of %zu x %zu, wanted at most %d a side",
            x->n, x->d, INT_MAX);
    MI_TRY(mi_rows_check(x, MI_ROWS_NOT_FINITE));
    return mi_rows_check_squares(x);
}

static mi_status check_asked(const int32_t *index, const double *distance, size_t k,
                             mi_metric metric, const mi_run *run)
{
    MI_WANT(index && distance, "nearest rows without a place to put them");
    MI_WANT(k > 0, "0 nearest rows, wanted 1 or more");
    MI_WANT(metric == MI_EUCLIDEAN || metric == MI_COSINE,
            "metric %d, wanted MI_EUCLIDEAN or MI_COSINE", (int)metric);
    return mi_run_check(run);
}

/* Every row has k others that are no neighbours by rule. */
static mi_status check_others(const mi_neighbours_opts *o, size_t n)
{
    size_t most = 1, first = 0;
    for (size_t c = 0; o->apart && c < o->apart->g; c++)
        if (o->apart->count[c] > most) {
            most = o->apart->count[c];
            first = o->apart->first[c];
        }
    if (o->k > n - most)
        return mi_fail(MI_EDATA, "row %zu has %zu other rows to be near to, wanted %zu or more",
                       first, n - most, o->k);
    return MI_OK;
}

static mi_status check_opts(const mi_neighbours_opts *o, size_t n)
{
    if (o->apart) {
        MI_TRY(mi_groups_check(o->apart, "rows apart"));
        MI_WANT(o->apart->n == n, "groups of %zu rows for a matrix of %zu", o->apart->n, n);
    }
    MI_WANT(!o->ask || o->m > 0, "no rows that ask for their nearest, wanted 1 or more");
    for (size_t i = 0; o->ask && i < o->m; i++)
        MI_WANT(o->ask[i] < n, "row %zu asks for its nearest, there are %zu", o->ask[i], n);
    return check_others(o, n);
}

mi_status mi_neighbours(int32_t *index, double *distance, const mi_mat *x,
                        const mi_neighbours_opts *o, const mi_run *run)
{
    mi_groups own = {0};
    MI_WANT(o, "nearest rows without options");
    MI_TRY(check_asked(index, distance, o->k, o->metric, run));
    MI_TRY(check_rows(x));
    MI_TRY(check_opts(o, x->n));
    if (!o->apart)
        MI_TRY(mi_groups_singletons(&own, x->n));
    search s = {.row = o->ask,
                .code = o->apart ? o->apart->code : own.code,
                .m = o->ask ? o->m : x->n,
                .n = x->n,
                .k = o->k,
                .index = index,
                .distance = distance};
    mi_status status = points_and_all(&s, x, x, o->metric, run);
    mi_groups_free(&own);
    return status;
}

mi_status mi_neighbours_among(int32_t *index, double *distance, const mi_mat *ask,
                              const mi_mat *among, size_t k, mi_metric metric, const mi_run *run)
{
    MI_TRY(check_asked(index, distance, k, metric, run));
    MI_TRY(check_rows(ask));
    MI_TRY(check_rows(among));
    MI_WANT(ask->d == among->d, "rows of %zu columns among rows of %zu", ask->d, among->d);
    if (k > among->n)
        return mi_fail(MI_EDATA, "%zu rows to choose among, wanted %zu or more", among->n, k);
    search s = {.m = ask->n, .n = among->n, .k = k, .index = index, .distance = distance};
    return points_and_all(&s, ask, among, metric, run);
}
