/* sensitivity: how well columns go with accuracy, as mi-corr finds it, against the order of the
 * entropy: does a finding hang on order, kernel or batch? */
#include <math.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/number.h"
#include "libmi/base/words.h"
#include "libmi/plot/private.h"

/* A panel is of a pair of columns, which mi-corr calls x and y. */
typedef struct {
    size_t x, y;
} pair_columns;

static mi_status find_pair(pair_columns *out, const mi_table *t)
{
    MI_TRY(mi_table_find(t, "x", &out->x));
    return mi_table_find(t, "y", &out->y);
}

static void name_pair(char *out, const mi_plot_page *p, const mi_plot_lines *d, size_t subject)
{
    pair_columns pair;
    char x[PLOT_LABEL], y[PLOT_LABEL], both[2 * PLOT_LABEL + 8];
    size_t row = d->subject.first[subject];
    *out = 0;
    if (find_pair(&pair, p->t) != MI_OK)
        return;
    mi_plot_words_of_key(x, mi_table_cell(p->t, row, pair.x));
    mi_plot_words_of_key(y, mi_table_cell(p->t, row, pair.y));
    snprintf(both, sizeof both, "%s and %s", x, y);
    mi_plot_label(out, both, PLOT_LABEL);
}

/* ---- axes ---- */

/* Correlations have all their range unless --yrange says otherwise. */
static void put_axes(mi_plot_page *p, const mi_plot_lines *d)
{
    p->yrange.low = isnan(p->yrange.low) ? -1 : p->yrange.low;
    p->yrange.high = isnan(p->yrange.high) ? 1 : p->yrange.high;
    fprintf(p->values, "MI_GROUPS = %zu\n", d->runs.levels.n);
}

/* ---- the chart ---- */

static mi_status draw(mi_plot_page *p, mi_plot_lines *d)
{
    const mi_plot_opts *o = p->o;
    pair_columns pair;
    if (o->y2)
        return mi_fail(MI_EUSAGE,
                       "a sensitivity chart has one vertical axis: " MI_OPTION "y2 is for trend "
                       "and sweep");
    if (!o->log_chosen)
        p->log_x = 1;
    MI_TRY(mi_table_find(p->t, o->x ? o->x : "alpha", &d->x));
    MI_TRY(mi_plot_columns_of(&d->y[0], p->t, o->y ? o->y : "spearman"));
    MI_TRY(find_pair(&pair, p->t));
    const size_t of_panel[] = {pair.x, pair.y};
    MI_TRY(mi_plot_levels_of(&d->subject, p->t, of_panel, 2, PLOT_PANELS, "pairs of columns"));
    MI_TRY(mi_plot_runs_of_groups(&d->runs, p->t, d->x, o->by));
    MI_TRY(mi_plot_numbers_of(&d->x_of, p->t, d->x));
    mi_plot_place_infinity(p, d->x_of);
    MI_TRY(mi_plot_tics_at_values(p, d->x_of));
    const mi_plot_columns x = {.n = 1, .at = {d->x}};
    mi_plot_words_of_axis(d->xlabel, p->t, &x);
    d->name = name_pair;
    put_axes(p, d);
    return mi_plot_lines_draw(p, d);
}

mi_status mi_plot_sensitivity(mi_plot_page *p)
{
    mi_plot_lines d = {0};
    mi_status status = draw(p, &d);
    mi_plot_lines_free(&d);
    return status;
}
