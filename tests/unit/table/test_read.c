/* Tables that are read: what was written, what others write, and every refusal. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sink.h"

static mi_status read_text(mi_table *t, const char *text)
{
    FILE *f = fmemopen((char *)text, strlen(text), "r");
    mi_status status = mi_table_read(t, f, "in");
    fclose(f);
    return status;
}

static void tsv_is_read_with_marks_and_line_ends(void **state)
{
    (void)state;
    mi_table t;
    double value;
    size_t column;
    assert_int_equal(read_text(&t, "\xef\xbb\xbf"
                                   "a\tb\\\\c\tx\r\n1\tu\\tv\\n\\r\\\\w\\q\t\r\n\r\na\tb\\\\c\tx\n"
                                   "nan\tlast\tnull"),
                     MI_OK);
    assert_int_equal(t.rows, 2);
    assert_int_equal(t.columns, 3);
    assert_string_equal(t.name[1], "b\\c");
    assert_string_equal(mi_table_cell(&t, 0, 1), "u\tv\n\r\\w\\q");
    assert_string_equal(mi_table_cell(&t, 1, 1), "last");
    assert_int_equal(t.line[0], 2);
    assert_int_equal(t.line[1], 5);
    assert_int_equal(mi_table_find(&t, "x", &column), MI_OK);
    assert_int_equal(column, 2);
    assert_int_equal(mi_table_has(&t, "X"), -1);
    assert_int_equal(mi_table_number(&t, 0, 0, &value), MI_OK);
    assert_true(value == 1);
    for (size_t row = 0; row < 2; row++) {
        assert_int_equal(mi_table_number(&t, row, 2, &value), MI_OK);
        assert_true(isnan(value));
    }
    assert_int_equal(mi_table_number(&t, 1, 0, &value), MI_OK);
    assert_true(isnan(value));
    mi_table_free(&t);
}

static void json_lines_are_read_as_the_union_of_keys(void **state)
{
    (void)state;
    mi_table t;
    assert_int_equal(read_text(&t, "\n{\"a\":1,\"b\":\"x\\ty\"}\n\n"
                                   "{\"c\":true,\"a\":0.1,\"d\":null}\n{\"c\":false,\"a\":-inf}\n"),
                     MI_EDATA);
    assert_non_null(strstr(mi_detail(), "in: line 5: not JSON: "));
    assert_int_equal(read_text(&t,
                               "\n{\"a\":1,\"b\":\"x\\ty\"}\n\n"
                               "{\"c\":true,\"a\":0.1,\"d\":null}\n{\"c\":false,\"a\":\"-inf\"}"),
                     MI_OK);
    static const char *const cell[] = {"1", "x\ty", "nan",  "nan", "0.1", "nan",
                                       "1", "nan",  "-inf", "nan", "0",   "nan"};
    assert_int_equal(t.rows, 3);
    assert_int_equal(t.columns, 4);
    assert_string_equal(t.name[3], "d");
    for (size_t k = 0; k < 12; k++)
        assert_string_equal(t.cell[k], cell[k]);
    assert_int_equal(t.line[1], 4);
    double value;
    assert_int_equal(mi_table_number(&t, 2, 0, &value), MI_OK);
    assert_true(value == -INFINITY);
    mi_table_free(&t);
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    for (int json = 0; json < 2; json++) {
        sink s;
        mi_table t;
        double value;
        sink_open(&s, json ? MI_TABLE_JSON : MI_TABLE_TSV, 17);
        sink_two_sets(&s);
        mi_table_writer_free(s.w);
        fclose(s.stream);
        assert_int_equal(read_text(&t, s.text), MI_OK);
        assert_int_equal(t.rows, 2);
        assert_int_equal(t.columns, 9);
        assert_string_equal(mi_table_cell(&t, 0, 6), "tab\there\nback\\slash");
        assert_int_equal(mi_table_number(&t, 0, 8, &value), MI_OK);
        assert_true(value == 2.0 / 3);
        mi_table_free(&t);
        free(s.text);
    }
}

static void a_real_reads_back_through_json(void **state)
{
    (void)state;
    mi_table t;
    double value;
    assert_int_equal(read_text(&t, "{\"a\":0.66666666666666663}"), MI_OK);
    assert_int_equal(mi_table_number(&t, 0, 0, &value), MI_OK);
    assert_true(value == 2.0 / 3);
    mi_table_free(&t);
}

/* Quotes around a comma, a quote and a line end; CR LF; no line end at the last; a header again. */
static void commas_are_read_too(void **state)
{
    (void)state;
    mi_table t;
    assert_int_equal(
        read_text(&t, "\xef\xbb\xbf\"a,1\",b,c\r\n1,\"x \"\"y\"\",\nz\",\r\n\r\n\"a,1\",b,c\r\n"
                      "\\t,,\"\""),
        MI_OK);
    static const char *const cell[] = {"1", "x \"y\",\nz", "", "\\t", "", ""};
    assert_int_equal(t.columns, 3);
    assert_string_equal(t.name[0], "a,1");
    assert_string_equal(t.name[2], "c");
    assert_int_equal(t.rows, 2);
    for (size_t k = 0; k < 6; k++)
        assert_string_equal(t.cell[k], cell[k]);
    assert_int_equal(t.line[0], 2);
    assert_int_equal(t.line[1], 6);
    mi_table_free(&t);
    assert_int_equal(read_text(&t, "a,b\tc\n1,2\t3\n"), MI_OK);
    assert_int_equal(t.columns, 2);
    mi_table_free(&t);
}

