/* Every refusal of mi_features_open, word for word. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void make_elsewhere(void)
{
    hid_t file = make_file("a.h5"), one = make_group(file, "enc"), two = make_group(file, "proj");
    put_floats(one, "feat", 6, 8);
    put_floats(two, "feat", 6, 4);
    put_ids(file, "labels", 6);
    put_ids(file, "idx", 6);
    H5Gclose(one);
    H5Gclose(two);
    H5Fclose(file);
}

static void make_many(void)
{
    hid_t file = make_file("many.h5");
    for (int k = 0; k < 5; k++) {
        char name[16];
        snprintf(name, sizeof name, "e%d", k);
        hid_t group = make_group(file, name);
        put_floats(group, "hidden", 6, 8);
        put_floats(group, "out", 6, 4);
        H5Gclose(group);
    }
    put_ids(file, "target", 6);
    H5Fclose(file);
}

static void no_set(void **state)
{
    (void)state;
    make_elsewhere();
    make_many();
    expect_refusal(
        "a.h5", NULL, MI_EDATA,
        "a.h5:/: no feature set, no group holds 'z1' or 'z2'; found enc/feat f32[6,8], idx i64[6], "
        "labels i64[6], proj/feat f32[6,4]; try map z1=enc/feat,z2=proj/feat,r=idx,y=labels");
    expect_refusal(
        "a.h5", "z1=foo", MI_EDATA,
        "a.h5:/: no feature set, no group holds 'foo' or 'z2'; found enc/feat f32[6,8], idx "
        "i64[6], "
        "labels i64[6], proj/feat f32[6,4]; try map z1=enc/feat,z2=proj/feat,r=idx,y=labels");
    expect_refusal(
        "a.h5:enc", NULL, MI_EDATA,
        "a.h5:/enc: no feature set, no group holds 'z1' or 'z2'; found feat f32[6,8]; try map "
        "z1=feat");
    expect_refusal(
        "many.h5", NULL, MI_EDATA,
        "many.h5:/: no feature set, no group holds 'z1' or 'z2'; found e0/hidden f32[6,8], e0/out "
        "f32[6,4], e1/hidden f32[6,8], e1/out f32[6,4], e2/hidden f32[6,8], e2/out f32[6,4], "
        "e3/hidden f32[6,8], e3/out f32[6,4] and 3 more; try map z1=hidden,z2=out,y=target");
    H5Fclose(make_file("empty.h5"));
    expect_refusal("empty.h5", NULL, MI_EDATA,
                   "empty.h5:/: no feature set, no group holds 'z1' or 'z2'; found no dataset");
}

/* z2 comes from beside z1, though another fits as well and comes first. */
static void suggestion_stays_in_one_group(void **state)
{
    hid_t file = make_file("a.h5"), a = make_group(file, "a"), b = make_group(file, "b");
    (void)state;
    put_floats(a, "out", 6, 4);
    put_floats(b, "hidden", 6, 8);
    put_floats(b, "out", 6, 4);
    H5Gclose(a);
    H5Gclose(b);
    H5Fclose(file);
    expect_refusal("a.h5", NULL, MI_EDATA,
                   "a.h5:/: no feature set, no group holds 'z1' or 'z2'; found a/out f32[6,4], "
                   "b/hidden f32[6,8], "
                   "b/out f32[6,4]; try map z1=b/hidden,z2=b/out");
}

/* Other people's layouts: what each message ends with. */
static void no_pair_of_siblings(void **state)
{
    (void)state;
    hid_t file = make_file("a.h5");
    for (int k = 0; k < 2; k++) {
        hid_t video = make_group(file, k ? "video_2" : "video_1");
        put_floats(video, "features", 40 + (size_t)k, 16);
        put_floats(video, "summary", 4, 60);
        put_floats(video, "score", 40, 0);
        H5Gclose(video);
    }
    H5Fclose(file);
    expect_refusal(
        "a.h5", NULL, MI_EDATA,
        "a.h5:/: no feature set, no group holds 'z1' or 'z2'; found video_1/features "
        "f32[40,16], video_1/score f32[40], video_1/summary f32[4,60], video_2/features "
        "f32[41,16], video_2/score f32[40], video_2/summary f32[4,60]; try map z1=features");
}

