/* Entropies of any order of a large joint: deflated stochastic Lanczos quadrature, block by block.
 *
 * The matrix is never decomposed: A = K / n is used through products with blocks of vectors
 * (spectrum/product.h). The stages of a block, a class of the discrete variables or all rows:
 *
 *     find_squares    tr A and tr A^2, exact: the control variates
 *     mi_ritz_find    leading eigenpairs by block Krylov (lanczos_ritz.c), 80 products
 *     quadrature_add  8 probes of 20 Lanczos steps on the complement (lanczos_probes.c), 160
 *     leave_out       where wanted, what the sums lose without some rows (lanczos_left_out.c), 640
 *                     for every thousand rows
 *     mi_lanczos_sum  the sums and their intervals at every order (lanczos_sums.c), no products
 *
 * then, under a tolerance, `refine` until the widest interval is narrow enough. Small classes have
 * their eigenvalues computed. The method and its sources are on the card of lanczos.h. */
#include "libmi/spectrum/lanczos.h"

#include <math.h>

#include "libmi/base/comm_internal.h"
#include "libmi/base/words.h"
#include "libmi/data/groups_internal.h"
#include "libmi/spectrum/private.h"
#include "libmi/spectrum/spectrum.h"

/* Classes of up to so many rows (or, in the dual form, features) have their eigenvalues computed.
 */
#define EXACT_SIZE  600
/* Default effort, and how far a tolerance may push it. */
#define STEPS       20
#define STEPS_MOST  160
#define PROBES_MOST 512
/* The 80 + 160 vectors that the default effort takes through the product, in blocks of 8: what
 * choosing the kind of the product needs to know. */
#define PASSES      30.0

typedef struct {
    const mi_joint_matrix *of;
    size_t *large; /* (n_large) its blocks that are large */
    size_t n_large;
    mi_group_rows small;      /* the other classes */
    mi_block_spectrum *block; /* (n_large) */
    mi_operator a;            /* of the block that is worked on */
    mi_block rows;            /* its rows */
    double *square;           /* (n) their sums of squares */
    size_t *key;              /* (n) */
    size_t open;              /* the block that `a` is of, plus 1; 0: none */
    mi_spectrum exact;        /* of the small classes */
    size_t steps, probes;     /* of every block */
    const mi_left_out *left;  /* NULL: nothing is left out */
    mi_run quiet;             /* the caller's run, without progress of single products */
    const mi_run *run;
} lanczos;

/* ---- blocks ---- */

int mi_lanczos_is_large(size_t m, size_t width)
{
    return m > EXACT_SIZE && width > EXACT_SIZE;
}

/* Sort the classes: large ones, for Lanczos, by number; small ones, for eigenvalues, with their
 * rows as a list of classes of their own. */
static mi_status sort_blocks(lanczos *l)
{
    size_t width = mi_joint_width(l->of->var, l->of->n_var), blocks = mi_joint_blocks(l->of);
    MI_TRY(MI_NEW(l->large, blocks));
    MI_TRY(MI_NEW(l->small.start, blocks + 1));
    MI_TRY(MI_NEW(l->small.member, l->of->n));
    for (size_t c = 0; c < blocks; c++) {
        size_t g = l->small.g;
        mi_block block = mi_joint_block(l->of, c);
        if (!l->of->classes || mi_lanczos_is_large(block.m, width)) {
            l->large[l->n_large++] = c;
            continue;
        }
        for (size_t i = 0; i < block.m; i++)
            l->small.member[l->small.start[g] + i] = block.row[i];
        l->small.start[g + 1] = l->small.start[g] + block.m;
        l->small.g++;
    }
    return MI_NEW(l->block, l->n_large);
}

/* Bytes beside those of the product: in double precision vectors of m elements, while the Ritz pairs are
 * found V, A V and U, 3 x 80; later U, and of 8 probes the Lanczos vectors, one more, and two blocks that go
 * in and out of the product, or what mi_probed_bytes counts. */
static double vector_bytes(size_t m, size_t steps, const mi_left_out *left, const mi_run *run)
{
    size_t basis = m < MI_KRYLOV_SIZE ? m : MI_KRYLOV_SIZE, most = steps < m ? steps : m;
    double probes = 8.0 * (double)m * (double)(MI_LANCZOS_PROBES * (most + 3));
    if (left)
        probes = fmax(probes, mi_probed_bytes(left, m, STEPS, mi_run_threads(run)));
    return 8.0 * (double)m * (double)basis + fmax(16.0 * (double)m * (double)basis, probes);
}

/* What a sum loses by a row falls as 1/n, the noise of a probe about as 1 / sqrt n: they are more for more
 * rows, and add 0 to 5 % to standard errors at order 1. */
static size_t probes_of_losses(size_t m)
{
    return 32 * ((m + 999) / 1000);
}

