/* What every public function of the mathematics and of tables says to what it cannot be given: a row
 * a case. Files are in test_given_files.c; shapes, orders and joints in test_door.c. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "libmi/data/sample_build.h"
#include "libmi/entropy/joint_spectrum.h"
#include "libmi/mi.h"

enum { N = 12, D = 3 };

static mi_run run;

/* The call is refused with this sentence. */
static void says(mi_status found, const char *text)
{
    assert_string_equal(found == MI_OK ? "done" : mi_detail(), text);
    assert_int_equal(found, MI_EUSAGE);
}

#define IS_NAN(x)      assert_true(isnan(x))
#define IS_UNKNOWN(x)  assert_string_equal(x, "?")
#define WITH(o, field) ((o).field, &(o)) /* the options with a field changed */

/* A set in memory: 4 groups of instances, 3 features. */
static float z1[N * D], z2[N * D];
static int64_t id[N], label[N];
static mi_sample sample;
static mi_mat x;
static mi_groups instance;
static mi_var var[2];

static int make_all(void **state)
{
    (void)state;
    draw_seed(5);
    for (int i = 0; i < N * D; i++) {
        z1[i] = (float)draw_normal();
        z2[i] = (float)draw_normal();
    }
    for (int i = 0; i < N; i++) {
        id[i] = i / 3;
        label[i] = i / 3 % 2;
    }
    const mi_arrays in = {
        .n = N, .z1 = {.x = z1, .d = D}, .z2 = {.x = z2, .d = D}, .r = id, .y = label};
    mi_run_default(&run);
    CHECK(mi_sample_of(&sample, &in, NULL));
    CHECK(mi_sample_var(&var[0], &sample, MI_Z1));
    CHECK(mi_sample_var(&var[1], &sample, MI_Z2));
    CHECK(mi_groups_of_bytes(&instance, id, N, sizeof *id));
    x = mi_mat_view(z1, N, D, 0);
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    mi_var_free(&var[0]);
    mi_var_free(&var[1]);
    mi_sample_free(&sample);
    mi_groups_free(&instance);
    return 0;
}

/* ---- base ---- */

static void an_array_grows(void **state)
{
    int *array = NULL;
    size_t room = 0;
    (void)state;
    for (int n = 0; n < 40; n++) {
        assert_int_equal(mi_grow(&array, (size_t)n, &room, sizeof *array), MI_OK);
        assert_true(room > (size_t)n);
        array[n] = n;
    }
    const size_t before = room;
    mi_fail_allocation(1);
    assert_int_equal(mi_grow(&array, room, &room, sizeof *array), MI_ENOMEM);
    mi_fail_allocation(0);
    assert_int_equal(room, before);
    for (int n = 0; n < 40; n++)
        assert_int_equal(array[n], n);
    mi_free(array);
}

static void memory_and_run(void **state)
{
    void *p = NULL;
    char *text;
    size_t bytes = 0, start[2];
    (void)state;
    says(mi_malloc(NULL, 1, 1), "memory without a pointer to take it");
    says(mi_calloc(NULL, 1, 1), "memory without a pointer to take it");
    says(mi_realloc(NULL, 1, 1), "memory without a pointer to take it");
    says(mi_grow(&p, 0, NULL, 1), "an array that grows without its room");
    says(mi_strdup(NULL, "a"), "a copy of a text without a pointer to take it");
    says(mi_strdup(&text, NULL), "a copy of a text without a text");
    p = &bytes;
    mi_fail_allocation(1);
    assert_int_equal(mi_calloc(&p, 1, 1), MI_ENOMEM);
    mi_fail_allocation(0);
    assert_null(p);
    says(mi_run_share_memory(NULL), "memory shared without a run");
    assert_true(mi_run_threads(NULL) >= 1 && mi_run_memory_bytes(NULL) > 0);
    IS_UNKNOWN(mi_route_name(MI_ROUTES));
    mi_run_default(NULL);
    says(mi_comm_open(NULL), "ranks joined without a pointer to take them");
    says(mi_comm_merge(NULL, NULL, 8), "no records to merge, wanted 8 bytes");
    says(mi_comm_share(NULL, NULL, &bytes), "mi_comm_share without memory or its size");
    says(mi_comm_collect(NULL, NULL, 3, &text, start),
         "mi_comm_collect without its own, all or start");
    mi_comm_close(NULL);
}

static void replaced_files(void **state)
{
    mi_replace r = {0};
    (void)state;
    says(mi_replace_begin(&r, NULL), "a file to replace without a path");
    says(mi_replace_begin(NULL, "a"), "a file to replace without an mi_replace");
    says(mi_replace_begin_copy(&r, NULL), "a file to change without a path");
    says(mi_replace_begin_copy(NULL, "a"), "a file to change without an mi_replace");
    says(mi_replace_finish(&r), "mi_replace_finish of what was not begun");
    says(mi_replace_finish(NULL), "mi_replace_finish of what was not begun");
    mi_replace_discard(NULL);
    mi_replace_discard(&r);
}

