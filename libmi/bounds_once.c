#include <math.h>
#include <string.h>

#include "bounds_private.h"
#include "contrast.h"
#include "permute.h"

enum { Z1 = MI_BIT_Z1, Z2 = MI_BIT_Z2, R = MI_BIT_R, V = MI_BIT_V };

/* More joints than all terms together need, twice: see want_inside_joints. */
#define MAX_JOINTS 64

typedef struct {
    const mi_sample *sample;
    const mi_bounds_opts *opts;
    const mi_run *run;
    mi_var var[MI_BOUNDS_VARS];
    unsigned there;    /* variables that the sample has */
    unsigned instance; /* the variable that is the instance: R or V; 0: every row is its own */
    mi_joint joint[MAX_JOINTS];
    size_t n_joints;
    double *entropy; /* (2, MAX_JOINTS, n_alpha) behind joint[].s, and half_width */
    double *row;     /* (n_joints, n) behind joint[].row, when influences are wanted */
    double *psi;     /* (n_joints, g) influences of the joints */
} once;

/* ---- which joints ---- */

static void want_joint(once *b, unsigned vars)
{
    if (mi_joint_find(b->joint, b->n_joints, vars))
        return;
    mi_joint *j = &b->joint[b->n_joints];
    j->vars = vars;
    /* The route that was asked for goes to the costly joints. */
    j->route = (vars & (Z1 | Z2)) == (Z1 | Z2) ? b->run->route : MI_ROUTE_AUTO;
    j->s = b->entropy + b->n_joints * b->opts->n_alpha;
    j->half_width = j->s + MAX_JOINTS * b->opts->n_alpha;
    b->n_joints++;
}

static int has_order_2(const mi_bounds_opts *o)
{
    for (size_t a = 0; a < o->n_alpha; a++)
        if (o->alpha[a] == 2)
            return 1;
    return 0;
}

static int is_estimated_apart(const mi_bounds_opts *o, mi_term t)
{
    return t == MI_RANK_Z2 || t == MI_DISTINCT_Z2 ||
           (t == MI_I_Z1_R && o->i_z1_r.kind != MI_BY_MATRIX);
}

static void want_joints(once *b)
{
    for (mi_term t = 0; t < MI_TERMS; t++) {
        const mi_term_rule *r = mi_term_rule_of(t, b->opts->preset);
        unsigned used = r->a | r->b | r->given;
        if (!r->a || !mi_term_is_wanted(b->opts, t) || (used & ~b->there) ||
            is_estimated_apart(b->opts, t))
            continue;
        mi_quantity q = mi_term_quantity(r);
        for (size_t k = 0; k < q.count; k++)
            want_joint(b, q.vars[k]);
    }
    if (has_order_2(b->opts) && b->instance && (b->there & (Z1 | Z2)) == (Z1 | Z2)) {
        want_joint(b, Z1 | b->instance);
        want_joint(b, Z2 | b->instance);
    }
}

static mi_status once_init(once *b)
{
    static const mi_member_id member[] = {MI_Z1, MI_Z2, MI_R, MI_Y};
    const mi_sample *s = b->sample;
    for (int k = 0; k < 4; k++) {
        /* A slot of something the sample lacks holds the instances; no joint asks for it. */
        mi_var_discrete(&b->var[k], &s->instance.groups);
        if (!s->column[member[k]].present)
            continue;
        MI_TRY(mi_sample_var(&b->var[k], s, member[k]));
        b->there |= 1u << k;
    }
    mi_var_discrete(&b->var[4], &s->instance.groups);
    b->instance = !s->has_instances ? 0 : s->r_kind == MI_R_ID ? R : V;
    MI_TRY(MI_NEW(b->entropy, 2 * MAX_JOINTS * b->opts->n_alpha));
    want_joints(b);
    return MI_OK;
}

static void once_free(once *b)
{
    for (size_t k = 0; k < MI_BOUNDS_VARS; k++)
        mi_var_free(&b->var[k]);
    mi_free(b->entropy);
    mi_free(b->row);
    mi_free(b->psi);
}

/* ---- entropies, by the estimator that was asked for ---- */

/* Entropy s of fewer pairs in place of that of all, whose sum is larger: an interval of the sum is
 * wider beside the smaller one. */
static void take_estimate(once *b, size_t k, double s)
{
    mi_joint *j = &b->joint[k];
    const mi_groups *g = &b->sample->instance.groups;
    double n = (double)g->n, all = n * n * exp(-j->s[0]);
    double pairs = n * n - (b->opts->estimator == MI_ESTIMATOR_U ? n : mi_groups_pairs(g));
    j->half_width[0] *= j->half_width[0] > 0 ? all / (pairs * exp(-s)) : 1;
    j->s[0] = s;
}

