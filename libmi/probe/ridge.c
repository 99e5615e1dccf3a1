/* Ridge regression of one-hot labels as a linear classifier: normal equations in double precision, solved
 * by Cholesky's factorisation (LAPACK dposv); rows are taken in panels. */
#include "libmi/probe/ridge.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/base/pool.h"

#define PANEL    1024
#define STRENGTH 1e-3

typedef struct {
    size_t d, classes; /* d with the column of ones */
    double *f;         /* (PANEL,d) */
    double *one_hot;   /* (PANEL,classes); then scores */
    double *a;         /* (d,d) F'F, lower triangle */
    double *w;         /* (d,classes) F'Y, then the weights */
} ridge;

static mi_status check(const mi_mat *x, const int64_t *y, size_t d, size_t classes)
{
    if (!x || !x->x || x->n < 1 || x->d != d || !y || classes < 1)
        return mi_fail(MI_EUSAGE, "rows with labels of one class or more, and as many columns in "
                                  "both parts, are wanted in memory");
    for (size_t i = 0; i < x->n; i++)
        if (y[i] < 0 || (size_t)y[i] >= classes)
            return mi_fail(MI_EUSAGE, "row %zu has label %lld, wanted 0 to %zu", i, (long long)y[i],
                           classes - 1);
    return MI_OK;
}

/* Rows first .. first+n over their norms, with a one behind each. */
static void take_rows(const ridge *r, const mi_mat *x, size_t first, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double *f = r->f + i * r->d, norm2 = 0;
        for (size_t k = 0; k + 1 < r->d; k++) {
            size_t at = (first + i) * x->ld + k;
            f[k] = x->type == MI_F64 ? ((const double *)x->x)[at] : ((const float *)x->x)[at];
            norm2 += f[k] * f[k];
        }
        for (size_t k = 0; k + 1 < r->d && norm2 > 0; k++)
            f[k] /= sqrt(norm2);
        f[r->d - 1] = 1;
    }
}

static void add_panel(const ridge *r, const int64_t *y, size_t n, int is_first)
{
    int d = (int)r->d, c = (int)r->classes;
    memset(r->one_hot, 0, n * r->classes * sizeof *r->one_hot);
    for (size_t i = 0; i < n; i++)
        r->one_hot[i * r->classes + (size_t)y[i]] = 1;
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, d, (int)n, 1, r->f, d, is_first ? 0 : 1,
                r->a, d);
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, d, c, (int)n, 1, r->f, d, r->one_hot, c,
                is_first ? 0 : 1, r->w, c);
}

static mi_status fit(const ridge *r, const mi_mat *x, const int64_t *y)
{
    lapack_int d = (lapack_int)r->d, c = (lapack_int)r->classes;
    for (size_t first = 0; first < x->n; first += PANEL) {
        size_t n = x->n - first < PANEL ? x->n - first : PANEL;
        take_rows(r, x, first, n);
        add_panel(r, y + first, n, first == 0);
    }
    for (size_t k = 0; k < r->d; k++)
        r->a[k * r->d + k] += STRENGTH * (double)x->n / (double)r->d;
    lapack_int info = LAPACKE_dposv(LAPACK_ROW_MAJOR, 'L', d, c, r->a, d, r->w, c);
    if (info)
        return mi_fail(MI_ELIBRARY, "LAPACK's dposv failed on a %zu x %zu matrix (info %d)", r->d,
                       r->d, (int)info);
    return MI_OK;
}

static size_t count_right(const ridge *r, const mi_mat *x, const int64_t *y)
{
    size_t right = 0;
    int d = (int)r->d, c = (int)r->classes;
    for (size_t first = 0; first < x->n; first += PANEL) {
        size_t n = x->n - first < PANEL ? x->n - first : PANEL;
        take_rows(r, x, first, n);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)n, c, d, 1, r->f, d, r->w, c, 0,
                    r->one_hot, c);
        for (size_t i = 0; i < n; i++) {
            const double *score = r->one_hot + i * r->classes;
            size_t best = 0;
            for (size_t k = 1; k < r->classes; k++)
                best = score[k] > score[best] ? k : best;
            right += best == (size_t)y[first + i];
        }
    }
    return right;
}

mi_status mi_ridge_accuracy(double *accuracy, const mi_mat *x, const int64_t *y,
                            const mi_mat *x_test, const int64_t *y_test, size_t classes,
                            const mi_run *run)
{
    ridge r = {.d = x ? x->d + 1 : 1, .classes = classes};
    mi_status status;
    MI_TRY(check(x, y, r.d - 1, classes));
    MI_TRY(check(x_test, y_test, r.d - 1, classes));
    MI_TRY(mi_blas_check(MI_DSYRK_T | MI_DGEMM_TN | MI_DGEMM_NN));
    mi_blas_set_threads(mi_pool_threads(run));
    MI_TRY_GOTO(status, MI_NEW_RAW(r.f, PANEL * r.d), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(r.one_hot, PANEL * classes), done);
    MI_TRY_GOTO(status, MI_NEW(r.a, r.d * r.d), done);
    MI_TRY_GOTO(status, MI_NEW(r.w, r.d * classes), done);
    MI_TRY_GOTO(status, fit(&r, x, y), done);
    *accuracy = (double)count_right(&r, x_test, y_test) / (double)x_test->n;
done:
    mi_free(r.f);
    mi_free(r.one_hot);
    mi_free(r.a);
    mi_free(r.w);
    return status;
}