/* A run that cannot be, by the functions that take one. */
static void runs(void **state)
{
    const double two = 2;
    double s, least[D];
    mi_joint j = {.vars = 1, .s = &s};
    mi_run r;
    (void)state;
#define RUN(field) (mi_run_default(&r), WITH(r, field))
    says(mi_joint_entropies(&j, 1, var, 2, &two, 1, NULL),
         "a computation without a run: mi_run_default makes one");
    says(mi_joint_entropies(&j, 1, var, 2, &two, 1, RUN(threads = -1)),
         "-1 threads, wanted 0 or more");
    says(mi_joint_entropies(&j, 1, var, 2, &two, 1, RUN(tolerance = NAN)),
         "a tolerance of nan nats, wanted 0 or more");
    says(mi_joint_entropies(&j, 1, var, 2, &two, 1, RUN(route = 99)),
         "route 99, wanted one of mi_route");
    says(mi_singular_values(least, least, &x, RUN(threads = -2)), "-2 threads, wanted 0 or more");
    j.route = 99;
    says(mi_joint_entropies(&j, 1, var, 2, &two, 1, &run),
         "joint 0 by route 99, wanted one of mi_route");
#undef RUN
}

/* ---- data ---- */

/* A matrix that cannot be, by every function that takes one. */
static void matrices(void **state)
{
    static const struct {
        mi_mat m;
        const char *text;
    } bad[] = {
        {{.n = N, .d = D, .ld = D, .type = MI_F32}, "no matrix, wanted one with rows"},
        {{.x = z1, .d = D, .ld = D, .type = MI_F32}, "a matrix of 0 x 3, wanted rows and columns"},
        {{.x = z1, .n = N, .ld = D, .type = MI_F32}, "a matrix of 12 x 0, wanted rows and columns"},
        {{.x = z1, .n = N, .d = D, .ld = 2, .type = MI_F32},
         "a matrix of 2 elements from row to row, fewer than its 3 columns"},
        {{.x = z1, .n = N, .d = D, .ld = D}, "a matrix of type 0, wanted MI_F32 or MI_F64"},
    };
    const mi_kernel linear = {.kind = MI_KERNEL_LINEAR};
    mi_kernel median = {.kind = MI_KERNEL_GAUSSIAN, .rule = MI_BANDWIDTH_MEDIAN};
    mi_effrank_opts o;
    mi_effranks ranks;
    mi_groups g;
    mi_var v;
    mi_mat m;
    double s[D];
    size_t found;
    (void)state;
    mi_effrank_opts_default(&o);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        const mi_mat *it = &bad[k].m;
        says(mi_groups_of_rows(&g, it), bad[k].text);
        says(mi_rows_mark(&found, it, MI_ROWS_ALL_ZERO, NULL, NULL), bad[k].text);
        says(mi_rows_check(it, MI_ROWS_ALL_ZERO), bad[k].text);
        says(mi_rows_look(&found, it), bad[k].text);
        says(mi_kernel_resolve(&median, it, 1), bad[k].text);
        says(mi_singular_values(s, s, it, &run), bad[k].text);
        says(mi_lidar(s, it, &instance, &o, &run), bad[k].text);
        says(mi_effranks_of(&ranks, it, NULL, &o, &run), bad[k].text);
        assert_int_equal(mi_var_real(&v, linear, it), MI_EUSAGE);
    }
    says(mi_mat_alloc(NULL, 1, 1, MI_F32), "mi_mat_alloc without a matrix");
    says(mi_mat_alloc(&m, 1, 1, (mi_float)5), "a matrix of type 5, wanted MI_F32 or MI_F64");
    says(mi_rows_mark(NULL, &x, MI_ROWS_ALL_ZERO, NULL, NULL),
         "rows to mark without a number of them");
    says(mi_rows_check(&x, (mi_row_fault)2), "fault 2 of rows, wanted one of mi_row_fault");
    assert_int_equal(mi_rows_find(NULL, MI_ROWS_ALL_ZERO, NULL, NULL), 0);
    assert_int_equal(mi_columns_constant(NULL), 0);
    assert_int_equal(mi_groups_mixed(NULL, &instance), 0);
    assert_int_equal(mi_groups_mixed(&instance, NULL), 0);
    mi_mat_free(NULL);
}

static void symbols(void **state)
{
    mi_groups g;
    mi_labels l = {0};
    char name[8];
    (void)state;
    says(mi_groups_of_bytes(NULL, id, N, 8), "groups without an mi_groups");
    says(mi_groups_of_bytes(&g, NULL, N, 8), "groups without symbols");
    says(mi_groups_of_bytes(&g, id, N, 0), "12 symbols of 0 bytes, wanted 1 or more of each");
    says(mi_groups_of_rows(NULL, &x), "groups without an mi_groups");
    IS_UNKNOWN(mi_label_name(&l, 0, name, sizeof name));
    IS_UNKNOWN(mi_label_name(NULL, 0, name, sizeof name));
    IS_UNKNOWN(mi_member_name(MI_MEMBERS));
    assert_int_equal(mi_member_find(NULL, 2), MI_MEMBERS);
    mi_labels_free(NULL);
    mi_groups_free(NULL);
}

