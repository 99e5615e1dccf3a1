/* private.h - what the kinds of chart share.
 *
 * A page is a grid of panels over one key. A panel draws a run of series; a series is one block of
 * the data file, drawn with style numbers (colour, dash, mark) that plots/style.gp turns into a
 * palette.
 */
#ifndef MI_PLOT_PRIVATE_H
#define MI_PLOT_PRIVATE_H

#include "libmi/plot/plot.h"
#include "libmi/table/levels.h"
#include "libmi/table/settings.h"

enum {
    PLOT_PANELS = 16, /* more cannot be read */
    PLOT_LEVELS = 40, /* nor can more sets be told apart */
    PLOT_SETS = 1000, /* unless their colours run along a bar */
    PLOT_TICS = 32,   /* tics at the values of a sweep */
    PLOT_COLUMNS = 8, /* quantities of one axis */
    PLOT_KEYS = PLOT_LEVELS + 2 * PLOT_COLUMNS + 1,
    PLOT_STYLES = PLOT_LEVELS + 8, /* numbers of colours, dashes and marks */
    PLOT_TITLE_LINES = 3,
    PLOT_LABEL = 256 /* bytes of a label; longer ones are cut */
};

static const double PLOT_INTERVAL = 0.95;

/* ---- plot_text: text that stays text ---- */

/* Copy text into out[PLOT_LABEL]: control characters become spaces, what is not UTF-8 U+FFFD, and
 * what is longer than `chars` characters ends in an ellipsis. */
void mi_plot_label(char *out, const char *text, size_t chars);
/* The same, but the ellipsis stands in the middle: names differ at both ends. */
void mi_plot_label_ends(char *out, const char *text, size_t chars);
/* name[index] = "text" */
void mi_plot_put_text(FILE *values, const char *name, size_t index, const char *text);
/* The same for a tic, which gnuplot reads as a format: each % is doubled. */
void mi_plot_put_tic(FILE *values, const char *name, size_t index, const char *text);
/* name = "text" */
void mi_plot_put_name(FILE *values, const char *name, const char *text);

/* ---- plot_select: which columns and rows ---- */

typedef struct {
    size_t n;
    size_t at[PLOT_COLUMNS];
} mi_plot_columns;

/* The columns of a comma-separated list; a column of the whole name wins. Errors: MI_EDATA naming
 * those there are; MI_EUSAGE for an empty or too long list. */
mi_status mi_plot_columns_of(mi_plot_columns *out, const mi_table *t, const char *list);

/* mi_table_levels_of. Errors: MI_EDATA when there are more than `most` (`what` says of what). */
mi_status mi_plot_levels_of(mi_table_levels *out, const mi_table *t, const size_t *column, size_t n,
                            size_t most, const char *what);
/* The levels of rows that are of one level in a and in b; a number that no row has has no first row.
 * O(rows + a->n b->n). Free with mi_table_levels_free. */
mi_status mi_plot_levels_both(mi_table_levels *out, const mi_table_levels *a,
                              const mi_table_levels *b, size_t rows);
/* One level for each order alpha, in increasing order; one in all without such a column. */
mi_status mi_plot_levels_of_orders(mi_table_levels *out, const mi_table *t);

/* Number the levels in natural order of their texts in n columns, the first column first: numbers
 * by value, in texts too (fsq:3 before fsq:17), nan last; different words as they first appear. */
mi_status mi_plot_levels_sort(mi_table_levels *l, const mi_table *t, const size_t *column,
                              size_t n);

/* 1 for 0 and numbers of a size that an axis can hold. */
int mi_plot_fits(double value);
/* mi_table_number. Errors: MI_EDATA too for a number that no axis can hold. */
mi_status mi_plot_number(const mi_table *t, size_t row, size_t column, double *value);
/* out (rows): a column as numbers. Free with mi_free, after an error too. */
mi_status mi_plot_numbers_of(double **out, const mi_table *t, size_t column);

/* 1 when the n numbers that are finite are whole. */
int mi_plot_all_whole(const double *x, size_t n);
/* 1 when the table has the column and a finite number in it. */
int mi_plot_has_numbers(const mi_table *t, const char *column);

typedef struct {
    double x, y, low, high; /* low and high: ends of a band or an error bar; nan: none */
} mi_plot_point;

