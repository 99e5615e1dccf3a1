/* mi-entropy - matrix-based Renyi entropy of any variables and joints. */
#include "forms.h"

int main(int argc, char **argv)
{
    forms_opts o = {.kind = MI_FORM_IS_ENTROPY, .of = "z1"};
    int first;
    estimate_defaults(&o.estimate);
    const opt_row row[] = {
        {.type = OPT_HEADING, .help = "Quantities:"},
        {.name = "of",
         .arg = "LIST",
         .type = OPT_TEXT,
         .to = &o.of,
         .help = "variables z1, z2, r, y, joined by '+', '|' before a condition, ',' between "
                 "entries (default z1)"},
        ESTIMATE_ROWS(&o.estimate),
        {.type = OPT_HEADING, .help = "Input:"},
        TOOL_INPUT_ROWS(&o.estimate.input),
        {.type = OPT_HEADING, .help = "Output:"},
        TOOL_TABLE_ROWS(&o.estimate.table),
        {.type = OPT_HEADING, .help = "Computation:"},
        ESTIMATE_RUN_ROWS(&o.estimate),
    };
    const opt_program program = {
        .name = "mi-entropy",
        .args = "[FILE[:GROUP] ...]",
        .summary = "Matrix-based Renyi entropy S of variables and their joints, a row for each "
                   "feature set, entry and order.",
        .after =
            "S_a = log(sum of l^a) / (1 - a) over the eigenvalues l of the Gram matrix with trace "
            "1; a joint's Gram matrix is the element-wise product; z1|y is S(z1+y) - S(y).\n\n"
            "Examples:\n  mi-entropy --of z1,z2,z1+z2,y run.h5\n"
            "  mi-entropy --of 'z1|y' --alpha 1,2,inf run.h5:/epoch_010",
        .needs_args = 1,
        .shares_work = 1,
        .row = row,
        .n_rows = OPT_COUNT(row),
    };
    opt_parse(&program, argc, argv, &first);
    int code = forms_run(&o, argc - first, argv + first);
    estimate_free(&o.estimate);
    return code;
}
