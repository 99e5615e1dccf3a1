/* private.h - what the files of the room exchange share.
 *
 *     foreign.c       what a file is, addresses, pipes
 *     bytes.c       a file, or an entry of an archive, as bytes in order
 *     elem.c        elements: names, byte order, as doubles
 *     fortran.c     arrays that lie column by column, as rows
 *     npy.c         NumPy's arrays; npy_header.c: their headers, in and out
 *     npz.c         archives of them
 *     csv.c         records of text; text.c: their columns as an array
 *     dataset.c     HDF5, and MATLAB's since 7.3; datasets.c: one dataset a row
 *     matlab.c      MATLAB's before 7.3
 *     import.c      arrays into a feature set; labels.c: its ids and labels; names.c: by name
 *     export.c      sets as arrays and text; columns.c: tables; zip.c: archives; put.c: numbers,
 *                   cells and headers
 */
#ifndef MI_EXCHANGE_PRIVATE_H
#define MI_EXCHANGE_PRIVATE_H

#include <stdio.h>

#include "libmi/exchange/foreign.h"
#include "libmi/exchange/import.h"
#include "libmi/features/h5.h"

/* Memory that a reader takes for a block of rows, whatever the size of the array. */
#define MI_BLOCK_BYTES ((size_t)16 << 20)

/* How arrays of one format hand out rows. */
typedef struct mi_foreign_kind {
    mi_status (*read)(mi_foreign *a, size_t n, void *to);
    void (*close)(void *state);
    int is_sequential; /* rows lie one after the other: leading axes may be merged */
} mi_foreign_kind;

/* Readers: `path` can be opened (that of a pipe is not its name), `part` is NULL where none was
 * given. They fill in what they know of *a, whose name is there; failures say what is wrong, not
 * where, and a->state is freed by the caller, by way of a->kind. */
mi_status mi_foreign_open_npy(mi_foreign *a, const char *path, const char *part);
mi_status mi_foreign_open_npz(mi_foreign *a, const char *path, const char *part);
mi_status mi_foreign_open_text(mi_foreign *a, const char *path, const char *part, mi_header header);
mi_status mi_foreign_open_dataset(mi_foreign *a, const char *path, const char *part,
                                  int allow_external);
mi_status mi_foreign_open_matlab(mi_foreign *a, const char *path, const char *part);

/* Set axes, n and d. Errors: MI_EDATA: no axes, more than MI_FOREIGN_AXES, or too many elements. */
mi_status mi_foreign_set_axes(mi_foreign *a, int axes, const uint64_t *axis);

/* Merge the first axis with the second, (v,n,...) to (v n,...): before the first row is read, of
 * arrays whose rows lie one after the other. 0: it cannot be done. */
int mi_foreign_merge(mi_foreign *a);

/* Say "PROBLEM; it holds a, b, c and 4 more", as MI_EDATA. */
mi_status mi_foreign_no_part(const char *problem, char *const *name, size_t n);

/* ---- bytes ---- */

typedef struct mi_bytes mi_bytes;
struct mi_bytes {
    /* The next n. Errors: MI_EDATA "truncated" when there are fewer, MI_EOPEN with the reason. */
    mi_status (*read)(mi_bytes *b, void *to, size_t n);
    /* Go to a place; NULL: cannot. */
    mi_status (*seek)(mi_bytes *b, uint64_t at);
    /* All has been read: is it what it should be? NULL: nobody knows. */
    mi_status (*end)(mi_bytes *b);
    void (*close)(mi_bytes *b);
    uint64_t size, at;
    int descriptor;
    void *archive, *entry; /* of libzip */
};

mi_status mi_bytes_file(mi_bytes *b, const char *path);
void mi_bytes_close(mi_bytes *b);

/* Put what is left of b into an unnamed temporary file, at the same place: it takes b's place and
 * can seek. */
mi_status mi_bytes_spool(mi_bytes *b);

/* A new unnamed temporary file. Errors: MI_ECREATE. */
mi_status mi_temporary(int *descriptor);

