/* Operations on feature sets: files out and back, arguments, what fails. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "draw.h"

#include "libmi/data/mat_internal.h"
#include "libmi/transform/private.h"

enum { N = 7, D = 4 };

/* Of the columns of fill(): numpy's x.mean(0), as in test_maps.c. */
static const double mean[] = {0.160214582256707, 1.02767215472617, 2.1231113430875,
                              3.04139597599361};

static void fill(double *x)
{
    for (int i = 0; i < N; i++)
        for (int k = 0; k < D; k++)
            x[i * D + k] = sin(1.3 * i * (k + 1) + k) + k;
}

static void check_all(const double *found, const double *wanted, size_t n, double tolerance)
{
    for (size_t k = 0; k < n; k++)
        CHECK_NEAR(found[k], wanted[k], tolerance);
}

/* ---- files ---- */

static char path[64], other[64];

static int make_names(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "test-transform-%ld.h5", (long)getpid());
    snprintf(other, sizeof other, "test-transform-%ld-out.h5", (long)getpid());
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    unlink(path);
    unlink(other);
    return 0;
}

/* A run: r and y at the root, two epochs. z1 holds the golden rows. */
static void write_run(const char *to)
{
    static const char *const group[] = {"/epoch_1", "/epoch_2"};
    double x[N * D];
    int64_t id[N];
    mi_writer *w;
    mi_sink *sink;
    fill(x);
    for (int k = 0; k < N; k++)
        id[k] = k / 2;
    CHECK(mi_writer_file(&w, to, to));
    CHECK(mi_writer_text(w, "/", "dataset", "sines"));
    for (mi_member_id m = MI_R; m <= MI_Y; m++) {
        CHECK(mi_writer_member(&sink, w, "/", m, &(mi_layout){.n = N, .store = MI_STORE_I64}));
        CHECK(mi_sink_integers(sink, id, N));
        mi_sink_free(sink);
    }
    for (int k = 0; k < 2; k++) {
        mi_layout l = {.n = N, .axes = 1, .axis = {D}, .store = k ? MI_STORE_F64 : MI_STORE_F16};
        CHECK(mi_writer_member(&sink, w, group[k], MI_Z1, &l));
        CHECK(mi_sink_reals(sink, x, 3));
        CHECK(mi_sink_reals(sink, x + 3 * D, N - 3));
        mi_sink_free(sink);
        CHECK(mi_writer_real(w, group[k], "accuracy", 0.5));
        CHECK(mi_writer_integer(w, group[k], "accuracy", k)); /* replaces */
    }
    CHECK(mi_writer_history(w, "first"));
    CHECK(mi_writer_history(w, "second"));
    CHECK(mi_writer_finish(w));
    mi_writer_free(w);
}

static mi_status transform_file(const mi_transform *t, const char *from, const char *to)
{
    mi_features *f = NULL;
    mi_writer *w = NULL;
    const char *address = from;
    mi_status status;
    MI_TRY_GOTO(status, mi_features_open(&f, &address, 1, NULL), done);
    MI_TRY_GOTO(status, mi_writer_file(&w, to, to), done);
    MI_TRY_GOTO(status, mi_transform_write(t, f, w), done);
    status = mi_writer_finish(w);
done:
    mi_writer_free(w);
    mi_features_close(f);
    return status;
}

static mi_features *open_one(const char *name)
{
    mi_features *f;
    CHECK(mi_features_open(&f, &name, 1, NULL));
    return f;
}

/* 7 rows of 4 columns: a mark and a number a row; a covariance with two eigenvectors and a map; two tables of
 * labels, one at a time, and their groups. */
static void test_bytes_are_counted(void **state)
{
    static const struct {
        mi_op_kind kind;
        const char *text;
        double bytes;
    } row[] = {{MI_OP_ROWS, "0:3", 7 * 9},
               {MI_OP_PCA, "z1:2", 8 * 4 * (4 + 2 * 2)},
               {MI_OP_CLASS, "1", 7 * 9 + 7 * (8 + 24 + 20) + 2 * 7 * 20},
               {MI_OP_L2, "z1", 0}};
    (void)state;
    write_run(path);
    mi_features *f = open_one(path);
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        mi_transform t;
        mi_transform_default(&t);
        CHECK(mi_transform_add(&t, row[k].kind, row[k].text));
        CHECK_NEAR(mi_transform_bytes(&t, f, 0), row[k].bytes, 0);
        CHECK_NEAR(mi_transform_bytes(&t, f, 1), row[k].bytes + 2 * 7 * 4 * (4 + 8), 0);
        mi_transform_free(&t);
    }
    CHECK_NEAR(mi_transform_bytes(NULL, f, 0), 0, 0);
    mi_features_close(f);
}

