/* Faults of rows, not finite or all zero, found by the largest bit pattern of each row.
 *
 * IEEE 754 numbers without their sign are ordered as integers, 0 < finite < infinity < NaN, so one
 * integer maximum over a row finds both faults. */
#include "libmi/data/rows.h"

#include "libmi/base/words.h"
#include "libmi/data/mat_internal.h"

#include <stdint.h>

/* The largest of the numbers' bits without their sign shows both faults at once: 0 when all are
 * zero, and those of infinity or more when one is not finite. */
static uint32_t largest_bits_f32(const float *x, size_t d)
{
    int32_t largest = 0;
#pragma omp simd reduction(max : largest)
    for (size_t k = 0; k < d; k++) {
        union {
            float f;
            int32_t i;
        } bits = {.f = x[k]};
        int32_t size = bits.i & INT32_MAX;
        largest = size > largest ? size : largest;
    }
    return (uint32_t)largest;
}

static uint64_t largest_bits_f64(const double *x, size_t d)
{
    int64_t largest = 0;
#pragma omp simd reduction(max : largest)
    for (size_t k = 0; k < d; k++) {
        union {
            double f;
            int64_t i;
        } bits = {.f = x[k]};
        int64_t size = bits.i & INT64_MAX;
        largest = size > largest ? size : largest;
    }
    return (uint64_t)largest;
}

static int row_has(const mi_mat *m, size_t i, mi_row_fault fault)
{
    if (m->type == MI_F32) {
        uint32_t bits = largest_bits_f32((const float *)m->x + i * m->ld, m->d);
        return fault == MI_ROWS_ALL_ZERO ? bits == 0 : bits >= UINT32_C(0x7f800000);
    }
    uint64_t bits = largest_bits_f64((const double *)m->x + i * m->ld, m->d);
    return fault == MI_ROWS_ALL_ZERO ? bits == 0 : bits >= UINT64_C(0x7ff0000000000000);
}

size_t mi_rows_find(const mi_mat *m, mi_row_fault fault, size_t *first, unsigned char *bad)
{
    size_t found = 0;
    for (size_t i = 0; i < m->n; i++) {
        int is_bad = row_has(m, i, fault);
        if (bad)
            bad[i] = (unsigned char)is_bad;
        if (is_bad && found++ == 0)
            *first = i;
    }
    return found;
}

typedef struct {
    mi_row_fault fault;
    size_t found, first;
    unsigned char *bad;
} marking;

static mi_status mark_block(void *arg, const mi_mat *block, size_t first)
{
    marking *k = arg;
    size_t own, found = mi_rows_find(block, k->fault, &own, k->bad ? k->bad + first : NULL);
    if (found && !k->found)
        k->first = first + own;
    k->found += found;
    return MI_OK;
}

mi_status mi_rows_mark(size_t *found, const mi_mat *m, mi_row_fault fault, size_t *first,
                       unsigned char *bad)
{
    marking k = {.fault = fault, .bad = bad};
    MI_TRY(mi_mat_each_block(m, 0, m->n, mark_block, &k));
    *found = k.found;
    *first = k.first;
    return MI_OK;
}

mi_status mi_rows_check(const mi_mat *m, mi_row_fault fault)
{
    size_t first, bad;
    MI_TRY(mi_rows_mark(&bad, m, fault, &first, NULL));
    if (!bad)
        return MI_OK;
    if (fault == MI_ROWS_ALL_ZERO)
        return mi_fail(
            MI_EDATA,
            "row %zu is all zero (%zu of %zu rows are), which has no cosine; try " MI_OPTION
            "zero-rows drop, or a gaussian or delta kernel",
            first, bad, m->n);
    return mi_fail(
        MI_EDATA,
        "row %zu has NaN or infinity (%zu of %zu rows do), wanted finite numbers; " MI_TOOL
        "transform " MI_OPTION "drop-nonfinite removes them",
        first, bad, m->n);
}
