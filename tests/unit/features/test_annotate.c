/* Attributes added to files that exist. */
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
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

/* Notes into a file, whole. */
static mi_status put_notes(const char *name, const mi_note *note, size_t n, const char *history)
{
    mi_replace copy;
    MI_TRY(mi_replace_begin_copy(&copy, name));
    mi_status status = mi_annotate(&copy, note, n, history);
    if (status == MI_OK)
        return mi_replace_finish(&copy);
    mi_replace_discard(&copy);
    return status;
}

/* Files in this directory whose names start with a dot. */
static int count_hidden(void)
{
    DIR *directory = opendir(".");
    int n = 0;
    for (struct dirent *entry; (entry = readdir(directory));)
        n += entry->d_name[0] == '.';
    closedir(directory);
    return n - 2; /* . and .. */
}

static void annotate(const char *name, double value, const char *history)
{
    mi_note note = {"/a", "probe", value};
    assert_int_equal(put_notes(name, &note, 1, history), MI_OK);
    assert_int_equal(count_hidden(), 0);
}

static double read_back(const char *address, const char *name)
{
    mi_features *f = open_one(address);
    const mi_attr *a = mi_set_attr(mi_features_set(f, 0), name);
    double value = a ? a->real : NAN;
    mi_features_close(f);
    return value;
}

/* A text attribute of the root as stored. */
static void read_text(char *text, size_t bytes, const char *name, const char *attribute)
{
    hid_t f = H5Fopen(name, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t a = H5Aopen(f, attribute, H5P_DEFAULT), type = H5Aget_type(a);
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
    annotate("run.h5", 1, "mi-probe first");
    annotate("run.h5", 2, "mi-probe second 'line'");
    read_text(text, sizeof text, "run.h5", "history");
    assert_string_equal(text, "mi-probe first\nmi-probe second 'line'");
}

/* A run with an attribute `history` of its own: a string of any length. */
static void make_run_with(const char *history)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    hid_t f = make_file("run.h5"), g = make_group(f, "a");
    put_both(g, 6);
    put_attr(f, "history", type, type, &history);
    H5Tclose(type);
    H5Gclose(g);
    H5Fclose(f);
}

static void a_variable_string_goes_on_too(void **state)
{
    static char text[70000];
    (void)state;
    make_run_with("mi-transform --l2 z1");
    annotate("run.h5", 1, "mi-probe");
    read_text(text, sizeof text, "run.h5", "history");
    assert_string_equal(text, "mi-transform --l2 z1\nmi-probe");
    assert_int_equal(warnings, 0);
}

/* The user's own history stays, whatever it is, and ours goes on beside it. */
static void what_is_not_ours_stays(void **state)
{
    static const char *const theirs[] = {"{\"loss\": [2, 1]}", "epoch 1\nmi-probe", ""};
    static char text[70000];
    const double curve = 0.5;
    (void)state;
    for (int k = 0; k < 4; k++) {
        if (k < 3) {
            make_run_with(theirs[k]);
        } else {
            make_run("run.h5");
            hid_t f = H5Fopen("run.h5", H5F_ACC_RDWR, H5P_DEFAULT);
            put_attr(f, "history", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &curve);
            H5Fclose(f);
        }
        warnings = 0;
        annotate("run.h5", 1, "mi-probe one");
        assert_int_equal(warnings, 1);
        assert_string_equal(last_warning,
                            "run.h5: the attribute 'history' is not ours and stays; the "
                            "command line goes to 'mi_history'");
        annotate("run.h5", 1, "mi-probe two");
        read_text(text, sizeof text, "run.h5", "mi_history");
        assert_string_equal(text, "mi-probe one\nmi-probe two");
        mi_features *f = open_one("run.h5:/a");
        assert_null(mi_set_attr(mi_features_set(f, 0), "history"));
        assert_null(mi_set_attr(mi_features_set(f, 0), "mi_history"));
        mi_features_close(f);
        remove("run.h5");
    }
}

static void the_oldest_lines_go(void **state)
{
    static char text[70000], line[9001];
    (void)state;
    make_run("run.h5");
    for (int k = 0; k < 10; k++) {
        memset(line, 'a' + k, sizeof line - 1);
        memcpy(line, "mi-", 3);
        annotate("run.h5", k, line);
    }
    read_text(text, sizeof text, "run.h5", "history");
    assert_true(strlen(text) <= 60000);
    assert_int_equal(text[3], 'e');
    assert_int_equal(text[strlen(text) - 1], 'j');
}

static void expect_unchanged(const char *name, const char *group, mi_status status,
                             const char *text)
{
    mi_note note[2] = {{"/a", "probe", 1}, {group, "probe", 2}};
    size_t bytes = file_bytes("run.h5");
    assert_int_equal(put_notes(name, note, 2, "line"), status);
    assert_string_equal(mi_detail(), text);
    assert_int_equal(count_hidden(), 0);
    assert_int_equal(file_bytes("run.h5"), bytes);
}

static void failures_change_nothing(void **state)
{
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
    assert_true(isnan(read_back("run.h5:/a", "probe")));
}

