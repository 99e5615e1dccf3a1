/* mat_internal.h - rows of matrices, in memory or read when they are wanted: gathered, widened, block by block.
 *
 * uses: data/mat
 */
#ifndef MI_MAT_INTERNAL_H
#define MI_MAT_INTERNAL_H

#include <stdatomic.h>

#include "libmi/data/mat.h"

struct mi_row_source {
    /* n rows from `first` on into to (n,d), ld = d, of the matrix's type. Threads may ask at the
     * same time. */
    mi_status (*read)(mi_row_source *s, size_t first, size_t n, void *to);
    void (*free)(mi_row_source *s);
    size_t granule;   /* rows that are best read together: those of a chunk, 1 or more */
    atomic_int users; /* matrices that have it; threads pick rows of one at the same time */
};

/* What a function is given as a matrix: rows in memory or a source of them, one or more, of one or
 * more columns, which lie within a row. O(1). Errors: MI_EUSAGE. */
MI_CHECKED mi_status mi_mat_check(const mi_mat *m);

/* One element of a matrix in memory, whatever the type: for tests and messages, not for loops. */
double mi_mat_get(const mi_mat *m, size_t row, size_t column);

/* Copy rows row[0..n) of m, wherever they are, into a new matrix in memory of the same type. Rows
 * of a source are read in their order there. O(n d). Free with mi_mat_free. */
MI_CHECKED mi_status mi_mat_gather(mi_mat *out, const mi_mat *m, const size_t *row, size_t n);

/* The matrix of rows row[0..n) of m: a copy where m is in memory; where it is not, one whose rows
 * are read from m's source, so that it needs O(n) memory. Free with mi_mat_free, before or after m.
 */
MI_CHECKED mi_status mi_mat_pick(mi_mat *out, const mi_mat *m, const size_t *row, size_t n);

/* out (n,d), ld = d: rows row[0..n) (NULL: rows 0..n) of a matrix in memory in double precision,
 * each less offset[column] (NULL: 0), and that times its scale[row] (NULL: 1). O(n d). */
void mi_mat_rows_f64(double *out, const mi_mat *m, const size_t *row, size_t n, const double *scale,
                     const double *offset);

/* The same of rows that may not be in memory. Errors: MI_ENOMEM and those of reading. */
MI_CHECKED mi_status mi_mat_read_f64(double *out, const mi_mat *m, const size_t *row, size_t n,
                                     const double *scale, const double *offset);

/* mean (d): that of the rows of a matrix in memory, each times its scale[row] (NULL: 1). rest (d): that of what
 * they are less `mean`, its rounding, which would else stand in every row that it is taken out of: of rows
 * far from 0 the larger part of how they differ. row (d) is scratch. O(n d). */
void mi_mat_mean_f64(double *mean, double *rest, double *row, const mi_mat *m, const double *scale);

/* What mi_rows_check_squares (rows.h) says of numbers of which the largest has this size. */
MI_CHECKED mi_status mi_squares_check(double largest);

/* Takes rows first .. first+block->n of a matrix, in memory. */
typedef mi_status mi_mat_block_fn(void *arg, const mi_mat *block, size_t first);

/* Hand rows from .. from+n of m to `fn` in order: at once where they are in memory, else in blocks
 * of a few megabytes. O(n d). Errors: MI_ENOMEM and those of reading and of `fn`. */
MI_CHECKED mi_status mi_mat_each_block(const mi_mat *m, size_t from, size_t n, mi_mat_block_fn *fn,
                                       void *arg);

#endif
