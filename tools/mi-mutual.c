/* mi-mutual - mutual and conditional information, total correlation, normalised forms. */
#include "forms.h"
#include "samples.h"

typedef struct {
    forms_opts forms;
    samples_sides sides;
} options;

/* clang-format off */
static const opt_row rows[] = {
    {.name = "of", .arg = "LIST", .type = OPT_TEXT, .at = offsetof(forms_opts, of),
     .help = "parts between ':', each of z1, z2, r, y joined by '+', '|' before a condition, ',' "
             "between entries (default z1:z2)"},
    {.name = "normalize", .type = OPT_FLAG, .at = offsetof(forms_opts, normalize),
     .help = "add I over the least, mean, geometric mean and joint of its parts' entropies"},
    {.name = "permutations", .arg = "P", .type = OPT_COUNT,
     .at = offsetof(forms_opts, permutations), .low = 2, .high = 1e9,
     .help = "add what P random pairings of the instances give: I_null and I_null_sd, their mean "
             "and spread; I_p = (1 + #{I of a pairing >= I}) / (P + 1), one-sided, small when I "
             "is larger than chance; I_calibrated = I - I_null"},
    {0},
};

static const opt_row sample_rows[] = {
    {.name = "xy", .arg = "DIM_X,DIM_Y", .type = OPT_PARSE, .parse = samples_parse,
     .help = "FILE is an array of samples (.csv, .tsv, .npy, ...): print I(X;Y) alone, of the first "
             "DIM_X columns and the next DIM_Y, which are z1 and z2 to the other options"},
    {0},
};

static const opt_group groups[] = {
    {"Quantities:", rows, 0},
    {NULL, estimate_rows, offsetof(forms_opts, estimate)},
    {NULL, estimate_weight_rows, offsetof(forms_opts, estimate)},
    {NULL, estimate_unit_rows, offsetof(forms_opts, estimate)},
    {"Uncertainty:", estimate_error_rows, offsetof(forms_opts, errors)},
    {NULL, forms_limit_rows, 0},
    {"Input:", tool_features_rows, offsetof(forms_opts, estimate.input.features)},
    {NULL, tool_input_rows, offsetof(forms_opts, estimate.input)},
    {NULL, sample_rows, offsetof(options, sides)},
    {"Output:", tool_table_rows, offsetof(forms_opts, estimate.table)},
    {"Computation:", estimate_run_rows, offsetof(forms_opts, estimate)},
    {NULL, estimate_machine_rows, offsetof(forms_opts, estimate)},
    {0},
};
/* clang-format on */

static const opt_program program = {
    .name = "mi-mutual",
    .args = "[FILE[:GROUP] ...]",
    .summary = "Matrix-based mutual information I of variables, a row for each feature set, entry "
               "and order.",
    .after = "I(A;B) = S(A) + S(B) - S(A,B); I(A;B|C) = S(A,C) + S(B,C) - S(A,B,C) - S(C); three "
             "parts and more: total correlation. At orders other than 1 it may be negative; it is "
             "never clipped. I(A;A) = 2 S(K) - S(K o K) is not H(A) but for delta kernels: "
             "man mi-guide.\n\n"
             "Examples:\n  mi-mutual --of 'z1:z2,z1:y,z1:z2|y' run.h5\n"
             "  mi-mutual --normalize --alpha 1 run.h5\n"
             "  mi-mutual --xy 3,2 --kernel gaussian:median samples.csv",
    .needs_args = 1,
    .shares_work = 1,
    .group = groups,
};

int main(int argc, char **argv)
{
    options o = {.forms = {.kind = MI_FORM_IS_INFORMATION, .of = "z1:z2"}};
    int first;
    estimate_defaults(&o.forms.estimate);
    opt_parse(&program, &o, argc, argv, &first);
    int code = o.sides.x ? samples_run(&o.forms, &o.sides, argc - first, argv + first)
                         : forms_run(&o.forms, argc - first, argv + first);
    estimate_free(&o.forms.estimate);
    return code;
}
