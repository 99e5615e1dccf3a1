/* InfoNCE from a sample of the negatives: expansion estimates of row sums, delete-a-group
 * jackknife.
 *
 * Instances are kept together, so that all positives of row i, p_i, are in its diagonal tile, which
 * is done exactly (with part of its negatives: D_i). Of its other negatives, in the B-1 other
 * blocks, m units hold those of 2 m blocks, with the sum O_i:
 *
 *     L^ = mean_i [ log(D_i + O_i (B-1) / (2m)) - log p_i ]
 *
 * log is concave, so L^ is too small on the average, by about half the relative variance of each
 * sum. The units fall into R = 16 replicates (groups); with L_r from all but replicate r and f = m
 * / M the share of units taken (1 - f: finite population correction),
 *
 *     bias    = (1-f) (R-1) (mean_r L_r - L^)             Quenouille, Biometrika 43 (1956) 353
 *     L       = L^ - bias
 *     se^2    = (1-f) (R-1)/R sum_r (L_r - mean L_r)^2    Shao and Tu (1995)
 *     half-width = t_(R-1) se + |bias|
 *
 * and looks follow the sequential stopping rule of tiles/sampled.c. */
#include <math.h>

#include "libmi/bounds/private.h"
#include "libmi/entropy/route.h"
#include "libmi/tiles/design.h"
#include "libmi/tiles/regression.h"
#include "libmi/tiles/sampled.h"

/* Parts of the sample that the jackknife leaves out in turn. */
#define REPLICATES 16

typedef struct {
    mi_tiles_design design;
    const mi_var *z;
    const mi_groups *instance;
    double temperature;
    double *all, *positive;   /* (n) sums inside the diagonal tiles: all positives are there */
    double *off[REPLICATES];  /* (n) sums over each replicate's units */
    size_t units[REPLICATES]; /* of each */
    double *total, *pairs;    /* of units, not looked at */
    size_t done;
    const mi_run *run;
} infonce;

/* Positives must fit a block; then where the route was asked for, or a tolerance is given and the
 * sample is cheaper than all tiles. */
int mi_infonce_is_sampled(const mi_groups *instance, const mi_run *run)
{
    double n = (double)instance->n;
    mi_shape shape = {.n = instance->n, .d = 1, .pairs = n * n, .wants_rows = 1};
    for (size_t c = 0; c < instance->g; c++)
        if (instance->count[c] > MI_TOGETHER_MAX)
            return 0;
    if (run->route == MI_ROUTE_SAMPLE)
        return 1;
    return run->tolerance > 0 && mi_cost_sample(&shape) < mi_cost_tiles(&shape);
}

/* The next look's units, an equal share to each replicate: every replicate has units of every look,
 * so that they are exchangeable. */
static mi_status take_units(infonce *f)
{
    size_t until = mi_tiles_next_look(f->done, f->design.units);
    mi_run quiet = *f->run;
    quiet.progress = NULL;
    MI_TRY(mi_realloc(&f->total, 2 * (until - f->done), sizeof *f->total));
    MI_TRY(mi_realloc(&f->pairs, until - f->done, sizeof *f->pairs));
    for (size_t k = 0, start = f->done; k < REPLICATES; k++) {
        size_t end = start + (k + 1) * (until - start) / REPLICATES;
        double *row[2] = {f->off[k], NULL};
        MI_TRY(mi_tiles_design_units(&f->design, f->done, end - f->done, f->total, f->pairs, row,
                                     &quiet));
        f->units[k] += end - f->done;
        f->done = end;
    }
    return MI_OK;
}

/* Expansion estimator of a row's sum over the B-1 other blocks, from `units` units, each of which
 * holds two of them: sum (B-1) / (2 units). */
static double scaled(const infonce *f, double sum, size_t units)
{
    return units ? sum * ((double)f->design.blocks - 1) / (2 * (double)units) : 0;
}

/* Add log(D_i + expansion of O_i) - log p_i to loss[0], and the same without each replicate to
 * loss[1 + k]. A row whose positives vanish in floats is computed from all pairs in double
 * precision, in all of them. */
