/* Discrete variables: every type of label. */
#include "fixture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "libmi/data/mat_internal.h"

static mi_features *finish(hid_t file)
{
    put_floats(file, "z1", 6, 4);
    H5Fclose(file);
    return open_one("a.h5");
}

/* y of the first set has the groups `code` with the names `name`. */
static void expect_labels(mi_features *f, const int *code, size_t g, const char *const *name)
{
    mi_labels y;
    char text[64];
    if (mi_features_read_labels(f, 0, MI_Y, &y) != MI_OK)
        fail_msg("%s", mi_detail());
    assert_int_equal(y.groups.n, 6);
    assert_int_equal(y.groups.g, g);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(y.groups.code[i], code[i]);
    for (size_t c = 0; c < g; c++)
        assert_string_equal(mi_label_name(&y, c, text, sizeof text), name[c]);
    mi_labels_free(&y);
    assert_null(y.value);
}

static void integers(void **state)
{
    static const int64_t x[6] = {INT64_MIN, INT64_MAX, -1, INT64_MAX, INT64_MAX - 1, INT64_MIN};
    static const char *const name[] = {"-9223372036854775808", "9223372036854775807", "-1",
                                       "9223372036854775806"};
    (void)state;
    for (int column = 0; column < 2; column++) { /* n and n x 1 */
        hid_t file = make_file("a.h5");
        put(file, "y", H5T_STD_I64BE, H5T_NATIVE_INT64, x, 6, (size_t)column);
        mi_features *f = finish(file);
        expect_labels(f, (int[]){0, 1, 2, 1, 3, 0}, 4, name);
        mi_features_close(f);
    }
}

static void integers_beyond_63_bits(void **state)
{
    static const uint64_t x[6] = {UINT64_MAX, 0, UINT64_MAX, UINT64_MAX - 1, 0, 1};
    static const char *const name[] = {"18446744073709551615", "0", "18446744073709551614", "1"};
    (void)state;
    hid_t file = make_file("a.h5");
    put(file, "y", H5T_STD_U64LE, H5T_NATIVE_UINT64, x, 6, 0);
    mi_features *f = finish(file);
    expect_labels(f, (int[]){0, 1, 0, 2, 1, 3}, 4, name);
    mi_features_close(f);
}

static void booleans_and_enums(void **state)
{
    static const signed char x[6] = {1, 0, 0, 1, 1, 0};
    static const char *const name[] = {"1", "0"};
    static const char *const word[2][2] = {{"FALSE", "TRUE"}, {"CAT", "DOG"}};
    (void)state;
    for (int k = 0; k < 2; k++) {
        hid_t file = make_file("a.h5"), type = H5Tenum_create(H5T_NATIVE_SCHAR);
        for (signed char v = 0; v < 2; v++)
            H5Tenum_insert(type, word[k][v], &v);
        put(file, "y", type, type, x, 6, 0);
        H5Tclose(type);
        mi_features *f = finish(file);
        assert_string_equal(mi_features_set(f, 0)->member[MI_Y].type, k ? "enum" : "bool");
        assert_int_equal(mi_features_set(f, 0)->member[MI_Y].cls, MI_CLASS_ENUM);
        assert_int_equal(mi_features_check(f, 0, 1u << MI_Y, 0), MI_OK);
        expect_labels(f, (int[]){0, 1, 1, 0, 0, 1}, 2, name);
        mi_mat m;
        assert_int_equal(mi_features_read(f, 0, MI_Y, &m), MI_OK);
        assert_true(mi_mat_get(&m, 0, 0) == 1 && mi_mat_get(&m, 1, 0) == 0);
        mi_mat_free(&m);
        mi_features_close(f);
    }
}

static hid_t text_type(size_t size, H5T_str_t padding)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, size);
    H5Tset_strpad(type, padding);
    return type;
}

static void fixed_strings(void **state)
{
    static const H5T_str_t padding[] = {H5T_STR_NULLTERM, H5T_STR_NULLPAD, H5T_STR_SPACEPAD};
    static const char *const cells[] = {"cat\0xdog\0\0c\0\0\0\0cat\0y\0\0\0\0\0dog\0z",
                                        "cat\0\0dog\0\0c\0\0\0\0cat\0\0\0\0\0\0\0dog\0\0",
                                        "cat  dog  c    cat       dog  "};
    static const char *const name[] = {"cat", "dog", "c", ""};
    (void)state;
    for (int k = 0; k < 3; k++) {
        hid_t file = make_file("a.h5"), type = text_type(5, padding[k]);
        put(file, "y", type, type, cells[k], 6, 0);
        H5Tclose(type);
        mi_features *f = finish(file);
        expect_labels(f, (int[]){0, 1, 2, 0, 3, 1}, 4, name);
        mi_features_close(f);
    }
}

