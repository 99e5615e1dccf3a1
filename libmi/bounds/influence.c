#include "libmi/bounds/influence.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

const char *mi_estimator_name(mi_estimator e)
{
    static const char *const name[] = {"v", "u", "c"};
    return name[e];
}

/* Of v rows in an instance, and n in all: pairs with their first row inside, and inside pairs, that
 * are kept. */
static void kept_pairs(mi_estimator e, double n, double v, double *first, double *both)
{
    *first = e == MI_ESTIMATOR_V ? n * v : e == MI_ESTIMATOR_U ? (n - 1) * v : (n - v) * v;
    *both = e == MI_ESTIMATOR_V ? v * v : e == MI_ESTIMATOR_U ? (v - 1) * v : 0;
}

/* The same for sums of values; a self pair's value is 1. */
static void kept_values(mi_estimator e, double row, double inside, double v, double *first,
                        double *both)
{
    *first = e == MI_ESTIMATOR_V ? row : e == MI_ESTIMATOR_U ? row - v : row - inside;
    *both = e == MI_ESTIMATOR_V ? inside : e == MI_ESTIMATOR_U ? inside - v : 0;
}

/* Sums that cancel to round-off, of single precision where they come from tiles, are no pairs at
 * all (an instance id under estimator c). */
#define NOTHING_LEFT 1e-6

double mi_influence(double *psi, const double *row, const double *inside, const mi_groups *instance,
                    mi_estimator e)
{
    size_t g = instance->g;
    double n = (double)instance->n, total = 0, pairs = 0, all = 0, mean = 0, first, both;
    memset(psi, 0, g * sizeof *psi);
    for (size_t i = 0; i < instance->n; i++)
        psi[instance->code[i]] += row[i];
    for (size_t c = 0; c < g; c++) {
        double v = (double)instance->count[c];
        all += psi[c];
        kept_values(e, psi[c], inside[c], v, &first, &both);
        total += first;
        kept_pairs(e, n, v, &first, &both);
        pairs += first;
    }
    if (!(total > NOTHING_LEFT * all)) {
        for (size_t c = 0; c < g; c++)
            psi[c] = NAN;
        return NAN;
    }
    for (size_t c = 0; c < g; c++) {
        double v = (double)instance->count[c], number, number_inside;
        kept_values(e, psi[c], inside[c], v, &first, &both);
        kept_pairs(e, n, v, &number, &number_inside);
        psi[c] = -((2 * first - both) / total - (2 * number - number_inside) / pairs);
        mean += psi[c] / (double)g;
    }
    for (size_t c = 0; c < g; c++)
        psi[c] -= mean;
    return log(pairs) - log(total);
}

double mi_standard_error(const double *psi, size_t g)
{
    double sum = 0;
    for (size_t c = 0; c < g; c++)
        sum += psi[c] * psi[c];
    return sqrt(sum * (double)g / ((double)g - 1));
}

double mi_t_factor(double level, double degrees)
{
    return degrees >= 1 ? gsl_cdf_tdist_Pinv(0.5 + 0.5 * level, degrees) : NAN;
}
