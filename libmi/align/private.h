/* private.h - what the files of the room align share: one side, and sums over pairs of rows of two.
 */
#ifndef MI_ALIGN_PRIVATE_H
#define MI_ALIGN_PRIVATE_H

#include "libmi/align/align.h"
#include "libmi/bounds/pairing.h"
#include "libmi/bounds/permute.h"
#include "libmi/neighbours/neighbours.h"

/* Rows f_i = x_i s_i - mean. */
typedef struct {
    const mi_mat *x;     /* (n,d) in memory */
    const double *scale; /* (n) s; NULL: 1 */
    double *mean;        /* (d) */
    double square;       /* sum of |x_i s_i|^2 */
    mi_mat span, few;    /* more columns than rows: x is few, the first n rows of span */
} mi_align_rows;

/* Less of the sum of squares than this is left by centring when all rows are the same: round-off. */
#define MI_ALIGN_NOTHING_LEFT 1e-24

/* A neighbour, and the kernel's value of it. */
typedef struct {
    int32_t row;
    double k;
} mi_align_near_row;

/* Of rows whose neighbours are a matter of row order, all that may be: count[i] of them from start[i] on, 0 of
 * other rows. */
typedef struct {
    size_t *start, *count; /* (n); NULL: not looked for */
    size_t *nearer;        /* (n) the first so many are neighbours in any order */
    int32_t *row;          /* (used) */
    double *k;             /* (used) K of them */
    size_t used;
} mi_align_ties;

struct mi_align_side {
    size_t n, k;
    mi_kernel kernel;
    mi_var var; /* of the rows, for their norms and their centre */
    /* As the kernel sees them: K_ij is f_i'f_j but for what centring takes out, or a function of
     * |f_i - f_j|. */
    mi_align_rows seen;
    mi_align_rows stored; /* as they are stored, times unit */
    double *
        unit; /* (n) of one power of two, by which sums of fourth powers are numbers of double precision */
    int is_linear;
    int is_seen_as_stored; /* under a linear kernel the two are the same */
    double shift;          /* what is taken off K, which neither form of HSIC sees: the mean of K */
    double *norm2;         /* (n) |f_i|^2 of the rows as the kernel sees them */
    double *self;          /* (n) K_ii, of centred rows under a linear kernel */
    double *row;           /* (n) sum over j != i of K_ij */
    double inner;          /* sum over i != j of K_ij^2 */
    float *matrix;         /* (n,n) K where it is kept; NULL */
    int32_t *near;         /* (n,k) neighbours of each row, in row order */
    double *near_k;        /* (n,k) K_ij of them, not centred */
    mi_align_ties ties;    /* for re-pairings */
    double *direction; /* (d,kept) principal directions over the standard deviations along them */
    size_t kept;
    double size;              /* |F|_F of the rows as stored */
    double *self_information; /* (n_alpha) I(X;X); NULL: not wanted */
};

/* What all files work with. */
typedef struct {
    const mi_align_opts *o;
    const mi_run *run;
    size_t n;
    size_t *order;        /* (n) 0 .. n-1: the rows as they are */
    mi_align_side *x, *y; /* perhaps one */
} mi_align_job;

/* Terms that want something. */
#define MI_ALIGN_IS_I   (1u << MI_ALIGN_I | 1u << MI_ALIGN_I_CALIBRATED | 1u << MI_ALIGN_I_ADJUSTED)
#define MI_ALIGN_IS_CKA (1u << MI_ALIGN_CKA | 1u << MI_ALIGN_CKA_DEBIASED)
#define MI_ALIGN_IS_NEAR                                                           \
    (1u << MI_ALIGN_CKNNA | 1u << MI_ALIGN_MUTUAL_KNN | 1u << MI_ALIGN_CYCLE_KNN | \
     1u << MI_ALIGN_JACCARD_KNN)
#define MI_ALIGN_IS_SHAPE (1u << MI_ALIGN_SVCCA | 1u << MI_ALIGN_PROCRUSTES)

/* Rows of a block of rows, of a tile. */
enum { MI_ALIGN_BLOCK = 256 };

/* ---- side.c ---- */

/* One side, zeroed, of a column of real rows, but for its self-information. O(n d^2 + d^3), with neighbours or
 * a kernel that is not linear O(n^2 d). Errors: MI_EMEMORY, MI_ENOMEM, MI_ELIBRARY; those of
 * mi_neighbours. What is there after a failure, mi_align_side_clear frees too. */
mi_status mi_align_side_init(mi_align_side *s, const mi_align_job *j, const mi_column *c);
void mi_align_side_clear(mi_align_side *s);

/* K_ij from the distance by which j is near i: cosines are 1 minus it; of raw rows, in units, from the rows.
 * rows (2,d) is scratch, and has row i. */
