#include "bounds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "contrast.h"

/* Variables of a joint. V is the instance, where R is something else. */
enum { Z1 = 1, Z2 = 2, R = 4, Y = 8, V = 16 };
#define N_VARS 5

/* A term is S(a|given), I(a;b|given), or a sum of other terms; a = 0 and no sum: worked out apart.
 */
typedef struct {
    const char *name;
    unsigned a, b, given;
    struct {
        mi_term term;
        int sign;
    } sum[3];
} term_rule;

static const term_rule rule[MI_TERMS] = {
    [MI_H_Z1] = {.name = "H_Z1", .a = Z1},
    [MI_H_Z2] = {.name = "H_Z2", .a = Z2},
    [MI_H_R] = {.name = "H_R", .a = R},
    [MI_H_Y] = {.name = "H_Y", .a = Y},
    [MI_I_Z1_R] = {.name = "I_Z1_R", .a = Z1, .b = R},
    [MI_I_Z1_Z2] = {.name = "I_Z1_Z2", .a = Z1, .b = Z2},
    [MI_I_Z1_Z2_NULL] = {.name = "I_Z1_Z2_null"},
    [MI_I_R_Y] = {.name = "I_R_Y", .a = R, .b = Y},
    [MI_I_Y_Z1] = {.name = "I_Y_Z1", .a = Y, .b = Z1},
    [MI_I_Y_Z2] = {.name = "I_Y_Z2", .a = Y, .b = Z2},
    [MI_LOWER] = {.name = "lower", .sum = {{MI_I_Z1_R, 1}, {MI_I_Z1_Z2, -1}, {MI_I_R_Y, 1}}},
    [MI_UPPER] = {.name = "upper", .sum = {{MI_I_Y_Z2, 1}, {MI_I_Z1_Z2, -1}, {MI_H_Z1, 1}}},
    [MI_H_Z1_GIVEN_Y_Z2] = {.name = "H_Z1_given_Y_Z2", .a = Z1, .given = Y | Z2},
    [MI_I_Y_Z2_GIVEN_Z1] = {.name = "I_Y_Z2_given_Z1", .a = Y, .b = Z2, .given = Z1},
    [MI_I_Y_Z1_GIVEN_R] = {.name = "I_Y_Z1_given_R", .a = Y, .b = Z1, .given = R},
    [MI_I_Y_R_GIVEN_Z1] = {.name = "I_Y_R_given_Z1", .a = Y, .b = R, .given = Z1},
    [MI_I_Z1_Z2_GIVEN_R] = {.name = "I_Z1_Z2_given_R", .a = Z1, .b = Z2, .given = R},
    [MI_I_Z1_R_GIVEN_Z2] = {.name = "I_Z1_R_given_Z2", .a = Z1, .b = R, .given = Z2},
    [MI_SLACK_LOWER] = {.name = "slack_lower", .sum = {{MI_I_Y_Z1, 1}, {MI_LOWER, -1}}},
    [MI_SLACK_UPPER] = {.name = "slack_upper", .sum = {{MI_UPPER, 1}, {MI_I_Y_Z1, -1}}},
    [MI_GAP] = {.name = "gap", .sum = {{MI_UPPER, 1}, {MI_LOWER, -1}}},
    [MI_DPI_Z1_R] = {.name = "dpi_Z1_R", .sum = {{MI_I_Z1_Z2, 1}, {MI_I_Z1_R, -1}}},
    [MI_DPI_Y] = {.name = "dpi_Y", .sum = {{MI_I_Y_Z1, 1}, {MI_I_Y_Z2, -1}}},
    [MI_DPI_R] = {.name = "dpi_R", .sum = {{MI_I_Y_Z2, 1}, {MI_I_R_Y, -1}}},
    [MI_RANK_Z2] = {.name = "rank_Z2"},
    [MI_DISTINCT_Z2] = {.name = "distinct_Z2"},
};

/* What the paper's released code logs in place of the two theorems. */
static const term_rule released_lower = {.sum = {{MI_I_Z1_R, 1}, {MI_I_Z1_Z2, -1}}};
static const term_rule released_upper = {.sum = {{MI_H_Z1, 1}, {MI_I_Z1_Z2, -1}}};

