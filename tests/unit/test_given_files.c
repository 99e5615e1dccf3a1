/* What every public function of files, transforms, generators and probes says to what it cannot be
 * given: a row a case. */
#include "fixture.h"

#include <math.h>
#include <string.h>

#include "libmi/mi.h"

/* The call is refused with this sentence. */
static void says(mi_status found, const char *text)
{
    assert_string_equal(found == MI_OK ? "done" : mi_detail(), text);
    assert_int_equal(found, MI_EUSAGE);
}

#define WITH(o, field) ((o).field, &(o)) /* the options with a field changed */

static mi_status take_block(void *arg, double *x, size_t n, size_t d)
{
    (void)arg, (void)x, (void)n, (void)d;
    return MI_OK;
}

static void opening(void **state)
{
    const char *const address[] = {"a.h5", NULL};
    mi_features_opts o;
    mi_features *f;
    (void)state;
    says(mi_features_open(NULL, address, 1, NULL),
         "features to open without a pointer to take them");
    says(mi_features_open(&f, NULL, 1, NULL), "no addresses to open, wanted 1");
    says(mi_features_open(&f, address, 2, NULL), "address 1 to open is NULL");
    assert_null(f);
    says(mi_features_parse_map(NULL, "z1=a"), "a map to parse without options");
    says(mi_features_parse_map(&o, NULL), "a map to parse without a text");
    assert_int_equal(mi_features_count(NULL), 0);
    assert_null(mi_features_set(NULL, 0));
    assert_null(mi_set_attr(NULL, "epoch"));
    assert_string_equal(mi_member_shape(NULL, NULL, 0), "?");
    mi_features_opts_default(NULL);
    mi_features_opts_free(NULL);
    mi_features_let_go(NULL);
    mi_features_close(NULL);
}

/* A set that is not there, and one without features, by every function that takes one. */
static void sets(void **state)
{
    static const char none[] = "a feature set of no open features", beyond[] = "feature set 1 of 1";
    mi_features *f;
    mi_labels l;
    mi_mat x;
    (void)state;
    make_plain("a.h5");
    f = open_one("a.h5");
    for (int k = 0; k < 2; k++) {
        mi_features *it = k ? f : NULL;
        const char *text = k ? beyond : none;
        says(mi_features_check(it, 1, 1, 0), text);
        says(mi_features_read(it, 1, MI_Z1, &x), text);
        says(mi_features_rows(it, 1, MI_Z1, &x), text);
        says(mi_features_read_labels(it, 1, MI_Y, &l), text);
        says(mi_features_each_block(it, 1, MI_Z1, NULL, 1, take_block, NULL), text);
    }
    mi_features_close(f);
}

static void members(void **state)
{
    static const char unknown[] = "member 6 of a feature set, wanted one of mi_member_id";
    const size_t back[] = {3, 1}, far[] = {0, 6};
    size_t found;
    mi_features *f;
    mi_labels l;
    mi_mat x;
    (void)state;
    make_plain("a.h5");
    f = open_one("a.h5");
    says(mi_features_read(f, 0, MI_MEMBERS, &x), unknown);
    says(mi_features_rows(f, 0, MI_MEMBERS, &x), unknown);
    says(mi_features_read_labels(f, 0, MI_MEMBERS, &l), unknown);
    says(mi_features_each_block(f, 0, MI_MEMBERS, NULL, 1, take_block, NULL), unknown);
    says(mi_features_check(f, 0, 1u << MI_MEMBERS, 0), "members 0x40, wanted bits of mi_member_id");
    says(mi_meant_finite(&found, f, 0, MI_MEMBERS, &x), unknown);
    mi_meant(f, 1, &(mi_in_hand){0});
    mi_meant(NULL, 0, NULL);
    mi_meant_labels(f, 0, NULL);
    says(mi_features_read(f, 0, MI_Z1, NULL), "a member to read without a matrix");
    says(mi_features_rows(f, 0, MI_Z1, NULL), "a member to read without a matrix");
    says(mi_features_read_labels(f, 0, MI_Y, NULL), "a member to read without labels");
    says(mi_features_each_block(f, 0, MI_Z1, NULL, 1, NULL, NULL),
         "blocks without a function to take them");
    says(mi_features_each_block(f, 0, MI_Z1, back, 2, take_block, NULL),
         "row 1 of a member that has 6, wanted rows that are there, in their order");
    says(mi_features_each_block(f, 0, MI_Z1, far, 2, take_block, NULL),
         "row 6 of a member that has 6, wanted rows that are there, in their order");
    says(mi_features_each_block(f, 0, MI_Z1, NULL, 7, take_block, NULL),
         "7 rows of a member that has 6");
    mi_features_close(f);
}

