/* Statements of the theory checked on a row of the bounds: a table of rules, each a signed sum of
 * terms against 0.
 *
 * The verdict compares 0 with the interval of the sum, Student's t on the row's standard errors:
 * undecided where 0 lies inside. */
#include "libmi/validate/validate.h"

#include <math.h>
#include <string.h>

#include "libmi/base/want.h"
#include "libmi/base/words.h"
#include "libmi/bounds/estimator.h"
#include "libmi/validate/private.h"

const char *mi_verdict_name(mi_verdict v)
{
    static const char *const name[] = {"holds", "fails", "undecided", "not applicable"};
    return (unsigned)v <= MI_VERDICT_NOT_APPLICABLE ? name[v] : "?";
}

const char *mi_standing_name(mi_standing s)
{
    static const char *const name[] = {"theorem", "observation", "identity"};
    return (unsigned)s <= MI_STANDING_IDENTITY ? name[s] : "?";
}

/* ---- the statements ---- */

/* The conditions under which a statement is a theorem; else it is an observation. */
typedef enum {
    LAW_ALWAYS,  /* any order and kernels */
    LAW_ORDER_1, /* order 1, any kernels */
    LAW_CHAIN,   /* order 1, delta kernels, exact chain */
    LAW_PREMISE, /* never: it is what the theorems assume */
    LAW_IDENTITY
} law;

typedef enum { LOG_NONE, LOG_RANK, LOG_DISTINCT, LOG_LEVELS } log_constant;

enum { NEED_R = 1, NEED_Y = 2, MOST_TERMS = 5 };

/* Terms that are 0 on a chain. Y - Z1 - R and Z1 - Z2 - R are Theorem 3.1's; all three together give
 * Y - Z2 - R: p(y,r) = sum p(z1) p(y|z1) p(z2|z1) p(r|z2) = sum p(y,z2) p(r|z2). */
enum {
    Y_Z1_R = 1,
    Z1_Z2_R = 2,
    Y_Z1_Z2 = 4,
    CHAINS = 3,
    THEOREM_31 = Y_Z1_R | Z1_Z2_R,
    WHOLE_CHAIN = THEOREM_31 | Y_Z1_Z2
};

static const struct {
    const char *name;
    mi_term term;
} premise[CHAINS] = {{"I(Y;R|Z1)", MI_I_Y_R_GIVEN_Z1},
                     {"I(Z1;R|Z2)", MI_I_Z1_R_GIVEN_Z2},
                     {"I(Y;Z2|Z1)", MI_I_Y_Z2_GIVEN_Z1}};

/* The value is log(constant) + sum of sign * term. */
typedef struct {
    const char *name, *statement, *family;
    law law;
    int chain;        /* LAW_CHAIN: which premises make the chain that it needs */
    const char *of;   /* LAW_PREMISE: whose it is */
    int is_zero;      /* = 0 is asked, not >= 0 */
    int needs;        /* of the set, beside Z1 and Z2 */
    int with_i_z1_r;  /* I(Z1;R) is in it, whatever its estimator */
    int with_formula; /* a bound's formula is in it, which a preset chooses */
    log_constant plus_log;
    struct {
        int sign;
        mi_term term;
    } sum[MOST_TERMS];
} check_rule;

#define BOUND      .family = "bounds", .with_formula = 1
#define PROCESSING .family = "data processing", .law = LAW_CHAIN
#define PREMISE    .family = "premises", .law = LAW_PREMISE, .is_zero = 1
#define SIGN       .family = "signs"
#define IDENTITY \
    .family = "identities", .law = LAW_IDENTITY, .is_zero = 1, .with_formula = 1, .with_i_z1_r = 1
#define CEILING .family = "ceilings of Z2", .law = LAW_ALWAYS