static void kernels(void **state)
{
    const mi_mat one_row = {.x = z1, .n = 1, .d = D, .ld = D, .type = MI_F32};
    mi_kernel k = {.kind = MI_KERNEL_GAUSSIAN}, linear = {.kind = MI_KERNEL_LINEAR};
    char name[32];
    mi_var v;
    (void)state;
    says(mi_kernel_parse(NULL, "linear", 6), "a kernel to parse without an mi_kernel");
    says(mi_kernel_parse(&k, NULL, 6), "a kernel to parse without a text");
    says(mi_kernel_resolve(NULL, &x, 1), "no kernel");
    says(mi_kernel_resolve(&k, &x, 1),
         "a kernel of distances of bandwidth 0, wanted 1e-140 to 1e+140 or a rule");
    says(mi_kernel_resolve(WITH(k, rule = MI_BANDWIDTH_HALF_D + 1), &x, 1),
         "a kernel of distances by rule 6, wanted one of mi_bandwidth_rule");
    says(mi_kernel_resolve(WITH(k, kind = 6), &x, 1), "kernel 6, wanted one of mi_kernel_kind");
    IS_UNKNOWN(mi_kernel_name(&k, name, sizeof name));
    says(mi_var_real(&v, k, &x), "kernel 6, wanted one of mi_kernel_kind");
    IS_UNKNOWN(mi_kernel_name(NULL, name, sizeof name));
    IS_UNKNOWN(mi_kernel_name(&linear, NULL, 0));
    k = (mi_kernel){.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 1, .n_scales = 9};
    says(mi_kernel_resolve(&k, &x, 1), "a kernel of 9 bandwidths, wanted at most 8");
    says(mi_var_real(&v, k, &x), "a kernel of 9 bandwidths, wanted at most 8");
    k = (mi_kernel){.kind = MI_KERNEL_GAUSSIAN, .rule = MI_BANDWIDTH_MEDIAN};
    says(mi_kernel_resolve(&k, &one_row, 1), "a bandwidth over 1 row, wanted 2 or more");
    says(mi_var_real(NULL, linear, &x), "mi_var_real without a variable");
    mi_var_discrete(&v, NULL);
    assert_int_equal(v.n, 0);
    mi_var_discrete(NULL, &instance);
    mi_var_free(NULL);
}

static void samples(void **state)
{
    const mi_arrays in = {.n = N, .z1 = {.x = z1, .d = D}};
    char name[64];
    mi_sample_opts o;
    mi_sample s, none = {.n = N};
    mi_var v;
    (void)state;
#define OPTS(field) (mi_sample_opts_default(&o), o.chosen[MI_Z1] = 1, WITH(o, field))
    says(mi_sample_parse_kernel(NULL, "linear"), "a kernel to parse without options");
    says(mi_sample_parse_kernel(&o, NULL), "a kernel to parse without a text");
    says(mi_sample_of(&s, &in, OPTS(kernel[MI_Z1].kind = 7)),
         "z1: kernel 7, wanted one of mi_kernel_kind");
    says(mi_sample_of(&s, &in, OPTS(kernel[MI_Z1].kind = MI_KERNEL_GAUSSIAN)),
         "z1: a kernel of distances of bandwidth 0, wanted 1e-140 to 1e+140 or a rule");
    says(mi_sample_of(&s, &in, OPTS(r_kind = 9)), "R of kind 9, wanted one of mi_r_kind");
    says(mi_sample_var(NULL, &sample, MI_Z1), "a variable without an mi_var");
    says(mi_sample_var(&v, NULL, MI_Z1), "a variable without a sample");
    says(mi_sample_var(&v, &sample, MI_SPLIT), "member 4 of a sample, wanted z1, z2, r or y");
    says(mi_sample_var(&v, &none, MI_Y), "the sample has no y");
    IS_UNKNOWN(mi_sample_kernels(NULL, name, sizeof name));
    IS_UNKNOWN(mi_sample_kernels_asked(&sample, name, 0));
    IS_UNKNOWN(mi_r_kind_name((mi_r_kind)4));
    mi_sample_opts_default(NULL);
    mi_sample_free(NULL);
#undef OPTS
}

/* ---- entropy ---- */

