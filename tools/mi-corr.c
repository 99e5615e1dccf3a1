/* mi-corr - correlations of columns of a table, and how sure they are. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "pairs.h"
#include "tables.h"
#include "tool.h"

typedef struct {
    pairs_opts pairs;
    const char *over; /* column of runs that become one point, or NULL */
    tool_table table;
} options;

/* ---- the table ---- */

static const char *const before_groups[] = {"x", "y", "by"};
static const char *const after_groups[] = {"given",        "n",   "level", "resamples",
                                           "permutations", "seed"};
#define COUNT(list) (sizeof(list) / sizeof *(list))

/* Columns that this tool writes itself, whatever the options. */
static int is_own(const char *name)
{
    for (size_t k = 0; k < COUNT(before_groups); k++)
        if (strcasecmp(name, before_groups[k]) == 0)
            return 1;
    for (size_t k = 0; k < COUNT(after_groups); k++)
        if (strcasecmp(name, after_groups[k]) == 0)
            return 1;
    for (mi_correlation k = 0; k < MI_CORRELATIONS; k++)
        if (strncasecmp(name, mi_correlation_name(k), strlen(mi_correlation_name(k))) == 0)
            return 1;
    return strcasecmp(name, "rank") == 0;
}

/* What the column of --by number k is called here, into a buffer of this size. */
enum { GROUP_NAME = 256 };

static void name_group_column(char *out, const pairs *c, size_t k)
{
    const char *name = c->table->name[c->by.index[k]];
    snprintf(out, GROUP_NAME, "%s%s", is_own(name) ? "by_" : "", name);
}

/* What R is, of which correlations with the bounds speak: its column, -1 where there is none, or where
 * --by has it. */
static long r_column(const pairs *c)
{
    long column = mi_table_has(c->table, "r_kind");
    for (size_t k = 0; k < c->by.count; k++)
        if (column == (long)c->by.index[k])
            return -1;
    return column;
}

static const char *r_of_group(const pairs *c, size_t group, size_t column)
{
    const char *first = mi_table_cell(c->table, c->groups.first[group], column);
    for (size_t k = c->start[group]; k < c->start[group + 1]; k++)
        if (strcmp(mi_table_cell(c->table, c->row[k], column), first) != 0)
            return "mixed";
    return first;
}

static mi_status put_columns(mi_table_writer *w, const pairs *c)
{
    const pairs_opts *o = c->o;
    char name[GROUP_NAME];
    for (size_t k = 0; k < COUNT(before_groups); k++)
        MI_TRY(mi_table_column(w, before_groups[k]));
    for (size_t k = 0; k < c->by.count; k++) {
        name_group_column(name, c, k);
        MI_TRY(mi_table_column(w, name));
    }
    if (r_column(c) >= 0)
        MI_TRY(mi_table_column(w, "r_kind"));
    for (size_t k = 0; k < COUNT(after_groups); k++)
        MI_TRY(mi_table_column(w, after_groups[k]));
    for (mi_correlation k = 0; k < MI_CORRELATIONS; k++)
        MI_TRY(mi_table_column(w, mi_correlation_name(k)));
    static const char *const extra[] = {"lo", "hi", "bca_lo", "bca_hi", "p"};
    for (mi_correlation k = 0; k < MI_CORRELATIONS; k++)
        for (int e = o->has_intervals ? 0 : 4; e < (o->how.permutations ? 5 : 4); e++) {
            snprintf(name, sizeof name, "%s_%s", mi_correlation_name(k), extra[e]);
            MI_TRY(mi_table_column(w, name));
        }
    return o->is_ranked ? mi_table_column(w, "rank") : MI_OK;
}

static mi_status put_real(mi_table_writer *w, mi_correlation kind, const char *what, double value)
{
    char name[64];
    snprintf(name, sizeof name, "%s_%s", mi_correlation_name(kind), what);
    return mi_table_real(w, name, value);
}

static mi_status put_settings(mi_table_writer *w, const pairs_opts *o)
{
    if (o->has_intervals) {
        MI_TRY(mi_table_real(w, "level", o->how.level));
        MI_TRY(mi_table_int(w, "resamples", (long long)o->how.resamples));
    }
    if (o->how.permutations)
        MI_TRY(mi_table_int(w, "permutations", (long long)o->how.permutations));
    return o->has_intervals || o->how.permutations ? mi_table_int(w, "seed", (long long)o->how.seed)
                                                   : MI_OK;
}

