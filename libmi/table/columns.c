/* Columns of a table that is written: declared by name or for an attribute, named by the first row, and
 * chosen. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/want.h"
#include "libmi/base/words.h"
#include "libmi/table/missing.h"
#include "libmi/table/writer.h"

/* ---- declared ---- */

static mi_status grow(mi_table_writer *w)
{
    size_t room = w->room ? 2 * w->room : 64;
    char **name = NULL, **attr = NULL;
    mi_column_role *role = NULL;
    mi_cell *cell = NULL;
    mi_status status;
    MI_TRY_GOTO(status, MI_NEW(name, room), fail);
    MI_TRY_GOTO(status, MI_NEW(attr, room), fail);
    MI_TRY_GOTO(status, MI_NEW(role, room), fail);
    MI_TRY_GOTO(status, MI_NEW(cell, room), fail);
    if (w->n) {
        memcpy(name, w->name, w->n * sizeof *name);
        memcpy(attr, w->attr, w->n * sizeof *attr);
        memcpy(role, w->role, w->n * sizeof *role);
        memcpy(cell, w->cell, w->n * sizeof *cell);
    }
    mi_free(w->name);
    mi_free(w->attr);
    mi_free(w->role);
    mi_free(w->cell);
    w->name = name;
    w->attr = attr;
    w->role = role;
    w->cell = cell;
    w->room = room;
    return MI_OK;
fail:
    mi_free(name);
    mi_free(attr);
    mi_free(role);
    mi_free(cell);
    return status;
}

