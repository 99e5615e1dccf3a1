#include "rows.h"

#include <math.h>

/* The sum of |x| tells both faults at once: 0 when all are zero, not finite when one is (a finite
 * row cannot overflow: single precision is summed in double, and doubles are scaled down). */
static double size_of_row_f32(const float *x, size_t d)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t k = 0; k < d; k++)
        sum += fabs((double)x[k]);
    return sum;
}

static double size_of_row_f64(const double *x, size_t d)
{
    double largest = 0;
    for (size_t k = 0; k < d; k++) {
        if (!isfinite(x[k]))
            return INFINITY;
        largest = fmax(largest, fabs(x[k]));
    }
    return largest;
}

size_t mi_rows_find(const mi_mat *m, mi_row_fault fault, size_t *first, unsigned char *bad)
{
    size_t found = 0;
    for (size_t i = 0; i < m->n; i++) {
        double size = m->type == MI_F32 ? size_of_row_f32((const float *)m->x + i * m->ld, m->d)
                                        : size_of_row_f64((const double *)m->x + i * m->ld, m->d);
        int is_bad = fault == MI_ROWS_ALL_ZERO ? size == 0 : !isfinite(size);
        if (bad)
            bad[i] = (unsigned char)is_bad;
        if (is_bad && found++ == 0)
            *first = i;
    }
    return found;
}

mi_status mi_rows_check(const mi_mat *m, mi_row_fault fault)
{
    size_t first, bad = mi_rows_find(m, fault, &first, NULL);
    if (!bad)
        return MI_OK;
    if (fault == MI_ROWS_ALL_ZERO)
        return mi_fail(MI_EDATA,
                       "row %zu is all zero (%zu of %zu rows are), which has no cosine; try "
                       "--zero-rows drop, or a gaussian or delta kernel",
                       first, bad, m->n);
    return mi_fail(MI_EDATA,
                   "row %zu has NaN or infinity (%zu of %zu rows do), wanted finite numbers; "
                   "mi-transform --drop-nonfinite removes them",
                   first, bad, m->n);
}
