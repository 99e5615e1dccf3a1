/* Probes: gradients, parts, scores, and what must hold for any data. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "libmi/data/groups_internal.h"
#include "libmi/data/mat_internal.h"
#include "libmi/probe/private.h"

static const mi_run run = {.threads = 2};

/* n rows of d features, `views` a row's instance, classes apart by `distance`. */
typedef struct {
    mi_mat x;
    mi_labels y, instance;
} set;

static void draw_set(set *s, size_t n, size_t d, size_t classes, size_t views, double distance)
{
    mi_mat centre, rows;
    int64_t id[n], label[n];
    *s = (set){0};
    draw_matrix(&centre, classes, d, MI_F64, NULL, 0);
    CHECK(mi_mat_alloc(&rows, n, d, MI_F64));
    for (size_t i = 0; i < n; i++) {
        id[i] = 1000 - (int64_t)(i / views);
        label[i] = (int64_t)(i / views % classes);
        for (size_t k = 0; k < d; k++)
            ((double *)rows.x)[i * d + k] = mi_mat_get(&centre, (size_t)label[i], k);
    }
    draw_matrix(&s->x, n, d, MI_F32, &rows, distance);
    CHECK(mi_groups_of_bytes(&s->y.groups, label, n, sizeof *label));
    CHECK(mi_groups_of_bytes(&s->instance.groups, id, n, sizeof *id));
    CHECK(MI_NEW(s->instance.value, s->instance.groups.g));
    for (size_t c = 0; c < s->instance.groups.g; c++)
        s->instance.value[c] = id[s->instance.groups.first[c]];
    s->y.d = s->instance.d = 1;
    mi_mat_free(&centre);
    mi_mat_free(&rows);
}

static void free_set(set *s)
{
    mi_mat_free(&s->x);
    mi_labels_free(&s->y);
    mi_labels_free(&s->instance);
}

static mi_status probe_status(mi_probe_result *out, const set *s, mi_probe_kind kind,
                              unsigned long seed)
{
    mi_probe_job job = {.x = &s->x, .kind = kind};
    mi_split_opts so;
    mi_probe_opts po;
    mi_split split;
    mi_split_opts_default(&so);
    mi_probe_opts_default(&po);
    so.seed = po.seed = seed;
    mi_status status = mi_split_make(&split, &s->y, &s->instance, NULL, &so);
    if (status == MI_OK)
        status = mi_probes(&job, 1, &s->y.groups, &s->instance.groups, &split, &po, &run);
    mi_split_free(&split);
    *out = job.result;
    return status;
}

static mi_probe_result probe(const set *s, mi_probe_kind kind, unsigned long seed)
{
    mi_probe_result r;
    CHECK(probe_status(&r, s, kind, seed));
    return r;
}

/* ---- gradients ---- */

static void compare_gradient(size_t hidden)
{
    enum { N = 23, D = 5, C = 4 };
    double x[N * D];
    int32_t y[N];
    mi_network net = {.n = N, .d = D, .hidden = hidden, .classes = C, .x = x, .y = y, .l2 = 0.3};
    size_t size;
    for (size_t k = 0; k < N * D; k++)
        x[k] = draw_normal();
    for (size_t i = 0; i < N; i++)
        y[i] = (int32_t)draw_below(C);
    CHECK(mi_network_size(&size, D, hidden, C));
    CHECK(mi_network_alloc(&net));
    double theta[size], gradient[size], unused[size];
    for (size_t k = 0; k < size; k++)
        theta[k] = draw_normal();
    mi_network_loss(&net, theta, gradient);
    for (size_t k = 0; k < size; k++) {
        const double step = 1e-5, at = theta[k];
        theta[k] = at + step;
        double above = mi_network_loss(&net, theta, unused);
        theta[k] = at - step;
        double below = mi_network_loss(&net, theta, unused);
        theta[k] = at;
        CHECK_NEAR(gradient[k], (above - below) / (2 * step), 1e-8);
    }
    mi_network_free(&net);
}

static void gradients_are_finite_differences(void **state)
{
    (void)state;
    draw_seed(1);
    compare_gradient(0);
    compare_gradient(7);
}

