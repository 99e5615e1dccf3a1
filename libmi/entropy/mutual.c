/* Mutual, conditional and total information as signed sums of joint entropies, and their
 * expressions.
 *
 *     H(A|B)           = S(A,B) - S(B)
 *     T(A_1..A_k | C)  = sum_i S(A_i,C) - S(A_1..A_k,C) - (k-1) S(C)
 *
 * T is total correlation (Watanabe, IBM J. Res. Dev. 4 (1960) 66); k = 2 is mutual information. A
 * quantity is a list of (set of variables, weight), so that one list of joints serves every
 * quantity, and errors go the same way as values. */
#include "libmi/entropy/mutual.h"

#include <math.h>
#include <string.h>

#include "libmi/base/want.h"

/* Equal sets are merged: I(A;B|C) of sets that overlap may name one joint twice. */
static void add_part(mi_quantity *q, unsigned vars, double weight)
{
    if (!vars || weight == 0)
        return;
    for (size_t k = 0; k < q->count; k++) {
        if (q->vars[k] == vars) {
            q->weight[k] += weight;
            return;
        }
    }
    q->vars[q->count] = vars;
    q->weight[q->count++] = weight;
}

mi_quantity mi_quantity_entropy(unsigned a, unsigned b)
{
    mi_quantity q = {0};
    add_part(&q, a | b, 1);
    add_part(&q, b, -1);
    return q;
}

mi_quantity mi_quantity_correlation(const unsigned *part, size_t k, unsigned given)
{
    mi_quantity q = {0};
    unsigned all = given;
    if (!part || k < 2 || k > MI_MAX_VARS)
        return q;
    for (size_t i = 0; i < k; i++) {
        add_part(&q, part[i] | given, 1);
        all |= part[i];
    }
    add_part(&q, all, -1);
    add_part(&q, given, -(double)(k - 1));
    return q;
}

double mi_quantity_value(const mi_quantity *q, const mi_joint *joint, size_t n_joints, size_t a)
{
    if (!q || q->count == 0 || q->count > MI_MAX_PARTS)
        return NAN;
    double value = 0;
    for (size_t k = 0; k < q->count; k++) {
        const mi_joint *j = mi_joint_find(joint, n_joints, q->vars[k]);
        value += j && j->s ? q->weight[k] * j->s[a] : NAN;
    }
    return value;
}

/* Triangle inequality, not root of squares: estimates from the same draws are correlated. */
double mi_quantity_half_width(const mi_quantity *q, const mi_joint *joint, size_t n_joints,
                              size_t a)
{
    if (!q || q->count == 0 || q->count > MI_MAX_PARTS)
        return NAN;
    double width = 0;
    for (size_t k = 0; k < q->count; k++) {
        const mi_joint *j = mi_joint_find(joint, n_joints, q->vars[k]);
        if (j && j->half_width)
            width += fabs(q->weight[k]) * j->half_width[a];
    }
    return width;
}

/* Add the variable of a name to the set: its second one, bit k + n_names, where the expression has
 * used the first. z1:z1 becomes the bits 0 and 4 of four names. */
static mi_status take_name(mi_expression *e, unsigned *set, const char *word, size_t length,
                           const char *const *names, size_t n_names)
{
    size_t k = 0;
    while (k < n_names && (strlen(names[k]) != length || strncmp(names[k], word, length) != 0))
        k++;
    if (k == n_names)
        return mi_fail(MI_EUSAGE, "'%.*s' is no variable, wanted z1, z2, r or y, joined by '+'",
                       (int)length, word);
    unsigned used = mi_expression_vars(e) | *set, bit = 1u << k;
    if (used & bit)
        bit <<= n_names;
    if (used & bit)
        return mi_fail(MI_EUSAGE, "'%s' stands more than twice in one expression", names[k]);
    *set |= bit;
    return MI_OK;
}

/*     expression = part { ':' part } [ '|' part ],   part = name { '+' name }
 *
 * One pass over the characters: '+' ends a name, ':' '|' and the end a name and its part. */
mi_status mi_expression_parse(mi_expression *out, const char *text, size_t length,
                              const char *const *names, size_t n_names)
{
    MI_WANT(out && text && names, "an expression to parse without %s",
            text ? "a result or names" : "a text");
    MI_WANT(n_names > 0 && n_names <= MI_MAX_VARS / 2, "an expression of %zu names, wanted 1 to %d",
            n_names, MI_MAX_VARS / 2);
    const char *end = text + length, *word = text;
    unsigned set = 0;
    int is_given = 0;
    *out = (mi_expression){0};
    for (const char *c = text;; c++) {
        int stops = c == end || *c == ':' || *c == '|';
        if (!stops && *c != '+')
            continue;
        MI_TRY(take_name(out, &set, word, (size_t)(c - word), names, n_names));
        word = c + 1;
        if (!stops)
            continue;
        if (is_given && c != end)
            return mi_fail(MI_EUSAGE,
                           "'%.*s' goes on after its condition, wanted one '|' part at the end",
                           (int)length, text);
        if (is_given)
            out->given = set;
        else
            out->part[out->n_parts++] = set;
        set = 0;
        if (c == end)
            return MI_OK;
        is_given = *c == '|';
    }
}

unsigned mi_expression_vars(const mi_expression *e)
{
    unsigned vars = e ? e->given : 0;
    for (size_t k = 0; e && k < e->n_parts && k < MI_MAX_VARS; k++)
        vars |= e->part[k];
    return vars;
}
