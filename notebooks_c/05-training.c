/*
# Figure 2: the bounds along a training

One run of SimCLR on CIFAR-10, a hundred epochs, a checkpoint each. The
paper's second figure asks: do the bounds follow the accuracy while the
model learns? Accuracy is that of a linear probe of the encoder's features
(Z1), which was measured apart.

From the shell it is two lines:

    mi-bounds --se epochs.h5 >bounds.tsv
    mi-plot trend bounds.tsv -o figure2.svg

The features are 80 MB, so the first line was run where they lie
([plots](../../plots/README.md) has the scripts), and this page begins with
its table. R is the positive, order 2, cosines, which are the defaults.
*/
#include "notebooks_c/notebook.h"

enum { EVERY = 10, MOST = 200 };

static mi_table table;
static double accuracy[MOST];

/* Checkpoint i, in a column of the table. */
static double at(size_t i, const char *column)
{
    return table_number(&table, i, column);
}

static void read_the_run(void)
{
    table = open_table("plots/figure2/bounds.tsv");
    EXPECT(table.rows > 60 && table.rows <= MOST);
    printf(
        "| epoch | accuracy | I(Z1;Z2) | chance | lower | I(Y;Z1) | upper |\n");
    printf("|--:|--:|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < table.rows; i++) {
        accuracy[i] = at(i, "accuracy");
        EXPECT(at(i, "epoch") == (double)i);
        EXPECT(at(i, "lower") < at(i, "upper"));
        if (i % EVERY == 0)
            printf("| %zu | %.3f | %.3f | %.3f | %.3f | %.3f | %.3f |\n", i,
                   accuracy[i], at(i, "I_Z1_Z2"), at(i, "I_Z1_Z2_null"),
                   at(i, "lower"), at(i, "I_Y_Z1"), at(i, "upper"));
    }
    value("instances", "%.0f", at(0, "instances"));
    value("probed", "%.0f", at(0, "accuracy_n"));
    value("first_accuracy", "%.0f %%", 100 * accuracy[0]);
    value("last_accuracy", "%.0f %%", 100 * accuracy[table.rows - 1]);
}

/*
A row is two views of {instances} test images through encoder and
projector; accuracy is of {probed} test images.
*/
static void figure_2(void)
{
    draw_table("figure2",
               "Figure 2: both bounds, I(Y;Z1) and accuracy against the epoch",
               "trend plots/figure2/bounds.tsv");
}

/*
Epoch 0 is the random encoder. Its features all point nearly the same
way, so the matrices have nothing to show, and still a linear probe reads
{first_accuracy} of the test images from them: matrix information at order
2 sees what is large in the features, a probe also what is small. Then
both bounds rise with the accuracy, to the {last_accuracy} of the end. The
lower "bound" lies above I(Y;Z1) nearly everywhere: what it is here is a
score, for the reasons of [the identities](03-identities.md).

## How closely

A correlation over the checkpoints of *one* run is to be read with care.
They are not independent, and the first epochs, in which everything moves
at once, can make it alone. So it is taken thrice: over all checkpoints;
from epoch 10 on; and, from there, of the changes over five epochs each,
in which a common drift has little part. Intervals are Fisher's, as if points were
independent.
*/
enum { SETTLED = 10, STEP = 5 };

/* From checkpoint `from` on; or of the differences over `step` epochs. */
static double follow(const char *term, size_t from, size_t step,
                     mi_interval *interval)
{
    double x[MOST], y[MOST], r;
    size_t n = 0;
    for (size_t i = from + step; i < table.rows; i += step ? step : 1) {
        x[n] = at(i, term) - (step ? at(i - step, term) : 0);
        y[n++] = accuracy[i] - (step ? accuracy[i - step] : 0);
    }
    mi_points points = {.x = x, .y = y, .n = n};
    TRY(mi_correlate(&r, MI_PEARSON, &points));
    *interval = mi_correlate_fisher(MI_PEARSON, r, n, 0, 0.95);
    return r;
}