static void entropies(void **state)
{
    static const char *const names[] = {"z1", "z2", "r", "y", "s"};
    const double l[] = {0.5, 0.5};
    const unsigned part[MI_MAX_VARS + 1] = {1, 2, 4, 8, 16, 32, 64, 128, 3};
    mi_quantity q = mi_quantity_correlation(part, MI_MAX_VARS + 1, 0);
    mi_expression e;
    double *alpha;
    size_t n;
    (void)state;
    says(mi_alpha_parse(&alpha, &n, NULL), "orders to parse without a text");
    says(mi_alpha_parse(NULL, &n, "2"), "orders to parse without an array or its size");
    assert_int_equal(mi_alpha_parse(&alpha, &n, "x"), MI_EUSAGE);
    assert_null(alpha);
    assert_int_equal(n, 0);
    IS_NAN(mi_entropy_of_eigenvalues(NULL, 2, 2));
    IS_NAN(mi_entropy_of_eigenvalues(l, 0, 2));
    IS_NAN(mi_entropy_of_eigenvalues(l, 2, -1));
    assert_int_equal(q.count, 0);
    IS_NAN(mi_quantity_value(&q, NULL, 0, 0));
    IS_NAN(mi_quantity_value(NULL, NULL, 0, 0));
    IS_NAN(mi_quantity_half_width(&q, NULL, 0, 0));
    assert_int_equal(mi_quantity_correlation(NULL, 2, 0).count, 0);
    assert_null(mi_joint_find(NULL, 3, 1));
    assert_int_equal(mi_expression_vars(NULL), 0);
    says(mi_expression_parse(&e, NULL, 2, names, 4), "an expression to parse without a text");
    says(mi_expression_parse(NULL, "z1", 2, names, 4),
         "an expression to parse without a result or names");
    says(mi_expression_parse(&e, "z1", 2, names, 5), "an expression of 5 names, wanted 1 to 4");
    says(mi_expression_parse(&e, "z1", 2, names, 0), "an expression of 0 names, wanted 1 to 4");
}

/* ---- bounds ---- */

static void bounds(void **state)
{
    mi_bounds_opts o;
    mi_bounds_result r;
    mi_i_z1_r by;
    char name[32];
    (void)state;
#define OPTS(field) (mi_bounds_opts_default(&o), WITH(o, field))
    says(mi_bounds(&r, &sample, OPTS(preset = 2), &run), "preset 2, wanted one of mi_preset");
    says(mi_bounds(&r, &sample, OPTS(estimator = 3), &run),
         "estimator 3, wanted one of mi_estimator");
    says(mi_bounds(&r, &sample, OPTS(i_z1_r.kind = 4), &run),
         "I(Z1;R) by 4, wanted one of mi_i_z1_r_kind");
    o.i_z1_r = (mi_i_z1_r){.kind = MI_BY_INFONCE};
    says(mi_bounds(&r, &sample, &o, &run), "temperature 0 of InfoNCE, wanted above 0");
    o.i_z1_r = (mi_i_z1_r){.kind = MI_BY_BARLOW};
    says(mi_bounds(&r, &sample, &o, &run),
         "lambda 0 and scale 0 of Barlow Twins, wanted 0 or more and above 0");
    says(mi_bounds(&r, &sample, OPTS(permutations = 1), &run),
         "1 permutation, wanted 2 or more, or 0 for none");
    says(mi_i_z1_r_parse(NULL, "matrix"), "an estimator of I(Z1;R) to parse without a result");
    says(mi_i_z1_r_parse(&by, NULL), "an estimator of I(Z1;R) to parse without a text");
    IS_UNKNOWN(mi_i_z1_r_name(NULL, name, sizeof name));
    IS_UNKNOWN(mi_term_name(MI_TERMS));
    IS_UNKNOWN(mi_estimator_name((mi_estimator)3));
    IS_NAN(mi_t_factor(1, 5));
    IS_NAN(mi_t_factor(0, 5));
    IS_NAN(mi_t_factor(0.95, 0));
    mi_bounds_opts_default(NULL);
#undef OPTS
}

static void permutations(void **state)
{
    const double two = 2;
    const mi_expression e = {.part = {1, 2}, .n_parts = 2}, beyond = {.part = {1, 4}, .n_parts = 2};
    mi_permute_opts o = {.count = 2}, unknown = {.count = 2, .estimator = 3};
    mi_groups short_one;
    mi_null out;
    (void)state;
    CHECK(mi_groups_of_bytes(&short_one, id, N - 1, sizeof *id));
#define NULL_OF(e, g, a, o) mi_permutation_null(&out, e, var, 2, g, a, 1, o, &run)
    says(NULL_OF(NULL, &instance, &two, &o),
         "mi_permutation_null without a result, expression or options");
    says(NULL_OF(&e, &instance, &two, NULL),
         "mi_permutation_null without a result, expression or options");
    says(NULL_OF(&e, &instance, NULL, &o), "no order of the entropy, wanted one or more above 0");
    says(NULL_OF(&e, NULL, &two, &o), "instances without rows, wanted groups of one or more");
    says(NULL_OF(&e, &short_one, &two, &o),
         "instances of 11 rows, the variables have 12: wanted as many");
    says(NULL_OF(&beyond, &instance, &two, &o),
         "joint 1 is of the variables 0x4, wanted some of the 2 given");
    says(NULL_OF(&e, &instance, &two, &unknown), "estimator 3, wanted one of mi_estimator");
    says(mi_permutation_null(&out, &e, NULL, 2, &instance, &two, 1, &o, &run),
         "no variable given, wanted one or more");
    says(mi_permutation_null(&out, &e, var, 2, &instance, &two, 1, &o, NULL),
         "a computation without a run: mi_run_default makes one");
    mi_groups_free(&short_one);
#undef NULL_OF
}

