/* plot.h - a table as a chart: the values and the data that a gnuplot template draws.
 *
 * uses: base/mem base/number base/want base/words table/over table/table
 *
 * A chart is a script and a data file. The script is put together from three texts: the values made
 * here (sizes, titles, which block of the data is drawn how), plots/style.gp and the template of
 * the kind, plots/KIND.gp. What a table says ends up only in quoted strings and in numbers, so it
 * is never executed.
 */
#ifndef MI_PLOT_H
#define MI_PLOT_H

#include <stdio.h>

#include "libmi/table/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Ends of an axis; nan: from the data. */
typedef struct {
    double low, high;
} mi_plot_range;

typedef struct {
    const char *x, *y,
        *y2;        /* columns, comma-separated; NULL: those of the kind; y2 "none": no such axis */
    const char *by; /* column that tells the sets of points or the runs apart; NULL: found */
    const char *color; /* plane: column of the colour; NULL: epoch */
    const char *where; /* only rows that have these, "COLUMN=VALUE,..." */
    const char
        *over;  /* trend, scatter, sweep: mean and t interval of runs that differ in this column
                       * alone; NULL: runs as they are */
    size_t row; /* flow: of those, from 1; 0: the last */
    const char *title;                     /* NULL: none */
    const char *xlabel, *ylabel, *y2label; /* NULL: words for the columns, with units */
    mi_plot_range xrange, yrange, y2range;
    int log_chosen;   /* 0: sweep, learning, spectrum, sensitivity choose log_x and log_y themselves
                       */
    int log_x, log_y; /* logarithmic axes: values <= 0 are left out (sweep: x < 0) */
    int fit;          /* scatter: draw the least-squares line (default 1) */
    int as_text;      /* width and height count characters, for a terminal */
    double width, height; /* of the whole chart, mm; 0: what suits the number of panels */
} mi_plot_opts;

MI_API void mi_plot_opts_default(mi_plot_opts *o);

/* Kinds of chart, 0 .. : name and one sentence; NULL past the last. */
MI_API const char *mi_plot_kind_name(size_t kind);
MI_API const char *mi_plot_kind_what(size_t kind);
/* Index of a kind. Errors: MI_EUSAGE naming the kinds there are. */
MI_API MI_CHECKED mi_status mi_plot_find_kind(const char *name, size_t *kind);

typedef struct {
    char *values; /* gnuplot assignments */
    char *data;   /* blocks of numbers, each with a comment that says what it is */
} mi_plot;

/* Values and data of a chart of the table. Settings (table/settings.h) that differ within a series
 * are warned of. Bands and bars are X_lo to X_hi, or Student's t of the column `degrees` times
 * X_se to either side; of an accuracy Wilson's interval where accuracy_n says of how many rows it
 * is.
 * trend: y (lower,I_Y_Z1,upper) and y2 (accuracy) against x (epoch). A run is what shares its
 * file, attributes and settings, or a value of `by`; every order alpha gets a panel. What is the
 * same in all runs is drawn once; where the lower bound is above the upper one, the panel says so.
 * scatter: y (accuracy) against each column of x (lower), a panel each, and each order; a mark for
 * each value of `by` (projector if it varies, else method). Least-squares line, Pearson r,
 * Spearman rho (of the logarithms where an axis is one) and n over the points of a panel.
 * sweep: y (lower,upper,I_Z1_Z2) and y2 as in a trend, against x: the first of lambda, fsq_levels,
 * k, temperature, and the number in projector (fsq:17), that varies, or else the names in
 * projector or method, or the order alpha. Names and fewer than four numbers are places for
 * points; else the x axis is logarithmic when its values are 0 or positive and those above 0 span
 * a factor of 10; 0 then stands at the left, infinity at the right, beyond a break.
 * learning: y (I_Z1_Z2,I_Z1_Z2_null,lower,upper) against the instances in a batch, of rows without
 * batches all instances; a panel for each feature set and order, x logarithmic.
 * plane: y (I_Y_Z1) against x (I_Z1_Z2), joined by arrows in the order of `color`, which colours
 * the points; a dash and a mark for each run.
 * spectrum: eigenvalue against index, both axes logarithmic: a line for each of `variables` of one
 * feature set; of several sets a panel for each of `variables`, a line for each set, coloured
 * along a bar when there are more than seven that differ in one number.
 * flow: the terms of one row of mi-bounds as a graph.
 * sensitivity: a correlation of mi-corr (spearman) against x (alpha), a panel for each pair that
 * was correlated, a line for each group; x logarithmic, infinity at its end beyond a break.
 * compare: differences of mi-compare, of one order with the terms along x, of several with the
 * orders along x and a panel for each term; a mark for each pair of feature sets.
 * matrix: a number of mi-align, y (cka_debiased, else the first that there is), of each pair of sets, a
 * panel for each column y, order and variables: sets a from above, sets b from the left, in natural
 * order; or the values of `by` and x. The colours span the values, or yrange.
 * Errors: MI_EDATA (no rows, column missing, text for a number, nothing to draw, too many panels
 * or sets to tell apart), MI_EUSAGE (options that do not fit the kind), MI_ENOMEM. Nothing is
 * left to free after a failure. Free with mi_plot_free. */
MI_API MI_CHECKED mi_status mi_plot_make(mi_plot *out, size_t kind, const mi_table *t,
                                         const mi_plot_opts *o);
MI_API void mi_plot_free(mi_plot *p);

/* A column in words, as keys of charts have it: "I(Z1;Z2)" of I_Z1_Z2; the name of one that is not known. */
MI_API const char *mi_plot_word(const char *column);

/* Write text as a gnuplot string of the same bytes, in which nothing is special. */
MI_API void mi_plot_quote(FILE *stream, const char *text);

#ifdef __cplusplus
}
#endif
#endif
