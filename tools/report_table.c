/* A table of a report: what differs between rows in columns, what is the same in all of them below. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

/* ---- columns ---- */

/* The columns of a table in the order of their names, so that a table of very many is no slower a column. */
typedef struct {
    const mi_table *t;
    size_t *order; /* (columns) */
} names;

static int compare_names(const void *one, const void *other, void *table)
{
    const mi_table *t = table;
    size_t a = *(const size_t *)one, b = *(const size_t *)other;
    int order = strcmp(t->name[a], t->name[b]);
    return order ? order : (a > b) - (a < b);
}

static mi_status names_of(names *out, const mi_table *t)
{
    *out = (names){.t = t};
    MI_TRY(MI_NEW_RAW(out->order, t->columns));
    for (size_t k = 0; k < t->columns; k++)
        out->order[k] = k;
    qsort_r(out->order, t->columns, sizeof *out->order, compare_names, (void *)t);
    return MI_OK;
}

/* As mi_table_has. */
static long find(const names *n, const char *name)
{
    size_t low = 0, high = n->t->columns;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(n->t->name[n->order[middle]], name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    int is_there = low < n->t->columns && strcmp(n->t->name[n->order[low]], name) == 0;
    return is_there ? (long)n->order[low] : -1;
}

/* The column "X_se" of X, or -1. */
static long companion(const names *n, const char *name, const char *suffix)
{
    char full[256];
    snprintf(full, sizeof full, "%s%s", name, suffix);
    return find(n, full);
}

/* "X_se", "X_lo" or "X_hi" of a column X: it stands in the cells of X. */
static int is_companion(const names *n, const char *name)
{
    static const char *const suffix[] = {"_se", "_lo", "_hi"};
    size_t bytes = strlen(name);
    char base[256];
    for (size_t k = 0; k < sizeof suffix / sizeof *suffix; k++)
        if (bytes > 3 && bytes < sizeof base && strcmp(name + bytes - 3, suffix[k]) == 0) {
            snprintf(base, sizeof base, "%.*s", (int)bytes - 3, name);
            return find(n, base) >= 0;
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

/* What says where a row comes from stands in every table. */
static int is_origin(const mi_table *t, size_t column)
{
    return (strcmp(t->name[column], "file") == 0 || strcmp(t->name[column], "group") == 0) &&
           mi_table_varies(t, column);
}

static int is_chosen(const names *n, size_t column, report_columns c)
{
    const mi_table *t = n->t;
    const char *name = t->name[column];
    if (is_companion(n, name) || is_empty(t, column))
        return 0;
    if (c == REPORT_DECOMPOSED)
        return is_decomposed(name) || is_origin(t, column);
    return c == REPORT_ALL_COLUMNS || !is_decomposed(name);
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

/* A column, and those of its interval or standard error; -1: none. */
typedef struct {
    size_t column;
    long low, high, error;
} part;

/* Columns of a table in the order in which they are shown. */
typedef struct {
    part *varying, *constant; /* (n_varying), (n_constant) */
    size_t n_varying, n_constant;
    long degrees;
    double level;
} shown;

static part part_of(const names *n, size_t column)
{
    const char *name = n->t->name[column];
    return (part){.column = column,
                  .low = companion(n, name, "_lo"),
                  .high = companion(n, name, "_hi"),
                  .error = companion(n, name, "_se")};
}

static void choose(shown *s, const names *n, report_columns c)
{
    const mi_table *t = n->t;
    s->degrees = find(n, "degrees");
    for (int rank = 0; rank < RANKS; rank++)
        for (size_t k = 0; k < t->columns; k++) {
            if (rank_of(t->name[k]) != rank || !is_chosen(n, k, c))
                continue;
            if (mi_table_varies(t, k))
                s->varying[s->n_varying++] = part_of(n, k);
            else
                s->constant[s->n_constant++] = part_of(n, k);
        }
}

static mi_status shown_of(shown *s, const mi_table *t, report_columns c, double level)
{
    names n;
    *s = (shown){.level = level};
    MI_TRY(MI_NEW(s->varying, t->columns));
    MI_TRY(MI_NEW(s->constant, t->columns));
    MI_TRY(names_of(&n, t));
    choose(s, &n, c);
    mi_free(n.order);
    return MI_OK;
}

static void shown_free(shown *s)
{
    mi_free(s->varying);
    mi_free(s->constant);
}

/* ---- cells ---- */

/* Half the interval of a cell: its own, or of its standard error; nan: none. */
static double half_of(const mi_table *t, size_t row, const shown *s, const part *p)
{
    double a, b;
    if (p->low >= 0 && p->high >= 0 && is_number(t, row, (size_t)p->low, &a) &&
        is_number(t, row, (size_t)p->high, &b))
        return (b - a) / 2;
    if (p->error >= 0 && s->degrees >= 0 && is_number(t, row, (size_t)p->error, &a) &&
        is_number(t, row, (size_t)s->degrees, &b))
        return mi_t_factor(s->level, b) * a;
    return NAN;
}

static void put_cell_text(FILE *page, const mi_table *t, size_t row, const shown *s, const part *p)
{
    size_t column = p->column;
    double value, half = half_of(t, row, s, p);
    if (!is_number(t, row, column, &value))
        mi_html_put(page, mi_table_cell(t, row, column));
    else if (isfinite(half))
        report_put_value(page, value, half);
    else if (isnan(value))
        fputs("&#8211;", page);
    else
        fprintf(page, value == rint(value) && fabs(value) < 1e15 ? "%.0f" : "%.4g", value);
}

static void put_cell(FILE *page, const mi_table *t, size_t row, const shown *s, const part *p)
{
    size_t column = p->column;
    double value;
    if (is_number(t, row, column, &value)) {
        fputs("<td class=\"number\" data-v=\"", page);
        mi_html_put(page, mi_table_cell(t, row, column));
        fputs("\">", page);
    } else {
        fputs("<td>", page);
    }
    put_cell_text(page, t, row, s, p);
    fputs("</td>", page);
}

/* ---- a table ---- */

void report_begin_table(FILE *page, const char *label, const char *class)
{
    fputs("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"", page);
    mi_html_put(page, label);
    fprintf(page, "\">\n<table class=\"%s\">\n", class);
}

void report_end_table(FILE *page)
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

static void put_rows(FILE *page, const mi_table *t, const shown *s)
{
    fputs("<thead><tr>", page);
    for (size_t k = 0; k < s->n_varying; k++)
        put_head(page, t->name[s->varying[k].column], are_numbers(t, s->varying[k].column));
    fputs("</tr></thead>\n<tbody>\n", page);
    for (size_t row = 0; row < t->rows && row < REPORT_MOST_ROWS; row++) {
        fputs("<tr>", page);
        for (size_t k = 0; k < s->n_varying; k++)
            put_cell(page, t, row, s, &s->varying[k]);
        fputs("</tr>\n", page);
    }
}

/* One row: a line a column. */
static void put_upright(FILE *page, const mi_table *t, const shown *s)
{
    fputs(
        "<thead><tr><th scope=\"col\">column</th><th scope=\"col\" class=\"number\">value</th></tr>"
        "</thead>\n<tbody>\n",
        page);
    for (size_t k = 0; k < s->n_constant; k++) {
        fputs("<tr><th scope=\"row\">", page);
        mi_html_put(page, mi_plot_word(t->name[s->constant[k].column]));
        fputs("</th>", page);
        put_cell(page, t, 0, s, &s->constant[k]);
        fputs("</tr>\n", page);
    }
}

static void put_constants(FILE *page, const mi_table *t, const shown *s)
{
    size_t n = t->rows > 1 ? s->n_constant : 0;
    for (size_t k = 0; k < n; k++) {
        fputs(k ? ", " : "<p class=\"notes\">The same in all rows: ", page);
        mi_html_put(page, mi_plot_word(t->name[s->constant[k].column]));
        fputs(" = ", page);
        put_cell_text(page, t, 0, s, &s->constant[k]);
    }
    fputs(n ? ".</p>\n" : "", page);
    if (t->rows > REPORT_MOST_ROWS)
        fprintf(page,
                "<p class=\"notes\">The first %d of %zu rows; all are in the data below.</p>\n",
                REPORT_MOST_ROWS, t->rows);
}

mi_status report_put_table(FILE *page, const mi_table *t, report_columns c, double level,
                           const char *label)
{
    shown s;
    if (t->rows == 0) {
        fputs("<p>No rows.</p>\n", page);
        return MI_OK;
    }
    mi_status status = shown_of(&s, t, c, level);
    if (status == MI_OK) {
        report_begin_table(page, label, t->rows > 1 ? "sorts" : "upright");
        if (t->rows > 1)
            put_rows(page, t, &s);
        else
            put_upright(page, t, &s);
        report_end_table(page);
        put_constants(page, t, &s);
    }
    shown_free(&s);
    return status;
}