static void alignments(void **state)
{
    mi_alignment out[MI_ALIGN_TERMS];
    mi_align_opts o;
    mi_sample other = sample;
    (void)state;
    other.n = N - 1;
#define OPTS(field)          (mi_align_opts_default(&o), WITH(o, field))
#define ALIGN(a, x, b, y, o) mi_align(out, NULL, a, x, b, y, o, &run)
    says(mi_align(NULL, NULL, &sample, MI_Z1, &sample, MI_Z2, OPTS(k = 3), &run),
         "mi_align without a result, samples or options");
    says(ALIGN(NULL, MI_Z1, &sample, MI_Z2, &o), "mi_align without a result, samples or options");
    says(ALIGN(&sample, MI_Z1, NULL, MI_Z2, &o), "mi_align without a result, samples or options");
    says(ALIGN(&sample, MI_Z1, &sample, MI_Z2, NULL),
         "mi_align without a result, samples or options");
    says(mi_align(out, NULL, &sample, MI_Z1, &sample, MI_Z2, &o, NULL),
         "a computation without a run: mi_run_default makes one");
    says(ALIGN(&sample, MI_Z1, &other, MI_Z2, &o),
         "12 rows beside 11, wanted as many: row i is beside row i");
    says(ALIGN(&sample, MI_MEMBERS, &sample, MI_Z2, &o), "member 6, wanted one of mi_member_id");
    says(ALIGN(&sample, MI_Z1, &sample, MI_SPLIT, &o),
         "a sample without split, which is to be aligned");
    says(ALIGN(&sample, MI_Z1, &sample, MI_Z2, OPTS(terms = 0)),
         "terms 0, wanted some of MI_ALIGN_ALL");
    says(ALIGN(&sample, MI_Z1, &sample, MI_Z2, OPTS(n_alpha = 0)),
         "no order of the entropy, wanted one or more above 0");
    says(ALIGN(&sample, MI_Z1, &sample, MI_Z2, OPTS(base = 1)),
         "base 1, wanted a number above 0 that is not 1");
    says(ALIGN(&sample, MI_Z1, &sample, MI_Z2, OPTS(k = 0)), "0 neighbours, wanted 1 or more");
    says(ALIGN(&sample, MI_Z1, &sample, MI_Z2, OPTS(variance = 0)),
         "a share 0 of the variance, wanted above 0 and at most 1");
    says(ALIGN(&sample, MI_Z1, &sample, MI_Z2, OPTS(permutations = 1)),
         "1 permutation, wanted 2 or more, or 0 for none");
    mi_align_side *side;
    says(mi_align_side_make(NULL, &sample, MI_Z1, OPTS(k = 3), &run),
         "mi_align_side_make without a result");
    says(mi_align_side_make(&side, NULL, MI_Z1, &o, &run),
         "mi_align_side_make without a sample or options");
    assert_null(side);
    says(mi_align_side_make(&side, &sample, MI_SPLIT, &o, &run),
         "a sample without split, which is to be aligned");
    CHECK(mi_align_side_make(&side, &sample, MI_Z1, &o, &run));
    says(mi_align_sides(out, NULL, &other, MI_Z1, side, &other, MI_Z2, NULL, &o, &run),
         "a side of other rows than its sample has, wanted that of the sample");
    mi_align_side_free(side);
    mi_align_side_free(NULL);
    IS_UNKNOWN(mi_align_name(MI_ALIGN_TERMS));
    assert_int_equal(mi_align_is_tested(MI_ALIGN_TERMS), 0);
    mi_align_opts_default(NULL);
#undef ALIGN
#undef OPTS
}

