/* matrix: a number of each pair of sets as a coloured cell with its value, as mi-align writes them. Sets
 * a are the rows, from above, sets b the columns, or the values of two columns that are chosen. */
#include <math.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/number.h"
#include "libmi/base/words.h"
#include "libmi/plot/private.h"

enum { SIDE_COLUMNS = 3, MOST_CELLS = PLOT_TICS * PLOT_TICS, ROW_CHARS = 24 };

/* What names the rows, or the columns, of the matrix. */
typedef struct {
    size_t n, at[SIDE_COLUMNS]; /* columns of the table */
    mi_table_levels levels;
    char name[PLOT_TICS][PLOT_LABEL];
    char title[PLOT_LABEL];
} side;

enum { A, B, SIDES };

typedef struct {
    side side[SIDES];
    mi_plot_columns y;
    mi_table_levels subject; /* what a panel is of: orders and variables */
    size_t *row; /* (rows, columns of the matrix) 1 more than the row of the table; 0: none */
} matrix;

/* ---- sides ---- */

static const char *const side_columns[SIDES][SIDE_COLUMNS] = {{"file_a", "group_a", "epoch_a"},
                                                              {"file_b", "group_b", "epoch_b"}};

static mi_status find_columns(side *s, const mi_table *t, const char *chosen, int which)
{
    if (chosen) {
        s->n = 1;
        return mi_table_find(t, chosen, &s->at[0]);
    }
    for (size_t k = 0; k < 2; k++)
        MI_TRY(mi_table_find(t, side_columns[which][k], &s->at[s->n++]));
    long epoch = mi_table_has(t, side_columns[which][2]);
    if (epoch >= 0)
        s->at[s->n++] = (size_t)epoch;
    return MI_OK;
}

/* Whether the sets of a side differ in its column k. */
static int differs(const side *s, const mi_table *t, size_t k)
{
    return k < s->n && mi_table_varies(t, s->at[k]);
}

/* Whether each set has a text of its own in column k of the side. */
static int tells_apart(const side *s, const mi_table *t, size_t k)
{
    for (size_t a = 0; a < s->levels.n; a++)
        for (size_t b = 0; b < a; b++)
            if (mi_table_same(t, s->levels.first[a], s->levels.first[b], &s->at[k], 1))
                return 0;
    return 1;
}

/* Groups that have each an epoch of their own, as a number, are called by it. */
static int has_epochs(const side *s, const mi_table *t)
{
    double value;
    if (s->n < SIDE_COLUMNS || differs(s, t, 0))
        return 0;
    for (size_t k = 0; k < s->levels.n; k++) {
        const char *cell = mi_table_cell(t, s->levels.first[k], s->at[2]);
        if (!mi_number_parse(cell, &value) || !isfinite(value))
            return 0;
    }
    return tells_apart(s, t, 2);
}

static const char *group_of(const mi_table *t, size_t row, const side *s)
{
    const char *group = mi_table_cell(t, row, s->at[1]);
    return group[0] == '/' && group[1] ? group + 1 : group;
}

static void name_level(char *out, const side *s, const mi_table *t, size_t level)
{
    size_t row = s->levels.first[level];
    char text[2 * PLOT_LABEL];
    int file = differs(s, t, 0), group = file && !tells_apart(s, t, 0);
    if (s->n == 1)
        snprintf(text, sizeof text, "%s", mi_table_cell(t, row, s->at[0]));
    else if (has_epochs(s, t))
        snprintf(text, sizeof text, "%s", mi_table_cell(t, row, s->at[2]));
    else if (file)
        snprintf(text, sizeof text, "%.200s%s%.200s", mi_plot_file_of(t, row, s->at[0]),
                 group ? " " : "", group ? group_of(t, row, s) : "");
    else
        snprintf(text, sizeof text, "%s", group_of(t, row, s));
    mi_plot_label_ends(out, text, ROW_CHARS);
}

