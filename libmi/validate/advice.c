/* What to do about a bound that fails or is undecided: said by the conclusion, by mi-report and, in the
 * same words, by the guide. */
#include <string.h>

#include "libmi/base/words.h"
#include "libmi/validate/private.h"

#define CENTRE "centre the features (" MI_TOOL "transform " MI_OPTION "center z1,z2)"

static const char *const advice[MI_ADVICES] = {
    [MI_ADVICE_MORE] = "measure more instances: four times as many halve the interval",
    [MI_ADVICE_NEXT_VIEW] = "R is an id here: try " MI_OPTION "r positive, the next view",
    [MI_ADVICE_R_OF_Z2] =
        "R is an id here, which stands before Z1 and not behind Z2: try an R that is made from "
        "Z2 (" MI_OPTION "r positive, where instances have two views)",
    [MI_ADVICE_CENTRE] = CENTRE " and look again",
    [MI_ADVICE_CENTRE_OR_ORDER] =
        CENTRE ", then try order 1 (" MI_OPTION "alpha 1), and look again",
    [MI_ADVICE_ORDER] = "try order 1 (" MI_OPTION "alpha 1), where it is a theorem",
};

void mi_advise(char *to, size_t bytes, mi_advice a)
{
    if (to && bytes && (unsigned)a < MI_ADVICES)
        mi_format(to, bytes, advice[a]);
}

mi_advice mi_advice_of(const mi_validation *v)
{
    const mi_bounds_row *r = &v->row;
    mi_verdict lower = v->check[MI_CHECK_LOWER].verdict, upper = v->check[MI_CHECK_UPPER].verdict;
    int is_id = strcmp(r->r_kind, "id") == 0, has_views = r->n >= 2 * r->instances;
    if (lower == MI_VERDICT_FAILS)
        return is_id           ? has_views ? MI_ADVICE_NEXT_VIEW : MI_ADVICE_R_OF_Z2
               : r->alpha == 1 ? MI_ADVICE_CENTRE
                               : MI_ADVICE_CENTRE_OR_ORDER;
    if (upper == MI_VERDICT_FAILS)
        return r->alpha == 1 ? MI_ADVICES : MI_ADVICE_ORDER;
    return v->verdict == MI_VERDICT_UNDECIDED ? MI_ADVICE_MORE : MI_ADVICES;
}
