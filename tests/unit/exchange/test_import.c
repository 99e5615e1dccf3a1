/* Arrays into feature sets: members, views, what does not fit together, files that are added to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "libmi/base/mem.h"
#include "libmi/base/replace.h"
#include "libmi/data/mat_internal.h"
#include "libmi/exchange/private.h"

/* ---- arrays ---- */

enum { N = 6, D = 4 };

static void put_array(const char *name, const char *descr, int axes, const uint64_t *axis,
                      const void *x, size_t size)
{
    char *header;
    size_t bytes, count = size;
    for (int k = 0; k < axes; k++)
        count *= (size_t)axis[k];
    FILE *f = fopen(name, "w");
    assert_int_equal(mi_npy_header_make(&header, &bytes, descr, axes, axis), MI_OK);
    fwrite(header, 1, bytes, f);
    fwrite(x, 1, count, f);
    mi_free(header);
    fclose(f);
}

/* z1.npy (6,4) of 10 i + k, z2.npy (6,2), y.npy of i / 2, once.npy of 3 labels, stacked.npy of i %
 * 3. */
static void put_arrays(void)
{
    float x[N * D];
    int32_t y[N], stacked[N];
    for (int i = 0; i < N; i++) {
        y[i] = i / 2;
        stacked[i] = i % 3;
        for (int k = 0; k < D; k++)
            x[i * D + k] = (float)(10 * i + k);
    }
    put_array("z1.npy", "'<f4'", 2, (uint64_t[]){N, D}, x, 4);
    put_array("z2.npy", "'<f4'", 2, (uint64_t[]){N, 2}, x, 4);
    put_array("z3.npy", "'<f4'", 3, (uint64_t[]){3, 2, D}, x, 4);
    put_array("v3.npy", "'<f4'", 3, (uint64_t[]){2, 3, D}, x, 4);
    put_array("z4.npy", "'<f4'", 4, (uint64_t[]){3, 2, 2, 2}, x, 4);
    put_array("y.npy", "'<i4'", 1, (uint64_t[]){N}, y, 4);
    put_array("once.npy", "'<i4'", 1, (uint64_t[]){3}, stacked, 4);
    put_array("stacked.npy", "'<i4'", 1, (uint64_t[]){N}, stacked, 4);
}

static mi_import_opts opts_of(const char *z1, const char *y)
{
    mi_import_opts o;
    mi_import_opts_default(&o);
    o.address[MI_Z1] = z1;
    o.address[MI_Y] = y;
    return o;
}

static mi_status import(const char *path, const mi_import_opts *o)
{
    mi_writer *w;
    MI_TRY(mi_writer_file(&w, path, path));
    mi_status status = mi_import(w, o);
    if (status == MI_OK)
        status = mi_writer_finish(w);
    mi_writer_free(w);
    return status;
}

static void expect_failure(const mi_import_opts *o, mi_status status, const char *message)
{
    assert_int_equal(import("out.h5", o), status);
    assert_string_equal(mi_detail(), message);
}

