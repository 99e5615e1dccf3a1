/* features_write_private.h - what the writing rooms of features share. Private.
 *
 * uses: features_write, h5         used by: features_write features_sink features_copy
 */
#ifndef MI_FEATURES_WRITE_PRIVATE_H
#define MI_FEATURES_WRITE_PRIVATE_H

#include "features_write.h"
#include "h5.h"

struct mi_writer {
    hid_t file;
    char *name;           /* for messages */
    hid_t links;          /* link creation: groups above are made, names are UTF-8 */
    unsigned char *image; /* NULL: a file */
    size_t bytes;         /* of the image, once it is finished */
    hid_t driver;         /* of a file */
    int error;            /* errno of the first write that failed, which HDF5 may not know of */
};

struct mi_sink {
    mi_writer *w;
    hid_t dataset;
    char *path;     /* in the new file, for messages */
    size_t n, d;    /* rows, columns */
    size_t row;     /* rows written */
    double largest; /* magnitude from which on the type holds infinities; 0: no such */
    int is_half;
    uint16_t *half; /* (room) rows on their way */
    size_t room;
};

/* Why the last HDF5 call on the file failed, as MI_EWRITE with the system's reason where there is
 * one. The first call after the one that failed. */
mi_status mi_write_failed(const mi_writer *w);

/* The group `path`, made when it is not there. Drop *group. */
mi_status mi_writer_group(mi_writer *w, const char *path, hid_t *group);

/* How a dataset is made: its type, and the chunks and filters of `like` (MI_H5_NONE: none). The
 * type stays the caller's. */
mi_status mi_sink_make(mi_sink **out, mi_writer *w, const char *group, mi_member_id m,
                       const mi_layout *layout, hid_t type, hid_t like);

/* Give `to` those attributes of `from` that it does not have. */
mi_status mi_copy_attributes(mi_writer *w, hid_t to, hid_t from);

/* Append n rows that lie in memory as `type`. */
mi_status mi_sink_rows(mi_sink *s, hid_t type, const void *rows, size_t n);

#endif
