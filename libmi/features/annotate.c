/* Numbers added as attributes to a file that exists: in a copy, which takes its place when it is
 * complete. */
#include "libmi/features/annotate.h"

#include <stdio.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/want.h"
#include "libmi/base/watch_internal.h"
#include "libmi/features/note.h"

typedef struct {
    const char *path; /* as the user named it, for messages */
    hid_t file;       /* the copy */
    mi_h5_links links;
} annotation;

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
    const char *name;
    char *text;
    MI_TRY(mi_h5_history(&text, &name, a->file, a->path, line));
    int done = !text || mi_h5_put_text(a->file, name, text);
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
    mi_watch_file(path);
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

mi_status mi_annotate(const mi_replace *copy, const mi_note *note, size_t n, const char *history)
{
    MI_WANT(copy && copy->temporary, "attributes for a file that was not begun");
    MI_WANT(note || n == 0, "no attributes, wanted %zu", n);
    for (size_t k = 0; k < n; k++)
        MI_WANT(note[k].group && note[k].name, "attribute %zu without a group or name", k);
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = annotate_copy(copy->temporary, copy->name, note, n, history);
    mi_h5_quiet_end(&quiet);
    return status;
}
