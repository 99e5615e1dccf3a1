/* What was found in the tables, as tables: verdicts, correlations, learning curves. */
#include <math.h>

#include "report.h"

/* ---- verdicts ---- */

static void put_verdict(FILE *page, mi_verdict v)
{
    static const char *const class[] = {"holds", "fails", "undecided", "none"};
    fprintf(page, "<span class=\"%s\">%s</span>", class[v], mi_verdict_name(v));
}

static void put_check(FILE *page, const mi_check *c)
{
    fputs("<tr><th scope=\"row\">", page);
    report_put_text(page, c->statement);
    fprintf(page, "</th><td>%s</td><td class=\"number\">", c->family);
    report_put_value(page, fabs(c->value) <= c->tolerance ? 0 : c->value, (c->hi - c->lo) / 2);
    fputs("</td><td>", page);
    put_verdict(page, c->verdict);
    fprintf(page, "</td><td>%s (", mi_standing_name(c->standing));
    mi_html_put(page, c->note);
    fprintf(page, ")%s</td></tr>\n", c->no_error ? ", value compared: no standard error" : "");
}

static void put_checks(FILE *page, const mi_validation *v)
{
    report_begin_table(page, "Verdicts of one set", "checks");
    fputs("<thead><tr><th scope=\"col\">statement</th><th scope=\"col\">kind</th><th scope=\"col\" "
          "class=\"number\">value</th><th scope=\"col\">verdict</th><th scope=\"col\">standing</th>"
          "</tr></thead>\n<tbody>\n",
          page);
    for (size_t k = 0; k < v->count; k++)
        put_check(page, &v->check[k]);
    report_end_table(page);
}

/* Bounds, data processing and premises: what may hold or not. */
enum { SHOWN_CHECKS = MI_CHECK_Y_Z2_GIVEN_Z1 + 1 };

/* Where not all rows are shown, how many there are. */
static void put_first_of(FILE *page, size_t rows)
{
    if (rows > REPORT_MOST_ROWS)
        fprintf(page, "<p class=\"notes\">The first %d of %zu rows.</p>\n", REPORT_MOST_ROWS, rows);
}

static void put_matrix(FILE *page, const report *r)
{
    report_begin_table(page, "Verdicts of all sets", "sorts matrix");
    fputs("<thead><tr><th scope=\"col\">set</th>", page);
    for (size_t k = 0; k < SHOWN_CHECKS; k++) {
        fputs("<th scope=\"col\">", page);
        report_put_text(page, r->verdict[0].check[k].statement);
        fputs("</th>", page);
    }
    fputs("</tr></thead>\n<tbody>\n", page);
    for (size_t row = 0; row < r->bounds.rows && row < REPORT_MOST_ROWS; row++) {
        fputs("<tr><th scope=\"row\">", page);
        report_put_set(page, &r->sets, row);
        fputs("</th>", page);
        for (size_t k = 0; k < SHOWN_CHECKS; k++) {
            fputs("<td>", page);
            put_verdict(page, r->verdict[row].check[k].verdict);
            fputs("</td>", page);
        }
        fputs("</tr>\n", page);
    }
    report_end_table(page);
    put_first_of(page, r->bounds.rows);
}

void report_put_verdicts(FILE *page, const report *r)
{
    enum { MOST_DETAILS = 100 };
    size_t rows = r->bounds.rows;
    fprintf(
        page,
        "<h3 id=\"verdicts\">Verdicts</h3>\n<p>The value of A &#8804; B is B - A, with half its "
        "interval of %g %%.</p>\n",
        100 * r->level);
    if (rows == 1) {
        put_checks(page, &r->verdict[0]);
        return;
    }
    put_matrix(page, r);
    if (rows > MOST_DETAILS)
        fprintf(page, "<p class=\"notes\">All statements, of the last %d sets:</p>\n",
                MOST_DETAILS);
    for (size_t row = rows > MOST_DETAILS ? rows - MOST_DETAILS : 0; row < rows; row++) {
        fputs("<details><summary>", page);
        report_put_set(page, &r->sets, row);
        fputs("</summary>\n<p>", page);
        report_put_text(page, r->verdict[row].conclusion);
        fputs(".</p>\n", page);
        put_checks(page, &r->verdict[row]);
        fputs("</details>\n", page);
    }
}

/* ---- correlations ---- */

static void put_number(FILE *page, const char *format, double value)
{
    fputs("<td class=\"number\">", page);
    if (isnan(value))
        fputs("&#8211;", page);
    else
        fprintf(page, format, value);
    fputs("</td>", page);
}

