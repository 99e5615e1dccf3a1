/* Memory counted before it is taken. */
#include "libmi/train/net.h"
#include "libmi/train/private.h"

#include "libmi/base/status.h"
#include "libmi/base/words.h"

mi_status mi_budget_take(mi_budget *b, double bytes)
{
    if (!b)
        return MI_OK;
    b->taken += bytes;
    if (b->taken <= b->allowed)
        return MI_OK;
    return mi_fail(MI_EMEMORY,
                   "training needs %.3g MB or more, %s %.3g MB; a smaller " MI_OPTION
                   "batch, encoder or projector needs less",
                   b->taken / 1e6,
                   b->is_given ? "allowed are" : "three quarters of what is free are",
                   b->allowed / 1e6);
}
