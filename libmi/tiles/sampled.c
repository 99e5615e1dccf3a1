/* Sums over row pairs from a sample of the tiles: the regression estimator with control variates.
 *
 * Units of the design (tiles/design.c) are drawn without replacement; the controls of a joint are
 * sums over the same pairs whose totals X_c are known exactly (the linear kernels of single variables,
 * from their duals). Over the P pairs off the diagonal the mean y_reg of a sum is regressed on them
 * (tiles/regression.c), with totals X_c - D_c there; D, the diagonal tiles, is exact:
 *
 *     T = D_y + P (y_reg -+ t sqrt v)
 *
 * The classes are masks on the same tiles, so one sample serves all joints. Looks at the intervals follow a
 * sequential stopping rule of fixed width (Chow and Robbins, 1965): it is right in the limit of narrow
 * intervals, and looks grow geometrically because testing after every unit stops too early on chance (coverage
 * 0.85 of the nominal 0.95). */
#include "libmi/tiles/sampled.h"

#include <math.h>
#include <string.h>

#include "libmi/tiles/design.h"
#include "libmi/tiles/regression.h"

#define LOOK 1.3 /* each look has 1.3 times as many units as the one before */

typedef struct {
    size_t n;
    mi_sampled_sum *sum;
    size_t n_sums;
    mi_tiles_design design;
    size_t units;                 /* done */
    double *total, *pairs;        /* (units, n_sums), (units) */
    double *diagonal;             /* (n_sums) */
    double *known;                /* (n_sums): known totals less the diagonal */
    double **diagonal_row, **row; /* (n_sums): shares of rows in both; NULL: not wanted */
    const mi_run *run;
    double needed; /* units that the last look expects to need, for the progress */
} sampler;

size_t mi_tiles_next_look(size_t units, size_t all)
{
    size_t next = units ? (size_t)ceil(LOOK * (double)units) : MI_UNITS_MIN;
    return next < all ? next : all;
}

/* ---- one sum ---- */

/* The total of a sum, and the half-width of its entropy. */
static void estimate(const sampler *p, mi_sampled_sum *sum, size_t s)
{
    const mi_tile_units u = {.units = p->units,
                             .n_sums = p->n_sums,
                             .total = p->total,
                             .pairs = p->pairs,
                             .all_pairs = p->design.pairs,
                             .known = p->known};
    double half_width = 0, off = 0;
    sum->half_width = 0;
    sum->of.total = sum->known;
    if (!isnan(sum->known))
        return;
    if (p->units)
        off = p->design.pairs * mi_tiles_regress(&u, s, sum->control, sum->n_controls, &half_width);
    sum->of.total = p->diagonal[s] + off;
    sum->half_width = mi_tiles_log_width(p->design.pairs * half_width, sum->of.total);
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
    mi_free(p->known);
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
    MI_TRY_GOTO(status, MI_NEW(p.known, n_sums), done);
    for (size_t s = 0; s < n_sums; s++)
        p.known[s] = sum[s].known - p.diagonal[s];
    MI_TRY_GOTO(status, look_until_narrow(&p), done);
    finish_rows(&p);
done:
    sampler_free(&p);
    return status;
}
