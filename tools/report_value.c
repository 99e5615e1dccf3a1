/* Values, names of sets and texts of the library as the words of a report write them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

const char *report_cell(const mi_table *t, size_t row, const char *column)
{
    long k = mi_table_has(t, column);
    return k < 0 ? "" : mi_table_cell(t, row, (size_t)k);
}

const char *report_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* ---- sets ---- */

/* By the last part of the file, then by the whole path. */
static int compare_files(const void *one, const void *other, void *table)
{
    const char *a = report_cell(table, *(const size_t *)one, "file");
    const char *b = report_cell(table, *(const size_t *)other, "file");
    int order = strcmp(report_base_name(a), report_base_name(b));
    return order ? order : strcmp(a, b);
}

/* Files with one last part stand together in `row`: where they are several, all of them are alike. */
static void mark_alike(report_sets *s, const size_t *row)
{
    for (size_t start = 0, end; start < s->t->rows; start = end) {
        const char *first = report_cell(s->t, row[start], "file"), *last = first;
        for (end = start; end < s->t->rows; end++) {
            const char *file = report_cell(s->t, row[end], "file");
            if (strcmp(report_base_name(file), report_base_name(first)) != 0)
                break;
            last = file;
        }
        for (size_t k = start; k < end; k++)
            s->is_alike[row[k]] = (char)(strcmp(first, last) != 0);
    }
}

static int varies(const mi_table *t, const char *name)
{
    long column = mi_table_has(t, name);
    return column >= 0 && mi_table_varies(t, (size_t)column);
}

mi_status report_sets_of(report_sets *out, const mi_table *t)
{
    size_t *row;
    *out = (report_sets){.t = t, .files = varies(t, "file"), .groups = varies(t, "group")};
    MI_TRY(MI_NEW(out->is_alike, t->rows));
    MI_TRY(MI_NEW_RAW(row, t->rows));
    for (size_t k = 0; k < t->rows; k++)
        row[k] = k;
    if (out->files)
        qsort_r(row, t->rows, sizeof *row, compare_files, (void *)t);
    mark_alike(out, row);
    mi_free(row);
    return MI_OK;
}

/* The file of a row: its last part, where no other file has the same. */
static const char *short_file(const report_sets *s, size_t row)
{
    const char *file = report_cell(s->t, row, "file");
    if (strcmp(file, "-") == 0)
        return "standard input";
    return s->is_alike[row] ? file : report_base_name(file);
}

void report_put_set(FILE *page, const report_sets *s, size_t row)
{
    const char *file = report_cell(s->t, row, "file"), *group = report_cell(s->t, row, "group");
    fputs("<code title=\"", page);
    mi_html_put(page, file);
    fputs(*group ? ":" : "", page);
    mi_html_put(page, group);
    fputs("\">", page);
    if (!s->groups || s->files)
        mi_html_put(page, short_file(s, row));
    if (*group && (!s->files || s->groups)) {
        fputs(!s->groups || s->files ? ":" : "", page);
        mi_html_put(page, group);
    }
    if (!*file && !*group)
        fprintf(page, "row %zu", row + 1);
    fputs("</code>", page);
}

/* ---- values ---- */

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
