/* The page: series into the data, everything else into gnuplot assignments. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/number.h"
#include "libmi/plot/private.h"

enum { MARKS = 25 }; /* on a line, so that a long run is still a line */

mi_plot_panel *mi_plot_page_panel(mi_plot_page *p)
{
    mi_plot_panel *it = &p->panel[p->panels++];
    *it = (mi_plot_panel){.first = p->series + 1, .x = {INFINITY, -INFINITY}};
    return it;
}

void mi_plot_page_drop_panel(mi_plot_page *p)
{
    mi_plot_panel *it = &p->panel[--p->panels];
    if (*it->title || p->panels > 0)
        mi_warn("nothing to draw of %s%s%s", it->xlabel, *it->title ? " at " : "", it->title);
}

size_t mi_plot_page_grid(size_t panels)
{
    return panels < 4 ? panels : panels == 4 ? 2 : panels < 13 ? 3 : 4;
}

void mi_plot_page_reach(mi_plot_page *p, double x, double y)
{
    double place = p->zero_at > 0 && x == 0 ? p->zero_at : x;
    mi_plot_reach(&p->panel[p->panels - 1].x, place, p->log_x);
    mi_plot_reach(&p->y[p->right], y, p->log_y && !p->right);
}

void mi_plot_page_reach_cross(mi_plot_page *p, const mi_plot_cross *c)
{
    mi_plot_page_reach(p, c->x, c->y);
    if (p->o->as_text)
        return;
    mi_plot_page_reach(p, c->x_low, c->y_low);
    mi_plot_page_reach(p, c->x_high, c->y_high);
    p->has_intervals |= c->x_low < c->x_high || c->y_low < c->y_high;
}

mi_status mi_plot_page_block(mi_plot_page *p, const char *comment, const char *columns, size_t n,
                             mi_plot_style style)
{
    char label[PLOT_LABEL];
    MI_TRY(mi_grow(&p->style, p->series, &p->room, sizeof *p->style));
    style.every = n > MARKS ? n / MARKS : 1;
    style.points = n;
    p->style[p->series++] = style;
    mi_plot_label(label, comment, PLOT_LABEL);
    fprintf(p->data, "%s# %s (%s)\n", p->series > 1 ? "\n\n" : "", label, columns);
    return MI_OK;
}

void mi_plot_page_numbers(mi_plot_page *p, const double *value, size_t n)
{
    char number[MI_NUMBER_BYTES];
    for (size_t c = 0; c < n; c++)
        fprintf(p->data, "%s%c", mi_number_print(number, 12, value[c]), c + 1 < n ? ' ' : '\n');
}

mi_status mi_plot_page_series(mi_plot_page *p, const char *comment, const mi_plot_point *point,
                              size_t n, mi_plot_style style)
{
    MI_TRY(mi_plot_page_block(p, comment, "x y low high", n, style));
    for (size_t k = 0; k < n; k++) {
        const double value[] = {point[k].x, point[k].y, point[k].low, point[k].high};
        /* A line that came from 0, or went to infinity, would say something about its way: an
         * empty line breaks it. */
        int leaves_0 = k && p->zero_at > 0 && point[k - 1].x == 0 && point[k].x > 0;
        int goes_far = k && p->infinite_at > 0 && point[k].x == p->infinite_at;
        if (leaves_0 || goes_far)
            putc('\n', p->data);
        mi_plot_page_numbers(p, value, 4);
        mi_plot_page_reach(p, point[k].x, point[k].y);
        if (!p->o->as_text) {
            mi_plot_page_reach(p, point[k].x, point[k].low);
            mi_plot_page_reach(p, point[k].x, point[k].high);
            p->has_intervals |= point[k].low < point[k].high;
        }
    }
    return MI_OK;
}

void mi_plot_page_key(mi_plot_page *p, const char *text, mi_plot_style style)
{
    mi_plot_label(p->key[p->keys].text, text, PLOT_LABEL);
    p->key[p->keys++].style = style;
}

