/* replace_private.h - what the files of base/replace share. Private.
 *
 * uses: base/replace
 */
#ifndef MI_REPLACE_PRIVATE_H
#define MI_REPLACE_PRIVATE_H

#include "libmi/base/replace.h"

/* The directory that a target is in, open; -1: it cannot be. Close it. */
int mi_replace_directory(const char *target);

/* Lock the original, r->target, and note in r what it is; or, where it may be new and is not there, its
 * directory alone. Errors: MI_EOPEN, MI_EWRITE, MI_ECREATE, as mi_replace_begin_copy says. */
MI_CHECKED mi_status mi_original_lock(mi_replace *r, int may_be_new);
void mi_original_unlock(mi_replace *r);

/* Bytes, attributes and owner of the original, in that order, into the temporary. */
MI_CHECKED mi_status mi_original_copy(const mi_replace *r);

/* MI_EWRITE if somebody has written into the original, or put another in its place, since it was locked. */
MI_CHECKED mi_status mi_original_check_unchanged(const mi_replace *r);

#endif
