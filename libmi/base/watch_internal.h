/* watch_internal.h - the marks around calls of other libraries that read files. Private.
 *
 * uses: base/watch
 */
#ifndef MI_WATCH_INTERNAL_H
#define MI_WATCH_INTERNAL_H

#include "libmi/base/watch.h"

/* The file that what follows is about; `name` is copied, up to 511 bytes. */
void mi_watch_file(const char *name);

/* From here to the end another library is at work; may be nested. */
void mi_watch_begin(void);
void mi_watch_end(void);

/* There is progress. */
void mi_watch_step(void);

/* Around a call that moves values of fixed size. */
void mi_watch_data(int is_moving);

#endif
