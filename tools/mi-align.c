/* mi-align - how alike two sets of features are: layers, epochs, models. */
#include <math.h>
#include <string.h>

#include "align_sets.h"
#include "matched.h"

enum { MOST_PAIRS = 32 }; /* of variables */

typedef struct {
    mi_member_id x, y;
} variables;

typedef struct {
    estimate_opts estimate;
    estimate_errors errors;
    mi_align_opts align;
    const char *of; /* as given; NULL */
    int all_pairs;
    int by_class;
    variables pair[MOST_PAIRS];
    size_t pairs;
} options;

enum { A, B, SIDES };

typedef struct {
    options *o;
    mi_features *f[SIDES];  /* the second NULL: sets are of the first alone */
    align_sets sets[SIDES]; /* the second of f[B] */
    align_room room;
    mi_table_writer *table;
    progress_line progress;
    int code, stop; /* exit code so far; no more pairs */
    int has_warned; /* of rows without ids: once is enough */
    int has_warned_of_chance;
} alignment;

/* Two sets under one of the kernels. */
typedef struct {
    alignment *t;
    size_t kernel;
    align_set *set[SIDES];
    const mi_sample *sample[SIDES]; /* the rows that are matched */
    int is_whole;                   /* they are all of the set's, in their order */
    size_t instances[SIDES];
    const char *class; /* of whose rows it is; NULL: all */
} aligned_pair;

/* ---- options ---- */

#define TERMS                                                                                  \
    "I|I_calibrated|I_adjusted|cka|cka_debiased|cknna|mutual_knn|cycle_knn|jaccard_knn|svcca|" \
    "procrustes|all"

/* The terms of a name that is `length` characters long, as bits; 0: it is none. */
static unsigned find_terms(const char *name, size_t length)
{
    if (length == 3 && strncmp(name, "all", 3) == 0)
        return MI_ALIGN_ALL;
    for (mi_align_term t = 0; t < MI_ALIGN_TERMS; t++)
        if (strlen(mi_align_name(t)) == length && strncmp(mi_align_name(t), name, length) == 0)
            return 1u << t;
    return 0;
}

static mi_status parse_terms(const char *text, void *to)
{
    unsigned *terms = to;
    *terms = 0;
    for (const char *at = text; at;) {
        size_t length = strcspn(at, ",");
        unsigned found = find_terms(at, length);
        if (!found)
            return mi_fail(MI_EUSAGE, "'%.*s' is no term, wanted one of " TERMS, (int)length, at);
        *terms |= found;
        at = at[length] ? at + length + 1 : NULL;
    }
    return MI_OK;
}

static int is_features(mi_member_id m)
{
    return m == MI_Z1 || m == MI_Z2 || m == MI_R;
}

static mi_status parse_variable(mi_member_id *out, const char *text, size_t length)
{
    for (*out = 0; *out < MI_MEMBERS; ++*out)
        if (is_features(*out) && strlen(mi_member_name(*out)) == length &&
            strncmp(mi_member_name(*out), text, length) == 0)
            return MI_OK;
    return mi_fail(MI_EUSAGE, "--of: '%.*s' is no features, wanted z1, z2 or r", (int)length, text);
}

static mi_status parse_pair(variables *v, const char *text, size_t length)
{
    const char *colon = memchr(text, ':', length);
    if (!colon)
        return mi_fail(MI_EUSAGE, "--of: '%.*s' is no pair of variables, wanted one such as z1:z2",
                       (int)length, text);
    size_t left = (size_t)(colon - text);
    MI_TRY(parse_variable(&v->x, text, left));
    return parse_variable(&v->y, colon + 1, length - left - 1);
}

static mi_status parse_pairs(options *o, const char *text)
{
    for (const char *at = text; at;) {
        size_t length = strcspn(at, ",");
        if (o->pairs == MOST_PAIRS)
            return mi_fail(MI_EUSAGE, "--of: more than %d pairs of variables", MOST_PAIRS);
        MI_TRY(parse_pair(&o->pair[o->pairs++], at, length));
        at = at[length] ? at + length + 1 : NULL;
    }
    return MI_OK;
}

