/* Every refusal of mi_features_check, word for word. */
#include "fixture.h"

#include <string.h>

enum { Z1 = 1u << MI_Z1, Z2 = 1u << MI_Z2, R = 1u << MI_R, Y = 1u << MI_Y, SPLIT = 1u << MI_SPLIT };

typedef struct {
    void (*build)(hid_t file);
    unsigned needed;
    const char *text; /* NULL: it passes */
} check_row;

/* ---- files: a.h5 is built, then checked for `needed`, all other members wanted ---- */

static void with_z1_and_others(hid_t file)
{
    put_floats(file, "z1", 96, 4);
    put_floats(file, "a", 96, 3);
    put_ids(file, "b", 96);
}

static void with_hints(hid_t file)
{
    hid_t group = make_group(file, "sub");
    put_floats(file, "z1", 6, 4);
    put_floats(group, "head", 6, 3);
    put_floats(group, "other", 6, 3);
    put_floats(group, "a_head", 5, 3);
    put_ids(group, "class_labels", 6);
    H5Gclose(group);
}

static void plain(hid_t file)
{
    put_both(file, 6);
}

static void short_z2(hid_t file)
{
    put_floats(file, "z1", 96, 4);
    put_floats(file, "z2", 95, 4);
}

static void short_y(hid_t file)
{
    put_both(file, 96);
    put_ids(file, "y", 100);
}

static void one_row(hid_t file)
{
    put_both(file, 1);
}

static void no_rows(hid_t file)
{
    put_both(file, 0);
}

