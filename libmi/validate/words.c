/* What the checks of a row mean, in a sentence: which bound holds, why one does not, what that means and
 * what to try. */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "libmi/base/words.h"
#include "libmi/bounds/estimator.h"
#include "libmi/validate/private.h"

/* ---- text that is cut where the room ends ---- */

static void say(mi_validation *v, const char *format, ...) MI_PRINTF(2, 3);

static void say(mi_validation *v, const char *format, ...)
{
    size_t used = strlen(v->conclusion);
    va_list args;
    va_start(args, format);
    mi_vformat(v->conclusion + used, sizeof v->conclusion - used, format, args);
    va_end(args);
}

/* Start the next clause. */
static void next(mi_validation *v)
{
    if (v->conclusion[0])
        say(v, "; ");
}

enum { FEWEST_DECIMALS = 3, MOST_DECIMALS = 9 };

/* Decimals at which a and b look as different as they are. */
static int decimals_of(double a, double b)
{
    int decimals = FEWEST_DECIMALS;
    while (decimals < MOST_DECIMALS && fabs(a - b) < 2 * pow(10, -decimals))
        decimals++;
    return decimals;
}

/* "0.685 +/- 0.007"; a half-width that is not known is left out. */
static void say_value(mi_validation *v, double value, double half, int decimals)
{
    double no_minus_zero = fabs(value) < 0.5 * pow(10, -decimals) ? 0 : value;
    say(v, "%.*f", decimals, no_minus_zero);
    if (isfinite(half))
        say(v, " +/- %.*f", decimals, half);
}

static double half_width(const mi_validation *v, mi_term t)
{
    return mi_t_factor(v->level, v->row.degrees) * v->row.se[t];
}

/* "I(Y;Z1) = 0.008 +/- 0.006" */
static void say_term(mi_validation *v, const char *name, mi_term t, int decimals)
{
    say(v, "%s = ", name);
    say_value(v, v->row.value[t], half_width(v, t), decimals);
}

/* ---- the lower bound ---- */

/* The slack is the sum of these. A premise lowers it; the others can where they are negative. */
static const struct {
    const char *name;
    mi_term term;
    int sign;
    const char *meaning;
} part[] = {{"I(Y;R|Z1)", MI_I_Y_R_GIVEN_Z1, -1, "R tells of Y what Z1 does not"},
            {"I(Z1;R|Z2)", MI_I_Z1_R_GIVEN_Z2, -1, "R shares with Z1 what Z2 has not kept"},
            {"I(Y;Z1|R)", MI_I_Y_Z1_GIVEN_R, 1, NULL},
            {"I(Z1;Z2|R)", MI_I_Z1_Z2_GIVEN_R, 1, NULL}};

/* The part that lowers the slack most. */
static size_t worst_part(const mi_validation *v)
{
    size_t worst = 0;
    for (size_t k = 1; k < sizeof part / sizeof *part; k++)
        if (part[k].sign * v->row.value[part[k].term] <
            part[worst].sign * v->row.value[part[worst].term])
            worst = k;
    return worst;
}

/* "the premise I(Z1;R|Z2) = 0 fails: I(Z1;R|Z2) = 5.545, ..." */
static void say_premise(mi_validation *v, const char *name, mi_term t)
{
    int is_shannon = v->row.alpha == 1 && mi_bounds_row_has_delta_kernels(&v->row);
    say(v,
        is_shannon ? "the premise %s = 0 fails: " : "the matrix form of the premise %s = 0 fails: ",
        name);
    say_term(v, name, t, decimals_of(v->row.value[t], 0));
}

/* Where conditional information can be negative. */
static void say_negative(mi_validation *v)
{
    say(v, " is negative");
    if (v->row.alpha != 1)
        say(v, ", as conditional information can be at order %g, and cannot at order 1",
            v->row.alpha);
}

static void say_lower_part(mi_validation *v)
{
    size_t k = worst_part(v);
    if (part[k].sign > 0) {
        say_term(v, part[k].name, part[k].term, decimals_of(v->row.value[part[k].term], 0));
        say_negative(v);
        return;
    }
    say_premise(v, part[k].name, part[k].term);
    say(v, ", %s", part[k].meaning);
}