void mi_plot_page_order(char *out, const mi_table *t, const mi_table_levels *orders, size_t order)
{
    char text[PLOT_LABEL];
    *out = 0;
    if (orders->n < 2)
        return;
    const char *alpha = mi_table_cell(t, orders->first[order], (size_t)mi_table_has(t, "alpha"));
    snprintf(text, sizeof text, "order α = %s", strcmp(alpha, "inf") == 0 ? "∞" : alpha);
    mi_plot_label(out, text, PLOT_LABEL);
}

/* ---- values ---- */

static void put_styles(const mi_plot_page *p)
{
    static const char *const name[] = {"MI_COLOR_OF", "MI_DASH_OF",  "MI_MARK_OF",
                                       "MI_EVERY_OF", "MI_SHIFT_OF", "MI_POINTS_OF"};
    char number[MI_NUMBER_BYTES];
    for (size_t k = 0; k < sizeof name / sizeof *name; k++)
        fprintf(p->values, "array %s[%zu]\n", name[k], p->series + 1);
    /* One more than there are: gnuplot reads the options of an empty iteration too. */
    for (size_t k = 0; k <= p->series; k++) {
        static const mi_plot_style none = {.every = 1};
        const mi_plot_style *s = k < p->series ? &p->style[k] : &none;
        fprintf(p->values, "MI_COLOR_OF[%zu] = %d; MI_DASH_OF[%zu] = %d; MI_MARK_OF[%zu] = %d; ",
                k + 1, s->color, k + 1, s->dash, k + 1, s->mark);
        fprintf(p->values, "MI_POINTS_OF[%zu] = %zu; ", k + 1, s->points);
        fprintf(p->values, "MI_EVERY_OF[%zu] = %zu; MI_SHIFT_OF[%zu] = %s\n", k + 1, s->every,
                k + 1, mi_number_print(number, 6, s->shift));
    }
}

/* A text has few letters for lines: the dashes that there are take them in turn. */
static void put_pens(const mi_plot_page *p)
{
    int pen[PLOT_STYLES + 1] = {0}, used = 0;
    for (size_t k = 0; k < p->series; k++) {
        int number = p->style[k].dash ? p->style[k].dash : p->style[k].mark;
        if (number > 0 && number <= PLOT_STYLES && !pen[number])
            pen[number] = ++used;
    }
    fprintf(p->values, "array MI_PEN[%d]\n", PLOT_STYLES);
    for (int k = 1; k <= PLOT_STYLES; k++)
        fprintf(p->values, "MI_PEN[%d] = %d%s", k, pen[k] ? pen[k] : k,
                k % 8 && k < PLOT_STYLES ? "; " : "\n");
}

/* Tics at the values of x, labelled as far as there is room. */
static void put_tics(const mi_plot_page *p, const mi_plot_layout *l)
{
    char number[MI_NUMBER_BYTES];
    int shown[PLOT_TICS];
    mi_plot_tics_with_labels(shown, p, l);
    /* The axis is broken between the largest number and infinity. */
    int is_broken = p->infinite_at > 0 && p->tics > 1;
    fprintf(p->values, "MI_ZERO_AT = %s; MI_TICS = %zu; MI_TICS_TURN = %d\n",
            mi_number_print_shortest(number, p->zero_at), p->tics, l->turn);
    fprintf(p->values, "MI_INFINITE_AT = %s; ",
            mi_number_print_shortest(number, is_broken ? p->infinite_at : 0));
    fprintf(p->values, "MI_LARGEST = %s\n",
            mi_number_print_shortest(number, is_broken ? p->tic[p->tics - 2] : 0));
    if (p->tics)
        fprintf(p->values, "array MI_TIC[%zu]\narray MI_TIC_TEXT[%zu]\narray MI_TIC_ROW[%zu]\n",
                p->tics, p->tics, p->tics);
    for (size_t k = 0; k < p->tics; k++) {
        fprintf(p->values, "MI_TIC_ROW[%zu] = %d; MI_TIC[%zu] = %s; ", k + 1, l->tic_row[k], k + 1,
                mi_number_print_shortest(number, p->tic[k]));
        mi_plot_put_tic(p->values, "MI_TIC_TEXT", k + 1, shown[k] ? l->tic[k] : "");
    }
}

