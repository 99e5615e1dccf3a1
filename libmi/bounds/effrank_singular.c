/* Singular values of x (n,d), n of any size, by a triangle that is updated panel by panel
 * (sequential QR).
 *
 * Golub and Van Loan, Matrix Computations, ch. 5: a triangular factor takes in more rows when it is
 * factored together with them. No x'x is formed, whose eigenvalues are sigma^2: values below
 * sqrt(eps) sigma_1 would be lost. */
#include <assert.h>
#include <cblas.h>
#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/base/pool.h"
#include "libmi/base/want.h"
#include "libmi/bounds/effrank.h"
#include "libmi/bounds/private.h"
#include "libmi/bounds/span.h"
#include "libmi/data/mat_internal.h"

/* Rows of x are columns here, as LAPACK stores matrices: x' = L Q, and the singular values of x are
 * those of the triangle L. A panel of rows is put behind L and the whole is factored again, so that
 * L (d, count) is all that is kept. */
typedef struct {
    size_t d, count, panel;
    double *a; /* (d, d+panel) column-major: L, then the panel */
    double *tau;
    double *mean; /* (d) of the columns of x */
    double *rest; /* (d) what that is off */
} triangle;

/* A power of two that is itself a number, also for the smallest. */
static double tame_scale(const mi_mat *x)
{
    const double *row = x->x, largest_tame = 0x1p300, least_tame = 0x1p-300;
    double largest = 0;
    if (x->type != MI_F64)
        return 1; /* squares of floats are within the range of doubles */
    for (size_t i = 0; i < x->n; i++, row += x->ld)
        for (size_t k = 0; k < x->d; k++)
            largest = fmax(largest, fabs(row[k]));
    int exponent = 0;
    frexp(largest, &exponent);
    if (largest == 0 || (largest < largest_tame && largest > least_tame))
        return 1;
    return ldexp(1, exponent < -1000 ? 1000 : -exponent);
}

mi_status mi_tame_rows(mi_mat *copy, double *scale, const mi_mat **x)
{
    *copy = (mi_mat){0};
    *scale = tame_scale(*x);
    if (*scale == 1)
        return MI_OK;
    MI_TRY(mi_mat_alloc(copy, (*x)->n, (*x)->d, MI_F64));
    mi_mat_rows_f64(copy->x, *x, NULL, copy->n, NULL, NULL);
    for (size_t k = 0; k < copy->n * copy->d; k++)
        ((double *)copy->x)[k] *= *scale;
    *x = copy;
    return MI_OK;
}

static mi_status triangle_init(triangle *t, const mi_mat *x, const mi_run *run)
{
    *t = (triangle){.d = x->d, .panel = x->d < 256 ? 256 : x->d};
    /* L with the panel behind it, d (d + panel), and the copy that dgesdd destroys, d d. */
    double bytes = 8.0 * (double)x->d * (double)(2 * x->d + t->panel);
    if (bytes > (double)mi_run_memory_bytes(run))
        return mi_fail(MI_EMEMORY,
                       "the singular values of %zu columns need %.3g GB, allowed are %.3g GB", x->d,
                       bytes / 1e9, (double)mi_run_memory_bytes(run) / 1e9);
    MI_TRY(mi_blas_check(MI_DGEMM_NN | MI_EIGENVALUES));
    MI_TRY(MI_NEW_RAW(t->a, x->d * (x->d + t->panel)));
    MI_TRY(MI_NEW_RAW(t->tau, x->d));
    MI_TRY(MI_NEW_RAW(t->rest, x->d));
    return MI_NEW_RAW(t->mean, x->d);
}

static void triangle_free(triangle *t)
{
    mi_free(t->a);
    mi_free(t->tau);
    mi_free(t->mean);
    mi_free(t->rest);
}

/* [ L | panel ] = L' Q (dgelqf): a triangle of what is kept and the `rows` columns behind it. Q is
 * not wanted; LAPACK leaves its reflectors above the diagonal, which are zeroed. */
static mi_status factor(triangle *t, size_t rows)
{
    size_t d = t->d, columns = t->count + rows;
    lapack_int info = LAPACKE_dgelqf(LAPACK_COL_MAJOR, (lapack_int)d, (lapack_int)columns, t->a,
                                     (lapack_int)d, t->tau);
    if (info)
        return mi_fail(MI_ELIBRARY, "LAPACK's dgelqf failed on a %zu x %zu matrix (info %d)", d,
                       columns, (int)info);
    t->count = columns < d ? columns : d;
    for (size_t k = 1; k < t->count; k++)
        memset(t->a + k * d, 0, k * sizeof *t->a);
    return MI_OK;
}

