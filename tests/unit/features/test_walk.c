/* Which groups are sets, in what order, and what they inherit. */
#include "fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libmi/data/mat_internal.h"

static const char *path_of(const mi_features *f, size_t i, mi_member_id m)
{
    const char *path = mi_features_set(f, i)->member[m].path;
    return path ? path : "none";
}

static void root_is_a_set(void **state)
{
    (void)state;
    make_plain("a.h5");
    mi_features *f = open_one("a.h5");
    const mi_set *s = mi_features_set(f, 0);
    assert_int_equal(mi_features_count(f), 1);
    assert_null(mi_features_set(f, 1));
    assert_string_equal(s->file, "a.h5");
    expect_group(f, 0, "/");
    assert_string_equal(path_of(f, 0, MI_Z1), "/z1");
    assert_string_equal(path_of(f, 0, MI_SPLIT), "none");
    assert_int_equal(s->member[MI_Z1].n, 6);
    assert_int_equal(s->member[MI_Z1].d, 4);
    assert_int_equal(s->member[MI_Z1].rank, 2);
    assert_int_equal(s->member[MI_R].d, 1);
    assert_false(s->member[MI_SPLIT].present);
    mi_features_close(f);
}

static void natural_order(void **state)
{
    static const char *const names[] = {
        "epoch_10", "epoch_2", "epoch_02", "epoch_",   "a10b2",
        "a10b10",   "a9b3",    "Z",        "epoch_2x", "99999999999999999999999"};
    static const char *const sorted[] = {"/99999999999999999999999",
                                         "/Z",
                                         "/a9b3",
                                         "/a10b2",
                                         "/a10b10",
                                         "/epoch_",
                                         "/epoch_02",
                                         "/epoch_2",
                                         "/epoch_2x",
                                         "/epoch_10"};
    (void)state;
    hid_t file = make_file("a.h5");
    for (int k = 0; k < 10; k++) {
        hid_t group = make_group(file, names[k]);
        put_both(group, 2);
        H5Gclose(group);
    }
    H5Fclose(file);
    mi_features *f = open_one("a.h5");
    assert_int_equal(mi_features_count(f), 10);
    for (size_t k = 0; k < 10; k++)
        expect_group(f, k, sorted[k]);
    mi_features_close(f);
}

static void files_in_the_order_given(void **state)
{
    static const char *const address[] = {"b.h5", "a.h5:/", "b.h5:"};
    mi_features *f;
    (void)state;
    make_plain("a.h5");
    make_plain("b.h5");
    assert_int_equal(mi_features_open(&f, address, 3, NULL), MI_OK);
    assert_int_equal(mi_features_count(f), 3);
    assert_string_equal(mi_features_set(f, 0)->file, "b.h5");
    assert_string_equal(mi_features_set(f, 1)->file, "a.h5");
    assert_string_equal(mi_features_set(f, 2)->file, "b.h5");
    for (size_t i = 0; i < 3; i++) { /* reading goes back and forth between the files */
        mi_mat x;
        assert_int_equal(mi_features_read(f, i, MI_Z1, &x), MI_OK);
        mi_mat_free(&x);
    }
    mi_features_close(f);
}

/* /        r y z2-less root
 * /run     y of its own
 * /run/e1  z1 z2
 * /run/e2  z1 z2 r */
static void make_run(const char *name)
{
    hid_t file = make_file(name), run = make_group(file, "run");
    hid_t one = make_group(run, "e1"), two = make_group(run, "e2");
    put_ids(file, "r", 6);
    put_ids(file, "y", 6);
    put_ids(run, "y", 6);
    put_both(one, 6);
    put_both(two, 6);
    put_ids(two, "r", 6);
    H5Gclose(one);
    H5Gclose(two);
    H5Gclose(run);
    H5Fclose(file);
}

static void nearest_ancestor_wins(void **state)
{
    static const char *const addresses[] = {"a.h5", "a.h5:run", "a.h5:/run/", "a.h5://run//"};
    (void)state;
    make_run("a.h5");
    for (int k = 0; k < 4; k++) {
        mi_features *f = open_one(addresses[k]);
        assert_int_equal(mi_features_count(f), 2);
        expect_group(f, 0, "/run/e1");
        assert_string_equal(path_of(f, 0, MI_R), "/r");
        assert_string_equal(path_of(f, 0, MI_Y), "/run/y");
        assert_string_equal(path_of(f, 1, MI_R), "/run/e2/r");
        mi_features_close(f);
    }
}

