/* want.h - the door of a public function: an argument that cannot be is refused in a line. Private.
 *
 * uses: base/status
 *
 *     MI_WANT(out && s, "mi_measure without a result or sample");
 */
#ifndef MI_WANT_H
#define MI_WANT_H

#include "libmi/base/status.h"

/* Unless `holds`, return MI_EUSAGE with the text that follows. For functions that own nothing yet. */
#define MI_WANT(holds, ...)                         \
    do {                                            \
        if (!(holds))                               \
            return mi_fail(MI_EUSAGE, __VA_ARGS__); \
    } while (0)

#endif