static void samples(void **state)
{
    mi_sample_opts o;
    mi_sample s, read = {0};
    mi_features *f;
    (void)state;
    make_plain("a.h5");
    f = open_one("a.h5");
#define OPTS(field) (mi_sample_opts_default(&o), WITH(o, field))
    says(mi_sample_load(NULL, f, 0, 1, OPTS(seed = 1)), "a feature set to read without a sample");
    says(mi_sample_load(&s, f, 1, 1, &o), "feature set 1 of 1");
    says(mi_sample_load(&s, NULL, 0, 1, &o), "feature set 0 of 0");
    says(mi_sample_load(&s, f, 0, 1, NULL), "a sample without options");
    says(mi_sample_load(&s, f, 0, 64, &o), "members 0x40, wanted bits of mi_member_id");
    says(mi_sample_load(&s, f, 0, 1, OPTS(r_kind = 4)), "R of kind 4, wanted one of mi_r_kind");
    says(mi_sample_shapes(f, 1, 1, &o), "shapes of a set there is not");
    says(mi_sample_shapes(f, 0, 1, NULL), "shapes of a sample without options");
    says(mi_sample_read(NULL, f, 0, 1, &o, 1), "a feature set to read without a sample");
    says(mi_sample_read(&s, f, 0, 1, OPTS(seed = 1), 0), "a sample without options");
    says(mi_sample_make(&s, NULL, f, 0, &o), "a sample to make without what was read");
    says(mi_sample_make(NULL, &read, f, 0, &o), "a sample to make without a result");
    says(mi_sample_make(&s, &read, f, 2, &o), "feature set 2 of 1");
#undef OPTS
    mi_features_close(f);
}

static void writing(void **state)
{
    const double x[] = {1, 2, 3, 4};
    const int64_t y[] = {1, 2};
    mi_layout l = {.n = 2, .axes = 1, .axis = {2}, .store = MI_STORE_F64};
    mi_writer *w;
    mi_sink *s;
    (void)state;
    says(mi_writer_file(NULL, "b.h5", "b.h5"), "a file to write without a writer, path or name");
    says(mi_writer_file(&w, NULL, "b.h5"), "a file to write without a writer, path or name");
    says(mi_writer_image(&w, NULL), "an image to write without a writer or name");
    says(mi_writer_finish(NULL), "the end of a file that is not under way");
    says(mi_writer_send(NULL, 1), "an image to send without one");
    says(mi_writer_real(NULL, "/", "a", 1), "something to write into a file that is not under way");
    assert_int_equal(mi_writer_file(&w, "b.h5", "b.h5"), MI_OK);
    says(mi_writer_send(w, 1), "an image to send without one");
    says(mi_writer_integer(w, NULL, "a", 1), "something to write without a group");
    says(mi_writer_real(w, "/", NULL, 1), "an attribute without a name");
    says(mi_writer_text(w, "/", "a", NULL), "an attribute without a value");
    says(mi_writer_history(w, NULL), "a history without a line");
    says(mi_writer_attributes(w, NULL, 0), "a feature set of no open features");
    says(mi_writer_member(NULL, w, "/", MI_Z1, &l), "a dataset to make without a sink");
    says(mi_writer_member(&s, w, "/", MI_Z1, NULL), "a dataset without a layout");
    says(mi_writer_member(&s, w, "/", MI_MEMBERS, &l),
         "member 6 of a feature set, wanted one of mi_member_id");
    says(mi_writer_member_like(&s, w, "/", NULL, 0, MI_Z1, &l),
         "a feature set of no open features");
    assert_null(s);
    says(mi_writer_member(&s, w, "/", MI_Z1, WITH(l, axes = 8)),
         "a dataset of 8 trailing axes, wanted 0 to 7");
    l.axes = 1;
    says(mi_writer_member(&s, w, "/", MI_Z1, WITH(l, axis[0] = 0)),
         "a dataset whose trailing axis 0 is 0, wanted 1 or more");
    l.axis[0] = 2;
    says(mi_writer_member(&s, w, "/", MI_Z1, WITH(l, store = 9)),
         "a dataset stored as 9, wanted one of mi_store");
    says(mi_writer_member(&s, w, "/", MI_Z1, WITH(l, store = MI_STORE_SAME)),
         "a dataset as it was, wanted a type: it is like no other");
    l.store = MI_STORE_F64;
    assert_int_equal(mi_writer_member(&s, w, "/", MI_Z1, &l), MI_OK);
    says(mi_sink_reals(NULL, x, 1), "rows to write without a dataset");
    says(mi_sink_reals(s, NULL, 1), "rows to write without values");
    says(mi_sink_reals(s, x, 3), "rows 0 to 3 of a dataset that has 2");
    says(mi_sink_integers(NULL, y, 1), "rows to write without a dataset");
    says(mi_sink_copy(NULL, NULL, 0, MI_Z1, NULL, 1), "rows to copy without a dataset");
    says(mi_sink_copy(s, NULL, 0, MI_Z1, NULL, 1), "a feature set of no open features");
    assert_int_equal(mi_sink_reals(s, x, 2), MI_OK);
    says(mi_sink_reals(s, x, 1), "rows 2 to 3 of a dataset that has 2");
    mi_sink_free(s);
    mi_sink_free(NULL);
    assert_int_equal(mi_writer_finish(w), MI_OK);
    says(mi_writer_finish(w), "the end of a file that is not under way");
    says(mi_writer_real(w, "/", "a", 1), "something to write into a file that is not under way");
    mi_writer_free(w);
    mi_writer_free(NULL);
}