static void no_pair_without_names(void **state)
{
    (void)state;
    hid_t file = make_file("a.h5");
    put_floats(file, "distances", 6, 3);
    put_floats(file, "test", 6, 4);
    put_floats(file, "train", 9, 4);
    H5Fclose(file);
    expect_refusal("a.h5", NULL, MI_EDATA,
                   "a.h5:/: no feature set, no group holds 'z1' or 'z2'; found distances f32[6,3], "
                   "test f32[6,4], train f32[9,4]; try map z1=train");
    file = make_file("a.h5");
    put_floats(file, "a", 6, 3);
    put_floats(file, "b", 6, 4);
    H5Fclose(file);
    expect_refusal("a.h5", NULL, MI_EDATA,
                   "a.h5:/: no feature set, no group holds 'z1' or 'z2'; found a f32[6,3], b "
                   "f32[6,4]; try map z1=b,z2=a");
    file = make_file("a.h5");
    put_floats(file, "mean_feat", 1, 4);
    put_floats(file, "x", 6, 4);
    H5Fclose(file);
    expect_refusal(
        "a.h5", NULL, MI_EDATA,
        "a.h5:/: no feature set, no group holds 'z1' or 'z2'; found mean_feat f32[1,4], x "
        "f32[6,4]; try map z1=x");
}

/* Whole floats are labels; numbers of the rows are no ids, and real values no labels. */
static void labels_are_tried(void **state)
{
    const double label[] = {1, 2, 1, 2, 1, 2}, id[] = {1, 1, 2, 2, 3, 3},
                 real[] = {.1, .2, .1, 2, 1, 3};
    const int64_t row[] = {0, 1, 2, 3, 4, 5};
    (void)state;
    hid_t file = make_file("a.h5");
    put_floats(file, "feat", 6, 4);
    put_floats(file, "proj", 6, 3);
    put(file, "label", H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, label, 6, 1);
    put(file, "id", H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, id, 6, 1);
    H5Fclose(file);
    expect_refusal("a.h5", NULL, MI_EDATA,
                   "a.h5:/: no feature set, no group holds 'z1' or 'z2'; found feat f32[6,4], id "
                   "f64[6,1], label f64[6,1], proj f32[6,3]; try map z1=feat,z2=proj,r=id,y=label");
    file = make_file("a.h5");
    put_floats(file, "feat", 6, 4);
    put(file, "target", H5T_NATIVE_DOUBLE, H5T_NATIVE_DOUBLE, real, 6, 0);
    put(file, "index", H5T_NATIVE_INT64, H5T_NATIVE_INT64, row, 6, 0);
    H5Fclose(file);
    expect_refusal(
        "a.h5", NULL, MI_EDATA,
        "a.h5:/: no feature set, no group holds 'z1' or 'z2'; found feat f32[6,4], index "
        "i64[6], target f64[6]; try map z1=feat");
}

/* A dataset a row; the file of one with another length is no such. */
static void rows_of_their_own(void **state)
{
    (void)state;
    hid_t file = make_file("a.h5"), group = make_group(file, "g");
    put_floats(group, "P1", 8, 0);
    put_floats(group, "P2", 8, 0);
    H5Gclose(group);
    H5Fclose(file);
    expect_refusal(
        "a.h5:g", NULL, MI_EDATA,
        "a.h5:/g: no feature set, no group holds 'z1' or 'z2'; found P1 f32[8], P2 f32[8]; "
        "if each is a row, import 'z1=a.h5:/g/*' -o rows.h5 makes one set of them");
    file = make_file("a.h5");
    put_floats(file, "P1", 8, 0);
    put_floats(file, "P2", 7, 0);
    H5Fclose(file);
    expect_refusal(
        "a.h5", NULL, MI_EDATA,
        "a.h5:/: no feature set, no group holds 'z1' or 'z2'; found P1 f32[8], P2 f32[7]");
}