/* Whether both sides of the table have one and the same text in their columns k, a single one each. */
static int is_shared(const matrix *m, const mi_table *t, size_t k)
{
    const side *a = &m->side[A], *b = &m->side[B];
    return strcmp(mi_table_cell(t, 0, a->at[k]), mi_table_cell(t, 0, b->at[k])) == 0;
}

static void add_part(char *title, const char *part, size_t bytes)
{
    size_t used = strlen(title);
    if (*part && bytes)
        snprintf(title + used, PLOT_LABEL - used, "%s%.*s", used ? ", " : "", (int)bytes, part);
}

/* "epoch, z1, b.h5": what the names are, and what all sets of the side have and those of the other have
 * not. */
static void title_side(matrix *m, const mi_table *t, int which)
{
    side *s = &m->side[which];
    long variables = mi_table_has(t, "variables");
    if (s->n == 1) {
        mi_plot_columns one = {.n = 1, .at = {s->at[0]}};
        mi_plot_words_of_axis(s->title, t, &one);
        return;
    }
    add_part(s->title, has_epochs(s, t) ? "epoch" : "", 5);
    const char *pair = variables < 0 ? "" : mi_table_cell(t, 0, (size_t)variables);
    const char *colon = strchr(pair, ':');
    if (colon && !mi_table_varies(t, (size_t)variables)) {
        size_t left = (size_t)(colon - pair);
        int is_one = strlen(colon + 1) == left && strncmp(pair, colon + 1, left) == 0;
        if (!is_one)
            add_part(s->title, which == A ? pair : colon + 1,
                     which == A ? left : strlen(colon + 1));
    }
    if (!differs(&m->side[A], t, 0) && !differs(&m->side[B], t, 0) && !is_shared(m, t, 0)) {
        const char *file = mi_plot_file_of(t, 0, s->at[0]);
        add_part(s->title, file, strlen(file));
    }
}

static mi_status choose_side(side *s, const mi_plot_page *p, const char *chosen, int which)
{
    static const char *const what[SIDES] = {"rows of a matrix", "columns of a matrix"};
    MI_TRY(find_columns(s, p->t, chosen, which));
    MI_TRY(mi_plot_levels_of(&s->levels, p->t, s->at, s->n, PLOT_TICS, what[which]));
    MI_TRY(mi_plot_levels_sort(&s->levels, p->t, s->at, s->n));
    for (size_t k = 0; k < s->levels.n; k++)
        name_level(s->name[k], s, p->t, k);
    return MI_OK;
}

/* ---- what is drawn ---- */

/* The first of the columns that are likely to be meant. */
static const char *default_value(const mi_table *t)
{
    static const char *const known[] = {"cka_debiased", "cka",          "I_adjusted", "cknna",
                                        "mutual_knn",   "svcca",        "procrustes", "jaccard_knn",
                                        "cycle_knn",    "I_calibrated", "I"};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (mi_table_has(t, known[k]) >= 0)
            return known[k];
    return known[0];
}

static mi_status choose_subjects(matrix *m, const mi_table *t)
{
    static const char *const name[] = {"variables", "alpha"};
    size_t at[2], n = 0;
    for (size_t k = 0; k < 2; k++) {
        long column = mi_table_has(t, name[k]);
        if (column >= 0 && mi_table_varies(t, (size_t)column))
            at[n++] = (size_t)column;
    }
    MI_TRY(mi_plot_levels_of(&m->subject, t, at, n, PLOT_PANELS, "panels"));
    return mi_plot_levels_sort(&m->subject, t, at, n);
}

static mi_status choose(matrix *m, mi_plot_page *p)
{
    const mi_plot_opts *o = p->o;
    if (o->y2)
        return mi_fail(MI_EUSAGE,
                       "a matrix has one number in a cell: " MI_OPTION "y2 is for other kinds");
    if (!o->x != !o->by)
        return mi_fail(MI_EUSAGE, "a matrix of chosen columns wants both: " MI_OPTION
                                  "x for its columns and " MI_OPTION "by for its rows");
    MI_TRY(mi_plot_columns_of(&m->y, p->t, o->y ? o->y : default_value(p->t)));
    MI_TRY(choose_side(&m->side[A], p, o->by, A));
    MI_TRY(choose_side(&m->side[B], p, o->x, B));
    title_side(m, p->t, A);
    title_side(m, p->t, B);
    MI_TRY(choose_subjects(m, p->t));
    if (m->subject.n * m->y.n > PLOT_PANELS)
        return mi_fail(MI_EDATA, "%s: %zu panels of a matrix, at most %d can be read", p->t->source,
                       m->subject.n * m->y.n, PLOT_PANELS);
    return MI_NEW(m->row, (size_t)MOST_CELLS);
}

