#include "libmi/features/annotate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libmi/base/mem.h"
#include "libmi/features/note.h"

#define COPY_BYTES ((size_t)1 << 20)

typedef struct {
    const char *path; /* as the user named it, for messages */
    hid_t file;       /* the copy */
    mi_h5_links links;
} annotation;

/* ---- the copy ---- */

static mi_status copy_bytes(int from, int to, const char *path)
{
    char *buffer;
    ssize_t got;
    mi_status status = MI_OK;
    MI_TRY(MI_NEW_RAW(buffer, COPY_BYTES));
    while (status == MI_OK && (got = read(from, buffer, COPY_BYTES)) != 0) {
        if (got < 0 && errno != EINTR)
            status = mi_fail(MI_EOPEN, "cannot read '%s': %s", path, strerror(errno));
        for (ssize_t sent = 0, n; status == MI_OK && sent<got; sent += n> 0 ? n : 0) {
            n = write(to, buffer + sent, (size_t)(got - sent));
            if (n < 0 && errno != EINTR)
                status = mi_fail(MI_EWRITE, "cannot write '%s': %s", path, strerror(errno));
        }
    }
    mi_free(buffer);
    return status;
}

static mi_status copy_file(const char *temporary, const char *path)
{
    struct stat st;
    int to = -1, from = open(path, O_RDONLY | O_CLOEXEC);
    mi_status status = MI_OK;
    if (from < 0 || fstat(from, &st) < 0)
        status = mi_fail(MI_EOPEN, "cannot open '%s': %s", path, strerror(errno));
    else if (!S_ISREG(st.st_mode))
        status = mi_fail(MI_ECREATE, "cannot write into '%s': it is not a regular file", path);
    else if ((to = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) < 0)
        status = mi_fail(MI_ECREATE, "cannot create '%s': %s", temporary, strerror(errno));
    else
        status = copy_bytes(from, to, path);
    if (status == MI_OK && fchmod(to, st.st_mode & 07777) < 0)
        status = mi_fail(MI_EWRITE, "cannot write '%s': %s", path, strerror(errno));
    if (from >= 0)
        close(from);
    if (to >= 0 && close(to) < 0 && status == MI_OK)
        status = mi_fail(MI_EWRITE, "cannot write '%s': %s", path, strerror(errno));
    return status;
}

/* ---- attributes ---- */

static mi_status write_failed(const annotation *a)
{
    static const char mark[] = "error message = '";
    char reason[512];
    snprintf(reason, sizeof reason, "%s", mi_h5_reason());
    /* "file write failed: time = ..., errno = 28, error message = 'No space left on device', ..."
     */
    char *why = strstr(reason, mark);
    if (why) {
        why += sizeof mark - 1;
        why[strcspn(why, "'")] = 0;
    }
    return mi_fail(MI_EWRITE, "cannot write '%s': %s", a->path, why ? why : reason);
}

static mi_status put_note(annotation *a, const mi_note *note)
{
    hid_t group = H5Oopen(a->file, note->group, a->links.access);
    if (group < 0)
        return mi_fail(MI_EDATA, "%s: cannot write into group '%s': %s", a->path, note->group,
                       a->links.refused[0] ? "it lies in another file" : mi_h5_reason());
    int done = mi_h5_put(group, note->name, H5T_IEEE_F64LE, &note->value);
    mi_h5_drop(group);
    return done ? MI_OK : write_failed(a);
}

static mi_status add_history(const annotation *a, const char *line)
{
    char *text;
    MI_TRY(mi_h5_history(&text, a->file, line));
    int done = mi_h5_put_text(a->file, "history", text);
    mi_free(text);
    return done ? MI_OK : write_failed(a);
}

/* ---- all of it ---- */

static mi_status write_notes(annotation *a, const mi_note *note, size_t n, const char *history)
{
    for (size_t k = 0; k < n; k++)
        MI_TRY(put_note(a, &note[k]));
    return history ? add_history(a, history) : MI_OK;
}

static mi_status annotate_copy(const char *temporary, const char *path, const mi_note *note,
                               size_t n, const char *history)
{
    annotation a = {.path = path, .links = {.access = MI_H5_NONE}};
    a.file = H5Fopen(temporary, H5F_ACC_RDWR, H5P_DEFAULT);
    if (a.file < 0)
        return mi_fail(MI_EDATA, "%s: cannot be opened for writing: %s", path, mi_h5_reason());
    mi_status status = mi_h5_links_open(&a.links, 0);
    if (status == MI_OK)
        status = write_notes(&a, note, n, history);
    mi_h5_links_close(&a.links);
    if (status == MI_OK && H5Fflush(a.file, H5F_SCOPE_GLOBAL) < 0)
        status = write_failed(&a);
    if (H5Fclose(a.file) < 0 && status == MI_OK)
        status = write_failed(&a);
    return status;
}

mi_status mi_annotate(const char *path, const char *temporary, const mi_note *note, size_t n,
                      const char *history)
{
    char target[PATH_MAX];
    if (!realpath(path, target))
        return mi_fail(MI_EOPEN, "cannot open '%s': %s", path, strerror(errno));
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = copy_file(temporary, path);
    if (status == MI_OK)
        status = annotate_copy(temporary, path, note, n, history);
    mi_h5_quiet_end(&quiet);
    if (status == MI_OK && rename(temporary, target) < 0)
        status = mi_fail(MI_ECREATE, "cannot create '%s': %s", path, strerror(errno));
    if (status != MI_OK)
        unlink(temporary);
    return status;
}
