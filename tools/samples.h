/* samples.h - the information of two sides of an array of samples, as one number.
 *
 * uses: forms, libmi       used by: mi-mutual
 */
#ifndef SAMPLES_H
#define SAMPLES_H

#include "forms.h"

/* Columns of the array: the first x are X, the next y are Y. x = 0: no such array was asked for. */
typedef struct {
    size_t x, y;
} samples_sides;

/* "DIM_X,DIM_Y" into *(samples_sides *)to. */
mi_status samples_parse(const char *text, void *to);

/* Write I(X;Y) of the array args[0], .csv, .npy and whatever else mi_foreign_open reads, or of that on
 * standard input. X is z1 and Y is z2 to the options of o. Returns the exit code. */
int samples_run(const forms_opts *o, const samples_sides *sides, int n_args, char **args);

#endif