static void test_written_sets_read_back(void **state)
{
    double x[N * D];
    mi_mat z;
    (void)state;
    fill(x);
    write_run(path);
    mi_features *f = open_one(path);
    assert_int_equal(mi_features_count(f), 2);
    const mi_set *s = mi_features_set(f, 1);
    assert_string_equal(mi_set_attr(s, "dataset")->text, "sines");
    assert_int_equal(mi_set_attr(s, "accuracy")->integer, 1);
    assert_string_equal(s->member[MI_R].group, "/");
    assert_string_equal(s->member[MI_Z1].group, "/epoch_2");
    assert_string_equal(mi_features_set(f, 0)->member[MI_Z1].type, "f16");
    CHECK(mi_features_read(f, 1, MI_Z1, &z));
    check_all(z.x, x, N * D, 0);
    mi_mat_free(&z);
    CHECK(mi_features_read(f, 0, MI_Z1, &z));
    for (int k = 0; k < N * D; k++)
        CHECK_NEAR(mi_mat_get(&z, 0, (size_t)k), x[k], 2e-3);
    mi_mat_free(&z);
    mi_features_close(f);
}

static void add(mi_transform *t, mi_op_kind kind, const char *text)
{
    CHECK(mi_transform_add(t, kind, text));
}

static void test_operations_apply_in_order(void **state)
{
    double x[N * D];
    mi_transform t;
    mi_mat z;
    (void)state;
    fill(x);
    write_run(path);
    mi_transform_default(&t);
    add(&t, MI_OP_ROWS, "1:");
    add(&t, MI_OP_IDS, "1,3");
    add(&t, MI_OP_ROWS, "::2");
    t.store = MI_STORE_F64;
    CHECK(transform_file(&t, path, other));
    mi_transform_free(&t);
    mi_features *f = open_one(other);
    const mi_set *s = mi_features_set(f, 1);
    assert_string_equal(s->member[MI_R].path, "/r"); /* all sets keep the same rows */
    assert_string_equal(s->member[MI_Z1].type, "f64");
    CHECK(mi_features_read(f, 1, MI_Z1, &z));
    assert_int_equal(z.n, 2);
    check_all(z.x, x + 2 * D, D, 0);
    check_all((double *)z.x + D, x + 6 * D, D, 0);
    mi_mat_free(&z);
    mi_features_close(f);
}

static void test_fit_on_another_set(void **state)
{
    mi_transform t;
    mi_flow flow;
    (void)state;
    write_run(path);
    mi_features *f = open_one(path);
    mi_transform_default(&t);
    add(&t, MI_OP_ROWS, ":2");
    add(&t, MI_OP_STANDARDIZE, "z1");
    CHECK(mi_transform_fit(&t, f, 1));
    assert_int_equal(t.fit->n, N); /* not selected from */
    CHECK(mi_flow_open(&flow, f, 1));
    CHECK(mi_transform_apply(&t, &flow));
    assert_int_equal(flow.n, 2);
    check_all(flow.member[MI_Z1].map[0].map.offset, mean, D, 1e-14);
    mi_flow_free(&flow);
    mi_transform_free(&t);
    mi_features_close(f);
}

static void test_what_a_type_cannot_hold(void **state)
{
    double x[4] = {1, 2, 3, 65520};
    mi_layout l = {.n = 2, .axes = 1, .axis = {2}, .store = MI_STORE_F16};
    mi_writer *w;
    mi_sink *sink;
    (void)state;
    CHECK(mi_writer_image(&w, "image"));
    CHECK(mi_writer_member(&sink, w, "/", MI_Z1, &l));
    assert_int_equal(mi_sink_reals(sink, x, 2), MI_EDATA);
    assert_string_equal(mi_detail(), "row 1 of the result has 65520, more than its type can hold "
                                     "(65520); try a wider type");
    x[3] = INFINITY; /* what was infinite stays so */
    CHECK(mi_sink_reals(sink, x, 2));
    mi_sink_free(sink);
    CHECK(mi_writer_finish(w));
    mi_writer_free(w);
}

