/* Maps onto principal components. */
#include <float.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/transform/maps.h"

typedef struct {
    double *l; /* (d): the first k, rising */
    double *v; /* (k,d): a row each */
    int *support;
} components;

static void components_free(components *c)
{
    mi_free(c->l);
    mi_free(c->v);
    mi_free(c->support);
}

/* The k largest eigenvalues of the scatter, and their vectors. */
static mi_status find_components(components *c, mi_scatter *s, size_t k)
{
    lapack_int d = (lapack_int)s->d, found;
    MI_TRY(mi_blas_check(MI_DSYRK_T | MI_DGEMM_NN | MI_EIGENVALUES));
    MI_TRY(MI_NEW(c->l, s->d));
    MI_TRY(mi_malloc(&c->v, k, s->d * sizeof *c->v));
    MI_TRY(MI_NEW(c->support, 2 * s->d));
    /* Row-major lower is column-major upper: no copy is made. */
    lapack_int info =
        LAPACKE_dsyevr(LAPACK_COL_MAJOR, 'V', 'I', 'U', d, s->product, d, 0, 0,
                       d - (lapack_int)k + 1, d, 0, &found, c->l, c->v, d, c->support);
    if (info || found != (lapack_int)k)
        return mi_fail(MI_ELIBRARY, "LAPACK's dsyevr failed on a %zu x %zu matrix (info %d)", s->d,
                       s->d, (int)info);
    return MI_OK;
}

/* 1 or -1: the sign that makes the largest entry positive. */
static double sign_of(const double *v, size_t d)
{
    double largest = 0;
    for (size_t k = 0; k < d; k++)
        if (fabs(v[k]) > fabs(largest))
            largest = v[k];
    return largest < 0 ? -1 : 1;
}

/* Columns of the matrix, the largest eigenvalue first. */
static void fill_matrix(mi_map *out, const components *c, double n, int whiten)
{
    size_t d = out->d_in, k = out->d_out;
    for (size_t j = 0; j < k; j++) {
        const double *v = c->v + (k - 1 - j) * d;
        double scale = sign_of(v, d) * (whiten ? 1 / sqrt(c->l[k - 1 - j] / n) : 1);
        for (size_t i = 0; i < d; i++)
            out->matrix[i * k + j] = scale * v[i];
    }
}

static mi_status check_rank(const components *c, const mi_scatter *s, size_t k)
{
    size_t larger = s->n > s->d ? s->n : s->d, rank = 0;
    double round_off = (double)larger * DBL_EPSILON * c->l[k - 1];
    for (size_t j = 0; j < k; j++)
        rank += c->l[j] > round_off;
    if (rank == k)
        return MI_OK;
    return mi_fail(MI_EDATA,
                   "%zu rows have variance in %zu directions only, wanted %zu; try %zu "
                   "components",
                   s->n, rank, k, rank);
}

static mi_status linear(mi_map *out, mi_scatter *s, size_t k, int whiten)
{
    components c = {0};
    mi_status status;
    *out = (mi_map){.kind = MI_MAP_LINEAR, .d_in = s->d, .d_out = k};
    if (k < 1 || k > s->d)
        return mi_fail(MI_EDATA, "%zu components of %zu columns, wanted 1 to %zu", k, s->d, s->d);
    MI_TRY(mi_scatter_check(s));
    MI_TRY_GOTO(status, MI_NEW_RAW(out->offset, s->d), done);
    MI_TRY_GOTO(status, mi_malloc(&out->matrix, s->d, k * sizeof *out->matrix), done);
    MI_TRY_GOTO(status, find_components(&c, s, k), done);
    if (whiten)
        MI_TRY_GOTO(status, check_rank(&c, s, k), done);
    memcpy(out->offset, s->mean, s->d * sizeof *s->mean);
    fill_matrix(out, &c, (double)s->n, whiten);
done:
    components_free(&c);
    if (status != MI_OK)
        mi_map_free(out);
    return status;
}

mi_status mi_map_pca(mi_map *out, mi_scatter *s, size_t k)
{
    return linear(out, s, k, 0);
}

mi_status mi_map_whiten(mi_map *out, mi_scatter *s, size_t k)
{
    return linear(out, s, k ? k : s->d, 1);
}
