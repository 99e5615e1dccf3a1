/* private.h - what the files of the room spectrum share: sizes of products, and the parts of the
 * stochastic Lanczos quadrature.
 */
#ifndef MI_SPECTRUM_PRIVATE_H
#define MI_SPECTRUM_PRIVATE_H

#include <stdint.h>

#include "libmi/spectrum/left_out.h"
#include "libmi/spectrum/product.h"

#define MI_PRODUCT_TILE \
    240 /* rows and columns of a tile, a multiple of MI_LEAF_ROWS and MI_LEAF_LANES */
#define MI_PRODUCT_PANEL 256 /* rows taken at once in the Khatri-Rao form */

/* var (at most MI_PRODUCT_VARS): the variables of a block that are factors of K, which weights are not;
 * returns how many. */
size_t mi_product_factors(const mi_var **var, const mi_block *b);

/* Rows of the factors of p, the variables var[0..p->n_factors) of a block, and scratch for those that are
 * wide. Errors: MI_ENOMEM. */
mi_status mi_product_fill(mi_product *p, const mi_var *const *var, const mi_block *b);

/* k (ni,nj) = K of rows i0.. against rows j0..: Hadamard product of the factors; g (tile,tile) is scratch, so
 * is the worker's part of p->wide. The diagonal of K is exactly 1. */
void mi_product_tile(const mi_product *p, int worker, float *k, size_t ldk, float *g, size_t i0,
                     size_t ni, size_t j0, size_t nj);

/* Floats that one worker needs, of factors. */
size_t mi_product_work_size(mi_product_kind kind, const mi_var *const *var);

#define MI_LANCZOS_PROBES MI_PRODUCT_VECTORS /* probes that go through their steps together */
#define MI_KRYLOV_SIZE    80                 /* vectors of the basis for the Ritz pairs */

/* A = K / n on the rows of one block (a class, or all rows), and where its draws come from. */
typedef struct {
    mi_product product;
    double n;          /* rows of all blocks, so that traces add up to 1 */
    size_t m;          /* rows of this one */
    const size_t *key; /* (m) numbers of the rows, for draws */
    unsigned long seed;
    const mi_block *of;
    const double *square; /* (m) sums over j of K_ij^2, as the product has them */
} mi_operator;

/* What single precision does: the product has A + E in the place of A. */
typedef struct {
    double norm;   /* |E|, and a margin: smaller eigenvalues cannot be told from 0 */
    double share;  /* |E V| / |A V|, Frobenius, of vectors V of a Krylov space */
    double square; /* error of tr A^2 */
} mi_rounding;

#define MI_ROUNDING_ROWS 64

/* Leading eigenpairs of a block that are taken as they are. */
typedef struct {
    size_t count;
    double *value;    /* (count) */
    double *residual; /* (count) |A u - value u| */
    double *error;    /* (count) |E u| */
    double *u;        /* (count,m) orthonormal */
    double largest;   /* Ritz value, deflated or not, and its residual with the error */
    double largest_residual;
    mi_rounding rounding;
} mi_ritz;

/* A quadrature rule a probe: sum over nodes of w f(x) is v' f(A) v. Unused nodes have weight 0. */
typedef struct {
    double *x, *w; /* (probes, nodes) */
} mi_rules;

/* The integral of l^a lies between the Gauss rule and the Gauss-Radau rule with a node at 0. Those
 * of fewer steps of the same recurrences show where: how fast either moves towards it. */
typedef enum {
    MI_RULE_GAUSS,
    MI_RULE_RADAU,
    MI_RULE_EARLY_GAUSS,
    MI_RULE_EARLY_RADAU,
    MI_RULES
} mi_rule;

typedef struct {
    size_t probes, nodes, drawn;
    mi_rules rule[MI_RULES];
} mi_quadrature;

/* All that is known of a block's eigenvalues. */
typedef struct {
    mi_ritz ritz;
    mi_quadrature probe; /* no probes: there is nothing beside the Ritz values */
    size_t m;
    double trace, square; /* tr A, tr A^2 of the whole block */
} mi_block_spectrum;

