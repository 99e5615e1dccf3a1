/* pairing.h - random re-pairings of rows, and what a statistic says under them. Private.
 *
 * uses: base/rng bounds/permute data/groups_internal; gsl
 *
 * The second of two variables has its instances moved at random, each with all its rows, and its rows
 * within it; with instances of different sizes rows move freely. Whoever draws re-pairing number k of
 * a seed gets the same one, so that several statistics are seen under the same re-pairings.
 */
#ifndef MI_PAIRING_H
#define MI_PAIRING_H

#include "libmi/bounds/permute.h"
#include "libmi/data/groups_internal.h"

typedef struct {
    size_t n;
    size_t views;       /* of every instance; 0: rows move freely */
    mi_group_rows rows; /* of the instances */
} mi_pairings;

/* The instances are those of n rows. rows_move_freely: whatever they are. O(n). Errors: MI_ENOMEM. Free
 * with mi_pairings_free, also after a failure. */
MI_CHECKED mi_status mi_pairings_init(mi_pairings *p, const mi_groups *instance,
                                      int rows_move_freely);
void mi_pairings_free(mi_pairings *p);

/* to (n): the row of the second variable that goes to each row of the first. Number 0 is the identity.
 * O(n). Errors: MI_ENOMEM. */
MI_CHECKED mi_status mi_pairing_draw(size_t *to, const mi_pairings *p, size_t number,
                                     unsigned long seed);

/* In units of which one nat has so many. */
mi_null mi_null_in(const mi_null *null, double unit);

/* Statistics of size 1 that differ by less are the same one, summed up in another order of the rows: in double
 * precision, and in single. */
#define MI_NULL_ROUND_OFF       1e-9
#define MI_NULL_ROUND_OFF_FLOAT 1e-6

/* Of value[0], value[stride], ...: the pairing as it is, then `count` re-pairings, 2 or more. A re-paired value is
 * as large as the observed one where it is less by round_off, or that share of it, at most: of repeated rows many
 * pairings are one and the same. O(count). */
mi_null mi_null_of(const double *value, size_t stride, size_t count, double round_off);

#endif