double mi_align_kernel_at(const mi_align_side *s, double *rows, size_t near, double distance);

/* list (k) into row order. O(k log k). */
void mi_align_sort_near(mi_align_near_row *list, size_t k);

/* By which neighbours are near. */
mi_metric mi_align_metric(const mi_align_side *s);

/* f_row[0..m) into out (m,d). */
void mi_align_read(double *out, const mi_align_rows *r, const size_t *row, size_t m);

/* c (dx,dy): sum over i of f_order[i] g_to[i]'. O(n dx dy). Errors: MI_ENOMEM. */
mi_status mi_align_cross(double *c, const mi_align_rows *x, const size_t *order,
                         const mi_align_rows *y, const size_t *to);

/* ---- kernel.c ---- */

/* *total: the sum over i != j of K_ij L_to[i]to[j]; t (n): that over j for each i; NULL: not wanted. cross
 * (dx,dy) is that of the rows as the kernels see them where both are linear, else not looked at. */
mi_status mi_align_inner(double *total, double *t, const mi_align_job *j, const mi_align_side *x,
                         const mi_align_side *y, const size_t *to, const double *cross);

/* out (n,m): the sum over j != i of K_ij v_j, v (n,m). O(n d m), of another kernel O(n^2 d). Errors:
 * MI_ENOMEM. */
mi_status mi_align_times(double *out, const mi_align_job *j, const mi_align_side *x,
                         const double *v, size_t m);

/* Keep K, so that re-pairings read it: 4 n^2 bytes. Errors: MI_ENOMEM. */
mi_status mi_align_keep(mi_align_side *s, const mi_align_job *j);

/* ---- cka.c ---- */

/* The term from *total of mi_align_inner. O(n). */
double mi_align_cka(const mi_align_side *x, const mi_align_side *y, const size_t *to, double total,
                    int is_debiased);

/* se of both forms from influences, summed within instances. O(n dx dy), of another kernel O(n^2 (dx +
 * dy)). Errors: MI_ENOMEM. */
mi_status mi_align_cka_errors(double *biased, double *debiased, const mi_align_job *j,
                              const mi_groups *instance);

/* ---- ties.c ---- */

/* s->ties, where they are not there yet. O(n^2 d); 12 bytes a candidate, n of a row where all are the same.
 * Errors: MI_EMEMORY, MI_ENOMEM; those of mi_neighbours. */
mi_status mi_align_ties_find(mi_align_side *s, const mi_align_job *j);
void mi_align_ties_clear(mi_align_ties *t);

/* list (k): the neighbours of row i of y, which has candidates, under a pairing, as near.c has it. O(k) a
 * candidate. */
void mi_align_ties_choose(mi_align_near_row *list, const mi_align_side *y, size_t i,
                          const int32_t *beside);

/* ---- near.c ---- */

/* value (MI_ALIGN_TERMS): the terms of neighbours. O(n k log k), with ties O(k) a candidate. Errors:
 * MI_ENOMEM. */
mi_status mi_align_near(double *value, const mi_align_side *x, const mi_align_side *y,
                        const size_t *to);

/* ---- shape.c ---- */

/* What stored rows say alone: directions and size. */
mi_status mi_align_directions(mi_align_side *s, const mi_align_job *j);

/* value (MI_ALIGN_TERMS): SVCCA and Procrustes from cross (dx,dy) of the rows as stored, which is
 * destroyed. O(dx dy min(dx,dy)). Errors: MI_ENOMEM, MI_ELIBRARY. */
mi_status mi_align_shape(double *value, const mi_align_job *j, double *cross);

/* ---- pairs.c ---- */

/* out (MI_ALIGN_TERMS): all wanted terms but the information. Errors: MI_ENOMEM, MI_ELIBRARY. */
mi_status mi_align_pairs(mi_alignment *out, const mi_align_job *j, const mi_groups *instance);

/* ---- information.c ---- */

/* s->self_information of member m, where I_adjusted is wanted. Errors: those of mi_measure. */
mi_status mi_align_self_information(mi_align_side *s, const mi_sample *of, mi_member_id m,
                                    const mi_align_opts *o, const mi_run *run);

/* out (n_alpha, MI_ALIGN_TERMS), found (n_alpha): the wanted terms of the information of a sample's z1 and
 * z2, whose sides are x and y. Errors: those of mi_measure. */
mi_status mi_align_information(mi_alignment *out, mi_align_found *found, const mi_sample *s,
                               const mi_align_side *x, const mi_align_side *y,
                               const mi_align_opts *o, const mi_run *run);

/* Two members as z1 and z2 of one sample, which borrows them. */
mi_sample mi_align_side_by_side(const mi_sample *a, mi_member_id x, const mi_sample *b,
                                mi_member_id y);

#endif
