/* Order-2 joints that are sums over tiles: all tiles, a sample, or all in bfloat16, the last two with a
 * regression estimator.
 *
 * Real variables are the factors of the pass, each of them once however many joints have it; a
 * joint is a sum over a subset of factors, with its classes as a mask. T of S(Z1,Z2,Y), S(Z1,Z2),
 * S(Z1), S(Z2) then comes from one sweep over the same inner products.
 *
 * In a sample, T of a joint of several variables is regressed on the sums T_v of its linear
 * variables one by one, with the same classes: those are known exactly from duals, O(n d^2), and
 * vary from unit to unit much as the joint's own sum does; rows with weights w have w_i w_j in all of these,
 * and sum_ij w_i w_j as one control more. In bfloat16 the differences to single precision
 * are estimated so, and what is done in that precision is good enough where its interval is narrow beside
 * the standard error. */
#include "libmi/entropy/private.h"

#include <math.h>

#include "libmi/spectrum/gram.h"
#include "libmi/spectrum/spectrum.h"
#include "libmi/tiles/checked.h"
#include "libmi/tiles/design.h"
#include "libmi/tiles/sampled.h"

/* ---- tile passes ---- */

/* The real variables of a pass as its factors. */
typedef struct {
    mi_tile_var var[MI_ENGINE_VARS];
    mi_tile_factor factor[MI_ENGINE_VARS];
    int slot[MI_ENGINE_VARS]; /* of each variable among the factors, -1: not one */
    size_t n_factors;
} factor_set;

/* Rows row[0..m) (NULL: all); is_narrow: all rows, in bfloat16. */
static mi_status factors_init(factor_set *f, const mi_engine *e, unsigned vars, const size_t *row,
                              size_t m, int is_narrow)
{
    for (size_t v = 0; v < e->n_var; v++) {
        f->slot[v] = -1;
        if (!(vars >> v & 1))
            continue;
        mi_tile_var *to = &f->var[f->n_factors];
        MI_TRY(is_narrow ? mi_tile_var_init_narrow(to, &e->var[v])
                         : mi_tile_var_init(to, &e->var[v], row, m));
        f->factor[f->n_factors] = f->var[f->n_factors].factor;
        f->slot[v] = (int)f->n_factors++;
    }
    return MI_OK;
}

static void factors_free(factor_set *f)
{
    for (size_t k = 0; k < MI_ENGINE_VARS; k++)
        mi_tile_var_free(&f->var[k]);
}

/* A set of variables as the set of factors: bit v of vars becomes bit slot[v]. */
static unsigned factor_bits(const factor_set *f, unsigned vars)
{
    unsigned bits = 0;
    for (size_t v = 0; v < MI_ENGINE_VARS; v++)
        if ((vars >> v & 1) && f->slot[v] >= 0)
            bits |= 1u << f->slot[v];
    return bits;
}

/* One tile pass: sums of the joints at `at` over all rows, with their classes as masks (row NULL),
 * or over the rows of one class, of which nothing is masked. factor bits of z1, z2 with three
 * joints on the pass:
 *
 *     joint    z1+z2    z1+z2+y       z1
 *     factors  0b11     0b11          0b01
 *     group    NULL     classes of y  NULL
 */
static mi_status run_pass(mi_engine *e, mi_place at, const mi_class_part *classes,
                          const size_t *row, size_t m)
{
    unsigned vars = mi_engine_vars_at(e, at, classes);
    factor_set f = {.n_factors = 0};
    mi_tile_sum *sum = NULL;
    size_t *of = NULL, n_sums = 0;
    mi_status status = MI_OK;
    if (!vars)
        return MI_OK;
    MI_TRY_GOTO(status, MI_NEW(sum, e->n_joints), done);
    MI_TRY_GOTO(status, MI_NEW(of, e->n_joints), done);
    MI_TRY_GOTO(status, factors_init(&f, e, vars, row, m, 0), done);
    for (size_t k = 0; k < e->n_joints; k++) {
        const mi_plan *p = &e->plan[k];
        if (p->at != at || (classes && p->classes != classes))
            continue;
        sum[n_sums].factors = factor_bits(&f, e->joint[k].vars);
        sum[n_sums].group = !row && p->classes ? p->classes->joint.code : NULL;
        if (e->joint[k].row)
            MI_TRY_GOTO(status, MI_NEW(sum[n_sums].row, m), done);
        of[n_sums++] = k;
    }
    MI_TRY_GOTO(status, mi_tiles(m, f.factor, f.n_factors, sum, n_sums, e->run), done);
    for (size_t s = 0; s < n_sums; s++) {
        e->plan[of[s]].total += sum[s].total;
        double *wanted = e->joint[of[s]].row;
        for (size_t i = 0; wanted && i < m; i++)
            wanted[row ? row[i] : i] = sum[s].row[i];
    }
done:
    factors_free(&f);
    for (size_t s = 0; sum && s < e->n_joints; s++)
        mi_free(sum[s].row);
    mi_free(sum);
    mi_free(of);
    return status;
}