static void address_below_keeps_ancestors(void **state)
{
    (void)state;
    make_run("a.h5");
    mi_features *f = open_one("a.h5:run/e2");
    assert_int_equal(mi_features_count(f), 1);
    expect_group(f, 0, "/run/e2");
    assert_string_equal(path_of(f, 0, MI_Y), "/run/y");
    mi_features_close(f);
}

/* z2 at the root, z1 in the groups: the groups are the sets. Both at the root: it is a set too. */
static void half_a_pair_above_the_other_half(void **state)
{
    for (int both = 0; both < 2; both++) {
        hid_t file = make_file("a.h5"), group = make_group(file, "e1");
        (void)state;
        put_floats(file, "z2", 6, 2);
        if (both)
            put_floats(file, "z1", 6, 2);
        put_floats(group, "z1", 6, 4);
        H5Gclose(group);
        H5Fclose(file);
        mi_features *f = open_one("a.h5");
        assert_int_equal(mi_features_count(f), both ? 2 : 1);
        if (both)
            expect_group(f, 0, "/");
        expect_group(f, (size_t)both, "/e1");
        assert_string_equal(path_of(f, (size_t)both, MI_Z1), "/e1/z1");
        assert_string_equal(path_of(f, (size_t)both, MI_Z2), "/z2");
        mi_features_close(f);
    }
}

/* z1 above groups that hold z1 as well: nothing makes it an ancestor only. */
static void same_half_above(void **state)
{
    hid_t file = make_file("a.h5"), group = make_group(file, "e1");
    (void)state;
    put_floats(file, "z1", 6, 2);
    put_floats(group, "z1", 6, 4);
    H5Gclose(group);
    H5Fclose(file);
    mi_features *f = open_one("a.h5");
    assert_int_equal(mi_features_count(f), 2);
    expect_group(f, 0, "/");
    expect_group(f, 1, "/e1");
    mi_features_close(f);
}

static void group_called_z1_is_no_member(void **state)
{
    hid_t file = make_file("a.h5"), group = make_group(file, "z1");
    (void)state;
    put_both(group, 4);
    H5Gclose(group);
    H5Fclose(file);
    mi_features *f = open_one("a.h5");
    assert_int_equal(mi_features_count(f), 1);
    expect_group(f, 0, "/z1");
    mi_features_close(f);
}

/* ---- --map ---- */

static void make_mapped(const char *name)
{
    hid_t file = make_file(name);
    put_ids(file, "labels", 6);
    for (int k = 1; k < 3; k++) {
        char text[16];
        snprintf(text, sizeof text, "e%d", k);
        hid_t group = make_group(file, text), enc = make_group(group, "enc");
        put_floats(enc, "feat", 6, 4);
        put_floats(group, "proj", 6, 2);
        H5Gclose(enc);
        H5Gclose(group);
    }
    H5Fclose(file);
}

static void map_is_relative_to_each_group(void **state)
{
    (void)state;
    make_mapped("a.h5");
    mi_features *f = open_mapped("a.h5", "z1=enc/feat,z2=proj,y=labels");
    assert_int_equal(mi_features_count(f), 2);
    expect_group(f, 0, "/e1");
    assert_string_equal(path_of(f, 1, MI_Z1), "/e2/enc/feat");
    assert_string_equal(path_of(f, 1, MI_Y), "/labels");
    mi_features_close(f);
}

static void absolute_map_lies_where_the_walk_starts(void **state)
{
    (void)state;
    make_mapped("a.h5");
    mi_features *f = open_mapped("a.h5", "z1=/e1/enc/feat,z2=/e2/proj");
    assert_int_equal(mi_features_count(f), 1);
    expect_group(f, 0, "/");
    assert_string_equal(path_of(f, 0, MI_Z2), "/e2/proj");
    mi_features_close(f);
    f = open_mapped("a.h5", "z1=/e1/enc/feat,z2=proj"); /* one encoder, two projectors */
    assert_int_equal(mi_features_count(f), 2);
    assert_string_equal(path_of(f, 1, MI_Z1), "/e1/enc/feat");
    assert_string_equal(path_of(f, 1, MI_Z2), "/e2/proj");
    mi_features_close(f);
    f = open_mapped("a.h5:/e2", "z1=/e1/enc/feat,z2=/e1/proj");
    expect_group(f, 0, "/e2");
    mi_features_close(f);
}

