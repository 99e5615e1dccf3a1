/* What a kernel is of two rows.
 *
 *     linear      K_ij = c_ij = <x_i,x_j> / (|x_i| |x_j|)
 *     polynomial  K_ij = ((c_ij + C) / (1 + C))^P: the polynomial kernel of rows of length 1, over its
 *                 diagonal (Schoelkopf and Smola, Learning with Kernels (2002), sec. 2.3)
 *     gaussian    K_ij = exp(-|x_i - x_j|^2 / (2 S^2))
 *     laplacian   K_ij = exp(-|x_i - x_j| / S), the exponential kernel of Euclidean distances (Genton,
 *                 J. Mach. Learn. Res. 2 (2001) 299)
 *     precomputed K_ij = x_ij / sqrt(x_ii x_jj), x a Gram matrix: the cosines of rows that have its
 *                 entries as inner products (gram_rows.h)
 *     delta       K_ij = 1 where x_i = x_j, else 0
 *
 *     S a list    K is the mean of the kernels of each bandwidth: a sum of infinitely divisible kernels of one
 *                 diagonal is a kernel again (multi-bandwidth kernels as in Li, Swersky and Zemel, ICML 2015)
 *
 *     S by rule   bandwidth.c
 *
 * All have a diagonal of 1, so that A = K / n has trace 1. */
#include "libmi/data/kernel.h"

#include <gsl/gsl_math.h>
#include <math.h>

#include "libmi/base/leaf.h"
#include "libmi/base/want.h"
#include "libmi/data/kernel_internal.h"

mi_status mi_kernel_check(const mi_kernel *k)
{
    MI_WANT(k, "no kernel");
    MI_WANT((unsigned)k->kind <= MI_KERNEL_DELTA, "kernel %d, wanted one of mi_kernel_kind",
            (int)k->kind);
    MI_WANT(k->kind != MI_KERNEL_POLYNOMIAL || (k->degree >= 1 && k->degree <= MI_DEGREE_MAX &&
                                                k->offset >= 0 && k->offset < INFINITY),
            "a polynomial kernel of degree %u and offset %g, wanted 1 to %d, and a number from 0",
            k->degree, k->offset, MI_DEGREE_MAX);
    if (!mi_kernel_is_of_distance(k->kind))
        return MI_OK;
    MI_WANT((unsigned)k->rule <= MI_BANDWIDTH_HALF_D,
            "a kernel of distances by rule %d, wanted one of mi_bandwidth_rule", (int)k->rule);
    MI_WANT(k->n_scales <= MI_BANDWIDTHS, "a kernel of %u bandwidths, wanted at most %d",
            k->n_scales, MI_BANDWIDTHS);
    MI_WANT(k->rule != MI_BANDWIDTH_NUMBER || mi_is_bandwidth(mi_kernel_odd_bandwidth(k)),
            "a kernel of distances of bandwidth %g, wanted %g to %g or a rule",
            mi_kernel_odd_bandwidth(k), MI_BANDWIDTH_LEAST, MI_BANDWIDTH_MOST);
    MI_WANT(k->rule != MI_BANDWIDTH_QUANTILE || (k->quantile > 0 && k->quantile < 1),
            "a bandwidth by quantile %g, wanted above 0 and below 1", k->quantile);
    return MI_OK;
}

int mi_is_bandwidth(double s)
{
    return s >= MI_BANDWIDTH_LEAST && s <= MI_BANDWIDTH_MOST;
}

unsigned mi_kernel_bandwidths(const mi_kernel *k)
{
    return k->n_scales ? k->n_scales : 1;
}

double mi_kernel_bandwidth(const mi_kernel *k, unsigned at)
{
    return k->n_scales ? k->bandwidth * k->scale[at] : k->bandwidth;
}

double mi_kernel_odd_bandwidth(const mi_kernel *k)
{
    unsigned at = 0;
    while (at + 1 < mi_kernel_bandwidths(k) && mi_is_bandwidth(mi_kernel_bandwidth(k, at)))
        at++;
    return mi_kernel_bandwidth(k, at);
}

int mi_kernel_is_of_distance(mi_kernel_kind kind)
{
    return kind == MI_KERNEL_GAUSSIAN || kind == MI_KERNEL_LAPLACIAN;
}

int mi_kernel_is_linear(mi_kernel_kind kind)
{
    return kind == MI_KERNEL_LINEAR || kind == MI_KERNEL_PRECOMPUTED;
}

int mi_kernel_is_of_cosine(mi_kernel_kind kind)
{
    return mi_kernel_is_linear(kind) || kind == MI_KERNEL_POLYNOMIAL;
}

double mi_kernel_of_cosine(const mi_kernel *k, double cosine)
{
    if (mi_kernel_is_linear(k->kind))
        return cosine;
    return gsl_pow_uint((cosine + k->offset) / (1 + k->offset), k->degree);
}

double mi_kernel_of_square(const mi_kernel *k, double distance2)
{
    double sum = 0;
    for (unsigned at = 0; at < mi_kernel_bandwidths(k); at++) {
        double s = mi_kernel_bandwidth(k, at);
        sum += k->kind == MI_KERNEL_GAUSSIAN ? exp(-0.5 * distance2 / (s * s))
                                             : exp(-sqrt(distance2) / s);
    }
    return sum / mi_kernel_bandwidths(k);
}

double mi_square_apart(const double *a, const double *b, size_t d, double a2, double b2,
                       double product)
{
    double square = a2 + b2 - 2 * product;
    return square > 1e-6 * (a2 + b2) ? square : mi_leaf_distance2(d, a, b);
}

double mi_kernel_narrowest(const mi_kernel *k)
{
    double least = INFINITY;
    for (unsigned at = 0; at < mi_kernel_bandwidths(k); at++)
        least = fmin(least, mi_kernel_bandwidth(k, at));
    return least;
}

mi_leaf_rates mi_kernel_rates(const mi_kernel *k, int power)
{
    double narrowest = mi_kernel_narrowest(k);
    mi_leaf_rates r = {.count = mi_kernel_bandwidths(k), .power = power};
    for (unsigned at = 0; at < r.count; at++) {
        double ratio = narrowest / mi_kernel_bandwidth(k, at);
        r.rate[at] = (float)((k->kind == MI_KERNEL_GAUSSIAN ? ratio * ratio : ratio) / power);
    }
    return r;
}
