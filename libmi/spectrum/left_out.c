/* Sums over the eigenvalues of a matrix without some rows and columns, from the eigenpairs of the
 * whole: an exact delete-one jackknife at the cost of one spectrum.
 *
 * B is the matrix over its largest eigenvalue s, with eigenvalues x_k in [0,1] and vectors u_k; B_c
 * is B without the rows and columns of group c. By Schur complements
 *
 *     det(I - zeta B_c) / det(I - zeta B) = det M_c(zeta),
 *     M_c(zeta)_ij = sum_k u_ki u_kj / (1 - zeta x_k)      rows i, j of c, all eigenvalues, 0 too
 *
 * and by Cauchy's formula, integrated by parts, for f with f(0) = 0 that is analytic but on (-inf,0],
 *
 *     sum f(x_k) - sum f(x of B_c) = 1 / (2 pi i)  integral of log det M_c(1/z) f'(z) dz
 *
 * over a contour from 0 around (0,1] back to 0. In zeta = 1/z it is the hyperbola
 *
 *     zeta(s) = (1 + sin(phi + i s)) / 2,   phi = pi/4,   -inf < s < inf,
 *
 * on which the trapezoidal rule converges geometrically (Weideman and Trefethen, Math. Comp. 76 (2007)
 * 1341). For f = x^a, with f(1/zeta) = zeta^-a, and by symmetry about the real axis,
 *
 *     loss = -1/pi  integral over s > 0 of Im( log det M_c  w_a(s) ),  w_a = -a zeta^-a zeta'/zeta
 *
 * and x log x has the derivative of w_a by a at 1. Twin: eigenvalues of every B_c, tests/prop. */
#include "libmi/spectrum/left_out.h"

#include <cblas.h>
#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/spectrum/private.h"
#include "libmi/spectrum/spectrum.h"

/* Of s: the step, by which the rule errs by exp(-2 pi phi / STEP) = 3e-9, and the end at order 1:
 * zeta^-a falls as exp(-a s). Orders down to 0.03 are integrated to their end. */
#define STEP  0.25
#define REACH 18.0
#define END   600.0

/* Larger groups are dear: pairs of their rows are worked with. */
#define MOST_ROWS 16

/* Nearer to order 1 than this the sum is taken as its limit there. */
#define AT_ONE 1e-6

/* Pairs of rows in a product: some, and those of one group more. */
enum { SOME_PAIRS = 384, MOST_PAIRS = SOME_PAIRS + MOST_ROWS * (MOST_ROWS + 1) / 2 };

typedef double _Complex cplx;

int mi_left_out_can(const mi_groups *group, const double *alpha, size_t n_alpha)
{
    for (size_t c = 0; c < group->g; c++)
        if (group->count[c] > MOST_ROWS)
            return 0;
    for (size_t a = 0; a < n_alpha; a++)
        if (!(alpha[a] <= MI_LEFT_OUT_ORDER))
            return 0;
    return 1;
}

/* ---- sums ---- */

static int is_near_one(double alpha)
{
    return fabs(alpha - 1) < 0.5;
}

double mi_left_out_sum(const double *l, size_t count, double alpha)
{
    double sum = 0;
    for (size_t k = 0; k < count; k++)
        if (fabs(alpha - 1) < AT_ONE)
            sum -= l[k] * log(l[k]);
        else if (is_near_one(alpha))
            sum += l[k] * expm1((alpha - 1) * log(l[k])) / (1 - alpha);
        else
            sum += pow(l[k], alpha);
    return sum;
}

double mi_left_out_sum_of(double s, double alpha)
{
    if (fabs(alpha - 1) < AT_ONE)
        return s;
    return is_near_one(alpha) ? expm1((1 - alpha) * s) / (1 - alpha) : exp((1 - alpha) * s);
}

/* l becomes r l with r = scale, sum l = 1/r: sum (r l)^a = r^a sum l^a, or with T = sum (l^a - l) / (1 -
 * a), r^(a-1) (1 + (1 - a) r T). */
double mi_left_out_entropy(double sum, double scale, double alpha)
{
    if (fabs(alpha - 1) < AT_ONE)
        return scale * sum - log(scale);
    if (is_near_one(alpha))
        return log1p((1 - alpha) * scale * sum) / (1 - alpha) - log(scale);
    return (alpha * log(scale) + log(sum)) / (1 - alpha);
}

