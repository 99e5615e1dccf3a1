/* Values: every type, every storage. */
#include "fixture.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void expect_type(const mi_features *f, mi_member_id m, mi_elem_class cls, const char *type)
{
    const mi_member *member = &mi_features_set(f, 0)->member[m];
    assert_string_equal(member->type, type);
    assert_int_equal(member->cls, cls);
    assert_null(member->problem);
}

/* ---- types ---- */

static hid_t half_type(int big_endian)
{
    hid_t type = mi_h5_half();
    if (big_endian)
        H5Tset_order(type, H5T_ORDER_BE);
    return type;
}

static hid_t bfloat_type(void)
{
    hid_t type = H5Tcopy(H5T_IEEE_F32LE);
    H5Tset_fields(type, 15, 7, 8, 0, 7);
    H5Tset_size(type, 2);
    return type;
}

static void number_types(void **state)
{
    (void)state;
    const struct {
        hid_t stored;
        const char *type;
        mi_elem_class cls;
        mi_float read;
    } rows[] = {
        {half_type(0), "f16", MI_CLASS_FLOAT, MI_F32},
        {half_type(1), "f16be", MI_CLASS_FLOAT, MI_F32},
        {bfloat_type(), "bf16", MI_CLASS_FLOAT, MI_F32},
        {H5T_IEEE_F32LE, "f32", MI_CLASS_FLOAT, MI_F32},
        {H5T_IEEE_F32BE, "f32be", MI_CLASS_FLOAT, MI_F32},
        {H5T_IEEE_F64LE, "f64", MI_CLASS_FLOAT, MI_F64},
        {H5T_IEEE_F64BE, "f64be", MI_CLASS_FLOAT, MI_F64},
        {H5T_STD_I8LE, "i8", MI_CLASS_INTEGER, MI_F64},
        {H5T_STD_U8BE, "u8", MI_CLASS_INTEGER, MI_F64},
        {H5T_STD_I16BE, "i16be", MI_CLASS_INTEGER, MI_F64},
        {H5T_STD_U16LE, "u16", MI_CLASS_INTEGER, MI_F64},
        {H5T_STD_I32LE, "i32", MI_CLASS_INTEGER, MI_F64},
        {H5T_STD_U32BE, "u32be", MI_CLASS_INTEGER, MI_F64},
        {H5T_STD_I64BE, "i64be", MI_CLASS_INTEGER, MI_F64},
        {H5T_STD_U64LE, "u64", MI_CLASS_INTEGER, MI_F64},
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        hid_t file = make_file("a.h5");
        put_filtered(file, "z1", rows[k].stored, 6, H5P_DEFAULT);
        H5Fclose(file);
        mi_features *f = open_one("a.h5");
        expect_type(f, MI_Z1, rows[k].cls, rows[k].type);
        expect_ramp(f, rows[k].read, 6, 4);
        mi_features_close(f);
        if (k < 3)
            H5Tclose(rows[k].stored);
    }
}

/* Every half, through HDF5 and back; against HDF5's own conversion, which keeps all but NaN
 * payloads. */
static void halves_agree_with_hdf5(void **state)
{
    static uint16_t half[65536];
    static float wanted[65536];
    hid_t file = make_file("a.h5"), type = mi_h5_half();
    mi_mat x;
    (void)state;
    for (unsigned k = 0; k < 65536; k++)
        half[k] = (uint16_t)k;
    put(file, "z1", type, type, half, 256, 256);
    hid_t dataset = H5Dopen2(file, "z1", H5P_DEFAULT);
    H5Dread(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, wanted);
    H5Dclose(dataset);
    H5Tclose(type);
    H5Fclose(file);
    mi_features *f = open_one("a.h5");
    assert_int_equal(mi_features_read(f, 0, MI_Z1, &x), MI_OK);
    for (size_t k = 0; k < 65536; k++) {
        float got = ((const float *)x.x)[k];
        assert_true(isnan(wanted[k]) ? isnan(got)
                                     : got == wanted[k] && signbit(got) == signbit(wanted[k]));
    }
    mi_mat_free(&x);
    mi_features_close(f);
}

