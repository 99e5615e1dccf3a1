/* Text and pictures of a page: nothing that comes from outside is read as mark-up. */
#include <stdlib.h>

#include "draw.h"
#include "libmi/page/html.h"

static const mi_html_image image = {"c1", "A <name>", "What \"it\" shows"};

/* What is written, in memory of this function. */
static const char *put(const char *text)
{
    static char out[256];
    out[0] = 0;
    FILE *f = fmemopen(out, sizeof out, "w");
    mi_html_put(f, text);
    fclose(f);
    return out;
}

static char *picture(const char *svg)
{
    char *text;
    size_t bytes;
    FILE *f = open_memstream(&text, &bytes);
    CHECK(mi_html_svg(f, svg, &image));
    fclose(f);
    return text;
}

static void text(void **state)
{
    (void)state;
    assert_string_equal(put("a <b> & \"c\" 'd'"), "a &lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;");
    assert_string_equal(put("S\xc3\xa9rie\t1\n"), "S\xc3\xa9rie\t1\n");
    assert_string_equal(put("a\x1b[1m \xff \xc2\x85"),
                        "a\xef\xbf\xbd[1m \xef\xbf\xbd \xef\xbf\xbd");
    assert_string_equal(put(""), "");
    assert_string_equal(put(NULL), "");
    mi_html_put(NULL, "a");
}

static void pictures(void **state)
{
    char *found = picture("<?xml version=\"1.0\"?>\n<svg width=\"9\" viewBox=\"0 0 9 5\">"
                          "<title>Gnuplot</title><desc>by</desc><g id='a'/><g id=\"gp Pt\">"
                          "<title>plot_1</title></g><use xlink:href='#a'/><path fill=\"url(#b)\"/>"
                          "<text> id='x' url(#y) ]]> &lt;</text></svg>");
    (void)state;
    assert_string_equal(
        found, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
               "xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 9 5\" role=\"img\" "
               "aria-labelledby=\"c1-title c1-desc\">\n"
               "<title id=\"c1-title\">A &lt;name&gt;</title>\n"
               "<desc id=\"c1-desc\">What &quot;it&quot; shows</desc>\n"
               "<g id='c1-a'/><g id=\"c1-gp Pt\"></g><use xlink:href='#c1-a'/>"
               "<path fill=\"url(#c1-b)\"/><text> id='x' url(#y) ]]&gt; &lt;</text></svg>");
    free(found);
}

static void no_pictures(void **state)
{
    static const char *const wrong[] = {"", "PNG", "<svg", "<svg width=\"9\"></svg>",
                                        "<svg></svg><g viewBox=\"0 0 9 5\"/>"};
    (void)state;
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        assert_int_equal(mi_html_svg(stderr, wrong[k], &image), MI_EDATA);
        assert_string_equal(mi_detail(), "image 'c1': no element <svg> with a viewBox");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(text), cmocka_unit_test(pictures),
                                       cmocka_unit_test(no_pictures)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
