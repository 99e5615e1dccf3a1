/* The cost model: which route a joint takes, by multiply-adds counted and weighed.
 *
 * n rows, d features added up, w multiplied, C classes of m_c rows, p = sum m_c^2, q = sum m_c^3:
 *
 *     route     cost
 *     counts    nothing
 *     dense     p d + kappa q + 3e4 C           kappa: 0 order 2; 1 orders 3, 4; 6 spectra
 *     dual      n w^2 / 2 + kappa C w^3 + 3e4 C       1.5 n w^2 with row sums
 *     classes   the smaller of the last two
 *     tiles     n^2 d / 4                       single precision, half by symmetry
 *     bf16      half of tiles, but the diagonal, and n d^2 / 2 for what it is regressed on
 *     lanczos   p (d / 4 + 300), or 240 n w in the Khatri-Rao form
 *     sample    pairs of the smallest sample x d / 2, more where classes leave pairs unused
 *
 * Exact routes are preferred; an estimate takes their place under a tolerance (sample), or where an
 * exact one takes long or does not fit in memory (lanczos). */
#include "libmi/entropy/route.h"

#include <math.h>
#include <stdint.h>

#include "libmi/base/words.h"
#include "libmi/tiles/design.h"
#include "libmi/tiles/narrow.h"

/* Measured on x86-64 with OpenBLAS, in units of one double-precision multiply-add of a large GEMM.
 */
#define COST_SINGLE  0.5  /* single precision, and half of the tiles by symmetry comes on top */
#define COST_SAMPLED 2.0  /* times a pair of the whole pass: small tiles, scattered rows */
#define COST_BF16    0.55 /* times single precision, with the squares that are checked */
#define COST_EIGEN   6.0  /* per s^3, dsyevd without vectors: 4/3 s^3, half of it memory-bound */
#define COST_PRODUCT 1.0  /* per s^3, A A for the third and fourth moment */
#define COST_BLOCK   3e4  /* a block's allocations and calls */
#define COST_VECTORS 300  /* per pair, lanczos: some 30 passes over the matrix */
#define COST_KHATRI  240  /* per row and product of features, lanczos without a stored matrix */

/* An exact value is computed up to this cost (some seconds, 4,400 rows), and above it as long as an
 * estimate costs a third of it or more. */
#define EXACT_IS_QUICK   5e11
#define WORTH_ESTIMATING 3
#define WORTH_ROUNDING   0.8

/* What sets of 20,000 to 1.28 million rows took. */
#define PAIRS_OF_SAMPLE     6.4e7
#define TOLERANCE_OF_SAMPLE 0.002

/* The most that any order asks for: pairs for 2, traces for 3 and 4, eigenvalues for all others. */
mi_need mi_need_of(const double *alpha, size_t n_alpha)
{
    mi_need need = MI_NEED_SQUARES;
    for (size_t k = 0; k < n_alpha; k++) {
        if (alpha[k] != 2 && alpha[k] != 3 && alpha[k] != 4)
            return MI_NEED_SPECTRUM;
        if (alpha[k] != 2)
            need = MI_NEED_MOMENTS;
    }
    return need;
}

/* min(dense, dual) of the table above, every block in the same form. */
double mi_cost_blocks(const mi_shape *s, mi_need need)
{
    double per_cube = need >= MI_NEED_SPECTRUM  ? COST_EIGEN
                      : need == MI_NEED_MOMENTS ? COST_PRODUCT
                                                : 0;
    double dense = s->pairs * (double)s->d + per_cube * s->cubes, w = (double)s->width;
    double dual = INFINITY;
    if (s->width != SIZE_MAX)
        dual = (s->wants_rows ? 1.5 : 0.5) * (double)s->n * w * w +
               per_cube * w * w * w * (double)s->n_classes;
    return fmin(dense, dual) + COST_BLOCK * (double)s->n_classes;
}

/* n^2 d / 2 multiply-adds by symmetry, in single precision, whatever the classes: they are
 * masks. */
