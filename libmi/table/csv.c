/* A table from comma-separated text after RFC 4180, as spreadsheets and pandas write it: a cell may
 * be quoted, with "" for a quote in it, and then holds commas and line ends. */
#include "libmi/table/csv.h"

#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/table/lines.h"

int mi_table_is_csv(const char *text)
{
    int is_quoted = 0, is_start = 1, has_comma = *text == '"';
    for (; *text && (is_quoted || *text != '\n'); text++) {
        int is_mark = *text == '"' && (is_quoted || is_start);
        is_quoted ^= is_mark;
        if (!is_quoted && *text == '\t')
            return 0;
        is_start = is_mark || (!is_quoted && *text == ',');
        has_comma |= !is_quoted && *text == ',';
    }
    return has_comma;
}

/* Where the reading is: the text that is left, and the number of its line. */
typedef struct {
    char *text;
    size_t line;
} place;

/* Cut the next cell off, in place and without its quotes. Returns what ended it, ',' '\n' or 0, or
 * -1: a quote that is not closed. */
static int cut_cell(place *p)
{
    char *from = p->text, *to = p->text, *bare = to; /* what is behind it was not quoted */
    int is_quoted = *from == '"';
    from += is_quoted;
    while (*from && (is_quoted || (*from != ',' && *from != '\n'))) {
        int is_quote = is_quoted && *from == '"';
        p->line += *from == '\n';
        if (is_quote && from[1] != '"') {
            is_quoted = 0;
            from++;
            bare = to;
            continue;
        }
        from += is_quote;
        *to++ = *from++;
    }
    int end = (unsigned char)*from;
    if (end != ',' && to > bare && to[-1] == '\r')
        to--;
    p->line += end == '\n';
    p->text = from + (end != 0);
    *to = 0;
    return is_quoted ? -1 : end;
}

/* Cut the next line into cell[0..*n). */
static mi_status cut_line(char **cell, size_t *n, place *p, const char *source)
{
    size_t line = p->line;
    int end = ',';
    for (*n = 0; end == ','; ++*n) {
        cell[*n] = p->text;
        end = cut_cell(p);
    }
    if (end < 0)
        return mi_fail(MI_EDATA, "%s: line %zu: a quote that is not closed", source, line);
    return MI_OK;
}

static mi_status take_row(mi_table *t, place *p)
{
    size_t line = p->line, found;
    MI_TRY(cut_line(t->cell + t->rows * t->columns, &found, p, t->source));
    return mi_lines_take(t, found, line);
}

mi_status mi_table_read_csv(mi_table *t, char *text)
{
    place p = {.text = text, .line = 1};
    MI_TRY(mi_lines_room(t, text, ','));
    MI_TRY(cut_line(t->cell, &t->columns, &p, t->source));
    MI_TRY(MI_NEW(t->name, t->columns));
    memcpy(t->name, t->cell, t->columns * sizeof *t->name);
    while (*p.text)
        MI_TRY(take_row(t, &p));
    return MI_OK;
}
