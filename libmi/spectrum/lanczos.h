/* lanczos.h - entropies of any order of a large joint by deflated stochastic Lanczos quadrature.
 * Private.
 *
 * uses: base/comm_internal base/words data/groups_internal spectrum/spectrum
 *
 * S_a is made of sums of f(l) over the eigenvalues of A = K / n, which are taken in three parts:
 *
 *     1. Block Krylov with full reorthogonalisation finds the leading eigenpairs; those whose
 *        residual is small beside their eigenvalue are taken as they are (deflated).
 *     2. On the complement, sum f(l) is the mean of v' f(A) v over random sign vectors v; each is a
 *        Gauss rule from a few Lanczos steps. A Gauss-Radau rule with a node at 0 comes from the
 *        same steps and lies on the other side of the integral.
 *     3. The sums of 1, l and l^2 are known: the number of rows, tr A = 1, and tr A^2 from all
 *        pairs. What is estimated is f less its best fit by them (control variates).
 *
 * Where the integral lies between the two rules is read off how both moved over the last steps. The
 * half-width of the 95 % interval is the spread over probes times the t quantile, a quarter of the
 * distance between the two rules (more where it does not shrink), and what unconverged pairs and
 * single precision can hide. How far that is off is measured on some rows (lanczos_rounding.c).
 *
 * Golub and Meurant, Matrices, Moments and Quadrature (2010); Ubaru, Chen and Saad, SIAM J. Matrix
 * Anal. Appl. 38 (2017) 1075; Gambhir, Stathopoulos and Orginos, SIAM J. Sci. Comput. 39 (2017)
 * A532 (deflation).
 */
#ifndef MI_LANCZOS_H
#define MI_LANCZOS_H

#include "libmi/spectrum/spectrum.h"

typedef struct {
    double *s;          /* out (n_alpha), memory of the caller: S_a in nats */
    double *half_width; /* out (n_alpha), memory of the caller; NULL: not wanted */
    double *row;        /* out (n), memory of the caller: the sum over j of K_ij^2 for every row, as
                           mi_joint.row; NULL: not wanted */
    double zeroed_mass; /* out: of eigenvalues below rounding, which were zeroed */
    const mi_left_out
        *left; /* what the sums lose without some rows, from 32 probes more for every thousand
                                rows; NULL: not wanted */
} mi_lanczos;

/* Entropies of a joint of real variables: large classes by Lanczos, small ones exactly. About 160 +
 * 80 products with A, in blocks of 8 and 4; while run->tolerance is above 0 and a half-width is
 * above it, more probes or longer ones, up to 16 times that. Ranks share the products. Draws are
 * those of run->seed under the first variable's keys. Memory: that of the product, and about 500
 * doubles a row; with what is left out at most 700, and 150 for each pair of rows of a group. Errors:
 * MI_EMEMORY (no kind of the product fits), MI_ENOMEM, MI_ELIBRARY. */
mi_status mi_lanczos_entropies(mi_lanczos *out, const mi_joint_matrix *a, const double *alpha,
                               size_t n_alpha, const mi_run *run);

/* Whether a class of m rows, or all rows, is large enough for Lanczos; width: mi_joint_width. */
int mi_lanczos_is_large(size_t m, size_t width);

/* Whether the largest block fits in run->memory_bytes; with `left`, of which groups and orders are read,
 * also what is lost. */
int mi_lanczos_fits(const mi_joint_matrix *a, const mi_left_out *left, const mi_run *run);

#endif