/* Within a set its two features are compared, between sets the same ones. */
static mi_status resolve(options *o, int n_args)
{
    int is_within = n_args < 2 && !o->all_pairs;
    if (n_args > 2 && !o->all_pairs)
        return mi_fail(MI_EUSAGE,
                       "%d files, wanted one or two; try --all-pairs, each set with each", n_args);
    MI_TRY(parse_pairs(o, o->of ? o->of : is_within ? "z1:z2" : "z1:z1"));
    MI_TRY(estimate_default_alpha(&o->estimate));
    o->align.alpha = o->estimate.alpha.value;
    o->align.n_alpha = o->estimate.alpha.count;
    o->align.base = o->estimate.base;
    o->align.se = estimate_has_errors(&o->errors);
    return MI_OK;
}

/* ---- columns ---- */

/* clang-format off */
static const char *const settings[] = {
    "file_a", "group_a", "epoch_a", "file_b", "group_b", "epoch_b", "variables", "class",
    "n", "instances_a", "instances_b", "shared", "d_a", "d_b",
    "alpha", "kernel_a", "kernel_b", "inner", "neighbours", "variance", "components_a", "components_b",
    "permutations", "seed", "route", "tolerance", "half_width", "degrees", "se_by", "base", "zero_rows"};
/* clang-format on */
#define COUNT(list) (sizeof(list) / sizeof *(list))

static int is_wanted(const options *o, mi_align_term t)
{
    return (int)(o->align.terms >> t & 1);
}

static int can_have_error(mi_align_term t)
{
    return t == MI_ALIGN_I || t == MI_ALIGN_I_CALIBRATED || t == MI_ALIGN_CKA ||
           t == MI_ALIGN_CKA_DEBIASED;
}

/* What a term has beside its value. */
typedef struct {
    const char *suffix;
    size_t at;
} null_column;

static const null_column nulls[] = {{"null", offsetof(mi_alignment, null)},
                                    {"null_sd", offsetof(mi_alignment, null_sd)},
                                    {"p", offsetof(mi_alignment, p)}};

/* The level by chance of the information is there without re-pairings too. */
static int has_null(const options *o, mi_align_term t, size_t k)
{
    return is_wanted(o, t) && mi_align_is_tested(t) &&
           (o->align.permutations || (t == MI_ALIGN_I && k == 0));
}

static const char *name_of_null(char *buffer, mi_align_term t, size_t k)
{
    snprintf(buffer, ESTIMATE_COLUMN_BYTES, "%s_%s", mi_align_name(t), nulls[k].suffix);
    return buffer;
}

static mi_status declare_nulls(mi_table_writer *w, const options *o)
{
    char name[ESTIMATE_COLUMN_BYTES];
    for (size_t k = 0; k < COUNT(nulls); k++)
        for (mi_align_term t = 0; t < MI_ALIGN_TERMS; t++)
            if (has_null(o, t, k))
                MI_TRY(mi_table_column(w, name_of_null(name, t, k)));
    return MI_OK;
}

static mi_status declare_columns(mi_table_writer *w, const options *o)
{
    const char *with_error[MI_ALIGN_TERMS];
    const char *name[ESTIMATE_ERROR_COLUMNS * MI_ALIGN_TERMS];
    char made[ESTIMATE_ERROR_COLUMNS * MI_ALIGN_TERMS][ESTIMATE_COLUMN_BYTES];
    size_t n = 0;
    for (size_t k = 0; k < COUNT(settings); k++)
        MI_TRY(mi_table_setting_column(w, settings[k]));
    for (mi_align_term t = 0; t < MI_ALIGN_TERMS; t++) {
        if (!is_wanted(o, t))
            continue;
        MI_TRY(mi_table_column(w, mi_align_name(t)));
        if (can_have_error(t))
            with_error[n++] = mi_align_name(t);
    }
    MI_TRY(declare_nulls(w, o));
    n = estimate_error_columns(name, made, with_error, n, &o->errors);
    for (size_t k = 0; k < n; k++)
        MI_TRY(mi_table_column(w, name[k]));
    return MI_OK;
}

/* ---- a row ---- */