static void trailing_axes_are_flattened(void **state)
{
    hsize_t dims[10] = {6, 1, 2, 1, 1, 2, 1, 1, 1, 1};
    float x[24];
    (void)state;
    for (int k = 0; k < 24; k++)
        x[k] = (float)(10 * (k / 4) + k % 4);
    hid_t file = make_file("a.h5"), space = H5Screate_simple(10, dims, NULL);
    hid_t dataset =
        H5Dcreate2(file, "z1", H5T_IEEE_F32LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, x);
    H5Dclose(dataset);
    H5Sclose(space);
    H5Fclose(file);
    mi_features *f = open_one("a.h5");
    const mi_member *m = &mi_features_set(f, 0)->member[MI_Z1];
    char text[64], little[8];
    assert_int_equal(m->rank, 10);
    assert_string_equal(mi_member_shape(m, text, sizeof text), "f32[6,1,2,1,1,2,1,1,...]");
    assert_string_equal(mi_member_shape(m, little, sizeof little), "f32[6,1");
    expect_ramp(f, MI_F32, 6, 4);
    assert_int_equal(mi_features_check(f, 0, 1u << MI_Z1, 0), MI_OK);
    assert_string_equal(last_warning,
                        "a.h5:/: z1 f32[6,1,2,1,1,2,1,1,...] is read as 6 rows of 4: the "
                        "trailing axes are flattened");
    assert_int_equal(mi_features_check(f, 0, 1u << MI_Z1, 0), MI_OK);
    assert_int_equal(warnings, 1);
    mi_features_close(f);
}

/* ---- storage ---- */

static void with_filters(hid_t list, hid_t type)
{
    hid_t file = make_file("a.h5");
    put_filtered(file, "z1", type, 100, list);
    H5Fclose(file);
    H5Pclose(list);
    mi_features *f = open_one("a.h5");
    expect_ramp(f, MI_F32, 100, 4);
    mi_features_close(f);
}

static void filters(void **state)
{
    hid_t half = mi_h5_half(), types[2] = {half, H5T_IEEE_F32BE};
    (void)state;
    assert_int_equal(mi_h5_register_lzf(), MI_OK);
    for (int t = 0; t < 2; t++)
        for (int kind = 0; kind < 6; kind++) {
            hid_t list = chunked(7, 3); /* chunks that fit neither way */
            if (kind & 1)
                H5Pset_shuffle(list);
            if (kind / 2 == 0)
                H5Pset_deflate(list, 6);
            if (kind / 2 == 1 && H5Zfilter_avail(MI_H5_LZF) > 0)
                assert_true(H5Pset_filter(list, 32000, H5Z_FLAG_OPTIONAL, 0, NULL) >= 0);
            if (kind / 2 == 2 && H5Zfilter_avail(H5Z_FILTER_SZIP) > 0)
                H5Pset_szip(list, H5_SZIP_NN_OPTION_MASK, 2);
            H5Pset_fletcher32(list);
            with_filters(list, types[t]);
        }
    H5Tclose(half);
}

