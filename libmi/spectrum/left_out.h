/* left_out.h - what a sum over eigenvalues loses when the rows and columns of a group are left out.
 *
 * uses: data/groups
 *
 * The sums are over eigenvalues l, at order a
 *
 *     l^a                   0.5 or more away from order 1
 *     (l^a - l) / (1 - a)   nearer, where it keeps its digits; at 1 the limit, -l log l
 */
#ifndef MI_LEFT_OUT_H
#define MI_LEFT_OUT_H

#include "libmi/data/groups.h"

/* Weights on the nodes of an integral, for some orders. */
typedef struct mi_left_out_nodes mi_left_out_nodes;

/* Which groups of rows are left out, one at a time, at which orders. */
typedef struct {
    const mi_groups *group;
    const double *alpha;
    size_t n_alpha;
    mi_left_out_nodes *nodes;
    double *loss; /* (n_alpha, n) zeroed. Of each group in each block, at the first of its rows in
                     that block: the sum over the eigenvalues of the block minus that over the
                     eigenvalues that are left without the rows and columns of the group */
} mi_left_out;

/* The highest order. */
#define MI_LEFT_OUT_ORDER 10.0

/* Whether groups are so small and orders so low that it can be done. O(g + n_alpha). */
int mi_left_out_can(const mi_groups *group, const double *alpha, size_t n_alpha);

/* Nodes and losses of groups and orders, which are borrowed. Errors: MI_ENOMEM. Free with
 * mi_left_out_free, also after a failure. */
MI_CHECKED mi_status mi_left_out_make(mi_left_out *out, const mi_groups *group, const double *alpha,
                                      size_t n_alpha);
void mi_left_out_free(mi_left_out *left);

/* The sum at an order over l[0..count). O(count). */
double mi_left_out_sum(const double *l, size_t count, double alpha);

/* That of eigenvalues that add up to 1, from their S_a in nats. */
double mi_left_out_sum_of(double s, double alpha);

/* S_a in nats of eigenvalues that add up to 1 when each is multiplied by `scale`, from their sum before
 * that. */
double mi_left_out_entropy(double sum, double scale, double alpha);

struct mi_probed;

/* Eigenpairs of a block of m rows; those with l = 0 may be left away, and any that are probed instead. */
typedef struct {
    size_t m, count;
    const struct mi_probed *probed; /* NULL: what is left away has l = 0 */
    const double *l;                /* (count) above 0, of A */
    const double *u;                /* (count,m) eigenvectors as rows, orthonormal */
    const size_t *row;              /* (m) rows of the groups; NULL: rows 0 .. m-1 */
} mi_eigenpairs;

/* The losses of one block. O(p count) for each of some 70 nodes (more below order 1), p the pairs of
 * rows i <= j of one group; and the probes. Errors: MI_ENOMEM, MI_ELIBRARY. */
MI_CHECKED mi_status mi_left_out_add(const mi_left_out *left, const mi_eigenpairs *e);

#endif
