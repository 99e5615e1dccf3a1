/* Words of command lines: plain, or in single quotes, within which a shell reads every character as it
 * is; a single quote itself ends them, stands behind a backslash, and begins them anew. */
#include "libmi/base/shell.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./%@"

static size_t put(char *to, size_t bytes, size_t used, const char *text)
{
    for (; *text; text++, used++)
        if (used + 1 < bytes)
            to[used] = *text;
    return used;
}

int mi_shell_word(char *to, size_t bytes, const char *format, ...)
{
    char text[8192];
    size_t used = 0;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    int is_plain = text[0] && !text[strspn(text, PLAIN)];
    used = put(to, bytes, used, is_plain ? "" : "'");
    for (const char *c = text; *c; c++)
        used = put(to, bytes, used, *c == '\'' ? "'\\''" : (char[]){*c, 0});
    used = put(to, bytes, used, is_plain ? "" : "'");
    if (bytes)
        to[used < bytes ? used : bytes - 1] = 0;
    return (int)used;
}
