/* Checked allocation: products of sizes cannot overflow, memory is aligned to cache lines, and a
 * test can make the n-th allocation fail.
 *
 * Also how much memory is free: MemAvailable of /proc/meminfo, or what the control group leaves, if
 * less. */
#include "libmi/base/mem.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "libmi/base/want.h"

#define ALIGNMENT  64
#define HUGE_BYTES ((size_t)8 << 20)

static atomic_long fail_countdown;

void mi_fail_allocation(long n)
{
    atomic_store(&fail_countdown, n);
}

static int injected_failure(void)
{
    return atomic_load(&fail_countdown) > 0 && atomic_fetch_sub(&fail_countdown, 1) == 1;
}

mi_status mi_malloc(void *to, size_t count, size_t size)
{
    MI_WANT(to, "memory without a pointer to take it");
    void *memory = NULL;
    size_t bytes;
    memcpy(to, &memory, sizeof memory);
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2)
        return mi_fail(MI_ENOMEM, "%zu elements of %zu bytes are more than memory can hold", count,
                       size);
    bytes = (bytes + ALIGNMENT) / ALIGNMENT * ALIGNMENT;
    if (!injected_failure())
        memory = aligned_alloc(ALIGNMENT, bytes);
    if (!memory)
        return mi_fail(MI_ENOMEM, "out of memory (%zu bytes asked for)", bytes);
    if (bytes >= HUGE_BYTES)
        madvise((void *)(((uintptr_t)memory + 4095) & ~(uintptr_t)4095), bytes - 4096,
                MADV_HUGEPAGE);
    memcpy(to, &memory, sizeof memory);
    return MI_OK;
}

mi_status mi_calloc(void *to, size_t count, size_t size)
{
    void *memory;
    MI_TRY(mi_malloc(to, count, size));
    memcpy(&memory, to, sizeof memory);
    memset(memory, 0, count * size);
    return MI_OK;
}

mi_status mi_grow(void *array, size_t n, size_t *room, size_t size)
{
    MI_WANT(room, "an array that grows without its room");
    if (n < *room)
        return MI_OK;
    size_t wanted = *room ? 2 * *room : 16;
    MI_TRY(mi_realloc(array, wanted, size));
    *room = wanted;
    return MI_OK;
}

mi_status mi_realloc(void *to, size_t count, size_t size)
{
    MI_WANT(to, "memory without a pointer to take it");
    void *old, *memory = NULL;
    size_t bytes;
    memcpy(&old, to, sizeof old);
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2)
        return mi_fail(MI_ENOMEM, "%zu elements of %zu bytes are more than memory can hold", count,
                       size);
    if (!injected_failure())
        memory = realloc(old, bytes ? bytes : 1);
    if (!memory)
        return mi_fail(MI_ENOMEM, "out of memory (%zu bytes asked for)", bytes);
    memcpy(to, &memory, sizeof memory);
    return MI_OK;
}

void mi_free(void *memory)
{
    free(memory);
}

mi_status mi_strdup(char **to, const char *text)
{
    MI_WANT(to && text, "a copy of a text without a %s", to ? "text" : "pointer to take it");
    size_t bytes = strlen(text) + 1;
    MI_TRY(mi_malloc(to, bytes, 1));
    memcpy(*to, text, bytes);
    return MI_OK;
}

/* The number in a one-line file of /sys/fs/cgroup, or SIZE_MAX for "max" or no such file. */
static size_t read_limit(const char *path)
{
    unsigned long long value = 0;
    FILE *f = fopen(path, "r");
    int got = f ? fscanf(f, "%llu", &value) : 0;
    if (f)
        fclose(f);
    return got == 1 ? (size_t)value : SIZE_MAX;
}

size_t mi_memory_free_bytes(void)
{
    char line[256];
    unsigned long long kilobytes = 0;
    size_t available = SIZE_MAX, limit, used;
    FILE *f = fopen("/proc/meminfo", "r");
    while (f && available == SIZE_MAX && fgets(line, sizeof line, f)) {
        if (sscanf(line, "MemAvailable: %llu", &kilobytes) == 1)
            available = (size_t)kilobytes * 1024;
    }
    if (f)
        fclose(f);
    limit = read_limit("/sys/fs/cgroup/memory.max");
    used = read_limit("/sys/fs/cgroup/memory.current");
    if (limit != SIZE_MAX && used != SIZE_MAX && limit > used && limit - used < available)
        available = limit - used;
    return available;
}
