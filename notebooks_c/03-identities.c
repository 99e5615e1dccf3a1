/*
# Why bounds break on saved features

On a Markov chain the two bounds are theorems
([the page before](02-theorems.md)). On features that somebody saved from
a real model, measured by matrix entropies, the lower bound often lies
above I(Y;Z1). This page shows that nothing mysterious happens: what the
bound is off by is a sum of four terms, which can be measured.

## Two identities

Every quantity here is a sum of joint entropies S, whatever S is. So this
is algebra, true for any data, any kernels and any order:

    I(Y;Z1)  − I(R;Y)  = I(Y;Z1|R)  − I(Y;R|Z1)
    I(Z1;Z2) − I(Z1;R) = I(Z1;Z2|R) − I(Z1;R|Z2)

Add them, and the left side is I(Y;Z1) − lower. The upper bound goes the
same way:

    I(Y;Z1) − lower = I(Y;Z1|R) − I(Y;R|Z1) + I(Z1;Z2|R) − I(Z1;R|Z2)
    upper − I(Y;Z1) = H(Z1|Y,Z2) + I(Y;Z2|Z1)

A theorem needs two things of the right sides: that an information is
never negative, and that the chain makes I(Y;R|Z1) and I(Z1;R|Z2) zero.
First that it is algebra, on the samples that come with libmi.
*/
#include "notebooks_c/notebook.h"

/* Thirteen checkpoints of one run, and the last ones of ten others. */
static mi_features *open_samples(void)
{
    const char *address[1 + RUNS] = {
        "datasets/samples/simclr-cifar10-epochs.h5"};
    memcpy(address + 1, run_files, sizeof run_files);
    return open_sets(address, 1 + RUNS);
}

static double off_by(const mi_bounds_result *b)
{
    const double *v = b->value;
    double lower = v[MI_I_Y_Z1] - v[MI_LOWER] - v[MI_I_Y_Z1_GIVEN_R] +
                   v[MI_I_Y_R_GIVEN_Z1] - v[MI_I_Z1_Z2_GIVEN_R] +
                   v[MI_I_Z1_R_GIVEN_Z2];
    double upper = v[MI_UPPER] - v[MI_I_Y_Z1] - v[MI_H_Z1_GIVEN_Y_Z2] -
                   v[MI_I_Y_Z2_GIVEN_Z1];
    return fmax(fabs(lower), fabs(upper));
}

static void algebra(void)
{
    mi_features *sets = open_samples();
    size_t checked = 0;
    for (size_t i = 0; i < mi_features_count(sets); i++)
        for (mi_r_kind r = MI_R_ID; r <= MI_R_POSITIVE; r++) {
            mi_sample sample = load(sets, i, r);
            mi_bounds_result b = bounds_of(&sample, 2);
            EXPECT(off_by(&b) < 1e-12);
            checked++;
            mi_sample_free(&sample);
        }
    printf("%zu checkpoints, R in two ways: %zu times equal to 1e-12\n",
           mi_features_count(sets), checked);
    mi_features_close(sets);
}

/*
## What R is

The theory says "target". A file of features offers two readings.

- *The instance*: R is the id of the image. It is easy to have, but an id
  lies upstream of Z1, not downstream of Z2.
- *The positive*: R is the Z2 of the other view of the image, which is
  what a contrastive loss asks Z2 to match. This is the default where ids
  mark views.

Here are the terms of the last checkpoint of a SimCLR run (CIFAR-10, order
2, cosines) under both.
*/
static mi_bounds_result last_checkpoint(mi_r_kind r)
{
    static const char *const address[] = {
        "datasets/samples/simclr-cifar10-epochs.h5:/epoch_012"};
    mi_features *sets = open_sets(address, 1);
    mi_sample sample = load(sets, 0, r);
    mi_bounds_result b = bounds_of(&sample, 2);
    mi_sample_free(&sample);
    mi_features_close(sets);
    return b;
}

static void both_readings(void)
{
    static const mi_term terms[] = {
        MI_I_Z1_R,          MI_I_Z1_Z2,         MI_I_R_Y,
        MI_LOWER,           MI_I_Y_Z1,          MI_UPPER,
        MI_I_Y_Z1_GIVEN_R,  MI_I_Y_R_GIVEN_Z1,  MI_I_Z1_Z2_GIVEN_R,
        MI_I_Z1_R_GIVEN_Z2, MI_H_Z1_GIVEN_Y_Z2, MI_I_Y_Z2_GIVEN_Z1};
    mi_bounds_result id = last_checkpoint(MI_R_ID),
                     positive = last_checkpoint(MI_R_POSITIVE);
    printf("| term | R = id | R = positive |\n|:--|--:|--:|\n");
    for (size_t k = 0; k < sizeof terms / sizeof *terms; k++)
        printf("| %s | %.3f ± %.3f | %.3f ± %.3f |\n", mi_term_name(terms[k]),
               id.value[terms[k]], id.se[terms[k]], positive.value[terms[k]],
               positive.se[terms[k]]);
    value("y_r_given_z1", "%.3f", positive.value[MI_I_Y_R_GIVEN_Z1]);
    value("premise_id", "%.3f", id.value[MI_I_Y_R_GIVEN_Z1]);
    value("h_y", "%.3f", id.value[MI_H_Y]);
    EXPECT(fabs(id.value[MI_I_R_Y] - id.value[MI_H_Y]) < 1e-9);
    EXPECT(fabs(id.value[MI_I_Y_Z1_GIVEN_R]) < 1e-9);
    EXPECT(fabs(positive.value[MI_I_R_Y] - positive.value[MI_I_Y_Z2]) < 1e-6);
    EXPECT(positive.value[MI_LOWER] < positive.value[MI_UPPER]);
    EXPECT(id.value[MI_LOWER] > id.value[MI_UPPER]);
}

