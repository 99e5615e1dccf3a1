/* Files that appear whole, by rename(2); what is changed in them is locked meanwhile. */
#include "libmi/base/replace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "libmi/base/mem.h"
#include "libmi/base/want.h"

#define PREFIX     ".mi-"
#define COPY_BYTES ((size_t)1 << 20)

enum {
    LETTERS = 12,
    MOST_LINKS = 16,
    STALE_SECONDS = 60, /* a younger temporary may be one that is not locked yet */
    POLL_MS = 50
};

static int patience_ms = 10000;

void mi_replace_patience(int ms)
{
    patience_ms = ms;
}

/* ---- names ---- */

/* The part of a path up to its last slash, with it. */
static size_t directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

static mi_status join(char **out, const char *path, const char *name)
{
    size_t n = name[0] == '/' ? 0 : directory_length(path);
    MI_TRY(mi_malloc(out, n + strlen(name) + 1, 1));
    memcpy(*out, path, n);
    strcpy(*out + n, name);
    return MI_OK;
}

/* The file that a path leads to, whether it is there or not. */
static mi_status resolve(char **target, const char *path)
{
    char link[PATH_MAX];
    ssize_t length;
    MI_TRY(mi_strdup(target, path));
    for (int k = 0; (length = readlink(*target, link, sizeof link - 1)) >= 0; k++) {
        char *next;
        link[length] = 0;
        if (k == MOST_LINKS)
            return mi_fail(MI_ECREATE, "cannot create '%s': more than %d symbolic links", path,
                           MOST_LINKS);
        MI_TRY(join(&next, *target, link));
        mi_free(*target);
        *target = next;
    }
    return MI_OK;
}

static mi_status draw_name(char **temporary, const char *target)
{
    static const char letter[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned char bits[LETTERS];
    char name[sizeof PREFIX + LETTERS] = PREFIX;
    if (getrandom(bits, sizeof bits, 0) != (ssize_t)sizeof bits)
        return mi_fail(MI_ECREATE, "no random name can be had: %s", strerror(errno));
    for (int k = 0; k < LETTERS; k++)
        name[strlen(PREFIX) + (size_t)k] = letter[bits[k] & 31];
    return join(temporary, target, name);
}

/* ---- temporaries ---- */

static mi_temporary_fn *temporary_handler;

void mi_set_temporary_handler(mi_temporary_fn *fn)
{
    temporary_handler = fn;
}

static void tell(const char *temporary, int is_there)
{
    if (temporary && temporary_handler)
        temporary_handler(temporary, is_there);
}

/* A temporary is locked as long as its process lives: with a lock of its own kind, since HDF5 takes
 * the other. */
static int lock_temporary(int descriptor)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(descriptor, F_OFD_SETLK, &whole) == 0;
}

static int is_temporary_name(const char *name)
{
    return strncmp(name, PREFIX, strlen(PREFIX)) == 0 && strlen(name) == strlen(PREFIX) + LETTERS;
}

/* Left by a process that was killed: old, ours, and nobody holds it. */
static void remove_if_stale(int directory, const char *name)
{
    struct stat st;
    int fd = openat(directory, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
        time(NULL) - st.st_mtime > STALE_SECONDS && lock_temporary(fd))
        unlinkat(directory, name, 0);
    close(fd);
}

