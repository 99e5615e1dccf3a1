/* estimate_ahead.h - some sets at a time: read one after the other, computed at the same time, while
 * the next ones are read.
 *
 * uses: estimate           used by: estimate_walk
 */
#ifndef ESTIMATE_AHEAD_H
#define ESTIMATE_AHEAD_H

#include "estimate.h"

/* *a (NULL at first) becomes the sets from w->set on, their samples and results, and what it was is
 * freed; NULL: it is not worth it, or there is no room. What fails is kept until it is asked for.
 * Errors: MI_ENOMEM. Free with ahead_free. */
mi_status ahead_make(estimate_ahead **a, estimate_walk *w);
void ahead_free(estimate_ahead *a);

/* Write what reading the set said: messages come in the order of the sets. */
void ahead_say(const estimate_ahead *a, size_t set);

int ahead_has(const estimate_ahead *a, size_t set);

/* The sample of a set under a kernel, and the result of its batches; both stay a's. Errors: what reading
 * and computing them left. */
mi_status ahead_sample(const estimate_ahead *a, size_t set, size_t kernel, const mi_sample **out);
mi_status ahead_result(const estimate_ahead *a, size_t set, size_t kernel, size_t batch,
                       void **out);

#endif
