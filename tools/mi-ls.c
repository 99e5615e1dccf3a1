/* mi-ls - what feature sets there are: shapes, types, classes, views, rows that will make trouble.
 */
#include "tool.h"

typedef struct {
    tool_input input;
    tool_table table;
    int quick;
} options;

/* One set on its way into the table. `exit` is the code of the last member that could not be read:
 * its columns stay nan, the rest of the row is still worth seeing. */
typedef struct {
    mi_table_writer *w;
    mi_features *f;
    size_t i;
    const mi_set *set;
    mi_labels ids, y; /* of it, where they could be read */
    int exit;
} listing;

/* clang-format off */
static const opt_row rows[] = {
    {.name = "quick", .key = 'q', .type = OPT_FLAG, .at = offsetof(options, quick),
     .help = "do not read values: shapes, types and attributes alone"},
    {0},
};

static const opt_group groups[] = {
    {"Input:", tool_features_rows, offsetof(options, input.features)},
    {NULL, tool_input_rows, offsetof(options, input)},
    {NULL, rows, 0},
    {"Output:", tool_table_rows, offsetof(options, table)},
    {0},
};
/* clang-format on */

static const opt_program program = {
    .name = "mi-ls",
    .args = "[FILE[:GROUP] ...]",
    .summary = "List feature sets: a row for each, with its shapes and types, classes, views of an "
               "instance, and rows that are zero or not finite.",
    .after = "Example: mi-ls run.h5:/epoch_100",
    .needs_args = 1,
    .group = groups,
};

static mi_status declare(mi_table_writer *w, const mi_features *f)
{
    static const char *const before[] = {"file", "group"};
    static const char *const after[] = {
        "z1",           "z2",           "r",           "y",           "split",       "n",
        "instances",    "views_min",    "views_max",   "classes",     "zero_z1",     "zero_z2",
        "nonfinite_z1", "nonfinite_z2", "constant_z1", "constant_z2", "mixed_labels"};
    for (size_t k = 0; k < sizeof before / sizeof *before; k++)
        MI_TRY(mi_table_setting_column(w, before[k]));
    MI_TRY(mi_table_attr_columns(w, f));
    for (size_t k = 0; k < sizeof after / sizeof *after; k++)
        MI_TRY(mi_table_column(w, after[k]));
    return MI_OK;
}

static mi_status put_count(listing *l, const char *column, size_t count)
{
    return mi_table_int(l->w, column, (long long)count);
}

static mi_status put_shapes(listing *l)
{
    char text[256];
    size_t n = 0;
    for (int m = 0; m < MI_MEMBERS; m++) {
        const mi_member *member = &l->set->member[m];
        if (!member->present)
            continue;
        mi_member_shape(member, text, sizeof text);
        MI_TRY(mi_table_text(l->w, mi_member_name((mi_member_id)m), text));
        n = n ? n : member->n;
    }
    return put_count(l, "n", n);
}

typedef struct {
    const char *zeros, *nonfinites, *constants;
} row_columns;

/* Warnings too; of views and strangers those of z2, if it is there. */
static mi_status put_rows(listing *l, mi_member_id m, const row_columns *name)
{
    const mi_member *member = l->set->member;
    size_t first;
    mi_mat x;
    if (!member[m].present)
        return MI_OK;
    mi_status status = mi_features_read(l->f, l->i, m, &x);
    if (status != MI_OK) {
        l->exit = tool_fail(status);
        return MI_OK;
    }
    int has_views = l->ids.groups.n && (m == MI_Z2 || !member[MI_Z2].present);
    size_t zero = mi_rows_find(&x, MI_ROWS_ALL_ZERO, &first, NULL);
    size_t nonfinite = mi_rows_find(&x, MI_ROWS_NOT_FINITE, &first, NULL);
    size_t constant = mi_columns_constant(&x);
    mi_in_hand has = {.z1 = m == MI_Z1 ? &x : NULL,
                      .z2 = m == MI_Z2 ? &x : NULL,
                      .instance = has_views ? &l->ids.groups : NULL};
    mi_groups symbols = {0};
    if (member[m].cls == MI_CLASS_INTEGER && mi_groups_of_rows(&symbols, &x) == MI_OK)
        has.symbols[m] = &symbols;
    mi_meant(l->f, l->i, &has);
    mi_groups_free(&symbols);
    mi_mat_free(&x);
    MI_TRY(put_count(l, name->zeros, zero));
    MI_TRY(put_count(l, name->nonfinites, nonfinite));
    return put_count(l, name->constants, constant);
}

static void views(const mi_groups *g, size_t *fewest, size_t *most)
{
    *fewest = *most = g->g ? g->count[0] : 0;
    for (size_t c = 1; c < g->g; c++) {
        *fewest = g->count[c] < *fewest ? g->count[c] : *fewest;
        *most = g->count[c] > *most ? g->count[c] : *most;
    }
}