double mi_cost_tiles(const mi_shape *s)
{
    return COST_SINGLE * 0.5 * (double)s->n * (double)s->n * (double)s->d;
}

/* tiles with products of half the cost, the largest tiles of the diagonal in single precision, and
 * duals. */
static double cost_bf16(const mi_shape *s)
{
    double n = (double)s->n, d = (double)s->d;
    return COST_BF16 * mi_cost_tiles(s) + COST_SINGLE * 0.5 * n * MI_TILE_SIDE_MAX * d +
           0.5 * n * d * d;
}

/* Narrow rows take half of the memory of the features, which may have three quarters of what is
 * allowed. */
int mi_route_is_rounded(const mi_shape *s, const mi_run *run)
{
    double bytes = 1.5 * sizeof(float) * (double)s->n * (double)s->d;
    return s->is_linear && run->route == MI_ROUTE_AUTO && mi_narrow_is_fast() &&
           (run->tolerance > 0 || s->wants_rows) &&
           cost_bf16(s) < WORTH_ROUNDING * mi_cost_tiles(s) &&
           bytes < 0.75 * (double)mi_run_memory_bytes(run);
}

/* Making K and some 30 passes over it, or 2 n w multiply-adds of single precision for each of 240
 * vectors. */
double mi_cost_lanczos(const mi_shape *s)
{
    double stored = s->pairs * (COST_SINGLE * 0.5 * (double)s->d + COST_VECTORS);
    double khatri_rao = s->n_real == 2 && s->width != SIZE_MAX
                            ? COST_KHATRI * (double)s->n * (double)s->width
                            : INFINITY;
    return fmin(stored, khatri_rao);
}

/* need             blocks               exact cost                        fits     lanczos? order 2
 * any                  any                               any      no: tiles eigenvalues      any
 * any                               any      no: it has none any other        all small
 * any                               any      no
 *                  some large           > 5e11 and > 3 x lanczos          any      yes
 *                  some large           below that                        no       yes
 *                  some large           below that                        yes      no
 */
int mi_route_is_estimated(const mi_shape *s, mi_need need, size_t exact_bytes, const mi_run *run)
{
    double exact = mi_cost_blocks(s, need);
    if (!s->has_large || need == MI_NEED_SQUARES || need == MI_NEED_EIGENVALUES)
        return 0;
    if (exact > EXACT_IS_QUICK && exact > WORTH_ESTIMATING * mi_cost_lanczos(s))
        return 1;
    return exact_bytes > mi_run_memory_bytes(run);
}

/* Pairs of different classes have K_ij = 0 and add nothing: of the pairs in a sample only the share
 * p / n^2 is of use, and for the same error it must be n^2 / p times as large. */
static double cost_of_pairs(const mi_shape *s, double pairs)
{
    double n = (double)s->n;
    return COST_SAMPLED * COST_SINGLE * 0.5 * pairs * (double)s->d * (n * n / s->pairs);
}

double mi_cost_sample(const mi_shape *s)
{
    return cost_of_pairs(s, mi_tiles_design_pairs(s->n, s->wants_rows));
}

/* Whether bfloat16 is there sooner than a sample. Its pairs grow as 1 / tolerance^2, and it stops at the
 * first look that is narrow enough. */
static int is_too_fine(const mi_shape *s, const mi_run *run)
{
    double pairs = PAIRS_OF_SAMPLE * pow(TOLERANCE_OF_SAMPLE / run->tolerance, 2);
    return mi_route_is_rounded(s, run) &&
           cost_bf16(s) < fmax(mi_cost_sample(s), cost_of_pairs(s, pairs));
}

/* Whether a sample of the tiles is taken: order 2 alone, a joint that no dual would give (several
 * real variables, or a kernel that is not linear), a tolerance or the route asked for, and cheaper
 * than both the tiles and the blocks. */
