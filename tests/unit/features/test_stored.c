/* Elements that are not values as they stand: missing, packed, transposed, in other files. */
#include "fixture.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libmi/data/mat_internal.h"

enum { N = 6, D = 4 };

static void put_number(hid_t file, const char *dataset, const char *name, double value)
{
    hid_t at = H5Dopen2(file, dataset, H5P_DEFAULT);
    put_attr(at, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value);
    H5Dclose(at);
}

static void put_text(hid_t file, const char *dataset, const char *name, const char *text)
{
    hid_t at = H5Dopen2(file, dataset, H5P_DEFAULT);
    put_attr_text(at, name, text);
    H5Dclose(at);
}

static mi_status compare_block(void *arg, double *x, size_t n, size_t d)
{
    const double **at = arg;
    for (size_t k = 0; k < n * d; k++, ++*at)
        assert_true(x[k] == **at || (isnan(x[k]) && isnan(**at)));
    return MI_OK;
}

static mi_status compare_mat(void *arg, const mi_mat *block, size_t first)
{
    const double **at = arg;
    (void)first;
    for (size_t i = 0; i < block->n; i++)
        for (size_t k = 0; k < block->d; k++, ++*at) {
            double x = mi_mat_get(block, i, k);
            assert_true(x == **at || (isnan(x) && isnan(**at)));
        }
    return MI_OK;
}

/* z1 at once, from the file row by row, and in blocks: all the same. */
static void expect_values(mi_features *f, const double *x, size_t n, size_t d)
{
    const mi_member *m = &mi_features_set(f, 0)->member[MI_Z1];
    mi_mat whole, rows;
    const double *at = x;
    assert_int_equal(m->n, n);
    assert_int_equal(m->d, d);
    assert_int_equal(mi_features_read(f, 0, MI_Z1, &whole), MI_OK);
    assert_int_equal(compare_mat(&at, &whole, 0), MI_OK);
    at = x;
    assert_int_equal(mi_features_rows(f, 0, MI_Z1, &rows), MI_OK);
    assert_int_equal(rows.type, whole.type);
    assert_int_equal(mi_mat_each_block(&rows, 0, n, compare_mat, &at), MI_OK);
    at = x;
    assert_int_equal(mi_features_each_block(f, 0, MI_Z1, NULL, n, compare_block, &at), MI_OK);
    mi_mat_free(&whole);
    mi_mat_free(&rows);
}

static void missing_elements_are_nan(void **state)
{
    float z[N * D];
    double x[N * D];
    int32_t y[N] = {0, 1, -2147483647, 1, 0, 1};
    (void)state;
    for (int k = 0; k < N * D; k++)
        x[k] = z[k] = (float)k;
    z[5] = 1e20F;
    z[9] = -999;
    x[5] = x[9] = NAN;
    hid_t file = make_file("a.h5");
    put(file, "z1", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, z, N, D);
    put(file, "y", H5T_STD_I32LE, H5T_NATIVE_INT32, y, N, 0);
    put_number(file, "z1", "_FillValue", 1e20); /* not the double that 1e20F is */
    put_number(file, "z1", "missing_value", -999);
    put_number(file, "y", "_FillValue", -2147483647);
    H5Fclose(file);
    mi_features *f = open_one("a.h5");
    mi_labels l;
    expect_values(f, x, N, D);
    assert_int_equal(mi_features_read_labels(f, 0, MI_Y, &l), MI_EDATA);
    assert_string_equal(mi_detail(),
                        "a.h5:/: y: row 2 has no value: -2147483647 is its _FillValue; transform "
                        "drop-nonfinite removes such rows");
    mi_features_close(f);
}

