/* Runs that differ in one column alone: mean and t interval of each number that was measured. */
#include "libmi/table/over.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/interval_internal.h"
#include "libmi/base/mem.h"
#include "libmi/base/number.h"
#include "libmi/table/levels.h"
#include "libmi/table/row.h"
#include "libmi/table/settings.h"

static const double LEVEL = 0.95;

typedef enum {
    DROPPED,  /* over, file, group, errors of single rows */
    KEY,      /* the same within a group */
    MEASURED, /* a mean of it, and _se _lo _hi */
} role;

typedef struct {
    const mi_table *t;
    size_t over;
    role *role; /* (columns) */
    mi_table_levels group;
    size_t *start, *row; /* (groups+1), (rows) rows of each group: row[start[g]] .. */
    FILE *text;          /* the new table */
} job;

/* ---- roles ---- */

static int is_one_of(const char *name, const char *const *list, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (strcmp(name, list[k]) == 0)
            return 1;
    return 0;
}

static int is_setting(const char *name)
{
    const char *setting;
    for (size_t k = 0; (setting = mi_table_setting(k)) != NULL; k++)
        if (strcmp(setting, name) == 0)
            return 1;
    return 0;
}

static int ends_in(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);
    return n > m && strcmp(name + n - m, ending) == 0;
}

/* X_se, X_lo, X_hi beside X; accuracy_n beside accuracy. */
static int is_error(const mi_table *t, const char *name)
{
    static const char *const ending[] = {"_se", "_lo", "_hi", "_n"};
    char of[256];
    for (size_t k = 0; k < 4; k++) {
        if (!ends_in(name, ending[k]) || strlen(name) >= sizeof of)
            continue;
        strcpy(of, name);
        of[strlen(name) - strlen(ending[k])] = 0;
        if (mi_table_has(t, of) >= 0)
            return 1;
    }
    return 0;
}

/* 1 when more than half of the rows have their text in a row of another `over` too. */
static mi_status is_shared(int *shared, const job *j, size_t column)
{
    size_t kept;
    MI_TRY(mi_table_kept(&kept, j->t, j->over, column));
    *shared = kept > j->t->rows / 2;
    return MI_OK;
}

/* Counts that are the same in most runs, and yet were measured: those of rows and their labels too where some
 * were left out. */
static int is_count(const mi_table *t, const char *name)
{
    static const char *const count[] = {"rank_Z2",   "distinct_Z2", "rows_dropped", "n",
                                        "instances", "classes",     "H_Y"};
    long left_out = mi_table_has(t, "rows_dropped");
    int varies = left_out >= 0 && mi_table_varies(t, (size_t)left_out);
    return is_one_of(name, count, varies ? 7 : 3);
}

static int is_text(const mi_table *t, size_t column)
{
    double value;
    for (size_t row = 0; row < t->rows; row++)
        if (mi_table_number(t, row, column, &value) != MI_OK)
            return 1;
    return 0;
}

static mi_status find_role(role *out, const job *j, size_t column)
{
    static const char *const dropped[] = {"file", "group", "degrees", "half_width"};
    const char *name = j->t->name[column];
    int shared = 0;
    if (column == j->over || is_one_of(name, dropped, 4) || is_error(j->t, name))
        *out = DROPPED;
    else if (strcmp(name, "epoch") == 0 || is_setting(name) || is_text(j->t, column))
        *out = KEY;
    else if (ends_in(name, "accuracy") || strcmp(name, "accuracy") == 0 || is_count(j->t, name))
        *out = MEASURED;
    else {
        MI_TRY(is_shared(&shared, j, column));
        *out = shared ? KEY : MEASURED;
    }
    return MI_OK;
}

/* ---- groups ---- */

/* Rows that are the same in every key; and_over: in the column of runs too. */
static mi_status group_rows(mi_table_levels *out, const job *j, int and_over)
{
    size_t *key, n = 0;
    MI_TRY(MI_NEW(key, j->t->columns));
    for (size_t c = 0; c < j->t->columns; c++)
        if (j->role[c] == KEY || (and_over && c == j->over))
            key[n++] = c;
    mi_status status = mi_table_levels_of(out, j->t, key, n, j->t->rows);
    mi_free(key);
    return status;
}

/* ---- the new table, as text ---- */

static void put_header(const job *j)
{
    for (size_t c = 0; c < j->t->columns; c++) {
        const char *name = j->t->name[c];
        if (j->role[c] == DROPPED)
            continue;
        mi_put_escaped(j->text, name);
        if (j->role[c] == MEASURED) {
            static const char *const ending[] = {"_se", "_lo", "_hi"};
            for (size_t k = 0; k < 3; k++) {
                putc('\t', j->text);
                mi_put_escaped(j->text, name);
                fputs(ending[k], j->text);
            }
        }
        putc('\t', j->text);
    }
    fputs("degrees\truns\n", j->text);
}

