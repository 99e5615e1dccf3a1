/* Faults of rows, not finite or all zero, found by the largest bit pattern of each row.
 *
 * IEEE 754 numbers without their sign are ordered as integers, 0 < finite < infinity < NaN, so one
 * integer maximum over a row finds both faults. */
#include "libmi/data/rows.h"

#include "libmi/base/want.h"
#include "libmi/base/words.h"
#include "libmi/data/mat_internal.h"

#include <math.h>
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

/* Whether row i is all zero, and whether it is not finite: bits 1 << mi_row_fault. */
static unsigned row_faults(const mi_mat *m, size_t i)
{
    uint64_t bits, infinity;
    if (m->type == MI_F32) {
        bits = largest_bits_f32((const float *)m->x + i * m->ld, m->d);
        infinity = UINT32_C(0x7f800000);
    } else {
        bits = largest_bits_f64((const double *)m->x + i * m->ld, m->d);
        infinity = UINT64_C(0x7ff0000000000000);
    }
    return (bits == 0 ? 1u << MI_ROWS_ALL_ZERO : 0) |
           (bits >= infinity ? 1u << MI_ROWS_NOT_FINITE : 0);
}

size_t mi_rows_find(const mi_mat *m, mi_row_fault fault, size_t *first, unsigned char *bad)
{
    size_t found = 0;
    for (size_t i = 0; m && m->x && i < m->n; i++) {
        int is_bad = (int)(row_faults(m, i) >> fault & 1);
        if (bad)
            bad[i] = (unsigned char)is_bad;
        if (is_bad && found++ == 0 && first)
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
    MI_WANT(found, "rows to mark without a number of them");
    MI_WANT(fault == MI_ROWS_ALL_ZERO || fault == MI_ROWS_NOT_FINITE,
            "fault %d of rows, wanted one of mi_row_fault", (int)fault);
    MI_TRY(mi_mat_check(m));
    MI_TRY(mi_mat_each_block(m, 0, m->n, mark_block, &k));
    *found = k.found;
    if (first)
        *first = k.first;
    return MI_OK;
}

static mi_status refuse(const mi_mat *m, mi_row_fault fault, size_t first, size_t bad)
{
    if (fault == MI_ROWS_ALL_ZERO)
        return mi_fail(
            MI_EDATA,
            "row %zu is all zero (%zu of %zu rows are), which has no cosine; try " MI_OPTION
            "zero-rows drop, or a gaussian, laplacian or delta kernel",
            first, bad, m->n);
    return mi_fail(
        MI_EDATA,
        "row %zu has NaN or infinity (%zu of %zu rows do), wanted finite numbers; " MI_TOOL
        "transform " MI_OPTION "drop-nonfinite removes them",
        first, bad, m->n);
}

mi_status mi_squares_check(double largest)
{
    return largest == 0 || (largest <= 1e150 && largest >= 1e-150)
               ? MI_OK
               : mi_fail(
                     MI_EDATA,
                     "the largest number is %.3g, whose square is %s what double precision holds; "
                     "multiply all rows by one number",
                     largest, largest < 1 ? "below" : "above");
}

static mi_status take_largest(void *arg, const mi_mat *block, size_t first)
{
    double *largest = arg;
    (void)first;
    for (size_t i = 0; i < block->n; i++)
        for (size_t k = 0; k < block->d; k++)
            *largest = fmax(*largest, fabs(mi_mat_get(block, i, k)));
    return MI_OK;
}

mi_status mi_rows_check_squares(const mi_mat *m)
{
    double largest = 0;
    MI_TRY(mi_mat_check(m));
    if (m->type == MI_F32)
        return MI_OK;
    MI_TRY(mi_mat_each_block(m, 0, m->n, take_largest, &largest));
    return mi_squares_check(largest);
}

mi_status mi_rows_check(const mi_mat *m, mi_row_fault fault)
{
    size_t first = 0, bad = 0;
    MI_TRY(mi_rows_mark(&bad, m, fault, &first, NULL));
    return bad ? refuse(m, fault, first, bad) : MI_OK;
}

typedef struct {
    size_t not_finite, first, zero;
} look;

static mi_status look_at_block(void *arg, const mi_mat *block, size_t first)
{
    look *l = arg;
    for (size_t i = 0; i < block->n; i++) {
        unsigned faults = row_faults(block, i);
        l->zero += faults >> MI_ROWS_ALL_ZERO & 1;
        if ((faults >> MI_ROWS_NOT_FINITE & 1) && l->not_finite++ == 0)
            l->first = first + i;
    }
    return MI_OK;
}

mi_status mi_rows_look(size_t *zero, const mi_mat *m)
{
    look l = {0};
    MI_WANT(zero, "rows to look at without a number of zero ones");
    MI_TRY(mi_mat_check(m));
    MI_TRY(mi_mat_each_block(m, 0, m->n, look_at_block, &l));
    *zero = l.zero;
    return l.not_finite ? refuse(m, MI_ROWS_NOT_FINITE, l.first, l.not_finite) : MI_OK;
}
