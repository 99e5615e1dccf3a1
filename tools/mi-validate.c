/* mi-validate - what the theory says of each row of mi-bounds, and what holds there. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tables.h"
#include "tool.h"
#include "validate_enough.h"

typedef struct {
    tool_table table;
    double level;
    int strict, text;
    int enough;          /* a learning curve is asked, not the theory */
    double wanted_error; /* 0: none */
} options;

/* Columns that come after those that say where a row comes from. */
static const char *const own[] = {"level", "check",       "statement", "value",  "lo",
                                  "hi",    "zero_within", "verdict",   "status", "note"};
#define N_OWN (sizeof own / sizeof *own)
static const char *const of_attribute[N_OWN] = {
    "attr_level", "attr_check",       "attr_statement", "attr_value",  "attr_lo",
    "attr_hi",    "attr_zero_within", "attr_verdict",   "attr_status", "attr_note"};

/* ---- the columns that are carried over: all but the terms ---- */

static int is_of_a_term(const char *column)
{
    static const char *const suffix[] = {"", "_se", "_lo", "_hi", "_null", "_null_sd", "_p"};
    for (mi_term t = 0; t < MI_TERMS; t++) {
        size_t length = strlen(mi_term_name(t));
        if (strncmp(column, mi_term_name(t), length) != 0)
            continue;
        for (size_t k = 0; k < sizeof suffix / sizeof *suffix; k++)
            if (strcmp(column + length, suffix[k]) == 0)
                return 1;
    }
    return 0;
}

/* What a column is called here, where an attribute of the set may be called as one of our columns; NULL: it is of a
 * term. */
static const char *carried_name(const char *column)
{
    for (size_t k = 0; k < N_OWN; k++)
        if (strcmp(column, own[k]) == 0)
            return of_attribute[k];
    return is_of_a_term(column) ? NULL : column;
}

/* carried (t->columns): the names that columns have in the verdicts. */
static mi_status put_columns(mi_table_writer *w, const char **carried, const mi_table *t)
{
    for (size_t k = 0; k < t->columns; k++) {
        carried[k] = carried_name(t->name[k]);
        if (carried[k])
            MI_TRY(mi_table_setting_column(w, carried[k]));
    }
    for (size_t k = 0; k < N_OWN; k++)
        MI_TRY(mi_table_column(w, own[k]));
    return MI_OK;
}

/* Numbers stay numbers, so that JSON has them as such; "007" is no number. */
static mi_status carry_cell(mi_table_writer *w, const char *name, const char *cell, int digits)
{
    char again[64], *end;
    double x = strtod(cell, &end);
    int is_whole = *cell && !*end && x == rint(x) && fabs(x) < 1e15;
    if (is_whole)
        snprintf(again, sizeof again, "%lld", (long long)x);
    else
        snprintf(again, sizeof again, "%.*g", digits, x);
    if (*end || strcmp(cell, again) != 0)
        return mi_table_text(w, name, cell);
    return is_whole ? mi_table_int(w, name, (long long)x) : mi_table_real(w, name, x);
}

static mi_status carry(mi_table_writer *w, const char *const *carried, const mi_table *t,
                       size_t row, int digits)
{
    for (size_t k = 0; k < t->columns; k++) {
        const char *name = carried[k], *cell = mi_table_cell(t, row, k);
        if (!name)
            continue;
        int is_name = strcmp(name, "file") == 0 || strcmp(name, "group") == 0;
        MI_TRY(is_name ? mi_table_text(w, name, cell) : carry_cell(w, name, cell, digits));
    }
    return MI_OK;
}

/* ---- rows ---- */

