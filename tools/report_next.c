/* What a report says to do next. */
#include <math.h>

#include "report.h"

#define HEADING "<h3>What to do next</h3>\n<ul>\n"

static int has_failed(const report *r)
{
    return r->verdict && (report_count_verdicts(r, MI_CHECK_LOWER, MI_VERDICT_FAILS) ||
                          report_count_verdicts(r, MI_CHECK_UPPER, MI_VERDICT_FAILS));
}

static int lacks_decompose(const report *r)
{
    return !r->verdict;
}

static int lacks_errors(const report *r)
{
    return r->verdict && !report_has_errors(r);
}

/* A bound that holds may be of noise. */
static int lacks_chance(const report *r)
{
    return r->verdict && !isnan(r->verdict[0].row.value[MI_I_Y_Z1]) &&
           isnan(r->verdict[0].row.p[MI_I_Y_Z1]);
}

static int lacks_accuracy(const report *r)
{
    return mi_table_has(&r->bounds, r->y) < 0;
}

/* Two of three correlations of 0.6 would go unseen at fewer points than this. */
static int has_few_points(const report *r)
{
    return r->correlations.count && r->correlations.result[0].n < 10;
}

static int is_one_series(const report *r)
{
    return r->given_epoch.count > 0;
}

static int still_moves(const report *r)
{
    const mi_enough *e = r->curves ? &r->curve[r->curves - 1] : NULL;
    for (size_t k = 0; e && k < e->count; k++)
        if (!e->term[k].is_within)
            return 1;
    return 0;
}

static int is_one_setting(const report *r)
{
    return r->correlations.count && !r->how.by;
}

static int is_one_set(const report *r)
{
    return r->bounds.rows == 1;
}

static const struct {
    int (*when)(const report *r);
    const char *what;
} next_steps[] = {
    {lacks_decompose, "Measure again with <code>mi-bounds --se --decompose</code>: then each bound "
                      "and each premise gets a verdict."},
    {lacks_errors, "Measure again with <code>--se</code>: without errors no difference here can be "
                   "called one."},
    {lacks_chance,
     "Test against chance: <code>mi-bounds --se --decompose --permutations 999</code> "
     "says which informations are more than instances paired at random give."},
    {still_moves, "Compare sets at the same number of instances only, or measure more: some terms "
                  "still move with that number."},
    {lacks_accuracy, "Record an accuracy, so that it can be seen what goes with it: "
                     "<code>mi-probe --write --probe linear FILE</code>, then <code>-y "
                     "probe_z1_linear_accuracy</code> here."},
    {has_few_points, "Add runs: with fewer than ten points even a strong correlation has a wide "
                     "interval."},
    {is_one_series, "Add runs that differ in projector, loss or seed, one checkpoint each: points "
                    "that are independent."},
    {is_one_setting, "See whether what goes with accuracy depends on order and kernel: "
                     "<code>mi-bounds --alpha 0.5,1,2,inf --kernel linear --kernel gaussian:median "
                     "FILES | mi-report -o grid.html</code>."},
    {is_one_set, "Set it beside another checkpoint of the same instances: <code>mi-compare A B"
                 "</code> gives every difference with its paired error."},
};

/* The advice of the rows, each once. Returns how many. */
static size_t put_advice(FILE *page, const report *r)
{
    size_t said = 0;
    for (mi_advice a = 0; r->verdict && a < MI_ADVICES; a++) {
        char text[200];
        size_t row = 0;
        while (row < r->bounds.rows && mi_advice_of(&r->verdict[row]) != a)
            row++;
        if (row == r->bounds.rows)
            continue;
        mi_advise(text, sizeof text, a);
        fputs(said++ ? "" : HEADING, page);
        if (said == 1 && has_failed(r))
            fputs(
                "<li>Where a bound fails, do not read it as a floor or a ceiling. Compare I(Y;Z1) "
                "and I(Z1;Z2) themselves.</li>\n",
                page);
        fprintf(page, "<li>Where a bound %s: ", a == MI_ADVICE_MORE ? "is undecided" : "fails");
        report_put_text(page, text);
        fputs(".</li>\n", page);
    }
    return said;
}

void report_put_next(FILE *page, const report *r)
{
    size_t said = put_advice(page, r);
    for (size_t k = 0; k < sizeof next_steps / sizeof *next_steps; k++) {
        if (!next_steps[k].when(r))
            continue;
        fputs(said++ ? "" : HEADING, page);
        fprintf(page, "<li>%s</li>\n", next_steps[k].what);
    }
    fputs(said ? "</ul>\n" : "", page);
}
