/* scatter: accuracy against a bound, a mark for each projector or method, with fit and
 * correlations. */
#include <gsl/gsl_fit.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/words.h"
#include "libmi/plot/private.h"

typedef struct {
    mi_plot_columns x;
    size_t y;
    long by;
    mi_table_levels orders, sets;
    mi_plot_cross *point; /* (rows) scratch: points of one set */
    size_t n;             /* points of the panel: */
    double *px, *py;      /* (rows), logarithms where the axis is one */
    double *work;         /* (2 rows) */
} scatter;

/* ---- points ---- */

/* The files whose rows do not have what tells the sets apart: "run2.h5", "run2.h5 and 3 more". */
static mi_status name_by_files(char *out, const mi_plot_page *p, const scatter *d, size_t set)
{
    long file = mi_table_has(p->t, "file");
    size_t by[2] = {(size_t)file, (size_t)d->by}, first = d->sets.first[set], others = 0;
    mi_table_levels files;
    if (file < 0) {
        strcpy(out, "the others");
        return MI_OK;
    }
    /* A file of several sets is several levels: those of this set are its files. */
    MI_TRY(mi_table_levels_of(&files, p->t, by, 2, p->t->rows));
    for (size_t k = 0; k < files.n; k++)
        others += d->sets.of[files.first[k]] == set && files.of[first] != k;
    mi_table_levels_free(&files);
    snprintf(out, PLOT_LABEL, "%.200s", mi_plot_file_of(p->t, first, (size_t)file));
    if (others)
        snprintf(out + strlen(out), PLOT_LABEL - strlen(out), " and %zu more", others);
    return MI_OK;
}

static mi_status note_set(char *out, const mi_plot_page *p, const scatter *d, size_t set)
{
    char name[PLOT_LABEL] = "";
    const char *text = d->by < 0 ? "" : mi_table_cell(p->t, d->sets.first[set], (size_t)d->by);
    if (d->by == mi_table_has(p->t, "file"))
        text = d->by < 0 ? "" : mi_plot_file_of(p->t, d->sets.first[set], (size_t)d->by);
    if (d->by >= 0 && (strcmp(text, "nan") == 0 || !*text))
        MI_TRY(name_by_files(name, p, d, set));
    mi_plot_label(out, *name ? name : text, PLOT_LABEL);
    return MI_OK;
}

static mi_status put_set(mi_plot_page *p, const char *comment, const mi_plot_cross *point, size_t n,
                         mi_plot_style style)
{
    MI_TRY(mi_plot_page_block(p, comment, "x y x_low x_high y_low y_high", n, style));
    for (size_t k = 0; k < n; k++) {
        const mi_plot_cross *it = &point[k];
        const double value[] = {it->x, it->y, it->x_low, it->x_high, it->y_low, it->y_high};
        mi_plot_page_numbers(p, value, sizeof value / sizeof *value);
        mi_plot_page_reach_cross(p, it);
    }
    return MI_OK;
}

static mi_status add_set(mi_plot_page *p, scatter *d, size_t order, size_t x, size_t set)
{
    const mi_plot_measured of_x = mi_plot_measured_of(p->t, x);
    const mi_plot_measured of_y = mi_plot_measured_of(p->t, d->y);
    char name[PLOT_LABEL], comment[4 * PLOT_LABEL];
    size_t n = 0;
    for (size_t row = 0; row < p->t->rows; row++) {
        int drawn;
        if (d->orders.of[row] != order || d->sets.of[row] != set)
            continue;
        MI_TRY(mi_plot_cross_of(&d->point[n], &drawn, p->t, row, &of_x, &of_y, p->log_x, p->log_y));
        if (!drawn)
            continue;
        d->px[d->n] = p->log_x ? log10(d->point[n].x) : d->point[n].x;
        d->py[d->n++] = p->log_y ? log10(d->point[n].y) : d->point[n].y;
        n++;
    }
    if (n == 0)
        return MI_OK;
    MI_TRY(note_set(name, p, d, set));
    snprintf(comment, sizeof comment, "%s against %s: %s", p->t->name[d->y], p->t->name[x],
             d->by < 0 ? "all" : name);
    return put_set(p, comment, d->point, n,
                   (mi_plot_style){.color = (int)set + 1, .mark = (int)set + 1});
}

