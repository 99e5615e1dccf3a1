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

/* Begin: which rank this is, of how many, and how many of them are on this machine. */
typedef const mi_transport *mi_transport_start(int *rank, int *size, int *local);

/* How the transport that is installed begins. NULL where there is none that can be loaded; *reason
 * then says why, in the words of the loader. */
mi_transport_start *mi_transport_load(const char **reason);

#endif
