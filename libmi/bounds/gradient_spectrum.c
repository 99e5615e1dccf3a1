/* The gradient of I_a(Z1;Z2) at any order through eigenvalues and eigenvectors of the three Gram
 * matrices, in double precision (LAPACK dsyevd).
 *
 *     A = U diag(l) U',   F = dS_a/dA = U diag(f) U',   f = a/(1-a) l^(a-1) / sum l^a    for l > 0
 *
 * (Sanchez Giraldo, Rao and Principe, IEEE Trans. Inf. Theory 61 (2015) 535). A multiple of the
 * projection on the range of A changes no gradient: rows stay normalised, so that the trace of A
 * cannot move. The constant a/(1-a) is taken out of f, which leaves a form that is right at and near
 * order 1:
 *
 *     f = -a expm1((a-1) log l - log sum l^a) / (a-1);    a = 1: -log l;    a = inf: -1 / l_max of the
 *     largest. */
#include <cblas.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/base/eigenvalues.h"
#include "libmi/bounds/private.h"
#include "libmi/entropy/entropy.h"

/* Within this of order 1 the limit is exact to round-off. */
#define NEAR_ONE 1e-9

typedef struct {
    size_t n;
    double alpha;
    double *k[2]; /* (n,n) each: K1 and K2, whole */
    double *u;    /* (n,n) the matrix that is taken apart, then its eigenvectors */
    double *w;    /* (n,n) eigenvectors times f */
    double *f[3]; /* (n,n) F(A1), F(A2), F(A12) */
    double *l;    /* (n) */
} spectra;

/* l (n), ascending: eigenvalues in, f of each out, 0 off the range. */
static void slopes(double *l, size_t n, double alpha)
{
    double largest = l[n - 1], log_sum = 0, sum = 0;
    for (size_t i = 0; i < n; i++)
        l[i] = l[i] < (double)n * DBL_EPSILON * largest ? 0 : l[i];
    for (size_t i = 0; i < n && isfinite(alpha); i++)
        sum += l[i] > 0 ? pow(l[i] / largest, alpha) : 0;
    log_sum = log(sum) + alpha * log(largest);
    for (size_t i = 0; i < n; i++) {
        if (l[i] == 0)
            continue;
        if (isinf(alpha))
            l[i] = i == n - 1 ? -1 / largest : 0;
        else if (fabs(alpha - 1) < NEAR_ONE)
            l[i] = -log(l[i]);
        else
            l[i] = -alpha * expm1((alpha - 1) * log(l[i]) - log_sum) / (alpha - 1);
    }
}

/* S_a of the matrix in u, and F into f, lower triangle in, whole out. */
static mi_status take_apart(spectra *s, double *entropy, double *f)
{
    int n = (int)s->n;
    size_t first = 0;
    MI_TRY(mi_eigenvalues_one_stage(s->l, s->u, s->n, 1));
    while (s->l[first] < (double)n * DBL_EPSILON * s->l[n - 1])
        first++;
    *entropy = mi_entropy_of_eigenvalues(s->l + first, s->n - first, s->alpha);
    slopes(s->l, s->n, s->alpha);
    /* Row k of u, seen row-major, is eigenvector k: F = u' diag(f) u. */
    for (size_t k = 0; k < s->n; k++)
        for (size_t i = 0; i < s->n; i++)
            s->w[k * s->n + i] = s->l[k] * s->u[k * s->n + i];
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, n, n, 1, s->u, n, s->w, n, 0, f, n);
    return MI_OK;
}

static mi_status take_all_apart(spectra *s, double *value)
{
    size_t cells = s->n * s->n;
    double entropy[3];
    for (int v = 0; v < 3; v++) {
        for (size_t j = 0; j < cells; j++)
            s->u[j] = (v < 2 ? s->k[v][j] : s->k[0][j] * s->k[1][j]) / (double)s->n;
        MI_TRY(take_apart(s, &entropy[v], s->f[v]));
    }
    *value = entropy[0] + entropy[1] - entropy[2];
    return MI_OK;
}

/* g = 2 M z^, M = dI/dK1 = (F(A1) - F(A12) o K2) / n; put row by row. */
static mi_status put_one(spectra *s, const mi_gradient_feature *f, int v)
{
    double *m = s->f[v], *g;
    const double *joint = s->f[2], *other = s->k[1 - v];
    int n = (int)s->n, d = (int)f->d;
    if (!f->gradient)
        return MI_OK;
    MI_TRY(MI_NEW_RAW(g, s->n * f->d));
    for (size_t j = 0; j < s->n * s->n; j++)
        m[j] -= joint[j] * other[j];
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, d, n, 2 / (double)n, m, n, f->z, d, 0,
                g, d);
    mi_gradient_put(f, g, 0, s->n);
    mi_free(g);
    return MI_OK;
}

static mi_status check_memory(size_t n, const mi_run *run)
{
    double needed = 7.0 * 8 * (double)n * (double)n, allowed = (double)mi_run_memory_bytes(run);
    if (needed <= allowed)
        return MI_OK;
    return mi_fail(MI_EMEMORY,
                   "the gradient of %zu rows at this order needs %.3g GB, allowed are %.3g GB; "
                   "order 2 needs none of it",
                   n, needed / 1e9, allowed / 1e9);
}

static mi_status allocate(spectra *s)
{
    double **matrix[] = {&s->k[0], &s->k[1], &s->u, &s->w, &s->f[0], &s->f[1], &s->f[2]};
    for (size_t m = 0; m < sizeof matrix / sizeof *matrix; m++)
        MI_TRY(mi_malloc(matrix[m], s->n * s->n, sizeof(double)));
    return MI_NEW_RAW(s->l, s->n);
}

static void release(spectra *s)
{
    for (int v = 0; v < 3; v++)
        mi_free(s->f[v]);
    mi_free(s->k[0]), mi_free(s->k[1]);
    mi_free(s->u), mi_free(s->w);
    mi_free(s->l);
}

mi_status mi_gradient_spectrum(double *value, const mi_gradient_feature f[2], double alpha,
                               const mi_run *run)
{
    spectra s = {.n = f[0].n, .alpha = alpha};
    int n = (int)s.n;
    mi_status status;
    MI_TRY(check_memory(s.n, run));
    MI_TRY(mi_blas_check(MI_DGEMM_NT | MI_DGEMM_NN | MI_DGEMM_TN | MI_EIGENVALUES));
    MI_TRY_GOTO(status, allocate(&s), done);
    for (int v = 0; v < 2; v++)
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, n, (int)f[v].d, 1, f[v].z,
                    (int)f[v].d, f[v].z, (int)f[v].d, 0, s.k[v], n);
    MI_TRY_GOTO(status, take_all_apart(&s, value), done);
    MI_TRY_GOTO(status, put_one(&s, &f[0], 0), done);
    status = put_one(&s, &f[1], 1);
done:
    release(&s);
    return status;
}
