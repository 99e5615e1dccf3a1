/* Whether a learning curve still moves, and what error more instances would leave: the row of all
 * instances beside that of half of them. */
#include "libmi/validate/enough.h"

#include <math.h>
#include <string.h>

#include "libmi/base/want.h"
#include "libmi/base/words.h"
#include "libmi/bounds/estimator.h"
#include "libmi/validate/private.h"

/* Rows of one curve agree in all that is not of the number of instances. */
static int is_same_curve(const mi_bounds_row *a, const mi_bounds_row *b)
{
    return a->alpha == b->alpha && a->n == b->n && strcmp(a->file, b->file) == 0 &&
           strcmp(a->group, b->group) == 0 && strcmp(a->kernel, b->kernel) == 0 &&
           strcmp(a->r_kind, b->r_kind) == 0 && strcmp(a->i_z1_r_by, b->i_z1_r_by) == 0 &&
           strcmp(a->preset, b->preset) == 0 && strcmp(a->estimator, b->estimator) == 0 &&
           strcmp(a->base, b->base) == 0;
}

/* Instances are the independent units; without ids, rows. */
static double units(const mi_bounds_row *r)
{
    return isnan(r->instances) ? r->n : r->instances;
}

/* The row of half the instances that belongs to row `all`; n: there is none, or it is not of all. */
static size_t find_half(const mi_bounds_row *r, size_t n, size_t all)
{
    size_t k = 0;
    if (!isnan(r[all].batch))
        return n;
    while (k < n && !(r[k].batch == floor(units(&r[all]) / 2) && is_same_curve(&r[all], &r[k])))
        k++;
    return k;
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
    mi_status status;
    MI_WANT(out && count && t, "mi_enough_of without a result or table");
    MI_WANT(level > 0 && level < 1, "level %g of intervals, wanted between 0 and 1", level);
    MI_WANT(!(wanted_error <= 0), "a wanted error of %g, wanted one above 0, or nan for none",
            wanted_error);
    *out = NULL;
    *count = 0;
    MI_TRY_GOTO(status, MI_NEW(r, t->rows + 1), done);
    MI_TRY_GOTO(status, MI_NEW(*out, t->rows + 1), done);
    MI_TRY_GOTO(status, read_rows(r, t), done);
    for (size_t k = 0; k < t->rows; k++) {
        size_t half = find_half(r, t->rows, k);
        if (half == t->rows)
            continue;
        (*out)[*count].row = k;
        take_terms(&(*out)[(*count)++], &r[k], &r[half], level, wanted_error);
    }
    status = check_curves(*out, *count, t);
done:
    mi_free(r);
    if (status != MI_OK) {
        mi_free(*out);
        *out = NULL;
    }
    return status;
}