static void how_closely(void)
{
    static const char *const terms[] = {"lower", "upper",  "I_Z1_R", "I_Z1_Z2",
                                        "I_R_Y", "I_Y_Z1", "H_Z1"};
    printf("| term | all epochs | from epoch %d | changes over %d epochs |\n",
           SETTLED, STEP);
    printf("|:--|:-:|:-:|:-:|\n");
    for (size_t k = 0; k < sizeof terms / sizeof *terms; k++) {
        mi_interval all, late, step;
        double r = follow(terms[k], 0, 0, &all);
        double r_late = follow(terms[k], SETTLED, 0, &late);
        double r_step = follow(terms[k], SETTLED, STEP, &step);
        printf("| `%s` | %.2f (%.2f to %.2f) | %.2f (%.2f to %.2f) | "
               "%.2f (%.2f to %.2f) |\n",
               terms[k], r, all.low, all.high, r_late, late.low, late.high,
               r_step, step.low, step.high);
        if (strcmp(terms[k], "lower") == 0) {
            value("r_lower", "%.2f", r);
            value("r_late", "%.2f", r_late);
            value("r_changes", "%.2f", r_step);
            EXPECT(all.low > 0.5 && late.low > 0.5 && step.low > 0);
        }
        if (strcmp(terms[k], "I_Z1_Z2") == 0) {
            value("i_changes", "%.2f", r_step);
            EXPECT(step.low > 0);
        }
    }
}

/*
The lower bound follows the accuracy with r = {r_lower}, with {r_late} once
the first epochs are left out, and its changes follow those of the
accuracy with {r_changes}. This agrees with the paper's second figure, and
is a reason to look at the bound as a score of its own.

I(Z1;Z2) goes up with the accuracy too ({i_changes} of the changes), where a
bottleneck would go down. It is a statement about projectors that are
compared ([figures 3 and 4](06-projectors.md)), not about one projector
that learns.

## The terms

The paper's fifth figure shows what the bounds are made of.
*/
static void figure_5(void)
{
    size_t peak = 0, last = table.rows - 1;
    draw_table("figure5", "Figure 5: the terms",
               "trend -y I_Z1_R,I_Z1_Z2,I_Y_Z2,I_Y_Z1 "
               "plots/figure5/bounds.tsv");
    for (size_t i = 0; i < table.rows; i++)
        peak = at(i, "I_Z1_Z2") > at(peak, "I_Z1_Z2") ? i : peak;
    value("peak", "%zu", peak);
    value("at_peak", "%.2f", at(peak, "I_Z1_Z2"));
    value("at_end", "%.2f", at(last, "I_Z1_Z2"));
    value("r_y", "%.2f", at(last, "I_R_Y"));
    EXPECT(peak < SETTLED && at(last, "I_R_Y") > 4 * at(last, "I_Z1_Z2"));
}

/*
I(R;Y) = I(Y;Z2) carries the lower bound, {r_y} nats at the end: Z2 comes
to separate the classes. I(Z1;Z2) is largest at epoch {peak}, with
{at_peak} nats, and {at_end} at the end: within the first epochs the
projector lets most of Z1 through, then less.

## The same from features

A shorter run is small enough to be in the repository: thirteen
checkpoints of another network, 256 test images. Here each row is computed
from its features, which is all that `mi-bounds` does.
*/
static void from_features(void)
{
    static const char *const address[] = {
        "datasets/samples/simclr-cifar10-epochs.h5"};
    mi_features *sets = open_sets(address, 1);
    double lower[MOST], y[MOST], r;
    size_t n = mi_features_count(sets);
    for (size_t i = 0; i < n; i++) {
        mi_sample sample = load(sets, i, MI_R_POSITIVE);
        lower[i] = bounds_of(&sample, 2).value[MI_LOWER];
        y[i] = attribute(sets, i, "accuracy");
        mi_sample_free(&sample);
    }
    mi_features_close(sets);
    mi_points points = {.x = lower, .y = y, .n = n};
    TRY(mi_correlate(&r, MI_PEARSON, &points));
    mi_interval ci = mi_correlate_fisher(MI_PEARSON, r, n, 0, 0.95);
    printf(
        "lower bound and accuracy, %zu checkpoints: r = %.2f (%.2f to %.2f)\n",
        n, r, ci.low, ci.high);
    EXPECT(ci.low > 0.5);
}

/*
Another network and another optimiser say the same.

Next: [figures 3 and 4](06-projectors.md).
*/
int main(void)
{
    CELL(read_the_run);
    CELL(figure_2);
    CELL(how_closely);
    CELL(figure_5);
    CELL(from_features);
    mi_table_free(&table);
    return 0;
}
