/* Rows as points between which distances are Euclidean. Under MI_COSINE they are the rows over their
 * norms: 1 - cos = |u - v|^2 / 2, which keeps its digits where u and v are close. */
#include <cblas.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "libmi/base/leaf.h"
#include "libmi/base/mem.h"
#include "libmi/data/mat_internal.h"
#include "libmi/neighbours/private.h"

/* ---- one pass over rows ---- */

/* Takes row number i as doubles. */
typedef struct visit visit;
struct visit {
    void (*row)(visit *v, size_t i);
    size_t d;
    double *x; /* (d) */
    mi_metric_room *room;
    mi_points *points;
    double largest, least; /* sizes of numbers, but 0 */
    int has_tiny;          /* a row so small that its norm has no inverse */
};

static mi_status visit_block(void *arg, const mi_mat *block, size_t first)
{
    visit *v = arg;
    for (size_t i = 0; i < block->n; i++) {
        mi_mat_rows_f64(v->x, block, &i, 1, NULL, NULL);
        v->row(v, first + i);
    }
    return MI_OK;
}

static mi_status visit_rows(visit *v, const mi_mat *x)
{
    v->d = x->d;
    MI_TRY(MI_NEW_RAW(v->x, x->d));
    mi_status status = mi_mat_each_block(x, 0, x->n, visit_block, v);
    mi_free(v->x);
    return status;
}

/* 0 of a row that is all zero. */
static double inverse_norm(const double *x, size_t d)
{
    double square = 0;
    for (size_t k = 0; k < d; k++)
        square += x[k] * x[k];
    double norm = square > 1e-280 ? sqrt(square) : cblas_dnrm2((int)d, x, 1);
    return norm > 0 ? 1 / norm : 0;
}

/* ---- the room ---- */

static void add_to_mean(visit *v, size_t i)
{
    (void)i;
    double scale = v->room->metric == MI_COSINE ? inverse_norm(v->x, v->d) : 1;
    for (size_t k = 0; k < v->d; k++) {
        v->room->mean[k] += scale * v->x[k];
        v->largest = fmax(v->largest, fabs(v->x[k]));
        v->least = v->x[k] == 0 ? v->least : fmin(v->least, fabs(v->x[k]));
    }
}

mi_status mi_metric_room_of(mi_metric_room *out, const mi_mat *x, mi_metric metric)
{
    visit v = {.row = add_to_mean, .room = out, .least = INFINITY};
    int exponent = 0;
    *out = (mi_metric_room){.metric = metric, .d = x->d, .unit = 1};
    MI_TRY(MI_NEW(out->mean, x->d));
    mi_status status = visit_rows(&v, x);
    if (status != MI_OK) {
        mi_metric_room_free(out);
        return status;
    }
    frexp(v.largest * sqrt((double)x->d), &exponent);
    if (metric == MI_EUCLIDEAN)
        out->unit = ldexp(1, -exponent);
    out->may_vanish = metric == MI_EUCLIDEAN && v.least * DBL_EPSILON < MI_LEAST_APART * v.largest;
    for (size_t k = 0; k < x->d; k++)
        out->mean[k] *= out->unit / (double)x->n;
    return MI_OK;
}

void mi_metric_room_free(mi_metric_room *r)
{
    mi_free(r->mean);
    *r = (mi_metric_room){0};
}

/* ---- points ---- */

static void put_scale(visit *v, size_t i)
{
    v->points->scale[i] = inverse_norm(v->x, v->d);
    v->has_tiny |= v->points->scale[i] == INFINITY;
}

static mi_status refuse_tiny(const mi_points *p)
{
    size_t i = 0;
    while (p->scale[i] < INFINITY)
        i++;
    return mi_fail(
        MI_EDATA,
        "row %zu is so small that its norm is no number of double precision; multiply all "
        "rows by one number",
        i);
}

mi_status mi_points_of(mi_points *out, const mi_mat *x, const mi_metric_room *r)
{
    visit v = {.row = put_scale, .points = out};
    *out = (mi_points){.x = x};
    MI_TRY(MI_NEW_RAW(out->scale, x->n));
    for (size_t i = 0; i < x->n; i++)
        out->scale[i] = r->unit;
    mi_status status = r->metric == MI_COSINE ? visit_rows(&v, x) : MI_OK;
    if (status == MI_OK && v.has_tiny)
        status = refuse_tiny(out);
    if (status != MI_OK)
        mi_points_free(out);
    return status;
}

void mi_points_free(mi_points *p)
{
    mi_free(p->scale);
    *p = (mi_points){0};
}

/* ---- panels ---- */

mi_status mi_panel_alloc(mi_panel *p, size_t side, size_t d)
{
    MI_TRY(MI_NEW_RAW(p->row, side));
    MI_TRY(MI_NEW_RAW(p->x, side * d));
    MI_TRY(MI_NEW_RAW(p->centred, side * d));
    return MI_NEW_RAW(p->square, side);
}

void mi_panel_free(mi_panel *p)
{
    mi_free(p->row);
    mi_free(p->x);
    mi_free(p->centred);
    mi_free(p->square);
}

mi_status mi_panel_load(mi_panel *p, const mi_points *from, const mi_metric_room *r,
                        const size_t *row, size_t first, size_t count)
{
    size_t d = r->d;
    p->count = count;
    for (size_t i = 0; i < count; i++)
        p->row[i] = row ? row[i] : first + i;
    MI_TRY(mi_mat_read_f64(p->x, from->x, p->row, count, from->scale, NULL));
    for (size_t i = 0; i < count; i++) {
        float *centred = p->centred + i * d;
        for (size_t k = 0; k < d; k++)
            centred[k] = (float)(p->x[i * d + k] - r->mean[k]);
        p->square[i] = mi_leaf_norm2(d, centred);
    }
    return MI_OK;
}

double mi_panel_square(const mi_metric_room *r, const mi_panel *a, size_t i, const mi_points *of_a,
                       const mi_panel *b, size_t j, const mi_points *of_b)
{
    if (of_a->scale[a->row[i]] == 0 || of_b->scale[b->row[j]] == 0)
        return 2; /* a cosine of 0 */
    return mi_leaf_distance2(r->d, a->x + i * r->d, b->x + j * r->d);
}
