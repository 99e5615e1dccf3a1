/* Entries of 1 / (1 - zeta A) that the deflated eigenpairs leave out, from probes: what left_out_block.c
 * needs where there is no whole eigenbasis.
 *
 * With B = A / l_max, P = I - U U' and f(x) = 1 / (1 - zeta x), of sign vectors z
 *
 *     [ P f(B) P ]_ij = E (z_i y_j + z_j y_i) / 2,    y = f(P B P) z from the Lanczos vectors
 *
 * (Bekas, Kokiopoulou and Saad, Appl. Numer. Math. 57 (2007) 1214, for the diagonal). As for the sums, only f
 * less its fit g by 1, x, x^2 is estimated: of the identity, of A, and on the diagonal of A^2 the entries are
 * known. The fit is one of all probes, and the estimate linear in f, so that it is made of
 *
 *     the mean over probes for f, and for x^c, c = 0, 1, 2
 *
 * to which g_c (known entry of B^c - its mean) is added in the end. So the probes come and go in batches. */
#include <cblas.h>
#include <complex.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/base/comm_internal.h"
#include "libmi/base/pool.h"
#include "libmi/spectrum/private.h"

typedef double _Complex cplx;

#define ROWS 16 /* functions of a task */

/* One batch, for all functions: real and imaginary parts at the nodes, then powers. */
typedef struct {
    mi_probed_entries *to;
    mi_control_fit
        *fit; /* (2 nodes) over the nodes of all probes, with their weights z' v_1 c_1j */
    const cplx *zeta;
    double largest, probes; /* of all batches */
    mi_probe_vectors batch;
    double *y; /* (workers, ROWS, m) */
} job;

static double value_of(const job *j, size_t function, double x)
{
    size_t nodes = j->to->nodes;
    if (function < nodes)
        return creal(1 / (1 - j->zeta[function] * x));
    if (function < 2 * nodes)
        return cimag(1 / (1 - j->zeta[function - nodes] * x));
    return function == 2 * nodes ? 1 : function == 2 * nodes + 1 ? x : x * x;
}

/* weight (steps): sum_j c_sj f(x_j) of the Lanczos vectors of probe k, for the mean over probes. */
static void put_weights(double *weight, const job *j, size_t k, size_t function)
{
    size_t steps = j->batch.steps;
    const double *c = j->batch.c + k * steps * steps, *x = j->batch.x + k * steps;
    memset(weight, 0, steps * sizeof *weight);
    for (size_t n = 0; n < steps; n++) {
        double at = x[n] / j->largest, f = value_of(j, function, at);
        for (size_t s = 0; s < steps; s++)
            weight[s] += c[s * steps + n] * f / j->probes;
        if (function < 2 * j->to->nodes)
            mi_control_add(&j->fit[function], at, c[n], f);
    }
}

/* to (pairs) += (z_i y_j + z_j y_i) / 2 */
static void add_pairs(double *to, const mi_row_pairs *pair, const double *z, const double *y)
{
    for (size_t p = 0; p < pair->count; p++) {
        size_t i = pair->i[p], j = pair->j[p];
        to[p] += 0.5 * (z[i] * y[j] + z[j] * y[i]);
    }
}

/* Functions ROWS task and on, probe by probe: y = weight V. */
static mi_status add_functions(void *arg, size_t task, int worker)
{
    job *j = arg;
    const mi_probe_vectors *b = &j->batch;
    size_t nodes = j->to->nodes, pairs = j->to->pair->count, first = task * ROWS;
    size_t all = 2 * nodes + MI_CONTROLS, rows = all - first < ROWS ? all - first : ROWS;
    double *weight, *y = j->y + (size_t)worker * ROWS * b->m;
    MI_TRY(MI_NEW_RAW(weight, rows * b->steps));
    for (size_t k = 0; k < MI_LANCZOS_PROBES; k++) {
        for (size_t r = 0; r < rows; r++)
            put_weights(weight + r * b->steps, j, k, first + r);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)b->m, (int)b->steps,
                    1, weight, (int)b->steps, b->v + k * (b->steps + 1) * b->m, (int)b->m, 0, y,
                    (int)b->m);
        for (size_t r = 0; r < rows; r++)
            add_pairs(j->to->entry + (first + r) * pairs, j->to->pair, b->z + k * b->m,
                      y + r * b->m);
    }
    mi_free(weight);
    return MI_OK;
}

