/* One side: its rows as the kernel sees them, sums over its own pairs of rows, neighbours, principal
 * directions. Nothing here depends on what it is paired with. */
#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/align/private.h"
#include "libmi/base/run_internal.h"
#include "libmi/bounds/span.h"
#include "libmi/data/kernel_internal.h"
#include "libmi/data/mat_internal.h"
#include "libmi/neighbours/neighbours.h"

void mi_align_read(double *out, const mi_align_rows *r, const size_t *row, size_t m)
{
    mi_mat_rows_f64(out, r->x, row, m, r->scale, NULL);
    for (size_t i = 0; i < m; i++)
        cblas_daxpy((int)r->x->d, -1, r->mean, 1, out + i * r->x->d, 1);
}

mi_status mi_align_cross(double *c, const mi_align_rows *x, const size_t *order,
                         const mi_align_rows *y, const size_t *to)
{
    size_t n = x->x->n, p = x->x->d, q = y->x->d;
    double *f = NULL, *g = NULL;
    mi_status status = MI_NEW_RAW(f, MI_ALIGN_BLOCK * p);
    if (status == MI_OK)
        status = MI_NEW_RAW(g, MI_ALIGN_BLOCK * q);
    for (size_t first = 0; status == MI_OK && first < n; first += MI_ALIGN_BLOCK) {
        size_t m = n - first < MI_ALIGN_BLOCK ? n - first : MI_ALIGN_BLOCK;
        mi_align_read(f, x, order + first, m);
        mi_align_read(g, y, to + first, m);
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)p, (int)q, (int)m, 1, f, (int)p,
                    g, (int)q, first > 0, c, (int)q);
    }
    mi_free(f);
    mi_free(g);
    return status;
}

/* ---- rows ---- */

static mi_status rows_init(mi_align_rows *r, const mi_mat *x, const double *scale)
{
    double *row;
    *r = (mi_align_rows){.x = x, .scale = scale};
    MI_TRY(MI_NEW(r->mean, x->d));
    MI_TRY(MI_NEW_RAW(row, x->d));
    for (size_t i = 0; i < x->n; i++) {
        mi_mat_rows_f64(row, x, &i, 1, scale, NULL);
        cblas_daxpy((int)x->d, 1.0 / (double)x->n, row, 1, r->mean, 1);
        r->square += cblas_ddot((int)x->d, row, 1, row, 1);
    }
    mi_free(row);
    return MI_OK;
}

/* More columns than rows: as many as rows say the same. */
static mi_status take_rows(mi_align_side *s, const mi_align_job *j, const mi_column *c)
{
    const mi_mat *x = &c->x;
    s->n = x->n;
    s->kernel = c->kernel;
    s->is_linear = mi_kernel_is_linear(c->kernel.kind);
    s->is_seen_as_stored =
        mi_kernel_is_of_distance(c->kernel.kind) || (s->is_linear && j->o->raw_rows);
    MI_TRY(mi_var_real(&s->var, s->kernel, x));
    if (x->d > x->n) {
        MI_TRY(mi_span_rows(&s->span, x, j->run));
        x = &s->span;
    }
    MI_TRY(rows_init(&s->stored, x, NULL));
    MI_TRY(rows_init(&s->seen, x, s->is_seen_as_stored ? NULL : s->var.inverse_norm));
    if (c->kernel.kind == MI_KERNEL_POLYNOMIAL) /* cosines are those of rows that are not centred */
        memset(s->seen.mean, 0, x->d * sizeof *s->seen.mean);
    return MI_OK;
}

/* ---- the kernel's sums ---- */

static mi_status set_self(mi_align_side *s, const mi_align_job *j)
{
    double *f;
    MI_TRY(MI_NEW_RAW(s->norm2, s->n));
    MI_TRY(MI_NEW_RAW(s->self, s->n));
    MI_TRY(MI_NEW_RAW(f, s->seen.x->d));
    for (size_t i = 0; i < s->n; i++) {
        mi_align_read(f, &s->seen, j->order + i, 1);
        s->norm2[i] = cblas_ddot((int)s->seen.x->d, f, 1, f, 1);
        s->self[i] = s->is_linear ? s->norm2[i] : 1;
    }
    mi_free(f);
    return MI_OK;
}

