/* The layout: how big the page is, what fits on a line, where the entries of the key stand. */
#include <math.h>
#include <string.h>

#include "libmi/base/number.h"
#include "libmi/base/utf8.h"
#include "libmi/plot/private.h"

/* One column of a journal, and both of them; a character and a line of the 7 point sans serif that
 * plots/style.gp draws with. */
static const double COLUMN_MM = 84, TWO_COLUMNS_MM = 174, PANEL_MM = 54;
static const double CHAR_MM = 1.45, LINE_MM = 3.4;

/* Characters of a key entry beside its text: sample of the line and space around it. */
enum { KEY_SAMPLE = 8, KEY_TEXT_LEAST = 8 };

/* Of a name at a tic; lines of a text that names may stand on. */
enum { TIC_CHARS = 24, TIC_ROWS = 6 };

/* Lines that a colour bar takes: itself and the labels of its tics. */
enum { BAR_LINES = 2 };

/* ---- title ---- */

/* Bytes of `text` that make a line of at most `chars` characters, cut at a space where there is
 * one. */
static size_t line_bytes(const char *text, size_t chars)
{
    size_t bytes = 0, space = 0;
    for (size_t k = 0; text[bytes]; k++) {
        if (text[bytes] == ' ')
            space = bytes;
        if (k == chars)
            return space ? space : bytes;
        bytes += mi_utf8_length(text + bytes);
    }
    return bytes;
}

/* A text in as many lines as are allowed; the last one is cut to what fits. Returns how many. */
static size_t wrap(char line[][PLOT_LABEL], const char *text, size_t chars)
{
    char all[PLOT_LABEL], part[PLOT_LABEL];
    size_t lines = 0;
    mi_plot_label(all, text, PLOT_LABEL);
    const char *rest = all + strspn(all, " ");
    while (*rest && lines < PLOT_TITLE_LINES) {
        int last = lines + 1 == PLOT_TITLE_LINES;
        size_t bytes = last ? strlen(rest) : line_bytes(rest, chars);
        memcpy(part, rest, bytes);
        part[bytes] = 0;
        mi_plot_label(line[lines++], part, chars);
        rest += bytes;
        rest += strspn(rest, " ");
    }
    return lines;
}

/* ---- key ---- */

/* Bytes at which texts that are too long begin alike, up to a space, slash or comma: directories
 * and the like would otherwise fill the line, and what differs would be cut. */
static size_t common_bytes(const char *const *text, size_t n, size_t chars)
{
    const char *first = NULL;
    size_t common = 0;
    for (size_t k = 0; k < n; k++) {
        size_t same = 0;
        if (!text[k] || mi_utf8_count(text[k]) <= chars)
            continue;
        while (first && same < common && text[k][same] == first[same])
            same++;
        common = first ? same : strlen(text[k]);
        first = first ? first : text[k];
    }
    while (common && !strchr(" /,", first[common - 1]))
        common--;
    return first && first[common] ? common : 0;
}

static void shorten(char *out, const char *text, size_t common, size_t chars)
{
    char all[PLOT_LABEL + 4];
    int is_long = mi_utf8_count(text) > chars;
    snprintf(all, sizeof all, "%s%s", is_long && common ? "…" : "", text + (is_long ? common : 0));
    mi_plot_label_ends(out, all, chars);
}

static void shorten_keys(mi_plot_layout *l, const mi_plot_page *p)
{
    size_t chars = l->chars > KEY_SAMPLE + KEY_TEXT_LEAST ? l->chars - KEY_SAMPLE : KEY_TEXT_LEAST;
    const char *text[PLOT_KEYS] = {NULL};
    for (size_t k = 0; k < p->keys; k++)
        text[k] = p->key[k].text;
    size_t common = common_bytes(text, p->keys, chars);
    for (size_t k = 0; k < p->keys; k++)
        shorten(l->key[k].text, text[k], common, chars);
}

static size_t entry_width(const mi_plot_layout *l, size_t k)
{
    return mi_utf8_count(l->key[k].text) + KEY_SAMPLE;
}

/* Place the entries in columns of `rows`, filled from the top; returns the characters across. */
static size_t place_keys(mi_plot_layout *l, size_t keys, size_t rows)
{
    size_t x = 0, widest = 0;
    for (size_t k = 0; k < keys; k++) {
        size_t width = entry_width(l, k);
        if (k % rows == 0) {
            x += widest;
            widest = 0;
        }
        widest = width > widest ? width : widest;
        l->key[k].x = x;
        l->key[k].row = k % rows + 1;
    }
    return x + widest;
}

