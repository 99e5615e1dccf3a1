/* memfd_create: a file that nothing is left of. */
#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "libmi/mi.h"

static int file = -1;

const char *target_file(const uint8_t *data, size_t size)
{
    static char path[64];
    file = memfd_create("fuzz", MFD_CLOEXEC);
    if (file < 0 || write(file, data, size) != (ssize_t)size)
        return NULL;
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    return path;
}

void target_file_done(void)
{
    if (file >= 0)
        close(file);
    file = -1;
}

char *target_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        abort();
    if (size)
        memcpy(text, data, size);
    text[size] = 0;
    return text;
}

void target_want(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "broken: %s\n", what);
    abort();
}

static void say_nothing(void *arg, const char *text)
{
    (void)arg;
    (void)text;
}

void target_quiet(void)
{
    mi_set_warning_handler(say_nothing, NULL);
}
