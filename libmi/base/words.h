/* words.h - names of options and tools inside messages.
 *
 * uses: base/status
 *
 * The library knows settings ("memory", "route") and computations ("bounds", "transform") by their
 * own names. A program that has another spelling for them gives it once to mi_set_spelling: the
 * tools "--" and "mi-". Both marks are spelled in formats alone, so that no text from outside is:
 *
 *     mi_fail(MI_EMEMORY, "... are %.3g MB; try a larger " MI_OPTION "memory", mb)
 */
#ifndef MI_WORDS_H
#define MI_WORDS_H

#include "libmi/base/status.h"

#include <stdarg.h>

#define MI_OPTION "\1" /* stands before the name of a setting */
#define MI_TOOL   "\2" /* stands before the name of a computation */

/* snprintf and vsnprintf in the C locale with the marks of the format spelled, as in mi_fail, mi_fail_in, mi_warn.
 */
int mi_format(char *to, size_t bytes, const char *format, ...) MI_PRINTF(3, 4);
int mi_vformat(char *to, size_t bytes, const char *format, va_list args);

#endif
