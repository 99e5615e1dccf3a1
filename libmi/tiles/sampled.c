/* Sums over row pairs from a sample of the tiles: the regression estimator with control variates.
 *
 * Units u = 1 .. m of the design (tiles/design.c) are drawn without replacement from all M of them;
 * unit u has p_u ordered pairs. y is a sum that is wanted, x_1 .. x_q controls, sums over the same
 * pairs whose totals X_c are known exactly (the linear kernels of single variables, from their
 * duals). A bar is a mean over pairs, P all pairs off the diagonal, D the diagonal tiles, which are
 * exact:
 *
 *     y_reg = ybar + sum_c slope_c ((X_c - D_c) / P - xbar_c)               Cochran (1977), 7.1
 *     s^2   = m / (m - 1 - q) sum_u p_u e_u^2 / sum_u p_u,  e_u residuals   mean square
 *     v     = (1 - f) s^2 / m (1 + q / m),  f = sum_u p_u / P
 *     T     = D_y + P (y_reg -+ t_(m-1-q) sqrt v)                           Student's t, 95 %
 *
 * 1 - f is the finite population correction. The classes are masks on the same tiles, so one sample
 * serves all joints. Looks at the intervals follow a sequential stopping rule of fixed width (Chow
 * and Robbins, 1965): it is right in the limit of narrow intervals, and looks grow geometrically
 * because testing after every unit stops too early on chance (coverage 0.85 of the nominal
 * 0.95). */
#include "libmi/tiles/sampled.h"

#include <math.h>
#include <string.h>

#include "libmi/base/interval_internal.h"
#include "libmi/tiles/design.h"

#define LOOK 1.3 /* each look has 1.3 times as many units as the one before */

typedef struct {
    size_t n;
    mi_sampled_sum *sum;
    size_t n_sums;
    mi_tiles_design design;
    size_t units;                 /* done */
    double *total, *pairs;        /* (units, n_sums), (units) */
    double *diagonal;             /* (n_sums) */
    double **diagonal_row, **row; /* (n_sums): shares of rows in both; NULL: not wanted */
    const mi_run *run;
    double needed; /* units that the last look expects to need, for the progress */
} sampler;

/* The upper 2.5 % point: a two-sided interval of 95 %. */
double mi_tiles_t95(double degrees)
{
    return degrees >= 1 ? mi_student(degrees, 0.95) : INFINITY;
}

size_t mi_tiles_next_look(size_t units, size_t all)
{
    size_t next = units ? (size_t)ceil(LOOK * (double)units) : MI_UNITS_MIN;
    return next < all ? next : all;
}

/* ---- one sum ---- */

#define COLUMNS (MI_TILE_FACTORS + 1)

/* First and second moments over the units of the columns (x_1 .. x_q, y): the controls of a sum
 * and, last, the sum itself. A unit's value is its mean over its pairs, and counts with the weight
 * p_u:
 *
 *     mean[c]       = sum_u total_uc / sum_u p_u
 *     product[c][k] = sum_u p_u (z_uc - mean[c]) (z_uk - mean[k]),   z_uc = total_uc / p_u
 */
typedef struct {
    size_t n;           /* columns */
    size_t of[COLUMNS]; /* sums */
    double mean[COLUMNS], product[COLUMNS][COLUMNS];
    double pairs;
} unit_products;

static void multiply_units(unit_products *m, const sampler *p, size_t s)
{
    double z[COLUMNS] = {0};
    *m = (unit_products){.n = p->sum[s].n_controls + 1};
    memcpy(m->of, p->sum[s].control, p->sum[s].n_controls * sizeof *m->of);
    m->of[m->n - 1] = s;
    for (size_t u = 0; u < p->units; u++) {
        m->pairs += p->pairs[u];
        for (size_t c = 0; c < m->n; c++)
            m->mean[c] += p->total[u * p->n_sums + m->of[c]];
    }
    for (size_t c = 0; c < m->n; c++)
        m->mean[c] /= m->pairs;
    for (size_t u = 0; u < p->units; u++) {
        for (size_t c = 0; c < m->n; c++)
            z[c] = p->total[u * p->n_sums + m->of[c]] / p->pairs[u] - m->mean[c];
        for (size_t c = 0; c < m->n; c++)
            for (size_t k = 0; k < m->n; k++)
                m->product[c][k] += p->pairs[u] * z[c] * z[k];
    }
}

/* A control of which the others explain all but this share of its variance is collinear with them,
 * to the rounding of single-precision sums, and is left out. */
