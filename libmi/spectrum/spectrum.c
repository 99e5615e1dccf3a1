/* Eigenvalues and moments of A = K / n, block by block, in double precision.
 *
 * With discrete variables K is block-diagonal, a block a class, and the spectrum is the union of
 * those of the blocks. A block of m rows is worked on as its Gram matrix (m,m) or its dual (w,w),
 * which has the same non-zero eigenvalues, whichever is smaller.
 *
 *     eigenvalues   LAPACK dsyevd; large ones without eigenvectors in two stages; O(s^3)
 *     tr A^2        |A|_F^2
 *     tr A^3, A^4   with B = A A: sum B o A, |B|_F^2
 *     row sums      sum_j K_ij^2, for the standard errors of order 2
 *
 * Large blocks have all threads to themselves, one after the other; small ones a thread each. */
#include "libmi/spectrum/spectrum.h"

#include <cblas.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "libmi/base/blas.h"
#include "libmi/base/comm_internal.h"
#include "libmi/base/eigenvalues.h"
#include "libmi/base/pool.h"
#include "libmi/data/groups_internal.h"
#include "libmi/data/kernel_internal.h"

/* From this size on a block has all threads to itself; smaller ones share them, one thread each. */
#define LARGE_BLOCK 1200

typedef struct {
    const mi_joint_matrix *of;
    size_t width;
    int up_to;               /* moments: 2, or 4; 0: eigenvalues */
    double *l;               /* eigenvalues of all blocks */
    size_t *offset;          /* (blocks+1) where those of a block start */
    mi_moments *part;        /* (blocks) */
    double *row;             /* (n) sums of K_ij^2 over j; NULL: not wanted */
    const mi_left_out *left; /* NULL: nothing is left out */
    size_t *order;           /* blocks, the large ones first */
    size_t n_large;
    mi_comm *comm; /* ranks that are on the same large block; NULL: this one alone */
} block_job;

size_t mi_joint_blocks(const mi_joint_matrix *a)
{
    return a->classes ? a->classes->g : 1;
}

mi_block mi_joint_block(const mi_joint_matrix *a, size_t b)
{
    mi_block block = {.var = a->var, .n_var = a->n_var, .m = a->n};
    if (a->classes) {
        block.m = a->classes->start[b + 1] - a->classes->start[b];
        block.row = a->classes->member + a->classes->start[b];
    }
    return block;
}

/* The smaller of m x m and w x w, or what was asked for. */
static int is_dual(const block_job *j, size_t m)
{
    return j->width != SIZE_MAX &&
           (j->of->as == MI_MATRIX_DUAL || (j->of->as == MI_MATRIX_CHEAPER && j->width < m));
}

static size_t block_size(const block_job *j, size_t b)
{
    size_t m = mi_joint_block(j->of, b).m;
    return is_dual(j, m) ? j->width : m;
}

/* P = sum_i phi_i phi_i' is a sum over rows: each rank has its range of them, m rank / size on. */
static mi_status dual_of_ranks(const block_job *j, mi_block block, size_t s, double *a)
{
    size_t rank = (size_t)mi_comm_rank(j->comm), size = (size_t)mi_comm_size(j->comm), *mine;
    size_t first = block.m * rank / size, count = block.m * (rank + 1) / size - first;
    MI_TRY(MI_NEW_RAW(mine, count));
    for (size_t i = 0; i < count; i++)
        mine[i] = block.row ? block.row[first + i] : first + i;
    block.row = mine;
    block.m = count;
    memset(a, 0, s * s * sizeof *a);
    mi_status status = mi_gram_dual(a, &block);
    mi_free(mine);
    MI_TRY(status);
    return mi_comm_sum(j->comm, a, s * s);
}

/* a (s,s), lower triangle: the block's Gram matrix or dual, over n so that traces add up to 1. */
static mi_status block_matrix(const block_job *j, size_t b, size_t s, double *a)
{
    mi_block block = mi_joint_block(j->of, b);
    if (is_dual(j, block.m) && j->comm)
        MI_TRY(dual_of_ranks(j, block, s, a));
    else if (is_dual(j, block.m))
        MI_TRY(mi_gram_dual(a, &block));
    else
        MI_TRY(mi_gram(a, &block));
    for (size_t i = 0; i < s; i++)
        cblas_dscal((int)(i + 1), 1.0 / (double)j->of->n, a + i * s, 1);
    return MI_OK;
}

/* l (s), ascending; with_vectors: a becomes the eigenvectors, as rows in the same order. 1 x 1 and 2 x
 * 2 directly: mean -+ hypot(half difference, off-diagonal). */
