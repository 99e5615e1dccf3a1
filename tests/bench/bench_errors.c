/* Standard errors of I(Z1;Z2) by the route lanczos, from probes, against the dense route, from all
 * eigenvectors; without what the half-width of the estimate adds to them.
 *
 * usage: bench_errors [ROWS [THREADS]] */
#include <math.h>
#include <stdlib.h>

#include "clock.h"
#include "draw.h"

static const double orders[] = {1, 1.5, 3};
enum { ORDERS = sizeof orders / sizeof *orders };

static double measure(double *se, const mi_forms *f, const mi_sample *s, mi_route route,
                      int threads)
{
    mi_run run = {.threads = threads, .seed = 1, .route = route};
    mi_measured r[ORDERS];
    mi_measure_opts o;
    double start = clock_seconds();
    mi_measure_opts_default(&o);
    o.alpha = orders;
    o.n_alpha = ORDERS;
    o.se = 1;
    CHECK(mi_measure(r, f, s, &o, &run));
    for (size_t a = 0; a < ORDERS; a++)
        se[a] = sqrt(pow(r[a].se[MI_PLAIN], 2) - pow(r[a].half_width[MI_PLAIN] / 1.96, 2));
    return clock_seconds() - start;
}

static void compare(const char *name, mi_kernel kernel, size_t n, int threads)
{
    double dense[ORDERS], lanczos[ORDERS];
    mi_sample s;
    mi_forms f;
    draw_seed(5);
    draw_sample(&s, n, 128, 64, kernel);
    CHECK(mi_forms_parse(&f, "z1:z2", MI_FORM_IS_INFORMATION));
    double ours = measure(lanczos, &f, &s, MI_ROUTE_LANCZOS, threads);
    double reference = measure(dense, &f, &s, MI_ROUTE_DENSE, threads);
    for (size_t a = 0; a < ORDERS; a++) {
        char text[64];
        double ratio = lanczos[a] / dense[a];
        snprintf(text, sizeof text, "%s, order %g, error", name, orders[a]);
        printf("%-44s %12.4g %12.4g %8.3f  %-13s %s\n", text, lanczos[a], dense[a], ratio,
               "0.95 to 1.1", ratio >= 0.95 && ratio <= 1.1 ? "yes" : "NO");
    }
    clock_line("time of both [s]", ours, reference, reference / ours, 1, 1);
    mi_forms_free(&f);
    mi_sample_free(&s);
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? (size_t)atol(argv[1]) : 5000;
    int threads = argc > 2 ? atoi(argv[2]) : 2;
    clock_header();
    compare("linear", (mi_kernel){.kind = MI_KERNEL_LINEAR}, n, threads);
    compare("gaussian", (mi_kernel){.kind = MI_KERNEL_GAUSSIAN, .bandwidth = 16}, n, threads);
    return 0;
}
