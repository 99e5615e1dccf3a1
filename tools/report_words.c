/* The summary of a report: no number without its error, no verdict that the interval does not bear. */
#include <string.h>

#include "report.h"

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
    enum { MOST_NAMED = 50 }; /* in a sentence */
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
    for (size_t row = 0, said = 0; row < t->rows && said < MOST_NAMED; row++) {
        double value;
        if (!leaves_out_zero(t, row) ||
            mi_table_number(t, row, (size_t)mi_table_has(t, "difference"), &value) != MI_OK)
            continue;
        fputs(said++ ? ", " : ". They are (a less b): ", page);
        mi_html_put(page, mi_plot_word(report_cell(t, row, "term")));
        fprintf(page, " %+.3g", value);
    }
    if (sure > MOST_NAMED)
        fprintf(page, ", and %zu more", sure - MOST_NAMED);
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
    report_put_set(page, &r->curve_sets, e->row);
    fprintf(page, ", from half of its %g instances to all: ", e->instances);
    if (report_text_open(&text) == MI_OK) {
        mi_enough_conclude(text.stream, e);
        mi_html_put(page, report_text_of(&text));
        report_text_free(&text);
    }
    fputs(".</p>\n", page);
}

/* ---- all ---- */

void report_put_words(FILE *page, const report *r)
{
    if (r->bounds_name) {
        report_put_bounds(page, r);
        report_put_accuracy(page, r);
    }
    put_enough(page, r);
    put_differences(page, r);
    if (r->bounds_name)
        report_put_next(page, r);
    else if (!r->curves && !report_table_of(r, REPORT_DIFFERENCES))
        fputs("<p>These tables are not of <code>mi-bounds</code>, so there are no bounds to speak "
              "of; they stand below.</p>\n",
              page);
}
