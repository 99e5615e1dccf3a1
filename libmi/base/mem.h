/* mem.h - checked, aligned memory, and how much of it there is.
 *
 * uses: base/status base/want
 */
#ifndef MI_MEM_H
#define MI_MEM_H

#include "libmi/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Allocate `count` elements of `size` bytes, zeroed and aligned to 64 bytes, into *to.
 * A count of 0 gives a valid pointer. Errors: MI_EUSAGE for no place to put it; MI_ENOMEM, also
 * when count * size overflows; *to is then NULL. Free with mi_free. */
MI_API MI_CHECKED mi_status mi_calloc(void *to, size_t count, size_t size);

/* The same without zeroing: for big matrices that are filled at once. */
MI_API MI_CHECKED mi_status mi_malloc(void *to, size_t count, size_t size);

/* Resize the memory at *to (NULL: none yet) to `count` elements, contents kept, for arrays that
 * grow. The alignment of mi_malloc is not kept. Errors: MI_EUSAGE for no place to put it;
 * MI_ENOMEM, *to is then as it was. Free with mi_free. */
MI_API MI_CHECKED mi_status mi_realloc(void *to, size_t count, size_t size);

/* Room for one element more in an array of n elements of `size` bytes at *array (NULL: none yet),
 * which has room for *room: doubled where it is full, contents kept as by mi_realloc. Errors: as
 * mi_realloc; *array and *room are then as they were. Free with mi_free. */
MI_API MI_CHECKED mi_status mi_grow(void *array, size_t n, size_t *room, size_t size);

/* Free memory of mi_calloc, mi_malloc or mi_realloc; NULL is allowed. */
MI_API void mi_free(void *memory);

/* Copy of a string; free with mi_free. Errors: MI_EUSAGE for no text, or no place to put it;
 * MI_ENOMEM. Nothing is left to free after a failure. */
MI_API MI_CHECKED mi_status mi_strdup(char **to, const char *text);

/* Allocate zeroed memory for `count` elements of the type that `pointer` points to. */
#define MI_NEW(pointer, count)     mi_calloc(&(pointer), (count), sizeof *(pointer))
#define MI_NEW_RAW(pointer, count) mi_malloc(&(pointer), (count), sizeof *(pointer))

/* Bytes this process may still take: MemAvailable, or what its control group leaves it. */
MI_API size_t mi_memory_free_bytes(void);

/* Fault injection for tests: the n-th allocation from now fails (0: none does). */
MI_API void mi_fail_allocation(long n);

#ifdef __cplusplus
}
#endif
#endif
