/* Rows of different settings in one series: a grid has several rows a checkpoint, and mixed they
 * are not one quantity. */
#include "libmi/base/words.h"
#include "libmi/plot/private.h"

mi_status mi_plot_warn_of_mixtures(const mi_plot_page *p, const mi_table_levels *a,
                                   const mi_table_levels *b, long x)
{
    const mi_table *t = p->t;
    const char *setting;
    mi_table_levels series;
    MI_TRY(mi_plot_levels_both(&series, a, b, t->rows));
    for (size_t k = 0; (setting = mi_table_setting(k)) != NULL; k++) {
        long column = mi_table_has(t, setting);
        if (column >= 0 && column != x && mi_table_varies_within(t, (size_t)column, &series))
            mi_warn("rows of different %s are drawn together: " MI_OPTION "where %s=%s keeps one",
                    setting, setting, mi_table_cell(t, 0, (size_t)column));
    }
    mi_table_levels_free(&series);
    return MI_OK;
}