const char *mi_term_name(mi_term t)
{
    return rule[t].name;
}

/* ---- estimators of I(Z1;R) by name ---- */

static mi_status parse_numbers(const char *text, double *first, double *second)
{
    double *to[2] = {first, second};
    for (int k = 0; *text; k++) {
        char *end;
        if (k == 2 || !to[k])
            return mi_fail(MI_EUSAGE, "'%s' is one number too many", text);
        *to[k] = strtod(text + 1, &end);
        if (*text != ':' || end == text + 1 || !(*to[k] > 0) || !isfinite(*to[k]))
            return mi_fail(MI_EUSAGE, "'%s' is not ':' and a number above 0", text);
        text = end;
    }
    return MI_OK;
}

mi_status mi_i_z1_r_parse(mi_i_z1_r *out, const char *text)
{
    static const char *const name[] = {"matrix", "infonce", "nce", "barlow"};
    size_t length = strcspn(text, ":");
    *out = (mi_i_z1_r){.temperature = 0.2, .lambda = 0.0051, .scale = 0.1};
    for (int k = 0; k < 4; k++) {
        if (strlen(name[k]) != length || strncmp(name[k], text, length) != 0)
            continue;
        out->kind = (mi_i_z1_r_kind)k;
        if (out->kind == MI_BY_BARLOW)
            return parse_numbers(text + length, &out->lambda, &out->scale);
        return parse_numbers(text + length, out->kind == MI_BY_MATRIX ? NULL : &out->temperature,
                             NULL);
    }
    return mi_fail(MI_EUSAGE,
                   "'%s' is no estimator of I(Z1;R), wanted matrix, infonce[:T], nce[:T] or "
                   "barlow[:lambda[:scale]]",
                   text);
}

const char *mi_i_z1_r_name(const mi_i_z1_r *e, char *buffer, size_t bytes)
{
    switch (e->kind) {
    case MI_BY_MATRIX:
        snprintf(buffer, bytes, "matrix");
        break;
    case MI_BY_INFONCE:
    case MI_BY_NCE:
        snprintf(buffer, bytes, "%s:%.9g", e->kind == MI_BY_NCE ? "nce" : "infonce",
                 e->temperature);
        break;
    case MI_BY_BARLOW:
        snprintf(buffer, bytes, "barlow:%.9g:%.9g", e->lambda, e->scale);
        break;
    }
    return buffer;
}

void mi_bounds_opts_default(mi_bounds_opts *o)
{
    *o = (mi_bounds_opts){.base = exp(1)};
    mi_i_z1_r_parse(&o->i_z1_r, "matrix");
}

/* ---- one batch ---- */

#define MAX_JOINTS 32

typedef struct {
    const mi_sample *sample;
    const mi_bounds_opts *opts;
    const mi_run *run;
    mi_var var[N_VARS];
    size_t n_vars;
    unsigned there;    /* variables that the sample has */
    unsigned instance; /* the variable that is the instance: R or V; 0: every row is its own */
    mi_joint joint[MAX_JOINTS];
    size_t n_joints;
    double *entropy; /* (MAX_JOINTS, n_alpha) behind joint[].s */
} batch;

static int is_wanted(const mi_bounds_opts *o, mi_term t)
{
    return o->decompose || t < MI_FIRST_DECOMPOSED;
}

static mi_quantity quantity_of(const term_rule *r)
{
    unsigned part[2] = {r->a, r->b};
    return r->b ? mi_quantity_correlation(part, 2, r->given) : mi_quantity_entropy(r->a, r->given);
}

static void want_joint(batch *b, unsigned vars)
{
    for (size_t k = 0; k < b->n_joints; k++)
        if (b->joint[k].vars == vars)
            return;
    mi_joint *j = &b->joint[b->n_joints];
    j->vars = vars;
    /* The route that was asked for goes to the costly joints. */
    j->route = (vars & (Z1 | Z2)) == (Z1 | Z2) ? b->run->route : MI_ROUTE_AUTO;
    j->s = b->entropy + b->n_joints * b->opts->n_alpha;
    b->n_joints++;
}