static mi_status eigenvalues(double *l, double *a, size_t s, int with_vectors)
{
    if (s == 1) {
        l[0] = a[0];
        a[0] = 1;
        return MI_OK;
    }
    if (s == 2 && !with_vectors) {
        double mean = 0.5 * (a[0] + a[3]), half = 0.5 * (a[0] - a[3]);
        l[0] = mean - hypot(half, a[2]);
        l[1] = mean + hypot(half, a[2]);
        return MI_OK;
    }
    if (s >= MI_TWO_STAGES_FROM && !with_vectors) {
        MI_TRY(mi_blas_check(MI_TWO_STAGES));
        return mi_eigenvalues_two_stages(l, a, s);
    }
    MI_TRY(mi_blas_check(MI_EIGENVALUES));
    return mi_eigenvalues_one_stage(l, a, s, with_vectors);
}

/* Sum of squares of a symmetric matrix from its lower triangle. */
static double symmetric_norm2(const double *a, size_t s)
{
    double sum = 0;
    for (size_t i = 0; i < s; i++) {
        sum += 2 * cblas_ddot((int)i, a + i * s, 1, a + i * s, 1);
        sum += a[i * s + i] * a[i * s + i];
    }
    return sum;
}

/* B = A A by panels of its rows, so that it is never stored: tr A^3 = sum B o A, tr A^4 = |B|_F^2,
 * A being symmetric. The upper triangle is filled first. Each rank has its share of the panels. */
static mi_status high_moments(mi_moments *out, double *a, size_t s, mi_comm *comm)
{
    enum { PANEL = 128 };
    size_t step = PANEL * (size_t)mi_comm_size(comm);
    double sum[2] = {0, 0};
    double *b;
    MI_TRY(mi_blas_check(MI_DGEMM_NN));
    MI_TRY(MI_NEW_RAW(b, PANEL * s));
    for (size_t i = 0; i < s; i++)
        cblas_dcopy((int)(s - i), a + i * s + i, (int)s, a + i * s + i, 1);
    for (size_t i0 = PANEL * (size_t)mi_comm_rank(comm); i0 < s; i0 += step) {
        size_t rows = s - i0 < PANEL ? s - i0 : PANEL;
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)s, (int)s, 1,
                    a + i0 * s, (int)s, a, (int)s, 0, b, (int)s);
        for (size_t i = 0; i < rows; i++) {
            sum[0] += cblas_ddot((int)s, b + i * s, 1, a + (i0 + i) * s, 1);
            sum[1] += cblas_ddot((int)s, b + i * s, 1, b + i * s, 1);
        }
    }
    mi_free(b);
    MI_TRY(mi_comm_sum(comm, sum, 2));
    out->p3 = sum[0];
    out->p4 = sum[1];
    return MI_OK;
}

/* sum (s): row sums of K_ij^2 = n^2 A_ij^2; an element left of the diagonal is of two rows. */
static void dense_row_sums(double *sum, const double *a, size_t s, double n)
{
    for (size_t i = 0; i < s; i++) {
        for (size_t k = 0; k < i; k++) {
            double square = n * n * a[i * s + k] * a[i * s + k];
            sum[i] += square;
            sum[k] += square;
        }
        sum[i] += n * n * a[i * s + i] * a[i * s + i];
    }
}

/* Dual: n phi_i' (P/n) phi_i = sum_j K_ij^2; Gram matrix: its squares added up by row. */
static mi_status block_row_sums(const block_job *j, size_t b, const double *a, size_t s)
{
    mi_block block = mi_joint_block(j->of, b);
    mi_status status = MI_OK;
    double *sum;
    MI_TRY(MI_NEW(sum, block.m));
    if (is_dual(j, block.m)) {
        status = mi_gram_dual_rows(sum, a, &block);
        cblas_dscal((int)block.m, (double)j->of->n, sum, 1); /* a is the dual over n */
    } else {
        dense_row_sums(sum, a, s, (double)j->of->n);
    }
    for (size_t i = 0; i < block.m; i++)
        j->row[block.row ? block.row[i] : i] = sum[i];
    mi_free(sum);
    return status;
}

/* Below this an eigenvalue is round-off: dsyevd errs by up to about n eps l_max in each. */
static double least_eigenvalue(size_t n, double largest)
{
    return (double)n * DBL_EPSILON * largest;
}

/* What sums lose, from the eigenvalues l (s), ascending, and the eigenvectors v (s,s) as rows. Those of
 * a dual are turned into those of the Gram matrix, u_k = Phi v_k / sqrt(n l_k): Phi' Phi / n has the
 * eigenvalues l. */
