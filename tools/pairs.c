#include "pairs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

/* ---- what is correlated ---- */

/* Columns that mi-bounds, mi-mutual, mi-entropy and mi-spectrum write about a checkpoint. */
static const char *const known[] = {
    "lower", "upper", "I_Z1_Z2", "I_Z1_R", "I_R_Y",  "I_Y_Z1",    "I_Y_Z2", "H_Z1",
    "H_Z2",  "I",     "S",       "exp_S",  "rankme", "alpha_req", "lidar",  "participation_ratio"};
#define N_KNOWN (sizeof known / sizeof *known)

static int has_numbers(const mi_table *t, size_t column)
{
    double value;
    for (size_t row = 0; row < t->rows; row++)
        if (mi_table_number(t, row, column, &value) == MI_OK && isfinite(value))
            return 1;
    return 0;
}

static mi_status default_x(pairs_columns *out, const mi_table *t)
{
    MI_TRY(MI_NEW(out->index, N_KNOWN));
    for (size_t k = 0; k < N_KNOWN; k++) {
        long column = mi_table_has(t, known[k]);
        if (column >= 0 && has_numbers(t, (size_t)column))
            out->index[out->count++] = (size_t)column;
    }
    return out->count ? MI_OK
                      : mi_fail(MI_EDATA,
                                "%s: none of the columns that mi-bounds writes (lower, "
                                "upper, I_Z1_Z2 ...) holds numbers; give --x",
                                t->source);
}

/* Columns named in "A,B,...". */
static mi_status find_list(pairs_columns *out, const mi_table *t, const char *list)
{
    size_t room = 1;
    for (const char *c = list; *c; c++)
        room += *c == ',';
    MI_TRY(MI_NEW(out->index, room));
    return mi_table_find_list(t, list, out->index, room, &out->count);
}

/* A bandwidth that was found from the data is another in every set: kernels are grouped as they
 * were asked for, where the table says so. */
static void group_by_kernels_asked(pairs *c)
{
    long asked = mi_table_has(c->table, "kernel_asked");
    for (size_t k = 0; asked >= 0 && k < c->by.count; k++)
        if (strcmp(c->table->name[c->by.index[k]], "kernel") == 0)
            c->by.index[k] = (size_t)asked;
}

static mi_status find_columns(pairs *c)
{
    const pairs_opts *o = c->o;
    if (o->x)
        MI_TRY(find_list(&c->x, c->table, o->x));
    else
        MI_TRY(default_x(&c->x, c->table));
    MI_TRY(find_list(&c->y, c->table, o->y));
    if (o->by)
        MI_TRY(find_list(&c->by, c->table, o->by));
    group_by_kernels_asked(c);
    if (o->given)
        MI_TRY(find_list(&c->given, c->table, o->given));
    if (c->given.count > 1)
        return mi_fail(MI_EUSAGE, "--given '%s': %zu columns, wanted one", o->given,
                       c->given.count);
    return MI_OK;
}

/* ---- groups ---- */

static mi_status name_group(char **out, const pairs *c, size_t row)
{
    const mi_table *t = c->table;
    const pairs_columns *by = &c->by;
    size_t bytes = 1, used = 0;
    for (size_t k = 0; k < by->count; k++)
        bytes += strlen(t->name[by->index[k]]) + strlen(mi_table_cell(t, row, by->index[k])) + 2;
    MI_TRY(mi_malloc(out, bytes, 1));
    for (size_t k = 0; k < by->count; k++)
        used += (size_t)snprintf(*out + used, bytes - used, "%s%s=%s", k ? "," : "",
                                 t->name[by->index[k]], mi_table_cell(t, row, by->index[k]));
    return MI_OK;
}

/* The rows of each group, in their order. */
static mi_status list_rows(pairs *c)
{
    size_t rows = c->table->rows;
    MI_TRY(MI_NEW(c->start, c->groups.n + 2));
    MI_TRY(MI_NEW_RAW(c->row, rows));
    /* start[g+1] walks from the start of group g to its end while the rows are laid out. */
    for (size_t row = 0; row < rows; row++)
        c->start[c->groups.of[row] + 2]++;
    for (size_t g = 2; g <= c->groups.n; g++)
        c->start[g] += c->start[g - 1];
    for (size_t row = 0; row < rows; row++)
        c->row[c->start[c->groups.of[row] + 1]++] = row;
    return MI_OK;
}