/* The map that a message suggests is one that works. */
static void suggested_map_works(void **state)
{
    (void)state;
    make_elsewhere();
    mi_features_close(open_mapped("a.h5", "z1=enc/feat,z2=proj/feat,r=idx,y=labels"));
    make_many();
    mi_features *f = open_mapped("many.h5", "z1=hidden,z2=out,y=target");
    assert_int_equal(mi_features_count(f), 5);
    assert_int_equal(mi_features_check(f, 4, 1u << MI_Z1 | 1u << MI_Z2 | 1u << MI_Y, 0), MI_OK);
    mi_features_close(f);
}

static void no_such_group(void **state)
{
    (void)state;
    make_elsewhere();
    expect_refusal(
        "a.h5:/nope", NULL, MI_EDATA,
        "a.h5: no group '/nope'; '/' holds enc/feat f32[6,8], idx i64[6], labels i64[6], proj/feat "
        "f32[6,4]");
    expect_refusal("a.h5:enc/nope/deeper", NULL, MI_EDATA,
                   "a.h5: no group '/enc/nope'; '/enc' holds feat f32[6,8]");
    expect_refusal("a.h5:enc/feat", NULL, MI_EDATA,
                   "a.h5: no group but a dataset is '/enc/feat'; '/enc' holds feat f32[6,8]");
}

static void hostile_names(void **state)
{
    (void)state;
    hid_t file = make_file("a\x1b[2J.h5"), group = make_group(file, "g\n\x9b\x31m");
    put_floats(group, "x\a", 6, 8);
    H5Gclose(group);
    H5Fclose(file);
    expect_refusal("a\x1b[2J.h5", NULL, MI_EDATA,
                   "a\\x1b[2J.h5:/: no feature set, no group holds 'z1' or 'z2'; found "
                   "g\\x0a\\x9b1m/x\\x07 f32[6,8]; try map 'z1=x\\x07'");
    expect_refusal("a\x1b[2J.h5:\r", NULL, MI_EDATA,
                   "a\\x1b[2J.h5: no group '/\\x0d'; '/' holds g\\x0a\\x9b1m/x\\x07 f32[6,8]");
}

