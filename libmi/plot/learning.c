/* learning: information against how many instances it is of, as mi-bounds --learning-curve finds
 * it, beside the level that chance gives: has it converged? A panel for each feature set. */
#include <math.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/words.h"
#include "libmi/plot/private.h"

/* Instances in a batch; without batches all there are, or all rows where no ids say what an
 * instance is. */
static mi_status count_instances(mi_plot_lines *d, const mi_table *t)
{
    static const char *const all[] = {"instances", "n"};
    MI_TRY(mi_plot_numbers_of(&d->x_of, t, d->x));
    for (int k = 0; k < 2; k++) {
        size_t column;
        MI_TRY(mi_table_find(t, all[k], &column));
        for (size_t row = 0; row < t->rows; row++)
            if (isnan(d->x_of[row]))
                MI_TRY(mi_plot_number(t, row, column, &d->x_of[row]));
    }
    return MI_OK;
}

/* A curve is of one feature set with several numbers of instances. */
static mi_status check_curve(const mi_plot_lines *d, const mi_table *t)
{
    const size_t *set = d->runs.levels.of;
    for (size_t row = 0; row < t->rows; row++)
        if (d->x_of[row] != d->x_of[d->runs.levels.first[set[row]]])
            return MI_OK;
    return mi_fail(MI_EDATA,
                   "%s: no feature set has several numbers of instances, so no curve; " MI_TOOL
                   "bounds " MI_OPTION "learning-curve writes one",
                   t->source);
}

static mi_status check_options(const mi_plot_opts *o)
{
    if (o->x || o->y2)
        return mi_fail(MI_EUSAGE,
                       "a learning chart has instances along x and one vertical axis: " MI_OPTION
                       "x and " MI_OPTION "y2 are for other kinds");
    return MI_OK;
}

static mi_status draw(mi_plot_page *p, mi_plot_lines *d)
{
    const mi_plot_opts *o = p->o;
    MI_TRY(check_options(o));
    if (!o->log_chosen)
        p->log_x = 1;
    MI_TRY(mi_table_find(p->t, "batch", &d->x));
    MI_TRY(count_instances(d, p->t));
    MI_TRY(mi_plot_tics_at_values(p, d->x_of));
    MI_TRY(mi_plot_columns_of(&d->y[0], p->t, o->y ? o->y : "I_Z1_Z2,I_Z1_Z2_null,lower,upper"));
    MI_TRY(mi_plot_levels_of_orders(&d->subject, p->t));
    MI_TRY(mi_plot_runs_of_sets(&d->runs, p->t, (long)d->x, o->by));
    if (d->runs.levels.n * d->subject.n > PLOT_PANELS)
        return mi_fail(MI_EDATA,
                       "%s: %zu feature sets in %zu order%s alpha make more than %d panels; "
                       "choose with " MI_OPTION "where",
                       p->t->source, d->runs.levels.n, d->subject.n, d->subject.n == 1 ? "" : "s",
                       PLOT_PANELS);
    MI_TRY(check_curve(d, p->t));
    d->apart = 1;
    strcpy(d->xlabel, "instances per batch");
    return mi_plot_lines_draw(p, d);
}

mi_status mi_plot_learning(mi_plot_page *p)
{
    mi_plot_lines d = {0};
    mi_status status = draw(p, &d);
    mi_plot_lines_free(&d);
    return status;
}
