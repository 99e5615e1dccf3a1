/* Tables that are written: every form, the columns that are chosen, and every refusal. */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "comma.h"
#include "leave_out.h"
#include "sink.h"

static void tsv_has_attributes_in_order_and_renamed(void **state)
{
    (void)state;
    sink s;
    sink_open(&s, MI_TABLE_TSV, 9);
    sink_two_sets(&s);
    sink_expect(&s, "file\tgroup\tepoch\tlambda\tattr_Alpha\tattr_alpha\tzeta\talpha\tlower\n"
                    "a.h5\t/\t10\t0.1\tnan\tnan\ttab\\there\\nback\\\\slash\t2\t0.666666667\n"
                    "b\x1b[31m.h5\t/e\t-3\tnan\t0.25\t-inf\tnan\t2\tnan\n");
}

static void tsv_digits_change_reals_but_not_known_decimals(void **state)
{
    (void)state;
    sink s;
    sink_open(&s, MI_TABLE_TSV, 17);
    sink_two_sets(&s);
    sink_expect(&s,
                "file\tgroup\tepoch\tlambda\tattr_Alpha\tattr_alpha\tzeta\talpha\tlower\n"
                "a.h5\t/\t10\t0.1\tnan\tnan\ttab\\there\\nback\\\\slash\t2\t0.66666666666666663\n"
                "b\x1b[31m.h5\t/e\t-3\tnan\t0.25\t-inf\tnan\t2\tnan\n");
}

static void json_keeps_order_and_has_null_and_inf(void **state)
{
    (void)state;
    sink s;
    sink_open(&s, MI_TABLE_JSON, 6);
    sink_two_sets(&s);
    sink_expect(
        &s, "{\"file\":\"a.h5\",\"group\":\"/\",\"epoch\":10,\"lambda\":0.1,\"attr_Alpha\":null,"
            "\"attr_alpha\":null,\"zeta\":\"tab\\there\\nback\\\\slash\",\"alpha\":2,"
            "\"lower\":0.666667}\n"
            "{\"file\":\"b\\u001B[31m.h5\",\"group\":\"/e\",\"epoch\":-3,\"lambda\":null,"
            "\"attr_Alpha\":0.25,\"attr_alpha\":\"-inf\",\"zeta\":null,\"alpha\":2,"
            "\"lower\":null}\n");
}

static void blocks_leave_out_what_is_not_set_and_hide_controls(void **state)
{
    (void)state;
    sink s;
    sink_open(&s, MI_TABLE_BLOCK, 4);
    sink_two_sets(&s);
    sink_expect(&s, "a.h5:/\n"
                    "  zeta tab\\x09here\\x0aback\\slash\n"
                    "  epoch 10   lambda 0.1   alpha 2   lower 0.6667\n"
                    "\n"
                    "b\\x1b[31m.h5:/e\n"
                    "  epoch -3   attr_Alpha 0.25   attr_alpha -inf   alpha 2\n");
}

static void blocks_fit_eighty_columns(void **state)
{
    (void)state;
    sink s;
    char name[32];
    sink_open(&s, MI_TABLE_BLOCK, 9);
    for (int k = 0; k < 30; k++) {
        snprintf(name, sizeof name, "quantity_%d", k);
        assert_int_equal(mi_table_column(s.w, name), MI_OK);
    }
    for (int k = 0; k < 30; k++) {
        snprintf(name, sizeof name, "quantity_%d", k);
        assert_int_equal(mi_table_real(s.w, name, k / 7.0), MI_OK);
    }
    assert_int_equal(mi_table_text(s.w, "quantity_0", "a long value that gets a line of its own"),
                     MI_OK);
    assert_int_equal(mi_table_end_row(s.w), MI_OK);
    mi_table_writer_free(s.w);
    fclose(s.stream);
    size_t lines = 0;
    for (char *line = strtok(s.text, "\n"); line; line = strtok(NULL, "\n"), lines++) {
        assert_true(strlen(line) <= 80);
        assert_true(line[strlen(line) - 1] != ' ');
    }
    assert_int_equal(lines, 1 + 10);
    free(s.text);
}

/* ---- aligned tables ---- */

