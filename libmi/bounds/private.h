/* private.h - what the files of the room bounds share: the terms of the bounds as rules and one
 * sample's values; InfoNCE from sums over rows; variables of an expression.
 */
#ifndef MI_BOUNDS_PRIVATE_H
#define MI_BOUNDS_PRIVATE_H

#include "libmi/bounds/bounds.h"
#include "libmi/bounds/contrast.h"
#include "libmi/bounds/measure.h"
#include "libmi/data/batch.h"
#include "libmi/entropy/joint_list.h"
#include "libmi/tiles/tiles.h"

/* Logs of the sums of e^{s_ij/T}, over the positives and over all rows j != i. */
typedef struct {
    double positive, all;
} mi_log_sums;

/* Sums of e^{(s-1)/T} smaller than this have lost digits to underflow. */
#define MI_SMALLEST_SUM 1e-30

/* Where they have, one row the plain way: O(n d). Errors: MI_ENOMEM. */
mi_status mi_log_sums_of_row(mi_log_sums *out, const mi_var *z, const mi_groups *instance, size_t i,
                             double temperature);

/* Whether run lets the loss be estimated, it is cheaper, and positives can be kept together. */
int mi_infonce_is_sampled(const mi_groups *instance, const mi_run *run);

/* The loss from all positives and a sample of the negatives (tiles/design.h). factor: q_ij =
 * e^{(s_ij-1)/T}, 0 for self pairs. The log of an estimated sum is too small on the average: the
 * jackknife over replicates of the sample takes that out, and gives the interval (Shao and Tu, "The
 * Jackknife and Bootstrap", 1995); half_width is Student's t of it and what was taken out. Looks as
 * in tiles/sampled.h. O(pairs taken x d + n). Errors: MI_ENOMEM. */
mi_status mi_infonce_sampled(double *loss, double *half_width, const mi_tile_factor *factor,
                             const mi_var *z, const mi_groups *instance, double temperature,
                             const mi_run *run);

/* Part number k of a sample, the rows row[0..part->n) of it. */
typedef mi_status mi_part_fn(void *arg, size_t k, mi_sample *part, const size_t *row,
                             const mi_run *run);

/* Call fn for every part of a sample, a share of them on each rank: *comm puts together what came
 * out; NULL: every rank has it all. Errors: those of gathering and of fn. */
mi_status mi_each_part(const mi_sample *s, const mi_batches *parts, const mi_run *run,
                       mi_part_fn *fn, void *arg, mi_comm **comm);

/* The power of two that brings the largest |x| of rows in memory to about 1 where its square could
 * overflow or vanish; else 1. O(n d). */
double mi_tame_scale(const mi_mat *x);
/* One side of mi_information_gradient. */
typedef struct {
    mi_var var; /* with inverse norms */
    size_t n, d;
    double *z;        /* (n,d) rows over their norms */
    mi_mat *gradient; /* NULL: not wanted */
} mi_gradient_feature;

/* Rows first .. first+rows of the gradient from g (rows,d), that with respect to the normalised
 * rows. */
void mi_gradient_put(const mi_gradient_feature *f, const double *g, size_t first, size_t rows);

/* Value and gradient of I_a(Z1;Z2) by eigenvectors. O(n^3). Errors: MI_EMEMORY, MI_ENOMEM,
 * MI_ELIBRARY. */
mi_status mi_gradient_spectrum(double *value, const mi_gradient_feature f[2], double alpha,
                               const mi_run *run);

/* Bits of an expression: each name may stand twice, the second time as a variable of its own. */
#define MI_MEASURE_VARS (2 * MI_MEASURE_NAMES)

/* The variables (MI_MEASURE_VARS, zeroed) of the members, borrowed from the sample; where a member
 * is not among them a stand-in that no expression asks for. Free each with mi_var_free, also after
 * a failure. */
mi_status mi_measure_vars(mi_var *var, const mi_sample *s, unsigned members);

