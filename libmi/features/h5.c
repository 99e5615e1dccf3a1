/* HDF5 with its manners mended: its own printer silenced, reasons as text, files from memory
 * images, links that stay inside the file. */
#include "libmi/features/h5.h"

#include <stdio.h>
#include <string.h>

#include "libmi/base/mem.h"
#include "libmi/base/watch_internal.h"

mi_h5_quiet mi_h5_quiet_begin(void)
{
    mi_h5_quiet q = {0};
    mi_watch_begin();
    H5Eget_auto2(H5E_DEFAULT, &q.printer, &q.arg);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    return q;
}

void mi_h5_quiet_end(const mi_h5_quiet *q)
{
    H5Eclear2(H5E_DEFAULT);
    H5Eset_auto2(H5E_DEFAULT, q->printer, q->arg);
    mi_watch_end();
}

static herr_t take_description(unsigned n, const H5E_error2_t *error, void *to)
{
    const char **description = to;
    if (n == 0 && error->desc)
        *description = error->desc;
    return 0;
}

/* HDF5 1.10 cannot read what 1.12 and later write of enums (h5py: booleans) with libver='latest'. */
static void explain_version(char *text, size_t bytes)
{
    unsigned major, minor, release;
    size_t n = strlen(text);
    if (strstr(text, "version number") && H5get_libversion(&major, &minor, &release) >= 0)
        snprintf(text + n, bytes - n,
                 " (HDF5 here is %u.%u.%u: a newer one wrote this with libver='latest', then "
                 "libver='earliest' helps; or it is damaged)",
                 major, minor, release);
}

const char *mi_h5_reason(void)
{
    static _Thread_local char text[512];
    const char *description = "HDF5 does not say why";
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_description, &description);
    snprintf(text, sizeof text, "%s", description);
    /* Some of its sentences wait for a number that does not come: "wrong file driver version #". */
    for (size_t n = strlen(text); n > 0 && strchr(" #:.", text[n - 1]); n--)
        text[n - 1] = 0;
    explain_version(text, sizeof text);
    return text;
}

void mi_h5_drop(hid_t id)
{
    if (id >= 0)
        H5Idec_ref(id);
}

/* ---- values ---- */

static int has_fixed_size(hid_t type)
{
    return H5Tdetect_class(type, H5T_VLEN) == 0 && H5Tis_variable_str(type) <= 0;
}

/* What `count` elements from `start` on are, read into memory whose rows are as long as the file's. */
static herr_t read_box(hid_t dataset, hid_t type, const hsize_t *start, const hsize_t *count,
                       const hsize_t *size, void *to)
{
    hsize_t at[H5S_MAX_RANK] = {0};
    hid_t space = H5Dget_space(dataset);
    int rank = H5Sget_simple_extent_ndims(space);
    hid_t memory = H5Screate_simple(rank, size, NULL);
    if (rank > 1)
        at[1] = size[1] > count[1] ? start[1] : 0;
    herr_t result = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
    if (result >= 0)
        result = H5Sselect_hyperslab(memory, H5S_SELECT_SET, at, NULL, count, NULL);
    mi_watch_data(has_fixed_size(type));
    if (result >= 0)
        result = H5Dread(dataset, type, memory, space, H5P_DEFAULT, to);
    mi_watch_data(0);
    hid_t story = result < 0 ? H5Eget_current_stack() : MI_H5_NONE;
    mi_h5_drop(memory);
    mi_h5_drop(space);
    if (story >= 0)
        H5Eset_current_stack(story);
    return result;
}

static void size_of(hid_t dataset, hsize_t *size)
{
    hid_t space = H5Dget_space(dataset);
    H5Sget_simple_extent_dims(space, size, NULL);
    mi_h5_drop(space);
}

herr_t mi_h5_read(hid_t dataset, hid_t type, int axis, hsize_t first, hsize_t n, void *to)
{
    hsize_t start[H5S_MAX_RANK] = {0}, count[H5S_MAX_RANK];
    size_of(dataset, count);
    start[axis] = first;
    count[axis] = n;
    return read_box(dataset, type, start, count, count, to);
}

herr_t mi_h5_read_columns(hid_t dataset, hid_t type, hsize_t first, hsize_t n, hsize_t column,
                          hsize_t columns, void *to)
{
    hsize_t start[H5S_MAX_RANK] = {first, column}, count[H5S_MAX_RANK], size[H5S_MAX_RANK];
    size_of(dataset, size);
    size[0] = n;
    memcpy(count, size, sizeof count);
    count[1] = columns;
    return read_box(dataset, type, start, count, size, to);
}

/* ---- files ---- */

/* Open read-only and drop the property list, whose closing would wipe the story of a failure. */
static hid_t open_with(const char *name, hid_t access)
{
    hid_t file = H5Fopen(name, H5F_ACC_RDONLY, access);
    hid_t story = file < 0 ? H5Eget_current_stack() : MI_H5_NONE;
    mi_h5_drop(access);
    if (story >= 0)
        H5Eset_current_stack(story);
    return file;
}

hid_t mi_h5_open_file(const char *path)
{
    mi_watch_file(path);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_file_locking(access, 1, 1); /* file systems without locks are read all the same */
    return open_with(path, access);
}

/* ---- images: HDF5 asks for memory to copy an image to, and gets the image ---- */

static void *give_image(size_t bytes, H5FD_file_image_op_t op, void *image)
{
    (void)bytes, (void)op;
    return image;
}

static void *copy_nothing(void *to, const void *from, size_t bytes, H5FD_file_image_op_t op,
                          void *image)
{
    (void)bytes, (void)op, (void)image;
    return to == from ? to : NULL;
}

