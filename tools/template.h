/* template.h - where the gnuplot templates and the style of pages are, and texts put together from them.
 *
 * uses: tool, libmi        used by: chart, mi-report
 */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include <stdio.h>

#include "libmi/mi.h"

/* Copy a template (style.gp, key.gp, KIND.gp, page.css, page.js) to `out`. It is looked for in $MI_PLOTS, or else in
 * ../plots and ../share/libmi/plots from the program (a build tree, an installed one), then where
 * it was configured to be installed. Errors: MI_EOPEN naming the places. */
mi_status template_copy(FILE *out, const char *name);

/* The same for a file of the user. */
mi_status template_copy_file(FILE *out, const char *path);

#endif
