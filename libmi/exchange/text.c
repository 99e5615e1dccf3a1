/* Columns of text as an array. The first reading finds how many rows there are and whether their
 * cells are integers, numbers or text; the second hands them out. */
#include <errno.h>
#include <fnmatch.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/exchange/private.h"

typedef struct {
    mi_csv csv;
    locale_t c;     /* numbers have a point */
    size_t width;   /* cells of a record */
    size_t *column; /* (d) which cells of a record make up a row */
    size_t d;
    char **name;                 /* (width) of columns, in the file's first line; NULL without */
    int has_text, has_fractions; /* found in the cells chosen */
    size_t longest;
    char first_text[64]; /* the first cell that is no number, and where it stands */
    size_t text_line, text_column;
} text;

static void text_close(void *state)
{
    text *s = state;
    mi_csv_close(&s->csv);
    for (size_t k = 0; s->name && k < s->width; k++)
        mi_free(s->name[k]);
    mi_free(s->name);
    mi_free(s->column);
    if (s->c)
        freelocale(s->c);
    mi_free(s);
}

/* ---- cells ---- */

static int is_number(const text *s, const char *cell, double *value)
{
    char *end;
    *value = strtod_l(cell, &end, s->c);
    return end != cell && end[strspn(end, " ")] == 0;
}

static int is_integer(const char *cell, int64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoll(cell, &end, 10);
    return end != cell && !errno && end[strspn(end, " ")] == 0;
}

static int is_empty(const char *cell)
{
    return cell[strspn(cell, " ")] == 0;
}

/* An empty cell of numbers is one that is missing. */
static double number_of(const text *s, const char *cell)
{
    double value;
    return is_number(s, cell, &value) ? value : NAN;
}

/* ---- columns ---- */

static size_t named_column(const text *s, const char *name, size_t length)
{
    for (size_t k = 0; s->name && k < s->width; k++)
        if (strlen(s->name[k]) == length && memcmp(s->name[k], name, length) == 0)
            return k;
    char *end;
    unsigned long number = strtoul(name, &end, 10);
    return end == name + length && length && number >= 1 && number <= s->width ? number - 1
                                                                               : s->width;
}

static mi_status no_column(const text *s, const char *part, size_t length)
{
    char problem[256];
    snprintf(problem, sizeof problem, "no column '%.*s'", (int)(length < 100 ? length : 100), part);
    if (s->name)
        return mi_foreign_no_part(problem, s->name, s->width);
    return mi_fail(MI_EDATA,
                   "%s: its first line is data, not names, of %zu columns; name them by numbers",
                   problem, s->width);
}

/* Columns whose names match a pattern, in the order of the file. */
static mi_status add_matching(text *s, const char *part, size_t length)
{
    char pattern[256];
    size_t before = s->d;
    snprintf(pattern, sizeof pattern, "%.*s", (int)length, part);
    for (size_t k = 0; s->name && k < s->width; k++)
        if (fnmatch(pattern, s->name[k], 0) == 0)
            s->column[s->d++] = k;
    return s->d > before ? MI_OK : no_column(s, part, length);
}

static mi_status choose_columns(text *s, const char *part)
{
    size_t most = s->width;
    for (const char *c = part; c && *c; c++)
        most += *c == ',' ? s->width : 0;
    MI_TRY(MI_NEW_RAW(s->column, most));
    for (size_t k = 0; !part && k < s->width; k++)
        s->column[s->d++] = k;
    while (part && *part) {
        size_t length = strcspn(part, ","), column = named_column(s, part, length);
        if (column < s->width)
            s->column[s->d++] = column;
        else if (memchr(part, '*', length) || memchr(part, '?', length))
            MI_TRY(add_matching(s, part, length));
        else
            return no_column(s, part, length);
        part += length + (part[length] == ',');
    }
    return s->d ? MI_OK : mi_fail(MI_EDATA, "no column is named");
}

/* ---- the first line ---- */

static mi_status keep_names(text *s)
{
    MI_TRY(MI_NEW(s->name, s->width));
    for (size_t k = 0; k < s->width; k++)
        MI_TRY(mi_strdup(&s->name[k], mi_csv_cell(&s->csv, k)));
    return MI_OK;
}

/* The numbers 0, 1, 2, ... that pandas writes where columns have no names. */
static int are_counted(const text *s, size_t first)
{
    char wanted[32];
    for (size_t k = first; k < s->width; k++) {
        snprintf(wanted, sizeof wanted, "%zu", k - first);
        if (strcmp(mi_csv_cell(&s->csv, k), wanted) != 0)
            return 0;
    }
    return s->width - first > 2;
}

/* Names, unless one of them is a number; an index of pandas' has none. */
static int looks_like_names(const text *s)
{
    size_t first = s->width > 1 && *mi_csv_cell(&s->csv, 0) == 0;
    double value;
    if (are_counted(s, first))
        return 1;
    for (size_t k = first; k < s->width; k++)
        if (is_number(s, mi_csv_cell(&s->csv, k), &value))
            return 0;
    return 1;
}

/* pandas writes the numbers of rows as a first column without a name: that one is no feature. */
static mi_status drop_index(text *s, const char *file)
{
    if (!s->name || s->width < 2 || *s->name[0])
        return MI_OK;
    mi_warn("%s: the first column has no name and is passed over, as the numbers of the rows that "
            "pandas writes",
            file);
    memmove(s->column, s->column + 1, --s->d * sizeof *s->column);
    return MI_OK;
}

