/* The public door: what every function says to arguments that cannot be, and features from memory. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "libmi/data/mat_internal.h"
#include "libmi/entropy/joint_spectrum.h"
#include "libmi/mi.h"

enum { N = 24, D1 = 5, D2 = 3 };

static mi_run run;

static void expect(mi_status found, mi_status status, const char *text)
{
    assert_string_equal(found == MI_OK ? "done" : mi_detail(), text);
    assert_int_equal(found, status);
}

/* ---- joints ---- */

typedef struct {
    mi_mat x[2];
    mi_var var[2];
    double s;
    mi_joint joint;
} pair;

/* Two real variables of n and m rows. */
static void pair_make(pair *p, size_t n, size_t m)
{
    const mi_kernel linear = {.kind = MI_KERNEL_LINEAR};
    draw_seed(7);
    draw_matrix(&p->x[0], n, D1, MI_F32, NULL, 0);
    draw_matrix(&p->x[1], m, D2, MI_F32, NULL, 0);
    for (int v = 0; v < 2; v++)
        CHECK(mi_var_real(&p->var[v], linear, &p->x[v]));
    p->joint = (mi_joint){.vars = 3, .s = &p->s};
}

static void pair_free(pair *p)
{
    for (int v = 0; v < 2; v++) {
        mi_var_free(&p->var[v]);
        mi_mat_free(&p->x[v]);
    }
}

static void variables_of_other_lengths(void **state)
{
    const double two = 2;
    pair p;
    (void)state;
    pair_make(&p, N, N - 7);
    expect(mi_joint_entropies(&p.joint, 1, p.var, 2, &two, 1, &run), MI_EUSAGE,
           "variable 1 has 17 rows, variable 0 has 24: wanted as many");
    pair_free(&p);
}

static void orders(void **state)
{
    const double bad[] = {-1, 0, NAN, -INFINITY}, good[] = {0.5, 2, INFINITY};
    static const char *const text[] = {"-1", "0", "nan", "-inf"};
    double s[3];
    char wanted[100];
    pair p;
    (void)state;
    pair_make(&p, N, N);
    for (int k = 0; k < 4; k++) {
        snprintf(wanted, sizeof wanted,
                 "order %s of the entropy, wanted a number above 0, or infinity", text[k]);
        expect(mi_joint_entropies(&p.joint, 1, p.var, 2, &bad[k], 1, &run), MI_EUSAGE, wanted);
    }
    expect(mi_joint_entropies(&p.joint, 1, p.var, 2, NULL, 1, &run), MI_EUSAGE,
           "no order of the entropy, wanted one or more above 0");
    expect(mi_joint_entropies(&p.joint, 1, p.var, 2, good, 0, &run), MI_EUSAGE,
           "no order of the entropy, wanted one or more above 0");
    p.joint.s = s;
    expect(mi_joint_entropies(&p.joint, 1, p.var, 2, good, 3, &run), MI_OK, "done");
    pair_free(&p);
}

static void joints(void **state)
{
    const double two = 2;
    pair p;
    mi_spectrum spectrum;
    (void)state;
    pair_make(&p, N, N);
    p.joint.vars = 7;
    expect(mi_joint_entropies(&p.joint, 1, p.var, 2, &two, 1, &run), MI_EUSAGE,
           "joint 0 is of the variables 0x7, wanted some of the 2 given");
    expect(mi_joint_spectrum(&spectrum, &p.joint, p.var, 2, &run), MI_EUSAGE,
           "joint 0 is of the variables 0x7, wanted some of the 2 given");
    p.joint.vars = 0;
    expect(mi_joint_entropies(&p.joint, 1, p.var, 2, &two, 1, &run), MI_EUSAGE,
           "joint 0 is of the variables 0x0, wanted some of the 2 given");
    expect(mi_joint_entropies(&p.joint, 1, p.var, 0, &two, 1, &run), MI_EUSAGE,
           "no variable given, wanted one or more");
    expect(mi_joint_entropies(NULL, 1, p.var, 2, &two, 1, &run), MI_EUSAGE,
           "no joint given, wanted one or more");
    expect(mi_joint_entropies(&p.joint, 1, p.var, MI_MAX_VARS + 1, &two, 1, &run), MI_EUSAGE,
           "10 variables at once, wanted at most 9");
    p.joint = (mi_joint){.vars = 1};
    expect(mi_joint_entropies(&p.joint, 1, p.var, 2, &two, 1, &run), MI_EUSAGE,
           "joint 0 has no memory for its entropies");
    p.joint = (mi_joint){.vars = 3, .s = &p.s};
    mi_free(p.var[1].inverse_norm);
    p.var[1].inverse_norm = NULL;
    expect(mi_joint_entropies(&p.joint, 1, p.var, 2, &two, 1, &run), MI_EUSAGE,
           "variable 1 was not made by mi_var_real");
    pair_free(&p);
}