/* A point with intervals of both its numbers. */
typedef struct {
    double x, y, x_low, x_high, y_low, y_high;
} mi_plot_cross;

/* A column of numbers with those that its intervals come from, -1 where there is none. Found once, not in every
 * row. */
typedef struct {
    size_t column;
    long low, high, error, degrees, n;
    int is_accuracy;
    double one; /* 100 where the column is in percent */
} mi_plot_measured;
mi_plot_measured mi_plot_measured_of(const mi_table *t, size_t column);

/* The numbers of two columns in a row; *drawn: they have a place on axes of this kind. */
mi_status mi_plot_cross_of(mi_plot_cross *out, int *drawn, const mi_table *t, size_t row,
                           const mi_plot_measured *x, const mi_plot_measured *y, int log_x,
                           int log_y);

/* Ends of the 95 % interval of a column in a row: X_lo and X_hi, or Student's t of the column
 * `degrees` times X_se to either side, or Wilson's of an accuracy of X_n rows, or nan. */
mi_status mi_plot_interval(const mi_table *t, size_t row, const mi_plot_measured *m,
                           mi_plot_point *p);

/* The rows that `where`, "COLUMN=VALUE,...", lets pass; the texts stay those of t. Errors:
 * MI_EUSAGE when it does not read so, MI_EDATA when no row passes. Free with mi_plot_where_free. */
mi_status mi_plot_where_of(mi_table *out, const mi_table *t, const char *where);
/* The rows that pass, which share their texts with t. Errors: MI_ENOMEM. */
mi_status mi_plot_rows_that(mi_table *out, const mi_table *t,
                            int (*passes)(const mi_table *t, size_t row, const void *arg),
                            const void *arg);
void mi_plot_where_free(mi_table *kept);

/* ---- plot_runs: which rows make one run ---- */

enum { RUN_COLUMNS = 64 };

typedef struct {
    const mi_table *t;
    size_t n_columns, column[RUN_COLUMNS]; /* that tell the runs apart */
    mi_table_levels levels;                /* the runs */
} mi_plot_runs;

/* Runs as lines along x: rows that share the column `by`, or else file, attributes and settings
 * that are kept while x changes. Free all with mi_plot_runs_free, after an error too. */
mi_status mi_plot_runs_of(mi_plot_runs *out, const mi_table *t, const mi_table_levels *orders,
                          size_t x, const char *by);
/* Feature sets: rows that share `by`, or else file, group, epoch and settings other than the column
 * `within` (-1: none), which changes within a set. */
mi_status mi_plot_runs_of_sets(mi_plot_runs *out, const mi_table *t, long within, const char *by);
/* Groups that mi-corr made: rows that share `by`, or else the columns that it has between `by` and
 * `given` other than x. */
mi_status mi_plot_runs_of_groups(mi_plot_runs *out, const mi_table *t, size_t x, const char *by);
/* Pairs of feature sets: rows that share `by`, or else the n columns that name the two and
 * settings other than the order. */
mi_status mi_plot_runs_of_pairs(mi_plot_runs *out, const mi_table *t, const size_t *column,
                                size_t n, const char *by);
/* The path in a column, without its folders; where two paths would then be called alike, without
 * those that all share. */
const char *mi_plot_file_of(const mi_table *t, size_t row, size_t column);
void mi_plot_runs_free(mi_plot_runs *r);
/* What differs between the runs: text values stand for themselves, numbers need their name:
 * "simclr, λ = 0.3". What a run does not have is passed over; one without any of it is named by
 * its file. */
void mi_plot_runs_name(char *out, const mi_plot_runs *r, size_t run);

/* ---- plot_mixed ---- */

/* Warn of settings that differ within a series, which is of a level of `a` and one of `b`; not of
 * column x (-1: none), along which they may. */
struct mi_plot_page;
mi_status mi_plot_warn_of_mixtures(const struct mi_plot_page *p, const mi_table_levels *a,
                                   const mi_table_levels *b, long x);

/* ---- plot_words: columns in words ---- */

