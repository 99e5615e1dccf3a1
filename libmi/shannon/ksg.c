/* Information of nearest neighbours. Differences of rows are those of the column where they differ most.
 *
 * Two real variables: e_i is the distance of row i to its k-th neighbour in both, the larger of its
 * distances in A and in B; a_i and b_i are how many rows are nearer than that in A, and in B. With N rows
 * that could be neighbours, itself among them,
 *
 *     I = mean of psi(k) + psi(N) - psi(a_i + 1) - psi(b_i + 1)
 *
 * A real and a discrete one: e_i is the distance to the k-th neighbour of the same class (to the last,
 * where there are fewer), N_c rows are in that class, m_i of all are nearer, the row itself among both:
 *
 *     I = mean of psi(k_i) + psi(N) - psi(N_c) - psi(m_i)
 *
 * Terms of rows depend on each other through shared neighbours, so that their spread says too little. The
 * error is by the parts of random partitions of the instances (Holmes and Nemenman, Phys. Rev. E 100 (2019)
 * 022404): with sigma_s the standard deviation of I over s parts,
 *
 *     se^2 = mean over s = 2, 3, 4 and ten partitions each of sigma_s^2 / s
 *
 * More parts would be so small that their variance no longer grows as one over their rows.
 *
 * All pairs are looked at, which for a few columns is as quick as a tree up to some ten thousand rows. */
#include <gsl/gsl_sf_psi.h>
#include <math.h>
#include <string.h>

#include "libmi/base/pool.h"
#include "libmi/base/rng.h"
#include "libmi/data/groups_internal.h"
#include "libmi/shannon/private.h"

/* Rows of a task. */
#define CHUNK      32
#define MOST_PARTS 4
#define PARTITIONS 10

typedef struct {
    double *local;
    const mi_shannon_side *side;
    const size_t *pair;
    const mi_groups *instance;
    size_t n, k;
    double *work; /* (workers, 2 n + k) distances in A and B, the k smallest */
} ksg_job;

/* The largest difference of a column. */
static double apart(const double *x, const double *y, size_t d)
{
    double largest = 0;
    for (size_t c = 0; c < d; c++)
        largest = fmax(largest, fabs(x[c] - y[c]));
    return largest;
}

/* Keep the k smallest, in order: nearest (k), `have` so far. Returns how many there are now. */
static size_t keep_smallest(double *nearest, size_t have, size_t k, double value)
{
    if (have == k && value >= nearest[k - 1])
        return have;
    size_t at = have < k ? have : k - 1;
    for (; at > 0 && nearest[at - 1] > value; at--)
        nearest[at] = nearest[at - 1];
    nearest[at] = value;
    return have < k ? have + 1 : k;
}

static size_t partner(const ksg_job *j, size_t i)
{
    return j->pair ? j->pair[i] : i;
}

static int may_be_near(const ksg_job *j, size_t i, size_t other)
{
    return j->instance->code[i] != j->instance->code[other];
}

static double two_real(const ksg_job *j, size_t i, double *a, double *b, double *nearest)
{
    const mi_shannon_side *s = j->side;
    size_t have = 0, near_a = 1, near_b = 1;
    const double *own_a = s[0].x + i * s[0].d, *own_b = s[1].x + partner(j, i) * s[1].d;
    for (size_t o = 0; o < j->n; o++) {
        a[o] = b[o] = INFINITY;
        if (!may_be_near(j, i, o))
            continue;
        a[o] = apart(own_a, s[0].x + o * s[0].d, s[0].d);
        b[o] = apart(own_b, s[1].x + partner(j, o) * s[1].d, s[1].d);
        have = keep_smallest(nearest, have, j->k, fmax(a[o], b[o]));
    }
    for (size_t o = 0; o < j->n; o++) {
        near_a += a[o] < nearest[j->k - 1];
        near_b += b[o] < nearest[j->k - 1];
    }
    size_t all = j->n - j->instance->count[j->instance->code[i]] + 1;
    return gsl_sf_psi_int((int)j->k) + gsl_sf_psi_int((int)all) - gsl_sf_psi_int((int)near_a) -
           gsl_sf_psi_int((int)near_b);
}

static double real_and_discrete(const ksg_job *j, size_t i, double *a, double *nearest)
{
    const mi_shannon_side *s = j->side;
    const int32_t *class = s[1].groups->code;
    size_t have = 0, in_class = 1, near = 1;
    for (size_t o = 0; o < j->n; o++) {
        a[o] = INFINITY;
        if (!may_be_near(j, i, o))
            continue;
        a[o] = apart(s[0].x + i * s[0].d, s[0].x + o * s[0].d, s[0].d);
        if (class[partner(j, o)] != class[partner(j, i)])
            continue;
        in_class++;
        have = keep_smallest(nearest, have, j->k, a[o]);
    }
    if (have == 0)
        return NAN;
    for (size_t o = 0; o < j->n; o++)
        near += a[o] < nearest[have - 1];
    size_t all = j->n - j->instance->count[j->instance->code[i]] + 1;
    return gsl_sf_psi_int((int)have) + gsl_sf_psi_int((int)all) - gsl_sf_psi_int((int)in_class) -
           gsl_sf_psi_int((int)near);
}

