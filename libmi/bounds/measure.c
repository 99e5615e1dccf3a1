/* Expressions such as z1:z2|y on a sample: their values, normalised forms and nulls.
 *
 * The joints of all expressions are listed once and computed together; each value is then a signed
 * sum of their entropies (entropy/mutual.h). With T the information and H_k = S(part k | given) the
 * entropies of its k parts, the normalised forms are
 *
 *     min    T / min_k H_k               mean    T / (sum_k H_k / k)
 *     geo    T / (prod_k H_k)^(1/k)      joint   T / S(all parts | given)
 *
 * (Strehl and Ghosh, J. Mach. Learn. Res. 3 (2002) 583 for geo; Vinh, Epps and Bailey, J. Mach.
 * Learn. Res. 11 (2010) 2837 for all of them). In batches every value is the mean of the batches'
 * values. */
#include "libmi/bounds/measure.h"

#include <math.h>
#include <string.h>

#include "libmi/base/number.h"
#include "libmi/base/pool.h"
#include "libmi/bounds/private.h"
#include "libmi/data/batch.h"
#include "libmi/data/sample_build.h"
#include "libmi/entropy/check.h"

static const char *const variable_name[MI_MEASURE_NAMES] = {"z1", "z2", "r", "y"};
static const mi_member_id variable_member[MI_MEASURE_NAMES] = {MI_Z1, MI_Z2, MI_R, MI_Y};

/* ---- forms ---- */

static mi_status parse_form(mi_measured_form *out, const char *text, size_t length,
                            mi_form_kind kind)
{
    mi_expression *e = &out->expression;
    MI_TRY(mi_expression_parse(e, text, length, variable_name, MI_MEASURE_NAMES));
    if (kind == MI_FORM_IS_ENTROPY && e->n_parts != 1)
        return mi_fail(MI_EUSAGE,
                       "'%.*s' is a mutual information, wanted an entropy: z1, z1+z2 or z1|y",
                       (int)length, text);
    if (kind == MI_FORM_IS_INFORMATION && e->n_parts < 2)
        return mi_fail(MI_EUSAGE,
                       "'%.*s' is an entropy, wanted a mutual information: z1:z2 or z1:z2|y",
                       (int)length, text);
    out->quantity = kind == MI_FORM_IS_ENTROPY
                        ? mi_quantity_entropy(e->part[0], e->given)
                        : mi_quantity_correlation(e->part, e->n_parts, e->given);
    MI_TRY(mi_calloc(&out->text, length + 1, 1));
    memcpy(out->text, text, length);
    return MI_OK;
}

mi_status mi_forms_parse(mi_forms *out, const char *text, mi_form_kind kind)
{
    size_t n = 1;
    for (const char *c = text; *c; c++)
        n += *c == ',';
    *out = (mi_forms){0};
    MI_TRY(MI_NEW(out->form, n));
    for (size_t k = 0; k < n; k++) {
        size_t length = strcspn(text, ",");
        mi_status status = parse_form(&out->form[k], text, length, kind);
        if (status != MI_OK) {
            mi_forms_free(out);
            return status;
        }
        out->count++;
        text += length + 1;
    }
    return MI_OK;
}

void mi_forms_free(mi_forms *f)
{
    for (size_t k = 0; k < f->count; k++)
        mi_free(f->form[k].text);
    mi_free(f->form);
    *f = (mi_forms){0};
}

mi_member_id mi_form_member(const mi_measured_form *f)
{
    unsigned vars = mi_expression_vars(&f->expression);
    for (int v = 0; v < MI_MEASURE_NAMES; v++)
        if (vars == 1u << v)
            return variable_member[v];
    return MI_MEMBERS;
}

unsigned mi_forms_members(const mi_forms *f)
{
    unsigned members = 0;
    for (size_t k = 0; k < f->count; k++)
        for (int v = 0; v < MI_MEASURE_VARS; v++)
            if (mi_expression_vars(&f->form[k].expression) >> v & 1)
                members |= 1u << variable_member[v % MI_MEASURE_NAMES];
    return members;
}

/* ---- one sample ---- */

/* The joints of all expressions, each once, with the entropies that normalised forms are made of.
 * z1:z2|y, the information S(z1,y) + S(z2,y) - S(z1,z2,y) - S(y), names four joints and shares
 * S(z1,y) with z1|y. */
typedef struct {
    const mi_forms *forms;
    const mi_measure_opts *opts;
    mi_joint_list joints;
} measurement;

/* What the expressions name, and for each the joint of all its variables, to which the route that
 * was asked for applies. */
static mi_status want_joints(measurement *m, mi_route route)
{
    size_t room = 0;
    for (size_t k = 0; k < m->forms->count; k++)
        room += m->forms->form[k].quantity.count + 1;
    MI_TRY(mi_joint_list_make(&m->joints, room, m->opts->n_alpha));
    for (size_t k = 0; k < m->forms->count; k++) {
        const mi_measured_form *f = &m->forms->form[k];
        for (size_t i = 0; i < f->quantity.count; i++)
            mi_joint_list_want(&m->joints, f->quantity.vars[i], MI_ROUTE_AUTO);
        mi_joint_list_want(&m->joints, mi_expression_vars(&f->expression), route);
    }
    return MI_OK;
}

