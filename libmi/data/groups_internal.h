/* groups_internal.h - groups combined, gathered, counted and listed.
 *
 * uses: data/groups
 */
#ifndef MI_GROUPS_INTERNAL_H
#define MI_GROUPS_INTERNAL_H

#include "libmi/data/groups.h"

/* Rows of each group, in row order: group c has member[start[c]] .. member[start[c+1]-1]. */
typedef struct {
    size_t g;
    size_t *start;  /* (g+1) */
    size_t *member; /* (n) */
} mi_group_rows;

/* What a function is given as groups: there are some, of one row or more. `what` they are goes into
 * the message. O(1). Errors: MI_EUSAGE. */
MI_CHECKED mi_status mi_groups_check(const mi_groups *a, const char *what);

/* Groups of n texts of any length. O(bytes of all) expected. */
MI_CHECKED mi_status mi_groups_of_texts(mi_groups *out, const char *const *text, size_t n);

/* Groups of the joint variable: rows equal in a and in b. a->n == b->n. O(n) expected. */
MI_CHECKED mi_status mi_groups_joint(mi_groups *out, const mi_groups *a, const mi_groups *b);

/* Groups of rows row[0..n) (NULL: rows 0..n), renumbered in the new order of first appearance. O(n
 * + g). */
MI_CHECKED mi_status mi_groups_gather(mi_groups *out, const mi_groups *a, const size_t *row,
                                      size_t n);

/* n groups of one row each: a variable that is different in every row. */
MI_CHECKED mi_status mi_groups_singletons(mi_groups *out, size_t n);

/* The rows of each group. O(n). Free with mi_group_rows_free. */
MI_CHECKED mi_status mi_groups_list(mi_group_rows *out, const mi_groups *a);
void mi_group_rows_free(mi_group_rows *a);

/* Rows of every group when all have as many, else 0. O(g). */
size_t mi_groups_equal_count(const mi_groups *a);

/* sum over groups of count^2: the number of ordered row pairs inside groups. O(g). */
double mi_groups_pairs(const mi_groups *a);

#endif
