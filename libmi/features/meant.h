/* meant.h - warnings of what a feature set was probably not meant to be.
 *
 * uses: base/want base/words data/doubt data/mat_internal data/rows data/sample_build
 *       features/features
 */
#ifndef MI_MEANT_H
#define MI_MEANT_H

#include "libmi/features/features.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a reader of a set has in hand of it; what is NULL is not looked at. */
typedef struct {
    const mi_mat *z1, *z2;          /* real rows */
    const mi_groups *symbols[MI_R]; /* z1 and z2 taken as symbols, by their member */
    const mi_groups *instance;      /* ids from a file, of integers or text */
    const mi_groups *y;
    int is_finite; /* no infinity is among the rows: they were checked */
} mi_in_hand;

/* Say by mi_warn, once a file and kind of thing: ids that are all different; instances whose rows have
 * different labels, with the mistake of layout that explains them; views no more alike than rows of
 * different instances (a sample of rows in memory); a tenth or more of the columns constant (rows in
 * memory); rows of integers that are taken as symbols and all differ; half precision that overflowed. O(n d)
 * at most; nothing is read. */
MI_API void mi_meant(mi_features *f, size_t i, const mi_in_hand *has);

/* The same of labels with their values: -1 is the only negative one. */
MI_API void mi_meant_labels(mi_features *f, size_t i, const mi_labels *y);

/* Refuse rows of z1, z2 or a target that are not finite and count those that are all zero, as
 * mi_rows_look; half precision that has infinities in most rows overflowed, which leaving rows out
 * does not mend. Errors: MI_EUSAGE for a set or member there is not; those of mi_rows_look, with
 * file, group and member in front. */
MI_API MI_CHECKED mi_status mi_meant_finite(size_t *zero, mi_features *f, size_t i, mi_member_id m,
                                            const mi_mat *x);

#ifdef __cplusplus
}
#endif
#endif