/* A row of one group. */
static void aligned_row(mi_table_writer *w, const char *group, int order, double value)
{
    assert_int_equal(mi_table_text(w, "group", group), MI_OK);
    assert_int_equal(mi_table_text(w, "route", "tiles"), MI_OK);
    assert_int_equal(mi_table_int(w, "alpha", order), MI_OK);
    assert_int_equal(mi_table_real(w, "H_Y", 2.25), MI_OK);
    assert_int_equal(mi_table_real(w, "lower", value), MI_OK);
    assert_int_equal(mi_table_real(w, "upper", value * 10), MI_OK);
    assert_int_equal(mi_table_end_row(w), MI_OK);
}

static void open_aligned(sink *s, int width, const char *list)
{
    static const char *const setting[] = {"group", "route", "alpha", "tolerance"},
                             *const measured[] = {"H_Y", "lower", "upper", "null"};
    sink_open(s, MI_TABLE_ALIGNED, 4);
    mi_table_width(s->w, width);
    for (size_t k = 0; k < 4; k++)
        assert_int_equal(mi_table_setting_column(s->w, setting[k]), MI_OK);
    for (size_t k = 0; k < 4; k++)
        assert_int_equal(mi_table_column(s->w, measured[k]), MI_OK);
    if (list)
        assert_int_equal(mi_table_choose(s->w, list), MI_OK);
    aligned_row(s->w, "/a", 2, 1.0 / 3);
    aligned_row(s->w, "/\xc3\xa4\x1b", 2, -12.5);
    fflush(s->stream);
    assert_int_equal(s->bytes, 0);
}

static void aligned_rows_show_what_differs_and_what_was_measured(void **state)
{
    (void)state;
    sink s;
    open_aligned(&s, 80, NULL);
    assert_int_equal(mi_table_end(s.w), MI_OK);
    assert_int_equal(mi_table_end(s.w), MI_OK);
    sink_expect(&s, "group    H_Y   lower  upper\n"
                    "/a      2.25  0.3333  3.333\n"
                    "/\xc3\xa4\\x1b  2.25   -12.5   -125\n");
    open_aligned(&s, 80, "alpha,upper,tolerance,group");
    assert_int_equal(mi_table_end(s.w), MI_OK);
    sink_expect(&s, "alpha  upper  tolerance  group\n"
                    "    2  3.333        nan  /a\n"
                    "    2   -125        nan  /\xc3\xa4\\x1b\n");
}

static void aligned_columns_that_do_not_fit_go_below(void **state)
{
    (void)state;
    sink s;
    open_aligned(&s, 20, NULL);
    assert_int_equal(mi_table_show(s.w), MI_OK);
    sink_expect(&s, "group    H_Y   lower\n"
                    "/a      2.25  0.3333\n"
                    "/\xc3\xa4\\x1b  2.25   -12.5\n"
                    "\n"
                    "group   upper\n"
                    "/a      3.333\n"
                    "/\xc3\xa4\\x1b   -125\n");
    /* a text that is wider than the page is cut, characters whole */
    sink_open(&s, MI_TABLE_ALIGNED, 4);
    mi_table_width(s.w, 10);
    assert_int_equal(mi_table_column(s.w, "note"), MI_OK);
    assert_int_equal(mi_table_text(s.w, "note", "a\xc3\xa4o 456789x"), MI_OK);
    assert_int_equal(mi_table_end_row(s.w), MI_OK);
    assert_int_equal(mi_table_text(s.w, "note", "0123456789"), MI_OK);
    assert_int_equal(mi_table_end_row(s.w), MI_OK);
    assert_int_equal(mi_table_end(s.w), MI_OK);
    sink_expect(&s, "note\na\xc3\xa4o 456...\n0123456789\n");
}

