/* X and Y are columns of one array, which is borrowed as two: element (i, j) of Y stands `x` columns
 * behind that of X. */
#include "samples.h"

#include <math.h>
#include <stdlib.h>

mi_status samples_parse(const char *text, void *to)
{
    samples_sides *sides = to;
    int end = 0;
    if (sscanf(text, "%zu,%zu%n", &sides->x, &sides->y, &end) == 2 && !text[end] && sides->x &&
        sides->y && text[0] != '-' && sides->x <= 1 << 24 && sides->y <= 1 << 24)
        return MI_OK;
    return mi_fail(MI_EUSAGE, "no columns of X and of Y, wanted two numbers such as 3,2");
}

/* Options that make columns or rows of a table, where one number is written. */
static mi_status check_options(const forms_opts *o)
{
    static const char *const no[] = {"of",    "normalize", "extrapolate", "permutations",
                                     "se",    "ci",        "csv",         "columns",
                                     "batch", "json",      "tsv",         "r",
                                     "long",  "map",       "require",     "keep-going"};
    for (size_t k = 0; k < sizeof no / sizeof *no; k++)
        if (opt_given(no[k]))
            return mi_fail(MI_EUSAGE, "--xy writes one number; leave out --%s", no[k]);
    if (o->estimate.alpha.count > 1 || o->estimate.kernels.count > 1)
        return mi_fail(MI_EUSAGE, "--xy writes one number, found %zu %s",
                       o->estimate.alpha.count > 1 ? o->estimate.alpha.count
                                                   : o->estimate.kernels.count,
                       o->estimate.alpha.count > 1 ? "orders" : "kernels");
    int rank;
    if (mi_comm_launched(&rank) > 1)
        return mi_fail(MI_EUSAGE, "--xy works in one process; leave out mpirun");
    return MI_OK;
}

/* All rows of the array. Free with mi_free. */
static mi_status read_rows(double **rows, mi_foreign *a, const samples_sides *sides,
                           const mi_run *run)
{
    if (sides->x + sides->y > a->d)
        return mi_fail(MI_EDATA, "%s: %zu columns, wanted %zu of X and %zu of Y", a->name, a->d,
                       sides->x, sides->y);
    if ((double)a->n * (double)a->d * sizeof **rows > (double)mi_run_memory_bytes(run))
        return mi_fail(MI_EMEMORY, "%s: %zu rows of %zu doubles are more than --memory allows",
                       a->name, a->n, a->d);
    MI_TRY(mi_malloc(rows, a->n, a->d * sizeof **rows));
    mi_status status = mi_foreign_doubles(a, a->n, *rows);
    if (status != MI_OK)
        mi_free(*rows);
    return status;
}

static mi_status measure(double *i_nats, const double *rows, const mi_foreign *a,
                         const samples_sides *sides, const forms_opts *o)
{
    const estimate_opts *e = &o->estimate;
    const mi_arrays arrays = {
        .n = a->n,
        .z1 = {.x = rows, .type = MI_F64, .d = sides->x, .ld = a->d},
        .z2 = {.x = rows + sides->x, .type = MI_F64, .d = sides->y, .ld = a->d}};
    mi_sample_opts opts = e->kernels.count ? e->kernels.value[0] : e->sample;
    mi_sample sample;
    opts.drop_zero_rows = e->sample.drop_zero_rows;
    opts.seed = e->run.seed;
    MI_TRY(mi_sample_of(&sample, &arrays, &opts));
    mi_status status =
        mi_information(i_nats, &sample, "z1:z2", e->alpha.count ? e->alpha.value[0] : 2, &e->run);
    mi_sample_free(&sample);
    return status;
}

static mi_status information(double *i_nats, const char *address, const samples_sides *sides,
                             const forms_opts *o)
{
    const mi_foreign_opts opts = {.allow_external = o->estimate.input.features.allow_external};
    mi_foreign a;
    double *rows;
    MI_TRY(mi_foreign_open(&a, address, &opts));
    mi_status status = read_rows(&rows, &a, sides, &o->estimate.run);
    if (status == MI_OK) {
        status = measure(i_nats, rows, &a, sides, o);
        status = status == MI_OK ? MI_OK : mi_fail_in(status, "%s", a.name);
        mi_free(rows);
    }
    mi_foreign_close(&a);
    return status;
}

static mi_status write_number(double value, const tool_table *t)
{
    tool_output out;
    MI_TRY(tool_output_open(&out, t->path));
    fprintf(out.stream, "%.*g\n", t->digits, value);
    mi_status status = tool_output_close(&out);
    tool_output_discard(&out);
    return status;
}

int samples_run(const forms_opts *o, const samples_sides *sides, int n_args, char **args)
{
    double i_nats = 0;
    mi_status status = check_options(o);
    if (status == MI_OK && n_args > 1)
        status =
            mi_fail(MI_EUSAGE, "%d files, wanted one: '%s' and '%s'", n_args, args[0], args[1]);
    if (status == MI_OK)
        status = information(&i_nats, n_args ? args[0] : "-", sides, o);
    if (status == MI_OK)
        status = write_number(i_nats / log(o->estimate.base), &o->estimate.table);
    return status == MI_OK ? 0 : tool_fail(status);
}