/* Whether a first line is one of commas: names in quotes hide theirs, and a lone name that is quoted says so. */
static void what_a_first_line_says(void **state)
{
    static const struct {
        const char *text, *name;
        size_t columns;
    } rows[] = {
        {"\"a\tb\",c\n1,2\n", "a\tb", 2}, {"\"a,b\"\tc\n1\t2\n", "\"a,b\"", 2},
        {"\"a\nb\",c\n1,2\n", "a\nb", 2}, {"a 5\" b,c\n1,2\n", "a 5\" b", 2},
        {"\"a,\"\n1\n", "a,", 1},         {"a\n1,5\n", "a", 1},
    };
    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        mi_table t;
        assert_int_equal(read_text(&t, rows[k].text), MI_OK);
        assert_int_equal(t.columns, rows[k].columns);
        assert_int_equal(t.rows, 1);
        assert_string_equal(t.name[0], rows[k].name);
        mi_table_free(&t);
    }
}

/* Rows of cells of text, written with commas, are read as they were. */
static void commas_that_are_written_are_read(void **state)
{
    static const char *const cell[] = {"a,b", "say \"x\"", "two\nlines", "end\r",
                                       "",    "\ttab",     "\\t",        " blank "};
    enum { CELLS = sizeof cell / sizeof *cell };
    (void)state;
    for (size_t columns = 1; columns <= 2; columns++) {
        sink s;
        mi_table t;
        sink_open(&s, MI_TABLE_CSV, 9);
        assert_int_equal(mi_table_column(s.w, "one, \"quoted\""), MI_OK);
        if (columns == 2)
            assert_int_equal(mi_table_column(s.w, "two"), MI_OK);
        for (size_t k = 0; k < CELLS; k++) {
            assert_int_equal(mi_table_text(s.w, "one, \"quoted\"", cell[k]), MI_OK);
            assert_int_equal(mi_table_end_row(s.w), MI_OK);
        }
        fflush(s.stream);
        assert_int_equal(read_text(&t, s.text), MI_OK);
        assert_int_equal(t.columns, columns);
        assert_int_equal(t.rows, CELLS);
        assert_string_equal(t.name[0], "one, \"quoted\"");
        for (size_t k = 0; k < CELLS; k++) {
            assert_string_equal(mi_table_cell(&t, k, 0), cell[k]);
            assert_string_equal(mi_table_cell(&t, k, 1), "nan");
        }
        mi_table_free(&t);
        mi_table_writer_free(s.w);
        fclose(s.stream);
        free(s.text);
    }
}

static const struct {
    const char *text, *detail;
} refused[] = {
    {"a,b\n\"1\n\",2\n3\n", "in: line 4: 1 cells, wanted 2 as in the header"},
    {"a,b\n1,2,3\n", "in: line 2: 3 cells, wanted 2 as in the header"},
    {"a,b\n1,2\n\"3,4\n", "in: line 3: a quote that is not closed"},
    {"a\tb\n1\n", "in: line 2: 1 cells, wanted 2 as in the header"},
    {"a\tb\n1\t2\n\n1\t2\t3\n", "in: line 4: 3 cells, wanted 2 as in the header"},
    {"\x89HDF\r\n\x1a\nrest", "in: an HDF5 file, wanted a table such as bounds writes"},
    {"{\"a\":[1]}\n", "in: line 1, column 'a': a nested value, wanted a number or text"},
    {"{\"a\":1}\n[2]\n", "in: line 2: JSON, but no object"},
};