static void external_links(void **state)
{
    (void)state;
    make_plain("b.h5");
    hid_t file = make_file("a.h5"), group = make_group(file, "g");
    H5Lcreate_external("b.h5", "/z1", group, "z1", H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(group);
    H5Lcreate_external("b.h5", "/", file, "h", H5P_DEFAULT, H5P_DEFAULT);
    soft_link(file, "/h/z1", "s");
    H5Fclose(file);
    expect_refusal("a.h5", NULL, MI_EDATA,
                   "a.h5: '/g/z1' leads through an external link to 'b.h5', which is not followed; "
                   "allow-external follows it");
    expect_refusal("a.h5:h", NULL, MI_EDATA,
                   "a.h5: '/h' leads through an external link to 'b.h5', which is not followed; "
                   "allow-external follows it");
    expect_refusal("a.h5", "z1=s", MI_EDATA,
                   "a.h5: '/s' leads through an external link to 'b.h5', which is not followed; "
                   "allow-external follows it");
}

static void no_file(void **state)
{
    (void)state;
    make_plain("a.h5");
    assert_int_equal(mkdir("dir", 0777), 0);
    expect_refusal("x.h5", NULL, MI_EOPEN, "cannot open 'x.h5': No such file or directory");
    expect_refusal("x.h5:/g", NULL, MI_EOPEN, "cannot open 'x.h5:/g': No such file or directory");
    expect_refusal("", NULL, MI_EOPEN, "cannot open '': No such file or directory");
    expect_refusal("dir", NULL, MI_EOPEN, "cannot open 'dir': it is a directory");
    expect_refusal("dir:g", NULL, MI_EOPEN, "cannot open 'dir:g': No such file or directory");
    expect_refusal("a.h5/b", NULL, MI_EOPEN, "cannot open 'a.h5/b': Not a directory");
}

/* In a child: the tests may run as root, who may read anything. */
static void no_permission(void **state)
{
    (void)state;
    make_plain("a.h5");
    assert_int_equal(chmod("a.h5", 0) | chmod(".", 0755), 0);
    pid_t child = fork();
    if (child == 0) {
        const char *address = "a.h5";
        mi_features *f;
        if (getuid() == 0 && setuid(65534) != 0)
            _exit(2);
        mi_status status = mi_features_open(&f, &address, 1, NULL);
        _exit(status == MI_EOPEN &&
                      strcmp(mi_detail(), "cannot open 'a.h5': Permission denied") == 0
                  ? 0
                  : 1);
    }
    int status;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void locked_by_a_writer(void **state)
{
    int ready[2], done[2];
    char byte = 0;
    (void)state;
    make_plain("a.h5");
    assert_int_equal(pipe(ready) | pipe(done), 0);
    pid_t child = fork();
    if (child == 0) {
        hid_t file = H5Fopen("a.h5", H5F_ACC_RDWR, H5P_DEFAULT);
        close(done[1]);
        if (file < 0 || write(ready[1], &byte, 1) != 1 || read(done[0], &byte, 1) < 0)
            _exit(1);
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    expect_refusal(
        "a.h5", NULL, MI_EOPEN,
        "a.h5 is locked by a process that writes it; wait until that is done, or read a copy of "
        "the file");
    close(done[1]);
    waitpid(child, NULL, 0);
    close(ready[0]), close(ready[1]), close(done[0]);
    mi_features_close(open_one("a.h5"));
}

static void marked_by_a_writer(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        hid_t list = H5Pcreate(H5P_FILE_ACCESS);
        H5Pset_libver_bounds(list, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
        hid_t file = H5Fcreate("a.h5", H5F_ACC_TRUNC, H5P_DEFAULT, list);
        put_both(file, 6);
        H5Fflush(file, H5F_SCOPE_GLOBAL);
        _exit(0); /* dies with the file open */
    }
    waitpid(child, NULL, 0);
    expect_refusal(
        "a.h5", NULL, MI_EOPEN,
        "a.h5 is marked as open for writing; if no process writes it any more, h5clear -s a.h5 "
        "takes the mark away");
}

static void truncated_or_damaged(void **state)
{
    char text[200];
    unsigned number[3];
    (void)state;
    H5get_libversion(&number[0], &number[1], &number[2]);
    make_plain("a.h5");
    size_t whole = file_bytes("a.h5");
    for (size_t bytes = whole - 1; bytes > 800; bytes -= 700) {
        assert_int_equal(truncate("a.h5", (off_t)bytes), 0);
        snprintf(text, sizeof text, "a.h5: truncated: has %zu bytes, its header says %zu", bytes,
                 whole);
        expect_refusal("a.h5", NULL, MI_EDATA, text);
    }
    write_bytes("b.h5", "\x89HDF\r\n\x1a\n\x09 and then nonsense that is no superblock", 50);
    snprintf(
        text, sizeof text,
        "b.h5: damaged: bad superblock version number (HDF5 here is %u.%u.%u: a newer one wrote "
        "this with libver='latest', then libver='earliest' helps; or it is damaged)",
        number[0], number[1], number[2]);
    expect_refusal("b.h5", NULL, MI_EDATA, text);
    write_bytes("empty.h5", "", 0);
    expect_refusal("empty.h5", NULL, MI_EDATA, "empty.h5 is empty");
    write_bytes("a.npy", "\x93NUMPY\1", 7);
    expect_refusal("a.npy", NULL, MI_EDATA,
                   "a.npy: not HDF5 but a NumPy array; import z1=a.npy makes features of it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(no_set),
        FIXTURE_TEST(suggestion_stays_in_one_group),
        FIXTURE_TEST(no_pair_of_siblings),
        FIXTURE_TEST(no_pair_without_names),
        FIXTURE_TEST(labels_are_tried),
        FIXTURE_TEST(rows_of_their_own),
        FIXTURE_TEST(suggested_map_works),
        FIXTURE_TEST(no_such_group),
        FIXTURE_TEST(hostile_names),
        FIXTURE_TEST(external_links),
        FIXTURE_TEST(no_file),
        FIXTURE_TEST(no_permission),
        FIXTURE_TEST(locked_by_a_writer),
        FIXTURE_TEST(marked_by_a_writer),
        FIXTURE_TEST(truncated_or_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