static mi_status put_set(mi_table_writer *w, const mi_set *s, int side)
{
    static const char *const name[SIDES][3] = {{"file_a", "group_a", "epoch_a"},
                                               {"file_b", "group_b", "epoch_b"}};
    const mi_attr *epoch = mi_set_attr(s, "epoch");
    MI_TRY(mi_table_text(w, name[side][0], s->file));
    MI_TRY(mi_table_text(w, name[side][1], s->group));
    if (epoch && epoch->type != MI_ATTR_TEXT)
        MI_TRY(mi_table_real(w, name[side][2], epoch->real));
    return MI_OK;
}

static mi_status put_variables(const aligned_pair *p, const variables *v)
{
    static const char *const name[SIDES][3] = {{"d_a", "kernel_a", "instances_a"},
                                               {"d_b", "kernel_b", "instances_b"}};
    const mi_member_id member[SIDES] = {v->x, v->y};
    mi_table_writer *w = p->t->table;
    char text[MI_KERNEL_NAME];
    for (int k = 0; k < SIDES; k++) {
        const mi_column *c = &p->sample[k]->column[member[k]];
        MI_TRY(put_set(w, p->set[k]->set, k));
        MI_TRY(mi_table_int(w, name[k][0], (long long)c->d));
        MI_TRY(mi_table_text(w, name[k][1], mi_kernel_name(&c->kernel, text, sizeof text)));
        MI_TRY(mi_table_int(w, name[k][2], (long long)p->instances[k]));
    }
    snprintf(text, sizeof text, "%s:%s", mi_member_name(v->x), mi_member_name(v->y));
    MI_TRY(mi_table_text(w, "variables", text));
    if (p->class)
        MI_TRY(mi_table_text(w, "class", p->class));
    MI_TRY(mi_table_int(w, "n", (long long)p->sample[A]->n));
    return mi_table_int(w, "shared", (long long)p->sample[A]->instance.groups.g);
}

static mi_status put_settings(const alignment *t, double alpha, const mi_align_found *found)
{
    const options *o = t->o;
    const estimate_opts *e = &o->estimate;
    mi_table_writer *w = t->table;
    MI_TRY(mi_table_real(w, "alpha", alpha));
    MI_TRY(mi_table_text(w, "inner", o->align.raw_rows ? "raw" : "cosine"));
    MI_TRY(mi_table_int(w, "neighbours", (long long)o->align.k));
    MI_TRY(mi_table_real(w, "variance", o->align.variance));
    if (is_wanted(o, MI_ALIGN_SVCCA)) {
        MI_TRY(mi_table_int(w, "components_a", (long long)found->kept_x));
        MI_TRY(mi_table_int(w, "components_b", (long long)found->kept_y));
    }
    if (o->align.permutations) {
        MI_TRY(mi_table_int(w, "permutations", (long long)o->align.permutations));
        MI_TRY(mi_table_int(w, "seed", (long long)e->run.seed));
    }
    if (e->run.tolerance > 0)
        MI_TRY(mi_table_real(w, "tolerance", e->run.tolerance));
    if (found->route != MI_ROUTE_AUTO) {
        MI_TRY(mi_table_text(w, "route", mi_route_name(found->route)));
        MI_TRY(mi_table_real(w, "half_width", found->half_width));
    }
    if (o->align.se)
        MI_TRY(mi_table_text(w, "se_by", mi_se_by_name(found->se_by)));
    MI_TRY(mi_table_real(w, "degrees", found->degrees));
    MI_TRY(estimate_base_cell(w, e->base));
    return mi_table_text(w, "zero_rows", e->sample.drop_zero_rows ? "drop" : "error");
}

static mi_status put_term(const alignment *t, mi_align_term term, const mi_alignment *r,
                          const mi_align_found *found)
{
    char name[ESTIMATE_COLUMN_BYTES];
    MI_TRY(mi_table_real(t->table, mi_align_name(term), r->value));
    for (size_t k = 0; k < COUNT(nulls); k++)
        if (has_null(t->o, term, k))
            MI_TRY(mi_table_real(t->table, name_of_null(name, term, k),
                                 *(const double *)((const char *)r + nulls[k].at)));
    if (!can_have_error(term))
        return MI_OK;
    return estimate_error_cells(t->table, mi_align_name(term), r->value, r->se, found->degrees,
                                &t->o->errors);
}