static void the_reader_refuses(void **state)
{
    (void)state;
    mi_table t;
    for (size_t k = 0; k < sizeof refused / sizeof *refused; k++) {
        assert_int_equal(read_text(&t, refused[k].text), MI_EDATA);
        assert_string_equal(mi_detail(), refused[k].detail);
        assert_null(t.cell);
    }
    FILE *empty = fopen("/dev/null", "r");
    assert_int_equal(mi_table_read(&t, empty, "in"), MI_EDATA);
    assert_string_equal(mi_detail(), "in: empty input, wanted a table with a header line");
    fclose(empty);
    FILE *directory = fopen("/", "r");
    assert_int_equal(mi_table_read(&t, directory, "/"), MI_EOPEN);
    assert_string_equal(mi_detail(), "cannot read '/': Is a directory");
    fclose(directory);
}

static void zero_bytes_are_refused(void **state)
{
    (void)state;
    mi_table t;
    FILE *f = fmemopen("a\n1\0002\n", 6, "r");
    assert_int_equal(mi_table_read(&t, f, "in"), MI_EDATA);
    assert_string_equal(mi_detail(), "in: byte 4 is zero, wanted text");
    fclose(f);
}

static void messages_name_line_and_column(void **state)
{
    (void)state;
    mi_table t;
    size_t column;
    double value;
    assert_int_equal(read_text(&t, "a\tlower\n1\t2\n1\t2x\n"), MI_OK);
    assert_int_equal(mi_table_number(&t, 1, 1, &value), MI_EDATA);
    assert_string_equal(mi_detail(), "in: line 3, column 'lower': '2x' is not a number");
    assert_int_equal(mi_table_find(&t, "upper", &column), MI_EDATA);
    assert_string_equal(mi_detail(),
                        "in: no column 'upper' (bounds writes it), there are: a lower");
    mi_table_free(&t);
}

/* Who writes a column that is not there, and the options that add it. */
static void a_missing_column_names_its_writer(void **state)
{
    (void)state;
    static const struct {
        const char *name, *who;
    } rows[] = {{"lower", " (bounds writes it)"},
                {"lower_lo", " (bounds ci writes it)"},
                {"slack_lower_se", " (bounds decompose se writes it)"},
                {"I_Z1_Z2_null_sd", " (bounds permutations writes it)"},
                {"I_calibrated", " (mutual permutations writes it)"},
                {"I_calibrated_lo", " (mutual permutations ci writes it)"},
                {"I_null_sd", " (mutual permutations writes it)"},
                {"I_geo", " (mutual normalize writes it)"},
                {"S_se", " (entropy se writes it)"},
                {"participation_ratio", " (spectrum writes it)"},
                {"participation_ratio_se", ""},
                {"spearman_bca_hi", " (corr ci writes it)"},
                {"accuracy", " (probe write records one)"},
                {"accuracy_n", " (probe write writes it)"},
                {"accuracy_lo", " (probe writes it)"},
                {"difference_se", " (compare writes it)"},
                {"x", " (corr writes it)"},
                {"_lo", ""},
                {"step", ""}};
    mi_table t;
    size_t column;
    assert_int_equal(read_text(&t, "a\n1\n"), MI_OK);
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        char wanted[128];
        snprintf(wanted, sizeof wanted, "in: no column '%s'%s, there are: a", rows[k].name,
                 rows[k].who);
        assert_int_equal(mi_table_find(&t, rows[k].name, &column), MI_EDATA);
        assert_string_equal(mi_detail(), wanted);
    }
    mi_table_free(&t);
}

static void the_reader_survives_failed_allocations(void **state)
{
    (void)state;
    static const char *const text[] = {"a\tb\n1\t2\n", "{\"a\":1}\n"};
    for (int k = 0; k < 2; k++) {
        mi_status status = MI_ENOMEM;
        for (long n = 1; status != MI_OK; n++) {
            mi_table t;
            mi_fail_allocation(n);
            status = read_text(&t, text[k]);
            mi_fail_allocation(0);
            assert_true(n > 1 || status == MI_ENOMEM);
            mi_table_free(&t);
        }
    }
}

