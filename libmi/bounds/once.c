/* Every term of the bounds on one sample: joints, estimator, chance level, terms.
 *
 *     1. which joints the wanted terms are sums of (terms.c has the rules), each once
 *     2. their entropies, all together (entropy/joint.h); under estimators u and c, or for
 *        influences, from row sums over the pairs that count (pairs.c)
 *     3. terms that are not sums of entropies: InfoNCE, Barlow Twins, ranks of Z2, the chance level
 *        (chance.c)
 *     4. terms = signed sums, half-widths and standard errors alike (error.c)
 */
#include <math.h>
#include <string.h>

#include "libmi/base/number.h"
#include "libmi/bounds/contrast.h"
#include "libmi/bounds/estimator.h"
#include "libmi/bounds/pairing.h"
#include "libmi/bounds/permute.h"
#include "libmi/bounds/private.h"
#include "libmi/data/groups_internal.h"
#include "libmi/data/kernel_internal.h"
#include "libmi/spectrum/spectrum.h"

enum { Z1 = MI_BIT_Z1, Z2 = MI_BIT_Z2, R = MI_BIT_R, V = MI_BIT_V };

/* ---- which joints ---- */

static int has_order_2(const mi_bounds_opts *o)
{
    for (size_t a = 0; a < o->n_alpha; a++)
        if (o->alpha[a] == 2)
            return 1;
    return 0;
}

/* Joints of all terms; and, where the chance level at order 2 needs sums inside instances, Z1 and
 * Z2 together with the instance. */
static void want_joints(mi_once *b)
{
    for (mi_term t = 0; t < MI_TERMS; t++) {
        const mi_term_rule *r = mi_term_rule_of(t, b->opts->preset);
        unsigned used = r->a | r->b | r->given;
        if (!r->a || !mi_term_is_wanted(b->opts, t) || (used & ~b->there) ||
            mi_term_is_apart(b->opts, t))
            continue;
        mi_quantity q = mi_term_quantity(r);
        /* The route that was asked for is for the costly joints, those of both Z1 and Z2; the
         * others choose their own. */
        for (size_t k = 0; k < q.count; k++)
            mi_joint_list_want(&b->joints, q.vars[k],
                               (q.vars[k] & (Z1 | Z2)) == (Z1 | Z2) ? b->run->route
                                                                    : MI_ROUTE_AUTO);
    }
    if (has_order_2(b->opts) && !b->sample->weight && b->pairs.instance &&
        (b->there & (Z1 | Z2)) == (Z1 | Z2))
        mi_chance_want(&b->joints, Z1, Z2, b->pairs.instance);
}

mi_status mi_bounds_vars(mi_var *var, unsigned *there, const mi_sample *s)
{
    static const mi_member_id member[] = {MI_Z1, MI_Z2, MI_R, MI_Y};
    *there = 0;
    for (int k = 0; k < MI_BOUNDS_VARS; k++)
        mi_var_discrete(&var[k], &s->instance.groups);
    for (int k = 0; k < 4; k++) {
        if (!s->column[member[k]].present)
            continue;
        MI_TRY(mi_sample_var(&var[k], s, member[k]));
        *there |= 1u << k;
    }
    return MI_OK;
}

/* `instance` is the variable that has the instances as its values: R where R is the id, V where R is
 * something else, none without ids. */
static mi_status once_init(mi_once *b)
{
    const mi_sample *s = b->sample;
    MI_TRY(mi_bounds_vars(b->var, &b->there, s));
    b->pairs = (mi_pairs){.sample = s,
                          .alpha = b->opts->alpha,
                          .n_alpha = b->opts->n_alpha,
                          .joints = &b->joints,
                          .estimator = b->opts->estimator,
                          .instance = !s->has_instances      ? 0
                                      : s->r_kind == MI_R_ID ? R
                                                             : V};
    MI_TRY(mi_joint_list_make(&b->joints, MI_BOUNDS_JOINTS, b->opts->n_alpha));
    want_joints(b);
    return MI_OK;
}

static void once_free(mi_once *b)
{
    for (size_t k = 0; k < MI_BOUNDS_VARS; k++)
        mi_var_free(&b->var[k]);
    mi_pairs_free(&b->pairs);
    mi_joint_list_free(&b->joints);
}