/* Rows first .. first+rows of x, less `offset`, in double precision. */
static void copy_rows(double *out, const mi_mat *x, size_t first, size_t rows, const double *offset)
{
    mi_mat part = *x;
    part.x = (char *)x->x + first * x->ld * (size_t)x->type;
    mi_mat_rows_f64(out, &part, NULL, rows, NULL, offset);
}

/* What a mean is off by its rounding would stand in every row, and be a direction of its own. */
static mi_status factor_centred(triangle *t, const mi_mat *x)
{
    mi_mat_mean_f64(t->mean, t->rest, t->a, x, NULL);
    for (size_t first = 0; first < x->n; first += t->panel) {
        size_t rows = x->n - first < t->panel ? x->n - first : t->panel;
        double *panel = t->a + t->count * t->d;
        copy_rows(panel, x, first, rows, t->mean);
        for (size_t i = 0; i < rows; i++)
            cblas_daxpy((int)t->d, -1, t->rest, 1, panel + i * t->d, 1);
        MI_TRY(factor(t, rows));
    }
    return MI_OK;
}

/* s (wanted): the leading singular values of the triangle, which is kept. */
static mi_status values(double *s, size_t wanted, const triangle *t)
{
    double *copy, *all = NULL, none;
    size_t d = t->d;
    lapack_int info = 0;
    assert(t->a);
    MI_TRY(MI_NEW_RAW(copy, d * t->count));
    mi_status status = MI_NEW_RAW(all, t->count);
    memcpy(copy, t->a, d * t->count * sizeof *copy);
    if (status == MI_OK)
        info = LAPACKE_dgesdd(LAPACK_COL_MAJOR, 'N', (lapack_int)d, (lapack_int)t->count, copy,
                              (lapack_int)d, all, &none, 1, &none, 1);
    if (info)
        status = mi_fail(MI_ELIBRARY, "LAPACK's dgesdd failed on a %zu x %zu matrix (info %d)", d,
                         t->count, (int)info);
    for (size_t k = 0; status == MI_OK && k < wanted; k++)
        s[k] = all[k];
    mi_free(copy);
    mi_free(all);
    return status;
}

/* Both kinds of the rows of x with `mean` added to each (NULL: 0), `wanted` of each. */
static mi_status find_values(double *raw, double *centred, size_t wanted, const mi_mat *x,
                             const double *mean, const mi_run *run)
{
    triangle t;
    mi_status status;
    mi_blas_set_threads(mi_pool_threads(run));
    MI_TRY_GOTO(status, triangle_init(&t, x, run), done);
    MI_TRY_GOTO(status, factor_centred(&t, x), done);
    MI_TRY_GOTO(status, values(centred, wanted, &t), done);
    /* With xc = x - 1 mean', x'x = xc'xc + n mean mean': the row sqrt(n) mean' below xc has the
     * singular values of x, so one more row makes the triangle that of x. */
    for (size_t k = 0; k < t.d; k++)
        t.a[t.count * t.d + k] =
            sqrt((double)x->n) * (t.mean[k] + t.rest[k] + (mean ? mean[k] : 0));
    MI_TRY_GOTO(status, factor(&t, 1), done);
    status = values(raw, wanted, &t);
    /* Of constant rows nothing but the rounding of what is left of their mean. */
    if (status == MI_OK && centred[0] <= (double)x->n * pow(DBL_EPSILON, 2) * raw[0])
        memset(centred, 0, wanted * sizeof *centred);
done:
    triangle_free(&t);
    return status;
}

/* Few rows in coordinates of their span, in whose last row their mean is. */
static mi_status values_of_few(double *raw, double *centred, const mi_mat *x, const mi_run *run)
{
    mi_mat span;
    mi_blas_set_threads(mi_pool_threads(run));
    MI_TRY(mi_span_rows(&span, x, NULL, run));
    const mi_mat rows = mi_mat_view_f64(span.x, x->n, span.d, 0);
    mi_status status =
        find_values(raw, centred, x->n, &rows, (double *)span.x + x->n * span.d, run);
    mi_mat_free(&span);
    return status;
}

mi_status mi_singular_values(double *raw, double *centred, const mi_mat *x, const mi_run *run)
{
    mi_mat tame;
    double scale;
    MI_WANT(raw && centred, "singular values without memory for them");
    MI_TRY(mi_effrank_check(x, run));
    size_t count = x->n < x->d ? x->n : x->d;
    MI_TRY(mi_tame_rows(&tame, &scale, &x));
    mi_status status = x->n >= x->d ? find_values(raw, centred, count, x, NULL, run)
                                    : values_of_few(raw, centred, x, run);
    for (size_t k = 0; status == MI_OK && k < count; k++) {
        raw[k] /= scale;
        centred[k] /= scale;
    }
    mi_mat_free(&tame);
    return status;
}
