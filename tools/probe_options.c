#include "probe_options.h"

#include <string.h>

#include "notes.h"
#include "room.h"

/* A comma-separated choice of names as bits: bit k for name[k]. */
static mi_status parse_names(const char *text, const char *const *name, int n, unsigned *bits)
{
    *bits = 0;
    for (;;) {
        size_t length = strcspn(text, ",");
        int k = 0;
        while (k < n && (strlen(name[k]) != length || strncmp(name[k], text, length) != 0))
            k++;
        if (k == n)
            return mi_fail(MI_EUSAGE, "'%.*s' is none of %s, %s%s%s", (int)length, text, name[0],
                           name[1], n > 2 ? ", " : "", n > 2 ? name[2] : "");
        *bits |= 1u << k;
        if (!text[length])
            return MI_OK;
        text += length + 1;
    }
}

static mi_status parse_variables(const char *text, void *to)
{
    const char *const name[] = {mi_member_name(MI_Z1), mi_member_name(MI_Z2)};
    return parse_names(text, name, 2, to);
}

static mi_status parse_probes(const char *text, void *to)
{
    const char *name[MI_PROBES];
    for (mi_probe_kind k = 0; k < MI_PROBES; k++)
        name[k] = mi_probe_name(k);
    return parse_names(text, name, MI_PROBES, to);
}

/* clang-format off */
static const opt_row probe_rows[] = {
    {.name = "of", .arg = "Z,...", .type = OPT_PARSE, .at = offsetof(probe_options, variables),
     .parse = parse_variables, .choice = "z1|z2",
     .help = "variables to probe: z1, z2 (default: those there are)"},
    {.name = "probe", .arg = "P,...", .type = OPT_PARSE, .at = offsetof(probe_options, probes),
     .parse = parse_probes, .choice = "linear|knn|mlp",
     .help = "linear (softmax regression), knn (nearest by cosine), mlp (one hidden layer); "
             "default: all three"},
    {.name = "l2", .arg = "S", .type = OPT_REAL, .at = offsetof(probe_options, probe.l2),
     .low = 1e-12, .high = 1e12,
     .help = "strength of the L2 penalty (default: chosen on the validation part)"},
    {.name = "k", .arg = "K", .type = OPT_COUNT, .at = offsetof(probe_options, probe.k), .low = 1,
     .high = 200,
     .help = "neighbours, 1 to 200 (default: chosen on the validation part)"},
    {.name = "hidden", .arg = "H", .type = OPT_COUNT, .at = offsetof(probe_options, probe.hidden),
     .low = 1, .high = 65536,
     .help = "units of the hidden layer (default 32)"},
    {.name = "level", .arg = "L", .type = OPT_REAL, .at = offsetof(probe_options, probe.level),
     .low = 0.5, .high = 0.9999,
     .help = "of the interval of the accuracy (default 0.95)"},
    {0},
};

static const opt_row split_rows[] = {
    {.name = "split", .arg = "HOW", .type = OPT_CHOICE, .at = offsetof(probe_options, split),
     .choice = "auto|member|seeded",
     .help = "training and test rows: as the member split says, or seeded, by instance and "
             "stratified by class; auto (default): the member where there is one"},
    {.name = "test", .arg = "SHARE", .type = OPT_REAL,
     .at = offsetof(probe_options, split_opts.test), .low = 0.01, .high = 0.9,
     .help = "share of the instances to test on when seeded (default 0.25)"},
    {.name = "val", .arg = "SHARE", .type = OPT_REAL,
     .at = offsetof(probe_options, split_opts.val), .low = 0.01, .high = 0.9,
     .help = "share of the others to choose settings on (default 0.2)"},
    {.name = "seed", .arg = "N", .type = OPT_SEED, .at = offsetof(probe_options, probe.seed),
     .help = "of the split and of the first weights of mlp (default 1)"},
    {0},
};

static const opt_row write_rows[] = {
    {.name = "write", .type = OPT_FLAG, .at = offsetof(probe_options, write),
     .help = "also record the results in the files, as attributes probe_z1_linear_accuracy and "
             "so on of each set; a file changes as a whole or not at all"},
    {0},
};

static const opt_row run_rows[] = {
    {.name = "threads", .key = 't', .arg = "N", .type = OPT_INT,
     .at = offsetof(probe_options, threads), .low = 1, .high = 4096,
     .help = "worker threads (default: the CPUs this process may use)"},
    {0},
};

static const opt_group groups[] = {
    {"Probes:", probe_rows, 0},
    {"Parts:", split_rows, 0},
    {"Input:", tool_features_rows, offsetof(probe_options, input.features)},
    {NULL, tool_input_rows, offsetof(probe_options, input)},
    {"Output:", write_rows, 0},
    {NULL, notes_rows, offsetof(probe_options, no_history)},
    {NULL, tool_table_rows, offsetof(probe_options, table)},
    {"Computation:", run_rows, 0},
    {NULL, room_rows, offsetof(probe_options, memory_bytes)},
    {0},
};
/* clang-format on */

static const opt_program program = {
    .name = "mi-probe",
    .args = "[FILE[:GROUP] ...]",
    .summary = "How well probes of Z1 and Z2 tell the labels: accuracy, and the decodable "
               "information I_V = H(Y) - cross-entropy in nats, a row for each feature set, "
               "variable and probe.",
    .after = "A probe is fitted on training rows; its settings and its temperature are chosen on "
             "validation rows; then it is fitted on both and judged on test rows. Views of one "
             "instance stay together. The interval is Wilson's at n_eff rows: views of an instance "
             "count for less than as many instances. I_V bounds the Shannon I(Y;Z) from below, and "
             "may be negative; the I_Y_Z1 of mi-bounds is a matrix information, another quantity: "
             "man mi-guide.\n\n"
             "Examples:\n  mi-probe run.h5 | mi-plot trend --y accuracy -o utility.svg\n"
             "  mi-probe --write --probe linear --of z1 projectors/*.h5",
    .needs_args = 1,
    .group = groups,
};

static void set_defaults(probe_options *o)
{
    *o = (probe_options){.table = TOOL_TABLE_DEFAULTS, .variables = 3, .probes = 7};
    mi_features_opts_default(&o->input.features);
    mi_split_opts_default(&o->split_opts);
    mi_probe_opts_default(&o->probe);
}

void probe_options_parse(int argc, char **argv, probe_options *o, int *first)
{
    set_defaults(o);
    opt_parse(&program, o, argc, argv, first);
    o->of_given = opt_given("of");
    o->split_opts.seed = o->probe.seed;
}