/* The cells that the rows of a group have in common. */
static mi_status put_group(mi_table_writer *w, const pairs *c, size_t group)
{
    char name[GROUP_NAME];
    size_t row = c->groups.first[group];
    double number;
    for (size_t k = 0; k < c->by.count; k++) {
        size_t column = c->by.index[k];
        name_group_column(name, c, k);
        MI_TRY(mi_table_number(c->table, row, column, &number) == MI_OK
                   ? mi_table_real(w, name, number)
                   : mi_table_text(w, name, mi_table_cell(c->table, row, column)));
    }
    return r_column(c) < 0 ? MI_OK
                           : mi_table_text(w, "r_kind", r_of_group(c, group, (size_t)r_column(c)));
}

static mi_status put_result(mi_table_writer *w, const pairs *c, const pairs_result *r)
{
    const pairs_opts *o = c->o;
    MI_TRY(mi_table_text(w, "x", c->table->name[r->x]));
    MI_TRY(mi_table_text(w, "y", c->table->name[r->y]));
    MI_TRY(mi_table_text(w, "by", c->group_name ? c->group_name[r->group] : NULL));
    MI_TRY(put_group(w, c, r->group));
    MI_TRY(mi_table_text(w, "given", o->given));
    MI_TRY(mi_table_int(w, "n", (long long)r->n));
    MI_TRY(put_settings(w, o));
    for (mi_correlation k = 0; k < MI_CORRELATIONS; k++) {
        MI_TRY(mi_table_real(w, mi_correlation_name(k), r->of[k].r));
        if (o->has_intervals) {
            MI_TRY(put_real(w, k, "lo", r->of[k].fisher.low));
            MI_TRY(put_real(w, k, "hi", r->of[k].fisher.high));
            MI_TRY(put_real(w, k, "bca_lo", r->of[k].bca.low));
            MI_TRY(put_real(w, k, "bca_hi", r->of[k].bca.high));
        }
        if (o->how.permutations)
            MI_TRY(put_real(w, k, "p", r->of[k].p));
    }
    if (r->rank)
        MI_TRY(mi_table_int(w, "rank", (long long)r->rank));
    return mi_table_end_row(w);
}

static mi_status write_table(const pairs *c, const tool_table *format)
{
    tool_output out = {0};
    mi_table_writer *w = NULL;
    mi_status status;
    MI_TRY(tool_table_open(&out, &w, format));
    MI_TRY_GOTO(status, put_columns(w, c), done);
    MI_TRY_GOTO(status, tool_table_choose(w, format), done);
    for (size_t k = 0; k < c->count; k++)
        MI_TRY_GOTO(status, put_result(w, c, &c->result[k]), done);
    MI_TRY_GOTO(status, mi_table_show(w), done);
    status = tool_output_close(&out);
done:
    mi_table_writer_free(w);
    tool_output_discard(&out);
    return status;
}

/* A correlation, or none. */
static mi_status parse_rank(const char *text, void *to)
{
    pairs_opts *o = to;
    o->is_ranked = strcmp(text, "none") != 0;
    if (!o->is_ranked || mi_correlation_parse(&o->rank, text) == MI_OK)
        return MI_OK;
    return mi_fail(MI_EUSAGE, "wanted one of none|%s|%s|%s", mi_correlation_name(MI_PEARSON),
                   mi_correlation_name(MI_SPEARMAN), mi_correlation_name(MI_KENDALL));
}

/* clang-format off */
static const opt_row column_rows[] = {
    {.name = "x", .key = 'x', .arg = "COL,...", .type = OPT_TEXT,
     .at = offsetof(options, pairs.x),
     .help = "columns held against each y (default: those of lower, upper, I_Z1_Z2 and the like "
             "that hold numbers)"},
    {.name = "y", .key = 'y', .arg = "COL,...", .type = OPT_TEXT,
     .at = offsetof(options, pairs.y),
     .help = "targets (default accuracy)"},
    {.name = "by", .arg = "COL,...", .type = OPT_TEXT, .at = offsetof(options, pairs.by),
     .help = "correlate within the rows that have the same text in these columns, which the "
             "result has too; kernel: as it was asked for, not with the bandwidth that each set "
             "has"},
    {.name = "over", .arg = "COL", .type = OPT_TEXT, .at = offsetof(options, over),
     .help = "runs that differ in this column alone (seed) count as one point, their mean"},
    {.name = "given", .arg = "COL", .type = OPT_TEXT, .at = offsetof(options, pairs.given),
     .help = "partial correlations, with this column held fixed"},
    {0},
};

