/* ridge.h - accuracy of a linear classifier in closed form: quick enough for every checkpoint of a
 * training.
 *
 * uses: base/blas base/pool base/run data/mat; cblas lapacke
 */
#ifndef MI_RIDGE_H
#define MI_RIDGE_H

#include <stdint.h>

#include "libmi/base/run.h"
#include "libmi/data/mat.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Ridge regression of one-hot labels on rows (Hoerl and Kennard, Technometrics 12 (1970) 55): with F
 * (n,d+1) the rows of x over their norms and a column of ones, Y (n,classes) one-hot,
 *
 *     W = (F'F + c n/(d+1) I)^-1 F'Y,  c = 1e-3;   a row's class is the largest of f W
 *
 * *accuracy: the share of rows of x_test (m,d) whose class is y_test. x, x_test in memory, of either
 * type; an all-zero row stays zero. y (n), y_test (m): 0 .. classes-1. O((n + m) d^2 + d^3) time,
 * O(d^2) memory. Errors: MI_EUSAGE for shapes and labels that cannot be, MI_ELIBRARY, MI_ENOMEM. */
MI_API MI_CHECKED mi_status mi_ridge_accuracy(double *accuracy, const mi_mat *x, const int64_t *y,
                                              const mi_mat *x_test, const int64_t *y_test,
                                              size_t classes, const mi_run *run);

#ifdef __cplusplus
}
#endif
#endif