static void put_key(const mi_plot_page *p, const mi_plot_layout *l)
{
    static const char *const name[] = {"MI_KEY",       "MI_KEY_X",    "MI_KEY_ROW",
                                       "MI_KEY_COLOR", "MI_KEY_DASH", "MI_KEY_MARK"};
    fprintf(p->values, "MI_CHARS = %zu; MI_KEYS = %zu; MI_KEY_ROWS = %zu\n", l->chars, p->keys,
            l->key_rows);
    for (size_t k = 0; k < sizeof name / sizeof *name; k++)
        fprintf(p->values, "array %s[%zu]\n", name[k], p->keys ? p->keys : 1);
    for (size_t k = 0; k < p->keys; k++) {
        const mi_plot_style *s = &p->key[k].style;
        mi_plot_put_text(p->values, "MI_KEY", k + 1, l->key[k].text);
        fprintf(p->values, "MI_KEY_X[%zu] = %zu; MI_KEY_ROW[%zu] = %zu; ", k + 1, l->key[k].x,
                k + 1, l->key[k].row);
        fprintf(p->values, "MI_KEY_COLOR[%zu] = %d; MI_KEY_DASH[%zu] = %d; MI_KEY_MARK[%zu] = %d\n",
                k + 1, s->color, k + 1, s->dash, k + 1, s->mark);
    }
}

static void put_fitting(const mi_plot_page *p, const char *name, size_t index, const char *text,
                        double space)
{
    char label[PLOT_LABEL];
    mi_plot_label(label, text, space < 12 ? 12 : (size_t)space);
    if (index)
        mi_plot_put_text(p->values, name, index, label);
    else
        mi_plot_put_name(p->values, name, label);
}

/* As gnuplot writes the labels of tics. */
static void put_format(const mi_plot_page *p, const mi_plot_axis *a)
{
    if (a->digits)
        fprintf(p->values, "\"%%.%dg\"\n", a->digits);
    else if (a->step > 0)
        fprintf(p->values, "\"%%.%df\"\n", a->decimals);
    else
        fputs("\"%g\"\n", p->values);
}

static void put_bar(const mi_plot_page *p, const mi_plot_layout *l)
{
    char low[MI_NUMBER_BYTES], high[MI_NUMBER_BYTES];
    mi_plot_axis bar = {.low = p->bar.low, .high = p->bar.high};
    fprintf(p->values, "MI_BAR = %d\n", *p->bar.title != 0);
    if (!*p->bar.title)
        return;
    put_fitting(p, "MI_BAR_TITLE", 0, p->bar.title, (double)l->chars * 0.3);
    fprintf(p->values, "MI_BAR_LOW = %s; MI_BAR_HIGH = %s; ",
            mi_number_print_shortest(low, p->bar.low), mi_number_print_shortest(high, p->bar.high));
    mi_plot_axis_tics(&bar, mi_plot_bar_step(p, l));
    fprintf(p->values, "MI_BAR_STEP = %s; MI_BAR_FORMAT = ", mi_number_print(low, 6, bar.step));
    put_format(p, &bar);
    fprintf(p->values, "array MI_SHADE_OF[%zu]\n", p->series);
    for (size_t k = 0; k < p->series; k++)
        fprintf(p->values, "MI_SHADE_OF[%zu] = %s\n", k + 1,
                mi_number_print_shortest(low, p->style[k].shade));
}

/* NAMELOW, NAMEHIGH, NAMESTEP and NAMEFORMAT, of panel `index` (0: of all). */
static void put_axis(const mi_plot_page *p, const char *name, size_t index, const mi_plot_axis *a)
{
    const struct {
        const char *what;
        double value;
    } end[] = {{"LOW", a->low}, {"HIGH", a->high}, {"STEP", a->step}};
    char number[MI_NUMBER_BYTES], place[32] = "";
    int is_narrow = a->high - a->low < 1e-6 * fmax(fabs(a->low), fabs(a->high));
    if (index)
        snprintf(place, sizeof place, "[%zu]", index);
    for (size_t k = 0; k < sizeof end / sizeof *end; k++)
        fprintf(p->values, "%s%s%s = %s; ", name, end[k].what, place,
                mi_number_print(number, is_narrow ? 15 : 9, end[k].value));
    fprintf(p->values, "%sFORMAT%s = ", name, place);
    put_format(p, a);
}

