/* blas.h - which BLAS is linked, and keeping it single-threaded inside our own threads. Private.
 *
 * uses: cblas              used by: pool gram spectrum tiles version
 */
#ifndef MI_BLAS_H
#define MI_BLAS_H

/* "OpenBLAS 0.3.21 ... (pthread)" or "a CBLAS library of unknown kind". Static storage. */
const char *mi_blas_description(void);

/* 1 when several threads may call BLAS at once. OpenBLAS built serial has no locks around its
 * buffers. */
int mi_blas_is_reentrant(void);

/* Let BLAS itself use `threads` threads for calls from this thread. Each worker of the pool calls
 * it with 1: for OpenBLAS built with OpenMP the setting is per thread, for the pthread build it is
 * global. */
void mi_blas_set_threads(int threads);

#endif
