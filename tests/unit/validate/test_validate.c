/* Verdicts, standings, intervals and refusals, from rows made by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "validated.h"

static const mi_check *find(const validated *x, const char *name)
{
    for (size_t k = 0; k < x->v.count; k++)
        if (strcmp(x->v.check[k].name, name) == 0)
            return &x->v.check[k];
    return NULL;
}

/* ---- verdicts and standings ---- */

typedef struct {
    const char *name;
    mi_verdict verdict;
    mi_standing standing;
    const char *note;
    change changes[MOST_CHANGES];
} verdict_row;

#define OF_CHAIN "a theorem at order 1 with delta kernels and an exact chain"

static const verdict_row verdict_rows[] = {
    /* observations: the interval decides, 0.01 t(0.975, 99) = 0.0198 */
    {"slack_lower", HOLDS, O, OF_CHAIN, {{0}}},
    {"slack_lower", HOLDS, O, OF_CHAIN, {{"slack_lower", "0.02"}}},
    {"slack_lower", OPEN, O, OF_CHAIN, {{"slack_lower", "0.019"}}},
    {"slack_lower", OPEN, O, OF_CHAIN, {{"slack_lower", "-0.019"}}},
    {"slack_lower", FAILS, O, OF_CHAIN, {{"slack_lower", "-0.02"}}},
    {"slack_upper", FAILS, O, "a theorem at order 1", {{"slack_upper", "-0.02"}}},
    {"slack_upper", OPEN, O, "a theorem at order 1", {{"slack_upper", "0"}}},
    {"gap", FAILS, O, OF_CHAIN, {{"gap", "-0.1"}}},
    {"dpi_R", FAILS, O, OF_CHAIN, {{"dpi_R", "-0.2"}}},
    {"dpi_R", OPEN, O, OF_CHAIN, {{"dpi_R", "-0.19"}}},
    /* without a standard error the value does */
    {"dpi_Z1_R", HOLDS, O, OF_CHAIN, {{0}}},
    {"dpi_Z1_R", FAILS, O, OF_CHAIN, {{"dpi_Z1_R", "-0.001"}}},
    {"slack_lower", FAILS, O, OF_CHAIN, {{"slack_lower", "-0.019"}, {"slack_lower_se", "nan"}}},
    /* what counts as zero, in nats */
    {"dpi_Z1_R", HOLDS, O, OF_CHAIN, {{"dpi_Z1_R", "-9e-10"}}},
    {"dpi_Z1_R", FAILS, O, OF_CHAIN, {{"dpi_Z1_R", "-1.1e-9"}}},
    {"dpi_Z1_R", HOLDS, O, OF_CHAIN, {{"dpi_Z1_R", "-1.1e-9"}, {"base", "2"}}},
    {"dpi_Z1_R", HOLDS, O, OF_CHAIN, {{"dpi_Z1_R", "-1.9e-5"}, {"route", "tiles"}}},
    {"dpi_Z1_R", FAILS, O, OF_CHAIN, {{"dpi_Z1_R", "-2.1e-5"}, {"route", "tiles"}}},
    /* premises */
    {"I_Y_R_given_Z1", FAILS, O, "what Theorem 3.1 assumes", {{0}}},
    {"I_Z1_R_given_Z2", OPEN, O, "what Theorem 3.1 assumes", {{0}}},
    {"I_Y_Z2_given_Z1", FAILS, O, "what Theorem 3.2 assumes", {{"I_Y_Z2_given_Z1", "-0.05"}}},
    {"I_Y_Z2_given_Z1", HOLDS, O, "what Theorem 3.2 assumes", {CHAIN}},
    /* theorems: an interval around 0 leaves nothing open */
    {"H_Z1_given_Y_Z2", HOLDS, T, "every order", {{0}}},
    {"H_Z1_given_Y_Z2", FAILS, T, "every order", {{"H_Z1_given_Y_Z2", "-0.01"}}},
    {"H_Z1_given_Y_Z2", HOLDS, O, "a theorem for estimator v", {{"estimator", "u"}}},
    {"slack_upper",
     HOLDS,
     T,
     "order 1",
     {{"alpha", "1"}, {"slack_upper", "0.001"}, {"slack_upper_se", "1"}}},
    {"I_Z1_Z2_given_R", HOLDS, T, "order 1", {{"alpha", "1"}}},
    {"I_Y_Z1_given_R", HOLDS, O, "a theorem at order 1", {{0}}},
    {"slack_lower", HOLDS, T, "order 1, delta kernels, exact chain", {CHAIN}},
    {"dpi_R", HOLDS, T, "order 1, delta kernels, exact chain", {CHAIN}},
    {"gap", HOLDS, T, "order 1, delta kernels, exact chain", {CHAIN}},
    {"gap",
     HOLDS,
     O,
     OF_CHAIN "; here I(Y;R|Z1) = 0.2",
     {{"alpha", "1"}, {"kernel", "z1=delta,z2=delta"}}},
    {"gap", HOLDS, O, OF_CHAIN, {{"alpha", "1"}, {"kernel", "z1=delta,z2=linear"}}},
    {"gap", HOLDS, O, OF_CHAIN, {{"alpha", "1"}, {"kernel", "z1=delta,z2=delta,r=linear"}}},
    /* each needs its own part of the chain; the premise that is off most is named */
    {"slack_lower",
     FAILS,
     O,
     OF_CHAIN "; here I(Z1;R|Z2) = 5.545",
     {{"alpha", "1"},
      {"kernel", "z1=delta,z2=delta"},
      {"I_Z1_R_given_Z2", "5.545177"},
      {"slack_lower", "-5.5"}}},
    {"slack_lower",
     HOLDS,
     T,
     "order 1, delta kernels, exact chain",
     {{"alpha", "1"},
      {"kernel", "z1=delta,z2=delta"},
      {"I_Y_R_given_Z1", "0"},
      {"I_Z1_R_given_Z2", "0"}}},
    {"dpi_Z1_R",
     HOLDS,
     T,
     "order 1, delta kernels, exact chain",
     {{"alpha", "1"}, {"kernel", "z1=delta,z2=delta"}, {"I_Z1_R_given_Z2", "0"}}},
    {"dpi_Z1_R",
     HOLDS,
     O,
     OF_CHAIN "; here I(Z1;R|Z2) = 0.1",
     {{"alpha", "1"},
      {"kernel", "z1=delta,z2=delta"},
      {"I_Y_R_given_Z1", "0"},
      {"I_Y_Z2_given_Z1", "0"}}},
    {"dpi_Y",
     HOLDS,
     T,
     "order 1, delta kernels, exact chain",
     {{"alpha", "1"}, {"kernel", "z1=delta,z2=delta"}, {"I_Y_Z2_given_Z1", "0"}}},
    {"dpi_R",
     OPEN,
     O,
     OF_CHAIN "; here I(Y;Z2|Z1) = -0.3",
     {{"alpha", "1"},
      {"kernel", "z1=delta,z2=delta"},
      {"I_Y_R_given_Z1", "0"},
      {"I_Z1_R_given_Z2", "0"},
      {"I_Y_Z2_given_Z1", "-0.3"},
      {"dpi_R", "0"}}},
    {"gap", HOLDS, O, "the released formula is no theorem", {CHAIN, {"preset", "released"}}},
    {"dpi_Z1_R", HOLDS, O, "a theorem for matrix I(Z1;R)", {CHAIN, {"i_z1_r_by", "nce:0.2"}}},
    /* identities, to the digits of the table */
    {"slack_lower_terms", HOLDS, I, "for any data", {{0}}},
    {"slack_upper_terms", HOLDS, I, "for any data", {{"slack_upper", "0.200000001"}}},
    {"slack_upper_terms", FAILS, I, "for any data", {{"slack_upper", "0.20000001"}}},
    {"slack_lower_terms",
     VOID,
     I,
     "an identity of matrix entropies, I(Z1;R) is by infonce:0.2",
     {{"i_z1_r_by", "infonce:0.2"}}},
    {"slack_upper_terms",
     VOID,
     I,
     "an identity of matrix entropies, I(Z1;R) is by infonce:0.2",
     {{"i_z1_r_by", "infonce:0.2"}}},
    {"slack_upper_terms",
     VOID,
     I,
     "the released formula has other terms",
     {{"preset", "released"}}},
    /* what is not there */
    {"slack_lower",
     VOID,
     O,
     "the Barlow Twins score is not in nats",
     {{"i_z1_r_by", "barlow:0.0051:0.1"}}},
    {"slack_upper", HOLDS, O, "a theorem at order 1", {{"i_z1_r_by", "barlow:0.0051:0.1"}}},
    {"slack_lower", VOID, O, "the set has no y", {{"slack_lower", "nan"}, {"H_Y", "nan"}}},
    {"dpi_Z1_R", VOID, O, "the set has no r", {{"dpi_Z1_R", "nan"}, {"r_kind", "nan"}}},
    {"gap",
     VOID,
     O,
     "the set has no r and no y",
     {{"gap", "nan"}, {"r_kind", "nan"}, {"H_Y", "nan"}}},
    {"gap", VOID, O, "estimator c leaves no terms with R", {{"gap", "nan"}, {"estimator", "c"}}},
    {"gap", VOID, O, "its terms are nan", {{"gap", "nan"}}},
    /* ceilings of a quantised Z2: log 4 = 1.386 */
    {"ceiling_H_Z2", HOLDS, T, "every order", {{"distinct_Z2", "16"}}},
    {"ceiling_H_Z2", FAILS, T, "every order", {{"distinct_Z2", "16"}, {"H_Z2", "1.19"}}},
    {"ceiling_rank", HOLDS, T, "every order", {{"fsq_levels", "5"}}},
    {"ceiling_rank", FAILS, T, "every order", {{"distinct_Z2", "16"}, {"H_Z2", "1.39"}}},
    {"ceiling_rank",
     HOLDS,
     T,
     "every order",
     {{"distinct_Z2", "16"}, {"H_Z2", "2"}, {"base", "2"}}},
    {"ceiling_rank",
     HOLDS,
     T,
     "every order",
     {{"rank_Z2", "3"}, {"distinct_Z2", "16"}, {"H_Z2", "1.09861229"}, {"I_Z1_Z2", "1"}}},
    {"ceiling_distinct", FAILS, T, "every order", {{"distinct_Z2", "3"}}},
    {"ceiling_distinct", HOLDS, T, "every order", {{"distinct_Z2", "4"}}},
    {"ceiling_distinct",
     HOLDS,
     O,
     "a theorem for estimator v",
     {{"distinct_Z2", "4"}, {"estimator", "u"}}},
    {"ceiling_levels",
     HOLDS,
     T,
     "every order",
     {{"fsq_levels", "5"}, {"kernel", "z1=linear,z2=delta"}}},
};

