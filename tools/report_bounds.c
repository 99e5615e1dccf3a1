/* What a report says of the bounds, of chance, and of the premises. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "report.h"

/* A sentence of the library, which begins small and has no full stop. */
static void put_sentence(FILE *page, const char *text)
{
    putc(toupper((unsigned char)text[0]), page);
    report_put_text(page, text + 1);
    putc('.', page);
}

/* The unit of the logarithm of a row. */
static const char *unit(const mi_bounds_row *r)
{
    return strcmp(r->base, "e") == 0 ? "nats" : strcmp(r->base, "2") == 0 ? "bits" : "units";
}

static double half_width(const mi_validation *v, mi_term t)
{
    return mi_t_factor(v->level, v->row.degrees) * v->row.se[t];
}

size_t report_count_verdicts(const report *r, mi_check_id check, mi_verdict verdict)
{
    size_t n = 0;
    for (size_t row = 0; row < r->bounds.rows; row++)
        n += check < r->verdict[row].count && r->verdict[row].check[check].verdict == verdict;
    return n;
}

/* "holds in 9 of 13, fails in 3, is undecided in 1"; what is in none is left out. */
static void put_counts(FILE *page, const report *r, mi_check_id check)
{
    static const struct {
        mi_verdict verdict;
        const char *says;
    } each[] = {{MI_VERDICT_HOLDS, "holds"},
                {MI_VERDICT_FAILS, "fails"},
                {MI_VERDICT_UNDECIDED, "is undecided"},
                {MI_VERDICT_NOT_APPLICABLE, "cannot be checked"}};
    size_t said = 0;
    for (size_t k = 0; k < sizeof each / sizeof *each; k++) {
        size_t n = report_count_verdicts(r, check, each[k].verdict);
        if (n == 0)
            continue;
        fprintf(page, "%s%s", said++ ? ", " : "", each[k].says);
        if (r->bounds.rows > 1)
            fprintf(page, " in %zu", n);
        if (r->bounds.rows > 1 && said == 1)
            fprintf(page, " of %zu", r->bounds.rows);
    }
}

/* The three numbers, where the conclusion does not say them itself. */
static void put_values(FILE *page, const mi_validation *v)
{
    fputs("I(Y;Z1) is ", page);
    report_put_value(page, v->row.value[MI_I_Y_Z1], half_width(v, MI_I_Y_Z1));
    fputs(", the lower bound ", page);
    report_put_value(page, v->row.value[MI_LOWER], half_width(v, MI_LOWER));
    fputs(", the upper bound ", page);
    report_put_value(page, v->row.value[MI_UPPER], half_width(v, MI_UPPER));
    fprintf(page, " %s%s. ", unit(&v->row),
            v->row.has_se ? "" : ", without standard errors, so how sure is not known");
}

static void put_last_row(FILE *page, const report *r)
{
    size_t row = r->bounds.rows - 1;
    const mi_validation *v = &r->verdict[row];
    fprintf(page, r->bounds.rows > 1 ? "<p>The last set, " : "<p>");
    report_put_set(page, &r->sets, row);
    fprintf(page, " (order %g, %g rows", v->row.alpha, v->row.n);
    if (!isnan(v->row.instances))
        fprintf(page, " of %g instances", v->row.instances);
    fputs("): ", page);
    if (!strstr(v->conclusion, ", upper = "))
        put_values(page, v);
    put_sentence(page, v->conclusion);
    fputs("</p>\n", page);
}

/* One information beside what instances paired at random give. */
static void put_against_chance(FILE *page, const mi_validation *v, mi_term t, const mi_check *c)
{
    mi_html_put(page, mi_plot_word(mi_term_name(t)));
    putc(' ', page);
    report_put_value(page, v->row.value[t], half_width(v, t));
    fputs(", chance ", page);
    report_put_value(page, v->row.null[t], NAN);
    fputs(c->verdict == MI_VERDICT_HOLDS ? ": more than chance" : ": not told from chance", page);
    if (!isnan(v->row.p[t]))
        fprintf(page, " (p = %.2g)", v->row.p[t]);
    else if (c->no_error)
        fputs(" by its value alone", page);
}

