/* Sets and tables as files of other programs, and back. */
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "libmi/base/mem.h"
#include "libmi/exchange/export.h"
#include "libmi/exchange/private.h"
#include "libmi/features/half.h"

static mi_status export(const char *to, const char *address, unsigned members,
                        mi_export_format format)
{
    mi_features *f = open_one(address);
    FILE *stream = fopen(to, "w");
    mi_status status = mi_export(stream, f, members, format);
    fclose(stream);
    mi_features_close(f);
    return status;
}

/* Rows of an array are, bit by bit, these; its shape is `shape`. */
static void expect_array(const char *address, const char *shape, const void *wanted)
{
    mi_foreign a;
    char found[128], *x;
    assert_int_equal(mi_foreign_open(&a, address, NULL), MI_OK);
    assert_string_equal(mi_foreign_shape(&a, found, sizeof found), shape);
    assert_int_equal(mi_malloc(&x, a.n, a.d * a.width), MI_OK);
    assert_int_equal(mi_foreign_read(&a, a.n, x), MI_OK);
    assert_memory_equal(x, wanted, a.n * a.d * a.width);
    mi_free(x);
    mi_foreign_close(&a);
}

static void expect_text(const char *name, const char *wanted)
{
    char text[4096];
    FILE *f = fopen(name, "r");
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    fclose(f);
    assert_string_equal(text, wanted);
}

/* ---- sets ---- */

static void make_set(const char *name)
{
    static const float z1[] = {0.1f, -2, 1e-40f, 16777217, 3.4028235e38f, -0.0f};
    static const double z2[] = {0.1, 1.0 / 3, 123456789012345678.0};
    static const int64_t r[] = {INT64_MAX, INT64_MIN, 9007199254740993};
    static const char *const y[] = {"cat", "d\xc3\xb6g, \"x\"", ""};
    hid_t f = make_file(name), type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    put(f, "z1", H5T_IEEE_F32BE, H5T_NATIVE_FLOAT, z1, 3, 2);
    put(f, "z2", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, z2, 3, 0);
    put(f, "r", H5T_STD_I64LE, H5T_NATIVE_INT64, r, 3, 0);
    put(f, "y", type, type, y, 3, 0);
    H5Tclose(type);
    H5Fclose(f);
}

static void arrays(void **state)
{
    static const float z1[] = {0.1f, -2, 1e-40f, 16777217, 3.4028235e38f, -0.0f};
    static const int64_t r[] = {INT64_MAX, INT64_MIN, 9007199254740993};
    char y[3][32] = {"cat", "d\xc3\xb6g, \"x\"", ""}; /* 4 bytes for each of 8 characters */
    (void)state;
    make_set("a.h5");
    assert_int_equal(export("z1.npy", "a.h5", 1u << MI_Z1, MI_EXPORT_NPY), MI_OK);
    expect_array("z1.npy", "f32[3,2]", z1);
    assert_int_equal(export("y.npy", "a.h5", 1u << MI_Y, MI_EXPORT_NPY), MI_OK);
    expect_array("y.npy", "str[3]", y);
#ifdef MI_WITH_ZIP
    assert_int_equal(export("a.npz", "a.h5", ~0u, MI_EXPORT_NPZ), MI_OK);
    expect_array("a.npz:z1", "f32[3,2]", z1);
    expect_array("a.npz:r", "i64[3]", r);
    expect_array("a.npz:y", "str[3]", y);
#endif
    (void)r;
}

