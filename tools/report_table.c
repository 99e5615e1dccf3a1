/* Tables of a report: what differs between rows in columns, what is the same in all of them below. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

enum { MOST_ROWS = 1000 }; /* more are in the data alone */

/* ---- columns ---- */

/* The column "X_se" of X, or -1. */
static long companion(const mi_table *t, const char *name, const char *suffix)
{
    char full[256];
    snprintf(full, sizeof full, "%s%s", name, suffix);
    return mi_table_has(t, full);
}

/* "X_se", "X_lo" or "X_hi" of a column X: it stands in the cells of X. */
static int is_companion(const mi_table *t, const char *name)
{
    static const char *const suffix[] = {"_se", "_lo", "_hi"};
    size_t bytes = strlen(name);
    char base[256];
    for (size_t k = 0; k < sizeof suffix / sizeof *suffix; k++)
        if (bytes > 3 && bytes < sizeof base && strcmp(name + bytes - 3, suffix[k]) == 0) {
            snprintf(base, sizeof base, "%.*s", (int)bytes - 3, name);
            return mi_table_has(t, base) >= 0;
        }
    return 0;
}

static int is_number(const mi_table *t, size_t row, size_t column, double *value)
{
    return mi_table_number(t, row, column, value) == MI_OK;
}

static int are_numbers(const mi_table *t, size_t column)
{
    double value;
    for (size_t row = 0; row < t->rows; row++)
        if (!is_number(t, row, column, &value))
            return 0;
    return 1;
}

static int is_empty(const mi_table *t, size_t column)
{
    return !mi_table_varies(t, column) &&
           (t->rows == 0 || strcmp(mi_table_cell(t, 0, column), "nan") == 0);
}

static int is_decomposed(const char *name)
{
    for (mi_term k = MI_FIRST_DECOMPOSED; k < MI_TERMS; k++)
        if (strcmp(name, mi_term_name(k)) == 0)
            return 1;
    return 0;
}

/* Which columns: those of the decomposed bounds, or the others. */
typedef enum { ALL_COLUMNS, WITHOUT_DECOMPOSED, DECOMPOSED } choice;

/* What says where a row comes from stands in every table. */
static int is_origin(const mi_table *t, size_t column)
{
    return (strcmp(t->name[column], "file") == 0 || strcmp(t->name[column], "group") == 0) &&
           mi_table_varies(t, column);
}

static int is_chosen(const mi_table *t, size_t column, choice c)
{
    const char *name = t->name[column];
    if (is_companion(t, name) || is_empty(t, column))
        return 0;
    if (c == DECOMPOSED)
        return is_decomposed(name) || is_origin(t, column);
    return c == ALL_COLUMNS || !is_decomposed(name);
}

/* What a reader looks for first stands first among the terms; settings and attributes stand before all. */
static const char *const first[] = {"lower", "I_Y_Z1", "upper", "I_Z1_Z2", "I_Z1_Z2_null"};
enum { FIRST = sizeof first / sizeof *first, RANKS = FIRST + 2 };

static int rank_of(const char *name)
{
    for (int k = 0; k < FIRST; k++)
        if (strcmp(name, first[k]) == 0)
            return 1 + k;
    for (mi_term k = 0; k < MI_TERMS; k++)
        if (strcmp(name, mi_term_name(k)) == 0)
            return FIRST + 1;
    return 0;
}

/* Columns of a table in the order in which they are shown. */
typedef struct {
    size_t *varying, *constant; /* (n_varying), (n_constant) */
    size_t n_varying, n_constant;
} shown;

static mi_status choose(shown *s, const mi_table *t, choice c)
{
    *s = (shown){.varying = NULL};
    MI_TRY(MI_NEW(s->varying, t->columns));
    mi_status status = MI_NEW(s->constant, t->columns);
    for (int rank = 0; status == MI_OK && rank < RANKS; rank++)
        for (size_t k = 0; k < t->columns; k++) {
            if (rank_of(t->name[k]) != rank || !is_chosen(t, k, c))
                continue;
            if (mi_table_varies(t, k))
                s->varying[s->n_varying++] = k;
            else
                s->constant[s->n_constant++] = k;
        }
    return status;
}