static void verdicts_standings_and_reasons(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof verdict_rows / sizeof *verdict_rows; k++) {
        const verdict_row *r = &verdict_rows[k];
        validated x;
        validate(&x, r->changes, 0.95);
        assert_int_equal(x.status, MI_OK);
        const mi_check *c = find(&x, r->name);
        if (!c || c->verdict != r->verdict || c->standing != r->standing ||
            strcmp(c->note, r->note) != 0)
            fail_msg("row %zu, %s: found %s, %s: %s", k, r->name,
                     c ? mi_verdict_name(c->verdict) : "no such check",
                     c ? mi_standing_name(c->standing) : "", c ? c->note : "");
        mi_table_free(&x.table);
    }
}

static void ceilings_are_listed_for_quantised_sets_only(void **state)
{
    static const struct {
        const char *name;
        int listed;
        change changes[MOST_CHANGES];
    } row[] = {
        {"ceiling_rank", 0, {{0}}},
        {"ceiling_rank", 1, {{"distinct_Z2", "199"}}},
        {"ceiling_rank", 1, {{"fsq_levels", "3"}}},
        /* in batches distinct rows are counted in each */
        {"ceiling_rank", 0, {{"distinct_Z2", "50"}, {"batch", "25"}, {"batches", "4"}}},
        {"ceiling_rank", 1, {{"distinct_Z2", "49"}, {"batch", "25"}, {"batches", "4"}}},
        {"ceiling_levels", 0, {{"fsq_levels", "5"}}},
        {"ceiling_levels", 0, {{"distinct_Z2", "3"}, {"kernel", "z1=delta,z2=delta"}}},
        /* 3^4 = 81 codes: those of 200 rows that all differ are not Z2's */
        {"ceiling_levels", 0, {{"fsq_levels", "3"}, {"kernel", "z1=delta,z2=delta"}}},
        {"ceiling_levels",
         1,
         {{"fsq_levels", "3"}, {"distinct_Z2", "81"}, {"kernel", "z1=delta,z2=delta"}}},
    };
    (void)state;
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        validated x;
        validate(&x, row[k].changes, 0.95);
        if ((find(&x, row[k].name) != NULL) != row[k].listed)
            fail_msg("row %zu: %s", k, row[k].name);
        mi_table_free(&x.table);
    }
}