/* In small letters, in place. */
static char *fold(char *text)
{
    for (char *c = text; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return text;
}

static mi_status add_column(mi_table_writer *w, const char *name, const char *attr)
{
    if (w->named)
        return mi_fail(MI_EUSAGE, "column '%s' declared after the first row", name);
    if (w->n == w->room)
        MI_TRY(grow(w));
    MI_TRY(mi_strdup(&w->name[w->n], name));
    mi_status status = attr ? mi_strdup(&w->attr[w->n], attr) : MI_OK;
    if (status != MI_OK) {
        mi_free(w->name[w->n]);
        return status;
    }
    w->role[w->n++] = attr ? MI_ATTRIBUTE : MI_MEASURED;
    return MI_OK;
}

mi_status mi_table_column(mi_table_writer *w, const char *name)
{
    size_t column;
    MI_WANT(w && name, "a column without %s", w ? "a name" : "a table");
    if (mi_names_at(&w->declared, name) >= 0)
        return mi_fail(MI_EUSAGE, "column '%s' declared twice", name);
    MI_TRY(add_column(w, name, NULL));
    return mi_names_put(&w->declared, name, w->n - 1, &column);
}

mi_status mi_table_setting_column(mi_table_writer *w, const char *name)
{
    MI_TRY(mi_table_column(w, name));
    w->role[w->n - 1] = MI_SETTING;
    w->has_settings = 1;
    return MI_OK;
}

mi_status mi_table_attr_column(mi_table_writer *w, const char *name)
{
    size_t column;
    MI_WANT(w && name, "a column without %s", w ? "a name" : "a table");
    if (mi_names_at(&w->attributes, name) >= 0)
        return MI_OK;
    MI_TRY(add_column(w, name, name));
    return mi_names_put(&w->attributes, name, w->n - 1, &column);
}

/* ---- named ---- */

static mi_status prefix_name(char **name)
{
    char *prefixed;
    size_t bytes = strlen(*name) + sizeof "attr_";
    MI_TRY(mi_malloc(&prefixed, bytes, 1));
    snprintf(prefixed, bytes, "attr_%s", *name);
    mi_free(*name);
    *name = prefixed;
    return MI_OK;
}

/* The names of columns that were declared, in small letters. */
static mi_status list_taken(mi_names *taken, const mi_table_writer *w)
{
    mi_status status = MI_OK;
    size_t number;
    char *small;
    for (size_t k = 0; status == MI_OK && k < w->n; k++) {
        if (w->attr[k])
            continue;
        MI_TRY(mi_strdup(&small, w->name[k]));
        status = mi_names_put(taken, fold(small), k, &number);
        mi_free(small);
    }
    return status;
}

/* *taken: a declared column has the name of column k in any case, or another attribute has it. */
static mi_status is_taken(int *taken, const mi_names *declared, mi_names *attributes,
                          const mi_table_writer *w, size_t k)
{
    char *small;
    size_t number;
    MI_TRY(mi_strdup(&small, w->name[k]));
    *taken = mi_names_at(declared, fold(small)) >= 0;
    mi_free(small);
    if (*taken)
        return MI_OK;
    MI_TRY(mi_names_put(attributes, w->name[k], k, &number));
    *taken = number != k;
    return MI_OK;
}

static mi_status name_attributes(mi_table_writer *w, mi_names *declared, mi_names *attributes)
{
    size_t number;
    MI_TRY(list_taken(declared, w));
    for (size_t k = 0; k < w->n; k++)
        if (w->attr[k])
            MI_TRY(mi_names_put(attributes, w->attr[k], k, &number));
    for (size_t k = 0; k < w->n; k++) {
        int taken = w->attr[k] != NULL;
        while (taken) {
            MI_TRY(is_taken(&taken, declared, attributes, w, k));
            if (taken)
                MI_TRY(prefix_name(&w->name[k]));
        }
    }
    return MI_OK;
}

mi_status mi_table_name_columns(mi_table_writer *w)
{
    mi_names declared = {0}, attributes = {0};
    mi_status status = MI_OK;
    if (!w->named && w->attributes.n)
        status = name_attributes(w, &declared, &attributes);
    mi_names_free(&declared);
    mi_names_free(&attributes);
    w->named |= status == MI_OK;
    return status;
}

/* ---- chosen ---- */

/* known: the columns by their names; chosen: those that stand in the list already. */
static mi_status choose(mi_table_writer *w, const char *name, const mi_names *known,
                        mi_names *chosen)
{
    char source[32];
    size_t number;
    long k = mi_names_at(known, name);
    if (k < 0) {
        mi_format(source, sizeof source, MI_OPTION "columns");
        return mi_table_missing(&(mi_table){.columns = w->n, .name = w->name, .source = source},
                                name);
    }
    MI_TRY(mi_names_put(chosen, name, w->n_chosen, &number));
    if (number != w->n_chosen)
        return mi_fail(MI_EUSAGE, MI_OPTION "columns: '%s' stands twice", name);
    w->chosen_name[w->n_chosen] = w->name[k];
    w->chosen[w->n_chosen++] = (size_t)k;
    return MI_OK;
}

/* The list is cut up. */
static mi_status choose_all(mi_table_writer *w, char *list)
{
    mi_names known = {0}, chosen = {0};
    mi_status status = MI_OK;
    const char *name;
    size_t number;
    for (size_t k = 0; status == MI_OK && k < w->n; k++)
        status = mi_names_put(&known, w->name[k], k, &number);
    while (status == MI_OK && (name = strsep(&list, ",")) != NULL)
        status = choose(w, name, &known, &chosen);
    mi_names_free(&known);
    mi_names_free(&chosen);
    return status;
}

mi_status mi_table_choose(mi_table_writer *w, const char *list)
{
    MI_WANT(w && list, "columns to choose without %s", w ? "a list" : "a table");
    MI_WANT(!w->chosen && !w->named, "columns chosen %s",
            w->chosen ? "twice" : "after a row has begun");
    char *copy;
    size_t room = 1;
    for (const char *c = list; *c; c++)
        room += *c == ',';
    MI_TRY(mi_table_name_columns(w));
    MI_TRY(MI_NEW(w->chosen, room));
    MI_TRY(MI_NEW(w->chosen_name, room));
    MI_TRY(MI_NEW(w->chosen_cell, room));
    MI_TRY(mi_strdup(&copy, list));
    mi_status status = choose_all(w, copy);
    mi_free(copy);
    return status;
}
