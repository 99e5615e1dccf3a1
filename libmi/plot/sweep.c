/* sweep: accuracy and information against what a set of runs was swept over: lambda, the levels of
 * FSQ, k, the order, or names. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/number.h"
#include "libmi/base/words.h"
#include "libmi/plot/private.h"

/* A logarithmic axis is worth reading from this span of its values on. */
static const double LOG_SPAN = 10;

/* ---- numbers in names: fsq:17 ---- */

/* The number behind the colon of "WORD:NUMBER", and the bytes of WORD; 0 when the text is not so.
 */
static int number_in_name(const char *text, double *value, size_t *word)
{
    const char *colon = strchr(text, ':');
    *word = colon ? (size_t)(colon - text) : 0;
    return *word && mi_number_parse(colon + 1, value) && mi_plot_fits(*value);
}

/* 1 when all cells of the column are numbers in one and the same word. */
static int has_numbers_in_name(const mi_table *t, size_t column)
{
    double value;
    size_t first, word;
    const char *name = mi_table_cell(t, 0, column);
    if (!number_in_name(name, &value, &first))
        return 0;
    for (size_t row = 1; row < t->rows; row++) {
        const char *text = mi_table_cell(t, row, column);
        if (!number_in_name(text, &value, &word) || word != first || strncmp(name, text, word) != 0)
            return 0;
    }
    return 1;
}

static void words_of_name(char *out, const char *text)
{
    double value;
    size_t word;
    char title[PLOT_LABEL + 16];
    number_in_name(text, &value, &word);
    if (word == 3 && strncmp(text, "fsq", word) == 0)
        strcpy(title, "levels L of FSQ");
    else
        snprintf(title, sizeof title, "k of %.*s", (int)(word < PLOT_LABEL ? word : PLOT_LABEL),
                 text);
    mi_plot_label(out, title, PLOT_LABEL);
}

/* ---- which column, which numbers ---- */

static int has_number(const mi_table *t, size_t column)
{
    double value;
    for (size_t row = 0; row < t->rows; row++)
        if (mi_number_parse(mi_table_cell(t, row, column), &value) && !isnan(value))
            return 1;
    return 0;
}

static int has_names(const mi_table *t, size_t column)
{
    double value;
    for (size_t row = 0; row < t->rows; row++)
        if (!mi_number_parse(mi_table_cell(t, row, column), &value))
            return 1;
    return 0;
}

/* Numbers that vary, then names that vary, then numbers that do not. */
static int rank_of(const mi_table *t, const char *name)
{
    long found = mi_table_has(t, name);
    size_t column = (size_t)found;
    if (found < 0)
        return 0;
    int is_number =
        has_numbers_in_name(t, column) || (has_number(t, column) && !has_names(t, column));
    int varies = mi_table_varies(t, column);
    return is_number ? (varies ? 3 : 1) : varies && has_names(t, column) ? 2 : 0;
}

/* The first column of the highest rank. */
static mi_status find_x(const mi_table *t, size_t *x)
{
    static const char *const known[] = {"lambda",    "fsq_levels", "k",    "temperature",
                                        "projector", "method",     "alpha"};
    int best = 0, any = 0;
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        int rank = rank_of(t, known[k]);
        any |= mi_table_has(t, known[k]) >= 0;
        if (rank > best) {
            best = rank;
            *x = (size_t)mi_table_has(t, known[k]);
        }
    }
    if (best)
        return MI_OK;
    if (!any)
        return mi_table_find(t, known[0], x);
    return mi_fail(
        MI_EDATA,
        "%s: nothing was swept in a column lambda, fsq_levels, k, temperature, projector "
        "(fsq:17), method or alpha: choose one with " MI_OPTION "x",
        t->source);
}

/* Fewer values than this are no curve: points with names. */
enum { CURVE = 4 };

static mi_status is_curve(int *out, const mi_table *t, size_t x)
{
    mi_table_levels values;
    *out = 0;
    if (has_names(t, x) && !has_numbers_in_name(t, x))
        return MI_OK;
    MI_TRY(mi_plot_levels_of(&values, t, &x, 1, t->rows, "values"));
    *out = values.n >= CURVE;
    mi_table_levels_free(&values);
    return MI_OK;
}

static mi_status choose_x(mi_plot_lines *d, mi_plot_page *p, int *has_curve)
{
    size_t word;
    const mi_table *t = p->t;
    MI_TRY(p->o->x ? mi_table_find(t, p->o->x, &d->x) : find_x(t, &d->x));
    const mi_plot_columns x = {.n = 1, .at = {d->x}};
    mi_plot_words_of_axis(d->xlabel, t, &x);
    MI_TRY(is_curve(has_curve, t, d->x));
    if (!*has_curve)
        return mi_plot_names_as_x(p, d);
    if (!has_numbers_in_name(t, d->x))
        return mi_plot_numbers_of(&d->x_of, t, d->x);
    words_of_name(d->xlabel, mi_table_cell(t, 0, d->x));
    MI_TRY(MI_NEW(d->x_of, t->rows));
    for (size_t row = 0; row < t->rows; row++)
        number_in_name(mi_table_cell(t, row, d->x), &d->x_of[row], &word);
    return MI_OK;
}

/* ---- the axis ---- */

/* Logarithmic where the values ask for it; 0 then stands a step left of the others. */
static mi_status choose_axis(mi_plot_page *p, double *x)
{
    double low = INFINITY, high = 0;
    int has_zero = 0, has_negative = 0;
    for (size_t row = 0; row < p->t->rows; row++) {
        if (x[row] > 0 && isfinite(x[row])) {
            low = fmin(low, x[row]);
            high = fmax(high, x[row]);
        }
        has_zero |= x[row] == 0;
        has_negative |= x[row] < 0;
    }
    if (!p->o->log_chosen)
        p->log_x = !has_negative && high / low >= LOG_SPAN;
    if (p->log_x && has_zero && high > 0)
        p->zero_at = low / fmax(pow(high / low, 0.18), 1.5);
    mi_plot_place_infinity(p, x);
    return mi_plot_tics_at_values(p, x);
}

static mi_status draw(mi_plot_page *p, mi_plot_lines *d)
{
    int has_curve;
    MI_TRY(choose_x(d, p, &has_curve));
    if (has_curve)
        MI_TRY(choose_axis(p, d->x_of));
    MI_TRY(mi_plot_lines_choose(d, p, "lower,upper,I_Z1_Z2"));
    return mi_plot_lines_draw(p, d);
}

mi_status mi_plot_sweep(mi_plot_page *p)
{
    mi_plot_lines d = {0};
    mi_status status = draw(p, &d);
    mi_plot_lines_free(&d);
    return status;
}
