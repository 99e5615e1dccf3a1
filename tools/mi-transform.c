/* mi-transform - choose rows of feature sets and map them, in the order of the options. */
#include <string.h>

#include "room.h"
#include "writer.h"

typedef struct {
    mi_features_opts input;
    tool_features output;
    const char *fit;
    mi_transform transform;
    size_t memory_bytes;
} options;

/* The options of operations have their names. */
static mi_status add_op(const char *name, const char *text, void *to)
{
    mi_op_kind kind;
    MI_TRY(mi_op_parse(&kind, name));
    return mi_transform_add(to, kind, text);
}

/* clang-format off */
#define OP(name_, arg_, help_) \
    {.name = name_, .arg = arg_, .type = OPT_NAMED, .at = offsetof(options, transform), \
     .named = add_op, .help = help_}
static const opt_row choice_rows[] = {
    OP("rows", "A:B:STEP", "rows A, A+STEP, ... below B; negative: from the end"),
    OP("ids", "R,...", "rows with these ids in r"),
    OP("class", "Y,...", "rows of these classes in y"),
    OP("drop-class", "Y,...", "rows of all but these classes"),
    OP("per-class", "K", "all rows of K instances of each class, at random"),
    OP("subsample", "K", "all rows of K instances, at random"),
    OP("drop-nonfinite", NULL, "rows without NaN or infinity"),
    {.name = "seed", .arg = "N", .type = OPT_SEED, .at = offsetof(options, transform.seed),
     .help = "of random choices (default 1)"},
    {0},
};

static const opt_row map_rows[] = {
    OP("pool", "VARS", "mean over all trailing axes but the first"),
    OP("center", "VARS", "subtract the mean of each column"),
    OP("l2", "VARS", "divide each row by its Euclidean norm"),
    OP("standardize", "VARS", "center, divide each column by the root of its biased variance"),
    OP("pca", "VARS:K", "first K principal components"),
    OP("whiten", "VARS[:K]", "principal components divided by the root of their biased variance; "
                             "default: all"),
    OP("fsq", "VARS:L", "quantise each column to L levels, 2 or more"),
    OP("topk", "VARS:K", "keep the K largest values of a row, 0 elsewhere"),
    {.name = "fit", .arg = "FILE[:GROUP]", .type = OPT_TEXT, .at = offsetof(options, fit),
     .help = "take means, variances and components from this set, which goes through the same "
             "maps and --drop-nonfinite (default: from each set itself)"},
    {0},
};

static const opt_row type_rows[] = {
    {.name = "type", .arg = "TYPE", .type = OPT_PARSE, .at = offsetof(options, transform.store),
     .parse = tool_parse_store, .choice = TOOL_STORES,
     .help = "store z1 and z2 as f16, f32 or f64 (default: same, as they were)"},
    {0},
};

static const opt_group groups[] = {
    {"Choose rows:", choice_rows, 0},
    {"Map rows; VARS is z1, z2 or z1,z2:", map_rows, 0},
    {"Input:", tool_features_rows, offsetof(options, input)},
    {"Output:", tool_writer_rows, offsetof(options, output)},
    {NULL, type_rows, 0},
    {"Computation:", room_rows, offsetof(options, memory_bytes)},
    {0},
};
/* clang-format on */

static const opt_program program = {
    .name = "mi-transform",
    .args = "[FILE[:GROUP]]",
    .summary = "Choose rows of the feature sets of a file and map them. Options are applied in "
               "the order given; r, y and split go along.",
    .after = "FSQ: q = rint(tanh(z + tan(o/h)) h - o) / floor(L/2), h = (L-1)(1-1e-3)/2, o = 0 for "
             "odd L and 0.5 for even; it leaves the attribute fsq_levels.\n\n"
             "Examples:\n  mi-transform --fsq z2:5 run.h5:/epoch_100 | mi-bounds --zero-rows drop\n"
             "  mi-transform --class 3,5 --per-class 10 --l2 z1 run.h5 -o small.h5\n"
             "  mi-transform --pca z1:64 --fit run.h5:/epoch_012 test.h5 -o pca.h5",
    .needs_args = 1,
    .group = groups,
};

/* The one set that --fit names. Nothing when it names none. */
static mi_status open_fit(mi_features **f, options *o)
{
    if (!o->fit)
        return MI_OK;
    MI_TRY(mi_features_open(f, &o->fit, 1, &o->input));
    if (mi_features_count(*f) != 1)
        return mi_fail(MI_EDATA, "--fit %s: %zu feature sets, wanted one; name it: --fit %s:%s",
                       o->fit, mi_features_count(*f), mi_features_set(*f, 0)->file,
                       mi_features_set(*f, 0)->group);
    return MI_OK;
}

/* What the program itself takes is no longer allowed; reading keeps to the rest. */
static mi_status leave_room(options *o)
{
    MI_TRY(room_leave(&o->memory_bytes, mi_run_threads(NULL)));
    o->input.memory_bytes = o->memory_bytes;
    return MI_OK;
}

/* Of the set that --fit names too, which goes through the same maps. */
static mi_status check_room(const options *o, mi_features *f, mi_features *fit)
{
    const char *path = o->output.path;
    int to_image = !path || strcmp(path, "-") == 0;
    double bytes = mi_transform_bytes(&o->transform, f, to_image);
    double of_fit = mi_transform_bytes(&o->transform, fit, 0);
    return room_for(mi_features_set(f, 0), "transforming it needs", bytes + of_fit,
                    o->memory_bytes);
}

static mi_status check_files(int n, char **file)
{
    if (n <= 1)
        return MI_OK;
    return mi_fail(MI_EUSAGE, "%d files, wanted one: '%s' and '%s'", n, file[0], file[1]);
}

int main(int argc, char **argv)
{
    options o = {.fit = NULL};
    mi_features *f = NULL, *fit_file = NULL;
    tool_writer out = {.descriptor = -1};
    int first, exit_code = 0;
    mi_status status;

    mi_transform_default(&o.transform);
    mi_features_opts_default(&o.input);
    opt_parse(&program, &o, argc, argv, &first);
    MI_TRY_GOTO(status, check_files(argc - first, argv + first), done);
    MI_TRY_GOTO(status, leave_room(&o), done);
    MI_TRY_GOTO(
        status,
        mi_features_open(&f, (const char *const *)argv + first, (size_t)(argc - first), &o.input),
        done);
    MI_TRY_GOTO(status, open_fit(&fit_file, &o), done);
    MI_TRY_GOTO(status, check_room(&o, f, fit_file), done);
    if (fit_file)
        MI_TRY_GOTO(status, mi_transform_fit(&o.transform, fit_file, 0), done);
    MI_TRY_GOTO(status, tool_writer_open(&out, &o.output), done);
    MI_TRY_GOTO(status, mi_transform_write(&o.transform, f, out.w), done);
    status = tool_writer_close(&out);
done:
    if (status != MI_OK)
        exit_code = tool_fail(status);
    tool_writer_discard(&out);
    mi_transform_free(&o.transform);
    mi_features_close(fit_file);
    mi_features_close(f);
    mi_features_opts_free(&o.input);
    return exit_code;
}