/* netCDF's short integers that stand for floats: single precision; of 32 bits: double. */
static void packed_elements_are_unpacked(void **state)
{
    int16_t z[N * D];
    double x[N * D];
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        for (int k = 0; k < N * D; k++) {
            z[k] = (int16_t)(k * 37 - 200);
            x[k] = wide ? 0.001 * z[k] + 3 : (float)(0.001 * z[k] + 3);
        }
        z[7] = -32768;
        x[7] = NAN;
        hid_t file = make_file("a.h5");
        put(file, "z1", wide ? H5T_STD_I32LE : H5T_STD_I16LE, H5T_NATIVE_INT16, z, N, D);
        put_number(file, "z1", "scale_factor", 0.001);
        put_number(file, "z1", "add_offset", 3);
        put_number(file, "z1", "_FillValue", -32768);
        H5Fclose(file);
        mi_features *f = open_one("a.h5");
        assert_int_equal(mi_features_set(f, 0)->member[MI_Z1].cls, MI_CLASS_FLOAT);
        expect_values(f, x, N, D);
        mi_features_close(f);
    }
}

/* MATLAB's n x d array is d x n in HDF5, chunked as it likes. */
static void matlab_arrays_are_turned(void **state)
{
    double stored[D * N], x[N * D], y[N];
    (void)state;
    for (int i = 0; i < N; i++) {
        y[i] = i % 3 + 1;
        for (int k = 0; k < D; k++)
            stored[k * N + i] = x[i * D + k] = 10 * i + k;
    }
    hid_t file = make_file("a.h5"), list = chunked(2, 5);
    put_with(file, "z1", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, stored, D, N, list);
    put(file, "y", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, y, 1, N);
    put_text(file, "z1", "MATLAB_class", "double");
    put_text(file, "y", "MATLAB_class", "double");
    H5Pclose(list);
    H5Fclose(file);
    mi_features *f = open_one("a.h5");
    mi_labels l;
    expect_values(f, x, N, D);
    assert_int_equal(mi_features_check(f, 0, 1u << MI_Z1, 1u << MI_Y), MI_OK);
    assert_int_equal(warnings, 1);
    assert_string_equal(
        last_warning, "a.h5:/: arrays of MATLAB are read as MATLAB shows them: z1 as 6 rows of 4");
    assert_int_equal(mi_features_read_labels(f, 0, MI_Y, &l), MI_OK);
    assert_int_equal(l.groups.g, 3);
    mi_labels_free(&l);
    mi_features_close(f);
}

/* ---- in other files ---- */

