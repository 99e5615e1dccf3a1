/*
# Chance level, batch size, and samples enough

Take two sets of features that have nothing to do with each other, and
measure I(Z1;Z2). It is not zero. On a small sample most of a matrix
mutual information can be bias. This page shows where it comes from, how
it is told apart from information, and how to know that there are
instances enough.

## Information about nothing

Rows of d independent normal numbers have a mean squared cosine of 1/d.
The mean of K[i,j]² over all pairs of n such rows, self pairs included,
is therefore near 1/n + q/d with q = 1 − 1/n, and that of two independent
variables near 1/n + q/(d₁d₂). At order 2 an entropy is −log of such a
mean, so

    I₂ ≈ log (1/n + q/(d₁d₂)) − log (1/n + q/d₁) − log (1/n + q/d₂)

While n is small, the self pairs 1/n rule all three means: all three
entropies are near log n, and so is the information. Once n passes d₁ and
d₂ the marginals stop growing, and the information falls; it is gone only
where n has passed d₁d₂.
*/
#include "notebooks_c/notebook.h"

enum { D1 = 512, D2 = 128, MOST = 4096 };

static float z1[MOST * D1], z2[MOST * D2];

static double expected(double n)
{
    double q = 1 - 1 / n;
    return log(1 / n + q / D1 / D2) - log(1 / n + q / D1) - log(1 / n + q / D2);
}

static void about_nothing(void)
{
    FILE *table = chart(
        "independent", "I(Z1;Z2) of independent features against the rows",
        "trend -x n -y measured,expected --y2 none --log x --yrange 0: "
        "--ylabel 'I(Z1;Z2) in nats'");
    for (size_t k = 0; k < MOST * D1; k++)
        z1[k] = (float)normal();
    for (size_t k = 0; k < MOST * D2; k++)
        z2[k] = (float)normal();
    fprintf(table, "n\tmeasured\texpected\n");
    printf("| rows | I(Z1;Z2) | chance level | formula |\n|--:|--:|--:|--:|\n");
    for (size_t n = 16; n <= MOST; n *= 2) {
        mi_arrays arrays = {
            .n = n, .z1 = {.x = z1, .d = D1}, .z2 = {.x = z2, .d = D2}};
        mi_sample sample;
        TRY(mi_sample_of(&sample, &arrays, NULL));
        mi_bounds_result b = bounds_of(&sample, 2);
        mi_sample_free(&sample);
        double i = b.value[MI_I_Z1_Z2], null = b.value[MI_I_Z1_Z2_NULL],
               e = expected((double)n);
        fprintf(table, "%zu\t%.9g\t%.9g\n", n, i, e);
        printf("| %zu | %.3f | %.3f | %.3f |\n", n, i, null, e);
        EXPECT(fabs(i - e) < 0.02 && fabs(null - e) < 0.02);
        if (n == 512)
            value("paper", "%.2f", i);
    }
    chart_end(table);
    value("million", "%.2f", expected(1e6));
}

/*
A batch of 512 rows, which is what two views of 256 images are, gives
{paper} nats for features of these sizes that share nothing. At a million
rows the formula is down to {million}. The column in the middle is what
libmi prints beside every I(Z1;Z2): its *chance level*, the value when
instances are paired at random. At order 2 it is exact and costs nothing,
because the sum of K₁² ∘ K₂² has a closed form as its mean over all
pairings.

## On real features

The same for a checkpoint whose Z1 and Z2 do share something, and with
pairings drawn as a check: 199 of them, in which instances move with
their views.
*/
static void paired_at_random(void)
{
    static const char *const address[] = {
        "datasets/samples/final-proj-linear.h5"};
    mi_features *sets = open_sets(address, 1);
    mi_sample sample = load(sets, 0, MI_R_POSITIVE);
    mi_bounds_result b = bounds_of(&sample, 2);
    mi_forms forms;
    mi_measured drawn;
    mi_measure_opts o;
    mi_run run;
    mi_run_default(&run);
    mi_measure_opts_default(&o);
    o.permutations = 199;
    TRY(mi_forms_parse(&forms, "z1:z2", MI_FORM_IS_INFORMATION));
    TRY(mi_measure(&drawn, &forms, &sample, &o, &run));
    printf("I(Z1;Z2)          %.4f ± %.4f\n", b.value[MI_I_Z1_Z2],
           b.se[MI_I_Z1_Z2]);
    printf("chance, exact     %.4f\n", b.value[MI_I_Z1_Z2_NULL]);
    printf("chance, drawn     %.4f, spread %.4f\n", drawn.null.mean,
           drawn.null.sd);
    printf("p                 %.3f\n", drawn.null.p);
    EXPECT(fabs(drawn.null.mean - b.value[MI_I_Z1_Z2_NULL]) <
           4 * drawn.null.sd / sqrt(199));
    EXPECT(drawn.null.p == 1.0 / 200);
    value("share", "%.0f %%",
          100 * b.value[MI_I_Z1_Z2_NULL] / b.value[MI_I_Z1_Z2]);
    mi_forms_free(&forms);
    mi_sample_free(&sample);
    mi_features_close(sets);
}

