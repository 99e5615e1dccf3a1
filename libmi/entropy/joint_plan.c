/* Which route each joint takes, and the place where order 2 is computed.
 *
 * Two steps: plan_joint decides for each joint by itself; at order 2 place_squares then moves
 * joints to work that is done anyway. An estimate by a sample draws joints to itself first
 * (prefer_sample), then a tile pass does. The decisions stand as tables before each function. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "libmi/base/words.h"
#include "libmi/data/groups_internal.h"
#include "libmi/data/kernel_internal.h"
#include "libmi/entropy/private.h"
#include "libmi/spectrum/gram.h"
#include "libmi/spectrum/lanczos.h"
#include "libmi/spectrum/spectrum.h"

/* Class-by-class work above this many multiply-adds is done by a tile pass for each class, which is
 * in single precision and needs no m x m memory. */
#define BLOCKS_IN_DOUBLE   2e9
/* Class-by-class work that costs more than this share of a tile pass with the same factors joins
 * the pass, where one more sum over the same tiles is nearly free; below it, double precision is
 * kept. */
#define BLOCKS_BESIDE_PASS 0.01

unsigned mi_engine_discrete(const mi_engine *e, unsigned vars)
{
    unsigned discrete = 0;
    for (size_t v = 0; v < e->n_var; v++)
        if ((vars >> v & 1) && !mi_var_is_real(&e->var[v]))
            discrete |= 1u << v;
    return discrete;
}

unsigned mi_engine_real(const mi_engine *e, unsigned vars)
{
    return vars & ~mi_engine_discrete(e, vars);
}

unsigned mi_engine_vars_at(const mi_engine *e, mi_place at, const mi_class_part *classes)
{
    unsigned vars = 0;
    for (size_t k = 0; k < e->n_joints; k++)
        if (e->plan[k].at == at && (!classes || e->plan[k].classes == classes))
            vars |= mi_engine_real(e, e->joint[k].vars);
    return vars;
}

int mi_engine_is_last(const mi_plan *p)
{
    return p->at == MI_AT_SAMPLE || p->at == MI_AT_NARROW;
}

/* The product of discrete variables: one group for each combination that occurs. */
static mi_status join_groups(const mi_engine *e, unsigned vars, mi_groups *out)
{
    *out = (mi_groups){0};
    for (size_t v = 0; v < e->n_var; v++) {
        mi_groups old = *out;
        if (!(vars >> v & 1))
            continue;
        mi_status status = old.n ? mi_groups_joint(out, &old, e->var[v].groups)
                                 : mi_groups_gather(out, e->var[v].groups, NULL, e->n);
        mi_groups_free(&old);
        MI_TRY(status);
    }
    return MI_OK;
}

/* The part with these variables. With `joint`, the groups of these: also a part of fewer or of more
 * of the variables with as many groups, which are the same groups then: where one set contains the
 * other, its groups refine the other's, and equal numbers leave nothing to refine. (Y beside the
 * id: each id has one label.) NULL: there is none. */
static mi_class_part *find_part(mi_engine *e, unsigned vars, const mi_groups *joint)
{
    for (size_t k = 0; k < e->n_parts; k++) {
        mi_class_part *c = &e->part[k];
        unsigned both = c->vars & vars;
        if (c->vars == vars ||
            (joint && (both == vars || both == c->vars) && c->joint.g == joint->g))
            return c;
    }
    return NULL;
}

/* The classes of a set of discrete variables, made once for all joints that have them. */
static mi_status find_classes(mi_engine *e, unsigned vars, mi_class_part **out)
{
    mi_groups joint;
    *out = vars ? find_part(e, vars, NULL) : NULL;
    if (!vars || *out)
        return MI_OK;
    MI_TRY(join_groups(e, vars, &joint));
    *out = find_part(e, vars, &joint);
    if (*out) {
        mi_groups_free(&joint);
        return MI_OK;
    }
    mi_class_part *c = *out = &e->part[e->n_parts++];
    *c = (mi_class_part){.vars = vars, .joint = joint};
    for (size_t g = 0; g < joint.g; g++)
        c->largest = joint.count[g] > c->largest ? joint.count[g] : c->largest;
    return mi_groups_list(&c->rows, &c->joint);
}

