/* Files that appear whole, by rename(2): their temporaries, from the first byte to the name. */
#include "libmi/base/replace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "libmi/base/mem.h"
#include "libmi/base/replace_private.h"
#include "libmi/base/want.h"

#define PREFIX ".mi-"

enum {
    DRAWN = 12, /* letters of a name that are random; those after them follow from them */
    LETTERS = DRAWN + 3,
    MOST_LINKS = 16,
    STALE_SECONDS = 60 /* a younger temporary may be one that is not locked yet */
};

static const char letter[] = "abcdefghijklmnopqrstuvwxyz234567";

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

/* The letters by which names of ours are known from others: a hash (FNV-1a) of the random ones. */
static void put_check(char *drawn)
{
    uint32_t hash = 2166136261u;
    for (int k = 0; k < DRAWN; k++)
        hash = (hash ^ (unsigned char)drawn[k]) * 16777619u;
    for (int k = DRAWN; k < LETTERS; k++, hash >>= 5)
        drawn[k] = letter[hash & 31];
}

static mi_status draw_name(char **temporary, const char *target)
{
    unsigned char bits[DRAWN];
    char name[sizeof PREFIX + LETTERS] = PREFIX, *drawn = name + strlen(PREFIX);
    if (getrandom(bits, sizeof bits, 0) != (ssize_t)sizeof bits)
        return mi_fail(MI_ECREATE, "no random name can be had: %s", strerror(errno));
    for (int k = 0; k < DRAWN; k++)
        drawn[k] = letter[bits[k] & 31];
    put_check(drawn);
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
    char made[sizeof PREFIX + LETTERS];
    if (strncmp(name, PREFIX, strlen(PREFIX)) != 0 || strlen(name) != sizeof made - 1)
        return 0;
    strcpy(made, name);
    put_check(made + strlen(PREFIX));
    return strcmp(made, name) == 0;
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

int mi_replace_directory(const char *target)
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
    int fd = mi_replace_directory(target);
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

/* ---- with a copy of what is there ---- */

static mi_status begin_copy(mi_replace *r, const char *path, int may_be_new)
{
    MI_TRY(start(r, path));
    MI_TRY(mi_original_lock(r, may_be_new));
    if (r->must_be_new)
        return create_temporary(r, 0666);
    MI_TRY(create_temporary(r, 0600));
    return mi_original_copy(r);
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

/* After a power cut, too, there is one file or the other. Some file systems cannot: that is theirs. */
static void sync_directory(const char *target)
{
    int fd = mi_replace_directory(target);
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
    MI_TRY(mi_original_check_unchanged(r));
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
        mi_original_unlock(r);
        if (r->directory >= 0)
            close(r->directory);
    }
    mi_free(r->temporary);
    mi_free(r->target);
    mi_free(r->name);
    *r = (mi_replace){.descriptor = -1, .directory = -1, .original = -1};
}
