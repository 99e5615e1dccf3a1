/* running.h - means and standard errors of numbers that come one after the other. Private.
 *
 * uses: nothing
 */
#ifndef MI_RUNNING_H
#define MI_RUNNING_H

#include <stddef.h>

/* Numbers added up about the first of them, so that squares keep their digits. Starts as {0}. A nan
 * goes through. */
typedef struct {
    double first, sum, square;
    size_t count;
} mi_running;

void mi_running_add(mi_running *m, double value);
double mi_running_mean(const mi_running *m);
/* Standard errors: of the mean of values that are independent (batches); of what the values of a
 * jackknife are of. nan for fewer than two. */
double mi_running_error_of_mean(const mi_running *m);
double mi_running_error_by_jackknife(const mi_running *m);

#endif
