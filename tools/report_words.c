/* The summary of a report: no number without its error, no verdict that the interval does not bear. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "report.h"

/* ---- pieces ---- */

static const char *cell_of(const mi_table *t, size_t row, const char *column)
{
    long k = mi_table_has(t, column);
    return k < 0 ? "" : mi_table_cell(t, row, (size_t)k);
}

static int differs(const mi_table *t, const char *column)
{
    for (size_t row = 1; row < t->rows; row++)
        if (strcmp(cell_of(t, row, column), cell_of(t, 0, column)) != 0)
            return 1;
    return 0;
}

const char *report_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The file of a row: its last part, where no other file has the same. */
static const char *short_file(const mi_table *t, size_t row)
{
    const char *file = cell_of(t, row, "file"), *base = report_base_name(file);
    if (strcmp(file, "-") == 0)
        return "standard input";
    for (size_t k = 0; k < t->rows; k++) {
        const char *other = cell_of(t, k, "file");
        if (strcmp(other, file) != 0 && strcmp(report_base_name(other), base) == 0)
            return file;
    }
    return base;
}

void report_put_set(FILE *page, const mi_table *t, size_t row)
{
    const char *file = cell_of(t, row, "file"), *group = cell_of(t, row, "group");
    int files = differs(t, "file"), groups = differs(t, "group");
    fputs("<code title=\"", page);
    mi_html_put(page, file);
    fputs(*group ? ":" : "", page);
    mi_html_put(page, group);
    fputs("\">", page);
    if (!groups || files)
        mi_html_put(page, short_file(t, row));
    if (*group && (!files || groups)) {
        fputs(!groups || files ? ":" : "", page);
        mi_html_put(page, group);
    }
    if (!*file && !*group)
        fprintf(page, "row %zu", row + 1);
    fputs("</code>", page);
}

/* Decimals that show two digits of the half-width, or, without one, three of the value. */
static int decimals_for(double value, double half)
{
    double size = isfinite(half) && half > 0 ? half : fabs(value) * 0.1;
    int decimals = size > 0 ? 1 - (int)floor(log10(size)) : 0;
    return decimals < 0 ? 0 : decimals;
}

void report_put_value(FILE *page, double value, double half)
{
    enum { MOST = 4 }; /* then as 1.2e-07 */
    int decimals = decimals_for(value, half), is_small = decimals > MOST + 1;
    decimals = decimals > MOST ? MOST : decimals;
    double no_minus_zero = fabs(value) < 0.5 * pow(10, -decimals) ? 0 : value;
    if (isnan(value))
        fputs("&#8211;", page);
    else if (is_small)
        fprintf(page, "%.2g", value);
    else
        fprintf(page, "%.*f", decimals, no_minus_zero);
    if (isnan(value) || !isfinite(half))
        return;
    fputs(" &#177; ", page);
    if (is_small)
        fprintf(page, "%.1g", half);
    else
        fprintf(page, "%.*f", decimals, half);
}

void report_put_text(FILE *page, const char *text)
{
    static const char *const sign[][2] = {{"<=", "&#8804;"}, {">=", "&#8805;"}, {"+/-", "&#177;"}};
    char piece[1024];
    while (*text) {
        const char *next = NULL;
        size_t which = 0;
        for (size_t k = 0; k < sizeof sign / sizeof *sign; k++) {
            const char *at = strstr(text, sign[k][0]);
            if (at && (!next || at < next)) {
                next = at;
                which = k;
            }
        }
        snprintf(piece, sizeof piece, "%.*s", next ? (int)(next - text) : (int)strlen(text), text);
        mi_html_put(page, piece);
        if (!next)
            return;
        fputs(sign[which][1], page);
        text = next + strlen(sign[which][0]);
    }
}

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

/* ---- the bounds ---- */

