/* replace.h - files that appear whole: written under another name beside, then renamed.
 *
 * uses: base/mem base/replace_private base/status base/want
 *
 * Until mi_replace_finish the old file stands as it was; whatever goes wrong, what is under the name
 * afterwards is either the old file or the new one. A symbolic link stays one: the file it leads to
 * is replaced. Where a file is changed rather than written anew, it is locked from reading to
 * renaming, so that nothing that others write into it meanwhile is lost.
 */
#ifndef MI_REPLACE_H
#define MI_REPLACE_H

#include <sys/stat.h>

#include "libmi/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    char *name;   /* as the user gave it, for messages */
    char *target; /* the file that is replaced, links resolved */
    /* In the same directory: ".mi-", twelve random letters, and three that follow from them. */
    char *temporary;
    int descriptor; /* of the temporary, open for writing */
    /* Of mi_replace_begin_copy: its directory and the original, locked, and what that was when it was
     * copied; else -1. */
    int directory, original, has_lease;
    int must_be_new; /* there was no original, and there must be none when this gets its name */
    struct stat before;
} mi_replace;

/* Create an empty temporary file in the place of `path`, which need not exist; mode as the umask
 * says, or that of the file there. It is made anew under a name that nobody can guess, and never
 * through a link. Temporary files that ended runs have left in the directory are removed. Errors:
 * MI_EUSAGE for no path; MI_ECREATE, MI_ENOMEM; nothing is left then. End with mi_replace_finish
 * or mi_replace_discard. */
MI_API MI_CHECKED mi_status mi_replace_begin(mi_replace *r, const char *path);

/* The same with a copy of `path`, a file that is to be changed. It is locked, after waiting a while
 * for others: its directory against others who do the same; the file by a shared flock, which keeps
 * HDF5's writers out and lets readers in; and by a lease, which tells of writers that do not lock.
 * Owner, mode, extended attributes and access lists are kept. Errors: MI_EUSAGE for no path;
 * MI_EOPEN; MI_EWRITE naming who has it open; MI_ECREATE (not a regular file; several names, of
 * which one alone would be changed; an owner that cannot be kept); MI_ENOMEM. Nothing is left to
 * free after a failure. */
MI_API MI_CHECKED mi_status mi_replace_begin_copy(mi_replace *r, const char *path);

/* The same whether `path` is there or not (r->original: -1): where it is not, its directory is
 * locked and the file must not have come to be when it gets its name. */
MI_API MI_CHECKED mi_status mi_replace_begin_change(mi_replace *r, const char *path);

/* Whether the original, as it is copied, is the file that stat said this of before: nobody has written into it or
 * put another in its place. */
MI_API int mi_replace_is_of(const mi_replace *r, const struct stat *was);

/* How long it waits for others, in milliseconds; default 10,000. For the process, set before work. */
MI_API void mi_replace_patience(int ms);

/* Write the temporary to disk and give it the name. Errors: MI_EUSAGE for an r that was not begun
 * or has ended; MI_EWRITE, also when the original was changed by somebody after it was copied;
 * MI_ECREATE. The old file is then as it was. Ends r in any case. */
MI_API MI_CHECKED mi_status mi_replace_finish(mi_replace *r);

/* `fn` gets the name of every temporary file before it is made (is_there = 1), and after it has got its name or
 * is removed (0): what a signal handler removes. NULL, as at the start: nobody. */
typedef void mi_temporary_fn(const char *temporary, int is_there);
MI_API void mi_set_temporary_handler(mi_temporary_fn *fn);

/* Remove the temporary; the old file is as it was. {0} and an ended r are allowed. */
MI_API void mi_replace_discard(mi_replace *r);

#ifdef __cplusplus
}
#endif
#endif