static int is_sampled(const mi_shape *s, mi_need need, const mi_run *run)
{
    double tiles = COST_SINGLE * 0.5 * s->pairs * (double)s->d;
    if (s->is_discrete_part)
        tiles += COST_BLOCK * (double)s->n_classes;
    return (run->tolerance > 0 || run->route == MI_ROUTE_SAMPLE) && need == MI_NEED_SQUARES &&
           (s->n_real > 1 || s->width == SIZE_MAX) &&
           mi_cost_sample(s) < fmin(tiles, mi_cost_blocks(s, need)) && !is_too_fine(s, run);
}

/* The first that applies:
 *
 *     no real variable                               counts
 *     is_sampled                                     sample
 *     a discrete variable                            classes
 *     order 2 and tiles cheaper than blocks          tiles; bf16 where mi_route_is_rounded
 *     w < n                                          dual
 *     order 2                                        tiles or bf16, as above
 *     else                                           dense
 */
mi_route mi_route_choose(const mi_shape *s, mi_need need, const mi_run *run)
{
    if (s->n_real == 0)
        return MI_ROUTE_COUNTS;
    if (is_sampled(s, need, run))
        return MI_ROUTE_SAMPLE;
    if (s->is_discrete_part)
        return MI_ROUTE_CLASSES;
    if (s->width < s->n && !(need == MI_NEED_SQUARES && mi_cost_tiles(s) < mi_cost_blocks(s, need)))
        return MI_ROUTE_DUAL;
    return need != MI_NEED_SQUARES       ? MI_ROUTE_DENSE
           : mi_route_is_rounded(s, run) ? MI_ROUTE_BF16
                                         : MI_ROUTE_TILES;
}

mi_status mi_route_check(mi_route route, const mi_shape *s, mi_need need)
{
    if (route == MI_ROUTE_COUNTS && s->n_real)
        return mi_fail(MI_EUSAGE, "route 'counts' is for discrete variables (integers, or delta "
                                  "kernels); try " MI_OPTION "route auto");
    if (route == MI_ROUTE_CLASSES && (!s->is_discrete_part || !s->n_real))
        return mi_fail(MI_EUSAGE, "route 'classes' is for a real variable together with a discrete "
                                  "one; try " MI_OPTION "route auto");
    if (route == MI_ROUTE_DUAL && (s->width == SIZE_MAX || !s->n_real))
        return mi_fail(MI_EUSAGE, "route 'dual' is for linear kernels and at most 2^20 products "
                                  "of features; try " MI_OPTION "route auto");
    if (route == MI_ROUTE_TILES && (need != MI_NEED_SQUARES || !s->n_real))
        return mi_fail(MI_EUSAGE,
                       "route 'tiles' computes order 2 of real variables only; try " MI_OPTION
                       "alpha 2, or " MI_OPTION "route dense");
    if (route == MI_ROUTE_LANCZOS && !s->n_real)
        return mi_fail(MI_EUSAGE,
                       "route 'lanczos' is for joints with a real variable; try " MI_OPTION "route "
                       "auto");
    if (route == MI_ROUTE_LANCZOS && need == MI_NEED_EIGENVALUES)
        return mi_fail(MI_EUSAGE,
                       "route 'lanczos' estimates entropies, not single eigenvalues; try " MI_OPTION
                       "route auto");
    if (route == MI_ROUTE_BF16 && (need != MI_NEED_SQUARES || !s->n_real))
        return mi_fail(MI_EUSAGE,
                       "route 'bf16' computes order 2 of real variables only; try " MI_OPTION
                       "alpha 2, or " MI_OPTION "route auto");
    if (route == MI_ROUTE_BF16 && s->has_laplacian)
        return mi_fail(MI_EUSAGE,
                       "route 'bf16' has too few digits for laplacian kernels; try " MI_OPTION
                       "route tiles");
    if (route == MI_ROUTE_SAMPLE && (need != MI_NEED_SQUARES || !s->n_real))
        return mi_fail(MI_EUSAGE,
                       "route 'sample' estimates order 2 of real variables only; try " MI_OPTION
                       "alpha 2, or " MI_OPTION "route auto");
    return MI_OK;
}
