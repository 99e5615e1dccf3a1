/* name.h - the names of an enumeration, found back: one table says them and reads them. Private.
 *
 * uses: base/status
 */
#ifndef MI_NAME_H
#define MI_NAME_H

#include "libmi/base/status.h"

/* *place: where `text` stands among name[0 .. n-1]. Errors: MI_EUSAGE "wanted one of a|b|c". */
MI_CHECKED mi_status mi_name_find(unsigned *place, const char *const *name, unsigned n,
                                  const char *text);

#endif
