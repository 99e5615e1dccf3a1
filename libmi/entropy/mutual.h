/* mutual.h - mutual, conditional and total information as sums of joint entropies.
 *
 * uses: base/want entropy/joint
 *
 * Every quantity here is a sum of entropies of joints with signs, at any order:
 *     H(A|B)   = S(A,B) - S(B)
 *     I(A;B)   = S(A) + S(B) - S(A,B)
 *     I(A;B|C) = S(A,C) + S(B,C) - S(A,B,C) - S(C)
 *     total correlation of A_1..A_k given C = sum_i S(A_i,C) - S(A_1..A_k,C) - (k-1) S(C)
 */
#ifndef MI_MUTUAL_H
#define MI_MUTUAL_H

#include "libmi/entropy/joint.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Most terms of a quantity: each of MI_MAX_VARS parts, all together, the condition. */
#define MI_MAX_PARTS 10

/* sum of weight[k] S(vars[k]); vars as in mi_joint.vars. */
typedef struct {
    size_t count;
    unsigned vars[MI_MAX_PARTS];
    double weight[MI_MAX_PARTS];
} mi_quantity;

/* H(A|B); b = 0: S(A). */
MI_API mi_quantity mi_quantity_entropy(unsigned a, unsigned b);

/* Total correlation of part[0..k) given `given` (0: nothing); k = 2 is (conditional) mutual
 * information. Of fewer than two parts or more than MI_MAX_VARS: no terms, and a value of nan. */
MI_API mi_quantity mi_quantity_correlation(const unsigned *part, size_t k, unsigned given);

/* Value of a quantity at order number `a` from joints that hold all its parts. nan when one is
 * missing, and for a quantity without terms. */
MI_API double mi_quantity_value(const mi_quantity *q, const mi_joint *joint, size_t n_joints,
                                size_t a);

/* Half-width of its 95 % interval, that of the joints' routes alone: sum |weight[k]| half_width_k,
 * since joints may be estimated from the same draws. Joints without half_width count as exact. */
MI_API double mi_quantity_half_width(const mi_quantity *q, const mi_joint *joint, size_t n_joints,
                                     size_t a);

/* An expression such as "z1:z2|y", "z1+z2", "z1:y": parts between ':', each a joint of names
 * between '+', and a condition after '|'. Name number k is variable k; the same name again is
 * variable k + n_names, another one with the same values, so that z1:z1 is I(Z1;Z1) = 2 S(K) - S(K
 * o K). */
typedef struct {
    unsigned part[MI_MAX_VARS]; /* each a set of variables */
    size_t n_parts;
    unsigned given; /* 0: no condition */
} mi_expression;

/* Parse text[0..length). n_names 1 to MI_MAX_VARS / 2. Errors: MI_EUSAGE naming what is not among
 * `names`, a name used three times, a condition that is not at the end. */
MI_API MI_CHECKED mi_status mi_expression_parse(mi_expression *out, const char *text, size_t length,
                                                const char *const *names, size_t n_names);

/* Every variable in it. */
MI_API unsigned mi_expression_vars(const mi_expression *e);

#ifdef __cplusplus
}
#endif
#endif