static void put_chance(FILE *page, const report *r)
{
    const mi_validation *v = &r->verdict[r->bounds.rows - 1];
    size_t said = 0;
    for (mi_term t = 0; t < MI_TERMS; t++) {
        const mi_check *c = mi_validation_chance(v, t);
        if (!c)
            continue;
        fputs(said++ ? "; " : "<p>Beside instances that are paired at random: ", page);
        put_against_chance(page, v, t, c);
    }
    fputs(said ? ".</p>\n" : "", page);
}

static void put_undecomposed(FILE *page, const report *r)
{
    long lower = mi_table_has(&r->bounds, "lower"), upper = mi_table_has(&r->bounds, "upper");
    size_t crossed = 0;
    for (size_t row = 0; row < r->bounds.rows; row++) {
        double a, b;
        crossed += mi_table_number(&r->bounds, row, (size_t)lower, &a) == MI_OK &&
                   mi_table_number(&r->bounds, row, (size_t)upper, &b) == MI_OK && a > b;
    }
    fprintf(
        page,
        "<p>The lower bound lies above the upper one in %zu of %zu rows, by their values alone. "
        "The terms that say whether each bound and each premise holds are not in the table: "
        "<code>mi-bounds --se --decompose</code> adds them.</p>\n",
        crossed, r->bounds.rows);
}

int report_has_errors(const report *r)
{
    for (size_t row = 0; row < r->bounds.rows; row++)
        if (!r->verdict[row].row.has_se)
            return 0;
    return 1;
}

/* ---- the premises ---- */

static void put_premise(FILE *page, const report *r, mi_check_id check)
{
    const mi_validation *v = &r->verdict[r->bounds.rows - 1];
    const mi_check *c = &v->check[check];
    fputs("<li>", page);
    report_put_text(page, c->statement);
    fputs(" (", page);
    mi_html_put(page, check == MI_CHECK_Y_Z2_GIVEN_Z1 ? "the chain from Y over Z1 to Z2"
                                                      : "assumed by the lower bound");
    fputs(") ", page);
    put_counts(page, r, check);
    if (!isnan(c->value)) {
        fprintf(page, "; %s ", r->bounds.rows > 1 ? "in the last set it is" : "it is");
        report_put_value(page, fabs(c->value) <= c->tolerance ? 0 : c->value, (c->hi - c->lo) / 2);
    }
    fputs(".</li>\n", page);
}

static void put_premises(FILE *page, const report *r)
{
    static const mi_check_id premise[] = {MI_CHECK_Y_R_GIVEN_Z1, MI_CHECK_Z1_R_GIVEN_Z2,
                                          MI_CHECK_Y_Z2_GIVEN_Z1};
    size_t fail = 0;
    fputs("<h3>Do the premises hold?</h3>\n<ul>\n", page);
    for (size_t k = 0; k < sizeof premise / sizeof *premise; k++) {
        put_premise(page, r, premise[k]);
        fail += report_count_verdicts(r, premise[k], MI_VERDICT_FAILS) > 0;
    }
    fprintf(page, "</ul>\n<p>%s</p>\n",
            fail ? "These are the matrix forms of the premises. Where one fails the theorem does "
                   "not speak of these features: that a bound holds is then an observation on "
                   "them."
                 : "No premise was found to fail; an interval that has 0 in it does not prove that "
                   "one holds.");
}

/* ---- both ---- */

void report_put_bounds(FILE *page, const report *r)
{
    fputs("<h3>What the bounds say</h3>\n", page);
    if (!r->verdict) {
        put_undecomposed(page, r);
        return;
    }
    if (r->bounds.rows > 1) {
        fprintf(page, "<p>Of %zu rows, the lower bound of I(Y;Z1) ", r->bounds.rows);
        put_counts(page, r, MI_CHECK_LOWER);
        fputs("; the upper bound ", page);
        put_counts(page, r, MI_CHECK_UPPER);
        if (report_has_errors(r))
            fprintf(page, " (intervals of %g %%, each row by itself).</p>\n", 100 * r->level);
        else
            fputs(" (by their values alone: there are rows without standard errors).</p>\n", page);
    }
    put_last_row(page, r);
    put_chance(page, r);
    put_premises(page, r);
}