/* One pass over all rows, then one for each class of the parts at MI_AT_CLASS_TILES. */
mi_status mi_engine_tiles(mi_engine *e)
{
    MI_TRY(run_pass(e, MI_AT_PASS, NULL, NULL, e->n));
    for (size_t k = 0; k < e->n_parts; k++) {
        const mi_class_part *c = &e->part[k];
        if (!mi_engine_vars_at(e, MI_AT_CLASS_TILES, c))
            continue;
        for (size_t b = 0; b < c->rows.g; b++)
            MI_TRY(run_pass(e, MI_AT_CLASS_TILES, c, c->rows.member + c->rows.start[b],
                            c->rows.start[b + 1] - c->rows.start[b]));
    }
    return MI_OK;
}

/* ---- a sample of the tiles ---- */

/* Sums of the joints at one place, MI_AT_SAMPLE or MI_AT_NARROW, then the known ones that they are regressed on. */
typedef struct {
    mi_engine *e;
    mi_place at;
    factor_set f, narrow;
    mi_sampled_sum *sum;
    size_t n_sums;
    size_t *of; /* joints of the first sums */
    size_t n_joints;
} joint_sample;

/* *total: T = sum_ij K_ij^2 over pairs of one linear variable and its weights, `real`, alone or with
 * discrete ones (bits as in mi_joint.vars): n^2 exp(-S_2) of a joint that has been computed, else n^2 tr A^2
 * of the dual, or of those of classes where a pass over all pairs makes up for them; nan where neither is
 * there. */
static mi_status known_total(double *total, const joint_sample *js, const mi_plan *p, unsigned real,
                             unsigned discrete)
{
    const mi_engine *e = js->e;
    const mi_var *var[2];
    double n = (double)e->n;
    mi_joint_matrix alone = {.var = var, .n = e->n};
    mi_moments m;
    *total = NAN;
    for (size_t v = 0; v < e->n_var; v++)
        if (real >> v & 1)
            var[alone.n_var++] = &e->var[v];
    for (size_t k = 0; k < e->n_joints; k++)
        if (e->joint[k].vars == (real | discrete) && !mi_engine_is_last(&e->plan[k]))
            *total = n * n * exp(-e->joint[k].s[0]);
    if (discrete && js->at == MI_AT_NARROW)
        alone.classes = &p->classes->rows;
    else if (discrete)
        return MI_OK;
    if (!isnan(*total) || mi_joint_width(var, alone.n_var) == SIZE_MAX)
        return MI_OK;
    MI_TRY(mi_moments_of(&m, NULL, &alone, 2, e->run));
    *total = n * n * m.p2;
    return MI_OK;
}

/* *at: which of the sums is the control variate of some real variables with the classes of p; it is added
 * when it is new. *at is n_sums where its total is not known. */
static mi_status find_control(joint_sample *js, const mi_plan *p, unsigned real, unsigned discrete,
                              size_t *at)
{
    mi_sampled_sum control = {.of.factors = factor_bits(&js->f, real)};
    control.of.group = p->classes ? p->classes->joint.code : NULL;
    for (*at = 0; *at < js->n_sums; ++*at)
        if (js->sum[*at].of.factors == control.of.factors &&
            js->sum[*at].of.group == control.of.group && !isnan(js->sum[*at].known))
            return MI_OK;
    MI_TRY(known_total(&control.known, js, p, real, discrete));
    if (!isnan(control.known))
        js->sum[js->n_sums++] = control;
    return MI_OK;
}

/* The controls of sum s: one for each of its real variables, where it has several; and the weights. In bfloat16
 * a single one is its own, being known. */
static mi_status add_controls(joint_sample *js, size_t s)
{
    const mi_engine *e = js->e;
    const mi_plan *p = &e->plan[js->of[s]];
    unsigned vars = e->joint[js->of[s]].vars, discrete = mi_engine_discrete(e, vars);
    size_t at;
    for (size_t v = 0; v < e->n_var; v++) {
        if (!((vars & ~discrete) >> v & 1))
            continue;
        if (p->shape.n_real == 1 && js->at == MI_AT_NARROW)
            MI_TRY(known_total(&js->sum[s].known, js, p, 1u << v, discrete));
        if (p->shape.n_real == 1 && 1u << v != e->weight_bit)
            continue;
        MI_TRY(find_control(js, p, 1u << v | e->weight_bit, discrete, &at));
        if (at < js->n_sums)
            js->sum[s].control[js->sum[s].n_controls++] = at;
    }
    return MI_OK;
}

/* The sums of the joints first, then the controls: a joint has at most MI_ENGINE_VARS. Single variables go
 * first, so that joints find them known. */