/* What the cost model reads (route.h): n, d, w, and sum m_c^2, sum m_c^3 over the classes. */
static void describe_shape(mi_plan *p, const mi_joint *j, size_t n, int is_weighted)
{
    mi_shape *s = &p->shape;
    *s = (mi_shape){.n = n, .n_classes = 1, .width = SIZE_MAX, .is_linear = 1};
    s->n_real = p->n_real - (is_weighted && p->n_real > 1 ? 1 : 0);
    s->has_large = 1;
    s->wants_rows = j->row != NULL;
    s->pairs = (double)n * (double)n;
    s->cubes = s->pairs * (double)n;
    for (size_t k = 0; k < p->n_real; k++) {
        s->d += p->real[k]->x->d;
        s->is_linear &= p->real[k]->kernel.kind == MI_KERNEL_LINEAR && !p->real[k]->self;
        s->has_laplacian |= p->real[k]->kernel.kind == MI_KERNEL_LAPLACIAN;
    }
    if (p->n_real)
        s->width = mi_joint_width(p->real, p->n_real);
    if (!p->classes)
        return;
    s->is_discrete_part = 1;
    s->n_classes = p->classes->joint.g;
    s->pairs = mi_groups_pairs(&p->classes->joint);
    s->cubes = 0;
    s->has_large = 0;
    for (size_t c = 0; c < s->n_classes; c++) {
        s->cubes += pow((double)p->classes->joint.count[c], 3);
        s->has_large |= mi_lanczos_is_large(p->classes->joint.count[c], s->width);
    }
}

/* Class by class, its real variables alone. */
static mi_joint_matrix matrix_by_class(const mi_engine *e, const mi_plan *p)
{
    return (mi_joint_matrix){.var = p->real,
                             .n_var = p->n_real,
                             .n = e->n,
                             .classes = p->classes ? &p->classes->rows : NULL};
}

mi_joint_matrix mi_engine_matrix(const mi_engine *e, size_t k)
{
    const mi_plan *p = &e->plan[k];
    mi_joint_matrix a = matrix_by_class(e, p);
    if (e->joint[k].route == MI_ROUTE_DUAL)
        a.as = MI_MATRIX_DUAL;
    /* The plain twin: every variable as a Gram matrix, the discrete ones too. */
    if (e->joint[k].route == MI_ROUTE_DENSE)
        a = (mi_joint_matrix){.var = p->all, .n_var = p->n_all, .n = e->n, .as = MI_MATRIX_DENSE};
    return a;
}

int mi_engine_lanczos_fits(const mi_engine *e, const mi_plan *p)
{
    mi_joint_matrix a = matrix_by_class(e, p);
    return mi_lanczos_fits(&a, NULL, e->run);
}

/* Features that stayed in the file are read in panels by the tile pass alone: order 2, all joints
 * of them in one pass. */
static int is_in_file(const mi_plan *p)
{
    for (size_t k = 0; k < p->n_real; k++)
        if (p->real[k]->x->source)
            return 1;
    return 0;
}

/* Linear marginals have a dual, exact and cheap; with a variable under another kernel the route that
 * the run forces is for every joint that it can do. */
static int is_not_linear(const mi_plan *p)
{
    for (size_t k = 0; k < p->n_real; k++)
        if (!mi_kernel_is_linear(p->real[k]->kernel.kind))
            return 1;
    return 0;
}

/* Its sum over all pairs is that of a d x d matrix in double precision. */
static int has_dual(const mi_plan *p)
{
    return p->n_real == 1 && !is_not_linear(p);
}

static mi_status refuse_from_file(const mi_engine *e, const mi_joint *j, const mi_plan *p)
{
    double bytes = (double)e->n * (double)p->shape.d * 4;
    const char *what = e->need != MI_NEED_SQUARES    ? "orders other than 2 need"
                       : j->route == MI_ROUTE_SAMPLE ? "route 'sample' needs"
                       : j->route == MI_ROUTE_BF16   ? "route 'bf16' needs"
                                                     : "route 'lanczos' needs";
    return mi_fail(
        MI_EMEMORY,
        "%s the features in memory, %.3g MB for one joint alone; try %s, or a larger " MI_OPTION
        "memory",
        what, bytes / 1e6, e->need == MI_NEED_SQUARES ? "route tiles" : "order 2");
}

