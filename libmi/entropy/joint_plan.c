/* Which route each joint takes, and where. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "libmi/entropy/private.h"
#include "libmi/spectrum/lanczos.h"

/* Class-by-class work above this many multiply-adds goes to tiles, which need no m x m memory. */
#define BLOCKS_IN_DOUBLE   2e9
/* Share of the tile pass that class-by-class work may cost before it joins the pass instead. */
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

/* The part with these variables; or, from the groups of these, one of fewer or more variables and
 * as many groups, which are the same groups then. NULL: there is none. */
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

static void describe_shape(mi_plan *p, const mi_joint *j, size_t n)
{
    mi_shape *s = &p->shape;
    *s = (mi_shape){.n = n, .n_real = p->n_real, .n_classes = 1, .width = SIZE_MAX};
    s->has_large = 1;
    s->wants_rows = j->row != NULL;
    s->pairs = (double)n * (double)n;
    s->cubes = s->pairs * (double)n;
    for (size_t k = 0; k < p->n_real; k++)
        s->d += p->real[k]->x->d;
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

mi_joint_blocks mi_engine_blocks(const mi_engine *e, size_t k)
{
    const mi_joint *j = &e->joint[k];
    const mi_plan *p = &e->plan[k];
    mi_joint_blocks b = {.form = j->route == MI_ROUTE_DUAL ? MI_FORM_DUAL : MI_FORM_CHEAPER};
    if (j->route == MI_ROUTE_DENSE) {
        /* The plain twin: every variable as a Gram matrix, the discrete ones too. */
        b.form = MI_FORM_DENSE;
        for (size_t v = 0; v < e->n_var; v++)
            if (j->vars >> v & 1)
                b.var[b.n_var++] = &e->var[v];
        return b;
    }
    memcpy(b.var, p->real, sizeof b.var);
    b.n_var = p->n_real;
    b.rows = p->classes ? &p->classes->rows : NULL;
    return b;
}

size_t mi_engine_bytes(const mi_engine *e, const mi_joint_blocks *b)
{
    return mi_spectrum_bytes(b->var, b->n_var, b->rows, e->n, b->form, e->run);
}

int mi_engine_lanczos_fits(const mi_engine *e, const mi_plan *p)
{
    return mi_lanczos_fits(p->real, p->n_real, p->classes ? &p->classes->rows : NULL, e->n, e->run);
}

/* Features that stayed in the file: all that is wanted of them goes on one pass over its rows. */
static int is_in_file(const mi_plan *p)
{
    for (size_t k = 0; k < p->n_real; k++)
        if (p->real[k]->x->source)
            return 1;
    return 0;
}

static mi_status refuse_from_file(const mi_engine *e, const mi_joint *j, const mi_plan *p)
{
    double bytes = (double)e->n * (double)p->shape.d * 4;
    const char *what = e->need != MI_NEED_SQUARES    ? "orders other than 2 need"
                       : j->route == MI_ROUTE_SAMPLE ? "route 'sample' needs"
                                                     : "route 'lanczos' needs";
    return mi_fail(MI_EMEMORY,
                   "%s the features in memory, %.3g MB for one joint alone; try %s, or a larger "
                   "--memory",
                   what, bytes / 1e6, e->need == MI_NEED_SQUARES ? "--route tiles" : "--alpha 2");
}

static mi_status plan_joint(mi_engine *e, size_t k)
{
    mi_joint *j = &e->joint[k];
    mi_plan *p = &e->plan[k];
    int is_auto = j->route == MI_ROUTE_AUTO;
    for (size_t v = 0; v < e->n_var; v++)
        if ((j->vars >> v & 1) && mi_var_is_real(&e->var[v]))
            p->real[p->n_real++] = &e->var[v];
    MI_TRY(find_classes(e, mi_engine_discrete(e, j->vars), &p->classes));
    describe_shape(p, j, e->n);
    int in_file = is_in_file(p);
    if (in_file &&
        (e->need != MI_NEED_SQUARES || j->route == MI_ROUTE_SAMPLE || j->route == MI_ROUTE_LANCZOS))
        return refuse_from_file(e, j, p);
    j->zeroed_mass = j->rank = NAN;
    for (size_t a = 0; j->half_width && a < e->n_alpha; a++)
        j->half_width[a] = 0;
    if (!is_auto)
        MI_TRY(mi_route_check(j->route, &p->shape, e->need));
    else
        j->route = in_file ? MI_ROUTE_TILES : mi_route_choose(&p->shape, e->need, e->run);
    if (is_auto && p->n_real && !in_file) {
        mi_joint_blocks b = mi_engine_blocks(e, k);
        if (mi_route_is_estimated(&p->shape, e->need, mi_engine_bytes(e, &b), e->run) &&
            mi_engine_lanczos_fits(e, p))
            j->route = MI_ROUTE_LANCZOS;
    }
    p->at = j->route == MI_ROUTE_TILES    ? MI_AT_PASS
            : j->route == MI_ROUTE_SAMPLE ? MI_AT_SAMPLE
                                          : MI_AT_BLOCKS;
    return MI_OK;
}

/* Factors of the pass are real variables that some joint on it has; bit v as in mi_joint.vars. */
static unsigned pass_vars(const mi_engine *e)
{
    unsigned vars = 0;
    for (size_t k = 0; k < e->n_joints; k++)
        if (e->plan[k].at == MI_AT_PASS)
            vars |= mi_engine_real(e, e->joint[k].vars);
    return vars;
}

/* With a sample of the tiles on its way, there is no pass over all of them unless one was forced.
 */
static void prefer_sample(mi_engine *e, const unsigned char *forced)
{
    int any = 0;
    for (size_t k = 0; k < e->n_joints; k++)
        any |= e->plan[k].at == MI_AT_SAMPLE;
    for (size_t k = 0; any && k < e->n_joints; k++) {
        if (e->plan[k].at == MI_AT_PASS && !forced[k]) {
            e->plan[k].at = MI_AT_SAMPLE;
            e->joint[k].route = MI_ROUTE_SAMPLE;
        }
    }
}

/* With the pass on its way, joints that only need its factors ride along when that is cheaper;
 * without it, large classes get a pass each. */
static void place_squares(mi_engine *e, const unsigned char *forced)
{
    prefer_sample(e, forced);
    unsigned on_pass = pass_vars(e);
    double pass = 0;
    for (size_t k = 0; k < e->n_joints; k++)
        if (e->plan[k].at == MI_AT_PASS)
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
                 apart > BLOCKS_BESIDE_PASS * pass) {
            p->at = MI_AT_PASS;
            j->route = MI_ROUTE_TILES;
        } else if (p->classes && apart > BLOCKS_IN_DOUBLE &&
                   (p->n_real > 1 || p->shape.width == SIZE_MAX)) {
            p->at = MI_AT_CLASS_TILES;
        }
    }
}

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
    mi_free(forced);
    return status;
}
