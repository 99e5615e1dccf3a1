/* What a failed call leaves is nothing to free: every public function that makes something, with every
 * allocation failing once. What it was to make is zero then, whatever the caller had there before;
 * memory that nobody has any more is found by the address sanitizer (./run asan unit). */
#include "fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "draw.h"
#include "libmi/mi.h"

/* What the calls below are given. */
static struct {
    mi_features *f;
    mi_sample sample, in_file;
    mi_forms entropy;
    mi_table table[2];
    mi_mat x;
    mi_labels y, instance;
    mi_sample_opts opts[2];
    mi_run run;
} given;

/* A call that makes something: *out of `bytes` is filled with rubbish before it, and zero after it
 * failed; `release` frees it after it did not. */
typedef struct {
    const char *name;
    size_t bytes;
    mi_status (*make)(void *out);
    void (*release)(void *out);
} maker;

static void is_made_or_is_nothing(const maker *m)
{
    unsigned char out[sizeof(mi_sample) + sizeof(mi_validation)];
    int failures = 0;
    for (long n = 1;; n++) {
        assert_true(m->bytes <= sizeof out);
        memset(out, 0xa5, sizeof out);
        mi_fail_allocation(n);
        mi_status status = m->make(out);
        mi_fail_allocation(0);
        if (status == MI_OK)
            break;
        if (status != MI_ENOMEM)
            fail_msg("%s, allocation %ld: %s: %s", m->name, n, mi_status_text(status), mi_detail());
        for (size_t k = 0; k < m->bytes; k++)
            if (out[k])
                fail_msg("%s, allocation %ld: byte %zu is left", m->name, n, k);
        failures++;
    }
    m->release(out);
    if (failures == 0)
        fail_msg("%s: allocated nothing", m->name);
}

#define RELEASE(name, type, free_it) \
    static void name(void *out)      \
    {                                \
        free_it((type *)out);        \
    }
#define RELEASE_POINTER(name, type, free_it) \
    static void name(void *out)              \
    {                                        \
        free_it(*(type **)out);              \
    }

RELEASE(release_mat, mi_mat, mi_mat_free)
RELEASE(release_groups, mi_groups, mi_groups_free)
RELEASE(release_labels, mi_labels, mi_labels_free)
RELEASE(release_var, mi_var, mi_var_free)
RELEASE(release_sample, mi_sample, mi_sample_free)
RELEASE(release_forms, mi_forms, mi_forms_free)
RELEASE(release_spectrum, mi_measured_spectrum, mi_measured_spectrum_free)
RELEASE(release_matched, mi_matched, mi_matched_free)
RELEASE(release_table, mi_table, mi_table_free)
RELEASE(release_split, mi_split, mi_split_free)
RELEASE(release_probe_labels, mi_probe_labels, mi_probe_labels_free)
RELEASE(release_plot, mi_plot, mi_plot_free)
RELEASE_POINTER(release_memory, void, mi_free)
RELEASE_POINTER(release_features, mi_features, mi_features_close)
RELEASE_POINTER(release_writer, mi_writer, mi_writer_free)
RELEASE_POINTER(release_side, mi_align_side, mi_align_side_free)
RELEASE_POINTER(release_table_writer, mi_table_writer, mi_table_writer_free)

/* ---- memory ---- */

static mi_status zeroed(void *out)
{
    return mi_calloc(out, 3, 8);
}
static mi_status raw(void *out)
{
    return mi_malloc(out, 3, 8);
}
static mi_status copied(void *out)
{
    return mi_strdup(out, "text");
}
static mi_status orders(void *out)
{
    size_t n;
    return mi_alpha_parse(out, &n, "1,2");
}
/* A matrix of no rows keeps its type. */
static mi_status without_type(mi_status status, mi_mat *m)
{
    if (status != MI_OK)
        m->type = 0;
    return status;
}
static mi_status matrix(void *out)
{
    return without_type(mi_mat_alloc(out, 3, 2, MI_F64), out);
}
static mi_status groups_of_bytes(void *out)
{
    return mi_groups_of_bytes(out, "abcabb", 6, 1);
}
static mi_status groups_of_rows(void *out)
{
    return mi_groups_of_rows(out, &given.x);
}
static mi_status linear(void *out)
{
    return mi_var_real(out, (mi_kernel){.kind = MI_KERNEL_LINEAR}, &given.x);
}
static mi_status gaussian(void *out)
{
    return mi_var_real(out, (mi_kernel){.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 1}, &given.x);
}
static mi_status variable(void *out)
{
    return mi_sample_var(out, &given.sample, MI_Z1);
}

static mi_status sample_of(void *out)
{
    static float z[6 * 2] = {1, 2, 3, 4, 0, 0, 5, 6, 7, 8, 9, 1};
    static const int64_t r[] = {0, 0, 1, 1, 1, 2};
    const mi_arrays in = {.n = 6, .z1 = {.x = z, .d = 2}, .z2 = {.x = z, .d = 2}, .r = r, .y = r};
    mi_sample_opts o;
    mi_sample_opts_default(&o);
    o.drop_zero_rows = 1;
    return mi_sample_of(out, &in, &o);
}