static void shown_free(shown *s)
{
    mi_free(s->varying);
    mi_free(s->constant);
}

/* ---- cells ---- */

/* Half the interval of a cell: its own, or of its standard error; nan: none. */
static double half_of(const mi_table *t, size_t row, size_t column, double level)
{
    long lo = companion(t, t->name[column], "_lo"), hi = companion(t, t->name[column], "_hi");
    long se = companion(t, t->name[column], "_se"), degrees = mi_table_has(t, "degrees");
    double a, b;
    if (lo >= 0 && hi >= 0 && is_number(t, row, (size_t)lo, &a) &&
        is_number(t, row, (size_t)hi, &b))
        return (b - a) / 2;
    if (se >= 0 && degrees >= 0 && is_number(t, row, (size_t)se, &a) &&
        is_number(t, row, (size_t)degrees, &b))
        return mi_t_factor(level, b) * a;
    return NAN;
}

static void put_cell_text(FILE *page, const mi_table *t, size_t row, size_t column, double level)
{
    double value, half = half_of(t, row, column, level);
    if (!is_number(t, row, column, &value))
        mi_html_put(page, mi_table_cell(t, row, column));
    else if (isfinite(half))
        report_put_value(page, value, half);
    else if (isnan(value))
        fputs("&#8211;", page);
    else
        fprintf(page, value == rint(value) && fabs(value) < 1e15 ? "%.0f" : "%.4g", value);
}

static void put_cell(FILE *page, const mi_table *t, size_t row, size_t column, double level)
{
    double value;
    if (is_number(t, row, column, &value)) {
        fputs("<td class=\"number\" data-v=\"", page);
        mi_html_put(page, mi_table_cell(t, row, column));
        fputs("\">", page);
    } else {
        fputs("<td>", page);
    }
    put_cell_text(page, t, row, column, level);
    fputs("</td>", page);
}

/* ---- a table ---- */

static void begin_table(FILE *page, const char *label, const char *class)
{
    fputs("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"", page);
    mi_html_put(page, label);
    fprintf(page, "\">\n<table class=\"%s\">\n", class);
}

static void end_table(FILE *page)
{
    fputs("</tbody>\n</table>\n</div>\n", page);
}

static void put_head(FILE *page, const char *column, int is_numeric)
{
    fprintf(page, "<th scope=\"col\"%s title=\"", is_numeric ? " class=\"number\"" : "");
    mi_html_put(page, column);
    fputs("\">", page);
    mi_html_put(page, mi_plot_word(column));
    fputs("</th>", page);
}

static void put_rows(FILE *page, const mi_table *t, const shown *s, double level)
{
    fputs("<thead><tr>", page);
    for (size_t k = 0; k < s->n_varying; k++)
        put_head(page, t->name[s->varying[k]], are_numbers(t, s->varying[k]));
    fputs("</tr></thead>\n<tbody>\n", page);
    for (size_t row = 0; row < t->rows && row < MOST_ROWS; row++) {
        fputs("<tr>", page);
        for (size_t k = 0; k < s->n_varying; k++)
            put_cell(page, t, row, s->varying[k], level);
        fputs("</tr>\n", page);
    }
}

/* One row: a line a column. */
static void put_upright(FILE *page, const mi_table *t, const shown *s, double level)
{
    fputs(
        "<thead><tr><th scope=\"col\">column</th><th scope=\"col\" class=\"number\">value</th></tr>"
        "</thead>\n<tbody>\n",
        page);
    for (size_t k = 0; k < s->n_constant; k++) {
        fputs("<tr><th scope=\"row\">", page);
        mi_html_put(page, mi_plot_word(t->name[s->constant[k]]));
        fputs("</th>", page);
        put_cell(page, t, 0, s->constant[k], level);
        fputs("</tr>\n", page);
    }
}

static void put_constants(FILE *page, const mi_table *t, const shown *s, double level)
{
    size_t n = t->rows > 1 ? s->n_constant : 0;
    for (size_t k = 0; k < n; k++) {
        fputs(k ? ", " : "<p class=\"notes\">The same in all rows: ", page);
        mi_html_put(page, mi_plot_word(t->name[s->constant[k]]));
        fputs(" = ", page);
        put_cell_text(page, t, 0, s->constant[k], level);
    }
    fputs(n ? ".</p>\n" : "", page);
    if (t->rows > MOST_ROWS)
        fprintf(page,
                "<p class=\"notes\">The first %d of %zu rows; all are in the data below.</p>\n",
                MOST_ROWS, t->rows);
}

static mi_status put_table(FILE *page, const mi_table *t, choice c, double level, const char *label)
{
    shown s;
    if (t->rows == 0) {
        fputs("<p>No rows.</p>\n", page);
        return MI_OK;
    }
    mi_status status = choose(&s, t, c);
    if (status == MI_OK) {
        begin_table(page, label, t->rows > 1 ? "sorts" : "upright");
        if (t->rows > 1)
            put_rows(page, t, &s, level);
        else
            put_upright(page, t, &s, level);
        end_table(page);
        put_constants(page, t, &s, level);
    }
    shown_free(&s);
    return status;
}

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
    begin_table(page, "Verdicts of one set", "checks");
    fputs("<thead><tr><th scope=\"col\">statement</th><th scope=\"col\">kind</th><th scope=\"col\" "
          "class=\"number\">value</th><th scope=\"col\">verdict</th><th scope=\"col\">standing</th>"
          "</tr></thead>\n<tbody>\n",
          page);
    for (size_t k = 0; k < v->count; k++)
        put_check(page, &v->check[k]);
    end_table(page);
}

