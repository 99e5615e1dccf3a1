/* Rows for a person at a terminal: what differs between them and what was measured, in aligned columns.
 * Columns that do not fit the width go below, in panels that all begin with what tells the rows
 * apart. */
#include "libmi/table/row.h"

#include <stdlib.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/utf8.h"

enum { GAP = 2 };

/* Columns 0 .. n-1 are those that are shown. */
typedef struct {
    const mi_aligned *of;
    char **text; /* (rows, of->n) */
    size_t n;
    size_t *column; /* (n) in the table */
    int *width;     /* (n) */
    int *is_text;   /* (n) stands to the left */
} shown;

static const char *text_at(const shown *s, size_t row, size_t k)
{
    return s->text[row * s->of->n + s->column[k]];
}

/* ---- which columns ---- */

static int is_empty(const mi_aligned *a, size_t column)
{
    size_t row = 0;
    while (row < a->rows && a->cell[row * a->n + column].kind == CELL_UNSET)
        row++;
    return row == a->rows;
}

static int is_constant(const shown *s, size_t column)
{
    size_t n = s->of->n, row = 0;
    while (row < s->of->rows && strcmp(s->text[row * n + column], s->text[column]) == 0)
        row++;
    return row == s->of->rows;
}

/* A setting is left out where all rows agree in it; attributes of a single row tell what it is of. */
static int is_left_out(const shown *s, size_t column)
{
    const mi_aligned *a = s->of;
    mi_column_role role = a->role ? a->role[column] : MI_MEASURED;
    if (is_empty(a, column))
        return 1;
    return role != MI_MEASURED && is_constant(s, column) && !(role == MI_ATTRIBUTE && a->rows == 1);
}

/* An attribute that a tool recorded: a result of before, which stands behind those of now. */
static int is_recorded(const mi_aligned *a, size_t column)
{
    static const char *const prefix[] = {"probe_", "bounds_"};
    if (!a->role || a->role[column] != MI_ATTRIBUTE)
        return 0;
    for (size_t k = 0; k < sizeof prefix / sizeof *prefix; k++)
        if (strncmp(a->name[column], prefix[k], strlen(prefix[k])) == 0)
            return 1;
    return 0;
}

/* The chosen ones, else all but those that are left out. */
static void pick(shown *s)
{
    const mi_aligned *a = s->of;
    for (size_t k = 0; k < a->n_chosen; k++)
        s->column[s->n++] = a->chosen[k];
    for (int recorded = 0; !a->n_chosen && recorded < 2; recorded++)
        for (size_t k = 0; k < a->n; k++)
            if (is_recorded(a, k) == recorded && !is_left_out(s, k))
                s->column[s->n++] = k;
}

static void measure(shown *s)
{
    const mi_aligned *a = s->of;
    for (size_t k = 0; k < s->n; k++) {
        s->width[k] = (int)mi_utf8_count(a->name[s->column[k]]);
        for (size_t row = 0; row < a->rows; row++) {
            int width = (int)mi_utf8_count(text_at(s, row, k));
            s->width[k] = width > s->width[k] ? width : s->width[k];
            s->is_text[k] |= a->cell[row * a->n + s->column[k]].kind == CELL_TEXT;
        }
    }
}

/* ---- what tells the rows apart ---- */

/* same (rows): the first row that no key column tells from this one yet. */
static int tells_more(const shown *s, const size_t *same, size_t k)
{
    size_t row = 0;
    while (row < s->of->rows && strcmp(text_at(s, row, k), text_at(s, same[row], k)) == 0)
        row++;
    return row < s->of->rows;
}

typedef struct {
    const shown *s;
    const size_t *same;
    size_t k;
} splitting;

/* Rows that are not told apart yet stand together, in the order of their texts in column k. */
static int compare_rows(const void *one, const void *other, void *arg)
{
    const splitting *by = arg;
    size_t a = *(const size_t *)one, b = *(const size_t *)other;
    if (by->same[a] != by->same[b])
        return by->same[a] < by->same[b] ? -1 : 1;
    int order = strcmp(text_at(by->s, a, by->k), text_at(by->s, b, by->k));
    return order ? order : (a > b) - (a < b);
}

