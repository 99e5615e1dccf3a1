/* mi-import - a feature set from arrays of other programs: NumPy, MATLAB, text, any HDF5 dataset.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "writer.h"

/* Others that add to files of the same directory are waited for: each copies its file. */
enum { PATIENCE_MS = 60000 };

typedef struct {
    mi_import_opts import;
    tool_features output;
    const char *group;
    char *path;  /* of the group, from the root */
    char **attr; /* (n_attrs) "NAME=VALUE" */
    size_t n_attrs;
    int layout, header;
} options;

/* ---- attributes ---- */

static mi_status add_attr(const char *text, void *to)
{
    options *o = to;
    const char *equals = strchr(text, '=');
    if (!equals || equals == text)
        return mi_fail(MI_EUSAGE, "'%s' is no attribute, wanted NAME=VALUE, such as epoch=10",
                       text);
    if (strncmp(text, "history=", 8) == 0)
        return mi_fail(MI_EUSAGE, "'history' is where the tools write their command lines, wanted "
                                  "another name");
    MI_TRY(mi_realloc(&o->attr, o->n_attrs + 1, sizeof *o->attr));
    MI_TRY(mi_strdup(&o->attr[o->n_attrs], text));
    o->n_attrs++;
    return MI_OK;
}

/* A whole number, a number, or text: the first that it is. */
static mi_status write_attr(mi_writer *w, const char *group, char *attr)
{
    char *value = attr + strcspn(attr, "="), *end;
    *value++ = 0;
    long long whole = strtoll(value, &end, 10);
    if (*value && !*end)
        return mi_writer_integer(w, group, attr, whole);
    double real = strtod(value, &end);
    if (*value && !*end)
        return mi_writer_real(w, group, attr, real);
    return mi_writer_text(w, group, attr, value);
}

/* ---- command line ---- */

static const char after[] =
    "FILE is told by its first bytes: NumPy's .npy and .npz, text (.csv, .tsv; with or without names "
    "in its first line), MATLAB's .mat, any HDF5 file; - is standard input. PART is an entry of "
    ".npz, a variable of .mat, a dataset of HDF5, or columns of text (names or numbers, with commas "
    "between, * and ? as in a shell). A dataset with a * makes every dataset that fits one row.\n"
    "z1 and z2 keep their type and their axes; bfloat16 becomes f32. With --views V, an axis of V "
    "views becomes rows (n,V,d; V,n,d when stacked), y may have one value an instance, and without "
    "r ids are made. Labels may be text.\n\n"
    "Examples:\n"
    "  mi-import z1=enc.npy z2=proj.npy y=lab.npy --views 2 -o run.h5\n"
    "  mi-import z1=f.npz:h z2=f.npz:z --group epoch_010 --attr epoch=10 -o run.h5\n"
    "  mi-import z1=m.mat:feat z2=m.mat:proj y=m.mat:label r=m.mat:id -o run.h5\n"
    "  mi-import 'z1=proteins.h5:*' y=labels.csv:family --key id -o run.h5";

static const opt_row views_rows[] = {
    {.name = "views",
     .arg = "V",
     .type = OPT_COUNT,
     .at = offsetof(options, import.views),
     .low = 1,
     .high = 1e6,
     .help = "rows of an instance (default 1)"},
    {.name = "layout",
     .arg = "LAYOUT",
     .type = OPT_CHOICE,
     .at = offsetof(options, layout),
     .choice = "auto|stacked|interleaved",
     .help = "where they stand: stacked (all first views, then all second ones), interleaved "
             "(next to each other), auto (default: by an axis of views, else by the labels, "
             "else asked for)"},
    {0},
};

static const opt_row arrays_rows[] = {
    {.name = "bf16",
     .arg = "M,...",
     .type = OPT_PARSE,
     .at = offsetof(options, import.bf16),
     .parse = tool_parse_members,
     .choice = TOOL_MEMBERS,
     .help = "these members hold the bits of bfloat16 as integers"},
    {.name = "type",
     .arg = "TYPE",
     .type = OPT_PARSE,
     .at = offsetof(options, import.store),
     .parse = tool_parse_store,
     .choice = TOOL_STORES,
     .help = "store z1 and z2 as f16, f32 or f64 (default: same, as they were)"},
    {.name = "header",
     .arg = "WHEN",
     .type = OPT_CHOICE,
     .at = offsetof(options, header),
     .choice = "auto|yes|no",
     .help = "the first line of text names the columns: yes, no, auto (default: yes unless one "
             "of its cells is a number)"},
    {.name = "key",
     .arg = "COLUMN",
     .type = OPT_TEXT,
     .at = offsetof(options, import.key),
     .help = "of the files of y, r and split: it has the names of the rows, where each is a "
             "dataset (default: they stand in the order of the names)"},
    {.name = "keep-nonfinite",
     .type = OPT_FLAG,
     .at = offsetof(options, import.keep_nonfinite),
     .help = "rows with NaN or infinity are no error"},
    {.name = "allow-external",
     .type = OPT_FLAG,
     .at = offsetof(options, import.array.allow_external),
     .help = "follow links and storage that lead into other files"},
    {0},
};

