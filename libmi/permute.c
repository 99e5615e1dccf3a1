#include "permute.h"

#include <gsl/gsl_randist.h>
#include <math.h>

#include "pool.h"
#include "rng.h"

typedef struct {
    const mi_expression *e;
    const mi_var *var;
    size_t n_var, n;
    const mi_groups *instance;
    mi_group_rows rows;
    int equal_views;
    const double *alpha;
    size_t n_alpha, count;
    unsigned long seed;
    double *sum;   /* (n_alpha) S(A) + S(B) */
    double *value; /* (count + 1, n_alpha) I; the first is the pairing as it is */
    float *a, *b; /* (n,n) squared kernels of the two parts at order 2; NULL: from the joint entropy
                     each time */
} null_job;

/* ---- a re-pairing ---- */

/* to (n): the row whose B goes to each row. Number 0 is the identity. */
static mi_status draw_pairing(const null_job *j, size_t number, size_t *to)
{
    gsl_rng *rng;
    size_t *order, g = j->rows.g;
    for (size_t i = 0; i < j->n; i++)
        to[i] = i;
    if (number == 0)
        return MI_OK;
    MI_TRY(mi_rng_new(&rng, j->seed, MI_STREAM_PAIRING + number));
    mi_status status = MI_NEW_RAW(order, g);
    if (status == MI_OK && !j->equal_views)
        gsl_ran_shuffle(rng, to, j->n, sizeof *to);
    if (status == MI_OK && j->equal_views) {
        size_t v = j->n / g, view[v];
        mi_rng_permutation(rng, order, g);
        for (size_t c = 0; c < g; c++) {
            mi_rng_permutation(rng, view, v);
            for (size_t k = 0; k < v; k++)
                to[j->rows.member[c * v + k]] = j->rows.member[order[c] * v + view[k]];
        }
    }
    mi_free(order);
    gsl_rng_free(rng);
    return status;
}

/* ---- order 2 from stored matrices ---- */

/* q (n,n), both triangles: squared kernel of a set of variables. */
static mi_status squared_kernel(float **q, const null_job *j, unsigned vars)
{
    const mi_var *part[MI_MAX_VARS];
    size_t n = j->n, n_part = 0;
    double *k;
    for (size_t v = 0; v < j->n_var; v++)
        if (vars >> v & 1)
            part[n_part++] = &j->var[v];
    MI_TRY(MI_NEW_RAW(k, n * n));
    mi_status status = mi_gram(k, part, n_part, NULL, n);
    if (status == MI_OK)
        status = MI_NEW_RAW(*q, n * n);
    for (size_t i = 0; status == MI_OK && i < n; i++)
        for (size_t c = 0; c <= i; c++)
            (*q)[i * n + c] = (*q)[c * n + i] = (float)(k[i * n + c] * k[i * n + c]);
    mi_free(k);
    return status;
}

/* Sum of both matrices' products under a pairing: the lower triangle twice, and the diagonal of
 * ones. */