static void effective_ranks(void **state)
{
    const mi_run *r = &run;
    mi_effrank_opts o;
    mi_effranks out;
    mi_groups short_one;
    double s[D];
    (void)state;
    CHECK(mi_groups_of_bytes(&short_one, id, N - 1, sizeof *id));
#define OPTS(field) (mi_effrank_opts_default(&o), WITH(o, field))
    says(mi_effranks_of(NULL, &x, NULL, OPTS(delta = 1), r), "effective ranks without a result");
    says(mi_effranks_of(&out, &x, NULL, NULL, r), "effective ranks without options");
    says(mi_effranks_of(&out, &x, NULL, OPTS(delta = 0), r), "delta 0 of LiDAR, wanted above 0");
    says(mi_effranks_of(&out, &x, NULL, OPTS(epsilon = -1), r),
         "epsilon -1 of effective ranks, wanted 0 or more, below 1");
    says(mi_effranks_of(&out, &x, NULL, OPTS(fit_low = 0), r),
         "ranks 0 to 100 of alpha-ReQ, wanted 1 or more, the lower first");
    says(mi_lidar(NULL, &x, &instance, &o, r), "LiDAR without a result");
    says(mi_lidar(s, &x, NULL, &o, r), "instances without rows, wanted groups of one or more");
    says(mi_lidar(s, &x, &short_one, &o, r), "instances of 11 rows for 12 rows, wanted as many");
    says(mi_lidar(s, &x, &instance, NULL, r), "effective ranks without options");
    says(mi_singular_values(NULL, s, &x, r), "singular values without memory for them");
    says(mi_singular_values(s, s, &x, NULL),
         "a computation without a run: mi_run_default makes one");
    IS_NAN(mi_rankme(NULL, 3, 0));
    IS_NAN(mi_participation_ratio(NULL, 3));
    IS_NAN(mi_alpha_req(NULL, 3, 1, 3).alpha);
    IS_NAN(mi_alpha_req(s, 3, 0, 3).alpha);
    mi_effrank_opts_default(NULL);
    mi_groups_free(&short_one);
#undef OPTS
}

static void measures(void **state)
{
    const double two = 2;
    mi_measure_opts o;
    mi_effrank_opts ranks;
    mi_measured out[2];
    mi_measured_spectrum spectrum;
    mi_effranks effective;
    double degrees;
    mi_forms f, entropy, empty = {0};
    mi_sample without = {.n = N};
    (void)state;
    CHECK(mi_forms_parse(&f, "z1:z2", MI_FORM_IS_INFORMATION));
    CHECK(mi_forms_parse(&entropy, "z1", MI_FORM_IS_ENTROPY));
    mi_effrank_opts_default(&ranks);
#define OPTS(field) (o = (mi_measure_opts){.alpha = &two, .n_alpha = 1, .base = 2}, WITH(o, field))
    says(mi_measure(NULL, &f, &sample, OPTS(batch = 0), &run),
         "mi_measure without a result or expressions");
    says(mi_measure(out, &empty, &sample, &o, &run), "mi_measure without a result or expressions");
    says(mi_measure(out, &f, NULL, &o, &run), "something to measure without a sample or options");
    says(mi_measure(out, &f, &sample, NULL, &run),
         "something to measure without a sample or options");
    says(mi_measure(out, &f, &sample, &o, NULL),
         "a computation without a run: mi_run_default makes one");
    says(mi_measure(out, &f, &without, &o, &run),
         "'z1:z2' is of z1, which the sample does not have");
    says(mi_measure(out, &f, &sample, OPTS(base = 0), &run),
         "base 0 of the logarithm, wanted above 0 and not 1");
    says(mi_measure(out, &f, &sample, OPTS(permutations = 1), &run),
         "1 permutation, wanted 2 or more, or 0 for none");
    says(mi_measure_spectrum(NULL, entropy.form, &sample, &o, &run),
         "mi_measure_spectrum without a result or expression");
    says(mi_measure_spectrum(&spectrum, NULL, &sample, &o, &run),
         "mi_measure_spectrum without a result or expression");
    says(mi_measure_spectrum(&spectrum, entropy.form, &without, &o, &run),
         "'z1' is of z1, which the sample does not have");
    says(mi_measure_spectrum(&spectrum, entropy.form, &sample, NULL, &run),
         "something to measure without a sample or options");
    says(mi_measure_effranks(NULL, &effective, &degrees, MI_Z1, &sample, &ranks, &o, &run),
         "mi_measure_effranks without a result, its errors or degrees");
    says(mi_measure_effranks(&effective, &effective, &degrees, MI_Z1, &sample, NULL, &o, &run),
         "effective ranks without options");
    says(mi_measure_effranks(&effective, &effective, &degrees, MI_Z1, NULL, &ranks, &o, &run),
         "something to measure without a sample or options");
    says(mi_forms_parse(&empty, NULL, MI_FORM_IS_ENTROPY), "expressions to parse without a text");
    says(mi_forms_parse(NULL, "z1", MI_FORM_IS_ENTROPY), "expressions to parse without a result");
    says(mi_forms_parse(&empty, "z1", (mi_form_kind)3),
         "expressions of kind 3, wanted one of mi_form_kind");
    mi_measure_opts_default(NULL);
    assert_string_equal(mi_reading_name((mi_reading)MI_READINGS, MI_FORM_IS_ENTROPY), "?");
    assert_string_equal(mi_bounds_number_name(MI_BOUNDS_NUMBERS), "?");
    mi_matched_free(NULL);
    assert_int_equal(mi_form_member(NULL), MI_MEMBERS);
    assert_int_equal(mi_forms_members(NULL), 0);
    mi_measured_spectrum_free(NULL);
    mi_forms_free(NULL);
    mi_forms_free(&f);
    mi_forms_free(&entropy);
#undef OPTS
}