/* Labels of a member of the first set, as values of its rows. */
static void expect_values(const char *address, mi_member_id m, const int64_t *wanted, size_t n)
{
    mi_features *f = open_one(address);
    mi_labels l;
    assert_int_equal(mi_features_read_labels(f, 0, m, &l), MI_OK);
    assert_int_equal(l.groups.n, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(l.value[l.groups.code[i]], wanted[i]);
    mi_labels_free(&l);
    mi_features_close(f);
}

static void expect_z1(const char *address, size_t n, size_t d)
{
    mi_features *f = open_one(address);
    expect_ramp(f, MI_F32, n, d);
    mi_features_close(f);
}

/* ---- views ---- */

static const int64_t interleaved[] = {0, 0, 1, 1, 2, 2}, stacked[] = {0, 1, 2, 0, 1, 2};

static void as_they_are(void **state)
{
    (void)state;
    put_arrays();
    mi_import_opts o = opts_of("z1.npy", "y.npy");
    o.address[MI_Z2] = "z2.npy";
    assert_int_equal(import("out.h5", &o), MI_OK);
    expect_z1("out.h5", N, D);
    expect_values("out.h5", MI_Y, interleaved, N);
    assert_int_equal(warnings, 0);
}

static void views_by_labels(void **state)
{
    (void)state;
    put_arrays();
    mi_import_opts o = opts_of("z1.npy", "y.npy");
    o.views = 2;
    assert_int_equal(import("out.h5", &o), MI_OK);
    assert_string_equal(last_warning, "layout interleaved, as the labels tell");
    expect_values("out.h5", MI_R, interleaved, N);
    o.address[MI_Y] = "stacked.npy";
    assert_int_equal(import("out.h5", &o), MI_OK);
    assert_string_equal(last_warning, "layout stacked, as the labels tell");
    expect_values("out.h5", MI_R, stacked, N);
    o.layout = MI_VIEWS_INTERLEAVED;
    assert_int_equal(import("out.h5", &o), MI_OK);
    assert_string_equal(last_warning,
                        "views of an instance have different labels in y=stacked.npy; layout "
                        "stacked would fit them, if the features stand so too; else it is the "
                        "labels that want another order");
    expect_values("out.h5", MI_R, interleaved, N);
}

static void views_by_axes(void **state)
{
    (void)state;
    put_arrays();
    mi_import_opts o = opts_of("z3.npy", "once.npy");
    o.views = 2;
    assert_int_equal(import("out.h5", &o), MI_OK);
    expect_z1("out.h5", N, D);
    expect_values("out.h5", MI_R, interleaved, N);
    expect_values("out.h5", MI_Y, interleaved, N);
    o.address[MI_Z1] = "v3.npy";
    assert_int_equal(import("out.h5", &o), MI_OK);
    expect_z1("out.h5", N, D);
    expect_values("out.h5", MI_R, stacked, N);
    expect_values("out.h5", MI_Y, stacked, N);
    assert_int_equal(warnings, 0);
    o.address[MI_R] = "once.npy"; /* ids as given, one an instance */
    assert_int_equal(import("out.h5", &o), MI_OK);
    expect_values("out.h5", MI_R, stacked, N);
    o = opts_of("z4.npy", NULL);
    o.views = 2;
    assert_int_equal(import("out.h5", &o), MI_OK);
    assert_string_equal(last_warning,
                        "z1=z4.npy is f32[3,2,2,2]: its axis of 2 views becomes rows");
    expect_z1("out.h5", N, D);
}

static void views_untold(void **state)
{
    (void)state;
    put_arrays();
    mi_import_opts o = opts_of("z1.npy", "once.npy");
    o.views = 2;
    expect_failure(&o, MI_EUSAGE,
                   "views 2: where do the views of an instance stand? layout stacked: all "
                   "first views, then all second ones; layout interleaved: next to each other");
    o.address[MI_Z1] = "z3.npy";
    o.layout = MI_VIEWS_STACKED;
    expect_failure(&o, MI_EDATA,
                   "z1: z3.npy: its second axis has the 2 views, which are interleaved then, not "
                   "stacked");
    o = opts_of("z1.npy", NULL);
    o.views = 4;
    expect_failure(&o, MI_EDATA, "z1: z1.npy: 6 rows, wanted a multiple of the 4 views");
}

/* ---- what does not fit ---- */

static void shapes(void **state)
{
    (void)state;
    put_arrays();
    mi_import_opts o = opts_of("z1.npy", "once.npy");
    expect_failure(&o, MI_EDATA, "y: once.npy: 3 rows, wanted 6 as z1=z1.npy has");
    o = opts_of("z1.npy", "z2.npy");
    expect_failure(&o, MI_EDATA,
                   "y: z2.npy: f32[6,2], wanted one value a row; one-hot labels are classes by "
                   "argmax(1)");
    o = opts_of("none.npy", NULL);
    expect_failure(&o, MI_EOPEN, "z1: cannot open 'none.npy': No such file or directory");
    mi_import_opts_default(&o);
    expect_failure(&o, MI_EUSAGE, "no member is given, wanted such as z1=FILE");
    write_bytes("words.csv", "a\nb\nc\nd\ne\nf\n", 12);
    o = opts_of("words.csv", NULL);
    expect_failure(&o, MI_EDATA, "z1: words.csv: text, wanted numbers");
    o = opts_of("z1.npy", "words.csv");
    expect_failure(&o, MI_EDATA,
                   "y: words.csv: 5 rows, wanted 6 as z1=z1.npy has; its first line was taken for "
                   "names: header no");
    o.array.header = MI_HEADER_NO;
    assert_int_equal(import("out.h5", &o), MI_OK);
}

static void values(void **state)
{
    float x[] = {0, 1, 2, 3, 4.5f, 1.0f / 0.0f};
    (void)state;
    put_arrays();
    put_array("bad.npy", "'<f4'", 2, (uint64_t[]){3, 2}, x, 4);
    put_array("half.npy", "'<f4'", 1, (uint64_t[]){3}, x + 2, 4);
    mi_import_opts o = opts_of("bad.npy", NULL);
    expect_failure(&o, MI_EDATA,
                   "z1: bad.npy: row 2 has NaN or infinity (1 of 3 rows do), wanted finite "
                   "numbers; keep-nonfinite keeps them, for transform drop-nonfinite");
    o.keep_nonfinite = 1;
    assert_int_equal(import("out.h5", &o), MI_OK);
    o.address[MI_Y] = "half.npy";
    expect_failure(&o, MI_EDATA, "y: half.npy: row 2 is 4.5, wanted whole numbers or text");
    o = opts_of("z1.npy", NULL);
    o.bf16 = 1u << MI_Z1;
    expect_failure(&o, MI_EDATA,
                   "z1: z1.npy: f32, which holds no bfloat16, wanted 16 bits an "
                   "element");
    x[0] = 1e6f;
    put_array("large.npy", "'<f4'", 2, (uint64_t[]){2, 2}, x, 4);
    o = opts_of("large.npy", NULL);
    o.store = MI_STORE_F16;
    expect_failure(&o, MI_EDATA,
                   "row 0 of the result has 1e+06, more than its type can hold "
                   "(65520); try a wider type");
}

/* Labels as a line: of NumPy, of HDF5, of MATLAB, whose axes are the other way round, of text. */
static void labels_in_a_line(void **state)
{
    static const int32_t y[] = {0, 0, 1, 1, 2, 2};
    static const char *const address[] = {"line.npy", "line.h5:y", "line.h5:matlab", "line.csv"};
    (void)state;
    put_arrays();
    put_array("line.npy", "'<i4'", 2, (uint64_t[]){1, N}, y, 4);
    hid_t f = make_file("line.h5");
    put(f, "y", H5T_STD_I32LE, H5T_NATIVE_INT32, y, 1, N);
    put(f, "matlab", H5T_STD_I32LE, H5T_NATIVE_INT32, y, N, 1);
    hid_t at = H5Dopen2(f, "matlab", H5P_DEFAULT);
    put_attr_text(at, "MATLAB_class", "int32");
    H5Dclose(at);
    H5Fclose(f);
    write_bytes("line.csv", "0,0,1,1,2,2\n", 12);
    for (size_t k = 0; k < sizeof address / sizeof *address; k++) {
        mi_import_opts o = opts_of("z1.npy", address[k]);
        assert_int_equal(import("out.h5", &o), MI_OK);
        expect_values("out.h5", MI_Y, interleaved, N);
    }
}

/* ---- types ---- */

static void widened(void **state)
{
    static const struct {
        const char *descr;
        mi_store store;
        unsigned bf16;
        uint16_t bits[2]; /* of 1 and -2.5 */
    } rows[] = {{"'<f2'", MI_STORE_F32, 0, {0x3c00, 0xc100}},
                {"'<V2'", MI_STORE_SAME, 0, {0x3f80, 0xc020}},
                {"'<u2'", MI_STORE_SAME, 1u << MI_Z1, {0x3f80, 0xc020}},
                {"'<u2'", MI_STORE_F32, 1u << MI_Z1, {0x3f80, 0xc020}}};
    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        mi_mat x;
        put_array("a.npy", rows[k].descr, 1, (uint64_t[]){2}, rows[k].bits, 2);
        mi_import_opts o = opts_of("a.npy", NULL);
        o.store = rows[k].store;
        o.bf16 = rows[k].bf16;
        assert_int_equal(import("out.h5", &o), MI_OK);
        mi_features *f = open_one("out.h5");
        assert_string_equal(mi_features_set(f, 0)->member[MI_Z1].type, "f32");
        assert_int_equal(mi_features_read(f, 0, MI_Z1, &x), MI_OK);
        assert_true(mi_mat_get(&x, 0, 0) == 1 && mi_mat_get(&x, 1, 0) == -2.5);
        mi_mat_free(&x);
        mi_features_close(f);
    }
}

