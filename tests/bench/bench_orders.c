/* Orders other than 2, as processes on many small sets of 512 rows: what a second thread gains, and what
 * standard errors cost beside the values. usage: bench_orders TOOLS SAMPLES */
#include <string.h>

#include "process.h"

enum { ROUNDS = 5, MOST = 40 };

static const char *tools, *samples;

/* A command of words apart by spaces, of the 13 sets of a sample so many times over. */
static double seconds_of(const char *command, int times)
{
    char text[8192], sets[4096], *argv[MOST] = {0};
    int n = 0;
    snprintf(text, sizeof text, "%s/%s", tools, command);
    snprintf(sets, sizeof sets, "%s/simclr-cifar10-epochs.h5", samples);
    for (char *word = strtok(text, " "); word && n < MOST - 17; word = strtok(NULL, " "))
        argv[n++] = word;
    for (int k = 0; k < times; k++)
        argv[n++] = sets;
    return process_run(argv, NULL, NULL).seconds;
}

/* One in turn with the other. */
static void compare(const char *name, const char *ours, const char *reference, int times,
                    double target, int at_least)
{
    double own[ROUNDS], other[ROUNDS], ratio[ROUNDS];
    for (int k = 0; k < ROUNDS; k++) {
        own[k] = seconds_of(ours, times);
        other[k] = seconds_of(reference, times);
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
    compare("order 1, I(Z1;Z2), 208 sets, second thread [s]", "mi-mutual --alpha 1 --threads 2",
            "mi-mutual --alpha 1 --threads 1", 16, 1.9, 1);
    compare(
        "6 orders x 2 kernels, 52 sets, second thread [s]",
        "mi-bounds --alpha 0.5,1,1.5,2,3,4 --kernel linear --kernel gaussian:median --threads 2",
        "mi-bounds --alpha 0.5,1,1.5,2,3,4 --kernel linear --kernel gaussian:median --threads 1", 4,
        1.8, 1);
    compare("order 1 --se, 52 sets, second thread [s]", "mi-bounds --alpha 1 --se --threads 2",
            "mi-bounds --alpha 1 --se --threads 1", 4, 1.8, 1);
    compare("order 1 --se against values alone, 13 sets [s]",
            "mi-bounds --alpha 1 --se --threads 1", "mi-bounds --alpha 1 --threads 1", 1, 6, 0);
    return 0;
}