/* As few rows as fit the width, in the middle of it. */
static void lay_out_key(mi_plot_layout *l, const mi_plot_page *p)
{
    size_t together = p->keys - (p->keys && p->last_alone), rows = together > 0, width;
    shorten_keys(l, p);
    while ((width = place_keys(l, together, rows)) > l->chars && rows < together)
        rows++;
    for (size_t k = 0; k < together && width < l->chars; k++)
        l->key[k].x += (l->chars - width) / 2;
    l->key_rows = rows;
    if (together < p->keys) {
        width = entry_width(l, together);
        l->key[together].x = width < l->chars ? (l->chars - width) / 2 : 0;
        l->key[together].row = ++l->key_rows;
    }
}

/* ---- labels of tics ---- */

/* Characters of a panel that are not beside the labels of vertical axes. */
static double chars_across(const mi_plot_page *p, const mi_plot_layout *l)
{
    return fmax((double)l->chars / (double)p->columns - (*p->y2label ? 22 : 16), 8);
}

/* Names are turned where they do not fit side by side; a line is 2.3 characters high. */
static int turn_of(const mi_plot_page *p, size_t longest, double each)
{
    if (p->o->as_text || longest == 0 || (double)longest + 1 <= each)
        return 0;
    return each >= 4.7 && longest <= 10 ? 30 : each >= 3 ? 50 : 90;
}

static double place_of_tic(const mi_plot_page *p, size_t k)
{
    if (!p->log_x)
        return p->tic[k];
    return log10(p->tic[k] > 0 ? p->tic[k] : p->zero_at);
}

/* The middle of a label, in characters from the first one. */
static double middle_of_tic(const mi_plot_page *p, const mi_plot_layout *l, size_t k)
{
    double low = place_of_tic(p, 0), high = place_of_tic(p, p->tics - 1);
    if (p->tic_text[k]) /* names are 1 apart, and the axis reaches beyond the outer ones */
        return (p->tic[k] - 0.5) / (double)p->tics * chars_across(p, l);
    return high > low ? (place_of_tic(p, k) - low) / (high - low) * chars_across(p, l) : 0;
}

/* Names in a text each stand on the first line where they have room. */
static void place_tics_in_rows(mi_plot_layout *l, const mi_plot_page *p)
{
    double end[TIC_ROWS];
    for (int row = 0; row < TIC_ROWS; row++)
        end[row] = -INFINITY;
    for (size_t k = 0; k < p->tics; k++) {
        double middle = middle_of_tic(p, l, k), half = (double)mi_utf8_count(l->tic[k]) / 2;
        int row = 0;
        while (row + 1 < TIC_ROWS && middle - half < end[row] + 1)
            row++;
        l->tic_row[k] = row;
        end[row] = middle + half;
        l->tics_below = fmax(l->tics_below, row);
    }
}

/* The labels of the tics: names, of which what all share is left out where they are long, or
 * numbers. */
static void lay_out_tics(mi_plot_layout *l, const mi_plot_page *p)
{
    size_t common = common_bytes(p->tic_text, p->tics, TIC_CHARS), longest = 0;
    for (size_t k = 0; k < p->tics; k++) {
        char number[MI_NUMBER_BYTES];
        int is_infinite = p->infinite_at > 0 && p->tic[k] == p->infinite_at;
        if (p->tic_text[k]) {
            shorten(l->tic[k], p->tic_text[k], common, TIC_CHARS);
            longest = mi_utf8_count(l->tic[k]) > longest ? mi_utf8_count(l->tic[k]) : longest;
        } else {
            strcpy(l->tic[k], is_infinite ? "∞" : mi_number_print(number, 6, p->tic[k]));
        }
    }
    l->turn = turn_of(p, longest, chars_across(p, l) / fmax((double)p->tics, 1));
    if (l->turn)
        l->tics_below = (double)longest * CHAR_MM * sin(l->turn * M_PI / 180);
    else if (p->o->as_text && longest)
        place_tics_in_rows(l, p);
}

/* ---- the page ---- */

static double width_of(const mi_plot_page *p)
{
    const mi_plot_opts *o = p->o;
    if (o->as_text || o->width > 0)
        return o->width;
    return p->columns > 1 || p->is_wide ? TWO_COLUMNS_MM : COLUMN_MM;
}

double mi_plot_panel_chars(const mi_plot_page *p)
{
    return width_of(p) / (p->o->as_text ? 1 : CHAR_MM) / (double)(p->columns ? p->columns : 1);
}

/* Lines of a matrix are 5.5 mm high, and the panel no less than others. */
static double panel_mm(const mi_plot_page *p)
{
    return fmax(PANEL_MM, p->lines ? 5.5 * (double)p->lines + 3 * LINE_MM : 0);
}

