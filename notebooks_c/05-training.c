/*
# Figure 2: the bounds along a training

One run of SimCLR on CIFAR-10, thirteen checkpoints, epochs 0 to 12. Each
holds two views of 256 test images through encoder (Z1) and projector
(Z2), their class (Y), and the accuracy of a linear probe of the encoder,
which was measured apart. The paper's second figure asks: do the bounds
follow the accuracy while the model learns?

From the shell it is one line:

    mi-bounds --se run.h5 | mi-plot trend -o figure2.svg

Here it is taken apart. R is the positive, order 2, cosines, which are the
defaults.
*/
#include "notebooks_c/notebook.h"

enum { EPOCHS = 13 };

static double accuracy[EPOCHS], epoch[EPOCHS];
static mi_bounds_result checkpoint[EPOCHS];

static void read_the_run(void)
{
    static const char *const address[] = {
        "datasets/samples/simclr-cifar10-epochs.h5"};
    mi_features *sets = open_sets(address, 1);
    EXPECT(mi_features_count(sets) == EPOCHS);
    printf(
        "| epoch | accuracy | I(Z1;Z2) | chance | lower | I(Y;Z1) | upper |\n");
    printf("|--:|--:|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < EPOCHS; i++) {
        mi_sample sample = load(sets, i, MI_R_POSITIVE);
        EXPECT(sample.n == 2 * 256);
        checkpoint[i] = bounds_of(&sample, 2);
        epoch[i] = attribute(sets, i, "epoch");
        accuracy[i] = attribute(sets, i, "accuracy");
        mi_sample_free(&sample);
        const double *v = checkpoint[i].value;
        printf("| %.0f | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f |\n", epoch[i],
               accuracy[i], v[MI_I_Z1_Z2], v[MI_I_Z1_Z2_NULL], v[MI_LOWER],
               v[MI_I_Y_Z1], v[MI_UPPER]);
        EXPECT(v[MI_LOWER] < v[MI_UPPER] && v[MI_I_Z1_R] < v[MI_I_Z1_Z2]);
    }
    mi_features_close(sets);
}

/*
A chart is a table that is handed to `mi-plot`. Columns that end in `_se`
become bands of 95 %.
*/
static void draw(const char *name, const char *caption, const char *how,
                 const mi_term *term, size_t terms)
{
    FILE *table = chart(name, caption, how);
    fprintf(table, "epoch\taccuracy");
    for (size_t k = 0; k < terms; k++)
        fprintf(table, "\t%s\t%s_se", mi_term_name(term[k]),
                mi_term_name(term[k]));
    for (size_t i = 0; i < EPOCHS; i++) {
        fprintf(table, "\n%.9g\t%.9g", epoch[i], accuracy[i]);
        for (size_t k = 0; k < terms; k++)
            fprintf(table, "\t%.9g\t%.9g", checkpoint[i].value[term[k]],
                    checkpoint[i].se[term[k]]);
    }
    fprintf(table, "\n");
    chart_end(table);
}

static void figure_2(void)
{
    static const mi_term terms[] = {MI_LOWER, MI_I_Y_Z1, MI_UPPER};
    draw("figure2",
         "Figure 2: both bounds, I(Y;Z1) and accuracy against the epoch",
         "trend", terms, 3);
}

/*
Epoch 0 is the random encoder. Its features all point nearly the same
way, so the matrices have nothing to show, and still a linear probe reads
{first_accuracy} of the test images from them: matrix information at order
2 sees what is large in the features, a probe also what is small. Then all
three curves rise, and so does the accuracy. The lower "bound" lies above
I(Y;Z1) nearly everywhere: what it is here is a score, for the reasons of
[the identities](03-identities.md).

## How closely

A correlation over the checkpoints of *one* run is to be read with care.
They are not independent, and the first epochs, in which everything moves
at once, can make it alone. So it is taken twice, over all checkpoints and
from epoch 3 on; intervals are Fisher's, as if points were independent.
*/
enum { SETTLED = 3 };

static double follow(mi_term term, size_t from, mi_interval *interval)
{
    double x[EPOCHS], r;
    for (size_t i = from; i < EPOCHS; i++)
        x[i] = checkpoint[i].value[term];
    mi_points points = {
        .x = x + from, .y = accuracy + from, .n = EPOCHS - from};
    TRY(mi_correlate(&r, MI_PEARSON, &points));
    *interval = mi_correlate_fisher(MI_PEARSON, r, points.n, 0, 0.95);
    return r;
}

static void how_closely(void)
{
    static const mi_term terms[] = {MI_LOWER, MI_UPPER,  MI_I_Z1_R, MI_I_Z1_Z2,
                                    MI_I_R_Y, MI_I_Y_Z1, MI_H_Z1};
    printf("| term | all epochs | from epoch %d |\n|:--|:-:|:-:|\n", SETTLED);
    for (size_t k = 0; k < sizeof terms / sizeof *terms; k++) {
        mi_interval all, late;
        double r = follow(terms[k], 0, &all);
        double r_late = follow(terms[k], SETTLED, &late);
        printf("| `%s` | %.2f (%.2f to %.2f) | %.2f (%.2f to %.2f) |\n",
               mi_term_name(terms[k]), r, all.low, all.high, r_late, late.low,
               late.high);
        if (terms[k] == MI_LOWER) {
            value("r_lower", "%.2f", r);
            value("r_late", "%.2f", r_late);
        }
    }
    value("first_accuracy", "%.0f %%", 100 * accuracy[0]);
}

/*
The lower bound follows the accuracy with r = {r_lower}, and still with
{r_late} once the first epochs are left out. I(Y;Z1) itself, the quantity
that it bounds, does not: its correlation of all epochs comes from those
first ones. This agrees with the paper's second figure, and is a reason
to look at the bound as a score of its own.

I(Z1;Z2) rises too. A bottleneck is a statement about projectors that are
compared ([figures 3 and 4](06-projectors.md)), not about one projector
that learns.

## The terms

The paper's fifth figure shows what the bounds are made of.
*/
static void figure_5(void)
{
    static const mi_term terms[] = {MI_I_Z1_R, MI_I_Z1_Z2, MI_I_Y_Z2,
                                    MI_I_Y_Z1};
    draw("figure5", "Figure 5: the terms",
         "trend -y I_Z1_R,I_Z1_Z2,I_Y_Z2,I_Y_Z1", terms, 4);
}

/*
I(R;Y) = I(Y;Z2) carries the lower bound: Z2 comes to separate the
classes while I(Z1;R) and I(Z1;Z2) rise together and leave their
difference small. Every checkpoint of the run has the same sign of that
difference: I(Z1;R) < I(Z1;Z2), as data processing would have it.

Next: [figures 3 and 4](06-projectors.md).
*/
int main(void)
{
    CELL(read_the_run);
    CELL(figure_2);
    CELL(how_closely);
    CELL(figure_5);
    return 0;
}
