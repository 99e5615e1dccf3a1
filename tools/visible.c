/* A stream of glibc's own making (fopencookie) before standard output. Bytes come in pieces that may end within
 * a character, so those of one are gathered until it is whole. */
#include "visible.h"

#include <stdlib.h>

#include "libmi/mi.h"

typedef struct {
    char group[5]; /* a byte and what continues it, at most four; ends with a zero */
    int used;
} gathered;

static void put_group(gathered *g)
{
    g->group[g->used] = 0;
    if (g->used && !g->group[0])
        fputs("\\x00", stdout);
    else if (g->group[0] == '\n' || g->group[0] == '\t')
        putchar(g->group[0]);
    else
        mi_utf8_put_visible(stdout, g->group);
    g->used = 0;
}

static ssize_t pass(void *cookie, const char *bytes, size_t n)
{
    gathered *g = cookie;
    for (size_t k = 0; k < n; k++) {
        int continues = ((unsigned char)bytes[k] & 0xc0) == 0x80;
        if (!continues || g->used == 4)
            put_group(g);
        g->group[g->used++] = bytes[k];
        if ((unsigned char)bytes[k] < 0x80)
            put_group(g);
    }
    return fflush(stdout) == 0 ? (ssize_t)n : 0;
}

static int finish(void *cookie)
{
    put_group(cookie);
    free(cookie);
    return fflush(stdout);
}

FILE *visible_open(void)
{
    gathered *g = calloc(1, sizeof *g);
    FILE *stream = NULL;
    if (g)
        stream = fopencookie(g, "w", (cookie_io_functions_t){.write = pass, .close = finish});
    if (!stream)
        free(g);
    else
        setvbuf(stream, NULL, _IOLBF, BUFSIZ);
    return stream;
}
