/* write.h - feature sets out: a file, or the image of one for a pipe.
 *
 * uses: base/want base/watch_internal features/features features/note
 *
 * A writer is a file under way: groups, datasets that are filled block by block, attributes. The
 * same calls in the same order make the same bytes: no times are kept. Like features.h, from one
 * thread.
 */
#ifndef MI_FEATURES_WRITE_H
#define MI_FEATURES_WRITE_H

#include "libmi/features/features.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mi_writer mi_writer;

/* Start the file `path`, replacing what is there; messages call it `name`. Who writes a file that
 * should appear whole or not at all gives a temporary path and renames it. Errors: MI_EUSAGE for
 * no path or name; MI_ECREATE. Nothing is left to free after a failure. Free with mi_writer_free.
 */
MI_API MI_CHECKED mi_status mi_writer_file(mi_writer **out, const char *path, const char *name);

/* Go on with the file `path`, an HDF5 file that is there: what it holds stays. Who adds to a file
 * that others use gives a copy of it (mi_replace_begin_change). Errors: MI_EDATA: no HDF5 file, or
 * a damaged one; MI_ECREATE. Free with mi_writer_free. */
MI_API MI_CHECKED mi_status mi_writer_add(mi_writer **out, const char *path, const char *name);

/* Start the image of a file in memory, to be sent to what cannot be written at any place. The
 * image is kept once: its memory is HDF5's own buffer. Errors: MI_EUSAGE for no name; as
 * mi_writer_file. Nothing is left to free after a failure. */
MI_API MI_CHECKED mi_status mi_writer_image(mi_writer **out, const char *name);

/* Write what is left and close the file. Errors: MI_EUSAGE for a file that is finished; MI_EWRITE
 * with the system's reason. */
MI_API MI_CHECKED mi_status mi_writer_finish(mi_writer *w);

/* Send the finished image to a descriptor. Errors: MI_EUSAGE for a writer that has no image;
 * MI_EWRITE. */
MI_API MI_CHECKED mi_status mi_writer_send(const mi_writer *w, int descriptor);

/* Close, finished or not; NULL is allowed. What an unfinished file holds is of no use. */
MI_API void mi_writer_free(mi_writer *w);

/* ---- datasets ---- */

typedef enum {
    MI_STORE_SAME, /* as the member it is made like */
    MI_STORE_F16,
    MI_STORE_F32,
    MI_STORE_F64,
    MI_STORE_I64,
    MI_STORE_U8
} mi_store;

/* Parse "same", "f16", "f32" or "f64", which features may be stored as. Errors: MI_EUSAGE. */
MI_API MI_CHECKED mi_status mi_store_parse(mi_store *out, const char *text);

typedef struct {
    size_t n;         /* rows */
    int axes;         /* trailing axes; 0: one value a row */
    uint64_t axis[7]; /* (axes) */
    mi_store store;
    int holds_values; /* rows come by mi_sink_reals, as values, not element by element (_FillValue,
                         scale_factor) */
} mi_layout;

/* A dataset that is filled from its first row to its last. */
typedef struct mi_sink mi_sink;

/* Make the dataset of a member in `group`, which is made with all above it when it is not there.
 * Errors: MI_EUSAGE for a file that is finished, a layout that cannot be, a type like another's;
 * MI_EWRITE. Nothing is left to free after a failure. */
MI_API MI_CHECKED mi_status mi_writer_member(mi_sink **out, mi_writer *w, const char *group,
                                             mi_member_id m, const mi_layout *layout);

/* Make a dataset of any name beside them: images, weights. pack: rows of a chunk, compressed without
 * loss (gzip 6, shuffled where elements have several bytes); 0: as it is. */
MI_API MI_CHECKED mi_status mi_writer_tensor(mi_sink **out, mi_writer *w, const char *group,
                                             const char *name, const mi_layout *layout,
                                             size_t pack);

/* A dataset of n fixed strings, whole. */
MI_API MI_CHECKED mi_status mi_writer_texts(mi_writer *w, const char *group, const char *name,
                                            const char *const *text, size_t n);

/* Make it like member m of set i: its type (MI_STORE_SAME), its chunks cut to the new shape, its
 * attributes, and of its filters those that lose nothing and can be written anywhere: deflate,
 * shuffle, fletcher32, lzf. Errors: MI_EUSAGE for the same, but for the type, and a set or member
 * there is not; those of reading and writing. Nothing is left to free after a failure. */
MI_API MI_CHECKED mi_status mi_writer_member_like(mi_sink **out, mi_writer *w, const char *group,
                                                  mi_features *f, size_t i, mi_member_id m,
                                                  const mi_layout *layout);

/* Append n rows. A finite value that the type cannot hold is an error (MI_EDATA with its row), not
 * an infinity. O(n d). Errors: MI_EUSAGE for more rows than there is room for; MI_EWRITE;
 * MI_EDATA. */
MI_API MI_CHECKED mi_status mi_sink_reals(mi_sink *s, const double *x, size_t n);
MI_API MI_CHECKED mi_status mi_sink_integers(mi_sink *s, const int64_t *x, size_t n);

/* The same of floats and bytes that are stored as such, or wider. */
MI_API MI_CHECKED mi_status mi_sink_floats(mi_sink *s, const float *x, size_t n);
MI_API MI_CHECKED mi_status mi_sink_bytes(mi_sink *s, const unsigned char *x, size_t n);

/* Append rows row[0..n), ascending (NULL: rows 0..n), of member m of set i, bit by bit. The sink
 * is one of mi_writer_member_like with MI_STORE_SAME and the member's own trailing axes. Errors:
 * MI_EUSAGE for more rows than there is room for, rows there are not or that do not ascend; those
 * of reading and writing. */
MI_API MI_CHECKED mi_status mi_sink_copy(mi_sink *s, mi_features *f, size_t i, mi_member_id m,
                                         const size_t *row, size_t n);

/* Close a dataset; NULL is allowed. */
MI_API void mi_sink_free(mi_sink *s);

/* ---- attributes ---- */

/* Set an attribute of a group, which is made when it is not there; one of that name is replaced.
 * Errors: MI_EUSAGE for a file that is finished, no group, name or value; MI_EWRITE. */
MI_API MI_CHECKED mi_status mi_writer_integer(mi_writer *w, const char *group, const char *name,
                                              long long value);
MI_API MI_CHECKED mi_status mi_writer_real(mi_writer *w, const char *group, const char *name,
                                           double value);
MI_API MI_CHECKED mi_status mi_writer_text(mi_writer *w, const char *group, const char *name,
                                           const char *value);

/* Give the group of set i, and every group above it, the attributes they have in the file of the
 * set: what stood at an ancestor stays there. Those that point at other objects are left out. An
 * epoch that only the file's name told is written down, since the name changes. Errors: MI_EUSAGE
 * for a file that is finished, a set there is not; those of reading and writing. */
MI_API MI_CHECKED mi_status mi_writer_attributes(mi_writer *w, mi_features *f, size_t i);

/* Add a line to the attribute `history` of the file, or where that is the user's to `mi_history`,
 * as mi_annotate does. The oldest lines go when it gets longer than HDF5 lets an attribute be (64
 * kB). Errors: MI_EUSAGE for a file that is finished, no line; MI_EWRITE. */
MI_API MI_CHECKED mi_status mi_writer_history(mi_writer *w, const char *line);

#ifdef __cplusplus
}
#endif
#endif
