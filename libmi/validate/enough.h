/* enough.h - were there instances enough? What a learning curve says of each term.
 *
 * uses: base/want base/words bounds/bounds bounds/estimator table/table
 *
 * A matrix entropy of n instances has a bias that falls with n, and an error that falls as 1/sqrt(n).
 * A learning curve has the terms of half the instances (the mean of two halves, which are all the
 * instances again) beside those of all:
 *
 *     change       = value of all - value of half        most of it is bias, which both do not share
 *     within error   where |change| is at most t se, the half-width of the interval of the value: it
 *                    cannot be told from 0. That does not show that the value has converged: a bias of
 *                    order 1/n has as much before it still as from half to all
 *     se at k n    = se / sqrt(k)
 *     n for error E = n (se / E)^2
 *
 * The last two say what the error would be, not what the value would be.
 */
#ifndef MI_ENOUGH_H
#define MI_ENOUGH_H

#include <stdio.h>

#include "libmi/bounds/bounds.h"
#include "libmi/table/table.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    mi_term term;
    double value, se;  /* of all instances */
    double half;       /* the value of half of them */
    double change;     /* value - half */
    double lo, hi;     /* change -/+ t se */
    int is_within;     /* 0 lies between them */
    double se_2, se_4; /* to be expected of two and four times the instances */
    double for_wanted; /* instances that the wanted error takes; nan: none was wanted */
} mi_enough_term;

/* One learning curve: a set at an order, under one choice of settings. */
typedef struct {
    size_t row;       /* of all instances, in the table */
    double instances; /* that there were */
    double degrees;   /* of freedom of se */
    mi_enough_term term[MI_TERMS];
    size_t
        count; /* terms that have a standard error; the chance level, which is bias alone, is left
                     out */
} mi_enough;

/* out (*count): every learning curve of a table of mi-bounds, in the order of its rows. level: of the
 * intervals, Student's t. wanted_error: a standard error, above 0; nan: none is wanted.
 * O(rows log rows). Errors: MI_EUSAGE for a level outside (0,1) or an error not above 0; MI_EDATA for a
 * table without a learning curve or without standard errors, naming the options that make them, and for a
 * cell that is no number; MI_ENOMEM. Free with mi_free. */
MI_API MI_CHECKED mi_status mi_enough_of(mi_enough **out, size_t *count, const mi_table *t,
                                         double level, double wanted_error);

/* The report of one curve for a person: heading, a line a term, what it means last. */
MI_API void mi_enough_put(FILE *stream, const mi_table *t, const mi_enough *e, double level,
                          double wanted_error);

/* Its last line alone, without the line end: which terms change by more than their error, and what to do. */
MI_API void mi_enough_conclude(FILE *stream, const mi_enough *e);

#ifdef __cplusplus
}
#endif
#endif
