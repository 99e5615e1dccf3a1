/* Matrix-based Renyi entropy from eigenvalues, counts or moments, without loss of digits.
 *
 *     S_a = log(sum l_i^a) / (1 - a),   S_1 = -sum l log l,   S_inf = -log l_max
 *
 * Sanchez Giraldo, Rao and Principe, IEEE Trans. Inf. Theory 61 (2015) 535; for a discrete variable
 * l are the shares of its groups and S_a is Renyi's own entropy (1961). */
#include "libmi/entropy/entropy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/number.h"
#include "libmi/base/want.h"
#include "libmi/entropy/entropy_internal.h"

mi_status mi_alpha_parse(double **alpha, size_t *count, const char *text)
{
    size_t n = 1, k = 0;
    char *copy, *rest, *word;
    MI_WANT(alpha && count && text, "orders to parse without %s",
            text ? "an array or its size" : "a text");
    *alpha = NULL;
    *count = 0;
    for (const char *c = text; *c; c++)
        n += *c == ',';
    MI_TRY(mi_strdup(&copy, text));
    mi_status status = MI_NEW(*alpha, n);
    rest = copy;
    while (status == MI_OK && (word = strsep(&rest, ",")) != NULL) {
        char *end;
        double a = mi_number_read(word, &end);
        if (end == word || *end || !(a > 0))
            status = mi_fail(MI_EUSAGE, "'%s' is no order, wanted a number above 0, or inf", word);
        (*alpha)[k++] = a > MI_ALPHA_INFINITE ? INFINITY : a;
    }
    if (status != MI_OK) {
        mi_free(*alpha);
        *alpha = NULL;
    } else {
        *count = n;
    }
    mi_free(copy);
    return status;
}

static double largest_of(const double *l, size_t count)
{
    double largest = 0;
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, l[i]);
    return largest;
}

/* 0 has one sign: -0 would print as "-0". */
static double plain_zero(double x)
{
    return x + 0.0;
}

double mi_entropy_of_eigenvalues(const double *l, size_t count, double alpha)
{
    if (!l || count == 0 || !(alpha > 0))
        return NAN;
    double sum = 0, largest = largest_of(l, count);
    if (isinf(alpha))
        return plain_zero(-log(largest));
    if (alpha == 1) {
        for (size_t i = 0; i < count; i++)
            sum -= l[i] * log(l[i]);
        return plain_zero(sum);
    }
    /* sum l^a - 1 = sum l (l^(a-1) - 1), term by term by expm1: no 1 is subtracted from a sum near
     * 1. */
    if (fabs(alpha - 1) < 0.5) {
        for (size_t i = 0; i < count; i++)
            sum += l[i] * expm1((alpha - 1) * log(l[i]));
        return plain_zero(-log1p(sum) / (alpha - 1));
    }
    /* sum l^a = l_max^a sum (l / l_max)^a, the last sum between 1 and count: no under- or
     * overflow. */
    for (size_t i = 0; i < count; i++)
        sum += pow(l[i] / largest, alpha);
    return plain_zero((alpha * log(largest) + log(sum)) / (1 - alpha));
}

mi_status mi_entropy_of_counts(double *s, const mi_groups *g, const double *alpha, size_t n_alpha)
{
    double *p;
    MI_TRY(MI_NEW_RAW(p, g->g));
    for (size_t c = 0; c < g->g; c++)
        p[c] = (double)g->count[c] / (double)g->n;
    for (size_t k = 0; k < n_alpha; k++)
        s[k] = mi_entropy_of_eigenvalues(p, g->g, alpha[k]);
    mi_free(p);
    return MI_OK;
}

/* tr A^a = sum l^a, so S_a = log(tr A^a) / (1 - a). */
double mi_entropy_of_moments(const mi_moments *m, double alpha)
{
    double p = alpha == 2 ? m->p2 : alpha == 3 ? m->p3 : m->p4;
    return plain_zero(log(p) / (1 - alpha));
}

/* log_b x = log x / log b. */
