/* Probes: Lanczos recurrences from random sign vectors, and the quadrature rules they give.
 *
 * On the complement of the Ritz vectors U, with P = I - U U', a probe v_1 = P z / |P z| and k steps
 * of
 *
 *     beta_j v_(j+1) = P A v_j - alpha_j v_j - beta_(j-1) v_(j-1)
 *
 * give the tridiagonal T_k with diagonal alpha and beta below it. Its eigenvalues x and the squares
 * of the first elements of its eigenvectors, times |P z|^2, are nodes and weights of the Gauss rule
 * of the measure that v has on the spectrum (Golub and Welsch, Math. Comp. 23 (1969) 221):
 *
 *     sum w f(x) = z' P f(A) P z   exactly for polynomials of degree up to 2 k - 1.
 *
 * One more diagonal element puts a node of the rule at the left end of the spectrum, which is 0 or, by
 * rounding, a little less: the Gauss-Radau rule, exact to degree 2 k (Golub, SIAM Rev. 15 (1973)
 * 318). */
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/base/pool.h"
#include "libmi/spectrum/private.h"

/* Probes are drawn as vectors from this number on; the Krylov basis takes fewer. */
#define FIRST_PROBE 4096
/* beta below this share of l_max is rounding: the Krylov space is invariant, and the rule exact
 * before it. */
#define EXHAUSTED   1e-9

/* Share of the steps that the early rules have. */
#define EARLY 0.7

/* MI_LANCZOS_PROBES Lanczos recurrences side by side on P A P, P = I - U U'. */
typedef struct {
    const mi_operator *a;
    const mi_ritz *ritz;
    size_t steps, step; /* of each probe; the one that is under way */
    double *v, *own_v;  /* (probes, steps+1, m) Lanczos vectors; memory of the caller, or its own */
    double *block, *image; /* (probes, m) those that go into the product, and come out */
    double *alpha, *beta;  /* (probes, steps) diagonal; below it */
    double *dot;           /* (probes, max(steps+1, deflated)) */
    size_t n_dot;
    size_t length[MI_LANCZOS_PROBES]; /* steps taken */
    int is_exhausted[MI_LANCZOS_PROBES];
    double norm2[MI_LANCZOS_PROBES]; /* of the probe on the complement */
} recurrence;

/* w (m) -= V (V' w), the rows of v (count,m) being orthonormal; dot (count) is scratch. */
static void subtract_part(double *w, const double *v, size_t count, size_t m, double *dot)
{
    if (!count)
        return;
    cblas_dgemv(CblasRowMajor, CblasNoTrans, (int)count, (int)m, 1, v, (int)m, w, 1, 0, dot, 1);
    cblas_dgemv(CblasRowMajor, CblasTrans, (int)count, (int)m, -1, v, (int)m, dot, 1, 1, w, 1);
}

static double *lanczos_vector(const recurrence *c, size_t probe, size_t step)
{
    return c->v + (probe * (c->steps + 1) + step) * c->a->m;
}

/* z of random signs, projected twice ("twice is enough", Kahan and Parlett) for orthogonality to
 * U. */
static void start_probe(recurrence *c, size_t probe, size_t number)
{
    size_t m = c->a->m;
    double *v = lanczos_vector(c, probe, 0);
    mi_operator_draw(c->a, v, FIRST_PROBE + number);
    for (int twice = 0; twice < 2; twice++)
        subtract_part(v, c->ritz->u, c->ritz->count, m, c->dot);
    double norm = cblas_dnrm2((int)m, v, 1);
    c->norm2[probe] = norm * norm;
    cblas_dscal((int)m, 1 / norm, v, 1);
}

/* One step of one probe: w = P A v_j becomes the next Lanczos vector. Full reorthogonalisation
 * against all vectors before it and against U, twice, in place of the three-term recurrence:
 * without it converged eigenvalues come back as copies and have weight that is not theirs. */
static mi_status do_step(void *arg, size_t probe, int worker)
{
    recurrence *c = arg;
    size_t m = c->a->m, j = c->step;
    double *w = lanczos_vector(c, probe, j + 1), *dot = c->dot + probe * c->n_dot;
    (void)worker;
    if (c->is_exhausted[probe])
        return MI_OK;
    memcpy(w, c->image + probe * m, m * sizeof *w);
    subtract_part(w, c->ritz->u, c->ritz->count, m, dot);
    c->alpha[probe * c->steps + j] = cblas_ddot((int)m, w, 1, lanczos_vector(c, probe, j), 1);
    for (int twice = 0; twice < 2; twice++) {
        subtract_part(w, lanczos_vector(c, probe, 0), j + 1, m, dot);
        subtract_part(w, c->ritz->u, c->ritz->count, m, dot);
    }
    double beta = cblas_dnrm2((int)m, w, 1);
    c->length[probe] = j + 1;
    if (beta > EXHAUSTED * c->ritz->largest) {
        c->beta[probe * c->steps + j] = beta;
        cblas_dscal((int)m, 1 / beta, w, 1);
    } else {
        c->is_exhausted[probe] = 1;
    }
    return MI_OK;
}

