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

mi_status mi_h5_history(char **text, hid_t file, const char *line)
{
    mi_set root = {0};
    MI_TRY(mi_attr_read(&root, file, "history"));
    mi_status status =
        join_lines(text, root.n_attr && root.attr[0].text ? root.attr[0].text : "", line);
    mi_attrs_free(&root);
    return status;
}
