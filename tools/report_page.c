/* The page of a report, from its head to its foot. The parts are made before the head is written: charts add to the
 * commands, and all of them to what is said. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "report.h"
#include "template.h"

/* ---- head ---- */

/* The file that the rows are of; NULL where they are of several or none is named. */
static const char *only_file(const mi_table *t)
{
    long file = mi_table_has(t, "file");
    for (size_t row = 0; file >= 0 && row < t->rows; row++)
        if (strcmp(mi_table_cell(t, row, (size_t)file), mi_table_cell(t, 0, (size_t)file)) != 0)
            return NULL;
    return file >= 0 && t->rows ? mi_table_cell(t, 0, (size_t)file) : NULL;
}

/* Files and groups that the rows are of: a set may have several orders. */
static mi_status count_sets(size_t *sets, const mi_table *t)
{
    size_t column[2], n = 0;
    static const char *const name[] = {"file", "group"};
    mi_table_levels levels;
    for (size_t k = 0; k < 2; k++)
        if (mi_table_has(t, name[k]) >= 0)
            column[n++] = (size_t)mi_table_has(t, name[k]);
    MI_TRY(mi_table_levels_of(&levels, t, column, n, t->rows));
    *sets = levels.n;
    mi_table_levels_free(&levels);
    return MI_OK;
}

static void put_title(FILE *page, const report *r, size_t sets)
{
    const mi_table *t = r->bounds_name ? &r->bounds : &r->table[0].table;
    const char *file = only_file(t);
    if (r->title) {
        mi_html_put(page, r->title);
    } else if (file) {
        fputs("Information in ", page);
        mi_html_put(page, strcmp(file, "-") == 0 ? "features from a pipe" : report_base_name(file));
    } else if (r->bounds_name) {
        fprintf(page, "Information in %zu feature sets", sets);
    } else {
        fputs("Report of ", page);
        mi_html_put(page, report_base_name(r->table[0].name));
    }
}

/* The time now, or that which builds that must come out the same give. */
static void put_time(FILE *page)
{
    char text[64];
    struct tm when;
    const char *given = getenv("SOURCE_DATE_EPOCH");
    time_t now = given && *given ? (time_t)strtoll(given, NULL, 10) : time(NULL);
    if (gmtime_r(&now, &when) && strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &when))
        fputs(text, page);
}

static mi_status put_head(FILE *page, const report *r)
{
    size_t sets = 0;
    if (r->bounds_name)
        MI_TRY(count_sets(&sets, &r->bounds));
    fputs("<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n"
          "<meta charset=\"utf-8\"/>\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
          "'unsafe-inline'; script-src 'unsafe-inline'\"/>\n<title>",
          page);
    put_title(page, r, sets);
    fputs("</title>\n<style>\n", page);
    MI_TRY(template_copy(page, "page.css"));
    fputs("</style>\n</head>\n<body>\n<header>\n<h1>", page);
    put_title(page, r, sets);
    fputs(
        "</h1>\n<p class=\"notes\">What encoder features Z1, projector features Z2, the "
        "self-supervised target R and labels Y share, in matrix-based R&#233;nyi entropy; made by "
        "mi-report, ",
        page);
    put_time(page);
    fputs("</p>\n</header>\n", page);
    return MI_OK;
}

static void put_contents(FILE *page, size_t charts)
{
    fputs("<nav aria-label=\"Contents\"><ul>\n<li><a href=\"#summary\">Summary</a></li>\n", page);
    if (charts)
        fputs("<li><a href=\"#figures\">Figures</a></li>\n", page);
    fputs("<li><a href=\"#tables\">Tables</a></li>\n"
          "<li><a href=\"#provenance\">Provenance</a></li>\n"
          "<li><a href=\"#reproduce\">How to reproduce</a></li>\n</ul></nav>\n",
          page);
}

/* ---- what was said ---- */

/* "mi-plot: warning: text": the text, or NULL for other lines. */
static const char *warning_in(const char *line)
{
    static const char word[] = ": warning: ";
    const char *at = strstr(line, word);
    return at ? at + strlen(word) : NULL;
}

static int was_said(const char *lines, const char *warning)
{
    for (const char *at = lines; (at = strstr(at, warning)); at++)
        if (at[strlen(warning)] == '\n')
            return 1;
    return 0;
}

mi_status report_put_talk(FILE *stream, report *r)
{
    report_text once = {0};
    MI_TRY(report_text_open(&once));
    for (const char *talk = report_text_of(&r->talk); *talk;) {
        char line[4096];
        size_t bytes = strcspn(talk, "\n");
        snprintf(line, sizeof line, "%.*s", (int)bytes, talk);
        const char *warning = warning_in(line);
        if (!warning || !was_said(report_text_of(&once), warning))
            fprintf(once.stream, "%s\n", line);
        talk += bytes + (talk[bytes] == '\n');
    }
    fputs(report_text_of(&once), stream);
    report_text_free(&once);
    return MI_OK;
}

