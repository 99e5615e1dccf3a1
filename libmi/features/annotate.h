/* annotate.h - attributes added to a file that exists, all of them or none.
 *
 * uses: base/mem base/replace base/want base/watch_internal features/note
 */
#ifndef MI_ANNOTATE_H
#define MI_ANNOTATE_H

#include "libmi/base/replace.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A number to be an attribute of a group; one of that name is replaced. */
typedef struct {
    const char *group; /* absolute path */
    const char *name;
    double value;
} mi_note;

/* Give the HDF5 file that `copy` is of (mi_replace_begin_copy) n attributes and, unless `history` is
 * NULL, that line at the end of the text attribute `history` of its root; the oldest lines go when
 * that gets longer than HDF5 lets an attribute be, 64 kB. An attribute of that name which is not a
 * list of our command lines is the user's: it stays, and the line goes to `mi_history`, with a
 * warning. External links are not followed. mi_replace_finish puts it in place. O(bytes written).
 * Errors: MI_EUSAGE for a copy that was not begun, a note without group or name; MI_EWRITE (disk
 * full, with the system's reason); MI_EDATA (no such group); MI_ENOMEM. */
MI_API MI_CHECKED mi_status mi_annotate(const mi_replace *copy, const mi_note *note, size_t n,
                                        const char *history);

#ifdef __cplusplus
}
#endif
#endif
