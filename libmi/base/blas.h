/* blas.h - which BLAS is linked, whether it computes right, and keeping it single-threaded inside
 * our own threads. Private; the number of its threads is exported for `import libmi`.
 *
 * uses: base/status; cblas
 */
#ifndef MI_BLAS_H
#define MI_BLAS_H

#include <stddef.h>

#include "libmi/base/status.h"

/* "OpenBLAS 0.3.21 ... (pthread)", "BLIS 0.9.0" or "a CBLAS library of unknown kind". Static
 * storage, one per thread. */
const char *mi_blas_description(void);

/* The file that cblas_sgemm comes from, or "unknown". */
const char *mi_blas_file(void);

/* 1 when several threads may call BLAS at once. OpenBLAS built serial has no locks around its
 * buffers. */
int mi_blas_is_reentrant(void);

/* Let BLAS itself use `threads` threads for calls from this thread. Each worker of the pool calls
 * it with 1: for OpenBLAS built with OpenMP the setting is each thread's own, and calls of several
 * threads at once that may use more than one each overwrite each other's results (0.3.29, one run
 * in five); for the pthread build it is global. */
MI_API void mi_blas_set_threads(int threads);

/* As many as it uses now, in calls from this thread. */
MI_API int mi_blas_threads(void);

/* 1 where that is each thread's own setting, which OpenMP's other users in the thread share. */
MI_API int mi_blas_threads_are_own(void);

/* What of BLAS and LAPACK a room uses, row-major: N as it is, T transposed; dsyevd;
 * eigenvalues.h. */
enum {
    MI_SGEMM_NT = 1 << 0,
    MI_SGEMM_NN = 1 << 1,
    MI_SGEMM_TN = 1 << 2,
    MI_SSYRK_N = 1 << 3, /* upper; the others lower */
    MI_DGEMM_NT = 1 << 4,
    MI_DGEMM_NN = 1 << 5,
    MI_DGEMM_TN = 1 << 6,
    MI_DSYRK_N = 1 << 7,
    MI_DSYRK_T = 1 << 8,
    MI_EIGENVALUES = 1 << 9,
    MI_TWO_STAGES = 1 << 10,
    MI_BLAS_ALL = (1 << 11) - 1
};

/* Before its first product every room asks whether what it uses computes right, here and on this
 * CPU: products of integers, which are exact, against integer checksums, and eigenvalues that are
 * known. About a tenth of a millisecond each, once a process, nothing afterwards. Errors:
 * MI_ELIBRARY, in every call, naming the BLAS, the routine and what to try; MI_ENOMEM. */
mi_status mi_blas_check(unsigned uses);

/* The same of what the tile pass uses, and of the first caller's tile: products of `side` rows of d
 * features with as many, cut where that would be more than a millisecond. */
mi_status mi_blas_check_tile(size_t side, size_t d);

#endif
