/* Details and warnings: one printable line, whatever names they hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "libmi/base/words.h"

static void control_characters_are_escaped(void **state)
{
    static const char *const rows[][2] = {
        {"plain", "plain"},
        {"a\x1b[31mb\n\r\t\x7f", "a\\x1b[31mb\\x0a\\x0d\\x09\\x7f"},
        {"h\xc3\xa4llo \xe4\xb8\xad \xf0\x9f\x90\x88",
         "h\xc3\xa4llo \xe4\xb8\xad \xf0\x9f\x90\x88"},
        {"\xc2\x9b"
         "31m",
         "\\xc2\\x9b"
         "31m"}, /* CSI as one character */
        {"\x9b"
         "31m",
         "\\x9b"
         "31m"},           /* and as one byte */
        {"\xc3", "\\xc3"}, /* cut short */
        {"\xe4\xb8", "\\xe4\\xb8"},
        {"\xc0\xaf\xff", "\\xc0\\xaf\\xff"},
        {"back\\slash", "back\\slash"},
    };
    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        assert_int_equal(mi_fail(MI_EDATA, "%s", rows[k][0]), MI_EDATA);
        assert_string_equal(mi_detail(), rows[k][1]);
    }
}

static void prefix_goes_in_front_once(void **state)
{
    (void)state;
    mi_fail(MI_EDATA, "inner %s", "\x01");
    assert_int_equal(mi_fail_in(MI_EOPEN, "outer %d", 7), MI_EOPEN);
    assert_string_equal(mi_detail(), "outer 7: inner \\x01");
}

static void settings_and_computations_are_spelled(void **state)
{
    (void)state;
    mi_fail(MI_EDATA, "%s: " MI_TOOL "bounds " MI_OPTION "se; try %s", "\1in", MI_OPTION "memory");
    assert_string_equal(mi_detail(), "\\x01in: bounds se; try \\x01memory");
    mi_set_spelling("--", "mi-");
    mi_fail(MI_EDATA, "inner " MI_OPTION "batch %d", 5);
    assert_int_equal(mi_fail_in(MI_EDATA, MI_TOOL "bounds"), MI_EDATA);
    assert_string_equal(mi_detail(), "mi-bounds: inner --batch 5");
    char shorter[8];
    assert_int_equal(mi_format(shorter, sizeof shorter, "a" MI_OPTION "b %s", "long"), 9);
    assert_string_equal(shorter, "a--b lo");
    static const mi_phrase phrase[] = {{MI_TOOL "cut " MI_OPTION "rows drop", "cut(rows=None)"},
                                       {MI_OPTION "rows drop", "rows=None"}};
    mi_set_phrases(phrase, 2);
    mi_fail(MI_EDATA,
            MI_OPTION "rows dropped: " MI_TOOL "cut " MI_OPTION "rows drop %d, or " MI_OPTION
                      "rows all",
            5);
    assert_string_equal(mi_detail(), "rows=Noneped: cut(rows=None) 5, or --rows all");
    mi_set_phrases(NULL, 2);
    mi_set_spelling(NULL, NULL);
    mi_fail(MI_EDATA, "try " MI_OPTION "batch");
    assert_string_equal(mi_detail(), "try batch");
}

static void details_may_quote_the_last_one(void **state)
{
    (void)state;
    mi_fail(MI_EDATA, "first");
    mi_fail(MI_EDATA, "%s second", mi_detail());
    assert_string_equal(mi_detail(), "first second");
}

static void long_details_are_cut(void **state)
{
    char text[5000];
    (void)state;
    memset(text, '\x01', sizeof text - 1);
    text[sizeof text - 1] = 0;
    mi_fail(MI_EDATA, "%s", text);
    assert_in_range(strlen(mi_detail()), 2000, 2047);
    for (int k = 0; k < 10; k++)
        mi_fail_in(MI_EDATA, "%.900s", text);
    assert_in_range(strlen(mi_detail()), 2000, 2047);
}

static void keep(void *arg, const char *text)
{
    snprintf(arg, 100, "%s", text);
}

static void warnings_are_escaped_too(void **state)
{
    char seen[100] = "";
    (void)state;
    mi_warn("lost");
    mi_set_warning_handler(keep, seen);
    mi_warn("a%cb", 7);
    mi_set_warning_handler(NULL, NULL);
    assert_string_equal(seen, "a\\x07b");
}

static void every_status_has_a_sentence(void **state)
{
    (void)state;
    for (int k = 0; k < MI_STATUSES; k++)
        assert_true(strlen(mi_status_text((mi_status)k)) > 3);
    assert_string_equal(mi_status_text(MI_STATUSES), "unknown status");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(control_characters_are_escaped),
        cmocka_unit_test(prefix_goes_in_front_once),
        cmocka_unit_test(settings_and_computations_are_spelled),
        cmocka_unit_test(details_may_quote_the_last_one),
        cmocka_unit_test(long_details_are_cut),
        cmocka_unit_test(warnings_are_escaped_too),
        cmocka_unit_test(every_status_has_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