static const opt_row belief_rows[] = {
    {.name = "ci", .arg = "LEVEL", .type = OPT_REAL, .at = offsetof(options, pairs.how.level),
     .low = 0.5, .high = 0.9999,
     .help = "add intervals of this level, 0.5 to 0.9999: _lo _hi by Fisher's transformation, "
             "_bca_lo _bca_hi by the bootstrap"},
    {.name = "resamples", .arg = "N", .type = OPT_COUNT,
     .at = offsetof(options, pairs.how.resamples),
     .low = 100, .high = 1e7,
     .help = "draws of the bootstrap, 100 to 10000000 (default 2000)"},
    {.name = "permutations", .arg = "N", .type = OPT_COUNT,
     .at = offsetof(options, pairs.how.permutations),
     .low = 1, .high = 1e7,
     .help = "add two-sided p-values from N permutations of y"},
    {.name = "seed", .arg = "N", .type = OPT_SEED, .at = offsetof(options, pairs.how.seed),
     .help = "seed of draws and permutations (default 1)"},
    {.name = "rank", .arg = "KIND", .type = OPT_PARSE, .at = offsetof(options, pairs),
     .parse = parse_rank, .choice = "none|pearson|spearman|kendall",
     .help = "order the columns held against one y by the size of this correlation, strongest "
             "first, and add their rank"},
    {0},
};

static const opt_group groups[] = {
    {"Columns:", column_rows, 0},
    {"Belief:", belief_rows, 0},
    {"Output:", tool_table_rows, offsetof(options, table)},
    {0},
};
/* clang-format on */

static const opt_program program = {
    .name = "mi-corr",
    .args = "[TABLE ...]",
    .summary =
        "Pearson, Spearman and Kendall (tau-b) correlations of columns of a table, a row for "
        "each pair and group. Reads what the table tools write, tab- or comma-separated or JSON; "
        "several tables are put one after the other.",
    .after = "Rows where a value is nan or infinite are left out: n is the number of points used. "
             "Checkpoints of one run are not independent points: intervals and p-values are then "
             "too optimistic; --given epoch takes out what both columns owe to training time.\n\n"
             "p = (1 + number of permutations with |r| at least the observed) / (N + 1), of each "
             "pair by itself. With --given it is approximate, and too small for kendall.\n\n"
             "Examples:\n"
             "  mi-bounds runs/*.h5 | mi-corr --ci 0.95 --permutations 9999\n"
             "  mi-corr -x lower,upper -y accuracy --by dataset t.tsv\n"
             "  mi-bounds --alpha 0.5,1,2 --kernel linear --kernel gaussian:median runs/*.h5 |\n"
             "      mi-corr --by alpha,kernel --ci 0.95 | mi-plot sensitivity -o sensitivity.svg\n"
             "  mi-corr --rank spearman --given epoch t.tsv",
    .needs_args = 1,
    .group = groups,
};

static void parse(int argc, char **argv, options *o, int *first)
{
    opt_parse(&program, o, argc, argv, first);
    o->pairs.has_intervals = opt_given("ci");
}

int main(int argc, char **argv)
{
    options o = {.pairs = {.y = "accuracy"}, .table = TOOL_TABLE_DEFAULTS};
    mi_table read = {0}, means = {0};
    pairs found = {0};
    int first;
    mi_status status;

    mi_correlate_opts_default(&o.pairs.how);
    o.pairs.how.permutations = 0;
    parse(argc, argv, &o, &first);
    MI_TRY_GOTO(status, tables_read(&read, argv + first, (size_t)(argc - first)), done);
    if (o.over)
        MI_TRY_GOTO(status, mi_table_over(&means, &read, o.over), done);
    MI_TRY_GOTO(status, pairs_correlate(&found, o.over ? &means : &read, &o.pairs), done);
    status = write_table(&found, &o.table);
done:
    pairs_free(&found);
    mi_table_free(&means);
    mi_table_free(&read);
    return status == MI_OK ? 0 : tool_fail(status);
}