/* The kind of the product of a block that fits with its vectors; MI_PRODUCT_KINDS: none. */
static mi_product_kind kind_that_fits(const mi_block *b, size_t steps, const mi_left_out *left,
                                      const mi_run *run)
{
    double room = (double)mi_run_memory_bytes(run) - vector_bytes(b->m, steps, left, run);
    double more = left ? (double)(probes_of_losses(b->m) * STEPS) / MI_PRODUCT_VECTORS : 0;
    return room < 0 ? MI_PRODUCT_KINDS : mi_product_choose(b, PASSES + more, (size_t)room, run);
}

int mi_lanczos_fits(const mi_joint_matrix *a, const mi_left_out *left, const mi_run *run)
{
    mi_block largest = mi_joint_block(a, 0);
    for (size_t b = 1; b < mi_joint_blocks(a); b++) {
        mi_block block = mi_joint_block(a, b);
        if (block.m > largest.m)
            largest = block;
    }
    return kind_that_fits(&largest, STEPS, left, run) != MI_PRODUCT_KINDS;
}

/* Make the operator of a block the one at hand. */
static mi_status open_block(lanczos *l, size_t b)
{
    if (l->open == b + 1)
        return MI_OK;
    mi_block block = l->rows = mi_joint_block(l->of, l->large[b]);
    l->open = 0;
    mi_product_free(&l->a.product);
    mi_product_kind kind = kind_that_fits(&block, l->steps, l->left, l->run);
    if (kind == MI_PRODUCT_KINDS)
        return mi_fail(
            MI_EMEMORY,
            "the Lanczos vectors of %zu rows need %.3g MB, and their product more, allowed "
            "are %.3g MB; try a larger " MI_OPTION "memory, or " MI_OPTION "batch",
            block.m, vector_bytes(block.m, l->steps, l->left, l->run) / 1e6,
            (double)mi_run_memory_bytes(l->run) / 1e6);
    MI_TRY(mi_product_make(&l->a.product, kind, &block, &l->quiet));
    const size_t *key = block.var[0]->key;
    for (size_t i = 0; i < block.m; i++) {
        size_t from = block.row ? block.row[i] : i;
        l->key[i] = key ? key[from] : from;
    }
    l->a.n = (double)l->of->n;
    l->a.m = block.m;
    l->a.key = l->key;
    l->a.of = &l->rows;
    l->a.square = l->square;
    l->a.seed = l->run->seed;
    l->open = b + 1;
    return MI_OK;
}

static void say_progress(const lanczos *l, double blocks_done)
{
    if (l->run->progress)
        l->run->progress(l->run->progress_arg, blocks_done / (double)l->n_large);
}

/* tr A = sum_i K_ii / n and tr A^2 = sum_ij K_ij^2 / n^2, from the row sums of K_ij^2, which order 2's
 * standard errors are made of as well. */
static mi_status find_squares(lanczos *l, size_t b, double *row_out)
{
    mi_block_spectrum *block = &l->block[b];
    const mi_block *rows = &l->rows;
    MI_TRY(mi_product_squares(&l->a.product, rows, l->square));
    for (size_t i = 0; i < rows->m; i++) {
        block->trace += mi_gram_self(rows, i);
        block->square += l->square[i] / (l->a.n * l->a.n);
        if (row_out)
            row_out[rows->row ? rows->row[i] : i] = l->square[i];
    }
    block->trace /= l->a.n;
    block->m = rows->m;
    return MI_OK;
}

/* What the sums lose, by the first probes and more. */
static mi_status leave_out(lanczos *l, size_t b)
{
    const mi_ritz *ritz = &l->block[b].ritz;
    size_t rest = l->a.m - ritz->count;
    const mi_probed probed = {.a = &l->a,
                              .ritz = ritz,
                              .probes = probes_of_losses(l->a.m),
                              .steps = rest < STEPS ? rest : STEPS};
    const mi_eigenpairs e = {.m = l->a.m,
                             .count = ritz->count,
                             .probed = rest ? &probed : NULL,
                             .l = ritz->value,
                             .u = ritz->u,
                             .row = l->rows.row};
    return mi_left_out_add(l->left, &e);
}

/* The default effort of every block; two steps a block for the progress. */
static mi_status start_blocks(lanczos *l, double *row)
{
    for (size_t b = 0; b < l->n_large; b++) {
        MI_TRY(open_block(l, b));
        MI_TRY(find_squares(l, b, row));
        MI_TRY(mi_ritz_find(&l->block[b].ritz, &l->a));
        say_progress(l, (double)b + 0.5);
        MI_TRY(mi_quadrature_add(&l->block[b].probe, &l->a, &l->block[b].ritz, l->steps));
        if (l->left)
            MI_TRY(leave_out(l, b));
        say_progress(l, (double)b + 1);
    }
    return MI_OK;
}