/* The rows as column k tells them apart besides. *all: each is by itself. O(rows log rows). */
static mi_status split_rows(int *all, const shown *s, size_t *same, size_t k)
{
    splitting by = {.s = s, .same = same, .k = k};
    size_t *row, *head, rows = s->of->rows;
    MI_TRY(MI_NEW_RAW(row, 2 * rows));
    head = row + rows;
    for (size_t i = 0; i < rows; i++)
        row[i] = i;
    qsort_r(row, rows, sizeof *row, compare_rows, &by);
    *all = 1;
    for (size_t i = 0; i < rows; i++) {
        int is_alike = i && same[row[i]] == same[row[i - 1]] &&
                       strcmp(text_at(s, row[i], k), text_at(s, row[i - 1], k)) == 0;
        head[row[i]] = is_alike ? head[row[i - 1]] : row[i];
        *all &= !is_alike;
    }
    memcpy(same, head, rows * sizeof *same);
    mi_free(row);
    return MI_OK;
}

static void move_to(shown *s, size_t to, size_t from)
{
    size_t column = s->column[from];
    int width = s->width[from], is_text = s->is_text[from];
    memmove(s->column + to + 1, s->column + to, (from - to) * sizeof *s->column);
    memmove(s->width + to + 1, s->width + to, (from - to) * sizeof *s->width);
    memmove(s->is_text + to + 1, s->is_text + to, (from - to) * sizeof *s->is_text);
    s->column[to] = column;
    s->width[to] = width;
    s->is_text[to] = is_text;
}

/* Settings and texts that tell the rows apart, as few as the first ones do, become columns
 * 0 .. *keys-1. */
static mi_status put_keys_first(shown *s, size_t *keys)
{
    size_t *same;
    int is_done = s->of->rows < 2;
    *keys = 0;
    mi_status status = MI_NEW(same, s->of->rows);
    for (size_t k = 0; status == MI_OK && k < s->n && !is_done; k++) {
        int can_be = s->is_text[k] || (s->of->role && s->of->role[s->column[k]] != MI_MEASURED);
        if (!can_be || !tells_more(s, same, k))
            continue;
        status = split_rows(&is_done, s, same, k);
        move_to(s, (*keys)++, k);
    }
    mi_free(same);
    return status;
}

/* Bytes at which all texts of a column are alike, up to their last slash. */
static size_t common_folder(const shown *s, size_t k)
{
    const char *first = text_at(s, 0, k);
    size_t common = strlen(first);
    for (size_t row = 1; row < s->of->rows; row++) {
        size_t same = 0;
        while (same < common && text_at(s, row, k)[same] == first[same])
            same++;
        common = same;
    }
    while (common && first[common - 1] != '/')
        common--;
    return common ? common - 1 : 0;
}

/* Paths lose the folders that all of them share: ".../run1.h5". */
static void shorten_paths(shown *s, size_t k)
{
    static const char dots[] = "...";
    size_t folder = common_folder(s, k), behind = sizeof dots - 1;
    if (folder <= behind)
        return;
    s->width[k] = (int)mi_utf8_count(s->of->name[s->column[k]]);
    for (size_t row = 0; row < s->of->rows; row++) {
        char **text = &s->text[row * s->of->n + s->column[k]];
        *text += folder - behind;
        memcpy(*text, dots, behind);
        int width = (int)mi_utf8_count(*text);
        s->width[k] = width > s->width[k] ? width : s->width[k];
    }
}

/* ---- panels ---- */

/* The text, or as much of it as `width` characters hold, the last three of them dots. */
static void put_cut(FILE *stream, const char *text, int width)
{
    if ((int)mi_utf8_count(text) <= width) {
        fputs(text, stream);
        return;
    }
    for (int k = 0; k + 3 < width; k++) {
        size_t bytes = mi_utf8_length(text);
        bytes = bytes ? bytes : 1;
        fwrite(text, 1, bytes, stream);
        text += bytes;
    }
    fputs("...", stream);
}

static void put_cell(FILE *stream, const shown *s, size_t k, const char *text, int is_last)
{
    int pad = s->width[k] - (int)mi_utf8_count(text);
    pad = pad > 0 ? pad : 0;
    if (!s->is_text[k])
        fprintf(stream, "%*s", pad, "");
    put_cut(stream, text, s->width[k]);
    if (s->is_text[k] && !is_last)
        fprintf(stream, "%*s", pad, "");
}