/* The variables of a joint: all, the real ones, the classes of the others; and its shape. */
static mi_status sort_variables(mi_engine *e, size_t k)
{
    const mi_joint *j = &e->joint[k];
    mi_plan *p = &e->plan[k];
    for (size_t v = 0; v < e->n_var; v++) {
        if (!(j->vars >> v & 1))
            continue;
        p->all[p->n_all++] = &e->var[v];
        if (mi_var_is_real(&e->var[v]))
            p->real[p->n_real++] = &e->var[v];
    }
    MI_TRY(find_classes(e, mi_engine_discrete(e, j->vars), &p->classes));
    describe_shape(p, j, e->n, e->weight != NULL);
    return MI_OK;
}

/* The route and first place of one joint. "in file": some of its rows are not in memory. The first
 * line that applies:
 *
 *     route asked for    joint                                          route taken
 *     any                in file, an order other than 2                 refused, MI_EMEMORY
 *     sample, lanczos,   in file                                        refused, MI_EMEMORY
 *     bf16
 *     another            mi_route_check refuses it                      refused, MI_EUSAGE
 *     another            else                                           the one asked for
 *     auto               in file                                        tiles
 *     auto               real part, exact one long or too large         lanczos, where that fits
 *                        (mi_route_is_estimated)
 *     auto               else                                           mi_route_choose
 *
 *     route taken        place
 *     tiles              MI_AT_PASS
 *     sample             MI_AT_SAMPLE
 *     bf16               MI_AT_NARROW
 *     any other          MI_AT_BLOCKS, for place_squares to move
 */
static mi_status plan_joint(mi_engine *e, size_t k)
{
    mi_joint *j = &e->joint[k];
    mi_plan *p = &e->plan[k];
    MI_TRY(sort_variables(e, k));
    if (j->route == MI_ROUTE_AUTO && is_not_linear(p) &&
        mi_route_check(e->run->route, &p->shape, e->need) == MI_OK)
        j->route = e->run->route;
    int is_auto = j->route == MI_ROUTE_AUTO;
    int in_file = is_in_file(p);
    if (in_file && (e->need != MI_NEED_SQUARES || j->route == MI_ROUTE_SAMPLE ||
                    j->route == MI_ROUTE_BF16 || j->route == MI_ROUTE_LANCZOS))
        return refuse_from_file(e, j, p);
    j->zeroed_mass = j->rank = NAN;
    for (size_t a = 0; j->half_width && a < e->n_alpha; a++)
        j->half_width[a] = 0;
    if (!is_auto)
        MI_TRY(mi_route_check(j->route, &p->shape, e->need));
    else
        j->route = in_file ? MI_ROUTE_TILES : mi_route_choose(&p->shape, e->need, e->run);
    if (is_auto && p->n_real && !in_file) {
        mi_joint_matrix a = mi_engine_matrix(e, k);
        if (mi_route_is_estimated(&p->shape, e->need, mi_spectrum_bytes(&a, 0, e->run), e->run) &&
            mi_engine_lanczos_fits(e, p))
            j->route = MI_ROUTE_LANCZOS;
    }
    p->at = j->route == MI_ROUTE_TILES    ? MI_AT_PASS
            : j->route == MI_ROUTE_SAMPLE ? MI_AT_SAMPLE
            : j->route == MI_ROUTE_BF16   ? MI_AT_NARROW
                                          : MI_AT_BLOCKS;
    return MI_OK;
}

/* Where some joint is estimated from a sample of the tiles, or by a pass in bfloat16, the others at
 * order 2 join it instead of making a pass of their own, unless their route was asked for:
 *
 *     some joint at    joint at                      route asked for    becomes
 *     MI_AT_SAMPLE     MI_AT_PASS, MI_AT_NARROW      auto               MI_AT_SAMPLE, route sample
 *     MI_AT_NARROW     MI_AT_PASS                    auto               MI_AT_NARROW, route bf16
 *                      any                           any                stays
 */