/* ---- correlate, table, plot, validate ---- */

static void correlations(void **state)
{
    const double a[] = {1, 2, 3, 5}, b[] = {2, 1, 4, 4}, bad[] = {1, NAN, 2, 3};
    const mi_points p = {.x = a, .y = b, .n = 4}, holes = {.x = a, .y = bad, .n = 4},
                    none = {.x = a, .n = 4};
    mi_correlate_opts o;
    mi_interval i;
    double r;
    (void)state;
#define OPTS(field) (mi_correlate_opts_default(&o), WITH(o, field))
    says(mi_correlate(NULL, MI_PEARSON, &p), "a correlation without a result");
    says(mi_correlate(&r, MI_PEARSON, NULL), "a correlation without points, wanted x and y");
    says(mi_correlate(&r, MI_PEARSON, &none), "a correlation without points, wanted x and y");
    says(mi_correlate(&r, (mi_correlation)99, &p), "correlation 99, wanted one of mi_correlation");
    says(mi_correlate(&r, MI_KENDALL, &holes),
         "point 1 of a correlation has NaN or infinity, wanted finite numbers");
    says(mi_correlate_bootstrap(&i, MI_PEARSON, &p, OPTS(level = 1)),
         "level 1 of an interval, wanted between 0 and 1");
    says(mi_correlate_bootstrap(&i, MI_PEARSON, &p, OPTS(resamples = 1)),
         "1 resamples, wanted 2 or more");
    says(mi_correlate_bootstrap(&i, MI_PEARSON, &p, NULL),
         "a bootstrap without a result or options");
    says(mi_correlate_bootstrap(&i, MI_PEARSON, NULL, &o),
         "a correlation without points, wanted x and y");
    says(mi_correlate_permutation(&r, MI_PEARSON, &p, OPTS(permutations = 0)),
         "no permutations, wanted 1 or more");
    says(mi_correlate_permutation(NULL, MI_PEARSON, &p, &o),
         "permutations without a result or options");
    IS_NAN(mi_correlate_fisher(MI_PEARSON, 0.5, 20, 0, 1).low);
    IS_NAN(mi_correlate_fisher(MI_PEARSON, 1.5, 20, 0, 0.95).low);
    IS_NAN(mi_correlate_fisher(MI_CORRELATIONS, 0.5, 20, 0, 0.95).low);
    IS_UNKNOWN(mi_correlation_name(MI_CORRELATIONS));
    says(mi_html_svg(stdout, "<svg>", NULL), "an image without a stream, text or id");
    mi_correlate_opts_default(NULL);
#undef OPTS
}

static void written_tables(void **state)
{
    char *text = NULL;
    size_t bytes;
    FILE *stream = open_memstream(&text, &bytes);
    mi_table_writer *w;
    (void)state;
    says(mi_table_writer_new(NULL, stream, MI_TABLE_TSV, 9), "a table to write without a writer");
    says(mi_table_writer_new(&w, NULL, MI_TABLE_TSV, 9), "a table to write without a stream");
    says(mi_table_writer_new(&w, stream, (mi_table_format)5, 9),
         "format 5 of a table, wanted one of mi_table_format");
    assert_null(w);
    CHECK(mi_table_writer_new(&w, stream, MI_TABLE_BLOCK, 9));
    says(mi_table_column(w, NULL), "a column without a name");
    says(mi_table_column(NULL, "a"), "a column without a table");
    says(mi_table_attr_column(NULL, "a"), "a column without a table");
    says(mi_table_choose(NULL, "a"), "columns to choose without a table");
    says(mi_table_choose(w, NULL), "columns to choose without a list");
    says(mi_table_text(w, NULL, "x"), "a cell without the name of its column");
    says(mi_table_int(NULL, "a", 1), "a cell without a table");
    says(mi_table_real(NULL, "a", 1), "a cell without a table");
    says(mi_table_attr_text(NULL, "a", "x"), "a cell without a table");
    says(mi_table_attr_int(NULL, "a", 1), "a cell without a table");
    says(mi_table_attr_real(NULL, "a", 1), "a cell without a table");
    says(mi_table_attr_decimal(NULL, "a", "1"), "a cell without a table");
    says(mi_table_end_row(NULL), "a row without a table");
    says(mi_table_end(NULL), "the end of no table");
    says(mi_table_show(NULL), "rows to show of no table");
    says(mi_table_setting_column(NULL, "a"), "a column without a table");
    says(mi_table_setting_column(w, NULL), "a column without a name");
    mi_table_width(NULL, 80);
    says(mi_table_append(NULL, "a\n", 2), "rows to append without a table");
    says(mi_table_append(w, NULL, 2), "rows to append without their text");
    says(mi_table_append(w, "a\n", 2),
         "rows to append to blocks, wanted tab- or comma-separated text or JSON");
    mi_table_part(NULL);
    mi_table_writer_free(NULL);
    mi_table_writer_free(w);
    fclose(stream);
    free(text);
}

