/* mi-report - features or tables as one page. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "report.h"

typedef struct {
    report report;
    const char *output;
} options;

/* clang-format off */
static const opt_row rows[] = {
    {.name = "output", .key = 'o', .arg = "FILE", .type = OPT_TEXT, .at = offsetof(options, output),
     .help = "write the page to FILE (default: standard output)"},
    {.name = "title", .arg = "TEXT", .type = OPT_TEXT, .at = offsetof(options, report.title),
     .help = "its title (default: of the files)"},
    {.name = "y", .key = 'y', .arg = "COLUMN", .type = OPT_TEXT, .at = offsetof(options, report.y),
     .help = "what the quantities are held against (default accuracy)"},
    {.name = "level", .arg = "LEVEL", .type = OPT_REAL, .at = offsetof(options, report.level),
     .low = 0.5, .high = 0.9999,
     .help = "level of the two-sided intervals, 0.5 to 0.9999 (default 0.95)"},
    {.name = "quick", .type = OPT_FLAG, .at = offsetof(options, report.is_quick),
     .help = "of features: the bounds alone, no learning curve and no spectra"},
    {0},
};

static const opt_group groups[] = {{NULL, rows, 0}, {0}};
/* clang-format on */

static const opt_program program = {
    .name = "mi-report",
    .args = "[FILE[:GROUP] ...]",
    .summary =
        "One page of HTML that says what features, or tables of them, hold: first in words, then in "
        "charts and tables that sort, with what is needed to reproduce it. It needs no network and "
        "no other file.",
    .after = "Of features it runs mi-bounds --se --decompose, and of the last set mi-bounds "
             "--learning-curve and mi-spectrum. Other orders, kernels or batches: pipe the table "
             "in, or name several (of mi-bounds, mi-spectrum, mi-corr, mi-compare, others). Charts "
             "are drawn by gnuplot; without it they are left out, and the page says so.\n\n"
             "Examples:\n"
             "  mi-report run.h5 -o report.html\n"
             "  mi-report projectors/*.h5 -y probe_z1_linear_accuracy -o report.html\n"
             "  mi-bounds --alpha 0.5,1,2 --se --decompose runs/*.h5 | mi-report -o orders.html\n"
             "  mi-report bounds.tsv curve.tsv differences.tsv --title 'Run 12' -o report.html",
    .needs_args = 1,
    .group = groups,
};

/* Made in memory: a page that fails leaves nothing on standard output either. */
static mi_status write_page(report *r, const char *path)
{
    tool_output out;
    report_text page = {0};
    MI_TRY(report_text_open(&page));
    mi_status status = report_put_page(page.stream, r);
    if (status == MI_OK)
        status = tool_output_open(&out, path);
    if (status == MI_OK) {
        if (fputs(report_text_of(&page), out.stream) < 0)
            status = mi_fail(MI_EWRITE, "cannot write '%s': %s", path ? path : "standard output",
                             strerror(errno));
        else
            status = tool_output_close(&out);
        tool_output_discard(&out);
    }
    report_text_free(&page);
    return status;
}

static mi_status make(options *o, char **address, size_t n)
{
    report *r = &o->report;
    MI_TRY(report_text_open(&r->talk));
    MI_TRY(report_text_open(&r->commands));
    tool_talk_into(r->talk.stream);
    MI_TRY(report_read(r, address, n));
    MI_TRY(report_find(r));
    return write_page(r, o->output);
}

int main(int argc, char **argv)
{
    options o = {.report = {.y = "accuracy", .level = 0.95}};
    int first;
    opt_parse(&program, &o, argc, argv, &first);
    mi_status status = make(&o, argv + first, (size_t)(argc - first));
    tool_talk_into(NULL);
    if (o.report.talk.stream && report_put_talk(stderr, &o.report) != MI_OK)
        status = MI_ENOMEM;
    report_free(&o.report);
    return status == MI_OK ? 0 : tool_fail(status);
}