/* S(vars | given) = S(vars, given) - S(given). */
static double conditional(const measurement *m, unsigned vars, unsigned given, size_t a)
{
    mi_quantity q = mi_quantity_entropy(vars, given);
    return mi_quantity_value(&q, m->joints.joint, m->joints.n, a);
}

/* The four ratios of the table above; the geometric mean by logarithms. */
static void set_normalised(mi_measured *out, const measurement *m, const mi_expression *e, size_t a,
                           double value)
{
    double least = INFINITY, sum = 0, log_sum = 0, n = (double)e->n_parts;
    for (size_t k = 0; k < e->n_parts; k++) {
        double s = conditional(m, e->part[k], e->given, a);
        least = fmin(least, s);
        sum += s;
        log_sum += log(s);
    }
    out->min = value / least;
    out->mean = value / (sum / n);
    out->geo = value / exp(log_sum / n);
    out->joint = value / conditional(m, mi_expression_vars(e) & ~e->given, e->given, a);
}

/* Expression k at order number a: value, half-width, ratios, and the proof: mass zeroed, route. */
static void set_values(mi_measured *out, const measurement *m, size_t k, size_t a)
{
    const mi_measured_form *f = &m->forms->form[k];
    double unit = mi_entropy_unit(m->opts->base);
    double value = mi_quantity_value(&f->quantity, m->joints.joint, m->joints.n, a);
    *out = (mi_measured){.value = unit * value, .zeroed_mass = NAN};
    out->half_width = unit * mi_quantity_half_width(&f->quantity, m->joints.joint, m->joints.n, a);
    set_normalised(out, m, &f->expression, a, value);
    for (size_t j = 0; j < m->joints.n; j++) {
        for (size_t i = 0; i < f->quantity.count; i++)
            if (m->joints.joint[j].vars == f->quantity.vars[i])
                out->zeroed_mass = fmax(out->zeroed_mass, m->joints.joint[j].zeroed_mass);
        if (m->joints.joint[j].vars == mi_expression_vars(&f->expression))
            out->route = m->joints.joint[j].route;
    }
}

/* Bits 0 to 3 are z1, z2, r, y; 4 to 7 the same again, as variables of their own with the same
 * values (z1:z1). */
mi_status mi_measure_vars(mi_var *var, const mi_sample *s, unsigned members)
{
    for (int v = 0; v < MI_MEASURE_VARS; v++) {
        mi_member_id member = variable_member[v % MI_MEASURE_NAMES];
        if (members >> member & 1)
            MI_TRY(mi_sample_var(&var[v], s, member));
        else
            mi_var_discrete(&var[v], &s->instance.groups);
    }
    return MI_OK;
}

/* Permutation nulls of every expression at every order, in the unit of the logarithm; p has
 * none. */
static mi_status add_nulls(mi_measured *out, const mi_forms *f, const mi_var *var,
                           const mi_sample *s, const mi_measure_opts *o, const mi_run *run)
{
    double unit = mi_entropy_unit(o->base);
    const mi_permute_opts how = {.count = o->permutations, .seed = o->draws};
    mi_null *null;
    mi_status status = MI_OK;
    MI_TRY(MI_NEW(null, o->n_alpha));
    for (size_t k = 0; status == MI_OK && k < f->count; k++) {
        status = mi_permutation_null(null, &f->form[k].expression, var, 2 * MI_MEASURE_NAMES,
                                     &s->instance.groups, o->alpha, o->n_alpha, &how, run);
        for (size_t a = 0; status == MI_OK && a < o->n_alpha; a++)
            out[k * o->n_alpha + a].null = (mi_null){.observed = unit * null[a].observed,
                                                     .mean = unit * null[a].mean,
                                                     .sd = unit * null[a].sd,
                                                     .p = null[a].p};
    }
    mi_free(null);
    return status;
}

/* out (count, n_alpha): every expression at every order on one sample. */
static mi_status measure_once(mi_measured *out, const mi_forms *f, const mi_sample *s,
                              const mi_measure_opts *o, const mi_run *run)
{
    measurement m = {.forms = f, .opts = o};
    mi_var var[MI_MEASURE_VARS] = {0};
    mi_status status;
    MI_TRY_GOTO(status, mi_measure_vars(var, s, mi_forms_members(f)), done);
    MI_TRY_GOTO(status, want_joints(&m, run->route), done);
    MI_TRY_GOTO(status,
                mi_joint_entropies(m.joints.joint, m.joints.n, var, MI_MEASURE_VARS, o->alpha,
                                   o->n_alpha, run),
                done);
    for (size_t k = 0; k < f->count; k++)
        for (size_t a = 0; a < o->n_alpha; a++)
            set_values(&out[k * o->n_alpha + a], &m, k, a);
    if (o->permutations)
        status = add_nulls(out, f, var, s, o, run);
done:
    for (int v = 0; v < MI_MEASURE_VARS; v++)
        mi_var_free(&var[v]);
    mi_joint_list_free(&m.joints);
    return status;
}

