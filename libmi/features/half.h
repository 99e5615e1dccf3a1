/* half.h - half precision to single, and double to half. Private.
 *
 * uses: nothing
 */
#ifndef MI_HALF_H
#define MI_HALF_H

#include <stddef.h>
#include <stdint.h>

/* to[k] = the value of the IEEE half with the bits from[k], exactly, subnormals, infinities and NaN
 * payloads included. The arrays must not overlap. O(n), without branches. */
void mi_half_widen(float *restrict to, const uint16_t *restrict from, size_t n);

/* Widen in place: n halves, their bytes swapped or not, lie in the upper half of the memory of x,
 * which becomes n floats. */
void mi_half_widen_in_place(float *x, size_t n, int swapped);

/* to[k] = the half nearest to from[k], ties to even, infinity from 65520 on: rounded once, not by
 * way of single precision. O(n). */
void mi_half_narrow(uint16_t *restrict to, const double *restrict from, size_t n);

#endif
