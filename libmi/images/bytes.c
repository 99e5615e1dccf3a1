/* Whole files in memory: plain or gzip (zlib), and the members of tar archives (POSIX ustar). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "libmi/images/private.h"

mi_status mi_path_join(char **out, const char *dir, const char *name)
{
    size_t bytes = strlen(dir) + strlen(name) + 2;
    MI_TRY(mi_malloc(out, bytes, 1));
    snprintf(*out, bytes, "%s/%s", dir, name);
    return MI_OK;
}

static mi_status cannot_open(const char *path)
{
    return mi_fail(MI_EOPEN, "cannot open '%s': %s", path, strerror(errno));
}

static mi_status read_all(mi_bytes *b, const char *path, int descriptor)
{
    struct stat st;
    if (fstat(descriptor, &st) < 0)
        return cannot_open(path);
    if (S_ISDIR(st.st_mode))
        return mi_fail(MI_EOPEN, "cannot open '%s': it is a directory", path);
    b->n = (size_t)st.st_size;
    MI_TRY(mi_malloc(&b->data, b->n + 1, 1));
    for (size_t got = 0; got < b->n;) {
        ssize_t n = read(descriptor, b->data + got, b->n - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return mi_fail(MI_EDATA, "%s: cannot read: %s", path,
                           n < 0 ? strerror(errno) : "it became shorter");
        got += (size_t)n;
    }
    return MI_OK;
}

/* Inflate into memory that doubles. */
static mi_status inflate_all(mi_bytes *b, const char *path, z_stream *z)
{
    uint8_t *out = NULL;
    size_t room = 0;
    int code = Z_OK;
    mi_status status = MI_OK;
    z->next_in = b->data;
    z->avail_in = (uInt)b->n;
    while (code == Z_OK) {
        if (z->total_out == room) {
            room = room ? 2 * room : 4 * b->n + 65536;
            MI_TRY_GOTO(status, mi_realloc(&out, room, 1), done);
        }
        z->next_out = out + z->total_out;
        z->avail_out = (uInt)(room - z->total_out);
        code = inflate(z, Z_NO_FLUSH);
    }
    if (code != Z_STREAM_END)
        status = mi_fail(MI_EDATA, "%s: damaged gzip: %s", path,
                         code == Z_BUF_ERROR ? "it ends too early"
                         : z->msg            ? z->msg
                                             : "no reason");
done:
    mi_free(b->data);
    b->data = out;
    b->n = z->total_out;
    return status;
}

mi_status mi_bytes_read(mi_bytes *out, const char *path, int wants_md5)
{
    z_stream z = {0};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    *out = (mi_bytes){0};
    if (descriptor < 0)
        return cannot_open(path);
    mi_status status = read_all(out, path, descriptor);
    close(descriptor);
    if (status == MI_OK) {
        if (wants_md5)
            mi_md5(out->md5, out->data, out->n);
        if (out->n > 2 && out->data[0] == 0x1f && out->data[1] == 0x8b) {
            status = inflateInit2(&z, 16 + MAX_WBITS) == Z_OK
                         ? inflate_all(out, path, &z)
                         : mi_fail(MI_ENOMEM, "out of memory for zlib");
            inflateEnd(&z);
        }
    }
    if (status != MI_OK)
        mi_bytes_free(out);
    return status;
}

mi_status mi_bytes_read_in(mi_bytes *out, const char *dir, const char *name, int wants_md5)
{
    char *path;
    MI_TRY(mi_path_join(&path, dir, name));
    mi_status status = mi_bytes_read(out, path, wants_md5);
    mi_free(path);
    return status;
}

void mi_bytes_free(mi_bytes *b)
{
    mi_free(b->data);
    *b = (mi_bytes){0};
}

/* ---- tar: headers of 512 bytes with name at 0 and size in octal at 124; data padded to 512 ---- */

int mi_tar_find(const mi_bytes *tar, const char *name, const uint8_t **data, size_t *n)
{
    enum { BLOCK = 512 };
    for (size_t at = 0; at + BLOCK <= tar->n && tar->data[at];) {
        char path[101] = {0}, size[13] = {0};
        memcpy(path, tar->data + at, 100);
        memcpy(size, tar->data + at + 124, 12);
        size_t bytes = (size_t)strtoull(size, NULL, 8);
        const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
        at += BLOCK;
        if (bytes > tar->n - at)
            return 0;
        if (strcmp(base, name) == 0) {
            *data = tar->data + at;
            *n = bytes;
            return 1;
        }
        at += (bytes + BLOCK - 1) / BLOCK * BLOCK;
    }
    return 0;
}