/* What fails leaves nothing behind: address sanitizers would tell. */
static void real_variables(void **state)
{
    mi_mat x;
    mi_var v;
    (void)state;
    draw_matrix(&x, N, D1, MI_F64, NULL, 0);
    expect(
        mi_var_real(&v, (mi_kernel){.kind = MI_KERNEL_GAUSSIAN, .rule = MI_BANDWIDTH_MEDIAN}, &x),
        MI_EUSAGE,
        "a kernel of distances of bandwidth 0, wanted 1e-140 to 1e+140: mi_kernel_resolve finds one by a rule");
    expect(mi_var_real(&v, (mi_kernel){.kind = MI_KERNEL_DELTA}, &x), MI_EUSAGE,
           "a real variable under the delta kernel: mi_groups_of_rows makes groups of rows");
    expect(mi_var_real(&v, (mi_kernel){.kind = MI_KERNEL_LINEAR}, NULL), MI_EUSAGE,
           "a real variable without rows or columns");
    ((double *)x.x)[3] = NAN;
    assert_int_equal(mi_var_real(&v, (mi_kernel){.kind = MI_KERNEL_LINEAR}, &x), MI_EDATA);
    assert_null(v.inverse_norm);
    mi_mat_free(&x);
}

/* An array of as many rows as an instance has would not fit on a stack. */
static void one_instance_of_a_million_rows(void **state)
{
    enum { ROWS = 1200000 };
    const double one = 1;
    mi_var var[2];
    mi_groups groups, single = {.n = ROWS};
    const mi_expression e = {.part = {1, 2}, .n_parts = 2};
    mi_null null;
    mi_permute_opts o = {.count = 2};
    int64_t *label;
    (void)state;
    label = calloc(ROWS, sizeof *label);
    assert_non_null(label);
    CHECK(mi_groups_of_bytes(&single, label, ROWS, sizeof *label));
    for (size_t i = 0; i < ROWS; i++)
        label[i] = (int64_t)(i % 3);
    CHECK(mi_groups_of_bytes(&groups, label, ROWS, sizeof *label));
    mi_var_discrete(&var[0], &groups);
    mi_var_discrete(&var[1], &groups);
    CHECK(mi_permutation_null(&null, &e, var, 2, &single, &one, 1, &o, &run));
    assert_true(null.observed > 1.09 && null.mean < 0.01);
    mi_groups_free(&groups);
    mi_groups_free(&single);
    free(label);
}

/* ---- a sample from memory ---- */

typedef struct {
    float z1[N * D1];
    double z2[N * (D2 + 2)]; /* with a gap behind each row */
    int64_t r[N], y[N];
    mi_arrays in;
} arrays;

static void arrays_make(arrays *a)
{
    mi_mat z1, z2;
    draw_seed(11);
    draw_matrix(&z1, N, D1, MI_F32, NULL, 0);
    draw_matrix(&z2, N, D2, MI_F64, NULL, 0);
    memcpy(a->z1, z1.x, sizeof a->z1);
    for (int i = 0; i < N; i++) {
        for (int k = 0; k < D2 + 2; k++)
            a->z2[i * (D2 + 2) + k] = k < D2 ? mi_mat_get(&z2, (size_t)i, (size_t)k) : NAN;
        a->r[i] = 100 + i / 2;
        a->y[i] = -(i / 2 % 3);
    }
    a->in = (mi_arrays){.n = N,
                        .z1 = {.x = a->z1, .d = D1},
                        .z2 = {.x = a->z2, .type = MI_F64, .d = D2, .ld = D2 + 2},
                        .r = a->r,
                        .y = a->y};
    mi_mat_free(&z1);
    mi_mat_free(&z2);
}

