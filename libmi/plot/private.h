/* private.h - what the kinds of chart share.
 *
 * A page is a grid of panels over one key. A panel draws a run of series; a series is one block of
 * the data file, drawn with style numbers (colour, dash, mark) that plots/style.gp turns into a
 * palette.
 */
#ifndef MI_PLOT_PRIVATE_H
#define MI_PLOT_PRIVATE_H

#include "libmi/plot/plot.h"

enum {
    PLOT_PANELS = 16, /* more cannot be read */
    PLOT_LEVELS = 40, /* nor can more sets be told apart */
    PLOT_SETS = 1000, /* unless their colours run along a bar */
    PLOT_TICS = 32,   /* tics at the values of a sweep */
    PLOT_COLUMNS = 8, /* quantities of one axis */
    PLOT_KEYS = PLOT_LEVELS + 2 * PLOT_COLUMNS + 1,
    PLOT_TITLE_LINES = 3,
    PLOT_LABEL = 256 /* bytes of a label; longer ones are cut */
};

/* ---- plot_text: text that stays text ---- */

/* Copy text into out[PLOT_LABEL]: control characters become spaces, what is not UTF-8 U+FFFD, and
 * what is longer than `chars` characters ends in an ellipsis. */
void mi_plot_label(char *out, const char *text, size_t chars);
/* name[index] = "text" */
void mi_plot_put_text(FILE *values, const char *name, size_t index, const char *text);
/* name = "text" */
void mi_plot_put_name(FILE *values, const char *name, const char *text);
void mi_plot_put_range(FILE *values, const char *axis, const mi_plot_range *range);

/* ---- plot_select: which columns and rows ---- */

typedef struct {
    size_t n;
    size_t at[PLOT_COLUMNS];
} mi_plot_columns;

/* The columns of a comma-separated list; a column of the whole name wins. Errors: MI_EDATA naming
 * those there are; MI_EUSAGE for an empty or too long list. */
mi_status mi_plot_columns_of(mi_plot_columns *out, const mi_table *t, const char *list);

/* Rows told apart by their text in some columns: row i is of level code[i], numbered in order of
 * first appearance; first[level] is its first row. */
typedef struct {
    size_t n;
    int *code;     /* (rows) */
    size_t *first; /* (n) */
} mi_plot_levels;

/* Errors: MI_EDATA when there are more than `most` (`what` says of what). Free with
 * mi_plot_levels_free. */
mi_status mi_plot_levels_of(mi_plot_levels *out, const mi_table *t, const size_t *column, size_t n,
                            size_t most, const char *what);
/* One level for each order alpha, in increasing order; one in all without such a column. */
mi_status mi_plot_levels_of_orders(mi_plot_levels *out, const mi_table *t);
void mi_plot_levels_free(mi_plot_levels *l);

/* 1 when the rows have more than one text in a column. */
int mi_plot_column_varies(const mi_table *t, size_t column);

/* out (rows): a column as numbers. Free with mi_free, after an error too. */
mi_status mi_plot_numbers_of(double **out, const mi_table *t, size_t column);

typedef struct {
    double x, y, low, high; /* low and high: ends of a band or an error bar; nan: none */
} mi_plot_point;

/* Ends of the 95 % interval of `column` in a row: X_lo and X_hi, or 1.96 X_se to either side, or
 * nan. */
mi_status mi_plot_interval(const mi_table *t, size_t row, size_t column, mi_plot_point *p);

/* The rows that `where`, "COLUMN=VALUE,...", lets pass; the texts stay those of t. Errors:
 * MI_EUSAGE when it does not read so, MI_EDATA when no row passes. Free with mi_plot_where_free. */
mi_status mi_plot_where_of(mi_table *out, const mi_table *t, const char *where);
void mi_plot_where_free(mi_table *kept);

/* ---- plot_runs: which rows make one run ---- */

enum { RUN_COLUMNS = 64 };

typedef struct {
    const mi_table *t;
    size_t n_columns, column[RUN_COLUMNS]; /* that tell the runs apart */
    mi_plot_levels levels;                 /* the runs */
} mi_plot_runs;

/* Runs as lines along x: rows that share the column `by`, or else file, attributes and settings
 * that are kept while x changes. Free all with mi_plot_runs_free, after an error too. */
mi_status mi_plot_runs_of(mi_plot_runs *out, const mi_table *t, const mi_plot_levels *orders,
                          size_t x, const char *by);
/* Feature sets: rows that share `by`, or else file, group, epoch and settings other than the column
 * `within` (-1: none), which changes within a set. */
mi_status mi_plot_runs_of_sets(mi_plot_runs *out, const mi_table *t, long within, const char *by);
/* Groups that mi-corr made: rows that share `by`, or else the columns that it has between `by` and
 * `given` other than x. */
mi_status mi_plot_runs_of_groups(mi_plot_runs *out, const mi_table *t, size_t x, const char *by);
void mi_plot_runs_free(mi_plot_runs *r);
/* Text values stand for themselves, numbers need their name: "simclr, lambda=0.3, no batch". */
void mi_plot_runs_name(char *out, const mi_plot_runs *r, size_t run);

/* ---- plot_words: columns in words ---- */

/* Axis title of the columns, with the unit that the table's `base` gives, into out[PLOT_LABEL]. */
void mi_plot_words_of_axis(char *out, const mi_table *t, const mi_plot_columns *c);
/* Short name for the key. */
void mi_plot_words_of_key(char *out, const char *column);

/* ---- plot_page: panels, series, key ---- */