static void say_advice(mi_validation *v)
{
    char text[200];
    mi_advise(text, sizeof text, mi_advice_of(v));
    next(v);
    say(v, "%s", text);
}

/* By how much, which part of the slack does it, what it means, what next. */
static void say_lower_failure(mi_validation *v)
{
    double slack = v->row.value[MI_SLACK_LOWER];
    say(v, "lower is above I(Y;Z1) by ");
    say_value(v, -slack, half_width(v, MI_SLACK_LOWER), decimals_of(slack, 0));
    next(v);
    say_lower_part(v);
    next(v);
    say(v, "so lower is no floor under I(Y;Z1) on this checkpoint");
    say_advice(v);
}

/* Another formula or estimator of I(Z1;R) has no such identity: the two sides stand for themselves.
 */
static void say_lower_sides(mi_validation *v)
{
    int decimals = decimals_of(v->row.value[MI_LOWER], v->row.value[MI_I_Y_Z1]);
    if (!mi_bounds_row_is_theorem(&v->row))
        say(v, "in the released code's form, ");
    say(v, "with I(Z1;R) by %.40s, ", v->row.i_z1_r_by);
    say_term(v, "lower", MI_LOWER, decimals);
    say_term(v, " is above I(Y;Z1)", MI_I_Y_Z1, decimals);
    if (mi_bounds_row_is_theorem(&v->row))
        say(v, "; with " MI_OPTION "i-z1-r matrix the premise that fails has a name");
    else
        say(v, "; try " MI_OPTION "preset theorem");
}

static void say_undecided(mi_validation *v, const char *what, const char *difference, mi_term t)
{
    int decimals = decimals_of(v->row.value[t], 0);
    next(v);
    say(v, "%s undecided here: ", what);
    say_term(v, difference, t, decimals);
    say(v, " has 0 in its interval, which more instances would narrow");
}

static void conclude_lower(mi_validation *v)
{
    const mi_check *c = &v->check[MI_CHECK_LOWER];
    if (c->verdict == MI_VERDICT_NOT_APPLICABLE) {
        say(v, "lower bound cannot be checked here: %s", c->note);
    } else if (c->verdict == MI_VERDICT_UNDECIDED) {
        say_undecided(v, "lower bound is", "I(Y;Z1) - lower", MI_SLACK_LOWER);
    } else if (c->verdict == MI_VERDICT_FAILS) {
        say(v, "lower bound does not hold here: ");
        if (mi_bounds_row_is_matrix(&v->row) && mi_bounds_row_is_theorem(&v->row))
            say_lower_failure(v);
        else
            say_lower_sides(v);
    }
}

/* ---- the upper bound ---- */

static void say_upper_failure(mi_validation *v)
{
    const double *x = v->row.value;
    next(v);
    say(v, "upper bound does not hold here: ");
    if (!mi_bounds_row_is_theorem(&v->row)) {
        int decimals = decimals_of(x[MI_UPPER], x[MI_I_Y_Z1]);
        say_term(v, "in the released code's form, upper", MI_UPPER, decimals);
        say_term(v, " is below I(Y;Z1)", MI_I_Y_Z1, decimals);
        return;
    }
    double slack = x[MI_SLACK_UPPER];
    say(v, "upper is below I(Y;Z1) by ");
    say_value(v, -slack, half_width(v, MI_SLACK_UPPER), decimals_of(slack, 0));
    next(v);
    say_premise(v, "I(Y;Z2|Z1)", MI_I_Y_Z2_GIVEN_Z1);
    say_negative(v);
    if (v->row.alpha == 1)
        return;
    say(v, "; so upper is no ceiling of I(Y;Z1) on this checkpoint");
    if (v->check[MI_CHECK_LOWER].verdict != MI_VERDICT_FAILS)
        say_advice(v);
}

