/* sweep.h - rows in the order of one column, and the walk from one of them outwards: who is near by the
 * largest difference of a column is near in each. Private.
 *
 * uses: base/mem base/status
 */
#ifndef MI_SHANNON_SWEEP_H
#define MI_SHANNON_SWEEP_H

#include <math.h>
#include <stddef.h>

#include "libmi/base/status.h"

typedef struct {
    double key;
    size_t row;
} mi_swept;

typedef struct {
    size_t n;
    mi_swept *at;  /* (n) by key, then by row */
    size_t *place; /* (n) of a row in `at` */
} mi_sweep;

/* Rows 0 .. n-1, of which row i has the values of x (rows,d) at row[i], NULL: at i, in the order of the
 * column whose interquartile range is widest. O(d n log n). Errors: MI_ENOMEM. Nothing is left to
 * free after a failure. Free with mi_sweep_free. */
mi_status mi_sweep_make(mi_sweep *out, const double *x, size_t d, const size_t *row, size_t n);
void mi_sweep_free(mi_sweep *s);

/* How far apart in the column the rows are that stand `places` before and after a row. O(1). */
double mi_sweep_width(const mi_sweep *s, size_t row, size_t places);

/* Rows, this one among them, whose distance from it in the column is below `limit`. O(log n). */
size_t mi_sweep_count(const mi_sweep *s, size_t row, double limit);

/* A walk from a row to both sides. */
typedef struct {
    const mi_sweep *s;
    double key;
    size_t left, right;
} mi_sweep_walk;

#define MI_SWEEP_END ((size_t)-1)

static inline mi_sweep_walk mi_sweep_from(const mi_sweep *s, size_t row)
{
    size_t place = s->place[row];
    return (mi_sweep_walk){s, s->at[place].key, place, place + 1};
}

/* The next row by its distance in the column; MI_SWEEP_END once that is `limit` or more. */
static inline size_t mi_sweep_next(mi_sweep_walk *w, double limit)
{
    const mi_swept *at = w->s->at;
    double before = w->left > 0 ? w->key - at[w->left - 1].key : HUGE_VAL;
    double after = w->right < w->s->n ? at[w->right].key - w->key : HUGE_VAL;
    if (before >= limit && after >= limit)
        return MI_SWEEP_END;
    return before < after ? at[--w->left].row : at[w->right++].row;
}

#endif
