/* utf8.h - UTF-8 text of unknown manners.
 *
 * uses: base/status
 */
#ifndef MI_UTF8_H
#define MI_UTF8_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "libmi/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MI_UTF8_REPLACEMENT "\xef\xbf\xbd"

/* Bytes of the character at `text`, 0 where the bytes are none (overlong and surrogate forms too).
 */
size_t mi_utf8_length(const char *text);

/* UTF-8 of a character into to, four bytes at most; what is no character becomes U+FFFD. How many. */
size_t mi_utf8_put(char *to, uint32_t character);

/* Characters of a text; a byte that belongs to none counts as one. */
size_t mi_utf8_count(const char *text);

/* 1 for control characters, those of one byte and those of two (U+0080 to U+009F). */
int mi_utf8_is_control(const char *text);

/* Bytes of the character at `text` that may go to a terminal as it is; 0 for a control character, for
 * U+2028 to U+202E and U+2066 to U+2069 (line ends, directions of text), for bytes that are no
 * character, and at the end of the text. */
MI_API size_t mi_utf8_printable(const char *text);

/* Write text for a terminal: what must not reach it as \xHH a byte, or \uHHHH. */
MI_API void mi_utf8_put_visible(FILE *stream, const char *text);

#ifdef __cplusplus
}
#endif

#endif
