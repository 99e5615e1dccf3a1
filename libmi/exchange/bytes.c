/* A file as bytes in order; pipes and packed entries by way of an unnamed temporary file. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libmi/base/mem.h"
#include "libmi/exchange/private.h"

#define COPY_BYTES ((size_t)1 << 20)

static mi_status file_read(mi_bytes *b, void *to, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(b->descriptor, (char *)to + done, n - done, (off_t)b->at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return mi_fail(MI_EOPEN, "cannot be read: %s", strerror(errno));
        if (got == 0)
            return mi_fail(MI_EDATA, "truncated: ends after %llu bytes", (unsigned long long)b->at);
        done += (size_t)got;
        b->at += (uint64_t)got;
    }
    return MI_OK;
}

static mi_status file_seek(mi_bytes *b, uint64_t at)
{
    b->at = at;
    return MI_OK;
}

static void file_close(mi_bytes *b)
{
    close(b->descriptor);
}

static mi_bytes of_descriptor(int descriptor, uint64_t size)
{
    return (mi_bytes){.read = file_read,
                      .seek = file_seek,
                      .close = file_close,
                      .size = size,
                      .descriptor = descriptor};
}

mi_status mi_bytes_file(mi_bytes *b, const char *path)
{
    struct stat st;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    *b = (mi_bytes){0};
    if (descriptor < 0 || fstat(descriptor, &st) < 0)
        return mi_fail(MI_EOPEN, "cannot be opened: %s", strerror(errno));
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
    *b = of_descriptor(descriptor, (uint64_t)st.st_size);
    return MI_OK;
}

void mi_bytes_close(mi_bytes *b)
{
    if (b->close)
        b->close(b);
    *b = (mi_bytes){0};
}

/* ---- temporary files ---- */

mi_status mi_temporary(int *descriptor)
{
    char path[4096];
    const char *directory = getenv("TMPDIR");
    directory = directory && *directory ? directory : "/tmp";
    *descriptor = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (*descriptor >= 0)
        return MI_OK;
    /* File systems without unnamed files: one whose name goes at once. */
    snprintf(path, sizeof path, "%s/.mi-XXXXXX", directory);
    *descriptor = mkostemp(path, O_CLOEXEC);
    if (*descriptor < 0)
        return mi_fail(MI_ECREATE, "cannot create a temporary file in '%s' (TMPDIR): %s", directory,
                       strerror(errno));
    unlink(path);
    return MI_OK;
}

static mi_status write_all(int to, const char *from, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t sent = write(to, from + done, n - done);
        if (sent < 0 && errno != EINTR)
            return mi_fail(MI_EWRITE, "cannot write a temporary file: %s (TMPDIR says where)",
                           strerror(errno));
        done += sent > 0 ? (size_t)sent : 0;
    }
    return MI_OK;
}

mi_status mi_copy_all(int to, int from, const char *name)
{
    char *buffer;
    ssize_t got;
    mi_status status = MI_OK;
    MI_TRY(MI_NEW_RAW(buffer, COPY_BYTES));
    while (status == MI_OK && (got = read(from, buffer, COPY_BYTES)) != 0) {
        if (got > 0)
            status = write_all(to, buffer, (size_t)got);
        else if (errno != EINTR)
            status = mi_fail(MI_EOPEN, "cannot read '%s': %s", name, strerror(errno));
    }
    mi_free(buffer);
    return status;
}

static mi_status spool_into(int to, mi_bytes *b)
{
    char *buffer;
    mi_status status = MI_OK;
    MI_TRY(MI_NEW_RAW(buffer, COPY_BYTES));
    for (uint64_t left = b->size - b->at; status == MI_OK && left > 0;) {
        size_t count = left < COPY_BYTES ? (size_t)left : COPY_BYTES;
        status = b->read(b, buffer, count);
        if (status == MI_OK)
            status = write_all(to, buffer, count);
        left -= count;
    }
    mi_free(buffer);
    return status == MI_OK && b->end ? b->end(b) : status;
}

mi_status mi_bytes_spool(mi_bytes *b)
{
    int descriptor;
    uint64_t size = b->size;
    MI_TRY(mi_temporary(&descriptor));
    lseek(descriptor, (off_t)b->at, SEEK_SET); /* what has been read stays a hole */
    mi_status status = spool_into(descriptor, b);
    if (status != MI_OK) {
        close(descriptor);
        return status;
    }
    mi_bytes_close(b);
    *b = of_descriptor(descriptor, size);
    return MI_OK;
}