static mi_status forms(void *out)
{
    return mi_forms_parse(out, "z1:z2,z1:y|r", MI_FORM_IS_INFORMATION);
}

static mi_status spectrum(void *out)
{
    const mi_measure_opts o = {.batch = 2};
    return mi_measure_spectrum(out, given.entropy.form, &given.sample, &o, &given.run);
}

/* ---- tables ---- */

static mi_status table_writer(void *out)
{
    return mi_table_writer_new(out, stdout, MI_TABLE_TSV, 9);
}
static mi_status read_text(void *out, char *text)
{
    FILE *stream = fmemopen(text, strlen(text), "r");
    mi_status status = mi_table_read(out, stream, "t");
    fclose(stream);
    return status;
}
static mi_status tsv(void *out)
{
    char text[] = "epoch\tlower\n1\t2\n2\t3\n";
    return read_text(out, text);
}
static mi_status json(void *out)
{
    char text[] = "{\"epoch\":1,\"lower\":2}\n{\"epoch\":2,\"upper\":\"x\"}\n";
    return read_text(out, text);
}
static mi_status joined(void *out)
{
    return mi_table_join(out, given.table, 2);
}
static mi_status plot(void *out)
{
    mi_plot_opts o;
    mi_plot_opts_default(&o);
    o.y = "lower";
    o.y2 = "none";
    return mi_plot_make(out, 0, &given.table[0], &o);
}

/* ---- files ---- */

static mi_status features(void *out)
{
    const char *const address[] = {"a.h5"};
    return mi_features_open(out, address, 1, NULL);
}
static mi_status member(void *out)
{
    return without_type(mi_features_read(given.f, 0, MI_Z1, out), out);
}
static mi_status member_rows(void *out)
{
    return without_type(mi_features_rows(given.f, 0, MI_Z1, out), out);
}
static mi_status labels(void *out)
{
    return mi_features_read_labels(given.f, 0, MI_Y, out);
}
static mi_status sample_load(void *out)
{
    return mi_sample_load(out, given.f, 0, 15, given.opts);
}
static mi_status sample_read(void *out)
{
    return mi_sample_read(out, given.f, 0, 15, given.opts, 2);
}
static mi_status sample_make(void *out)
{
    return mi_sample_make(out, &given.in_file, given.f, 0, &given.opts[1]);
}
static mi_status writer(void *out)
{
    return mi_writer_file(out, "w.h5", "w.h5");
}
static mi_status image(void *out)
{
    return mi_writer_image(out, "w.h5");
}

static mi_writer *open_writer;
static const mi_layout layout = {.n = 2, .axes = 1, .axis = {2}, .store = MI_STORE_F64};

/* The name is taken once it is made: each try is a group of its own. */
static const char *next_group(void)
{
    static char group[16];
    static int k;
    snprintf(group, sizeof group, "/g%d", k++);
    return group;
}
static mi_status new_member(void *out)
{
    return mi_writer_member(out, open_writer, next_group(), MI_Z1, &layout);
}
static mi_status member_like(void *out)
{
    return mi_writer_member_like(out, open_writer, next_group(), given.f, 0, MI_Z1, &layout);
}
RELEASE_POINTER(release_sink, mi_sink, mi_sink_free)

/* One that has ended names no file; its descriptors are -1. */
static mi_status ended(mi_status status, mi_replace *r)
{
    if (status != MI_OK && !r->name && !r->target && !r->temporary)
        *r = (mi_replace){0};
    return status;
}
static mi_status replacement(void *out)
{
    return ended(mi_replace_begin(out, "b.h5"), out);
}
static mi_status replacement_copy(void *out)
{
    return ended(mi_replace_begin_copy(out, "a.h5"), out);
}
RELEASE(release_replace, mi_replace, mi_replace_discard)

/* ---- probes ---- */

static mi_status split(void *out)
{
    mi_split_opts o;
    mi_split_opts_default(&o);
    return mi_split_make(out, &given.y, &given.instance, NULL, &o);
}
static mi_status probe_labels(void *out)
{
    return mi_probe_labels_read(out, given.f, 0, 1);
}

static mi_status matched(void *out)
{
    static int64_t id[64];
    mi_sample named = given.sample;
    for (size_t c = 0; c < named.instance.groups.g; c++)
        id[c] = (int64_t)c;
    named.instance.value = id;
    return mi_match(out, &named, &named);
}

static mi_status aligned_side(void *out)
{
    mi_align_opts o;
    mi_align_opts_default(&o);
    o.k = 2;
    return mi_align_side_make(out, &given.sample, MI_Z1, &o, &given.run);
}

