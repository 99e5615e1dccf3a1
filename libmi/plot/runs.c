/* Which rows make one run: the columns that tell runs apart, and what to call a run. */
#include <math.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/number.h"
#include "libmi/plot/private.h"

/* ---- columns ---- */

/* Columns that name a run, or a way of computing, rather than a state of training. */
static int is_identity(const mi_table *t, size_t column)
{
    static const char *const known[] = {
        "file",      "dataset", "method",       "projector", "lambda",    "temperature",
        "variables", "kernel",  "kernel_asked", "r_kind",    "i_z1_r_by", "preset",
        "estimator", "batch",   "base",         "probe",     "variable"};
    /* A bandwidth that was found from the data is another in every set: no setting. */
    if (strcmp(t->name[column], "kernel") == 0 && mi_table_has(t, "kernel_asked") >= 0)
        return 0;
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (strcmp(known[k], t->name[column]) == 0)
            return 1;
    return 0;
}

/* The attributes of a set stand between its group and its number of rows. */
static int is_attribute(const mi_table *t, size_t column)
{
    static const char *const state[] = {"epoch", "accuracy"};
    for (size_t k = 0; k < sizeof state / sizeof *state; k++)
        if (strcmp(t->name[column], state[k]) == 0)
            return 0;
    return (long)column > mi_table_has(t, "group") && mi_table_has(t, "group") >= 0 &&
           (long)column < mi_table_has(t, "n");
}

/* A name that is new in every row (a file of its own for each checkpoint) names no run. Of what the
 * table says besides, most rows must keep it: a loss repeats by chance. And two rows of one `place`,
 * x and order, must differ in it: a learning rate that falls during the one run there is does not
 * make two of it. */
static mi_status names_runs(int *names, const mi_table *t, const mi_table_levels *place, size_t x,
                            size_t column)
{
    size_t kept = 0;
    *names = 0;
    if (column == x || !mi_table_varies(t, column))
        return MI_OK;
    if (is_identity(t, column) || is_attribute(t, column))
        MI_TRY(mi_table_kept(&kept, t, x, column));
    *names = is_identity(t, column)
                 ? kept > 0
                 : kept > t->rows / 2 && mi_table_varies_within(t, column, place);
    return MI_OK;
}

/* ---- runs ---- */

/* Leave column k out of r->column, where the others tell the same rows apart. */
static mi_status drop_needless(mi_plot_runs *r, size_t k, size_t most, const char *what,
                               int *dropped)
{
    mi_table_levels fewer;
    size_t rest[RUN_COLUMNS], n = r->n_columns - 1;
    memcpy(rest, r->column, k * sizeof *rest);
    memcpy(rest + k, r->column + k + 1, (n - k) * sizeof *rest);
    MI_TRY(mi_plot_levels_of(&fewer, r->t, rest, n, most, what));
    *dropped = fewer.n == r->levels.n;
    mi_table_levels_free(&fewer);
    if (*dropped) {
        memcpy(r->column, rest, n * sizeof *rest);
        r->n_columns = n;
    }
    return MI_OK;
}

/* Group the rows by r->column, and leave out columns that the others make needless: files first,
 * then what is no identity (a seed says less than a projector), of each the first ones first. */
static mi_status group(mi_plot_runs *r, size_t most, const char *what)
{
    MI_TRY(mi_plot_levels_of(&r->levels, r->t, r->column, r->n_columns, most, what));
    for (int turn = 0; turn < 3; turn++)
        for (size_t k = 0; k < r->n_columns;) {
            int dropped = 0, is_file = strncmp(r->t->name[r->column[k]], "file", 4) == 0;
            int is_due = turn == 2 || (turn == 0 ? is_file : !is_identity(r->t, r->column[k]));
            if (is_due)
                MI_TRY(drop_needless(r, k, most, what, &dropped));
            k += !dropped;
        }
    return mi_plot_levels_sort(&r->levels, r->t, r->column, r->n_columns);
}

static mi_status group_by(mi_plot_runs *r, const char *by, size_t most, const char *what)
{
    MI_TRY(mi_table_find(r->t, by, &r->column[0]));
    r->n_columns = 1;
    return group(r, most, what);
}

static int is_among(const mi_plot_runs *r, size_t column)
{
    size_t k = 0;
    while (k < r->n_columns && r->column[k] != column)
        k++;
    return k < r->n_columns;
}

/* Where a run has two rows at one x and order, its columns are those of checkpoints of several runs,
 * one of each: what else tells such rows apart is added. */
static mi_status tell_repeats(mi_plot_runs *r, const mi_table_levels *place, size_t x)
{
    MI_TRY(mi_plot_levels_of(&r->levels, r->t, r->column, r->n_columns, r->t->rows, "runs"));
    int repeats = r->levels.n * place->n < r->t->rows;
    mi_table_levels_free(&r->levels);
    for (size_t c = 0; repeats && c < r->t->columns && r->n_columns < RUN_COLUMNS; c++)
        if (c != x && is_identity(r->t, c) && !is_among(r, c) &&
            mi_table_varies_within(r->t, c, place))
            r->column[r->n_columns++] = c;
    return MI_OK;
}

mi_status mi_plot_runs_of(mi_plot_runs *out, const mi_table *t, const mi_table_levels *orders,
                          size_t x, const char *by)
{
    mi_table_levels at_x, place = {0};
    mi_status status;
    int names;
    *out = (mi_plot_runs){.t = t};
    if (by)
        return group_by(out, by, PLOT_LEVELS, "runs");
    MI_TRY_GOTO(status, mi_table_levels_of(&at_x, t, &x, 1, t->rows), done);
    MI_TRY_GOTO(status, mi_plot_levels_both(&place, &at_x, orders, t->rows), done);
    for (size_t c = 0; c < t->columns && out->n_columns < RUN_COLUMNS; c++) {
        MI_TRY_GOTO(status, names_runs(&names, t, &place, x, c), done);
        if (names)
            out->column[out->n_columns++] = c;
    }
    MI_TRY_GOTO(status, tell_repeats(out, &place, x), done);
    status = group(out, PLOT_LEVELS, "runs");
done:
    mi_table_levels_free(&at_x);
    mi_table_levels_free(&place);
    return status;
}

