/* Shannon quantities by other estimators: against other programs' values, known answers, plain loops. */
#include <math.h>
#include <string.h>

#include "draw.h"

static mi_shannon value(const mi_sample *s, mi_member_id a, mi_member_id b, const char *estimator,
                        size_t permutations)
{
    mi_shannon_estimator e;
    mi_shannon out;
    mi_run run;
    mi_run_default(&run);
    CHECK(mi_shannon_parse(&e, estimator));
    CHECK(mi_shannon_of(&out, s, a, b, &e, permutations, &run));
    return out;
}

/* ---- 60 rows that other programs were given too ---- */

enum { ROWS = 60 };

typedef struct {
    double x[ROWS], y[ROWS];
    int64_t c[ROWS], d[ROWS];
    mi_sample sample; /* z1 = x, z2 = y, y = c */
} given;

static void make_given(given *g, int is_discrete)
{
    mi_sample_opts o;
    for (int i = 0; i < ROWS; i++) {
        g->x[i] = sin(3.7 * i + 0.5 * cos(1.3 * i));
        g->y[i] = 0.6 * g->x[i] + 0.8 * sin(5.1 * i + 1);
        g->c[i] = (int64_t)floor(2 * sin(2.3 * i) + 0.7 * g->x[i]);
        g->d[i] = (int64_t)floor(1.5 * g->y[i]);
    }
    mi_arrays in = {.n = ROWS, .z1 = {g->x, MI_F64, 1, 1}, .z2 = {g->y, MI_F64, 1, 1}, .y = g->c};
    double floored[ROWS];
    for (int i = 0; i < ROWS; i++)
        floored[i] = (double)g->d[i];
    mi_sample_opts_default(&o);
    if (is_discrete) {
        memcpy(g->y, floored, sizeof floored);
        CHECK(mi_sample_parse_kernel(&o, "z2=delta"));
    }
    CHECK(mi_sample_of(&g->sample, &in, &o));
}

/* scikit-learn 1.2.1, _compute_mi_cc; all others NumPy from the formulas. (scikit-learn's _compute_mi_cd gives
 * 0.154286848830529: it takes the neighbours of a small class from rounded distances, and then counts some
 * of them as nearer than themselves.) */
static void other_programs(void **state)
{
    static const struct {
        mi_member_id a, b;
        const char *estimator;
        double value;
    } real[] =
        {
            {MI_Z1, MI_Z2, "ksg:3", 0.317331129121819},
            {MI_Z1, MI_Z2, "ksg:5", 0.343034631984276},
            {MI_Z1, MI_Y, "ksg:3", 0.157201078850021},
            {MI_Y, MI_Z1, "ksg", 0.157201078850021},
        },
      discrete[] = {
          {MI_Y, MI_MEMBERS, "plugin", 1.70806794957959},
          {MI_Y, MI_MEMBERS, "miller-madow", 1.74973461624626},
          {MI_Y, MI_MEMBERS, "grassberger", 1.74064628362245},
          {MI_Y, MI_MEMBERS, "shrinkage", 1.77159946958975},
          {MI_Y, MI_Z2, "plugin", 0.127058910906955},
          {MI_Z2, MI_Y, "miller-madow", 0.0103922442402884},
          {MI_Y, MI_Z2, "grassberger", -0.0771643451479265},
          {MI_Y, MI_Z2, "shrinkage", 0.0126725757114441},
      };
    given g;
    (void)state;
    make_given(&g, 0);
    for (size_t k = 0; k < sizeof real / sizeof *real; k++)
        CHECK_NEAR(value(&g.sample, real[k].a, real[k].b, real[k].estimator, 0).value,
                   real[k].value, 1e-13);
    mi_sample_free(&g.sample);
    make_given(&g, 1);
    for (size_t k = 0; k < sizeof discrete / sizeof *discrete; k++)
        CHECK_NEAR(value(&g.sample, discrete[k].a, discrete[k].b, discrete[k].estimator, 0).value,
                   discrete[k].value, 1e-13);
    mi_sample_free(&g.sample);
}

