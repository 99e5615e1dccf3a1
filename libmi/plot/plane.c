/* plane: the information plane, I(Y;Z1) against I(Z1;Z2), along training. */
#include <math.h>
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

/* The first or the last point of a run, and the place of its name. */
typedef struct {
    mi_plot_cross at;
    double value;
    size_t panel;
    double across, up; /* to it, in characters and lines */
} end;

enum { RUNS_WITH_ENDS = 3, ENDS = 2 * RUNS_WITH_ENDS * PLOT_PANELS };

typedef struct {
    size_t x, y, color;
    mi_plot_measured measured[2]; /* x and y */
    size_t ends;
    end end[ENDS];
    mi_table_levels orders;
    mi_plot_runs runs;
    point *point;       /* (rows) scratch */
    mi_plot_spot *spot; /* (rows) scratch */
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
    MI_TRY(mi_plot_cross_of(&out->at, drawn, p->t, row, &d->measured[0], &d->measured[1], p->log_x,
                            p->log_y));
    MI_TRY(mi_plot_number(p->t, row, d->color, &out->color));
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

/* About the size of a panel, for names that stand in it. */
static mi_plot_frame frame_of(const mi_plot_page *p)
{
    return (mi_plot_frame){.chars = p->columns == 1 ? 45 : 96.0 / (double)p->columns, .lines = 12};
}

static mi_plot_spot spot_of(const mi_plot_page *p, const mi_plot_frame *f, const point *it)
{
    const mi_plot_range *x = &p->panel[p->panels - 1].x, *y = &p->y[0];
    return (mi_plot_spot){
        .x = f->chars * (0.04 + 0.92 * share(it->at.x, x->low, x->high, p->log_x)),
        .y = f->lines * (0.04 + 0.92 * share(it->at.y, y->low, y->high, p->log_y))};
}

static void add_end(const mi_plot_page *p, plane *d, size_t n, size_t at, const point *of)
{
    char text[MI_NUMBER_BYTES];
    const mi_plot_frame f = frame_of(p);
    end *it = &d->end[d->ends++];
    *it = (end){.at = of->at, .value = of->color, .panel = p->panels};
    size_t chars = strlen(p->t->name[d->color]) + 1 + strlen(mi_number_print(text, 6, of->color));
    mi_plot_place_beside(&it->across, &it->up, &f, d->spot, n, at,
                         0.85 * (double)chars); /* small letters */
}

/* The first and the last point of each run say what they are, where there are few runs. */
static mi_status add_ends(const mi_plot_page *p, plane *d, size_t order)
{
    const mi_plot_frame f = frame_of(p);
    size_t runs = d->runs.levels.n, n, all = 0, first[RUNS_WITH_ENDS], count[RUNS_WITH_ENDS];
    point ends[RUNS_WITH_ENDS][2];
    if (runs > RUNS_WITH_ENDS)
        return MI_OK;
    for (size_t run = 0; run < runs; run++, all += n) {
        MI_TRY(collect(p, d, order, run, &n));
        for (size_t k = 0; k < n; k++) {
            d->spot[all + k] = spot_of(p, &f, &d->point[k]);
            d->spot[all + k].begins = k == 0;
        }
        first[run] = all;
        count[run] = n;
        if (n) {
            ends[run][0] = d->point[0];
            ends[run][1] = d->point[n - 1];
        }
    }
    for (size_t run = 0; run < runs; run++)
        if (count[run] > 1) {
            add_end(p, d, all, first[run], &ends[run][0]);
            add_end(p, d, all, first[run] + count[run] - 1, &ends[run][1]);
        }
    return MI_OK;
}

static void put_ends(const mi_plot_page *p, const plane *d, const char *title)
{
    static const char *const name[] = {"MI_END",       "MI_END_X",  "MI_END_Y",
                                       "MI_END_PANEL", "MI_END_DX", "MI_END_DY"};
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
        fprintf(p->values, "MI_END_PANEL[%zu] = %zu; MI_END_DX[%zu] = %s; MI_END_DY[%zu] = %s\n",
                k + 1, it->panel, k + 1, mi_number_print(x, 3, it->across), k + 1,
                mi_number_print(y, 3, it->up));
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
    if (n == 0 || !d->point)
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
    if (it->last >= it->first)
        return add_ends(p, d, order);
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
    d->measured[0] = mi_plot_measured_of(p->t, d->x);
    d->measured[1] = mi_plot_measured_of(p->t, d->y);
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
    MI_TRY(MI_NEW(d->spot, p->t->rows));
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
    mi_free(d.spot);
    return status;
}