/* Lines above and below the panels. */
static size_t lines_around(const mi_plot_layout *l, const mi_plot_page *p)
{
    return l->key_rows + l->titles + l->captions + (*p->bar.title ? BAR_LINES : 0);
}

void mi_plot_lay_out(mi_plot_layout *l, const mi_plot_page *p)
{
    char caption[PLOT_LABEL];
    const mi_plot_opts *o = p->o;
    *l = (mi_plot_layout){
        .width = width_of(p), .height = o->height, .char_width = 1, .line_height = 1};
    l->rows = (p->panels + p->columns - 1) / p->columns;
    if (!o->as_text) {
        l->char_width = CHAR_MM;
        l->line_height = LINE_MM;
    }
    l->chars = (size_t)fmax(l->width / l->char_width, 16);
    l->titles = wrap(l->title, o->title ? o->title : "", l->chars);
    mi_plot_caption(caption, p);
    l->captions =
        wrap(l->caption, caption, o->as_text ? l->chars : (size_t)(1.2 * (double)l->chars));
    lay_out_key(l, p);
    lay_out_tics(l, p);
    if (l->height <= 0)
        l->height =
            (panel_mm(p) + l->tics_below) * (double)l->rows + LINE_MM * (double)lines_around(l, p);
}

/* ---- tics ---- */

/* Panels of one quantity show the same part of it. */
static mi_plot_range shared_x(const mi_plot_page *p, size_t panel)
{
    mi_plot_range all = {INFINITY, -INFINITY};
    for (size_t k = 0; k < p->panels; k++)
        if (strcmp(p->panel[k].xlabel, p->panel[panel].xlabel) == 0) {
            mi_plot_reach(&all, p->panel[k].x.low, 0);
            mi_plot_reach(&all, p->panel[k].x.high, 0);
        }
    return all;
}

/* A logarithmic axis without room for powers of ten, or for 2 and 5 of them, has tics at even steps. */
static int is_short(const mi_plot_axis *a)
{
    return a->high < 5 * a->low;
}

mi_plot_axis mi_plot_lay_out_x(const mi_plot_page *p, const mi_plot_layout *l, size_t panel)
{
    mi_plot_range reach = shared_x(p, panel);
    mi_plot_axis a = mi_plot_axis_of(&reach, &p->o->xrange, p->log_x, PLOT_MARGIN);
    /* Beside the axis stand the labels of the others: some 16 characters. */
    double across = fmax((double)l->chars / (double)p->columns - 16, 8);
    if (!p->log_x)
        mi_plot_axis_tics(&a, mi_plot_step_across(a.low, a.high, across, p->whole_x));
    else if (is_short(&a)) /* tics stand nearer on the right */
        mi_plot_axis_tics(&a, mi_plot_step_across(a.low, a.high, across / 2, p->whole_x));
    return a;
}

mi_plot_axis mi_plot_lay_out_y(const mi_plot_page *p, const mi_plot_layout *l, int right)
{
    const mi_plot_range *wanted = right ? &p->o->y2range : &p->yrange;
    double lines = (l->height / l->line_height - (double)lines_around(l, p)) / (double)l->rows - 4 -
                   l->tics_below / l->line_height;
    /* The lowest point of a text has a line of its own above the axis. */
    double margin = p->o->as_text ? fmax(PLOT_MARGIN, 1 / fmax(lines - 3, 4)) : PLOT_MARGIN;
    mi_plot_axis a = mi_plot_axis_of(&p->y[right], wanted, p->log_y && !right, margin);
    if (right || !p->log_y || is_short(&a))
        mi_plot_axis_tics(&a, mi_plot_step_up(a.low, a.high, lines));
    return a;
}

double mi_plot_bar_step(const mi_plot_page *p, const mi_plot_layout *l)
{
    return mi_plot_step_across(p->bar.low, p->bar.high, fmax(0.4 * (double)l->chars, 8),
                               p->bar.is_whole);
}

void mi_plot_tics_with_labels(int *shown, const mi_plot_page *p, const mi_plot_layout *l)
{
    double end[TIC_ROWS];
    for (int row = 0; row < TIC_ROWS; row++)
        end[row] = -INFINITY;
    for (size_t k = 0; k < p->tics; k++) {
        double half = (double)mi_utf8_count(l->tic[k]) / 2, middle = middle_of_tic(p, l, k);
        double *last = &end[l->tic_row[k]];
        shown[k] = l->turn || middle - half >= *last + 1;
        *last = shown[k] ? middle + half : *last;
    }
}
