#include "annotate.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "h5.h"
#include "mem.h"

#define COPY_BYTES    ((size_t)1 << 20)
#define HISTORY_BYTES 60000 /* an attribute with its header has to stay below 64 kB */

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

static mi_status put(const annotation *a, hid_t at, const char *name, hid_t type, const void *value)
{
    hid_t space = H5Screate(H5S_SCALAR), attribute = MI_H5_NONE;
    mi_status status = MI_OK;
    if ((H5Aexists(at, name) > 0 && H5Adelete(at, name) < 0) ||
        (attribute = H5Acreate2(at, name, type, space, H5P_DEFAULT, H5P_DEFAULT)) < 0 ||
        H5Awrite(attribute, type, value) < 0)
        status = write_failed(a);
    mi_h5_drop(attribute);
    mi_h5_drop(space);
    return status;
}

static mi_status put_note(annotation *a, const mi_note *note)
{
    hid_t group = H5Oopen(a->file, note->group, a->links.access);
    if (group < 0)
        return mi_fail(MI_EDATA, "%s: cannot write into group '%s': %s", a->path, note->group,
                       a->links.refused[0] ? "it lies in another file" : mi_h5_reason());
    mi_status status = put(a, group, note->name, H5T_IEEE_F64LE, &note->value);
    mi_h5_drop(group);
    return status;
}

/* ---- history ---- */

static mi_status read_variable(char **text, hid_t attribute, hid_t type)
{
    char *stored = NULL;
    if (H5Aread(attribute, type, &stored) < 0)
        return mi_strdup(text, "");
    mi_status status = mi_strdup(text, stored ? stored : "");
    H5free_memory(stored);
    return status;
}

static mi_status read_fixed(char **text, hid_t attribute, hid_t type)
{
    size_t size = H5Tget_size(type);
    MI_TRY(mi_calloc(text, size + 1, 1));
    if (H5Aread(attribute, type, *text) < 0)
        (*text)[0] = 0;
    mi_h5_trim(*text, size, H5Tget_strpad(type));
    return MI_OK;
}

/* The text of `history`, "" where there is none that is one text. Free with mi_free. */
static mi_status read_history(char **text, hid_t root)
{
    hid_t attribute = H5Aopen(root, "history", H5P_DEFAULT);
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    mi_status status;
    if (attribute < 0 || H5Tget_class(type) != H5T_STRING ||
        H5Sget_simple_extent_npoints(space) != 1)
        status = mi_strdup(text, "");
    else
        status = H5Tis_variable_str(type) > 0 ? read_variable(text, attribute, type)
                                              : read_fixed(text, attribute, type);
    mi_h5_drop(space);
    mi_h5_drop(type);
    mi_h5_drop(attribute);
    return status;
}

static mi_status put_text(const annotation *a, const char *name, const char *text)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, strlen(text) + 1);
    H5Tset_cset(type, H5T_CSET_UTF8);
    mi_status status = put(a, a->file, name, type, text);
    mi_h5_drop(type);
    return status;
}

static mi_status add_history(const annotation *a, const char *line)
{
    char *before, *all = NULL;
    mi_status status;
    MI_TRY(read_history(&before, a->file));
    size_t bytes = strlen(before) + strlen(line) + 2;
    MI_TRY_GOTO(status, mi_malloc(&all, bytes, 1), done);
    snprintf(all, bytes, "%s%s%s", before, *before ? "\n" : "", line);
    const char *kept = all;
    while (strlen(kept) > HISTORY_BYTES && strchr(kept, '\n'))
        kept = strchr(kept, '\n') + 1;
    status = put_text(a, "history", kept);
done:
    mi_free(all);
    mi_free(before);
    return status;
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
