/* Difference estimator of survey sampling with control variates: all of a cheap measurement, a part of
 * the dear one (Cochran, "Sampling Techniques", 1977, ch. 7.9 with slope 1, then 7.1).
 *
 * T~ is a sum over all pairs of narrow rows, T of the same rows in single precision. Tiles of the
 * diagonal are done in single precision, so that T - T~ is 0 there. Tile u off the diagonal is cut into
 * squares, one of which is drawn:
 *
 *     d_u = 2 sum_(i, j in square) (q_ij - q~_ij),    p_u = 2 x pairs of the square
 *     T   = T~ + P d_reg,                             P all pairs off the diagonal
 *
 * with d_reg the mean over pairs of d, regressed on that of sums x whose D_x = X - T~_x is known, X from
 * their duals (tiles/regression.c). The rounding of a row is in all of its pairs, so a square, of many rows
 * and columns, says more than a stripe of as many pairs (half-widths 2 times those on two sets). The tiles
 * are strata of which each has one square; their spread, taken for that of a simple random sample, is no
 * smaller than what is wanted. */
#include "libmi/tiles/checked.h"

#include <math.h>

#include "libmi/base/comm_internal.h"
#include "libmi/base/rng.h"
#include "libmi/tiles/private.h"
#include "libmi/tiles/regression.h"

#define SQUARE    96 /* rows and columns: 1.6 % of the pairs of a tile of the largest side */
#define TILES_MIN 10 /* with fewer tiles off the diagonal than that the whole tile is checked */

struct mi_tile_check {
    const mi_tile_factor *factor; /* in single precision */
    mi_tile_plan plan;
    mi_tile_rows all;
    mi_tile_work *work; /* (workers) */
    size_t workers, units, square;
    double *where;         /* (units, 2) which rows and columns, as a share of them */
    double *total, *pairs; /* (units, n_sums), (units) of squares: single less narrow */
};

/* ---- in the pass ---- */

static mi_status draw_squares(mi_tile_check *c, const mi_run *run)
{
    gsl_rng *rng;
    MI_TRY(mi_rng_new(&rng, run->seed, MI_STREAM_SQUARES));
    for (size_t u = 0; u < 2 * c->units; u++)
        c->where[u] = gsl_rng_uniform(rng);
    gsl_rng_free(rng);
    return MI_OK;
}

mi_status mi_tile_check_start(mi_tile_check *c, const mi_tile_pass *p, size_t n, size_t workers)
{
    size_t side = p->plan.side, blocks = (n + side - 1) / side;
    MI_TRY(mi_tile_plan_init(&c->plan, c->factor, p->plan.n_factors, p->plan.sum, p->plan.n_sums,
                             side));
    c->all = mi_tile_rows_all(&c->plan, n);
    c->units = blocks * (blocks - 1) / 2;
    c->square = c->units < TILES_MIN ? side : SQUARE;
    c->workers = workers;
    MI_TRY(MI_NEW(c->work, workers));
    for (size_t k = 0; k < workers; k++)
        MI_TRY(mi_tile_work_alloc(&c->work[k], &c->plan));
    MI_TRY(MI_NEW(c->where, 2 * c->units));
    MI_TRY(MI_NEW(c->total, c->units * p->plan.n_sums));
    MI_TRY(MI_NEW(c->pairs, c->units));
    return draw_squares(c, p->run);
}

static void check_free(mi_tile_check *c)
{
    for (size_t k = 0; c->work && k < c->workers; k++)
        mi_tile_work_free(&c->work[k]);
    mi_free(c->work);
    mi_free(c->where);
    mi_free(c->total);
    mi_free(c->pairs);
}

/* A part of `side` rows, the last perhaps of fewer, drawn by the share `where` of them. */
static mi_tile_rows draw_part(const mi_tile_plan *plan, const mi_tile_rows *of, size_t side,
                              double where)
{
    size_t parts = (of->count + side - 1) / side, from = (size_t)(where * (double)parts) * side;
    return mi_tile_rows_part(plan, of, from, of->count - from < side ? of->count - from : side);
}

/* Rows of a tile in single precision. */
static mi_tile_rows exact_rows(const mi_tile_check *c, const mi_tile_rows *narrow)
{
    return mi_tile_rows_part(&c->plan, &c->all, narrow->first, narrow->count);
}