/* ---- fit and correlations ---- */

static double undo_log(double value, int is_log)
{
    return is_log ? pow(10, value) : value;
}

/* The line from the leftmost point to the rightmost one; straight where the axes are logarithmic
 * too. */
static mi_status add_fit(mi_plot_page *p, const scatter *d, mi_plot_panel *panel)
{
    double intercept, slope, cov[3], residual;
    double low = INFINITY, high = -INFINITY;
    for (size_t k = 0; k < d->n; k++) {
        low = fmin(low, d->px[k]);
        high = fmax(high, d->px[k]);
    }
    if (!p->o->fit || d->n < 2 || low == high)
        return MI_OK;
    gsl_fit_linear(d->px, 1, d->py, 1, d->n, &intercept, &slope, &cov[0], &cov[1], &cov[2],
                   &residual);
    mi_plot_point end[2];
    for (int k = 0; k < 2; k++) {
        double x = k ? high : low;
        end[k] = (mi_plot_point){.x = undo_log(x, p->log_x),
                                 .y = undo_log(intercept + slope * x, p->log_y),
                                 .low = NAN,
                                 .high = NAN};
    }
    MI_TRY(mi_plot_page_series(p, "least-squares line", end, 2, (mi_plot_style){.dash = 2}));
    panel->fit = p->series;
    return MI_OK;
}

static void note_correlations(mi_plot_panel *panel, const mi_plot_page *p, const scatter *d)
{
    double r = NAN, rho = NAN;
    if (d->n > 1) {
        r = gsl_stats_correlation(d->px, 1, d->py, 1, d->n);
        rho = gsl_stats_spearman(d->px, 1, d->py, 1, d->n, d->work);
    }
    if (isfinite(r) && isfinite(rho))
        snprintf(panel->note, sizeof panel->note, "r%s = %.2f, ρ = %.2f, n = %zu",
                 p->log_x || p->log_y ? " (log)" : "", r, rho, d->n);
    else
        snprintf(panel->note, sizeof panel->note, "n = %zu", d->n);
}

/* ---- the chart ---- */

static mi_status add_panel(mi_plot_page *p, scatter *d, size_t order, size_t k)
{
    mi_plot_panel *panel = mi_plot_page_panel(p);
    const mi_plot_columns x = {.n = 1, .at = {d->x.at[k]}};
    mi_plot_page_order(panel->title, p->t, &d->orders, order);
    mi_plot_words_of_axis(panel->xlabel, p->t, &x);
    d->n = 0;
    for (size_t set = 0; set < d->sets.n; set++)
        MI_TRY(add_set(p, d, order, d->x.at[k], set));
    panel->split = panel->last = p->series;
    if (d->n == 0) {
        mi_plot_page_drop_panel(p);
        return MI_OK;
    }
    note_correlations(panel, p, d);
    return add_fit(p, d, panel);
}

/* More files than this are points of one kind. */
enum { FILES_IN_KEY = 24 };

static mi_status are_few(int *out, const mi_table *t, size_t column)
{
    mi_table_levels levels;
    MI_TRY(mi_table_levels_of(&levels, t, &column, 1, FILES_IN_KEY));
    *out = levels.n <= FILES_IN_KEY;
    mi_table_levels_free(&levels);
    return MI_OK;
}

/* Projectors are what the paper compares; else methods; else files, where they are few. */
static mi_status choose_sets(const mi_plot_page *p, long *by)
{
    static const char *const wanted[] = {"projector", "method"};
    size_t column;
    *by = -1;
    if (p->o->by) {
        MI_TRY(mi_table_find(p->t, p->o->by, &column));
        *by = (long)column;
        return MI_OK;
    }
    for (int k = 0; k < 2 && *by < 0; k++) {
        long there = mi_table_has(p->t, wanted[k]);
        if (there >= 0 && mi_table_varies(p->t, (size_t)there))
            *by = there;
    }
    long file = mi_table_has(p->t, "file");
    int few = 0;
    if (*by < 0 && file >= 0 && mi_table_varies(p->t, (size_t)file))
        MI_TRY(are_few(&few, p->t, (size_t)file));
    *by = few ? file : *by;
    return MI_OK;
}