/* file and of tell the rows apart, epoch does not; the longest path is as wide as half the page. */
static void aligned_panels_begin_with_what_tells_rows_apart(void **state)
{
    (void)state;
    static const char *const file[] = {"a/long/folder/x1.h5", "a/long/folder/x1.h5",
                                       "a/long/folder/deep/x.h5"};
    static const char *const of[] = {"z1", "z2", "z1"};
    sink s;
    sink_open(&s, MI_TABLE_ALIGNED, 4);
    mi_table_width(s.w, 40);
    assert_int_equal(mi_table_setting_column(s.w, "file"), MI_OK);
    assert_int_equal(mi_table_attr_column(s.w, "epoch"), MI_OK);
    assert_int_equal(mi_table_column(s.w, "of"), MI_OK);
    assert_int_equal(mi_table_column(s.w, "lower_bound"), MI_OK);
    assert_int_equal(mi_table_column(s.w, "upper_bound"), MI_OK);
    for (int k = 0; k < 3; k++) {
        assert_int_equal(mi_table_text(s.w, "file", file[k]), MI_OK);
        assert_int_equal(mi_table_attr_int(s.w, "epoch", k / 2), MI_OK);
        assert_int_equal(mi_table_text(s.w, "of", of[k]), MI_OK);
        assert_int_equal(mi_table_real(s.w, "lower_bound", k), MI_OK);
        assert_int_equal(mi_table_real(s.w, "upper_bound", k + 0.5), MI_OK);
        assert_int_equal(mi_table_end_row(s.w), MI_OK);
    }
    assert_int_equal(mi_table_end(s.w), MI_OK);
    sink_expect(&s, "file           of  epoch  lower_bound\n"
                    ".../x1.h5      z1      0            0\n"
                    ".../x1.h5      z2      0            1\n"
                    ".../deep/x.h5  z1      1            2\n"
                    "\n"
                    "file           of  upper_bound\n"
                    ".../x1.h5      z1          0.5\n"
                    ".../x1.h5      z2          1.5\n"
                    ".../deep/x.h5  z1          2.5\n");
}

static void one_aligned_row_has_its_attributes_and_no_settings(void **state)
{
    (void)state;
    sink s;
    sink_open(&s, MI_TABLE_ALIGNED, 4);
    assert_int_equal(mi_table_setting_column(s.w, "alpha"), MI_OK);
    assert_int_equal(mi_table_attr_column(s.w, "epoch"), MI_OK);
    assert_int_equal(mi_table_column(s.w, "lower"), MI_OK);
    assert_int_equal(mi_table_int(s.w, "alpha", 2), MI_OK);
    assert_int_equal(mi_table_attr_int(s.w, "epoch", 7), MI_OK);
    assert_int_equal(mi_table_real(s.w, "lower", NAN), MI_OK);
    assert_int_equal(mi_table_end_row(s.w), MI_OK);
    assert_int_equal(mi_table_end(s.w), MI_OK);
    sink_expect(&s, "epoch  lower\n    7    nan\n");
    /* no rows: nothing */
    sink_open(&s, MI_TABLE_ALIGNED, 4);
    assert_int_equal(mi_table_column(s.w, "lower"), MI_OK);
    assert_int_equal(mi_table_end(s.w), MI_OK);
    sink_expect(&s, "");
}

/* What a tool recorded in the file before stands behind what is measured now. */
static void recorded_attributes_stand_last(void **state)
{
    (void)state;
    sink s;
    sink_open(&s, MI_TABLE_ALIGNED, 4);
    assert_int_equal(mi_table_setting_column(s.w, "alpha"), MI_OK);
    assert_int_equal(mi_table_attr_column(s.w, "epoch"), MI_OK);
    assert_int_equal(mi_table_attr_column(s.w, "bounds_lower"), MI_OK);
    assert_int_equal(mi_table_attr_column(s.w, "probe_z1_knn_accuracy"), MI_OK);
    assert_int_equal(mi_table_column(s.w, "lower"), MI_OK);
    assert_int_equal(mi_table_int(s.w, "alpha", 2), MI_OK);
    assert_int_equal(mi_table_attr_int(s.w, "epoch", 7), MI_OK);
    assert_int_equal(mi_table_attr_real(s.w, "bounds_lower", 0.5), MI_OK);
    assert_int_equal(mi_table_attr_real(s.w, "probe_z1_knn_accuracy", 0.25), MI_OK);
    assert_int_equal(mi_table_real(s.w, "lower", 1.5), MI_OK);
    assert_int_equal(mi_table_end_row(s.w), MI_OK);
    assert_int_equal(mi_table_end(s.w), MI_OK);
    sink_expect(&s, "epoch  lower  bounds_lower  probe_z1_knn_accuracy\n"
                    "    7    1.5           0.5                   0.25\n");
}

