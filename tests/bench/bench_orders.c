/* Orders other than 2, as processes on small sets: what a second thread gains, and what standard errors
 * cost beside the values. usage: bench_orders TOOLS SAMPLES */
#include <string.h>

#include "process.h"

enum { ROUNDS = 5, MOST = 24 };

static const char *tools, *samples;

/* A command of words apart by spaces, of the sample's sets. */
static double seconds_of(const char *command)
{
    char text[8192], *argv[MOST] = {0};
    int n = 0;
    snprintf(text, sizeof text, "%s/%s %s/simclr-cifar10-epochs.h5", tools, command, samples);
    for (char *word = strtok(text, " "); word && n < MOST - 1; word = strtok(NULL, " "))
        argv[n++] = word;
    return process_run(argv, NULL, NULL).seconds;
}

/* One in turn with the other. */
static void compare(const char *name, const char *ours, const char *reference, double target,
                    int at_least)
{
    double own[ROUNDS], other[ROUNDS], ratio[ROUNDS];
    for (int k = 0; k < ROUNDS; k++) {
        own[k] = seconds_of(ours);
        other[k] = seconds_of(reference);
        ratio[k] = at_least ? other[k] / own[k] : own[k] / other[k];
    }
    clock_line(name, clock_median(own, ROUNDS), clock_median(other, ROUNDS),
               clock_median(ratio, ROUNDS), target, at_least);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        process_die("usage: bench_orders TOOLS SAMPLES");
    tools = argv[1];
    samples = argv[2];
    clock_header();
    compare("order 1, I(Z1;Z2), second thread [s]", "mi-mutual --alpha 1 --threads 2",
            "mi-mutual --alpha 1 --threads 1", 1.9, 1);
    compare(
        "6 orders x 2 kernels, second thread [s]",
        "mi-bounds --alpha 0.5,1,1.5,2,3,4 --kernel linear --kernel gaussian:median --threads 2",
        "mi-bounds --alpha 0.5,1,1.5,2,3,4 --kernel linear --kernel gaussian:median --threads 1",
        1.8, 1);
    compare("order 1 --se, second thread [s]", "mi-bounds --alpha 1 --se --threads 2",
            "mi-bounds --alpha 1 --se --threads 1", 1.8, 1);
    compare("order 1 --se against values alone [s]", "mi-bounds --alpha 1 --se --threads 1",
            "mi-bounds --alpha 1 --threads 1", 6, 0);
    return 0;
}
