/* report.h - mi-report: from features or tables to what a page says, in the order of the files.
 *
 * report_read.c   features are measured by the tools beside this one, tables are read; each gets a kind
 * report_find.c   what follows from the tables: verdicts, learning curve, correlations
 * report_words.c  the summary: differences, instances, and the parts below
 * report_bounds.c    the bounds, chance, the premises
 * report_accuracy.c  what goes with accuracy
 * report_next.c      what to do next
 * report_value.c     values, names of sets, texts of the library
 * report_tables.c    the tables of the page, in their order
 * report_found.c     what was found, as tables
 * report_table.c     one table
 * report_chart.c  its charts
 * report_page.c   the page
 *
 * uses: pairs, tool, libmi         used by: mi-report
 */
#ifndef REPORT_H
#define REPORT_H

#include "pairs.h"
#include "tool.h"

/* What a table is, told by its columns. */
typedef enum {
    REPORT_BOUNDS,       /* of mi-bounds */
    REPORT_CURVE,        /* of mi-bounds --learning-curve */
    REPORT_RANKS,        /* of mi-spectrum */
    REPORT_EIGENVALUES,  /* of mi-spectrum --eigenvalues */
    REPORT_CORRELATIONS, /* of mi-corr */
    REPORT_DIFFERENCES,  /* of mi-compare */
    REPORT_OTHER
} report_kind;

typedef struct {
    report_kind kind;
    mi_table table;
    char *name; /* the files, quoted, as commands call them */
} report_table;

/* How the sets of a table are told apart in words. */
typedef struct {
    const mi_table *t;
    int files, groups; /* rows differ in them */
    char *is_alike;    /* (rows) another file has a last part like this one's. Free with mi_free */
} report_sets;

/* Text that grows in memory. */
typedef struct {
    FILE *stream;
    char *text;
    size_t bytes;
} report_text;

mi_status report_text_open(report_text *t);
/* What was written so far. */
const char *report_text_of(report_text *t);
void report_text_free(report_text *t);

typedef struct {
    /* asked for */
    const char *title; /* NULL: of the inputs */
    const char *y;     /* column that the others are held against */
    int is_piped;      /* the input is standard input */
    int is_quick;      /* bounds alone, no learning curve and spectra */
    double level;      /* of intervals */

    /* read: tables in the order of REPORT_BOUNDS .., those of one kind joined, others apart */
    report_table *table;
    size_t tables;
    report_text commands; /* that were run, or do the same, a line each */
    report_text talk;     /* warnings, a line each */

    /* found; what is not there is empty */
    mi_table bounds;         /* the rows of whole sets */
    report_sets sets;        /* of the bounds */
    int is_series;           /* there are checkpoints of one training among them */
    const char *bounds_name; /* as commands call it; NULL: there is none */
    mi_validation *verdict;  /* (bounds.rows) */
    mi_enough *curve;        /* of the table of learning curves; found when it is read */
    size_t curves;
    const report_table *curve_table;
    report_sets curve_sets;
    pairs_opts how;     /* of the correlations */
    pairs correlations; /* count 0: none */
    pairs_opts how_given;
    pairs given_epoch; /* the same with the epoch held fixed; count 0: rows are no series */
} report;

/* Measure the features, or read the tables, of these addresses; of none: standard input. Errors:
 * MI_EOPEN; MI_EUSAGE for features and tables together; those of the tools that were run, in their
 * words; those of mi_table_read. */
mi_status report_read(report *r, char **address, size_t n);
/* The table of a kind, or NULL. */
const report_table *report_table_of(const report *r, report_kind kind);

/* Fill in what is found. Errors: those of mi_validate and pairs_correlate; MI_ENOMEM. */
mi_status report_find(report *r);
void report_free(report *r);

/* What follows goes to the page. The words: what the bounds say, premises, accuracy, what next. */
void report_put_words(FILE *page, const report *r);

/* Its parts. Bounds: of a table with the terms of --decompose the verdicts, else what can be said. */
void report_put_bounds(FILE *page, const report *r);
void report_put_accuracy(FILE *page, const report *r);
void report_put_next(FILE *page, const report *r);

/* How many rows have this verdict; whether all rows have standard errors; correlations that there are. */
size_t report_count_verdicts(const report *r, mi_check_id check, mi_verdict verdict);
int report_has_errors(const report *r);

/* A picture of each table that has one. Charts that cannot be drawn are left out and said so; the
 * others go into the grid of figures. *drawn: how many. Errors: MI_ENOMEM. */
mi_status report_put_charts(FILE *page, report *r, size_t *drawn);

/* All tables. Errors: MI_ENOMEM. */
mi_status report_put_tables(FILE *page, const report *r);

/* Its parts: where there are verdicts; of correlations and learning curves as many as there are. */
void report_put_verdicts(FILE *page, const report *r);
void report_put_correlations(FILE *page, const report *r);
void report_put_curves(FILE *page, const report *r);

/* Which columns: those of the decomposed bounds, or the others. */
typedef enum { REPORT_ALL_COLUMNS, REPORT_WITHOUT_DECOMPOSED, REPORT_DECOMPOSED } report_columns;

#define REPORT_MOST_ROWS 1000 /* more are in the data alone */

/* A table, values with half their interval at `level`. Errors: MI_ENOMEM. */
mi_status report_put_table(FILE *page, const mi_table *t, report_columns c, double level,
                           const char *label);
/* Around the head and body of one; `class` says how it looks and whether it sorts. */
void report_begin_table(FILE *page, const char *label, const char *class);
void report_end_table(FILE *page);

/* Once for a table. O(rows log rows). Errors: MI_ENOMEM. */
mi_status report_sets_of(report_sets *out, const mi_table *t);
/* Where a row comes from: "run.h5:/epoch_012", of that what differs between rows. */
void report_put_set(FILE *page, const report_sets *s, size_t row);
/* A cell; nothing where there is no such column. */
const char *report_cell(const mi_table *t, size_t row, const char *column);
/* The last part of a path. */
const char *report_base_name(const char *path);
/* A text of the library, with signs for its <=, >= and +/-. */
void report_put_text(FILE *page, const char *text);
/* "0.154 ± 0.035" with as many digits as the half-width is known to; nan: without. */
void report_put_value(FILE *page, double value, double half);

/* What was said, line by line; several tools warn of the same features: each warning once. Errors:
 * MI_ENOMEM. */
mi_status report_put_talk(FILE *stream, report *r);

/* The whole page. Errors: those of the parts; MI_EOPEN for the style that is not found. */
mi_status report_put_page(FILE *page, report *r);

#endif