static mi_status write_rows(const aligned_pair *p, const variables *v, const mi_alignment *r,
                            const mi_align_found *found)
{
    const alignment *t = p->t;
    const options *o = t->o;
    for (size_t a = 0; a < o->align.n_alpha; a++) {
        MI_TRY(put_variables(p, v));
        MI_TRY(put_settings(t, o->align.alpha[a], &found[a]));
        for (mi_align_term k = 0; k < MI_ALIGN_TERMS; k++)
            if (is_wanted(o, k))
                MI_TRY(put_term(t, k, &r[a * MI_ALIGN_TERMS + k], &found[a]));
        MI_TRY(mi_table_end_row(t->table));
    }
    return MI_OK;
}

/* Where the level by chance is known, at order 2 or by re-pairings, but no room is left above it. */
static void mention_chance(const aligned_pair *p, const mi_alignment *r, double alpha)
{
    char name[600];
    alignment *t = p->t;
    if (t->has_warned_of_chance || !is_wanted(t->o, MI_ALIGN_I_ADJUSTED) ||
        !(alpha == 2 || t->o->align.permutations) || !isnan(r[MI_ALIGN_I_ADJUSTED].value))
        return;
    t->has_warned_of_chance = 1;
    tool_warn("%s: I_adjusted is nan: any pairing has as much information as the features with "
              "themselves, but for rounding",
              matched_name(p->set[A]->set, p->set[B]->set, name, sizeof name));
}

/* Sides that are kept are those of whole sets. */
static mi_status align_pair(mi_alignment *r, mi_align_found *found, const aligned_pair *p,
                            const variables *v)
{
    const options *o = p->t->o;
    const mi_run *run = &o->estimate.run;
    mi_align_side *x = NULL, *y = NULL;
    if (p->is_whole) {
        MI_TRY(align_set_side(&x, p->set[A], p->kernel, v->x, &o->align, run));
        MI_TRY(align_set_side(&y, p->set[B], p->kernel, v->y, &o->align, run));
    }
    return mi_align_sides(r, found, p->sample[A], v->x, x, p->sample[B], v->y, y, &o->align, run);
}

static mi_status align_variables(const aligned_pair *p)
{
    const options *o = p->t->o;
    mi_alignment *r;
    mi_align_found *found = NULL;
    MI_TRY(MI_NEW(r, o->align.n_alpha * MI_ALIGN_TERMS));
    mi_status status = MI_NEW(found, o->align.n_alpha);
    for (size_t k = 0; status == MI_OK && k < o->pairs; k++) {
        status = align_pair(r, found, p, &o->pair[k]);
        for (size_t a = 0; status == MI_OK && a < o->align.n_alpha; a++)
            mention_chance(p, r + a * MI_ALIGN_TERMS, o->align.alpha[a]);
        if (status == MI_OK)
            status = write_rows(p, &o->pair[k], r, found);
    }
    mi_free(r);
    mi_free(found);
    return status;
}

/* ---- class by class ---- */

/* The rows of a class, by the labels of the first side, on both sides. */
static mi_status align_class(const aligned_pair *p, const mi_labels *y, size_t c)
{
    char name[256];
    mi_sample rows[SIDES] = {{0}};
    aligned_pair part = *p;
    mi_status status = MI_OK;
    part.is_whole = 0;
    part.class = mi_label_name(y, mi_sample_class_as_read(p->sample[A], c), name, sizeof name);
    for (int k = 0; status == MI_OK && k < SIDES; k++) {
        status = mi_sample_class_of(&rows[k], p->sample[k], p->sample[A], c);
        part.sample[k] = &rows[k];
        part.instances[k] = rows[k].instance.groups.g;
    }
    if (status == MI_OK)
        status = align_variables(&part);
    if (status != MI_OK && status != MI_EWRITE)
        status = mi_fail_in(status, "class %s", part.class);
    mi_sample_free(&rows[A]);
    mi_sample_free(&rows[B]);
    return status;
}

/* All rows, then each class. */
static mi_status align_rows(const aligned_pair *p)
{
    mi_labels y;
    MI_TRY(align_variables(p));
    if (!p->t->o->by_class)
        return MI_OK;
    MI_TRY(mi_features_read_labels(p->set[A]->f, p->set[A]->index, MI_Y, &y));
    mi_status status = MI_OK;
    for (size_t c = 0; status == MI_OK && c < p->sample[A]->column[MI_Y].groups.g; c++)
        status = align_class(p, &y, c);
    mi_labels_free(&y);
    return status;
}

