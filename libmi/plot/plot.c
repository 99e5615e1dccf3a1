/* A table becomes a chart: the table of kinds, and the page that each prepares as data and a
 * gnuplot script. */
#include "libmi/plot/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/number.h"
#include "libmi/base/want.h"
#include "libmi/base/words.h"
#include "libmi/plot/private.h"
#include "libmi/table/over.h"

static const struct {
    const char *name, *what;
    mi_status (*prepare)(mi_plot_page *p);
    int has_means; /* with --over */
    const char
        *own; /* a column that only its tables have; NULL: it draws those of other kinds too */
} kinds[] = {
    {"trend", "bounds and accuracy against the epoch of training", mi_plot_trend, 1, NULL},
    {"scatter", "accuracy against a bound or any column, with fit and correlations",
     mi_plot_scatter, 1, NULL},
    {"sweep", "accuracy and information against lambda, levels of FSQ, k, order or names",
     mi_plot_sweep, 1, NULL},
    {"learning", "information against instances per batch: has it converged?", mi_plot_learning, 0,
     NULL},
    {"plane", "I(Y;Z1) against I(Z1;Z2) along training, coloured by epoch", mi_plot_plane, 0, NULL},
    {"spectrum", "the eigenvalues of a spectrum against their index", mi_plot_spectrum, 0,
     "eigenvalue"},
    {"flow", "Y, X, Z1, Z2 and R with entropies and information between them, of one row",
     mi_plot_flow, 0, NULL},
    {"sensitivity", "correlations against the order, a line a kernel", mi_plot_sensitivity, 0,
     "spearman"},
    {"compare", "paired differences of two feature sets with their intervals", mi_plot_compare, 0,
     "difference"},
    {"matrix", "how alike each two of many feature sets are, as coloured cells with values",
     mi_plot_matrix, 0, "procrustes"},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

void mi_plot_opts_default(mi_plot_opts *o)
{
    static const mi_plot_range free_range = {NAN, NAN};
    if (o)
        *o = (mi_plot_opts){
            .xrange = free_range, .yrange = free_range, .y2range = free_range, .fit = 1};
}

const char *mi_plot_kind_name(size_t kind)
{
    return kind < KINDS ? kinds[kind].name : NULL;
}

const char *mi_plot_kind_what(size_t kind)
{
    return kind < KINDS ? kinds[kind].what : NULL;
}

mi_status mi_plot_find_kind(const char *name, size_t *kind)
{
    char there[256] = "";
    MI_WANT(name && kind, "a kind of chart to find without %s", name ? "a result" : "a name");
    for (*kind = 0; *kind < KINDS; ++*kind) {
        if (strcmp(kinds[*kind].name, name) == 0)
            return MI_OK;
        snprintf(there + strlen(there), sizeof there - strlen(there), " %s", kinds[*kind].name);
    }
    if (!*name)
        return mi_fail(MI_EUSAGE, "no kind of chart given, wanted one of:%s", there);
    return mi_fail(MI_EUSAGE, "'%s' is no kind of chart, wanted one of:%s", name, there);
}

/* A chart that cannot be drawn of a table which is of another kind: that one is named. */
static mi_status name_kind_of_table(mi_status status, const mi_table *t, size_t kind)
{
    char detail[1024];
    size_t k = 0;
    while (k < KINDS && !(kinds[k].own && mi_table_has(t, kinds[k].own) >= 0))
        k++;
    if (status != MI_EDATA || k == KINDS || k == kind)
        return status;
    snprintf(detail, sizeof detail, "%s", mi_detail());
    return mi_fail(status, "%s; " MI_TOOL "plot %s draws this table", detail, kinds[k].name);
}

/* A logarithmic axis has no place for what is not positive. */
static mi_status check_log_range(const char *option, const mi_plot_range *wanted, int is_log)
{
    if (is_log && wanted->high <= 0)
        return mi_fail(MI_EUSAGE,
                       MI_OPTION "%s: a logarithmic axis ends above 0; " MI_OPTION
                                 "log none for another",
                       option);
    if (is_log && wanted->low <= 0)
        mi_warn(MI_OPTION "%s: a logarithmic axis begins above 0, here with the points", option);
    return MI_OK;
}

static mi_status prepare(mi_plot_page *p, size_t kind)
{
    if (!p->values || !p->data)
        return mi_fail(MI_ENOMEM, "out of memory for a chart");
    if (p->t->rows == 0)
        return mi_fail(MI_EDATA, "%s: a table without rows, nothing to draw", p->t->source);
    mi_status status = kinds[kind].prepare(p);
    if (status != MI_OK)
        return name_kind_of_table(status, p->t, kind);
    if (p->panels == 0)
        return mi_fail(MI_EDATA, "%s: no row has all the numbers that a point needs", p->t->source);
    MI_TRY(check_log_range("xrange", &p->o->xrange, p->log_x));
    MI_TRY(check_log_range("yrange", &p->yrange, p->log_y));
    p->columns = p->columns < p->panels ? p->columns : p->panels;
    mi_plot_page_values(p);
    return MI_OK;
}

/* Runs that differ in one column become one, with the spread between them as its interval. */
static mi_status prepare_over(mi_plot_page *p, size_t kind)
{
    mi_table means;
    const mi_table *t = p->t;
    if (!p->o->over)
        return prepare(p, kind);
    if (!kinds[kind].has_means)
        return mi_fail(MI_EUSAGE, MI_OPTION "over is for trend, scatter and sweep, not for %s",
                       kinds[kind].name);
    MI_TRY(mi_table_over(&means, t, p->o->over));
    p->t = &means;
    snprintf(p->remark, sizeof p->remark, "means over %.60s", p->o->over);
    mi_status status = prepare(p, kind);
    p->t = t;
    mi_table_free(&means);
    return status;
}

/* The same for the rows that --where lets pass. */
static mi_status prepare_where(mi_plot_page *p, size_t kind)
{
    const mi_table *t = p->t;
    mi_table kept;
    if (!p->o->where)
        return prepare_over(p, kind);
    MI_TRY(mi_plot_where_of(&kept, t, p->o->where));
    p->t = &kept;
    mi_status status = prepare_over(p, kind);
    p->t = t;
    mi_plot_where_free(&kept);
    return status;
}

static int close_stream(FILE *stream)
{
    return stream ? ferror(stream) | fclose(stream) : 1;
}

mi_status mi_plot_make(mi_plot *out, size_t kind, const mi_table *t, const mi_plot_opts *o)
{
    size_t bytes[2];
    mi_plot_page *p;
    MI_WANT(out && t && o, "mi_plot_make without a result, table or options");
    MI_WANT(kind < KINDS, "kind %zu of chart, which there is not", kind);
    MI_WANT(o->width >= 0 && o->height >= 0,
            "a chart of %g x %g, wanted above 0, or 0 for what suits", o->width, o->height);
    *out = (mi_plot){0};
    MI_TRY(MI_NEW(p, 1));
    p->t = t;
    p->o = o;
    p->log_x = o->log_x;
    p->log_y = o->log_y;
    p->y[0] = p->y[1] = (mi_plot_range){INFINITY, -INFINITY};
    p->yrange = o->yrange;
    FILE *values = p->values = open_memstream(&out->values, &bytes[0]);
    FILE *data = p->data = open_memstream(&out->data, &bytes[1]);
    locale_t before = mi_number_locale();
    mi_status status = prepare_where(p, kind);
    mi_number_locale_end(before);
    int failed = close_stream(values) | close_stream(data);
    if (failed && status == MI_OK)
        status = mi_fail(MI_ENOMEM, "out of memory for a chart");
    mi_free(p->style);
    mi_free(p);
    if (status != MI_OK)
        mi_plot_free(out);
    return status;
}

void mi_plot_free(mi_plot *p)
{
    if (!p)
        return;
    free(p->values);
    free(p->data);
    *p = (mi_plot){0};
}
