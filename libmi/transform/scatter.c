/* Means and scatter matrices of columns, block by block.
 *
 * Two blocks with n_a, n_b rows, means m_a, m_b and scatter S_a, S_b about them merge to
 *
 *     m = m_a + (n_b / n) (m_b - m_a),   S = S_a + S_b + (n_a n_b / n) (m_b - m_a)(m_b - m_a)'
 *
 * (Chan, Golub and LeVeque, Am. Stat. 37 (1983) 242). */
#include "libmi/transform/scatter.h"

#include <cblas.h>
#include <math.h>

#include "libmi/base/blas.h"
#include "libmi/data/mat_internal.h"

mi_status mi_scatter_alloc(mi_scatter *s, size_t d, int with_products)
{
    double bytes = 8.0 * (double)d * (double)d;
    mi_status status;
    *s = (mi_scatter){.d = d};
    if (with_products)
        MI_TRY(mi_blas_check(MI_DSYRK_T));
    if (with_products && bytes > (double)mi_memory_free_bytes())
        return mi_fail(MI_EMEMORY,
                       "the covariance of %zu columns needs %.3g GB of memory, %.3g GB are free", d,
                       bytes / 1e9, (double)mi_memory_free_bytes() / 1e9);
    MI_TRY_GOTO(status, MI_NEW(s->mean, d), fail);
    MI_TRY_GOTO(status, MI_NEW(s->square, d), fail);
    MI_TRY_GOTO(status, MI_NEW(s->shift, d), fail);
    if (with_products)
        MI_TRY_GOTO(status, mi_calloc(&s->product, d, d * sizeof *s->product), fail);
    return MI_OK;
fail:
    mi_scatter_free(s);
    return status;
}

void mi_scatter_free(mi_scatter *s)
{
    mi_free(s->mean);
    mi_free(s->square);
    mi_free(s->product);
    mi_free(s->shift);
    *s = (mi_scatter){0};
}

/* Centre a block by its own means, which go into `mean`. */
static void centre(double *x, size_t n, size_t d, double *mean)
{
    for (size_t k = 0; k < d; k++)
        mean[k] = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d; k++)
            mean[k] += x[i * d + k];
    for (size_t k = 0; k < d; k++)
        mean[k] /= (double)n;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d; k++)
            x[i * d + k] -= mean[k];
}

void mi_scatter_add(mi_scatter *s, double *x, size_t n)
{
    size_t d = s->d;
    double *shift = s->shift, before = (double)s->n, now = (double)n;
    double weight = before * now / (before + now);
    for (size_t k = 0; k < n * d; k++)
        s->largest = fmax(s->largest, fabs(x[k]));
    centre(x, n, d, shift);
    for (size_t k = 0; k < d; k++)
        shift[k] -= s->mean[k];
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d; k++)
            s->square[k] += x[i * d + k] * x[i * d + k];
    if (s->product) {
        cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, (int)d, (int)n, 1.0, x, (int)d, 1.0,
                    s->product, (int)d);
        cblas_dsyr(CblasRowMajor, CblasLower, (int)d, weight, shift, 1, s->product, (int)d);
    }
    for (size_t k = 0; k < d; k++) {
        s->square[k] += weight * shift[k] * shift[k];
        s->mean[k] += shift[k] * now / (before + now);
    }
    s->n += n;
}

mi_status mi_scatter_check(const mi_scatter *s)
{
    return mi_squares_check(s->largest);
}
