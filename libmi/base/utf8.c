/* UTF-8 by its definition (RFC 3629): lengths, validity, and control characters made visible. */
#include "libmi/base/utf8.h"

static size_t length_of_lead(unsigned char lead)
{
    return lead < 0x80   ? 1
           : lead < 0xc0 ? 0
           : lead < 0xe0 ? 2
           : lead < 0xf0 ? 3
           : lead < 0xf8 ? 4
                         : 0;
}

/* The character of n bytes. */
static uint32_t code_of(const char *text, size_t n)
{
    const unsigned char *c = (const unsigned char *)text;
    uint32_t code = c[0] & (0x7fu >> n);
    for (size_t k = 1; k < n; k++)
        code = code << 6 | (c[k] & 0x3f);
    return code;
}

size_t mi_utf8_length(const char *text)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *c = (const unsigned char *)text;
    size_t n = length_of_lead(c[0]);
    if (n < 2)
        return n;
    for (size_t k = 1; k < n; k++)
        if ((c[k] & 0xc0) != 0x80)
            return 0;
    uint32_t code = code_of(text, n);
    if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return 0;
    return n;
}

size_t mi_utf8_put(char *to, uint32_t c)
{
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        c = 0xfffd;
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    size_t bytes = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t k = bytes; k-- > 1; c >>= 6)
        to[k] = (char)(0x80 | (c & 0x3f));
    to[0] = (char)(lead[bytes] | c);
    return bytes;
}

size_t mi_utf8_count(const char *text)
{
    size_t count = 0;
    for (; *text; count++) {
        size_t n = mi_utf8_length(text);
        text += n ? n : 1;
    }
    return count;
}

int mi_utf8_is_control(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    return (c[0] && c[0] < 0x20) || c[0] == 0x7f || (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0);
}

/* Line ends, and what turns the direction of the text around it, so that a name reads as another. */
static int moves_others(const char *text, size_t n)
{
    uint32_t code = n == 3 ? code_of(text, n) : 0;
    return (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

size_t mi_utf8_printable(const char *text)
{
    size_t n = *text ? mi_utf8_length(text) : 0;
    return mi_utf8_is_control(text) || moves_others(text, n) ? 0 : n;
}

void mi_utf8_put_visible(FILE *stream, const char *text)
{
    while (*text) {
        size_t bytes = mi_utf8_printable(text), hidden = mi_utf8_length(text);
        if (bytes)
            fwrite(text, 1, bytes, stream);
        else if (hidden > 1)
            fprintf(stream, "\\u%04x", (unsigned)code_of(text, hidden));
        else
            fprintf(stream, "\\x%02x", (unsigned char)*text);
        text += hidden ? hidden : 1;
    }
}
