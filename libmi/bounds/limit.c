/* Entropies of ever larger samples, extrapolated.
 *
 * A form is a sum of entropies of joints, S_a = log P / (1 - a) of the potential P = tr A^a. Over samples of
 * m instances the mean of P is E + (1 - E) / m at order 2, a polynomial in 1/m of degree a - 1 at whole
 * orders, and has such a series at others where the spectrum is finite; at order 1 S itself has. With x_k =
 * 1 / (instances in a batch of level k) and V_k = P of the mean S over the batches of that level, the
 * polynomial through the first p of them has at x = 0 the value
 *
 *     L_p = sum_k w_k V_k,   w_k = prod_(j != k) x_j / (x_j - x_k)
 *
 * (Richardson's extrapolation; for halves L_2 = 2 V_0 - V_1, L_3 = (8 V_0 - 6 V_1 + V_2) / 3). The limit
 * of a form is that of its joints by L_3; by L_4 it differs by what the fit leaves open. The batches of a
 * level are halves of those of the level before, so that all V are of the same instances and their errors
 * are nearly the same. The error is found by leaving out groups of instances, as many from each of the
 * smallest batches, so that every batch stays what it was but for what is left out: batches cut anew would
 * be other batches, and their differences no error. */
#include "libmi/bounds/limit.h"

#include <math.h>

#include "libmi/base/number.h"
#include "libmi/base/want.h"
#include "libmi/bounds/private.h"
#include "libmi/data/batch.h"
#include "libmi/data/sample_build.h"
#include "libmi/entropy/check.h"

enum { LEVELS = 4, FITTED = 3, MOST_GROUPS = 20 };

/* w (LEVELS) of the polynomial through the first p of x; 0 for the others. */
static void weights_at_0(double *w, const double *x, int p)
{
    for (int k = 0; k < LEVELS; k++) {
        w[k] = k < p;
        for (int j = 0; j < p && k < p; j++)
            w[k] *= j == k ? 1 : x[j] / (x[j] - x[k]);
    }
}

/* What is extrapolated in the place of S, and back: above order 4 P^(1/(a-1)), which does not vanish. */
static double potential(double s, double alpha)
{
    return alpha == 1 ? s : exp(-fmin(alpha - 1, alpha > 4 ? 1 : 3) * s);
}

static double entropy_of(double p, double alpha)
{
    return alpha == 1 ? p : -log(p) / fmin(alpha - 1, alpha > 4 ? 1 : 3);
}

/* ---- the joints of all forms ---- */

/* Entropies of joints, each a form of its own, and what is gathered of them: (n, n_alpha) limits of their
 * potentials, then of S itself, by L_3 and by L_4, and half-widths. */
typedef struct {
    mi_forms forms;
    mi_joint *joint[2]; /* L_3 with half-widths, L_4 */
    double *number;     /* behind the s and half_width of both */
    size_t n_alpha;
} joint_limits;

static void want(joint_limits *l, unsigned vars, char *text)
{
    size_t k = 0;
    while (k < l->forms.count && l->joint[0][k].vars != vars)
        k++;
    if (k < l->forms.count)
        return;
    l->joint[0][k].vars = l->joint[1][k].vars = vars;
    l->forms.form[k] = (mi_measured_form){.text = text,
                                          .expression = {.part = {vars}, .n_parts = 1},
                                          .quantity = mi_quantity_entropy(vars, 0)};
    l->forms.count++;
}

static void limits_free(joint_limits *l)
{
    mi_free(l->forms.form);
    mi_free(l->joint[0]);
    mi_free(l->number);
}

static mi_status limits_make(joint_limits *l, const mi_forms *f, size_t n_alpha)
{
    size_t most = 0;
    *l = (joint_limits){.n_alpha = n_alpha};
    for (size_t k = 0; k < f->count; k++)
        most += f->form[k].quantity.count;
    MI_TRY(MI_NEW(l->forms.form, most));
    MI_TRY(MI_NEW(l->joint[0], 2 * most));
    MI_TRY(MI_NEW(l->number, 3 * most * n_alpha));
    l->joint[1] = l->joint[0] + most;
    for (size_t k = 0; k < f->count; k++)
        for (size_t i = 0; i < f->form[k].quantity.count; i++)
            want(l, f->form[k].quantity.vars[i], f->form[k].text);
    for (size_t j = 0; j < l->forms.count; j++) {
        double *of = l->number + 3 * j * n_alpha;
        l->joint[0][j].s = of;
        l->joint[1][j].s = of + n_alpha;
        l->joint[0][j].half_width = of + 2 * n_alpha;
    }
    return MI_OK;
}

