/* mi-align - how alike two sets of features are: layers, epochs, models. */
#include <math.h>
#include <string.h>

#include "align_rows.h"
#include "matched.h"

enum { A, B, SIDES };

typedef struct {
    align_opts *o;
    mi_features *f[SIDES];  /* the second NULL: sets are of the first alone */
    align_sets sets[SIDES]; /* the second of f[B] */
    align_room room;
    mi_table_writer *table;
    progress_line progress;
    int code, stop; /* exit code so far; no more pairs */
    int has_warned; /* of rows without ids: once is enough */
    int has_warned_of_chance;
} alignment;

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

static mi_status parse_pair(align_variables *v, const char *text, size_t length)
{
    const char *colon = memchr(text, ':', length);
    if (!colon)
        return mi_fail(MI_EUSAGE, "--of: '%.*s' is no pair of variables, wanted one such as z1:z2",
                       (int)length, text);
    size_t left = (size_t)(colon - text);
    MI_TRY(parse_variable(&v->x, text, left));
    return parse_variable(&v->y, colon + 1, length - left - 1);
}

static mi_status parse_pairs(align_opts *o, const char *text)
{
    for (const char *at = text; at;) {
        size_t length = strcspn(at, ",");
        if (o->pairs == ALIGN_MOST_PAIRS)
            return mi_fail(MI_EUSAGE, "--of: more than %d pairs of variables", ALIGN_MOST_PAIRS);
        MI_TRY(parse_pair(&o->pair[o->pairs++], at, length));
        at = at[length] ? at + length + 1 : NULL;
    }
    return MI_OK;
}

/* Within a set its two features are compared, between sets the same ones. */
static mi_status resolve(align_opts *o, int n_args)
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

/* ---- pairs of sets ---- */

static void warn_of(alignment *t, const align_pair *p, const mi_matched *m)
{
    char name[600];
    matched_warn(matched_name(p->set[A]->set, p->set[B]->set, name, sizeof name), m,
                 p->sample[A]->has_instances || t->has_warned);
    t->has_warned |= !p->sample[A]->has_instances;
}

static mi_status align_matched(alignment *t, const align_pair *whole)
{
    align_pair p = *whole;
    mi_matched m;
    MI_TRY(mi_match(&m, whole->sample[A], whole->sample[B]));
    p.sample[A] = &m.a;
    p.sample[B] = &m.b;
    p.instances[A] = m.instances_a;
    p.instances[B] = m.instances_b;
    /* A match that leaves all rows where they are has borrowed them. */
    p.is_whole = m.a.borrows_instance && m.b.borrows_instance;
    if (p.kernel == 0)
        warn_of(t, &p, &m);
    mi_status status = align_rows(&p);
    mi_matched_free(&m);
    return status;
}

static mi_status under_kernel(alignment *t, align_set *a, align_set *b, size_t kernel)
{
    const estimate_opts *e = &t->o->estimate;
    align_pair p = {.table = t->table,
                    .o = t->o,
                    .kernel = kernel,
                    .set = {a, b},
                    .is_whole = 1,
                    .has_warned_of_chance = &t->has_warned_of_chance};
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
    align_opts *o = t->o;
    size_t sets = t->sets[A].count;
    size_t others = t->f[B] || o->all_pairs ? others_of(t)->count : 1;
    MI_TRY(align_columns(t->table, o));
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

static unsigned members_of(const align_opts *o, int side)
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
    align_opts *o = t->o;
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
    {.name = "of", .arg = "X:Y,...", .type = OPT_TEXT, .at = offsetof(align_opts, of),
     .help = "variables, of the first set and of the second: z1:z2 (default within a set), z1:z1 (default "
             "between sets), r:z1; each of them makes rows"},
    {.name = "terms", .arg = "LIST", .type = OPT_PARSE, .at = offsetof(align_opts, align.terms),
     .parse = parse_terms, .choice = TERMS,
     .help = "I, I_calibrated, I_adjusted, cka, cka_debiased, cknna, mutual_knn, cycle_knn, jaccard_knn, "
             "svcca, procrustes, or all (default)"},
    {.name = "all-pairs", .type = OPT_FLAG, .at = offsetof(align_opts, all_pairs),
     .help = "each set with each, itself included: a matrix of layers or epochs"},
    {.name = "by-class", .type = OPT_FLAG, .at = offsetof(align_opts, by_class),
     .help = "add rows for each class of y, the first set's, of its rows alone"},
    {.name = "inner", .arg = "cosine|raw", .type = OPT_CHOICE, .at = offsetof(align_opts, align.raw_rows),
     .choice = "cosine|raw",
     .help = "what CKA, CKNNA and neighbours take under the linear kernel: cosines of rows (default), or their "
             "inner products as stored, which is linear CKA as most codes have it"},
    {.name = "neighbours", .arg = "K", .type = OPT_COUNT, .at = offsetof(align_opts, align.k),
     .low = 1, .high = 1e6, .help = "nearest rows of a row (default 10)"},
    {.name = "variance", .arg = "SHARE", .type = OPT_REAL, .at = offsetof(align_opts, align.variance),
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
    {.name = "permutations", .arg = "P", .type = OPT_COUNT, .at = offsetof(align_opts, align.permutations),
     .low = 2, .high = 1e9,
     .help = "add X_null, X_null_sd and X_p of each term: mean, standard deviation and one-sided p over P "
             "random pairings of the instances, the same ones for all terms"},
    {.name = "seed", .arg = "N", .type = OPT_SEED, .at = offsetof(align_opts, estimate.run.seed),
     .help = "of the pairings (default 1)"},
    {0},
};

static const opt_group groups[] = {
    {"Quantities:", quantity_rows, 0},
    {NULL, kernel_rows, offsetof(align_opts, estimate)},
    {NULL, estimate_unit_rows, offsetof(align_opts, estimate)},
    {"Uncertainty:", null_rows, 0},
    {NULL, estimate_error_rows, offsetof(align_opts, errors)},
    {"Input:", tool_features_rows, offsetof(align_opts, estimate.input.features)},
    {NULL, tool_input_rows, offsetof(align_opts, estimate.input)},
    {"Output:", tool_table_rows, offsetof(align_opts, estimate.table)},
    {"Computation:", estimate_run_rows, offsetof(align_opts, estimate)},
    {NULL, estimate_machine_rows, offsetof(align_opts, estimate)},
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
    align_opts o = {0};
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