/* ---- pairs of sets ---- */

static void warn_of(alignment *t, const aligned_pair *p, const mi_matched *m)
{
    char name[600];
    matched_warn(matched_name(p->set[A]->set, p->set[B]->set, name, sizeof name), m,
                 p->sample[A]->has_instances || t->has_warned);
    t->has_warned |= !p->sample[A]->has_instances;
}

static mi_status align_matched(alignment *t, aligned_pair *p)
{
    const mi_sample *a = p->sample[A], *b = p->sample[B];
    mi_matched m;
    MI_TRY(mi_match(&m, a, b));
    p->sample[A] = &m.a;
    p->sample[B] = &m.b;
    p->instances[A] = m.instances_a;
    p->instances[B] = m.instances_b;
    /* A match that leaves all rows where they are has borrowed them. */
    p->is_whole = m.a.borrows_instance && m.b.borrows_instance;
    if (p->kernel == 0)
        warn_of(t, p, &m);
    mi_status status = align_rows(p);
    mi_matched_free(&m);
    return status;
}

static mi_status under_kernel(alignment *t, align_set *a, align_set *b, size_t kernel)
{
    const estimate_opts *e = &t->o->estimate;
    aligned_pair p = {.t = t, .kernel = kernel, .set = {a, b}, .is_whole = 1};
    char name[600];
    mi_status status = align_set_sample(&p.sample[A], a, kernel, e);
    if (status == MI_OK)
        status = align_set_sample(&p.sample[B], b, kernel, e);
    if (status == MI_OK && a != b) {
        status = align_matched(t, &p);
    } else if (status == MI_OK) {
        p.instances[A] = p.instances[B] = p.sample[A]->instance.groups.g;
        status = align_rows(&p);
    }
    if (status != MI_OK && status != MI_EWRITE)
        status = mi_fail_in(status, "%s", matched_name(a->set, b->set, name, sizeof name));
    return status;
}

static align_sets *others_of(alignment *t)
{
    return t->f[B] ? &t->sets[B] : &t->sets[A];
}

static mi_status align_with(alignment *t, align_set *a, size_t j)
{
    align_set *b;
    mi_status status = align_sets_take(&b, others_of(t), j, t->o->align.k, &t->o->estimate);
    t->o->estimate.run.memory_bytes = align_room_left(&t->room);
    for (size_t k = 0; status == MI_OK && k < t->o->estimate.kernels.count; k++)
        status = under_kernel(t, a, b, k);
    if (b != a)
        align_sets_leave(others_of(t), j);
    return status;
}

/* A failure is said, and ends it all unless --keep-going. */
static void settle(alignment *t, mi_status status)
{
    progress_clear(&t->progress);
    t->progress.set++;
    if (status == MI_OK)
        return;
    int code = tool_fail(status);
    t->code = t->code ? t->code : code;
    t->stop = !t->o->estimate.input.keep_going || status == MI_EWRITE;
}

/* Set i of the first side with those it is paired with: itself, or all. */
static void align_from(alignment *t, size_t i)
{
    int is_within = !t->f[B] && !t->o->all_pairs;
    size_t first = is_within ? i : 0;
    size_t end = is_within ? i + 1 : others_of(t)->count;
    align_set *a;
    mi_status status = align_sets_take(&a, &t->sets[A], i, t->o->align.k, &t->o->estimate);
    if (status != MI_OK)
        settle(t, status);
    for (size_t j = first; status == MI_OK && !t->stop && j < end; j++)
        settle(t, align_with(t, a, j));
    align_sets_leave(&t->sets[A], i);
}

/* Sets that meet several others stay where half of the memory has room for all. */
static void choose_what_stays(alignment *t)
{
    size_t k = t->o->align.k;
    double bytes = align_sets_bytes(&t->sets[A], k) + align_sets_bytes(&t->sets[B], k);
    int there_is_room = bytes <= (double)mi_run_memory_bytes(&t->o->estimate.run) / 2;
    t->sets[A].stay = t->o->all_pairs && there_is_room;
    t->sets[B].stay = t->sets[A].count > 1 && there_is_room;
}

