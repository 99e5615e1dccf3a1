/* Coverage of 95 % intervals of I(Z1;Z2), in full: 400 draws of 500 instances with two correlated
 * views. usage: bench_coverage [DRAWS [INSTANCES]] */
#include <stdio.h>
#include <stdlib.h>

#include "coverage.h"

static void report(const char *name, double share, int should_cover)
{
    int met = should_cover ? share >= 0.92 && share <= 0.98 : share < 0.92;
    printf("%-52s %8.4f  %-14s %s\n", name, share, should_cover ? "0.92 to 0.98" : "below 0.92",
           met ? "yes" : "NO");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    size_t draws = argc > 1 ? (size_t)atol(argv[1]) : 400;
    size_t instances = argc > 2 ? (size_t)atol(argv[2]) : 500;
    printf("%-52s %8s  %-14s %s\n", "case", "covers", "target", "met");
    coverage v = cover(2, MI_ESTIMATOR_V, draws, instances);
    report("order 2, influence, instances", v.by_instance, 1);
    report("order 2, influence, rows as if independent", v.by_row, 0);
    report("order 2, influence, estimator c",
           cover(2, MI_ESTIMATOR_C, draws, instances).by_instance, 1);
    coverage one = cover(1, MI_ESTIMATOR_V, draws, instances);
    report("order 1, jackknife of 50 groups", one.by_instance, 1);
    report("order 1, jackknife, rows as if independent", one.by_row, 0);
    return 0;
}
