/* spectrum: eigenvalues against their index, a line for each variable, or for each feature set. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/number.h"
#include "libmi/base/words.h"
#include "libmi/plot/private.h"

/* More sets than this, told apart by one number, are coloured along a bar. */
enum { SETS_IN_KEY = 7 };

typedef struct {
    size_t x, y;
    long variables;
    mi_table_levels lines; /* of variables; one in all without such a column */
    mi_plot_runs sets;
    mi_plot_point *point; /* (rows) scratch */
    double x_low, x_high, y_low, y_high;
} spectrum;

/* ---- words ---- */

/* "z1" is Z1, "z1+z2" is (Z1,Z2). */
static void name_variables(char *out, const mi_plot_page *p, const spectrum *d, size_t line)
{
    char text[PLOT_LABEL];
    size_t used = 0;
    const char *cell =
        d->variables < 0 ? "" : mi_table_cell(p->t, d->lines.first[line], (size_t)d->variables);
    int is_joint = strchr(cell, '+') != NULL;
    if (is_joint)
        text[used++] = '(';
    for (const char *c = cell; *c && used + 2 < sizeof text; c++) {
        static const char letter[] = "zyr+", shown[] = "ZYR,";
        const char *known = strchr(letter, *c);
        text[used++] = *(known ? &shown[known - letter] : c);
    }
    if (is_joint)
        text[used++] = ')';
    text[used] = 0;
    mi_plot_label(out, text, PLOT_LABEL);
}

/* ---- sets ---- */

/* The number that tells the sets apart; 0 when it is not one number. */
static int shade_of(const spectrum *d, size_t set, double *shade)
{
    const mi_plot_runs *r = &d->sets;
    return r->n_columns == 1 &&
           mi_number_parse(mi_table_cell(r->t, r->levels.first[set], r->column[0]), shade) &&
           isfinite(*shade);
}

/* A bar where a single number tells many sets apart; else they must fit the key. */
static mi_status choose_bar(mi_plot_page *p, const spectrum *d)
{
    double low = INFINITY, high = -INFINITY, shade;
    int is_whole = 1;
    size_t set = 0, n = d->sets.levels.n;
    for (; set < n && shade_of(d, set, &shade); set++) {
        low = fmin(low, shade);
        high = fmax(high, shade);
        is_whole &= shade == rint(shade);
    }
    if (set == n && n > SETS_IN_KEY) {
        const mi_plot_columns column = {.n = 1, .at = {d->sets.column[0]}};
        mi_plot_words_of_axis(p->bar.title, p->t, &column);
        p->bar.low = low;
        p->bar.high = high;
        p->bar.is_whole = is_whole;
        return MI_OK;
    }
    if (n <= PLOT_LEVELS)
        return MI_OK;
    return mi_fail(MI_EDATA, "%s: more than %d feature sets, too many to tell apart in a chart",
                   p->t->source, PLOT_LEVELS);
}

/* ---- series ---- */

static int compare_points(const void *a, const void *b)
{
    double left = ((const mi_plot_point *)a)->x, right = ((const mi_plot_point *)b)->x;
    return (left > right) - (left < right);
}

static mi_status collect(const mi_plot_page *p, const spectrum *d, size_t line, size_t set,
                         size_t *n)
{
    const mi_plot_measured y = mi_plot_measured_of(p->t, d->y);
    *n = 0;
    for (size_t row = 0; row < p->t->rows; row++) {
        mi_plot_point *it = &d->point[*n];
        if (d->lines.of[row] != line || d->sets.levels.of[row] != set)
            continue;
        MI_TRY(mi_plot_number(p->t, row, d->x, &it->x));
        MI_TRY(mi_plot_number(p->t, row, d->y, &it->y));
        MI_TRY(mi_plot_interval(p->t, row, &y, it));
        *n += isfinite(it->x) && isfinite(it->y) && (!p->log_x || it->x > 0) &&
              (!p->log_y || it->y > 0);
    }
    qsort(d->point, *n, sizeof *d->point, compare_points);
    return MI_OK;
}

static mi_plot_style style_of(const mi_plot_page *p, const spectrum *d, size_t line, size_t set)
{
    int k = (int)(d->sets.levels.n > 1 ? set : line) + 1;
    mi_plot_style style = {.color = k, .dash = k, .mark = k};
    if (*p->bar.title)
        shade_of(d, set, &style.shade);
    return style;
}

static void widen(spectrum *d, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        d->x_low = fmin(d->x_low, d->point[k].x);
        d->x_high = fmax(d->x_high, d->point[k].x);
        d->y_low = fmin(d->y_low, d->point[k].y);
        d->y_high = fmax(d->y_high, d->point[k].y);
    }
}

static mi_status add_line(mi_plot_page *p, spectrum *d, size_t line, size_t set)
{
    char variables[PLOT_LABEL], name[PLOT_LABEL], comment[4 * PLOT_LABEL];
    size_t n;
    MI_TRY(collect(p, d, line, set, &n));
    if (n == 0)
        return MI_OK;
    widen(d, n);
    name_variables(variables, p, d, line);
    mi_plot_runs_name(name, &d->sets, set);
    snprintf(comment, sizeof comment, "%s against %s%s%s%s%s", p->t->name[d->y], p->t->name[d->x],
             *variables ? ", " : "", variables, *name ? ", " : "", name);
    return mi_plot_page_series(p, comment, d->point, n, style_of(p, d, line, set));
}

/* ---- panels: one for all lines of a single set, else one for each of them ---- */

