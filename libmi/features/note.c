/* Scalar attributes of objects in open files, and the history line that every tool leaves in what
 * it writes. */
#include "libmi/features/note.h"

#include <stdio.h>
#include <string.h>

#include "libmi/features/private.h"

/* An attribute of 64 kB and more would need another format of file. */
#define HISTORY_BYTES 60000

int mi_h5_put(hid_t object, const char *name, hid_t type, const void *value)
{
    hid_t space = H5Screate(H5S_SCALAR), attribute = MI_H5_NONE;
    int done = (H5Aexists(object, name) <= 0 || H5Adelete(object, name) >= 0) &&
               (attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT)) >= 0 &&
               H5Awrite(attribute, type, value) >= 0;
    mi_h5_drop(attribute);
    mi_h5_drop(space);
    return done;
}

int mi_h5_put_text(hid_t object, const char *name, const char *text)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, strlen(text) + 1);
    H5Tset_cset(type, H5T_CSET_UTF8);
    int done = mi_h5_put(object, name, type, text);
    mi_h5_drop(type);
    return done;
}

static mi_status join_lines(char **text, const char *before, const char *line)
{
    size_t bytes = strlen(before) + strlen(line) + 2;
    char *kept;
    MI_TRY(mi_malloc(text, bytes, 1));
    snprintf(*text, bytes, "%s%s%s", before, *before ? "\n" : "", line);
    kept = *text;
    while (strlen(kept) > HISTORY_BYTES && strchr(kept, '\n'))
        kept = strchr(kept, '\n') + 1;
    memmove(*text, kept, strlen(kept) + 1);
    return MI_OK;
}

/* Lines of our tools and library, and nothing else. */
static int is_ours(const char *text)
{
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, "mi-", 3) != 0 && strncmp(line, "libmi", 5) != 0)
            return 0;
    }
    return 1;
}

/* The text of an attribute that lines can be added to: *text NULL where there is none; 0: it is the
 * user's. */
static mi_status read_history(char **text, int *free_to_use, hid_t file, const char *name)
{
    mi_set root = {0};
    *text = NULL;
    *free_to_use = 1;
    if (H5Aexists(file, name) <= 0)
        return MI_OK;
    mi_status status = mi_attr_read(&root, file, name);
    const char *is = root.n_attr ? root.attr[0].text : NULL;
    *free_to_use = is && root.attr[0].type == MI_ATTR_TEXT && is_ours(is);
    if (status == MI_OK && *free_to_use)
        status = mi_strdup(text, is);
    mi_attrs_free(&root);
    return status;
}

mi_status mi_h5_history(char **text, const char **name, hid_t file, const char *path,
                        const char *line)
{
    static const char *const names[] = {"history", "mi_history"};
    char *before = NULL;
    int free_to_use = 0;
    for (int k = 0; k < 2 && !free_to_use; k++) {
        *name = names[k];
        MI_TRY(read_history(&before, &free_to_use, file, *name));
    }
    *text = NULL;
    if (!free_to_use) {
        mi_warn(
            "%s: the attributes 'history' and 'mi_history' are not ours and stay; the command line "
            "is left out",
            path);
        return MI_OK;
    }
    if (strcmp(*name, names[0]) != 0)
        mi_warn("%s: the attribute 'history' is not ours and stays; the command line goes to '%s'",
                path, *name);
    mi_status status = join_lines(text, before ? before : "", line);
    mi_free(before);
    return status;
}