static mi_status set_sums(mi_align_side *s, const mi_align_job *j)
{
    double *one = NULL, *cross = NULL;
    size_t d = s->seen.x->d;
    mi_status status;
    MI_TRY(set_self(s, j));
    MI_TRY(MI_NEW_RAW(s->row, s->n));
    MI_TRY_GOTO(status, MI_NEW_RAW(one, s->n), done);
    for (size_t i = 0; i < s->n; i++)
        one[i] = 1;
    MI_TRY_GOTO(status, mi_align_times(s->row, j, s, one, 1), done);
    if (s->is_linear) {
        MI_TRY_GOTO(status, MI_NEW_RAW(cross, d * d), done);
        MI_TRY_GOTO(status, mi_align_cross(cross, &s->seen, j->order, &s->seen, j->order), done);
    }
    status = mi_align_inner(&s->inner, NULL, j, s, s, j->order, cross);
done:
    mi_free(one);
    mi_free(cross);
    return status;
}

/* ---- neighbours ---- */

typedef struct {
    int32_t row;
    double k;
} neighbour;

static int by_row(const void *a, const void *b)
{
    const neighbour *p = a, *q = b;
    return (p->row > q->row) - (p->row < q->row);
}

/* K_ij from the distance by which j is near i: cosines are 1 minus it; of raw rows <x,y> = (|x|^2 + |y|^2 -
 * |x-y|^2) / 2. */
static double kernel_at(const mi_align_side *s, size_t i, size_t near, double distance)
{
    double square = distance * distance;
    const double *inverse = s->var.inverse_norm;
    if (!s->is_seen_as_stored)
        return mi_kernel_of_cosine(&s->kernel, 1 - distance);
    if (!s->is_linear)
        return mi_kernel_of_square(&s->kernel, square);
    return (1 / (inverse[i] * inverse[i]) + 1 / (inverse[near] * inverse[near]) - square) / 2;
}

/* Into row order, with their kernel values. list (k) is scratch. */
static void sort_neighbours(mi_align_side *s, neighbour *list)
{
    for (size_t i = 0; i < s->n; i++) {
        int32_t *near = s->near + i * s->k;
        double *value = s->near_k + i * s->k;
        for (size_t m = 0; m < s->k; m++)
            list[m] = (neighbour){.row = near[m], .k = kernel_at(s, i, (size_t)near[m], value[m])};
        qsort(list, s->k, sizeof *list, by_row);
        for (size_t m = 0; m < s->k; m++) {
            near[m] = list[m].row;
            value[m] = list[m].k;
        }
    }
}

static mi_status set_neighbours(mi_align_side *s, const mi_align_job *j)
{
    mi_neighbours_opts o;
    neighbour *list;
    mi_neighbours_opts_default(&o);
    o.k = s->k = j->o->k;
    o.metric = s->is_seen_as_stored ? MI_EUCLIDEAN : MI_COSINE;
    MI_TRY(MI_NEW_RAW(s->near, s->n * s->k));
    MI_TRY(MI_NEW_RAW(s->near_k, s->n * s->k));
    MI_TRY(mi_neighbours(s->near, s->near_k, s->var.x, &o, j->run));
    MI_TRY(MI_NEW_RAW(list, s->k));
    sort_neighbours(s, list);
    mi_free(list);
    return MI_OK;
}

mi_status mi_align_side_init(mi_align_side *s, const mi_align_job *j, const mi_column *c)
{
    unsigned terms = j->o->terms;
    MI_TRY(take_rows(s, j, c));
    if (terms & MI_ALIGN_IS_CKA)
        MI_TRY(set_sums(s, j));
    if (terms & MI_ALIGN_IS_NEAR)
        MI_TRY(set_neighbours(s, j));
    return terms & MI_ALIGN_IS_SHAPE ? mi_align_directions(s, j) : MI_OK;
}

void mi_align_side_clear(mi_align_side *s)
{
    mi_var_free(&s->var);
    mi_mat_free(&s->span);
    mi_free(s->seen.mean);
    mi_free(s->stored.mean);
    mi_free(s->norm2);
    mi_free(s->self);
    mi_free(s->row);
    mi_free(s->matrix);
    mi_free(s->near);
    mi_free(s->near_k);
    mi_free(s->direction);
    mi_free(s->self_information);
    *s = (mi_align_side){0};
}