/* Copy all that can be read from one descriptor to another; errors name `name`. */
mi_status mi_copy_all(int to, int from, const char *name);

/* ---- elements ---- */

/* "f32", "bf16", "str". */
const char *mi_elem_name(mi_elem e);
/* Bytes of an element, 0 for text. */
size_t mi_elem_size(mi_elem e);
int mi_elem_is_float(mi_elem e);

/* Turn the bytes of each of n elements of 1, 2, 4 or 8 bytes round. */
void mi_elem_swap(void *x, size_t n, size_t width);

/* to[k] = element k, integers beyond 2^53 rounded; not of text. */
void mi_elem_doubles(double *to, mi_elem e, const void *from, size_t n);

/* to[k] = bfloat16 k, exactly. In place as well, from the upper half of to's memory. */
void mi_elem_widen_bf16(float *to, const uint16_t *from, size_t n);

/* Rows of (n,d) with NaN or infinity; *first is the first. Integers and text have none. */
size_t mi_elem_nonfinite(mi_elem e, const void *x, size_t n, size_t d, size_t *first);

/* The type in HDF5, as it is stored and in memory: little-endian machines are what this library
 * runs on. Negative on failure; drop it. */
hid_t mi_elem_h5(mi_elem e, size_t width);

/* The elements of a type of HDF5, MI_ELEMS: none of these; and the type in which memory has them:
 * bfloat16 and text are taken as they are. Drop it. */
mi_elem mi_elem_of_h5(hid_t type);
hid_t mi_elem_memory(mi_elem e, hid_t type);

/* ---- columns as rows ---- */

/* place (d): where column c, in the order of a Fortran array (axis 1 changes fastest), stands in a
 * row of a C array with these axes. For axes (n,2,3): 0 3 1 4 2 5. */
void mi_fortran_places(size_t *place, int axes, const uint64_t *axis);

/* An array whose columns are read for a block of rows at a time. {0}: none. */
typedef struct {
    size_t n, d, width;        /* rows, elements of a row, bytes of an element */
    size_t block, first, have; /* rows of a block, at most; those that are in memory */
    size_t *place;
    void *columns, *rows;
} mi_fortran;

/* columns (d,n): the elements of rows first .. first+n-1 of every column. */
typedef mi_status mi_columns_fn(void *arg, size_t first, size_t n, void *columns);

/* Of the array a. Free with mi_fortran_free, also after a failure. */
mi_status mi_fortran_open(mi_fortran *f, const mi_foreign *a, size_t block);

/* to (n,d): rows from `row` on, which nobody has read yet. */
mi_status mi_fortran_read(mi_fortran *f, size_t row, size_t n, char *to, mi_columns_fn *read,
                          void *arg);

void mi_fortran_free(mi_fortran *f);

/* ---- NumPy ---- */

typedef struct {
    mi_elem elem;
    size_t width;   /* bytes of an element in the file */
    int is_swapped; /* in the other byte order */
    int is_ucs4;    /* text of four bytes a character */
    int is_fortran;
    int axes;
    uint64_t axis[MI_FOREIGN_AXES];
    uint64_t data; /* where the elements begin */
} mi_npy_header;

/* Read the header that begins at b's first byte. Errors: MI_EDATA. */
mi_status mi_npy_header_read(mi_npy_header *h, mi_bytes *b);

/* An array from bytes, which are a's from here on, also after a failure. */
mi_status mi_foreign_of_npy(mi_foreign *a, mi_bytes *b);

/* ---- text ---- */

/* One record (RFC 4180) after the other. */
typedef struct {
    mi_bytes bytes;
    char *buffer;
    size_t at, have;
    char delimiter;
    size_t line;           /* on which the record begins, from 1 on */
    size_t cells;          /* of the record */
    size_t *start;         /* (cells) where each begins in `text` */
    char *text;            /* of all cells, each ended by a zero */
    unsigned char *quoted; /* (cells) it stood in quotes */
    size_t used, room, cells_room, line_now;
} mi_csv;

