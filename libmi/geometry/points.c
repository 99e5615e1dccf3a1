/* Points drawn independently: of each instance the first row, of equal ones the first. */
#include <math.h>

#include "libmi/base/mem.h"
#include "libmi/base/rng.h"
#include "libmi/data/mat_internal.h"
#include "libmi/geometry/private.h"
#include "libmi/neighbours/neighbours.h"

enum {
    SAMPLE = 10000,               /* points that ask where not all do */
    WIDEST = 1 << MI_GRIDE_SCALES /* the largest scale */
};

/* Rows of the points into row (g of instance); how many. */
static mi_status choose_points(size_t *row, size_t *count, const mi_groups *instance,
                               const mi_groups *equal)
{
    unsigned char *is_there;
    *count = 0;
    MI_TRY(MI_NEW(is_there, equal->g));
    for (size_t c = 0; c < instance->g; c++) {
        size_t first = instance->first[c];
        if (!is_there[equal->code[first]])
            row[(*count)++] = first;
        is_there[equal->code[first]] = 1;
    }
    mi_free(is_there);
    return MI_OK;
}

/* ---- neighbours ---- */

/* Points that ask: SAMPLE of them, or NULL, all. */
static mi_status choose_askers(size_t **ask, size_t *m, size_t points, const mi_run *run)
{
    gsl_rng *rng;
    *ask = NULL;
    *m = points;
    if (!(run->tolerance > 0) || points <= MI_GEOMETRY_EXACT)
        return MI_OK;
    MI_TRY(MI_NEW_RAW(*ask, points));
    MI_TRY(mi_rng_new(&rng, run->seed, MI_STREAM_TILES));
    mi_rng_permutation(rng, *ask, points);
    gsl_rng_free(rng);
    *m = SAMPLE;
    return MI_OK;
}

static mi_status find(mi_near_points *p, size_t **ask, const mi_mat *x, size_t k, const mi_run *run)
{
    mi_neighbours_opts o;
    size_t most = k > WIDEST ? k : WIDEST;
    mi_neighbours_opts_default(&o);
    *p = (mi_near_points){.points = x->n};
    p->k = o.k = most < x->n ? most : x->n - 1;
    MI_TRY(choose_askers(ask, &p->m, x->n, run));
    p->ask = o.ask = *ask;
    o.m = p->m;
    MI_TRY(MI_NEW_RAW(p->index, p->m * p->k));
    MI_TRY(MI_NEW_RAW(p->distance, p->m * p->k));
    return mi_neighbours(p->index, p->distance, x, &o, run);
}

/* ---- numbers ---- */

static mi_status numbers_of(mi_geometry *out, const mi_mat *x, const mi_geometry_opts *o,
                            const mi_run *run)
{
    mi_near_points p = {.points = 0};
    size_t *ask = NULL;
    mi_status status = find(&p, &ask, x, o->k, run);
    out->asked = p.m;
    if (status == MI_OK)
        status = mi_dimensions(out->value, out->se, &p, o->k);
    for (int v = MI_HUBNESS; v < MI_GEOMETRY_NUMBERS; v++) {
        out->se[v] = o->se ? out->se[v] : NAN;
        out->degrees[v] = (double)p.m - 1;
    }
    mi_free(ask);
    mi_free(p.index);
    mi_free(p.distance);
    return status;
}

mi_status mi_geometry_points(mi_geometry *out, const mi_mat *x, const mi_groups *instance,
                             const mi_groups *equal, const mi_geometry_opts *o, const mi_run *run)
{
    mi_mat picked = {0};
    size_t *row;
    MI_TRY(MI_NEW_RAW(row, instance->g));
    mi_status status = choose_points(row, &out->points, instance, equal);
    out->equal_points = instance->g - out->points;
    if (status == MI_OK && out->points < x->n)
        status = mi_mat_pick(&picked, x, row, out->points);
    mi_free(row);
    if (status == MI_OK && out->points > 2)
        status = numbers_of(out, out->points < x->n ? &picked : x, o, run);
    mi_mat_free(&picked);
    return status;
}
