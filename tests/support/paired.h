/* paired.h - two samples of the same instances, as two checkpoints of one data set are; and how often
 * the intervals of their difference cover. */
#ifndef PAIRED_H
#define PAIRED_H

#include "draw.h"

/* Instances of two views, both samples with the same ids, labels and Z1 but for a little noise, their
 * Z2 the same features with different weights beside noise of their own. R is the id. Free both with
 * mi_sample_free. */
void draw_pair(mi_sample *a, mi_sample *b, size_t instances);

typedef struct {
    double paired, unpaired; /* shares of draws whose interval covers the mean difference */
    double ratio;            /* mean paired error over the standard deviation of the difference */
} paired_coverage;

/* The difference of I(Z1;Z2) at an order, of `draws` pairs: influences at order 2, the jackknife of
 * 50 groups elsewhere. */
paired_coverage cover_pairs(double alpha, size_t draws, size_t instances);

#endif
