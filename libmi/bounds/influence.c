/* Standard errors at order 2: influence functions of S = -log(T / M) over instances.
 *
 * T = sum of K_ij^2 over the M kept pairs is a quadratic form in instance weights; its derivative
 * by the weight of instance c counts pairs with their first or their second row in c, those inside
 * c once:
 *
 *     dT/dw_c = 2 row_c - inside_c,   dM/dw_c = 2 m_c - e_c,
 *     psi_c   = dS/dw_c = -[(2 row_c - inside_c) / T - (2 m_c - e_c) / M],
 *
 * the influence function (Hampel, J. Am. Stat. Assoc. 69 (1974) 383). Pairs kept of v rows in an
 * instance, n in all:
 *
 *     estimator            first row in c    both rows in c    sums of values
 *     v  all               n v               v^2               row, inside
 *     u  no self pairs     (n-1) v           (v-1) v           row - v, inside - v
 *     c  other instances   (n-v) v           0                 row - inside, 0
 *
 * Of weighted rows, under estimator v, the v of an instance is the sum of their weights: the products w_i w_j
 * of its pairs with all rows add up to n v.
 */
#include "libmi/bounds/influence.h"

#include <math.h>
#include <string.h>

#include "libmi/base/interval_internal.h"
#include "libmi/base/name.h"
#include "libmi/bounds/estimator.h"

static const char *const estimators[MI_ESTIMATORS] = {"v", "u", "c"};

const char *mi_estimator_name(mi_estimator e)
{
    return (unsigned)e < MI_ESTIMATORS ? estimators[e] : "?";
}

mi_status mi_estimator_parse(mi_estimator *out, const char *text)
{
    unsigned k = 0;
    MI_TRY(mi_name_find(&k, estimators, MI_ESTIMATORS, text));
    *out = (mi_estimator)k;
    return MI_OK;
}

const char *mi_se_by_name(mi_se_by by)
{
    static const char *const name[MI_SE_WAYS] = {"none", "influence", "jackknife", "batches"};
    return (unsigned)by < MI_SE_WAYS ? name[by] : "?";
}

/* m_c (first) and e_c (both) of the table above. */
static void kept_pairs(mi_estimator e, double n, double v, double *first, double *both)
{
    *first = e == MI_ESTIMATOR_V ? n * v : e == MI_ESTIMATOR_U ? (n - 1) * v : (n - v) * v;
    *both = e == MI_ESTIMATOR_V ? v * v : e == MI_ESTIMATOR_U ? (v - 1) * v : 0;
}

/* row_c (first) and inside_c (both); a self pair has the value 1. */
static void kept_values(mi_estimator e, double row, double inside, double v, double *first,
                        double *both)
{
    *first = e == MI_ESTIMATOR_V ? row : e == MI_ESTIMATOR_U ? row - v : row - inside;
    *both = e == MI_ESTIMATOR_V ? inside : e == MI_ESTIMATOR_U ? inside - v : 0;
}

/* T below this share of the sum over all pairs has cancelled to round-off, of single precision
 * where it comes from tiles: there are no such pairs (an instance id under estimator c). */
#define NOTHING_LEFT 1e-6

double mi_influence(double *psi, const double *row, const double *inside, const double *rows,
                    const mi_groups *instance, mi_estimator e)
{
    size_t g = instance->g;
    double n = (double)instance->n, total = 0, pairs = 0, all = 0, mean = 0, first, both;
    memset(psi, 0, g * sizeof *psi);
    for (size_t i = 0; i < instance->n; i++)
        psi[instance->code[i]] += row[i];
    for (size_t c = 0; c < g; c++) {
        double v = rows[c];
        all += psi[c];
        kept_values(e, psi[c], inside[c], v, &first, &both);
        total += first;
        kept_pairs(e, n, v, &first, &both);
        pairs += first;
    }
    /* total is T, pairs M, all the sum over every pair */
    if (!(total > NOTHING_LEFT * all)) {
        for (size_t c = 0; c < g; c++)
            psi[c] = NAN;
        return NAN;
    }
    for (size_t c = 0; c < g; c++) {
        double v = rows[c], number, number_inside;
        kept_values(e, psi[c], inside[c], v, &first, &both);
        kept_pairs(e, n, v, &number, &number_inside);
        /* psi_c of the formula at the head; psi[c] held the row sums of instance c */
        psi[c] = -((2 * first - both) / total - (2 * number - number_inside) / pairs);
        mean += psi[c] / (double)g;
    }
    /* The weights are those of g instances with a fixed sum; centring takes out the direction that
     * changes it. */
    for (size_t c = 0; c < g; c++)
        psi[c] -= mean;
    return log(pairs) - log(total);
}

/* Centred psi: se^2 = g / (g-1) sum psi_c^2, the variance of a sum of g independent influences. */
double mi_standard_error(const double *psi, size_t g)
{
    double sum = 0;
    for (size_t c = 0; c < g; c++)
        sum += psi[c] * psi[c];
    return sqrt(sum * (double)g / ((double)g - 1));
}

double mi_t_factor(double level, double degrees)
{
    return degrees >= 1 ? mi_student(degrees, level) : NAN;
}
