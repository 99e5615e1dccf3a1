/* h5.h - the HDF5 calls that feature sets need, with failures as one line of text. Private.
 *
 * uses: base/mem base/status base/watch_internal; hdf5
 *
 * Handles are hid_t, negative when there is none. HDF5 keeps the story of its last failure until
 * its next call: mi_h5_reason must be the first call after the one that failed.
 */
#ifndef MI_H5_H
#define MI_H5_H

#define H5_USE_110_API
#include <hdf5.h>
#include <stddef.h>

#include "libmi/base/status.h"

#define MI_H5_NONE H5I_INVALID_HID
#define MI_H5_LZF  32000 /* number of h5py's lzf filter */

/* HDF5's own error printer, put aside while libmi works, and watched (base/watch.h). */
typedef struct {
    H5E_auto2_t printer;
    void *arg;
} mi_h5_quiet;

mi_h5_quiet mi_h5_quiet_begin(void);
void mi_h5_quiet_end(const mi_h5_quiet *q);

/* What HDF5 says of the failure at its root, in one line. Static storage, one per thread. */
const char *mi_h5_reason(void);

/* Close a handle of any kind; MI_H5_NONE is allowed. */
void mi_h5_drop(hid_t id);

/* Read elements first .. first+n of an axis of a dataset, and all of its other axes, as `type`.
 * Negative on failure. */
herr_t mi_h5_read(hid_t dataset, hid_t type, int axis, hsize_t first, hsize_t n, void *to);

/* Of rows first .. first+n the columns from `column` on (of the axis behind the rows, with all axes behind
 * it) into their places in `to`, n whole rows. Negative on failure. */
herr_t mi_h5_read_columns(hid_t dataset, hid_t type, hsize_t first, hsize_t n, hsize_t column,
                          hsize_t columns, void *to);

/* Open a file read-only, with its lock respected; an image of `bytes` bytes without copying it (it
 * must outlive the handle and is not written). Negative on failure. */
hid_t mi_h5_open_file(const char *path);
hid_t mi_h5_open_image(void *image, size_t bytes);

/* Let files of an access list be written by a driver that keeps the errno of its first failure in
 * *error and goes on as if nothing were wrong, so that HDF5 can close them. The driver's handle:
 * drop it after the file. Negative on failure. */
hid_t mi_h5_out_driver(hid_t access, int *error);

/* "parent/child" in absolute form; free with mi_free. */
mi_status mi_join_path(char **out, const char *parent, const char *name);

/* How links are followed: soft links 16 deep; external links never, or when allowed. A refused link
 * leaves the file it leads to in `refused`, which the caller clears. */
typedef struct {
    hid_t access;
    char refused[256];
} mi_h5_links;

mi_status mi_h5_links_open(mi_h5_links *l, int allow_external);
/* For H5Pset_elink_cb, with the mi_h5_links: refuses every external link. */
herr_t mi_h5_refuse_link(const char *file, const char *group, const char *to_file,
                         const char *to_object, unsigned *flags, hid_t access, void *arg);
void mi_h5_links_close(mi_h5_links *l);

/* Half precision, little-endian, as h5py writes it. Negative on failure; drop it. */
hid_t mi_h5_half(void);

/* Is `type` that half, in the byte order of this machine? */
int mi_h5_is_half(hid_t type);

/* Is `type` h5py's boolean: an enum of FALSE = 0 and TRUE = 1? */
int mi_h5_is_bool(hid_t type);

/* The first filter of a dataset that is not installed here: 1 and its number and name, else 0.
 * Those marked optional count when `also_optional` is set. */
int mi_h5_missing_filter(hid_t dataset, int also_optional, int *number, char name[64]);

/* Give a creation list with chunks those filters of another that lose nothing and that this library
 * can write: deflate, shuffle, fletcher32, lzf. Others depend on the type, or are not installed
 * everywhere. */
void mi_h5_copy_filters(hid_t to, hid_t from);

/* Cut the padding off a fixed string of `size` bytes: the rest is zeroed. */
void mi_h5_trim(char *text, size_t size, H5T_str_t padding);

/* Make the lzf filter of h5py (number 32000) known to HDF5, both ways; nothing in a build without
 * liblzf, where a plugin of HDF5's may know it. */
#ifdef MI_WITH_LZF
mi_status mi_h5_register_lzf(void);
#else
static inline mi_status mi_h5_register_lzf(void)
{
    return MI_OK;
}
#endif

#endif
