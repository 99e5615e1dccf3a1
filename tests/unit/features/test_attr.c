/* Attributes: which, in what order, as what type; the epoch of a name; what another file gets of them. */
#include "draw.h"
#include "fixture.h"
#include "libmi/features/write.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const mi_attr *attr(const mi_features *f, const char *name)
{
    const mi_attr *a = mi_set_attr(mi_features_set(f, 0), name);
    if (!a)
        fail_msg("no attribute %s", name);
    return a;
}

static void expect_integer(const mi_features *f, const char *name, long long value)
{
    const mi_attr *a = attr(f, name);
    assert_int_equal(a->type, MI_ATTR_INTEGER);
    assert_true(a->integer == value && a->real == (double)value);
    assert_null(a->text);
}

static void expect_text(const mi_features *f, const char *name, const char *text)
{
    const mi_attr *a = attr(f, name);
    assert_int_equal(a->type, MI_ATTR_TEXT);
    assert_string_equal(a->text, text);
    assert_true(isnan(a->real));
}

/* text NULL: stored in double precision. */
static void expect_real(const mi_features *f, const char *name, double value, const char *text)
{
    const mi_attr *a = attr(f, name);
    assert_int_equal(a->type, MI_ATTR_REAL);
    assert_true(a->real == value);
    assert_true(!a->text == !text);
    if (text)
        assert_string_equal(a->text, text);
}

static hid_t begin(void)
{
    hid_t file = make_file("a.h5");
    put_both(file, 2);
    return file;
}

static mi_features *finish(hid_t file)
{
    H5Fclose(file);
    return open_one("a.h5");
}

static void integers(void **state)
{
    const signed char small = -7;
    const uint64_t top = INT64_MAX, beyond = (uint64_t)1 << 63;
    const int big = 1 << 30;
    (void)state;
    hid_t file = begin();
    put_attr(file, "small", H5T_STD_I8LE, H5T_NATIVE_SCHAR, &small);
    put_attr(file, "big", H5T_STD_I32BE, H5T_NATIVE_INT, &big);
    put_attr(file, "top", H5T_STD_U64LE, H5T_NATIVE_UINT64, &top);
    put_attr(file, "beyond", H5T_STD_U64LE, H5T_NATIVE_UINT64, &beyond);
    mi_features *f = finish(file);
    expect_integer(f, "small", -7);
    expect_integer(f, "big", 1 << 30);
    expect_integer(f, "top", INT64_MAX);
    expect_real(f, "beyond", 0x1p63, NULL);
    mi_features_close(f);
}

static void reals_print_as_they_were_written(void **state)
{
    const double tenth = 0.1, above = 1000.00006, huge = 65504, third = 1.0 / 3, nan = NAN;
    hid_t file = begin(), half = mi_h5_half();
    (void)state;
    put_attr(file, "double", H5T_IEEE_F64BE, H5T_NATIVE_DOUBLE, &tenth);
    put_attr(file, "single", H5T_IEEE_F32LE, H5T_NATIVE_DOUBLE, &tenth);
    put_attr(file, "above", H5T_IEEE_F32LE, H5T_NATIVE_DOUBLE, &above);
    put_attr(file, "third", H5T_IEEE_F32BE, H5T_NATIVE_DOUBLE, &third);
    put_attr(file, "half", half, H5T_NATIVE_DOUBLE, &tenth);
    put_attr(file, "huge", half, H5T_NATIVE_DOUBLE, &huge);
    put_attr(file, "nan", H5T_IEEE_F32LE, H5T_NATIVE_DOUBLE, &nan);
    H5Tclose(half);
    mi_features *f = finish(file);
    expect_real(f, "double", 0.1, NULL);
    expect_real(f, "single", (double)0.1f, "0.1");
    expect_real(f, "above", (double)1000.00006f, "1000.00006"); /* nine digits */
    expect_real(f, "third", (double)(float)third, "0.33333334");
    expect_real(f, "half", 0.0999755859375, "0.1");
    expect_real(f, "huge", 65504, "6.55e+04");
    assert_true(isnan(attr(f, "nan")->real));
    mi_features_close(f);
}

static void put_fixed_text(hid_t file, const char *name, H5T_str_t padding, const char *text,
                           size_t size)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, size);
    H5Tset_strpad(type, padding);
    put_attr(file, name, type, type, text);
    H5Tclose(type);
}

static void put_null_text(hid_t file, const char *name)
{
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, H5T_VARIABLE);
    H5Aclose(H5Acreate2(file, name, type, space, H5P_DEFAULT, H5P_DEFAULT)); /* never written */
    H5Sclose(space);
    H5Tclose(type);
}