static const opt_row output_rows[] = {
    {.name = "group",
     .arg = "NAME",
     .type = OPT_TEXT,
     .at = offsetof(options, group),
     .help = "add the set to FILE as this group, beside what is there (default: the root of a "
             "new file)"},
    {.name = "replace",
     .type = OPT_FLAG,
     .at = offsetof(options, import.replace),
     .help = "with --group: in the place of members that are there already"},
    {.name = "attr",
     .arg = "NAME=VALUE",
     .type = OPT_PARSE,
     .at = 0,
     .parse = add_attr,
     .help = "an attribute of the set, a column of every table: epoch=10; may be given again"},
    {0},
};

static const opt_group groups[] = {
    {"Views:", views_rows, 0},
    {"Arrays:", arrays_rows, 0},
    {"Output:", output_rows, 0},
    {NULL, tool_writer_rows, offsetof(options, output)},
    {0},
};

static const opt_program program = {
    .name = "mi-import",
    .args = "M=FILE[:PART] ...",
    .summary = "Make a feature set of arrays in other formats. M is z1 (encoder), z2 "
               "(projector), y (labels), r (instance ids) or split (0 training, 1 test).",
    .after = after,
    .group = groups,
};

static void parse(int argc, char **argv, options *o, int *first)
{
    opt_parse(&program, o, argc, argv, first);
    o->import.layout = (mi_views)o->layout;
    o->import.array.header = (mi_header)o->header;
}

/* "z1=a.npy" */
static mi_status take_member(options *o, const char *text)
{
    const char *equals = strchr(text, '=');
    mi_member_id m = mi_member_find(text, equals ? (size_t)(equals - text) : strlen(text));
    if (!equals || m == MI_MEMBERS || !equals[1])
        return mi_fail(MI_EUSAGE,
                       "'%s' is no member, wanted z1=FILE, z2=FILE, y=FILE, r=FILE, "
                       "split=FILE or w=FILE",
                       text);
    if (o->import.address[m])
        return mi_fail(MI_EUSAGE, "'%s': %s is given twice", text, mi_member_name(m));
    o->import.address[m] = equals + 1;
    return MI_OK;
}

static mi_status take_members(options *o, int n, char **argument)
{
    int piped = 0;
    if (n == 0)
        return mi_fail(MI_EUSAGE, "no arrays, wanted such as z1=enc.npy z2=proj.npy y=labels.csv");
    for (int k = 0; k < n; k++)
        MI_TRY(take_member(o, argument[k]));
    for (int m = 0; m < MI_MEMBERS; m++) {
        const char *address = o->import.address[m];
        piped += address && (strcmp(address, "-") == 0 || strncmp(address, "-:", 2) == 0);
    }
    return piped < 2
               ? MI_OK
               : mi_fail(MI_EUSAGE, "standard input is given %d times, it can be read once", piped);
}

/* The group's path without what the shell's completion or a habit puts at its ends. */
static mi_status take_group(options *o)
{
    const char *name = o->group ? o->group + strspn(o->group, "/") : "";
    size_t length = strlen(name);
    if (o->import.replace && !o->group)
        return mi_fail(MI_EUSAGE, "--replace is for --group; without it the whole file is made "
                                  "anew");
    if (o->group && (!o->output.path || strcmp(o->output.path, "-") == 0))
        return mi_fail(MI_EUSAGE, "--group adds to a file, wanted -o FILE");
    while (length && name[length - 1] == '/')
        length--;
    MI_TRY(mi_malloc(&o->path, length + 2, 1));
    snprintf(o->path, length + 2, "/%.*s", (int)length, name);
    o->import.group = o->path;
    o->output.adds = o->group != NULL;
    return MI_OK;
}

/* A file with checkpoints in groups does not give way to one with a set at its root. */
static mi_status check_replaced(const options *o)
{
    const char *path = o->output.path;
    mi_features *f;
    struct stat st;
    mi_status status = MI_OK;
    if (o->group || !path || stat(path, &st) < 0 || !S_ISREG(st.st_mode) ||
        mi_features_open(&f, &path, 1, NULL) != MI_OK)
        return MI_OK;
    size_t n = mi_features_count(f);
    const char *group = mi_features_set(f, n - 1)->group;
    if (strcmp(group, "/") != 0)
        status = mi_fail(MI_ECREATE,
                         "cannot create '%s': it has feature sets in groups (%zu, the last is %s), "
                         "which would be lost; --group adds to it",
                         path, n, group);
    mi_features_close(f);
    return status;
}

static mi_status import(options *o, tool_writer *out)
{
    MI_TRY(mi_import(out->w, &o->import));
    for (size_t k = 0; k < o->n_attrs; k++)
        MI_TRY(write_attr(out->w, o->path, o->attr[k]));
    return MI_OK;
}

int main(int argc, char **argv)
{
    options o = {.group = NULL};
    tool_writer out = {.descriptor = -1};
    int first, exit_code = 0;
    mi_status status;

    mi_import_opts_default(&o.import);
    mi_replace_patience(PATIENCE_MS);
    parse(argc, argv, &o, &first);
    MI_TRY_GOTO(status, take_members(&o, argc - first, argv + first), done);
    MI_TRY_GOTO(status, take_group(&o), done);
    MI_TRY_GOTO(status, check_replaced(&o), done);
    MI_TRY_GOTO(status, tool_writer_open(&out, &o.output), done);
    MI_TRY_GOTO(status, import(&o, &out), done);
    status = tool_writer_close(&out);
done:
    if (status != MI_OK)
        exit_code = tool_fail(status);
    tool_writer_discard(&out);
    for (size_t k = 0; k < o.n_attrs; k++)
        mi_free(o.attr[k]);
    mi_free(o.attr);
    mi_free(o.path);
    return exit_code;
}
