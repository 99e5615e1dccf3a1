/* Coverage of 95 % intervals of I(Z1;Z2), and of its difference between two samples of the same
 * instances, in full: 400 draws of 500 instances with two correlated views. usage: bench_coverage
 * [DRAWS [INSTANCES]] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "coverage.h"
#include "paired.h"

static void report(const char *name, double share, int should_cover)
{
    int met = should_cover ? share >= 0.92 && share <= 0.98 : share < 0.92;
    printf("%-52s %8.4f  %-14s %s\n", name, share, should_cover ? "0.92 to 0.98" : "below 0.92",
           met ? "yes" : "NO");
    fflush(stdout);
}

/* The jackknife from eigenvectors, at orders and sizes where its deletions are large and small. */
static void report_orders(size_t instances, size_t views, mi_kernel kernel, size_t draws)
{
    static const double alpha[] = {0.5, 0.75, 1, 1.5, 3, 5};
    enum { ORDERS = sizeof alpha / sizeof *alpha };
    double share[ORDERS];
    char name[64];
    cover_orders(share, alpha, ORDERS, draws, instances, views, kernel);
    for (size_t a = 0; a < ORDERS; a++) {
        snprintf(name, sizeof name, "%s, %zu instances, views %zu, order %g",
                 kernel.kind == MI_KERNEL_LINEAR ? "linear" : "gaussian", instances, views,
                 alpha[a]);
        /* Of few instances the jackknife makes errors too large (Efron and Stein, Ann. Stat. 9 (1981)
         * 586), never too small. */
        printf("%-52s %8.4f  %-14s %s\n", name, share[a], "0.92 and more",
               share[a] >= 0.92 ? "yes" : "NO");
        fflush(stdout);
    }
}

/* A paired interval covers; as if unpaired it is too wide, and covers nearly always. */
static void report_pairs(double alpha, const char *how, size_t draws, size_t instances)
{
    paired_coverage v = cover_pairs(alpha, draws, instances);
    char name[64];
    snprintf(name, sizeof name, "difference, order %g, %s, paired", alpha, how);
    int met = v.paired >= 0.93 && v.paired <= 0.97;
    printf("%-52s %8.4f  %-14s %s\n", name, v.paired, "0.93 to 0.97", met ? "yes" : "NO");
    snprintf(name, sizeof name, "difference, order %g, as if unpaired", alpha);
    met = v.unpaired > 0.98;
    printf("%-52s %8.4f  %-14s %s\n", name, v.unpaired, "above 0.98", met ? "yes" : "NO");
    snprintf(name, sizeof name, "difference, order %g, error over its spread", alpha);
    met = fabs(v.ratio - 1) <= 0.1;
    printf("%-52s %8.4f  %-14s %s\n", name, v.ratio, "0.9 to 1.1", met ? "yes" : "NO");
    fflush(stdout);
}

/* Ratios and what is above chance: the delta method, or the jackknife. */
static void report_readings(double alpha, const char *how, size_t draws, size_t instances)
{
    double share[MI_READINGS];
    char name[64];
    cover_readings(share, alpha, draws, instances);
    for (mi_reading i = MI_OVER_MIN; i < MI_READINGS; i++) {
        snprintf(name, sizeof name, "order %g, %s, %s", alpha, how,
                 mi_reading_name(i, MI_FORM_IS_INFORMATION));
        if (!isnan(share[i]))
            report(name, share[i], 1);
    }
}

int main(int argc, char **argv)
{
    size_t draws = argc > 1 ? (size_t)atol(argv[1]) : 400;
    size_t instances = argc > 2 ? (size_t)atol(argv[2]) : 500;
    static const mi_kernel kernel[] = {{.kind = MI_KERNEL_LINEAR},
                                       {.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 3}};
    printf("%-52s %8s  %-14s %s\n", "case", "covers", "target", "met");
    coverage v = cover(2, MI_ESTIMATOR_V, draws, instances);
    report("order 2, influence, instances", v.by_instance, 1);
    report("order 2, influence, rows as if independent", v.by_row, 0);
    report("order 2, influence, estimator c",
           cover(2, MI_ESTIMATOR_C, draws, instances).by_instance, 1);
    coverage one = cover(1, MI_ESTIMATOR_V, draws, instances);
    report("order 1, jackknife", one.by_instance, 1);
    report("order 1, jackknife, rows as if independent", one.by_row, 0);
    report_readings(2, "delta method", draws, instances);
    report_readings(1, "jackknife", draws, instances);
    report_pairs(2, "influence", draws, instances);
    report_pairs(1, "jackknife", draws, instances);
    for (size_t views = 1; views <= 4; views *= 2)
        for (int k = 0; k < 2; k++) {
            report_orders(48, views, kernel[k], draws);
            report_orders(instances, views, kernel[k], draws / (k ? 4 : 1));
        }
    return 0;
}
