/* What to do about a bound that fails or is undecided: said by the conclusion, by mi-report and, in the
 * same words, by the guide. */
#include <string.h>

#include "libmi/base/words.h"
#include "libmi/validate/private.h"

#define CENTRE "centre the features (" MI_TOOL "transform " MI_OPTION "center z1,z2)"

void mi_advise(char *to, size_t bytes, mi_advice a)
{
    if (!to || !bytes)
        return;
    *to = 0;
    switch (a) {
    case MI_ADVICE_MORE:
        mi_format(to, bytes, "measure more instances: four times as many halve the interval");
        break;
    case MI_ADVICE_NEXT_VIEW:
        mi_format(to, bytes, "R is an id here: try " MI_OPTION "r positive, the next view");
        break;
    case MI_ADVICE_R_OF_Z2:
        mi_format(to, bytes,
                  "R is an id here, which stands before Z1 and not behind Z2: try an R that is "
                  "made from Z2 (" MI_OPTION "r positive, where instances have two views)");
        break;
    case MI_ADVICE_CENTRE:
        mi_format(to, bytes, CENTRE " and look again");
        break;
    case MI_ADVICE_CENTRE_OR_ORDER:
        mi_format(to, bytes, CENTRE ", then try order 1 (" MI_OPTION "alpha 1), and look again");
        break;
    case MI_ADVICE_ORDER:
        mi_format(to, bytes, "try order 1 (" MI_OPTION "alpha 1), where it is a theorem");
        break;
    case MI_ADVICES:
        break;
    }
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
