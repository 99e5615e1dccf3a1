/* html.h - text and pictures as parts of a page: HTML that is also well-formed XML.
 *
 * uses: base/status base/utf8 base/want
 *
 * What comes from a table or a file name goes through here, so that it is shown and never read as
 * mark-up.
 */
#ifndef MI_HTML_H
#define MI_HTML_H

#include <stdio.h>

#include "libmi/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Write text, for an element or a quoted attribute: & < > " ' as character references; control
 * characters (but tab and line end) and bytes that are no UTF-8 as U+FFFD. NULL: nothing. */
MI_API void mi_html_put(FILE *stream, const char *text);

/* An image of a page. Texts are borrowed. */
typedef struct {
    const char *id;          /* of the image, a word that no other image of the page has */
    const char *title;       /* its name, for those who do not see it */
    const char *description; /* what it shows, in a sentence */
} mi_html_image;

/* Write an SVG document as an element of a page: without its prologue, its own size (it takes that
 * of its place, in the proportions of its viewBox) and the titles that gnuplot gives its parts;
 * its ids, and references to them, begin with that of the image. O(length). Errors: MI_EUSAGE for
 * NULL; MI_EDATA for a text without an element <svg> that has a viewBox, of which nothing is
 * written. */
MI_API MI_CHECKED mi_status mi_html_svg(FILE *stream, const char *svg, const mi_html_image *image);

#ifdef __cplusplus
}
#endif
#endif
