/* Each fast route against its plain twin, the whole n x n Gram matrix in double precision: seconds,
 * measured in turn in one run. usage: bench_routes [N [THREADS]] */
#include <math.h>

#include "clock.h"
#include "draw.h"

#define ROUNDS 3

typedef struct {
    mi_var var[4];
    mi_run run;
} job;

static double seconds(const job *j, unsigned vars, double alpha, mi_route route)
{
    double s;
    mi_joint joint = {.vars = vars, .s = &s, .route = route};
    double start = clock_seconds();
    CHECK(mi_joint_entropies(&joint, 1, j->var, 4, &alpha, 1, &j->run));
    return clock_seconds() - start;
}

static void compare(const char *name, const job *j, unsigned vars, double alpha, mi_route route,
                    double target)
{
    double fast[ROUNDS], dense[ROUNDS], ratio[ROUNDS];
    for (int k = 0; k < ROUNDS; k++) {
        fast[k] = seconds(j, vars, alpha, route);
        dense[k] = seconds(j, vars, alpha, MI_ROUTE_DENSE);
        ratio[k] = dense[k] / fast[k];
    }
    clock_line(name, clock_median(fast, ROUNDS), clock_median(dense, ROUNDS),
               clock_median(ratio, ROUNDS), target, 1);
}

int main(int argc, char **argv)
{
    enum { Z1 = 1, Z2 = 2, R = 4, Y = 8 };
    size_t n = argc > 1 ? (size_t)atol(argv[1]) : 4096;
    job j = {.run = {.threads = argc > 2 ? atoi(argv[2]) : 2}};
    mi_sample s;
    draw_seed(1);
    draw_sample(&s, n, 512, 256, (mi_kernel){.kind = MI_KERNEL_LINEAR});
    for (int k = 0; k < 4; k++)
        CHECK(mi_sample_var(&j.var[k], &s, (mi_member_id)k));
    clock_header();
    compare("S2(Z1,Z2): tiles, times faster than dense", &j, Z1 | Z2, 2, MI_ROUTE_TILES, 1.5);
    compare("S2(Z1,Z2,Y): classes", &j, Z1 | Z2 | Y, 2, MI_ROUTE_CLASSES, 3);
    compare("S2(Z1,R): classes", &j, Z1 | R, 2, MI_ROUTE_CLASSES, 3);
    compare("S1(Z1): dual", &j, Z1, 1, MI_ROUTE_DUAL, 10);
    compare("S1(Z1,Y): classes", &j, Z1 | Y, 1, MI_ROUTE_CLASSES, 3);
    compare("S2(R,Y): counts", &j, R | Y, 2, MI_ROUTE_COUNTS, 100);
    for (int k = 0; k < 4; k++)
        mi_var_free(&j.var[k]);
    mi_sample_free(&s);
    return 0;
}