static mi_plot_panel *begin_panel(mi_plot_page *p, const spectrum *d)
{
    mi_plot_panel *it = mi_plot_page_panel(p);
    const mi_plot_columns x = {.n = 1, .at = {d->x}};
    mi_plot_words_of_axis(it->xlabel, p->t, &x);
    return it;
}

static void end_panel(mi_plot_page *p, mi_plot_panel *it)
{
    it->split = it->last = p->series;
    if (it->last < it->first)
        mi_plot_page_drop_panel(p);
}

static mi_status add_panel(mi_plot_page *p, spectrum *d)
{
    mi_plot_panel *it = begin_panel(p, d);
    for (size_t line = 0; line < d->lines.n; line++)
        MI_TRY(add_line(p, d, line, 0));
    end_panel(p, it);
    return MI_OK;
}

static mi_status add_panel_of_sets(mi_plot_page *p, spectrum *d, size_t line)
{
    mi_plot_panel *it = begin_panel(p, d);
    name_variables(it->title, p, d, line);
    for (size_t set = 0; set < d->sets.levels.n; set++)
        MI_TRY(add_line(p, d, line, set));
    end_panel(p, it);
    return MI_OK;
}

/* ---- key ---- */

static void add_keys(mi_plot_page *p, const spectrum *d)
{
    char name[PLOT_LABEL];
    int has_sets = d->sets.levels.n > 1;
    size_t n = has_sets ? d->sets.levels.n : d->lines.n;
    if (*p->bar.title || (!has_sets && d->variables < 0))
        return;
    for (size_t k = 0; k < n; k++) {
        if (has_sets)
            mi_plot_runs_name(name, &d->sets, k);
        else
            name_variables(name, p, d, k);
        mi_plot_page_key(p, name, has_sets ? style_of(p, d, 0, k) : style_of(p, d, k, 0));
    }
}

/* A logarithmic axis of less than two decades needs tics between its powers of ten. */
static void put_spans(const mi_plot_page *p, const spectrum *d)
{
    char x[MI_NUMBER_BYTES], y[MI_NUMBER_BYTES];
    fprintf(p->values, "MI_X_SPAN = %s; MI_Y_SPAN = %s\n",
            mi_number_print(x, 6, p->log_x ? d->x_high / d->x_low : 0),
            mi_number_print(y, 6, p->log_y ? d->y_high / d->y_low : 0));
}

/* A text has no colours for a bar: the key then says what there is. */
static void replace_bar_in_text(mi_plot_page *p)
{
    char low[MI_NUMBER_BYTES], high[MI_NUMBER_BYTES], text[2 * PLOT_LABEL];
    if (!p->o->as_text || !*p->bar.title)
        return;
    snprintf(text, sizeof text, "%s %s to %s", p->bar.title, mi_number_print(low, 6, p->bar.low),
             mi_number_print(high, 6, p->bar.high));
    mi_plot_page_key(p, text, (mi_plot_style){0});
    *p->bar.title = 0;
}

/* ---- the chart ---- */

static mi_status choose(mi_plot_page *p, spectrum *d)
{
    const mi_plot_opts *o = p->o;
    if (o->y2)
        return mi_fail(MI_EUSAGE, "a spectrum chart has one vertical axis: " MI_OPTION
                                  "y2 is for trend and sweep");
    if (!o->log_chosen)
        p->log_x = p->log_y = 1;
    MI_TRY(mi_table_find(p->t, o->x ? o->x : "index", &d->x));
    MI_TRY(mi_table_find(p->t, o->y ? o->y : "eigenvalue", &d->y));
    d->variables = mi_table_has(p->t, "variables");
    size_t variables = (size_t)d->variables;
    MI_TRY(mi_plot_levels_of(&d->lines, p->t, &variables, d->variables >= 0, PLOT_LEVELS,
                             "variables"));
    MI_TRY(mi_plot_runs_of_sets(&d->sets, p->t, d->variables, o->by));
    if (d->sets.levels.n > 1 && d->lines.n > PLOT_PANELS)
        return mi_fail(MI_EDATA, "%s: %zu variables, more than the %d panels of a chart",
                       p->t->source, d->lines.n, PLOT_PANELS);
    MI_TRY(mi_plot_warn_of_mixtures(p, &d->lines, &d->sets.levels, -1));
    return choose_bar(p, d);
}

static mi_status draw(mi_plot_page *p, spectrum *d)
{
    MI_TRY(choose(p, d));
    const mi_plot_columns y = {.n = 1, .at = {d->y}};
    MI_TRY(MI_NEW(d->point, p->t->rows));
    p->columns = d->sets.levels.n < 2 ? 1 : mi_plot_page_grid(d->lines.n);
    if (d->sets.levels.n < 2)
        MI_TRY(add_panel(p, d));
    for (size_t line = 0; d->sets.levels.n > 1 && line < d->lines.n; line++)
        MI_TRY(add_panel_of_sets(p, d, line));
    mi_plot_words_of_axis(p->ylabel, p->t, &y);
    add_keys(p, d);
    replace_bar_in_text(p);
    put_spans(p, d);
    return MI_OK;
}

mi_status mi_plot_spectrum(mi_plot_page *p)
{
    spectrum d = {.x_low = INFINITY, .y_low = INFINITY};
    mi_status status = draw(p, &d);
    mi_table_levels_free(&d.lines);
    mi_plot_runs_free(&d.sets);
    mi_free(d.point);
    return status;
}
