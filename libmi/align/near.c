/* Neighbours that two sides share, under a pairing: row i of x is beside row to[i] of y, whose
 * neighbours are called by the rows of x that they are beside. Three rows, one neighbour each:
 *
 *     to = 2 0 1, beside[] = 1 2 0       y: row 2's neighbour is 1, beside 2: N_Y(0) = {2}
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/align/private.h"

typedef struct {
    const mi_align_side *x, *y;
    const size_t *to;
    size_t n, k;
    int32_t *beside;         /* (n) row of x beside a row of y */
    int32_t *of_y;           /* (n,k) N_Y(i) as rows of x, in row order */
    double *of_y_k;          /* (n,k) L of them */
    int32_t *both;           /* (n,k) neighbours on both sides, in row order */
    double *k_both, *l_both; /* (n,k) K and L of them */
    size_t *count;           /* (n) how many of them */
} shared;

static int by_number(const void *a, const void *b)
{
    int32_t p = *(const int32_t *)a, q = *(const int32_t *)b;
    return (p > q) - (p < q);
}

/* Place of `row` in an ordered list, -1: it is not there. */
static long place_of(int32_t row, const int32_t *list, size_t count)
{
    const int32_t *at = bsearch(&row, list, count, sizeof *list, by_number);
    return at ? (long)(at - list) : -1;
}

static mi_status shared_alloc(shared *s, const mi_align_side *x, const mi_align_side *y,
                              const size_t *to)
{
    *s = (shared){.x = x, .y = y, .to = to, .n = x->n, .k = x->k};
    size_t cells = s->n * s->k;
    MI_TRY(MI_NEW_RAW(s->beside, s->n));
    MI_TRY(MI_NEW_RAW(s->of_y, cells));
    MI_TRY(MI_NEW_RAW(s->of_y_k, cells));
    MI_TRY(MI_NEW_RAW(s->both, cells));
    MI_TRY(MI_NEW_RAW(s->k_both, cells));
    MI_TRY(MI_NEW_RAW(s->l_both, cells));
    return MI_NEW(s->count, s->n);
}

static void shared_free(shared *s)
{
    mi_free(s->beside);
    mi_free(s->of_y);
    mi_free(s->of_y_k);
    mi_free(s->both);
    mi_free(s->k_both);
    mi_free(s->l_both);
    mi_free(s->count);
}

/* list (k): N_Y of row i of y. */
static void neighbours_beside(mi_align_near_row *list, const shared *s, size_t i)
{
    const mi_align_side *y = s->y;
    if (y->ties.count && y->ties.count[i]) {
        mi_align_ties_choose(list, y, i, s->beside);
        return;
    }
    for (size_t m = i * s->k; m < (i + 1) * s->k; m++)
        *list++ = (mi_align_near_row){s->beside[y->near[m]], y->near_k[m]};
}

/* list (k) is scratch. */
static void rename_neighbours(shared *s, mi_align_near_row *list)
{
    for (size_t i = 0; i < s->n; i++)
        s->beside[s->to[i]] = (int32_t)i;
    for (size_t i = 0; i < s->n; i++) {
        neighbours_beside(list, s, s->to[i]);
        mi_align_sort_near(list, s->k);
        for (size_t m = 0; m < s->k; m++) {
            s->of_y[i * s->k + m] = list[m].row;
            s->of_y_k[i * s->k + m] = list[m].k;
        }
    }
}

/* Both lists of a row are in row order: one walk along the two. */
static void find_shared(shared *s)
{
    size_t k = s->k;
    for (size_t i = 0; i < s->n; i++) {
        const int32_t *p = s->x->near + i * k, *q = s->of_y + i * k;
        size_t a = 0, b = 0, found = i * k;
        while (a < k && b < k) {
            if (p[a] == q[b]) {
                s->both[found] = p[a];
                s->k_both[found] = s->x->near_k[i * k + a];
                s->l_both[found++] = s->of_y_k[i * k + b];
            }
            int step_a = p[a] <= q[b], step_b = q[b] <= p[a];
            a += (size_t)step_a;
            b += (size_t)step_b;
        }
        s->count[i] = found - i * k;
    }
}

/* ---- the terms ---- */

/* Whether i is among the neighbours in x of one of its neighbours in y. */
static int comes_back(const shared *s, size_t i)
{
    for (size_t m = 0; m < s->k; m++) {
        size_t through = (size_t)s->of_y[i * s->k + m];
        if (place_of((int32_t)i, s->x->near + through * s->k, s->k) >= 0)
            return 1;
    }
    return 0;
}

/* n (n-3) HSIC of two matrices of which row i has count[i] entries near[i k ..], K and L there, else 0:
 * Song's formula, which reads rows of the one against columns of the other. column (n) is scratch. */
static double sparse_hsic(const shared *s, const int32_t *near, const double *k, const double *l,
                          const size_t *count, double *column)
{
    double a = 0, b = 0, r = 0, t = 0, n = (double)s->n;
    memset(column, 0, s->n * sizeof *column);
    for (size_t i = 0; i < s->n; i++)
        for (size_t m = 0; m < (count ? count[i] : s->k); m++) {
            size_t at = i * s->k + m, j = (size_t)near[at];
            long back = place_of((int32_t)i, near + j * s->k, count ? count[j] : s->k);
            a += back >= 0 ? k[at] * l[j * s->k + (size_t)back] : 0;
            column[j] += k[at];
            r += k[at];
            t += l[at];
        }
    for (size_t i = 0; i < s->n; i++)
        for (size_t m = 0; m < (count ? count[i] : s->k); m++)
            b += column[i] * l[i * s->k + m];
    return a + r * t / ((n - 1) * (n - 2)) - 2 * b / (n - 2);
}

static double cknna(const shared *s, double *column)
{
    const mi_align_side *x = s->x;
    double both = sparse_hsic(s, s->both, s->k_both, s->l_both, s->count, column);
    double own_x = sparse_hsic(s, x->near, x->near_k, x->near_k, NULL, column);
    double own_y = sparse_hsic(s, s->of_y, s->of_y_k, s->of_y_k, NULL, column);
    return own_x > 0 && own_y > 0 ? both / sqrt(own_x) / sqrt(own_y) : NAN;
}

static mi_status terms_of(double *value, shared *s)
{
    mi_align_near_row *list = NULL;
    double *column = NULL, n = (double)s->n, k = (double)s->k;
    mi_status status = MI_NEW_RAW(list, s->k);
    if (status == MI_OK)
        status = MI_NEW_RAW(column, s->n);
    if (status == MI_OK) {
        rename_neighbours(s, list);
        find_shared(s);
        value[MI_ALIGN_MUTUAL_KNN] = value[MI_ALIGN_CYCLE_KNN] = value[MI_ALIGN_JACCARD_KNN] = 0;
        for (size_t i = 0; i < s->n; i++) {
            double found = (double)s->count[i];
            value[MI_ALIGN_MUTUAL_KNN] += found / (k * n);
            value[MI_ALIGN_CYCLE_KNN] += comes_back(s, i) / n;
            value[MI_ALIGN_JACCARD_KNN] += found / ((2 * k - found) * n);
        }
        value[MI_ALIGN_CKNNA] = cknna(s, column);
    }
    mi_free(list);
    mi_free(column);
    return status;
}

mi_status mi_align_near(double *value, const mi_align_side *x, const mi_align_side *y,
                        const size_t *to)
{
    shared s;
    mi_status status = shared_alloc(&s, x, y, to);
    if (status == MI_OK)
        status = terms_of(value, &s);
    shared_free(&s);
    return status;
}
