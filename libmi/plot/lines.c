/* Lines against x, a line for each run and quantity, on two vertical axes: what trend, sweep,
 * learning and sensitivity share. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/number.h"
#include "libmi/base/words.h"
#include "libmi/plot/private.h"

/* ---- series ---- */

static int compare_points(const void *a, const void *b)
{
    double left = ((const mi_plot_point *)a)->x, right = ((const mi_plot_point *)b)->x;
    return (left > right) - (left < right);
}

static void warn_of_repeats(const mi_plot_page *p, const mi_plot_lines *d, size_t n,
                            const char *run)
{
    char x[MI_NUMBER_BYTES];
    for (size_t k = 1; k < n; k++) {
        if (d->point[k].x != d->point[k - 1].x)
            continue;
        mi_warn(
            "several rows at %s %s%s%s: choose a column that tells them apart with " MI_OPTION "by",
            p->t->name[d->x], mi_number_print_shortest(x, d->point[k].x), *run ? " of " : "", run);
        return;
    }
}

static int is_among(const mi_plot_columns *c, long column)
{
    for (size_t k = 0; k < c->n; k++)
        if ((long)c->at[k] == column)
            return 1;
    return 0;
}

/* A logarithmic axis has no place for what is not positive, but a sweep makes one for 0. */
static int has_place(const mi_plot_page *p, double x)
{
    return isfinite(x) && (!p->log_x || x > 0 || (x == 0 && p->zero_at > 0));
}

static mi_status collect(const mi_plot_page *p, const mi_plot_lines *d, size_t subject, size_t run,
                         size_t column, size_t *n)
{
    const mi_plot_measured y = mi_plot_measured_of(p->t, column);
    *n = 0;
    for (size_t row = 0; row < p->t->rows; row++) {
        mi_plot_point *it = &d->point[*n];
        if (d->subject.of[row] != subject || d->runs.levels.of[row] != run)
            continue;
        it->x = d->x_of[row];
        MI_TRY(mi_plot_number(p->t, row, column, &it->y));
        MI_TRY(mi_plot_interval(p->t, row, &y, it));
        *n += has_place(p, it->x) && isfinite(it->y) && (!p->log_y || it->y > 0);
    }
    qsort(d->point, *n, sizeof *d->point, compare_points);
    return MI_OK;
}

static int runs_share_panels(const mi_plot_lines *d)
{
    return d->runs.levels.n > 1 && !d->apart;
}

/* Colours of the palette, and of its marks the filled ones, which the same ones open follow. */
enum { COLORS = 8, FILLED = 5 };

static int runs_fit_palette(const mi_plot_lines *d)
{
    return d->runs.levels.n <= COLORS;
}

static size_t quantities(const mi_plot_lines *d)
{
    return d->y[0].n + d->y[1].n;
}

/* Points at names have no dash: their mark is of the quantity. Where colours repeat it is the same mark, open;
 * with more than five quantities, or 16 runs, marks are used again. */
static int mark_at_name(const mi_plot_lines *d, size_t run, size_t quantity)
{
    if (runs_fit_palette(d))
        return d->style[quantity];
    return (int)(quantity % FILLED + FILLED * (run / COLORS)) + 1;
}

/* Where a panel has several runs and several quantities, colour and mark tell the runs apart and
 * dashes the quantities, so that print without colour tells both. */
static mi_plot_style style_of(const mi_plot_lines *d, size_t run, size_t quantity)
{
    int q = d->style[quantity], r = (int)run + 1;
    size_t runs = runs_share_panels(d) ? d->runs.levels.n : 1;
    int is_run = runs_share_panels(d), is_only = is_run && quantities(d) == 1;
    mi_plot_style style = {
        .color = is_run ? r : q, .dash = is_only ? r : q, .mark = is_run ? r : q};
    if (d->names && is_run && !is_only)
        style.mark = mark_at_name(d, run, quantity);
    if (d->names) {
        style.dash = 0;
        style.shift =
            mi_plot_names_shift(quantity * runs + (runs > 1 ? run : 0), runs * quantities(d));
    }
    return style;
}

/* Where a row is: its panel, then its x. */
typedef struct {
    size_t subject, row;
    double x;
} place;