/* What functions of a table that was read say. */
static void read_tables(void **state)
{
    char text[] = "a\tb\n1\t2\n";
    FILE *stream = fmemopen(text, strlen(text), "r");
    mi_table t, u;
    mi_validation v;
    mi_plot plot;
    mi_plot_opts o;
    size_t k;
    double value;
    (void)state;
    says(mi_table_read(NULL, stream, "t"), "a table to read without a result, stream or name");
    says(mi_table_read(&t, NULL, "t"), "a table to read without a result, stream or name");
    says(mi_table_read(&t, stream, NULL), "a table to read without a result, stream or name");
    CHECK(mi_table_read(&t, stream, "t"));
    says(mi_table_join(&u, NULL, 2), "tables to join without any");
    says(mi_table_join(&u, &t, 0), "tables to join without any");
    says(mi_table_join(NULL, &t, 1), "tables to join without a result");
    says(mi_table_find(NULL, "a", &k), "a column to find without a table");
    says(mi_table_find(&t, "a", NULL), "a column to find without a name or a result");
    says(mi_table_number(NULL, 0, 0, &value), "a cell as a number without a table");
    says(mi_table_number(&t, 0, 2, &value), "cell 0, 2 of a table of 1 x 2");
    says(mi_table_number(&t, 1, 0, &value), "cell 1, 0 of a table of 1 x 2");
    assert_string_equal(mi_table_cell(&t, 1, 0), "nan");
    assert_int_equal(mi_table_has(NULL, "a"), -1);
    says(mi_validate(&v, NULL, 0, 0.95), "mi_validate without a result or table");
    says(mi_validate(&v, &t, 1, 0.95), "row 1 of a table of 1 rows");
    says(mi_validate(&v, &t, 0, 1), "level 1 of intervals, wanted between 0 and 1");
    mi_enough *enough;
    size_t curves;
    says(mi_enough_of(NULL, &curves, &t, 0.95, 1), "mi_enough_of without a result or table");
    says(mi_enough_of(&enough, &curves, NULL, 0.95, 1), "mi_enough_of without a result or table");
    says(mi_enough_of(&enough, &curves, &t, 0, 1), "level 0 of intervals, wanted between 0 and 1");
    says(mi_enough_of(&enough, &curves, &t, 0.95, 0),
         "a wanted error of 0, wanted one above 0, or nan for none");
    mi_enough_put(NULL, &t, NULL, 0.95, 1);
    IS_UNKNOWN(mi_verdict_name((mi_verdict)4));
    IS_UNKNOWN(mi_standing_name((mi_standing)3));
    mi_validation_put(NULL, NULL);
#define OPTS(field) (mi_plot_opts_default(&o), WITH(o, field))
    says(mi_plot_make(NULL, 0, &t, OPTS(row = 0)),
         "mi_plot_make without a result, table or options");
    says(mi_plot_make(&plot, 0, NULL, &o), "mi_plot_make without a result, table or options");
    says(mi_plot_make(&plot, 0, &t, NULL), "mi_plot_make without a result, table or options");
    says(mi_plot_make(&plot, 99, &t, &o), "kind 99 of chart, which there is not");
    says(mi_plot_make(&plot, 0, &t, OPTS(width = -5)),
         "a chart of -5 x 0, wanted above 0, or 0 for what suits");
    says(mi_plot_find_kind(NULL, &k), "a kind of chart to find without a name");
    says(mi_plot_find_kind("trend", NULL), "a kind of chart to find without a result");
    assert_null(mi_plot_kind_name(99));
    mi_plot_opts_default(NULL);
    mi_plot_quote(NULL, "a");
    mi_plot_free(NULL);
    mi_table_free(NULL);
    mi_table_free(&t);
    fclose(stream);
#undef OPTS
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_array_grows), cmocka_unit_test(memory_and_run),
        cmocka_unit_test(replaced_files), cmocka_unit_test(runs),
        cmocka_unit_test(matrices),       cmocka_unit_test(symbols),
        cmocka_unit_test(kernels),        cmocka_unit_test(samples),
        cmocka_unit_test(entropies),      cmocka_unit_test(bounds),
        cmocka_unit_test(permutations),   cmocka_unit_test(effective_ranks),
        cmocka_unit_test(alignments),     cmocka_unit_test(measures),
        cmocka_unit_test(correlations),   cmocka_unit_test(written_tables),
        cmocka_unit_test(read_tables),
    };
    return cmocka_run_group_tests(tests, make_all, free_all);
}
