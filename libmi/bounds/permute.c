/* Permutation null of I(A;B): B re-paired with A at random, instances with their views.
 *
 * Under a re-pairing pi the marginal entropies stay and only the joint changes. At order 2, with a,
 * b squared kernels of A and B, both stored as floats,
 *
 *     T(pi) = sum_ij a_ij b_pi(i)pi(j)
 *     I(pi) = S_A + S_B - S_AB = log T(pi) + log M - log T_A - log T_B,
 *
 * n^2 / 2 multiply-adds each over the M pairs that count. Other orders compute S_AB of moved rows
 * anew. */
#include "libmi/bounds/permute.h"

#include <math.h>
#include <string.h>

#include "libmi/base/pool.h"
#include "libmi/base/run_internal.h"
#include "libmi/base/want.h"
#include "libmi/base/words.h"
#include "libmi/bounds/estimator.h"
#include "libmi/bounds/pairing.h"
#include "libmi/data/groups_internal.h"
#include "libmi/data/kernel_internal.h"
#include "libmi/data/mat_internal.h"
#include "libmi/entropy/check.h"
#include "libmi/spectrum/gram.h"

typedef struct {
    const mi_expression *e;
    const mi_var *var;
    size_t n_var, n;
    const mi_groups *instance;
    mi_pairings pairings;
    const mi_permute_opts *o;
    unsigned long seed;
    double *alpha; /* (n_alpha) orders from joint entropies */
    size_t n_alpha;
    double *sum;   /* (n_alpha) S(A) + S(B) */
    double *value; /* (count + 1, n_alpha) I; the first is the pairing as it is */
    float *a, *b;  /* (n,n) squared kernels of the two parts at order 2, 0 for the row pairs that do
                      not count; NULL: order 2 is one of alpha */
    double sum_a, sum_b, pairs; /* of a, of b, and how many count */
    double *value_2;            /* (count + 1) I at order 2 from them */
} null_job;

/* ---- order 2 from stored matrices ---- */

/* Whether the pair (i,c), i != c, counts: under estimator c only rows of different instances. */
static int counts(const null_job *j, size_t i, size_t c)
{
    return j->o->estimator != MI_ESTIMATOR_C || !j->pairings.views ||
           j->instance->code[i] != j->instance->code[c];
}

/* Self pairs that count, each of value 1. */
static double self_pairs(const null_job *j)
{
    return j->o->estimator == MI_ESTIMATOR_V ? (double)j->n : 0;
}

/* q (n,n), both triangles, since a pairing reads any column of any row: squared kernel of a set of
 * variables, 0 on the diagonal and for pairs that do not count. *sum: over the pairs that count,
 * self pairs by number. */
static mi_status squared_kernel(float **q, double *sum, const null_job *j, unsigned vars)
{
    const mi_var *part[MI_MAX_VARS];
    size_t n = j->n;
    mi_block all = {.var = part, .m = n};
    double *k;
    for (size_t v = 0; v < j->n_var; v++)
        if (vars >> v & 1)
            part[all.n_var++] = &j->var[v];
    MI_TRY(MI_NEW_RAW(k, n * n));
    mi_status status = mi_gram(k, &all);
    if (status == MI_OK)
        status = MI_NEW(*q, n * n);
    *sum = self_pairs(j);
    for (size_t i = 0; status == MI_OK && i < n; i++)
        for (size_t c = 0; c < i; c++) {
            double square = counts(j, i, c) ? k[i * n + c] * k[i * n + c] : 0;
            (*q)[i * n + c] = (*q)[c * n + i] = (float)square;
            *sum += 2 * square;
        }
    mi_free(k);
    return status;
}

/* T(pi): by symmetry the lower triangle twice, and the self pairs. The products of equal pairings are the same
 * floats, and their sums in double precision the same but for 1e-15. */
static double paired_sum(const null_job *j, const size_t *to)
{
    double total = 0;
    for (size_t i = 1; i < j->n; i++) {
        const float *a = j->a + i * j->n, *b = j->b + to[i] * j->n;
        double sum = 0;
#pragma omp simd reduction(+ : sum)
        for (size_t c = 0; c < i; c++)
            sum += (double)(a[c] * b[to[c]]);
        total += sum;
    }
    return 2 * total + self_pairs(j);
}

/* I(pi) of the formula above, S = -log(T / M) of each part and of both. */
static double information_of_pairing(const null_job *j, const size_t *to)
{
    return log(paired_sum(j, to)) + log(j->pairs) - log(j->sum_a) - log(j->sum_b);
}

/* ---- any order from joint entropies ---- */

/* The variables of part B with their rows moved; what they borrow is in `x` and `groups`. */
typedef struct {
    mi_var var[MI_MAX_VARS];
    mi_mat x[MI_MAX_VARS];
    mi_groups groups[MI_MAX_VARS];
} moved_vars;