static mi_status block_losses(const block_job *j, size_t b, const double *l, const double *v,
                              size_t s)
{
    mi_block block = mi_joint_block(j->of, b);
    double *u = NULL;
    size_t first = 0;
    while (first < s - 1 && l[first] < least_eigenvalue(j->of->n, l[s - 1]))
        first++;
    mi_eigenpairs e = {
        .m = block.m, .count = s - first, .l = l + first, .u = v + first * s, .row = block.row};
    mi_status status = MI_OK;
    if (is_dual(j, block.m)) {
        MI_TRY(MI_NEW_RAW(u, e.count * block.m));
        status = mi_gram_dual_vectors(u, e.u, e.count, &block);
        for (size_t k = 0; status == MI_OK && k < e.count; k++)
            cblas_dscal((int)block.m, 1 / sqrt((double)j->of->n * e.l[k]), u + k * block.m, 1);
        e.u = u;
    }
    if (status == MI_OK)
        status = mi_left_out_add(j->left, &e);
    mi_free(u);
    return status;
}

static mi_status block_spectrum(const block_job *j, size_t b, double *a, size_t s)
{
    double *l = j->l + j->offset[b];
    MI_TRY(eigenvalues(l, a, s, j->left != NULL));
    return j->left ? block_losses(j, b, l, a, s) : MI_OK;
}

/* One block: its matrix, then what is wanted of it. dsyevd overwrites a, so it is alone in its
 * case. */
static mi_status do_block(const block_job *j, size_t b)
{
    size_t s = block_size(j, b);
    double *a;
    MI_TRY(MI_NEW_RAW(a, s * s));
    mi_status status = block_matrix(j, b, s, a);
    if (status == MI_OK && j->up_to == 0)
        status = block_spectrum(j, b, a, s);
    if (status == MI_OK && j->up_to >= 2)
        j->part[b].p2 = symmetric_norm2(a, s);
    if (status == MI_OK && j->row)
        status = block_row_sums(j, b, a, s);
    if (status == MI_OK && j->up_to > 2)
        status = high_moments(&j->part[b], a, s, j->comm);
    mi_free(a);
    return status;
}

static mi_status small_block(void *arg, size_t task, int worker)
{
    const block_job *j = arg;
    (void)worker;
    return do_block(j, j->order[j->n_large + task]);
}

static mi_status job_init(block_job *j)
{
    size_t blocks = mi_joint_blocks(j->of), small = 0;
    j->width = mi_joint_width(j->of->var, j->of->n_var);
    MI_TRY(MI_NEW(j->offset, blocks + 1));
    MI_TRY(MI_NEW(j->order, blocks));
    for (size_t b = 0; b < blocks; b++) {
        size_t s = block_size(j, b);
        j->offset[b + 1] = j->offset[b] + s;
        if (s >= LARGE_BLOCK)
            j->order[j->n_large++] = b;
        else
            j->order[blocks - ++small] = b;
    }
    if (j->up_to)
        return MI_NEW(j->part, blocks);
    return MI_NEW(j->l, j->offset[blocks]);
}

/* Results of the blocks, each from one rank, to all ranks. */
static mi_status merge_blocks(block_job *j, mi_comm *comm)
{
    if (j->l)
        MI_TRY(mi_comm_merge(comm, j->l, j->offset[mi_joint_blocks(j->of)] * sizeof *j->l));
    if (j->part)
        MI_TRY(mi_comm_merge(comm, j->part, mi_joint_blocks(j->of) * sizeof *j->part));
    if (j->left)
        MI_TRY(mi_comm_merge(comm, j->left->loss,
                             j->left->n_alpha * j->of->n * sizeof *j->left->loss));
    return j->row ? mi_comm_merge(comm, j->row, j->of->n * sizeof *j->row) : MI_OK;
}

/* Blocks order[first], order[first + step], ... below `end`, one after the other with all threads.
 */
static mi_status blocks_in_turn(const block_job *j, size_t first, size_t end, size_t step,
                                const mi_run *run)
{
    mi_blas_set_threads(mi_pool_threads(run));
    for (size_t k = first; k < end; k += step)
        MI_TRY(do_block(j, j->order[k]));
    return MI_OK;
}

/* Blocks that one rank each does come first, since they are merged; then those that all ranks are
 * on together, because they are so few. */
