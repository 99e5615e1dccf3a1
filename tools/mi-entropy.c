/* mi-entropy - matrix-based Renyi entropy of any variables and joints. */
#include "forms.h"

/* clang-format off */
static const opt_row rows[] = {
    {.name = "of", .arg = "LIST", .type = OPT_TEXT, .at = offsetof(forms_opts, of),
     .help = "variables z1, z2, r, y, joined by '+', '|' before a condition, ',' between entries "
             "(default z1)"},
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
    {"Output:", tool_table_rows, offsetof(forms_opts, estimate.table)},
    {"Computation:", estimate_run_rows, offsetof(forms_opts, estimate)},
    {NULL, estimate_machine_rows, offsetof(forms_opts, estimate)},
    {0},
};
/* clang-format on */

static const opt_program program = {
    .name = "mi-entropy",
    .args = "[FILE[:GROUP] ...]",
    .summary = "Matrix-based Renyi entropy S of variables and their joints, a row for each "
               "feature set, entry and order.",
    .after = "S_a = log(sum of l^a) / (1 - a) over the eigenvalues l of the Gram matrix with trace "
             "1; a joint's Gram matrix is the element-wise product; z1|y is S(z1+y) - S(y).\n\n"
             "Examples:\n  mi-entropy --of z1,z2,z1+z2,y run.h5\n"
             "  mi-entropy --of 'z1|y' --alpha 1,2,inf run.h5:/epoch_010",
    .needs_args = 1,
    .shares_work = 1,
    .group = groups,
};

int main(int argc, char **argv)
{
    forms_opts o = {.kind = MI_FORM_IS_ENTROPY, .of = "z1"};
    int first;
    estimate_defaults(&o.estimate);
    opt_parse(&program, &o, argc, argv, &first);
    int code = forms_run(&o, argc - first, argv + first);
    estimate_free(&o.estimate);
    return code;
}
