/* select.h - which rows of a set stay.
 *
 * uses: base/rng data/groups data/groups_internal; gsl
 *
 * Every function marks rows in keep (n): 1 for those that stay, 0 for the others, and returns or
 * stores how many stay. Letters: n rows, g groups.
 */
#ifndef MI_SELECT_H
#define MI_SELECT_H

#include "libmi/data/groups.h"

/* Rows first, first+step, ... below last, as Python's slices have it: a negative number counts from
 * the end, numbers beyond the ends are cut. */
typedef struct {
    long long first, last, step; /* last LLONG_MAX: the end */
} mi_range;

/* Parse "A:B" or "A:B:STEP", each of which may be left out. Errors: MI_EUSAGE. */
MI_CHECKED mi_status mi_range_parse(mi_range *out, const char *text);

size_t mi_select_range(unsigned char *keep, size_t n, const mi_range *range);

/* Rows whose group is wanted: wanted (g). */
size_t mi_select_groups(unsigned char *keep, const mi_groups *a, const unsigned char *wanted);

/* All rows of k instances drawn at random, each set of k equally likely. Errors: MI_EDATA for
 * k > g; MI_ENOMEM. */
MI_CHECKED mi_status mi_select_instances(unsigned char *keep, const mi_groups *instance, size_t k,
                                         unsigned long seed);

/* All rows of k instances of each class, drawn at random; an instance is of the class of its first
 * row. Errors: MI_EDATA when a class has fewer, with the class's number in *short_of and the count
 * it has in *has; MI_ENOMEM. */
MI_CHECKED mi_status mi_select_per_class(unsigned char *keep, const mi_groups *instance,
                                         const mi_groups *class_of, size_t k, unsigned long seed,
                                         size_t *short_of, size_t *has);

#endif
