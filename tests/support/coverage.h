/* coverage.h - do 95 % intervals cover? Seeded draws from one population, for a small test and a
 * full benchmark. */
#ifndef COVERAGE_H
#define COVERAGE_H

#include "draw.h"

typedef struct {
    double
        by_instance; /* share of draws whose interval covers the mean of the estimator at this n */
    double
        by_row; /* the same when rows are taken as independent, which they are not; estimator v */
} coverage;

/* I(Z1;Z2) at an order, `draws` draws of `instances` instances with two correlated views each:
 * influences at order 2, the jackknife elsewhere. */
coverage cover(double alpha, mi_estimator e, size_t draws, size_t instances);

/* share (MI_READINGS): the same of each reading of z1:z2 by mi_measure; nan for one that has none. */
void cover_readings(double *share, double alpha, size_t draws, size_t instances);

/* share (n_alpha): the same of z1:z2 at several orders at once, of instances with so many correlated
 * views under a kernel. */
void cover_orders(double *share, const double *alpha, size_t n_alpha, size_t draws,
                  size_t instances, size_t views, mi_kernel kernel);

/* The same of instances that are drawn, with all their views, from those of a real set, under its
 * kernels. */
void cover_real(double *share, const double *alpha, size_t n_alpha, size_t draws, size_t instances,
                const mi_sample *population);

#endif
