/* features.h - feature sets in HDF5: find them, describe them, read them.
 *
 * uses: base/comm base/want data/labels data/mat
 *
 * A feature set is an HDF5 group with z1 or z2 in it: one checkpoint. What a group lacks (r, y, an
 * attribute) it inherits from its nearest ancestor. Layout of the file: datasets/README.md.
 *
 * Opening walks every input and describes every set (names, shapes, types, attributes) without
 * reading values, so that a tool can refuse bad input before its first row of output; values are
 * read set by set. Not thread-safe: HDF5 is entered from one thread.
 */
#ifndef MI_FEATURES_H
#define MI_FEATURES_H

#include <stdint.h>
#include <stdio.h>

#include "libmi/base/comm.h"
#include "libmi/data/labels.h"
#include "libmi/data/mat.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    MI_CLASS_FLOAT,
    MI_CLASS_INTEGER,
    MI_CLASS_ENUM, /* booleans too; read as their integers */
    MI_CLASS_TEXT,
    MI_CLASS_OTHER /* compound, reference ...: can be described, not read */
} mi_elem_class;

/* What is stored for one member of a set. */
typedef struct {
    int present; /* its name is there; whether it can be read is for mi_features_check */
    char *path;  /* dataset, absolute in its file, after --map and inheritance */
    char *group; /* the group it lies in: the set's own, or the ancestor it is inherited from */
    int rank;    /* axes as stored; 0 for a scalar and for what cannot be opened */
    uint64_t shape[8]; /* the first min(rank,8) of them */
    size_t n, d;       /* rows; product of the trailing axes, 1 without any */
    mi_elem_class cls;
    char type[16]; /* "f16" "f32" "f64be" "i64" "u8" "bool" "enum" "str" "compound" ... or "?" */
    /* How stored elements stand for values (_FillValue, missing_value, scale_factor, add_offset,
     * MATLAB_class). Reading applies it; n, d, shape and cls are those of the values. */
    double missing[2]; /* (n_missing) elements that stand for no value, and are read as NaN */
    int n_missing;
    int is_packed; /* a value is scale x element + offset */
    double scale, offset;
    int is_transposed;   /* two axes, the other way round */
    double text_bytes;   /* of a text as stored; 0: they have any length, or are none */
    double packed_bytes; /* of a chunk that filters have packed, unpacked; 0: there are none */
    double band_bytes;   /* of the chunks beside each other that hold one row; 0: there are none */
    char *problem; /* why it cannot be read, for instance external storage; NULL: nothing seen */
} mi_member;

typedef enum { MI_ATTR_INTEGER, MI_ATTR_REAL, MI_ATTR_TEXT } mi_attr_type;

typedef struct {
    char *name;
    mi_attr_type type;
    long long integer; /* MI_ATTR_INTEGER */
    double real;       /* the value as a number for both number types; nan for text */
    /* MI_ATTR_TEXT: the text. MI_ATTR_REAL stored in half or single precision: the shortest decimal
     * that reads back to it. Else NULL. */
    char *text;
} mi_attr;

typedef struct {
    char *file;  /* as the user named it; "-" for standard input */
    char *group; /* absolute path of the group in the file: "/" or "/epoch_010" */
    mi_member member[MI_MEMBERS];
    /* Own and inherited, without `history`; sorted: epoch dataset method projector lambda
     * temperature accuracy first, the others by name. */
    mi_attr *attr;
    size_t n_attr;
} mi_set;

typedef struct {
    /* Path of a member relative to its group; absolute: it counts as lying in the group the walk
     * starts from; NULL: its own name. */
    const char *map[MI_MEMBERS];
    size_t
        memory_bytes; /* most that reading may take; 0 (default): three quarters of what is free */
    int allow_external;     /* follow external links, external storage, virtual layouts */
    int last_only;          /* of every address the last set alone: where a training ended */
    int asks_for_r;         /* --r says what r is: a --map that fits comes with it where r is ids */
    mi_comm *comm;          /* ranks that open the same addresses: each reads files itself, a pipe
                               reaches all through rank 0. NULL (default): one process */
    char *copy[MI_MEMBERS]; /* what map[] points to where mi_features_parse_map set it */
} mi_features_opts;

MI_API void mi_features_opts_default(mi_features_opts *o);

/* Parse the value of --map, "z1=enc/feat,y=labels", into o->map; the strings are copies. Errors:
 * MI_EUSAGE. Free with mi_features_opts_free. */
MI_API MI_CHECKED mi_status mi_features_parse_map(mi_features_opts *o, const char *text);
MI_API void mi_features_opts_free(mi_features_opts *o);

typedef struct mi_features mi_features;

/* Open `n` addresses (FILE, FILE:GROUP, - or -:GROUP; n = 0 means standard input) and describe
 * every feature set in them, files in the order given, groups in natural order (epoch_2 before
 * epoch_10). An existing file of the whole name wins; else an address splits at the first colon
 * before which a file exists. Files are closed again between reads, so thousands may be named; an
 * image that comes through a pipe stays in memory once, without copies. An input named twice is
 * read once. The strings in o->map must stay until mi_features_close, which frees.
 * Errors: MI_EUSAGE for no addresses where n > 0; MI_EOPEN (missing, a directory, locked by a
 * writer, not permitted), MI_EDATA (not HDF5, and what it looks like; truncated; empty; no such
 * group; no feature set, with what was found and a --map that fits; external links; more than 64
 * levels or a million groups), MI_ENOMEM. Nothing is left to free after a failure. */
