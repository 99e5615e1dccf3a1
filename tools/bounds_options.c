#include "bounds_options.h"

static mi_status parse_i_z1_r(const char *text, void *to)
{
    return mi_i_z1_r_parse(to, text);
}

static mi_status parse_preset(const char *text, void *to)
{
    return mi_preset_parse(to, text);
}

static mi_status parse_estimator(const char *text, void *to)
{
    return mi_estimator_parse(to, text);
}

/* clang-format off */
const opt_row bounds_rows[] = {
    {.name = "i-z1-r", .arg = "HOW", .type = OPT_PARSE, .at = offsetof(mi_bounds_opts, i_z1_r),
     .parse = parse_i_z1_r, .choice = "matrix|infonce|nce|barlow",
     .help = "estimator of I(Z1;R): matrix (default), infonce[:T], nce[:T] or "
             "barlow[:lambda[:scale]]"},
    {.name = "preset", .arg = "NAME", .type = OPT_PARSE, .at = offsetof(mi_bounds_opts, preset),
     .parse = parse_preset, .choice = "theorem|released",
     .help = "theorem (default), or released: what the paper's code logs, with --batch 256 "
             "--i-z1-r nce:0.2 unless given"},
    {.name = "estimator", .arg = "v|u|c", .type = OPT_PARSE,
     .at = offsetof(mi_bounds_opts, estimator), .parse = parse_estimator,
     .help = "row pairs that count at order 2: v all (default, the paper's), u without self "
             "pairs, c pairs of different instances"},
    {0},
};
/* clang-format on */

mi_status bounds_resolve(mi_bounds_opts *o, estimate_opts *e)
{
    if (o->preset == MI_PRESET_RELEASED) {
        if (!opt_given("i-z1-r"))
            MI_TRY(mi_i_z1_r_parse(&o->i_z1_r, "nce:0.2"));
        if (!opt_given("batch"))
            MI_TRY(estimate_add_batch(e, 256));
    }
    MI_TRY(estimate_default_alpha(e));
    o->alpha = e->alpha.value;
    o->n_alpha = e->alpha.count;
    o->base = e->base;
    return MI_OK;
}