static void put_panels(const mi_plot_page *p, const mi_plot_layout *l)
{
    static const char *const name[] = {"MI_PANEL", "MI_NOTE",  "MI_XLABEL",  "MI_XLOW",
                                       "MI_XHIGH", "MI_XSTEP", "MI_XFORMAT", "MI_FIRST",
                                       "MI_SPLIT", "MI_LAST",  "MI_FIT"};
    /* The titles of a text stand over what is between its tics, not over all of a panel. */
    double across = l->width / (double)p->columns / l->char_width - (p->o->as_text ? 4 : 0);
    fprintf(p->values, "MI_PANELS = %zu; MI_COLUMNS = %zu; MI_ROWS = %zu\n", p->panels, p->columns,
            l->rows);
    for (size_t k = 0; k < sizeof name / sizeof *name; k++)
        fprintf(p->values, "array %s[%zu]\n", name[k], p->panels);
    for (size_t k = 0; k < p->panels; k++) {
        const mi_plot_panel *it = &p->panel[k];
        put_fitting(p, "MI_PANEL", k + 1, it->title, across);
        put_fitting(p, "MI_NOTE", k + 1, it->note, across);
        put_fitting(p, "MI_XLABEL", k + 1, p->o->xlabel ? p->o->xlabel : it->xlabel, across - 8);
        const mi_plot_axis x = mi_plot_lay_out_x(p, l, k);
        put_axis(p, "MI_X", k + 1, &x);
        fprintf(p->values,
                "MI_FIRST[%zu] = %zu; MI_SPLIT[%zu] = %zu; MI_LAST[%zu] = %zu; MI_FIT[%zu] = %zu\n",
                k + 1, it->first, k + 1, it->split, k + 1, it->last, k + 1, it->fit);
    }
}

static void put_axes(const mi_plot_page *p, const mi_plot_layout *l)
{
    const mi_plot_opts *o = p->o;
    double lines = (double)(l->key_rows + l->titles + l->captions + 3) * l->line_height;
    double up = o->as_text
                    ? l->width / (double)p->columns - 8
                    : ((l->height - lines) / (double)l->rows - l->tics_below) / l->char_width;
    put_fitting(p, "MI_YLABEL", 0, o->ylabel ? o->ylabel : p->ylabel, up);
    put_fitting(p, "MI_Y2LABEL", 0, o->y2label && *p->y2label ? o->y2label : p->y2label, up);
    const mi_plot_axis left = mi_plot_lay_out_y(p, l, 0), right = mi_plot_lay_out_y(p, l, 1);
    put_axis(p, "MI_Y", 0, &left);
    put_axis(p, "MI_Y2", 0, &right);
    fprintf(p->values, "MI_LOG_X = %d; MI_LOG_Y = %d\n", p->log_x, p->log_y);
    if (p->log_x || p->log_y)
        fprintf(p->values, "set logscale %s%s\n", p->log_x ? "x" : "", p->log_y ? "y" : "");
}

void mi_plot_page_values(mi_plot_page *p)
{
    mi_plot_layout l;
    char number[MI_NUMBER_BYTES];
    mi_plot_lay_out(&l, p);
    fprintf(p->values, "MI_WIDTH = %s\n", mi_number_print(number, 6, l.width));
    fprintf(p->values, "MI_HEIGHT = %s\n", mi_number_print(number, 6, l.height));
    fprintf(p->values, "MI_TITLES = %zu\narray MI_TITLE[%d]\n", l.titles, PLOT_TITLE_LINES);
    for (size_t k = 0; k < l.titles; k++)
        mi_plot_put_text(p->values, "MI_TITLE", k + 1, l.title[k]);
    fprintf(p->values, "MI_CAPTIONS = %zu\narray MI_CAPTION[%d]\n", l.captions, PLOT_TITLE_LINES);
    for (size_t k = 0; k < l.captions; k++)
        mi_plot_put_text(p->values, "MI_CAPTION", k + 1, l.caption[k]);
    put_axes(p, &l);
    put_panels(p, &l);
    put_key(p, &l);
    put_styles(p);
    put_pens(p);
    put_bar(p, &l);
    put_tics(p, &l);
}
