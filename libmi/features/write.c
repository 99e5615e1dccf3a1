/* Files and images of files on their way out: open, groups, attributes, close. */
#include "libmi/features/write.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libmi/base/want.h"
#include "libmi/base/watch_internal.h"
#include "libmi/features/note.h"
#include "libmi/features/private.h"

#define IMAGE_STEP ((size_t)1 << 20)

/* ---- failures ---- */

mi_status mi_write_failed(const mi_writer *w)
{
    if (w->error == ENOMEM)
        return mi_fail(MI_ENOMEM, "out of memory for '%s'", w->name);
    return mi_fail(MI_EWRITE, "cannot write '%s': %s", w->name,
                   w->error ? strerror(w->error) : mi_h5_reason());
}

/* ---- images ----
 *
 * HDF5's core driver keeps the file in one buffer. The callbacks own that buffer, so that it
 * outlives the file and is the image: no second copy is made. */

static void *image_resize(void *old, size_t size, H5FD_file_image_op_t op, void *arg)
{
    mi_writer *w = arg;
    (void)op;
    if (mi_realloc(&old, size, 1) != MI_OK) {
        w->error = ENOMEM;
        return NULL;
    }
    w->image = old;
    return old;
}

static void *image_new(size_t size, H5FD_file_image_op_t op, void *arg)
{
    return image_resize(NULL, size, op, arg);
}

static void *image_copy(void *to, const void *from, size_t size, H5FD_file_image_op_t op, void *arg)
{
    (void)op, (void)arg;
    return memcpy(to, from, size);
}

static herr_t image_keep(void *image, H5FD_file_image_op_t op, void *arg)
{
    (void)image, (void)op, (void)arg; /* mi_writer_free frees it */
    return 0;
}

static void *same_writer(void *arg)
{
    return arg;
}

static herr_t leave_writer(void *arg)
{
    (void)arg;
    return 0;
}

static int set_image(hid_t access, mi_writer *w)
{
    H5FD_file_image_callbacks_t callbacks = {
        .image_malloc = image_new,
        .image_memcpy = image_copy,
        .image_realloc = image_resize,
        .image_free = image_keep,
        .udata_copy = same_writer,
        .udata_free = leave_writer,
        .udata = w,
    };
    return H5Pset_fapl_core(access, IMAGE_STEP, 0) >= 0 &&
           H5Pset_file_image_callbacks(access, &callbacks) >= 0;
}

/* ---- open and close ---- */

static mi_status writer_new(mi_writer **out, const char *name)
{
    mi_writer *w;
    MI_TRY(MI_NEW(w, 1));
    w->file = w->driver = MI_H5_NONE;
    w->links = H5Pcreate(H5P_LINK_CREATE);
    mi_status status = mi_strdup(&w->name, name);
    if (status == MI_OK && (H5Pset_create_intermediate_group(w->links, 1) < 0 ||
                            H5Pset_char_encoding(w->links, H5T_CSET_UTF8) < 0))
        status = mi_fail(MI_ELIBRARY, "HDF5 cannot make a property list: %s", mi_h5_reason());
    if (status != MI_OK) {
        mi_writer_free(w);
        w = NULL;
    }
    *out = w;
    return status;
}

static mi_status add(mi_writer *w, const char *path, hid_t access)
{
    mi_watch_file(w->name);
    w->file = H5Fopen(path, H5F_ACC_RDWR, access);
    if (w->file >= 0)
        return MI_OK;
    if (w->error)
        return mi_fail(MI_ECREATE, "cannot write into '%s': %s", w->name, strerror(w->error));
    return mi_fail(MI_EDATA, "cannot write into '%s': %s", w->name, mi_h5_reason());
}