static void biases_are_free(void **state)
{
    /* One feature that is 0: the best loss is the entropy of the labels, whatever the penalty. */
    double x[4] = {0}, theta[4] = {0, 0, log(3), 0}, gradient[4];
    const int32_t y[4] = {0, 0, 0, 1};
    mi_network net = {.n = 4, .d = 1, .classes = 2, .x = x, .y = y, .l2 = 1e6};
    (void)state;
    CHECK(mi_network_alloc(&net));
    CHECK_NEAR(mi_network_loss(&net, theta, gradient), 2 * log(2) - 0.75 * log(3), 1e-14);
    for (int k = 0; k < 4; k++)
        CHECK_NEAR(gradient[k], 0, 1e-14);
    mi_network_free(&net);
}

static void too_many_weights(void **state)
{
    size_t size;
    (void)state;
    assert_int_equal(mi_network_size(&size, (size_t)1 << 40, 0, 10), MI_EDATA);
    assert_int_equal(mi_network_size(&size, (size_t)1 << 20, (size_t)1 << 20, 10), MI_EDATA);
}

/* ---- parts ---- */

/* The part of each row, -1 where it has none. */
static void parts_of(int *part, const mi_split *s, size_t n)
{
    size_t at = 0;
    for (size_t i = 0; i < n; i++)
        part[i] = -1;
    for (int p = 0; p < MI_PARTS; p++)
        for (size_t k = 0; k < s->n[p]; k++, at++) {
            assert_int_equal(part[s->row[at]], -1);
            part[s->row[at]] = p;
        }
}

static void parts_are_by_instance_and_stratified(void **state)
{
    enum { N = 300, CLASSES = 5, VIEWS = 3 };
    mi_split_opts o;
    set s;
    (void)state;
    draw_seed(2);
    draw_set(&s, N, 2, CLASSES, VIEWS, 1);
    mi_split_opts_default(&o);
    for (o.seed = 0; o.seed < 20; o.seed++) {
        int part[N], rows[MI_PARTS][CLASSES] = {{0}};
        mi_split split;
        CHECK(mi_split_make(&split, &s.y, &s.instance, NULL, &o));
        parts_of(part, &split, N);
        for (size_t i = 0; i < N; i++) {
            assert_true(part[i] >= 0);
            assert_int_equal(part[i], part[i - i % VIEWS]);
            rows[part[i]][s.y.groups.code[i]]++;
        }
        for (int c = 0; c < CLASSES; c++) { /* 20 instances: 5 of them test, 3 of the others val */
            assert_int_equal(rows[MI_TEST][c], 5 * VIEWS);
            assert_int_equal(rows[MI_VAL][c], 3 * VIEWS);
            assert_int_equal(rows[MI_TRAIN][c], 12 * VIEWS);
        }
        mi_split_free(&split);
    }
    free_set(&s);
}

static void seeds_make_other_parts(void **state)
{
    mi_split_opts o;
    mi_split a, b, c;
    set s;
    (void)state;
    draw_set(&s, 120, 2, 3, 2, 1);
    mi_split_opts_default(&o);
    CHECK(mi_split_make(&a, &s.y, &s.instance, NULL, &o));
    CHECK(mi_split_make(&b, &s.y, &s.instance, NULL, &o));
    o.seed = 2;
    CHECK(mi_split_make(&c, &s.y, &s.instance, NULL, &o));
    assert_memory_equal(a.row, b.row, 120 * sizeof *a.row);
    assert_memory_not_equal(a.row, c.row, 120 * sizeof *a.row);
    mi_split_free(&a);
    mi_split_free(&b);
    mi_split_free(&c);
    free_set(&s);
}

static void given_parts_are_kept(void **state)
{
    enum { N = 120 };
    int64_t is_test[N];
    int part[N];
    mi_split_opts o;
    mi_split split;
    set s;
    (void)state;
    draw_set(&s, N, 2, 3, 2, 1);
    mi_split_opts_default(&o);
    for (size_t i = 0; i < N; i++)
        is_test[i] = i / 2 % 4 == 1;
    CHECK(mi_split_make(&split, &s.y, &s.instance, is_test, &o));
    parts_of(part, &split, N);
    for (size_t i = 0; i < N; i++)
        assert_int_equal(part[i] == MI_TEST, is_test[i]);
    assert_int_equal(split.n[MI_VAL], 18);
    mi_split_free(&split);
    free_set(&s);
}

static void expect_no_split(const set *s, const int64_t *is_test, const char *text)
{
    mi_split_opts o;
    mi_split split;
    mi_split_opts_default(&o);
    assert_int_equal(mi_split_make(&split, &s->y, &s->instance, is_test, &o), MI_EDATA);
    assert_string_equal(mi_detail(), text);
    mi_split_free(&split);
}

