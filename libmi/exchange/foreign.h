/* foreign.h - arrays in files of other programs, read from the first row to the last.
 *
 * uses: base/mem base/status base/words features/raw features/sniff
 *
 * NumPy's .npy and .npz, comma- and tab-separated text, MATLAB's .mat, and any dataset of an HDF5
 * file look alike here: n rows of d elements of one type, which are handed out block by block in
 * bounded memory, row-major and in this machine's byte order. Like features.h, from one thread.
 */
#ifndef MI_FOREIGN_H
#define MI_FOREIGN_H

#include <stdint.h>

#include "libmi/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    MI_ELEM_F16,
    MI_ELEM_BF16, /* the upper half of a float: 8 bits of exponent, 7 of mantissa */
    MI_ELEM_F32,
    MI_ELEM_F64,
    MI_ELEM_I8,
    MI_ELEM_I16,
    MI_ELEM_I32,
    MI_ELEM_I64,
    MI_ELEM_U8,
    MI_ELEM_U16,
    MI_ELEM_U32,
    MI_ELEM_U64,
    MI_ELEM_BOOL, /* a byte, 0 or 1 */
    MI_ELEM_TEXT, /* cells of `width` bytes, padded with zeros; UTF-8 where the file says */
    MI_ELEMS
} mi_elem;

enum { MI_FOREIGN_AXES = 8 };

typedef struct mi_foreign {
    char *name; /* as it was addressed, for messages */
    mi_elem elem;
    size_t width; /* bytes of an element */
    int axes;     /* 1 or more */
    uint64_t axis[MI_FOREIGN_AXES];
    size_t n, d;     /* rows; product of the trailing axes, 1 without any */
    char **row_name; /* (n) where each row is a dataset of its own; else NULL */
    int is_matlab;   /* numbers are double unless somebody cared: whole ones may be ids */
    int guessed;     /* of text: its first line was taken for a header, 2: for data; 0: told */
    size_t row;      /* rows handed out */
    const struct mi_foreign_kind *kind;
    void *state;
    int spool; /* descriptor of the copy of what came through a pipe; -1: none */
} mi_foreign;

typedef enum { MI_HEADER_AUTO, MI_HEADER_YES, MI_HEADER_NO } mi_header;

typedef struct {
    mi_header header;   /* of text: its first line names the columns */
    int allow_external; /* of HDF5: follow links and storage that lead into other files */
} mi_foreign_opts;

/* Open FILE or FILE:PART; a pipe (or "-") is copied into a temporary file first. What it is, the
 * first bytes tell. PART is an entry of .npz, a variable of .mat, a dataset of HDF5, or columns of
 * text: names or numbers from 1 on, with commas between, * and ? as in a shell; it may be left out
 * where there is one array only, and of text stands for all columns. A PART of HDF5 whose last name
 * has a * or ? makes every dataset that fits a row, in the order of their names.
 *
 * o may be NULL. Types that HDF5 or NumPy know and that are no numbers or text, Python's pickles
 * and PyTorch's files are refused with what would help.
 * Errors: MI_EOPEN; MI_EDATA (truncated, damaged, a type, a shape, no such part, of a format that
 * this build leaves out); MI_ENOMEM. Close with mi_foreign_close. */
MI_API MI_CHECKED mi_status mi_foreign_open(mi_foreign *out, const char *address,
                                            const mi_foreign_opts *o);
MI_API void mi_foreign_close(mi_foreign *a);

/* The next n rows into to (n,d), elements of `width` bytes. O(n d). Errors: MI_EDATA, MI_ENOMEM;
 * more rows than there are is MI_EUSAGE. */
MI_API MI_CHECKED mi_status mi_foreign_read(mi_foreign *a, size_t n, void *to);

/* The same as doubles, whatever the type: to (n,d). Integers beyond 2^53 are rounded. O(n d). Errors:
 * as mi_foreign_read; MI_EDATA for text. */
MI_API MI_CHECKED mi_status mi_foreign_doubles(mi_foreign *a, size_t n, double *to);

/* Type and axes into buffer[bytes]; returns buffer: "f16[512,256]". */
MI_API const char *mi_foreign_shape(const mi_foreign *a, char *buffer, size_t bytes);

#ifdef __cplusplus
}
#endif
#endif
