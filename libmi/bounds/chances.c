/* Chance levels of the informations beside I(Z1;Z2), by re-pairing: those of which a bound is made. */
#include <math.h>

#include "libmi/base/number.h"
#include "libmi/bounds/pairing.h"
#include "libmi/bounds/private.h"

/* A loss in place of I(Z1;R), and a value that is not there, have none. */
static int has_chance(const mi_bounds_opts *o, const mi_bounds_once_result *r, mi_term t)
{
    return t != MI_I_Z1_Z2 && mi_term_is_information(t) && !mi_term_is_apart(o, t) &&
           !isnan(r->value[t]);
}

static mi_status chance_of(mi_bounds_once_result *r, mi_null *null, mi_term t, const mi_var *var,
                           const mi_sample *s, const mi_bounds_opts *o, const mi_run *run)
{
    const mi_permute_opts how = {.count = o->permutations, .estimator = o->estimator};
    const mi_term_rule *rule = mi_term_rule_of(t, o->preset);
    const mi_expression pair = {.part = {rule->a, rule->b}, .n_parts = 2};
    double unit = mi_entropy_unit(o->base);
    MI_TRY(mi_permutation_null(null, &pair, var, MI_BOUNDS_VARS, &s->instance.groups, o->alpha,
                               o->n_alpha, &how, run));
    for (size_t a = 0; a < o->n_alpha; a++)
        r[a].chance[t] = mi_null_in(&null[a], unit);
    return MI_OK;
}

mi_status mi_chances_of_others(mi_bounds_once_result *r, const mi_sample *s,
                               const mi_bounds_opts *o, const mi_run *run)
{
    mi_var var[MI_BOUNDS_VARS] = {0};
    mi_null *null;
    unsigned there;
    if (!o->permutations)
        return MI_OK;
    MI_TRY(MI_NEW(null, o->n_alpha));
    mi_status status = mi_bounds_vars(var, &there, s);
    for (mi_term t = 0; status == MI_OK && t < MI_TERMS; t++)
        if (has_chance(o, r, t))
            status = chance_of(r, null, t, var, s, o, run);
    for (size_t k = 0; k < MI_BOUNDS_VARS; k++)
        mi_var_free(&var[k]);
    mi_free(null);
    return status;
}
