/*
# The chain and the two theorems

Two theorems say between which bounds the information of an encoder about
labels must lie. Here they are watched at work on a chain that is small
enough to be exact, and information is turned into accuracy.

A self-supervised model is trained as

    image X → encoder → Z1 → projector → Z2 → loss on the target R

and the projector is thrown away: the task with labels Y uses Z1. If
Y → X → Z1 → Z2 → R is a Markov chain, two inequalities hold I(Y;Z1), the
information about Y in Z1, from both sides
([the paper](https://arxiv.org/abs/2503.00507), its first and second
theorem):

    lower = I(Z1;R) − I(Z1;Z2) + I(R;Y)    ≤  I(Y;Z1)
    upper = I(Y;Z2) − I(Z1;Z2) + H(Z1)     ≥  I(Y;Z1)

Both have −I(Z1;Z2) in them. Let the projector pass on less, without
losing what R and Y need, and both bounds rise: that is what the paper
means by a *bottleneck*.

## A chain that can be written down

Four classes. The encoder gives a content, which is the class but for
errors, and a style of four values that has nothing to do with it: Z1 has
16 values. The projector passes on some of them as one. R is what another
view of the image shows: its style is its own, so only the content of Z2
comes back, with one in sixteen replaced by any.

Every probability is a fraction, so the joint distribution is a table of
whole numbers, and a sample that holds each combination as often as the
table says *is* the distribution. Nothing is estimated.
*/
#include "notebooks_c/notebook.h"

enum { CLASSES = 4, Z1S = 16, SHARES = 64, N = CLASSES * SHARES * 4 * SHARES };

static float z1[N], z2[N];
static int64_t r[N], y[N];

/* Of 64 images of a class `errors` get the content of each other class;
 * Z2 has `kept` values, and R as many of them as are content. */
static size_t fill(int errors, int kept)
{
    int targets = kept < CLASSES ? kept : CLASSES;
    size_t n = 0;
    for (int k = 0; k < CLASSES * Z1S * targets; k++) {
        int label = k / targets / Z1S, whole = k / targets % Z1S;
        int target = k % targets, content = whole * targets / Z1S;
        int count = whole / 4 == label ? SHARES - 3 * errors : errors;
        count *= 4 / targets + (target == content ? SHARES - 4 : 0);
        for (int c = 0; c < count; c++, n++) {
            y[n] = label;
            z1[n] = (float)whole;
            z2[n] = (float)(whole * kept / Z1S);
            r[n] = target;
        }
    }
    return n;
}

/*
Under delta kernels matrix entropies of order 1 are Shannon's
([entropy](01-entropy.md)). So `mi_bounds` gives every term of the
theorems exactly.
*/
static mi_bounds_result measure(int errors, int kept)
{
    mi_arrays arrays = {
        .r = r, .y = y, .z1 = {.x = z1, .d = 1}, .z2 = {.x = z2, .d = 1}};
    mi_sample_opts o;
    mi_sample sample;
    mi_sample_opts_default(&o);
    TRY(mi_sample_parse_kernel(&o, "delta"));
    o.r_kind = MI_R_ID;
    arrays.n = fill(errors, kept);
    EXPECT(arrays.n == N);
    TRY(mi_sample_of(&sample, &arrays, &o));
    mi_bounds_result b = bounds_of(&sample, 1);
    mi_sample_free(&sample);
    return b;
}

/*
A check before it is used. A channel that is right with probability p,
and else gives each of the other three classes alike, has the mutual
information log 4 + p log p + (1 − p) log((1 − p) / 3). The way from Y
to Z1 is one, and so is the way from Y to R.
*/
static double symmetric(double right)
{
    double wrong = 1 - right;
    return log(CLASSES) + right * log(right) +
           (wrong > 0 ? wrong * log(wrong / 3) : 0);
}

static void against_the_formula(void)
{
    double right = 1 - 3 * 4.0 / SHARES, agrees = (4 * right - 1) / 3 * 15 / 16;
    mi_bounds_result b = measure(4, CLASSES);
    printf("| quantity | formula | libmi |\n|--|--:|--:|\n");
    printf("| I(Y;Z1) | %.9f | %.9f |\n", symmetric(right), b.value[MI_I_Y_Z1]);
    printf("| I(R;Y) | %.9f | %.9f |\n", symmetric((1 + 3 * agrees) / 4),
           b.value[MI_I_R_Y]);
    EXPECT(fabs(symmetric(right) - b.value[MI_I_Y_Z1]) < 1e-9);
    EXPECT(fabs(symmetric((1 + 3 * agrees) / 4) - b.value[MI_I_R_Y]) < 1e-9);
}

