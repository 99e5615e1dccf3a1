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

/* row (d) is scratch. */
static void take_square(mi_align_rows *r, double *row)
{
    for (size_t i = 0; i < r->x->n; i++) {
        mi_mat_rows_f64(row, r->x, &i, 1, r->scale, NULL);
        r->square += cblas_ddot((int)r->x->d, row, 1, row, 1);
    }
}

/* row (d) is scratch. */
static mi_status take_mean(mi_align_rows *r, double *row)
{
    double *rest;
    MI_TRY(MI_NEW_RAW(rest, r->x->d));
    mi_mat_mean_f64(r->mean, rest, row, r->x, r->scale);
    cblas_daxpy((int)r->x->d, 1, rest, 1, r->mean, 1);
    mi_free(rest);
    return MI_OK;
}

/* More columns than rows: as many as rows say the same. */
static mi_status take_span(mi_align_rows *r, const mi_run *run)
{
    MI_TRY(mi_span_rows(&r->span, r->x, r->scale, run));
    r->few = mi_mat_view_f64(r->span.x, r->x->n, r->span.d, 0);
    r->x = &r->few;
    r->scale = NULL;
    return MI_OK;
}

/* Rows less `centre` (d); NULL: less their mean. */
static mi_status rows_init(mi_align_rows *r, const mi_mat *x, const double *scale,
                           const double *centre, const mi_run *run)
{
    double *row;
    *r = (mi_align_rows){.x = x, .scale = scale};
    MI_TRY(MI_NEW_RAW(row, x->d));
    take_square(r, row);
    mi_status status = !centre && x->d > x->n ? take_span(r, run) : MI_OK;
    if (status == MI_OK)
        status = MI_NEW_RAW(r->mean, r->x->d);
    if (status == MI_OK && centre)
        memcpy(r->mean, centre, x->d * sizeof *centre);
    else if (status == MI_OK)
        status = take_mean(r, row);
    mi_free(row);
    return status;
}

static mi_status set_unit(mi_align_side *s, const mi_mat *x)
{
    double largest = 0;
    int exponent;
    for (size_t i = 0; i < x->n; i++)
        for (size_t k = 0; k < x->d; k++)
            largest = fmax(largest, fabs(mi_mat_get(x, i, k)));
    frexp(largest, &exponent);
    MI_TRY(MI_NEW_RAW(s->unit, x->n));
    for (size_t i = 0; i < x->n; i++)
        s->unit[i] = ldexp(1, exponent < -1000 ? 1000 : -exponent);
    return MI_OK;
}

static mi_status take_rows(mi_align_side *s, const mi_align_job *j, const mi_column *c)
{
    const mi_mat *x = &c->x;
    const double *scale = NULL; /* distances have a bandwidth, in which rows are as they are */
    s->n = x->n;
    s->kernel = c->kernel;
    s->is_linear = mi_kernel_is_linear(c->kernel.kind);
    s->is_seen_as_stored =
        mi_kernel_is_of_distance(c->kernel.kind) || (s->is_linear && j->o->raw_rows);
    MI_TRY(mi_var_real(&s->var, s->kernel, x));
    MI_TRY(set_unit(s, x));
    MI_TRY(rows_init(&s->stored, x, s->unit, NULL, j->run));
    if (mi_kernel_is_of_cosine(c->kernel.kind))
        scale = s->is_seen_as_stored ? s->unit : s->var.inverse_norm;
    return rows_init(&s->seen, x, scale, s->var.mean, j->run);
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

/* The values of a wide kernel are nearly one number, and HSIC is of what they differ in. */
static void take_mean_off(mi_align_side *s)
{
    double others = (double)s->n - 1, sum = 0;
    for (size_t i = 0; i < s->n; i++)
        sum += s->row[i];
    s->shift = sum / ((double)s->n * others);
    for (size_t i = 0; i < s->n; i++) {
        s->row[i] -= others * s->shift;
        s->self[i] -= s->shift;
    }
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
    } else
        take_mean_off(s);
    status = mi_align_inner(&s->inner, NULL, j, s, s, j->order, cross);
done:
    mi_free(one);
    mi_free(cross);
    return status;
}

/* ---- neighbours ---- */

static int by_row(const void *a, const void *b)
{
    const mi_align_near_row *p = a, *q = b;
    return (p->row > q->row) - (p->row < q->row);
}

void mi_align_sort_near(mi_align_near_row *list, size_t k)
{
    qsort(list, k, sizeof *list, by_row);
}

mi_metric mi_align_metric(const mi_align_side *s)
{
    return s->is_seen_as_stored ? MI_EUCLIDEAN : MI_COSINE;
}

double mi_align_kernel_at(const mi_align_side *s, double *rows, size_t near, double distance)
{
    size_t d = s->var.x->d;
    if (!s->is_seen_as_stored)
        return mi_kernel_of_cosine(&s->kernel, 1 - distance);
    if (!s->is_linear)
        return mi_kernel_of_square(&s->kernel, distance * distance);
    mi_mat_rows_f64(rows + d, s->var.x, &near, 1, s->unit, NULL);
    return cblas_ddot((int)d, rows, 1, rows + d, 1);
}

/* Into row order, with their kernel values. list (k) and rows (2,d) are scratch. */
static void sort_neighbours(mi_align_side *s, mi_align_near_row *list, double *rows)
{
    for (size_t i = 0; i < s->n; i++) {
        int32_t *near = s->near + i * s->k;
        double *value = s->near_k + i * s->k;
        mi_mat_rows_f64(rows, s->var.x, &i, 1, s->unit, NULL);
        for (size_t m = 0; m < s->k; m++)
            list[m] = (mi_align_near_row){
                .row = near[m], .k = mi_align_kernel_at(s, rows, (size_t)near[m], value[m])};
        mi_align_sort_near(list, s->k);
        for (size_t m = 0; m < s->k; m++) {
            near[m] = list[m].row;
            value[m] = list[m].k;
        }
    }
}

static mi_status set_neighbours(mi_align_side *s, const mi_align_job *j)
{
    mi_neighbours_opts o;
    mi_align_near_row *list;
    double *rows;
    mi_neighbours_opts_default(&o);
    o.k = s->k = j->o->k;
    o.metric = mi_align_metric(s);
    MI_TRY(MI_NEW_RAW(s->near, s->n * s->k));
    MI_TRY(MI_NEW_RAW(s->near_k, s->n * s->k));
    MI_TRY(mi_neighbours(s->near, s->near_k, s->var.x, &o, j->run));
    MI_TRY(MI_NEW_RAW(list, s->k));
    mi_status status = MI_NEW_RAW(rows, 2 * s->var.x->d);
    if (status == MI_OK)
        sort_neighbours(s, list, rows);
    mi_free(list);
    mi_free(rows);
    return status;
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

static void rows_free(mi_align_rows *r)
{
    mi_free(r->mean);
    mi_mat_free(&r->span);
}

void mi_align_side_clear(mi_align_side *s)
{
    mi_var_free(&s->var);
    rows_free(&s->seen);
    rows_free(&s->stored);
    mi_free(s->unit);
    mi_free(s->norm2);
    mi_free(s->self);
    mi_free(s->row);
    mi_free(s->matrix);
    mi_free(s->near);
    mi_free(s->near_k);
    mi_align_ties_clear(&s->ties);
    mi_free(s->direction);
    mi_free(s->self_information);
    *s = (mi_align_side){0};
}