/* ---- known answers ---- */

typedef struct {
    mi_mat z1, z2;
    int64_t *r, *y;
    mi_sample sample;
} drawn;

/* n rows of `views` an instance: z1 normal, with `same` the share of the variance that views have in common; z2 is
 * z1 times rho and noise; y: the sign of the first column with chance `kept`. */
static void draw_rows(drawn *x, size_t n, size_t views, size_t d, double same, double rho)
{
    draw_matrix(&x->z1, n, d, MI_F32, NULL, 0);
    draw_matrix(&x->z2, n, d, MI_F32, NULL, 0);
    CHECK(MI_NEW(x->r, n));
    CHECK(MI_NEW(x->y, n));
    float *z1 = x->z1.x, *z2 = x->z2.x;
    for (size_t i = 0; i < n; i++) {
        x->r[i] = (int64_t)(i / views);
        for (size_t k = 0; k < d; k++) {
            float own = z1[i * d + k];
            if (i % views)
                z1[i * d + k] =
                    (float)(same * z1[(i - i % views) * d + k] + sqrt(1 - same * same) * own);
            z2[i * d + k] = (float)(rho * z1[i * d + k] + sqrt(1 - rho * rho) * z2[i * d + k]);
        }
        x->y[i] = z1[(i - i % views) * d] > 0;
    }
    mi_arrays in = {.n = n,
                    .z1 = {z1, MI_F32, d, d},
                    .z2 = {z2, MI_F32, d, d},
                    .r = views > 1 ? x->r : NULL,
                    .y = x->y};
    CHECK(mi_sample_of(&x->sample, &in, NULL));
}

static void free_rows(drawn *x)
{
    mi_sample_free(&x->sample);
    mi_mat_free(&x->z1);
    mi_mat_free(&x->z2);
    mi_free(x->r);
    mi_free(x->y);
}

/* I of two normal columns is -log(1 - rho^2) / 2; of a sign with its own column log 2. */
static void normal_columns(void **state)
{
    drawn x;
    (void)state;
    draw_seed(1);
    draw_rows(&x, 1200, 1, 1, 0, 0.8);
    mi_shannon i = value(&x.sample, MI_Z1, MI_Z2, "ksg", 19);
    CHECK_NEAR(i.value, -0.5 * log(1 - 0.64), 3.5 * i.se);
    CHECK_AT_MOST(i.se, 0.05, 0);
    CHECK_NEAR(i.p, 0.05, 1e-12);
    CHECK_NEAR(i.null_mean, 0, 0.02);
    i = value(&x.sample, MI_Z1, MI_Y, "ksg", 0);
    CHECK_NEAR(i.value, log(2), 0.02);
    assert_true(isnan(i.p) && isnan(i.null_mean) && i.units == 1200);
    free_rows(&x);
}

/* Errors of ksg and of counts against the spread of 200 samples. */
static void standard_errors(void **state)
{
    static const char *const of[] = {"ksg", "miller-madow"};
    double sum[2] = {0}, square[2] = {0}, se[2] = {0};
    (void)state;
    draw_seed(2);
    for (int r = 0; r < 200; r++) {
        drawn x;
        draw_rows(&x, 120, 1, 1, 0, 0.7);
        mi_shannon v[2] = {value(&x.sample, MI_Z1, MI_Z2, of[0], 0),
                           value(&x.sample, MI_Y, MI_MEMBERS, of[1], 0)};
        free_rows(&x);
        for (int k = 0; k < 2; k++) {
            sum[k] += v[k].value / 200;
            square[k] += v[k].value * v[k].value / 200;
            se[k] += v[k].se / 200;
        }
    }
    CHECK_NEAR(se[0] / sqrt(square[0] - sum[0] * sum[0]), 1, 0.25);
    /* H of a fair coin has no first order: its error is 0 to it, and small. */
    CHECK_AT_MOST(se[1], 0.02, 0);
}

/* ---- views ---- */

