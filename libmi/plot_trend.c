/* trend: bounds and accuracy against the epoch of training, a line for each run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "number.h"
#include "plot_private.h"

enum { MAX_RUN_COLUMNS = 64 };

typedef struct {
    const mi_table *t;
    size_t x;
    mi_columns y[2]; /* left and right axis */
    mi_levels orders, runs;
    size_t n_run_columns, run_column[MAX_RUN_COLUMNS];
    mi_point *point; /* (rows) scratch */
} trend;

/* ---- which columns tell runs apart ---- */

/* Columns that name a run, or a way of computing, rather than a state of training. */
static int is_identity(const char *name)
{
    static const char *const known[] = {
        "file",   "dataset", "method",    "projector", "lambda",    "temperature", "variables",
        "kernel", "r_kind",  "i_z1_r_by", "preset",    "estimator", "batch",       "base"};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (strcmp(known[k], name) == 0)
            return 1;
    return 0;
}

/* The attributes of a set stand between its group and its number of rows. */
static int is_attribute(const mi_table *t, size_t column)
{
    static const char *const state[] = {"epoch", "accuracy"};
    for (size_t k = 0; k < sizeof state / sizeof *state; k++)
        if (strcmp(t->name[column], state[k]) == 0)
            return 0;
    return (long)column > mi_table_has(t, "group") && mi_table_has(t, "group") >= 0 &&
           (long)column < mi_table_has(t, "n");
}

static int same(const mi_table *t, size_t a, size_t b, size_t column)
{
    return strcmp(mi_table_cell(t, a, column), mi_table_cell(t, b, column)) == 0;
}

/* Rows whose value of the column is kept at another x. One that is new in every row (a file of its
 * own for each checkpoint, a loss) names no run. */
static size_t count_kept(const trend *d, size_t column)
{
    size_t kept = 0;
    for (size_t a = 0; a < d->t->rows; a++) {
        size_t b = 0;
        while (b < d->t->rows && (!same(d->t, a, b, column) || same(d->t, a, b, d->x)))
            b++;
        kept += b < d->t->rows;
    }
    return kept;
}

/* 1 when two rows at one x and order differ in the column: a learning rate that falls during the
 * one run there is does not make two of it. */
static int is_needed(const trend *d, size_t column)
{
    for (size_t a = 0; a < d->t->rows; a++)
        for (size_t b = 0; b < a; b++)
            if (same(d->t, a, b, d->x) && d->orders.code[a] == d->orders.code[b] &&
                !same(d->t, a, b, column))
                return 1;
    return 0;
}

/* Of what the table says besides, most rows must keep it: a loss repeats by chance. */
static int names_runs(const trend *d, size_t column)
{
    if (is_identity(d->t->name[column]))
        return count_kept(d, column) > 0;
    return is_attribute(d->t, column) && count_kept(d, column) > d->t->rows / 2 &&
           is_needed(d, column);
}

static void find_run_columns(trend *d)
{
    for (size_t c = 0; c < d->t->columns && d->n_run_columns < MAX_RUN_COLUMNS; c++)
        if (c != d->x && mi_column_varies(d->t, c) && names_runs(d, c))
            d->run_column[d->n_run_columns++] = c;
}

/* Leave out columns that the others make needless, the file first: it says least. */
static mi_status group_runs(trend *d)
{
    mi_levels fewer;
    MI_TRY(mi_levels_of(&d->runs, d->t, d->run_column, d->n_run_columns, "runs"));
    for (size_t k = 0; k < d->n_run_columns;) {
        size_t rest[MAX_RUN_COLUMNS], n = d->n_run_columns - 1;
        memcpy(rest, d->run_column, k * sizeof *rest);
        memcpy(rest + k, d->run_column + k + 1, (n - k) * sizeof *rest);
        MI_TRY(mi_levels_of(&fewer, d->t, rest, n, "runs"));
        int needless = fewer.n == d->runs.n;
        mi_levels_free(&fewer);
        if (needless) {
            memcpy(d->run_column, rest, n * sizeof *rest);
            d->n_run_columns = n;
        } else {
            k++;
        }
    }
    return MI_OK;
}