static void parts_that_cannot_be(void **state)
{
    enum { N = 24 };
    int64_t is_test[N] = {0};
    set s, few;
    (void)state;
    draw_set(&s, N, 2, 3, 2, 1);
    draw_set(&few, 10, 2, 3, 2, 1);
    expect_no_split(&few, NULL,
                    "y: class (row 0) has 2 instances, wanted 3 or more: one each to train, "
                    "validate and test");
    expect_no_split(&s, is_test,
                    "split: no row is 1 (test), wanted training (0) and test (1) rows");
    is_test[3] = 1;
    expect_no_split(&s, is_test,
                    "split: instance 999 has training and test rows (2 and 3), wanted all on one "
                    "side; split seeded splits by instance");
    is_test[5] = 2;
    expect_no_split(&s, is_test, "split: row 5 is 2, wanted 0 (training) or 1 (test)");
    for (size_t i = 0; i < N; i++)
        is_test[i] = 1;
    expect_no_split(&s, is_test,
                    "split: no row is 0 (training), wanted training (0) and test (1) rows");
    is_test[0] = is_test[1] = 0;
    expect_no_split(&s, is_test,
                    "y: class (row 0) has 1 training instance, wanted 2 or more: one to train, one "
                    "to validate");
    free_set(&s);
    free_set(&few);
}

/* ---- scores ---- */

static void wilson_values(void **state)
{
    double low, high;
    (void)state;
    /* SciPy 1.10.1: binomtest(k, n).proportion_ci(0.95, "wilson") */
    mi_wilson(&low, &high, 81 / 263.0, 263, 0.95);
    CHECK_NEAR(low, 0.2552885198782742, 1e-12);
    CHECK_NEAR(high, 0.36620957698280004, 1e-12);
    mi_wilson(&low, &high, 0, 20, 0.95);
    CHECK_NEAR(low, 0, 0);
    CHECK_NEAR(high, 0.16112515805281935, 1e-12);
    mi_wilson(&low, &high, 1, 29, 0.95);
    CHECK_NEAR(low, 0.8830302015002592, 1e-12);
    CHECK_NEAR(high, 1, 0);
}

static void rows_are_worth_their_instances(void **state)
{
    enum { N = 200 };
    unsigned char right[N];
    mi_groups pairs, alone;
    double rows;
    (void)state;
    draw_seed(3);
    draw_instances(&pairs, N, 2);
    CHECK(mi_groups_singletons(&alone, N));
    for (size_t i = 0; i < N; i += 2)
        right[i] = right[i + 1] = draw_uniform() < 0.7;
    CHECK(mi_effective_rows(&rows, right, &pairs));
    CHECK_NEAR(rows, 100, 1);
    CHECK(mi_effective_rows(&rows, right, &alone));
    CHECK_NEAR(rows, N, 1.0);
    for (size_t i = 0; i < N; i++)
        right[i] = (i + i / 2) % 2 == 0; /* one right in each pair: worth no more than all rows */
    CHECK(mi_effective_rows(&rows, right, &pairs));
    assert_true(rows >= 100 && rows <= N);
    memset(right, 1, N);
    CHECK(mi_effective_rows(&rows, right, &pairs));
    CHECK_NEAR(rows, 100, 0);
    mi_groups_free(&pairs);
    mi_groups_free(&alone);
}

static void a_temperature_never_harms(void **state)
{
    enum { N = 40, C = 5 };
    double logit[N * C];
    int32_t y[N];
    (void)state;
    draw_seed(4);
    for (int trial = 0; trial < 50; trial++) {
        double size = pow(10, trial % 7 - 3);
        for (size_t i = 0; i < N; i++) {
            y[i] = (int32_t)draw_below(C);
            for (size_t c = 0; c < C; c++)
                logit[i * C + c] = size * (draw_normal() + (c == (size_t)y[i]));
        }
        double t = mi_best_temperature(logit, y, N, C);
        assert_true(t > 0 && isfinite(t));
        CHECK_AT_MOST(mi_cross_entropy(logit, y, N, C, t), mi_cross_entropy(logit, y, N, C, 1),
                      1e-12);
    }
}