/* The probes step side by side, so that one pass over the matrix serves all eight. */
static mi_status run_steps(recurrence *c)
{
    size_t m = c->a->m;
    for (c->step = 0; c->step < c->steps; c->step++) {
        for (size_t p = 0; p < MI_LANCZOS_PROBES; p++)
            if (!c->is_exhausted[p])
                memcpy(c->block + p * m, lanczos_vector(c, p, c->step), m * sizeof *c->block);
        MI_TRY(mi_operator_apply(c->a, c->image, c->block, MI_LANCZOS_PROBES));
        MI_TRY(mi_parallel(c->a->product.run, MI_LANCZOS_PROBES, do_step, c));
    }
    return MI_OK;
}

/* T = Q diag(x) Q' of a tridiagonal matrix, q (size,size) with its eigenvectors as rows. */
static mi_status decompose(double *x, double *q, const double *alpha, const double *beta,
                           size_t size)
{
    double *below;
    MI_TRY(MI_NEW(below, size));
    memcpy(x, alpha, size * sizeof *x);
    memcpy(below, beta, (size - 1) * sizeof *below);
    lapack_int info =
        LAPACKE_dstevd(LAPACK_COL_MAJOR, 'V', (lapack_int)size, x, below, q, (lapack_int)size);
    mi_free(below);
    return info ? mi_fail(MI_ELIBRARY, "LAPACK's dstevd failed on a %zu x %zu matrix (info %d)",
                          size, size, (int)info)
                : MI_OK;
}

/* x, w (size): nodes and weights w_k = norm2 Q_1k^2, which add up to norm2. */
static mi_status gauss_rule(double *x, double *w, const double *alpha, const double *beta,
                            size_t size, double norm2)
{
    double *q;
    MI_TRY(MI_NEW_RAW(q, size * size));
    mi_status status = decompose(x, q, alpha, beta, size);
    for (size_t k = 0; status == MI_OK && k < size; k++)
        w[k] = norm2 * q[k * size] * q[k * size];
    mi_free(q);
    return status;
}

/* The last diagonal element that puts a node at `left`, where nothing of the spectrum is on its left: left
 * and beta^2 times the last element of (T - left)^-1, of the matrix before, which is the inverse of the
 * last pivot of its L D L' factors,
 *
 *     d_1 = alpha_1 - left,   d_(k+1) = alpha_(k+1) - left - beta_k^2 / d_k.
 *
 * Negative or infinite where the spectrum goes on, which is rounding: there is then no Radau rule, and
 * the Gauss rule stands in for it. */
static double radau_end(const double *alpha, const double *beta, size_t size, double left)
{
    double pivot = alpha[0] - left, b = beta[size - 1];
    for (size_t k = 1; k < size; k++)
        pivot = alpha[k] - left - beta[k - 1] * beta[k - 1] / pivot;
    return left + b * b / pivot;
}

/* Gauss and Gauss-Radau rules of the first `size` steps of a probe, at index `at`: the
 * eigenproblems of
 *
 *     T_k = [ a_1 b_1           ]        T_k with one more row:  b_k, and the element that
 *           [ b_1 a_2 b_2       ]        radau_end gives
 *           [      ...  b_(k-1) a_k ]
 *
 * of k and k + 1 nodes; unused places keep the weight 0. */
static mi_status make_pair(mi_quadrature *q, mi_rule gauss, size_t at, const recurrence *c,
                           size_t probe, size_t size)
{
    const double *beta = c->beta + probe * c->steps;
    mi_rules *g = &q->rule[gauss], *r = &q->rule[gauss + 1];
    double *alpha, norm2 = c->norm2[probe];
    at *= q->nodes;
    MI_TRY(MI_NEW(alpha, size + 1));
    memcpy(alpha, c->alpha + probe * c->steps, size * sizeof *alpha);
    double left = -c->ritz->rounding.norm;
    alpha[size] = radau_end(alpha, beta, size, left);
    int is_definite = isfinite(alpha[size]) && alpha[size] >= left;
    mi_status status = gauss_rule(g->x + at, g->w + at, alpha, beta, size, norm2);
    if (status == MI_OK)
        status = gauss_rule(r->x + at, r->w + at, alpha, beta, size + is_definite, norm2);
    mi_free(alpha);
    return status;
}

/* The rules of one probe, at index `at` of the quadrature. */
static mi_status make_rules(mi_quadrature *q, size_t at, const recurrence *c, size_t probe)
{
    size_t size = c->length[probe], early = (size_t)ceil(EARLY * (double)size);
    MI_TRY(make_pair(q, MI_RULE_GAUSS, at, c, probe, size));
    return make_pair(q, MI_RULE_EARLY_GAUSS, at, c, probe, early);
}

static mi_status recurrence_init(recurrence *c)
{
    size_t m = c->a->m, probes = MI_LANCZOS_PROBES;
    c->n_dot = c->steps + 1 > c->ritz->count ? c->steps + 1 : c->ritz->count;
    if (!c->v) {
        MI_TRY(MI_NEW_RAW(c->own_v, probes * (c->steps + 1) * m));
        c->v = c->own_v;
    }
    MI_TRY(MI_NEW_RAW(c->block, probes * m));
    MI_TRY(MI_NEW_RAW(c->image, probes * m));
    MI_TRY(MI_NEW(c->alpha, probes * c->steps));
    MI_TRY(MI_NEW(c->beta, probes * c->steps));
    return MI_NEW_RAW(c->dot, probes * c->n_dot);
}