/* Every allocation fails once: an error each time, nothing leaks, nothing crashes. */
static void test_allocation_failures(void **state)
{
    mi_transform t;
    mi_status status = MI_ENOMEM;
    (void)state;
    write_run(path);
    mi_transform_default(&t);
    add(&t, MI_OP_PER_CLASS, "1");
    add(&t, MI_OP_IDS, "0,1");
    add(&t, MI_OP_L2, "z1");
    add(&t, MI_OP_PCA, "z1:2");
    long n = 0;
    while (status == MI_ENOMEM && n < 10000) {
        mi_fail_allocation(++n);
        status = transform_file(&t, path, other);
    }
    mi_fail_allocation(0);
    assert_int_equal(status, MI_OK);
    assert_true(n > 30);
    mi_transform_free(&t);
}

static void test_an_image_that_cannot_grow(void **state)
{
    static double x[200000];
    mi_layout l = {.n = 200000, .store = MI_STORE_F64};
    (void)state;
    for (long n = 1; n < 100; n++) {
        mi_writer *w = NULL;
        mi_sink *sink = NULL;
        mi_status status;
        mi_fail_allocation(n);
        MI_TRY_GOTO(status, mi_writer_image(&w, "image"), done);
        MI_TRY_GOTO(status, mi_writer_member(&sink, w, "/", MI_Z1, &l), done);
        MI_TRY_GOTO(status, mi_sink_reals(sink, x, 200000), done);
        status = mi_writer_finish(w);
    done:
        mi_sink_free(sink);
        mi_writer_free(w);
        if (status == MI_OK)
            break;
        assert_int_equal(status, MI_ENOMEM);
    }
    mi_fail_allocation(0);
}

static void test_history_is_cut(void **state)
{
    char line[9000];
    mi_writer *w;
    (void)state;
    memset(line, 'x', sizeof line - 1);
    memcpy(line, "libmi", 5);
    line[sizeof line - 1] = 0;
    CHECK(mi_writer_image(&w, "image"));
    for (int k = 0; k < 20; k++)
        CHECK(mi_writer_history(w, line));
    CHECK(mi_writer_finish(w));
    mi_writer_free(w);
}

static void test_arguments(void **state)
{
    static const struct {
        mi_op_kind kind;
        const char *text, *message;
    } row[] = {
        {MI_OP_FSQ, "z2:1", "the number is 1, wanted 2 or more"},
        {MI_OP_FSQ, "z2", "no number, wanted one of 2 or more after a colon, such as z1:8"},
        {MI_OP_PCA, "z1:0", "the number is 0, wanted 1 or more"},
        {MI_OP_PCA, "z1:x", "'x' is no number, wanted a whole one of 1 or more"},
        {MI_OP_PCA, "z1:-4", "'-4' is no number, wanted a whole one of 1 or more"},
        {MI_OP_L2, "z1,z3", "'z3' is no variable, wanted z1, z2 or z1,z2"},
        {MI_OP_L2, "", "'' is no variable, wanted z1, z2 or z1,z2"},
        {MI_OP_L2, "z1:3", "takes no number, wanted variables alone, such as z1"},
        {MI_OP_WHITEN, "z1:", "'' is no number, wanted a whole one of 1 or more"},
        {MI_OP_SUBSAMPLE, "0", "the number is 0, wanted 1 or more"},
        {MI_OP_CLASS, "1,,2", "an empty value, wanted a list such as 3,5"},
        {MI_OP_ROWS, "5", "'5' is no range, wanted A:B or A:B:STEP"},
        {MI_OP_ROWS, "1:5:0", "a step of 0, wanted 1 or more"},
    };
    mi_transform t;
    (void)state;
    mi_transform_default(&t);
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        assert_int_equal(mi_transform_add(&t, row[k].kind, row[k].text), MI_EUSAGE);
        assert_string_equal(mi_detail(), row[k].message);
    }
    assert_int_equal(t.n, 0);
    mi_transform_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written_sets_read_back),
        cmocka_unit_test(test_operations_apply_in_order),
        cmocka_unit_test(test_fit_on_another_set),
        cmocka_unit_test(test_what_a_type_cannot_hold),
        cmocka_unit_test(test_bytes_are_counted),
        cmocka_unit_test(test_allocation_failures),
        cmocka_unit_test(test_an_image_that_cannot_grow),
        cmocka_unit_test(test_history_is_cut),
        cmocka_unit_test(test_arguments),
    };
    return cmocka_run_group_tests(tests, make_names, remove_files);
}
