/* private.h - what the files of the room bounds share: numbers of a sample and of its parts; order 2
 * from sums over row pairs; the terms of the bounds as rules and one sample's values; InfoNCE from
 * sums over rows; variables of an expression.
 */
#ifndef MI_BOUNDS_PRIVATE_H
#define MI_BOUNDS_PRIVATE_H

#include "libmi/base/running.h"
#include "libmi/bounds/bounds.h"
#include "libmi/bounds/compare.h"
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

/* ---- parts of a sample: batches, and what a jackknife leaves in ---- */

/* Part number k of a sample, the rows row[0..part->n) of it. */
typedef mi_status mi_part_fn(void *arg, size_t k, mi_sample *part, const size_t *row,
                             const mi_run *run);

/* Call fn for every part of a sample, a share of them on each rank: *comm puts together what came
 * out; NULL: every rank has it all. are_apart: what fn leaves is of part k alone, so that parts may be
 * worked on at the same time; else one after the other. Errors: those of gathering and of fn. */
mi_status mi_each_part(const mi_sample *s, const mi_batches *parts, int are_apart,
                       const mi_run *run, mi_part_fn *fn, void *arg, mi_comm **comm);

/* Where squares of rows in memory could overflow or vanish, *x becomes copy: the same times a power of two,
 * *scale, that brings the largest number to about 1. Else *scale is 1 and there is no copy. O(n d). Errors:
 * MI_ENOMEM. Free with mi_mat_free(copy). */
mi_status mi_tame_rows(mi_mat *copy, double *scale, const mi_mat **x);

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

/* The parts of a delete-a-group jackknife, at most `most` of them: part k has every row but those of
 * the instances c with c mod period mod count == k; period 0: all instances. 7 instances, 3 groups:
 *
 *     part         0        1        2
 *     left out   0 3 6     1 4      2 5
 *
 * Errors: MI_EDATA for fewer than three instances. Free with mi_batches_free. */
mi_status mi_parts_left_out(mi_batches *out, const mi_groups *instance, size_t most, size_t period);

/* ---- numbers of a sample ---- */

/* Influences of the instances of a sample. */
typedef struct {
    size_t count; /* numbers */
    double *psi;  /* (n_alpha, count, g), zeroed by the caller; nan where a number has none */
    int is_known; /* out: of every entropy */
} mi_influences;

/* The bounds, or expressions, as finding an error sees them: `count` numbers at each order. of():
 * value and half_width (n_alpha, count) of a sample, and its influences where they are asked for,
 * else NULL. */
typedef struct mi_numbers {
    size_t count;
    const double *alpha;
    size_t n_alpha;
    int has_influence;   /* no number is a loss */
    size_t permutations; /* by which chance levels at other orders than 2 are found */
    mi_status (*of)(const struct mi_numbers *q, double *value, double *half_width,
                    mi_influences *influence, const mi_sample *s, const mi_run *run);
    const void *opts;
    const mi_forms *forms;
} mi_numbers;

/* How many orders from alpha[0] on have their errors found together, so that one spectrum serves all
 * of them: order 2 alone, by row sums; orders that have leave-one-out entropies; those above. 0.5, 1,
 * 2, 3, inf becomes (0.5, 1), (2), (3), (inf). */
size_t mi_orders_together(const double *alpha, size_t n_alpha);

/* Whether influences of the orders q->alpha, found together, are worth asking for. Chance levels that
 * are means over re-pairings have none. */
int mi_numbers_have_influence(const mi_numbers *q, const mi_sample *s);

/* How influences at an order were found: by row sums at 2, else as a delete-one jackknife. */
mi_se_by mi_influences_by(double alpha);

/* value (parts->count, n_alpha, count) of every part, on every rank. Common random numbers: a row
 * that is in several parts has the same draws in each, so that the noise of estimating routes mostly
 * cancels in the differences that a jackknife is made of. */
mi_status mi_numbers_of_parts(double *value, const mi_numbers *q, const mi_sample *s,
                              const mi_batches *parts, const mi_run *run);

/* se (n_alpha, count) by the delete-a-group jackknife of at most so many groups, with the period of
 * mi_parts_left_out; *degrees: groups - 1. */
mi_status mi_numbers_jackknife(double *se, double *degrees, const mi_numbers *q, const mi_sample *s,
                               size_t most_groups, size_t period, const mi_run *run);

/* se of what was estimated, with the half-width that the route leaves: sqrt(se^2 + (half_width /
 * 1.96)^2), 1.96 the normal quantile of its 95 % interval. */
double mi_error_with_route(double se, double half_width);

/* MI_EUSAGE for fewer than two groups. */
mi_status mi_groups_of_jackknife_check(size_t groups);

/* Weights are for a whole set that is not re-paired: MI_EUSAGE. */
MI_CHECKED mi_status mi_weights_check(const mi_sample *s, size_t batch, size_t permutations);

/* What mi_bounds and mi_measure ask of a sample and their options. */
MI_CHECKED mi_status mi_bounds_check(const mi_sample *s, const mi_bounds_opts *o,
                                     const mi_run *run);
MI_CHECKED mi_status mi_forms_check(const mi_sample *s, const mi_forms *f, const mi_measure_opts *o,
                                    const mi_run *run);

/* The terms of the bounds (MI_BOUNDS_NUMBERS of compare.h); expressions (form k has the numbers k MI_READINGS
 * ...). Both borrow. */
mi_numbers mi_bounds_numbers(const mi_bounds_opts *o);
mi_numbers mi_measure_numbers(const mi_forms *f, const mi_measure_opts *o);