/* ---- cells ---- */

static mi_status find_cells(matrix *m, const mi_plot_page *p, size_t subject)
{
    const side *a = &m->side[A], *b = &m->side[B];
    memset(m->row, 0, MOST_CELLS * sizeof *m->row);
    for (size_t row = 0; row < p->t->rows; row++) {
        if (m->subject.of[row] != subject)
            continue;
        size_t i = a->levels.of[row], j = b->levels.of[row];
        size_t *cell = &m->row[i * b->levels.n + j];
        if (*cell)
            return mi_fail(
                MI_EDATA,
                "%s: lines %zu and %zu are of one cell, %s against %s; choose with " MI_OPTION
                "where",
                p->t->source, p->t->line[*cell - 1], p->t->line[row], a->name[i], b->name[j]);
        *cell = row + 1;
    }
    return MI_OK;
}

static void name_panel(char *out, const matrix *m, const mi_plot_page *p, size_t subject, size_t y)
{
    size_t row = m->subject.first[subject];
    long alpha = mi_table_has(p->t, "alpha"), variables = mi_table_has(p->t, "variables");
    char text[PLOT_LABEL] = "", word[PLOT_LABEL], order[PLOT_LABEL];
    if (m->y.n > 1) {
        mi_plot_words_of_key(word, p->t->name[m->y.at[y]]);
        add_part(text, word, strlen(word));
    }
    if (variables >= 0 && mi_table_varies(p->t, (size_t)variables)) {
        const char *pair = mi_table_cell(p->t, row, (size_t)variables);
        add_part(text, pair, strlen(pair));
    }
    if (alpha >= 0 && mi_table_varies(p->t, (size_t)alpha)) {
        snprintf(order, sizeof order, "order α = %s", mi_table_cell(p->t, row, (size_t)alpha));
        add_part(text, order, strlen(order));
    }
    mi_plot_label(out, text, PLOT_LABEL);
}

/* One panel: a line "x y value" for each pair that the table has; a cell without a number is nan. */
static mi_status draw_panel(mi_plot_page *p, matrix *m, size_t subject, size_t y)
{
    static const mi_plot_style plain = {.every = 1};
    const side *a = &m->side[A], *b = &m->side[B];
    mi_plot_panel *panel = mi_plot_page_panel(p);
    size_t cells = a->levels.n * b->levels.n, n = 0;
    name_panel(panel->title, m, p, subject, y);
    strcpy(panel->xlabel, b->title);
    for (size_t k = 0; k < cells; k++)
        n += m->row[k] > 0;
    MI_TRY(mi_plot_page_block(p, p->t->name[m->y.at[y]], "x y value", n, plain));
    for (size_t k = 0; k < cells; k++) {
        size_t row = k / b->levels.n, column = k % b->levels.n;
        double value[3] = {(double)column + 1, (double)row + 1};
        if (!m->row[k])
            continue;
        MI_TRY(mi_table_number(p->t, m->row[k] - 1, m->y.at[y], &value[2]));
        mi_plot_page_numbers(p, value, 3);
        mi_plot_page_reach(p, value[0], value[1]);
        p->bar.low = isfinite(value[2]) ? fmin(p->bar.low, value[2]) : p->bar.low;
        p->bar.high = isfinite(value[2]) ? fmax(p->bar.high, value[2]) : p->bar.high;
    }
    panel->last = panel->split = p->series;
    return MI_OK;
}

/* ---- the scale, and what fits ---- */

