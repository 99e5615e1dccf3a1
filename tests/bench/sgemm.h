/* sgemm.h - the rate of a large matrix product of the BLAS that is linked, which others are held
 * against. */
#ifndef SGEMM_H
#define SGEMM_H

#include <cblas.h>

#include "clock.h"
#include "draw.h"
#include "libmi/base/blas.h"

/* GFLOP/s of one 4096^3 product on so many threads. */
static inline double sgemm_rate(int threads)
{
    enum { M = 4096 };
    static float *a, *b, *c;
    if (!a) {
        CHECK(MI_NEW_RAW(a, (size_t)M * M));
        CHECK(MI_NEW_RAW(b, (size_t)M * M));
        CHECK(MI_NEW_RAW(c, (size_t)M * M));
        for (size_t k = 0; k < (size_t)M * M; k++)
            a[k] = b[k] = 1.0f / (float)(k % 97 + 1);
    }
    mi_blas_set_threads(threads);
    double start = clock_seconds();
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, M, M, M, 1, a, M, b, M, 0, c, M);
    return 2.0 * M * M * M / (clock_seconds() - start) / 1e9;
}

#endif
