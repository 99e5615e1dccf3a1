/* batch.h - batches of instances, with all their rows.
 *
 * uses: base/rng base/words data/groups data/groups_internal
 */
#ifndef MI_BATCH_H
#define MI_BATCH_H

#include "libmi/data/groups.h"

/* Batch k has rows row[start[k]] .. row[start[k+1]-1]. */
typedef struct {
    size_t count;
    size_t *start; /* (count+1) */
    size_t *row;
} mi_batches;

/* Cut the instances into batches of `size` of them; the last partial batch is dropped. Instances
 * stand in order of first appearance, or shuffled by *seed where seed is not NULL; the rows of one
 * in row order. O(n). Errors: MI_EDATA when there are fewer instances than `size` or it leaves a
 * batch with one row; MI_ENOMEM. Free with mi_batches_free. */
MI_CHECKED mi_status mi_batches_make(mi_batches *out, const mi_groups *instance, size_t size,
                                     const unsigned long *seed);
void mi_batches_free(mi_batches *b);

#endif
