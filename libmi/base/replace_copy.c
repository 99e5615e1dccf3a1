/* A copy of the original with its owner, mode and attributes. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "libmi/base/mem.h"
#include "libmi/base/replace_private.h"

#define COPY_BYTES ((size_t)1 << 20)

static mi_status copy_bytes(const mi_replace *r)
{
    char *buffer;
    ssize_t got;
    mi_status status = MI_OK;
    MI_TRY(MI_NEW_RAW(buffer, COPY_BYTES));
    /* By the system, which may share blocks instead (Btrfs, XFS); what it leaves follows by hand. */
    while (copy_file_range(r->original, NULL, r->descriptor, NULL, (size_t)1 << 30, 0) > 0)
        ;
    while (status == MI_OK && (got = read(r->original, buffer, COPY_BYTES)) != 0) {
        if (got < 0 && errno != EINTR)
            status = mi_fail(MI_EOPEN, "cannot read '%s': %s", r->name, strerror(errno));
        for (ssize_t sent = 0; status == MI_OK && sent < got;) {
            ssize_t n = write(r->descriptor, buffer + sent, (size_t)(got - sent));
            if (n < 0 && errno != EINTR)
                status = mi_fail(MI_EWRITE, "cannot write '%s': %s", r->name, strerror(errno));
            sent += n > 0 ? n : 0;
        }
    }
    mi_free(buffer);
    return status;
}

/* One extended attribute; access lists are such. Those of the system that cannot be set are left. */
static mi_status copy_attribute(const mi_replace *r, const char *name)
{
    char value[XATTR_SIZE_MAX];
    ssize_t n = fgetxattr(r->original, name, value, sizeof value);
    if (n < 0 || fsetxattr(r->descriptor, name, value, (size_t)n, 0) == 0)
        return MI_OK;
    if (strncmp(name, "user.", 5) != 0 && strncmp(name, "system.posix_acl", 16) != 0)
        return MI_OK;
    return mi_fail(MI_EWRITE, "cannot write '%s': its attribute '%s' cannot be kept: %s", r->name,
                   name, strerror(errno));
}

static mi_status copy_attributes(const mi_replace *r)
{
    char *names;
    mi_status status = MI_OK;
    MI_TRY(MI_NEW_RAW(names, XATTR_LIST_MAX));
    ssize_t n = flistxattr(r->original, names, XATTR_LIST_MAX);
    for (ssize_t at = 0; status == MI_OK && at < n; at += (ssize_t)strlen(names + at) + 1)
        status = copy_attribute(r, names + at);
    mi_free(names);
    return status;
}

/* The owner first: a change of owner takes away set-user-id. */
static mi_status copy_owner(const mi_replace *r)
{
    struct stat st;
    const struct stat *was = &r->before;
    if (fstat(r->descriptor, &st) == 0 && (st.st_uid != was->st_uid || st.st_gid != was->st_gid) &&
        fchown(r->descriptor, was->st_uid, was->st_gid) < 0)
        return mi_fail(MI_ECREATE,
                       "cannot write into '%s': it belongs to user %u and group %u, and would not "
                       "any more; its owner can, or write into a copy",
                       r->name, (unsigned)was->st_uid, (unsigned)was->st_gid);
    if (fchmod(r->descriptor, was->st_mode & 07777) < 0)
        return mi_fail(MI_EWRITE, "cannot write '%s': %s", r->name, strerror(errno));
    return MI_OK;
}

mi_status mi_original_copy(const mi_replace *r)
{
    MI_TRY(copy_bytes(r));
    MI_TRY(copy_attributes(r));
    return copy_owner(r);
}