/*
*With R = id* all views of an image share a label. Then the id says
everything about Y: I(R;Y) is the whole of H(Y), {h_y} nats, and
I(Y;Z1|R) is 0 by construction. What remains of the first identity is
I(Y;R|Z1) = H(Y|Z1), and the bound can only hold if
H(Y|Z1) ≤ I(Z1;Z2) − I(Z1;R): if the features gave the class away almost
entirely. The premise term I(Y;R|Z1), which the chain wants to be 0, is
{premise_id}.

*With R = positive* I(R;Y) = I(Y;Z2), because R has the rows of Z2 in
another order among views of the same label. The lower bound then holds
exactly if

    [I(Z1;Z2) − I(Z1;R)] + [I(Y;Z1) − I(Y;Z2)] ≥ 0

and lies below the upper one. Its premise term is {y_r_given_z1}: smaller,
and still not 0. How often does the bound hold?
*/
static void how_often(void)
{
    mi_features *sets = open_samples();
    size_t n = mi_features_count(sets);
    printf(
        "| R | lower ≤ I(Y;Z1) | lower ≤ upper | I(Y;Z1) ≤ upper | I(Y;Z2) > I(Y;Z1) |\n");
    printf("|:--|--:|--:|--:|--:|\n");
    for (mi_r_kind r = MI_R_ID; r <= MI_R_POSITIVE; r++) {
        int lower = 0, order = 0, upper = 0, more = 0;
        for (size_t i = 0; i < n; i++) {
            mi_sample sample = load(sets, i, r);
            mi_bounds_result b = bounds_of(&sample, 2);
            lower += b.value[MI_LOWER] <= b.value[MI_I_Y_Z1];
            order += b.value[MI_LOWER] <= b.value[MI_UPPER];
            upper += b.value[MI_I_Y_Z1] <= b.value[MI_UPPER];
            more += b.value[MI_DPI_Y] < -1e-6;
            mi_sample_free(&sample);
        }
        printf("| %s | %d of %zu | %d of %zu | %d of %zu | %d of %zu |\n",
               mi_r_kind_name(r), lower, n, order, n, upper, n, more, n);
        if (r == MI_R_POSITIVE)
            value("more", "%d of %zu", more, n);
        EXPECT(upper == (int)n);
    }
    mi_features_close(sets);
}

/*
## A function of Z1 with more information than Z1

The last column is the reason. Z2 is computed from Z1, and still
I(Y;Z2) > I(Y;Z1) on {more}. In Shannon's theory no function of Z1 has
more information about Y than Z1. A kernel sees it differently: it does not ask what could be
computed from the rows, but which rows look alike. A projector that makes
images of one class look alike raises the matrix information without
adding any. One subtraction is enough:
*/
static void minus_a_constant(void)
{
    enum { N = 200, D = 4 };
    float z1[N * D], z2[N * D];
    int64_t y[N];
    const char *kernels[] = {"linear", "delta"};
    for (int i = 0; i < N; i++) {
        y[i] = i % D;
        for (int k = 0; k < D; k++) {
            z2[i * D + k] = k == y[i] ? 1 : 0;
            z1[i * D + k] = z2[i * D + k] + 5;
        }
    }
    printf("| kernel | I(Y;Z1) | I(Y;Z2) |\n|:--|--:|--:|\n");
    for (int k = 0; k < 2; k++) {
        mi_arrays arrays = {
            .n = N, .y = y, .z1 = {.x = z1, .d = D}, .z2 = {.x = z2, .d = D}};
        mi_sample_opts o;
        mi_sample sample;
        double before, after;
        mi_sample_opts_default(&o);
        TRY(mi_sample_parse_kernel(&o, kernels[k]));
        TRY(mi_sample_of(&sample, &arrays, &o));
        TRY(mi_information(&before, &sample, "y:z1", 1, NULL));
        TRY(mi_information(&after, &sample, "y:z2", 1, NULL));
        mi_sample_free(&sample);
        printf("| %s | %.4f | %.4f |\n", kernels[k], before, after);
        EXPECT(k == 1 ? fabs(after - before) < 1e-9 : after > 10 * before);
    }
}

/*
Z2 is Z1 minus a constant, so either gives the other. Under the cosine the
constant makes all rows of Z1 point nearly the same way, and the matrix
information is nearly nothing. Under the delta kernel, which asks only
which rows are equal, both informations are the same, as Shannon's are.

So on saved features:

- A failed lower bound does not say that the Markov chain is broken. It
  says that *the matrix form of its premise does not hold here*.
- The upper bound is safe at order 1, where both terms of its identity are
  never negative. At order 2 it is an observation, here without
  exception.
- `mi-bounds --decompose` prints all terms, and `mi-validate` names the
  one at fault: [from import to verdict](08-verdict.md).

A bound that fails as an inequality may still be useful as a *score*:
with R = positive it follows accuracy ([figure 2](05-training.md),
[figures 3 and 4](06-projectors.md)).
*/
int main(void)
{
    CELL(algebra);
    CELL(both_readings);
    CELL(how_often);
    CELL(minus_a_constant);
    return 0;
}
