/* note.h - scalar attributes written, and the history that tools leave in a file. Private.
 *
 * uses: features/h5
 */
#ifndef MI_FEATURES_NOTE_H
#define MI_FEATURES_NOTE_H

#include "libmi/features/h5.h"

/* Set the scalar attribute `name` of an object to *value of `type`, in place of one that is there.
 * 0 when HDF5 failed. */
int mi_h5_put(hid_t object, const char *name, hid_t type, const void *value);

/* The same of a UTF-8 text. */
int mi_h5_put_text(hid_t object, const char *name, const char *text);

/* A line more for the history of a file: the attribute of its root that takes it, `history` or, where
 * that is the user's, `mi_history` with a warning; and its text with the line at the end, the oldest
 * lines cut beyond what an attribute holds. Ours is a text whose lines all start with "mi-" or
 * "libmi". *text is NULL, with a warning, where both are the user's. path: for messages. Errors:
 * MI_ENOMEM. Free *text with mi_free. */
mi_status mi_h5_history(char **text, const char **name, hid_t file, const char *path,
                        const char *line);

#endif