/* Add level k, batches of g >> k instances, with its weights in L_3 and L_4. */
static mi_status add_level(joint_limits *l, const mi_sample *s, const mi_measure_opts *o,
                           const double w[2], const mi_run *run)
{
    mi_measured *out;
    MI_TRY(MI_NEW(out, l->forms.count * l->n_alpha));
    mi_status status = mi_measure(out, &l->forms, s, o, run);
    for (size_t j = 0; status == MI_OK && j < l->forms.count; j++)
        for (size_t a = 0; a < l->n_alpha; a++) {
            const mi_measured *one = &out[j * l->n_alpha + a];
            for (int p = 0; p < 2; p++)
                l->joint[p][j].s[a] += w[p] * potential(one->value[MI_PLAIN], o->alpha[a]);
            l->joint[0][j].half_width[a] += fabs(w[0]) * one->half_width[MI_PLAIN];
        }
    mi_free(out);
    return status;
}

/* Below order 2 small eigenvalues have the say, and g instances show at most g of them: a limit that
 * would need more than a third of that is nan. */
static void drop_unresolved(joint_limits *l, const double *alpha, size_t g)
{
    for (size_t j = 0; j < l->forms.count; j++)
        for (size_t a = 0; a < l->n_alpha; a++)
            if (alpha[a] < 2 && !(3 * exp(l->joint[0][j].s[a]) <= (double)g))
                l->joint[0][j].s[a] = NAN;
}

static mi_status find_limits(joint_limits *l, const mi_sample *s, const mi_measure_opts *o,
                             const mi_run *run)
{
    size_t g = s->instance.groups.g;
    double x[LEVELS], w[2][LEVELS];
    mi_measure_opts level = *o;
    for (int k = 0; k < LEVELS; k++)
        x[k] = 1 / (double)(g >> k);
    weights_at_0(w[0], x, FITTED);
    weights_at_0(w[1], x, LEVELS);
    for (int k = 0; k < LEVELS; k++) {
        level.batch = k ? g >> k : 0;
        MI_TRY(add_level(l, s, &level, (double[]){w[0][k], w[1][k]}, run));
    }
    for (size_t j = 0; j < l->forms.count; j++)
        for (size_t a = 0; a < l->n_alpha; a++)
            for (int p = 0; p < 2; p++)
                l->joint[p][j].s[a] = entropy_of(l->joint[p][j].s[a], o->alpha[a]);
    drop_unresolved(l, o->alpha, g);
    return MI_OK;
}

/* ---- forms ---- */

/* value (n_alpha, count, 2) of every form: its limit, and what the fit leaves open; half_width of the
 * first. */
static mi_status limits_of(const mi_numbers *q, double *value, double *half_width,
                           mi_influences *influence, const mi_sample *s, const mi_run *run)
{
    const mi_measure_opts *o = q->opts;
    double unit = mi_entropy_unit(o->base);
    mi_measure_opts nats = *o;
    joint_limits l;
    (void)influence;
    nats.base = exp(1);
    mi_status status = limits_make(&l, q->forms, o->n_alpha);
    if (status == MI_OK)
        status = find_limits(&l, s, &nats, run);
    for (size_t k = 0; status == MI_OK && k < q->forms->count; k++)
        for (size_t a = 0; a < o->n_alpha; a++) {
            const mi_quantity *form = &q->forms->form[k].quantity;
            size_t at = a * q->count + 2 * k, n = l.forms.count;
            value[at] = unit * mi_quantity_value(form, l.joint[0], n, a);
            value[at + 1] = unit * mi_quantity_value(form, l.joint[1], n, a) - value[at];
            half_width[at] = unit * mi_quantity_half_width(form, l.joint[0], n, a);
        }
    limits_free(&l);
    return status;
}

/* The smallest batches: eighths. */
#define EIGHTHS ((size_t)1 << (LEVELS - 1))