/* y (count,m) = A x. */
mi_status mi_operator_apply(const mi_operator *a, double *y, const double *x, size_t count);

/* Random signs, the vector number `vector` of the block. */
void mi_operator_draw(const mi_operator *a, double *x, size_t vector);

/* From vectors v (size,m) of a Krylov space that begins with random ones, and av, what the product has for
 * them. r (size,MI_ROUNDING_ROWS): E V on as many rows, scaled so that a row of it is as long as the row of
 * E V on all. O(m (sum d + size)) for each of these rows. Errors: MI_ENOMEM, MI_ELIBRARY. */
mi_status mi_rounding_measure(mi_rounding *out, double *r, const mi_operator *a, const double *v,
                              const double *av, size_t size);

/* ---- control variates: polynomials fitted to functions, lanczos_control.c ---- */

#define MI_CONTROLS 3 /* 1, x, x^2; x of a size of 1, so that the powers are of one size */

typedef struct {
    double normal[MI_CONTROLS][MI_CONTROLS], right[MI_CONTROLS]; /* starts as {0} */
} mi_control_fit;

void mi_control_add(mi_control_fit *fit, double x, double w, double value);
/* c of the first `size` powers; the others stay. The fit is used up. */
void mi_control_solve(double c[MI_CONTROLS], mi_control_fit *fit, int size);

/* Errors: MI_ENOMEM, MI_ELIBRARY. Free with mi_ritz_free. */
mi_status mi_ritz_find(mi_ritz *out, const mi_operator *a);
void mi_ritz_free(mi_ritz *r);

/* Add MI_LANCZOS_PROBES probes of `steps` steps (at most those of the complement of the Ritz
 * vectors; none where that is empty), each drawn as a vector of its own. Probes with another number
 * of steps than `steps` are dropped first. Errors: MI_ENOMEM, MI_ELIBRARY. */
mi_status mi_quadrature_add(mi_quadrature *q, const mi_operator *a, const mi_ritz *r, size_t steps);
void mi_quadrature_free(mi_quadrature *q);

/* ---- some of these probes once more, with their vectors, lanczos_probes.c ---- */

/* MI_LANCZOS_PROBES of them: f(P A P) z of a probe z is sum over steps of v_s sum_j c_sj f(x_j). */
typedef struct {
    size_t steps, m;
    double *z; /* (probes,m) signs */
    double *v; /* (probes,steps+1,m) Lanczos vectors */
    double *x; /* (probes,steps) Ritz values; 0 beyond the steps taken, where c is 0 */
    double *c; /* (probes,steps,steps) */
} mi_probe_vectors;

/* Numbers `first` and on, of at most m - r->count steps, which are more than 0. Errors: MI_ENOMEM,
 * MI_ELIBRARY. Free with mi_probe_vectors_free, also after a failure. */
mi_status mi_probe_vectors_make(mi_probe_vectors *out, const mi_operator *a, const mi_ritz *r,
                                size_t steps, size_t first);
void mi_probe_vectors_free(mi_probe_vectors *p);

/* ---- what sums lose without some rows, left_out.c, left_out_block.c ---- */

#define MI_LEFT_OUT_ROWS \
    16 /* of a group; larger ones are dear: pairs of their rows are worked with */
#define MI_PAIRS_OF(v) ((v) * ((v) + 1) / 2)

/* weight (n_alpha + 2, count): of x^a for every order, of x, and of x log x. */
struct mi_left_out_nodes {
    size_t count, n_alpha;
    double _Complex *zeta, *weight;
};

/* How many nodes there are for some orders. */
size_t mi_left_out_nodes_of(const double *alpha, size_t n_alpha);

/* What the sum at order number a loses, log_det (nodes) the logarithms of det M of a matrix over its largest
 * eigenvalue s. */
double mi_left_out_loss(const mi_left_out *left, size_t a, double s,
                        const double _Complex *log_det);

/* ---- entries of 1 / (1 - zeta A) that the deflated pairs lack, lanczos_left_out.c ---- */