/* ---- columns that are chosen ---- */

/* The two sets, of whose columns the list is written. */
static void write_chosen(sink *s, mi_table_format format, const char *list)
{
    sink_open(s, format, 4);
    assert_int_equal(mi_table_column(s->w, "file"), MI_OK);
    assert_int_equal(mi_table_attr_columns(s->w, sink_features), MI_OK);
    assert_int_equal(mi_table_column(s->w, "alpha"), MI_OK);
    assert_int_equal(mi_table_choose(s->w, list), MI_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(mi_table_text(s->w, "file", sink_set[i].file), MI_OK);
        assert_int_equal(mi_table_attrs(s->w, &sink_set[i]), MI_OK);
        assert_int_equal(mi_table_int(s->w, "alpha", 2), MI_OK);
        assert_int_equal(mi_table_end_row(s->w), MI_OK);
    }
    assert_int_equal(mi_table_end(s->w), MI_OK);
}

static void chosen_columns_alone_are_written_in_their_order(void **state)
{
    (void)state;
    sink s;
    write_chosen(&s, MI_TABLE_TSV, "attr_alpha,epoch");
    sink_expect(&s, "attr_alpha\tepoch\nnan\t10\n-inf\t-3\n");
    write_chosen(&s, MI_TABLE_JSON, "alpha,lambda");
    sink_expect(&s, "{\"alpha\":2,\"lambda\":0.1}\n{\"alpha\":2,\"lambda\":null}\n");
    write_chosen(&s, MI_TABLE_BLOCK, "epoch,file");
    sink_expect(&s, "a.h5\n  epoch 10\n\nb\\x1b[31m.h5\n  epoch -3\n");
    sink_open(&s, MI_TABLE_TSV, 9);
    assert_int_equal(mi_table_column(s.w, "a"), MI_OK);
    assert_int_equal(mi_table_column(s.w, "b"), MI_OK);
    assert_int_equal(mi_table_choose(s.w, "b"), MI_OK);
    assert_int_equal(mi_table_end(s.w), MI_OK);
    sink_expect(&s, "b\n");
}

static void a_choice_that_cannot_be(void **state)
{
    static const struct {
        const char *list, *detail;
        mi_status status;
    } rows[] = {{"lower,uper", "columns: no column 'uper', there are: lower upper", MI_EDATA},
                {"", "columns: no column '', there are: lower upper", MI_EDATA},
                {"upper,", "columns: no column '', there are: lower upper", MI_EDATA},
                {"accuracy",
                 "columns: no column 'accuracy' (probe write records one), there are: lower upper",
                 MI_EDATA},
                {"lower,upper,lower", "columns: 'lower' stands twice", MI_EUSAGE}};
    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        sink s;
        sink_open(&s, MI_TABLE_TSV, 9);
        assert_int_equal(mi_table_column(s.w, "lower"), MI_OK);
        assert_int_equal(mi_table_column(s.w, "upper"), MI_OK);
        assert_int_equal(mi_table_choose(s.w, rows[k].list), rows[k].status);
        assert_string_equal(mi_detail(), rows[k].detail);
        assert_int_equal(mi_table_choose(s.w, "lower"), MI_EUSAGE);
        assert_string_equal(mi_detail(), "columns chosen twice");
        sink_expect(&s, "");
    }
    sink s;
    sink_open(&s, MI_TABLE_TSV, 9);
    assert_int_equal(mi_table_column(s.w, "a"), MI_OK);
    assert_int_equal(mi_table_end_row(s.w), MI_OK);
    assert_int_equal(mi_table_choose(s.w, "a"), MI_EUSAGE);
    assert_string_equal(mi_detail(), "columns chosen after a row has begun");
    sink_expect(&s, "a\nnan\n");
}

static void commas_stand_between_cells_and_quotes_around_some(void **state)
{
    (void)state;
    sink s;
    write_chosen(&s, MI_TABLE_CSV, "file,zeta,alpha,lambda");
    sink_expect(&s, "file,zeta,alpha,lambda\n"
                    "a.h5,\"tab\there\nback\\slash\",2,0.1\n"
                    "b\x1b[31m.h5,nan,2,nan\n");
    sink_open(&s, MI_TABLE_CSV, 9);
    assert_int_equal(mi_table_column(s.w, "a"), MI_OK);
    assert_int_equal(mi_table_end(s.w), MI_OK);
    sink_expect(&s, "\"a\"\n");
}