static void the_temperature_is_found(void **state)
{
    enum { N = 20000, C = 3 };
    static double logit[N * C];
    static int32_t y[N];
    (void)state;
    draw_seed(5);
    /* Labels drawn from softmax(logit / 2.5). */
    for (size_t i = 0; i < N; i++) {
        double best = -INFINITY;
        for (size_t c = 0; c < C; c++) {
            logit[i * C + c] = 4 * draw_normal();
            double gumbel = logit[i * C + c] / 2.5 - log(-log(draw_uniform()));
            y[i] = gumbel > best ? (int32_t)c : y[i];
            best = fmax(best, gumbel);
        }
    }
    CHECK_NEAR(mi_best_temperature(logit, y, N, C), 2.5, 0.08);
}

/* ---- whole probes ---- */

static void what_holds_for_every_probe(void **state)
{
    set s;
    (void)state;
    draw_seed(6);
    draw_set(&s, 240, 8, 4, 2, 0.5);
    for (mi_probe_kind k = MI_PROBE_LINEAR; k < MI_PROBES; k++)
        for (unsigned long seed = 0; seed < 4; seed++) {
            mi_probe_result r = probe(&s, k, seed);
            CHECK_AT_MOST(r.i_v, r.h_y, 0);
            CHECK_AT_MOST(r.val_cross_entropy, r.val_cross_entropy_raw, 1e-12);
            CHECK_NEAR(r.h_y, log(4), 1e-12);
            CHECK_AT_MOST(r.accuracy_lo, r.accuracy, 0);
            CHECK_AT_MOST(r.accuracy, r.accuracy_hi, 0);
            assert_true(r.accuracy > 0.3 && r.i_v > 0);
            assert_int_equal(isnan(r.l2), k == MI_PROBE_KNN);
        }
    free_set(&s);
}

static void separable_classes_are_told_apart(void **state)
{
    set s;
    (void)state;
    draw_seed(7);
    draw_set(&s, 240, 8, 4, 2, 20);
    for (mi_probe_kind k = MI_PROBE_LINEAR; k < MI_PROBES; k++) {
        mi_probe_result r = probe(&s, k, 1);
        CHECK_NEAR(r.accuracy, 1, 0);
        CHECK_NEAR(r.i_v, log(4), 0.05);
        assert_true(isfinite(r.cross_entropy));
    }
    free_set(&s);
}

/* A class inside another: no line tells them apart, a hidden layer and neighbours do. */
static void a_hidden_layer_is_nonlinear(void **state)
{
    set s;
    (void)state;
    draw_seed(8);
    draw_set(&s, 600, 2, 2, 1, 0);
    for (size_t i = 0; i < 600; i++) {
        double angle = 2 * M_PI * draw_uniform(), radius = 1 + 2 * s.y.groups.code[i];
        ((float *)s.x.x)[2 * i] = (float)(radius * cos(angle) + 0.1 * draw_normal());
        ((float *)s.x.x)[2 * i + 1] = (float)(radius * sin(angle) + 0.1 * draw_normal());
    }
    CHECK_AT_MOST(probe(&s, MI_PROBE_LINEAR, 1).accuracy, 0.7, 0);
    CHECK_AT_MOST(0.95, probe(&s, MI_PROBE_MLP, 1).accuracy, 0);
    free_set(&s);
}

/* Rows in another order, instance by instance: the very same numbers. */
static void the_order_of_rows_does_not_matter(void **state)
{
    enum { N = 240 };
    size_t row[N];
    set s, t = {0};
    (void)state;
    draw_seed(9);
    draw_set(&s, N, 6, 4, 2, 0.5);
    for (size_t i = 0; i < N; i++)
        row[i] = (i / 2 * 77 + 13) % (N / 2) * 2 + i % 2;
    CHECK(mi_mat_gather(&t.x, &s.x, row, N));
    CHECK(mi_groups_gather(&t.y.groups, &s.y.groups, row, N));
    CHECK(mi_groups_gather(&t.instance.groups, &s.instance.groups, row, N));
    CHECK(MI_NEW(t.instance.value, t.instance.groups.g));
    for (size_t c = 0; c < t.instance.groups.g; c++)
        t.instance.value[c] =
            s.instance.value[s.instance.groups.code[row[t.instance.groups.first[c]]]];
    for (mi_probe_kind k = MI_PROBE_LINEAR; k < MI_PROBES; k++) {
        mi_probe_result a = probe(&s, k, 3), b = probe(&t, k, 3);
        CHECK_NEAR(a.accuracy, b.accuracy, 0);
        CHECK_NEAR(a.cross_entropy, b.cross_entropy, 0);
    }
    free_set(&s);
    free_set(&t);
}

