/* sample_build.h - what makers of samples share: how much may stay in memory, and the last steps.
 *
 * uses: data/sample
 */
#ifndef MI_SAMPLE_BUILD_H
#define MI_SAMPLE_BUILD_H

#include "libmi/data/sample.h"

/* A status, with the member's name in front of the detail of a failure. */
mi_status mi_name_member(mi_status status, mi_member_id m);

/* Bytes that features may take of the memory allowed; the rest is for the computation. */
size_t mi_sample_share(size_t memory_bytes);

/* The last steps of a sample whose columns are there: leave out rows that are all zero under a linear
 * kernel, or refuse them; resolve bandwidths; let R be the Z2 row of the next view; without
 * instances every row is its own. Errors: MI_EDATA, naming the member and its row; those of reading. */
mi_status mi_sample_finish(mi_sample *s, const mi_sample_opts *o);

#endif
