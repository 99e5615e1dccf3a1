/* The original of a file that is changed: locked from reading to renaming, and seen to be the same in the
 * end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "libmi/base/replace_private.h"

enum { POLL_MS = 50 };

static int patience_ms = 10000;

void mi_replace_patience(int ms)
{
    patience_ms = ms;
}

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

int mi_replace_is_of(const mi_replace *r, const struct stat *was)
{
    return is_unchanged(&r->before, was);
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

void mi_original_unlock(mi_replace *r)
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
    mi_original_unlock(r);
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

static mi_status wait_for_lock(mi_replace *r, int may_be_new)
{
    const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};
    char who[128];
    r->directory = mi_replace_directory(r->target);
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

mi_status mi_original_lock(mi_replace *r, int may_be_new)
{
    MI_TRY(wait_for_lock(r, may_be_new));
    return r->must_be_new ? MI_OK : check_original(r);
}

mi_status mi_original_check_unchanged(const mi_replace *r)
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
