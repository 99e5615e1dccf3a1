/* The charts of a report: which table has one, and what it shows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "chart.h"
#include "report.h"

/* ---- when there is one ---- */

static int has_bounds(const report *r)
{
    return r->bounds_name != NULL;
}

/* The bounds have a column in which rows differ. */
static int varies(const report *r, const char *name)
{
    long column = mi_table_has(&r->bounds, name);
    return column >= 0 && mi_table_varies(&r->bounds, (size_t)column);
}

static int has_epochs(const report *r)
{
    return r->is_series && varies(r, "epoch");
}

static int has_correlations(const report *r)
{
    return r->correlations.count > 0;
}

/* Runs that differ in one choice: of several it would be a tangle. */
static int has_sweep(const report *r)
{
    return !has_epochs(r) && varies(r, "lambda") + varies(r, "temperature") +
                                     varies(r, "projector") + varies(r, "method") ==
                                 1;
}

static int has_curve(const report *r)
{
    return r->curve_table != NULL;
}

static int has_eigenvalues(const report *r)
{
    return report_table_of(r, REPORT_EIGENVALUES) != NULL;
}

static int has_grid(const report *r)
{
    const report_table *t = report_table_of(r, REPORT_CORRELATIONS);
    return t && mi_table_has(&t->table, "alpha") >= 0;
}

static int has_differences(const report *r)
{
    return report_table_of(r, REPORT_DIFFERENCES) != NULL;
}

/* may_fail: whether its columns are there shows when it is drawn. */
typedef struct {
    int (*when)(const report *r);
    report_kind of;
    const char *kind, *x, *file;
    int may_fail;
    const char *title, *says;
} drawing;

static const drawing drawings[] = {
    {has_epochs, REPORT_BOUNDS, "trend", NULL, "trend.svg", 0, "Along training",
     "Both bounds and I(Y;Z1) against the epoch, with their intervals; accuracy, where there is one, on "
     "the right axis."},
    {has_correlations, REPORT_BOUNDS, "scatter", "lower", "scatter-lower.svg", 0,
     "Held against the lower bound", "A point a checkpoint, with the least-squares line."},
    {has_correlations, REPORT_BOUNDS, "scatter", "I_Z1_Z2", "scatter-I_Z1_Z2.svg", 0,
     "Held against I(Z1;Z2)",
     "A point a checkpoint, with the least-squares line. A projector that is a bottleneck has a small "
     "I(Z1;Z2)."},
    {has_sweep, REPORT_BOUNDS, "sweep", NULL, "sweep.svg", 1, "From run to run",
     "Bounds and I(Z1;Z2) against what the runs differ in, with their intervals."},
    {has_epochs, REPORT_BOUNDS, "plane", NULL, "plane.svg", 0, "The information plane",
     "I(Y;Z1) against I(Z1;Z2), epoch by epoch."},
    {has_bounds, REPORT_BOUNDS, "flow", NULL, "flow.svg", 0, "What is shared, in the last set",
     "Entropies in the circles; on the lines the information that two variables share, with half its "
     "interval."},
    {has_curve, REPORT_CURVE, "learning", NULL, "learning.svg", 0, "Learning curve",
     "Values against the number of instances. A line that is level on the right changes little from half of "
     "them to all, which does not show that it has converged."},
    {has_eigenvalues, REPORT_EIGENVALUES, "spectrum", NULL, "spectrum.svg", 0, "Spectrum",
     "Eigenvalues of the Gram matrices, the largest first: the steeper, the fewer directions carry "
     "the features."},
    {has_grid, REPORT_CORRELATIONS, "sensitivity", NULL, "sensitivity.svg", 0,
     "Does it depend on the order?", "Correlations against the order, with their intervals."},
    {has_differences, REPORT_DIFFERENCES, "compare", NULL, "compare.svg", 0,
     "What differs between the sets", "Differences of the terms with their paired intervals."},
};

/* ---- one chart ---- */

static void table_of(const mi_table **t, const char **name, const report *r, report_kind kind)
{
    const report_table *found = report_table_of(r, kind);
    *t = kind == REPORT_BOUNDS ? &r->bounds : &found->table;
    *name = kind == REPORT_BOUNDS ? r->bounds_name : found->name;
}

static void put_command(FILE *f, const report *r, const drawing *d, const char *name)
{
    fprintf(f, "mi-plot %s", d->kind);
    if (d->x)
        fprintf(f, " -x %s", d->x);
    if (d->x && strcmp(r->y, "accuracy") != 0) {
        fputs(" -y ", f);
        opt_quote(f, r->y);
    }
    fprintf(f, " %s -o %s\n", name, d->file);
}

/* Charts of several panels scroll on a narrow page, where their text would be too small. */
static int is_wide(const char *svg)
{
    double width = 0;
    const char *box = strstr(svg, "viewBox=\"0 0 ");
    return box && sscanf(box + strlen("viewBox=\"0 0 "), "%lf", &width) == 1 && width > 400;
}

static mi_status put_figure(FILE *page, const char *svg, const drawing *d)
{
    char id[32];
    const mi_html_image image = {id, d->title, d->says};
    int wide = is_wide(svg);
    snprintf(id, sizeof id, "chart-%.*s", (int)strcspn(d->file, "."), d->file);
    fputs(wide ? "<figure class=\"wide\">\n" : "<figure>\n", page);
    if (wide)
        fprintf(page, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"%s\">\n",
                d->title);
    MI_TRY(mi_html_svg(page, svg, &image));
    fprintf(page, "%s<figcaption><strong>%s.</strong> %s</figcaption>\n</figure>\n",
            wide ? "</div>\n" : "", d->title, d->says);
    return MI_OK;
}

static mi_status draw(FILE *page, const mi_plot *plot, size_t kind, const drawing *d)
{
    static const chart_form form = {.name = "svg", .terminal = "svg"};
    report_text svg = {0};
    MI_TRY(report_text_open(&svg));
    mi_status status = chart_draw(svg.stream, d->file, plot, kind, &form);
    if (status == MI_OK)
        status = put_figure(page, report_text_of(&svg), d);
    report_text_free(&svg);
    return status;
}

static mi_status put_chart(FILE *page, report *r, const drawing *d)
{
    mi_plot_opts o;
    mi_plot plot;
    const mi_table *t;
    const char *name;
    size_t kind;
    table_of(&t, &name, r, d->of);
    mi_plot_opts_default(&o);
    o.x = d->x;
    o.y = d->x ? r->y : NULL;
    MI_TRY(mi_plot_find_kind(d->kind, &kind));
    MI_TRY(mi_plot_make(&plot, kind, t, &o));
    mi_status status = draw(page, &plot, kind, d);
    mi_plot_free(&plot);
    if (status == MI_OK)
        put_command(r->commands.stream, r, d, name);
    return status;
}

mi_status report_put_charts(FILE *page, report *r, size_t *drawn)
{
    *drawn = 0;
    for (size_t k = 0; k < sizeof drawings / sizeof *drawings; k++) {
        const drawing *d = &drawings[k];
        if (!d->when(r))
            continue;
        mi_status status = put_chart(page, r, d);
        *drawn += status == MI_OK;
        if (status == MI_ENOMEM)
            return status;
        if (status == MI_ELIBRARY || status == MI_EOPEN) { /* no gnuplot, no templates */
            tool_warn("no charts: %s", mi_detail());
            return MI_OK;
        }
        if (status != MI_OK && !d->may_fail)
            tool_warn("no chart '%s': %s", d->title, mi_detail());
    }
    return MI_OK;
}
