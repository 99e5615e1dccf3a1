/* A feature set into a file, by the machinery of imports: a copy of the file is changed and takes its place. */
#include <pthread.h>
#include <stdlib.h>

#include "libmi/base/replace.h"
#include "libmi/exchange/import.h"
#include "libmi/python/private.h"

/* Others that add to files of the same directory are waited for: each copies its file. */
enum { PATIENCE_MS = 60000 };

typedef struct {
    const char *group;
    const char *const *address;
    size_t attributes;
    const char *const *name, *const *text;
    const char *kind;
} content;

static mi_status write_attribute(mi_writer *w, const content *c, size_t k)
{
    switch (c->kind[k]) {
    case 'i':
        return mi_writer_integer(w, c->group, c->name[k], strtoll(c->text[k], NULL, 10));
    case 'f':
        return mi_writer_real(w, c->group, c->name[k], door_number(c->text[k], NULL));
    default:
        return mi_writer_text(w, c->group, c->name[k], c->text[k]);
    }
}

static mi_status write_content(mi_writer *w, const content *c)
{
    mi_import_opts o;
    int members = 0;
    mi_import_opts_default(&o);
    o.group = c->group;
    o.replace = 1;
    for (int m = 0; m < MI_MEMBERS; m++) {
        o.address[m] = c->address[m];
        members += c->address[m] != NULL;
    }
    if (members)
        MI_TRY(mi_import(w, &o));
    for (size_t k = 0; k < c->attributes; k++)
        MI_TRY(write_attribute(w, c, k));
    return MI_OK;
}

static mi_status write_file(const mi_replace *file, const char *path, const content *c,
                            const char *history)
{
    mi_writer *w;
    MI_TRY(file->must_be_new ? mi_writer_file(&w, file->temporary, path)
                             : mi_writer_add(&w, file->temporary, path));
    mi_status status = write_content(w, c);
    if (status == MI_OK && history)
        status = mi_writer_history(w, history);
    if (status == MI_OK)
        status = mi_writer_finish(w);
    mi_writer_free(w);
    return status;
}

static mi_status replace_file(const char *path, const content *c, const char *history)
{
    mi_replace file;
    mi_replace_patience(PATIENCE_MS);
    MI_TRY(mi_replace_begin_change(&file, path));
    mi_status status = write_file(&file, path, c, history);
    if (status == MI_OK)
        return mi_replace_finish(&file);
    mi_replace_discard(&file);
    return status;
}

mi_status door_save(const char *path, const char *group, const char *const address[5],
                    size_t attributes, const char *const *name, const char *kind,
                    const char *const *text, const char *history)
{
    const content c = {.group = group,
                       .address = address,
                       .attributes = attributes,
                       .name = name,
                       .kind = kind,
                       .text = text};
    static pthread_mutex_t hdf5 =
        PTHREAD_MUTEX_INITIALIZER; /* is entered by one thread at a time */
    door_enter();
    pthread_mutex_lock(&hdf5);
    mi_status status = replace_file(path, &c, history);
    pthread_mutex_unlock(&hdf5);
    door_leave();
    return status;
}