#ifdef MI_WITH_LZF
/* Constant chunks compress, noise does not and is stored as it is: both must come back. */
static void lzf_of_anything(void **state)
{
    static uint32_t noise[64 * 64], back[64 * 64];
    uint64_t word = 1;
    (void)state;
    for (int k = 0; k < 64 * 64; k++) {
        word = word * 6364136223846793005u + 1442695040888963407u;
        noise[k] = k < 32 * 64 ? 7 : (uint32_t)(word >> 32);
    }
    assert_int_equal(mi_h5_register_lzf(), MI_OK);
    hid_t file = make_file("a.h5"), list = chunked(8, 64);
    hsize_t dims[2] = {64, 64};
    hid_t space = H5Screate_simple(2, dims, NULL);
    H5Pset_filter(list, 32000, H5Z_FLAG_OPTIONAL, 0, NULL);
    hid_t dataset = H5Dcreate2(file, "x", H5T_STD_U32LE, space, H5P_DEFAULT, list, H5P_DEFAULT);
    assert_true(H5Dwrite(dataset, H5T_NATIVE_UINT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, noise) >= 0);
    H5Dclose(dataset);
    dataset = H5Dopen2(file, "x", H5P_DEFAULT);
    assert_in_range(H5Dget_storage_size(dataset), 32 * 64 * 4,
                    32 * 64 * 4 + 1000); /* half of it vanished */
    unsigned values[3] = {0}, flags, config;
    size_t n = 3;
    hid_t stored = H5Dget_create_plist(dataset);
    H5Pget_filter2(stored, 0, &flags, &n, values, 0, NULL, &config);
    assert_int_equal(values[2], 8 * 64 * 4); /* the bytes of a chunk, where h5py looks for them */
    H5Pclose(stored);
    H5Dclose(dataset);
    H5Pclose(list);
    H5Sclose(space);
    H5Fclose(file);
    file = H5Fopen("a.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    dataset = H5Dopen2(file, "x", H5P_DEFAULT);
    assert_true(H5Dread(dataset, H5T_NATIVE_UINT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, back) >= 0);
    assert_memory_equal(noise, back, sizeof back);
    H5Dclose(dataset);
    H5Fclose(file);
}
#endif

static void user_block(void **state)
{
    hid_t list = H5Pcreate(H5P_FILE_CREATE);
    (void)state;
    H5Pset_userblock(list, 1024);
    hid_t file = H5Fcreate("a.h5", H5F_ACC_TRUNC, list, H5P_DEFAULT);
    put_floats(file, "z1", 6, 4);
    H5Fclose(file);
    H5Pclose(list);
    mi_features *f = open_one("a.h5");
    expect_ramp(f, MI_F32, 6, 4);
    mi_features_close(f);
}

static void external_storage_when_allowed(void **state)
{
    mi_features_opts o = {.allow_external = 1};
    const char *address = "a.h5";
    mi_features *f;
    (void)state;
    hid_t file = make_file("a.h5"), list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(list, "raw.bin", 0, 96);
    put_filtered(file, "z1", H5T_IEEE_F32LE, 6, list);
    H5Pclose(list);
    H5Fclose(file);
    assert_int_equal(mi_features_open(&f, &address, 1, &o), MI_OK);
    expect_ramp(f, MI_F32, 6, 4);
    mi_features_close(f);
}

static void no_columns(void **state)
{
    hsize_t dims[2] = {6, 0}, most[2] = {6, H5S_UNLIMITED};
    (void)state;
    for (int in_chunks = 0; in_chunks < 2; in_chunks++) {
        hid_t file = make_file("a.h5"), list = in_chunks ? chunked(1, 1) : H5P_DEFAULT;
        hid_t space = H5Screate_simple(2, dims, in_chunks ? most : NULL);
        H5Dclose(H5Dcreate2(file, "z1", H5T_IEEE_F32LE, space, H5P_DEFAULT, list, H5P_DEFAULT));
        H5Sclose(space);
        if (in_chunks)
            H5Pclose(list);
        H5Fclose(file);
        mi_features *f = open_one("a.h5");
        expect_ramp(f, MI_F32, 6, 0);
        mi_features_close(f);
    }
}

/* More chunks than are read at a time, in rows of one and of several chunks. */
static void many_chunks(void **state)
{
    (void)state;
    for (size_t columns = 1; columns < 5; columns += 3) {
        hid_t file = make_file("a.h5"), list = chunked(2, columns);
        put_filtered(file, "z1", H5T_IEEE_F32LE, 5001, list);
        H5Pclose(list);
        H5Fclose(file);
        mi_features *f = open_one("a.h5");
        expect_ramp(f, MI_F32, 5001, 4);
        mi_features_close(f);
    }
}

/* ---- trouble ---- */

static void changed_since(void **state)
{
    mi_mat x;
    (void)state;
    make_plain("a.h5");
    mi_features *f = open_one("a.h5");
    hid_t file = make_file("a.h5");
    put_floats(file, "z1", 7, 4);
    H5Fclose(file);
    assert_int_equal(mi_features_read(f, 0, MI_Z1, &x), MI_EDATA);
    assert_string_equal(mi_detail(), "a.h5:/: z1: changed while it was read");
    assert_null(x.x);
    assert_int_equal(mi_features_read(f, 0, MI_Z2, &x), MI_EDATA);
    assert_non_null(strstr(mi_detail(), "a.h5:/: z2: cannot be opened: "));
    mi_features_close(f);
    f = open_one("a.h5");
    remove("a.h5");
    assert_int_equal(mi_features_read(f, 0, MI_Z1, &x), MI_EOPEN);
    assert_non_null(strstr(mi_detail(), "cannot open 'a.h5': "));
    mi_features_close(f);
}

/* Our sentence, and a reason in HDF5's words, which change from release to release. */
static void expect_unreadable(void)
{
    static const char ours[] = "a.h5:/: z1: cannot be read: ";
    assert_int_equal(strncmp(mi_detail(), ours, strlen(ours)), 0);
    assert_true(isalpha((unsigned char)mi_detail()[strlen(ours)]));
    assert_true(isalnum((unsigned char)mi_detail()[strlen(mi_detail()) - 1]));
}

static void damaged_chunk(void **state)
{
    (void)state;
    hid_t file = make_file("a.h5"), list = chunked(50, 4);
    H5Pset_fletcher32(list);
    put_filtered(file, "z1", H5T_IEEE_F32LE, 100, list);
    hid_t dataset = H5Dopen2(file, "z1", H5P_DEFAULT);
    hsize_t origin[2] = {0, 0}, bytes;
    haddr_t at;
    unsigned mask;
    assert_true(H5Dget_chunk_info_by_coord(dataset, origin, &mask, &at, &bytes) >= 0);
    H5Dclose(dataset);
    H5Pclose(list);
    H5Fclose(file);
    FILE *raw = fopen("a.h5", "r+b");
    fseek(raw, (long)at + 100, SEEK_SET);
    fputc(0x55, raw);
    fclose(raw);
    mi_features *f = open_one("a.h5");
    mi_mat x;
    assert_int_equal(mi_features_read(f, 0, MI_Z1, &x), MI_EDATA);
    expect_unreadable();
    mi_features_close(f);
}

#ifdef MI_WITH_LZF
/* A chunk that unpacks to less than a chunk: HDF5 itself would read on behind it. */
static void short_lzf_chunk(void **state)
{
    static const unsigned char packed[] = {2, 'a', 'b', 'c'}; /* three literals */
    hsize_t origin[2] = {0, 0};
    mi_mat x;
    (void)state;
    assert_int_equal(mi_h5_register_lzf(), MI_OK);
    hid_t file = make_file("a.h5"), list = chunked(50, 4);
    H5Pset_shuffle(list);
    H5Pset_filter(list, 32000, H5Z_FLAG_OPTIONAL, 0, NULL);
    put_with(file, "z1", H5T_IEEE_F32LE, 0, NULL, 100, 4, list);
    hid_t dataset = H5Dopen2(file, "z1", H5P_DEFAULT);
    assert_true(H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, origin, sizeof packed, packed) >= 0);
    H5Dclose(dataset);
    H5Pclose(list);
    H5Fclose(file);
    mi_features *f = open_one("a.h5");
    assert_int_equal(mi_features_read(f, 0, MI_Z1, &x), MI_EDATA);
    expect_unreadable();
    mi_features_close(f);
}
#endif