static void text(void **state)
{
    (void)state;
    make_set("a.h5");
    assert_int_equal(export("a.csv", "a.h5", ~0u, MI_EXPORT_CSV), MI_OK);
    expect_text("a.csv", "z1_0,z1_1,z2,r,y\n"
                         "0.1,-2,0.1,9223372036854775807,cat\n"
                         "9.99995e-41,16777216,0.3333333333333333,-9223372036854775808,"
                         "\"d\xc3\xb6g, \"\"x\"\"\"\n"
                         "3.4028235e+38,-0,1.2345678901234568e+17,9007199254740993,\n");
    assert_int_equal(export("a.tsv", "a.h5", 1u << MI_Y | 1u << MI_Z2, MI_EXPORT_TSV), MI_OK);
    expect_text("a.tsv", "z2\ty\n0.1\tcat\n0.3333333333333333\t\"d\xc3\xb6g, \"\"x\"\"\"\n"
                         "1.2345678901234568e+17\t\n");
}

/* Packed elements go out as the values that they stand for. */
static void packed_values(void **state)
{
    static const int16_t z1[] = {0, 1, -3};
    static const double scale = 0.5, offset = 1, wanted[] = {1, 1.5, -0.5};
    (void)state;
    hid_t f = make_file("a.h5");
    put(f, "z1", H5T_STD_I16LE, H5T_NATIVE_INT16, z1, 3, 0);
    hid_t at = H5Dopen2(f, "z1", H5P_DEFAULT);
    put_attr(at, "scale_factor", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &scale);
    put_attr(at, "add_offset", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &offset);
    H5Dclose(at);
    H5Fclose(f);
    assert_int_equal(export("z1.npy", "a.h5", 1u << MI_Z1, MI_EXPORT_NPY), MI_OK);
    expect_array("z1.npy", "f64[3]", wanted);
}

static void what_a_format_cannot_hold(void **state)
{
    hid_t f = make_file("run.h5"), g;
    (void)state;
    make_set("a.h5");
    assert_int_equal(export("x", "a.h5", ~0u, MI_EXPORT_NPY), MI_EUSAGE);
    assert_string_equal(mi_detail(), "a.h5:/: several members, of which .npy holds one; of z1 "
                                     "names it, or write .npz");
    assert_int_equal(export("x", "a.h5", 1u << MI_SPLIT, MI_EXPORT_NPZ), MI_EDATA);
    assert_string_equal(mi_detail(), "a.h5:/: none of the members wanted");
    for (int k = 0; k < 2; k++) {
        g = make_group(f, k ? "b" : "a");
        put_both(g, 3);
        H5Gclose(g);
    }
    H5Fclose(f);
    assert_int_equal(export("x", "run.h5", ~0u, MI_EXPORT_CSV), MI_EUSAGE);
    assert_string_equal(mi_detail(), "run.h5: 2 feature sets, of which this format holds one; name "
                                     "it: run.h5:/a, or write .npz");
    assert_int_equal(export("run.npz", "run.h5", ~0u, MI_EXPORT_NPZ), MI_OK);
    mi_features *full = open_one("a.h5");
    FILE *stream = fopen("/dev/full", "w");
    if (stream) {
        setvbuf(stream, NULL, _IONBF, 0);
        assert_int_equal(mi_export(stream, full, ~0u, MI_EXPORT_NPZ), MI_EWRITE);
        assert_string_equal(mi_detail(), "cannot write the arrays: No space left on device");
        assert_int_equal(mi_export(stream, full, ~0u, MI_EXPORT_CSV), MI_EWRITE);
        fclose(stream);
    }
    mi_features_close(full);
}

/* ---- tables ---- */

static const char table_text[] = "name\tn\tI\n"
                                 "a\\tb\t3\tnan\n"
                                 "\xc3\xa9\t-4\t0.5\n";

static mi_status export_table(const char *to, mi_export_format format)
{
    mi_table t;
    FILE *in = fmemopen((void *)table_text, sizeof table_text - 1, "r"), *stream = fopen(to, "w");
    mi_status status = mi_table_read(&t, in, "t");
    fclose(in);
    if (status == MI_OK) {
        status = mi_export_table(stream, &t, format);
        mi_table_free(&t);
    }
    fclose(stream);
    return status;
}