static size_t count_verdicts(const report *r, mi_check_id check, mi_verdict verdict)
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
        size_t n = count_verdicts(r, check, each[k].verdict);
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
    report_put_set(page, &r->bounds, row);
    fprintf(page, " (order %g, %g rows", v->row.alpha, v->row.n);
    if (!isnan(v->row.instances))
        fprintf(page, " of %g instances", v->row.instances);
    fputs("): ", page);
    if (!strstr(v->conclusion, ", upper = "))
        put_values(page, v);
    put_sentence(page, v->conclusion);
    fputs("</p>\n", page);
}

/* I(Z1;Z2) of few instances is mostly bias. */
static void put_chance(FILE *page, const report *r)
{
    const mi_validation *v = &r->verdict[r->bounds.rows - 1];
    double value = v->row.value[MI_I_Z1_Z2], null = v->row.value[MI_I_Z1_Z2_NULL];
    double half = half_width(v, MI_I_Z1_Z2);
    if (isnan(value) || isnan(null))
        return;
    fputs("<p>There I(Z1;Z2) is ", page);
    report_put_value(page, value, half);
    fputs("; instances paired at random give ", page);
    report_put_value(page, null, NAN);
    fprintf(page, " (chance level). %s</p>\n",
            isnan(half)           ? "Without a standard error it is not known whether that is less."
            : value - half > null ? "The difference is what the two share; the chance level "
                                    "itself is the bias of so few instances."
                                  : "It is not above its chance level: at this number of instances "
                                    "nothing can be said of what Z1 and Z2 share.");
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

static int has_errors(const report *r)
{
    for (size_t row = 0; row < r->bounds.rows; row++)
        if (!r->verdict[row].row.has_se)
            return 0;
    return 1;
}

static void put_bounds(FILE *page, const report *r)
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
        if (has_errors(r))
            fprintf(page, " (intervals of %g %%, each row by itself).</p>\n", 100 * r->level);
        else
            fputs(" (by their values alone: there are rows without standard errors).</p>\n", page);
    }
    put_last_row(page, r);
    put_chance(page, r);
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
        fail += count_verdicts(r, premise[k], MI_VERDICT_FAILS) > 0;
    }
    fprintf(page, "</ul>\n<p>%s</p>\n",
            fail ? "These are the matrix forms of the premises. Where one fails the theorem does "
                   "not speak of these features: that a bound holds is then an observation on "
                   "them."
                 : "No premise was found to fail; an interval that has 0 in it does not prove that "
                   "one holds.");
}

/* ---- what goes with accuracy ---- */

static const char *column_of(const pairs *p, const pairs_result *x)
{
    return p->table->name[x->x];
}

/* Those with a correlation, among which the strongest was picked. */
static size_t count_tried(const pairs *p)
{
    size_t n = 0;
    for (size_t k = 0; k < p->count; k++)
        n += p->result[k].rank > 0;
    return n;
}

static double corrected(const pairs *p, const pairs_result *x)
{
    double all = x->of[MI_SPEARMAN].p * (double)count_tried(p);
    return all > 1 ? 1 : all;
}

static void put_correlation(FILE *page, const pairs *p, const pairs_result *x)
{
    fprintf(page, "%.2f", x->of[MI_SPEARMAN].r);
    if (!isnan(x->of[MI_SPEARMAN].fisher.low))
        fprintf(page, " (%g %% interval %.2f to %.2f)", 100 * p->o->how.level,
                x->of[MI_SPEARMAN].fisher.low, x->of[MI_SPEARMAN].fisher.high);
}

static void put_strongest(FILE *page, const report *r, const pairs *p)
{
    const pairs_result *x = &p->result[0];
    fprintf(page, "<p>Over %zu points, what goes most closely with ", x->n);
    mi_html_put(page, r->y);
    fputs(" is <strong>", page);
    mi_html_put(page, mi_plot_word(column_of(p, x)));
    fputs("</strong>: Spearman ", page);
    put_correlation(page, p, x);
    fprintf(page,
            ", p = %.2g (of %zu permutations). It is the strongest of %zu that were tried; "
            "counting these, p is at most %.2g. ",
            x->of[MI_SPEARMAN].p, p->o->how.permutations, count_tried(p), corrected(p, x));
    fputs(r->given_epoch.count ? "These are checkpoints of the same runs, which are no independent "
                                 "points: interval and p are too optimistic."
          : corrected(p, x) <= 0.05 ? "Chance alone is unlikely to give it."
                                    : "So chance may give it.",
          page);
    fputs("</p>\n", page);
}

