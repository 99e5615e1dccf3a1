/* Text into gnuplot strings. Single quotes would be the natural ones, but gnuplot 5.4 misreads a
 * doubled quote at the start of a string and next to another one, and what follows would be
 * executed. So strings stand in double quotes, and every character that could mean anything there
 * is an octal escape.
 */
#include <string.h>

#include "libmi/base/utf8.h"
#include "libmi/plot/private.h"

#define ELLIPSIS "\xe2\x80\xa6"

static int is_plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c >= 0x80 || (c && strchr(" .,:;=+-_/()[]<>|*?!", c));
}

void mi_plot_quote(FILE *stream, const char *text)
{
    if (!stream)
        return;
    putc('"', stream);
    for (const char *c = text ? text : ""; *c; c++) {
        unsigned char byte = (unsigned char)*c;
        if (is_plain(byte))
            putc(byte, stream);
        else /* gnuplot reads four digits after a leading 0, else three */
            fprintf(stream, byte < 0100 ? "\\%04o" : "\\%03o", byte);
    }
    putc('"', stream);
}

void mi_plot_label(char *out, const char *text, size_t chars)
{
    size_t used = 0, count = mi_utf8_count(text), keep = count > chars ? chars - 1 : count;
    size_t room = PLOT_LABEL - sizeof ELLIPSIS;
    for (size_t k = 0; k < keep && used + 4 < room; k++) {
        size_t n = mi_utf8_length(text);
        const char *from = mi_utf8_is_control(text) ? " " : n ? text : MI_UTF8_REPLACEMENT;
        size_t bytes = from == text ? n : strlen(from);
        for (size_t b = 0; b < bytes; b++)
            out[used++] = from[b];
        text += n ? n : 1;
    }
    strcpy(out + used, *text ? ELLIPSIS : "");
}

void mi_plot_label_ends(char *out, const char *text, size_t chars)
{
    char head[PLOT_LABEL];
    size_t count = mi_utf8_count(text), keep = (chars - 1) / 2;
    if (count <= chars) {
        mi_plot_label(out, text, chars);
        return;
    }
    mi_plot_label(head, text, chars - keep); /* with the ellipsis */
    for (size_t k = 0; k + keep < count; k++) {
        size_t n = mi_utf8_length(text);
        text += n ? n : 1;
    }
    mi_plot_label(out, text, PLOT_LABEL);
    size_t used = strlen(head), tail = strlen(out);
    memmove(out + used, out, tail + 1);
    memcpy(out, head, used); /* NOLINT(bugprone-not-null-terminated-result): in front of the tail */
}

static void put_quoted(FILE *values, const char *text)
{
    char label[PLOT_LABEL];
    mi_plot_label(label, text, PLOT_LABEL);
    mi_plot_quote(values, label);
    putc('\n', values);
}

void mi_plot_put_text(FILE *values, const char *name, size_t index, const char *text)
{
    fprintf(values, "%s[%zu] = ", name, index);
    put_quoted(values, text);
}

void mi_plot_put_tic(FILE *values, const char *name, size_t index, const char *text)
{
    char format[2 * PLOT_LABEL], label[PLOT_LABEL];
    size_t used = 0;
    mi_plot_label(label, text, PLOT_LABEL);
    for (const char *c = label; *c; c++) {
        format[used++] = *c;
        if (*c == '%')
            format[used++] = '%';
    }
    format[used] = 0;
    fprintf(values, "%s[%zu] = ", name, index);
    mi_plot_quote(values, format);
    putc('\n', values);
}

void mi_plot_put_name(FILE *values, const char *name, const char *text)
{
    fprintf(values, "%s = ", name);
    put_quoted(values, text);
}
