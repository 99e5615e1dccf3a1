/* sink.h - a table that is written into memory, and two sets, made by hand, to fill it with.
 *
 * uses: libmi
 */
#ifndef SINK_H
#define SINK_H

#include <stdio.h>

#include "libmi/mi.h"

typedef struct {
    char *text;
    size_t bytes;
    FILE *stream;
    mi_table_writer *w;
} sink;

void sink_open(sink *s, mi_table_format format, int digits);

/* It holds `wanted`, and is closed. */
void sink_expect(sink *s, const char *wanted);

/* Sets with attributes that are hard to write, and features of which mi_features_set gives them. */
extern const mi_set sink_set[2];
extern const mi_features *const sink_features;

/* Both, with columns file, group, their attributes, alpha and lower; to the end. */
void sink_two_sets(sink *s);

#endif
