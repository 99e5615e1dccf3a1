/* groups.h - discrete variables: rows that are equal form a group.
 *
 * uses: data/mat
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

/* Rows of each group, in row order: group c has member[start[c]] .. member[start[c+1]-1]. */
typedef struct {
    size_t g;
    size_t *start;  /* (g+1) */
    size_t *member; /* (n) */
} mi_group_rows;

/* Groups of n symbols of `size` bytes each, equal when their bytes are. O(n size) expected.
 * Errors: MI_ENOMEM; MI_EDATA above 2^31-1 rows. Free with mi_groups_free. */
MI_API MI_CHECKED mi_status mi_groups_of_bytes(mi_groups *out, const void *symbol, size_t n,
                                               size_t size);

/* Groups of equal rows of a floating-point matrix; -0.0 equals 0.0. O(n d) expected. Rows that are
 * not in memory are told apart by 128 bits of hash each, which two different rows among a billion
 * share with probability 1e-21. */
MI_API MI_CHECKED mi_status mi_groups_of_rows(mi_groups *out, const mi_mat *m);

/* Groups of the joint variable: rows equal in a and in b. a->n == b->n. O(n) expected. */
MI_API MI_CHECKED mi_status mi_groups_joint(mi_groups *out, const mi_groups *a, const mi_groups *b);

/* Groups of rows row[0..n) (NULL: rows 0..n), renumbered in the new order of first appearance. O(n
 * + g). */
MI_API MI_CHECKED mi_status mi_groups_gather(mi_groups *out, const mi_groups *a, const size_t *row,
                                             size_t n);

/* n groups of one row each: a variable that is different in every row. */
MI_API MI_CHECKED mi_status mi_groups_singletons(mi_groups *out, size_t n);

MI_API void mi_groups_free(mi_groups *a);

/* The rows of each group. O(n). Free with mi_group_rows_free. */
MI_API MI_CHECKED mi_status mi_groups_list(mi_group_rows *out, const mi_groups *a);
MI_API void mi_group_rows_free(mi_group_rows *a);

/* Rows of every group when all have as many, else 0. O(g). */
MI_API size_t mi_groups_equal_count(const mi_groups *a);

/* sum over groups of count^2: the number of ordered row pairs inside groups. O(g). */
MI_API double mi_groups_pairs(const mi_groups *a);

#ifdef __cplusplus
}
#endif
#endif
