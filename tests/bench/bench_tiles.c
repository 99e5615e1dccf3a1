/* The order-2 tile pass, gaussian kernels and InfoNCE against the matrix product of the BLAS that
 * is linked: rates in GFLOP/s, measured in turn in one run. usage: bench_tiles [N [THREADS]] */
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "sgemm.h"

#include "libmi/bounds/contrast.h"
#include "libmi/tiles/narrow.h"

#define ROUNDS 5

typedef struct {
    mi_sample sample;
    mi_run run;
} job;

static double bounds_seconds(const job *j)
{
    double two = 2;
    mi_bounds_opts o;
    mi_bounds_result r;
    mi_bounds_opts_default(&o);
    o.alpha = &two;
    o.n_alpha = 1;
    o.se = 1;
    double start = clock_seconds();
    CHECK(mi_bounds(&r, &j->sample, &o, &j->run));
    return clock_seconds() - start;
}

static double infonce_seconds(const job *j)
{
    double loss, half_width, start = clock_seconds();
    CHECK(mi_infonce_loss(&loss, &half_width, &j->sample, 0.2, &j->run));
    return clock_seconds() - start;
}

/* Rate of the useful products, half of all by symmetry, against SGEMM, pair by pair. */
static void compare(const char *name, const job *j, double (*seconds)(const job *), size_t d,
                    double target)
{
    double n = (double)j->sample.n, ours[ROUNDS], reference[ROUNDS], ratio[ROUNDS];
    for (int k = 0; k < ROUNDS; k++) {
        reference[k] = sgemm_rate(j->run.threads);
        ours[k] = n * n * (double)d / seconds(j) / 1e9;
        ratio[k] = ours[k] / reference[k];
    }
    clock_line(name, clock_median(ours, ROUNDS), clock_median(reference, ROUNDS),
               clock_median(ratio, ROUNDS), target, 1);
}

/* ---- two threads against one ---- */

enum { SMALL = 256, DEPTH = 512, PRODUCTS = 400, PAIRS = 7 };

static void *small_products(void *arg)
{
    float *x = arg, *c = x + 2 * SMALL * DEPTH;
    mi_blas_set_threads(1);
    for (int k = 0; k < PRODUCTS; k++)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, SMALL, SMALL, DEPTH, 1, x, DEPTH,
                    x + SMALL * DEPTH, DEPTH, 0, c, SMALL);
    return NULL;
}

/* Loops of small products on so many threads, each with its own matrices. */
static double loops_seconds(int threads)
{
    enum { FLOATS = 2 * SMALL * DEPTH + SMALL * SMALL };
    static float *x[2];
    pthread_t other;
    for (int t = 0; t < 2 && !x[t]; t++) {
        CHECK(MI_NEW_RAW(x[t], FLOATS));
        for (size_t k = 0; k < FLOATS; k++)
            x[t][k] = 1.0f / (float)(k % 97 + 1);
    }
    double start = clock_seconds();
    if (threads == 2)
        assert_int_equal(pthread_create(&other, NULL, small_products, x[1]), 0);
    small_products(x[0]);
    if (threads == 2)
        pthread_join(other, NULL);
    return clock_seconds() - start;
}

/* How much the pass gains by a second thread, against what the machine gives two loops. */
static void compare_threads(job *j)
{
    double ours[PAIRS], reference[PAIRS], ratio[PAIRS];
    for (int k = 0; k < PAIRS; k++) {
        double seconds[2];
        for (j->run.threads = 1; j->run.threads <= 2; j->run.threads++)
            seconds[j->run.threads - 1] = bounds_seconds(j);
        ours[k] = seconds[0] / seconds[1];
        reference[k] = 2 * loops_seconds(1) / loops_seconds(2);
        ratio[k] = ours[k] / reference[k];
    }
    clock_line("the same, gain by a second thread", clock_median(ours, PAIRS),
               clock_median(reference, PAIRS), clock_median(ratio, PAIRS), 0.93, 1);
}

/* bfloat16 against SGEMM at n rows and at twice as many, where duals and the diagonal weigh less. */
static void compare_bf16(job *j, size_t n)
{
    j->run.route = MI_ROUTE_BF16;
    if (mi_narrow_is_fast())
        compare("the same by route bf16 [GFLOP/s]", j, bounds_seconds, 768, 1.3);
    mi_sample_free(&j->sample);
    draw_sample(&j->sample, 2 * n, 512, 256, (mi_kernel){.kind = MI_KERNEL_LINEAR});
    if (mi_narrow_is_fast())
        compare("bf16, twice the rows [GFLOP/s]", j, bounds_seconds, 768, 1.5);
    j->run.route = MI_ROUTE_TILES;
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? (size_t)atol(argv[1]) : 20000;
    job j = {.run = {.threads = argc > 2 ? atoi(argv[2]) : 2}};
    draw_seed(1);
    clock_header();
    draw_sample(&j.sample, n, 512, 256, (mi_kernel){.kind = MI_KERNEL_LINEAR});
    j.run.route = MI_ROUTE_TILES;
    compare("bounds at order 2, all terms, --se [GFLOP/s]", &j, bounds_seconds, 768, 0.9);
    compare("InfoNCE [GFLOP/s]", &j, infonce_seconds, 512, 0.6);
    if (j.run.threads == 2)
        compare_threads(&j);
    j.run.threads = argc > 2 ? atoi(argv[2]) : 2;
    compare_bf16(&j, n);
    mi_sample_free(&j.sample);
    draw_sample(&j.sample, n, 512, 256, (mi_kernel){.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 30});
    compare("bounds at order 2, gaussian [GFLOP/s]", &j, bounds_seconds, 768, 0.6);
    mi_sample_free(&j.sample);
    return 0;
}
