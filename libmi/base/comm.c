/* Collective operations over the ranks of a run; without MPI, and for one rank, each is the
 * identity.
 *
 * Every collective begins with `agree`, a maximum over all ranks of five numbers: has one failed,
 * and are all in the same call with the same count? max(x) = -max(-x) says whether x is the same
 * everywhere. A failure of one rank so reaches all of them at their next collective, with its text,
 * and none is left waiting. */
#include "libmi/base/comm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmi/base/comm_internal.h"
#include "libmi/base/mem.h"
#include "libmi/base/private.h"
#include "libmi/base/want.h"

struct mi_comm {
    const mi_transport *transport;
    int rank, size, local;
    mi_status failed; /* of a rank, until all have settled */
    char detail[2048];
};

/* ---- who is there ---- */

static int number_in(const char *variable, int otherwise)
{
    const char *text = getenv(variable);
    return text && *text ? atoi(text) : otherwise;
}

int mi_comm_launched(int *rank)
{
    static const struct {
        const char *rank, *size;
    } launcher[] = {
        {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"}, /* mpirun of OpenMPI */
        {"PMI_RANK", "PMI_SIZE"},                         /* srun --mpi=pmi2, other mpiruns */
        {"PMIX_RANK", "SLURM_STEP_NUM_TASKS"},            /* srun --mpi=pmix */
    };
    for (size_t k = 0; k < sizeof launcher / sizeof *launcher; k++) {
        int number = number_in(launcher[k].rank, -1), size = number_in(launcher[k].size, 1);
        if (number < 0 || number >= size)
            continue;
        if (rank)
            *rank = number;
        return size;
    }
    if (rank)
        *rank = 0;
    return 1;
}

/* How to start the transport to `size` ranks. */
static mi_status load_transport(mi_transport_start **start, int size)
{
    const char *reason;
    *start = mi_transport_load(&reason);
    return *start ? MI_OK
                  : mi_fail(MI_EUSAGE,
                            "%d processes were started together, and this libmi has no MPI (%s); "
                            "build with meson -Dmpi=enabled, or start one process",
                            size, reason);
}

mi_status mi_comm_check(void)
{
    mi_transport_start *start;
    int size = mi_comm_launched(NULL);
    return size == 1 ? MI_OK : load_transport(&start, size);
}

mi_status mi_comm_open(mi_comm **out)
{
    MI_WANT(out, "ranks joined without a pointer to take them");
    mi_transport_start *start;
    int size = mi_comm_launched(NULL);
    *out = NULL;
    if (size == 1)
        return MI_OK;
    MI_TRY(load_transport(&start, size));
    MI_TRY(MI_NEW(*out, 1));
    (*out)->transport = start(&(*out)->rank, &(*out)->size, &(*out)->local);
    return MI_OK;
}

void mi_comm_close(mi_comm *c)
{
    if (!c)
        return;
    c->transport->close();
    mi_free(c);
}

int mi_comm_rank(const mi_comm *c)
{
    return c ? c->rank : 0;
}

int mi_comm_size(const mi_comm *c)
{
    return c ? c->size : 1;
}

int mi_comm_local(const mi_comm *c)
{
    return c ? c->local : 1;
}

/* ---- what every collective starts with ---- */

typedef enum { SETTLE, SUM, MOST, MERGE, FOLLOW, SHARE } call;

static mi_status failure(const mi_comm *c)
{
    return mi_fail(c->failed, "%s", c->detail);
}

static void hear_failure(mi_comm *c, mi_status status, int from)
{
    struct {
        int status;
        char detail[sizeof c->detail];
    } note = {.status = (int)status};
    snprintf(note.detail, sizeof note.detail, "%s", mi_detail());
    c->transport->broadcast(&note, sizeof note, from);
    c->failed = (mi_status)note.status;
    memcpy(c->detail, note.detail, sizeof c->detail);
}

/* All ranks are in the same call, and none has failed: this one comes with `status`. */
static mi_status agree(mi_comm *c, mi_status status, call which, size_t count)
{
    double n = (double)count;
    double word[] = {status == MI_OK ? 0 : c->size - c->rank, which, -(double)which, n, -n};
    if (c->failed)
        return failure(c);
    c->transport->most(word, sizeof word / sizeof *word);
    if (word[0] > 0)
        hear_failure(c, status, c->size - (int)word[0]);
    else if (word[1] == -word[2] && word[3] == -word[4])
        return MI_OK;
    else {
        c->failed = MI_ELIBRARY;
        snprintf(c->detail, sizeof c->detail, "the ranks took different ways through the work");
    }
    return failure(c);
}

mi_status mi_comm_settle(mi_comm *c, mi_status status)
{
    if (!c)
        return status;
    status = agree(c, status, SETTLE, 0);
    c->failed = MI_OK;
    return status;
}

/* ---- putting together ---- */

mi_status mi_comm_sum(mi_comm *c, double *x, size_t n)
{
    if (!c)
        return MI_OK;
    MI_TRY(agree(c, MI_OK, SUM, n));
    c->transport->sum(x, n);
    return MI_OK;
}

mi_status mi_comm_most(mi_comm *c, double *x, size_t n)
{
    if (!c)
        return MI_OK;
    MI_TRY(agree(c, MI_OK, MOST, n));
    c->transport->most(x, n);
    return MI_OK;
}

mi_status mi_comm_least(mi_comm *c, size_t *x)
{
    double least = -(double)*x;
    MI_TRY(mi_comm_most(c, &least, 1));
    *x = (size_t)-least;
    return MI_OK;
}

mi_status mi_comm_merge(mi_comm *c, void *records, size_t bytes)
{
    MI_WANT(records || bytes == 0, "no records to merge, wanted %zu bytes", bytes);
    if (!c)
        return MI_OK;
    MI_TRY(agree(c, MI_OK, MERGE, bytes));
    c->transport->either(records, bytes);
    return MI_OK;
}

mi_status mi_comm_follow(mi_comm *c, void *x, size_t bytes)
{
    if (!c)
        return MI_OK;
    MI_TRY(agree(c, MI_OK, FOLLOW, bytes));
    c->transport->broadcast(x, bytes, 0);
    return MI_OK;
}

mi_status mi_comm_share(mi_comm *c, void *to, size_t *bytes)
{
    MI_WANT(to && bytes, "mi_comm_share without memory or its size");
    void **memory = to;
    if (!c)
        return MI_OK;
    MI_TRY(agree(c, MI_OK, SHARE, 0));
    c->transport->broadcast(bytes, sizeof *bytes, 0);
    if (*bytes == 0)
        return MI_OK;
    mi_status status = c->rank ? mi_realloc(memory, *bytes, 1) : MI_OK;
    MI_TRY(agree(c, status, SHARE, *bytes));
    c->transport->broadcast(*memory, *bytes, 0);
    return MI_OK;
}

mi_status mi_comm_collect(mi_comm *c, const char *mine, size_t bytes, char **all, size_t *start)
{
    MI_WANT((mine || bytes == 0) && all && start, "mi_comm_collect without its own, all or start");
    int size = mi_comm_size(c), rank = mi_comm_rank(c);
    *all = NULL;
    memset(start, 0, ((size_t)size + 1) * sizeof *start);
    start[rank + 1] = bytes;
    MI_TRY(mi_comm_merge(c, start, ((size_t)size + 1) * sizeof *start));
    for (int k = 0; k < size; k++)
        start[k + 1] += start[k];
    MI_TRY(mi_calloc(all, start[size] + 1, 1));
    if (bytes)
        memcpy(*all + start[rank], mine, bytes);
    mi_status status = mi_comm_merge(c, *all, start[size]);
    if (status != MI_OK) {
        mi_free(*all);
        *all = NULL;
    }
    return status;
}
