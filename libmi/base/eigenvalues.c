/* Eigenvalues in one stage by dsyevd; and in two (Haidar, Ltaief and Dongarra, SC 2011), by LAPACK's own routines:
 *
 *     dsytrd_sy2sb   dense to a band of BAND diagonals, products of matrices: all threads
 *     dsytrd_sb2st   band to tridiagonal by chasing bulges, elements in cache: one thread
 *     dsterf         the eigenvalues of that, O(s^2)
 *
 * One stage, dsytrd, does half of its work in products of the matrix with a vector, which wait for memory.
 * The stages are called one by one, not through dsyevd_2stage, since threads of the BLAS make the second
 * one three times slower: its products are of BAND elements. LAPACKE has no names for them. */
#include "libmi/base/eigenvalues.h"

#include <lapacke.h>

#include "libmi/base/blas.h"
#include "libmi/base/mem.h"

enum { BAND = 32 };

/* Fortran's, with the lengths of the texts behind the arguments. */
#define sy2sb LAPACK_GLOBAL(dsytrd_sy2sb, DSYTRD_SY2SB)
#define sb2st LAPACK_GLOBAL(dsytrd_sb2st, DSYTRD_SB2ST)
void sy2sb(const char *uplo, const lapack_int *n, const lapack_int *kd, double *a,
           const lapack_int *lda, double *ab, const lapack_int *ldab, double *tau, double *work,
           const lapack_int *lwork, lapack_int *info, size_t);
void sb2st(const char *stage1, const char *vect, const char *uplo, const lapack_int *n,
           const lapack_int *kd, double *ab, const lapack_int *ldab, double *d, double *e,
           double *hous, const lapack_int *lhous, double *work, const lapack_int *lwork,
           lapack_int *info, size_t, size_t, size_t);

typedef struct {
    lapack_int n, kd, ldab;
    double *band;             /* (n,ldab) */
    double *below;            /* (n) of the tridiagonal matrix */
    double *reflector, *work; /* as long as LAPACK asks for */
} stages;

static mi_status failed(lapack_int n, const char *routine, lapack_int info)
{
    return mi_fail(MI_ELIBRARY, "LAPACK's %s failed on a %d x %d matrix (info %d)", routine, (int)n,
                   (int)n, (int)info);
}

mi_status mi_eigenvalues_one_stage(double *l, double *a, size_t s, int with_vectors)
{
    lapack_int n = (lapack_int)s;
    lapack_int info = LAPACKE_dsyevd(LAPACK_COL_MAJOR, with_vectors ? 'V' : 'N', 'U', n, a, n, l);
    return info ? failed(n, "dsyevd", info) : MI_OK;
}

/* The lower triangle by rows is the upper by columns; the first stage is faster from the lower. */
static void mirror(double *a, size_t s)
{
    enum { TILE = 32 };
    for (size_t i0 = 0; i0 < s; i0 += TILE)
        for (size_t j0 = 0; j0 <= i0; j0 += TILE)
            for (size_t i = i0; i < s && i < i0 + TILE; i++)
                for (size_t j = j0; j < i && j < j0 + TILE; j++)
                    a[j * s + i] = a[i * s + j];
}

static mi_status to_band(stages *t, double *a)
{
    lapack_int ask = -1, info = 0, length;
    double most;
    sy2sb("L", &t->n, &t->kd, a, &t->n, t->band, &t->ldab, t->below, &most, &ask, &info, 1);
    if (info)
        return failed(t->n, "dsytrd_sy2sb", info);
    length = (lapack_int)most;
    MI_TRY(MI_NEW_RAW(t->work, (size_t)length));
    sy2sb("L", &t->n, &t->kd, a, &t->n, t->band, &t->ldab, t->below, t->work, &length, &info, 1);
    mi_free(t->work);
    t->work = NULL;
    return info ? failed(t->n, "dsytrd_sy2sb", info) : MI_OK;
}

static mi_status to_tridiagonal(stages *t, double *l)
{
    lapack_int ask = -1, info = 0, length[2];
    double most[2];
    sb2st("Y", "N", "L", &t->n, &t->kd, t->band, &t->ldab, l, t->below, &most[0], &ask, &most[1],
          &ask, &info, 1, 1, 1);
    if (info)
        return failed(t->n, "dsytrd_sb2st", info);
    for (int k = 0; k < 2; k++)
        length[k] = (lapack_int)most[k];
    MI_TRY(MI_NEW_RAW(t->reflector, (size_t)length[0]));
    MI_TRY(MI_NEW_RAW(t->work, (size_t)length[1]));
    sb2st("Y", "N", "L", &t->n, &t->kd, t->band, &t->ldab, l, t->below, t->reflector, &length[0],
          t->work, &length[1], &info, 1, 1, 1);
    return info ? failed(t->n, "dsytrd_sb2st", info) : MI_OK;
}

/* The second and third stage, on one thread. */
static mi_status from_band(stages *t, double *l)
{
    int threads = mi_blas_threads();
    mi_blas_set_threads(1);
    mi_status status = to_tridiagonal(t, l);
    lapack_int info = status == MI_OK ? LAPACKE_dsterf(t->n, l, t->below) : 0;
    mi_blas_set_threads(threads);
    return info ? failed(t->n, "dsterf", info) : status;
}

mi_status mi_eigenvalues_two_stages(double *l, double *a, size_t s)
{
    stages t = {.n = (lapack_int)s, .kd = BAND, .ldab = BAND + 1};
    mi_status status;
    mirror(a, s);
    MI_TRY_GOTO(status, MI_NEW(t.band, s * (BAND + 1)), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(t.below, s), done);
    MI_TRY_GOTO(status, to_band(&t, a), done);
    MI_TRY_GOTO(status, from_band(&t, l), done);
done:
    mi_free(t.band);
    mi_free(t.below);
    mi_free(t.reflector);
    mi_free(t.work);
    return status;
}
