/* mi-plot - charts of tables. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chart.h"
#include "libmi/plot/plot.h"
#include "tables.h"
#include "tool.h"

typedef struct {
    mi_plot_opts chart;
    const char *output, *template; /* paths, or NULL */
    int no_fit;
} options;

/* ---- options ---- */

/* What an axis can hold, or no end. */
static int fits(double end)
{
    double size = fabs(end);
    return isnan(end) || size == 0 || (size >= 1e-100 && size <= 1e100);
}

/* "LOW:HIGH", either end may be missing. */
static mi_status parse_range(const char *text, void *to)
{
    mi_plot_range *range = to;
    const char *colon = strchr(text, ':');
    char *end;
    if (!colon || strchr(colon + 1, ':'))
        return mi_fail(MI_EUSAGE, "wanted LOW:HIGH, either may be left out");
    if (colon > text) {
        range->low = strtod(text, &end);
        if (end != colon)
            return mi_fail(MI_EUSAGE, "the low end is not a number");
    }
    if (colon[1]) {
        range->high = strtod(colon + 1, &end);
        if (*end)
            return mi_fail(MI_EUSAGE, "the high end is not a number");
    }
    if ((colon > text && isnan(range->low)) || (colon[1] && isnan(range->high)))
        return mi_fail(MI_EUSAGE, "nan is no end; either may be left out");
    if (isinf(range->low) || isinf(range->high))
        return mi_fail(MI_EUSAGE, "wanted finite ends");
    if (range->low >= range->high)
        return mi_fail(MI_EUSAGE, "the low end is not below the high one");
    if (!fits(range->low) || !fits(range->high))
        return mi_fail(MI_EUSAGE, "wanted ends of size 1e-100 to 1e+100, or 0");
    if (range->high - range->low < 1e-9 * fmax(fabs(range->low), fabs(range->high)))
        return mi_fail(MI_EUSAGE, "the ends are the same in nine digits");
    return MI_OK;
}

static mi_status parse_log(const char *text, void *to)
{
    mi_plot_opts *o = to;
    static const char *const known[] = {"x", "y", "xy", "none"};
    size_t k = 0;
    while (k < sizeof known / sizeof *known && strcmp(text, known[k]) != 0)
        k++;
    if (k == sizeof known / sizeof *known)
        return mi_fail(MI_EUSAGE, "wanted x, y, xy or none");
    o->log_chosen = 1;
    o->log_x = strchr(text, 'x') != NULL;
    o->log_y = strchr(text, 'y') != NULL;
    return MI_OK;
}

/* clang-format off */
static const opt_row output_rows[] = {
    {.name = "output", .key = 'o', .arg = "FILE", .type = OPT_TEXT, .at = offsetof(options, output),
     .help = "write FILE.svg, .png or .pdf, or FILE.gp and FILE.dat, from which gnuplot draws the "
             "chart (default: text on standard output)"},
    {0},
};

static const opt_row what_rows[] = {
    {.name = "x", .key = 'x', .arg = "COLUMN[,...]", .type = OPT_TEXT, .at = offsetof(options, chart.x),
     .help = "horizontal axis (trend: epoch; scatter: lower, several make panels; sweep: the first of "
             "lambda, fsq_levels, k, temperature, projector, method, alpha that varies; plane: I_Z1_Z2; sensitivity: alpha)"},
    {.name = "y", .key = 'y', .arg = "COLUMN[,...]", .type = OPT_TEXT, .at = offsetof(options, chart.y),
     .help = "vertical axis (trend: lower,I_Y_Z1,upper; scatter: accuracy; sweep: lower,upper,I_Z1_Z2; learning: "
             "I_Z1_Z2,I_Z1_Z2_null,lower,upper; plane: I_Y_Z1; sensitivity: spearman; compare: difference)"},
    {.name = "y2", .arg = "COLUMN[,...]", .type = OPT_TEXT, .at = offsetof(options, chart.y2),
     .help = "second vertical axis of trend and sweep (default: accuracy if there; none: no such "
             "axis)"},
    {.name = "by", .arg = "COLUMN", .type = OPT_TEXT, .at = offsetof(options, chart.by),
     .help = "what tells runs or marks apart (trend: file, attributes and settings; scatter: "
             "projector if it varies, else method; learning, spectrum: feature sets; sensitivity: what mi-corr grouped by)"},
    {.name = "color", .arg = "COLUMN", .type = OPT_TEXT, .at = offsetof(options, chart.color),
     .help = "what joins and colours the points of a plane (default epoch)"},
    {.name = "where", .arg = "COLUMN=VALUE[,...]", .type = OPT_TEXT, .at = offsetof(options, chart.where),
     .help = "only the rows that have these values; a value may have commas of its own (kernel=z1=linear,z2=linear)"},
    {.name = "over", .arg = "COLUMN", .type = OPT_TEXT, .at = offsetof(options, chart.over),
     .help = "trend, scatter, sweep: runs that differ in this column alone (seed) become one, their mean "
             "with its 95 % t interval"},
    {.name = "row", .arg = "N", .type = OPT_COUNT, .at = offsetof(options, chart.row), .low = 1, .high = 1e9,
     .help = "row of a flow chart, among those of --where, from 1 (default: the last)"},
    {.name = "no-fit", .type = OPT_FLAG, .at = offsetof(options, no_fit), .help = "no least-squares line"},
    {0},
};

