/* Conclusions and the report, from rows made by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "validated.h"

/* ---- conclusions ---- */

#define NO_ERRORS                                                                             \
    {"slack_lower_se", NULL}, {"slack_upper_se", NULL}, {"gap_se", NULL}, {"dpi_R_se", NULL}, \
        {"dpi_Y_se", NULL}, {"I_Y_R_given_Z1_se", NULL}, {"I_Z1_R_given_Z2_se", NULL},        \
        {"lower_se", NULL}, {"upper_se", NULL}, {"I_Y_Z1_se", NULL},                          \
    {                                                                                         \
        "I_Y_Z2_given_Z1_se", NULL                                                            \
    }

#define BOTH_HOLD                                                                               \
    "both bounds hold here: lower = 0.300 +/- 0.040, I(Y;Z1) = 0.500 +/- 0.060, upper = 0.700 " \
    "+/- 0.040; an observation on these features, no theorem"

typedef struct {
    mi_verdict verdict;
    const char *conclusion;
    change changes[MOST_CHANGES];
} conclusion_row;

static const conclusion_row conclusion_rows[] = {
    {FAILS,
     "lower bound does not hold here: lower is above I(Y;Z1) by 0.500 +/- 0.020; the matrix "
     "form of the premise I(Z1;R|Z2) = 0 fails: I(Z1;R|Z2) = 0.400 +/- 0.198, R shares with "
     "Z1 what Z2 has not kept; so lower is no floor under I(Y;Z1) on this checkpoint; R is an "
     "id here: try r positive, the next view",
     {{"slack_lower", "-0.5"},
      {"I_R_Y", "0.7"},
      {"I_Y_Z1_given_R", "0"},
      {"dpi_Z1_R", "-0.3"},
      {"I_Z1_Z2_given_R", "0.1"},
      {"I_Z1_R_given_Z2", "0.4"}}},
    {FAILS,
     "lower bound does not hold here: lower is above I(Y;Z1) by 0.00003; the matrix form of "
     "the premise I(Y;R|Z1) = 0 fails: I(Y;R|Z1) = 0.200, R tells of Y what Z1 does not; so "
     "lower is no floor under I(Y;Z1) on this checkpoint; R is an id here: try r positive, "
     "the next view",
     {{"slack_lower", "-0.00003"},
      {"I_R_Y", "0.7"},
      {"I_Y_Z1_given_R", "0"},
      {"dpi_Z1_R", "0.19997"},
      {"I_Z1_Z2_given_R", "0.29997"},
      {"slack_lower_se", "nan"},
      {"I_Y_R_given_Z1_se", "nan"}}},
    {FAILS,
     "lower bound does not hold here: lower is above I(Y;Z1) by 0.400 +/- 0.020; the matrix "
     "form of the premise I(Z1;R|Z2) = 0 fails: I(Z1;R|Z2) = 0.700 +/- 0.198, R shares with "
     "Z1 what Z2 has not kept; so lower is no floor under I(Y;Z1) on this checkpoint; R is an "
     "id here: try r positive, the next view",
     {{"slack_lower", "-0.4"}, {"I_Z1_R_given_Z2", "0.7"}}},
    {FAILS,
     "lower bound does not hold here: lower is above I(Y;Z1) by 0.400 +/- 0.020; the matrix "
     "form of the premise I(Z1;R|Z2) = 0 fails: I(Z1;R|Z2) = 0.700 +/- 0.198, R shares with "
     "Z1 what Z2 has not kept; so lower is no floor under I(Y;Z1) on this checkpoint; "
     "centre the features (transform center z1,z2), then try order 1 (alpha 1), and look again",
     {{"slack_lower", "-0.4"}, {"I_Z1_R_given_Z2", "0.7"}, {"r_kind", "target"}}},
    {FAILS,
     "lower bound does not hold here: lower is above I(Y;Z1) by 0.100 +/- 0.020; the matrix "
     "form of the premise I(Z1;R|Z2) = 0 fails: I(Z1;R|Z2) = 0.400 +/- 0.198, R shares with "
     "Z1 what Z2 has not kept; so lower is no floor under I(Y;Z1) on this checkpoint; "
     "centre the features (transform center z1,z2), then try order 1 (alpha 1), and look again",
     {{"slack_lower", "-0.1"},
      {"r_kind", "positive"},
      {"dpi_R", "0"},
      {"dpi_Y", "-0.15"},
      {"dpi_Z1_R", "0.05"},
      {"I_Z1_R_given_Z2", "0.4"}}},
    {FAILS,
     "lower bound does not hold here: with I(Z1;R) by infonce:0.2, lower = 0.600 +/- 0.040 is "
     "above I(Y;Z1) = 0.500 +/- 0.060; with i-z1-r matrix the premise that fails has a name",
     {{"slack_lower", "-0.1"}, {"lower", "0.6"}, {"i_z1_r_by", "infonce:0.2"}}},
    {FAILS,
     "lower bound does not hold here: in the released code's form, with I(Z1;R) by matrix, "
     "lower = 0.600 +/- 0.040 is above I(Y;Z1) = 0.500 +/- 0.060; try preset theorem; upper "
     "bound does not hold here: in the released code's form, upper = 0.400 +/- 0.040 is below "
     "I(Y;Z1) = 0.500 +/- 0.060",
     {{"slack_lower", "-0.1"},
      {"lower", "0.6"},
      {"slack_upper", "-0.1"},
      {"upper", "0.4"},
      {"gap", "-0.2"},
      {"preset", "released"}}},
    /* z1 = r = id, z2 constant */
    {FAILS,
     "lower bound does not hold here: lower is above I(Y;Z1) by 5.545; the premise I(Z1;R|Z2) "
     "= 0 fails: I(Z1;R|Z2) = 5.545, R shares with Z1 what Z2 has not kept; so lower is no "
     "floor under I(Y;Z1) on this checkpoint; R is an id here, which stands before Z1 and not "
     "behind Z2: try an R that is made from Z2 (r positive, where instances have two views)",
     {{"alpha", "1"},
      {"kernel", "z1=delta,z2=delta"},
      {"n", "256"},
      {"instances", "256"},
      {"slack_lower", "-5.54517744"},
      {"slack_lower_se", "nan"},
      {"I_Y_Z1_given_R", "0"},
      {"I_Y_R_given_Z1", "0"},
      {"I_Z1_Z2_given_R", "0"},
      {"I_Z1_R_given_Z2", "5.54517744"},
      {"I_Z1_R_given_Z2_se", "nan"}}},
    /* no premise, but information that is negative at order 2 */
    {FAILS,
     "lower bound does not hold here: lower is above I(Y;Z1) by 0.400 +/- 0.020; I(Y;Z1|R) = "
     "-0.300 is negative, as conditional information can be at order 2, and cannot at order "
     "1; so lower is no floor under I(Y;Z1) on this checkpoint; centre the features (transform center z1,z2), then "
     "try order 1 (alpha 1), and look again",
     {{"slack_lower", "-0.4"},
      {"I_Y_R_given_Z1", "0"},
      {"I_Y_Z1_given_R", "-0.3"},
      {"I_Z1_Z2_given_R", "-0.1"},
      {"I_Z1_R_given_Z2", "0"},
      {"r_kind", "target"}}},
    {FAILS,
     "upper bound does not hold here: upper is below I(Y;Z1) by 0.100 +/- 0.020; the matrix "
     "form of the premise I(Y;Z2|Z1) = 0 fails: I(Y;Z2|Z1) = -0.250 +/- 0.040 is negative, as "
     "conditional information can be at order 2, and cannot at order 1; so upper is no "
     "ceiling of I(Y;Z1) on this checkpoint; try order 1 (alpha 1), where it is a theorem",
     {{"slack_upper", "-0.1"}, {"I_Y_Z2_given_Z1", "-0.25"}}},
    {FAILS,
     "upper bound does not hold here: upper is below I(Y;Z1) by 0.100 +/- 0.020; the matrix "
     "form of the premise I(Y;Z2|Z1) = 0 fails: I(Y;Z2|Z1) = -0.250 +/- 0.040 is negative; "
     "'I(Y;Z1) <= upper' is a theorem (order 1), yet off by 0.1: numbers of this row are wrong",
     {{"slack_upper", "-0.1"}, {"I_Y_Z2_given_Z1", "-0.25"}, {"alpha", "1"}}},
    {FAILS,
     "lower bound is undecided here: I(Y;Z1) - lower = -0.010 +/- 0.198 has 0 in its "
     "interval, which more instances would narrow; lower is above upper: upper - lower = "
     "-0.050 +/- 0.020",
     {{"gap", "-0.05"},
      {"slack_lower", "-0.01"},
      {"slack_lower_se", "0.1"},
      {"I_Z1_R_given_Z2", "0.31"}}},
    {OPEN,
     "lower bound is undecided here: I(Y;Z1) - lower = -0.010 +/- 0.020 has 0 in its "
     "interval, which more instances would narrow",
     {{"slack_lower", "-0.01"}, {"I_Z1_R_given_Z2", "0.31"}}},
    {OPEN,
     "upper bound is undecided here: upper - I(Y;Z1) = 0.010 +/- 0.020 has 0 in its interval, "
     "which more instances would narrow",
     {{"slack_upper", "0.01"}, {"H_Z1_given_Y_Z2", "-0.04"}, {"estimator", "u"}}},
    {OPEN,
     "lower <= upper is undecided here: upper - lower = 0.010 +/- 0.020 has 0 in its "
     "interval, which more instances would narrow",
     {{"gap", "0.01"}}},
    {HOLDS,
     "both bounds hold here: lower = 0.300 +/- 0.040, I(Y;Z1) = 0.500 +/- 0.060, upper = "
     "0.700 +/- 0.040; an observation on these features, no theorem; 'slack of lower = its "
     "terms' is an identity (for any data), yet off by 0.1: numbers of this row are wrong",
     {{"I_Z1_R_given_Z2", "0.2"}}},
    /* at order 1 there is only the other */
    {FAILS,
     "lower bound does not hold here: lower is above I(Y;Z1) by 0.400 +/- 0.020; the matrix "
     "form of the premise I(Z1;R|Z2) = 0 fails: I(Z1;R|Z2) = 0.700 +/- 0.198, R shares with "
     "Z1 what Z2 has not kept; so lower is no floor under I(Y;Z1) on this checkpoint; centre "
     "the features (transform center z1,z2) and look again",
     {{"slack_lower", "-0.4"}, {"I_Z1_R_given_Z2", "0.7"}, {"r_kind", "target"}, {"alpha", "1"}}},
    /* what holds between values that chance gives */
    {HOLDS,
     BOTH_HOLD "; not told from chance: I(Y;Z1); a statement that holds between such values is "
               "no evidence of information",
     {{"I_Y_Z1_p", "0.051"}}},
    {HOLDS, BOTH_HOLD, {{"I_Y_Z1_p", "0.05"}}},
    {HOLDS,
     BOTH_HOLD "; not told from chance: I(Z1;Z2), I(Y;Z1); a statement that holds between such "
               "values is no evidence of information",
     {{"I_Y_Z1_p", "0.2"}, {"I_Z1_Z2_null", "1.21"}}},
    /* the interval of I(Y;Z1) reaches down to 0.44 */
    {HOLDS, BOTH_HOLD, {{"I_Y_Z1_p", "nan"}, {"I_Y_Z1_null", "0.43"}}},
    {HOLDS,
     BOTH_HOLD "; not told from chance: I(Y;Z1); a statement that holds between such values is "
               "no evidence of information",
     {{"I_Y_Z1_p", "nan"}, {"I_Y_Z1_null", "0.45"}}},
    {HOLDS,
     BOTH_HOLD "; whether I(Y;Z1) is more than chance is not known: bounds permutations 999 tells",
     {{"I_Y_Z1_p", NULL}, {"I_Y_Z1_null", NULL}, {"permutations", NULL}}},
    {HOLDS,
     "all holds: this is an exact chain, for which both bounds are theorems at order 1 with "
     "delta kernels",
     {CHAIN}},
    {HOLDS,
     "both bounds hold here: lower = 0.300 +/- 0.040, I(Y;Z1) = 0.500 +/- 0.060, upper = "
     "0.700 +/- 0.040; an observation on these features, no theorem",
     {{0}}},
    {HOLDS,
     "both bounds hold here: lower = 0.300 +/- 0.040, I(Y;Z1) = 0.500 +/- 0.060, upper = "
     "0.700 +/- 0.040; the upper one is a theorem, the lower one an observation on these "
     "features",
     {{"alpha", "1"}}},
    {HOLDS,
     "both bounds hold here: lower = 0.300, I(Y;Z1) = 0.500, upper = 0.700; an observation on "
     "these features, no theorem",
     {NO_ERRORS}},
    {HOLDS,
     "lower bound cannot be checked here: the set has no r; upper bound holds",
     {{"slack_lower", "nan"},
      {"gap", "nan"},
      {"r_kind", "nan"},
      {"I_Y_Z1_given_R", "nan"},
      {"I_Z1_Z2_given_R", "nan"}}},
    {HOLDS, "upper bound cannot be checked here: its terms are nan", {{"slack_upper", "nan"}}},
    {VOID,
     "the bounds cannot be checked here: the set has no y",
     {{"slack_lower", "nan"}, {"slack_upper", "nan"}, {"gap", "nan"}, {"H_Y", "nan"}}},
};

