/* sample_read.h - a feature set of a file as a sample: the door from HDF5 to the mathematics.
 *
 * uses: base/want base/words data/groups_internal data/mat_internal data/sample
 *       data/sample_build features/features features/meant
 */
#ifndef MI_SAMPLE_READ_H
#define MI_SAMPLE_READ_H

#include "libmi/data/sample.h"
#include "libmi/features/features.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Read the members `members` (bits) of set i that are there, resolve kernels and bandwidths, build
 * R, drop zero rows. Errors: MI_EUSAGE for a set or member there is not, options that cannot be;
 * those of mi_features_read; MI_EDATA with file, group, dataset and row for values that are not
 * finite, all-zero rows under a linear kernel, an id with one view where R is the positive, a zero
 * bandwidth, fewer than two rows left. Nothing is left to free after a failure. Free with
 * mi_sample_free, before f is closed. */
MI_API MI_CHECKED mi_status mi_sample_load(mi_sample *out, mi_features *f, size_t i,
                                           unsigned members, const mi_sample_opts *o);

/* The same in two steps, for several kernels of one set in one reading. mi_sample_read reads what
 * any of the n options needs, which agree in all but kernels: for mi_sample_make and
 * mi_sample_free alone. mi_sample_make makes the sample of set i under one of them; it borrows
 * from what was read, but for rows that were dropped or grouped. Errors of both together: those of
 * mi_sample_load. Nothing is left to free after a failure. Free both with mi_sample_free, what was
 * read last. */
MI_API MI_CHECKED mi_status mi_sample_read(mi_sample *out, mi_features *f, size_t i,
                                           unsigned members, const mi_sample_opts *o, size_t n);
MI_API MI_CHECKED mi_status mi_sample_make(mi_sample *out, const mi_sample *read, mi_features *f,
                                           size_t i, const mi_sample_opts *o);

/* Whether members of set i have the shapes that their kernels want: a precomputed one is square. O(1).
 * Errors: MI_EDATA naming file, group and member; MI_EUSAGE. */
MI_API MI_CHECKED mi_status mi_sample_shapes(const mi_features *f, size_t i, unsigned members,
                                             const mi_sample_opts *o);

#ifdef __cplusplus
}
#endif
#endif