static int has_order_2(const mi_bounds_opts *o)
{
    for (size_t a = 0; a < o->n_alpha; a++)
        if (o->alpha[a] == 2)
            return 1;
    return 0;
}

static void want_joints(batch *b)
{
    for (mi_term t = 0; t < MI_TERMS; t++) {
        const term_rule *r = &rule[t];
        unsigned used = r->a | r->b | r->given;
        if (!r->a || !is_wanted(b->opts, t) || (used & ~b->there))
            continue;
        if (t == MI_I_Z1_R && b->opts->i_z1_r.kind != MI_BY_MATRIX)
            continue;
        mi_quantity q = quantity_of(r);
        for (size_t k = 0; k < q.count; k++)
            want_joint(b, q.vars[k]);
    }
    if (has_order_2(b->opts) && b->instance && (b->there & (Z1 | Z2)) == (Z1 | Z2)) {
        want_joint(b, Z1 | b->instance);
        want_joint(b, Z2 | b->instance);
    }
}

static mi_status batch_init(batch *b)
{
    static const mi_member_id member[] = {MI_Z1, MI_Z2, MI_R, MI_Y};
    const mi_sample *s = b->sample;
    b->n_vars = N_VARS;
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
    MI_TRY(MI_NEW(b->entropy, MAX_JOINTS * b->opts->n_alpha));
    want_joints(b);
    return MI_OK;
}

static void batch_free(batch *b)
{
    for (size_t k = 0; k < N_VARS; k++)
        mi_var_free(&b->var[k]);
    mi_free(b->entropy);
}

static double entropy_of(const batch *b, unsigned vars, size_t a)
{
    mi_quantity q = mi_quantity_entropy(vars, 0);
    return mi_quantity_value(&q, b->joint, b->n_joints, a);
}

/* Rows of every instance, or 0 when they differ. */
static double views_of_all(const mi_groups *g)
{
    for (size_t c = 1; c < g->g; c++)
        if (g->count[c] != g->count[0])
            return 0;
    return (double)g->count[0];
}

/* Order-2 I(Z1;Z2) when instances are re-paired at random, with their views: in -log tr(A12^2) the
 * trace becomes its mean, (n + W1 W2 / (n (v-1)) + B1 B2 / (n (n-v))) / n^2. W, B: sums of squared
 * kernel values over pairs of different rows of one instance, and of different instances. */
static double null_of_order_2(const batch *b, size_t a)
{
    double n = (double)b->sample->n, v = 1, sum[2], within[2] = {0, 0}, mean;
    if (b->instance)
        v = views_of_all(&b->sample->instance.groups);
    v = v > 0 ? v : 1;
    for (int k = 0; k < 2; k++) {
        unsigned z = k ? Z2 : Z1;
        sum[k] = n * n * exp(-entropy_of(b, z, a)) - n;
        if (v > 1)
            within[k] = n * n * exp(-entropy_of(b, z | b->instance, a)) - n;
    }
    mean = n;
    if (v > 1)
        mean += within[0] * within[1] / (n * (v - 1));
    if (n > v)
        mean += (sum[0] - within[0]) * (sum[1] - within[1]) / (n * (n - v));
    return entropy_of(b, Z1, a) + entropy_of(b, Z2, a) + log(mean) - 2 * log(n);
}

static mi_status estimate_i_z1_r(const batch *b, double unit, double *value)
{
    const mi_i_z1_r *e = &b->opts->i_z1_r;
    double n = (double)b->sample->instance.groups.g, loss;
    if (!(b->there & R) || !(b->there & Z1)) {
        *value = NAN;
        return MI_OK;
    }
    if (e->kind == MI_BY_BARLOW)
        return mi_barlow_score(value, b->sample, e->lambda, e->scale);
    MI_TRY(mi_infonce_loss(&loss, b->sample, e->temperature, b->run));
    *value = unit * (e->kind == MI_BY_NCE ? -loss : log(n) - loss);
    return MI_OK;
}

static mi_status ranks_of_z2(const batch *b, double *rank, double *distinct)
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