/* The names (row = rows) or a row: columns 0 .. lead-1, then first .. end-1. */
static void put_line(FILE *stream, const shown *s, size_t row, size_t lead, size_t first,
                     size_t end)
{
    for (size_t k = lead ? 0 : first; k < end; k = k + 1 == lead ? first : k + 1) {
        const char *text = row < s->of->rows ? text_at(s, row, k) : s->of->name[s->column[k]];
        if (k != (lead ? 0 : first))
            fprintf(stream, "%*s", GAP, "");
        put_cell(stream, s, k, text, k + 1 == end);
    }
    putc('\n', stream);
}

/* Characters of columns 0 .. n-1 with the gaps behind them. */
static int width_of(const shown *s, size_t n)
{
    int used = 0;
    for (size_t k = 0; k < n; k++)
        used += s->width[k] + GAP;
    return used;
}

/* The key columns that all panels begin with: those that have room in half the width, which the first one is cut
 * to. *used: theirs. */
static mi_status lead_of(shown *s, size_t *lead, int *used)
{
    int half = s->of->width / 2;
    size_t keys;
    MI_TRY(put_keys_first(s, &keys));
    keys -= keys && keys == s->n; /* something stands beside them */
    for (size_t k = 0; k < keys && width_of(s, keys) > half; k++)
        if (s->is_text[k])
            shorten_paths(s, k);
    if (keys && s->width[0] + GAP > half)
        s->width[0] = half - GAP;
    while (keys > 1 && width_of(s, keys) > half)
        keys--;
    *lead = keys;
    *used = width_of(s, keys);
    return MI_OK;
}

/* The end of a panel that begins with column `first`, beside `used` characters. */
static size_t end_of_panel(const shown *s, size_t first, int used)
{
    size_t end = first;
    while (end < s->n && (end == first || used + s->width[end] <= s->of->width))
        used += s->width[end++] + GAP;
    return end;
}

static mi_status put_panels(FILE *stream, shown *s)
{
    int used = 0;
    size_t lead = 0, first, end;
    if (width_of(s, s->n) - GAP > s->of->width)
        MI_TRY(lead_of(s, &lead, &used));
    for (size_t k = lead; k < s->n; k++)
        s->width[k] = s->width[k] > s->of->width - used ? s->of->width - used : s->width[k];
    first = lead;
    do {
        end = end_of_panel(s, first, used);
        if (first > lead)
            putc('\n', stream);
        put_line(stream, s, s->of->rows, lead, first, end);
        for (size_t row = 0; row < s->of->rows; row++)
            put_line(stream, s, row, lead, first, end);
        first = end;
    } while (end < s->n);
    return MI_OK;
}

/* ---- texts ---- */

/* All cells, one after the other, each ended by a zero. Free with free. */
static char *texts_of(const mi_aligned *a)
{
    char *text = NULL;
    size_t bytes;
    FILE *memory = open_memstream(&text, &bytes);
    for (size_t k = 0; memory && k < a->rows * a->n; k++) {
        mi_cell_put(memory, &a->cell[k], a->digits, mi_utf8_put_visible);
        putc(0, memory);
    }
    if (memory && !(ferror(memory) | fclose(memory)))
        return text;
    free(text);
    return NULL;
}

mi_status mi_rows_aligned(FILE *stream, const mi_aligned *a)
{
    shown s = {.of = a};
    char *text = texts_of(a), *next = text;
    mi_status status;
    if (!text)
        return mi_fail(MI_ENOMEM, "out of memory for the rows of a table");
    MI_TRY_GOTO(status, MI_NEW(s.text, a->rows * a->n), done);
    MI_TRY_GOTO(status, MI_NEW(s.column, a->n), done);
    MI_TRY_GOTO(status, MI_NEW(s.width, a->n), done);
    MI_TRY_GOTO(status, MI_NEW(s.is_text, a->n), done);
    for (size_t k = 0; k < a->rows * a->n; k++, next += strlen(next) + 1)
        s.text[k] = next;
    pick(&s);
    measure(&s);
    if (s.n)
        status = put_panels(stream, &s);
done:
    mi_free(s.text);
    mi_free(s.column);
    mi_free(s.width);
    mi_free(s.is_text);
    free(text);
    return status;
}
