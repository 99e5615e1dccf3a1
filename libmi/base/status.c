/* Statuses with their sentences, and the detail text of the last failure of each thread.
 *
 * Whatever goes into a text is made printable here, once: names of files, groups and attributes
 * come from outside. */
#include "libmi/base/words.h"

#include <stdio.h>
#include <string.h>

#include "libmi/base/number.h"
#include "libmi/base/utf8.h"

#undef mi_fail /* what the analyser is told of them */
#undef mi_fail_in

#define DETAIL_BYTES 2048

static _Thread_local char detail[DETAIL_BYTES];
static mi_warning_fn *warning_handler;
static void *warning_arg;
static const mi_phrase *phrases;
static size_t n_phrases;
static const char *option_spelling = "", *tool_spelling = "";

const char *mi_status_text(mi_status status)
{
    static const char *const text[MI_STATUSES] = {
        [MI_OK] = "done",
        [MI_EUSAGE] = "wrong usage",
        [MI_EDATA] = "bad data",
        [MI_EOPEN] = "cannot open input",
        [MI_EMEMORY] = "needs more memory than allowed",
        [MI_ENOMEM] = "out of memory",
        [MI_ECREATE] = "cannot create output",
        [MI_EWRITE] = "write failed",
        [MI_ELIBRARY] = "a library failed",
    };
    return (unsigned)status < MI_STATUSES ? text[status] : "unknown status";
}

/* Copy text with what could drive a terminal or break the line written as \xHH. Names of files,
 * groups and attributes come from outside: done here, no message can forget it. */
static void copy_printable(char *to, size_t bytes, const char *from)
{
    size_t n = 0;
    while (*from && n + sizeof "\\xHH" <= bytes) {
        size_t length = mi_utf8_printable(from);
        if (length) {
            memcpy(to + n, from, length);
            n += length;
            from += length;
        } else {
            n += (size_t)snprintf(to + n, bytes - n, "\\x%02x", (unsigned char)*from++);
        }
    }
    to[n] = 0;
}

void mi_set_spelling(const char *option, const char *tool)
{
    option_spelling = option ? option : "";
    tool_spelling = tool ? tool : "";
}

void mi_set_phrases(const mi_phrase *phrase, size_t n)
{
    phrases = phrase;
    n_phrases = phrase ? n : 0;
}

/* What is said for the beginning of *s, which goes on behind it. */
static const char *spell_next(const char **s, char same[2])
{
    char mark = **s;
    if (mark != *MI_OPTION && mark != *MI_TOOL) {
        same[0] = *(*s)++;
        return same;
    }
    for (size_t k = 0; k < n_phrases; k++) {
        size_t length = strlen(phrases[k].from);
        if (strncmp(*s, phrases[k].from, length) == 0) {
            *s += length;
            return phrases[k].to;
        }
    }
    (*s)++;
    return mark == *MI_OPTION ? option_spelling : tool_spelling;
}

/* The format with its marks spelled, cut where `bytes` end. */
static void spell(char *to, size_t bytes, const char *format)
{
    size_t n = 0;
    for (const char *s = format; *s && n + 1 < bytes;) {
        char same[2] = "";
        const char *word = spell_next(&s, same);
        size_t length = strlen(word);
        if (length >= bytes - n)
            break;
        memcpy(to + n, word, length);
        n += length;
    }
    to[n] = 0;
}

int mi_vformat(char *to, size_t bytes, const char *format, va_list args)
{
    char spelled[DETAIL_BYTES / 2];
    spell(spelled, sizeof spelled, format);
    locale_t before = mi_number_locale();
    int n = vsnprintf(to, bytes, spelled, args);
    mi_number_locale_end(before);
    return n;
}

int mi_format(char *to, size_t bytes, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = mi_vformat(to, bytes, format, args);
    va_end(args);
    return n;
}

const char *mi_detail(void)
{
    return detail;
}

mi_status mi_fail(mi_status status, const char *format, ...)
{
    /* The arguments may point into the detail text itself: write aside, then copy. */
    char text[DETAIL_BYTES];
    va_list args;
    va_start(args, format);
    mi_vformat(text, sizeof text, format, args);
    va_end(args);
    copy_printable(detail, sizeof detail, text);
    return status;
}

mi_status mi_fail_in(mi_status status, const char *format, ...)
{
    char where[DETAIL_BYTES / 2];
    va_list args;
    va_start(args, format);
    mi_vformat(where, sizeof where, format, args);
    va_end(args);
    return mi_fail(status, "%s: %s", where, detail);
}

void mi_set_warning_handler(mi_warning_fn *handler, void *arg)
{
    warning_handler = handler;
    warning_arg = arg;
}

void mi_warn(const char *format, ...)
{
    char raw[DETAIL_BYTES], text[DETAIL_BYTES];
    va_list args;
    if (!warning_handler)
        return;
    va_start(args, format);
    mi_vformat(raw, sizeof raw, format, args);
    va_end(args);
    copy_printable(text, sizeof text, raw);
    warning_handler(warning_arg, text);
}
