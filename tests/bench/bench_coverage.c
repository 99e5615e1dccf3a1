/* Coverage of 95 % intervals of I(Z1;Z2), and of its difference between two samples of the same
 * instances, in full: 400 draws of 500 instances with two correlated views.
 *
 * usage: bench_coverage [DRAWS [INSTANCES]]
 *        bench_coverage DRAWS INSTANCES VIEWS [KERNEL]    orders other than 2 alone, of linear and
 *                                                         gaussian kernels or of one of them
 *        bench_coverage DRAWS INSTANCES FILE              the same of instances of the last set of FILE */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coverage.h"
#include "libmi/mi.h"
#include "paired.h"

static void report(const char *name, double share, int should_cover)
{
    int met = should_cover ? share >= 0.92 && share <= 0.98 : share < 0.92;
    printf("%-52s %8.4f  %-14s %s\n", name, share, should_cover ? "0.92 to 0.98" : "below 0.92",
           met ? "yes" : "NO");
    fflush(stdout);
}

static const double orders[] = {0.5, 0.75, 1, 1.5, 3, 5};
enum { ORDERS = sizeof orders / sizeof *orders };

/* Of few instances the jackknife makes errors too large (Efron and Stein, Ann. Stat. 9 (1981) 586),
 * never too small. */
static void print_orders(const double *share, const char *kernel, size_t instances, size_t views)
{
    for (size_t a = 0; a < ORDERS; a++) {
        char name[128];
        snprintf(name, sizeof name, "%s, %zu instances, views %zu, order %g", kernel, instances,
                 views, orders[a]);
        printf("%-52s %8.4f  %-14s %s\n", name, share[a], "0.92 and more",
               share[a] >= 0.92 ? "yes" : "NO");
    }
    fflush(stdout);
}

/* The jackknife from eigenvectors, at orders and sizes where its deletions are large and small. */
static void report_orders(size_t instances, size_t views, mi_kernel kernel, size_t draws)
{
    double share[ORDERS];
    cover_orders(share, orders, ORDERS, draws, instances, views, kernel);
    print_orders(share, kernel.kind == MI_KERNEL_LINEAR ? "linear" : "gaussian", instances, views);
}

static const mi_kernel linear = {.kind = MI_KERNEL_LINEAR};
static const mi_kernel gaussian = {.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 3};

/* Of the last set of a file, under a kernel. */
static mi_status report_real(const char *file, const char *kernel, size_t instances, size_t draws)
{
    const unsigned members = 1u << MI_Z1 | 1u << MI_Z2 | 1u << MI_R;
    mi_sample_opts o;
    mi_features *f;
    mi_sample population;
    double share[ORDERS];
    char name[64];
    mi_sample_opts_default(&o);
    MI_TRY(mi_sample_parse_kernel(&o, kernel));
    MI_TRY(mi_features_open(&f, &file, 1, NULL));
    mi_status status = mi_sample_load(&population, f, mi_features_count(f) - 1, members, &o);
    mi_features_close(f);
    MI_TRY(status);
    cover_real(share, orders, ORDERS, draws, instances, &population);
    snprintf(name, sizeof name, "real, %s", kernel);
    print_orders(share, name, instances, population.n / population.instance.groups.g);
    mi_sample_free(&population);
    return MI_OK;
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

static int report_all(size_t draws, size_t instances)
{
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
    for (size_t views = 1; views <= 4; views++) {
        report_orders(48, views, linear, draws);
        report_orders(instances, views, linear, draws);
        report_orders(48, views, gaussian, draws);
        report_orders(instances, views, gaussian, draws / 4);
    }
    return 0;
}

int main(int argc, char **argv)
{
    size_t draws = argc > 1 ? (size_t)atol(argv[1]) : 400;
    size_t instances = argc > 2 ? (size_t)atol(argv[2]) : 500;
    size_t views = argc > 3 ? (size_t)atol(argv[3]) : 0;
    if (argc < 4)
        return report_all(draws, instances);
    if (views == 0 && (report_real(argv[3], "linear", instances, draws) != MI_OK ||
                       report_real(argv[3], "gaussian:median", instances, draws) != MI_OK)) {
        fprintf(stderr, "%s\n", mi_detail());
        return 1;
    }
    if (views == 0)
        return 0;
    if (argc < 5 || strcmp(argv[4], "linear") == 0)
        report_orders(instances, views, linear, draws);
    if (argc < 5 || strcmp(argv[4], "gaussian") == 0)
        report_orders(instances, views, gaussian, draws);
    return 0;
}