static void json_replaces_what_is_not_utf8(void **state)
{
    (void)state;
    /* A lone continuation, an overlong slash, a surrogate, a cut-off tail; then valid text. */
    static const char text[] = "\x80|\xc0\xaf|\xed\xa0\x80|\xe2\x82\xac|\xf0\x9f\x98\x80|\xe2\x82";
    sink s;
    sink_open(&s, MI_TABLE_JSON, 9);
    assert_int_equal(mi_table_column(s.w, "t"), MI_OK);
    assert_int_equal(mi_table_text(s.w, "t", text), MI_OK);
    assert_int_equal(mi_table_end_row(s.w), MI_OK);
#define R "\xef\xbf\xbd"
    sink_expect(&s, "{\"t\":\"" R "|" R R "|" R R R "|\xe2\x82\xac|\xf0\x9f\x98\x80|" R R "\"}\n");
#undef R
}

static void a_table_without_rows_has_its_header(void **state)
{
    (void)state;
    sink s;
    sink_open(&s, MI_TABLE_TSV, 9);
    assert_int_equal(mi_table_column(s.w, "a"), MI_OK);
    assert_int_equal(mi_table_column(s.w, "b"), MI_OK);
    assert_int_equal(mi_table_end(s.w), MI_OK);
    sink_expect(&s, "a\tb\n");
}

static void numbers_are_written_in_the_c_locale(void **state)
{
    (void)state;
    LEAVE_OUT_IF(!comma_locale(), NO_COMMA_LOCALE);
    sink s;
    sink_open(&s, MI_TABLE_TSV, 9);
    assert_int_equal(mi_table_column(s.w, "a"), MI_OK);
    assert_int_equal(mi_table_real(s.w, "a", 0.5), MI_OK);
    assert_int_equal(mi_table_end_row(s.w), MI_OK);
    setlocale(LC_ALL, "C");
    sink_expect(&s, "a\n0.5\n");
}

static void the_writer_refuses(void **state)
{
    (void)state;
    mi_table_writer *none;
    sink s;
    assert_int_equal(mi_table_writer_new(&none, stdout, MI_TABLE_TSV, 0), MI_EUSAGE);
    assert_int_equal(mi_table_writer_new(&none, stdout, MI_TABLE_TSV, 18), MI_EUSAGE);
    assert_null(none);
    sink_open(&s, MI_TABLE_TSV, 9);
    assert_int_equal(mi_table_column(s.w, "a"), MI_OK);
    assert_int_equal(mi_table_column(s.w, "a"), MI_EUSAGE);
    assert_int_equal(mi_table_real(s.w, "b", 1), MI_EUSAGE);
    assert_string_equal(mi_detail(), "'b' is no column of this table");
    assert_int_equal(mi_table_attrs(s.w, &sink_set[0]), MI_EUSAGE);
    assert_int_equal(mi_table_column(s.w, "c"), MI_EUSAGE);
    assert_string_equal(mi_detail(), "column 'c' declared after the first row");
    sink_expect(&s, "");
}

static void a_full_device_is_an_error(void **state)
{
    (void)state;
    mi_table_writer *w;
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    setvbuf(full, NULL, _IONBF, 0);
    assert_int_equal(mi_table_writer_new(&w, full, MI_TABLE_TSV, 9), MI_OK);
    assert_int_equal(mi_table_column(w, "a"), MI_OK);
    assert_int_equal(mi_table_end_row(w), MI_EWRITE);
    assert_string_equal(mi_detail(), "cannot write the table: No space left on device");
    mi_table_writer_free(w);
    fclose(full);
}