mi_status mi_csv_open(mi_csv *c, const char *path);
void mi_csv_close(mi_csv *c);
/* The next record; *more is 0 when there is none. Errors: MI_EDATA with the line. */
mi_status mi_csv_next(mi_csv *c, int *more);
mi_status mi_csv_rewind(mi_csv *c);
const char *mi_csv_cell(const mi_csv *c, size_t k);

/* ---- import ---- */

/* A member on its way: its array with what is to be written of it. */
typedef struct {
    mi_foreign a;
    int is_there;
    size_t rows_each; /* rows of the set that a row of the array holds */
    /* The rest is for r, y and split, which are read whole. */
    int is_line;  /* (1,n), which is taken for (n) */
    int is_named; /* its values are found by name */
    int is_once;  /* one value an instance */
    void *values; /* (a.n,a.d) */
} mi_incoming;

typedef struct {
    const mi_import_opts *o;
    mi_incoming in[MI_MEMBERS];
    size_t n;          /* rows of the set */
    char *const *name; /* (n) their names; NULL: none */
    mi_views layout;
} mi_import_job;

/* "z1=a.npy", for messages. */
const char *mi_import_argument(const mi_import_job *j, mi_member_id m, char *text, size_t bytes);

/* Read r, y and split, as integers where they are such; choose the layout that nobody told. */
mi_status mi_import_read_labels(mi_import_job *j);

/* Put the values of a member, of as many rows as its file has, in the order of the rows' names. */
mi_status mi_import_by_name(const mi_import_job *j, mi_member_id m, mi_incoming *in);

/* The instance of row i. */
size_t mi_import_instance(const mi_import_job *j, size_t i);

/* ---- out ---- */

/* A stream. Between the two ends of an archive's entry its bytes are summed up on their way. The
 * first failure stays in `failed`. */
typedef struct {
    FILE *stream;
    uint64_t bytes; /* so far */
    int in_entry;
    uint32_t crc; /* of the entry under way */
    int failed;   /* errno */
} mi_out;

void mi_out_put(mi_out *o, const void *from, size_t bytes);
mi_status mi_out_status(const mi_out *o);

/* CRC-32 (that of zip) of bytes behind others whose sum is `crc`; 0 at the start. */
uint32_t mi_crc32(uint32_t crc, const void *from, size_t bytes);

/* An archive under way: entries that are stored as they are, with 64-bit sizes. */
typedef struct {
    char *name;
    uint64_t at, bytes;
    uint32_t crc;
} mi_zip_entry;

typedef struct {
    mi_zip_entry *entry;
    size_t n, room;
} mi_zip;

/* Begin the entry `name`, whose `bytes` bytes follow by mi_out_put; end it; end the archive. */
mi_status mi_zip_begin(mi_zip *z, mi_out *o, const char *name, uint64_t bytes);
void mi_zip_end_entry(mi_zip *z, mi_out *o);
void mi_zip_end(mi_zip *z, mi_out *o);
void mi_zip_free(mi_zip *z);

/* The header of an array in C order; bytes of it into *bytes. `descr` is a literal of Python, such
 * as "'<f4'". Free with mi_free. */
mi_status mi_npy_header_make(char **header, size_t *bytes, const char *descr, int axes,
                             const uint64_t *axis);

/* "'<f4'" for an element; `characters` is how many text has. */
const char *mi_npy_descr(char *buffer, size_t bytes, mi_elem e, size_t characters);

/* Text of `bytes` bytes or up to its zero as four bytes a character: to (characters), padded with
 * zeros. How many characters it has is mi_utf8_count's to say. */
void mi_ucs4_of_utf8(uint32_t *to, size_t characters, const char *text, size_t bytes);

/* A number that reads back as this element: as few digits as that takes. In the C locale. */
void mi_put_number(FILE *to, mi_elem e, const void *element);

/* A cell of text after RFC 4180: quoted where it must be. */
void mi_put_cell(FILE *to, const char *text, size_t length, char delimiter);

#endif