static void threads_do_not_matter(void **state)
{
    mi_probe_job one[MI_PROBES], three[MI_PROBES];
    mi_split_opts so;
    mi_probe_opts po;
    mi_split split;
    set s;
    (void)state;
    draw_seed(10);
    draw_set(&s, 240, 70, 4, 2, 0.3);
    mi_split_opts_default(&so);
    mi_probe_opts_default(&po);
    CHECK(mi_split_make(&split, &s.y, &s.instance, NULL, &so));
    for (mi_probe_kind k = MI_PROBE_LINEAR; k < MI_PROBES; k++)
        one[k] = three[k] = (mi_probe_job){.x = &s.x, .kind = k};
    CHECK(mi_probes(one, MI_PROBES, &s.y.groups, &s.instance.groups, &split, &po,
                    &(mi_run){.threads = 1}));
    CHECK(mi_probes(three, MI_PROBES, &s.y.groups, &s.instance.groups, &split, &po,
                    &(mi_run){.threads = 3}));
    for (int k = 0; k < MI_PROBES; k++)
        CHECK_NEAR(one[k].result.cross_entropy, three[k].result.cross_entropy, 0);
    assert_int_equal(mi_probes(one, MI_PROBES, &s.y.groups, &s.instance.groups, &split, &po,
                               &(mi_run){.threads = 1, .memory_bytes = 1000}),
                     MI_EMEMORY);
    mi_split_free(&split);
    free_set(&s);
}

static void one_class_is_no_riddle(void **state)
{
    set s;
    (void)state;
    draw_seed(11);
    draw_set(&s, 40, 3, 1, 2, 1);
    for (mi_probe_kind k = MI_PROBE_LINEAR; k < MI_PROBES; k++) {
        mi_probe_result r = probe(&s, k, 1);
        CHECK_NEAR(r.accuracy, 1, 0);
        CHECK_NEAR(r.h_y, 0, 0);
        CHECK_NEAR(r.cross_entropy, 0, 0);
        CHECK_NEAR(r.i_v, 0, 0);
        CHECK_NEAR(r.temperature, 1, 0);
    }
    free_set(&s);
}

static void constant_columns_count_for_nothing(void **state)
{
    set s;
    (void)state;
    draw_seed(12);
    draw_set(&s, 120, 3, 3, 1, 1);
    double before = probe(&s, MI_PROBE_LINEAR, 1).cross_entropy;
    mi_mat wide;
    CHECK(mi_mat_alloc(&wide, 120, 4, MI_F32));
    for (size_t i = 0; i < 120; i++) {
        memcpy((float *)wide.x + 4 * i, (float *)s.x.x + 3 * i, 3 * sizeof(float));
        ((float *)wide.x)[4 * i + 3] = 0.1f;
    }
    mi_mat_free(&s.x);
    s.x = wide;
    CHECK_NEAR(probe(&s, MI_PROBE_LINEAR, 1).cross_entropy, before, 1e-4);
    free_set(&s);
}

/* Every allocation fails in turn: an error comes back, nothing is lost. */
static void memory_runs_out(void **state)
{
    set s;
    mi_probe_result r;
    (void)state;
    draw_seed(13);
    draw_set(&s, 36, 3, 2, 2, 1);
    for (mi_probe_kind k = MI_PROBE_LINEAR; k < MI_PROBES; k++)
        for (long n = 1;; n++) {
            mi_fail_allocation(n);
            mi_status status = probe_status(&r, &s, k, 1);
            mi_fail_allocation(0);
            if (status == MI_OK) {
                assert_true(n > 20);
                break;
            }
            assert_int_equal(status, MI_ENOMEM);
        }
    free_set(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_are_finite_differences),
        cmocka_unit_test(biases_are_free),
        cmocka_unit_test(too_many_weights),
        cmocka_unit_test(parts_are_by_instance_and_stratified),
        cmocka_unit_test(seeds_make_other_parts),
        cmocka_unit_test(given_parts_are_kept),
        cmocka_unit_test(parts_that_cannot_be),
        cmocka_unit_test(wilson_values),
        cmocka_unit_test(rows_are_worth_their_instances),
        cmocka_unit_test(a_temperature_never_harms),
        cmocka_unit_test(the_temperature_is_found),
        cmocka_unit_test(what_holds_for_every_probe),
        cmocka_unit_test(separable_classes_are_told_apart),
        cmocka_unit_test(a_hidden_layer_is_nonlinear),
        cmocka_unit_test(the_order_of_rows_does_not_matter),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(one_class_is_no_riddle),
        cmocka_unit_test(constant_columns_count_for_nothing),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
