/* Rows F of a Gram matrix K = F F', by Cholesky's factorisation with complete pivoting, which stops at the
 * rank of a semidefinite matrix (Higham, Accuracy and Stability of Numerical Algorithms (2002), sec. 10.3).
 *
 * It is of the correlation form C_ij = K_ij / sqrt(K_ii K_jj), so that one tolerance serves all rows, and
 * F_i = sqrt(K_ii) C's row. A pivot below `tolerance` ends it. At n eps a matrix of double precision keeps
 * its digits; one with the noise of single precision may then be wrong, which the difference C - F F'
 * shows, and is factorised again with that noise as the tolerance. If the difference is still above
 * TOLERANCE anywhere, no rows have these inner products: C has a negative eigenvalue. */
#include "libmi/data/gram_rows.h"

#include <cblas.h>
#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/base/eigenvalues.h"
#include "libmi/data/mat_internal.h"

#define TOLERANCE 1e-5
#define NOISE     1e-6
#define PANEL     256

typedef struct {
    const mi_mat *gram;
    size_t n;
    double *scale; /* (n) 1 / sqrt(K_ii); 0 where K_ii is */
    double *a;     /* (n,n) C, then its factor */
    double *work;  /* (2 n) LAPACK's */
    lapack_int *pivot;
} factorisation;

/* C_ij, of the mean of both halves. */
static double correlation(const factorisation *f, size_t i, size_t j)
{
    return 0.5 * (mi_mat_get(f->gram, i, j) + mi_mat_get(f->gram, j, i)) * f->scale[i] *
           f->scale[j];
}

static mi_status set_scale(factorisation *f)
{
    for (size_t i = 0; i < f->n; i++) {
        double self = mi_mat_get(f->gram, i, i);
        if (self < 0)
            return mi_fail(MI_EDATA,
                           "entry (%zu,%zu) of the precomputed kernel is %.9g, wanted 0 or more on "
                           "the diagonal",
                           i, i, self);
        f->scale[i] = self > 0 ? 1 / sqrt(self) : 0;
    }
    return MI_OK;
}

static mi_status check_symmetry(const factorisation *f)
{
    for (size_t i = 0; i < f->n; i++)
        for (size_t j = 0; j < i; j++) {
            double below = mi_mat_get(f->gram, i, j), above = mi_mat_get(f->gram, j, i);
            double size = f->scale[i] * f->scale[j];
            if (fabs(below - above) * size > TOLERANCE || (size == 0 && below != above))
                return mi_fail(MI_EDATA,
                               "entry (%zu,%zu) of the precomputed kernel is %.9g, entry (%zu,%zu) "
                               "is %.9g, wanted a symmetric matrix",
                               j, i, above, i, j, below);
            if (size == 0 && below != 0)
                return mi_fail(
                    MI_EDATA,
                    "entry (%zu,%zu) of the precomputed kernel is %.9g beside a 0 on the "
                    "diagonal, wanted a positive semidefinite matrix",
                    j, i, below);
        }
    return MI_OK;
}

static void set_correlations(factorisation *f)
{
    for (size_t i = 0; i < f->n; i++)
        for (size_t j = 0; j <= i; j++)
            f->a[i * f->n + j] = correlation(f, i, j);
}

/* out (n,r): row pivot[j] is column j of the factor U (LAPACK's, by columns), C = P U'U P'. */
static mi_status take_rows(mi_mat *out, const factorisation *f, size_t rank)
{
    MI_TRY(mi_mat_alloc(out, f->n, rank ? rank : 1, MI_F64));
    memset(out->x, 0, f->n * out->ld * sizeof(double));
    for (size_t j = 0; j < f->n; j++) {
        double *row = (double *)out->x + (size_t)(f->pivot[j] - 1) * out->ld;
        memcpy(row, f->a + j * f->n, (j < rank ? j + 1 : rank) * sizeof *row);
    }
    return MI_OK;
}