static void texts(void **state)
{
    (void)state;
    hid_t file = begin();
    put_attr_text(file, "variable", "h\xc3\xa4llo \x1b[31m");
    put_fixed_text(file, "terminated", H5T_STR_NULLTERM, "abc\0x", 5);
    put_fixed_text(file, "padded", H5T_STR_NULLPAD, "abc\0\0", 5);
    put_fixed_text(file, "full", H5T_STR_NULLPAD, "abcde", 5);
    put_fixed_text(file, "spaces", H5T_STR_SPACEPAD, " bc  ", 5);
    put_null_text(file, "null");
    mi_features *f = finish(file);
    expect_text(f, "variable", "h\xc3\xa4llo \x1b[31m"); /* raw: who prints it escapes it */
    expect_text(f, "terminated", "abc");
    expect_text(f, "padded", "abc");
    expect_text(f, "full", "abcde");
    expect_text(f, "spaces", " bc");
    expect_text(f, "null", "");
    mi_features_close(f);
}

static void booleans_and_enums(void **state)
{
    hid_t file = begin(), boolean = H5Tenum_create(H5T_NATIVE_SCHAR);
    hid_t colour = H5Tenum_create(H5T_NATIVE_INT);
    hid_t reversed = H5Tenum_create(H5T_NATIVE_SCHAR);
    const signed char off = 0, on = 1;
    const int red = 3, green = -4, unknown = 9;
    (void)state;
    H5Tenum_insert(boolean, "FALSE", &off);
    H5Tenum_insert(boolean, "TRUE", &on);
    H5Tenum_insert(colour, "RED", &red);
    H5Tenum_insert(colour, "GREEN", &green);
    H5Tenum_insert(reversed, "FALSE", &on); /* no boolean of h5py's */
    H5Tenum_insert(reversed, "TRUE", &off);
    put_attr(file, "reversed", reversed, reversed, &on);
    put_attr(file, "on", boolean, boolean, &on);
    put_attr(file, "off", boolean, boolean, &off);
    put_attr(file, "colour", colour, colour, &green);
    put_attr(file, "unknown", colour, colour, &unknown);
    H5Tclose(boolean);
    H5Tclose(reversed);
    H5Tclose(colour);
    mi_features *f = finish(file);
    expect_text(f, "reversed", "FALSE");
    expect_integer(f, "on", 1);
    expect_integer(f, "off", 0);
    expect_text(f, "colour", "GREEN");
    expect_integer(f, "unknown", 9);
    mi_features_close(f);
}