static void put_pair(FILE *page, const pairs *p, const pairs_result *x)
{
    fputs("<tr><th scope=\"row\">", page);
    mi_html_put(page, mi_plot_word(p->table->name[x->x]));
    fputs("</th>", page);
    if (p->group_name) {
        fputs("<td>", page);
        mi_html_put(page, p->group_name[x->group]);
        fputs("</td>", page);
    }
    fprintf(page, "<td class=\"number\">%zu</td>", x->n);
    put_number(page, "%.2f", x->of[MI_SPEARMAN].r);
    put_number(page, "%.2f", x->of[MI_SPEARMAN].fisher.low);
    put_number(page, "%.2f", x->of[MI_SPEARMAN].fisher.high);
    put_number(page, "%.2g", x->of[MI_SPEARMAN].p);
    put_number(page, "%.2f", x->of[MI_PEARSON].r);
    put_number(page, "%.2f", x->of[MI_KENDALL].r);
    fputs("</tr>\n", page);
}

static void put_pairs(FILE *page, const pairs *p, const char *given)
{
    static const char *const head[] = {"points", "Spearman", "low",    "high",
                                       "p",      "Pearson",  "Kendall"};
    if (p->count == 0)
        return;
    fputs("<h3>Correlations with ", page);
    mi_html_put(page, p->o->y);
    fprintf(page,
            "%s</h3>\n<p>Low and high: of the %g %% interval of Spearman's; p: of this pair by "
            "itself.</p>\n",
            given, 100 * p->o->how.level);
    report_begin_table(page, *given ? "Partial correlations" : "Correlations", "sorts");
    fprintf(page, "<thead><tr><th scope=\"col\">quantity</th>%s",
            p->group_name ? "<th scope=\"col\">rows</th>" : "");
    for (size_t k = 0; k < sizeof head / sizeof *head; k++)
        fprintf(page, "<th scope=\"col\" class=\"number\">%s</th>", head[k]);
    fputs("</tr></thead>\n<tbody>\n", page);
    for (size_t k = 0; k < p->count && k < REPORT_MOST_ROWS; k++)
        put_pair(page, p, &p->result[k]);
    report_end_table(page);
    put_first_of(page, p->count);
}

void report_put_correlations(FILE *page, const report *r)
{
    put_pairs(page, &r->correlations, "");
    put_pairs(page, &r->given_epoch, ", the epoch held fixed");
}

/* ---- learning curves ---- */

static void put_curve(FILE *page, const report *r, const mi_enough *e)
{
    fputs("<h3>From half to all instances: ", page);
    report_put_set(page, &r->curve_sets, e->row);
    fprintf(page,
            "</h3>\n<p>Change: the value of all %g instances less that of half of them; "
            "within error where its interval has 0 in it. Standard errors at two and four times "
            "the instances are those to be expected.</p>\n",
            e->instances);
    report_begin_table(page, "Learning curve", "sorts");
    fputs(
        "<thead><tr><th scope=\"col\">term</th><th scope=\"col\" class=\"number\">value</th><th "
        "scope=\"col\" class=\"number\">change</th><th scope=\"col\">verdict</th><th scope=\"col\" "
        "class=\"number\">error now</th><th scope=\"col\" class=\"number\">at 2 x</th><th "
        "scope=\"col\" class=\"number\">at 4 x</th></tr></thead>\n<tbody>\n",
        page);
    for (size_t k = 0; k < e->count; k++) {
        const mi_enough_term *x = &e->term[k];
        fputs("<tr><th scope=\"row\">", page);
        mi_html_put(page, mi_plot_word(mi_term_name(x->term)));
        fprintf(page, "</th><td class=\"number\" data-v=\"%g\">", x->value);
        report_put_value(page, x->value, (x->hi - x->lo) / 2);
        fprintf(page, "</td><td class=\"number\" data-v=\"%g\">", x->change);
        report_put_value(page, x->change, (x->hi - x->lo) / 2);
        fprintf(page, "</td><td><span class=\"%s</span></td>",
                x->is_within ? "holds\">within error" : "undecided\">beyond error");
        put_number(page, "%.2g", x->se);
        put_number(page, "%.2g", x->se_2);
        put_number(page, "%.2g", x->se_4);
        fputs("</tr>\n", page);
    }
    report_end_table(page);
}

void report_put_curves(FILE *page, const report *r)
{
    for (size_t k = 0; k < r->curves; k++)
        put_curve(page, r, &r->curve[k]);
}
