/* private.h - what the files of the room correlate share. */
#ifndef MI_CORRELATE_PRIVATE_H
#define MI_CORRELATE_PRIVATE_H

#include "libmi/correlate/correlate.h"

/* Scratch for correlations of up to n points, so that thousands of resamples allocate nothing. */
typedef struct {
    double *half[2]; /* (2n) each */
} mi_correlate_work;

mi_status mi_correlate_work_alloc(mi_correlate_work *w, size_t n);
void mi_correlate_work_free(mi_correlate_work *w);

/* A kind that there is, of points that are there and finite. Errors: MI_EUSAGE. */
MI_CHECKED mi_status mi_correlate_check(mi_correlation kind, const mi_points *p);

/* As mi_correlate. */
double mi_correlate_with(mi_correlate_work *w, mi_correlation kind, const mi_points *p);

/* Without a third column, of any number of points; nan for a constant column. */
double mi_correlate_plain(mi_correlate_work *w, mi_correlation kind, const double *x,
                          const double *y, size_t n);

/* The partial correlation of three plain ones; nan where one of them is, or where z determines x or y. */
double mi_correlate_partial(double xy, double xz, double yz);

/* Rounding may take a perfect correlation beyond 1. */
double mi_correlate_in_range(double r);

/* to (n): x by a power of two and less its first, which leaves a correlation as it is. Returns `to`. */
const double *mi_correlate_scaled(double *to, const double *x, size_t n);

/* r (n): the correlation without point i, as mi_correlate would find it of the others. O(n log n). Errors:
 * MI_ENOMEM. */
MI_CHECKED mi_status mi_correlate_without_each(double *r, mi_correlate_work *w, mi_correlation kind,
                                               const mi_points *p);

/* tau-b of columns neither of which is constant. */
double mi_kendall(mi_correlate_work *w, const double *x, const double *y, size_t n);

#endif
