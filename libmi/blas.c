#include "blas.h"

#include <stdio.h>

/* Weak, so that any CBLAS library will do: these are NULL unless OpenBLAS or BLIS is linked. */
extern int openblas_get_parallel(void) __attribute__((weak));
extern char *openblas_get_config(void) __attribute__((weak));
extern void openblas_set_num_threads(int) __attribute__((weak));
extern void bli_thread_set_num_threads(long) __attribute__((weak));

enum { OPENBLAS_SERIAL = 0, OPENBLAS_PTHREAD = 1, OPENBLAS_OPENMP = 2 };

const char *mi_blas_description(void)
{
    static char text[512];
    static const char *const kind[] = {"serial", "pthread", "OpenMP"};
    if (openblas_get_config && openblas_get_parallel) {
        int parallel = openblas_get_parallel();
        snprintf(text, sizeof text, "%s (%s)", openblas_get_config(),
                 parallel >= 0 && parallel <= 2 ? kind[parallel] : "unknown threading");
    } else {
        snprintf(text, sizeof text, "%s",
                 bli_thread_set_num_threads ? "BLIS" : "a CBLAS library of unknown kind");
    }
    return text;
}

int mi_blas_is_reentrant(void)
{
    return !openblas_get_parallel || openblas_get_parallel() != OPENBLAS_SERIAL;
}

void mi_blas_set_threads(int threads)
{
    if (openblas_set_num_threads)
        openblas_set_num_threads(threads);
    else if (bli_thread_set_num_threads)
        bli_thread_set_num_threads(threads);
}