/* The values are those of the plain sums, and nothing was copied. */
static void values_from_memory(void **state)
{
    arrays a;
    mi_sample s;
    double h, i, joint, sum = 0, pairs[2] = {0, 0};
    (void)state;
    arrays_make(&a);
    CHECK(mi_sample_of(&s, &a.in, NULL));
    assert_ptr_equal(s.column[MI_Z1].x.x, a.z1);
    assert_ptr_equal(s.column[MI_Z2].x.x, a.z2);
    for (int p = 0; p < N; p++)
        for (int q = 0; q < N; q++) {
            double xy = 0, xx = 0, yy = 0;
            for (int k = 0; k < D1; k++) {
                xy += (double)a.z1[p * D1 + k] * a.z1[q * D1 + k];
                xx += (double)a.z1[p * D1 + k] * a.z1[p * D1 + k];
                yy += (double)a.z1[q * D1 + k] * a.z1[q * D1 + k];
            }
            sum += xy * xy / (xx * yy);
            pairs[0] += a.y[p] == a.y[q];
            pairs[1] += a.y[p] == a.y[q] ? xy * xy / (xx * yy) : 0;
        }
    CHECK(mi_entropy(&h, &s, "z1", 2, NULL));
    assert_true(fabs(h - (2 * log(N) - log(sum))) < 1e-6);
    CHECK(mi_entropy(&joint, &s, "z1+y", 2, &run));
    assert_true(fabs(joint - (2 * log(N) - log(pairs[1]))) < 1e-6);
    CHECK(mi_information(&i, &s, "y:z1", 2, NULL));
    assert_true(fabs(i - (h + 2 * log(N) - log(pairs[0]) - joint)) < 1e-6);
    mi_sample_free(&s);
}

/* Default options are order 2; missing members are nan; R as the next view. */
static void bounds_from_memory(void **state)
{
    arrays a;
    mi_sample s;
    mi_sample_opts o;
    mi_bounds_opts b;
    mi_bounds_result id, positive, bare;
    double i;
    (void)state;
    arrays_make(&a);
    mi_bounds_opts_default(&b);
    mi_sample_opts_default(&o);
    CHECK(mi_sample_of(&s, &a.in, &o));
    CHECK(mi_bounds(&id, &s, &b, &run));
    CHECK(mi_information(&i, &s, "z1:z2", 2, &run));
    assert_true(fabs(id.value[MI_I_Z1_Z2] - i) < 1e-9);
    mi_sample_free(&s);
    o.r_kind = MI_R_POSITIVE;
    CHECK(mi_sample_of(&s, &a.in, &o));
    CHECK(mi_bounds(&positive, &s, &b, &run));
    assert_true(fabs(positive.value[MI_H_R] - positive.value[MI_H_Z2]) < 1e-6);
    assert_true(fabs(positive.value[MI_UPPER] - id.value[MI_UPPER]) < 1e-9);
    mi_sample_free(&s);
    a.in.r = a.in.y = NULL;
    CHECK(mi_sample_of(&s, &a.in, NULL));
    CHECK(mi_bounds(&bare, &s, &b, &run));
    assert_true(isnan(bare.value[MI_LOWER]) && isnan(bare.value[MI_I_Y_Z1]));
    assert_true(fabs(bare.value[MI_I_Z1_Z2] - id.value[MI_I_Z1_Z2]) < 1e-9);
    mi_sample_free(&s);
}

