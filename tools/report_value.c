/* Values, names of sets and texts of the library as the words of a report write them. */
#include <math.h>
#include <string.h>

#include "report.h"

const char *report_cell(const mi_table *t, size_t row, const char *column)
{
    long k = mi_table_has(t, column);
    return k < 0 ? "" : mi_table_cell(t, row, (size_t)k);
}

static int differs(const mi_table *t, const char *column)
{
    for (size_t row = 1; row < t->rows; row++)
        if (strcmp(report_cell(t, row, column), report_cell(t, 0, column)) != 0)
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
    const char *file = report_cell(t, row, "file"), *base = report_base_name(file);
    if (strcmp(file, "-") == 0)
        return "standard input";
    for (size_t k = 0; k < t->rows; k++) {
        const char *other = report_cell(t, k, "file");
        if (strcmp(other, file) != 0 && strcmp(report_base_name(other), base) == 0)
            return file;
    }
    return base;
}

void report_put_set(FILE *page, const mi_table *t, size_t row)
{
    const char *file = report_cell(t, row, "file"), *group = report_cell(t, row, "group");
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