/* As many rows as make whole eighths, instance by instance, in an order drawn by run->seed. */
static mi_status shuffle(mi_sample *out, const mi_sample *s, const mi_run *run)
{
    mi_batches b;
    MI_TRY(mi_batches_make(&b, &s->instance.groups, s->instance.groups.g / EIGHTHS, &run->seed));
    mi_status status = mi_sample_gather(out, s, b.row, b.start[EIGHTHS]);
    mi_batches_free(&b);
    return status;
}

/* Whether a form has a variable of about as many values as instances. */
static int grows_without_end(const mi_measured_form *f, const mi_sample *s)
{
    unsigned vars = mi_expression_vars(&f->expression);
    for (int v = 0; v < 2 * MI_MEASURE_NAMES; v++) {
        const mi_column *c = &s->column[mi_measure_member(v)];
        if ((vars >> v & 1) && !c->is_real && 2 * c->groups.g > s->instance.groups.g)
            return 1;
    }
    return 0;
}

/* Values, half-widths and jackknife errors, each (n_alpha, q->count), as limits. */
static void put_limits(mi_limit *out, const mi_numbers *q, const mi_sample *s, const double *value,
                       const double *half_width, const double *se, double degrees)
{
    for (size_t k = 0; k < q->forms->count; k++)
        for (size_t a = 0; a < q->n_alpha; a++) {
            size_t at = a * q->count + 2 * k;
            double error = hypot(mi_error_with_route(se[at], half_width[at]), value[at + 1]);
            mi_limit *l = &out[k * q->n_alpha + a];
            *l = (mi_limit){
                .value = value[at], .se = error, .degrees = degrees, .fit = value[at + 1]};
            if (grows_without_end(&q->forms->form[k], s))
                *l = (mi_limit){.kind = MI_LIMIT_GROWS, .value = NAN, .se = NAN, .fit = NAN};
            else if (isnan(value[at]))
                *l = (mi_limit){.kind = MI_LIMIT_UNRESOLVED, .value = NAN, .se = NAN, .fit = NAN};
        }
}

static mi_status limits_and_errors(mi_limit *out, const mi_numbers *q, const mi_sample *s,
                                   size_t groups, const mi_run *run)
{
    size_t cells = q->count * q->n_alpha;
    double *number, degrees = 0;
    mi_sample shuffled = {0};
    mi_status status;
    MI_TRY(MI_NEW(number, 3 * cells));
    MI_TRY_GOTO(status, shuffle(&shuffled, s, run), done);
    MI_TRY_GOTO(status, q->of(q, number, number + cells, NULL, &shuffled, run), done);
    MI_TRY_GOTO(status,
                mi_numbers_jackknife(number + 2 * cells, &degrees, q, &shuffled, groups,
                                     shuffled.instance.groups.g / EIGHTHS, run),
                done);
    put_limits(out, q, s, number, number + cells, number + 2 * cells, degrees);
done:
    mi_sample_free(&shuffled);
    mi_free(number);
    return status;
}

mi_status mi_measure_limit(mi_limit *out, const mi_forms *f, const mi_sample *s,
                           const mi_measure_opts *o, const mi_run *run)
{
    MI_WANT(out && f && f->form && f->count, "mi_measure_limit without a result or expressions");
    MI_TRY(mi_forms_check(s, f, o, run));
    MI_TRY(mi_groups_of_jackknife_check(o->jackknife_groups));
    if (o->batch || o->permutations)
        return mi_fail(MI_EUSAGE, "a limit is of the whole set without re-pairings; leave out "
                                  "batches and permutations");
    MI_TRY(mi_sample_no_weights(s, "a limit"));
    if (s->instance.groups.g < MI_LIMIT_INSTANCES)
        return mi_fail(MI_EDATA, "a limit needs %d or more instances, found %zu",
                       MI_LIMIT_INSTANCES, s->instance.groups.g);
    const mi_measure_opts plain = {
        .alpha = o->alpha, .n_alpha = o->n_alpha, .base = o->base, .jackknife_groups = 2};
    const mi_numbers q = {.count = 2 * f->count,
                          .alpha = o->alpha,
                          .n_alpha = o->n_alpha,
                          .of = limits_of,
                          .opts = &plain,
                          .forms = f};
    size_t groups = o->jackknife_groups < MOST_GROUPS ? o->jackknife_groups : MOST_GROUPS;
    return limits_and_errors(out, &q, s, groups, run);
}
