/* Errors of terms: half-widths of what was estimated, and influences.
 *
 * A term is sum_k c_k S_k + terms estimated apart, its coefficients c from the rules by recursion.
 * Then
 *
 *     half-width   sum_k |c_k| h_k + half-widths apart    triangle inequality: shared draws
 *     influence    psi = sum_k c_k psi_k                  bounds/influence.h
 *
 * so that an entropy that cancels, c_k = 0, adds to neither. */
#include <math.h>

#include "libmi/bounds/private.h"

enum { Z1 = MI_BIT_Z1, Z2 = MI_BIT_Z2 };

/* weight (n_joints) += sign times the coefficients of a term, down to entropies; terms that are not
 * sums of entropies have none. */
static void add_weights(const mi_once *b, mi_term t, double sign, double *weight)
{
    const mi_term_rule *r = mi_term_rule_of(t, b->opts->preset);
    if (r->a && !mi_term_is_apart(b->opts, t)) {
        mi_quantity q = mi_term_quantity(r);
        for (size_t k = 0; k < q.count; k++)
            for (size_t j = 0; j < b->joints.n; j++)
                weight[j] += b->joints.joint[j].vars == q.vars[k] ? sign * q.weight[k] : 0;
    }
    for (int k = 0; k < 3 && r->sum[k].sign; k++)
        add_weights(b, r->sum[k].term, sign * r->sum[k].sign, weight);
}

/* Half-widths of the terms that are estimated apart, added up over what a term is made of. */
static double apart_half_width(const mi_once *b, mi_term t, const double *apart)
{
    const mi_term_rule *r = mi_term_rule_of(t, b->opts->preset);
    double sum = apart[t];
    for (int k = 0; k < 3 && r->sum[k].sign; k++)
        sum += apart_half_width(b, r->sum[k].term, apart);
    return sum;
}

/* The chance level S(Z1) + S(Z2) + log(mean) - log(pairs) moves with both marginals by at most as
 * much as they do, since log(mean) falls where an S rises. */
static void add_null_weights(const mi_once *b, double unit, double *weight)
{
    for (size_t j = 0; j < b->joints.n; j++)
        if (b->joints.joint[j].vars == Z1 || b->joints.joint[j].vars == Z2)
            weight[j] = unit;
}

/* Joints may be estimated from the same draws, so their half-widths add; what cancels in a term
 * does not count:
 *
 *     lower = S(Z1) + S(R) - S(Z1,R) - S(Z1) - S(Z2) + S(Z1,Z2) + S(R) + S(Y) - S(R,Y)
 *
 * has S(Z1) with the weight 0 and S(R) with 2. */
void mi_once_half_widths(const mi_once *b, size_t a, double unit, const double *apart,
                         double *half_width)
{
    for (mi_term t = 0; t < MI_TERMS; t++) {
        double weight[MI_BOUNDS_JOINTS] = {0};
        half_width[t] = apart_half_width(b, t, apart);
        add_weights(b, t, unit, weight);
        if (t == MI_I_Z1_Z2_NULL)
            add_null_weights(b, unit, weight);
        for (size_t j = 0; j < b->joints.n; j++)
            if (weight[j] != 0)
                half_width[t] += fabs(weight[j]) * b->joints.joint[j].half_width[a];
    }
}

/* Influences of one term: the chance level has its own already, to be scaled, at order 2, and none at
 * others; a sum of entropies; a sum of terms before it. */
static void influence_of_term(double *psi, const mi_once *b, size_t a, mi_term t, double unit)
{
    const mi_term_rule *r = mi_term_rule_of(t, b->opts->preset);
    size_t g = b->sample->instance.groups.g;
    double *own = psi + t * g;
    if (t == MI_I_Z1_Z2_NULL) {
        for (size_t c = 0; c < g; c++)
            own[c] = b->opts->alpha[a] == 2 && !b->sample->weight ? unit * own[c] : NAN;
    } else if (mi_term_is_wanted(b->opts, t) && r->a && !mi_term_is_apart(b->opts, t)) {
        mi_quantity q = mi_term_quantity(r);
        mi_pairs_add_influence(own, &b->pairs, &q, a, unit);
    } else {
        for (size_t c = 0; c < g; c++)
            own[c] = mi_term_is_wanted(b->opts, t) && r->sum[0].sign ? 0 : NAN;
        for (int k = 0; k < 3 && r->sum[k].sign; k++)
            for (size_t c = 0; c < g; c++)
                own[c] += r->sum[k].sign * psi[r->sum[k].term * g + c];
    }
}

/* Rules refer to terms before them only, so one pass in their order does. */
void mi_once_influences(double *psi, const mi_once *b, size_t a, double unit)
{
    for (mi_term t = 0; t < MI_TERMS; t++)
        influence_of_term(psi, b, a, t, unit);
}
