/* What the checks of a row mean, in a sentence: which bound holds, and why one does not. */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "libmi/bounds/estimator.h"
#include "libmi/validate/private.h"

/* ---- text that is cut where the room ends ---- */

static void say(mi_validation *v, const char *format, ...) MI_PRINTF(2, 3);

static void say(mi_validation *v, const char *format, ...)
{
    size_t used = strlen(v->conclusion);
    va_list args;
    va_start(args, format);
    vsnprintf(v->conclusion + used, sizeof v->conclusion - used, format, args);
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

static int is_near(const mi_validation *v, double a, double b)
{
    double rounding = v->row.rounding * (fabs(a) + fabs(b));
    return fabs(a - b) <= mi_bounds_row_tolerance(&v->row) + rounding;
}

/* "NAME = a +/- half to be below OTHER = b" */
static void say_need(mi_validation *v, const char *name, double a, double half, const char *other,
                     double b)
{
    int decimals = decimals_of(a, b);
    say(v, "it needs %s = ", name);
    say_value(v, a, half, decimals);
    say(v, " to be below %s = ", other);
    say_value(v, b, NAN, decimals);
}

/* The identity of the slack, shortened by what R makes 0 or equal: what had to be the smaller. */
static void say_lower_need(mi_validation *v)
{
    const double *x = v->row.value;
    int is_id = strcmp(v->row.r_kind, "id") == 0,
        is_positive = strcmp(v->row.r_kind, "positive") == 0;
    say(v, is_id         ? "R is an instance id, so "
           : is_positive ? "R is the Z2 of the next view, so "
                         : "R is a target, so ");
    /* R tells Y: H(Y|R) = 0, as with labels that all views of an instance share. */
    if (is_id && is_near(v, x[MI_I_R_Y], x[MI_H_Y]) && is_near(v, x[MI_I_Y_Z1_GIVEN_R], 0))
        say_need(v, "H(Y|Z1)", x[MI_I_Y_R_GIVEN_Z1], half_width(v, MI_I_Y_R_GIVEN_Z1),
                 "I(Z1;Z2) - I(Z1;R)", x[MI_DPI_Z1_R]);
    else if (is_positive && is_near(v, x[MI_DPI_R], 0))
        say_need(v, "I(Y;Z2) - I(Y;Z1)", -x[MI_DPI_Y], half_width(v, MI_DPI_Y),
                 "I(Z1;Z2) - I(Z1;R)", x[MI_DPI_Z1_R]);
    else
        say_need(v, "I(Y;R|Z1) + I(Z1;R|Z2)", x[MI_I_Y_R_GIVEN_Z1] + x[MI_I_Z1_R_GIVEN_Z2], NAN,
                 "I(Y;Z1|R) + I(Z1;Z2|R)", x[MI_I_Y_Z1_GIVEN_R] + x[MI_I_Z1_Z2_GIVEN_R]);
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
}

static void say_undecided(mi_validation *v, const char *what, const char *difference, mi_term t)
{
    int decimals = decimals_of(v->row.value[t], 0);
    next(v);
    say(v, "%s undecided here: ", what);
    say_term(v, difference, t, decimals);
    say(v, " has 0 in its interval, which more data would narrow");
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
            say_lower_need(v);
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
    int decimals = decimals_of(x[MI_I_Y_Z2_GIVEN_Z1], -x[MI_H_Z1_GIVEN_Y_Z2]);
    say_term(v, "it needs I(Y;Z2|Z1)", MI_I_Y_Z2_GIVEN_Z1, decimals);
    say(v, " to be above -H(Z1|Y,Z2) = ");
    say_value(v, -x[MI_H_Z1_GIVEN_Y_Z2], NAN, decimals);
    if (v->row.alpha != 1)
        say(v, ", and at order %g conditional information can be negative", v->row.alpha);
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
    conclude_impossible(v);
}
