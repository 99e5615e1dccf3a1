/* The driver of files that are written: a virtual file driver of HDF5 1.10 to 2.x.
 *
 * HDF5 does not survive a file that it cannot finish: after a failed write, closing leaves the file
 * half-freed, and the process crashes when it exits. So this driver never fails once a file is
 * open: the first error is kept for the writer, who looks after every call, and what comes after it
 * is swallowed. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libmi/base/mem.h"
#include "libmi/features/h5.h"

/* HDF5 keeps its own drivers below 256 and registered ones from 512 on; nobody looks this one up. */
enum { PRIVATE_DRIVER = 300 };

typedef struct {
    H5FD_t common; /* HDF5's part, first */
    int descriptor;
    int *error; /* errno of the first failure, 0: none */
    haddr_t allocated, end;
} out_file;

typedef struct {
    int *error;
} out_info;

static H5FD_t *out_open(const char *path, unsigned flags, hid_t access, haddr_t largest)
{
    const out_info *info = H5Pget_driver_info(access);
    int anew = flags & H5F_ACC_TRUNC ? O_CREAT | O_TRUNC : 0;
    struct stat st;
    out_file *f;
    (void)largest;
    if (!info)
        return NULL;
    if (MI_NEW(f, 1) != MI_OK) {
        *info->error = ENOMEM;
        return NULL;
    }
    f->error = info->error;
    f->descriptor = open(path, O_RDWR | anew | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (f->descriptor >= 0 && fstat(f->descriptor, &st) == 0) {
        f->end = (haddr_t)st.st_size;
        return &f->common;
    }
    *f->error = errno;
    if (f->descriptor >= 0)
        close(f->descriptor);
    mi_free(f);
    return NULL;
}

static herr_t out_close(H5FD_t *file)
{
    out_file *f = (out_file *)file;
    if (close(f->descriptor) < 0 && !*f->error)
        *f->error = errno;
    mi_free(f);
    return 0;
}

static herr_t out_query(const H5FD_t *file, unsigned long *flags)
{
    (void)file;
    *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
             H5FD_FEAT_AGGREGATE_SMALLDATA;
    return 0;
}

static haddr_t out_allocated(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return ((const out_file *)file)->allocated;
}

static herr_t out_allocate(H5FD_t *file, H5FD_mem_t type, haddr_t bytes)
{
    (void)type;
    ((out_file *)file)->allocated = bytes;
    return 0;
}

static haddr_t out_end(const H5FD_t *file, H5FD_mem_t type)
{
    (void)type;
    return ((const out_file *)file)->end;
}

/* What was never written reads as zeros. */
static herr_t out_read(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t bytes,
                       void *to)
{
    out_file *f = (out_file *)file;
    size_t done = 0;
    (void)type, (void)transfer;
    while (done < bytes) {
        ssize_t n = pread(f->descriptor, (char *)to + done, bytes - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && !*f->error)
            *f->error = errno;
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    memset((char *)to + done, 0, bytes - done);
    return 0;
}

static herr_t out_write(H5FD_t *file, H5FD_mem_t type, hid_t transfer, haddr_t at, size_t bytes,
                        const void *from)
{
    out_file *f = (out_file *)file;
    (void)type, (void)transfer;
    for (size_t done = 0; done < bytes && !*f->error;) {
        ssize_t n =
            pwrite(f->descriptor, (const char *)from + done, bytes - done, (off_t)(at + done));
        if (n < 0 && errno != EINTR)
            *f->error = errno;
        done += n > 0 ? (size_t)n : 0;
    }
    if (at + bytes > f->end)
        f->end = at + bytes;
    return 0;
}

static herr_t out_truncate(H5FD_t *file, hid_t transfer, hbool_t closing)
{
    out_file *f = (out_file *)file;
    (void)transfer, (void)closing;
    if (f->end != f->allocated && !*f->error && ftruncate(f->descriptor, (off_t)f->allocated) < 0)
        *f->error = errno;
    f->end = f->allocated;
    return 0;
}

hid_t mi_h5_out_driver(hid_t access, int *error)
{
    static const H5FD_class_t driver = {
#ifdef H5FD_CLASS_VERSION /* from 1.14 on: the layout of this struct, and a number of the driver */
        .version = H5FD_CLASS_VERSION,
        .value = PRIVATE_DRIVER,
#endif
        .name = "libmi-out",
        .maxaddr = INT64_MAX,
        .fc_degree = H5F_CLOSE_WEAK,
        .fapl_size = sizeof(out_info),
        .open = out_open,
        .close = out_close,
        .query = out_query,
        .get_eoa = out_allocated,
        .set_eoa = out_allocate,
        .get_eof = out_end,
        .read = out_read,
        .write = out_write,
        .truncate = out_truncate,
        .fl_map = H5FD_FLMAP_DICHOTOMY,
    };
    out_info info = {error};
    hid_t id = H5FDregister(&driver);
    if (id >= 0 && H5Pset_driver(access, id, &info) < 0) {
        H5FDunregister(id);
        return MI_H5_NONE;
    }
    return id;
}
