/* neighbours.h - the nearest rows of every row, exactly, without a matrix of all distances. Private.
 *
 * uses: base/blas base/comm_internal base/pool base/run base/run_internal base/want
 *       base/words data/groups data/groups_internal data/mat data/mat_internal data/rows; cblas
 *
 * Letters: n rows to choose among, m rows that ask, d features, k neighbours of each.
 *
 *     neighbours.c    what is asked, checked; blocks of rows that ask over threads and ranks
 *     points.c        rows as points in a room where distances are taken, panel by panel
 *     nearest.c       the k nearest so far of one row, a heap
 *
 * For points p of the metric and their mean c, single-precision products g_ij = <p_i - c, p_j - c> of
 * whole tiles give squared distances |p_i - c|^2 + |p_j - c|^2 - 2 g_ij whose error has a bound
 * (Higham, "Accuracy and Stability of Numerical Algorithms", 2002, ch. 3). Where such a distance less
 * its bound is below that of the k-th nearest so far, the pair is computed again, in double precision
 * as a sum of squared differences, and that decides. So what comes out is what double precision
 * gives, equal rows are at distance 0, and about k log(n/k) pairs of a row are computed twice.
 */
#ifndef MI_NEIGHBOURS_H
#define MI_NEIGHBOURS_H

#include <stdint.h>

#include "libmi/base/run.h"
#include "libmi/data/groups.h"
#include "libmi/data/mat.h"

typedef enum {
    MI_EUCLIDEAN, /* |x_i - x_j| */
    MI_COSINE     /* 1 - <x_i,x_j> / (|x_i||x_j|); 1 where a row is all zero */
} mi_metric;

typedef struct {
    size_t k;         /* 1 or more; default 10 */
    mi_metric metric; /* default MI_EUCLIDEAN */
    /* Rows of one group are no neighbours of each other, such as views of one instance; NULL
     * (default): a row is none of itself, and there is no other rule. */
    const mi_groups *apart;
    const size_t *ask; /* (m) rows whose neighbours are wanted; NULL (default): all n */
    size_t m;
} mi_neighbours_opts;

void mi_neighbours_opts_default(mi_neighbours_opts *o);

/* index (m,k), distance (m,k): the k nearest rows of each row that asks, the nearest first, of those
 * at one distance the first in row order. The same bits for any number of threads and ranks, which
 * share the rows that ask. O(m n d) in single precision; O(m k + n + side d) memory, side at most 512
 * rows, times the threads. Rows that are not in memory are read once for each block of rows that ask.
 * Errors: MI_EUSAGE for no place to put them, no rows, a k of 0, groups of other rows, a row that asks
 * and is none, a metric there is not, more than 2^31-1 rows or columns; MI_EDATA for rows that are
 * not finite, numbers whose squares are not, and where some row has fewer than k others; MI_EMEMORY,
 * MI_ENOMEM, MI_ELIBRARY, those of reading. */
MI_CHECKED mi_status mi_neighbours(int32_t *index, double *distance, const mi_mat *x,
                                   const mi_neighbours_opts *o, const mi_run *run);

/* The same of the m rows of `ask` among the n rows of `among`, no pair left out. Errors: also
 * MI_EUSAGE for matrices of different columns. */
MI_CHECKED mi_status mi_neighbours_among(int32_t *index, double *distance, const mi_mat *ask,
                                         const mi_mat *among, size_t k, mi_metric metric,
                                         const mi_run *run);

#endif