/* ---- entropies with influences ---- */

/* Joints of a sample with the influences of its instances: at order 2 alone from sums over row pairs,
 * which also give entropies under every estimator; at others from entropies without an instance. */
typedef struct {
    const mi_sample *sample;
    const double *alpha; /* 2 alone, or any but 2 */
    size_t n_alpha;
    unsigned instance; /* the variable that has the instances as its values; 0: each row its own */
    mi_estimator estimator;
    mi_joint_list *joints;
    size_t n_terms; /* joints that were asked for, the first ones; then those for sums inside
                       instances */
    /* Order 2: (joints->n, n) behind joint[].row; (n_terms, g) sums of K^2 over the ordered row pairs
     * of each instance. (n_terms, n_alpha, g) influences. NULL before mi_pairs_entropies. */
    double *row, *inside, *psi;
    double *rows; /* (g) of each instance, or their weights; order 2 */
} mi_pairs;

/* Entropies of all joints, at order 2 by the estimator, and influences; *is_known: of all of them
 * (joint.h, `without`). Errors: those of mi_joint_entropies. Free with mi_pairs_free, also after a
 * failure. */
mi_status mi_pairs_entropies(mi_pairs *p, int *is_known, const mi_var *var, size_t n_var,
                             const mi_run *run);
void mi_pairs_free(mi_pairs *p);

/* *left: the run beside so many doubles, which errors of g instances need. Errors: MI_EMEMORY. */
mi_status mi_errors_take(mi_run *left, const mi_run *run, double numbers, size_t g);

/* psi (g) += c times the influences of a quantity at order number a; nan where a joint has none. */
void mi_pairs_add_influence(double *psi, const mi_pairs *p, const mi_quantity *q, size_t a,
                            double c);

/* Joints that the chance level of I(first;second) at order 2 is made of. */
void mi_chance_want(mi_joint_list *joints, unsigned first, unsigned second, unsigned instance);

/* The chance level in nats from these joints, order number a being 2; and its influences, centred,
 * into psi (g), where p has row sums; NULL: not wanted. is_id: one part is the instance itself, so
 * that rows move freely (permute.h). Errors: MI_ENOMEM. */
mi_status mi_chance_level(double *level, double *psi, const mi_pairs *p, size_t a, unsigned first,
                          unsigned second, int is_id);

/* ---- expressions ---- */

/* Bits of an expression: each name may stand twice, the second time as a variable of its own; and
 * the instance. */
enum { MI_BIT_INSTANCE = 1 << 2 * MI_MEASURE_NAMES };
#define MI_MEASURE_VARS (2 * MI_MEASURE_NAMES + 1)

/* Every form at every order on one sample, out (count, n_alpha), without errors. influence: those of
 * form k are the numbers k MI_READINGS ...; at order 2 value[MI_ABOVE_CHANCE] is then above the exact
 * chance level. NULL: not wanted. */
mi_status mi_measure_once(mi_measured *out, mi_influences *influence, const mi_forms *f,
                          const mi_sample *s, const mi_measure_opts *o, const mi_run *run);

/* The member of variable v. */
mi_member_id mi_measure_member(int v);

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
    double half_width[MI_TERMS];
    mi_null chance[MI_TERMS]; /* as in mi_bounds_result */
    mi_route route;
    double zeroed_mass;
} mi_bounds_once_result;

/* r (n_alpha): every wanted term on a sample, and the influences of the terms, the first numbers.
 * NULL: not wanted. */
mi_status mi_bounds_once(mi_bounds_once_result *r, mi_influences *influence, const mi_sample *s,
                         const mi_bounds_opts *o, const mi_run *run);

/* Fill in the chance levels of the other informations than I(Z1;Z2), whose values are there. As costly
 * as permute.h says, for each. Errors: those of mi_permutation_null. */
mi_status mi_chances_of_others(mi_bounds_once_result *r, const mi_sample *s,
                               const mi_bounds_opts *o, const mi_run *run);

/* var (MI_BOUNDS_VARS): Z1, Z2, R, Y, the instance; *there: bits of those that the sample has. The slot
 * of another holds the instances. Free each with mi_var_free, after a failure too. */
mi_status mi_bounds_vars(mi_var *var, unsigned *there, const mi_sample *s);

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

/* mi_participation_ratio_of_rows of x, whose centred features times `scale` have the squared singular
 * values l (count). O(n d). Errors: MI_ENOMEM, those of reading. */
MI_CHECKED mi_status mi_participation_ratio_corrected(double *ratio, const double *l, size_t count,
                                                      const mi_mat *x, double scale);

/* ---- on the way there ---- */

/* More joints than all terms together need, twice: a joint and itself with the instance. */
#define MI_BOUNDS_JOINTS 64

typedef struct {
    const mi_sample *sample;
    const mi_bounds_opts *opts;
    const mi_run *run;
    mi_var var[MI_BOUNDS_VARS];
    unsigned there; /* variables that the sample has */
    mi_joint_list joints;
    mi_pairs pairs; /* of these joints; its instance is R or V */
} mi_once;

/* half_width (MI_TERMS) at order number a of what the routes estimate; apart (MI_TERMS): of the
 * terms that are estimated apart. */
void mi_once_half_widths(const mi_once *b, size_t a, double unit, const double *apart,
                         double *half_width);

/* psi (MI_TERMS, g), zeroed: influences of the terms at order number a. */
void mi_once_influences(double *psi, const mi_once *b, size_t a, double unit);

#endif