/* Axis title of the columns, with the unit that the table's `base` gives, into out[PLOT_LABEL]. */
void mi_plot_words_of_axis(char *out, const mi_table *t, const mi_plot_columns *c);
/* style: numbers of the palette for the columns of several axes, one after the other. */
void mi_plot_words_styles(int *style, const mi_table *t, const mi_plot_columns *c, size_t axes);
/* What a column that tells runs apart is called into out[PLOT_LABEL]; 1 when its texts need it. */
int mi_plot_words_of_setting(char *out, const char *column);
/* 1 for `accuracy` and what ends in _accuracy; 1 when such a column has a value above 1. */
int mi_plot_is_accuracy(const char *column);
int mi_plot_is_percent(const mi_table *t, size_t column);
/* Short name for the key, into out[PLOT_LABEL]; of a term of mi-compare too. */
void mi_plot_words_of_key(char *out, const char *column);

/* ---- plot_page: panels, series, key ---- */

/* Numbers of a palette in plots/style.gp, from 1; 0: dark grey, no line, no mark. */
typedef struct {
    int color, dash, mark;
    size_t every; /* points from one mark to the next on a line */
    size_t points;
    double shade; /* place along the colour bar, where there is one */
    double shift; /* aside, where x has names: points of several series are all seen */
} mi_plot_style;

/* What an axis shows; step 0: tics as gnuplot likes. */
typedef struct {
    double low, high, step;
    int decimals, digits; /* of the labels; digits 0: no exponent */
} mi_plot_axis;

/* A colour bar below the panels. */
typedef struct {
    char title[PLOT_LABEL]; /* empty: none */
    double low, high;
    int is_whole; /* of whole numbers alone */
} mi_plot_bar;

typedef struct {
    char title[PLOT_LABEL], xlabel[PLOT_LABEL], note[PLOT_LABEL];
    size_t first, last; /* its series, numbered from 1 */
    size_t split;       /* last series of the left axis */
    size_t fit;         /* series that is the fitted line, 0: none */
    mi_plot_range x;    /* over its points; low > high: none */
} mi_plot_panel;

typedef struct {
    char text[PLOT_LABEL];
    mi_plot_style style;
} mi_plot_key;

typedef struct mi_plot_page {
    const mi_table *t;
    const mi_plot_opts *o;
    FILE *values, *data;
    int log_x, log_y;
    int whole_x;        /* x has whole numbers alone, as epochs are */
    double zero_at;     /* where a logarithmic x axis shows 0; 0: nowhere */
    double infinite_at; /* where the x axis shows infinity; 0: nowhere */
    size_t tics; /* values of x that deserve a tic, in increasing order; 0: as gnuplot likes */
    double tic[PLOT_TICS];
    const char *tic_text[PLOT_TICS];       /* NULL: the number */
    char tic_words[PLOT_TICS][PLOT_LABEL]; /* texts that are made for it */
    int right;                             /* series that are added now are of the right axis */
    mi_plot_range y[2];      /* over the points of each vertical axis, in all panels */
    mi_plot_range yrange;    /* ends that the user, or the kind, wants */
    int has_intervals;       /* a point has one */
    size_t row;              /* the one that the numbers are of, from 1; 0: all rows */
    char remark[PLOT_LABEL]; /* at the end of the caption; empty: none */
    mi_plot_bar bar;
    size_t panels, columns; /* columns of the grid */
    int is_wide;            /* a single panel that wants the width of two */
    size_t lines; /* of a matrix, each with a name: a panel is as high as they want; 0: none */
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
/* Columns of a grid of so many panels: three at most, up to twelve of them. */
size_t mi_plot_page_grid(size_t panels);
/* A point reaches so far; y on the axis that is filled now. */
void mi_plot_page_reach(mi_plot_page *p, double x, double y);
void mi_plot_page_reach_cross(mi_plot_page *p, const mi_plot_cross *c);
/* Write everything but the data as gnuplot assignments. */
void mi_plot_page_values(mi_plot_page *p);
/* "order a = 2", when the table has several. */
void mi_plot_page_order(char *out, const mi_table *t, const mi_table_levels *orders, size_t order);

/* ---- plot_caption ---- */

/* "n = 512 (256 instances), order α = 2, R = positive, 95 % intervals" into out[PLOT_LABEL]. */
void mi_plot_caption(char *out, const mi_plot_page *p);

/* ---- plot_axis: ends and tics ---- */

/* 1 when an axis from low to high would show nothing: they are equal, or nearly so, or the wrong way round. */
int mi_plot_are_alike(double low, double high);
/* Widen a range to a value that can be drawn. */
void mi_plot_reach(mi_plot_range *r, double value, int is_log);
/* What an axis shows beyond its outermost points, as a share of what lies between them. */
static const double PLOT_MARGIN = 0.04;
/* An axis over what is reached with a margin, or to the ends that are wanted. */
mi_plot_axis mi_plot_axis_of(const mi_plot_range *reach, const mi_plot_range *wanted, int is_log,
                             double margin);
/* Distance of tics whose labels do not touch: side by side on so many characters, on so many
 * lines. is_whole: there is nothing between whole numbers. */
double mi_plot_step_across(double low, double high, double chars, int is_whole);
double mi_plot_step_up(double low, double high, double lines);
/* Tics at this distance, with the decimals it needs. */
void mi_plot_axis_tics(mi_plot_axis *a, double step);

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
    int turn; /* degrees by which the labels of the tics are turned */
    char tic[PLOT_TICS][PLOT_LABEL];
    int tic_row[PLOT_TICS]; /* of a text: lines below the axis, so that none runs into the next */
    double tics_below;      /* what the labels take below their first line */
    size_t captions;
    char caption[PLOT_TITLE_LINES][PLOT_LABEL];
} mi_plot_layout;

