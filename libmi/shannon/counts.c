/* Entropies of counts, with corrections for what few of them leave out.
 *
 *     plug-in        H = -sum p_i log p_i,  p_i = n_i / n
 *     Miller-Madow   + (classes seen - 1) / (2 n)
 *     Grassberger    log n - sum n_i G(n_i) / n,  G(n) = psi(n) + (-1)^n / 2 [psi((n+1)/2) - psi(n/2)]
 *     shrinkage      plug-in of  l / K + (1 - l) p_i,  l = (1 - sum p^2) / ((n-1) (sum p^2 - 1/K)) in 0..1,
 *                    K all cells, those without a count among them
 *
 * An information is H(A) + H(B) - H(A,B); shrinkage has one l, that of the joint, whose marginals are
 * then those of A and B shrunk by it.
 *
 * Errors are of first order, by -log p of the value that a row has (of A and of B less that of both), p
 * shrunk where the estimate is, and by 1 - l then: the corrections hardly move them, and Grassberger's
 * jumps between even and odd counts are no errors. */
#include <gsl/gsl_sf_psi.h>
#include <math.h>

#include "libmi/base/mem.h"
#include "libmi/data/groups_internal.h"
#include "libmi/shannon/private.h"

/* Counts of a variable: g values seen of `cells` that there can be. */
typedef struct {
    double *count; /* (g) */
    size_t g;
    double cells;
} table;

static double minus_p_log_p(double p)
{
    return p > 0 ? -p * log(p) : 0;
}

static double grassberger(double n)
{
    double sign = fmod(n, 2) > 0 ? -1 : 1;
    return gsl_sf_psi(n) + sign / 2 * (gsl_sf_psi((n + 1) / 2) - gsl_sf_psi(n / 2));
}

/* The weight of all cells being alike: that with the least expected squared error. */
static double shrinkage(const table *t, double n)
{
    double square = 0;
    for (size_t i = 0; i < t->g; i++)
        square += t->count[i] * t->count[i] / (n * n);
    double spread = (n - 1) * (square - 1 / t->cells);
    return spread > 0 ? fmin(1, fmax(0, (1 - square) / spread)) : 1;
}

static double entropy(mi_shannon_kind kind, const table *t, double n, double weight)
{
    double h = 0, seen = 0;
    for (size_t i = 0; i < t->g; i++) {
        double c = t->count[i];
        seen += c > 0;
        if (kind == MI_SHANNON_GRASSBERGER)
            h -= c > 0 ? c * grassberger(c) / n : 0;
        else if (kind == MI_SHANNON_SHRINKAGE)
            h += minus_p_log_p(weight / t->cells + (1 - weight) * c / n);
        else
            h += minus_p_log_p(c / n);
    }
    if (kind == MI_SHANNON_GRASSBERGER)
        return h + log(n);
    if (kind == MI_SHANNON_SHRINKAGE)
        return h + (t->cells - (double)t->g) * minus_p_log_p(weight / t->cells);
    return kind == MI_SHANNON_MILLER_MADOW ? h + (seen - 1) / (2 * n) : h;
}

/* A, B and their joint; codes of every row. */
typedef struct {
    table table[3];
    const int32_t *code[3];
    size_t n_tables;
} tables;

/* Of a table in H(A) + H(B) - H(A,B). */
static int sign_of(size_t k)
{
    return k < 2 ? 1 : -1;
}

static double value_of(mi_shannon_kind kind, const tables *t, double n)
{
    double weight = shrinkage(&t->table[t->n_tables - 1], n), value = 0;
    for (size_t k = 0; k < t->n_tables; k++)
        value += sign_of(k) * entropy(kind, &t->table[k], n, weight);
    return value;
}

/* What row i adds to the value, to first order. */
static double local_term(mi_shannon_kind kind, const tables *t, size_t i, double n, double weight)
{
    double term = 0;
    if (kind != MI_SHANNON_SHRINKAGE)
        weight = 0;
    for (size_t k = 0; k < t->n_tables; k++) {
        const table *of = &t->table[k];
        double p = weight / of->cells + (1 - weight) * of->count[t->code[k][i]] / n;
        term -= sign_of(k) * (1 - weight) * log(p);
    }
    return term;
}

static mi_status error_of(double *se, mi_shannon_kind kind, const tables *t, const mi_groups *unit)
{
    double n = (double)unit->n, weight = shrinkage(&t->table[t->n_tables - 1], n), *local, mean;
    MI_TRY(MI_NEW_RAW(local, unit->n));
    for (size_t i = 0; i < unit->n; i++)
        local[i] = local_term(kind, t, i, n, weight);
    mi_status status = mi_shannon_mean(&mean, se, local, unit);
    mi_free(local);
    return status;
}

static mi_status table_of(table *t, const mi_groups *a, double cells)
{
    *t = (table){.g = a->g, .cells = cells};
    MI_TRY(MI_NEW(t->count, a->g));
    for (size_t c = 0; c < a->g; c++)
        t->count[c] = (double)a->count[c];
    return MI_OK;
}

mi_status mi_shannon_counts(double *value, double *se, mi_shannon_kind kind, const mi_groups *a,
                            const mi_groups *b, const size_t *pair, const mi_groups *unit)
{
    tables t = {.n_tables = b ? 3 : 1, .code[0] = a->code};
    mi_groups paired = {0}, joint = {0};
    mi_status status;
    MI_TRY_GOTO(status, table_of(&t.table[0], a, (double)a->g), done);
    if (b) {
        MI_TRY_GOTO(status, mi_groups_gather(&paired, b, pair, b->n), done);
        MI_TRY_GOTO(status, mi_groups_joint(&joint, a, &paired), done);
        MI_TRY_GOTO(status, table_of(&t.table[1], &paired, (double)b->g), done);
        MI_TRY_GOTO(status, table_of(&t.table[2], &joint, (double)a->g * (double)b->g), done);
        t.code[1] = paired.code;
        t.code[2] = joint.code;
    }
    *value = value_of(kind, &t, (double)a->n);
    if (se)
        status = error_of(se, kind, &t, unit);
done:
    for (int k = 0; k < 3; k++)
        mi_free(t.table[k].count);
    mi_groups_free(&paired);
    mi_groups_free(&joint);
    return status;
}