static void tables(void **state)
{
    (void)state;
    assert_int_equal(export_table("t.csv", MI_EXPORT_CSV), MI_OK);
    expect_text("t.csv", "name,n,I\na\tb,3,nan\n\xc3\xa9,-4,0.5\n");
    assert_int_equal(export_table("t.npy", MI_EXPORT_NPY), MI_OK);
    static const char header[] = "{'descr': [('name', '<U3'), ('n', '<i8'), ('I', '<f8'), ], "
                                 "'fortran_order': False, 'shape': (2,), }";
    char found[sizeof header];
    FILE *f = fopen("t.npy", "r");
    fseek(f, 10, SEEK_SET);
    assert_int_equal(fread(found, 1, sizeof header - 1, f), sizeof header - 1);
    assert_memory_equal(found, header, sizeof header - 1);
    fclose(f);
    assert_int_equal(file_bytes("t.npy"), 128 + 2 * 28);
#ifdef MI_WITH_ZIP
    static const int64_t n[] = {3, -4};
    assert_int_equal(export_table("t.npz", MI_EXPORT_NPZ), MI_OK);
    expect_array("t.npz:n", "i64[2]", n);
    expect_array("t.npz:name", "str[2]", (char[2][12]){"a\tb", "\xc3\xa9"});
#endif
}

/* ---- leaves ---- */

static void checksums(void **state)
{
    static const char x[] = "123456789"; /* the check value of CRC-32 */
    (void)state;
    assert_int_equal(mi_crc32(0, x, 9), 0xcbf43926);
    for (size_t k = 0; k <= 9; k++)
        assert_int_equal(mi_crc32(mi_crc32(0, x, k), x + k, 9 - k), 0xcbf43926);
}

/* Every half, and many floats, read back as they were. */
static void numbers(void **state)
{
    char *text;
    size_t bytes;
    (void)state;
    for (uint32_t bits = 0; bits < 1 << 16; bits += 7) {
        uint32_t wide = bits << 16 | (bits * 40503u & 0xffff);
        uint16_t half = (uint16_t)bits;
        float value;
        memcpy(&value, &wide, sizeof value);
        FILE *to = open_memstream(&text, &bytes);
        mi_put_number(to, MI_ELEM_F32, &value);
        putc(' ', to);
        mi_put_number(to, MI_ELEM_F16, &half);
        fclose(to);
        if (!isnan(value) && strtof(text, NULL) != value)
            fail_msg("%s is not %a", text, (double)value);
        double was;
        uint16_t back;
        mi_elem_doubles(&was, MI_ELEM_F16, &half, 1);
        mi_half_narrow(&back, (double[]){strtod(strchr(text, ' '), NULL)}, 1);
        if (!isnan(was) && back != half)
            fail_msg("%s is not %a", text, was);
        free(text);
    }
}

static void without_memory(void **state)
{
    static const mi_export_format format[] = {MI_EXPORT_NPY, MI_EXPORT_NPZ, MI_EXPORT_CSV};
    (void)state;
    make_set("a.h5");
    for (int k = 0; k < 6; k++) {
        mi_status status = MI_ENOMEM;
        mi_features *f = open_one("a.h5");
        FILE *stream = fopen("x", "w");
        for (long n = 1; status != MI_OK; n++) {
            mi_fail_allocation(n);
            status = k < 3 ? mi_export(stream, f, k ? ~0u : 1u << MI_Y, format[k])
                           : export_table("x", format[k - 3]);
            mi_fail_allocation(0);
            assert_true(status == MI_OK || status == MI_ENOMEM);
        }
        fclose(stream);
        mi_features_close(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(arrays),        FIXTURE_TEST(text),
        FIXTURE_TEST(packed_values), FIXTURE_TEST(what_a_format_cannot_hold),
        FIXTURE_TEST(tables),        cmocka_unit_test(checksums),
        cmocka_unit_test(numbers),   FIXTURE_TEST(without_memory),
    };
    return cmocka_run_group_tests_name("export", tests, NULL, NULL);
}
