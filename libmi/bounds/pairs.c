/* Entropies with the influences of instances. At order 2 both are from sums over row pairs, by every
 * estimator (bounds/influence.h); one call gives all row sums, those of the joints and those inside
 * instances. At other orders they are those of the delete-one jackknife: with S_c the entropy without
 * instance c of g,
 *
 *     psi_c = -(g-1)/g (S_c - mean S_c),   g/(g-1) sum psi_c^2 = (g-1)/g sum (S_c - mean S_c)^2. */
#include <gsl/gsl_math.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "libmi/base/run_internal.h"
#include "libmi/bounds/influence.h"
#include "libmi/bounds/private.h"
#include "libmi/data/groups_internal.h"

mi_status mi_errors_take(mi_run *left, const mi_run *run, double numbers, size_t g)
{
    char what[64];
    snprintf(what, sizeof what, "numbers of %zu instances", g);
    return mi_run_take(left, run, sizeof(double) * numbers, what);
}

/* Entropy s = -log(T_e / M_e) over the M_e pairs that the estimator keeps, in place of -log(T /
 * n^2) over all. A half-width h of -log T is an interval of T of about h T; beside the smaller T_e
 * it is h T / T_e. */
static void take_estimate(const mi_pairs *p, mi_joint *j, double s)
{
    const mi_groups *g = &p->sample->instance.groups;
    double n = (double)g->n, all = n * n * exp(-j->s[0]);
    double pairs = n * n - (p->estimator == MI_ESTIMATOR_U ? n : mi_groups_pairs(g));
    j->half_width[0] *= j->half_width[0] > 0 ? all / (pairs * exp(-s)) : 1;
    j->s[0] = s;
}

/* Each joint together with the instance as a discrete variable: K_ij [same instance], whose row
 * sums of squares are the sums inside instances. */
static void want_inside_joints(mi_pairs *p)
{
    p->n_terms = p->joints->n;
    for (size_t k = 0; p->instance && k < p->n_terms; k++)
        mi_joint_list_want(p->joints, p->joints->joint[k].vars | p->instance, MI_ROUTE_AUTO);
}

static double weight_of_row(const mi_sample *s, size_t i)
{
    return s->weight ? s->weight[i] : 1;
}

/* inside (g): sums of K_ij^2 over ordered pairs of rows of the same instance, self pairs included:
 * row sums of the joint with the instance, added up by instance. Where every row is its own
 * instance, 1, or the square of its weight. */
static void sums_inside(const mi_pairs *p, const mi_joint *j, double *inside)
{
    const mi_groups *g = &p->sample->instance.groups;
    const mi_joint *with = mi_joint_find(p->joints->joint, p->joints->n, j->vars | p->instance);
    for (size_t i = 0; i < g->n; i++)
        inside[g->code[i]] += p->instance ? with->row[i] : gsl_pow_2(weight_of_row(p->sample, i));
}

static mi_status by_row_sums(mi_pairs *p, const mi_var *var, size_t n_var, const mi_run *run)
{
    static const double two = 2;
    const mi_groups *g = &p->sample->instance.groups;
    mi_joint *joint = p->joints->joint;
    size_t n = p->sample->n;
    mi_run left;
    want_inside_joints(p);
    MI_TRY(
        mi_errors_take(&left, run, (double)(p->joints->n * n + (2 * p->n_terms + 1) * g->g), g->g));
    MI_TRY(MI_NEW(p->row, p->joints->n * n));
    MI_TRY(MI_NEW(p->inside, p->n_terms * g->g));
    MI_TRY(MI_NEW(p->psi, p->n_terms * g->g));
    MI_TRY(MI_NEW(p->rows, g->g));
    for (size_t i = 0; i < n; i++)
        p->rows[g->code[i]] += weight_of_row(p->sample, i);
    for (size_t k = 0; k < p->joints->n; k++)
        joint[k].row = p->row + k * n;
    MI_TRY(mi_joint_entropies(joint, p->joints->n, var, n_var, &two, 1, &left));
    for (size_t k = 0; k < p->n_terms; k++) {
        double *inside = p->inside + k * g->g;
        sums_inside(p, &joint[k], inside);
        double s = mi_influence(p->psi + k * g->g, joint[k].row, inside, p->rows, g, p->estimator);
        /* The plain estimate keeps the digits of its route. */
        if (p->estimator != MI_ESTIMATOR_V)
            take_estimate(p, &joint[k], s);
    }
    return MI_OK;
}

/* psi (g): S_c in, influences out. */
static void take_deletions(double *psi, size_t g)
{
    double mean = 0, share = ((double)g - 1) / (double)g;
    for (size_t c = 0; c < g; c++)
        mean += psi[c] / (double)g;
    for (size_t c = 0; c < g; c++)
        psi[c] = -share * (psi[c] - mean);
}

static mi_status by_deletion(mi_pairs *p, int *is_known, const mi_var *var, size_t n_var,
                             const mi_run *run)
{
    const mi_groups *g = &p->sample->instance.groups;
    mi_joint *joint = p->joints->joint;
    mi_run left;
    p->n_terms = p->joints->n;
    MI_TRY(mi_errors_take(&left, run, (double)(p->n_terms * p->n_alpha * g->g), g->g));
    MI_TRY(MI_NEW(p->psi, p->n_terms * p->n_alpha * g->g));
    for (size_t k = 0; k < p->n_terms; k++) {
        joint[k].without = p->psi + k * p->n_alpha * g->g;
        joint[k].leave = g;
    }
    MI_TRY(mi_joint_entropies(joint, p->joints->n, var, n_var, p->alpha, p->n_alpha, &left));
    for (size_t k = 0; k < p->n_terms * p->n_alpha; k++) {
        take_deletions(p->psi + k * g->g, g->g);
        *is_known &= !isnan(p->psi[k * g->g]);
    }
    return MI_OK;
}

mi_status mi_pairs_entropies(mi_pairs *p, int *is_known, const mi_var *var, size_t n_var,
                             const mi_run *run)
{
    *is_known = 1;
    return p->alpha[0] == 2 ? by_row_sums(p, var, n_var, run)
                            : by_deletion(p, is_known, var, n_var, run);
}

void mi_pairs_free(mi_pairs *p)
{
    mi_free(p->row);
    mi_free(p->inside);
    mi_free(p->psi);
    mi_free(p->rows);
    p->row = p->inside = p->psi = p->rows = NULL;
}

/* Influences (g) of a joint at order number a, NULL: there are none. */
static const double *influence_of(const mi_pairs *p, unsigned vars, size_t a)
{
    const mi_joint *j = p->psi ? mi_joint_find(p->joints->joint, p->n_terms, vars) : NULL;
    size_t k = j ? (size_t)(j - p->joints->joint) : 0;
    return j ? p->psi + (k * p->n_alpha + a) * p->sample->instance.groups.g : NULL;
}

void mi_pairs_add_influence(double *psi, const mi_pairs *p, const mi_quantity *q, size_t a,
                            double c)
{
    for (size_t k = 0; k < q->count; k++) {
        const double *own = influence_of(p, q->vars[k], a);
        for (size_t i = 0; i < p->sample->instance.groups.g; i++)
            psi[i] += own ? c * q->weight[k] * own[i] : NAN;
    }
}