/* Cosine of rows i and j of z1. */
static double cosine(const drawn *x, size_t i, size_t j)
{
    const float *a = (const float *)x->z1.x + i * x->z1.ld,
                *b = (const float *)x->z1.x + j * x->z1.ld;
    double ab = 0, aa = 0, bb = 0;
    for (size_t k = 0; k < x->z1.d; k++) {
        ab += (double)a[k] * b[k];
        aa += (double)a[k] * a[k];
        bb += (double)b[k] * b[k];
    }
    return ab / sqrt(aa * bb);
}

/* The three bounds by their definitions, leaving out instance `without` (SIZE_MAX: none); two views. */
static void plain(double out[3], const drawn *x, double t, double clip, size_t without)
{
    size_t n = x->z1.n, rows = 0;
    double nce = 0, positive = 0, clipped = 0, pairs = 0;
    double half[2] = {0}, of_half[2] = {0}, z[2] = {0}, in_half[2] = {0};
    size_t number[512], next = 0; /* of the instances that are there */
    for (size_t c = 0; c < n / 2; c++)
        number[c] = c == without ? 0 : next++;
    for (size_t i = 0; i < n; i++) {
        if (i / 2 == without)
            continue;
        double f = cosine(x, i, i ^ 1) / t, all = exp(f), others = 0;
        size_t h = number[i / 2] % 2;
        for (size_t j = 0; j < n; j++) {
            if (j / 2 == i / 2 || j / 2 == without)
                continue;
            double w = exp(cosine(x, i, j) / t);
            all += w;
            others++;
            clipped += fmin(exp(clip), fmax(exp(-clip), w));
            pairs++;
            if (number[j / 2] % 2 == h) {
                z[h] += w;
                in_half[h]++;
            }
        }
        nce += f - log(all / (1 + others));
        positive += f;
        half[h] += f;
        of_half[h]++;
        rows++;
    }
    out[0] = nce / (double)rows;
    out[1] = 0;
    for (int h = 0; h < 2; h++) {
        double own = z[h] / in_half[h], other = z[1 - h] / in_half[1 - h];
        out[1] += 0.5 * (half[h] / of_half[h] + 1 - log(other) - own / other);
    }
    out[2] = positive / (double)rows - log(clipped / pairs);
}

static void critics_are_their_definitions(void **state)
{
    static const char *const name[] = {"infonce:0.3", "nwj:0.3", "smile:0.3:1.5"};
    enum { N = 160 };
    double whole[3], left[N / 2][3];
    drawn x;
    (void)state;
    draw_seed(3);
    draw_rows(&x, N, 2, 5, 0.8, 0);
    plain(whole, &x, 0.3, 1.5, SIZE_MAX);
    for (size_t c = 0; c < N / 2; c++)
        plain(left[c], &x, 0.3, 1.5, c);
    for (int k = 0; k < 3; k++) {
        mi_shannon v = value(&x.sample, MI_Z1, MI_MEMBERS, name[k], 0);
        double mean = 0, square = 0;
        for (size_t c = 0; c < N / 2; c++)
            mean += left[c][k] / (N / 2);
        for (size_t c = 0; c < N / 2; c++)
            square += pow(left[c][k] - mean, 2);
        CHECK_NEAR(v.value, whole[k], 1e-6);
        /* Halves change with every instance that is left out, for nwj. */
        CHECK_NEAR(v.se / sqrt((N / 2 - 1.0) / (N / 2) * square), 1, k == 1 ? 1 : 0.06);
        CHECK_NEAR(v.degrees, N / 2 - 1, 0);
        if (k == 0)
            CHECK_NEAR(v.most, log(N - 1), 1e-12);
        else
            assert_true(isnan(v.most));
    }
    free_rows(&x);
}

/* Views that are drawn anew have nothing in common: what is called a lower bound is not above 0 but for
 * chance, nor above I of views that are alike, -d/2 log(1 - s^2), of which a sphere keeps less. */
