/* kernel_internal.h - rows of a variable as its kernel sees them.
 *
 * uses: data/kernel
 */
#ifndef MI_KERNEL_INTERNAL_H
#define MI_KERNEL_INTERNAL_H

#include "libmi/data/kernel.h"

int mi_var_is_real(const mi_var *v);

/* Rows row[0..m) of a real variable, (m,d) in double precision: x_i / |x_i| under the linear
 * kernel, x_i less the column means under the gaussian one. row NULL: rows 0..m. Errors: MI_ENOMEM
 * and those of reading, for rows that are not in memory. */
MI_CHECKED mi_status mi_var_rows_f64(const mi_var *v, const size_t *row, size_t m, double *out);

#endif
