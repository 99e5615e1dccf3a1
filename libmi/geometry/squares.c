/* Sums over the cosines of every row with all others, U (n,d) being the directions: of their squares,
 *
 *     d < n    sum_j <u_i,u_j>^2 = u_i' (U'U) u_i      O(n d^2) time, O(d^2) memory
 *     else     the rows of U U', panel by panel        O(n^2 d) time
 *
 * and, by the rows of U U', of the potentials of pairs that are not of one instance. All is in double
 * precision: the variance of cosines that are nearly all the same is a small difference of large sums. Tasks
 * are the same for any number of threads, each with a BLAS of one thread, so that results are. */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/base/mem.h"
#include "libmi/base/pool.h"
#include "libmi/data/mat_internal.h"
#include "libmi/geometry/private.h"

enum {
    PANEL = 256,  /* rows */
    COLUMNS = 128 /* of the moments, a task */
};

typedef struct {
    const mi_directions *of;
    size_t n, d;
    size_t panel;   /* rows at a time, PANEL at most */
    double *moment; /* (d,d) U'U */
    double t;       /* of potentials; 0: squares are wanted */
    double *sum;    /* (n) out */
} work;

static size_t pieces(size_t n, size_t size)
{
    return (n + size - 1) / size;
}

/* Directions first .. first+panel, as many as there are; their number. */
static mi_status load(double *to, size_t *rows, const work *w, size_t first)
{
    size_t row[PANEL];
    *rows = w->n - first < w->panel ? w->n - first : w->panel;
    for (size_t i = 0; i < *rows; i++)
        row[i] = first + i;
    return mi_mat_read_f64(to, w->of->x, row, *rows, w->of->inverse, NULL);
}

/* ---- by moments ---- */

/* COLUMNS rows of U'U. */
static mi_status moment_task(void *arg, size_t task, int worker)
{
    const work *w = arg;
    size_t first = task * COLUMNS, rows, d = w->d;
    size_t columns = d - first < COLUMNS ? d - first : COLUMNS;
    double *a;
    (void)worker;
    MI_TRY(MI_NEW_RAW(a, PANEL * d));
    mi_status status = MI_OK;
    for (size_t from = 0; status == MI_OK && from < w->n; from += PANEL) {
        status = load(a, &rows, w, from);
        if (status == MI_OK)
            cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)columns, (int)d, (int)rows, 1,
                        a + first, (int)d, a, (int)d, 1, w->moment + first * d, (int)d);
    }
    mi_free(a);
    return status;
}

/* u_i' (U'U) u_i of PANEL rows. */
static mi_status form_task(void *arg, size_t task, int worker)
{
    const work *w = arg;
    size_t first = task * PANEL, rows, d = w->d;
    double *a, *g = NULL;
    (void)worker;
    MI_TRY(MI_NEW_RAW(a, PANEL * d));
    mi_status status = MI_NEW_RAW(g, PANEL * d);
    if (status == MI_OK)
        status = load(a, &rows, w, first);
    if (status == MI_OK) {
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)d, (int)d, 1, a,
                    (int)d, w->moment, (int)d, 0, g, (int)d);
        for (size_t i = 0; i < rows; i++)
            w->sum[first + i] = cblas_ddot((int)d, a + i * d, 1, g + i * d, 1);
    }
    mi_free(a);
    mi_free(g);
    return status;
}

static mi_status by_moments(work *w, const mi_run *run)
{
    MI_TRY(MI_NEW(w->moment, w->d * w->d));
    mi_status status = mi_parallel(run, pieces(w->d, COLUMNS), moment_task, w);
    if (status == MI_OK)
        status = mi_parallel(run, pieces(w->n, PANEL), form_task, w);
    mi_free(w->moment);
    return status;
}

/* ---- by rows ---- */

/* sum over rows j of other instances of exp(-t |u_i - u_j|^2), g (columns) the cosines of row i with rows
 * `from` on. */
static double potential_of(const work *w, size_t i, const double *g, size_t from, size_t columns)
{
    const int32_t *code = w->of->instance->code;
    double sum = 0;
    for (size_t j = 0; j < columns; j++)
        sum += code[from + j] != code[i] ? exp(-2 * w->t * (1 - g[j])) : 0;
    return sum;
}

/* Rows `first` on, in a, with rows `from` on, in b. */
static void add_cosines(const work *w, const double *a, size_t first, size_t rows, const double *b,
                        size_t from, size_t columns, double *g)
{
    int d = (int)w->d;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)rows, (int)columns, d, 1, a, d, b, d,
                0, g, (int)w->panel);
    for (size_t i = 0; i < rows; i++) {
        const double *row = g + i * w->panel;
        w->sum[first + i] += w->t > 0 ? potential_of(w, first + i, row, from, columns)
                                      : cblas_ddot((int)columns, row, 1, row, 1);
    }
}

static mi_status row_task(void *arg, size_t task, int worker)
{
    const work *w = arg;
    size_t first = task * w->panel, rows, columns;
    double *a = NULL, *b = NULL, *g = NULL;
    mi_status status;
    (void)worker;
    MI_TRY_GOTO(status, MI_NEW_RAW(a, w->panel * w->d), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(b, w->panel * w->d), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(g, w->panel * w->panel), done);
    MI_TRY_GOTO(status, load(a, &rows, w, first), done);
    for (size_t from = 0; from < w->n; from += w->panel) {
        MI_TRY_GOTO(status, load(b, &columns, w, from), done);
        add_cosines(w, a, first, rows, b, from, columns, g);
    }
done:
    mi_free(a);
    mi_free(b);
    mi_free(g);
    return status;
}

/* Rows of two panels and of their cosines, for each thread, that fit in the memory allowed. */
static size_t panel_that_fits(size_t d, const mi_run *run)
{
    size_t rows = PANEL, workers = (size_t)mi_run_threads(run);
    while (rows > 1 && sizeof(double) * workers * rows * (2 * d + rows) > mi_run_memory_bytes(run))
        rows /= 2;
    return rows;
}

static mi_status by_rows(work *w, const mi_run *run)
{
    w->panel = panel_that_fits(w->d, run);
    return mi_parallel(run, pieces(w->n, w->panel), row_task, w);
}

mi_status mi_cosine_squares(double *square, const mi_directions *r, const mi_run *run)
{
    work w = {.of = r, .n = r->x->n, .d = r->x->d, .panel = PANEL, .sum = square};
    double d = (double)w.d, moments = 8.0 * d * (d + 2 * PANEL * mi_run_threads(run));
    MI_TRY(mi_blas_check(MI_DGEMM_NN | MI_DGEMM_NT | MI_DGEMM_TN));
    memset(square, 0, w.n * sizeof *square);
    return w.d < w.n && moments < (double)mi_run_memory_bytes(run) ? by_moments(&w, run)
                                                                   : by_rows(&w, run);
}

mi_status mi_potentials_apart(double *potential, const mi_directions *r, double t,
                              const mi_run *run)
{
    work w = {.of = r, .n = r->x->n, .d = r->x->d, .t = t, .sum = potential};
    MI_TRY(mi_blas_check(MI_DGEMM_NT));
    memset(potential, 0, w.n * sizeof *potential);
    return by_rows(&w, run);
}