static mi_status create(mi_writer *w, const char *path, int is_there, hid_t access)
{
    if (!path && !set_image(access, w))
        return mi_fail(MI_ELIBRARY, "HDF5 cannot write into memory: %s", mi_h5_reason());
    if (path && (w->driver = mi_h5_out_driver(access, &w->error)) < 0)
        return mi_fail(MI_ELIBRARY, "HDF5 does not take a file driver: %s", mi_h5_reason());
    if (is_there)
        return add(w, path, access);
    char image[32]; /* files of one name are one file to HDF5 */
    snprintf(image, sizeof image, "out-%p", (void *)w);
    w->file = H5Fcreate(path ? path : image, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    if (w->file >= 0)
        return MI_OK;
    if (w->error == ENOMEM)
        return mi_write_failed(w);
    return mi_fail(MI_ECREATE, "cannot create '%s': %s", w->name,
                   w->error ? strerror(w->error) : mi_h5_reason());
}

static mi_status writer_open(mi_writer **out, const char *path, int is_there, const char *name)
{
    *out = NULL;
    MI_TRY(mi_h5_register_lzf());
    MI_TRY(writer_new(out, name));
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    mi_status status = create(*out, path, is_there, access);
    mi_h5_drop(access);
    if (status != MI_OK) {
        mi_writer_free(*out);
        *out = NULL;
    }
    return status;
}

/* A file at `path`, new or there already, or where that is NULL an image. */
static mi_status open_quietly(mi_writer **out, const char *path, int is_there, const char *name)
{
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = writer_open(out, path, is_there, name);
    mi_h5_quiet_end(&quiet);
    return status;
}

mi_status mi_writer_file(mi_writer **out, const char *path, const char *name)
{
    MI_WANT(out && path && name, "a file to write without a writer, path or name");
    return open_quietly(out, path, 0, name);
}

mi_status mi_writer_add(mi_writer **out, const char *path, const char *name)
{
    MI_WANT(out && path && name, "a file to add to without a writer, path or name");
    return open_quietly(out, path, 1, name);
}

mi_status mi_writer_image(mi_writer **out, const char *name)
{
    MI_WANT(out && name, "an image to write without a writer or name");
    return open_quietly(out, NULL, 0, name);
}

static mi_status finish(mi_writer *w)
{
    if (H5Fflush(w->file, H5F_SCOPE_GLOBAL) < 0 || w->error)
        return mi_write_failed(w);
    ssize_t bytes = w->image ? H5Fget_file_image(w->file, NULL, 0) : 0;
    hid_t file = w->file;
    w->file = MI_H5_NONE;
    if (bytes < 0 || H5Fclose(file) < 0 || w->error)
        return mi_write_failed(w);
    w->bytes = (size_t)bytes;
    return MI_OK;
}

mi_status mi_writer_finish(mi_writer *w)
{
    MI_WANT(w && w->file != MI_H5_NONE, "the end of a file that is not under way");
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = finish(w);
    mi_h5_quiet_end(&quiet);
    return status;
}

mi_status mi_writer_send(const mi_writer *w, int descriptor)
{
    MI_WANT(w && w->image, "an image to send without one");
    for (size_t sent = 0; sent < w->bytes;) {
        ssize_t n = write(descriptor, w->image + sent, w->bytes - sent);
        if (n < 0 && errno != EINTR)
            return mi_fail(MI_EWRITE, "cannot write '%s': %s", w->name, strerror(errno));
        sent += n > 0 ? (size_t)n : 0;
    }
    return MI_OK;
}

void mi_writer_free(mi_writer *w)
{
    if (!w)
        return;
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_h5_drop(w->file);
    mi_h5_drop(w->driver);
    mi_h5_drop(w->links);
    mi_h5_quiet_end(&quiet);
    mi_free(w->image);
    mi_free(w->name);
    mi_free(w);
}

/* ---- groups ---- */

mi_status mi_place_check(const mi_writer *w, const char *group)
{
    MI_WANT(w && w->file != MI_H5_NONE, "something to write into a file that is not under way");
    MI_WANT(group && *group, "something to write without a group");
    return MI_OK;
}

mi_status mi_writer_group(mi_writer *w, const char *path, hid_t *group)
{
    mi_watch_file(w->name);
    int there = strcmp(path, "/") == 0 || H5Oexists_by_name(w->file, path, H5P_DEFAULT) > 0;
    *group = there ? H5Gopen2(w->file, path, H5P_DEFAULT)
                   : H5Gcreate2(w->file, path, w->links, H5P_DEFAULT, H5P_DEFAULT);
    return *group < 0 ? mi_write_failed(w) : MI_OK;
}

/* ---- attributes ---- */

static mi_status set_attribute(mi_writer *w, const char *group, const char *name, hid_t type,
                               const void *value)
{
    hid_t at;
    MI_TRY(mi_place_check(w, group));
    MI_WANT(name, "an attribute without a name");
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = mi_writer_group(w, group, &at);
    if (status == MI_OK)
        status = mi_h5_put(at, name, type, value) ? MI_OK : mi_write_failed(w);
    mi_h5_drop(at);
    mi_h5_quiet_end(&quiet);
    return status;
}

mi_status mi_writer_integer(mi_writer *w, const char *group, const char *name, long long value)
{
    return set_attribute(w, group, name, H5T_NATIVE_LLONG, &value);
}

mi_status mi_writer_real(mi_writer *w, const char *group, const char *name, double value)
{
    return set_attribute(w, group, name, H5T_NATIVE_DOUBLE, &value);
}

mi_status mi_writer_text(mi_writer *w, const char *group, const char *name, const char *value)
{
    hid_t at;
    MI_TRY(mi_place_check(w, group));
    MI_WANT(name && value, "an attribute without %s", name ? "a value" : "a name");
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = mi_writer_group(w, group, &at);
    if (status == MI_OK)
        status = mi_h5_put_text(at, name, value) ? MI_OK : mi_write_failed(w);
    mi_h5_drop(at);
    mi_h5_quiet_end(&quiet);
    return status;
}

mi_status mi_writer_history(mi_writer *w, const char *line)
{
    MI_TRY(mi_place_check(w, "/"));
    MI_WANT(line, "a history without a line");
    const char *name;
    char *text;
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = mi_h5_history(&text, &name, w->file, w->name, line);
    mi_h5_quiet_end(&quiet);
    MI_TRY(status);
    if (text)
        status = mi_writer_text(w, "/", name, text);
    mi_free(text);
    return status;
}