static mi_status put_warnings(FILE *page, report *r)
{
    report_text talk = {0};
    size_t said = 0;
    MI_TRY(report_text_open(&talk));
    mi_status status = report_put_talk(talk.stream, r);
    for (char *line = strtok((char *)report_text_of(&talk), "\n"); line;
         line = strtok(NULL, "\n")) {
        if (!warning_in(line))
            continue;
        fputs(said++ ? "<li>" : "<h3>Warnings</h3>\n<ul>\n<li>", page);
        mi_html_put(page, warning_in(line));
        fputs("</li>\n", page);
    }
    fputs(said ? "</ul>\n" : "", page);
    report_text_free(&talk);
    return status;
}

/* ---- provenance ---- */

static void put_file(FILE *page, const char *path)
{
    struct stat st;
    struct tm when;
    char text[64] = "";
    fputs("<li><code>", page);
    mi_html_put(page, path);
    fputs("</code>", page);
    if (stat(path, &st) != 0) {
        if (errno != ENOENT) { /* a table may have come without its features */
            mi_fail(MI_EOPEN, "no size and date of '%s': %s", path, strerror(errno));
            tool_warn("%s", mi_detail());
        }
    } else if (gmtime_r(&st.st_mtime, &when) &&
               strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &when)) {
        fprintf(page, ", %lld bytes, changed %s", (long long)st.st_size, text);
    }
    fputs("</li>\n", page);
}

/* The files of the rows, each once; of very many the first ones. */
static mi_status put_files(FILE *page, const mi_table *t, size_t file)
{
    mi_table_levels files;
    MI_TRY(mi_table_levels_of(&files, t, &file, 1, t->rows));
    fputs("<p>Feature files that the rows name:</p>\n<ul>\n", page);
    for (size_t k = 0; k < files.n && k < REPORT_MOST_ROWS; k++)
        put_file(page, mi_table_cell(t, files.first[k], file));
    fputs("</ul>\n", page);
    if (files.n > REPORT_MOST_ROWS)
        fprintf(page, "<p class=\"notes\">The first %d of %zu files.</p>\n", REPORT_MOST_ROWS,
                files.n);
    mi_table_levels_free(&files);
    return MI_OK;
}

static mi_status put_provenance(FILE *page, const report *r)
{
    const mi_table *t = r->bounds_name ? &r->bounds : &r->table[0].table;
    long file = mi_table_has(t, "file");
    char versions[2048];
    fputs("<section id=\"provenance\">\n<h2>Provenance</h2>\n", page);
    if (file >= 0 && t->rows)
        MI_TRY(put_files(page, t, (size_t)file));
    mi_version_text(versions, sizeof versions);
    fputs("<p>Versions:</p>\n<pre tabindex=\"0\">libmi ", page);
    mi_html_put(page, versions);
    fputs("</pre>\n</section>\n", page);
    return MI_OK;
}

static void put_reproduce(FILE *page, report *r)
{
    fprintf(page,
            "<section id=\"reproduce\">\n<h2>How to reproduce</h2>\n<p>This page is%s</p>\n"
            "<pre tabindex=\"0\">",
            r->is_piped ? ", of what came through a pipe," : "");
    mi_html_put(page, opt_command_line());
    fprintf(page, "</pre>\n<p>Its numbers and charts, piece by piece%s:</p>\n<pre tabindex=\"0\">",
            !r->is_piped ? ""
                         : " (<code>-</code> are the features that came through the pipe; "
                           "<code>table.tsv</code> is the table that did, which stands among the "
                           "data above)");
    mi_html_put(page, report_text_of(&r->commands));
    fputs("</pre>\n</section>\n", page);
}

/* ---- the page ---- */

static mi_status put_foot(FILE *page)
{
    fputs(
        "</main>\n<footer>Bounds: <cite>Projection Head is Secretly an Information Bottleneck</cite>,"
        " ICLR 2025, arXiv 2503.00507.</footer>\n<script>\n",
        page);
    MI_TRY(template_copy(page, "page.js"));
    fputs("</script>\n</body>\n</html>\n", page);
    return MI_OK;
}

static mi_status put_body(FILE *page, report *r, report_text *charts, size_t drawn)
{
    put_contents(page, drawn);
    fputs("<main>\n<section id=\"summary\" class=\"lead\">\n<h2>Summary</h2>\n", page);
    report_put_words(page, r);
    MI_TRY(put_warnings(page, r));
    fputs("</section>\n", page);
    if (drawn)
        fprintf(page,
                "<section id=\"figures\">\n<h2>Figures</h2>\n<div class=\"grid\">\n%s</div>\n"
                "</section>\n",
                report_text_of(charts));
    fputs("<section id=\"tables\">\n<h2>Tables</h2>\n<p>&#177;: half of an interval of ", page);
    fprintf(page, "%g %%. A click on the head of a column sorts.</p>\n", 100 * r->level);
    MI_TRY(report_put_tables(page, r));
    fputs("</section>\n", page);
    MI_TRY(put_provenance(page, r));
    put_reproduce(page, r);
    return put_foot(page);
}

mi_status report_put_page(FILE *page, report *r)
{
    report_text charts = {0};
    size_t drawn = 0;
    MI_TRY(report_text_open(&charts));
    mi_status status = report_put_charts(charts.stream, r, &drawn);
    if (status == MI_OK)
        status = put_head(page, r);
    if (status == MI_OK)
        status = put_body(page, r, &charts, drawn);
    report_text_free(&charts);
    return status;
}