static void no_columns(hid_t file)
{
    hsize_t dims[2] = {6, 0};
    hid_t space = H5Screate_simple(2, dims, NULL);
    H5Dclose(H5Dcreate2(file, "z1", H5T_IEEE_F32LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
}

static void with_space(hid_t file, const char *name, H5S_class_t class)
{
    hid_t space = H5Screate(class);
    H5Dclose(H5Dcreate2(file, name, H5T_IEEE_F32LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
}

static void scalar_z1(hid_t file)
{
    with_space(file, "z1", H5S_SCALAR);
}

static void null_z1(hid_t file)
{
    with_space(file, "z1", H5S_NULL);
}

static void of_type(hid_t file, const char *name, hid_t type)
{
    char zero[256] = {0};
    if (strcmp(name, "z1") != 0)
        put_floats(file, "z1", 2, 4);
    put(file, name, type, type, zero, 2, 0);
    H5Tclose(type);
}

static void compound_z1(hid_t file)
{
    hid_t type = H5Tcreate(H5T_COMPOUND, 8);
    H5Tinsert(type, "a", 0, H5T_NATIVE_INT);
    H5Tinsert(type, "b", 4, H5T_NATIVE_INT);
    of_type(file, "z1", type);
}

static void opaque_y(hid_t file)
{
    of_type(file, "y", H5Tcreate(H5T_OPAQUE, 8));
}

static void reference_r(hid_t file)
{
    of_type(file, "r", H5Tcopy(H5T_STD_REF_OBJ));
}

static void array_z1(hid_t file)
{
    hsize_t three = 3;
    of_type(file, "z1", H5Tarray_create2(H5T_NATIVE_FLOAT, 1, &three));
}

static void vlen_y(hid_t file)
{
    hid_t type = H5Tvlen_create(H5T_NATIVE_INT);
    put_floats(file, "z1", 2, 4);
    put(file, "y", type, type, NULL, 2, 0);
    H5Tclose(type);
}

static void bitfield_split(hid_t file)
{
    of_type(file, "split", H5Tcopy(H5T_STD_B8LE));
}

static void long_double_z1(hid_t file)
{
    of_type(file, "z1", H5Tcopy(H5T_NATIVE_LDOUBLE));
}

static hid_t text_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, 4);
    return type;
}

static void text_z1(hid_t file)
{
    of_type(file, "z1", text_type());
}

static void text_split(hid_t file)
{
    of_type(file, "split", text_type());
}

static void text_r(hid_t file)
{
    of_type(file, "r", text_type());
}

static void float_split(hid_t file)
{
    put_both(file, 6);
    put_floats(file, "split", 6, 0);
}

static void wide_target(hid_t file)
{
    put_both(file, 6);
    put_floats(file, "r", 6, 3);
}

static void columns_of_y(hid_t file, float wrong)
{
    float x[6][3] = {{0}};
    for (int i = 0; i < 6; i++)
        x[i][i % 3] = 1;
    x[5][0] = wrong;
    put_both(file, 6);
    put(file, "y", H5T_STD_U8LE, H5T_NATIVE_FLOAT, x, 6, 3);
}

static void one_hot_y(hid_t file)
{
    columns_of_y(file, 0);
}

static void two_hot_y(hid_t file)
{
    columns_of_y(file, 1);
}

static void wide_y(hid_t file)
{
    columns_of_y(file, 2);
}

static void text_columns_y(hid_t file)
{
    hid_t type = text_type();
    put_both(file, 2);
    put(file, "y", type, type, "aaa\0bbb\0ccc\0ddd", 2, 2);
    H5Tclose(type);
}

static void wide_split(hid_t file)
{
    int x[12] = {0};
    put_both(file, 6);
    put(file, "split", H5T_STD_I8LE, H5T_NATIVE_INT, x, 6, 2);
}

static void dangling_y(hid_t file)
{
    put_both(file, 6);
    soft_link(file, "/labels/gone", "y");
}

static void external_storage(hid_t file)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(list, "raw.bin", 0, 96);
    put_filtered(file, "z1", H5T_IEEE_F32LE, 6, list);
    H5Pclose(list);
}

static void virtual_z1(hid_t file)
{
    hsize_t dims[2] = {6, 4};
    hid_t list = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(2, dims, NULL);
    H5Pset_virtual(list, space, "other.h5", "z1", space);
    put_with(file, "z1", H5T_IEEE_F32LE, 0, NULL, 6, 4, list);
    H5Sclose(space);
    H5Pclose(list);
}

static void enormous(hid_t file)
{
    hid_t list = chunked(1, 1);
    put_with(file, "z1", H5T_IEEE_F32LE, 0, NULL, (size_t)1 << 60, 64, list);
    H5Pclose(list);
}

static size_t pass_through(unsigned flags, size_t n, const unsigned *values, size_t bytes,
                           size_t *room, void **buffer)
{
    (void)flags, (void)n, (void)values, (void)room, (void)buffer;
    return bytes;
}

static void with_filter(hid_t file, const char *name, unsigned flags)
{
    const H5Z_class2_t filter = {.version = H5Z_CLASS_T_VERS,
                                 .id = 305,
                                 .encoder_present = 1,
                                 .decoder_present = 1,
                                 .name = name,
                                 .filter = pass_through};
    hid_t list = chunked(6, 4);
    assert_true(H5Zregister(&filter) >= 0);
    H5Pset_filter(list, 305, flags, 0, NULL);
    put_filtered(file, "z1", H5T_IEEE_F32LE, 6, list);
    H5Pclose(list);
    H5Fflush(file, H5F_SCOPE_GLOBAL);
}

static void unknown_filter(hid_t file)
{
    with_filter(file, "press", H5Z_FLAG_MANDATORY);
}

static const check_row check_rows[] = {
    {plain, Z1 | Z2, NULL},
    {text_r, Z1 | R, NULL},
    {wide_target, Z1 | Z2 | R, NULL},
    {with_z1_and_others, Z1 | Z2,
     "a.h5:/: no z2, wanted z1 and z2; it holds a f32[96,3], b i64[96]; try map z2=a"},
    {with_hints, Z1 | Z2 | Y,
     "a.h5:/: no z2 and y, wanted z1, z2 and y; it holds sub/a_head f32[5,3], sub/class_labels "
     "i64[6], sub/head f32[6,3], sub/other f32[6,3]; try map z2=sub/head,y=sub/class_labels"},
    {plain, Z1 | R, "a.h5:/: no r, wanted z1 and r; it holds no other dataset"},
    {short_z2, Z1 | Z2, "a.h5:/: z2 has 95 rows, z1 has 96"},
    {short_z2, Z2, "a.h5:/: z2 has 95 rows, z1 has 96"},
    {short_y, Z1, "a.h5:/: y has 100 rows, z1 has 96"},
    {one_row, Z1, "a.h5:/: z1: 1 row, wanted 2 or more"},
    {no_rows, Z1, "a.h5:/: z1: 0 rows, wanted 2 or more"},
    {no_columns, Z1, "a.h5:/: z1: 0 columns, wanted 1 or more"},
    {scalar_z1, Z1, "a.h5:/: z1: a scalar, wanted a value a row"},
    {null_z1, Z1, "a.h5:/: z1: an empty dataset without rows, wanted a value a row"},
    {compound_z1, Z1, "a.h5:/: z1: compound type, wanted floats or integers"},
    {array_z1, Z1, "a.h5:/: z1: array type, wanted floats or integers"},
    {long_double_z1, Z1, "a.h5:/: z1: f128 type, wanted floats or integers"},
    {text_z1, Z1, "a.h5:/: z1: str type, wanted floats or integers"},
    {reference_r, Z1, "a.h5:/: r: reference type, wanted integers, strings or floats"},
    {opaque_y, Z1,
     "a.h5:/: y: opaque type, wanted integers, booleans, an enum, strings or whole floats"},
    {vlen_y, Z1,
     "a.h5:/: y: variable-length type, wanted integers, booleans, an enum, strings or whole "
     "floats"},
    {bitfield_split, Z1, "a.h5:/: split: bitfield type, wanted integers"},
    {text_split, Z1, "a.h5:/: split: str type, wanted integers"},
    {float_split, Z1, "a.h5:/: split: f32 type, wanted integers"},
    {one_hot_y, Y, "a.h5:/: y: 3 columns, wanted 1; it looks one-hot: use argmax"},
    {two_hot_y, Y, "a.h5:/: y: 3 columns, wanted 1"},
    {wide_y, Y, "a.h5:/: y: 3 columns, wanted 1"},
    {text_columns_y, Y, "a.h5:/: y: 2 columns, wanted 1"},
    {wide_split, Z1, "a.h5:/: split: 2 columns, wanted 1"},
    {dangling_y, Z1, "a.h5:/: y: a soft link to '/labels/gone', which leads nowhere"},
    {external_storage, Z1,
     "a.h5:/: z1: its data lie in 'raw.bin', which is not opened; allow-external opens it"},
    {virtual_z1, Z1,
     "a.h5:/: z1: a virtual dataset over 'other.h5', which is not opened; allow-external opens "
     "it"},
    {enormous, Z1, "a.h5:/: z1: has more elements than memory can hold"},
    {unknown_filter, Z1,
     "a.h5:/: z1: compressed by filter 305 (press), which is not installed here; where it is: "
     "h5repack -f "
     "NONE 'a.h5' plain.h5"},
};

static void what_check_refuses(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof check_rows / sizeof *check_rows; k++) {
        const check_row *row = &check_rows[k];
        hid_t file = make_file("a.h5");
        row->build(file);
        H5Fclose(file);
        H5Zunregister(305);
        mi_features *f = open_one("a.h5");
        mi_status status = mi_features_check(f, 0, row->needed, Z1 | Z2 | R | Y | SPLIT);
        assert_string_equal(status == MI_OK ? "passed" : mi_detail(),
                            row->text ? row->text : "passed");
        assert_int_equal(status, row->text ? MI_EDATA : MI_OK);
        mi_features_close(f);
    }
}

