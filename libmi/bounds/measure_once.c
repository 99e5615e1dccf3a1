/* Expressions such as z1:z2|y on one sample: values, ratios, levels above chance, and influences of
 * all of them.
 *
 * The joints of all expressions are listed once and computed together; each value is then a signed
 * sum of their entropies (entropy/mutual.h). With T the information and H_k = S(part k | given) the
 * entropies of its k parts, the normalised forms are
 *
 *     min    T / min_k H_k               mean    T / (sum_k H_k / k)
 *     geo    T / (prod_k H_k)^(1/k)      joint   T / S(all parts | given)
 *
 * (Strehl and Ghosh, J. Mach. Learn. Res. 3 (2002) 583 for geo; Vinh, Epps and Bailey, J. Mach.
 * Learn. Res. 11 (2010) 2837 for all of them). At order 2 each entropy has influences
 * (bounds/influence.h), at others those of the jackknife (bounds/pairs.c), and a ratio those of the
 * delta method,
 *
 *     psi(T/D) = (psi(T) - T/D psi(D)) / D,   psi(D) = sum_k dD/dH_k psi(H_k). */
#include <math.h>

#include "libmi/base/number.h"
#include "libmi/bounds/pairing.h"
#include "libmi/bounds/private.h"

/* z1:z2|y, the information S(z1,y) + S(z2,y) - S(z1,z2,y) - S(y), names four joints and shares
 * S(z1,y) with z1|y. */
typedef struct {
    const mi_forms *forms;
    const mi_measure_opts *opts;
    const mi_sample *sample;
    mi_joint_list joints;
    mi_pairs pairs; /* of these joints, where influences are wanted */
    mi_var var[MI_MEASURE_VARS];
} measurement;

/* ---- joints ---- */

static int has_chance_level(const mi_expression *e)
{
    return e->n_parts == 2 && !e->given;
}

/* A part that is the instance id. */
static int is_id(const measurement *m, unsigned part)
{
    unsigned r = 1u << MI_R, again = r << MI_MEASURE_NAMES;
    return m->sample->r_kind == MI_R_ID && (part == r || part == again);
}

/* What the expressions name, and for each the joint of all its variables, to which the route that
 * was asked for applies. with_chance: also the chance level at order 2. */
static mi_status want_joints(measurement *m, int with_chance, mi_route route)
{
    size_t room = 0, each = with_chance ? 2 : 1;
    for (size_t k = 0; k < m->forms->count; k++)
        room += each * (m->forms->form[k].quantity.count + 3);
    MI_TRY(mi_joint_list_make(&m->joints, room, m->opts->n_alpha));
    for (size_t k = 0; k < m->forms->count; k++) {
        const mi_measured_form *f = &m->forms->form[k];
        const mi_expression *e = &f->expression;
        for (size_t i = 0; i < f->quantity.count; i++)
            mi_joint_list_want(&m->joints, f->quantity.vars[i], MI_ROUTE_AUTO);
        mi_joint_list_want(&m->joints, mi_expression_vars(e), route);
        if (with_chance && has_chance_level(e))
            mi_chance_want(&m->joints, e->part[0], e->part[1], m->pairs.instance);
    }
    return MI_OK;
}

/* Bits 0 to 3 are z1, z2, r, y; 4 to 7 the same again, as variables of their own with the same
 * values (z1:z1); 8 is the instance. */
mi_status mi_measure_vars(mi_var *var, const mi_sample *s, unsigned members)
{
    mi_var_discrete(&var[2 * MI_MEASURE_NAMES], &s->instance.groups);
    for (int v = 0; v < 2 * MI_MEASURE_NAMES; v++) {
        mi_member_id member = mi_measure_member(v);
        if (members >> member & 1)
            MI_TRY(mi_sample_var(&var[v], s, member));
        else
            mi_var_discrete(&var[v], &s->instance.groups);
    }
    return MI_OK;
}

/* ---- ratios ---- */

/* What an information is divided by, D, and its derivatives by the entropy of each part; the joint
 * of the parts is one part more. */
typedef struct {
    double value, slope[MI_MAX_VARS + 1];
} divisor;

/* S(part k | given) = S(part, given) - S(given); k = n_parts: of all parts. */
static mi_quantity part_entropy(const mi_expression *e, size_t k)
{
    unsigned all = mi_expression_vars(e) & ~e->given;
    return mi_quantity_entropy(k < e->n_parts ? e->part[k] : all, e->given);
}

