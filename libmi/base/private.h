/* private.h - how bytes get from rank to rank: comm.c asks, comm_mpi.c carries. */
#ifndef MI_BASE_PRIVATE_H
#define MI_BASE_PRIVATE_H

#include <stddef.h>

/* Called by every rank at once, in place; a transport that fails ends the process. */
typedef struct {
    void (*sum)(double *x, size_t n);
    void (*most)(double *x, size_t n);
    void (*either)(void *x, size_t bytes); /* bitwise or */
    void (*broadcast)(void *x, size_t bytes, int from);
    void (*close)(void);
} mi_transport;

/* Start MPI. */
const mi_transport *mi_transport_mpi(int *rank, int *size, int *local);

#endif
