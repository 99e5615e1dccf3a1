/* Ranks of one thread each against as many threads in one process, all terms at order 2 with
 * standard errors: seconds of mi_bounds alone, without the start of MPI, in turn in one run; and
 * that the values agree. usage: bench_ranks [N [RANKS]] */
#include <math.h>
#include <string.h>

#include "clock.h"
#include "draw.h"

#define ROUNDS 5

typedef struct {
    double seconds, value[MI_TERMS];
} outcome;

static outcome bounds_of(size_t n, int threads, mi_comm *comm)
{
    double two = 2, start;
    mi_sample sample;
    mi_bounds_opts o;
    mi_bounds_result r;
    outcome out;
    mi_run run = {.threads = threads, .comm = comm};
    mi_bounds_opts_default(&o);
    o.alpha = &two;
    o.n_alpha = 1;
    o.se = 1;
    draw_seed(1);
    draw_sample(&sample, n, 512, 256, (mi_kernel){.kind = MI_KERNEL_LINEAR});
    CHECK(mi_comm_settle(comm, MI_OK));
    start = clock_seconds();
    CHECK(mi_bounds(&r, &sample, &o, &run));
    out.seconds = clock_seconds() - start;
    memcpy(out.value, r.value, sizeof out.value);
    mi_sample_free(&sample);
    return out;
}

/* What each rank does: rank 0 prints what came out. */
static int be_a_rank(size_t n)
{
    mi_comm *comm;
    CHECK(mi_comm_open(&comm));
    outcome out = bounds_of(n, 1, comm);
    if (mi_comm_rank(comm) == 0) {
        printf("%.17g", out.seconds);
        for (int t = 0; t < MI_TERMS; t++)
            printf(" %.17g", out.value[t]);
        printf("\n");
    }
    mi_comm_close(comm);
    return 0;
}

/* Start the ranks and read what rank 0 prints. 0: they could not be started. */
static int start_ranks(outcome *out, const char *program, size_t n, int ranks)
{
    char command[4096];
    snprintf(command, sizeof command, "mpirun -n %d '%s' %zu 2>/dev/null", ranks, program, n);
    FILE *f = popen(command, "r");
    int got = f && fscanf(f, "%lf", &out->seconds) == 1;
    for (int t = 0; got && t < MI_TERMS; t++)
        got = fscanf(f, "%lf", &out->value[t]) == 1;
    if (f)
        pclose(f);
    return got;
}

static double difference(const outcome *a, const outcome *b)
{
    double most = 0;
    for (int t = 0; t < MI_TERMS; t++) {
        if (isnan(a->value[t]) != isnan(b->value[t]))
            return INFINITY;
        most = fmax(most, fabs(a->value[t] - b->value[t]));
    }
    return most;
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? (size_t)atol(argv[1]) : 20000;
    int ranks = argc > 2 ? atoi(argv[2]) : 2;
    double ours[ROUNDS], reference[ROUNDS], ratio[ROUNDS], most = 0;
    outcome spread, alone;
    if (mi_comm_launched(NULL) > 1)
        return be_a_rank(n);
    if (!start_ranks(&spread, argv[0], 64, ranks)) {
        printf("skipped: no MPI in this build, or mpirun does not start\n");
        return 0;
    }
    for (int k = 0; k < ROUNDS; k++) {
        if (!start_ranks(&spread, argv[0], n, ranks))
            return 1;
        alone = bounds_of(n, ranks, NULL);
        ours[k] = 1 / spread.seconds;
        reference[k] = 1 / alone.seconds;
        ratio[k] = ours[k] / reference[k];
        most = fmax(most, difference(&spread, &alone));
    }
    clock_header();
    clock_line("ranks of one thread, against threads [1/s]", clock_median(ours, ROUNDS),
               clock_median(reference, ROUNDS), clock_median(ratio, ROUNDS), 0.9, 1);
    clock_line("the same: largest difference of a value", most, 1e-9, most / 1e-9, 1, 0);
    return 0;
}
