/* What a file of another program is, by its first bytes, and its array by the reader of that
 * format.
 */
#include "libmi/exchange/foreign.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libmi/base/mem.h"
#include "libmi/base/words.h"
#include "libmi/exchange/private.h"
#include "libmi/features/raw.h"
#include "libmi/features/sniff.h"

/* ---- shapes ---- */

mi_status mi_foreign_set_axes(mi_foreign *a, int axes, const uint64_t *axis)
{
    size_t total;
    int overflow = 0;
    if (axes == 0)
        return mi_fail(MI_EDATA, "a scalar, wanted a value a row");
    if (axes > MI_FOREIGN_AXES)
        return mi_fail(MI_EDATA, "%d axes, wanted %d at most", axes, MI_FOREIGN_AXES);
    a->axes = axes;
    memcpy(a->axis, axis, (size_t)axes * sizeof *axis);
    a->n = (size_t)axis[0];
    a->d = 1;
    for (int k = 1; k < axes; k++)
        overflow |= __builtin_mul_overflow(a->d, (size_t)axis[k], &a->d);
    if (overflow || __builtin_mul_overflow(a->n, a->d, &total) || total > SIZE_MAX / 1024)
        return mi_fail(MI_EDATA, "damaged: more elements than memory can hold");
    return MI_OK;
}

int mi_foreign_merge(mi_foreign *a)
{
    if (!a->kind->is_sequential || a->axes < 2 || a->row > 0)
        return 0;
    a->axis[1] *= a->axis[0];
    memmove(a->axis, a->axis + 1, (size_t)--a->axes * sizeof *a->axis);
    a->n = (size_t)a->axis[0];
    a->d = 1;
    for (int k = 1; k < a->axes; k++)
        a->d *= (size_t)a->axis[k];
    return 1;
}

const char *mi_foreign_shape(const mi_foreign *a, char *buffer, size_t bytes)
{
    size_t used = (size_t)snprintf(buffer, bytes, "%s[", mi_elem_name(a->elem));
    for (int k = 0; k < a->axes && used < bytes; k++)
        used += (size_t)snprintf(buffer + used, bytes - used, "%s%llu", k ? "," : "",
                                 (unsigned long long)a->axis[k]);
    if (used < bytes)
        snprintf(buffer + used, bytes - used, "]");
    return buffer;
}

mi_status mi_foreign_no_part(const char *problem, char *const *name, size_t n)
{
    char text[1024] = "nothing that could be read";
    size_t used = 0;
    for (size_t k = 0; k < n && k < 8 && used < sizeof text; k++)
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "%s%.100s", k ? ", " : "", name[k]);
    if (n > 8 && used < sizeof text)
        snprintf(text + used, sizeof text - used, " and %zu more", n - 8);
    return mi_fail(MI_EDATA, "%s; it holds %s", problem, text);
}

/* ---- formats ---- */

static const char hdf5[] = "\x89HDF\r\n\x1a\n";

/* HDF5 may begin behind a block of the user's. */
static int has_user_block(int fd)
{
    char head[sizeof hdf5 - 1];
    for (off_t at = 512; at <= 1 << 16; at *= 2)
        if (pread(fd, head, sizeof head, at) == (ssize_t)sizeof head &&
            memcmp(head, hdf5, sizeof head) == 0)
            return 1;
    return 0;
}

static int begins_with(const unsigned char *head, size_t n, const char *magic)
{
    return n >= strlen(magic) && memcmp(head, magic, strlen(magic)) == 0;
}

static int is_hdf5(int fd, const unsigned char *head, size_t n, mi_sniffed kind)
{
    if (begins_with(head, n, hdf5) || begins_with(head, n, "MATLAB 7.3"))
        return 1;
    return (kind == MI_SNIFFED_TEXT || kind == MI_SNIFFED_OTHER) && has_user_block(fd);
}

/* With the line of Python that saves what the file holds as .npz. */
static mi_status refuse_python(const char *what, const char *import, const char *load)
{
    return mi_fail(
        MI_EDATA,
        "%s, which Python alone can read; this saves what is in it as features.npz, for " MI_TOOL
        "import z1=features.npz:NAME: python3 -c \"import %s, numpy; x = %s; "
        "numpy.savez('features.npz', **{k: v.detach().cpu().float().numpy() if "
        "hasattr(v, 'detach') else v for k, v in (x if isinstance(x, dict) else "
        "{'z1': x}).items()})\"",
        what, import, load);
}

static mi_status refuse(mi_sniffed kind, const char *path, const unsigned char *head, size_t n)
{
    char text[1024];
    if (kind == MI_SNIFFED_TORCH) {
        snprintf(text, sizeof text, "torch.load('%.400s', map_location='cpu')", path);
        return refuse_python("a PyTorch file", "torch", text);
    }
    if (kind == MI_SNIFFED_PICKLE) {
        snprintf(text, sizeof text, "pickle.load(open('%.400s', 'rb'))", path);
        return refuse_python("a Python pickle", "pickle", text);
    }
    if (kind == MI_SNIFFED_PACKED)
        return mi_fail(MI_EDATA, "a packed file; unpack it first");
    mi_sniff(text, sizeof text, head, n, path);
    return mi_fail(MI_EDATA, "%s", text);
}

/* ---- readers that a build may leave out ---- */

#ifndef MI_WITH_ZIP
mi_status mi_foreign_open_npz(mi_foreign *a, const char *path, const char *part)
{
    (void)a, (void)path, (void)part;
    return mi_fail(MI_EDATA, "an archive (.npz), which this build does not read: it was made with "
                             "-Dzip=disabled, or without libzip");
}
#endif