/* ---- terms that are not sums of entropies ---- */

/* I(Z1;R) in other ways: log N - L (InfoNCE, N instances), -L as the released code logs it, or the
 * Barlow Twins score, which is not in nats. */
static mi_status estimate_i_z1_r(const mi_once *b, double unit, double *value, double *half_width)
{
    const mi_i_z1_r *e = &b->opts->i_z1_r;
    double n = (double)b->sample->instance.groups.g, loss;
    if (!(b->there & R) || !(b->there & Z1)) {
        *value = NAN;
        return MI_OK;
    }
    if (e->kind == MI_BY_BARLOW)
        return mi_barlow_score(value, b->sample, e->lambda, e->scale);
    MI_TRY(mi_infonce_loss(&loss, half_width, b->sample, e->temperature, b->run));
    *half_width *= unit;
    *value = unit * (e->kind == MI_BY_NCE ? -loss : log(n) - loss);
    return MI_OK;
}

/* Rank of the Gram matrix of Z2, and how many of its rows are distinct. */
static mi_status ranks_of_z2(const mi_once *b, double *rank, double *distinct)
{
    const mi_var *z2 = &b->var[1];
    *rank = *distinct = NAN;
    if (!(b->there & Z2))
        return MI_OK;
    if (!mi_var_is_real(z2)) {
        *rank = *distinct = (double)z2->groups->g;
        return MI_OK;
    }
    if (z2->kernel.kind != MI_KERNEL_PRECOMPUTED) { /* of which no rows are known */
        mi_groups g;
        MI_TRY(mi_groups_of_rows(&g, z2->x));
        *distinct = (double)g.g;
        mi_groups_free(&g);
    }
    if (mi_kernel_is_of_distance(z2->kernel.kind)) {
        *rank = *distinct; /* the Gram matrix of distinct rows is positive definite */
        return MI_OK;
    }
    mi_joint_matrix alone = {.var = &z2, .n_var = 1, .n = z2->n};
    mi_spectrum s;
    MI_TRY(mi_spectrum_of(&s, NULL, &alone, b->run));
    *rank = (double)s.count;
    mi_spectrum_free(&s);
    return MI_OK;
}

/* null (n_alpha): the chance level at every order: the mean is exact at 2, else over re-pairings;
 * nan where none were asked for, and of weighted rows: which weight would a new pair have? psi (g): of the
 * exact one, or NULL. */
static mi_status chance_levels(const mi_once *b, mi_null *null, double *psi)
{
    const mi_bounds_opts *o = b->opts;
    const mi_permute_opts how = {.count = o->permutations, .estimator = o->estimator};
    static const mi_expression pair = {.part = {Z1, Z2}, .n_parts = 2};
    for (size_t a = 0; a < o->n_alpha; a++)
        null[a] = (mi_null){NAN, NAN, NAN, NAN};
    if (o->permutations && (b->there & (Z1 | Z2)) == (Z1 | Z2))
        MI_TRY(mi_permutation_null(null, &pair, b->var, MI_BOUNDS_VARS, &b->sample->instance.groups,
                                   o->alpha, o->n_alpha, &how, b->run));
    for (size_t a = 0; a < o->n_alpha; a++)
        if (o->alpha[a] == 2 && !b->sample->weight)
            MI_TRY(mi_chance_level(&null[a].mean, psi, &b->pairs, a, Z1, Z2, 0));
    return MI_OK;
}

/* value, half_width (MI_TERMS) of the terms that are estimated apart. */
static mi_status estimate_apart(const mi_once *b, double unit, double *apart, double *half_width)
{
    memset(half_width, 0, MI_TERMS * sizeof *half_width);
    if (b->opts->i_z1_r.kind != MI_BY_MATRIX)
        MI_TRY(estimate_i_z1_r(b, unit, &apart[MI_I_Z1_R], &half_width[MI_I_Z1_R]));
    if (b->opts->decompose)
        MI_TRY(ranks_of_z2(b, &apart[MI_RANK_Z2], &apart[MI_DISTINCT_Z2]));
    return MI_OK;
}