static void variable_strings(void **state)
{
    static const char *const x[6] = {"a long name of a class", "", "b", NULL, "b",
                                     "a long name of a clas"};
    static const char *const name[] = {"a long name of a class", "", "b", "a long name of a clas"};
    (void)state;
    hid_t file = make_file("a.h5"), type = text_type(H5T_VARIABLE, H5T_STR_NULLTERM);
    H5Tset_cset(type, H5T_CSET_UTF8);
    put(file, "y", type, type, x, 6, 0);
    H5Tclose(type);
    mi_features *f = finish(file);
    expect_labels(f, (int[]){0, 1, 2, 1, 2, 3}, 4, name);
    mi_features_close(f);
}

static void whole_floats(void **state)
{
    static const float x[6] = {3, -0.0f, 0, -7, 3, 16777216};
    static const char *const name[] = {"3", "0", "-7", "16777216"};
    (void)state;
    hid_t file = make_file("a.h5");
    put(file, "y", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, x, 6, 0);
    mi_features *f = finish(file);
    for (int k = 0; k < 2; k++)
        expect_labels(f, (int[]){0, 1, 1, 2, 0, 3}, 4, name);
    assert_int_equal(warnings, 1); /* once, however often it is read */
    assert_string_equal(last_warning,
                        "a.h5:/: y holds floats; their values are whole and taken as labels");
    mi_features_close(f);
}

static void other_floats(void **state)
{
    static const struct {
        double value;
        const char *text;
    } rows[] = {
        {0.5, "a.h5:/: y: row 4 is 0.5, wanted whole numbers: a label or an id each"},
        {-1.25, "a.h5:/: y: row 4 is -1.25, wanted whole numbers: a label or an id each"},
        {NAN, "a.h5:/: y: row 4 is nan, wanted whole numbers: a label or an id each"},
        {-INFINITY, "a.h5:/: y: row 4 is -inf, wanted whole numbers: a label or an id each"},
        {1e19, "a.h5:/: y: row 4 is 1e+19, wanted whole numbers: a label or an id each"},
    };
    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        double x[6] = {1, 2, 3, 4, rows[k].value, 0.25};
        mi_labels y;
        hid_t file = make_file("a.h5");
        put(file, "y", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, x, 6, 1);
        mi_features *f = finish(file);
        assert_int_equal(mi_features_read_labels(f, 0, MI_Y, &y), MI_EDATA);
        assert_string_equal(mi_detail(), rows[k].text);
        assert_null(y.groups.code);
        mi_features_close(f);
    }
    assert_int_equal(warnings, 0);
}

/* A row of several columns is one symbol: integers, strings, floats. */
static void rows_as_symbols(void **state)
{
    static const int x[12] = {1, 2, 2, 1, 1, 2, 1, 1, 2, 1, 1, 2};
    static const char *const name[] = {"(row 0)", "(row 1)", "(row 3)"};
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        hid_t file = make_file("a.h5"), text = text_type(2, H5T_STR_NULLPAD);
        if (kind == 2)
            put(file, "y", text, text, "abcdcdababcdababcdababcd", 6, 2);
        else
            put(file, "y", kind ? H5T_IEEE_F32LE : H5T_STD_I16LE, H5T_NATIVE_INT, x, 6, 2);
        H5Tclose(text);
        mi_features *f = finish(file);
        expect_labels(f, (int[]){0, 1, 0, 2, 1, 0}, 3, name);
        mi_features_close(f);
    }
}

static void text_is_no_matrix(void **state)
{
    (void)state;
    hid_t file = make_file("a.h5"), type = text_type(2, H5T_STR_NULLPAD);
    mi_mat x;
    put(file, "y", type, type, "a\0b\0c\0d\0e\0f", 6, 0);
    H5Tclose(type);
    mi_features *f = finish(file);
    assert_int_equal(mi_features_read(f, 0, MI_Y, &x), MI_EDATA);
    assert_string_equal(mi_detail(), "a.h5:/: y: text, wanted numbers");
    mi_features_close(f);
}

static void missing_member(void **state)
{
    mi_labels y;
    (void)state;
    mi_features *f = finish(make_file("a.h5"));
    assert_int_equal(mi_features_read_labels(f, 0, MI_Y, &y), MI_EDATA);
    assert_string_equal(mi_detail(), "a.h5:/: y: there is none");
    mi_features_close(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(integers),           FIXTURE_TEST(integers_beyond_63_bits),
        FIXTURE_TEST(booleans_and_enums), FIXTURE_TEST(fixed_strings),
        FIXTURE_TEST(variable_strings),   FIXTURE_TEST(whole_floats),
        FIXTURE_TEST(other_floats),       FIXTURE_TEST(rows_as_symbols),
        FIXTURE_TEST(text_is_no_matrix),  FIXTURE_TEST(missing_member),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
