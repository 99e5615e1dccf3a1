/* A horizontal axis of names: each has a place, 1, 2 ..., in natural order. */
#include <math.h>

#include "libmi/base/mem.h"
#include "libmi/base/number.h"
#include "libmi/plot/private.h"

/* Names, turned upright, that the width of one column has room for. */
enum { NARROW = 16 };

mi_status mi_plot_names_as_x(mi_plot_page *p, mi_plot_lines *d)
{
    mi_table_levels names;
    double value;
    MI_TRY(mi_plot_levels_of(&names, p->t, &d->x, 1, PLOT_TICS, "names along an axis"));
    mi_status status;
    MI_TRY_GOTO(status, mi_plot_levels_sort(&names, p->t, &d->x, 1), done);
    if (!d->x_of)
        MI_TRY_GOTO(status, MI_NEW(d->x_of, p->t->rows), done);
    for (size_t row = 0; row < p->t->rows; row++)
        d->x_of[row] = (double)names.of[row] + 1;
    p->tics = d->names = names.n;
    p->is_wide |= names.n > NARROW;
    for (size_t k = 0; k < names.n; k++) {
        p->tic[k] = (double)k + 1;
        p->tic_text[k] = mi_table_cell(p->t, names.first[k], d->x);
        if (mi_number_parse(p->tic_text[k], &value) && isinf(value))
            p->tic_text[k] = value > 0 ? "∞" : "−∞";
    }
    p->log_x = 0;
done:
    mi_table_levels_free(&names);
    return status;
}

double mi_plot_names_shift(size_t k, size_t n)
{
    double step = n < 2 ? 0 : 0.6 / (double)n < 0.12 ? 0.6 / (double)n : 0.12;
    return step * ((double)k - (double)(n - 1) / 2);
}