/* ---- terms ---- */

/* A bound or difference: terms before it in the table with their signs. */
static double sum_of_terms(const mi_term_rule *r, const double *value)
{
    double sum = 0;
    for (int k = 0; k < 3; k++)
        if (r->sum[k].sign)
            sum += r->sum[k].sign * value[r->sum[k].term];
    return sum;
}

/* value (MI_TERMS) at order number a, in the order of the table, so that sums find their terms. The
 * first line that applies: not wanted, nan; the chance level; estimated apart; a sum of entropies;
 * a sum of terms. */
static void terms_at(const mi_once *b, size_t a, double unit, const double *apart, double null,
                     double *value)
{
    for (mi_term t = 0; t < MI_TERMS; t++) {
        const mi_term_rule *r = mi_term_rule_of(t, b->opts->preset);
        mi_quantity q = mi_term_quantity(r);
        if (!mi_term_is_wanted(b->opts, t))
            value[t] = NAN;
        else if (t == MI_I_Z1_Z2_NULL)
            value[t] = unit * null;
        else if (mi_term_is_apart(b->opts, t))
            value[t] = apart[t];
        else if (r->a)
            value[t] = unit * mi_quantity_value(&q, b->joints.joint, b->joints.n, a);
        else
            value[t] = sum_of_terms(r, value);
    }
}

static void take_chance(mi_bounds_once_result *r, const mi_null *null, double unit)
{
    for (mi_term t = 0; t < MI_TERMS; t++)
        r->chance[t] = (mi_null){NAN, NAN, NAN, NAN};
    r->chance[MI_I_Z1_Z2] = mi_null_in(null, unit);
}

static void describe_joints(const mi_once *b, mi_bounds_once_result *r)
{
    r->zeroed_mass = NAN;
    for (size_t k = 0; k < b->joints.n; k++) {
        if (b->joints.joint[k].vars == (Z1 | Z2))
            r->route = b->joints.joint[k].route;
        r->zeroed_mass = fmax(r->zeroed_mass, b->joints.joint[k].zeroed_mass);
    }
}

/* Entropies by the estimator that was asked for, and influences where they are wanted. */
static mi_status entropies(mi_once *b, mi_influences *influence)
{
    int is_known;
    if (influence || b->opts->estimator != MI_ESTIMATOR_V)
        return mi_pairs_entropies(&b->pairs, influence ? &influence->is_known : &is_known, b->var,
                                  MI_BOUNDS_VARS, b->run);
    return mi_joint_entropies(b->joints.joint, b->joints.n, b->var, MI_BOUNDS_VARS, b->opts->alpha,
                              b->opts->n_alpha, b->run);
}

mi_status mi_bounds_once(mi_bounds_once_result *r, mi_influences *influence, const mi_sample *s,
                         const mi_bounds_opts *o, const mi_run *run)
{
    mi_once b = {.sample = s, .opts = o, .run = run};
    double apart[MI_TERMS] = {0}, apart_width[MI_TERMS], unit = mi_entropy_unit(o->base);
    size_t g = s->instance.groups.g;
    double *null_psi = influence ? influence->psi + MI_I_Z1_Z2_NULL * g : NULL;
    mi_null *null = NULL;
    mi_status status;
    MI_TRY_GOTO(status, once_init(&b), done);
    MI_TRY_GOTO(status, MI_NEW(null, o->n_alpha), done);
    MI_TRY_GOTO(status, entropies(&b, influence), done);
    MI_TRY_GOTO(status, estimate_apart(&b, unit, apart, apart_width), done);
    MI_TRY_GOTO(status, chance_levels(&b, null, null_psi), done);
    for (size_t a = 0; a < o->n_alpha; a++) {
        terms_at(&b, a, unit, apart, null[a].mean, r[a].value);
        take_chance(&r[a], &null[a], unit);
        mi_once_half_widths(&b, a, unit, apart_width, r[a].half_width);
        describe_joints(&b, &r[a]);
        if (influence)
            mi_once_influences(influence->psi + a * influence->count * g, &b, a, unit);
    }
done:
    mi_free(null);
    once_free(&b);
    return status;
}