static double sum_of_terms(const term_rule *r, const double *value)
{
    double sum = 0;
    for (int k = 0; k < 3; k++)
        if (r->sum[k].sign)
            sum += r->sum[k].sign * value[r->sum[k].term];
    return sum;
}

static const term_rule *rule_of(mi_term t, mi_preset preset)
{
    if (preset == MI_PRESET_RELEASED && t == MI_LOWER)
        return &released_lower;
    if (preset == MI_PRESET_RELEASED && t == MI_UPPER)
        return &released_upper;
    return &rule[t];
}

/* value (MI_TERMS) at order number a; `apart` holds what does not depend on the order. */
static void terms_at(const batch *b, size_t a, double unit, const double *apart, double *value)
{
    for (mi_term t = 0; t < MI_TERMS; t++) {
        const term_rule *r = rule_of(t, b->opts->preset);
        mi_quantity q = quantity_of(r);
        if (!is_wanted(b->opts, t))
            value[t] = NAN;
        else if (t == MI_I_Z1_Z2_NULL)
            value[t] = b->opts->alpha[a] == 2 ? unit * null_of_order_2(b, a) : NAN;
        else if (t == MI_RANK_Z2 || t == MI_DISTINCT_Z2 ||
                 (t == MI_I_Z1_R && b->opts->i_z1_r.kind != MI_BY_MATRIX))
            value[t] = apart[t];
        else if (r->a)
            value[t] = unit * mi_quantity_value(&q, b->joint, b->n_joints, a);
        else
            value[t] = sum_of_terms(r, value);
    }
}

static mi_status do_batch(mi_bounds_result *result, const mi_sample *s, const mi_bounds_opts *o,
                          const mi_run *run)
{
    batch b = {.sample = s, .opts = o, .run = run};
    double apart[MI_TERMS], value[MI_TERMS], unit = o->base == exp(1) ? 1 : 1 / log(o->base);
    mi_status status;
    MI_TRY_GOTO(status, batch_init(&b), done);
    MI_TRY_GOTO(status,
                mi_joint_entropies(b.joint, b.n_joints, b.var, b.n_vars, o->alpha, o->n_alpha, run),
                done);
    if (o->i_z1_r.kind != MI_BY_MATRIX)
        MI_TRY_GOTO(status, estimate_i_z1_r(&b, unit, &apart[MI_I_Z1_R]), done);
    if (o->decompose)
        MI_TRY_GOTO(status, ranks_of_z2(&b, &apart[MI_RANK_Z2], &apart[MI_DISTINCT_Z2]), done);
    for (size_t a = 0; a < o->n_alpha; a++) {
        terms_at(&b, a, unit, apart, value);
        for (mi_term t = 0; t < MI_TERMS; t++)
            result[a].value[t] += value[t];
        for (size_t k = 0; k < b.n_joints; k++) {
            if (b.joint[k].vars == (Z1 | Z2))
                result[a].route = b.joint[k].route;
            result[a].zeroed_mass = fmax(result[a].zeroed_mass, b.joint[k].zeroed_mass);
        }
    }
done:
    batch_free(&b);
    return status;
}

mi_status mi_bounds(mi_bounds_result *result, const mi_sample *s, const mi_bounds_opts *o,
                    const mi_run *run)
{
    mi_batches batches;
    for (size_t a = 0; a < o->n_alpha; a++)
        result[a] = (mi_bounds_result){.zeroed_mass = NAN};
    if (!o->batch)
        return do_batch(result, s, o, run);
    MI_TRY(mi_batches_make(&batches, &s->instance.groups, o->batch, o->seed));
    mi_status status = MI_OK;
    for (size_t k = 0; status == MI_OK && k < batches.count; k++) {
        mi_sample part;
        status = mi_sample_gather(&part, s, batches.row + batches.start[k],
                                  batches.start[k + 1] - batches.start[k]);
        if (status != MI_OK)
            break;
        status = do_batch(result, &part, o, run);
        mi_sample_free(&part);
    }
    for (size_t a = 0; a < o->n_alpha; a++) {
        result[a].batches = batches.count;
        for (mi_term t = 0; t < MI_TERMS; t++)
            result[a].value[t] /= (double)batches.count;
    }
    mi_batches_free(&batches);
    return status;
}
