/*
# Someone else's checkpoint, from import to verdict

A model was trained elsewhere, in another language, on data that are no
images: MolCLR, a graph network trained by contrast on ten million
molecules. What can be said of its projector? We have three arrays of
NumPy, two views each of 160 molecules: the encoder's features, the
projector's, and whether the molecule passes the blood-brain barrier.
(Where they come from: [datasets](../../datasets/README.md#samples).)

This is work for the tools; `shell` shows a command with what it prints.
*/
#include "notebooks_c/notebook.h"

#include <unistd.h>

/* A directory of its own for what is made on the way; $S holds the samples. */
static char work[] = "/tmp/notebook.XXXXXX";

static void enter(void)
{
    char here[4096], samples[4200];
    EXPECT(getcwd(here, sizeof here) && mkdtemp(work));
    snprintf(samples, sizeof samples, "%s/datasets/samples", here);
    EXPECT(setenv("S", samples, 1) == 0 && chdir(work) == 0);
}

/*
## Import

The arrays do not say which rows are views of one molecule. Say it wrong,
and everything below is wrong. So first the mistake, on purpose: here the
views of a molecule stand next to each other, and we claim that all first
views come first.
*/
static void wrong(void)
{
    shell("mi-import z1=$S/molclr-bbbp-z1.npy z2=$S/molclr-bbbp-z2.npy \\\n"
          "    y=$S/molclr-bbbp-y.npy --views 2 --layout stacked \\\n"
          "    -o wrong.h5 2>/dev/null");
    shell("mi-ls --columns n,instances,mixed_labels wrong.h5 2>&1 |\n"
          "    expand -t 14 | fold -s -w 68");
}

/*
Labels that change between the views of a molecule, and views no more
alike than strangers: the tools see both, and say so. Now as it is.
*/
static void right(void)
{
    shell("mi-import z1=$S/molclr-bbbp-z1.npy z2=$S/molclr-bbbp-z2.npy \\\n"
          "    y=$S/molclr-bbbp-y.npy --views 2 --layout interleaved \\\n"
          "    --attr method=MolCLR -o run.h5");
    shell("mi-ls --columns z1,z2,n,instances,classes,mixed_labels "
          "run.h5 |\n"
          "    expand -t 14");
}

/*
## How much of it is chance

Before any bound: is there information enough to speak of? The chance
level ([here](04-chance.md)) is part of every result.
*/
static void chance(void)
{
    static const char *const address[] = {"run.h5"};
    mi_features *sets = open_sets(address, 1);
    mi_sample sample = load(sets, 0, MI_R_AUTO);
    mi_bounds_result b = bounds_of(&sample, 2);
    double half = b.se[MI_SLACK_LOWER] * mi_t_factor(0.95, b.degrees);
    EXPECT(sample.instance.groups.g == 160);
    printf("R is %s\n", mi_r_kind_name(sample.r_kind));
    printf("I(Z1;Z2)         %.3f ± %.3f\n", b.value[MI_I_Z1_Z2],
           b.se[MI_I_Z1_Z2]);
    printf("at chance        %.3f\n", b.value[MI_I_Z1_Z2_NULL]);
    printf("I(Y;Z1)          %.3f ± %.3f\n", b.value[MI_I_Y_Z1],
           b.se[MI_I_Y_Z1]);
    printf("I(Y;Z1) − lower  %.3f ± %.3f (95 %%)\n", b.value[MI_SLACK_LOWER],
           half);
    value("share", "%.0f %%",
          100 * b.value[MI_I_Z1_Z2_NULL] / b.value[MI_I_Z1_Z2]);
    value("wanted", "%.2f", 0.05);
    value("needed", "%.0f", 100 * round(160 * half * half / 0.05 / 0.05 / 100));
    EXPECT(b.value[MI_SLACK_LOWER] < 0 && b.value[MI_SLACK_LOWER] + half > 0);
    mi_sample_free(&sample);
    mi_features_close(sets);
}

/*
{share} of I(Z1;Z2) is what a random pairing would give: with 160
instances no comparison of this number with another model's, at another
number of instances, means anything.

## The verdict
*/
static void verdict(void)
{
    shell("mi-bounds --se --decompose run.h5 | mi-validate --text");
}

/*
It reads from the bottom. The lower bound is *undecided*: the value says
that it fails, the interval that it need not. Above stands why it may:
the terms that a Markov chain makes zero, I(Y;R|Z1) and I(Z1;R|Z2), are
not zero in their matrix form, for the reasons of
[the identities](03-identities.md). Each line says whether it is a
theorem at this order or an observation, so nobody has to remember.

## What would settle it
*/
static void enough(void)
{
    shell("mi-bounds --se --learning-curve run.h5 |\n"
          "    mi-validate --text");
}

/*
H_Y is "beyond error" because sampling gave each half a little less
balance; the others are within theirs. What is missing is precision: errors fall as
1/√n, so four times the molecules would halve the interval that has 0 in
it. To know I(Y;Z1) − lower to ± {wanted} takes about {needed} molecules.
The answer to the owner of the model is therefore not another analysis of
these arrays, but one more forward pass over more of the data.
*/
static void leave(void)
{
    EXPECT(unlink("run.h5") == 0 && unlink("wrong.h5") == 0);
    EXPECT(chdir("/") == 0 && rmdir(work) == 0);
}

/*
Next: [training with the regulariser](09-regulariser.md).
*/
int main(void)
{
    enter();
    CELL(wrong);
    CELL(right);
    CELL(chance);
    CELL(verdict);
    CELL(enough);
    leave();
    return 0;
}