/* The bounds and I(Z1;Z2) by name, in the order of the ranking. */
static void put_named(FILE *page, const pairs *p)
{
    static const char *const named[] = {"lower", "upper", "I_Z1_Z2"};
    fputs("<p>Of the paper's quantities: ", page);
    for (size_t k = 0, said = 0; k < p->count; k++)
        for (size_t i = 0; i < sizeof named / sizeof *named; i++)
            if (p->result[k].rank && strcmp(column_of(p, &p->result[k]), named[i]) == 0) {
                fputs(said++ ? "; " : "", page);
                mi_html_put(page, mi_plot_word(named[i]));
                putc(' ', page);
                put_correlation(page, p, &p->result[k]);
            }
    fputs(".</p>\n", page);
}

/* What is left when both are freed of their common growth in training. */
static void put_given_epoch(FILE *page, const pairs *p)
{
    if (p->count == 0 || isnan(p->result[0].of[MI_SPEARMAN].r))
        return;
    fputs("<p>With the epoch held fixed, the strongest is ", page);
    mi_html_put(page, mi_plot_word(column_of(p, &p->result[0])));
    fputs(": partial Spearman ", page);
    put_correlation(page, p, &p->result[0]);
    fputs(p->result[0].of[MI_SPEARMAN].fisher.low > 0 ||
                  p->result[0].of[MI_SPEARMAN].fisher.high < 0
              ? ".</p>\n"
              : ": its interval has 0 in it, so what goes with training time may be all there "
                "is.</p>\n",
          page);
}

/* One line for each quantity: how it does in all groups. */
static void put_groups(FILE *page, const pairs *p)
{
    fprintf(page, "<p>In %zu groups of settings (%s), Spearman's correlation is:</p>\n<ul>\n",
            p->groups.n, p->o->by);
    for (size_t c = 0; c < p->x.count; c++) {
        double low = INFINITY, high = -INFINITY;
        size_t sure = 0;
        for (size_t k = 0; k < p->count; k++) {
            const pairs_result *x = &p->result[k];
            double r = x->of[MI_SPEARMAN].r;
            if (x->x != p->x.index[c] || isnan(r))
                continue;
            low = fmin(low, r);
            high = fmax(high, r);
            sure += x->of[MI_SPEARMAN].fisher.low > 0 || x->of[MI_SPEARMAN].fisher.high < 0;
        }
        if (low > high)
            continue;
        fputs("<li>", page);
        mi_html_put(page, mi_plot_word(p->table->name[p->x.index[c]]));
        fprintf(page, ": from %.2f to %.2f; its interval leaves out 0 in %zu</li>\n", low, high,
                sure);
    }
    fprintf(page, "</ul>\n<p>Of %zu intervals of %g %% some leave out 0 by chance.</p>\n", p->count,
            100 * p->o->how.level);
}

static void put_accuracy(FILE *page, const report *r)
{
    const pairs *p = &r->correlations;
    fputs("<h3>What goes with ", page);
    mi_html_put(page, r->y);
    fputs("</h3>\n", page);
    if (p->count == 0 || count_tried(p) == 0) {
        fputs(
            "<p>Not known: fewer than four rows have a number for it, or all have the same.</p>\n",
            page);
    } else if (p->groups.n > 1) {
        put_groups(page, p);
    } else {
        put_strongest(page, r, p);
        put_named(page, p);
        put_given_epoch(page, &r->given_epoch);
    }
}

/* ---- differences ---- */

static int leaves_out_zero(const mi_table *t, size_t row)
{
    double lo, hi;
    long low = mi_table_has(t, "lo"), high = mi_table_has(t, "hi");
    return low >= 0 && high >= 0 && mi_table_number(t, row, (size_t)low, &lo) == MI_OK &&
           mi_table_number(t, row, (size_t)high, &hi) == MI_OK && (lo > 0 || hi < 0);
}