static void conclude_upper(mi_validation *v)
{
    const mi_check *c = &v->check[MI_CHECK_UPPER];
    mi_verdict lower = v->check[MI_CHECK_LOWER].verdict;
    if (c->verdict == MI_VERDICT_FAILS) {
        say_upper_failure(v);
    } else if (c->verdict == MI_VERDICT_UNDECIDED) {
        say_undecided(v, "upper bound is", "upper - I(Y;Z1)", MI_SLACK_UPPER);
    } else if (c->verdict == MI_VERDICT_NOT_APPLICABLE && lower != MI_VERDICT_NOT_APPLICABLE) {
        next(v);
        say(v, "upper bound cannot be checked here: %s", c->note);
    } else if (c->verdict == MI_VERDICT_HOLDS && lower == MI_VERDICT_NOT_APPLICABLE) {
        next(v);
        say(v, "upper bound holds");
    }
}

/* The bounds may cross, or be too near to tell, where neither by itself is off. */
static void conclude_gap(mi_validation *v)
{
    mi_verdict gap = v->check[MI_CHECK_GAP].verdict, lower = v->check[MI_CHECK_LOWER].verdict;
    mi_verdict upper = v->check[MI_CHECK_UPPER].verdict;
    int decimals = decimals_of(v->row.value[MI_GAP], 0);
    if (gap == MI_VERDICT_FAILS && lower != MI_VERDICT_FAILS && upper != MI_VERDICT_FAILS) {
        next(v);
        say_term(v, "lower is above upper: upper - lower", MI_GAP, decimals);
    } else if (gap == MI_VERDICT_UNDECIDED && lower == MI_VERDICT_HOLDS &&
               upper == MI_VERDICT_HOLDS) {
        say_undecided(v, "lower <= upper is", "upper - lower", MI_GAP);
    }
}

/* ---- all is well, or the numbers are not ---- */

static void say_both_hold(mi_validation *v)
{
    const mi_check *c = v->check;
    int all = 1, decimals = FEWEST_DECIMALS;
    for (size_t k = 0; k < v->count; k++)
        all &= c[k].verdict == MI_VERDICT_HOLDS;
    if (all && c[MI_CHECK_LOWER].standing == MI_STANDING_THEOREM) {
        say(v, "all holds: this is an exact chain, for which both bounds are theorems at order 1 "
               "with delta kernels");
        return;
    }
    say_term(v, "both bounds hold here: lower", MI_LOWER, decimals);
    say_term(v, ", I(Y;Z1)", MI_I_Y_Z1, decimals);
    say_term(v, ", upper", MI_UPPER, decimals);
    if (c[MI_CHECK_UPPER].standing == MI_STANDING_OBSERVATION)
        say(v, "; an observation on these features, no theorem");
    else if (c[MI_CHECK_LOWER].standing == MI_STANDING_OBSERVATION)
        say(v, "; the upper one is a theorem, the lower one an observation on these features");
}

/* What is true of any data does not fail on data: the row is not what mi-bounds computed. */
static void conclude_impossible(mi_validation *v)
{
    for (size_t k = 0; k < v->count; k++) {
        const mi_check *c = &v->check[k];
        if (c->verdict != MI_VERDICT_FAILS || c->standing == MI_STANDING_OBSERVATION)
            continue;
        next(v);
        say(v, "'%s' is a%s %s (%s), yet off by %.3g: numbers of this row are wrong", c->statement,
            c->standing == MI_STANDING_IDENTITY ? "n" : "", mi_standing_name(c->standing), c->note,
            fabs(c->value));
        return;
    }
}

static void conclude_chance(mi_validation *v)
{
    char text[256];
    mi_chance_say(text, sizeof text, v);
    if (*text) {
        next(v);
        say(v, "%s", text);
    }
}

void mi_validation_conclude(mi_validation *v)
{
    const mi_check *lower = &v->check[MI_CHECK_LOWER];
    mi_verdict upper = v->check[MI_CHECK_UPPER].verdict;
    v->conclusion[0] = 0;
    if (lower->verdict == MI_VERDICT_NOT_APPLICABLE && upper == MI_VERDICT_NOT_APPLICABLE) {
        say(v, "the bounds cannot be checked here: %s", lower->note);
    } else if (v->verdict == MI_VERDICT_HOLDS && lower->verdict == upper) {
        say_both_hold(v);
    } else {
        conclude_lower(v);
        conclude_upper(v);
        conclude_gap(v);
    }
    conclude_chance(v);
    conclude_impossible(v);
}