static void conclusions_say_what_and_why(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof conclusion_rows / sizeof *conclusion_rows; k++) {
        const conclusion_row *r = &conclusion_rows[k];
        validated x;
        validate(&x, r->changes, 0.95);
        assert_int_equal(x.status, MI_OK);
        assert_string_equal(x.v.conclusion, r->conclusion);
        assert_int_equal(x.v.verdict, r->verdict);
        mi_table_free(&x.table);
    }
}

/* ---- the report ---- */

static void report_of(char *out, size_t bytes, const change *changes)
{
    validated x;
    validate(&x, changes, 0.9);
    FILE *f = fmemopen(out, bytes, "w");
    mi_validation_put(f, &x.v);
    fclose(f);
    mi_table_free(&x.table);
}

static void report_is_aligned_and_ends_with_the_conclusion(void **state)
{
    static const char start[] =
        "a\\x1b[2J.h5:/  order 2, R = id, z1=linear,z2=linear, 200 rows of 100 instances\n"
        "  in nats; the value of A <= B is B - A; intervals of 90 % (t, 99 degrees)\n"
        "\n"
        "  bounds\n"
        "    lower <= I(Y;Z1)            -0.500   -0.517 .. -0.483   fails      observation (a "
        "theorem at order 1 with delta kernels and an exact chain)\n";
    char text[8192];
    (void)state;
    report_of(text, sizeof text, (change[]){{"file", "a\x1b[2J.h5"}, {"slack_lower", "-0.5"}, {0}});
    assert_memory_equal(text, start, sizeof start - 1);
    assert_non_null(strstr(
        text, "    I(Z1;R) <= I(Z1;Z2)          0.300                      holds  "
              "    observation (a theorem at order 1 with delta kernels and an exact chain), no "
              "standard error\n"));
    assert_non_null(strstr(text, "\n\nlower bound does not hold here: "));
    assert_string_equal(strrchr(text, '\n'), "\n");
}

