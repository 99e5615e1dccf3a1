/* The regression estimator with control variates (Cochran, "Sampling Techniques", 1977, ch. 7).
 *
 * Units u = 1 .. m were drawn without replacement; unit u has p_u ordered pairs. y is a sum over them,
 * x_1 .. x_q controls, sums over the same pairs whose totals X_c over all P pairs are known. A bar is a
 * mean over pairs:
 *
 *     y_reg = ybar + sum_c slope_c (X_c / P - xbar_c)                       Cochran, 7.1
 *     s^2   = m / (m - 1 - q) sum_u p_u e_u^2 / sum_u p_u,  e_u residuals   mean square
 *     v     = (1 - f) s^2 / m (1 + q / m),  f = sum_u p_u / P
 *     y_reg -+ t_(m-1-q) sqrt v                                             Student's t, 95 %
 *
 * 1 - f is the finite population correction. */
#include "libmi/tiles/regression.h"

#include <math.h>
#include <string.h>

#include "libmi/base/interval_internal.h"
#include "libmi/tiles/tiles.h"

/* The upper 2.5 % point: a two-sided interval of 95 %. */
double mi_tiles_t95(double degrees)
{
    return degrees >= 1 ? mi_student(degrees, 0.95) : INFINITY;
}

double mi_tiles_log_width(double h, double total)
{
    return h / total < 1 ? -log1p(-h / total) : INFINITY;
}

#define COLUMNS (MI_TILE_FACTORS + 1)

/* First and second moments over the units of the columns (x_1 .. x_q, y): the controls of a sum
 * and, last, the sum itself. A unit's value is its mean over its pairs, and counts with the weight
 * p_u:
 *
 *     mean[c]       = sum_u total_uc / sum_u p_u
 *     product[c][k] = sum_u p_u (z_uc - mean[c]) (z_uk - mean[k]),   z_uc = total_uc / p_u
 */
typedef struct {
    size_t n;           /* columns */
    size_t of[COLUMNS]; /* sums */
    double mean[COLUMNS], product[COLUMNS][COLUMNS];
    double pairs;
} unit_products;

static void multiply_units(unit_products *m, const mi_tile_units *p, size_t s,
                           const size_t *control, size_t n_controls)
{
    double z[COLUMNS] = {0};
    *m = (unit_products){.n = n_controls + 1};
    memcpy(m->of, control, n_controls * sizeof *m->of);
    m->of[m->n - 1] = s;
    for (size_t u = 0; u < p->units; u++) {
        m->pairs += p->pairs[u];
        for (size_t c = 0; c < m->n; c++)
            m->mean[c] += p->total[u * p->n_sums + m->of[c]];
    }
    for (size_t c = 0; c < m->n; c++)
        m->mean[c] /= m->pairs;
    for (size_t u = 0; u < p->units; u++) {
        for (size_t c = 0; c < m->n; c++)
            z[c] = p->total[u * p->n_sums + m->of[c]] / p->pairs[u] - m->mean[c];
        for (size_t c = 0; c < m->n; c++)
            for (size_t k = 0; k < m->n; k++)
                m->product[c][k] += p->pairs[u] * z[c] * z[k];
    }
}

/* A control of which the others explain all but this share of its variance is collinear with them,
 * to the rounding of single-precision sums, and is left out. */
#define NOTHING_NEW 1e-8

/* Least squares of the last column on the others, by Gauss-Jordan elimination of the normal
 * equations (the sweep operator): slope (n-1), 0 for controls that are left out. What elimination
 * leaves in the last corner of the products is the residual sum of squares. Returns how many
 * controls are in. */
static size_t regress(unit_products *m, double *slope)
{
    size_t used = 0, last = m->n - 1;
    double whole[COLUMNS];
    int is_used[COLUMNS];
    for (size_t c = 0; c < last; c++)
        whole[c] = m->product[c][c];
    for (size_t c = 0; c < last; c++) {
        double pivot = m->product[c][c];
        is_used[c] = pivot > NOTHING_NEW * whole[c];
        used += (size_t)is_used[c];
        for (size_t i = 0; is_used[c] && i < m->n; i++) {
            double factor = i == c ? 0 : m->product[i][c] / pivot;
            for (size_t k = 0; k < m->n; k++)
                m->product[i][k] -= factor * m->product[c][k];
        }
    }
    for (size_t c = 0; c < last; c++)
        slope[c] = is_used[c] ? m->product[c][last] / m->product[c][c] : 0;
    return used;
}

double mi_tiles_regress(const mi_tile_units *u, size_t s, const size_t *control, size_t n_controls,
                        double *half_width)
{
    unit_products m;
    double slope[COLUMNS], units = (double)u->units;
    multiply_units(&m, u, s, control, n_controls);
    double mean = m.mean[m.n - 1];
    *half_width = 0;
    if (m.pairs >= u->all_pairs)
        return mean;
    size_t used = regress(&m, slope);
    for (size_t c = 0; c + 1 < m.n; c++)
        mean += slope[c] * (u->known[m.of[c]] / u->all_pairs - m.mean[c]);
    double degrees = units - 1 - (double)used;
    if (degrees < 1) {
        *half_width = INFINITY;
        return mean;
    }
    /* s^2: the weighted mean square of the residuals, times m / (m - 1 - q) */
    double residual = fmax(0, m.product[m.n - 1][m.n - 1]) / m.pairs * units / degrees;
    double share = m.pairs / u->all_pairs;
    /* Estimated slopes add variance of the order s^2 / m^2 each: a factor of about 1 + q / m. */
    double variance = residual / units * (1 - share) * (1 + (double)used / units);
    *half_width = mi_tiles_t95(degrees) * sqrt(variance);
    return mean;
}