/*
## One encoder, five projectors

The encoder errs on three of sixteen images. The projector keeps 16
values (it is the identity), 8 (half of the style), 4 (the content
alone), 2 (half of the content), or 1 (nothing).
*/
static void bottlenecks(void)
{
    FILE *table = chart(
        "bottleneck", "Both bounds against the values that the projector keeps",
        "trend -x kept -y lower,I_Y_Z1,upper --y2 none --log x "
        "--xlabel 'values of Z2'");
    fprintf(table, "kept\tlower\tI_Y_Z1\tupper\n");
    printf(
        "| kept | I(Z1;Z2) | I(Z1;R) | I(R;Y) | lower | I(Y;Z1) | upper |\n");
    printf("|--:|--:|--:|--:|--:|--:|--:|\n");
    for (int kept = Z1S; kept >= 1; kept /= 2) {
        mi_bounds_result b = measure(4, kept);
        const double *v = b.value;
        fprintf(table, "%d\t%.9g\t%.9g\t%.9g\n", kept, v[MI_LOWER],
                v[MI_I_Y_Z1], v[MI_UPPER]);
        printf("| %d | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f |\n", kept,
               v[MI_I_Z1_Z2], v[MI_I_Z1_R], v[MI_I_R_Y], v[MI_LOWER],
               v[MI_I_Y_Z1], v[MI_UPPER]);
        EXPECT(v[MI_LOWER] <= v[MI_I_Y_Z1] + 1e-9 &&
               v[MI_I_Y_Z1] <= v[MI_UPPER] + 1e-9);
        EXPECT(fabs(v[MI_I_Y_R_GIVEN_Z1]) < 1e-9 &&
               fabs(v[MI_I_Z1_R_GIVEN_Z2]) < 1e-9);
    }
    chart_end(table);
    mi_bounds_result whole = measure(4, Z1S), content = measure(4, CLASSES),
                     half = measure(4, 2);
    EXPECT(content.value[MI_LOWER] > whole.value[MI_LOWER]);
    EXPECT(content.value[MI_LOWER] > half.value[MI_LOWER]);
    value("whole", "%.3f", whole.value[MI_LOWER]);
    value("content", "%.3f", content.value[MI_LOWER]);
    value("half", "%.3f", half.value[MI_LOWER]);
}

/*
Both theorems hold in every row, as they must. Throwing the style away
lifts the lower bound from {whole} to {content} nats: I(Z1;R) and I(R;Y)
stay, and I(Z1;Z2) falls. Throwing content away as well takes the bound
down to {half}. (The upper bound is tight for the identity, and rises
with every value that is dropped.) The best projector is neither the
widest nor the narrowest: it passes on what R and Y share. I(Y;Z1) does
not move, since the encoder is the same in every row. What moves is how
much the projector *proves* about it.

The proof is two lines once the differences are written out. For any
variables,

    I(Y;Z1) − lower = I(Y;Z1|R) − I(Y;R|Z1) + I(Z1;Z2|R) − I(Z1;R|Z2)
    upper − I(Y;Z1) = H(Z1|Y,Z2) + I(Y;Z2|Z1)

Shannon's informations are not negative, and the chain makes I(Y;R|Z1)
and I(Z1;R|Z2) zero. [The next page](03-identities.md) takes this apart
on real features, where the two zeros are not zero.

## From information to accuracy

Let e be the least error with which Y can be read off Z1. Two classical
inequalities tie it to H(Y|Z1) = H(Y) − I(Y;Z1):

    Hellman and Raviv:  e ≤ H(Y|Z1) / (2 log 2)
    Fano:               H(Y|Z1) ≤ h(e) + e log(classes − 1)

where h is the entropy of a coin. The first turns the *lower* bound into
an accuracy that is guaranteed without training a classifier:

    accuracy ≥ 1 − (H(Y) − lower) / (2 log 2)

Now the projector keeps the content, and the encoder gets worse from row
to row. The best accuracy is known, since the best guess is the content.
*/
static void accuracy_from_information(void)
{
    FILE *table = chart(
        "accuracy",
        "Accuracy against I(Y;Z1): the best there is, and what is "
        "guaranteed by I(Y;Z1) and by the lower bound",
        "trend -x I_Y_Z1 -y best_accuracy,by_information_accuracy,by_lower_accuracy "
        "--y2 none --yrange 0:1 --ylabel accuracy");
    fprintf(
        table,
        "I_Y_Z1\tbest_accuracy\tby_information_accuracy\tby_lower_accuracy\n");
    printf(
        "| errors of 64 | I(Y;Z1) | lower | accuracy | guaranteed |\n|--:|--:|--:|--:|--:|\n");
    double last = INFINITY;
    for (int errors = 0; errors < SHARES / 4; errors++) {
        const mi_bounds_result b = measure(errors, CLASSES);
        double i = b.value[MI_I_Y_Z1], h = b.value[MI_H_Y],
               lower = b.value[MI_LOWER];
        double best = 1 - 3.0 * errors / SHARES;
        double by_i = fmax(0, 1 - (h - i) / (2 * log(2)));
        double by_lower = fmax(0, 1 - (h - lower) / (2 * log(2)));
        fprintf(table, "%.9g\t%.9g\t%.9g\t%.9g\n", i, best, by_i, by_lower);
        if (errors % 2 == 0)
            printf("| %d | %.3f | %.3f | %.3f | %.3f |\n", 3 * errors, i, lower,
                   best, by_lower);
        EXPECT(by_lower <= by_i + 1e-9 && by_i <= best + 1e-9);
        EXPECT(fabs(i - symmetric(best)) < 1e-9 && lower < last);
        last = lower;
        if (errors == 0)
            value("granted", "%.3f", by_lower);
    }
    chart_end(table);
}

/*
Accuracy rises with I(Y;Z1), and stays above what the lower bound
guarantees. Fano's inequality is met with equality in every row, since
the errors of this encoder are spread evenly: no encoder with the same
I(Y;Z1) is more accurate.

The guarantee is safe and loose. Even an encoder that never errs is
granted only {granted}, because R is noisy and H(Z2|R) is charged to the
encoder. What the bounds are used for is the *order* of models, and there
they are right here: the lower bound falls from row to row as the
accuracy does. Whether they are right on trained models is a question to
data, which [figures 3 and 4](06-projectors.md) ask.

Next: [why bounds break on saved features](03-identities.md).
*/
int main(void)
{
    CELL(against_the_formula);
    CELL(bottlenecks);
    CELL(accuracy_from_information);
    return 0;
}
