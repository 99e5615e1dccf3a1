/* sample_build.h - what makers of samples share: how much may stay in memory, rows left out, R built.
 *
 * uses: data/sample
 */
#ifndef MI_SAMPLE_BUILD_H
#define MI_SAMPLE_BUILD_H

#include "libmi/data/sample.h"

/* Bytes that features may take of the memory allowed; the rest is for the computation. */
size_t mi_sample_share(size_t memory_bytes);

/* Leave out rows that are all zero under a linear kernel. Errors: MI_EDATA when fewer than two are
 * left, those of reading. */
mi_status mi_sample_drop_zero_rows(mi_sample *s);

/* R becomes the Z2 row of the next view. Errors: MI_EDATA where there is none. */
mi_status mi_sample_build_positive(mi_sample *s);

#endif