static const check_rule rules[MI_CHECKS] = {
    [MI_CHECK_LOWER] = {"slack_lower", "lower <= I(Y;Z1)", BOUND, .law = LAW_CHAIN,
                        .chain = THEOREM_31, .with_i_z1_r = 1, .needs = NEED_R | NEED_Y,
                        .sum = {{1, MI_SLACK_LOWER}}},
    [MI_CHECK_UPPER] = {"slack_upper", "I(Y;Z1) <= upper", BOUND, .law = LAW_ORDER_1,
                        .needs = NEED_Y, .sum = {{1, MI_SLACK_UPPER}}},
    [MI_CHECK_GAP] = {"gap", "lower <= upper", BOUND, .law = LAW_CHAIN, .chain = THEOREM_31,
                      .with_i_z1_r = 1, .needs = NEED_R | NEED_Y, .sum = {{1, MI_GAP}}},
    [MI_CHECK_DPI_Z1_R] = {"dpi_Z1_R", "I(Z1;R) <= I(Z1;Z2)", PROCESSING, .chain = Z1_Z2_R,
                           .with_i_z1_r = 1, .needs = NEED_R, .sum = {{1, MI_DPI_Z1_R}}},
    [MI_CHECK_DPI_Y] = {"dpi_Y", "I(Y;Z2) <= I(Y;Z1)", PROCESSING, .chain = Y_Z1_Z2,
                        .needs = NEED_Y, .sum = {{1, MI_DPI_Y}}},
    [MI_CHECK_DPI_R] = {"dpi_R", "I(R;Y) <= I(Y;Z2)", PROCESSING, .chain = WHOLE_CHAIN,
                        .needs = NEED_R | NEED_Y, .sum = {{1, MI_DPI_R}}},
    [MI_CHECK_Y_R_GIVEN_Z1] = {"I_Y_R_given_Z1", "I(Y;R|Z1) = 0", PREMISE, .of = "Theorem 3.1",
                               .needs = NEED_R | NEED_Y, .sum = {{1, MI_I_Y_R_GIVEN_Z1}}},
    [MI_CHECK_Z1_R_GIVEN_Z2] = {"I_Z1_R_given_Z2", "I(Z1;R|Z2) = 0", PREMISE, .of = "Theorem 3.1",
                                .needs = NEED_R, .sum = {{1, MI_I_Z1_R_GIVEN_Z2}}},
    [MI_CHECK_Y_Z2_GIVEN_Z1] = {"I_Y_Z2_given_Z1", "I(Y;Z2|Z1) = 0", PREMISE, .of = "Theorem 3.2",
                                .needs = NEED_Y, .sum = {{1, MI_I_Y_Z2_GIVEN_Z1}}},
    [MI_CHECK_H_Z1_GIVEN_Y_Z2] = {"H_Z1_given_Y_Z2", "H(Z1|Y,Z2) >= 0", SIGN, .law = LAW_ALWAYS,
                                  .needs = NEED_Y, .sum = {{1, MI_H_Z1_GIVEN_Y_Z2}}},
    [MI_CHECK_Y_Z1_GIVEN_R] = {"I_Y_Z1_given_R", "I(Y;Z1|R) >= 0", SIGN, .law = LAW_ORDER_1,
                               .needs = NEED_R | NEED_Y, .sum = {{1, MI_I_Y_Z1_GIVEN_R}}},
    [MI_CHECK_Z1_Z2_GIVEN_R] = {"I_Z1_Z2_given_R", "I(Z1;Z2|R) >= 0", SIGN, .law = LAW_ORDER_1,
                                .needs = NEED_R, .sum = {{1, MI_I_Z1_Z2_GIVEN_R}}},
    [MI_CHECK_LOWER_TERMS] = {"slack_lower_terms", "slack of lower = its terms", IDENTITY,
                              .needs = NEED_R | NEED_Y,
                              .sum = {{1, MI_SLACK_LOWER},
                                      {-1, MI_I_Y_Z1_GIVEN_R},
                                      {1, MI_I_Y_R_GIVEN_Z1},
                                      {-1, MI_I_Z1_Z2_GIVEN_R},
                                      {1, MI_I_Z1_R_GIVEN_Z2}}},
    [MI_CHECK_UPPER_TERMS] =
        {"slack_upper_terms", "slack of upper = its terms", IDENTITY, .needs = NEED_Y,
         .sum = {{1, MI_SLACK_UPPER}, {-1, MI_H_Z1_GIVEN_Y_Z2}, {-1, MI_I_Y_Z2_GIVEN_Z1}}},
    [MI_CHECK_CEILING_H] = {"ceiling_H_Z2", "I(Z1;Z2) <= H(Z2)", CEILING,
                            .sum = {{1, MI_H_Z2}, {-1, MI_I_Z1_Z2}}},
    [MI_CHECK_CEILING_RANK] = {"ceiling_rank", "H(Z2) <= log rank", CEILING, .plus_log = LOG_RANK,
                               .sum = {{-1, MI_H_Z2}}},
    [MI_CHECK_CEILING_DISTINCT] = {"ceiling_distinct", "H(Z2) <= log distinct", CEILING,
                                   .plus_log = LOG_DISTINCT, .sum = {{-1, MI_H_Z2}}},
    [MI_CHECK_CEILING_LEVELS] = {"ceiling_levels", "H(Z2) <= d2 log L", CEILING,
                                 .plus_log = LOG_LEVELS, .sum = {{-1, MI_H_Z2}}},
};

static double log_of(const mi_bounds_row *r, log_constant c)
{
    double log_value = c == LOG_RANK       ? log(r->value[MI_RANK_Z2])
                       : c == LOG_DISTINCT ? log(r->value[MI_DISTINCT_Z2])
                       : c == LOG_LEVELS   ? r->d2 * log(r->levels)
                                           : 0;
    return r->unit * log_value;
}

