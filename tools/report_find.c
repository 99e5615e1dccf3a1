/* What follows from the tables of a report. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

/* ---- the rows of whole sets ---- */

/* Leave out the batches of a learning curve. */
static void keep_whole(mi_table *t)
{
    long batches = mi_table_has(t, "batches");
    size_t kept = 0;
    for (size_t row = 0; batches >= 0 && row < t->rows; row++) {
        double value;
        if (mi_table_number(t, row, (size_t)batches, &value) == MI_OK && !isnan(value))
            continue;
        memmove(&t->cell[kept * t->columns], &t->cell[row * t->columns],
                t->columns * sizeof *t->cell);
        t->line[kept] = t->line[row];
        t->from[kept++] = t->from[row];
    }
    if (batches >= 0)
        t->rows = kept;
}

static mi_status find_bounds(report *r)
{
    const report_table *whole = report_table_of(r, REPORT_BOUNDS);
    const report_table *curve = report_table_of(r, REPORT_CURVE);
    if (!whole && !curve)
        return MI_OK;
    r->bounds_name = whole ? whole->name : curve->name;
    MI_TRY(mi_table_join(&r->bounds, whole ? &whole->table : &curve->table, 1));
    if (!whole)
        keep_whole(&r->bounds);
    return r->bounds.rows ? MI_OK
                          : mi_fail(MI_EDATA, "%s: no rows, wanted one for each feature set",
                                    r->bounds.source);
}

/* ---- checkpoints of one training ---- */

static int is_same(const mi_table *t, size_t a, size_t b, const char *column)
{
    return strcmp(report_cell(t, a, column), report_cell(t, b, column)) == 0;
}

/* Whether two paths differ in nothing but the last number in the file's name: run-epoch5.h5 and
 * run-epoch10.h5. */
static int differ_in_number(const char *a, const char *b)
{
    size_t same = 0;
    while (a[same] && a[same] == b[same])
        same++;
    while (same && isdigit((unsigned char)a[same - 1]))
        same--;
    const char *behind[2] = {a + same + strspn(a + same, "0123456789"),
                             b + same + strspn(b + same, "0123456789")};
    return behind[0] > a + same && behind[1] > b + same && strcmp(behind[0], behind[1]) == 0 &&
           !strpbrk(behind[0], "/");
}

/* Sets of one file, or of files named alike that agree in shape, in what they were measured on and in
 * the settings of their training. */
static int is_one_training(const mi_table *t, size_t a, size_t b)
{
    static const char *const alike[] = {"d1",      "d2",          "n",      "instances",
                                        "classes", "dataset",     "method", "projector",
                                        "lambda",  "temperature", "seed"};
    if (is_same(t, a, b, "file"))
        return 1;
    for (size_t k = 0; k < sizeof alike / sizeof *alike; k++)
        if (!is_same(t, a, b, alike[k]))
            return 0;
    return (!is_same(t, a, b, "alpha") || is_same(t, a, b, "H_Y")) &&
           differ_in_number(report_cell(t, a, "file"), report_cell(t, b, "file"));
}

/* Checkpoints of one run are no independent points; sets that only have an epoch each are no run. */
static int is_series(const mi_table *t)
{
    if (mi_table_has(t, "file") < 0 || mi_table_has(t, "epoch") < 0)
        return 0;
    for (size_t row = 1; row < t->rows; row++)
        if (!is_same(t, row, row - 1, "epoch") && is_one_training(t, row, row - 1))
            return 1;
    return 0;
}

/* ---- verdicts and the learning curve ---- */

static void put_validate(report *r, const char *option, const char *table)
{
    fprintf(r->commands.stream, "mi-validate%s", option);
    if (r->level != 0.95)
        fprintf(r->commands.stream, " --level %g", r->level);
    fprintf(r->commands.stream, " %s\n", table);
}

static mi_status find_verdicts(report *r)
{
    if (mi_table_has(&r->bounds, mi_term_name(MI_SLACK_LOWER)) < 0)
        return MI_OK;
    MI_TRY(MI_NEW(r->verdict, r->bounds.rows));
    for (size_t row = 0; row < r->bounds.rows; row++)
        MI_TRY(mi_validate(&r->verdict[row], &r->bounds, row, r->level));
    put_validate(r, "", r->bounds_name);
    return MI_OK;
}