/* Each joint together with the instance: its row sums are those inside instances. */
static void want_inside_joints(once *b)
{
    size_t wanted = b->n_joints;
    for (size_t k = 0; b->instance && k < wanted; k++)
        want_joint(b, b->joint[k].vars | b->instance);
}

/* inside (g): the sums over pairs of rows of the same instance. */
static void sums_inside(const once *b, const mi_joint *j, double *inside)
{
    const mi_groups *g = &b->sample->instance.groups;
    const mi_joint *with = mi_joint_find(b->joint, b->n_joints, j->vars | b->instance);
    memset(inside, 0, g->g * sizeof *inside);
    for (size_t i = 0; i < b->sample->n; i++)
        inside[g->code[i]] += b->instance ? with->row[i] : 1;
}

/* Row sums of the joints become entropies and influences. */
static mi_status entropies_by_pairs(once *b)
{
    const mi_groups *g = &b->sample->instance.groups;
    size_t n = b->sample->n, n_joints = b->n_joints;
    double *inside = NULL;
    mi_status status;
    want_inside_joints(b);
    MI_TRY_GOTO(status, MI_NEW(b->row, b->n_joints * n), done);
    MI_TRY_GOTO(status, MI_NEW(b->psi, n_joints * g->g), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(inside, g->g), done);
    for (size_t k = 0; k < b->n_joints; k++)
        b->joint[k].row = b->row + k * n;
    MI_TRY_GOTO(status,
                mi_joint_entropies(b->joint, b->n_joints, b->var, MI_BOUNDS_VARS, b->opts->alpha, 1,
                                   b->run),
                done);
    for (size_t k = 0; k < n_joints; k++) {
        sums_inside(b, &b->joint[k], inside);
        double s =
            mi_influence(b->psi + k * g->g, b->joint[k].row, inside, g, b->opts->estimator);
        /* The plain estimate keeps the digits of its route. */
        if (b->opts->estimator != MI_ESTIMATOR_V)
            take_estimate(b, k, s);
    }
done:
    mi_free(inside);
    return status;
}

static double entropy_of(const once *b, unsigned vars, size_t a)
{
    mi_quantity q = mi_quantity_entropy(vars, 0);
    return mi_quantity_value(&q, b->joint, b->n_joints, a);
}

/* ---- terms that are not sums of entropies ---- */

/* Order-2 I(Z1;Z2) when instances are re-paired at random, with their views: the sum over pairs
 * that the joint entropy is made of becomes its mean, n + W1 W2 / (n (v-1)) + B1 B2 / (n (n-v)). W,
 * B: sums of squared kernel values over pairs of different rows of one instance, and of different
 * instances; an estimator that leaves out self pairs, or instances, has no n, or no W. */
static double null_of_order_2(const once *b, size_t a)
{
    mi_estimator e = b->opts->estimator;
    double n = (double)b->sample->n, v = 1, all[2], within[2] = {0, 0};
    /* Where instances differ in size rows move freely, as if each were alone. */
    if (b->instance && mi_groups_equal_count(&b->sample->instance.groups))
        v = (double)mi_groups_equal_count(&b->sample->instance.groups);
    double self = e == MI_ESTIMATOR_V ? n : 0;
    double pairs = n * (e == MI_ESTIMATOR_V ? n : e == MI_ESTIMATOR_U ? n - 1 : n - v);
    for (int k = 0; k < 2; k++) {
        unsigned z = k ? Z2 : Z1;
        all[k] = pairs * exp(-entropy_of(b, z, a)) - self;
        if (v > 1 && e != MI_ESTIMATOR_C)
            within[k] = pairs * exp(-entropy_of(b, z | b->instance, a)) - self;
    }
    double mean = self;
    if (v > 1)
        mean += within[0] * within[1] / (n * (v - 1));
    if (n > v)
        mean += (all[0] - within[0]) * (all[1] - within[1]) / (n * (n - v));
    return entropy_of(b, Z1, a) + entropy_of(b, Z2, a) + log(mean) - log(pairs);
}

static mi_status estimate_i_z1_r(const once *b, double unit, double *value, double *half_width)
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

