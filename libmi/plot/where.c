/* --where: the rows of a table that have some values. */
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/number.h"
#include "libmi/base/words.h"
#include "libmi/plot/private.h"

typedef struct {
    size_t column;
    char value[PLOT_LABEL];
} condition;

/* The same text, or the same number: 2 finds 2.0. */
static int holds(const mi_table *t, size_t row, const condition *c)
{
    const char *cell = mi_table_cell(t, row, c->column);
    double a, b;
    if (strcmp(cell, c->value) == 0)
        return 1;
    return mi_number_parse(cell, &a) && mi_number_parse(c->value, &b) && a == b;
}

static mi_status parse_one(condition *c, const mi_table *t, const char *text, size_t bytes)
{
    char both[PLOT_LABEL];
    if (bytes >= sizeof both)
        return mi_fail(MI_EUSAGE, MI_OPTION "where '%s': too long", text);
    memcpy(both, text, bytes);
    both[bytes] = 0;
    char *equals = strchr(both, '=');
    if (!equals || equals == both)
        return mi_fail(MI_EUSAGE,
                       MI_OPTION "where '%s': wanted COLUMN=VALUE, with commas between several",
                       text);
    *equals = 0;
    strcpy(c->value, equals + 1);
    return mi_table_find(t, both, &c->column);
}

/* 1 when a row has the text between from and to in the column. */
static int is_cell(const mi_table *t, size_t column, const char *from, const char *to)
{
    size_t bytes = (size_t)(to - from);
    for (size_t row = 0; row < t->rows; row++) {
        const char *cell = mi_table_cell(t, row, column);
        if (strlen(cell) == bytes && memcmp(cell, from, bytes) == 0)
            return 1;
    }
    return 0;
}

/* A '=' stands between from and to: the value is one such as z1=linear. */
static int is_with_equals(const char *from, const char *to)
{
    return memchr(from, '=', (size_t)(to - from)) != NULL;
}

/* The next comma with the name of a column and a '=' behind it, or the end. */
static const char *end_before_column(const mi_table *t, const char *text)
{
    char name[PLOT_LABEL];
    const char *end = text + strcspn(text, ",");
    for (; *end; end += 1 + strcspn(end + 1, ",")) {
        size_t bytes = strcspn(end + 1, "=,");
        if (end[1 + bytes] != '=' || bytes >= sizeof name)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)bytes, end + 1);
        if (mi_table_has(t, name) >= 0)
            break;
    }
    return end;
}

/* The end of the condition that starts at `text`: the next comma, or a later one where the value up
 * to there is one of the column: kernel=z1=linear,z2=linear,alpha=2 is two conditions. Where no row
 * has such a value, it goes on to the next condition on a column: z2 is none. */
static const char *end_of_condition(const mi_table *t, const char *text)
{
    char name[PLOT_LABEL];
    const char *comma = text + strcspn(text, ","), *equals = strchr(text, '=');
    const char *end = comma;
    if (!equals || equals > comma || (size_t)(equals - text) >= sizeof name)
        return comma;
    snprintf(name, sizeof name, "%.*s", (int)(equals - text), text);
    long column = mi_table_has(t, name);
    while (column >= 0 && !is_cell(t, (size_t)column, equals + 1, end)) {
        if (!*end)
            return is_with_equals(equals + 1, comma) ? end_before_column(t, text) : comma;
        end += 1 + strcspn(end + 1, ",");
    }
    return end;
}

static mi_status parse(condition *c, size_t *n, const mi_table *t, const char *where)
{
    const char *next = where;
    for (*n = 0; next; ++*n) {
        const char *end = end_of_condition(t, next);
        if (*n == PLOT_COLUMNS)
            return mi_fail(MI_EUSAGE, MI_OPTION "where '%s': more than %d conditions", where,
                           PLOT_COLUMNS);
        MI_TRY(parse_one(&c[*n], t, next, (size_t)(end - next)));
        next = *end ? end + 1 : NULL;
    }
    return MI_OK;
}

typedef struct {
    condition c[PLOT_COLUMNS];
    size_t n;
} conditions;

static int hold(const mi_table *t, size_t row, const void *arg)
{
    const conditions *all = arg;
    size_t k = 0;
    while (k < all->n && holds(t, row, &all->c[k]))
        k++;
    return k == all->n;
}

mi_status mi_plot_rows_that(mi_table *out, const mi_table *t,
                            int (*passes)(const mi_table *t, size_t row, const void *arg),
                            const void *arg)
{
    mi_status status;
    *out = (mi_table){.columns = t->columns, .name = t->name, .source = t->source};
    MI_TRY_GOTO(status, MI_NEW(out->cell, t->rows * t->columns), fail);
    MI_TRY_GOTO(status, MI_NEW(out->line, t->rows), fail);
    MI_TRY_GOTO(status, MI_NEW(out->from, t->rows), fail);
    for (size_t row = 0; row < t->rows; row++) {
        if (!passes(t, row, arg))
            continue;
        memcpy(out->cell + out->rows * t->columns, t->cell + row * t->columns,
               t->columns * sizeof *t->cell);
        out->line[out->rows] = t->line[row];
        out->from[out->rows++] = t->from[row];
    }
    return MI_OK;
fail:
    mi_plot_where_free(out);
    return status;
}

mi_status mi_plot_where_of(mi_table *out, const mi_table *t, const char *where)
{
    conditions all = {.n = 0};
    *out = (mi_table){.rows = 0};
    MI_TRY(parse(all.c, &all.n, t, where));
    MI_TRY(mi_plot_rows_that(out, t, hold, &all));
    if (out->rows)
        return MI_OK;
    mi_plot_where_free(out);
    return mi_fail(MI_EDATA, "%s: no row has %s", t->source, where);
}

void mi_plot_where_free(mi_table *kept)
{
    mi_free(kept->cell);
    mi_free(kept->line);
    mi_free(kept->from);
    *kept = (mi_table){0};
}