static void map_replaces_the_name(void **state)
{
    (void)state;
    make_plain("a.h5");
    mi_features *f = open_mapped("a.h5", "y=z2,r=nothing");
    assert_string_equal(path_of(f, 0, MI_Y), "/z2");
    assert_false(mi_features_set(f, 0)->member[MI_R].present);
    mi_features_close(f);
}

static void map_that_is_wrong(void **state)
{
    static const char *const rows[][2] = {
        {"z3=a", "'z3' is no member, wanted z1, z2, r, y, split or w"},
        {"z=a", "'z' is no member, wanted z1, z2, r, y, split or w"},
        {"", "'' is no member, wanted z1, z2, r, y, split or w"},
        {"z1=a,", "'' is no member, wanted z1, z2, r, y, split or w"},
        {"z1", "'z1' names no dataset, wanted z1=PATH"},
        {"y=,z1=a", "'y=' names no dataset, wanted y=PATH"},
    };
    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        mi_features_opts o;
        mi_features_opts_default(&o);
        assert_int_equal(mi_features_parse_map(&o, rows[k][0]), MI_EUSAGE);
        assert_string_equal(mi_detail(), rows[k][1]);
        mi_free((void *)o.map[MI_Z1]);
    }
}

/* ---- addresses ---- */

static void whole_name_wins(void **state)
{
    (void)state;
    make_run("a.h5");
    make_plain("a.h5:run");
    mi_features *f = open_one("a.h5:run");
    expect_group(f, 0, "/");
    mi_features_close(f);
}

static void first_colon_before_which_a_file_exists(void **state)
{
    (void)state;
    make_run("a.h5");
    make_plain("a.h5:run");
    mi_features *f = open_one("a.h5:run/e1");
    expect_group(f, 0, "/run/e1");
    mi_features_close(f);
    assert_int_equal(unlink("a.h5"), 0);
    f = open_one("a.h5:run:");
    expect_group(f, 0, "/");
    mi_features_close(f);
}

/* ---- links ---- */

static void soft_links_are_followed(void **state)
{
    hid_t file = make_file("a.h5"), group = make_group(file, "e10"), other = make_group(file, "f");
    (void)state;
    put_both(group, 6);
    soft_link(file, "/e10", "latest");
    soft_link(file, "/nowhere", "dangling");
    soft_link(other, "/e10/z1", "z1");
    soft_link(other, "../x", "beside");
    H5Gclose(group);
    H5Gclose(other);
    H5Fclose(file);
    mi_features *f = open_one("a.h5");
    assert_int_equal(mi_features_count(f), 3);
    expect_group(f, 0, "/e10");
    expect_group(f, 1, "/f");
    expect_group(f, 2, "/latest");
    assert_int_equal(mi_features_set(f, 1)->member[MI_Z1].n, 6);
    mi_mat x;
    assert_int_equal(mi_features_read(f, 1, MI_Z1, &x), MI_OK);
    assert_true(mi_mat_get(&x, 5, 3) == 53);
    mi_mat_free(&x);
    mi_features_close(f);
}

