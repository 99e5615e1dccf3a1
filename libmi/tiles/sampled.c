#include "libmi/tiles/sampled.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

#include "libmi/tiles/design.h"

#define LOOK 1.3 /* times as many units from look to look */

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
    double needed; /* units that are thought to be needed, for the progress */
} sampler;

double mi_tiles_t95(double degrees)
{
    return degrees >= 1 ? gsl_cdf_tdist_Pinv(0.975, degrees) : INFINITY;
}

size_t mi_tiles_next_look(size_t units, size_t all)
{
    size_t next = units ? (size_t)ceil(LOOK * (double)units) : MI_UNITS_MIN;
    return next < all ? next : all;
}

/* ---- one sum ---- */

#define COLUMNS (MI_TILE_FACTORS + 1)

/* Units' means of the controls of a sum and, last, of itself: their means over all pairs taken, and
 * their products about these, each unit counted by its pairs. */
typedef struct {
    size_t n;           /* columns */
    size_t of[COLUMNS]; /* sums */
    double mean[COLUMNS], product[COLUMNS][COLUMNS];
    double pairs;
} unit_products;

static void multiply_units(unit_products *m, const sampler *p, size_t s)
{
    double z[COLUMNS];
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

/* A control that the others tell to this share of its variance tells nothing new. */
#define NOTHING_NEW 1e-8

/* Least squares of the last column on the others by elimination: slope (n-1), 0 for controls that
 * are of no use. The last product becomes the residual sum of squares. Returns how many are of use.
 */
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

/* The mean over all pairs off the diagonal, and the half-width of its interval. */
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
    double residual = fmax(0, m.product[m.n - 1][m.n - 1]) / m.pairs * units / degrees;
    double share = m.pairs / p->design.pairs;
    /* Slopes are estimated too, which costs about a unit's worth each. */
    double variance = residual / units * (1 - share) * (1 + (double)used / units);
    *half_width = mi_tiles_t95(degrees) * sqrt(variance);
    return mean;
}

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

/* The sum that is farthest from known well enough. */
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

/* Progress inside a look, of the units that seem to be needed by now. */
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

/* Every row has as many pairs in the sample: one factor brings their shares to the total. */
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