/* Each information whose chance level is known, how it was told, in a family of its own. */
static void report_says_what_chance_gives(void **state)
{
    char text[8192];
    (void)state;
    report_of(text, sizeof text, (change[]){{"permutations", "8"}, {"I_Y_Z1_p", "0.1112"}, {0}});
    assert_non_null(
        strstr(text, "  chance\n    I(Z1;Z2) > chance            1.100                      "
                     "holds      observation (chance level 0.1; bounds permutations tests it)"));
    assert_non_null(strstr(text, "    I(Y;Z1) > chance             0.480    0.430 .. 0.530    "
                                 "undecided  observation (p = 0.11 of 8 pairings, too few for a "
                                 "level of 90 %)\n"));
    assert_null(strstr(text, "I(Y;Z2) > chance"));
}

static void report_names_unit_batches_and_missing_errors(void **state)
{
    char text[8192];
    (void)state;
    report_of(text, sizeof text,
              (change[]){NO_ERRORS, {"base", "2"}, {"batch", "25"}, {"batches", "4"}, {0}});
    assert_non_null(strstr(text, "200 rows of 100 instances, mean of 4 batches\n  in bits; "));
    assert_non_null(strstr(text, "no standard errors here, so values are compared (bounds se "
                                 "adds them)\n"));
    assert_null(strstr(text, ", no standard error\n"));
    report_of(text, sizeof text,
              (change[]){{"base", "10"}, {"r_kind", "nan"}, {"instances", "nan"}, {0}});
    assert_non_null(
        strstr(text, "R = none, z1=linear,z2=linear, 200 rows\n  in units of base 10; "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conclusions_say_what_and_why),
        cmocka_unit_test(report_is_aligned_and_ends_with_the_conclusion),
        cmocka_unit_test(report_says_what_chance_gives),
        cmocka_unit_test(report_names_unit_batches_and_missing_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
