/* pairs.h - the correlations of mi-corr: pairs of columns of a table, within groups of rows.
 *
 * uses: tool, libmi        used by: mi-corr mi-report
 */
#ifndef PAIRS_H
#define PAIRS_H

#include "libmi/mi.h"

typedef struct {
    const char *x, *y, *by,
        *given; /* lists of columns; x NULL: those that tools are known to write */
    int has_intervals;
    int is_brief; /* intervals by Fisher's transformation alone, p of the correlation `rank` alone */
    int is_ranked; /* ordered by the size of the correlation `rank`, else as given */
    mi_correlation rank;
    mi_correlate_opts how; /* permutations 0: no p-values */
} pairs_opts;

typedef struct {
    size_t *index; /* (count) columns of the table */
    size_t count;
} pairs_columns;

/* A pair of columns within a group, and what came out. */
typedef struct {
    size_t x, y, group;   /* columns of the table; group of rows */
    size_t n, rank;       /* rank 1: the strongest; 0: none */
    size_t order;         /* before ranking */
    const char *constant; /* a column that is the same at all points, or NULL */
    struct {
        double r, p;
        mi_interval fisher, bca;
    } of[MI_CORRELATIONS];
} pairs_result;

typedef struct {
    const pairs_opts *o;
    const mi_table *table;
    pairs_columns x, y, by, given;
    mi_table_levels groups; /* rows that are alike in the columns `by` */
    size_t *start, *row;    /* (groups+1), (rows) rows of each group: row[start[g]] .. */
    char **group_name;      /* (groups) "dataset=cifar10,method=simclr"; NULL without `by` */
    pairs_result *result;   /* by group, y, then x */
    size_t count;
} pairs;

/* Every pair in every group; says on standard error why a correlation is nan, and when rows of
 * different settings are mixed. Errors: MI_EDATA (a column is not there or is text, no pair has
 * enough points), MI_EUSAGE, MI_ENOMEM. Free with pairs_free. */
mi_status pairs_correlate(pairs *out, const mi_table *t, const pairs_opts *o);
void pairs_free(pairs *p);

#endif