/* Classes of up to EXACT_SIZE rows: eigenvalues in double precision, O(m^3) each. */
static mi_status small_classes(lanczos *l, double *row)
{
    mi_joint_matrix small = *l->of;
    mi_moments unused;
    if (!l->small.g)
        return MI_OK;
    small.classes = &l->small;
    small.as = MI_MATRIX_CHEAPER;
    if (row)
        MI_TRY(mi_moments_of(&unused, row, &small, 2, l->run));
    return mi_spectrum_of(&l->exact, l->left, &small, l->run);
}

/* ---- effort ---- */

/* Entropies at all orders; *what: which part of the widest interval to narrow. All ranks take the
 * values of rank 0, since they decide on the same next step. */
static mi_status evaluate(const lanczos *l, mi_lanczos *out, const double *alpha, size_t n_alpha,
                          mi_lanczos_open *what)
{
    mi_lanczos_open worst = MI_LANCZOS_NOTHING, now;
    mi_comm *comm = l->run->comm;
    double widest = l->run->tolerance, width;
    for (size_t a = 0; a < n_alpha; a++) {
        mi_lanczos_sum(&out->s[a], &width, &now, alpha[a], l->block, l->n_large, l->exact.l,
                       l->exact.count, l->of->n);
        if (out->half_width)
            out->half_width[a] = width;
        if (width > widest) {
            widest = width;
            worst = now;
        }
    }
    *what = l->run->tolerance > 0 ? worst : MI_LANCZOS_NOTHING;
    MI_TRY(mi_comm_follow(comm, what, sizeof *what));
    MI_TRY(mi_comm_follow(comm, out->s, n_alpha * sizeof *out->s));
    return out->half_width
               ? mi_comm_follow(comm, out->half_width, n_alpha * sizeof *out->half_width)
               : MI_OK;
}

/* Twice the probes, or probes of twice the steps. Looks at the interval are few and geometric, so
 * that this sequential stopping rule, at the first that is narrow enough, does not spoil its
 * coverage. */
static mi_status refine(lanczos *l, mi_lanczos_open what)
{
    size_t more = l->probes;
    if (what == MI_LANCZOS_STEPS) {
        l->steps *= 2;
        more = l->probes = MI_LANCZOS_PROBES;
    } else {
        l->probes *= 2;
    }
    for (size_t b = 0; b < l->n_large; b++) {
        MI_TRY(open_block(l, b));
        for (size_t k = 0; k < more; k += MI_LANCZOS_PROBES)
            MI_TRY(mi_quadrature_add(&l->block[b].probe, &l->a, &l->block[b].ritz, l->steps));
    }
    return MI_OK;
}

/*     largest part of the half-width   refine       until
 *     spread over probes               probes x 2   PROBES_MOST, 512
 *     distance between the rules       steps x 2    STEPS_MOST, 160; starts again with 8 probes
 *     anything else                    no           nothing would narrow it */
static int may_refine(const lanczos *l, mi_lanczos_open what)
{
    return (what == MI_LANCZOS_STEPS && l->steps < STEPS_MOST) ||
           (what == MI_LANCZOS_PROBES_TOO_FEW && l->probes < PROBES_MOST);
}

static void lanczos_free(lanczos *l)
{
    for (size_t b = 0; l->block && b < l->n_large; b++) {
        mi_ritz_free(&l->block[b].ritz);
        mi_quadrature_free(&l->block[b].probe);
    }
    mi_product_free(&l->a.product);
    mi_spectrum_free(&l->exact);
    mi_group_rows_free(&l->small);
    mi_free(l->block);
    mi_free(l->large);
    mi_free(l->key);
    mi_free(l->square);
}

mi_status mi_lanczos_entropies(mi_lanczos *out, const mi_joint_matrix *a, const double *alpha,
                               size_t n_alpha, const mi_run *run)
{
    lanczos l = {.of = a,
                 .steps = STEPS,
                 .probes = MI_LANCZOS_PROBES,
                 .left = out->left,
                 .quiet = *run,
                 .run = run};
    mi_lanczos_open open;
    mi_status status;
    l.quiet.progress = NULL;
    MI_TRY_GOTO(status, MI_NEW_RAW(l.key, a->n), done);
    MI_TRY_GOTO(status, MI_NEW_RAW(l.square, a->n), done);
    MI_TRY_GOTO(status, sort_blocks(&l), done);
    MI_TRY_GOTO(status, small_classes(&l, out->row), done);
    MI_TRY_GOTO(status, start_blocks(&l, out->row), done);
    MI_TRY_GOTO(status, evaluate(&l, out, alpha, n_alpha, &open), done);
    while (may_refine(&l, open)) {
        MI_TRY_GOTO(status, refine(&l, open), done);
        MI_TRY_GOTO(status, evaluate(&l, out, alpha, n_alpha, &open), done);
    }
    out->zeroed_mass = l.exact.zeroed_mass + mi_lanczos_zeroed(l.block, l.n_large);
done:
    lanczos_free(&l);
    return status;
}
