/* private.h - what the files of the room features share.
 *
 *     features.c     open, close, options
 *     input.c        addresses, standard input, open files
 *     walk.c         groups that are feature sets, inheritance
 *     describe.c     a dataset as a mi_member
 *     attr.c         attributes
 *     suggest.c      what a file holds instead, and a --map that fits
 *     check.c        is a set fit for a computation
 *     read.c         values as rows of floats
 *     block.c        values block by block
 *     rows.c         rows that stay in the file until they are wanted
 *     labels.c       values as groups
 *     write.c        files and images of files, their attributes
 *     sink.c         datasets that are written block by block
 *     tensor.c       datasets of any name: images, weights
 *     copy.c         attributes, types and rows of one file into another
 *     note.c         attributes added to a dataset of an open file
 *     annotate.c     attributes added to a file that exists
 *     h5*.c          HDF5: handles, filters, the driver of files that are written
 */
#ifndef MI_FEATURES_PRIVATE_H
#define MI_FEATURES_PRIVATE_H

#include "libmi/features/features.h"
#include "libmi/features/h5.h"
#include "libmi/features/write.h"

/* A file, or the image of one that came through a pipe. */
typedef struct {
    char *path; /* as the user named it; "-" for standard input */
    unsigned char *image;
    size_t bytes; /* of the image */
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
    unsigned whole;     /* members whose whole floats have been mentioned, as bits */
};

/* What messages call an input: its path or "standard input". */
const char *mi_input_name(const mi_input *in);

/* Split an address FILE:GROUP at its colon (features.h); both parts are copies. */
mi_status mi_address_split(const char *address, char **path, char **group);

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

/* Read values through an open dataset of the file called `file`. Failures say what is wrong, not
 * where. */
typedef mi_status mi_member_reader(hid_t dataset, const mi_member *m, const char *file, void *out);

/* Open a member of set i, let `reader` read it, close it; failures get the place in front. */
mi_status mi_member_read(mi_features *f, size_t i, mi_member_id id, mi_member_reader *reader,
                         void *out);

/* All values of a dataset as memory type `type` into `to`. */
mi_status mi_member_values(hid_t dataset, hid_t type, void *to, const char *file);

/* Rows first .. first+n-1 of a dataset as memory type `type` into `to`. */
mi_status mi_member_rows(hid_t dataset, hid_t type, size_t first, size_t n, void *to,
                         const char *file);

/* Its values are read as doubles: f64, and integers. */
int mi_member_is_double(const mi_member *m);

/* Rows of a chunk, 1 for a dataset without chunks. */
size_t mi_chunk_rows(hid_t dataset);

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

/* MI_EMEMORY unless a result of bytes_each an element fits into the memory that is free. */
mi_status mi_member_fits(const mi_member *m, size_t bytes_each);

/* Append one attribute of `group`, if it is a scalar that can be read. */
mi_status mi_attr_read(mi_set *s, hid_t group, const char *name);
void mi_attrs_free(mi_set *s);
/* Add those attributes of `group` to the set that it does not have yet. */
mi_status mi_attrs_add(mi_set *s, hid_t group);
/* The attribute `epoch` from the digits that end `name`, without its suffix if it is a file's. */
mi_status mi_attrs_epoch(mi_set *s, const char *name, int is_file);
void mi_attrs_sort(mi_set *s);
/* Order of attributes by name, as of strcmp: those that people look for first. */
int mi_attr_order(const char *a, const char *b);

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

/* The group `path`, made when it is not there. Drop *group. */
mi_status mi_writer_group(mi_writer *w, const char *path, hid_t *group);

/* The type that a dataset is stored in. Drop it. */
hid_t mi_store_type(mi_store store);

/* How a dataset is made: its type, and the chunks and filters of `like` (MI_H5_NONE: none). The
 * type stays the caller's. */
mi_status mi_sink_make(mi_sink **out, mi_writer *w, const char *group, const char *name,
                       const mi_layout *layout, hid_t type, hid_t like);

/* Give `to` those attributes of `from` that it does not have. */
mi_status mi_copy_attributes(mi_writer *w, hid_t to, hid_t from);

/* Append n rows that lie in memory as `type`. */
mi_status mi_sink_rows(mi_sink *s, hid_t type, const void *rows, size_t n);

#endif