static void integers_are_mentioned(void **state)
{
    uint16_t x[4] = {0};
    (void)state;
    put_array("a.npy", "'<u2'", 2, (uint64_t[]){2, 2}, x, 2);
    mi_import_opts o = opts_of("a.npy", NULL);
    assert_int_equal(import("out.h5", &o), MI_OK);
    assert_string_equal(last_warning,
                        "z1=a.npy is u16[2,2]: a row of integers is one symbol; type f32 makes "
                        "them numbers, bf16 takes them for the bits of bfloat16");
}

/* ---- files that are added to ---- */

static mi_status add(const char *path, const mi_import_opts *o)
{
    mi_replace change;
    mi_writer *w = NULL;
    MI_TRY(mi_replace_begin_change(&change, path));
    mi_status status = change.must_be_new ? mi_writer_file(&w, change.temporary, path)
                                          : mi_writer_add(&w, change.temporary, path);
    if (status == MI_OK)
        status = mi_import(w, o);
    if (status == MI_OK)
        status = mi_writer_finish(w);
    mi_writer_free(w);
    if (status == MI_OK)
        return mi_replace_finish(&change);
    mi_replace_discard(&change);
    return status;
}

static void groups(void **state)
{
    (void)state;
    put_arrays();
    mi_import_opts root = opts_of(NULL, "y.npy"), o = opts_of("z1.npy", NULL);
    o.group = "/epoch_1";
    assert_int_equal(add("run.h5", &root), MI_OK);
    assert_int_equal(add("run.h5", &o), MI_OK);
    o.group = "/deep/epoch_2";
    assert_int_equal(add("run.h5", &o), MI_OK);
    mi_features *f = open_one("run.h5");
    assert_int_equal(mi_features_count(f), 2);
    expect_group(f, 0, "/deep/epoch_2");
    expect_group(f, 1, "/epoch_1");
    mi_features_close(f);
    expect_values("run.h5:/epoch_1", MI_Y, interleaved, N);
    expect_z1("run.h5:/deep", N, D);
    assert_int_equal(add("run.h5", &o), MI_EDATA);
    assert_string_equal(mi_detail(), "run.h5:/deep/epoch_2: z1 is there already; replace puts "
                                     "another in its place");
    o.replace = 1;
    assert_int_equal(add("run.h5", &o), MI_OK);
    expect_z1("run.h5:/deep", N, D);
    o = opts_of("z3.npy", NULL);
    o.group = "/epoch_3";
    assert_int_equal(add("run.h5", &o), MI_EDATA);
    assert_string_equal(mi_detail(), "run.h5:/: y has 6 rows there, what comes has 3");
}