static void bounds_are_below(void **state)
{
    static const char *const name[] = {"infonce:0.2", "infonce:1", "nwj:0.2", "nwj:1"};
    (void)state;
    draw_seed(4);
    for (int s = 0; s < 2; s++) {
        double mean[4] = {0}, same = s ? 0.9 : 0;
        for (int r = 0; r < 20; r++) {
            drawn x;
            draw_rows(&x, 200, 2, 3, same, 0);
            for (int k = 0; k < 4; k++)
                mean[k] += value(&x.sample, MI_Z1, MI_MEMBERS, name[k], 0).value / 20;
            free_rows(&x);
        }
        for (int k = 0; k < 4; k++)
            CHECK_AT_MOST(mean[k], -1.5 * log(1 - same * same), 0.02);
    }
}

/* ---- units, threads, refusals ---- */

/* Labels are of the instance: one row each, whatever the views. */
static void instances_are_counted_once(void **state)
{
    drawn x;
    (void)state;
    draw_seed(5);
    draw_rows(&x, 400, 4, 2, 0.9, 0);
    mi_shannon h = value(&x.sample, MI_Y, MI_MEMBERS, "miller-madow", 0);
    assert_int_equal(h.units, 100);
    double p = 0;
    for (size_t i = 0; i < 400; i += 4)
        p += (double)x.y[i] / 100;
    CHECK_NEAR(h.value, -p * log(p) - (1 - p) * log(1 - p) + 1 / 200.0, 1e-12);
    free_rows(&x);
}

/* A variable that is the instance: moving whole instances would rename it, and every re-pairing give the
 * value itself. Rows move then. */
static void instances_are_not_renamed(void **state)
{
    enum { N = 60 };
    float code[N], z1[N];
    int64_t id[N];
    mi_sample_opts o;
    mi_sample s;
    (void)state;
    draw_seed(9);
    for (int i = 0; i < N; i++) {
        z1[i] = (float)draw_normal();
        code[i] = (float)(i % 4 ? (int)draw_below(3) : 0);
        id[i] = i / 2;
    }
    mi_arrays in = {
        .n = N, .z1 = {z1, MI_F32, 1, 1}, .z2 = {code, MI_F32, 1, 1}, .r = id, .y = NULL};
    mi_sample_opts_default(&o);
    CHECK(mi_sample_parse_kernel(&o, "z2=delta"));
    o.r_kind = MI_R_ID;
    CHECK(mi_sample_of(&s, &in, &o));
    mi_shannon i = value(&s, MI_Z2, MI_R, "plugin", 20);
    assert_true(i.null_sd > 0);
    mi_sample_free(&s);
}

static void threads_agree(void **state)
{
    static const char *const name[] = {"infonce", "nwj", "smile"};
    drawn x;
    (void)state;
    draw_seed(6);
    draw_rows(&x, 300, 2, 2, 0.5, 0.5);
    for (int k = 0; k < 4; k++) {
        mi_shannon_estimator e;
        mi_shannon v[2];
        CHECK(mi_shannon_parse(&e, k < 3 ? name[k] : "ksg"));
        for (int t = 0; t < 2; t++) {
            mi_run run;
            mi_run_default(&run);
            run.threads = 1 + t;
            CHECK(mi_shannon_of(&v[t], &x.sample, MI_Z1, k < 3 ? MI_MEMBERS : MI_Z2, &e,
                                k < 3 ? 0 : 3, &run));
        }
        CHECK_NEAR(v[0].value, v[1].value, 0);
        CHECK_NEAR(v[0].se, v[1].se, 0);
    }
    free_rows(&x);
}