/* Bounds, data processing and premises: what may hold or not. */
enum { SHOWN_CHECKS = MI_CHECK_Y_Z2_GIVEN_Z1 + 1 };

static void put_matrix(FILE *page, const report *r)
{
    begin_table(page, "Verdicts of all sets", "sorts matrix");
    fputs("<thead><tr><th scope=\"col\">set</th>", page);
    for (size_t k = 0; k < SHOWN_CHECKS; k++) {
        fputs("<th scope=\"col\">", page);
        report_put_text(page, r->verdict[0].check[k].statement);
        fputs("</th>", page);
    }
    fputs("</tr></thead>\n<tbody>\n", page);
    for (size_t row = 0; row < r->bounds.rows && row < MOST_ROWS; row++) {
        fputs("<tr><th scope=\"row\">", page);
        report_put_set(page, &r->bounds, row);
        fputs("</th>", page);
        for (size_t k = 0; k < SHOWN_CHECKS; k++) {
            fputs("<td>", page);
            put_verdict(page, r->verdict[row].check[k].verdict);
            fputs("</td>", page);
        }
        fputs("</tr>\n", page);
    }
    end_table(page);
}

static void put_verdicts(FILE *page, const report *r)
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
    for (size_t row = rows > MOST_DETAILS ? rows - MOST_DETAILS : 0; row < rows; row++) {
        fputs("<details><summary>", page);
        report_put_set(page, &r->bounds, row);
        fputs("</summary>\n<p>", page);
        report_put_text(page, r->verdict[row].conclusion);
        fputs(".</p>\n", page);
        put_checks(page, &r->verdict[row]);
        fputs("</details>\n", page);
    }
}

/* ---- what was found ---- */

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
    begin_table(page, *given ? "Partial correlations" : "Correlations", "sorts");
    fprintf(page, "<thead><tr><th scope=\"col\">quantity</th>%s",
            p->group_name ? "<th scope=\"col\">rows</th>" : "");
    for (size_t k = 0; k < sizeof head / sizeof *head; k++)
        fprintf(page, "<th scope=\"col\" class=\"number\">%s</th>", head[k]);
    fputs("</tr></thead>\n<tbody>\n", page);
    for (size_t k = 0; k < p->count; k++)
        put_pair(page, p, &p->result[k]);
    end_table(page);
}