static mi_status move_part(moved_vars *m, const null_job *j, const size_t *to)
{
    unsigned vars = j->e->part[1];
    for (size_t v = 0; v < j->n_var; v++) {
        const mi_var *from = &j->var[v];
        if (!(vars >> v & 1)) {
            m->var[v] = *from;
        } else if (mi_var_is_real(from)) {
            MI_TRY(mi_mat_pick(&m->x[v], from->x, to, j->n));
            MI_TRY(mi_var_real(&m->var[v], from->kernel, &m->x[v]));
        } else {
            MI_TRY(mi_groups_gather(&m->groups[v], from->groups, to, j->n));
            mi_var_discrete(&m->var[v], &m->groups[v]);
        }
    }
    return MI_OK;
}

static void moved_free(moved_vars *m, const null_job *j)
{
    for (size_t v = 0; v < j->n_var; v++) {
        if (j->e->part[1] >> v & 1)
            mi_var_free(&m->var[v]);
        mi_mat_free(&m->x[v]);
        mi_groups_free(&m->groups[v]);
    }
}

/* s (n_alpha): S(A,B) with the rows of B moved, by the ordinary routes in one thread: the pairings
 * are what is shared out among threads. */
static mi_status joint_of_pairing(const null_job *j, const size_t *to, double *s)
{
    moved_vars m = {0};
    mi_run alone = {.threads = 1};
    mi_joint joint = {.vars = j->e->part[0] | j->e->part[1], .s = s};
    mi_status status = move_part(&m, j, to);
    if (status == MI_OK)
        status = mi_joint_entropies(&joint, 1, m.var, j->n_var, j->alpha, j->n_alpha, &alone);
    moved_free(&m, j);
    return status;
}

/* value (n_alpha): I = S(A) + S(B) - S(A,B) at the orders from joint entropies. */
static mi_status informations_of_pairing(const null_job *j, const size_t *to, double *value)
{
    MI_TRY(joint_of_pairing(j, to, value));
    for (size_t a = 0; a < j->n_alpha; a++)
        value[a] = j->sum[a] - value[a];
    return MI_OK;
}

static mi_status one_pairing(void *arg, size_t task, int worker)
{
    const null_job *j = arg;
    size_t *to;
    (void)worker;
    MI_TRY(MI_NEW_RAW(to, j->n));
    mi_status status = mi_pairing_draw(to, &j->pairings, task, j->seed);
    if (status == MI_OK && j->a)
        j->value_2[task] = information_of_pairing(j, to);
    if (status == MI_OK && j->n_alpha)
        status = informations_of_pairing(j, to, j->value + task * j->n_alpha);
    mi_free(to);
    return status;
}

/* ---- all of them ---- */

/* S(A) + S(B), which no re-pairing changes. */
static mi_status marginal_sums(null_job *j, const mi_run *run)
{
    double *s;
    mi_joint part[2];
    if (!j->n_alpha)
        return MI_OK;
    MI_TRY(MI_NEW(j->sum, j->n_alpha));
    MI_TRY(MI_NEW(j->value, (j->o->count + 1) * j->n_alpha));
    MI_TRY(MI_NEW(s, 2 * j->n_alpha));
    for (size_t k = 0; k < 2; k++)
        part[k] = (mi_joint){.vars = j->e->part[k], .s = s + k * j->n_alpha};
    mi_status status = mi_joint_entropies(part, 2, j->var, j->n_var, j->alpha, j->n_alpha, run);
    for (size_t a = 0; a < j->n_alpha; a++)
        j->sum[a] = s[a] + s[j->n_alpha + a];
    mi_free(s);
    return status;
}

/* M of the estimator, and both matrices with their sums: 8 n^2 bytes, and as much while one is
 * made. */
static mi_status store_matrices(null_job *j)
{
    double n = (double)j->n;
    j->pairs = n * (j->o->estimator == MI_ESTIMATOR_V ? n : n - 1);
    if (j->o->estimator == MI_ESTIMATOR_C && j->pairings.views)
        j->pairs = n * n - mi_groups_pairs(j->instance);
    MI_TRY(MI_NEW(j->value_2, j->o->count + 1));
    MI_TRY(squared_kernel(&j->a, &j->sum_a, j, j->e->part[0]));
    return squared_kernel(&j->b, &j->sum_b, j, j->e->part[1]);
}

/* Which orders are computed how; 16 n^2 bytes are two matrices of floats and one of doubles while
 * it is made:
 *
 *     order    16 n^2 bytes fit    estimator    computed from
 *     2        yes                 v, u, c      stored matrices
 *     2        no                  v            joint entropies
 *     2        no                  u, c         refused, MI_EMEMORY
 *     other    any                 v            joint entropies
 */