/* Numbers of a palette in plots/style.gp, from 1; 0: dark grey, no line, no mark. */
typedef struct {
    int color, dash, mark;
    size_t every; /* points from one mark to the next on a line */
    double shade; /* place along the colour bar, where there is one */
} mi_plot_style;

/* A colour bar below the panels. */
typedef struct {
    char title[PLOT_LABEL]; /* empty: none */
    double low, high;
} mi_plot_bar;

typedef struct {
    char title[PLOT_LABEL], xlabel[PLOT_LABEL], note[PLOT_LABEL];
    size_t first, last; /* its series, numbered from 1 */
    size_t split;       /* last series of the left axis */
    size_t fit;         /* series that is the fitted line, 0: none */
    double low, high;   /* of x over its points; low > high: none */
} mi_plot_panel;

typedef struct {
    char text[PLOT_LABEL];
    mi_plot_style style;
} mi_plot_key;

typedef struct {
    const mi_table *t;
    const mi_plot_opts *o;
    FILE *values, *data;
    int log_x, log_y;
    double zero_at;     /* where a logarithmic x axis shows 0; 0: nowhere */
    double infinite_at; /* where the x axis shows infinity; 0: nowhere */
    size_t tics; /* values of x that deserve a tic, in increasing order; 0: as gnuplot likes */
    double tic[PLOT_TICS];
    mi_plot_bar bar;
    size_t panels, columns; /* columns of the grid */
    mi_plot_panel panel[PLOT_PANELS];
    size_t keys;
    mi_plot_key key[PLOT_KEYS];
    int last_alone; /* the last entry gets a row of its own */
    size_t series, room;
    mi_plot_style *style; /* (series) */
    char ylabel[PLOT_LABEL], y2label[PLOT_LABEL];
} mi_plot_page;

/* Begin the next panel. */
mi_plot_panel *mi_plot_page_panel(mi_plot_page *p);
/* Take back the last panel, which has no series of the left axis, with a warning. */
void mi_plot_page_drop_panel(mi_plot_page *p);
/* Begin the next block of the data, and note its style; n: its points. */
mi_status mi_plot_page_block(mi_plot_page *p, const char *comment, const char *columns, size_t n,
                             mi_plot_style style);
/* A line of the block, value[0] being x. */
void mi_plot_page_numbers(mi_plot_page *p, const double *value, size_t n);
/* Write n points as a block "x y low high". */
mi_status mi_plot_page_series(mi_plot_page *p, const char *comment, const mi_plot_point *point,
                              size_t n, mi_plot_style style);
void mi_plot_page_key(mi_plot_page *p, const char *text, mi_plot_style style);
/* Write everything but the data as gnuplot assignments. */
void mi_plot_page_values(mi_plot_page *p);
/* "order a = 2", when the table has several. */
void mi_plot_page_order(char *out, const mi_table *t, const mi_plot_levels *orders, size_t order);

/* ---- plot_layout: where things stand on the page ---- */

typedef struct {
    double width, height;           /* mm, or characters and lines */
    double char_width, line_height; /* in the same unit */
    size_t chars;                   /* that fit across */
    size_t rows;                    /* of the grid */
    size_t titles, key_rows;
    char title[PLOT_TITLE_LINES][PLOT_LABEL];
    struct {
        char text[PLOT_LABEL];
        size_t x, row; /* in characters from the left, in rows from the top */
    } key[PLOT_KEYS];
} mi_plot_layout;

void mi_plot_lay_out(mi_plot_layout *l, const mi_plot_page *p);
/* Distance of the tics of x in a panel, so that their labels do not touch; 0: as gnuplot likes. */
double mi_plot_tic_step(const mi_plot_page *p, const mi_plot_layout *l, size_t panel);
/* The same for the colour bar. */
double mi_plot_bar_step(const mi_plot_page *p, const mi_plot_layout *l);
/* shown[k]: tic k has room for its label. */
void mi_plot_tics_with_labels(int *shown, const mi_plot_page *p, const mi_plot_layout *l);

/* ---- plot_lines: what trend, sweep, learning and sensitivity share ---- */

typedef struct mi_plot_lines mi_plot_lines;
struct mi_plot_lines {
    size_t x;
    double *x_of; /* (rows) */
    char xlabel[PLOT_LABEL];
    mi_plot_columns y[2];   /* left and right axis */
    mi_plot_levels subject; /* what a panel is of: the orders, or what the kind chooses */
    void (*name)(char *out, const mi_plot_page *p, const mi_plot_lines *d,
                 size_t subject); /* NULL: orders */
    mi_plot_runs runs;
    int apart;            /* each run has panels of its own */
    mi_plot_point *point; /* (rows) scratch */
};

/* The columns of both axes (left: what the user wants, else y), orders and runs along d->x. */
mi_status mi_plot_lines_choose(mi_plot_lines *d, const mi_plot_page *p, const char *y);
mi_status mi_plot_lines_draw(mi_plot_page *p, mi_plot_lines *d);
/* Tics at the different values of x (rows), unless they are too many. */
mi_status mi_plot_tics_at_values(mi_plot_page *p, const double *x);
void mi_plot_lines_free(mi_plot_lines *d);

/* ---- kinds ---- */

mi_status mi_plot_trend(mi_plot_page *p);
mi_status mi_plot_scatter(mi_plot_page *p);
mi_status mi_plot_sweep(mi_plot_page *p);
mi_status mi_plot_learning(mi_plot_page *p);
mi_status mi_plot_plane(mi_plot_page *p);
mi_status mi_plot_spectrum(mi_plot_page *p);
mi_status mi_plot_flow(mi_plot_page *p);
mi_status mi_plot_sensitivity(mi_plot_page *p);

#endif