static mi_status ranks_of_z2(const once *b, double *rank, double *distinct)
{
    const mi_var *z2 = &b->var[1];
    *rank = *distinct = NAN;
    if (!(b->there & Z2))
        return MI_OK;
    if (!mi_var_is_real(z2)) {
        *rank = *distinct = (double)z2->groups->g;
        return MI_OK;
    }
    mi_groups g;
    MI_TRY(mi_groups_of_rows(&g, z2->x));
    *distinct = (double)g.g;
    mi_groups_free(&g);
    if (z2->kernel.kind == MI_KERNEL_GAUSSIAN) {
        *rank = *distinct; /* a gaussian Gram matrix of distinct rows is positive definite */
        return MI_OK;
    }
    mi_spectrum s;
    MI_TRY(mi_spectrum_of(&s, &z2, 1, NULL, z2->n, MI_FORM_CHEAPER, b->run));
    *rank = (double)s.count;
    mi_spectrum_free(&s);
    return MI_OK;
}

/* null (n_alpha): the chance level at every order: the mean is exact at 2, else over re-pairings;
 * nan where none were asked for. */
static mi_status chance_levels(const once *b, mi_null *null)
{
    const mi_bounds_opts *o = b->opts;
    const mi_permute_opts how = {
        .count = o->permutations, .seed = o->draws, .estimator = o->estimator};
    static const mi_expression pair = {.part = {Z1, Z2}, .n_parts = 2};
    for (size_t a = 0; a < o->n_alpha; a++)
        null[a].mean = null[a].sd = NAN;
    if (o->permutations && (b->there & (Z1 | Z2)) == (Z1 | Z2))
        MI_TRY(mi_permutation_null(null, &pair, b->var, MI_BOUNDS_VARS, &b->sample->instance.groups,
                                   o->alpha, o->n_alpha, &how, b->run));
    for (size_t a = 0; a < o->n_alpha; a++)
        if (o->alpha[a] == 2)
            null[a].mean = null_of_order_2(b, a);
    return MI_OK;
}

/* value, half_width (MI_TERMS) of the terms that are estimated apart. */
static mi_status estimate_apart(const once *b, double unit, double *apart, double *half_width)
{
    memset(half_width, 0, MI_TERMS * sizeof *half_width);
    if (b->opts->i_z1_r.kind != MI_BY_MATRIX)
        MI_TRY(estimate_i_z1_r(b, unit, &apart[MI_I_Z1_R], &half_width[MI_I_Z1_R]));
    if (b->opts->decompose)
        MI_TRY(ranks_of_z2(b, &apart[MI_RANK_Z2], &apart[MI_DISTINCT_Z2]));
    return MI_OK;
}

/* ---- terms ---- */

static double sum_of_terms(const mi_term_rule *r, const double *value)
{
    double sum = 0;
    for (int k = 0; k < 3; k++)
        if (r->sum[k].sign)
            sum += r->sum[k].sign * value[r->sum[k].term];
    return sum;
}

/* value (MI_TERMS) at order number a; `apart` holds what does not depend on the order. */
static void terms_at(const once *b, size_t a, double unit, const double *apart, double null,
                     double *value)
{
    for (mi_term t = 0; t < MI_TERMS; t++) {
        const mi_term_rule *r = mi_term_rule_of(t, b->opts->preset);
        mi_quantity q = mi_term_quantity(r);
        if (!mi_term_is_wanted(b->opts, t))
            value[t] = NAN;
        else if (t == MI_I_Z1_Z2_NULL)
            value[t] = unit * null;
        else if (is_estimated_apart(b->opts, t))
            value[t] = apart[t];
        else if (r->a)
            value[t] = unit * mi_quantity_value(&q, b->joint, b->n_joints, a);
        else
            value[t] = sum_of_terms(r, value);
    }
}

/* weight (n_joints) of the joints' entropies in a term, added with a sign; terms that are not sums
 * of entropies have none. */
static void add_weights(const once *b, mi_term t, double sign, double *weight)
{
    const mi_term_rule *r = mi_term_rule_of(t, b->opts->preset);
    if (r->a && !is_estimated_apart(b->opts, t)) {
        mi_quantity q = mi_term_quantity(r);
        for (size_t k = 0; k < q.count; k++)
            for (size_t j = 0; j < b->n_joints; j++)
                weight[j] += b->joint[j].vars == q.vars[k] ? sign * q.weight[k] : 0;
    }
    for (int k = 0; k < 3 && r->sum[k].sign; k++)
        add_weights(b, r->sum[k].term, sign * r->sum[k].sign, weight);
}

/* Of the terms that are estimated apart in a term. */
static double apart_half_width(const once *b, mi_term t, const double *apart)
{
    const mi_term_rule *r = mi_term_rule_of(t, b->opts->preset);
    double sum = apart[t];
    for (int k = 0; k < 3 && r->sum[k].sign; k++)
        sum += apart_half_width(b, r->sum[k].term, apart);
    return sum;
}