/* Every allocation fails once; nothing leaks, and the failure is told. */
static mi_status write_all(mi_table_writer **w, FILE *stream, mi_table_format format, int is_chosen)
{
    MI_TRY(mi_table_writer_new(w, stream, format, 9));
    MI_TRY(mi_table_attr_columns(*w, sink_features));
    MI_TRY(mi_table_setting_column(*w, "alpha"));
    if (is_chosen)
        MI_TRY(mi_table_choose(*w, "alpha,epoch"));
    for (int row = 0; row < 2; row++) {
        MI_TRY(mi_table_attrs(*w, &sink_set[1]));
        MI_TRY(mi_table_text(*w, "alpha", "x"));
        MI_TRY(mi_table_end_row(*w));
    }
    return mi_table_end(*w);
}

static void writing_survives_failed_allocations(mi_table_format format, int is_chosen)
{
    mi_status status = MI_ENOMEM;
    for (long n = 1; status != MI_OK; n++) {
        FILE *null = fopen("/dev/null", "w");
        mi_table_writer *w = NULL;
        mi_fail_allocation(n);
        status = write_all(&w, null, format, is_chosen);
        mi_fail_allocation(0);
        assert_true(status == MI_OK || status == MI_ENOMEM);
        assert_true(n > 1 || status == MI_ENOMEM);
        mi_table_writer_free(w);
        fclose(null);
    }
}

static void the_writer_survives_failed_allocations(void **state)
{
    (void)state;
    for (int format = MI_TABLE_TSV; format <= MI_TABLE_ALIGNED; format++)
        for (int is_chosen = 0; is_chosen < 2; is_chosen++)
            writing_survives_failed_allocations((mi_table_format)format, is_chosen);
}

/* Each once, and two that differ from a column in case alone. */
static void many_attributes_are_columns(void **state)
{
    enum { MANY = 200000 };
    char name[32];
    sink s;
    (void)state;
    sink_open(&s, MI_TABLE_TSV, 6);
    assert_int_equal(mi_table_column(s.w, "n"), MI_OK);
    for (int k = 0; k < MANY; k++) {
        snprintf(name, sizeof name, k == 7 ? "N" : k == 8 ? "attr_N" : "a%d", k);
        assert_int_equal(mi_table_attr_column(s.w, name), MI_OK);
        assert_int_equal(mi_table_attr_column(s.w, name), MI_OK);
    }
    for (int k = 9; k < MANY; k++) {
        snprintf(name, sizeof name, "a%d", k);
        assert_int_equal(mi_table_attr_int(s.w, name, k), MI_OK);
    }
    assert_int_equal(mi_table_end_row(s.w), MI_OK);
    fflush(s.stream);
    assert_non_null(strstr(s.text, "\ta6\tattr_attr_N\tattr_N\ta9\t"));
    assert_non_null(strstr(s.text, "\tnan\t9\t10\t"));
    assert_non_null(strstr(s.text, "\t199998\t199999\n"));
    mi_table_writer_free(s.w);
    fclose(s.stream);
    free(s.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tsv_has_attributes_in_order_and_renamed),
        cmocka_unit_test(tsv_digits_change_reals_but_not_known_decimals),
        cmocka_unit_test(json_keeps_order_and_has_null_and_inf),
        cmocka_unit_test(blocks_leave_out_what_is_not_set_and_hide_controls),
        cmocka_unit_test(blocks_fit_eighty_columns),
        cmocka_unit_test(aligned_rows_show_what_differs_and_what_was_measured),
        cmocka_unit_test(aligned_columns_that_do_not_fit_go_below),
        cmocka_unit_test(aligned_panels_begin_with_what_tells_rows_apart),
        cmocka_unit_test(recorded_attributes_stand_last),
        cmocka_unit_test(one_aligned_row_has_its_attributes_and_no_settings),
        cmocka_unit_test(chosen_columns_alone_are_written_in_their_order),
        cmocka_unit_test(a_choice_that_cannot_be),
        cmocka_unit_test(commas_stand_between_cells_and_quotes_around_some),
        cmocka_unit_test(json_replaces_what_is_not_utf8),
        cmocka_unit_test(a_table_without_rows_has_its_header),
        cmocka_unit_test(numbers_are_written_in_the_c_locale),
        cmocka_unit_test(the_writer_refuses),
        cmocka_unit_test(a_full_device_is_an_error),
        cmocka_unit_test(the_writer_survives_failed_allocations),
        cmocka_unit_test(many_attributes_are_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
