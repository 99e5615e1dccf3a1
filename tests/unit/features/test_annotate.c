/* Attributes added to files that exist. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "libmi/base/mem.h"
#include "libmi/features/annotate.h"

static void make_run(const char *name)
{
    hid_t f = make_file(name), g = make_group(f, "a");
    put_both(g, 6);
    put_attr_text(g, "method", "simclr");
    H5Gclose(g);
    H5Fclose(f);
}

static void annotate(const char *name, double value, const char *history)
{
    mi_note note = {"/a", "probe", value};
    assert_int_equal(mi_annotate(name, "t.tmp", &note, 1, history), MI_OK);
    assert_int_not_equal(access("t.tmp", F_OK), 0);
}

static double read_back(const char *address, const char *name)
{
    mi_features *f = open_one(address);
    const mi_attr *a = mi_set_attr(mi_features_set(f, 0), name);
    double value = a ? a->real : NAN;
    mi_features_close(f);
    return value;
}

/* The attribute `history` as stored. */
static void read_history(char *text, size_t bytes, const char *name)
{
    hid_t f = H5Fopen(name, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t a = H5Aopen(f, "history", H5P_DEFAULT), type = H5Aget_type(a);
    assert_true(H5Tget_size(type) < bytes);
    assert_true(H5Aread(a, type, text) >= 0);
    H5Tclose(type);
    H5Aclose(a);
    H5Fclose(f);
}

static void attributes_are_added_and_replaced(void **state)
{
    (void)state;
    make_run("run.h5");
    annotate("run.h5", 0.25, NULL);
    assert_true(read_back("run.h5", "probe") == 0.25);
    annotate("run.h5", 0.5, NULL);
    assert_true(read_back("run.h5", "probe") == 0.5);
    mi_features *f = open_one("run.h5");
    assert_string_equal(mi_set_attr(mi_features_set(f, 0), "method")->text, "simclr");
    mi_features_close(f);
}

static void history_goes_on(void **state)
{
    static char text[70000];
    (void)state;
    make_run("run.h5");
    annotate("run.h5", 1, "first");
    annotate("run.h5", 2, "second 'line'");
    read_history(text, sizeof text, "run.h5");
    assert_string_equal(text, "first\nsecond 'line'");
}

static void a_variable_string_goes_on_too(void **state)
{
    static char text[70000];
    const char *line = "from elsewhere";
    hid_t type = H5Tcopy(H5T_C_S1);
    (void)state;
    H5Tset_size(type, H5T_VARIABLE);
    hid_t f = make_file("run.h5"), g = make_group(f, "a");
    put_both(g, 6);
    put_attr(f, "history", type, type, &line);
    H5Tclose(type);
    H5Gclose(g);
    H5Fclose(f);
    annotate("run.h5", 1, "ours");
    read_history(text, sizeof text, "run.h5");
    assert_string_equal(text, "from elsewhere\nours");
}

static void the_oldest_lines_go(void **state)
{
    static char text[70000], line[9001];
    (void)state;
    make_run("run.h5");
    for (int k = 0; k < 10; k++) {
        memset(line, 'a' + k, sizeof line - 1);
        annotate("run.h5", k, line);
    }
    read_history(text, sizeof text, "run.h5");
    assert_true(strlen(text) <= 60000);
    assert_int_equal(text[0], 'e');
    assert_int_equal(text[strlen(text) - 1], 'j');
}

static void expect_unchanged(const char *name, const char *group, mi_status status,
                             const char *text)
{
    mi_note note[2] = {{"/a", "probe", 1}, {group, "probe", 2}};
    size_t bytes = file_bytes("run.h5");
    assert_int_equal(mi_annotate(name, "t.tmp", note, 2, "line"), status);
    assert_string_equal(mi_detail(), text);
    assert_int_not_equal(access("t.tmp", F_OK), 0);
    assert_int_equal(file_bytes("run.h5"), bytes);
    assert_true(isnan(read_back("run.h5:/a", "probe")));
}

static void failures_change_nothing(void **state)
{
    mi_note note = {"/a", "probe", 1};
    (void)state;
    make_run("run.h5");
    make_run("other.h5");
    hid_t f = H5Fopen("run.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    H5Lcreate_external("other.h5", "/a", f, "b", H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(f);
    expect_unchanged("run.h5", "/nope", MI_EDATA,
                     "run.h5: cannot write into group '/nope': object 'nope' doesn't exist");
    expect_unchanged("run.h5", "/b", MI_EDATA,
                     "run.h5: cannot write into group '/b': it lies in another file");
    expect_unchanged("nope.h5", "/a", MI_EOPEN, "cannot open 'nope.h5': No such file or directory");
    expect_unchanged("/dev/null", "/a", MI_ECREATE,
                     "cannot write into '/dev/null': it is not a regular file");
    assert_int_equal(mi_annotate("run.h5", "nowhere/t.tmp", &note, 1, NULL), MI_ECREATE);
    assert_string_equal(mi_detail(), "cannot create 'nowhere/t.tmp': No such file or directory");
}

static void memory_runs_out(void **state)
{
    mi_note note = {"/a", "probe", 1};
    (void)state;
    make_run("run.h5");
    for (long n = 1;; n++) {
        mi_fail_allocation(n);
        mi_status status = mi_annotate("run.h5", "t.tmp", &note, 1, "line");
        mi_fail_allocation(0);
        if (status == MI_OK) {
            assert_true(n > 2); /* one less is how many allocations there are */
            break;
        }
        assert_int_equal(status, MI_ENOMEM);
        assert_true(isnan(read_back("run.h5", "probe")));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(attributes_are_added_and_replaced), FIXTURE_TEST(history_goes_on),
        FIXTURE_TEST(a_variable_string_goes_on_too),     FIXTURE_TEST(the_oldest_lines_go),
        FIXTURE_TEST(failures_change_nothing),           FIXTURE_TEST(memory_runs_out),
    };
    return cmocka_run_group_tests_name("annotate", tests, NULL, NULL);
}