static mi_status find_groups(pairs *c)
{
    const mi_table *t = c->table;
    MI_TRY(mi_table_levels_of(&c->groups, t, c->by.index, c->by.count, t->rows));
    if (c->by.count == 0)
        c->groups.n = 1; /* of no rows too */
    MI_TRY(list_rows(c));
    if (c->by.count == 0)
        return MI_OK;
    MI_TRY(MI_NEW(c->group_name, t->rows));
    for (size_t k = 0; k < c->groups.n; k++)
        MI_TRY(name_group(&c->group_name[k], c, c->groups.first[k]));
    return MI_OK;
}

/* A table with several orders has several rows a checkpoint: mixed, they are not one quantity. */
static void warn_of_mixtures(const pairs *c)
{
    const char *setting;
    for (size_t k = 0; (setting = mi_table_setting(k)) != NULL; k++) {
        long column = mi_table_has(c->table, setting);
        if (column >= 0 && mi_table_varies_within(c->table, (size_t)column, &c->groups))
            tool_warn("rows of different %s are correlated together; --by %s keeps them apart",
                      setting, setting);
    }
}

/* ---- one pair ---- */

/* The rows of a group where all columns are finite, as points that own their memory. */
typedef struct {
    mi_points points;
    double *value; /* (3, rows of the group) */
} gathered;

static mi_status gather(gathered *g, const pairs *c, const pairs_result *r)
{
    const size_t *row = c->row + c->start[r->group];
    size_t rows = c->start[r->group + 1] - c->start[r->group], n = 0;
    size_t columns = c->given.count ? 3 : 2;
    size_t column[3] = {r->x, r->y, c->given.count ? c->given.index[0] : 0};
    MI_TRY(MI_NEW_RAW(g->value, 3 * rows));
    for (size_t i = 0; i < rows; i++) {
        int is_finite = 1;
        for (size_t k = 0; k < columns; k++) {
            double *to = &g->value[k * rows + n];
            MI_TRY(mi_table_number(c->table, row[i], column[k], to));
            is_finite &= isfinite(*to);
        }
        n += is_finite;
    }
    g->points = (mi_points){.x = g->value, .y = g->value + rows, .n = n};
    g->points.given = c->given.count ? g->value + 2 * rows : NULL;
    return MI_OK;
}

static int is_constant(const double *v, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (v[i] != v[0])
            return 0;
    return 1;
}

static const char *find_constant(const pairs *c, const pairs_result *r, const mi_points *p)
{
    return is_constant(p->x, p->n)                   ? c->table->name[r->x]
           : is_constant(p->y, p->n)                 ? c->table->name[r->y]
           : p->given && is_constant(p->given, p->n) ? c->o->given
                                                     : NULL;
}

static mi_status measure(const pairs *c, pairs_result *r, const mi_points *p)
{
    const pairs_opts *o = c->o;
    for (mi_correlation k = 0; k < MI_CORRELATIONS; k++) {
        MI_TRY(mi_correlate(&r->of[k].r, k, p));
        r->of[k].fisher = mi_correlate_fisher(k, r->of[k].r, p->n, c->given.count, o->how.level);
        if (o->has_intervals && !o->is_brief)
            MI_TRY(mi_correlate_bootstrap(&r->of[k].bca, k, p, &o->how));
        if (o->how.permutations && (!o->is_brief || k == o->rank))
            MI_TRY(mi_correlate_permutation(&r->of[k].p, k, p, &o->how));
    }
    return MI_OK;
}

static mi_status correlate(const pairs *c, pairs_result *r)
{
    gathered g = {.value = NULL};
    mi_status status = gather(&g, c, r);
    if (status == MI_OK) {
        r->n = g.points.n;
        r->constant = find_constant(c, r, &g.points);
        status = measure(c, r, &g.points);
    }
    mi_free(g.value);
    return status;
}

/* ---- all pairs ---- */

static mi_status correlate_all(pairs *c)
{
    size_t most = 0, wanted = mi_points_wanted(c->given.count > 0);
    size_t in_group = c->x.count * c->y.count;
    MI_TRY(MI_NEW(c->result, c->groups.n * in_group));
    for (; c->count < c->groups.n * in_group; c->count++) {
        pairs_result *r = &c->result[c->count];
        r->x = c->x.index[c->count % c->x.count];
        r->y = c->y.index[c->count / c->x.count % c->y.count];
        r->group = c->count / in_group;
        MI_TRY(correlate(c, r));
        most = r->n > most ? r->n : most;
    }
    if (most < wanted)
        return mi_fail(MI_EDATA,
                       "%s: no pair of columns has more than %zu points, wanted %zu or more",
                       c->table->source, most, wanted);
    return MI_OK;
}

