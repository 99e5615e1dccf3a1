/* A table from comma-separated text after RFC 4180, as spreadsheets and pandas write it: a cell may
 * be quoted, with "" for a quote in it, and then holds commas and line ends. */
#include "libmi/table/csv.h"

#include <string.h>

#include "libmi/base/mem.h"

int mi_table_is_csv(const char *text)
{
    size_t line = strcspn(text, "\n");
    return memchr(text, ',', line) && !memchr(text, '\t', line);
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
    char *from = p->text, *to = p->text;
    int is_quoted = *from == '"';
    from += is_quoted;
    while (*from && (is_quoted || (*from != ',' && *from != '\n'))) {
        int is_quote = is_quoted && *from == '"';
        p->line += *from == '\n';
        if (is_quote && from[1] != '"') {
            is_quoted = 0;
            from++;
            continue;
        }
        from += is_quote;
        *to++ = *from++;
    }
    int end = (unsigned char)*from;
    if (end != ',' && to > p->text && to[-1] == '\r')
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

static int is_header(const mi_table *t, char *const *cell)
{
    for (size_t k = 0; k < t->columns; k++)
        if (strcmp(cell[k], t->name[k]) != 0)
            return 0;
    return 1;
}

/* Room for every cell, those of the header too, which give theirs to the first row. */
static mi_status make_room(mi_table *t, const char *text)
{
    size_t lines = 1, cells = 1;
    for (const char *c = text; *c; c++) {
        lines += *c == '\n';
        cells += *c == '\n' || *c == ',';
    }
    MI_TRY(MI_NEW(t->line, lines));
    return MI_NEW(t->cell, cells);
}

static mi_status take_row(mi_table *t, place *p)
{
    char **cell = t->cell + t->rows * t->columns;
    size_t line = p->line, found;
    MI_TRY(cut_line(cell, &found, p, t->source));
    if (found == 1 && !*cell[0] && t->columns > 1)
        return MI_OK;
    if (found != t->columns)
        return mi_fail(MI_EDATA, "%s: line %zu: %zu cells, wanted %zu as in the header", t->source,
                       line, found, t->columns);
    if (!is_header(t, cell))
        t->line[t->rows++] = line;
    return MI_OK;
}

mi_status mi_table_read_csv(mi_table *t, char *text)
{
    place p = {.text = text, .line = 1};
    MI_TRY(make_room(t, text));
    MI_TRY(cut_line(t->cell, &t->columns, &p, t->source));
    MI_TRY(MI_NEW(t->name, t->columns));
    memcpy(t->name, t->cell, t->columns * sizeof *t->name);
    while (*p.text)
        MI_TRY(take_row(t, &p));
    return MI_OK;
}
