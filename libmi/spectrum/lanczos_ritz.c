/* Leading eigenpairs by a block Krylov space with full reorthogonalisation, for deflation.
 *
 * V has 80 orthonormal vectors of span{ X, A X, A^2 X, ... }, X four random sign vectors;
 * Rayleigh-Ritz on it gives pairs (theta, u = V y) from the 80 x 80 matrix V' A V (Saad, Numerical
 * Methods for Large Eigenvalue Problems (2011), ch. 6). Blocks find eigenvalues that are close
 * together, and cost less a vector, since the product is bound by memory. Blocks of 4 converge more
 * pairs than blocks of 8 at the same number of products.
 *
 * Also the operator A = K / n itself, and its draws. */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/base/comm_internal.h"
#include "libmi/base/eigenvalues.h"
#include "libmi/base/pool.h"
#include "libmi/base/rng.h"
#include "libmi/spectrum/private.h"

#define WIDTH     4 /* of a block of the Krylov basis */
/* Pairs with |A u - theta u| up to this share of theta are deflated: the error of theta is of
 * second order in the residual, and `coupling` in lanczos_complement.c bounds what the sums lose. */
#define CONVERGED 0.02
/* A vector that loses this much to the ones before it is rounding; a random one takes its place. */
#define LOST      1e-5

/* One block of vectors, (count, m) by rows; the product in single precision, the scale in
 * double. */
mi_status mi_operator_apply(const mi_operator *a, double *y, const double *x, size_t count)
{
    MI_TRY(mi_product_apply(&a->product, y, x, count));
    cblas_dscal((int)(count * a->m), 1 / a->n, y, 1);
    return MI_OK;
}

void mi_operator_draw(const mi_operator *a, double *x, size_t vector)
{
    for (size_t i = 0; i < a->m; i++)
        x[i] = mi_rng_sign(a->seed, MI_STREAM_LANCZOS, vector, a->key[i]);
}

typedef struct {
    const mi_operator *a;
    size_t size, have; /* vectors wanted, made */
    size_t drawn;      /* random vectors used */
    int threads;
    double *v, *av;      /* (size,m) orthonormal rows, and A times them */
    double *coefficient; /* (WIDTH,size) */
    double *error;       /* (size,MI_ROUNDING_ROWS) E V, lanczos_rounding.c */
} krylov;

/* next (width,m) -= (next V') V, V (have,m): block classical Gram-Schmidt by two GEMMs, done twice,
 * which leaves it orthogonal to working precision. */
static void project(const krylov *k, size_t width)
{
    int m = (int)k->a->m, have = (int)k->have;
    double *next = k->v + k->have * k->a->m;
    mi_blas_set_threads(k->threads);
    for (int twice = 0; have && twice < 2; twice++) {
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)width, have, m, 1, next, m, k->v,
                    m, 0, k->coefficient, have);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)width, m, have, -1,
                    k->coefficient, have, k->v, m, 1, next, m);
    }
}

/* Modified Gram-Schmidt among the next `width` vectors. One that keeps less than LOST of its length
 * is rounding (the block has become rank-deficient), and a fresh random vector takes its place;
 * returns how many. */
static size_t normalise(krylov *k, size_t width, const double *norm_before)
{
    size_t lost = 0, m = k->a->m;
    double *next = k->v + k->have * m;
    for (size_t j = 0; j < width; j++) {
        double *w = next + j * m;
        for (int twice = 0; twice < 2; twice++)
            for (size_t i = 0; i < j; i++)
                cblas_daxpy((int)m, -cblas_ddot((int)m, w, 1, next + i * m, 1), next + i * m, 1, w,
                            1);
        double norm = cblas_dnrm2((int)m, w, 1);
        if (!(norm > LOST * norm_before[j])) {
            mi_operator_draw(k->a, w, k->drawn++);
            norm = sqrt((double)m);
            lost++;
        }
        cblas_dscal((int)m, 1 / norm, w, 1);
    }
    return lost;
}

/* The next `width` vectors, orthonormal to all before. Those drawn anew go round again; a few times
 * are enough unless luck has it in for us, and then the vector is only less useful. */
static void extend(krylov *k, size_t width)
{
    double norm[WIDTH];
    for (size_t round = 0, lost = 1; lost && round < 4; round++) {
        for (size_t j = 0; j < width; j++)
            norm[j] = cblas_dnrm2((int)k->a->m, k->v + (k->have + j) * k->a->m, 1);
        project(k, width);
        lost = normalise(k, width, norm);
    }
}

/* Block by block: the next block is A times the last one, made orthonormal to all before it. av
 * keeps A V, which Rayleigh-Ritz needs. */
static mi_status build(krylov *k)
{
    size_t m = k->a->m, width = k->size < WIDTH ? k->size : WIDTH;
    for (size_t j = 0; j < width; j++)
        mi_operator_draw(k->a, k->v + j * m, k->drawn++);
    while (k->have < k->size) {
        if (k->have) {
            width = k->size - k->have < WIDTH ? k->size - k->have : WIDTH;
            memcpy(k->v + k->have * m, k->av + (k->have - WIDTH) * m, width * m * sizeof *k->v);
        }
        extend(k, width);
        MI_TRY(mi_operator_apply(k->a, k->av + k->have * m, k->v + k->have * m, width));
        k->have += width;
    }
    return MI_OK;
}

