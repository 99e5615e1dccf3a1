/* How good answers are: temperature, cross-entropy, accuracy and its interval. */
#include <math.h>

#include "libmi/base/want.h"
#include "libmi/data/groups_internal.h"
#include "libmi/probe/private.h"

#define FARTHEST  4.0 /* |log T| at most */
#define LOOKS     33  /* of the first search */
#define TOLERANCE 1e-6

double mi_cross_entropy(const double *logit, const int32_t *y, size_t n, size_t c, double t)
{
    double loss = 0;
    for (size_t i = 0; i < n; i++) {
        const double *row = logit + i * c;
        double high = row[0], sum = 0;
        for (size_t k = 1; k < c; k++)
            high = fmax(high, row[k]);
        for (size_t k = 0; k < c; k++)
            sum += exp((row[k] - high) / t);
        loss += log(sum) + (high - row[y[i]]) / t;
    }
    return loss / (double)n;
}

/* ---- temperature ---- */

typedef struct {
    const double *logit;
    const int32_t *y;
    size_t n, c;
} answers;

/* What the temperature minimises, in s = log T. */
static double objective(const answers *a, double s)
{
    return (double)a->n * mi_cross_entropy(a->logit, a->y, a->n, a->c, exp(s)) + s * s / 2;
}

/* The minimum between low and high by golden sections. */
static double golden_section(const answers *a, double low, double high)
{
    const double share = (sqrt(5) - 1) / 2;
    double left = high - share * (high - low), right = low + share * (high - low);
    double at_left = objective(a, left), at_right = objective(a, right);
    while (high - low > TOLERANCE) {
        if (at_left <= at_right) {
            high = right;
            right = left;
            at_right = at_left;
            at_left = objective(a, left = high - share * (high - low));
        } else {
            low = left;
            left = right;
            at_left = at_right;
            at_right = objective(a, right = low + share * (high - low));
        }
    }
    return (low + high) / 2;
}

double mi_best_temperature(const double *logit, const int32_t *y, size_t n, size_t c)
{
    const answers a = {.logit = logit, .y = y, .n = n, .c = c};
    double step = 2 * FARTHEST / (LOOKS - 1), best = 0, least = objective(&a, 0);
    /* Cross-entropy is convex in 1/T, its sum with a parabola in log T need not be: look round
     * before going down. */
    for (int k = 0; k < LOOKS; k++) {
        double s = -FARTHEST + k * step, value = objective(&a, s);
        if (value < least) {
            least = value;
            best = s;
        }
    }
    double finer = golden_section(&a, best - step, best + step);
    return exp(objective(&a, finer) < least ? finer : best);
}

/* ---- accuracy ---- */

size_t mi_mark_right(unsigned char *right, const double *logit, const int32_t *y, size_t n,
                     size_t c)
{
    size_t total = 0;
    for (size_t i = 0; i < n; i++) {
        const double *row = logit + i * c;
        size_t best = 0;
        for (size_t k = 1; k < c; k++)
            if (row[k] > row[best])
                best = k;
        total += right[i] = best == (size_t)y[i];
    }
    return total;
}

mi_status mi_effective_rows(double *rows, const unsigned char *right, const mi_groups *instance)
{
    MI_WANT(rows && right, "independent rows without %s", rows ? "answers" : "a result");
    MI_TRY(mi_groups_check(instance, "instances"));
    double n = (double)instance->n, g = (double)instance->g, p = 0, sum = 0;
    double *miss; /* of each instance, how far its right answers are from its rows times p */
    MI_TRY(MI_NEW(miss, instance->g));
    for (size_t i = 0; i < instance->n; i++)
        p += right[i] / n;
    for (size_t i = 0; i < instance->n; i++)
        miss[instance->code[i]] += right[i] - p;
    for (size_t c = 0; c < instance->g; c++)
        sum += miss[c] * miss[c];
    mi_free(miss);
    double variance = g / (g - 1) * sum / (n * n);
    int is_known = p > 0 && p < 1 && g > 1 && variance > 0;
    *rows = is_known ? fmin(n, fmax(g, p * (1 - p) / variance)) : g;
    return MI_OK;
}
