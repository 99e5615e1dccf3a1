/* gnuplot.h - gnuplot as a child process: a script drawn by it.
 *
 * uses: child, libmi       used by: chart
 *
 * No shell is between: the script is its standard input, the data its descriptor 3 (/dev/fd/3), and
 * the picture its standard output, which is copied and checked here, since gnuplot itself does not
 * notice that a disk is full.
 */
#ifndef GNUPLOT_H
#define GNUPLOT_H

#include <stdio.h>

#include "libmi/mi.h"

/* Name under which a script finds the data given to gnuplot_draw. */
#define GNUPLOT_DATA "/dev/fd/3"

/* Run a script and write what it draws on this terminal to `out`, which messages call out_name.
 * gnuplot starts once; only when nothing was drawn it is asked which terminals it has. Errors:
 * MI_ELIBRARY when there is no gnuplot, or none with the terminal, saying which package would help;
 * with gnuplot's own words in one line; MI_EWRITE. */
mi_status gnuplot_draw(const char *script, const char *data, const char *terminal, FILE *out,
                       const char *out_name);

#endif