/* z1 (6,4) over rows 0..3 and 3..6 of two files. */
static void make_virtual(const char *name, const char *first, const char *second,
                         const char *dataset)
{
    hsize_t dims[] = {N, D}, part[] = {3, D}, at[] = {0, 0};
    hid_t file = make_file(name), list = H5Pcreate(H5P_DATASET_CREATE);
    hid_t space = H5Screate_simple(2, dims, NULL), source = H5Screate_simple(2, part, NULL);
    for (int k = 0; k < 2; k++) {
        at[0] = 3 * (hsize_t)k;
        H5Sselect_hyperslab(space, H5S_SELECT_SET, at, NULL, part, NULL);
        H5Pset_virtual(list, space, k ? second : first, dataset, source);
    }
    if (strcmp(first, ".") == 0)
        put_floats(file, "half", 3, D);
    hid_t z = H5Dcreate2(file, "z1", H5T_IEEE_F32LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
    H5Dclose(z);
    H5Sclose(space);
    H5Sclose(source);
    H5Pclose(list);
    H5Fclose(file);
}

static void expect_z1(const char *name, int allow_external, const char *detail)
{
    mi_features_opts o;
    mi_features *f;
    mi_features_opts_default(&o);
    o.allow_external = allow_external;
    assert_int_equal(mi_features_open(&f, &name, 1, &o), MI_OK);
    mi_status status = mi_features_check(f, 0, 1u << MI_Z1, 0);
    assert_string_equal(status == MI_OK ? "good" : mi_detail(), detail);
    mi_features_close(f);
}

static void make_half(const char *name, size_t n)
{
    hid_t file = make_file(name);
    put_floats(file, "half", n, D);
    H5Fclose(file);
}

static void virtual_sources_are_looked_at(void **state)
{
    (void)state;
    make_virtual("own.h5", ".", ".", "half");
    expect_z1("own.h5", 0, "good");
    make_half("one.h5", 3);
    make_half("short.h5", 2);
    make_virtual("good.h5", "one.h5", "one.h5", "half");
    expect_z1("good.h5", 1, "good");
    expect_z1("good.h5", 0,
              "good.h5:/: z1: a virtual dataset over 'one.h5', which is not opened; allow-external "
              "opens it");
    make_virtual("gone.h5", "one.h5", "no.h5", "half");
    expect_z1("gone.h5", 1, "gone.h5:/: z1: rows 3 to 5 lie in 'no.h5', which cannot be opened");
    make_virtual("cut.h5", "short.h5", "one.h5", "half");
    expect_z1("cut.h5", 1,
              "cut.h5:/: z1: rows 0 to 2 lie in 'half' of 'short.h5', which has fewer than that");
    make_virtual("none.h5", "one.h5", "one.h5", "other");
    expect_z1("none.h5", 1,
              "none.h5:/: z1: rows 0 to 2 lie in 'other' of 'one.h5', which has no such dataset");
}

/* A virtual dataset over its own file may not lead into another by a dataset whose data lie there. */
static void own_sources_do_not_lead_out(void **state)
{
    (void)state;
    make_virtual("a.h5", ".", ".", "half");
    hid_t file = H5Fopen("a.h5", H5F_ACC_RDWR, H5P_DEFAULT), list = H5Pcreate(H5P_DATASET_CREATE);
    H5Ldelete(file, "half", H5P_DEFAULT);
    H5Pset_external(list, "raw.bin", 0, H5F_UNLIMITED);
    put_with(file, "half", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, NULL, 3, D, list);
    H5Pclose(list);
    H5Fclose(file);
    expect_z1(
        "a.h5", 0,
        "a.h5:/: z1: its data lie in 'raw.bin', which is not opened; allow-external opens it");
}

static void raw_files_are_looked_at(void **state)
{
    char bytes[N * D * 4] = {0};
    (void)state;
    hid_t file = make_file("a.h5"), list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(list, "one.bin", 0, 3 * D * 4);
    H5Pset_external(list, "two.bin", 8, H5F_UNLIMITED);
    put_with(file, "z1", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, NULL, N, D, list);
    H5Pclose(list);
    H5Fclose(file);
    write_bytes("one.bin", bytes, 3 * D * 4);
    expect_z1("a.h5", 1, "a.h5:/: z1: rows 3 to 5 lie in 'two.bin': No such file or directory");
    write_bytes("two.bin", bytes, 3 * D * 4);
    expect_z1("a.h5", 1, "a.h5:/: z1: rows 3 to 5 lie in 'two.bin', which has 48 bytes, wanted 56");
    write_bytes("two.bin", bytes, 3 * D * 4 + 8);
    expect_z1("a.h5", 1, "good");
}

/* A link into another file that no set needs is passed over, and told once. */
static void links_that_nothing_needs(void **state)
{
    (void)state;
    hid_t file = make_file("a.h5"), logs = make_group(file, "logs");
    put_both(file, N);
    H5Lcreate_external("raw.h5", "/data", logs, "images", H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(logs);
    H5Fclose(file);
    mi_features *f = open_one("a.h5");
    assert_int_equal(mi_features_count(f), 1);
    assert_int_equal(warnings, 1);
    assert_string_equal(last_warning,
                        "a.h5: '/logs/images' leads through an external link to 'raw.h5', which is "
                        "not followed; allow-external follows it");
    mi_features_close(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(missing_elements_are_nan),    FIXTURE_TEST(packed_elements_are_unpacked),
        FIXTURE_TEST(matlab_arrays_are_turned),    FIXTURE_TEST(virtual_sources_are_looked_at),
        FIXTURE_TEST(own_sources_do_not_lead_out), FIXTURE_TEST(raw_files_are_looked_at),
        FIXTURE_TEST(links_that_nothing_needs),
    };
    return cmocka_run_group_tests_name("stored", tests, NULL, NULL);
}
