/* sample_build.h - what makers of samples share: how much may stay in memory, and the last steps.
 *
 * uses: data/sample
 */
#ifndef MI_SAMPLE_BUILD_H
#define MI_SAMPLE_BUILD_H

#include "libmi/data/sample.h"

/* A status, with the member's name in front of the detail of a failure. */
mi_status mi_name_member(mi_status status, mi_member_id m);

/* The kernel of the real rows of m, of d features: the chosen one; else linear; of one feature, whose cosine
 * is only its sign, gaussian:median. */
mi_kernel mi_sample_real_kernel(const mi_sample_opts *o, mi_member_id m, size_t d);

/* Whether ids mark views of instances, not clusters or classes: every one has 2 to 16 rows. R is then
 * by default the positive, what a contrastive loss asks Z2 to match. */
int mi_ids_mark_views(const mi_groups *instance);
/* What a maker of samples is given: kernels that there are, with bandwidths or rules for them, and a
 * kind of R. Errors: MI_EUSAGE. */
MI_CHECKED mi_status mi_sample_opts_check(const mi_sample_opts *o);

/* Bytes that features may take of the memory allowed; the rest is for the computation. */
size_t mi_sample_share(size_t memory_bytes);

/* The last steps of a sample whose columns are there: find rows for precomputed kernels; leave out rows that
 * are all zero under a linear kernel, or refuse them; resolve bandwidths; let R be the Z2 row of the next view;
 * without instances every row is its own. Errors: MI_EDATA, naming the member and its row; those of reading. */
mi_status mi_sample_finish(mi_sample *s, const mi_sample_opts *o);

/* Refuse a sample with weights: `what` does not take them. Errors: MI_EUSAGE. */
MI_CHECKED mi_status mi_sample_no_weights(const mi_sample *s, const char *what);

/* s->weight from weights w (n) of any sum: those of s->n rows, adding up to their number. Errors: MI_EDATA
 * naming the first row whose weight is not above 0 or not a number; MI_ENOMEM. */
MI_CHECKED mi_status mi_sample_weigh(mi_sample *s, const double *w);

/* The sample of rows row[0..n); R keeps pointing at the rows it was. Features that stayed in the
 * file are read if the rows fit in memory. Free with mi_sample_free. */
MI_CHECKED mi_status mi_sample_gather(mi_sample *out, const mi_sample *s, const size_t *row,
                                      size_t n);

/* next[i]: the row after i among the rows of its instance, cyclic: the next view. O(n). Errors:
 * MI_ENOMEM. */
MI_CHECKED mi_status mi_next_views(size_t *next, const mi_groups *instance);

/* Every instance has at least two rows; else MI_EDATA naming the first that has not, and `what`
 * needs it. */
MI_CHECKED mi_status mi_sample_check_views(const mi_sample *s, const char *what);

#endif