/* The table at the head, from h (n + 1): entropies of the n parts, then of their joint. */
static divisor divide_by(mi_reading kind, const double *h, size_t n)
{
    divisor d = {.value = 1};
    size_t least = 0;
    double sum = 0, log_sum = 0;
    for (size_t k = 0; k < n; k++) {
        least = h[k] < h[least] ? k : least;
        sum += h[k];
        log_sum += log(h[k]);
    }
    if (kind == MI_OVER_MIN || kind == MI_OVER_JOINT) {
        size_t one = kind == MI_OVER_MIN ? least : n;
        d.value = h[one];
        d.slope[one] = 1;
    }
    if (kind == MI_OVER_MEAN || kind == MI_OVER_GEO)
        d.value = kind == MI_OVER_MEAN ? sum / (double)n : exp(log_sum / (double)n);
    for (size_t k = 0; k < n && kind == MI_OVER_MEAN; k++)
        d.slope[k] = 1 / (double)n;
    for (size_t k = 0; k < n && kind == MI_OVER_GEO; k++)
        d.slope[k] = d.value / ((double)n * h[k]);
    return d;
}

/* One ratio at order number a; value and half-width of T come in, those of T/D go out. psi (g)
 * starts as zeros. */
static void set_ratio(mi_measured *out, double *psi, const measurement *m,
                      const mi_measured_form *f, size_t a, mi_reading kind)
{
    const mi_expression *e = &f->expression;
    const mi_joint_list *j = &m->joints;
    double h[MI_MAX_VARS + 1], unit = mi_entropy_unit(m->opts->base);
    for (size_t k = 0; k <= e->n_parts; k++) {
        mi_quantity q = part_entropy(e, k);
        h[k] = mi_quantity_value(&q, j->joint, j->n, a);
    }
    divisor d = divide_by(kind, h, e->n_parts);
    double ratio = out->value[MI_PLAIN] / (unit * d.value);
    out->value[kind] = ratio;
    out->half_width[kind] = out->half_width[MI_PLAIN] / (unit * fabs(d.value));
    if (psi)
        mi_pairs_add_influence(psi, &m->pairs, &f->quantity, a, 1 / d.value);
    for (size_t k = 0; k <= e->n_parts; k++) {
        mi_quantity q = part_entropy(e, k);
        double slope = -ratio * d.slope[k] / d.value;
        out->half_width[kind] += fabs(slope) * mi_quantity_half_width(&q, j->joint, j->n, a);
        if (psi && slope != 0)
            mi_pairs_add_influence(psi, &m->pairs, &q, a, slope);
    }
}

/* ---- one expression ---- */

/* Influences of T, and of T minus its chance level at order 2, which is exact. */
static mi_status set_influences(mi_measured *out, double *psi, const measurement *m,
                                const mi_measured_form *f, size_t a)
{
    size_t g = m->sample->instance.groups.g;
    double *plain = psi + MI_PLAIN * g, *above = psi + MI_ABOVE_CHANCE * g, level;
    double unit = mi_entropy_unit(m->opts->base);
    const unsigned *part = f->expression.part;
    int has_chance =
        has_chance_level(&f->expression) && m->opts->alpha[a] == 2 && !m->sample->weight;
    mi_pairs_add_influence(plain, &m->pairs, &f->quantity, a, unit);
    for (size_t c = 0; c < g && !has_chance; c++)
        above[c] = NAN;
    if (!has_chance)
        return MI_OK;
    MI_TRY(mi_chance_level(&level, above, &m->pairs, a, part[0], part[1],
                           is_id(m, part[0]) || is_id(m, part[1])));
    out->value[MI_ABOVE_CHANCE] = out->value[MI_PLAIN] - unit * level;
    for (size_t c = 0; c < g; c++)
        above[c] = plain[c] - unit * above[c];
    return MI_OK;
}

/* The proof of expression k: mass zeroed, route. */
static void describe(mi_measured *out, const measurement *m, const mi_measured_form *f)
{
    for (size_t j = 0; j < m->joints.n; j++) {
        for (size_t i = 0; i < f->quantity.count; i++)
            if (m->joints.joint[j].vars == f->quantity.vars[i])
                out->zeroed_mass = fmax(out->zeroed_mass, m->joints.joint[j].zeroed_mass);
        if (m->joints.joint[j].vars == mi_expression_vars(&f->expression))
            out->route = m->joints.joint[j].route;
    }
}