static void choose_scale(mi_plot_page *p, const matrix *m)
{
    mi_plot_bar *bar = &p->bar;
    bar->low = isfinite(p->o->yrange.low) ? p->o->yrange.low : bar->low;
    bar->high = isfinite(p->o->yrange.high) ? p->o->yrange.high : bar->high;
    if (!(bar->low < bar->high)) { /* one value: the scale goes on below it */
        bar->high = isfinite(bar->high) ? bar->high : 1;
        bar->low = bar->high - fmax(1, fabs(bar->high));
    }
    if (p->o->as_text)
        return;
    mi_plot_words_of_axis(bar->title, p->t, &m->y);
}

/* Values of at most 1 have two decimals, others three digits. */
static const char *format_of(const mi_plot_page *p)
{
    return fmax(fabs(p->bar.low), fabs(p->bar.high)) <= 1 ? "%.2f" : "%.3g";
}

static size_t longest_name(const side *s)
{
    size_t longest = 0;
    for (size_t k = 0; k < s->levels.n; k++)
        longest = strlen(s->name[k]) > longest ? strlen(s->name[k]) : longest;
    return longest;
}

/* How a value is written: 0 not at all, 1 as it is, 2 without the 0 before its point. */
static int shown_of(const mi_plot_page *p, const matrix *m)
{
    double chars = mi_plot_panel_chars(p) - (double)longest_name(&m->side[A]) - 3;
    double each = chars / (double)m->side[B].levels.n, sign = p->bar.low < 0 ? 1 : 0;
    return each >= 4.5 + sign ? 1 : each >= 3.2 + sign ? 2 : 0;
}

static void put_values(const mi_plot_page *p, const matrix *m)
{
    const side *a = &m->side[A];
    char low[MI_NUMBER_BYTES], high[MI_NUMBER_BYTES];
    fprintf(p->values, "MI_CELL_SHOWN = %d; MI_CELL_FORMAT = \"%s\"; MI_CELL_LOW = %s; ",
            shown_of(p, m), format_of(p), mi_number_print_shortest(low, p->bar.low));
    fprintf(p->values, "MI_CELL_HIGH = %s\nMI_LINES = %zu\narray MI_LINE_TEXT[%zu]\n",
            mi_number_print_shortest(high, p->bar.high), a->levels.n, a->levels.n);
    for (size_t k = 0; k < a->levels.n; k++)
        mi_plot_put_tic(p->values, "MI_LINE_TEXT", k + 1, a->name[k]);
}

/* ---- */

static mi_status draw(mi_plot_page *p, matrix *m)
{
    const side *b = &m->side[B];
    MI_TRY(choose(m, p));
    p->log_x = p->log_y = 0;
    p->bar = (mi_plot_bar){.low = INFINITY, .high = -INFINITY};
    for (size_t s = 0; s < m->subject.n; s++) {
        MI_TRY(find_cells(m, p, s));
        for (size_t y = 0; y < m->y.n; y++)
            MI_TRY(draw_panel(p, m, s, y));
    }
    if (!(p->bar.low <= p->bar.high))
        return mi_fail(MI_EDATA, "%s: no row has a number in %s", p->t->source,
                       p->t->name[m->y.at[0]]);
    p->columns = mi_plot_page_grid(p->panels);
    p->is_wide = b->levels.n > 8;
    p->lines = m->side[A].levels.n;
    p->tics = b->levels.n;
    for (size_t k = 0; k < p->tics; k++) {
        p->tic[k] = (double)k + 1;
        p->tic_text[k] = strcpy(p->tic_words[k], b->name[k]);
    }
    mi_plot_label(p->ylabel, m->side[A].title, PLOT_LABEL);
    choose_scale(p, m);
    put_values(p, m);
    return MI_OK;
}

mi_status mi_plot_matrix(mi_plot_page *p)
{
    matrix *m;
    MI_TRY(MI_NEW(m, 1));
    mi_status status = draw(p, m);
    for (int k = 0; k < SIDES; k++)
        mi_table_levels_free(&m->side[k].levels);
    mi_table_levels_free(&m->subject);
    mi_free(m->row);
    mi_free(m);
    return status;
}
