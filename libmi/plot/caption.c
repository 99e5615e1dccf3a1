/* The caption, small below the key: of how many rows the numbers are, what their intervals are, and
 * what stood for R. */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "libmi/base/number.h"
#include "libmi/plot/private.h"

static void add(char *out, const char *format, ...) MI_PRINTF(2, 3);

static void add(char *out, const char *format, ...)
{
    size_t used = strlen(out);
    va_list args;
    if (used && used + 2 < PLOT_LABEL)
        used += (size_t)snprintf(out + used, PLOT_LABEL - used, ", ");
    va_start(args, format);
    if (used < PLOT_LABEL)
        vsnprintf(out + used, PLOT_LABEL - used, format, args);
    va_end(args);
}

/* Least and largest number of a column, over the rows that the chart is of; 0 when it has none. */
static int limits(const mi_plot_page *p, const char *name, double *low, double *high)
{
    const mi_table *t = p->t;
    size_t first = p->row ? p->row - 1 : 0, end = p->row ? p->row : t->rows;
    long column = mi_table_has(t, name);
    double value;
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t row = first; column >= 0 && row < end; row++)
        if (mi_table_number(t, row, (size_t)column, &value) == MI_OK && isfinite(value)) {
            *low = fmin(*low, value);
            *high = fmax(*high, value);
        }
    return *low <= *high;
}

/* "n = 512 (256 instances)", "n = 256 to 512". Where a row is a mean over runs so is its n, which is
 * rounded. */
static void add_rows(char *out, const mi_plot_page *p)
{
    double low, high, instances, most;
    char a[MI_NUMBER_BYTES], b[MI_NUMBER_BYTES], of[MI_NUMBER_BYTES + 32] = "";
    if (!limits(p, "n", &low, &high))
        return;
    mi_number_print(a, 12, rint(low));
    mi_number_print(b, 12, rint(high));
    if (limits(p, "instances", &instances, &most) && instances == most && instances < low) {
        char number[MI_NUMBER_BYTES];
        snprintf(of, sizeof of, " (%s instances)", mi_number_print(number, 12, instances));
    }
    add(out, "n = %s%s%s%s", a, low < high ? " to " : "", low < high ? b : "", of);
}

/* The text of a column, where the rows that the chart is of have one. */
static void add_text(char *out, const mi_plot_page *p, const char *name, const char *words)
{
    const mi_table *t = p->t;
    long column = mi_table_has(t, name);
    const char *first;
    if (column < 0)
        return;
    first = mi_table_cell(t, p->row ? p->row - 1 : 0, (size_t)column);
    if (!*first || strcmp(first, "nan") == 0 || (!p->row && mi_table_varies(t, (size_t)column)))
        return;
    add(out, "%s = %.40s", words, strcmp(first, "inf") == 0 ? "∞" : first);
}

/* Correlations come with the level they were asked for. */
static void add_intervals(char *out, const mi_plot_page *p)
{
    double level, most;
    if (!p->has_intervals)
        return;
    if (!limits(p, "level", &level, &most) || level != most)
        level = PLOT_INTERVAL;
    add(out, "%g %% intervals", 100 * level);
}

void mi_plot_caption(char *out, const mi_plot_page *p)
{
    *out = 0;
    add_rows(out, p);
    add_text(out, p, "alpha", "order α");
    add_text(out, p, "r_kind", "R");
    add_intervals(out, p);
    if (*p->remark) {
        double fewest, most;
        if (limits(p, "runs", &fewest, &most) && fewest == most)
            add(out, "%s (%g runs)", p->remark, fewest);
        else
            add(out, "%s", p->remark);
    }
}