static const maker makers[] = {
    {"mi_calloc", sizeof(void *), zeroed, release_memory},
    {"mi_malloc", sizeof(void *), raw, release_memory},
    {"mi_strdup", sizeof(void *), copied, release_memory},
    {"mi_alpha_parse", sizeof(void *), orders, release_memory},
    {"mi_mat_alloc", sizeof(mi_mat), matrix, release_mat},
    {"mi_groups_of_bytes", sizeof(mi_groups), groups_of_bytes, release_groups},
    {"mi_groups_of_rows", sizeof(mi_groups), groups_of_rows, release_groups},
    {"mi_var_real linear", sizeof(mi_var), linear, release_var},
    {"mi_var_real gaussian", sizeof(mi_var), gaussian, release_var},
    {"mi_sample_var", sizeof(mi_var), variable, release_var},
    {"mi_sample_of", sizeof(mi_sample), sample_of, release_sample},
    {"mi_forms_parse", sizeof(mi_forms), forms, release_forms},
    {"mi_measure_spectrum", sizeof(mi_measured_spectrum), spectrum, release_spectrum},
    {"mi_match", sizeof(mi_matched), matched, release_matched},
    {"mi_align_side_make", sizeof(void *), aligned_side, release_side},
    {"mi_table_writer_new", sizeof(void *), table_writer, release_table_writer},
    {"mi_table_read", sizeof(mi_table), tsv, release_table},
    {"mi_table_read JSON", sizeof(mi_table), json, release_table},
    {"mi_table_join", sizeof(mi_table), joined, release_table},
    {"mi_plot_make", sizeof(mi_plot), plot, release_plot},
    {"mi_features_open", sizeof(void *), features, release_features},
    {"mi_features_read", sizeof(mi_mat), member, release_mat},
    {"mi_features_rows", sizeof(mi_mat), member_rows, release_mat},
    {"mi_features_read_labels", sizeof(mi_labels), labels, release_labels},
    {"mi_sample_load", sizeof(mi_sample), sample_load, release_sample},
    {"mi_sample_read", sizeof(mi_sample), sample_read, release_sample},
    {"mi_sample_make", sizeof(mi_sample), sample_make, release_sample},
    {"mi_writer_file", sizeof(void *), writer, release_writer},
    {"mi_writer_image", sizeof(void *), image, release_writer},
    {"mi_writer_member", sizeof(void *), new_member, release_sink},
    {"mi_writer_member_like", sizeof(void *), member_like, release_sink},
    {"mi_replace_begin", sizeof(mi_replace), replacement, release_replace},
    {"mi_replace_begin_copy", sizeof(mi_replace), replacement_copy, release_replace},
    {"mi_split_make", sizeof(mi_split), split, release_split},
    {"mi_probe_labels_read", sizeof(mi_probe_labels), probe_labels, release_probe_labels},
};

static void give(void)
{
    enum { N = 24 };
    int64_t class[N], id[N];
    draw_seed(2);
    for (int i = 0; i < N; i++) {
        id[i] = i / 2;
        class[i] = i / 2 % 2;
    }
    mi_run_default(&given.run);
    make_plain("a.h5");
    given.f = open_one("a.h5");
    draw_matrix(&given.x, 6, 3, MI_F32, NULL, 0);
    draw_sample(&given.sample, N, 4, 3, (mi_kernel){.kind = MI_KERNEL_LINEAR});
    CHECK(mi_forms_parse(&given.entropy, "z1+z2", MI_FORM_IS_ENTROPY));
    CHECK(mi_groups_of_bytes(&given.y.groups, class, N, sizeof *class));
    CHECK(mi_groups_of_bytes(&given.instance.groups, id, N, sizeof *id));
    CHECK(tsv(&given.table[0]));
    CHECK(json(&given.table[1]));
    mi_sample_opts_default(&given.opts[0]);
    given.opts[0].r_kind = MI_R_POSITIVE;
    given.opts[1] = given.opts[0];
    CHECK(mi_sample_parse_kernel(&given.opts[1], "delta"));
    CHECK(mi_sample_read(&given.in_file, given.f, 0, 15, given.opts, 2));
    CHECK(mi_writer_file(&open_writer, "sinks.h5", "sinks.h5"));
}

static void take_back(void)
{
    mi_writer_free(open_writer);
    mi_sample_free(&given.in_file);
    mi_table_free(&given.table[0]);
    mi_table_free(&given.table[1]);
    mi_labels_free(&given.y);
    mi_labels_free(&given.instance);
    mi_forms_free(&given.entropy);
    mi_sample_free(&given.sample);
    mi_mat_free(&given.x);
    mi_features_close(given.f);
}

static void a_failed_call_leaves_nothing(void **state)
{
    (void)state;
    give();
    for (size_t k = 0; k < sizeof makers / sizeof *makers; k++)
        is_made_or_is_nothing(&makers[k]);
    take_back();
}

int main(void)
{
    const struct CMUnitTest tests[] = {FIXTURE_TEST(a_failed_call_leaves_nothing)};
    return cmocka_run_group_tests_name("left", tests, NULL, NULL);
}