#define NOTHING_NEW 1e-8

/* Least squares of the last column on the others, by Gauss-Jordan elimination of the normal
 * equations (the sweep operator): slope (n-1), 0 for controls that are left out. What elimination
 * leaves in the last corner of the products is the residual sum of squares. Returns how many
 * controls are in. */
static size_t regress(unit_products *m, double *slope)
{
    size_t used = 0, last = m->n - 1;
    double whole[COLUMNS];
    int is_used[COLUMNS];
    for (size_t c = 0; c < last; c++)
        whole[c] = m->product[c][c];
    for (size_t c = 0; c < last; c++) {
        double pivot = m->product[c][c];
        is_used[c] = pivot > NOTHING_NEW * whole[c];
        used += (size_t)is_used[c];
        for (size_t i = 0; is_used[c] && i < m->n; i++) {
            double factor = i == c ? 0 : m->product[i][c] / pivot;
            for (size_t k = 0; k < m->n; k++)
                m->product[i][k] -= factor * m->product[c][k];
        }
    }
    for (size_t c = 0; c < last; c++)
        slope[c] = is_used[c] ? m->product[c][last] / m->product[c][c] : 0;
    return used;
}

/* The mean over all pairs off the diagonal, y_reg above, and the half-width of its interval. With
 * all units taken the plain mean is exact and needs no regression. */
static double mean_off_diagonal(const sampler *p, size_t s, double *half_width)
{
    unit_products m;
    double slope[COLUMNS], units = (double)p->units;
    multiply_units(&m, p, s);
    double mean = m.mean[m.n - 1];
    *half_width = 0;
    if (p->units == p->design.units)
        return mean;
    size_t used = regress(&m, slope);
    for (size_t c = 0; c + 1 < m.n; c++) {
        double known = p->sum[m.of[c]].known - p->diagonal[m.of[c]];
        mean += slope[c] * (known / p->design.pairs - m.mean[c]);
    }
    double degrees = units - 1 - (double)used;
    /* s^2: the weighted mean square of the residuals, times m / (m - 1 - q) */
    double residual = fmax(0, m.product[m.n - 1][m.n - 1]) / m.pairs * units / degrees;
    double share = m.pairs / p->design.pairs;
    /* Estimated slopes add variance of the order s^2 / m^2 each: a factor of about 1 + q / m. */
    double variance = residual / units * (1 - share) * (1 + (double)used / units);
    *half_width = mi_tiles_t95(degrees) * sqrt(variance);
    return mean;
}

/* The total of a sum, and the half-width of its entropy -log T. With T -+ h, the lower end of T
 * gives the wider side: -log(T - h) + log T = -log(1 - h/T); infinite where T - h <= 0. */
static void estimate(const sampler *p, mi_sampled_sum *sum, size_t s)
{
    double half_width = 0, off = 0;
    sum->half_width = 0;
    sum->of.total = sum->known;
    if (!isnan(sum->known))
        return;
    if (p->units)
        off = p->design.pairs * mean_off_diagonal(p, s, &half_width);
    sum->of.total = p->diagonal[s] + off;
    double relative = p->design.pairs * half_width / sum->of.total;
    sum->half_width = relative < 1 ? -log1p(-relative) : INFINITY;
}

/* ---- looks ---- */

/* Every sum anew; returns the one with the widest interval. */
static const mi_sampled_sum *estimate_all(sampler *p)
{
    const mi_sampled_sum *worst = &p->sum[0];
    for (size_t s = 0; s < p->n_sums; s++) {
        estimate(p, &p->sum[s], s);
        if (p->sum[s].half_width > worst->half_width)
            worst = &p->sum[s];
    }
    return worst;
}

/* Progress inside a look, as a share of the units that the last look expects to need. */
static void pass_on(void *arg, double share)
{
    const sampler *p = arg;
    double next = (double)mi_tiles_next_look(p->units, p->design.units), done = (double)p->units;
    double needed = fmin(fmax(p->needed, next), (double)p->design.units);
    if (p->run->progress)
        p->run->progress(p->run->progress_arg, (done + share * (next - done)) / needed);
}

static mi_status take_units(sampler *p, size_t until)
{
    mi_run run = *p->run;
    run.progress = pass_on;
    run.progress_arg = p;
    MI_TRY(mi_realloc(&p->total, until * p->n_sums, sizeof *p->total));
    MI_TRY(mi_realloc(&p->pairs, until, sizeof *p->pairs));
    MI_TRY(mi_tiles_design_units(&p->design, p->units, until - p->units,
                                 p->total + p->units * p->n_sums, p->pairs + p->units, p->row,
                                 &run));
    p->units = until;
    return MI_OK;
}