static void not_ours_to_add_to(void **state)
{
    (void)state;
    put_arrays();
    write_bytes("text.h5", "no HDF5", 7);
    mi_import_opts o = opts_of("z1.npy", NULL);
    assert_int_equal(add("text.h5", &o), MI_EDATA);
    assert_non_null(strstr(mi_detail(), "cannot write into 'text.h5': "));
    assert_int_equal(file_bytes("text.h5"), 7);
    assert_int_equal(add("no/where.h5", &o), MI_ECREATE);
    assert_string_equal(mi_detail(), "cannot create 'no/where.h5': No such file or directory");
}

/* Eight processes add a checkpoint each to a file that is not there yet: all of them are in it. */
static void many_at_once(void **state)
{
    enum { PROCESSES = 8 };
    (void)state;
    put_arrays();
    for (int k = 0; k < PROCESSES; k++) {
        if (fork() > 0)
            continue;
        char group[32];
        mi_import_opts o = opts_of("z1.npy", NULL);
        snprintf(group, sizeof group, "/epoch_%d", k);
        o.group = group;
        _exit(add("run.h5", &o) != MI_OK);
    }
    for (int k = 0, how; k < PROCESSES; k++) {
        assert_true(wait(&how) > 0);
        assert_int_equal(how, 0);
    }
    mi_features *f = open_one("run.h5");
    assert_int_equal(mi_features_count(f), PROCESSES);
    mi_features_close(f);
}