#ifndef MI_WITH_MATIO
mi_status mi_foreign_open_matlab(mi_foreign *a, const char *path, const char *part)
{
    (void)a, (void)path, (void)part;
    return mi_fail(MI_EDATA, "a MATLAB 5 file, which this build does not read: it was made with "
                             "-Dmatio=disabled, or without libmatio; save it with -v7.3");
}
#endif

/* ---- open ---- */

static mi_status open_format(mi_foreign *a, int fd, const char *path, const char *part,
                             const mi_foreign_opts *o)
{
    unsigned char head[MI_SNIFF_BYTES];
    ssize_t n = pread(fd, head, sizeof head, 0);
    if (n < 0)
        return mi_fail(MI_EOPEN, "cannot be read: %s", strerror(errno));
    if (n == 0)
        return mi_fail(MI_EDATA, "empty");
    mi_sniffed kind = mi_sniff_kind(head, (size_t)n);
    if (begins_with(head, (size_t)n, "PK\5\6")) /* an archive of nothing */
        kind = MI_SNIFFED_ZIP;
    if (is_hdf5(fd, head, (size_t)n, kind))
        return mi_foreign_open_dataset(a, path, part, o->allow_external);
    switch (kind) {
    case MI_SNIFFED_NPY:
        return mi_foreign_open_npy(a, path, part);
    case MI_SNIFFED_ZIP:
        return mi_foreign_open_npz(a, path, part);
    case MI_SNIFFED_MATLAB:
        return mi_foreign_open_matlab(a, path, part);
    case MI_SNIFFED_TEXT:
        return mi_foreign_open_text(a, path, part, o->header);
    default:
        return refuse(kind, a->spool < 0 ? path : "FILE", head, (size_t)n);
    }
}

/* What cannot be read at any place goes into a temporary file, which has a path of its own. */
static mi_status spool(mi_foreign *a, int fd, char *path, size_t bytes)
{
    MI_TRY(mi_temporary(&a->spool));
    snprintf(path, bytes, "/proc/self/fd/%d", a->spool);
    return mi_copy_all(a->spool, fd, a->name);
}

static mi_status open_path(mi_foreign *a, const char *path, const char *part,
                           const mi_foreign_opts *o)
{
    struct stat st;
    char own[64];
    int is_standard = strcmp(path, "-") == 0;
    int fd = is_standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    mi_status status = MI_OK;
    if (fd < 0 || fstat(fd, &st) < 0)
        return mi_fail(MI_EOPEN, "cannot be opened: %s", strerror(errno));
    if (S_ISDIR(st.st_mode))
        status = mi_fail(MI_EOPEN, "cannot be opened: it is a directory");
    else if (is_standard || !S_ISREG(st.st_mode))
        status = spool(a, fd, own, sizeof own);
    if (status == MI_OK && a->spool >= 0)
        status = open_format(a, a->spool, own, part, o);
    else if (status == MI_OK)
        status = open_format(a, fd, path, part, o);
    if (!is_standard)
        close(fd);
    return status;
}

static mi_status open_address(mi_foreign *a, const char *address, const mi_foreign_opts *o)
{
    char *path = NULL, *part = NULL;
    int has_part;
    mi_status status = mi_address_split(address, &path, &part);
    if (status == MI_OK) {
        has_part = strlen(path) < strlen(address) && *part;
        status = open_path(a, path, has_part ? part : NULL, o);
        if (status != MI_OK)
            mi_fail_in(status, "%s", address);
    }
    mi_free(path);
    mi_free(part);
    return status;
}

mi_status mi_foreign_open(mi_foreign *out, const char *address, const mi_foreign_opts *o)
{
    static const mi_foreign_opts usual = {0};
    *out = (mi_foreign){.spool = -1};
    MI_TRY(mi_strdup(&out->name, address));
    mi_status status = open_address(out, address, o ? o : &usual);
    if (status != MI_OK)
        mi_foreign_close(out);
    return status;
}

void mi_foreign_close(mi_foreign *a)
{
    if (a->state)
        a->kind->close(a->state);
    for (size_t k = 0; a->row_name && k < a->n; k++)
        mi_free(a->row_name[k]);
    mi_free(a->row_name);
    mi_free(a->name);
    if (a->name && a->spool >= 0)
        close(a->spool);
    *a = (mi_foreign){.spool = -1};
}

mi_status mi_foreign_read(mi_foreign *a, size_t n, void *to)
{
    if (n > a->n - a->row)
        return mi_fail(MI_EUSAGE, "%zu rows wanted of %s, %zu are left", n, a->name, a->n - a->row);
    mi_status status = n && a->d ? a->kind->read(a, n, to) : MI_OK;
    if (status != MI_OK)
        return mi_fail_in(status, "%s", a->name);
    a->row += n;
    return MI_OK;
}

mi_status mi_foreign_doubles(mi_foreign *a, size_t n, double *to)
{
    char *block;
    mi_status status = MI_OK;
    if (a->elem == MI_ELEM_TEXT)
        return mi_fail(MI_EDATA, "%s: text, wanted numbers", a->name);
    size_t row_bytes = a->d * a->width, step = row_bytes ? MI_BLOCK_BYTES / row_bytes + 1 : n;
    step = step < n ? step : n;
    MI_TRY(mi_malloc(&block, step, row_bytes));
    for (size_t at = 0; at < n && status == MI_OK; at += step) {
        size_t count = n - at < step ? n - at : step;
        status = mi_foreign_read(a, count, block);
        if (status == MI_OK)
            mi_elem_doubles(to + at * a->d, a->elem, block, count * a->d);
    }
    mi_free(block);
    return status;
}
