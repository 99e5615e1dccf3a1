/* Feature sets with known answers: what they say of themselves is what is measured. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "draw.h"

#include "libmi/data/mat_internal.h"
#include "libmi/transform/maps.h"
#include "libmi/transform/scatter.h"

static char path[64];

static int make_name(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "test-synth-%ld.h5", (long)getpid());
    return 0;
}

static int remove_file(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static mi_status write_to(const char *to, const mi_synth_opts *o)
{
    mi_writer *w;
    MI_TRY(mi_writer_file(&w, to, to));
    mi_status status = mi_synth_write(w, o);
    if (status == MI_OK)
        status = mi_writer_finish(w);
    mi_writer_free(w);
    return status;
}

static mi_features *make(const mi_synth_opts *o)
{
    const char *address = path;
    mi_features *f;
    CHECK(write_to(path, o));
    CHECK(mi_features_open(&f, &address, 1, NULL));
    return f;
}

static mi_synth_opts options(mi_synth_kind kind)
{
    mi_synth_opts o;
    mi_synth_opts_default(&o);
    o.kind = kind;
    return o;
}

static double attribute(mi_features *f, const char *name)
{
    const mi_attr *a = mi_set_attr(mi_features_set(f, 0), name);
    if (!a)
        fail_msg("no attribute %s", name);
    return a->real;
}

/* The terms of the set in `path` at one order. */
static mi_bounds_result measure(mi_features *f, double alpha)
{
    mi_sample sample;
    mi_sample_opts how;
    mi_bounds_opts o;
    mi_bounds_result result;
    mi_run run;
    mi_sample_opts_default(&how);
    how.r_kind = MI_R_ID;
    mi_bounds_opts_default(&o);
    mi_run_default(&run);
    o.alpha = &alpha;
    o.n_alpha = 1;
    CHECK(mi_sample_load(&sample, f, 0, ~(1u << MI_SPLIT) & ((1u << MI_MEMBERS) - 1), &how));
    CHECK(mi_bounds(&result, &sample, &o, &run));
    mi_sample_free(&sample);
    return result;
}

/* Every attribute "prefix_TERM" against the term measured; returns how many there are. */
static int compare(mi_features *f, const mi_bounds_result *r, const char *prefix, double tolerance)
{
    int compared = 0;
    for (mi_term t = 0; t < MI_TERMS; t++) {
        char name[64];
        snprintf(name, sizeof name, "%s_%s", prefix, mi_term_name(t));
        const mi_attr *a = mi_set_attr(mi_features_set(f, 0), name);
        if (!a)
            continue;
        CHECK_NEAR(r->value[t], a->real, tolerance);
        compared++;
    }
    return compared;
}

static void test_chains_are_exact(void **state)
{
    (void)state;
    for (unsigned long seed = 1; seed <= 8; seed++) {
        for (mi_store store = MI_STORE_SAME; store <= MI_STORE_F16; store++) {
            mi_synth_opts o = options(MI_SYNTH_CHAIN);
            o.seed = seed;
            o.store = store;
            o.classes = 2 + seed % 4;
            o.states = 3 + seed % 3;
            o.n = 64 * o.classes * (1 + seed % 2);
            mi_features *f = make(&o);
            mi_bounds_result r = measure(f, 1);
            assert_int_equal(compare(f, &r, "exact", 1e-10), 11);
            /* The theorems, on a chain that is one. */
            CHECK_AT_MOST(attribute(f, "exact_lower"), attribute(f, "exact_I_Y_Z1"), 1e-12);
            CHECK_AT_MOST(attribute(f, "exact_I_Y_Z1"), attribute(f, "exact_upper"), 1e-12);
            mi_features_close(f);
        }
    }
}

static void test_gaussian_meets_its_chance_level(void **state)
{
    mi_synth_opts o = options(MI_SYNTH_GAUSSIAN);
    (void)state;
    o.n = 4000;
    o.d1 = 96;
    mi_features *f = make(&o);
    mi_bounds_result r = measure(f, 2);
    assert_int_equal(compare(f, &r, "expected", 5e-3), 4);
    assert_int_equal(compare(f, &r, "exact", 1e-9), 3);
    CHECK_NEAR(attribute(f, "shannon_I_Z1_Z2"), 0, 0);
    mi_features_close(f);
}

static void test_correlated_gaussian(void **state)
{
    mi_synth_opts o = options(MI_SYNTH_GAUSSIAN);
    (void)state;
    o.n = 20000;
    o.d1 = 3;
    o.d2 = 4;
    o.correlation = 0.6;
    o.store = MI_STORE_F64;
    mi_features *f = make(&o);
    /* Column 0 of Z1 has two noisy copies in Z2, columns 1 and 2 have one. */
    double snr = 0.36 / 0.64;
    CHECK_NEAR(attribute(f, "shannon_I_Z1_Z2"), (log1p(2 * snr) + 2 * log1p(snr)) / 2, 1e-14);
    mi_mat z1, z2;
    CHECK(mi_features_read(f, 0, MI_Z1, &z1));
    CHECK(mi_features_read(f, 0, MI_Z2, &z2));
    for (size_t k = 0; k < o.d2; k++) {
        double sum = 0;
        for (size_t i = 0; i < o.n; i++)
            sum += mi_mat_get(&z1, i, k % 3) * mi_mat_get(&z2, i, k);
        CHECK_NEAR(sum / (double)o.n, 0.6, 0.03);
    }
    assert_null(mi_set_attr(mi_features_set(f, 0), "expected_I_Z1_Z2"));
    mi_mat_free(&z1);
    mi_mat_free(&z2);
    mi_features_close(f);
}

