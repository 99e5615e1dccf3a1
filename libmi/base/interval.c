/* Intervals of shares (Wilson's score) and of means (Student's t). */
#include "libmi/base/interval.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "libmi/base/interval_internal.h"

void mi_wilson(double *low, double *high, double p, double n, double level)
{
    if (!low || !high)
        return;
    *low = *high = NAN;
    if (!(p >= 0 && p <= 1 && n > 0 && level > 0 && level < 1))
        return;
    double z = gsl_cdf_ugaussian_Pinv(0.5 + level / 2), z2 = z * z;
    double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
    double half = z / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n));
    *low = p > 0 ? fmax(0, centre - half) : 0;
    *high = p < 1 ? fmin(1, centre + half) : 1;
}

double mi_student(double degrees, double level)
{
    if (degrees < 1 || !(level > 0 && level < 1))
        return NAN;
    return isfinite(degrees) ? gsl_cdf_tdist_Pinv(0.5 + level / 2, degrees)
                             : gsl_cdf_ugaussian_Pinv(0.5 + level / 2);
}
