/* private.h - what the files of the room features share.
 *
 *     features.c     open, close, options
 *     input.c        addresses, standard input, open files
 *     walk.c         groups that are feature sets, inheritance
 *     describe.c     a dataset as a mi_member
 *     elsewhere.c    values that lie in other files
 *     stored.c       elements as values: netCDF's and MATLAB's conventions
 *     attr.c         attributes
 *     suggest.c      what a file holds instead, and a --map that fits
 *     check.c        is a set fit for a computation
 *     meant.c        is a set what was meant
 *     space.c        what reading takes
 *     read.c         values as rows of floats
 *     block.c        values block by block
 *     rows.c         rows that stay in the file until they are wanted
 *     labels.c       values as groups
 *     write.c        files and images of files, their attributes
 *     room.c         is there room for members in a file that is added to
 *     sink.c         datasets that are written block by block
 *     tensor.c       datasets of any name: images, weights
 *     copy.c         attributes, types and rows of one file into another
 *     note.c         attributes added to a dataset of an open file
 *     annotate.c     attributes added to a file that exists
 *     raw.h          what other rooms may use of these, to move members as they are stored
 *     h5*.c          HDF5: handles, filters, the driver of files that are written
 */
#ifndef MI_FEATURES_PRIVATE_H
#define MI_FEATURES_PRIVATE_H

#include "libmi/features/features.h"
#include "libmi/features/h5.h"
#include "libmi/features/raw.h"
#include "libmi/features/write.h"

/* A file, or the image of one that came through a pipe. */
typedef struct {
    char *path; /* as the user named it; "-" for standard input */
    unsigned char *image;
    size_t bytes;  /* of the image */
    unsigned said; /* what was said of it, once: meant.c */
} mi_input;

typedef struct {
    mi_set set;
    size_t input;
} mi_entry;

struct mi_features {
    mi_features_opts opts;
    mi_h5_links links;
    mi_input *input;
    size_t n_inputs;
    mi_entry *entry;
    size_t n, room;
    hid_t file;         /* the one file that is open, or MI_H5_NONE */
    size_t file_input;  /* which input it is */
    unsigned flattened; /* members whose flattened axes have been mentioned, as bits */
    unsigned unpacked;  /* members whose unpacking has been mentioned, as bits */
    unsigned whole;     /* members whose whole floats have been mentioned, as bits */
    unsigned single;    /* members whose one column has been mentioned, as bits */
    int is_trial;       /* a map is tried that a message suggests: nothing is said */
    int turned;         /* the axes of MATLAB's arrays have been mentioned */
};

void mi_set_free(mi_set *s);

/* The dataset of a described member as a discrete variable. Free with mi_labels_free, after a failure
 * too. */
mi_status mi_labels_of(mi_features *f, hid_t file, const mi_member *m, mi_labels *out);

/* What the public functions are given: features that are open, a set and a member of theirs; rows
 * that the member has, ascending. Errors: MI_EUSAGE. */
MI_CHECKED mi_status mi_set_check(const mi_features *f, size_t i);
MI_CHECKED mi_status mi_member_check(const mi_features *f, size_t i, mi_member_id m);
MI_CHECKED mi_status mi_rows_wanted_check(const mi_features *f, size_t i, mi_member_id m,
                                          const size_t *row, size_t n);

/* What messages call an input: its path or "standard input". */
const char *mi_input_name(const mi_input *in);

/* Index of the input `path`, taken in (read whole, if it is a pipe) when it is new. */
mi_status mi_input_add(mi_features *f, const char *path, size_t *index);

/* Handle of an input, owned by f; the file open before is closed. */
mi_status mi_input_open(mi_features *f, size_t index, hid_t *file);
void mi_input_close(mi_features *f);

/* Append every set of input `index` at or below `group`. */
mi_status mi_walk(mi_features *f, size_t index, const char *group);

/* The path of a member in a group: its --map or its name. */
const char *mi_member_path(const mi_features *f, mi_member_id m);

/* Describe the dataset at m->path of `file` into *m, whose other fields are zero. What is wrong
 * with it becomes m->problem; only lack of memory fails. `name` is the file's, for the commands in
 * messages. */
mi_status mi_describe(mi_features *f, hid_t file, const char *name, mi_member *m);

/* 1 and a text when the dataset went through a filter that is not installed here. Filters marked
 * optional count when `also_optional` is set: data may have been written without them. */
int mi_filter_problem(hid_t dataset, int also_optional, const char *file, char *text, size_t bytes);

/* Open a described dataset and see that it is still the one described. Drop *dataset. */
mi_status mi_member_open(mi_features *f, hid_t file, const mi_member *m, hid_t *dataset);

