/* shell.h - words of command lines as a shell reads them back.
 *
 * uses: base/status
 */
#ifndef MI_SHELL_H
#define MI_SHELL_H

#include <stddef.h>

#include "libmi/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The text of `format`, in quotes where a shell would see more than letters, is put at `to`, cut where
 * `bytes` end. Returns the bytes of it without the zero, as snprintf. */
MI_API int mi_shell_word(char *to, size_t bytes, const char *format, ...) MI_PRINTF(3, 4);

#ifdef __cplusplus
}
#endif

#endif
