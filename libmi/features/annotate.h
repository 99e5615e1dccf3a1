/* annotate.h - attributes added to a file that exists, all of them or none.
 *
 * uses: base/mem base/status features/note
 */
#ifndef MI_ANNOTATE_H
#define MI_ANNOTATE_H

#include "libmi/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A number to be an attribute of a group; one of that name is replaced. */
typedef struct {
    const char *group; /* absolute path */
    const char *name;
    double value;
} mi_note;

/* Give the HDF5 file `path` n attributes and, unless `history` is NULL, that line at the end of the
 * text attribute `history` of its root (the oldest lines go when that gets longer than HDF5 lets an
 * attribute be, 64 kB). Everything happens in a copy called `temporary`, on the same file system,
 * which then takes the name and has the permissions; on failure the file is as it was and
 * `temporary` is gone. A symbolic link stays one: the file it leads to is replaced. External links
 * are not followed. O(bytes of the file).
 * Errors: MI_EOPEN; MI_ECREATE (not a regular file, no permission beside it); MI_EWRITE (disk full,
 * with the system's reason); MI_EDATA (no such group); MI_ENOMEM. */
MI_API MI_CHECKED mi_status mi_annotate(const char *path, const char *temporary,
                                        const mi_note *note, size_t n, const char *history);

#ifdef __cplusplus
}
#endif
#endif