static mi_status put_check(mi_table_writer *w, const mi_validation *v, const mi_check *c)
{
    char note[160];
    snprintf(note, sizeof note, "%s%s", c->note,
             c->no_error ? "; values compared, no standard error" : "");
    MI_TRY(mi_table_real(w, "level", v->level));
    MI_TRY(mi_table_text(w, "check", c->name));
    MI_TRY(mi_table_text(w, "statement", c->statement));
    MI_TRY(mi_table_real(w, "value", c->value));
    MI_TRY(mi_table_real(w, "lo", c->lo));
    MI_TRY(mi_table_real(w, "hi", c->hi));
    MI_TRY(mi_table_real(w, "zero_within", c->tolerance));
    MI_TRY(mi_table_text(w, "verdict", mi_verdict_name(c->verdict)));
    MI_TRY(mi_table_text(w, "status", mi_standing_name(c->standing)));
    MI_TRY(mi_table_text(w, "note", note));
    return mi_table_end_row(w);
}

/* The sentence is the last row of its set, as it is the last line of the report. */
static mi_status put_conclusion(mi_table_writer *w, const mi_validation *v)
{
    MI_TRY(mi_table_real(w, "level", v->level));
    MI_TRY(mi_table_text(w, "check", "conclusion"));
    MI_TRY(mi_table_text(w, "verdict", mi_verdict_name(v->verdict)));
    MI_TRY(mi_table_text(w, "note", v->conclusion));
    return mi_table_end_row(w);
}

static mi_status put_rows(mi_table_writer *w, const char *const *carried, const mi_table *t,
                          size_t row, const mi_validation *v, int digits)
{
    for (size_t k = 0; k < v->count; k++) {
        MI_TRY(carry(w, carried, t, row, digits));
        MI_TRY(put_check(w, v, &v->check[k]));
    }
    MI_TRY(carry(w, carried, t, row, digits));
    return put_conclusion(w, v);
}

/* ---- the whole table ---- */

static mi_status validate_all(mi_validation **out, const mi_table *t, double level)
{
    mi_status status = MI_OK;
    if (t->rows == 0)
        return mi_fail(MI_EDATA, "%s: no rows, wanted one for each feature set", t->source);
    MI_TRY(MI_NEW(*out, t->rows));
    for (size_t row = 0; status == MI_OK && row < t->rows; row++)
        status = mi_validate(&(*out)[row], t, row, level);
    return status;
}

static mi_status write_text(const mi_validation *v, size_t n, const tool_table *format)
{
    tool_output out = {0};
    MI_TRY(tool_output_open(&out, format->path));
    for (size_t k = 0; k < n; k++) {
        if (k > 0)
            putc('\n', out.stream);
        mi_validation_put(out.stream, &v[k]);
    }
    return tool_output_close(&out);
}

static mi_status write_table(const mi_validation *v, const mi_table *t, const tool_table *format)
{
    tool_output out = {0};
    mi_table_writer *w = NULL;
    const char **carried = NULL;
    mi_status status;
    MI_TRY(tool_table_open(&out, &w, format));
    MI_TRY_GOTO(status, MI_NEW(carried, t->columns), done);
    MI_TRY_GOTO(status, put_columns(w, carried, t), done);
    MI_TRY_GOTO(status, tool_table_choose(w, format), done);
    for (size_t row = 0; row < t->rows; row++)
        MI_TRY_GOTO(status, put_rows(w, carried, t, row, &v[row], format->digits), done);
    MI_TRY_GOTO(status, mi_table_show(w), done);
    status = tool_output_close(&out);
done:
    mi_free(carried);
    mi_table_writer_free(w);
    tool_output_discard(&out);
    return status;
}

/* 1 when a bound fails in any row, or, strictly, is undecided. */
static int exit_code(const mi_validation *v, size_t n, int strict)
{
    for (size_t k = 0; k < n; k++)
        if (v[k].verdict == MI_VERDICT_FAILS || (strict && v[k].verdict == MI_VERDICT_UNDECIDED))
            return TOOL_EXIT_NO;
    return 0;
}

/* clang-format off */
static const opt_row verdict_rows[] = {
    {.name = "level", .arg = "LEVEL", .type = OPT_REAL, .at = offsetof(options, level),
     .low = 0.5, .high = 0.9999,
     .help = "level of the two-sided intervals, 0.5 to 0.9999 (default 0.95)"},
    {.name = "strict", .type = OPT_FLAG, .at = offsetof(options, strict),
     .help = "exit 1 also when a bound is undecided"},
    {0},
};

