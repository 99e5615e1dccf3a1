/* Few rows of many columns in coordinates of their own span: n + 1 numbers each instead of d.
 *
 *     x' = Q R,  x = R' Q'     Householder QR (LAPACK dgeqrf; Golub and Van Loan, ch. 5)
 *
 * Q' keeps inner products and differences. What is factored is the rows less their mean, with the mean as
 * one row more: of rows far from 0 the factor would else round off how they differ. */
#include "libmi/bounds/span.h"

#include <cblas.h>
#include <lapacke.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/bounds/private.h"
#include "libmi/data/mat_internal.h"

/* a (n+1,d): the rows less their mean, and it. */
static mi_status take_centred(double *a, const mi_mat *x, const double *scale)
{
    double *rest, *mean = a + x->n * x->d;
    int d = (int)x->d;
    MI_TRY(MI_NEW_RAW(rest, x->d));
    mi_mat_mean_f64(mean, rest, a, x, scale);
    mi_mat_rows_f64(a, x, NULL, x->n, scale, NULL);
    for (size_t i = 0; i < x->n; i++) {
        cblas_daxpy(d, -1, mean, 1, a + i * x->d, 1);
        cblas_daxpy(d, -1, rest, 1, a + i * x->d, 1);
    }
    cblas_daxpy(d, 1, rest, 1, mean, 1);
    mi_free(rest);
    return MI_OK;
}

/* Row i of R' is column i of R, whose first i + 1 entries stand in row i of a (n,d). */
static void take_triangle(double *to, const double *a, size_t n, size_t d)
{
    memset(to, 0, n * n * sizeof *to);
    for (size_t i = 0; i < n; i++)
        memcpy(to + i * n, a + i * d, (i + 1) * sizeof *to);
}

static mi_status factor(mi_mat *out, double *a, size_t d)
{
    double *tau;
    MI_TRY(MI_NEW_RAW(tau, out->n));
    lapack_int info =
        LAPACKE_dgeqrf(LAPACK_COL_MAJOR, (lapack_int)d, (lapack_int)out->n, a, (lapack_int)d, tau);
    if (info == 0)
        take_triangle(out->x, a, out->n, d);
    mi_free(tau);
    return info ? mi_fail(MI_ELIBRARY, "LAPACK's dgeqrf failed on a %zu x %zu matrix (info %d)", d,
                          out->n, (int)info)
                : MI_OK;
}

mi_status mi_span_rows(mi_mat *out, const mi_mat *x, const double *scale, const mi_run *run)
{
    double *a;
    size_t n = x->n, d = x->d, allowed = mi_run_memory_bytes(run);
    double bytes = 8.0 * (double)(n + 1) * (double)(d + n + 1);
    *out = (mi_mat){0};
    if (bytes > (double)allowed)
        return mi_fail(
            MI_EMEMORY,
            "%zu rows of %zu columns in coordinates of their span need %.3g GB, allowed are %.3g GB",
            n, d, bytes / 1e9, (double)allowed / 1e9);
    MI_TRY(mi_blas_check(MI_DGEMM_NN));
    MI_TRY(MI_NEW_RAW(a, (n + 1) * d));
    mi_status status = take_centred(a, x, scale);
    if (status == MI_OK)
        status = mi_mat_alloc(out, n + 1, n + 1, MI_F64);
    if (status == MI_OK)
        status = factor(out, a, d);
    mi_free(a);
    if (status != MI_OK)
        mi_mat_free(out);
    return status;
}