/* Expression k at order number a; psi (MI_READINGS, g), zeroed, or NULL. */
static mi_status set_values(mi_measured *out, double *psi, const measurement *m, size_t k, size_t a)
{
    const mi_measured_form *f = &m->forms->form[k];
    const mi_joint_list *j = &m->joints;
    size_t g = m->sample->instance.groups.g;
    double unit = mi_entropy_unit(m->opts->base);
    *out = (mi_measured){.zeroed_mass = NAN, .degrees = NAN};
    for (mi_reading i = 0; i < MI_READINGS; i++)
        out->value[i] = out->se[i] = NAN;
    out->value[MI_PLAIN] = unit * mi_quantity_value(&f->quantity, j->joint, j->n, a);
    out->half_width[MI_PLAIN] = unit * mi_quantity_half_width(&f->quantity, j->joint, j->n, a);
    out->half_width[MI_ABOVE_CHANCE] = out->half_width[MI_PLAIN];
    for (mi_reading i = MI_OVER_MIN; i <= MI_OVER_JOINT; i++)
        set_ratio(out, psi ? psi + i * g : NULL, m, f, a, i);
    describe(out, m, f);
    return psi ? set_influences(out, psi, m, f, a) : MI_OK;
}

/* ---- permutation nulls ---- */

/* Of every expression at every order, in the unit of the logarithm; p has none. */
static mi_status add_nulls(mi_measured *out, const measurement *m, const mi_run *run)
{
    const mi_measure_opts *o = m->opts;
    double unit = mi_entropy_unit(o->base);
    const mi_permute_opts how = {.count = o->permutations};
    mi_null *null;
    mi_status status = MI_OK;
    MI_TRY(MI_NEW(null, o->n_alpha));
    for (size_t k = 0; status == MI_OK && k < m->forms->count; k++) {
        status =
            mi_permutation_null(null, &m->forms->form[k].expression, m->var, 2 * MI_MEASURE_NAMES,
                                &m->sample->instance.groups, o->alpha, o->n_alpha, &how, run);
        for (size_t a = 0; status == MI_OK && a < o->n_alpha; a++) {
            mi_measured *one = &out[k * o->n_alpha + a];
            one->null = mi_null_in(&null[a], unit);
            one->value[MI_ABOVE_CHANCE] = one->value[MI_PLAIN] - one->null.mean;
        }
    }
    mi_free(null);
    return status;
}

/* ---- all of them ---- */

static mi_status entropies(measurement *m, mi_influences *influence, const mi_run *run)
{
    if (influence)
        return mi_pairs_entropies(&m->pairs, &influence->is_known, m->var, MI_MEASURE_VARS, run);
    return mi_joint_entropies(m->joints.joint, m->joints.n, m->var, MI_MEASURE_VARS, m->opts->alpha,
                              m->opts->n_alpha, run);
}

mi_status mi_measure_once(mi_measured *out, mi_influences *influence, const mi_forms *f,
                          const mi_sample *s, const mi_measure_opts *o, const mi_run *run)
{
    measurement m = {.forms = f, .opts = o, .sample = s};
    size_t g = s->instance.groups.g;
    mi_status status;
    m.pairs = (mi_pairs){.sample = s,
                         .alpha = o->alpha,
                         .n_alpha = o->n_alpha,
                         .joints = &m.joints,
                         .instance = s->has_instances ? MI_BIT_INSTANCE : 0};
    MI_TRY_GOTO(status, mi_measure_vars(m.var, s, mi_forms_members(f)), done);
    MI_TRY_GOTO(status, want_joints(&m, influence && o->alpha[0] == 2, run->route), done);
    MI_TRY_GOTO(status, entropies(&m, influence, run), done);
    for (size_t k = 0; k < f->count; k++)
        for (size_t a = 0; a < o->n_alpha; a++)
            MI_TRY_GOTO(
                status,
                set_values(&out[k * o->n_alpha + a],
                           influence ? influence->psi + (a * influence->count + k * MI_READINGS) * g
                                     : NULL,
                           &m, k, a),
                done);
    if (o->permutations)
        status = add_nulls(out, &m, run);
done:
    for (int v = 0; v < MI_MEASURE_VARS; v++)
        mi_var_free(&m.var[v]);
    mi_pairs_free(&m.pairs);
    mi_joint_list_free(&m.joints);
    return status;
}