/* Returns 1 where there is none of a kind; is_told: the reason is said. */
static int warn_of_nan(const pairs *c, const pairs_result *r, int is_told)
{
    const char *const *name = (const char *const *)c->table->name;
    const char *group = c->group_name ? c->group_name[r->group] : "";
    const char *comma = c->group_name ? ", " : "";
    size_t wanted = mi_points_wanted(c->given.count > 0);
    char reason[256];
    int is_nan = 0;
    for (mi_correlation k = 0; k < MI_CORRELATIONS; k++)
        is_nan |= isnan(r->of[k].r);
    if (!is_nan || !is_told)
        return is_nan;
    if (r->n < wanted)
        snprintf(reason, sizeof reason, "%zu points, wanted %zu or more", r->n, wanted);
    else if (r->constant)
        snprintf(reason, sizeof reason, "%s is the same at all %zu points", r->constant, r->n);
    else
        snprintf(reason, sizeof reason, "%s determines one of them", c->o->given);
    tool_warn("%s and %s%s%s: %s, so there is no correlation", name[r->x], name[r->y], comma, group,
              reason);
    return 1;
}

/* The first ones are told; a line for each of 100,000 groups would be read by nobody. */
static void warn_of_all_nan(const pairs *c)
{
    enum { MOST_TOLD = 20 };
    size_t none = 0;
    for (size_t k = 0; k < c->count; k++)
        none += warn_of_nan(c, &c->result[k], none < MOST_TOLD) > 0;
    if (none > MOST_TOLD)
        tool_warn("%zu more pairs and groups have no correlation", none - MOST_TOLD);
}

/* Points in one order or on one line: how sure that is, no interval says. */
static void warn_of_ones(const pairs *c)
{
    size_t ones = 0;
    for (size_t k = 0; k < c->count; k++)
        for (mi_correlation kind = 0; kind < MI_CORRELATIONS; kind++)
            ones += fabs(c->result[k].of[kind].r) > 1 - 1e-12;
    if (ones && c->o->has_intervals)
        tool_warn("%zu correlation%s 1 or -1, where Fisher's z is infinite and all draws are the "
                  "same: no interval; p says what chance gives",
                  ones, ones == 1 ? " is" : "s are");
}

/* Strongest first, whatever the sign; nan last; equals as they stood. */
static int by_strength(const void *a, const void *b, void *arg)
{
    const pairs_result *p = a, *q = b;
    mi_correlation kind = *(const mi_correlation *)arg;
    double r = fabs(p->of[kind].r), s = fabs(q->of[kind].r);
    if (isnan(r) != isnan(s))
        return isnan(r) - isnan(s);
    if (r != s && !isnan(r))
        return (r < s) - (r > s);
    return (p->order > q->order) - (p->order < q->order);
}

/* Ranks are among the columns that are held against one y in one group. */
static void rank_all(pairs *c)
{
    mi_correlation rank = c->o->rank;
    for (size_t k = 0; k < c->count; k++)
        c->result[k].order = k;
    for (size_t start = 0; c->o->is_ranked && start < c->count; start += c->x.count) {
        pairs_result *first = &c->result[start];
        qsort_r(first, c->x.count, sizeof *first, by_strength, &rank);
        for (size_t k = 0; k < c->x.count; k++)
            first[k].rank = isnan(first[k].of[rank].r) ? 0 : k + 1;
    }
}

mi_status pairs_correlate(pairs *out, const mi_table *t, const pairs_opts *o)
{
    *out = (pairs){.o = o, .table = t};
    mi_status status = find_columns(out);
    if (status == MI_OK)
        status = find_groups(out);
    if (status == MI_OK)
        status = correlate_all(out);
    if (status != MI_OK) {
        pairs_free(out);
        return status;
    }
    warn_of_mixtures(out);
    warn_of_all_nan(out);
    warn_of_ones(out);
    rank_all(out);
    return MI_OK;
}

void pairs_free(pairs *p)
{
    for (size_t k = 0; p->group_name && k < p->groups.n; k++)
        mi_free(p->group_name[k]);
    mi_free(p->group_name);
    mi_table_levels_free(&p->groups);
    mi_free(p->start);
    mi_free(p->row);
    mi_free(p->result);
    mi_free(p->x.index);
    mi_free(p->y.index);
    mi_free(p->by.index);
    mi_free(p->given.index);
    *p = (pairs){0};
}