/*
Here chance makes up {share} of the value. Trained features have few strong
directions, so their Gram matrices are far from random ones. Whether Z1
and Z2 share anything at all is what p answers: the share of pairings that
reach the value, with the true one counted. It is the smallest that 199
pairings can give. For this question do not ask the interval around
I(Z1;Z2): it is one for values away from independence.

## The size of the batch

The paper's figures are means over batches. A mean over more batches has
less scatter, and the same bias: only a larger batch takes that away.
Batches of the same 256 instances, two views each, of the run without a
projector:
*/
static void batches(void)
{
    static const char *const address[] = {
        "datasets/samples/final-proj-none.h5"};
    mi_features *sets = open_sets(address, 1);
    mi_sample sample = load(sets, 0, MI_R_POSITIVE);
    FILE *table =
        chart("batches",
              "What the size of the batch does, the instances being the same",
              "trend -x batch -y I_Z1_Z2,I_Z1_Z2_null,I_Y_Z1 --y2 none --log x "
              "--yrange 0:");
    fprintf(table, "batch\tI_Z1_Z2\tI_Z1_Z2_null\tI_Y_Z1\n");
    printf(
        "| batch | batches | I(Z1;Z2) | chance | I(Y;Z1) |\n|--:|--:|--:|--:|--:|\n");
    for (size_t batch = 8; batch <= 256; batch *= 2) {
        mi_bounds_opts o;
        mi_bounds_result b;
        mi_run run;
        mi_run_default(&run);
        mi_bounds_opts_default(&o);
        o.batch = batch;
        TRY(mi_bounds(&b, &sample, &o, &run));
        const double *v = b.value;
        fprintf(table, "%zu\t%.9g\t%.9g\t%.9g\n", batch, v[MI_I_Z1_Z2],
                v[MI_I_Z1_Z2_NULL], v[MI_I_Y_Z1]);
        printf("| %zu | %zu | %.3f | %.3f | %.3f |\n", batch, b.batches,
               v[MI_I_Z1_Z2], v[MI_I_Z1_Z2_NULL], v[MI_I_Y_Z1]);
    }
    chart_end(table);
    mi_sample_free(&sample);
    mi_features_close(sets);
}

/*
I(Y;Z1) falls too: with 8 instances of ten classes nearly every instance
has a class of its own, and Z1 tells it. So values are comparable at the
same batch size alone, and `batch` is a column of every table.

## Were there enough?

A learning curve answers for each term: does its value still move, from
half of the instances to all of them, by more than its own error? This is
a question for the tools.
*/
static void enough(void)
{
    shell("mi-bounds --se --learning-curve \\\n"
          "    datasets/samples/final-proj-none.h5 |\n"
          "    mi-validate --text");
}

/*
The last columns say what more instances would buy: four times as many
halve an error. They say nothing about the value, which is what the
column `change` is for.

Next: [figure 2](05-training.md).
*/
int main(void)
{
    CELL(about_nothing);
    CELL(paired_at_random);
    CELL(batches);
    CELL(enough);
    return 0;
}
