/* flow: the variables of one row of mi-bounds as a graph, edges as wide as their information. */
#include <math.h>
#include <string.h>

#include "libmi/base/number.h"
#include "libmi/base/words.h"
#include "libmi/plot/private.h"

enum { Y, X, Z1, Z2, R, NODES };

/* Without a column nothing is measured: X and the lines to it only show the way of the data. */
static const struct {
    const char *name, *column;
} nodes[NODES] = {
    [Y] = {"Y", "H_Y"},    [X] = {"X", NULL},  [Z1] = {"Z1", "H_Z1"},
    [Z2] = {"Z2", "H_Z2"}, [R] = {"R", "H_R"},
};

static const struct {
    const char *column;
    int from, to;
} edges[] = {
    {NULL, Y, X},      {NULL, X, Z1},     {NULL, Z2, R},     {"I_Z1_Z2", Z1, Z2},
    {"I_Z1_R", Z1, R}, {"I_Y_Z1", Y, Z1}, {"I_Y_Z2", Y, Z2}, {"I_R_Y", Y, R},
};

enum { EDGES = sizeof edges / sizeof *edges };

/* A value with its interval, of one row. */
static mi_status read_value(mi_plot_point *out, const mi_table *t, size_t row, const char *name)
{
    size_t column;
    *out = (mi_plot_point){NAN, NAN, NAN, NAN};
    if (!name)
        return MI_OK;
    MI_TRY(mi_table_find(t, name, &column));
    MI_TRY(mi_plot_number(t, row, column, &out->y));
    const mi_plot_measured m = mi_plot_measured_of(t, column);
    return mi_plot_interval(t, row, &m, out);
}

/* Two decimals, or one digit of what would be 0.00. */
static const char *print(char *out, double value)
{
    double hundredths = round(value * 100);
    if ((hundredths == 0 && value != 0) || fabs(value) >= 1000)
        return mi_number_print(out, value < 1000 ? 1 : 4, value);
    snprintf(out, MI_NUMBER_BYTES, "%.2f", hundredths / 100);
    return out;
}

/* ---- what the template draws ---- */

static void put_number(const mi_plot_page *p, const char *name, size_t k, const char *text)
{
    fprintf(p->values, "%s[%zu] = ", name, k + 1);
    mi_plot_quote(p->values, text);
    putc('\n', p->values);
}

static mi_status put_nodes(mi_plot_page *p, size_t row)
{
    char number[MI_NUMBER_BYTES];
    mi_plot_point h;
    fprintf(p->values, "MI_NODES = %d\narray MI_NODE[%d]\narray MI_NODE_TEXT[%d]\n", NODES, NODES,
            NODES);
    MI_TRY(mi_plot_page_block(p, "entropies, in the order of NODE", "node H low high", NODES,
                              (mi_plot_style){0}));
    for (size_t k = 0; k < NODES; k++) {
        MI_TRY(read_value(&h, p->t, row, nodes[k].column));
        const double value[] = {(double)k + 1, h.y, h.low, h.high};
        put_number(p, "MI_NODE", k, nodes[k].name);
        put_number(p, "MI_NODE_TEXT", k, isfinite(h.y) ? print(number, h.y) : "");
        mi_plot_page_numbers(p, value, 4);
    }
    return MI_OK;
}

/* The colour that the quantity has in every chart. */
static int color_of(const mi_table *t, const char *name)
{
    int style = 0;
    const long column = name ? mi_table_has(t, name) : -1;
    const mi_plot_columns one = {.n = 1, .at = {(size_t)column}};
    if (column >= 0)
        mi_plot_words_styles(&style, t, &one, 1);
    return style;
}

static void put_edge_text(const mi_plot_page *p, size_t k, const mi_plot_point *i)
{
    char value[MI_NUMBER_BYTES] = "", half[MI_NUMBER_BYTES] = "";
    if (isfinite(i->y))
        print(value, i->y);
    if (isfinite(i->high - i->low))
        print(half, (i->high - i->low) / 2);
    put_number(p, "MI_EDGE_TEXT", k, value);
    put_number(p, "MI_EDGE_HALF", k, half);
}