static void put_array(hid_t at, const char *name, hid_t type, hsize_t n)
{
    const long long value[2] = {5, 6};
    hid_t space = H5Screate_simple(1, &n, NULL);
    hid_t a = H5Acreate2(at, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(a, type, value);
    H5Aclose(a);
    H5Sclose(space);
}

static void what_is_no_scalar_is_left_out(void **state)
{
    hid_t file = begin(), space = H5Screate(H5S_NULL), opaque = H5Tcreate(H5T_OPAQUE, 8);
    (void)state;
    put_array(file, "one", H5T_NATIVE_LLONG, 1);
    put_array(file, "two", H5T_NATIVE_LLONG, 2);
    put_array(file, "opaque", opaque, 1);
    put_attr_text(file, "history", "mi-synth ...");
    H5Aclose(H5Acreate2(file, "empty", H5T_NATIVE_INT, space, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
    H5Tclose(opaque);
    mi_features *f = finish(file);
    expect_integer(f, "one", 5);
    assert_int_equal(mi_features_set(f, 0)->n_attr, 1);
    assert_null(mi_set_attr(mi_features_set(f, 0), "history"));
    mi_features_close(f);
}

static void order_and_inheritance(void **state)
{
    static const char *const wanted[] = {"epoch",       "dataset",  "method", "projector", "lambda",
                                         "temperature", "accuracy", "Beta",   "alpha",     "seed"};
    static const char *const at_root[] = {"accuracy", "temperature", "seed",
                                          "lambda",   "dataset",     "method"};
    const int root = 1, middle = 2, own = 3;
    (void)state;
    hid_t file = make_file("a.h5"), run = make_group(file, "run"), group = make_group(run, "e_7");
    put_both(group, 2);
    for (int k = 0; k < 6; k++)
        put_attr(file, at_root[k], H5T_NATIVE_INT, H5T_NATIVE_INT, &root);
    put_attr(run, "projector", H5T_NATIVE_INT, H5T_NATIVE_INT, &middle);
    put_attr(run, "seed", H5T_NATIVE_INT, H5T_NATIVE_INT, &middle);
    put_attr(group, "seed", H5T_NATIVE_INT, H5T_NATIVE_INT, &own);
    put_attr(group, "alpha", H5T_NATIVE_INT, H5T_NATIVE_INT, &own);
    put_attr(group, "Beta", H5T_NATIVE_INT, H5T_NATIVE_INT, &own);
    H5Gclose(group);
    H5Gclose(run);
    mi_features *f = finish(file);
    const mi_set *s = mi_features_set(f, 0);
    assert_int_equal(s->n_attr, 10);
    for (size_t k = 0; k < 10; k++)
        assert_string_equal(s->attr[k].name, wanted[k]);
    expect_integer(f, "epoch", 7);
    expect_integer(f, "lambda", 1);
    expect_integer(f, "projector", 2);
    expect_integer(f, "seed", 3);
    mi_features_close(f);
}

static void epoch_of_names(void **state)
{
    static const struct {
        const char *file, *group;
        long long epoch; /* -1: none */
    } rows[] = {
        {"epoch_12.h5", "/", 12},
        {"epoch_12.h5", "e_007", 7},
        {"epoch_12.h5", "enc", 12},
        {"epoch_12.h5", "5", 5},
        {"epoch.h5", "/", -1},
        {"12", "/", 12},
        {"epoch_12.tar.h5", "/", -1},
        {"simclr-Checkpoint-3.h5", "/", 3},
        {"run.h5", "step=40", 40},
        {"run.h5", "ckpt8", 8},
        {"run_ep2.h5", "/", 2},
        {"run_iter-9.h5", "/", 9},

        {"resnet18.h5", "/", -1},
        {"feat73.h5", "/", -1},
        {"run_12.h5", "/", -1},
        {"run.h5", "layer_3", -1},
        {"lam-0.03.h5", "/", -1},
        {"timestep5.h5", "/", -1},

        {"epoch99999999999999999999.h5", "/", -1},
        {"epoch_9223372036854775807.h5", "/", INT64_MAX},
    };
    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        hid_t file = make_file(rows[k].file), group = file;
        if (strcmp(rows[k].group, "/") != 0)
            group = make_group(file, rows[k].group);
        put_both(group, 2);
        if (group != file)
            H5Gclose(group);
        H5Fclose(file);
        mi_features *f = open_one(rows[k].file);
        const mi_attr *a = mi_set_attr(mi_features_set(f, 0), "epoch");
        long long epoch = a ? a->integer : -1;
        if (epoch != rows[k].epoch)
            fail_msg("%s:%s: epoch %lld", rows[k].file, rows[k].group, epoch);
        mi_features_close(f);
        remove(rows[k].file);
    }
}

static void epoch_attribute_goes_before_names(void **state)
{
    hid_t file = make_file("a_3.h5"), group = make_group(file, "e_7");
    (void)state;
    put_attr_text(file, "epoch", "last");
    put_both(group, 2);
    H5Gclose(group);
    H5Fclose(file);
    mi_features *f = open_one("a_3.h5");
    expect_text(f, "epoch", "last");
    mi_features_close(f);
}

/* In another file it would refer to nothing. */
static void references_are_not_carried_over(void **state)
{
    hid_t file = begin();
    hobj_ref_t there;
    mi_writer *w;
    (void)state;
    assert_true(H5Rcreate(&there, file, "/z1", H5R_OBJECT, -1) >= 0);
    put_attr(file, "model", H5T_STD_REF_OBJ, H5T_STD_REF_OBJ, &there);
    put_attr(file, "DIMENSION_LIST", H5T_STD_REF_OBJ, H5T_STD_REF_OBJ, &there);
    put_attr_text(file, "dataset", "cifar10");
    mi_features *f = finish(file);
    warnings = 0;
    CHECK(mi_writer_file(&w, "b.h5", "b.h5"));
    CHECK(mi_writer_attributes(w, f, 0));
    mi_features_close(f);
    CHECK(mi_writer_finish(w));
    mi_writer_free(w);
    assert_int_equal(warnings, 1);
    assert_string_equal(last_warning,
                        "attribute 'model' is left out: it refers to a place in its own file");
    file = H5Fopen("b.h5", H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(H5Aexists(file, "dataset") > 0);
    assert_true(H5Aexists(file, "model") == 0 && H5Aexists(file, "DIMENSION_LIST") == 0);
    H5Fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(integers),
        FIXTURE_TEST(reals_print_as_they_were_written),
        FIXTURE_TEST(texts),
        FIXTURE_TEST(booleans_and_enums),
        FIXTURE_TEST(what_is_no_scalar_is_left_out),
        FIXTURE_TEST(order_and_inheritance),
        FIXTURE_TEST(epoch_of_names),
        FIXTURE_TEST(epoch_attribute_goes_before_names),
        FIXTURE_TEST(references_are_not_carried_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
