/* Sums of squared cosines of every row with all others, U (n,d) being the directions:
 *
 *     d < n    sum_j <u_i,u_j>^2 = u_i' (U'U) u_i      O(n d^2) time, O(d^2) memory
 *     else     the rows of U U', panel by panel        O(n^2 d) time */
#include <cblas.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/base/mem.h"
#include "libmi/base/pool.h"
#include "libmi/data/mat_internal.h"
#include "libmi/geometry/private.h"

enum { PANEL = 256 };

typedef struct {
    const mi_directions *of;
    size_t n, d;
    double *a, *b;  /* (PANEL,d) directions */
    double *g;      /* (PANEL,PANEL) or (PANEL,d) products */
    double *moment; /* (d,d) U'U, lower triangle */
} work;

/* Directions first .. first+PANEL, as many as there are; their number. */
static mi_status load(double *to, size_t *rows, const work *w, size_t first)
{
    size_t row[PANEL];
    *rows = w->n - first < PANEL ? w->n - first : PANEL;
    for (size_t i = 0; i < *rows; i++)
        row[i] = first + i;
    return mi_mat_read_f64(to, w->of->x, row, *rows, w->of->inverse, NULL);
}

static mi_status add_moments(work *w)
{
    size_t rows;
    for (size_t first = 0; first < w->n; first += PANEL) {
        MI_TRY(load(w->a, &rows, w, first));
        cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, (int)w->d, (int)rows, 1, w->a, (int)w->d,
                    1, w->moment, (int)w->d);
    }
    for (size_t k = 0; k < w->d; k++)
        for (size_t l = 0; l < k; l++)
            w->moment[l * w->d + k] = w->moment[k * w->d + l];
    return MI_OK;
}

static mi_status by_moments(double *square, work *w)
{
    size_t rows;
    MI_TRY(MI_NEW(w->moment, w->d * w->d));
    MI_TRY(MI_NEW_RAW(w->g, PANEL * w->d));
    MI_TRY(add_moments(w));
    for (size_t first = 0; first < w->n; first += PANEL) {
        MI_TRY(load(w->a, &rows, w, first));
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)w->d, (int)w->d, 1,
                    w->a, (int)w->d, w->moment, (int)w->d, 0, w->g, (int)w->d);
        for (size_t i = 0; i < rows; i++)
            square[first + i] = cblas_ddot((int)w->d, w->a + i * w->d, 1, w->g + i * w->d, 1);
    }
    return MI_OK;
}

static mi_status by_rows(double *square, work *w)
{
    size_t rows, columns;
    MI_TRY(MI_NEW_RAW(w->b, PANEL * w->d));
    MI_TRY(MI_NEW_RAW(w->g, PANEL * PANEL));
    memset(square, 0, w->n * sizeof *square);
    for (size_t first = 0; first < w->n; first += PANEL) {
        MI_TRY(load(w->a, &rows, w, first));
        for (size_t from = 0; from < w->n; from += PANEL) {
            MI_TRY(load(w->b, &columns, w, from));
            cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)rows, (int)columns, (int)w->d,
                        1, w->a, (int)w->d, w->b, (int)w->d, 0, w->g, PANEL);
            for (size_t i = 0; i < rows; i++)
                square[first + i] +=
                    cblas_ddot((int)columns, w->g + i * PANEL, 1, w->g + i * PANEL, 1);
        }
    }
    return MI_OK;
}

mi_status mi_cosine_squares(double *square, const mi_directions *r, const mi_run *run)
{
    work w = {.of = r, .n = r->x->n, .d = r->x->d};
    double moment = 8.0 * (double)w.d * (double)(w.d + 2 * PANEL);
    int has_room = moment < (double)mi_run_memory_bytes(run);
    MI_TRY(mi_blas_check(MI_DSYRK_T | MI_DGEMM_NN | MI_DGEMM_NT));
    mi_blas_set_threads(mi_pool_threads(run));
    mi_status status = MI_NEW_RAW(w.a, PANEL * w.d);
    if (status == MI_OK)
        status = w.d < w.n && has_room ? by_moments(square, &w) : by_rows(square, &w);
    mi_free(w.a);
    mi_free(w.b);
    mi_free(w.g);
    mi_free(w.moment);
    return status;
}
