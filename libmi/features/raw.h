/* raw.h - members as they are stored, for rooms that move them from and to other formats. Private.
 *
 * uses: features/features features/h5 features/write
 */
#ifndef MI_RAW_H
#define MI_RAW_H

#include "libmi/features/features.h"
#include "libmi/features/h5.h"
#include "libmi/features/write.h"

/* Split an address FILE:GROUP at its colon (features.h); both parts are copies. */
mi_status mi_address_split(const char *address, char **path, char **group);

/* ---- in ---- */

/* Read values through an open dataset of the file called `file`. Failures say what is wrong, not
 * where. */
typedef mi_status mi_member_reader(hid_t dataset, const mi_member *m, const char *file, void *out);

/* 1 and a text when values of a dataset of `file`, which is at `path`, lie in other files that are not
 * to be opened, or are gone or too short. */
int mi_storage_problem(int allow_external, hid_t file, const char *path, hid_t dataset, char *text,
                       size_t bytes);

/* 1 and a text when hardly any of the values that a dataset declares are there. */
int mi_is_hollow(hid_t dataset, char *text, size_t bytes);

/* Open a member of set i, let `reader` read it, close it; failures get the place in front. */
mi_status mi_member_read(mi_features *f, size_t i, mi_member_id id, mi_member_reader *reader,
                         void *out);

/* Some rows of a member on their way through memory, window by window. */
typedef struct {
    hid_t dataset;
    hid_t memory; /* type of the elements in a window */
    const mi_member *m;
    const char *file;
    size_t row_bytes;
    size_t window; /* rows: whole chunks, a few megabytes */
    void *rows;    /* (window) */
} mi_reader;

/* Open a reader on an open dataset. `memory` is the reader's from here on. Close with
 * mi_reader_close, also after a failure. */
mi_status mi_reader_open(mi_reader *r, hid_t dataset, const mi_member *m, const char *file,
                         hid_t memory);
void mi_reader_close(mi_reader *r);

/* Takes the rows row[0..n) of a window: r->rows starts with row `base` of the dataset. */
typedef mi_status mi_window_fn(mi_reader *r, size_t base, const size_t *row, size_t n, void *arg);

/* Read rows row[0..n), ascending (NULL: rows 0..n), and hand them on window by window. */
mi_status mi_reader_each(mi_reader *r, const size_t *row, size_t n, mi_window_fn *fn, void *arg);

/* x (count): elements, read as doubles, become values: missing ones NaN, packed ones unpacked. */
void mi_stored_values(const mi_member *m, double *x, size_t count);

/* ---- out ---- */

/* How a dataset is made: its type, and the chunks and filters of `like` (MI_H5_NONE: none). The
 * type stays the caller's. */
mi_status mi_sink_make(mi_sink **out, mi_writer *w, const char *group, const char *name,
                       const mi_layout *layout, hid_t type, hid_t like);

/* Is there room in a group of a file that is added to for the members in `members` (bits 1u <<
 * MI_Z1 ...) of n rows each? None is there, unless `replace`, which takes those away; and the
 * members that the group has, or inherits, besides, have as many rows. A group that is not there
 * has room. Errors: MI_EDATA. */
mi_status mi_writer_room(mi_writer *w, const char *group, unsigned members, size_t n, int replace);

/* Append n rows that lie in memory as `type`. */
mi_status mi_sink_rows(mi_sink *s, hid_t type, const void *rows, size_t n);

#endif