/* ---- nodes and weights ---- */

/* weight (n_alpha + 2, count): of x^a for every order, of x, and of x log x. */
struct mi_left_out_nodes {
    size_t count, n_alpha;
    cplx *zeta, *weight;
};

static void set_node(mi_left_out_nodes *q, size_t t, const double *alpha)
{
    const double pi = acos(-1);
    cplx s = pi / 4 + I * (STEP * (double)t), zeta = (1 + csin(s)) / 2;
    cplx rate = STEP / pi * (t ? 1 : 0.5) * (I * ccos(s) / 2) / zeta;
    q->zeta[t] = zeta;
    for (size_t a = 0; a <= q->n_alpha; a++) {
        double order = a < q->n_alpha ? alpha[a] : 1;
        q->weight[a * q->count + t] = order * cexp(-order * clog(zeta)) * rate;
    }
    q->weight[(q->n_alpha + 1) * q->count + t] = (1 - clog(zeta)) / zeta * rate;
}

mi_status mi_left_out_make(mi_left_out *out, const mi_groups *group, const double *alpha,
                           size_t n_alpha)
{
    double least = 1;
    *out = (mi_left_out){.group = group, .alpha = alpha, .n_alpha = n_alpha};
    for (size_t a = 0; a < n_alpha; a++)
        least = fmin(least, alpha[a]);
    size_t count = 1 + (size_t)(fmin(REACH / least, END) / STEP);
    MI_TRY(MI_NEW(out->loss, n_alpha * group->n));
    MI_TRY(MI_NEW(out->nodes, 1));
    *out->nodes = (mi_left_out_nodes){.count = count, .n_alpha = n_alpha};
    MI_TRY(MI_NEW_RAW(out->nodes->zeta, count));
    MI_TRY(MI_NEW_RAW(out->nodes->weight, count * (n_alpha + 2)));
    for (size_t t = 0; t < count; t++)
        set_node(out->nodes, t, alpha);
    return MI_OK;
}

void mi_left_out_free(mi_left_out *left)
{
    if (left->nodes) {
        mi_free(left->nodes->zeta);
        mi_free(left->nodes->weight);
    }
    mi_free(left->nodes);
    mi_free(left->loss);
    *left = (mi_left_out){0};
}

/* Integral with the weights number a of log det M on the nodes. */
static double integral(const mi_left_out_nodes *q, size_t a, const cplx *log_det)
{
    double sum = 0;
    for (size_t t = 0; t < q->count; t++)
        sum += cimag(log_det[t] * q->weight[a * q->count + t]);
    return sum;
}

/* What the sum at order number a loses. The integrals are of B, and the eigenvalues of A are s times
 * those of B. */
static double loss_at(const mi_left_out *left, size_t a, double s, const cplx *log_det)
{
    const mi_left_out_nodes *q = left->nodes;
    double alpha = left->alpha[a];
    if (!is_near_one(alpha))
        return pow(s, alpha) * integral(q, a, log_det);
    double of_x = integral(q, q->n_alpha, log_det);
    if (fabs(alpha - 1) < AT_ONE)
        return -s * (integral(q, q->n_alpha + 1, log_det) + log(s) * of_x);
    return (pow(s, alpha) * integral(q, a, log_det) - s * of_x) / (1 - alpha);
}

/* ---- one block ---- */

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

/* Some groups at a time, the pairs i >= j of their rows one after the other. */
typedef struct {
    const mi_left_out *left;
    const mi_eigenpairs *e;
    double largest;
    member *row;    /* (m) the rows, group by group */
    size_t width;   /* of the matrices below: pairs at a time */
    size_t terms;   /* count, and columns of what is probed */
    double *kernel; /* (2 nodes, terms) 1 / (1 - zeta x): real parts, then imaginary parts */
    double *pair;   /* (terms, width) u_ki u_kj */
    double *entry;  /* (2 nodes, width) kernel times pair: what M is made of */
    double *rest;   /* (3, width) what powers 0, 1, 2 of B lack without what was left away */
    double *beside, *beside_entry; /* kernel and entries off the diagonal, where it is probed */
    cplx *log_det;                 /* (nodes) */
    uint32_t i[MOST_PAIRS], j[MOST_PAIRS];
} block;

