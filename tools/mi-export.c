/* mi-export - feature sets and tables for other programs: .npy, .npz, .csv, .tsv. */
#include <string.h>
#include <unistd.h>

#include "tables.h"
#include "tool.h"

typedef struct {
    mi_features_opts features;
    unsigned members; /* 0: all */
    const char *path;
    int format; /* 0: by the ending of the output */
    int is_table;
} options;

static const opt_row input_rows[] = {
    {.name = "of",
     .arg = "M,...",
     .type = OPT_PARSE,
     .at = offsetof(options, members),
     .parse = tool_parse_members,
     .choice = TOOL_MEMBERS,
     .help = "these members: z1, z2, r, y, split, w (default: all there are)"},
    {.name = "table",
     .type = OPT_FLAG,
     .at = offsetof(options, is_table),
     .help = "standard input is a table, not features"},
    {0},
};

static const opt_row output_rows[] = {
    {.name = "output",
     .key = 'o',
     .arg = "FILE",
     .type = OPT_TEXT,
     .at = offsetof(options, path),
     .help = "write FILE, whose ending says what it is (default: standard output)"},
    {.name = "format",
     .arg = "FORMAT",
     .type = OPT_CHOICE,
     .at = offsetof(options, format),
     .choice = "auto|npy|npz|csv|tsv",
     .help = "npy, npz, csv or tsv, whatever the ending (default: auto, by the ending)"},
    {0},
};

static const opt_group groups[] = {
    {"Input:", input_rows, 0},
    {NULL, tool_features_rows, offsetof(options, features)},
    {"Output:", output_rows, 0},
    {0},
};

static const opt_program program = {
    .name = "mi-export",
    .args = "[FILE[:GROUP] | TABLE]",
    .summary = "Write feature sets, or a table of a mi tool, for other programs. Values stay as "
               "they are, bit by bit; numbers in text have the digits that reading them back "
               "takes.",
    .after = "npy holds one member of one set, or a table as an array of records; npz an array "
             "a member (GROUP/z1 of several sets), or a column; csv and tsv one set (columns "
             "z1_0, z1_1, ..., r, y), or a table.\n\n"
             "Examples:\n"
             "  mi-export run.h5:/epoch_010 -o epoch_010.npz\n"
             "  mi-export --of z1 run.h5:/epoch_010 -o z1.npy\n"
             "  mi-bounds run.h5 | mi-export --table -o bounds.csv",
    .needs_args = 1,
    .group = groups,
};

/* ---- what is wanted ---- */

static mi_status choose_format(const options *o, mi_export_format *format)
{
    static const char *const ending[] = {".npy", ".npz", ".csv", ".tsv"};
    const char *dot = o->path ? strrchr(o->path, '.') : NULL;
    for (int k = 0; k < 4; k++)
        if (o->format == k + 1 || (o->format == 0 && dot && strcmp(dot, ending[k]) == 0)) {
            *format = (mi_export_format)k;
            return MI_OK;
        }
    if (o->path && strcmp(o->path, "-") != 0)
        return mi_fail(MI_EUSAGE,
                       "'%s': its ending says no format, wanted .npy, .npz, .csv or "
                       ".tsv, or --format",
                       o->path);
    return mi_fail(MI_EUSAGE,
                   "standard output has no ending, wanted --format npy, npz, csv or tsv");
}

static mi_status check_terminal(const options *o, mi_export_format format)
{
    int is_text = format == MI_EXPORT_CSV || format == MI_EXPORT_TSV;
    int is_standard = !o->path || strcmp(o->path, "-") == 0;
    if (is_text || !is_standard || !isatty(STDOUT_FILENO))
        return MI_OK;
    return mi_fail(MI_EUSAGE, "standard output is a terminal, which arrays are not for; give -o "
                              "FILE or pipe them");
}

/* A file that is there under its whole name, and does not begin as HDF5 does, at any of the places
 * where it may. */
static int is_table(const char *path)
{
    char head[8];
    FILE *f = fopen(path, "rb");
    int found = f != NULL;
    for (long at = 0; found && at <= 1 << 16; at = at ? 2 * at : 512)
        if (fseek(f, at, SEEK_SET) == 0 && fread(head, 1, sizeof head, f) == sizeof head &&
            memcmp(head, "\x89HDF\r\n\x1a\n", sizeof head) == 0)
            found = 0;
    if (f)
        fclose(f);
    return found;
}

/* ---- both kinds ---- */

static mi_status export_features(const options *o, char **file, int n, tool_output *out,
                                 mi_export_format format)
{
    mi_features *f;
    MI_TRY(mi_features_open(&f, (const char *const *)file, (size_t)n, &o->features));
    mi_status status = tool_output_open(out, o->path);
    if (status == MI_OK)
        status = mi_export(out->stream, f, o->members ? o->members : ~0u, format);
    mi_features_close(f);
    return status;
}

static mi_status export_table(const options *o, char **file, int n, tool_output *out,
                              mi_export_format format)
{
    mi_table t;
    if (o->members)
        return mi_fail(MI_EUSAGE, "--of: a table has no members; cut chooses "
                                  "columns");
    MI_TRY(tables_read(&t, file, (size_t)n));
    mi_status status = tool_output_open(out, o->path);
    if (status == MI_OK)
        status = mi_export_table(out->stream, &t, format);
    mi_table_free(&t);
    return status;
}

static mi_status export(const options *o, char **file, int n, tool_output *out)
{
    mi_export_format format = MI_EXPORT_NPY;
    MI_TRY(choose_format(o, &format));
    MI_TRY(check_terminal(o, format));
    if (n > 1)
        return mi_fail(MI_EUSAGE, "%d files, wanted one: '%s' and '%s'", n, file[0], file[1]);
    int table = n == 0 || strcmp(file[0], "-") == 0 ? o->is_table : is_table(file[0]);
    MI_TRY(table ? export_table(o, file, n, out, format)
                 : export_features(o, file, n, out, format));
    return tool_output_close(out);
}

int main(int argc, char **argv)
{
    options o = {0};
    tool_output out = {0};
    int first, exit_code = 0;

    mi_features_opts_default(&o.features);
    opt_parse(&program, &o, argc, argv, &first);
    mi_status status = export(&o, argv + first, argc - first, &out);
    if (status != MI_OK)
        exit_code = tool_fail(status);
    tool_output_discard(&out);
    mi_features_opts_free(&o.features);
    return exit_code;
}