/* Text values stand for themselves, numbers need their name: "simclr, lambda=0.3". */
static void name_run(char *out, const trend *d, size_t run)
{
    size_t used = 0;
    *out = 0;
    for (size_t k = 0; k < d->n_run_columns && used < PLOT_LABEL; k++) {
        const char *text = mi_table_cell(d->t, d->runs.first[run], d->run_column[k]);
        const char *name = d->t->name[d->run_column[k]], *comma = used ? ", " : "";
        double number;
        int is_number = mi_number_parse(text, &number);
        used += (size_t)snprintf(out + used, PLOT_LABEL - used, "%s%s%s%s", comma,
                                 is_number ? name : "", is_number ? "=" : "", text);
    }
}

/* ---- series ---- */

static int compare_points(const void *a, const void *b)
{
    double left = ((const mi_point *)a)->x, right = ((const mi_point *)b)->x;
    return (left > right) - (left < right);
}

static void warn_of_repeats(const mi_page *p, const trend *d, size_t n, const char *run)
{
    char x[MI_NUMBER_BYTES];
    for (size_t k = 1; k < n; k++) {
        if (d->point[k].x != d->point[k - 1].x)
            continue;
        mi_warn("several rows at %s %s%s%s: choose a column that tells them apart with --by",
                p->t->name[d->x], mi_number_print_shortest(x, d->point[k].x), *run ? " of " : "",
                run);
        return;
    }
}

static mi_status collect(const mi_page *p, const trend *d, size_t order, size_t run, size_t column,
                         size_t *n)
{
    *n = 0;
    for (size_t row = 0; row < p->t->rows; row++) {
        mi_point *it = &d->point[*n];
        if (d->orders.code[row] != (int)order || d->runs.code[row] != (int)run)
            continue;
        MI_TRY(mi_table_number(p->t, row, d->x, &it->x));
        MI_TRY(mi_table_number(p->t, row, column, &it->y));
        MI_TRY(mi_interval(p->t, row, column, it));
        *n += isfinite(it->x) && isfinite(it->y) && (!p->o->log_x || it->x > 0) &&
              (!p->o->log_y || it->y > 0);
    }
    qsort(d->point, *n, sizeof *d->point, compare_points);
    return MI_OK;
}

/* Colour tells runs apart where there are several, else quantities; dash and mark always
 * quantities. */
static mi_style style_of(const trend *d, size_t run, size_t quantity)
{
    int q = (int)quantity + 1;
    return (mi_style){.color = d->runs.n > 1 ? (int)run + 1 : q, .dash = q, .mark = q};
}

static mi_status add_axis(mi_page *p, trend *d, size_t order, int axis)
{
    char run_name[PLOT_LABEL], comment[4 * PLOT_LABEL];
    const char *order_name = p->panel[p->panels - 1].title;
    for (size_t k = 0; k < d->y[axis].n; k++) {
        size_t column = d->y[axis].at[k], n;
        for (size_t run = 0; run < d->runs.n; run++) {
            MI_TRY(collect(p, d, order, run, column, &n));
            if (n == 0)
                continue;
            name_run(run_name, d, run);
            warn_of_repeats(p, d, axis == 0 && k == 0 ? n : 0, run_name);
            snprintf(comment, sizeof comment, "%s against %s%s%s%s%s", p->t->name[column],
                     p->t->name[d->x], *order_name ? ", " : "", order_name, *run_name ? ", " : "",
                     run_name);
            MI_TRY(mi_page_series(p, comment, d->point, n,
                                  style_of(d, run, k + (axis ? d->y[0].n : 0))));
        }
    }
    return MI_OK;
}