static const opt_row how_rows[] = {
    {.name = "title", .arg = "TEXT", .type = OPT_TEXT, .at = offsetof(options, chart.title), .help = "title"},
    {.name = "xlabel", .arg = "TEXT", .type = OPT_TEXT, .at = offsetof(options, chart.xlabel),
     .help = "title of the horizontal axis (default: the column in words, with its unit)"},
    {.name = "ylabel", .arg = "TEXT", .type = OPT_TEXT, .at = offsetof(options, chart.ylabel),
     .help = "title of the vertical axis"},
    {.name = "y2label", .arg = "TEXT", .type = OPT_TEXT, .at = offsetof(options, chart.y2label),
     .help = "title of the second vertical axis"},
    {.name = "xrange", .arg = "LOW:HIGH", .type = OPT_PARSE, .at = offsetof(options, chart.xrange),
     .parse = parse_range, .help = "ends of the horizontal axis, either may be left out"},
    {.name = "yrange", .arg = "LOW:HIGH", .type = OPT_PARSE, .at = offsetof(options, chart.yrange),
     .parse = parse_range, .help = "ends of the vertical axis"},
    {.name = "y2range", .arg = "LOW:HIGH", .type = OPT_PARSE, .at = offsetof(options, chart.y2range),
     .parse = parse_range, .help = "ends of the second vertical axis"},
    {.name = "log", .arg = "x|y|xy|none", .type = OPT_PARSE, .at = offsetof(options, chart), .parse = parse_log,
     .help = "logarithmic axes (default none; sweep: x where its values span a factor of 10; learning, "
             "sensitivity: x; spectrum: xy)"},
    {.name = "width", .arg = "MM", .type = OPT_REAL, .at = offsetof(options, chart.width), .low = 20, .high = 2000,
     .help = "width in mm, 20 to 2000 (default 84; 174 for several panels); of text in characters"},
    {.name = "height", .arg = "MM", .type = OPT_REAL, .at = offsetof(options, chart.height), .low = 10, .high = 2000,
     .help = "height in mm, 10 to 2000 (default 54 for each row of panels, and its key); of text in "
             "lines"},
    {.name = "template", .arg = "FILE", .type = OPT_TEXT, .at = offsetof(options, template),
     .help = "draw with a changed copy of plots/KIND.gp"},
    {0},
};

static const opt_group groups[] = {
    {NULL, output_rows, 0},
    {"What is drawn:", what_rows, 0},
    {"How:", how_rows, 0},
    {0},
};
/* clang-format on */

/* ---- output ---- */

typedef enum { TO_TEXT, TO_SVG, TO_PNG, TO_PDF, TO_SCRIPT } format;

static const struct {
    const char *ending, *name, *terminal;
} formats[] = {[TO_TEXT] = {NULL, "dumb", "dumb"},
               [TO_SVG] = {".svg", "svg", "svg"},
               [TO_PNG] = {".png", "png", "pngcairo"},
               [TO_PDF] = {".pdf", "pdf", "pdfcairo"},
               [TO_SCRIPT] = {".gp", "svg", NULL}};

