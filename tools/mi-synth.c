/* mi-synth - feature sets with known answers. */
#include <string.h>

#include "writer.h"

typedef struct {
    mi_synth_opts synth;
    tool_features output;
    const char *not_of_chain; /* an option given that a chain has no use for, or NULL */
} options;

static const char after[] =
    "What is known of a set is left as attributes named after the columns of mi-bounds, in nats:\n"
    "exact_X holds of the rows as written (chain: at order 1, under delta kernels, or linear ones "
    "with --type; H_R, H_Y and I_R_Y of the others at every order with --r id, when n is a multiple of "
    "views x classes); expected_X is a closed form at order 2 under linear kernels that samples scatter "
    "about; shannon_X and population_X hold of the distribution that rows are drawn from.\n"
    "  chain     exact_H_Z1 _H_Z2 _H_R _H_Y _I_Z1_R _I_Z1_Z2 _I_R_Y _I_Y_Z1 _I_Y_Z2 _lower _upper\n"
    "  gaussian  expected_H_Z1 _H_Z2 _I_Z1_Z2_null (and _I_Z1_Z2 when independent), "
    "shannon_I_Z1_Z2\n"
    "  lowrank   the same, exact_rank_Z1 _rank_Z2 (before rounding to the type)\n"
    "  heavy     population_decay _participation_Z1 _participation_Z2, shannon_I_Z1_Z2\n"
    "  classes   exact_H_R _H_Y _I_R_Y, as gaussian, lowrank and heavy\n\n"
    "Examples:\n  mi-synth chain | mi-bounds --alpha 1\n"
    "  mi-synth gaussian --n 10000 --d1 512 --d2 128 | mi-mutual --of z1:z2\n"
    "  mi-synth classes --views 2 --classes 10 --n 2000 --type f16 -o classes.h5";

/* clang-format off */
#define COUNT(name_, field, low_, help_) \
    {.name = name_, .arg = "N", .type = OPT_COUNT, .at = offsetof(options, synth.field), \
     .low = low_, .high = 1e15, .help = help_}
static const opt_row size_rows[] = {
    COUNT("n", n, 2, "rows (default 1024; chain: a multiple of 64 for each class)"),
    COUNT("d1", d1, 1, "columns of z1 (default 64; chain: one symbol)"),
    COUNT("d2", d2, 1, "columns of z2 (default 32; chain: one symbol)"),
    COUNT("views", views, 1, "rows of an instance (default 2; not of a chain)"),
    COUNT("classes", classes, 1, "values of y (default 4)"),
    COUNT("states", states, 2, "chain: values of z1, z2 and r (default 4)"),
    COUNT("rank", rank, 1, "lowrank: directions (default 8)"),
    {0},
};

static const opt_row distribution_rows[] = {
    {.name = "correlation", .arg = "RHO", .type = OPT_REAL,
     .at = offsetof(options, synth.correlation), .low = -1, .high = 1,
     .help = "gaussian, lowrank, heavy: of column k of z2 with column k mod d1 of z1 (default "
             "0)"},
    {.name = "separation", .arg = "S", .type = OPT_REAL,
     .at = offsetof(options, synth.separation), .low = 0, .high = 1e9,
     .help = "classes: standard deviation of their means (default 1)"},
    {.name = "noise", .arg = "S", .type = OPT_REAL, .at = offsetof(options, synth.noise),
     .low = 0, .high = 1e9,
     .help = "classes: standard deviation of views about their instance (default 0.5)"},
    {.name = "decay", .arg = "P", .type = OPT_REAL, .at = offsetof(options, synth.decay),
     .low = 0, .high = 100,
     .help = "heavy: column k has variance k^-P (default 1)"},
    {.name = "seed", .arg = "N", .type = OPT_SEED, .at = offsetof(options, synth.seed),
     .help = "of all random numbers (default 1)"},
    {0},
};

static const opt_row type_rows[] = {
    {.name = "type", .arg = "TYPE", .type = OPT_PARSE, .at = offsetof(options, synth.store),
     .parse = tool_parse_store, .choice = TOOL_STORES,
     .help = "store z1 and z2 as f16, f32 (default) or f64; chain: one-hot (default: integers)"},
    {0},
};

static const opt_group groups[] = {
    {"Size:", size_rows, 0},
    {"Distribution:", distribution_rows, 0},
    {"Output:", tool_writer_rows, offsetof(options, output)},
    {NULL, type_rows, 0},
    {0},
};
/* clang-format on */

static const opt_program program = {
    .name = "mi-synth",
    .args = "chain|gaussian|classes|lowrank|heavy",
    .summary = "Make a feature set with known answers.",
    .after = after,
    .group = groups,
};

static void parse(int argc, char **argv, options *o, int *first)
{
    static const char *const not_of_chain[] = {"d1", "d2", "views"};
    opt_parse(&program, o, argc, argv, first);
    for (int k = 0; k < 3 && !o->not_of_chain; k++)
        o->not_of_chain = opt_given(not_of_chain[k]) ? not_of_chain[k] : NULL;
}

/* A chain has one symbol a row, and no views. */
static mi_status check_chain(const options *o)
{
    if (o->synth.kind != MI_SYNTH_CHAIN || !o->not_of_chain)
        return MI_OK;
    return mi_fail(MI_EUSAGE, "--%s: a chain has none; its size is --classes and --states",
                   o->not_of_chain);
}

static mi_status take_kind(options *o, int n, char **arg)
{
    if (n != 1)
        return mi_fail(MI_EUSAGE,
                       "%d kinds, wanted one of chain, gaussian, classes, lowrank or heavy", n);
    for (mi_synth_kind kind = 0; kind < MI_SYNTH_KINDS; kind++) {
        o->synth.kind = kind;
        if (strcmp(mi_synth_name(kind), *arg) == 0)
            return check_chain(o);
    }
    return mi_fail(MI_EUSAGE, "'%s' is no kind, wanted chain, gaussian, classes, lowrank or heavy",
                   *arg);
}

int main(int argc, char **argv)
{
    options o = {.not_of_chain = NULL};
    tool_writer out = {.descriptor = -1};
    int first, exit_code = 0;
    mi_status status;

    mi_synth_opts_default(&o.synth);
    parse(argc, argv, &o, &first);
    MI_TRY_GOTO(status, take_kind(&o, argc - first, argv + first), done);
    MI_TRY_GOTO(status, tool_writer_open(&out, &o.output), done);
    MI_TRY_GOTO(status, mi_synth_write(out.w, &o.synth), done);
    status = tool_writer_close(&out);
done:
    if (status != MI_OK)
        exit_code = tool_fail(status);
    tool_writer_discard(&out);
    return exit_code;
}