static void arrays_that_cannot_be(void **state)
{
    arrays a;
    mi_sample s;
    mi_sample_opts o;
    (void)state;
#define REFUSES(status, text, ...)                         \
    do {                                                   \
        arrays_make(&a);                                   \
        mi_sample_opts_default(&o);                        \
        __VA_ARGS__;                                       \
        expect(mi_sample_of(&s, &a.in, &o), status, text); \
    } while (0)
    REFUSES(MI_EUSAGE, "1 rows, wanted 2 or more", a.in.n = 1);
    REFUSES(MI_EUSAGE, "z1: rows of 0 features, wanted 1 or more", a.in.z1.d = 0);
    REFUSES(MI_EUSAGE, "z2: 2 elements from row to row, fewer than its 3 features", a.in.z2.ld = 2);
    REFUSES(MI_EUSAGE, "z2: type 2, wanted MI_F32 or MI_F64", a.in.z2.type = (mi_float)2);
    REFUSES(MI_EUSAGE, "both r and a real-valued target, wanted one of them",
            a.in.target = a.in.z2);
    REFUSES(MI_EUSAGE, "R is to be 'positive', which needs r", a.in.r = NULL,
            o.r_kind = MI_R_POSITIVE);
    REFUSES(MI_EUSAGE, "R is to be 'positive', which needs z2", a.in.z2.x = NULL,
            o.r_kind = MI_R_POSITIVE);
    REFUSES(MI_EUSAGE, "R is to be 'target', which needs a real-valued target",
            o.r_kind = MI_R_TARGET);
    REFUSES(MI_EDATA,
            "z1: row 2 has NaN or infinity (1 of 24 rows do), wanted finite numbers; "
            "transform drop-nonfinite removes them",
            a.z1[2 * D1] = INFINITY);
    expect(mi_sample_of(&s, NULL, NULL), MI_EUSAGE, "mi_sample_of without arrays");
#undef REFUSES
}

/* Ids that mark views give the positive; clusters, classes and lone rows the id itself. */
static void what_r_is_by_default(void **state)
{
    static const struct {
        int first, rows; /* of the first instance; the others have two each */
        mi_r_kind kind;
    } rows[] = {{0, 2, MI_R_POSITIVE}, {0, 16, MI_R_POSITIVE}, {0, 18, MI_R_ID}, {1, 1, MI_R_ID}};
    arrays a;
    mi_sample s;
    mi_sample_opts o;
    (void)state;
    arrays_make(&a);
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        for (int i = 0; i < N; i++)
            a.r[i] = i < rows[k].rows ? 100 : 200 + (i - rows[k].first) / 2;
        CHECK(mi_sample_of(&s, &a.in, NULL));
        assert_int_equal(s.r_kind, rows[k].kind);
        assert_int_equal(s.column[MI_R].is_real, rows[k].kind == MI_R_POSITIVE);
        mi_sample_free(&s);
    }
    arrays_make(&a);
    mi_sample_opts_default(&o);
    o.instances_only = 1;
    CHECK(mi_sample_of(&s, &a.in, &o));
    assert_int_equal(s.r_kind, MI_R_ID);
    mi_sample_free(&s);
    a.in.z2.x = NULL;
    CHECK(mi_sample_of(&s, &a.in, NULL));
    assert_int_equal(s.r_kind, MI_R_ID);
    mi_sample_free(&s);
}

static void zero_rows(void **state)
{
    arrays a;
    mi_sample s;
    mi_sample_opts o;
    (void)state;
    arrays_make(&a);
    memset(a.z1 + 4 * D1, 0, D1 * sizeof *a.z1);
    assert_int_equal(mi_sample_of(&s, &a.in, NULL), MI_EDATA);
    assert_int_equal(strncmp(mi_detail(), "z1: row 4 ", 10), 0);
    mi_sample_opts_default(&o);
    o.drop_zero_rows = 1;
    CHECK(mi_sample_of(&s, &a.in, &o));
    assert_int_equal(s.n, N - 2); /* and the other view, which has no positive now */
    assert_int_equal(s.dropped, 2);
    mi_sample_free(&s);
    o.r_kind = MI_R_ID;
    CHECK(mi_sample_of(&s, &a.in, &o));
    assert_int_equal(s.n, N - 1);
    assert_int_equal(s.dropped, 1);
    mi_sample_free(&s);
}

/* ---- expressions and bounds ---- */