/* Rayleigh-Ritz: h = V A V' = Y' diag(theta) Y, value ascending, rows of h the y. With g = (A V)(A
 * V)',
 *
 *     image_i = y_i g y_i' = |A u_i|^2   and   |A u_i - theta_i u_i|^2 = |A u_i|^2 - theta_i^2,
 *
 * so residuals need no further product. h is symmetric but for the rounding of A V: both halves are
 * averaged. */
static mi_status rayleigh_ritz(const krylov *k, double *h, double *value, double *image)
{
    int size = (int)k->size, m = (int)k->a->m;
    double *g = NULL, *t = NULL;
    mi_status status;
    mi_blas_set_threads(k->threads);
    MI_TRY_GOTO(status, MI_NEW_RAW(g, k->size * k->size), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(t, k->size * k->size), done);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, size, size, m, 1, k->v, m, k->av, m, 0, h,
                size);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, size, size, m, 1, k->av, m, k->av, m, 0, g,
                size);
    for (size_t i = 0; i < k->size; i++)
        for (size_t j = 0; j < i; j++)
            h[i * k->size + j] = 0.5 * (h[i * k->size + j] + h[j * k->size + i]);
    MI_TRY_GOTO(status, mi_eigenvalues_one_stage(value, h, k->size, 1), done);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, size, size, size, 1, h, size, g, size, 0,
                t, size);
    for (size_t i = 0; i < k->size; i++)
        image[i] = cblas_ddot(size, t + i * k->size, 1, h + i * k->size, 1);
done:
    mi_free(g);
    mi_free(t);
    return status;
}

/* |E u|, u = y V. */
static double error_of(const krylov *k, const double *y)
{
    double on[MI_ROUNDING_ROWS];
    cblas_dgemv(CblasRowMajor, CblasTrans, (int)k->size, MI_ROUNDING_ROWS, 1, k->error,
                MI_ROUNDING_ROWS, y, 1, 0, on, 1);
    return cblas_dnrm2(MI_ROUNDING_ROWS, on, 1);
}

/* Keep the converged pairs, the largest first; all where the basis spans everything. u (count,m):
 * U = Y V. */
static mi_status keep(mi_ritz *out, const krylov *k, double *h, const double *value,
                      const double *image)
{
    size_t size = k->size, m = k->a->m, last = size - 1;
    int is_whole = size == m;
    MI_TRY(MI_NEW(out->value, size));
    MI_TRY(MI_NEW(out->residual, size));
    MI_TRY(MI_NEW(out->error, size));
    for (size_t i = size; i-- > 0;) {
        double r = sqrt(fmax(0, image[i] - value[i] * value[i])), e = error_of(k, h + i * size);
        if (i == last) {
            out->largest = value[i];
            out->largest_residual = r + e;
        }
        if (!is_whole && r > CONVERGED * value[i])
            continue;
        out->value[out->count] = value[i];
        out->residual[out->count] = r;
        out->error[out->count] = e;
        /* Rows are taken from the end, so that none is overwritten before it is used. */
        if (out->count != last - i)
            memcpy(h + (last - out->count) * size, h + i * size, size * sizeof *h);
        out->count++;
    }
    MI_TRY(MI_NEW_RAW(out->u, out->count * m));
    for (size_t c = 0; c < out->count; c++)
        cblas_dgemv(CblasRowMajor, CblasTrans, (int)size, (int)m, 1, k->v, (int)m,
                    h + (last - c) * size, 1, 0, out->u + c * m, 1);
    return MI_OK;
}

/* Which pairs are kept must not depend on the last digits of a rank. */
static mi_status follow_rank_0(mi_comm *comm, const krylov *k, double *h, double *value,
                               double *image)
{
    MI_TRY(mi_comm_follow(comm, h, k->size * k->size * sizeof *h));
    MI_TRY(mi_comm_follow(comm, value, k->size * sizeof *value));
    return mi_comm_follow(comm, image, k->size * sizeof *image);
}

mi_status mi_ritz_find(mi_ritz *out, const mi_operator *a)
{
    krylov k = {.a = a,
                .size = a->m < MI_KRYLOV_SIZE ? a->m : MI_KRYLOV_SIZE,
                .threads = mi_pool_threads(a->product.run)};
    double *h = NULL, *value = NULL, *image = NULL;
    mi_status status;
    *out = (mi_ritz){0};
    MI_TRY(mi_blas_check(MI_DGEMM_NT | MI_DGEMM_NN | MI_EIGENVALUES));
    MI_TRY_GOTO(status, MI_NEW_RAW(k.v, k.size * a->m), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(k.av, k.size * a->m), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(k.coefficient, WIDTH * k.size), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(h, k.size * k.size), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(value, k.size), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(image, k.size), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(k.error, k.size * MI_ROUNDING_ROWS), done);
    MI_TRY_GOTO(status, build(&k), done);
    MI_TRY_GOTO(status, mi_rounding_measure(&out->rounding, k.error, a, k.v, k.av, k.size), done);
    MI_TRY_GOTO(status, rayleigh_ritz(&k, h, value, image), done);
    MI_TRY_GOTO(status, follow_rank_0(a->product.run->comm, &k, h, value, image), done);
    MI_TRY_GOTO(status, keep(out, &k, h, value, image), done);
done:
    mi_free(k.v);
    mi_free(k.av);
    mi_free(k.coefficient);
    mi_free(k.error);
    mi_free(h);
    mi_free(value);
    mi_free(image);
    if (status != MI_OK)
        mi_ritz_free(out);
    return status;
}

void mi_ritz_free(mi_ritz *r)
{
    mi_free(r->value);
    mi_free(r->residual);
    mi_free(r->error);
    mi_free(r->u);
    *r = (mi_ritz){0};
}