static mi_status some_rows(void *arg, size_t task, int worker)
{
    const ksg_job *j = arg;
    double *a = j->work + (size_t)worker * (2 * j->n + j->k), *b = a + j->n, *nearest = b + j->n;
    for (size_t i = task * CHUNK; i < j->n && i < (task + 1) * CHUNK; i++)
        j->local[i] = j->side[1].x ? two_real(j, i, a, b, nearest)
                                   : real_and_discrete(j, i, a, nearest);
    return MI_OK;
}

/* Rows whose class has no other instance say nothing. */
static double mean_of(const double *local, size_t n)
{
    double sum = 0, count = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(local[i])) {
            sum += local[i];
            count++;
        }
    return sum / count;
}

mi_status mi_shannon_ksg(double *value, const mi_shannon_side side[2], const size_t *pair, size_t k,
                         const mi_groups *instance, const mi_run *run)
{
    size_t n = instance->n, tasks = (n + CHUNK - 1) / CHUNK;
    size_t work = (size_t)mi_parallel_workers(run, tasks) * (2 * n + k);
    ksg_job j = {.side = side, .pair = pair, .instance = instance, .n = n, .k = k};
    for (size_t c = 0; c < instance->g; c++)
        if (n - instance->count[c] < k)
            return mi_fail(MI_EDATA, "%zu neighbours of other instances, wanted %zu for ksg:%zu",
                           n - instance->count[c], k, k);
    MI_TRY(MI_NEW_RAW(j.work, n + work));
    j.local = j.work + work;
    mi_status status = mi_parallel(run, tasks, some_rows, &j);
    *value = mean_of(j.local, n);
    mi_free(j.work);
    return status;
}

/* ---- errors ---- */

/* The sides of some rows. */
typedef struct {
    mi_shannon_side side[2];
    double *x[2];
    mi_groups class, instance;
} part;

static void part_free(part *p)
{
    mi_free(p->x[0]);
    mi_free(p->x[1]);
    mi_groups_free(&p->class);
    mi_groups_free(&p->instance);
}

static mi_status part_of(part *p, const mi_shannon_side side[2], const mi_groups *instance,
                         const size_t *row, size_t n)
{
    *p = (part){0};
    MI_TRY(mi_groups_gather(&p->instance, instance, row, n));
    for (int k = 0; k < 2; k++) {
        size_t d = side[k].d;
        p->side[k].d = d;
        if (!side[k].x) {
            MI_TRY(mi_groups_gather(&p->class, side[k].groups, row, n));
            p->side[k].groups = &p->class;
            continue;
        }
        MI_TRY(MI_NEW_RAW(p->x[k], n * d));
        for (size_t i = 0; i < n; i++)
            memcpy(p->x[k] + i * d, side[k].x + row[i] * d, d * sizeof(double));
        p->side[k].x = p->x[k];
    }
    return MI_OK;
}

/* The variance of I over the parts of a partition into s: instance c is in part order[c] mod s. */
static mi_status variance_of_parts(double *variance, const mi_shannon_side side[2], size_t k,
                                   const mi_groups *instance, const size_t *order, size_t s,
                                   size_t *row, const mi_run *run)
{
    double value[MOST_PARTS], sum = 0, square = 0;
    for (size_t q = 0; q < s; q++) {
        part p;
        size_t n = 0;
        for (size_t i = 0; i < instance->n; i++)
            if (order[instance->code[i]] % s == q)
                row[n++] = i;
        mi_status status = part_of(&p, side, instance, row, n);
        if (status == MI_OK)
            status = mi_shannon_ksg(&value[q], p.side, NULL, k, &p.instance, run);
        part_free(&p);
        MI_TRY(status);
        sum += value[q] / (double)s;
    }
    for (size_t q = 0; q < s; q++)
        square += (value[q] - sum) * (value[q] - sum);
    *variance = square / (double)(s - 1);
    return MI_OK;
}

mi_status mi_shannon_ksg_error(double *se, double *degrees, const mi_shannon_side side[2], size_t k,
                               const mi_groups *instance, const mi_run *run)
{
    size_t *order, count = 0;
    double sum = 0, variance = 0;
    gsl_rng *rng = NULL;
    *se = *degrees = NAN;
    MI_TRY(MI_NEW_RAW(order, instance->g + instance->n));
    mi_status status = mi_rng_new(&rng, run->seed, MI_STREAM_BATCH);
    for (size_t s = 2; s <= MOST_PARTS && instance->g / s >= 4 * (k + 1); s++)
        for (int r = 0; status == MI_OK && r < PARTITIONS; r++, count++) {
            mi_rng_permutation(rng, order, instance->g);
            status = variance_of_parts(&variance, side, k, instance, order, s,
                                       order + instance->g, run);
            sum += variance / (double)s;
        }
    if (status == MI_OK && count) {
        *se = sqrt(sum / (double)count);
        *degrees = PARTITIONS - 1;
    }
    gsl_rng_free(rng);
    mi_free(order);
    return status;
}
