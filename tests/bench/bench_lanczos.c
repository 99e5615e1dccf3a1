/* The route lanczos: its products against the memory and the matrix product of the machine, its
 * time against dense eigenvalues, and how good its estimates and intervals are. Ratios are measured
 * in turn in one run. usage: bench_lanczos [SEEDS [N [THREADS [FILE...]]]], N rows for the
 * estimates on drawn joints; joints Z1,Z2 of every set in FILE come on top */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "libmi/base/pool.h"
#include "libmi/spectrum/product.h"
#include "sgemm.h"
#include "spectra.h"

#define ROUNDS 7

static const double orders[] = {0.5, 1, 1.01, 1.5, 3};
#define N_ORDERS (sizeof orders / sizeof *orders)

typedef struct {
    spectrum_draw draw;
    mi_product product;
    double *x, *y;
    double sum[64];
    mi_run run;
} job;

static void job_make(job *j, mi_product_kind kind, size_t n, int threads)
{
    const mi_var *var[2] = {&j->draw.var[0], &j->draw.var[1]};
    j->run = (mi_run){.threads = threads};
    spectrum_make(&j->draw, SPECTRUM_FLAT, n, 1); /* d = 512 and 256 */
    CHECK(mi_product_make(&j->product, kind, &(mi_block){var, 2, NULL, n}, &j->run));
    CHECK(MI_NEW_RAW(j->x, MI_PRODUCT_VECTORS * n));
    CHECK(MI_NEW_RAW(j->y, MI_PRODUCT_VECTORS * n));
    for (size_t i = 0; i < MI_PRODUCT_VECTORS * n; i++)
        j->x[i] = draw_normal();
}

static void job_free(job *j)
{
    mi_product_free(&j->product);
    spectrum_free(&j->draw);
    mi_free(j->x);
    mi_free(j->y);
}

static double apply_seconds(job *j)
{
    double start = clock_seconds();
    CHECK(mi_product_apply(&j->product, j->y, j->x, MI_PRODUCT_VECTORS));
    return clock_seconds() - start;
}

/* ---- stored: bytes a second against a plain sum over them ---- */

static mi_status sum_row(void *arg, size_t i, int worker)
{
    job *j = arg;
    const float *k = j->product.k + i * j->product.ld;
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t c = 0; c < j->product.ld; c++)
        sum += k[c];
    j->sum[worker] += (double)sum;
    return MI_OK;
}

static void stored_product(int threads)
{
    enum { N = 10000 };
    double ours[ROUNDS], reference[ROUNDS], ratio[ROUNDS], gigabytes = 4e-9 * N * N;
    job j;
    job_make(&j, MI_PRODUCT_STORED, N, threads);
    for (int k = 0; k < ROUNDS; k++) {
        double start = clock_seconds();
        CHECK(mi_parallel(&j.run, N, sum_row, &j));
        reference[k] = gigabytes / (clock_seconds() - start);
        ours[k] = gigabytes / apply_seconds(&j);
        ratio[k] = ours[k] / reference[k];
    }
    clock_line("stored product, 8 vectors, n = 10,000 [GB/s]", clock_median(ours, ROUNDS),
               clock_median(reference, ROUNDS), clock_median(ratio, ROUNDS), 0.7, 1);
    job_free(&j);
}

/* ---- Khatri-Rao: multiply-adds against SGEMM ---- */

static void khatri_rao_product(int threads)
{
    enum { N = 50000 };
    double ours[ROUNDS], reference[ROUNDS], ratio[ROUNDS];
    job j;
    job_make(&j, MI_PRODUCT_KHATRI_RAO, N, threads);
    for (int k = 0; k < ROUNDS; k++) {
        reference[k] = sgemm_rate(threads);
        ours[k] = 4.0 * MI_PRODUCT_VECTORS * N * 512 * 256 / apply_seconds(&j) / 1e9;
        ratio[k] = ours[k] / reference[k];
    }
    clock_line("Khatri-Rao product, n = 50,000 [GFLOP/s]", clock_median(ours, ROUNDS),
               clock_median(reference, ROUNDS), clock_median(ratio, ROUNDS), 0.7, 1);
    job_free(&j);
}

/* ---- time against dense eigenvalues ---- */