static mi_status find_curve(report *r)
{
    r->curve_table = report_table_of(r, REPORT_CURVE);
    if (!r->curve_table)
        return MI_OK;
    put_validate(r, " --enough", r->curve_table->name);
    return report_sets_of(&r->curve_sets, &r->curve_table->table);
}

/* ---- correlations ---- */

/* Settings that the rows differ in, "alpha,kernel_asked", or NULL. Free with mi_free. */
static mi_status settings_that_vary(char **out, const mi_table *t)
{
    char list[512] = "";
    const char *name;
    for (size_t k = 0; (name = mi_table_setting(k)); k++) {
        long column = mi_table_has(t, name);
        if (column >= 0 && mi_table_varies(t, (size_t)column))
            snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", *list ? "," : "",
                     name);
    }
    *out = NULL;
    return *list ? mi_strdup(out, list) : MI_OK;
}

static size_t count_numbers(const mi_table *t, const char *name)
{
    long column = mi_table_has(t, name);
    size_t n = 0;
    double value;
    for (size_t row = 0; column >= 0 && row < t->rows; row++)
        n += mi_table_number(t, row, (size_t)column, &value) == MI_OK && isfinite(value);
    return n;
}

static void put_command(FILE *f, const report *r, const pairs_opts *o)
{
    fprintf(f, "mi-corr");
    if (strcmp(o->y, "accuracy") != 0) {
        fputs(" -y ", f);
        opt_quote(f, o->y);
    }
    if (o->by)
        fprintf(f, " --by %s", o->by);
    if (o->given)
        fprintf(f, " --given %s", o->given);
    fprintf(f, " --ci %g --permutations %zu --rank spearman %s\n", o->how.level,
            o->how.permutations, r->bounds_name);
}

/* Groups may have too few points, columns be text: then there is none. */
static mi_status correlate(pairs *out, report *r, const pairs_opts *o)
{
    mi_status status = pairs_correlate(out, &r->bounds, o);
    if (status == MI_OK)
        put_command(r->commands.stream, r, o);
    else if (status == MI_EDATA)
        tool_warn("no correlations with %s: %s", o->y, mi_detail());
    return status == MI_EDATA ? MI_OK : status;
}

static mi_status find_correlations(report *r)
{
    enum { FEWEST = 4 }; /* points, for a correlation given another column too */
    pairs_opts *o = &r->how;
    char *by;
    if (count_numbers(&r->bounds, r->y) < FEWEST)
        return MI_OK;
    MI_TRY(settings_that_vary(&by, &r->bounds));
    *o = (pairs_opts){.y = r->y,
                      .by = by,
                      .has_intervals = 1,
                      .is_brief = 1,
                      .is_ranked = 1,
                      .rank = MI_SPEARMAN};
    mi_correlate_opts_default(&o->how);
    o->how.level = r->level;
    MI_TRY(correlate(&r->correlations, r, o));
    if (r->correlations.count == 0 || !r->is_series)
        return MI_OK;
    r->how_given = *o;
    r->how_given.given = "epoch";
    return correlate(&r->given_epoch, r, &r->how_given);
}

mi_status report_find(report *r)
{
    MI_TRY(find_bounds(r));
    if (r->bounds_name) {
        MI_TRY(report_sets_of(&r->sets, &r->bounds));
        r->is_series = is_series(&r->bounds);
        MI_TRY(find_verdicts(r));
        MI_TRY(find_correlations(r));
    }
    return find_curve(r);
}

void report_free(report *r)
{
    pairs_free(&r->given_epoch);
    pairs_free(&r->correlations);
    mi_free((char *)r->how.by);
    mi_free(r->curve);
    mi_free(r->verdict);
    mi_free(r->sets.is_alike);
    mi_free(r->curve_sets.is_alike);
    mi_table_free(&r->bounds);
    for (size_t k = 0; k < r->tables; k++) {
        mi_table_free(&r->table[k].table);
        mi_free(r->table[k].name);
    }
    mi_free(r->table);
    report_text_free(&r->commands);
    report_text_free(&r->talk);
}
