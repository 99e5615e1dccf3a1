/* Sums over pairs of rows of two kernel matrices, in double precision, without n x n in memory.
 *
 * Linear on both sides, f and g centred, C = sum_i f_i g_i':
 *
 *     sum_ij K_ij L_ij = |C|_F^2,   sum_j K_ij L_ij = f_i' C g_i,   sum_j K_ij v_j = f_i' (sum_j f_j v_j')
 *
 * Centring takes out of K what neither form of HSIC sees (K_ij + a_i + a_j is worth as much as K_ij), and
 * with it the digits that would cancel. Else tile by tile: the kernel's values of 256 rows beside 256. */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "libmi/align/private.h"
#include "libmi/base/pool.h"
#include "libmi/data/kernel_internal.h"

/* ---- linear kernels ---- */

static mi_status rows_of_cross(double *t, const mi_align_job *j, const mi_align_side *x,
                               const mi_align_side *y, const size_t *to, const double *cross)
{
    size_t p = x->seen.x->d, q = y->seen.x->d;
    double *f;
    MI_TRY(MI_NEW_RAW(f, MI_ALIGN_BLOCK * (p + 2 * q)));
    double *g = f + MI_ALIGN_BLOCK * p, *fc = g + MI_ALIGN_BLOCK * q;
    for (size_t first = 0; first < j->n; first += MI_ALIGN_BLOCK) {
        size_t m = j->n - first < MI_ALIGN_BLOCK ? j->n - first : MI_ALIGN_BLOCK;
        mi_align_read(f, &x->seen, j->order + first, m);
        mi_align_read(g, &y->seen, to + first, m);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)m, (int)q, (int)p, 1, f, (int)p,
                    cross, (int)q, 0, fc, (int)q);
        for (size_t i = 0; i < m; i++)
            t[first + i] = cblas_ddot((int)q, fc + i * q, 1, g + i * q, 1) -
                           x->self[first + i] * y->self[to[first + i]];
    }
    mi_free(f);
    return MI_OK;
}

static mi_status inner_of_cross(double *total, double *t, const mi_align_job *j,
                                const mi_align_side *x, const mi_align_side *y, const size_t *to,
                                const double *cross)
{
    size_t cells = x->seen.x->d * y->seen.x->d;
    *total = 0;
    for (size_t k = 0; k < cells; k++)
        *total += cross[k] * cross[k];
    for (size_t i = 0; i < j->n; i++)
        *total -= x->self[i] * y->self[to[i]];
    return t ? rows_of_cross(t, j, x, y, to, cross) : MI_OK;
}

static mi_status times_linear(double *out, const mi_align_job *j, const mi_align_side *x,
                              const double *v, size_t m)
{
    size_t d = x->seen.x->d, block = MI_ALIGN_BLOCK;
    double *f, *sum;
    MI_TRY(MI_NEW_RAW(f, block * d));
    mi_status status = MI_NEW(sum, d * m);
    for (int pass = 0; status == MI_OK && pass < 2; pass++)
        for (size_t first = 0; first < j->n; first += block) {
            size_t rows = j->n - first < block ? j->n - first : block;
            mi_align_read(f, &x->seen, j->order + first, rows);
            if (pass == 0)
                cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int)d, (int)m, (int)rows, 1,
                            f, (int)d, v + first * m, (int)m, 1, sum, (int)m);
            else
                cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)m, (int)d, 1,
                            f, (int)d, sum, (int)m, 0, out + first * m, (int)m);
        }
    for (size_t i = 0; status == MI_OK && i < j->n; i++)
        cblas_daxpy((int)m, -x->self[i], v + i * m, 1, out + i * m, 1);
    mi_free(sum);
    mi_free(f);
    return status;
}

/* ---- tiles ---- */

/* What a worker of one side needs. */
typedef struct {
    double *f, *g, *k; /* (block,d) rows i and rows j, (block,block) values */
} tile_side;

