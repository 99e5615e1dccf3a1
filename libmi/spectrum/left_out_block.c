/* One block of a matrix without the rows and columns of each group in turn: log det M_c at the nodes of the
 * integral in left_out.c.
 *
 *     M_c(zeta)_ij = sum_k u_ki u_kj / (1 - zeta x_k)
 *
 * is for all pairs (i, j) of rows of one group, of some groups at a time, the product
 *
 *     entry (2 nodes, pairs) = kernel (2 nodes, count) pair (count, pairs)
 *
 * of real and imaginary parts of 1 / (1 - zeta x_k) with u_ki u_kj. Eigenpairs that are left away have the
 * eigenvalue 0, or there are probes of them (lanczos_left_out.c). */
#include <cblas.h>
#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/spectrum/private.h"
#include "libmi/spectrum/spectrum.h"

/* Pairs of rows in a product: some, and those of one group more. */
enum { SOME_PAIRS = 384, MOST_PAIRS = SOME_PAIRS + MI_PAIRS_OF(MI_LEFT_OUT_ROWS) };

typedef double _Complex cplx;

typedef struct {
    int32_t group;
    uint32_t at; /* row of the block */
} member;

static int by_group(const void *a, const void *b)
{
    const member *x = a, *y = b;
    if (x->group != y->group)
        return x->group < y->group ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

typedef struct {
    const mi_left_out *left;
    const mi_eigenpairs *e;
    double largest;
    member *row;      /* (m) the rows, group by group */
    mi_row_pairs all; /* pairs i >= j of the rows of each group, one group after the other */
    size_t width;     /* of the matrices below: pairs at a time */
    double *kernel, *pair, *entry; /* (2 nodes, count), (count, width), (2 nodes, width) */
    double *rest; /* (3, width) what powers 0, 1, 2 of B lack without what was left away */
    mi_probed_entries probed; /* where there are probes, in the place of `entry` */
    cplx *log_det;            /* (nodes) */
} block;

/* Some groups: rows first .. end of the list, pairs p0 .. p0 + pairs. */
typedef struct {
    size_t first, end, p0, pairs;
} some;

/* The end of the group that starts at `first` of the list. */
static size_t group_end(const block *b, size_t first)
{
    size_t end = first + 1;
    while (end < b->e->m && b->row[end].group == b->row[first].group)
        end++;
    return end;
}

static mi_status list_rows(block *b)
{
    const mi_eigenpairs *e = b->e;
    MI_TRY(MI_NEW_RAW(b->row, e->m));
    for (size_t i = 0; i < e->m; i++)
        b->row[i] = (member){b->left->group->code[e->row ? e->row[i] : i], (uint32_t)i};
    qsort(b->row, e->m, sizeof *b->row, by_group);
    return MI_OK;
}

static mi_status list_pairs(block *b)
{
    mi_row_pairs *all = &b->all;
    size_t m = b->e->m, end;
    for (size_t k = 0; k < m; k = end) {
        end = group_end(b, k);
        all->count += MI_PAIRS_OF(end - k);
    }
    MI_TRY(MI_NEW_RAW(all->i, all->count));
    MI_TRY(MI_NEW_RAW(all->j, all->count));
    for (size_t k = 0, p = 0; k < m; k = end) {
        end = group_end(b, k);
        for (size_t i = k; i < end; i++)
            for (size_t j = k; j <= i; j++, p++) {
                all->i[p] = b->row[i].at;
                all->j[p] = b->row[j].at;
            }
    }
    b->width = all->count < MOST_PAIRS ? all->count : MOST_PAIRS;
    return MI_OK;
}

static void put_kernel(block *b)
{
    const mi_eigenpairs *e = b->e;
    const mi_left_out_nodes *q = b->left->nodes;
    for (size_t t = 0; t < q->count; t++)
        for (size_t k = 0; k < e->count; k++) {
            cplx value = 1 / (1 - q->zeta[t] * (e->l[k] / b->largest));
            b->kernel[t * e->count + k] = creal(value);
            b->kernel[(q->count + t) * e->count + k] = cimag(value);
        }
}

static mi_status block_make(block *b, const mi_left_out *left, const mi_eigenpairs *e)
{
    size_t nodes = left->nodes->count;
    *b = (block){.left = left, .e = e};
    b->largest = e->probed ? e->probed->ritz->largest : 0;
    for (size_t k = 0; k < e->count; k++)
        b->largest = fmax(b->largest, e->l[k]);
    MI_TRY(list_rows(b));
    MI_TRY(list_pairs(b));
    MI_TRY(MI_NEW_RAW(b->kernel, 2 * nodes * e->count));
    MI_TRY(MI_NEW_RAW(b->pair, e->count * b->width));
    MI_TRY(MI_NEW_RAW(b->rest, MI_CONTROLS * b->width));
    MI_TRY(MI_NEW_RAW(b->log_det, nodes));
    put_kernel(b);
    if (e->probed)
        return mi_probed_entries_make(&b->probed, e->probed, left->nodes, b->largest, &b->all);
    return MI_NEW_RAW(b->entry, 2 * nodes * b->width);
}

static void block_free(block *b)
{
    mi_probed_entries_free(&b->probed);
    mi_free(b->row);
    mi_free(b->all.i);
    mi_free(b->all.j);
    mi_free(b->kernel);
    mi_free(b->pair);
    mi_free(b->entry);
    mi_free(b->rest);
    mi_free(b->log_det);
}

/* The next groups, as many as the matrices hold. */
static some next_groups(const block *b, const some *last)
{
    some s = {.first = last->end, .end = last->end, .p0 = last->p0 + last->pairs};
    while (s.end < b->e->m && s.pairs < SOME_PAIRS) {
        size_t end = group_end(b, s.end);
        s.pairs += MI_PAIRS_OF(end - s.end);
        s.end = end;
    }
    return s;
}

/* The rows of u are orthonormal, and all m of them would make its columns so: sum_k u_ki u_kj = [i =
 * j]. What is missing of that is of eigenvalues 0, for which 1 / (1 - zeta x) = 1, or probed. */
static void put_pairs(block *b, const some *s)
{
    const mi_eigenpairs *e = b->e;
    const uint32_t *i = b->all.i + s->p0, *j = b->all.j + s->p0;
    for (size_t p = 0; p < s->pairs; p++)
        b->rest[p] = i[p] == j[p];
    for (size_t k = 0; k < e->count; k++) {
        const double *u = e->u + k * e->m;
        double *to = b->pair + k * b->width;
        for (size_t p = 0; p < s->pairs; p++) {
            to[p] = u[i[p]] * u[j[p]];
            b->rest[p] -= to[p];
        }
    }
    if (e->count == e->m)
        memset(b->rest, 0, s->pairs * sizeof *b->rest);
}

/* Entries of A of the pairs, and of A^2 on its diagonal, into rest. */
static mi_status put_powers(block *b, const some *s)
{
    const mi_operator *a = b->e->probed->a;
    double *known = b->rest + b->width, unit = 1 / (a->n * b->largest);
    double k[MI_LEFT_OUT_ROWS * MI_LEFT_OUT_ROWS];
    memset(known, 0, 2 * b->width * sizeof *known);
    for (size_t first = s->first, end, p = 0; first < s->end; first = end) {
        size_t row[MI_LEFT_OUT_ROWS], v;
        end = group_end(b, first);
        v = end - first;
        for (size_t i = 0; i < v; i++) {
            size_t at = b->row[first + i].at;
            row[i] = a->of->row ? a->of->row[at] : at;
        }
        MI_TRY(mi_gram(k, &(mi_block){a->of->var, a->of->n_var, row, v}));
        for (size_t i = 0; i < v; i++)
            for (size_t j = 0; j <= i; j++, p++) {
                known[p] = unit * k[i * v + j];
                if (i == j)
                    known[b->width + p] = unit * unit * a->square[b->row[first + i].at];
            }
    }
    for (size_t e = 0; e < b->e->count; e++) {
        double x = b->e->l[e] / b->largest;
        cblas_daxpy((int)s->pairs, -x, b->pair + e * b->width, 1, known, 1);
        cblas_daxpy((int)s->pairs, -x * x, b->pair + e * b->width, 1, known + b->width, 1);
    }
    return MI_OK;
}

/* log det of M (v,v), lower triangle, complex symmetric with a positive definite imaginary part, by L
 * D L'. The pivots, Schur complements of M, have positive imaginary parts too, so that their
 * principal logarithms are continuous along the contour. */
static cplx log_det_of(cplx *m, size_t v)
{
    cplx sum = 0;
    for (size_t k = 0; k < v; k++) {
        sum += clog(m[k * v + k]);
        for (size_t i = k + 1; i < v; i++) {
            cplx factor = m[i * v + k] / m[k * v + k];
            for (size_t j = k + 1; j <= i; j++)
                m[i * v + j] -= factor * m[j * v + k];
        }
    }
    return sum;
}

/* The losses by the group of v rows at `first` of the list, from its columns of entry (2 nodes, ld) and of
 * rest. */
static void take_losses(block *b, size_t first, size_t v, const double *entry, size_t ld,
                        const double *rest)
{
    const mi_left_out *left = b->left;
    size_t nodes = left->nodes->count, at = b->row[first].at;
    cplx m[MI_LEFT_OUT_ROWS * MI_LEFT_OUT_ROWS];
    for (size_t t = 0; t < nodes; t++) {
        const double *re = entry + t * ld, *im = entry + (nodes + t) * ld;
        for (size_t i = 0, p = 0; i < v; i++)
            for (size_t j = 0; j <= i; j++, p++)
                m[i * v + j] = re[p] + rest[p] + I * im[p];
        b->log_det[t] = log_det_of(m, v);
    }
    for (size_t a = 0; a < left->n_alpha; a++)
        left->loss[a * left->group->n + (b->e->row ? b->e->row[at] : at)] =
            mi_left_out_loss(left, a, b->largest, b->log_det);
}

/* What the probes say of the pairs is completed by what is known, and the rest is then nothing. */
static mi_status complete_probed(block *b, const some *s)
{
    MI_TRY(put_powers(b, s));
    mi_probed_entries_complete(&b->probed, b->rest, b->width, s->p0, s->pairs);
    memset(b->rest, 0, s->pairs * sizeof *b->rest);
    return MI_OK;
}

static mi_status some_groups(block *b, const some *s)
{
    const double of_probes = b->e->probed ? 1 : 0;
    double *entry = b->e->probed ? b->probed.entry + s->p0 : b->entry;
    size_t ld = b->e->probed ? b->all.count : b->width;
    int rows = (int)(2 * b->left->nodes->count), count = (int)b->e->count;
    put_pairs(b, s);
    if (b->e->probed)
        MI_TRY(complete_probed(b, s));
    if (count)
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, (int)s->pairs, count, 1,
                    b->kernel, count, b->pair, (int)b->width, of_probes, entry, (int)ld);
    for (size_t first = s->first, end, p = 0; first < s->end; first = end) {
        end = group_end(b, first);
        take_losses(b, first, end - first, entry + p, ld, b->rest + p);
        p += MI_PAIRS_OF(end - first);
    }
    return MI_OK;
}

/* A group that is the whole block takes all of it: the views of an image in a joint with its id. */
static int is_one_group(const mi_left_out *left, const mi_eigenpairs *e)
{
    const int32_t *code = left->group->code;
    for (size_t i = 1; i < e->m; i++)
        if (code[e->row ? e->row[i] : i] != code[e->row ? e->row[0] : 0])
            return 0;
    return 1;
}

mi_status mi_left_out_add(const mi_left_out *left, const mi_eigenpairs *e)
{
    block b;
    some s = {0};
    MI_TRY(mi_blas_check(MI_DGEMM_NN));
    if (is_one_group(left, e)) {
        for (size_t a = 0; a < left->n_alpha; a++)
            left->loss[a * left->group->n + (e->row ? e->row[0] : 0)] =
                mi_left_out_sum(e->l, e->count, left->alpha[a]);
        return MI_OK;
    }
    mi_status status = block_make(&b, left, e);
    while (status == MI_OK && s.end < e->m) {
        s = next_groups(&b, &s);
        status = some_groups(&b, &s);
    }
    block_free(&b);
    return status;
}