static void expressions(void **state)
{
    arrays a;
    mi_sample s;
    double x;
    (void)state;
    arrays_make(&a);
    a.in.y = NULL;
    CHECK(mi_sample_of(&s, &a.in, NULL));
    expect(mi_entropy(&x, &s, "z1+y", 2, &run), MI_EUSAGE,
           "'z1+y' is of y, which the sample does not have");
    expect(mi_entropy(&x, &s, "z1,z2", 2, &run), MI_EUSAGE,
           "'z1,z2' is several, wanted one expression");
    expect(mi_entropy(&x, &s, "z1", -1, &run), MI_EUSAGE,
           "order -1 of the entropy, wanted a number above 0, or infinity");
    expect(mi_entropy(NULL, &s, "z1", 2, &run), MI_EUSAGE,
           "an entropy or information without a value, sample or expression");
    assert_int_equal(mi_information(&x, &s, "z1", 2, &run), MI_EUSAGE);
    mi_sample_free(&s);
}

static void bounds(void **state)
{
    const double minus = -1;
    arrays a;
    mi_sample s;
    mi_bounds_opts b;
    mi_bounds_result r;
    (void)state;
    arrays_make(&a);
    CHECK(mi_sample_of(&s, &a.in, NULL));
    mi_bounds_opts_default(&b);
    expect(mi_bounds(NULL, &s, &b, &run), MI_EUSAGE,
           "mi_bounds without a result, sample, options or run");
    b.alpha = &minus;
    expect(mi_bounds(&r, &s, &b, &run), MI_EUSAGE,
           "order -1 of the entropy, wanted a number above 0, or infinity");
    b = (mi_bounds_opts){0};
    expect(mi_bounds(&r, &s, &b, &run), MI_EUSAGE,
           "no order of the entropy, wanted one or more above 0");
    mi_bounds_opts_default(&b);
    b.base = 0;
    expect(mi_bounds(&r, &s, &b, &run), MI_EUSAGE,
           "base 0 of the logarithm, wanted above 0 and not 1");
    mi_bounds_opts_default(&b);
    b.se = 1;
    b.jackknife_groups = 1;
    expect(mi_bounds(&r, &s, &b, &run), MI_EUSAGE, "1 groups of the jackknife, wanted 2 or more");
    mi_sample_free(&s);
    a.in.z2.x = NULL;
    CHECK(mi_sample_of(&s, &a.in, NULL));
    mi_bounds_opts_default(&b);
    expect(mi_bounds(&r, &s, &b, &run), MI_EUSAGE, "the sample has no z2, which the bounds are of");
    mi_sample_free(&s);
}

/* ---- two samples of the same instances ---- */

static void samples_that_do_not_match(void **state)
{
    arrays a, b;
    mi_sample s, t;
    mi_matched m;
    mi_sample_opts o;
    (void)state;
#define REFUSES(text, ...)                            \
    do {                                              \
        arrays_make(&a);                              \
        arrays_make(&b);                              \
        mi_sample_opts_default(&o);                   \
        o.r_kind = MI_R_ID;                           \
        __VA_ARGS__;                                  \
        CHECK(mi_sample_of(&s, &a.in, NULL));         \
        CHECK(mi_sample_of(&t, &b.in, &o));           \
        expect(mi_match(&m, &s, &t), MI_EDATA, text); \
        mi_sample_free(&s);                           \
        mi_sample_free(&t);                           \
    } while (0)
    REFUSES("R is 'positive' in the first and 'id' in the second, wanted one kind; try r", (void)0);
    REFUSES("no instance is shared: 12 ids from 100 on in the first, 12 from 700 on in the second",
            o.r_kind = MI_R_AUTO;
            for (int i = 0; i < N; i++) b.r[i] += 600);
    REFUSES("a comparison needs 3 or more shared instances, found 2", o.r_kind = MI_R_AUTO;
            for (int i = 4; i < N; i++) b.r[i] += 600);
    REFUSES("id 101 has 2 rows in the first and 4 in the second, wanted as many",
            o.r_kind = MI_R_AUTO;
            b.r[4] = b.r[5] = 101);
    REFUSES("the first has no instance ids and the second has", o.r_kind = MI_R_AUTO;
            a.in.r = NULL);
    REFUSES("without ids rows are matched by their number: 24 rows in the one, 22 in the other, "
            "wanted as many",
            o.r_kind = MI_R_AUTO;
            a.in.r = b.in.r = NULL; b.in.n = 22);
#undef REFUSES
    expect(mi_match(NULL, &s, &t), MI_EUSAGE, "mi_match without a result or a sample");
}

