/* Text and pictures for HTML. An SVG is copied character by character: what stands between < and > is mark-up,
 * where ids are renamed; outside of it, text. Both are the same in HTML and XML as gnuplot writes them, but for
 * a bare >.
 */
#include "libmi/page/html.h"

#include <string.h>

#include "libmi/base/utf8.h"
#include "libmi/base/want.h"

static const char *reference(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void mi_html_put(FILE *stream, const char *text)
{
    while (stream && text && *text) {
        size_t bytes = mi_utf8_length(text);
        int is_shown = *text == '\t' || *text == '\n' || !mi_utf8_is_control(text);
        if (reference(*text))
            fputs(reference(*text), stream);
        else if (bytes && is_shown)
            fwrite(text, 1, bytes, stream);
        else
            fputs(MI_UTF8_REPLACEMENT, stream);
        text += bytes ? bytes : 1;
    }
}

static int begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Past the element at `text` where it is one of words for people, whose place ours take. */
static const char *past_words(const char *text)
{
    static const char *const element[][2] = {{"<title>", "</title>"}, {"<desc>", "</desc>"}};
    for (size_t k = 0; k < sizeof element / sizeof *element; k++) {
        const char *end = begins(text, element[k][0]) ? strstr(text, element[k][1]) : NULL;
        if (end)
            return end + strlen(element[k][1]);
    }
    return text;
}

/* Length of what stands before an id at this place of a tag, 0 where none begins. */
static size_t before_id(const char *text)
{
    static const char *const start[] = {" id='", " id=\"", "href='#", "href=\"#", "url(#"};
    for (size_t k = 0; k < sizeof start / sizeof *start; k++)
        if (begins(text, start[k]))
            return strlen(start[k]);
    return 0;
}

static void put_body(FILE *stream, const char *svg, const char *id)
{
    int in_tag = 0;
    while (*svg) {
        const char *next = in_tag ? svg : past_words(svg);
        size_t before = in_tag ? before_id(svg) : 0;
        if (next != svg) {
            svg = next;
        } else if (before) {
            fwrite(svg, 1, before, stream);
            fprintf(stream, "%s-", id);
            svg += before;
        } else {
            fputs(*svg == '>' && !in_tag ? "&gt;" : (char[]){*svg, 0}, stream);
            in_tag = *svg == '<' || (in_tag && *svg != '>');
            svg++;
        }
    }
}

static void put_words(FILE *stream, const char *element, const mi_html_image *image,
                      const char *text)
{
    fprintf(stream, "<%s id=\"%s-%s\">", element, image->id, element);
    mi_html_put(stream, text);
    fprintf(stream, "</%s>\n", element);
}

mi_status mi_html_svg(FILE *stream, const char *svg, const mi_html_image *image)
{
    static const char view[] = "viewBox=\"";
    MI_WANT(stream && svg && image && image->id, "an image without a stream, text or id");
    const char *start = strstr(svg, "<svg"), *end = start ? strchr(start, '>') : NULL;
    const char *box = end ? strstr(start, view) : NULL;
    if (!box || box > end)
        return mi_fail(MI_EDATA, "image '%s': no element <svg> with a viewBox", image->id);
    box += strlen(view);
    fprintf(stream,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\""
            " viewBox=\"%.*s\" role=\"img\" aria-labelledby=\"%s-title %s-desc\">\n",
            (int)strcspn(box, "\"<>&"), box, image->id, image->id);
    put_words(stream, "title", image, image->title);
    put_words(stream, "desc", image, image->description);
    put_body(stream, end + 1, image->id);
    return MI_OK;
}