MI_API MI_CHECKED mi_status mi_features_open(mi_features **out, const char *const *address,
                                             size_t n, const mi_features_opts *o);
MI_API void mi_features_close(mi_features *f);

/* Close the file that is open, and with it HDF5's lock, until it is read again: before something is
 * written into it. */
MI_API void mi_features_let_go(mi_features *f);

/* HDF5 has no part in how the process ends: its exit handler crashes on files that it could not
 * finish, and what the program wanted to return is lost. For a program that closes its files; before
 * any other call of HDF5. */
MI_API void mi_features_no_exit_handler(void);

MI_API size_t mi_features_count(const mi_features *f);
MI_API const mi_set *mi_features_set(const mi_features *f, size_t i);

/* Check one set for a computation that uses the members in `needed` (bits 1u << MI_Z1 ...) and
 * takes those in `wanted` if they are there: needed ones are present; row counts agree; n >= 2 and
 * d >= 1; z1 and z2 are numbers; y has one column of integers, booleans, enums, strings or floats
 * ("looks one-hot" otherwise), split one of integers; nothing is compound or lies in another file.
 * Says by mi_warn, once a member, that trailing axes are flattened.
 * Errors: MI_EUSAGE for a set or member there is not; MI_EDATA with file, group, dataset, found,
 * wanted; and those of opening the file again. */
MI_API MI_CHECKED mi_status mi_features_check(mi_features *f, size_t i, unsigned needed,
                                              unsigned wanted);

/* Bytes that reading the members in `members` takes besides values that stay: files that came through
 * pipes, and groups of labels, which stay too, and what the largest packed chunk or labels need on their way.
 * O(1). */
MI_API double mi_features_besides(const mi_features *f, size_t i, unsigned members);

/* Bytes of the real values of those members in memory. O(1). */
MI_API double mi_features_values_bytes(const mi_features *f, size_t i, unsigned members);

/* Read a member as real rows (n,d): f16 and f32 as MI_F32, f64 and integers as MI_F64, any byte
 * order, trailing axes flattened; integers beyond 2^53 are rounded. Values are not judged. O(n d),
 * no memory beyond the result.
 * Errors: MI_EUSAGE for a set or member there is not; MI_EDATA (unknown filter named, with the
 * h5repack command that removes it; damaged chunk; text; changed since it was opened), MI_EOPEN,
 * MI_EMEMORY, MI_ENOMEM. Nothing is left to free after a failure. Free with mi_mat_free. */
MI_API MI_CHECKED mi_status mi_features_read(mi_features *f, size_t i, mi_member_id m, mi_mat *out);

/* The same rows as a matrix that leaves them in the file and reads them when they are wanted; f
 * must be open as long. Rows are read as they are asked for, from any thread, one reading at a
 * time. Errors: MI_EUSAGE for a set or member there is not; MI_EDATA as mi_features_read; those of
 * reading come from where it is used. Nothing is left to free after a failure. */
MI_API MI_CHECKED mi_status mi_features_rows(mi_features *f, size_t i, mi_member_id m, mi_mat *out);

/* Takes a block of rows, x (n,d), which it may overwrite. */
typedef mi_status mi_block_fn(void *arg, double *x, size_t n, size_t d);

/* Hand rows row[0..n) of a member (ascending; NULL: rows 0..n) to `fn` in order, as blocks of
 * doubles of a few megabytes, so that sets larger than memory can be worked on. Reads every chunk
 * that holds a wanted row once. O(n d). Errors: MI_EUSAGE for a set, member or rows there are not,
 * rows that do not ascend; as mi_features_read, and those of `fn`, with file, group and member in
 * front. */
MI_API MI_CHECKED mi_status mi_features_each_block(mi_features *f, size_t i, mi_member_id m,
                                                   const size_t *row, size_t n, mi_block_fn *fn,
                                                   void *arg);

/* Read a member as a discrete variable: integers to 64 bits, bool, enum, strings (fixed or
 * variable), or floats whose values are all whole, with a warning once a member; a row of several
 * columns is one symbol. O(n d) expected.
 * Errors: MI_EUSAGE for a set or member there is not; MI_EDATA (first non-whole float with its
 * row; NaN or infinity), as mi_features_read. Nothing is left to free after a failure. Free with
 * mi_labels_free. */
MI_API MI_CHECKED mi_status mi_features_read_labels(mi_features *f, size_t i, mi_member_id m,
                                                    mi_labels *out);

/* A number that the values, shapes and absences of those members have, and hardly others: to tell whether a file that
 * was changed still holds what was read. Reads them, O(n d). Errors: as mi_features_each_block and
 * mi_features_read_labels; *out is no digest then. */
MI_API MI_CHECKED mi_status mi_features_digest(uint64_t *out, mi_features *f, size_t i,
                                               unsigned members);

/* Type and axes of a member into buffer[bytes]; returns buffer: "f16[512,256]". */
MI_API const char *mi_member_shape(const mi_member *m, char *buffer, size_t bytes);

/* Attribute of a set by name, NULL when it has none. */
MI_API const mi_attr *mi_set_attr(const mi_set *s, const char *name);

#ifdef __cplusplus
}
#endif
#endif