static void join_place(mi_engine *e, const unsigned char *forced, mi_place at, mi_route route)
{
    int any = 0;
    for (size_t k = 0; k < e->n_joints; k++)
        any |= e->plan[k].at == at;
    for (size_t k = 0; any && k < e->n_joints; k++)
        if (!forced[k] && (e->plan[k].at == MI_AT_PASS || e->plan[k].at == MI_AT_NARROW)) {
            e->plan[k].at = at;
            e->joint[k].route = route;
        }
}

/* Order 2: joints at MI_AT_BLOCKS move to cheaper places. Only those with a real variable and with
 * a route that was not asked for (or is classes) may. `blocks` is their cost class by class, `pass`
 * that of the tile pass that some joint makes necessary. The first line that applies:
 *
 *     classes          real variables      route    cost                    place
 *     all <= 16 rows   any                 any      any                     MI_AT_SMALL
 *     any or none      all on the pass     auto     blocks > 0.01 pass      that of the pass, route
 *                                                                           tiles or bf16
 *     some             several, or a       any      blocks > 2e9            MI_AT_CLASS_TILES
 *                      kernel not linear
 *     any other                                                             MI_AT_BLOCKS stays
 *
 * The pass is at MI_AT_PASS or at MI_AT_NARROW. A linear variable whose row sums are not wanted stays off
 * the latter, which would take its total from the dual anyway. On the pass classes are masks (a pair counts
 * where class_i = class_j); at MI_AT_CLASS_TILES each class has a pass over its own rows; one linear variable
 * with classes has their duals. */
static void place_squares(mi_engine *e, const unsigned char *forced)
{
    join_place(e, forced, MI_AT_SAMPLE, MI_ROUTE_SAMPLE);
    join_place(e, forced, MI_AT_NARROW, MI_ROUTE_BF16);
    mi_place at = mi_engine_vars_at(e, MI_AT_PASS, NULL) ? MI_AT_PASS : MI_AT_NARROW;
    unsigned on_pass = mi_engine_vars_at(e, at, NULL);
    double pass = 0;
    for (size_t k = 0; k < e->n_joints; k++)
        if (e->plan[k].at == at)
            pass = fmax(pass, mi_cost_tiles(&e->plan[k].shape));
    for (size_t k = 0; k < e->n_joints; k++) {
        mi_plan *p = &e->plan[k];
        mi_joint *j = &e->joint[k];
        double apart = mi_cost_blocks(&p->shape, MI_NEED_SQUARES);
        int may_move = !forced[k] || j->route == MI_ROUTE_CLASSES;
        unsigned real = mi_engine_real(e, j->vars);
        if (!p->n_real || p->at != MI_AT_BLOCKS || !may_move)
            continue;
        if (p->classes && p->classes->largest <= MI_SMALL_CLASS)
            p->at = MI_AT_SMALL;
        else if (on_pass && !forced[k] && (real & ~on_pass) == 0 &&
                 !(at == MI_AT_NARROW && has_dual(p) && !j->row) &&
                 apart > BLOCKS_BESIDE_PASS * pass) {
            p->at = at;
            j->route = at == MI_AT_PASS ? MI_ROUTE_TILES : MI_ROUTE_BF16;
        } else if (p->classes && apart > BLOCKS_IN_DOUBLE &&
                   (p->shape.n_real > 1 || p->shape.width == SIZE_MAX)) {
            p->at = MI_AT_CLASS_TILES;
        }
    }
}

/* Each joint by itself, then, at order 2 alone, together. */
mi_status mi_engine_plan(mi_engine *e)
{
    unsigned char *forced;
    mi_status status = MI_OK;
    MI_TRY(MI_NEW(forced, e->n_joints));
    for (size_t k = 0; status == MI_OK && k < e->n_joints; k++) {
        forced[k] = e->joint[k].route != MI_ROUTE_AUTO;
        status = plan_joint(e, k);
    }
    if (status == MI_OK && e->need == MI_NEED_SQUARES)
        place_squares(e, forced);
    e->is_tried = e->run->route != MI_ROUTE_BF16;
    for (size_t k = 0; k < e->n_joints; k++)
        e->is_tried &= !(forced[k] && e->plan[k].at == MI_AT_NARROW);
    mi_free(forced);
    return status;
}