static void both_are_the_users(void **state)
{
    const char *note = "of mine";
    hid_t type = H5Tcopy(H5T_C_S1);
    (void)state;
    H5Tset_size(type, H5T_VARIABLE);
    make_run_with("mine");
    hid_t f = H5Fopen("run.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    put_attr(f, "mi_history", type, type, &note);
    H5Fclose(f);
    H5Tclose(type);
    warnings = 0;
    annotate("run.h5", 1, "mi-probe");
    assert_int_equal(warnings, 1);
    assert_string_equal(last_warning,
                        "run.h5: the attributes 'history' and 'mi_history' are not ours "
                        "and stay; the command line is left out");
    assert_true(read_back("run.h5", "probe") == 1);
}

/* ---- others at the same file ---- */

/* Run in another process, which exits with what the function gives; wait for it. */
static int elsewhere(int (*fn)(void))
{
    int how;
    pid_t child = fork();
    if (child == 0)
        _exit(fn());
    waitpid(child, &how, 0);
    return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

/* A training run adds a group, and minds no locks. */
static int append(void)
{
    int fd = open("run.h5", O_WRONLY | O_APPEND);
    return fd < 0 || write(fd, "more", 4) != 4;
}

static int put_another(void)
{
    return rename("other.h5", "run.h5") != 0;
}

static void changed_meanwhile(void **state)
{
    static int (*const change[])(void) = {append, put_another};
    mi_note note = {"/a", "probe", 1};
    (void)state;
    for (int k = 0; k < 2; k++) {
        mi_replace copy;
        make_run("run.h5");
        make_run("other.h5");
        assert_int_equal(mi_replace_begin_copy(&copy, "run.h5"), MI_OK);
        assert_int_equal(mi_annotate(&copy, &note, 1, NULL), MI_OK);
        /* As a process without locks does: the lease would make it wait for us. */
        fcntl(copy.original, F_SETLEASE, F_UNLCK);
        copy.has_lease = 0;
        assert_int_equal(elsewhere(change[k]), 0);
        size_t bytes = file_bytes("run.h5");
        assert_int_equal(mi_replace_finish(&copy), MI_EWRITE);
        assert_string_equal(mi_detail(), "cannot write 'run.h5': another process has changed it "
                                         "meanwhile; try again when that is done");
        assert_int_equal(file_bytes("run.h5"), bytes);
        assert_int_equal(count_hidden(), 0);
        remove("run.h5");
        remove("other.h5");
    }
}

/* It waits a while for who has the file, then says who. */
static void held_by_another(void **state)
{
    mi_replace copy;
    char wanted[200];
    (void)state;
    mi_replace_patience(200);
    make_run("run.h5");
    for (int k = 0; k < 2; k++) { /* with a lock, as HDF5; open for writing without one */
        int ready[2];
        assert_int_equal(pipe(ready), 0);
        pid_t child = fork();
        if (child == 0) {
            prctl(PR_SET_NAME, "somebody");
            prctl(PR_SET_PDEATHSIG, SIGKILL); /* also where the test fails */
            int fd = open("run.h5", O_RDWR);
            if (k == 0)
                flock(fd, LOCK_EX);
            if (write(ready[1], "x", 1) != 1)
                _exit(1);
            pause();
        }
        char x;
        assert_int_equal(read(ready[0], &x, 1), 1);
        assert_int_equal(mi_replace_begin_copy(&copy, "run.h5"), MI_EWRITE);
        snprintf(wanted, sizeof wanted,
                 "cannot write 'run.h5': process %d (somebody) has it open for writing; try "
                 "again when that is done",
                 (int)child);
        if (k == 0)
            assert_string_equal(mi_detail(), wanted);
        else
            assert_string_equal(mi_detail(),
                                "cannot write 'run.h5': another process has it open for "
                                "writing; try again when that is done");
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        close(ready[0]);
        close(ready[1]);
        assert_int_equal(mi_replace_begin_copy(&copy, "run.h5"), MI_OK);
        mi_replace_discard(&copy);
    }
    assert_int_equal(count_hidden(), 0);
}

static void what_belongs_to_the_file_stays(void **state)
{
    struct stat st;
    char value[8] = "";
    (void)state;
    make_run("run.h5");
    assert_int_equal(chmod("run.h5", 0640), 0);
    int has_attributes = setxattr("run.h5", "user.note", "mine", 4, 0) == 0;
    int is_root = chown("run.h5", 1234, 5678) == 0;
    assert_int_equal(symlink("run.h5", "link.h5"), 0);
    annotate("link.h5", 1, NULL);
    assert_int_equal(lstat("link.h5", &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(stat("run.h5", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    if (is_root)
        assert_true(st.st_uid == 1234 && st.st_gid == 5678);
    if (has_attributes) {
        assert_int_equal(getxattr("run.h5", "user.note", value, sizeof value), 4);
        assert_string_equal(value, "mine");
    }
    assert_true(read_back("run.h5", "probe") == 1);
    assert_int_equal(link("run.h5", "second.h5"), 0);
    expect_unchanged("run.h5", "/a", MI_ECREATE,
                     "cannot write into 'run.h5': the file has 2 names (hard links), of which one "
                     "alone would be changed; write into a copy");
}

static void memory_runs_out(void **state)
{
    mi_note note = {"/a", "probe", 1};
    (void)state;
    make_run("run.h5");
    for (long n = 1;; n++) {
        mi_fail_allocation(n);
        mi_status status = put_notes("run.h5", &note, 1, "mi-probe");
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
        FIXTURE_TEST(attributes_are_added_and_replaced),
        FIXTURE_TEST(history_goes_on),
        FIXTURE_TEST(a_variable_string_goes_on_too),
        FIXTURE_TEST(the_oldest_lines_go),
        FIXTURE_TEST(what_is_not_ours_stays),
        FIXTURE_TEST(both_are_the_users),
        FIXTURE_TEST(failures_change_nothing),
        FIXTURE_TEST(changed_meanwhile),
        FIXTURE_TEST(held_by_another),
        FIXTURE_TEST(what_belongs_to_the_file_stays),
        FIXTURE_TEST(memory_runs_out),
    };
    return cmocka_run_group_tests_name("annotate", tests, NULL, NULL);
}
