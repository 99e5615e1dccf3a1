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

/* The text of `history` on the root of a file with a line more, the oldest lines cut beyond what an
 * attribute holds. Errors: MI_ENOMEM. Free with mi_free. */
mi_status mi_h5_history(char **text, hid_t file, const char *line);

#endif