/* The largest |C - F F'|. */
static mi_status largest_difference(double *out, const factorisation *f, const mi_mat *rows)
{
    double *product, *x = rows->x;
    int n = (int)f->n, d = (int)rows->d;
    MI_TRY(MI_NEW_RAW(product, PANEL * f->n));
    *out = 0;
    for (size_t i0 = 0; i0 < f->n; i0 += PANEL) {
        size_t m = f->n - i0 < PANEL ? f->n - i0 : PANEL;
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)m, (int)(i0 + m), d, 1,
                    x + i0 * rows->ld, d, x, d, 0, product, n);
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j <= i0 + i; j++)
                *out = fmax(*out, fabs(product[i * f->n + j] - correlation(f, i0 + i, j)));
    }
    mi_free(product);
    return MI_OK;
}

static mi_status factorise(mi_mat *out, double *difference, factorisation *f, double tolerance)
{
    lapack_int n = (lapack_int)f->n, rank = 0;
    set_correlations(f);
    lapack_int info =
        LAPACKE_dpstrf_work(LAPACK_COL_MAJOR, 'U', n, f->a, n, f->pivot, &rank, tolerance, f->work);
    if (info < 0)
        return mi_fail(MI_ELIBRARY, "LAPACK's dpstrf says that argument %d is wrong", -(int)info);
    MI_TRY(take_rows(out, f, (size_t)rank));
    mi_status status = largest_difference(difference, f, out);
    if (status != MI_OK)
        mi_mat_free(out);
    return status;
}

static mi_status refuse(factorisation *f)
{
    double *value;
    MI_TRY(MI_NEW_RAW(value, f->n));
    set_correlations(f);
    mi_status status = mi_eigenvalues_one_stage(value, f->a, f->n, 0);
    double least = value[0];
    mi_free(value);
    MI_TRY(status);
    return mi_fail(
        MI_EDATA,
        "the precomputed kernel has the eigenvalue %.3g once its diagonal is 1, wanted a "
        "positive semidefinite matrix",
        least);
}

static void restore_lengths(mi_mat *rows, const factorisation *f)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->scale[i] > 0)
            cblas_dscal((int)rows->d, 1 / f->scale[i], (double *)rows->x + i * rows->ld, 1);
}

static mi_status find_rows(mi_mat *out, factorisation *f)
{
    const double tolerance[] = {(double)f->n * DBL_EPSILON, NOISE};
    double difference = INFINITY;
    MI_TRY(set_scale(f));
    MI_TRY(check_symmetry(f));
    for (size_t k = 0; k < 2; k++) {
        MI_TRY(factorise(out, &difference, f, tolerance[k]));
        if (difference <= TOLERANCE) {
            restore_lengths(out, f);
            return MI_OK;
        }
        mi_mat_free(out);
    }
    return refuse(f);
}

static mi_status check(const mi_mat *gram)
{
    MI_TRY(mi_mat_check(gram));
    if (gram->n != gram->d)
        return mi_fail(
            MI_EDATA,
            "%zu rows of %zu numbers are no precomputed kernel, wanted as many numbers as "
            "rows: the inner products of rows",
            gram->n, gram->d);
    if (gram->source)
        return mi_fail(MI_EMEMORY,
                       "a precomputed kernel of %zu rows needs %.3g MB, wanted more memory",
                       gram->n, 3 * 8e-6 * (double)gram->n * (double)gram->n);
    return mi_blas_check(MI_DGEMM_NT | MI_EIGENVALUES);
}

mi_status mi_rows_of_gram(mi_mat *out, const mi_mat *gram)
{
    *out = (mi_mat){0};
    MI_TRY(check(gram));
    factorisation f = {.gram = gram, .n = gram->n};
    mi_status status;
    MI_TRY_GOTO(status, MI_NEW_RAW(f.scale, f.n), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(f.a, f.n * f.n), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(f.work, 2 * f.n), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(f.pivot, f.n), done);
    status = find_rows(out, &f);
done:
    mi_free(f.scale);
    mi_free(f.a);
    mi_free(f.work);
    mi_free(f.pivot);
    return status;
}