/* The end of the group that starts at `first` of the list. */
static size_t group_end(const block *b, size_t first)
{
    size_t end = first + 1;
    while (end < b->e->m && b->row[end].group == b->row[first].group)
        end++;
    return end;
}

static void list_rows(block *b)
{
    const mi_eigenpairs *e = b->e;
    size_t pairs = 0;
    for (size_t i = 0; i < e->m; i++)
        b->row[i] = (member){b->left->group->code[e->row ? e->row[i] : i], (uint32_t)i};
    qsort(b->row, e->m, sizeof *b->row, by_group);
    for (size_t k = 0, end; k < e->m; k = end) {
        end = group_end(b, k);
        pairs += (end - k) * (end - k + 1) / 2;
    }
    b->width = pairs < MOST_PAIRS ? pairs : MOST_PAIRS;
}

/* The columns of the eigenpairs. */
static void put_kernel(block *b)
{
    const mi_eigenpairs *e = b->e;
    const mi_left_out_nodes *q = b->left->nodes;
    for (size_t t = 0; t < q->count; t++)
        for (size_t k = 0; k < e->count; k++) {
            cplx value = 1 / (1 - q->zeta[t] * (e->l[k] / b->largest));
            b->kernel[t * b->terms + k] = creal(value);
            b->kernel[(q->count + t) * b->terms + k] = cimag(value);
        }
}

static mi_status block_make(block *b, const mi_left_out *left, const mi_eigenpairs *e)
{
    size_t nodes = left->nodes->count;
    *b = (block){.left = left, .e = e};
    b->terms = e->count + (e->probed ? mi_probed_columns(e->probed) : 0);
    for (size_t k = 0; k < e->count; k++)
        b->largest = fmax(b->largest, e->l[k]);
    MI_TRY(MI_NEW_RAW(b->row, e->m));
    list_rows(b);
    MI_TRY(MI_NEW_RAW(b->kernel, 2 * nodes * b->terms));
    MI_TRY(MI_NEW_RAW(b->pair, b->terms * b->width));
    MI_TRY(MI_NEW_RAW(b->entry, 2 * nodes * b->width));
    MI_TRY(MI_NEW_RAW(b->rest, 3 * b->width));
    MI_TRY(MI_NEW_RAW(b->log_det, nodes));
    put_kernel(b);
    if (!e->probed)
        return MI_OK;
    MI_TRY(MI_NEW_RAW(b->beside, 2 * nodes * b->terms));
    MI_TRY(MI_NEW_RAW(b->beside_entry, 2 * nodes * b->width));
    memcpy(b->beside, b->kernel, 2 * nodes * b->terms * sizeof *b->beside);
    mi_probed_put_kernel(b->kernel + e->count, b->terms, e->probed, left->nodes->zeta, nodes,
                         b->largest, 3);
    mi_probed_put_kernel(b->beside + e->count, b->terms, e->probed, left->nodes->zeta, nodes,
                         b->largest, 2);
    return MI_OK;
}

static void block_free(block *b)
{
    mi_free(b->row);
    mi_free(b->kernel);
    mi_free(b->pair);
    mi_free(b->entry);
    mi_free(b->rest);
    mi_free(b->beside);
    mi_free(b->beside_entry);
    mi_free(b->log_det);
}

/* The pairs of groups from `first` of the list on, as many as the matrices hold; *next: the first row
 * after them. */
static size_t list_pairs(block *b, size_t first, size_t *next)
{
    size_t pairs = 0, end;
    for (*next = first; *next < b->e->m && pairs < SOME_PAIRS; *next = end) {
        end = group_end(b, *next);
        for (size_t i = *next; i < end; i++)
            for (size_t j = *next; j <= i; j++, pairs++) {
                b->i[pairs] = b->row[i].at;
                b->j[pairs] = b->row[j].at;
            }
    }
    return pairs;
}

/* The rows of u are orthonormal, and all m of them would make its columns so: sum_k u_ki u_kj = [i =
 * j]. What is missing of that is of eigenvalues 0, for which 1 / (1 - zeta x) = 1, or probed. */
static void put_pairs(block *b, size_t pairs)
{
    const mi_eigenpairs *e = b->e;
    for (size_t p = 0; p < pairs; p++)
        b->rest[p] = b->i[p] == b->j[p];
    for (size_t k = 0; k < e->count; k++) {
        const double *u = e->u + k * e->m;
        double *to = b->pair + k * b->width;
        for (size_t p = 0; p < pairs; p++) {
            to[p] = u[b->i[p]] * u[b->j[p]];
            b->rest[p] -= to[p];
        }
    }
    if (e->count == e->m)
        memset(b->rest, 0, pairs * sizeof *b->rest);
}