static void more_than_memory(void **state)
{
    (void)state;
    hid_t file = make_file("a.h5"), list = chunked(1000, 1000);
    put_with(file, "z1", H5T_IEEE_F32LE, 0, NULL, (size_t)1 << 30, (size_t)1 << 20, list);
    H5Pclose(list);
    H5Fclose(file);
    mi_features *f = open_one("a.h5");
    mi_mat x;
    assert_int_equal(mi_features_read(f, 0, MI_Z1, &x), MI_EDATA);
    assert_string_equal(mi_detail(), "a.h5:/: z1: declares 4.5e+06 GB of values, of which 0 MB are "
                                     "stored");
    mi_features_close(f);
}

/* With so many bytes allowed: values, labels, and chunks that are unpacked. */
static void more_than_allowed(void **state)
{
    const char *address = "a.h5";
    mi_features_opts o = {.memory_bytes = 1000};
    mi_features *f;
    mi_labels y;
    mi_mat x;
    (void)state;
    hid_t file = make_file("a.h5"), list = chunked(100, 4);
    put_floats(file, "z1", 100, 4);
    put_ids(file, "y", 100);
    H5Pset_deflate(list, 1);
    put_filtered(file, "z2", H5T_IEEE_F32LE, 100, list);
    H5Pclose(list);
    H5Fclose(file);
    assert_int_equal(mi_features_open(&f, &address, 1, &o), MI_OK);
    assert_int_equal(mi_features_read(f, 0, MI_Z1, &x), MI_EMEMORY);
    assert_string_equal(mi_detail(), "a.h5:/: z1: its values need 0.0016 MB, allowed are 0.001 MB; "
                                     "try a larger memory");
    assert_int_equal(mi_features_read_labels(f, 0, MI_Y, &y), MI_EMEMORY);
    assert_string_equal(mi_detail(), "a.h5:/: y: its labels need 0.0052 MB, allowed are 0.001 MB; "
                                     "try a larger memory");
    assert_int_equal(mi_features_check(f, 0, 1u << MI_Z2, 0), MI_EMEMORY);
    assert_string_equal(
        mi_detail(), "a.h5:/: z2: packed in chunks of 0.0016 MB, which h5repack -l makes smaller: "
                     "one needs 0.0064 MB, allowed are 0.001 MB; try a larger memory");
    assert_true(mi_features_besides(f, 0, 1u << MI_Y | 1u << MI_Z2) == 100 * 20 + 6400);
    assert_true(mi_features_values_bytes(f, 0, 1u << MI_Z1) == 1600);
    mi_features_close(f);
}