/* Variables of a joint, a bit each. V is the instance, where R is something else. */
enum { MI_BIT_Z1 = 1, MI_BIT_Z2 = 2, MI_BIT_R = 4, MI_BIT_Y = 8, MI_BIT_V = 16 };
#define MI_BOUNDS_VARS 5

/* A term is S(a|given), I(a;b|given), or a sum of other terms; a = 0 and no sum: worked out apart.
 */
typedef struct {
    const char *name;
    unsigned a, b, given;
    struct {
        mi_term term;
        int sign;
    } sum[3];
} mi_term_rule;

/* I(Z1;R) from matrices; what its other estimators start from. */
#define MI_I_Z1_R_DEFAULT                                                        \
    {                                                                            \
        .kind = MI_BY_MATRIX, .temperature = 0.2, .lambda = 0.0051, .scale = 0.1 \
    }

/* The rule of a term under a preset. */
const mi_term_rule *mi_term_rule_of(mi_term t, mi_preset preset);

/* The joint entropies that a rule is a sum of. */
mi_quantity mi_term_quantity(const mi_term_rule *r);

/* Terms that the options ask for. */
int mi_term_is_wanted(const mi_bounds_opts *o, mi_term t);

/* Terms that are not sums of entropies. */
int mi_term_is_apart(const mi_bounds_opts *o, mi_term t);

/* What one sample, a batch or the whole set, gives at one order. */
typedef struct {
    double value[MI_TERMS];
    double se[MI_TERMS]; /* from influences, where they were asked for; else nan */
    double half_width[MI_TERMS];
    double null_sd; /* of I(Z1;Z2) over the re-pairings; nan without any */
    mi_route route;
    double zeroed_mass;
} mi_bounds_once_result;

/* r (n_alpha): every wanted term on a sample. with_influence: also standard errors; the orders are
 * then 2 alone. */
mi_status mi_bounds_once(mi_bounds_once_result *r, const mi_sample *s, const mi_bounds_opts *o,
                         int with_influence, const mi_run *run);

/* ---- expressions ---- */

/* What is measured is given: a sample, options and a run; every member that the expressions are of.
 * Errors: MI_EUSAGE. */
MI_CHECKED mi_status mi_measure_check(const mi_sample *s, const mi_measure_opts *o,
                                      const mi_run *run);
MI_CHECKED mi_status mi_measure_members_check(const mi_sample *s, const mi_forms *f);

/* ---- effective ranks ---- */

/* What they are given: rows in memory and a run; options in their ranges. Errors: MI_EUSAGE. */
MI_CHECKED mi_status mi_effrank_check(const mi_mat *x, const mi_run *run);
MI_CHECKED mi_status mi_effrank_opts_check(const mi_effrank_opts *o);

/* ---- on the way there ---- */

/* More joints than all terms together need, twice: a joint and itself with the instance. */
#define MI_BOUNDS_JOINTS 64

typedef struct {
    const mi_sample *sample;
    const mi_bounds_opts *opts;
    const mi_run *run;
    mi_var var[MI_BOUNDS_VARS];
    unsigned there;    /* variables that the sample has */
    unsigned instance; /* the variable that is the instance: R or V; 0: every row is its own */
    mi_joint_list joints;
    size_t n_terms; /* joints that terms are made of, the first ones; then those for sums inside
                       instances */
    double *row;    /* (joints.n, n) behind joint[].row, when influences are wanted */
    double *psi;    /* (n_terms, g) influences of these joints */
} mi_once;

/* half_width (MI_TERMS) at order number a of what the routes estimate; apart (MI_TERMS): of the
 * terms that are estimated apart. */
void mi_once_half_widths(const mi_once *b, size_t a, double unit, const double *apart,
                         double *half_width);

/* se (MI_TERMS) from the influences. Errors: MI_ENOMEM. */
mi_status mi_once_standard_errors(const mi_once *b, double unit, double *se);

#endif