/* All elements of a dataset as memory type `type` into `to`, in the order of its values. */
mi_status mi_member_values(hid_t dataset, const mi_member *m, hid_t type, void *to,
                           const char *file);

/* Rows first .. first+n-1 of a dataset as memory type `type` into `to`. */
mi_status mi_member_rows(hid_t dataset, const mi_member *m, hid_t type, size_t first, size_t n,
                         void *to, const char *file);

/* Note in *m, which has type and space, which conventions its dataset follows. */
void mi_stored_describe(hid_t dataset, mi_member *m);

/* An attribute that no longer holds where values are written as such. */
int mi_stored_is_told_by(const char *name);

/* An element stands for no value. */
int mi_stored_is_missing(const mi_member *m, double x);

/* x (count): elements become values. O(count). Of doubles: raw.h. */
void mi_stored_values_f32(const mi_member *m, float *x, size_t count);

/* As mi_member_rows, of a transposed dataset. */
mi_status mi_stored_transposed(hid_t dataset, const mi_member *m, hid_t type, size_t first,
                               size_t n, void *to);

/* Its values are read as doubles: f64, and integers. */
int mi_member_is_double(const mi_member *m);

/* ---- what reading takes, counted before it is taken: space.c ---- */

/* Most that reading may take. */
size_t mi_reading_bytes(const mi_features *f);

/* Rows of a chunk, 1 for a dataset without chunks. */
size_t mi_chunk_rows(hid_t dataset, const mi_member *m);

/* Rows of row_bytes in memory to read at a time: whole chunks where a window holds one, else as many
 * rows as it holds. */
size_t mi_window_rows(hid_t dataset, const mi_member *m, size_t row_bytes);

/* m->packed_bytes, m->band_bytes. */
void mi_packed_describe(hid_t dataset, mi_member *m);

/* A list to open a dataset with whose packed chunks are larger than a window, so that each is unpacked
 * once; MI_H5_NONE: it needs none, or there is no room. Drop it. */
hid_t mi_cache_for(const mi_features *f, const mi_member *m);

/* Say by mi_warn, once a member, that there is no room for it, of one that is read in many parts. */
void mi_mention_unpacking(mi_features *f, size_t i, mi_member_id id);

/* MI_EMEMORY, with what is needed, unless a packed chunk can be unpacked; all values, so many bytes
 * each; the labels. */
MI_CHECKED mi_status mi_packed_fits(const mi_features *f, const mi_member *m);
MI_CHECKED mi_status mi_values_fit(const mi_features *f, const mi_member *m, size_t bytes_each);
MI_CHECKED mi_status mi_labels_fit(const mi_features *f, const mi_member *m);

/* Append one attribute of `group`, if it is a scalar that can be read. */
mi_status mi_attr_read(mi_set *s, hid_t group, const char *name);
void mi_attrs_free(mi_set *s);
/* Add those attributes of `group` to the set that it does not have yet; attributes are sorted. */
mi_status mi_attrs_add(mi_set *s, hid_t group);
/* The attribute `epoch` from the digits that end `name`, without its suffix if it is a file's, where
 * they stand alone or behind a word for how far training is. */
mi_status mi_attrs_epoch(mi_set *s, const char *name, int is_file);
/* Order of attributes by name, as of strcmp: those that people look for first. */
int mi_attr_order(const char *a, const char *b);

/* Say by mi_warn, once a member, that trailing axes are flattened; once, that MATLAB's are turned. */
void mi_mention_shape(mi_features *f, size_t i, mi_member_id m);

/* What is at or below `group` of `file`, for messages: "a f32[96,3], b i64[96]; try --map z1=a".
 * `have` describes the members that are there already (NULL: none), `lacking` has the bits of those
 * to find a --map for. */
void mi_suggest(mi_features *f, hid_t file, const char *group, const mi_member *have,
                unsigned lacking, char *text, size_t bytes);

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

/* What is written is given a place: a file under way, a group. Errors: MI_EUSAGE. */
MI_CHECKED mi_status mi_place_check(const mi_writer *w, const char *group);

/* The group `path`, made when it is not there. Drop *group. */
mi_status mi_writer_group(mi_writer *w, const char *path, hid_t *group);

/* Give `to` those attributes of `from` that it does not have; without those that `drops` says (NULL:
 * all). */
mi_status mi_copy_attributes(mi_writer *w, hid_t to, hid_t from, int (*drops)(const char *name));

/* The type that a dataset is stored in. Drop it. */
hid_t mi_store_type(mi_store store);

#endif