static void attributes(void **state)
{
    const mi_note note = {.group = "/", .value = 1};
    mi_replace copy = {0};
    (void)state;
    make_plain("a.h5");
    says(mi_annotate(NULL, &note, 1, NULL), "attributes for a file that was not begun");
    says(mi_annotate(&copy, &note, 1, NULL), "attributes for a file that was not begun");
    assert_int_equal(mi_replace_begin_copy(&copy, "a.h5"), MI_OK);
    says(mi_annotate(&copy, NULL, 1, NULL), "no attributes, wanted 1");
    says(mi_annotate(&copy, &note, 1, NULL), "attribute 0 without a group or name");
    mi_replace_discard(&copy);
    says(mi_table_attr_columns(NULL, NULL), "columns of attributes without a table");
    says(mi_table_attrs(NULL, NULL), "cells of attributes without a table");
}

static void transforms_and_generators(void **state)
{
    mi_transform t;
    mi_synth_opts o;
    mi_writer *w;
    (void)state;
    mi_transform_default(&t);
    says(mi_transform_add(NULL, MI_OP_L2, "z1"), "an operation without a list to add it to");
    says(mi_transform_add(&t, (mi_op_kind)99, "z1"), "operation 99, wanted one of mi_op_kind");
    says(mi_transform_fit(NULL, NULL, 0), "operations to fit without a list of them");
    says(mi_transform_fit(&t, NULL, 0), "feature set 0 of 0");
    says(mi_transform_write(&t, NULL, NULL),
         "mi_transform_write without operations, features or a writer");
    assert_string_equal(mi_op_name(MI_OPS), "?");
    assert_string_equal(mi_synth_name(MI_SYNTH_KINDS), "?");
    mi_transform_free(NULL);
    mi_transform_default(NULL);
    mi_synth_opts_default(NULL);
    assert_int_equal(mi_writer_file(&w, "s.h5", "s.h5"), MI_OK);
#define OPTS(field) (mi_synth_opts_default(&o), WITH(o, field))
    says(mi_synth_write(NULL, OPTS(seed = 1)), "a feature set to make without a writer");
    says(mi_synth_write(w, NULL), "a feature set to make without options");
    says(mi_synth_write(w, OPTS(kind = 99)), "kind 99 of features, wanted one of mi_synth_kind");
    says(mi_synth_write(w, OPTS(store = 9)), "features stored as 9, wanted one of mi_store");
    says(mi_synth_write(w, OPTS(noise = -1)), "separation 1, noise -1, decay 1, wanted 0 or more");
    says(mi_synth_write(w, OPTS(n = 1)), "1 rows, wanted 2 or more");
#undef OPTS
    mi_writer_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(opening),
        FIXTURE_TEST(sets),
        FIXTURE_TEST(members),
        FIXTURE_TEST(samples),
        FIXTURE_TEST(writing),
        FIXTURE_TEST(attributes),
        FIXTURE_TEST(transforms_and_generators),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