static place place_of(const mi_plot_lines *d, size_t row)
{
    return (place){.subject = d->subject.of[row], .row = row, .x = d->x_of[row]};
}

/* An x that is nan is beside none. */
static int compare_places(const place *a, const place *b)
{
    if (a->subject != b->subject)
        return a->subject < b->subject ? -1 : 1;
    if (isnan(a->x) || isnan(b->x))
        return isnan(a->x) ? 1 : -1;
    return (a->x > b->x) - (a->x < b->x);
}

static int compare_rows(const void *one, const void *other)
{
    const place *a = one, *b = other;
    if (isnan(a->x) && isnan(b->x) && a->subject == b->subject)
        return (a->row > b->row) - (a->row < b->row);
    int order = compare_places(a, b);
    return order ? order : (a->row > b->row) - (a->row < b->row);
}

/* The first row at a place among n sorted ones; `none` without one. */
static size_t row_at(const place *sorted, size_t n, place wanted, size_t none)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_places(&sorted[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && compare_places(&sorted[low], &wanted) == 0 ? sorted[low].row : none;
}

/* *is_same: every row of other runs has the text that run `first` has at its x: the choice of R does
 * not change the upper bound, nor accuracy. */
static mi_status is_same_in_all(int *is_same, const mi_plot_page *p, const mi_plot_lines *d,
                                size_t column, size_t first)
{
    place *of_first;
    size_t n = 0, rows = p->t->rows;
    *is_same = 1;
    MI_TRY(MI_NEW_RAW(of_first, rows));
    for (size_t row = 0; row < rows; row++)
        if (d->runs.levels.of[row] == first)
            of_first[n++] = place_of(d, row);
    qsort(of_first, n, sizeof *of_first, compare_rows);
    for (size_t row = 0; *is_same && row < rows; row++) {
        size_t found = row_at(of_first, n, place_of(d, row), rows);
        *is_same = found < rows && mi_table_same(p->t, row, found, &column, 1);
    }
    mi_free(of_first);
    return MI_OK;
}

static void name_subject(char *out, const mi_plot_page *p, const mi_plot_lines *d, size_t subject)
{
    if (d->name)
        d->name(out, p, d, subject);
    else
        mi_plot_page_order(out, p->t, &d->subject, subject);
}

/* The lines of runs first to last of one vertical axis. */
static mi_status add_axis(mi_plot_page *p, mi_plot_lines *d, size_t subject, int axis, size_t first,
                          size_t last)
{
    char run_name[PLOT_LABEL], name[PLOT_LABEL], comment[4 * PLOT_LABEL];
    name_subject(name, p, d, subject);
    for (size_t k = 0; k < d->y[axis].n; k++) {
        size_t column = d->y[axis].at[k], n, quantity = k + (axis ? d->y[0].n : 0);
        int is_one = 0;
        if (last > first && quantities(d) > 1)
            MI_TRY(is_same_in_all(&is_one, p, d, column, first));
        for (size_t run = first; run <= (is_one ? first : last); run++) {
            MI_TRY(collect(p, d, subject, run, column, &n));
            if (n == 0)
                continue;
            mi_plot_runs_name(run_name, &d->runs, run);
            mi_plot_style style = style_of(d, run, quantity);
            if (is_one) {
                strcpy(run_name, "in all");
                style.color = 0;
                style.mark = d->names ? style.mark : 0;
            }
            warn_of_repeats(p, d, axis == 0 && k == 0 ? n : 0, run_name);
            snprintf(comment, sizeof comment, "%s against %s%s%s%s%s", p->t->name[column],
                     p->t->name[d->x], *name ? ", " : "", name, *run_name ? ", " : "", run_name);
            MI_TRY(mi_plot_page_series(p, comment, d->point, n, style));
        }
    }
    return MI_OK;
}

static void name_panel(char *out, const mi_plot_page *p, const mi_plot_lines *d, size_t subject,
                       size_t run)
{
    char name[PLOT_LABEL], run_name[PLOT_LABEL] = "", both[2 * PLOT_LABEL];
    name_subject(name, p, d, subject);
    if (d->apart)
        mi_plot_runs_name(run_name, &d->runs, run);
    snprintf(both, sizeof both, "%s%s%s", run_name, *run_name && *name ? ", " : "", name);
    mi_plot_label(out, both, PLOT_LABEL);
}

/* Bounds that have changed places bound nothing: the panel says so. */
static mi_status note_crossings(mi_plot_panel *it, const mi_plot_page *p, const mi_plot_lines *d,
                                size_t subject, size_t first, size_t last)
{
    long lower = mi_table_has(p->t, "lower"), upper = mi_table_has(p->t, "upper");
    size_t crossed = 0, all = 0;
    if (!is_among(&d->y[0], lower) || !is_among(&d->y[0], upper))
        return MI_OK;
    for (size_t row = 0; row < p->t->rows; row++) {
        size_t run = d->runs.levels.of[row];
        double low, high;
        if (d->subject.of[row] != subject || run < first || run > last)
            continue;
        MI_TRY(mi_plot_number(p->t, row, (size_t)lower, &low));
        MI_TRY(mi_plot_number(p->t, row, (size_t)upper, &high));
        all += isfinite(low) && isfinite(high);
        crossed += low > high;
    }
    if (crossed)
        snprintf(it->note, sizeof it->note, "lower > upper at %zu of %zu points", crossed, all);
    return MI_OK;
}

static mi_status add_panel(mi_plot_page *p, mi_plot_lines *d, size_t subject, size_t first,
                           size_t last)
{
    mi_plot_panel *it = mi_plot_page_panel(p);
    name_panel(it->title, p, d, subject, first);
    memcpy(it->xlabel, d->xlabel, sizeof it->xlabel);
    if (d->names) {
        mi_plot_reach(&it->x, 0.6, 0);
        mi_plot_reach(&it->x, (double)d->names + 0.4, 0);
    }
    MI_TRY(note_crossings(it, p, d, subject, first, last));
    MI_TRY(add_axis(p, d, subject, 0, first, last));
    it->split = p->series;
    if (it->split < it->first) {
        mi_plot_page_drop_panel(p);
        return MI_OK;
    }
    p->right = 1;
    mi_status status = add_axis(p, d, subject, 1, first, last);
    p->right = 0;
    it->last = p->series;
    return status;
}

static void add_keys(mi_plot_page *p, const mi_plot_lines *d)
{
    char text[PLOT_LABEL], name[PLOT_LABEL];
    for (size_t run = 0; runs_share_panels(d) && run < d->runs.levels.n; run++) {
        mi_plot_runs_name(name, &d->runs, run);
        mi_plot_style style = style_of(d, run, 0);
        if (quantities(d) > 1)
            style = (mi_plot_style){.color = style.color,
                                    .dash = !d->names,
                                    .mark = d->names && runs_fit_palette(d) ? 1 : style.mark};
        mi_plot_page_key(p, name, style);
    }
    /* Where there are runs to name, the axis already names the only quantity. */
    if (runs_share_panels(d) && quantities(d) == 1)
        return;
    for (int axis = 0; axis < 2; axis++) {
        for (size_t k = 0; k < d->y[axis].n; k++) {
            mi_plot_style style = style_of(d, 0, k + (axis ? d->y[0].n : 0));
            if (runs_share_panels(d)) {
                style.color = 0;
                style.mark = d->names ? style.mark : 0;
            }
            mi_plot_words_of_key(name, p->t->name[d->y[axis].at[k]]);
            mi_plot_label(text, name, PLOT_LABEL - sizeof " (right axis)");
            strcat(text, axis ? " (right axis)" : "");
            mi_plot_page_key(p, text, style);
        }
    }
}

/* ---- tics ---- */

static int compare_values(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

mi_status mi_plot_tics_at_values(mi_plot_page *p, const double *x)
{
    double *value;
    size_t n = 0;
    MI_TRY(MI_NEW(value, p->t->rows));
    for (size_t row = 0; row < p->t->rows; row++)
        if (isfinite(x[row]) && (!p->log_x || x[row] > 0 || (x[row] == 0 && p->zero_at > 0)))
            value[n++] = x[row];
    qsort(value, n, sizeof *value, compare_values);
    for (size_t k = 0; k < n && p->tics <= PLOT_TICS; k++) {
        if (k && value[k] == value[k - 1])
            continue;
        if (p->tics < PLOT_TICS)
            p->tic[p->tics] = value[k];
        p->tics++;
    }
    if (p->tics > PLOT_TICS)
        p->tics = 0;
    mi_free(value);
    return MI_OK;
}

/* Infinity stands at the right end, a step beyond the numbers. */
void mi_plot_place_infinity(mi_plot_page *p, double *x)
{
    double low = INFINITY, high = 0;
    int is_there = 0;
    for (size_t row = 0; row < p->t->rows; row++) {
        is_there |= x[row] == INFINITY;
        if (isfinite(x[row]) && x[row] > 0) {
            low = fmin(low, x[row]);
            high = fmax(high, x[row]);
        }
    }
    if (is_there && high == 0)
        p->infinite_at = 1;
    else if (is_there)
        p->infinite_at = p->log_x ? high * fmax(pow(high / low, 0.18), 1.5)
                                  : high + fmax(0.18 * (high - low), 0.2 * high);
    for (size_t row = 0; row < p->t->rows; row++)
        if (x[row] == INFINITY)
            x[row] = p->infinite_at;
}

/* ---- the chart ---- */

/* Without a wish of the user, accuracy is the second axis where it is in the table at all and not
 * on the first one. */
static mi_status choose_right_axis(mi_plot_columns *out, const mi_plot_page *p,
                                   const mi_plot_columns *left)
{
    long column = mi_table_has(p->t, "accuracy");
    if (p->o->y2)
        return strcmp(p->o->y2, "none") == 0 ? MI_OK : mi_plot_columns_of(out, p->t, p->o->y2);
    if (is_among(left, column))
        return MI_OK;
    if (mi_plot_has_numbers(p->t, "accuracy"))
        *out = (mi_plot_columns){.n = 1, .at = {(size_t)column}};
    else
        mi_warn("no accuracy in the table, so no second axis; " MI_TOOL "probe " MI_OPTION
                "write records one");
    return MI_OK;
}

mi_status mi_plot_lines_choose(mi_plot_lines *d, const mi_plot_page *p, const char *y)
{
    const mi_plot_opts *o = p->o;
    MI_TRY(mi_plot_columns_of(&d->y[0], p->t, o->y ? o->y : y));
    MI_TRY(choose_right_axis(&d->y[1], p, &d->y[0]));
    MI_TRY(d->x == (size_t)mi_table_has(p->t, "alpha")
               ? mi_plot_levels_of(&d->subject, p->t, NULL, 0, 1, "panels")
               : mi_plot_levels_of_orders(&d->subject, p->t));
    if (d->subject.n > PLOT_PANELS)
        return mi_fail(MI_EDATA, "%s: %zu orders alpha, more than the %d panels of a chart",
                       p->t->source, d->subject.n, PLOT_PANELS);
    return mi_plot_runs_of(&d->runs, p->t, &d->subject, d->x, o->by);
}

mi_status mi_plot_lines_draw(mi_plot_page *p, mi_plot_lines *d)
{
    size_t runs = d->runs.levels.n, step = d->apart ? 1 : runs;
    size_t panels = d->subject.n * (d->apart ? runs : 1);
    MI_TRY(MI_NEW(d->point, p->t->rows));
    p->whole_x = mi_plot_all_whole(d->x_of, p->t->rows);
    mi_plot_words_styles(d->style, p->t, d->y, 2);
    MI_TRY(mi_plot_warn_of_mixtures(p, &d->subject, &d->runs.levels, (long)d->x));
    p->columns = mi_plot_page_grid(panels);
    for (size_t run = 0; run < runs; run += step)
        for (size_t subject = 0; subject < d->subject.n; subject++)
            MI_TRY(add_panel(p, d, subject, run, run + step - 1));
    mi_plot_words_of_axis(p->ylabel, p->t, &d->y[0]);
    if (d->y[1].n)
        mi_plot_words_of_axis(p->y2label, p->t, &d->y[1]);
    add_keys(p, d);
    return MI_OK;
}

void mi_plot_lines_free(mi_plot_lines *d)
{
    mi_table_levels_free(&d->subject);
    mi_plot_runs_free(&d->runs);
    mi_free(d->point);
    mi_free(d->x_of);
}
