/* SVCCA and Procrustes from C = X'Y of centred rows.
 *
 * X = U S V', U of the leading components: canonical correlations of the leading subspaces are the singular
 * values of U_x'U_y = S_x^-1 V_x' C V_y S_y^-1, V and S^2 eigenvectors and eigenvalues of X'X (Bjorck and
 * Golub, Math. Comp. 27 (1973) 579). |C|_* is the sum of those of C. */
#include <cblas.h>
#include <float.h>
#include <lapacke.h>
#include <math.h>

#include "libmi/align/private.h"
#include "libmi/base/eigenvalues.h"

/* The sum of the singular values of a (rows,columns), which is destroyed; of the largest `count` of them. */
static mi_status sum_of_singular(double *sum, double *a, size_t rows, size_t columns)
{
    size_t count = rows < columns ? rows : columns;
    double *sigma;
    *sum = 0;
    MI_TRY(MI_NEW_RAW(sigma, count));
    lapack_int info = LAPACKE_dgesdd(LAPACK_COL_MAJOR, 'N', (lapack_int)columns, (lapack_int)rows,
                                     a, (lapack_int)columns, sigma, NULL, 1, NULL, 1);
    for (size_t k = 0; k < count; k++)
        *sum += sigma[k];
    mi_free(sigma);
    return info ? mi_fail(MI_ELIBRARY, "LAPACK's dgesdd failed on a %zu x %zu matrix (info %d)",
                          rows, columns, (int)info)
                : MI_OK;
}

/* ---- of one side ---- */

/* How many of the d eigenvalues l, the largest last, hold so much of their sum. */
static size_t count_kept(const double *l, size_t d, double wanted)
{
    double kept = 0;
    size_t count = 0;
    while (count < d && l[d - 1 - count] > (double)d * DBL_EPSILON * l[d - 1] && kept < wanted) {
        kept += l[d - 1 - count];
        count++;
    }
    return count;
}

/* v (d,d): row k the eigenvector of l[k]. */
static mi_status take_directions(mi_align_side *s, const double *v, const double *l, size_t d,
                                 double share)
{
    double all = 0;
    for (size_t k = 0; k < d; k++)
        all += fmax(l[k], 0);
    s->size = all > MI_ALIGN_NOTHING_LEFT * s->stored.square ? sqrt(all) : 0;
    s->kept = s->size > 0 ? count_kept(l, d, share * all) : 0;
    MI_TRY(MI_NEW_RAW(s->direction, d * s->kept));
    for (size_t k = 0; k < s->kept; k++)
        for (size_t i = 0; i < d; i++)
            s->direction[i * s->kept + k] = v[(d - 1 - k) * d + i] / sqrt(l[d - 1 - k]);
    return MI_OK;
}

mi_status mi_align_directions(mi_align_side *s, const mi_align_job *j)
{
    size_t d = s->stored.x->d;
    double *v = NULL, *l = NULL;
    mi_status status = MI_NEW_RAW(v, d * d);
    if (status == MI_OK)
        status = MI_NEW_RAW(l, d);
    if (status == MI_OK)
        status = mi_align_cross(v, &s->stored, j->order, &s->stored, j->order);
    if (status == MI_OK)
        status = mi_eigenvalues_one_stage(l, v, d, 1);
    if (status == MI_OK)
        status = take_directions(s, v, l, d, j->o->variance);
    mi_free(v);
    mi_free(l);
    return status;
}

/* ---- of a pairing ---- */

/* m (kept_x,kept_y) = D_x' C D_y. */
static mi_status project(double *m, const mi_align_side *x, const mi_align_side *y,
                         const double *cross)
{
    size_t p = x->stored.x->d, q = y->stored.x->d;
    double *half;
    MI_TRY(MI_NEW_RAW(half, x->kept * q));
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)x->kept, (int)q, (int)p, 1,
                x->direction, (int)x->kept, cross, (int)q, 0, half, (int)q);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)x->kept, (int)y->kept, (int)q, 1,
                half, (int)q, y->direction, (int)y->kept, 0, m, (int)y->kept);
    mi_free(half);
    return MI_OK;
}

static mi_status svcca(double *value, const mi_align_side *x, const mi_align_side *y,
                       const double *cross)
{
    size_t count = x->kept < y->kept ? x->kept : y->kept;
    double *m, sum;
    *value = NAN;
    if (count == 0) /* all rows of a side are the same */
        return MI_OK;
    MI_TRY(MI_NEW_RAW(m, x->kept * y->kept));
    mi_status status = project(m, x, y, cross);
    if (status == MI_OK)
        status = sum_of_singular(&sum, m, x->kept, y->kept);
    if (status == MI_OK)
        *value = sum / (double)count;
    mi_free(m);
    return status;
}

mi_status mi_align_shape(double *value, const mi_align_job *j, double *cross)
{
    const mi_align_side *x = j->x, *y = j->y;
    double sum;
    MI_TRY(svcca(&value[MI_ALIGN_SVCCA], x, y, cross));
    value[MI_ALIGN_PROCRUSTES] = NAN;
    if (!(x->size * y->size > 0) || !(j->o->terms >> MI_ALIGN_PROCRUSTES & 1))
        return MI_OK;
    MI_TRY(sum_of_singular(&sum, cross, x->stored.x->d, y->stored.x->d));
    value[MI_ALIGN_PROCRUSTES] = sum / (x->size * y->size);
    return MI_OK;
}
