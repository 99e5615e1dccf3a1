/* mi-transform - choose rows of feature sets and map them, in the order of the options. */
#include "writer.h"

typedef struct {
    mi_transform *transform;
    mi_op_kind kind;
} op_option;

typedef struct {
    mi_features_opts input;
    tool_features output;
    const char *fit;
    mi_transform transform;
    op_option op[MI_OPS];
    long seed;
    int type;
} options;

static mi_status add_op(const char *text, void *to)
{
    const op_option *option = to;
    return mi_transform_add(option->transform, option->kind, text);
}

static opt_row op_row(options *o, mi_op_kind kind, const char *arg, const char *help)
{
    o->op[kind] = (op_option){&o->transform, kind};
    return (opt_row){.name = mi_op_name(kind),
                     .arg = arg,
                     .type = OPT_PARSE,
                     .to = &o->op[kind],
                     .parse = add_op,
                     .help = help};
}

static void parse(int argc, char **argv, options *o, int *first)
{
    const opt_row rows[] = {
        {.type = OPT_HEADING, .help = "Choose rows:"},
        op_row(o, MI_OP_ROWS, "A:B:STEP", "rows A, A+STEP, ... below B; negative: from the end"),
        op_row(o, MI_OP_IDS, "R,...", "rows with these ids in r"),
        op_row(o, MI_OP_CLASS, "Y,...", "rows of these classes in y"),
        op_row(o, MI_OP_DROP_CLASS, "Y,...", "rows of all but these classes"),
        op_row(o, MI_OP_PER_CLASS, "K", "all rows of K instances of each class, at random"),
        op_row(o, MI_OP_SUBSAMPLE, "K", "all rows of K instances, at random"),
        op_row(o, MI_OP_DROP_NONFINITE, NULL, "rows without NaN or infinity"),
        {.name = "seed",
         .arg = "N",
         .type = OPT_LONG,
         .to = &o->seed,
         .low = 0,
         .high = 4294967295.0,
         .help = "of random choices (default 1)"},
        {.type = OPT_HEADING, .help = "Map rows; VARS is z1, z2 or z1,z2:"},
        op_row(o, MI_OP_POOL, "VARS", "mean over all trailing axes but the first"),
        op_row(o, MI_OP_CENTER, "VARS", "subtract the mean of each column"),
        op_row(o, MI_OP_L2, "VARS", "divide each row by its Euclidean norm"),
        op_row(o, MI_OP_STANDARDIZE, "VARS",
               "center, divide each column by the root of its biased variance"),
        op_row(o, MI_OP_PCA, "VARS:K", "first K principal components"),
        op_row(o, MI_OP_WHITEN, "VARS[:K]",
               "principal components divided by the root of their biased variance; "
               "default: all"),
        op_row(o, MI_OP_FSQ, "VARS:L", "quantise each column to L levels, 2 or more"),
        op_row(o, MI_OP_TOPK, "VARS:K", "keep the K largest values of a row, 0 elsewhere"),
        {.name = "fit",
         .arg = "FILE[:GROUP]",
         .type = OPT_TEXT,
         .to = &o->fit,
         .help = "take means, variances and components from this set, which goes through the same "
                 "maps and --drop-nonfinite (default: from each set itself)"},
        {.type = OPT_HEADING, .help = "Input:"},
        {.name = "map",
         .arg = "M=PATH,...",
         .type = OPT_PARSE,
         .to = &o->input,
         .parse = tool_parse_map,
         .help = "read member M (z1, z2, r, y, split) from the dataset PATH of each group"},
        {.name = "allow-external",
         .type = OPT_FLAG,
         .to = &o->input.allow_external,
         .help = "follow links and storage that lead into other files"},
        {.type = OPT_HEADING, .help = "Output:"},
        TOOL_FEATURES_ROWS(&o->output),
        {.name = "type",
         .arg = "TYPE",
         .type = OPT_CHOICE,
         .to = &o->type,
         .choice = "same|f16|f32|f64",
         .help = "store z1 and z2 as f16, f32 or f64 (default: same, as they were)"},
    };
    const opt_program program = {
        .name = "mi-transform",
        .args = "[FILE[:GROUP]]",
        .summary = "Choose rows of the feature sets of a file and map them. Options are applied in "
                   "the order given; r, y and split go along.",
        .after =
            "FSQ: q = rint(tanh(z + tan(o/h)) h - o) / floor(L/2), h = (L-1)(1-1e-3)/2, o = 0 for "
            "odd L and 0.5 for even; it leaves the attribute fsq_levels.\n\n"
            "Examples:\n  mi-transform --fsq z2:5 run.h5:/epoch_100 | mi-bounds\n"
            "  mi-transform --class 3,5 --per-class 20 --l2 z1 run.h5 -o small.h5\n"
            "  mi-transform --pca z1:64 --fit run.h5:/epoch_012 test.h5 -o pca.h5",
        .needs_args = 1,
        .row = rows,
        .n_rows = OPT_COUNT(rows),
    };
    opt_parse(&program, argc, argv, first);
    o->transform.seed = (unsigned long)o->seed;
    o->transform.store = (mi_store)o->type;
}

/* The one set that --fit names, mapped. Nothing when it names none. */
static mi_status open_fit(mi_features **f, options *o)
{
    if (!o->fit)
        return MI_OK;
    MI_TRY(mi_features_open(f, &o->fit, 1, &o->input));
    if (mi_features_count(*f) != 1)
        return mi_fail(MI_EDATA, "--fit %s: %zu feature sets, wanted one; name it: --fit %s:%s",
                       o->fit, mi_features_count(*f), mi_features_set(*f, 0)->file,
                       mi_features_set(*f, 0)->group);
    return mi_transform_fit(&o->transform, *f, 0);
}

static mi_status check_files(int n, char **file)
{
    if (n <= 1)
        return MI_OK;
    return mi_fail(MI_EUSAGE, "%d files, wanted one: '%s' and '%s'", n, file[0], file[1]);
}

int main(int argc, char **argv)
{
    options o = {.seed = 1};
    mi_features *f = NULL, *fit_file = NULL;
    tool_writer out = {.descriptor = -1};
    int first, exit_code = 0;
    mi_status status;

    mi_transform_default(&o.transform);
    mi_features_opts_default(&o.input);
    parse(argc, argv, &o, &first);
    MI_TRY_GOTO(status, check_files(argc - first, argv + first), done);
    MI_TRY_GOTO(
        status,
        mi_features_open(&f, (const char *const *)argv + first, (size_t)(argc - first), &o.input),
        done);
    MI_TRY_GOTO(status, open_fit(&fit_file, &o), done);
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