static mi_status add_panel(mi_page *p, trend *d, size_t order)
{
    mi_panel *it = mi_page_panel(p);
    const mi_columns x = {.n = 1, .at = {d->x}};
    mi_page_order(it->title, p->t, &d->orders, order);
    mi_words_of_axis(it->xlabel, p->t, &x);
    MI_TRY(add_axis(p, d, order, 0));
    it->split = p->series;
    if (it->split < it->first) {
        mi_page_drop_panel(p);
        return MI_OK;
    }
    MI_TRY(add_axis(p, d, order, 1));
    it->last = p->series;
    return MI_OK;
}

static void add_keys(mi_page *p, const trend *d)
{
    char text[PLOT_LABEL], name[PLOT_LABEL];
    for (size_t run = 0; d->runs.n > 1 && run < d->runs.n; run++) {
        name_run(name, d, run);
        mi_page_key(p, name, (mi_style){.color = (int)run + 1, .dash = 1});
    }
    /* Where there are runs to name, the axis already names the only quantity. */
    if (d->runs.n > 1 && d->y[0].n + d->y[1].n == 1)
        return;
    for (int axis = 0; axis < 2; axis++) {
        for (size_t k = 0; k < d->y[axis].n; k++) {
            mi_style style = style_of(d, 0, k + (axis ? d->y[0].n : 0));
            style.color = d->runs.n > 1 ? 0 : style.color;
            mi_words_of_key(name, p->t->name[d->y[axis].at[k]]);
            mi_plot_label(text, name, PLOT_LABEL - sizeof " (right axis)");
            strcat(text, axis ? " (right axis)" : "");
            mi_page_key(p, text, style);
        }
    }
}

/* ---- the chart ---- */

/* Without a wish of the user, accuracy is the second axis where it is in the table at all. */
static mi_status choose_right_axis(mi_columns *out, const mi_page *p)
{
    double value;
    if (p->o->y2)
        return strcmp(p->o->y2, "none") == 0 ? MI_OK : mi_columns_of(out, p->t, p->o->y2);
    long column = mi_table_has(p->t, "accuracy");
    for (size_t row = 0; column >= 0 && row < p->t->rows; row++) {
        MI_TRY(mi_table_number(p->t, row, (size_t)column, &value));
        if (isfinite(value)) {
            *out = (mi_columns){.n = 1, .at = {(size_t)column}};
            return MI_OK;
        }
    }
    mi_warn("no accuracy in the table, so no second axis");
    return MI_OK;
}

static mi_status choose(mi_page *p, trend *d)
{
    const mi_plot_opts *o = p->o;
    MI_TRY(mi_table_find(p->t, o->x ? o->x : "epoch", &d->x));
    MI_TRY(mi_columns_of(&d->y[0], p->t, o->y ? o->y : "lower,upper"));
    MI_TRY(choose_right_axis(&d->y[1], p));
    MI_TRY(mi_levels_of_orders(&d->orders, p->t));
    if (d->orders.n > PLOT_PANELS)
        return mi_fail(MI_EDATA, "%s: %zu orders alpha, more than the %d panels of a chart",
                       p->t->source, d->orders.n, PLOT_PANELS);
    if (o->by) {
        MI_TRY(mi_table_find(p->t, o->by, &d->run_column[0]));
        d->n_run_columns = 1;
    } else {
        find_run_columns(d);
    }
    return group_runs(d);
}

static mi_status draw(mi_page *p, trend *d)
{
    MI_TRY(choose(p, d));
    MI_TRY(MI_NEW(d->point, p->t->rows));
    p->columns = d->orders.n < 2 ? 1 : 2;
    for (size_t order = 0; order < d->orders.n; order++)
        MI_TRY(add_panel(p, d, order));
    mi_words_of_axis(p->ylabel, p->t, &d->y[0]);
    if (d->y[1].n)
        mi_words_of_axis(p->y2label, p->t, &d->y[1]);
    add_keys(p, d);
    return MI_OK;
}

mi_status mi_plot_trend(mi_page *p)
{
    trend d = {.t = p->t};
    mi_status status = draw(p, &d);
    mi_levels_free(&d.orders);
    mi_levels_free(&d.runs);
    mi_free(d.point);
    return status;
}
