/* One order of an entropy: S_a as a function of the sum of f over the eigenvalues, sum l = 1.
 *
 *     order           f(l)                     S_a from F = sum f(l)
 *     a = 1           l log l                  -F
 *     |a - 1| < 0.5   (l^a - l) / (a - 1)      -log1p((a-1) F) / (a-1)         keeps digits
 *     other           (l / l_max)^a            (a log l_max + log F) / (1-a)   cannot overflow
 *
 * f is 0 below the cut, where an eigenvalue cannot be told from 0. */
#include <math.h>

#include "libmi/spectrum/private.h"

mi_order mi_order_of(double alpha, double largest)
{
    return (mi_order){.alpha = alpha, .largest = largest, .is_near_one = fabs(alpha - 1) < 0.5};
}

double mi_order_value(const mi_order *o, double l)
{
    if (!(l >= o->cut))
        return 0;
    if (o->alpha == 1)
        return l * log(l);
    if (o->is_near_one)
        return l * expm1((o->alpha - 1) * log(l)) / (o->alpha - 1);
    return pow(l / o->largest, o->alpha);
}

double mi_order_slope(const mi_order *o, double l)
{
    if (!(l >= o->cut))
        return 0;
    if (o->alpha == 1)
        return log(l) + 1;
    if (o->is_near_one)
        return (o->alpha * pow(l, o->alpha - 1) - 1) / (o->alpha - 1);
    return o->alpha / o->largest * pow(l / o->largest, o->alpha - 1);
}

/* Divided difference of the slope, (f'(l) - f'(u)) / (l - u), 0 < u < l. A coupling r between a
 * deflated pair at l and an eigenvalue at u, the matrix [l r; r u], moves both eigenvalues by r^2 /
 * (l - u), apart, and so sum f by r^2 times this, to second order. f'(l) is, up to constants that
 * cancel,
 *
 *     log l                     a = 1
 *     a l^(a-1) / (a-1)         near 1
 *     (a / l_max) (l / l_max)^(a-1)
 */
double mi_order_curvature(const mi_order *o, double l, double u)
{
    double slope =
        o->alpha * (pow(l / o->largest, o->alpha - 1) - pow(u / o->largest, o->alpha - 1));
    if (o->alpha == 1)
        slope = log(l / u);
    else if (o->is_near_one)
        slope *= pow(o->largest, o->alpha - 1) / (o->alpha - 1);
    else
        slope /= o->largest;
    return slope / (l - u);
}

double mi_order_entropy(const mi_order *o, double sum)
{
    if (o->alpha == 1)
        return -sum;
    if (o->is_near_one)
        return -log1p((o->alpha - 1) * sum) / (o->alpha - 1);
    return (o->alpha * log(o->largest) + log(sum)) / (1 - o->alpha);
}
