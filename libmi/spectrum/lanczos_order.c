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

/* The matrix [l r; r u] has the eigenvalues (l + u) / 2 -+ sqrt((l - u)^2 / 4 + r^2). */
double mi_order_coupled(const mi_order *o, double l, double u, double r)
{
    double centre = 0.5 * (l + u), reach = hypot(0.5 * (l - u), r);
    return mi_order_value(o, centre + reach) + mi_order_value(o, fmax(centre - reach, o->cut)) -
           mi_order_value(o, l) - mi_order_value(o, u);
}

double mi_order_entropy(const mi_order *o, double sum)
{
    if (o->alpha == 1)
        return -sum;
    if (o->is_near_one)
        return -log1p((o->alpha - 1) * sum) / (o->alpha - 1);
    return (o->alpha * log(o->largest) + log(sum)) / (1 - o->alpha);
}
