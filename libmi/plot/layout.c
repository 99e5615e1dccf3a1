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

/* The title in as many lines as are allowed; the last one is cut to what fits. */
static void wrap_title(mi_plot_layout *l, const char *title)
{
    char all[PLOT_LABEL], line[PLOT_LABEL];
    mi_plot_label(all, title, PLOT_LABEL);
    const char *rest = all + strspn(all, " ");
    while (*rest && l->titles < PLOT_TITLE_LINES) {
        int last = l->titles + 1 == PLOT_TITLE_LINES;
        size_t bytes = last ? strlen(rest) : line_bytes(rest, l->chars);
        memcpy(line, rest, bytes);
        line[bytes] = 0;
        mi_plot_label(l->title[l->titles++], line, l->chars);
        rest += bytes;
        rest += strspn(rest, " ");
    }
}

/* ---- key ---- */

/* Bytes at which texts that are too long begin alike, up to a space, slash or comma: directories
 * and the like would otherwise fill the line, and what differs would be cut. */
static size_t common_bytes(const mi_plot_page *p, size_t chars)
{
    const char *first = NULL;
    size_t common = 0;
    for (size_t k = 0; k < p->keys; k++) {
        const char *text = p->key[k].text;
        size_t same = 0;
        if (mi_utf8_count(text) <= chars)
            continue;
        while (first && same < common && text[same] == first[same])
            same++;
        common = first ? same : strlen(text);
        first = first ? first : text;
    }
    while (common && !strchr(" /,", first[common - 1]))
        common--;
    return first && first[common] ? common : 0;
}

static void shorten_keys(mi_plot_layout *l, const mi_plot_page *p)
{
    size_t chars = l->chars > KEY_SAMPLE + KEY_TEXT_LEAST ? l->chars - KEY_SAMPLE : KEY_TEXT_LEAST;
    size_t common = common_bytes(p, chars);
    for (size_t k = 0; k < p->keys; k++) {
        char text[PLOT_LABEL + 4];
        int is_long = mi_utf8_count(p->key[k].text) > chars;
        snprintf(text, sizeof text, "%s%s", is_long && common ? "…" : "",
                 p->key[k].text + (is_long ? common : 0));
        mi_plot_label(l->key[k].text, text, chars);
    }
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

/* ---- the page ---- */

void mi_plot_lay_out(mi_plot_layout *l, const mi_plot_page *p)
{
    const mi_plot_opts *o = p->o;
    *l =
        (mi_plot_layout){.width = o->width, .height = o->height, .char_width = 1, .line_height = 1};
    l->rows = (p->panels + p->columns - 1) / p->columns;
    if (!o->as_text) {
        l->char_width = CHAR_MM;
        l->line_height = LINE_MM;
        l->width = o->width > 0 ? o->width : p->columns > 1 ? TWO_COLUMNS_MM : COLUMN_MM;
    }
    l->chars = (size_t)fmax(l->width / l->char_width, 16);
    wrap_title(l, o->title ? o->title : "");
    lay_out_key(l, p);
    if (l->height <= 0)
        l->height = PANEL_MM * (double)l->rows +
                    LINE_MM * (double)(l->key_rows + l->titles + (*p->bar.title ? BAR_LINES : 0));
}

/* ---- tics ---- */

/* The smallest of 1, 2, 5, 10, 20 ... that is at least `value`. */
static double nice_above(double value)
{
    double ten = pow(10, floor(log10(value)));
    double first = value / ten;
    return ten * (first <= 1 ? 1 : first <= 2 ? 2 : first <= 5 ? 5 : 10);
}

/* Characters of a tic label: sign, digits before the point, point, digits that the step needs. */
static double label_chars(double largest, double step, int negative)
{
    double decimals = fmax(0, -floor(log10(step) + 1e-9));
    return negative + fmax(1, floor(log10(fmax(largest, 1))) + 1) + (decimals > 0) + decimals;
}

static double step_that_fits(double low, double high, double across)
{
    double largest = fmax(fabs(low), fabs(high));
    double step = nice_above((high - low) / 8);
    while ((high - low) / step * (label_chars(largest, step, low < 0) + 2) > across)
        step = nice_above(step * 1.5);
    return step;
}

double mi_plot_tic_step(const mi_plot_page *p, const mi_plot_layout *l, size_t panel)
{
    const mi_plot_range *range = &p->o->xrange;
    double low = isnan(range->low) ? p->panel[panel].low : range->low;
    double high = isnan(range->high) ? p->panel[panel].high : range->high;
    /* Beside the axis stand the labels of the others: some 16 characters. */
    double across = fmax((double)l->chars / (double)p->columns - 16, 8);
    if (p->log_x || !(low <= high) || !isfinite(high - low))
        return 0;
    if (low == high) /* gnuplot shows 1 % to either side of a single value, 1 of 0 */
        high = low + (low == 0 ? 2 : 0.02 * fabs(low));
    return step_that_fits(low, high, across);
}

double mi_plot_bar_step(const mi_plot_page *p, const mi_plot_layout *l)
{
    return step_that_fits(p->bar.low, p->bar.high, fmax(0.4 * (double)l->chars, 8));
}

static double place_of_tic(const mi_plot_page *p, size_t k)
{
    if (!p->log_x)
        return p->tic[k];
    return log10(p->tic[k] > 0 ? p->tic[k] : p->zero_at);
}

void mi_plot_tics_with_labels(int *shown, const mi_plot_page *p, const mi_plot_layout *l)
{
    double sides = *p->y2label ? 22 : 16, end = -INFINITY;
    double across = fmax((double)l->chars / (double)p->columns - sides, 8);
    double low = p->tics ? place_of_tic(p, 0) : 0;
    double high = p->tics ? place_of_tic(p, p->tics - 1) : 0;
    for (size_t k = 0; k < p->tics; k++) {
        char text[MI_NUMBER_BYTES];
        double half = (double)strlen(mi_number_print(text, 6, p->tic[k])) / 2;
        double middle = high > low ? (place_of_tic(p, k) - low) / (high - low) * across : 0;
        shown[k] = middle - half >= end + 1;
        end = shown[k] ? middle + half : end;
    }
}
