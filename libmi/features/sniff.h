/* sniff.h - what a file that is not HDF5 looks like. Private.
 *
 * uses: base/shell base/words
 */
#ifndef MI_SNIFF_H
#define MI_SNIFF_H

#include <stddef.h>

#define MI_SNIFF_BYTES 1024 /* of the beginning are enough */

typedef enum {
    MI_SNIFFED_OTHER,
    MI_SNIFFED_NPY,
    MI_SNIFFED_ZIP,
    MI_SNIFFED_MATLAB, /* before 7.3 */
    MI_SNIFFED_TORCH,
    MI_SNIFFED_PICKLE,
    MI_SNIFFED_PACKED,
    MI_SNIFFED_TEXT
} mi_sniffed;

/* What kind of file the first n bytes are of. */
mi_sniffed mi_sniff_kind(const void *head, size_t n);

/* Say into text[bytes] what the first n bytes of the file `name` look like and what would help, for
 * instance "a NumPy array; import z1=a.npy makes features of it". */
void mi_sniff(char *text, size_t bytes, const void *head, size_t n, const char *name);

#endif