static mi_status list_sums(joint_sample *js)
{
    const mi_engine *e = js->e;
    MI_TRY(MI_NEW(js->of, e->n_joints));
    MI_TRY(MI_NEW(js->sum, e->n_joints * (1 + MI_ENGINE_VARS)));
    for (size_t k = 0; k < e->n_joints; k++) {
        mi_sampled_sum *sum = &js->sum[js->n_joints];
        if (e->plan[k].at != js->at)
            continue;
        sum->known = NAN;
        sum->of.factors = factor_bits(&js->f, e->joint[k].vars);
        sum->of.group = e->plan[k].classes ? e->plan[k].classes->joint.code : NULL;
        sum->of.row = e->joint[k].row;
        js->of[js->n_joints++] = k;
    }
    js->n_sums = js->n_joints;
    for (int several = 0; several < 2; several++)
        for (size_t s = 0; s < js->n_joints; s++)
            if ((e->plan[js->of[s]].shape.n_real > 1) == several)
                MI_TRY(add_controls(js, s));
    return MI_OK;
}

/* The take-all stratum: the discrete variable with the largest of the groups that fit a block, such
 * as the views of an image. Pairs inside these groups are few and large, so they are made part of
 * the diagonal tiles, which are exact, and are not sampled. */
static const mi_groups *kept_together(const mi_engine *e)
{
    const mi_groups *best = NULL;
    for (size_t v = 0; v < e->n_var; v++) {
        const mi_groups *g = e->var[v].groups;
        size_t largest = 0;
        for (size_t c = 0; g && c < g->g; c++)
            largest = g->count[c] > largest ? g->count[c] : largest;
        if (largest > 1 && largest <= MI_TOGETHER_MAX && (!best || g->g < best->g))
            best = g;
    }
    return best;
}

/* ---- bfloat16 ---- */

/* The error of an entropy that other rows would have given, were all rows independent: the root of
 * n / (n - 1) sum_i (2 row_i / T - 2 / n)^2. Views of an instance are not, and make it larger. */
static double row_error(const mi_tile_sum *of, size_t n)
{
    double square = 0, rows = (double)n;
    for (size_t i = 0; i < n; i++) {
        double influence = 2 * (of->row[i] / of->total - 1 / rows);
        square += influence * influence;
    }
    return sqrt(square * rows / (rows - 1));
}

/* A hundredth of the standard error adds 1 in 20,000 to it. */
#define BESIDE_ERROR 0.01

/* Whether every joint is as exact as something asks: the tolerance, or its own standard error. */
static int is_exact_enough(const joint_sample *js)
{
    double tolerance = js->e->run->tolerance;
    for (size_t s = 0; s < js->n_joints; s++) {
        const mi_sampled_sum *sum = &js->sum[s];
        double allowed = tolerance > 0 ? tolerance
                         : sum->of.row ? BESIDE_ERROR * row_error(&sum->of, js->e->n)
                                       : INFINITY;
        if (sum->half_width > allowed)
            return 0;
    }
    return 1;
}

/* The joints at MI_AT_NARROW by a pass in single precision after all. */
static mi_status tiles_instead(mi_engine *e)
{
    for (size_t k = 0; k < e->n_joints; k++)
        if (e->plan[k].at == MI_AT_NARROW)
            e->joint[k].route = MI_ROUTE_TILES;
    return run_pass(e, MI_AT_NARROW, NULL, NULL, e->n);
}

/* ---- both estimates ---- */

static void take_estimates(joint_sample *js)
{
    mi_engine *e = js->e;
    for (size_t s = 0; s < js->n_joints; s++) {
        mi_joint *j = &e->joint[js->of[s]];
        e->plan[js->of[s]].total = js->sum[s].of.total;
        for (size_t a = 0; j->half_width && a < e->n_alpha; a++)
            j->half_width[a] = js->sum[s].half_width;
    }
}

static mi_status estimate_at(mi_engine *e, mi_place at)
{
    joint_sample js = {.e = e, .at = at};
    unsigned vars = mi_engine_vars_at(e, at, NULL);
    mi_status status;
    if (!vars)
        return MI_OK;
    MI_TRY_GOTO(status, factors_init(&js.f, e, vars, NULL, e->n, 0), done);
    MI_TRY_GOTO(status, list_sums(&js), done);
    if (at == MI_AT_NARROW) {
        MI_TRY_GOTO(status, factors_init(&js.narrow, e, vars, NULL, e->n, 1), done);
        MI_TRY_GOTO(status,
                    mi_tiles_checked(e->n, js.narrow.factor, js.f.factor, js.f.n_factors, js.sum,
                                     js.n_sums, e->run),
                    done);
    } else {
        MI_TRY_GOTO(status,
                    mi_tiles_sample(e->n, js.f.factor, js.f.n_factors, js.sum, js.n_sums,
                                    kept_together(e), e->run),
                    done);
    }
    if (at == MI_AT_NARROW && e->is_tried && !is_exact_enough(&js))
        MI_TRY_GOTO(status, tiles_instead(e), done);
    else
        take_estimates(&js);
done:
    factors_free(&js.f);
    factors_free(&js.narrow);
    mi_free(js.sum);
    mi_free(js.of);
    return status;
}

mi_status mi_engine_sample(mi_engine *e)
{
    MI_TRY(estimate_at(e, MI_AT_SAMPLE));
    return estimate_at(e, MI_AT_NARROW);
}