static mi_status begin(text *s, mi_foreign *a, const char *path, const char *part, mi_header header)
{
    int more;
    s->c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    MI_TRY(mi_csv_open(&s->csv, path));
    MI_TRY(mi_csv_next(&s->csv, &more));
    if (!more)
        return mi_fail(MI_EDATA, "empty");
    s->width = s->csv.cells;
    int names = header == MI_HEADER_YES || (header == MI_HEADER_AUTO && looks_like_names(s));
    a->guessed = header != MI_HEADER_AUTO ? 0 : names ? 1 : 2;
    if (names)
        MI_TRY(keep_names(s));
    MI_TRY(choose_columns(s, part));
    return part ? MI_OK : drop_index(s, a->name);
}

/* ---- the first reading ---- */

static int is_blank(const mi_csv *c)
{
    return c->cells == 1 && !c->quoted[0] && *mi_csv_cell(c, 0) == 0;
}

static void look_at(text *s, size_t column)
{
    double value;
    int64_t whole;
    const char *cell = mi_csv_cell(&s->csv, column);
    size_t length = strlen(cell);
    s->longest = length > s->longest ? length : s->longest;
    if (is_integer(cell, &whole))
        return;
    if (is_empty(cell) || is_number(s, cell, &value))
        s->has_fractions = 1;
    else if (!s->has_text++) {
        snprintf(s->first_text, sizeof s->first_text, "%s", cell);
        s->text_line = s->csv.line;
        s->text_column = column;
    }
}

static mi_status look_at_record(text *s, size_t blank)
{
    const mi_csv *c = &s->csv;
    if (blank)
        return mi_fail(MI_EDATA, "line %zu is empty", blank);
    if (c->cells != s->width)
        return mi_fail(MI_EDATA, "line %zu: %zu cells, wanted %zu as in the first", c->line,
                       c->cells, s->width);
    for (size_t k = 0; k < s->d; k++)
        look_at(s, s->column[k]);
    return MI_OK;
}

/* Back to the first row of data. */
static mi_status to_data(text *s)
{
    int more = 1;
    MI_TRY(mi_csv_rewind(&s->csv));
    return s->name ? mi_csv_next(&s->csv, &more) : MI_OK;
}

/* Empty lines may stand at the end, and there only. */
static mi_status count_rows(text *s, size_t *n)
{
    size_t blank = 0;
    int more;
    *n = 0;
    MI_TRY(to_data(s));
    for (;;) {
        MI_TRY(mi_csv_next(&s->csv, &more));
        if (!more)
            return MI_OK;
        if (is_blank(&s->csv)) {
            blank = blank ? blank : s->csv.line;
            continue;
        }
        MI_TRY(look_at_record(s, blank));
        ++*n;
    }
}

static mi_status refuse_text(const text *s)
{
    char column[80];
    if (s->name)
        snprintf(column, sizeof column, "column '%.60s'", s->name[s->text_column]);
    else
        snprintf(column, sizeof column, "column %zu", s->text_column + 1);
    return mi_fail(MI_EDATA,
                   "line %zu, %s: '%s' is not a number; text can be one column alone; name the "
                   "columns of numbers behind a colon%s",
                   s->text_line, column, s->first_text,
                   strchr(s->first_text, ' ') ? ", and separate them by commas" : "");
}

static mi_status choose_type(text *s, mi_foreign *a)
{
    if (s->has_text && s->d > 1)
        return refuse_text(s);
    a->elem = s->has_text ? MI_ELEM_TEXT : s->d > 1 || s->has_fractions ? MI_ELEM_F64 : MI_ELEM_I64;
    a->width = s->has_text ? (s->longest ? s->longest : 1) : 8;
    return MI_OK;
}

/* ---- the second ---- */

static void put_cell(const text *s, const mi_foreign *a, const char *cell, char *to)
{
    if (a->elem == MI_ELEM_TEXT) {
        size_t length = strnlen(cell, a->width);
        memset(to, 0, a->width);
        memcpy(to, cell, length);
    } else if (a->elem == MI_ELEM_I64) {
        int64_t value = strtoll(cell, NULL, 10);
        memcpy(to, &value, sizeof value);
    } else {
        double value = number_of(s, cell);
        memcpy(to, &value, sizeof value);
    }
}

static mi_status text_read(mi_foreign *a, size_t n, void *to)
{
    text *s = a->state;
    char *at = to;
    int more;
    for (size_t i = 0; i < n; i++) {
        MI_TRY(mi_csv_next(&s->csv, &more));
        if (!more || s->csv.cells != s->width)
            return mi_fail(MI_EDATA, "line %zu: changed while it was read", s->csv.line);
        for (size_t k = 0; k < s->d; k++, at += a->width)
            put_cell(s, a, mi_csv_cell(&s->csv, s->column[k]), at);
    }
    return MI_OK;
}

mi_status mi_foreign_open_text(mi_foreign *a, const char *path, const char *part, mi_header header)
{
    static const mi_foreign_kind kind = {text_read, text_close, 0};
    text *s;
    size_t n;
    MI_TRY(MI_NEW(s, 1));
    a->state = s;
    a->kind = &kind;
    MI_TRY(begin(s, a, path, part, header));
    MI_TRY(count_rows(s, &n));
    MI_TRY(choose_type(s, a));
    MI_TRY(to_data(s));
    return mi_foreign_set_axes(a, s->d > 1 ? 2 : 1, (uint64_t[]){n, s->d});
}
