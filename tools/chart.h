/* chart.h - a chart drawn: its values, the templates, and gnuplot.
 *
 * uses: gnuplot, template, libmi   used by: mi-plot mi-report
 */
#ifndef CHART_H
#define CHART_H

#include <stdio.h>

#include "libmi/mi.h"

typedef struct {
    const char *name;     /* MI_FORMAT of the templates: svg, png, pdf, dumb */
    const char *terminal; /* gnuplot's */
    const char *template; /* a file in the place of that of the kind, or NULL */
} chart_form;

/* Write the script of a chart: its values, then style, template and key. Errors: those of
 * template_copy. */
mi_status chart_put_script(FILE *out, const mi_plot *plot, size_t kind, const char *template);

/* Draw it into `out`, which messages call out_name. Errors: those of chart_put_script and
 * gnuplot_draw; MI_ENOMEM. */
mi_status chart_draw(FILE *out, const char *out_name, const mi_plot *plot, size_t kind,
                     const chart_form *form);

#endif