/* *labels stays empty where the member cannot be read. */
static void read_labels(listing *l, mi_member_id m, mi_labels *labels)
{
    mi_status status = mi_features_read_labels(l->f, l->i, m, labels);
    if (status != MI_OK)
        l->exit = tool_fail(status);
}

static mi_status put_instances(listing *l)
{
    const mi_member *r = &l->set->member[MI_R];
    size_t fewest, most;
    /* Without ids nothing is known of views; a real-valued r is a target, not an id. */
    if (r->present && r->cls != MI_CLASS_FLOAT)
        read_labels(l, MI_R, &l->ids);
    if (!l->ids.groups.n)
        return MI_OK;
    views(&l->ids.groups, &fewest, &most);
    MI_TRY(put_count(l, "instances", l->ids.groups.g));
    MI_TRY(put_count(l, "views_min", fewest));
    return put_count(l, "views_max", most);
}

static mi_status put_classes(listing *l)
{
    if (l->set->member[MI_Y].present)
        read_labels(l, MI_Y, &l->y);
    if (!l->y.groups.n)
        return MI_OK;
    mi_meant_labels(l->f, l->i, &l->y);
    return put_count(l, "classes", l->y.groups.g);
}

static mi_status put_mixed(listing *l)
{
    const mi_groups *ids = &l->ids.groups, *y = &l->y.groups;
    if (!ids->n || ids->n != y->n)
        return MI_OK;
    mi_meant(l->f, l->i, &(mi_in_hand){.instance = ids, .y = y});
    return put_count(l, "mixed_labels", mi_groups_mixed(ids, y));
}

static mi_status put_values(listing *l)
{
    static const row_columns z1 = {"zero_z1", "nonfinite_z1", "constant_z1"},
                             z2 = {"zero_z2", "nonfinite_z2", "constant_z2"};
    MI_TRY(put_instances(l));
    MI_TRY(put_classes(l));
    MI_TRY(put_mixed(l));
    MI_TRY(put_rows(l, MI_Z1, &z1));
    return put_rows(l, MI_Z2, &z2);
}

static mi_status list_values(listing *l)
{
    mi_status status = put_values(l);
    mi_labels_free(&l->ids);
    mi_labels_free(&l->y);
    return status;
}

static mi_status list_set(listing *l, const options *o)
{
    MI_TRY(mi_table_text(l->w, "file", l->set->file));
    MI_TRY(mi_table_text(l->w, "group", l->set->group));
    MI_TRY(mi_table_attrs(l->w, l->set));
    MI_TRY(put_shapes(l));
    if (!o->quick)
        MI_TRY(list_values(l));
    return mi_table_end_row(l->w);
}

/* --require speaks before the first row is written. */
static mi_status require_members(mi_features *f, unsigned required)
{
    for (size_t i = 0; i < mi_features_count(f); i++)
        for (int m = 0; m < MI_MEMBERS; m++)
            if (required & 1u << m && !mi_features_set(f, i)->member[m].present)
                return mi_features_check(f, i, required, 0);
    return MI_OK;
}

/* *exit_code: of the last set that could not be read in full. */
static mi_status list_sets(mi_table_writer *w, mi_features *f, const options *o, int *exit_code)
{
    MI_TRY(declare(w, f));
    MI_TRY(tool_table_choose(w, &o->table));
    for (size_t i = 0; i < mi_features_count(f); i++) {
        listing l = {.w = w, .f = f, .i = i, .set = mi_features_set(f, i)};
        MI_TRY(list_set(&l, o));
        if (l.exit)
            *exit_code = l.exit;
        if (l.exit && !o->input.keep_going)
            break;
    }
    return mi_table_end(w);
}

int main(int argc, char **argv)
{
    options o = {.table = TOOL_TABLE_DEFAULTS};
    mi_features *f = NULL;
    mi_table_writer *w = NULL;
    tool_output out = {0};
    int first, exit_code = 0;
    mi_status status;

    mi_features_opts_default(&o.input.features);
    opt_parse(&program, &o, argc, argv, &first);
    MI_TRY_GOTO(status,
                mi_features_open(&f, (const char *const *)argv + first, (size_t)(argc - first),
                                 &o.input.features),
                done);
    MI_TRY_GOTO(status, require_members(f, o.input.required), done);
    MI_TRY_GOTO(status, tool_table_open(&out, &w, &o.table), done);
    MI_TRY_GOTO(status, list_sets(w, f, &o, &exit_code), done);
    status = tool_output_close(&out);
done:
    if (status != MI_OK)
        exit_code = tool_fail(status);
    tool_output_discard(&out);
    mi_table_writer_free(w);
    mi_features_close(f);
    mi_features_opts_free(&o.input.features);
    return exit_code;
}