static double paired_sum(const null_job *j, const size_t *to)
{
    double total = 0;
    for (size_t i = 1; i < j->n; i++) {
        const float *a = j->a + i * j->n, *b = j->b + to[i] * j->n;
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (size_t c = 0; c < i; c++)
            sum += a[c] * b[to[c]];
        total += sum;
    }
    return 2 * total + (double)j->n;
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
            MI_TRY(mi_mat_gather(&m->x[v], from->x, to, j->n));
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

static mi_status one_pairing(void *arg, size_t task, int worker)
{
    const null_job *j = arg;
    double *value = j->value + task * j->n_alpha;
    size_t *to;
    (void)worker;
    MI_TRY(MI_NEW_RAW(to, j->n));
    mi_status status = draw_pairing(j, task, to);
    if (status == MI_OK && j->a)
        value[0] = 2 * log((double)j->n) - log(paired_sum(j, to));
    else if (status == MI_OK)
        status = joint_of_pairing(j, to, value);
    for (size_t a = 0; status == MI_OK && a < j->n_alpha; a++)
        value[a] = j->sum[a] - value[a];
    mi_free(to);
    return status;
}

/* ---- all of them ---- */

/* S(A) + S(B), which no re-pairing changes. */
static mi_status marginal_sums(null_job *j, const mi_run *run)
{
    double *s;
    mi_joint part[2];
    MI_TRY(MI_NEW(s, 2 * j->n_alpha));
    for (size_t k = 0; k < 2; k++)
        part[k] = (mi_joint){.vars = j->e->part[k], .s = s + k * j->n_alpha};
    mi_status status = mi_joint_entropies(part, 2, j->var, j->n_var, j->alpha, j->n_alpha, run);
    for (size_t a = 0; a < j->n_alpha; a++)
        j->sum[a] = s[a] + s[j->n_alpha + a];
    mi_free(s);
    return status;
}

/* Stored matrices serve order 2 alone. */
static mi_status store_matrices(null_job *j, const mi_run *run)
{
    double bytes = 16.0 * (double)j->n * (double)j->n;
    if (j->n_alpha != 1 || j->alpha[0] != 2 || bytes > (double)mi_run_memory_bytes(run))
        return MI_OK;
    MI_TRY(squared_kernel(&j->a, j, j->e->part[0]));
    return squared_kernel(&j->b, j, j->e->part[1]);
}

static void summarise(mi_null *out, const null_job *j, size_t a)
{
    double p = (double)j->count, square = 0;
    size_t as_large = 0;
    *out = (mi_null){.observed = j->value[a]};
    for (size_t k = 1; k <= j->count; k++) {
        double value = j->value[k * j->n_alpha + a];
        out->mean += value / p;
        as_large += value >= out->observed;
    }
    for (size_t k = 1; k <= j->count; k++)
        square += pow(j->value[k * j->n_alpha + a] - out->mean, 2);
    out->sd = sqrt(square / (p - 1));
    out->p = (1 + (double)as_large) / (p + 1);
}

static mi_status check_question(const mi_expression *e, size_t count)
{
    if (e->n_parts != 2 || e->given)
        return mi_fail(MI_EUSAGE, "permutations are for two parts without a condition, as z1:z2");
    if (count < 2)
        return mi_fail(MI_EUSAGE, "%zu permutations, wanted 2 or more", count);
    return MI_OK;
}

mi_status mi_permutation_null(mi_null *out, const mi_expression *e, const mi_var *var, size_t n_var,
                              const mi_groups *instance, const double *alpha, size_t n_alpha,
                              size_t count, unsigned long seed, const mi_run *run)
{
    null_job j = {.e = e,
                  .var = var,
                  .n_var = n_var,
                  .n = instance->n,
                  .instance = instance,
                  .equal_views = mi_groups_equal_count(instance) > 0,
                  .alpha = alpha,
                  .n_alpha = n_alpha,
                  .count = count,
                  .seed = seed};
    mi_status status;
    MI_TRY(check_question(e, count));
    MI_TRY_GOTO(status, mi_groups_list(&j.rows, instance), done);
    MI_TRY_GOTO(status, MI_NEW(j.sum, n_alpha), done);
    MI_TRY_GOTO(status, MI_NEW(j.value, (count + 1) * n_alpha), done);
    MI_TRY_GOTO(status, marginal_sums(&j, run), done);
    MI_TRY_GOTO(status, store_matrices(&j, run), done);
    MI_TRY_GOTO(status, mi_spread(run, count + 1, one_pairing, &j), done);
    MI_TRY_GOTO(status, mi_comm_merge(run->comm, j.value, (count + 1) * n_alpha * sizeof *j.value),
                done);
    for (size_t a = 0; a < n_alpha; a++)
        summarise(&out[a], &j, a);
done:
    mi_group_rows_free(&j.rows);
    mi_free(j.sum);
    mi_free(j.value);
    mi_free(j.a);
    mi_free(j.b);
    return status;
}