static double entropy_seconds(const spectrum_draw *d, mi_route route, int threads)
{
    double s[N_ORDERS];
    mi_run run = {.threads = threads, .draws = 1};
    mi_joint j = {.vars = SPECTRUM_Z1 | SPECTRUM_Z2, .s = s, .route = route};
    double start = clock_seconds();
    CHECK(mi_joint_entropies(&j, 1, d->var, 3, orders, N_ORDERS, &run));
    return clock_seconds() - start;
}

static void against_dense(int threads)
{
    enum { N = 20000 };
    static const size_t rows[] = {4096, 8192};
    double per_cube[2], lanczos[3];
    spectrum_draw d;
    for (int k = 0; k < 2; k++) {
        spectrum_make(&d, SPECTRUM_FLAT, rows[k], 1);
        per_cube[k] = entropy_seconds(&d, MI_ROUTE_DENSE, threads) / pow((double)rows[k], 3);
        spectrum_free(&d);
    }
    spectrum_make(&d, SPECTRUM_FLAT, N, 1);
    for (int k = 0; k < 3; k++)
        lanczos[k] = entropy_seconds(&d, MI_ROUTE_LANCZOS, threads);
    double ours = clock_median(lanczos, 3), dense = per_cube[1] * pow(N, 3);
    printf("dense eigenvalues a row cubed: %.3g s at 4,096 rows, %.3g s at 8,192\n", per_cube[0],
           per_cube[1]);
    clock_line("n = 20,000 against dense extended by n^3 [s]", ours, dense, dense / ours, 50, 1);
    spectrum_free(&d);
}

/* ---- estimates ---- */

static void report_accuracy(const char *name, const mi_var *var, size_t n_var, size_t seeds,
                            int threads)
{
    spectrum_accuracy a[N_ORDERS];
    spectrum_measure(a, var, n_var, SPECTRUM_Z1 | SPECTRUM_Z2, orders, N_ORDERS, seeds, threads);
    for (size_t k = 0; k < N_ORDERS; k++) {
        char text[96];
        snprintf(text, sizeof text, "%s, order %g: rms, S, 1000 rms/S", name, orders[k]);
        clock_line(text, a[k].rms, a[k].value, 1000 * a[k].rms / a[k].value, orders[k] < 1 ? 5 : 1,
                   0);
        snprintf(text, sizeof text, "%s, order %g: covered, seeds", name, orders[k]);
        clock_line(text, a[k].covered * (double)seeds, (double)seeds, a[k].covered, 0.92, 1);
    }
}

static void accuracy_of_draws(size_t n, size_t seeds, int threads)
{
    for (spectrum_kind kind = 0; kind < SPECTRA; kind++) {
        spectrum_draw d;
        spectrum_make(&d, kind, n, 7);
        report_accuracy(spectrum_name(kind), d.var, 2, seeds, threads);
        spectrum_free(&d);
    }
}

static void accuracy_of_files(const char *const *file, size_t n, size_t seeds, int threads)
{
    mi_features_opts fo;
    mi_sample_opts so;
    mi_features *f;
    mi_features_opts_default(&fo);
    mi_sample_opts_default(&so);
    CHECK(mi_features_open(&f, file, n, &fo));
    for (size_t i = 0; i < mi_features_count(f); i++) {
        mi_sample s;
        mi_var var[2];
        char name[48];
        CHECK(mi_sample_load(&s, f, i, 1u << MI_Z1 | 1u << MI_Z2, &so));
        CHECK(mi_sample_var(&var[0], &s, MI_Z1));
        CHECK(mi_sample_var(&var[1], &s, MI_Z2));
        snprintf(name, sizeof name, "set %zu (n = %zu)", i + 1, s.n);
        report_accuracy(name, var, 2, seeds, threads);
        mi_var_free(&var[0]);
        mi_var_free(&var[1]);
        mi_sample_free(&s);
    }
    mi_features_close(f);
}

int main(int argc, char **argv)
{
    size_t seeds = argc > 1 ? (size_t)atol(argv[1]) : 100;
    size_t n = argc > 2 ? (size_t)atol(argv[2]) : 1500;
    int threads = argc > 3 ? atoi(argv[3]) : 2;
    clock_header();
    stored_product(threads);
    khatri_rao_product(threads);
    against_dense(threads);
    accuracy_of_draws(n, seeds, threads);
    if (argc > 4)
        accuracy_of_files((const char *const *)argv + 4, (size_t)argc - 4, seeds, threads);
    return 0;
}