static void cycles_end(void **state)
{
    hid_t file = make_file("a.h5"), group = make_group(file, "e1");
    (void)state;
    put_both(group, 6);
    soft_link(group, "/", "root");
    soft_link(group, "/e1", "self");
    soft_link(file, "there", "here");
    soft_link(file, "here", "there");
    assert_true(H5Lcreate_hard(file, "/", group, "hard_root", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    assert_true(H5Lcreate_hard(file, "/e1", group, "hard_self", H5P_DEFAULT, H5P_DEFAULT) >= 0);
    H5Gclose(group);
    H5Fclose(file);
    mi_features *f = open_one("a.h5");
    assert_int_equal(mi_features_count(f), 1);
    mi_features_close(f);
}

/* s1 -> s2 -> ... -> the dataset: sixteen links are followed, a seventeenth is not. */
static void soft_links_go_16_deep(void **state)
{
    (void)state;
    for (int depth = 16; depth < 18; depth++) {
        hid_t file = make_file("a.h5");
        char name[16], target[16] = "data";
        put_floats(file, "data", 6, 4);
        for (int k = 1; k < depth; k++) {
            snprintf(name, sizeof name, "s%d", k);
            soft_link(file, target, name);
            strcpy(target, name);
        }
        soft_link(file, target, "z1");
        H5Fclose(file);
        mi_features *f = open_one("a.h5");
        const mi_member *m = &mi_features_set(f, 0)->member[MI_Z1];
        if (depth == 16)
            assert_null(m->problem);
        else
            assert_string_equal(m->problem, "a soft link to 's16', which leads nowhere");
        mi_features_close(f);
    }
}

static void dangling_member_does_not_inherit(void **state)
{
    hid_t file = make_file("a.h5"), group = make_group(file, "e1");
    (void)state;
    put_ids(file, "y", 6);
    put_both(group, 6);
    soft_link(group, "/gone", "y");
    H5Gclose(group);
    H5Fclose(file);
    mi_features *f = open_one("a.h5");
    assert_string_equal(path_of(f, 0, MI_Y), "/e1/y");
    assert_string_equal(mi_features_set(f, 0)->member[MI_Y].problem,
                        "a soft link to '/gone', which leads nowhere");
    mi_features_close(f);
}

/* Through an external link only when allowed: a set, a member, and what a soft link leads to. */
static void external_links_when_allowed(void **state)
{
    mi_features_opts o = {.allow_external = 1};
    const char *address = "a.h5";
    mi_features *f;
    (void)state;
    make_plain("b.h5");
    hid_t file = make_file("a.h5"), group = make_group(file, "e1");
    H5Lcreate_external("b.h5", "/", file, "other", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_external("b.h5", "/z1", group, "z1", H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(group);
    H5Fclose(file);
    assert_int_equal(mi_features_open(&f, &address, 1, &o), MI_OK);
    assert_int_equal(mi_features_count(f), 2);
    expect_group(f, 0, "/e1");
    expect_group(f, 1, "/other");
    mi_mat x;
    assert_int_equal(mi_features_read(f, 0, MI_Z1, &x), MI_OK);
    assert_true(mi_mat_get(&x, 5, 3) == 53);
    mi_mat_free(&x);
    mi_features_close(f);
}

static void levels_up_to_64(void **state)
{
    char address[600] = "a.h5:";
    (void)state;
    hid_t file = make_file("a.h5"), at = H5Gopen2(file, "/", H5P_DEFAULT);
    for (int k = 0; k < 64; k++) {
        hid_t next = make_group(at, "g");
        H5Gclose(at);
        at = next;
        strcat(address, "/g");
    }
    put_both(at, 4);
    H5Gclose(at);
    H5Fclose(file);
    mi_features *f = open_one("a.h5");
    expect_group(f, 0, strchr(address, '/'));
    mi_features_close(f);
    file = H5Fopen("a.h5", H5F_ACC_RDWR, H5P_DEFAULT);
    at = H5Gopen2(file, strchr(address, '/'), H5P_DEFAULT);
    H5Gclose(make_group(at, "g"));
    H5Gclose(at);
    H5Fclose(file);
    expect_refusal("a.h5", NULL, MI_EDATA, "a.h5: groups lie more than 64 deep");
}

/* `levels` groups, each with two links to the next; returns the last. */
static hid_t make_lattice(hid_t file, int levels)
{
    hid_t at = H5Gopen2(file, "/", H5P_DEFAULT);
    for (int k = 0; k < levels; k++) {
        hid_t next = make_group(at, "a");
        H5Lcreate_hard(at, "a", at, "b", H5P_DEFAULT, H5P_DEFAULT);
        H5Gclose(at);
        at = next;
    }
    return at;
}

static void each_path_to_a_set_is_one(void **state)
{
    (void)state;
    hid_t file = make_file("a.h5"), at = make_lattice(file, 2);
    put_both(at, 4);
    H5Gclose(at);
    H5Fclose(file);
    mi_features *f = open_one("a.h5");
    assert_int_equal(mi_features_count(f), 4);
    expect_group(f, 0, "/a/a");
    expect_group(f, 1, "/a/b");
    expect_group(f, 2, "/b/a");
    expect_group(f, 3, "/b/b");
    mi_features_close(f);
}

static void lattices_of_groups_without_sets(void **state)
{
    (void)state;
    hid_t file = make_file("a.h5");
    H5Gclose(make_lattice(file, 40));
    put_both(file, 4);
    H5Fclose(file);
    mi_features *f = open_one("a.h5");
    assert_int_equal(mi_features_count(f), 1);
    mi_features_close(f);
}

static void lattices_above_a_set(void **state)
{
    char address[128] = "a.h5:";
    (void)state;
    hid_t file = make_file("a.h5"), at = make_lattice(file, 24);
    put_both(at, 4);
    H5Gclose(at);
    H5Fclose(file);
    expect_refusal("a.h5", NULL, MI_EDATA,
                   "a.h5:/a/a/a/a/a/a/a/a/a/a/a/b/a/a/b/b/b/a/a/a/b/b/a: links lead to groups that "
                   "were walked already, more than 10000 times; name the group that is meant, as "
                   "FILE:GROUP");
    for (int k = 0; k < 24; k++)
        strcat(address, k % 3 ? "/a" : "/b");
    mi_features *f = open_one(address);
    expect_group(f, 0, strchr(address, '/'));
    mi_features_close(f);
}

/* c leads back up: by another path it is passed over at another place. */
static void groups_without_sets_in_a_cycle(void **state)
{
    (void)state;
    hid_t file = make_file("a.h5"), a = make_group(file, "a"), c = make_group(a, "c");
    put_both(a, 4);
    H5Lcreate_hard(file, "a", c, "up", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_hard(a, "c", file, "d", H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(c);
    H5Gclose(a);
    H5Fclose(file);
    mi_features *f = open_one("a.h5");
    assert_int_equal(mi_features_count(f), 2);
    expect_group(f, 0, "/a");
    expect_group(f, 1, "/d/up");
    mi_features_close(f);
}

/* Rows that are declared and not there, and as many that are small. */
static void rows_that_are_not_there(void **state)
{
    static const hsize_t many[] = {(hsize_t)1 << 33, (hsize_t)1 << 40};
    (void)state;
    for (int k = 0; k < 2; k++) {
        char text[256];
        const hsize_t size[] = {many[k], 16};
        hid_t file = make_file("a.h5"), list = chunked(1000, 16);
        hid_t space = H5Screate_simple(2, size, NULL);
        H5Dclose(H5Dcreate2(file, "z1", H5T_IEEE_F32LE, space, H5P_DEFAULT, list, H5P_DEFAULT));
        H5Sclose(space);
        H5Pclose(list);
        H5Fclose(file);
        mi_features *f = open_one("a.h5");
        mi_mat x;
        snprintf(text, sizeof text,
                 "a.h5:/: z1: declares %.3g GB of values, of which 0 MB are stored",
                 (double)many[k] * 64e-9);
        assert_int_equal(mi_features_check(f, 0, 1u << MI_Z1, 0), MI_EDATA);
        assert_string_equal(mi_detail(), text);
        assert_int_equal(mi_features_rows(f, 0, MI_Z1, &x), MI_EDATA);
        mi_features_close(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(root_is_a_set),
        FIXTURE_TEST(natural_order),
        FIXTURE_TEST(files_in_the_order_given),
        FIXTURE_TEST(nearest_ancestor_wins),
        FIXTURE_TEST(address_below_keeps_ancestors),
        FIXTURE_TEST(half_a_pair_above_the_other_half),
        FIXTURE_TEST(same_half_above),
        FIXTURE_TEST(group_called_z1_is_no_member),
        FIXTURE_TEST(map_is_relative_to_each_group),
        FIXTURE_TEST(absolute_map_lies_where_the_walk_starts),
        FIXTURE_TEST(map_replaces_the_name),
        FIXTURE_TEST(map_that_is_wrong),
        FIXTURE_TEST(whole_name_wins),
        FIXTURE_TEST(first_colon_before_which_a_file_exists),
        FIXTURE_TEST(soft_links_are_followed),
        FIXTURE_TEST(cycles_end),
        FIXTURE_TEST(soft_links_go_16_deep),
        FIXTURE_TEST(dangling_member_does_not_inherit),
        FIXTURE_TEST(external_links_when_allowed),
        FIXTURE_TEST(levels_up_to_64),
        FIXTURE_TEST(each_path_to_a_set_is_one),
        FIXTURE_TEST(lattices_of_groups_without_sets),
        FIXTURE_TEST(lattices_above_a_set),
        FIXTURE_TEST(groups_without_sets_in_a_cycle),
        FIXTURE_TEST(rows_that_are_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
