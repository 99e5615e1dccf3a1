/* Calls that fail, for LD_PRELOAD, counted over all threads, in libraries too, from where a program sets a timer (setitimer), which
 * the tools do when they begin; before it HDF5 starts, which without its first 16 bytes calls itself until the stack is full:
 * MI_FAULT_ALLOCATION=N: the N-th allocation fails; N+: it and all after it.
 * MI_FAULT_CLOSE=N: the N-th close fails, of a descriptor that is gone nevertheless.
 * MI_FAULT_SHORT=N: the N-th read or write moves half of what it is asked to; 0: each of them at most 7 bytes.
 * MI_FAULT_COUNT names a file for the numbers of allocations, closes, and reads and writes. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/types.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

/* By either name; the headers may give the second to the first. */
ssize_t short_pread(int fd, void *to, size_t bytes, off_t at) __asm__("pread");
ssize_t short_pread64(int fd, void *to, size_t bytes, off_t at) __asm__("pread64");
ssize_t short_pwrite(int fd, const void *from, size_t bytes, off_t at) __asm__("pwrite");
ssize_t short_pwrite64(int fd, const void *from, size_t bytes, off_t at) __asm__("pwrite64");

enum { MOST_AT_ONCE = 7 };

static atomic_long allocated, closed, moved;
static atomic_int has_begun;
static long failing = -1, failing_close = -1, short_move = -1;
static int fails_for_good;

/* ---- memory ---- */

static int fails(void)
{
    if (!has_begun)
        return 0;
    long now = ++allocated;
    if (now != failing && !(fails_for_good && now > failing))
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

/* ---- files ---- */

/* `call` becomes the function of that name of the C library. */
#define REAL(call, type, ...)      \
    union {                        \
        void *object;              \
        type (*call)(__VA_ARGS__); \
    } real = {.object = dlsym(RTLD_NEXT, #call)}

int close(int fd)
{
    REAL(close, int, int);
    int status = real.close(fd);
    if (!has_begun || ++closed != failing_close)
        return status;
    errno = EIO;
    return -1;
}

/* Of so many bytes those that are moved. */
static size_t part(size_t bytes)
{
    if (!has_begun)
        return bytes;
    long now = ++moved;
    if (short_move == 0)
        return bytes < MOST_AT_ONCE ? bytes : MOST_AT_ONCE;
    return now == short_move && bytes > 1 ? bytes / 2 : bytes;
}

ssize_t read(int fd, void *to, size_t bytes)
{
    REAL(read, ssize_t, int, void *, size_t);
    return real.read(fd, to, part(bytes));
}

ssize_t write(int fd, const void *from, size_t bytes)
{
    REAL(write, ssize_t, int, const void *, size_t);
    return real.write(fd, from, part(bytes));
}

ssize_t short_pread64(int fd, void *to, size_t bytes, off_t at)
{
    REAL(pread64, ssize_t, int, void *, size_t, off_t);
    return real.pread64(fd, to, part(bytes), at);
}

ssize_t short_pread(int fd, void *to, size_t bytes, off_t at)
{
    return short_pread64(fd, to, bytes, at);
}

ssize_t short_pwrite64(int fd, const void *from, size_t bytes, off_t at)
{
    REAL(pwrite64, ssize_t, int, const void *, size_t, off_t);
    return real.pwrite64(fd, from, part(bytes), at);
}

ssize_t short_pwrite(int fd, const void *from, size_t bytes, off_t at)
{
    return short_pwrite64(fd, from, bytes, at);
}

/* ---- begin and end ---- */

static long number(const char *name)
{
    const char *text = getenv(name);
    return text ? atol(text) : -1;
}

static void begin(void)
{
    const char *allocation = getenv("MI_FAULT_ALLOCATION");
    failing = number("MI_FAULT_ALLOCATION");
    fails_for_good = allocation && strchr(allocation, '+') != NULL;
    failing_close = number("MI_FAULT_CLOSE");
    short_move = number("MI_FAULT_SHORT");
    unsetenv("LD_PRELOAD"); /* other programs that a tool runs have memory */
    has_begun = 1;
}

int setitimer(__itimer_which_t which, const struct itimerval *every, struct itimerval *before)
{
    REAL(setitimer, int, __itimer_which_t, const struct itimerval *, struct itimerval *);
    if (!has_begun)
        begin();
    return real.setitimer(which, every, before);
}

__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("MI_FAULT_COUNT");
    FILE *to = has_begun && path ? fopen(path, "w") : NULL;
    has_begun = 0;
    if (!to)
        return;
    fprintf(to, "%ld %ld %ld\n", (long)allocated, (long)closed, (long)moved);
    fclose(to);
}