/* The chance level moves with both marginals, by at most as much as they do. */
static void add_null_weights(const once *b, double unit, double *weight)
{
    for (size_t j = 0; j < b->n_joints; j++)
        if (b->joint[j].vars == Z1 || b->joint[j].vars == Z2)
            weight[j] = unit;
}

/* Joints may be estimated from the same draws, so their half-widths add; what cancels in a term
 * does not count. apart (MI_TERMS): of those that are estimated apart. */
static void half_widths_at(const once *b, size_t a, double unit, const double *apart,
                           double *half_width)
{
    for (mi_term t = 0; t < MI_TERMS; t++) {
        double weight[MAX_JOINTS] = {0};
        half_width[t] = apart_half_width(b, t, apart);
        add_weights(b, t, unit, weight);
        if (t == MI_I_Z1_Z2_NULL)
            add_null_weights(b, unit, weight);
        for (size_t j = 0; j < b->n_joints; j++)
            if (weight[j] != 0)
                half_width[t] += fabs(weight[j]) * b->joint[j].half_width[a];
    }
}

/* psi (g) of a term that is a sum of entropies: theirs with the same weights. */
static void influence_of_quantity(const once *b, const mi_quantity *q, double unit, double *psi,
                                  size_t g)
{
    memset(psi, 0, g * sizeof *psi);
    for (size_t k = 0; k < q->count; k++) {
        const mi_joint *j = mi_joint_find(b->joint, b->n_joints, q->vars[k]);
        const double *own = j ? b->psi + (size_t)(j - b->joint) * g : NULL;
        for (size_t c = 0; c < g; c++)
            psi[c] += own ? unit * q->weight[k] * own[c] : NAN;
    }
}

static mi_status standard_errors(const once *b, double unit, double *se)
{
    size_t g = b->sample->instance.groups.g;
    double *psi;
    MI_TRY(MI_NEW(psi, MI_TERMS * g));
    for (mi_term t = 0; t < MI_TERMS; t++) {
        const mi_term_rule *r = mi_term_rule_of(t, b->opts->preset);
        double *own = psi + t * g;
        if (r->a && !is_estimated_apart(b->opts, t)) {
            mi_quantity q = mi_term_quantity(r);
            influence_of_quantity(b, &q, unit, own, g);
        } else {
            for (size_t c = 0; c < g; c++)
                own[c] = r->sum[0].sign ? 0 : NAN;
            for (int k = 0; k < 3 && r->sum[k].sign; k++)
                for (size_t c = 0; c < g; c++)
                    own[c] += r->sum[k].sign * psi[r->sum[k].term * g + c];
        }
        se[t] = mi_standard_error(own, g);
    }
    mi_free(psi);
    return MI_OK;
}

static void describe_joints(const once *b, mi_bounds_once_result *r)
{
    r->zeroed_mass = NAN;
    for (size_t k = 0; k < b->n_joints; k++) {
        if (b->joint[k].vars == (Z1 | Z2))
            r->route = b->joint[k].route;
        r->zeroed_mass = fmax(r->zeroed_mass, b->joint[k].zeroed_mass);
    }
}

mi_status mi_bounds_once(mi_bounds_once_result *r, const mi_sample *s, const mi_bounds_opts *o,
                         int with_influence, const mi_run *run)
{
    once b = {.sample = s, .opts = o, .run = run};
    double apart[MI_TERMS], apart_width[MI_TERMS], unit = mi_entropy_unit(o->base);
    mi_null *null = NULL;
    mi_status status;
    MI_TRY_GOTO(status, once_init(&b), done);
    MI_TRY_GOTO(status, MI_NEW(null, o->n_alpha), done);
    if (with_influence || o->estimator != MI_ESTIMATOR_V)
        MI_TRY_GOTO(status, entropies_by_pairs(&b), done);
    else
        MI_TRY_GOTO(status,
                    mi_joint_entropies(b.joint, b.n_joints, b.var, MI_BOUNDS_VARS, o->alpha,
                                       o->n_alpha, run),
                    done);
    MI_TRY_GOTO(status, estimate_apart(&b, unit, apart, apart_width), done);
    MI_TRY_GOTO(status, chance_levels(&b, null), done);
    for (size_t a = 0; a < o->n_alpha; a++) {
        terms_at(&b, a, unit, apart, null[a].mean, r[a].value);
        r[a].null_sd = unit * null[a].sd;
        for (mi_term t = 0; t < MI_TERMS; t++)
            r[a].se[t] = NAN;
        half_widths_at(&b, a, unit, apart_width, r[a].half_width);
        describe_joints(&b, &r[a]);
    }
    if (with_influence)
        status = standard_errors(&b, unit, r[0].se);
done:
    mi_free(null);
    once_free(&b);
    return status;
}