static mi_status tile_side_alloc(tile_side *t, const mi_align_side *s)
{
    size_t d = s->seen.x->d, block = MI_ALIGN_BLOCK;
    MI_TRY(MI_NEW_RAW(t->f, block * (2 * d + block)));
    t->g = t->f + block * d;
    t->k = t->g + block * d;
    return MI_OK;
}

/* K_ij from f_i and f_j, and their product; a cosine is that of rows of norm 1. */
static double value_of(const mi_align_side *s, const double *f, const double *g, size_t i, size_t j,
                       double inner)
{
    double square = mi_square_apart(f, g, s->seen.x->d, s->norm2[i], s->norm2[j], inner);
    return (mi_kernel_is_of_cosine(s->kernel.kind) ? mi_kernel_of_cosine(&s->kernel, 1 - square / 2)
                                                   : mi_kernel_of_square(&s->kernel, square)) -
           s->shift;
}

/* t->k (mi,mj): K of rows i against rows j, from f and g; from the kept matrix where there is one. */
static void fill_tile(tile_side *t, const mi_align_side *s, const size_t *i, size_t mi,
                      const size_t *j, size_t mj)
{
    size_t d = s->seen.x->d;
    for (size_t a = 0; s->matrix && a < mi; a++)
        for (size_t b = 0; b < mj; b++)
            t->k[a * mj + b] = s->matrix[i[a] * s->n + j[b]];
    if (s->matrix)
        return;
    mi_align_read(t->g, &s->seen, j, mj);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)mi, (int)mj, (int)d, 1, t->f, (int)d,
                t->g, (int)d, 0, t->k, (int)mj);
    for (size_t a = 0; !s->is_linear && a < mi; a++)
        for (size_t b = 0; b < mj; b++)
            t->k[a * mj + b] =
                value_of(s, t->f + a * d, t->g + b * d, i[a], j[b], t->k[a * mj + b]);
}

typedef struct {
    const mi_align_job *j;
    const mi_align_side *x, *y;
    const size_t *to;
    double *partial, *t; /* (blocks) sums; (n) NULL: of each row */
    const double *v;     /* (n,m) */
    size_t m;
    double *out;
    float *matrix; /* (n,n) out */
} tile_job;

static size_t rows_at(size_t n, size_t first)
{
    return n - first < MI_ALIGN_BLOCK ? n - first : MI_ALIGN_BLOCK;
}

/* The sum of one tile, its row sums into t (NULL: not wanted); without the diagonal where the rows are the
 * same. */
static double add_tile(double *t, const double *k, const double *l, size_t mi, size_t mj,
                       int has_diagonal)
{
    double total = 0;
    for (size_t a = 0; a < mi; a++) {
        double sum = cblas_ddot((int)mj, k + a * mj, 1, l + a * mj, 1);
        sum -= has_diagonal ? k[a * mj + a] * l[a * mj + a] : 0;
        total += sum;
        if (t)
            t[a] += sum;
    }
    return total;
}

/* Rows of one block against all others; of the total alone, those before it count twice. */
static mi_status inner_of_block(void *arg, size_t task, int worker)
{
    tile_job *w = arg;
    size_t n = w->j->n, first = task * MI_ALIGN_BLOCK, mi = rows_at(n, first);
    size_t end = w->t ? n : first + mi;
    tile_side x = {0}, y = {0};
    (void)worker;
    mi_status status = tile_side_alloc(&x, w->x);
    if (status == MI_OK)
        status = tile_side_alloc(&y, w->y);
    if (status == MI_OK) {
        mi_align_read(x.f, &w->x->seen, w->j->order + first, mi);
        mi_align_read(y.f, &w->y->seen, w->to + first, mi);
        if (w->t)
            memset(w->t + first, 0, mi * sizeof *w->t);
    }
    for (size_t c = 0; status == MI_OK && c < end; c += MI_ALIGN_BLOCK) {
        size_t mj = rows_at(n, c);
        fill_tile(&x, w->x, w->j->order + first, mi, w->j->order + c, mj);
        fill_tile(&y, w->y, w->to + first, mi, w->to + c, mj);
        double sum = add_tile(w->t ? w->t + first : NULL, x.k, y.k, mi, mj, c == first);
        w->partial[task] += w->t || c == first ? sum : 2 * sum;
    }
    mi_free(x.f);
    mi_free(y.f);
    return status;
}