/* Mean of the finite numbers of a column in a group, and its standard error from their spread. */
static mi_status put_mean(const job *j, size_t group, size_t column)
{
    char text[MI_NUMBER_BYTES];
    double sum = 0, squares = 0, value, n = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t k = j->start[group]; k < j->start[group + 1]; k++) {
            MI_TRY(mi_table_number(j->t, j->row[k], column, &value));
            if (!isfinite(value))
                continue;
            n += pass == 0;
            sum += pass == 0 ? value : 0;
            squares += pass == 1 ? (value - sum / n) * (value - sum / n) : 0;
        }
    double mean = n > 0 ? sum / n : NAN, se = n > 1 ? sqrt(squares / (n - 1) / n) : NAN;
    double half = mi_student(n - 1, LEVEL) * se;
    const double cell[] = {mean, se, mean - half, mean + half};
    for (size_t k = 0; k < 4; k++)
        fprintf(j->text, "%s\t", mi_number_print(text, 12, cell[k]));
    return MI_OK;
}

static mi_status put_group(const job *j, size_t group)
{
    size_t first = j->group.first[group], runs = j->start[group + 1] - j->start[group];
    for (size_t c = 0; c < j->t->columns; c++)
        if (j->role[c] == KEY) {
            mi_put_escaped(j->text, mi_table_cell(j->t, first, c));
            putc('\t', j->text);
        } else if (j->role[c] == MEASURED) {
            MI_TRY(put_mean(j, group, c));
        }
    if (runs > 1)
        fprintf(j->text, "%zu\t%zu\n", runs - 1, runs);
    else
        fputs("nan\t1\n", j->text);
    return MI_OK;
}

/* Rows that all stay by themselves are a mistake; the column that keeps them apart is named. */
static mi_status check_groups(const job *j)
{
    const mi_table *t = j->t;
    size_t c = 0;
    int shared = 1;
    if (j->group.n < t->rows)
        return MI_OK;
    for (; c < t->columns; c++) {
        if (j->role[c] == KEY)
            MI_TRY(is_shared(&shared, j, c));
        if (!shared)
            break;
    }
    return mi_fail(MI_EDATA, "%s: no two rows differ in '%s' alone%s%s%s", t->source,
                   t->name[j->over], c < t->columns ? ": they differ in '" : "",
                   c < t->columns ? t->name[c] : "", c < t->columns ? "' too" : "");
}

/* One run is one row: two of one seed are of something that the table does not say. */
static mi_status warn_of_repeats(const job *j)
{
    const mi_table *t = j->t;
    mi_table_levels run;
    size_t row = 0;
    MI_TRY(group_rows(&run, j, 1));
    while (row < t->rows && run.first[run.of[row]] == row)
        row++;
    if (row < t->rows)
        mi_warn("several rows of one setting have %s %s: each counts as a run", t->name[j->over],
                mi_table_cell(t, row, j->over));
    mi_table_levels_free(&run);
    return MI_OK;
}

static mi_status put_all(job *j)
{
    for (size_t c = 0; c < j->t->columns; c++)
        MI_TRY(find_role(&j->role[c], j, c));
    MI_TRY(group_rows(&j->group, j, 0));
    MI_TRY(mi_table_levels_rows(&j->start, &j->row, &j->group, j->t->rows));
    MI_TRY(check_groups(j));
    MI_TRY(warn_of_repeats(j));
    put_header(j);
    for (size_t group = 0; group < j->group.n; group++)
        MI_TRY(put_group(j, group));
    return MI_OK;
}

/* ---- the door ---- */

static mi_status find_over(job *j, const char *over)
{
    char attribute[256];
    snprintf(attribute, sizeof attribute, "attr_%s", over);
    long column = mi_table_has(j->t, attribute);
    if (column >= 0)
        j->over = (size_t)column;
    else
        MI_TRY(mi_table_find(j->t, over, &j->over));
    if (mi_table_varies(j->t, j->over))
        return MI_OK;
    return mi_fail(MI_EDATA, "%s: '%s' is the same in all rows, nothing to take together",
                   j->t->source, over);
}

static mi_status read_back(mi_table *out, const char *text, size_t bytes, const char *source)
{
    FILE *f = fmemopen((char *)text, bytes, "r");
    if (!f)
        return mi_fail(MI_ENOMEM, "out of memory for a table");
    mi_status status = mi_table_read(out, f, source);
    fclose(f);
    return status;
}

mi_status mi_table_over(mi_table *out, const mi_table *t, const char *over)
{
    job j = {.t = t};
    char *text = NULL;
    size_t bytes;
    mi_status status;
    if (!out || !t || !over)
        return mi_fail(MI_EUSAGE, "runs to take together without a result, table or column");
    *out = (mi_table){0};
    MI_TRY(find_over(&j, over));
    MI_TRY_GOTO(status, MI_NEW(j.role, t->columns), done);
    j.text = open_memstream(&text, &bytes);
    status = j.text ? put_all(&j) : mi_fail(MI_ENOMEM, "out of memory for a table");
    if (j.text && fclose(j.text) != 0 && status == MI_OK)
        status = mi_fail(MI_ENOMEM, "out of memory for a table");
    if (status == MI_OK)
        status = read_back(out, text, bytes, t->source);
done:
    free(text);
    mi_free(j.role);
    mi_free(j.start);
    mi_free(j.row);
    mi_table_levels_free(&j.group);
    return status;
}