/* What is neither needed nor wanted does not matter. */
static void others_may_be_anything(void **state)
{
    (void)state;
    hid_t file = make_file("a.h5");
    short_y(file);
    H5Fclose(file);
    mi_features *f = open_one("a.h5");
    assert_int_equal(mi_features_check(f, 0, Z1, Z2), MI_OK);
    mi_features_close(f);
}

/* A filter marked optional may not have been used: only reading finds out. */
static void unknown_optional_filter(void **state)
{
    mi_mat x;
    (void)state;
    hid_t file = make_file("a.h5");
    with_filter(file, "", H5Z_FLAG_OPTIONAL);
    H5Fclose(file);
    H5Zunregister(305);
    mi_features *f = open_one("a.h5");
    assert_int_equal(mi_features_check(f, 0, Z1, 0), MI_OK);
    assert_int_equal(mi_features_read(f, 0, MI_Z1, &x), MI_EDATA);
    assert_string_equal(mi_detail(),
                        "a.h5:/: z1: compressed by filter 305 (no name), which is not installed "
                        "here; where it is: h5repack -f NONE 'a.h5' plain.h5");
    mi_features_close(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(what_check_refuses),
        FIXTURE_TEST(others_may_be_anything),
        FIXTURE_TEST(unknown_optional_filter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
