/* The batches of a sample one after the other, a share of them on each rank: what means over batches
 * and jackknife samples are made of. */
#include "libmi/base/pool.h"
#include "libmi/bounds/private.h"
#include "libmi/data/sample_build.h"

mi_status mi_each_part(const mi_sample *s, const mi_batches *parts, const mi_run *run,
                       mi_part_fn *fn, void *arg, mi_comm **comm)
{
    mi_share share = mi_share_out(run, parts->count);
    mi_status status = MI_OK;
    *comm = share.comm;
    for (size_t k = share.first; status == MI_OK && k < parts->count; k += share.step) {
        const size_t *row = parts->row + parts->start[k];
        mi_sample part;
        MI_TRY(mi_sample_gather(&part, s, row, parts->start[k + 1] - parts->start[k]));
        status = fn(arg, k, &part, row, &share.run);
        mi_sample_free(&part);
    }
    return status;
}