void mi_plot_lay_out(mi_plot_layout *l, const mi_plot_page *p);
/* Characters that fit across a panel, with what stands beside it. */
double mi_plot_panel_chars(const mi_plot_page *p);
/* The axes of a panel: x, and the vertical ones (0 left, 1 right), which all panels share. */
mi_plot_axis mi_plot_lay_out_x(const mi_plot_page *p, const mi_plot_layout *l, size_t panel);
mi_plot_axis mi_plot_lay_out_y(const mi_plot_page *p, const mi_plot_layout *l, int right);
/* The same for the colour bar. */
double mi_plot_bar_step(const mi_plot_page *p, const mi_plot_layout *l);
/* shown[k]: tic k has room for its label. */
void mi_plot_tics_with_labels(int *shown, const mi_plot_page *p, const mi_plot_layout *l);

/* ---- plot_beside ---- */

/* A point in characters and lines from the lower left corner of its panel; begins: no line comes to
 * it from the one before. */
typedef struct {
    double x, y;
    int begins;
} mi_plot_spot;

/* How large the panel is. */
typedef struct {
    double chars, lines;
} mi_plot_frame;

/* Where the name of spot `at`, of so many characters, begins (across > 0) or ends, in characters and lines
 * from it: where it hides no mark, crosses no line and stays in the frame, as near as it can. O(n). */
void mi_plot_place_beside(double *across, double *up, const mi_plot_frame *f,
                          const mi_plot_spot *spot, size_t n, size_t at, double chars);

/* ---- plot_lines: what trend, sweep, learning and sensitivity share ---- */

typedef struct mi_plot_lines mi_plot_lines;
struct mi_plot_lines {
    size_t x;
    double *x_of; /* (rows) */
    char xlabel[PLOT_LABEL];
    mi_plot_columns y[2];    /* left and right axis */
    mi_table_levels subject; /* what a panel is of: the orders, or what the kind chooses */
    void (*name)(char *out, const mi_plot_page *p, const mi_plot_lines *d,
                 size_t subject); /* NULL: orders */
    mi_plot_runs runs;
    size_t names; /* x has so many names and no numbers: points, no lines; 0: numbers */
    int apart;    /* each run has panels of its own */
    int style[2 * PLOT_COLUMNS]; /* of the quantities, the left axis first */
    mi_plot_point *point;        /* (rows) scratch */
};

/* x is a name: d->x_of becomes its place, and the tics the names. */
mi_status mi_plot_names_as_x(mi_plot_page *p, mi_plot_lines *d);
/* How far aside series k of n stands at a name. */
double mi_plot_names_shift(size_t k, size_t n);
/* Infinity among x (rows) gets a place beyond the numbers. */
void mi_plot_place_infinity(mi_plot_page *p, double *x);

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
mi_status mi_plot_compare(mi_plot_page *p);
mi_status mi_plot_matrix(mi_plot_page *p);

#endif
