/* Files that appear whole: the old one or the new one, under its name and no other. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "libmi/base/replace.h"

static void put_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static const char *text_of(const char *path)
{
    static char text[100];
    FILE *f = fopen(path, "r");
    if (!f)
        return NULL;
    text[fread(text, 1, sizeof text - 1, f)] = 0;
    fclose(f);
    return text;
}

static int exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

static void begin(mi_replace *r, const char *path, const char *text)
{
    assert_int_equal(mi_replace_begin(r, path), MI_OK);
    assert_int_equal(write(r->descriptor, text, strlen(text)), (int)strlen(text));
}

static void old_or_new(void **state)
{
    mi_replace r;
    char temporary[300];
    (void)state;
    put_file("a", "old");
    for (int done = 0; done < 2; done++) {
        begin(&r, "a", "new");
        assert_string_equal(text_of("a"), "old");
        assert_int_equal(strncmp(r.temporary, ".mi-", 4), 0);
        snprintf(temporary, sizeof temporary, "%s", r.temporary);
        if (done)
            assert_int_equal(mi_replace_finish(&r), MI_OK);
        else
            mi_replace_discard(&r);
        assert_false(exists(temporary));
        assert_string_equal(text_of("a"), done ? "new" : "old");
        mi_replace_discard(&r); /* again does nothing */
    }
    begin(&r, "b", "first");
    assert_false(exists("b"));
    assert_int_equal(mi_replace_finish(&r), MI_OK);
    assert_string_equal(text_of("b"), "first");
}

/* Two at once do not meet: the last to finish has the name. */
static void two_at_once(void **state)
{
    mi_replace one, two;
    (void)state;
    begin(&one, "a", "one");
    begin(&two, "a", "two");
    assert_string_not_equal(one.temporary, two.temporary);
    assert_int_equal(mi_replace_finish(&two), MI_OK);
    assert_string_equal(text_of("a"), "two");
    assert_int_equal(mi_replace_finish(&one), MI_OK);
    assert_string_equal(text_of("a"), "one");
}