/* A fitted line is of all points of a panel. */
static mi_status warn_of_mixtures(const mi_plot_page *p, const scatter *d)
{
    mi_table_levels panel;
    MI_TRY(mi_table_levels_of(&panel, p->t, NULL, 0, 1));
    mi_status status = mi_plot_warn_of_mixtures(p, &d->orders, p->o->fit ? &panel : &d->sets, -1);
    mi_table_levels_free(&panel);
    return status;
}

static mi_status choose(const mi_plot_page *p, scatter *d)
{
    const mi_plot_opts *o = p->o;
    if (o->y2)
        return mi_fail(MI_EUSAGE,
                       "a scatter chart has one vertical axis: " MI_OPTION "y2 is for trend");
    MI_TRY(mi_plot_columns_of(&d->x, p->t, o->x ? o->x : "lower"));
    MI_TRY(mi_table_find(p->t, o->y ? o->y : "accuracy", &d->y));
    MI_TRY(choose_sets(p, &d->by));
    MI_TRY(mi_plot_levels_of_orders(&d->orders, p->t));
    if (d->orders.n * d->x.n > PLOT_PANELS)
        return mi_fail(MI_EDATA, "%s: %zu columns and %zu orders alpha make more than %d panels",
                       p->t->source, d->x.n, d->orders.n, PLOT_PANELS);
    size_t by = (size_t)d->by;
    MI_TRY(mi_plot_levels_of(&d->sets, p->t, &by, d->by >= 0, PLOT_LEVELS, "sets of points"));
    MI_TRY(mi_plot_levels_sort(&d->sets, p->t, &by, d->by >= 0));
    return warn_of_mixtures(p, d);
}

/* What the line is, and for a single panel its numbers; several panels each have their own above
 * them. */
static void add_fit_key(mi_plot_page *p)
{
    char text[2 * PLOT_LABEL];
    mi_plot_panel *only = &p->panel[0];
    int fitted = 0;
    for (size_t k = 0; k < p->panels; k++)
        fitted |= p->panel[k].fit != 0;
    const mi_plot_style style = {.dash = fitted ? 2 : 0};
    if (p->panels == 1) {
        snprintf(text, sizeof text, "%s%s", fitted ? "fit: " : "", only->note);
        mi_plot_page_key(p, text, style);
        *only->note = 0;
        p->last_alone = 1;
    } else if (fitted) {
        mi_plot_page_key(p, "least-squares fit", style);
    }
}

static mi_status add_keys(mi_plot_page *p, const scatter *d)
{
    char name[PLOT_LABEL];
    for (size_t set = 0; d->by >= 0 && set < d->sets.n; set++) {
        MI_TRY(note_set(name, p, d, set));
        mi_plot_page_key(p, name, (mi_plot_style){.color = (int)set + 1, .mark = (int)set + 1});
    }
    add_fit_key(p);
    return MI_OK;
}

static mi_status draw(mi_plot_page *p, scatter *d)
{
    const mi_plot_columns y = {.n = 1, .at = {d->y}};
    MI_TRY(MI_NEW(d->point, p->t->rows));
    MI_TRY(MI_NEW(d->px, p->t->rows));
    MI_TRY(MI_NEW(d->py, p->t->rows));
    MI_TRY(MI_NEW(d->work, 2 * p->t->rows));
    p->columns = mi_plot_page_grid(d->x.n * d->orders.n);
    if (d->orders.n > 1 && d->x.n > 1 && d->x.n <= 3)
        p->columns = d->x.n; /* a row an order */
    for (size_t order = 0; order < d->orders.n; order++)
        for (size_t k = 0; k < d->x.n; k++)
            MI_TRY(add_panel(p, d, order, k));
    mi_plot_words_of_axis(p->ylabel, p->t, &y);
    return add_keys(p, d);
}

mi_status mi_plot_scatter(mi_plot_page *p)
{
    scatter d = {.by = -1};
    mi_status status = choose(p, &d);
    if (status == MI_OK)
        status = draw(p, &d);
    mi_table_levels_free(&d.orders);
    mi_table_levels_free(&d.sets);
    mi_free(d.point);
    mi_free(d.px);
    mi_free(d.py);
    mi_free(d.work);
    return status;
}
