#include "libmi/base/running.h"

#include <math.h>

void mi_running_add(mi_running *m, double value)
{
    m->first = m->count++ ? m->first : value;
    m->sum += value - m->first;
    m->square += (value - m->first) * (value - m->first);
}

double mi_running_mean(const mi_running *m)
{
    return m->first + m->sum / (double)m->count;
}

/* sum of squared deviations from the mean, sum d^2 - (sum d)^2 / k; fmax(0, nan) is 0, so the last
 * term brings a nan through. */
static double spread(const mi_running *m)
{
    return fmax(0, m->square - m->sum * m->sum / (double)m->count) + 0 * m->sum;
}

double mi_running_error_of_mean(const mi_running *m)
{
    double k = (double)m->count;
    return k > 1 ? sqrt(spread(m) / (k * (k - 1))) : NAN;
}

double mi_running_error_by_jackknife(const mi_running *m)
{
    double k = (double)m->count;
    return k > 1 ? sqrt((k - 1) / k * spread(m)) : NAN;
}