/* Value, what counts as zero, and the standard error, which is known for single columns only. */
static double evaluate(mi_check *c, const check_rule *rule, const mi_bounds_row *r)
{
    double size = 0;
    int alone = rule->plus_log == LOG_NONE && !rule->sum[1].sign;
    c->value = log_of(r, rule->plus_log);
    for (int k = 0; k < MOST_TERMS && rule->sum[k].sign; k++) {
        c->value += rule->sum[k].sign * r->value[rule->sum[k].term];
        size += fabs(r->value[rule->sum[k].term]);
    }
    /* One column keeps its relative precision; in a sum the rounding of each is absolute. */
    c->tolerance = mi_bounds_row_tolerance(r) + (alone ? 0 : size * r->rounding);
    return alone ? r->se[rule->sum[0].term] : NAN;
}

/* ---- where it stands ---- */

/* The premise of a statement's chain that is farthest from 0; CHAINS: all are 0. */
static int worst_premise(const check_rule *rule, const mi_bounds_row *r)
{
    int worst = CHAINS;
    for (int k = 0; k < CHAINS; k++) {
        double x = fabs(r->value[premise[k].term]);
        if (!(rule->chain & 1 << k) || x <= mi_bounds_row_tolerance(r))
            continue;
        if (worst == CHAINS || !(x <= fabs(r->value[premise[worst].term])))
            worst = k;
    }
    return worst;
}

#define CHAIN_LAW "a theorem at order 1 with delta kernels and an exact chain"

/* Why a statement is only an observation in this row, into note; 0: it is a theorem. */
static int is_observation(char *note, size_t bytes, const check_rule *rule, const mi_bounds_row *r)
{
    int is_of_chain = rule->law == LAW_CHAIN;
    int broken = is_of_chain ? worst_premise(rule, r) : CHAINS;
    *note = 0;
    if (rule->with_formula && !mi_bounds_row_is_theorem(r))
        snprintf(note, bytes, "the released formula is no theorem");
    else if (rule->law == LAW_ORDER_1 && r->alpha != 1)
        snprintf(note, bytes, "a theorem at order 1");
    else if (is_of_chain && (r->alpha != 1 || !mi_bounds_row_has_delta_kernels(r)))
        mi_format(note, bytes, CHAIN_LAW);
    else if (rule->with_i_z1_r && !mi_bounds_row_is_matrix(r))
        snprintf(note, bytes, "a theorem for matrix I(Z1;R)");
    else if (broken < CHAINS)
        mi_format(note, bytes, CHAIN_LAW "; here %s = %.4g", premise[broken].name,
                  r->value[premise[broken].term]);
    else if (strcmp(r->estimator, mi_estimator_name(MI_ESTIMATOR_V)) != 0)
        snprintf(note, bytes, "a theorem for estimator v");
    return *note != 0;
}

static void find_standing(mi_check *c, const check_rule *rule, const mi_bounds_row *r)
{
    static const char *const at[] = {[LAW_ALWAYS] = "every order",
                                     [LAW_ORDER_1] = "order 1",
                                     [LAW_CHAIN] = "order 1, delta kernels, exact chain"};
    if (rule->law == LAW_IDENTITY) {
        c->standing = MI_STANDING_IDENTITY;
        snprintf(c->note, sizeof c->note, "for any data");
    } else if (rule->law == LAW_PREMISE) {
        c->standing = MI_STANDING_OBSERVATION;
        snprintf(c->note, sizeof c->note, "what %s assumes", rule->of);
    } else {
        c->standing = is_observation(c->note, sizeof c->note, rule, r) ? MI_STANDING_OBSERVATION
                                                                       : MI_STANDING_THEOREM;
        if (c->standing == MI_STANDING_THEOREM)
            snprintf(c->note, sizeof c->note, "%s", at[rule->law]);
    }
}

/* ---- verdicts ---- */

/* Why a value is nan: what the set lacks. */
static void note_missing(mi_check *c, const check_rule *rule, const mi_bounds_row *r)
{
    int no_r = (rule->needs & NEED_R) && !mi_bounds_row_has_r(r);
    int no_y = (rule->needs & NEED_Y) && isnan(r->value[MI_H_Y]);
    const char *note = no_r && no_y ? "the set has no r and no y"
                       : no_r       ? "the set has no r"
                       : no_y       ? "the set has no y"
                                    : "its terms are nan";
    if (!no_r && !no_y && strcmp(r->estimator, mi_estimator_name(MI_ESTIMATOR_C)) == 0)
        note = "estimator c leaves no terms with R";
    snprintf(c->note, sizeof c->note, "%s", note);
}