static void test_lowrank(void **state)
{
    mi_synth_opts o = options(MI_SYNTH_LOWRANK);
    (void)state;
    o.store = MI_STORE_F64;
    o.n = 3000;
    mi_features *f = make(&o);
    mi_mat z;
    mi_scatter s;
    mi_map m;
    CHECK(mi_features_read(f, 0, MI_Z1, &z));
    CHECK(mi_scatter_alloc(&s, z.d, 1));
    mi_scatter_add(&s, z.x, z.n);
    assert_int_equal(mi_map_whiten(&m, &s, 0), MI_EDATA); /* which counts the directions */
    assert_non_null(strstr(mi_detail(), "variance in 8 directions"));
    mi_scatter_free(&s);
    mi_mat_free(&z);
    mi_bounds_result r = measure(f, 2);
    assert_int_equal(compare(f, &r, "expected", 1e-2), 4);
    mi_features_close(f);
}

static void test_heavy(void **state)
{
    mi_synth_opts o = options(MI_SYNTH_HEAVY);
    (void)state;
    o.n = 20000;
    o.decay = 1.5;
    mi_features *f = make(&o);
    mi_mat z;
    mi_scatter s;
    double sum = 0, square = 0;
    CHECK(mi_features_read(f, 0, MI_Z1, &z));
    CHECK(mi_scatter_alloc(&s, z.d, 0));
    double *x;
    CHECK(MI_NEW(x, z.n * z.d));
    mi_mat_rows_f64(x, &z, NULL, z.n, NULL, NULL);
    mi_scatter_add(&s, x, z.n);
    for (size_t k = 0; k < z.d; k++) {
        CHECK_NEAR(s.square[k] / (double)z.n * pow((double)k + 1, 1.5), 1, 0.06);
        sum += s.square[k];
        square += s.square[k] * s.square[k];
    }
    CHECK_NEAR(sum * sum / square / attribute(f, "population_participation_Z1"), 1, 0.03);
    mi_free(x);
    mi_scatter_free(&s);
    mi_mat_free(&z);
    mi_features_close(f);
}

static void test_classes(void **state)
{
    mi_synth_opts o = options(MI_SYNTH_CLASSES);
    (void)state;
    mi_features *f = make(&o);
    mi_bounds_result r = measure(f, 2);
    assert_int_equal(compare(f, &r, "exact", 1e-9), 3);
    /* Views know their instance, features their class. */
    CHECK_AT_MOST(r.value[MI_I_Z1_Z2_NULL] + 0.1, r.value[MI_I_Z1_Z2], 0);
    mi_features_close(f);
    o.n = 1001; /* one instance with one view: nothing exact is said */
    f = make(&o);
    assert_null(mi_set_attr(mi_features_set(f, 0), "exact_H_R"));
    mi_features_close(f);
}

static long size_and_sum(const char *name, unsigned long *sum)
{
    FILE *f = fopen(name, "rb");
    long n = 0;
    assert_non_null(f);
    *sum = 0;
    for (int c; (c = getc(f)) != EOF; n++)
        *sum = *sum * 31 + (unsigned long)c;
    fclose(f);
    return n;
}

static void test_same_seed_same_bytes(void **state)
{
    (void)state;
    for (mi_synth_kind kind = 0; kind < MI_SYNTH_KINDS; kind++) {
        mi_synth_opts o = options(kind);
        unsigned long first, again, other;
        CHECK(write_to(path, &o));
        long n = size_and_sum(path, &first);
        CHECK(write_to(path, &o));
        assert_int_equal(size_and_sum(path, &again), n);
        assert_int_equal(first, again);
        o.seed = 2;
        CHECK(write_to(path, &o));
        size_and_sum(path, &other);
        assert_int_not_equal(first, other);
    }
}

static void test_refusals(void **state)
{
    (void)state;
    mi_synth_opts o = options(MI_SYNTH_CHAIN);
    o.n = 1000;
    assert_int_equal(write_to(path, &o), MI_EUSAGE);
    assert_string_equal(
        mi_detail(),
        "a chain of 1000 rows, wanted a multiple of 256 (64 for each class), such as 1024");
    o = options(MI_SYNTH_LOWRANK);
    o.rank = 40;
    assert_int_equal(write_to(path, &o), MI_EUSAGE);
    assert_string_equal(mi_detail(), "rank 40 of 64 and 32 columns, wanted 1 to 32");
    o = options(MI_SYNTH_GAUSSIAN);
    o.correlation = 1.5;
    assert_int_equal(write_to(path, &o), MI_EUSAGE);
    o = options(MI_SYNTH_GAUSSIAN);
    o.n = 1;
    assert_int_equal(write_to(path, &o), MI_EUSAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chains_are_exact),
        cmocka_unit_test(test_gaussian_meets_its_chance_level),
        cmocka_unit_test(test_correlated_gaussian),
        cmocka_unit_test(test_lowrank),
        cmocka_unit_test(test_heavy),
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_same_seed_same_bytes),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, make_name, remove_file);
}