static int open_directory(const char *target)
{
    char path[PATH_MAX];
    size_t n = directory_length(target);
    if (n >= sizeof path)
        return -1;
    memcpy(path, target, n);
    strcpy(path + n, n ? "" : ".");
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void remove_stale(const char *target)
{
    int fd = open_directory(target);
    DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
    if (!directory) {
        if (fd >= 0)
            close(fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(directory));)
        if (is_temporary_name(entry->d_name))
            remove_if_stale(dirfd(directory), entry->d_name);
    closedir(directory);
}

static mi_status create_temporary(mi_replace *r, mode_t mode)
{
    MI_TRY(draw_name(&r->temporary, r->target));
    tell(r->temporary, 1);
    r->descriptor = open(r->temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (r->descriptor < 0) {
        mi_status status = mi_fail(MI_ECREATE, "cannot create '%s': %s", r->name, strerror(errno));
        tell(r->temporary, 0);
        mi_free(r->temporary);
        r->temporary = NULL;
        return status;
    }
    lock_temporary(r->descriptor); /* a file system without locks has no stale ones removed */
    return MI_OK;
}

static mi_status start(mi_replace *r, const char *path)
{
    *r = (mi_replace){.descriptor = -1, .directory = -1, .original = -1};
    MI_TRY(mi_strdup(&r->name, path));
    MI_TRY(resolve(&r->target, path));
    remove_stale(r->target);
    return MI_OK;
}

static mi_status ended(mi_replace *r, mi_status status)
{
    if (status != MI_OK)
        mi_replace_discard(r);
    return status;
}

static mi_status begin(mi_replace *r, const char *path)
{
    struct stat st;
    MI_TRY(start(r, path));
    MI_TRY(create_temporary(r, 0666));
    if (stat(r->target, &st) == 0 && fchmod(r->descriptor, st.st_mode & 07777) < 0)
        return mi_fail(MI_ECREATE, "cannot create '%s': %s", path, strerror(errno));
    return MI_OK;
}

mi_status mi_replace_begin(mi_replace *r, const char *path)
{
    MI_WANT(r && path, "a file to replace without %s", r ? "a path" : "an mi_replace");
    return ended(r, begin(r, path));
}

/* ---- the original of a copy ---- */

/* "process 12 (python3)" that holds a lock on the file, or "another process". */
static const char *holder(char *text, size_t bytes, const struct stat *st)
{
    char line[256], name[64] = "";
    FILE *locks = fopen("/proc/locks", "r");
    snprintf(text, bytes, "another process");
    while (locks && fgets(line, sizeof line, locks)) {
        unsigned major_number, minor_number;
        unsigned long inode;
        int pid;
        if (sscanf(line, "%*s %*s %*s %*s %d %x:%x:%lu", &pid, &major_number, &minor_number,
                   &inode) != 4 ||
            inode != st->st_ino || makedev(major_number, minor_number) != st->st_dev || pid <= 0 ||
            pid == getpid())
            continue;
        snprintf(line, sizeof line, "/proc/%d/comm", pid);
        FILE *comm = fopen(line, "r");
        if (comm && fgets(name, sizeof name, comm))
            name[strcspn(name, "\n")] = 0;
        if (comm)
            fclose(comm);
        snprintf(text, bytes, "process %d (%s)", pid, *name ? name : "?");
        break;
    }
    if (locks)
        fclose(locks);
    return text;
}

static int is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static int is_unchanged(const struct stat *a, const struct stat *b)
{
    return is_same_file(a, b) && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* A lease for reading is not given while somebody has the file open for writing, and is taken away
 * when somebody opens it so: the signal that tells of it is one that is ignored. 0: there are
 * writers; 1: none, or no lease can be had here. */
static int take_lease(mi_replace *r)
{
    fcntl(r->original, F_SETSIG, SIGURG);
    r->has_lease = fcntl(r->original, F_SETLEASE, F_RDLCK) == 0;
    return r->has_lease || errno != EAGAIN;
}

static int has_lost_lease(const mi_replace *r)
{
    return r->has_lease && fcntl(r->original, F_GETLEASE) != F_RDLCK;
}

/* A file system that knows no such lock has none. */
static int lock(int descriptor, int kind)
{
    return flock(descriptor, kind | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

static void unlock_original(mi_replace *r)
{
    if (r->original >= 0)
        close(r->original);
    r->original = -1;
    r->has_lease = 0;
}

/* One attempt: 1 locked, 0 somebody has it, -1 it cannot be opened. */
static int try_original(mi_replace *r)
{
    struct stat now;
    r->original = open(r->target, O_RDONLY | O_CLOEXEC);
    if (r->original < 0 || fstat(r->original, &r->before) < 0)
        return -1;
    /* Who had it may have put another file in its place. */
    if (lock(r->directory, LOCK_EX) && lock(r->original, LOCK_SH) && take_lease(r) &&
        stat(r->target, &now) == 0 && is_same_file(&now, &r->before) &&
        fstat(r->original, &r->before) == 0)
        return 1;
    unlock_original(r);
    flock(r->directory, LOCK_UN);
    return 0;
}

/* The same of a file that is not there: 1 the directory is ours. */
static int try_new(mi_replace *r)
{
    struct stat st;
    int is_ours = lock(r->directory, LOCK_EX);
    if (is_ours && stat(r->target, &st) < 0 && errno == ENOENT) {
        r->must_be_new = 1;
        return 1;
    }
    if (is_ours)
        flock(r->directory, LOCK_UN);
    return 0;
}

static int try_lock(mi_replace *r, int may_be_new)
{
    if (r->directory < 0)
        return -1;
    int got = try_original(r);
    return got < 0 && may_be_new && errno == ENOENT ? try_new(r) : got;
}

static mi_status lock_original(mi_replace *r, int may_be_new)
{
    const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};
    char who[128];
    r->directory = open_directory(r->target);
    for (int waited = 0;; waited += POLL_MS) {
        int got = try_lock(r, may_be_new);
        if (got < 0 && may_be_new)
            return mi_fail(MI_ECREATE, "cannot create '%s': %s", r->name, strerror(errno));
        if (got < 0)
            return mi_fail(MI_EOPEN, "cannot open '%s': %s", r->name, strerror(errno));
        if (got > 0)
            return MI_OK;
        if (waited >= patience_ms)
            return mi_fail(MI_EWRITE,
                           "cannot write '%s': %s has it open for writing; try again when that is "
                           "done",
                           r->name, holder(who, sizeof who, &r->before));
        nanosleep(&pause, NULL);
    }
}

static mi_status check_original(const mi_replace *r)
{
    if (!S_ISREG(r->before.st_mode))
        return mi_fail(MI_ECREATE, "cannot write into '%s': it is not a regular file", r->name);
    if (r->before.st_nlink > 1)
        return mi_fail(MI_ECREATE,
                       "cannot write into '%s': the file has %lu names (hard links), of which one "
                       "alone would be changed; write into a copy",
                       r->name, (unsigned long)r->before.st_nlink);
    return MI_OK;
}

/* ---- the copy ---- */

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

static mi_status begin_copy(mi_replace *r, const char *path, int may_be_new)
{
    MI_TRY(start(r, path));
    MI_TRY(lock_original(r, may_be_new));
    if (r->must_be_new)
        return create_temporary(r, 0666);
    MI_TRY(check_original(r));
    MI_TRY(create_temporary(r, 0600));
    MI_TRY(copy_bytes(r));
    MI_TRY(copy_attributes(r));
    return copy_owner(r);
}

mi_status mi_replace_begin_copy(mi_replace *r, const char *path)
{
    MI_WANT(r && path, "a file to change without %s", r ? "a path" : "an mi_replace");
    return ended(r, begin_copy(r, path, 0));
}

mi_status mi_replace_begin_change(mi_replace *r, const char *path)
{
    MI_WANT(r && path, "a file to change without %s", r ? "a path" : "an mi_replace");
    return ended(r, begin_copy(r, path, 1));
}

/* ---- the end ---- */

/* Nobody has written into the original, nor put another in its place, since it was copied. */
static mi_status check_unchanged(const mi_replace *r)
{
    struct stat there, now;
    if (r->original < 0)
        return MI_OK;
    if (fstat(r->original, &now) == 0 && stat(r->target, &there) == 0 &&
        is_unchanged(&now, &r->before) && is_unchanged(&there, &r->before) && !has_lost_lease(r))
        return MI_OK;
    return mi_fail(MI_EWRITE,
                   "cannot write '%s': another process has changed it meanwhile; try again when "
                   "that is done",
                   r->name);
}

/* After a power cut, too, there is one file or the other. Some file systems cannot: that is theirs. */
static void sync_directory(const char *target)
{
    int fd = open_directory(target);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

/* A file system that cannot rename without replacing gets a link, which does not replace either. */
static int give_name(const mi_replace *r)
{
    if (!r->must_be_new)
        return rename(r->temporary, r->target);
    if (renameat2(AT_FDCWD, r->temporary, AT_FDCWD, r->target, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    return link(r->temporary, r->target) == 0 ? unlink(r->temporary) : -1;
}

static mi_status finish(mi_replace *r)
{
    if (fsync(r->descriptor) < 0 && errno != EINVAL && errno != EROFS)
        return mi_fail(MI_EWRITE, "cannot write '%s': %s", r->name, strerror(errno));
    MI_TRY(check_unchanged(r));
    if (give_name(r) < 0)
        return errno == EEXIST
                   ? mi_fail(MI_EWRITE,
                             "cannot write '%s': another process has created it meanwhile; try "
                             "again when that is done",
                             r->name)
                   : mi_fail(MI_ECREATE, "cannot create '%s': %s", r->name, strerror(errno));
    sync_directory(r->target);
    return MI_OK;
}

mi_status mi_replace_finish(mi_replace *r)
{
    MI_WANT(r && r->temporary, "mi_replace_finish of what was not begun");
    mi_status status = finish(r);
    if (status == MI_OK) {
        tell(r->temporary, 0);
        mi_free(r->temporary);
        r->temporary = NULL;
    }
    mi_replace_discard(r);
    return status;
}

void mi_replace_discard(mi_replace *r)
{
    if (!r)
        return;
    if (r->temporary)
        unlink(r->temporary);
    tell(r->temporary, 0);
    if (r->temporary || r->descriptor > 0)
        close(r->descriptor);
    if (r->name) {
        unlock_original(r);
        if (r->directory >= 0)
            close(r->directory);
    }
    mi_free(r->temporary);
    mi_free(r->target);
    mi_free(r->name);
    *r = (mi_replace){.descriptor = -1, .directory = -1, .original = -1};
}