static void recurrence_free(recurrence *c)
{
    mi_free(c->own_v);
    mi_free(c->block);
    mi_free(c->image);
    mi_free(c->alpha);
    mi_free(c->beta);
    mi_free(c->dot);
}

/* Of probe p, whose Lanczos vectors are there already. */
static mi_status keep_probe(mi_probe_vectors *out, const recurrence *c, size_t p)
{
    size_t size = c->length[p];
    double *q, *x = out->x + p * out->steps, *to = out->c + p * out->steps * out->steps;
    MI_TRY(MI_NEW_RAW(q, size * size));
    mi_status status = decompose(x, q, c->alpha + p * c->steps, c->beta + p * c->steps, size);
    for (size_t s = 0; status == MI_OK && s < size; s++)
        for (size_t j = 0; j < size; j++)
            to[s * out->steps + j] = sqrt(c->norm2[p]) * q[j * size + s] * q[j * size];
    /* Beyond the steps taken there are no vectors. */
    for (size_t s = size; s < out->steps; s++)
        memset(lanczos_vector(c, p, s), 0, out->m * sizeof *out->v);
    mi_free(q);
    return status;
}

mi_status mi_probe_vectors_make(mi_probe_vectors *out, const mi_operator *a, const mi_ritz *r,
                                size_t steps, size_t first)
{
    const size_t probes = MI_LANCZOS_PROBES, m = a->m;
    recurrence c = {.a = a, .ritz = r, .steps = steps};
    mi_status status;
    *out = (mi_probe_vectors){.m = m, .steps = steps};
    MI_TRY(mi_blas_check(MI_EIGENVALUES));
    MI_TRY(MI_NEW_RAW(out->z, probes * m));
    MI_TRY(MI_NEW_RAW(out->v, probes * (steps + 1) * m));
    MI_TRY(MI_NEW(out->x, probes * steps));
    MI_TRY(MI_NEW(out->c, probes * steps * steps));
    c.v = out->v;
    MI_TRY_GOTO(status, recurrence_init(&c), done);
    for (size_t p = 0; p < probes; p++) {
        mi_operator_draw(a, out->z + p * m, FIRST_PROBE + first + p);
        start_probe(&c, p, first + p);
    }
    MI_TRY_GOTO(status, run_steps(&c), done);
    for (size_t p = 0; p < probes; p++)
        MI_TRY_GOTO(status, keep_probe(out, &c, p), done);
done:
    recurrence_free(&c);
    return status;
}

void mi_probe_vectors_free(mi_probe_vectors *p)
{
    mi_free(p->z);
    mi_free(p->v);
    mi_free(p->x);
    mi_free(p->c);
    *p = (mi_probe_vectors){0};
}

static mi_status grow(double **x, size_t old, size_t size)
{
    MI_TRY(mi_realloc(x, size, sizeof **x));
    memset(*x + old, 0, (size - old) * sizeof **x);
    return MI_OK;
}

/* Room for more probes; those of another number of steps are dropped. */
static mi_status make_room(mi_quadrature *q, size_t nodes)
{
    if (q->nodes != nodes)
        q->probes = 0;
    q->nodes = nodes;
    size_t old = q->probes * nodes, size = old + MI_LANCZOS_PROBES * nodes;
    for (mi_rule r = 0; r < MI_RULES; r++) {
        MI_TRY(grow(&q->rule[r].x, old, size));
        MI_TRY(grow(&q->rule[r].w, old, size));
    }
    return MI_OK;
}

mi_status mi_quadrature_add(mi_quadrature *q, const mi_operator *a, const mi_ritz *r, size_t steps)
{
    size_t left = a->m - r->count;
    recurrence c = {.a = a, .ritz = r, .steps = steps < left ? steps : left};
    mi_status status = MI_OK;
    if (left == 0)
        return MI_OK;
    MI_TRY(mi_blas_check(MI_EIGENVALUES));
    MI_TRY_GOTO(status, make_room(q, c.steps + 1), done);
    MI_TRY_GOTO(status, recurrence_init(&c), done);
    for (size_t p = 0; p < MI_LANCZOS_PROBES; p++)
        start_probe(&c, p, q->drawn++);
    MI_TRY_GOTO(status, run_steps(&c), done);
    for (size_t p = 0; p < MI_LANCZOS_PROBES; p++, q->probes++)
        MI_TRY_GOTO(status, make_rules(q, q->probes, &c, p), done);
done:
    recurrence_free(&c);
    return status;
}

void mi_quadrature_free(mi_quadrature *q)
{
    for (mi_rule r = 0; r < MI_RULES; r++) {
        mi_free(q->rule[r].x);
        mi_free(q->rule[r].w);
    }
    *q = (mi_quadrature){0};
}