static const opt_row enough_rows[] = {
    {.name = "enough", .type = OPT_FLAG, .at = offsetof(options, enough),
     .help = "were there instances enough? of a table of mi-bounds --se --learning-curve: for each "
             "term the change from half to all instances against its interval, and the standard "
             "error to be expected of two and four times as many (the default where such a table "
             "has no terms of --decompose)"},
    {.name = "wanted-error", .arg = "E", .type = OPT_REAL, .at = offsetof(options, wanted_error),
     .low = 1e-9, .high = 1e9,
     .help = "--enough, and how many instances a standard error of E takes"},
    {0},
};

static const opt_row report_rows[] = {
    {.name = "text", .type = OPT_FLAG, .at = offsetof(options, text),
     .help = "the report for people also when standard output is no terminal"},
    {0},
};

static const opt_group groups[] = {
    {"Verdicts:", verdict_rows, 0},
    {"Enough instances:", enough_rows, 0},
    {"Output:", report_rows, 0},
    {NULL, tool_table_rows, offsetof(options, table)},
    {0},
};
/* clang-format on */

static const opt_program program = {
    .name = "mi-validate",
    .args = "[TABLE ...]",
    .summary =
        "Which statements of the theory hold on each row of mi-bounds --decompose: both "
        "bounds, the data-processing orders, the premises, the identities, the ceilings of a "
        "quantised Z2, and which informations are above their chance level. Each has its value, interval, verdict, and whether it is a theorem at "
        "that order; the last line says what it means.",
    .after = "The value of A <= B is B - A. With --se in the table an observation holds or fails "
             "when its whole interval does, else it is undecided; without, values are compared. "
             "Theorems and identities are true of any sample: their values decide. Differences "
             "within 1e-9 nats count as zero, 2e-5 where tiles are used.\n\n"
             "Exit code: 1 when lower <= I(Y;Z1), I(Y;Z1) <= upper or lower <= upper fails; with "
             "--enough when a change from half to all is beyond its error.\n\n"
             "Examples:\n  mi-bounds --se --decompose run.h5 | mi-validate\n"
             "  mi-bounds --decompose run.h5 | mi-validate --strict\n"
             "  mi-validate --tsv t.tsv | grep conclusion\n"
             "  mi-bounds --se --learning-curve run.h5 | mi-validate --wanted-error 0.005",
    .needs_args = 1,
    .group = groups,
};

static void parse(int argc, char **argv, options *o, int *first)
{
    const tool_table *t = &o->table;
    opt_parse(&program, o, argc, argv, first);
    o->text |= !t->tsv && !t->csv && !t->json && !t->path && !t->columns && !t->is_long &&
               tool_is_terminal();
}

int main(int argc, char **argv)
{
    options o = {.table = TOOL_TABLE_DEFAULTS, .level = 0.95};
    mi_table table = {0};
    mi_validation *found = NULL;
    int first, code = 0;
    mi_status status;

    parse(argc, argv, &o, &first);
    MI_TRY_GOTO(status, tables_read(&table, argv + first, (size_t)(argc - first)), done);
    if (o.enough || o.wanted_error > 0 || enough_is_asked(&table)) {
        const enough_opts how = {.table = &o.table,
                                 .level = o.level,
                                 .wanted_error = o.wanted_error > 0 ? o.wanted_error : NAN,
                                 .text = o.text};
        status = enough_write(&table, &how, &code);
        goto done;
    }
    MI_TRY_GOTO(status, validate_all(&found, &table, o.level), done);
    MI_TRY_GOTO(status,
                o.text ? write_text(found, table.rows, &o.table)
                       : write_table(found, &table, &o.table),
                done);
    code = exit_code(found, table.rows, o.strict);
done:
    mi_free(found);
    mi_table_free(&table);
    return status == MI_OK ? code : tool_fail(status);
}