/* Sequential stopping: take units until the widest interval is at most the tolerance. A half-width
 * falls as 1 / sqrt(units), so (half_width / wanted)^2 times the units of now are expected to
 * do. */
static mi_status look_until_narrow(sampler *p)
{
    double wanted = p->run->tolerance;
    while (p->units < p->design.units) {
        MI_TRY(take_units(p, mi_tiles_next_look(p->units, p->design.units)));
        const mi_sampled_sum *worst = estimate_all(p);
        if (!(wanted > 0) || worst->half_width <= wanted)
            break;
        p->needed = (double)p->units * pow(worst->half_width / wanted, 2);
        if (p->run->estimate)
            p->run->estimate(p->run->progress_arg, 2 * log((double)p->n) - log(worst->of.total),
                             worst->half_width);
    }
    estimate_all(p);
    return MI_OK;
}

/* ---- rows ---- */

/* Row sums of the units go into the caller's rows, those of the diagonal apart: the former are
 * scaled at the end, the latter are exact. */
static mi_status rows_init(sampler *p)
{
    MI_TRY(MI_NEW(p->row, p->n_sums));
    MI_TRY(MI_NEW(p->diagonal_row, p->n_sums));
    for (size_t s = 0; s < p->n_sums; s++) {
        p->row[s] = p->sum[s].of.row;
        if (p->row[s])
            MI_TRY(MI_NEW(p->diagonal_row[s], p->n));
    }
    return MI_OK;
}

/* Ratio estimator of the row sums: each row has equally many pairs in the sample, so all their sums
 * off the diagonal are scaled by one factor, estimated total / sampled total, and then add up to
 * T. */
static void finish_rows(sampler *p)
{
    for (size_t s = 0; s < p->n_sums; s++) {
        double taken = 0, off = p->sum[s].of.total - p->diagonal[s];
        if (!p->row[s])
            continue;
        for (size_t u = 0; u < p->units; u++)
            taken += p->total[u * p->n_sums + s];
        for (size_t i = 0; i < p->n; i++)
            p->row[s][i] = p->diagonal_row[s][i] + (taken > 0 ? p->row[s][i] * (off / taken) : 0);
    }
}

static void sampler_free(sampler *p)
{
    for (size_t s = 0; p->diagonal_row && s < p->n_sums; s++)
        mi_free(p->diagonal_row[s]);
    mi_free(p->diagonal_row);
    mi_free(p->row);
    mi_free(p->total);
    mi_free(p->pairs);
    mi_free(p->diagonal);
    mi_tiles_design_free(&p->design);
}

static mi_status design(sampler *p, const mi_tile_factor *factor, size_t n_factors,
                        const mi_groups *together)
{
    mi_tile_sum *sum;
    int wants_rows = 0;
    MI_TRY(MI_NEW(sum, p->n_sums));
    for (size_t s = 0; s < p->n_sums; s++) {
        sum[s] = p->sum[s].of;
        wants_rows |= sum[s].row != NULL;
    }
    mi_status status = mi_tiles_design_init(&p->design, p->n, factor, n_factors, sum, p->n_sums,
                                            together, wants_rows, p->run);
    mi_free(sum);
    return status;
}

/* Design, exact diagonal, looks, then row sums in proportion. */
mi_status mi_tiles_sample(size_t n, const mi_tile_factor *factor, size_t n_factors,
                          mi_sampled_sum *sum, size_t n_sums, const mi_groups *together,
                          const mi_run *run)
{
    sampler p = {.n = n, .sum = sum, .n_sums = n_sums, .run = run};
    mi_run quiet = *run;
    mi_status status;
    quiet.progress = NULL;
    MI_TRY_GOTO(status, design(&p, factor, n_factors, together), done);
    MI_TRY_GOTO(status, MI_NEW(p.diagonal, n_sums), done);
    MI_TRY_GOTO(status, rows_init(&p), done);
    MI_TRY_GOTO(status, mi_tiles_design_diagonal(&p.design, p.diagonal, p.diagonal_row, &quiet),
                done);
    MI_TRY_GOTO(status, look_until_narrow(&p), done);
    finish_rows(&p);
done:
    sampler_free(&p);
    return status;
}
