/* doubt.h - what rows, ids and labels show when they were probably not meant so: views whose labels
 * differ, views no more alike than strangers, constant columns.
 *
 * uses: base/mem data/groups data/mat data/mat_internal
 */
#ifndef MI_DOUBT_H
#define MI_DOUBT_H

#include "libmi/data/groups.h"
#include "libmi/data/mat.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Instances whose rows do not all have one label. 0 where the two are not of the same rows. O(n). */
MI_API size_t mi_groups_mixed(const mi_groups *instance, const mi_groups *y);

/* Columns with one value in all rows. O(d) where none is, O(n) for each that is. 0 for a matrix that
 * is not in memory, and where there is no memory to look. */
MI_API size_t mi_columns_constant(const mi_mat *m);

/* Where rows that belong together stand, v of each: for n = 6, v = 2 rows 01 23 45 are together
 * when they are interleaved, and 03 14 25 when they are stacked. */
enum { MI_ROWS_INTERLEAVED = 1, MI_ROWS_STACKED = 2 };

/* The layouts, as bits, in which all rows that belong together are in one group. 0 where v does not
 * divide the rows, or is below 2. O(n). */
unsigned mi_groups_layouts(const mi_groups *g, size_t v);

/* Mean cosine of two rows of one instance, and of two of different ones, of a sample of instances:
 * up to 256, spread evenly. */
typedef struct {
    size_t instances; /* in the sample; 0: there were fewer than 32, or nothing to compare */
    double same, other;
    int differ; /* the mean difference is above two of its standard errors */
} mi_likeness;

/* Of rows in memory; every instance has two rows or more. O(n + d) for each of the sample. */
mi_likeness mi_views_likeness(const mi_mat *m, const mi_groups *instance);

/* The layouts, as bits, under which views of one instance, v of each, are more alike than strangers.
 * 0 also where v does not divide the rows, or is below 2. O(n), and O(d) for each of a sample. */
unsigned mi_views_layouts(const mi_mat *m, size_t v);

#ifdef __cplusplus
}
#endif
#endif