static mi_status find_format(format *out, const char *path)
{
    *out = TO_TEXT;
    if (!path || strcmp(path, "-") == 0)
        return MI_OK;
    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    const char *dot = strrchr(name, '.');
    for (*out = TO_SVG; *out <= TO_SCRIPT; ++*out)
        if (dot && dot > name && strcmp(dot, formats[*out].ending) == 0)
            return MI_OK;
    return mi_fail(MI_EUSAGE, "--output '%s': unknown ending, wanted .svg .png .pdf or .gp", path);
}

static void fit_terminal(mi_plot_opts *o)
{
    struct winsize size = {.ws_col = 79, .ws_row = 25};
    o->as_text = 1;
    if (tool_is_terminal())
        ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
    /* The last line is for the prompt. */
    if (o->width == 0)
        o->width = size.ws_col < 20 ? 79 : size.ws_col;
    if (o->height == 0)
        o->height = size.ws_row < 11 ? 24 : size.ws_row - 1;
}

static mi_status draw(const tool_output *out, const mi_plot *plot, size_t kind, format f,
                      const char *template)
{
    const chart_form form = {
        .name = formats[f].name, .terminal = formats[f].terminal, .template = template};
    return chart_draw(out->stream, out->path ? out->path : "standard output", plot, kind, &form);
}

static mi_status write_picture(const mi_plot *plot, size_t kind, format f, const options *o)
{
    tool_output out;
    MI_TRY(tool_output_open(&out, o->output));
    mi_status status = draw(&out, plot, kind, f, o->template);
    if (status == MI_OK)
        return tool_output_close(&out);
    tool_output_discard(&out);
    return status;
}

/* ---- a chart as two files ---- */

/* A script finds its data, and leaves its picture, in the directory it is in. */
static void put_names(FILE *out, const char *stem)
{
    const char *base = strrchr(stem, '/') ? strrchr(stem, '/') + 1 : stem;
    fputs("MI_DIR = './'\n"
          "if (exists('ARG0')) {\n"
          "    do for [k = 1:strlen(ARG0)] { if (ARG0[k:k] eq '/') { MI_DIR = ARG0[1:k] } }\n"
          "}\n"
          "MI_NAME = MI_DIR.",
          out);
    mi_plot_quote(out, base);
    fputs(
        "\nMI_DATA = MI_NAME.'.dat'\n"
        "if (!exists('MI_FORMAT')) { MI_FORMAT = 'svg' }\n"
        "if (MI_FORMAT ne 'dumb' && !exists('MI_OUTPUT')) { MI_OUTPUT = MI_NAME.'.'.MI_FORMAT }\n",
        out);
}

static mi_status put_lone_script(FILE *out, const mi_plot *plot, size_t kind, const char *stem,
                                 const char *template)
{
    fprintf(
        out,
        "# A chart of mi-plot %s. Draw it with: gnuplot THIS_FILE\n"
        "# or as another picture: gnuplot -e \"MI_FORMAT = 'pdf'\" THIS_FILE   (svg png pdf dumb)\n"
        "set encoding utf8\n",
        mi_plot_kind_name(kind));
    put_names(out, stem);
    return chart_put_script(out, plot, kind, template);
}

static mi_status write_script(const mi_plot *plot, size_t kind, const options *o)
{
    tool_output script, data = {0};
    char *stem = NULL, *data_path = NULL;
    size_t bytes = strlen(o->output) + sizeof ".dat";
    MI_TRY(tool_output_open(&script, o->output));
    mi_status status;
    MI_TRY_GOTO(status, mi_strdup(&stem, o->output), done);
    stem[strlen(stem) - strlen(".gp")] = 0;
    MI_TRY_GOTO(status, mi_malloc(&data_path, bytes, 1), done);
    snprintf(data_path, bytes, "%s.dat", stem);
    MI_TRY_GOTO(status, tool_output_open(&data, data_path), done);
    MI_TRY_GOTO(status, put_lone_script(script.stream, plot, kind, stem, o->template), done);
    fputs(plot->data, data.stream);
    MI_TRY_GOTO(status, tool_output_close(&data), done);
    status = tool_output_close(&script);
    if (status != MI_OK)
        unlink(data_path);
done:
    tool_output_discard(&data);
    tool_output_discard(&script);
    mi_free(data_path);
    mi_free(stem);
    return status;
}

