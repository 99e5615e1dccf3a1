/* Records of text after RFC 4180: cells with a comma (or a tab, or a semicolon) between, quoted
 * where they hold one, a quote ("" inside), or a line end. A byte-order mark, CR LF and a last line
 * without an end are taken as they come. */
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/exchange/private.h"

#define BUFFER_BYTES ((size_t)1 << 17)
#define MOST_RECORD  ((size_t)64 << 20)

enum { END = -1, FAILED = -2 };

static int fill(mi_csv *c, mi_status *status)
{
    uint64_t left = c->bytes.size - c->bytes.at;
    c->at = 0;
    c->have = left < BUFFER_BYTES ? (size_t)left : BUFFER_BYTES;
    if (c->have == 0)
        return END;
    *status = c->bytes.read(&c->bytes, c->buffer, c->have);
    return *status == MI_OK ? 0 : FAILED;
}

static inline int next(mi_csv *c, mi_status *status)
{
    if (c->at == c->have) {
        int filled = fill(c, status);
        if (filled < 0)
            return filled;
    }
    return (unsigned char)c->buffer[c->at++];
}

static mi_status put(mi_csv *c, int byte)
{
    if (c->used == c->room) {
        size_t room = c->room ? 2 * c->room : 4096;
        if (room > MOST_RECORD)
            return mi_fail(MI_EDATA,
                           "line %zu: a record of more than 64 MB; a quote that is not "
                           "closed?",
                           c->line);
        MI_TRY(mi_realloc(&c->text, room, 1));
        c->room = room;
    }
    c->text[c->used++] = (char)byte;
    return MI_OK;
}

static mi_status begin_cell(mi_csv *c)
{
    if (c->cells == c->cells_room) {
        size_t room = c->cells_room ? 2 * c->cells_room : 64;
        MI_TRY(mi_realloc(&c->start, room, sizeof *c->start));
        MI_TRY(mi_realloc(&c->quoted, room, 1));
        c->cells_room = room;
    }
    c->start[c->cells] = c->used;
    c->quoted[c->cells++] = 0;
    return MI_OK;
}

/* What stands between quotes, up to the byte behind the closing one, which is in *byte. */
static mi_status take_quoted(mi_csv *c, int *byte)
{
    mi_status status = MI_OK;
    c->quoted[c->cells - 1] = 1;
    for (;;) {
        *byte = next(c, &status);
        if (*byte == FAILED)
            return status;
        if (*byte == END)
            return mi_fail(MI_EDATA, "line %zu: a quote is not closed", c->line);
        if (*byte == '"') {
            *byte = next(c, &status);
            if (*byte != '"')
                return *byte == FAILED ? status : MI_OK;
        }
        c->line_now += *byte == '\n';
        MI_TRY(put(c, *byte));
    }
}

/* A CR before the end of a line is part of that end. */
static void drop_return(mi_csv *c)
{
    size_t last = c->cells - 1;
    if (!c->quoted[last] && c->used > c->start[last] && c->text[c->used - 1] == '\r')
        c->used--;
}

/* The rest of a cell without quotes; *byte is its first, and then what ended it. */
static mi_status take_plain(mi_csv *c, int *byte)
{
    mi_status status = MI_OK;
    for (; *byte >= 0 && *byte != c->delimiter && *byte != '\n'; *byte = next(c, &status)) {
        if (*byte == 0)
            return mi_fail(MI_EDATA, "line %zu: a zero byte, wanted text", c->line);
        MI_TRY(put(c, *byte));
    }
    return *byte == FAILED ? status : MI_OK;
}

static mi_status take_cell(mi_csv *c, int *byte)
{
    mi_status status = MI_OK;
    MI_TRY(begin_cell(c));
    if (*byte != '"') {
        MI_TRY(take_plain(c, byte));
    } else {
        MI_TRY(take_quoted(c, byte));
        if (*byte == '\r')
            *byte = next(c, &status);
        MI_TRY(status);
        if (*byte >= 0 && *byte != c->delimiter && *byte != '\n')
            return mi_fail(MI_EDATA, "line %zu: '%c' behind a closing quote, wanted the next cell",
                           c->line, *byte);
    }
    if (*byte != c->delimiter)
        drop_return(c);
    return put(c, 0);
}

mi_status mi_csv_next(mi_csv *c, int *more)
{
    mi_status status = MI_OK;
    c->cells = c->used = 0;
    c->line = c->line_now;
    int byte = next(c, &status);
    *more = byte != END;
    if (byte < 0)
        return status;
    for (;; byte = next(c, &status)) {
        MI_TRY(status);
        if (byte == END) { /* behind the last delimiter */
            MI_TRY(begin_cell(c));
            return put(c, 0);
        }
        MI_TRY(take_cell(c, &byte));
        if (byte != c->delimiter)
            break;
    }
    c->line_now += byte == '\n';
    return MI_OK;
}

const char *mi_csv_cell(const mi_csv *c, size_t k)
{
    return c->text + c->start[k];
}

mi_status mi_csv_rewind(mi_csv *c)
{
    static const unsigned char mark[] = {0xef, 0xbb, 0xbf};
    mi_status status = MI_OK;
    MI_TRY(c->bytes.seek(&c->bytes, 0));
    c->at = c->have = 0;
    c->line_now = 1;
    if (fill(c, &status) == FAILED)
        return status;
    if (c->have >= sizeof mark && memcmp(c->buffer, mark, sizeof mark) == 0)
        c->at = sizeof mark;
    return MI_OK;
}

/* The one that the first line has, outside of quotes: a tab, else a comma, else a semicolon. */
static char find_delimiter(const mi_csv *c)
{
    int tabs = 0, commas = 0, semicolons = 0, quoted = 0;
    for (size_t k = c->at; k < c->have && (quoted || c->buffer[k] != '\n'); k++) {
        quoted ^= c->buffer[k] == '"';
        tabs += !quoted && c->buffer[k] == '\t';
        commas += !quoted && c->buffer[k] == ',';
        semicolons += !quoted && c->buffer[k] == ';';
    }
    return (char)(tabs ? '\t' : commas || !semicolons ? ',' : ';');
}

mi_status mi_csv_open(mi_csv *c, const char *path)
{
    *c = (mi_csv){0};
    MI_TRY(mi_bytes_file(&c->bytes, path));
    MI_TRY(mi_malloc(&c->buffer, BUFFER_BYTES, 1));
    MI_TRY(mi_csv_rewind(c));
    c->delimiter = find_delimiter(c);
    return MI_OK;
}

void mi_csv_close(mi_csv *c)
{
    mi_bytes_close(&c->bytes);
    mi_free(c->buffer);
    mi_free(c->text);
    mi_free(c->start);
    mi_free(c->quoted);
    *c = (mi_csv){0};
}
