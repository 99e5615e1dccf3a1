/* Few rows of many columns in coordinates of their own span: n numbers each instead of d.
 *
 *     x' = Q R,  x = R' Q'     Householder QR (LAPACK dgeqrf; Golub and Van Loan, ch. 5)
 *
 * Q' keeps inner products and differences of rows, so R' (n,n) has the singular values of x, centred
 * or not, and the scatter of its rows is that of x, but for d - n directions in which there is none. */
#include "libmi/bounds/span.h"

#include <lapacke.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/bounds/private.h"
#include "libmi/data/mat_internal.h"

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

mi_status mi_span_rows(mi_mat *out, const mi_mat *x, const mi_run *run)
{
    double *a, scale = mi_tame_scale(x);
    size_t n = x->n, d = x->d, allowed = mi_run_memory_bytes(run);
    double bytes = 8.0 * (double)n * (double)(d + n);
    *out = (mi_mat){0};
    if (bytes > (double)allowed)
        return mi_fail(
            MI_EMEMORY,
            "%zu rows of %zu columns in coordinates of their span need %.3g GB, allowed are %.3g GB",
            n, d, bytes / 1e9, (double)allowed / 1e9);
    MI_TRY(mi_blas_check(MI_DGEMM_NN));
    MI_TRY(MI_NEW_RAW(a, n * d));
    mi_mat_rows_f64(a, x, NULL, n, NULL, NULL);
    for (size_t k = 0; scale != 1 && k < n * d; k++)
        a[k] *= scale;
    mi_status status = mi_mat_alloc(out, n, n, MI_F64);
    if (status == MI_OK)
        status = factor(out, a, d);
    for (size_t k = 0; status == MI_OK && k < n * n; k++)
        ((double *)out->x)[k] /= scale;
    mi_free(a);
    if (status != MI_OK)
        mi_mat_free(out);
    return status;
}
