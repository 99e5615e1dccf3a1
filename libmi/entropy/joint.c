/* Entropies of many joints at many orders: plans first, then each route once for all joints it
 * serves.
 *
 *     1. engine_start    route and place of every joint (joint_plan.c)
 *     2. tiles, small    order 2, many joints in one pass (joint_tiles.c, joint_small.c)
 *     3. joint_entropy   the others: counts, eigenvalues, moments, lanczos; small ones a thread each
 *     4. sample          last: the totals of step 3 are control variates of its regression
 *
 * At order 2 a sum over pairs is all that is needed, with A = K / n:
 *
 *     S_2 = -log tr A^2 = -log(T / n^2) = 2 log n - log T,   T = sum_ij K_ij^2
 */
#include "libmi/entropy/joint.h"

#include <math.h>

#include "libmi/base/pool.h"
#include "libmi/base/run_internal.h"
#include "libmi/base/words.h"
#include "libmi/data/groups_internal.h"
#include "libmi/entropy/check.h"
#include "libmi/entropy/entropy_internal.h"
#include "libmi/entropy/joint_spectrum.h"
#include "libmi/entropy/private.h"
#include "libmi/spectrum/lanczos.h"

/* ---- blocks in double precision ---- */

/* Refuse matrices that do not fit, with the batch that would. */
static mi_status check_memory(const mi_engine *e, const mi_plan *p, const mi_joint_matrix *a)
{
    size_t bytes = mi_spectrum_bytes(a, 0, e->run), allowed = mi_run_memory_bytes(e->run);
    if (bytes <= allowed)
        return MI_OK;
    /* Rows m that fit: 8 m^2 bytes of matrix and 8 m (d + 257) of rows and panels, so that m is the
     * root of m^2 + m (d + 257) = allowed / 8. */
    double half = 0.5 * ((double)p->shape.d + 257);
    double rows = sqrt(half * half + (double)allowed / 8) - half;
    if (rows < 2)
        return mi_fail(
            MI_EMEMORY,
            "a joint entropy of %zu rows needs %.3g MB, allowed are %.3g MB, in which no "
            "batch fits; try a larger " MI_OPTION "memory",
            e->n, (double)bytes / 1e6, (double)allowed / 1e6);
    const char *other = e->need == MI_NEED_SQUARES       ? ", or route tiles"
                        : e->need == MI_NEED_EIGENVALUES ? ""
                        : mi_engine_lanczos_fits(e, p)   ? ", route lanczos, or order 2"
                                                         : ", or order 2";
    return mi_fail(MI_EMEMORY,
                   "a joint entropy of %zu rows needs %.3g MB for a dense matrix, allowed are %.3g "
                   "MB; try " MI_OPTION "batch with at most %.0f rows a batch%s",
                   e->n, (double)bytes / 1e6, (double)allowed / 1e6, rows, other);
}

static mi_status block_spectrum(const mi_engine *e, size_t k, const mi_left_out *left,
                                mi_spectrum *out)
{
    mi_joint_matrix a = mi_engine_matrix(e, k);
    MI_TRY(check_memory(e, &e->plan[k], &a));
    return mi_spectrum_of(out, left, &a, e->run);
}

static mi_status take_spectrum(mi_engine *e, size_t k, const mi_left_out *left,
                               const mi_spectrum *s)
{
    mi_joint *j = &e->joint[k];
    for (size_t a = 0; a < e->n_alpha; a++)
        j->s[a] = mi_entropy_of_eigenvalues(s->l, s->count, e->alpha[a]);
    j->zeroed_mass = s->zeroed_mass;
    j->rank = (double)s->count;
    return left ? mi_entropies_without(j->without, left, j->s, e->weight) : MI_OK;
}

/* *wanted: `left`, made, or NULL where the joint leaves nothing out. */
static mi_status start_left_out(const mi_engine *e, size_t k, mi_left_out *left,
                                const mi_left_out **wanted)
{
    *left = (mi_left_out){0};
    *wanted = mi_engine_leaves_out(e, k) ? left : NULL;
    return *wanted ? mi_left_out_make(left, e->joint[k].leave, e->alpha, e->n_alpha) : MI_OK;
}

/* One spectrum serves every order. */
static mi_status spectrum_entropies(mi_engine *e, size_t k)
{
    mi_left_out left;
    const mi_left_out *wanted;
    mi_spectrum s = {0};
    mi_status status = start_left_out(e, k, &left, &wanted);
    if (status == MI_OK)
        status = block_spectrum(e, k, wanted, &s);
    if (status == MI_OK)
        status = take_spectrum(e, k, wanted, &s);
    mi_spectrum_free(&s);
    mi_left_out_free(&left);
    return status;
}

