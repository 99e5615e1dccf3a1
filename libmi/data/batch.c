/* Batches of instances: order (as they come, or shuffled), cut into equal numbers, their rows laid
 * out in a list. */
#include "libmi/data/batch.h"

#include <string.h>

#include "libmi/base/rng.h"
#include "libmi/base/words.h"
#include "libmi/data/groups_internal.h"

static mi_status instance_order(size_t *order, size_t n, const unsigned long *seed)
{
    gsl_rng *rng;
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    if (!seed)
        return MI_OK;
    MI_TRY(mi_rng_new(&rng, *seed, MI_STREAM_BATCH));
    mi_rng_permutation(rng, order, n);
    gsl_rng_free(rng);
    return MI_OK;
}

static void lay_out(mi_batches *b, const mi_group_rows *list, const size_t *order, size_t size)
{
    size_t used = 0;
    for (size_t k = 0; k < b->count; k++) {
        for (size_t c = k * size; c < (k + 1) * size; c++) {
            size_t start = list->start[order[c]], rows = list->start[order[c] + 1] - start;
            memcpy(b->row + used, list->member + start, rows * sizeof *b->row);
            used += rows;
        }
        b->start[k + 1] = used;
    }
}

mi_status mi_batches_make(mi_batches *out, const mi_groups *instance, size_t size,
                          const unsigned long *seed)
{
    mi_group_rows list = {0};
    size_t *order = NULL;
    mi_status status;
    *out = (mi_batches){.count = instance->g / size};
    if (out->count == 0)
        return mi_fail(MI_EDATA,
                       "a batch of %zu is larger than the %zu instances there are; try " MI_OPTION
                       "batch %zu or less",
                       size, instance->g, instance->g);
    MI_TRY_GOTO(status, MI_NEW_RAW(order, instance->g), done);
    MI_TRY_GOTO(status, instance_order(order, instance->g, seed), done);
    MI_TRY_GOTO(status, mi_groups_list(&list, instance), done);
    MI_TRY_GOTO(status, MI_NEW(out->start, out->count + 1), done);
    MI_TRY_GOTO(status, MI_NEW(out->row, instance->n), done);
    lay_out(out, &list, order, size);
    for (size_t k = 0; k < out->count; k++)
        if (out->start[k + 1] - out->start[k] < 2)
            status =
                mi_fail(MI_EDATA, "a batch of %zu instances has one row, wanted 2 or more", size);
done:
    mi_free(order);
    mi_group_rows_free(&list);
    if (status != MI_OK)
        mi_batches_free(out);
    return status;
}

void mi_batches_free(mi_batches *b)
{
    mi_free(b->start);
    mi_free(b->row);
    *b = (mi_batches){0};
}
