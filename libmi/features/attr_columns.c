/* Attributes as columns: the union over all sets, in the order in which people look for them. */
#include "libmi/features/attr_columns.h"

#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/want.h"
#include "libmi/features/private.h"
#include "libmi/table/names.h"

static int rank_of(const char *name)
{
    static const char *const first[] = {"epoch",  "dataset",     "method",  "projector",
                                        "lambda", "temperature", "accuracy"};
    int k = 0, n = sizeof first / sizeof *first;
    while (k < n && strcmp(first[k], name) != 0)
        k++;
    return k;
}

int mi_attr_order(const char *a, const char *b)
{
    int ra = rank_of(a), rb = rank_of(b);
    return ra != rb ? ra - rb : strcmp(a, b);
}

static int compare_names(const void *a, const void *b)
{
    return mi_attr_order(*(const char *const *)a, *(const char *const *)b);
}

/* The different names in the sets of f, borrowed from them. */
static mi_status collect(const char ***name, mi_names *known, const mi_features *f)
{
    size_t room = 0;
    for (size_t i = 0; i < mi_features_count(f); i++) {
        const mi_set *s = mi_features_set(f, i);
        for (size_t k = 0; k < s->n_attr; k++) {
            size_t n = known->n, number;
            MI_TRY(mi_grow(name, n, &room, sizeof **name));
            (*name)[n] = s->attr[k].name;
            MI_TRY(mi_names_put(known, s->attr[k].name, n, &number));
        }
    }
    return MI_OK;
}

mi_status mi_table_attr_columns(mi_table_writer *w, const mi_features *f)
{
    MI_WANT(w && f, "columns of attributes without %s", w ? "features" : "a table");
    const char **name = NULL;
    mi_names known = {0};
    mi_status status = collect(&name, &known, f);
    if (known.n)
        qsort(name, known.n, sizeof *name, compare_names);
    for (size_t k = 0; status == MI_OK && k < known.n; k++)
        status = mi_table_attr_column(w, name[k]);
    mi_names_free(&known);
    mi_free(name);
    return status;
}

static mi_status set_attr(mi_table_writer *w, const mi_attr *a)
{
    if (a->type == MI_ATTR_INTEGER)
        return mi_table_attr_int(w, a->name, a->integer);
    if (a->type == MI_ATTR_TEXT)
        return mi_table_attr_text(w, a->name, a->text);
    return a->text ? mi_table_attr_decimal(w, a->name, a->text)
                   : mi_table_attr_real(w, a->name, a->real);
}

mi_status mi_table_attrs(mi_table_writer *w, const mi_set *s)
{
    MI_WANT(w && s, "cells of attributes without %s", w ? "a set" : "a table");
    for (size_t k = 0; k < s->n_attr; k++)
        MI_TRY(set_attr(w, &s->attr[k]));
    return MI_OK;
}
