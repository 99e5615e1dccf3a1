/* The transport of comm.c over MPI, a module of its own (comm_module.c): Allreduce for sums, maxima and merges,
 * Bcast for what rank 0 has.
 *
 * A merge is a bitwise or: each record is written by one rank and zero on all others. */
#include <mpi.h>

#include "libmi/base/private.h"

/* MPI counts elements in an int. */
#define MOST_AT_ONCE ((size_t)1 << 30)

static void reduce(void *x, size_t n, size_t size, MPI_Datatype type, MPI_Op op)
{
    for (size_t i = 0; i < n; i += MOST_AT_ONCE) {
        size_t count = n - i < MOST_AT_ONCE ? n - i : MOST_AT_ONCE;
        MPI_Allreduce(MPI_IN_PLACE, (char *)x + i * size, (int)count, type, op, MPI_COMM_WORLD);
    }
}

/* MPI asks that all ranks receive identical results of an Allreduce. */
static void sum(double *x, size_t n)
{
    reduce(x, n, sizeof *x, MPI_DOUBLE, MPI_SUM);
}

static void most(double *x, size_t n)
{
    reduce(x, n, sizeof *x, MPI_DOUBLE, MPI_MAX);
}

static void either(void *x, size_t bytes)
{
    reduce(x, bytes, 1, MPI_BYTE, MPI_BOR);
}

static void broadcast(void *x, size_t bytes, int from)
{
    for (size_t i = 0; i < bytes; i += MOST_AT_ONCE) {
        size_t count = bytes - i < MOST_AT_ONCE ? bytes - i : MOST_AT_ONCE;
        MPI_Bcast((char *)x + i, (int)count, MPI_BYTE, from, MPI_COMM_WORLD);
    }
}

static void close(void)
{
    MPI_Finalize();
}

extern __attribute__((visibility("default"))) mi_transport_start mi_transport_mpi;

const mi_transport *mi_transport_mpi(int *rank, int *size, int *local)
{
    static const mi_transport mpi = {sum, most, either, broadcast, close};
    MPI_Comm machine;
    int granted;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &granted);
    MPI_Comm_rank(MPI_COMM_WORLD, rank);
    MPI_Comm_size(MPI_COMM_WORLD, size);
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
    MPI_Comm_size(machine, local);
    MPI_Comm_free(&machine);
    return &mpi;
}