static mi_status share_out_orders(null_job *j, const double *alpha, size_t n_alpha,
                                  const mi_run *run)
{
    double bytes = 16.0 * (double)j->n * (double)j->n, allowed = (double)mi_run_memory_bytes(run);
    int is_stored = bytes <= allowed, has_order_2 = 0;
    mi_estimator e = j->o->estimator;
    MI_TRY(MI_NEW(j->alpha, n_alpha));
    for (size_t a = 0; a < n_alpha; a++) {
        has_order_2 |= alpha[a] == 2;
        if (alpha[a] != 2 || !is_stored)
            j->alpha[j->n_alpha++] = alpha[a];
    }
    if (e != MI_ESTIMATOR_V && !is_stored)
        return mi_fail(MI_EMEMORY,
                       "re-pairings under estimator %s need %.3g MB for %zu rows, allowed are %.3g "
                       "MB; try " MI_OPTION "batch, or leave out " MI_OPTION "permutations",
                       mi_estimator_name(e), bytes / 1e6, j->n, allowed / 1e6);
    return has_order_2 && is_stored ? store_matrices(j) : MI_OK;
}

/* Each rank has its share of them. */
static mi_status merge_pairings(null_job *j, mi_comm *comm)
{
    size_t count = j->o->count + 1;
    if (j->value_2)
        MI_TRY(mi_comm_merge(comm, j->value_2, count * sizeof *j->value_2));
    return j->value ? mi_comm_merge(comm, j->value, count * j->n_alpha * sizeof *j->value) : MI_OK;
}

static void summarise_all(mi_null *out, const null_job *j, const double *alpha, size_t n_alpha)
{
    size_t other = 0;
    for (size_t a = 0; a < n_alpha; a++) {
        if (alpha[a] == 2 && j->a)
            out[a] = mi_null_of(j->value_2, 1, j->o->count, MI_NULL_ROUND_OFF);
        else
            out[a] = mi_null_of(j->value + other++, j->n_alpha, j->o->count,
                                alpha[a] == 2 ? MI_NULL_ROUND_OFF_FLOAT : MI_NULL_ROUND_OFF);
    }
}

static mi_status check_variables(const mi_expression *e, const mi_var *var, size_t n_var,
                                 const mi_groups *instance)
{
    mi_joint part[2] = {{.vars = e->part[0]}, {.vars = e->part[1]}};
    MI_TRY(mi_joints_check(part, 2, var, n_var));
    MI_TRY(mi_groups_check(instance, "instances"));
    MI_WANT(instance->n == var[0].n,
            "instances of %zu rows, the variables have %zu: wanted as many", instance->n, var[0].n);
    return MI_OK;
}

static mi_status check_question(const mi_expression *e, const double *alpha, size_t n_alpha,
                                const mi_permute_opts *o)
{
    MI_TRY(mi_orders_check(alpha, n_alpha));
    MI_WANT((unsigned)o->estimator <= MI_ESTIMATOR_C, "estimator %d, wanted one of mi_estimator",
            (int)o->estimator);
    if (e->n_parts != 2 || e->given)
        return mi_fail(MI_EUSAGE, "permutations are for two parts without a condition, as z1:z2");
    if (o->count < 2)
        return mi_fail(MI_EUSAGE, "%zu permutations, wanted 2 or more", o->count);
    for (size_t a = 0; a < n_alpha; a++)
        if (o->estimator != MI_ESTIMATOR_V && alpha[a] != 2)
            return mi_fail(MI_EUSAGE, "estimator %s is for order 2, found order %g",
                           mi_estimator_name(o->estimator), alpha[a]);
    return MI_OK;
}

/* A part that is the instance itself: re-pairing whole instances would only rename its values. */
static int is_instance(const null_job *j, unsigned part)
{
    for (size_t v = 0; v < j->n_var; v++)
        if (part == 1u << v && !mi_var_is_real(&j->var[v]))
            return memcmp(j->var[v].groups->code, j->instance->code,
                          j->n * sizeof *j->instance->code) == 0;
    return 0;
}

mi_status mi_permutation_null(mi_null *out, const mi_expression *e, const mi_var *var, size_t n_var,
                              const mi_groups *instance, const double *alpha, size_t n_alpha,
                              const mi_permute_opts *o, const mi_run *run)
{
    MI_WANT(out && e && o, "mi_permutation_null without a result, expression or options");
    MI_TRY(mi_run_check(run));
    MI_TRY(check_question(e, alpha, n_alpha, o));
    MI_TRY(check_variables(e, var, n_var, instance));
    null_job j = {.e = e,
                  .var = var,
                  .n_var = n_var,
                  .n = instance->n,
                  .instance = instance,
                  .o = o,
                  .seed = run->seed};
    mi_status status;
    int is_renamed = is_instance(&j, e->part[0]) || is_instance(&j, e->part[1]);
    MI_TRY_GOTO(status, mi_pairings_init(&j.pairings, instance, is_renamed), done);
    MI_TRY_GOTO(status, share_out_orders(&j, alpha, n_alpha, run), done);
    MI_TRY_GOTO(status, marginal_sums(&j, run), done);
    MI_TRY_GOTO(status, mi_spread(run, o->count + 1, one_pairing, &j), done);
    MI_TRY_GOTO(status, merge_pairings(&j, run->comm), done);
    summarise_all(out, &j, alpha, n_alpha);
done:
    mi_pairings_free(&j.pairings);
    mi_free(j.alpha);
    mi_free(j.sum);
    mi_free(j.value);
    mi_free(j.value_2);
    mi_free(j.a);
    mi_free(j.b);
    return status;
}