/* Orders 2, 3, 4 by tr A^2, tr A^3, tr A^4; order 2 alone needs no product A A. */
static mi_status moment_entropies(mi_engine *e, size_t k)
{
    mi_joint_matrix a = mi_engine_matrix(e, k);
    int squares = e->need == MI_NEED_SQUARES;
    mi_moments m;
    MI_TRY(check_memory(e, &e->plan[k], &a));
    MI_TRY(mi_moments_of(&m, squares ? e->joint[k].row : NULL, &a, squares ? 2 : 4, e->run));
    for (size_t i = 0; i < e->n_alpha; i++)
        e->joint[k].s[i] = mi_entropy_of_moments(&m, e->alpha[i]);
    return MI_OK;
}

/* Deflated stochastic Lanczos quadrature (spectrum/lanczos.h), all orders from the same probes. */
static mi_status estimate_entropies(mi_engine *e, size_t k)
{
    mi_joint *j = &e->joint[k];
    mi_joint_matrix a = mi_engine_matrix(e, k);
    mi_left_out left;
    mi_lanczos out = {.s = j->s, .half_width = j->half_width, .row = j->row};
    mi_status status = start_left_out(e, k, &left, &out.left);
    if (status == MI_OK)
        status = mi_lanczos_entropies(&out, &a, e->alpha, e->n_alpha, e->run);
    if (status == MI_OK && out.left)
        status = mi_entropies_without(j->without, &left, j->s, e->weight);
    j->zeroed_mass = out.zeroed_mass;
    mi_left_out_free(&left);
    return status;
}

static mi_status joint_entropy(mi_engine *e, size_t k)
{
    mi_joint *j = &e->joint[k];
    const mi_plan *p = &e->plan[k];
    if (j->route == MI_ROUTE_COUNTS) {
        const mi_groups *g = &p->classes->joint;
        j->rank = (double)g->g;
        /* K_ij = [c_i = c_j]: the row sum of its squares is the size of the group. */
        for (size_t i = 0; j->row && i < e->n; i++)
            j->row[i] = (double)g->count[g->code[i]];
        if (mi_engine_leaves_out(e, k))
            MI_TRY(
                mi_counts_without(j->without, &p->classes->joint, j->leave, e->alpha, e->n_alpha));
        return mi_entropy_of_counts(j->s, &p->classes->joint, e->alpha, e->n_alpha);
    }
    if (j->route == MI_ROUTE_LANCZOS)
        return estimate_entropies(e, k);
    if (p->at == MI_AT_BLOCKS)
        return e->need == MI_NEED_SPECTRUM || mi_engine_leaves_out(e, k) ? spectrum_entropies(e, k)
                                                                         : moment_entropies(e, k);
    /* Order 2 alone: S_2 = 2 log n - log T. */
    for (size_t a = 0; a < e->n_alpha; a++)
        j->s[a] = 2 * log((double)e->n) - log(p->total);
    return MI_OK;
}

/* ---- one by one, and beside each other ---- */

/* A joint that uses all threads by itself. Its matrix refused, so is the whole. */
static mi_status needs_all_threads(const mi_engine *e, size_t k, int *yes)
{
    mi_joint_matrix a = mi_engine_matrix(e, k);
    *yes = e->joint[k].route == MI_ROUTE_LANCZOS;
    if (e->joint[k].route == MI_ROUTE_COUNTS || *yes || e->plan[k].at != MI_AT_BLOCKS)
        return MI_OK;
    *yes = mi_spectrum_has_large(&a);
    return check_memory(e, &e->plan[k], &a);
}

/* Joints order[0..n), a thread each. */
typedef struct {
    mi_engine *e;
    size_t n, *order;
} joint_tasks;

static mi_status one_of(void *arg, size_t task, int worker)
{
    const joint_tasks *t = arg;
    (void)worker;
    return joint_entropy(t->e, t->order[task]);
}

/* Into its place in the order of cost, the dearest first, so that the last to end are short. */
static void put_by_cost(joint_tasks *t, size_t k)
{
    const mi_engine *e = t->e;
    double cost = mi_cost_blocks(&e->plan[k].shape, e->need);
    size_t at = t->n++;
    for (; at && mi_cost_blocks(&e->plan[t->order[at - 1]].shape, e->need) < cost; at--)
        t->order[at] = t->order[at - 1];
    t->order[at] = k;
}

/* Several ranks work on one joint together, in the order of all. The memory for a joint's blocks counts
 * a block for every thread, whichever joints they are of. */
