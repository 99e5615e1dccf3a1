/* Whether a learning curve still moves, and what error more instances would leave: the row of all
 * instances beside that of half of them. */
#include "libmi/validate/enough.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/want.h"
#include "libmi/base/words.h"
#include "libmi/bounds/estimator.h"
#include "libmi/validate/private.h"

/* < 0, 0, > 0. Rows of one curve agree in all that is not of the number of instances. */
static int compare_curves(const mi_bounds_row *a, const mi_bounds_row *b)
{
    const char *const text[][2] = {{a->file, b->file},           {a->group, b->group},
                                   {a->kernel, b->kernel},       {a->r_kind, b->r_kind},
                                   {a->i_z1_r_by, b->i_z1_r_by}, {a->preset, b->preset},
                                   {a->estimator, b->estimator}, {a->base, b->base}};
    int order = (a->alpha > b->alpha) - (a->alpha < b->alpha);
    if (order == 0)
        order = (a->n > b->n) - (a->n < b->n);
    for (size_t k = 0; order == 0 && k < sizeof text / sizeof *text; k++)
        order = strcmp(text[k][0], text[k][1]);
    return order;
}

/* Instances are the independent units; without ids, rows. */
static double units(const mi_bounds_row *r)
{
    return isnan(r->instances) ? r->n : r->instances;
}

/* ---- rows of half the instances ---- */

/* In the order of their curves, of a curve by size of batch, and as they stand in the table. */
static int compare_batches(const void *left, const void *right)
{
    const mi_bounds_row *a = *(const mi_bounds_row *const *)left;
    const mi_bounds_row *b = *(const mi_bounds_row *const *)right;
    int order = compare_curves(a, b);
    if (order == 0)
        order = (a->batch > b->batch) - (a->batch < b->batch);
    return order ? order : (a > b) - (a < b);
}

/* batched: the rows of r (rows) that are of batches, sorted; *count of them. A row whose order or size is no number is
 * of no curve. */
static void sort_batched(const mi_bounds_row **batched, size_t *count, const mi_bounds_row *r,
                         size_t rows)
{
    *count = 0;
    for (size_t k = 0; k < rows; k++)
        if (!isnan(r[k].batch) && !isnan(r[k].alpha) && !isnan(r[k].n))
            batched[(*count)++] = &r[k];
    qsort(batched, *count, sizeof *batched, compare_batches);
}

/* The first row of half the instances that belongs to row `all`; NULL: there is none, or it is not of all. */
static const mi_bounds_row *find_half(const mi_bounds_row *const *batched, size_t count,
                                      const mi_bounds_row *all)
{
    double half = floor(units(all) / 2);
    size_t low = 0, high = count;
    if (!isnan(all->batch) || isnan(all->alpha) || isnan(all->n) || isnan(half))
        return NULL;
    while (low < high) {
        size_t k = low + (high - low) / 2;
        int order = compare_curves(batched[k], all);
        if (order < 0 || (order == 0 && batched[k]->batch < half))
            low = k + 1;
        else
            high = k;
    }
    return low < count && batched[low]->batch == half && compare_curves(batched[low], all) == 0
               ? batched[low]
               : NULL;
}

/* ---- what it says ---- */

static mi_enough_term term_of(mi_term t, const mi_bounds_row *all, const mi_bounds_row *half,
                              double level, double wanted)
{
    double width = mi_t_factor(level, all->degrees) * all->se[t];
    mi_enough_term e = {
        .term = t, .value = all->value[t], .se = all->se[t], .half = half->value[t]};
    e.change = e.value - e.half;
    e.lo = e.change - width;
    e.hi = e.change + width;
    e.is_within = fabs(e.change) <= width;
    e.se_2 = e.se / sqrt(2);
    e.se_4 = e.se / 2;
    e.for_wanted = ceil(units(all) * pow(e.se / wanted, 2));
    return e;
}

static void take_terms(mi_enough *out, const mi_bounds_row *all, const mi_bounds_row *half,
                       double level, double wanted)
{
    out->instances = units(all);
    out->degrees = all->degrees;
    for (mi_term t = 0; t < MI_TERMS; t++)
        if (t != MI_I_Z1_Z2_NULL && isfinite(all->se[t]) && isfinite(half->value[t]))
            out->term[out->count++] = term_of(t, all, half, level, wanted);
}

/* r (rows): all of them, with the terms that the table has. */
static mi_status read_rows(mi_bounds_row *r, const mi_table *t)
{
    int decomposed = mi_table_has(t, mi_term_name(MI_FIRST_DECOMPOSED)) >= 0;
    for (size_t k = 0; k < t->rows; k++)
        MI_TRY(mi_bounds_row_read(&r[k], t, k, decomposed ? MI_TERMS : MI_FIRST_DECOMPOSED));
    return MI_OK;
}

static mi_status check_curves(const mi_enough *out, size_t count, const mi_table *t)
{
    if (count == 0)
        return mi_fail(
            MI_EDATA,
            "%s: no learning curve, wanted rows of half the instances and of all; " MI_TOOL
            "bounds " MI_OPTION "se " MI_OPTION "learning-curve writes them",
            t->source);
    for (size_t k = 0; k < count; k++)
        if (out[k].count == 0)
            return mi_fail(
                MI_EDATA,
                "%s: line %zu: no standard errors, which a change is measured by; " MI_TOOL
                "bounds " MI_OPTION "se adds them",
                t->from[out[k].row], t->line[out[k].row]);
    return MI_OK;
}

mi_status mi_enough_of(mi_enough **out, size_t *count, const mi_table *t, double level,
                       double wanted_error)
{
    mi_bounds_row *r = NULL;
    const mi_bounds_row **batched = NULL;
    size_t n_batched;
    mi_status status;
    MI_WANT(out && count && t, "mi_enough_of without a result or table");
    MI_WANT(level > 0 && level < 1, "level %g of intervals, wanted between 0 and 1", level);
    MI_WANT(!(wanted_error <= 0), "a wanted error of %g, wanted one above 0, or nan for none",
            wanted_error);
    *out = NULL;
    *count = 0;
    MI_TRY_GOTO(status, MI_NEW(r, t->rows + 1), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(batched, t->rows + 1), done);
    MI_TRY_GOTO(status, MI_NEW(*out, t->rows + 1), done);
    MI_TRY_GOTO(status, read_rows(r, t), done);
    sort_batched(batched, &n_batched, r, t->rows);
    for (size_t k = 0; k < t->rows; k++) {
        const mi_bounds_row *half = find_half(batched, n_batched, &r[k]);
        if (!half)
            continue;
        (*out)[*count].row = k;
        take_terms(&(*out)[(*count)++], &r[k], half, level, wanted_error);
    }
    status = check_curves(*out, *count, t);
done:
    mi_free(batched);
    mi_free(r);
    if (status != MI_OK) {
        mi_free(*out);
        *out = NULL;
    }
    return status;
}