static void joined_tables_have_the_union_of_columns(void **state)
{
    (void)state;
    mi_table part[2], t;
    double value;
    assert_int_equal(read_text(&part[0], "a\tb\n1\t2\n3\t4\n"), MI_OK);
    assert_int_equal(read_text(&part[1], "c\ta\nx\t5\n"), MI_OK);
    strcpy(part[1].source, "2n");
    assert_int_equal(mi_table_join(&t, part, 2), MI_OK);
    mi_table_free(&part[0]);
    mi_table_free(&part[1]);
    static const char *const name[] = {"a", "b", "c"};
    static const char *const cell[] = {"1", "2", "nan", "3", "4", "nan", "5", "nan", "x"};
    assert_int_equal(t.rows, 3);
    assert_int_equal(t.columns, 3);
    for (size_t k = 0; k < 3; k++)
        assert_string_equal(t.name[k], name[k]);
    for (size_t k = 0; k < 9; k++)
        assert_string_equal(t.cell[k], cell[k]);
    assert_int_equal(mi_table_number(&t, 2, 2, &value), MI_EDATA);
    assert_string_equal(mi_detail(), "2n: line 2, column 'c': 'x' is not a number");
    mi_table_free(&t);
}

static void columns_are_found_and_rows_told_apart(void **state)
{
    mi_table t;
    mi_table_levels l;
    size_t column[2], n;
    (void)state;
    assert_int_equal(read_text(&t, "a\tb\tc\nx\t1\t1\ny\t1\t2\nx\t1\t3\nx\t2\t4\n"), MI_OK);
    assert_int_equal(mi_table_find_list(&t, "a,b", column, 2, &n), MI_OK);
    assert_true(n == 2 && column[0] == 0 && column[1] == 1);
    assert_int_equal(mi_table_levels_of(&l, &t, column, n, t.rows), MI_OK);
    static const size_t of[] = {0, 1, 0, 2}, first[] = {0, 1, 3};
    assert_int_equal(l.n, 3);
    assert_memory_equal(l.of, of, sizeof of);
    assert_memory_equal(l.first, first, sizeof first);
    mi_table_levels_free(&l);
    assert_int_equal(mi_table_levels_of(&l, &t, column, n, 2), MI_OK);
    assert_int_equal(l.n, 3); /* more than 2 */
    mi_table_levels_free(&l);
    assert_int_equal(mi_table_levels_of(&l, &t, NULL, 0, t.rows), MI_OK);
    assert_int_equal(l.n, 1);
    mi_table_levels_free(&l);
    assert_int_equal(mi_table_find_list(&t, "c,a,b", column, 2, &n), MI_OK);
    assert_int_equal(n, 3); /* more than there is room for */
    assert_int_equal(mi_table_find_list(&t, "c,d,e", column, 2, &n), MI_EDATA);
    assert_int_equal(n, 1);
    mi_table_free(&t);
}

/* More than one buffer of input, so that the growing of it is seen. */
static void long_tables_are_read_whole(void **state)
{
    (void)state;
    mi_table t;
    double value;
    FILE *f = tmpfile();
    fputs("i\ttext\n", f);
    for (int k = 0; k < 5000; k++)
        fprintf(f, "%d\tsome words to fill the line\n", k);
    rewind(f);
    assert_int_equal(mi_table_read(&t, f, "in"), MI_OK);
    fclose(f);
    assert_int_equal(t.rows, 5000);
    for (size_t k = 0; k < t.rows; k++) {
        assert_int_equal(mi_table_number(&t, k, 0, &value), MI_OK);
        assert_true(value == (double)k);
    }
    mi_table_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tsv_is_read_with_marks_and_line_ends),
        cmocka_unit_test(json_lines_are_read_as_the_union_of_keys),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(a_real_reads_back_through_json),
        cmocka_unit_test(commas_are_read_too),
        cmocka_unit_test(what_a_first_line_says),
        cmocka_unit_test(commas_that_are_written_are_read),
        cmocka_unit_test(the_reader_refuses),
        cmocka_unit_test(zero_bytes_are_refused),
        cmocka_unit_test(messages_name_line_and_column),
        cmocka_unit_test(a_missing_column_names_its_writer),
        cmocka_unit_test(the_reader_survives_failed_allocations),
        cmocka_unit_test(joined_tables_have_the_union_of_columns),
        cmocka_unit_test(columns_are_found_and_rows_told_apart),
        cmocka_unit_test(long_tables_are_read_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
