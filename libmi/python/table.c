/* Tables from text, and the verdicts on a row of bounds. */
#include <stdio.h>
#include <stdlib.h>

#include "libmi/base/mem.h"
#include "libmi/python/private.h"
#include "libmi/validate/validate.h"

struct door_table {
    mi_table table;
    mi_validation validation;
    char *report; /* of open_memstream */
};

mi_status door_table_read(door_table **out, const char *text, size_t bytes, const char *name)
{
    door_table *t;
    *out = NULL;
    MI_TRY(MI_NEW(t, 1));
    FILE *stream = fmemopen((void *)(size_t)text, bytes, "r");
    mi_status status = stream ? mi_table_read(&t->table, stream, name)
                              : mi_fail(MI_ENOMEM, "out of memory for '%s'", name);
    if (stream)
        fclose(stream);
    if (status == MI_OK)
        *out = t;
    else
        mi_free(t);
    return status;
}

void door_table_close(door_table *t)
{
    if (!t)
        return;
    free(t->report);
    mi_table_free(&t->table);
    mi_free(t);
}

void door_table_size(const door_table *t, size_t size[2])
{
    size[0] = t->table.rows;
    size[1] = t->table.columns;
}

const char *door_table_name(const door_table *t, size_t column)
{
    return t->table.name[column];
}

const char *door_table_cell(const door_table *t, size_t row, size_t column)
{
    return mi_table_cell(&t->table, row, column);
}

/* ---- verdicts ---- */

static mi_status write_report(door_table *t)
{
    size_t bytes;
    free(t->report);
    t->report = NULL;
    FILE *stream = open_memstream(&t->report, &bytes);
    if (!stream)
        return mi_fail(MI_ENOMEM, "out of memory for a report");
    mi_validation_put(stream, &t->validation);
    return fclose(stream) == 0 ? MI_OK : mi_fail(MI_ENOMEM, "out of memory for a report");
}

mi_status door_validate(door_table *t, size_t row, double level)
{
    MI_TRY(mi_validate(&t->validation, &t->table, row, level));
    return write_report(t);
}

const char *door_report(const door_table *t)
{
    return t->report;
}

const char *door_conclusion(const door_table *t)
{
    return t->validation.conclusion;
}

const char *door_verdict(const door_table *t)
{
    return mi_verdict_name(t->validation.verdict);
}

size_t door_checks(const door_table *t)
{
    return t->validation.count;
}

void door_check(const door_table *t, size_t k, const char *text[6], double number[4])
{
    const mi_check *c = &t->validation.check[k];
    text[0] = c->name;
    text[1] = c->statement;
    text[2] = c->family;
    text[3] = mi_verdict_name(c->verdict);
    text[4] = mi_standing_name(c->standing);
    text[5] = c->note;
    number[0] = c->value;
    number[1] = c->lo;
    number[2] = c->hi;
    number[3] = c->tolerance;
}
