/* Samples of one reading: what they share, what is their own, and that every allocation may fail.
 */
#include <string.h>

#include "draw.h"
#include "fixture.h"

enum { ROWS = 6, MEMBERS = 1 << MI_Z1 | 1 << MI_Z2 | 1 << MI_R | 1 << MI_Y, KERNELS = 4 };

/* z1 are floats, z2 integers, two views of three instances. */
static mi_features *open_set(void)
{
    int32_t symbol[ROWS] = {1, 2, 1, 2, 3, 3};
    hid_t f = make_file("a.h5");
    put_floats(f, "z1", ROWS, 4);
    put(f, "z2", H5T_STD_I32LE, H5T_NATIVE_INT, symbol, ROWS, 0);
    put_ids(f, "r", ROWS);
    put_ids(f, "y", ROWS);
    H5Fclose(f);
    return open_one("a.h5");
}

static void choose_kernels(mi_sample_opts *o)
{
    static const char *const text[KERNELS] = {"gaussian:3", "delta", "z1=gaussian:median",
                                              "z2=linear"};
    for (int k = 0; k < KERNELS; k++) {
        mi_sample_opts_default(&o[k]);
        CHECK(mi_sample_parse_kernel(&o[k], text[k]));
        o[k].drop_zero_rows = 1;
    }
}

static void samples_borrow_what_was_read(void **state)
{
    (void)state;
    mi_features *f = open_set();
    mi_sample_opts o[KERNELS];
    mi_sample read, s[KERNELS];
    char name[128];
    choose_kernels(o);
    CHECK(mi_sample_read(&read, f, 0, MEMBERS, o, KERNELS));
    for (int k = 0; k < KERNELS; k++)
        CHECK(mi_sample_make(&s[k], &read, f, 0, &o[k]));
    /* One matrix of z1 serves two kernels; z2 is there as numbers and as symbols. */
    assert_ptr_equal(s[0].column[MI_Z1].x.x, s[2].column[MI_Z1].x.x);
    assert_true(s[0].column[MI_Z2].is_real && !s[1].column[MI_Z2].is_real);
    assert_ptr_equal(s[1].column[MI_Z2].groups.code, s[2].column[MI_Z2].groups.code);
    assert_int_equal(s[1].column[MI_Z2].groups.g, 3);
    assert_int_equal(s[1].column[MI_Z1].groups.g, ROWS);
    assert_ptr_equal(s[0].instance.groups.code, s[3].instance.groups.code);
    assert_string_equal(mi_sample_kernels_asked(&s[0], name, sizeof name), "gaussian:3");
    assert_string_equal(mi_sample_kernels_asked(&s[2], name, sizeof name),
                        "z1=gaussian:median,z2=delta");
    assert_string_equal(mi_sample_kernels(&s[3], name, sizeof name), "z1=linear,z2=linear");
    for (int k = 0; k < KERNELS; k++)
        mi_sample_free(&s[k]);
    mi_sample_free(&read);
    mi_features_close(f);
}

/* Read and make every sample, and load the last by itself. */
static mi_status all_samples(mi_features *f, const mi_sample_opts *o)
{
    mi_sample read, s;
    MI_TRY(mi_sample_read(&read, f, 0, MEMBERS, o, KERNELS));
    mi_status status = MI_OK;
    for (int k = 0; status == MI_OK && k < KERNELS; k++) {
        status = mi_sample_make(&s, &read, f, 0, &o[k]);
        if (status == MI_OK)
            mi_sample_free(&s);
    }
    mi_sample_free(&read);
    MI_TRY(status);
    MI_TRY(mi_sample_load(&s, f, 0, MEMBERS, &o[1]));
    mi_sample_free(&s);
    return MI_OK;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    mi_features *f = open_set();
    mi_sample_opts o[KERNELS];
    mi_status status = MI_ENOMEM;
    long failures = -1;
    choose_kernels(o);
    for (long n = 1; status != MI_OK; n++, failures++) {
        mi_fail_allocation(n);
        status = all_samples(f, o);
        mi_fail_allocation(0);
        assert_true(status == MI_OK || status == MI_ENOMEM);
    }
    assert_true(failures > 20);
    mi_features_close(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(samples_borrow_what_was_read),
        FIXTURE_TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("sample", tests, NULL, NULL);
}