static mi_status add_batches(job *j, const mi_probed *from)
{
    const mi_run *run = from->a->product.run;
    size_t tasks = (2 * j->to->nodes + MI_CONTROLS + ROWS - 1) / ROWS;
    MI_TRY(mi_blas_check(MI_DGEMM_NN));
    MI_TRY(MI_NEW_RAW(j->y, (size_t)mi_parallel_workers(run, tasks) * ROWS * from->a->m));
    for (size_t k = 0; k < from->probes; k += MI_LANCZOS_PROBES) {
        mi_status status = mi_probe_vectors_make(&j->batch, from->a, from->ritz, from->steps, k);
        if (status == MI_OK)
            status = mi_spread(run, tasks, add_functions, j);
        mi_probe_vectors_free(&j->batch);
        MI_TRY(status);
    }
    return MI_OK;
}

/* Each rank has the functions of its tasks, and zeros elsewhere. */
static mi_status put_together(job *j, mi_comm *comm)
{
    mi_probed_entries *to = j->to;
    size_t rows = 2 * to->nodes + MI_CONTROLS;
    MI_TRY(mi_comm_merge(comm, to->entry, rows * to->pair->count * sizeof *to->entry));
    MI_TRY(mi_comm_merge(comm, j->fit, 2 * to->nodes * sizeof *j->fit));
    for (size_t t = 0; t < 2 * to->nodes; t++) {
        mi_control_fit off = j->fit[t];
        mi_control_solve(to->fit + 2 * t * MI_CONTROLS, &j->fit[t], MI_CONTROLS);
        mi_control_solve(to->fit + (2 * t + 1) * MI_CONTROLS, &off, MI_CONTROLS - 1);
    }
    return MI_OK;
}

mi_status mi_probed_entries_make(mi_probed_entries *out, const mi_probed *from,
                                 const mi_left_out_nodes *nodes, double largest,
                                 const mi_row_pairs *pair)
{
    job j = {.to = out, .zeta = nodes->zeta, .largest = largest, .probes = (double)from->probes};
    size_t two = 2 * nodes->count;
    mi_status status;
    *out = (mi_probed_entries){.nodes = nodes->count, .pair = pair};
    MI_TRY(MI_NEW(out->entry, (two + MI_CONTROLS) * pair->count));
    out->power = out->entry + two * pair->count;
    MI_TRY(MI_NEW(out->fit, two * 2 * MI_CONTROLS));
    MI_TRY(MI_NEW(j.fit, two));
    MI_TRY_GOTO(status, add_batches(&j, from), done);
    MI_TRY_GOTO(status, put_together(&j, from->a->product.run->comm), done);
done:
    mi_free(j.fit);
    mi_free(j.y);
    return status;
}

void mi_probed_entries_free(mi_probed_entries *p)
{
    mi_free(p->entry);
    mi_free(p->fit);
    *p = (mi_probed_entries){0};
}

void mi_probed_entries_complete(mi_probed_entries *p, const double *known, size_t ld, size_t first,
                                size_t count)
{
    size_t pairs = p->pair->count;
    for (size_t t = 0; t < 2 * p->nodes; t++)
        for (size_t q = 0, at = first; q < count; q++, at++) {
            int is_off = p->pair->i[at] != p->pair->j[at];
            const double *g = p->fit + (2 * t + (is_off ? 1 : 0)) * MI_CONTROLS;
            for (size_t c = 0; c < MI_CONTROLS; c++)
                p->entry[t * pairs + at] += g[c] * (known[c * ld + q] - p->power[c * pairs + at]);
        }
}

double mi_probed_bytes(const mi_left_out *left, size_t m, size_t steps, int threads)
{
    double rows = (double)m, functions = MI_CONTROLS;
    size_t pairs = 0;
    for (size_t c = 0; c < left->group->g; c++)
        pairs += MI_PAIRS_OF(left->group->count[c]);
    functions += 2 * (double)mi_left_out_nodes_of(left->alpha, left->n_alpha);
    return 8 * rows * (MI_LANCZOS_PROBES * ((double)steps + 4) + threads * ROWS) +
           8 * (double)pairs * (functions + 1);
}
