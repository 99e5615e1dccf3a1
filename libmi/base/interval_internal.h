/* interval_internal.h - what the library says to itself about intervals.
 *
 * uses: nothing
 */
#ifndef MI_INTERVAL_INTERNAL_H
#define MI_INTERVAL_INTERNAL_H

/* Half-width of the interval at `level` of an estimate with standard error 1: the quantile of
 * Student's t with these degrees of freedom, of the normal distribution where they are nan (not
 * known) or infinite; nan for less than 1. */
double mi_student(double degrees, double level);

#endif
