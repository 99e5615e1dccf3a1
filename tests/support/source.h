/* source.h - matrices whose rows are handed out one reading at a time, as if they were in a file.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdatomic.h>

#include "draw.h"

/* Readings from now on: how many there were, how many rows, and which one fails (0: none). */
extern atomic_size_t source_readings, source_rows, source_fails_at;

/* The matrix moves behind a source with chunks of `granule` rows. */
void source_take(mi_mat *m, size_t granule);

/* A copy of a sample with its real features behind sources, as mi_sample_load leaves them when so
 * many bytes are too few. Free with mi_sample_free. */
void source_sample(mi_sample *out, const mi_sample *s, size_t memory_bytes);

#endif
