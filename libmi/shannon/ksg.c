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
 * Neighbours are looked for from each row outwards in the order of one column (sweep.h), as far as one can
 * still be near: of n rows of two columns about sqrt(k n), of many columns nearly all. */
#include <gsl/gsl_sf_psi.h>
#include <math.h>
#include <string.h>

#include "libmi/base/pool.h"
#include "libmi/base/rng.h"
#include "libmi/data/groups_internal.h"
#include "libmi/shannon/private.h"
#include "libmi/shannon/sweep.h"

/* Rows of a task. */
#define CHUNK      32
#define MOST_PARTS 4
#define PARTITIONS 10

typedef struct {
    double *local;
    const mi_shannon_side *side;
    mi_sweep sweep[2];
    const size_t *pair;
    const mi_groups *instance;
    size_t n, k;
    mi_group_rows own; /* the rows of each instance */
    double *nearest;   /* (workers,k) the smallest distances */
} ksg_job;

/* The largest difference of a column. */
static double apart(const double *x, const double *y, size_t d)
{
    double largest = 0;
    for (size_t c = 0; c < d; c++) {
        double difference = fabs(x[c] - y[c]);
        largest = difference > largest ? difference : largest;
    }
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

static double distance(const ksg_job *j, int side, size_t i, size_t o)
{
    const mi_shannon_side *s = &j->side[side];
    size_t own = side ? partner(j, i) : i, other = side ? partner(j, o) : o;
    return apart(s->x + own * s->d, s->x + other * s->d, s->d);
}

/* Rows of i's instance, i too, that are nearer than `limit`. */
static size_t count_own(const ksg_job *j, int side, size_t i, double limit)
{
    size_t own = (size_t)j->instance->code[i], near = 0;
    for (size_t k = j->own.start[own]; k < j->own.start[own + 1]; k++)
        near += distance(j, side, i, j->own.member[k]) < limit;
    return near;
}

/* Rows of other instances nearer than `limit`, and the row itself. */
static size_t count_near(const ksg_job *j, int side, size_t i, double limit)
{
    if (j->side[side].d == 1 && limit > 0)
        return mi_sweep_count(&j->sweep[side], i, limit) - count_own(j, side, i, limit) + 1;
    mi_sweep_walk walk = mi_sweep_from(&j->sweep[side], i);
    size_t near = 1, o;
    while ((o = mi_sweep_next(&walk, limit)) != MI_SWEEP_END)
        near += may_be_near(j, i, o) && distance(j, side, i, o) < limit;
    return near;
}

/* That in whose order fewer rows are near i: of two columns with one density about sqrt(k n) are. */
static int sparser_side(const ksg_job *j, size_t i)
{
    size_t places = 1 + (size_t)sqrt((double)(j->k * j->n));
    return mi_sweep_width(&j->sweep[1], i, places) > mi_sweep_width(&j->sweep[0], i, places);
}

static double two_real(const ksg_job *j, size_t i, double *nearest)
{
    mi_sweep_walk walk = mi_sweep_from(&j->sweep[sparser_side(j, i)], i);
    size_t have = 0, o;
    double limit = INFINITY;
    while ((o = mi_sweep_next(&walk, limit)) != MI_SWEEP_END) {
        if (!may_be_near(j, i, o))
            continue;
        double in_a = distance(j, 0, i, o), in_b = distance(j, 1, i, o);
        have = keep_smallest(nearest, have, j->k, in_a > in_b ? in_a : in_b);
        limit = have == j->k ? nearest[have - 1] : INFINITY;
    }
    size_t all = j->n - j->instance->count[j->instance->code[i]] + 1;
    return gsl_sf_psi_int((int)j->k) + gsl_sf_psi_int((int)all) -
           gsl_sf_psi_int((int)count_near(j, 0, i, limit)) -
           gsl_sf_psi_int((int)count_near(j, 1, i, limit));
}

/* Rows of i's class in other instances, and the row itself. */
static size_t count_class(const ksg_job *j, size_t i)
{
    const mi_groups *class = j->side[1].groups;
    size_t own = (size_t)j->instance->code[i], same = 0;
    for (size_t k = j->own.start[own]; k < j->own.start[own + 1]; k++)
        same += class->code[partner(j, j->own.member[k])] == class->code[partner(j, i)];
    return class->count[class->code[partner(j, i)]] - same + 1;
}

static double real_and_discrete(const ksg_job *j, size_t i, double *nearest)
{
    const int32_t *class = j->side[1].groups->code;
    mi_sweep_walk walk = mi_sweep_from(&j->sweep[0], i);
    size_t in_class = count_class(j, i), k = in_class - 1 < j->k ? in_class - 1 : j->k, have = 0, o;
    double limit = INFINITY;
    if (k == 0)
        return NAN;
    while ((o = mi_sweep_next(&walk, limit)) != MI_SWEEP_END) {
        if (!may_be_near(j, i, o) || class[partner(j, o)] != class[partner(j, i)])
            continue;
        have = keep_smallest(nearest, have, k, distance(j, 0, i, o));
        limit = have == k ? nearest[have - 1] : INFINITY;
    }
    size_t all = j->n - j->instance->count[j->instance->code[i]] + 1;
    return gsl_sf_psi_int((int)k) + gsl_sf_psi_int((int)all) - gsl_sf_psi_int((int)in_class) -
           gsl_sf_psi_int((int)count_near(j, 0, i, limit));
}

static mi_status some_rows(void *arg, size_t task, int worker)
{
    const ksg_job *j = arg;
    double *nearest = j->nearest + (size_t)worker * j->k;
    for (size_t i = task * CHUNK; i < j->n && i < (task + 1) * CHUNK; i++)
        j->local[i] = j->side[1].x ? two_real(j, i, nearest) : real_and_discrete(j, i, nearest);
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

static mi_status prepare(ksg_job *j, size_t workers)
{
    MI_TRY(MI_NEW_RAW(j->local, j->n));
    MI_TRY(MI_NEW_RAW(j->nearest, workers * j->k));
    MI_TRY(mi_groups_list(&j->own, j->instance));
    MI_TRY(mi_sweep_make(&j->sweep[0], j->side[0].x, j->side[0].d, NULL, j->n));
    return j->side[1].x ? mi_sweep_make(&j->sweep[1], j->side[1].x, j->side[1].d, j->pair, j->n)
                        : MI_OK;
}

mi_status mi_shannon_ksg(double *value, const mi_shannon_side side[2], const size_t *pair, size_t k,
                         const mi_groups *instance, const mi_run *run)
{
    size_t n = instance->n, tasks = (n + CHUNK - 1) / CHUNK;
    ksg_job j = {.side = side, .pair = pair, .instance = instance, .n = n, .k = k};
    for (size_t c = 0; c < instance->g; c++)
        if (n - instance->count[c] < k)
            return mi_fail(MI_EDATA, "%zu neighbours of other instances, wanted %zu for ksg:%zu",
                           n - instance->count[c], k, k);
    mi_status status = prepare(&j, (size_t)mi_parallel_workers(run, tasks));
    if (status == MI_OK)
        status = mi_parallel(run, tasks, some_rows, &j);
    if (status == MI_OK)
        *value = mean_of(j.local, n);
    mi_sweep_free(&j.sweep[0]);
    mi_sweep_free(&j.sweep[1]);
    mi_free(j.local);
    mi_free(j.nearest);
    mi_group_rows_free(&j.own);
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
            status =
                variance_of_parts(&variance, side, k, instance, order, s, order + instance->g, run);
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