mi_status mi_plot_runs_of_sets(mi_plot_runs *out, const mi_table *t, long within, const char *by)
{
    static const char *const last[] = {"group", "epoch"};
    *out = (mi_plot_runs){.t = t};
    if (by)
        return group_by(out, by, PLOT_SETS, "feature sets");
    for (size_t c = 0; c < t->columns && out->n_columns < RUN_COLUMNS - 2; c++)
        if ((long)c != within && is_identity(t, c) && mi_table_varies(t, c))
            out->column[out->n_columns++] = c;
    for (size_t k = 0; k < 2; k++)
        if (mi_table_has(t, last[k]) >= 0)
            out->column[out->n_columns++] = (size_t)mi_table_has(t, last[k]);
    return group(out, PLOT_SETS, "feature sets");
}

mi_status mi_plot_runs_of_groups(mi_plot_runs *out, const mi_table *t, size_t x, const char *by)
{
    long first = mi_table_has(t, "by"), last = mi_table_has(t, "given");
    *out = (mi_plot_runs){.t = t};
    if (by)
        return group_by(out, by, PLOT_LEVELS, "groups");
    for (long c = first + 1; first >= 0 && c < last && out->n_columns < RUN_COLUMNS; c++)
        if ((size_t)c != x && mi_table_varies(t, (size_t)c))
            out->column[out->n_columns++] = (size_t)c;
    return group(out, PLOT_LEVELS, "groups");
}

mi_status mi_plot_runs_of_pairs(mi_plot_runs *out, const mi_table *t, const size_t *column,
                                size_t n, const char *by)
{
    *out = (mi_plot_runs){.t = t};
    if (by)
        return group_by(out, by, PLOT_LEVELS, "pairs");
    for (size_t k = 0; k < n; k++)
        if (mi_table_varies(t, column[k]))
            out->column[out->n_columns++] = column[k];
    for (size_t c = 0; c < t->columns && out->n_columns < RUN_COLUMNS; c++)
        if (is_identity(t, c) && mi_table_varies(t, c))
            out->column[out->n_columns++] = c;
    return group(out, PLOT_LEVELS, "pairs");
}

void mi_plot_runs_free(mi_plot_runs *r)
{
    mi_table_levels_free(&r->levels);
}

/* ---- names ---- */

static int is_given(const char *text)
{
    double number;
    return *text && !(mi_number_parse(text, &number) && isnan(number));
}

static const char *behind_slash(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* A path without its folders, or, where two would then be called alike, without those that all share. */
const char *mi_plot_file_of(const mi_table *t, size_t row, size_t column)
{
    const char *path = mi_table_cell(t, row, column);
    size_t shared = strlen(path);
    int is_alike = 0;
    for (size_t k = 0; k < t->rows; k++) {
        const char *other = mi_table_cell(t, k, column);
        size_t same = 0;
        while (same < shared && path[same] == other[same])
            same++;
        shared = strcmp(path, other) == 0 ? shared : same;
        is_alike |=
            strcmp(path, other) != 0 && strcmp(behind_slash(path), behind_slash(other)) == 0;
    }
    while (shared && path[shared - 1] != '/')
        shared--;
    return is_alike ? path + shared : behind_slash(path);
}

/* "R = positive", "simclr": what the run has in a column, behind what is in `out`. */
static void add_value(char *out, const mi_table *t, size_t row, size_t column)
{
    const char *text = mi_table_cell(t, row, column), *comma = *out ? ", " : "";
    char word[PLOT_LABEL];
    size_t used = strlen(out);
    double number;
    int needs_name = mi_plot_words_of_setting(word, t->name[column]);
    if (strncmp(t->name[column], "file", 4) == 0)
        text = mi_plot_file_of(t, row, column);
    if (mi_number_parse(text, &number) || needs_name)
        snprintf(out + used, PLOT_LABEL - used, "%s%s = %s", comma, word, text);
    else
        snprintf(out + used, PLOT_LABEL - used, "%s%s", comma, text);
}

/* A file without its folders, and the group in it where that differs within the file. */
static void name_by_file(char *out, const mi_table *t, size_t row)
{
    long file = mi_table_has(t, "file"), group = mi_table_has(t, "group");
    const char *name = file < 0 ? "" : mi_plot_file_of(t, row, (size_t)file);
    const char *within = group < 0 || *name ? "" : mi_table_cell(t, row, (size_t)group);
    snprintf(out, PLOT_LABEL, "%s%s", name, within);
}

void mi_plot_runs_name(char *out, const mi_plot_runs *r, size_t run)
{
    size_t row = r->levels.first[run];
    long batch = mi_table_has(r->t, "batch");
    *out = 0;
    for (size_t k = 0; k < r->n_columns && strlen(out) + 1 < PLOT_LABEL; k++)
        if (is_given(mi_table_cell(r->t, row, r->column[k])))
            add_value(out, r->t, row, r->column[k]);
    if (!*out && r->n_columns == 1 && (long)r->column[0] == batch)
        strcpy(out, "whole set");
    else if (!*out && r->n_columns)
        name_by_file(out, r->t, row);
    if (!*out && r->n_columns)
        strcpy(out, "the others");
}
