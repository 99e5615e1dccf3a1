/* comm_internal.h - what ranks sum up and agree on inside a computation.
 *
 * uses: base/comm
 */
#ifndef MI_COMM_INTERNAL_H
#define MI_COMM_INTERNAL_H

#include "libmi/base/comm.h"

int mi_comm_local(const mi_comm *c); /* ranks on this machine, this one too */

/* ---- collective; errors: the failure of any rank; MI_ELIBRARY when ranks are in different calls
 */

/* x (n) becomes the sum over ranks, the same to the last bit on each. */
MI_CHECKED mi_status mi_comm_sum(mi_comm *c, double *x, size_t n);

/* x (n) becomes the largest over ranks. Not for nan. */
MI_CHECKED mi_status mi_comm_most(mi_comm *c, double *x, size_t n);
/* *x becomes the smallest over ranks. Below 2^53. */
MI_CHECKED mi_status mi_comm_least(mi_comm *c, size_t *x);

/* x becomes what it is on rank 0: for what may come out different in its last digits (LAPACK with
 * another number of threads) where the way depends on it. */
MI_CHECKED mi_status mi_comm_follow(mi_comm *c, void *x, size_t bytes);

#endif
