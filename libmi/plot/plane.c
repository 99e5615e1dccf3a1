/* plane: the information plane, I(Y;Z1) against I(Z1;Z2), along training. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/number.h"
#include "libmi/base/words.h"
#include "libmi/plot/private.h"

typedef struct {
    mi_plot_cross at;
    double color;
} point;

/* The first or the last point of a run, and on which side of it its name hides least. */
typedef struct {
    mi_plot_cross at;
    double value;
    size_t panel;
    int is_right, is_above;
} end;

enum { RUNS_WITH_ENDS = 3, ENDS = 2 * RUNS_WITH_ENDS * PLOT_PANELS };

typedef struct {
    size_t x, y, color;
    size_t ends;
    end end[ENDS];
    mi_table_levels orders;
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
    MI_TRY(mi_plot_cross_of(&out->at, drawn, p->t, row, d->x, d->y, p->log_x, p->log_y));
    MI_TRY(mi_table_number(p->t, row, d->color, &out->color));
    *drawn &= isfinite(out->color);
    return MI_OK;
}

static mi_status collect(const mi_plot_page *p, const plane *d, size_t order, size_t run, size_t *n)
{
    *n = 0;
    for (size_t row = 0; row < p->t->rows; row++) {
        int drawn;
        if (d->orders.of[row] != order || d->runs.levels.of[row] != run)
            continue;
        MI_TRY(point_of_row(&d->point[*n], &drawn, p, d, row));
        *n += drawn ? 1 : 0;
    }
    qsort(d->point, *n, sizeof *d->point, compare_points);
    return MI_OK;
}

/* ---- ends ---- */

/* A number as a share of the way from low to high, as it is drawn. */
static double share(double value, double low, double high, int is_log)
{
    if (low == high)
        return 0.5;
    return is_log ? log(value / low) / log(high / low) : (value - low) / (high - low);
}

/* Points that a name beside point `at` would hide, or many where it would leave the panel. WIDE,
 * HIGH: of a name, as shares of the panel. */
static size_t hidden(const mi_plot_page *p, const plane *d, size_t n, size_t at, int right,
                     int above)
{
    static const double WIDE = 0.24, HIGH = 0.1;
    const mi_plot_range *x = &p->panel[p->panels - 1].x, *y = &p->y[0];
    double left = share(d->point[at].at.x, x->low, x->high, p->log_x) - (right ? 0 : WIDE);
    double below = share(d->point[at].at.y, y->low, y->high, p->log_y) - (above ? 0 : HIGH);
    size_t count = left < -0.04 || left + WIDE > 1.04 || below < -0.02 ? n : 0;
    for (size_t k = 0; k < n; k++) {
        double across = share(d->point[k].at.x, x->low, x->high, p->log_x) - left;
        double up = share(d->point[k].at.y, y->low, y->high, p->log_y) - below;
        count += k != at && across > 0 && across < WIDE && up > 0 && up < HIGH;
    }
    return count;
}

static void add_end(const mi_plot_page *p, plane *d, size_t n, size_t at)
{
    size_t least = SIZE_MAX;
    end *it = &d->end[d->ends++];
    *it = (end){.at = d->point[at].at, .value = d->point[at].color, .panel = p->panels};
    for (int side = 0; side < 4; side++) {
        int right = !(side & 1), above = side & 2;
        size_t count = hidden(p, d, n, at, right, above);
        if (count < least) {
            least = count;
            it->is_right = right;
            it->is_above = above != 0;
        }
    }
}

static void put_ends(const mi_plot_page *p, const plane *d, const char *title)
{
    static const char *const name[] = {"MI_END",       "MI_END_X",     "MI_END_Y",
                                       "MI_END_PANEL", "MI_END_RIGHT", "MI_END_UP"};
    char x[MI_NUMBER_BYTES], y[MI_NUMBER_BYTES], text[PLOT_LABEL + MI_NUMBER_BYTES];
    fprintf(p->values, "MI_ENDS = %zu\n", d->ends);
    for (size_t k = 0; k < sizeof name / sizeof *name; k++)
        fprintf(p->values, "array %s[%zu]\n", name[k], d->ends + 1);
    for (size_t k = 0; k < d->ends; k++) {
        const end *it = &d->end[k];
        snprintf(text, sizeof text, "%s %s", title, mi_number_print(x, 6, it->value));
        mi_plot_put_text(p->values, "MI_END", k + 1, text);
        fprintf(p->values, "MI_END_X[%zu] = %s; MI_END_Y[%zu] = %s; ", k + 1,
                mi_number_print(x, 12, it->at.x), k + 1, mi_number_print(y, 12, it->at.y));
        fprintf(p->values, "MI_END_PANEL[%zu] = %zu; MI_END_RIGHT[%zu] = %d; MI_END_UP[%zu] = %d\n",
                k + 1, it->panel, k + 1, it->is_right, k + 1, it->is_above);
    }
}

/* ---- lines ---- */

static void widen_bar(mi_plot_bar *bar, const point *first, size_t n)
{
    bar->low = fmin(bar->low, first[0].color);
    bar->high = fmax(bar->high, first[n - 1].color);
    for (size_t k = 0; k < n; k++)
        bar->is_whole &= first[k].color == rint(first[k].color);
}

/* Half-way between two points as they are drawn, on a logarithmic axis in logarithms. */
static double middle(double a, double b, int is_log)
{
    return is_log ? sqrt(a * b) : (a + b) / 2;
}

/* A point, and the middle of the way to the next one, where the arrow head stands. */
static void put_point(mi_plot_page *p, const point *it, const point *next)
{
    const mi_plot_cross *a = &it->at;
    double x = next ? middle(a->x, next->at.x, p->log_x) : NAN;
    double y = next ? middle(a->y, next->at.y, p->log_y) : NAN;
    const double value[] = {a->x, a->y, a->x_low, a->x_high, a->y_low, a->y_high, it->color, x, y};
    mi_plot_page_numbers(p, value, sizeof value / sizeof *value);
    mi_plot_page_reach_cross(p, a);
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
    snprintf(columns, sizeof columns, "x y x_low x_high y_low y_high %s middle_x middle_y", name);
    MI_TRY(mi_plot_page_block(p, comment, columns, n,
                              (mi_plot_style){.dash = (int)run + 1, .mark = (int)run + 1}));
    for (size_t k = 0; k < n; k++)
        put_point(p, &d->point[k], k + 1 < n ? &d->point[k + 1] : NULL);
    if (d->runs.levels.n <= RUNS_WITH_ENDS && n > 1) {
        add_end(p, d, n, 0);
        add_end(p, d, n, n - 1);
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
    put_ends(p, d, title);
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
    MI_TRY(mi_plot_runs_of(&d->runs, p->t, &d->orders, d->color, o->by));
    return mi_plot_warn_of_mixtures(p, &d->orders, &d->runs.levels, (long)d->color);
}

static mi_status draw(mi_plot_page *p, plane *d)
{
    MI_TRY(choose(p, d));
    const mi_plot_columns y = {.n = 1, .at = {d->y}};
    MI_TRY(MI_NEW(d->point, p->t->rows));
    p->columns = mi_plot_page_grid(d->orders.n);
    p->bar = (mi_plot_bar){.low = INFINITY, .high = -INFINITY, .is_whole = 1};
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
    mi_table_levels_free(&d.orders);
    mi_plot_runs_free(&d.runs);
    mi_free(d.point);
    return status;
}