static void *refuse_growth(void *memory, size_t bytes, H5FD_file_image_op_t op, void *image)
{
    (void)memory, (void)bytes, (void)op, (void)image;
    return NULL;
}

static herr_t keep_image(void *memory, H5FD_file_image_op_t op, void *image)
{
    (void)memory, (void)op, (void)image;
    return 0;
}

static void *same_image(void *image)
{
    return image;
}

static herr_t keep_argument(void *image)
{
    (void)image;
    return 0;
}

hid_t mi_h5_open_image(void *image, size_t bytes)
{
    H5FD_file_image_callbacks_t callbacks = {
        .image_malloc = give_image,
        .image_memcpy = copy_nothing,
        .image_realloc = refuse_growth,
        .image_free = keep_image,
        .udata_copy = same_image,
        .udata_free = keep_argument,
        .udata = image,
    };
    char name[64]; /* HDF5 takes two images of one name for one file */
    snprintf(name, sizeof name, "image at %p", image);
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fapl_core(access, 1 << 16, 0);
    H5Pset_file_image_callbacks(access, &callbacks);
    H5Pset_file_image(access, image, bytes);
    return open_with(name, access);
}

/* ---- paths ---- */

mi_status mi_join_path(char **out, const char *parent, const char *name)
{
    size_t bytes = strlen(parent) + strlen(name) + 2;
    if (name[0] == '/')
        return mi_strdup(out, name);
    MI_TRY(mi_malloc(out, bytes, 1));
    strcpy(*out, strcmp(parent, "/") == 0 ? "" : parent);
    strcat(strcat(*out, "/"), name);
    return MI_OK;
}

/* ---- links ---- */

herr_t mi_h5_refuse_link(const char *file, const char *group, const char *to_file,
                         const char *to_object, unsigned *flags, hid_t access, void *arg)
{
    mi_h5_links *l = arg;
    (void)file, (void)group, (void)to_object, (void)flags, (void)access;
    snprintf(l->refused, sizeof l->refused, "%s", to_file);
    return -1;
}

mi_status mi_h5_links_open(mi_h5_links *l, int allow_external)
{
    *l = (mi_h5_links){.access = H5Pcreate(H5P_LINK_ACCESS)};
    if (l->access < 0 || H5Pset_nlinks(l->access, 16) < 0)
        return mi_fail(MI_ELIBRARY, "HDF5 cannot make a property list: %s", mi_h5_reason());
    if (!allow_external)
        H5Pset_elink_cb(l->access, mi_h5_refuse_link, l);
    return MI_OK;
}

void mi_h5_links_close(mi_h5_links *l)
{
    mi_h5_drop(l->access);
    l->access = MI_H5_NONE;
}

/* ---- types and filters ---- */

hid_t mi_h5_half(void)
{
    hid_t type = H5Tcopy(H5T_IEEE_F32LE);
    if (type >= 0 && H5Tset_fields(type, 15, 10, 5, 0, 10) >= 0 && H5Tset_size(type, 2) >= 0 &&
        H5Tset_ebias(type, 15) >= 0)
        return type;
    mi_h5_drop(type);
    return MI_H5_NONE;
}

int mi_h5_is_half(hid_t type)
{
    hid_t half = mi_h5_half();
    int same = H5Tequal(type, half) > 0 && H5Tget_order(H5T_NATIVE_INT) == H5T_ORDER_LE;
    mi_h5_drop(half);
    return same;
}

int mi_h5_is_bool(hid_t type)
{
    static const char *const name[2] = {"FALSE", "TRUE"};
    if (H5Tget_class(type) != H5T_ENUM || H5Tget_nmembers(type) != 2 || H5Tget_size(type) != 1)
        return 0;
    for (int k = 0; k < 2; k++) {
        signed char value = -1;
        if (H5Tenum_valueof(type, name[k], &value) < 0 || value != k)
            return 0;
    }
    return 1;
}

int mi_h5_missing_filter(hid_t dataset, int also_optional, int *number, char name[64])
{
    hid_t list = H5Dget_create_plist(dataset);
    int found = 0, n = H5Pget_nfilters(list);
    for (int k = 0; k < n && !found; k++) {
        unsigned flags = 0, config;
        size_t values = 0;
        name[0] = 0;
        *number = H5Pget_filter2(list, (unsigned)k, &flags, &values, NULL, 64, name, &config);
        found = *number > 0 && (also_optional || !(flags & H5Z_FLAG_OPTIONAL)) &&
                H5Zfilter_avail(*number) <= 0;
    }
    mi_h5_drop(list);
    return found;
}

void mi_h5_copy_filters(hid_t to, hid_t from)
{
    unsigned flags, config, value[32];
    int n = H5Pget_nfilters(from);
    for (int k = 0; k < n; k++) {
        size_t values = sizeof value / sizeof *value;
        H5Z_filter_t id =
            H5Pget_filter2(from, (unsigned)k, &flags, &values, value, 0, NULL, &config);
        int lossless = id == H5Z_FILTER_DEFLATE || id == H5Z_FILTER_SHUFFLE ||
                       id == H5Z_FILTER_FLETCHER32 || id == MI_H5_LZF;
        if (lossless)
            H5Pset_filter(to, id, flags, values, value);
    }
}

void mi_h5_trim(char *text, size_t size, H5T_str_t padding)
{
    size_t length = padding == H5T_STR_NULLTERM ? strnlen(text, size) : size;
    while (length > 0 &&
           (text[length - 1] == 0 || (padding == H5T_STR_SPACEPAD && text[length - 1] == ' ')))
        length--;
    memset(text + length, 0, size - length);
}
