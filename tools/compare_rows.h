/* compare_rows.h - mi-compare: the rows of two feature sets.
 *
 * uses: bounds_options, libmi      used by: mi-compare
 */
#ifndef COMPARE_ROWS_H
#define COMPARE_ROWS_H

#include "bounds_options.h"

typedef struct {
    estimate_opts estimate;
    mi_bounds_opts bounds;
    const char *terms, *of; /* as given; NULL */
    int normalize, all_pairs;
    double level;
    unsigned char wanted[MI_BOUNDS_NUMBERS]; /* which of the bounds' numbers have rows */
    int has_terms;                           /* some of them have */
    mi_forms forms;                          /* none without --of */
} compare_opts;

/* Two sets under one of the kernels, in batches of one size. */
typedef struct {
    mi_table_writer *table;
    const compare_opts *o;
    const mi_set *set[2];
    mi_matched matched;
    size_t batch;
    const mi_run *run;
} compare_pair;

mi_status compare_columns(mi_table_writer *w);

/* Every term and expression at every order, in batches of every size. */
mi_status compare_rows(compare_pair *p);

#endif