/* Ids that are strings match strings; of several columns they cannot be matched. */
static void ids_of_other_types(void **state)
{
    arrays a;
    mi_sample s, t;
    mi_matched m;
    char name[N / 2][8];
    char *text[N / 2];
    (void)state;
    arrays_make(&a);
    CHECK(mi_sample_of(&s, &a.in, NULL));
    CHECK(mi_sample_of(&t, &a.in, NULL));
    for (int c = 0; c < N / 2; c++) {
        snprintf(name[c], sizeof name[c], "img%d", c);
        text[c] = name[c];
    }
    mi_labels words = s.instance;
    words.value = NULL;
    words.text = text;
    mi_labels numbers = s.instance;
    s.instance = words;
    expect(mi_match(&m, &s, &t), MI_EDATA,
           "instance ids are strings on one side and numbers on the other");
    CHECK(mi_match(&m, &s, &s));
    assert_int_equal(m.a.n, N);
    mi_matched_free(&m);
    s.instance.text = NULL;
    s.instance.d = 3;
    expect(mi_match(&m, &s, &t), MI_EDATA,
           "instance ids of 3 columns cannot be matched, wanted one number or string each");
    s.instance = numbers;
    mi_sample_free(&s);
    mi_sample_free(&t);
}

static void comparisons(void **state)
{
    const double minus = -1;
    arrays a;
    mi_sample s;
    mi_matched m;
    mi_bounds_opts b;
    mi_measure_opts o;
    mi_forms f;
    mi_difference d[MI_BOUNDS_NUMBERS];
    (void)state;
    arrays_make(&a);
    a.in.y = NULL;
    CHECK(mi_sample_of(&s, &a.in, NULL));
    CHECK(mi_match(&m, &s, &s));
    mi_bounds_opts_default(&b);
    mi_measure_opts_default(&o);
    CHECK(mi_forms_parse(&f, "z1:y", MI_FORM_IS_EITHER));
    expect(mi_compare_bounds(NULL, &m, &b, 0.95, &run), MI_EUSAGE,
           "mi_compare_bounds without a result, samples, options or run");
    expect(mi_compare_bounds(d, &m, &b, 1, &run), MI_EUSAGE,
           "level 1 of the intervals, wanted between 0 and 1");
    b.jackknife_groups = 1;
    expect(mi_compare_bounds(d, &m, &b, 0.95, &run), MI_EUSAGE,
           "1 groups of the jackknife, wanted 2 or more");
    b.alpha = &minus;
    expect(mi_compare_bounds(d, &m, &b, 0.95, &run), MI_EUSAGE,
           "order -1 of the entropy, wanted a number above 0, or infinity");
    expect(mi_compare_forms(d, &m, NULL, &o, 0.95, &run), MI_EUSAGE,
           "mi_compare_forms without a result, samples, expressions, options or run");
    expect(mi_compare_forms(d, &m, &f, &o, 0.95, &run), MI_EUSAGE,
           "'z1:y' is of y, which the sample does not have");
    mi_forms_free(&f);
    mi_matched_free(&m);
    mi_sample_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variables_of_other_lengths),
        cmocka_unit_test(orders),
        cmocka_unit_test(joints),
        cmocka_unit_test(real_variables),
        cmocka_unit_test(one_instance_of_a_million_rows),
        cmocka_unit_test(values_from_memory),
        cmocka_unit_test(bounds_from_memory),
        cmocka_unit_test(arrays_that_cannot_be),
        cmocka_unit_test(what_r_is_by_default),
        cmocka_unit_test(zero_rows),
        cmocka_unit_test(expressions),
        cmocka_unit_test(bounds),
        cmocka_unit_test(samples_that_do_not_match),
        cmocka_unit_test(ids_of_other_types),
        cmocka_unit_test(comparisons),
    };
    mi_run_default(&run);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