/* ---- without memory ---- */

static void without_memory(void **state)
{
    mi_status status = MI_ENOMEM;
    struct stat st;
    (void)state;
    put_arrays();
    write_bytes("words.csv", "id,y\n1,a\n2,b\n3,\"c \"\"d\"\"\"\n", 25);
    mi_import_opts o = opts_of("z3.npy", "words.csv:y");
    o.address[MI_Z2] = "z2.npy";
    o.views = 2;
    o.store = MI_STORE_F64;
    assert_int_equal(
        add("run.h5",
            &(mi_import_opts){.group = "/", .views = 1, .address = {[MI_SPLIT] = "y.npy"}}),
        MI_OK);
    o.group = "/epoch_1";
    for (long n = 1; status != MI_OK; n++) {
        mi_fail_allocation(n);
        status = add("run.h5", &o);
        mi_fail_allocation(0);
        assert_true(status == MI_OK || status == MI_ENOMEM || status == MI_EWRITE ||
                    status == MI_ECREATE || status == MI_EDATA);
        if (status != MI_OK) {
            if (!strstr(mi_detail(), "memory"))
                fail_msg("%s", mi_detail());
            assert_int_equal(stat("run.h5", &st), 0);
        }
    }
    expect_values("run.h5:/epoch_1", MI_R, interleaved, N);
}

/* Rows that are datasets, with labels by name, as well. */
static void names_without_memory(void **state)
{
    static const int64_t wanted[] = {7, -2, 7};
    static const char text[] = "id,y\nP2,7\nP1,-2\nP9,5\nP0,7\n";
    mi_status status = MI_ENOMEM;
    (void)state;
    hid_t f = make_file("rows.h5"), g = make_group(f, "rows");
    put_floats(g, "P0", 4, 0);
    put_floats(g, "P1", 4, 0);
    put_floats(g, "P2", 4, 0);
    H5Gclose(g);
    H5Fclose(f);
    write_bytes("y.csv", text, sizeof text - 1);
    mi_import_opts o = opts_of("rows.h5:rows/*", "y.csv:y");
    o.key = "id";
    for (long n = 1; status != MI_OK; n++) {
        mi_fail_allocation(n);
        status = import("out.h5", &o);
        mi_fail_allocation(0);
        assert_true(status == MI_OK || strstr(mi_detail(), "memory"));
    }
    expect_values("out.h5", MI_Y, wanted, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(as_they_are),
        FIXTURE_TEST(views_by_labels),
        FIXTURE_TEST(views_by_axes),
        FIXTURE_TEST(views_untold),
        FIXTURE_TEST(shapes),
        FIXTURE_TEST(values),
        FIXTURE_TEST(labels_in_a_line),
        FIXTURE_TEST(widened),
        FIXTURE_TEST(integers_are_mentioned),
        FIXTURE_TEST(groups),
        FIXTURE_TEST(not_ours_to_add_to),
        FIXTURE_TEST(many_at_once),
        FIXTURE_TEST(without_memory),
        FIXTURE_TEST(names_without_memory),
    };
    return cmocka_run_group_tests_name("import", tests, NULL, NULL);
}
