#include "rows.h"

/* Is a row all zero, and is it finite? x - x is 0 for finite x alone. */
#define DEFINE_INSPECT(name, real)                                          \
    static void name(const real *x, size_t d, int *is_zero, int *is_finite) \
    {                                                                       \
        int nonzero = 0, bad = 0;                                           \
        for (size_t k = 0; k < d; k++) {                                    \
            nonzero |= x[k] != 0;                                           \
            bad |= x[k] - x[k] != 0;                                        \
        }                                                                   \
        *is_zero = !nonzero;                                                \
        *is_finite = !bad;                                                  \
    }

DEFINE_INSPECT(inspect_f32, float)
DEFINE_INSPECT(inspect_f64, double)

void mi_rows_count(const mi_mat *m, size_t *zero, size_t *nonfinite)
{
    *zero = *nonfinite = 0;
    for (size_t i = 0; i < m->n; i++) {
        int is_zero, is_finite;
        if (m->type == MI_F32)
            inspect_f32((const float *)m->x + i * m->ld, m->d, &is_zero, &is_finite);
        else
            inspect_f64((const double *)m->x + i * m->ld, m->d, &is_zero, &is_finite);
        *zero += (size_t)is_zero;
        *nonfinite += (size_t)!is_finite;
    }
}
