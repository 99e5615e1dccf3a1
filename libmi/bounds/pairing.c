/* Re-pairings drawn from a seed, and the permutation test of any statistic:
 *
 *     p = (1 + #{T(pi) >= T}) / (P + 1)
 *
 * which never rejects too often (Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010) 39), if T(pi) = T is not
 * taken for less where its sums were added up in another order. */
#include "libmi/bounds/pairing.h"

#include <gsl/gsl_randist.h>
#include <math.h>

#include "libmi/base/rng.h"

mi_status mi_pairings_init(mi_pairings *p, const mi_groups *instance, int rows_move_freely)
{
    *p = (mi_pairings){.n = instance->n,
                       .views = rows_move_freely ? 0 : mi_groups_equal_count(instance)};
    return mi_groups_list(&p->rows, instance);
}

void mi_pairings_free(mi_pairings *p)
{
    mi_group_rows_free(&p->rows);
}

/* With v rows in every instance, instances are permuted and the views inside each. Two instances of two
 * views:
 *
 *     member     0 1 | 2 3        order[] = 1 0, view[] = 1 0, then 0 1
 *     to         3 2 | 0 1
 */
static mi_status move_instances(size_t *to, const mi_pairings *p, gsl_rng *rng)
{
    size_t *order = NULL, *view = NULL, v = p->views;
    mi_status status = MI_NEW_RAW(order, p->rows.g);
    if (status == MI_OK)
        status = MI_NEW_RAW(view, v);
    if (status == MI_OK)
        mi_rng_permutation(rng, order, p->rows.g);
    for (size_t c = 0; status == MI_OK && c < p->rows.g; c++) {
        mi_rng_permutation(rng, view, v);
        for (size_t k = 0; k < v; k++)
            to[p->rows.member[c * v + k]] = p->rows.member[order[c] * v + view[k]];
    }
    mi_free(order);
    mi_free(view);
    return status;
}

mi_status mi_pairing_draw(size_t *to, const mi_pairings *p, size_t number, unsigned long seed)
{
    gsl_rng *rng;
    mi_status status = MI_OK;
    for (size_t i = 0; i < p->n; i++)
        to[i] = i;
    if (number == 0)
        return MI_OK;
    MI_TRY(mi_rng_new(&rng, seed, MI_STREAM_PAIRING + number));
    if (p->views)
        status = move_instances(to, p, rng);
    else
        gsl_ran_shuffle(rng, to, p->n, sizeof *to);
    gsl_rng_free(rng);
    return status;
}

mi_null mi_null_in(const mi_null *null, double unit)
{
    return (mi_null){.observed = unit * null->observed,
                     .mean = unit * null->mean,
                     .sd = unit * null->sd,
                     .p = null->p};
}

mi_null mi_null_of(const double *value, size_t stride, size_t count, double round_off)
{
    double p = (double)count, square = 0;
    size_t as_large = 0;
    mi_null out = {.observed = value[0]};
    double least = out.observed - round_off * fmax(1, fabs(out.observed));
    for (size_t k = 1; k <= count; k++) {
        out.mean += value[k * stride] / p;
        as_large += value[k * stride] >= least;
    }
    for (size_t k = 1; k <= count; k++)
        square += pow(value[k * stride] - out.mean, 2);
    out.sd = sqrt(square / (p - 1));
    out.p = (1 + (double)as_large) / (p + 1);
    return out;
}
