/* Arrays of any name in HDF5 files, read and written by HDF5's own conversions. */
#include "libmi/features/tensor.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "libmi/features/private.h"

#define PACK_LEVEL 6

struct mi_tensors {
    char *path;
    hid_t file;
};

/* ---- out ---- */

static hid_t tensor_list(const mi_layout *l, hid_t type, size_t pack)
{
    hsize_t chunk[8] = {pack < l->n ? pack : l->n};
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(list, 0);
    if (pack == 0 || l->n == 0)
        return list;
    for (int k = 0; k < l->axes; k++)
        chunk[k + 1] = l->axis[k];
    H5Pset_chunk(list, l->axes + 1, chunk);
    if (H5Tget_size(type) > 1)
        H5Pset_shuffle(list);
    H5Pset_deflate(list, PACK_LEVEL);
    return list;
}

/* A dataset like which mi_sink_make makes the real one: it knows how chunks and filters are copied. */
static mi_status make_tensor(mi_sink **out, mi_writer *w, const char *group, const char *name,
                             const mi_layout *l, size_t pack)
{
    hsize_t dims[8] = {l->n};
    for (int k = 0; k < l->axes; k++)
        dims[k + 1] = l->axis[k];
    hid_t type = mi_store_type(l->store), list = tensor_list(l, type, pack);
    hid_t space = H5Screate_simple(l->axes + 1, dims, NULL);
    hid_t model = H5Dcreate_anon(w->file, type, space, list, H5P_DEFAULT);
    mi_status status = model < 0 ? mi_write_failed(w) : MI_OK;
    if (status == MI_OK)
        status = mi_sink_make(out, w, group, name, l, type, model);
    mi_h5_drop(model);
    mi_h5_drop(space);
    mi_h5_drop(list);
    mi_h5_drop(type);
    return status;
}

mi_status mi_writer_tensor(mi_sink **out, mi_writer *w, const char *group, const char *name,
                           const mi_layout *layout, size_t pack)
{
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    *out = NULL;
    mi_status status = make_tensor(out, w, group, name, layout, pack);
    mi_h5_quiet_end(&quiet);
    return status;
}

static mi_status put_rows(mi_sink *s, hid_t type, const void *x, size_t n)
{
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = mi_sink_rows(s, type, x, n);
    mi_h5_quiet_end(&quiet);
    return status;
}

mi_status mi_sink_floats(mi_sink *s, const float *x, size_t n)
{
    return put_rows(s, H5T_NATIVE_FLOAT, x, n);
}

mi_status mi_sink_bytes(mi_sink *s, const unsigned char *x, size_t n)
{
    return put_rows(s, H5T_NATIVE_UCHAR, x, n);
}

static mi_status put_texts(mi_writer *w, const char *group, const char *name, const char *cells,
                           size_t bytes, size_t n)
{
    const hsize_t dims[] = {n};
    hid_t at = MI_H5_NONE, type = H5Tcopy(H5T_C_S1), space = H5Screate_simple(1, dims, NULL);
    hid_t set = MI_H5_NONE, list = H5Pcreate(H5P_DATASET_CREATE);
    H5Tset_size(type, bytes);
    H5Pset_obj_track_times(list, 0);
    mi_status status = mi_writer_group(w, group, &at);
    if (status == MI_OK) {
        set = H5Dcreate2(at, name, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
        if (set < 0 || H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, cells) < 0)
            status = mi_write_failed(w);
    }
    mi_h5_drop(set);
    mi_h5_drop(at);
    mi_h5_drop(list);
    mi_h5_drop(space);
    mi_h5_drop(type);
    return status;
}

mi_status mi_writer_texts(mi_writer *w, const char *group, const char *name,
                          const char *const *text, size_t n)
{
    size_t bytes = 1;
    char *cells;
    for (size_t k = 0; k < n; k++)
        bytes = strlen(text[k]) + 1 > bytes ? strlen(text[k]) + 1 : bytes;
    MI_TRY(mi_calloc(&cells, n, bytes));
    for (size_t k = 0; k < n; k++)
        strcpy(cells + k * bytes, text[k]);
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = put_texts(w, group, name, cells, bytes, n);
    mi_h5_quiet_end(&quiet);
    mi_free(cells);
    return status;
}

/* ---- in ---- */

