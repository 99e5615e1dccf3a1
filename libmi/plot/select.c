/* Which columns are drawn, and which rows belong together. */
#include <math.h>
#include <string.h>

#include "libmi/base/interval.h"
#include "libmi/base/interval_internal.h"
#include "libmi/base/mem.h"
#include "libmi/plot/private.h"

/* Part k of a list may be a name: it is not empty, nor longer than a label. */
static int has_name(const char *list, size_t k)
{
    while (k-- > 0)
        list = strchr(list, ',') + 1;
    size_t bytes = strcspn(list, ",");
    return bytes > 0 && bytes < PLOT_LABEL;
}

mi_status mi_plot_columns_of(mi_plot_columns *out, const mi_table *t, const char *list)
{
    if (mi_table_has(t, list) >= 0) {
        out->n = 1;
        return mi_table_find(t, list, &out->at[0]);
    }
    mi_status status = mi_table_find_list(t, list, out->at, PLOT_COLUMNS, &out->n);
    if (status == MI_EDATA && !has_name(list, out->n))
        return mi_fail(MI_EUSAGE, "'%s': wanted column names with commas between them", list);
    if (status == MI_OK && out->n > PLOT_COLUMNS)
        return mi_fail(MI_EUSAGE, "'%s': more than %d columns on one axis", list, PLOT_COLUMNS);
    return status;
}

/* ---- rows by their text ---- */

mi_status mi_plot_levels_of(mi_table_levels *out, const mi_table *t, const size_t *column, size_t n,
                            size_t most, const char *what)
{
    MI_TRY(mi_table_levels_of(out, t, column, n, most));
    if (out->n <= most)
        return MI_OK;
    mi_table_levels_free(out);
    return mi_fail(MI_EDATA, "%s: more than %zu %s, too many to tell apart in a chart", t->source,
                   most, what);
}

mi_status mi_plot_levels_both(mi_table_levels *out, const mi_table_levels *a,
                              const mi_table_levels *b, size_t rows)
{
    *out = (mi_table_levels){.n = a->n * b->n};
    mi_status status = MI_NEW(out->of, rows);
    if (status == MI_OK)
        status = MI_NEW(out->first, out->n);
    if (status != MI_OK) {
        mi_table_levels_free(out);
        return status;
    }
    for (size_t row = rows; row-- > 0;) {
        out->of[row] = a->of[row] * b->n + b->of[row];
        out->first[out->of[row]] = row;
    }
    return MI_OK;
}

/* Renumber so that value[level] increases; nan stays at the end. */
static void sort_levels(mi_table_levels *l, size_t rows, const double *value)
{
    size_t rank[PLOT_LEVELS], first[PLOT_LEVELS];
    memcpy(first, l->first, l->n * sizeof *first);
    for (size_t a = 0; a < l->n; a++) {
        rank[a] = 0;
        for (size_t b = 0; b < l->n; b++)
            rank[a] += value[b] < value[a] || (isnan(value[a]) && !isnan(value[b])) ||
                       (b < a && !(value[b] > value[a]) && isnan(value[a]) == isnan(value[b]));
        l->first[rank[a]] = first[a];
    }
    for (size_t row = 0; row < rows; row++)
        l->of[row] = rank[l->of[row]];
}

mi_status mi_plot_levels_of_orders(mi_table_levels *out, const mi_table *t)
{
    double value[PLOT_LEVELS];
    long found = mi_table_has(t, "alpha");
    size_t column = (size_t)found;
    mi_status status;
    MI_TRY(mi_plot_levels_of(out, t, &column, found >= 0, PLOT_LEVELS, "orders alpha"));
    if (found < 0)
        return MI_OK;
    for (size_t k = 0; k < out->n; k++)
        MI_TRY_GOTO(status, mi_plot_number(t, out->first[k], column, &value[k]), fail);
    sort_levels(out, t->rows, value);
    return MI_OK;
fail:
    mi_table_levels_free(out);
    return status;
}

/* ---- numbers ---- */

/* gnuplot's ranges, and powers of ten beyond both ends of a logarithmic axis, must be numbers of double
 * precision too. */
#define SMALLEST 1e-100
#define LARGEST  1e100

int mi_plot_fits(double value)
{
    double size = fabs(value);
    return size == 0 || (size >= SMALLEST && size <= LARGEST);
}

