/* groups.h - discrete variables: rows that are equal form a group.
 *
 * uses: data/groups_internal data/mat data/mat_internal
 *
 * Under the delta kernel the Gram matrix is 1 inside a group and 0 elsewhere, so everything about a
 * discrete variable is in its counts. Letters: n rows, g groups.
 */
#ifndef MI_GROUPS_H
#define MI_GROUPS_H

#include <stdint.h>

#include "libmi/data/mat.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    size_t n;      /* rows */
    size_t g;      /* groups */
    int32_t *code; /* (n) group of each row, 0 .. g-1, numbered in order of first appearance */
    size_t *count; /* (g) rows of each group, >= 1 */
    size_t *first; /* (g) first row of each group */
} mi_groups;

/* Groups of n symbols of `size` bytes each, equal when their bytes are. O(n size) expected.
 * Errors: MI_ENOMEM; MI_EDATA above 2^31-1 rows. Free with mi_groups_free. */
MI_API MI_CHECKED mi_status mi_groups_of_bytes(mi_groups *out, const void *symbol, size_t n,
                                               size_t size);

/* Groups of equal rows of a floating-point matrix; -0.0 equals 0.0. O(n d) expected. Rows that are
 * not in memory are told apart by 128 bits of hash each, which two different rows among a billion
 * share with probability 1e-21. */
MI_API MI_CHECKED mi_status mi_groups_of_rows(mi_groups *out, const mi_mat *m);

MI_API void mi_groups_free(mi_groups *a);

#ifdef __cplusplus
}
#endif
#endif