/* Probes that are to be drawn for them. */
typedef struct mi_probed {
    const mi_operator *a;
    const mi_ritz *ritz;
    size_t probes, steps; /* of which MI_LANCZOS_PROBES are in memory together */
} mi_probed;

/* Pairs of rows of the block. */
typedef struct {
    size_t count;
    uint32_t *i, *j; /* (count) */
} mi_row_pairs;

typedef struct {
    size_t nodes;
    const mi_row_pairs *pair; /* borrowed */
    double *entry;            /* (2 nodes, pairs) real parts, then imaginary ones */
    double *power;            /* (MI_CONTROLS, pairs) what the probes say of powers 0, 1, 2 */
    double *fit; /* (2 nodes, 2, MI_CONTROLS) a node as these powers: on the diagonal, and off it */
} mi_probed_entries;

/* By `from`, of A over `largest`; entry is without what mi_probed_entries_complete adds. O(probes steps nodes m)
 * and the products, of which ranks have a share each. Errors: MI_ENOMEM, MI_ELIBRARY. Free with
 * mi_probed_entries_free, also after a failure. */
mi_status mi_probed_entries_make(mi_probed_entries *out, const mi_probed *from,
                                 const mi_left_out_nodes *nodes, double largest,
                                 const mi_row_pairs *pair);
void mi_probed_entries_free(mi_probed_entries *p);

/* Entries of pairs first .. first + count, of which known (MI_CONTROLS, ld) has the powers; that of A^2 on the
 * diagonal alone. */
void mi_probed_entries_complete(mi_probed_entries *p, const double *known, size_t ld, size_t first,
                                size_t count);

/* Bytes that they and a batch of their probes take at most, of m rows. */
double mi_probed_bytes(const mi_left_out *left, size_t m, size_t steps, int threads);

/* What makes up most of a half-width: what would narrow it. */
typedef enum {
    MI_LANCZOS_NOTHING,        /* single precision, pairs that did not converge */
    MI_LANCZOS_PROBES_TOO_FEW, /* the spread over probes */
    MI_LANCZOS_STEPS           /* the distance between the rules */
} mi_lanczos_open;

/* ---- one order, lanczos_order.c ---- */

/* f is 0 below the cut, where an eigenvalue cannot be told from 0. */
typedef struct {
    double alpha, largest, cut;
    int is_near_one;
} mi_order;

/* Without a cut. */
mi_order mi_order_of(double alpha, double largest);
double mi_order_value(const mi_order *o, double l); /* f */
double mi_order_slope(const mi_order *o, double l); /* its derivative */
/* What a coupling r between a deflated pair at l and an eigenvalue at u adds to sum f; an eigenvalue that
 * falls below the cut stays at it. */
double mi_order_coupled(const mi_order *o, double l, double u, double r);
double mi_order_entropy(const mi_order *o, double sum); /* S_a from the sum of f */

/* ---- sums over all blocks, lanczos_complement.c, lanczos_sums.c ---- */

/* The sum of f over eigenvalues, and the parts of its error. */
typedef struct {
    double sum;
    double variance; /* of the mean over probes */
    double bracket;  /* a share of the distance between the rules */
    double slack;    /* bounds: rounding, and pairs that did not converge */
    double fourth;   /* sum over blocks of variance^2 / degrees of freedom */
} mi_sum_estimate;

/* What a block has of the sum and of its errors. */
void mi_estimate_add_block(mi_sum_estimate *e, const mi_order *o, const mi_block_spectrum *b);

/* S_a and its half-width from the blocks and the eigenvalues exact[0..n_exact) of the others. n:
 * rows. */
void mi_lanczos_sum(double *s, double *half_width, mi_lanczos_open *open, double alpha,
                    const mi_block_spectrum *block, size_t n_blocks, const double *exact,
                    size_t n_exact, size_t n);

/* Mass of nodes that count as zero. */
double mi_lanczos_zeroed(const mi_block_spectrum *block, size_t n_blocks);

#endif