/* ---- the pipeline ---- */

static mi_status plot_tables(options *o, size_t kind, char **path, size_t n)
{
    mi_table t = {0};
    mi_plot plot = {0};
    format f;
    mi_status status;
    MI_TRY(find_format(&f, o->output));
    if (f == TO_TEXT)
        fit_terminal(&o->chart);
    o->chart.fit = !o->no_fit;
    MI_TRY(tables_read(&t, path, n));
    MI_TRY_GOTO(status, mi_plot_make(&plot, kind, &t, &o->chart), done);
    status = f == TO_SCRIPT ? write_script(&plot, kind, o) : write_picture(&plot, kind, f, o);
done:
    mi_plot_free(&plot);
    mi_table_free(&t);
    return status;
}

static mi_status plot_standard_input(options *o, size_t kind)
{
    static char *path[] = {"-"};
    if (isatty(STDIN_FILENO))
        return mi_fail(MI_EUSAGE, "no table: name a file, or pipe one in");
    return plot_tables(o, kind, path, 1);
}

static void list_kinds(char *out, size_t bytes)
{
    size_t used = 0;
    for (size_t k = 0; mi_plot_kind_name(k) && used < bytes; k++)
        used +=
            (size_t)snprintf(out + used, bytes - used, "%s%s", k ? "|" : "", mi_plot_kind_name(k));
}

static void describe_kinds(char *out, size_t bytes)
{
    FILE *f = fmemopen(out, bytes, "w");
    *out = 0;
    if (!f)
        return;
    fputs("Kinds of chart:\n", f);
    for (size_t k = 0; mi_plot_kind_name(k); k++)
        fprintf(f, "  %-12s%s\n", mi_plot_kind_name(k), mi_plot_kind_what(k));
    fputs(
        "\nExamples:\n"
        "  mi-bounds run.h5 | mi-plot trend -o figure2.svg\n"
        "  mi-bounds projectors/*.h5 | mi-plot scatter -x lower,upper -o figure3.pdf\n"
        "  mi-bounds lambda-*.h5 | mi-plot sweep -o figure4c.svg\n"
        "  mi-bounds --se --learning-curve run.h5:/epoch_100 | mi-plot learning -o learning.svg\n"
        "  mi-bounds --alpha 0.5,1,2,inf --kernel linear --kernel gaussian:median runs/*.h5 |\n"
        "      mi-corr --by alpha,kernel -x lower,upper --ci 0.95 | mi-plot sensitivity -o s.svg\n"
        "  mi-bounds runs/*.h5 | mi-plot scatter --over seed -o seeds.svg\n"
        "  mi-compare a.h5 b.h5 | mi-plot compare -o compare.svg\n"
        "  mi-align --all-pairs run.h5 | mi-plot matrix -y cka_debiased,mutual_knn -o epochs.svg\n"
        "  mi-bounds run.h5 | mi-plot flow --where epoch=100 -o figure1.svg\n",
        f);
    fclose(f);
}

int main(int argc, char **argv)
{
    options o = {.output = NULL};
    char after[2048], kinds[256];
    size_t kind;
    int first;
    describe_kinds(after, sizeof after);
    list_kinds(kinds, sizeof kinds);
    const opt_program program = {.name = "mi-plot",
                                 .args = "KIND [TABLE ...]",
                                 .summary = "Draw a chart of the table that mi-bounds and others "
                                            "write (standard input, or TABLE files).",
                                 .after = after,
                                 .words = kinds,
                                 .needs_args = 1,
                                 .group = groups};
    mi_plot_opts_default(&o.chart);
    opt_parse(&program, &o, argc, argv, &first);
    mi_status status = mi_plot_find_kind(first < argc ? argv[first] : "", &kind);
    if (status == MI_OK)
        status = first + 1 < argc
                     ? plot_tables(&o, kind, argv + first + 1, (size_t)(argc - first - 1))
                     : plot_standard_input(&o, kind);
    return status == MI_OK ? 0 : tool_fail(status);
}