/* Every allocation fails in turn: the error comes back and nothing is lost. */
static void memory_runs_out(void **state)
{
    (void)state;
    make_plain("a.h5");
    long k = 1;
    for (;; k++) {
        const char *address = "a.h5";
        mi_features *f;
        mi_mat x = {0};
        mi_labels y = {0};
        mi_fail_allocation(k);
        mi_status status = mi_features_open(&f, &address, 1, NULL);
        if (status == MI_OK)
            status = mi_features_read(f, 0, MI_Z1, &x);
        if (status == MI_OK)
            status = mi_features_read_labels(f, 0, MI_Y, &y);
        mi_fail_allocation(0);
        mi_mat_free(&x);
        mi_labels_free(&y);
        mi_features_close(f);
        if (status == MI_OK)
            break;
        assert_int_equal(status, MI_ENOMEM);
        assert_non_null(strstr(mi_detail(), "out of memory ("));
    }
    assert_true(k > 20);
}

/* HDF5's own printer is the caller's again after each call. */
static herr_t own_printer(hid_t stack, void *arg)
{
    (void)stack;
    ++*(int *)arg;
    return 0;
}

static void printer_is_kept(void **state)
{
    int printed = 0;
    H5E_auto2_t printer;
    void *arg;
    (void)state;
    H5Eset_auto2(H5E_DEFAULT, own_printer, &printed);
    expect_refusal("none.h5", NULL, MI_EOPEN, "cannot open 'none.h5': No such file or directory");
    write_bytes("t", "x", 1);
    expect_refusal("t", NULL, MI_EDATA, "t: not HDF5 but text");
    make_plain("a.h5");
    mi_features_close(open_one("a.h5"));
    assert_int_equal(printed, 0);
    H5Eget_auto2(H5E_DEFAULT, &printer, &arg);
    assert_true(printer == own_printer && arg == &printed);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(number_types),
        FIXTURE_TEST(halves_agree_with_hdf5),
        FIXTURE_TEST(trailing_axes_are_flattened),
        FIXTURE_TEST(filters),
#ifdef MI_WITH_LZF
        FIXTURE_TEST(lzf_of_anything),
        FIXTURE_TEST(short_lzf_chunk),
#endif
        FIXTURE_TEST(no_columns),
        FIXTURE_TEST(many_chunks),
        FIXTURE_TEST(user_block),
        FIXTURE_TEST(external_storage_when_allowed),
        FIXTURE_TEST(changed_since),
        FIXTURE_TEST(damaged_chunk),
        FIXTURE_TEST(more_than_memory),
        FIXTURE_TEST(more_than_allowed),
        FIXTURE_TEST(memory_runs_out),
        FIXTURE_TEST(printer_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