static void names(void **state)
{
    static const struct {
        const char *text, *name;
    } row[] = {{"plugin", "plugin"},     {"ksg", "ksg:3"},
               {"ksg:7", "ksg:7"},       {"infonce", "infonce:0.2"},
               {"nwj:0.05", "nwj:0.05"}, {"smile:0.1:2", "smile:0.1:2"}};
    static const struct {
        const char *text, *says;
    } bad[] = {{"ksg:0", "is no estimator"},
               {"ksg:1.5", "is no estimator"},
               {"ksg:2000", "ksg of 2000 neighbours, wanted 1 to 1000"},
               {"plugin:1", "is no estimator"},
               {"infonce:0.001", "infonce at temperature 0.001, wanted 0.01 or more"},
               {"smile:0.2:0", "smile cut at 0, wanted above 0, to 500"},
               {"smile:1:2:3", "is no estimator"},
               {"nce", "is no estimator"},
               {"", "is no estimator"}};
    mi_shannon_estimator e;
    char name[64];
    (void)state;
    for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
        CHECK(mi_shannon_parse(&e, row[k].text));
        assert_string_equal(mi_shannon_name(&e, name, sizeof name), row[k].name);
    }
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        assert_int_equal(mi_shannon_parse(&e, bad[k].text), MI_EUSAGE);
        assert_non_null(strstr(mi_detail(), bad[k].says));
    }
    assert_string_equal(mi_shannon_claim(MI_SHANNON_NWJ), "lower bound");
    assert_string_equal(mi_shannon_claim(MI_SHANNON_SMILE), "estimate");
    assert_string_equal(mi_shannon_claim(MI_SHANNON_KINDS), "?");
    assert_string_equal(mi_shannon_name(NULL, name, sizeof name), "?");
}

static void says(const mi_sample *s, mi_member_id a, mi_member_id b, const char *estimator,
                 size_t permutations, const char *text)
{
    mi_shannon_estimator e;
    mi_shannon out;
    mi_run run;
    mi_run_default(&run);
    CHECK(mi_shannon_parse(&e, estimator));
    assert_true(mi_shannon_of(&out, s, a, b, &e, permutations, &run) != MI_OK);
    assert_string_equal(mi_detail(), text);
}

static void what_it_refuses(void **state)
{
    drawn x, alone;
    (void)state;
    draw_seed(7);
    draw_rows(&x, 12, 2, 2, 0, 0);
    draw_rows(&alone, 12, 1, 2, 0, 0);
    says(&x.sample, MI_Z1, MI_MEMBERS, "plugin", 0,
         "plugin is of discrete variables: integers, labels, codes");
    says(&x.sample, MI_Y, MI_MEMBERS, "nwj", 0, "nwj is of one real variable in two or more views");
    says(&x.sample, MI_Z1, MI_Z2, "nwj", 0, "nwj is of one real variable in two or more views");
    says(&x.sample, MI_Z1, MI_MEMBERS, "ksg", 0, "ksg is of two variables, one of them real");
    says(&x.sample, MI_Z1, MI_SPLIT, "ksg", 0, "no variable ? in the sample");
    says(&x.sample, MI_Z1, MI_Y, "ksg:11", 0,
         "10 neighbours of other instances, wanted 11 for ksg:11");
    says(&x.sample, MI_Z1, MI_Y, "ksg", 1, "1 permutation, wanted 2 or more, or 0 for none");
    says(
        &alone.sample, MI_Z1, MI_MEMBERS, "infonce", 0,
        "a critic needs two or more views of every instance, row 0 is alone; wanted instance ids r "
        "that views share");
    free_rows(&x);
    free_rows(&alone);
    draw_rows(&x, 6, 2, 2, 0, 0);
    says(&x.sample, MI_Z1, MI_MEMBERS, "nwj", 0, "a critic needs 4 or more instances, found 3");
    free_rows(&x);
    draw_rows(&x, 4, 2, 2, 0, 0);
    says(&x.sample, MI_Y, MI_MEMBERS, "plugin", 0,
         "a standard error needs 3 or more instances, found 2");
    free_rows(&x);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_programs),
        cmocka_unit_test(normal_columns),
        cmocka_unit_test(standard_errors),
        cmocka_unit_test(critics_are_their_definitions),
        cmocka_unit_test(bounds_are_below),
        cmocka_unit_test(instances_are_counted_once),
        cmocka_unit_test(instances_are_not_renamed),
        cmocka_unit_test(threads_agree),
        cmocka_unit_test(names),
        cmocka_unit_test(what_it_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