/* ---- intervals ---- */

/* t quantiles of SciPy 1.10.1. */
static void intervals_have_the_degrees_of_the_errors(void **state)
{
    static const struct {
        double level, t;
        change changes[MOST_CHANGES];
    } row[] = {
        {0.95, 1.98421695, {{0}}},
        {0.9, 1.66039116, {{0}}},
        {0.95, 2.20098516, {{"degrees", "11"}}},
        {0.95, 3.18244631, {{"degrees", "3"}}},
        {0.95, 1.96234146, {{"degrees", "999"}, {"instances", "12"}}},
        /* without the column: instances, or rows, are the independent units */
        {0.95, 2.20098516, {{"degrees", NULL}, {"instances", "12"}}},
        {0.95, 1.97195654, {{"degrees", NULL}, {"instances", "nan"}}}, /* 200 rows */
    };
    (void)state;
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        validated x;
        validate(&x, row[k].changes, row[k].level);
        const mi_check *c = find(&x, "gap");
        assert_float_equal(c->lo, 0.4 - 0.01 * row[k].t, 1e-9);
        assert_float_equal(c->hi, 0.4 + 0.01 * row[k].t, 1e-9);
        mi_table_free(&x.table);
    }
}

/* ---- refusals ---- */

static void bad_tables_are_refused(void **state)
{
    static const struct {
        const char *detail;
        change changes[MOST_CHANGES];
    } row[] = {
        {"t.tsv: no column 'slack_lower'; bounds decompose adds it", {{"slack_lower", NULL}}},
        {"t.tsv: no column 'lower', wanted a table of bounds decompose", {{"lower", NULL}}},
        {"t.tsv: no column 'route', wanted a table of bounds decompose", {{"route", NULL}}},
        {"t.tsv: line 2, column 'gap': 'x' is not a number", {{"gap", "x"}}},
        {"t.tsv: line 2, column 'gap_se': 'x' is not a number", {{"gap_se", "x"}}},
        {"t.tsv: line 2, column 'alpha': 'x' is not a number", {{"alpha", "x"}}},
        {"t.tsv: line 2, column 'fsq_levels': 'x' is not a number", {{"fsq_levels", "x"}}},
        {"t.tsv: line 2, column 'base': '1', wanted e or a number above 1", {{"base", "1"}}},
        {"t.tsv: line 2, column 'base': 'x' is not a number", {{"base", "x"}}},
    };
    (void)state;
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        validated x;
        validate(&x, row[k].changes, 0.95);
        assert_int_equal(x.status, MI_EDATA);
        assert_string_equal(mi_detail(), row[k].detail);
        mi_table_free(&x.table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_standings_and_reasons),
        cmocka_unit_test(ceilings_are_listed_for_quantised_sets_only),
        cmocka_unit_test(intervals_have_the_degrees_of_the_errors),
        cmocka_unit_test(bad_tables_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
