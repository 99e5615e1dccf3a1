#include "validate_enough.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What says where a row comes from, as it stands in the table; then what is new. */
static const char *const carried[] = {"file",      "group",  "alpha",     "kernel", "r_kind",
                                      "i_z1_r_by", "preset", "estimator", "base"};
static const char *const own[] = {
    "instances", "degrees", "level",  "term",         "value",
    "se",        "half",    "change", "lo",           "hi",
    "verdict",   "se_2n",   "se_4n",  "wanted_error", "instances_wanted"};
#define COUNT(array) (sizeof(array) / sizeof *(array))

int enough_is_asked(const mi_table *t)
{
    long batches = mi_table_has(t, "batches");
    int parts = 0, whole = 0;
    if (batches < 0 || mi_table_has(t, mi_term_name(MI_FIRST_DECOMPOSED)) >= 0)
        return 0;
    for (size_t row = 0; row < t->rows; row++) {
        int is_whole = strcmp(mi_table_cell(t, row, (size_t)batches), "nan") == 0;
        whole |= is_whole;
        parts |= !is_whole;
    }
    return whole && parts;
}

static mi_status carry(mi_table_writer *w, const mi_table *t, size_t row)
{
    for (size_t k = 0; k < COUNT(carried); k++) {
        const char *cell = mi_table_cell(t, row, (size_t)mi_table_has(t, carried[k]));
        char *end;
        double number = strtod(cell, &end);
        if (strcmp(carried[k], "alpha") == 0 && !*end)
            MI_TRY(mi_table_real(w, carried[k], number));
        else
            MI_TRY(mi_table_text(w, carried[k], cell));
    }
    return MI_OK;
}

static mi_status write_term(mi_table_writer *w, const mi_table *t, const mi_enough *e,
                            const mi_enough_term *x, const enough_opts *o)
{
    MI_TRY(carry(w, t, e->row));
    MI_TRY(mi_table_real(w, "instances", e->instances));
    MI_TRY(mi_table_real(w, "degrees", e->degrees));
    MI_TRY(mi_table_real(w, "level", o->level));
    MI_TRY(mi_table_text(w, "term", mi_term_name(x->term)));
    MI_TRY(mi_table_real(w, "value", x->value));
    MI_TRY(mi_table_real(w, "se", x->se));
    MI_TRY(mi_table_real(w, "half", x->half));
    MI_TRY(mi_table_real(w, "change", x->change));
    MI_TRY(mi_table_real(w, "lo", x->lo));
    MI_TRY(mi_table_real(w, "hi", x->hi));
    MI_TRY(mi_table_text(w, "verdict", x->is_within ? "within error" : "beyond error"));
    MI_TRY(mi_table_real(w, "se_2n", x->se_2));
    MI_TRY(mi_table_real(w, "se_4n", x->se_4));
    MI_TRY(mi_table_real(w, "wanted_error", o->wanted_error));
    MI_TRY(mi_table_real(w, "instances_wanted", x->for_wanted));
    return mi_table_end_row(w);
}

static mi_status write_table(const mi_table *t, const mi_enough *e, size_t n, const enough_opts *o)
{
    tool_output out = {0};
    mi_table_writer *w = NULL;
    mi_status status;
    MI_TRY(tool_table_open(&out, &w, o->table));
    for (size_t k = 0; k < COUNT(carried); k++)
        MI_TRY_GOTO(status, mi_table_setting_column(w, carried[k]), done);
    for (size_t k = 0; k < COUNT(own); k++)
        MI_TRY_GOTO(status, mi_table_column(w, own[k]), done);
    MI_TRY_GOTO(status, tool_table_choose(w, o->table), done);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < e[i].count; k++)
            MI_TRY_GOTO(status, write_term(w, t, &e[i], &e[i].term[k], o), done);
    MI_TRY_GOTO(status, mi_table_show(w), done);
    status = tool_output_close(&out);
done:
    mi_table_writer_free(w);
    tool_output_discard(&out);
    return status;
}

static mi_status write_text(const mi_table *t, const mi_enough *e, size_t n, const enough_opts *o)
{
    tool_output out = {0};
    MI_TRY(tool_output_open(&out, o->table->path));
    for (size_t k = 0; k < n; k++) {
        if (k > 0)
            putc('\n', out.stream);
        mi_enough_put(out.stream, t, &e[k], o->level, o->wanted_error);
    }
    return tool_output_close(&out);
}

mi_status enough_write(const mi_table *t, const enough_opts *o, int *code)
{
    mi_enough *e;
    size_t n;
    MI_TRY(mi_enough_of(&e, &n, t, o->level, o->wanted_error));
    mi_status status = o->text ? write_text(t, e, n, o) : write_table(t, e, n, o);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < e[i].count; k++)
            *code |= !e[i].term[k].is_within * TOOL_EXIT_NO;
    mi_free(e);
    return status;
}
