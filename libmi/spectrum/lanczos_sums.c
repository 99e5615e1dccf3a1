/* S_a and its half-width from the sum over eigenvalues, to which each block has added its part
 * (lanczos_complement.c). */
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "libmi/spectrum/private.h"

/* Rounding of sums that are in double precision, in nats. */
#define ROUNDING 1e-7

/* l_max over blocks and exact eigenvalues, and the residual of the pair that has it. */
static double largest_of(const mi_block_spectrum *block, size_t n_blocks, const double *exact,
                         size_t n_exact, double *residual)
{
    double largest = 0;
    *residual = 0;
    for (size_t b = 0; b < n_blocks; b++) {
        if (block[b].ritz.largest > largest) {
            largest = block[b].ritz.largest;
            *residual = block[b].ritz.largest_residual;
        }
    }
    for (size_t k = 0; k < n_exact; k++) {
        if (exact[k] > largest) {
            largest = exact[k];
            *residual = 0;
        }
    }
    return largest;
}

/* Half-width from the spread over probes, t sqrt(V). Blocks are independent, V = sum V_b with nu_b
 * degrees of freedom each; those of V are V^2 / sum (V_b^2 / nu_b) (Satterthwaite, Biometrics 2
 * (1946) 110). */
static double spread_of(const mi_sum_estimate *e)
{
    double degrees = e->variance * e->variance / e->fourth;
    return e->fourth > 0 ? gsl_cdf_tdist_Pinv(0.975, degrees) * sqrt(e->variance) : 0;
}

/* The largest part of the half-width decides whether more probes, more steps, or neither would
 * help. */
static mi_lanczos_open most_of(double spread, const mi_sum_estimate *e)
{
    if (e->slack >= spread && e->slack >= e->bracket)
        return MI_LANCZOS_NOTHING;
    return spread > e->bracket ? MI_LANCZOS_PROBES_TOO_FEW : MI_LANCZOS_STEPS;
}

/* S_a is monotone in F, of which sum -+ width maps to an interval of S_a; its wider side counts. Whatever
 * F is,
 *
 *     0 <= S <= log n
 *     F >= 1 where f = (l / l_max)^a
 *     -a log l_max - log n <= (a - 1) S <= -a log l_max    at a > 1, l_max known to `residual`
 *
 * so that the largest eigenvalue alone bounds the error at orders at which powers of l overflow. */
static double half_width_of(const mi_order *o, double sum, double width, double residual, size_t n)
{
    double log_n = log((double)n), s = mi_order_entropy(o, sum);
    double least = o->is_near_one ? -INFINITY : 1, most = fmax(s, log_n - s);
    double up = mi_order_entropy(o, sum + width);
    double down = mi_order_entropy(o, fmax(sum - width, least));
    if (o->alpha > 1)
        most = fmin(most, (o->alpha * log1p(residual / o->largest) + log_n) / (o->alpha - 1));
    return isfinite(up) && isfinite(down) ? fmin(most, fmax(fabs(up - s), fabs(down - s))) : most;
}

/* F = sum over exact eigenvalues + over blocks; its half-width is spread + bracket + slack (the
 * parts are not independent, so they add). Order infinity needs l_max alone, and an eigenvalue
 * lies within the residual of a Ritz value: -log l_max has the half-width log(1 + r / l_max). */
void mi_lanczos_sum(double *s, double *half_width, mi_lanczos_open *open, double alpha,
                    const mi_block_spectrum *block, size_t n_blocks, const double *exact,
                    size_t n_exact, size_t n)
{
    double residual, largest = largest_of(block, n_blocks, exact, n_exact, &residual);
    const mi_order o = mi_order_of(alpha, largest);
    mi_sum_estimate e = {.sum = 0};
    *open = MI_LANCZOS_NOTHING;
    if (isinf(alpha)) {
        *s = -log(largest) + 0.0;
        *half_width = log1p(residual / largest) + ROUNDING;
        return;
    }
    for (size_t k = 0; k < n_exact; k++)
        e.sum += mi_order_value(&o, exact[k]);
    for (size_t b = 0; b < n_blocks; b++)
        mi_estimate_add_block(&e, &o, &block[b]);
    double spread = spread_of(&e);
    *s = mi_order_entropy(&o, e.sum) + 0.0;
    *half_width = half_width_of(&o, e.sum, spread + e.bracket + e.slack, residual, n) + ROUNDING;
    *open = most_of(spread, &e);
}

/* Deflated values, and nodes with their weights, mean over probes: sum |l| over l below the cut of their block. */
double mi_lanczos_zeroed(const mi_block_spectrum *block, size_t n_blocks)
{
    double mass = 0;
    for (size_t b = 0; b < n_blocks; b++) {
        const mi_quadrature *q = &block[b].probe;
        double cut = block[b].ritz.rounding.norm;
        for (size_t k = 0; k < block[b].ritz.count; k++)
            if (block[b].ritz.value[k] < cut)
                mass += fabs(block[b].ritz.value[k]);
        for (size_t k = 0; k < q->probes * q->nodes; k++)
            if (q->rule[MI_RULE_GAUSS].x[k] < cut)
                mass += q->rule[MI_RULE_GAUSS].w[k] * fabs(q->rule[MI_RULE_GAUSS].x[k]) /
                        (double)q->probes;
    }
    return mass;
}
