/* sniff.h - what a file that is not HDF5 looks like. Private.
 *
 * uses: base/words
 */
#ifndef MI_SNIFF_H
#define MI_SNIFF_H

#include <stddef.h>

#define MI_SNIFF_BYTES 1024 /* of the beginning are enough */

/* Say into text[bytes] what the first n bytes of the file `name` look like and what would help, for
 * instance "a NumPy array; import z1=a.npy makes features of it". */
void mi_sniff(char *text, size_t bytes, const void *head, size_t n, const char *name);

#endif