static mi_status put_edges(mi_plot_page *p, size_t row)
{
    static const char *const name[] = {"MI_EDGE_FROM", "MI_EDGE_TO", "MI_EDGE_TEXT", "MI_EDGE_HALF",
                                       "MI_EDGE_COLOR"};
    mi_plot_point i[EDGES];
    double most = 0;
    fprintf(p->values, "MI_EDGES = %d\n", EDGES);
    for (size_t k = 0; k < sizeof name / sizeof *name; k++)
        fprintf(p->values, "array %s[%d]\n", name[k], EDGES);
    MI_TRY(mi_plot_page_block(p, "information, share: of the largest", "from to I low high share",
                              EDGES, (mi_plot_style){0}));
    for (size_t k = 0; k < EDGES; k++) {
        MI_TRY(read_value(&i[k], p->t, row, edges[k].column));
        most = fmax(most, i[k].y);
    }
    for (size_t k = 0; k < EDGES; k++) {
        double share = most > 0 ? fmax(i[k].y, 0) / most : 0;
        const double value[] = {edges[k].from + 1, edges[k].to + 1, i[k].y,
                                i[k].low,          i[k].high,       isnan(i[k].y) ? NAN : share};
        fprintf(p->values, "MI_EDGE_FROM[%zu] = %d; MI_EDGE_TO[%zu] = %d\n", k + 1,
                edges[k].from + 1, k + 1, edges[k].to + 1);
        fprintf(p->values, "MI_EDGE_COLOR[%zu] = %d\n", k + 1, color_of(p->t, edges[k].column));
        put_edge_text(p, k, &i[k]);
        mi_plot_page_numbers(p, value, 6);
    }
    return MI_OK;
}

/* ---- the chart ---- */

static mi_status find_row(const mi_plot_page *p, size_t *row)
{
    const mi_table *t = p->t;
    *row = p->o->row ? p->o->row - 1 : t->rows - 1;
    if (*row < t->rows)
        return MI_OK;
    return mi_fail(MI_EDATA, "%s: no row %zu, the last is %zu", t->source, p->o->row, t->rows);
}

/* What the numbers are, and of which row: the epoch where rows differ in it. The caption has the rest. */
static mi_status add_key(mi_plot_page *p, size_t row)
{
    char text[4 * PLOT_LABEL], axis[PLOT_LABEL];
    const mi_plot_columns information = {.n = 1, .at = {(size_t)mi_table_has(p->t, "I_Z1_Z2")}};
    mi_plot_point i;
    const mi_plot_measured m = mi_plot_measured_of(p->t, information.at[0]);
    MI_TRY(mi_plot_interval(p->t, row, &m, &i));
    mi_plot_words_of_axis(axis, p->t, &information);
    const char *unit = strchr(axis, '[');
    int used =
        snprintf(text, sizeof text, "circles: H, lines: I%s%s%s",
                 isfinite(i.high - i.low) ? " ± 95 %" : "", unit ? " " : "", unit ? unit : "");
    long epoch = mi_table_has(p->t, "epoch");
    if (epoch >= 0 && mi_table_varies(p->t, (size_t)epoch))
        snprintf(text + used, sizeof text - (size_t)used, ", epoch %.60s",
                 mi_table_cell(p->t, row, (size_t)epoch));
    mi_plot_page_key(p, text, (mi_plot_style){0});
    return MI_OK;
}

mi_status mi_plot_flow(mi_plot_page *p)
{
    size_t row;
    const mi_plot_opts *o = p->o;
    if (o->x || o->y || o->y2 || o->by || o->log_chosen)
        return mi_fail(MI_EUSAGE, "a flow chart has no axes: " MI_OPTION "x, " MI_OPTION
                                  "y, " MI_OPTION "y2, " MI_OPTION "by and " MI_OPTION "log are "
                                  "for other kinds");
    MI_TRY(find_row(p, &row));
    p->row = row + 1;
    p->columns = 1;
    mi_plot_page_panel(p);
    MI_TRY(put_nodes(p, row));
    MI_TRY(put_edges(p, row));
    return add_key(p, row);
}
