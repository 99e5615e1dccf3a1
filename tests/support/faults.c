/* Memory that runs out, for LD_PRELOAD: MI_FAULT_ALLOCATION=N lets the N-th allocation fail, counted over all threads from
 * where a tool begins (its setlocale), in libraries too; MI_FAULT_COUNT names a file for the number of them; MI_FAULT_CLOSE=N: the N-th close fails, of a descriptor
 * that is gone nevertheless. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

char *setlocale(int category, const char *locale);

static atomic_long count, closed;
static atomic_int has_begun;
static long failing = -1, failing_close = -1;

static int fails(void)
{
    if (!has_begun)
        return 0;
    if (++count != failing)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t bytes)
{
    return fails() ? NULL : __libc_malloc(bytes);
}

void *calloc(size_t n, size_t bytes)
{
    return fails() ? NULL : __libc_calloc(n, bytes);
}

void *realloc(void *old, size_t bytes)
{
    return fails() ? NULL : __libc_realloc(old, bytes);
}

int posix_memalign(void **out, size_t alignment, size_t bytes)
{
    *out = fails() ? NULL : __libc_memalign(alignment, bytes);
    return *out ? 0 : ENOMEM;
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    return fails() ? NULL : __libc_memalign(alignment, bytes);
}

int close(int fd)
{
    union {
        void *object;
        int (*call)(int);
    } real = {.object = dlsym(RTLD_NEXT, "close")};
    int status = real.call(fd);
    if (!has_begun || ++closed != failing_close)
        return status;
    errno = EIO;
    return -1;
}

char *setlocale(int category, const char *locale)
{
    union {
        void *object;
        char *(*call)(int, const char *);
    } real = {.object = dlsym(RTLD_NEXT, "setlocale")};
    const char *allocation = getenv("MI_FAULT_ALLOCATION"), *close_it = getenv("MI_FAULT_CLOSE");
    failing = allocation ? atol(allocation) : -1;
    failing_close = close_it ? atol(close_it) : -1;
    unsetenv("LD_PRELOAD"); /* other programs that a tool runs have memory */
    has_begun = 1;
    return real.call(category, locale);
}

__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("MI_FAULT_COUNT");
    char text[32];
    int n = snprintf(text, sizeof text, "%ld\n", (long)count),
        to = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644) : -1;
    if (to >= 0) {
        (void)!write(to, text, (size_t)n);
        close(to);
    }
}