/* Values of every batch, (batches, cells); a cell is one expression at one order. */
typedef struct {
    mi_measured *value;
    size_t cells;
    const mi_forms *forms;
    const mi_measure_opts *opts;
} batch_values;

static mi_status measure_batch(void *arg, size_t k, mi_sample *part, const size_t *row,
                               const mi_run *run)
{
    const batch_values *b = arg;
    (void)row;
    return measure_once(b->value + k * b->cells, b->forms, part, b->opts, run);
}

/* One of n batches into their mean. Half-widths are averaged, not divided by sqrt n: batches may be
 * estimated from the same draws. */
static void add_batch(mi_measured *mean, const mi_measured *part, double n)
{
    mean->value += part->value / n;
    mean->half_width += part->half_width / n;
    mean->min += part->min / n;
    mean->mean += part->mean / n;
    mean->geo += part->geo / n;
    mean->joint += part->joint / n;
    mean->zeroed_mass = fmax(mean->zeroed_mass, part->zeroed_mass);
    mean->route = part->route;
    mean->batches++;
}

static mi_status measure_in_batches(mi_measured *out, const mi_forms *f, const mi_sample *s,
                                    const mi_measure_opts *o, const mi_run *run)
{
    batch_values b = {.cells = f->count * o->n_alpha, .forms = f, .opts = o};
    mi_batches batches;
    mi_comm *comm;
    MI_TRY(mi_batches_make(&batches, &s->instance.groups, o->batch, o->seed));
    mi_status status = MI_NEW(b.value, batches.count * b.cells);
    if (status == MI_OK)
        status = mi_each_part(s, &batches, run, measure_batch, &b, &comm);
    if (status == MI_OK)
        status = mi_comm_merge(comm, b.value, batches.count * b.cells * sizeof *b.value);
    for (size_t c = 0; status == MI_OK && c < b.cells; c++) {
        out[c] = (mi_measured){.zeroed_mass = NAN};
        for (size_t k = 0; k < batches.count; k++)
            add_batch(&out[c], &b.value[k * b.cells + c], (double)batches.count);
    }
    mi_free(b.value);
    mi_batches_free(&batches);
    return status;
}

mi_status mi_measure(mi_measured *out, const mi_forms *f, const mi_sample *s,
                     const mi_measure_opts *o, const mi_run *run)
{
    if (!o->batch)
        return measure_once(out, f, s, o, run);
    if (o->permutations)
        return mi_fail(MI_EUSAGE,
                       "permutations are of the whole set, found batches; leave out one of them");
    return measure_in_batches(out, f, s, o, run);
}

/* ---- one number ---- */

static mi_status check_members(const mi_sample *s, const mi_forms *f)
{
    unsigned members = mi_forms_members(f);
    for (mi_member_id m = MI_Z1; m <= MI_Y; m++)
        if ((members >> m & 1) && !s->column[m].present)
            return mi_fail(MI_EUSAGE, "'%s' is of %s, which the sample does not have",
                           f->form[0].text, mi_member_name(m));
    return MI_OK;
}

/* One expression, one order: the door of mi_entropy and mi_information. */
static mi_status one_value(double *value, const mi_sample *s, const char *of, mi_form_kind kind,
                           double alpha, const mi_run *run)
{
    const mi_measure_opts o = {.alpha = &alpha, .n_alpha = 1, .base = exp(1)};
    mi_run defaults;
    mi_forms f;
    mi_measured out;
    mi_run_default(&defaults);
    if (!value || !s || !of)
        return mi_fail(MI_EUSAGE,
                       "an entropy or information without a value, sample or expression");
    MI_TRY(mi_orders_check(&alpha, 1));
    MI_TRY(mi_forms_parse(&f, of, kind));
    mi_status status = f.count == 1
                           ? check_members(s, &f)
                           : mi_fail(MI_EUSAGE, "'%s' is several, wanted one expression", of);
    if (status == MI_OK)
        status = mi_measure(&out, &f, s, &o, run ? run : &defaults);
    if (status == MI_OK)
        *value = out.value;
    mi_forms_free(&f);
    return status;
}

mi_status mi_entropy(double *h_nats, const mi_sample *s, const char *of, double alpha,
                     const mi_run *run)
{
    return one_value(h_nats, s, of, MI_FORM_IS_ENTROPY, alpha, run);
}

mi_status mi_information(double *i_nats, const mi_sample *s, const char *of, double alpha,
                         const mi_run *run)
{
    return one_value(i_nats, s, of, MI_FORM_IS_INFORMATION, alpha, run);
}
