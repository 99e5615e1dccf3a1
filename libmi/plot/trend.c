/* trend: bounds and accuracy against the epoch of training, a line for each run. */
#include "libmi/base/mem.h"
#include "libmi/base/words.h"
#include "libmi/plot/private.h"

/* Points of several runs above each other are no trend. */
static void warn_of_one_epoch(const mi_plot_page *p, const mi_plot_lines *d)
{
    if (d->runs.levels.n > 1 && !mi_table_varies(p->t, d->x))
        mi_warn("all rows are at %s %.40s, so there are no lines: " MI_TOOL
                "plot scatter and sweep "
                "compare runs",
                p->t->name[d->x], mi_table_cell(p->t, 0, d->x));
}

static mi_status draw(mi_plot_page *p, mi_plot_lines *d)
{
    MI_TRY(mi_table_find(p->t, p->o->x ? p->o->x : "epoch", &d->x));
    const mi_plot_columns x = {.n = 1, .at = {d->x}};
    mi_plot_words_of_axis(d->xlabel, p->t, &x);
    /* What the bounds are bounds of stands between them, where it was measured. */
    MI_TRY(mi_plot_lines_choose(
        d, p, mi_plot_has_numbers(p->t, "I_Y_Z1") ? "lower,I_Y_Z1,upper" : "lower,upper"));
    MI_TRY(mi_plot_numbers_of(&d->x_of, p->t, d->x));
    warn_of_one_epoch(p, d);
    return mi_plot_lines_draw(p, d);
}

mi_status mi_plot_trend(mi_plot_page *p)
{
    mi_plot_lines d = {0};
    mi_status status = draw(p, &d);
    mi_plot_lines_free(&d);
    return status;
}