mi_status mi_plot_number(const mi_table *t, size_t row, size_t column, double *value)
{
    MI_TRY(mi_table_number(t, row, column, value));
    if (!isfinite(*value) || mi_plot_fits(*value))
        return MI_OK;
    return mi_fail(MI_EDATA,
                   "%s: line %zu, column '%s': %s, wanted a number of size %g to %g in a chart",
                   t->from[row], t->line[row], t->name[column], mi_table_cell(t, row, column),
                   SMALLEST, LARGEST);
}

mi_status mi_plot_numbers_of(double **out, const mi_table *t, size_t column)
{
    mi_status status = MI_NEW(*out, t->rows);
    for (size_t row = 0; status == MI_OK && row < t->rows; row++)
        status = mi_plot_number(t, row, column, &(*out)[row]);
    return status;
}

int mi_plot_all_whole(const double *x, size_t n)
{
    size_t k = 0;
    while (k < n && (!isfinite(x[k]) || x[k] == rint(x[k])))
        k++;
    return k == n;
}

int mi_plot_has_numbers(const mi_table *t, const char *column)
{
    long c = mi_table_has(t, column);
    double value;
    for (size_t row = 0; c >= 0 && row < t->rows; row++)
        if (mi_plot_number(t, row, (size_t)c, &value) == MI_OK && isfinite(value))
            return 1;
    return 0;
}

/* ---- intervals ---- */

/* The column NAME_SUFFIX, or -1. */
static long companion(const mi_table *t, const char *name, const char *suffix)
{
    char both[PLOT_LABEL];
    snprintf(both, sizeof both, "%s_%s", name, suffix);
    return mi_table_has(t, both);
}

mi_plot_measured mi_plot_measured_of(const mi_table *t, size_t column)
{
    const char *name = t->name[column];
    mi_plot_measured m = {.column = column,
                          .low = companion(t, name, "lo"),
                          .high = companion(t, name, "hi"),
                          .error = companion(t, name, "se"),
                          .n = companion(t, name, "n"),
                          .degrees = mi_table_has(t, "degrees"),
                          .is_accuracy = mi_plot_is_accuracy(name)};
    if (strcmp(name, "difference") == 0) { /* the subject of its table, as mi-compare writes it */
        m.low = mi_table_has(t, "lo");
        m.high = mi_table_has(t, "hi");
    }
    m.one = m.is_accuracy && mi_plot_is_percent(t, column) ? 100 : 1;
    return m;
}

/* The number in a column, nan without one. */
static mi_status number_in(const mi_table *t, size_t row, long column, double *value)
{
    *value = NAN;
    return column < 0 ? MI_OK : mi_plot_number(t, row, (size_t)column, value);
}

/* Wilson's score interval of an accuracy that is of NAME_n rows. */
static mi_status binomial(const mi_table *t, size_t row, const mi_plot_measured *m, double value,
                          mi_plot_point *p)
{
    double n;
    MI_TRY(number_in(t, row, m->n, &n));
    mi_wilson(&p->low, &p->high, value / m->one, n, PLOT_INTERVAL);
    p->low *= m->one;
    p->high *= m->one;
    return MI_OK;
}

mi_status mi_plot_interval(const mi_table *t, size_t row, const mi_plot_measured *m,
                           mi_plot_point *p)
{
    double value, error, degrees;
    MI_TRY(number_in(t, row, m->low, &p->low));
    MI_TRY(number_in(t, row, m->high, &p->high));
    if (!isnan(p->low) && !isnan(p->high))
        return MI_OK;
    MI_TRY(mi_plot_number(t, row, m->column, &value));
    if (m->is_accuracy)
        return binomial(t, row, m, value, p);
    MI_TRY(number_in(t, row, m->error, &error));
    MI_TRY(number_in(t, row, m->degrees, &degrees));
    double half = mi_student(degrees, PLOT_INTERVAL) * error;
    p->low = value - half;
    p->high = value + half;
    return MI_OK;
}

mi_status mi_plot_cross_of(mi_plot_cross *out, int *drawn, const mi_table *t, size_t row,
                           const mi_plot_measured *x, const mi_plot_measured *y, int log_x,
                           int log_y)
{
    mi_plot_point end;
    MI_TRY(mi_plot_number(t, row, x->column, &out->x));
    MI_TRY(mi_plot_number(t, row, y->column, &out->y));
    MI_TRY(mi_plot_interval(t, row, x, &end));
    out->x_low = end.low;
    out->x_high = end.high;
    MI_TRY(mi_plot_interval(t, row, y, &end));
    out->y_low = end.low;
    out->y_high = end.high;
    *drawn =
        isfinite(out->x) && isfinite(out->y) && (!log_x || out->x > 0) && (!log_y || out->y > 0);
    return MI_OK;
}