static mi_status align_all_sets(alignment *t)
{
    options *o = t->o;
    size_t sets = t->sets[A].count;
    size_t others = t->f[B] || o->all_pairs ? others_of(t)->count : 1;
    MI_TRY(declare_columns(t->table, o));
    MI_TRY(tool_table_choose(t->table, &o->estimate.table));
    progress_start(&t->progress, sets * others, o->estimate.progress);
    o->estimate.run.progress = progress_share;
    o->estimate.run.estimate = progress_estimate;
    o->estimate.run.progress_arg = &t->progress;
    choose_what_stays(t);
    for (size_t i = 0; !t->stop && i < sets; i++)
        align_from(t, i);
    return t->code ? mi_table_show(t->table) : mi_table_end(t->table);
}

/* ---- files ---- */

static unsigned members_of(const options *o, int side)
{
    unsigned members = 0;
    for (size_t k = 0; k < o->pairs; k++)
        members |= 1u << (side == A ? o->pair[k].x : o->pair[k].y);
    return members;
}

static mi_status check_sets(mi_features *f, const estimate_opts *e, unsigned needed)
{
    for (size_t i = 0; i < mi_features_count(f); i++)
        MI_TRY(mi_features_check(f, i, needed | e->input.required, 1u << MI_R));
    return MI_OK;
}

/* Two files are two sides; else all sets are on both. */
static mi_status open_files(alignment *t, int n_args, char **args)
{
    estimate_opts *e = &t->o->estimate;
    int is_two = n_args == 2 && !t->o->all_pairs;
    unsigned of_a = members_of(t->o, A) | (t->o->by_class ? 1u << MI_Y : 0),
             of_b = members_of(t->o, B);
    estimate_job job = {0};
    estimate_need(&job, e, is_two ? of_a : of_a | of_b, 1);
    e->sample.instances_only = !((of_a | of_b) >> MI_R & 1);
    MI_TRY(estimate_features(&t->f[A], e, &job, is_two ? 1 : n_args, args));
    t->room.allowed = e->run.memory_bytes;
    MI_TRY(align_sets_init(&t->sets[A], t->f[A], job.needed | 1u << MI_R, &t->room, e));
    if (!is_two)
        return MI_OK;
    MI_TRY(mi_features_open(&t->f[B], (const char *const *)args + 1, 1, &e->input.features));
    MI_TRY(check_sets(t->f[B], e, of_b));
    return align_sets_init(&t->sets[B], t->f[B], of_b | 1u << MI_R, &t->room, e);
}

static mi_status align_files(alignment *t, int n_args, char **args)
{
    options *o = t->o;
    tool_output out = {0};
    MI_TRY(resolve(o, n_args));
    MI_TRY(open_files(t, n_args, args));
    MI_TRY(tool_table_open(&out, &t->table, &o->estimate.table));
    mi_status status = align_all_sets(t);
    if (status == MI_OK && (!t->code || !o->estimate.table.path || o->estimate.input.keep_going))
        return tool_output_close(&out);
    tool_output_discard(&out);
    return status;
}

/* clang-format off */
static const opt_row quantity_rows[] = {
    {.name = "of", .arg = "X:Y,...", .type = OPT_TEXT, .at = offsetof(options, of),
     .help = "variables, of the first set and of the second: z1:z2 (default within a set), z1:z1 (default "
             "between sets), r:z1; each of them makes rows"},
    {.name = "terms", .arg = "LIST", .type = OPT_PARSE, .at = offsetof(options, align.terms),
     .parse = parse_terms, .choice = TERMS,
     .help = "I, I_calibrated, I_adjusted, cka, cka_debiased, cknna, mutual_knn, cycle_knn, jaccard_knn, "
             "svcca, procrustes, or all (default)"},
    {.name = "all-pairs", .type = OPT_FLAG, .at = offsetof(options, all_pairs),
     .help = "each set with each, itself included: a matrix of layers or epochs"},
    {.name = "by-class", .type = OPT_FLAG, .at = offsetof(options, by_class),
     .help = "add rows for each class of y, the first set's, of its rows alone"},
    {.name = "inner", .arg = "cosine|raw", .type = OPT_CHOICE, .at = offsetof(options, align.raw_rows),
     .choice = "cosine|raw",
     .help = "what CKA, CKNNA and neighbours take under the linear kernel: cosines of rows (default), or their "
             "inner products as stored, which is linear CKA as most codes have it"},
    {.name = "neighbours", .arg = "K", .type = OPT_COUNT, .at = offsetof(options, align.k),
     .low = 1, .high = 1e6, .help = "nearest rows of a row (default 10)"},
    {.name = "variance", .arg = "SHARE", .type = OPT_REAL, .at = offsetof(options, align.variance),
     .low = 1e-6, .high = 1, .help = "share of the variance that the components of svcca hold (default 0.99)"},
    {0},
};

