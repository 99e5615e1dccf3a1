/* Matrices of floats: owned, borrowed or read from a source; rows gathered and widened to double
 * precision. */
#include "libmi/data/mat.h"

#include <string.h>

#include "libmi/base/want.h"
#include "libmi/data/mat_internal.h"
#include "libmi/data/mat_source.h"

mi_status mi_mat_alloc(mi_mat *m, size_t n, size_t d, mi_float type)
{
    MI_WANT(m, "mi_mat_alloc without a matrix");
    MI_WANT(type == MI_F32 || type == MI_F64, "a matrix of type %d, wanted MI_F32 or MI_F64",
            (int)type);
    size_t count;
    *m = (mi_mat){.type = type};
    if (__builtin_mul_overflow(n, d, &count))
        return mi_fail(MI_ENOMEM, "a matrix of %zu x %zu is more than memory can hold", n, d);
    MI_TRY(mi_malloc(&m->x, count, type));
    m->n = n;
    m->d = m->ld = d;
    return MI_OK;
}

static mi_mat view(const void *x, size_t n, size_t d, size_t ld, mi_float type)
{
    return (mi_mat){.n = n, .d = d, .ld = ld ? ld : d, .type = type, .x = (void *)x};
}

mi_mat mi_mat_view(const float *x, size_t n, size_t d, size_t ld)
{
    return view(x, n, d, ld, MI_F32);
}

mi_mat mi_mat_view_f64(const double *x, size_t n, size_t d, size_t ld)
{
    return view(x, n, d, ld, MI_F64);
}

void mi_mat_free(mi_mat *m)
{
    if (!m)
        return;
    mi_free(m->x);
    if (m->source && --m->source->users == 0)
        m->source->free(m->source);
    *m = (mi_mat){.type = m->type};
}

mi_status mi_mat_check(const mi_mat *m)
{
    MI_WANT(m && (m->x || m->source), "no matrix, wanted one with rows");
    MI_WANT(m->n > 0 && m->d > 0, "a matrix of %zu x %zu, wanted rows and columns", m->n, m->d);
    MI_WANT(m->type == MI_F32 || m->type == MI_F64, "a matrix of type %d, wanted MI_F32 or MI_F64",
            (int)m->type);
    MI_WANT(m->ld >= m->d, "a matrix of %zu elements from row to row, fewer than its %zu columns",
            m->ld, m->d);
    return MI_OK;
}

double mi_mat_get(const mi_mat *m, size_t row, size_t column)
{
    size_t k = row * m->ld + column;
    return m->type == MI_F32 ? ((const float *)m->x)[k] : ((const double *)m->x)[k];
}

static void copy_rows(void *to, const mi_mat *m, const size_t *row, size_t n)
{
    size_t bytes = m->d * m->type;
    for (size_t i = 0; i < n; i++)
        memcpy((char *)to + i * bytes, (const char *)m->x + row[i] * m->ld * m->type, bytes);
}

/* rows[0..n) of m, in memory or not, into to (n,d), ld = d. */
static mi_status take_rows(void *to, const mi_mat *m, const size_t *row, size_t n)
{
    if (m->source)
        return mi_source_rows(to, m, row, n);
    copy_rows(to, m, row, n);
    return MI_OK;
}

mi_status mi_mat_gather(mi_mat *out, const mi_mat *m, const size_t *row, size_t n)
{
    MI_TRY(mi_mat_alloc(out, n, m->d, m->type));
    mi_status status = take_rows(out->x, m, row, n);
    if (status != MI_OK)
        mi_mat_free(out);
    return status;
}

void mi_mat_rows_f64(double *out, const mi_mat *m, const size_t *row, size_t n, const double *scale,
                     const double *offset)
{
    for (size_t i = 0; i < n; i++) {
        size_t from = row ? row[i] : i;
        double s = scale ? scale[from] : 1.0;
        double *to = out + i * m->d;
        if (m->type == MI_F32) {
            const float *x = (const float *)m->x + from * m->ld;
            for (size_t k = 0; k < m->d; k++)
                to[k] = (x[k] - (offset ? offset[k] : 0)) * s;
        } else {
            const double *x = (const double *)m->x + from * m->ld;
            for (size_t k = 0; k < m->d; k++)
                to[k] = (x[k] - (offset ? offset[k] : 0)) * s;
        }
    }
}

/* mean (d): of the rows less `offset` (NULL: 0); row (d) is scratch. */
static void take_mean(double *mean, const mi_mat *m, const double *scale, const double *offset,
                      double *row)
{
    const double share = 1 / (double)m->n;
    memset(mean, 0, m->d * sizeof *mean);
    for (size_t i = 0; i < m->n; i++) {
        mi_mat_rows_f64(row, m, &i, 1, scale, NULL);
        for (size_t k = 0; k < m->d; k++)
            mean[k] += share * (row[k] - (offset ? offset[k] : 0));
    }
}

void mi_mat_mean_f64(double *mean, double *rest, double *row, const mi_mat *m, const double *scale)
{
    take_mean(mean, m, scale, NULL, row);
    take_mean(rest, m, scale, mean, row);
}

mi_status mi_mat_read_f64(double *out, const mi_mat *m, const size_t *row, size_t n,
                          const double *scale, const double *offset)
{
    mi_mat part = {0};
    double *own = NULL;
    if (!m->source) {
        mi_mat_rows_f64(out, m, row, n, scale, offset);
        return MI_OK;
    }
    MI_TRY(mi_mat_alloc(&part, n, m->d, m->type));
    mi_status status =
        row ? mi_source_rows(part.x, m, row, n) : m->source->read(m->source, 0, n, part.x);
    /* Rows have their numbers among those that were read now. */
    if (status == MI_OK && scale && row)
        status = MI_NEW_RAW(own, n);
    for (size_t i = 0; own && i < n; i++)
        own[i] = scale[row[i]];
    if (status == MI_OK)
        mi_mat_rows_f64(out, &part, NULL, n, own ? own : scale, offset);
    mi_free(own);
    mi_mat_free(&part);
    return status;
}