static mi_status joints_at_blocks(mi_engine *e)
{
    mi_engine quiet = *e;
    mi_run run = *e->run;
    joint_tasks small = {.e = &quiet};
    mi_status status = MI_OK;
    run.progress = NULL;
    quiet.run = &run;
    MI_TRY(MI_NEW(small.order, e->n_joints));
    for (size_t k = 0; status == MI_OK && k < e->n_joints; k++) {
        int alone = 1;
        if (mi_engine_is_last(&e->plan[k]))
            continue;
        status = needs_all_threads(e, k, &alone);
        if (status == MI_OK && (alone || e->run->comm))
            status = joint_entropy(e, k);
        else if (status == MI_OK)
            put_by_cost(&small, k);
    }
    if (status == MI_OK)
        status = mi_parallel(e->run, small.n, one_of, &small);
    mi_free(small.order);
    return status;
}

/* The plans of all joints, made from the arguments that e already holds. */
static mi_status engine_start(mi_engine *e)
{
    MI_TRY(mi_run_check(e->run));
    MI_TRY(mi_joints_check(e->joint, e->n_joints, e->var, e->n_var));
    e->n = e->var[0].n;
    MI_TRY(mi_engine_weigh(e));
    MI_TRY(MI_NEW(e->plan, e->n_joints));
    MI_TRY(MI_NEW(e->part, e->n_joints));
    return mi_engine_plan(e);
}

static void engine_free(mi_engine *e)
{
    for (size_t k = 0; e->part && k < e->n_parts; k++) {
        mi_groups_free(&e->part[k].joint);
        mi_group_rows_free(&e->part[k].rows);
    }
    mi_free(e->plan);
    mi_free(e->part);
    mi_engine_unweigh(e);
}

mi_status mi_joint_entropies(mi_joint *joint, size_t n_joints, const mi_var *var, size_t n_var,
                             const double *alpha, size_t n_alpha, const mi_run *run)
{
    mi_engine e = {.joint = joint,
                   .n_joints = n_joints,
                   .var = var,
                   .n_var = n_var,
                   .alpha = alpha,
                   .n_alpha = n_alpha,
                   .run = run};
    MI_TRY(mi_orders_check(alpha, n_alpha));
    for (size_t k = 0; joint && k < n_joints; k++)
        if (!joint[k].s)
            return mi_fail(MI_EUSAGE, "joint %zu has no memory for its entropies", k);
    e.need = mi_need_of(alpha, n_alpha);
    mi_status status = engine_start(&e);
    for (size_t k = 0; status == MI_OK && k < n_joints; k++)
        mi_engine_no_without(&e, k);
    if (status == MI_OK)
        status = mi_engine_tiles(&e);
    if (status == MI_OK)
        status = mi_engine_small(&e);
    if (status == MI_OK)
        status = joints_at_blocks(&e);
    if (status == MI_OK)
        status = mi_engine_sample(&e);
    for (size_t k = 0; status == MI_OK && k < n_joints; k++)
        if (mi_engine_is_last(&e.plan[k]))
            status = joint_entropy(&e, k);
    engine_free(&e);
    return status;
}

const mi_joint *mi_joint_find(const mi_joint *joint, size_t n_joints, unsigned vars)
{
    for (size_t j = 0; joint && j < n_joints; j++)
        if (joint[j].vars == vars)
            return &joint[j];
    return NULL;
}

/* K of a discrete variable has a block of ones for each group, whose eigenvalue is its count; A,
 * its share. */
static mi_status spectrum_of_counts(mi_spectrum *out, const mi_groups *g)
{
    *out = (mi_spectrum){.count = g->g};
    MI_TRY(MI_NEW_RAW(out->l, g->g));
    for (size_t c = 0; c < g->g; c++) {
        out->l[c] = (double)g->count[c] / (double)g->n;
        out->largest = fmax(out->largest, out->l[c]);
    }
    return MI_OK;
}

mi_status mi_joint_spectrum(mi_spectrum *out, mi_joint *j, const mi_var *var, size_t n_var,
                            const mi_run *run)
{
    mi_engine e = {.joint = j,
                   .n_joints = 1,
                   .var = var,
                   .n_var = n_var,
                   .need = MI_NEED_EIGENVALUES,
                   .run = run};
    *out = (mi_spectrum){0};
    mi_status status = engine_start(&e);
    if (status == MI_OK)
        status = j->route == MI_ROUTE_COUNTS ? spectrum_of_counts(out, &e.plan[0].classes->joint)
                                             : block_spectrum(&e, 0, NULL, out);
    engine_free(&e);
    if (status != MI_OK)
        return status;
    j->zeroed_mass = out->zeroed_mass;
    j->rank = (double)out->count;
    return MI_OK;
}