static void put_differences(FILE *page, const report *r)
{
    const report_table *found = report_table_of(r, REPORT_DIFFERENCES);
    const mi_table *t = found ? &found->table : NULL;
    size_t sure = 0;
    if (!t)
        return;
    for (size_t row = 0; row < t->rows; row++)
        sure += leaves_out_zero(t, row) > 0;
    fprintf(
        page,
        "<h3>What differs between the sets</h3>\n<p>Of %zu differences %zu have an interval that "
        "leaves out 0; of so many a few do by chance",
        t->rows, sure);
    for (size_t row = 0, said = 0; row < t->rows; row++) {
        double value;
        if (!leaves_out_zero(t, row) ||
            mi_table_number(t, row, (size_t)mi_table_has(t, "difference"), &value) != MI_OK)
            continue;
        fputs(said++ ? ", " : ". They are (a less b): ", page);
        mi_html_put(page, mi_plot_word(cell_of(t, row, "term")));
        fprintf(page, " %+.3g", value);
    }
    fputs(".</p>\n", page);
}

/* ---- instances ---- */

static void put_enough(FILE *page, const report *r)
{
    if (r->curves == 0)
        return;
    const mi_enough *e = &r->curve[r->curves - 1];
    report_text text = {0};
    fputs("<h3>Were there instances enough?</h3>\n<p>Of ", page);
    report_put_set(page, &r->curve_table->table, e->row);
    fprintf(page, ", from half of its %g instances to all: ", e->instances);
    if (report_text_open(&text) == MI_OK) {
        mi_enough_conclude(text.stream, e);
        mi_html_put(page, report_text_of(&text));
        report_text_free(&text);
    }
    fputs(".</p>\n", page);
}

/* ---- what next ---- */

static int has_undecided(const report *r)
{
    return r->verdict && (count_verdicts(r, MI_CHECK_LOWER, MI_VERDICT_UNDECIDED) ||
                          count_verdicts(r, MI_CHECK_UPPER, MI_VERDICT_UNDECIDED));
}

static int has_failed(const report *r)
{
    return r->verdict && (count_verdicts(r, MI_CHECK_LOWER, MI_VERDICT_FAILS) ||
                          count_verdicts(r, MI_CHECK_UPPER, MI_VERDICT_FAILS));
}

static int lacks_decompose(const report *r)
{
    return !r->verdict;
}

static int lacks_errors(const report *r)
{
    return r->verdict && !has_errors(r);
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
        if (!e->term[k].has_converged)
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
    {has_undecided, "Where a bound is undecided, measure more instances: four times as many halve "
                    "the interval."},
    {has_failed, "Where a bound fails, do not read it as a floor or a ceiling. Compare I(Y;Z1) and "
                 "I(Z1;Z2) themselves, and see whether it also fails at order 1 "
                 "(<code>mi-bounds --alpha 1 --se --decompose</code>)."},
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

static void put_next(FILE *page, const report *r)
{
    size_t said = 0;
    for (size_t k = 0; k < sizeof next_steps / sizeof *next_steps; k++) {
        if (!next_steps[k].when(r))
            continue;
        fputs(said++ ? "" : "<h3>What to do next</h3>\n<ul>\n", page);
        fprintf(page, "<li>%s</li>\n", next_steps[k].what);
    }
    fputs(said ? "</ul>\n" : "", page);
}

void report_put_words(FILE *page, const report *r)
{
    if (r->bounds_name) {
        put_bounds(page, r);
        if (r->verdict)
            put_premises(page, r);
        put_accuracy(page, r);
    }
    put_enough(page, r);
    put_differences(page, r);
    if (r->bounds_name)
        put_next(page, r);
    else if (!r->curves && !report_table_of(r, REPORT_DIFFERENCES))
        fputs("<p>These tables are not of <code>mi-bounds</code>, so there are no bounds to speak "
              "of; they stand below.</p>\n",
              page);
}