static mi_status open_file(mi_tensors *t)
{
    struct stat st;
    if (stat(t->path, &st) < 0)
        return mi_fail(MI_EOPEN, "cannot open '%s': %s", t->path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return mi_fail(MI_EOPEN, "cannot open '%s': it is a directory", t->path);
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    t->file = mi_h5_open_file(t->path);
    mi_status status = t->file < 0 ? mi_fail(MI_EDATA, "%s: not an HDF5 file that can be read: %s",
                                             t->path, mi_h5_reason())
                                   : MI_OK;
    mi_h5_quiet_end(&quiet);
    return status;
}

mi_status mi_tensors_open(mi_tensors **out, const char *path)
{
    mi_tensors *t;
    *out = NULL;
    MI_TRY(MI_NEW(t, 1));
    t->file = MI_H5_NONE;
    mi_status status = mi_strdup(&t->path, path);
    if (status == MI_OK)
        status = open_file(t);
    if (status != MI_OK) {
        mi_tensors_close(t);
        t = NULL;
    }
    *out = t;
    return status;
}

void mi_tensors_close(mi_tensors *t)
{
    if (!t)
        return;
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_h5_drop(t->file);
    mi_h5_quiet_end(&quiet);
    mi_free(t->path);
    mi_free(t);
}

/* Open a dataset; the failure names file and dataset. */
static mi_status open_dataset(const mi_tensors *t, const char *name, hid_t *set)
{
    *set = H5Dopen2(t->file, name, H5P_DEFAULT);
    if (*set >= 0)
        return MI_OK;
    return mi_fail(MI_EDATA, "%s: no dataset '%s'", t->path, name);
}

int mi_tensors_has(const mi_tensors *t, const char *name)
{
    hid_t set;
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    int there = open_dataset(t, name, &set) == MI_OK;
    mi_h5_drop(there ? set : MI_H5_NONE);
    mi_h5_quiet_end(&quiet);
    return there;
}

static void describe(hid_t set, mi_tensor_shape *out)
{
    hsize_t dims[H5S_MAX_RANK] = {0};
    hid_t space = H5Dget_space(set), type = H5Dget_type(set);
    H5T_class_t cls = H5Tget_class(type);
    *out = (mi_tensor_shape){.axes = H5Sget_simple_extent_dims(space, dims, NULL),
                             .bytes = H5Tget_size(type)};
    out->axes = out->axes < 0 ? 0 : out->axes;
    for (int k = 0; k < out->axes && k < 8; k++)
        out->axis[k] = dims[k];
    out->cls = cls == H5T_FLOAT     ? MI_CLASS_FLOAT
               : cls == H5T_INTEGER ? MI_CLASS_INTEGER
               : cls == H5T_ENUM    ? MI_CLASS_ENUM
               : cls == H5T_STRING  ? MI_CLASS_TEXT
                                    : MI_CLASS_OTHER;
    mi_h5_drop(type);
    mi_h5_drop(space);
}

mi_status mi_tensors_shape(const mi_tensors *t, const char *name, mi_tensor_shape *out)
{
    hid_t set;
    *out = (mi_tensor_shape){0};
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = open_dataset(t, name, &set);
    if (status == MI_OK) {
        describe(set, out);
        mi_h5_drop(set);
    }
    mi_h5_quiet_end(&quiet);
    return status;
}

static hid_t memory_type(mi_store as)
{
    return as == MI_STORE_F32   ? H5T_NATIVE_FLOAT
           : as == MI_STORE_U8  ? H5T_NATIVE_UCHAR
           : as == MI_STORE_I64 ? H5T_NATIVE_INT64
                                : H5T_NATIVE_DOUBLE;
}

static mi_status read_rows(const mi_tensors *t, const char *name, hid_t set, size_t first, size_t n,
                           mi_store as, void *to)
{
    mi_tensor_shape shape;
    describe(set, &shape);
    if (shape.cls == MI_CLASS_TEXT || shape.cls == MI_CLASS_OTHER || shape.axes < 1 ||
        shape.axes > 8 || n > shape.axis[0] || first > shape.axis[0] - n)
        return mi_fail(MI_EDATA, "%s: '%s' does not have the numbers %zu to %zu", t->path, name,
                       first, first + n);
    if (n > 0 && mi_h5_read(set, memory_type(as), 0, first, n, to) < 0)
        return mi_fail(MI_EDATA, "%s: cannot read '%s': %s", t->path, name, mi_h5_reason());
    return MI_OK;
}

mi_status mi_tensors_read(const mi_tensors *t, const char *name, size_t first, size_t n,
                          mi_store as, void *to)
{
    hid_t set;
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = open_dataset(t, name, &set);
    if (status == MI_OK) {
        status = read_rows(t, name, set, first, n, as, to);
        mi_h5_drop(set);
    }
    mi_h5_quiet_end(&quiet);
    return status;
}

/* ---- texts and attributes ---- */

/* cells (n, bytes) of fixed strings, each ended by a zero. */
static mi_status copy_texts(char ***out, const char *cells, size_t bytes, size_t n)
{
    mi_status status = MI_NEW(*out, n ? n : 1);
    for (size_t k = 0; status == MI_OK && k < n; k++)
        status = mi_strdup(&(*out)[k], cells + k * bytes);
    for (size_t k = 0; status != MI_OK && *out && k < n; k++)
        mi_free((*out)[k]);
    if (status != MI_OK) {
        mi_free(*out);
        *out = NULL;
    }
    return status;
}

static mi_status read_texts(const mi_tensors *t, const char *name, hid_t set, char ***out,
                            size_t *n)
{
    mi_tensor_shape shape;
    char *cells;
    hid_t stored = H5Dget_type(set);
    describe(set, &shape);
    int is_fixed = shape.cls == MI_CLASS_TEXT && H5Tis_variable_str(stored) <= 0;
    mi_h5_drop(stored);
    if (!is_fixed || shape.axes != 1)
        return mi_fail(MI_EDATA, "%s: '%s' is no list of fixed strings", t->path, name);
    *n = (size_t)shape.axis[0];
    MI_TRY(mi_calloc(&cells, *n + 1, shape.bytes + 1));
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, shape.bytes + 1);
    mi_status status = MI_OK;
    if (*n > 0 && H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, cells) < 0)
        status = mi_fail(MI_EDATA, "%s: cannot read '%s': %s", t->path, name, mi_h5_reason());
    if (status == MI_OK)
        status = copy_texts(out, cells, shape.bytes + 1, *n);
    mi_h5_drop(type);
    mi_free(cells);
    return status;
}