/* Unit u: the difference of a square of the tile (i,j). w has its narrow sums afterwards. */
static void check_square(const mi_tile_pass *p, size_t u, mi_tile_work *own, mi_tile_work *w,
                         const mi_tile_rows *i, const mi_tile_rows *j)
{
    mi_tile_check *c = p->check;
    mi_tile_rows down = draw_part(&p->plan, i, c->square, c->where[2 * u]);
    mi_tile_rows across = draw_part(&p->plan, j, c->square, c->where[2 * u + 1]);
    mi_tile_rows exact_down = exact_rows(c, &down), exact_across = exact_rows(c, &across);
    mi_tile_rect(&p->plan, w, &down, &across);
    mi_tile_rect(&c->plan, own, &exact_down, &exact_across);
    for (size_t s = 0; s < c->plan.n_sums; s++)
        c->total[u * c->plan.n_sums + s] = 2 * (own->total[s] - w->total[s]);
    c->pairs[u] = 2 * (double)down.count * (double)across.count;
}

mi_tile_work *mi_tile_check_rect(mi_tile_pass *p, size_t task, int worker, const mi_tile_rows *i,
                                 const mi_tile_rows *j)
{
    mi_tile_check *c = p->check;
    mi_tile_work *w = &p->work[worker], *own = &c->work[worker];
    if (i->first == j->first) {
        mi_tile_rows same = exact_rows(c, i);
        mi_tile_rect(&c->plan, own, &same, &same);
        return own;
    }
    check_square(p, task, own, w, i, j);
    mi_tile_rect(&p->plan, w, i, j);
    return w;
}

/* ---- after it ---- */

/* Ordered pairs off the diagonal. */
static double pairs_off_diagonal(size_t n, size_t side)
{
    double pairs = (double)n * (double)n;
    for (size_t first = 0; first < n; first += side) {
        double count = (double)(n - first < side ? n - first : side);
        pairs -= count * count;
    }
    return pairs;
}

/* Shares of narrow rows, so that they add up to the total. */
static void scale_rows(mi_tile_sum *of, double narrow, size_t n)
{
    for (size_t i = 0; of->row && narrow > 0 && i < n; i++)
        of->row[i] *= of->total / narrow;
}

/* T and its half-width from the pass's totals T~ (n_sums). */
static void correct(const mi_tile_check *c, mi_sampled_sum *sum, const mi_tile_sum *pass,
                    double *known, size_t n_sums, size_t n)
{
    double all_pairs = pairs_off_diagonal(n, c->plan.side);
    const mi_tile_units u = {.units = c->units,
                             .n_sums = n_sums,
                             .total = c->total,
                             .pairs = c->pairs,
                             .all_pairs = all_pairs,
                             .known = known};
    for (size_t s = 0; s < n_sums; s++)
        known[s] = sum[s].known - pass[s].total;
    for (size_t s = 0; s < n_sums; s++) {
        double half_width = 0, mean = 0;
        if (isnan(sum[s].known) && c->units)
            mean = mi_tiles_regress(&u, s, sum[s].control, sum[s].n_controls, &half_width);
        sum[s].of.total = isnan(sum[s].known) ? pass[s].total + all_pairs * mean : sum[s].known;
        sum[s].half_width = mi_tiles_log_width(all_pairs * half_width, sum[s].of.total);
        scale_rows(&sum[s].of, pass[s].total, n);
    }
}

static mi_status merge_ranks(mi_tile_check *c, size_t n_sums, mi_comm *comm)
{
    MI_TRY(mi_comm_merge(comm, c->total, c->units * n_sums * sizeof *c->total));
    return mi_comm_merge(comm, c->pairs, c->units * sizeof *c->pairs);
}

mi_status mi_tiles_checked(size_t n, const mi_tile_factor *narrow, const mi_tile_factor *exact,
                           size_t n_factors, mi_sampled_sum *sum, size_t n_sums, const mi_run *run)
{
    mi_tile_check c = {.factor = exact};
    mi_tile_sum *pass = NULL;
    double *known = NULL;
    mi_status status;
    MI_TRY_GOTO(status, MI_NEW(pass, n_sums), done);
    MI_TRY_GOTO(status, MI_NEW(known, n_sums), done);
    for (size_t s = 0; s < n_sums; s++)
        pass[s] = sum[s].of;
    MI_TRY_GOTO(status, mi_tile_pass_all(n, narrow, n_factors, pass, n_sums, &c, run), done);
    MI_TRY_GOTO(status, merge_ranks(&c, n_sums, run->comm), done);
    correct(&c, sum, pass, known, n_sums, n);
done:
    check_free(&c);
    mi_free(pass);
    mi_free(known);
    return status;
}
