/* align_rows.h - mi-align: the rows of two sets of features.
 *
 * uses: align_sets, libmi          used by: mi-align
 */
#ifndef ALIGN_ROWS_H
#define ALIGN_ROWS_H

#include "align_sets.h"

enum { ALIGN_MOST_PAIRS = 32 }; /* of variables */

typedef struct {
    mi_member_id x, y;
} align_variables;

typedef struct {
    estimate_opts estimate;
    estimate_errors errors;
    mi_align_opts align;
    const char *of; /* as given; NULL */
    int all_pairs;
    int by_class;
    align_variables pair[ALIGN_MOST_PAIRS];
    size_t pairs;
} align_opts;

/* Two sets under one of the kernels. */
typedef struct {
    mi_table_writer *table;
    const align_opts *o;
    size_t kernel;
    align_set *set[2];
    const mi_sample *sample[2]; /* the rows that are matched */
    int is_whole;               /* they are all of the set's, in their order */
    size_t instances[2];
    const char *class; /* of whose rows it is; NULL: all */
    int *has_warned_of_chance;
} align_pair;

mi_status align_columns(mi_table_writer *w, const align_opts *o);

/* Every pair of variables at every order: of all rows and, if asked for, of each class. */
mi_status align_rows(const align_pair *p);

#endif