mi_status mi_tensors_texts(const mi_tensors *t, const char *name, char ***out, size_t *n)
{
    hid_t set;
    *out = NULL;
    *n = 0;
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    mi_status status = open_dataset(t, name, &set);
    if (status == MI_OK) {
        status = read_texts(t, name, set, out, n);
        mi_h5_drop(set);
    }
    mi_h5_quiet_end(&quiet);
    return status;
}

mi_status mi_tensors_real(const mi_tensors *t, const char *attribute, double *out)
{
    mi_status status = MI_OK;
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    hid_t a =
        H5Aexists(t->file, attribute) > 0 ? H5Aopen(t->file, attribute, H5P_DEFAULT) : MI_H5_NONE;
    if (a >= 0 && H5Aread(a, H5T_NATIVE_DOUBLE, out) < 0)
        status = mi_fail(MI_EDATA, "%s: attribute '%s' is no number", t->path, attribute);
    mi_h5_drop(a);
    mi_h5_quiet_end(&quiet);
    return status;
}

static mi_status read_text(const mi_tensors *t, const char *attribute, hid_t a, char **out)
{
    hid_t stored = H5Aget_type(a), type = H5Tcopy(H5T_C_S1);
    size_t bytes = H5Tget_size(stored) + 1;
    int is_fixed = H5Tget_class(stored) == H5T_STRING && H5Tis_variable_str(stored) <= 0;
    H5Tset_size(type, bytes);
    H5Tset_cset(type, H5Tget_cset(stored));
    mi_status status =
        is_fixed ? mi_calloc(out, bytes, 1)
                 : mi_fail(MI_EDATA, "%s: attribute '%s' is no fixed string", t->path, attribute);
    if (status == MI_OK && H5Aread(a, type, *out) < 0)
        status = mi_fail(MI_EDATA, "%s: cannot read attribute '%s': %s", t->path, attribute,
                         mi_h5_reason());
    mi_h5_drop(type);
    mi_h5_drop(stored);
    return status;
}

mi_status mi_tensors_text(const mi_tensors *t, const char *attribute, char **out)
{
    mi_status status = MI_OK;
    *out = NULL;
    mi_h5_quiet quiet = mi_h5_quiet_begin();
    if (H5Aexists(t->file, attribute) > 0) {
        hid_t a = H5Aopen(t->file, attribute, H5P_DEFAULT);
        status = read_text(t, attribute, a, out);
        mi_h5_drop(a);
    }
    mi_h5_quiet_end(&quiet);
    return status;
}