static const opt_row kernel_rows[] = {
    {.name = "alpha", .key = 'a', .arg = "A,B,...", .type = OPT_PARSE, .parse = estimate_parse_alpha,
     .help = "orders of the information, each above 0, or inf (default 2)"},
    {.name = "kernel", .key = 'k', .arg = "K", .type = OPT_PARSE, .parse = estimate_parse_kernel,
     .choice = "linear|gaussian:median|gaussian:scott|gaussian:silverman|gaussian:half-d|gaussian:0.5m:m:2m|"
               "laplacian:median|polynomial:2:1|precomputed",
     .help = "linear (default), gaussian[:S] or laplacian[:S] with S a number, median (default), qQ (a quantile, "
             "0 < Q < 1), scott, silverman, half-d, or a list as 1:2:4 or 0.5m:m:2m (m the median) for the mean of these "
             "kernels, polynomial[:P[:C]] (default 2:1), or precomputed (the dataset is the n x n matrix of inner "
             "products); z1=K,z2=K chooses each; "
             "given again: rows for that kernel too"},
    {0},
};

static const opt_row null_rows[] = {
    {.name = "permutations", .arg = "P", .type = OPT_COUNT, .at = offsetof(options, align.permutations),
     .low = 2, .high = 1e9,
     .help = "add X_null, X_null_sd and X_p of each term: mean, standard deviation and one-sided p over P "
             "random pairings of the instances, the same ones for all terms"},
    {.name = "seed", .arg = "N", .type = OPT_SEED, .at = offsetof(options, estimate.run.seed),
     .help = "of the pairings (default 1)"},
    {0},
};

static const opt_group groups[] = {
    {"Quantities:", quantity_rows, 0},
    {NULL, kernel_rows, offsetof(options, estimate)},
    {NULL, estimate_unit_rows, offsetof(options, estimate)},
    {"Uncertainty:", null_rows, 0},
    {NULL, estimate_error_rows, offsetof(options, errors)},
    {"Input:", tool_features_rows, offsetof(options, estimate.input.features)},
    {NULL, tool_input_rows, offsetof(options, estimate.input)},
    {"Output:", tool_table_rows, offsetof(options, estimate.table)},
    {"Computation:", estimate_run_rows, offsetof(options, estimate)},
    {NULL, estimate_machine_rows, offsetof(options, estimate)},
    {0},
};
/* clang-format on */

static const opt_program program = {
    .name = "mi-align",
    .args = "FILE[:GROUP] [FILE[:GROUP]]",
    .summary = "How alike two sets of features of the same instances are: information, CKA, "
               "neighbours, SVCCA, Procrustes; a row a pair. One file: z1 and z2 of each set. Two: "
               "each set of the first with each of the second, rows matched by id.",
    .after = "All terms but I and I_calibrated are 1 for features that are the same up to rotation "
             "and scale.\n\n"
             "Examples:\n  mi-align run.h5\n"
             "  mi-align --permutations 200 --se a.h5 b.h5\n"
             "  mi-align --all-pairs --terms cka_debiased run.h5 | mi-plot matrix -o epochs.svg",
    .needs_args = 1,
    .group = groups,
};

int main(int argc, char **argv)
{
    options o = {0};
    alignment t = {.o = &o};
    int first;
    estimate_defaults(&o.estimate);
    mi_align_opts_default(&o.align);
    opt_parse(&program, &o, argc, argv, &first);
    mi_status status = align_files(&t, argc - first, argv + first);
    mi_table_writer_free(t.table);
    align_sets_free(&t.sets[A]);
    align_sets_free(&t.sets[B]);
    mi_features_close(t.f[A]);
    mi_features_close(t.f[B]);
    estimate_free(&o.estimate);
    return status == MI_OK ? t.code : tool_fail(status);
}