/* Entries of A of the pairs of groups first .. next of the list, and of A^2 on its diagonal, into rest; and
 * so the rows of what is probed. */
static mi_status put_probed(block *b, size_t first, size_t next, size_t pairs)
{
    const mi_probed *probed = b->e->probed;
    const mi_operator *a = probed->a;
    double *known = b->rest + b->width, unit = 1 / (a->n * b->largest), k[MOST_ROWS * MOST_ROWS];
    memset(known, 0, 2 * b->width * sizeof *known);
    for (size_t end, p = 0; first < next; first = end) {
        size_t row[MOST_ROWS], v;
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
                    known[b->width + p] = unit * unit * a->square[b->i[p]];
            }
    }
    put_pairs(b, pairs);
    for (size_t e = 0; e < b->e->count; e++) {
        double x = b->e->l[e] / b->largest;
        cblas_daxpy((int)pairs, -x, b->pair + e * b->width, 1, known, 1);
        cblas_daxpy((int)pairs, -x * x, b->pair + e * b->width, 1, known + b->width, 1);
    }
    mi_probed_put_pairs(b->pair + b->e->count * b->width, b->width, probed, b->rest, b->i, b->j,
                        pairs);
    memset(b->rest, 0, pairs * sizeof *b->rest);
    return MI_OK;
}

/* entry = kernel times pair; off the diagonal with the kernel for there. */
static void put_entries(block *b, size_t pairs)
{
    int rows = (int)(2 * b->left->nodes->count), terms = (int)b->terms, width = (int)b->width;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, (int)pairs, terms, 1, b->kernel,
                terms, b->pair, width, 0, b->entry, width);
    if (!b->beside)
        return;
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, (int)pairs, terms, 1, b->beside,
                terms, b->pair, width, 0, b->beside_entry, width);
    for (int t = 0; t < rows; t++)
        for (size_t p = 0; p < pairs; p++)
            if (b->i[p] != b->j[p])
                b->entry[t * width + (int)p] = b->beside_entry[t * width + (int)p];
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

/* The losses by the group of v rows at `first` of the list, with its pairs from column p0 on. */
static void take_losses(block *b, size_t first, size_t v, size_t p0)
{
    const mi_left_out *left = b->left;
    size_t nodes = left->nodes->count, at = b->row[first].at;
    cplx m[MOST_ROWS * MOST_ROWS];
    for (size_t t = 0; t < nodes; t++) {
        const double *re = b->entry + t * b->width, *im = b->entry + (nodes + t) * b->width;
        for (size_t i = 0, p = p0; i < v; i++)
            for (size_t j = 0; j <= i; j++, p++)
                m[i * v + j] = re[p] + b->rest[p] + I * im[p];
        b->log_det[t] = log_det_of(m, v);
    }
    for (size_t a = 0; a < left->n_alpha; a++)
        left->loss[a * left->group->n + (b->e->row ? b->e->row[at] : at)] =
            loss_at(left, a, b->largest, b->log_det);
}

/* Groups from `first` of the list on, as many as fit; *next: the row after them. */
static mi_status some_groups(block *b, size_t first, size_t *next)
{
    size_t pairs = list_pairs(b, first, next);
    if (b->e->probed)
        MI_TRY(put_probed(b, first, *next, pairs));
    else
        put_pairs(b, pairs);
    put_entries(b, pairs);
    for (size_t p = 0, end; first < *next; first = end) {
        end = group_end(b, first);
        take_losses(b, first, end - first, p);
        p += (end - first) * (end - first + 1) / 2;
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
    MI_TRY(mi_blas_check(MI_DGEMM_NN));
    if (is_one_group(left, e)) {
        for (size_t a = 0; a < left->n_alpha; a++)
            left->loss[a * left->group->n + (e->row ? e->row[0] : 0)] =
                mi_left_out_sum(e->l, e->count, left->alpha[a]);
        return MI_OK;
    }
    mi_status status = block_make(&b, left, e);
    for (size_t row = 0; status == MI_OK && row < e->m;)
        status = some_groups(&b, row, &row);
    block_free(&b);
    return status;
}
