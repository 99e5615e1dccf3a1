/* plane: the information plane, I(Y;Z1) against I(Z1;Z2), along training. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/number.h"
#include "libmi/base/words.h"
#include "libmi/plot/private.h"

typedef struct {
    double x, y, x_low, x_high, y_low, y_high, color;
} point;

typedef struct {
    size_t x, y, color;
    mi_plot_levels orders;
    mi_plot_runs runs;
    point *point; /* (rows) scratch */
} plane;

/* ---- series ---- */

static int compare_points(const void *a, const void *b)
{
    double left = ((const point *)a)->color, right = ((const point *)b)->color;
    return (left > right) - (left < right);
}

static mi_status point_of_row(point *out, int *drawn, const mi_plot_page *p, const plane *d,
                              size_t row)
{
    mi_plot_point x, y;
    MI_TRY(mi_table_number(p->t, row, d->x, &out->x));
    MI_TRY(mi_table_number(p->t, row, d->y, &out->y));
    MI_TRY(mi_table_number(p->t, row, d->color, &out->color));
    MI_TRY(mi_plot_interval(p->t, row, d->x, &x));
    MI_TRY(mi_plot_interval(p->t, row, d->y, &y));
    out->x_low = x.low;
    out->x_high = x.high;
    out->y_low = y.low;
    out->y_high = y.high;
    *drawn = isfinite(out->x) && isfinite(out->y) && isfinite(out->color) &&
             (!p->log_x || out->x > 0) && (!p->log_y || out->y > 0);
    return MI_OK;
}

static mi_status collect(const mi_plot_page *p, const plane *d, size_t order, size_t run, size_t *n)
{
    *n = 0;
    for (size_t row = 0; row < p->t->rows; row++) {
        int drawn;
        if (d->orders.code[row] != (int)order || d->runs.levels.code[row] != (int)run)
            continue;
        MI_TRY(point_of_row(&d->point[*n], &drawn, p, d, row));
        *n += drawn ? 1 : 0;
    }
    qsort(d->point, *n, sizeof *d->point, compare_points);
    return MI_OK;
}

static void widen_bar(mi_plot_bar *bar, const point *first, size_t n)
{
    bar->low = fmin(bar->low, first[0].color);
    bar->high = fmax(bar->high, first[n - 1].color);
}

static mi_status add_run(mi_plot_page *p, plane *d, size_t order, size_t run)
{
    char name[PLOT_LABEL], comment[4 * PLOT_LABEL], columns[2 * PLOT_LABEL];
    size_t n;
    MI_TRY(collect(p, d, order, run, &n));
    if (n == 0)
        return MI_OK;
    widen_bar(&p->bar, d->point, n);
    mi_plot_runs_name(name, &d->runs, run);
    snprintf(comment, sizeof comment, "%s against %s%s%s", p->t->name[d->y], p->t->name[d->x],
             *name ? ", " : "", name);
    mi_plot_label(name, p->t->name[d->color], PLOT_LABEL);
    snprintf(columns, sizeof columns, "x y x_low x_high y_low y_high %s", name);
    MI_TRY(mi_plot_page_block(p, comment, columns, n,
                              (mi_plot_style){.dash = (int)run + 1, .mark = (int)run + 1}));
    for (size_t k = 0; k < n; k++) {
        const point *it = &d->point[k];
        const double value[] = {it->x,     it->y,      it->x_low, it->x_high,
                                it->y_low, it->y_high, it->color};
        mi_plot_page_numbers(p, value, sizeof value / sizeof *value);
    }
    return MI_OK;
}

static mi_status add_panel(mi_plot_page *p, plane *d, size_t order)
{
    mi_plot_panel *it = mi_plot_page_panel(p);
    const mi_plot_columns x = {.n = 1, .at = {d->x}};
    mi_plot_page_order(it->title, p->t, &d->orders, order);
    mi_plot_words_of_axis(it->xlabel, p->t, &x);
    for (size_t run = 0; run < d->runs.levels.n; run++)
        MI_TRY(add_run(p, d, order, run));
    it->split = it->last = p->series;
    if (it->last < it->first)
        mi_plot_page_drop_panel(p);
    return MI_OK;
}

/* ---- key and bar ---- */

/* One colour needs no bar, and a text has no colours: the key then says what there is. */
static void finish_bar(mi_plot_page *p, const plane *d)
{
    char low[MI_NUMBER_BYTES], high[MI_NUMBER_BYTES], text[2 * PLOT_LABEL], title[PLOT_LABEL];
    const mi_plot_columns color = {.n = 1, .at = {d->color}};
    mi_plot_words_of_axis(title, p->t, &color);
    if (p->bar.low < p->bar.high && !p->o->as_text) {
        strcpy(p->bar.title, title);
        return;
    }
    if (!(p->bar.low <= p->bar.high))
        return;
    mi_number_print(low, 6, p->bar.low);
    mi_number_print(high, 6, p->bar.high);
    int is_one = p->bar.low == p->bar.high;
    snprintf(text, sizeof text, "%s %s%s%s", title, low, is_one ? "" : " to ", is_one ? "" : high);
    mi_plot_page_key(p, text, (mi_plot_style){0});
}

static void add_keys(mi_plot_page *p, const plane *d)
{
    char name[PLOT_LABEL];
    for (size_t run = 0; d->runs.levels.n > 1 && run < d->runs.levels.n; run++) {
        mi_plot_runs_name(name, &d->runs, run);
        mi_plot_page_key(p, name, (mi_plot_style){.dash = (int)run + 1, .mark = (int)run + 1});
    }
    finish_bar(p, d);
}

/* ---- the chart ---- */

static mi_status choose(const mi_plot_page *p, plane *d)
{
    const mi_plot_opts *o = p->o;
    if (o->y2)
        return mi_fail(MI_EUSAGE, "a plane chart has one vertical axis: " MI_OPTION
                                  "y2 is for trend and sweep");
    MI_TRY(mi_table_find(p->t, o->x ? o->x : "I_Z1_Z2", &d->x));
    MI_TRY(mi_table_find(p->t, o->y ? o->y : "I_Y_Z1", &d->y));
    MI_TRY(mi_table_find(p->t, o->color ? o->color : "epoch", &d->color));
    MI_TRY(mi_plot_levels_of_orders(&d->orders, p->t));
    if (d->orders.n > PLOT_PANELS)
        return mi_fail(MI_EDATA, "%s: %zu orders alpha, more than the %d panels of a chart",
                       p->t->source, d->orders.n, PLOT_PANELS);
    return mi_plot_runs_of(&d->runs, p->t, &d->orders, d->color, o->by);
}

static mi_status draw(mi_plot_page *p, plane *d)
{
    MI_TRY(choose(p, d));
    const mi_plot_columns y = {.n = 1, .at = {d->y}};
    MI_TRY(MI_NEW(d->point, p->t->rows));
    p->columns = d->orders.n < 2 ? 1 : 2;
    p->bar = (mi_plot_bar){.low = INFINITY, .high = -INFINITY};
    for (size_t order = 0; order < d->orders.n; order++)
        MI_TRY(add_panel(p, d, order));
    mi_plot_words_of_axis(p->ylabel, p->t, &y);
    add_keys(p, d);
    return MI_OK;
}

mi_status mi_plot_plane(mi_plot_page *p)
{
    plane d = {0};
    mi_status status = draw(p, &d);
    mi_plot_levels_free(&d.orders);
    mi_plot_runs_free(&d.runs);
    mi_free(d.point);
    return status;
}