static size_t count_blocks(size_t n)
{
    return (n + MI_ALIGN_BLOCK - 1) / MI_ALIGN_BLOCK;
}

mi_status mi_align_inner(double *total, double *t, const mi_align_job *j, const mi_align_side *x,
                         const mi_align_side *y, const size_t *to, const double *cross)
{
    size_t blocks = count_blocks(j->n);
    tile_job w = {.j = j, .x = x, .y = y, .to = to, .t = t};
    if (x->is_linear && y->is_linear)
        return inner_of_cross(total, t, j, x, y, to, cross);
    *total = 0;
    MI_TRY(MI_NEW(w.partial, blocks));
    mi_status status = mi_parallel(j->run, blocks, inner_of_block, &w);
    for (size_t k = 0; k < blocks; k++)
        *total += w.partial[k];
    mi_free(w.partial);
    return status;
}

/* ---- products with vectors ---- */

static mi_status times_block(void *arg, size_t task, int worker)
{
    tile_job *w = arg;
    size_t n = w->j->n, m = w->m, first = task * MI_ALIGN_BLOCK, mi = rows_at(n, first);
    tile_side x = {0};
    double *out = w->out + first * m;
    (void)worker;
    MI_TRY(tile_side_alloc(&x, w->x));
    mi_align_read(x.f, &w->x->seen, w->j->order + first, mi);
    memset(out, 0, mi * m * sizeof *out);
    for (size_t c = 0; c < n; c += MI_ALIGN_BLOCK) {
        size_t mj = rows_at(n, c);
        fill_tile(&x, w->x, w->j->order + first, mi, w->j->order + c, mj);
        for (size_t a = 0; c == first && a < mi; a++)
            x.k[a * mj + a] = 0;
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)mi, (int)m, (int)mj, 1, x.k,
                    (int)mj, w->v + c * m, (int)m, 1, out, (int)m);
    }
    mi_free(x.f);
    return MI_OK;
}

mi_status mi_align_times(double *out, const mi_align_job *j, const mi_align_side *x,
                         const double *v, size_t m)
{
    tile_job w = {.j = j, .x = x, .v = v, .m = m, .out = out};
    if (x->is_linear)
        return times_linear(out, j, x, v, m);
    return mi_parallel(j->run, count_blocks(j->n), times_block, &w);
}

/* ---- a matrix that is kept ---- */

static mi_status keep_block(void *arg, size_t task, int worker)
{
    tile_job *w = arg;
    size_t n = w->j->n, first = task * MI_ALIGN_BLOCK, mi = rows_at(n, first);
    tile_side x = {0};
    (void)worker;
    MI_TRY(tile_side_alloc(&x, w->x));
    mi_align_read(x.f, &w->x->seen, w->j->order + first, mi);
    for (size_t c = 0; c < n; c += MI_ALIGN_BLOCK) {
        size_t mj = rows_at(n, c);
        fill_tile(&x, w->x, w->j->order + first, mi, w->j->order + c, mj);
        for (size_t a = 0; a < mi; a++)
            for (size_t b = 0; b < mj; b++)
                w->matrix[(first + a) * n + c + b] = (float)x.k[a * mj + b];
    }
    mi_free(x.f);
    return MI_OK;
}

mi_status mi_align_keep(mi_align_side *s, const mi_align_job *j)
{
    tile_job w = {.j = j, .x = s};
    MI_TRY(MI_NEW_RAW(w.matrix, j->n * j->n));
    mi_status status = mi_parallel(j->run, count_blocks(j->n), keep_block, &w);
    if (status == MI_OK)
        s->matrix = w.matrix;
    else
        mi_free(w.matrix);
    return status;
}