static mi_status job_run(block_job *j, const mi_run *run)
{
    size_t blocks = mi_joint_blocks(j->of), n_small = blocks - j->n_large;
    mi_share large = mi_share_out(run, j->n_large), small = mi_share_out(run, n_small);
    if (!large.run.comm)
        MI_TRY(blocks_in_turn(j, large.first, j->n_large, large.step, run));
    if (!small.run.comm)
        MI_TRY(mi_spread(run, n_small, small_block, j));
    MI_TRY(merge_blocks(j, run->comm));
    j->comm = run->comm;
    if (large.run.comm)
        MI_TRY(blocks_in_turn(j, 0, j->n_large, 1, run));
    return small.run.comm ? blocks_in_turn(j, j->n_large, blocks, 1, run) : MI_OK;
}

static void job_free(block_job *j)
{
    mi_free(j->l);
    mi_free(j->offset);
    mi_free(j->order);
    mi_free(j->part);
}

int mi_spectrum_has_large(const mi_joint_matrix *a)
{
    block_job j = {.of = a, .width = mi_joint_width(a->var, a->n_var)};
    for (size_t b = 0; b < mi_joint_blocks(a); b++)
        if (block_size(&j, b) >= LARGE_BLOCK)
            return 1;
    return 0;
}

/* Beside the matrix: dsyevd's 2 s^2, the vectors of a dual turned, products of some 500 pairs of rows
 * and 200 rows of nodes. */
static double bytes_for_vectors(double s, double m, int is_dual)
{
    return 8.0 * s * (2 * s + 700) + (is_dual ? 8.0 * s * m : 0);
}

size_t mi_spectrum_bytes(const mi_joint_matrix *a, int with_vectors, const mi_run *run)
{
    block_job j = {.of = a, .width = mi_joint_width(a->var, a->n_var)};
    size_t large = 0, small = 0, d = 0;
    for (size_t v = 0; v < a->n_var; v++)
        d = mi_var_is_real(a->var[v]) && a->var[v]->x->d > d ? a->var[v]->x->d : d;
    for (size_t b = 0; b < mi_joint_blocks(a); b++) {
        size_t s = block_size(&j, b), m = mi_joint_block(a, b).m;
        /* The matrix, and double-precision rows: all of them for a Gram matrix, a panel for a dual.
         */
        double bytes = 8.0 * (double)s * (double)s +
                       8.0 * (is_dual(&j, m) ? 256.0 * (double)s : (double)m * (double)(d + 257));
        if (with_vectors)
            bytes += bytes_for_vectors((double)s, (double)m, is_dual(&j, m));
        size_t whole = bytes < 9e18 ? (size_t)bytes : SIZE_MAX / 2;
        if (s >= LARGE_BLOCK)
            large = whole > large ? whole : large;
        else
            small = whole > small ? whole : small;
    }
    small *= (size_t)mi_run_threads(run);
    return large > small ? large : small;
}

/* Zero what is round-off: orders below 1 would make much of it, l^a with l = 1e-17 and a = 0.5 is 3e-9
 * each. */
static void keep_significant(mi_spectrum *s, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->count; i++)
        s->largest = fmax(s->largest, s->l[i]);
    double threshold = least_eigenvalue(n, s->largest);
    for (size_t i = 0; i < s->count; i++) {
        if (s->l[i] >= threshold)
            s->l[kept++] = s->l[i];
        else
            s->zeroed_mass += fabs(s->l[i]);
    }
    s->count = kept;
}

mi_status mi_spectrum_of(mi_spectrum *out, const mi_left_out *left, const mi_joint_matrix *a,
                         const mi_run *run)
{
    block_job j = {.of = a, .left = left};
    *out = (mi_spectrum){0};
    mi_status status = job_init(&j);
    if (status == MI_OK)
        status = job_run(&j, run);
    if (status == MI_OK) {
        out->l = j.l;
        out->count = j.offset[mi_joint_blocks(a)];
        j.l = NULL;
        keep_significant(out, a->n);
    }
    job_free(&j);
    return status;
}

void mi_spectrum_free(mi_spectrum *s)
{
    mi_free(s->l);
    *s = (mi_spectrum){0};
}

mi_status mi_moments_of(mi_moments *out, double *row, const mi_joint_matrix *a, int up_to,
                        const mi_run *run)
{
    block_job j = {.of = a, .up_to = up_to, .row = row};
    *out = (mi_moments){0};
    mi_status status = job_init(&j);
    if (status == MI_OK)
        status = job_run(&j, run);
    for (size_t b = 0; status == MI_OK && b < mi_joint_blocks(a); b++) {
        out->p2 += j.part[b].p2;
        out->p3 += j.part[b].p3;
        out->p4 += j.part[b].p4;
    }
    job_free(&j);
    return status;
}
