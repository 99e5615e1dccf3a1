#include "mat.h"

#include <string.h>

mi_status mi_mat_alloc(mi_mat *m, size_t n, size_t d, mi_float type)
{
    size_t count;
    *m = (mi_mat){.n = n, .d = d, .ld = d, .type = type};
    if (__builtin_mul_overflow(n, d, &count))
        return mi_fail(MI_ENOMEM, "a matrix of %zu x %zu is more than memory can hold", n, d);
    return mi_malloc(&m->x, count, type);
}

void mi_mat_free(mi_mat *m)
{
    mi_free(m->x);
    *m = (mi_mat){.type = m->type};
}

double mi_mat_get(const mi_mat *m, size_t row, size_t column)
{
    size_t k = row * m->ld + column;
    return m->type == MI_F32 ? ((const float *)m->x)[k] : ((const double *)m->x)[k];
}

mi_status mi_mat_gather(mi_mat *out, const mi_mat *m, const size_t *row, size_t n)
{
    MI_TRY(mi_mat_alloc(out, n, m->d, m->type));
    for (size_t i = 0; i < n; i++)
        memcpy((char *)out->x + i * m->d * m->type, (char *)m->x + row[i] * m->ld * m->type,
               m->d * m->type);
    return MI_OK;
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