/* Returns 1 with the reason in c->note when nothing can be said. */
static int is_void(mi_check *c, const check_rule *rule, const mi_bounds_row *r)
{
    const char *by = r->i_z1_r_by;
    if (isnan(c->value))
        note_missing(c, rule, r);
    else if (rule->law == LAW_IDENTITY && !mi_bounds_row_is_matrix(r))
        snprintf(c->note, sizeof c->note, "an identity of matrix entropies, I(Z1;R) is by %s", by);
    else if (rule->law == LAW_IDENTITY && !mi_bounds_row_is_theorem(r))
        snprintf(c->note, sizeof c->note, "the released formula has other terms");
    else if (rule->with_i_z1_r && strncmp(by, "barlow", 6) == 0)
        snprintf(c->note, sizeof c->note, "the Barlow Twins score is not in nats");
    else
        return 0;
    return 1;
}

static mi_verdict by_value(const mi_check *c, int is_zero)
{
    double off = is_zero ? fabs(c->value) : -c->value;
    return off <= c->tolerance ? MI_VERDICT_HOLDS : MI_VERDICT_FAILS;
}

static mi_verdict by_interval(const mi_check *c, int is_zero)
{
    int outside = c->hi < -c->tolerance || (is_zero && c->lo > c->tolerance);
    int inside = is_zero ? fabs(c->value) <= c->tolerance : c->lo >= -c->tolerance;
    return outside ? MI_VERDICT_FAILS : inside ? MI_VERDICT_HOLDS : MI_VERDICT_UNDECIDED;
}

static void judge(mi_check *c, const check_rule *rule, const mi_bounds_row *r, double factor)
{
    *c = (mi_check){.name = rule->name, .statement = rule->statement, .family = rule->family};
    double half = factor * evaluate(c, rule, r);
    c->lo = c->value - half;
    c->hi = c->value + half;
    find_standing(c, rule, r);
    if (is_void(c, rule, r)) {
        c->verdict = MI_VERDICT_NOT_APPLICABLE;
        c->value = c->lo = c->hi = NAN;
    } else if (c->standing == MI_STANDING_OBSERVATION && !isnan(half)) {
        c->verdict = by_interval(c, rule->is_zero);
    } else {
        c->verdict = by_value(c, rule->is_zero);
    }
    c->no_error = c->standing == MI_STANDING_OBSERVATION && isnan(half) &&
                  c->verdict != MI_VERDICT_NOT_APPLICABLE;
}

/* A ceiling is worth a line where Z2 has fewer values than rows, or was made so. */
static int is_listed(mi_check_id id, const mi_bounds_row *r)
{
    double distinct = r->value[MI_DISTINCT_Z2];
    int is_delta = strstr(r->kernel, "z2=delta") != NULL;
    if (id < MI_FIRST_CEILING)
        return 1;
    /* The attribute may speak of Z1: then Z2 has more values than codes. */
    if (id == MI_CHECK_CEILING_LEVELS)
        return is_delta && r->d2 * log(r->levels) * (1 + 1e-12) >= log(distinct);
    double rows = r->batches > 0 ? r->n * r->batch / r->instances : r->n;
    return !isnan(r->levels) || distinct < rows * (1 - 1e-9);
}

static mi_verdict worst(const mi_check *c)
{
    const mi_verdict order[] = {MI_VERDICT_FAILS, MI_VERDICT_UNDECIDED, MI_VERDICT_HOLDS};
    for (int k = 0; k < 3; k++)
        for (mi_check_id id = MI_CHECK_LOWER; id <= MI_CHECK_GAP; id++)
            if (c[id].verdict == order[k])
                return order[k];
    return MI_VERDICT_NOT_APPLICABLE;
}

mi_status mi_validate(mi_validation *out, const mi_table *t, size_t row, double level)
{
    MI_WANT(out && t, "mi_validate without a result or table");
    MI_WANT(row < t->rows, "row %zu of a table of %zu rows", row, t->rows);
    MI_WANT(level > 0 && level < 1, "level %g of intervals, wanted between 0 and 1", level);
    *out = (mi_validation){.level = level};
    MI_TRY(mi_bounds_row_read(&out->row, t, row, MI_TERMS));
    double factor = mi_t_factor(level, out->row.degrees);
    for (mi_check_id id = 0; id < MI_CHECKS; id++)
        if (is_listed(id, &out->row))
            judge(&out->check[out->count++], &rules[id], &out->row, factor);
    for (size_t k = 0; k < MI_INFORMATIONS; k++)
        if (mi_chance_is_known(&out->row, k))
            mi_chance_judge(&out->check[out->count++], &out->row, k, level);
    out->verdict = worst(out->check);
    mi_validation_conclude(out);
    return MI_OK;
}