static mi_status add_row(double *loss, const infonce *f, size_t i)
{
    double sum = 0;
    mi_log_sums plain;
    if (f->positive[i] < MI_SMALLEST_SUM) {
        MI_TRY(mi_log_sums_of_row(&plain, f->z, f->instance, i, f->temperature));
        for (size_t k = 0; k <= REPLICATES; k++)
            loss[k] += plain.all - plain.positive;
        return MI_OK;
    }
    for (size_t k = 0; k < REPLICATES; k++)
        sum += f->off[k][i];
    loss[0] += log(f->all[i] + scaled(f, sum, f->done)) - log(f->positive[i]);
    for (size_t k = 0; k < REPLICATES; k++)
        loss[1 + k] += log(f->all[i] + scaled(f, sum - f->off[k][i], f->done - f->units[k])) -
                       log(f->positive[i]);
    return MI_OK;
}

/* The loss and its half-width from the units taken so far: L and the last line above. */
static mi_status jackknife(const infonce *f, double *loss, double *half_width)
{
    double without[1 + REPLICATES] = {0}, mean = 0, spread = 0, k = REPLICATES;
    double left = 1 - (f->done ? (double)f->done / (double)f->design.units : 1);
    for (size_t i = 0; i < f->z->n; i++)
        MI_TRY(add_row(without, f, i));
    for (size_t r = 0; r <= REPLICATES; r++)
        without[r] /= (double)f->z->n;
    for (size_t r = 1; r <= REPLICATES; r++)
        mean += without[r] / k;
    for (size_t r = 1; r <= REPLICATES; r++)
        spread += (without[r] - mean) * (without[r] - mean);
    double bias = left > 0 ? left * (k - 1) * (mean - without[0]) : 0;
    *loss = without[0] - bias;
    *half_width =
        left > 0 ? mi_tiles_t95(k - 1) * sqrt(left * spread * (k - 1) / k) + fabs(bias) : 0;
    return MI_OK;
}

/* Sequential stopping at the first look whose half-width is at most the tolerance. */
static mi_status look_until_narrow(infonce *f, double *loss, double *half_width)
{
    double wanted = f->run->tolerance;
    do {
        MI_TRY(take_units(f));
        MI_TRY(jackknife(f, loss, half_width));
        if (f->run->estimate)
            f->run->estimate(f->run->progress_arg, *loss, *half_width);
        if (f->run->progress && wanted > 0)
            f->run->progress(f->run->progress_arg, fmin(1, pow(wanted / *half_width, 2)));
    } while (f->done < f->design.units && wanted > 0 && *half_width > wanted);
    return MI_OK;
}

/* Instances are kept together (mi_tiles_design_init, `together`), and every unit has every row
 * (wants_rows); the diagonal gives D_i (all) and p_i (positive). */
static mi_status infonce_init(infonce *f, const mi_tile_factor *factor)
{
    mi_tile_sum sum[2] = {{.factors = 1}, {.factors = 1, .group = f->instance->code}};
    double unused[2], *row[2];
    mi_run quiet = *f->run;
    quiet.progress = NULL;
    MI_TRY(mi_tiles_design_init(&f->design, f->z->n, factor, 1, sum, 2, f->instance, 1, f->run));
    MI_TRY(MI_NEW(f->all, f->z->n));
    MI_TRY(MI_NEW(f->positive, f->z->n));
    for (size_t k = 0; k < REPLICATES; k++)
        MI_TRY(MI_NEW(f->off[k], f->z->n));
    row[0] = f->all;
    row[1] = f->positive;
    return mi_tiles_design_diagonal(&f->design, unused, row, &quiet);
}

mi_status mi_infonce_sampled(double *loss, double *half_width, const mi_tile_factor *factor,
                             const mi_var *z, const mi_groups *instance, double temperature,
                             const mi_run *run)
{
    infonce f = {.z = z, .instance = instance, .temperature = temperature, .run = run};
    mi_status status;
    MI_TRY_GOTO(status, infonce_init(&f, factor), done);
    status = look_until_narrow(&f, loss, half_width);
done:
    mi_tiles_design_free(&f.design);
    mi_free(f.all);
    mi_free(f.positive);
    mi_free(f.total);
    mi_free(f.pairs);
    for (size_t k = 0; k < REPLICATES; k++)
        mi_free(f.off[k]);
    return status;
}