static void put_curve(FILE *page, const report *r, const mi_enough *e)
{
    fputs("<h3>From half to all instances: ", page);
    report_put_set(page, &r->curve_table->table, e->row);
    fprintf(page,
            "</h3>\n<p>Change: the value of all %g instances less that of half of them; "
            "within error where its interval has 0 in it. Standard errors at two and four times "
            "the instances are those to be expected.</p>\n",
            e->instances);
    begin_table(page, "Learning curve", "sorts");
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
    end_table(page);
}

/* ---- the data ---- */

/* As the tools write it, in the address of a link. */
static mi_status put_data(FILE *page, const report_table *t)
{
    report_text text = {0};
    mi_table_writer *w = NULL;
    mi_status status;
    MI_TRY(report_text_open(&text));
    MI_TRY_GOTO(status, mi_table_writer_new(&w, text.stream, MI_TABLE_TSV, 17), done);
    for (size_t k = 0; k < t->table.columns; k++)
        MI_TRY_GOTO(status, mi_table_column(w, t->table.name[k]), done);
    for (size_t row = 0; row < t->table.rows; row++) {
        for (size_t k = 0; k < t->table.columns; k++)
            MI_TRY_GOTO(status,
                        mi_table_text(w, t->table.name[k], mi_table_cell(&t->table, row, k)), done);
        MI_TRY_GOTO(status, mi_table_end_row(w), done);
    }
    MI_TRY_GOTO(status, mi_table_end(w), done);
    fputs("<li><a download=\"", page);
    mi_html_put(page, t->name);
    fputs("\" href=\"data:text/tab-separated-values;charset=utf-8,", page);
    for (const char *c = report_text_of(&text); *c; c++)
        fprintf(page,
                strchr("%\"'<>&#\t\n\r ", *c) || (unsigned char)*c < 33 || *c & 0x80 ? "%%%02X"
                                                                                     : "%c",
                (unsigned char)*c);
    fputs("\">", page);
    mi_html_put(page, t->name);
    fprintf(page, "</a>, %zu rows of %zu columns</li>\n", t->table.rows, t->table.columns);
done:
    mi_table_writer_free(w);
    report_text_free(&text);
    return status;
}

static mi_status put_read(FILE *page, const report *r)
{
    static const char *const title[] = {NULL, "Learning curve, all sizes", "Effective ranks",
                                        NULL, "Correlations, as read",     "Differences",
                                        NULL};
    for (size_t k = 0; k < r->tables; k++) {
        const report_table *t = &r->table[k];
        if (t->kind == REPORT_BOUNDS || t->kind == REPORT_EIGENVALUES)
            continue;
        const char *heading = title[t->kind] ? title[t->kind] : t->name;
        fputs("<h3>", page);
        mi_html_put(page, heading);
        fputs("</h3>\n", page);
        MI_TRY(put_table(page, &t->table, ALL_COLUMNS, r->level, heading));
    }
    return MI_OK;
}

mi_status report_put_tables(FILE *page, const report *r)
{
    if (r->verdict)
        put_verdicts(page, r);
    put_pairs(page, &r->correlations, "");
    put_pairs(page, &r->given_epoch, ", the epoch held fixed");
    if (r->bounds_name) {
        fputs("<h3>Quantities and bounds</h3>\n", page);
        MI_TRY(put_table(page, &r->bounds, WITHOUT_DECOMPOSED, r->level, "Quantities and bounds"));
    }
    if (r->verdict) {
        fputs("<h3>What the bounds are made of</h3>\n", page);
        MI_TRY(put_table(page, &r->bounds, DECOMPOSED, r->level, "What the bounds are made of"));
    }
    for (size_t k = 0; k < r->curves; k++)
        put_curve(page, r, &r->curve[k]);
    MI_TRY(put_read(page, r));
    fputs("<h3>Data</h3>\n<ul>\n", page);
    for (size_t k = 0; k < r->tables; k++)
        MI_TRY(put_data(page, &r->table[k]));
    fputs("</ul>\n", page);
    return MI_OK;
}