static void modes(void **state)
{
    mi_replace r;
    struct stat st;
    (void)state;
    mode_t mask = umask(027);
    begin(&r, "a", "x");
    assert_int_equal(mi_replace_finish(&r), MI_OK);
    assert_int_equal(stat("a", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_int_equal(chmod("a", 0604), 0);
    begin(&r, "a", "y");
    assert_int_equal(mi_replace_finish(&r), MI_OK);
    assert_int_equal(stat("a", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0604);
    umask(mask);
}

static void links_stay(void **state)
{
    static const char *const link[] = {"link", "chain", "dangling"};
    static const char *const file[] = {"dir/file", "dir/file", "dir/nothing"};
    mi_replace r;
    (void)state;
    assert_int_equal(mkdir("dir", 0777), 0);
    put_file("dir/file", "old");
    assert_int_equal(symlink("dir/file", "link"), 0);
    assert_int_equal(symlink("link", "chain"), 0);
    assert_int_equal(symlink("nothing", "dir/other"), 0);
    assert_int_equal(symlink("dir/other", "dangling"), 0);
    for (int k = 0; k < 3; k++) {
        char to[100] = "";
        begin(&r, link[k], link[k]);
        assert_int_equal(strncmp(r.temporary, "dir/.mi-", 8), 0);
        assert_int_equal(mi_replace_finish(&r), MI_OK);
        assert_true(readlink(link[k], to, sizeof to) > 0);
        assert_string_equal(text_of(file[k]), link[k]);
    }
    assert_int_equal(symlink("round", "round"), 0);
    assert_int_equal(mi_replace_begin(&r, "round"), MI_ECREATE);
    assert_string_equal(mi_detail(), "cannot create 'round': more than 16 symbolic links");
}

static void long_names(void **state)
{
    char name[256];
    mi_replace r;
    (void)state;
    memset(name, 'n', 255);
    name[255] = 0;
    begin(&r, name, "x");
    assert_int_equal(mi_replace_finish(&r), MI_OK);
    assert_string_equal(text_of(name), "x");
}

static void refusals(void **state)
{
    mi_replace r;
    (void)state;
    assert_int_equal(mi_replace_begin(&r, "nowhere/a"), MI_ECREATE);
    assert_string_equal(mi_detail(), "cannot create 'nowhere/a': No such file or directory");
    assert_null(r.temporary);
    mi_replace_discard(&r);
    assert_int_equal(mkdir("d", 0777), 0);
    begin(&r, "d", "x"); /* a directory is found at the end */
    assert_int_equal(mi_replace_finish(&r), MI_ECREATE);
    assert_string_equal(mi_detail(), "cannot create 'd': Is a directory");
}

/* A name that a temporary has. */
static void name_of_ours(char *name, size_t bytes)
{
    mi_replace r;
    begin(&r, "a", "");
    snprintf(name, bytes, "%s", r.temporary);
    mi_replace_discard(&r);
}

/* What a killed process has left goes, when it is old; what is in use or somebody else's stays. */
static void stale_ones_go(void **state)
{
    enum { NAMES = 8 };
    char name[NAMES][64] = {[2] = ".mi-short",
                            [3] = ".mi-measurements",
                            [4] = ".mi-bounds.cache",
                            [5] = ".mi-aaaaaaaaaaaaaaa"};
    const struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    char link[64];
    mi_replace r, in_use;
    (void)state;
    name_of_ours(name[0], sizeof name[0]);
    name_of_ours(name[1], sizeof name[1]);
    snprintf(name[6], sizeof name[6], "%.40s.h5", name[1]);
    snprintf(name[7], sizeof name[7], "%.40s", name[1] + 1);
    for (int k = 0; k < NAMES; k++) {
        put_file(name[k], "left");
        if (k != 1)
            assert_int_equal(utimensat(AT_FDCWD, name[k], old, 0), 0);
    }
    put_file("victim", "left");
    name_of_ours(link, sizeof link);
    assert_int_equal(symlink("victim", link), 0);
    begin(&in_use, "b", "x");
    assert_int_equal(utimensat(AT_FDCWD, in_use.temporary, old, 0), 0);
    pid_t child = fork(); /* locks are between processes */
    if (child == 0) {
        _exit(mi_replace_begin(&r, "a") != MI_OK || mi_replace_finish(&r) != MI_OK);
    }
    int how;
    waitpid(child, &how, 0);
    assert_int_equal(how, 0);
    assert_false(exists(name[0]));
    for (int k = 1; k < NAMES; k++)
        assert_true(exists(name[k]));
    assert_true(exists("victim"));
    assert_true(exists(in_use.temporary));
    mi_replace_discard(&in_use);
}

/* A file that is to be changed and is not there yet: others who want the same wait, and one that comes
 * to be all the same is not replaced. */
static void a_change_of_nothing(void **state)
{
    mi_replace r, other;
    (void)state;
    mi_replace_patience(100);
    assert_int_equal(mi_replace_begin_change(&r, "new"), MI_OK);
    assert_true(r.must_be_new);
    assert_int_equal(mi_replace_begin_change(&other, "new"), MI_EWRITE);
    assert_string_equal(mi_detail(), "cannot write 'new': another process has it open for writing; "
                                     "try again when that is done");
    put_file("new", "theirs");
    assert_int_equal(mi_replace_finish(&r), MI_EWRITE);
    assert_string_equal(mi_detail(), "cannot write 'new': another process has created it "
                                     "meanwhile; try again when that is done");
    assert_string_equal(text_of("new"), "theirs");
    assert_int_equal(mi_replace_begin_change(&r, "new"), MI_OK);
    assert_false(r.must_be_new);
    assert_string_equal(text_of(r.temporary), "theirs");
    assert_int_equal(mi_replace_finish(&r), MI_OK);
    unlink("new");
    assert_int_equal(mi_replace_begin_change(&r, "new"), MI_OK);
    assert_int_equal(write(r.descriptor, "ours", 4), 4);
    assert_int_equal(mi_replace_finish(&r), MI_OK);
    assert_string_equal(text_of("new"), "ours");
    mi_replace_patience(10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(old_or_new), FIXTURE_TEST(two_at_once),   FIXTURE_TEST(a_change_of_nothing),
        FIXTURE_TEST(modes),      FIXTURE_TEST(links_stay),    FIXTURE_TEST(long_names),
        FIXTURE_TEST(refusals),   FIXTURE_TEST(stale_ones_go),
    };
    return cmocka_run_group_tests_name("replace", tests, NULL, NULL);
}
